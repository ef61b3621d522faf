"""Theorems of translated registers: the hardware's EL1&0 translates as the EL2 regime of the virtual machine would."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.stage1 import is_same_fault
from proofs.nested.configuration import HARDWARE
from spec.access.execution import floating_point, scalable_matrix, scalable_vector
from spec.access.machine import Machine
from spec.access.outcome import Kind, summary
from spec.features import Features, Granule, is_implementable
from spec.lang import Address, Bits64, Memory, bit, every, extended, implies, invert, negation, some
from spec.mmu.access import Access
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.fault import Fault
from spec.mmu.regime import Regime
from spec.mmu.stage1 import NO_STAGE_2, Output, Stage1Result, translated_by
from spec.mmu.stage1_controls import (
    Stage1Parameters,
    Stage1Registers,
    TranslationRegisters,
    parameters_of_one_range,
    parameters_of_two_ranges,
)
from spec.nested.configuration import Configuration, Way, is_offerable
from spec.nested.controls import of_virtual_EL2
from spec.nested.translated import CPACR_of, stage1_of
from spec.sysregs.control import CPTR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.translation import TTBR0_EL2

DIFFERENT = ("regime", "NV1", "EPAN", "PIRE0", "TTBR", "PS")
"""What the parameters of the hardware's regime have of their own: NV1, and what it leaves without effect.

