"""The host hypervisor that presents a virtual EL2."""
