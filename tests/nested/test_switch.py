"""Into the hardware and out of it."""

import attrs
import pytest

from spec.exceptions.state import Pending, State
from spec.features import Features
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.switch import (
    Hardware,
    enter,
    entered_PSTATE,
    exchanged,
    held,
    in_hardware,
    leave,
    left_PSTATE,
    translation,
)
from spec.nested.vcpu import MOVING, VCPU, Context, Registers, value_of, with_values
from spec.pstate import PSTATE

ZEROS = Controls(*(0 for _ in attrs.fields(Controls)))
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True)
E2H, TGE, NV = 1 << 34, 1 << 27, 1 << 42


def of(way: Way) -> Configuration:
    """Return a configuration of a virtual EL2 that is made in a way."""
    return Configuration(CPU, attrs.evolve(CPU, FEAT_NV=False, FEAT_NV2=False), way=way)


def numbered(pstate: PSTATE, hcr: int) -> VCPU:
    """Return a PE with another number in every register that moves."""
    values = {name: (number + 1) << 20 | number << 4 | 0xF for number, name in enumerate(MOVING)}
    state = State(0x8000, pstate, SP_EL0=0x77, pending=Pending(IRQ=True), debug_is_locked=True)
    return with_values(VCPU(state), values | {"HCR_EL2": hcr})


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize(
    ("el", "hcr"), [(2, 0), (2, E2H), (2, E2H | TGE), (0, E2H | TGE), (0, TGE), (0, E2H), (1, 0), (1, E2H | NV)]
)
def test_what_is_entered_is_left_unchanged(way: Way, el: int, hcr: int) -> None:
    """Every register, PSTATE, and what is pending; with EL2 and without."""
    vcpu = numbered(PSTATE(el, SP=el != 0, NZCV=5, I=True), hcr)
    assert leave(enter(vcpu, ZEROS, 0, of(way)), of(way)) == vcpu
    alone = attrs.evolve(of(way), has_EL2=False)
    assert leave(enter(vcpu, ZEROS, 0, alone), alone) == vcpu


def test_a_host_in_the_hardware() -> None:
    """With E2H the registers of EL2 are in those of EL1 as they are, those of EL1 in the page or in memory."""
    state = State(0x8000, PSTATE(2, SP=True), SP_EL1=1, SP_EL2=2, TCR_EL1=3, TCR_EL2=4, HCR_EL2=E2H, VBAR_EL2=0x800)
    vcpu = VCPU(state, Registers(TTBR0_EL2=5 << 48, CPTR_EL2=0b11 << 20 | 1 << 31))
    for way in Way:
        hardware = enter(vcpu, ZEROS, 0, of(way))
        PE = hardware.PE
        assert (PSTATE(1, SP=True), 0x8000) == (PE.state.PSTATE, PE.state.PC)
        assert (PE.state.SP_EL1, PE.state.TCR_EL1, PE.state.VBAR_EL1, PE.registers.TTBR0_EL1) == (2, 4, 0x800, 5 << 48)
        assert (PE.registers.CPACR_EL1, hardware.memory.registers.CPTR_EL2) == (0b11 << 20, 1 << 31)
        kept = hardware.page if way == Way.NV2 else hardware.memory
        assert (kept.state.SP_EL1, kept.state.TCR_EL1, kept.state.HCR_EL2) == (1, 3, E2H)
        assert (hardware.context, hardware.E2H) == (Context.HYPERVISOR, True)


@pytest.mark.parametrize("way", list(Way))
def test_no_host_in_the_hardware(way: Way) -> None:
    """Without E2H the registers that have a layout of their own are translated, and kept in memory."""
    state = State(0, PSTATE(2), TCR_EL2=25 | 1 << 20, SCTLR_EL2=1)
    vcpu = VCPU(state, Registers(TTBR0_EL2=5 << 48 | 0x1000, CPTR_EL2=0x33FF, CNTHCTL_EL2=0b111, TTBR1_EL2=9 << 48))
    hardware = enter(vcpu, ZEROS, 0, of(way))
    PE, memory = hardware.PE, hardware.memory
    assert PE.state.TCR_EL1 == 25 | 0b11 << 37 | 1 << 23
    assert PE.state.SCTLR_EL1 == 1 | 1 << 29 | 1 << 28 | 1 << 23 | 1 << 22 | 1 << 11
    assert (PE.registers.TTBR0_EL1, PE.registers.TTBR1_EL1) == (0x1000, 9 << 48)
    assert PE.registers.CPACR_EL1 & 0b11 << 20 == 0b11 << 20
    assert (0b100 if way == Way.PARAVIRTUAL else 0) == PE.registers.CNTKCTL_EL1
    assert (memory.state.TCR_EL2, memory.state.SCTLR_EL2) == (25 | 1 << 20, 1)
    assert memory.registers.TTBR0_EL2 == 5 << 48 | 0x1000
    assert memory.registers.CNTHCTL_EL2 == 0b111


