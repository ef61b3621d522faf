"""What traps the performance and activity monitors: MDCR_EL2, PMUSERENR_EL0 and AMUSERENR_EL0.

Source: DDI 0487, D24.5 and D24.6, the accessors; GetNumEventCountersAccessible and the functions it calls.
"""

from typing import Annotated

from spec.access.control import LOWER, USER, Control, control, trap, trap_unless
from spec.access.machine import Machine
from spec.lang import Bits, negation, transition
from spec.sysregs.activity import AMUSERENR_EL0
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.performance import PMSELR_EL0, PMUSERENR_EL0

MONITORS = """
    PMCCFILTR_EL0 PMCCNTR_EL0 PMCEID0_EL0 PMCEID1_EL0 PMCNTENCLR_EL0 PMCNTENSET_EL0 PMCR_EL0 PMECR_EL1
    PMEVCNTR*_EL0 PMEVTYPER*_EL0 PMIAR_EL1 PMICNTR_EL0 PMICFILTR_EL0 PMINTENCLR_EL1 PMINTENSET_EL1 PMMIR_EL1
    PMOVSCLR_EL0 PMOVSSET_EL0 PMSELR_EL0 PMSWINC_EL0 PMUACR_EL1 PMUSERENR_EL0 PMXEVCNTR_EL0 PMXEVTYPER_EL0 PMZR_EL0
"""
"""What MDCR_EL2.TPM traps."""
COUNTERS = "PMCCNTR_EL0 PMEVCNTR*_EL0 PMXEVCNTR_EL0"
"""The counters, which EL0 may be given to read."""
INSTRUCTIONS = "PMICNTR_EL0 PMICFILTR_EL0"
"""The counter of instructions."""
ENABLED_BY_EN = """
    PMCCFILTR_EL0 PMCEID0_EL0 PMCEID1_EL0 PMCNTENCLR_EL0 PMCNTENSET_EL0 PMEVTYPER*_EL0 PMOVSCLR_EL0 PMOVSSET_EL0
    PMXEVTYPER_EL0 PMZR_EL0
"""
"""What PMUSERENR_EL0.EN gives to EL0, reads and writes."""

EventCounter = Annotated[int, Bits(5)]
"""The number of an event counter."""


@transition("PMUSERENR_EL0.{UEN, EN}: the accessors of PMCNTENSET_EL0")
def EN_traps(machine: Machine) -> bool:
    """Return whether EL0 has neither PMUSERENR_EL0.EN nor, with FEAT_PMUv3p9, UEN.

    >>> from spec.features import Features
    >>> EN_traps(Machine(0, Features(), PMUSERENR_EL0=1))
    False
    """
    value = machine.PMUSERENR_EL0
    return negation(PMUSERENR_EL0.EN(value)) & negation(machine.features.FEAT_PMUv3p9 & PMUSERENR_EL0.UEN(value))


@transition("PMUSERENR_EL0.{UEN, EN}: the accessors of PMCR_EL0")
def EN_traps_PMCR(machine: Machine) -> bool:
    """Return whether EL0 is kept from PMCR_EL0, which UEN does not give.

    >>> from spec.features import Features
    >>> EN_traps_PMCR(Machine(0, Features(FEAT_PMUv3p9=True), PMUSERENR_EL0=0b10001))
    True
    """
    value = machine.PMUSERENR_EL0
    return negation(PMUSERENR_EL0.EN(value)) | machine.features.FEAT_PMUv3p9 & PMUSERENR_EL0.UEN(value)


@transition("PMUSERENR_EL0.{UEN, CR, EN}: the accessors of PMCCNTR_EL0")
def CR_traps(machine: Machine) -> bool:
    """Return whether EL0 is kept from reading the cycle counter.

    >>> from spec.features import Features
    >>> CR_traps(Machine(0, Features(), PMUSERENR_EL0=1 << 2))
    False
    """
    return EN_traps(machine) & negation(PMUSERENR_EL0.CR(machine.PMUSERENR_EL0))


@transition("PMUSERENR_EL0.{UEN, ER, EN}: the accessors of PMEVCNTR<n>_EL0 and PMSELR_EL0")
def ER_traps(machine: Machine) -> bool:
    """Return whether EL0 is kept from reading event counters.

    >>> from spec.features import Features
    >>> ER_traps(Machine(0, Features(), PMUSERENR_EL0=1 << 3))
    False
    """
    return EN_traps(machine) & negation(PMUSERENR_EL0.ER(machine.PMUSERENR_EL0))


