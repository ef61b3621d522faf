import csv
import itertools
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvspec.strategies import memory_attributes
from spec.features import Cacheability, Features
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.attributes import (
    NON_CACHEABLE,
    WRITE_BACK,
    Device,
    Hints,
    MemoryAttributes,
    MemoryType,
    Shareability,
    apply_FWB,
    combine,
    combine_device,
    combine_hints,
    combine_shareability,
    decode_device,
    decode_MAIR,
    decode_MAIR_side,
    decode_shareability,
    decode_stage2,
    decode_stage2_cacheability,
    effective_shareability,
    forced_write_back,
    is_write_back,
    normal_non_cacheable,
    remains_tagged,
)
from spec.mmu.fault import FaultKind
from spec.mmu.stage2 import Translation, translate
from spec.mmu.stage2_controls import Stage2Registers

NORMAL, DEVICE = MemoryType
OSH, ISH, NSH = Shareability
NC, WT, WB = Cacheability
SETTINGS = settings(derandomize=True, deadline=None, max_examples=100)
MACHINE = Features(FEAT_S2FWB=True, FEAT_XS=True, FEAT_MTE2=True, FEAT_VHE=True, FEAT_E2H0=True)


def normal(outer: Hints, inner: Hints, sharing: Shareability, xs: bool = True) -> MemoryAttributes:
    """Return attributes of Normal memory."""
    return MemoryAttributes(NORMAL, Device.nGnRnE, inner, outer, sharing, xs)


def device(kind: Device, xs: bool = True) -> MemoryAttributes:
    """Return attributes of Device memory."""
    return MemoryAttributes(DEVICE, kind, NON_CACHEABLE, NON_CACHEABLE, OSH, xs)


# -- read from the manual ------------------------------------------------------------------------------------

