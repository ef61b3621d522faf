"""Theorems of address translation."""
