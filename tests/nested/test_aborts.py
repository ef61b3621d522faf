"""Aborts of a nested guest, on tables that both hypervisors have built."""

import attrs
import pytest

from proofs.mmu import examples
from proofs.mmu.setting import Setting
from spec.features import Features, Granule
from spec.lang import Memory
from spec.mmu.abort import Origin, Reported
from spec.mmu.access import Access, AccessType
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.shadow import ComposedLeaf, GuestUpdate, HostFault, Installed, Shadow, Stage, install
from spec.mmu.shadow_attributes import UNCHANGED
from spec.mmu.stage2 import Leaf, walk_tables
from spec.mmu.stage2_controls import Stage2Registers, parameters
from spec.mmu.tlb_entry import TableEntry
from spec.nested.aborts import (
    Forwarded,
    Held,
    NestedAbort,
    NothingHeld,
    Resolved,
    WholeContext,
    forwarded,
    handle,
    maintenance,
    of_instruction,
)
from spec.nested.contexts import Key, ShadowContext
from spec.nested.shadow_leaf import ShadowLeaf
from spec.nested.tlbi_execution import OneLeaf, executed

K4, K16, K64 = Granule
CONTEXT = ShadowContext(True, Key(True, 7, 0x4000, 0x19), 1, 3, False)
CPU = Features()
STORE = Origin(1, AccessType.GPR)


def nested(access: Access, origin: Origin = STORE, ESR: int = 0x9200_0045) -> NestedAbort:
    """Return the abort of an access to the page of the examples."""
    return NestedAbort(examples.IPA, 0xFFFF_1234, examples.NORMAL, access, origin, ESR)


def handled(setting: object, aborted: NestedAbort, shadow: Shadow | None = None) -> object:
    """Return what L0 does with an abort."""
    assert isinstance(setting, Setting)
    return handle(aborted, setting.guest, setting.host, shadow or setting.shadow, CONTEXT, 0)


@pytest.mark.parametrize("guest", [K4, K16, K64])
@pytest.mark.parametrize("host", [K4, K64])
def test_a_page_that_both_map_is_installed_with_the_guest_hypervisor_s_level(guest: Granule, host: Granule) -> None:
    """A page of the smaller granule; the guest hypervisor's is of level 3 of its own."""
    setting = examples.abort(guest, host)
    done = handled(setting, nested(Access.store()))
    assert isinstance(done, Resolved)
    small = min(guest.bits, host.bits)
    assert done.leaf == ShadowLeaf(
        True,
        TableEntry(guest if guest.bits == small else host, 3, True, examples.IPA >> small << small),
        TableEntry(guest, 3, True, examples.IPA),
        True,
        examples.MIDDLE >> small << small,
        examples.OUTPUT >> small << small,
        *(True, True, True, True),
    )
    assert done.maintenance == NothingHeld()
    registers = setting.shadow.stage.registers
    found = walk_tables(examples.IPA, parameters(registers, CPU), registers.VTTBR_EL2, Access.store(), done.memory, CPU)
    assert isinstance(found, Leaf)
    assert (found.OA, found.level) == (examples.OUTPUT, 3)


def test_a_block_of_the_guest_hypervisor_is_many_leaves_that_are_kept_as_one() -> None:
    """A block of 2 MB on pages of 4 KB: the page is of level 3, and kept as of level 2."""
    table = examples.empty_table(0x4000_0000, K4)
    leaf = ComposedLeaf(0x8_7640_0000, 21, True, True, True, True, UNCHANGED)
    done = install(table, 0x1_2340_0000, leaf)
    assert isinstance(done, Installed)
    setting = examples.abort(K4, K4)
    own = attrs.evolve(table.stage, memory=done.memory)
    backing = examples.page(0x5000_0000, K4, 0x8_7645_0000, examples.OUTPUT)
    found = handled(attrs.evolve(setting, guest=own, host=backing), nested(Access.load()))
    assert isinstance(found, Resolved)
    assert (found.leaf.shadow.level, found.leaf.guest.level, found.leaf.intermediate) == (3, 2, 0x8_7645_0000)


def test_with_stage_2_off_there_is_no_guest_level() -> None:
    """The intermediate address is the IPA."""
    setting = examples.abort(K4, K4)
    off = Stage(Stage2Registers(0, 0, 0), Memory(), CPU)
    backing = examples.page(0x5000_0000, K4, examples.IPA, examples.OUTPUT)
    done = handled(attrs.evolve(setting, guest=off, host=backing), nested(Access.load()))
    assert isinstance(done, Resolved)
    assert (done.leaf.keeps_guest_level, done.leaf.intermediate) == (False, examples.IPA)


def test_what_the_guest_hypervisor_does_not_map_is_its_fault() -> None:
    """Its walk ends at level 1; the hardware's ended elsewhere, on a store of 8 bytes from X3."""
    setting = examples.a_guest_fault(K4, K4)["setting"]
    done = handled(setting, nested(Access.store(), ESR=0x93C3_8047))
    assert isinstance(done, Forwarded)
    assert (done.fault.kind, done.fault.level, done.fault.IPA) == (FaultKind.TRANSLATION, 1, examples.IPA)
    assert (done.abort.EL, done.abort.ESR, done.abort.FAR) == (2, 0x93C3_8045, 0xFFFF_1234)
    assert Reported(examples.IPA >> 12 << 4) == done.abort.IPA


