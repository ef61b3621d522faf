import json
import re
from pathlib import Path
from typing import Any

import attrs
import pytest
import z3

from spec.features import (
    ARCHITECTURE_FEATURES,
    IMPLIED_FEATURES,
    PHYSICAL_ADDRESS_SIZES,
    REQUIRED_FEATURES,
    Cacheability,
    Features,
    Granule,
    condition,
    names_in,
    unmet,
    with_implied,
)
from spec.lang.values import symbol

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
        assert Features.from_names(["FEAT_SHA512", "FEAT_SM4"], pa_max=48) == Features()

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

    @pytest.mark.parametrize(
        ("names", "reason"),
        [
            (["FEAT_NV2"], "FEAT_NV2 needs FEAT_NV"),
            (["FEAT_NV2p1", "FEAT_NV"], "FEAT_NV2p1 needs FEAT_NV2"),
            (["FEAT_HACDBS", "FEAT_SEL2", "FEAT_ECV_POFF"], "FEAT_ECV_POFF needs FEAT_ECV"),
        ],
    )
    def test_a_feature_without_what_it_needs_is_refused(self, names: list[str], reason: str) -> None:
        """One line names both; the first in the order of names where there are several."""
        with pytest.raises(ValueError, match=f"^{reason}$"):
            Features.from_names(names, pa_max=48)

    def test_what_is_implied_is_not_missing(self) -> None:
        """FEAT_HACDBS needs FEAT_HDBSS, which implies FEAT_HAFDBS; FEAT_NV needs no FEAT_VHE."""
        assert Features.from_names(["FEAT_HACDBS", "FEAT_HDBSS"], pa_max=48).FEAT_HAFDBS
        assert Features.from_names(["FEAT_NV", "FEAT_NV2"], pa_max=48).FEAT_NV2

    def test_a_choice_of_another_type_is_refused(self) -> None:
        """A granule is no boolean."""
        with pytest.raises(TypeError, match="the choice reserved_TG0 cannot be True"):
            Features.from_names([], pa_max=48, reserved_TG0=True)


class TestRequired:
    """What a feature needs."""

    def test_rules_speak_of_features_of_the_architecture(self) -> None:
        """Both sides of each rule are known names, and nothing needs itself."""
        for name, needed in REQUIRED_FEATURES.items():
            assert {name, *needed} <= ARCHITECTURE_FEATURES
            assert name not in needed

    def test_the_shipped_machines_are_consistent(self) -> None:
        """No observed machine has a feature without what it needs."""
        for machine in json.loads(SHIPPED.read_text()).values():
            assert unmet(machine["features"]) == ""


class TestCondition:
    """Features in words."""

    CPU = Features(FEAT_NV=True, FEAT_VHE=True, NV1_is_RAZ=True)

    @pytest.mark.parametrize(
        ("text", "holds"),
        [
            ("", True),
            ("EL2", True),
            ("EL3", False),
            ("FEAT_NV", True),
            ("not FEAT_NV", False),
            ("FEAT_NV and FEAT_NV2", False),
            ("FEAT_NV or FEAT_NV2", True),
            ("FEAT_NV2 or (FEAT_VHE and not FEAT_NV2)", True),
            ("not (FEAT_NV and FEAT_VHE)", False),
            ("FEAT_NV2 and FEAT_NV or FEAT_VHE", True),
            ("NV1_is_RAZ and not FEAT_E2H0", True),
        ],
    )
    def test_a_text_means_what_it_says(self, text: str, holds: bool) -> None:
        """By the precedence of Python: not, and, or."""
        assert condition(text)(self.CPU) is holds

    def test_it_means_the_same_to_a_solver(self) -> None:
        """With symbolic features the condition is one term, and forks nothing."""
        features = symbol(Features, "features", [])
        found: Any = condition("FEAT_NV2 or (FEAT_VHE and not FEAT_NV2)")(features)
        terms = z3.Bool("features.FEAT_NV2"), z3.Bool("features.FEAT_VHE")
        solver = z3.Solver()
        solver.add(found.term != z3.Or(terms[0], z3.And(terms[1], z3.Not(terms[0]))))
        assert solver.check() == z3.unsat

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("FEAT_NV3", "unknown feature: FEAT_NV3"),
            ("FEAT_SHA512", "a feature without a field of Features: FEAT_SHA512"),
            ("FEAT_NV and", "no condition: 'FEAT_NV and'"),
            ("FEAT_NV + FEAT_VHE", r"no condition: 'FEAT_NV \+ FEAT_VHE'"),
            ("pa_max", "unknown feature: pa_max"),
        ],
    )
    def test_what_means_nothing_is_refused(self, text: str, reason: str) -> None:
        """A name that is none, and a text that is no condition."""
        with pytest.raises(ValueError, match=reason):
            condition(text)

    def test_the_names_in_a_text(self) -> None:
        """FEAT_ names alone."""
        assert names_in("") == set()
        assert names_in("FEAT_NV and not (EL3 or FEAT_VHE)") == {"FEAT_NV", "FEAT_VHE"}


def test_a_machine_is_shown_as_Python_that_makes_it() -> None:
    """What is as by default is left out; symbols are shown too."""
    made = Features(pa_max=40, FEAT_NV=True, reserved_TG0=Granule.K16)
    assert repr(made) == "Features(pa_max=40, FEAT_NV=True, reserved_TG0=Granule.K16)"
    assert "FEAT_NV=" in repr(symbol(Features, "features", []))


def test_every_feature_is_read() -> None:
    """By a rule, by the table of a register or by a condition; a field that nothing reads says nothing."""
    room = Path(__file__).parents[1] / "spec"
    text = "".join(path.read_text() for path in room.rglob("*.py") if path.name != "features.py")
    fields = {field.name for field in attrs.fields(Features) if field.name.startswith("FEAT_")}
    assert fields - set(re.findall(r"FEAT_\w+", text)) <= {"FEAT_AA64"}


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
