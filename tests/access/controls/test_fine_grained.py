"""Fine-grained traps: what each bit traps, by its sense, from HFGRTR_EL2 and its kin in DDI 0487 D24.2."""

import fnmatch

import pytest

from spec.access.allocation import every_accessor
from spec.access.controls.fine_grained import FINE_GRAINED_CONTROLS, bit_traps, is_negative, names
from spec.access.instruction import Form
from spec.sysregs.fine_grained import HFGITR_EL2, HFGRTR_EL2
from spec.sysregs.fine_grained_debug import HDFGRTR_EL2
from spec.sysregs.tables import REGISTERS
from tests.access.machines import Case, applied, check, esr_of, of, outcome, quiet

READS = "HFGRTR_EL2 HDFGRTR_EL2 HAFGRTR_EL2 HFGRTR2_EL2 HDFGRTR2_EL2"
WRITES = "HFGWTR_EL2 HDFGWTR_EL2 HFGWTR2_EL2 HDFGWTR2_EL2"

POSITIVE = [
    # HFGRTR_EL2 and HFGWTR_EL2
    *of("SCTLR_EL1", "HFGRTR_EL2[29]=1", "MRS SCTLR_EL1", "MRS SCTLR2_EL1", spared="MSR SCTLR_EL1"),
    *of("TCR_EL1", "HFGWTR_EL2[32]=1", "MSR TCR_EL1", "MSR TCR2_EL1", spared="MRS TCR_EL1"),
    *of("VBAR_EL1", "HFGWTR_EL2[38]=1", "MSR VBAR_EL1", spared="MSR TTBR1_EL1"),
    *of("APIAKey", "HFGRTR_EL2[7]=1", "MRS APIAKeyLo_EL1", "MRS APIAKeyHi_EL1", spared="MRS APIBKeyLo_EL1"),
    *of("ERXMISCn", "HFGRTR_EL2[45]=1", *[f"MRS ERXMISC{n}_EL1" for n in range(4)], spared="MRS ERXADDR_EL1"),
    *of("ICC_IGRPENn", "HFGWTR_EL2[39]=1", "MSR ICC_IGRPEN0_EL1", "MSR ICC_IGRPEN1_EL1", spared="MSR ICC_PMR_EL1"),
    *of("MIDR_EL1", "HFGRTR_EL2[25]=1", "MRS MIDR_EL1", spared="MRS MPIDR_EL1"),
    *of("CTR_EL0", "HFGRTR_EL2[14]=1", "MRS CTR_EL0", el=0, spared="MRS DCZID_EL0"),
    *of("TPIDR_EL0", "HFGWTR_EL2[35]=1", "MSR TPIDR_EL0", el=0, spared="MRS TPIDR_EL0"),
    # HFGITR_EL2
    *of("ICIALLUIS", "HFGITR_EL2[0]=1", "IC IALLUIS", spared="IC IALLU"),
    *of("DCCVAC", "HFGITR_EL2[54]=1", "DC CVAC", "DC CGVAC", "DC CGDVAC", el=0, spared="DC CIVAC"),
    *of("DCCISW", "HFGITR_EL2[6]=1", "DC CISW", "DC CIGSW", "DC CIGDSW", spared="DC CSW"),
    *of("DCZVA", "HFGITR_EL2[11]=1", "DC ZVA", "DC GVA", "DC GZVA", el=0, spared="DC CVAC"),
    *of("ATS1E1WP", "HFGITR_EL2[17]=1", "AT S1E1WP", spared="AT S1E1W"),
    *of("ATS1E1A", "HFGITR_EL2[62]=1", "AT S1E1A", spared="AT S1E1R"),
    *of("CPPRCTX", "HFGITR_EL2[50]=1", "CPP RCTX", el=0, spared="CFP RCTX"),
    *of("COSPRCTX", "HFGITR_EL2[60]=1", "COSP RCTX", spared="CPP RCTX"),
    *of("TLBIVAE1", "HFGITR_EL2[43]=1", "TLBI VAE1", "TLBI VAE1NXS", spared="TLBI VAE1IS"),
    *of("TLBIRVALE1OS", "HFGITR_EL2[26]=1", "TLBI RVALE1OS", "TLBI RVALE1OSNXS", spared="TLBI RVALE1IS"),
    # HDFGRTR_EL2 and HDFGWTR_EL2
    *of("MDSCR_EL1", "HDFGRTR_EL2[4]=1", "MRS MDSCR_EL1", spared="MSR MDSCR_EL1"),
    *of("DBGBVRn", "HDFGWTR_EL2[1]=1", "MSR DBGBVR0_EL1", "MSR DBGBVR15_EL1", spared="MSR DBGBCR0_EL1"),
    *of("OSLAR_EL1", "HDFGWTR_EL2[8]=1", "MSR OSLAR_EL1", spared="MRS OSLSR_EL1"),
    *of("PMEVCNTRn", "HDFGRTR_EL2[12]=1", "MRS PMEVCNTR0_EL0", "MRS PMXEVCNTR_EL0", spared="MRS PMEVTYPER0_EL0"),
    *of("PMCNTEN", "HDFGWTR_EL2[16]=1", "MSR PMCNTENSET_EL0", "MSR PMCNTENCLR_EL0", el=0, spared="MSR PMOVSSET_EL0"),
    *of("PMCR_EL0", "HDFGWTR_EL2[21]=1", "MSR PMCR_EL0", spared="MRS PMCR_EL0"),
    *of("PMUSERENR_EL0", "HDFGRTR_EL2[57]=1", "MRS PMUSERENR_EL0", el=0, spared="MRS PMCR_EL0"),
    *of("PMSCR_EL1", "HDFGWTR_EL2[26]=1", "MSR PMSCR_EL1", spared="MRS PMSCR_EL1"),
    *of("TRBLIMITR_EL1", "HDFGRTR_EL2[52]=1", "MRS TRBLIMITR_EL1", spared="MRS TRBPTR_EL1"),
    *of("TRFCR_EL1", "HDFGWTR_EL2[49]=1", "MSR TRFCR_EL1", spared="MRS TRFCR_EL1"),
    *of("TRC", "HDFGRTR_EL2[33]=1", "MRS TRCCONFIGR", "MRS TRCACVR0", spared="MRS TRCPRGCTLR"),
    *of("TRCID", "HDFGRTR_EL2[40]=1", "MRS TRCIDR0", "MRS TRCDEVARCH", spared="MRS TRCCONFIGR"),
    # HAFGRTR_EL2
    *of(
        "AMCNTEN0", "HAFGRTR_EL2[0]=1", "MRS AMCNTENSET0_EL0", "MRS AMCNTENCLR0_EL0", el=0, spared="MRS AMCNTENSET1_EL0"
    ),
    *of("AMEVCNTR10", "HAFGRTR_EL2[18]=1", "MRS AMEVCNTR10_EL0", spared="MRS AMEVTYPER10_EL0"),
    *of("AMEVTYPER115", "HAFGRTR_EL2[49]=1", "MRS AMEVTYPER115_EL0", spared="MRS AMEVCNTR115_EL0"),
]

