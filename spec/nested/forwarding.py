"""Forwarding: what L0 makes of an instruction of a virtual machine that the hardware took to it.

The hardware traps what either hypervisor wants to trap (:mod:`spec.nested.controls`). L0 looks whether the guest
hypervisor's own controls want it: then it takes the exception, with the syndrome that the architecture gives it there.
What it does not want is L0's alone; L0 does what the instruction would have done, or, of one that names no register,
removes what hindered it and lets it be executed again::

    taken from        by a control of     what L0 does
    guest             the hypervisor      the exception at the virtual EL2
    guest             L0 alone            what the instruction does at EL1 or EL0
    the hypervisor    NV, or L0 alone     what the instruction does at EL2: its exception there, or its effect

What the virtual machine is not offered is UNDEFINED, whoever would trap it: L0 has the hardware take it to itself
(:mod:`spec.nested.hiding`). What the hardware finds UNDEFINED, and what EL1 traps for itself, does not come here.

Source: DDI 0487 D24.2 to D24.12, the accessors; D8.14, nested virtualization.
"""

import enum
import itertools

from spec.access.accessor import Accessor, Slot
from spec.access.control import Control, ExceptionClass, Taker
from spec.access.controls.floating_point import FPEN_of_EL2, SMEN_of_EL2, ZEN_of_EL2
from spec.access.decision import is_undefined_now, not_implemented, reached
from spec.access.exception import trapped, undefined
from spec.access.instruction import Instruction, system_syndrome
from spec.access.machine import Machine, NVx, host_EL0
from spec.access.outcome import Executed, NVMem, Outcome, Trap
from spec.exceptions.state import Bits25
from spec.features import Features
from spec.lang import Bits6, Bits64, bit, bits, every, implies, negation, some, transition
from spec.nested.vcpu import Context
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.fine_grained import HFGITR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.syndrome import WFxISS

# -- MRS, MSR and SYS ----------------------------------------------------------------------------------------------


def from_EL2_on(controls: tuple[Control, ...]) -> tuple[Control, ...]:
    """Return the controls of an access from the first of EL2 on: the hardware has looked at those before."""
    return tuple(itertools.dropwhile(lambda one: one.taker != Taker.EL2, controls))


def open_controls(accessor: Accessor, el: int, of_host: bool) -> tuple[Control, ...]:
    """Return the controls, in order, of which the hardware has not said that they trap an access from a virtual EL."""
    if el == 2:
        return accessor.controls_at[2]
    if el < accessor.level:
        return accessor.controls_with_NV
    return from_EL2_on(accessor.controls_of_host_EL0 if of_host else accessor.controls_at[el])


def redirected(accessor: Accessor, instruction: Instruction, machine: Machine) -> Outcome:
    """Return what an access of EL2 by a guest hypervisor's own guest hypervisor does that no control but NV traps."""
    bits_of_NV = NVx(machine)
    if bit(bits_of_NV, 2):
        if accessor.slot == Slot.ALWAYS:
            return NVMem(accessor.offset)
        if accessor.slot == Slot.ALIAS and negation(bit(bits_of_NV, 1)):
            return NVMem(accessor.offset)
        if accessor.NV2_register:
            return Executed(accessor.NV2_register)
    return Trap(2, system_syndrome(instruction))


@transition("DDI 0487 D24.2 to D24.12: the controls of EL2, in the order of priority")
def answered(accessor: Accessor, instruction: Instruction, machine: Machine) -> Outcome:
    """Return what an MRS, MSR or SYS comes to that the hardware took to L0; ``machine`` is the virtual one.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> sctlr, write = accessor_of(Form.MSR, 0xC080), Instruction(Form.MSR, 0xC080)
    >>> answered(sctlr, write, Machine(1, Features()))
    Executed(register=49280)
    >>> answered(sctlr, write, Machine(1, Features(), HCR_EL2=1 << 26)).el
    2
    """
    el = machine.el
    if not accessor.is_implemented(machine.features):
        return not_implemented(accessor, instruction, machine)
    if el == 2 and (accessor.level > 2 or (accessor.is_conditional and is_undefined_now(accessor, machine))):
        return undefined(machine)
    for level, of_host in ((0, False), (0, True), (1, False), (2, False)):
        if (el == level) & ((host_EL0(machine) & (el == 0)) == of_host):
            for control in open_controls(accessor, level, of_host):
                if control.is_trapping(machine):
                    return trapped(control, instruction, machine)
    if el < accessor.level:
        return redirected(accessor, instruction, machine)
    return reached(accessor, machine)


# -- instructions that name no register ----------------------------------------------------------------------------


class Verdict(enum.Enum):
    """What L0 does about an instruction that names no register."""

    FORWARDED = 0
    """The guest hypervisor takes the trap, with the syndrome that the hardware gave."""
    TAKEN = 1
    """The virtual machine takes the exception that the instruction is for: an SVC, an HVC, a BRK."""
    RETURNED = 2
    """The guest hypervisor returns from an exception."""
    ANSWERED = 3
    """L0 answers an SMC, in place of the firmware of EL3."""
    UNDEFINED = 4
    """The instruction is UNDEFINED."""
    RESOLVED = 5
    """L0 removes what hindered the instruction, which is executed again."""


