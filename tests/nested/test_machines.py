"""The two machines by which an instruction is decided."""

import attrs

from spec.access.machine import Machine
from spec.exceptions.state import State
from spec.features import Features
from spec.nested.configuration import Configuration
from spec.nested.controls import Controls
from spec.nested.machines import hardware_machine, virtual_machine, without_EL2
from spec.nested.switch import enter
from spec.nested.vcpu import VCPU, Registers
from spec.pstate import PSTATE

CPU = Features(FEAT_VHE=True, FEAT_NV=True, FEAT_NV2=True)
ZEROS = Controls(*(0 for _ in attrs.fields(Controls)))
HYPERVISOR = VCPU(State(0, PSTATE(2, SP=True), HCR_EL2=1 << 34), Registers(CPTR_EL2=0b11 << 20, CPACR_EL1=5))
COMMON = Machine(1, CPU, PMUSERENR_EL0=3, SCTLR_EL2=9)


def test_the_virtual_machine_has_its_own_registers() -> None:
    """Its Exception level is the virtual one; what does not move is common."""
    found = virtual_machine(HYPERVISOR, COMMON, Features(FEAT_VHE=True))
    assert (found.el, found.CPTR_EL2, found.CPACR_EL1, found.SCTLR_EL2) == (2, 0b11 << 20, 5, 0)
    assert (found.PMUSERENR_EL0, found.features) == (3, Features(FEAT_VHE=True))


def test_the_hardware_has_L0_s_controls() -> None:
    """EL1 holds CPTR_EL2 in place of CPACR_EL1; of the registers of EL2 L0's own count."""
    own = attrs.evolve(ZEROS, MDCR_EL2=1 << 6)
    entered = enter(HYPERVISOR, own, 0, Configuration(CPU, Features(FEAT_VHE=True)))
    found = hardware_machine(entered, COMMON, CPU)
    assert (found.el, found.SP, found.CPACR_EL1, found.MDCR_EL2) == (1, True, 0b11 << 20, 1 << 19 | 1 << 6)
    assert (found.SCTLR_EL2, found.PMUSERENR_EL0, found.features) == (9, 3, CPU)


def test_PSTATE_of_each_machine() -> None:
    """SP and EXLOCK are those of the PE, whatever those of the common registers are."""
    for SP, EXLOCK in ((False, True), (True, False)):
        vcpu = attrs.evolve(HYPERVISOR, state=attrs.evolve(HYPERVISOR.state, PSTATE=PSTATE(2, SP=SP, EXLOCK=EXLOCK)))
        common = attrs.evolve(COMMON, SP=not SP, EXLOCK=not EXLOCK)
        entered = enter(vcpu, ZEROS, 0, Configuration(CPU, CPU))
        for found in (virtual_machine(vcpu, common, CPU), hardware_machine(entered, common, CPU)):
            assert (found.SP, found.EXLOCK) == (SP, EXLOCK)


def test_an_EL2_that_is_not_there_traps_nothing() -> None:
    """Its controls that enable act as 1, in the layout of the E2H that it would have; EL1 has every event counter."""
    traps = Machine(1, Features(event_counters=6), HCR_EL2=(1 << 64) - 1, CPTR_EL2=(1 << 64) - 1)
    found = without_EL2(traps)
    assert (found.HCR_EL2 & (1 << 31 | 1 << 40 | 1 << 41)).bit_count() == 3
    assert found.HCR_EL2 & (1 << 19 | 1 << 26 | 1 << 27 | 1 << 34) == 0
    assert (found.CPTR_EL2, found.MDCR_EL2 & 0x1F, found.HFGRTR_EL2 >> 54 & 1) == (0, 6, 1)
    host = without_EL2(attrs.evolve(traps, features=Features(FEAT_VHE=True)))
    assert host.CPTR_EL2 >> 20 & 0b11 == 0b11
