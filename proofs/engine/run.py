"""Running: obligations are exported and decided by worker processes, and results come as they are ready.

Obligations of one case are exported together, since they share what was explored. Each text is then a task for
each solver. A theorem that uses lemmas is asked with the lemmas first; where that is satisfiable, the lemmas may
say too little, and the specification itself is asked.
"""

import concurrent.futures
import multiprocessing
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from proofs.engine import library
from proofs.engine.cache import Cache, digest, sources
from proofs.engine.export import export
from proofs.engine.solvers import SOLVERS, Answer
from proofs.engine.theorem import THEOREMS, Obligation
from spec.lang import forget


class Disagreement(Exception):
    """Two solvers answer one query differently."""


@attrs.frozen
class Plan:
    """How to run: the solvers, the bounds, the places."""

    solvers: tuple[str, ...]
    """The solvers that decide each obligation; the first also finds witnesses."""
    seconds: float
    """The time for one query."""
    jobs: int
    """Worker processes."""
    cache: Cache
    """What is known already."""
    files: tuple[str, ...] = ()
    """The user's own theorems."""


@attrs.frozen
class Exported:
    """The texts of an obligation, and whether its example does what it should."""

    goal: str
    """Satisfiable iff there is a counterexample, as far as the lemmas tell."""
    witness: str
    """Satisfiable iff the premise is, in the case of the conclusion; empty where there is an example."""
    shown: bool | None
    """Whether the example satisfies the premise and reaches the case; None without an example."""
    rules: tuple[str, ...]
    """The rules that the theorem speaks of."""


@attrs.frozen
class Result:
    """What became of an obligation."""

    obligation: Obligation
    """The obligation."""
    status: str
    """``proved``, ``refuted`` or ``unknown``."""
    answers: dict[str, Answer]
    """The answer of each solver to the goal."""
    premise: str
    """``satisfiable``, ``unsatisfiable`` or ``unchecked``."""
    witness: bool
    """An input satisfies the premise and reaches the case of the conclusion."""
    rules: tuple[str, ...]
    """The rules that the theorem speaks of."""
    goal: str
    """The text that was decided."""
    reason: str = ""
    """Why it is unknown."""

    @property
    def seconds(self) -> float:
        """The time of all solvers together."""
        return sum(answer.seconds for answer in self.answers.values())


# -- in a worker -------------------------------------------------------------------------------------------------


def _prepare(files: Sequence[str], path: Sequence[str]) -> None:
    sys.path[:] = path
    library.load(files)


def _obligation(theorem: str, position: int) -> Obligation:
    return list(THEOREMS[theorem].obligations())[position]


def _export(names: list[tuple[str, int]]) -> list[Exported]:
    forget()
    exported = []
    for theorem, position in names:
        obligation = _obligation(theorem, position)
        example = obligation.theorem.example
        shown = None
        if example is not None:
            claim = obligation.theorem.function(**obligation.case, **example(**obligation.case))
            shown = bool(claim.given and claim.reaching and claim.holds)
        query = export(obligation, witness=example is None)
        exported.append(Exported(query.goal, query.witness, shown, tuple(sorted(query.rules))))
    forget()
    return exported


def _export_direct(name: tuple[str, int]) -> str:
    forget()
    return export(_obligation(*name), lemmas=False, witness=False).goal


def _export_premise(name: tuple[str, int]) -> str:
    forget()
    return export(_obligation(*name), lemmas=False, witness=True, reaching=False).witness


def _solve(solver: str, text: str, seconds: float, cache: Cache) -> Answer:
    return cache.solve(SOLVERS[solver], text, seconds)


# -- the run -----------------------------------------------------------------------------------------------------


