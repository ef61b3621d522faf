import time

import pytest

from proofs.engine.solvers import DEFAULT, SOLVERS, Answer, Solver

SATISFIABLE = """
(set-logic QF_BV)
(declare-fun a.b () (_ BitVec 8))
(declare-fun c () Bool)
(assert (= (bvmul a.b #x03) #x0f))
(assert c)
(check-sat)
"""
UNSATISFIABLE = SATISFIABLE.replace("(assert c)", "(assert (= (bvand a.b #x01) #x00))")

HARD = """
(set-logic QF_BV)
(declare-fun x () (_ BitVec 64))
(declare-fun y () (_ BitVec 64))
(assert (= (bvmul ((_ zero_extend 64) x) ((_ zero_extend 64) y)) #x00000000000000007fffffffffffffe7))
(assert (bvugt x #x0000000000000001))
(assert (bvugt y #x0000000000000001))
(check-sat)
"""
"""A product of two factors that is a large prime."""

INSTALLED = [name for name, solver in SOLVERS.items() if solver.version is not None]


@pytest.mark.parametrize("name", INSTALLED)
class TestEverySolver:
    """What holds of every solver."""

    def test_satisfiable(self, name: str) -> None:
        """A model satisfies the query, constants by the names of the text; cvc5 gives none."""
        answer = SOLVERS[name].solve(SATISFIABLE, 20)
        assert answer.status == "sat"
        if name in DEFAULT:
            assert answer.model is not None
            assert (answer.model["a.b"] * 3 & 0xFF, answer.model["c"]) == (15, 1)

    def test_unsatisfiable(self, name: str) -> None:
        """There is no even number whose triple is 15."""
        assert SOLVERS[name].solve(UNSATISFIABLE, 20).status == "unsat"

    def test_time_is_a_limit(self, name: str) -> None:
        """What takes too long is unknown, soon after the limit."""
        start = time.monotonic()
        answer = SOLVERS[name].solve(HARD, 0.3)
        assert (answer.status, answer.reason, answer.model) == ("unknown", "", None)
        assert time.monotonic() - start < 10

    def test_a_text_that_is_refused_is_unknown_with_the_reason(self, name: str) -> None:
        """A parse error is no answer, and says what it is."""
        answer = SOLVERS[name].solve("(assert (= a b))\n(check-sat)", 5)
        assert answer.status == "unknown"
        assert answer.reason
        assert "\n" not in answer.reason

    def test_any_bound_of_time_can_be_given(self, name: str) -> None:
        """A bound beyond what the solver can hold is its largest."""
        assert SOLVERS[name].solve(UNSATISFIABLE, 1e12).status == "unsat"


def test_a_solver_that_is_not_installed_has_no_version() -> None:
    """Neither a module nor a distribution that is missing is an error."""
    absent = Solver("none", "no-such-distribution", "json", lambda text, seconds: Answer("sat", 0.0))
    assert absent.version is None
    assert Solver("none", "attrs", "no_such_module", absent.decide).version is None
