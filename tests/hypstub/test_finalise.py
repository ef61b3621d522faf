from typing import Any

import attrs
import pytest

from spec.features import Features
from spec.hypstub.finalise import can_move
from spec.hypstub.machine import Kernel, Owner, SystemRegisters
from spec.hypstub.numbering import LINUX
from tests.hypstub.machines import KERNEL, LAST, ON, STUB, VHE, call, caller

OF_EL1 = SystemRegisters(
    CPACR_EL1=0x30_0000,
    TPIDR_EL1=0x77,
    TTBR0_EL1=0x4100_0000,
    TTBR1_EL1=0x4200_0000,
    MAIR_EL1=0xFF44,
    TCR2_EL1=0x2,
    PIR_EL1=0xAB,
    PIRE0_EL1=0xCD,
    TCR2_EL2=0x111,
    PIR_EL2=0x222,
)
STATE: dict[str, Any] = {
    "SP_EL1": 0x5000,
    "VBAR_EL1": 0xFFFF_0800,
    "TCR_EL1": 0x19,
    "SCTLR_EL1": 0x34C5_D93D,
    "MDCR_EL2": 0x0300_3006,
}


def test_a_kernel_that_can_moves_to_EL2() -> None:
    """It goes on behind its HVC at EL2h, with the flags it had, its stack, and its registers by the names of a host."""
    after = call(caller(3, registers=OF_EL1, **STATE), features=VHE).cpu
    state, registers = after.state, after.registers
    assert (state.PC, state.PSTATE.EL, state.PSTATE.SP, state.PSTATE.NZCV) == (0x8_0004, 2, True, 0b0110)
    assert (state.PSTATE.I, state.PSTATE.F) == (True, False)
    assert (state.HCR_EL2, state.SP_EL2, state.VBAR_EL2, state.TCR_EL2) == (0x4_8800_0000, 0x5000, 0xFFFF_0800, 0x19)
    assert (state.SCTLR_EL2, state.SCTLR_EL1, state.MDCR_EL2) == (0x34C5_D93D, 0x3050_0800, 6)
    assert (registers.CPTR_EL2, registers.TPIDR_EL2, registers.MAIR_EL2) == (0x30_0000, 0x77, 0xFF44)
    assert (registers.TTBR0_EL2, registers.TTBR1_EL2) == (0x4100_0000, 0x4200_0000)
    assert (after.owner, after.x.x0, after.has_stale_entries) == (Owner.KERNEL, 0, False)


@pytest.mark.parametrize(
    ("TCR2", "S1PIE", "expected"),
    [
        (False, False, (0x111, 0x222)),
        (True, False, (0x2, 0x222)),
        (True, True, (0x2, 0xAB)),
        (False, True, (0x111, 0x222)),
    ],
)
def test_what_is_not_there_does_not_move(TCR2: bool, S1PIE: bool, expected: tuple[int, int]) -> None:
    """TCR2_EL1 with FEAT_TCR2, and PIR_EL1 with FEAT_S1PIE beside it."""
    features = attrs.evolve(VHE, FEAT_TCR2=TCR2, FEAT_S1PIE=S1PIE)
    registers = call(caller(3, registers=OF_EL1), features=features).cpu.registers
    assert expected == (registers.TCR2_EL2, registers.PIR_EL2)


@pytest.mark.parametrize(
    ("features", "kernel", "sctlr"),
    [
        (Features(), KERNEL, 0),
        (VHE, attrs.evolve(KERNEL, nVHE=True), 0),
        (VHE, attrs.evolve(KERNEL, hVHE=True), 0),
        (VHE, KERNEL, ON),
    ],
    ids=["no VHE", "nVHE", "hVHE", "MMU on"],
)
@pytest.mark.parametrize("version", ["arm64 v5.12", "arm64 v6.19"])
def test_a_kernel_that_cannot_stays(features: Features, kernel: Kernel, sctlr: int, version: str) -> None:
    """The error, and nothing moved."""
    after = call(caller(3, registers=OF_EL1, SCTLR_EL2=sctlr), LINUX[version].numbering, kernel, features).cpu
    assert (after.x.x0, after.state.PSTATE.EL, after.state.VBAR_EL2, after.owner) == (0xBADCA11, 1, STUB, Owner.STUB)
    assert (after.state.HCR_EL2, after.registers.TTBR0_EL2) == (1 << 31, 0)


def test_a_refused_call_leaves_what_it_set_up_before() -> None:
    """Since v6.0 SVE is enabled for EL1 though the kernel stays there; VHE_RESTART left everything alone."""
    cpu = caller(3, registers=SystemRegisters(CPTR_EL2=0x33FF))
    features = Features(FEAT_SVE=True)
    now = call(cpu, LAST, features=features).cpu.registers
    assert (now.CPTR_EL2, now.ZCR_EL2) == (0x32FF, 0xF)
    assert call(cpu, LINUX["arm64 v5.13"].numbering, features=features).cpu.registers == cpu.registers


def test_the_conditions_are_all_needed() -> None:
    """Each of them alone."""
    cpu = caller(3)
    assert can_move(cpu, KERNEL, VHE)
    assert not can_move(caller(3, SCTLR_EL2=1), KERNEL, VHE)
