import itertools
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nvspec.stage1_strategies import Stage1Tables, stage1_tables
from nvspec.strategies import memory_attributes
from spec.features import Cacheability, Features
from spec.lang import Memory
from spec.lang.memory import PatchyMemory
from spec.mmu.abort import Abort, Reported, Unknown
from spec.mmu.access import Access, AccessType
from spec.mmu.at import (
    OPERATIONS,
    Answer,
    ATOperation,
    Taken,
    access_of,
    encode_attributes,
    encode_hints,
    encode_PAR,
    encode_shareability,
    execute,
    level_of_operation,
    regime_of_operation,
    translated,
)
from spec.mmu.attributes import (
    Device,
    Hints,
    MemoryAttributes,
    MemoryType,
    Shareability,
    decode_MAIR,
    normal_non_cacheable,
)
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from spec.mmu.stage2 import Translation
from spec.mmu.translation import translate

E2H, TGE = 1 << 34, 1 << 27
HOST = E2H | TGE
BOTH = (False, True)
VHE = Features(FEAT_VHE=True, FEAT_E2H0=True)
SETTINGS = settings(derandomize=True, deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))

# -- the operations ----------------------------------------------------------------------------------------------


def test_the_operations_are_those_of_the_architecture() -> None:
    """C5.4: S1 or S12; E0, E1 or E2; R, W or A (FEAT_ATS1A); P for PSTATE.PAN (FEAT_PAN2)."""
    expected = {}
    for stages, el in (("S1", 0), ("S1", 1), ("S1", 2), ("S12", 0), ("S12", 1)):
        for kind in ("R", "W"):
            expected[f"{stages}E{el}{kind}"] = ATOperation(stages == "S12", el, kind == "R", kind == "W", False)
    for kind in ("R", "W"):
        expected[f"S1E1{kind}P"] = ATOperation(False, 1, kind == "R", kind == "W", True)
    for el in (1, 2):
        expected[f"S1E{el}A"] = ATOperation(False, el, False, False, False)
    assert expected == OPERATIONS


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_regime_is_that_of_the_level_but_for_a_host(name: str) -> None:
    """AArch64.AT(): with {E2H, TGE} = {1, 1} what asks about EL1 asks about EL2, by EL2&0."""
    operation = OPERATIONS[name]
    for hcr in (0, E2H, TGE, HOST):
        for machine in (Features(), VHE):
            in_host = machine.FEAT_VHE and hcr == HOST
            if operation.EL == 2:
                expected = Regime.EL20 if machine.FEAT_VHE and hcr & E2H else Regime.EL2
            else:
                expected = Regime.EL20 if in_host else Regime.EL10
            assert regime_of_operation(operation, hcr, machine) == expected
            level = 2 if operation.EL == 1 and in_host else operation.EL
            assert level_of_operation(operation, hcr, machine) == level


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_access_is_what_the_name_says(name: str) -> None:
    """CreateAccDescAT(): aligned; PSTATE.PAN in S1E1RP and S1E1WP alone; R reads, W writes, A does neither."""
    for PAN, hcr in itertools.product(BOTH, (0, HOST)):
        got = access_of(OPERATIONS[name], PAN, hcr, VHE)
        el = int(name.partition("E")[2][0])
        el = 2 if el == 1 and hcr else el
        writes, reads = "W" in name, "R" in name
        expected = Access(AccessType.AT, reads, writes, el, True, writes, False, PAN and name.endswith("P"))
        assert got == expected


# -- PAR_EL1 -----------------------------------------------------------------------------------------------------

MAIR_NORMAL = [
    *(0b0100,),
    *(0b0001, 0b0010, 0b0011),  # Write-Through transient
    *(0b0101, 0b0110, 0b0111),  # Write-Back transient
    *(0b1000, 0b1001, 0b1010, 0b1011),  # Write-Through
    *(0b1100, 0b1101, 0b1110, 0b1111),  # Write-Back
]
"""The four bits of one side of Normal memory in MAIR_ELx, each with a meaning of its own."""


