"""Running: obligations are exported and decided by worker processes, and results come as they are ready.

Obligations of like cases are exported together, since they share what was explored. Each text is then a task for
each solver. A theorem that uses lemmas is asked with the lemmas first; where that is satisfiable, the lemmas may
say too little, and the specification itself is asked.

A worker that dies leaves its obligation *unknown*. A theorem that raises ends the run.
"""

import contextlib
import importlib.metadata
import platform
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from proofs.engine import library
from proofs.engine.cache import Cache, digest, sources
from proofs.engine.export import export
from proofs.engine.solvers import SOLVERS, Answer
from proofs.engine.theorem import THEOREMS, Obligation, Theorem
from proofs.engine.workers import Lost, Raised, Task, Workers
from spec.lang import LanguageError, forget


class Disagreement(Exception):
    """Two solvers answer one query differently."""


class TheoremError(Exception):
    """A theorem that cannot be asked: its function raises. The text is one line, ``file:line: reason``."""


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


def _export(names: list[tuple[str, int]]) -> list[Exported] | str:
    """Return what obligations are exported as, or what is wrong with one of them."""
    forget()
    exported = []
    try:
        for name in names:
            obligation = _obligation(*name)
            example = obligation.theorem.example
            shown = None
            if example is not None:
                claim = obligation.theorem.function(**obligation.case, **example(**obligation.case))
                shown = bool(claim.given and claim.reaching and claim.holds)
            query = export(obligation, witness=example is None)
            exported.append(Exported(query.goal, query.witness, shown, tuple(sorted(query.rules))))
    except Exception as error:
        return _described(error, obligation.theorem)
    finally:
        forget()
    return exported


def _described(error: Exception, theorem: Theorem) -> str:
    """Return what a theorem raised as one line: the innermost place that is the user's, the reason, the theorem."""
    if isinstance(error, LanguageError):
        said = str(error)
    else:
        theirs = (str(Path(__file__).parent), *(str(path / "lang") for path in library.packages()), "<")
        places = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(theirs)]
        code = theorem.function.__code__
        file, line = (places[-1].filename, places[-1].lineno) if places else (code.co_filename, code.co_firstlineno)
        said = f"{file}:{line}: {type(error).__name__}: {error}"
    return " ".join(f"{said} (in the theorem {theorem.name})".split())


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
        versions = [f"python {platform.python_version()}"]
        versions += [f"{name} {importlib.metadata.version(name)}" for name in ("attrs", "z3-solver")]
        self.sources = sources([*library.packages(), *library.sources_of(plan.files)], versions)
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
            with Workers(self.plan.jobs, _prepare, self.plan.files, list(sys.path)) as workers:
                yield from _Schedule(self, workers).results(left)

    def known(self) -> list[Result]:
        """Return the results that an earlier run left in the cache."""
        results = []
        for obligation in self.obligations:
            kept = self.plan.cache.read("results", self._result_key(obligation))
            with contextlib.suppress(TypeError, KeyError, AttributeError):  # It is damaged, and as good as absent.
                answers = {name: Answer(**answer) for name, answer in kept.pop("answers").items()}
                kept["rules"] = tuple(kept["rules"])
                results.append(Result(obligation=obligation, answers=answers, **kept))
        return results

    def keep(self, result: Result) -> None:
        """Put a result into the cache; *unknown* is not kept."""
        if result.status != "unknown":
            kept = attrs.asdict(result, filter=attrs.filters.exclude("obligation"))
            self.plan.cache.write("results", self._result_key(result.obligation), kept)

    def place(self, obligation: Obligation) -> tuple[str, int]:
        """Return the theorem of an obligation, and which it is of its obligations."""
        return self._places[obligation.name]

    def exported(self, obligation: Obligation) -> Exported | None:
        """Return the texts of an obligation that are in the cache."""
        kept = self.plan.cache.read("texts", self._text_key(obligation))
        try:
            return Exported(**{**kept, "rules": tuple(kept["rules"])})
        except (TypeError, KeyError):
            return None

    def keep_exported(self, obligation: Obligation, exported: Exported) -> None:
        """Put the texts of an obligation into the cache."""
        self.plan.cache.write("texts", self._text_key(obligation), attrs.asdict(exported))

    def _text_key(self, obligation: Obligation) -> str:
        return digest(self.sources, obligation.name)

    def _result_key(self, obligation: Obligation) -> str:
        versions = [f"{name} {SOLVERS[name].version}" for name in self.plan.solvers]
        return digest(self.sources, obligation.name, *versions)


