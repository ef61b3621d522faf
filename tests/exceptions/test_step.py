import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from nvspec.exception_strategies import reachable_states
from nvspec.strategies import features, from_type
from spec.exceptions.interrupts import Asynchronous, take_asynchronous
from spec.exceptions.returns import EntersAArch32, eret
from spec.exceptions.routing import take_synchronous
from spec.exceptions.state import State, is_reachable
from spec.exceptions.step import reset, write_HCR_EL2, write_SPSel
from spec.exceptions.syndrome import ExceptionRecord
from spec.features import Features
from spec.lang import MASK64
from spec.pstate import PSTATE, SPSR_of


def test_a_reset_enters_EL2() -> None:
    """With the status that Linux gives a new vCPU with EL2: EL2h, DAIF masked, 0x3c9."""
    state = reset(0x8000, True, Features())
    assert (state.PC, SPSR_of(state.PSTATE, Features())) == (0x8000, 0x3C9)
    assert reset(0, True, Features(FEAT_SSBS=True)).PSTATE.SSBS


def test_HCR_EL2_is_written_at_EL2_alone() -> None:
    """EL1 does not reach it."""
    assert write_HCR_EL2(State(0, PSTATE(2)), 5).HCR_EL2 == 5
    assert write_HCR_EL2(State(0, PSTATE(1)), 5).HCR_EL2 == 0


def test_SPSel_is_written_above_EL0() -> None:
    """EL0 has SP_EL0."""
    assert [write_SPSel(State(0, PSTATE(el)), True).PSTATE.SP for el in (0, 1, 2)] == [False, True, True]


@settings(deadline=None, max_examples=60)
@given(st.data(), features())
def test_a_history_stays_reachable(data: st.DataObject, cpu: Features) -> None:
    """Any steps from any reachable state, until it enters AArch32 state."""
    state = data.draw(reachable_states(cpu))
    for _ in range(4):
        match data.draw(st.sampled_from(("exception", "interrupt", "return", "HCR_EL2", "SPSel"))):
            case "exception":
                state = take_synchronous(data.draw(from_type(ExceptionRecord)), state, cpu)
            case "interrupt":
                state = take_asynchronous(data.draw(st.sampled_from(Asynchronous)), state, cpu)
            case "HCR_EL2":
                state = write_HCR_EL2(state, data.draw(st.integers(0, MASK64)))
            case "SPSel":
                state = write_SPSel(state, data.draw(st.booleans()))
            case _ if state.PSTATE.EL:
                after = eret(state, cpu)
                if isinstance(after, EntersAArch32):
                    return
                state = after
        assert is_reachable(state, cpu)
        assert attrs.evolve(state) == state
