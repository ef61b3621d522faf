"""Booting: how a kernel is entered and sets up EL2, in which mode each CPU came, and what EL1 cannot do for itself."""
