"""Decoding: which instruction an A64 opcode is, as far as traps go.

Source: DDI 0487, C4.1, the encoding of A64 instructions by group, and C6.2 for the single ones.
"""

from typing import Annotated

from spec.access.execution import Kind, Unnamed
from spec.access.instruction import Form, Instruction
from spec.lang import Bits

Word = Annotated[int, Bits(32)]
"""An A64 opcode."""

HINTS = {
    2: Kind.WFE,
    3: Kind.WFI,
    8: Kind.PAC_IA,
    10: Kind.PAC_IB,
    12: Kind.PAC_IA,
    14: Kind.PAC_IB,
    16: Kind.ESB,
    24: Kind.PAC_IA,
    25: Kind.PAC_IA,
    26: Kind.PAC_IB,
    27: Kind.PAC_IB,
    28: Kind.PAC_IA,
    29: Kind.PAC_IA,
    30: Kind.PAC_IB,
    31: Kind.PAC_IB,
}
"""The hints that can be trapped, by CRm:op2; of the others nothing is."""

EXACT = {
    0xD69F03E0: Kind.ERET,
    0xD69F0BFF: Kind.ERETAA,
    0xD69F0FFF: Kind.ERETAB,
}
"""Instructions of one opcode."""

CALLS = {(0, 1): Kind.SVC, (0, 2): Kind.HVC, (0, 3): Kind.SMC, (1, 0): Kind.BRK, (2, 0): Kind.HLT}
"""Exception generation, by opc in 23:21 and LL in 1:0; opc 0b101 is DCPS."""

BLOCKS = {
    (0b101, 31): Kind.LD64B,
    (0b001, 31): Kind.LD64B,
    **{(0b011, Rs): Kind.ST64BV for Rs in range(32)},
    **{(0b010, Rs): Kind.ST64BV0 for Rs in range(32)},
}
"""Loads and stores of 64 bytes, by opc in 14:12 and Rs in 20:16, among the atomic memory operations."""

KEYS = (Kind.PAC_IA, Kind.PAC_IB, Kind.PAC_DA, Kind.PAC_DB)
"""The keys, as the instructions of pointer authentication on one register encode them in 11:10."""


def decode(word: Word) -> Instruction | Unnamed | None:
    """Return the instruction that an opcode is; None where it is none that this model knows.

    >>> decode(0xD53C4020)
    Instruction(form=<Form.MRS: 0>, encoding=57857, Rt=0)
    >>> decode(0xD4024682)
    Unnamed(kind=<Kind.HVC: 2>, imm16=4660, Rt=0)
    """
    if word in EXACT:
        return Unnamed(EXACT[word])
    if word >> 16 == 0:
        return Unnamed(Kind.UDF, word & 0xFFFF)
    if word >> 24 == 0b11010100:
        return _exception_generation(word)
    if word >> 22 == 0b1101010100:
        return _system(word)
    if word & 0xFFE0FC00 == 0x9AC03000:
        return Unnamed(Kind.PAC_GENERIC)
    if word & 0xFFFFC000 == 0xDAC10000:
        return Unnamed(KEYS[word >> 10 & 3])
    if word & 0xFFE08C00 == 0xF8208000:
        return _block_access(word)
    if word & 0xFB200C00 == 0x19000400:
        return _memory_operation(word)
    return _vector(word)


def _block_access(word: int) -> Unnamed | None:
    kind, Rt = BLOCKS.get((word >> 12 & 7, word >> 16 & 31)), word & 31
    if kind is None:
        return None
    # It has eight registers from an even one on.
    return Unnamed(Kind.UDF if Rt & 1 or Rt >= 24 else kind)


def _memory_operation(word: int) -> Unnamed | None:
    """Return CPY, or SET by op1 = 0b11; SETG, which needs FEAT_MTE too, is none."""
    sets, tags, stage = word >> 22 & 3 == 3, word >> 26 & 1, word >> 14 & 3 if word >> 22 & 3 == 3 else 0
    return None if stage == 3 or (sets and tags) else Unnamed(Kind.MOPS)


def _exception_generation(word: int) -> Unnamed | None:
    opc, imm16, op2, LL = word >> 21 & 7, word >> 5 & 0xFFFF, word >> 2 & 7, word & 3
    if op2 == 0 and (opc, LL) in CALLS:
        return Unnamed(CALLS[opc, LL], imm16)
    if op2 == 0 and opc == 0b101 and LL != 0:
        return Unnamed(Kind.DCPS, imm16)
    return None


def _system(word: int) -> Instruction | Unnamed | None:
    reads, op0, number, Rt = word >> 21 & 1, word >> 19 & 3, word >> 5 & 0xFFFF, word & 31
    if op0 >= 2:
        return Instruction(Form.MRS if reads else Form.MSR, number, Rt)
    if reads:
        return None
    if op0 == 1:
        return Instruction(Form.SYS, number, Rt)
    op1, CRn, CRm, op2 = word >> 16 & 7, word >> 12 & 15, word >> 8 & 15, word >> 5 & 7
    if CRn == 4 and Rt == 31:
        return Instruction(Form.IMMEDIATE, number, Rt)
    if op1 == 3 and CRn == 2 and Rt == 31:
        return Unnamed(HINTS.get(CRm << 3 | op2, Kind.NOP))
    if op1 == 3 and CRn == 1 and CRm == 0 and op2 <= 1:
        return Unnamed(Kind.WFIT if op2 else Kind.WFET, Rt=Rt)
    return Unnamed(Kind.NOP) if op1 == 3 and CRn == 3 else None


def _vector(word: int) -> Unnamed | None:
    """Return floating-point, SVE and SME instructions by their group, op0 of bits 28:25."""
    group = word >> 25 & 0b1111
    if group == 0b0010:
        # RDSVL, ADDSVL and ADDSPL are of SME, among those of SVE that they resemble.
        return Unnamed(Kind.SME if word & 0xFF20F800 == 0x04205800 else Kind.SVE)
    if group == 0b0000 and word >> 31:
        return Unnamed(Kind.SME)
    if group in (0b0111, 0b1111) or (group & 0b0101 == 0b0100 and word >> 26 & 1):
        return Unnamed(Kind.FP)
    return None
