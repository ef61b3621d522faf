"""The step of the host hypervisor."""

import attrs
import pytest

from spec.access.control import ExceptionClass
from spec.access.execution import Kind, Unnamed, syndrome
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.outcome import Executed, NVMem
from spec.exceptions.returns import EntersAArch32
from spec.exceptions.state import State
from spec.features import Features
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.host_step import Host, Issued, as_issued, handled, host_step, is_HVC, is_return, resolved
from spec.nested.machines import virtual_machine
from spec.nested.residence import number
from spec.nested.switch import enter, leave
from spec.nested.vcpu import VCPU, Context, Registers
from spec.pstate import PSTATE

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True, FEAT_FGT=True, FEAT_AA32EL0=True)
ALONE = attrs.evolve(CPU, FEAT_NV=False, FEAT_NV2=False)
MACHINE = Configuration(CPU, ALONE)
NESTING = Configuration(CPU, CPU)
PARAVIRTUAL = Configuration(ALONE, ALONE, way=Way.PARAVIRTUAL)
OWN = Controls(*(0 for _ in attrs.fields(Controls)))
L0 = Host(attrs.evolve(OWN, HCR_EL2=1 << 31 | 1 << 41 | 1), 0x7000, Machine(1, CPU))
E2H, TGE = 1 << 34, 1 << 27


def hypervisor(hcr: int = E2H, **others: int) -> VCPU:
    """Return a guest hypervisor."""
    return VCPU(State(0x1000, PSTATE(2, SP=True), VBAR_EL2=0x8000, HCR_EL2=hcr), Registers(**others))


def issued(vcpu: VCPU, instruction: Instruction | Unnamed, value: int = 0, on: Configuration = MACHINE) -> Issued:
    """Return what becomes of an instruction."""
    found = host_step(enter(vcpu, L0.own, L0.page, on), instruction, value, L0, on)
    assert isinstance(found, Issued)
    return found


def after(vcpu: VCPU, instruction: Instruction | Unnamed, value: int = 0, on: Configuration = MACHINE) -> VCPU:
    """Return the virtual machine after it."""
    return leave(issued(vcpu, instruction, value, on).hardware, on)


@pytest.mark.parametrize(
    ("encoding", "name"), [(0xC100, "TTBR0_EL2"), (0xE100, "TTBR0_EL2"), (0xE900, "TTBR0_EL1"), (0xE10A, "VTCR_EL2")]
)
def test_a_host_writes_registers_by_every_name(encoding: int, name: str) -> None:
    """In hardware, by a trap, and in the page; and reads them again."""
    wrote = after(hypervisor(), Instruction(Form.MSR, encoding), 0x5000)
    assert getattr(wrote.registers, name) == 0x5000
    assert issued(wrote, Instruction(Form.MRS, encoding)).value == 0x5000


def test_a_guest_reads_the_identity_that_its_hypervisor_gave_it() -> None:
    """MIDR_EL1 is VPIDR_EL2 for the guest, and L0's own for the guest hypervisor."""
    read = Instruction(Form.MRS, 0xC000)
    guest = VCPU(State(0, PSTATE(1)), Registers(VPIDR_EL2=0x410F_D034))
    assert issued(guest, read).value == 0x410F_D034
    assert issued(hypervisor(), read).reached == Executed(0xC000)


def test_what_is_reached_and_not_held() -> None:
    """A register of EL0; a slot of the page of another register; memory of the guest hypervisor's own page."""
    assert issued(hypervisor(), Instruction(Form.MRS, 0xDE82)).reached == Executed(0xDE82)
    with_SME, slot = attrs.evolve(CPU, FEAT_SME=True), number("SMPRIMAP_EL2")
    offered = Configuration(with_SME, attrs.evolve(with_SME, FEAT_NV=False, FEAT_NV2=False))
    assert issued(hypervisor(), Instruction(Form.MRS, slot), on=offered).reached == Executed(slot)
    nested = VCPU(State(0, PSTATE(1), HCR_EL2=1 << 42 | 1 << 45))
    assert issued(nested, Instruction(Form.MRS, 0xE088), on=NESTING).reached == NVMem(0x78)


