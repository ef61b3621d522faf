import itertools
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvspec.strategies import features, plans, words
from spec.features import PHYSICAL_ADDRESS_SIZES, Features, Granule
from spec.mmu.stage2_controls import (
    IPA_is_out_of_range,
    Stage2Parameters,
    Stage2Registers,
    TxSZ_faults,
    decode_TG0,
    effective_TxSZ,
    first_table_size,
    format_size,
    is_out_of_range,
    maximum_TxSZ,
    minimum_TxSZ,
    output_size,
    parameters,
    start_level,
    start_level_is_inconsistent,
    start_level_is_invalid,
    table_base,
)

K4, K16, K64 = Granule
EVERYTHING = Features(
    pa_max=52,
    FEAT_LPA=True,
    FEAT_LPA2=True,
    FEAT_TTST=True,
    FEAT_HAFDBS=True,
    FEAT_S2FWB=True,
    FEAT_VHE=True,
    FEAT_E2H0=True,
)
OFF = Stage2Parameters(
    enabled=False,
    granule=K4,
    TxSZ=0,
    SL0=0,
    SL2=False,
    PS=0,
    DS=False,
    SH=0,
    EE=False,
    HA=False,
    HD=False,
    FWB=False,
    PTW=False,
    CD=False,
    ID=False,
)


def walk(granule: Granule, **given: Any) -> Stage2Parameters:
    """Return parameters of a granule, everything else 0 unless given."""
    return attrs.evolve(OFF, granule=granule, **given)


# -- registers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("TG0", range(4))
@pytest.mark.parametrize("present", [*itertools.product((False, True), repeat=3)])
@pytest.mark.parametrize("otherwise", Granule)
def test_TG0_selects_a_granule_that_is_implemented(TG0: int, present: tuple[bool, ...], otherwise: Granule) -> None:
    """0b00 is 4KB, 0b01 64KB, 0b10 16KB; what is reserved or missing is the choice of the implementation."""
    machine = Features(stage2_4K=present[0], stage2_16K=present[1], stage2_64K=present[2], reserved_TG0=otherwise)
    named = {0b00: (K4, present[0]), 0b01: (K64, present[2]), 0b10: (K16, present[1])}
    granule, implemented = named.get(TG0, (otherwise, False))
    assert decode_TG0(TG0, machine) == (granule if implemented else otherwise)


READ = {
    "VTCR_EL2": {
        **{bit: ("TxSZ", 1 << bit) for bit in range(6)},
        6: ("SL0", 1),
        7: ("SL0", 2),
        12: ("SH", 1),
        13: ("SH", 2),
        14: ("granule", K64),
        15: ("granule", K16),
        16: ("PS", 1),
        17: ("PS", 2),
        18: ("PS", 4),
        21: ("HA", True),
        22: ("HD", True),
        32: ("DS", True),
    },
    "HCR_EL2": {
        0: ("enabled", True),
        2: ("PTW", True),
        12: ("enabled", True),
        32: ("CD", True),
        33: ("ID", True),
        46: ("FWB", True),
    },
    "SCTLR_EL2": {25: ("EE", True)},
    "VTTBR_EL2": {},
}
"""The parameter that each bit of each register sets, by the pages of the registers; others set none."""


@pytest.mark.parametrize("register", READ)
@pytest.mark.parametrize("bit", range(64))
def test_each_bit_sets_its_parameter_and_no_other(register: str, bit: int) -> None:
    """A single 1 in the registers changes the one parameter that the manual names, or none."""
    registers = attrs.evolve(Stage2Registers(0, 0, 0), **{register: 1 << bit})
    found = attrs.asdict(parameters(registers, EVERYTHING))
    expected = attrs.asdict(OFF)
    known: dict[int, tuple[str, Any]] = READ[register]  # type: ignore[assignment]  # members, words, conditions
    if bit in known:
        name, value = known[bit]
        expected[name] = value
    assert found == expected


def test_the_registers_are_all_zero_unless_given() -> None:
    """SCTLR_EL2 may be left out: the tables are little-endian."""
    assert parameters(Stage2Registers(0, 0, 0), EVERYTHING) == OFF


