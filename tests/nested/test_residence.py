"""Where the registers of a virtual machine live."""

import pytest

from spec.access.instruction import Form, Instruction
from spec.nested.configuration import Way
from spec.nested.residence import (
    KINDS,
    PAIRS,
    InHardware,
    InMemory,
    InPage,
    instructions,
    is_free,
    is_replaced,
    is_translated,
    number,
    place_of,
    reached,
    residence,
    settled,
)
from spec.nested.vcpu import MOVING, Context

HARDWARE_OF_EL2 = [
    "SCTLR_EL2",
    "TCR_EL2",
    "TTBR0_EL2",
    "TTBR1_EL2",
    "MAIR_EL2",
    "AMAIR_EL2",
    "VBAR_EL2",
    "ELR_EL2",
    "SPSR_EL2",
    "ESR_EL2",
    "FAR_EL2",
    "AFSR0_EL2",
    "AFSR1_EL2",
    "CONTEXTIDR_EL2",
]
"""What the registers of EL1 hold of an EL2 of a host: DDI 0487 D8.13.2."""

SLOTS = {
    "VTTBR_EL2": 0x020,
    "HCR_EL2": 0x078,
    "SCTLR_EL1": 0x110,
    "ACTLR_EL1": 0x118,
    "TCR_EL1": 0x120,
    "ESR_EL1": 0x138,
    "MDSCR_EL1": 0x158,
    "SPSR_EL1": 0x160,
    "TTBR0_EL1": 0x200,
    "FAR_EL1": 0x220,
    "ELR_EL1": 0x230,
    "SP_EL1": 0x240,
    "VBAR_EL1": 0x250,
    "HFGITR_EL2": 0x1C8,
    "TPIDR_EL2": 0x090,
}
"""DDI 0487 Table D8-120."""


@pytest.mark.parametrize("name", HARDWARE_OF_EL2)
@pytest.mark.parametrize("way", list(Way))
def test_an_EL2_of_a_host_lives_in_the_registers_of_EL1(name: str, way: Way) -> None:
    """Whichever way it is made; while the nested guest runs it is in L0's memory."""
    own = number(name.replace("EL2", "EL1"))
    assert residence(number(name), Context.HYPERVISOR, way, True) == InHardware(own)
    assert residence(number(name), Context.HOST_EL0, way, True) == InHardware(own)
    assert residence(number(name), Context.GUEST, way, True) == InMemory()


@pytest.mark.parametrize("name", HARDWARE_OF_EL2)
@pytest.mark.parametrize("way", list(Way))
def test_an_EL2_of_no_host_lives_there_too_but_for_its_layouts(name: str, way: Way) -> None:
    """What has the same fields in EL1 is what EL1 runs by: its vectors, the return, the syndrome, the attributes."""
    own = number(name.replace("EL2", "EL1"))
    of_another_layout = name in ("SCTLR_EL2", "TCR_EL2", "TTBR0_EL2")
    place = InMemory() if of_another_layout else InHardware(own)
    assert residence(number(name), Context.HYPERVISOR, way, False) == place


@pytest.mark.parametrize("way", list(Way))
def test_what_has_another_name_at_EL1(way: Way) -> None:
    """CPTR_EL2 of a host is CPACR_EL1, and SP_EL2 of either the stack pointer of EL1h."""
    assert residence(number("CPTR_EL2"), Context.HYPERVISOR, way, True) == InHardware(number("CPACR_EL1"))
    for E2H in (False, True):
        assert residence(number("SP_EL2"), Context.HYPERVISOR, way, E2H) == InHardware(number("SP_EL1"))


@pytest.mark.parametrize("E2H", [False, True])
@pytest.mark.parametrize(("name", "offset"), SLOTS.items())
def test_the_slots_of_the_page(name: str, offset: int, E2H: bool) -> None:
    """With NV2, for a host and for none: the names differ by which the virtual EL2 reaches them."""
    assert residence(number(name), Context.HYPERVISOR, Way.NV2, E2H) == InPage(offset)
    assert residence(number(name), Context.HYPERVISOR, Way.NV, E2H) in (InMemory(), InHardware(number(name)))
    in_guest = residence(number(name), Context.GUEST, Way.NV2, E2H)
    assert in_guest == (InPage(offset) if name.endswith("EL2") else InHardware(number(name)))


