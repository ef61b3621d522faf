"""Theorems of the Generic Timer."""