def test_SL2_counts_with_DS_and_4KB_alone() -> None:
    """SL2 is RES0 without DS (R_KSBQV) and with the other granules."""
    DS, SL2 = 1 << 32, 1 << 33
    assert parameters(Stage2Registers(DS | SL2, 0, 0), EVERYTHING).SL2
    assert not parameters(Stage2Registers(SL2, 0, 0), EVERYTHING).SL2
    assert not parameters(Stage2Registers(DS | SL2 | 0b10 << 14, 0, 0), EVERYTHING).SL2
    assert not parameters(Stage2Registers(DS, 0, 0), EVERYTHING).SL2


def test_DS_counts_with_4KB_and_16KB_alone() -> None:
    """DS is RES0 with the 64KB granule."""
    for TG0, expected in ((0b00, True), (0b10, True), (0b01, False)):
        assert expected == parameters(Stage2Registers(1 << 32 | TG0 << 14, 0, 0), EVERYTHING).DS


def test_TGE_makes_PTW_behave_as_0() -> None:
    """With HCR_EL2.TGE = 1 the bit PTW has no effect; TGE alone sets nothing."""
    assert not parameters(Stage2Registers(0, 0, 1 << 27 | 1 << 2), EVERYTHING).PTW
    assert not parameters(Stage2Registers(0, 0, 1 << 27), EVERYTHING).PTW


@pytest.mark.parametrize("enabling", [1 << 0, 1 << 12, 1 << 0 | 1 << 12])
def test_a_host_has_no_stage_2(enabling: int) -> None:
    """With {E2H, TGE} = {1, 1} the Effective value of VM and DC is 0; without FEAT_VHE, E2H is RES0."""
    E2H, TGE = 1 << 34, 1 << 27
    for others, expected in ((0, True), (E2H, True), (TGE, True), (E2H | TGE, False)):
        registers = Stage2Registers(0, 0, enabling | others)
        assert parameters(registers, EVERYTHING).enabled == expected
        assert parameters(registers, attrs.evolve(EVERYTHING, FEAT_VHE=False)).enabled


@pytest.mark.parametrize(
    ("feature", "ignored"),
    [
        ("FEAT_LPA2", {"DS", "SL2"}),
        ("FEAT_HAFDBS", {"HA", "HD"}),
        ("FEAT_S2FWB", {"FWB"}),
        ("FEAT_LPA", set()),
        ("FEAT_TTST", set()),
    ],
)
def test_the_fields_of_an_absent_feature_read_as_0(feature: str, ignored: set[str]) -> None:
    """Each bit that a feature adds is 0 without it, and nothing else changes."""
    ones = (1 << 64) - 1
    registers = Stage2Registers(ones & ~(3 << 14), 0, ones & ~(1 << 27), ones)
    absent: dict[str, Any] = {feature: False}
    with_it = attrs.asdict(parameters(registers, EVERYTHING))
    without = attrs.asdict(parameters(registers, attrs.evolve(EVERYTHING, **absent)))
    assert {name for name, value in with_it.items() if without[name] != value} == ignored
    assert all(without[name] is False for name in ignored)


# -- sizes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pa_max", PHYSICAL_ADDRESS_SIZES)
@pytest.mark.parametrize("PS", range(8))
def test_the_output_size_is_the_least_of_three(pa_max: int, PS: int) -> None:
    """What PS asks for, what the implementation has, and what the descriptor format holds: D24.2.224, PS."""
    asked = {0: 32, 1: 36, 2: 40, 3: 42, 4: 44, 5: 48, 6: 52, 7: 52}[PS]
    for granule, DS, lpa in itertools.product(Granule, (False, True), (False, True)):
        machine = Features(pa_max=pa_max, FEAT_LPA=lpa, FEAT_LPA2=True)
        if granule == K64 and DS:
            continue
        layout = 52 if (granule == K64 and lpa) or DS else 48
        assert format_size(DS, granule, machine) == min(pa_max, layout)
        asking = walk(granule, DS=DS, PS=PS)
        size = min(asked, pa_max, layout)
        assert output_size(asking, machine) == size
        assert not is_out_of_range((1 << size) - 1, asking, machine)
        assert all(is_out_of_range(1 << bit, asking, machine) for bit in range(size, 56))


