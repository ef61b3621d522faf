"""Assembler: the instruction that a line of assembler is, as far as the rules of accesses tell instructions apart.

A name may stand without its general-purpose register, and a register, an operation or the whole instruction as its
encoding; capitals make no difference::

    MRS X3, SCTLR_EL1    MRS SCTLR_EL1    MSR S3_0_C1_C0_0, X3    TLBI VAE1IS, X3    MSR DAIFSet, #2    0xd69f03e0

:func:`written` is the way back.
"""

import difflib
import re
from collections.abc import Iterable

from nvspec.errors import UnknownName
from spec.access.allocation import ALLOCATED, identity
from spec.access.decode import decode
from spec.access.execution import Kind, Unnamed
from spec.access.immediate import IMMEDIATES
from spec.access.instruction import Form, Instruction
from spec.access.names import UNMASKED
from spec.access.operations import OPERATIONS
from spec.sysregs.accessors import ACCESSORS, unknown_name
from spec.sysregs.register import number_of
from spec.sysregs.tables import REGISTERS

NAMES: dict[int, str] = {identity(one): name for name, one in REGISTERS.items() if one.encoding is not None}
"""The name of each register, by its number."""

KINDS = {
    "SVC": Kind.SVC,
    "HVC": Kind.HVC,
    "SMC": Kind.SMC,
    "BRK": Kind.BRK,
    "HLT": Kind.HLT,
    "UDF": Kind.UDF,
    "ERET": Kind.ERET,
    "ERETAA": Kind.ERETAA,
    "ERETAB": Kind.ERETAB,
    "WFI": Kind.WFI,
    "WFE": Kind.WFE,
    "WFIT": Kind.WFIT,
    "WFET": Kind.WFET,
    "ESB": Kind.ESB,
    "DCPS1": Kind.DCPS,
    "DCPS2": Kind.DCPS,
    "DCPS3": Kind.DCPS,
    "PACGA": Kind.PAC_GENERIC,
    "PACIASP": Kind.PAC_IA,
    "PACIBSP": Kind.PAC_IB,
    "AUTIASP": Kind.PAC_IA,
    "AUTIBSP": Kind.PAC_IB,
    "FMOV": Kind.FP,
    "RDVL": Kind.SVE,
    "RDSVL": Kind.SME,
    "LD64B": Kind.LD64B,
    "ST64B": Kind.LD64B,
    "ST64BV": Kind.ST64BV,
    "ST64BV0": Kind.ST64BV0,
    **dict.fromkeys(("CPYP", "CPYM", "CPYE", "CPYFP", "CPYFM", "CPYFE", "SETP", "SETM", "SETE"), Kind.MOPS),
}
"""The instructions that name no register, by the mnemonic."""

OPERATION_NUMBERS = {one.name: number_of(one.encoding) for one in OPERATIONS}
"""The encoding of each System instruction, as one number."""

_OPCODE = re.compile(r"(?:\.INST )?0X([0-9A-F]{1,8})", re.IGNORECASE)
_GENERIC = re.compile(r"S([0-3])_([0-7])_C(\d{1,2})_C(\d{1,2})_([0-7])", re.IGNORECASE)
_SYS = re.compile(r"#?([0-7]), ?C(\d{1,2}), ?C(\d{1,2}), ?#?([0-7])(?:, ?(\w+))?", re.IGNORECASE)
_GENERAL = re.compile(r"X([0-9]|[12][0-9]|30)|(XZR)", re.IGNORECASE)
_NUMBER = re.compile(r"#?(0X[0-9A-F]+|0B[01]+|[1-9][0-9]*|0)", re.IGNORECASE)
_WITHOUT_REGISTER = re.compile(r"TLBI (ALL|VMALL|PAALL)\w*|IC IALLU(IS)?|BRB \w+|GCSPUSHX|GCSPOPX|GCSPOPCX")
"""The operations without a general-purpose register, whose Rt is 31."""

