"""The decision: what an MRS, MSR or SYS does at an Exception level, in the architecture's order of priority.

1. An encoding that is not allocated, or not implemented, is UNDEFINED.
2. So is one of a higher Exception level, but for what a guest hypervisor at EL1 may be given instead (NV), and for
   the identification registers (FEAT_IDST).
3. The controls trap, those of EL1 before those of EL2.
4. What is not trapped reaches memory, another register, or the register that it names.

Source: DDI 0487, the pseudocode of the accessors in D24.2 to D24.12 and C5.3 to C5.7.
"""

from spec.access.accessor import Accessor, Group, Slot
from spec.access.allocation import ALLOCATED
from spec.access.exception import level_for_EL1, trapped, undefined
from spec.access.instruction import Instruction, system_syndrome
from spec.access.machine import E2H, HCRX_is_enabled, Machine, NVx, host_EL0
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined
from spec.access.unallocated import unallocated
from spec.lang import negation, transition
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.performance import PMSELR_EL0


@transition("the accessors at EL1 of what is UNDEFINED there: EffectiveHCR_EL2_NVx")
def for_guest_hypervisor(accessor: Accessor, instruction: Instruction, machine: Machine) -> Outcome:
    """Return what an access of EL2 does at EL1: NV traps it, and NV2 redirects some to memory or to an EL1 register.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> cpu = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True)
    >>> nested = Machine(1, cpu, HCR_EL2=1 << 42 | 1 << 45)
    >>> for_guest_hypervisor(accessor_of(Form.MRS, 0xE088), Instruction(Form.MRS, 0xE088), nested)
    NVMem(offset=120)
    """
    bits = NVx(machine)
    if (bits & 0b001) == 0:
        return undefined(machine)
    for control in accessor.controls_with_NV:
        if control.is_trapping(machine):
            return trapped(control, instruction, machine)
    if (bits & 0b100) != 0:
        if accessor.slot == Slot.ALWAYS or (accessor.slot == Slot.ALIAS and (bits & 0b010) == 0):
            return NVMem(accessor.offset)
        if accessor.NV2_register:
            return Executed(accessor.NV2_register)
    return Trap(2, system_syndrome(instruction))


@transition("the accessors below their Exception level: FEAT_IDST, HCR_EL2.NV")
def below_its_level(accessor: Accessor, instruction: Instruction, machine: Machine) -> Outcome:
    """Return what an access does below the Exception level that may use it.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> midr = accessor_of(Form.MRS, 0xC000)
    >>> below_its_level(midr, Instruction(Form.MRS, 0xC000), Machine(0, Features()))
    Undefined(el=1)
    """
    if accessor.for_guest_hypervisor and machine.el == 1:
        return for_guest_hypervisor(accessor, instruction, machine)
    if accessor.is_identification and machine.features.FEAT_IDST:
        return Trap(level_for_EL1(machine), system_syndrome(instruction))
    return undefined(machine)


@transition("HCR_EL2.{FMO, IMO, AMO}: the accessors of the ICC_ registers and of DISR_EL1 at EL1")
def is_virtual(group: Group, machine: Machine) -> bool:
    """Return whether the interrupts of a group are virtual, so that EL1 reaches their virtual register.

    >>> from spec.features import Features
    >>> is_virtual(Group.ZERO, Machine(1, Features(), HCR_EL2=1 << 3))
    True
    """
    FMO, IMO = HCR_EL2.FMO(machine.HCR_EL2), HCR_EL2.IMO(machine.HCR_EL2)
    if group == Group.ZERO:
        return FMO
    if group == Group.ONE:
        return IMO
    if group == Group.ANY:
        return FMO | IMO
    TMEA = machine.features.FEAT_DoubleFault2 & HCRX_is_enabled(machine) & HCRX_EL2.TMEA(machine.HCRX_EL2)
    return HCR_EL2.AMO(machine.HCR_EL2) | TMEA


