"""Theorems of fine-grained traps: each bit traps what Arm gives to it, by its sense, and nothing else."""

import functools
import re
from typing import NamedTuple

from proofs.access.setting import accessors, at, classes, holding, is_exception, is_guest, of_every, same, tried
from proofs.engine.theorem import Claim, theorem
from spec.access.accessor import Accessor
from spec.access.instruction import Form
from spec.access.machine import Machine
from spec.access.outcome import Kind
from spec.features import Features, condition
from spec.lang import MASK64, bit, every, implies, negation
from spec.sysregs.hypervisor import HCRX_EL2
from spec.sysregs.tables import REGISTERS

BITS = {
    "HFGRTR_EL2": """
        63 nAMAIR2_EL1 62 nMAIR2_EL1 61 nS2POR_EL1 60 nPOR_EL1 59 nPOR_EL0 58 nPIR_EL1 57 nPIRE0_EL1
        56 nRCWMASK_EL1 55 nTPIDR2_EL0 54 nSMPRI_EL1 53 nGCS_EL1 52 nGCS_EL0 50 nACCDATA_EL1 49 ERXADDR_EL1
        48 ERXPFGCDN_EL1 47 ERXPFGCTL_EL1 46 ERXPFGF_EL1 45 ERXMISCn_EL1 44 ERXSTATUS_EL1 43 ERXCTLR_EL1
        42 ERXFR_EL1 41 ERRSELR_EL1 40 ERRIDR_EL1 39 ICC_IGRPENn_EL1 38 VBAR_EL1 37 TTBR1_EL1 36 TTBR0_EL1
        35 TPIDR_EL0 34 TPIDRRO_EL0 33 TPIDR_EL1 32 TCR_EL1 31 SCXTNUM_EL0 30 SCXTNUM_EL1 29 SCTLR_EL1
        28 REVIDR_EL1 27 PAR_EL1 26 MPIDR_EL1 25 MIDR_EL1 24 MAIR_EL1 23 LORSA_EL1 22 LORN_EL1 21 LORID_EL1
        20 LOREA_EL1 19 LORC_EL1 18 ISR_EL1 17 FAR_EL1 16 ESR_EL1 15 DCZID_EL0 14 CTR_EL0 13 CSSELR_EL1
        12 CPACR_EL1 11 CONTEXTIDR_EL1 10 CLIDR_EL1 9 CCSIDR_EL1 8 APIBKey 7 APIAKey 6 APGAKey 5 APDBKey
        4 APDAKey 3 AMAIR_EL1 2 AIDR_EL1 1 AFSR1_EL1 0 AFSR0_EL1
    """,
    "HFGWTR_EL2": """
        63 nAMAIR2_EL1 62 nMAIR2_EL1 61 nS2POR_EL1 60 nPOR_EL1 59 nPOR_EL0 58 nPIR_EL1 57 nPIRE0_EL1
        56 nRCWMASK_EL1 55 nTPIDR2_EL0 54 nSMPRI_EL1 53 nGCS_EL1 52 nGCS_EL0 50 nACCDATA_EL1 49 ERXADDR_EL1
        48 ERXPFGCDN_EL1 47 ERXPFGCTL_EL1 45 ERXMISCn_EL1 44 ERXSTATUS_EL1 43 ERXCTLR_EL1
        41 ERRSELR_EL1 39 ICC_IGRPENn_EL1 38 VBAR_EL1 37 TTBR1_EL1 36 TTBR0_EL1
        35 TPIDR_EL0 34 TPIDRRO_EL0 33 TPIDR_EL1 32 TCR_EL1 31 SCXTNUM_EL0 30 SCXTNUM_EL1 29 SCTLR_EL1
        27 PAR_EL1 24 MAIR_EL1 23 LORSA_EL1 22 LORN_EL1
        20 LOREA_EL1 19 LORC_EL1 17 FAR_EL1 16 ESR_EL1 13 CSSELR_EL1
        12 CPACR_EL1 11 CONTEXTIDR_EL1 8 APIBKey 7 APIAKey 6 APGAKey 5 APDBKey
        4 APDAKey 3 AMAIR_EL1 1 AFSR1_EL1 0 AFSR0_EL1
    """,
    "HFGITR_EL2": """
        62 ATS1E1A 60 COSPRCTX 59 nGCSEPP 58 nGCSSTR_EL1 57 nGCSPUSHM_EL1 56 nBRBIALL 55 nBRBINJ 54 DCCVAC
        53 SVC_EL1 52 SVC_EL0 51 ERET 50 CPPRCTX 49 DVPRCTX 48 CFPRCTX 47 TLBIVAALE1 46 TLBIVALE1 45 TLBIVAAE1
        44 TLBIASIDE1 43 TLBIVAE1 42 TLBIVMALLE1 41 TLBIRVAALE1 40 TLBIRVALE1 39 TLBIRVAAE1 38 TLBIRVAE1
        37 TLBIRVAALE1IS 36 TLBIRVALE1IS 35 TLBIRVAAE1IS 34 TLBIRVAE1IS 33 TLBIVAALE1IS 32 TLBIVALE1IS
        31 TLBIVAAE1IS 30 TLBIASIDE1IS 29 TLBIVAE1IS 28 TLBIVMALLE1IS 27 TLBIRVAALE1OS 26 TLBIRVALE1OS
        25 TLBIRVAAE1OS 24 TLBIRVAE1OS 23 TLBIVAALE1OS 22 TLBIVALE1OS 21 TLBIVAAE1OS 20 TLBIASIDE1OS
        19 TLBIVAE1OS 18 TLBIVMALLE1OS 17 ATS1E1WP 16 ATS1E1RP 15 ATS1E0W 14 ATS1E0R 13 ATS1E1W 12 ATS1E1R
        11 DCZVA 10 DCCIVAC 9 DCCVADP 8 DCCVAP 7 DCCVAU 6 DCCISW 5 DCCSW 4 DCISW 3 DCIVAC 2 ICIVAU 1 ICIALLU
        0 ICIALLUIS
    """,
    "HDFGRTR_EL2": """
        63 PMBIDR_EL1 62 nPMSNEVFR_EL1 61 nBRBDATA 60 nBRBCTL 59 nBRBIDR 58 PMCEIDn_EL0 57 PMUSERENR_EL0
        56 TRBTRG_EL1 55 TRBSR_EL1 54 TRBPTR_EL1 53 TRBMAR_EL1 52 TRBLIMITR_EL1 51 TRBIDR_EL1 50 TRBBASER_EL1
        48 TRCVICTLR 47 TRCSTATR 46 TRCSSCSRn 45 TRCSEQSTR 44 TRCPRGCTLR 43 TRCOSLSR 41 TRCIMSPECn 40 TRCID
        37 TRCCNTVRn 36 TRCCLAIM 35 TRCAUXCTLR 34 TRCAUTHSTATUS 33 TRC 32 PMSLATFR_EL1 31 PMSIRR_EL1
        30 PMSIDR_EL1 29 PMSICR_EL1 28 PMSFCR_EL1 27 PMSEVFR_EL1 26 PMSCR_EL1 25 PMBSR_EL1 24 PMBPTR_EL1
        23 PMBLIMITR_EL1 22 PMMIR_EL1 19 PMSELR_EL0 18 PMOVS 17 PMINTEN 16 PMCNTEN 15 PMCCNTR_EL0
        14 PMCCFILTR_EL0 13 PMEVTYPERn_EL0 12 PMEVCNTRn_EL0 11 OSDLR_EL1 10 OSECCR_EL1 9 OSLSR_EL1 7 DBGPRCR_EL1
        6 DBGAUTHSTATUS_EL1 5 DBGCLAIM 4 MDSCR_EL1 3 DBGWVRn_EL1 2 DBGWCRn_EL1 1 DBGBVRn_EL1 0 DBGBCRn_EL1
    """,
    "HDFGWTR_EL2": """
        62 nPMSNEVFR_EL1 61 nBRBDATA 60 nBRBCTL 57 PMUSERENR_EL0 56 TRBTRG_EL1 55 TRBSR_EL1 54 TRBPTR_EL1
        53 TRBMAR_EL1 52 TRBLIMITR_EL1 50 TRBBASER_EL1 49 TRFCR_EL1 48 TRCVICTLR 46 TRCSSCSRn 45 TRCSEQSTR
        44 TRCPRGCTLR 42 TRCOSLAR 41 TRCIMSPECn 37 TRCCNTVRn 36 TRCCLAIM 35 TRCAUXCTLR 33 TRC 32 PMSLATFR_EL1
        31 PMSIRR_EL1 29 PMSICR_EL1 28 PMSFCR_EL1 27 PMSEVFR_EL1 26 PMSCR_EL1 25 PMBSR_EL1 24 PMBPTR_EL1
        23 PMBLIMITR_EL1 21 PMCR_EL0 20 PMSWINC_EL0 19 PMSELR_EL0 18 PMOVS 17 PMINTEN 16 PMCNTEN 15 PMCCNTR_EL0
        14 PMCCFILTR_EL0 13 PMEVTYPERn_EL0 12 PMEVCNTRn_EL0 11 OSDLR_EL1 10 OSECCR_EL1 8 OSLAR_EL1 7 DBGPRCR_EL1
        5 DBGCLAIM 4 MDSCR_EL1 3 DBGWVRn_EL1 2 DBGWCRn_EL1 1 DBGBVRn_EL1 0 DBGBCRn_EL1
    """,
    "HAFGRTR_EL2": """
        49 AMEVTYPER115_EL0 48 AMEVCNTR115_EL0 47 AMEVTYPER114_EL0 46 AMEVCNTR114_EL0 45 AMEVTYPER113_EL0
        44 AMEVCNTR113_EL0 43 AMEVTYPER112_EL0 42 AMEVCNTR112_EL0 41 AMEVTYPER111_EL0 40 AMEVCNTR111_EL0
        39 AMEVTYPER110_EL0 38 AMEVCNTR110_EL0 37 AMEVTYPER19_EL0 36 AMEVCNTR19_EL0 35 AMEVTYPER18_EL0
        34 AMEVCNTR18_EL0 33 AMEVTYPER17_EL0 32 AMEVCNTR17_EL0 31 AMEVTYPER16_EL0 30 AMEVCNTR16_EL0
        29 AMEVTYPER15_EL0 28 AMEVCNTR15_EL0 27 AMEVTYPER14_EL0 26 AMEVCNTR14_EL0 25 AMEVTYPER13_EL0
        24 AMEVCNTR13_EL0 23 AMEVTYPER12_EL0 22 AMEVCNTR12_EL0 21 AMEVTYPER11_EL0 20 AMEVCNTR11_EL0
        19 AMEVTYPER10_EL0 18 AMEVCNTR10_EL0 17 AMCNTEN1 4 AMEVCNTR03_EL0 3 AMEVCNTR02_EL0 2 AMEVCNTR01_EL0
        1 AMEVCNTR00_EL0 0 AMCNTEN0
    """,
}
"""The bits of each register as Arm's manual lists them, written down apart from the tables of the registers.

A name that begins with ``n`` before a capital traps when the bit is 0.
"""

