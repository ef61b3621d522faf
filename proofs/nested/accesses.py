"""Theorems of accesses to memory: a load, a store or a fetch is translated by stage 1 as in the virtual machine.

Of a host and of a guest the hardware has the registers as they are: it asks of stage 1 what the virtual machine asks
(:func:`stage_1_is_asked_for_the_same`), and EL1&0 makes of that what EL2&0 does
(:func:`a_host_is_translated_in_EL1_as_in_EL2`). For a guest hypervisor that is no host they are translated: see
:mod:`proofs.nested.translated`. Stage 2 below a guest is the subject of :mod:`proofs.mmu.shadow`.
"""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.translation import with_granule
from proofs.nested.configuration import HARDWARE
from proofs.nested.forwarding import PLACES, Place, placed
from proofs.nested.host_step import OFFERING, all_of, entered
from proofs.nested.translated import BLOCK_AT_0, is_same_result
from spec.exceptions.state import State
from spec.features import Features, Granule, is_implementable
from spec.lang import Address, Bits64, Memory, every, implies, negation
from spec.mmu import stage1
from spec.mmu.access import Access
from spec.mmu.regime import Regime
from spec.mmu.stage1 import NO_STAGE_2, Output
from spec.mmu.stage1_controls import (
    Stage1Parameters,
    Stage1Registers,
    TranslationRegisters,
    is_enabled,
    parameters_of_two_ranges,
)
from spec.mmu.translation import level_of_unprivileged
from spec.nested.accesses import of_hardware, of_virtual_machine
from spec.nested.controls import Controls
from spec.nested.differences import checks_unprivileged_accesses_as_EL0
from spec.nested.vcpu import VCPU, Context, sanitised_vcpu
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

IN_ONE_LAYOUT = tuple(place for place in PLACES if place.E2H or place.context == Context.GUEST)
"""Where the hardware has the registers of the virtual machine as they are."""


def _asked(place: Place) -> dict[str, Any]:
    """Return an example: stage 1 is on, and the caches of its tables."""
    both = HCR_EL2.DC.mask | HCR_EL2.DCT.mask | HCR_EL2.RW.mask
    state = State(0x1000, PSTATE(place.EL), SCTLR_EL1=5, SCTLR_EL2=5, TCR_EL1=25, TCR_EL2=25, HCR_EL2=both)
    own = attrs.evolve(OFFERING, HCRX_EL2=OFFERING.HCRX_EL2 | HCRX_EL2.TCR2En.mask)
    features = attrs.evolve(HARDWARE, FEAT_BigEnd=True, FEAT_MixedEnd=True)
    return {"vcpu": VCPU(state), "own": own, "POR_EL0": 0, "features": features}


@theorem(place=IN_ONE_LAYOUT, example=_asked)
def stage_1_is_asked_for_the_same(
    place: Place, vcpu: VCPU, own: Controls, POR_EL0: Bits64, features: Features
) -> Claim:
    """The hardware asks of stage 1 of either range what the virtual machine of a host or a guest asks.

    It is on where that is, with the same tables, sizes, formats, attributes and permissions: with DC and DCT of the
    guest hypervisor for its guest, and not for itself. L0 sets none of the two for itself. Registers are sanitised;
    either machine has both byte orders; FEAT_TCR2 needs FEAT_HCX.
    """
    vcpu = sanitised_vcpu(vcpu, placed(place, vcpu, features)[1].guest)
    vcpu, hardware, configuration = entered(place, vcpu, own, features)
    host, guest = configuration.host, configuration.guest
    virtual, found = of_virtual_machine(vcpu, POR_EL0), of_hardware(hardware, POR_EL0)
    regime = Regime.EL10 if place.context == Context.GUEST else Regime.EL20
    claims = {"M": is_enabled(virtual, regime) == is_enabled(found, Regime.EL10)}
    for upper in (False, True):
        wanted = parameters_of_two_ranges(virtual, regime, upper, guest)
        there = parameters_of_two_ranges(found, Regime.EL10, upper, host)
        for one in attrs.fields(Stage1Parameters):
            if one.name != "regime":
                claims[f"{one.name} of TTBR{int(upper)}"] = getattr(wanted, one.name) == getattr(there, one.name)
    given = every(
        is_implementable(guest),
        own.HCR_EL2 & (HCR_EL2.DC.mask | HCR_EL2.DCT.mask) == 0,
        HCRX_EL2.TCR2En(own.HCRX_EL2),
        implies(host.FEAT_TCR2, host.FEAT_HCX),
        host.FEAT_BigEnd & host.FEAT_MixedEnd,
    )
    return all_of(given, is_enabled(found, Regime.EL10) | (place.context == Context.GUEST), claims)


