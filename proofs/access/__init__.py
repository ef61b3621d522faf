"""Theorems about accesses: what an instruction touches, and who takes its trap."""
