"""Accesses to memory: the registers by which loads, stores and fetches of a virtual machine are translated.

The hardware translates every access of a virtual machine in the EL1&0 regime, under a stage 2 of L0. Which registers of
the virtual machine are in those of EL1, its context says (:mod:`spec.nested.switch`)::

    context      EL    regime of the virtual machine    in EL1 of the hardware              stage 2 of the hardware
    HYPERVISOR   2     EL2                              translated registers of EL2, NV1    L0's
    HYPERVISOR   2     EL2&0                            registers of EL2                    L0's
    HOST_EL0     0     EL2&0                            registers of EL2                    L0's
    GUEST        1, 0  EL1&0                            registers of EL1                    the shadow

Below the first three the machine has no stage 2. Below the last it has its guest hypervisor's: the shadow stands for
that and L0's (:mod:`spec.mmu.shadow`).

Source: DDI 0487 D8.1.2, translation regimes; J1.1, AArch64.S1Translate(); D8.14.
"""

import attrs

from spec.lang import Bits64, transition
from spec.mmu.stage1_controls import TranslationRegisters
from spec.nested.page import registers_of_EL2
from spec.nested.switch import Hardware
from spec.nested.vcpu import VCPU, stage1_registers


@transition("AArch64.S1Translate(), AArch64.S2Translate(): the registers of each regime")
def of_virtual_machine(vcpu: VCPU, POR_EL0: Bits64) -> TranslationRegisters:
    """Return the registers by which a virtual machine's own architecture translates.

    POR_EL0 (64 bits) is one for all contexts, and so not held by the PE.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> found = of_virtual_machine(VCPU(State(0, PSTATE(2), SCTLR_EL1=1, SCTLR_EL2=5)), 0)
    >>> found.EL1.SCTLR, found.EL2.SCTLR
    (1, 5)
    """
    held, of_EL2 = vcpu.registers, registers_of_EL2(vcpu)
    EL1 = stage1_registers(vcpu, 1)
    return attrs.evolve(of_EL2, EL1=EL1, POR_EL0=POR_EL0, VTCR_EL2=held.VTCR_EL2, VTTBR_EL2=held.VTTBR_EL2)


@transition("AArch64.S1Translate(): the registers of EL1&0, and L0's controls")
def of_hardware(hardware: Hardware, POR_EL0: Bits64) -> TranslationRegisters:
    """Return the registers by which the hardware translates stage 1 while a virtual machine runs.

    POR_EL0 (64 bits) is the same for all. Of stage 2, VTCR_EL2 and VTTBR_EL2 are those of the context's tables, and
    not said here.

    >>> from spec.features import Features
    >>> from spec.exceptions.state import State
    >>> from spec.nested.configuration import Configuration
    >>> from spec.nested.controls import Controls
    >>> from spec.nested.switch import enter
    >>> from spec.pstate import PSTATE
    >>> cpu, zeros = Features(FEAT_VHE=True), Controls(*(0 for _ in attrs.fields(Controls)))
    >>> hypervisor = VCPU(State(0, PSTATE(2), SCTLR_EL1=1, SCTLR_EL2=5, HCR_EL2=1 << 34))
    >>> of_hardware(enter(hypervisor, zeros, 0, Configuration(cpu, cpu)), 0).EL1.SCTLR
    5
    """
    EL1, given = stage1_registers(hardware.PE, 1), hardware.controls
    return TranslationRegisters(EL1=EL1, POR_EL0=POR_EL0, HCR_EL2=given.HCR_EL2, HCRX_EL2=given.HCRX_EL2)
