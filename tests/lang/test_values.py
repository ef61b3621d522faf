import enum
from typing import Annotated, Any

import attrs
import pytest
import z3

from spec.lang import Bits, Level, Memory, decided, forget
from spec.lang.memory import EmptyMemory, FreshMemory
from spec.lang.paths import explore
from spec.lang.values import OneOf, concretise, conform, fingerprint, known, merge, symbol
from spec.lang.word import Choice, Cond, Small, Word

P, Q = z3.Bool("p"), z3.Bool("q")
X, Y = z3.BitVec("x", 8), z3.BitVec("y", 4)
WX: Any = Word(X)
WY: Any = Word(Y)
CQ: Any = Cond(Q)
Byte = Annotated[int, Bits(8)]


class Kind(enum.Enum):
    """An enumeration."""

    A = 1
    B = 2
    C = 3


class Number(enum.IntEnum):
    """An enumeration whose members are integers."""

    ONE = 1
    TWO = 2


@attrs.frozen
class Leaf:
    """A record with a private field and one that is passed by keyword alone."""

    _secret: Byte
    ok: bool = attrs.field(kw_only=True)
    level: Level = attrs.field(kw_only=True, default=0)

    def doubled(self) -> int:
        """Return a word that a method makes of a field."""
        return self._secret << 1


@attrs.frozen
class Fault:
    """Another alternative."""

    kind: Kind


@attrs.frozen
class SpecialFault(Fault):
    """An alternative that is a subclass of another."""

    code: Byte


@attrs.frozen
class Empty:
    """A record without fields."""


def evaluator(p: bool = False, q: bool = False, x: int = 0, y: int = 0) -> Any:
    """Return an evaluator in which the variables have values, and every other is 0."""
    pairs = (P, z3.BoolVal(p)), (Q, z3.BoolVal(q)), (X, z3.BitVecVal(x, 8)), (Y, z3.BitVecVal(y, 4))

    def evaluate(term: Any) -> Any:
        found = z3.simplify(z3.substitute(term, *pairs))
        return z3.is_true(found) if z3.is_bool(found) else found.as_long()

    return evaluate


