"""Decoding: A64 opcodes, as an assembler makes them (DDI 0487 C4.1, C6.2)."""

import pytest

from spec.access.decode import decode
from spec.access.execution import Kind, Unnamed
from spec.access.instruction import Form, Instruction


def number(op0: int, op1: int, CRn: int, CRm: int, op2: int) -> int:
    """Return an encoding as one number."""
    return op0 << 14 | op1 << 11 | CRn << 7 | CRm << 3 | op2


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (0xD53C4020, Instruction(Form.MRS, number(3, 4, 4, 0, 1), 0)),  # mrs x0, elr_el2
        (0xD5381005, Instruction(Form.MRS, number(3, 0, 1, 0, 0), 5)),  # mrs x5, sctlr_el1
        (0xD518C003, Instruction(Form.MSR, number(3, 0, 12, 0, 0), 3)),  # msr vbar_el1, x3
        (0xD51D1000, Instruction(Form.MSR, number(3, 5, 1, 0, 0), 0)),  # msr sctlr_el12, x0
        (0xD5300241, Instruction(Form.MRS, number(2, 0, 0, 2, 2), 1)),  # mrs x1, mdscr_el1
        (0xD50C87DF, Instruction(Form.SYS, number(1, 4, 8, 7, 6), 31)),  # tlbi vmalls12e1
        (0xD5087801, Instruction(Form.SYS, number(1, 0, 7, 8, 0), 1)),  # at s1e1r, x1
        (0xD50B7420, Instruction(Form.SYS, number(1, 3, 7, 4, 1), 0)),  # dc zva, x0
        (0xD5034FDF, Instruction(Form.IMMEDIATE, number(0, 3, 4, 15, 6), 31)),  # msr daifset, #15
        (0xD50041BF, Instruction(Form.IMMEDIATE, number(0, 0, 4, 1, 5), 31)),  # msr spsel, #1
    ],
)
def test_what_names_a_register_or_an_operation(word: int, expected: Instruction) -> None:
    """MRS, MSR, SYS and MSR (immediate), with the general-purpose register."""
    assert decode(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (0xD4000001, Unnamed(Kind.SVC)),  # svc #0
        (0xD4024681, Unnamed(Kind.SVC, 0x1234)),  # svc #0x1234
        (0xD4000002, Unnamed(Kind.HVC)),  # hvc #0
        (0xD41FFFE2, Unnamed(Kind.HVC, 0xFFFF)),  # hvc #0xffff
        (0xD4000003, Unnamed(Kind.SMC)),  # smc #0
        (0xD4200000, Unnamed(Kind.BRK)),  # brk #0
        (0xD4207D00, Unnamed(Kind.BRK, 1000)),  # brk #1000
        (0xD4400000, Unnamed(Kind.HLT)),  # hlt #0
        (0xD4A00001, Unnamed(Kind.DCPS)),  # dcps1
        (0xD4A00002, Unnamed(Kind.DCPS)),  # dcps2
        (0x00000000, Unnamed(Kind.UDF)),  # udf #0
        (0x0000ABCD, Unnamed(Kind.UDF, 0xABCD)),  # udf #0xabcd
        (0xD69F03E0, Unnamed(Kind.ERET)),
        (0xD69F0BFF, Unnamed(Kind.ERETAA)),
        (0xD69F0FFF, Unnamed(Kind.ERETAB)),
        (0xD503205F, Unnamed(Kind.WFE)),
        (0xD503207F, Unnamed(Kind.WFI)),
        (0xD5031000, Unnamed(Kind.WFET, Rt=0)),  # wfet x0
        (0xD5031027, Unnamed(Kind.WFIT, Rt=7)),  # wfit x7
        (0xD503221F, Unnamed(Kind.ESB)),
        (0xD503201F, Unnamed(Kind.NOP)),
        (0xD503203F, Unnamed(Kind.NOP)),  # yield
        (0xD5033FDF, Unnamed(Kind.NOP)),  # isb
        (0xD503233F, Unnamed(Kind.PAC_IA)),  # paciasp
        (0xD503237F, Unnamed(Kind.PAC_IB)),  # pacibsp
        (0xD50323BF, Unnamed(Kind.PAC_IA)),  # autiasp
        (0x9AC03000, Unnamed(Kind.PAC_GENERIC)),  # pacga x0, x0, x0
        (0xDAC10020, Unnamed(Kind.PAC_IA)),  # pacia x0, x1
        (0xDAC10420, Unnamed(Kind.PAC_IB)),  # pacib x0, x1
        (0xDAC10820, Unnamed(Kind.PAC_DA)),  # pacda x0, x1
        (0xDAC10C20, Unnamed(Kind.PAC_DB)),  # pacdb x0, x1
        (0xDAC11020, Unnamed(Kind.PAC_IA)),  # autia x0, x1
        (0x1E604020, Unnamed(Kind.FP)),  # fmov d0, d1
        (0x9E660000, Unnamed(Kind.FP)),  # fmov x0, d0
        (0x4E080400, Unnamed(Kind.FP)),  # dup v0.2d, v0.d[0]
        (0xFD400000, Unnamed(Kind.FP)),  # ldr d0, [x0]
        (0x04BF5020, Unnamed(Kind.SVE)),  # rdvl x0, #1
        (0x04BF5820, Unnamed(Kind.SME)),  # rdsvl x0, #1
        (0xF83FD040, Unnamed(Kind.LD64B)),  # ld64b x0, [x2]
        (0xF83F9042, Unnamed(Kind.LD64B)),  # st64b x2, [x2]
        (0xF821B056, Unnamed(Kind.ST64BV)),  # st64bv x1, x22, [x2]
        (0xF821A040, Unnamed(Kind.ST64BV0)),  # st64bv0 x1, x0, [x2]
        (0xF83FD041, Unnamed(Kind.UDF)),  # ld64b of an odd register
        (0xF83FD058, Unnamed(Kind.UDF)),  # ld64b x24
        (0xF821D040, None),  # unallocated: ld64b with a second register
        (0xF8210040, None),  # ldadd x1, x0, [x2]
        (0x19010440, Unnamed(Kind.MOPS)),  # cpyfp [x0]!, [x1]!, x2!
        (0x1D810440, Unnamed(Kind.MOPS)),  # cpye [x0]!, [x1]!, x2!
        (0x19C20420, Unnamed(Kind.MOPS)),  # setp [x0]!, x1!, x2
        (0x19C28420, Unnamed(Kind.MOPS)),  # sete [x0]!, x1!, x2
        (0x19C2C420, None),  # unallocated: a fourth stage
        (0x1DC20420, None),  # setgp [x0]!, x1!, x2
        (0x19210440, None),  # bit 21 is 1
        (0x2518E3E0, Unnamed(Kind.SVE)),  # ptrue p0.b
        (0xC00800FF, Unnamed(Kind.SME)),  # zero {za}
    ],
)
def test_what_names_no_register(word: int, expected: Unnamed) -> None:
    """Calls, returns, waits, hints, floating-point, SVE, SME and pointer authentication."""
    assert decode(word) == expected


@pytest.mark.parametrize(
    "word",
    [
        0x8B010000,  # add x0, x0, x1
        0xF9400000,  # ldr x0, [x0]
        0x14000000,  # b .
        0xD4000004,  # op2 of exception generation is not 0
        0xD4A00000,  # DCPS0 does not exist
        0xD5200000,  # MRS with op0 = 0
        0xD5280000,  # SYSL
    ],
)
def test_what_this_model_does_not_know(word: int) -> None:
    """Nothing is said of plain arithmetic, of memory, of branches and of what is not allocated."""
    assert decode(word) is None


def test_every_hint_is_something() -> None:
    """All 128 of them; those without a trap are NOP."""
    kinds = [decode(0xD503201F | hint << 5) for hint in range(128)]
    assert all(isinstance(one, Unnamed) for one in kinds)
    assert sum(one == Unnamed(Kind.NOP) for one in kinds) == 128 - 15