@transition("PMUSERENR_EL0.{UEN, SW, EN}: the accessors of PMSWINC_EL0")
def SW_traps(machine: Machine) -> bool:
    """Return whether EL0 is kept from the software increment.

    >>> from spec.features import Features
    >>> SW_traps(Machine(0, Features(), PMUSERENR_EL0=1 << 1))
    False
    """
    return EN_traps(machine) & negation(PMUSERENR_EL0.SW(machine.PMUSERENR_EL0))


@transition("PMUSERENR_EL0.UEN: the accessors of PMICNTR_EL0 and PMICFILTR_EL0")
def UEN_traps(machine: Machine) -> bool:
    """Return whether EL0 is kept from the instruction counter; elsewhere UEN also takes away, so it has no one sense.

    >>> from spec.features import Features
    >>> UEN_traps(Machine(0, Features(FEAT_PMUv3p9=True), PMUSERENR_EL0=1 << 4))
    False
    """
    return negation(machine.features.FEAT_PMUv3p9 & PMUSERENR_EL0.UEN(machine.PMUSERENR_EL0))


@transition("GetNumEventCountersAccessible, EffectiveHPMN")
def is_reserved_for_EL2(counter: EventCounter, machine: Machine) -> bool:
    """Return whether EL2 keeps an event counter for itself: its number is MDCR_EL2.HPMN or above.

    An HPMN above the number of counters reserves none.

    >>> from spec.features import Features
    >>> is_reserved_for_EL2(4, Machine(1, Features(), MDCR_EL2=4))
    True
    """
    return counter >= MDCR_EL2.HPMN(machine.MDCR_EL2)


@transition("the accessors of PMXEVCNTR_EL0 and PMXEVTYPER_EL0")
def selected_is_reserved_for_EL2(machine: Machine) -> bool:
    """Return whether EL2 keeps the event counter that PMSELR_EL0.SEL selects; 31 selects the cycle counter.

    >>> from spec.features import Features
    >>> selected_is_reserved_for_EL2(Machine(1, Features(), MDCR_EL2=4, PMSELR_EL0=31))
    False
    """
    selected = PMSELR_EL0.SEL(machine.PMSELR_EL0)
    return (selected != 31) & is_reserved_for_EL2(selected, machine)


def reserved_counter(counter: int) -> Control:
    """Return the control that traps the registers of an event counter which EL2 keeps."""

    def is_trapping(machine: Machine) -> bool:
        return is_reserved_for_EL2(counter, machine)

    return control("MDCR_EL2.HPMN", is_trapping, LOWER)


PERFORMANCE_CONTROLS: tuple[Control, ...] = (
    control("PMUSERENR_EL0.EN", EN_traps, USER, reads=ENABLED_BY_EN, writes=f"{ENABLED_BY_EN} {COUNTERS}"),
    control("PMUSERENR_EL0.EN", EN_traps_PMCR, USER, reads="PMCR_EL0", writes="PMCR_EL0"),
    control("PMUSERENR_EL0.{CR, EN}", CR_traps, USER, reads="PMCCNTR_EL0"),
    control(
        "PMUSERENR_EL0.{ER, EN}", ER_traps, USER, reads="PMEVCNTR*_EL0 PMXEVCNTR_EL0 PMSELR_EL0", writes="PMSELR_EL0"
    ),
    control("PMUSERENR_EL0.{SW, EN}", SW_traps, USER, writes="PMSWINC_EL0"),
    control(
        "PMUSERENR_EL0.UEN", UEN_traps, USER, reads="PMICNTR_EL0 PMICFILTR_EL0", writes="PMICNTR_EL0 PMICFILTR_EL0"
    ),
    trap(PMUSERENR_EL0.TID, USER, reads="PMCEID0_EL0 PMCEID1_EL0"),
    trap_unless(AMUSERENR_EL0.EN, USER, reads="AMC*_EL0 AMEV*_EL0"),
    control(
        "MDCR_EL2.HPMN",
        selected_is_reserved_for_EL2,
        LOWER,
        reads="PMXEVCNTR_EL0 PMXEVTYPER_EL0",
        writes="PMXEVCNTR_EL0 PMXEVTYPER_EL0",
    ),
    trap(MDCR_EL2.TPM, LOWER, reads=MONITORS, writes=MONITORS),
    trap(MDCR_EL2.TPMCR, LOWER, reads="PMCR_EL0", writes="PMCR_EL0"),
)
"""The controls of the performance and activity monitors."""