def test_E2H_is_that_of_the_virtual_machine() -> None:
    """Without FEAT_E2H0 its EL2 is always that of a host, without FEAT_VHE never, whatever that of the hardware is."""
    vcpu = VCPU(State(0, PSTATE(2), TCR_EL2=25 | 0b10 << 32, HCR_EL2=E2H))
    machine = of(Way.NV2).guest
    always, never = attrs.evolve(machine, FEAT_E2H0=False), attrs.evolve(machine, FEAT_VHE=False)
    for virtual, E2H_noted in ((always, True), (never, False)):
        for HCR in (0, E2H):
            entered = with_values(vcpu, {"HCR_EL2": HCR})
            assert E2H_noted == enter(entered, ZEROS, 0, Configuration(CPU, virtual)).E2H


def test_what_has_no_name_of_EL2_is_in_the_hardware_for_the_EL0_of_a_host() -> None:
    """MDSCR_EL1 and ACTLR_EL1, which NV2 has in the page for the hypervisor: MDSCR_EL1.TDCC traps that EL0."""
    for pstate, mirrored in ((PSTATE(0), True), (PSTATE(2), False)):
        state = State(0, pstate, HCR_EL2=E2H | TGE, MDSCR_EL1=1 << 12)
        hardware = enter(VCPU(state, Registers(ACTLR_EL1=3, VTTBR_EL2=7)), ZEROS, 0, of(Way.NV2))
        PE, page = hardware.PE, hardware.page
        found = (PE.state.MDSCR_EL1, PE.registers.ACTLR_EL1, PE.registers.VTTBR_EL2)
        assert found == ((1 << 12, 3, 0) if mirrored else (0, 0, 0))
        assert (page.state.MDSCR_EL1, page.registers.ACTLR_EL1, page.registers.VTTBR_EL2) == (1 << 12, 3, 7)


@pytest.mark.parametrize("of_hardware", [False, True])
def test_the_hardware_s_features_say_which_bits_it_holds(of_hardware: bool) -> None:
    """MDSCR_EL1.EnSPM is a field with FEAT_SPMU, in the context where the page has the register too."""
    with_SPMU, machine, EnSPM = attrs.evolve(CPU, FEAT_SPMU=True), of(Way.NV2).guest, 1 << 34
    both = Configuration(with_SPMU, machine) if of_hardware else Configuration(CPU, with_SPMU)
    entered = enter(VCPU(State(0, PSTATE(0), HCR_EL2=E2H | TGE, MDSCR_EL1=EnSPM)), ZEROS, 0, both)
    assert (EnSPM if of_hardware else 0) == entered.PE.state.MDSCR_EL1
    assert EnSPM == entered.page.state.MDSCR_EL1


def test_a_guest_in_the_hardware() -> None:
    """The registers of EL1 are the hardware's; with {E2H, TGE} = {0, 1} stage 1 is off, and M waits in memory."""
    vcpu = VCPU(State(0, PSTATE(1), TCR_EL1=3, TCR_EL2=4, SCTLR_EL1=0x801, VBAR_EL1=0x800), Registers(VTTBR_EL2=6))
    hardware = enter(vcpu, ZEROS, 0, of(Way.NV2))
    assert (hardware.PE.state.TCR_EL1, hardware.PE.state.VBAR_EL1, hardware.PE.state.PSTATE.EL) == (3, 0x800, 1)
    assert (hardware.memory.state.TCR_EL2, hardware.page.registers.VTTBR_EL2) == (4, 6)
    assert hardware.PE.state.SCTLR_EL1 & 1
    unhosted = attrs.evolve(vcpu, state=attrs.evolve(vcpu.state, PSTATE=PSTATE(0), HCR_EL2=TGE))
    hardware = enter(unhosted, ZEROS, 0, of(Way.NV2))
    assert hardware.PE.state.SCTLR_EL1 & 1 == 0
    assert hardware.memory.state.SCTLR_EL1 & 1
    assert (hardware.PE.state.TCR_EL1, hardware.memory.state.TCR_EL1) == (3, 0)


