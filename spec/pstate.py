"""PSTATE: the state of the PE that an exception saves and a return restores, and its image in SPSR_ELx.

The Exception levels are 0 to 2, in AArch64 state. In AArch32 state, which a return may enter below EL2,
PSTATE has other fields, and they are not modelled: such a return is :class:`spec.exceptions.returns.EntersAArch32`.

::

    SPSR_ELx, of an exception taken from AArch64 state

     36   35   34     33    32  31   28  25  24  23  22 21 20  13     12   11:10 9:6    4    3:2 1  0
    UINJ PACM EXLOCK PPEND  PM  N Z C V  TCO DIT UAO PAN SS IL ALLINT SSBS BTYPE D A I F nRW  EL  0  SP

A field whose feature is not implemented is 0, in PSTATE and in SPSR_ELx. PSTATE.PPEND (FEAT_SEBEP) depends on the
counters of the PMU, which are not modelled: it is 0. The fields that neither are saved nor decide how an exception is
taken (SM, ZA) are not held.
"""

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import attrs

from spec.features import Features
from spec.hcr import effective_NVx
from spec.lang import (
    Bits,
    Bits2,
    Bits4,
    Bits64,
    bits,
    every,
    extended,
    implies,
    lean,
    negation,
    shift_left,
    transition,
    where,
)
from spec.sysregs.exceptions import SPSR_EL2
from spec.sysregs.special import CurrentEL

Bits5 = Annotated[int, Bits(5)]
"""A word of 5 bits: SPSR_ELx.M."""


@lean
@attrs.frozen(weakref_slot=False)
class PSTATE:
    """Process state in AArch64 state. A condition that is not given is 0."""

    EL: Bits2
    """The Exception level, 0 to 2."""
    SP: bool = False
    """The stack pointer is SP_ELx; otherwise SP_EL0. At EL0 it is 0."""
    NZCV: Bits4 = 0
    """The condition flags, N in bit 3."""
    D: bool = False
    """Debug exceptions are masked."""
    A: bool = False
    """SError is masked."""
    I: bool = False  # noqa: E741 (Arm's name)
    """IRQ is masked."""
    F: bool = False
    """FIQ is masked."""
    PAN: bool = False
    """Privileged accesses to memory of EL0 fault."""
    UAO: bool = False
    """Unprivileged loads and stores are privileged."""
    DIT: bool = False
    """Timing does not depend on data."""
    SSBS: bool = False
    """Loads may be speculated past stores."""
    TCO: bool = False
    """Accesses are not Tag Checked."""
    BTYPE: Bits2 = 0
    """How the last branch was taken, for BTI."""
    IL: bool = False
    """The next instruction is an Illegal Execution state exception."""
    SS: bool = False
    """The state of software step: the next instruction is stepped."""
    ALLINT: bool = False
    """All interrupts are masked."""
    EXLOCK: bool = False
    """ELR_ELx and SPSR_ELx are locked."""
    PM: bool = False
    """Profiling exceptions are masked."""
    PACM: bool = False
    """The next signature depends on the PC."""
    UINJ: bool = False
    """The next instruction is UNDEFINED."""


class Mode(enum.IntEnum):
    """SPSR_ELx.M of each mode: of AArch64 state those of EL0 to EL2, of AArch32 state all but Hyp and Monitor."""

    EL0t = 0b00000
    """EL0."""
    EL1t = 0b00100
    """EL1 with SP_EL0."""
    EL1h = 0b00101
    """EL1 with SP_EL1."""
    EL2t = 0b01000
    """EL2 with SP_EL0."""
    EL2h = 0b01001
    """EL2 with SP_EL2."""
    User = 0b10000
    """AArch32 at EL0."""
    FIQ = 0b10001
    """AArch32 at EL1: FIQ."""
    IRQ = 0b10010
    """AArch32 at EL1: IRQ."""
    Supervisor = 0b10011
    """AArch32 at EL1: Supervisor."""
    Abort = 0b10111
    """AArch32 at EL1: Abort."""
    Undefined = 0b11011
    """AArch32 at EL1: Undefined."""
    System = 0b11111
    """AArch32 at EL1: System."""


