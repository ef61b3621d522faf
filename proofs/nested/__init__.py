"""Theorems of the host hypervisor that presents a virtual EL2."""