@transition("the accessors, where nothing traps: ELIsInHost, EffectiveHCR_EL2_NVx, VPIDR_EL2, ICV_ registers")
def reached(accessor: Accessor, machine: Machine) -> Executed | NVMem:
    """Return the register, or the memory, that an access reaches which nothing traps.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> host = Machine(2, Features(FEAT_VHE=True, FEAT_E2H0=True), HCR_EL2=1 << 34)
    >>> reached(accessor_of(Form.MRS, 0xC080), host)
    Executed(register=57472)
    """
    if accessor.selected_from:
        return Executed(accessor.selected_from + PMSELR_EL0.SEL(machine.PMSELR_EL0))
    if machine.el == 2:
        if accessor.E2H_register and accessor.is_banked(machine) and E2H(machine):
            return Executed(accessor.E2H_register)
        return Executed(accessor.register)
    if machine.el == 0:
        if accessor.host_EL0_register and host_EL0(machine):
            return Executed(accessor.host_EL0_register)
        return Executed(accessor.register)
    if accessor.slot != Slot.NONE:
        slot = accessor.slot if accessor.is_banked(machine) else accessor.unbanked_slot
        bits = NVx(machine)
        if (slot == Slot.NV1 and bits == 0b111) or (slot == Slot.ALWAYS and (bits & 0b101) == 0b101):
            return NVMem(accessor.offset)
    if accessor.virtual and is_virtual(accessor.group, machine):
        return Executed(accessor.virtual)
    return Executed(accessor.EL1_register or accessor.register)


@transition("GetNumEventCountersSelfHosted: the accessors of PMXEVCNTR_EL0 and PMXEVTYPER_EL0")
def selects_no_counter(accessor: Accessor, machine: Machine) -> bool:
    """Return whether PMSELR_EL0.SEL selects an event counter that there is not; 31 is the filter of cycles.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> selects_no_counter(accessor_of(Form.MRS, 0xDCEA), Machine(2, Features(event_counters=6), PMSELR_EL0=6))
    True
    """
    selected = PMSELR_EL0.SEL(machine.PMSELR_EL0)
    filters_cycles = (selected == 31) & (accessor.name == "PMXEVTYPER_EL0")
    return (selected >= machine.features.event_counters) & negation(filters_cycles)


@transition("the accessors of the _EL12 names, of SP_EL0, PMXEVCNTR_EL0 and PMXEVTYPER_EL0")
def is_undefined_now(accessor: Accessor, machine: Machine) -> bool:
    """Return whether an access is UNDEFINED at an Exception level that may use its name.

    The _EL12 and _EL02 names need E2H, SP_EL0 that it is not the selected stack pointer, and a name of the selected
    counter that there is one.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> is_undefined_now(accessor_of(Form.MRS, 0xE880), Machine(2, Features()))
    True
    """
    if accessor.is_alias:
        return negation(E2H(machine))
    if accessor.needs_selected_SP:
        return negation(machine.SP)
    return selects_no_counter(accessor, machine)


@transition("UnimplementedIDRegister")
def not_implemented(accessor: Accessor, instruction: Instruction, machine: Machine) -> Trap | Undefined:
    """Return what an access does that the implementation does not have.

    It is UNDEFINED; of an identification register FEAT_IDST reports it with EC 0x18.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> gmid = accessor_of(Form.MRS, 0xC804)
    >>> not_implemented(gmid, Instruction(Form.MRS, 0xC804), Machine(1, Features(FEAT_IDST=True))).el
    1
    """
    if accessor.is_identification and machine.features.FEAT_IDST:
        if machine.el == 2:
            return Trap(2, system_syndrome(instruction))
        return Trap(level_for_EL1(machine), system_syndrome(instruction))
    return undefined(machine)


@transition("the accessors of DDI 0487 D24.2 to D24.12, C5.3 and C5.5 to C5.7")
def access(accessor: Accessor, instruction: Instruction, machine: Machine) -> Outcome:
    """Return what an allocated MRS, MSR or SYS does.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> access(accessor_of(Form.MRS, 0xC080), Instruction(Form.MRS, 0xC080), Machine(1, Features()))
    Executed(register=49280)
    """
    el = machine.el
    if not accessor.is_implemented(machine.features):
        return not_implemented(accessor, instruction, machine)
    if el < accessor.level:
        return below_its_level(accessor, instruction, machine)
    if accessor.is_conditional and is_undefined_now(accessor, machine):
        return undefined(machine)
    if el == 1:
        controls = accessor.controls_at[1]
    elif el == 2:
        controls = accessor.controls_at[2]
    else:
        controls = accessor.controls_of_host_EL0 if host_EL0(machine) else accessor.controls_at[0]
    for control in controls:
        if control.is_trapping(machine):
            return trapped(control, instruction, machine)
    return reached(accessor, machine)


def decide(instruction: Instruction, machine: Machine) -> Outcome:
    """Return what an MRS, MSR or SYS does: the decision of this module, for an instruction of plain numbers.

    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> decide(Instruction(Form.MRS, 0xFFFF), Machine(1, Features()))
    Undefined(el=1)
    """
    accessor = ALLOCATED[instruction.form][instruction.encoding]
    if accessor is None:
        return unallocated(instruction, machine)
    return access(accessor, instruction, machine)