def test_what_the_guest_hypervisor_changed_is_found() -> None:
    """It wrote TCR_EL1, took an exception to itself from its EL0, and wrote HCR_EL2 in the page."""
    vcpu = VCPU(State(0x8000, PSTATE(0), HCR_EL2=E2H | TGE))
    hardware = enter(vcpu, ZEROS, 0, of(Way.NV2))
    state = attrs.evolve(hardware.PE.state, PC=0x9000, PSTATE=PSTATE(1, SP=True), TCR_EL1=7)
    hardware = attrs.evolve(
        hardware,
        PE=attrs.evolve(hardware.PE, state=state),
        page=with_values(hardware.page, {"HCR_EL2": 0, "TCR_EL1": 9}),
    )
    after = leave(hardware, of(Way.NV2)).state
    assert (0x9000, PSTATE(2, SP=True), 7, 9) == (after.PC, after.PSTATE, after.TCR_EL2, after.TCR_EL1)
    assert after.HCR_EL2 == 0


@pytest.mark.parametrize(
    ("context", "virtual", "real"),
    [
        (Context.HYPERVISOR, PSTATE(2, SP=True), PSTATE(1, SP=True)),
        (Context.HYPERVISOR, PSTATE(2), PSTATE(1)),
        (Context.HOST_EL0, PSTATE(0), PSTATE(0)),
        (Context.GUEST, PSTATE(1), PSTATE(1)),
        (Context.GUEST, PSTATE(0), PSTATE(0)),
    ],
)
def test_the_mode_of_the_hardware(context: Context, virtual: PSTATE, real: PSTATE) -> None:
    """EL2t as EL1t, EL2h as EL1h, and back: by L0's note, whatever HCR_EL2.NV of the hardware is."""
    assert entered_PSTATE(virtual, context) == real
    for hcr in (0, NV):
        controls = attrs.evolve(ZEROS, HCR_EL2=hcr)
        nothing = VCPU(State(0, PSTATE(0)))
        hardware = Hardware(VCPU(State(0, real)), controls, nothing, nothing, context, True)
        assert left_PSTATE(hardware) == virtual


@pytest.mark.parametrize(
    ("way", "host", "exchanges"),
    [
        (Way.PARAVIRTUAL, False, True),
        (Way.PARAVIRTUAL, True, True),
        (Way.NV, False, True),
        (Way.NV, True, False),
        (Way.NV2, False, False),
        (Way.NV2, True, False),
    ],
)
def test_the_mode_that_is_saved(way: Way, host: bool, exchanges: bool) -> None:
    """EL1 and EL2 change places where the hardware does not write EL2; EL0, EL3 and AArch32 stay."""
    for one, other in ((0b0101, 0b1001), (0b0100, 0b1000), (0, 0), (0b1101, 0b1101), (0b10110, 0b10110)):
        assert exchanged(0x6000_03C0 | one, way, host) == 0x6000_03C0 | (other if exchanges else one)
        assert exchanged(exchanged(one, way, host), way, host) == one


def test_the_bits_that_a_register_has() -> None:
    """CNTKCTL_EL1 has EL1PCTEN with FEAT_NV2p1 alone."""
    assert in_hardware("CNTKCTL_EL1", CPU) & 1 << 10 == 0
    assert in_hardware("CNTKCTL_EL1", attrs.evolve(CPU, FEAT_NV2p1=True)) & 1 << 10
    assert held("SCTLR_EL1", TGE, Context.HYPERVISOR, CPU) == in_hardware("SCTLR_EL1", CPU)
    assert held("SCTLR_EL1", TGE, Context.GUEST, CPU) == in_hardware("SCTLR_EL1", CPU) ^ 1


def test_translations_by_name() -> None:
    """Each register of EL2 that has another layout."""
    found = {
        name: translation(name, (1 << 64) - 1, CPU)
        for name in ("SCTLR_EL2", "TCR_EL2", "TCR2_EL2", "TTBR0_EL2", "CPTR_EL2", "CNTHCTL_EL2")
    }
    assert len(set(found.values())) == len(found)
    assert value_of(numbered(PSTATE(1), 5), "HCR_EL2") == 5
