import itertools
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from nvspec.strategies import (
    WRITE_BACK_MEMORY,
    Nested,
    accesses,
    features,
    from_type,
    guest_and_host,
    memory_attributes,
    plans,
    shadows,
    stage2_tables,
    with_fresh_pages,
    words,
)
from spec.features import Features, Granule
from spec.lang import Memory
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryAttributes, MemoryType, Shareability
from spec.mmu.descriptor import output_address
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.shadow import (
    ComposedLeaf,
    Filling,
    GuestFault,
    GuestUpdate,
    HostFault,
    HostUpdate,
    Installed,
    Mapping,
    Refusal,
    Refused,
    Shadow,
    Stage,
    compose,
    encode_address,
    encode_leaf,
    fill,
    handle_abort,
    hardware_walk,
    in_memory_order,
    install,
    is_well_formed,
    leaf_level,
    look_up,
    page_for,
    refusal,
    resolve_abort,
    shadow_HCR,
)
from spec.mmu.shadow_attributes import UNCHANGED, CombinedType, asked_type, combined_type
from spec.mmu.stage2 import NoUpdate, Stage2Result, Translation, Update, translate, walk_tables
from spec.mmu.stage2_controls import Stage2Parameters, Stage2Registers, parameters

K4, K16, K64 = Granule
OSH, ISH, NSH = Shareability


def altered(record: Any, **given: Any) -> Any:
    """Return a record with fields changed whose names are data."""
    return attrs.evolve(record, **given)


