"""The events of a trace: frozen records, one class for each kind of the format."""

import enum
from typing import TypeAlias

import attrs

from spec.lang import lean


class HintKind(enum.Enum):
    """What a hint says of tables and their locks."""

    SET_ROOT_LOCK = "set_root_lock"
    """The lock at ``value`` protects the tables whose first one is at ``location``."""
    SET_OWNER_ROOT = "set_owner_root"
    """The page at ``location`` is meant for the tables whose first one is at ``value``."""
    RELEASE_TABLE = "release_table"
    """The table at ``location`` is given back."""
    SET_PTE_THREAD_OWNER = "set_pte_thread_owner"
    """The descriptor at ``location`` is for the thread ``value`` alone, without a lock; -1: for none."""


class LockStep(enum.Enum):
    """What is done with a lock."""

    LOCK = "lock"
    """It is taken."""
    TRYLOCK = "trylock"
    """It is taken, or held once more by the thread that holds it."""
    UNLOCK = "unlock"
    """It is given back."""


@lean
@attrs.frozen(weakref_slot=False)
class MemoryWrite:
    """``mem-write``: a 64-bit store."""

    line: int
    """The line on which the event begins."""
    id: int
    """The number that the recorder gave it."""
    tid: int
    """The thread: a PE."""
    release: bool
    """It has release semantics."""
    address: int
    """Where, a multiple of 8."""
    value: int
    """What is stored."""
    src: str = ""
    """Where the recorder was called, in its words; empty where the trace does not say."""


@lean
@attrs.frozen(weakref_slot=False)
class MemoryRead:
    """``mem-read``: a 64-bit load."""

    line: int
    """The line on which the event begins."""
    id: int
    """The number that the recorder gave it."""
    tid: int
    """The thread: a PE."""
    address: int
    """Where, a multiple of 8."""
    value: int
    """What was read."""
    src: str = ""
    """Where the recorder was called, in its words; empty where the trace does not say."""


@lean
@attrs.frozen(weakref_slot=False)
class MemoryInit:
    """``mem-init``: memory that becomes known, and holds 0."""

    line: int
    """The line on which the event begins."""
    id: int
    """The number that the recorder gave it."""
    tid: int
    """The thread: a PE."""
    address: int
    """The first byte."""
    size: int
    """How many bytes."""
    src: str = ""
    """Where the recorder was called, in its words; empty where the trace does not say."""


@lean
@attrs.frozen(weakref_slot=False)
class MemoryFree:
    """``mem-free``: memory that is no longer for tables."""

    line: int
    """The line on which the event begins."""
    id: int
    """The number that the recorder gave it."""
    tid: int
    """The thread: a PE."""
    address: int
    """The first byte."""
    size: int
    """How many bytes."""
    src: str = ""
    """Where the recorder was called, in its words; empty where the trace does not say."""


@lean
@attrs.frozen(weakref_slot=False)
class MemorySet:
    """``mem-set``: a byte that is stored all over a range."""

    line: int
    """The line on which the event begins."""
    id: int
    """The number that the recorder gave it."""
    tid: int
    """The thread: a PE."""
    address: int
    """The first byte, a multiple of 8."""
    size: int
    """How many bytes, a multiple of 8."""
    value: int
    """The byte."""
    src: str = ""
    """Where the recorder was called, in its words; empty where the trace does not say."""


@lean
@attrs.frozen(weakref_slot=False)
class Barrier:
    """``barrier``: a DSB or an ISB."""

    line: int
    """The line on which the event begins."""
    id: int
    """The number that the recorder gave it."""
    tid: int
    """The thread: a PE."""
    option: str
    """The option of a DSB, ``ish``; empty for an ISB."""
    src: str = ""
    """Where the recorder was called, in its words; empty where the trace does not say."""


@lean
@attrs.frozen(weakref_slot=False)
class TLBI:
    """``tlbi``: a TLB maintenance instruction."""

    line: int
    """The line on which the event begins."""
    id: int
    """The number that the recorder gave it."""
    tid: int
    """The thread: a PE."""
    operation: str
    """Its name as Arm writes it: ``VAE2IS``."""
    value: int
    """The register operand; 0 where it has none."""
    src: str = ""
    """Where the recorder was called, in its words; empty where the trace does not say."""


@lean
@attrs.frozen(weakref_slot=False)
class RegisterWrite:
    """``sysreg-write``: an MSR."""

    line: int
    """The line on which the event begins."""
    id: int
    """The number that the recorder gave it."""
    tid: int
    """The thread: a PE."""
    register: str
    """The name as Arm writes it: ``VTTBR_EL2``."""
    value: int
    """What is written."""
    src: str = ""
    """Where the recorder was called, in its words; empty where the trace does not say."""


@lean
@attrs.frozen(weakref_slot=False)
class Hint:
    """``hint``: what the recorder says of its own data structures."""

    line: int
    """The line on which the event begins."""
    id: int
    """The number that the recorder gave it."""
    tid: int
    """The thread: a PE."""
    kind: HintKind
    """What it says."""
    location: int
    """Of what."""
    value: int
    """The other thing."""
    src: str = ""
    """Where the recorder was called, in its words; empty where the trace does not say."""


@lean
@attrs.frozen(weakref_slot=False)
class Lock:
    """``lock``, ``trylock`` and ``unlock``."""

    line: int
    """The line on which the event begins."""
    id: int
    """The number that the recorder gave it."""
    tid: int
    """The thread: a PE."""
    step: LockStep
    """What is done."""
    address: int
    """The address of the lock."""
    src: str = ""
    """Where the recorder was called, in its words; empty where the trace does not say."""


Event: TypeAlias = (
    MemoryWrite | MemoryRead | MemoryInit | MemoryFree | MemorySet | Barrier | TLBI | RegisterWrite | Hint | Lock
)
"""One event of any kind."""
