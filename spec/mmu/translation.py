"""Translation whole: from a virtual address to a physical one, by every stage that the regime has.

In the EL1&0 regime stage 1 gives an intermediate physical address, which stage 2 translates: the address of the
access, and before it that of every stage 1 descriptor. The regimes of EL2 have stage 1 alone.
"""

import attrs

from spec.features import Features
from spec.hcr import effective_NVx, is_in_host
from spec.lang import Bits2, Bits6, Bits64, Memory, add, align_down, lean, negation, subtract, transition
from spec.mmu import stage1
from spec.mmu.access import Access, AccessType
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.regime import Regime, regime_of
from spec.mmu.stage1 import NO_STAGE_2, Below
from spec.mmu.stage1_controls import TranslationRegisters
from spec.mmu.stage2 import Translation, has_alignment_fault, translate_under, updated
from spec.mmu.stage2_controls import parameters as stage2_parameters
from spec.sysregs.control import SCTLR_EL1


@lean
@attrs.frozen(weakref_slot=False)
class Result:
    """What a translation makes of an access, and the memory that it leaves."""

    outcome: Translation | Fault
    """The physical address and the attributes of the access, or the fault."""
    memory: Memory
    """Memory, with the hardware updates of both stages."""


@transition("AArch64.IsUnprivAccessPriv(); PSTATE.UAO, HCR_EL2.{NV, NV1}")
def level_of_unprivileged(el: Bits2, UAO: bool, hcr: Bits64, features: Features) -> Bits2:
    """Return the Exception level whose permissions LDTR, STTR and their kin have at an Exception level.

    It is EL0 from EL1, and from the EL2 of a host. With PSTATE.UAO, and at EL1 under HCR_EL2.{NV, NV1} = {1, 1},
    they are plain loads and stores.

    >>> level_of_unprivileged(1, False, 0, Features()), level_of_unprivileged(2, False, 0, Features())
    (0, 2)
    """
    if features.FEAT_UAO & UAO:
        return el
    if el == 1 and effective_NVx(hcr, features) & 0b011 == 0b011:
        return el
    if el == 2 and not is_in_host(hcr, features):
        return el
    return 0


@transition("AArch64.CheckAlignment(); SCTLR_ELx.A")
def checks_alignment(registers: TranslationRegisters, regime: Regime) -> bool:
    """Return whether every unaligned data access of a regime faults, whatever the memory.

    >>> checks_alignment(TranslationRegisters(), Regime.EL10)
    False
    """
    if regime == Regime.EL10:
        return SCTLR_EL1.A(registers.EL1.SCTLR)
    return SCTLR_EL1.A(registers.EL2.SCTLR)


@transition("AArch64.S2Translate(): in the EL1&0 regime alone")
def stage2_below(registers: TranslationRegisters, regime: Regime, features: Features) -> Below:
    """Return stage 2 as a regime has it below its stage 1: off in those of EL2.

    >>> stage2_below(TranslationRegisters(HCR_EL2=1), Regime.EL2, Features()).walk.enabled
    False
    """
    if regime == Regime.EL10:
        return Below(stage2_parameters(registers.stage2, features), registers.VTTBR_EL2)
    return NO_STAGE_2


@transition("AArch64.FullTranslate()")
def translate(
    registers: TranslationRegisters, va: Bits64, access: Access, memory: Memory, features: Features
) -> Result:
    """Return what every stage of its regime makes of an access to a virtual address (64 bits).

    >>> translate(TranslationRegisters(), 0x1234, Access.load(), Memory(), Features()).outcome.PA
    4660
    """
    regime = regime_of(access.EL, registers.HCR_EL2, features)
    return translate_in(registers, regime, va, access, memory, features)


@transition("AArch64.FullTranslate(): in a given regime")
def translate_in(
    registers: TranslationRegisters, regime: Regime, va: Bits64, access: Access, memory: Memory, features: Features
) -> Result:
    """Return what every stage of a regime makes of an access to a virtual address (64 bits).

    >>> translate_in(TranslationRegisters(), Regime.EL2, 0x1234, Access.load(2), Memory(), Features()).outcome.PA
    4660
    """
    below = stage2_below(registers, regime, features)
    first = stage1.translate(registers, regime, va, below, access, memory, features)
    found = first.outcome
    if isinstance(found, Fault):
        return Result(found, first.memory)
    second = translate_under(below.walk, below.VTTBR, found.OA, found.attributes, access, first.memory, features)
    memory = updated(first.memory, second.update)
    if isinstance(second.outcome, Translation) and has_alignment_fault(access, found.attributes.memtype):
        # What crosses a page may take the Alignment fault of stage 1 here: see takes_alignment_fault().
        return Result(Fault(FaultKind.ALIGNMENT, 0, 0, False, False, access.reported_write), memory)
    return Result(second.outcome, memory)


@lean
@attrs.frozen(weakref_slot=False)
class Accessed:
    """What an access to memory comes to."""

    outcome: Translation | Fault
    """Where its first byte is, or the fault."""
    VA: Bits64
    """The virtual address of that byte, or of the one that faulted."""
    memory: Memory
    """Memory, with the hardware updates of both stages."""


@transition("Mem[]: AArch64.UnalignedAccessFaults(), AArch64.TranslateAddress()")
def access_memory(
    registers: TranslationRegisters, va: Bits64, size: Bits6, access: Access, memory: Memory, features: Features
) -> Accessed:
    """Return what an access of some bytes (1, 2, 4, 8 or 16) at a virtual address (64 bits) comes to.

    With SCTLR_ELx.A an unaligned data access is an Alignment fault whatever the memory. One that crosses a page is
    translated in both, the lower first. Instructions that need alignment in any case are not distinguished.

    >>> access_memory(TranslationRegisters(), 0x1233, 2, Access.load(), Memory(), Features()).outcome.kind
    <FaultKind.ALIGNMENT: 'Fault_Alignment'>
    """
    regime = regime_of(access.EL, registers.HCR_EL2, features)
    last = subtract(size, 1)
    aligned = (va & last) == 0
    upper = align_down(add(va, last), 12)
    crosses = upper != align_down(va, 12)
    access = attrs.evolve(access, aligned=aligned, crosses_page=crosses)
    if checks_alignment(registers, regime) and negation(aligned | (access.type == AccessType.IFETCH)):
        return Accessed(Fault(FaultKind.ALIGNMENT, 0, 0, False, False, access.reported_write), va, memory)
    lower = translate_in(registers, regime, va, access, memory, features)
    if isinstance(lower.outcome, Fault) or not crosses:
        return Accessed(lower.outcome, va, lower.memory)
    above = translate_in(registers, regime, upper, access, lower.memory, features)
    if isinstance(above.outcome, Fault):
        return Accessed(above.outcome, upper, above.memory)
    return Accessed(lower.outcome, va, above.memory)
