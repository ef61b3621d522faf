"""Names: which Exception level may use one, by the accessors of DDI 0487 D24."""

import pytest

from spec.access.instruction import Form
from spec.access.names import (
    AARCH32_BANKED,
    IDENTIFICATION,
    INDEXED,
    NOT_OF_THIS_STATE,
    REDIRECTED_BY_NV2,
    level_of,
    matches,
)
from spec.features import Features
from spec.sysregs.tables import REGISTERS


@pytest.mark.parametrize(
    ("name", "read", "write"),
    [
        ("SCTLR_EL1", 1, 1),
        ("SCTLR_EL2", 2, 2),
        ("SCTLR_EL12", 2, 2),
        ("CNTV_CTL_EL02", 2, 2),
        ("TPIDR_EL0", 0, 0),
        ("TPIDRRO_EL0", 0, 1),
        ("PMUSERENR_EL0", 0, 1),
        ("AMUSERENR_EL0", 0, 1),
        ("GCSPR_EL0", 0, 1),
        ("CNTFRQ_EL0", 0, 2),
        ("AMCNTENSET0_EL0", 0, 2),
        ("AMEVCNTR00_EL0", 0, 2),
        ("NZCV", 0, 0),
        ("DAIF", 0, 0),
        ("FPCR", 0, 0),
        ("RNDR", 0, 0),
        ("CurrentEL", 1, 1),
        ("SPSel", 1, 1),
        ("SP_EL0", 1, 1),
        ("SP_EL1", 2, 2),
        ("SPSR_irq", 2, 2),
        ("TRCPRGCTLR", 1, 1),
        ("SP_EL2", 3, 3),
        ("VSTTBR_EL2", 3, 3),
        ("CNTPS_CTL_EL1", 3, 3),
        ("RVBAR_EL1", 3, 3),
        ("DLR_EL0", 3, 3),
    ],
)
def test_the_lowest_level_that_may_use_a_name(name: str, read: int, write: int) -> None:
    """EL3 stands for nobody: it is not modelled."""
    assert (level_of(name, Form.MRS), level_of(name, Form.MSR)) == (read, write)


def test_the_lists_are_of_registers() -> None:
    """Every name in them is in the tables, so that none is misspelt."""
    for listed in (AARCH32_BANKED, REDIRECTED_BY_NV2, REDIRECTED_BY_NV2.values()):
        assert set(listed) <= set(REGISTERS)
    assert "SP_EL2" in NOT_OF_THIS_STATE
    assert dict(REDIRECTED_BY_NV2) == {f"{name}_EL2": f"{name}_EL1" for name in ("SPSR", "ELR", "ESR", "FAR", "TFSR")}


@pytest.mark.parametrize("start", INDEXED)
def test_a_family_is_as_large_as_the_implementation_chose(start: str) -> None:
    """The choice is a number of the implementation, and there are registers that begin so."""
    assert isinstance(getattr(Features(), INDEXED[start]), int)
    assert sum(name.startswith(start) for name in REGISTERS) >= 4


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ID_AA64PFR0_EL1", True),
        ("ID_ISAR6_EL1", True),
        ("MVFR2_EL1", True),
        ("CCSIDR2_EL1", True),
        ("GMID_EL1", True),
        ("CSSELR_EL1", False),
        ("MPAMIDR_EL1", False),
        ("CTR_EL0", False),
        ("ERRIDR_EL1", False),
    ],
)
def test_the_identification_registers(name: str, expected: bool) -> None:
    """Those that FEAT_IDST is about."""
    assert matches(name, IDENTIFICATION) is expected


def test_a_pattern_is_matched_with_its_capitals() -> None:
    """``*`` is any letters."""
    assert matches("PMEVCNTR30_EL0", ("PMEVCNTR*_EL0",))
    assert not matches("pmevcntr30_el0", ("PMEVCNTR*_EL0",))
    assert not matches("PMEVCNTR30_EL0", ())
