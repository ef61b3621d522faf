import pytest

from spec.sysregs.accessors import accessor
from spec.sysregs.redirection import ALIASES, REDIRECTED, NoSlot, Slot, reached_by_host, slot_of

# From DDI 0487 D8.13.2: what names reach at the EL2 of a host. The first are those that are called otherwise there.
HOST = {
    "CPACR_EL1": "CPTR_EL2",
    "CNTKCTL_EL1": "CNTHCTL_EL2",
    "MPAM1_EL1": "MPAM2_EL2",
    "CNTP_CTL_EL0": "CNTHP_CTL_EL2",
    "CNTV_TVAL_EL0": "CNTHV_TVAL_EL2",
    "SCTLR_EL1": "SCTLR_EL2",
    "SPSR_EL1": "SPSR_EL2",
    "ELR_EL1": "ELR_EL2",
    "SPSR_EL12": "SPSR_EL1",
    "CNTV_CTL_EL02": "CNTV_CTL_EL0",
    "CPACR_EL12": "CPACR_EL1",
    # Not redirected: they mean themselves.
    "SP_EL1": "SP_EL1",
    "PAR_EL1": "PAR_EL1",
    "TPIDR_EL1": "TPIDR_EL1",
    "MDSCR_EL1": "MDSCR_EL1",
    "ACTLR_EL1": "ACTLR_EL1",
    "CNTPCT_EL0": "CNTPCT_EL0",
    "HCR_EL2": "HCR_EL2",
}

# From Table D8-120: the offset with NV1 = 0 and with NV1 = 1; None where the name reaches no slot.
SLOTS: dict[str, tuple[int | None, int | None]] = {
    "VTTBR_EL2": (0x020, 0x020),
    "HCR_EL2": (0x078, 0x078),
    "SP_EL1": (0x240, 0x240),
    "ACTLR_EL1": (0x118, 0x118),
    "MDSCR_EL1": (0x158, 0x158),
    "SCTLR_EL1": (None, 0x110),
    "SCTLR_EL12": (0x110, None),
    "CNTV_CVAL_EL0": (None, 0x168),
    "CNTV_CVAL_EL02": (0x168, None),
    "ICH_LR15_EL2": (0x478, 0x478),
    "ICH_AP1R3_EL2": (0x4B8, 0x4B8),
    "MPAMVPM7_EL2": (0x978, 0x978),
    "SCTLR_EL2": (None, None),
    "CPTR_EL2": (None, None),
    "HACR_EL2": (None, None),
    "HPFAR_EL2": (None, None),
    "ICH_MISR_EL2": (None, None),
    "TPIDR_EL1": (None, None),
}


@pytest.mark.parametrize("name", HOST)
def test_a_name_at_the_EL2_of_a_host(name: str) -> None:
    """Redirected to EL2, from an alias to EL1, or neither."""
    assert reached_by_host(accessor(name).number) == accessor(HOST[name]).number


def test_every_redirected_name_has_an_alias() -> None:
    """What EL2 has taken the name of is reached by another; ACTLR_EL1 and its mask may have one too."""
    names = {name for name, _ in REDIRECTED}
    behind = {own for _, own in ALIASES}
    assert names <= behind
    assert behind - names == {accessor("ACTLR_EL1").number, accessor("ACTLRMASK_EL1").number}


@pytest.mark.parametrize("name", SLOTS)
@pytest.mark.parametrize("NV1", [False, True])
def test_the_slot_of_a_name(name: str, NV1: bool) -> None:
    """By the table of the manual."""
    offset = SLOTS[name][NV1]
    assert slot_of(accessor(name).number, NV1) == (NoSlot() if offset is None else Slot(offset))
