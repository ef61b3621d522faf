"""Assembler: the instruction that a line of assembler is, as far as the rules of accesses tell instructions apart.

A name may stand without its general-purpose register, and a register or an operation by its encoding::

    MRS X3, SCTLR_EL1    MRS SCTLR_EL1    MSR S3_0_C1_C0_0    TLBI VAE1IS    MSR DAIFSet, #2    HVC #1    0xd69f03e0
"""

import difflib
import re

from nvspec.access_prediction import OPERATION_NUMBERS, by_assembler, named
from nvspec.errors import UnknownName
from spec.access.decode import decode
from spec.access.execution import Unnamed
from spec.access.instruction import Form, Instruction
from spec.sysregs.accessors import ACCESSORS, unknown_name
from spec.sysregs.register import number_of

_GENERIC = re.compile(r"S([0-3])_([0-7])_C(\d{1,2})_C(\d{1,2})_([0-7])", re.IGNORECASE)
_SYS = re.compile(r"#?([0-7]), ?C(\d{1,2}), ?C(\d{1,2}), ?#?([0-7])(?:, ?(\w+))?", re.IGNORECASE)
_GENERAL = re.compile(r"X([0-9]|[12][0-9]|30)|(XZR)", re.IGNORECASE)


def instruction_of(text: str) -> Instruction | Unnamed:
    """Return the instruction of a line of assembler; raises :class:`UnknownName` where it is none.

    >>> instruction_of("MRS X3, SCTLR_EL1")
    Instruction(form=<Form.MRS: 0>, encoding=49280, Rt=3)
    """
    text = " ".join(text.split())
    if re.fullmatch("0[xX][0-9a-fA-F]{8}", text):
        found = decode(int(text, 16))
        if found is None:
            raise UnknownName(f"{text} is no instruction that the rules of accesses know")
        return found
    mnemonic, _, operands = text.partition(" ")
    if mnemonic.upper() in ("MRS", "MSR") and "#" not in operands:
        return _register(Form[mnemonic.upper()], operands)
    if mnemonic.upper() in ("SYS", "AT", "DC", "IC", "TLBI", "CFP", "CPP", "DVP", "COSP", "BRB"):
        return _operation(mnemonic.upper(), operands)
    if text.upper() in ("GCSPUSHM", "GCSPUSHX", "GCSPOPX", "GCSPOPCX", "GCSSS1"):
        return _operation(text.upper(), "")
    try:
        found = by_assembler(text)
    except ValueError:
        found = None
    if found is None:
        raise UnknownName(f"{text!r} is no instruction that the rules of accesses know")
    return found


def _general(operand: str) -> int:
    """Return the number of a general-purpose register; 0 where none is given."""
    if not operand:
        return 0
    found = _GENERAL.fullmatch(operand)
    if found is None:
        raise UnknownName(f"{operand} is no general-purpose register: X0 to X30, or XZR")
    return 31 if found[2] else int(found[1])


def _register(form: Form, operands: str) -> Instruction:
    parts = [part.strip() for part in operands.split(",")]
    if not parts[0] or len(parts) > 2:
        raise UnknownName(f"{form.name} takes a system register and a general-purpose register, got {operands!r}")
    if len(parts) == 2 and form == Form.MRS:
        parts.reverse()
    name = parts[0]
    encoding = _encoded(name)
    if encoding is None:
        encoding = named(name, form)
    if encoding is None:
        raise UnknownName(_no_accessor(name, form))
    return Instruction(form, encoding, _general(parts[1] if len(parts) == 2 else ""))


def _no_accessor(name: str, form: Form) -> str:
    if name in ACCESSORS:
        return f"{name} is {'write' if form == Form.MRS else 'read'} only: {form.name} has no such register"
    return unknown_name(name, ACCESSORS)


def _encoded(name: str) -> int | None:
    """Return the encoding that a name such as S3_0_C1_C0_0 is; None where it is none."""
    found = _GENERIC.fullmatch(name)
    if found is None:
        return None
    op0, op1, CRn, CRm, op2 = map(int, found.groups())
    if op0 < 2 or CRn > 15 or CRm > 15:
        raise UnknownName(f"{name} is no encoding of a register: op0 is 2 or 3, Cn and Cm at most 15")
    return number_of((op0, op1, CRn, CRm, op2))


def _operation(mnemonic: str, operands: str) -> Instruction:
    if mnemonic == "SYS":
        found = _SYS.fullmatch(operands)
        if found is None or int(found[2]) > 15 or int(found[3]) > 15:
            raise UnknownName(f"SYS takes #op1, Cn, Cm, #op2 and a register, got {operands!r}")
        op1, CRn, CRm, op2 = map(int, found.groups()[:4])
        return Instruction(Form.SYS, number_of((1, op1, CRn, CRm, op2)), _general(found[5] or ""))
    operation, _, general = operands.partition(",")
    name = f"{mnemonic} {operation.strip().upper()}".strip()
    encoding = named(name, Form.SYS)
    if encoding is None:
        near = difflib.get_close_matches(name, OPERATION_NUMBERS, n=1)
        raise UnknownName(f"unknown instruction {name}" + "".join(f" (did you mean {one}?)" for one in near))
    return Instruction(Form.SYS, encoding, _general(general.strip()))
