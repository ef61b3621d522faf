"""The specification: the Arm64 architecture under virtualization, and the hypervisor that presents a virtual EL2."""
