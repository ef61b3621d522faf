"""Steps: one exit as the rules of the host hypervisor handled it, from the syndrome to what becomes of the instruction.

:func:`follow` runs the specification's own :func:`~spec.nested.host_step.handled` and orders the recorded calls
(:mod:`nvspec.calls`). What an MSR writes is not in the syndrome: it is taken to be 0, and nothing that is said depends
on it.
"""

from collections.abc import Iterator

import attrs

from nvspec.access_steps import Finding, finding, of_control, said
from nvspec.assembler import register_name, written
from nvspec.calls import Call, record
from nvspec.exit_aborts import AbortFound, abort_found, named
from nvspec.exits import ADDRESS, BLOCK_ACCESSES, CALLS, INSTRUCTIONS, Exit
from spec.access.allocation import ALLOCATED
from spec.access.control import Control, ExceptionClass, Taker, trap, trap_unless
from spec.access.controls.floating_point import FLOATING_POINT_CONTROLS
from spec.access.execution import Kind, Unnamed
from spec.access.instruction import Form, Instruction
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined
from spec.boot.paravirtual import Return, Told
from spec.hcr import effective_E2H
from spec.mmu.tlbi import Issuer, invalidation
from spec.mmu.tlbi_operation import Kind as TLBIKind
from spec.mmu.tlbi_operation import operation_of
from spec.nested.architecture import Stepped
from spec.nested.caches import after_set_and_way, is_by_set_and_way
from spec.nested.controls import Controls
from spec.nested.exception_step import is_handed_on
from spec.nested.forwarding import Verdict, open_controls
from spec.nested.host_step import Host, handled, stood_for, with_PC
from spec.nested.injection import address_of_instruction, handed_on
from spec.nested.injection import taken as injected
from spec.nested.residence import NAMES, PAIRS, InHardware, InPage, is_translated, residence
from spec.nested.switch import enter
from spec.nested.tlbi_emulation import concerns_own_regime, kind_in_hardware
from spec.nested.vcpu import VCPU, Context, value_of
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.fine_grained import HFGITR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.syndrome import CLASSES, CallISS, WFxISS

WANTS = {
    ExceptionClass.ERET: (trap(HCR_EL2.NV), trap(HFGITR_EL2.ERET)),
    ExceptionClass.SMC: (trap(HCR_EL2.TSC),),
    ExceptionClass.PAC: (trap_unless(HCR_EL2.API),),
    **{
        ec: tuple(one for one in FLOATING_POINT_CONTROLS if one.ec == ec and one.taker == Taker.EL2)
        for ec in (ExceptionClass.FP, ExceptionClass.SVE, ExceptionClass.SME)
    },
}
"""The controls of the guest hypervisor that trap an instruction which names no register, by its class."""
RETURNS = {
    Return(False, False): Kind.ERET,
    Return(True, False): Kind.ERETAA,
    Return(True, True): Kind.ERETAB,
    # ERETA means nothing where ERET is 0.
    Return(False, True): Kind.ERET,
}
"""The exception returns, by what a syndrome tells of them."""
MEMORY_COPY = 0x27
"""The class of the exceptions of memory copies and sets."""
WAITS = (Kind.WFI, Kind.WFE, Kind.WFIT, Kind.WFET)
"""The instructions that wait, in the order of ISS.TI."""


@attrs.frozen
class Taken:
    """The virtual machine takes an exception."""

    kind: str
    """``forwarded`` of a trap that the guest hypervisor wants, ``taken`` or ``undefined``."""
    el: int
    """The Exception level that takes it."""
    esr: int
    """ESR_ELx of that Exception level: 64 bits."""
    vector: int
    """The vector, from VBAR_ELx: bytes."""
    elr_offset: int
    """How far behind the instruction ELR_ELx is: bytes."""


@attrs.frozen
class Emulated:
    """L0 does what the instruction does."""

    does: str
    """What, in words."""
    register: str = ""
    """The register that it reads or writes; empty of an operation, and of memory."""
    lives: str = ""
    """Where that register lives."""


@attrs.frozen
class Done:
    """L0 does something else."""

    kind: str
    """``returned``, ``answered`` or ``resolved``."""
    says: str
    """What, in words."""


