"""The exceptions that an access takes: to which Exception level, with which syndrome.

Source: DDI 0487 J1.1, AArch64.SystemAccessTrap, AArch64.UndefinedFault, AArch64.AdvSIMDFPAccessTrap, SVEAccessTrap.
"""

from spec.access.control import Control, ExceptionClass, Taker
from spec.access.instruction import Instruction, system_syndrome
from spec.access.machine import Machine
from spec.access.outcome import TargetLevel, Trap, Undefined
from spec.lang import transition
from spec.sysregs.hypervisor import HCR_EL2


@transition("AArch64.SystemAccessTrap, AArch64.UndefinedFault: HCR_EL2.TGE")
def level_for_EL1(machine: Machine) -> TargetLevel:
    """Return the Exception level of an exception for EL1: EL2 from an EL0 whose exceptions TGE sends there.

    >>> from spec.features import Features
    >>> level_for_EL1(Machine(0, Features(), HCR_EL2=1 << 27)), level_for_EL1(Machine(0, Features()))
    (2, 1)
    """
    if machine.el == 0 and HCR_EL2.TGE(machine.HCR_EL2):
        return 2
    return 1


@transition("AArch64.UndefinedFault")
def undefined(machine: Machine) -> Undefined:
    """Return that an instruction is UNDEFINED, taken to EL1 or to the current Exception level if that is higher.

    >>> from spec.features import Features
    >>> undefined(Machine(2, Features()))
    Undefined(el=2)
    """
    if machine.el == 2:
        return Undefined(2)
    return Undefined(level_for_EL1(machine))


@transition("AArch64.SystemAccessTrap: its target and its syndrome")
def trapped(control: Control, instruction: Instruction, machine: Machine) -> Trap | Undefined:
    """Return the exception that a control causes.

    Floating-point that EL1 disables is reported to EL2 as UNDEFINED, if TGE sends the exception there.

    >>> from spec.access.controls.hypervisor import HCR_CONTROLS
    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> trapped(HCR_CONTROLS[1], Instruction(Form.MSR, 0xC080), Machine(1, Features()))
    Trap(el=2, esr=1647313920, elr_offset=0)
    """
    esr = control.esr or system_syndrome(instruction)
    if control.taker == Taker.EL2:
        return Trap(2, esr)
    if control.taker == Taker.CURRENT and machine.el == 2:
        return Trap(2, esr)
    level = level_for_EL1(machine)
    if control.ec == ExceptionClass.FP and level == 2:
        return Undefined(2)
    return Trap(level, esr)
