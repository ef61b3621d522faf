"""The controls with which a virtual machine runs."""

import attrs
import pytest

from spec.exceptions.state import State
from spec.features import Features
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import (
    CNTHCTL_in_layout,
    Controls,
    CPTR_in_layout,
    HCR_of_guest,
    controls,
    of_guest,
    of_host_EL0,
    of_hypervisor,
    of_virtual_EL2,
)
from spec.nested.vcpu import VCPU, Context, Registers
from spec.pstate import PSTATE

ZEROS = Controls(*(0 for _ in attrs.fields(Controls)))
HARDWARE = Features(
    FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True, FEAT_FGT=True, FEAT_HCX=True, FEAT_TCR2=True
)
GUEST = attrs.evolve(HARDWARE, FEAT_NV=False, FEAT_NV2=False)

VM, VSE, TWI, TID3, TTLB, TVM, TGE, TRVM, RW, E2H = (1 << bit for bit in (0, 8, 13, 18, 25, 26, 27, 30, 31, 34))
NV, NV1, AT, NV2 = (1 << bit for bit in (42, 43, 44, 45))
TCPAC = 1 << 31


@pytest.mark.parametrize(
    ("way", "host", "bits"),
    [
        (Way.PARAVIRTUAL, False, TTLB),
        (Way.PARAVIRTUAL, True, TTLB),
        (Way.NV, True, TTLB | AT | NV),
        (Way.NV, False, TTLB | AT | NV | NV1 | TVM | TRVM),
        (Way.NV2, True, TTLB | AT | NV | NV2),
        (Way.NV2, False, TTLB | AT | NV | NV2 | NV1),
    ],
)
def test_the_bits_that_make_a_virtual_EL2(way: Way, host: bool, bits: int) -> None:
    """DDI 0487 D8.14: NV1 for one of no host; without NV2 its names of EL1 are trapped."""
    assert of_virtual_EL2(way, host) == bits


def test_the_hypervisor_runs_with_L0_s_controls() -> None:
    """TGE and what L0 might have of NV are not taken; the other traps are for NV and E2H = 0."""
    own = attrs.evolve(ZEROS, HCR_EL2=VM | TGE | NV1 | E2H | RW, MDCR_EL2=1 << 9, VNCR_EL2=0x1000)
    host = of_hypervisor(own, True, Way.NV2)
    of_EL1 = {"CPTR_EL2": TCPAC, "MDCR_EL2": 1 << 9 | 1 << 19, "MPAM2_EL2": 1 << 48}
    assert host == attrs.evolve(own, HCR_EL2=VM | E2H | RW | TTLB | AT | NV | NV2, **of_EL1)
    none = of_hypervisor(own, False, Way.NV)
    assert (none.CPTR_EL2, none.MDCR_EL2, none.MPAM2_EL2) == (1 << 31, 1 << 9 | 1 << 19 | 1 << 14, 1 << 48)


@pytest.mark.parametrize(
    ("value", "host", "own_host", "expected"),
    [
        (0, False, True, 0x2333_0000),
        (1 << 20, False, True, 0x3333_0000),
        (1 << 8, False, True, 0x2330_0000),
        (1 << 12, False, True, 0x2033_0000),
        (1 << 10 | 1 << 31 | 1 << 30, False, True, 0xE303_0000),
        (0b11 << 20 | 0b11 << 16 | 0b11 << 24, True, False, 0),
        (0b01 << 20 | 0b01 << 16 | 0b01 << 24, True, False, 0),
        (0b10 << 20 | 0b10 << 16 | 0b10 << 24 | 1 << 28, True, False, 1 << 20 | 1 << 12 | 1 << 10 | 1 << 8),
        (0b01 << 20, True, True, 0x2030_0000),
        (1 << 10 | 1 << 8, False, False, 1 << 10 | 1 << 8),
    ],
)
def test_CPTR_EL2_from_one_layout_to_another(value: int, host: bool, own_host: bool, expected: int) -> None:
    """DDI 0487 D24.2.34: TFP, TZ, TSM against FPEN, ZEN, SMEN, of which 0b01 traps nothing while TGE is 0."""
    assert CPTR_in_layout(value, host, own_host) == expected


@pytest.mark.parametrize(
    ("value", "host", "own_host", "expected"),
    [
        (0b11, False, True, 0b11 << 10 | 0x303),
        (0b01, False, True, 0b01 << 10 | 0x303),
        (0b10, False, False, 0b10),
        (0b11 << 10, True, False, 0b11),
        (0b10 << 10 | 0xFF, True, True, 0b10 << 10 | 0x303),
        (0xF << 13 | 1 << 12, True, False, 0xF << 13),
    ],
)
def test_CNTHCTL_EL2_from_one_layout_to_another(value: int, host: bool, own_host: bool, expected: int) -> None:
    """EL1PCTEN and EL1PCEN are bits 0 and 1 without E2H, 10 and 11 with it; ECV has no part in it."""
    assert CNTHCTL_in_layout(value, host, own_host) == expected


