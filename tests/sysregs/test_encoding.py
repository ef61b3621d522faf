import pytest

from spec.sysregs.encoding import Encoding, encoding_of, is_encoding, number_of

# From Linux, arch/arm64/include/asm/sysreg.h and include/uapi/asm/kvm.h: sys_reg() shifted as in an index.
KNOWN: list[tuple[Encoding, int]] = [
    ((3, 4, 1, 1, 0), 0xE088),  # HCR_EL2
    ((3, 0, 0, 0, 5), 0xC005),  # MPIDR_EL1
    ((2, 0, 0, 2, 2), 0x8012),  # MDSCR_EL1
    ((3, 7, 15, 15, 7), 0xFFFF),
]


@pytest.mark.parametrize(("encoding", "number"), KNOWN)
def test_an_encoding_is_a_number_and_back(encoding: Encoding, number: int) -> None:
    """op0 above op1 above CRn, CRm and op2."""
    assert number_of(encoding) == number
    assert encoding_of(number) == encoding


@pytest.mark.parametrize(
    "encoding", [(1, 0, 7, 8, 0), (4, 0, 0, 0, 0), (3, 8, 0, 0, 0), (3, 0, 16, 0, 0), (3, 0, 0, 0, 8)]
)
def test_what_is_no_encoding_of_a_register(encoding: Encoding) -> None:
    """op0 of a System instruction, and numbers that do not fit."""
    assert not is_encoding(encoding)
