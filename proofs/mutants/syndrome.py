"""Bugs of what an exception reports."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.exceptions import syndrome as theorems
from spec.exceptions import syndrome
from spec.exceptions.syndrome import ExceptionType
from spec.sysregs.exceptions import ESR_EL2


@mutant(
    syndrome.ESR,
    refuted_by=(theorems.every_syndrome_has_its_class_and_IL,),
    bug="B73",
    type=ExceptionType.PAC_FAIL,
)
def a_PAC_failure_without_IL(exception: Any, el: Any, target: Any) -> Any:
    """ESR_ELx.IL of a PAC Fail exception is 0."""
    esr = original(syndrome.ESR)(exception, el, target)
    return ESR_EL2.IL.insert(esr, 0) if exception.type == ExceptionType.PAC_FAIL else esr


@mutant(
    syndrome.ESR,
    refuted_by=(theorems.every_syndrome_has_its_class_and_IL,),
    bug="B73",
    type=ExceptionType.SERROR,
)
def an_SError_without_IL(exception: Any, el: Any, target: Any) -> Any:
    """ESR_ELx.IL of an SError is that of its syndrome, which has none."""
    esr = original(syndrome.ESR)(exception, el, target)
    return ESR_EL2.IL.insert(esr, 0) if exception.type == ExceptionType.SERROR else esr


@mutant(
    syndrome.exception_class,
    refuted_by=(theorems.every_syndrome_has_its_class_and_IL,),
    type=ExceptionType.DATA_ABORT,
)
def an_abort_from_the_same_level_is_from_a_lower_one(type: Any, el: Any, target: Any) -> Any:
    """ESR_ELx.EC says of each exception that it is from a lower Exception level."""
    return original(syndrome.exception_class)(type, 0, target)


@mutant(syndrome.report, refuted_by=(theorems.addresses_are_reported_to_who_takes_the_exception,), target=2)
def FAR_EL1_of_an_exception_to_EL2(state: Any, exception: Any, target: Any) -> Any:
    """The virtual address of a Data Abort is written to FAR_EL1, whoever takes it."""
    after = original(syndrome.report)(state, exception, target)
    if exception.type == ExceptionType.DATA_ABORT:
        return attrs.evolve(after, FAR_EL1=exception.vaddress, FAR_EL2=state.FAR_EL2)
    return after
