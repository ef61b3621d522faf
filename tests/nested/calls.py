"""Calls of the firmware of a machine of four PEs."""

from spec.exceptions.state import State
from spec.features import Features
from spec.nested.configuration import Configuration
from spec.nested.firmware import Answer, Call, Then
from spec.nested.power import PE, PEs, Power
from spec.nested.vcpu import VCPU
from spec.pstate import PSTATE

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_MixedEnd=True, pa_max=40)
MACHINE, ALONE = Configuration(CPU, CPU), Configuration(CPU, CPU, has_EL2=False)
HYPERVISOR = VCPU(State(0x1000, PSTATE(2, SP=True)))
FOUR = PEs((PE(0x0, Power.ON), PE(0x1, Power.OFF), PE(0x1_0000_0100, Power.ON_PENDING), PE(0x1_0000_0101, Power.OFF)))
ERRORS = {name: (1 << 64) - number for name, number in (("NOT_SUPPORTED", 1), ("INVALID_PARAMETERS", 2))}
ERRORS |= {name: (1 << 64) - number for name, number in (("ALREADY_ON", 4), ("ON_PENDING", 5), ("INVALID_ADDRESS", 9))}


def asked(X0: int, X1: int = 0, X2: int = 0, X3: int = 0, imm16: int = 0) -> Answer:
    """Return the answer to a call of the first of four PEs."""
    return FOUR.call(0, Call(X0, X1, X2, X3, imm16), HYPERVISOR, MACHINE).answer


def result(X0: int, X1: int = 0, X2: int = 0) -> int:
    """Return what it says, with which it returns."""
    found = asked(X0, X1, X2)
    assert found.then == Then.RETURNS
    return found.X0
