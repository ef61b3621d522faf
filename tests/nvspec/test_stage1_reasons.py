from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvspec.stage1_reasons import Asked, reasons
from nvspec.stage1_strategies import Stage1Tables, stage1_accesses, stage1_tables
from nvspec.translation_steps import Question, follow_translation
from spec.features import Features
from spec.mmu.access import Access
from spec.mmu.attributes import MemoryType
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import TranslationRegisters, parameters
from spec.mmu.stage1_permissions import TableLimits, leaf_permissions

MACHINE = Features(FEAT_PAN=True, device_fetch_faults=True)
EL10 = parameters(TranslationRegisters(), Regime.EL10, 0, MACHINE)
"""What EL1&0 asks for when every register is 0."""
ALL = {"PPI": 0b0111, "UPI": 0, "PPO": 0b0111, "UPO": 0b0111}
"""Entries that permit everything to EL1."""
AP_1, AP_2, PXN, UXN = 1 << 6, 1 << 7, 1 << 53, 1 << 54
"""Bits of a leaf."""


def why(
    descriptor: int,
    access: Access,
    limits: TableLimits | None = None,
    entries: dict[str, Any] | None = None,
    memtype: MemoryType = MemoryType.NORMAL,
    **controls: Any,
) -> tuple[str, ...]:
    """Return why an access to a leaf is refused."""
    walk = attrs.evolve(EL10, **controls)
    leaf = attrs.evolve(leaf_permissions(descriptor, limits or TableLimits(), walk), **(entries or {}))
    asked = Asked(leaf, memtype, walk, access, MACHINE)
    assert not asked.is_permitted
    return reasons(asked)


PAN = attrs.evolve(Access.load(), PAN=True)
"""A read with PSTATE.PAN."""


class TestDirect:
    """AP, PXN, UXN and the limits of the tables."""

    @pytest.mark.parametrize(
        ("descriptor", "access", "said"),
        [
            (AP_2, Access.store(), ("AP[2] is 1: read-only",)),
            (0, Access.load(0), ("AP[1] is 0: EL0 cannot access it",)),
            (AP_1 | AP_2, Access.store(0), ("AP[2] is 1: read-only",)),
            (AP_1, PAN, ("PSTATE.PAN is 1", "AP[1] is 1: EL0 can access it")),
            (PXN, Access.fetch(), ("PXN is 1",)),
            (UXN, Access.fetch(0), ("UXN is 1",)),
            (
                AP_1,
                Access.fetch(),
                ("AP[1] is 1: EL0 can write it, so that higher levels never execute it",),
            ),
        ],
    )
    def test_the_bits_of_the_leaf_are_named(self, descriptor: int, access: Access, said: tuple[str, ...]) -> None:
        """Each without which the access would be permitted."""
        found = why(descriptor, access)
        assert said[0] in found
        assert set(said) <= set(found)

    @pytest.mark.parametrize(
        ("limit", "access", "name"),
        [
            ("no_write", Access.store(), "APTable[1]"),
            ("no_unprivileged", Access.load(0), "APTable[0]"),
            ("PXN", Access.fetch(), "PXNTable"),
            ("UXN", Access.fetch(0), "UXNTable"),
        ],
    )
    def test_the_limits_of_the_tables_are_named(self, limit: str, access: Access, name: str) -> None:
        """Where a table above takes the permission away."""
        descriptor = AP_1 if access.EL == 0 else 0
        assert why(descriptor, access, TableLimits(**{limit: True})) == (f"{name} of a table above is 1",)

    def test_reasons_that_hold_apart_from_each_other_are_all_named(self) -> None:
        """A leaf that is read-only, below a table that is."""
        found = why(AP_2, Access.store(), TableLimits(no_write=True, PXN=True))
        assert found == ("AP[2] is 1: read-only", "APTable[1] of a table above is 1")

    def test_controls_are_named(self) -> None:
        """WXN, and EPAN with PAN."""
        assert "WXN is 1: what can be written is not executed" in why(0, Access.fetch(), WXN=True)
        assert set(why(0, PAN, EPAN=True)) == {"PSTATE.PAN is 1", "EPAN is 1: for PAN, what EL0 executes is EL0's"}

    def test_device_memory_is_not_executed(self) -> None:
        """Where a fetch from it faults."""
        assert why(0, Access.fetch(), memtype=MemoryType.DEVICE) == ("it is Device memory",)

    def test_the_regime_names_the_bits(self) -> None:
        """EL2 has XN and XNTable; under NV1, AP[1] has no meaning."""
        assert why(UXN, Access.fetch(2), regime=Regime.EL2) == ("XN is 1",)
        assert why(0, Access.fetch(2), TableLimits(PXN=True), regime=Regime.EL2) == ("XNTable of a table above is 1",)
        assert why(0, Access.load(0), NV1=True) == ("AP[1] has no meaning here: EL0 cannot access it",)