class Run:
    """A run of some obligations under a plan."""

    def __init__(self, obligations: Iterable[Obligation], plan: Plan) -> None:
        self.plan = plan
        self.obligations = list(obligations)
        versions = [f"{name} {SOLVERS[name].version}" for name in ("z3",)]
        self.sources = sources([*library.packages(), *map(Path, plan.files)], versions)
        self._places = {
            obligation.name: (theorem.name, position)
            for theorem in {obligation.theorem.name: obligation.theorem for obligation in self.obligations}.values()
            for position, obligation in enumerate(theorem.obligations())
        }

    def results(self) -> Iterator[Result]:
        """Yield the result of each obligation as it is ready."""
        known = self.known()
        yield from known
        done = {result.obligation.name for result in known}
        left = [obligation for obligation in self.obligations if obligation.name not in done]
        if left:
            yield from self._with_workers(left)

    def known(self) -> list[Result]:
        """Return the results that an earlier run left in the cache."""
        results = []
        for obligation in self.obligations:
            exported = self._exported(obligation)
            if exported is None:
                continue
            kept = self.plan.cache.read("results", self._result_key(obligation))
            if kept is not None:
                answers = {name: Answer(**answer) for name, answer in kept.pop("answers").items()}
                kept["rules"] = tuple(kept["rules"])
                results.append(Result(obligation=obligation, answers=answers, goal=exported.goal, **kept))
        return results

    def _result_key(self, obligation: Obligation) -> str:
        versions = [f"{name} {SOLVERS[name].version}" for name in self.plan.solvers]
        return digest(self.sources, obligation.name, *versions)

    def _exported(self, obligation: Obligation) -> Exported | None:
        kept = self.plan.cache.read("texts", digest(self.sources, obligation.name))
        return None if kept is None else Exported(**{**kept, "rules": tuple(kept["rules"])})

    def _with_workers(self, left: list[Obligation]) -> Iterator[Result]:
        context = multiprocessing.get_context("spawn")
        pool = concurrent.futures.ProcessPoolExecutor(
            self.plan.jobs, mp_context=context, initializer=_prepare, initargs=(self.plan.files, list(sys.path))
        )
        try:
            yield from self._schedule(pool, left)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _schedule(self, pool: concurrent.futures.Executor, left: list[Obligation]) -> Iterator[Result]:
        waiting: dict[concurrent.futures.Future[Any], Any] = {}
        open_queries: dict[str, _Open] = {}

        def ask(name: str, kind: str, solver: str, text: str) -> None:
            future = pool.submit(_solve, solver, text, self.plan.seconds, self.plan.cache)
            waiting[future] = (kind, name, solver)

        def start(obligation: Obligation, exported: Exported) -> None:
            entry = _Open(obligation, exported, set(self.plan.solvers))
            open_queries[obligation.name] = entry
            for solver in self.plan.solvers:
                ask(obligation.name, "goal", solver, exported.goal)
            if exported.shown is None:
                entry.needs_witness = True
                ask(obligation.name, "witness", self.plan.solvers[0], exported.witness)

        groups: dict[Any, list[Obligation]] = {}
        for obligation in left:
            exported = self._exported(obligation)
            if exported is not None:
                start(obligation, exported)
            else:
                groups.setdefault(str(obligation.case), []).append(obligation)
        for members in groups.values():
            names = [self._places[obligation.name] for obligation in members]
            waiting[pool.submit(_export, names)] = ("export", members, None)
        while waiting:
            ready, _ = concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in ready:
                kind, what, solver = waiting.pop(future)
                if kind == "export":
                    for obligation, exported in zip(what, future.result(), strict=True):
                        key = digest(self.sources, obligation.name)
                        self.plan.cache.write("texts", key, attrs.asdict(exported))
                        start(obligation, exported)
                    continue
                entry = open_queries[what]
                place = self._places[what]
                if kind == "direct":
                    entry.direct = future.result()
                    entry.awaits = set(self.plan.solvers)
                    entry.answers = {}
                    for name in self.plan.solvers:
                        ask(what, "goal", name, entry.direct)
                elif kind == "premise":
                    ask(what, "premise-answer", self.plan.solvers[0], future.result())
                elif kind == "premise-answer":
                    entry.premise = future.result().status
                else:
                    entry.take(kind, solver, future.result())
                if entry.is_complete:
                    if entry.wants_direct:
                        entry.asked_directly = True
                        waiting[pool.submit(_export_direct, place)] = ("direct", what, None)
                    elif entry.wants_premise:
                        entry.asked_premise = True
                        waiting[pool.submit(_export_premise, place)] = ("premise", what, None)
                    elif entry.premise != "asked":
                        del open_queries[what]
                        yield self._finish(entry)

    def _finish(self, entry: "_Open") -> Result:
        result = entry.result()
        if result.status != "unknown":
            kept = attrs.asdict(result, filter=attrs.filters.exclude("obligation", "goal"))
            self.plan.cache.write("results", self._result_key(result.obligation), kept)
        return result