class _Schedule:
    """What is asked of the workers, and what follows from each answer."""

    def __init__(self, run: Run, workers: Workers) -> None:
        self._run, self._plan, self._workers = run, run.plan, workers

    def results(self, left: list[Obligation]) -> Iterator[Result]:
        """Yield the result of each obligation as it is ready."""
        unknown = []
        for obligation in left:
            exported = self._run.exported(obligation)
            if exported is None:
                unknown.append(obligation)
            else:
                self._start(obligation, exported)
        for members in together(unknown):
            self._export(members)
        while (done := self._workers.next()) is not None:
            (kind, what, solver), outcome = done
            if isinstance(outcome, Raised):
                raise TheoremError(outcome.error)
            if kind == "export":
                yield from self._exported(what, outcome)
                continue
            what.pending -= 1
            what.take(kind, solver, outcome)
            if kind in ("direct", "premise") and isinstance(outcome, str):
                self._ask_text(what, kind, outcome)
            elif what.pending == 0 and not self._goes_on(what):
                result = what.result()
                self._run.keep(result)
                yield result

    def _export(self, members: list[Obligation]) -> None:
        names = [self._run.place(obligation) for obligation in members]
        self._workers.submit(Task(("export", members, ""), _export, (names,), apart=True))

    def _exported(self, members: list[Obligation], outcome: list[Exported] | str | Lost) -> Iterator[Result]:
        if isinstance(outcome, str):
            raise TheoremError(outcome)
        if not isinstance(outcome, Lost):
            for obligation, exported in zip(members, outcome, strict=True):
                self._run.keep_exported(obligation, exported)
                self._start(obligation, exported)
        elif len(members) > 1:  # One of them may be too large; the others need not wait for it.
            for obligation in members:
                self._export([obligation])
        else:
            reason = f"it was not exported: {outcome.reason}"
            yield Result(members[0], "unknown", {}, "unchecked", False, (), "", reason)

    def _start(self, obligation: Obligation, exported: Exported) -> None:
        entry = _Open(obligation, exported, exported.goal)
        for solver in self._plan.solvers:
            self._ask(entry, "goal", solver, exported.goal)
        if exported.shown is None:
            self._ask(entry, "witness", self._plan.solvers[0], exported.witness)

    def _ask(self, entry: "_Open", kind: str, solver: str, text: str) -> None:
        entry.pending += 1
        # A solver that does not keep to its limit of time is ended, though not by a machine that is merely busy.
        bound = 2 * self._plan.seconds + 60
        arguments = (solver, text, self._plan.seconds, self._plan.cache)
        self._workers.submit(Task((kind, entry, solver), _solve, arguments, bound), first=True)

    def _ask_text(self, entry: "_Open", kind: str, text: str) -> None:
        if kind == "premise":
            self._ask(entry, "premise", self._plan.solvers[0], text)
            return
        entry.goal, entry.answers = text, {}
        for solver in self._plan.solvers:
            self._ask(entry, "goal", solver, text)

    def _goes_on(self, entry: "_Open") -> bool:
        """Ask what is to be asked next of an obligation, if anything is."""
        entry.refuse_disagreement()
        if entry.obligation.theorem.uses and "sat" in entry.statuses and not entry.asked_directly:
            # With the lemmas there is a counterexample: is there one without?
            entry.asked_directly = True
            kind, function = "direct", _export_direct
        elif entry.witness == "unsat" and not entry.premise:
            # No input reaches the case: is there one that satisfies the premise at all?
            entry.premise = "asked"
            kind, function = "premise", _export_premise
        else:
            return False
        entry.pending += 1
        place = self._run.place(entry.obligation)
        self._workers.submit(Task((kind, entry, ""), function, (place,), apart=True), first=True)
        return True


