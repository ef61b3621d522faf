"""The stub of the 32-bit kernel, in Hyp mode; and what the decompressor of its image does with it.

An HVC from SVC mode is taken to offset 0x14 of HVBAR (to 0x08 from Hyp mode itself, where the stub spins), with A, I
and F masked; ERET goes back to ELR_hyp in the mode of SPSR_hyp. SOFT_RESTART moves no argument: the branch goes to r1,
with r0 the number.

The decompressor runs in SVC mode with its stub in Hyp mode. When it moves itself out of the way of the kernel that it
is to unpack, the vectors move with it: SET_VECTORS with an address that has the same offset in the copy. At the end it
sets vectors whose HVC entry is the kernel's entry, and calls: so the kernel is entered in Hyp mode::

    entered in Hyp mode --> stub installed --> SVC mode --> image moved, SET_VECTORS --> kernel unpacked
        --> SET_VECTORS of the entry --> HVC --> kernel entered in Hyp mode

Source: Linux, arch/arm/kernel/hyp-stub.S: __hyp_stub_do_trap; arch/arm/boot/compressed/head.S: restart, not_relocated,
__hyp_reentry_vectors; DDI 0487 G1.12: AArch32.EnterHypMode().
"""

from typing import Annotated

import attrs

from spec.boot.modes import HYP_MODE, MODE_MASK
from spec.hypstub.machine import Ending
from spec.hypstub.numbering import Call, Numbering, call_of
from spec.lang import Bits, Bits64, add, bit, bits, subtract, transition

Bits32 = Annotated[int, Bits(32)]
"""A word of 32 bits."""

MASKED = 0b111 << 6
"""CPSR.{A, I, F}."""
OF_HVC = 0x14
"""The offset of the vector of an exception taken to Hyp mode from another mode, an HVC's among them."""
OF_HVC_IN_HYP = 0x08
"""The offset of the vector of an HVC that Hyp mode executes itself."""
SET_VECTORS = 0
"""The number of SET_VECTORS from v4.12 on."""
SIGN = 0xFFFF_FFFF << 32
"""The upper half of a number of 32 bits whose highest is 1, in 64 bits."""


@attrs.frozen
class HypCPU:
    """A CPU in AArch32 state, as far as a call goes."""

    PC: Bits32
    """The address of the current instruction."""
    CPSR: Bits32
    """Current Program Status Register: the mode in 4:0, F, I and A in 6 to 8."""
    r0: Bits32 = 0
    """The number of the call, then its result."""
    r1: Bits32 = 0
    """The argument."""
    r2: Bits32 = 0
    """Of the caller."""
    r3: Bits32 = 0
    """Of the caller."""
    HVBAR: Bits32 = 0
    """Hyp Vector Base Address Register."""
    ELR_hyp: Bits32 = 0
    """Exception Link Register of Hyp mode."""
    SPSR_hyp: Bits32 = 0
    """Saved Program Status Register of Hyp mode."""


@attrs.frozen
class HypAnswered:
    """The CPU as the stub leaves it, still in Hyp mode."""

    cpu: HypCPU
    """The CPU."""
    ending: Ending
    """How it goes on."""


@transition("AArch32.TakeHVCException(), AArch32.EnterHypMode()")
def entered(cpu: HypCPU, after: Bits32) -> HypCPU:
    """Return the CPU after an HVC was taken to Hyp mode; the instruction after it is at an address (32 bits).

    >>> hex(entered(HypCPU(0x8000, 0x13, HVBAR=0x4000), 0x8004).PC)
    '0x4014'
    """
    of_Hyp = (cpu.CPSR & MODE_MASK) == HYP_MODE
    offset = OF_HVC_IN_HYP if of_Hyp else OF_HVC
    return attrs.evolve(
        cpu,
        PC=bits(cpu.HVBAR, 31, 5) << 5 | offset,
        CPSR=cpu.CPSR & (0xFFFF_FFFF ^ MODE_MASK) | MASKED | HYP_MODE,
        ELR_hyp=after,
        SPSR_hyp=cpu.CPSR,
    )


@transition("AArch32.ExceptionReturn(): of ERET in Hyp mode")
def returned(cpu: HypCPU) -> HypCPU:
    """Return the CPU after ERET in Hyp mode.

    >>> hex(returned(HypCPU(0x4020, 0x1DA, ELR_hyp=0x8004, SPSR_hyp=0x13)).PC)
    '0x8004'
    """
    return attrs.evolve(cpu, PC=cpu.ELR_hyp, CPSR=cpu.SPSR_hyp)


@transition("Linux, arch/arm/kernel/hyp-stub.S: r0 as a number")
def number(r0: Bits32) -> Bits64:
    """Return r0 (32 bits) as the number of a call: sign-extended to 64 bits.

    >>> number(0xFFFF_FFFF) == (1 << 64) - 1
    True
    """
    return r0 | SIGN if bit(r0, 31) else r0


