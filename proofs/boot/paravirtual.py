"""Theorems of a guest hypervisor whose instructions of EL2 are replaced by HVCs."""

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.access.execution import Kind, Unnamed, exception_return, hypervisor_call
from spec.access.instruction import Form, Instruction, system_syndrome
from spec.access.machine import Machine
from spec.access.outcome import Kind as Outcome
from spec.access.outcome import summary
from spec.boot.paravirtual import Other, Return, has_HVC, patched, patched_return, told
from spec.features import Features
from spec.lang import every, negation
from spec.sysregs.hypervisor import HCR_EL2

FORMS = (Form.MRS, Form.MSR, Form.SYS)
"""The forms of an instruction of EL2."""
RETURNS = (Kind.ERET, Kind.ERETAA, Kind.ERETAB)
"""The exception returns."""


def at_EL1(machine: Machine, features: Features, hcr: int) -> Machine:
    """Return the machine at EL1 on an implementation, with a value of HCR_EL2."""
    return attrs.evolve(machine, el=1, features=features, HCR_EL2=hcr)


def is_named(esr: int, form: Form, encoding: int) -> bool:
    """Return whether a syndrome names an MRS, MSR or SYS."""
    named = told(esr)
    if isinstance(named, Instruction):
        return (named.form == form) & (named.encoding == encoding)
    return False


@theorem(form=FORMS)
def a_patched_instruction_tells_what_a_trap_would(form: Form, instruction: Instruction, machine: Machine) -> Claim:
    """An HVC that stands for an instruction of EL2 or EL1 is taken to EL2 without FEAT_NV, and names the instruction.

    It names the same one as the syndrome of the trap that FEAT_NV, or another control, would give.
    """
    features = attrs.evolve(machine.features, FEAT_NV=False)
    one = Instruction(form, instruction.encoding, instruction.Rt)
    hvc = hypervisor_call(patched(one), at_EL1(machine, features, machine.HCR_EL2))
    found = summary(hvc)
    allowed = negation(HCR_EL2.HCD(machine.HCR_EL2)) & has_HVC(one.encoding)
    is_SYS = (one.encoding >> 14) == 0b01
    holds = every(
        (found.kind == Outcome.TRAP) & (found.el == 2),
        is_named(found.value, form, one.encoding),
        is_named(system_syndrome(one), form, one.encoding),
    )
    return Claim(allowed & (is_SYS == (form == Form.SYS)), True, holds)


@theorem(kind=RETURNS)
def a_patched_return_tells_what_a_trap_would(kind: Kind, machine: Machine) -> Claim:
    """An HVC that stands for an exception return names it as its trap by FEAT_NV does."""
    hvc = hypervisor_call(
        patched_return(Unnamed(kind)),
        at_EL1(machine, attrs.evolve(machine.features, FEAT_NV=False), 0),
    )
    nested = attrs.evolve(machine.features, FEAT_NV=True, FEAT_PAuth=True)
    trap = exception_return(Unnamed(kind), at_EL1(machine, nested, HCR_EL2.NV.mask))
    one, other = told(summary(hvc).value), told(summary(trap).value)
    if isinstance(one, Return) and isinstance(other, Return):
        same = (one.authenticates == other.authenticates) & (one.key_B == other.key_B)
        return Claim(True, True, same & (one.authenticates == (kind != Kind.ERET)))
    return Claim(True, False, False)


@theorem()
def a_call_of_the_guest_s_own_is_no_instruction_of_EL2(instruction: Unnamed, machine: Machine) -> Claim:
    """An HVC whose immediate has bit 13 clear is the guest's own call, and is told from every patched instruction."""
    hvc = hypervisor_call(Unnamed(Kind.HVC, instruction.imm16), at_EL1(machine, machine.features, 0))
    found = told(summary(hvc).value)
    own = (instruction.imm16 & 1 << 13) == 0
    return Claim(True, own, isinstance(found, Other) == own)
