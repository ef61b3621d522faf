"""Boot modes: at which Exception level each CPU entered the kernel, and what follows for a hypervisor.

Every CPU enters at EL1 or at EL2, the first one from the boot loader, the others by PSCI CPU_ON or from a spin-table;
all should enter at the same. The kernel keeps two words for all of them. A CPU that entered at EL1 writes the first,
one that entered at EL2 the second, and they start out as no CPU would leave both::

                             word_0    word_1
    at first                 0xe12     0xe11
    every CPU at EL1         0xe11     0xe11      no EL2
    every CPU at EL2         0xe12     0xe12      EL2 is there
    some at each             0xe11     0xe12      mismatched: no EL2

The mode travels in a register, with a flag in bit 32 where the CPU knows no EL2 but that of a host (E2H is RES1); the
words hold 32 bits. The 32-bit kernel keeps one word: the mode of the first CPU, and a bit where another one differs.

Source: Linux, arch/arm64/include/asm/virt.h, arch/arm64/kernel/head.S, arch/arm/kernel/hyp-stub.S,
Documentation/arch/arm64/booting.rst: CPU mode.
"""

from typing import Annotated

import attrs

from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import Bits, Bits2, Bits64, bits, extended, negation, transition

Bits32 = Annotated[int, Bits(32)]
"""A word of 32 bits."""

BOOT_CPU_MODE_EL1 = 0xE11
"""The mode of a CPU that entered at EL1."""
BOOT_CPU_MODE_EL2 = 0xE12
"""The mode of a CPU that entered at EL2."""
BOOT_CPU_FLAG_E2H = 1 << 32
"""Beside the mode: HCR_EL2.E2H is 1 whatever is written, so EL2 is that of a host."""


@attrs.frozen
class BootModes:
    """What the kernel knows of its CPUs."""

    word_0: Bits32 = BOOT_CPU_MODE_EL2
    """Written by CPUs that entered at EL1."""
    word_1: Bits32 = BOOT_CPU_MODE_EL1
    """Written by CPUs that entered at EL2."""


@transition("Linux, arch/arm64/kernel/head.S: init_kernel_el; CurrentEL")
def boot_mode(el: Bits2, features: Features) -> Bits64:
    """Return the mode of a CPU that enters at EL1 or EL2, with the flag of a CPU that has no other EL2 than a host's.

    >>> hex(boot_mode(2, Features(FEAT_VHE=True))), hex(boot_mode(1, Features()))
    ('0x100000e12', '0xe11')
    """
    if el != 2:
        return BOOT_CPU_MODE_EL1
    if effective_E2H(0, features):
        return BOOT_CPU_MODE_EL2 | BOOT_CPU_FLAG_E2H
    return BOOT_CPU_MODE_EL2


@transition("Linux, arch/arm64/kernel/head.S: set_cpu_boot_mode_flag")
def recorded(modes: BootModes, mode: Bits64) -> BootModes:
    """Return what the kernel knows after a CPU entered in a mode (64 bits).

    >>> recorded(BootModes(), 0xE12)
    BootModes(word_0=3602, word_1=3602)
    """
    word = bits(mode, 31, 0)
    if word == BOOT_CPU_MODE_EL2:
        return attrs.evolve(modes, word_1=word)
    return attrs.evolve(modes, word_0=word)


@transition("Linux, arch/arm64/include/asm/virt.h: is_hyp_mode_available()")
def is_EL2_available(modes: BootModes, protected: bool) -> bool:
    """Return whether a hypervisor can be installed, or is: every CPU entered at EL2.

    Once a protected hypervisor is finalised it starts the CPUs itself, and they enter the kernel at EL1.

    >>> is_EL2_available(recorded(BootModes(), 0xE12), protected=False), is_EL2_available(BootModes(), protected=False)
    (True, False)
    """
    both = (modes.word_0 == BOOT_CPU_MODE_EL2) & (modes.word_1 == BOOT_CPU_MODE_EL2)
    return protected | both


@transition("Linux, arch/arm64/include/asm/virt.h: is_hyp_mode_mismatched()")
def is_mismatched(modes: BootModes, protected: bool) -> bool:
    """Return whether some CPUs entered at EL1 and others at EL2, which forbids a hypervisor.

    >>> is_mismatched(BootModes(0xE11, 0xE12), protected=False)
    True
    """
    return negation(protected) & (modes.word_0 != modes.word_1)


@transition("Linux, arch/arm64/kernel/hyp-stub.S: finalise_el2; head.S: __primary_switch, secondary_startup")
def asks_to_finalise(mode: Bits64, el: Bits2) -> bool:
    """Return whether a CPU calls FINALISE_EL2, the first one and each secondary: entered at EL2, and now at EL1.

    >>> asks_to_finalise(0xE12, 1), asks_to_finalise(0xE11, 1), asks_to_finalise(0xE12, 2)
    (True, False, False)
    """
    return (bits(mode, 31, 0) == BOOT_CPU_MODE_EL2) & (el == 1)


# -- the 32-bit kernel ---------------------------------------------------------------------------------------------

HYP_MODE = 0x1A
"""CPSR.M of Hyp mode."""
MODE_MASK = 0x1F
"""CPSR.M."""
BOOT_CPU_MODE_MISMATCH = 1 << 31
"""In the word of the 32-bit kernel: some CPU entered in another mode than the first."""


@transition("Linux, arch/arm/kernel/hyp-stub.S: store_primary_cpu_mode")
def of_first_CPU(cpsr: Bits32) -> Bits32:
    """Return the word after the first CPU entered the 32-bit kernel with a CPSR (32 bits).

    >>> hex(of_first_CPU(0x1DA))
    '0x1a'
    """
    return extended(cpsr & MODE_MASK, 32)


@transition("Linux, arch/arm/kernel/hyp-stub.S: compare_cpu_mode_with_primary")
def compared(word: Bits32, cpsr: Bits32) -> Bits32:
    """Return the word (32 bits) after another CPU entered with a CPSR (32 bits): marked for good where it differs.

    >>> hex(compared(0x1A, 0x1DA)), hex(compared(0x1A, 0x1D3))
    ('0x1a', '0x8000001a')
    """
    if word == of_first_CPU(cpsr):
        return word
    return word | BOOT_CPU_MODE_MISMATCH


@transition("Linux, arch/arm/include/asm/virt.h: is_hyp_mode_available()")
def is_Hyp_available(word: Bits32) -> bool:
    """Return whether every CPU entered the 32-bit kernel in Hyp mode.

    >>> is_Hyp_available(0x1A), is_Hyp_available(0x8000001A)
    (True, False)
    """
    return word == HYP_MODE


@transition("Linux, arch/arm/kernel/hyp-stub.S: __hyp_stub_install_secondary")
def installs_stub(word: Bits32, cpsr: Bits32) -> bool:
    """Return whether a CPU that enters with a CPSR (32 bits) puts a stub into Hyp mode: in that mode, as all before it.

    >>> installs_stub(0x1A, 0x1DA), installs_stub(0x8000001A, 0x1DA)
    (True, False)
    """
    mode = of_first_CPU(cpsr)
    return (word == mode) & (mode == HYP_MODE)
