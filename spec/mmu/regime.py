"""Translation regimes: whose tables translate an access.

::

    EL   E2H TGE   regime
    1     x   x    EL1&0
    0     1   1    EL2&0    the host of FEAT_VHE; any other EL0 is in EL1&0
    2     0   x    EL2
    2     1   x    EL2&0
"""

import enum

from spec.features import Features
from spec.hcr import effective_E2H, is_in_host
from spec.lang import Bits2, Bits64, transition


class Regime(enum.Enum):
    """A translation regime of the Non-secure state: Regime."""

    EL10 = "Regime_EL10"
    """EL1&0: two ranges of addresses, an ASID, and stage 2 below it."""
    EL20 = "Regime_EL20"
    """EL2&0: two ranges of addresses and an ASID; no stage 2."""
    EL2 = "Regime_EL2"
    """EL2: one range of addresses, no ASID, no unprivileged accesses; no stage 2."""


@transition("AArch64, TranslationRegime(); DDI 0487 D8.1.2")
def regime_of(el: Bits2, hcr: Bits64, features: Features) -> Regime:
    """Return the regime that translates an access from an Exception level, 0 to 2, under HCR_EL2 (64 bits).

    >>> regime_of(2, 1 << 34, Features(FEAT_VHE=True)), regime_of(0, 0, Features())
    (<Regime.EL20: 'Regime_EL20'>, <Regime.EL10: 'Regime_EL10'>)
    """
    if el == 2:
        return Regime.EL20 if effective_E2H(hcr, features) else Regime.EL2
    if el == 0 and is_in_host(hcr, features):
        return Regime.EL20
    return Regime.EL10