@pytest.mark.parametrize("name", ["MDCR_EL2", "HPFAR_EL2", "HACR_EL2", "ACTLR_EL2"])
def test_what_has_no_slot_is_in_memory(name: str) -> None:
    """Registers of EL2 that the table of the page does not have, and that EL1 has none of."""
    for way, E2H in KINDS:
        assert residence(number(name), Context.HYPERVISOR, way, E2H) == InMemory()


def test_without_a_host_the_layouts_are_other_ones() -> None:
    """Those registers of EL2 are in memory, and hardware has a translated copy."""
    translated = {"SCTLR_EL2", "TCR_EL2", "TCR2_EL2", "CPTR_EL2", "TTBR0_EL2"}
    for way in (Way.NV, Way.NV2):
        assert {name for name in MOVING if is_translated(name, way, False)} == translated
        assert not any(is_translated(name, way, True) for name in MOVING)
        assert {residence(number(one), Context.HYPERVISOR, way, False) for one in translated} == {InMemory()}


@pytest.mark.parametrize(
    ("way", "kept"), [(Way.NV2, "CNTKCTL"), (Way.NV, "GCSCR GCSPR CNTKCTL BRBCR SMCR ZCR"), (Way.PARAVIRTUAL, "BRBCR")]
)
def test_what_no_trap_keeps_the_guest_hypervisor_from(way: Way, kept: str) -> None:
    """Of no host it reaches these by the names of EL1, so that they hold those of the virtual EL1."""
    held = [name for name in PAIRS.values() if not is_free(name, way, False)]
    assert sorted(held) == sorted(f"{name}_EL1" for name in kept.split())
    assert all(place_of(name, way, False) == InHardware(number(name)) for name in held)
    assert all(is_free(name, way, True) for name in PAIRS.values())


CURRENT_EL, SPSR_EL1 = number("CurrentEL"), number("SPSR_EL1")


def test_registers_that_EL2_has_none_of() -> None:
    """Without NV2 the hardware's are the virtual machine's."""
    for name in ("ACTLR_EL1", "MDSCR_EL1"):
        assert place_of(name, Way.NV, True) == InHardware(number(name))


@pytest.mark.parametrize(("way", "E2H"), KINDS)
def test_a_register_is_reached_in_one_place_and_is_there_alone(way: Way, E2H: bool) -> None:
    """Whichever instruction reaches it; and no place is that of two registers, in any context."""
    for name in MOVING:
        places = set(reached(name, way, E2H))
        assert len(places) <= 1
        assert settled(name, way, E2H) == (places.pop() if places else None)
    for context in Context:
        found = [residence(number(name), context, way, E2H) for name in MOVING]
        held = [one for one in found if one != InMemory()]
        assert len(set(held)) == len(held)


def test_the_names_by_which_EL2_reaches_a_register() -> None:
    """Those of EL1 and the aliases of a host; of none its own."""
    assert len(instructions(True)["TCR_EL2"]) == 4  # TCR_EL2 and TCR_EL1, by MRS and MSR.
    assert {one.encoding for one in instructions(True)["TCR_EL1"]} == {0b11_101_0010_0000_010}
    assert {one.encoding for one in instructions(False)["TCR_EL1"]} == {0b11_000_0010_0000_010}
    assert instructions(True)["SP_EL2"] == ()


def test_what_an_HVC_stands_for() -> None:
    """The instructions of EL2; those of EL1 too where they mean the virtual EL1."""
    EL2, EL1 = instructions(False)["TCR_EL2"][0], instructions(False)["TCR_EL1"][0]
    assert [is_replaced(one, Way.PARAVIRTUAL, E2H) for one in (EL1, EL2) for E2H in (False, True)] == [
        True,
        False,
        True,
        True,
    ]
    assert not is_replaced(EL2, Way.NV, True)


@pytest.mark.parametrize(
    ("encoding", "E2H", "replaced"),
    [
        (0xE088, True, True),
        (0xC080, True, False),
        (0xC080, False, True),
        (CURRENT_EL, True, True),
        (SPSR_EL1, True, True),
        (0xDE82, False, False),
    ],
)
def test_what_a_paravirtual_guest_hypervisor_has_replaced(encoding: int, E2H: bool, replaced: bool) -> None:
    """EL2's, of no host EL1's, and CurrentEL; with FEAT_NV nothing."""
    assert is_replaced(Instruction(Form.MRS, encoding), Way.PARAVIRTUAL, E2H) == replaced
    assert not is_replaced(Instruction(Form.MRS, encoding), Way.NV, E2H)