NEGATIVE = [
    *of("nTPIDR2_EL0", "HFGRTR_EL2[55]=0", "MRS TPIDR2_EL0", el=0, spared="MRS TPIDR_EL0"),
    *of("nSMPRI_EL1", "HFGWTR_EL2[54]=0", "MSR SMPRI_EL1", spared="MRS SMPRI_EL1"),
    *of("nGCS_EL1", "HFGRTR_EL2[53]=0", "MRS GCSCR_EL1", "MRS GCSPR_EL1", spared="MRS GCSPR_EL0"),
    *of("nGCS_EL0", "HFGRTR_EL2[52]=0", "MRS GCSCRE0_EL1", "MRS GCSPR_EL0", spared="MRS GCSPR_EL1"),
    *of("nACCDATA_EL1", "HFGWTR_EL2[50]=0", "MSR ACCDATA_EL1", spared="MRS ACCDATA_EL1"),
    *of("nPIR_EL1", "HFGWTR_EL2[58]=0", "MSR PIR_EL1", spared="MSR PIRE0_EL1"),
    *of("nPOR_EL0", "HFGWTR_EL2[59]=0", "MSR POR_EL0", el=0, spared="MRS POR_EL0"),
    *of("nMAIR2_EL1", "HFGRTR_EL2[62]=0", "MRS MAIR2_EL1", spared="MRS MAIR_EL1"),
    *of("nGCSEPP", "HFGITR_EL2[59]=0", "GCSPUSHX", "GCSPOPCX", spared="GCSPUSHM"),
    *of("nGCSPUSHM_EL1", "HFGITR_EL2[57]=0", "GCSPUSHM", spared="GCSPUSHX"),
    *of("nBRBIALL", "HFGITR_EL2[56]=0", "BRB IALL", spared="BRB INJ"),
    *of("nBRBINJ", "HFGITR_EL2[55]=0", "BRB INJ", spared="BRB IALL"),
    *of("nBRBDATA", "HDFGRTR_EL2[61]=0", "MRS BRBINF0_EL1", "MRS BRBTS_EL1", spared="MRS BRBCR_EL1"),
    *of("nPMSNEVFR_EL1", "HDFGWTR_EL2[62]=0", "MSR PMSNEVFR_EL1", spared="MSR PMSEVFR_EL1"),
]


