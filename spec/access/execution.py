"""Instructions that name no register: calls, returns, waits, floating-point and pointer authentication.

What they do when nothing traps is not described here, only who takes the exception that they cause or are trapped by.

Source: DDI 0487, the functions of J1.1 that each rule names.
"""

import enum
from typing import Annotated

import attrs

from spec.access.control import FP_TRAP, SME_TRAP, SVE_TRAP, UNCONDITIONAL, ExceptionClass
from spec.access.controls.debug import debug_exceptions_go_to_EL2
from spec.access.controls.floating_point import (
    FPEN_of_EL1,
    FPEN_of_EL2,
    SMEN_of_EL1,
    SMEN_of_EL2,
    ZEN_of_EL1,
    ZEN_of_EL2,
)
from spec.access.controls.user import SCTLR_of_EL0
from spec.access.exception import level_for_EL1, undefined
from spec.access.machine import Machine, NVx, host_EL0
from spec.access.outcome import Executed, Outcome, TargetLevel, Trap, Undefined
from spec.hcr import ELIsInHost
from spec.lang import Bits, Bits64, lean, negation, transition
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.fine_grained import HFGITR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

NO_REGISTER = 0
"""The register number of what names none."""


class Kind(enum.Enum):
    """What an instruction is, as far as traps go."""

    UDF = 0
    """Permanently UNDEFINED."""
    SVC = 1
    """Supervisor call."""
    HVC = 2
    """Hypervisor call."""
    SMC = 3
    """Secure monitor call."""
    BRK = 4
    """Breakpoint instruction."""
    HLT = 5
    """Halt: UNDEFINED, since halting is not allowed."""
    DCPS = 6
    """Debug change of PE state: UNDEFINED outside Debug state."""
    ERET = 7
    """Exception return."""
    ERETAA = 8
    """Exception return, authenticated with key A."""
    ERETAB = 9
    """Exception return, authenticated with key B."""
    WFI = 10
    """Wait for interrupt."""
    WFE = 11
    """Wait for event."""
    WFIT = 12
    """Wait for interrupt, with a deadline."""
    WFET = 13
    """Wait for event, with a deadline."""
    ESB = 14
    """Error synchronization barrier."""
    FP = 15
    """Floating-point or Advanced SIMD."""
    SVE = 16
    """SVE, outside Streaming SVE mode."""
    SME = 17
    """SME."""
    PAC_GENERIC = 18
    """PACGA."""
    PAC_IA = 19
    """Pointer authentication with instruction key A."""
    PAC_IB = 20
    """Pointer authentication with instruction key B."""
    PAC_DA = 21
    """Pointer authentication with data key A."""
    PAC_DB = 22
    """Pointer authentication with data key B."""
    NOP = 23
    """Anything that nothing here traps."""
    LD64B = 24
    """A load or store of 64 bytes in one: LD64B or ST64B."""
    ST64BV = 25
    """A store of 64 bytes with a status."""
    ST64BV0 = 26
    """A store of 64 bytes with a status, of which ACCDATA_EL1 has the first 32 bits."""
    MOPS = 27
    """Memory copy or memory set: CPY and SET."""


@lean
@attrs.frozen(weakref_slot=False)
class Unnamed:
    """An instruction that names no register."""

    kind: Kind
    """What it is."""
    imm16: Annotated[int, Bits(16)] = 0
    """Its immediate."""
    Rt: Annotated[int, Bits(5)] = 0
    """Of WFIT and WFET the register with the deadline."""


def syndrome(ec: ExceptionClass, iss: int) -> int:
    """Return ESR_ELx: EC, IL = 1, and ISS.

    >>> hex(syndrome(ExceptionClass.HVC, 0x1234))
    '0x5a001234'
    """
    return ec.value << 26 | 1 << 25 | iss


