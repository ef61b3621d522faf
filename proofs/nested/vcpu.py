"""Theorems of the virtual machine's state: its contexts, its reset, and what sanitising takes from it."""

from typing import Any

from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from spec.exceptions.state import NOTHING_PENDING, State, is_reachable
from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import Bits2, Bits64, every, implies, invert, negation
from spec.mmu.regime import Regime, regime_of
from spec.nested.configuration import Configuration
from spec.nested.vcpu import MOVING, VCPU, Context, context_at, context_of, reset, sanitised_vcpu, value_of, with_values
from spec.pstate import PSTATE, SPSR_of
from spec.sysregs.accessors import register
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.reserved import RES0_bits, RES1_bits


def _unhosted() -> dict[str, Any]:
    """Return an example: EL0 where {E2H, TGE} are {0, 1}."""
    return {"el": 0, "hcr": HCR_EL2.TGE.mask, "guest": HARDWARE}


@theorem(example=_unhosted)
def the_context_is_the_guest_s_exactly_in_its_regime(el: Bits2, hcr: Bits64, guest: Features) -> Claim:
    """A PE is in the context of a guest if and only if the regime is EL1&0; {E2H, TGE} = {0, 1} is there too."""
    found, regime = context_at(el, hcr, guest), regime_of(el, hcr, guest)
    without_host = every(el == 0, HCR_EL2.TGE(hcr), negation(effective_E2H(hcr, guest)))
    holds = every(
        (found == Context.GUEST) == (regime == Regime.EL10),
        (found == Context.HYPERVISOR) == (el == 2),
        implies(without_host, found == Context.GUEST),
    )
    return Claim(el != 3, without_host, holds)


def _after_reset() -> dict[str, Any]:
    """Return an example: a virtual machine with EL2."""
    return {"configuration": Configuration(HARDWARE, HARDWARE), "entry": 0x8000_0000, "unknown": 0x123456789}


@theorem(example=_after_reset)
def a_reset_enters_the_hypervisor(configuration: Configuration, entry: Bits64, unknown: Bits64) -> Claim:
    """After a reset PSTATE is 0x3c9 (EL2h) with EL2 and 0x3c5 (EL1h) without it, in a state that a PE can be in.

    The PC is the entry, and nothing is pending.
    """
    vcpu, guest = reset(configuration, entry, unknown), configuration.guest
    has_EL2 = configuration.has_EL2
    holds = every(
        SPSR_of(vcpu.state.PSTATE, guest) == (0x3C9 if has_EL2 else 0x3C5),
        (context_of(vcpu, configuration) == Context.HYPERVISOR) == has_EL2,
        entry == vcpu.state.PC,
        is_reachable(vcpu.state, guest),
        *(getattr(vcpu.state.pending, one) == getattr(NOTHING_PENDING, one) for one in ("IRQ", "FIQ", "SError")),
    )
    return Claim(True, has_EL2, holds)


PARTS = 4
"""How many obligations share the registers."""


def _any_vcpu(part: int) -> dict[str, Any]:
    """Return an example: a value in a register of each part that its features do not allow."""
    vcpu = with_values(VCPU(State(0, PSTATE(2))), dict.fromkeys(MOVING[part::PARTS], (1 << 64) - 1))
    return {"vcpu": vcpu, "guest": Features(FEAT_VHE=True)}


@theorem(part=range(PARTS), example=_any_vcpu)
def sanitising_takes_the_reserved_bits_of_each_register_alone(part: int, vcpu: VCPU, guest: Features) -> Claim:
    """Of each register the bits that it has on the machine are kept; its RES0 bits become 0, its RES1 bits 1."""
    after = sanitised_vcpu(vcpu, guest)
    claims, changed = [], False
    for name in MOVING[part::PARTS]:
        kind, value, kept = register(name).kind, value_of(vcpu, name), value_of(after, name)
        zeros, ones = RES0_bits(kind, guest), RES1_bits(kind, guest)
        claims += [(value ^ kept) & invert(zeros | ones) == 0, kept & zeros == 0, kept & ones == ones]
        changed = changed | (value != kept)
    return Claim(True, changed, every(*claims))
