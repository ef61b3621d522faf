"""Accesses to memory, by the registers of a virtual machine and by those of the hardware."""

import random

import attrs
import pytest

from spec.exceptions.state import State
from spec.features import Features
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.translation import Result, translate
from spec.nested.accesses import of_hardware, of_virtual_machine
from spec.nested.configuration import Configuration
from spec.nested.controls import Controls
from spec.nested.switch import enter
from spec.nested.vcpu import VCPU, Registers
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True, FEAT_PAN=True, FEAT_HAFDBS=True)
MACHINE = Configuration(CPU, attrs.evolve(CPU, FEAT_NV=False, FEAT_NV2=False))
OWN = Controls(*(0 for _ in attrs.fields(Controls)))
E2H, TGE, VM = HCR_EL2.E2H.mask, HCR_EL2.TGE.mask, HCR_EL2.VM.mask
TABLE = 0x1_0000
"""A table of level 2 for the 4 KB granule: one of level 3 is behind it."""


def test_the_registers_are_the_virtual_machine_s() -> None:
    """Each of its Exception level; POR_EL0 is one for all."""
    held = Registers(TTBR0_EL1=0x1_0000, TTBR0_EL2=0x2_0000, VTTBR_EL2=0x3_0000)
    found = of_virtual_machine(VCPU(State(0, PSTATE(2), HCR_EL2=VM | E2H), held), 7)
    assert (found.EL1.TTBR0, found.EL2.TTBR0, found.VTTBR_EL2, found.POR_EL0) == (0x1_0000, 0x2_0000, 0x3_0000, 7)
    assert found.HCR_EL2 == VM | E2H


def test_every_register_of_EL1_is_read_from_its_own() -> None:
    """Ten registers, ten values."""
    held = Registers(
        TTBR0_EL1=3, TTBR1_EL1=4, MAIR_EL1=5, TCR2_EL1=6, MAIR2_EL1=7, PIR_EL1=8, PIRE0_EL1=9, POR_EL1=10
    )  # fmt: skip
    found = of_virtual_machine(VCPU(State(0, PSTATE(1), SCTLR_EL1=1, TCR_EL1=2), held), 0).EL1
    names = ("SCTLR", "TCR", "TTBR0", "TTBR1", "MAIR", "TCR2", "MAIR2", "PIR", "PIRE0", "POR")
    assert [getattr(found, name) for name in names] == list(range(1, 11))


def test_stage_2_is_that_of_the_virtual_EL2() -> None:
    """Its tables, their format, and what turns it on."""
    held = Registers(VTCR_EL2=3, VTTBR_EL2=0x5000)
    found = of_virtual_machine(VCPU(State(0, PSTATE(1), HCR_EL2=VM, HCRX_EL2=4), held), 9)
    assert (found.VTCR_EL2, found.VTTBR_EL2, found.HCR_EL2, found.HCRX_EL2, found.POR_EL0) == (3, 0x5000, VM, 4, 9)


def test_the_hardware_has_the_controls_of_L0() -> None:
    """HCR_EL2 makes the virtual EL2, HCRX_EL2 is L0's; a host's registers are in those of EL1."""
    hypervisor = VCPU(State(0, PSTATE(2), SCTLR_EL2=5, HCR_EL2=E2H | VM), Registers(TTBR0_EL2=0x4000))
    own = attrs.evolve(OWN, HCRX_EL2=1 << 14, HCR_EL2=VM)
    found = of_hardware(enter(hypervisor, own, 0, MACHINE), 9)
    assert (found.EL1.SCTLR, found.EL1.TTBR0, found.HCRX_EL2, found.POR_EL0) == (5, 0x4000, 1 << 14, 9)
    assert found.HCR_EL2 & (E2H | VM | HCR_EL2.NV.mask) == VM | HCR_EL2.NV.mask


def translated(draw: random.Random, el: int, hcr: int) -> tuple[Result, Result]:
    """Return what a random access through random tables comes to in the virtual machine, and in the hardware."""
    leaf = draw.getrandbits(64) & ~(0xFFFF << 40) & ~1 | draw.choice((0, 1, 3, 3, 3, 3)) | draw.choice((0, 1 << 10))
    memory = Memory({TABLE: TABLE + 0x1000 | 3 | draw.choice((0, 0x1F << 59)), TABLE + 0x1008: leaf})
    no_host = not hcr & E2H and el == 2
    tcr = 0x19 + 9 | (5 << 16 if no_host else 5 << 32) | draw.choice((0, 1 << 39 if not no_host else 1 << 21))
    sctlr = draw.choice((0, 1, 1, 1, 1, 1)) | draw.choice((0, 1 << 19)) | draw.choice((0, 1 << 12 | 1 << 2))
    state = State(0, PSTATE(el), SCTLR_EL1=sctlr, SCTLR_EL2=sctlr, TCR_EL1=tcr, TCR_EL2=tcr, HCR_EL2=hcr)
    held = Registers(TTBR0_EL1=TABLE, TTBR0_EL2=TABLE, MAIR_EL1=0xFF44_0400, MAIR_EL2=0xFF44_0400)
    vcpu = VCPU(state, held)
    va = draw.choice((0x1000, 0x1238, 0x2000, 1 << 55 | 0x1000, 0xFFFF_FFFF_FFFF_1000, 0x40_0000_1000))
    access = attrs.evolve(draw.choice((Access.load(el), Access.store(el), Access.fetch(el))), PAN=draw.random() < 0.5)
    virtual = translate(of_virtual_machine(vcpu, 0), va, access, memory, MACHINE.guest)
    hardware = of_hardware(enter(vcpu, OWN, 0, MACHINE), 0)
    below = attrs.evolve(access, EL=min(el, 1))
    found = translate(attrs.evolve(hardware, HCR_EL2=hardware.HCR_EL2 & ~VM), va, below, memory, MACHINE.host)
    return virtual, found


@pytest.mark.parametrize(("el", "hcr"), [(2, 0), (2, E2H), (2, E2H | TGE), (0, E2H | TGE), (1, E2H), (1, 0), (0, E2H)])
def test_an_access_comes_to_the_same(el: int, hcr: int) -> None:
    """By both machines' registers, without stage 2: the address, its attributes, the fault, and memory afterwards."""
    draw, kinds = random.Random(el << 8 | hcr), set()
    for _ in range(400):
        virtual, found = translated(draw, el, hcr)
        assert virtual == found
        outcome = virtual.outcome
        kinds.add(outcome.kind if isinstance(outcome, Fault) else None)
    assert {None, FaultKind.TRANSLATION, FaultKind.PERMISSION, FaultKind.ACCESS_FLAG} <= kinds
