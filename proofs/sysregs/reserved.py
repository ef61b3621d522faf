"""Theorems of reserved bits: what sanitising makes of each bit of each register, as its table says."""

import itertools
from collections.abc import Iterable, Iterator

from proofs.engine.theorem import Claim, theorem
from spec.features import Features, condition
from spec.lang import MASK64, Bits64, Field, Register, Reserved, every, implies, invert, negation, some
from spec.sysregs.register import SystemRegister
from spec.sysregs.reserved import RES0_bits, RES1_bits, reset_value, sanitised
from spec.sysregs.tables import REGISTERS

TOPICS = {
    "hypervisor": ("hypervisor", "fine_grained", "fine_grained_debug"),
    "control": ("control", "exceptions", "special", "scalable", "scratch", "pointer_authentication", "guarded_stack"),
    "translation": (
        *("translation", "translation_masks", "memory_attributes", "memory_tagging", "permissions", "masks"),
        "dirty_state",
    ),
    "identification": ("identification", "identification_aarch32", "identification_aarch64", "aarch32"),
    "interrupts": ("interrupts", "virtual_interrupts"),
    "timers": ("timers",),
    "debug": ("debug",),
    "trace": ("trace", "trace_comparators", "trace_identification", "trbe", "branch_records"),
    "performance": ("performance", "performance_counters", "spe", "activity"),
    "system": ("system_performance", "system_performance_counters", "mpam", "ras"),
}
"""The tables of registers by topic: modules of ``spec.sysregs``."""


def registers_of(topic: str) -> list[type[SystemRegister]]:
    """Return the registers of a topic, those of a family once."""
    found = {one.kind: None for one in REGISTERS.values() if one.kind.__module__.rpartition(".")[2] in TOPICS[topic]}
    return list(found)


def runs(register: type[SystemRegister]) -> Iterator[int]:
    """Return the bits of a register as masks, cut wherever anything that its table declares begins or ends."""
    cuts = {0, 64}
    for layout in register.layouts():
        for one in declared(layout):
            cuts |= {one.low, one.high + 1}
    for low, high in itertools.pairwise(sorted(cuts)):
        yield (1 << high) - (1 << low)


def declared(layout: type[Register]) -> Iterator[Field | Reserved]:
    """Yield what a layout says of its bits."""
    yield from layout.FIELDS.values()
    yield from layout.RES1
    yield from layout.RES0


def holds_in(features: Features, mask: int, declarations: Iterable[Field | Reserved]) -> bool:
    """Return whether one of some declarations covers some bits on a machine."""
    return some(*(condition(one.when)(features) for one in declarations if one.mask & mask))


def in_layout(layout: type[Register], mask: int, features: Features) -> tuple[bool, bool]:
    """Return whether some bits belong to a field, and whether they are RES1 if they do not."""
    zero = holds_in(features, mask, layout.RES0)
    is_field = holds_in(features, mask, layout.FIELDS.values()) & negation(zero)
    otherwise = some(*(one.otherwise == 1 for one in layout.FIELDS.values() if one.mask & mask))
    return is_field, (holds_in(features, mask, layout.RES1) | otherwise) & negation(zero)


@theorem(topic=tuple(TOPICS))
def every_bit_is_what_the_table_says(topic: str, value: Bits64, features: Features) -> Claim:
    """A sanitised value has the bits of fields as they were, those that are RES1 set, and all others clear.

    In a register with several layouts this is said of the bits that have one meaning in all that can be chosen; the
    others are as they were.
    """
    claims, reserved = [], False
    for register in registers_of(topic):
        made = sanitised(register, value, features)
        for mask in runs(register):
            stored, ones, zeros = False, True, True
            for layout in register.layouts():
                can_be = condition(layout.NEEDS)(features)
                is_field, is_one = in_layout(layout, mask, features)
                stored = stored | (can_be & is_field)
                ones = ones & implies(can_be, is_one)
                zeros = zeros & implies(can_be, negation(is_one))
            reserved = reserved | (negation(stored) & (ones | zeros))
            expected = [
                implies(stored | negation(ones | zeros), (made & mask) == (value & mask)),
                implies(negation(stored) & ones, (made & mask) == mask),
                implies(negation(stored) & zeros, (made & mask) == 0),
            ]
            claims.append(every(*expected))
    return Claim(True, reserved, every(*claims))


@theorem(topic=tuple(TOPICS))
def sanitising_is_done_once(topic: str, value: Bits64, features: Features) -> Claim:
    """Sanitising what is sanitised changes nothing, changes reserved bits alone, and leaves none but as it is reserved.

    No bit is both RES0 and RES1.
    """
    claims, changes = [], False
    for register in registers_of(topic):
        made = sanitised(register, value, features)
        zeros, ones = RES0_bits(register, features), RES1_bits(register, features)
        changes = changes | (made != value)
        claims += [
            sanitised(register, made, features) == made,
            ((made ^ value) & invert(zeros | ones)) == 0,
            (zeros & ones) == 0,
            (made & zeros) == 0,
            (invert(made) & ones) == 0,
        ]
    return Claim(True, changes, every(*claims))


@theorem(topic=tuple(TOPICS))
def a_reset_sets_what_the_table_says(topic: str, unknown: Bits64, features: Features) -> Claim:
    """After a reset each field that is there has the value that its table gives it, and the rest is sanitised."""
    claims = []
    for register in registers_of(topic):
        made = reset_value(register, features, unknown)
        claims.append(sanitised(register, made, features) == made)
        known = 0
        for one in register.FIELDS.values():
            known |= one.reset_mask
            is_there = condition(one.when)(features) & (RES0_bits(register, features) & one.mask == 0)
            if one.reset_to:
                claims.append(implies(is_there, one(made) == getattr(features, one.reset_to)))
            else:
                claims.append(implies(is_there, (made & one.reset_mask) == one.reset_bits))
        kept = MASK64 ^ known
        claims.append((made & kept) == (sanitised(register, unknown, features) & kept))
    return Claim(True, True, every(*claims))
