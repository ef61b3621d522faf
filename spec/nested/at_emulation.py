"""Emulation of AT: the address translation instructions of a guest hypervisor, which L0 answers by software walks.

At the virtual EL2 every AT instruction is taken to L0: those of EL2 by HCR_EL2.NV, those of EL1 and EL0 by HCR_EL2.AT,
since the hardware would translate by what the registers of EL1 hold there, the guest hypervisor's own. L0 translates as
the virtual machine would, by the virtual machine's registers and tables:

================== ===================================== ==================================================
instruction        regime                                registers
================== ===================================== ==================================================
S1E2*              EL2, or EL2&0 where E2H is 1          those of EL2
S1E0*, S1E1*       EL2&0 where {E2H, TGE} are {1, 1}     those of EL2
S1E0*, S1E1*       EL1&0 otherwise                       those of EL1; the walk reads through stage 2
S12E0*, S12E1*     as S1E0* and S1E1*                    in EL1&0 then stage 2, where VM or DC is 1
================== ===================================== ==================================================

Stage 2 is the guest hypervisor's, whatever its E2H is: L0 looks the result of stage 1 up in its tables
(:func:`spec.mmu.shadow.look_up`). Of L0's own stage 2 nothing is said: what PAR_EL1 holds is an address of the virtual
machine. PAR_EL1 is one register for all contexts, and L0 writes it in hardware.

The AT instructions of EL1 of a nested guest the hardware executes by itself, unless the guest hypervisor traps them:
stage 1 is the guest's, and it reads its descriptors through the shadow. A fault of the shadow there is an abort to EL2,
not a matter of PAR_EL1: one of a stage 1 walk, with the IPA of a descriptor, which L0 handles as every other one
(:func:`spec.nested.aborts.handle`). The guest hypervisor takes it if its own stage 2 refuses the read; or the leaf is
installed, and the instruction executed again.

Source: DDI 0487 C5.4; J1.1, AArch64.AT(); D24.2, HCR_EL2.{AT, NV}.
"""

import attrs

from spec.features import Features
from spec.lang import Bits64, Memory, lean, transition
from spec.mmu import stage1
from spec.mmu.access import AccessType
from spec.mmu.at import ATOperation, access_of, encode_PAR, regime_of_operation
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.regime import Regime
from spec.mmu.shadow import Stage, look_up
from spec.mmu.stage1_controls import TranslationRegisters
from spec.mmu.stage2 import Translation, updated
from spec.mmu.translation import Result, stage2_below
from spec.nested.accesses import of_virtual_machine
from spec.nested.architecture import advanced
from spec.nested.configuration import Configuration
from spec.nested.injection import aborted, taken
from spec.nested.vcpu import VCPU

# -- the walks -----------------------------------------------------------------------------------------------------


@transition("AArch64.S1Translate(), AArch64.S2Translate(), performed by software")
def walked(
    operation: ATOperation, va: Bits64, PAN: bool, registers: TranslationRegisters, memory: Memory, guest: Features
) -> Result:
    """Return what L0 finds at a virtual address (64 bits), in the memory of the virtual machine.

    >>> from spec.mmu.at import OPERATIONS
    >>> walked(OPERATIONS["S12E1R"], 0x1234, False, TranslationRegisters(), Memory(), Features()).outcome.PA
    4660
    """
    regime = regime_of_operation(operation, registers.HCR_EL2, guest)
    access = access_of(operation, PAN, registers.HCR_EL2, guest)
    below = stage2_below(registers, regime, guest)
    first = stage1.translate(registers, regime, va, below, access, memory, guest)
    found = first.outcome
    if isinstance(found, Fault):
        return Result(found, first.memory)
    if not (operation.both_stages and regime == Regime.EL10):
        return Result(Translation(found.OA, found.attributes), first.memory)
    second = look_up(Stage(registers.stage2, first.memory, guest), found.OA, found.attributes, access)
    if isinstance(second, Fault):
        return Result(second, first.memory)
    return Result(Translation(second.OA, second.output), updated(first.memory, second.update))


# -- the instruction -----------------------------------------------------------------------------------------------


@lean
@attrs.frozen(weakref_slot=False)
class Emulated:
    """What an AT instruction of the guest hypervisor comes to."""

    vcpu: VCPU
    """The PE after it: behind the instruction, or in the handler of an External abort."""
    PAR: Bits64
    """PAR_EL1; as it was after an exception, where it is UNKNOWN."""
    memory: Memory
    """The memory of the virtual machine, with the hardware updates of its tables."""


@transition("AArch64.AT() at EL2; Linux, arch/arm64/kvm/at.c: __kvm_at_s1e01, __kvm_at_s12")
def emulated(
    operation: ATOperation,
    va: Bits64,
    PAR: Bits64,
    POR_EL0: Bits64,
    vcpu: VCPU,
    memory: Memory,
    configuration: Configuration,
) -> Emulated:
    """Return what an AT instruction of the virtual EL2 comes to, for a virtual address (64 bits).

    PAR_EL1 and POR_EL0 (64 bits each) are those before it.

    >>> from spec.exceptions.state import State
    >>> from spec.mmu.at import OPERATIONS
    >>> from spec.pstate import PSTATE
    >>> hypervisor, cpu = VCPU(State(0x1000, PSTATE(2))), Features()
    >>> found = emulated(OPERATIONS["S1E2R"], 0x1234, 0, 0, hypervisor, Memory(), Configuration(cpu, cpu))
    >>> hex(found.PAR), hex(found.vcpu.state.PC)
    ('0x1900', '0x1004')
    """
    guest = configuration.guest
    found = walked(operation, va, vcpu.state.PSTATE.PAN, of_virtual_machine(vcpu, POR_EL0), memory, guest)
    outcome = found.outcome
    if isinstance(outcome, Fault) and outcome.kind == FaultKind.EXTERNAL_ABORT:
        exception = aborted(outcome, va, AccessType.AT, vcpu, configuration)
        return Emulated(taken(exception, vcpu, configuration), PAR, found.memory)
    return Emulated(advanced(vcpu), encode_PAR(outcome, guest), found.memory)
