"""The address that a branch, an exception or a return puts into the PC: without its tag."""

from spec.exceptions.state import State
from spec.features import Features
from spec.lang import Bits2, Bits64, bit, low_bits, negation, transition
from spec.mmu.regime import Regime, regime_of
from spec.mmu.stage1_controls import TBI_of, TBID_of

UPPER_BYTE = 0xFF << 56
"""The bits of an address that may be a tag."""


@transition("EffectiveTBI(): of an instruction fetch")
def has_tag(address: Bits64, state: State, el: Bits2, features: Features) -> bool:
    """Return whether bits 63 to 56 of the address (64 bits) of an instruction at an Exception level are a tag.

    TBI says so for each half of the address space, and TBID that it holds for data alone. The EL2 regime has one half.

    >>> from spec.pstate import PSTATE
    >>> state = State(0, PSTATE(1), TCR_EL1=1 << 37)
    >>> has_tag(0x1200_0000_0000_0000, state, 1, Features()), has_tag(1 << 55, state, 1, Features())
    (True, False)
    """
    regime, upper = regime_of(el, state.HCR_EL2, features), bit(address, 55)
    tcr = state.TCR_EL1 if regime == Regime.EL10 else state.TCR_EL2
    return TBI_of(tcr, regime, upper) & negation(TBID_of(tcr, regime, upper, features))


@transition("AArch64.BranchAddr()")
def branch_address(address: Bits64, state: State, el: Bits2, features: Features) -> Bits64:
    """Return the PC (64 bits) after a branch to an address (64 bits) at an Exception level.

    A tag becomes copies of bit 55, or 0 where the regime has one half alone.

    >>> from spec.pstate import PSTATE
    >>> hex(branch_address(0x12FF_0000_0000_1000, State(0, PSTATE(1), TCR_EL1=1 << 38), 1, Features()))
    '0xffff000000001000'
    """
    if negation(has_tag(address, state, el, features)):
        return address
    two_halves = regime_of(el, state.HCR_EL2, features) != Regime.EL2
    return low_bits(address, 56) | UPPER_BYTE if two_halves & bit(address, 55) else low_bits(address, 56)
