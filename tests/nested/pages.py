"""Pages at VNCR_EL2 that the tables of a guest hypervisor map."""

from typing import Any

import attrs
from hypothesis import strategies as st

from nvspec.stage1_strategies import stage1_tables
from nvspec.strategies import features, from_type, words
from spec.exceptions.state import State
from spec.features import Features, Granule
from spec.lang import Memory
from spec.mmu.at import OPERATIONS
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import TranslationRegisters
from spec.nested.configuration import Configuration
from spec.nested.page_abort import Backing
from spec.nested.vcpu import VCPU, Registers
from spec.pstate import PSTATE

EVERY_GRANULE: dict[str, Any] = {"stage2_4K": True, "stage2_16K": True, "stage2_64K": True}


@attrs.frozen
class Kept:
    """A guest hypervisor whose tables map its page."""

    vcpu: VCPU
    """Its guest, in the kernel."""
    memory: Memory
    """The tables."""
    guest: Features
    """The virtual machine."""


def nested_kernel(registers: TranslationRegisters, VNCR_EL2: int) -> VCPU:
    """Return a nested guest's kernel, below a guest hypervisor with some registers of translation."""
    own = registers.EL2
    state = State(0, PSTATE(1), SCTLR_EL2=own.SCTLR, TCR_EL2=own.TCR, HCR_EL2=registers.HCR_EL2)
    held = Registers(
        VNCR_EL2=VNCR_EL2,
        TTBR0_EL2=own.TTBR0,
        TTBR1_EL2=own.TTBR1,
        MAIR_EL2=own.MAIR,
        TCR2_EL2=own.TCR2,
        MAIR2_EL2=own.MAIR2,
        PIR_EL2=own.PIR,
        PIRE0_EL2=own.PIRE0,
        POR_EL2=own.POR,
    )
    return VCPU(state, held)


@st.composite
def kept_pages(draw: st.DrawFn, granule: Granule | None = None, *, HA: bool | None = None) -> Kept:
    """Draw a guest hypervisor, the tables that map a block, and a page of it at VNCR_EL2."""
    machine = attrs.evolve(draw(features(**EVERY_GRANULE)), FEAT_VHE=True, FEAT_E2H0=True)
    regime = draw(st.sampled_from([Regime.EL2, Regime.EL20]))
    tables = draw(stage1_tables(machine, granule, regime, stage2=False, HA=HA))
    va = tables.va | draw(words(tables.size))
    return Kept(nested_kernel(tables.registers, va), tables.memory, machine)


@st.composite
def arguments(draw: st.DrawFn, hints: dict[str, Any], granule: Granule) -> dict[str, Any]:
    """Draw the arguments of a rule that walks the tables of a guest hypervisor: as often as not some that map."""
    given = {name: draw(from_type(of, {Features: features(**EVERY_GRANULE)})) for name, of in hints.items()}
    if draw(st.booleans()):
        kept = draw(kept_pages(granule, HA=False))
        built = {"vcpu": kept.vcpu, "memory": kept.memory, "guest": kept.guest, "backing": Backing.RAM}
        built["configuration"] = Configuration(kept.guest, kept.guest)
        given |= {name: value for name, value in built.items() if name in hints}
    return given


@st.composite
def questions(draw: st.DrawFn, hints: dict[str, Any], granule: Granule) -> dict[str, Any]:
    """Draw the arguments of a rule that answers AT: as often as not of an address that both stages map."""
    given = {name: draw(from_type(of, {Features: features(**EVERY_GRANULE)})) for name, of in hints.items()}
    given["operation"] = draw(st.sampled_from(list(OPERATIONS.values())))
    if draw(st.booleans()):
        machine = draw(features(**EVERY_GRANULE))
        tables = draw(stage1_tables(machine, granule, Regime.EL10, stage2=True, stage2_granule=granule, HA=False))
        own = tables.registers
        state = State(0, PSTATE(2), SCTLR_EL1=own.EL1.SCTLR, TCR_EL1=own.EL1.TCR, SCTLR_EL2=own.EL2.SCTLR)
        state = attrs.evolve(state, HCR_EL2=own.HCR_EL2, HCRX_EL2=own.HCRX_EL2)
        kept = {
            f"{one}_EL1": getattr(own.EL1, one) for one in ("TTBR0", "TTBR1", "MAIR", "TCR2", "MAIR2", "PIR", "POR")
        }
        held = Registers(PIRE0_EL1=own.EL1.PIRE0, VTCR_EL2=own.VTCR_EL2, VTTBR_EL2=own.VTTBR_EL2, **kept)
        built = {"va": tables.va | draw(words(tables.size)), "registers": own, "vcpu": VCPU(state, held)}
        built |= {"memory": tables.memory, "guest": machine, "configuration": Configuration(machine, machine)}
        given |= {name: value for name, value in built.items() if name in hints}
    return given
