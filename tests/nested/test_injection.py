"""The synchronous exceptions that L0 injects."""

import attrs
import pytest

from spec.exceptions.state import State
from spec.exceptions.syndrome import CLASS, ExceptionRecord, ExceptionType
from spec.features import Features
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.injection import (
    UNDEFINED,
    aborted,
    aborted_below,
    address_of_instruction,
    external_abort,
    forwarded,
    inject,
    inject_directly,
    loaded,
    taken,
    type_of,
)
from spec.nested.switch import enter, leave
from spec.nested.vcpu import VCPU, Context, Registers
from spec.pstate import PSTATE

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True, FEAT_RAS=True)
ZEROS = Controls(*(0 for _ in attrs.fields(Controls)))
E2H, TGE, TEA, VM = 1 << 34, 1 << 27, 1 << 37, 1
IL = 1 << 25
KERNEL = VCPU(State(0x1000, PSTATE(1, SP=True), VBAR_EL1=0x8000, VBAR_EL2=0x1_8000))
HYPERVISOR = VCPU(State(0x1000, PSTATE(2, SP=True), VBAR_EL2=0x1_8000, HCR_EL2=E2H), Registers(TTBR0_EL2=7))
USER = VCPU(State(0x1000, PSTATE(0), VBAR_EL1=0x8000, VBAR_EL2=0x1_8000, HCR_EL2=E2H | TGE))
ALLOWED = attrs.evolve(CPU, FEAT_NV=False, FEAT_NV2=False)
BOTH = Configuration(CPU, ALLOWED)


def of(way: Way) -> Configuration:
    """Return a configuration of a virtual EL2 that is made in a way."""
    return Configuration(CPU, ALLOWED, way=way)


def with_HCR(vcpu: VCPU, hcr: int) -> VCPU:
    """Return a PE with another HCR_EL2."""
    return attrs.evolve(vcpu, state=attrs.evolve(vcpu.state, HCR_EL2=hcr))


# -- traps ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("type", "ec"), CLASS.items(), ids=[one.name for one in CLASS])
def test_each_class_has_its_type(type: ExceptionType, ec: int) -> None:
    """Of exceptions from a lower Exception level; other numbers are of no class."""
    assert type_of(int(ec)) == type
    known = {int(one) for one in CLASS.values()}
    others = [number for number in range(64) if number not in known]
    assert {type_of(number) for number in others} == {ExceptionType.UNCATEGORIZED}


@pytest.mark.parametrize(
    "esr",
    [
        0x01 << 26 | IL | 1,
        0x18 << 26 | IL | 0x30_0421,
        0x1A << 26 | IL,
        0x16 << 26 | IL | 0xFFFF,
        0x0A << 26 | IL | 7 << 32,
    ],
    ids=["WFE", "MRS", "ERET", "HVC", "LD64B with ISS2"],
)
def test_a_trap_is_forwarded_as_it_was_reported(esr: int) -> None:
    """The syndrome bit by bit, at the vector of a lower level, with the return address of the hardware."""
    state = attrs.evolve(KERNEL.state, PC=address_of_instruction(esr, 0x2000))
    after = taken(forwarded(esr, 0x55), attrs.evolve(KERNEL, state=state), BOTH).state
    assert (esr, 0x2000, 2, 0x1_8400) == (after.ESR_EL2, after.ELR_EL2, after.PSTATE.EL, after.PC)
    assert (after.FAR_EL2, after.ESR_EL1) == (0, 0)


def test_a_forwarded_watchpoint_has_its_address() -> None:
    """A debug exception goes where MDCR_EL2.TDE says."""
    watchpoint = forwarded(0x34 << 26 | IL | 0x22, 0x5678)
    debugged = attrs.evolve(KERNEL, state=attrs.evolve(KERNEL.state, MDCR_EL2=1 << 8))
    after = taken(watchpoint, debugged, BOTH).state
    assert (after.ESR_EL2, after.FAR_EL2, after.PSTATE.EL) == (0x34 << 26 | IL | 0x22, 0x5678, 2)
    assert taken(watchpoint, KERNEL, BOTH).state.FAR_EL1 == 0x5678


# -- aborts --------------------------------------------------------------------------------------------------------