class TestIndirect:
    """PIR_ELx, PIRE0_ELx and overlays."""

    @pytest.mark.parametrize(
        ("entries", "access", "said"),
        [
            ({"PPI": 0b0001}, Access.store(), ("the entry of PIR_EL1 is 0b0001",)),
            ({"UPI": 0b0001}, Access.store(0), ("the entry of PIRE0_EL1 is 0b0001",)),
            ({"UPI": 0b0001}, PAN, ("PSTATE.PAN is 1", "the entry of PIRE0_EL1 is 0b0001")),
            ({"UPI": 0b0101}, Access.load(), ("the entry of PIR_EL1 is 0b0111", "the entry of PIRE0_EL1 is 0b0101")),
        ],
    )
    def test_the_entries_are_named(self, entries: dict[str, int], access: Access, said: tuple[str, ...]) -> None:
        """The one that refuses, or both where what EL0 writes is executed above."""
        found = why(0, access, entries=ALL | entries, PIE=True)
        assert set(said) <= set(found)

    def test_EL2_has_one_entry(self) -> None:
        """There is no EL0 in its regime."""
        found = why(0, Access.store(2), entries=ALL | {"PPI": 1}, PIE=True, regime=Regime.EL2)
        assert found == ("the entry of PIR_EL2 is 0b0001",)

    def test_clean_memory_is_named(self) -> None:
        """With nDirty, a write needs hardware to make it dirty."""
        found = why(AP_2, Access.store(), entries=ALL, PIE=True)
        assert found == ("nDirty is 1, and hardware does not make it dirty",)

    def test_the_overlay_is_named(self) -> None:
        """POR_EL1 of privileged accesses, POR_EL0 of the others."""
        assert why(0, Access.load(), POE=True) == ("the overlay: the entry of POR_EL1 is 0b0000",)
        assert why(AP_1, Access.load(0), E0POE=True) == ("the overlay: the entry of POR_EL0 is 0b0000",)


class TestAlways:
    """Whatever is asked."""

    def test_what_is_not_explained_has_no_reason(self) -> None:
        """A machine on which a fetch faults for no fact that is known here: none is made up."""

        class Never(Asked):
            """A question whose answer is always a refusal."""

            @property
            def is_permitted(self) -> bool:
                """Nothing helps."""
                return False

        leaf = leaf_permissions(0, TableLimits(), EL10)
        assert reasons(Never(leaf, MemoryType.NORMAL, EL10, Access.load(), MACHINE)) == ()

    @given(tables=stage1_tables(), data=st.data())
    def test_every_refusal_of_stage_1_has_a_reason(self, tables: Stage1Tables, data: st.DataObject) -> None:
        """Whatever the controls."""
        access = data.draw(stage1_accesses(tables.EL))
        steps = follow_translation(
            Question(tables.va, access.EL, access, tables.registers, tables.memory, tables.features)
        )
        for finding in steps.walks[0].stage1.checks:
            assert finding.says != "refused"