@transition("AArch64.CheckForWFxTrap, AArch64.WFxTrap")
def WFx_syndrome(instruction: Unnamed) -> Bits64:
    """Return ESR_ELx of a trapped wait: TI in 1:0, with a deadline RV in 2 and RN in 9:5.

    >>> hex(WFx_syndrome(Unnamed(Kind.WFIT, Rt=3)))
    '0x7e00066'
    """
    if instruction.kind == Kind.WFI:
        return syndrome(ExceptionClass.WFX, UNCONDITIONAL)
    if instruction.kind == Kind.WFE:
        return syndrome(ExceptionClass.WFX, UNCONDITIONAL | 0b01)
    timed = UNCONDITIONAL | 1 << 2 | instruction.Rt << 5
    if instruction.kind == Kind.WFIT:
        return syndrome(ExceptionClass.WFX, timed | 0b10)
    return syndrome(ExceptionClass.WFX, timed | 0b11)


@transition("AArch64.CheckForWFxTrap: SCTLR_ELx.{nTWI, nTWE}, HCR_EL2.{TWI, TWE}")
def wait(instruction: Unnamed, machine: Machine) -> Outcome:
    """Return what a wait does: EL1 may keep EL0 from it, EL2 the guest, and neither one that does not wait.

    The EL0 of a host is kept by SCTLR_EL2 alone, and HCR_EL2 never traps it.

    >>> from spec.features import Features
    >>> wait(Unnamed(Kind.WFI), Machine(1, Features(), HCR_EL2=1 << 13)).el
    2
    """
    if instruction.kind in (Kind.WFIT, Kind.WFET) and negation(machine.features.FEAT_WFxT):
        return undefined(machine)
    if negation(machine.would_wait):
        return Executed(NO_REGISTER)
    for_event = instruction.kind in (Kind.WFE, Kind.WFET)
    if machine.el == 0:
        value = SCTLR_of_EL0(machine)
        if negation(SCTLR_EL1.nTWE(value) if for_event else SCTLR_EL1.nTWI(value)):
            return Trap(level_for_EL1(machine), WFx_syndrome(instruction))
    if machine.el == 2:
        return Executed(NO_REGISTER)
    trapped = HCR_EL2.TWE(machine.HCR_EL2) if for_event else HCR_EL2.TWI(machine.HCR_EL2)
    if trapped & negation((machine.el == 0) & host_EL0(machine)):
        return Trap(2, WFx_syndrome(instruction))
    return Executed(NO_REGISTER)


@transition("AArch64.CheckForERetTrap: HCR_EL2.NV, HFGITR_EL2.ERET, then HCR_EL2.API")
def exception_return(instruction: Unnamed, machine: Machine) -> Outcome:
    """Return what an exception return does: from EL1 a guest hypervisor's traps to EL2.

    ISS says with bit 1 that it authenticates, with bit 0 that it does with key B. That trap comes before the one of
    the authentication.

    >>> from spec.features import Features
    >>> cpu = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True)
    >>> hex(exception_return(Unnamed(Kind.ERET), Machine(1, cpu, HCR_EL2=1 << 42)).esr)
    '0x6a000000'
    """
    authenticates = instruction.kind != Kind.ERET
    if authenticates and negation(machine.features.FEAT_PAuth):
        return undefined(machine)
    if machine.el == 0:
        return undefined(machine)
    if machine.el == 1:
        fine = machine.features.FEAT_FGT & HFGITR_EL2.ERET(machine.HFGITR_EL2)
        if ((NVx(machine) & 0b001) != 0) | fine:
            key = 1 if instruction.kind == Kind.ERETAB else 0
            return Trap(2, syndrome(ExceptionClass.ERET, (1 if authenticates else 0) << 1 | key))
    if instruction.kind == Kind.ERETAA:
        return authentication(Unnamed(Kind.PAC_IA), machine)
    if instruction.kind == Kind.ERETAB:
        return authentication(Unnamed(Kind.PAC_IB), machine)
    return Executed(NO_REGISTER)


@transition("AArch64.CheckForSVCTrap, AArch64.CallSupervisor")
def supervisor_call(instruction: Unnamed, machine: Machine) -> Trap:
    """Return the exception of an SVC: trapped before it is taken, the return address is its own.

    >>> from spec.features import Features
    >>> supervisor_call(Unnamed(Kind.SVC, 1), Machine(0, Features())).elr_offset
    4
    """
    esr = syndrome(ExceptionClass.SVC, instruction.imm16)
    if machine.features.FEAT_FGT:
        if (machine.el == 0) & HFGITR_EL2.SVC_EL0(machine.HFGITR_EL2) & negation(host_EL0(machine)):
            return Trap(2, esr)
        if (machine.el == 1) & HFGITR_EL2.SVC_EL1(machine.HFGITR_EL2):
            return Trap(2, esr)
    if machine.el == 2:
        return Trap(2, esr, elr_offset=4)
    return Trap(level_for_EL1(machine), esr, elr_offset=4)