def test_a_fetch_from_what_is_execute_never_is_its_fault() -> None:
    """Though L0 permits it and there was no leaf: a Permission fault at level 3."""
    setting = examples.abort(K4, K4)
    table = examples.empty_table(0x4000_0000, K4)
    leaf = ComposedLeaf(examples.MIDDLE, 12, True, True, False, False, UNCHANGED)
    done = install(table, examples.IPA, leaf)
    assert isinstance(done, Installed)
    own = attrs.evolve(table.stage, memory=done.memory)
    aborted = nested(Access.fetch(), Origin(1, AccessType.IFETCH), 0x8200_0007)
    found = handled(attrs.evolve(setting, guest=own), aborted)
    assert isinstance(found, Forwarded)
    assert found.abort.ESR == 0x8200_000F


def test_a_fetch_of_a_stage_1_descriptor_is_reported_as_one() -> None:
    """S1PTW, and HPFAR_EL2 of the table."""
    setting = examples.a_guest_fault(K64, K4)["setting"]
    found = handled(setting, nested(Access.table_walk(), ESR=0x9200_0087))
    assert isinstance(found, Forwarded)
    assert found.abort.ESR == 0x9200_0086
    assert Reported(examples.IPA >> 12 << 4) == found.abort.IPA


def test_a_fault_of_L0_and_an_update_are_as_they_were() -> None:
    """They are handled before anything is installed."""
    assert isinstance(handled(examples.a_host_fault(K4, K4)["setting"], nested(Access.load())), HostFault)
    assert isinstance(handled(examples.an_access_flag_update(K4, K4)["setting"], nested(Access.load())), GuestUpdate)


def test_a_leaf_in_place_of_a_leaf_is_invalidated_at_its_level() -> None:
    """A page that was read-only; the guest hypervisor has made it writable since."""
    setting = examples.abort(K4, K4)
    before = install(
        setting.shadow,
        examples.IPA,
        ComposedLeaf(examples.OUTPUT, 12, True, False, False, False, UNCHANGED),
    )
    assert isinstance(before, Installed)
    shadow = attrs.evolve(setting.shadow, stage=attrs.evolve(setting.shadow.stage, memory=before.memory))
    done = handled(setting, nested(Access.store()), shadow)
    assert isinstance(done, Resolved)
    assert isinstance(done.maintenance, OneLeaf)
    assert done.maintenance.of_stage_2.Xt == 0b0111 << 44 | examples.IPA >> 12


class TestReplacing:
    """What is invalidated where something was."""

    @pytest.mark.parametrize(("level", "new"), [(1, 1), (1, 3), (2, 2), (2, 3), (3, 3)])
    def test_a_leaf_by_its_own_level(self, level: int, new: int) -> None:
        """Whatever takes its place; and with stage 1."""
        found = maintenance(Held(True, level), 0x4000_0000, K4, new, CONTEXT, 0, CPU)
        assert isinstance(found, OneLeaf)
        assert executed(found.of_stage_2, CPU).hint.level == level
        assert executed(found.of_stage_1, CPU).VMID == 3

    @pytest.mark.parametrize(("is_leaf", "level", "new"), [(True, 3, 2), (False, 3, 1), (False, 2, 1)])
    def test_a_table_by_the_whole_context(self, is_leaf: bool, level: int, new: int) -> None:
        """Whether the walk of the IPA found a leaf below it or none."""
        found = maintenance(Held(is_leaf, level), 0x4000_0000, K4, new, CONTEXT, 0, CPU)
        assert isinstance(found, WholeContext)

    @pytest.mark.parametrize(("level", "new"), [(1, 1), (1, 3), (3, 3)])
    def test_nothing_by_nothing(self, level: int, new: int) -> None:
        """What is invalid is in no TLB."""
        assert maintenance(Held(False, level), 0x4000_0000, K4, new, CONTEXT, 0, CPU) == NothingHeld()


class TestTheSyndrome:
    """What is kept of the hardware's."""

    FAULT = Fault(FaultKind.TRANSLATION, 2, 0x5000, stage2=True, s2fs1walk=False, write=False)

    def test_a_load_keeps_its_register(self) -> None:
        """ISV, SAS, SSE, SRT, SF and AR: bits 24 to 14."""
        assert of_instruction(self.FAULT, STORE, 0x93FF_C007) == 0x1FF_C000

    def test_without_ISV_nothing_is_kept(self) -> None:
        """The bits are of something else then."""
        assert of_instruction(self.FAULT, STORE, 0x92FF_C007) == 0

    def test_cache_maintenance_stays_that(self) -> None:
        """CM, and WnR, which is 1."""
        found = forwarded(self.FAULT, 0, STORE, 0x9200_0147, 1, CPU)
        assert found.abort.ESR == 0x9200_0146

    @pytest.mark.parametrize(
        ("fault", "origin"),
        [
            (FAULT, Origin(1, AccessType.IFETCH)),
            (attrs.evolve(FAULT, kind=FaultKind.EXTERNAL_ABORT), STORE),
        ],
    )
    def test_a_fetch_and_an_External_abort_keep_nothing(self, fault: Fault, origin: Origin) -> None:
        """They say nothing of an instruction."""
        assert of_instruction(fault, origin, 0x93FF_C147) == 0
