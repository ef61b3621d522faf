import gc
from collections.abc import Callable
from typing import Any

import pytest
import z3

from spec.lang import LanguageError, paths
from spec.lang.paths import explore
from spec.lang.values import known, merge
from spec.lang.word import Cond, Word

P, Q = z3.Bool("p"), z3.Bool("q")
X = z3.BitVec("x", 8)


def run(function: Callable[[], Any]) -> Any:
    """Explore a function of nothing."""
    return explore(function, merge, known)


def at(result: Any, p: bool = False, q: bool = False) -> Any:
    """Return what a result is where p and q have values."""
    term = z3.simplify(z3.substitute(result.term, (P, z3.BoolVal(p)), (Q, z3.BoolVal(q))))
    return z3.is_true(term) if z3.is_bool(term) else term.as_long()


def test_each_way_through_the_branches_is_run_once_and_merged() -> None:
    """Two nested branches have three ways; the result follows the conditions."""
    runs = []

    def function() -> int:
        runs.append(1)
        if Cond(P):
            if Cond(Q):
                return 1
            return 2
        return 3

    result = run(function)
    assert len(runs) == 3
    assert [at(result, p, q) for p in (True, False) for q in (True, False)] == [1, 2, 3, 3]


def test_a_condition_that_the_path_has_decided_does_not_fork_again() -> None:
    """Nor does its negation, nor another term that simplifies to it."""
    runs = []

    def function() -> int:
        runs.append(1)
        if Cond(P):
            assert Cond(P)
            assert not Cond(z3.Not(P))
            return 1
        assert Cond(z3.Not(z3.And(P, True)))
        return 0

    assert at(run(function), p=True) == 1
    assert len(runs) == 2


def test_what_simplification_decides_does_not_fork() -> None:
    """Even outside an exploration."""
    assert Cond(z3.BoolVal(True))
    assert not Cond(X != X)


def test_an_exploration_starts_with_nothing_known() -> None:
    """What the path around it has decided is not used within: the result holds in every context."""
    inner: list[Any] = []

    def function() -> int:
        if Cond(P):
            inner.append(run(lambda: 1 if Cond(P) else 2))
        return 0

    run(function)
    assert at(inner[0], p=False) == 2


def test_the_path_around_is_current_again_after_an_exception() -> None:
    """In the exploration that raised, and in the one around it."""

    def inner() -> int:
        if Cond(Q):
            raise ValueError
        return 1

    def outer() -> bool:
        before = paths.current
        with pytest.raises(ValueError):  # noqa: PT011  # ours
            run(inner)
        assert paths.current is before
        return bool(Cond(P))

    assert at(run(outer), p=True) is True
    assert paths.current is None
    with pytest.raises(ValueError):  # noqa: PT011  # ours
        run(inner)
    assert paths.current is None


def test_a_symbolic_branch_needs_an_exploration(refused: Any) -> None:
    """Elsewhere nobody would take the other way."""
    with refused("outside an exploration"):
        if Cond(P):
            pass


def test_a_function_that_branches_on_something_else_when_run_again_is_impure(refused: Any) -> None:
    """Here on a counter of calls."""
    calls = []

    def function() -> int:
        calls.append(1)
        return 1 if Cond(len(calls) == X) else 2

    with refused("impure"):
        run(function)


def test_a_function_that_branches_less_when_run_again_is_impure(refused: Any) -> None:
    """It does not come to the branch whose other way is asked for."""
    calls = []

    def function() -> int:
        calls.append(1)
        return 1 if len(calls) == 1 and Cond(P) else 2

    with refused("branched less"):
        run(function)


def test_too_many_paths_are_refused(refused: Any) -> None:
    """Thirteen independent branches are two to the thirteen."""

    def function() -> int:
        return sum([1 if Cond(z3.Bool(f"b{n}")) else 0 for n in range(13)])

    with refused("more than 4096 paths"):
        run(function)


def test_too_many_branches_on_one_path_are_refused(refused: Any) -> None:
    """A loop that no constant ends would never end."""

    def function() -> int:
        n = 0
        while Cond(z3.Bool(f"b{n}")):
            n = n + 1
        return n

    with refused("more than 400 branches"):
        run(function)


def test_many_branches_on_one_path_are_explored() -> None:
    """As many as are allowed, one after the other."""

    def function() -> int:
        for n in range(300):
            if Cond(z3.Bool(f"b{n}")):
                return n
        return 300

    assert z3.simplify(z3.substitute(run(function).term, (z3.Bool("b0"), z3.BoolVal(True)))).as_long() == 0


def test_merging_unlike_values_is_refused(refused: Any) -> None:
    """A word and a condition are no values of one type."""
    with refused("no values of one type"):
        run(lambda: 1 if Cond(P) else True)


def test_simplification_gives_the_same_answer_for_the_same_term() -> None:
    """Its argument stays alive: the id of a dead term may be another's."""
    ids = set()
    for number in range(500):
        term = z3.Or(number & 0x7F == X, z3.Bool(f"s{number}"))
        ids.add(term.get_id())
        assert paths.simplify(term) is paths.simplify(term)
        assert str(number) in str(paths.simplify(term))
        del term
        gc.collect(0)
    assert len(ids) == 500


def test_truth_is_what_the_path_knows() -> None:
    """None where both are open."""
    seen: list[Any] = []

    def function() -> int:
        seen.append((paths.truth(P), paths.truth(z3.Not(P)), paths.truth(Q)))
        if Cond(P):
            seen.append((paths.truth(P), paths.truth(z3.Not(P)), paths.truth(Q)))
        return 0

    run(function)
    assert seen[:2] == [(None, None, None), (True, False, None)]
    assert paths.truth(z3.BoolVal(False)) is False


def test_forgetting_waits_for_the_end_of_explorations() -> None:
    """A replay needs what was simplified."""

    def function() -> int:
        before = dict(paths._simplified)
        paths.forget()
        assert paths._simplified == before
        return 1 if Cond(P) else 0

    run(function)
    paths.forget()
    assert not paths._simplified


def test_an_error_of_the_function_is_its_own() -> None:
    """An assertion that fails on a path is not hidden, whether an input takes that path or not."""

    def function() -> Any:
        if Cond(X == 3):
            assert not Cond(X == 4), "no input comes here"
        return Word(X)

    with pytest.raises(AssertionError, match="no input"):
        run(function)


def test_misuse_names_the_language_error() -> None:
    """It is no ValueError, TypeError or AssertionError, which a test might expect."""
    assert not issubclass(LanguageError, ValueError | TypeError | AssertionError)
