import pytest

from spec.exceptions.banked import EASE, ELR_of, SCTLR2_of, SCTLR_of, SPSR_ELx, VBAR_of
from spec.exceptions.state import State
from spec.features import Features
from spec.pstate import PSTATE

STATE = State(
    0,
    PSTATE(1),
    ELR_EL1=1,
    ELR_EL2=2,
    SPSR_EL1=3,
    SPSR_EL2=4,
    VBAR_EL1=5,
    VBAR_EL2=6,
    SCTLR_EL1=7,
    SCTLR_EL2=8,
    SCTLR2_EL1=1 << 5,
    SCTLR2_EL2=1 << 5 | 1,
    HCRX_EL2=1 << 15,
)
FULL = Features(FEAT_SCTLR2=True, FEAT_HCX=True, FEAT_DoubleFault2=True)


@pytest.mark.parametrize(("rule", "EL1", "EL2"), [(ELR_of, 1, 2), (SPSR_ELx, 3, 4), (VBAR_of, 5, 6), (SCTLR_of, 7, 8)])
def test_each_exception_level_has_its_own(rule: object, EL1: int, EL2: int) -> None:
    """The register of EL1, and that of EL2."""
    assert callable(rule)
    assert (rule(STATE, 1), rule(STATE, 2)) == (EL1, EL2)


def test_SCTLR2_is_0_where_it_is_not_enabled() -> None:
    """That of EL1 needs HCRX_EL2.SCTLR2En; both need the feature."""
    assert (SCTLR2_of(STATE, 1, FULL), SCTLR2_of(STATE, 2, FULL)) == (32, 33)
    assert SCTLR2_of(STATE, 1, Features(FEAT_SCTLR2=True)) == 0
    assert SCTLR2_of(STATE, 2, Features(FEAT_HCX=True)) == 0


def test_EASE_needs_its_feature() -> None:
    """FEAT_DoubleFault2."""
    assert EASE(STATE, 1, FULL)
    assert not EASE(STATE, 1, Features(FEAT_SCTLR2=True, FEAT_HCX=True))
