import pytest

from spec.sysregs.vector_length import VECTOR_LENGTHS, capped_ZCR_EL2, implemented_length, vector_length


@pytest.mark.parametrize("maximum", VECTOR_LENGTHS)
def test_a_length_is_a_power_of_two(maximum: int) -> None:
    """The longest that is implemented and no longer than (LEN + 1) * 128 bits."""
    for LEN in range(16):
        allowed = [length for length in VECTOR_LENGTHS if length <= maximum and length <= (LEN + 1) * 128]
        assert implemented_length(LEN, maximum) == max(allowed)


# EL, {E2H, TGE} = {1, 1}, ZCR_EL1.LEN, ZCR_EL2.LEN, the length on a machine with 2048 bits.
CASES = [
    (2, False, 0, 3, 512),
    (2, True, 0, 3, 512),
    (1, False, 1, 3, 256),
    (1, False, 15, 3, 512),
    (0, False, 15, 0, 128),
    (0, False, 1, 15, 256),
    (1, True, 1, 7, 256),
    (0, True, 0, 15, 2048),
]


@pytest.mark.parametrize(("EL", "host", "LEN1", "LEN2", "length"), CASES)
def test_the_length_at_an_exception_level(EL: int, host: bool, LEN1: int, LEN2: int, length: int) -> None:
    """EL2 and the EL0 of a host by ZCR_EL2 alone, the others by the smaller of both."""
    assert vector_length(EL, host, LEN1, LEN2, 2048) == length


@pytest.mark.parametrize(
    ("LEN", "offered", "capped"), [(15, 2048, 15), (15, 512, 3), (3, 512, 3), (2, 512, 2), (1, 128, 0)]
)
def test_a_host_caps_what_a_guest_hypervisor_allows(LEN: int, offered: int, capped: int) -> None:
    """By the longest vector of the virtual machine; reserved bits are not handed on."""
    assert capped_ZCR_EL2(LEN | 1 << 40, offered) == capped
