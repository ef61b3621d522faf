import pytest

from spec.access.decision import decide
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined
from spec.boot.deprivileged import Notice, notice
from spec.features import Features

TGE = 1 << 27


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Executed(0xC080), Notice.NONE),
        (NVMem(0x78), Notice.NONE),
        (Undefined(1), Notice.ELSEWHERE),
        (Undefined(2), Notice.UNNAMED),
        (Trap(1, 0x6200_0000), Notice.ELSEWHERE),
        (Trap(2, 0x6200_0000), Notice.NAMED),
        (Trap(2, 0x1E00_0000), Notice.UNNAMED),
    ],
)
def test_what_an_outcome_tells(outcome: Outcome, expected: Notice) -> None:
    """EC 0x18 at EL2 names the instruction; nothing else does."""
    assert notice(outcome) == expected


@pytest.mark.parametrize(
    ("form", "number", "features", "expected"),
    [
        (Form.MSR, 0xE088, Features(), Notice.UNNAMED),  # HCR_EL2
        (Form.MSR, 0xC100, Features(), Notice.UNNAMED),  # TTBR0_EL1
        (Form.MRS, 0xC000, Features(), Notice.UNNAMED),  # MIDR_EL1
        (Form.MRS, 0xC000, Features(FEAT_IDST=True), Notice.NAMED),
        (Form.MSR, 0xDE82, Features(), Notice.NONE),  # TPIDR_EL0
    ],
)
def test_a_guest_hypervisor_at_EL0(form: Form, number: int, features: Features, expected: Notice) -> None:
    """Under TGE: unnamed on Armv8.0, but for what EL0 may do."""
    assert notice(decide(Instruction(form, number), Machine(0, features, HCR_EL2=TGE))) == expected
