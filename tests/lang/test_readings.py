"""The readings agree: random programs in the language, run on integers and summarised on terms."""

import enum
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import attrs
import z3
from hypothesis import HealthCheck, Phase, assume, given, note, settings
from hypothesis import strategies as st

from spec import lang
from spec.lang import RULES, Bits, LanguageError, Level, Memory, Register, bit_field, field, forget, symbolically
from spec.lang.memory import FreshMemory, PatchyMemory
from spec.lang.values import OneOf, concretise, symbol
from spec.lang.word import Choice, Small, members

ROOM = "readings_generated"
PLACES = (0x0, 0x8, 0x10, 0x18)

Bits4 = Annotated[int, Bits(4)]
Bits8 = Annotated[int, Bits(8)]
Bits16 = Annotated[int, Bits(16)]
Bits64 = Annotated[int, Bits(64)]


class Kind(enum.Enum):
    """An enumeration whose codes leave one of two bits' values unused."""

    A = "a"
    B = "b"
    C = "c"


@attrs.frozen
class Leaf:
    """One alternative of the sum, and a record of every shape."""

    OA: Bits16
    ok: bool
    kind: Kind
    level: Level


@attrs.frozen
class Fault:
    """The other alternative; like the first it has a kind."""

    kind: Kind
    code: Bits4


@attrs.frozen
class Table:
    """A third alternative: the state of a fold."""

    entry: Bits16
    kind: Kind


class Format(Register):
    """A register with fields of several widths."""

    low = field(3, 0, "Four bits.")
    middle = field(11, 4, "Eight bits.")
    high = field(63, 48, "The highest sixteen.")
    flag = bit_field(13, "One bit.")
    top = bit_field(63, "The highest.")


# -- programs ------------------------------------------------------------------------------------------------