@pytest.mark.parametrize("pa_max", PHYSICAL_ADDRESS_SIZES)
def test_the_limits_of_T0SZ(pa_max: int) -> None:
    """An input is no larger than an address of the format; small tables let it have 16 bits, or 17."""
    for granule, DS, lpa, ttst in itertools.product(Granule, (False, True), (False, True), (False, True)):
        if granule == K64 and DS:
            continue
        machine = Features(pa_max=pa_max, FEAT_LPA=lpa, FEAT_LPA2=True, FEAT_TTST=ttst)
        layout = 52 if (granule == K64 and lpa) or DS else 48
        least = 64 - min(pa_max, layout)
        most = {K4: 48, K16: 48, K64: 47}[granule] if ttst else 39
        assert minimum_TxSZ(DS, granule, machine) == least
        assert maximum_TxSZ(granule, machine) == most
        for TxSZ in range(64):
            effective = effective_TxSZ(walk(granule, DS=DS, TxSZ=TxSZ), machine)
            assert effective == (least if TxSZ < least else most if TxSZ > most else TxSZ)


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("large", [False, True])
def test_T0SZ_beyond_a_limit_faults_where_the_implementation_chose_so(small: bool, large: bool) -> None:
    """Below the minimum with FEAT_LPA or FEAT_LPA2 always; R_DTLMN, R_MWXYY, R_YXNYW."""
    for lpa, lpa2 in itertools.product((False, True), repeat=2):
        machine = Features(FEAT_LPA=lpa, FEAT_LPA2=lpa2, small_TxSZ_faults=small, large_TxSZ_faults=large)
        for TxSZ in range(64):
            expected = (TxSZ < 16 and (small or lpa or lpa2)) or (TxSZ > 39 and large)
            assert TxSZ_faults(walk(K4, TxSZ=TxSZ), machine) == expected


# -- the start of the walk -----------------------------------------------------------------------------------

START_LEVELS = {
    K4: {0b000: 2, 0b001: 1, 0b010: 0, 0b011: 3, 0b100: -1},
    K16: {0b000: 3, 0b001: 2, 0b010: 1, 0b011: 0},
    K64: {0b000: 3, 0b001: 2, 0b010: 1},
}
"""The start level of each {SL2, SL0}: D24.2.224. Those that are missing are reserved."""


@pytest.mark.parametrize("granule", Granule)
@pytest.mark.parametrize("code", range(8))
@pytest.mark.parametrize("pa_max", PHYSICAL_ADDRESS_SIZES)
def test_SL0_and_SL2_name_the_start_level(granule: Granule, code: int, pa_max: int) -> None:
    """Reserved codes are invalid, and so are levels that the address size or a missing feature rules out."""
    if code > 3 and granule != K4:
        return
    for ttst, DS in itertools.product((False, True), repeat=2):
        if granule == K64 and DS:
            continue
        asking = walk(granule, SL0=code & 3, SL2=code > 3, DS=DS)
        machine = Features(pa_max=pa_max, FEAT_TTST=ttst)
        least = {(K4, 0b010): 44, (K16, 0b010): 42, (K64, 0b010): 44}.get((granule, code), 0)
        missing = ((granule, code) == (K4, 0b011) and not ttst) or ((granule, code) == (K16, 0b011) and not DS)
        valid = code in START_LEVELS[granule] and pa_max >= least and not missing
        assert start_level_is_invalid(asking, machine) == (not valid)
        if code in START_LEVELS[granule]:
            assert start_level(asking) == START_LEVELS[granule][code]


INPUT_SIZES = {
    K4: {3: (13, 25), 2: (22, 34), 1: (31, 43), 0: (40, 52), -1: (49, 61)},
    K16: {3: (15, 29), 2: (26, 40), 1: (37, 51), 0: (48, 62)},
    K64: {3: (17, 33), 2: (30, 46), 1: (43, 59)},
}
"""The input sizes of each start level, one table of two entries to 16 full ones: Tables D8-21 to D8-41."""