def _loaded(EL: int, granule: Granule) -> dict[str, Any]:
    """Return an example: a load through a block at 0."""
    registers = Stage1Registers(SCTLR=1, TCR=25 | 5 << 32, TTBR0=0x4000)
    found = {"registers": registers, "HCR": 0, "va": 0x1234, "POR_EL0": 0, "access": Access.load(EL)}
    return found | {"memory": BLOCK_AT_0, "elsewhere": 0, "features": HARDWARE}


@theorem(EL=(0, 2), granule=(Granule.K4, Granule.K64), example=_loaded)
def a_host_is_translated_in_EL1_as_in_EL2(
    EL: int,
    granule: Granule,
    registers: Stage1Registers,
    HCR: Bits64,
    va: Bits64,
    POR_EL0: Bits64,
    access: Access,
    memory: Memory,
    elsewhere: Address,
    features: Features,
) -> Claim:
    """An access of a host at EL2, or of its EL0, comes to the same in the EL1&0 regime with the same registers.

    To the same output address and attributes, to the same fault, and to the same hardware updates of descriptors.
    """
    features = attrs.evolve(features, FEAT_VHE=True)
    HCR_of_host = HCR | HCR_EL2.E2H.mask
    of_EL2 = with_granule(TranslationRegisters(EL2=registers, POR_EL0=POR_EL0, HCR_EL2=HCR_of_host), granule)
    of_EL1 = TranslationRegisters(EL1=of_EL2.EL2, POR_EL0=POR_EL0, HCRX_EL2=HCRX_EL2.TCR2En.mask)
    there = stage1.translate(of_EL2, Regime.EL20, va, NO_STAGE_2, attrs.evolve(access, EL=EL), memory, features)
    below = attrs.evolve(access, EL=min(EL, 1))
    here = stage1.translate(of_EL1, Regime.EL10, va, NO_STAGE_2, below, memory, features)
    given = is_implementable(features) & implies(features.FEAT_TCR2, features.FEAT_HCX)
    return Claim(given, isinstance(there.outcome, Output), is_same_result(there, here, elsewhere))


def _unprivileged(place: Place) -> dict[str, Any]:
    """Return an example: LDTR with UAO."""
    vcpu = VCPU(State(0x1000, PSTATE(place.EL, UAO=True)))
    return {"vcpu": vcpu, "own": OFFERING, "features": attrs.evolve(HARDWARE, FEAT_UAO=True)}


@theorem(place=PLACES, example=_unprivileged)
def an_unprivileged_access_checks_as_in_the_virtual_machine(
    place: Place, vcpu: VCPU, own: Controls, features: Features
) -> Claim:
    """LDTR and STTR have the permissions of the Exception level whose they have in the virtual machine.

    EL1 of the hardware stands for the virtual EL2. Left out are those that the hardware checks as EL0's, a permitted
    difference, where PSTATE.UAO does not lift them.
    """
    vcpu, hardware, configuration = entered(place, vcpu, own, features)
    host, guest, HCR = configuration.host, configuration.guest, vcpu.state.HCR_EL2
    state = hardware.PE.state.PSTATE
    found = level_of_unprivileged(state.EL, state.UAO, hardware.controls.HCR_EL2, host)
    wanted = level_of_unprivileged(place.EL, vcpu.state.PSTATE.UAO, HCR, guest)
    stands_for = found if place.context == Context.GUEST else found << 1
    at_EL2 = place.context == Context.HYPERVISOR
    left_out = at_EL2 & checks_unprivileged_accesses_as_EL0(HCR, place.way, guest)
    lifted = guest.FEAT_UAO & vcpu.state.PSTATE.UAO
    return Claim(True, lifted, (stands_for == wanted) == (lifted | negation(left_out)))
