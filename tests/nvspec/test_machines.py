import pytest

from nvspec.errors import UnknownName
from nvspec.machines import CONTROLS, assignments, features_of, layout_of, machine_of
from spec.access.machine import Machine
from spec.features import Features

HOST = Features(FEAT_VHE=True, FEAT_E2H0=True)
"""An implementation in which HCR_EL2.E2H may be 0 or 1."""


def refusal(*texts: str) -> str:
    """Return why some assignments are refused, which is one line."""
    with pytest.raises(UnknownName) as refused:
        machine_of(1, HOST, texts)
    assert "\n" not in str(refused.value)
    return str(refused.value)


class TestAssignments:
    """What is assigned."""

    @pytest.mark.parametrize(
        ("texts", "name", "value"),
        [
            (["HCR_EL2=0x80000000"], "HCR_EL2", 1 << 31),
            (["HCR_EL2.NV=1"], "HCR_EL2", 1 << 42),
            (["HCR_EL2.{NV,NV1,NV2}=1"], "HCR_EL2", 1 << 42 | 1 << 43 | 1 << 45),
            (["HCR_EL2.{NV, NV1}=1", "HCR_EL2.VM=1"], "HCR_EL2", 1 << 42 | 1 << 43 | 1),
            (["MDCR_EL2.HPMN=0b101"], "MDCR_EL2", 5),
            (["CPACR_EL1.FPEN=3"], "CPACR_EL1", 3 << 20),
            (["CPACR_EL1.FPEN=0x3"], "CPACR_EL1", 3 << 20),
            (["HCR_EL2 = 1_000"], "HCR_EL2", 1000),
            (["HCR_EL2=007"], "HCR_EL2", 7),
            (["HCR_EL2=0XFFFF_FFFF_FFFF_FFFF"], "HCR_EL2", (1 << 64) - 1),
        ],
    )
    def test_registers_and_fields_are_assigned(self, texts: list[str], name: str, value: int) -> None:
        """Whole, by field, or by several fields; hexadecimal, binary or decimal."""
        assert getattr(machine_of(1, HOST, texts), name) == value

    def test_PSTATE_has_two_fields(self) -> None:
        """SP is 1 unless it is assigned."""
        assert machine_of(1, HOST, []) == Machine(1, HOST)
        machine = machine_of(1, HOST, ["PSTATE.SP=0", "PSTATE.EXLOCK=1"])
        assert (machine.SP, machine.EXLOCK) == (False, True)
        assert machine_of(1, HOST, ["PSTATE.{SP,EXLOCK}=1"]).EXLOCK is True

    def test_a_wait_may_find_what_it_waits_for(self) -> None:
        """It waits unless that is said."""
        assert machine_of(0, HOST, []).would_wait
        assert not machine_of(0, HOST, [], would_wait=False).would_wait

    def test_HCR_EL2_chooses_layouts_wherever_it_is_given(self) -> None:
        """CPTR_EL2.FPEN is there with E2H alone, TFP without; before or after HCR_EL2."""
        assert machine_of(2, HOST, ["CPTR_EL2.FPEN=3", "HCR_EL2.E2H=1"]).CPTR_EL2 == 3 << 20
        assert machine_of(2, HOST, ["CPTR_EL2.TFP=1"]).CPTR_EL2 == 1 << 10
        without_E2H0 = Features(FEAT_VHE=True)
        assert machine_of(2, without_E2H0, ["CPTR_EL2.FPEN=3"]).CPTR_EL2 == 3 << 20
        assert layout_of("HCR_EL2", Machine(1, HOST)).__name__ == "HCR_EL2"
        assert layout_of("CPTR_EL2", Machine(1, HOST, HCR_EL2=1 << 34)).__name__ == "CPTR_EL2_E2H"

    @pytest.mark.parametrize("name", CONTROLS)
    def test_every_field_of_every_control_can_be_assigned(self, name: str) -> None:
        """In each layout, all ones."""
        for mode in ([], ["HCR_EL2.E2H=1"]):
            for place in layout_of(name, machine_of(1, HOST, mode)).FIELDS.values():
                if name != "HCR_EL2":
                    machine = machine_of(1, HOST, [*mode, f"{name}.{place.name}={place.ones:#x}"])
                    assert getattr(machine, name) == place.mask

    def test_an_assignment_says_what_it_is(self) -> None:
        """One for each field."""
        assert [(one.register, one.field, one.content) for one in assignments("HCR_EL2.{NV,TGE}=1")] == [
            ("HCR_EL2", "NV", 1),
            ("HCR_EL2", "TGE", 1),
        ]

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("HCR_EL2", "expected REGISTER.FIELD=VALUE, got 'HCR_EL2'"),
            ("=1", "expected REGISTER.FIELD=VALUE, got '=1'"),
            ("HCR_EL2.{}=1", "expected REGISTER.FIELD=VALUE, got 'HCR_EL2.{}=1'"),
            ("HCR_EL2=-1", "HCR_EL2=-1: expected an unsigned number such as 0x1f, got '-1'"),
            ("HCR_EL2=0x_", "HCR_EL2=0x_: expected an unsigned number such as 0x1f, got '0x_'"),
            ("HCR_EL2=1__0", "HCR_EL2=1__0: expected an unsigned number such as 0x1f, got '1__0'"),
            ("HCR_EL2=", "HCR_EL2=: expected an unsigned number such as 0x1f, got ''"),
            ("HCR_EL12=1", "unknown register HCR_EL12 (did you mean HCR_EL2?)"),
            ("SCTLR_EL12=1", "SCTLR_EL12 is another name of SCTLR_EL1: give that"),
            ("CPACRALIAS_EL1=1", "CPACRALIAS_EL1 is another name of CPACR_EL1: give that"),
            ("VTTBR_EL2=1", "no access depends on VTTBR_EL2"),
            ("HFGRTR3_EL2=1", "unknown register HFGRTR3_EL2 (did you mean HFGRTR_EL2?)"),
            ("HSTR_EL2=1", "no access depends on HSTR_EL2"),
            ("HCR_EL2.nv=1", "HCR_EL2.nv=1: HCR_EL2 has no field nv (did you mean NV?)"),
            ("HCR_EL2.QQQQ=1", "HCR_EL2.QQQQ=1: HCR_EL2 has no field QQQQ"),
            ("HCR_EL2.NV=2", "HCR_EL2.NV=2: 0x2 does not fit in HCR_EL2.NV, which is 1 bit"),
            ("MDCR_EL2.HPMN=32", "MDCR_EL2.HPMN=32: 0x20 does not fit in MDCR_EL2.HPMN, which is 5 bits"),
            (f"HCR_EL2={1 << 64}", f"HCR_EL2={1 << 64}: 0x10000000000000000 does not fit in HCR_EL2, which is 64 bits"),
            ("CPTR_EL2.FPEN=3", "CPTR_EL2.FPEN=3: CPTR_EL2 has no field FPEN where HCR_EL2.E2H is 0"),
            ("PSTATE=1", "PSTATE=1: of PSTATE accesses depend on SP and EXLOCK alone"),
            ("PSTATE.EL=1", "PSTATE.EL=1: of PSTATE accesses depend on SP and EXLOCK alone"),
            ("PSTATE.SP=2", "PSTATE.SP=2: 0x2 does not fit in PSTATE.SP, which is 1 bit"),
        ],
    )
    def test_what_cannot_be_assigned_is_refused(self, text: str, reason: str) -> None:
        """With the text that was given, and the nearest name where there is one."""
        assert refusal(text).startswith(reason)

    def test_a_field_of_the_other_layout_is_refused(self) -> None:
        """Where HCR_EL2.E2H is 1."""
        assert refusal("HCR_EL2.E2H=1", "CPTR_EL2.TFP=1").endswith("has no field TFP where HCR_EL2.E2H is 1")

    @pytest.mark.parametrize(
        ("texts", "reason"),
        [
            (["HCR_EL2.NV=1", "HCR_EL2.NV=1"], "HCR_EL2.NV=1: HCR_EL2.NV is assigned twice"),
            (["HCR_EL2.{NV,NV}=1"], "HCR_EL2.{NV,NV}=1: HCR_EL2.NV is assigned twice"),
            (["HCR_EL2.NV=1", "HCR_EL2=0"], "HCR_EL2=0: HCR_EL2 is assigned twice"),
            (["HCR_EL2=0", "HCR_EL2.NV=0"], "HCR_EL2.NV=0: HCR_EL2.NV is assigned twice"),
            (["PSTATE.SP=0", "PSTATE.SP=1"], "PSTATE.SP=1: PSTATE.SP is assigned twice"),
        ],
    )
    def test_nothing_is_assigned_twice(self, texts: list[str], reason: str) -> None:
        """Whole or in part, with whatever content."""
        assert refusal(*texts) == reason