def test_exceptions_to_EL1_of_the_hardware() -> None:
    """Of the guest hypervisor to itself, of its EL0 to it, and of a guest to its kernel."""
    UDF, SVC = Unnamed(Kind.UDF), Unnamed(Kind.SVC, 7)
    itself = after(hypervisor(), UDF).state
    assert (itself.PC, itself.SPSR_EL2 & 0xF, itself.PSTATE.EL) == (0x8200, 0b1001, 2)
    user = attrs.evolve(hypervisor(E2H | TGE).state, PSTATE=PSTATE(0))
    called = after(VCPU(user), SVC).state
    assert (called.PC, called.ELR_EL2, called.ESR_EL2) == (0x8400, 0x1004, 0x5600_0007)
    kernel = after(VCPU(State(0x1000, PSTATE(1), VBAR_EL1=0x4000)), UDF).state
    assert (kernel.PC, kernel.PSTATE.EL, kernel.ESR_EL1) == (0x4000, 1, 0x0200_0000)


def test_the_registers_of_EL2_in_a_PE_are_not_written_by_an_exception_to_EL1() -> None:
    """Those of the hardware are L0's controls, by which the exception is taken; the virtual ones are elsewhere."""
    own = attrs.evolve(L0.own, HCRX_EL2=1 << 14, MDCR_EL2=1 << 9)
    entered = enter(VCPU(State(0x1000, PSTATE(1), VBAR_EL1=0x4000)), own, L0.page, MACHINE)
    found = host_step(entered, Unnamed(Kind.UDF), 0, attrs.evolve(L0, own=own), MACHINE)
    assert isinstance(found, Issued)
    after = found.hardware.PE.state
    assert (after.PC, after.HCR_EL2, after.HCRX_EL2, after.MDCR_EL2) == (0x4000, 0, 0, 0)


def test_a_guest_s_calls_are_the_guest_hypervisor_s() -> None:
    """HVC returns behind itself, a trapped SVC to itself."""
    kernel = State(0x1000, PSTATE(1), VBAR_EL2=0x8000)
    called = after(VCPU(kernel), Unnamed(Kind.HVC, 1)).state
    assert (called.PC, called.ELR_EL2, called.ESR_EL2) == (0x8400, 0x1004, 0x5A00_0001)
    trapped = after(VCPU(kernel, Registers(HFGITR_EL2=1 << 53)), Unnamed(Kind.SVC, 1)).state
    assert (trapped.PC, trapped.ELR_EL2, trapped.ESR_EL2) == (0x8400, 0x1000, 0x5600_0001)


def test_returns() -> None:
    """Of the guest hypervisor by L0, of a guest's kernel by the hardware, and to AArch32 state by none of them."""
    ERET = Unnamed(Kind.ERET)
    returning = attrs.evolve(hypervisor(E2H | TGE).state, ELR_EL2=0x2000, SPSR_EL2=0)
    found = issued(VCPU(returning), ERET).hardware
    assert (found.context, found.PE.state.PC) == (Context.HOST_EL0, 0x2000)
    kernel = State(0, PSTATE(1), ELR_EL1=0x3000, HCR_EL2=1 << 31)
    assert after(VCPU(kernel), ERET).state.PC == 0x3000
    user = VCPU(attrs.evolve(kernel, SPSR_EL1=0x10))
    assert host_step(enter(user, L0.own, 0, MACHINE), ERET, 0, L0, MACHINE) == EntersAArch32(0x3000, 0x10)
    of_EL2 = VCPU(attrs.evolve(returning, SPSR_EL2=0x10, HCR_EL2=1 << 31))
    assert after(of_EL2, ERET).state.PC == 0x1000


def test_a_paravirtual_guest_hypervisor_issues_HVCs() -> None:
    """For the instructions of EL2 and of EL1, and for returns; other instructions are as they are."""
    none = hypervisor(0)
    wrote = after(none, Instruction(Form.MSR, 0xC102), 0x19, PARAVIRTUAL)
    assert (wrote.registers.CPTR_EL2, wrote.state.TCR_EL1, wrote.state.TCR_EL2) == (0, 0x19, 0)
    assert after(none, Instruction(Form.MSR, 0xE088), 1, PARAVIRTUAL).state.HCR_EL2 == 1
    assert issued(none, Instruction(Form.MRS, 0xDE82), on=PARAVIRTUAL).reached == Executed(0xDE82)
    returning = VCPU(attrs.evolve(none.state, ELR_EL2=0x2000, SPSR_EL2=0x3C5))
    assert after(returning, Unnamed(Kind.ERET), on=PARAVIRTUAL).state.PSTATE.EL == 1
    assert after(none, Unnamed(Kind.NOP), on=PARAVIRTUAL).state.PC == 0x1004


