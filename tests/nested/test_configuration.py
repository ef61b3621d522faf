"""What a virtual machine is made of."""

from typing import Any

import attrs
import pytest

from spec.features import Cacheability, Features, Granule, NV1WithoutNV
from spec.nested.configuration import (
    AT_EL2,
    CHOICES,
    COUNTS,
    FEATURES,
    GRANULES,
    MADE_BY_L0,
    NESTING,
    Configuration,
    Way,
    accepts_pstate,
    can_be_host,
    can_be_no_host,
    can_make_EL2,
    can_nest,
    get_register,
    has_format_of_EL2,
    is_offerable,
    put_register,
)
from spec.sysregs.file import Held, Refusal, Refused, RegisterFile, reset

V8_0 = Features()
V8_3 = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_PAuth=True)
V9_5 = Features(FEAT_VHE=True, FEAT_NV=True, FEAT_NV2=True, NV1_is_RAZ=True, NV_behaves_as_NV2=True)
"""Hardware whose EL2 is always that of a host, and that has nothing but NV2: ID_AA64MMFR4_EL1 of several cores."""
HOST, NO_HOST, EITHER = (
    Features(FEAT_VHE=True),
    Features(),
    Features(FEAT_VHE=True, FEAT_E2H0=True),
)


@pytest.mark.parametrize(
    ("guest", "host", "no_host"), [(HOST, True, False), (NO_HOST, False, True), (EITHER, True, True)]
)
def test_the_features_say_which_guest_hypervisors_there_can_be(guest: Features, host: bool, no_host: bool) -> None:
    """With FEAT_VHE those of a host, without it or with FEAT_E2H0 those of none."""
    assert (can_be_host(guest), can_be_no_host(guest)) == (host, no_host)


@pytest.mark.parametrize(
    ("hardware", "way", "hosts"),
    [
        (V8_0, Way.PARAVIRTUAL, "host none either"),
        (V8_0, Way.NV, ""),
        (V8_0, Way.NV2, ""),
        (V8_3, Way.NV, "host none either"),
        (V8_3, Way.NV2, ""),
        (V9_5, Way.PARAVIRTUAL, "host none either"),
        (V9_5, Way.NV, ""),
        (V9_5, Way.NV2, "host"),
    ],
)
def test_the_ways_of_making_EL2_on_real_hardware(hardware: Features, way: Way, hosts: str) -> None:
    """Where NV1 is RES0, a virtual EL2 that the hardware makes is that of a host; Armv8.0 makes none."""
    kinds = {"host": HOST, "none": NO_HOST, "either": EITHER}
    made = [name for name, guest in kinds.items() if can_make_EL2(Configuration(hardware, guest, way=way))]
    assert made == hosts.split()


def test_tables_in_the_format_of_EL2_need_NV1() -> None:
    """It is there with FEAT_E2H0, and without it unless it is RES0."""
    found = [has_format_of_EL2(one) for one in (V8_0, V8_3, V9_5, attrs.evolve(V9_5, NV1_is_RAZ=False))]
    assert found == [False, True, False, True]


NESTED = attrs.evolve(HOST, FEAT_NV=True, FEAT_NV2=True, NV1_is_RAZ=True, NV_behaves_as_NV2=True)


@pytest.mark.parametrize(
    ("changes", "way", "possible"),
    [
        ({}, Way.NV2, True),
        ({}, Way.NV, False),
        ({}, Way.PARAVIRTUAL, False),
        ({"FEAT_NV": False}, Way.NV2, False),
        ({"NV1_is_RAZ": False}, Way.NV2, False),
        ({"FEAT_E2H0": True}, Way.NV2, False),
        ({"FEAT_NV2": False, "NV_behaves_as_NV2": False}, Way.NV2, False),
        ({"NV_behaves_as_NV2": False}, Way.NV2, False),
        ({"NV1_without_NV": NV1WithoutNV.AS_WITH_NV}, Way.NV2, False),
        ({"FEAT_NV": False, "FEAT_NV2": False, "NV_behaves_as_NV2": False}, Way.NV, True),
    ],
)
def test_what_a_guest_hypervisor_is_offered_for_its_own(changes: dict[str, Any], way: Way, possible: bool) -> None:
    """On hardware that has NV2 alone, with NV1 RES0: the same, or nothing."""
    guest = attrs.evolve(NESTED, **changes)
    assert can_nest(Configuration(V9_5, guest, way=way)) is possible
    assert not can_nest(Configuration(V9_5, guest, has_EL2=False, way=way)) or not guest.FEAT_NV