class TestFeatures:
    """The implementation."""

    def test_without_a_name_everything_is_implemented(self) -> None:
        """HCR_EL2.E2H may be 0."""
        found = features_of([])
        assert found.FEAT_NV2
        assert found.FEAT_E2H0

    def test_named_features_bring_what_they_imply(self) -> None:
        """Nothing else is there."""
        found = features_of(["FEAT_MTE3"])
        assert (found.FEAT_MTE2, found.FEAT_NV) == (True, False)

    def test_what_needs_a_feature_goes_with_it(self) -> None:
        """Without FEAT_NV there is no FEAT_NV2; FEAT_VHE stays."""
        found = features_of([], ["FEAT_NV"])
        assert (found.FEAT_NV, found.FEAT_NV2, found.FEAT_VHE) == (False, False, True)

    @pytest.mark.parametrize(
        ("names", "without", "reason"),
        [
            (["FEAT_NV3"], [], "unknown feature FEAT_NV3 (did you mean FEAT_NV?)"),
            (["QQ"], [], "unknown feature QQ"),
            ([], ["FEAT_NX2"], "unknown feature FEAT_NX2"),
            (["FEAT_NV2"], [], "FEAT_NV2 needs FEAT_NV"),
        ],
    )
    def test_features_that_cannot_be_are_refused(self, names: list[str], without: list[str], reason: str) -> None:
        """A name that is none, and one without another that it is a version of."""
        with pytest.raises(UnknownName) as refused:
            features_of(names, without)
        assert str(refused.value).startswith(reason)