@pytest.mark.parametrize("case", [*POSITIVE, *NEGATIVE], ids=str)
def test_a_bit_traps_what_it_is_named_after(case: Case) -> None:
    """To EL2 with EC 0x18; without it the access is executed, and the one beside it always."""
    check(case)


@pytest.mark.parametrize("case", [*POSITIVE, *NEGATIVE], ids=str)
def test_a_bit_traps_nothing_at_EL2(case: Case) -> None:
    """Fine-grained traps are of EL1 and EL0."""
    EL2 = quiet(2)
    assert outcome(case.text, applied(EL2, case.changes)) == outcome(case.text, EL2)


@pytest.mark.parametrize("case", [one for one in (*POSITIVE, *NEGATIVE) if one.el == 0], ids=str)
def test_the_EL0_of_a_host_is_spared(case: Case) -> None:
    """With {E2H, TGE} = {1, 1}; with TGE alone, or E2H alone, it is not."""
    for mode in ("E2H TGE", "E2H", "TGE"):
        machine = quiet(0, mode)
        trapped = outcome(case.text, applied(machine, case.changes)) == "0x18 to EL2"
        assert trapped == (mode != "E2H TGE"), mode


@pytest.mark.parametrize("case", [*POSITIVE, *NEGATIVE], ids=str)
def test_without_FEAT_FGT_no_bit_traps(case: Case) -> None:
    """The registers are not there, whatever they hold."""
    machine = quiet(case.el, "", f"{case.changes} -FEAT_FGT -FEAT_FGT2")
    assert " to " not in outcome(case.text, machine)


# -- the sense of a bit --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "negative", "implemented", "traps"),
    [
        (False, False, True, False),
        (True, False, True, True),
        (False, True, True, True),
        (True, True, True, False),
        *((value, negative, False, False) for value in (False, True) for negative in (False, True)),
    ],
)
def test_a_bit_traps_by_its_sense_if_there_is_one(value: bool, negative: bool, implemented: bool, traps: bool) -> None:
    """Bugs B24 and B25: the trap is (sense xor bit) and implemented."""
    assert bit_traps(value, negative, implemented) is traps


@pytest.mark.parametrize(
    ("change", "feature", "text"),
    [
        ("HFGWTR_EL2[58]=0", "FEAT_S1PIE", "MSR PIR_EL1"),
        ("HFGRTR_EL2[62]=0", "FEAT_AIE", "MRS MAIR2_EL1"),
        ("HFGWTR_EL2[54]=0", "FEAT_SME", "MSR SMPRI_EL1"),
    ],
)
def test_a_negative_bit_of_an_absent_feature_makes_no_trap(change: str, feature: str, text: str) -> None:
    """Bug B24: the access is UNDEFINED at EL1, and not trapped for being zero."""
    assert outcome(text, quiet(1, "", change)) == "0x18 to EL2"
    assert outcome(text, quiet(1, "", f"{change} -{feature}")) == "UNDEFINED at EL1"


def test_the_names_that_are_negative() -> None:
    """Those that begin with n before a capital: seventeen in HFGRTR_EL2, HFGITR_EL2 and HDFGRTR_EL2 each their own."""
    found = {
        register.__name__: [field.name for field in register.fields() if is_negative(field.name)]
        for register in (HFGRTR_EL2, HFGITR_EL2, HDFGRTR_EL2)
    }
    assert found["HFGITR_EL2"] == ["nGCSEPP", "nGCSSTR_EL1", "nGCSPUSHM_EL1", "nBRBIALL", "nBRBINJ"]
    assert found["HDFGRTR_EL2"] == ["nPMSNEVFR_EL1", "nBRBDATA", "nBRBCTL", "nBRBIDR"]
    assert [HFGRTR_EL2.FIELDS[name].low for name in found["HFGRTR_EL2"]] == [*range(63, 51, -1), 50]


