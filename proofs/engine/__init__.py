"""The proof engine: theorems become SMT-LIB 2 text, which two solvers decide, each in worker processes."""