def test_a_paravirtual_guest_hypervisor_asks_for_its_Exception_level() -> None:
    """MRS CurrentEL, which Armv8.0 would answer with EL1: L0 reads it in the virtual machine."""
    read = Instruction(Form.MRS, number("CurrentEL"))
    found = issued(hypervisor(0), read, on=PARAVIRTUAL)
    assert as_issued(read, enter(hypervisor(0), L0.own, 0, PARAVIRTUAL), Way.PARAVIRTUAL) == Unnamed(Kind.HVC, 0xB212)
    assert found.reached == Executed(number("CurrentEL"))
    assert leave(found.hardware, PARAVIRTUAL).state.PC == 0x1004


def test_what_L0_traps_for_itself_it_resolves() -> None:
    """A wait that the guest hypervisor did not ask for is executed again."""
    own = attrs.evolve(L0, own=attrs.evolve(L0.own, HCR_EL2=L0.own.HCR_EL2 | 1 << 13))
    kernel = VCPU(State(0x1000, PSTATE(1)))
    found = host_step(enter(kernel, own.own, 0, MACHINE), Unnamed(Kind.WFI), 0, own, MACHINE)
    assert isinstance(found, Issued)
    assert leave(found.hardware, MACHINE) == kernel


@pytest.mark.parametrize(
    ("esr", "hcr", "pc"),
    [
        (syndrome(ExceptionClass.SMC, 0), 0, 0x1004),
        (syndrome(ExceptionClass.HVC, 0), 1 << 29, 0x8200),
        (syndrome(ExceptionClass.BRK, 0), 0, 0x8200),
    ],
)
def test_what_is_done_about_the_other_verdicts(esr: int, hcr: int, pc: int) -> None:
    """An SMC is passed, an HVC without HVCs is UNDEFINED, a breakpoint is taken."""
    found = resolved(hypervisor(hcr), esr, Machine(2, CPU, HCR_EL2=hcr), MACHINE)
    assert pc == found.vcpu.state.PC


@pytest.mark.parametrize("ec", [ExceptionClass.SVC, ExceptionClass.BRK])
def test_an_exception_of_a_guest_for_itself_is_taken_at_its_EL1(ec: ExceptionClass) -> None:
    """L0 trapped the SVC or the BRK for itself, and the guest hypervisor asked for none: vector 0x200 of VBAR_EL1."""
    kernel = VCPU(State(0x1000, PSTATE(1, SP=True), VBAR_EL1=0x4000, VBAR_EL2=0x8000))
    state = resolved(kernel, syndrome(ec, 7), Machine(1, CPU), MACHINE).vcpu.state
    assert (state.PC, state.PSTATE.EL, state.ESR_EL2) == (0x4200, 1, 0)


@pytest.mark.parametrize(("hcr", "pc"), [(1 << 19, 0x8400), (0, 0x1004)])
def test_an_SMC_of_a_guest_is_the_guest_hypervisor_s_where_it_traps_it(hcr: int, pc: int) -> None:
    """HCR_EL2.TSC: it is the firmware of its guest, and L0 answers what it does not ask for."""
    kernel = VCPU(State(0x1000, PSTATE(1, SP=True), VBAR_EL2=0x8000, HCR_EL2=hcr))
    state = resolved(kernel, syndrome(ExceptionClass.SMC, 0), Machine(1, CPU, HCR_EL2=hcr), MACHINE).vcpu.state
    assert (pc, 2 if hcr else 1) == (state.PC, state.PSTATE.EL)


def test_an_encoding_without_a_register_is_emulated_too() -> None:
    """One that L0 traps by TIDCP, for an implementation that has nothing there."""
    esr = 0x6200_0000 | 0b11 << 20 | 0b1111 << 10 | 1
    hardware = enter(VCPU(State(0x1000, PSTATE(1), VBAR_EL1=0x4000)), L0.own, 0, MACHINE)
    assert leave(handled(hardware, esr, 0, L0, MACHINE).hardware, MACHINE).state.PC == 0x4000


