import pytest

from proofs.engine.theorem import Claim, label, theorem
from spec.features import Granule
from spec.lang import Bits8


def claim(x: Bits8) -> Claim:
    """Every byte is a byte."""
    return Claim(True, True, x < 256)


def silent(x: Bits8) -> Claim:  # noqa: D103
    return claim(x)


class TestDeclaration:
    """What a theorem must be."""

    def test_a_theorem_is_its_function(self) -> None:
        """The decorator returns the function, and a name can be given once."""
        assert theorem()(claim) is claim
        with pytest.raises(ValueError, match=r"two theorems are called .*claim"):
            theorem()(claim)

    def test_a_theorem_has_a_statement(self) -> None:
        """The docstring is the statement."""
        with pytest.raises(ValueError, match="has no statement"):
            theorem()(silent)

    def test_a_split_leaves_something_to_prove(self) -> None:
        """A split over nothing would be proved at once."""
        with pytest.raises(ValueError, match="nothing to prove"):
            theorem(x=())(claim)

    def test_a_split_is_over_parameters(self) -> None:
        """A name that is no parameter is a mistake."""
        with pytest.raises(ValueError, match="has no parameter y"):
            theorem(y=(1,))(claim)

    def test_cases_have_names_of_their_own(self) -> None:
        """Two obligations of one name would be one."""
        with pytest.raises(ValueError, match=r"two cases of the theorem .* have one name"):
            theorem(x=(1, "1"))(claim)


def test_labels() -> None:
    """A granule is read by its size, a function by its name, a number as it is."""
    assert [label(one) for one in (Granule.K4, claim, 7)] == ["4K", "claim", "7"]
