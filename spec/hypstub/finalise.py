"""FINALISE_EL2: EL2 is set up for good, and the kernel moves there from EL1 if it can.

It can with FEAT_VHE, the MMU of EL2 off, and a command line that does not keep it at EL1. Its state of EL1 is then that
of a host: what it reads and writes at EL2 by the names of EL1 holds what it held. Its next instruction is the one after
the HVC, at EL2, translated by the same tables::

    HCR_EL2      := RW, TGE, E2H
    SP_EL2       := SP_EL1        TPIDR_EL2  := TPIDR_EL1
    CPTR_EL2     := CPACR_EL1     VBAR_EL2   := VBAR_EL1
    TCR_EL2      := TCR_EL1       TTBRn_EL2  := TTBRn_EL1      MAIR_EL2 := MAIR_EL1
    TCR2_EL2     := TCR2_EL1      PIR_EL2, PIRE0_EL2 := PIR_EL1, PIRE0_EL1
    MDCR_EL2     E2PB, E2TB := 0
    SPSR_EL2.M   := EL2h
    TLBI VMALLE1
    SCTLR_EL2    := SCTLR_EL1     SCTLR_EL1  := the MMU off

Source: Linux, arch/arm64/kernel/hyp-stub.S: __finalise_el2, enter_vhe; before v6.0 mutate_to_vhe.
"""

from typing import Any

import attrs

from spec.boot.initialisation import SCTLR_EL1_MMU_OFF, LateRegisters, finalised
from spec.features import Features
from spec.hypstub.machine import CPU, MOVED, MOVED_OF_EXCEPTIONS, Answered, Ending, Kernel, Owner
from spec.hypstub.numbering import Numbering
from spec.lang import Bits64, negation, transition
from spec.mmu.regime import Regime
from spec.mmu.tlbi import Issuer, regime_in_effect
from spec.mmu.tlbi_operation import TLBI
from spec.pstate import Mode
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.exceptions import SPSR_EL2
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2

HCR_OF_HOST = HCR_EL2.RW.mask | HCR_EL2.TGE.mask | HCR_EL2.E2H.mask
"""HCR_EL2 of a kernel that is at EL2."""


@transition("Linux, arch/arm64/kernel/hyp-stub.S: __finalise_el2, its checks; SCTLR_EL2.M")
def can_move(cpu: CPU, kernel: Kernel, features: Features) -> bool:
    """Return whether the kernel can move to EL2: the MMU of EL2 off, FEAT_VHE, and a command line that lets it.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> cpu, vhe = CPU(State(0, PSTATE(2)), GeneralRegisters()), Features(FEAT_VHE=True, FEAT_E2H0=True)
    >>> can_move(cpu, Kernel(0), vhe), can_move(cpu, Kernel(0, hVHE=True), vhe), can_move(cpu, Kernel(0), Features())
    (True, False, False)
    """
    off = negation(SCTLR_EL2.M(cpu.state.SCTLR_EL2))
    return off & features.FEAT_VHE & negation(kernel.nVHE) & negation(kernel.hVHE)


@transition("Linux, arch/arm64/include/asm/el2_setup.h: finalise_el2_state")
def with_late_registers(cpu: CPU, kernel: Kernel, features: Features) -> CPU:
    """Return the CPU with the registers that are written when EL2 is finalised.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2)), GeneralRegisters())
    >>> with_late_registers(cpu, Kernel(0), Features(FEAT_SVE=True)).registers.ZCR_EL2
    15
    """
    state, held = cpu.state, cpu.registers
    before = LateRegisters(
        held.CPTR_EL2,
        state.SCTLR_EL2,
        held.MPAM2_EL2,
        held.MPAMHCR_EL2,
        state.GCSCR_EL1,
        held.GCSCRE0_EL1,
        held.ZCR_EL2,
        held.SMCR_EL2,
    )
    late = finalised(before, state.HCR_EL2, kernel.has_MPAMHCR, features)
    return attrs.evolve(
        cpu,
        state=attrs.evolve(state, SCTLR_EL2=late.SCTLR_EL2, GCSCR_EL1=late.GCSCR_EL1),
        registers=attrs.evolve(
            held,
            CPTR_EL2=late.CPTR_EL2,
            MPAM2_EL2=late.MPAM2_EL2,
            MPAMHCR_EL2=late.MPAMHCR_EL2,
            GCSCRE0_EL1=late.GCSCRE0_EL1,
            ZCR_EL2=late.ZCR_EL2,
            SMCR_EL2=late.SMCR_EL2,
        ),
    )


