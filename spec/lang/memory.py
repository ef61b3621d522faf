"""Memory: what a load of 64 bits at a physical address gives, in both readings.

A concrete :class:`Memory` holds the words that are not zero. A symbolic one gives a fresh word for each
address term it is asked for; :meth:`FreshMemory.constraints` then says that equal addresses hold equal words
(Ackermann's reduction), which keeps a query in the theory of bit vectors.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

import z3

from spec.lang import paths
from spec.lang.errors import LanguageError
from spec.lang.terms import conditional
from spec.lang.word import Cond, Word, extend, numeral

ADDRESS_WIDTH = 56


class Memory:
    """An immutable memory: words of 64 bits at addresses of 56 bits, multiples of 8; every other word is 0.

    ``ram`` bounds the addresses that answer, ``(low, high)``; a load outside takes an external abort.
    Without it every address answers.
    """

    __slots__ = ("_words", "ram")
    SYMBOLIC: "type[FreshMemory]"

    def __init__(self, words: Mapping[int, int] | None = None, ram: tuple[int, int] | None = None) -> None:
        self._words: Mapping[int, int] = {} if words is None else words
        self.ram = ram

    def read(self, address: int) -> int:
        """Return the 64-bit word that a little-endian load at ``address`` (56 bits) gives."""
        return self._words.get(address, 0)

    def aborts(self, address: int) -> bool:
        """Tell whether a load at ``address`` takes an external abort."""
        return self.ram is not None and not self.ram[0] <= address < self.ram[1]

    def write(self, address: int, word: int) -> "Memory":
        """Return this memory with ``word`` (64 bits) at ``address``."""
        return Memory({**self._words, address: word}, self.ram)

    def changed(self, keep: int, toggle: int) -> "Memory":
        """Return this memory with every word ANDed with ``keep`` and XORed with ``toggle`` (64 bits each)."""
        return _Changed(self, keep, toggle, {})

    @property
    def words(self) -> dict[int, int]:
        """The words that are set, by address."""
        return dict(self._words)

    @property
    def rest(self) -> int:
        """The word at every other address: 0, unless the whole memory was changed."""
        return 0

    @property
    def holes(self) -> frozenset[int]:
        """Single addresses at which a load takes an external abort."""
        return frozenset()

    def _meaning(self) -> tuple[Any, ...]:
        words = frozenset((address, word) for address, word in self.words.items() if word != self.rest)
        return words, self.rest, self.ram, self.holes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Memory):
            return NotImplemented
        return self._meaning() == other._meaning()

    def __hash__(self) -> int:
        return hash(self._meaning())

    def __repr__(self) -> str:
        return f"Memory({_dump(self.words)}{f', ram={self.ram}' if self.ram else ''})"


def _dump(words: Mapping[int, int]) -> str:
    return "{" + ", ".join(f"{address:#x}: {word:#x}" for address, word in sorted(words.items())) + "}"


class _Changed(Memory):
    """A memory seen through a mask, and the words written since."""

    __slots__ = ("_base", "_keep", "_toggle")

    def __init__(self, base: Memory, keep: int, toggle: int, words: Mapping[int, int]) -> None:
        super().__init__(words, base.ram)
        self._base, self._keep, self._toggle = base, keep, toggle

    def _seen(self, word: int) -> int:
        return (word & self._keep) ^ self._toggle

    def read(self, address: int) -> int:
        word = self._words.get(address)
        return self._seen(self._base.read(address)) if word is None else word

    def aborts(self, address: int) -> bool:
        return self._base.aborts(address)

    def write(self, address: int, word: int) -> Memory:
        return _Changed(self._base, self._keep, self._toggle, {**self._words, address: word})

    @property
    def words(self) -> dict[int, int]:
        return {address: self._seen(word) for address, word in self._base.words.items()} | dict(self._words)

    @property
    def rest(self) -> int:
        return self._seen(self._base.rest)

    @property
    def holes(self) -> frozenset[int]:
        return self._base.holes

    def __repr__(self) -> str:
        writes = "".join(f".write({address:#x}, {word:#x})" for address, word in self._words.items())
        return f"{self._base!r}.changed({self._keep:#x}, {self._toggle:#x}){writes}"


class SymbolicMemory:
    """A memory in the symbolic reading; its reads and writes are terms, and none of them forks."""

    def read_term(self, address: z3.BitVecRef) -> z3.BitVecRef:
        """Return the 64-bit term at a 56-bit address term."""
        raise NotImplementedError

    def aborts_term(self, address: z3.BitVecRef) -> z3.BoolRef:
        """Return the condition of an external abort at an address term."""
        raise NotImplementedError

    def concrete(self, evaluate: Callable[[Any], Any]) -> Memory:
        """Return the memory that a model gives."""
        raise NotImplementedError

    def read(self, address: Any) -> Word:
        """Return the word at an address."""
        return Word(self.read_term(_address(address)))

    def aborts(self, address: Any) -> Cond:
        """Return whether a load at an address takes an external abort."""
        return Cond(self.aborts_term(_address(address)))

    def write(self, address: Any, word: Any) -> "SymbolicMemory":
        """Return this memory with one word changed."""
        return _Written(self, _address(address), _word(word))

    def changed(self, keep: Any, toggle: Any) -> "SymbolicMemory":
        """Return this memory with every word ANDed with ``keep`` and XORed with ``toggle``."""
        return _Masked(self, _word(keep), _word(toggle))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        raise LanguageError("memories are not compared: compare the words that are read")

    __hash__ = object.__hash__


class FreshMemory(SymbolicMemory):
    """An arbitrary memory: a fresh word for each address that is read."""

    def __init__(self, name: str, *, total: bool = False) -> None:
        self.name = name
        self.total = total
        """No load takes an external abort."""
        self.reads: dict[int, tuple[z3.BitVecRef, z3.BitVecRef, z3.BoolRef]] = {}
        """By the id of the address: the address (which keeps the id its own), the word, whether it aborts."""

    def _entry(self, address: z3.BitVecRef) -> tuple[z3.BitVecRef, z3.BitVecRef, z3.BoolRef]:
        address = paths.simplify(address)
        key = address.get_id()
        if key not in self.reads:
            place = f"{self.name}.{len(self.reads)}"
            aborts = z3.BoolVal(False) if self.total else z3.Bool(f"{place}.aborts")
            self.reads[key] = (address, z3.BitVec(f"{place}.word", 64), aborts)
        return self.reads[key]

    def read_term(self, address: z3.BitVecRef) -> z3.BitVecRef:
        """Return the word of an address."""
        return self._entry(address)[1]

    def aborts_term(self, address: z3.BitVecRef) -> z3.BoolRef:
        """Return the condition of an external abort."""
        return self._entry(address)[2]

    def constraints(self) -> Iterator[z3.BoolRef]:
        """Yield what makes the reads those of one memory."""
        for (a, word_a, aborts_a), (b, word_b, aborts_b) in combinations(self.reads.values(), 2):
            yield z3.Implies(a == b, z3.And(word_a == word_b, aborts_a == aborts_b))

    def concrete(self, evaluate: Callable[[Any], Any]) -> Memory:
        """Return the memory that a model gives."""
        words, holes = {}, set()
        for address, word, aborts in self.reads.values():
            place = evaluate(address)
            words[place] = evaluate(word)
            if evaluate(aborts):
                holes.add(place)
        return PatchyMemory(words, frozenset(holes))


class PatchyMemory(Memory):
    """A memory in which single addresses abort, as a counterexample may need it."""

    __slots__ = ("_holes",)

    def __init__(self, words: Mapping[int, int], holes: frozenset[int]) -> None:
        super().__init__(words)
        self._holes = holes

    @property
    def holes(self) -> frozenset[int]:
        """The addresses that abort."""
        return self._holes

    def aborts(self, address: int) -> bool:
        """Tell whether an address aborts."""
        return address in self._holes

    def write(self, address: int, word: int) -> Memory:
        """Return this memory with one word changed."""
        return PatchyMemory({**self._words, address: word}, self._holes)

    def __repr__(self) -> str:
        holes = ", ".join(hex(address) for address in sorted(self._holes))
        words = _dump(self.words)
        return f"PatchyMemory({words}, frozenset({{{holes}}}))" if holes else f"Memory({words})"


class EmptyMemory(SymbolicMemory):
    """A memory of zeros that answers everywhere."""

    def read_term(self, address: z3.BitVecRef) -> z3.BitVecRef:
        """Return the word of an address."""
        return numeral(0, 64)

    def aborts_term(self, address: z3.BitVecRef) -> z3.BoolRef:
        """Return the condition of an external abort."""
        return z3.BoolVal(False)

    def concrete(self, evaluate: Callable[[Any], Any]) -> Memory:
        """Return the memory that a model gives."""
        return Memory()


EMPTY = EmptyMemory()
"""The one memory of zeros: a value that is made anew on each path would not be the same value."""


class _Derived(SymbolicMemory):
    """A memory made of others. It remembers its words: one that is merged again and again holds others many times."""

    def __init__(self) -> None:
        self._words: dict[int, tuple[z3.BitVecRef, z3.BitVecRef]] = {}

    def read_term(self, address: z3.BitVecRef) -> z3.BitVecRef:
        """Return the word of an address; the address is kept with it, so that its id stays its own."""
        found = self._words.get(address.get_id())
        if found is None:
            found = self._words[address.get_id()] = (address, paths.simplify(self._word_at(address)))
        return found[1]

    def _word_at(self, address: z3.BitVecRef) -> z3.BitVecRef:
        raise NotImplementedError


class _Written(_Derived):
    def __init__(self, base: SymbolicMemory, address: z3.BitVecRef, word: z3.BitVecRef) -> None:
        super().__init__()
        self.base, self.address, self.word = base, address, word

    def _word_at(self, address: z3.BitVecRef) -> z3.BitVecRef:
        return conditional(address == self.address, self.word, self.base.read_term(address))

    def aborts_term(self, address: z3.BitVecRef) -> z3.BoolRef:
        return self.base.aborts_term(address)

    def concrete(self, evaluate: Callable[[Any], Any]) -> Memory:
        return self.base.concrete(evaluate).write(evaluate(self.address), evaluate(self.word))


class _Masked(_Derived):
    def __init__(self, base: SymbolicMemory, keep: z3.BitVecRef, toggle: z3.BitVecRef) -> None:
        super().__init__()
        self.base, self.keep, self.toggle = base, keep, toggle

    def _word_at(self, address: z3.BitVecRef) -> z3.BitVecRef:
        return (self.base.read_term(address) & self.keep) ^ self.toggle

    def aborts_term(self, address: z3.BitVecRef) -> z3.BoolRef:
        return self.base.aborts_term(address)

    def concrete(self, evaluate: Callable[[Any], Any]) -> Memory:
        return self.base.concrete(evaluate).changed(evaluate(self.keep), evaluate(self.toggle))


class _Either(_Derived):
    def __init__(self, condition: z3.BoolRef, then: SymbolicMemory, otherwise: SymbolicMemory) -> None:
        super().__init__()
        self.condition, self.then, self.otherwise = condition, then, otherwise

    def _word_at(self, address: z3.BitVecRef) -> z3.BitVecRef:
        return conditional(self.condition, self.then.read_term(address), self.otherwise.read_term(address))

    def aborts_term(self, address: z3.BitVecRef) -> z3.BoolRef:
        return conditional(self.condition, self.then.aborts_term(address), self.otherwise.aborts_term(address))

    def concrete(self, evaluate: Callable[[Any], Any]) -> Memory:
        return (self.then if evaluate(self.condition) else self.otherwise).concrete(evaluate)


def merge_memories(condition: z3.BoolRef, then: SymbolicMemory, otherwise: SymbolicMemory) -> SymbolicMemory:
    """Return the memory that is ``then`` under a condition, else ``otherwise``."""
    if isinstance(then, _Written) and then.base is otherwise:
        address = then.address
        return _Written(otherwise, address, conditional(condition, then.word, otherwise.read_term(address)))
    if isinstance(otherwise, _Written) and otherwise.base is then:
        address = otherwise.address
        return _Written(then, address, conditional(condition, then.read_term(address), otherwise.word))
    return _Either(condition, then, otherwise)


def _address(address: Any) -> z3.BitVecRef:
    if isinstance(address, Word):
        return extend(address.term, ADDRESS_WIDTH)
    if type(address) is int:
        return numeral(address, ADDRESS_WIDTH)
    raise LanguageError(f"{address!r} is no address")


def _word(word: Any) -> z3.BitVecRef:
    if isinstance(word, Word):
        return extend(word.term, 64)
    if type(word) is int:
        return numeral(word, 64)
    raise LanguageError(f"{word!r} is no word of memory")


Memory.SYMBOLIC = FreshMemory


def zeroed() -> Memory:
    """Return a memory of zeros, in the reading that runs."""
    return Memory() if paths.current is None else EMPTY  # type: ignore[return-value]  # stands for a Memory
