"""Theorems of the ONE_REG index: no two registers have one."""

from proofs.engine.theorem import Claim, theorem
from proofs.sysregs.encoding import is_one_of, is_one_of_two
from spec.lang import Bits64, bits, implies, negation
from spec.sysregs.encoding import Number
from spec.sysregs.one_reg import KVM_REG_ARM64, KVM_REG_ARM64_SYSREG, KVM_REG_SIZE_U64, index_of
from spec.sysregs.tables import REGISTERS


@theorem()
def no_two_registers_have_one_index(index: Bits64) -> Claim:
    """Of all registers that a monitor can name, at most one has an index."""
    indices = [one.one_reg for one in REGISTERS.values() if one.one_reg is not None]
    return Claim(True, is_one_of(index, indices), negation(is_one_of_two(index, indices)))


@theorem()
def two_encodings_have_two_indices(number: Number, other: Number) -> Claim:
    """Different encodings have different indices, whether a register has them or not."""
    return Claim(True, number != other, implies(index_of(number) == index_of(other), number == other))


@theorem()
def an_index_is_of_the_arm64_system_registers(number: Number) -> Claim:
    """Above its 16 lowest bits an index says arm64, eight bytes and system register."""
    kind = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM64_SYSREG
    return Claim(True, True, bits(index_of(number), 63, 16) == kind >> 16)