@transition("the execution of HVC: HCR_EL2.HCD")
def hypervisor_call(instruction: Unnamed, machine: Machine) -> Trap | Undefined:
    """Return the exception of an HVC, which EL0 does not have, and which HCD takes from the others.

    >>> from spec.features import Features
    >>> hypervisor_call(Unnamed(Kind.HVC), Machine(1, Features(), HCR_EL2=1 << 29))
    Undefined(el=1)
    """
    if (machine.el == 0) | HCR_EL2.HCD(machine.HCR_EL2):
        return undefined(machine)
    return Trap(2, syndrome(ExceptionClass.HVC, instruction.imm16), elr_offset=4)


@transition("AArch64.CheckForSMCUndefOrTrap")
def monitor_call(instruction: Unnamed, machine: Machine) -> Trap | Undefined:
    """Return the exception of an SMC: UNDEFINED without EL3, unless EL2 traps it for a guest hypervisor.

    >>> from spec.features import Features
    >>> monitor_call(Unnamed(Kind.SMC), Machine(1, Features(), HCR_EL2=1 << 19))
    Undefined(el=1)
    """
    if (machine.el == 1) & ((NVx(machine) & 0b001) != 0) & HCR_EL2.TSC(machine.HCR_EL2):
        return Trap(2, syndrome(ExceptionClass.SMC, instruction.imm16))
    return undefined(machine)


@transition("AArch64.SoftwareBreakpoint: MDCR_EL2.TDE, HCR_EL2.TGE")
def breakpoint_instruction(instruction: Unnamed, machine: Machine) -> Trap:
    """Return the exception of a BRK: to EL2 where debug exceptions go there.

    >>> from spec.features import Features
    >>> breakpoint_instruction(Unnamed(Kind.BRK), Machine(1, Features(), MDCR_EL2=1 << 8)).el
    2
    """
    esr = syndrome(ExceptionClass.BRK, instruction.imm16)
    if (machine.el == 2) | debug_exceptions_go_to_EL2(machine):
        return Trap(2, esr)
    return Trap(1, esr)


@transition("AArch64.AdvSIMDFPAccessTrap: its target")
def floating_point_trap_of_EL1(machine: Machine) -> Trap | Undefined:
    """Return the exception of floating-point that EL1 disables; where TGE sends it to EL2 the reason is unknown.

    >>> from spec.features import Features
    >>> floating_point_trap_of_EL1(Machine(0, Features(), HCR_EL2=1 << 27))
    Undefined(el=2)
    """
    level: TargetLevel = level_for_EL1(machine)
    if level == 2:
        return Undefined(2)
    return Trap(1, FP_TRAP)


@transition("AArch64.CheckFPAdvSIMDEnabled")
def floating_point(machine: Machine) -> Outcome:
    """Return what a floating-point or Advanced SIMD instruction does.

    >>> from spec.features import Features
    >>> floating_point(Machine(1, Features(), CPACR_EL1=0b11 << 20, CPTR_EL2=1 << 10)).el
    2
    """
    if FPEN_of_EL1(machine):
        return floating_point_trap_of_EL1(machine)
    if FPEN_of_EL2(machine):
        return Trap(2, FP_TRAP)
    return Executed(NO_REGISTER)


@transition("CheckSVEEnabled, CheckOriginalSVEEnabled")
def scalable_vector(machine: Machine) -> Outcome:
    """Return what an SVE instruction does outside Streaming SVE mode: SVE is checked before floating-point.

    >>> from spec.features import Features
    >>> scalable_vector(Machine(1, Features(FEAT_SVE=True), CPACR_EL1=0b11 << 20)).el
    1
    """
    if negation(machine.features.FEAT_SVE):
        return undefined(machine)
    if ZEN_of_EL1(machine):
        return Trap(level_for_EL1(machine), SVE_TRAP)
    if FPEN_of_EL1(machine):
        return floating_point_trap_of_EL1(machine)
    if ZEN_of_EL2(machine):
        return Trap(2, SVE_TRAP)
    if FPEN_of_EL2(machine):
        return Trap(2, FP_TRAP)
    return Executed(NO_REGISTER)