_MNEMONICS = {name.partition(" ")[0] for name in OPERATION_NUMBERS}
_WITH_IMMEDIATE = (Kind.SVC, Kind.HVC, Kind.SMC, Kind.BRK, Kind.HLT, Kind.UDF, Kind.DCPS)
_WITH_DEADLINE = (Kind.WFIT, Kind.WFET)
_OF_ANY_OPERANDS = (
    *(Kind.FP, Kind.SVE, Kind.SME, Kind.PAC_GENERIC),
    *(Kind.LD64B, Kind.ST64BV, Kind.ST64BV0, Kind.MOPS),
)

STREAMING = {"": "SVCRSMZA", "SM": "SVCRSM", "ZA": "SVCRZA"}
"""What SMSTART and SMSTOP write, by their operand."""

CLASSES = {
    Kind.DCPS: "DCPS1, DCPS2 or DCPS3",
    Kind.FP: "a floating-point or Advanced SIMD instruction",
    Kind.SVE: "an SVE instruction",
    Kind.SME: "an SME instruction",
    Kind.PAC_GENERIC: "PACGA",
    Kind.PAC_IA: "pointer authentication with instruction key A",
    Kind.PAC_IB: "pointer authentication with instruction key B",
    Kind.PAC_DA: "pointer authentication with data key A",
    Kind.PAC_DB: "pointer authentication with data key B",
    Kind.LD64B: "LD64B or ST64B",
    Kind.MOPS: "a memory copy or a memory set",
    Kind.NOP: "an instruction that nothing traps",
}
"""The kinds of instruction of which the rules tell no single one."""


def instruction_of(text: str) -> Instruction | Unnamed:
    """Return the instruction of a line of assembler; raises :class:`UnknownName` where it is none.

    >>> instruction_of("MRS X3, SCTLR_EL1")
    Instruction(form=<Form.MRS: 0>, encoding=49280, Rt=3)
    """
    text = " ".join(text.split())
    opcode = _OPCODE.fullmatch(text)
    if opcode:
        found = decode(int(opcode[1], 16))
        if found is None:
            raise UnknownName(f"{text} is no instruction that the rules of accesses know")
        return found
    mnemonic, _, operands = text.partition(" ")
    mnemonic, operands = mnemonic.upper(), operands.strip()
    if mnemonic == "MSR" and "#" in operands:
        return _immediate(*(part.strip() for part in operands.partition(",")[::2]))
    if mnemonic in ("MRS", "MSR"):
        return _register(Form[mnemonic], operands)
    if mnemonic in ("SMSTART", "SMSTOP"):
        if operands.upper() not in STREAMING:
            raise UnknownName(f"{mnemonic} takes SM, ZA or nothing, got {operands!r}")
        return _immediate(STREAMING[operands.upper()], "#1" if mnemonic == "SMSTART" else "#0")
    if mnemonic == "SYS":
        return _sys(operands)
    if mnemonic in _MNEMONICS:
        return _operation(mnemonic, operands)
    return _unnamed(text, mnemonic, operands)


def _near(name: str, known: Iterable[str]) -> str:
    return "".join(f" (did you mean {one}?)" for one in difflib.get_close_matches(name, sorted(known), n=1))


def _general(operand: str, default: int = 0) -> int:
    """Return the number of a general-purpose register; the default where none is given."""
    if not operand:
        return default
    found = _GENERAL.fullmatch(operand)
    if found is None:
        raise UnknownName(f"{operand} is no general-purpose register: X0 to X30, or XZR")
    return 31 if found[2] else int(found[1])


def named(name: str, form: Form) -> int | None:
    """Return the encoding of a name; None where no accessor of the form has it.

    >>> hex(named("SCTLR_EL12", Form.MRS)), named("ICC_EOIR1_EL1", Form.MRS)
    ('0xe880', None)
    """
    if form == Form.SYS:
        return OPERATION_NUMBERS.get(name)
    found = ACCESSORS.get(name)
    if found is None or found.register.is_virtual:
        return None
    return found.number if (found.reads if form == Form.MRS else found.writes) else None