SECOND = ("HFGRTR2_EL2", "HFGWTR2_EL2", "HFGITR2_EL2", "HDFGRTR2_EL2", "HDFGWTR2_EL2")
"""The registers of FEAT_FGT2."""

GROUPS = {
    **{f"AP{key}Key": f"AP{key}Key(Hi|Lo)_EL1" for key in ("IA", "IB", "DA", "DB", "GA")},
    "ERXMISCn_EL1": "ERXMISC[0-3]_EL1",
    "ICC_IGRPENn_EL1": "ICC_IGRPEN[01]_EL1",
    "TCR_EL1": "TCR2?_EL1",
    "SCTLR_EL1": "SCTLR2?_EL1",
    "nGCS_EL1": "GCS(CR|PR)_EL1",
    "nGCS_EL0": "GCSCRE0_EL1|GCSPR_EL0",
    "DCZVA": "DC (ZVA|GVA|GZVA)",
    "DCCVAC": "DC C(G|GD)?VAC|DC C(GD)?VAOC",
    "DCCIVAC": "DC CI(G|GD)?VAC|DC CI(GD)?VAOC",
    "DCCVAP": "DC C(G|GD)?VAP",
    "DCCVADP": "DC C(G|GD)?VADP",
    "DCIVAC": "DC I(G|GD)?VAC",
    "DCISW": "DC I(G|GD)?SW",
    "DCCSW": "DC C(G|GD)?SW",
    "DCCISW": "DC CI(G|GD)?SW",
    "nGCSEPP": "GCSPUSHX|GCSPOPCX",
    "nGCSPUSHM_EL1": "GCSPUSHM",
    "nBRBIALL": "BRB IALL",
    "nBRBINJ": "BRB INJ",
    "DBGBCRn_EL1": "DBGBCR[0-9]+_EL1",
    "DBGBVRn_EL1": "DBGBVR[0-9]+_EL1",
    "DBGWCRn_EL1": "DBGWCR[0-9]+_EL1",
    "DBGWVRn_EL1": "DBGWVR[0-9]+_EL1",
    "DBGCLAIM": "DBGCLAIM(SET|CLR)_EL1",
    "PMCEIDn_EL0": "PMCEID[01]_EL0",
    "PMCNTEN": "PMCNTEN(SET|CLR)_EL0",
    "PMINTEN": "PMINTEN(SET|CLR)_EL1",
    "PMOVS": "PMOVS(SET|CLR)_EL0",
    "PMEVCNTRn_EL0": "PMEVCNTR[0-9]+_EL0|PMXEVCNTR_EL0",
    "PMEVTYPERn_EL0": "PMEVTYPER[0-9]+_EL0|PMXEVTYPER_EL0",
    "AMCNTEN0": "AMCNTEN(SET|CLR)0_EL0",
    "AMCNTEN1": "AMCNTEN(SET|CLR)1_EL0",
    "TRCCLAIM": "TRCCLAIM(SET|CLR)",
    "TRCID": "TRCDEVARCH|TRCDEVID|TRCIDR[0-9]+",
    "TRCIMSPECn": "TRCIMSPEC[0-7]",
    "TRCCNTVRn": "TRCCNTVR[0-3]",
    "TRCSSCSRn": "TRCSSCSR[0-7]",
    "nBRBIDR": "BRBIDR0_EL1",
    "nBRBCTL": "BRB(CR|FCR)_EL1",
    "nBRBDATA": "BRB(INF|SRC|TGT)([0-9]+|INJ)_EL1|BRBTS_EL1",
}
"""The bits that trap more than the register or the instruction of their name."""