# -- the nXS forms -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "plain", "nXS"),
    [
        ("HCRX_EL2[4]=0", "0x18 to EL2", "0x18 to EL2"),
        ("HCRX_EL2[4]=1", "0x18 to EL2", "TLBI VAE1NXS"),
        ("HCRX_EL2[4]=0 -FEAT_HCX", "0x18 to EL2", "TLBI VAE1NXS"),
        ("HFGITR_EL2[43]=0", "TLBI VAE1", "TLBI VAE1NXS"),
    ],
    ids=["FGTnXS=0", "FGTnXS=1", "no-HCX", "bit-clear"],
)
def test_FGTnXS_takes_the_nXS_forms_out(changes: str, plain: str, nXS: str) -> None:
    """A TLBI bit traps the nXS form too, unless HCRX_EL2.FGTnXS is 1; a disabled HCRX_EL2 acts as if it were."""
    machine = quiet(1, "", f"HFGITR_EL2[43]=1 {changes}")
    assert (outcome("TLBI VAE1", machine), outcome("TLBI VAE1NXS", machine)) == (plain, nXS)


# -- priority, redirection -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "text", "expected"),
    [
        ("", "MSR VBAR_EL1", "0x18 to EL2"),
        ("NV NV1 NV2", "MSR VBAR_EL1", "0x18 to EL2"),
        ("NV NV2", "MSR VBAR_EL12", "[0x250]"),
        ("NV", "MSR VBAR_EL12", "0x18 to EL2"),
        ("", "MSR VBAR_EL12", "UNDEFINED at EL1"),
    ],
)
def test_a_name_is_trapped_and_not_the_register(mode: str, text: str, expected: str) -> None:
    """The bit traps the EL1 name, before NV1 redirects it; the _EL12 name goes to memory, and is not trapped."""
    assert outcome(text, quiet(1, mode, "HFGWTR_EL2[38]=1")) == expected


def test_a_trap_of_EL1_comes_first() -> None:
    """SCTLR_EL1.UCT keeps EL0 from CTR_EL0 before HFGRTR_EL2.CTR_EL0."""
    assert outcome("MRS CTR_EL0", quiet(0, "", "SCTLR_EL1[15]=0 HFGRTR_EL2[14]=1")) == "0x18 to EL1"


def test_the_syndrome_is_that_of_any_trapped_access() -> None:
    """A fine-grained trap and HCR_EL2.TVM cannot be told apart."""
    fine = esr_of("MSR TTBR0_EL1", quiet(1, "", "HFGWTR_EL2[36]=1"), Rt=5)
    coarse = esr_of("MSR TTBR0_EL1", quiet(1, "", "HCR_EL2[26]=1"), Rt=5)
    assert fine == coarse == 0x62_30_08A0


# -- the whole tables ----------------------------------------------------------------------------------------


def test_every_bit_governs_an_access() -> None:
    """A bit whose names match no accessor would never trap; those that do not are of registers that are not here."""
    known = {(one.form, one.name) for one in every_accessor()}
    idle = []
    for control in FINE_GRAINED_CONTROLS:
        wanted = [(Form.MRS, one) for one in control.reads] + [(Form.MSR, one) for one in control.writes]
        wanted += [(Form.SYS, one) for one in control.operations]
        if not any(form == of and fnmatch.fnmatch(name, pattern) for of, pattern in wanted for form, name in known):
            idle.append(control.name)
    assert idle == ["HDFGWTR_EL2.TRCOSLAR"]


@pytest.mark.parametrize("register", [*READS.split(), *WRITES.split(), "HFGITR_EL2", "HFGITR2_EL2"])
def test_no_two_bits_of_a_register_govern_one_name(register: str) -> None:
    """Each access has at most one bit in a register."""
    given: dict[str, str] = {}
    for field in REGISTERS[register].kind.fields():
        for name in names(field):
            assert name not in given, (name, field.name, given.get(name))
            given[name] = field.name
    assert len(given) >= 2