# -- MRS and MSR -----------------------------------------------------------------------------------------------------


def _register(form: Form, operands: str) -> Instruction:
    parts = [part.strip() for part in operands.split(",")]
    if not parts[0] or len(parts) > 2:
        raise UnknownName(f"{form.name} takes a system register and a general-purpose register, got {operands!r}")
    if len(parts) == 2 and form == Form.MRS:
        parts.reverse()
    name = _spelled(parts[0])
    encoding = _encoded(name)
    if encoding is None:
        encoding = number_of(UNMASKED[name][1]) if name in UNMASKED else named(name, form)
    if encoding is None:
        raise UnknownName(_no_accessor(name, form))
    return Instruction(form, encoding, _general(parts[1] if len(parts) == 2 else ""))


def _spelled(name: str) -> str:
    """Return a name with the capitals that Arm gives it."""
    if name in ACCESSORS:
        return name
    return {one.upper(): one for one in (*ACCESSORS, *UNMASKED)}.get(name.upper(), name)


def _no_accessor(name: str, form: Form) -> str:
    """Return why there is no access of a form by a name."""
    if name in ACCESSORS and ACCESSORS[name].register.is_virtual:
        return f"{name} has no name of its own: it is reached as {name.replace('ICV_', 'ICC_')}"
    if name in ACCESSORS:
        return f"{name} is {'write' if form == Form.MRS else 'read'} only: {form.name} has no such register"
    if any(one.name.upper() == name.upper() for one in IMMEDIATES):
        return f"{name} takes an immediate: MSR {name}, #1"
    return unknown_name(name, (one for one, found in ACCESSORS.items() if not found.register.is_virtual))


def _encoded(name: str) -> int | None:
    """Return the encoding that a name such as S3_0_C1_C0_0 is; None where it is none."""
    found = _GENERIC.fullmatch(name)
    if found is None:
        return None
    op0, op1, CRn, CRm, op2 = map(int, found.groups())
    if op0 < 2 or CRn > 15 or CRm > 15:
        raise UnknownName(f"{name} is no encoding of a register: op0 is 2 or 3, Cn and Cm at most 15")
    return number_of((op0, op1, CRn, CRm, op2))


def _immediate(field: str, text: str) -> Instruction:
    """Return the MSR (immediate) of a field of PSTATE."""
    found = next((one for one in IMMEDIATES if one.name.upper() == field.upper()), None)
    if found is None:
        near = _near(field, (one.name for one in IMMEDIATES))
        raise UnknownName(f"MSR has no immediate for {field}{near}")
    number = _NUMBER.fullmatch(text)
    encodings = tuple(found.encodings())
    if number is None or int(number[1], 0) >= len(encodings):
        raise UnknownName(f"MSR {found.name} takes #0 to #{len(encodings) - 1}, got {text}")
    return Instruction(Form.IMMEDIATE, encodings[int(number[1], 0)], 31)


# -- System instructions ---------------------------------------------------------------------------------------------


def _sys(operands: str) -> Instruction:
    found = _SYS.fullmatch(operands)
    if found is None or int(found[2]) > 15 or int(found[3]) > 15:
        raise UnknownName(f"SYS takes #op1, Cn, Cm, #op2 and a register, got {operands!r}")
    op1, CRn, CRm, op2 = map(int, found.groups()[:4])
    return Instruction(Form.SYS, number_of((1, op1, CRn, CRm, op2)), _general(found[5] or "", 31))


def _operation(mnemonic: str, operands: str) -> Instruction:
    """Return the System instruction of a name; some names have no operand but the general-purpose register."""
    operation, _, general = ("", "", operands) if mnemonic in OPERATION_NUMBERS else operands.partition(",")
    name = f"{mnemonic} {operation.strip().upper()}".strip()
    encoding = named(name, Form.SYS)
    if encoding is None:
        raise UnknownName(f"unknown instruction {name}{_near(name, OPERATION_NUMBERS)}")
    return Instruction(Form.SYS, encoding, _general(general.strip(), 31 if _WITHOUT_REGISTER.fullmatch(name) else 0))


