"""The byte order of an access that L0 emulates."""

import pytest

from spec.exceptions.state import State
from spec.features import Features
from spec.mmu.access import AccessType
from spec.nested.configuration import Configuration
from spec.nested.endianness import is_big_endian
from spec.nested.vcpu import VCPU
from spec.pstate import PSTATE

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_MixedEnd=True, FEAT_MixedEndEL0=True)
BOTH = Configuration(CPU, CPU)
EE, E0E, E2H, TGE = 1 << 25, 1 << 24, 1 << 34, 1 << 27


@pytest.mark.parametrize(
    ("el", "hcr", "sctlr_el1", "sctlr_el2"),
    [
        (2, 0, 0, EE),
        (2, E2H, 0, EE),
        (0, E2H | TGE, 0, E0E),
        (0, TGE, E0E, 0),
        (0, E2H, E0E, 0),
        (1, E2H, EE, 0),
    ],
)
def test_one_bit_decides(el: int, hcr: int, sctlr_el1: int, sctlr_el2: int) -> None:
    """That of the regime, for the Exception level; every other bit is without effect."""
    state = State(0, PSTATE(el), HCR_EL2=hcr)
    big = VCPU(State(0, PSTATE(el), HCR_EL2=hcr, SCTLR_EL1=sctlr_el1, SCTLR_EL2=sctlr_el2))
    inverse = State(0, PSTATE(el), HCR_EL2=hcr, SCTLR_EL1=(EE | E0E) ^ sctlr_el1, SCTLR_EL2=(EE | E0E) ^ sctlr_el2)
    assert is_big_endian(big, AccessType.GPR, BOTH)
    assert not is_big_endian(VCPU(state), AccessType.GPR, BOTH)
    assert not is_big_endian(VCPU(inverse), AccessType.GPR, BOTH)


def test_instructions_are_little_endian() -> None:
    """Whatever the data are."""
    assert not is_big_endian(VCPU(State(0, PSTATE(2), SCTLR_EL2=EE | E0E)), AccessType.IFETCH, BOTH)


def test_a_redirected_register_is_in_the_order_of_EL2() -> None:
    """Also while EL1 has another."""
    assert is_big_endian(VCPU(State(0, PSTATE(1), SCTLR_EL2=EE)), AccessType.NV2, BOTH)
    assert not is_big_endian(VCPU(State(0, PSTATE(1), SCTLR_EL1=EE)), AccessType.NV2, BOTH)


def test_without_EL2_the_order_is_that_of_EL1() -> None:
    """TGE of nothing decides nothing."""
    alone = Configuration(CPU, CPU, has_EL2=False)
    user = VCPU(State(0, PSTATE(0), HCR_EL2=E2H | TGE, SCTLR_EL1=E0E))
    assert is_big_endian(user, AccessType.GPR, alone)
