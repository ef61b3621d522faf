"""Bugs of the register file of EL2."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant
from proofs.sysregs import file as theorems
from spec.lang import rule_of
from spec.sysregs import file
from spec.sysregs.accessors import register
from spec.sysregs.file import Held, Refusal, Refused, RegisterFile
from spec.sysregs.reserved import sanitised

read: Any = rule_of(file.get).original
write: Any = rule_of(file.put).original
start: Any = rule_of(file.reset).original


def index(name: str) -> int:
    """Return the ONE_REG index of a register."""
    return register(name).one_reg or 0


@mutant(
    file.put,
    refuted_by=(theorems.what_is_put_is_read_back_sanitised,),
    bug="B26",
    needed="FEAT_FGT",
)
def HFGWTR_EL2_sanitised_as_HDFGWTR_EL2(held: Any, at: Any, value: Any, features: Any) -> Any:
    """HFGWTR_EL2 is sanitised with the masks of HDFGWTR_EL2."""
    after = write(held, at, value, features)
    if at == index("HFGWTR_EL2") and isinstance(after, RegisterFile):
        kept = sanitised(register("HDFGWTR_EL2").kind, value, features)
        return attrs.evolve(after, EL2=attrs.evolve(after.EL2, HFGWTR_EL2=kept))
    return after


@mutant(file.put, refuted_by=(theorems.a_put_changes_no_other_register,))
def TTBR1_EL2_written_to_TTBR0_EL2(held: Any, at: Any, value: Any, features: Any) -> Any:
    """A put of TTBR1_EL2 writes TTBR0_EL2."""
    if at == index("TTBR1_EL2"):
        return write(held, index("TTBR0_EL2"), value, features)
    return write(held, at, value, features)


@mutant(file.put, refuted_by=(theorems.a_put_leaves_the_core_registers_alone,))
def ELR_EL2_kept_in_struct_kvm_regs(held: Any, at: Any, value: Any, features: Any) -> Any:
    """ELR_EL2 is kept in the core registers as well, in the place of ELR_EL1."""
    after = write(held, at, value, features)
    if at == index("ELR_EL2") and isinstance(after, RegisterFile):
        return attrs.evolve(after, core=attrs.evolve(after.core, ELR_EL1=value))
    return after


@mutant(file.get, refuted_by=(theorems.an_index_of_no_register_is_refused,))
def an_unknown_index_reads_as_zero(held: Any, at: Any, features: Any) -> Any:
    """An index of no register reads as 0, in place of being refused."""
    found = read(held, at, features)
    if isinstance(found, Refused) and found.reason == Refusal.NO_SUCH_REGISTER:
        return Held(0)
    return found


@mutant(file.reset, refuted_by=(theorems.a_reset_file_is_sanitised_and_in_EL2,))
def a_reset_into_EL1(features: Any, entry: Any = 0, unknown: Any = 0) -> Any:
    """A vCPU with neither FEAT_VHE nor FEAT_NV is reset into EL1h, as one without EL2."""
    made = start(features, entry, unknown)
    if features.FEAT_VHE or features.FEAT_NV:
        return made
    return attrs.evolve(made, core=attrs.evolve(made.core, pstate=made.core.pstate ^ 0b01100))


@mutant(file.reset, refuted_by=(theorems.a_reset_file_is_sanitised_and_in_EL2,))
def a_reset_with_reserved_bits(features: Any, entry: Any = 0, unknown: Any = 0) -> Any:
    """TTBR0_EL2 starts as what was in memory, with CnP and the ASID of machines that have neither."""
    made = start(features, entry, unknown)
    return attrs.evolve(made, EL2=attrs.evolve(made.EL2, TTBR0_EL2=unknown))