@transition("CheckSMEEnabled")
def scalable_matrix(machine: Machine) -> Outcome:
    """Return what an SME instruction does: SME is checked before floating-point.

    >>> from spec.features import Features
    >>> scalable_matrix(Machine(1, Features(FEAT_SME=True), CPACR_EL1=0b11 << 20)).el
    1
    """
    if negation(machine.features.FEAT_SME):
        return undefined(machine)
    if SMEN_of_EL1(machine):
        return Trap(level_for_EL1(machine), SME_TRAP)
    if FPEN_of_EL1(machine):
        return floating_point_trap_of_EL1(machine)
    if SMEN_of_EL2(machine):
        return Trap(2, SME_TRAP)
    if FPEN_of_EL2(machine):
        return Trap(2, FP_TRAP)
    return Executed(NO_REGISTER)


@transition("AddPACIA and the functions beside it: SCTLR_ELx.{EnIA, EnIB, EnDA, EnDB}")
def key_is_enabled(kind: Kind, machine: Machine) -> bool:
    """Return whether the translation regime has a key of pointer authentication enabled; PACGA needs none.

    >>> from spec.features import Features
    >>> key_is_enabled(Kind.PAC_IA, Machine(1, Features(), SCTLR_EL1=1 << 31))
    True
    """
    if kind == Kind.PAC_GENERIC:
        return True
    value = machine.SCTLR_EL2 if machine.el == 2 else SCTLR_of_EL0(machine) if machine.el == 0 else machine.SCTLR_EL1
    if kind == Kind.PAC_IA:
        return SCTLR_EL1.EnIA(value)
    if kind == Kind.PAC_IB:
        return SCTLR_EL1.EnIB(value)
    if kind == Kind.PAC_DA:
        return SCTLR_EL1.EnDA(value)
    return SCTLR_EL1.EnDB(value)


@transition("AddPACIA and the functions beside it: HCR_EL2.API, TrapPACUse")
def authentication(instruction: Unnamed, machine: Machine) -> Outcome:
    """Return what a use of pointer authentication does: with the key enabled EL2 traps it, unless HCR_EL2.API is 1.

    >>> from spec.features import Features
    >>> hex(authentication(Unnamed(Kind.PAC_GENERIC), Machine(1, Features(FEAT_PAuth=True))).esr)
    '0x26000000'
    """
    if negation(machine.features.FEAT_PAuth):
        # PACGA has an encoding of its own; the others are hints, and do nothing.
        return undefined(machine) if instruction.kind == Kind.PAC_GENERIC else Executed(NO_REGISTER)
    spared = (machine.el == 2) | ELIsInHost(machine.el, machine.HCR_EL2, machine.features)
    trapped = negation(HCR_EL2.API(machine.HCR_EL2)) & negation(spared)
    if key_is_enabled(instruction.kind, machine) & trapped:
        return Trap(2, syndrome(ExceptionClass.PAC, 0))
    return Executed(NO_REGISTER)


@transition("CheckLDST64BEnabled, CheckST64BVEnabled, CheckST64BV0Enabled: {EnALS, EnASR, EnAS0}; FEAT_LS64")
def block_access(instruction: Unnamed, machine: Machine) -> Outcome:
    """Return what a load or store of 64 bytes does: EL1 may keep EL0 from it, and EL2 the guest.

    ISS is 0 of ST64BV, 1 of ST64BV0, and 2 of LD64B and ST64B.

    >>> from spec.features import Features
    >>> cpu = Features(FEAT_LS64=True, FEAT_HCX=True)
    >>> hex(block_access(Unnamed(Kind.LD64B), Machine(1, cpu)).esr)
    '0x2a000002'
    """
    features, SCTLR, HCRX = machine.features, SCTLR_of_EL0(machine), machine.HCRX_EL2
    if instruction.kind == Kind.LD64B:
        return enabled_by(SCTLR_EL1.EnALS(SCTLR), HCRX_EL2.EnALS(HCRX), 2, features.FEAT_LS64, machine)
    if instruction.kind == Kind.ST64BV:
        return enabled_by(SCTLR_EL1.EnASR(SCTLR), HCRX_EL2.EnASR(HCRX), 0, features.FEAT_LS64_V, machine)
    return enabled_by(SCTLR_EL1.EnAS0(SCTLR), HCRX_EL2.EnAS0(HCRX), 1, features.FEAT_LS64_ACCDATA, machine)


