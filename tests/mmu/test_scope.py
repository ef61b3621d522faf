import pytest

from spec.features import names_in
from spec.mmu.scope import OUT_OF_SCOPE, exclusions
from spec.sysregs.tables import REGISTERS

# The unmodelled controls, from D24.2 of the manual: features, register, bit, value.
CONTROLS = [
    ({"FEAT_THE"}, "VTCR_EL2", 34, 1),
    ({"FEAT_THE"}, "VTCR_EL2", 35, 1),
    ({"FEAT_S2PIE"}, "VTCR_EL2", 36, 1),
    ({"FEAT_S2POE"}, "VTCR_EL2", 37, 1),
    ({"FEAT_D128"}, "VTCR_EL2", 38, 1),
    ({"FEAT_THE", "FEAT_GCS"}, "VTCR_EL2", 40, 1),
    ({"FEAT_THE"}, "VTCR_EL2", 41, 1),
    ({"FEAT_HAFT"}, "VTCR_EL2", 44, 1),
    ({"FEAT_HDBSS"}, "VTCR_EL2", 45, 1),
    ({"FEAT_AA32EL1"}, "HCR_EL2", 31, 0),
    ({"FEAT_DoubleFault2"}, "HCRX_EL2", 19, 1),
    *(
        ({feature}, register, bit, 1)
        for register in ("TCR2_EL1", "TCR2_EL2")
        for feature, bit in (("FEAT_THE", 0), ("FEAT_D128", 5), ("FEAT_HAFT", 11))
    ),
    *(
        ({feature}, register, bit, 1)
        for feature in ("FEAT_MTE_NO_ADDRESS_TAGS", "FEAT_MTE_CANONICAL_TAGS")
        for register, bit in (("TCR_EL1", 60), ("TCR_EL1", 61), ("TCR_EL2", 33), ("TCR_EL2", 60), ("TCR_EL2", 61))
    ),
]


def test_the_table_is_that_of_the_manual() -> None:
    """Each entry is one bit of one register, under the features that bring it."""
    found = [
        (set(one.features), one.register, field.low, content) for one in OUT_OF_SCOPE for field, content in one.controls
    ]
    assert sorted(found, key=str) == sorted(CONTROLS, key=str)


@pytest.mark.parametrize(("features", "register", "bit", "value"), CONTROLS)
def test_a_control_counts_with_its_features_alone(features: set[str], register: str, bit: int, value: int) -> None:
    """With every feature and the control on it applies; without one feature, or with the control off, it does not."""
    on, off = value << bit, (value ^ 1) << bit
    assert len(exclusions(features, {register: on})) == 1
    assert exclusions(features, {register: off}) == ()
    for missing in features:
        assert exclusions(features - {missing}, {register: on}) == ()


def test_the_controls_are_fields_of_the_registers() -> None:
    """Each control is a field of the table of its register, and needs the features of the entry there too."""
    for one in OUT_OF_SCOPE:
        for control, _ in one.controls:
            table = REGISTERS[one.register].kind
            layouts = [table, *table.LAYOUTS]
            known = [table.FIELDS[control.name] for table in layouts if control.name in table.FIELDS]
            assert any(field.mask == control.mask for field in known)
            assert set(one.features) <= {name for field in known for name in names_in(field.when)}


def test_every_entry_gives_its_reason() -> None:
    """The reason is a sentence."""
    assert all(one.reason[0].isupper() and one.reason.endswith(".") for one in OUT_OF_SCOPE)
