"""HCR_EL2 and HCRX_EL2: what each bit traps, by the accessors of DDI 0487 D24.2 and the bit numbers of the manual."""

import pytest

from spec.access.controls.hypervisor import HCR_CONTROLS, HCRX_CONTROLS
from spec.access.decision import decide
from spec.access.instruction import Form, Instruction
from tests.access.machines import Case, applied, check, esr_of, of, outcome, quiet, words

STAGE_1 = [
    *["SCTLR_EL1", "TTBR0_EL1", "TTBR1_EL1", "TCR_EL1", "ESR_EL1", "FAR_EL1", "AFSR0_EL1", "AFSR1_EL1", "MAIR_EL1"],
    *["AMAIR_EL1", "CONTEXTIDR_EL1", "SCTLR2_EL1", "TCR2_EL1", "PIR_EL1", "PIRE0_EL1", "POR_EL1"],
]
CACHE_ID = ["MRS CCSIDR_EL1", "MRS CCSIDR2_EL1", "MRS CLIDR_EL1", "MRS CSSELR_EL1", "MSR CSSELR_EL1"]
RCTX = ["CFP RCTX", "CPP RCTX", "DVP RCTX", "COSP RCTX"]
TAGS = ["MRS GCR_EL1", "MSR RGSR_EL1", "MRS TFSRE0_EL1", "MSR TFSR_EL1"]

