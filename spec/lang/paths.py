"""Paths: the symbolic reading runs a function once for each way through its branches.

The condition of an ``if`` asks :func:`decide`. Within an exploration the answer is first True, and the
function is run again with False; the results are merged, innermost branch first (:func:`explore`). A run
replays the decisions of an earlier one; if it meets another branch there, the function is not a function of
its arguments, and that is an error. No solver is asked: a branch is cut only where simplification decides it.
What a function raises on a path that no input takes is therefore raised by every exploration of it.
"""

from collections.abc import Callable
from typing import Any

import z3

from spec.lang.errors import LanguageError

MAX_PATHS = 4096
"""Paths through one function between two merges; more is a function that should be split."""

MAX_BRANCHES = 400
"""Branches on one path; more is a loop that should be a fold over a few transitions."""

Decision = tuple[z3.BoolRef, bool]

current: "Path | None" = None
"""The path that is being run; None in the concrete reading."""

_simplified: dict[int, tuple[z3.ExprRef, z3.ExprRef]] = {}
_literals: dict[int, tuple[z3.BoolRef, z3.BoolRef, bool, bool | None, int]] = {}
"""By the id of a condition: the condition, its atom, whether it is the atom or its negation, its truth if that is
constant, and the id of the atom."""


def _nobody(symbolically: bool) -> None:
    pass


switch: Callable[[bool], None] = _nobody
"""What is told when the symbolic reading begins (True) and ends (False)."""


class Path:
    """One way through a function: the decisions to replay, and those taken so far."""

    __slots__ = ("known", "prefix", "trace")

    def __init__(self, prefix: list[Decision]) -> None:
        self.prefix = prefix
        self.trace: list[Decision] = []
        self.known: dict[int, bool] = {}

    def decide(self, term: z3.BoolRef) -> bool:
        """Return the way that this path takes at a branch."""
        key = term.get_id()
        position = len(self.trace)
        if position >= MAX_BRANCHES:
            raise LanguageError(f"more than {MAX_BRANCHES} branches on one path: split the function")
        taken = True
        if position < len(self.prefix):
            expected, taken = self.prefix[position]
            if expected.get_id() != key:
                raise LanguageError(
                    "an impure transition: run again on the same arguments, it branched on another condition"
                )
        self.trace.append((term, taken))
        self.known[key] = taken
        return taken


def simplify(term: z3.ExprRef) -> Any:
    """Return the simplified term; both are kept alive, so that a replay sees the same."""
    found = _simplified.get(term.get_id())
    if found is None:
        found = (term, z3.simplify(term))
        _simplified[term.get_id()] = found
    return found[1]


def forget() -> None:
    """Drop the simplified terms; not within an exploration, whose replays need them."""
    if current is None:
        _simplified.clear()
        _literals.clear()


def literal(term: z3.BoolRef) -> tuple[z3.BoolRef, z3.BoolRef, bool, bool | None, int]:
    """Return what a condition is once simplified: an atom or its negation (see ``_literals``)."""
    found = _literals.get(term.get_id())
    if found is None:
        atom, positive = simplify(term), True
        while z3.is_not(atom):
            atom, positive = atom.arg(0), not positive
        constant = positive if z3.is_true(atom) else not positive if z3.is_false(atom) else None
        found = _literals[term.get_id()] = term, atom, positive, constant, atom.get_id()
    return found


def truth(term: z3.BoolRef) -> bool | None:
    """Return the truth of a condition as far as the current path knows it, without forking."""
    _, _, positive, constant, key = literal(term)
    if constant is not None:
        return constant
    known = None if current is None else current.known.get(key)
    return None if known is None else known == positive


def excludes(condition: Any) -> bool:
    """Tell whether the current path knows a condition, symbolic or not, to be false."""
    return condition is False or (condition is not True and truth(condition.term) is False)


def decide(term: z3.BoolRef) -> bool:
    """Return the truth of a condition on the current path, forking where it is open."""
    known = truth(term)
    if known is not None:
        return known
    if current is None:
        raise LanguageError("a branch on a symbolic condition outside an exploration")
    _, atom, positive, _, _ = literal(term)
    return current.decide(atom) == positive


def explore(run: Callable[[], Any], merge: Callable[[z3.BoolRef, Any, Any], Any], settle: Callable[[Any], Any]) -> Any:
    """Run a function along every path and merge the results.

    ``settle`` prepares a result while its path is known, ``merge(condition, then, otherwise)`` joins two. The
    exploration starts with nothing known, so that its result holds in every context.
    """
    count = 0

    def subtree(prefix: list[Decision]) -> Any:
        nonlocal count
        global current  # noqa: PLW0603  # Cond.__bool__ takes no argument that could say which path runs
        count += 1
        if count > MAX_PATHS:
            raise LanguageError(f"more than {MAX_PATHS} paths: split the function, so that they merge earlier")
        outer, path = current, Path(prefix)
        current = path
        try:
            if outer is None:
                switch(True)
            result = settle(run())
        finally:
            current = outer
            if outer is None:
                switch(False)
        if len(path.trace) < len(prefix):
            raise LanguageError("an impure transition: run again on the same arguments, it branched less")
        for position in reversed(range(len(prefix), len(path.trace))):
            condition = path.trace[position][0]
            otherwise = subtree([*path.trace[:position], (condition, False)])
            result = merge(condition, result, otherwise)
        return result

    return subtree([])
