import json
from pathlib import Path

import attrs
import pytest

from spec.features import (
    ARCHITECTURE_FEATURES,
    IMPLIED_FEATURES,
    PHYSICAL_ADDRESS_SIZES,
    Cacheability,
    Features,
    Granule,
    with_implied,
)

SHIPPED = Path(__file__).parents[1] / "nvspec" / "feature_sets.json"


class TestFeatures:
    """The record itself."""

    def test_everything_is_absent_by_default(self) -> None:
        """Without arguments no feature is present and the physical address has 48 bits."""
        present = [name for name, value in attrs.asdict(Features()).items() if name[:5] == "FEAT_" and value]
        assert present == []
        assert Features().pa_max == 48

    def test_fields_are_names_of_the_architecture(self) -> None:
        """Each FEAT_ field has a name that Arm uses."""
        fields = {field.name for field in attrs.fields(Features) if field.name.startswith("FEAT_")}
        assert fields <= ARCHITECTURE_FEATURES


class TestFromNames:
    """Names and choices that come from outside."""

    def test_given_features_are_present_and_no_others(self) -> None:
        """Only the fields that are named are set."""
        made = Features.from_names(["FEAT_XNX", "FEAT_TTST"], pa_max=40)
        assert made == Features(pa_max=40, FEAT_XNX=True, FEAT_TTST=True)

    def test_features_without_a_rule_are_accepted(self) -> None:
        """A feature of the architecture that no rule reads changes nothing."""
        assert Features.from_names(["FEAT_PAuth", "FEAT_GICv3_TDIR"], pa_max=48) == Features()

    @pytest.mark.parametrize("name", ["FEAT_NV3", "feat_vhe", "VHE", ""])
    def test_a_name_that_arm_does_not_have_is_refused(self, name: str) -> None:
        """An unknown name is an error that repeats it."""
        with pytest.raises(ValueError, match=f"^unknown feature {name}$"):
            Features.from_names(["FEAT_VHE", name], pa_max=48)

    @pytest.mark.parametrize("size", PHYSICAL_ADDRESS_SIZES)
    def test_every_encoded_address_size_is_taken(self, size: int) -> None:
        """The sizes are those of ID_AA64MMFR0_EL1.PARange up to 52 bits."""
        assert Features.from_names([], pa_max=size).pa_max == size

    @pytest.mark.parametrize("size", [0, 31, 39, 56, 64])
    def test_another_address_size_is_refused(self, size: int) -> None:
        """A size without an encoding, and 56, which needs FEAT_D128, are errors."""
        with pytest.raises(ValueError, match=f"physical address size of {size} bits"):
            Features.from_names([], pa_max=size)

    def test_choices_are_given_by_field_name(self) -> None:
        """Each choice arrives in its field."""
        made = Features.from_names(
            [], pa_max=48, nT_faults=True, reserved_TG0=Granule.K64, reserved_S2_cacheability=Cacheability.NC
        )
        expected = Features(nT_faults=True, reserved_TG0=Granule.K64, reserved_S2_cacheability=Cacheability.NC)
        assert made == expected

    @pytest.mark.parametrize("name", ["nT_fault", "FEAT_VHE"])
    def test_a_choice_that_does_not_exist_is_refused(self, name: str) -> None:
        """A feature is given by its name in the list, and an unknown choice is a mistake."""
        with pytest.raises(TypeError, match=f"unknown choice {name}"):
            Features.from_names([], pa_max=48, **{name: True})

    def test_a_choice_of_another_type_is_refused(self) -> None:
        """A granule is no boolean."""
        with pytest.raises(TypeError, match="the choice reserved_TG0 cannot be True"):
            Features.from_names([], pa_max=48, reserved_TG0=True)


class TestImplied:
    """What a feature implies."""

    def test_rules_speak_of_features_of_the_architecture(self) -> None:
        """Both sides of each rule are known names."""
        named = {*IMPLIED_FEATURES, *(name for row in IMPLIED_FEATURES.values() for name in row)}
        assert named <= ARCHITECTURE_FEATURES

    def test_implication_is_followed_to_its_end(self) -> None:
        """FEAT_MTE_ASYM_FAULT implies FEAT_MTE3, and that FEAT_MTE2."""
        assert with_implied(["FEAT_MTE_ASYM_FAULT"]) == {"FEAT_MTE_ASYM_FAULT", "FEAT_MTE3", "FEAT_MTE2"}

    def test_FEAT_MTE_alone_has_no_tags_in_memory(self) -> None:
        """FEAT_MTE, ID_AA64PFR1_EL1.MTE = 1, does not imply FEAT_MTE2."""
        assert not Features.from_names(["FEAT_MTE"], pa_max=48).FEAT_MTE2

    def test_FEAT_LPA2_does_not_imply_FEAT_LPA(self) -> None:
        """FEAT_LPA is a size of 52 bits; the descriptors of FEAT_LPA2 can be had with less."""
        made = Features.from_names(["FEAT_LPA2"], pa_max=48)
        assert made.FEAT_LPA2
        assert not made.FEAT_LPA
        assert "FEAT_LVA" in with_implied(["FEAT_LPA2"])

    @pytest.mark.parametrize("name", ["FEAT_BBML1", "FEAT_BBML2"])
    def test_the_newer_names_of_FEAT_BBM_are_understood(self, name: str) -> None:
        """The manual's two names for support levels 1 and 2 give the field of the pseudocode's name."""
        assert Features.from_names([name], pa_max=48).FEAT_BBM

    def test_the_shipped_machines_are_complete(self) -> None:
        """Each shipped feature set already holds what it implies: nothing is added to an observed machine."""
        for machine in json.loads(SHIPPED.read_text()).values():
            assert with_implied(machine["features"]) == set(machine["features"])
