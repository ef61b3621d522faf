"""The address that a branch, an exception or a return puts into the PC: without its tag."""

from spec.exceptions.state import State
from spec.features import Features
from spec.hcr import effective_E2H, is_in_host
from spec.lang import Bits2, Bits64, bit, low_bits, negation, transition
from spec.sysregs.translation import TCR_EL1, TCR_EL2

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
    upper = bit(address, 55)
    of_host = (el == 2) & effective_E2H(state.HCR_EL2, features) | (el == 0) & is_in_host(state.HCR_EL2, features)
    if (el == 2) & negation(of_host):
        return TCR_EL2.TBI(state.TCR_EL2) & negation(features.FEAT_PAuth & TCR_EL2.TBID(state.TCR_EL2))
    tcr = state.TCR_EL2 if of_host else state.TCR_EL1
    return upper & TCR_EL1.TBI1(tcr) & negation(features.FEAT_PAuth & TCR_EL1.TBID1(tcr)) | negation(
        upper
    ) & TCR_EL1.TBI0(tcr) & negation(features.FEAT_PAuth & TCR_EL1.TBID0(tcr))


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
    two_halves = (el != 2) | effective_E2H(state.HCR_EL2, features)
    return low_bits(address, 56) | UPPER_BYTE if two_halves & bit(address, 55) else low_bits(address, 56)