def test_a_fault_of_the_guest_s_stage_1_is_the_guest_s() -> None:
    """At EL1 it goes to EL1, at EL2 to EL2, and from the EL0 of a host to EL2; the other level learns nothing."""
    fault = Fault(FaultKind.ADDRESS_SIZE, 0, 0, stage2=False, s2fs1walk=False, write=True)
    kernel = taken(aborted(fault, 0x5678, AccessType.GPR, KERNEL, BOTH), KERNEL, BOTH).state
    assert (kernel.ESR_EL1, kernel.FAR_EL1, kernel.ESR_EL2, kernel.FAR_EL2) == (0x25 << 26 | IL | 0x40, 0x5678, 0, 0)
    for vcpu, ec in ((HYPERVISOR, 0x25), (USER, 0x24)):
        after = taken(aborted(fault, 0x5678, AccessType.GPR, vcpu, BOTH), vcpu, BOTH).state
        assert (ec << 26 | IL | 0x40, 0x5678, 0) == (after.ESR_EL2, after.FAR_EL2, after.ESR_EL1)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_fault_of_the_guest_hypervisor_s_stage_2(level: int) -> None:
    """ESR_EL2 with its level, the instruction that the hardware named, FAR_EL2 and HPFAR_EL2."""
    fault = Fault(FaultKind.TRANSLATION, level, 0x9000, stage2=True, s2fs1walk=False, write=True)
    vcpu = with_HCR(KERNEL, VM)
    hardware = 0x24 << 26 | IL | 1 << 24 | 0b11 << 22 | 5 << 16 | 1 << 15 | 1 << 6 | 0x0F
    after = taken(aborted_below(fault, 0x5678, AccessType.GPR, hardware, vcpu, BOTH), vcpu, BOTH).state
    assert hardware & ~0x3F | 0b000100 | level == after.ESR_EL2
    assert (after.FAR_EL2, after.HPFAR_EL2) == (0x5678, 0x90)


@pytest.mark.parametrize(
    ("type", "kind", "s2fs1walk"),
    [
        (AccessType.IFETCH, FaultKind.TRANSLATION, False),
        (AccessType.GPR, FaultKind.TRANSLATION, True),
        (AccessType.GPR, FaultKind.EXTERNAL_ABORT, False),
    ],
)
def test_an_abort_that_tells_of_no_instruction(type: AccessType, kind: FaultKind, s2fs1walk: bool) -> None:
    """ISV and what it makes valid are 0, whatever the hardware reported."""
    fault = Fault(kind, 3, 0x9000, stage2=True, s2fs1walk=s2fs1walk, write=False)
    record = aborted_below(fault, 0, type, (1 << 25) - 1, KERNEL, BOTH)
    assert record == aborted(fault, 0, type, KERNEL, BOTH)
    assert record.ISS >> 14 == 0


@pytest.mark.parametrize(
    ("vcpu", "el", "ec"),
    [
        (KERNEL, 1, 0x25),
        (with_HCR(KERNEL, TEA), 2, 0x24),
        (HYPERVISOR, 2, 0x25),
        (USER, 2, 0x24),
        (with_HCR(USER, E2H), 1, 0x24),
        (with_HCR(USER, E2H | TEA), 2, 0x24),
    ],
)
def test_an_access_to_nothing(vcpu: VCPU, el: int, ec: int) -> None:
    """A synchronous External abort: DFSC 0b010000, to EL2 at EL2 and with TGE and TEA."""
    after = taken(external_abort(0x5678, AccessType.GPR, False), vcpu, BOTH).state
    found = (after.ESR_EL2, after.FAR_EL2) if el == 2 else (after.ESR_EL1, after.FAR_EL1)
    assert (after.PSTATE.EL, found) == (el, (ec << 26 | IL | 0x10, 0x5678))


def test_an_External_abort_of_a_fetch_and_of_the_page() -> None:
    """IFSC 0b010000; VNCR, and taken to EL2."""
    fetch = taken(external_abort(0x5678, AccessType.IFETCH, False), KERNEL, BOTH).state
    assert fetch.ESR_EL1 == 0x21 << 26 | IL | 0x10
    page = taken(external_abort(0x5678, AccessType.NV2, True), KERNEL, BOTH).state
    assert page.ESR_EL2 == 0x25 << 26 | IL | 1 << 13 | 1 << 6 | 0x10