TOGETHER = 40
"""The obligations that are exported together, at most."""


def together(obligations: Sequence[Obligation]) -> Iterator[list[Obligation]]:
    """Yield obligations that are exported together: those of like cases, which explore the same rules."""
    kin: dict[tuple[str, ...], list[Obligation]] = {}
    for obligation in obligations:
        kin.setdefault(tuple(sorted(obligation.case)), []).append(obligation)
    for members in kin.values():
        ordered = sorted(members, key=lambda one: str(one.case))
        for first in range(0, len(ordered), TOGETHER):
            yield ordered[first : first + TOGETHER]


@attrs.define(eq=False)
class _Open:
    """An obligation whose answers are not all there."""

    obligation: Obligation
    exported: Exported
    goal: str
    answers: dict[str, Answer] = attrs.field(factory=dict)
    pending: int = 0
    witness: str = ""
    premise: str = ""
    asked_directly: bool = False

    def take(self, kind: str, solver: str, outcome: "Answer | str | Lost") -> None:
        """Note an answer."""
        if isinstance(outcome, str):
            return
        answer = Answer("unknown", 0.0, reason=outcome.reason) if isinstance(outcome, Lost) else outcome
        if kind == "witness":
            self.witness = answer.status
        elif kind == "premise":
            self.premise = answer.status
        elif kind == "direct":  # The lemmas say too little, and what is to be asked in their place is not there.
            self.answers = {"export": answer}
        else:
            self.answers[solver] = answer

    @property
    def statuses(self) -> set[str]:
        return {answer.status for answer in self.answers.values()}

    def refuse_disagreement(self) -> None:
        """Raise :class:`Disagreement` where one solver has a counterexample and another proves that none is."""
        if {"sat", "unsat"} <= self.statuses:
            said = ", ".join(f"{name}: {answer.status}" for name, answer in self.answers.items())
            raise Disagreement(f"{self.obligation.name}: the solvers disagree ({said})")

    def result(self) -> Result:
        """Return what became of the obligation."""
        statuses = self.statuses
        shown = self.exported.shown if self.exported.shown is not None else self.witness == "sat"
        premise = {"sat": "satisfiable", "unsat": "unsatisfiable"}.get(self.premise, "unchecked")
        if shown:
            premise = "satisfiable"
        if "sat" in statuses:
            status, reason = "refuted", ""
        elif statuses != {"unsat"}:
            status, reason = "unknown", self._late()
        elif shown:
            status, reason = "proved", ""
        elif premise == "unsatisfiable":
            status, reason = "unknown", "no input satisfies the premise: it proves nothing"
        elif self.witness == "unsat":
            status, reason = "unknown", "no input that satisfies the premise reaches the case of the conclusion"
        elif self.exported.shown is False:
            status, reason = "unknown", "its example does not satisfy the premise, reach the case and the conclusion"
        else:
            status, reason = "unknown", "no witness was found within the limits"
        rules = self.exported.rules
        return Result(self.obligation, status, self.answers, premise, shown, rules, self.goal, reason)

    def _late(self) -> str:
        late = {name: answer.reason for name, answer in self.answers.items() if answer.status != "unsat"}
        return "; ".join(f"no answer from {name}: {reason or 'beyond its limits'}" for name, reason in late.items())


def rely_on_lemmas(results: dict[str, Result]) -> dict[str, Result]:
    """Return the results, with *unknown* for what was proved from a lemma that was not, however deep."""
    settled: dict[str, Result] = {}

    def settle(name: str) -> Result | None:
        if name not in settled and name in results:
            result = results[name]
            missing = unproved(result) if result.status == "proved" else None
            reason = f"its lemma {missing} is not proved"
            settled[name] = result if missing is None else attrs.evolve(result, status="unknown", reason=reason)
        return settled.get(name)

    def unproved(result: Result) -> str | None:
        for lemma in result.obligation.theorem.uses:
            for case in lemma.obligations():
                found = settle(case.name)
                if found is None or found.status != "proved":
                    return case.name
        return None

    for name in results:
        settle(name)
    return {name: settled[name] for name in results}
