"""The two machines by which an instruction of a virtual machine is decided: the virtual one, and the hardware.

:mod:`spec.access` decides what an instruction does by a :class:`~spec.access.machine.Machine`. The virtual machine's
has the virtual Exception level and its own registers of EL2; the hardware's the Exception level that L0 entered, L0's
controls, and in the registers of EL1 what :mod:`spec.nested.switch` put there. The registers that no context switch
moves, such as PMUSERENR_EL0, are the same in both.
"""

from typing import Any

import attrs

from spec.access.machine import Machine
from spec.access.merging import EL2_CONTROLS, OF_A_HOST, OF_NO_HOST
from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import transition
from spec.nested.controls import Controls
from spec.nested.switch import Hardware
from spec.nested.vcpu import MOVING, VCPU, value_of
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.hypervisor import HCR_EL2

REGISTERS = tuple(one.name for one in attrs.fields(Machine) if one.name in MOVING)
"""The registers of a machine that move between contexts."""
OF_EL1 = tuple(name for name in REGISTERS if not name.endswith("_EL2"))
"""Those of EL1 and EL0."""
OF_L0 = tuple(one.name for one in attrs.fields(Controls) if one.name in attrs.fields_dict(Machine))
"""The controls of L0."""


@transition("DDI 0487 D24.2: the registers that decide an access")
def virtual_machine(vcpu: VCPU, common: Machine, guest: Features) -> Machine:
    """Return the virtual machine, with the registers of ``common`` that do not move.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> virtual_machine(VCPU(State(0, PSTATE(2), HCR_EL2=1 << 34)), Machine(1, Features()), Features()).el
    2
    """
    pstate = vcpu.state.PSTATE
    values: dict[str, Any] = {name: value_of(vcpu, name) for name in REGISTERS}
    return attrs.evolve(common, el=pstate.EL, features=guest, SP=pstate.SP, EXLOCK=pstate.EXLOCK, **values)


@transition("DDI 0487 D24.2: the fields of EL2's registers, when EL2 is not implemented")
def without_EL2(machine: Machine) -> Machine:
    """Return a virtual machine whose EL2 is not there: its controls trap nothing, and take no event counter away.

    Those that enable act as if they were 1: HCR_EL2.{API, APK}, and the fine-grained traps that are so.

    >>> bare = without_EL2(Machine(1, Features(FEAT_PAuth=True)))
    >>> HCR_EL2.API(bare.HCR_EL2), HCR_EL2.TSC(bare.HCR_EL2)
    (True, False)
    """
    features = machine.features
    HCR = HCR_EL2.RW.mask
    senses = OF_A_HOST if effective_E2H(HCR, features) else OF_NO_HOST
    values: dict[str, Any] = {name: one.enables for name, one in senses.items() if name in EL2_CONTROLS}
    values["HCR_EL2"] = values["HCR_EL2"] | HCR
    values["MDCR_EL2"] = MDCR_EL2.HPMN.insert(values["MDCR_EL2"], features.event_counters)
    return attrs.evolve(machine, **values)


@transition("DDI 0487 D24.2: the registers that decide an access")
def hardware_machine(hardware: Hardware, common: Machine, host: Features) -> Machine:
    """Return the hardware while it runs a virtual machine, with the registers of ``common`` that do not move.

    Those of EL2 that L0 has no use for as controls are in ``common`` too.

    >>> from spec.exceptions.state import State
    >>> from spec.nested.configuration import Configuration
    >>> from spec.nested.switch import enter
    >>> from spec.pstate import PSTATE
    >>> zeros = Controls(*(0 for _ in attrs.fields(Controls)))
    >>> entered = enter(VCPU(State(0, PSTATE(2))), zeros, 0, Configuration(Features(), Features()))
    >>> hardware_machine(entered, Machine(1, Features()), Features()).el
    1
    """
    pstate = hardware.PE.state.PSTATE
    values: dict[str, Any] = {name: value_of(hardware.PE, name) for name in OF_EL1}
    values |= {name: getattr(hardware.controls, name) for name in OF_L0}
    return attrs.evolve(common, el=pstate.EL, features=host, SP=pstate.SP, EXLOCK=pstate.EXLOCK, **values)
