"""Theorems of instructions that name no register: who takes the exception that they cause, or are trapped by."""

from proofs.access.setting import LEVELS, at, same
from proofs.engine.theorem import Claim, theorem
from spec.access.execution import (
    Kind,
    Unnamed,
    authentication,
    block_access,
    breakpoint_instruction,
    exception_return,
    execute,
    floating_point,
    hypervisor_call,
    key_is_enabled,
    memory_operation,
    monitor_call,
    scalable_matrix,
    scalable_vector,
    supervisor_call,
    wait,
)
from spec.access.machine import Machine, NVx, host_EL0
from spec.access.outcome import Kind as Outcome
from spec.access.outcome import Summary, summary
from spec.features import Features
from spec.lang import Bits64, bits, every, implies, negation, some
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

KINDS = tuple(Kind)
"""Every kind of instruction that names no register."""
WAITS = (Kind.WFI, Kind.WFE, Kind.WFIT, Kind.WFET)
"""The waits."""
RETURNS = (Kind.ERET, Kind.ERETAA, Kind.ERETAB)
"""The exception returns."""
KEYS = (Kind.PAC_GENERIC, Kind.PAC_IA, Kind.PAC_IB, Kind.PAC_DA, Kind.PAC_DB)
"""The uses of pointer authentication."""


def taken(one: Summary, el: int, ec: int) -> bool:
    """Return whether an outcome is an exception of a class, taken to an Exception level."""
    return every(one.kind == Outcome.TRAP, one.el == el, bits(one.value, 31, 26) == ec, bits(one.value, 25, 25) == 1)


@theorem(kind=KINDS, el=LEVELS)
def an_instruction_takes_its_exception_upwards(kind: Kind, el: int, machine: Machine, instruction: Unnamed) -> Claim:
    """An instruction that names no register has one outcome.

    An exception goes to EL1 or EL2, and to no lower Exception level than the instruction's own.
    """
    machine = at(machine, el)
    got = summary(execute(Unnamed(kind, instruction.imm16, instruction.Rt), machine))
    raised = (got.kind == Outcome.TRAP) | (got.kind == Outcome.UNDEFINED)
    upwards = (got.el == 2) | ((got.el == 1) & (el < 2))
    plain = (bits(got.value, 63, 32) == 0) & (bits(got.value, 25, 25) == 1)
    return Claim(
        True,
        True,
        every(implies(raised, upwards), implies(got.kind == Outcome.TRAP, plain), got.kind != Outcome.MEMORY),
    )


@theorem(kind=WAITS, el=LEVELS)
def a_wait_traps_to_EL2_exactly_for_guests(kind: Kind, el: int, machine: Machine) -> Claim:
    """A wait is trapped to EL2 if and only if it is a guest's and HCR_EL2.TWI or TWE is 1.

    It is a guest's at EL1, and at an EL0 that is not the host's. It would wait, and EL1 does not keep it from EL0.
    """
    machine = at(machine, el)
    got = summary(wait(Unnamed(kind), machine))
    by_EL1 = summary(wait(Unnamed(kind), at(machine, el, HCR_EL2=machine.HCR_EL2 & ALL_BUT_WAITS)))
    allowed = (by_EL1.kind == Outcome.EXECUTED) & machine.would_wait
    timed = kind in (Kind.WFIT, Kind.WFET)
    exists = machine.features.FEAT_WFxT if timed else True
    asked = HCR_EL2.TWE(machine.HCR_EL2) if kind in (Kind.WFE, Kind.WFET) else HCR_EL2.TWI(machine.HCR_EL2)
    of_guest = (el == 1) | ((el == 0) & negation(host_EL0(machine)))
    wanted = of_guest & asked & exists
    return Claim(
        allowed,
        wanted if el < 2 else True,
        every(implies(wanted, taken(got, 2, 0x01)), implies(negation(wanted), got.kind == Outcome.EXECUTED)),
    )


ALL_BUT_WAITS = (1 << 64) - 1 ^ HCR_EL2.TWI.mask ^ HCR_EL2.TWE.mask
"""The bits of HCR_EL2 that trap no wait."""


@theorem(kind=WAITS, el=LEVELS)
def what_does_not_wait_is_not_trapped(kind: Kind, el: int, machine: Machine) -> Claim:
    """A wait that has what it waits for is executed, whatever traps waits; WFIT and WFET are there with FEAT_WFxT."""
    got = summary(wait(Unnamed(kind), at(machine, el)))
    is_there = True if kind in (Kind.WFI, Kind.WFE) else machine.features.FEAT_WFxT
    wanted = Outcome.EXECUTED if is_there else Outcome.UNDEFINED
    return Claim(negation(machine.would_wait), is_there, got.kind == wanted)


