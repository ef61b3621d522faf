import pytest

from spec.demotion.controls import (
    CNTHCTL_untrapping,
    CPTR_untrapping,
    HCR_of_kernel,
    MDCR_of_kernel,
    untrapping,
)
from spec.demotion.machine import Hypervisor
from spec.features import Features

E2H = 1 << 34


def test_HCR_has_neither_E2H_nor_TGE() -> None:
    """But RW, and VM where there is a stage 2; where E2H cannot be 0 it is 1."""
    cpu = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_PAuth=True)
    assert HCR_of_kernel(Hypervisor(0), cpu) == 1 << 31 | 0b11 << 40
    assert HCR_of_kernel(Hypervisor(0, stage2=True), cpu) & 1
    assert HCR_of_kernel(Hypervisor(0), Features(FEAT_VHE=True)) & E2H


@pytest.mark.parametrize(
    ("hcr", "features", "value"),
    [
        (0, Features(), 0x33FF),
        (0, Features(FEAT_SVE=True, FEAT_SME=True), 0x22FF),
        (E2H, Features(FEAT_VHE=True, FEAT_SVE=True), 0b11 << 20 | 0b11 << 16),
    ],
)
def test_CPTR_in_either_layout(hcr: int, features: Features, value: int) -> None:
    """RES1 bits without E2H; FPEN and ZEN with it."""
    assert CPTR_untrapping(hcr, features) == value


def test_the_counters_are_those_of_EL1() -> None:
    """EL1PCTEN and EL1PCEN are bits 0 and 1 without E2H, and EL1PCTEN and EL1PTEN bits 10 and 11 with it."""
    assert CNTHCTL_untrapping(0, Features()) == 0b11
    assert CNTHCTL_untrapping(E2H, Features(FEAT_VHE=True)) == 0b1111 << 8 | 0b11


def test_EL1_has_counters_and_buffers() -> None:
    """HPMN is all; E2PB and E2TB are 0b11."""
    cpu = Features(FEAT_PMUv3=True, FEAT_SPE=True, FEAT_TRBE=True, event_counters=6)
    assert MDCR_of_kernel(cpu) == 6 | 0b11 << 12 | 0b11 << 24


def test_inverted_bits_of_what_there_is() -> None:
    """nPIR_EL1 and nPIRE0_EL1 with FEAT_S1PIE, and no bit without its feature; HSTR_EL2 enables nothing."""
    assert untrapping("HFGRTR_EL2", Features(FEAT_FGT=True, FEAT_S1PIE=True)) == 0b11 << 57
    assert untrapping("HSTR_EL2", Features()) == 0
