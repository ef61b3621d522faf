"""When the shadow context of a PE is chosen."""

import itertools
from typing import Any

import attrs
import pytest

from spec.features import Features
from spec.nested.configuration import Way
from spec.nested.contexts import key_of
from spec.nested.residence import InPage, number, residence
from spec.nested.selection import Selection, Selector, entered, is_chosen_at_a_write, is_trapped, written
from spec.nested.vcpu import Context

VM = 1
ARMV8_0 = Features()


@pytest.mark.parametrize(("way", "name"), list(itertools.product(Way, Selector)), ids=str)
def test_a_write_is_no_trap_where_the_register_is_in_the_page(way: Way, name: Selector) -> None:
    """Which is so with FEAT_NV2, of a host and of none."""
    for E2H in (False, True):
        place = residence(number(name.value), Context.HYPERVISOR, way, E2H)
        assert is_trapped(way) == (not isinstance(place, InPage))
    assert is_chosen_at_a_write(way) == is_trapped(way)


@pytest.mark.parametrize(("way", "name"), list(itertools.product(Way, Selector)), ids=str)
def test_at_the_entry_it_is_that_of_the_registers(way: Way, name: Selector) -> None:
    """Whichever was written."""
    before = Selection(7 << 48 | 0x8000, 0x19, VM, key_of(7 << 48 | 0x8000, 0x19, VM, ARMV8_0))
    values = {Selector.VTTBR: 8 << 48 | 0x8000, Selector.VTCR: 0x1A, Selector.HCR: 0}
    after = written(before, name, values[name], way, ARMV8_0)
    assert getattr(after, name.value) == values[name]
    assert (after.key == before.key) == (way == Way.NV2)
    found = entered(after, way, ARMV8_0)
    changed: dict[str, Any] = {name.value: values[name]}
    now = attrs.evolve(before, **changed)
    assert found.key == key_of(now.VTTBR_EL2, now.VTCR_EL2, now.HCR_EL2, ARMV8_0) != before.key


@pytest.mark.parametrize("way", list(Way))
def test_the_entry_chooses_where_no_write_has_chosen(way: Way) -> None:
    """With FEAT_NV2 alone: elsewhere L0 does not look at the registers again, and keeps what it chose at the write."""
    chosen = key_of(7 << 48 | 0x8000, 0x19, VM, ARMV8_0)
    found = entered(Selection(8 << 48 | 0x8000, 0x19, VM, chosen), way, ARMV8_0).key.VMID
    assert found == (8 if way == Way.NV2 else 7)
