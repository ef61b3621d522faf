"""Theorems of address translation instructions: AT answers as the access would fare, but for the listed differences."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.stage1 import is_same_fault
from proofs.mmu.stage2 import GRANULES
from proofs.mmu.translation import VIRTUAL, with_granule, without_updates
from spec.features import Features, Granule, is_implementable
from spec.hcr import is_in_host
from spec.lang import Address, Bits2, Bits64, Memory, bit, bits, every, extended, implies, negation, some
from spec.mmu.access import AccessType
from spec.mmu.at import (
    OPERATIONS,
    Answer,
    ATOperation,
    access_of,
    encode_attributes,
    encode_PAR,
    execute,
    level_of_operation,
    regime_of_operation,
    translated,
)
from spec.mmu.attributes import MemoryAttributes, decode_MAIR
from spec.mmu.fault import Fault, FaultKind, fault_status
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import TranslationRegisters
from spec.mmu.stage2 import Translation
from spec.mmu.translation import translate_in
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.translation import PAR_EL1_F


@attrs.frozen
class Asking:
    """An AT instruction, and everything that its answer depends on."""

    operation: ATOperation
    """The instruction."""
    va: Bits64
    """Its operand."""
    el: Bits2
    """Where it is executed."""
    PAN: bool
    """PSTATE.PAN."""
    registers: TranslationRegisters
    """The registers."""
    memory: Memory
    """The tables of both stages."""
    features: Features
    """The machine."""


def of_granule(case: Asking, granule: Granule) -> Asking:
    """Return the same with one granule, of both stages, where EL0 is no host's and hardware updates no descriptor."""
    operation = attrs.evolve(case.operation, both_stages=True, EL=extended(case.operation.EL & 1, 2))
    features = attrs.evolve(without_updates(case.features), FEAT_VHE=False)
    hcr = HCR_EL2.TGE.insert(HCR_EL2.E2H.insert(case.registers.HCR_EL2, False), False)
    registers = attrs.evolve(with_granule(case.registers, granule), HCR_EL2=hcr)
    return attrs.evolve(case, operation=operation, registers=registers, features=features)


def an_AT_at_EL1(granule: Granule) -> dict[str, Any]:
    """Return an AT instruction that meets a fault of stage 2 on the walk of stage 1."""
    return {"case": Asking(OPERATIONS["S12E1R"], 0x1234, 1, False, VIRTUAL, Memory(), Features())}


def an_AT(granule: Granule) -> dict[str, Any]:
    """Return the same, as far as what AT finds depends on it."""
    case = an_AT_at_EL1(granule)["case"]
    return {name: getattr(case, name) for name in ("operation", "va", "PAN", "registers", "memory", "features")}


def no_granule(call: dict[str, Any]) -> dict[str, Any]:
    """Return that no case of a lemma about translated() belongs to a call: its registers select any granule."""
    return {"granule": None}


@theorem(about=translated, case_of=no_granule, example=an_AT, granule=GRANULES)
def AT_finds_what_the_access_would_come_to(
    granule: Granule,
    operation: ATOperation,
    va: Bits64,
    PAN: bool,
    registers: TranslationRegisters,
    memory: Memory,
    features: Features,
) -> Claim:
    """AT of both stages finds the physical address of the load or store that it asks about, or the fault of that.

    The access is aligned, and PSTATE.PAN acts on it as in the AT instruction. Hardware updates no descriptor.
    """
    case = of_granule(Asking(operation, va, 1, PAN, registers, memory, features), granule)
    operation, registers, features = case.operation, case.registers, case.features
    access = attrs.evolve(access_of(operation, PAN, registers.HCR_EL2, features), type=AccessType.GPR)
    found = translate_in(registers, Regime.EL10, va, access, memory, features).outcome
    answer = translated(operation, va, PAN, registers, memory, features).outcome
    given = is_implementable(features)
    if isinstance(found, Fault):
        return Claim(given, found.stage2, isinstance(answer, Fault) and is_same_fault(found, answer))
    return Claim(given, False, isinstance(answer, Translation) and found.PA == answer.PA)


