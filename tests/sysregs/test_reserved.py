import attrs
import pytest

from spec.features import Features
from spec.sysregs.control import CPTR_EL2
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2, SCTLR_EL2, VMPIDR_EL2, VTCR_EL2, VTTBR_EL2
from spec.sysregs.register import SystemRegister
from spec.sysregs.reserved import RES0_bits, RES1_bits, reset_value, sanitised

ALL = (1 << 64) - 1
VHE = Features(FEAT_VHE=True, FEAT_E2H0=True)
VHE_ALONE = Features(FEAT_VHE=True)

# From Linux, arch/arm64/kvm/nested.c kvm_init_nv_sysregs() and DDI 0487 D24.2: register, machine, RES0, RES1.
KNOWN: list[tuple[type[SystemRegister], Features, int, int]] = [
    (VTTBR_EL2, Features(), 0xFF00_0000_0000_0001, 0),
    (VTTBR_EL2, Features(FEAT_VMID16=True, FEAT_TTCNP=True), 0, 0),
    (VMPIDR_EL2, Features(), 0xFFFF_FF00_3E00_0000, 1 << 31),
    (VTCR_EL2, Features(), 0xFFFF_FFFF_7FF8_0000, 1 << 31),
    (VTCR_EL2, Features(FEAT_LPA2=True, FEAT_VMID16=True), 0xFFFF_FFFC_7FF0_0000, 1 << 31),
    (HCR_EL2, Features(), 0xFFFF_FFFC_0000_8000, 1 << 31),
]


@pytest.mark.parametrize(("register", "machine", "zeros", "ones"), KNOWN)
def test_reserved_bits(register: type[SystemRegister], machine: Features, zeros: int, ones: int) -> None:
    """Those that a host masks in the registers of a guest hypervisor."""
    assert RES0_bits(register, machine) == zeros
    assert RES1_bits(register, machine) == ones
    assert sanitised(register, ALL, machine) == ALL ^ zeros
    assert sanitised(register, 0, machine) == ones


def test_E2H_is_as_the_machine_can_have_it() -> None:
    """RES0 without FEAT_VHE, RES1 without FEAT_E2H0, a field with both."""
    assert not HCR_EL2.E2H(sanitised(HCR_EL2, ALL, Features()))
    assert HCR_EL2.E2H(sanitised(HCR_EL2, 0, VHE_ALONE))
    assert HCR_EL2.E2H(sanitised(HCR_EL2, ALL, VHE))
    assert not HCR_EL2.E2H(sanitised(HCR_EL2, 0, VHE))


def test_RW_is_one_where_EL1_cannot_be_AArch32() -> None:
    """It is RAO/WI without FEAT_AA32EL1."""
    assert HCR_EL2.RW(sanitised(HCR_EL2, 0, Features()))
    assert not HCR_EL2.RW(sanitised(HCR_EL2, 0, Features(FEAT_AA32EL1=True)))


def test_NV1_can_be_RES0() -> None:
    """Without FEAT_E2H0, where the implementation chose so."""
    nested = attrs.evolve(VHE_ALONE, FEAT_NV=True)
    assert HCR_EL2.NV1(sanitised(HCR_EL2, ALL, nested))
    assert not HCR_EL2.NV1(sanitised(HCR_EL2, ALL, attrs.evolve(nested, NV1_is_RAZ=True)))
    assert HCR_EL2.NV1(sanitised(HCR_EL2, ALL, attrs.evolve(nested, FEAT_E2H0=True, NV1_is_RAZ=True)))


class TestLayouts:
    """CPTR_EL2 and SCTLR_EL2, whose fields HCR_EL2.E2H chooses."""

    def test_one_layout_alone(self) -> None:
        """Without FEAT_VHE the RES1 bits of CPTR_EL2 are 0x32ff, those of SVE and SME aside; E2H = 1 has none."""
        assert RES1_bits(CPTR_EL2, Features()) == 0x33FF | 1 << 12
        assert RES1_bits(CPTR_EL2, VHE_ALONE) == 0

    def test_a_bit_of_either_layout_is_kept(self) -> None:
        """With both, FPEN of the one and TFP of the other hold what is written, and so do RES1 bits of one alone."""
        assert sanitised(CPTR_EL2, 0, VHE) == 0
        kept = sanitised(CPTR_EL2, ALL, VHE)
        assert kept & 0x0030_0400 == 0x0030_0400
        assert kept >> 32 == 0

    def test_a_bit_that_is_RES1_in_both_is_set(self) -> None:
        """EIS of SCTLR_EL2 without FEAT_ExS."""
        assert RES1_bits(SCTLR_EL2, VHE) >> 22 & 1
        assert not RES1_bits(SCTLR_EL2, VHE) >> 23 & 1


class TestReset:
    """What a Warm reset leaves."""

    def test_a_field_with_a_value_has_it(self) -> None:
        """All of HCRX_EL2 is 0; of SCTLR_EL2 M, C and I are."""
        machine = Features(FEAT_TCR2=True, FEAT_SCTLR2=True)
        assert reset_value(HCRX_EL2, machine, ALL) == 0
        assert reset_value(SCTLR_EL2, machine, ALL) & 0x1005 == 0
        assert reset_value(SCTLR_EL2, machine, ALL) & 0xA == 0xA

    def test_a_field_has_a_number_of_the_machine(self) -> None:
        """MDCR_EL2.HPMN is the number of event counters, where there are such; its neighbours are UNKNOWN."""
        assert reset_value(MDCR_EL2, Features(FEAT_PMUv3=True, event_counters=6), 0) == 6
        assert reset_value(MDCR_EL2, Features(FEAT_PMUv3=True, event_counters=6), 0xFFF) == 0xFE6
        assert reset_value(MDCR_EL2, Features(event_counters=6), 0) == 0

    def test_what_is_unknown_is_as_given_and_sanitised(self) -> None:
        """HCR_EL2 is UNKNOWN but for its reserved bits."""
        assert reset_value(HCR_EL2, Features(), 0) == 1 << 31
        assert reset_value(HCR_EL2, VHE, ALL) == sanitised(HCR_EL2, ALL, VHE)
