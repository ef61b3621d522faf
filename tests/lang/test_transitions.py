import gc
from typing import Annotated, Any

import attrs
import pytest
import z3

from spec.lang import RULES, Bits, LanguageError, Memory, forget, rule_of, symbolically, transition
from spec.lang.memory import FreshMemory
from spec.lang.values import OneOf
from spec.lang.word import Cond, Word

Byte = Annotated[int, Bits(8)]
P = z3.Bool("p")
X = z3.BitVec("x", 8)


@attrs.frozen
class Small:
    """One alternative."""

    word: Byte


@attrs.frozen
class Large:
    """The other."""

    word: Byte


def word(term: Any) -> Any:
    """Return the word of a term; it stands for an int."""
    return Word(term)


def at(result: Any, x: int) -> Any:
    """Return what a result is where x has a value."""
    if not hasattr(result, "term"):
        return result
    term = z3.simplify(z3.substitute(result.term, (X, z3.BitVecVal(x, 8))))
    return z3.is_true(term) if z3.is_bool(term) else term.as_long()


def test_a_transition_is_a_rule_and_still_a_function() -> None:
    """With a name, a docstring and a source; on integers it runs as it stands."""

    @transition("DDI 0487 D1.1")
    def halve(x: Byte, by: Byte = 1) -> Byte:
        """Return half of a byte."""
        return x >> by

    rule = rule_of(halve)
    assert RULES[rule.name] is rule
    assert rule.name.endswith("test_transitions.halve")
    assert (rule.source, halve.__doc__) == ("DDI 0487 D1.1", "Return half of a byte.")
    assert rule.returns is Byte
    assert (halve(9), halve(9, by=2), halve(by=3, x=8)) == (4, 2, 1)
    assert at(symbolically(lambda: halve(word(X)))[0], 9) == 4
    assert at(symbolically(lambda: halve(by=2, x=word(X)))[0], 9) == 2


def test_two_rules_of_one_name_are_refused(refused: Any) -> None:
    """Mutants and documentation find a rule by its name."""

    def f() -> int:
        return 1

    transition("")(f)
    with refused("two rules"):
        transition("")(f)


def test_a_summary_is_kept_for_the_same_arguments() -> None:
    """Explored once, however often and from wherever it is called; another argument is another summary."""
    runs: list[Any] = []

    @transition("")
    def f(x: Byte, y: int | bool) -> Byte:
        runs.append(y)
        return 1 if x == y else 0

    def again() -> int:
        return f(word(X), 1) + f(word(X), y=1) + f(word(X), 2)

    symbolically(again)
    symbolically(again)
    assert runs == [1, 1, 2, 2]
    forget()
    symbolically(again)
    assert runs == [1, 1, 2, 2] * 2


def test_summaries_of_terms_that_are_gone_are_not_taken_for_others() -> None:
    """Ids of terms are used again: what is summarised stays alive."""

    @transition("")
    def f(pair: Small | Large, memory: Memory, c: bool) -> Byte:
        return pair.word if c else 0

    for number in range(1, 151):
        guard = z3.Bool(f"g{number}")
        pair: Any = OneOf([(guard, Small(number)), (z3.Not(guard), Large(0))])
        memory: Any = FreshMemory(f"m{number}")
        result: Any = symbolically(lambda pair=pair, memory=memory: f(pair, memory, True))[0]
        expected = z3.If(guard, z3.BitVecVal(number, 8), z3.BitVecVal(0, 8))
        solver = z3.Solver()
        solver.add(result.term != expected)
        assert solver.check() == z3.unsat
        del guard, pair, memory, result, expected, solver
        gc.collect(0)


def test_arguments_are_kept_even_where_the_result_does_not_need_them() -> None:
    """Of a constant in symbolic dress nothing is left in the result, and its id is soon another's."""

    @transition("")
    def place(x: Annotated[int, Bits(64)]) -> int:
        for n in range(8):
            if x == n:
                return n
        return 8

    for number in range(200):
        assert symbolically(place, word(z3.BitVecVal(number % 10, 64)))[0] == min(number % 10, 8)
        gc.collect(0)