@transition("DDI 0487 D24.2: HCR_EL2.{TWI, TWE, TSC, NV, API}, HCRX_EL2.{EnALS, EnASR, EnAS0}, HFGITR_EL2, CPTR_EL2")
def is_wanted(ec: Bits6, iss: Bits25, machine: Machine) -> bool:
    """Return whether the guest hypervisor's controls trap an instruction of its guest with EC (6 bits) and ISS.

    ``machine`` is the virtual one, at EL1 or EL0. The instructions are those that name no register.

    >>> from spec.features import Features
    >>> is_wanted(ExceptionClass.WFX.value, 0, Machine(1, Features(), HCR_EL2=1 << 13))
    True
    """
    hcr, features = machine.HCR_EL2, machine.features
    if ec == ExceptionClass.WFX.value:
        return HCR_EL2.TWE(hcr) if bit(WFxISS.TI(iss), 0) else HCR_EL2.TWI(hcr)
    if ec == ExceptionClass.ERET.value:
        return bit(NVx(machine), 0) | features.FEAT_FGT & HFGITR_EL2.ERET(machine.HFGITR_EL2)
    if ec == ExceptionClass.SVC.value:
        of_EL0, of_EL1 = HFGITR_EL2.SVC_EL0(machine.HFGITR_EL2), HFGITR_EL2.SVC_EL1(machine.HFGITR_EL2)
        return features.FEAT_FGT & (of_EL0 if machine.el == 0 else of_EL1)
    if ec == ExceptionClass.SMC.value:
        return HCR_EL2.TSC(hcr)
    if ec == ExceptionClass.PAC.value:
        return negation(HCR_EL2.API(hcr))
    if ec == ExceptionClass.LS64.value:
        return negation(features.FEAT_HCX & is_enabled_by_HCRX(iss, machine.HCRX_EL2))
    if ec == ExceptionClass.FP.value:
        return FPEN_of_EL2(machine)
    if ec == ExceptionClass.SVE.value:
        return ZEN_of_EL2(machine)
    if ec == ExceptionClass.SME.value:
        return SMEN_of_EL2(machine)
    return False


@transition("HCRX_EL2.{EnALS, EnASR, EnAS0}; ISS of EC 0x0A")
def is_enabled_by_HCRX(iss: Bits25, HCRX: Bits64) -> bool:
    """Return whether HCRX_EL2 (64 bits) enables a load or store of 64 bytes, by ISS; what is none of these it does.

    >>> [is_enabled_by_HCRX(iss, 1 << 1) for iss in (0, 1, 2, 3)]
    [False, False, True, True]
    """
    return every(
        implies(iss == 0, HCRX_EL2.EnASR(HCRX)),
        implies(iss == 1, HCRX_EL2.EnAS0(HCRX)),
        implies(iss == 2, HCRX_EL2.EnALS(HCRX)),
    )


@transition("the check of each instruction: FEAT_SVE, FEAT_SME, FEAT_PAuth, FEAT_WFxT, FEAT_LS64")
def is_not_offered(ec: Bits6, iss: Bits25, features: Features) -> bool:
    """Return whether an instruction that names no register, by EC (6 bits) and ISS, is of a feature that is not there.

    Of pointer authentication the syndrome does not tell which instruction it was: what is a hint, and should do
    nothing, is UNDEFINED too.

    >>> is_not_offered(ExceptionClass.SVE.value, 0, Features())
    True
    """
    return some(
        (ec == ExceptionClass.SVE.value) & negation(features.FEAT_SVE),
        (ec == ExceptionClass.SME.value) & negation(features.FEAT_SME),
        (ec == ExceptionClass.PAC.value) & negation(features.FEAT_PAuth),
        (ec == ExceptionClass.WFX.value) & bit(WFxISS.TI(iss), 1) & negation(features.FEAT_WFxT),
        (ec == ExceptionClass.LS64.value) & (iss == 0) & negation(features.FEAT_LS64_V),
        (ec == ExceptionClass.LS64.value) & (iss == 1) & negation(features.FEAT_LS64_ACCDATA),
        (ec == ExceptionClass.LS64.value) & (iss == 2) & negation(features.FEAT_LS64),
    )


@transition("DDI 0487 D8.14; HCR_EL2, CPTR_EL2, HFGITR_EL2 of the guest hypervisor")
def verdict(esr: Bits64, context: Context, machine: Machine) -> Verdict:
    """Return what L0 does about an instruction that the hardware took to it with ESR_EL2 (64 bits).

    ``machine`` is the virtual one. What it is not offered is UNDEFINED before any control of its own acts. No control
    of the guest hypervisor acts on itself, nor on its EL0 as a host, that the hardware does not look at for it.

    >>> from spec.features import Features
    >>> verdict(0x0700_0000, Context.GUEST, Machine(1, Features(), HCR_EL2=1 << 14))
    <Verdict.RESOLVED: 5>
    """
    ec = bits(ESR_EL2.EC(esr), 5, 0)
    if is_not_offered(ec, bits(ESR_EL2.ISS(esr), 24, 0), machine.features):
        return Verdict.UNDEFINED
    if (context == Context.GUEST) & is_wanted(ec, bits(ESR_EL2.ISS(esr), 24, 0), machine):
        return Verdict.FORWARDED
    if (ec == ExceptionClass.HVC.value) & HCR_EL2.HCD(machine.HCR_EL2):
        return Verdict.UNDEFINED
    if some(*(ec == one.value for one in (ExceptionClass.SVC, ExceptionClass.HVC, ExceptionClass.BRK))):
        return Verdict.TAKEN
    if (ec == ExceptionClass.ERET.value) & (context == Context.HYPERVISOR):
        return Verdict.RETURNED
    if ec == ExceptionClass.SMC.value:
        return Verdict.ANSWERED
    return Verdict.RESOLVED
