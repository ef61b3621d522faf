"""Theorems of the register file of EL2: what is put is read back sanitised, and nothing else changes."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.sysregs.encoding import is_one_of
from spec.features import Features
from spec.lang import Bits64, every, implies, negation
from spec.sysregs.exceptions import SPSR_EL2
from spec.sysregs.file import (
    SPECIAL,
    SYSTEM,
    Held,
    Refusal,
    Refused,
    RegisterFile,
    get,
    is_implemented,
    put,
    reset,
)
from spec.sysregs.register import Instance
from spec.sysregs.reserved import sanitised

NEEDED: dict[str, list[Instance]] = {}
"""The registers of the file by what a machine needs to have them."""

for _one in (*SPECIAL, *SYSTEM):
    NEEDED.setdefault(_one.kind.FEATURE or "nothing", []).append(_one)


def indices_of(registers: tuple[Instance, ...]) -> list[int]:
    """Return the ONE_REG indices of registers."""
    return [one.one_reg or 0 for one in registers]


def is_same(one: Any, other: Any) -> bool:
    """Return whether two records hold the same words."""
    names = [field.name for field in attrs.fields(type(one))]
    return every(*(getattr(one, name) == getattr(other, name) for name in names))


@theorem(needed=tuple(NEEDED))
def what_is_put_is_read_back_sanitised(needed: str, file: RegisterFile, value: Bits64, features: Features) -> Claim:
    """A register reads after a put as the value with its own RES0 and RES1 bits; one that is not there refuses it."""
    claims, there = [], True
    for one in NEEDED[needed]:
        index = one.one_reg or 0
        after = put(file, index, value, features)
        has = is_implemented(one, features)
        if isinstance(after, Refused):
            claims.append(negation(has) & (after.reason == Refusal.NOT_IMPLEMENTED))
            there = False
            continue
        found = get(after, index, features)
        if isinstance(found, Refused):
            return Claim(True, True, False)
        claims.append(has & (found.value == sanitised(one.kind, value, features)))
    return Claim(True, there, every(*claims))


@theorem()
def a_put_changes_no_other_register(
    file: RegisterFile, index: Bits64, other: Bits64, value: Bits64, features: Features
) -> Claim:
    """After a put at one index, what is read at any other index is what was read there before."""
    after = put(file, index, value, features)
    if isinstance(after, Refused):
        return Claim(True, False, True)
    before, now = get(file, other, features), get(after, other, features)
    if isinstance(before, Refused):
        return Claim(True, False, isinstance(now, Refused) and before.reason == now.reason)
    if isinstance(now, Refused):
        return Claim(True, False, False)
    return Claim(True, index != other, implies(index != other, before.value == now.value))


@theorem()
def a_put_leaves_the_core_registers_alone(
    file: RegisterFile, index: Bits64, value: Bits64, features: Features
) -> Claim:
    """No put changes a core register, and one at the index of a system register changes no special register."""
    after = put(file, index, value, features)
    if isinstance(after, Refused):
        return Claim(True, False, True)
    of_special = is_one_of(index, indices_of(SPECIAL))
    holds = is_same(after.core, file.core) & (of_special | is_same(after.special, file.special))
    return Claim(True, negation(of_special), holds)


@theorem()
def an_index_of_no_register_is_refused(file: RegisterFile, index: Bits64, value: Bits64, features: Features) -> Claim:
    """What cannot be read cannot be written, for the same reason; an index that the file does not have is refused."""
    known = is_one_of(index, indices_of((*SPECIAL, *SYSTEM)))
    found, after = get(file, index, features), put(file, index, value, features)
    if isinstance(found, Held):
        return Claim(True, False, known & (not isinstance(after, Refused)))
    if not isinstance(after, Refused):
        return Claim(True, False, False)
    unknown = found.reason == Refusal.NO_SUCH_REGISTER
    return Claim(True, negation(known), (found.reason == after.reason) & (unknown == negation(known)))


@theorem()
def a_reset_file_is_sanitised_and_in_EL2(entry: Bits64, unknown: Bits64, features: Features) -> Claim:
    """After a reset the PE is in EL2h with D, A, I and F masked, at the entry, and every register is sanitised."""
    file = reset(features, entry, unknown)
    pstate = file.core.pstate
    masked = every(SPSR_EL2.D(pstate), SPSR_EL2.A(pstate), SPSR_EL2.I(pstate), SPSR_EL2.F(pstate))
    claims = [masked, SPSR_EL2.M(pstate) == 0b01001, file.core.pc == entry]
    for one in SYSTEM:
        if one.name != "RVBAR_EL2":
            found = getattr(file.EL2, one.name)
            claims.append(sanitised(one.kind, found, features) == found)
    return Claim(True, unknown != 0, every(*claims))
