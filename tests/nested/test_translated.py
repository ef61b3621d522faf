"""The registers of EL1 that stand for those of an EL2 with E2H = 0."""

import pytest

from spec.features import Features
from spec.mmu.stage1_controls import Stage1Registers
from spec.nested.translated import (
    CNTKCTL_of,
    CPACR_of,
    SCTLR_of,
    TCR2_of,
    TCR_of,
    TTBR0_of,
    in_place,
    limited_PS,
    stage1_of,
)
from spec.sysregs.hypervisor import SCTLR_EL2

V8_0 = Features()
FULL = Features(
    FEAT_HAFDBS=True,
    FEAT_HPDS=True,
    FEAT_HPDS2=True,
    FEAT_PAuth=True,
    FEAT_MTE2=True,
    FEAT_MTE_NO_ADDRESS_TAGS=True,
    FEAT_LPA2=True,
    FEAT_ExS=True,
)
M, A, C, SA, ICACHE, WXN, EE = (1 << bit for bit in (0, 1, 2, 3, 12, 19, 25))


def test_SCTLR_EL1() -> None:
    """DDI 0487 D24.2.175: M, A, C, SA, I, WXN and EE have one place; SPAN, LSMAOE and nTLSMD are RES1 without EL0."""
    ones = 1 << 29 | 1 << 28 | 1 << 23
    every = M | A | C | SA | ICACHE | WXN | EE
    assert SCTLR_of(every, V8_0) == every | ones | 1 << 22 | 1 << 11
    assert SCTLR_of((1 << 64) - 1, FULL) & 1 << 24 == 0  # E0E
    assert SCTLR_of(0, FULL) == ones  # With FEAT_ExS, EIS and EOS are fields.
    assert in_place(M | C, [SCTLR_EL2.M, SCTLR_EL2.EIS], V8_0) == M | 1 << 22


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 1 << 23),
        (25 | 1 << 8 | 1 << 10 | 0b11 << 12 | 0b10 << 14, 25 | 1 << 8 | 1 << 10 | 0b11 << 12 | 0b10 << 14 | 1 << 23),
        (0b011 << 16, 0b011 << 32 | 1 << 23),
        (1 << 20, 0b11 << 37 | 1 << 23),
        (1 << 21, 1 << 39 | 1 << 23),
        (1 << 22, 1 << 40 | 1 << 23),
        (1 << 24, 1 << 41 | 1 << 23),
        (0xF << 25, 0xF << 43 | 1 << 23),
        (1 << 29, 0b11 << 51 | 1 << 23),
        (1 << 30, 1 << 57 | 1 << 23),
        (1 << 32, 1 << 59 | 1 << 23),
        (1 << 33, 1 << 60 | 1 << 23),
        (1 << 23 | 1 << 31, 1 << 23),
    ],
)
def test_TCR_EL1(value: int, expected: int) -> None:
    """DDI 0487 D24.2: TCR_EL2 with E2H = 0, field by field; EPD1 for the range that there is none of."""
    assert TCR_of(value, FULL) == expected


def test_fields_of_absent_features() -> None:
    """HA, HD, HPD, TBID and DS are reserved without their features, and clear."""
    assert TCR_of(0b11 << 21 | 1 << 24 | 1 << 29 | 1 << 32 | 1 << 30, V8_0) == 1 << 23
    assert TCR2_of(0b10, V8_0) == 0
    assert TCR2_of(0b10 | 1 << 12, Features(FEAT_S1PIE=True, FEAT_MEC=True)) == 0b10


@pytest.mark.parametrize(
    ("PS", "pa_max", "expected"), [(5, 48, 5), (6, 48, 5), (7, 48, 5), (0, 32, 0), (5, 32, 0), (6, 52, 6), (7, 52, 7)]
)
def test_PS_is_limited(PS: int, pa_max: int, expected: int) -> None:
    """ID_AA64MMFR0_EL1.PARange of the virtual machine; the reserved 0b111 is 52 bits."""
    assert limited_PS(PS, Features(pa_max=pa_max)) == expected


def test_the_other_registers() -> None:
    """No ASID; the traps of CPTR_EL2 as enables; the event stream."""
    assert TTBR0_of(0xFFFF_0000_4000_0001) == 0x4000_0001
    assert CPACR_of(1 << 10 | 1 << 20) == 1 << 28 | 1 << 29 | 0b11 << 24 | 0b11 << 16
    assert CNTKCTL_of((1 << 64) - 1) == 0x200FC
    found = stage1_of(Stage1Registers(SCTLR=1, TCR=1, TTBR0=2 << 48, TCR2=2, MAIR=3, PIR=4), V8_0)
    assert (found.SCTLR & 1, found.TCR, found.TTBR0, found.TCR2, found.MAIR, found.PIR) == (1, 1 << 23 | 1, 0, 0, 3, 4)