@theorem(kind=RETURNS, el=LEVELS)
def an_exception_return_traps_exactly_for_a_guest_hypervisor(kind: Kind, el: int, machine: Machine) -> Claim:
    """At EL1 an exception return is trapped to EL2 if NV is set or HFGITR_EL2.ERET traps it.

    ISS has its form. At EL0 it is UNDEFINED. The trap comes before the one of the authentication.
    """
    machine = at(machine, el)
    features: Features = machine.features
    authenticates = kind != Kind.ERET
    exists = features.FEAT_PAuth if authenticates else True
    got = summary(exception_return(Unnamed(kind), machine))
    fine = features.FEAT_FGT & (bits(machine.HFGITR_EL2, 51, 51) == 1)
    wanted = (el == 1) & (((NVx(machine) & 1) != 0) | fine)
    form = {Kind.ERET: 0b00, Kind.ERETAA: 0b10, Kind.ERETAB: 0b11}[kind]
    forwarded = taken(got, 2, 0x1A) & (bits(got.value, 24, 0) == form)
    return Claim(
        exists,
        wanted if el == 1 else True,
        every(
            implies(wanted, forwarded),
            implies(negation(wanted), bits(got.value, 31, 26) != 0x1A),
            implies(el == 0, got.kind == Outcome.UNDEFINED),
            implies(el == 2, got.kind == Outcome.EXECUTED),
        ),
    )


@theorem(el=LEVELS)
def calls_go_where_they_are_answered(el: int, machine: Machine, instruction: Unnamed) -> Claim:
    """HVC is taken to EL2, SVC to the level above, and SMC is UNDEFINED, as EL2 controls them.

    HVC is UNDEFINED at EL0 and with HCD. SVC is taken to EL2 from an EL0 with TGE, and where it is trapped, before it
    is taken. A guest hypervisor's SMC is trapped by TSC. The immediate is in ISS.
    """
    machine = at(machine, el)
    imm16 = instruction.imm16
    hvc = hypervisor_call(Unnamed(Kind.HVC, imm16), machine)
    svc = supervisor_call(Unnamed(Kind.SVC, imm16), machine)
    smc = monitor_call(Unnamed(Kind.SMC, imm16), machine)
    hvc_summary, svc_summary, smc_summary = summary(hvc), summary(svc), summary(smc)
    allowed = (el != 0) & negation(HCR_EL2.HCD(machine.HCR_EL2))
    trapped = (el == 1) & ((NVx(machine) & 1) != 0) & HCR_EL2.TSC(machine.HCR_EL2)
    level = 2 if el == 2 else 1
    to_EL2 = (el == 0) & HCR_EL2.TGE(machine.HCR_EL2)
    fine = machine.features.FEAT_FGT & (
        (el == 0) & (bits(machine.HFGITR_EL2, 52, 52) == 1) & negation(host_EL0(machine))
        | (el == 1) & (bits(machine.HFGITR_EL2, 53, 53) == 1)
    )
    immediate = every(
        implies(hvc_summary.kind == Outcome.TRAP, bits(hvc_summary.value, 15, 0) == imm16),
        bits(svc_summary.value, 15, 0) == imm16,
        implies(smc_summary.kind == Outcome.TRAP, bits(smc_summary.value, 15, 0) == imm16),
    )
    return Claim(
        True,
        trapped if el == 1 else True,
        every(
            implies(allowed, taken(hvc_summary, 2, 0x16)),
            implies(negation(allowed), hvc_summary.kind == Outcome.UNDEFINED),
            implies(trapped, taken(smc_summary, 2, 0x17)),
            implies(negation(trapped), smc_summary.kind == Outcome.UNDEFINED),
            implies(fine, taken(svc_summary, 2, 0x15) & (svc.elr_offset == 0)),
            implies(negation(fine), svc.elr_offset == 4),
            implies(negation(fine) & negation(to_EL2), taken(svc_summary, level, 0x15)),
            implies(to_EL2, taken(svc_summary, 2, 0x15)),
            immediate,
        ),
    )


@theorem(el=LEVELS)
def a_breakpoint_instruction_follows_debug_exceptions(el: int, machine: Machine) -> Claim:
    """BRK is taken to EL2 from EL2, with MDCR_EL2.TDE, and from EL0 with TGE; otherwise to EL1."""
    machine = at(machine, el)
    got = summary(breakpoint_instruction(Unnamed(Kind.BRK), machine))
    to_EL2 = some(el == 2, bits(machine.MDCR_EL2, 8, 8) == 1, (el == 0) & HCR_EL2.TGE(machine.HCR_EL2))
    return Claim(
        True,
        to_EL2,
        every(implies(to_EL2, taken(got, 2, 0x3C)), implies(negation(to_EL2), taken(got, 1, 0x3C))),
    )


@theorem(el=LEVELS)
def the_vector_units_are_checked_in_order(el: int, machine: Machine) -> Claim:
    """SVE and SME instructions are executed only where floating-point ones are.

    They are refused with a class of their own, with the one of floating-point, or as UNDEFINED.
    """
    machine = at(machine, el)
    fp, sve, sme = (
        summary(floating_point(machine)),
        summary(scalable_vector(machine)),
        summary(scalable_matrix(machine)),
    )

    def refused(one: Summary, *classes: int) -> bool:
        known = some(*(bits(one.value, 31, 26) == ec for ec in classes))
        return implies(one.kind == Outcome.TRAP, known)

    return Claim(
        True,
        sve.kind == Outcome.TRAP,
        every(
            implies(sve.kind == Outcome.EXECUTED, fp.kind == Outcome.EXECUTED),
            implies(sme.kind == Outcome.EXECUTED, fp.kind == Outcome.EXECUTED),
            refused(fp, 0x07),
            refused(sve, 0x07, 0x19),
            refused(sme, 0x07, 0x1D),
            implies(fp.kind == Outcome.UNDEFINED, (fp.el == 2) & (el == 0)),
        ),
    )


