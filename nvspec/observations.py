"""Observations: what an implementation did, one line of JSON each, read strictly.

A file (``.jsonl``, or ``.jsonl.gz`` compressed) holds one observation a line. Each says on what machine it
was made (``features``, ``regs``, ``memory``), what was tried, and what happened (``expect``). :func:`read`
gives them one by one as frozen records, and refuses a line with anything that this module does not know. An
unknown key, register or feature is most likely a typing error; it would silently count as 0 or as absent.

The classes below are the format, schema 1: a field is a key of the JSON object, its annotation says which
values the key takes, and a field with a default is a key that may be left out. Numbers written as strings are
unsigned hexadecimal (``"0x1f"``) and become ``int``.

=========  ===========================  ===================================================
kind       class                        what was tried
=========  ===========================  ===================================================
translate  :class:`Translate`           one translation, by stage 2 alone or by both stages
at         :class:`AddressTranslation`  one address translation (AT) instruction
access     :class:`Access`              one instruction, most often MRS, MSR or SYS
memory     :class:`MemoryAccess`        one load, store or instruction fetch
=========  ===========================  ===================================================

Every error is an :class:`nvspec.errors.InputError` that names file, line and reason.
"""

import difflib
import gzip
import json
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeAlias

import attrs

from nvspec.errors import InputError
from spec.features import ARCHITECTURE_FEATURES

SCHEMA = 1
"""The version of the format that this module reads; it changes when an old file would no longer be read."""

SHIPPED_FEATURE_SETS = Path(__file__).with_name("feature_sets.json")
"""The named feature sets that come with the project."""


class _RefusalError(Exception):
    """A value that is not what the format says, and the keys that lead to it, innermost first."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.keys: list[str] = []

    def __str__(self) -> str:
        return f"{'.'.join(reversed(self.keys))}: {self.reason}" if self.keys else self.reason


Decoder: TypeAlias = Callable[[Any], Any]
"""Turns a JSON value into a value of the record, or raises ``_RefusalError``."""


def _shown(value: object) -> str:
    """Return a JSON value as text for a message: one line, and not long."""
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _expected(what: str, value: object) -> NoReturn:
    raise _RefusalError(f"expected {what}, got {_shown(value)}")


def _unknown(what: str, name: str, known: Mapping[str, object] | frozenset[str]) -> _RefusalError:
    """Return the refusal of a name, with the known name that is closest to it."""
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return _RefusalError(
        f"unknown {what} {_shown(name)}" + (f" (did you mean {_shown(near[0])}?)" if near else "")
    )


def _within(key: object, decode: Decoder, value: Any) -> Any:
    """Decode the value of a key, which a refusal then names."""
    try:
        return decode(value)
    except _RefusalError as refused:
        refused.keys.append(str(key))
        raise


def _hexadecimal(width: int, multiple: int = 1) -> Decoder:
    """Return the decoder of an unsigned hexadecimal string of at most ``width`` bits."""
    pattern = re.compile("0x[0-9a-fA-F]+")

    def decode(value: Any) -> int:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            _expected('an unsigned hexadecimal string such as "0x1f"', value)
        number = int(value, 16)
        if number >> width:
            raise _RefusalError(f"{_shown(value)} does not fit in {width} bits")
        if number % multiple:
            raise _RefusalError(f"{_shown(value)} is not a multiple of {multiple}")
        return number

    return decode


def _integer(*allowed: int) -> Decoder:
    """Return the decoder of a JSON integer that is one of a few."""

    def decode(value: Any) -> int:
        # JSON's true is an int to Python, and 1.0 equals 1.
        if type(value) is not int or value not in allowed:
            _expected(f"one of {', '.join(map(str, allowed))}", value)
        return value

    return decode


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        _expected("a count", value)
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        _expected("true or false", value)
    return value


def _text(value: Any) -> str:
    # Names and ids are printed in reports of one line each.
    if not isinstance(value, str) or not value or not value.isprintable():
        _expected("a printable text", value)
    return value


def _word(*allowed: str) -> Decoder:
    """Return the decoder of a string that is one of a few."""

    def decode(value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            _expected(f"one of {', '.join(allowed)}", value)
        return value

    return decode


def _register(value: Any) -> str:
    name = _text(value)
    if name not in REGISTERS:
        raise _unknown("register", name, REGISTERS)
    return name


def _feature(value: Any) -> str:
    name = _text(value)
    if name not in ARCHITECTURE_FEATURES:
        raise _unknown("feature", name, ARCHITECTURE_FEATURES)
    return name


def _nullable(decode: Decoder) -> Decoder:
    """Return the decoder of a value that may be null, for UNKNOWN or for none."""
    return lambda value: None if value is None else decode(value)


def _each(decode: Decoder, *, least: int = 0) -> Decoder:
    """Return the decoder of a list of like values."""

    def decode_list(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < least:
            _expected("a list" if least == 0 else f"a list of at least {least}", value)
        return tuple(_within(index, decode, item) for index, item in enumerate(value))

    return decode_list


def _sequence(*decoders: Decoder) -> Decoder:
    """Return the decoder of a list with one place for each of the decoders."""

    def decode(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(decoders):
            _expected(f"a list of {len(decoders)}", value)
        return tuple(
            _within(index, one, item) for index, (one, item) in enumerate(zip(decoders, value, strict=True))
        )

    return decode


def _mapping(decode_key: Decoder, decode_value: Decoder) -> Decoder:
    """Return the decoder of an object whose keys are data: registers, addresses, names."""

    def decode(value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            _expected("an object", value)
        found: dict[Any, Any] = {}
        for text, item in value.items():
            key = decode_key(text)
            if key in found:
                raise _RefusalError(f"{_shown(text)} is given twice")
            found[key] = _within(text, decode_value, item)
        return found

    return decode


def _options(*names: str) -> Decoder:
    """Return the decoder of an object of optional true and false values."""
    decoders = dict.fromkeys(names, _boolean)

    def decode(value: Any) -> dict[str, bool]:
        _check_keys(value, decoders, frozenset())
        return {name: _within(name, _boolean, item) for name, item in value.items()}

    return decode


def _check_keys(value: Any, known: Mapping[str, object], required: frozenset[str]) -> None:
    """Refuse what is not an object with all of the required keys and no unknown one."""
    if not isinstance(value, dict):
        _expected("an object", value)
    for key in value:
        if key not in known:
            raise _unknown("key", key, known)
    for key in known:
        if key in required and key not in value:
            raise _RefusalError(f"missing key {_shown(key)}")


def _record(kind: type) -> Decoder:
    """Return the decoder of an object into a record class, key by key as its annotations say."""
    decoders, required = _keys(kind)

    def decode(value: Any) -> Any:
        _check_keys(value, decoders, required)
        return _built(kind, {key: _within(key, decoders[key], item) for key, item in value.items()})

    return decode


def _keys(kind: type) -> tuple[dict[str, Decoder], frozenset[str]]:
    """Return the decoder of each key of a record class, and the keys that must be given."""
    annotated = [field for field in attrs.fields(kind) if hasattr(field.type, "__metadata__")]
    decoders = {field.name: field.type.__metadata__[0] for field in annotated}
    return decoders, frozenset(field.name for field in annotated if field.default is attrs.NOTHING)


def _built(kind: type, values: Mapping[str, Any]) -> Any:
    """Build a record; the rules between its keys are its own, and refuse with ``ValueError``."""
    try:
        return kind(**values)
    except ValueError as error:
        raise _RefusalError(str(error)) from error


def _by_key(**kinds: type) -> Decoder:
    """Return the decoder of an object that is one of several records, told apart by a key that it has."""
    decoders = {key: _record(kind) for key, kind in kinds.items()}

    def decode(value: Any) -> Any:
        if not isinstance(value, dict):
            _expected("an object", value)
        present = [key for key in decoders if key in value]
        if len(present) != 1:
            raise _RefusalError(f"expected exactly one of the keys {', '.join(decoders)}")
        return decoders[present[0]](value)

    return decode


def _by_value(key: str, **kinds: type) -> Decoder:
    """Return the decoder of an object that is one of several records, told apart by the value of a key."""
    decoders = {value: _record(kind) for value, kind in kinds.items()}

    def decode(value: Any) -> Any:
        if not isinstance(value, dict):
            _expected("an object", value)
        if key not in value:
            raise _RefusalError(f"missing key {_shown(key)}")
        which = _within(key, _word(*decoders), value[key])
        return decoders[which](value)

    return decode


Flag = Annotated[bool, _boolean]
"""JSON true or false."""
Text = Annotated[str, _text]
"""A printable text of one line, not empty."""
Word64 = Annotated[int, _hexadecimal(64)]
"""A word of 64 bits: a register, a virtual address."""
PhysicalAddress = Annotated[int, _hexadecimal(56)]
"""A physical address of at most 56 bits."""
ExceptionLevel = Annotated[int, _integer(0, 1, 2, 3)]
"""An Exception level."""
TargetEL = Annotated[int, _integer(1, 2, 3)]
"""An Exception level that an exception can be taken to."""
ExceptionClass = Annotated[int, _hexadecimal(6)]
"""ESR_ELx.EC."""
Registers = Annotated[Mapping[str, int], _mapping(_register, _hexadecimal(64))]
"""Register to whole value; one that is not given is 0."""
Memory = Annotated[Mapping[int, int], _mapping(_hexadecimal(56, multiple=8), _hexadecimal(64))]
"""Physical address, a multiple of 8, to the 64-bit value that a little-endian load returns.