@attrs.frozen
class ExitSteps:
    """One exit."""

    exit: Exit
    """The exit."""
    what: str
    """What the syndrome tells of."""
    rules: tuple[Finding, ...]
    """What the rules of the host hypervisor said, in order."""
    controls: tuple[Finding, ...]
    """What the guest hypervisor's controls said that were asked."""
    outcome: Taken | Emulated | Done | AbortFound
    """What L0 does."""


def follow(one: Exit) -> ExitSteps:
    """Handle an exit, and return the steps."""
    if is_handed_on(one.esr):
        return _handed_on(one)
    if one.ec not in INSTRUCTIONS:
        found = abort_found(one)
        return ExitSteps(one, found.what, found.rules, (), found)
    calls = _handled(one)
    instruction = told_of(one)
    if isinstance(instruction, Instruction):
        return _of_register(one, instruction, calls)
    return _of_no_register(one, next(call for call in calls if call.name == "nested.host_step.resolved"))


def _handled(one: Exit) -> tuple[Call, ...]:
    """Return the rules that L0 calls for an exit."""
    own = Controls(*(0 for _ in attrs.fields(Controls)))
    hardware = enter(one.vcpu, own, 0, one.configuration)
    # ELR_EL2 is behind the instruction where that is a call.
    elr = 2 * ADDRESS - address_of_instruction(one.esr, ADDRESS)
    return record(handled, with_PC(hardware, elr), one.esr, 0, Host(own, 0, one.machine), one.configuration)[1]


def told_of(one: Exit) -> Told:
    """Return the instruction of EL2 of which the syndrome of an exit tells."""
    return stood_for(one.esr, one.context, one.configuration)


def taken(kind: str, vcpu: VCPU) -> Taken:
    """Return the exception that a PE has just taken."""
    el = vcpu.state.PSTATE.EL
    esr, elr = value_of(vcpu, f"ESR_EL{el}"), value_of(vcpu, f"ELR_EL{el}")
    return Taken(kind, el, esr, vcpu.state.PC & 0x7FF, elr - ADDRESS)


# -- MRS, MSR and SYS ------------------------------------------------------------------------------------------------


def _of_register(one: Exit, instruction: Instruction, calls: tuple[Call, ...]) -> ExitSteps:
    """Return the steps of an exit of an instruction that names a register or an operation."""
    # Looked up before anything is recorded, since an accessor is made when it is first asked for.
    accessor = ALLOCATED[instruction.form][instruction.encoding]
    (root,) = (call for call in calls if call.name == "nested.architecture.performed")
    outcome: Outcome = root.arguments["outcome"]
    asked = [call for call in calls if call.name.startswith(("nested.forwarding.", "access.unallocated."))]
    rules = [named("nested.host_step.stood_for", written(instruction)), *map(finding, asked)]
    controls: tuple[Finding, ...] = ()
    if accessor is not None and accessor.is_implemented(one.machine.features):
        controls = tuple(_asked(one, asked[0]))
    found: Taken | Emulated
    if isinstance(outcome, Trap | Undefined):
        kind = "forwarded" if one.context == Context.GUEST and isinstance(outcome, Trap) else "taken"
        found = taken("undefined" if isinstance(outcome, Undefined) else kind, root.result.vcpu)
    else:
        found = _emulated(one, outcome, reads=instruction.form == Form.MRS)
        if isinstance(outcome, Executed) and outcome.register in NAMES:
            rules.append(named("nested.residence.residence", found.lives))
        elif accessor is not None and accessor.name.startswith("TLBI ") and one.context == Context.HYPERVISOR:
            rules.append(_invalidated(one, accessor.name.removeprefix("TLBI ")))
        elif is_by_set_and_way(instruction):
            found, rule = _by_set_and_way(one)
            rules.append(rule)
    return ExitSteps(one, written(instruction), tuple(rules), controls, found)


