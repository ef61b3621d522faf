"""Theorems of the selection of a shadow context: at the entry of the nested guest it is that of the registers."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.nested.contexts import Virtual, is_equal, key
from spec.features import Features
from spec.lang import Bits64, every, negation
from spec.nested.configuration import Way
from spec.nested.contexts import key_of
from spec.nested.selection import Selection, Selector, entered, written


def _rewritten(way: Way, register: Selector) -> dict[str, Any]:
    """Return an example: another VMID, and what else is another stage 2."""
    first = Selection(7 << 48 | 0x8000, 0x19, 1, key_of(7 << 48 | 0x8000, 0x19, 1, Features()))
    return {"before": first, "value": 8 << 48 | 0x1A, "guest": Features()}


@theorem(way=tuple(Way), register=tuple(Selector), example=_rewritten)
def the_nested_guest_runs_on_the_context_of_the_registers_as_they_are(
    way: Way, register: Selector, before: Selection, value: Bits64, guest: Features
) -> Claim:
    """At the entry of the nested guest the context is that of VTTBR_EL2, VTCR_EL2 and HCR_EL2 as they are then.

    Whichever of them the guest hypervisor has written, and whether the write was a trap or not.
    """
    own = Virtual(before.VTTBR_EL2, before.VTCR_EL2, before.HCR_EL2)
    held = is_equal(before.key, key(own, guest))
    after = entered(written(before, register, value, way, guest), way, guest)
    now = attrs.evolve(own, **{register.value: value})
    found = (after.VTTBR_EL2, after.VTCR_EL2, after.HCR_EL2)
    kept = every(found[0] == now.VTTBR_EL2, found[1] == now.VTCR_EL2, found[2] == now.HCR_EL2)
    moved = negation(is_equal(before.key, key(now, guest)))
    return Claim(held, moved, kept & is_equal(after.key, key(now, guest)))