Every other word of memory is 0.
"""
Reads = Annotated[int | None, _count]
"""How many descriptors were fetched; None where it was not seen."""
Writes = Annotated[
    tuple[tuple[int, int], ...],
    _each(_sequence(_hexadecimal(56, multiple=8), _hexadecimal(64)), least=1),
]
"""Hardware updates of descriptors in order: physical address and new value."""


@attrs.frozen
class RAM:
    """A range of physical addresses with memory behind it; a walk that leaves it takes an external abort."""

    low: int
    """The first address inside."""
    high: int
    """The first address behind."""

    def __contains__(self, address: int) -> bool:
        return self.low <= address < self.high

    @classmethod
    def _decoded(cls, value: Any) -> "RAM":
        low, high = _sequence(_hexadecimal(64), _hexadecimal(64))(value)
        if low >= high or high > 1 << 56:
            _expected("[low, high) with low below high, and high at most 2**56", value)
        return cls(low, high)


@attrs.frozen
class FeatureSet:
    """The machine of an observation: which features it has, the others being absent."""

    names: frozenset[str]
    """FEAT_ names, as given; :func:`spec.features.with_implied` adds what they imply."""
    pa_max: int
    """Implemented physical address bits; 48 for an ``access`` with a list of features: it does not matter."""
    id_registers: Mapping[str, int]
    """Values of identification registers, where a named set gives them."""


@attrs.frozen(kw_only=True)
class Observed:
    """What every observation has."""

    id: Text
    """The name of the observation, unique in its file."""
    source: Text
    """The implementation that was observed."""
    line: int
    """The line of the file, counted from 1."""
    features: FeatureSet
    """The machine: in the file a list of FEAT_ names, or the name of a feature set.

    In every kind but ``access`` a key ``parange`` may stand beside it, the implemented physical address bits.
    A list needs it; with a named set it replaces that of the set.
    """
    regs: Registers
    """The registers that the outcome depends on."""


# --- translate ----------------------------------------------------------------------------------------------

TranslateType = Annotated[
    Literal["read", "write", "exec", "atomic", "unpriv_read", "unpriv_write"],
    _word("read", "write", "exec", "atomic", "unpriv_read", "unpriv_write"),
]
"""What is tried: ``atomic`` reads and writes, ``unpriv_`` is LDTR or STTR."""


@attrs.frozen
class PState:
    """The fields of PSTATE that a translation reads."""

    EL: ExceptionLevel
    """The Exception level of the access."""
    PAN: Annotated[int, _integer(0, 1)]
    """Privileged access never."""
    UAO: Annotated[int, _integer(0, 1)]
    """User access override."""


@attrs.frozen
class Stage2Access:
    """An access to an intermediate physical address: stage 2 alone."""

    type: TranslateType
    """What is tried."""
    ipa: Word64
    """The intermediate physical address; it may be larger than the input size."""
    s1ptw: Flag
    """The access is a stage 1 table walk, checked as a read."""


@attrs.frozen
class TwoStageAccess:
    """An access to a virtual address: stage 1, then stage 2."""

    type: TranslateType
    """What is tried."""
    va: Word64
    """The virtual address."""
    aligned: Flag
    """The address is a multiple of the size; otherwise the access faults on Device memory."""


@attrs.frozen
class Translated:
    """The translation succeeded."""

    fault: Annotated[Literal["none"], _word("none")]
    """``none``."""
    pa: PhysicalAddress
    """The physical address."""
    reads: Reads = None
    """How many descriptors were fetched."""
    writes: Writes = ()
    """Hardware updates of descriptors."""


FAULTS = ("translation", "access_flag", "permission", "address_size", "alignment")
"""The kinds of fault, as the format names them."""


@attrs.frozen
class Faulted:
    """The translation took a fault."""

    fault: Annotated[str, _word(*FAULTS)]
    """One of :data:`FAULTS`."""
    level: Annotated[int | None, _nullable(_integer(-1, 0, 1, 2, 3))]
    """The level of the walk; None where it is UNKNOWN."""
    stage2: Flag
    """Stage 2 took it."""
    s1ptw: Flag
    """Stage 2 took it on a stage 1 table walk."""
    write: Flag
    """It is reported as caused by a write."""
    fault_ipa: Annotated[int | None, _hexadecimal(64)] = None
    """The intermediate physical address, of a stage 2 fault."""
    reads: Reads = None
    """How many descriptors were fetched."""
    writes: Writes = ()
    """Hardware updates of descriptors."""

    def __attrs_post_init__(self) -> None:
        if self.s1ptw and not self.stage2:
            raise ValueError("s1ptw without stage2")
        if self.fault_ipa is not None and not self.stage2:
            raise ValueError("fault_ipa without stage2")


@attrs.frozen(kw_only=True)
class Translate(Observed):
    """One translation, Non-secure EL1&0, without EL3 and without TLB: every access walks."""

    impdef: Annotated[Mapping[str, bool], _options("nT_faults", "contiguous_out_of_range_faults")] = (
        attrs.Factory(dict)
    )
    """Choices, by the names of fields of :class:`spec.features.Features`; one not given does not matter."""
    pstate: Annotated[PState, _record(PState)]
    """The processor state."""
    memory: Memory
    """The tables."""
    access: Annotated[Stage2Access | TwoStageAccess, _by_key(ipa=Stage2Access, va=TwoStageAccess)]
    """What is tried."""
    expect: Annotated[
        Translated | Faulted, _by_value("fault", none=Translated, **dict.fromkeys(FAULTS, Faulted))
    ]
    """What happened."""


# --- at -----------------------------------------------------------------------------------------------------

AT_OPERATIONS = (
    *("S1E1R", "S1E1W", "S1E0R", "S1E0W", "S1E1RP", "S1E1WP", "S1E2R", "S1E2W"),
    *("S12E1R", "S12E1W", "S12E0R", "S12E0W"),
)
"""The AT instructions; S1E1RP and S1E1WP with PSTATE.PAN = 1, the others with 0."""


@attrs.frozen
class ATResult:
    """The instruction completed, with or without a fault in PAR_EL1."""

    PAR_EL1: Word64
    """What it left in PAR_EL1."""
    mask: Word64
    """The bits of PAR_EL1 that are compared."""


@attrs.frozen
class Syndrome:
    """The class of an exception and its fault status code."""

    ec: ExceptionClass
    """ESR_ELx.EC."""
    fsc: Annotated[int, _hexadecimal(6)]
    """ESR_ELx.ISS.DFSC."""


@attrs.frozen
class ATException:
    """The instruction itself took an exception."""

    exception: Annotated[Syndrome, _record(Syndrome)]
    """Which."""


@attrs.frozen(kw_only=True)
class AddressTranslation(Observed):
    """One address translation instruction."""

    el: TargetEL
    """The Exception level that issued it; at EL3 with SCR_EL3.NS = 1."""
    op: Annotated[str, _word(*AT_OPERATIONS)]
    """One of :data:`AT_OPERATIONS`."""
    address: Word64
    """Its operand."""
    memory: Memory
    """The tables."""
    ram: Annotated[RAM, RAM._decoded]
    """Where there is memory."""
    expect: Annotated[ATResult | ATException, _by_key(PAR_EL1=ATResult, exception=ATException)]
    """What happened."""


# --- access -------------------------------------------------------------------------------------------------


@attrs.frozen
class Executed:
    """Neither trapped nor UNDEFINED."""

    outcome: Annotated[Literal["executed"], _word("executed")]
    """``executed``."""
    target: Annotated[tuple[str, ...], _each(_register, least=1)] = ()
    """The register behind the name is one of these; empty where it was not seen."""


@attrs.frozen
class Redirected:
    """Redirected to the page at VNCR_EL2.BADDR."""

    outcome: Annotated[Literal["memory"], _word("memory")]
    """``memory``."""
    offset: Annotated[int, _hexadecimal(12, multiple=8)]
    """The offset in that page, in bytes."""


@attrs.frozen
class Undefined:
    """Taken as UNDEFINED, EC 0x00."""

    outcome: Annotated[Literal["undefined"], _word("undefined")]
    """``undefined``."""
    el: TargetEL
    """The Exception level that took it."""


@attrs.frozen
class Trapped:
    """Taken as an exception with a syndrome of its own."""

    outcome: Annotated[Literal["trap"], _word("trap")]
    """``trap``."""
    el: TargetEL
    """The Exception level that took it."""
    esr: Annotated[int | None, _hexadecimal(64)] = None
    """ESR_ELx of that level."""
    ec: Annotated[int | None, _hexadecimal(6)] = None
    """ESR_ELx.EC, where only the class is known."""
    elr_offset: Annotated[int | None, _integer(0, 4)] = None
    """ELR_ELx minus the address of the instruction, in bytes; None where it was not seen."""

    def __attrs_post_init__(self) -> None:
        if (self.esr is None) == (self.ec is None):
            raise ValueError("expected exactly one of the keys esr, ec")


@attrs.frozen(kw_only=True)
class Access(Observed):
    """One instruction: PSTATE.SP = 1 above EL0, PSTATE.{D,A,I,F} = 1, MMU off, no stage 2."""

    el: ExceptionLevel
    """The Exception level that issued it."""
    op: Annotated[Literal["MRS", "MSR", "SYS", "OTHER"], _word("MRS", "MSR", "SYS", "OTHER")]
    """Its class, and with MRS and MSR the direction."""
    name: Text
    """The register or operation; with OTHER the instruction in assembler."""
    encoding: Annotated[
        tuple[int, int, int, int, int] | None,
        _nullable(
            _sequence(*(_integer(*range(1 << width)) for width in (2, 3, 4, 4, 3))),
        ),
    ]
    """[op0, op1, CRn, CRm, op2], or None where it has none."""
    word: Annotated[int | None, _hexadecimal(32)] = None
    """The A64 opcode with Rt = x0; where given, it decides and not the name."""
    operand: Annotated[int | None, _hexadecimal(64)] = None
    """The value of x0."""
    expect: Annotated[
        Executed | Redirected | Undefined | Trapped,
        _by_value("outcome", executed=Executed, memory=Redirected, undefined=Undefined, trap=Trapped),
    ]
    """What happened."""


# --- memory -------------------------------------------------------------------------------------------------


@attrs.frozen
class SizedAccess:
    """A load, a store or an instruction fetch."""

    type: Annotated[Literal["read", "write", "exec"], _word("read", "write", "exec")]
    """Which of them."""
    va: Word64
    """The virtual address."""
    size: Annotated[int, _integer(1, 2, 4, 8, 16)]
    """Bytes."""

    def __attrs_post_init__(self) -> None:
        if self.type == "exec" and self.size != 4:
            raise ValueError("an instruction has a size of 4")


@attrs.frozen
class Completed:
    """No exception."""

    outcome: Annotated[Literal["completed"], _word("completed")]
    """``completed``."""
    pa: Annotated[int | None, _hexadecimal(56)] = None
    """The physical address; None where it was not seen."""


@attrs.frozen
class Aborted:
    """Taken as an abort."""

    outcome: Annotated[Literal["abort"], _word("abort")]
    """``abort``."""
    el: TargetEL
    """The Exception level that took it."""
    esr: Word64
    """ESR_ELx of that level."""
    esr_mask: Word64
    """The bits of ESR_ELx that are compared."""
    far: Word64
    """FAR_ELx of that level."""
    hpfar: Annotated[int | None, _hexadecimal(64)] = None
    """HPFAR_EL2 without NS, bit 63; None where it is UNKNOWN."""

    def __attrs_post_init__(self) -> None:
        if self.hpfar is not None and self.el != 2:
            raise ValueError("hpfar without el 2")


@attrs.frozen(kw_only=True)
class MemoryAccess(Observed):
    """One load, store or instruction fetch, with PSTATE.PAN = UAO = 0."""

    el: Annotated[int, _integer(0, 1)]
    """The Exception level that made it."""
    memory: Memory
    """The tables."""
    ram: Annotated[RAM, RAM._decoded]
    """Where there is memory."""
    access: Annotated[SizedAccess, _record(SizedAccess)]
    """What is tried."""
    expect: Annotated[Completed | Aborted, _by_value("outcome", completed=Completed, abort=Aborted)]
    """What happened."""


Observation: TypeAlias = Translate | AddressTranslation | Access | MemoryAccess
"""One observation of any kind."""

# --- reading ------------------------------------------------------------------------------------------------

_PARANGE = _integer(32, 36, 40, 42, 44, 48, 52, 56)


@attrs.frozen
class _NamedSet:
    """One entry of a file of feature sets."""

    parange: Annotated[int, _PARANGE]
    features: Annotated[tuple[str, ...], _each(_feature)]
    note: Annotated[str, _text] = ""
    id_registers: Registers = attrs.Factory(dict)


@attrs.frozen
class _Kind:
    """How the lines of one kind are read."""

    record: type
    decoders: Mapping[str, Decoder]
    """Of the keys that are fields of the record."""
    known: Mapping[str, object]
    required: frozenset[str]

    @classmethod
    def of(cls, record: type[Observed], *optional: str) -> "_Kind":
        decoders, required = _keys(record)
        around = ("schema", "kind", "features")
        known = dict.fromkeys((*around, *optional, *decoders))
        return cls(record, decoders, known, required.union(around))


_KINDS = {
    "translate": _Kind.of(Translate, "parange"),
    "at": _Kind.of(AddressTranslation, "parange"),
    # What an instruction does depends on no address size.
    "access": _Kind.of(Access),
    "memory": _Kind.of(MemoryAccess, "parange"),
}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build a JSON object; the standard library would let the last of two like keys win."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RefusalError(f"the key {_shown(twice)} is given twice")
    return found


def _no_constant(text: str) -> NoReturn:
    raise _RefusalError(f"not JSON: {text}")


_JSON = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def _parsed(text: str) -> Any:
    """Parse JSON text strictly."""
    try:
        return _JSON.decode(text)
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno} column {error.colno}"
        raise _RefusalError(f"not JSON: {error.msg} at {place}") from error
    except RecursionError as error:
        raise _RefusalError("not an observation: nested too deeply") from error
    except ValueError as error:  # A number of thousands of digits.
        raise _RefusalError(f"not JSON: {error}") from error


class _FeatureSets:
    """The feature sets that an observation file can name: those beside it, then the shipped ones."""

    def __init__(self, observations: Path) -> None:
        self._files = (observations.parent / "features.json", SHIPPED_FEATURE_SETS)
        self._named: dict[str, FeatureSet] | None = None

    def machine(self, given: Any, parange: int | None, of_a_list: int | None) -> FeatureSet:
        """Return the machine that a line describes by its ``features`` and ``parange``."""
        if isinstance(given, str):
            named = self._by_name(given)
            return named if parange is None else attrs.evolve(named, pa_max=parange)
        if not isinstance(given, list):
            _expected("a list of FEAT_ names or the name of a feature set", given)
        names = frozenset(_each(_feature)(given))
        if of_a_list is None:
            raise _RefusalError('a list needs the key "parange" beside it')
        return FeatureSet(names, of_a_list, {})

    def _by_name(self, name: str) -> FeatureSet:
        if self._named is None:
            beside, shipped = map(self._read, self._files)
            self._named = shipped | beside
        if name not in self._named:
            raise _unknown("feature set", name, self._named)
        return self._named[name]

    @staticmethod
    def _read(path: Path) -> dict[str, FeatureSet]:
        """Return the sets of one file; none where there is no file."""
        try:
            found = _mapping(_text, _record(_NamedSet))(_parsed(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, _RefusalError) as error:
            raise InputError(str(path), None, _reason(error)) from error
        return {
            name: FeatureSet(frozenset(entry.features), entry.parange, entry.id_registers)
            for name, entry in found.items()
        }


def _reason(error: Exception) -> str:
    """Return why a file cannot be read, without its name."""
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)


def _decoded(value: Any, line: int, sets: _FeatureSets) -> Observation:
    """Turn the JSON value of a line into an observation."""
    if not isinstance(value, dict):
        _expected("an object", value)
    for key in ("schema", "kind"):
        if key not in value:
            raise _RefusalError(f"missing key {_shown(key)}")
    if type(value["schema"]) is not int or value["schema"] != SCHEMA:
        raise _RefusalError(f"schema {_shown(value['schema'])} is not known, only {SCHEMA} is")
    if not isinstance(value["kind"], str) or value["kind"] not in _KINDS:
        raise _RefusalError(f"unknown kind {_shown(value['kind'])}, expected one of {', '.join(_KINDS)}")
    kind = _KINDS[value["kind"]]
    _check_keys(value, kind.known, kind.required)
    values = {key: _within(key, decode, value[key]) for key, decode in kind.decoders.items() if key in value}
    parange = _within("parange", _PARANGE, value["parange"]) if "parange" in value else None
    of_a_list = parange if "parange" in kind.known else 48
    values["features"] = _within(
        "features", lambda it: sets.machine(it, parange, of_a_list), value["features"]
    )
    values["line"] = line
    built: Observation = _built(kind.record, values)
    return built


def _lines(path: str) -> Iterator[tuple[int, bytes]]:
    """Give the lines of a file with their numbers, from 1."""
    number = 0
    try:
        with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as stream:
            for raw in stream:
                number += 1
                yield number, raw
    except EOFError as error:
        raise InputError(path, number + 1, "cut off: the compressed data ends too early") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(path, number + 1 if number else None, f"not gzip, or damaged: {error}") from error
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte.
        raise InputError(path, None, _reason(error)) from error
    if number == 0:
        raise InputError(path, None, "no observations: the file is empty")


def read(path: str | os.PathLike[str]) -> Iterator[Observation]:
    """Give the observations of a file in order, each as soon as its line is read.

    A file whose name ends in ``.gz`` is decompressed. Raises :class:`nvspec.errors.InputError` at the first
    line that cannot be read, or at once where the file cannot.
    """
    name = os.fspath(path)
    sets = _FeatureSets(Path(name))
    lines_of_ids: dict[str, int] = {}
    for number, raw in _lines(name):
        try:
            observation = _observation(raw, number, sets)
            if observation.id in lines_of_ids:
                raise _RefusalError(
                    f"the id {_shown(observation.id)} is that of line {lines_of_ids[observation.id]}"
                )
        except _RefusalError as refused:
            raise InputError(name, number, str(refused)) from refused
        lines_of_ids[observation.id] = number
        yield observation


def _observation(raw: bytes, number: int, sets: _FeatureSets) -> Observation:
    """Turn one line of a file into an observation."""
    if not raw.strip():
        raise _RefusalError("blank line")
    try:
        value = _parsed(raw.decode("utf-8"))
    except (UnicodeDecodeError, _RefusalError) as error:
        unreadable = isinstance(error, UnicodeDecodeError) or isinstance(
            error.__cause__, json.JSONDecodeError
        )
        if unreadable and not raw.endswith(b"\n"):
            raise _RefusalError("cut off: the last line has no end") from error
        raise _RefusalError(_reason(error)) from error
    return _decoded(value, number, sets)


# --- registers ----------------------------------------------------------------------------------------------

_NAMES = """
ACCDATA_EL1 ACTLR_EL1 ACTLR_EL2 ACTLR_EL3 ACTLRMASK_EL1 ACTLRMASK_EL2 AFSR0_EL1 AFSR0_EL2 AFSR0_EL3
AFSR1_EL1 AFSR1_EL2 AFSR1_EL3 AIDR_EL1 ALLINT AMAIR2_EL1 AMAIR2_EL2 AMAIR2_EL3 AMAIR_EL1 AMAIR_EL2 AMAIR_EL3
AMCFGR_EL0 AMCG1IDR_EL0 AMCGCR_EL0 AMCNTENCLR0_EL0 AMCNTENCLR1_EL0 AMCNTENSET0_EL0 AMCNTENSET1_EL0 AMCR_EL0
AMEVCNTR0<0-3>_EL0 AMEVCNTR1<0-15>_EL0 AMEVCNTVOFF0<0-15>_EL2 AMEVCNTVOFF1<0-15>_EL2 AMEVTYPER0<0-3>_EL0
AMEVTYPER1<0-15>_EL0 AMUSERENR_EL0 APDAKeyHi_EL1 APDAKeyLo_EL1 APDBKeyHi_EL1 APDBKeyLo_EL1 APGAKeyHi_EL1
APGAKeyLo_EL1 APIAKeyHi_EL1 APIAKeyLo_EL1 APIBKeyHi_EL1 APIBKeyLo_EL1 BRBCR_EL1 BRBCR_EL2 BRBFCR_EL1
BRBIDR0_EL1 BRBINF<0-31>_EL1 BRBINFINJ_EL1 BRBSRC<0-31>_EL1 BRBSRCINJ_EL1 BRBTGT<0-31>_EL1 BRBTGTINJ_EL1
BRBTS_EL1 CCSIDR2_EL1 CCSIDR_EL1 CLIDR_EL1 CNTFRQ_EL0 CNTHCTL_EL2 CNTHP_CTL_EL2 CNTHP_CVAL_EL2
CNTHP_TVAL_EL2 CNTHPS_CTL_EL2 CNTHPS_CVAL_EL2 CNTHPS_TVAL_EL2 CNTHV_CTL_EL2 CNTHV_CVAL_EL2 CNTHV_TVAL_EL2
CNTHVS_CTL_EL2 CNTHVS_CVAL_EL2 CNTHVS_TVAL_EL2 CNTKCTL_EL1 CNTP_CTL_EL0 CNTP_CVAL_EL0 CNTP_TVAL_EL0
CNTPCT_EL0 CNTPCTSS_EL0 CNTPOFF_EL2 CNTPS_CTL_EL1 CNTPS_CVAL_EL1 CNTPS_TVAL_EL1 CNTV_CTL_EL0 CNTV_CVAL_EL0
CNTV_TVAL_EL0 CNTVCT_EL0 CNTVCTSS_EL0 CNTVOFF_EL2 CONTEXTIDR_EL1 CONTEXTIDR_EL2 CPACR_EL1 CPACRMASK_EL1
CPTR_EL2 CPTR_EL3 CPTRMASK_EL2 CSSELR_EL1 CTR_EL0 CurrentEL DACR32_EL2 DAIF DBGAUTHSTATUS_EL1
DBGBCR<0-63>_EL1 DBGBVR<0-63>_EL1 DBGCLAIMCLR_EL1 DBGCLAIMSET_EL1 DBGDTR_EL0 DBGDTRRX_EL0 DBGDTRTX_EL0
DBGPRCR_EL1 DBGVCR32_EL2 DBGWCR<0-63>_EL1 DBGWVR<0-63>_EL1 DCZID_EL0 DISR_EL1 DIT DLR_EL0 DSPSR_EL0 ELR_EL1
ELR_EL2 ELR_EL3 ERRIDR_EL1 ERRSELR_EL1 ERXADDR_EL1 ERXCTLR_EL1 ERXFR_EL1 ERXGSR_EL1 ERXMISC0_EL1
ERXMISC1_EL1 ERXMISC2_EL1 ERXMISC3_EL1 ERXPFGCDN_EL1 ERXPFGCTL_EL1 ERXPFGF_EL1 ERXSTATUS_EL1 ESR_EL1 ESR_EL2
ESR_EL3 FAR_EL1 FAR_EL2 FAR_EL3 FGWTE3_EL3 FPCR FPEXC32_EL2 FPMR FPSR GCR_EL1 GCSCR_EL1 GCSCR_EL2 GCSCR_EL3
GCSCRE0_EL1 GCSPR_EL0 GCSPR_EL1 GCSPR_EL2 GCSPR_EL3 GMID_EL1 GPCBW_EL3 GPCCR_EL3 GPTBR_EL3 HACDBSBR_EL2
HACDBSCONS_EL2 HACR_EL2 HAFGRTR_EL2 HCR_EL2 HCRX_EL2 HDBSSBR_EL2 HDBSSPROD_EL2 HDFGRTR2_EL2 HDFGRTR_EL2
HDFGWTR2_EL2 HDFGWTR_EL2 HFGITR2_EL2 HFGITR_EL2 HFGRTR2_EL2 HFGRTR_EL2 HFGWTR2_EL2 HFGWTR_EL2 HPFAR_EL2
HSTR_EL2 ICC_AP0R<0-3>_EL1 ICC_AP1R<0-3>_EL1 ICC_ASGI1R_EL1 ICC_BPR0_EL1 ICC_BPR1_EL1 ICC_CTLR_EL1
ICC_CTLR_EL3 ICC_DIR_EL1 ICC_EOIR0_EL1 ICC_EOIR1_EL1 ICC_HPPIR0_EL1 ICC_HPPIR1_EL1 ICC_IAR0_EL1 ICC_IAR1_EL1
ICC_IGRPEN0_EL1 ICC_IGRPEN1_EL1 ICC_IGRPEN1_EL3 ICC_NMIAR1_EL1 ICC_PMR_EL1 ICC_RPR_EL1 ICC_SGI0R_EL1
ICC_SGI1R_EL1 ICC_SRE_EL1 ICC_SRE_EL2 ICC_SRE_EL3 ICH_AP0R<0-3>_EL2 ICH_AP1R<0-3>_EL2 ICH_EISR_EL2
ICH_ELRSR_EL2 ICH_HCR_EL2 ICH_LR<0-15>_EL2 ICH_MISR_EL2 ICH_VMCR_EL2 ICH_VTR_EL2 ICV_AP0R<0-3>_EL1
ICV_AP1R<0-3>_EL1 ICV_BPR0_EL1 ICV_BPR1_EL1 ICV_CTLR_EL1 ICV_DIR_EL1 ICV_EOIR0_EL1 ICV_EOIR1_EL1
ICV_HPPIR0_EL1 ICV_HPPIR1_EL1 ICV_IAR0_EL1 ICV_IAR1_EL1 ICV_IGRPEN0_EL1 ICV_IGRPEN1_EL1 ICV_NMIAR1_EL1
ICV_PMR_EL1 ICV_RPR_EL1 ID_AA64AFR0_EL1 ID_AA64AFR1_EL1 ID_AA64DFR0_EL1 ID_AA64DFR1_EL1 ID_AA64DFR2_EL1
ID_AA64FPFR0_EL1 ID_AA64ISAR0_EL1 ID_AA64ISAR1_EL1 ID_AA64ISAR2_EL1 ID_AA64ISAR3_EL1 ID_AA64MMFR0_EL1
ID_AA64MMFR1_EL1 ID_AA64MMFR2_EL1 ID_AA64MMFR3_EL1 ID_AA64MMFR4_EL1 ID_AA64PFR0_EL1 ID_AA64PFR1_EL1
ID_AA64PFR2_EL1 ID_AA64SMFR0_EL1 ID_AA64ZFR0_EL1 ID_AFR0_EL1 ID_DFR0_EL1 ID_DFR1_EL1 ID_ISAR0_EL1
ID_ISAR1_EL1 ID_ISAR2_EL1 ID_ISAR3_EL1 ID_ISAR4_EL1 ID_ISAR5_EL1 ID_ISAR6_EL1 ID_MMFR0_EL1 ID_MMFR1_EL1
ID_MMFR2_EL1 ID_MMFR3_EL1 ID_MMFR4_EL1 ID_MMFR5_EL1 ID_PFR0_EL1 ID_PFR1_EL1 ID_PFR2_EL1 IFSR32_EL2 ISR_EL1
LORC_EL1 LOREA_EL1 LORID_EL1 LORN_EL1 LORSA_EL1 MAIR2_EL1 MAIR2_EL2 MAIR2_EL3 MAIR_EL1 MAIR_EL2 MAIR_EL3
MDCCINT_EL1 MDCCSR_EL0 MDCR_EL2 MDCR_EL3 MDRAR_EL1 MDSCR_EL1 MDSELR_EL1 MDSTEPOP_EL1 MECID_A0_EL2
MECID_A1_EL2 MECID_P0_EL2 MECID_P1_EL2 MECID_RL_A_EL3 MECIDR_EL2 MFAR_EL3 MIDR_EL1 MPAM0_EL1 MPAM1_EL1
MPAM2_EL2 MPAM3_EL3 MPAMBW0_EL1 MPAMBW1_EL1 MPAMBW2_EL2 MPAMBW3_EL3 MPAMBWCAP_EL2 MPAMBWIDR_EL1 MPAMBWSM_EL1
MPAMHCR_EL2 MPAMIDR_EL1 MPAMSM_EL1 MPAMVPM<0-7>_EL2 MPAMVPMV_EL2 MPIDR_EL1 MVFR0_EL1 MVFR1_EL1 MVFR2_EL1
NZCV OSDLR_EL1 OSDTRRX_EL1 OSDTRTX_EL1 OSECCR_EL1 OSLAR_EL1 OSLSR_EL1 PAN PAR_EL1 PFAR_EL1 PFAR_EL2 PIR_EL1
PIR_EL2 PIR_EL3 PIRE0_EL1 PIRE0_EL2 PM PMBIDR_EL1 PMBLIMITR_EL1 PMBMAR_EL1 PMBPTR_EL1 PMBSR_EL1 PMBSR_EL2
PMBSR_EL3 PMCCFILTR_EL0 PMCCNTR_EL0 PMCCNTSVR_EL1 PMCEID0_EL0 PMCEID1_EL0 PMCNTENCLR_EL0 PMCNTENSET_EL0
PMCR_EL0 PMECR_EL1 PMEVCNTR<0-30>_EL0 PMEVCNTSVR<0-30>_EL1 PMEVTYPER<0-30>_EL0 PMIAR_EL1 PMICFILTR_EL0
PMICNTR_EL0 PMICNTSVR_EL1 PMINTENCLR_EL1 PMINTENSET_EL1 PMMIR_EL1 PMOVSCLR_EL0 PMOVSSET_EL0 PMSCR_EL1
PMSCR_EL2 PMSDSFR_EL1 PMSELR_EL0 PMSEVFR_EL1 PMSFCR_EL1 PMSICR_EL1 PMSIDR_EL1 PMSIRR_EL1 PMSLATFR_EL1
PMSNEVFR_EL1 PMSSCR_EL1 PMSWINC_EL0 PMUACR_EL1 PMUSERENR_EL0 PMXEVCNTR_EL0 PMXEVTYPER_EL0 PMZR_EL0 POR_EL0
POR_EL1 POR_EL2 POR_EL3 RCWMASK_EL1 RCWSMASK_EL1 REVIDR_EL1 RGSR_EL1 RMR_EL1 RMR_EL2 RMR_EL3 RNDR RNDRRS
RVBAR_EL1 RVBAR_EL2 RVBAR_EL3 S2PIR_EL2 S2POR_EL1 SCR_EL3 SCTLR2_EL1 SCTLR2_EL2 SCTLR2_EL3 SCTLR2MASK_EL1
SCTLR2MASK_EL2 SCTLR_EL1 SCTLR_EL2 SCTLR_EL3 SCTLRMASK_EL1 SCTLRMASK_EL2 SCXTNUM_EL0 SCXTNUM_EL1 SCXTNUM_EL2
SCXTNUM_EL3 SDER32_EL2 SDER32_EL3 SMCR_EL1 SMCR_EL2 SMCR_EL3 SMIDR_EL1 SMPRI_EL1 SMPRIMAP_EL2 SP_EL0 SP_EL1
SP_EL2 SP_EL3 SPMACCESSR_EL1 SPMACCESSR_EL2 SPMACCESSR_EL3 SPMCFGR_EL1 SPMCGCR<0-1>_EL1 SPMCNTENCLR_EL0
SPMCNTENSET_EL0 SPMCR_EL0 SPMDEVAFF_EL1 SPMDEVARCH_EL1 SPMEVCNTR<0-15>_EL0 SPMEVFILT2R<0-15>_EL0
SPMEVFILTR<0-15>_EL0 SPMEVTYPER<0-15>_EL0 SPMIIDR_EL1 SPMINTENCLR_EL1 SPMINTENSET_EL1 SPMOVSCLR_EL0
SPMOVSSET_EL0 SPMROOTCR_EL3 SPMSCR_EL1 SPMSELR_EL0 SPMZR_EL0 SPSel SPSR_abt SPSR_EL1 SPSR_EL2 SPSR_EL3
SPSR_fiq SPSR_irq SPSR_und SSBS SVCR TCO TCR2_EL1 TCR2_EL2 TCR2MASK_EL1 TCR2MASK_EL2 TCR_EL1 TCR_EL2 TCR_EL3
TCRMASK_EL1 TCRMASK_EL2 TFSR_EL1 TFSR_EL2 TFSR_EL3 TFSRE0_EL1 TPIDR2_EL0 TPIDR_EL0 TPIDR_EL1 TPIDR_EL2
TPIDR_EL3 TPIDRRO_EL0 TRBBASER_EL1 TRBIDR_EL1 TRBLIMITR_EL1 TRBMAR_EL1 TRBMPAM_EL1 TRBPTR_EL1 TRBSR_EL1
TRBSR_EL2 TRBSR_EL3 TRBTRG_EL1 TRCACATR<0-15> TRCACVR<0-15> TRCAUTHSTATUS TRCAUXCTLR TRCBBCTLR TRCCCCTLR
TRCCIDCCTLR0 TRCCIDCCTLR1 TRCCIDCVR<0-7> TRCCLAIMCLR TRCCLAIMSET TRCCNTCTLR<0-3> TRCCNTRLDVR<0-3>
TRCCNTVR<0-3> TRCCONFIGR TRCDEVARCH TRCDEVID TRCEVENTCTL0R TRCEVENTCTL1R TRCEXTINSELR<0-3> TRCIDR<0-13>
TRCIMSPEC<0-7> TRCITECR_EL1 TRCITECR_EL2 TRCITEEDCR TRCOSLSR TRCPRGCTLR TRCQCTLR TRCRSCTLR<2-31> TRCRSR
TRCSEQEVR<0-2> TRCSEQRSTEVR TRCSEQSTR TRCSSCCR<0-7> TRCSSCSR<0-7> TRCSSPCICR<0-7> TRCSTALLCTLR TRCSTATR
TRCSYNCPR TRCTRACEIDR TRCTSCTLR TRCVICTLR TRCVIIECTLR TRCVIPCSSCTLR TRCVISSCTLR TRCVMIDCCTLR0 TRCVMIDCCTLR1
TRCVMIDCVR<0-7> TRFCR_EL1 TRFCR_EL2 TTBR0_EL1 TTBR0_EL2 TTBR0_EL3 TTBR1_EL1 TTBR1_EL2 UAO VBAR_EL1 VBAR_EL2
VBAR_EL3 VDISR_EL2 VDISR_EL3 VMECID_A_EL2 VMECID_P_EL2 VMPIDR_EL2 VNCR_EL2 VPIDR_EL2 VSESR_EL2 VSESR_EL3
VSTCR_EL2 VSTTBR_EL2 VTCR_EL2 VTTBR_EL2 ZCR_EL1 ZCR_EL2 ZCR_EL3
"""
"""Names in alphabetical order; ``<0-3>`` stands for each number from 0 to 3."""


def _expanded(name: str) -> Iterator[str]:
    """Give the registers that a name of the list stands for."""
    before, bracket, rest = name.partition("<")
    if not bracket:
        yield name
        return
    numbers, _, after = rest.partition(">")
    first, last = numbers.split("-")
    for number in range(int(first), int(last) + 1):
        yield f"{before}{number}{after}"


REGISTERS: frozenset[str] = frozenset(register for name in _NAMES.split() for register in _expanded(name))
"""The AArch64 registers that an observation may name: DDI 0487 M.a.a, K14.2, and the GIC CPU interface.

A name that only selects another register (SCTLR_EL12) is none: ``regs`` holds state, and state has one name.
"""