HCR_CASES = [
    *of(
        "HCR_EL2.{NV, NV1, NV2}",
        "HCR_EL2[43]=1",
        *[f"MRS {name}_EL1" for name in ("VBAR", "ELR", "SPSR", "TFSR")],
        spared="MRS SCTLR_EL1",
        mode="NV",
    ),
    *of("HCR_EL2.{NV, NV1, NV2}", "HCR_EL2[43]=1", "MSR VBAR_EL1", "MSR SCXTNUM_EL1", spared="MSR FAR_EL1", mode="NV"),
    *of("HCR_EL2.NV", "HCR_EL2[42]=1", *RCTX, spared="DC CIVAC"),
    *of("HCR_EL2.TVM", "HCR_EL2[26]=1", *[f"MSR {name}" for name in STAGE_1], spared="MRS SCTLR_EL1"),
    *of("HCR_EL2.TVM", "HCR_EL2[26]=1", "MSR POR_EL0", el=0, spared="MRS POR_EL0"),
    *of("HCR_EL2.TRVM", "HCR_EL2[30]=1", *[f"MRS {name}" for name in STAGE_1], spared="MSR SCTLR_EL1"),
    *of("HCR_EL2.TRVM", "HCR_EL2[30]=1", "MRS POR_EL0", el=0, spared="MSR POR_EL0"),
    *of("HCR_EL2.TID1", "HCR_EL2[16]=1", "MRS REVIDR_EL1", "MRS AIDR_EL1", "MRS SMIDR_EL1", spared="MRS MIDR_EL1"),
    *of("HCR_EL2.TID2", "HCR_EL2[17]=1", "MRS CTR_EL0", *CACHE_ID, spared="MRS DCZID_EL0"),
    *of("HCR_EL2.TID2", "HCR_EL2[17]=1", "MRS CTR_EL0", el=0, spared="MRS DCZID_EL0"),
    *of(
        "HCR_EL2.TID3",
        "HCR_EL2[18]=1",
        "MRS ID_PFR0_EL1",
        "MRS ID_AA64MMFR0_EL1",
        "MRS MVFR0_EL1",
        "MRS ID_AA64MMFR4_EL1",
        "MRS ID_AA64ZFR0_EL1",
        "MRS ID_AA64ISAR3_EL1",
        spared="MRS MIDR_EL1",
    ),
    *of("HCR_EL2.TID4", "HCR_EL2[49]=1", *CACHE_ID, spared="MRS CTR_EL0"),
    *of("HCR_EL2.TID5", "HCR_EL2[58]=1", "MRS GMID_EL1", spared="MRS ID_AA64PFR1_EL1"),
    *of("HCR_EL2.TACR", "HCR_EL2[21]=1", "MRS ACTLR_EL1", "MSR ACTLR_EL1", spared="MRS SCTLR_EL1"),
    *of("HCR_EL2.TSW", "HCR_EL2[22]=1", "DC ISW", "DC CSW", "DC CISW", "DC IGSW", "DC CGDSW", spared="DC IVAC"),
    *of(
        "HCR_EL2.TPCP",
        "HCR_EL2[23]=1",
        "DC IVAC",
        "DC CVAC",
        "DC CIVAC",
        "DC CVAP",
        "DC CVADP",
        "DC CIGDVAC",
        spared="DC CVAU",
    ),
    *of("HCR_EL2.TPCP", "HCR_EL2[23]=1", "DC CVAC", "DC CIVAC", "DC CVAP", "DC CVADP", el=0, spared="DC CVAU"),
    *of("HCR_EL2.TPU", "HCR_EL2[24]=1", "IC IALLU", "IC IALLUIS", "IC IVAU", "DC CVAU", spared="DC CVAC"),
    *of("HCR_EL2.TPU", "HCR_EL2[24]=1", "IC IVAU", "DC CVAU", el=0, spared="DC CVAC"),
    *of("HCR_EL2.TOCU", "HCR_EL2[52]=1", "IC IALLU", "IC IVAU", "DC CVAU", spared="IC IALLUIS"),
    *of("HCR_EL2.TICAB", "HCR_EL2[50]=1", "IC IALLUIS", spared="IC IALLU"),
    *of("HCR_EL2.TDZ", "HCR_EL2[28]=1", "DC ZVA", "DC GVA", "DC GZVA", spared="DC CIVAC"),
    *of("HCR_EL2.TDZ", "HCR_EL2[28]=1", "DC ZVA", el=0, spared="DC CIVAC"),
    *of(
        "HCR_EL2.TTLB",
        "HCR_EL2[25]=1",
        "TLBI VAE1",
        "TLBI VMALLE1IS",
        "TLBI ASIDE1OS",
        "TLBI RVAE1",
        "TLBI VAE1NXS",
        spared="AT S1E1R",
    ),
    *of("HCR_EL2.TTLBIS", "HCR_EL2[54]=1", "TLBI VAE1IS", "TLBI RVALE1IS", "TLBI VMALLE1ISNXS", spared="TLBI VAE1"),
    *of("HCR_EL2.TTLBIS", "HCR_EL2[54]=1", "TLBI ASIDE1IS", spared="TLBI ASIDE1OS"),
    *of("HCR_EL2.TTLBOS", "HCR_EL2[55]=1", "TLBI VAE1OS", "TLBI RVALE1OS", "TLBI VMALLE1OSNXS", spared="TLBI VAE1IS"),
    *of(
        "HCR_EL2.AT",
        "HCR_EL2[44]=1",
        *[f"AT S1E{name}" for name in ("0R", "0W", "1R", "1W", "1RP", "1WP", "1A")],
        spared="TLBI VAE1",
    ),
    *of(
        "HCR_EL2.TLOR",
        "HCR_EL2[35]=1",
        *[f"MRS LOR{name}_EL1" for name in ("SA", "EA", "N", "C", "ID")],
        spared="MRS PAR_EL1",
    ),
    *of(
        "HCR_EL2.TERR",
        "HCR_EL2[36]=1",
        "MRS ERRIDR_EL1",
        "MSR ERRSELR_EL1",
        "MRS ERXSTATUS_EL1",
        "MSR ERXMISC3_EL1",
        spared="MRS DISR_EL1",
    ),
    *of(
        "HCR_EL2.APK",
        "HCR_EL2[40]=0",
        *[f"MSR AP{key}Key{half}_EL1" for key in ("IA", "IB", "DA", "DB", "GA") for half in ("Lo", "Hi")],
        spared="MSR SCTLR_EL1",
    ),
    *of(
        "HCR_EL2.FIEN",
        "HCR_EL2[47]=0",
        "MRS ERXPFGF_EL1",
        "MSR ERXPFGCTL_EL1",
        "MRS ERXPFGCDN_EL1",
        spared="MRS ERXCTLR_EL1",
    ),
    *of("HCR_EL2.EnSCXT", "HCR_EL2[53]=0", "MRS SCXTNUM_EL1", "MSR SCXTNUM_EL0", spared="MRS TPIDR_EL1"),
    *of("HCR_EL2.EnSCXT", "HCR_EL2[53]=0", "MRS SCXTNUM_EL0", el=0, spared="MRS TPIDR_EL0"),
    *of("HCR_EL2.ATA", "HCR_EL2[56]=0", *TAGS, spared="MRS GMID_EL1"),
    *of("HCR_EL2.ATA", "HCR_EL2[56]=0", "MRS TFSR_EL2", "MSR TFSR_EL2", spared="MRS ESR_EL2", mode="NV NV2"),
]

