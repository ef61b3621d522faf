"""Steps of the machine: all that changes the Exception level or what it may be, from a reset on.

They are the exceptions, the returns, and the instructions that write HCR_EL2 and PSTATE.SP where nothing traps them.
The states that they reach from a reset are among those of :func:`spec.exceptions.state.is_reachable`.
"""

import attrs

from spec.exceptions.state import State
from spec.features import Features
from spec.lang import Bits64, transition
from spec.pstate import PSTATE


@transition("AArch64.TakeReset(); HCR_EL2 resets to 0, but for E2H")
def reset(vector: Bits64, SSBS: bool, features: Features) -> State:
    """Return the state after a reset: EL2 with SP_EL2, DAIF set; the vector is an address (64 bits).

    PSTATE.SSBS resets as the implementation chooses. What resets to an UNKNOWN value is 0 here.

    >>> reset(0x8000, False, Features()).PSTATE.EL
    2
    """
    return State(vector, PSTATE(2, SP=True, D=True, A=True, I=True, F=True, SSBS=SSBS & features.FEAT_SSBS))


@transition("MSR HCR_EL2 at EL2")
def write_HCR_EL2(state: State, value: Bits64) -> State:
    """Return the state after EL2 wrote HCR_EL2 (64 bits); at EL1 and EL0 the register is out of reach.

    >>> write_HCR_EL2(State(0, PSTATE(2)), 1 << 27).HCR_EL2 == 1 << 27, write_HCR_EL2(State(0, PSTATE(1)), 1).HCR_EL2
    (True, 0)
    """
    if state.PSTATE.EL == 2:
        return attrs.evolve(state, HCR_EL2=value)
    return state


@transition("MSR SPSel")
def write_SPSel(state: State, SP: bool) -> State:
    """Return the state after a write of PSTATE.SP; at EL0 the instruction is UNDEFINED, and writes nothing.

    >>> write_SPSel(State(0, PSTATE(1)), True).PSTATE.SP, write_SPSel(State(0, PSTATE(0)), True).PSTATE.SP
    (True, False)
    """
    if state.PSTATE.EL == 0:
        return state
    return attrs.evolve(state, PSTATE=attrs.evolve(state.PSTATE, SP=SP))
