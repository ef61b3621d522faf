"""Faults of a translation: what went wrong, in which stage, at which level.

A fault is a value. :func:`fault_status` gives it the code that ISS.DFSC, ISS.IFSC and PAR_EL1.FST hold.
"""

import enum

import attrs

from spec.lang import Address, Bits6, Level, lean, transition


class FaultKind(enum.Enum):
    """The kind of a fault, as Arm's FaultRecord.statuscode names it."""

    ADDRESS_SIZE = "Fault_AddressSize"
    """An address does not fit the output size of its stage."""
    TRANSLATION = "Fault_Translation"
    """No valid descriptor maps the address, or the controls describe no walk."""
    ACCESS_FLAG = "Fault_AccessFlag"
    """The Access flag of the leaf is 0 and hardware does not set it."""
    PERMISSION = "Fault_Permission"
    """The leaf does not permit the access."""
    ALIGNMENT = "Fault_Alignment"
    """An access to Device memory is not aligned; it has no level."""
    EXTERNAL_ABORT = "Fault_SyncExternalOnWalk"
    """The fetch of a descriptor took a synchronous External abort."""


@lean
@attrs.frozen(weakref_slot=False)
class Fault:
    """A fault of a translation: Arm's FaultRecord, as far as translation sets it."""

    kind: FaultKind
    """What went wrong."""
    level: Level
    """The level of the walk at which it did; without meaning for an Alignment fault."""
    IPA: Address
    """The intermediate physical address that was translated: 56 bits."""
    stage2: bool
    """The fault is one of stage 2."""
    s2fs1walk: bool
    """Stage 2 was translating the fetch of a stage 1 descriptor (ISS.S1PTW)."""
    write: bool
    """The access was a write (ISS.WnR)."""
    overlay: bool = False
    """A permission overlay denies the access (ISS2.Overlay, PAR_EL1.Overlay)."""
    dirty_bit: bool = False
    """The descriptor is clean, and hardware does not make it dirty (ISS2.DirtyBit, PAR_EL1.DirtyBit)."""


@transition("AArch64, EncodeLDFSC()")
def fault_status(fault: Fault) -> Bits6:
    """Return the fault status code of a fault: 6 bits.

    >>> hex(fault_status(Fault(FaultKind.PERMISSION, 3, 0, True, False, False)))
    '0xf'
    """
    if fault.kind == FaultKind.ALIGNMENT:
        return 0b100001
    if fault.kind == FaultKind.TRANSLATION:
        return _with_level(0b000100, 0b101011, fault.level)
    if fault.kind == FaultKind.ACCESS_FLAG:
        return _with_level(0b001000, 0b001000, fault.level)
    if fault.kind == FaultKind.PERMISSION:
        return _with_level(0b001100, 0b001100, fault.level)
    if fault.kind == FaultKind.ADDRESS_SIZE:
        return _with_level(0b000000, 0b101001, fault.level)
    return _with_level(0b010100, 0b010011, fault.level)


def _with_level(code: int, at_minus_one: int, level: int) -> int:
    """Return a code whose low two bits are the level, or the code of its own that level -1 has."""
    if level == -1:
        return at_minus_one
    if level == 0:
        return code
    if level == 1:
        return code | 1
    if level == 2:
        return code | 2
    return code | 3
