import attrs
import pytest

from nvspec import wording
from spec.features import Cacheability
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import Device, Hints, MemoryAttributes, MemoryType, Shareability
from spec.mmu.fault import Fault, FaultKind

DEVICE = MemoryAttributes(
    MemoryType.DEVICE, Device.GRE, Hints(Cacheability.NC), Hints(Cacheability.NC), Shareability.OSH, True
)
"""Device memory."""


class TestWords:
    """Values in words."""

    @pytest.mark.parametrize(
        ("access", "words"),
        [
            (Access.load(0), "read at EL0"),
            (Access.store(), "write at EL1"),
            (Access.atomic(), "atomic (read and write) at EL1"),
            (Access.fetch(), "instruction fetch at EL1"),
            (Access.table_walk(), "stage 1 table walk on behalf of a read at EL1"),
            (Access.table_update(0), "hardware update of a stage 1 descriptor on behalf of a read at EL0"),
            (attrs.evolve(Access.load(), aligned=False), "read at EL1, unaligned"),
            (
                attrs.evolve(Access.load(), type=AccessType.AT),
                "address translation instruction for a read at EL1",
            ),
            (Access(AccessType.AT, read=False, write=False, EL=1), "address translation instruction at EL1"),
        ],
    )
    def test_an_access_says_what_it_is(self, access: Access, words: str) -> None:
        """Kind, direction and Exception level."""
        assert wording.access(access) == words

    def test_attributes_name_what_has_a_meaning(self) -> None:
        """Device memory has a kind and no Cacheability; hints follow their side."""
        assert wording.attributes(DEVICE) == "Device-GRE, XS"
        side = Hints(Cacheability.WT, read_allocate=True, transient=True)
        normal = attrs.evolve(DEVICE, memtype=MemoryType.NORMAL, inner=side, tagged=True, xs=False)
        assert wording.attributes(normal) == (
            "Normal, Inner Write-Through RA transient, Outer Non-cacheable, Outer Shareable, Tagged"
        )

    def test_an_alignment_fault_has_no_level(self) -> None:
        """The level of a fault is named where it has one, S1PTW where it is 1."""
        fault = Fault(FaultKind.ALIGNMENT, 3, 0x1000, True, True, False)
        assert wording.fault(fault) == ("stage 2 Alignment fault (FSC 0b100001), IPA 0x1000, WnR 0, S1PTW 1")

    def test_a_fault_of_stage_1_has_no_IPA(self) -> None:
        """But it may say why the permission is missing."""
        fault = Fault(FaultKind.PERMISSION, 3, 0, False, False, True, overlay=True)
        assert wording.fault(fault) == "stage 1 Permission fault, level 3 (FSC 0b001111), WnR 1, Overlay 1"
        fault = attrs.evolve(fault, overlay=False, dirty_bit=True)
        assert wording.fault(fault).endswith("WnR 1, DirtyBit 1")

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (True, "yes"),
            (16, "0x10"),
            (Device.GRE, "GRE"),
            (DEVICE, "Device-GRE, XS"),
            (Access.load(), "Access"),
        ],
    )
    def test_any_value_has_words(self, value: object, words: str) -> None:
        """Also that of a rule of which nothing is known here."""
        assert wording.value(value) == words

    def test_every_fault_and_shareability_has_a_name(self) -> None:
        """None is missing in the tables."""
        assert set(wording.FAULTS) == set(FaultKind)
        assert set(wording.SHAREABILITIES) == set(Shareability)
        assert set(wording.CACHEABILITIES) == set(Cacheability.__members__)
