"""Theorems of PSTATE and its image in SPSR_ELx."""

from typing import Any

from proofs.engine.theorem import Claim, theorem
from spec.features import Features
from spec.lang import Bits64, bits, every, implies, negation, some
from spec.pstate import PSTATE, CurrentEL_of, Mode, PSTATE_of, SPSR_of, is_implemented
from spec.sysregs.exceptions import SPSR_EL2
from spec.sysregs.hypervisor import HCR_EL2

MACHINE = Features(
    FEAT_VHE=True,
    FEAT_E2H0=True,
    FEAT_PAN=True,
    FEAT_UAO=True,
    FEAT_DIT=True,
    FEAT_SSBS=True,
    FEAT_MTE=True,
    FEAT_BTI=True,
    FEAT_NV=True,
    FEAT_RAS=True,
)
"""A machine with what the examples need."""


def same(one: PSTATE, other: PSTATE) -> bool:
    """Return whether two PSTATE agree in all that a return restores; SS and UINJ are not among it."""
    return every(
        one.EL == other.EL,
        one.SP == other.SP,
        one.NZCV == other.NZCV,
        one.D == other.D,
        one.A == other.A,
        one.I == other.I,
        one.F == other.F,
        one.PAN == other.PAN,
        one.UAO == other.UAO,
        one.DIT == other.DIT,
        one.SSBS == other.SSBS,
        one.TCO == other.TCO,
        one.BTYPE == other.BTYPE,
        one.IL == other.IL,
        one.ALLINT == other.ALLINT,
        one.EXLOCK == other.EXLOCK,
        one.PM == other.PM,
    )


def guest(**_: object) -> dict[str, Any]:
    """Return a kernel at EL1 with some fields set."""
    return {
        "pstate": PSTATE(1, SP=True, NZCV=0b1001, I=True, PAN=True, BTYPE=0b10, TCO=True),
        "features": MACHINE,
        "hcr": HCR_EL2.NV.mask,
    }


def without_hcr(**_: object) -> dict[str, Any]:
    """Return that kernel, without HCR_EL2."""
    return {name: value for name, value in guest().items() if name != "hcr"}


@theorem(example=without_hcr)
def what_SPSR_saves_a_return_restores(pstate: PSTATE, features: Features) -> Claim:
    """PSTATE, saved in SPSR_ELx and restored from it, is what it was: each field that is implemented.

    SS is as the return decides, PACM where it has an effect, and UINJ is not saved.
    """
    restored = PSTATE_of(SPSR_of(pstate, features), pstate.SS, True, features)
    kept = every(same(restored, pstate), restored.SS == pstate.SS, restored.PACM == pstate.PACM)
    return Claim(is_implemented(pstate, features), pstate.PAN & (pstate.BTYPE == 0b10), kept & negation(restored.UINJ))


@theorem(example=without_hcr)
def what_SPSR_saves_names_a_mode(pstate: PSTATE, features: Features) -> Claim:
    """SPSR_ELx.M, saved of PSTATE, is one of the five modes of AArch64 state; RES0 bits are 0."""
    spsr = SPSR_of(pstate, features)
    mode = SPSR_EL2.M(spsr)
    modes = (Mode.EL0t, Mode.EL1t, Mode.EL1h, Mode.EL2t, Mode.EL2h)
    named = some(*[mode == one.value for one in modes])
    reserved = every(bits(spsr, 63, 36) == 0, bits(spsr, 27, 26) == 0, bits(spsr, 19, 14) == 0, bits(spsr, 5, 5) == 0)
    given = (pstate.EL != 3) & implies(pstate.EL == 0, negation(pstate.SP))
    return Claim(given, pstate.EL == 1, every(named, bits(mode, 3, 2) == pstate.EL, reserved))


@theorem(example=guest)
def a_guest_hypervisor_reads_EL2_from_CurrentEL(pstate: PSTATE, hcr: Bits64, features: Features) -> Claim:
    """CurrentEL reads as EL2 at EL2, and at EL1 if and only if HCR_EL2.NV is 1 (FEAT_NV); otherwise as what it is."""
    found = CurrentEL_of(pstate, hcr, features)
    nested = every(pstate.EL == 1, features.FEAT_NV, HCR_EL2.NV(hcr))
    own = bits(found, 3, 2) == pstate.EL
    clean = (bits(found, 63, 4) == 0) & (bits(found, 1, 0) == 0)
    given = every(pstate.EL != 3, implies(features.FEAT_NV, HCR_EL2.NV(hcr) | negation(HCR_EL2.NV1(hcr))))
    return Claim(given, nested, clean & (bits(found, 3, 2) == 2 if nested else own))
