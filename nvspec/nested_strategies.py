"""Strategies of two stages of stage 2: a guest hypervisor's and its host's, which fit together, and their shadows."""

import itertools

import attrs
from hypothesis import strategies as st

from nvspec.composition import TG0_CODES
from nvspec.feature_strategies import features, granules, virtual_machines
from nvspec.shape_strategies import words
from nvspec.stage2_register_strategies import plans
from nvspec.stage2_table_strategies import Builder, stage2_tables
from spec.features import Features, Granule
from spec.lang import Address, Memory
from spec.mmu.shadow import Shadow, Stage, shadow_HCR
from spec.sysregs.hypervisor import HCR_EL2, VTCR_EL2, VTTBR_EL2


@attrs.frozen
class Nested:
    """The stage 2 of a guest hypervisor, and that of its host, which maps what the guest's maps to."""

    guest: Stage
    """The guest hypervisor's stage, in its virtual machine."""
    host: Stage
    """The host's."""
    ipas: tuple[Address, ...]
    """IPAs of the nested guest that both stages map, one after the other."""


def off(stage: Stage) -> Stage:
    """Return a stage that is off."""
    hcr = stage.registers.HCR_EL2 & ~(HCR_EL2.VM.mask | HCR_EL2.DC.mask)
    return attrs.evolve(stage, registers=attrs.evolve(stage.registers, HCR_EL2=hcr))


@st.composite
def guest_and_host(
    draw: st.DrawFn,
    machine: Features | None = None,
    guest_granule: Granule | None = None,
    host_granule: Granule | None = None,
) -> Nested:
    """Return two stages such that the host maps what the guest's gives; now and then one of them is off."""
    machine = draw(features()) if machine is None else machine
    virtual = draw(virtual_machines(machine))
    host_plan = draw(plans(machine, host_granule, least_input=draw(st.sampled_from([32, 40, 48]))))
    which = draw(st.sampled_from(["both"] * 8 + ["guest", "host"]))
    inputs = 52 if which == "guest" else host_plan.input_size
    guest = draw(stage2_tables(virtual, guest_granule, output_limit=inputs))
    pairs = []
    for mapped in guest.mapped:
        for _ in range(draw(st.integers(1, 2))):
            offset = draw(words(mapped.size))
            pairs.append((mapped.ipa | offset, mapped.OA | offset))
    if which == "host":
        pairs = [(OA, OA) for _, OA in pairs]
    host = draw(stage2_tables(machine, plan=host_plan, ipas=[OA for _, OA in pairs]))
    ipas = tuple(ipa for ipa, _ in pairs)
    return Nested(
        off(guest.stage) if which == "host" else guest.stage,
        off(host.stage) if which == "guest" else host.stage,
        ipas,
    )


_GRANULE_OF_CODE = {code: granule for granule, code in TG0_CODES.items()}


@st.composite
def shadows(draw: st.DrawFn, guest: Stage, host: Stage) -> Shadow:
    """Return empty shadows for two stages: the smaller granule, the host's machine, large if it can be."""
    machine = host.features
    pair = [_GRANULE_OF_CODE[VTCR_EL2.TG0(stage.registers.VTCR_EL2)] for stage in (guest, host)]
    granule = min(pair, key=lambda one: one.bits)
    if granule not in granules(machine):
        granule = draw(st.sampled_from(granules(machine)))
    on = guest.registers.HCR_EL2 & (HCR_EL2.VM.mask | HCR_EL2.DC.mask)
    inputs = 64 - VTCR_EL2.T0SZ((guest if on else host).registers.VTCR_EL2)
    DS = machine.FEAT_LPA2 and granule != Granule.K64 and draw(st.integers(0, 3)) > 0
    plan = draw(plans(machine, granule, DS=DS, least_input=inputs, least_output=draw(st.sampled_from([52, 52, 32]))))
    vtcr = VTCR_EL2.SH0.insert(plan.registers.VTCR_EL2, draw(st.sampled_from([0b10, 0b10, 0b11, 0b00])))
    hcr = shadow_HCR(guest.registers.HCR_EL2, host.registers.HCR_EL2)
    registers = attrs.evolve(plan.registers, VTCR_EL2=vtcr, HCR_EL2=hcr)
    builder = Builder(draw, plan, machine)
    for level in range(4):
        builder.tables[level, 0] = builder.free_page()
    pages = [builder.tables[level, 0] for level in range(4)]
    return Shadow(Stage(registers, Memory(), machine), *pages)


def with_fresh_pages(shadow: Shadow) -> Shadow:
    """Return a shadow with four other pages: the lowest that hold nothing and are not the first table."""
    registers = shadow.stage.registers
    granule = _GRANULE_OF_CODE[VTCR_EL2.TG0(registers.VTCR_EL2)]
    used = {address >> granule.bits for address in shadow.stage.memory.words}
    used |= {page >> granule.bits for page in (shadow.page0, shadow.page1, shadow.page2, shadow.page3)}
    # The first table is where its entries are, and at most 16 pages long.
    split = VTCR_EL2.DS(registers.VTCR_EL2) or granule == Granule.K64
    first = (registers.VTTBR_EL2 & VTTBR_EL2.BADDR.mask & ~(0x3F if split else 0)) >> granule.bits
    free = (page for page in itertools.count() if page not in used and not first <= page < first + 16)
    pages = [page << granule.bits for page in itertools.islice(free, 4)]
    return Shadow(shadow.stage, *pages)