@theorem(uses=(AT_finds_what_the_access_would_come_to,), example=an_AT_at_EL1, granule=(Granule.K64,))
def what_AT_finds_is_in_PAR_unless_EL1_is_not_to_learn_it(granule: Granule, case: Asking) -> Claim:
    """AT takes an exception for an External abort, and at EL1 for a fault of stage 2 on the walk of stage 1.

    The latter goes to EL2. Everything else that it finds is in PAR_EL1, as PAR_EL1 encodes it.
    """
    case = of_granule(case, granule)
    operation, registers, features = case.operation, case.registers, case.features
    found = translated(operation, case.va, case.PAN, registers, case.memory, features).outcome
    answer = execute(operation, case.va, case.el, case.PAN, registers, case.memory, features)
    given = every(case.el > 0, case.el < 3)
    if isinstance(found, Translation):
        same = isinstance(answer, Answer) and encode_PAR(found, features) == answer.PAR
        return Claim(given, False, same)
    external = found.kind == FaultKind.EXTERNAL_ABORT
    hidden = external | ((case.el == 1) & found.s2fs1walk)
    if isinstance(answer, Answer):
        return Claim(given, False, negation(hidden) & (encode_PAR(found, features) == answer.PAR))
    return Claim(given, negation(external), hidden & implies(found.stage2, answer.abort.EL == 2))


@theorem()
def PAR_of_a_fault_holds_its_status_and_its_stage(fault: Fault, features: Features) -> Claim:
    """PAR_EL1 of a fault has F and bit 11 set, the status code with its level in FST, the stage in S and PTW.

    Of a fault of stage 2 on a stage 1 walk the level is that of the stage 2 walk. Overlay and DirtyBit say why a
    permission is missing.
    """
    par = encode_PAR(fault, features)
    levels = [(fault.level == level) & (bits(par, 2, 1) == level) for level in (0, 1, 2, 3)]
    level = some(*levels) | (fault.level == -1) | (fault.kind == FaultKind.ALIGNMENT)
    holds = every(
        bit(par, 0),
        bit(par, 11),
        PAR_EL1_F.FST(par) == fault_status(fault),
        bit(par, 9) == fault.stage2,
        bit(par, 8) == fault.s2fs1walk,
        bit(par, 14) == fault.overlay,
        bit(par, 15) == fault.dirty_bit,
        level,
    )
    return Claim(True, fault.s2fs1walk & (fault.level == 2), holds)


@theorem()
def AT_asks_for_the_access_that_its_name_says(
    operation: ATOperation, PAN: bool, hcr: Bits64, features: Features
) -> Claim:
    """PSTATE.PAN acts in the forms that end in P alone; nothing is unaligned; a host that asks of EL1 asks of EL2.

    With {E2H, TGE} = {1, 1} the regime is EL2&0, also of the forms of both stages.
    """
    access = access_of(operation, PAN, hcr, features)
    host = is_in_host(hcr, features)
    level = level_of_operation(operation, hcr, features)
    holds = every(
        access.PAN == (PAN & operation.PAN),
        access.aligned,
        access.type == AccessType.AT,
        access.read == operation.read,
        access.write == operation.write,
        implies(host & (operation.EL == 1), access.EL == 2),
        implies(negation(host), access.EL == operation.EL),
        implies(host, regime_of_operation(operation, hcr, features) == Regime.EL20),
        level == access.EL,
    )
    return Claim(operation.EL < 3, host & operation.both_stages & (operation.EL == 1), holds)


@theorem()
def the_attributes_of_PAR_are_those_of_MAIR(attribute: Bits64, SH: Bits64, features: Features) -> Claim:
    """PAR_EL1.ATTR encodes memory attributes as MAIR_ELx does: an attribute that is not reserved comes back as it was.

    Device attributes end in 0b00, and with FEAT_XS in 0b01 too, for memory without the XS attribute.
    """
    code = attribute & 0xFF
    upper, lower = code >> 4, code & 0b1111
    device = (upper == 0) & ((lower & 0b0011 == 0b00) | features.FEAT_XS & (lower & 0b0011 == 0b01))
    not_XS = features.FEAT_XS & ((code == 0x40) | (code == 0xA0))
    tagged = features.FEAT_MTE2 & (code == 0xF0)
    plain = every(lower != 0, upper != 0, code != 0x40, code != 0xA0, code != 0xF0)
    through = every((lower & 0b1100) != 0b0100, (upper & 0b1100) != 0b0100) | (lower == 0b0100) | (upper == 0b0100)
    memory = decode_MAIR(code, SH & 0b11, features)
    given = device | not_XS | tagged | (plain & through)
    return Claim(given, tagged, encode_attributes(memory, features) == code)


@theorem()
def PAR_holds_the_page_of_the_output(PA: Address, attributes: MemoryAttributes, features: Features) -> Claim:
    """PAR_EL1 of a translation has F = 0, bit 11 set, and bits 51 to 12 of the output address in place."""
    par = encode_PAR(Translation(PA, attributes), features)
    given = (PA >> 52) == 0
    return Claim(
        given, bit(PA, 51), every(negation(bit(par, 0)), bit(par, 11), bits(par, 51, 12) == (PA >> 12 & (1 << 40) - 1))
    )