@pytest.mark.parametrize("outer", MAIR_NORMAL)
def test_ATTR_of_Normal_memory_is_as_in_MAIR(outer: int) -> None:
    """EncodePARAttrs() is the inverse of the decoding, but for 0x40 and 0xA0, which say more with FEAT_XS."""
    for inner in MAIR_NORMAL:
        found = attrs.evolve(decode_MAIR(outer << 4 | inner, 0b11, Features()), xs=True)
        assert encode_attributes(found, Features()) == outer << 4 | inner


SIDES = {
    Hints(Cacheability.NC): 0b0100,
    Hints(Cacheability.WT): 0b1000,
    Hints(Cacheability.WT, True): 0b1010,
    Hints(Cacheability.WT, False, True): 0b1001,
    Hints(Cacheability.WT, True, True): 0b1011,
    Hints(Cacheability.WT, True, False, True): 0b0010,
    Hints(Cacheability.WB): 0b1100,
    Hints(Cacheability.WB, True): 0b1110,
    Hints(Cacheability.WB, True, True): 0b1111,
    Hints(Cacheability.WB, True, True, True): 0b0111,
    Hints(Cacheability.WB, False, True, True): 0b0101,
}
"""DDI 0487 D24.2, MAIR_EL1: bit 3 not transient, bit 2 Write-Back, bit 1 read, bit 0 write allocation."""


@pytest.mark.parametrize("side", SIDES)
def test_each_side_has_the_bits_of_MAIR(side: Hints) -> None:
    """Row by row."""
    assert encode_hints(side) == SIDES[side]


@pytest.mark.parametrize("device", Device)
def test_ATTR_of_Device_memory(device: Device) -> None:
    """0x00, 0x04, 0x08 and 0x0C; bit 0 is 1 where the memory is not XS."""
    codes = {Device.nGnRnE: 0x00, Device.nGnRE: 0x04, Device.nGRE: 0x08, Device.GRE: 0x0C}
    for xs in BOTH:
        found = attrs.evolve(normal_non_cacheable(xs), memtype=MemoryType.DEVICE, device=device)
        assert encode_attributes(found, Features()) == codes[device] | (not xs)


def memory_of(inner: Hints, outer: Hints, **given: Any) -> MemoryAttributes:
    """Return Normal memory."""
    return attrs.evolve(
        MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, inner, outer, Shareability.ISH, False), **given
    )


def test_ATTR_of_memory_that_is_not_XS() -> None:
    """0xA0: Write-Through, read-allocating, not transient. 0x40: Non-cacheable. Otherwise as in MAIR_ELx."""
    through, none = Hints(Cacheability.WT, True), Hints(Cacheability.NC)
    back = Hints(Cacheability.WB, True, True)
    assert encode_attributes(memory_of(through, through), Features()) == 0xA0
    assert encode_attributes(memory_of(through, through, xs=True), Features()) == 0xAA
    assert encode_attributes(memory_of(none, none), Features()) == 0x40
    assert encode_attributes(memory_of(none, none, xs=True), Features()) == 0x44
    assert encode_attributes(memory_of(back, back), Features()) == 0xFF
    for outer in (Hints(Cacheability.WT, True, True), Hints(Cacheability.WT, True, False, True)):
        assert encode_attributes(memory_of(through, outer), Features()) == SIDES[outer] << 4 | 0xA
    assert encode_attributes(memory_of(none, back), Features()) == 0xF4
    assert encode_attributes(memory_of(back, none), Features()) == 0x4F


def test_ATTR_of_tagged_memory() -> None:
    """0xF0, with FEAT_MTE2."""
    back = Hints(Cacheability.WB, True, True)
    assert encode_attributes(memory_of(back, back, tagged=True), Features(FEAT_MTE2=True)) == 0xF0
    assert encode_attributes(memory_of(back, back, tagged=True), Features()) == 0xFF


