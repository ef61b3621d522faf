import attrs
import pytest

from spec.demotion.machine import Hypervisor, Machine, Registers
from spec.demotion.steps import (
    OF_TIMERS,
    OTHERS,
    installed,
    masked,
    moved,
    moved_back,
    resumed,
    returned,
    with_identity,
    with_pairs_moved,
    with_pairs_moved_back,
    with_stack_moved,
    with_stack_moved_back,
    with_timers_moved,
    with_timers_moved_back,
    without_offsets,
)
from spec.features import Features
from spec.pstate import PSTATE

HOST = 1 << 34 | 1 << 27
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True)


def machine(**registers: int) -> Machine:
    """Return a host with some registers."""
    held = Registers(**{"HCR_EL2": HOST, **registers})
    return Machine(0, PSTATE(2, SP=True), held, held)


def test_the_deadline_moves_before_the_control() -> None:
    """So that no timer is enabled with the deadline of another."""
    assert OF_TIMERS == ("CNTP_CVAL_EL0", "CNTP_CTL_EL0", "CNTV_CVAL_EL0", "CNTV_CTL_EL0")
    assert "CPACR_EL1" not in {one.name for one in OTHERS}


def test_a_pair_moves_and_comes_back() -> None:
    """CNTHCTL_EL2.EL1PCTEN stays behind."""
    host = machine(CNTHCTL_EL2=0xC03)
    there = moved("CNTKCTL_EL1", host, host.registers, CPU)
    assert there.registers.CNTKCTL_EL1 == 0b11
    cleared = attrs.evolve(there, registers=attrs.evolve(there.registers, CNTHCTL_EL2=0))
    assert moved_back("CNTKCTL_EL1", cleared, host.registers, CPU).registers.CNTHCTL_EL2 == 0b11


def test_the_pairs_move() -> None:
    """TTBR1_EL2 to TTBR1_EL1, and back; SCTLR_EL1 stays for later."""
    host = machine(TTBR1_EL2=5, SCTLR_EL2=1)
    assert with_pairs_moved(host, host.registers, CPU).registers.TTBR1_EL1 == 5
    kernel = machine(TTBR1_EL1=5, SCTLR_EL1=1)
    back = with_pairs_moved_back(kernel, kernel.registers, CPU).registers
    assert (back.TTBR1_EL2, back.SCTLR_EL2) == (5, 0)


def test_the_timers_move() -> None:
    """And those that they come from are disabled."""
    host = machine(CNTHP_CTL_EL2=3, CNTHP_CVAL_EL2=9)
    after = with_timers_moved(host, host.registers, CPU).registers
    assert (after.CNTP_CTL_EL0, after.CNTP_CVAL_EL0, after.CNTHP_CTL_EL2) == (3, 9, 0)
    kernel = machine(CNTP_CTL_EL0=3, CNTP_CVAL_EL0=9)
    back = with_timers_moved_back(kernel, kernel.registers, CPU).registers
    assert (back.CNTHP_CTL_EL2, back.CNTHP_CVAL_EL2, back.CNTP_CTL_EL0) == (3, 9, 0)


def test_the_pointers_move() -> None:
    """SP and TPIDR, either way."""
    host = machine(SP_EL2=5, TPIDR_EL2=6)
    after = with_stack_moved(host, host.registers, CPU).registers
    assert (after.SP_EL1, after.TPIDR_EL1) == (5, 6)
    kernel = machine(SP_EL1=5, TPIDR_EL1=6)
    back = with_stack_moved_back(kernel, kernel.registers, CPU).registers
    assert (back.SP_EL2, back.TPIDR_EL2) == (5, 6)


def test_the_identity_and_the_offsets() -> None:
    """VPIDR_EL2 is MIDR_EL1; CNTPOFF_EL2 is written where it is."""
    host = machine(MIDR_EL1=5, MPIDR_EL1=6, CNTVOFF_EL2=7, CNTPOFF_EL2=8)
    after = with_identity(host, host.registers, CPU).registers
    assert (after.VPIDR_EL2, after.VMPIDR_EL2) == (5, 6)
    assert without_offsets(host, host.registers, CPU).registers.CNTPOFF_EL2 == 8
    ecv = attrs.evolve(CPU, FEAT_ECV_POFF=True)
    assert without_offsets(host, host.registers, ecv).registers.CNTPOFF_EL2 == 0


@pytest.mark.parametrize("has_MPAMHCR", [False, True])
def test_the_hypervisor_is_installed(has_MPAMHCR: bool) -> None:
    """Its vectors, and MPAMHCR_EL2 where there is one."""
    before = machine(HCR_EL2=1 << 31, MPAMHCR_EL2=7)
    hypervisor = Hypervisor(0, VBAR_EL2=0x800, VTTBR_EL2=5, has_MPAMHCR=has_MPAMHCR)
    mpam = attrs.evolve(CPU, FEAT_MPAM=True)
    after = installed(before, hypervisor, before.registers, mpam)
    assert (after.registers.VBAR_EL2, after.registers.VTTBR_EL2) == (0x800, 5)
    assert (0 if has_MPAMHCR else 7) == after.registers.MPAMHCR_EL2
    assert not after.is_broken


def test_everything_is_masked() -> None:
    """ALLINT where there is one."""
    pstate = masked(machine(), attrs.evolve(CPU, FEAT_NMI=True)).PSTATE
    assert (pstate.D, pstate.A, pstate.I, pstate.F, pstate.ALLINT) == (True,) * 5
    assert not masked(machine(), CPU).PSTATE.ALLINT


@pytest.mark.parametrize(
    ("hcr", "spsr", "features", "broken"),
    [
        (1 << 31, 0x3C5, CPU, False),
        (HOST, 0x3C5, CPU, True),
        (1 << 31, 0x3C9, CPU, True),
        (0, 0x1D3, Features(FEAT_AA32EL0=True, FEAT_AA32EL1=True), True),
    ],
)
def test_a_return(hcr: int, spsr: int, features: Features, broken: bool) -> None:
    """To EL1h; illegal under TGE; to EL2; to AArch32 state."""
    before = machine(HCR_EL2=hcr, SPSR_EL2=spsr, ELR_EL2=0x4000)
    assert returned(before, before.registers, features).is_broken == broken


def test_the_kernel_resumes() -> None:
    """At EL2, with the flags and masks that it had."""
    before = attrs.evolve(machine(), link=0x4000, status=0x6000_0085)
    after = resumed(before, before.registers, CPU)
    assert after.PC == 0x4000
    assert (after.PSTATE.EL, after.PSTATE.NZCV, after.PSTATE.I, after.PSTATE.F) == (2, 6, True, False)
