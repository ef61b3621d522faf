import attrs
import pytest

from nvspec.stage1_fields import contents
from spec.features import Features
from spec.mmu.descriptor import DescriptorType
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import Stage1Parameters, TranslationRegisters, parameters

ONES = (1 << 64) - 1
EL10 = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
"""What EL1&0 asks for when every register is 0."""
INDIRECT = attrs.evolve(EL10, PIE=True)
"""Permissions are indirect."""


def fields(descriptor: int, walk: Stage1Parameters, found: DescriptorType, level: int = 3) -> dict[str, int]:
    """Return the fields of a descriptor by name."""
    return {one.name: one.content for one in contents(descriptor, found, level, walk)}


class TestLeaf:
    """Blocks and pages."""

    def test_a_page_has_the_fields_of_the_manual(self) -> None:
        """AP<2:1> is bits 7 and 6, UXN 54, PXN 53, AttrIndx bits 4 to 2, nG 11."""
        found = fields(1 << 54 | 1 << 11 | 0b01 << 6 | 0b101 << 2 | 3, EL10, DescriptorType.LEAF)
        assert found["UXN"] == 1
        assert (found["PXN"], found["nG"], found["AP"], found["AttrIndx"]) == (0, 1, 0b01, 0b101)

    def test_a_block_has_nT(self) -> None:
        """A page has not."""
        assert "nT" in fields(1, EL10, DescriptorType.LEAF, 2)
        assert "nT" not in fields(3, EL10, DescriptorType.LEAF)

    @pytest.mark.parametrize(
        ("walk", "present", "absent"),
        [
            (attrs.evolve(EL10, regime=Regime.EL2), {"XN", "AP[2]"}, {"UXN", "PXN", "AP", "nG"}),
            (attrs.evolve(EL10, NV1=True), {"PXN", "AP[2]", "nG"}, {"UXN", "XN", "AP"}),
            (INDIRECT, {"PIIndex", "nDirty"}, {"UXN", "PXN", "DBM", "AP", "POIndex"}),
            (attrs.evolve(EL10, POE=True), {"POIndex", "AP"}, set()),
            (attrs.evolve(EL10, E0POE=True), {"POIndex"}, set()),
            (attrs.evolve(EL10, DS=True), {"AF"}, {"SH"}),
        ],
    )
    def test_the_controls_give_the_bits_their_meaning(
        self, walk: Stage1Parameters, present: set[str], absent: set[str]
    ) -> None:
        """A field that has none is not told."""
        found = fields(3, walk, DescriptorType.LEAF).keys()
        assert present <= found
        assert not absent & found

    @pytest.mark.parametrize(("bit", "index"), [(54, 0b1000), (53, 0b0100), (51, 0b0010), (6, 0b0001)])
    def test_the_index_of_permissions_stands_in_four_places(self, bit: int, index: int) -> None:
        """DDI 0487 D8.3.1: PIIndex is bits 54, 53, 51 and 6."""
        assert fields(1 << bit | 3, INDIRECT, DescriptorType.LEAF)["PIIndex"] == index

    def test_sixteen_attributes_need_a_fourth_bit(self) -> None:
        """DDI 0487 D8.3.1: AttrIndx<3> is bit 59, with FEAT_AIE."""
        assert fields(ONES, EL10, DescriptorType.LEAF)["AttrIndx"] == 7
        assert fields(ONES, attrs.evolve(EL10, AIE=True), DescriptorType.LEAF)["AttrIndx"] == 15


class TestTable:
    """Tables and what maps nothing."""

    def test_a_table_has_its_limits(self) -> None:
        """APTable is bits 62 and 61, UXNTable 60, PXNTable 59."""
        assert fields(0b10 << 61 | 1 << 59 | 3, EL10, DescriptorType.TABLE, 1) == {
            **{"APTable": 0b10, "UXNTable": 0, "PXNTable": 1, "type": 1, "valid": 1}
        }

    def test_one_privilege_has_fewer_limits(self) -> None:
        """Bit 60 is XNTable of EL2, and PXNTable under NV1."""
        assert fields(1 << 60 | 3, attrs.evolve(EL10, regime=Regime.EL2), DescriptorType.TABLE)["XNTable"] == 1
        assert fields(1 << 60 | 3, attrs.evolve(EL10, NV1=True), DescriptorType.TABLE)["PXNTable"] == 1

    @pytest.mark.parametrize("walk", [INDIRECT, attrs.evolve(EL10, HPD=True)])
    def test_limits_that_are_ignored_are_not_told(self, walk: Stage1Parameters) -> None:
        """With HPD, and with indirect permissions."""
        assert fields(ONES, walk, DescriptorType.TABLE, 1).keys() == {"type", "valid"}

    def test_an_invalid_descriptor_has_no_fields(self) -> None:
        """But those that make it so."""
        assert fields(ONES ^ 1, EL10, DescriptorType.INVALID) == {"type": 1, "valid": 0}