@SETTINGS
@given(found=memory_attributes())
def test_SH_is_outer_for_Device_and_Non_cacheable_memory(found: MemoryAttributes) -> None:
    """PAREncodeShareability(): otherwise 0b00, 0b10 or 0b11 as it is."""
    codes = {Shareability.NSH: 0b00, Shareability.OSH: 0b10, Shareability.ISH: 0b11}
    uncached = found.inner.attrs == found.outer.attrs == Cacheability.NC
    outer = found.memtype == MemoryType.DEVICE or uncached
    assert encode_shareability(found) == (0b10 if outer else codes[found.shareability])


def test_PAR_of_a_translation() -> None:
    """ATTR bits 63 to 56, PA 51 to 12, bit 11 RES1, SH 8 to 7, F 0; the offset in the page is not there."""
    back = Hints(Cacheability.WB, True, True)
    got = encode_PAR(Translation((1 << 52) - 1, memory_of(back, back)), Features())
    assert got == 0xFF << 56 | ((1 << 52) - 0x1000) | 1 << 11 | 0b11 << 7
    got = encode_PAR(Translation(0x8000_0234, memory_of(back, back)), Features())
    assert got == 0xFF << 56 | 0x8000_0000 | 1 << 11 | 0b11 << 7


def test_PAR_of_a_fault() -> None:
    """DirtyBit 15, Overlay 14, bit 11 RES1, S 9, PTW 8, FST 6 to 1, F 0."""
    for stage2, walk, overlay, dirty_bit in itertools.product(BOTH, repeat=4):
        found = Fault(FaultKind.PERMISSION, 2, 0x5000, stage2, walk, True, overlay=overlay, dirty_bit=dirty_bit)
        expected = dirty_bit << 15 | overlay << 14 | 1 << 11 | stage2 << 9 | walk << 8 | 0b001110 << 1 | 1
        assert encode_PAR(found, Features()) == expected


# -- the instructions --------------------------------------------------------------------------------------------

PAGE = 0x743
"""A stage 1 page: AF, Inner Shareable, AP[1], attribute 0."""


def pages(descriptor: int) -> dict[int, int]:
    """Return tables of 39 bits at 0x4000 that map the page at 0."""
    return {0x4000: 0x5003, 0x5000: 0x6003, 0x6000: descriptor}


def registers_of(hcr: int = 0, tcr: int = 0, own: int = 1, **given: int) -> TranslationRegisters:
    """Return registers with the tables at 0x4000, for EL1 or for the host at EL2."""
    tables = Stage1Registers(SCTLR=1 | 1 << 2, TCR=25 | 0b101 << 32 | tcr, TTBR0=0x4000, MAIR=0xFF)
    levels = {"EL1": tables} if own == 1 else {"EL2": tables}
    return TranslationRegisters(**levels, HCR_EL2=hcr, **given)  # type: ignore[arg-type]


def AT(name: str, held: dict[int, int], registers: TranslationRegisters, el: int = 2, **given: Any) -> Answer | Taken:
    """Return what an AT instruction comes to at the address 0x123."""
    machine = given.get("machine", VHE)
    memory = PatchyMemory(held, frozenset(given.get("holes", ())))
    return execute(OPERATIONS[name], 0x123, el, given.get("PAN", False), registers, memory, machine)


def par(answer: Answer | Taken) -> int:
    """Return PAR_EL1."""
    assert isinstance(answer, Answer)
    return answer.PAR


STAGE2: dict[str, Any] = {"HCR_EL2": 1, "VTCR_EL2": 0x8004_0000 | (64 - 31), "VTTBR_EL2": 0x1_0000}
"""A stage 2 of 31 bits that begins at level 2 in two tables."""


def stage2(**given: int) -> dict[int, int]:
    """Return a stage 2 that maps 2 MB at 0 to itself, and the 2 MB at 0x80_0000 as given."""
    return {0x1_0000: given.get("first", 0x7FD), 0x1_0020: given.get("fifth", 0x80_07FD)}


def below(name: str, el: int, descriptor: int, tcr: int = 0, **given: Any) -> Answer | Taken:
    """Return what an AT instruction comes to above that stage 2."""
    holes = given.pop("holes", ())
    machine = given.pop("machine", VHE)
    registers = attrs.evolve(registers_of(tcr=tcr), **STAGE2)
    return AT(name, {**pages(descriptor), **stage2(**given)}, registers, el, holes=holes, machine=machine)


