import pytest

from spec.demotion.machine import NO_LAG, Machine, Registers
from spec.demotion.sequence import DEMOTION, PROMOTION, Step
from spec.demotion.tlb import maintained
from spec.features import Features, Granule
from spec.mmu.regime import Regime
from spec.mmu.tlb import Slot
from spec.mmu.tlb_entry import Entry, Stages, TableEntry
from spec.pstate import PSTATE

PAGE = TableEntry(Granule.K4, 3, True, 0x1000)
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True)


@pytest.mark.parametrize("steps", [DEMOTION, PROMOTION])
@pytest.mark.parametrize(
    "entry",
    [
        Entry(Stages.STAGE1, Regime.EL20, 0, 3, False, PAGE, PAGE, False),
        Entry(Stages.STAGE1, Regime.EL2, 0, 0, True, PAGE, PAGE, True),
        Entry(Stages.STAGE2, Regime.EL10, 9, 0, True, PAGE, PAGE, False),
        Entry(Stages.COMBINED, Regime.EL10, 0, 0, True, PAGE, PAGE, False),
    ],
)
def test_nothing_is_left(steps: tuple[Step, ...], entry: Entry) -> None:
    """Of no regime, with or without E2H."""
    for hcr in (0, 1 << 34 | 1 << 27):
        registers = Registers(HCR_EL2=hcr)
        machine, slot = Machine(0, PSTATE(2), registers, registers), Slot(entry)
        for one in steps:
            slot = maintained(one, slot, machine, NO_LAG, CPU)
        assert not slot.is_held


def test_an_ERET_synchronizes() -> None:
    """It is a Context synchronization event; a write of a register is none."""
    slot = Slot(Entry(Stages.STAGE1, Regime.EL20, 0, 3, False, PAGE, PAGE, False), is_finished=True)
    machine = Machine(0, PSTATE(2), Registers(), Registers())
    assert not maintained(Step.ERET, slot, machine, NO_LAG, CPU).is_held
    assert maintained(Step.AIM, slot, machine, NO_LAG, CPU).is_held
