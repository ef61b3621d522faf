"""Theorems of booting."""
