"""The host hypervisor's step: what becomes of an instruction that a virtual machine issues on the hardware.

The hardware decides by what it has: L0's controls, and the registers of EL1. Then it either

* performs it, on a register of EL1 or in the page;
* takes an exception to EL1: to the guest hypervisor, or to its guest's kernel;
* takes it to L0, which reads the syndrome, takes the virtual machine's registers out of the hardware and its own
  memory, and does what :mod:`spec.nested.forwarding` says.

So nothing of the virtual machine is looked at but what is in hardware and in L0's memory. That the result is what the
architecture of the virtual machine does (:mod:`spec.nested.architecture`) is the equivalence.
"""

import attrs

from spec.access.allocation import ALLOCATED
from spec.access.control import ExceptionClass
from spec.access.decision import decide
from spec.access.execution import Kind, Unnamed, execute
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined
from spec.access.unallocated import unallocated
from spec.boot.paravirtual import Other, Return, Told, patched, patched_return, told
from spec.exceptions.entry import take
from spec.exceptions.returns import EntersAArch32, eret
from spec.exceptions.state import State
from spec.exceptions.syndrome import ExceptionRecord
from spec.features import Features
from spec.lang import MASK64, Bits64, add, invert, negation, transition, where
from spec.nested.architecture import NOTHING, Stepped, advanced, performed, returned
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.firmware import is_call_of_firmware
from spec.nested.forwarding import Verdict, answered, verdict
from spec.nested.hiding import beside
from spec.nested.injection import UNDEFINED, address_of_instruction, forwarded, handed_on, taken
from spec.nested.machines import hardware_machine, virtual_machine, without_EL2
from spec.nested.residence import is_replaced, number
from spec.nested.switch import Hardware, enter, in_hardware, leave
from spec.nested.vcpu import MOVING, VCPU, Context, context_of, value_of, with_values
from spec.sysregs.accessors import accessor
from spec.sysregs.accessors import register as register_of
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.reserved import RES1_bits
from spec.sysregs.tables import REGISTERS

OF_PE = tuple(name for name in MOVING if not name.endswith("_EL2"))
"""The registers of EL1 that move: the hardware has one of each for a virtual machine."""
SLOTS = {name: offset for name in MOVING if (offset := REGISTERS[name].VNCR_offset)}
"""The registers that have a slot in the page, with its offset in bytes."""
OTHER_SLOTS = {
    one.VNCR_offset: accessor(one.name).number
    for one in REGISTERS.values()
    if one.VNCR_offset and one.name not in MOVING
}
"""The registers of the other slots, by the offset in bytes: nothing but the page has them."""
SEEN_AS = {
    number("VPIDR_EL2"): number("MIDR_EL1"),
    number("VMPIDR_EL2"): number("MPIDR_EL1"),
    number("VDISR_EL2"): number("DISR_EL1"),
}
"""What a virtual EL2 means by the names by which EL1 of the hardware reaches these registers of L0."""


@attrs.frozen
class Host:
    """What the host hypervisor has of its own."""

    own: Controls
    """Its own controls."""
    page: Bits64
    """Where it has mapped the page at the virtual VNCR_EL2."""
    common: Machine
    """The registers that no context switch moves."""


@attrs.frozen
class Issued:
    """What became of an instruction."""

    hardware: Hardware
    """The hardware, and L0's memory."""
    value: Bits64 = 0
    """What an MRS of a register that moves has read."""
    reached: Executed | NVMem = NOTHING
    """What it reached that is not held: a register or an operation, or memory at the virtual VNCR_EL2."""


# -- what the hardware does ----------------------------------------------------------------------------------------


def read_in_hardware(hardware: Hardware, register: int, host: Features) -> Bits64:
    """Return what a register of the hardware reads as (64 bits), by its number: what is RES1 in it reads as 1."""
    found = where(register == number("VPIDR_EL2"), hardware.controls.VPIDR_EL2)
    found = found | where(register == number("VMPIDR_EL2"), hardware.controls.VMPIDR_EL2)
    for name in OF_PE:
        value = value_of(hardware.PE, name) | RES1_bits(register_of(name).kind, host)
        found = found | where(register == number(name), value)
    return found


def written_in_hardware(hardware: Hardware, register: int, value: Bits64, host: Features) -> Hardware:
    """Return the hardware with a value (64 bits) in a register of EL1, by its number, but for the bits it has not."""
    values = {}
    for name in OF_PE:
        mask = where(register == number(name), in_hardware(name, host))
        values[name] = value_of(hardware.PE, name) & invert(mask) | value & mask
    return attrs.evolve(hardware, PE=with_values(hardware.PE, values))