def _asked(one: Exit, root: Call) -> Iterator[Finding]:
    """Yield what the guest hypervisor's controls said that were asked, up to the one that traps."""
    el, context = one.machine.el, one.context
    trapped = root.first("access.exception.trapped")
    reached = root.first("access.decision.reached") or el < root.arguments["accessor"].level
    if trapped is None and not reached:
        return
    for control in open_controls(root.arguments["accessor"], el, context == Context.HOST_EL0):
        traps = trapped is not None and trapped.arguments["control"] is control
        yield of_control(control, one.machine, traps=traps)
        if traps:
            return


def _emulated(one: Exit, outcome: Executed | NVMem, *, reads: bool) -> Emulated:
    """Return what an instruction does that L0 emulates, and where its register lives."""
    verb = "reads" if reads else "writes"
    if isinstance(outcome, NVMem):
        return Emulated(f"L0 {verb} memory at the virtual VNCR_EL2.BADDR + {outcome.offset:#x}")
    if outcome.register >> 14 == 0b01:
        return Emulated(f"L0 does it: {said(outcome)}")
    name = register_name(outcome.register)
    lives = place(name, outcome.register, one) if outcome.register in NAMES else "where no context switch moves it"
    return Emulated(f"L0 {verb} {name}, {lives}", name, lives)


def place(name: str, number: int, one: Exit) -> str:
    """Return where a register that moves lives in the context of an exit, in words."""
    way, E2H = one.configuration.way, effective_E2H(one.machine.HCR_EL2, one.configuration.guest)
    found = residence(number, one.context, way, E2H)
    if isinstance(found, InHardware):
        return f"in {register_name(found.register)} of the hardware"
    if isinstance(found, InPage):
        return f"in the page, at {found.offset:#x}"
    if one.context != Context.GUEST and is_translated(name, way, E2H):
        return f"in L0's memory, with a translated copy in the hardware's {PAIRS[name]}"
    return "in L0's memory"


def _by_set_and_way(one: Exit) -> tuple[Emulated, Finding]:
    """Return what L0 does for cache maintenance by set and way, where its own TVM and FWB are 0."""
    done = after_set_and_way(0, one.configuration.host)
    says = "cleans and invalidates all memory of the machine, and sets its own HCR_EL2.TVM"
    return Emulated(f"L0 {says}"), named("nested.caches.after_set_and_way", f"cleans: {'yes' if done.cleans else 'no'}")


def _invalidated(one: Exit, name: str) -> Finding:
    """Return what a TLBI of the guest hypervisor is about."""
    values, features = one.registers, one.configuration.guest
    issuer = Issuer(2, one.machine.HCR_EL2, values.get("VTTBR_EL2", 0), values.get("VTCR_EL2", 0))
    asked = invalidation(operation_of(name), 0, issuer, features)
    kind = kind_in_hardware(asked).name
    if concerns_own_regime(asked):
        says = f"its own regime: the hardware's {kind} of EL1&0, under the canonical VMID"
        return named("nested.tlbi_emulation.for_own_regime", says)
    whose = "every shadow context" if asked.kind == TLBIKind.ALL else f"each shadow context of VMID {asked.VMID}"
    how = "of each leaf that goes, " if asked.kind == TLBIKind.IPAS2 else ""
    says = f"{whose}: the hardware's {kind}, {how}under the VMID of the context"
    return named("nested.tlbi_emulation.concerns_context", says)


# -- exceptions that are no traps -------------------------------------------------------------------------------------


def _handed_on(one: Exit) -> ExitSteps:
    """Return the steps of an exit of an exception that the virtual machine takes itself."""
    # The address that the hardware reported is not looked at.
    vcpu = injected(handed_on(one.esr, 0), one.vcpu, one.configuration)
    by = f"to the virtual EL{vcpu.state.PSTATE.EL}"
    rules = (named("nested.exception_step.is_handed_on", "yes"), named("exceptions.routing.synchronous_target", by))
    asked: tuple[Finding, ...] = ()
    if one.context == Context.GUEST:
        control = trap(HCRX_EL2.MCE2 if one.ec == MEMORY_COPY else MDCR_EL2.TDE)
        asked = (of_control(control, one.machine, traps=bool(control.is_trapping(one.machine))),)
    what = instruction_of(one) if one.ec in INSTRUCTIONS else CLASSES[one.ec].name
    return ExitSteps(one, what, rules, asked, taken("taken", vcpu))


# -- instructions that name no register ------------------------------------------------------------------------------


