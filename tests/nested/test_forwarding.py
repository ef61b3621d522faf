"""What L0 makes of an instruction that the hardware took to it."""

from typing import Any

import attrs
import pytest

from spec.access.allocation import accessor_of
from spec.access.control import ExceptionClass
from spec.access.execution import syndrome
from spec.access.instruction import Form, Instruction, system_syndrome
from spec.access.machine import Machine
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined
from spec.features import Features
from spec.nested.forwarding import Verdict, answered, verdict
from spec.nested.vcpu import Context

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True, FEAT_FGT=True, FEAT_PAuth=True)
TVM, TGE, TRVM, E2H, NV, NV1, NV2 = (1 << bit for bit in (26, 27, 30, 34, 42, 43, 45))
SCTLR_EL1, SCTLR_EL12, HCR_EL2, ESR_EL2, TCR_EL12 = 0xC080, 0xE880, 0xE088, 0xE290, 0xE902
READ, WRITE = Form.MRS, Form.MSR


def of(form: Form, encoding: int, machine: Machine) -> Outcome:
    """Return what L0 answers."""
    return answered(accessor_of(form, encoding), Instruction(form, encoding, 3), machine)


@pytest.mark.parametrize(
    ("form", "hcr", "trapped"), [(WRITE, TVM, True), (READ, TVM, False), (READ, TRVM, True), (WRITE, TRVM, False)]
)
def test_TVM_and_TRVM_are_of_one_direction(form: Form, hcr: int, trapped: bool) -> None:
    """What the guest hypervisor did not ask for, L0 does for EL1."""
    expected = Trap(2, system_syndrome(Instruction(form, SCTLR_EL1, 3))) if trapped else Executed(SCTLR_EL1)
    assert of(form, SCTLR_EL1, Machine(1, CPU, HCR_EL2=hcr)) == expected


@pytest.mark.parametrize(
    ("encoding", "hcr", "expected"),
    [
        (SCTLR_EL1, 0, Executed(SCTLR_EL1)),
        (SCTLR_EL1, E2H, Executed(0xE080)),
        (SCTLR_EL12, E2H, Executed(SCTLR_EL1)),
        (SCTLR_EL12, 0, Undefined(2)),
        (HCR_EL2, 0, Executed(HCR_EL2)),
    ],
)
def test_a_name_means_at_the_virtual_EL2_what_it_does_at_EL2(encoding: int, hcr: int, expected: Outcome) -> None:
    """With E2H the EL1 names are EL2's, and the _EL12 names are there."""
    assert of(READ, encoding, Machine(2, CPU, HCR_EL2=hcr)) == expected


def test_what_the_machine_is_not_offered_is_UNDEFINED() -> None:
    """Whatever the hardware has."""
    assert of(READ, 0xE092, Machine(2, Features(FEAT_VHE=True))) == Undefined(2)


@pytest.mark.parametrize(
    ("encoding", "hcr", "expected"),
    [
        (HCR_EL2, NV | NV2, NVMem(0x078)),
        (ESR_EL2, NV | NV2, Executed(0xC290)),
        (TCR_EL12, NV | NV2, NVMem(0x120)),
        (TCR_EL12, NV | NV1 | NV2, None),
        (HCR_EL2, NV, None),
    ],
)
def test_a_nested_guest_hypervisor_gets_what_its_own_asked_for(
    encoding: int, hcr: int, expected: Outcome | None
) -> None:
    """Memory or a register of EL1 with NV2, the trap otherwise."""
    trap = Trap(2, system_syndrome(Instruction(READ, encoding, 3)))
    assert of(READ, encoding, Machine(1, CPU, HCR_EL2=hcr)) == (expected or trap)


HVC, SVC, WFX, ERET, SMC, PAC, FP, SVE, SME, BRK, LS64 = (
    syndrome(ExceptionClass[name], 0)
    for name in ["HVC", "SVC", "WFX", "ERET", "SMC", "PAC", "FP", "SVE", "SME", "BRK", "LS64"]
)
ANY = Machine(1, CPU, HCR_EL2=1 << 41, HCRX_EL2=0b111)
"""A guest whose hypervisor traps nothing."""


