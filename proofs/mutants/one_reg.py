"""Bugs of the ONE_REG index."""

from typing import Any

from proofs.engine.mutants import mutant
from proofs.sysregs import one_reg as theorems
from spec.lang import rule_of
from spec.sysregs import encoding, one_reg
from spec.sysregs.encoding import number_of


@mutant(
    one_reg.indexed_number,
    refuted_by=(theorems.no_two_registers_have_one_index, theorems.two_encodings_have_two_indices),
)
def the_virtual_timer_exchanged_one_way(number: Any) -> Any:
    """CNTV_CVAL_EL0 has the index that the kernel gives it, and CNTVCT_EL0 keeps the one of its encoding: the same."""
    if number == number_of((3, 3, 14, 3, 2)):
        return number_of((3, 3, 14, 0, 2))
    return number


@mutant(one_reg.index_of, refuted_by=(theorems.an_index_is_of_the_arm64_system_registers,))
def the_size_of_a_register_is_four_bytes(number: Any) -> Any:
    """The index of CNTFRQ_EL0, a register of 32 bits, says U32, where every System register is transferred as U64."""
    index = rule_of(one_reg.index_of).original(number)
    if number == encoding.number_of((3, 3, 14, 0, 0)):
        return index ^ 0x0010_0000_0000_0000
    return index
