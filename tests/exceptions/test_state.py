import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvspec.exception_strategies import reachable_states
from nvspec.strategies import features
from spec.exceptions.state import EL1_is_AArch32, State, in_host, is_reachable
from spec.features import Features
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2

TGE, E2H, RW = HCR_EL2.TGE.mask, HCR_EL2.E2H.mask, HCR_EL2.RW.mask
VHE = Features(FEAT_VHE=True, FEAT_E2H0=True)


@pytest.mark.parametrize(
    ("el", "hcr", "host"),
    [(0, E2H | TGE, True), (0, E2H, False), (1, E2H, False), (2, E2H, True), (2, TGE, False), (0, TGE, False)],
)
def test_a_host_is_EL2_with_E2H_and_EL0_with_both(el: int, hcr: int, host: bool) -> None:
    """IsInHost()."""
    assert in_host(State(0, PSTATE(el), HCR_EL2=hcr), VHE) == host


def test_EL1_is_in_AArch32_state_by_RW() -> None:
    """If it has that state at all, and EL0 is not a host's."""
    old = Features(FEAT_VHE=True, FEAT_AA32EL1=True)
    assert EL1_is_AArch32(0, old)
    assert not EL1_is_AArch32(RW, old)
    assert not EL1_is_AArch32(TGE, old)
    assert not EL1_is_AArch32(0, VHE)


@pytest.mark.parametrize(
    ("state", "reachable"),
    [
        (State(0, PSTATE(1)), True),
        (State(0, PSTATE(1), HCR_EL2=TGE), False),
        (State(0, PSTATE(0), HCR_EL2=TGE), True),
        (State(0, PSTATE(0, SP=True)), False),
        (State(0, PSTATE(3)), False),
        (State(0, PSTATE(2, PAN=True)), False),
    ],
)
def test_a_state_that_cannot_be_is_known(state: State, reachable: bool) -> None:
    """EL1 under TGE, EL0 with its own stack pointer, EL3, a field that is not implemented."""
    assert is_reachable(state, Features()) == reachable


def test_no_AArch64_state_below_an_EL1_in_AArch32_state() -> None:
    """EL1 and EL0 need RW = 1; EL2 does not."""
    old = Features(FEAT_AA32EL1=True, FEAT_AA32EL0=True)
    assert [is_reachable(State(0, PSTATE(el)), old) for el in (0, 1, 2)] == [False, False, True]
    assert is_reachable(State(0, PSTATE(1), HCR_EL2=RW), old)


@given(st.data(), features())
def test_reachable_states_are_reachable(data: st.DataObject, cpu: Features) -> None:
    """What the strategy draws."""
    state = data.draw(reachable_states(cpu))
    assert is_reachable(state, cpu)
    assert attrs.evolve(state) == state
