"""What CPACR_EL1 and CPTR_EL2 trap: floating-point, SVE, SME, trace, the activity monitors, CPACR_EL1 itself.

CPTR_EL2 has two layouts: with HCR_EL2.E2H = 1 that of CPACR_EL1, with fields that enable; without it bits that trap.

Source: DDI 0487, D24.2, CPACR_EL1 and CPTR_EL2; AArch64.CheckFPEnabled, CheckSMEEnabled, CheckOriginalSVEEnabled.
"""

from spec.access.control import ALL, LOWER, USER, Control, ExceptionClass, Taker, control, trap
from spec.access.machine import E2H, Machine, host_EL0
from spec.lang import Bits2, negation, transition
from spec.sysregs.control import CPACR_EL1, CPTR_EL2, CPTR_EL2_E2H

FLOATING_POINT = "FPCR FPSR FPMR"
"""The registers of floating-point that MRS and MSR reach."""
TRACE = "TRC[!I]* TRCI[!T]* TRCITEEDCR"
"""The registers of the trace unit: all that begin with TRC, but for TRCITECR_ELx."""


@transition("CPACR_EL1.{FPEN, ZEN, SMEN}")
def is_disabled_by_EL1(enable: Bits2, machine: Machine) -> bool:
    """Return whether a field of CPACR_EL1 disables what it controls at EL1 or at an EL0 that is not the host's.

    0b01 leaves EL1 alone; with bit 0 clear both are disabled.

    >>> from spec.features import Features
    >>> [is_disabled_by_EL1(0b01, Machine(el, Features())) for el in (0, 1)]
    [True, False]
    """
    if machine.el == 0:
        return (enable != 0b11) & negation(host_EL0(machine))
    return (machine.el == 1) & ((enable & 1) == 0)


@transition("CPTR_EL2.{FPEN, ZEN, SMEN} of the layout with E2H = 1")
def is_disabled_by_host(enable: Bits2, machine: Machine) -> bool:
    """Return whether a field of CPTR_EL2, in the layout of a host, disables what it controls.

    0b01 disables the EL0 of the host alone; with bit 0 clear everything is disabled.

    >>> from spec.features import Features
    >>> is_disabled_by_host(0b01, Machine(2, Features()))
    False
    """
    if (machine.el == 0) & host_EL0(machine):
        return enable != 0b11
    return (enable & 1) == 0


@transition("AArch64.CheckFPEnabled: CPACR_EL1.FPEN")
def FPEN_of_EL1(machine: Machine) -> bool:
    """Return whether EL1 disables floating-point.

    >>> from spec.features import Features
    >>> FPEN_of_EL1(Machine(1, Features(), CPACR_EL1=0b11 << 20))
    False
    """
    return is_disabled_by_EL1(CPACR_EL1.FPEN(machine.CPACR_EL1), machine)


@transition("AArch64.CheckFPAdvSIMDTrap: CPTR_EL2.{FPEN, TFP}")
def FPEN_of_EL2(machine: Machine) -> bool:
    """Return whether EL2 disables floating-point.

    >>> from spec.features import Features
    >>> FPEN_of_EL2(Machine(1, Features(), CPTR_EL2=1 << 10))
    True
    """
    if E2H(machine):
        return is_disabled_by_host(CPTR_EL2_E2H.FPEN(machine.CPTR_EL2), machine)
    return CPTR_EL2.TFP(machine.CPTR_EL2)


@transition("CheckOriginalSVEEnabled: CPACR_EL1.ZEN")
def ZEN_of_EL1(machine: Machine) -> bool:
    """Return whether EL1 disables SVE.

    >>> from spec.features import Features
    >>> ZEN_of_EL1(Machine(0, Features(), CPACR_EL1=0b01 << 16))
    True
    """
    return is_disabled_by_EL1(CPACR_EL1.ZEN(machine.CPACR_EL1), machine)


@transition("CheckOriginalSVEEnabled: CPTR_EL2.{ZEN, TZ}")
def ZEN_of_EL2(machine: Machine) -> bool:
    """Return whether EL2 disables SVE.

    >>> from spec.features import Features
    >>> ZEN_of_EL2(Machine(2, Features(), CPTR_EL2=1 << 8))
    True
    """
    if E2H(machine):
        return is_disabled_by_host(CPTR_EL2_E2H.ZEN(machine.CPTR_EL2), machine)
    return CPTR_EL2.TZ(machine.CPTR_EL2)


@transition("CheckSMEAccess: CPACR_EL1.SMEN")
def SMEN_of_EL1(machine: Machine) -> bool:
    """Return whether EL1 disables SME.

    >>> from spec.features import Features
    >>> SMEN_of_EL1(Machine(1, Features(), CPACR_EL1=0b01 << 24))
    False
    """
    return is_disabled_by_EL1(CPACR_EL1.SMEN(machine.CPACR_EL1), machine)