ROWS = list(csv.DictReader(Path(__file__).with_name("attributes_manual.csv").read_text().splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(list(row.values())[:5]))
def test_two_stages_combine_as_a_reader_of_the_manual_expects(row: dict[str, str]) -> None:
    """Type, Cacheability and Shareability agree with attributes_manual.csv."""
    stage1 = decode_MAIR(int(row["s1_mair"], 16), int(row["s1_sh"], 2), MACHINE)
    MemAttr, SH = int(row["s2_memattr"], 2), int(row["s2_sh"], 2)
    if row["fwb"] == "1":
        found = apply_FWB(stage1, MemAttr, SH, False, MACHINE)
    else:
        found = combine(stage1, decode_stage2(MemAttr, SH, False, MACHINE), MACHINE)
    assert found.memtype.value == "MemType_" + row["memtype"]
    assert found.shareability.name == row["sh"]
    if row["memtype"] == "Device":
        assert found.device.name == row["device"]
    else:
        assert (found.outer.attrs.name, found.inner.attrs.name) == (row["outer"], row["inner"])


VM, DC, PTW, CD, ID, FWB = 1 << 0, 1 << 12, 1 << 2, 1 << 32, 1 << 33, 1 << 46
HOST = 1 << 34 | 1 << 27
"""HCR_EL2.{E2H, TGE} = {1, 1}."""
STAGE1_OFF_DC = normal(WRITE_BACK, WRITE_BACK, NSH, xs=False)
"""What Default Cacheability gives: Normal Write-Back both, Read- and Write-Allocate, Non-shareable."""
WT_READ = Hints(WT, read_allocate=True)
LOAD, STORE, FETCH, WALK = Access.load(), Access.store(), Access.fetch(), Access.table_walk()
NON_CACHEABLE_BOTH = normal(NON_CACHEABLE, NON_CACHEABLE, OSH)
WB_ISH = normal(WRITE_BACK, WRITE_BACK, ISH, xs=False)

STATEMENTS = [
    (2, DC, 0b1111, 0b00, STAGE1_OFF_DC, (LOAD, STORE, FETCH), STAGE1_OFF_DC),
    (3, DC, 0b0101, 0b00, STAGE1_OFF_DC, (LOAD,), NON_CACHEABLE_BOTH),
    (4, DC, 0b0001, 0b00, STAGE1_OFF_DC, (LOAD,), device(Device.nGnRE)),
    (4, DC | FWB, 0b0001, 0b00, STAGE1_OFF_DC, (LOAD,), device(Device.nGnRE)),
    (5, DC, 0b1111, 0b11, STAGE1_OFF_DC, (LOAD,), WB_ISH),
    (6, VM, 0b1111, 0b00, device(Device.nGnRnE), (LOAD, STORE), device(Device.nGnRnE)),
    (7, VM, 0b1111, 0b00, normal(NON_CACHEABLE, NON_CACHEABLE, OSH), (FETCH,), NON_CACHEABLE_BOTH),
    (8, VM, 0b1111, 0b00, normal(WT_READ, WT_READ, OSH), (FETCH,), normal(WT_READ, WT_READ, OSH)),
    (
        9,
        VM | FWB,
        0b0110,
        0b10,
        device(Device.nGnRnE),
        (LOAD,),
        normal(WRITE_BACK, WRITE_BACK, OSH, xs=False),
    ),
    (10, 0, 0b0101, 0b10, device(Device.GRE), (LOAD, FETCH), device(Device.GRE)),
    (10, 0, 0b0101, 0b10, WB_ISH, (LOAD, FETCH), WB_ISH),
    (11, VM | DC | HOST, 0b0000, 0b00, WB_ISH, (LOAD, FETCH), WB_ISH),
    (12, VM | CD, 0b1111, 0b11, WB_ISH, (LOAD, STORE), NON_CACHEABLE_BOTH),
    (13, VM | CD, 0b1111, 0b11, WB_ISH, (FETCH,), WB_ISH),
    (14, VM | ID, 0b1111, 0b11, WB_ISH, (FETCH,), NON_CACHEABLE_BOTH),
    (15, VM | ID, 0b1111, 0b11, WB_ISH, (LOAD, STORE, WALK), WB_ISH),
    (16, VM | CD, 0b0011, 0b11, WB_ISH, (LOAD, STORE), device(Device.GRE)),
    (17, VM | CD, 0b1111, 0b11, device(Device.nGRE), (LOAD,), device(Device.nGRE)),
    (18, VM | CD, 0b1111, 0b11, WB_ISH, (WALK,), NON_CACHEABLE_BOTH),
    (20, CD | ID, 0b1111, 0b11, WB_ISH, (LOAD, FETCH, WALK), WB_ISH),
    (21, DC | CD, 0b1111, 0b00, STAGE1_OFF_DC, (LOAD,), NON_CACHEABLE_BOTH),
    (22, VM | CD | ID | HOST, 0b0000, 0b00, WB_ISH, (LOAD, FETCH), WB_ISH),
    (23, VM, 0b1111, 0b11, NON_CACHEABLE_BOTH, (LOAD, WALK), NON_CACHEABLE_BOTH),
    (24, VM, 0b1111, 0b11, NON_CACHEABLE_BOTH, (FETCH,), NON_CACHEABLE_BOTH),
    (25, VM | FWB, 0b0110, 0b10, NON_CACHEABLE_BOTH, (LOAD,), normal(WRITE_BACK, WRITE_BACK, OSH, xs=False)),
    (26, VM, 0b0000, 0b11, WB_ISH, (WALK,), NON_CACHEABLE_BOTH),
    (27, VM | PTW, 0b0000, 0b11, WB_ISH, (WALK,), None),
    (28, VM | FWB | PTW, 0b0111, 0b11, WB_ISH, (WALK,), WB_ISH),
    (30, VM, 0b1111, 0b11, normal(WT_READ, Hints(WT), ISH), (LOAD,), normal(WT_READ, Hints(WT), ISH)),
    (31, VM | FWB, 0b0110, 0b10, NON_CACHEABLE_BOTH, (STORE,), normal(WRITE_BACK, WRITE_BACK, OSH, xs=False)),
    (32, VM, 0b1111, 0b00, normal(WT_READ, WRITE_BACK, ISH), (LOAD,), normal(WT_READ, WRITE_BACK, ISH)),
]
"""The statements of attributes_manual.md: number, HCR_EL2, MemAttr, SH, stage 1, accesses, attributes.

1 and 19 speak of stage 1 and of the walk's own accesses; 29 is in test_stage2.py.
"""


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: str(statement[0]))
def test_statements_of_the_manual_hold(
    statement: tuple[int, int, int, int, MemoryAttributes, tuple[Access, ...], MemoryAttributes | None],
) -> None:
    """Each access through a page with the given attributes has those of the statement, XS apart."""
    _, hcr, MemAttr, SH, stage1, given_accesses, expected = statement
    page = 0x8000_0000 | SH << 8 | MemAttr << 2 | 0b11 | 0b11 << 6 | 1 << 10
    memory = Memory({0x8000: 0x9003, 0x9000: page})
    for access in given_accesses:
        found = translate(Stage2Registers(0x8005_0020, 0x8000, hcr), 0, stage1, access, memory, MACHINE).outcome
        if expected is None:
            assert not isinstance(found, Translation)
            assert found.kind == FaultKind.PERMISSION
        else:
            assert isinstance(found, Translation)
            assert attrs.evolve(found.attributes, xs=expected.xs) == expected


