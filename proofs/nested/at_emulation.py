"""Theorems of the emulation of AT: PAR_EL1 is what the virtual machine's own EL2 would have put there.

What L0 finds by its walks is what AT finds (:func:`L0_finds_what_AT_of_the_virtual_machine_finds`); and it looks for it
by the right registers, and says it in PAR_EL1 as AT at EL2 does (:func:`PAR_of_a_guest_hypervisor_is_that_of_its_EL2`;
proofs.mmu.at says that of AT itself).
"""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.stage1 import is_same_fault
from proofs.mmu.stage2 import a_fault_of_a_walk_names_its_address_and_access
from proofs.mmu.translation import UNTRANSLATED, stage_1_that_is_off_reads_no_tables, with_granule, without_updates
from proofs.nested.configuration import HARDWARE
from spec.exceptions.state import State
from spec.features import Features, Granule, is_implementable
from spec.lang import Bits64, Memory, add, every, extended, negation
from spec.mmu import at
from spec.mmu.abort import Origin, abort
from spec.mmu.access import AccessType
from spec.mmu.at import OPERATIONS, ATOperation, encode_PAR
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from spec.mmu.stage2 import Translation
from spec.nested.at_emulation import emulated, walked
from spec.nested.configuration import Configuration
from spec.nested.vcpu import VCPU, Registers, stage1_registers, value_of
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2


@attrs.frozen
class Asked:
    """Which regime an instruction asks about."""

    of_EL2: bool
    """It is one of S1E2."""
    E2H: bool
    """The virtual HCR_EL2.E2H."""
    TGE: bool
    """The virtual HCR_EL2.TGE."""

    @property
    def is_alone(self) -> bool:
        """Whether the regime has no stage 2."""
        return self.of_EL2 or (self.E2H and self.TGE)

    @property
    def granule(self) -> Granule:
        """The granule of the tables: what a granule changes is in the rules of the walks, which both sides share."""
        return Granule.K4 if self.is_alone else Granule.K64

    @property
    def __name__(self) -> str:
        """How the case is read aloud."""
        return f"{'S1E2' if self.of_EL2 else 'S1E1 S12E1'} E2H {int(self.E2H)} TGE {int(self.TGE)}"


ASKED = (
    *(Asked(True, E2H, False) for E2H in (False, True)),
    *(Asked(False, E2H, TGE) for E2H in (False, True) for TGE in (False, True)),
)
"""The regimes: TGE makes no difference to that of EL2."""


def of_level(operation: ATOperation, asked: Asked) -> ATOperation:
    """Return an instruction of those that ask about a regime."""
    return attrs.evolve(operation, EL=2 if asked.of_EL2 else extended(operation.EL & 1, 2))


def of_hypervisor(HCR: Bits64, asked: Asked) -> Bits64:
    """Return HCR_EL2 (64 bits) with {E2H, TGE}."""
    return HCR_EL2.TGE.insert(HCR_EL2.E2H.insert(HCR, asked.E2H), asked.TGE)


def with_either_E2H(guest: Features) -> Features:
    """Return a virtual machine whose E2H may be 0 and 1, and whose hardware updates no descriptor."""
    return attrs.evolve(without_updates(guest), FEAT_VHE=True, FEAT_E2H0=True)


def _looked_for(asked: Asked) -> dict[str, Any]:
    """Return an example: stage 1 is off."""
    call = {"operation": OPERATIONS["S12E1R"], "va": 0x1234, "PAN": False, "registers": UNTRANSLATED}
    return call | {"memory": Memory(), "guest": HARDWARE}


def no_case(call: dict[str, Any]) -> dict[str, Any]:
    """Return that no case of the lemma belongs to a call: what is found is anything."""
    return {"asked": None}


@theorem(
    about=walked,
    case_of=no_case,
    uses=(stage_1_that_is_off_reads_no_tables, a_fault_of_a_walk_names_its_address_and_access),
    example=_looked_for,
    asked=ASKED,
)
def L0_finds_what_AT_of_the_virtual_machine_finds(
    asked: Asked,
    operation: ATOperation,
    va: Bits64,
    PAN: bool,
    registers: TranslationRegisters,
    memory: Memory,
    guest: Features,
) -> Claim:
    """L0's walks come to the physical address and attributes that AT finds in the virtual machine, or to its fault.

    So it is for each instruction and each {E2H, TGE}, whatever VM and DC are. Hardware updates no descriptor.
    """
    operation = of_level(operation, asked)
    registers = attrs.evolve(with_granule(registers, asked.granule), HCR_EL2=of_hypervisor(registers.HCR_EL2, asked))
    guest = with_either_E2H(guest)
    wanted = at.translated(operation, va, PAN, registers, memory, guest).outcome
    found = walked(operation, va, PAN, registers, memory, guest).outcome
    given, is_alone = is_implementable(guest), asked.is_alone
    if isinstance(wanted, Fault):
        if not isinstance(found, Fault):
            return Claim(given, not is_alone, False)
        same = every(is_same_fault(found, wanted), wanted.IPA == found.IPA, found.s2fs1walk == wanted.s2fs1walk)
        below = wanted.stage2 & negation(wanted.s2fs1walk)
        return Claim(given, not is_alone and below, same & (found.write == wanted.write))
    if not isinstance(found, Translation):
        return Claim(given, is_alone, False)
    return Claim(given, is_alone, (found.PA == wanted.PA) & (encode_PAR(found, guest) == encode_PAR(wanted, guest)))