def read_in_page(hardware: Hardware, offset: int) -> Bits64:
    """Return what a slot of the page holds (64 bits)."""
    found = 0
    for name, slot in SLOTS.items():
        found = found | where(offset == slot, value_of(hardware.page, name))
    return found


def written_in_page(hardware: Hardware, offset: int, value: Bits64) -> Hardware:
    """Return the hardware with a value (64 bits) in a slot of the page."""
    values = {}
    for name, slot in SLOTS.items():
        mask = where(offset == slot, MASK64)
        values[name] = value_of(hardware.page, name) & invert(mask) | value & mask
    return attrs.evolve(hardware, page=with_values(hardware.page, values))


def with_PC(hardware: Hardware, pc: Bits64) -> Hardware:
    """Return the hardware at an address (64 bits)."""
    state = attrs.evolve(hardware.PE.state, PC=pc)
    return attrs.evolve(hardware, PE=attrs.evolve(hardware.PE, state=state))


def state_of(hardware: Hardware) -> State:
    """Return the state of the PE with L0's controls, by which it takes exceptions and returns from them."""
    given = hardware.controls
    return attrs.evolve(hardware.PE.state, HCR_EL2=given.HCR_EL2, HCRX_EL2=given.HCRX_EL2, MDCR_EL2=given.MDCR_EL2)


def with_state(hardware: Hardware, state: State) -> Hardware:
    """Return the hardware in another state, whose registers of EL2 are L0's as before."""
    kept = hardware.PE.state
    given = attrs.evolve(state, HCR_EL2=kept.HCR_EL2, HCRX_EL2=kept.HCRX_EL2, MDCR_EL2=kept.MDCR_EL2)
    return attrs.evolve(hardware, PE=attrs.evolve(hardware.PE, state=given))


@transition("AArch64.TakeException() to EL1")
def excepted_to_EL1(hardware: Hardware, exception: ExceptionRecord, back: Bits64, host: Features) -> Hardware:
    """Return the hardware after an exception to EL1 whose preferred return is an address (64 bits).

    >>> from spec.pstate import PSTATE
    >>> from spec.nested.switch import enter
    >>> cpu, zeros = Features(FEAT_VHE=True), Controls(*(0 for _ in attrs.fields(Controls)))
    >>> kernel = VCPU(State(0x1000, PSTATE(1), VBAR_EL1=0x8000))
    >>> hardware = enter(kernel, zeros, 0, Configuration(cpu, cpu))
    >>> hex(excepted_to_EL1(hardware, UNDEFINED, 0x1000, cpu).PE.state.PC)
    '0x8000'
    """
    return with_state(hardware, take(state_of(hardware), 1, exception, back, host))


def done_by_hardware(
    outcome: Executed | NVMem, instruction: Instruction, value: Bits64, hardware: Hardware, host: Features
) -> Issued:
    """Return what an MRS, MSR or SYS that nothing traps does in the hardware; an MSR writes ``value`` (64 bits)."""
    after = with_PC(hardware, add(hardware.PE.state.PC, 4))
    writes = instruction.form == Form.MSR
    is_guest = hardware.context == Context.GUEST
    if isinstance(outcome, NVMem):
        if is_guest:
            return Issued(after, reached=outcome)
        if outcome.offset not in SLOTS.values():
            return Issued(after, reached=Executed(OTHER_SLOTS[outcome.offset]))
        if writes:
            return Issued(written_in_page(after, outcome.offset, value))
        return Issued(after, read_in_page(hardware, outcome.offset))
    if not is_guest and outcome.register in SEEN_AS:
        return Issued(after, reached=Executed(SEEN_AS[outcome.register]))
    if outcome.register not in NUMBERS:
        return Issued(after, reached=outcome)
    if writes:
        return Issued(written_in_hardware(after, outcome.register, value, host))
    return Issued(after, read_in_hardware(hardware, outcome.register, host))


NUMBERS = frozenset((*(number(name) for name in OF_PE), number("VPIDR_EL2"), number("VMPIDR_EL2")))
"""The registers that the hardware has for a virtual machine."""


# -- what L0 does --------------------------------------------------------------------------------------------------


def emulated(instruction: Instruction, machine: Machine) -> Outcome:
    """Return what an MRS, MSR or SYS comes to that the hardware took to L0; ``machine`` is the virtual one."""
    accessor = ALLOCATED[instruction.form][instruction.encoding]
    return answered(accessor, instruction, machine) if accessor else unallocated(instruction, machine)