def test_of_stage_1_alone_the_answer_is_its_output() -> None:
    """The IPA, whatever stage 2 makes of it; of both stages the physical address."""
    page = 0x80_0000 | PAGE
    moved = 0x4000_0000 | 0x7FD
    assert par(below("S1E1R", 1, page, fifth=moved)) == 0xFF << 56 | 0x80_0000 | 1 << 11 | 0b11 << 7
    assert par(below("S1E1R", 2, page, fifth=0)) == 0xFF << 56 | 0x80_0000 | 1 << 11 | 0b11 << 7
    assert par(below("S12E1R", 2, page, fifth=moved)) == 0xFF << 56 | 0x4000_0000 | 1 << 11 | 0b11 << 7


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "E2" not in name])
def test_a_fault_is_in_PAR(name: str) -> None:
    """A Translation fault of stage 1 at level 3, of stage 2 at level 2 for both stages."""
    assert par(below(name, 2, 0)) == 1 << 11 | 0b000111 << 1 | 1
    got = par(below(name, 2, 0x80_0000 | PAGE, fifth=0))
    if OPERATIONS[name].both_stages:
        assert got == 1 << 11 | 1 << 9 | 0b000110 << 1 | 1
    else:
        assert got & 1 == 0


def test_permissions_are_asked_as_the_name_says() -> None:
    """A read-only page that EL0 cannot access; S1E1A asks for none."""
    page = (0x80_0000 | PAGE | 1 << 7) & ~(1 << 6)
    refused = 1 << 11 | 0b001111 << 1 | 1
    for name, expected in {
        **{"S1E1R": False, "S1E1W": True, "S1E0R": True, "S1E0W": True, "S1E1A": False},
        **{"S12E1R": False, "S12E1W": True, "S12E0R": True, "S12E0W": True},
    }.items():
        got = par(below(name, 2, page))
        assert got == (refused if expected else 0xFF << 56 | 0x80_0000 | 1 << 11 | 0b11 << 7)


def test_PAN_acts_in_S1E1RP_and_S1E1WP_alone() -> None:
    """PSTATE.PAN = 1, and a page that EL0 can access."""
    machine = Features(FEAT_PAN=True, FEAT_PAN2=True)
    for name in ("S1E1R", "S1E1W", "S1E1RP", "S1E1WP"):
        for PAN in BOTH:
            got = par(AT(name, pages(0x80_0000 | PAGE), registers_of(), machine=machine, PAN=PAN))
            assert got & 1 == (PAN and name.endswith("P"))


def test_hardware_sets_the_Access_flag_and_makes_nothing_dirty() -> None:
    """With HA and HD: AT of a write finds a clean leaf writable, and leaves it clean."""
    machine = Features(FEAT_HAFDBS=True)
    clean = 0x80_0000 | (PAGE & ~(1 << 10)) | 1 << 7 | 1 << 51
    got = AT("S1E1W", pages(clean), registers_of(tcr=0b11 << 39), machine=machine)
    assert isinstance(got, Answer)
    assert got.PAR & 1 == 0
    assert got.memory == PatchyMemory(pages(clean | 1 << 10), frozenset())


def test_operations_of_EL2_and_of_a_host_use_the_registers_of_EL2() -> None:
    """S1E2R by EL2&0 with E2H; S1E1R and S1E0R by EL2&0 for a host; PAR_EL1 is the same register."""
    page = pages(0x80_0000 | PAGE)
    found = 0xFF << 56 | 0x80_0000 | 1 << 11 | 0b11 << 7
    assert par(AT("S1E2R", page, registers_of(E2H, own=2))) == found
    for name in ("S1E1R", "S1E0R", "S12E1R", "S12E0R"):
        assert par(AT(name, page, registers_of(HOST, own=2))) == found
    off = 1 << 11 | 0b10 << 7  # Device-nGnRnE: stage 1 of EL1&0 is off.
    assert par(AT("S1E1R", page, registers_of(E2H, own=2))) == off


