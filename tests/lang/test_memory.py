from typing import Any

import pytest
import z3

from spec.lang import Memory
from spec.lang.memory import EmptyMemory, FreshMemory, PatchyMemory, SymbolicMemory, merge_memories
from spec.lang.word import Cond, Word

A, B = z3.BitVec("a", 56), z3.BitVec("b", 56)
W = z3.BitVec("w", 64)
P = z3.Bool("p")
MASK = (1 << 64) - 1


def symbolic(term: Any) -> Any:
    """Return the word of a term; it stands for an int."""
    return Word(term)


# -- concrete ------------------------------------------------------------------------------------------------


def test_memory_holds_what_was_written() -> None:
    """And zero everywhere else; the memory before the write is unchanged."""
    before = Memory({0x8: 1})
    after = before.write(0x10, 2)
    assert [after.read(address) for address in (0, 0x8, 0x10)] == [0, 1, 2]
    assert before.read(0x10) == 0


def test_ram_bounds_what_answers() -> None:
    """The lower bound answers, the upper does not; without bounds everything does."""
    memory = Memory({}, ram=(0x1000, 0x2000)).write(0x1000, 1)
    assert [memory.aborts(address) for address in (0xFF8, 0x1000, 0x1FF8, 0x2000)] == [
        True,
        False,
        False,
        True,
    ]
    assert not Memory().aborts(0)


def test_a_changed_memory_changes_every_word() -> None:
    """Those that are zero, too; what is written afterwards is not changed, what was there before is kept."""
    memory = Memory({0x8: 0xFF}, ram=(0, 0x100)).changed(0x0F, 0x100).write(0x10, 0xAA)
    assert [memory.read(address) for address in (0x8, 0x10, 0x18)] == [0x10F, 0xAA, 0x100]
    assert memory.words == {0x8: 0x10F, 0x10: 0xAA}
    assert memory.aborts(0x100)
    twice = memory.changed(MASK, 1)
    assert [twice.read(address) for address in (0x8, 0x10, 0x18)] == [0x10E, 0xAB, 0x101]


def test_memories_are_equal_if_all_loads_are() -> None:
    """Words that are zero, and words that are like the rest, make no difference; bounds and holes do."""
    assert Memory({0x8: 0}) == Memory()
    assert hash(Memory({0x8: 0})) == hash(Memory())
    assert Memory() != Memory({0x8: 1})
    assert Memory() != Memory(ram=(0, 8))
    assert Memory() != PatchyMemory({}, frozenset({8}))
    assert Memory().changed(MASK, 1) != Memory()
    assert Memory().changed(MASK, 1).changed(MASK, 1) == Memory()
    assert Memory({0x8: 1}).changed(MASK, 0).write(0x8, 2) == Memory({0x8: 2})
    assert Memory() != 0


@pytest.mark.parametrize(
    "memory",
    [
        Memory({0x10: 2, 0x8: 1}),
        Memory({0x8: 1}, ram=(0, 0x100)),
        PatchyMemory({0x8: 1}, frozenset({0x10, 0x8})),
        PatchyMemory({0x8: 1}, frozenset()),
        PatchyMemory({0x8: 1}, frozenset({0x10})).changed(0xF0, 1).write(0x18, 7),
    ],
)
def test_the_text_of_a_memory_is_that_memory(memory: Memory) -> None:
    """Counterexamples are replayed from their text."""
    assert eval(repr(memory)) == memory


def test_a_hole_stays_one() -> None:
    """When a word is written, and when the whole memory is changed."""
    memory = PatchyMemory({}, frozenset({0x10}))
    for changed in (memory, memory.write(0x10, 1), memory.changed(MASK, 1), memory.changed(1, 1).write(0, 1)):
        assert changed.aborts(0x10)
        assert not changed.aborts(0x8)


# -- symbolic ------------------------------------------------------------------------------------------------


def proves(claim: Any, *premises: Any) -> bool:
    """Tell whether premises imply a claim."""
    solver = z3.Solver()
    solver.add(*premises, z3.Not(claim))
    return bool(solver.check() == z3.unsat)


def test_an_arbitrary_memory_is_a_function_of_the_address() -> None:
    """Equal addresses hold equal words and abort alike, by the constraints; others need not."""
    memory = FreshMemory("m")
    first, second = memory.read_term(A), memory.read_term(B)
    claim = z3.Implies(A == B, z3.And(first == second, memory.aborts_term(A) == memory.aborts_term(B)))
    assert proves(claim, *memory.constraints())
    assert not proves(claim)
    assert not proves(first == second, *memory.constraints())


def test_one_address_is_read_once() -> None:
    """Also when it is written in another way that simplifies to the same."""
    memory = FreshMemory("m")
    assert memory.read_term(A).eq(memory.read_term(A | 0))
    assert len(memory.reads) == 1


def test_addresses_stay_apart_when_their_terms_are_gone() -> None:
    """Ids of terms are used again; the reads keep their terms, and no other address gets their word."""
    memory = FreshMemory("m")
    for number in range(200):
        memory.read_term(z3.BitVec("a", 56) & (number << 3))
    words = {word.get_id() for _, word, _ in memory.reads.values()}
    assert len(memory.reads) == len(words) == 200


