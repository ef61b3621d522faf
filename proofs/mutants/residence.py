"""Bugs of where the registers of a virtual machine are kept."""

from typing import Any

from proofs.engine.mutants import mutant, original
from proofs.nested import residence as theorems
from spec.access.instruction import Form
from spec.nested import residence
from spec.nested.configuration import Way
from spec.nested.residence import InMemory, InPage, number
from spec.nested.vcpu import Context
from spec.sysregs.encoding import Number


@mutant(
    residence.residence,
    refuted_by=(theorems.the_virtual_EL2_reaches_a_register_where_it_lives,),
    bug="B84",
    way=Way.NV2,
    E2H=True,
    form=Form.MSR,
)
def SPSR_EL2_kept_in_memory_alone(register: Number, context: Context, way: Way, E2H: bool) -> Any:
    """L0 writes SPSR_EL2 to its memory, and the guest hypervisor reads it in hardware: ELR and ESR alone are there."""
    if register == number("SPSR_EL2"):
        return InMemory()
    return original(residence.residence)(register, context, way, E2H)


@mutant(
    residence.residence,
    refuted_by=(theorems.the_virtual_EL2_reaches_a_register_where_it_lives,),
    way=Way.NV2,
    E2H=False,
    form=Form.MRS,
)
def CNTHCTL_EL2_in_CNTKCTL_EL1_without_a_host(register: Number, context: Context, way: Way, E2H: bool) -> Any:
    """With E2H = 0 too CNTKCTL_EL1 holds CNTHCTL_EL2: the guest hypervisor, which no trap stops, reads it there."""
    if (register == number("CNTKCTL_EL1")) & (context == Context.HYPERVISOR):
        return InMemory()
    return original(residence.residence)(register, context, way, E2H)


@mutant(
    residence.residence,
    refuted_by=(theorems.the_nested_guest_reaches_its_own_registers,),
    form=Form.MSR,
)
def VBAR_EL1_left_in_the_page(register: Number, context: Context, way: Way, E2H: bool) -> Any:
    """While the nested guest runs, L0 takes VBAR_EL1 from the page, where the guest hypervisor left it."""
    found = original(residence.residence)(register, Context.HYPERVISOR, way, E2H)
    if (register == number("VBAR_EL1")) & isinstance(found, InPage):
        return found
    return original(residence.residence)(register, context, way, E2H)


@mutant(
    residence.residence,
    refuted_by=(theorems.the_virtual_EL2_reaches_a_register_where_it_lives,),
    way=Way.NV2,
    E2H=True,
    form=Form.MSR,
)
def TCR2_EL2_loaded_into_the_host_s_own(register: Number, context: Context, way: Way, E2H: bool) -> Any:
    """An L0 that is a host loads TCR2_EL2 by the name TCR2_EL1, which is its own register: EL1 has another value.

    Linux, "KVM: arm64: Correctly access TCR2_EL1, PIR_EL1, PIRE0_EL1 with VHE".
    """
    if (register == number("TCR2_EL2")) & (context == Context.HYPERVISOR):
        return InMemory()
    return original(residence.residence)(register, context, way, E2H)