# -- PAR_EL1 -------------------------------------------------------------------------------------------------------


def asking(vcpu: VCPU, asked: Asked) -> VCPU:
    """Return a PE at EL2 with {E2H, TGE}, and with tables of one granule."""
    state, held = vcpu.state, vcpu.registers
    tables = TranslationRegisters(
        EL1=Stage1Registers(TCR=state.TCR_EL1), EL2=Stage1Registers(TCR=state.TCR_EL2), VTCR_EL2=held.VTCR_EL2
    )
    tables = with_granule(tables, asked.granule)
    state = attrs.evolve(
        state,
        PSTATE=attrs.evolve(state.PSTATE, EL=2),
        HCR_EL2=of_hypervisor(state.HCR_EL2, asked),
        TCR_EL1=tables.EL1.TCR,
        TCR_EL2=tables.EL2.TCR,
    )
    return VCPU(state, attrs.evolve(held, VTCR_EL2=tables.VTCR_EL2))


def _asked(asked: Asked) -> dict[str, Any]:
    """Return an example: AT S12E1R, whose stage 1 is off and whose stage 2 has empty tables."""
    state = State(0x1000, PSTATE(2, SP=True, PAN=True), HCR_EL2=HCR_EL2.VM.mask | HCR_EL2.RW.mask)
    vcpu = VCPU(state, Registers(VTCR_EL2=UNTRANSLATED.VTCR_EL2, VTTBR_EL2=UNTRANSLATED.VTTBR_EL2))
    call = {"operation": OPERATIONS["S12E1R"], "va": 0x1234, "PAR": 0, "POR_EL0": 0, "vcpu": vcpu, "memory": Memory()}
    return call | {"configuration": Configuration(HARDWARE, HARDWARE)}


@theorem(uses=(L0_finds_what_AT_of_the_virtual_machine_finds,), example=_asked, asked=ASKED)
def PAR_of_a_guest_hypervisor_is_that_of_its_EL2(
    asked: Asked,
    operation: ATOperation,
    va: Bits64,
    PAR: Bits64,
    POR_EL0: Bits64,
    vcpu: VCPU,
    memory: Memory,
    configuration: Configuration,
) -> Claim:
    """PAR_EL1 encodes what the walks find by the virtual machine's registers of EL1 and of EL2, under its PSTATE.PAN.

    A fault of stage 2 on the walk of stage 1 is among that: AT at EL2 may learn of it. The next instruction follows. An
    External abort is an exception to the virtual EL2, with the syndrome and the address of an abort of AT.
    """
    operation, vcpu, guest = of_level(operation, asked), asking(vcpu, asked), with_either_E2H(configuration.guest)
    configuration, pstate, HCR = attrs.evolve(configuration, guest=guest), vcpu.state.PSTATE, vcpu.state.HCR_EL2
    registers = TranslationRegisters(
        EL1=stage1_registers(vcpu, 1),
        EL2=stage1_registers(vcpu, 2),
        POR_EL0=POR_EL0,
        **{name: value_of(vcpu, name) for name in ("HCR_EL2", "HCRX_EL2", "VTCR_EL2", "VTTBR_EL2")},
    )
    outcome = walked(operation, va, pstate.PAN, registers, memory, guest).outcome
    found = emulated(operation, va, PAR, POR_EL0, vcpu, memory, configuration)
    after = found.vcpu.state
    if isinstance(outcome, Fault) and outcome.kind == FaultKind.EXTERNAL_ABORT:
        wanted = abort(outcome, va, Origin(2, AccessType.AT), HCR, guest)
        taken = every(after.PSTATE.EL == 2, after.ELR_EL2 == vcpu.state.PC, after.FAR_EL2 == wanted.FAR)
        return Claim(True, False, every(taken, wanted.ESR == after.ESR_EL2, found.PAR == PAR))
    reaching = asked.is_alone or (isinstance(outcome, Fault) and outcome.stage2)
    follows = add(vcpu.state.PC, 4) == after.PC
    return Claim(True, reaching, every(encode_PAR(outcome, guest) == found.PAR, follows, after.PSTATE.EL == 2))