@pytest.mark.parametrize(("way", "possible"), [(Way.PARAVIRTUAL, False), (Way.NV, True), (Way.NV2, True)])
def test_FEAT_NV_is_offered_where_the_hardware_makes_EL2(way: Way, possible: bool) -> None:
    """A paravirtual guest hypervisor has no HCR_EL2.NV that L0 could give the hardware: its instructions are HVCs."""
    assert can_nest(Configuration(V8_3, V8_3, way=way)) is possible


def test_FEAT_NV_is_offered_where_the_hardware_has_it() -> None:
    """And where there is a virtual EL2."""
    hardware = attrs.evolve(V8_3, FEAT_NV=False)
    host_alone = attrs.evolve(HOST, FEAT_NV=True, NV1_is_RAZ=True)
    assert not any(can_nest(Configuration(hardware, guest, way=way)) for way in Way for guest in (V8_3, host_alone))
    assert not can_nest(Configuration(V8_3, V8_3, has_EL2=False, way=Way.NV))


def test_every_field_of_the_features_is_looked_at_once() -> None:
    """A feature that is added is offered only where the hardware has it, and a choice is that of the hardware."""
    groups = (MADE_BY_L0, NESTING, AT_EL2, COUNTS, GRANULES, FEATURES, CHOICES)
    assert sorted(name for group in groups for name in group) == sorted(one.name for one in attrs.fields(Features))


@pytest.mark.parametrize(
    ("changes", "offerable"),
    [
        ({}, True),
        ({"FEAT_PAN": True}, True),
        ({"FEAT_SVE": True}, False),
        ({"FEAT_VMID16": True}, True),
        ({"pa_max": 40}, True),
        ({"pa_max": 41}, False),
        ({"pa_max": 52}, False),
        ({"stage2_4K": False}, True),
        ({"stage2_16K": False}, True),
        ({"stage2_64K": False}, True),
        ({"nT_faults": True}, False),
        ({"reserved_TG0": Granule.K16}, False),
        ({"AMO_is_1_at_EL2": True}, True),
        ({"FEAT_AA32EL1": True}, False),
        ({"list_registers": 4}, True),
    ],
)
def test_what_can_be_offered(changes: dict[str, object], offerable: bool) -> None:
    """What the hardware has, or less; VMIDs and choices of EL2 are L0's own."""
    hardware = attrs.evolve(V8_3, FEAT_PAN=True, FEAT_AA32EL1=True)
    values: dict[str, Any] = {"FEAT_VHE": True} | changes
    guest = attrs.evolve(Features(), **values)
    assert is_offerable(Configuration(hardware, guest, way=Way.NV)) is offerable


@pytest.mark.parametrize(
    "name",
    [
        *("pa_max", "event_counters", "activity_counters", "breakpoints", "watchpoints"),
        *("list_registers", "active_priority_registers"),
    ],
)
def test_there_are_no_more_than_the_hardware_has(name: str) -> None:
    """Of event counters, breakpoints, list registers and their kin; and physical addresses are no larger."""
    sizes = {"pa_max": (40, 48)}
    less, more = sizes.get(name, (2, 3))
    smaller: dict[str, Any] = {name: less}
    larger: dict[str, Any] = {name: more}
    few, many = attrs.evolve(V8_0, **smaller), attrs.evolve(V8_0, **larger)
    for hardware, guest, offerable in ((many, few, True), (many, many, True), (few, many, False)):
        assert is_offerable(Configuration(hardware, guest, way=Way.PARAVIRTUAL)) is offerable