@pytest.mark.parametrize(("granule", "start"), [(g, level) for g, levels in INPUT_SIZES.items() for level in levels])
def test_the_input_size_fits_the_start_level(granule: Granule, start: int) -> None:
    """From one bit resolved by the first table to 16 concatenated tables, and no further."""
    least, most = INPUT_SIZES[granule][start]
    for TxSZ in range(64):
        size = 64 - TxSZ
        assert start_level_is_inconsistent(walk(granule, TxSZ=TxSZ), start) == (not least <= size <= most)
        if least <= size <= most:
            entries = size - least + 1
            assert first_table_size(walk(granule, TxSZ=TxSZ), start) == entries + 3


@pytest.mark.parametrize("TxSZ", range(8, 64))
def test_an_IPA_beyond_the_input_size_is_out_of_range(TxSZ: int) -> None:
    """Every bit from 64 - T0SZ up counts, none below."""
    assert not IPA_is_out_of_range((1 << (64 - TxSZ)) - 1, TxSZ)
    assert all(IPA_is_out_of_range(1 << bit, TxSZ) for bit in range(64 - TxSZ, 56))


@settings(derandomize=True, deadline=None, max_examples=150)
@given(data=st.data())
def test_the_first_table_is_found_where_the_hypervisor_put_it(data: st.DataObject) -> None:
    """VMID and CnP are no part of the base; bits below the size of the tables are ignored."""
    machine = data.draw(features())
    plan = data.draw(plans(machine))
    asked = parameters(plan.registers, machine)
    vttbr = plan.registers.VTTBR_EL2
    assert asked.enabled
    assert (asked.granule, asked.TxSZ, asked.DS) == (plan.granule, plan.start.TxSZ, plan.DS)
    assert output_size(asked, machine) == plan.output_size
    assert not TxSZ_faults(asked, machine)
    assert not start_level_is_invalid(asked, machine)
    assert start_level(asked) == plan.start.level
    assert not start_level_is_inconsistent(asked, plan.start.level)
    assert first_table_size(asked, plan.start.level) == plan.first_size
    assert table_base(asked, vttbr, plan.start.level, machine) == plan.base
    split = plan.DS or (plan.granule == K64 and machine.FEAT_LPA and asked.PS == 6)
    lowest = 6 if split else 0
    noise = data.draw(words(64)) & (0xFFFF << 48 | 1 | ((1 << plan.first_size) - 1) & ~((1 << lowest) - 1))
    assert table_base(asked, vttbr ^ noise, plan.start.level, machine) == plan.base


@pytest.mark.parametrize(
    ("granule", "DS", "PS", "lpa", "split"),
    [
        (K4, False, 6, True, False),
        (K4, True, 0, False, True),
        (K16, False, 6, True, False),
        (K16, True, 5, False, True),
        (K64, False, 6, True, True),
        (K64, False, 5, True, False),
        (K64, False, 7, True, False),
        (K64, False, 6, False, False),
    ],
)
def test_the_base_has_52_bits_in_the_52_bit_formats(
    granule: Granule, DS: bool, PS: int, lpa: bool, split: bool
) -> None:
    """Then VTTBR_EL2[5:2] are address bits 51 to 48, and the base is aligned to 64 bytes: D24.2.225."""
    asking = walk(granule, DS=DS, PS=PS, TxSZ={K4: 42, K16: 38, K64: 34}[granule])
    start, machine = 2, Features(pa_max=52, FEAT_LPA=lpa, FEAT_LPA2=True)
    assert first_table_size(asking, start) == 4
    ones = (1 << 64) - 1
    assert table_base(asking, ones, start, machine) == (0xF_FFFF_FFFF_FFC0 if split else 0xFFFF_FFFF_FFF0)
    assert table_base(asking, 1 << 5 | 1 << 3, start, machine) == (0b1010 << 48 if split else 1 << 5)
