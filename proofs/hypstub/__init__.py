"""Theorems of the stub and its calls."""
