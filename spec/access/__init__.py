"""Access: what an instruction that names a register or an operation really does, or who takes its trap.

:mod:`spec.access.decision` decides; the modules beside it hold what it decides by: the names that MRS, MSR and SYS
reach, the controls that trap them, the redirections of a host and of a guest hypervisor.
"""
