"""The emulation of AT: C5.4, and AArch64.AT()."""

import attrs
import pytest

from spec.exceptions.state import State
from spec.features import Features
from spec.lang import Memory
from spec.lang.memory import PatchyMemory
from spec.mmu.abort import Origin
from spec.mmu.access import Access, AccessType
from spec.mmu.at import OPERATIONS
from spec.mmu.attributes import normal_non_cacheable
from spec.mmu.shadow import Shadow, Stage
from spec.mmu.stage2_controls import Stage2Registers
from spec.nested.aborts import Forwarded, NestedAbort, handle
from spec.nested.at_emulation import Emulated, emulated
from spec.nested.configuration import Configuration
from spec.nested.contexts import NO_KEY, ShadowContext
from spec.nested.vcpu import VCPU, Registers
from spec.pstate import PSTATE

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_PAN=True, FEAT_PAN2=True)
MACHINE = Configuration(CPU, CPU)
E2H, TGE, VM, DC = 1 << 34, 1 << 27, 1, 1 << 12
M = 1
LEAF, USER = 0x703, 0x743
"""Pages that are accessed, Inner Shareable, of attribute 0: of EL1 alone, and of EL0 too."""
TABLES = Memory(
    {
        # Stage 1 of EL1, from level 1: VA 0x5000 is at 0x4000_0000, VA 0x6000 at 0x4000_1000, of EL0 too.
        **{0x1_0000: 0x1_1003, 0x1_1000: 0x1_2003, 0x1_2028: 0x4000_0000 | LEAF, 0x1_2030: 0x4000_1000 | USER},
        # Stage 1 of EL2: VA 0x5000 is at 0x7000_0000, VA 0x6000 at 0x7000_1000, of EL0 too.
        **{0x2_0000: 0x2_1003, 0x2_1000: 0x2_2003, 0x2_2028: 0x7000_0000 | LEAF, 0x2_2030: 0x7000_1000 | USER},
        # Stage 2, from level 1: the first GB is where it is, and IPA 0x4000_0000 at 0x9000_0000.
        **{0x3_0000: 0x7FD, 0x3_0008: 0x3_1003, 0x3_1000: 0x3_2003, 0x3_2000: 0x9000_07FF},
    }
)
"""The tables of a guest hypervisor, and of its guest; of 4 KB, for 39 bits."""


def hypervisor(hcr: int = VM, *, PAN: bool = False, memory: int = 0x3_0000) -> VCPU:
    """Return a guest hypervisor whose tables, and whose guest's, are those above."""
    state = State(
        0x1000,
        PSTATE(2, SP=True, PAN=PAN),
        SCTLR_EL1=M,
        SCTLR_EL2=M,
        TCR_EL1=25 | 25 << 16 | 0b10 << 30 | 2 << 32,
        TCR_EL2=25 | 25 << 16 | 0b10 << 30 | 2 << 32 if hcr & E2H else 25 | 2 << 16,
        HCR_EL2=hcr,
        VBAR_EL2=0x8000,
    )
    registers = Registers(
        TTBR0_EL1=0x1_0000,
        TTBR0_EL2=0x2_0000,
        MAIR_EL1=0xFF,
        MAIR_EL2=0xFF,
        VTTBR_EL2=memory,
        VTCR_EL2=25 | 1 << 6 | 2 << 16 | 1 << 31,
    )
    return VCPU(state, registers)


def asked(name: str, vcpu: VCPU, va: int = 0x5000, memory: Memory = TABLES) -> Emulated:
    """Return what an AT instruction comes to."""
    return emulated(OPERATIONS[name], va, 0xBAD, 0, vcpu, memory, MACHINE)


def address(found: Emulated) -> int:
    """Return the address in PAR_EL1."""
    assert found.PAR & 1 == 0, "it is a fault"
    return found.PAR & 0xF_FFFF_FFFF_F000


