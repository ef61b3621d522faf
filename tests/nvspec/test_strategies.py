import itertools
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nvspec.strategies import (
    PLANTED_KIND,
    Nested,
    Planted,
    Planting,
    Tables,
    accesses,
    corners,
    features,
    from_type,
    granules,
    guest_and_host,
    memory_attributes,
    plans,
    planted_fault,
    shadows,
    stage2_registers,
    stage2_tables,
    virtual_machines,
    with_fresh_pages,
    words,
)
from spec.features import Cacheability, Features, Granule, is_implementable
from spec.lang import Bits4, Level, Memory
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import NON_CACHEABLE, MemoryAttributes, effective_shareability, is_write_back
from spec.mmu.fault import Fault
from spec.mmu.shadow import Shadow, Stage, is_well_formed, look_up
from spec.mmu.stage2 import Leaf, Table, translate, walk_tables
from spec.mmu.stage2_controls import (
    Stage2Registers,
    TxSZ_faults,
    parameters,
    start_level,
    start_level_is_inconsistent,
    start_level_is_invalid,
)

SETTINGS = settings(derandomize=True, deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))


def leaf_of(stage: Stage, ipa: int, access: Access) -> Leaf | Fault:
    """Return what the walk of an IPA comes to."""
    walk = parameters(stage.registers, stage.features)
    return walk_tables(ipa, walk, stage.registers.VTTBR_EL2, access, stage.memory, stage.features)


class Tally:
    """How often something was so."""

    def __init__(self) -> None:
        self.held = self.all = 0

    def add(self, held: bool) -> None:
        """Count one."""
        self.held += held
        self.all += 1

    @property
    def share(self) -> float:
        """The part that was so."""
        return self.held / self.all


# -- words and records ---------------------------------------------------------------------------------------


def test_corners_hold_powers_masks_and_their_complements() -> None:
    """0, all ones, each bit alone, each bit missing, and every run of ones from either end."""
    assert set(corners(3)) == {0b000, 0b001, 0b010, 0b100, 0b011, 0b111, 0b110, 0b101}
    assert all(word in corners(64) for word in (0, (1 << 64) - 1, 1 << 63, (1 << 63) - 1))


@pytest.mark.parametrize("width", [0, 1, 4, 56, 64])
def test_words_have_their_width(width: int) -> None:
    """Of no bits there is one word."""

    @SETTINGS
    @given(words(width))
    def holds(word: int) -> None:
        assert 0 <= word < 1 << width

    holds()


@pytest.mark.parametrize(
    "annotation",
    [Features, Granule, bool, Bits4, Level, Memory, Stage2Registers, Shadow, Table | Leaf | Fault],
)
def test_a_shape_gives_its_values(annotation: Any) -> None:
    """Each kind of shape: records, members, conditions, words, small numbers, memories and sums."""
    seen: set[str] = set()

    @SETTINGS
    @given(from_type(annotation))
    def holds(value: Any) -> None:
        seen.add(type(value).__name__)
        if annotation is Bits4:
            assert 0 <= value < 16
        elif annotation is Level:
            assert -1 <= value <= 3
        else:
            assert isinstance(value, annotation)

    holds()
    if annotation == Table | Leaf | Fault:
        assert seen == {"Table", "Leaf", "Fault"}


def test_an_annotation_without_a_shape_is_refused() -> None:
    """A plain int has no width."""
    with pytest.raises(TypeError, match="declares no shape"):
        from_type(int)


def test_a_given_strategy_replaces_that_of_its_annotation() -> None:
    """Wherever the annotation occurs, within records too."""

    @SETTINGS
    @given(from_type(Stage, {Memory: st.just(Memory({8: 1})), Features: st.just(Features())}))
    def holds(stage: Stage) -> None:
        assert stage.memory == Memory({8: 1})
        assert stage.features == Features()

    holds()


