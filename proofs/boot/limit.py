"""Theorems of what EL1 cannot do for itself: the induction over the steps of EL1 and EL0, and what FEAT_NV changes.

The induction is: every instruction of EL1 and EL0 has a harmless outcome, every step with a harmless outcome leaves EL2
to its owner, and while it is the owner's CurrentEL tells EL1 that it is EL1.
"""

import attrs

from proofs.access.setting import accessors, at, of_every, tried
from proofs.engine.theorem import Claim, theorem
from spec.access.accessor import Accessor
from spec.access.execution import Kind, Unnamed, execute
from spec.access.instruction import Form
from spec.access.machine import Machine, NVx, host_EL0
from spec.access.outcome import Kind as OutcomeKind
from spec.access.outcome import Outcome, Summary, Trap, summary
from spec.boot.limit import World, after_instruction, after_interrupt, after_return, after_store, is_of_owner
from spec.boot.paravirtual import is_of_EL2
from spec.exceptions.branch import branch_address
from spec.exceptions.state import State, is_reachable
from spec.features import Features
from spec.hcr import effective_NVx
from spec.lang import Bits2, Bits64, bits, every, implies, negation
from spec.pstate import CurrentEL_of
from spec.sysregs.exceptions import VBAR_EL2
from spec.sysregs.special import CurrentEL

FORMS = tuple(Form)
"""Every form of instruction that names something."""
BELOW = (0, 1)
"""The Exception levels below EL2."""
WRITTEN_BY_EXCEPTIONS = ("ESR_EL2", "ELR_EL2", "SPSR_EL2", "FAR_EL2", "HPFAR_EL2")
"""The registers of EL2 that its exceptions write, by which they tell the owner what happened."""
OF_OWNER = tuple(
    one.name for one in attrs.fields(State) if one.name.endswith("_EL2") and one.name not in WRITTEN_BY_EXCEPTIONS
)
"""The other registers of EL2 among those of exceptions: HCR_EL2, VBAR_EL2, SCTLR_EL2 and more."""


def is_kept(world: World, after: World, features: Features) -> bool:
    """Return whether a step left EL2 to its owner: as it was, and executed, if at all, from the owner's vectors on."""
    state = after.state
    base = branch_address(VBAR_EL2.VBA.insert(0, VBAR_EL2.VBA(world.state.VBAR_EL2)), state, 2, features)
    return every(
        implies(world.is_intact, after.is_intact),
        *(getattr(world.state, name) == getattr(state, name) for name in OF_OWNER),
        (state.PSTATE.EL < 2) | (bits(state.PC, 63, 11) == bits(base, 63, 11)),
    )


def is_below(world: World, features: Features) -> bool:
    """Return whether a world is at EL1 or EL0, in a state that a PE can be in, and no guest hypervisor's."""
    state = world.state
    no_NV = (effective_NVx(state.HCR_EL2, features) & 0b001) == 0
    return every(state.PSTATE.EL < 2, is_reachable(state, features), no_NV)


def is_harmless(one: Summary) -> bool:
    """Return whether an outcome reaches neither a register nor memory of EL2, and an exception goes to EL1 or EL2."""
    executed = one.kind == OutcomeKind.EXECUTED
    raised = (one.kind == OutcomeKind.TRAP) | (one.kind == OutcomeKind.UNDEFINED)
    return every(
        implies(executed, negation(is_of_owner(bits(one.value, 16, 0)))),
        one.kind != OutcomeKind.MEMORY,
        implies(raised, (one.el == 1) | (one.el == 2)),
    )


def representatives(form: Form) -> list[Accessor]:
    """Return an accessor of each way to reach a register: by level, redirection, and which of its registers are EL2's.

    What traps it is left aside, but for whether anything does: a trap is taken to EL1 or EL2, whichever control it is
    (``access.outcomes``).
    """
    found: dict[object, Accessor] = {}
    for one in accessors(form):
        registers = (one.register, one.host_EL0_register, one.EL1_register, one.virtual)
        reached = tuple((register != 0, is_of_owner(register)) for register in registers)
        flags = (one.for_guest_hypervisor, one.is_alias, one.is_identification, one.needs_selected_SP)
        redirection = (one.slot, one.unbanked_slot, one.is_banked, one.group, one.selected_from != 0)
        found.setdefault((one.level, bool(one.controls), reached, flags, redirection), one)
    return list(found.values())


