"""Theorems of outcomes: every access has exactly one, and its syndrome is the instruction."""

from proofs.access.setting import FORMS, LEVELS, Rt, at, classes, is_exception, of_every, tried
from proofs.engine.theorem import Claim, theorem
from spec.access.accessor import Accessor, Slot
from spec.access.control import ExceptionClass
from spec.access.instruction import Form, Instruction, system_syndrome
from spec.access.machine import Machine
from spec.access.outcome import Kind
from spec.lang import bits, every, implies, negation, some

CLASSES = (
    ExceptionClass.FP,
    ExceptionClass.SYSTEM,
    ExceptionClass.SVE,
    ExceptionClass.SME,
    ExceptionClass.GCS,
)
"""The exception classes of a trapped access."""


@theorem(form=FORMS, el=LEVELS)
def every_access_has_one_outcome(form: Form, el: int, machine: Machine, Rt: Rt) -> Claim:
    """An access takes one exception, to EL1 or EL2, or reaches the slot of its register, or a register.

    The exception is never for a lower Exception level than its own, and has the syndrome of its class; the slot is
    reached from EL1 alone.
    """
    machine = at(machine, el)

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        got = tried(one, machine, Rt)
        esr = got.value
        of_a_class = some(*(bits(esr, 31, 26) == ec.value for ec in CLASSES))
        right_syndrome = every(
            of_a_class,
            bits(esr, 25, 25) == 1,
            bits(esr, 63, 32) == 0,
            implies(
                bits(esr, 31, 26) == ExceptionClass.SYSTEM.value,
                esr == system_syndrome(Instruction(one.form, one.encoding, Rt)),
            ),
        )
        upwards = (got.el == 2) | ((got.el == 1) & (el < 2))
        in_the_page = (el == 1) & (got.value == one.offset) & (one.slot != Slot.NONE)
        return got.kind == Kind.TRAP, every(
            implies(got.kind == Kind.TRAP, right_syndrome),
            implies(is_exception(got), upwards),
            implies(negation(is_exception(got)), got.el == 0),
            implies(got.kind == Kind.MEMORY, in_the_page),
            implies(got.kind == Kind.EXECUTED, some(*(got.value == register for register in reachable(one)))),
        )

    return of_every(classes(form), holds_of)


def reachable(one: Accessor) -> list[int]:
    """Return the registers that a name may reach: its own, and those that it is redirected to."""
    named = (one.register, one.E2H_register, one.host_EL0_register, one.EL1_register, one.NV2_register, one.virtual)
    selected = [one.selected_from + number for number in range(32)] if one.selected_from else []
    return [register for register in named if register] + selected


@theorem(form=FORMS)
def the_syndrome_is_the_instruction_bit_by_bit(form: Form, instruction: Instruction) -> Claim:
    """The ISS of a trapped MSR, MRS or System instruction is the instruction.

    Its op0, op2, op1, CRn, Rt, CRm and direction are in the places where a hypervisor looks for them.
    """
    given = instruction.form == form
    esr, number = system_syndrome(instruction), instruction.encoding
    iss = bits(esr, 24, 0)
    places = every(
        bits(iss, 21, 20) == bits(number, 15, 14),
        bits(iss, 19, 17) == bits(number, 2, 0),
        bits(iss, 16, 14) == bits(number, 13, 11),
        bits(iss, 13, 10) == bits(number, 10, 7),
        bits(iss, 9, 5) == instruction.Rt,
        bits(iss, 4, 1) == bits(number, 6, 3),
        bits(iss, 0, 0) == (1 if form == Form.MRS else 0),
        bits(iss, 24, 22) == 0,
    )
    return Claim(given, True, places & (bits(esr, 63, 25) == (ExceptionClass.SYSTEM.value << 1 | 1)))