HCRX_CASES = [
    *of("HCRX_EL2.TCR2En", "HCRX_EL2[14]=0", "MRS TCR2_EL1", "MSR TCR2_EL1", spared="MSR TCR_EL1"),
    *of("HCRX_EL2.SCTLR2En", "HCRX_EL2[15]=0", "MRS SCTLR2_EL1", "MSR SCTLR2_EL1", spared="MSR SCTLR_EL1"),
    *of("HCRX_EL2.SRMASKEn", "HCRX_EL2[26]=0", "MRS SCTLRMASK_EL1", "MSR TCRMASK_EL1", spared="MSR TCR_EL1"),
    *of("HCRX_EL2.EnFPM", "HCRX_EL2[23]=0", "MRS FPMR", "MSR FPMR", spared="MRS FPCR"),
    *of("HCRX_EL2.EnFPM", "HCRX_EL2[23]=0", "MRS FPMR", el=0, spared="MRS FPCR"),
    *of("HCRX_EL2.TALLINT", "HCRX_EL2[6]=1", "MSR ALLINT", spared="MRS ALLINT"),
]


@pytest.mark.parametrize("case", [*HCR_CASES, *HCRX_CASES], ids=str)
def test_a_bit_traps_what_it_is_for(case: Case) -> None:
    """To EL2 with EC 0x18; without it the access is executed, and the one beside it always."""
    check(case)


def test_every_control_has_a_case() -> None:
    """The cases are of all controls in these two registers."""
    assert {one.control for one in HCR_CASES} == {one.name for one in HCR_CONTROLS}
    assert {one.control for one in HCRX_CASES} == {one.name for one in HCRX_CONTROLS}


@pytest.mark.parametrize("case", [one for one in (*HCR_CASES, *HCRX_CASES) if one.el == 0], ids=str)
def test_the_EL0_of_a_host_is_spared(case: Case) -> None:
    """With {E2H, TGE} = {1, 1} these bits act on nothing."""
    host = quiet(0, "E2H TGE")
    assert outcome(case.text, applied(host, case.changes)) == outcome(case.text, host)


@pytest.mark.parametrize("case", [one for one in (*HCR_CASES, *HCRX_CASES) if "NV" not in one.control], ids=str)
def test_EL2_is_not_trapped_by_its_own_bits(case: Case) -> None:
    """At EL2 what is trapped from below is done."""
    EL2 = quiet(2)
    assert outcome(case.text, applied(EL2, case.changes)) == outcome(case.text, EL2)
    assert " " not in outcome(case.text, EL2).removeprefix(case.text)


