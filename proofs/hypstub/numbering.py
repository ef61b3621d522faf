"""Theorems of the numbers of the calls, in every version that Linux had."""

from proofs.engine.theorem import Claim, theorem
from spec.hypstub.numbering import LINUX, Call, call_of, is_of_stub
from spec.lang import Bits64

ANSWERED = tuple(name for name, one in LINUX.items() if one.numbering.in_hypervisors)
"""The versions whose calls hypervisors answer too."""


@theorem(version=ANSWERED)
def a_call_of_the_stub_has_a_number_below_NR(version: str, x0: Bits64) -> Claim:
    """Every number that the stub knows is below NR, so that no hypervisor has it for a service of its own."""
    numbering = LINUX[version].numbering
    known = call_of(numbering, x0) != Call.NONE
    return Claim(known, True, is_of_stub(numbering, x0))


@theorem(version=ANSWERED)
def a_number_keeps_its_meaning(version: str, x0: Bits64) -> Claim:
    """Since v4.12 no number has changed its meaning: a kernel and a hypervisor of two versions understand each other.

    What the older one knows, the newest of arm64 knows by the same number.
    """
    known, newest = LINUX[version].numbering, LINUX["arm64 v6.19"].numbering
    call = call_of(known, x0)
    return Claim(call != Call.NONE, call == Call.SOFT_RESTART, call_of(newest, x0) == call)
