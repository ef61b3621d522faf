"""The Generic Timer as a PE sees it: the system counter, its offsets, and the timers of EL1 and EL2."""
