"""The solvers: SMT-LIB 2 text in, an answer out.

Each call makes a context of its own. The effort is bounded by a deterministic resource limit where the solver has
one, and by time; at either bound the answer is *unknown*. So it is where a solver refuses the text.
"""

import importlib
import importlib.metadata
import time
from collections.abc import Callable
from typing import Any

import attrs

RESOURCES = 400_000_000
"""The resource limit of z3 for one query, in its own units; a hundred times what the largest query needs."""


@attrs.frozen
class Answer:
    """What a solver says of a query."""

    status: str
    """``sat``, ``unsat`` or ``unknown``."""
    seconds: float
    """How long it took."""
    model: dict[str, int] | None = None
    """The value of each constant, where the query is satisfiable."""
    reason: str = ""
    """Why it is unknown, where it is not for want of time."""


@attrs.frozen
class Solver:
    """A solver that can be asked."""

    name: str
    """Its name on the command line."""
    package: str
    """The distribution that brings it."""
    module: str
    """The module to import."""
    decide: Callable[[str, float], Answer]
    """Decide a text within a number of seconds; it may raise."""

    def solve(self, text: str, seconds: float) -> Answer:
        """Decide a text within a number of seconds; what the solver raises is a reason for *unknown*."""
        start = time.perf_counter()
        try:
            return self.decide(text, seconds)
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            return Answer("unknown", time.perf_counter() - start, reason=reason)

    @property
    def version(self) -> str | None:
        """The installed version; None where it is not installed."""
        try:
            importlib.import_module(self.module)
            return importlib.metadata.version(self.package)
        except (ImportError, importlib.metadata.PackageNotFoundError):
            return None


def _milliseconds(seconds: float) -> int:
    """Return a bound of time as solvers take it: 32 bits."""
    return max(1, int(min(seconds * 1000, 2**31 - 1)))


def _z3(text: str, seconds: float) -> Answer:
    import z3

    start = time.perf_counter()
    context = z3.Context()
    solver = z3.SolverFor("QF_BV", ctx=context)
    solver.set("rlimit", RESOURCES)
    solver.set("ctrl_c", False)
    solver.set("timeout", _milliseconds(seconds))
    solver.from_string(text)
    status = str(solver.check())
    values = None
    if status == "sat":
        model = solver.model()
        found = ((str(name), model[name]) for name in model.decls())
        values = {name: int(z3.is_true(value)) if z3.is_bool(value) else value.as_long() for name, value in found}
    return Answer(status, time.perf_counter() - start, values)


def _bitwuzla(text: str, seconds: float) -> Answer:
    import bitwuzla

    start = time.perf_counter()
    options = bitwuzla.Options()
    options.set(bitwuzla.Option.PRODUCE_MODELS, True)
    options.set(bitwuzla.Option.TIME_LIMIT_PER, _milliseconds(seconds))
    parser = bitwuzla.Parser(bitwuzla.TermManager(), options)
    parser.parse(text, True, False)
    solver = parser.bitwuzla()
    result = solver.check_sat()
    status = {bitwuzla.Result.SAT: "sat", bitwuzla.Result.UNSAT: "unsat"}.get(result, "unknown")
    values = None
    if status == "sat":
        declared = parser.get_declared_funs()
        values = {constant.symbol(): _value(solver.get_value(constant)) for constant in declared}
    return Answer(status, time.perf_counter() - start, values)


def _value(term: object) -> int:
    shown = term.value(10) if not term.sort().is_bool() else term.value()  # type: ignore[attr-defined]
    return int(shown)


def _cvc5(text: str, seconds: float) -> Answer:
    cvc5: Any = importlib.import_module("cvc5")

    start = time.perf_counter()
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(_milliseconds(seconds)))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "query")
    symbols = parser.getSymbolManager()
    status = "unknown"
    while not (command := parser.nextCommand()).isNull():
        shown = str(command.invoke(solver, symbols)).strip()
        status = shown if shown in ("sat", "unsat", "unknown") else status
    return Answer(status, time.perf_counter() - start)


SOLVERS = {
    solver.name: solver
    for solver in (
        Solver("z3", "z3-solver", "z3", _z3),
        Solver("bitwuzla", "bitwuzla", "bitwuzla", _bitwuzla),
        Solver("cvc5", "cvc5", "cvc5", _cvc5),
    )
}
"""Every solver, by name; the last is optional, and gives no counterexamples."""

DEFAULT = ("z3", "bitwuzla")
"""The solvers that decide everything."""
