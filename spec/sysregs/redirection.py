"""Redirection: which register the name of another reaches, at the EL2 of a host and from a guest hypervisor.

Where HCR_EL2.E2H is 1, EL2 reaches its own registers by the names of those of EL1 (SCTLR_EL1 is SCTLR_EL2), and those
of EL1 by their aliases (SCTLR_EL12 is SCTLR_EL1). Where HCR_EL2.{NV, NV2} are {1, 1}, EL1 reaches a slot of the page at
VNCR_EL2.BADDR: by the name of a register that has no alias; by the name of one that has where NV1 is 1, and by its
alias where NV1 is 0.

Registers are given and returned by their encodings, as one number.

Source: DDI 0487 D8.13.2; D8.14.6.2, Table D8-120.
"""

from typing import Annotated

import attrs

from spec.lang import Bits, bits, lean, negation, transition, where
from spec.sysregs.accessors import ACCESSORS, AccessorKind, accessor
from spec.sysregs.encoding import Number, number_of
from spec.sysregs.tables import REGISTERS

REDIRECTED: tuple[tuple[int, int], ...] = tuple(
    (number_of(one.encoding), accessor(one.E2H_register).number)
    for one in REGISTERS.values()
    if one.encoding and one.E2H_register
)
"""The encodings of EL1 and EL0 names that reach a register of EL2 at the EL2 of a host, each with that register's."""

ALIASES: tuple[tuple[int, int], ...] = tuple(
    (one.number, number_of(one.register.encoding))
    for one in ACCESSORS.values()
    if one.kind == AccessorKind.ALIAS and one.register.encoding
)
"""The encodings of the _EL12 and _EL02 names, each with that of its register."""


@transition("DDI 0487 D8.13.2: the accessors at EL2, ELIsInHost(EL2)")
def reached_by_host(number: Number) -> Number:
    """Return the register that an encoding reaches at EL2 where HCR_EL2.E2H is 1.

    >>> from spec.sysregs.accessors import accessor
    >>> reached_by_host(accessor("TCR_EL1").number) == accessor("TCR_EL2").number
    True
    >>> reached_by_host(accessor("TCR_EL12").number) == accessor("TCR_EL1").number
    True
    """
    found = 0
    for name, reached in (*REDIRECTED, *ALIASES):
        found = found | where(number == name, reached)
    if found == 0:
        return number
    return bits(found, 15, 0)


@lean
@attrs.frozen(weakref_slot=False)
class Slot:
    """A slot of the page at VNCR_EL2.BADDR."""

    offset: Annotated[int, Bits(12)]
    """Bytes."""


@lean
@attrs.frozen(weakref_slot=False)
class NoSlot:
    """The page has no slot for the name."""


NAMES_OF_SLOTS: tuple[tuple[int, int, bool, bool], ...] = tuple(
    (number_of(encoding), one.VNCR_offset, NV1_0, NV1_1)
    for one in REGISTERS.values()
    for encoding, NV1_0, NV1_1 in (
        (one.encoding, not one.has_two_names_in_memory, True),
        (one.alias_encoding, one.has_two_names_in_memory, False),
    )
    if encoding and one.VNCR_offset and (NV1_0 or NV1_1)
)
"""The encodings that reach a slot, its offset, and whether they do so where NV1 is 0, and where it is 1."""


@transition("DDI 0487 D8.14.6.2, Table D8-120")
def slot_of(number: Number, NV1: bool) -> Slot | NoSlot:
    """Return the slot that an encoding reaches from EL1 where HCR_EL2.{NV, NV2} are {1, 1}.

    >>> from spec.sysregs.accessors import accessor
    >>> slot_of(accessor("HCR_EL2").number, NV1=False)
    Slot(offset=120)
    >>> slot_of(accessor("TCR_EL1").number, NV1=False), slot_of(accessor("TCR_EL12").number, NV1=False)
    (NoSlot(), Slot(offset=288))
    """
    found = 0
    for name, offset, without_NV1, with_NV1 in NAMES_OF_SLOTS:
        reaches = (NV1 & with_NV1) | (negation(NV1) & without_NV1)
        found = found | where((number == name) & reaches, offset)
    if found == 0:
        return NoSlot()
    return Slot(bits(found, 11, 0))