@SETTINGS
@given(machine=features())
def test_machines_can_be_built(machine: Features) -> None:
    """A size that the formats have, a granule at least, and a reserved TG0 that stands for one of them."""
    assert is_implementable(machine)
    assert granules(machine)
    assert machine.reserved_TG0 in granules(machine)


@SETTINGS
@given(machine=features(FEAT_XNX=True, pa_max=40, reserved_TG0=Granule.K16, stage2_16K=True))
def test_a_given_field_is_kept(machine: Features) -> None:
    """Features, sizes and choices."""
    assert (machine.FEAT_XNX, machine.pa_max, machine.reserved_TG0) == (True, 40, Granule.K16)


@SETTINGS
@given(data=st.data())
def test_a_virtual_machine_has_no_more_than_the_machine(data: st.DataObject) -> None:
    """No feature is added, and no address bit."""
    machine = data.draw(features())
    virtual = data.draw(virtual_machines(machine))
    for field in attrs.fields(Features):
        if field.name.startswith("FEAT_"):
            assert getattr(virtual, field.name) <= getattr(machine, field.name)
    assert virtual.pa_max <= machine.pa_max
    assert is_implementable(virtual)


@SETTINGS
@given(access=accesses())
def test_an_access_is_one_that_an_instruction_makes(access: Access) -> None:
    """It reads or writes; a fetch only reads; a stage 1 walk reads, and is aligned."""
    assert access.read or access.write
    assert access.EL in (0, 1)
    if access.type == AccessType.IFETCH:
        assert not access.write
    if access.type == AccessType.TTW:
        assert access.read
        assert access.aligned


@SETTINGS
@given(memory=memory_attributes())
def test_attributes_are_those_of_a_stage_1(memory: MemoryAttributes) -> None:
    """Effective Shareability, no hints where nothing is cached, XS not with Write-Back, Tagged only there."""
    assert memory.shareability == effective_shareability(memory)
    for side in (memory.inner, memory.outer):
        if side.attrs == Cacheability.NC:
            assert side == NON_CACHEABLE
        assert not side.transient or side.read_allocate or side.write_allocate
    if is_write_back(memory):
        assert not memory.xs
    if memory.tagged:
        assert is_write_back(memory)


# -- stage 2 -------------------------------------------------------------------------------------------------


@SETTINGS
@given(data=st.data())
def test_registers_describe_a_walk(data: st.DataObject) -> None:
    """T0SZ within its limits, and consistent with a start level that is valid."""
    machine = data.draw(features())
    granule = data.draw(st.sampled_from([None, *granules(machine)]))
    walk = parameters(data.draw(stage2_registers(machine, granule)), machine)
    assert walk.enabled
    assert granule in (None, walk.granule)
    assert not TxSZ_faults(walk, machine)
    assert not start_level_is_invalid(walk, machine)
    assert not start_level_is_inconsistent(walk, start_level(walk))


def test_registers_reach_every_format() -> None:
    """Each granule with each start level that it has, with and without DS."""
    reached: set[tuple[Granule, bool, int]] = set()

    @settings(SETTINGS, max_examples=1000)
    @given(data=st.data())
    def reach(data: st.DataObject) -> None:
        plan = data.draw(plans(data.draw(features(FEAT_LPA2=True, FEAT_TTST=True, pa_max=52))))
        reached.add((plan.granule, plan.DS, plan.start.level))

    reach()
    assert reached >= {
        *itertools.product([Granule.K4], [False, True], [0, 1, 2, 3]),
        *itertools.product([Granule.K16], [False, True], [1, 2, 3]),
        *itertools.product([Granule.K64], [False], [1, 2, 3]),
        (Granule.K4, True, -1),
        (Granule.K16, True, 0),
    }


