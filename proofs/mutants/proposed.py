"""Bugs of CALL_FUNC."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant
from proofs.hypstub import proposed as theorems
from spec.hypstub import proposed
from spec.hypstub.proposed import Form, OwnStack
from spec.lang import rule_of


def original(rule: Any) -> Any:
    """Return a rule as it is when nothing is mutated."""
    return rule_of(rule).original


@mutant(proposed.entered, refuted_by=(theorems.CALL_FUNC_runs_the_function_at_EL2,), form=Form.OF_RUNTIMES)
def the_last_argument_lost_with_a_stack(cpu: Any, form: Any, stack: Any, handler: Any) -> Any:
    """The stub selects the runtime's stack with x3, where the last argument should be."""
    found = original(proposed.entered)(cpu, form, stack, handler)
    if isinstance(stack, OwnStack):
        if form == Form.OF_RUNTIMES:
            return attrs.evolve(found, x=attrs.evolve(found.x, x3=stack.top))
    return found


@mutant(proposed.returned, refuted_by=(theorems.CALL_FUNC_returns_to_its_caller,), form=Form.OF_KEXEC)
def half_of_the_link_register_put_back(cpu: Any, form: Any) -> Any:
    """The stub puts the caller's link register back after the function's own return as a word of 32 bits."""
    found = original(proposed.returned)(cpu, form)
    if form == Form.OF_KEXEC:
        return attrs.evolve(found, x=attrs.evolve(found.x, x30=found.x.x30 & 0xFFFF_FFFF))
    return found