@attrs.define
class _Open:
    """An obligation whose answers are not all there."""

    obligation: Obligation
    exported: Exported
    awaits: set[str]
    answers: dict[str, Answer] = attrs.field(factory=dict)
    needs_witness: bool = False
    witness: str = ""
    premise: str = ""
    asked_directly: bool = False
    asked_premise: bool = False
    direct: str = ""

    def take(self, kind: str, solver: str, answer: Answer) -> None:
        """Note an answer."""
        if kind == "witness":
            self.witness, self.needs_witness = answer.status, False
            return
        self.answers[solver] = answer
        self.awaits.discard(solver)

    @property
    def is_complete(self) -> bool:
        return not self.awaits and not self.needs_witness

    @property
    def statuses(self) -> set[str]:
        return {answer.status for answer in self.answers.values()}

    @property
    def wants_direct(self) -> bool:
        """With lemmas there is a counterexample: is there one without?"""
        return bool(self.obligation.theorem.uses) and "sat" in self.statuses and not self.asked_directly

    @property
    def wants_premise(self) -> bool:
        """No input reaches the case: is there one that satisfies the premise at all?"""
        return self.witness == "unsat" and not self.asked_premise

    def result(self) -> Result:
        """Return what became of the obligation."""
        statuses = self.statuses
        if {"sat", "unsat"} <= statuses:
            said = ", ".join(f"{name}: {answer.status}" for name, answer in self.answers.items())
            raise Disagreement(f"{self.obligation.name}: the solvers disagree ({said})")
        shown = self.exported.shown if self.exported.shown is not None else self.witness == "sat"
        premise = "satisfiable" if shown else {"sat": "satisfiable", "unsat": "unsatisfiable"}.get(self.premise, "unchecked")
        if "sat" in statuses:
            status, reason = "refuted", ""
        elif statuses != {"unsat"}:
            late = [name for name, answer in self.answers.items() if answer.status != "unsat"]
            status, reason = "unknown", f"no answer from {', '.join(late)} within the limits"
        elif shown:
            status, reason = "proved", ""
        elif premise == "unsatisfiable":
            status, reason = "unknown", "no input satisfies the premise: it proves nothing"
        elif self.witness == "unsat":
            status, reason = "unknown", "no input that satisfies the premise reaches the case of the conclusion"
        elif self.exported.shown is False:
            status, reason = "unknown", "the example does not satisfy the premise and reach the case"
        else:
            status, reason = "unknown", "no witness was found within the limits"
        goal = self.direct or self.exported.goal
        return Result(self.obligation, status, self.answers, premise, shown, self.exported.rules, goal, reason)


def rely_on_lemmas(results: dict[str, Result]) -> dict[str, Result]:
    """Return the results, with *unknown* for what was proved from a lemma that was not."""

    def unproved(result: Result) -> str | None:
        for lemma in result.obligation.theorem.uses:
            for case in lemma.obligations():
                found = results.get(case.name)
                if found is None or found.status != "proved":
                    return case.name
        return None

    settled = {}
    for name, result in results.items():
        missing = unproved(result) if result.status == "proved" else None
        settled[name] = (
            result
            if missing is None
            else attrs.evolve(result, status="unknown", reason=f"its lemma {missing} is not proved")
        )
    return settled

