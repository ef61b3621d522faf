import attrs
import pytest

from proofs.demotion.setting import Setting, a_host, calling_back, demoted, kernel_at_EL2
from spec.demotion.machine import NO_LAG, Hypervisor, Lag, Machine, Registers
from spec.demotion.sequence import DEMOTION, PROMOTION, Step, after, step
from spec.features import Features
from spec.pstate import PSTATE

CASE: Setting = a_host()["case"]
CPU = CASE.features


def test_every_step_is_in_a_sequence() -> None:
    """Each member of the enumeration is used."""
    assert {*DEMOTION, *PROMOTION} == set(Step)


def test_a_kernel_is_demoted() -> None:
    """It goes on at its link register, at EL1, by EL1's registers; EL2 is the hypervisor's."""
    done = after(DEMOTION, kernel_at_EL2(CASE), CASE.hypervisor, CPU)
    assert not done.is_broken
    assert (CASE.link, 1, False) == (done.PC, done.PSTATE.EL, done.PSTATE.I)
    held = done.registers
    assert (held.HCR_EL2 >> 34 & 1, held.HCR_EL2 >> 27 & 1, held.HCR_EL2 >> 31 & 1) == (0, 0, 1)
    assert (held.VBAR_EL1, held.VBAR_EL2) == (CASE.registers.VBAR_EL2, CASE.hypervisor.VBAR_EL2)
    assert (held.TCR_EL1, held.SCTLR_EL1) == (CASE.registers.TCR_EL2, CASE.registers.SCTLR_EL2)
    assert (held.CNTV_CVAL_EL0, held.CNTV_CTL_EL0, held.CNTHV_CTL_EL2) == (500, 1, 0)
    assert held.ELR_EL1 == CASE.registers.ELR_EL2


def test_a_kernel_comes_back() -> None:
    """At EL2 of a host, by the registers that it had."""
    done = after(PROMOTION, calling_back(CASE), CASE.hypervisor, CPU)
    assert not done.is_broken
    assert (CASE.link, 2, False) == (done.PC, done.PSTATE.EL, done.PSTATE.I)
    held, was = done.registers, CASE.registers
    for name in ("SCTLR_EL2", "TCR_EL2", "VBAR_EL2", "ELR_EL2", "CPTR_EL2", "CNTHV_CTL_EL2", "CNTHV_CVAL_EL2"):
        assert getattr(held, name) == getattr(was, name)
    assert held.SCTLR_EL1 & 1 == 0
    assert demoted(CASE).PSTATE.EL == 1


def test_without_VHE_the_first_move_breaks() -> None:
    """There is no EL12 name, so nothing moves; and HCR_EL2 is left as on any machine."""
    registers = Registers()
    machine = Machine(0, PSTATE(2, SP=True), registers, registers)
    moved = step(Step.MOVE_CPACR, machine, Hypervisor(0), NO_LAG, Features())
    assert moved == machine


@pytest.mark.parametrize("lag", [NO_LAG, Lag(HCR_EL2=True)])
def test_an_ERET_needs_TGE_to_be_synchronized(lag: Lag) -> None:
    """While TGE is 1 for the PE a return to EL1 is illegal."""
    now, old = Registers(HCR_EL2=1 << 31, SPSR_EL2=0x3C5), Registers(HCR_EL2=1 << 34 | 1 << 27)
    machine = Machine(0, PSTATE(2, SP=True), now, old)
    assert step(Step.ERET, machine, Hypervisor(0), lag, CPU).is_broken == lag.HCR_EL2


def test_the_status_is_that_of_the_kernel_at_EL1() -> None:
    """BTYPE is 0, and the mode EL1h."""
    machine = attrs.evolve(kernel_at_EL2(CASE), PSTATE=PSTATE(2, SP=True, NZCV=5, I=True, BTYPE=2))
    bti = attrs.evolve(CPU, FEAT_BTI=True)
    assert step(Step.KEEP_STATUS, machine, CASE.hypervisor, NO_LAG, bti).status == 0x5000_0085
