"""Seeded bugs: variants of single rules, each refuted by a theorem. Many are bugs that hypervisors had."""
