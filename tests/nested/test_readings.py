"""The rules of the host hypervisor, run on values and on symbols."""

import importlib
import pkgutil
from typing import Any

import attrs
import pytest

import spec.nested
from nvspec.strategies import instructions, machines
from proofs.mmu.translation import with_granule
from spec.access.accessor import Accessor
from spec.access.allocation import accessor_of
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.features import Features, Granule
from spec.lang import RULES
from spec.mmu.at import ATOperation
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from spec.nested.configuration import Configuration
from spec.nested.switch import Hardware
from spec.nested.vcpu import VCPU
from spec.sysregs.hypervisor import HCR_EL2, VTCR_EL2
from spec.sysregs.translation import TCR_EL1, TCR_EL2
from tests.nested.pages import EVERY_GRANULE, arguments, questions
from tests.readings import annotations, compare

for _module in pkgutil.iter_modules(spec.nested.__path__, "spec.nested."):
    importlib.import_module(_module.name)

NAMES = [name for name in RULES if name.startswith("nested.")]


WALKS = ("nested.page.look_up", "nested.page_abort.handle_abort")
"""Rules that walk the tables of a guest hypervisor: those of 4 KB, without hardware updates.

What a granule changes, and what an update is, is in the rules of the walk.
"""


def of_4K(name: str, value: Any) -> Any:
    """Return an argument, symbolic or not, with tables of 4 KB at EL2 that the hardware does not update."""
    if isinstance(value, VCPU):
        tcr = TCR_EL1.HA.insert(TCR_EL2.HA.insert(value.state.TCR_EL2, 0), 0)
        tcr = TCR_EL1.TG1.insert(TCR_EL1.TG0.insert(tcr, 0b00), 0b10)
        return attrs.evolve(value, state=attrs.evolve(value.state, TCR_EL2=tcr))
    if isinstance(value, Configuration):
        return attrs.evolve(value, guest=of_4K(name, value.guest))
    return attrs.evolve(value, **EVERY_GRANULE) if isinstance(value, Features) else value


WALKS_OF_AT = ("nested.at_emulation.walked", "nested.at_emulation.emulated")
"""Rules that walk both stages: those of 64 KB, in EL1&0, without hardware updates."""


def of_64K(name: str, value: Any) -> Any:
    """Return an argument, symbolic or not, of EL1&0, with tables of 64 KB that the hardware does not update."""
    if isinstance(value, VCPU):
        state, held = value.state, value.registers
        given = TranslationRegisters(Stage1Registers(TCR=state.TCR_EL1), Stage1Registers(TCR=state.TCR_EL2))
        given = of_64K(name, attrs.evolve(given, HCR_EL2=state.HCR_EL2, VTCR_EL2=held.VTCR_EL2))
        tables = {"TCR_EL1": given.EL1.TCR, "TCR_EL2": given.EL2.TCR, "HCR_EL2": given.HCR_EL2}
        return VCPU(attrs.evolve(state, **tables), attrs.evolve(held, VTCR_EL2=given.VTCR_EL2))
    if isinstance(value, TranslationRegisters):
        found = with_granule(value, Granule.K64)
        one, two = TCR_EL1.HA.insert(found.EL1.TCR, 0), TCR_EL1.HA.insert(TCR_EL2.HA.insert(found.EL2.TCR, 0), 0)
        return attrs.evolve(
            found,
            EL1=attrs.evolve(found.EL1, TCR=one),
            EL2=attrs.evolve(found.EL2, TCR=two),
            HCR_EL2=HCR_EL2.TGE.insert(found.HCR_EL2, 0),
            VTCR_EL2=VTCR_EL2.HA.insert(found.VTCR_EL2, 0),
        )
    if isinstance(value, ATOperation):
        return attrs.evolve(value, EL=value.EL & 1)
    return of_4K(name, value) if isinstance(value, Features | Configuration) else value


MACHINES = ("nested.machines.virtual_machine", "nested.machines.hardware_machine")
"""Rules that make a machine, whose Exception level is 0 to 2."""


def at_EL1(name: str, value: Any) -> Any:
    """Return an argument, symbolic or not, whose PE is at EL1."""
    if isinstance(value, VCPU):
        return attrs.evolve(value, state=attrs.evolve(value.state, PSTATE=attrs.evolve(value.state.PSTATE, EL=1)))
    return attrs.evolve(value, PE=at_EL1(name, value.PE)) if isinstance(value, Hardware) else value


ACCESSES = [
    accessor_of(form, encoding)
    for form, encoding in ((Form.MRS, 0xE088), (Form.MSR, 0xC080), (Form.MRS, 0xE880), (Form.MRS, 0xC801))
]
"""One of EL2 and of the page, one of EL1, an alias, and one of identification."""


@pytest.mark.parametrize("name", [name for name in NAMES if Accessor in annotations(RULES[name]).values()])
@pytest.mark.parametrize("accessor", ACCESSES, ids=lambda one: str(one.name))
def test_a_rule_about_an_accessor_agrees(name: str, accessor: Accessor) -> None:
    """With the accessor as it is in a proof, a constant."""
    drawn = {Machine: machines(), Instruction: instructions()}
    compare(RULES[name], examples=5, case={"accessor": accessor}, drawn=drawn)


@pytest.mark.parametrize("name", [name for name in NAMES if Accessor not in annotations(RULES[name]).values()])
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """The merged result of every path, where the symbols are the arguments, is what the run returns."""
    rule = RULES[name]
    if name in WALKS:
        compare(rule, examples=6, inputs=arguments(annotations(rule), Granule.K4), settled=of_4K)
    elif name in WALKS_OF_AT:
        compare(rule, examples=4, inputs=questions(annotations(rule), Granule.K64), settled=of_64K)
    elif name in MACHINES:
        compare(rule, examples=3, settled=at_EL1)
    else:
        compare(rule, examples=3)