MODES: Mapping[int, str] = MappingProxyType(
    {mode.value: mode.name if mode < Mode.User else f"AArch32 {mode.name}" for mode in Mode}
    | {0b01100: "EL3t", 0b01101: "EL3h", 0b10110: "AArch32 Monitor", 0b11010: "AArch32 Hyp"}
)
"""The name of each mode that the architecture has, by SPSR_ELx.M; the others are illegal."""


@transition("GetPSRFromPSTATE(): when FEAT_EBEP, FEAT_SPE_EXC or FEAT_TRBE_EXC")
def has_PM(features: Features) -> bool:
    """Return whether there is a PSTATE.PM: with any of the three kinds of profiling exceptions.

    >>> has_PM(Features(FEAT_TRBE_EXC=True)), has_PM(Features())
    (True, False)
    """
    return features.FEAT_EBEP | features.FEAT_SPE_EXC | features.FEAT_TRBE_EXC


@transition("GetPSRFromPSTATE(): PSTATE.<nRW, EL, SP>")
def mode_of(el: Bits2, SP: bool) -> Bits5:
    """Return SPSR_ELx.M (5 bits) of an Exception level and the choice of its stack pointer.

    >>> Mode(mode_of(2, True)), Mode(mode_of(1, False))
    (<Mode.EL2h: 9>, <Mode.EL1t: 4>)
    """
    return bits(shift_left(extended(el, 64), 2) | where(SP, 0b00001), 4, 0)


@transition("GetPSRFromPSTATE(AArch64_NonDebugState)")
def SPSR_of(pstate: PSTATE, features: Features) -> Bits64:
    """Return SPSR_ELx (64 bits) as an exception saves PSTATE. PSTATE.UINJ is not saved.

    >>> hex(SPSR_of(PSTATE(2, SP=True, D=True, A=True, I=True, F=True), Features()))
    '0x3c9'
    """
    value = SPSR_EL2.M.insert(0, mode_of(pstate.EL, pstate.SP))
    value = value | shift_left(extended(pstate.NZCV, 64), SPSR_EL2.V.low)
    for place, held in (
        (SPSR_EL2.D, pstate.D),
        (SPSR_EL2.A, pstate.A),
        (SPSR_EL2.I, pstate.I),
        (SPSR_EL2.F, pstate.F),
        (SPSR_EL2.IL, pstate.IL),
        (SPSR_EL2.SS, pstate.SS),
        (SPSR_EL2.PAN, pstate.PAN & features.FEAT_PAN),
        (SPSR_EL2.UAO, pstate.UAO & features.FEAT_UAO),
        (SPSR_EL2.DIT, pstate.DIT & features.FEAT_DIT),
        (SPSR_EL2.SSBS, pstate.SSBS & features.FEAT_SSBS),
        (SPSR_EL2.TCO, pstate.TCO & features.FEAT_MTE),
        (SPSR_EL2.ALLINT, pstate.ALLINT & features.FEAT_NMI),
        (SPSR_EL2.EXLOCK, pstate.EXLOCK & features.FEAT_GCS),
        (SPSR_EL2.PM, pstate.PM & has_PM(features)),
        (SPSR_EL2.PACM, pstate.PACM & features.FEAT_PAuth_LR),
    ):
        value = place.insert(value, held)
    return SPSR_EL2.BTYPE.insert(value, bits(where(features.FEAT_BTI, pstate.BTYPE), 1, 0))


