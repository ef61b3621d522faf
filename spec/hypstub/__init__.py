"""The stub that Linux leaves at EL2 or in Hyp mode: its calls, their numbers, and who owns EL2."""
