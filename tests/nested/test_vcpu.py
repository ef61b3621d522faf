"""The virtual machine's state."""

import attrs
import pytest

from spec.exceptions.state import NOTHING_PENDING, State
from spec.features import Features
from spec.nested.configuration import Configuration
from spec.nested.vcpu import (
    MOVING,
    OTHERS,
    VCPU,
    Context,
    Registers,
    context_at,
    context_of,
    reset,
    sanitised_vcpu,
    value_of,
    with_values,
)
from spec.pstate import PSTATE, SPSR_of
from spec.sysregs.file import EL2SystemRegisters
from spec.sysregs.tables import REGISTERS

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True)
E2H, TGE = 1 << 34, 1 << 27

ELSEWHERE = ("ICH_", "CNTVOFF", "CNTPOFF", "CNTHP_", "CNTHV_", "RMR_", "RVBAR_")
"""The registers of EL2 that belong to the GIC, to the timers, or to reset."""


def test_every_register_of_EL2_moves_but_those_of_worlds_of_their_own() -> None:
    """The register file of EL2 and the state of exceptions have no others."""
    file = {one.name for one in attrs.fields(EL2SystemRegisters) if not one.name.startswith(ELSEWHERE)}
    special = {"SPSR_EL2", "ELR_EL2", "SP_EL2"}
    assert {name for name in MOVING if name.endswith("_EL2")} == file | special


def test_every_register_of_EL1_moves_whose_name_reaches_one_of_EL2() -> None:
    """Those, the stack pointer, and what NV2 puts in memory of every guest hypervisor."""
    paired = {one.name for one in REGISTERS.values() if one.E2H_register in MOVING}
    assert {name for name in MOVING if name.endswith("_EL1")} == paired | {"SP_EL1", "ACTLR_EL1", "MDSCR_EL1"}


def test_a_register_is_held_once() -> None:
    """It belongs to exceptions or to the others; each has a table."""
    assert len(set(MOVING)) == len(MOVING)
    assert set(MOVING) <= set(REGISTERS)
    assert len(OTHERS) == len(attrs.fields(Registers))


def test_a_register_that_is_not_given_is_0() -> None:
    """So that the registers of a test are those that it names."""
    assert all(getattr(Registers(), name) == 0 for name in OTHERS)


def test_registers_by_name() -> None:
    """What is put into one is read from it, and from no other."""
    vcpu = VCPU(State(0, PSTATE(2)))
    numbered = with_values(vcpu, {name: number + 1 for number, name in enumerate(MOVING)})
    assert [value_of(numbered, name) for name in MOVING] == list(range(1, len(MOVING) + 1))


@pytest.mark.parametrize(
    ("el", "hcr", "context"),
    [
        (2, 0, Context.HYPERVISOR),
        (2, E2H, Context.HYPERVISOR),
        (2, E2H | TGE, Context.HYPERVISOR),
        (1, 0, Context.GUEST),
        (1, E2H, Context.GUEST),
        (0, 0, Context.GUEST),
        (0, E2H, Context.GUEST),
        (0, TGE, Context.GUEST),
        (0, E2H | TGE, Context.HOST_EL0),
    ],
)
def test_contexts(el: int, hcr: int, context: Context) -> None:
    """DDI 0487 D8.1.2: the EL0 of {E2H, TGE} = {0, 1} is in the regime of EL1&0."""
    assert context_at(el, hcr, CPU) == context
    vcpu = VCPU(State(0, PSTATE(el), HCR_EL2=hcr))
    assert context_of(vcpu, Configuration(CPU, CPU)) == context
    assert context_of(vcpu, Configuration(CPU, CPU, has_EL2=False)) == Context.GUEST


@pytest.mark.parametrize(("has_EL2", "pstate"), [(True, 0x3C9), (False, 0x3C5)])
def test_reset(has_EL2: bool, pstate: int) -> None:
    """Linux, KVM_ARM_VCPU_INIT: PSR_MODE_EL2h or PSR_MODE_EL1h, with D, A, I and F."""
    cpu = attrs.evolve(CPU, FEAT_MTE=True, FEAT_NMI=True, FEAT_SSBS=True)
    vcpu = reset(Configuration(cpu, cpu, has_EL2), 0x4008_0000, (1 << 64) - 1)
    assert SPSR_of(vcpu.state.PSTATE, cpu) == pstate
    assert vcpu.state.PC == 0x4008_0000
    assert vcpu.state.pending == NOTHING_PENDING
    assert vcpu.registers.TTBR0_EL1 == (1 << 64) - 2  # No FEAT_TTCNP.
    assert vcpu.state.HCR_EL2 & TGE == 0 or has_EL2
    assert (vcpu.registers.VTTBR_EL2 != 0) == has_EL2


def test_sanitising() -> None:
    """VTTBR_EL2 has 8 bits of VMID and no CnP; the bits of DDI 0487 that are fixed in VMPIDR_EL2."""
    ones = with_values(VCPU(State(0, PSTATE(2))), dict.fromkeys(MOVING, (1 << 64) - 1))
    after = sanitised_vcpu(ones, CPU).registers
    assert after.VTTBR_EL2 == 0x00FF_FFFF_FFFF_FFFE
    assert after.VMPIDR_EL2 == 0xFF_C1FF_FFFF
    assert sanitised_vcpu(VCPU(State(0, PSTATE(2))), CPU).registers.VMPIDR_EL2 == 0x8000_0000