@pytest.mark.parametrize(
    ("esr", "register", "value"),
    [
        (WFX, "HCR_EL2", 1 << 13),
        (WFX | 1, "HCR_EL2", 1 << 14),
        (ERET, "HCR_EL2", NV),
        (ERET, "HFGITR_EL2", 1 << 51),
        (SVC, "HFGITR_EL2", 1 << 53),
        (SMC, "HCR_EL2", 1 << 19),
        (PAC, "HCR_EL2", 0),
        (FP, "CPTR_EL2", 1 << 10),
        (SVE, "CPTR_EL2", 1 << 8),
        (SME, "CPTR_EL2", 1 << 12),
        (LS64, "HCRX_EL2", 0b011),
        (LS64 | 1, "HCRX_EL2", 0b110),
        (LS64 | 2, "HCRX_EL2", 0b101),
    ],
)
def test_what_the_guest_hypervisor_traps_is_forwarded(esr: int, register: str, value: int) -> None:
    """By the control that it has for it; of its own instructions L0 forwards nothing."""
    cpu = attrs.evolve(CPU, FEAT_SVE=True, FEAT_SME=True, FEAT_HCX=True)
    cpu = attrs.evolve(cpu, FEAT_LS64=True, FEAT_LS64_V=True, FEAT_LS64_ACCDATA=True)
    values: dict[str, Any] = {register: value}
    machine = attrs.evolve(ANY, features=cpu, **values)
    assert verdict(esr, Context.GUEST, machine) == Verdict.FORWARDED
    assert verdict(esr, Context.GUEST, attrs.evolve(ANY, features=cpu)) != Verdict.FORWARDED
    assert verdict(esr, Context.HYPERVISOR, attrs.evolve(machine, el=2)) != Verdict.FORWARDED


@pytest.mark.parametrize(("esr", "el", "value"), [(ERET, 1, 1 << 51), (SVC, 1, 1 << 53), (SVC, 0, 1 << 52)])
def test_without_FEAT_FGT_nothing_is_trapped_by_HFGITR_EL2(esr: int, el: int, value: int) -> None:
    """What L0 holds of the register is no control of the guest hypervisor's: it has no such register."""
    machine = attrs.evolve(ANY, el=el, HFGITR_EL2=value)
    assert verdict(esr, Context.GUEST, machine) == Verdict.FORWARDED
    without = attrs.evolve(machine, features=attrs.evolve(CPU, FEAT_FGT=False))
    assert verdict(esr, Context.GUEST, without) != Verdict.FORWARDED


def test_SVC_from_EL0_has_a_trap_of_its_own() -> None:
    """HFGITR_EL2.SVC_EL0."""
    at_EL0 = attrs.evolve(ANY, el=0, HFGITR_EL2=1 << 52)
    assert verdict(SVC, Context.GUEST, at_EL0) == Verdict.FORWARDED
    assert verdict(SVC, Context.GUEST, attrs.evolve(at_EL0, el=1)) == Verdict.TAKEN


@pytest.mark.parametrize(
    ("esr", "context", "hcr", "expected"),
    [
        (HVC, Context.GUEST, 0, Verdict.TAKEN),
        (HVC, Context.HYPERVISOR, 1 << 29, Verdict.UNDEFINED),
        (BRK, Context.HYPERVISOR, 0, Verdict.TAKEN),
        (ERET, Context.HYPERVISOR, 0, Verdict.RETURNED),
        (ERET, Context.GUEST, 0, Verdict.RESOLVED),
        (SMC, Context.HYPERVISOR, 0, Verdict.ANSWERED),
        (WFX, Context.HOST_EL0, 1 << 13, Verdict.RESOLVED),
        (FP, Context.HYPERVISOR, 0, Verdict.RESOLVED),
    ],
)
def test_what_is_not_forwarded(esr: int, context: Context, hcr: int, expected: Verdict) -> None:
    """Calls are taken, returns are made, an SMC is answered, and what L0 traps for itself is resolved."""
    el = {Context.HYPERVISOR: 2, Context.GUEST: 1, Context.HOST_EL0: 0}[context]
    assert verdict(esr, context, Machine(el, CPU, HCR_EL2=hcr)) == expected