# -- decoding ------------------------------------------------------------------------------------------------


def test_two_bits_name_a_kind_of_Device_memory() -> None:
    """0b00 to 0b11, the strongest first: D8.6.2."""
    assert [decode_device(code).name for code in range(4)] == ["nGnRnE", "nGnRE", "nGRE", "GRE"]


def test_two_bits_name_a_Shareability() -> None:
    """0b00 Non-shareable, 0b10 Outer, 0b11 Inner; the reserved 0b01 is taken as Outer."""
    assert [decode_shareability(code, Features()) for code in range(4)] == [NSH, OSH, OSH, ISH]
    for code, chosen in ((0b00, NSH), (0b10, OSH), (0b11, ISH), (0b01, OSH)):
        machine = Features(reserved_SH=code)
        assert [decode_shareability(code, machine) for code in range(4)] == [NSH, chosen, OSH, ISH]


@pytest.mark.parametrize("chosen", Cacheability)
def test_two_bits_name_a_Cacheability_of_stage_2(chosen: Cacheability) -> None:
    """0b01 Non-cacheable, 0b10 Write-Through, 0b11 Write-Back; 0b00 is a choice."""
    machine = Features(reserved_S2_cacheability=chosen)
    assert [decode_stage2_cacheability(code, machine) for code in range(4)] == [chosen, NC, WT, WB]
    sides = [NC, WT, WB]
    for outer, inner in itertools.product((1, 2, 3), (0, 1, 2, 3)):
        found = decode_stage2(outer << 2 | inner, 0b11, False, machine)
        assert found == MemoryAttributes(
            NORMAL,
            Device.nGnRnE,
            Hints(chosen if inner == 0 else sides[inner - 1]),
            Hints(sides[outer - 1]),
            ISH,
            True,
        )


@pytest.mark.parametrize("MemAttr", range(4))
@pytest.mark.parametrize("FnXS", [False, True])
def test_stage_2_names_Device_memory(MemAttr: int, FnXS: bool) -> None:
    """MemAttr 0b00dd; the attribute XS is the inverse of FnXS."""
    found = decode_stage2(MemAttr, 0b00, FnXS, Features())
    assert found == MemoryAttributes(DEVICE, list(Device)[MemAttr], NON_CACHEABLE, NON_CACHEABLE, NSH, not FnXS)


def test_the_names_are_those_of_the_pseudocode() -> None:
    """Values of the enumerations, and the memory that NormalNCMemAttr() gives."""
    assert [kind.value for kind in MemoryType] == ["MemType_Normal", "MemType_Device"]
    assert [kind.value for kind in Shareability] == [
        "Shareability_OSH",
        "Shareability_ISH",
        "Shareability_NSH",
    ]
    assert {kind.name: kind.value for kind in Device} == {"nGnRnE": 0, "nGnRE": 1, "nGRE": 2, "GRE": 3}
    for xs in (False, True):
        assert normal_non_cacheable(xs) == MemoryAttributes(
            NORMAL,
            Device.nGnRnE,
            Hints(NC, False, False, False),
            Hints(NC, False, False, False),
            OSH,
            xs,
            False,
        )
    assert Hints(WB, True, True, False) == WRITE_BACK


MAIR_SIDES = {
    0b0000: Hints(WT, False, False, False),
    0b0001: Hints(WT, False, True, True),
    0b0010: Hints(WT, True, False, True),
    0b0011: Hints(WT, True, True, True),
    0b0100: Hints(NC, False, False, False),
    0b0101: Hints(WB, False, True, True),
    0b0110: Hints(WB, True, False, True),
    0b0111: Hints(WB, True, True, True),
    0b1000: Hints(WT, False, False, False),
    0b1001: Hints(WT, False, True, False),
    0b1010: Hints(WT, True, False, False),
    0b1011: Hints(WT, True, True, False),
    0b1100: Hints(WB, False, False, False),
    0b1101: Hints(WB, False, True, False),
    0b1110: Hints(WB, True, False, False),
    0b1111: Hints(WB, True, True, False),
}
"""MAIR_EL1, the meaning of four bits: read allocation is bit 1, write allocation bit 0; D24.2.127."""


@pytest.mark.parametrize("code", MAIR_SIDES)
def test_four_bits_name_a_side_of_MAIR(code: int) -> None:
    """Cacheability, hints and transience are those of the table of MAIR_EL1."""
    assert decode_MAIR_side(code) == MAIR_SIDES[code]


