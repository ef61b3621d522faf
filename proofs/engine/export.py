"""Export: an obligation as SMT-LIB 2 text.

Three questions are asked of each obligation: is there a counterexample (the premise and the negated conclusion),
can the premise be satisfied at all, and is the case reached that the conclusion speaks of. A proved obligation
answers no, yes, yes. The second and the third are one: an input that satisfies the premise and reaches the case,
asked of the specification itself, with no lemma in between.
"""

import re
from collections.abc import Iterator
from typing import Any

import attrs
import z3

from proofs.engine.lemmas import in_use
from proofs.engine.theorem import Claim, Obligation
from spec.lang import symbolically
from spec.lang.memory import FreshMemory
from spec.lang.values import OneOf, symbol
from spec.lang.word import Cond


@attrs.frozen
class Query:
    """An obligation as text, and the symbolic values to read a model back with."""

    goal: str
    """Satisfiable iff the claim has a counterexample."""
    witness: str
    """Satisfiable iff an input satisfies the premise and reaches the case of the conclusion."""
    rules: frozenset[str]
    """The rules of the specification that the claim speaks of."""
    arguments: dict[str, Any] = attrs.field(eq=False)
    """The symbolic arguments."""


def export(obligation: Obligation, *, lemmas: bool = True, witness: bool = True, reaching: bool = True) -> Query:
    """Return the text of an obligation.

    Without ``lemmas`` the goal asks the specification itself. Without ``witness`` that text is empty; without
    ``reaching`` it asks for the premise alone.
    """
    used = obligation.theorem.uses if lemmas else ()
    constraints: list[z3.BoolRef] = []
    arguments = {
        name: symbol(parameter.annotation, name, constraints)
        for name, parameter in obligation.theorem.parameters.items()
    }

    def claim() -> Claim:
        made = obligation.theorem.function(**obligation.case, **arguments)
        if not isinstance(made, Claim):
            raise TypeError(f"it returns {made!r}, no Claim")
        for name in ("given", "reaching", "holds"):
            part = getattr(made, name)
            if not isinstance(part, bool | Cond):
                raise TypeError(f"Claim.{name} is {part!r}, no condition")
        return made

    shown = ""
    rules: frozenset[str] = frozenset()
    if witness or not used:
        made, rules = symbolically(claim)
        known = [*constraints, *_ackermann(arguments)]
        if witness:
            wanted = [_term(made.given), _term(made.reaching)] if reaching else [_term(made.given)]
            shown = _text([*known, *wanted])
    if used:
        with in_use(used) as abstractions:
            made, rules = symbolically(claim)
            rules |= {abstraction.rule.name for abstraction in abstractions if abstraction.calls}
            facts = [fact for abstraction in abstractions for fact in abstraction.facts()]
        known = [*constraints, *_ackermann(arguments), *facts]
    goal = _text([*known, _term(made.given), z3.Not(_term(made.holds))])
    return Query(goal, shown, rules, arguments)


def _ackermann(arguments: dict[str, Any]) -> list[z3.BoolRef]:
    return [fact for memory in memories(arguments.values()) for fact in memory.constraints()]


def memories(values: Any) -> Iterator[FreshMemory]:
    """Yield the symbolic memories among values, however deep."""
    for value in values:
        if isinstance(value, FreshMemory):
            yield value
        elif type(value) is OneOf:
            yield from memories(alternative for _, alternative in value._alternatives)
        elif isinstance(value, tuple):
            yield from memories(value)
        elif attrs.has(type(value)):
            yield from memories(getattr(value, field.name) for field in attrs.fields(type(value)))


def _term(condition: Any) -> z3.BoolRef:
    return condition.term if isinstance(condition, Cond) else z3.BoolVal(bool(condition))


def _text(assertions: list[z3.BoolRef]) -> str:
    solver = z3.Solver()
    solver.add(*(z3.simplify(assertion) for assertion in assertions))
    return "(set-logic QF_BV)\n" + _numbered(solver.to_smt2())


def _numbered(text: str) -> str:
    """Return a text with its local names numbered as they come: z3 numbers them by what else it has made before."""
    parts = re.split(r"([?$]x\d+)", text)
    names = {name: f"{name[0]}x{number}" for number, name in enumerate(dict.fromkeys(parts[1::2]))}
    parts[1::2] = [names[name] for name in parts[1::2]]
    return "".join(parts)