@pytest.mark.parametrize("name", ["ERXPFGF_EL1", "ERXPFGCTL_EL1", "ERXPFGCDN_EL1"])
def test_TERR_spares_the_fault_generation_registers(name: str) -> None:
    """HCR_EL2.TERR names ERXADDR, ERXCTLR, ERXFR, ERXMISC<n>, ERXSTATUS, ERXGSR; ERXPFG*_EL1 are FIEN's alone."""
    assert outcome(f"MRS {name}", quiet(1, "", "HCR_EL2[36]=1")) == name


# -- single bits ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "text", "feature"),
    [
        ("HCR_EL2[49]=1", "MRS CCSIDR_EL1", "FEAT_EVT"),
        ("HCR_EL2[50]=1", "IC IALLUIS", "FEAT_EVT"),
        ("HCR_EL2[52]=1", "IC IALLU", "FEAT_EVT"),
        ("HCR_EL2[54]=1", "TLBI VAE1IS", "FEAT_EVT"),
        ("HCR_EL2[55]=1", "TLBI VAE1OS", "FEAT_EVT"),
    ],
    ids=["TID4", "TICAB", "TOCU", "TTLBIS", "TTLBOS"],
)
def test_a_bit_that_is_not_implemented_traps_nothing(change: str, text: str, feature: str) -> None:
    """It is RES0, whatever is written to it."""
    machine = quiet(1, "", change)
    assert outcome(text, machine) == "0x18 to EL2"
    assert outcome(text, applied(machine, f"-{feature}")) == outcome(text, quiet(1))


@pytest.mark.parametrize("chosen", [False, True])
def test_TID3_of_registers_that_were_reserved(chosen: bool) -> None:
    """With FEAT_FGT it traps them; without, the implementation chose."""
    machine = quiet(1, "", "HCR_EL2[18]=1 -FEAT_FGT -FEAT_FGT2")
    chosen_machine = applied(machine, f"{'+' if chosen else '-'}TID3_traps_reserved")
    expected = "0x18 to EL2" if chosen else "ID_AA64ISAR2_EL1"
    assert outcome("MRS ID_AA64ISAR2_EL1", chosen_machine) == expected
    assert outcome("MRS ID_AA64ISAR0_EL1", chosen_machine) == "0x18 to EL2"
    assert outcome("MRS ID_AA64ISAR2_EL1", applied(chosen_machine, "+FEAT_FGT")) == "0x18 to EL2"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("", "VBAR_EL1"),
        ("NV", "VBAR_EL1"),
        ("NV NV1", "0x18 to EL2"),
        ("NV NV2", "VBAR_EL1"),
        ("NV NV1 NV2", "[0x250]"),
    ],
    ids=lambda value: value.replace(" ", "-") or "none",
)
def test_NV1_traps_only_without_NV2(mode: str, expected: str) -> None:
    """NV2 redirects to memory what NV1 alone traps."""
    assert outcome("MSR VBAR_EL1", quiet(1, mode)) == expected


@pytest.mark.parametrize("key", ["TVM", "TRVM"])
def test_the_trapped_write_of_stage_1_says_its_direction(key: str) -> None:
    """ISS.Direction is that of the instruction: 0 of MSR, which TVM traps, 1 of MRS, which TRVM traps."""
    text, change = {"TVM": ("MSR TTBR0_EL1", "HCR_EL2[26]=1"), "TRVM": ("MRS TTBR0_EL1", "HCR_EL2[30]=1")}[key]
    assert esr_of(text, quiet(1, "", change)) & 1 == (key == "TRVM")


@pytest.mark.parametrize("immediate", [0, 1])
def test_only_setting_ALLINT_is_trapped(immediate: int) -> None:
    """MSR ALLINT, #1 is trapped by HCRX_EL2.TALLINT, #0 is not."""
    encoding = 0b001 << 11 | 0b0100 << 7 | immediate << 3
    got = words(decide(Instruction(Form.IMMEDIATE, encoding, 31), quiet(1, "", "HCRX_EL2[6]=1")))
    assert got == ("0x18 to EL2" if immediate else "ALLINT")