def test_a_summary_does_not_know_the_path_it_was_asked_on() -> None:
    """Asked first where x is 3, it still holds where x is not."""

    @transition("")
    def split(x: Byte) -> Small | Large:
        if x == 3:
            return Small(0)
        return Large(1)

    @transition("")
    def outer(x: Byte) -> Byte:
        if x == 3:
            return split(x).word | 4
        return split(x).word

    result = symbolically(outer, word(X))[0]
    assert [at(result, x) for x in range(5)] == [outer(x) for x in range(5)] == [1, 1, 1, 4, 1]


def test_the_argument_is_the_alternative_that_the_path_knows() -> None:
    """A sum that was decided is passed on as that one, so that it is not decided again."""
    seen: list[Any] = []

    @transition("")
    def inner(pair: Small | Large) -> Byte:
        seen.append(type(pair))
        return pair.word

    @transition("")
    def outer(pair: Small | Large) -> Byte:
        return inner(pair) if isinstance(pair, Small) else 0

    guard = z3.Bool("g")
    symbolically(outer, OneOf([(guard, Small(1)), (z3.Not(guard), Large(2))]))
    assert seen == [Small]


def test_a_result_is_the_alternative_that_its_path_knows() -> None:
    """A sum that is returned where it is known to be one alternative brings no other into the merge."""

    @transition("")
    def only_small(pair: Small | Large) -> Small | Large:
        return pair if isinstance(pair, Small) else Large(0)

    guard = z3.Bool("g")
    result: Any = symbolically(only_small, OneOf([(guard, Small(1)), (z3.Not(guard), Large(word(X)))]))[0]
    assert {type(held): held for _, held in result._alternatives}[Large] == Large(0)


def test_a_result_has_the_width_that_the_annotation_declares(refused: Any) -> None:
    """Narrower results are widened, wider ones are refused, with the name of the rule."""

    @transition("")
    def narrow(x: Byte) -> Byte:
        return x >> 4

    result: Any = symbolically(narrow, word(X))[0]
    assert result.width == 8

    @transition("")
    def wide(x: Byte) -> Byte:
        return x + 1

    with refused("the result of .*wide holds 9 bits, 8 are declared"):
        symbolically(wide, word(X))


def test_every_kind_of_parameter_is_passed_on() -> None:
    """Positional, keyword-only and the rest."""

    @transition("")
    def f(x: Byte, /, y: Byte, *rest: Byte, z: Byte, w: Byte = 1) -> int:
        return (x if x < y else y) | sum(rest) << 8 | z << 16 | w << 24

    def call() -> int:
        return f(word(X), 5, 1, 2, z=4)

    assert at(symbolically(call)[0], 9) == f(9, 5, 1, 2, z=4) == 0x1040305


def test_recursion_ends_with_its_arguments(refused: Any) -> None:
    """On smaller arguments it is a fold; on the same it would not end."""

    @transition("")
    def ones(x: Byte, n: int) -> Byte:
        if n == 0:
            return 0
        return (ones(x, n - 1) << 1 | (1 if x >> (n - 1) & 1 == 1 else 0)) & 0xFF

    result = symbolically(ones, word(X), 4)[0]
    assert at(result, 0b1010) == ones(0b1010, 4) == 0b0101

    @transition("")
    def forever(x: Byte) -> Byte:
        return forever(x)

    with refused("calls itself"):
        symbolically(forever, word(X))
    with refused("calls itself"):
        symbolically(forever, word(X))


def test_rules_that_were_used_are_named() -> None:
    """Those below summaries that were kept, and those called on constants, too."""

    @transition("")
    def lowest(n: int) -> int:
        return n

    @transition("")
    def lower(n: int) -> int:
        return lowest(n)

    @transition("")
    def upper(x: Byte) -> Byte:
        return x ^ lower(3)

    @transition("")
    def unused(x: Byte) -> Byte:
        return x

    names = {rule_of(function).name for function in (lowest, lower, upper)}
    for _ in range(2):
        assert symbolically(upper, word(X))[1] == names


