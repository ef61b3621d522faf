"""Theorems of translation by both stages: the fetches of stage 1 through stage 2, and the order of the faults."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.stage1 import a_fault_of_stage_2_on_a_walk_is_marked_so, is_same_fault
from proofs.mmu.stage2 import GRANULES, TG0, a_fault_of_a_walk_names_its_address_and_access, every_granule
from spec.features import Features, Granule, NV1WithoutNV, is_implementable
from spec.hcr import is_in_host
from spec.lang import Address, Bits2, Bits64, Memory, bit, bits, every, implies, negation, reverse_bytes
from spec.mmu import stage1
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.fault import Fault
from spec.mmu.regime import Regime, regime_of
from spec.mmu.stage1 import Below, Leaf, Output, Stage1Result, Table, Walk, step
from spec.mmu.stage1_controls import Stage1Parameters, Stage1Registers, TranslationRegisters, is_enabled
from spec.mmu.stage2 import Translation, translate_fetch, translate_under, updated
from spec.mmu.stage2_controls import Stage2Parameters
from spec.mmu.translation import level_of_unprivileged, stage2_below, translate_in
from spec.sysregs.hypervisor import HCR_EL2, VTCR_EL2
from spec.sysregs.translation import TCR_EL1

TG1 = {Granule.K4: 0b10, Granule.K16: 0b01, Granule.K64: 0b11}
"""TG1 of TCR_ELx, by granule."""


def with_granule(registers: TranslationRegisters, granule: Granule) -> TranslationRegisters:
    """Return registers that select one granule for every range of every stage."""

    def selected(tcr: Bits64) -> Bits64:
        return TCR_EL1.TG1.insert(TCR_EL1.TG0.insert(tcr, TG0[granule]), TG1[granule])

    return attrs.evolve(
        registers,
        EL1=attrs.evolve(registers.EL1, TCR=selected(registers.EL1.TCR)),
        EL2=attrs.evolve(registers.EL2, TCR=selected(registers.EL2.TCR)),
        VTCR_EL2=VTCR_EL2.TG0.insert(registers.VTCR_EL2, TG0[granule]),
    )


def without_updates(features: Features) -> Features:
    """Return a machine with every granule at stage 2, whose hardware updates no descriptor."""
    return attrs.evolve(every_granule(features), FEAT_HAFDBS=False)


@attrs.frozen
class Fetching:
    """A stage 1 walk at a descriptor that stage 2 stands before."""

    table: Table
    """The descriptor to read."""
    va: Bits64
    """The virtual address."""
    walk: Stage1Parameters
    """What the stage 1 registers ask for."""
    below: Below
    """Stage 2."""
    access: Access
    """The access."""
    memory: Memory
    """The tables of both stages."""
    features: Features
    """The machine."""


def of_granule(case: Fetching, granule: Granule) -> Fetching:
    """Return the same with a granule for both stages, and stage 2 on."""
    below = attrs.evolve(case.below, walk=attrs.evolve(case.below.walk, granule=granule, enabled=True))
    walk = attrs.evolve(case.walk, granule=granule)
    return attrs.evolve(case, walk=walk, below=below, features=every_granule(case.features))


def stepped(case: Fetching, level: int) -> Walk:
    """Return the walk after the descriptor, read at a level."""
    before = Walk(attrs.evolve(case.table, level=level), case.memory)
    return step(before, level, case.va, case.walk, case.below, case.access, case.features)


LEVEL = 2
"""The level of the stage 1 descriptor that is fetched: what stage 2 makes of it is the same at each."""


@theorem(granule=GRANULES)
def a_stage_2_fault_of_a_fetch_is_reported_whole(granule: Granule, case: Fetching) -> Claim:
    """A fault of stage 2 on the fetch of a stage 1 descriptor ends the walk, with the kind and level of stage 2.

    It is marked as one of a stage 1 walk (S1PTW), and names the address of the descriptor as its IPA.
    """
    case = of_granule(case, granule)
    ttw = Access.table_walk(case.access.EL, for_write=case.access.reported_write)
    expected = translate_fetch(case.table.entry, case.below.walk, case.below.VTTBR, ttw, case.memory, case.features)
    found = stepped(case, LEVEL).state
    fault = expected.outcome
    given = is_implementable(case.features)
    if not isinstance(fault, Fault):
        return Claim(given, False, True)
    if not isinstance(found, Fault):
        return Claim(given, True, False)
    holds = every(found.stage2, found.s2fs1walk, case.table.entry == found.IPA, is_same_fault(found, fault))
    return Claim(given, True, holds)


@theorem(granule=GRANULES)
def a_descriptor_is_read_where_stage_2_puts_it(granule: Granule, case: Fetching) -> Claim:
    """A stage 1 descriptor that stage 2 lets the walk read is the word at the address that stage 2 gives.

    A leaf holds that word, and names the address before stage 2.
    """
    case = of_granule(case, granule)
    ttw = Access.table_walk(case.access.EL, for_write=case.access.reported_write)
    expected = translate_fetch(case.table.entry, case.below.walk, case.below.VTTBR, ttw, case.memory, case.features)
    found = stepped(case, LEVEL).state
    given = is_implementable(case.features)
    if isinstance(expected.outcome, Fault) or not isinstance(found, Leaf):
        return Claim(given, False, True)
    word = updated(case.memory, expected.update).read(expected.outcome.OA)
    descriptor = reverse_bytes(word) if case.walk.EE else word
    return Claim(given, True, (found.descriptor == descriptor) & (found.descriptor_address == case.table.entry))


@theorem(granule=GRANULES)
def a_fetch_needs_stage_2_to_permit_reads(granule: Granule, case: Fetching, writes: bool) -> Claim:
    """Stage 2 lets a stage 1 walk read a descriptor if it permits reads, and update one if it permits writes too.

    With HCR_EL2.PTW the memory must not be Device at stage 2.
    """
    case = of_granule(case, granule)
    ttw = attrs.evolve(Access.table_walk(case.access.EL), write=writes)
    found = translate_fetch(case.table.entry, case.below.walk, case.below.VTTBR, ttw, case.memory, case.features)
    leaf, walk = found.outcome, case.below.walk
    given = is_implementable(case.features)
    if isinstance(leaf, Fault):
        return Claim(given, False, leaf.stage2)
    device = negation(bit(leaf.MemAttr, 2)) if walk.FWB else (leaf.MemAttr >> 2) == 0
    checked = every(leaf.read, implies(writes, leaf.write), negation(walk.PTW & device))
    return Claim(given, writes, checked)


# -- both stages ---------------------------------------------------------------------------------------------------


VIRTUAL = TranslationRegisters(
    EL1=Stage1Registers(SCTLR=1, TCR=28 | 5 << 32, TTBR0=0x1_0000),
    HCR_EL2=1,
    VTCR_EL2=0x8005_0040 | 28,
    VTTBR_EL2=0x2_0000,
)
"""Both stages on, of 36 bits in the 64 KB granule, over empty tables: the first fetch faults at stage 2."""

UNTRANSLATED = attrs.evolve(VIRTUAL, EL1=Stage1Registers())
"""The same with stage 1 off: the access itself faults at stage 2."""


def a_load_with_stage_1_off(granule: Granule) -> dict[str, Any]:
    """Return a load whose address stage 2 alone translates."""
    return {"case": Translating(UNTRANSLATED, 0x1234, Access.load(), Memory(), Features())}


def a_translation_by_stage_1_that_is_off(granule: Granule) -> dict[str, Any]:
    """Return a translation by a stage 1 that is off."""
    return {
        "registers": UNTRANSLATED,
        "regime": Regime.EL10,
        "va": 0x1234,
        "below": stage2_below(UNTRANSLATED, Regime.EL10, Features()),
        "access": Access.fetch(),
        "memory": Memory(),
        "features": Features(),
    }


# -- lemmas ------------------------------------------------------------------------------------------------------


def granule_below(call: dict[str, Any]) -> dict[str, Any]:
    """Return the case of a lemma about the translation of stage 1 that a call belongs to."""
    return {"granule": call["below"].walk.granule}


@theorem(
    about=stage1.translate,
    case_of=granule_below,
    uses=(a_fault_of_stage_2_on_a_walk_is_marked_so, a_fault_of_a_walk_names_its_address_and_access),
    example=a_translation_by_stage_1_that_is_off,
    granule=GRANULES,
)
def stage_1_that_is_off_reads_no_tables(
    granule: Granule,
    registers: TranslationRegisters,
    regime: Regime,
    va: Bits64,
    below: Below,
    access: Access,
    memory: Memory,
    features: Features,
) -> Claim:
    """With stage 1 off the output address is the virtual one, without its top byte, and no fault is one of stage 2.

    Hardware updates no descriptor.
    """
    registers, features = with_granule(registers, granule), without_updates(features)
    below = attrs.evolve(below, walk=attrs.evolve(below.walk, granule=granule, HA=False))
    found = stage1.translate(registers, regime, va, below, access, memory, features).outcome
    given = is_implementable(features) & negation(is_enabled(registers, regime))
    if isinstance(found, Fault):
        return Claim(given, False, negation(found.stage2 | found.s2fs1walk))
    return Claim(given, True, bits(va, 55, 0) == found.OA)


def granule_of_stage_2(call: dict[str, Any]) -> dict[str, Any]:
    """Return the case of a lemma about translate_under() that a call belongs to."""
    return {"granule": call["walk"].granule}


@theorem(
    about=translate_under,
    case_of=granule_of_stage_2,
    uses=(a_fault_of_a_walk_names_its_address_and_access,),
    granule=GRANULES,
)
def a_fault_of_stage_2_names_its_address(
    granule: Granule,
    walk: Stage2Parameters,
    VTTBR: Bits64,
    ipa: Address,
    stage1: MemoryAttributes,
    access: Access,
    memory: Memory,
    features: Features,
) -> Claim:
    """A fault of stage 2 names the IPA that was translated, and is one of a stage 1 walk if the access was."""
    walk = attrs.evolve(walk, granule=granule)
    found = translate_under(walk, VTTBR, ipa, stage1, access, memory, features).outcome
    given = is_implementable(features)
    if not isinstance(found, Fault):
        return Claim(given, False, walk.enabled | (ipa == found.PA))
    marked = found.s2fs1walk == (access.type == AccessType.TTW)
    return Claim(given, True, every(found.stage2, ipa == found.IPA, marked, walk.enabled))


# -- both stages ---------------------------------------------------------------------------------------------------


@attrs.frozen
class Translating:
    """An access, and the registers of both stages."""

    registers: TranslationRegisters
    """The registers."""
    va: Bits64
    """The virtual address."""
    access: Access
    """The access."""
    memory: Memory
    """The tables of both stages."""
    features: Features
    """The machine."""


def of_one_granule(case: Translating, granule: Granule) -> Translating:
    """Return the same with one granule for every range of every stage, and no hardware updates of descriptors."""
    return attrs.evolve(case, registers=with_granule(case.registers, granule), features=without_updates(case.features))


def first_stage(case: Translating, regime: Regime) -> Stage1Result:
    """Return what stage 1 makes of the access."""
    below = stage2_below(case.registers, regime, case.features)
    return stage1.translate(case.registers, regime, case.va, below, case.access, case.memory, case.features)


@theorem(
    uses=(stage_1_that_is_off_reads_no_tables, a_fault_of_stage_2_names_its_address),
    example=a_load_with_stage_1_off,
    granule=GRANULES,
)
def two_stages_are_stage_2_after_stage_1(granule: Granule, case: Translating) -> Claim:
    """In EL1&0 a fault of stage 1 ends the translation, before any fault of stage 2 on the access itself.

    Otherwise stage 2 translates the output of stage 1, over the memory that stage 1 leaves: the outcome is that of
    stage 2 alone for that address, and a fault names it as its IPA. Hardware updates no descriptor.
    """
    case = of_one_granule(case, granule)
    whole = translate_in(case.registers, Regime.EL10, case.va, case.access, case.memory, case.features).outcome
    first = first_stage(case, Regime.EL10)
    given = every(is_implementable(case.features), case.access.aligned, case.access.type != AccessType.TTW)
    if isinstance(first.outcome, Fault):
        same = isinstance(whole, Fault) and is_same_fault(whole, first.outcome)
        return Claim(given, False, same)
    middle = first.outcome
    below = stage2_below(case.registers, Regime.EL10, case.features)
    second = translate_under(
        below.walk, below.VTTBR, middle.OA, middle.attributes, case.access, first.memory, case.features
    ).outcome
    if isinstance(second, Fault):
        if not isinstance(whole, Fault):
            return Claim(given, True, False)
        named = (whole.IPA == middle.OA) & negation(whole.s2fs1walk)
        return Claim(given, True, is_same_fault(whole, second) & named)
    return Claim(given, True, isinstance(whole, Translation) and whole.PA == second.PA)


@theorem(regime=(Regime.EL2, Regime.EL20))
def the_regimes_of_EL2_have_no_stage_2(regime: Regime, case: Translating) -> Claim:
    """In EL2 and EL2&0 the output of stage 1 is the physical address, and no fault is one of stage 2."""
    case = of_one_granule(case, Granule.K64)
    whole = translate_in(case.registers, regime, case.va, case.access, case.memory, case.features).outcome
    first = first_stage(case, regime).outcome
    given = is_implementable(case.features) & case.access.aligned
    if isinstance(whole, Fault):
        return Claim(given, False, negation(whole.stage2 | whole.s2fs1walk) & isinstance(first, Fault))
    enabled = HCR_EL2.VM(case.registers.HCR_EL2)
    return Claim(given, enabled, isinstance(first, Output) and whole.PA == first.OA)


# -- who asks --------------------------------------------------------------------------------------------------------


@theorem()
def an_unprivileged_access_is_one_of_EL0_unless_UAO_or_NV1_say_otherwise(
    el: Bits2, UAO: bool, hcr: Bits64, features: Features
) -> Claim:
    """LDTR and STTR check as EL0 does, from EL1 and from the EL2 of a host; with PSTATE.UAO as plain accesses.

    So they do at EL1 under an Effective {NV, NV1} of {1, 1}, and at an EL2 that is no host's.
    """
    found = level_of_unprivileged(el, UAO, hcr, features)
    with_NV = HCR_EL2.NV(hcr) | (features.NV1_without_NV == NV1WithoutNV.AS_WITH_NV)
    NV1 = HCR_EL2.NV1(hcr) & negation(features.NV1_is_RAZ & negation(features.FEAT_E2H0))
    nested = every(el == 1, features.FEAT_NV, with_NV, NV1)
    plain = (features.FEAT_UAO & UAO) | nested | ((el == 2) & negation(is_in_host(hcr, features)))
    holds = implies(plain, found == el) & implies(negation(plain), found == 0)
    return Claim(el < 3, features.FEAT_UAO & UAO & (el == 1), holds)


@theorem()
def EL0_of_a_host_is_in_the_regime_of_EL2(el: Bits2, hcr: Bits64, features: Features) -> Claim:
    """EL1 is in EL1&0; EL0 is, but for that of a host (E2H and TGE are 1); EL2 is in EL2&0 where E2H is 1.

    E2H is 1 whatever was written where FEAT_VHE is implemented and FEAT_E2H0 is not.
    """
    found = regime_of(el, hcr, features)
    E2H = features.FEAT_VHE & implies(features.FEAT_E2H0, HCR_EL2.E2H(hcr))
    TGE = HCR_EL2.TGE(hcr)
    holds = every(
        implies(el == 1, found == Regime.EL10),
        implies((el == 0) & E2H & TGE, found == Regime.EL20),
        implies((el == 0) & negation(E2H & TGE), found == Regime.EL10),
        implies((el == 2) & E2H, found == Regime.EL20),
        implies((el == 2) & negation(E2H), found == Regime.EL2),
    )
    return Claim(el < 3, (el == 0) & E2H & TGE, holds)