def test_a_byte_names_Normal_memory() -> None:
    """Outer in bits 7 to 4, inner in 3 to 0; Write-Back is not XS; Non-cacheable is Outer Shareable."""
    for outer, inner, SH in itertools.product(range(1, 16), range(1, 16), (0b00, 0b10, 0b11)):
        if outer << 4 | inner == 0xF0:
            continue
        cached = {MAIR_SIDES[outer].attrs, MAIR_SIDES[inner].attrs}
        found = decode_MAIR(outer << 4 | inner, SH, MACHINE)
        sharing = OSH if cached == {NC} else {0: NSH, 2: OSH, 3: ISH}[SH]
        assert found == normal(MAIR_SIDES[outer], MAIR_SIDES[inner], sharing, xs=cached != {WB})


@pytest.mark.parametrize("code", range(4))
@pytest.mark.parametrize("nXS", [0, 1])
def test_a_byte_names_Device_memory(code: int, nXS: int) -> None:
    """0b0000dd00, and 0b0000dd01 where the memory is not XS; the descriptor's Shareability does not count."""
    assert decode_MAIR(code << 2 | nXS, 0b11, MACHINE) == device(list(Device)[code], xs=not nXS)


def test_0xf0_is_Tagged_Normal_memory() -> None:
    """Write-Back both, allocating; Tagged with FEAT_MTE2."""
    found = decode_MAIR(0xF0, 0b11, MACHINE)
    assert found == attrs.evolve(WB_ISH, tagged=True)
    assert not decode_MAIR(0xF0, 0b11, Features()).tagged


# -- combining -----------------------------------------------------------------------------------------------


def test_the_stronger_kind_of_Device_memory_wins() -> None:
    """Table D8-97: nGnRnE before nGnRE before nGRE before GRE."""
    for one, other in itertools.product(Device, repeat=2):
        assert combine_device(one, other).value == min(one.value, other.value)


def test_the_wider_Shareability_wins() -> None:
    """Table D8-103: Outer before Inner before Non-shareable."""
    order = [OSH, ISH, NSH]
    for one, other in itertools.product(order, repeat=2):
        assert combine_shareability(one, other) == order[min(order.index(one), order.index(other))]


def test_the_stronger_Cacheability_wins_with_the_hints_of_stage_1() -> None:
    """Table D8-98, R_WYQVN: Non-cacheable before Write-Through before Write-Back."""
    every = [Hints(kind, *flags) for kind in (WT, WB) for flags in itertools.product((False, True), repeat=3)]
    for one, other in itertools.product([NON_CACHEABLE, *every], repeat=2):
        weakest = min(one.attrs.value, other.attrs.value)
        expected = attrs.evolve(one, attrs=Cacheability(weakest)) if weakest else NON_CACHEABLE
        assert combine_hints(one, other) == expected


def test_Device_and_Non_cacheable_memory_is_Outer_Shareable() -> None:
    """R_WLQYW: both sides Non-cacheable, not one of them."""
    assert effective_shareability(attrs.evolve(device(Device.GRE), shareability=NSH)) == OSH
    for outer, inner in itertools.product((NON_CACHEABLE, WRITE_BACK), repeat=2):
        expected = OSH if outer == inner == NON_CACHEABLE else NSH
        assert effective_shareability(normal(outer, inner, NSH)) == expected


def test_only_Normal_memory_cached_on_both_sides_is_write_back() -> None:
    """Inner and Outer Write-Back, and not Device."""
    for outer, inner in itertools.product(Cacheability, repeat=2):
        memory = normal(Hints(outer), Hints(inner), ISH)
        assert is_write_back(memory) == (outer == inner == WB)
        assert not is_write_back(attrs.evolve(memory, memtype=DEVICE))


def test_a_forced_Write_Back_keeps_the_hints_of_cacheable_memory() -> None:
    """Of memory that is Non-cacheable, or Device, there are none: it allocates always; R_TBQKG."""
    side = Hints(WT, True, False, True)
    assert forced_write_back(normal(side, side, ISH), side) == Hints(WB, True, False, True)
    assert forced_write_back(normal(side, NON_CACHEABLE, ISH), NON_CACHEABLE) == WRITE_BACK
    assert forced_write_back(device(Device.GRE), side) == WRITE_BACK


def test_memory_stays_tagged_only_as_allocating_Write_Back() -> None:
    """S2MemTagType(): both sides, Normal, with FEAT_MTE2, and tagged at stage 1."""
    memory = attrs.evolve(WB_ISH, tagged=True)
    assert remains_tagged(memory, memory, MACHINE)
    assert not remains_tagged(memory, memory, Features())
    assert not remains_tagged(WB_ISH, memory, MACHINE)
    assert not remains_tagged(memory, attrs.evolve(memory, memtype=DEVICE), MACHINE)
    for side in ("inner", "outer"):
        for other in (
            Hints(WB, True, False),
            Hints(WB, False, True),
            Hints(WB, True, True, True),
            Hints(WT, True, True),
        ):
            changed: dict[str, Any] = {side: other}
            assert not remains_tagged(memory, attrs.evolve(memory, **changed), MACHINE)