def test_a_total_memory_answers_everywhere() -> None:
    """It takes no external abort."""
    assert z3.is_false(FreshMemory("m", total=True).aborts_term(A))
    assert not z3.is_false(FreshMemory("m").aborts_term(A))


def test_the_empty_memory_is_zero() -> None:
    """And answers everywhere."""
    memory = EmptyMemory()
    assert memory.read_term(A).as_long() == 0
    assert z3.is_false(memory.aborts_term(A))
    assert memory.concrete(lambda term: term) == Memory()


def evaluator(**inputs: int) -> Any:
    """Return an evaluator in which the named variables have values, and every other is 0 or False."""
    pairs = [(variable, z3.BitVecVal(inputs.get(str(variable), 0), variable.size())) for variable in (A, B, W)]
    pairs.append((P, z3.BoolVal(bool(inputs.get("p", 0)))))

    def evaluate(term: Any) -> Any:
        found = z3.simplify(z3.substitute(term, *pairs))
        return z3.is_true(found) if z3.is_bool(found) else found.as_long()

    return evaluate


@pytest.mark.parametrize("a", [0x8, 0x10])
@pytest.mark.parametrize("p", [0, 1])
def test_writes_changes_and_merges_agree_with_the_concrete_memory(a: int, p: int) -> None:
    """Every way of making a memory, over the empty one, is read as the concrete memory is that it becomes."""
    empty: SymbolicMemory = EmptyMemory()
    written = empty.write(symbolic(A), 0xAB).write(0x10, symbolic(W))
    one = empty.write(symbolic(A), 1)
    made = {
        "written": written,
        "changed": written.changed(symbolic(W), 0x100),
        "written again": written.changed(0xF, 1).write(symbolic(A), 3),
        "then written": merge_memories(P, one, empty),
        "otherwise written": merge_memories(P, empty, one),
        "either": merge_memories(P, one, empty.write(symbolic(B), 2)),
    }
    concrete = Memory().write(a, 0xAB).write(0x10, 0x77)
    wanted = {
        "written": concrete,
        "changed": concrete.changed(0x77, 0x100),
        "written again": concrete.changed(0xF, 1).write(a, 3),
        "then written": Memory({a: 1}) if p else Memory(),
        "otherwise written": Memory() if p else Memory({a: 1}),
        "either": Memory({a: 1}) if p else Memory({0x20: 2}),
    }
    evaluate = evaluator(a=a, b=0x20, w=0x77, p=p)
    for name, memory in made.items():
        assert memory.concrete(evaluate) == wanted[name]
        for address in (0x8, 0x10, 0x18, 0x20):
            assert evaluate(memory.read(address).term) == wanted[name].read(address), name
            assert evaluate(memory.aborts(address).term) is False


def test_external_aborts_are_seen_through_writes_changes_and_merges() -> None:
    """None of them makes an address answer."""
    memory = FreshMemory("m")
    aborts = memory.aborts_term(A)
    seen: list[SymbolicMemory] = [
        memory.write(0x8, 1), memory.changed(1, 1), merge_memories(P, memory, memory.changed(1, 1))
    ]  # fmt: skip
    for other in seen:
        assert proves(other.aborts_term(A) == aborts)
    assert proves(merge_memories(P, memory, EmptyMemory()).aborts_term(A) == z3.And(P, aborts))


def test_a_model_of_an_arbitrary_memory_has_its_holes() -> None:
    """The memory of a counterexample aborts where the model says so, and only there."""
    memory = FreshMemory("m")
    memory.read_term(z3.BitVecVal(0x8, 56))
    memory.read_term(z3.BitVecVal(0x10, 56))

    def evaluate(term: Any) -> Any:
        if z3.is_bool(term):
            return str(term) == "m.1.aborts"
        return term.as_long() if z3.is_bv_value(term) else {"m.0.word": 5, "m.1.word": 6}[str(term)]

    assert memory.concrete(evaluate) == PatchyMemory({0x8: 5, 0x10: 6}, frozenset({0x10}))


@pytest.mark.parametrize(
    ("misuse", "reason"),
    [
        (lambda: FreshMemory("m").read(1 << 56), "no word of 56 bits"),
        (lambda: FreshMemory("m").read(Word(z3.BitVec("x", 57))), "57 bits where 56"),
        (lambda: FreshMemory("m").read(True), "no address"),
        (lambda: FreshMemory("m").aborts(Cond(P)), "no address"),
        (lambda: FreshMemory("m").write(0, 1 << 64), "no word of 64 bits"),
        (lambda: FreshMemory("m").write(0, True), "no word of memory"),
        (lambda: FreshMemory("m") == EmptyMemory(), "not compared"),
        (lambda: Memory().read(symbolic(A)), "key"),
        (lambda: Memory().write(symbolic(A), 1), "key"),
    ],
)
def test_misuse_is_refused(misuse: Any, reason: str, refused: Any) -> None:
    """Addresses have 56 bits and words 64; a concrete memory has no symbolic address."""
    with refused(reason):
        misuse()


def test_a_memory_is_itself() -> None:
    """The one comparison that has an answer."""
    memory = FreshMemory("m")
    assert memory == memory  # the operator is what is tested
    assert len({memory, EmptyMemory()}) == 2