class Writer:
    """Writes the body of one function, expression by expression, from the draws of Hypothesis.

    A word is a pair (text, most bits it can have); every other expression is text. ``forks`` bounds the
    branches.
    """

    def __init__(self, draw: Callable[[Any], Any], variables: dict[str, list[Any]], calls: list[Any]) -> None:
        self.draw, self.variables, self.calls = draw, variables, calls
        self.forks = 6
        self.lines: list[str] = []
        self.indent = 1
        self.names = itertools.count()

    def _pick(self, *items: Any) -> Any:
        return self.draw(st.sampled_from(items))

    def _number(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def say(self, line: str) -> None:
        """Write a line."""
        self.lines.append("    " * self.indent + line)

    # words

    def _word(self, depth: int) -> tuple[str, int]:
        if depth <= 0:
            return self._leaf_word()
        form: Callable[[int], tuple[str, int]] = self._pick(
            self._bitwise, self._bitwise, self._shifted, self._arithmetic, self._helper, self._helper,
            self._fields, self._loaded, self._chosen, self._called_word,
        )  # fmt: skip
        return form(depth - 1)

    def _leaf_word(self) -> tuple[str, int]:
        if self._number(0, 3):
            found: tuple[str, int] = self._pick(*self.variables["word"])
            return found
        width = self._pick(1, 3, 8, 16, 64)
        return hex(self._pick((1 << width) - 1, 0, 1, self._number(0, (1 << width) - 1))), width

    def _bitwise(self, depth: int) -> tuple[str, int]:
        (left, a), (right, b) = self._word(depth), self._word(depth)
        sign = self._pick("&", "|", "^")
        return f"({left} {sign} {right})", min(a, b) if sign == "&" else max(a, b)

    def _shifted(self, depth: int) -> tuple[str, int]:
        word, width = self._word(depth)
        form = self._number(0, 3)
        if form == 0:
            amount, _ = self._word(0)
            return f"({word} >> ({amount} & {self._pick(3, 15, 127)}))", width
        if form == 1:
            places = self._number(0, 70)
            return f"({word} >> {places})", max(width - places, 1)
        if form == 2:
            return f"({self._number(0, 1 << 20)} >> ({word} & 31))", 21
        places = self._number(0, 64 - width)
        return f"({word} << {places})", width + places

    def _arithmetic(self, depth: int) -> tuple[str, int]:
        (left, a), (right, b) = self._word(depth), self._word(depth)
        form = self._number(0, 2)
        if form == 0 and max(a, b) < 64:
            return f"({left} + {right})", max(a, b) + 1
        if form == 1 and a + b <= 64:
            return f"({left} * {right})", a + b
        if a < 64:
            return f"({(1 << a) - 1 + self._number(0, 1)} - {left})", a + 1
        return f"min({left}, {right})" if self._fork() else f"({left} | {right})", max(a, b)

    def _helper(self, depth: int) -> tuple[str, int]:
        (left, a), (right, b) = self._word(depth), self._word(depth)
        amount = self._pick(f"({right} & 127)", f"({right} & 7)", str(self._number(0, 70)))
        high, low = sorted((self._number(0, 63), self._number(0, 63)), reverse=True)
        return self._pick(  # type: ignore[no-any-return]
            (f"add({left}, {right})", 64),
            (f"subtract({left}, {right})", 64),
            (f"invert({left})", 64),
            (f"reverse_bytes({left})", 64),
            (f"shift_left({left}, {amount})", 64),
            (f"align_down({left}, {amount})", a),
            (f"low_bits({left}, {amount})", a),
            (f"bits({left}, {high}, {low})", min(a, high - low + 1)),
            (f"extended({left}, 64)", 64),
            (f"select({self._condition(0)}, {left}, {right})", max(a, b)),
        )

    def _fields(self, depth: int) -> tuple[str, int]:
        word, width = self._word(depth)
        other, _ = self._word(depth)
        return self._pick(  # type: ignore[no-any-return]
            (f"Format.low({word})", min(width, 4)),
            (f"Format.middle({word})", min(width, 8)),
            (f"Format.high({word})", min(width, 16)),
            (f"Format.middle.insert({word}, {other} & 0xff)", 64),
            (f"Format.high.insert({word}, {other} & 0xffff)", 64),
            (f"Format.top.insert({word}, {self._condition(0)})", 64),
            (f"{self.leaf_record()}.OA", 16),
        )

    def _loaded(self, depth: int) -> tuple[str, int]:
        word, _ = self._word(depth)
        return f"{self._memory(depth)}.read({word} & 0x18)", 64

    def _chosen(self, depth: int) -> tuple[str, int]:
        (left, a), (right, b) = self._word(depth), self._word(depth)
        if not self._fork():
            return left, a
        return f"({left} if {self._condition(depth)} else {right})", max(a, b)

    def _called_word(self, depth: int) -> tuple[str, int]:
        return (self._call("word", depth), 16) if self._has("word") else self._word(depth)

    # conditions

    def _fork(self, branches: int = 1) -> bool:
        """Tell whether there is room for more branches, and take it."""
        if self.forks < branches:
            return False
        self.forks -= branches
        return True

    def _condition(self, depth: int) -> str:
        """A condition that does not fork by itself."""
        if depth <= 0:
            return str(self._pick(*self.variables["bool"]))
        form: Callable[[int], str] = self._pick(
            self._compared, self._compared, self._tested, self._joined, self._joined, self._of_kind,
            self._of_level, self._called_condition,
        )  # fmt: skip
        return form(depth - 1)

    def _compared(self, depth: int) -> str:
        (left, a), (right, _) = self._word(depth), self._word(depth)
        sign = self._pick("<", "<=", ">", ">=", "==", "!=")
        if self._number(0, 1):
            other = self._pick(0, 1, (1 << a) - 1, 1 << a, 5, -1)
            return f"({left} {sign} {other})" if self._number(0, 1) else f"({other} {sign} {left})"
        if sign in ("==", "!="):
            return f"(extended({left}, 64) {sign} extended({right}, 64))"
        return f"({left} {sign} {right})"

    def _tested(self, depth: int) -> str:
        word, _ = self._word(depth)
        other, _ = self._word(0)
        return str(
            self._pick(
                f"bit({word}, {self._number(0, 66)})",
                f"bit({word}, {other} & 7)",
                f"Format.flag({word})",
                f"memory.aborts({word} & 0x18)",
                f"{self.leaf_record()}.ok",
            )
        )

    def _joined(self, depth: int) -> str:
        left, right = self._condition(depth), self._condition(depth)
        return str(
            self._pick(
                f"({left} & {right})",
                f"({left} | {right})",
                f"({left} ^ {right})",
                f"({left} == {right})",
                f"({left} != {right})",
                f"({left} ^ True)",
                f"(False | {left})",
                f"implies({left}, {right})",
                f"every({left}, True, {right})",
                f"some({left}, {right}, False)",
                f"negation({left})",
            )
        )

    def _of_kind(self, depth: int) -> str:
        return f"({self.kind(depth)} {self._pick('==', '!=')} {self.kind(depth)})"

    def _of_level(self, depth: int) -> str:
        sign = self._pick("<", "<=", ">", ">=", "==", "!=")
        left, right = self._level(depth), self._level(depth)
        return f"({left} {sign} {right})" if self._number(0, 1) else f"({left} {sign} {self._number(-3, 5)})"

    def _called_condition(self, depth: int) -> str:
        return self._call("bool", depth) if self._has("bool") else self._condition(depth)

    def _branch(self, depth: int) -> str:
        """A condition for an if; some fork more than once."""
        form = self._number(0, 7)
        if form == 0 and self._fork():
            return f"{self._condition(depth)} and {self._condition(depth)}"
        if form == 1 and self._fork():
            return f"{self._condition(depth)} or not {self._condition(depth)}"
        if form in (2, 3):
            return f"isinstance({self._sum(depth)}, {self._pick('Leaf', 'Fault')})"
        if form == 4 and self._fork():
            return f"{self.kind(depth)} in (Kind.A, Kind.C)"
        if form == 5 and self._fork():
            word, _ = self._word(depth)
            return f"{self._number(0, 3)} <= {word} < {self._number(4, 40)}"
        if form == 6 and self._fork(3):
            return f"{self._record(0)} == {self._record(0)}"
        if form == 7 and self._fork(1):
            return f"{self._sum(0)}.kind != {self.kind(0)}"
        return self._condition(depth)

    # enumerations, levels, records, sums, memories

    def kind(self, depth: int) -> str:
        """Return a member."""
        form = self._number(0, 4)
        if form == 0 and depth > 0 and self._fork():
            return f"({self.kind(depth - 1)} if {self._condition(depth - 1)} else {self.kind(depth - 1)})"
        if form == 1 and self._has("kind"):
            return self._call("kind", depth - 1)
        return str(self._pick("Kind.A", "Kind.B", "Kind.C", *self.variables["kind"], f"{self.leaf_record()}.kind"))

    def _level(self, depth: int) -> str:
        form = self._number(0, 4)
        if form == 0 and depth > 0 and self._fork():
            return f"({self._level(depth - 1)} if {self._condition(depth - 1)} else {self._number(-1, 3)})"
        if form == 1 and self._fork(4):
            return f"decided({self.variables['level'][0]})"
        if form == 2 and self._has("level"):
            return self._call("level", depth - 1)
        return str(self._pick("-1", "0", "3", *self.variables["level"], f"{self.leaf_record()}.level"))

    def narrow(self, depth: int, width: int) -> str:
        """Return a word of a width that is given."""
        word, _ = self._word(depth)
        return f"extended({word} & {(1 << width) - 1:#x}, {width})"

    def leaf_record(self) -> str:
        """Return a record that is a Leaf whatever happens."""
        return str(self._pick(*self.variables["Leaf"]))

    def _record(self, depth: int) -> str:
        form = self._number(0, 2)
        if form == 0:
            return self.leaf_record()
        if form == 1:
            return f"evolve({self.leaf_record()}, OA={self.narrow(depth, 16)}, kind={self.kind(depth)})"
        ok, level = self._condition(depth), self._level(depth)
        return f"Leaf({self.narrow(depth, 16)}, {ok}, {self.kind(depth)}, {level})"

    def _sum(self, depth: int) -> str:
        form = self._number(0, 5)
        if form == 0 and depth > 0 and self._fork():
            return f"({self._sum(depth - 1)} if {self._condition(depth - 1)} else {self._sum(depth - 1)})"
        if form == 1:
            return self._record(depth - 1)
        if form == 2:
            return f"Fault({self.kind(depth - 1)}, {self.narrow(depth - 1, 4)})"
        if form == 3 and self._has("sum"):
            return self._call("sum", depth - 1)
        return str(self._pick(*self.variables["sum"]))

    def _memory(self, depth: int) -> str:
        form = self._number(0, 5)
        if form == 0:
            return f"memory.write({self._word(depth)[0]} & 0x18, {self._word(depth)[0]})"
        if form == 1:
            return f"memory.changed({self._word(0)[0]}, {self._word(0)[0]})"
        if form in (2, 3, 4) and self._has("memory"):
            return self._call("memory", depth)
        return "memory"

    # calls

    def _has(self, kind: str) -> bool:
        return any(returned == kind for _, returned in self.calls)

    def _call(self, kind: str, depth: int) -> str:
        name = self._pick(*[name for name, returned in self.calls if returned == kind])
        depth = min(depth, 1)
        return (
            f"{name}({self.narrow(depth, 16)}, {self.narrow(0, 8)}, p={self._condition(depth)}, "
            f"k={self.kind(0)}, s={self._sum(0)}, n={self._level(0)}, memory=memory)"
        )

    def _everything(self, depth: int) -> str:
        word, condition = self._word(depth)[0], self._condition(depth)
        return f"({word}, {condition}, {self.kind(1)}, {self._sum(1)}, {self._level(1)})"

    def deep(self) -> str:
        """Return an expression of every type, of words and conditions a deep one."""
        both = f"add({self._word(2)[0]}, {self._word(2)[0]}) ^ {self._word(3)[0]}"
        return f"({both}, {self._condition(3)}, {self.kind(2)}, {self._sum(2)}, {self._level(2)})"

    # statements

    def of(self, kind: str, depth: int) -> str:
        """Return an expression of a type."""
        forms: dict[str, Callable[[], str]] = {
            "word": lambda: self.narrow(depth, 16) if self._number(0, 1) else f"({self._word(depth)[0]} & 0xffff)",
            "bool": lambda: self._condition(depth),
            "kind": lambda: self.kind(depth),
            "level": lambda: self._level(depth),
            "sum": lambda: self._sum(depth),
            "memory": lambda: self._memory(depth),
            "all": lambda: self._everything(depth),
        }
        return forms[kind]()

    def _assignment(self) -> None:
        kind = self._pick("word", "word", "bool", "kind", "level", "sum")
        form = self._number(0, 3)
        if form == 0:
            name = f"v{next(self.names)}"
            if kind == "word":
                text, width = self._word(2)
                self.say(f"{name} = {text}")
                # Only what dominates the rest of the body may be read there.
                if self.indent == 1:
                    self.variables["word"].append((name, width))
                return
            self.say(f"{name} = {self.of(kind, 2)}")
            if self.indent == 1:
                self.variables[kind].append(name)
        elif kind == "word":
            name, width = self._pick(*[item for item in self.variables["word"] if item[0][0] != "h"])
            self.say(f"{name} = {self._word(2)[0]} & {(1 << width) - 1:#x}")
        else:
            self.say(f"{self._pick(*self.variables[kind])} = {self.of(kind, 2)}")

    def block(self, returns: str, depth: int) -> None:
        """Write one or two statements."""
        for _ in range(self._number(1, 2)):
            self._statement(returns, depth)

    def _indented(self, returns: str, depth: int, leave: bool) -> None:
        self.indent += 1
        if leave and self._number(0, 1):
            self.say(f"return {self.of(returns, 1)}")
        else:
            self.block(returns, depth)
        self.indent -= 1

    def _statement(self, returns: str, depth: int) -> None:
        form = self._number(0, 5) if depth > 0 else 0
        if form in (1, 2) and self._fork():
            self.say(f"if {self._branch(2)}:")
            self._indented(returns, depth - 1, True)
            if self._number(0, 1):
                self.say("else:")
                self._indented(returns, depth - 1, True)
        elif form == 3 and self._fork(2):
            self.say(f"match {self.kind(1)}:")
            self.indent += 1
            for member in ("Kind.A", "Kind.B", "Kind.C"):
                self.say(f"case {member}:")
                self._indented(returns, 0, member == "Kind.B")
            self.indent -= 1
        elif form == 4 and self._fork():
            name = f"h{next(self.names)}"
            self.say(f"match {self._sum(1)}:")
            self.indent += 1
            self.say(f"case Leaf(OA={name}):")
            self.variables["word"].append((name, 16))
            self._indented(returns, 0, True)
            self.variables["word"].remove((name, 16))
            self.say("case Fault(kind=_):")
            self._indented(returns, 0, False)
            self.indent -= 1
        else:
            self._assignment()


PARAMETERS = "x: Bits16, y: Bits8, p: bool, k: Kind, s: Leaf | Fault, n: Level, memory: Memory"
RETURNS = {
    "word": "Bits16",
    "bool": "bool",
    "kind": "Kind",
    "level": "Level",
    "sum": "Leaf | Fault",
    "memory": "Memory",
    "all": "tuple[Bits64, bool, Kind, Leaf | Fault, Level]",
}
INPUTS: dict[str, Any] = {
    "a": Bits8,
    "b": Bits16,
    "c": Bits64,
    "p": bool,
    "q": bool,
    "k": Kind,
    "r": Leaf,
    "s": Leaf | Fault,
    "n": Level,
    "memory": Memory,
}
MAIN = ", ".join(
    f"{name}: {text}"
    for name, text in zip(
        INPUTS,
        ("Bits8", "Bits16", "Bits64", "bool", "bool", "Kind", "Leaf", "Leaf | Fault", "Level", "Memory"),
        strict=True,
    )
)


def _function(draw: Callable[[Any], Any], name: str, returns: str, calls: list[Any]) -> str:
    inner = name != "main"
    words = [("x", 16), ("y", 8)] if inner else [("a", 8), ("b", 16), ("c", 64)]
    variables: dict[str, list[Any]] = {
        "word": words,
        "bool": ["p"] if inner else ["p", "q"],
        "kind": ["k"],
        "level": ["n"],
        "sum": ["s"],
        "Leaf": ["Leaf(0x1234, p, k, n)"] if inner else ["r"],
    }
    writer = Writer(draw, variables, calls)
    writer.forks = 4 if inner else 6
    writer.block(returns, 2)
    writer.block(returns, 2)
    if not inner and any(kind == "fold" for _, kind in calls):
        start = f"Table({writer.narrow(1, 16)}, {writer.kind(0)})"
        writer.say(f"state = {start}")
        writer.say("for level in (0, 1, 2):")
        writer.say("    state = step(state, level, p, memory)")
        writer.say("s = s if isinstance(state, Table) else state")
    writer.say(f"return {writer.of(returns, 2)}")
    head = f"@transition('generated')\ndef {name}({PARAMETERS if inner else MAIN}) -> {RETURNS[returns]}:"
    return head + "\n" + "\n".join(writer.lines) + "\n"


STEP = """
@transition('generated')
def step(state: Table | Leaf | Fault, level: int, p: bool, memory: Memory) -> Table | Leaf | Fault:
    if not isinstance(state, Table):
        return state
    if memory.aborts(state.entry & 0x18):
        return Fault(state.kind, level)
    word = memory.read(state.entry & 0x18)
    if Format.flag(word) & p:
        return Leaf(bits(word, 15, 0), True, state.kind, level)
    if bit(word, level) and level == {last}:
        return Fault(Kind.C, bits(word, 7, 4))
    return Table(extended((state.entry >> 1) ^ bits(word, 31, 16), 16), Kind.B if p else state.kind)
"""


@st.composite
def programs(draw: Callable[[Any], Any]) -> str:
    """The text of a program: up to two inner transitions, perhaps a fold, and ``main``."""
    calls: list[tuple[str, str]] = []
    text = ""
    for name in ("g", "h")[: draw(st.integers(0, 2))]:
        returns = draw(st.sampled_from(("word", "bool", "kind", "level", "sum", "sum", "memory", "memory")))
        text += _function(draw, name, returns, calls) + "\n"
        calls.append((name, returns))
    if draw(st.booleans()):
        text += STEP.format(last=draw(st.integers(0, 2)))
        calls.append(("step", "fold"))
    return text + _function(draw, "main", "all", calls)


@st.composite
def expressions(draw: Callable[[Any], Any]) -> str:
    """The text of a program of one deep expression, which nothing but its operators can get wrong."""
    variables: dict[str, list[Any]] = {
        "word": [("a", 8), ("b", 16), ("c", 64), ("r.OA", 16)],
        "bool": ["p", "q", "r.ok"],
        "kind": ["k", "r.kind"],
        "level": ["n", "r.level"],
        "sum": ["s"],
        "Leaf": ["r"],
    }
    writer = Writer(draw, variables, [])
    writer.forks = 1
    head = f"@transition('generated')\ndef main({MAIN}) -> {RETURNS['all']}:\n"
    return head + f"    return {writer.deep()}\n"


def words(width: int) -> st.SearchStrategy[int]:
    """Words with the corners drawn often."""
    top = (1 << width) - 1
    return st.one_of(st.sampled_from((0, 1, top, top >> 1, 1 << (width - 1))), st.integers(0, top))


KINDS = st.sampled_from(Kind)
LEVELS = st.integers(-1, 3)
LEAVES = st.builds(Leaf, words(16), st.booleans(), KINDS, LEVELS)
FAULTS = st.builds(Fault, KINDS, words(4))
MEMORIES = st.builds(
    PatchyMemory,
    st.fixed_dictionaries(dict.fromkeys(PLACES, words(64))),
    st.frozensets(st.sampled_from(PLACES), max_size=1),
)
VALUES = st.fixed_dictionaries(
    {
        "a": words(8),
        "b": words(16),
        "c": words(64),
        "p": st.booleans(),
        "q": st.booleans(),
        "k": KINDS,
        "r": LEAVES,
        "s": LEAVES | FAULTS,
        "n": LEVELS,
        "memory": MEMORIES,
    }
)


@contextmanager
def loaded(source: str) -> Iterator[Callable[..., Any]]:
    """Execute the text of a program; give its ``main``, and afterwards forget its rules."""
    names = {name: getattr(lang, name) for name in lang.__all__}
    names |= {item.__name__: item for item in (Kind, Leaf, Fault, Table, Format)}
    names |= {"Bits16": Bits16, "evolve": attrs.evolve, "__name__": ROOM}
    try:
        exec(compile(source, "<generated program>", "exec"), names)
        yield names["main"]
    finally:
        for name in [name for name in RULES if name.startswith(ROOM)]:
            del RULES[name]
        forget()


# -- the two ways to read a summary back ---------------------------------------------------------------------


OTHER = {Leaf: Leaf(0x5A5A, True, Kind.B, 1), Fault: Fault(Kind.C, 0b0101)}


def bindings(symbolic: Any, value: Any) -> Iterator[tuple[z3.ExprRef, z3.ExprRef]]:
    """Yield the variables of a symbolic input, each with the value that makes the input a concrete one."""
    kind = type(symbolic)
    if kind is OneOf:
        for guard, alternative in symbolic._alternatives:
            if type(alternative) is type(value):
                yield guard.arg(0), guard.arg(1)
                yield from bindings(alternative, value)
            else:
                # What the other alternative holds must make no difference.
                yield from bindings(alternative, OTHER[type(alternative)])
    elif attrs.has(kind):
        for name in attrs.fields_dict(kind):
            yield from bindings(getattr(symbolic, name), getattr(value, name))
    elif kind is Small:
        yield symbolic.term, z3.BitVecVal(value - symbolic.low, symbolic.term.size())
    elif kind is Choice:
        yield symbolic.term, z3.BitVecVal(members(Kind)[value], symbolic.term.size())
    elif not isinstance(symbolic, FreshMemory):
        is_bool = isinstance(value, bool)
        yield symbolic.term, z3.BoolVal(value) if is_bool else z3.BitVecVal(value, symbolic.term.size())


def python(term: z3.ExprRef) -> Any:
    """Return the value of a constant term; the assertion fails where it is none."""
    if z3.is_bv(term):
        assert z3.is_bv_value(term), term
        return term.as_long()
    assert z3.is_true(term) or z3.is_false(term), term
    return z3.is_true(term)


def by_substitution(
    bound: list[tuple[z3.ExprRef, z3.ExprRef]], memory: FreshMemory | None, given_memory: Memory
) -> Callable[[z3.ExprRef], Any]:
    """Return an evaluator that replaces inputs and simplifies; a read becomes what memory holds."""

    def evaluate(term: z3.ExprRef) -> Any:
        return python(z3.simplify(z3.substitute(term, *bound)))

    for address, word, aborts in [] if memory is None else memory.reads.values():
        place = evaluate(address)
        bound.append((word, z3.BitVecVal(given_memory.read(place), 64)))
        bound.append((aborts, z3.BoolVal(given_memory.aborts(place))))
    return evaluate


def by_solver(
    bound: list[tuple[z3.ExprRef, z3.ExprRef]],
    constraints: list[z3.BoolRef],
    memory: FreshMemory | None,
    given_memory: Memory,
) -> Callable[[z3.ExprRef], Any]:
    """Return the evaluator of a model in which the inputs have their values."""
    solver = z3.SolverFor("QF_BV")
    solver.add(*constraints, *(variable == value for variable, value in bound))
    if memory is not None:
        solver.add(*memory.constraints())
        for address, word, aborts in memory.reads.values():
            for place in PLACES:
                solver.add(z3.Implies(address == place, word == given_memory.read(place)))
                solver.add(z3.Implies(address == place, aborts == z3.BoolVal(given_memory.aborts(place))))
    assert solver.check() == z3.sat
    model = solver.model()
    return lambda term: python(model.eval(term, model_completion=True))


def check(source: str, inputs: list[dict[str, Any]], concrete: frozenset[str] = frozenset()) -> None:
    """Check that the readings of a program agree on inputs; those named in ``concrete`` stay as they are."""
    with loaded(source) as main:
        constraints: list[z3.BoolRef] = []
        arguments = {
            name: inputs[0][name] if name in concrete else symbol(shape, f"in.{name}", constraints)
            for name, shape in INPUTS.items()
        }
        try:
            summary, used = symbolically(main, *arguments.values())
        except LanguageError as error:
            # The sum of two wide words is refused, not read in another way.
            assume("a word has at most 64" not in str(error))
            raise
        assert f"{ROOM}.main" in used
        for values in inputs:
            held = values | {name: inputs[0][name] for name in concrete}
            expected = main(**held)
            symbolic = {name: arguments[name] for name in INPUTS if name not in concrete}
            bound = [pair for name, item in symbolic.items() for pair in bindings(item, held[name])]
            memory, given_memory = symbolic.get("memory"), held["memory"]
            solved = by_solver(bound, constraints, memory, given_memory)
            substituted = by_substitution(list(bound), memory, given_memory)
            for way, evaluate in (("solver", solved), ("substitution", substituted)):
                found = concretise(summary, evaluate)
                assert found == expected, f"by {way}, on {held}"
                assert [type(part) for part in found] == [type(part) for part in expected]


SETTINGS = settings(
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
CONCRETE = st.frozensets(st.sampled_from([name for name in INPUTS if name != "memory"]), max_size=3)


@given(programs(), st.lists(VALUES, min_size=3, max_size=3), CONCRETE)
@settings(SETTINGS, max_examples=300)
def test_random_programs_mean_the_same_in_every_reading(
    source: str, inputs: list[dict[str, Any]], concrete: frozenset[str]
) -> None:
    """A summary, read back by a solver and by substitution, is what the program gives on integers."""
    note(source)
    check(source, inputs, concrete)


@given(expressions(), st.lists(VALUES, min_size=5, max_size=5))
@settings(SETTINGS, max_examples=300)
def test_random_expressions_mean_the_same_in_every_reading(source: str, inputs: list[dict[str, Any]]) -> None:
    """As above, of many operators and few branches."""
    note(source)
    check(source, inputs)