@transition("Linux, arch/arm/kernel/hyp-stub.S: __hyp_stub_do_trap")
def answer_of_stub(cpu: HypCPU, numbering: Numbering) -> HypAnswered:
    """Return the answer of the stub to the number in r0, in Hyp mode.

    >>> from spec.hypstub.numbering import LINUX
    >>> answer_of_stub(HypCPU(0x4014, 0x1DA, 0, 0x6000), LINUX["arm v4.12"].numbering).cpu.HVBAR
    24576
    """
    call = call_of(numbering, number(cpu.r0))
    if call == Call.GET_VECTORS:
        return HypAnswered(attrs.evolve(cpu, r0=cpu.HVBAR), Ending.RETURNS)
    if call == Call.SOFT_RESTART:
        return HypAnswered(attrs.evolve(cpu, PC=cpu.r1), Ending.BRANCHES)
    result = 0 if numbering.returns_zero else cpu.r0
    if call == Call.SET_VECTORS:
        vectors = cpu.r0 if numbering.argument_in_x0 else cpu.r1
        return HypAnswered(attrs.evolve(cpu, HVBAR=vectors, r0=result), Ending.RETURNS)
    if call == Call.RESET_VECTORS:
        return HypAnswered(attrs.evolve(cpu, r0=result), Ending.RETURNS)
    return HypAnswered(attrs.evolve(cpu, r0=bits(numbering.error, 31, 0)), Ending.RETURNS)


@transition("Linux, arch/arm/kernel/hyp-stub.S: an HVC, its handler, and what ends it")
def called(cpu: HypCPU, after: Bits32, numbering: Numbering) -> HypAnswered:
    """Return the CPU after a call of the stub; the instruction after the HVC is at an address (32 bits).

    A call of Hyp mode itself never returns.

    >>> from spec.hypstub.numbering import LINUX
    >>> cpu = HypCPU(0x8000, 0x13, r0=1, r1=0x6000, HVBAR=0x4000)
    >>> hex(called(cpu, 0x8004, LINUX["arm v4.12"].numbering).cpu.PC)
    '0x6000'
    """
    there = entered(cpu, after)
    if (cpu.CPSR & MODE_MASK) == HYP_MODE:
        return HypAnswered(there, Ending.NEVER)
    answered = answer_of_stub(there, numbering)
    if answered.ending != Ending.RETURNS:
        return answered
    return HypAnswered(returned(answered.cpu), Ending.RETURNS)


# -- the decompressor ----------------------------------------------------------------------------------------------


@transition("Linux, arch/arm/boot/compressed/head.S: restart")
def moved_vectors(vectors: Bits32, start: Bits32, copy: Bits32) -> Bits32:
    """Return where the vectors are in a copy of the image: as far from its start as they were (each 32 bits).

    >>> hex(moved_vectors(0x1040, 0x1000, 0x8000))
    '0x8040'
    """
    return bits(add(copy, subtract(vectors, start)), 31, 0)


@transition("Linux, arch/arm/boot/compressed/head.S: restart; the call by which the vectors move")
def moves(boot_mode: Bits32, start: Bits32, copy: Bits32, cpu: HypCPU, numbering: Numbering) -> HypCPU:
    """Return the CPU, in SVC mode, after the decompressor has moved its vectors with its image, if it came in Hyp mode.

    >>> from spec.hypstub.numbering import LINUX
    >>> cpu = HypCPU(0x1200, 0x13, HVBAR=0x1040)
    >>> hex(moves(0x1A, 0x1000, 0x8000, cpu, LINUX["arm v4.12"].numbering).HVBAR)
    '0x8040'
    """
    if (boot_mode & MODE_MASK) != HYP_MODE:
        return cpu
    vectors = moved_vectors(cpu.HVBAR, start, copy)
    if numbering.argument_in_x0:
        asked = attrs.evolve(cpu, r0=vectors)
    else:
        asked = attrs.evolve(cpu, r0=SET_VECTORS, r1=vectors)
    return called(asked, cpu.PC, numbering).cpu


@transition("Linux, arch/arm/boot/compressed/head.S: not_relocated, __hyp_reentry_vectors")
def enters_kernel(boot_mode: Bits32, reentry: Bits32, cpu: HypCPU, numbering: Numbering) -> Bits32:
    """Return CPSR (32 bits) with which the decompressor enters the kernel: in Hyp mode if it came in Hyp mode.

    The vectors at an address (32 bits) have the kernel's entry for the exception of an HVC.

    >>> from spec.hypstub.numbering import LINUX
    >>> hex(enters_kernel(0x1A, 0x6000, HypCPU(0x1200, 0x1D3), LINUX["arm v4.12"].numbering) & 0x1F)
    '0x1a'
    """
    if (boot_mode & MODE_MASK) != HYP_MODE:
        return cpu.CPSR
    if numbering.argument_in_x0:
        asked = attrs.evolve(cpu, r0=reentry)
    else:
        asked = attrs.evolve(cpu, r0=SET_VECTORS, r1=reentry)
    ready = called(asked, cpu.PC, numbering).cpu
    there = entered(ready, ready.PC)
    at_reentry = bits(there.PC, 31, 5) == bits(reentry, 31, 5)
    return there.CPSR if at_reentry else cpu.CPSR
