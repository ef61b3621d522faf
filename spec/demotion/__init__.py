"""The demotion of a VHE host: a kernel at EL2 goes on at EL1 below a hypervisor, and comes back."""