def test_HCR_EL2_of_a_guest() -> None:
    """L0's mode, either's traps, the guest hypervisor's virtual SError; no TGE, no TWED, and NV as it is effective."""
    TWED = 1 << 59 | 0xF << 60
    virtual = TWI | VSE | TGE | TWED | NV | NV2 | NV1
    assert HCR_of_guest(RW | VM, virtual, HARDWARE) == RW | VM | TWI | VSE | NV | NV1 | NV2
    assert HCR_of_guest(RW | VM | TGE, virtual, GUEST) == RW | VM | TWI | VSE
    assert HCR_of_guest(RW | VM, NV2, HARDWARE) == RW | VM


@pytest.mark.parametrize("place", [1, 6, 7, 8, 9, 10, 11, 29, 37])
def test_what_a_guest_hypervisor_asks_of_HCR_EL2_beside_traps(place: int) -> None:
    """SWIO, VF, VI, VSE, FB, both bits of BSU, HCD and TEA: as it has them, or as L0 does."""
    for own, virtual in ((0, 0), (0, 1 << place), (1 << place, 0)):
        assert HCR_of_guest(own, virtual, GUEST) & 1 << place == own | virtual


@pytest.mark.parametrize("place", [3, 7, 8, 9, 10, 19])
def test_what_a_guest_hypervisor_asks_of_HCRX_EL2_beside_traps(place: int) -> None:
    """FnXS, VINMI, VFNMI, CMOW, MCE2 and TMEA."""
    machine = Configuration(HARDWARE, GUEST)
    for own, virtual in ((0, 0), (0, 1 << place), (1 << place, 0)):
        vcpu = VCPU(State(0, PSTATE(1), HCRX_EL2=virtual))
        assert of_guest(attrs.evolve(ZEROS, HCRX_EL2=own), vcpu, 0, machine).HCRX_EL2 & 1 << place == own | virtual


def test_a_guest_runs_with_what_either_traps() -> None:
    """Traps are added, enables taken away, by the sense of each bit."""
    own = attrs.evolve(ZEROS, HCR_EL2=RW | E2H, HCRX_EL2=1 << 14 | 1 << 15, HFGRTR_EL2=1 << 50, CPTR_EL2=0x3330000)
    state = State(0, PSTATE(1), HCR_EL2=E2H, HCRX_EL2=1 << 14 | 1 << 7, MDCR_EL2=1 << 9)
    vcpu = VCPU(state, Registers(HFGRTR_EL2=1 << 23, VPIDR_EL2=1, VMPIDR_EL2=2, CPTR_EL2=0b11 << 20))
    found = of_guest(own, vcpu, 0x5000, Configuration(HARDWARE, GUEST))
    assert (found.HCRX_EL2, found.MDCR_EL2, found.CPTR_EL2) == (1 << 14 | 1 << 7, 1 << 9, 0b11 << 20)
    assert found.HFGRTR_EL2 == 1 << 23
    assert (found.VPIDR_EL2, found.VMPIDR_EL2, found.VNCR_EL2) == (1, 2, 0)


def test_the_traps_of_the_guest_hypervisor_are_put_into_the_layout_of_L0() -> None:
    """Its CPTR_EL2.TFP is FPEN of a host, and its CNTHCTL_EL2.EL1PCTEN is one bit or another, of either E2H."""
    all_enabled, machine = 0b11 << 24 | 0b11 << 20 | 0b11 << 16, Configuration(HARDWARE, GUEST)
    host = attrs.evolve(ZEROS, HCR_EL2=RW | E2H, CPTR_EL2=all_enabled, CNTHCTL_EL2=0b11 << 10)
    none = VCPU(State(0, PSTATE(1)), Registers(CPTR_EL2=1 << 10, CNTHCTL_EL2=0b10))
    found = of_guest(host, none, 0, machine)
    assert (found.CPTR_EL2 & 0b11 << 20, found.CPTR_EL2 & 1 << 10, found.CNTHCTL_EL2 & 0b11 << 10) == (0, 0, 0b10 << 10)
    bare = attrs.evolve(ZEROS, HCR_EL2=RW, CNTHCTL_EL2=0b11)
    of_host = VCPU(State(0, PSTATE(1), HCR_EL2=E2H), Registers(CPTR_EL2=0b11 << 24, CNTHCTL_EL2=0b01 << 10))
    found = of_guest(bare, of_host, 0, machine)
    assert (found.CPTR_EL2 & (1 << 10 | 1 << 8 | 1 << 12), found.CNTHCTL_EL2 & 0b11) == (1 << 10 | 1 << 8, 0b01)


