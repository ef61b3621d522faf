"""The equivalence of a virtual machine with its architecture: its parts, where it is claimed, and what may differ."""

import inspect

from markup import Text, literal, sentence
from pages import place
from status import Status
from theorems import linked

from proofs.engine.theorem import Theorem
from proofs.nested.forwarding import PLACES
from spec.nested import differences
from spec.nested.vcpu import Context

PARTS = {
    "decides an MRS, an MSR or a System instruction": "forwarding.a_virtual_machine_sees_what_its_architecture_does",
    "decides another instruction": "forwarding.its_calls_waits_and_returns_trap_as_on_a_real_EL2",
    "reads or writes a register or the page": "host_step.a_register_is_written_where_it_lives",
    "takes what is no trap": "exception_step.an_exception_goes_where_the_virtual_machine_takes_it",
    "takes an exception to EL1": "host_step.an_exception_to_EL1_is_that_of_the_virtual_machine",
    "returns from EL1": "host_step.a_return_from_EL1_is_that_of_the_virtual_machine",
    "is asked for a translation": "accesses.stage_1_is_asked_for_the_same",
    "translates an access of a host": "accesses.a_host_is_translated_in_EL1_as_in_EL2",
    "translates an access of no host": "translated.an_EL2_of_no_host_is_translated_in_EL1_as_in_EL2",
    "takes an instruction to L0": "host_step.L0_does_for_an_instruction_what_its_architecture_does",
    "exits to L0, and is entered again": "switch.what_is_entered_is_left_unchanged",
    "is in a reachable state after an exit": "host_step.every_exit_ends_in_a_state_that_machines_reach",
}
"""What the hardware does with an instruction, and the theorem about that."""
WHO = {
    Context.HYPERVISOR: "the guest hypervisor",
    Context.HOST_EL0: "its EL0, as a host",
    Context.GUEST: "its guest",
}
"""The contexts in words."""


def _row(what: str, theorem: Theorem, status: Status) -> tuple[str, ...]:
    return (*((what,) if what else ()), f"{linked(theorem)}\n\n{theorem.statement}", status.summary(theorem))


def parts(status: Status) -> str:
    """Return the parts of the equivalence, theorem by theorem, and their status."""
    text = Text()
    rows = [_row(what, status.theorems[f"nested.{name}"], status) for what, name in PARTS.items()]
    text.table(("The hardware", "Theorem", "Status"), rows, kind="theorems", widths="20 60 20")
    return str(text)


def lemmas(status: Status) -> str:
    """Return the other theorems about the host hypervisor, module by module, with their status."""
    text = Text()
    in_parts = {f"nested.{name}" for name in PARTS.values()}
    by_module: dict[str, list[Theorem]] = {}
    for name, theorem in status.theorems.items():
        if name.startswith("nested.") and name not in in_parts:
            by_module.setdefault(theorem.function.__module__, []).append(theorem)
    for module, found in sorted(by_module.items()):
        text.add(f":py:mod:`{module}`")
        text.table(("Theorem", "Status"), [_row("", one, status) for one in found], kind="theorems", widths="78 22")
    return str(text)


def places() -> str:
    """Return where instructions are issued of which the equivalence speaks."""
    text = Text()
    rows = [(WHO[one.context], str(one.EL), _way(one.context, one.way.name), str(int(one.E2H))) for one in PLACES]
    text.table(("Who issues it", "Virtual EL", "The virtual EL2 is made by", "HCR_EL2.E2H"), rows)
    return str(text)


def _way(context: Context, way: str) -> str:
    """Return how the virtual EL2 is made, in words: a guest is entered alike in each."""
    if context == Context.GUEST:
        return "any of them"
    return "HVCs" if way == "PARAVIRTUAL" else way


def permitted() -> str:
    """Return the permitted differences: what may differ, and why; linked where it is a rule of its own."""
    text = Text()
    rows = []
    for name, why in differences.DIFFERENCES.items():
        rule = getattr(differences, name, None)
        shown = f":py:func:`{name} <{place(rule)}>`" if inspect.isfunction(rule) else literal(name)
        rows.append((shown, sentence(inspect.cleandoc(why))[0]))
    text.table(("Difference", "Why it must be"), rows, widths="30 70")
    return str(text)