@transition("Linux, arch/arm64/kernel/hyp-stub.S: enter_vhe; TLBI VMALLE1")
def with_clean_TLB(cpu: CPU, features: Features) -> CPU:
    """Return the CPU after TLBI VMALLE1: with {E2H, TGE} = {1, 1} it is about the regime of the host.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2), HCR_EL2=HCR_OF_HOST), GeneralRegisters())
    >>> with_clean_TLB(cpu, Features(FEAT_VHE=True)).has_stale_entries
    False
    """
    issuer = Issuer(2, cpu.state.HCR_EL2, VTTBR_EL2=0)
    of_host = regime_in_effect(TLBI["VMALLE1"], issuer, features) == Regime.EL20
    return attrs.evolve(cpu, has_stale_entries=cpu.has_stale_entries & negation(of_host))


@transition("Linux, arch/arm64/kernel/hyp-stub.S: __finalise_el2, enter_vhe; the E2H names of the registers")
def moved_to_EL2(cpu: CPU, kernel: Kernel, features: Features) -> CPU:
    """Return the CPU with the kernel's state of EL1 at EL2: first HCR_EL2, then each register, last the MMU.

    TCR2_EL1 moves with FEAT_TCR2, and PIR_EL1 and PIRE0_EL1 with FEAT_S1PIE beside it. The profiling and trace buffers
    become EL2's. The return will be to EL2h, with the flags and masks that the kernel had.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> state = State(0, PSTATE(2), SPSR_EL2=0x3C5, SP_EL1=0x7000, SCTLR_EL1=1)
    >>> state = moved_to_EL2(CPU(state, GeneralRegisters()), Kernel(0), Features(FEAT_VHE=True)).state
    >>> hex(state.SPSR_EL2), hex(state.SP_EL2), state.SCTLR_EL2, hex(state.SCTLR_EL1)
    ('0x3c9', '0x7000', 1, '0x30500800')
    """
    state, held = cpu.state, cpu.registers
    spsr = SPSR_EL2.M.insert(state.SPSR_EL2, Mode.EL2h.value)
    absent = {"TCR2_EL2": negation(features.FEAT_TCR2)}
    absent["PIR_EL2"] = absent["PIRE0_EL2"] = negation(features.FEAT_TCR2 & features.FEAT_S1PIE)
    of_EL2: dict[str, Bits64] = {"TPIDR_EL2": held.TPIDR_EL1}
    for name, of_EL1 in MOVED:
        of_EL2.update({name: getattr(held, name if absent.get(name, False) else of_EL1)})
    of_exceptions: dict[str, Any] = {name: getattr(state, of_EL1) for name, of_EL1 in MOVED_OF_EXCEPTIONS}
    mdcr = MDCR_EL2.E2TB.insert(MDCR_EL2.E2PB.insert(state.MDCR_EL2, 0), 0)
    host = attrs.evolve(
        cpu,
        state=attrs.evolve(
            state, HCR_EL2=HCR_OF_HOST, SP_EL2=state.SP_EL1, MDCR_EL2=mdcr, SPSR_EL2=spsr, **of_exceptions
        ),
        registers=attrs.evolve(held, **of_EL2),
        owner=Owner.KERNEL,
        x=attrs.evolve(cpu.x, x0=0, x1=kernel.scratch, x2=kernel.scratch),
    )
    clean = with_clean_TLB(host, features)
    on = attrs.evolve(clean.state, SCTLR_EL2=state.SCTLR_EL1, SCTLR_EL1=SCTLR_EL1_MMU_OFF)
    return attrs.evolve(clean, state=on)


@transition("Linux, arch/arm64/kernel/hyp-stub.S: HVC_FINALISE_EL2; before v6.0 HVC_VHE_RESTART")
def finalise(cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features) -> Answered:
    """Return the answer of the stub to FINALISE_EL2.

    Since v6.0 what the command line can turn off is set up first, and stays set up where the kernel cannot move.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.hypstub.numbering import LINUX
    >>> from spec.pstate import PSTATE
    >>> cpu, numbering = CPU(State(0, PSTATE(2)), GeneralRegisters(x0=3)), LINUX["arm64 v6.0"].numbering
    >>> hex(finalise(cpu, Kernel(0), numbering, Features()).cpu.x.x0)
    '0xbadca11'
    """
    ready = with_late_registers(cpu, kernel, features) if numbering.finalises_first else cpu
    if negation(can_move(cpu, kernel, features)):
        worked = attrs.evolve(ready.x, x1=kernel.scratch, x2=kernel.scratch)
        return Answered(attrs.evolve(ready, x=attrs.evolve(worked, x0=numbering.error)), Ending.RETURNS)
    return Answered(moved_to_EL2(ready, kernel, features), Ending.RETURNS)