@theorem()
def the_EL0_of_a_host_ignores_CPACR_EL1(machine: Machine, CPACR: Bits64) -> Claim:
    """Floating-point, SVE and SME of the EL0 of a host depend on CPTR_EL2 and not on CPACR_EL1."""
    machine = at(machine, 0)
    changed = at(machine, 0, CPACR_EL1=CPACR)
    alike = [
        same(summary(rule(machine)), summary(rule(changed)))
        for rule in (floating_point, scalable_vector, scalable_matrix)
    ]
    return Claim(host_EL0(machine), True, every(*alike))


@theorem(kind=KEYS, el=LEVELS)
def API_traps_pointer_authentication_of_guests(kind: Kind, el: int, machine: Machine) -> Claim:
    """A use of pointer authentication is trapped to EL2 if and only if it is a guest's and API is 0.

    Its key is enabled; with the key disabled it is executed.
    """
    machine = at(machine, el)
    got = summary(authentication(Unnamed(kind), machine))
    of_guest = (el == 1) | ((el == 0) & negation(host_EL0(machine)))
    wanted = of_guest & negation(HCR_EL2.API(machine.HCR_EL2)) & key_is_enabled(kind, machine)
    return Claim(
        machine.features.FEAT_PAuth,
        wanted if el < 2 else True,
        every(implies(wanted, taken(got, 2, 0x09)), implies(negation(wanted), got.kind == Outcome.EXECUTED)),
    )


BLOCKS = {
    Kind.LD64B: (SCTLR_EL1.EnALS, HCRX_EL2.EnALS, 2, "FEAT_LS64"),
    Kind.ST64BV: (SCTLR_EL1.EnASR, HCRX_EL2.EnASR, 0, "FEAT_LS64_V"),
    Kind.ST64BV0: (SCTLR_EL1.EnAS0, HCRX_EL2.EnAS0, 1, "FEAT_LS64_ACCDATA"),
}
"""The loads and stores of 64 bytes: the fields that enable one, its ISS, and its feature."""


@theorem(kind=tuple(BLOCKS), el=LEVELS)
def a_load_or_store_of_64_bytes_traps_to_EL2_exactly_for_guests(kind: Kind, el: int, machine: Machine) -> Claim:
    """A load or store of 64 bytes is trapped to EL2 if and only if it is a guest's and HCRX_EL2 does not enable it.

    It is there, and SCTLR_ELx of EL0 enables it: otherwise an EL0 is trapped before, to EL1, or with TGE to EL2. ISS
    says which it is.
    """
    of_EL0, of_EL2, iss, feature = BLOCKS[kind]
    machine = at(machine, el)
    got = summary(block_access(Unnamed(kind), machine))
    SCTLR = machine.SCTLR_EL2 if host_EL0(machine) else machine.SCTLR_EL1
    refused = (el == 0) & negation(of_EL0(SCTLR))
    of_guest = (el == 1) | ((el == 0) & negation(host_EL0(machine)))
    enabled = machine.features.FEAT_HCX & of_EL2(machine.HCRX_EL2)
    wanted = every(of_guest, negation(enabled), negation(refused))
    level = 2 if HCR_EL2.TGE(machine.HCR_EL2) else 1
    holds = every(
        implies(refused, taken(got, level, 0x0A)),
        implies(wanted, taken(got, 2, 0x0A)),
        implies(got.kind == Outcome.TRAP, bits(got.value, 24, 0) == iss),
        implies(negation(refused | wanted), got.kind == Outcome.EXECUTED),
    )
    return Claim(getattr(machine.features, feature), wanted if el < 2 else True, holds)


@theorem(el=LEVELS)
def MSCEn_makes_memory_operations_UNDEFINED(el: int, machine: Machine) -> Claim:
    """A memory copy or memory set is UNDEFINED if and only if HCRX_EL2.MSCEn is 0 for a guest, or SCTLR_ELx's for EL0.

    Or without FEAT_MOPS. No trap keeps anybody from it.
    """
    machine = at(machine, el)
    got, features = summary(memory_operation(machine)), machine.features
    of_host = (el == 0) & host_EL0(machine)
    SCTLR = machine.SCTLR_EL2 if of_host else machine.SCTLR_EL1
    by_EL2 = negation(features.FEAT_HCX & HCRX_EL2.MSCEn(machine.HCRX_EL2)) & negation(of_host) & (el < 2)
    refused = some(negation(features.FEAT_MOPS), by_EL2, (el == 0) & negation(SCTLR_EL1.MSCEn(SCTLR)))
    wanted = Outcome.UNDEFINED if refused else Outcome.EXECUTED
    return Claim(True, by_EL2 if el < 2 else True, got.kind == wanted)
