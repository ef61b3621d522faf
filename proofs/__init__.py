"""Theorems over the specification, a module for each module of ``spec``, and the engine that discharges them."""
