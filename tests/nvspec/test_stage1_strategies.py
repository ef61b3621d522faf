import pytest
from hypothesis import HealthCheck, find, given, settings

from nvspec.stage1_strategies import (
    PERMISSIVE,
    START_LEVELS,
    Stage1Tables,
    encoded,
    in_order,
    range_of_TxSZ,
    stage1_accesses,
    stage1_tables,
    start_of,
)
from spec.features import Features, Granule
from spec.mmu.access import Access, AccessType
from spec.mmu.regime import Regime

SETTINGS = settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
K4, K16, K64 = Granule


@SETTINGS
@given(tables=stage1_tables())
def test_a_walk_by_hand_finds_the_leaf(tables: Stage1Tables) -> None:
    """Each table names the next, in memory as in the record; the leaf maps the output address."""
    own = tables.registers.EL1 if tables.regime == Regime.EL10 else tables.registers.EL2
    big_endian = bool(own.SCTLR >> 25 & 1)
    held = [in_order(tables.memory.read(tables.physical(place)), big_endian) for place in tables.path]
    assert held == [*tables.tables, tables.descriptor]
    for above, place in zip(tables.tables, tables.path[1:], strict=True):
        table = place >> tables.granule.bits << tables.granule.bits
        assert above & encoded((1 << 52) - 1, tables.granule, tables.DS, tables.features) & ~0b11 == encoded(
            table, tables.granule, tables.DS, tables.features
        )
    assert tables.OA >> tables.size << tables.size == tables.OA
    assert start_of(tables.granule, tables.TxSZ) == tables.start


@pytest.mark.parametrize("regime", Regime)
@pytest.mark.parametrize("granule", Granule)
def test_every_regime_and_granule_is_built(regime: Regime, granule: Granule) -> None:
    """With leaves that are no pages too."""
    machine = Features(FEAT_VHE=True)
    found = find(stage1_tables(machine, granule, regime), lambda tables: tables.level == 2)
    assert (found.regime, found.granule, found.EL) == (regime, granule, 1 if regime == Regime.EL10 else 2)


def test_a_stage_2_below_maps_every_descriptor() -> None:
    """And what it does not map has no physical address."""
    found = find(stage1_tables(Features(), K4, Regime.EL10, stage2=True), lambda tables: len(tables.path) > 1)
    assert found.stage2 is not None
    assert all(found.physical(place) in found.memory.words for place in found.path)
    blocks = found.stage2.mapped
    outside = next(
        place for place in range(0, 1 << 48, 1 << 30) if all(place >> b.size != b.ipa >> b.size for b in blocks)
    )
    with pytest.raises(ValueError, match="stage 2 does not map"):
        found.physical(outside)


def test_sizes_are_those_of_the_machine() -> None:
    """TxSZ of 12 needs DS, or the 64KB granule with FEAT_LVA; of more than 39 FEAT_TTST."""
    assert range_of_TxSZ(K4, False, Features()) == (16, 39)
    assert range_of_TxSZ(K4, True, Features(FEAT_TTST=True)) == (12, 48)
    assert range_of_TxSZ(K64, False, Features(FEAT_LVA=True, FEAT_TTST=True)) == (12, 47)
    assert {granule: min(levels) for granule, levels in START_LEVELS.items()} == {K4: -1, K16: 0, K64: 1}
    assert PERMISSIVE & 0b11 == 0b01


@SETTINGS
@given(access=stage1_accesses(2))
def test_accesses_are_at_EL0_or_at_the_level_given(access: Access) -> None:
    """PAN is of data accesses and AT."""
    assert access.EL in (0, 2)
    assert not (access.PAN and access.type == AccessType.IFETCH)
    assert access.aligned or access.type == AccessType.GPR
