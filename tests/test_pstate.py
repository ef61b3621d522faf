from typing import Any

import attrs
import pytest
from hypothesis import given

from nvspec.exception_strategies import implemented
from nvspec.strategies import features, from_type
from spec.features import Features
from spec.pstate import MODES, PSTATE, CurrentEL_of, Mode, PSTATE_of, SPSR_of, has_PM, is_implemented, level_of, mode_of

EVERYTHING = Features(
    FEAT_PAN=True,
    FEAT_UAO=True,
    FEAT_DIT=True,
    FEAT_SSBS=True,
    FEAT_MTE=True,
    FEAT_BTI=True,
    FEAT_NMI=True,
    FEAT_GCS=True,
    FEAT_EBEP=True,
    FEAT_PAuth_LR=True,
    FEAT_UINJ=True,
)
"""A machine that has every field."""

PLACES = [
    ("NZCV", 0b1000, 31),
    ("NZCV", 0b0001, 28),
    ("TCO", True, 25),
    ("DIT", True, 24),
    ("UAO", True, 23),
    ("PAN", True, 22),
    ("SS", True, 21),
    ("IL", True, 20),
    ("ALLINT", True, 13),
    ("SSBS", True, 12),
    ("BTYPE", 0b10, 11),
    ("BTYPE", 0b01, 10),
    ("D", True, 9),
    ("A", True, 8),
    ("I", True, 7),
    ("F", True, 6),
    ("SP", True, 0),
    ("PM", True, 32),
    ("EXLOCK", True, 34),
    ("PACM", True, 35),
]
"""A value of a field, and the bit of SPSR_ELx that it sets: DDI 0487 D24.2, SPSR_EL1."""


@pytest.mark.parametrize(("name", "value", "place"), PLACES)
def test_a_field_is_saved_in_its_place(name: str, value: int, place: int) -> None:
    """Where the manual's SPSR_EL1 has it."""
    held: dict[str, Any] = {name: value}
    pstate = attrs.evolve(PSTATE(1), **held)
    assert SPSR_of(pstate, EVERYTHING) == 0b0100 | 1 << place
    assert getattr(PSTATE_of(0b0100 | 1 << place, bool(place == 21), True, EVERYTHING), name) == value


def test_UINJ_is_restored_and_not_saved() -> None:
    """An exception saves 0 in bit 36; a return takes it from there."""
    assert SPSR_of(PSTATE(1, UINJ=True), EVERYTHING) == 0b0100
    assert PSTATE_of(1 << 36, False, True, EVERYTHING).UINJ


def test_PACM_is_restored_where_it_has_an_effect() -> None:
    """Otherwise a return sets it to 0."""
    assert PSTATE_of(1 << 35, False, True, EVERYTHING).PACM
    assert not PSTATE_of(1 << 35, False, False, EVERYTHING).PACM


def test_a_field_without_its_feature_is_neither_saved_nor_restored() -> None:
    """On the least machine only the fields of Armv8.0 are left."""
    everything = PSTATE_of((1 << 64) - 1 & ~0b10010, True, True, EVERYTHING)
    assert SPSR_of(everything, Features()) == 0xF030_03CD
    assert PSTATE_of((1 << 64) - 1, True, True, Features()) == PSTATE(
        3, True, 0b1111, True, True, True, True, IL=True, SS=True
    )


@pytest.mark.parametrize(
    ("mode", "el", "SP"),
    [
        (Mode.EL0t, 0, False),
        (Mode.EL1t, 1, False),
        (Mode.EL1h, 1, True),
        (Mode.EL2t, 2, False),
        (Mode.EL2h, 2, True),
    ],
)
def test_a_mode_is_a_level_and_a_stack_pointer(mode: Mode, el: int, SP: bool) -> None:
    """0b00000, 0b00100, 0b00101, 0b01000 and 0b01001."""
    assert mode_of(el, SP) == mode
    assert level_of(mode) == el


@pytest.mark.parametrize("name", ["FEAT_EBEP", "FEAT_SPE_EXC", "FEAT_TRBE_EXC"])
def test_each_profiling_exception_brings_PM(name: str) -> None:
    """PSTATE.PM is there with any of the three."""
    assert has_PM(Features.from_names([name], pa_max=48))


@given(from_type(PSTATE), features())
def test_what_is_implemented_is_known(pstate: PSTATE, cpu: Features) -> None:
    """PSTATE without the fields that do not exist is implemented, and is what it was if it had none."""
    kept = implemented(pstate, cpu)
    assert is_implemented(kept, cpu)
    assert is_implemented(pstate, cpu) == (kept == pstate)


@pytest.mark.parametrize(("el", "hcr", "value"), [(0, 0, 0), (1, 0, 4), (2, 0, 8), (1, 1 << 42, 8), (0, 1 << 42, 0)])
def test_CurrentEL_is_EL2_for_a_guest_hypervisor(el: int, hcr: int, value: int) -> None:
    """Bits 3:2 hold the Exception level; with NV EL1 is told 2."""
    assert CurrentEL_of(PSTATE(el), hcr, Features(FEAT_NV=True)) == value


def test_modes_are_those_of_PSTATE() -> None:
    """Sixteen are legal: M[4] is AArch32; of AArch64 M[3:2] is the Exception level, M[0] the stack pointer."""
    assert len(MODES) == 16
    for code, name in MODES.items():
        if code < 16:
            assert name == f"EL{code >> 2}{'h' if code & 1 else 't'}"
        else:
            assert name.startswith("AArch32 ")
