"""Status: what the last proof run found, from its cache. Nothing is proved while the site is built."""

import functools

import attrs

from proofs.engine import library, mutants
from proofs.engine.cache import Cache, default_directory, digest, sources
from proofs.engine.mutants import Mutant
from proofs.engine.run import Plan, Result, Run, rely_on_lemmas
from proofs.engine.solvers import DEFAULT, SOLVERS
from proofs.engine.theorem import THEOREMS, Theorem

NOT_PROVED_HERE = "not proved here: run ``make prove``"
"""What is said of a theorem that is not in the cache."""


@attrs.frozen
class Status:
    """What is known of every theorem."""

    theorems: dict[str, Theorem]
    """The theorems of the project, by name."""
    results: dict[str, Result]
    """The results that the cache holds, by obligation."""
    mutants: dict[str, Mutant]
    """The mutants, by name."""
    refuted: frozenset[str]
    """The mutants that ``nvspec mutants`` has refuted."""

    def of(self, theorem: Theorem) -> list[Result | None]:
        """Return the result of each obligation of a theorem; None where it is not in the cache."""
        if theorem.name not in _known:
            _known[theorem.name] = [self.results.get(obligation.name) for obligation in theorem.obligations()]
        return _known[theorem.name]

    def summary(self, theorem: Theorem) -> str:
        """Return the status of a theorem in a few words."""
        found = self.of(theorem)
        known = [result for result in found if result is not None]
        if not known:
            return NOT_PROVED_HERE
        counts = {status: sum(r.status == status for r in known) for status in ("proved", "refuted", "unknown")}
        words = [f"{status}, {count} of {len(found)}" for status, count in counts.items() if count]
        if len(known) < len(found):
            words.append(f"{len(found) - len(known)} not proved here")
        return "; ".join(words)

    def speaking_of(self, rule: str) -> list[Theorem]:
        """Return the theorems that use a rule, as far as the cache tells."""
        return [
            theorem
            for theorem in self.theorems.values()
            if any(result is not None and rule in result.rules for result in self.of(theorem))
        ]

    def proving(self, rule: str) -> list[Theorem]:
        """Return the theorems about a rule all of whose obligations are proved."""
        return [
            theorem
            for theorem in self.speaking_of(rule)
            if all(result is not None and result.status == "proved" for result in self.of(theorem))
        ]

    def mutants_of(self, rule: str) -> list[Mutant]:
        """Return the mutants of a rule."""
        return [mutant for mutant in self.mutants.values() if mutant.rule.name == rule]

    def refuted_by(self, theorem: Theorem) -> list[Mutant]:
        """Return the mutants that a theorem is to refute."""
        return [mutant for mutant in self.mutants.values() if theorem in mutant.theorems]


_known: dict[str, list[Result | None]] = {}


@functools.cache
def status() -> Status:
    """Return what is known, read once for a build."""
    library.load()
    mutants.load()
    theorems = {
        name: theorem for name, theorem in THEOREMS.items() if theorem.function.__module__.startswith("proofs.")
    }
    obligations = [obligation for theorem in theorems.values() for obligation in theorem.obligations()]
    cache = Cache(default_directory())
    results = {one.obligation.name: one for one in Run(obligations, Plan(DEFAULT, 0, 1, cache)).known()}
    held = sources(library.packages(), [f"{name} {SOLVERS[name].version}" for name in ("z3", "bitwuzla")])
    refuted = frozenset(name for name in mutants.MUTANTS if cache.read("mutants", digest(held, name)))
    return Status(theorems, rely_on_lemmas(results), dict(mutants.MUTANTS), refuted)
