"""What L0 executes for a virtual machine."""

import attrs
import pytest

from spec.features import Features, Granule
from spec.mmu.tlb_entry import TableEntry
from spec.mmu.tlbi import Issuer
from spec.mmu.tlbi_operation import Kind, operation_of
from spec.nested.configuration import Configuration
from spec.nested.contexts import Key, ShadowContext
from spec.nested.tlbi_execution import (
    OF_BOTH_STAGES,
    by_IPA,
    executed,
    for_leaf,
    for_whole_context,
    issuer_of_guest,
    issuer_under,
    may_run_untrapped,
)

K4, K16, K64 = Granule
TGE, FB = 1 << 27, 1 << 9
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True)
LPA2 = attrs.evolve(CPU, FEAT_LPA2=True, pa_max=52)
CONTEXT = ShadowContext(True, Key(True, 7, 0x4000, 0x19), 1, 3, False)


@pytest.mark.parametrize(
    ("entry", "TTL"),
    [
        (TableEntry(K4, 3, True, 0x5000), 0b0111),
        (TableEntry(K4, 1, True, 0x4000_0000), 0b0101),
        (TableEntry(K64, 2, True, 0x2000_0000), 0b1110),
    ],
)
def test_a_leaf_goes_at_its_own_level(entry: TableEntry, TTL: int) -> None:
    """By IPA, under the VMID of its context."""
    made = by_IPA(entry, CONTEXT, 0, CPU)
    assert (made.operation, made.Xt) == (operation_of("IPAS2E1IS"), TTL << 44 | entry.address >> 12)
    assert executed(made, CPU).VMID == 3


def test_what_combines_stages_goes_with_a_leaf() -> None:
    """And a whole context by VMALLS12E1IS."""
    made = for_leaf(TableEntry(K4, 3, True, 0x5000), CONTEXT, 0, CPU)
    assert made.of_stage_2 == by_IPA(TableEntry(K4, 3, True, 0x5000), CONTEXT, 0, CPU)
    assert executed(made.of_stage_1, CPU).kind == Kind.VMALL
    assert executed(for_whole_context(OF_BOTH_STAGES, CONTEXT, 0, CPU), CPU).kind == Kind.VMALLS12


def test_the_registers_of_an_execution_have_nothing_else() -> None:
    """L0's HCR_EL2 without TGE, the VMID, and DS of EL1&0: no table, no CnP and no size is needed by a TLBI."""
    assert issuer_under(3, False, TGE | FB, CPU) == Issuer(2, FB, 3 << 48, VTCR_EL2=0, TCR_EL1=0)
    wide = attrs.evolve(CPU, FEAT_VMID16=True)
    assert issuer_under(0x103, True, 0, wide) == Issuer(2, 0, 0x103 << 48, VTCR_EL2=1 << 19, TCR_EL1=1 << 59)


def test_a_VMID_of_16_bits_needs_VS() -> None:
    """VTCR_EL2 bit 19, where the hardware has FEAT_VMID16."""
    assert issuer_under(3, False, 0, attrs.evolve(CPU, FEAT_VMID16=True)).VTCR_EL2 == 1 << 19
    assert issuer_under(3, False, 0, CPU).VTCR_EL2 == 0


def test_the_nested_guest_s_own_TLBI_acts_under_its_context() -> None:
    """With the broadcast of either hypervisor, and nothing else of the guest hypervisor's HCR_EL2."""
    issuer = Issuer(1, FB, 7 << 48, TCR_EL1=1 << 59, HCRX_EL2=1 << 3)
    found = issuer_of_guest(issuer, CONTEXT, TGE, CPU)
    assert found == Issuer(1, FB, 3 << 48, TCR_EL1=1 << 59, HCRX_EL2=1 << 3)
    assert issuer_of_guest(Issuer(1, 0, 0), CONTEXT, FB, CPU).HCR_EL2 == FB
    VM, TTLB = 1, 1 << 25
    assert issuer_of_guest(Issuer(1, VM | TTLB, 0), CONTEXT, 0, CPU).HCR_EL2 == 0


def test_hints_of_the_hardware_alone_need_a_trap() -> None:
    """FEAT_LPA2 that the machine is not offered."""
    assert [may_run_untrapped(Configuration(*two)) for two in ((CPU, CPU), (LPA2, LPA2), (LPA2, CPU))] == [
        True,
        True,
        False,
    ]
