"""Theorems of endianness: L0 emulates an access in the byte order in which the hardware would make it."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from proofs.nested.controls import OWN
from spec.exceptions.state import State
from spec.features import Features
from spec.lang import Bits64, bits, every, negation
from spec.mmu.access import AccessType
from spec.mmu.regime import Regime, regime_of
from spec.nested.configuration import Configuration
from spec.nested.controls import Controls
from spec.nested.endianness import is_big_endian
from spec.nested.switch import enter
from spec.nested.vcpu import VCPU, sanitised_vcpu
from spec.pstate import PSTATE
from spec.sysregs.accessors import register
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.reserved import sanitised


def _hypervisor() -> dict[str, Any]:
    """Return an example: a big-endian guest hypervisor."""
    vcpu = VCPU(State(0, PSTATE(2), SCTLR_EL2=1 << 25))
    return {"vcpu": vcpu, "type": AccessType.GPR, "configuration": Configuration(HARDWARE, HARDWARE)}


@theorem(example=_hypervisor)
def the_byte_order_is_that_of_the_regime(vcpu: VCPU, type: AccessType, configuration: Configuration) -> Claim:
    """Data are big-endian as EE of the regime's SCTLR_ELx says, E0E from EL0; those of NV2 as SCTLR_EL2.EE says."""
    state, el = vcpu.state, vcpu.state.PSTATE.EL
    of_EL2 = regime_of(el, state.HCR_EL2, configuration.guest) != Regime.EL10
    sctlr = state.SCTLR_EL2 if (type == AccessType.NV2) | of_EL2 else state.SCTLR_EL1
    EE, E0E = bits(sctlr, 25, 25) == 1, bits(sctlr, 24, 24) == 1
    wanted = E0E if (el == 0) & (type != AccessType.NV2) else EE
    data = type != AccessType.IFETCH
    holds = is_big_endian(vcpu, type, configuration) == (wanted & data)
    return Claim((el != 3) & configuration.has_EL2, of_EL2 & EE & data, holds)


def _user() -> dict[str, Any]:
    """Return an example: the big-endian EL0 of a host."""
    vcpu = VCPU(State(0, PSTATE(0), SCTLR_EL2=1 << 24, HCR_EL2=HCR_EL2.E2H.mask | HCR_EL2.TGE.mask))
    configuration = Configuration(HARDWARE, attrs.evolve(HARDWARE, FEAT_NV=False, FEAT_NV2=False))
    return {"vcpu": vcpu, "own": OWN, "page": 0, "configuration": configuration}


def order_of_hardware(PE: VCPU, host: Features) -> bool:
    """Return whether hardware makes the accesses of EL1 or EL0 big-endian, by its SCTLR_EL1."""
    sctlr = sanitised(register("SCTLR_EL1").kind, PE.state.SCTLR_EL1, host)
    return bits(sctlr, 24, 24) == 1 if PE.state.PSTATE.EL == 0 else bits(sctlr, 25, 25) == 1


@theorem(example=_user)
def the_hardware_has_the_byte_order_of_the_virtual_machine(
    vcpu: VCPU, own: Controls, page: Bits64, configuration: Configuration
) -> Claim:
    """While a virtual machine runs, the hardware makes its accesses in the byte order that is its own.

    Either machine has both orders; the registers are sanitised.
    """
    host = attrs.evolve(configuration.host, FEAT_MixedEnd=True, FEAT_MixedEndEL0=True)
    guest = attrs.evolve(configuration.guest, FEAT_MixedEnd=True, FEAT_MixedEndEL0=True)
    configuration = attrs.evolve(configuration, host=host, guest=guest, has_EL2=True)
    vcpu = sanitised_vcpu(vcpu, guest)
    hardware = enter(vcpu, own, page, configuration)
    big = is_big_endian(vcpu, AccessType.GPR, configuration)
    state = vcpu.state
    user = every(state.PSTATE.EL == 0, HCR_EL2.TGE(state.HCR_EL2), big, negation(bits(state.SCTLR_EL1, 24, 24) == 1))
    return Claim(state.PSTATE.EL != 3, user, order_of_hardware(hardware.PE, host) == big)
