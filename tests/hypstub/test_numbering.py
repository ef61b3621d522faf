import pytest

from spec.hypstub.numbering import HVC_STUB_ERR, LINUX, Call, call_of, is_of_stub

GET, SET, RESTART = Call.GET_VECTORS, Call.SET_VECTORS, Call.SOFT_RESTART
RESET, FINALISE, VTR, NONE = Call.RESET_VECTORS, Call.FINALISE_EL2, Call.GET_ICH_VTR_EL2, Call.NONE

KNOWN = {
    "arm64 v3.8": ((GET, SET, SET, SET, SET), 1, 0),
    "arm64 v4.7": ((GET, SET, NONE, NONE, NONE), 0xFFF, 2),
    "arm64 v4.8": ((GET, SET, RESTART, NONE, NONE), 0xFFF, 2),
    "arm64 v4.9": ((GET, SET, RESTART, NONE, NONE), 0xFFF, 3),
    "arm64 v4.12": ((SET, RESTART, RESET, NONE, NONE), 3, 0xBADCA11),
    "arm64 v5.12": ((SET, RESTART, RESET, FINALISE, NONE), 4, 0xBADCA11),
    "arm64 v5.13": ((SET, RESTART, RESET, FINALISE, NONE), 4, 0xBADCA11),
    "arm64 v6.0": ((SET, RESTART, RESET, FINALISE, NONE), 4, 0xBADCA11),
    "arm64 v6.19": ((SET, RESTART, RESET, FINALISE, VTR), 5, 0xBADCA11),
    "arm v3.7": ((SET, SET, SET, SET, SET), 0, 0),
    "arm v4.12": ((SET, RESTART, RESET, NONE, NONE), 3, 0xBADCA11),
    "arm v5.7": ((SET, RESTART, NONE, NONE, NONE), 2, 0xBADCA11),
}
"""The calls of numbers 0 to 4, NR and the error, from asm/virt.h and hyp-stub.S of each release."""


@pytest.mark.parametrize("name", KNOWN)
def test_a_version_has_its_numbers(name: str) -> None:
    """Each number is the call that the release gave it."""
    calls, NR, error = KNOWN[name]
    numbering = LINUX[name].numbering
    assert tuple(call_of(numbering, number) for number in range(5)) == calls
    assert (numbering.NR, numbering.error) == (NR, error)


def test_every_version_is_known() -> None:
    """No numbering without a row here, and each under its own name."""
    assert set(LINUX) == set(KNOWN)
    assert all(name == f"{one.architecture} {one.since}" for name, one in LINUX.items())


@pytest.mark.parametrize(
    ("name", "number", "call"),
    [
        ("arm64 v3.8", 0x8000, SET),
        ("arm64 v3.8", (1 << 64) - 1, SET),
        ("arm v3.7", (1 << 64) - 1, GET),
        ("arm v3.7", 0x8000, SET),
        ("arm64 v4.12", (1 << 64) - 1, NONE),
        ("arm64 v6.19", 5, NONE),
        ("arm64 v6.19", 0xC600_0000, NONE),
    ],
)
def test_a_larger_number_is_an_argument_or_nothing(name: str, number: int, call: Call) -> None:
    """Where x0 is the argument of SET_VECTORS any value is; the 32-bit stub had -1 for GET_VECTORS."""
    assert call_of(LINUX[name].numbering, number) == call


def test_the_numbers_of_the_stub_end_at_NR() -> None:
    """The first that a hypervisor may use for itself is NR."""
    numbering = LINUX["arm64 v6.19"].numbering
    assert [is_of_stub(numbering, number) for number in (0, 4, 5, 1 << 63)] == [True, True, False, False]


def test_the_error_is_the_one_of_every_version_since_4_12() -> None:
    """0xbadca11."""
    assert HVC_STUB_ERR == 0xBADCA11