# -- every exception -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pstate", "hcr", "offset"),
    [
        (PSTATE(2, SP=True), E2H, 0x1_8200),
        (PSTATE(2), 0, 0x1_8000),
        (PSTATE(0), E2H | TGE, 0x1_8400),
        (PSTATE(0), TGE, 0x1_8400),
        (PSTATE(1, SP=True), 0, 0x8200),
        (PSTATE(1), 0, 0x8000),
        (PSTATE(0), 0, 0x8400),
    ],
)
def test_an_instruction_that_is_UNDEFINED(pstate: PSTATE, hcr: int, offset: int) -> None:
    """In every mode it has its vector, and EC 0x00 with IL."""
    vcpu = VCPU(State(0x1000, pstate, VBAR_EL1=0x8000, VBAR_EL2=0x1_8000, HCR_EL2=hcr))
    after = taken(UNDEFINED, vcpu, BOTH).state
    assert (after.PC, after.ESR_EL2 if offset > 0x1_0000 else after.ESR_EL1) == (offset, IL)


# -- into the hardware ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("vcpu", [HYPERVISOR, USER, with_HCR(HYPERVISOR, 0)], ids=["EL2", "host EL0", "EL2, no host"])
def test_a_direct_injection_is_a_switch(way: Way, vcpu: VCPU) -> None:
    """Into the guest hypervisor, from itself and from its EL0; HPFAR_EL2 too."""
    configuration = of(way)
    fault = Fault(FaultKind.TRANSLATION, 1, 0x9000, stage2=True, s2fs1walk=False, write=False)
    exception = aborted(fault, 0x5678, AccessType.GPR, vcpu, configuration)
    hardware = enter(vcpu, ZEROS, 0, configuration)
    direct = inject_directly(hardware, exception, configuration)
    switched = inject(hardware, exception, ZEROS, 0, configuration)
    assert attrs.evolve(direct, controls=switched.controls) == switched
    assert leave(direct, configuration) == taken(exception, vcpu, configuration)
    assert leave(direct, configuration).state.HPFAR_EL2 == 0x90


@pytest.mark.parametrize("way", list(Way))
def test_from_the_guest_into_the_guest_hypervisor(way: Way) -> None:
    """The hardware has the context of the guest hypervisor, and its exception in the registers of EL1."""
    vcpu = attrs.evolve(KERNEL, state=attrs.evolve(KERNEL.state, HCR_EL2=E2H, VBAR_EL2=0x1_8000, SCTLR_EL2=5))
    hardware = enter(vcpu, ZEROS, 0, of(way))
    after = inject(hardware, forwarded(0x18 << 26 | IL | 1, 0), ZEROS, 0, of(way))
    PE = after.PE.state
    assert (after.context, PE.PSTATE.EL, PE.PC) == (Context.HYPERVISOR, 1, 0x1_8400)
    assert (PE.ESR_EL1, PE.ELR_EL1, PE.SCTLR_EL1 & 5) == (0x18 << 26 | IL | 1, 0x1000, 5)
    assert leave(after, of(way)).state.SPSR_EL2 == 0x5


@pytest.mark.parametrize("way", list(Way))
def test_from_the_guest_into_the_guest(way: Way) -> None:
    """The context stays, and the registers of EL1 are its own."""
    hardware = enter(KERNEL, ZEROS, 0, of(way))
    after = inject(hardware, ExceptionRecord(ExceptionType.PAC_FAIL, 1), ZEROS, 0, of(way))
    PE = after.PE.state
    assert (after.context, PE.PC, PE.ESR_EL1, PE.SPSR_EL1) == (Context.GUEST, 0x8200, 0x1C << 26 | IL | 1, 0x5)


def test_a_register_is_written_where_it_lives() -> None:
    """SPSR_EL2 in SPSR_EL1 with the levels exchanged, HPFAR_EL2 in memory."""
    hardware = enter(HYPERVISOR, ZEROS, 0, of(Way.PARAVIRTUAL))
    assert loaded(hardware, "SPSR_EL2", 0x3C9, of(Way.PARAVIRTUAL)).PE.state.SPSR_EL1 == 0x3C5
    assert loaded(hardware, "HPFAR_EL2", 0x90, of(Way.PARAVIRTUAL)).memory.state.HPFAR_EL2 == 0x90
