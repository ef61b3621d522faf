"""Encodings without a register or an operation of the architecture: UNDEFINED, but for three spaces.

CRn 11 and 15 of op0 = 3 and of op0 = 1 are IMPLEMENTATION DEFINED, and can be trapped whether or not an implementation
has any. The identification space, op0 = 3 and CRn = 0, has encodings that are reserved and read as zero.

Source: DDI 0487, C5.3; AArch64.ImpDefSysRegRead and the functions beside it, UnimplementedIDRegister.
"""

from spec.access.controls.hypervisor import TID3_traps_reserved
from spec.access.controls.user import SCTLR_of_EL0
from spec.access.exception import level_for_EL1, undefined
from spec.access.instruction import Form, Instruction, system_syndrome
from spec.access.machine import Machine
from spec.access.outcome import Executed, Outcome, Trap
from spec.lang import transition
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import HCR_EL2


@transition("DDI 0487 C5.3.2, C5.3.3: CRn 11 and 15")
def is_implementation_defined(instruction: Instruction) -> bool:
    """Return whether an encoding is in the space that implementations may use as they like.

    >>> is_implementation_defined(Instruction(Form.MRS, 0xDFC0))
    True
    """
    op0, CRn = instruction.encoding >> 14, (instruction.encoding >> 7) & 0b1111
    of_register = ((instruction.form == Form.MRS) | (instruction.form == Form.MSR)) & (op0 == 0b11)
    of_operation = (instruction.form == Form.SYS) & (op0 == 0b01)
    return (of_register | of_operation) & ((CRn == 0b1011) | (CRn == 0b1111))


@transition("DDI 0487 D24.3.1: op0 = 3, op1 = 0, CRn = 0, CRm 1 to 7")
def is_reserved_identification(instruction: Instruction) -> bool:
    """Return whether an encoding is in the space of the identification registers, read-only and otherwise zero.

    >>> is_reserved_identification(Instruction(Form.MRS, 0xC03F))
    True
    """
    high, CRm = instruction.encoding >> 7, (instruction.encoding >> 3) & 0b1111
    return (instruction.form == Form.MRS) & (high == 0b110000000) & (CRm >= 1) & (CRm <= 7)


@transition("the accessors of S3_<op1>_<Cn>_<Cm>_<op2>: SCTLR_ELx.TIDCP, HCR_EL2.TIDCP")
def implementation_defined(instruction: Instruction, machine: Machine) -> Outcome:
    """Return what an IMPLEMENTATION DEFINED encoding does.

    >>> from spec.features import Features
    >>> implementation_defined(Instruction(Form.MRS, 0xDFC0), Machine(1, Features(), HCR_EL2=1 << 20)).el
    2
    """
    if (machine.el == 0) & machine.features.FEAT_TIDCP1 & SCTLR_EL1.TIDCP(SCTLR_of_EL0(machine)):
        return Trap(level_for_EL1(machine), system_syndrome(instruction))
    if (machine.el == 1) & HCR_EL2.TIDCP(machine.HCR_EL2):
        return Trap(2, system_syndrome(instruction))
    if machine.features.has_implementation_defined:
        return Executed(instruction.encoding)
    return undefined(machine)


@transition("UnimplementedIDRegister; the accessors of the identification registers")
def reserved_identification(instruction: Instruction, machine: Machine) -> Outcome:
    """Return what a read of a reserved identification register does: zero, at EL1 and EL2, where nothing traps it.

    >>> from spec.features import Features
    >>> reserved_identification(Instruction(Form.MRS, 0xC03F), Machine(2, Features()))
    Executed(register=49215)
    """
    if machine.el == 0:
        if machine.features.FEAT_IDST:
            return Trap(level_for_EL1(machine), system_syndrome(instruction))
        return undefined(machine)
    if (machine.el == 1) & TID3_traps_reserved(machine):
        return Trap(2, system_syndrome(instruction))
    return Executed(instruction.encoding)


@transition("DDI 0487 C5.3: encodings that are not allocated")
def unallocated(instruction: Instruction, machine: Machine) -> Outcome:
    """Return what an encoding does that has no register and no operation.

    >>> from spec.features import Features
    >>> unallocated(Instruction(Form.MRS, 0xC600), Machine(1, Features()))
    Undefined(el=1)
    """
    if is_implementation_defined(instruction):
        return implementation_defined(instruction, machine)
    if is_reserved_identification(instruction):
        return reserved_identification(instruction, machine)
    return undefined(machine)