def test_which_syndromes_are_of_HVCs() -> None:
    """That of HVC, and those of returns that one stands for: of a paravirtual guest hypervisor alone."""
    syndromes = (0x5A00_0000, 0x5A00_2003, syndrome(ExceptionClass.ERET, 0))
    assert [is_HVC(esr) for esr in syndromes] == [True, True, False]
    assert [is_return(esr, Context.HYPERVISOR, PARAVIRTUAL) for esr in syndromes] == [False, True, False]
    assert not any(is_return(esr, Context.GUEST, PARAVIRTUAL) for esr in syndromes)
    assert not any(is_return(esr, Context.HYPERVISOR, MACHINE) for esr in syndromes)


@pytest.mark.parametrize(("imm16", "vector"), [(0x2000, None), (0x2002, 0x8200), (0x2003, 0x8200)])
def test_an_authenticated_return_of_a_machine_without_FEAT_PAuth_is_UNDEFINED(imm16: int, vector: int | None) -> None:
    """The HVC is taken to L0 whether or not the instruction exists for which it stands: bit 1 says ERETAA or ERETAB."""
    caller = VCPU(State(0x1004, PSTATE(2, SP=True), ELR_EL2=0x4000, SPSR_EL2=0x3C9, VBAR_EL2=0x8000))
    machine = virtual_machine(caller, Machine(1, ALONE), ALONE)
    after = resolved(caller, 0x5A00_0000 | imm16, machine, PARAVIRTUAL).vcpu.state
    address, back, syndrome_of_EL2 = after.PC, after.ELR_EL2, after.ESR_EL2
    if vector is None:
        assert address == 0x4000
    else:
        assert (address, back, syndrome_of_EL2) == (vector, 0x1000, 1 << 25)


@pytest.mark.parametrize("on", [MACHINE, PARAVIRTUAL], ids=lambda one: one.way.name)
@pytest.mark.parametrize("imm16", [0xF088, 0x2000, 0x7000], ids=hex)
def test_a_guest_s_HVC_is_never_taken_for_another_instruction(on: Configuration, imm16: int) -> None:
    """It is its call of the guest hypervisor, where its immediate is that of an MRS, an ERET or a SYS of one too."""
    kernel = VCPU(State(0x1000, PSTATE(1), VBAR_EL2=0x8000, SPSR_EL1=0x3C5, ELR_EL1=0x9000))
    called = after(kernel, Unnamed(Kind.HVC, imm16), on=on).state
    assert (called.PC, called.ELR_EL2) == (0x8400, 0x1004)
    assert 0x5A00_0000 | imm16 == called.ESR_EL2


class TestAMachineWithoutEL2:
    """Its HVCs are calls of the firmware, and no control of EL2 acts."""

    ALONE = attrs.evolve(MACHINE, has_EL2=False)
    KERNEL = VCPU(State(0x1000, PSTATE(1), VBAR_EL1=0x4000, VBAR_EL2=0x8000, HCR_EL2=1 << 31))

    @pytest.mark.parametrize("imm16", [0, 1, 0xF088, 0x2000], ids=hex)
    def test_an_HVC_is_answered(self, imm16: int) -> None:
        """It returns behind itself, and nothing else of the PE changes."""
        found = after(self.KERNEL, Unnamed(Kind.HVC, imm16), on=self.ALONE)
        assert found == attrs.evolve(self.KERNEL, state=attrs.evolve(self.KERNEL.state, PC=0x1004))

    def test_pointer_authentication_that_L0_traps_is_executed_again(self) -> None:
        """HCR_EL2.API of an EL2 that is not there acts as 1."""
        esr = syndrome(ExceptionClass.PAC, 0)
        cpu = attrs.evolve(CPU, FEAT_PAuth=True)
        alone = Configuration(cpu, attrs.evolve(ALONE, FEAT_PAuth=True), has_EL2=False)
        found = handled(enter(self.KERNEL, L0.own, 0, alone), esr, 0, L0, alone)
        assert leave(found.hardware, alone) == self.KERNEL

    def test_a_register_that_L0_traps_is_reached(self) -> None:
        """MRS TPIDR2_EL0, which HFGRTR_EL2.nTPIDR2_EL0 would trap if there were one: op0 3, op1 3, CRn 13, CRm 0, 5."""
        cpu = attrs.evolve(CPU, FEAT_SME=True)
        alone = Configuration(cpu, attrs.evolve(ALONE, FEAT_SME=True), has_EL2=False)
        esr = 0x6200_0000 | 3 << 20 | 5 << 17 | 3 << 14 | 13 << 10 | 1
        found = handled(enter(self.KERNEL, L0.own, 0, alone), esr, 0, L0, alone)
        assert found.reached == Executed(number("TPIDR2_EL0"))