FORM = {
    "HFGRTR_EL2": Form.MRS,
    "HDFGRTR_EL2": Form.MRS,
    "HAFGRTR_EL2": Form.MRS,
    "HFGWTR_EL2": Form.MSR,
    "HDFGWTR_EL2": Form.MSR,
    "HFGITR_EL2": Form.SYS,
}
"""Which form of instruction each register traps."""


class Governed(NamedTuple):
    """An access and the bit that traps it."""

    accessor: Accessor
    """The access."""
    register: str
    """The register of the bit."""
    position: int
    """The place of the bit."""
    negative: bool
    """It traps when it is 0."""
    name: str
    """The name of the bit."""
    with_nXS: bool
    """It traps the nXS form of an instruction that it also traps without."""


def listed(register: str) -> list[tuple[int, str]]:
    """Return the bits of a register, by place and name."""
    words = BITS[register].split()
    return list(zip(map(int, words[::2]), words[1::2], strict=True))


@functools.cache
def governed(form: Form) -> tuple[Governed, ...]:
    """Return every access that Arm gives a bit of a fine-grained trap register to, with the bit."""
    found = []
    for register in (register for register, of in FORM.items() if of == form):
        for position, name in listed(register):
            negative = re.match("n[A-Z]", name) is not None
            plain = name[1:] if negative else name
            if form == Form.SYS:
                plain = re.sub(r"^(AT|DC|IC|TLBI|CFP|CPP|DVP|COSP)", r"\1 ", plain)
            pattern = re.compile(GROUPS.get(name, re.escape(plain)))
            for one in accessors(form):
                with_nXS = one.name.endswith("NXS")
                if pattern.fullmatch(one.name.removesuffix("NXS") if with_nXS else one.name):
                    found.append(Governed(one, register, position, negative, name, with_nXS))
    return tuple(found)


