"""Accessors: what is decided once of a name."""

import pytest

from spec.access.accessor import Accessor, Group, Slot, is_always_banked
from spec.access.allocation import accessor_of, every_accessor
from spec.access.instruction import Form
from tests.access.machines import instruction, quiet

EVERY = list(every_accessor())


def named(text: str) -> Accessor:
    """Return the accessor of an instruction."""
    found = instruction(text)
    return accessor_of(found.form, found.encoding)


@pytest.mark.parametrize(
    ("text", "slot", "offset"),
    [
        ("MRS HCR_EL2", Slot.ALWAYS, 0x078),
        ("MRS MDSCR_EL1", Slot.ALWAYS, 0x158),
        ("MRS SCTLR_EL1", Slot.NV1, 0x110),
        ("MRS CNTP_CTL_EL0", Slot.NV1, 0x180),
        ("MRS SCTLR_EL12", Slot.ALIAS, 0x110),
        ("MRS CNTP_CTL_EL02", Slot.ALIAS, 0x180),
        ("MRS SCTLR_EL2", Slot.NONE, 0),
        ("MRS PAR_EL1", Slot.NONE, 0),
    ],
)
def test_the_slot_of_a_name(text: str, slot: Slot, offset: int) -> None:
    """Which of {NV1, NV2} redirects it; the slot of an _EL12 name is that of the register."""
    assert (named(text).slot, named(text).offset) == (slot, offset)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("MRS ICC_IAR0_EL1", Group.ZERO),
        ("MRS ICC_IAR1_EL1", Group.ONE),
        ("MRS ICC_PMR_EL1", Group.ANY),
        ("MRS DISR_EL1", Group.SERROR),
        ("MRS SCTLR_EL1", Group.NONE),
        ("MRS ICC_SRE_EL1", Group.NONE),
    ],
)
def test_the_group_of_a_name(text: str, group: Group) -> None:
    """A name with a group has a virtual register, and no other has."""
    assert named(text).group == group
    assert (named(text).virtual != 0) == (group != Group.NONE)


@pytest.mark.parametrize("accessor", EVERY[::7], ids=lambda one: f"{one.form.name}-{one.name}".replace(" ", "-"))
def test_what_holds_of_every_accessor(accessor: Accessor) -> None:
    """A slot has an offset; only what EL2 has is for a guest hypervisor; the controls are in order at each level."""
    assert (accessor.slot != Slot.NONE) == (accessor.offset != 0)
    assert accessor.level == 2 or not accessor.for_guest_hypervisor
    assert accessor.is_alias <= accessor.name.endswith(("_EL12", "_EL02"))
    for el in range(3):
        acting = [one for one in accessor.controls if el in one.levels]
        assert list(accessor.controls_at[el]) == acting
        assert [one.priority for one in acting] == sorted(one.priority for one in acting)
    assert set(accessor.controls_of_host_EL0) <= set(accessor.controls_at[0])


def test_accessors_are_compared_by_identity() -> None:
    """There is one of each, and no two share an encoding in one form."""
    assert len({(one.form, one.encoding) for one in EVERY}) == len(EVERY)
    assert named("MRS SCTLR_EL1") is named("MRS SCTLR_EL1")
    assert len([one for one in EVERY if one.needs_selected_SP]) == 2


def test_most_registers_are_one_for_each_level() -> None:
    """Only those of which an implementation may have one for both have a condition."""
    names = {one.name for one in EVERY if one.is_banked is not is_always_banked}
    assert names >= {"ACTLR_EL1", "PMBSR_EL1", "TRBSR_EL1"}
    assert len(names) <= 5
    assert is_always_banked(quiet(1))
    assert not accessor_of(Form.MRS, named("MRS ACTLR_EL1").encoding).is_banked(quiet(1))
