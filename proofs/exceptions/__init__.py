"""Theorems of exceptions: taking them, returning from them, who takes them, and what masks them."""