@transition("CheckSMEAccess: CPTR_EL2.{SMEN, TSM}")
def SMEN_of_EL2(machine: Machine) -> bool:
    """Return whether EL2 disables SME.

    >>> from spec.features import Features
    >>> SMEN_of_EL2(Machine(1, Features(), CPTR_EL2=1 << 12))
    True
    """
    if E2H(machine):
        return is_disabled_by_host(CPTR_EL2_E2H.SMEN(machine.CPTR_EL2), machine)
    return CPTR_EL2.TSM(machine.CPTR_EL2)


@transition("the accessors of the trace unit: CPTR_EL2.TTA")
def TTA_of_EL2(machine: Machine) -> bool:
    """Return whether EL2 traps the registers of the trace unit: bit 28 of a host, bit 20 otherwise.

    >>> from spec.features import Features
    >>> TTA_of_EL2(Machine(1, Features(), CPTR_EL2=1 << 20))
    True
    """
    if E2H(machine):
        return CPTR_EL2_E2H.TTA(machine.CPTR_EL2)
    return CPTR_EL2.TTA(machine.CPTR_EL2)


@transition("the accessors of POR_EL0: CPACR_EL1.E0POE and CPTR_EL2.E0POE")
def E0POE_traps(machine: Machine) -> bool:
    """Return whether EL0 is kept from its overlay register, by EL1 or, if it is the host's, by EL2.

    >>> from spec.features import Features
    >>> E0POE_traps(Machine(0, Features(), CPACR_EL1=1 << 29))
    False
    """
    if host_EL0(machine):
        return negation(CPTR_EL2_E2H.E0POE(machine.CPTR_EL2))
    return negation(CPACR_EL1.E0POE(machine.CPACR_EL1))


FLOATING_POINT_CONTROLS: tuple[Control, ...] = (
    control(
        "CPACR_EL1.FPEN",
        FPEN_of_EL1,
        reads=FLOATING_POINT,
        writes=FLOATING_POINT,
        taker=Taker.EL1,
        ec=ExceptionClass.FP,
        priority=3,
    ),
    control(
        "CPTR_EL2.{FPEN, TFP}",
        FPEN_of_EL2,
        ALL,
        reads=f"{FLOATING_POINT} FPEXC32_EL2",
        writes=f"{FLOATING_POINT} FPEXC32_EL2",
        ec=ExceptionClass.FP,
        priority=4,
    ),
    control(
        "CPACR_EL1.ZEN",
        ZEN_of_EL1,
        reads="ZCR_EL1",
        writes="ZCR_EL1",
        taker=Taker.EL1,
        ec=ExceptionClass.SVE,
        priority=3,
    ),
    control(
        "CPTR_EL2.{ZEN, TZ}",
        ZEN_of_EL2,
        ALL,
        reads="ZCR_EL1 ZCR_EL12 ZCR_EL2",
        writes="ZCR_EL1 ZCR_EL12 ZCR_EL2",
        ec=ExceptionClass.SVE,
        priority=4,
    ),
    control(
        "CPACR_EL1.SMEN",
        SMEN_of_EL1,
        reads="SMCR_EL1 SVCR",
        writes="SMCR_EL1 SVCR SVCRSM SVCRZA SVCRSMZA",
        taker=Taker.EL1,
        ec=ExceptionClass.SME,
        priority=3,
    ),
    control(
        "CPTR_EL2.{SMEN, TSM}",
        SMEN_of_EL2,
        ALL,
        reads="SMCR_EL1 SMCR_EL12 SMCR_EL2 SVCR",
        writes="SMCR_EL1 SMCR_EL12 SMCR_EL2 SVCR SVCRSM SVCRZA SVCRSMZA",
        ec=ExceptionClass.SME,
        priority=4,
    ),
    control("CPACR_EL1.E0POE, CPTR_EL2.E0POE", E0POE_traps, USER, reads="POR_EL0", writes="POR_EL0"),
    trap(CPACR_EL1.TTA, reads=TRACE, writes=TRACE, taker=Taker.EL1, levels=(1,), priority=1),
    control("CPTR_EL2.TTA", TTA_of_EL2, ALL, reads=TRACE, writes=TRACE),
    trap(CPTR_EL2.TCPAC, reads="CPACR_EL1 CPACRALIAS_EL1", writes="CPACR_EL1 CPACRALIAS_EL1"),
    trap(CPTR_EL2.TAM, LOWER, reads="AM*_EL0", writes="AM*_EL0"),
)
"""The controls in CPACR_EL1 and CPTR_EL2."""
