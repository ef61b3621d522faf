"""System instructions: encodings from DDI 0487 C5.3 and C5.5, and who may use them."""

import pytest

from spec.access.operations import OPERATIONS
from tests.access.machines import outcome, quiet

BY_NAME = {one.name: one for one in OPERATIONS}

ENCODINGS = {
    "TLBI VMALLE1IS": (1, 0, 8, 3, 0),
    "TLBI VAE1": (1, 0, 8, 7, 1),
    "TLBI ASIDE1OS": (1, 0, 8, 1, 2),
    "TLBI RVAE1IS": (1, 0, 8, 2, 1),
    "TLBI RVALE1OS": (1, 0, 8, 5, 5),
    "TLBI IPAS2E1IS": (1, 4, 8, 0, 1),
    "TLBI IPAS2E1OS": (1, 4, 8, 4, 0),
    "TLBI IPAS2E1": (1, 4, 8, 4, 1),
    "TLBI RIPAS2E1": (1, 4, 8, 4, 2),
    "TLBI IPAS2LE1": (1, 4, 8, 4, 5),
    "TLBI ALLE2": (1, 4, 8, 7, 0),
    "TLBI ALLE1": (1, 4, 8, 7, 4),
    "TLBI VMALLS12E1": (1, 4, 8, 7, 6),
    "TLBI VMALLS12E1IS": (1, 4, 8, 3, 6),
    "TLBI ALLE3": (1, 6, 8, 7, 0),
    "TLBI VAE1NXS": (1, 0, 9, 7, 1),
    "TLBI VMALLS12E1ISNXS": (1, 4, 9, 3, 6),
    "AT S1E1R": (1, 0, 7, 8, 0),
    "AT S1E1WP": (1, 0, 7, 9, 1),
    "AT S1E1A": (1, 0, 7, 9, 2),
    "AT S1E2W": (1, 4, 7, 8, 1),
    "AT S12E1R": (1, 4, 7, 8, 4),
    "AT S12E0W": (1, 4, 7, 8, 7),
    "IC IALLUIS": (1, 0, 7, 1, 0),
    "IC IVAU": (1, 3, 7, 5, 1),
    "DC IVAC": (1, 0, 7, 6, 1),
    "DC CISW": (1, 0, 7, 14, 2),
    "DC ZVA": (1, 3, 7, 4, 1),
    "DC CVAP": (1, 3, 7, 12, 1),
    "DC CIVAC": (1, 3, 7, 14, 1),
    "CFP RCTX": (1, 3, 7, 3, 4),
    "DVP RCTX": (1, 3, 7, 3, 5),
    "COSP RCTX": (1, 3, 7, 3, 6),
    "CPP RCTX": (1, 3, 7, 3, 7),
    "BRB IALL": (1, 1, 7, 2, 4),
    "GCSPUSHM": (1, 3, 7, 7, 0),
}
"""op0, op1, CRn, CRm and op2."""


@pytest.mark.parametrize("name", ENCODINGS)
def test_an_operation_has_the_encoding_of_the_manual(name: str) -> None:
    """By its page."""
    assert BY_NAME[name].encoding == ENCODINGS[name]


def test_no_two_operations_share_a_name_or_an_encoding() -> None:
    """Each is an instruction of its own, with op0 = 1."""
    assert len(BY_NAME) == len({one.encoding for one in OPERATIONS}) == len(OPERATIONS)
    assert {one.encoding[0] for one in OPERATIONS} == {1}


def test_every_TLBI_has_a_form_with_nXS() -> None:
    """CRn is 9 in place of 8; not of those of EL3 by physical address."""
    plain = {one.name: one for one in OPERATIONS if one.name.startswith("TLBI ") and not one.name.endswith("NXS")}
    for name, one in plain.items():
        op0, op1, CRn, CRm, op2 = one.encoding
        assert CRn == 8
        if "PA" in name and op1 == 6:
            assert f"{name}NXS" not in BY_NAME
        else:
            assert BY_NAME[f"{name}NXS"].encoding == (op0, op1, 9, CRm, op2)


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("DC ZVA", (True, True, True)),
        ("DC ISW", (False, True, True)),
        ("TLBI VAE1", (False, True, True)),
        ("TLBI VAE2", (False, False, True)),
        ("AT S12E1R", (False, False, True)),
        ("TLBI VAE3", (False, False, False)),
        ("BRB IALL", (False, True, True)),
    ],
)
def test_who_may_use_an_operation(name: str, levels: tuple[bool, bool, bool]) -> None:
    """By op1: EL0 3, EL2 4, EL3 6, and EL1 otherwise."""
    got = [outcome(name, quiet(el)) for el in range(3)]
    assert got == [name if may else f"UNDEFINED at EL{max(el, 1)}" for el, may in enumerate(levels)]


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("TLBI VAE1", ""),
        ("TLBI VAE1OS", "FEAT_TLBIOS"),
        ("TLBI RVAE1", "FEAT_TLBIRANGE"),
        ("TLBI RVAE1OS", "FEAT_TLBIRANGE and FEAT_TLBIOS"),
        ("TLBI VAE1NXS", "FEAT_XS"),
        ("TLBI RIPAS2E1OSNXS", "FEAT_TLBIRANGE and FEAT_TLBIOS and FEAT_XS"),
        ("TLBI VMALLWS2E1IS", "FEAT_TLBIW"),
        ("AT S1E1RP", "FEAT_PAN2"),
    ],
)
def test_the_features_of_an_operation(name: str, feature: str) -> None:
    """Of a TLBI its name says them."""
    assert BY_NAME[name].feature == feature
