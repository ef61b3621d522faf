"""Theorems of aborts: who takes them, and what the syndrome registers say."""

from proofs.engine.theorem import Claim, theorem
from spec.features import Features
from spec.hcr import is_in_host
from spec.lang import Bits64, bits, every, implies, negation
from spec.mmu.abort import Origin, Reported, abort
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind, fault_status
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HPFAR_EL2
from spec.sysregs.syndrome import DataAbortISS, InstructionAbortISS


@theorem()
def a_fault_of_stage_2_is_taken_to_EL2(
    fault: Fault, va: Bits64, origin: Origin, hcr: Bits64, features: Features
) -> Claim:
    """A fault of stage 2 is never taken to EL1, whatever was accessed, on a stage 1 walk or not."""
    found = abort(fault, va, origin, hcr, features)
    return Claim((origin.EL < 2) & fault.stage2, fault.s2fs1walk, found.EL == 2)


@theorem()
def a_fault_of_stage_1_is_taken_to_EL1_unless_HCR_EL2_says_otherwise(
    fault: Fault, va: Bits64, origin: Origin, hcr: Bits64, features: Features
) -> Claim:
    """An MMU fault of stage 1 goes to EL2 from EL2, under TGE, and of an access that NV2 redirected; else to EL1.

    An External abort of stage 1 does so under TEA too (FEAT_RAS), from EL1 and EL0; TGE sends that of EL0 alone.
    """
    found = abort(fault, va, origin, hcr, features)
    external = fault.kind == FaultKind.EXTERNAL_ABORT
    NV2 = origin.type == AccessType.NV2
    TGE, TEA = HCR_EL2.TGE(hcr), features.FEAT_RAS & HCR_EL2.TEA(hcr)
    plain = TGE | NV2
    of_walk = TEA | (TGE | is_in_host(hcr, features) if origin.EL == 0 else NV2)
    to_EL2 = of_walk if external else plain
    given = every(origin.EL < 2, negation(fault.stage2), implies(NV2, origin.EL == 1))
    return Claim(given, negation(to_EL2), (2 if to_EL2 else 1) == found.EL)


@theorem()
def the_syndrome_names_the_fault(fault: Fault, va: Bits64, origin: Origin, hcr: Bits64, features: Features) -> Claim:
    """ESR_ELx of an abort holds the fault status code with its level, S1PTW, WnR and the class; FAR_ELx the address.

    AT and NV2 are marked (CM, VNCR); a fetch has no WnR.
    """
    found = abort(fault, va, origin, hcr, features)
    iss, ec = ESR_EL2.ISS(found.ESR), ESR_EL2.EC(found.ESR)
    fetch = origin.type == AccessType.IFETCH
    same = origin.EL == found.EL
    is_AT, NV2 = origin.type == AccessType.AT, origin.type == AccessType.NV2
    data = every(
        DataAbortISS.WnR(iss) == (fault.write | is_AT),
        DataAbortISS.CM(iss) == is_AT,
        DataAbortISS.VNCR(iss) == NV2,
        ec == (0x25 if same | NV2 else 0x24),
    )
    holds = every(
        bits(iss, 5, 0) == fault_status(fault),
        InstructionAbortISS.S1PTW(iss) == fault.s2fs1walk,
        ESR_EL2.IL(found.ESR),
        va == found.FAR,
        implies(fetch, ec == (0x21 if same else 0x20)),
        implies(negation(fetch), data),
    )
    return Claim(origin.EL < 3, fetch & fault.s2fs1walk, holds)


@theorem()
def HPFAR_names_the_page_of_a_stage_2_fault(
    fault: Fault, va: Bits64, origin: Origin, hcr: Bits64, features: Features
) -> Claim:
    """HPFAR_EL2 holds the page of the IPA of a Translation, Access flag or Address size fault of stage 2.

    Of a Permission fault it does on a stage 1 walk alone: of the access itself it is UNKNOWN, as for every other fault.
    """
    found = abort(fault, va, origin, hcr, features)
    mmu = (fault.kind == FaultKind.TRANSLATION) | (fault.kind == FaultKind.ACCESS_FLAG)
    mmu = mmu | (fault.kind == FaultKind.ADDRESS_SIZE)
    valid = fault.stage2 & (mmu | ((fault.kind == FaultKind.PERMISSION) & fault.s2fs1walk))
    if isinstance(found.IPA, Reported):
        page = HPFAR_EL2.FIPA(found.IPA.HPFAR_EL2) == (fault.IPA >> 12)
        return Claim(True, True, valid & page)
    return Claim(True, False, negation(valid))