VALUES: dict[str, list[tuple[Any, Any]]] = {
    "word": [(5, 5), (0x1FF, 0x1FF), (Word(X), 0xA5), (Word(Y), 3), (0, 0)],
    "condition": [(True, True), (False, False), (Cond(Q), True), (Cond(z3.Not(Q)), False)],
    "level": [
        (-1, -1),
        (3, 3),
        (Small(z3.Extract(1, 0, Y), -1, 2), 2),
        (Word(z3.Extract(1, 0, X)), 1),
        (0, 0),
    ],
    "member": [(Kind.A, Kind.A), (Kind.C, Kind.C), (Choice(z3.Extract(1, 0, X), Kind), Kind.B)],
    "integer member": [(Number.ONE, Number.ONE), (Number.TWO, Number.TWO)],
    "record": [
        (Leaf(1, ok=True), Leaf(1, ok=True)),
        (Leaf(WX, ok=CQ, level=3), Leaf(0xA5, ok=True, level=3)),
    ],
    "sum": [
        (Leaf(1, ok=True), Leaf(1, ok=True)),
        (Fault(Kind.A), Fault(Kind.A)),
        (SpecialFault(Kind.B, WX), SpecialFault(Kind.B, 0xA5)),
        (Empty(), Empty()),
        (OneOf([(z3.Not(Q), Fault(Kind.A)), (Q, Leaf(WX, ok=False))]), Leaf(0xA5, ok=False)),
        (OneOf([(Q, Empty()), (z3.Not(Q), Leaf(2, ok=False))]), Empty()),
    ],
    "tuple": [((1, True), (1, True)), ((Word(X), Cond(Q)), (0xA5, True))],
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("p", [True, False])
def test_a_merge_is_one_value_or_the_other(kind: str, p: bool) -> None:
    """Of every shape, constants and symbolic values mixed, and with the type of the one that it is."""
    evaluate = evaluator(p=p, q=True, x=0xA5, y=3)
    for then, concrete_then in VALUES[kind]:
        for otherwise, concrete_otherwise in VALUES[kind]:
            found = concretise(merge(P, then, otherwise), evaluate)
            expected = concrete_then if p else concrete_otherwise
            assert found == expected
            assert type(found) is type(expected)


UNLIKE = {
    "a word and a condition": (1, True),
    "a symbolic word and a condition": (Word(X), Cond(Q)),
    "a word and a record": (1, Empty()),
    "a word and a member": (1, Kind.A),
    "a member and a word": (Kind.A, Word(X)),
    "members of two enumerations": (Kind.A, Number.ONE),
    "a record and nothing": (Empty(), None),
    "a record and a tuple": (Empty(), (1,)),
    "tuples of unlike length": ((1,), (1, 2)),
    "tuples of unlike items": ((1,), (True,)),
    "a wide word and a negative number": (Word(z3.BitVec("w", 64)), -1),
    "a word and a string": (1, "1"),
    "a concrete memory and a symbolic one": (Memory(), EmptyMemory()),
    "a memory and a word": (EmptyMemory(), 1),
    "a word of more than 64 bits": (1 << 64, 0),
}


@pytest.mark.parametrize("name", UNLIKE)
def test_values_of_unlike_types_do_not_merge(name: str, refused: Any) -> None:
    """Either way round."""
    one, other = UNLIKE[name]
    with refused("type|negative|compared|at most 64|no word"):
        merge(P, one, other)
    with refused("type|negative|compared|at most 64|no word"):
        merge(P, other, one)


def test_merging_what_is_the_same_adds_no_term() -> None:
    """Records that share a field keep it."""
    word: Any = Word(X)
    merged = merge(P, Leaf(word, ok=True), Leaf(word, ok=False))
    assert merged._secret is word
    assert merge(P, word, Word(X)).term.eq(X)


# -- sums ----------------------------------------------------------------------------------------------------


def sum_of(*records: Any) -> Any:
    """Return a sum of records over a fresh tag, and the constraint on it."""
    tag = z3.BitVec("tag", 2)
    return OneOf([(tag == code, record) for code, record in enumerate(records)])


def name_of(value: Any) -> int:
    """Tell alternatives apart by match, as a rule would."""
    match value:
        case SpecialFault(code=code):
            return code
        case Fault(kind=Kind.A):
            return 100
        case Fault():
            return 101
        case Leaf():
            return 102
    raise AssertionError


def at_tag(term: Any, tag: int) -> Any:
    """Return a result for a value of the tag."""
    return z3.simplify(z3.substitute(term, (z3.BitVec("tag", 2), z3.BitVecVal(tag, 2)))).as_long()


def test_a_match_over_a_sum_finds_subclasses_and_is_exhaustive() -> None:
    """A subclass is an instance of its base, and after all alternatives nothing is left."""
    records = (SpecialFault(Kind.A, 7), Fault(Kind.A), Leaf(1, ok=True))
    result = explore(lambda: name_of(sum_of(*records)), merge, known)
    assert [at_tag(result.term, tag) for tag in range(3)] == [name_of(record) for record in records] == [7, 100, 102]


def test_a_sum_is_an_instance_of_what_its_alternatives_are() -> None:
    """Of a base class, too, and of a union."""
    value = sum_of(SpecialFault(Kind.A, 7), Leaf(1, ok=True), Fault(Kind.B))

    def function() -> int:
        return (1 if isinstance(value, Fault) else 0) | (2 if isinstance(value, Leaf | SpecialFault) else 0)

    result = explore(function, merge, known)
    assert [at_tag(result.term, tag) for tag in range(3)] == [3, 2, 1]


def test_fields_methods_and_equality_of_a_sum_are_those_of_the_alternative() -> None:
    """Each forks where the alternative is open."""
    value = sum_of(Fault(Kind.A), Fault(Kind.A), Leaf(3, ok=True), Leaf(3, ok=True))
    result = explore(lambda: 0 if isinstance(value, Fault) else value.doubled(), merge, known)
    assert [at_tag(result.term, tag) for tag in range(4)] == [0, 0, 6, 6]
    equal = explore(lambda: 1 if value == Fault(Kind.A) else 0, merge, known)
    assert [at_tag(equal.term, tag) for tag in range(4)] == [1, 1, 0, 0]
    unequal = explore(lambda: 1 if Leaf(3, ok=True) != value else 0, merge, known)
    assert [at_tag(unequal.term, tag) for tag in range(4)] == [1, 1, 0, 0]


def test_outside_an_exploration_a_sum_is_open(refused: Any) -> None:
    """Its alternative cannot be looked at; it is no key either."""
    value = sum_of(Fault(Kind.A), Empty())
    assert not isinstance(value, Fault)
    assert repr(value) == "OneOf(Fault, Empty)"
    with refused("outside an exploration"):
        _ = value.kind
    with pytest.raises(TypeError, match="unhashable"):
        hash(value)


def test_a_sum_is_known_as_far_as_the_path_decided() -> None:
    """One that is excluded is left out, the last one that remains is the value."""
    found: list[Any] = []

    def function() -> int:
        value = OneOf([(P, Fault(Kind.A)), (z3.And(Q, z3.Not(P)), Empty()), (z3.Not(z3.Or(P, Q)), Leaf(1, ok=True))])
        assert known(value) is value
        if Cond(P):
            found.append(type(known(value)))
            return 0
        found.append([type(held) for _, held in known(value)._alternatives])
        return 1

    explore(function, merge, known)
    assert found == [Fault, [Empty, Leaf]]


def test_a_sum_without_alternatives_is_never_made() -> None:
    """A path that no input takes may exclude every one."""

    def function() -> Any:
        value = OneOf([(P, Fault(Kind.A)), (Q, Empty())])
        if Cond(P) or Cond(Q):
            return 0
        return 1 if isinstance(known(value), Empty) else 2

    explore(function, merge, known)


# -- decided -------------------------------------------------------------------------------------------------


def test_decided_forks_over_every_value() -> None:
    """Of a member, of a small number and of a short word; what is concrete is itself."""
    number = Small(z3.Extract(1, 0, X), -1, 2)
    member = Choice(z3.Extract(1, 0, X), Kind)
    short = Word(z3.Extract(2, 0, X))
    for x in range(3):
        evaluate = evaluator(x=x)
        for value, expected in ((number, 10 >> x), (member, 10 >> (x + 1)), (short, 10 >> (x + 1))):

            def function(value: Any = value) -> int:
                held: Any = decided(value)
                return 10 >> (held.value if isinstance(held, Kind) else held + 1)

            assert concretise(explore(function, merge, known), evaluate) == expected
    assert decided(5) == 5


def test_a_word_has_too_many_values_to_fork_over(refused: Any) -> None:
    """Of more than three bits."""
    with refused("too many values"):
        decided(Word(Y))


# -- declared shapes -----------------------------------------------------------------------------------------


def test_a_result_has_the_width_that_is_declared() -> None:
    """Words are widened, numbers get the declared range, in fields, sums and tuples too."""
    assert conform(Word(Y), Byte).width == 8
    number = conform(Small(z3.Extract(0, 0, X), 1, 2), Level)
    assert (number.low, number.high) == (-1, 3)
    assert conform(Word(z3.Extract(0, 0, X)), Level).low == -1
    for x in (0, 1):
        assert concretise(number, evaluator(x=x)) == x + 1
        assert concretise(conform(Word(z3.Extract(0, 0, X)), Level), evaluator(x=x)) == x
    assert conform(Leaf(WY, ok=True), Leaf)._secret.width == 8
    total = conform(sum_of(Leaf(WY, ok=True), Empty()), Leaf | Empty)
    assert total._alternatives[0][1]._secret.width == 8
    assert conform((Word(Y), True), tuple[Byte, bool])[0].width == 8
    whole = Leaf(WX, ok=True)
    assert conform(whole, Leaf) is whole
    assert conform(5, int) == 5


MISFITS: dict[str, tuple[Any, Any]] = {
    "wide word": (Word(z3.BitVec("w", 9)), Byte),
    "large constant": (256, Byte),
    "negative constant": (-1, Byte),
    "number for a word": (Small(Y, -1, 3), Byte),
    "condition for a word": (True, Byte),
    "symbolic condition for a word": (Cond(P), Byte),
    "wide word for a level": (Word(X), Level),
    "word with too many values": (Word(z3.Extract(2, 0, X)), Level),
    "range beyond": (Small(Y, 0, 4), Level),
    "constant beyond": (4, Level),
    "constant below": (-2, Level),
    "a long word for a level": (Word(z3.BitVec("w", 64)), Level),
    "field": (Leaf(256, ok=True), Leaf),
    "field of an alternative": (sum_of(Empty(), Leaf(256, ok=True)), Leaf | Empty),
    "item of a tuple": ((1, 256), tuple[Byte, Byte]),
}


@pytest.mark.parametrize("name", MISFITS)
def test_what_does_not_fit_its_declaration_is_refused(name: str, refused: Any) -> None:
    """The readings would share it, the declaration would be wrong."""
    value, declared = MISFITS[name]
    with refused("declared"):
        conform(value, declared)


def test_conforming_does_not_depend_on_the_path() -> None:
    """Nor does it fork: the result is kept for every context."""
    value = OneOf([(P, Fault(Kind.A)), (z3.Not(P), Empty())])
    seen = []

    def function() -> int:
        if Cond(P):
            seen.append(conform(value, Fault | Empty))
        return 0

    explore(function, merge, known)
    assert len(seen[0]._alternatives) == 2


# -- identity ------------------------------------------------------------------------------------------------


def test_fingerprints_tell_values_apart() -> None:
    """By type as well as by value: 1 is not True, and a member is not its number."""
    memory = FreshMemory("m")
    distinct = [
        1, 0, True, False, "1", Kind.A, Kind.B, Number.ONE, (1,), (1, 1), (True,), Word(X), Word(Y), Cond(P),
        Small(Y, 0, 15), Small(Y, -1, 14), Choice(Y, Kind), Choice(Y, Number), Fault(Kind.A), Empty(),
        SpecialFault(Kind.A, 1), Leaf(1, ok=True), Leaf(1, ok=False), memory, EmptyMemory(), None,
        OneOf([(P, Fault(Kind.A)), (z3.Not(P), Empty())]), OneOf([(z3.Not(P), Fault(Kind.A)), (P, Empty())]),
        OneOf([(P, Fault(Kind.B)), (z3.Not(P), Empty())]),
    ]  # fmt: skip
    assert len({fingerprint(value) for value in distinct}) == len(distinct)
    assert fingerprint(Leaf(WX, ok=True)) == fingerprint(Leaf(WX, ok=True))
    assert fingerprint((1, Leaf(WX, ok=True)))[1] is True
    assert fingerprint((1, Leaf(1, ok=True)))[1] is False


@pytest.mark.parametrize("value", [[1], {1: 2}, {1}, bytearray(b"1"), (1, [2])])
def test_what_can_change_has_no_fingerprint(value: Any, refused: Any) -> None:
    """A summary of it would be stale after the change."""
    with refused("which can change"):
        fingerprint(value)


# -- making and reading --------------------------------------------------------------------------------------


def test_a_symbol_ranges_over_exactly_the_values_of_its_shape() -> None:
    """The constraints exclude the rest."""

    def count(annotation: Any) -> int:
        constraints: list[Any] = []
        value = symbol(annotation, "v", constraints)
        solver = z3.Solver()
        solver.add(*constraints)
        found = set()
        while solver.check() == z3.sat:
            model = solver.model()

            def evaluate(term: Any, model: Any = model) -> Any:
                result = model.eval(term, model_completion=True)
                return z3.is_true(result) if z3.is_bool(result) else result.as_long()

            concrete = concretise(value, evaluate)
            assert concrete not in found
            found.add(concrete)
            solver.add(z3.Not(same(value, concrete)))
        return len(found)

    def same(value: Any, concrete: Any) -> Any:
        if type(value) is OneOf:
            return z3.And(
                *[guard for guard, held in value._alternatives if type(held) is type(concrete)]
                + [same(held, concrete) for _, held in value._alternatives if type(held) is type(concrete)]
            )
        if attrs.has(type(value)):
            return z3.And(
                True,
                *[same(getattr(value, name), getattr(concrete, name)) for name in attrs.fields_dict(type(value))],
            )
        result = value == concrete
        return result.term if isinstance(result, Cond) else z3.BoolVal(result)

    assert count(Annotated[int, Bits(3)]) == 8
    assert count(Level) == 5
    assert count(bool) == 2
    assert count(Kind) == 3
    assert count(Fault) == 3
    assert count(Fault | Empty) == 4
    assert count(Fault | Empty | Two) == 6


@attrs.frozen
class Two:
    """A record of two values."""

    ok: bool


def test_a_symbol_of_a_memory_is_an_arbitrary_memory() -> None:
    """Named after the argument."""
    memory = symbol(Memory, "m", [])
    assert isinstance(memory, FreshMemory)
    assert memory.name == "m"


def test_what_has_no_shape_has_no_symbol(refused: Any) -> None:
    """A plain int has no width, a sum of words no classes; two classes of one name would share variables."""
    with refused("width is not declared"):
        symbol(int, "v", [])
    with refused("no sum of records"):
        symbol(Fault | Kind, "v", [])
    with refused("no sum of records"):
        symbol(Fault | None, "v", [])
    other = attrs.make_class("Fault", ["x"], frozen=True)
    with refused("no sum of records"):
        symbol(Fault | other, "v", [])


def test_a_record_is_its_parameters(refused: Any) -> None:
    """A field that __init__ does not take cannot be made symbolic."""

    @attrs.frozen
    class Odd:
        one: Byte
        two: Byte = attrs.field(init=False, default=0)

    with refused("init=False"):
        merge(P, Odd(1), Odd(2))


def test_a_sum_of_which_no_alternative_holds_is_refused(refused: Any) -> None:
    """The model does not satisfy the constraints of the symbol."""
    with refused("no alternative"):
        concretise(OneOf([(P, Empty()), (Q, Fault(Kind.A))]), evaluator())


def test_what_is_concrete_reads_as_itself() -> None:
    """Whatever it is."""
    for value in (5, True, "x", None, Kind.A, Empty(), Memory({8: 1})):
        assert concretise(value, evaluator()) == value


Large = attrs.make_class("Large", {f"f{number}": attrs.field(type=bool) for number in range(40)}, frozen=True)


def test_a_large_record_is_told_by_what_it_holds() -> None:
    """Its fingerprint is a number, the same for two that hold the same, and another for one that does not."""
    one, same = (Large(*[True] * 40) for _ in range(2))
    other = Large(*[True] * 39, False)
    symbolic = Large(*[True] * 39, CQ)
    assert fingerprint(one) == fingerprint(same) == fingerprint(one)
    assert len({fingerprint(each)[0] for each in (one, other, symbolic)}) == 3
    assert [fingerprint(each)[1] for each in (one, other, symbolic)] == [False, False, True]
    before = fingerprint(other)
    forget()
    assert fingerprint(one)[0] != before[0] or fingerprint(other)[0] != fingerprint(one)[0]


def test_a_record_without_sums_is_known_as_it_is() -> None:
    """No path knows more of it."""
    record = Large(*[True] * 39, CQ)
    assert explore(lambda: known(record) is record, merge, known)


@attrs.frozen
class Holder:
    """A record that is declared to hold one alternative of a sum."""

    leaf: Leaf
    """It is made where a path has decided."""


def test_a_path_knows_more_of_a_field_that_is_declared_as_one_alternative() -> None:
    """The field holds the sum; on the path on which that is decided it becomes the alternative."""
    leaf, fault = Leaf(WX, ok=True), Fault(Kind.A)
    held: Any = OneOf([(P, leaf), (z3.Not(P), fault)])
    record = Holder(held)

    def run() -> bool:
        found: Any = known(record).leaf
        if Cond(P):
            return known(found) is leaf and type(known(record).leaf) is Leaf
        return type(known(record).leaf) is Fault

    assert explore(run, merge, known) is True
