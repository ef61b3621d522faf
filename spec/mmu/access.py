"""Accesses: what a translation is asked to permit."""

import enum

import attrs

from spec.lang import Bits2


class AccessType(enum.Enum):
    """What makes the access, as Arm's AccessDescriptor.acctype names it."""

    GPR = "AccessType_GPR"
    """A load, a store or an atomic of a general-purpose register."""
    IFETCH = "AccessType_IFETCH"
    """An instruction fetch."""
    TTW = "AccessType_TTW"
    """The fetch of a stage 1 descriptor, or its hardware update."""
    AT = "AccessType_AT"
    """An address translation instruction: checks permissions, updates no dirty state."""
    NV2 = "AccessType_NV2"
    """A register access at EL1 that FEAT_NV2 makes an access to memory, by the tables of EL2."""


@attrs.frozen
class Access:
    """One access to memory: Arm's AccessDescriptor, as far as translation reads it."""

    type: AccessType
    """What makes the access."""
    read: bool
    """It reads."""
    write: bool
    """It writes; an atomic reads and writes."""
    EL: Bits2
    """The Exception level whose permissions apply: 0, 1 or 2."""
    aligned: bool = True
    """Its address is a multiple of its size."""
    reported_write: bool = False
    """What ISS.WnR says where no check decides it: the instruction only writes."""
    crosses_page: bool = False
    """It is not aligned, and lies in two pages of the smallest granule."""
    PAN: bool = False
    """PSTATE.PAN is 1, and applies to the access: to data, and to AT S1E1RP and S1E1WP."""

    @classmethod
    def load(cls, el: int = 1) -> "Access":
        """Return a load at an Exception level."""
        return cls(AccessType.GPR, read=True, write=False, EL=el)

    @classmethod
    def store(cls, el: int = 1) -> "Access":
        """Return a store at an Exception level."""
        return cls(AccessType.GPR, read=False, write=True, EL=el, reported_write=True)

    @classmethod
    def atomic(cls, el: int = 1) -> "Access":
        """Return an atomic, which reads and writes, at an Exception level."""
        return cls(AccessType.GPR, read=True, write=True, EL=el)

    @classmethod
    def fetch(cls, el: int = 1) -> "Access":
        """Return an instruction fetch at an Exception level."""
        return cls(AccessType.IFETCH, read=True, write=False, EL=el)

    @classmethod
    def table_walk(cls, el: int = 1, *, for_write: bool = False) -> "Access":
        """Return the fetch of a stage 1 descriptor on behalf of an access at an Exception level."""
        return cls(AccessType.TTW, read=True, write=False, EL=el, reported_write=for_write)

    @classmethod
    def table_update(cls, el: int = 1, *, for_write: bool = False) -> "Access":
        """Return the hardware update of a stage 1 descriptor on behalf of an access at an Exception level."""
        return cls(AccessType.TTW, read=True, write=True, EL=el, reported_write=for_write)

    @classmethod
    def translation(cls, el: int = 1, *, write: bool = False, PAN: bool = False) -> "Access":
        """Return what AT asks for on behalf of a load or a store at an Exception level."""
        return cls(AccessType.AT, read=not write, write=write, EL=el, reported_write=write, PAN=PAN)