def test_a_mutant_takes_the_place_of_a_rule_everywhere() -> None:
    """In both readings, below other rules, also where a summary was kept; and the rule comes back."""

    @transition("")
    def f(x: Byte) -> Byte:
        return x

    @transition("")
    def g(x: Byte) -> Byte:
        return f(x) ^ 1

    def mutant(x: int) -> Any:
        return rule_of(f).original(x) ^ 0x80

    def results() -> tuple[Any, Any]:
        return at(symbolically(g, word(X))[0], 6), g(6)

    assert results() == (7, 7)
    with rule_of(f).replaced(mutant):
        assert results() == (0x87, 0x87)
        with rule_of(f).replaced(lambda x: 0):
            assert results() == (1, 1)
        assert results() == (0x87, 0x87)
    assert results() == (7, 7)
    with pytest.raises(KeyError), rule_of(f).replaced(mutant):
        raise KeyError
    assert results() == (7, 7)


def test_a_mutant_of_a_recursive_rule_is_a_mutant_at_every_depth() -> None:
    """The original calls the rule by its name, which is the mutant."""

    @transition("")
    def count(n: int) -> int:
        return 0 if n == 0 else count(n - 1) + 1

    def mutant(n: int) -> Any:
        return rule_of(count).original(n) + (1 if n == 2 else 0)

    with rule_of(count).replaced(mutant):
        assert count(4) == 5
        assert symbolically(count, 4)[0] == 5
    assert count(4) == 4


def test_a_mutant_that_calls_the_rule_by_name_is_refused(refused: Any) -> None:
    """By its name the rule is the mutant itself."""

    @transition("")
    def f(x: Byte) -> Byte:
        return x

    with rule_of(f).replaced(lambda x: f(x) ^ 1), refused("calls itself"):
        symbolically(f, word(X))


def test_an_error_names_the_transitions_it_came_through() -> None:
    """As notes, from the innermost outwards; afterwards nothing is left of the exploration."""

    @transition("")
    def inner(x: Byte) -> Byte:
        return -x

    @transition("")
    def outer(x: Byte) -> Byte:
        return inner(x)

    for _ in range(2):
        with pytest.raises(LanguageError) as caught:
            symbolically(outer, word(X))
        assert caught.value.__notes__ == [f"in the transition {rule_of(f).name}" for f in (inner, outer)]
    assert (inner.__name__, symbolically(lambda: 5)[0]) == ("inner", 5)


def test_an_impure_transition_is_refused(refused: Any) -> None:
    """Here it branches on a counter of its calls."""
    counter = [0]

    @transition("")
    def impure(x: Byte) -> Byte:
        counter[0] += 1
        if x == counter[0]:
            return 1
        return 0

    with refused("impure"):
        symbolically(impure, word(X))


def test_arguments_that_can_change_are_refused(refused: Any) -> None:
    """A list is no value of the language."""

    @transition("")
    def f(x: Any) -> int:
        return 1

    with refused("which can change"):
        symbolically(f, [1])


def test_conditions_outside_are_refused_by_a_transition_too(refused: Any) -> None:
    """On symbolic arguments it is called within symbolically()."""

    @transition("")
    def f(p: bool) -> int:
        return 1 if p else 0

    condition: Any = Cond(P)
    with refused("outside an exploration"):
        f(condition)


def test_a_record_is_known_by_its_fields() -> None:
    """A sum in a field of an argument is passed on as the alternative that the path decided."""
    seen: list[Any] = []

    @attrs.frozen
    class Holder:
        pair: Small | Large

    @transition("")
    def inner(holder: Holder) -> Byte:
        seen.append(type(holder.pair))
        return holder.pair.word

    @transition("")
    def outer(holder: Holder) -> Byte:
        return inner(holder) if isinstance(holder.pair, Small) else 0

    guard = z3.Bool("g")
    pair: Any = OneOf([(guard, Small(1)), (z3.Not(guard), Large(2))])
    symbolically(outer, Holder(pair))
    assert seen == [Small]
