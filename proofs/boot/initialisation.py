"""Theorems of the initialisation of EL2: EL1 finds no trap, EL2 is off and the stub's, and nothing else is touched."""

import attrs

from proofs.access.setting import accessors, at, of_every, tried
from proofs.engine.theorem import Claim, theorem
from spec.access.accessor import Accessor
from spec.access.controls.fine_grained import FINE_GRAINED_CONTROLS, is_negative
from spec.access.instruction import Form
from spec.access.machine import Machine
from spec.access.outcome import Kind
from spec.boot.initialisation import (
    NOT_SET_UP,
    STILL_TRAPPED,
    EL2Registers,
    Given,
    LateRegisters,
    finalised,
    initialised,
)
from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import every, implies, negation, some
from spec.sysregs.control import CPTR_EL2, CPTR_EL2_E2H, SCTLR_EL1
from spec.sysregs.fine_grained import HFGITR2_EL2, HFGITR_EL2, HFGRTR2_EL2, HFGRTR_EL2, HFGWTR2_EL2, HFGWTR_EL2
from spec.sysregs.fine_grained_debug import HAFGRTR_EL2, HDFGRTR2_EL2, HDFGRTR_EL2, HDFGWTR2_EL2, HDFGWTR_EL2
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2
from spec.sysregs.register import SystemRegister
from spec.sysregs.timers import CNTHCTL_EL2, CNTHCTL_EL2_E2H

SECOND = (HFGRTR2_EL2, HFGWTR2_EL2, HFGITR2_EL2, HDFGRTR2_EL2, HDFGWTR2_EL2)
"""Those of FEAT_FGT2."""
DECIDING = {one.name for one in attrs.fields(Machine)}
"""The registers that decide accesses."""
HELD_LATE = tuple(one.name for one in attrs.fields(LateRegisters) if one.name in DECIDING)
"""Those that are written when EL2 is finalised."""
HELD = tuple(one.name for one in attrs.fields(EL2Registers) if one.name in DECIDING.difference(HELD_LATE))
"""Those that are written before."""
FINE_GRAINED = (HFGRTR_EL2, HFGWTR_EL2, HFGITR_EL2, HDFGRTR_EL2, HDFGWTR_EL2, HAFGRTR_EL2, *SECOND)
"""The fine-grained trap registers."""

WITH = {
    "FEAT_HCX": ("HCRX_EL2",),
    "FEAT_SPE": ("PMSCR_EL2",),
    "FEAT_BRBE": ("BRBCR_EL2",),
    "FEAT_LOR": ("LORC_EL1",),
    "FEAT_GICv3": ("ICC_SRE_EL2", "ICH_HCR_EL2"),
    "FEAT_FGT": ("HFGRTR_EL2", "HFGWTR_EL2", "HFGITR_EL2", "HDFGRTR_EL2", "HDFGWTR_EL2", "HAFGRTR_EL2"),
    "FEAT_FGT2": ("HFGRTR2_EL2", "HFGWTR2_EL2", "HFGITR2_EL2", "HDFGRTR2_EL2", "HDFGWTR2_EL2"),
}
"""The registers that a machine has with a feature alone."""


def trapping(kind: type[SystemRegister]) -> int:
    """Return the bits of a fine-grained trap register that trap where they are 1."""
    return sum(one.mask for one in kind.FIELDS.values() if not is_negative(one.name))


def known_to_the_kernel(given: Given, features: Features) -> bool:
    """Return whether a machine has no feature that the initialisation does not know, and what belongs to those it does.

    The counters of EL1 are all that there are, the CPU interface is reached by registers, and EL1's buffers are EL1's.
    """
    unknown = some(*(getattr(features, name) for name in NOT_SET_UP))
    versions = every(
        implies(features.FEAT_PMUv3_ICNTR, features.FEAT_PMUv3p9),
        implies(features.FEAT_SPE_FnE, features.FEAT_SPEv1p2),
        implies(features.FEAT_MTE_ASYNC, features.FEAT_MTE2),
        implies(features.FEAT_FGT2, features.FEAT_FGT),
        implies(features.FEAT_TCR2 | features.FEAT_FPMR | features.FEAT_GCS, features.FEAT_HCX),
    )
    firmware = given.firmware_has_profiling_buffer | given.firmware_has_trace_buffer
    counters = given.event_counters == features.event_counters
    return every(negation(unknown), versions, negation(firmware), counters, given.SRE_sticks)