@SETTINGS
@given(stage1=memory_attributes(), xs=st.booleans(), FnXS=st.booleans(), MemAttr=st.integers(0, 15))
def test_memory_is_XS_if_both_stages_say_so(stage1: MemoryAttributes, xs: bool, FnXS: bool, MemAttr: int) -> None:
    """But never where it is Write-Back; with FWB a forced Write-Back is not XS, and FnXS takes it away."""
    stage1 = attrs.evolve(stage1, xs=xs)
    plain = combine(stage1, decode_stage2(MemAttr, 0b11, FnXS, MACHINE), MACHINE)
    assert plain.xs == (xs and not FnXS and not is_write_back(plain))
    forced = apply_FWB(stage1, MemAttr, 0b11, FnXS, MACHINE)
    assert forced.xs == (xs and not FnXS and MemAttr & 7 != 0b110)


@SETTINGS
@given(stage1=memory_attributes(), MemAttr=st.integers(0, 15), SH=st.sampled_from([0, 2, 3]), FWB=st.booleans())
def test_the_combination_is_tagged_as_S2MemTagType_says(
    stage1: MemoryAttributes, MemAttr: int, SH: int, FWB: bool
) -> None:
    """Of the combined memory, whichever way it was combined; and only what was tagged."""
    if FWB:
        found = apply_FWB(stage1, MemAttr, SH, False, MACHINE)
    else:
        found = combine(stage1, decode_stage2(MemAttr, SH, False, MACHINE), MACHINE)
    plain = found.memtype == NORMAL and found.inner == found.outer == WRITE_BACK
    assert found.tagged == (stage1.tagged and plain)
    assert found.shareability == effective_shareability(found)


def test_Device_memory_of_either_stage_keeps_its_kind() -> None:
    """Table D8-97: against Normal memory nothing is combined."""
    for kind in Device:
        weak = decode_stage2(0b1111, 0b11, False, MACHINE)
        assert combine(device(kind), weak, MACHINE) == device(kind)
        found = combine(WB_ISH, decode_stage2(kind.value, 0b11, False, MACHINE), MACHINE)
        assert (found.memtype, found.device, found.xs) == (DEVICE, kind, False)
        assert combine(normal_non_cacheable(True), decode_stage2(kind.value, 0, False, MACHINE), MACHINE).xs


@pytest.mark.parametrize("high", [0b0000, 0b1000])
def test_FWB_reads_three_bits_of_MemAttr(high: int) -> None:
    """MemAttr[3] is RES0 without FEAT_MTE_PERM: R_ZNGNK."""
    for low, memory in itertools.product(range(8), (device(Device.nGRE), WB_ISH, NON_CACHEABLE_BOTH)):
        assert apply_FWB(memory, high | low, 0b00, False, MACHINE) == apply_FWB(memory, low, 0b00, False, MACHINE)


def test_FWB_combines_by_its_own_table() -> None:
    """Tables D8-100, D8-101, with hints, for each MemAttr of three bits."""
    half = normal(WT_READ, NON_CACHEABLE, NSH)
    for code, kind in itertools.product(range(4), Device):
        assert apply_FWB(half, code, 0, False, MACHINE) == device(list(Device)[code])
        strongest = list(Device)[min(code, kind.value)]
        assert apply_FWB(device(kind), code, 0, False, MACHINE) == device(strongest)
        assert apply_FWB(device(kind), 0b101, 0, False, MACHINE) == device(kind)
        assert apply_FWB(device(kind), 0b100, 0, False, MACHINE) == device(kind)
        assert apply_FWB(device(kind), 0b111, 0, False, MACHINE) == device(kind)
        always = normal(WRITE_BACK, WRITE_BACK, OSH, xs=False)
        assert apply_FWB(device(kind), 0b110, 0, False, MACHINE) == always
    assert apply_FWB(half, 0b111, 0, False, MACHINE) == half
    assert apply_FWB(half, 0b101, 0, False, MACHINE) == NON_CACHEABLE_BOTH
    forced = normal(attrs.evolve(WT_READ, attrs=WB), WRITE_BACK, ISH, xs=False)
    assert apply_FWB(half, 0b110, 0b11, False, MACHINE) == forced
