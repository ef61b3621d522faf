"""Theorems of the system registers."""
