"""Export: an obligation as SMT-LIB 2 text.

Three questions are asked of each obligation: is there a counterexample (the premise and the negated conclusion),
can the premise be satisfied at all, and is the case reached that the conclusion speaks of. A proved obligation
answers no, yes, yes.
"""

from collections.abc import Iterator
from typing import Any

import attrs
import z3

from proofs.engine.theorem import Claim, Obligation
from spec.lang import symbolically
from spec.lang.memory import FreshMemory
from spec.lang.values import symbol
from spec.lang.word import Cond


@attrs.frozen
class Query:
    """An obligation as text, and the symbolic values to read a model back with."""

    goal: str
    """Satisfiable iff the theorem has a counterexample."""
    witness: str
    """Satisfiable iff an input satisfies the premise and reaches the case of the conclusion."""
    rules: frozenset[str]
    """The rules of the specification that the theorem speaks of."""
    arguments: dict[str, Any] = attrs.field(eq=False)
    """The symbolic arguments."""


def export(obligation: Obligation) -> Query:
    """Return the text of an obligation."""
    constraints: list[z3.BoolRef] = []
    arguments = {
        name: symbol(parameter.annotation, name, constraints)
        for name, parameter in obligation.theorem.parameters.items()
    }

    def claim() -> Claim:
        return obligation.theorem.function(**obligation.case, **arguments)

    made, rules = symbolically(claim)
    for memory in memories(arguments.values()):
        constraints.extend(memory.constraints())
    given, reaching, holds = (_term(part) for part in (made.given, made.reaching, made.holds))
    goal = _text([*constraints, given, z3.Not(holds)])
    witness = _text([*constraints, given, reaching])
    return Query(goal, witness, rules, arguments)


def memories(values: Any) -> Iterator[FreshMemory]:
    """Yield the symbolic memories among values, however deep."""
    for value in values:
        if isinstance(value, FreshMemory):
            yield value
        elif attrs.has(type(value)):
            yield from memories(getattr(value, field.name) for field in attrs.fields(type(value)))


def _term(condition: Any) -> z3.BoolRef:
    return condition.term if isinstance(condition, Cond) else z3.BoolVal(bool(condition))


def _text(assertions: list[z3.BoolRef]) -> str:
    solver = z3.Solver()
    solver.add(*(z3.simplify(assertion) for assertion in assertions))
    return "(set-logic QF_BV)\n" + solver.to_smt2()