def representatives(form: Form) -> list[Accessor]:
    """Return for each control of accesses of EL1 the accessor that has the least others beside it.

    Of the fine-grained traps they are the inverted ones: of the others ``the_initialisation_sets_no_trap`` speaks.
    """
    found: dict[int, Accessor] = {}
    there = [one for one in accessors(form) if one.level < 2 and one.feature not in NOT_SET_UP]
    chosen = [one for one in there if one.name not in STILL_TRAPPED]
    for one in sorted(chosen, key=lambda one: len(one.controls_at[1])):
        for control in one.controls_at[1]:
            if control not in FINE_GRAINED_CONTROLS or is_negative(control.name.rpartition(".")[2]):
                found.setdefault(id(control), one)
    return list({one.encoding: one for one in found.values()}.values())


@theorem(form=(Form.MRS, Form.MSR, Form.SYS))
def EL1_finds_no_trap(form: Form, before: EL2Registers, late: LateRegisters, given: Given, machine: Machine) -> Claim:
    """Once EL2 is initialised and finalised, no register or operation of EL1 is trapped to EL2.

    The machine has no feature that the kernel does not know, and the firmware has left it what it can have.
    """
    features = machine.features
    after = initialised(before, given, features)
    late = attrs.evolve(late, CPTR_EL2=after.CPTR_EL2, SCTLR_EL2=after.SCTLR_EL2)
    last = finalised(late, after.HCR_EL2, True, features)
    held = {name: getattr(after, name) for name in HELD} | {name: getattr(last, name) for name in HELD_LATE}
    machine = at(machine, 1, **held)

    def conclusion(one: Accessor) -> tuple[bool, bool]:
        got = tried(one, machine)
        return got.kind == Kind.EXECUTED, negation((got.kind == Kind.TRAP) & (got.el == 2))

    return of_every(representatives(form), conclusion, known_to_the_kernel(given, features))


@theorem()
def the_initialisation_sets_no_trap(before: EL2Registers, given: Given, features: Features) -> Claim:
    """Of the fine-grained trap registers the initialisation sets inverted bits alone, and no trap by it."""
    after = initialised(before, given, features)
    traps = every(*((getattr(after, kind.__name__) & trapping(kind)) == 0 for kind in FINE_GRAINED))
    return Claim(features.FEAT_FGT & features.FEAT_FGT2 & features.FEAT_AMUv1, features.FEAT_SME, traps)


@theorem()
def a_register_that_is_not_there_is_left_alone(before: EL2Registers, given: Given, features: Features) -> Claim:
    """What the initialisation writes depends on the features: a register that no feature brings keeps its value."""
    after = initialised(before, given, features)
    kept = every(
        *(
            getattr(features, feature) | every(*(getattr(before, name) == getattr(after, name) for name in names))
            for feature, names in WITH.items()
        )
    )
    return Claim(True, negation(features.FEAT_FGT), kept)


@theorem()
def EL2_is_off_and_the_stub_s(before: EL2Registers, given: Given, features: Features) -> Claim:
    """After the initialisation EL2 has its MMU off, no stage 2 and no routing, and the vectors of the stub.

    EL1 is AArch64, with the identity of the PE, no offset of its counter, and its MMU off. The layouts are those of the
    E2H that there is.
    """
    after = initialised(before, given, features)
    host = effective_E2H(after.HCR_EL2, features)
    hcr = after.HCR_EL2
    holds = every(
        negation(some(SCTLR_EL2.M(after.SCTLR_EL2), SCTLR_EL2.C(after.SCTLR_EL2), SCTLR_EL2.I(after.SCTLR_EL2))),
        negation(some(HCR_EL2.VM(hcr), HCR_EL2.TGE(hcr), HCR_EL2.IMO(hcr), HCR_EL2.HCD(hcr), HCR_EL2.NV(hcr))),
        HCR_EL2.RW(hcr),
        given.stub == after.VBAR_EL2,
        (given.MIDR_EL1 == after.VPIDR_EL2) & (given.MPIDR_EL1 == after.VMPIDR_EL2),
        (after.VTTBR_EL2 == 0) & (after.CNTVOFF_EL2 == 0) & (after.HSTR_EL2 == 0),
        negation(SCTLR_EL1.M(after.SCTLR_EL1)),
        host == (features.FEAT_VHE & negation(features.FEAT_E2H0)),
        implies(host, CPTR_EL2_E2H.FPEN(after.CPTR_EL2) == 0b11),
        implies(negation(host), negation(CPTR_EL2.TFP(after.CPTR_EL2) | CPTR_EL2.TCPAC(after.CPTR_EL2))),
        implies(host, CNTHCTL_EL2_E2H.EL1PTEN(after.CNTHCTL_EL2) & CNTHCTL_EL2_E2H.EL1PCTEN(after.CNTHCTL_EL2)),
        implies(negation(host), CNTHCTL_EL2.EL1PCEN(after.CNTHCTL_EL2) & CNTHCTL_EL2.EL1PCTEN(after.CNTHCTL_EL2)),
    )
    return Claim(True, host, holds)