def test_a_control_that_the_guest_hypervisor_does_not_have_traps_nothing() -> None:
    """Without FEAT_FGT its HFGRTR_EL2 is no register, and the enables in it are not 0."""
    own = attrs.evolve(ZEROS, HFGRTR_EL2=1 << 55, HCRX_EL2=1 << 14)
    without = attrs.evolve(GUEST, FEAT_FGT=False, FEAT_HCX=False)
    found = of_guest(own, VCPU(State(0, PSTATE(1))), 0, Configuration(HARDWARE, without))
    assert (found.HFGRTR_EL2, found.HCRX_EL2) == (1 << 55, 1 << 14)


def test_a_nested_guest_hypervisor_has_a_page_of_its_own() -> None:
    """With NV2 the hardware redirects to L0's mapping of the page at the virtual VNCR_EL2."""
    own, vcpu = attrs.evolve(ZEROS, VNCR_EL2=0x1000), VCPU(State(0, PSTATE(1), HCR_EL2=NV | NV2))
    assert of_guest(own, vcpu, 0x5000, Configuration(HARDWARE, HARDWARE)).VNCR_EL2 == 0x5000


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (0, 1 << 9),
        (1 << 6, 1 << 9 | 1 << 6),
        (1 << 5, 1 << 9 | 1 << 5),
        (1 << 27, 1 << 9 | 1 << 27),
        (1 << 8 | 1 << 14 | 1 << 19, 1 << 9),
    ],
)
def test_the_EL0_of_a_host_is_trapped_by_MDCR_EL2(asked: int, found: int) -> None:
    """TPM, TPMCR and TDCC act on it; with TGE TDA acts as 1; TDE, TPMS and TTRF are of EL1."""
    without = attrs.evolve(GUEST, FEAT_SPMU=False)
    assert found == of_host_EL0(ZEROS, VCPU(State(0, PSTATE(0), MDCR_EL2=asked)), without).MDCR_EL2


def test_an_EL0_of_a_host_counts_with_the_counters_of_both() -> None:
    """HPMN of the guest hypervisor is no more than L0's; EnSPM of FEAT_SPMU enables where both do."""
    SPMU, EnSPM, TDA = attrs.evolve(GUEST, FEAT_SPMU=True), 1 << 15, 1 << 9
    for own, asked, found in (
        (6, 4, 4),
        (4, 6, 4),
        (EnSPM | 6, 6, 6),
        (EnSPM | 6, EnSPM | 6, EnSPM | 6),
        (6, EnSPM, 0),
    ):
        held = attrs.evolve(ZEROS, MDCR_EL2=own)
        assert found | TDA == of_host_EL0(held, VCPU(State(0, PSTATE(0), MDCR_EL2=asked)), SPMU).MDCR_EL2


@pytest.mark.parametrize("has_AMU", [False, True])
def test_TAM_acts_on_the_EL0_of_a_host(has_AMU: bool) -> None:
    """Where the machine has activity monitors; nothing else of its CPTR_EL2 is L0's to see to."""
    TAM, guest = 1 << 30, attrs.evolve(GUEST, FEAT_AMUv1=has_AMU)
    found = of_host_EL0(ZEROS, VCPU(State(0, PSTATE(0)), Registers(CPTR_EL2=TAM | 1 << 28 | 1 << 31)), guest)
    assert (TAM if has_AMU else 0) == found.CPTR_EL2


@pytest.mark.parametrize("context", list(Context))
def test_the_controls_of_each_context(context: Context) -> None:
    """A virtual machine without EL2 runs with L0's own in its one context. The identification registers are L0's."""
    own, vcpu = attrs.evolve(ZEROS, HCR_EL2=RW | VM | TGE), VCPU(State(0, PSTATE(1), HCR_EL2=TWI))
    configuration = Configuration(HARDWARE, GUEST)
    found = controls(own, context, vcpu, 0, configuration).HCR_EL2
    found &= ~TID3
    assert found == (RW | VM | TWI if context == Context.GUEST else RW | VM | TTLB | AT | NV | NV1 | NV2)
    alone = attrs.evolve(configuration, has_EL2=False)
    assert controls(own, context, vcpu, 0, alone) == attrs.evolve(own, HCR_EL2=RW | VM | TID3)
