"""Theorems of the demotion of a VHE host, and of its way back."""
