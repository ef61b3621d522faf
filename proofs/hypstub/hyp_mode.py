"""Theorems of the 32-bit stub in Hyp mode, and of the decompressor that uses it."""

from proofs.engine.theorem import Claim, theorem
from spec.boot.modes import HYP_MODE, of_first_CPU
from spec.hypstub.hyp_mode import Bits32, HypCPU, called, enters_kernel, moves, number
from spec.hypstub.machine import Ending
from spec.hypstub.numbering import LINUX, Call, Numbering, call_of
from spec.lang import bits, every, implies, negation

VERSIONS = tuple(name for name, one in LINUX.items() if one.architecture == "arm")
"""The versions of the 32-bit kernel."""
SVC_MODE = 0x13
"""CPSR.M of Supervisor mode."""


def from_SVC(cpu: HypCPU) -> bool:
    """Return whether a CPU is in Supervisor mode."""
    return of_first_CPU(cpu.CPSR) == SVC_MODE


def is_aligned(vectors: int) -> bool:
    """Return whether an address of vectors is a multiple of 32."""
    return bits(vectors, 4, 0) == 0


@theorem()
def only_SET_VECTORS_changes_HVBAR(cpu: HypCPU, after: Bits32, numbering: Numbering) -> Claim:
    """A call of the 32-bit stub changes HVBAR only if it is SET_VECTORS, and of the caller's registers r0 alone.

    SOFT_RESTART goes to r1 in Hyp mode with A, I and F masked; every other call returns in the caller's mode.
    """
    found = called(cpu, after, numbering)
    call = call_of(numbering, number(cpu.r0))
    there, restarts = found.cpu, call == Call.SOFT_RESTART
    holds = every(
        (call == Call.SET_VECTORS) | (there.HVBAR == cpu.HVBAR),
        (there.r1 == cpu.r1) & (there.r2 == cpu.r2) & (there.r3 == cpu.r3),
        implies(
            restarts,
            every(
                cpu.r1 == there.PC,
                of_first_CPU(there.CPSR) == HYP_MODE,
                bits(there.CPSR, 8, 6) == 0b111,
                found.ending == Ending.BRANCHES,
            ),
        ),
        implies(negation(restarts), (after == there.PC) & (there.CPSR == cpu.CPSR)),
    )
    return Claim(from_SVC(cpu), call == Call.SET_VECTORS, holds)


@theorem(version=VERSIONS)
def the_vectors_move_with_the_decompressor(
    version: str, boot_mode: Bits32, start: Bits32, copy: Bits32, cpu: HypCPU
) -> Claim:
    """A decompressor that was entered in Hyp mode and moves itself finds its stub in the copy, at the same place.

    It goes on in Supervisor mode after each call. One that was entered in another mode calls nobody.
    """
    found = moves(boot_mode, start, copy, cpu, LINUX[version].numbering)
    came_in_Hyp = of_first_CPU(boot_mode) == HYP_MODE
    moved = bits(found.HVBAR + start, 31, 0) == bits(cpu.HVBAR + copy, 31, 0)
    holds = every(
        implies(came_in_Hyp, moved),
        implies(negation(came_in_Hyp), found.HVBAR == cpu.HVBAR),
        found.CPSR == cpu.CPSR,
    )
    aligned = is_aligned(start) & is_aligned(copy) & is_aligned(cpu.HVBAR)
    return Claim(from_SVC(cpu) & aligned, came_in_Hyp & (start != copy), holds)


@theorem(version=VERSIONS)
def the_kernel_is_entered_in_the_mode_of_the_decompressor(
    version: str, boot_mode: Bits32, reentry: Bits32, cpu: HypCPU
) -> Claim:
    """The kernel is entered in Hyp mode if and only if the decompressor was, though that ran in Supervisor mode."""
    mode = of_first_CPU(enters_kernel(boot_mode, reentry, cpu, LINUX[version].numbering))
    came_in_Hyp = of_first_CPU(boot_mode) == HYP_MODE
    return Claim(from_SVC(cpu) & is_aligned(reentry), came_in_Hyp, (mode == HYP_MODE) == came_in_Hyp)