@pytest.mark.parametrize(
    "changes",
    [
        {"AMO_is_1_at_EL2": True},
        {"IMO_is_1_at_EL2": True},
        {"FMO_is_1_at_EL2": True},
        {"reserved_S2_cacheability": Cacheability.NC},
        {"FEAT_VHE": True},
        {"FEAT_VHE": True, "FEAT_E2H0": True},
        {"FEAT_VMID16": True},
    ],
)
def test_what_L0_makes_is_as_L0_makes_it(changes: dict[str, Any]) -> None:
    """Whether or not the hardware is so: what its virtual EL2 takes, its stage 2 tables, VHE, and VMIDs."""
    other = attrs.evolve(V8_0, **changes)
    for hardware, guest in ((V8_0, other), (other, V8_0), (other, other)):
        assert is_offerable(Configuration(hardware, guest, way=Way.PARAVIRTUAL))


@pytest.mark.parametrize(
    "changes",
    [
        {"FEAT_NV2": True, "NV_behaves_as_NV2": True},
        {"NV1_is_RAZ": True},
        {"NV1_without_NV": NV1WithoutNV.AS_WITH_NV},
    ],
)
def test_a_guest_hypervisor_without_FEAT_NV_does_not_care_for_the_hardware_s(changes: dict[str, Any]) -> None:
    """It has no HCR_EL2.NV of its own."""
    hardware = attrs.evolve(HOST, FEAT_NV=True, **changes)
    assert is_offerable(Configuration(hardware, HOST, way=Way.NV2 if hardware.FEAT_NV2 else Way.NV))


def test_a_machine_without_EL2_may_have_an_EL1_in_AArch32() -> None:
    """Its HCR_EL2.RW is L0's."""
    hardware = Features(FEAT_AA32EL1=True)
    assert is_offerable(Configuration(hardware, hardware, has_EL2=False))


@pytest.mark.parametrize("has_EL2", [False, True])
@pytest.mark.parametrize(
    ("mode", "accepted"),
    [
        (0b00000, "always"),
        (0b00100, "always"),
        (0b00101, "always"),
        (0b01000, "EL2"),
        (0b01001, "EL2"),
        (0b00001, "never"),
        (0b00110, "never"),
        (0b01100, "never"),
        (0b01101, "never"),
        (0b10000, "32"),
        (0b10011, "never"),
        (0b11010, "never"),
    ],
)
def test_the_modes_of_a_vCPU(mode: int, accepted: str, has_EL2: bool) -> None:
    """EL2t and EL2h with EL2; User with AArch32 at EL0; none of EL3 and none that is no mode. The rest is free."""
    for AArch32 in (False, True):
        guest = Features(FEAT_AA32EL0=AArch32)
        wanted = {"always": True, "EL2": has_EL2, "never": False, "32": AArch32}[accepted]
        assert accepts_pstate(0xF000_03C0 | mode, Configuration(V8_0, guest, has_EL2)) is wanted


def test_registers_of_EL2_by_ONE_REG() -> None:
    """They are those of the file with EL2, and refused without it."""
    file, index = reset(HOST), 0x6030_0000_0013_E600  # VBAR_EL2
    with_EL2, without = Configuration(V8_3, HOST), Configuration(V8_3, HOST, has_EL2=False)
    after = put_register(file, index, 0x8800, with_EL2)
    assert isinstance(after, RegisterFile)
    assert get_register(after, index, with_EL2) == Held(0x8800)
    assert get_register(after, index, without) == Refused(Refusal.NOT_IMPLEMENTED)
    assert put_register(file, index, 0x8800, without) == Refused(Refusal.NOT_IMPLEMENTED)
