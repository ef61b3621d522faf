"""Aborts: how a fault is reported, and to which Exception level.

A fault of stage 2 goes to EL2, one of stage 1 to EL1 unless the access was at EL2 or TGE sends the exceptions of EL0
there. ESR_ELx holds its class and status, FAR_ELx the virtual address, and HPFAR_EL2 the page of the intermediate
physical address for a fault of stage 2: of a Permission fault on the access itself it is UNKNOWN.

What ESR_ELx.ISS says of the instruction (ISV, SAS, SSE, SRT, SF, AR) is not derived: a translation has no
instruction. It is 0 here, as for an instruction that reports none.
"""

from typing import Annotated

import attrs

from spec.features import Features
from spec.lang import Bits, Bits2, Bits6, Bits64, bits, transition
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind, fault_status
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HPFAR_EL2
from spec.sysregs.syndrome import AbortISS2, DataAbortISS, InstructionAbortISS

Bits24 = Annotated[int, Bits(24)]
"""A word of 24 bits: ESR_ELx.ISS2."""
Bits25 = Annotated[int, Bits(25)]
"""A word of 25 bits: ESR_ELx.ISS."""


@attrs.frozen
class Reported:
    """HPFAR_EL2 as an abort leaves it."""

    HPFAR_EL2: Bits64
    """The page of the intermediate physical address."""


@attrs.frozen
class Unknown:
    """An abort leaves HPFAR_EL2 UNKNOWN, or as it was where it is taken to EL1."""


@attrs.frozen
class Abort:
    """An abort as it is taken."""

    EL: Bits2
    """The Exception level that takes it: 1 or 2."""
    ESR: Bits64
    """ESR_ELx of that level."""
    FAR: Bits64
    """FAR_ELx of that level: the virtual address."""
    IPA: Reported | Unknown
    """What HPFAR_EL2 holds."""


@attrs.frozen
class Origin:
    """What an abort reports of the access beside its fault."""

    EL: Bits2
    """The Exception level that executed the instruction: 0, 1 or 2."""
    type: AccessType
    """What made the access."""


@transition("SyncExternalAbortTarget(); HCR_EL2.{TEA, TGE}")
def external_target(el: Bits2, for_EL2: bool, hcr: Bits64, features: Features) -> Bits2:
    """Return the Exception level that takes a synchronous External abort of an access from an Exception level, 0 to 2.

    ``for_EL2`` are those of stage 2, and of what NV2 redirects. TEA routes those of EL1 and EL0, TGE those of EL0;
    what HCRX_EL2.TMEA adds is in :mod:`spec.exceptions.routing`.

    >>> [external_target(el, False, 1 << 27, Features()) for el in (0, 1, 2)]
    [2, 1, 2]
    """
    TEA = features.FEAT_RAS & HCR_EL2.TEA(hcr)
    return 2 if (el == 2) | for_EL2 | TEA | (el == 0) & HCR_EL2.TGE(hcr) else 1


@transition("AArch64.DataAbort(), AArch64.InstructionAbort(): the target; HCR_EL2.TGE")
def target(fault: Fault, origin: Origin, hcr: Bits64, features: Features) -> Bits2:
    """Return the Exception level that takes the abort of a fault.

    >>> fault = Fault(FaultKind.TRANSLATION, 1, 0, stage2=True, s2fs1walk=False, write=False)
    >>> target(fault, Origin(0, AccessType.GPR), 0, Features())
    2
    """
    if fault.kind == FaultKind.EXTERNAL_ABORT:
        return external_target(origin.EL, fault.stage2 | (origin.type == AccessType.NV2), hcr, features)
    if fault.stage2 | HCR_EL2.TGE(hcr) | (origin.type == AccessType.NV2) | (origin.EL == 2):
        return 2
    return 1


@transition("IPAValid(); DDI 0487 D24.2: HPFAR_EL2")
def reports_IPA(fault: Fault) -> bool:
    """Return whether the abort of a fault sets HPFAR_EL2: of stage 2, and no Permission fault of the access itself.

    >>> reports_IPA(Fault(FaultKind.PERMISSION, 3, 0x1000, stage2=True, s2fs1walk=False, write=True))
    False
    """
    kind = fault.kind
    found = (kind == FaultKind.TRANSLATION) | (kind == FaultKind.ACCESS_FLAG) | (kind == FaultKind.ADDRESS_SIZE)
    return fault.stage2 & (found | ((kind == FaultKind.PERMISSION) & fault.s2fs1walk))