def enabled_by(SCTLR: bool, HCRX: bool, iss: int, is_implemented: bool, machine: Machine) -> Outcome:
    """Return what an instruction does that SCTLR_ELx enables for EL0 and HCRX_EL2 for a guest; its trap has an ISS.

    >>> from spec.features import Features
    >>> enabled_by(True, True, 0, False, Machine(0, Features()))
    Undefined(el=1)
    """
    if negation(is_implemented):
        return undefined(machine)
    if (machine.el == 0) & negation(SCTLR):
        return Trap(level_for_EL1(machine), syndrome(ExceptionClass.LS64, iss))
    if is_guests(machine) & negation(machine.features.FEAT_HCX & HCRX):
        return Trap(2, syndrome(ExceptionClass.LS64, iss))
    return Executed(NO_REGISTER)


@transition("CheckMOPSEnabled: SCTLR_ELx.MSCEn, HCRX_EL2.MSCEn; FEAT_MOPS")
def memory_operation(machine: Machine) -> Outcome:
    """Return what a memory copy or a memory set does, which EL1 may make UNDEFINED for EL0, and EL2 for the guest.

    >>> from spec.features import Features
    >>> memory_operation(Machine(1, Features(FEAT_MOPS=True, FEAT_HCX=True)))
    Undefined(el=1)
    """
    features = machine.features
    if negation(features.FEAT_MOPS):
        return undefined(machine)
    if is_guests(machine) & negation(features.FEAT_HCX & HCRX_EL2.MSCEn(machine.HCRX_EL2)):
        return undefined(machine)
    if (machine.el == 0) & negation(SCTLR_EL1.MSCEn(SCTLR_of_EL0(machine))):
        return undefined(machine)
    return Executed(NO_REGISTER)


@transition("EL2Enabled(), IsInHost(): EL1, and an EL0 that is no host's")
def is_guests(machine: Machine) -> bool:
    """Return whether an instruction is of EL1 or EL0 as a guest's, and not of the EL0 of a host.

    >>> from spec.features import Features
    >>> [is_guests(Machine(el, Features())) for el in (0, 1, 2)]
    [True, True, False]
    """
    return (machine.el == 1) | (machine.el == 0) & negation(host_EL0(machine))


def execute(instruction: Unnamed, machine: Machine) -> Outcome:
    """Return what an instruction does that names no register.

    >>> from spec.features import Features
    >>> execute(Unnamed(Kind.HLT), Machine(1, Features()))
    Undefined(el=1)
    """
    kind = instruction.kind
    if kind in (Kind.UDF, Kind.HLT, Kind.DCPS):
        return undefined(machine)
    if kind in (Kind.ESB, Kind.NOP):
        return Executed(NO_REGISTER)
    if kind in (Kind.WFI, Kind.WFE, Kind.WFIT, Kind.WFET):
        return wait(instruction, machine)
    if kind in (Kind.ERET, Kind.ERETAA, Kind.ERETAB):
        return exception_return(instruction, machine)
    calls = {
        Kind.SVC: supervisor_call,
        Kind.HVC: hypervisor_call,
        Kind.SMC: monitor_call,
        Kind.BRK: breakpoint_instruction,
    }
    if kind in calls:
        return calls[kind](instruction, machine)
    enabled = {
        Kind.FP: floating_point,
        Kind.SVE: scalable_vector,
        Kind.SME: scalable_matrix,
        Kind.MOPS: memory_operation,
    }
    if kind in enabled:
        return enabled[kind](machine)
    if kind in (Kind.LD64B, Kind.ST64BV, Kind.ST64BV0):
        return block_access(instruction, machine)
    return authentication(instruction, machine)