SETTINGS = settings(derandomize=True, deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
EVERY_ACCESS = [
    *(make(el) for make in (Access.load, Access.store, Access.atomic, Access.fetch) for el in (0, 1)),
    Access.table_walk(1),
]


def through(stage: Stage, ipa: int, stage1: MemoryAttributes, access: Access) -> Stage2Result:
    """Return what hardware makes of an access under a stage."""
    return translate(stage.registers, ipa, stage1, access, stage.memory, stage.features)


def through_both(
    guest: Stage, host: Stage, ipa: int, stage1: MemoryAttributes, access: Access
) -> tuple[Stage2Result, Stage2Result | None]:
    """Return what two stages of hardware, one after the other, would make of an access."""
    first = through(guest, ipa, stage1, access)
    if isinstance(first.outcome, Fault):
        return first, None
    return first, through(host, first.outcome.PA, first.outcome.attributes, access)


def updated(stage: Stage, update: Update) -> Stage:
    """Return a stage with an update made in its memory."""
    return attrs.evolve(stage, memory=stage.memory.write(update.address, update.descriptor))


def strength(memory: MemoryAttributes) -> tuple[int, ...]:
    """Return how strong attributes are in each respect; less is stronger."""
    width = [OSH, ISH, NSH].index(memory.shareability)
    if memory.memtype == MemoryType.DEVICE:
        return (0, memory.device.value, 0, 0, width)
    return (1, 3, memory.inner.attrs.value, memory.outer.attrs.value, width)


# -- aborts, until the access is made ------------------------------------------------------------------------


class Machine:
    """A host that handles aborts of a nested guest, and checks each answer against two stages of hardware."""

    def __init__(self, nested: Nested, shadow: Shadow) -> None:
        self.guest, self.host, self.shadow = nested.guest, nested.host, shadow
        self.installed: list[int] = []

    def answer(self, ipa: int, stage1: MemoryAttributes, access: Access) -> bool:
        """Handle one abort; return whether the access is worth another try."""
        first, second = through_both(self.guest, self.host, ipa, stage1, access)
        done = handle_abort(ipa, stage1, access, self.guest, self.host, self.shadow)
        resolved = resolve_abort(ipa, stage1, access, self.guest, self.host)
        if isinstance(done, Refused) and done.reason == Refusal.TABLE_WALK:
            PTW = parameters(self.shadow.stage.registers, self.shadow.stage.features).PTW
            assert isinstance(resolved, ComposedLeaf)
            assert resolved.type.is_device
            assert PTW
            assert access.type == AccessType.TTW
            return False
        if isinstance(resolved, ComposedLeaf):
            assert done == install(self.shadow, ipa, resolved)
        else:
            assert done == resolved
        event(type(done).__name__)
        if isinstance(first.outcome, Fault):
            assert done == GuestFault(first.outcome)
            return False
        if isinstance(first.update, Update):
            assert done == GuestUpdate(first.update)
            self.guest = updated(self.guest, first.update)
            return True
        assert second is not None
        if isinstance(second.outcome, Fault):
            assert done == HostFault(second.outcome)
            assert second.outcome.IPA == first.outcome.PA
            return False
        if isinstance(second.update, Update):
            assert done == HostUpdate(second.update)
            self.host = updated(self.host, second.update)
            return True
        assert isinstance(resolved, ComposedLeaf)
        if isinstance(done, Refused):
            assert hardware_walk(self.shadow, ipa, resolved, ipa, access) == done
            event(done.reason.name)
            return False
        assert isinstance(done, Installed)
        assert done.leaf == resolved
        assert done.leaf.OA == second.outcome.PA
        before, stage = self.shadow, attrs.evolve(self.shadow.stage, memory=done.memory)
        self.shadow = with_fresh_pages(attrs.evolve(self.shadow, stage=stage))
        self.installed.append(ipa)
        walk = parameters(stage.registers, stage.features)
        for other in (ipa, ipa ^ 1 << 12, ipa ^ 1 << 21):
            found = hardware_walk(before, ipa, done.leaf, other, access)
            assert found == walk_tables(other, walk, stage.registers.VTTBR_EL2, access, stage.memory, stage.features)
        if self.makes_progress(ipa, stage1, access):
            made = through(stage, ipa, stage1, access)
            assert isinstance(made.outcome, Translation)
            assert made.outcome.PA == second.outcome.PA
            assert made.update == NoUpdate()
        return False

    def makes_progress(self, ipa: int, stage1: MemoryAttributes, access: Access) -> bool:
        """Return whether the shadow must permit what both stages permit.

        Not so where Device memory is met by a stage 1 walk under another HCR_EL2.PTW, or, with FWB, by an
        access that stage 1 would have refused: a fetch, or one that is not aligned. Nor for AT, which the
        dirty state of a clean page permits, and which does not make it dirty.
        """
        if access.type == AccessType.AT and access.write:
            return False
        if access.type == AccessType.TTW and stage1.memtype == MemoryType.NORMAL:
            stages = (self.guest, self.host, self.shadow.stage)
            walks = [parameters(stage.registers, stage.features) for stage in stages]
            return len({walk.PTW for walk in walks if walk.enabled}) == 1 or not self.is_device(ipa)
        if stage1.memtype == MemoryType.DEVICE:
            return access.type not in (AccessType.IFETCH, AccessType.TTW) and access.aligned
        return True

    def is_device(self, ipa: int) -> bool:
        """Return whether the leaf for an IPA is Device in the shadow."""
        load = Access(AccessType.AT, False, False, 1)
        made = through(self.shadow.stage, ipa, WRITE_BACK_MEMORY, load).outcome
        return isinstance(made, Translation) and made.attributes.memtype == MemoryType.DEVICE

    def access(self, ipa: int, stage1: MemoryAttributes, access: Access) -> None:
        """Make an access, handling aborts as long as there is something to do."""
        for _ in range(4):
            if not self.answer(ipa, stage1, access):
                return
        raise AssertionError("an access needs no more than two updates and an installation")

    def check(self, ipa: int, stage1: MemoryAttributes) -> None:
        """Check that what the shadow permits is what both stages permit, without an update, and as strong."""
        for access in EVERY_ACCESS:
            if stage1.memtype == MemoryType.DEVICE and access.type in (AccessType.IFETCH, AccessType.TTW):
                continue  # Stage 1 walks are never Device there; with FWB stage 2 sees the fetch as stage 1 did.
            made = through(self.shadow.stage, ipa, stage1, access)
            assert made.update == NoUpdate()
            if isinstance(made.outcome, Fault):
                assert made.outcome.kind in (FaultKind.TRANSLATION, FaultKind.PERMISSION)
                continue
            first, second = through_both(self.guest, self.host, ipa, stage1, access)
            assert second is not None
            assert isinstance(second.outcome, Translation)
            assert (first.update, second.update) == (NoUpdate(), NoUpdate())
            assert made.outcome.PA == second.outcome.PA
            stronger, asked = strength(made.outcome.attributes), strength(second.outcome.attributes)
            assert all(one <= other for one, other in zip(stronger, asked, strict=True))


@settings(SETTINGS, max_examples=150)
@given(data=st.data())
def test_the_shadow_permits_what_both_stages_permit_and_nothing_else(data: st.DataObject) -> None:
    """After many aborts, for each IPA that is mapped, and for its neighbours at every distance."""
    nested = data.draw(guest_and_host())
    shadow = data.draw(shadows(nested.guest, nested.host))
    assert is_well_formed(shadow)
    machine = Machine(nested, shadow)
    stage1 = data.draw(memory_attributes())
    for ipa in nested.ipas:
        for access in data.draw(st.lists(accesses(), min_size=1, max_size=3)):
            machine.access(ipa, stage1, access)
    for ipa in machine.installed:
        machine.check(ipa, stage1)
    for ipa in machine.installed[-2:]:
        for position in range(3, 52, data.draw(st.integers(2, 5))):
            machine.check(ipa ^ 1 << position, stage1)


@settings(SETTINGS, max_examples=30)
@given(data=st.data())
def test_installations_leave_each_other_alone(data: st.DataObject) -> None:
    """What was installed stays as it was, unless a later leaf stands in its place."""
    nested = data.draw(guest_and_host())
    shadow = data.draw(shadows(nested.guest, nested.host))
    walk = parameters(shadow.stage.registers, shadow.stage.features)
    input_size = 64 - walk.TxSZ
    held: dict[int, int] = {}
    for _ in range(8):
        ipa, OA = data.draw(words(input_size)) >> 16 << 16, data.draw(words(32)) >> 16 << 16
        kind = ComposedLeaf(OA, 16, True, True, True, True, attrs.evolve(UNCHANGED, shareability=OSH))
        done = install(shadow, ipa, kind)
        assume(isinstance(done, Installed))
        assert isinstance(done, Installed)
        stage = attrs.evolve(shadow.stage, memory=done.memory)
        shadow = with_fresh_pages(attrs.evolve(shadow, stage=stage))
        assert is_well_formed(shadow)
        held[ipa] = OA
        for one, expected in held.items():
            made = through(shadow.stage, one, WRITE_BACK_MEMORY, Access.load()).outcome
            assert isinstance(made, Translation)
            assert expected == made.PA


def test_most_accesses_are_installed() -> None:
    """The test above reaches every answer, and installs often: otherwise it shows nothing."""
    answers: dict[str, int] = {}

    @settings(SETTINGS, max_examples=300)
    @given(data=st.data())
    def count(data: st.DataObject) -> None:
        nested = data.draw(guest_and_host())
        shadow = data.draw(shadows(nested.guest, nested.host))
        for ipa in nested.ipas:
            done = handle_abort(ipa, WRITE_BACK_MEMORY, Access.load(), nested.guest, nested.host, shadow)
            answers[type(done).__name__] = answers.get(type(done).__name__, 0) + 1

    count()
    assert set(answers) == {"GuestFault", "GuestUpdate", "HostFault", "HostUpdate", "Refused", "Installed"}
    assert answers["Installed"] > sum(answers.values()) / 5


# -- each answer, by an example ------------------------------------------------------------------------------

MACHINE = Features(pa_max=52, FEAT_LPA2=True, FEAT_HAFDBS=True, FEAT_S2FWB=True, FEAT_XS=True)
LEAF = 0b11 << 6 | 0b11 << 8 | 0b1111 << 2 | 1 << 10 | 1


def one_block(OA: int, vtcr: int = 0x8005_0059, extra: int = 0, machine: Features = MACHINE) -> Stage:
    """Return a stage of 39 bits, 4KB, with a block of 1GB at IPA 0."""
    return Stage(Stage2Registers(vtcr, 0x8000, 1), Memory({0x8000: OA | LEAF | extra}), machine)


def shadow_of(vtcr: int = 0x8005_0059, machine: Features = MACHINE, hcr: int = 1, sctlr: int = 0) -> Shadow:
    """Return an empty shadow of 39 bits, 4KB: tables at 0x8000, 0x1000, 0x2000, 0x3000 and 0x4000."""
    stage = Stage(Stage2Registers(vtcr, 0x8000, hcr, sctlr), Memory(), machine)
    return Shadow(stage, 0x1000, 0x2000, 0x3000, 0x4000)


def abort(guest: Stage, host: Stage, shadow: Shadow, ipa: int = 0x1000, access: Access | None = None) -> Any:
    """Return what the host does with an abort of a load, or of another access."""
    return handle_abort(ipa, WRITE_BACK_MEMORY, access or Access.load(), guest, host, shadow)


def test_a_block_of_both_stages_is_a_block_of_the_shadow() -> None:
    """1GB of guest and host at the same offset: one descriptor in the first table."""
    done = abort(one_block(0x4000_0000), one_block(0x1_0000_0000, vtcr=0x8005_0058), shadow_of(), ipa=0x1234)
    # The host's IPA is 0x4000_1234: entry 1 of its first table, which is empty.
    assert done == HostFault(Fault(FaultKind.TRANSLATION, 1, 0x4000_1234, True, False, False))
    done = abort(one_block(0), one_block(0x1_0000_0000), shadow_of(), ipa=0x1234)
    assert done.memory == Memory({0x8000: 0x1_0000_0000 | LEAF})


def test_faults_and_updates_come_in_the_order_of_the_stages() -> None:
    """The guest's fault before the host's, the guest's update before the host's fault, and so on."""
    absent = Stage(Stage2Registers(0x8005_0059, 0x8000, 1), Memory(), MACHINE)
    with_HA = 0x8025_0059
    stale = one_block(0, vtcr=with_HA)
    stale = attrs.evolve(stale, memory=Memory({0x8000: LEAF & ~(1 << 10)}))
    good = one_block(0)
    fault = Fault(FaultKind.TRANSLATION, 1, 0x1000, True, False, False)
    update = Update(0x8000, LEAF)
    assert abort(absent, absent, shadow_of()) == GuestFault(fault)
    assert abort(stale, absent, shadow_of()) == GuestUpdate(update)
    assert abort(good, absent, shadow_of()) == HostFault(fault)
    assert abort(good, stale, shadow_of()) == HostUpdate(update)
    narrow = shadow_of(vtcr=0x8000_0061)
    assert abort(good, stale, narrow, ipa=0x1000) == HostUpdate(update)


def test_a_read_of_a_clean_page_does_not_let_writes_through() -> None:
    """DBM with S2AP[1] = 0 permits writes that make the page dirty: the shadow must see the first of them."""
    vtcr = 0x8065_0059
    clean = attrs.evolve(one_block(0, vtcr=vtcr), memory=Memory({0x8000: (LEAF & ~(1 << 7)) | 1 << 51}))
    for guest, host in ((clean, one_block(0)), (one_block(0), clean)):
        done = abort(guest, host, shadow_of())
        assert isinstance(done, Installed)
        assert not done.leaf.write
        assert abort(guest, host, shadow_of(), access=Access.store()) in (
            GuestUpdate(Update(0x8000, LEAF | 1 << 51)),
            HostUpdate(Update(0x8000, LEAF | 1 << 51)),
        )


def test_each_refusal_has_an_example() -> None:
    """An input, an output, an execution and a Shareability that the shadow cannot express."""
    good = one_block(0)
    small = shadow_of(vtcr=0x8005_0000 | 34)  # 30 bits from level 2
    assert abort(one_block(0), good, small, ipa=0x3FFF_F000).leaf.OA == 0x3FFF_F000
    wide = attrs.evolve(good, memory=Memory({0x8008: LEAF}))
    assert abort(wide, good, small, ipa=0x4000_0000) == Refused(Refusal.INPUT_ADDRESS)
    assert abort(good, one_block(1 << 40), shadow_of(vtcr=0x8000_0059)) == Refused(Refusal.OUTPUT_ADDRESS)
    virtual = attrs.evolve(MACHINE, FEAT_XNX=True)
    for extra in (1 << 53, 0b11 << 53):
        guest = one_block(0, extra=extra, machine=virtual)
        assert abort(guest, good, shadow_of()) == Refused(Refusal.EXECUTION)
        assert isinstance(abort(guest, good, shadow_of(machine=virtual)), Installed)
    for SH, asked in itertools.product((0b00, 0b11, 0b10), repeat=2):
        DS = 1 << 32 | SH << 12 | 0x8005_0059
        guest = attrs.evolve(good, memory=Memory({0x8000: (LEAF & ~(3 << 8)) | asked << 8}))
        host = attrs.evolve(good, memory=Memory({0x8000: LEAF & ~(3 << 8)}))
        order = [0b10, 0b11, 0b00]
        done = abort(guest, host, shadow_of(vtcr=DS))
        if order.index(SH) <= order.index(asked):
            assert isinstance(done, Installed)
        else:
            assert done == Refused(Refusal.SHAREABILITY)


def test_refusals_come_in_order() -> None:
    """Input, output, execution, Shareability."""
    walk = parameters(Stage2Registers(0x8000_0059 | 1 << 32, 0, 1), MACHINE)
    kind = ComposedLeaf(1 << 40, 12, True, True, True, False, attrs.evolve(UNCHANGED, shareability=OSH))
    in_order = []
    for ipa, leaf in (
        (1 << 40, kind),
        (0, kind),
        (0, attrs.evolve(kind, OA=0)),
        (0, attrs.evolve(kind, OA=0, unprivileged_execute=True)),
    ):
        found = refusal(ipa, leaf, walk, MACHINE)
        assert isinstance(found, Refused)
        in_order.append(found.reason)
    assert in_order == [one for one in Refusal if one is not Refusal.TABLE_WALK]
    fine = attrs.evolve(kind, OA=0, unprivileged_execute=True, type=UNCHANGED)
    assert refusal(0, fine, walk, MACHINE) is fine
    for both in (False, True):
        same = attrs.evolve(fine, privileged_execute=both, unprivileged_execute=both)
        assert refusal(0, same, walk, MACHINE) is same


# -- one stage, as the host reads it -------------------------------------------------------------------------


def test_a_stage_that_is_off_maps_everything_as_it_is() -> None:
    """56 bits in one piece, every access, no type of its own, the attributes of stage 1."""
    for registers in (Stage2Registers(0, 0, 0), Stage2Registers(0x8065_0059, 0x8000, 1 << 46)):
        found = look_up(Stage(registers, Memory(), MACHINE), 0x1234, WRITE_BACK_MEMORY, Access.store())
        expected = Mapping(0x1234, 56, True, True, True, True, UNCHANGED, WRITE_BACK_MEMORY, NoUpdate())
        assert found == expected


@SETTINGS
@given(data=st.data(), access=accesses(), stage1=memory_attributes())
def test_a_mapping_is_what_the_descriptor_says(data: st.DataObject, access: Access, stage1: MemoryAttributes) -> None:
    """Address, attributes and update are those of stage 2; writes count only where it is dirty."""
    tables = data.draw(stage2_tables())
    stage, machine = tables.stage, tables.stage.features
    for mapped in tables.mapped:
        ipa = mapped.ipa | data.draw(words(mapped.size))
        made = through(stage, ipa, stage1, access)
        found = look_up(stage, ipa, stage1, access)
        if isinstance(made.outcome, Fault):
            assert found == made.outcome
            continue
        held, DS = mapped.descriptor, tables.plan.DS
        vtcr = stage.registers.VTCR_EL2
        never, split = held >> 54 & 1 == 1, machine.FEAT_XNX and held >> 53 & 1 == 1
        forced = bool(stage.registers.HCR_EL2 >> 46 & 1)
        SH = vtcr >> 12 & 3 if DS else held >> 8 & 3
        assert found == Mapping(
            OA=made.outcome.PA,
            size=min(mapped.size, tables.plan.output_size),
            read=held >> 6 & 1 == 1,
            write=held >> 7 & 1 == 1,
            privileged_execute=never == split,
            unprivileged_execute=not never,
            type=asked_type(held >> 2 & 15, SH, machine.FEAT_XS and held >> 11 & 1 == 1, forced, machine),
            output=made.outcome.attributes,
            update=made.update,
        )


def test_a_block_larger_than_the_output_is_one_piece_of_the_output_size() -> None:
    """64KB, level 1: a block of 4TB under an output of 32 bits says nothing of the rest."""
    machine = Features(pa_max=52, FEAT_LPA=True)
    registers = Stage2Registers(0x8000_0000 | 1 << 14 | 2 << 6 | 12, 0x8_0000, 1)
    stage = Stage(registers, Memory({0x8_0000: LEAF}), machine)
    found = look_up(stage, 0x1234, WRITE_BACK_MEMORY, Access.load())
    assert isinstance(found, Mapping)
    assert (found.OA, found.size) == (0x1234, 32)


def test_a_composition_permits_what_both_permit() -> None:
    """Field by field: the host's address, the smaller size, the conjunction, the stronger type."""
    both = Mapping(0x1000, 30, True, True, True, True, UNCHANGED, WRITE_BACK_MEMORY, NoUpdate())
    device = asked_type(0b0001, 0b10, False, False, MACHINE)
    full = ComposedLeaf(0x2000, 21, True, True, True, True, device)
    host = attrs.evolve(both, OA=0x2000, size=21, type=device)
    assert compose(both, host) == full
    assert compose(attrs.evolve(both, size=12), host) == attrs.evolve(full, size=12)
    for name in ("read", "write", "privileged_execute", "unprivileged_execute"):
        for guest_allows, host_allows in itertools.product((False, True), repeat=2):
            found = compose(altered(both, **{name: guest_allows}), altered(host, **{name: host_allows}))
            assert found == altered(full, **{name: guest_allows and host_allows})
    assert compose(attrs.evolve(both, type=device), attrs.evolve(host, type=UNCHANGED)) == full


# -- the shadow's own table ----------------------------------------------------------------------------------

SIZES = {
    K4: {-1: 48, 0: 39, 1: 30, 2: 21, 3: 12},
    K16: {0: 47, 1: 36, 2: 25, 3: 14},
    K64: {1: 42, 2: 29, 3: 16},
}


@pytest.mark.parametrize("granule", Granule)
@pytest.mark.parametrize("wide", [False, True])
def test_the_leaf_is_the_largest_block_that_is_filled(granule: Granule, wide: bool) -> None:
    """No larger than what both stages map in one piece, at a level with blocks, not above the first table."""
    machine = Features(pa_max=52 if wide else 48, FEAT_LPA=wide, FEAT_LPA2=True)
    walk = attrs.evolve(parameters(Stage2Registers(0, 0, 1), machine), granule=granule, DS=wide and granule != K64)
    blocks = {K4: [1, 2], K16: [2], K64: [2]}[granule]
    blocks = [*blocks, {K4: 0, K16: 1, K64: 1}[granule]] if wide else blocks
    for start, size in itertools.product(SIZES[granule], range(12, 57)):
        fitting = [level for level in blocks if SIZES[granule][level] <= size and level >= start]
        assert leaf_level(size, start, walk, machine) == min([*fitting, 3])


def walk_of(granule: Granule, DS: bool = False, **given: Any) -> Stage2Parameters:
    """Return parameters of a format."""
    walk = parameters(Stage2Registers(0x8006_0059, 0, 1), MACHINE)
    return attrs.evolve(walk, granule=granule, DS=DS, **given)


@pytest.mark.parametrize("granule", Granule)
@pytest.mark.parametrize("wide", [False, True])
@SETTINGS
@given(address=words(52))
def test_an_address_is_encoded_where_it_is_read(granule: Granule, wide: bool, address: int) -> None:
    """The inverse of output_address(), in every format; and no other bit is set."""
    DS = wide and granule != K64
    machine = Features(pa_max=52, FEAT_LPA=wide, FEAT_LPA2=True)
    address = address >> granule.bits << granule.bits & ((1 << (52 if wide else 48)) - 1)
    held = encode_address(address, walk_of(granule, DS), machine)
    assert output_address(held, granule, granule.bits, DS, machine) == address
    above = 0xF000 if granule == K64 else (0b11 << 8 | 0b11 << 48)
    low = 0x0000_FFFF_FFFF_FFFF & ~((1 << granule.bits) - 1)
    assert held & ~(low | (above if wide else 0)) == 0


@pytest.mark.parametrize("granule", Granule)
@pytest.mark.parametrize("wide", [False, True])
def test_bits_that_no_descriptor_has_are_dropped(granule: Granule, wide: bool) -> None:
    """Every address of 56 bits can be encoded, as its low 48 or 52 bits."""
    walk, machine = walk_of(granule, wide and granule != K64), Features(pa_max=52, FEAT_LPA=wide, FEAT_LPA2=True)
    for position in range(52 if wide else 48, 56):
        assert encode_address(1 << position | 1 << 20, walk, machine) == 1 << 20


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("FWB", [False, True])
@pytest.mark.parametrize("DS", [False, True])
@pytest.mark.parametrize("XS", [False, True])
def test_a_leaf_is_encoded_bit_by_bit(level: int, FWB: bool, DS: bool, XS: bool) -> None:
    """Valid, AF, the address of the block, S2AP, XN and XNX, MemAttr, SH, FnXS; no Contiguous, no DBM."""
    machine = attrs.evolve(MACHINE, FEAT_XS=XS)
    walk = walk_of(K4, DS, FWB=FWB)
    device = CombinedType(True, *attrs.astuple(attrs.evolve(UNCHANGED), recurse=False)[1:])
    types = [(UNCHANGED, 0b0111 if FWB else 0b1111, 0b00), (device, 0b0011, 0b00)]
    shared = asked_type(0b0101, 0b11, True, False, MACHINE)
    types.append((shared, 0b0101, 0b11))
    for (kind, MemAttr, SH), (r, w, px, ux) in itertools.product(types, itertools.product((0, 1), repeat=4)):
        leaf = ComposedLeaf(0x12_7FFF_F123, 12, bool(r), bool(w), bool(px), bool(ux), kind)
        expected = 0x12_7FFF_F123 >> SIZES[K4][level] << SIZES[K4][level]
        expected |= 0b11 if level == 3 else 0b01
        expected |= MemAttr << 2 | r << 6 | w << 7 | 1 << 10
        expected |= 0 if DS else SH << 8
        expected |= 1 << 11 if XS and not kind.xs else 0
        expected |= {(1, 1): 0b00, (0, 1): 0b01, (0, 0): 0b10, (1, 0): 0b11}[px, ux] << 53
        assert encode_leaf(leaf, level, walk, machine) == expected


@SETTINGS
@given(descriptor=words(64))
def test_big_endian_tables_hold_their_bytes_in_the_opposite_order(descriptor: int) -> None:
    """Only where SCTLR_EL2.EE is 1."""
    big = parameters(Stage2Registers(0, 0, 1, 1 << 25), MACHINE)
    little = parameters(Stage2Registers(0, 0, 1, 0), MACHINE)
    assert in_memory_order(descriptor, little) == descriptor
    assert in_memory_order(descriptor, big) == int.from_bytes(descriptor.to_bytes(8, "little"), "big")


FULL = ComposedLeaf(0x5000_0000, 12, True, True, True, True, UNCHANGED)


def test_tables_are_made_where_there_are_none() -> None:
    """From the first table down to a page: three levels, the pages that stand ready for levels 2 and 3."""
    done = install(shadow_of(), 0x40_2030_4567, attrs.evolve(FULL, OA=0x5000_4567))
    assert isinstance(done, Installed)
    page = 0x5000_4000 | 0b11 | 0b1111 << 2 | 0b11 << 6 | 1 << 10
    assert done.memory == Memory({0x8800: 0x3003, 0x3808: 0x4003, 0x4820: page})


def test_tables_that_are_there_are_used() -> None:
    """A second page in the same last table is one more descriptor, and needs no page."""
    first = install(shadow_of(), 0x0, FULL)
    assert isinstance(first, Installed)
    shadow = shadow_of()
    other = Shadow(attrs.evolve(shadow.stage, memory=first.memory), 0x5000, 0x6000, 0x7000, 0x9000)
    second = install(other, 0x1000, FULL)
    assert isinstance(second, Installed)
    assert second.memory == first.memory.write(0x4008, 0x5000_04FF | 0b1111 << 2)


@pytest.mark.parametrize("invalid", [0, 0x7002, 0x5000_00FD])
def test_an_entry_that_is_no_table_is_replaced_by_one(invalid: int) -> None:
    """An invalid descriptor, whatever its other bits, and a block."""
    shadow = shadow_of()
    held = attrs.evolve(shadow, stage=attrs.evolve(shadow.stage, memory=Memory({0x8000: invalid})))
    done = install(held, 0x0, attrs.evolve(FULL, size=21))
    assert isinstance(done, Installed)
    assert done.memory == Memory({0x8000: 0x3003, 0x3000: 0x5000_00FD | 1 << 10})


def test_every_page_serves_its_level() -> None:
    """From level -1 the tables of levels 0 to 3 are the pages of that name; here they are big-endian."""
    shadow = shadow_of(vtcr=0x8006_0000 | 1 << 33 | 1 << 32 | 0b10 << 12 | 12, sctlr=1 << 25)
    assert [page_for(shadow, level) for level in range(4)] == [0x1000, 0x2000, 0x3000, 0x4000]
    assert is_well_formed(shadow)
    far = attrs.evolve(shadow, page2=0xF_0000_0000_3000)
    done = install(far, 0xF_0080_8020_1000, attrs.evolve(FULL, OA=0xA_0000_5000_0000))
    assert isinstance(done, Installed)
    entries = {
        0x8078: 0x1003,
        0x1008: 0x2003,
        0x2010: 0x3003 | 0b11 << 8 | 0b11 << 48,
        0xF_0000_0000_3008: 0x4003,
        0x4008: 0x5000_0003 | 0b1111 << 2 | 0b11 << 6 | 1 << 10 | 0b10 << 8 | 0b10 << 48,
    }
    swapped = {place: int.from_bytes(word.to_bytes(8, "little"), "big") for place, word in entries.items()}
    assert done.memory == Memory(swapped)


def test_filling_stays_as_it_is_at_other_levels() -> None:
    """Once the leaf is written, above the first table, and at the last level where the leaf is not for it."""
    shadow = shadow_of()
    walk = parameters(shadow.stage.registers, shadow.stage.features)
    for filling, level, target in (
        (Filling(Memory(), 0x8000, 1, True), 1, 1),
        (Filling(Memory(), 0x8000, 1, False), 0, 3),
        (Filling(Memory(), 0x8000, 1, False), 2, 2),
        (Filling(Memory(), 0x8000, 3, False), 3, 2),
    ):
        assert fill(filling, level, 0, LEAF, target, shadow, walk) is filling
    assert fill(Filling(Memory(), 0x8000, 1, False), 1, 0, LEAF, 1, shadow, walk) == Filling(
        Memory({0x8000: LEAF}), 0x8000, 1, True
    )


def test_the_shadow_has_the_effective_input_size() -> None:
    """Where T0SZ above its limit does not fault, it is the limit that counts."""
    machine = attrs.evolve(MACHINE, large_TxSZ_faults=False)
    shadow = shadow_of(vtcr=0x8005_0000 | 45, machine=machine)
    assert is_well_formed(shadow)
    small = attrs.evolve(FULL, size=21)
    done = install(shadow, (1 << 25) - 1, small)
    assert isinstance(done, Installed)
    assert done.memory == Memory({0x8078: 0x5000_04FD})
    assert install(shadow, 1 << 25, small) == Refused(Refusal.INPUT_ADDRESS)
    assert not is_well_formed(shadow_of(vtcr=0x8005_0000 | 45))


def test_a_shadow_that_hardware_cannot_walk_is_not_well_formed() -> None:
    """Pages aligned, within the output size, apart from each other and the first table; a valid start."""
    good = shadow_of()
    assert is_well_formed(good)
    pages = ("page0", "page1", "page2", "page3")
    for name in pages:
        assert not is_well_formed(altered(good, **{name: 0x9800}))
        assert not is_well_formed(altered(good, **{name: 1 << 48}))
        assert is_well_formed(altered(good, **{name: (1 << 48) - 0x1000}))
        assert not is_well_formed(altered(good, **{name: 0x8000}))
    for one, other in itertools.combinations(pages, 2):
        assert not is_well_formed(altered(good, **{one: getattr(good, other)}))
    for vtcr in (0x8005_0059 & ~63 | 40, 0x8005_0059 | 0b11 << 6, 0x8005_0059 & ~63 | 40, 0x8005_0019):
        assert not is_well_formed(shadow_of(vtcr=vtcr))


def test_a_shadow_whose_input_does_not_fit_its_start_is_not_well_formed() -> None:
    """39 bits from level 2, and 30 from level 1; one bit less, or more, and it is."""
    for T0SZ, SL0, expected in ((25, 0b00, False), (30, 0b00, True), (34, 0b01, False), (33, 0b01, True)):
        stage = Stage(Stage2Registers(0x8005_0000 | SL0 << 6 | T0SZ, 1 << 30, 1), Memory(), MACHINE)
        assert is_well_formed(altered(shadow_of(), stage=stage)) == expected
    invalid = Stage(Stage2Registers(0x8005_0000 | 0b11 << 6 | 39, 1 << 30, 1), Memory(), MACHINE)
    assert not is_well_formed(altered(shadow_of(), stage=invalid))


def test_pages_are_apart_from_the_first_table_whatever_its_size() -> None:
    """Concatenated tables of 64KB hold several pages; a table of 16 bytes stands within a page."""
    wide = attrs.evolve(shadow_of(), stage=Stage(Stage2Registers(0x8005_0055, 0x2_0000, 1), Memory(), MACHINE))
    assert is_well_formed(wide)
    narrow = Stage(Stage2Registers(0x8005_0061, 0x8FF0, 1), Memory(), MACHINE)
    small = attrs.evolve(shadow_of(), stage=narrow)
    assert is_well_formed(small)
    for name in ("page0", "page1", "page2", "page3"):
        for inside in (0x2_0000, 0x2_1000, 0x2_F000):
            assert not is_well_formed(altered(wide, **{name: inside}))
        for outside in (0x1_F000, 0x3_0000):
            assert is_well_formed(altered(wide, **{name: outside}))
        assert not is_well_formed(altered(small, **{name: 0x8000}))
        assert is_well_formed(altered(small, **{name: 0x7000}))
    beyond = attrs.evolve(shadow_of(), stage=Stage(Stage2Registers(0x8000_0059, 1 << 40, 1), Memory(), MACHINE))
    assert not is_well_formed(beyond)


def test_hardware_runs_a_nested_guest_with_bits_of_both() -> None:
    """CD, ID and PTW of a stage that is on, the guest's DC and DCT, VM, no TGE; the rest is the host's."""
    CD, ID, PTW, TGE, VM, DC, DCT = 1 << 32, 1 << 33, 1 << 2, 1 << 27, 1, 1 << 12, 1 << 57
    for position in range(64):
        bit = 1 << position
        assert shadow_HCR(0, bit) == (VM if bit in (DC, DCT, TGE, CD, ID, PTW) else bit | VM)
        assert shadow_HCR(0, bit | VM) == (VM if bit in (DC, DCT, TGE) else bit | VM)
        assert shadow_HCR(bit, 0) == (bit | VM if bit in (DC, DCT) else VM)
        assert shadow_HCR(bit | VM, 0) == (bit | VM if bit in (CD, ID, PTW, DC, DCT) else VM)
        assert shadow_HCR(bit | DC, 0) == (bit | DC | VM if bit in (CD, ID, PTW, DCT) else DC | VM)
    ones = (1 << 64) - 1
    assert shadow_HCR(PTW | TGE | CD | ID | VM, 0) == CD | ID | VM
    assert shadow_HCR(0, PTW | TGE | CD | ID | DC | DCT) == CD | ID | VM
    assert shadow_HCR(PTW | VM, PTW | TGE | VM) == shadow_HCR(PTW | TGE | VM, PTW | VM) == PTW | VM
    assert shadow_HCR(ones, 0) == CD | ID | DC | DCT | VM
    assert shadow_HCR(0, ones) == ones & ~(TGE | DC | DCT | PTW)


def test_a_table_in_Device_memory_is_not_walked_under_the_PTW_of_the_other_stage() -> None:
    """The host refuses what hardware would refuse for ever; a load from the same page is installed."""
    device = page_of(0b0001)
    normal = page_of(0b1111)
    PTW = attrs.evolve(normal.registers, HCR_EL2=normal.registers.HCR_EL2 | 1 << 2)
    host = attrs.evolve(normal, registers=PTW)
    table = shadow_of()
    registers = attrs.evolve(table.stage.registers, HCR_EL2=shadow_HCR(device.registers.HCR_EL2, PTW.HCR_EL2))
    table = attrs.evolve(table, stage=attrs.evolve(table.stage, registers=registers))
    walk, load = Access.table_walk(), Access.load()
    assert handle_abort(0x1000, WRITE_BACK_MEMORY, walk, device, host, table) == Refused(Refusal.TABLE_WALK)
    assert isinstance(handle_abort(0x1000, WRITE_BACK_MEMORY, load, device, host, table), Installed)
    assert isinstance(handle_abort(0x1000, WRITE_BACK_MEMORY, walk, normal, host, table), Installed)


def page_of(MemAttr: int) -> Stage:
    """Return a stage that maps the page 0x1000 to itself, with a memory type."""
    table = {0x8000: 0x9003, 0x9000: 0xA003, 0xA008: 0x17C3 | MemAttr << 2}
    return Stage(Stage2Registers(0x8005_0059, 0x8000, 1), Memory(table), MACHINE)


@SETTINGS
@given(machine=features(), data=st.data())
def test_a_leaf_that_is_installed_is_found_by_hardware(machine: Features, data: st.DataObject) -> None:
    """Every composed leaf, in every format: the walk of the shadow gives it back, as large as it fits."""
    plan = data.draw(plans(machine))
    host = Stage(plan.registers, Memory(), machine)
    shadow = data.draw(shadows(host, host))
    leaf = data.draw(from_type(ComposedLeaf))
    least = {K4: 12, K16: 14, K64: 16}[parameters(shadow.stage.registers, machine).granule]
    kind = combined_type(leaf.type, attrs.evolve(UNCHANGED, is_device=leaf.type.is_device))
    leaf = attrs.evolve(leaf, OA=data.draw(words(plan.output_size)), size=max(leaf.size, least), type=kind)
    ipa = data.draw(words(plan.input_size))
    aligned = attrs.evolve(leaf, OA=leaf.OA >> 12 << 12 | (ipa & 0xFFF))
    done = install(shadow, ipa, attrs.evolve(aligned, size=least))
    if isinstance(done, Refused):
        return
    stage = attrs.evolve(shadow.stage, memory=done.memory)
    found = look_up(stage, ipa, WRITE_BACK_MEMORY, Access(AccessType.AT, False, False, 1))
    assert isinstance(found, Mapping)
    assert found.OA >> least == leaf.OA >> least
    assert (found.read, found.write) == (leaf.read, leaf.write)
    assert (found.privileged_execute, found.unprivileged_execute) == (
        leaf.privileged_execute,
        leaf.unprivileged_execute,
    )
    assert found.update == NoUpdate()