def test_most_walks_of_mapped_addresses_reach_a_leaf() -> None:
    """At least 80 in 100, for any machine and access; and the leaf is the one that was built."""
    leaves, several, levels = Tally(), Tally(), set()
    contiguous = big_endian = stale = False

    @SETTINGS
    @given(tables=stage2_tables(), access=accesses())
    def walk(tables: Tables, access: Access) -> None:
        nonlocal contiguous, big_endian, stale
        several.add(len(tables.mapped) > 1)
        big_endian |= parameters(tables.stage.registers, tables.stage.features).EE
        for mapped in tables.mapped:
            found = leaf_of(tables.stage, mapped.ipa, access)
            leaves.add(isinstance(found, Leaf) and found.OA == mapped.OA)
            levels.add((tables.plan.granule, mapped.level))
            contiguous |= mapped.contiguous
            stale |= not mapped.descriptor >> 10 & 1

    walk()
    assert leaves.share >= 0.8
    assert several.share >= 0.2  # 0.4 on average, and anything from 0.2 to 0.7 in a hundred that Hypothesis varies
    assert levels >= set(itertools.product(Granule, [2, 3]))
    assert contiguous
    assert big_endian
    assert stale


def test_mistakes_of_many_kinds_are_planted_and_found() -> None:
    """The fault is of the kind that the mistake has, and there are no others in the tables."""
    kinds: set[Planting] = set()

    @settings(SETTINGS, max_examples=100)
    @given(planted_fault())
    def plant(planted: Planted) -> None:
        (planting,) = planted.plantings
        kinds.add(planting)
        stage = planted.stage
        result = translate(stage.registers, planted.ipa, planted.stage1, planted.access, stage.memory, stage.features)
        assert isinstance(result.outcome, Fault)
        assert (result.outcome.kind, result.outcome.level) == (PLANTED_KIND[planting], planted.level)

    plant()
    assert len(kinds) > len(Planting) / 2


@pytest.mark.parametrize("planting", Planting)
def test_a_mistake_has_one_planting(planting: Planting) -> None:
    """Asked for by name it is the one that is planted."""

    @settings(SETTINGS, max_examples=5)
    @given(planted_fault(planting))
    def holds(planted: Planted) -> None:
        assert planted.plantings == (planting,)
        assert planted.kind == PLANTED_KIND[planting]

    holds()


# -- two stages ----------------------------------------------------------------------------------------------


def test_the_host_maps_what_the_guest_maps_to() -> None:
    """At least 80 in 100 of the IPAs that are given have a leaf in both stages; sometimes a stage is off."""
    both, off = Tally(), [0, 0]
    at = Access(AccessType.AT, False, False, 1)

    @settings(SETTINGS, max_examples=200)
    @given(nested=guest_and_host(), stage1=memory_attributes())
    def walk(nested: Nested, stage1: MemoryAttributes) -> None:
        off[0] += not parameters(nested.guest.registers, nested.guest.features).enabled
        off[1] += not parameters(nested.host.registers, nested.host.features).enabled
        for ipa in nested.ipas:
            mapped = look_up(nested.guest, ipa, stage1, at)
            backed = mapped if isinstance(mapped, Fault) else look_up(nested.host, mapped.OA, stage1, at)
            both.add(not isinstance(backed, Fault))

    walk()
    assert both.share >= 0.8
    assert all(off)


@SETTINGS
@given(data=st.data())
def test_shadows_are_empty_and_well_formed(data: st.DataObject) -> None:
    """Of the smaller granule where the machine has it; a second set of pages is as good as the first."""
    nested = data.draw(guest_and_host())
    shadow = data.draw(shadows(nested.guest, nested.host))
    assert is_well_formed(shadow)
    assert shadow.stage.memory == Memory()
    assert shadow.stage.features == nested.host.features
    walks = [parameters(stage.registers, stage.features) for stage in (nested.guest, nested.host, shadow.stage)]
    guest, host, own = (walk.granule.bits for walk in walks)
    assert own == min(guest, host)
    again = with_fresh_pages(shadow)
    assert is_well_formed(again)
    pages = [getattr(one, f"page{level}") for one in (shadow, again) for level in range(4)]
    assert len(set(pages)) == 8
