"""Hypothesis strategies for the states that exceptions are taken in."""

from typing import Any

import attrs
from hypothesis import strategies as st

from nvspec.strategies import from_type
from spec.exceptions.state import Pending, State
from spec.features import Features
from spec.lang import MASK64
from spec.pstate import PSTATE, has_PM
from spec.sysregs.control import SCTLR2_EL1, SCTLR_EL1
from spec.sysregs.debug import MDCR_EL2, MDSCR_EL1
from spec.sysregs.exceptions import SPSR_EL1
from spec.sysregs.guarded_stack import GCSCR_EL1
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.translation import TCR_EL1, TCR_EL2

DECIDING: dict[str, tuple[Any, ...]] = {
    "HCR_EL2": (
        HCR_EL2.TGE,
        HCR_EL2.E2H,
        HCR_EL2.IMO,
        HCR_EL2.FMO,
        HCR_EL2.AMO,
        HCR_EL2.VI,
        HCR_EL2.VF,
        HCR_EL2.VSE,
        HCR_EL2.TEA,
        HCR_EL2.RW,
        HCR_EL2.NV,
        HCR_EL2.NV1,
        HCR_EL2.NV2,
    ),
    "HCRX_EL2": (HCRX_EL2.TMEA, HCRX_EL2.SCTLR2En, HCRX_EL2.PACMEn, HCRX_EL2.MCE2, HCRX_EL2.VINMI, HCRX_EL2.VFNMI),
    "MDCR_EL2": (MDCR_EL2.TDE,),
    "MDSCR_EL1": (MDSCR_EL1.SS, MDSCR_EL1.KDE),
    "SCTLR_EL1": (SCTLR_EL1.SPAN, SCTLR_EL1.DSSBS, SCTLR_EL1.NMI, SCTLR_EL1.SPINTMASK),
    "SCTLR_EL2": (SCTLR_EL1.SPAN, SCTLR_EL1.DSSBS, SCTLR_EL1.NMI, SCTLR_EL1.SPINTMASK),
    "SCTLR2_EL1": (SCTLR2_EL1.NMEA, SCTLR2_EL1.EASE, SCTLR2_EL1.EnPACM, SCTLR2_EL1.EnPACM0),
    "SCTLR2_EL2": (SCTLR2_EL1.NMEA, SCTLR2_EL1.EASE, SCTLR2_EL1.EnPACM, SCTLR2_EL1.EnPACM0),
    "GCSCR_EL1": (GCSCR_EL1.EXLOCKEN,),
    "GCSCR_EL2": (GCSCR_EL1.EXLOCKEN,),
    "TCR_EL1": (TCR_EL1.TBI0, TCR_EL1.TBI1, TCR_EL1.TBID0, TCR_EL1.TBID1),
    "TCR_EL2": (TCR_EL1.TBI0, TCR_EL1.TBI1, TCR_EL1.TBID0, TCR_EL1.TBID1, TCR_EL2.TBI, TCR_EL2.TBID),
}
"""The fields by which exceptions are taken, in registers of which the others matter to nobody here."""

MODES = (0b00000, 0b00100, 0b00101, 0b01000, 0b01001)
"""SPSR_ELx.M of the modes of AArch64 state."""


def deciding(name: str) -> st.SearchStrategy[int]:
    """Return values of a register, in which each field that decides something is 0 as often as 1.

    >>> from hypothesis import find
    >>> find(deciding("MDCR_EL2"), lambda value: value != 0)
    256
    """
    masks = [place.mask for place in DECIDING[name]]
    return st.sets(st.sampled_from(masks)).map(sum)


def saved_statuses() -> st.SearchStrategy[int]:
    """Return values of SPSR_ELx (64 bits): as often as not the mode is one of AArch64 state."""
    words = st.integers(0, MASK64)
    legal = st.builds(SPSR_EL1.M.insert, words, st.sampled_from(MODES))
    return st.one_of(legal, legal, words)


def states() -> st.SearchStrategy[State]:
    """Return states, some of which no machine reaches: where PSTATE and HCR_EL2 do not go together."""
    return from_type(State).flatmap(_with_deciding)


@st.composite
def _with_deciding(draw: st.DrawFn, state: State) -> State:
    values: dict[str, Any] = {name: draw(deciding(name)) for name in DECIDING}
    values |= {"SPSR_EL1": draw(saved_statuses()), "SPSR_EL2": draw(saved_statuses())}
    return attrs.evolve(state, pending=draw(from_type(Pending)), **values)


@st.composite
def reachable_states(draw: st.DrawFn, features: Features) -> State:
    """Draw states that a machine with some features reaches."""
    state = draw(states())
    pstate = implemented(state.PSTATE, features)
    hcr = state.HCR_EL2
    if pstate.EL == 3:
        pstate = attrs.evolve(pstate, EL=2)
    if pstate.EL != 2:
        hcr |= HCR_EL2.RW.mask
    if pstate.EL == 1:
        hcr &= ~HCR_EL2.TGE.mask
    if pstate.EL == 0:
        pstate = attrs.evolve(pstate, SP=False)
    return attrs.evolve(state, PSTATE=pstate, HCR_EL2=hcr)


def implemented(pstate: PSTATE, features: Features) -> PSTATE:
    """Return PSTATE without the fields whose features are not implemented.

    >>> implemented(PSTATE(1, PAN=True, DIT=True), Features(FEAT_DIT=True)).PAN
    False
    """
    return attrs.evolve(
        pstate,
        PAN=pstate.PAN and features.FEAT_PAN,
        UAO=pstate.UAO and features.FEAT_UAO,
        DIT=pstate.DIT and features.FEAT_DIT,
        SSBS=pstate.SSBS and features.FEAT_SSBS,
        TCO=pstate.TCO and features.FEAT_MTE,
        BTYPE=pstate.BTYPE if features.FEAT_BTI else 0,
        ALLINT=pstate.ALLINT and features.FEAT_NMI,
        EXLOCK=pstate.EXLOCK and features.FEAT_GCS,
        PM=pstate.PM and has_PM(features),
        PACM=pstate.PACM and features.FEAT_PAuth_LR,
        UINJ=pstate.UINJ and features.FEAT_UINJ,
    )
