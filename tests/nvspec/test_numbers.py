import pytest

from nvspec.errors import UnknownName
from nvspec.numbers import unsigned


@pytest.mark.parametrize("text", ["0x1f", "0X1_F", "0x_1f", "31", "3_1", "0b1_1111", "031"])
def test_a_number_has_three_bases(text: str) -> None:
    """Decimal where nothing stands before it, a leading zero or not; with underscores between digits."""
    assert unsigned(text) == 31


@pytest.mark.parametrize("text", ["", "0x", "0b2", "1__0", "_1", "1_", "-1", "1f", "0o17", " 1", "1" * 65])
def test_what_is_no_number_is_refused(text: str) -> None:
    """In one line that says where."""
    with pytest.raises(UnknownName) as caught:
        unsigned(text, "HCR_EL2")
    assert str(caught.value) == f"HCR_EL2: expected an unsigned number such as 0x1f, got {text!r}"