@transition("SetPSTATEFromPSR(): of a legal return to AArch64 state")
def PSTATE_of(spsr: Bits64, SS: bool, PACM_is_enabled: bool, features: Features) -> PSTATE:
    """Return the PSTATE that a legal return from SPSR_ELx (64 bits) to AArch64 state makes.

    SS is what DebugExceptionReturnSS() gives, and PACM what is left of the saved one where PACM has an effect.

    >>> pstate = PSTATE_of(0x6000_03C5, False, False, Features())
    >>> pstate.EL, pstate.SP, bin(pstate.NZCV), pstate.D, pstate.PAN
    (1, True, '0b110', True, False)
    """
    mode = SPSR_EL2.M(spsr)
    return PSTATE(
        EL=level_of(mode),
        SP=bits(mode, 0, 0) == 1,
        NZCV=bits(spsr, SPSR_EL2.N.high, SPSR_EL2.V.low),
        D=SPSR_EL2.D(spsr),
        A=SPSR_EL2.A(spsr),
        I=SPSR_EL2.I(spsr),
        F=SPSR_EL2.F(spsr),
        PAN=SPSR_EL2.PAN(spsr) & features.FEAT_PAN,
        UAO=SPSR_EL2.UAO(spsr) & features.FEAT_UAO,
        DIT=SPSR_EL2.DIT(spsr) & features.FEAT_DIT,
        SSBS=SPSR_EL2.SSBS(spsr) & features.FEAT_SSBS,
        TCO=SPSR_EL2.TCO(spsr) & features.FEAT_MTE,
        BTYPE=where(features.FEAT_BTI, SPSR_EL2.BTYPE(spsr)),
        IL=SPSR_EL2.IL(spsr),
        SS=SS,
        ALLINT=SPSR_EL2.ALLINT(spsr) & features.FEAT_NMI,
        EXLOCK=SPSR_EL2.EXLOCK(spsr) & features.FEAT_GCS,
        PM=SPSR_EL2.PM(spsr) & has_PM(features),
        PACM=SPSR_EL2.PACM(spsr) & features.FEAT_PAuth_LR & PACM_is_enabled,
        UINJ=SPSR_EL2.UINJ(spsr) & features.FEAT_UINJ,
    )


@transition("ELFromSPSR(): of AArch64 state")
def level_of(mode: Bits5) -> Bits2:
    """Return the Exception level of a mode of AArch64 state (5 bits).

    >>> level_of(Mode.EL1h), level_of(Mode.EL0t)
    (1, 0)
    """
    return bits(mode, 3, 2)


@transition("the accessor of CurrentEL")
def CurrentEL_of(pstate: PSTATE, hcr: Bits64, features: Features) -> Bits64:
    """Return CurrentEL (64 bits) as it is read: a guest hypervisor at EL1 under HCR_EL2.NV is told EL2.

    >>> cpu = Features(FEAT_NV=True)
    >>> CurrentEL_of(PSTATE(1), 1 << 42, cpu), CurrentEL_of(PSTATE(1), 0, cpu)
    (8, 4)
    """
    told_EL2 = (pstate.EL == 2) | (pstate.EL == 1) & ((effective_NVx(hcr, features) & 0b001) != 0)
    level = where(told_EL2, 2) | where((pstate.EL == 1) & negation(told_EL2), 1)
    return CurrentEL.EL.insert(0, bits(level, 1, 0))


@transition("DDI 0487 D1.5: PSTATE")
def is_implemented(pstate: PSTATE, features: Features) -> bool:
    """Return whether each field of PSTATE that is not 0 belongs to a feature that is implemented.

    >>> is_implemented(PSTATE(1, PAN=True), Features())
    False
    """
    return every(
        implies(pstate.PAN, features.FEAT_PAN),
        implies(pstate.UAO, features.FEAT_UAO),
        implies(pstate.DIT, features.FEAT_DIT),
        implies(pstate.SSBS, features.FEAT_SSBS),
        implies(pstate.TCO, features.FEAT_MTE),
        implies(pstate.BTYPE != 0, features.FEAT_BTI),
        implies(pstate.ALLINT, features.FEAT_NMI),
        implies(pstate.EXLOCK, features.FEAT_GCS),
        implies(pstate.PM, has_PM(features)),
        implies(pstate.PACM, features.FEAT_PAuth_LR),
        implies(pstate.UINJ, features.FEAT_UINJ),
    )