# -- instructions that name no register ------------------------------------------------------------------------------


def _unnamed(text: str, mnemonic: str, operands: str) -> Unnamed:
    kind = {**KINDS, "NOP": Kind.NOP}.get(mnemonic)
    if kind is None:
        raise UnknownName(f"{text!r} is no instruction that the rules of accesses know")
    if kind in _WITH_IMMEDIATE:
        number = _NUMBER.fullmatch(operands or "#0")
        if number is None or int(number[1], 0) >> 16:
            raise UnknownName(f"{mnemonic} takes an immediate of 16 bits, got {operands!r}")
        return Unnamed(kind, int(number[1], 0))
    if kind in _WITH_DEADLINE:
        return Unnamed(kind, Rt=_general(operands))
    if operands and kind not in _OF_ANY_OPERANDS:
        raise UnknownName(f"{mnemonic} takes no operands, got {operands!r}")
    return Unnamed(kind)


# -- the way back ----------------------------------------------------------------------------------------------------


def register_name(number: int) -> str:
    """Return the name of a register by its number; of one without a name its encoding.

    >>> register_name(0xC080), register_name(0xDFC0)
    ('SCTLR_EL1', 'S3_3_C15_C8_0')
    """
    return NAMES.get(number) or encoding_name(number)


def encoding_name(encoding: int) -> str:
    """Return the name that every encoding has.

    >>> encoding_name(0xC080)
    'S3_0_C1_C0_0'
    """
    op0, op1, CRn, CRm, op2 = _parts(encoding)
    return f"S{op0}_{op1}_C{CRn}_C{CRm}_{op2}"


def _parts(encoding: int) -> tuple[int, int, int, int, int]:
    return encoding >> 14, encoding >> 11 & 7, encoding >> 7 & 15, encoding >> 3 & 15, encoding & 7


def written(instruction: Instruction | Unnamed) -> str:
    """Return an instruction in assembler.

    >>> written(Instruction(Form.MRS, 0xC080, 3)), written(Unnamed(Kind.HVC, 0x1234))
    ('MRS X3, SCTLR_EL1', 'HVC #0x1234')
    """
    if isinstance(instruction, Unnamed):
        return _written_unnamed(instruction)
    form, number = instruction.form, instruction.encoding
    accessor = ALLOCATED[form][number]
    general = "XZR" if instruction.Rt == 31 else f"X{instruction.Rt}"
    if form == Form.MRS:
        return f"MRS {general}, {accessor.name if accessor else encoding_name(number)}"
    if form == Form.MSR:
        return f"MSR {accessor.name if accessor else encoding_name(number)}, {general}"
    if form == Form.IMMEDIATE:
        field = next((one for one in IMMEDIATES if number in one.encodings()), None)
        if field is None:
            return f".inst {0xD500_0000 | number << 5 | instruction.Rt:#010x}"
        return f"MSR {field.name}, #{tuple(field.encodings()).index(number)}"
    _, op1, CRn, CRm, op2 = _parts(number)
    if accessor is None:
        return f"SYS #{op1}, C{CRn}, C{CRm}, #{op2}, {general}"
    if instruction.Rt == 31 and _WITHOUT_REGISTER.fullmatch(accessor.name):
        return accessor.name
    return f"{accessor.name}{',' if ' ' in accessor.name else ''} {general}"


def _written_unnamed(instruction: Unnamed) -> str:
    kind = instruction.kind
    if kind in CLASSES:
        return CLASSES[kind]
    if kind in _WITH_IMMEDIATE:
        return f"{kind.name} #{instruction.imm16:#x}"
    if kind in _WITH_DEADLINE:
        return f"{kind.name} {'XZR' if instruction.Rt == 31 else f'X{instruction.Rt}'}"
    return kind.name