def _of_no_register(one: Exit, root: Call) -> ExitSteps:
    """Return the steps of an exit of an instruction that names no register."""
    (decided,) = (call for call in root.inner if call.name == "nested.forwarding.verdict")
    answer: Verdict = decided.result
    # Outside a guest nobody asks what the guest hypervisor wants of one.
    inner = tuple(finding(decided).inner) if one.context == Context.GUEST else ()
    returns = root.first("nested.host_step.is_return")
    rules = [named("nested.host_step.stood_for", what := instruction_of(one))]
    if returns is not None and returns.result:
        answer = Verdict.RETURNED
        rules.append(named(returns.name, "yes"))
    else:
        rules.append(Finding(decided.name, VERDICTS[answer], decided.rule.source, inner))
    asked = wanting(one) if one.context == Context.GUEST else ()
    controls = tuple(
        of_control(control, one.machine, traps=bool(control.is_trapping(one.machine))) for control in asked
    )
    stepped: Stepped = root.result
    if answer in (Verdict.FORWARDED, Verdict.TAKEN, Verdict.UNDEFINED):
        return ExitSteps(one, what, tuple(rules), controls, taken(answer.name.lower(), stepped.vcpu))
    says = _returned(one, stepped) if answer == Verdict.RETURNED else VERDICTS[answer]
    return ExitSteps(one, what, tuple(rules), controls, Done(answer.name.lower(), says))


VERDICTS = {
    Verdict.FORWARDED: "the guest hypervisor takes the trap",
    Verdict.TAKEN: "the virtual machine takes the exception that the instruction is for",
    Verdict.RETURNED: "the guest hypervisor returns from an exception",
    Verdict.ANSWERED: "L0 answers in place of the firmware of EL3, and goes on behind the instruction",
    Verdict.UNDEFINED: "the instruction is UNDEFINED",
    Verdict.RESOLVED: "L0 alone trapped it: L0 removes what hindered the instruction, which is executed again",
}
"""The verdicts in words."""


def _returned(one: Exit, stepped: Stepped) -> str:
    """Return where an exception return leads, as far as the registers that were given say."""
    if "SPSR_EL2" not in one.registers:
        return "to ELR_EL2, with the PSTATE of SPSR_EL2"
    state = stepped.vcpu.state
    if state.PC == ADDRESS:
        return "to AArch32 state, which is not modelled"
    illegal = ", an illegal return: PSTATE.IL is 1" if state.PSTATE.IL else ""
    return f"to ELR_EL2 at the virtual EL{state.PSTATE.EL}{illegal}"


def wanting(one: Exit) -> tuple[Control, ...]:
    """Return the controls of the guest hypervisor that trap the instruction of an exit, which names no register."""
    ec = ExceptionClass(one.ec)
    if ec == ExceptionClass.WFX:
        return (trap(HCR_EL2.TWE if WFxISS.TI(ESR_EL2.ISS(one.esr)) & 1 else HCR_EL2.TWI),)
    if ec == ExceptionClass.SVC:
        return (trap(HFGITR_EL2.SVC_EL1 if one.machine.el else HFGITR_EL2.SVC_EL0),)
    if ec == ExceptionClass.LS64:
        return (trap_unless(BLOCK_ACCESSES[ESR_EL2.ISS(one.esr)][1]),)
    return WANTS.get(ec, ())


def instruction_of(one: Exit) -> str:
    """Return the instruction that a syndrome tells of, which names no register."""
    ec, iss = ExceptionClass(one.ec), ESR_EL2.ISS(one.esr)
    if ec == ExceptionClass.WFX:
        return WAITS[WFxISS.TI(iss)].name
    told = told_of(one)
    if isinstance(told, Return):
        stands = f", by {written(Unnamed(Kind.HVC, CallISS.imm16(iss)))}" if ec == ExceptionClass.HVC else ""
        return RETURNS[told].name + stands
    if ec in CALLS:
        return written(Unnamed(Kind[ec.name], CallISS.imm16(iss)))
    if ec == ExceptionClass.LS64:
        return written(Unnamed(BLOCK_ACCESSES[iss][0]))
    return CLASSES[ec].name
