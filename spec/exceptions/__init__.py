"""Exceptions: where they are taken, what that saves and reports, and how a return undoes it."""
