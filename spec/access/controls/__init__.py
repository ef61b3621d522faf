"""The controls that trap an access, by the register that they are in.

:mod:`spec.access.controls.everything` has them all.
"""