def handled(hardware: Hardware, esr: Bits64, value: Bits64, host: Host, configuration: Configuration) -> Issued:
    """Return what L0 makes of an exit with ESR_EL2 (64 bits), of an instruction that writes ``value`` (64 bits).

    The PC of the hardware is ELR_EL2. A call of the firmware (:mod:`spec.nested.firmware`) is passed: what it does to
    X0 to X3 and to the other PEs is not done here.
    """
    vcpu, guest = leave(hardware, configuration), configuration.guest
    machine = virtual_machine(vcpu, host.common, guest)
    machine = machine if configuration.has_EL2 else without_EL2(machine)
    instruction = stood_for(esr, context_of(vcpu, configuration), configuration)
    if isinstance(instruction, Instruction):
        vcpu = at_address(vcpu, address_of_instruction(esr, vcpu.state.PC))
        stepped = performed(emulated(instruction, machine), instruction, value, vcpu, guest)
    else:
        stepped = resolved(vcpu, esr, machine, configuration)
    entered = enter(stepped.vcpu, host.own, host.page, configuration)
    return Issued(entered, stepped.value, stepped.reached)


def at_address(vcpu: VCPU, pc: Bits64) -> VCPU:
    """Return the PE at an address (64 bits)."""
    return attrs.evolve(vcpu, state=attrs.evolve(vcpu.state, PC=pc))


@transition("spec.nested.forwarding: what is done about each verdict")
def resolved(vcpu: VCPU, esr: Bits64, machine: Machine, configuration: Configuration) -> Stepped:
    """Return what L0 makes of an instruction that names no register, of which ESR_EL2 (64 bits) tells.

    A return to AArch32 state leaves the model; the PE is as it was.

    >>> from spec.pstate import PSTATE
    >>> kernel, cpu = VCPU(State(0x1004, PSTATE(1), VBAR_EL2=0x8000)), Features()
    >>> made = resolved(kernel, 0x5A00_0000, Machine(1, cpu), Configuration(cpu, cpu))
    >>> hex(made.vcpu.state.PC), hex(made.vcpu.state.ELR_EL2)
    ('0x8400', '0x1004')
    """
    guest, context = configuration.guest, context_of(vcpu, configuration)
    found = verdict(esr, context, machine)
    if is_call_of_firmware(esr, configuration) & negation(found == Verdict.FORWARDED):
        found = Verdict.ANSWERED
    at_it = at_address(vcpu, address_of_instruction(esr, vcpu.state.PC) if is_HVC(esr) else vcpu.state.PC)
    if is_return_that_is_not_there(esr, context, configuration):
        return Stepped(taken(UNDEFINED, at_it, configuration))
    if is_return(esr, context, configuration) | (found == Verdict.RETURNED):
        after = returned(at_it, guest)
        return Stepped(at_it) if isinstance(after, EntersAArch32) else after
    if found == Verdict.FORWARDED:
        trapped = at_address(vcpu, address_of_instruction(esr, vcpu.state.PC))
        return Stepped(taken(forwarded(esr, 0), trapped, configuration))
    if found == Verdict.UNDEFINED:
        return Stepped(taken(UNDEFINED, at_it, configuration))
    if found == Verdict.TAKEN:
        return Stepped(taken(handed_on(esr, 0), at_it, configuration))
    if found == Verdict.ANSWERED:
        return Stepped(advanced(at_it))
    return Stepped(at_it)


@transition("spec.boot.paravirtual: an HVC that stands for an instruction of EL2")
def stood_for(esr: Bits64, context: Context, configuration: Configuration) -> Told:
    """Return which instruction of EL2 a syndrome (64 bits) tells of, of an exit from a context.

    An HVC stands for another instruction where the guest hypervisor is paravirtual, and it is the guest hypervisor's.
    Every other HVC is itself, whatever its immediate.

    >>> cpu = Features(FEAT_VHE=True)
    >>> both = Configuration(cpu, cpu, way=Way.PARAVIRTUAL)
    >>> [type(stood_for(0x5A00_F088, one, both)).__name__ for one in (Context.HYPERVISOR, Context.GUEST)]
    ['Instruction', 'Other']
    """
    of_hypervisor = (configuration.way == Way.PARAVIRTUAL) & (context == Context.HYPERVISOR)
    if is_HVC(esr) & negation(of_hypervisor):
        return Other()
    return told(esr)


@transition("spec.boot.paravirtual: an HVC that stands for an exception return")
def is_return(esr: Bits64, context: Context, configuration: Configuration) -> bool:
    """Return whether a syndrome (64 bits) tells of a guest hypervisor's exception return that an HVC stands for.

    >>> cpu = Features(FEAT_VHE=True)
    >>> both = Configuration(cpu, cpu, way=Way.PARAVIRTUAL)
    >>> [is_return(esr, Context.HYPERVISOR, both) for esr in (0x5A00_2000, 0x5A00_0000)]
    [True, False]
    """
    return isinstance(stood_for(esr, context, configuration), Return) & is_HVC(esr)


