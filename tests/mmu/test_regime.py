import itertools

import pytest

from spec.features import Features
from spec.mmu.regime import Regime, regime_of

E2H, TGE = 1 << 34, 1 << 27
NOISE = ((1 << 64) - 1) ^ E2H ^ TGE

REGIMES = {
    (0, False, False): Regime.EL10,
    (0, False, True): Regime.EL10,
    (0, True, False): Regime.EL10,
    (0, True, True): Regime.EL20,
    (1, False, False): Regime.EL10,
    (1, False, True): Regime.EL10,
    (1, True, False): Regime.EL10,
    (1, True, True): Regime.EL10,
    (2, False, False): Regime.EL2,
    (2, False, True): Regime.EL2,
    (2, True, False): Regime.EL20,
    (2, True, True): Regime.EL20,
}
"""By Exception level, E2H and TGE: DDI 0487 D8.1.2, and TranslationRegime() with ELIsInHost()."""


@pytest.mark.parametrize(("el", "host", "all_to_EL2"), REGIMES)
def test_the_regime_is_that_of_the_Exception_level(el: int, host: bool, all_to_EL2: bool) -> None:
    """Nothing else in HCR_EL2 matters."""
    for noise in (0, NOISE):
        hcr = noise | (E2H if host else 0) | (TGE if all_to_EL2 else 0)
        assert regime_of(el, hcr, Features(FEAT_VHE=True, FEAT_E2H0=True)) == REGIMES[el, host, all_to_EL2]


@pytest.mark.parametrize("el", [0, 1, 2])
def test_without_FEAT_VHE_there_is_no_EL20(el: int) -> None:
    """E2H is RES0: EL2 is in the EL2 regime, and every other level in EL1&0."""
    expected = Regime.EL2 if el == 2 else Regime.EL10
    for host, all_to_EL2 in itertools.product((0, E2H), (0, TGE)):
        assert regime_of(el, host | all_to_EL2, Features()) == expected


def test_regimes_have_the_names_of_the_pseudocode() -> None:
    """The values are Arm's Regime."""
    assert {one.name: one.value for one in Regime} == {
        "EL10": "Regime_EL10",
        "EL20": "Regime_EL20",
        "EL2": "Regime_EL2",
    }