def implemented(one: Governed, machine: Machine) -> bool:
    """Return whether the machine has a bit, and for the nXS form lets it trap."""
    features: Features = machine.features
    present = features.FEAT_FGT & condition(getattr(REGISTERS[one.register].kind, one.name).when)(features)
    if one.with_nXS:
        return present & features.FEAT_HCX & negation(HCRX_EL2.FGTnXS(machine.HCRX_EL2))
    return present


def neutral(machine: Machine) -> Machine:
    """Return a machine whose fine-grained traps trap nothing."""
    values = dict.fromkeys(SECOND, MASK64)
    for register in BITS:
        values[register] = 0
        for position, name in listed(register):
            if re.match("n[A-Z]", name):
                values[register] |= 1 << position
    for register in SECOND:
        for field in REGISTERS[register].kind.fields():
            if not re.match("n[A-Z]", field.name):
                values[register] &= MASK64 ^ field.mask
    return holding(machine, values)


@theorem(form=(Form.MRS, Form.MSR, Form.SYS), el=(0, 1))
def a_bit_traps_what_it_is_for_by_its_sense(form: Form, el: int, machine: Machine) -> Claim:
    """An access that Arm gives a fine-grained trap bit to is trapped if the bit has its trapping sense.

    That is 1, or 0 for a name with n, of a bit that is implemented. Otherwise the access, a guest's, does what it does
    without fine-grained traps.
    """
    machine = at(machine, el)
    without = neutral(machine)

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        of = next(pair for pair in governed(form) if pair.accessor is one)
        traps = implemented(of, machine) & (bit(getattr(machine, of.register), of.position) != of.negative)
        got = tried(one, machine)
        return got.kind == Kind.TRAP, every(
            implies(traps, is_exception(got)),
            implies(negation(traps), same(got, tried(one, without))),
        )

    of_EL1_alone = ("nGCSPUSHM_EL1",)
    chosen = [
        pair.accessor
        for pair in governed(form)
        if pair.accessor.level <= el and (el == 1 or pair.name not in of_EL1_alone)
    ]
    return of_every(chosen, holds_of, is_guest(machine))


@theorem(form=(Form.MRS, Form.MSR, Form.SYS), el=(0, 1))
def a_bit_traps_nothing_that_it_is_not_for(form: Form, el: int, machine: Machine, other: Machine) -> Claim:
    """Any other access does the same whatever the fine-grained traps of the first registers are."""
    machine = at(machine, el)
    changed = holding(machine, {register: getattr(other, register) for register in BITS})
    named = {pair.accessor for pair in governed(form)}
    of_trace = re.compile("TRC")

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        return True, same(tried(one, machine), tried(one, changed))

    chosen = [one for one in classes(form) if one not in named and not of_trace.match(one.name)]
    return of_every(chosen, holds_of)


@theorem(form=(Form.MRS, Form.MSR, Form.SYS), el=(0, 1))
def without_FEAT_FGT_there_are_no_fine_grained_traps(form: Form, el: int, machine: Machine) -> Claim:
    """Without FEAT_FGT and FEAT_FGT2 an access does the same whatever the fine-grained trap registers hold."""
    machine = at(machine, el)
    features = machine.features

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        return True, same(tried(one, machine), tried(one, neutral(machine)))

    return of_every(classes(form), holds_of, negation(features.FEAT_FGT) & negation(features.FEAT_FGT2))
