"""Bugs of endianness."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import endianness as theorems
from spec.features import Features
from spec.lang import Bits64, invert
from spec.mmu.access import AccessType
from spec.nested import endianness, translated
from spec.nested.configuration import Configuration
from spec.nested.vcpu import VCPU
from spec.sysregs.hypervisor import SCTLR_EL2


@mutant(
    endianness.is_big_endian,
    refuted_by=(
        theorems.the_byte_order_is_that_of_the_regime,
        theorems.the_hardware_has_the_byte_order_of_the_virtual_machine,
    ),
    bug="B19",
)
def the_byte_order_of_EL1_everywhere(vcpu: VCPU, type: AccessType, configuration: Configuration) -> Any:
    """The data of the guest hypervisor and of its EL0 are taken to be in the order of SCTLR_EL1."""
    state = attrs.evolve(vcpu.state, SCTLR_EL2=vcpu.state.SCTLR_EL1)
    return original(endianness.is_big_endian)(attrs.evolve(vcpu, state=state), type, configuration)


@mutant(translated.SCTLR_of, refuted_by=(theorems.the_hardware_has_the_byte_order_of_the_virtual_machine,))
def EE_left_out_of_a_translated_SCTLR(value: Bits64, guest: Features) -> Any:
    """A big-endian guest hypervisor that is no host runs as a little-endian one."""
    return original(translated.SCTLR_of)(value & invert(SCTLR_EL2.EE.mask), guest) & invert(SCTLR_EL2.EE.mask)