@transition("ERETAA, ERETAB; FEAT_PAuth")
def is_return_that_is_not_there(esr: Bits64, context: Context, configuration: Configuration) -> bool:
    """Return whether a syndrome (64 bits) tells of an ERETAA or ERETAB in a machine without pointer authentication.

    The hardware may have it, and an HVC is taken whichever instruction it stands for.

    >>> both = Configuration(Features(), Features(), way=Way.PARAVIRTUAL)
    >>> [is_return_that_is_not_there(esr, Context.HYPERVISOR, both) for esr in (0x5A00_2000, 0x5A00_2002)]
    [False, True]
    """
    found = stood_for(esr, context, configuration)
    if isinstance(found, Return):
        return found.authenticates & negation(configuration.guest.FEAT_PAuth)
    return False


def is_HVC(esr: Bits64) -> bool:
    """Return whether a syndrome (64 bits) is that of an HVC: its ELR_EL2 is the address of the next instruction."""
    return ESR_EL2.EC(esr) == ExceptionClass.HVC.value


# -- the step ------------------------------------------------------------------------------------------------------


def is_changed(hardware: Hardware, way: Way) -> bool:
    """Return whether the code that runs is a paravirtual guest hypervisor's, whose instructions of EL2 are HVCs."""
    return way == Way.PARAVIRTUAL and hardware.context != Context.GUEST and hardware.PE.state.PSTATE.EL == 1


def as_called(instruction: Unnamed, hardware: Hardware, way: Way) -> Unnamed:
    """Return what the code that runs has in the place of an instruction that names no register."""
    return patched_return(instruction) if is_changed(hardware, way) and instruction.kind in RETURNS else instruction


def as_issued(instruction: Instruction | Unnamed, hardware: Hardware, way: Way) -> Instruction | Unnamed:
    """Return what the code that runs has in the place of an instruction."""
    if isinstance(instruction, Unnamed):
        return as_called(instruction, hardware, way)
    if is_changed(hardware, way) and is_replaced(instruction, way, hardware.E2H):
        return patched(instruction)
    return instruction


RETURNS = (Kind.ERET, Kind.ERETAA, Kind.ERETAB)
"""The exception returns."""


def host_step(
    hardware: Hardware, instruction: Instruction | Unnamed, value: Bits64, host: Host, configuration: Configuration
) -> Issued | EntersAArch32:
    """Return what becomes of an instruction of plain numbers; an MSR writes ``value`` (64 bits).

    >>> from spec.pstate import PSTATE
    >>> from spec.nested.switch import enter
    >>> cpu = Features(FEAT_VHE=True, FEAT_NV=True, FEAT_NV2=True)
    >>> zeros = Controls(*(0 for _ in attrs.fields(Controls)))
    >>> machine, own = Configuration(cpu, cpu), Host(zeros, 0, Machine(1, cpu))
    >>> hardware = enter(VCPU(State(0x1000, PSTATE(2))), zeros, 0, machine)
    >>> after = host_step(hardware, Instruction(Form.MSR, 0xE08A), 7, own, machine).hardware  # MSR CPTR_EL2
    >>> hex(leave(after, machine).registers.CPTR_EL2), hex(leave(after, machine).state.PC)
    ('0x7', '0x1004')
    """
    cpu = configuration.host
    issued = as_issued(instruction, hardware, configuration.way)
    machine = hardware_machine(hardware, beside(host.common, configuration), cpu)
    pc = hardware.PE.state.PC
    outcome = execute(issued, machine) if isinstance(issued, Unnamed) else decide(issued, machine)
    if isinstance(outcome, Trap) and outcome.el == 2:
        return handled(with_PC(hardware, add(pc, outcome.elr_offset)), outcome.esr, value, host, configuration)
    if isinstance(outcome, Trap):
        return Issued(excepted_to_EL1(hardware, forwarded(outcome.esr, 0), add(pc, outcome.elr_offset), cpu))
    if isinstance(outcome, Undefined):
        return Issued(excepted_to_EL1(hardware, UNDEFINED, pc, cpu))
    if isinstance(issued, Instruction):
        return done_by_hardware(outcome, issued, value, hardware, cpu)
    if issued.kind in RETURNS:
        after = eret(state_of(hardware), cpu)
        return after if isinstance(after, EntersAArch32) else Issued(with_state(hardware, after))
    return Issued(with_PC(hardware, add(pc, 4)))
