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
    """The Exception level whose permissions apply: 0 or 1."""
    aligned: bool = True
    """Its address is a multiple of its size."""
    reported_write: bool = False
    """What ISS.WnR says where no check decides it: the instruction only writes."""

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