@pytest.mark.parametrize(
    ("name", "hcr", "expected"),
    [
        ("S1E1R", VM, 0x4000_0000),
        ("S1E1R", VM | E2H, 0x4000_0000),
        ("S1E1R", VM | E2H | TGE, 0x7000_0000),
        ("S1E2R", VM, 0x7000_0000),
        ("S1E2R", VM | E2H, 0x7000_0000),
        ("S12E1R", VM, 0x9000_0000),
        ("S12E1R", VM | E2H, 0x9000_0000),
        ("S12E1R", VM | E2H | TGE, 0x7000_0000),
        ("S12E1R", 0, 0x4000_0000),
        ("S12E1R", DC, 0x5000),
    ],
)
def test_by_which_tables(name: str, hcr: int, expected: int) -> None:
    """EL1's, EL2's, and stage 2 after EL1's whatever E2H is. DC turns stage 2 on and stage 1 off."""
    found = asked(name, hypervisor(hcr))
    assert address(found) == expected
    assert found.vcpu == attrs.evolve(hypervisor(hcr), state=attrs.evolve(hypervisor(hcr).state, PC=0x1004))


@pytest.mark.parametrize(("name", "faults"), [("S1E1R", False), ("S1E1RP", True), ("S1E1WP", True)])
@pytest.mark.parametrize("hcr", [0, E2H | TGE])
def test_PSTATE_PAN_of_the_guest_hypervisor(name: str, faults: bool, hcr: int) -> None:
    """It acts in the forms that end in P: a page of EL0 is refused, with a Permission fault at level 3."""
    assert (asked(name, hypervisor(hcr, PAN=True), 0x6000).PAR & 0x7F == 0b001111 << 1 | 1) == faults
    assert address(asked(name, hypervisor(hcr), 0x6000)) == (0x7000_1000 if hcr else 0x4000_1000)


def test_a_fault_of_stage_1() -> None:
    """A Translation fault at level 3; no stage 2 in it."""
    assert asked("S12E1R", hypervisor(), 0x7000).PAR & 0x7FF == 0b000111 << 1 | 1


def test_a_fault_of_stage_2_on_the_access() -> None:
    """S, and not PTW: the page of EL0 is at an IPA that is not mapped; a Translation fault at level 3."""
    assert asked("S12E1R", hypervisor(), 0x6000).PAR & 0x7FF == 1 << 9 | 0b000111 << 1 | 1


def test_a_fault_of_stage_2_on_the_walk_is_in_PAR() -> None:
    """S and PTW, with the level of stage 2, though it was the first descriptor of stage 1: no exception at EL2."""
    found = asked("S1E1R", hypervisor(memory=0x8_0000))
    assert found.PAR & 0x7FF == 1 << 9 | 1 << 8 | 0b000101 << 1 | 1
    assert found.vcpu.state.PC == 0x1004


def test_an_External_abort_is_an_exception() -> None:
    """A synchronous External abort on the walk, at level 2: to the virtual EL2, and PAR_EL1 is left."""
    memory = PatchyMemory(dict(TABLES.words), frozenset({0x2_1000}))
    found = asked("S1E2R", hypervisor(), memory=memory)
    state = found.vcpu.state
    assert (found.PAR, state.PC, state.ELR_EL2, state.FAR_EL2) == (0xBAD, 0x8200, 0x1000, 0x5000)
    assert state.ESR_EL2 & 0xFC00_003F == 0x9400_0016


def test_an_abort_of_AT_of_a_nested_guest_is_the_guest_hypervisor_s() -> None:
    """The hardware walked for AT S1E1R of EL1: the descriptor is not mapped by the guest hypervisor's stage 2.

    It takes a Data Abort with S1PTW, CM and WnR, as hardware without L0 reports it, with the level of its own walk.
    """
    own = Stage(Stage2Registers(25 | 1 << 6 | 2 << 16 | 1 << 31, 0x8_0000, VM), TABLES, CPU)
    off = Stage(Stage2Registers(0, 0, 0), Memory(), CPU)
    shadow = Shadow(Stage(Stage2Registers(0x8004_0059, 0x8000, 1), Memory(), CPU), 0x1000, 0x2000, 0x3000, 0x4000)
    context = ShadowContext(True, NO_KEY, 1, 3, False)
    normal, walk, origin = normal_non_cacheable(xs=True), Access.table_walk(1), Origin(1, AccessType.AT)
    reported = 0x9200_0000 | 1 << 8 | 1 << 7 | 1 << 6 | 0b000101
    found = handle(NestedAbort(0x1_0000, 0x5000, normal, walk, origin, reported), own, off, shadow, context, 0)
    assert isinstance(found, Forwarded)
    assert reported == found.abort.ESR
    assert (found.abort.EL, found.fault.s2fs1walk) == (2, True)
