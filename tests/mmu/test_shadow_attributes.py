import itertools

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvspec.strategies import from_type, memory_attributes
from spec.features import Cacheability, Features
from spec.mmu.attributes import (
    Device,
    MemoryAttributes,
    MemoryType,
    Shareability,
    apply_FWB,
    combine,
    decode_stage2,
)
from spec.mmu.shadow_attributes import (
    UNCHANGED,
    CombinedType,
    asked_type,
    combine_cacheability,
    combined_type,
    encode_cacheability,
    encode_device,
    encode_shareability,
    encode_type,
)

OSH, ISH, NSH = Shareability
NC, WT, WB = Cacheability
SETTINGS = settings(derandomize=True, deadline=None, max_examples=300)
WIDTH = {OSH: 0, ISH: 1, NSH: 2}


def types() -> st.SearchStrategy[CombinedType]:
    """Return types that stages ask for: those of leaves, and combinations of them."""
    return st.builds(
        combined_type,
        st.builds(
            asked_type,
            st.integers(0, 15),
            st.integers(0, 3),
            st.booleans(),
            st.booleans(),
            st.just(Features()),
        ),
        st.builds(
            asked_type,
            st.integers(0, 15),
            st.integers(0, 3),
            st.booleans(),
            st.booleans(),
            st.just(Features()),
        ),
    )


def is_stronger(one: CombinedType, other: CombinedType) -> bool:
    """Return whether a type asks for all that another asks for."""
    return (
        one.is_device >= other.is_device
        and one.device.value <= other.device.value
        and one.inner.value <= other.inner.value
        and one.outer.value <= other.outer.value
        and WIDTH[one.shareability] <= WIDTH[other.shareability]
        and one.xs <= other.xs
    )


def test_a_stage_that_is_off_asks_for_nothing() -> None:
    """Every other type is stronger, and the combination with it changes nothing."""
    assert CombinedType(False, Device.GRE, WB, WB, NSH, True) == UNCHANGED


@SETTINGS
@given(one=from_type(CombinedType), other=from_type(CombinedType))
def test_the_combination_is_the_weakest_that_is_as_strong_as_both(one: CombinedType, other: CombinedType) -> None:
    """It asks in each respect for what the stronger of the two asks."""
    both = combined_type(one, other)
    assert is_stronger(both, one)
    assert is_stronger(both, other)
    for name in ("is_device", "device", "inner", "outer", "shareability", "xs"):
        assert getattr(both, name) in (getattr(one, name), getattr(other, name))
    assert combined_type(one, UNCHANGED) == one


def test_the_stronger_Cacheability_wins() -> None:
    """Non-cacheable before Write-Through before Write-Back: Table D8-98."""
    for one, other in itertools.product(Cacheability, repeat=2):
        assert combine_cacheability(one, other).value == min(one.value, other.value)


@pytest.mark.parametrize("chosen", Cacheability)
@pytest.mark.parametrize("FnXS", [False, True])
@pytest.mark.parametrize("SH", range(4))
def test_a_leaf_asks_for_what_its_MemAttr_names(chosen: Cacheability, FnXS: bool, SH: int) -> None:
    """Tables D8-95, D8-100, D8-101; with FWB a forced Write-Back and stage 1's own type ask for nothing."""
    sharing = [NSH, OSH, OSH, ISH][SH]
    machine = Features(reserved_S2_cacheability=chosen)
    sides = [chosen, NC, WT, WB]
    for MemAttr in range(16):
        found = asked_type(MemAttr, SH, FnXS, False, machine)
        if MemAttr < 4:
            expected = CombinedType(True, list(Device)[MemAttr], NC, NC, sharing, not FnXS)
        else:
            inner, outer = sides[MemAttr & 3], sides[MemAttr >> 2]
            expected = CombinedType(False, Device.GRE, inner, outer, sharing, not FnXS)
        assert found == expected
        forced = asked_type(MemAttr, SH, FnXS, True, machine)
        if MemAttr & 4 == 0:
            expected = CombinedType(True, list(Device)[MemAttr & 3], NC, NC, sharing, not FnXS)
        else:
            side = WB if MemAttr & 2 else NC
            expected = CombinedType(False, Device.GRE, side, side, sharing, not FnXS)
        assert forced == expected


def test_encodings_are_those_of_the_manual() -> None:
    """MemAttr[1:0] and SH: D8.6.2."""
    assert {kind.name: encode_device(kind) for kind in Device} == {
        "nGnRnE": 0,
        "nGnRE": 1,
        "nGRE": 2,
        "GRE": 3,
    }
    assert [encode_cacheability(kind) for kind in (NC, WT, WB)] == [0b01, 0b10, 0b11]
    assert [encode_shareability(kind) for kind in (NSH, OSH, ISH)] == [0b00, 0b10, 0b11]


@SETTINGS
@given(asked=types())
def test_without_FWB_the_encoding_says_what_was_asked(asked: CombinedType) -> None:
    """Every type has its own encoding: read back it is the same."""
    back = asked_type(
        encode_type(asked, False), encode_shareability(asked.shareability), not asked.xs, False, Features()
    )
    if asked.is_device:
        back = attrs.evolve(back, inner=asked.inner, outer=asked.outer)
    assert back == asked


@SETTINGS
@given(asked=types())
def test_with_FWB_the_encoding_is_the_weakest_that_is_strong_enough(asked: CombinedType) -> None:
    """0b0111 keeps stage 1, 0b0101 is Non-cacheable, as Write-Through and unlike sides become."""
    MemAttr = encode_type(asked, True)
    if asked.is_device:
        assert MemAttr == asked.device.value
    else:
        assert MemAttr == (0b0111 if asked.inner == asked.outer == WB else 0b0101)
    back = asked_type(MemAttr, encode_shareability(asked.shareability), not asked.xs, True, Features())
    assert is_stronger(back, asked)


def strength(memory: MemoryAttributes) -> tuple[int, ...]:
    """Return how strong attributes are in each respect; less is stronger."""
    if memory.memtype == MemoryType.DEVICE:
        return (0, memory.device.value, 0, 0)
    return (1, 3, memory.inner.attrs.value, memory.outer.attrs.value)


@SETTINGS
@given(stage1=memory_attributes(), data=st.data())
def test_one_stage_2_is_as_strong_as_two(stage1: MemoryAttributes, data: st.DataObject) -> None:
    """Memory through the shadow is never weaker than through both stages, but for a forced Write-Back."""
    machine = Features(FEAT_S2FWB=True)
    asked, expected = UNCHANGED, stage1
    for _ in range(2):
        MemAttr = data.draw(st.sampled_from([0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15]))
        SH, FWB = data.draw(st.sampled_from([0, 2, 3])), data.draw(st.booleans())
        if FWB and MemAttr & 7 == 0b110:
            MemAttr |= 1
        asked = combined_type(asked, asked_type(MemAttr, SH, False, FWB, machine))
        if FWB:
            expected = apply_FWB(expected, MemAttr, SH, False, machine)
        else:
            expected = combine(expected, decode_stage2(MemAttr, SH, False, machine), machine)
    SH = encode_shareability(asked.shareability)
    plain = combine(stage1, decode_stage2(encode_type(asked, False), SH, False, machine), machine)
    assert strength(plain) == strength(expected)
    assert WIDTH[plain.shareability] == WIDTH[expected.shareability]
    forced = apply_FWB(stage1, encode_type(asked, True), SH, False, machine)
    assert all(one <= other for one, other in zip(strength(forced), strength(expected), strict=True))
    assert WIDTH[forced.shareability] <= WIDTH[expected.shareability]