@transition("AArch64.ReportException(); HPFAR_EL2.FIPA")
def HPFAR(fault: Fault) -> Reported | Unknown:
    """Return HPFAR_EL2 as the abort of a fault leaves it.

    >>> hex(HPFAR(Fault(FaultKind.TRANSLATION, 3, 0x1234_5678, True, False, False)).HPFAR_EL2)
    '0x123450'
    """
    if reports_IPA(fault):
        return Reported(HPFAR_EL2.FIPA.insert(0, fault.IPA >> 12))
    return Unknown()


@transition("AArch64.FaultSyndrome(): of a data access")
def data_abort_ISS(fault: Fault, origin: Origin) -> Bits25:
    """Return ESR_ELx.ISS (25 bits) of a Data Abort. For AT, CM and WnR are 1 whatever it asked for.

    >>> hex(data_abort_ISS(Fault(FaultKind.PERMISSION, 3, 0, True, False, True), Origin(1, AccessType.GPR)))
    '0x4f'
    """
    is_AT = origin.type == AccessType.AT
    iss = DataAbortISS.DFSC.insert(0, fault_status(fault))
    iss = DataAbortISS.WnR.insert(iss, fault.write | is_AT)
    iss = DataAbortISS.S1PTW.insert(iss, fault.s2fs1walk)
    iss = DataAbortISS.CM.insert(iss, is_AT)
    return bits(DataAbortISS.VNCR.insert(iss, origin.type == AccessType.NV2), 24, 0)


@transition("AArch64.FaultSyndrome(): of an instruction fetch")
def instruction_abort_ISS(fault: Fault) -> Bits25:
    """Return ESR_ELx.ISS (25 bits) of an Instruction Abort.

    >>> hex(instruction_abort_ISS(Fault(FaultKind.TRANSLATION, 1, 0, True, True, False)))
    '0x85'
    """
    iss = InstructionAbortISS.IFSC.insert(0, fault_status(fault))
    return bits(InstructionAbortISS.S1PTW.insert(iss, fault.s2fs1walk), 24, 0)


@transition("AArch64.FaultSyndrome(): of a Permission fault; ESR_ELx.ISS2")
def ISS2(fault: Fault) -> Bits24:
    """Return ESR_ELx.ISS2 (24 bits) of an abort: why a permission is missing.

    >>> hex(ISS2(Fault(FaultKind.PERMISSION, 3, 0, False, False, True, overlay=True)))
    '0x40'
    """
    return bits(AbortISS2.DirtyBit.insert(AbortISS2.Overlay.insert(0, fault.overlay), fault.dirty_bit), 23, 0)


@transition("AArch64.ExceptionClass(): Exception_DataAbort, Exception_InstructionAbort, Exception_NV2DataAbort")
def exception_class(origin: Origin, el: Bits2) -> Bits6:
    """Return ESR_ELx.EC (6 bits) of an abort taken to an Exception level.

    >>> hex(exception_class(Origin(0, AccessType.GPR), 1)), hex(exception_class(Origin(2, AccessType.IFETCH), 2))
    ('0x24', '0x21')
    """
    same = el == origin.EL
    if origin.type == AccessType.IFETCH:
        return 0x21 if same else 0x20
    return 0x25 if same | (origin.type == AccessType.NV2) else 0x24


@transition("AArch64.Abort(), AArch64.ReportException()")
def abort(fault: Fault, va: Bits64, origin: Origin, hcr: Bits64, features: Features) -> Abort:
    """Return the abort of a fault of an access to a virtual address (64 bits) under HCR_EL2 (64 bits).

    >>> fault = Fault(FaultKind.TRANSLATION, 3, 0x5000, stage2=True, s2fs1walk=False, write=False)
    >>> hex(abort(fault, 0x1000, Origin(1, AccessType.GPR), 1, Features()).ESR)
    '0x92000007'
    """
    el = target(fault, origin, hcr, features)
    iss = instruction_abort_ISS(fault) if origin.type == AccessType.IFETCH else data_abort_ISS(fault, origin)
    esr = ESR_EL2.ISS.insert(ESR_EL2.IL.insert(0, 1), iss)
    esr = ESR_EL2.ISS2.insert(ESR_EL2.EC.insert(esr, exception_class(origin, el)), ISS2(fault))
    return Abort(el, esr, va, HPFAR(fault))
