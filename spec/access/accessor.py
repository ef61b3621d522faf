"""Accessors: one name that MRS, MSR or SYS can give, in one direction, and what decides each access by it.

Source: DDI 0487, the section "Accessing" of each register in D24.2 to D24.12, and C5.3 to C5.7.
"""

import enum
from collections.abc import Callable

import attrs

from spec.access.control import Control
from spec.access.instruction import Form
from spec.access.machine import Machine
from spec.features import Features


class Group(enum.Enum):
    """Which physical interrupts HCR_EL2 must virtualise for an ICC_ name to reach the virtual interface."""

    NONE = 0
    """It never does."""
    ZERO = 1
    """FMO."""
    ONE = 2
    """IMO."""
    ANY = 3
    """FMO or IMO."""
    SERROR = 4
    """AMO, or HCRX_EL2.TMEA with FEAT_DoubleFault2: not an ICC_ name, but DISR_EL1."""


class Slot(enum.Enum):
    """When an EL1 access by a name is redirected to the page at VNCR_EL2.BADDR."""

    NONE = 0
    """Never."""
    ALWAYS = 1
    """With NV2, whatever NV1 is: the EL2 registers, and EL1 registers without an _EL12 name."""
    NV1 = 2
    """With NV2 and NV1: the EL1 and EL0 names of registers that have an _EL12 or _EL02 name."""
    ALIAS = 3
    """With NV2 and without NV1: the _EL12 and _EL02 names."""


def is_always_banked(machine: Machine) -> bool:
    """Return that there is one of a register for each Exception level, in every machine."""
    return True


@attrs.frozen(eq=False, kw_only=True)
class Accessor:
    """One name, in one direction."""

    name: str
    """The name in the assembler."""
    form: Form
    """The instruction."""
    encoding: int
    """Its encoding, as one number."""
    level: int
    """The lowest Exception level at which it is not UNDEFINED; 3 where no modelled level can use it."""
    is_implemented: Callable[[Features], bool]
    """Whether an implementation has it."""
    feature: str
    """The features that bring it; empty where every implementation has it."""
    register: int
    """The number of the register that it reaches."""
    controls: tuple[Control, ...] = ()
    """What can trap it, in the order of priority."""
    controls_at: tuple[tuple[Control, ...], ...] = ((), (), ())
    """The same from each Exception level; from EL0 where that is not the host's."""
    controls_of_host_EL0: tuple[Control, ...] = ()
    """The same from the EL0 of a host."""
    controls_with_NV: tuple[Control, ...] = ()
    """What can trap it at EL1 where HCR_EL2.NV makes it possible there."""
    for_guest_hypervisor: bool = False
    """It is UNDEFINED at EL1, and HCR_EL2.NV changes that."""
    is_alias: bool = False
    """It is an _EL12 or _EL02 name: at EL2 it needs HCR_EL2.E2H."""
    E2H_register: int = 0
    """The register that it reaches at EL2 with HCR_EL2.E2H; 0 where that makes no difference."""
    host_EL0_register: int = 0
    """The register that it reaches from the EL0 of a host; 0 where that makes no difference."""
    EL1_register: int = 0
    """The register that it reaches from EL1; 0 where that makes no difference."""
    NV2_register: int = 0
    """The EL1 register that it reaches from EL1 with NV2; 0 where there is none."""
    offset: int = 0
    """The offset of its slot in the page at VNCR_EL2.BADDR."""
    slot: Slot = Slot.NONE
    """When it is redirected there."""
    unbanked_slot: Slot = Slot.NONE
    """The same, for a register of which there is not one for each Exception level."""
    is_banked: Callable[[Machine], bool] = is_always_banked
    """Whether there is one for each Exception level, so that E2H and NV1 redirect it; only three may have none."""
    selected_from: int = 0
    """The first of the registers that it reaches by PMSELR_EL0.SEL; 0 where that makes no difference."""
    virtual: int = 0
    """The virtual register that it reaches from EL1 when its interrupts are virtual; 0 where there is none."""
    group: Group = Group.NONE
    """When they are."""
    is_identification: bool = False
    """EL0 reads of it trap with FEAT_IDST."""
    is_conditional: bool = False
    """It may be UNDEFINED at an Exception level that may use it."""
    needs_selected_SP: bool = False
    """It is UNDEFINED while PSTATE.SP selects the stack pointer that it names."""