@theorem(form=FORMS, el=BELOW)
def no_access_from_below_reaches_EL2(form: Form, el: int, machine: Machine) -> Claim:
    """Without NV no MRS, MSR or SYS of EL1 or EL0 reaches a register or an operation of EL2, nor EL2's memory.

    What is not executed is UNDEFINED or trapped, to EL1 or EL2. The EL0 of a host is EL2's own, and none of EL1's.
    """
    machine = at(machine, el)
    given = ((NVx(machine) & 0b001) == 0) & negation((el == 0) & host_EL0(machine))

    chosen = representatives(form)
    of_EL2 = any(one.level == 2 for one in chosen)
    return of_every(chosen, lambda one: (not of_EL2 or one.level == 2, is_harmless(tried(one, machine))), given)


@theorem(kind=tuple(Kind))
def no_other_instruction_from_below_reaches_EL2(kind: Kind, machine: Machine, instruction: Unnamed) -> Claim:
    """Without NV every instruction that names no register is executed at its level, or takes an exception upwards."""
    one = Unnamed(kind, instruction.imm16, instruction.Rt)
    given = ((NVx(machine) & 0b001) == 0) & negation(host_EL0(machine))
    holds = every(*(is_harmless(summary(execute(one, at(machine, el)))) for el in BELOW))
    return Claim(given, True, holds)


@theorem()
def an_instruction_from_below_leaves_EL2_to_its_owner(world: World, outcome: Outcome, features: Features) -> Claim:
    """A step by an instruction with a harmless outcome keeps EL2: unchanged, and entered at its vectors."""
    after = after_instruction(world, outcome, features)
    called = isinstance(outcome, Trap) & (after.state.PSTATE.EL == 2)
    return Claim(is_below(world, features) & is_harmless(summary(outcome)), called, is_kept(world, after, features))


@theorem()
def a_store_from_below_leaves_EL2_to_its_owner(world: World, to_EL2: bool, features: Features) -> Claim:
    """A store keeps EL2, if the translation lets EL1 store to none of EL2's code, vectors and tables."""
    after = after_store(world, to_EL2)
    return Claim(is_below(world, features) & negation(to_EL2), True, is_kept(world, after, features))


@theorem()
def a_return_from_below_leaves_EL2_to_its_owner(world: World, features: Features) -> Claim:
    """An exception return at EL1 keeps EL2: whatever SPSR_EL1 says, it is to EL1 or EL0, or illegal."""
    after = after_return(world, features)
    asks_for_EL2 = bits(world.state.SPSR_EL1, 4, 2) == 0b010
    at_EL1 = world.state.PSTATE.EL == 1
    below = after.state.PSTATE.EL < 2
    return Claim(is_below(world, features) & at_EL1, asks_for_EL2, is_kept(world, after, features) & below)


@theorem()
def an_interrupt_from_below_leaves_EL2_to_its_owner(
    world: World, target: Bits2, preferred: Bits64, features: Features
) -> Claim:
    """An interrupt keeps EL2, wherever it is taken: EL2 goes on at its owner's vectors."""
    after = after_interrupt(world, target, preferred, features)
    return Claim(
        is_below(world, features) & ((target == 1) | (target == 2)), target == 2, is_kept(world, after, features)
    )


@theorem()
def EL1_is_told_that_it_is_EL1(state: State, features: Features) -> Claim:
    """Without NV a kernel at EL1 reads EL1 in CurrentEL: nothing makes it believe that it is at EL2."""
    no_NV = (effective_NVx(state.HCR_EL2, features) & 0b001) == 0
    told = CurrentEL.EL(CurrentEL_of(state.PSTATE, state.HCR_EL2, features))
    return Claim((state.PSTATE.EL == 1) & no_NV, True, told == 1)


@theorem(form=(Form.MRS, Form.MSR, Form.SYS))
def with_NV_a_kernel_at_EL1_believes_that_it_is_at_EL2(form: Form, machine: Machine, state: State) -> Claim:
    """With HCR_EL2.NV = 1 a kernel at EL1 reads EL2 in CurrentEL, and no register of EL2 that there is is UNDEFINED.

    So the limit is one of the architecture before FEAT_NV.
    """
    machine = at(machine, 1)
    told = CurrentEL.EL(CurrentEL_of(state.PSTATE, machine.HCR_EL2, machine.features))
    given = ((NVx(machine) & 0b001) != 0) & (state.PSTATE.EL == 1)

    def conclusion(one: Accessor) -> tuple[bool, bool]:
        there = one.is_implemented(machine.features)
        got = tried(one, machine)
        return there, (told == 2) & implies(there, got.kind != OutcomeKind.UNDEFINED)

    chosen = [one for one in representatives(form) if one.for_guest_hypervisor and is_of_EL2(one.encoding)]
    return of_every(chosen, conclusion, given)
