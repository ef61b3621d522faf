"""Bugs of reserved bits and resets."""

from typing import Any

from proofs.engine.mutants import mutant
from proofs.sysregs import reserved as theorems
from spec.lang import MASK64, bit, rule_of, where
from spec.sysregs import reserved
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.fine_grained import HFGWTR_EL2
from spec.sysregs.fine_grained_debug import HDFGWTR_EL2
from spec.sysregs.hypervisor import HCRX_EL2

ones: Any = rule_of(reserved.RES1_bits).original
zeros: Any = rule_of(reserved.RES0_bits).original
clean: Any = rule_of(reserved.sanitised).original
at_reset: Any = rule_of(reserved.reset_value).original


@mutant(
    reserved.RES1_bits,
    refuted_by=(theorems.every_bit_is_what_the_table_says, theorems.sanitising_is_done_once),
    bug="B80",
    topic="hypervisor",
)
def bit_31_is_a_signed_constant(register: Any, features: Any) -> Any:
    """RES1 of bit 31 is written as the signed 1 << 31, and sets the upper 32 bits of VTCR_EL2 too."""
    found = ones(register, features)
    return found | where(bit(found, 31), MASK64 ^ 0xFFFF_FFFF)


@mutant(
    reserved.sanitised,
    refuted_by=(theorems.every_bit_is_what_the_table_says,),
    bug="B26",
    topic="hypervisor",
)
def masks_of_HDFGWTR_EL2_under_HFGWTR_EL2(register: Any, value: Any, features: Any) -> Any:
    """The reserved bits of HDFGWTR_EL2 are kept under HFGWTR_EL2: the one is not sanitised, the other loses traps."""
    if register is HFGWTR_EL2:
        return clean(HDFGWTR_EL2, value, features)
    return value if register is HDFGWTR_EL2 else clean(register, value, features)


@mutant(
    reserved.RES0_bits,
    refuted_by=(theorems.every_bit_is_what_the_table_says,),
    topic="translation",
)
def reserved_in_one_layout_is_reserved_in_all(register: Any, features: Any) -> Any:
    """A bit that is RES0 in the layout of the class is cleared although another layout has a field there."""
    declared = 0
    for one in (*register.FIELDS.values(), *register.RES1):
        declared |= one.mask
    return zeros(register, features) | (MASK64 ^ declared)


@mutant(
    reserved.sanitised,
    refuted_by=(theorems.sanitising_is_done_once,),
    topic="hypervisor",
)
def reserved_ones_toggled(register: Any, value: Any, features: Any) -> Any:
    """RES1 bits are written with an exclusive or: they are right if they were clear, and wrong if they were set."""
    return (value & (MASK64 ^ zeros(register, features))) ^ ones(register, features)


@mutant(
    reserved.reset_value,
    refuted_by=(theorems.a_reset_sets_what_the_table_says,),
    topic="debug",
)
def HPMN_of_a_reset_as_it_was(register: Any, features: Any, unknown: Any) -> Any:
    """MDCR_EL2.HPMN does not reset to the number of event counters: a guest hypervisor finds that it has none.

    Linux, "KVM: arm64: Fix MDCR_EL2.HPMN reset value".
    """
    found = at_reset(register, features, unknown)
    return MDCR_EL2.HPMN.insert(found, 0) if register is MDCR_EL2 else found


@mutant(
    reserved.reset_value,
    refuted_by=(theorems.a_reset_sets_what_the_table_says,),
    topic="hypervisor",
)
def HCRX_EL2_not_reset(register: Any, features: Any, unknown: Any) -> Any:
    """HCRX_EL2 keeps what was in it over a reset, although EL2 is the highest Exception level."""
    if register is HCRX_EL2:
        return clean(register, unknown, features)
    return at_reset(register, features, unknown)
