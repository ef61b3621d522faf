"""HCR_EL2: what the PE makes of fields whose Effective value is not always what the register holds.

Source: DDI 0487 J1.3, the functions that each rule names.
"""

from spec.features import Features, NV1WithoutNV
from spec.lang import Bits2, Bits3, Bits64, negation, transition
from spec.sysregs.hypervisor import HCR_EL2


@transition("EffectiveHCR_EL2_E2H, ELIsInHost(EL2)")
def effective_E2H(hcr: Bits64, features: Features) -> bool:
    """Return whether EL2 is that of a host under HCR_EL2 (64 bits): the EL2&0 regime, the VHE layouts and names.

    Without FEAT_VHE there is no such EL2, and without FEAT_E2H0 no other.

    >>> cpu = Features(FEAT_VHE=True, FEAT_E2H0=True)
    >>> effective_E2H(1 << 34, cpu), effective_E2H(0, cpu), effective_E2H(0, Features(FEAT_VHE=True))
    (True, False, True)
    """
    return features.FEAT_VHE & (HCR_EL2.E2H(hcr) | negation(features.FEAT_E2H0))


@transition("ELIsInHost(EL0); HCR_EL2.{E2H, TGE}")
def is_in_host(hcr: Bits64, features: Features) -> bool:
    """Return whether EL0 is that of the host at EL2 under HCR_EL2 (64 bits): {E2H, TGE} are {1, 1}.

    >>> is_in_host(1 << 34 | 1 << 27, Features(FEAT_VHE=True))
    True
    """
    return effective_E2H(hcr, features) & HCR_EL2.TGE(hcr)


@transition("ELIsInHost()")
def ELIsInHost(el: Bits2, hcr: Bits64, features: Features) -> bool:
    """Return whether an Exception level is that of a host under HCR_EL2 (64 bits): EL2 with E2H, EL0 with TGE too.

    >>> [ELIsInHost(el, 1 << 34, Features(FEAT_VHE=True)) for el in (0, 1, 2)]
    [False, False, True]
    """
    return (el == 2) & effective_E2H(hcr, features) | (el == 0) & is_in_host(hcr, features)


@transition("EffectiveHCR_EL2_NVx")
def effective_NVx(hcr: Bits64, features: Features) -> Bits3:
    """Return the effective {NV2, NV1, NV} of HCR_EL2 (64 bits), NV2 in bit 2.

    Without NV nothing is left of NV2, and of NV1 what the implementation chose.

    >>> cpu = Features(FEAT_NV=True, FEAT_NV2=True, FEAT_VHE=True, FEAT_E2H0=True)
    >>> effective_NVx(1 << 42 | 1 << 45, cpu), effective_NVx(1 << 45, cpu)
    (5, 0)
    """
    if negation(features.FEAT_NV):
        return 0b000
    NV1 = HCR_EL2.NV1(hcr) & (features.FEAT_E2H0 | negation(features.NV1_is_RAZ))
    if negation(HCR_EL2.NV(hcr)):
        if negation(NV1) | (features.NV1_without_NV == NV1WithoutNV.IGNORED):
            return 0b000
        return 0b011 if features.NV1_without_NV == NV1WithoutNV.AS_WITH_NV else 0b010
    NV2 = features.FEAT_NV2 & (HCR_EL2.NV2(hcr) | features.NV_behaves_as_NV2)
    if NV2:
        return 0b111 if NV1 else 0b101
    return 0b011 if NV1 else 0b001