TTBR has no ASID, and PS is limited: what comes of it, the output size and the format of TTBR, is the same.
"""


def on_hardware(EL2: Stage1Registers, way: Way, guest: Features) -> TranslationRegisters:
    """Return the registers of the hardware while a virtual EL2 of no host runs."""
    return TranslationRegisters(
        EL1=stage1_of(EL2, guest), HCR_EL2=of_virtual_EL2(way, False), HCRX_EL2=HCRX_EL2.TCR2En.mask
    )


def _of_no_host(way: Way) -> dict[str, Any]:
    """Return an example: a TCR_EL2 with an IPA size and TBI, and an ASID that is none."""
    guest = attrs.evolve(HARDWARE, FEAT_NV=False, FEAT_NV2=False, FEAT_GCS=False, pa_max=52)
    EL2 = Stage1Registers(SCTLR=1, TCR=1 << 20 | 0b101 << 16 | 25, TTBR0=0x7 << 48 | 0x4000_0000)
    return {"EL2": EL2, "configuration": Configuration(attrs.evolve(HARDWARE, pa_max=52), guest, way=way)}


@theorem(way=(Way.NV, Way.NV2), example=_of_no_host)
def the_parameters_of_a_walk_are_those_of_the_virtual_EL2(
    way: Way, EL2: Stage1Registers, configuration: Configuration
) -> Claim:
    """The hardware's registers ask of the lower range what those of the virtual EL2 ask of its one range.

    Its descriptors have the format of NV1, PIRE0 is empty, and the first table has no ASID. The upper range is all
    faults. The formats of 52 bits (FEAT_LPA, FEAT_LPA2) are there in both machines or in neither; FEAT_LPA is 52 bits
    of physical address.
    """
    host, guest = configuration.host, configuration.guest
    hardware = on_hardware(EL2, way, guest)
    virtual = parameters_of_one_range(TranslationRegisters(EL2=EL2), guest)
    lower, upper = (parameters_of_two_ranges(hardware, Regime.EL10, one, host) for one in (False, True))
    names = [one.name for one in attrs.fields(Stage1Parameters) if one.name not in DIFFERENT]
    same = every(*(getattr(lower, name) == getattr(virtual, name) for name in names))
    own = every(
        lower.NV1,
        lower.PIRE0 == 0,
        extended(virtual.TTBR & invert(TTBR0_EL2.ASID.mask), 64) == extended(lower.TTBR, 64),
        upper.EPD & negation(lower.EPD),
        upper.TBI == virtual.TBI,
        upper.TBID == virtual.TBID,
        implies(guest.FEAT_LPA, (lower.PS == 0b110) == (virtual.PS == 0b110)),
    )
    given = every(
        is_offerable(configuration),
        configuration.has_EL2,
        configuration.way == way,
        negation(guest.FEAT_VHE) | guest.FEAT_E2H0,
        host.FEAT_LPA == guest.FEAT_LPA,
        host.FEAT_LPA2 == guest.FEAT_LPA2,
        implies(guest.FEAT_LPA, guest.pa_max == 52),
        implies(guest.FEAT_TCR2, host.FEAT_HCX),
        implies(guest.FEAT_S1PIE | guest.FEAT_S1POE | guest.FEAT_AIE, guest.FEAT_TCR2),
    )
    return Claim(given, virtual.TBI & (virtual.output_size > 40), same & own)


def in_hardware(walk: Stage1Parameters) -> Stage1Parameters:
    """Return the parameters that the hardware has for some of the EL2 regime, by the theorem above."""
    TTBR = extended(walk.TTBR & invert(TTBR0_EL2.ASID.mask), 64)
    return attrs.evolve(walk, regime=Regime.EL10, NV1=True, EPAN=walk.PIE, PIRE0=0, TTBR=TTBR)


def of_EL2(walk: Stage1Parameters, granule: Granule) -> Stage1Parameters:
    """Return parameters as the EL2 regime has them, with a granule."""
    return attrs.evolve(
        walk, regime=Regime.EL2, granule=granule, NV1=False, E0POE=False, EPD=False, E0PD=False, EPAN=False, DC=False
    )


BLOCK_AT_0 = Memory({0x4000: 0x441})
"""A table of which the first descriptor is a block at address 0: of level 1, or of level 2 with pages of 64 KB."""
ATTRIBUTES = tuple(one.name for one in attrs.fields(MemoryAttributes))
"""What memory attributes are made of."""


def is_same_result(one: Stage1Result, other: Stage1Result, elsewhere: Address) -> bool:
    """Return whether two translations come to the same, and leave the same in memory at any address."""
    wanted, found = one.outcome, other.outcome
    left = one.memory.read(elsewhere) == other.memory.read(elsewhere)
    if isinstance(wanted, Fault) or isinstance(found, Fault):
        return left & (isinstance(wanted, Fault) and isinstance(found, Fault) and is_same_fault(wanted, found))
    alike = [getattr(wanted.attributes, name) == getattr(found.attributes, name) for name in ATTRIBUTES]
    return every(left, wanted.OA == found.OA, *alike)


def _loaded(granule: Granule) -> dict[str, Any]:
    """Return an example: a load through a block at 0."""
    tcr = {Granule.K4: 25, Granule.K64: 0b01 << 14 | 25}[granule] | 0b101 << 16
    walk = parameters_of_one_range(TranslationRegisters(EL2=Stage1Registers(TCR=tcr, TTBR0=0x4000)), HARDWARE)
    call = {"walk": walk, "enabled": True, "va": 0x1000, "access": Access.load(), "memory": BLOCK_AT_0}
    return call | {"elsewhere": 0, "features": HARDWARE}


@theorem(granule=(Granule.K4, Granule.K64), example=_loaded)
def an_EL2_of_no_host_is_translated_in_EL1_as_in_EL2(
    granule: Granule,
    walk: Stage1Parameters,
    enabled: bool,
    va: Bits64,
    access: Access,
    memory: Memory,
    elsewhere: Address,
    features: Features,
) -> Claim:
    """A load, store or fetch of the guest hypervisor comes to the same with these parameters as with its own.

    To the same output address and attributes, to the same fault, and to the same hardware updates of descriptors,
    whatever PAN is. An address of the upper range is a Translation fault at level 0 in both.
    """
    walk = of_EL2(walk, granule)
    there = translated_by(walk, enabled, va, NO_STAGE_2, attrs.evolve(access, EL=2), memory, features)
    of_range = attrs.evolve(in_hardware(walk), EPD=bit(va, 55))
    here = translated_by(of_range, enabled, va, NO_STAGE_2, attrs.evolve(access, EL=1), memory, features)
    given = is_implementable(features)
    mapped = enabled and isinstance(there.outcome, Output)
    return Claim(given, mapped, is_same_result(there, here, elsewhere))


def _vectors() -> dict[str, Any]:
    """Return an example: floating-point is trapped at EL2."""
    return {"machine": Machine(2, HARDWARE, CPTR_EL2=CPTR_EL2.TFP.mask)}


@theorem(example=_vectors)
def what_CPTR_EL2_traps_at_EL2_is_trapped_at_EL1(machine: Machine) -> Claim:
    """Vector instructions of the guest hypervisor are trapped to itself as they are at an EL2 of no host.

    The class of the exception is the same; L0 traps none.
    """
    features = attrs.evolve(machine.features, FEAT_VHE=True, FEAT_E2H0=True)
    hcr = machine.HCR_EL2 & invert(HCR_EL2.E2H.mask | HCR_EL2.TGE.mask)
    virtual = attrs.evolve(machine, el=2, features=features, HCR_EL2=hcr)
    hardware = attrs.evolve(virtual, el=1, CPACR_EL1=CPACR_of(machine.CPTR_EL2), CPTR_EL2=0)
    rules = (floating_point, scalable_vector, scalable_matrix)
    pairs = [(summary(rule(virtual)), summary(rule(hardware))) for rule in rules]
    same = [
        every(
            one.kind == other.kind,
            implies(one.kind == Kind.TRAP, (one.el == 2) & (other.el == 1) & (one.value == other.value)),
        )
        for one, other in pairs
    ]
    return Claim(True, some(*(one.kind == Kind.TRAP for one, _ in pairs)), every(*same))