@pytest.mark.parametrize("name", ["S1E1R", "S1E1W", "S12E1W", "S1E0R"])
def test_at_EL1_a_fault_of_stage_2_on_the_walk_of_stage_1_is_taken(name: str) -> None:
    """To EL2, with S1PTW, CM and WnR, and the page of the descriptor in HPFAR_EL2; at EL2 it is in PAR_EL1."""
    got = below(name, 1, 0x80_0000 | PAGE, first=0)
    esr = 0x24 << 26 | 1 << 25 | 1 << 8 | 1 << 7 | 1 << 6 | 0b000110
    assert isinstance(got, Taken)
    assert got.abort == Abort(2, esr, 0x123, Reported(0x40))
    assert par(below(name, 2, 0x80_0000 | PAGE, first=0)) == 1 << 11 | 0b11 << 8 | 0b000110 << 1 | 1


def test_what_an_exception_leaves_in_memory() -> None:
    """The updates of stage 2 that were made before it."""
    machine = Features(FEAT_HAFDBS=True)
    registers = attrs.evolve(registers_of(), **{**STAGE2, "VTCR_EL2": STAGE2["VTCR_EL2"] | 1 << 21})
    held = {0x4000: 0x80_0003, **stage2(first=0x3FD, fifth=0)}
    got = AT("S1E1R", held, registers, 1, machine=machine)
    assert isinstance(got, Taken)
    assert got.memory == PatchyMemory({**held, 0x1_0000: 0x7FD}, frozenset())


@pytest.mark.parametrize("el", [1, 2])
def test_an_External_abort_is_taken_always(el: int) -> None:
    """On the walk of stage 1: to the level of AT, and to EL2 with HCR_EL2.TEA; of stage 2: to EL2."""
    got = AT("S1E1R", pages(0), registers_of(), el, holes=(0x5000,))
    esr = 0x25 << 26 | 1 << 25 | 1 << 8 | 1 << 6 | 0b010110
    assert isinstance(got, Taken)
    assert got.abort == Abort(el, esr, 0x123, Unknown())
    to_EL2 = AT("S1E1R", pages(0), registers_of(1 << 37), el, holes=(0x5000,), machine=Features(FEAT_RAS=True))
    assert isinstance(to_EL2, Taken)
    assert to_EL2.abort.EL == 2
    of_stage_2 = below("S1E1R", el, 0, holes=(0x1_0000,))
    assert isinstance(of_stage_2, Taken)
    assert (of_stage_2.abort.EL, of_stage_2.abort.ESR & 0xBF) == (2, 1 << 7 | 0b010110)


@SETTINGS
@given(tables=stage1_tables(), data=st.data())
def test_AT_finds_what_the_access_would(tables: Stage1Tables, data: st.DataObject) -> None:
    """Without PAN, and where nothing is clean: the physical address of an aligned access, or its fault."""
    names = {
        Regime.EL10: ["S12E0R", "S12E0W", "S12E1R", "S12E1W"],
        Regime.EL20: ["S1E2R", "S1E2W"],
        Regime.EL2: ["S1E2R", "S1E2W"],
    }
    operation = OPERATIONS[data.draw(st.sampled_from(names[tables.regime]))]
    access = (Access.store if operation.write else Access.load)(operation.EL)
    machine = attrs.evolve(tables.features, FEAT_HAFDBS=False)
    asked = translated(operation, tables.va, False, tables.registers, tables.memory, machine)
    assert asked == translate(tables.registers, tables.va, access, tables.memory, machine)


def test_a_translation_that_is_off_is_the_address() -> None:
    """Device-nGnRnE, Outer Shareable: ATTR 0, SH 0b10."""
    for name in OPERATIONS:
        got = execute(OPERATIONS[name], 0x1234, 2, False, TranslationRegisters(), Memory(), Features())
        assert par(got) == 0x1000 | 1 << 11 | 0b10 << 7
