import gc
import json

import pytest

from tests.nvspec.command_line import nvspec, refused


def explained(line: str) -> str:
    """Return what is explained of an instruction, its assignments and options, given as one line."""
    ran = nvspec("access", *line.split())
    assert (ran.status, ran.err) == (0, "")
    return ran.out


# -- text ------------------------------------------------------------------------------------------------------------

TRAPPED = """\
MSR SPSR_EL1, X0 at EL1
  HCR_EL2       0x00000c0000000000  NV1=1 NV=1
  effective     E2H 0, {NV2, NV1, NV} 0b011
rules
  access.allocation                                            SPSR_EL1 is in every implementation
  access.names.level_of                                        SPSR_EL1 is for EL1 and higher
controls
  PSTATE.EXLOCK                                                does not trap: EXLOCK is 0
    access.controls.guarded_stack.lock_keeps_EL1_names         no [the accessors of ELR_EL1 and SPSR_EL1:
                                                               EXLOCKException]
      access.controls.guarded_stack.exception_state_is_locked  no [GetCurrentEXLOCKEN]
      hcr.effective_NVx                                        {NV2, NV1, NV} is 0b011 [EffectiveHCR_EL2_NVx]
  HCR_EL2.{NV, NV1, NV2}                                       traps: NV2 is 0, NV1 is 1, NV is 1
    access.controls.hypervisor.NV1_traps                       yes [the accessors of VBAR_EL1, ELR_EL1, SPSR_EL1,
                                                               SCXTNUM_EL1 and TFSR_EL1]
      hcr.effective_NVx                                        {NV2, NV1, NV} is 0b011
trapped to EL2: a trapped MSR, MRS or System instruction
  ESR_EL2 = 0x62301000: EC 0x18, IL 1, ISS 0x301000
  ISS: Op0=0b11 Op2=0b000 Op1=0b000 CRn=0b0100 Rt=0 CRm=0b0000 Direction=0
"""
MEMORY = """\
MRS X0, HCR_EL2 at EL1
  HCR_EL2       0x0000240000000000  NV2=1 NV=1
  effective     E2H 0, {NV2, NV1, NV} 0b101
rules
  access.allocation                       HCR_EL2 is in every implementation
  access.names.level_of                   HCR_EL2 is for EL2
  access.decision.below_its_level         memory at VNCR_EL2.BADDR + 0x78 [the accessors below their Exception level:
                                          FEAT_IDST, HCR_EL2.NV]
    access.decision.for_guest_hypervisor  memory at VNCR_EL2.BADDR + 0x78 [the accessors at EL1 of what is UNDEFINED
                                          there: EffectiveHCR_EL2_NVx]
      hcr.effective_NVx                   {NV2, NV1, NV} is 0b101 [EffectiveHCR_EL2_NVx]
memory at VNCR_EL2.BADDR + 0x78
"""
REDIRECTED = """\
MRS X3, TTBR0_EL1 at EL2
  HCR_EL2       0x0000000400000000  E2H=1
  effective     E2H 1, {NV2, NV1, NV} 0b000
rules
  access.allocation        TTBR0_EL1 is in every implementation
  access.names.level_of    TTBR0_EL1 is for EL1 and higher
target
  access.decision.reached  reaches TTBR0_EL2 [the accessors, where nothing traps: ELIsInHost, EffectiveHCR_EL2_NVx,
                           VPIDR_EL2, ICV_ registers]
    hcr.effective_E2H      yes [EffectiveHCR_EL2_E2H, ELIsInHost(EL2)]
reaches TTBR0_EL2
"""
CALLED = """\
HVC #0x1234 at EL1
  effective     E2H 0, {NV2, NV1, NV} 0b000
rules
  access.execution.hypervisor_call  taken to EL2 [the execution of HVC: HCR_EL2.HCD]
taken to EL2: HVC
  ESR_EL2 = 0x5a001234: EC 0x16, IL 1, ISS 0x1234
  ISS: imm16=0x1234
  ELR_EL2 is the address of the instruction + 4
"""
UNALLOCATED = """\
MRS X0, S3_0_C15_C0_0 at EL1
  effective     E2H 0, {NV2, NV1, NV} 0b000
rules
  access.allocation                             S3_0_C15_C0_0 is IMPLEMENTATION DEFINED, and this implementation has
                                                none of them
  access.unallocated.is_implementation_defined  yes [DDI 0487 C5.3.2, C5.3.3: CRn 11 and 15]
  access.unallocated.implementation_defined     UNDEFINED, taken to EL1 [the accessors of S3_<op1>_<Cn>_<Cm>_<op2>:
                                                SCTLR_ELx.TIDCP, HCR_EL2.TIDCP]
UNDEFINED, taken to EL1
"""


class TestText:
    """The explanation in lines."""

    @pytest.mark.parametrize(
        ("line", "text"),
        [
            ("MSR SPSR_EL1 HCR_EL2.NV=1 HCR_EL2.NV1=1", TRAPPED),
            ("MRS HCR_EL2 HCR_EL2.{NV,NV2}=1", MEMORY),
            ("MRS X3, TTBR0_EL1 --el 2 HCR_EL2.E2H=1", REDIRECTED),
            ("HVC #0x1234", CALLED),
            ("MRS S3_0_C15_C0_0", UNALLOCATED),
        ],
        ids=["trapped", "memory", "redirected", "called", "unallocated"],
    )
    def test_an_access_is_told_from_its_name_to_its_outcome(self, line: str, text: str) -> None:
        """The instruction, the state, what each rule and control said with its source, and what became of it."""
        assert explained(line) == text

    @pytest.mark.parametrize(
        ("line", "last"),
        [
            ("MRS FAR_EL1", "reaches FAR_EL1"),
            ("MRS ESR_EL2 HCR_EL2.{NV,NV2}=1", "reaches ESR_EL1"),
            ("MRS ICC_IAR1_EL1 HCR_EL2.IMO=1 ICC_SRE_EL1.SRE=1 ICC_SRE_EL2.{SRE,Enable}=1", "reaches ICV_IAR1_EL1"),
            ("MRS S3_0_C0_C7_7", "reaches S3_0_C0_C7_7"),
            ("TLBI VAE1, X3", "performs TLBI VAE1"),
            ("WFI", "executed"),
            ("MRS HCR_EL2", "UNDEFINED, taken to EL1"),
            ("MRS HCR_EL2 --el 0 HCR_EL2.TGE=1", "UNDEFINED, taken to EL2"),
            ("MRS SCTLR_EL12 --el 2", "UNDEFINED, taken to EL2"),
            ("MSR CPACR_EL1 HCR_EL2.{NV,NV1,NV2}=1", "memory at VNCR_EL2.BADDR + 0x100"),
            ("MRS MIDR_EL1 --el 0", "trapped to EL1: a trapped MSR, MRS or System instruction"),
            ("ERET HCR_EL2.NV=1", "trapped to EL2: a trapped ERET, ERETAA or ERETAB"),
            ("SMC #0 HCR_EL2.{NV,TSC}=1", "trapped to EL2: SMC"),
            ("BRK #3", "taken to EL1: BRK"),
            ("SVC #3 --el 2", "taken to EL2: SVC"),
            ("FMOV CPTR_EL2.TFP=1 CPACR_EL1.FPEN=3", "trapped to EL2: trapped SVE, Advanced SIMD or floating-point"),
        ],
    )
    def test_what_became_of_it_stands_at_the_end(self, line: str, last: str) -> None:
        """A register, memory, an operation, UNDEFINED, or who takes the exception and why."""
        lines = explained(line).splitlines()
        assert last in lines
        assert all(after.startswith("  ") for after in lines[lines.index(last) + 1 :])

    @pytest.mark.parametrize(
        ("line", "ISS"),
        [
            (
                "TLBI VAE2IS, X5 HCR_EL2.NV=1",
                "Op0=0b01 Op2=0b001 Op1=0b100 CRn=0b1000 Rt=5 CRm=0b0011 Direction=0",
            ),
            ("WFET X3 HCR_EL2.TWE=1", "CV=1 COND=0b1110 RN=3 RV=1 TI=0b11"),
            ("ERETAB HCR_EL2.NV=1", "ERET=1 ERETA=1"),
            ("GCSPOPCX PSTATE.EXLOCK=1 GCSCR_EL1.EXLOCKEN=1", "ExType=0b0001 Raddr=0 Rn=0 IT=0"),
        ],
    )
    def test_the_syndrome_is_decoded(self, line: str, ISS: str) -> None:
        """By the fields of its class, those that are 0 too."""
        assert f"  ISS: {ISS}" in explained(line).splitlines()

    def test_a_class_without_fields_has_no_more_to_say(self) -> None:
        """EC 0x09."""
        out = explained("PACGA X0, X1, X2")
        assert out.endswith("ESR_EL2 = 0x26000000: EC 0x09, IL 1, ISS 0x0\n")

    def test_the_state_is_shown_as_far_as_something_is_assigned(self) -> None:
        """Registers in the layout that HCR_EL2.E2H chooses, PSTATE, and whether EL0 is that of a host."""
        state = explained("WFI --el 0 PSTATE.SP=0 CPTR_EL2=0x300000 HCR_EL2.{E2H,TGE}=1").splitlines()[1:5]
        assert state == [
            "  HCR_EL2       0x0000000408000000  E2H=1 TGE=1",
            "  CPTR_EL2      0x0000000000300000  FPEN=0b11",
            "  PSTATE        SP=0 EXLOCK=0",
            "  effective     E2H 1, {NV2, NV1, NV} 0b000, the EL0 of a host",
        ]
        assert "CPTR_EL2      0x0000000000000400  TFP=1\n" in explained("WFI CPTR_EL2=0x400")


# -- options and JSON ------------------------------------------------------------------------------------------------


class TestOptions:
    """The machine and the output."""

    def test_features_may_be_named_or_left_out(self) -> None:
        """Without an option the machine has all; with --feature those, and what they imply."""
        line = "MRS TCR2_EL1 HCRX_EL2.TCR2En=1 HFGRTR_EL2=0"
        assert "reaches TCR2_EL1" in explained(line)
        assert "TCR2_EL1 needs FEAT_TCR2, which is not implemented" in explained(f"{line} --without FEAT_TCR2")
        assert "TCR2_EL1 needs FEAT_TCR2, which is not implemented" in explained(f"{line} --feature FEAT_VHE")
        assert "reaches TCR2_EL1" in explained(f"{line} --feature FEAT_TCR2 --feature FEAT_HCX")

    def test_a_wait_may_find_what_it_waits_for(self) -> None:
        """Then nothing traps it."""
        assert "trapped to EL2" in explained("WFI HCR_EL2.TWI=1")
        assert explained("WFI HCR_EL2.TWI=1 --woken").endswith("\nexecuted\n")

    def test_an_opcode_is_an_instruction_too(self) -> None:
        """MRS X3, SCTLR_EL1."""
        assert explained("0xd5381003").startswith("MRS X3, SCTLR_EL1 at EL1\n")

    def test_json_is_alone_on_stdout(self) -> None:
        """One object: findings with those that they asked, and the outcome as an observation holds it."""
        got = json.loads(explained("MSR SPSR_EL1 HCR_EL2.NV=1 HCR_EL2.NV1=1 --json"))
        assert (got["instruction"], got["el"], got["target"]) == ("MSR SPSR_EL1, X0", 1, [])
        assert got["expect"] == {"outcome": "trap", "el": 2, "esr": "0x62301000", "elr_offset": 0}
        assert [one["rule"] for one in got["rules"]] == ["access.allocation", "access.names.level_of"]
        lock, nested = got["controls"]
        assert lock["says"] == "does not trap: EXLOCK is 0"
        assert nested == {
            "rule": "HCR_EL2.{NV, NV1, NV2}",
            "says": "traps: NV2 is 0, NV1 is 1, NV is 1",
            "source": "",
            "asked": [
                {
                    "rule": "access.controls.hypervisor.NV1_traps",
                    "says": "yes",
                    "source": "the accessors of VBAR_EL1, ELR_EL1, SPSR_EL1, SCXTNUM_EL1 and TFSR_EL1",
                    "asked": [
                        {
                            "rule": "hcr.effective_NVx",
                            "says": "{NV2, NV1, NV} is 0b011",
                            "source": "EffectiveHCR_EL2_NVx",
                            "asked": [],
                        }
                    ],
                }
            ],
        }

    @pytest.mark.parametrize(
        ("line", "expect"),
        [
            ("MRS FAR_EL1", {"outcome": "executed", "target": ["FAR_EL1"]}),
            ("MRS HCR_EL2 HCR_EL2.{NV,NV2}=1", {"outcome": "memory", "offset": "0x78"}),
            ("MRS HCR_EL2", {"outcome": "undefined", "el": 1}),
            ("HVC #1", {"outcome": "trap", "el": 2, "esr": "0x5a000001", "elr_offset": 4}),
        ],
    )
    def test_json_has_the_outcome_of_an_observation(self, line: str, expect: object) -> None:
        """Each kind of outcome."""
        assert json.loads(explained(f"{line} --json"))["expect"] == expect

    def test_the_garbage_collector_is_left_as_it_was(self) -> None:
        """It rests while modules are imported alone."""
        explained("WFI")
        assert gc.isenabled()
        gc.disable()
        try:
            explained("WFI")
            assert not gc.isenabled()
        finally:
            gc.enable()


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("MRS SCTLR_EL13", "unknown register SCTLR_EL13 (did you mean SCTLR_EL1?)"),
        ("MSR MIDR_EL1", "MIDR_EL1 is read only: MSR has no such register"),
        ("MRS ICC_EOIR1_EL1", "ICC_EOIR1_EL1 is write only: MRS has no such register"),
        ("MRS X31, SCTLR_EL1", "X31 is no general-purpose register: X0 to X30, or XZR"),
        ("FROB X0", "'FROB X0' is no instruction that the rules of accesses know"),
        (
            "MRS S3_0_C6_C1_0",
            "MRS S3_0_C6_C1_0: the encoding is not allocated, and UNDEFINED at every Exception level",
        ),
        ("0xb0000000", "0xb0000000 is no instruction that the rules of accesses know"),
        ("WFI SCTLR_EL12=1", "SCTLR_EL12 is another name of SCTLR_EL1: give that"),
        ("WFI HCR_EL2.NVX=1", "HCR_EL2.NVX=1: HCR_EL2 has no field NVX (did you mean NV?)"),
        ("WFI HCR_EL2.NV=2", "HCR_EL2.NV=2: 0x2 does not fit in HCR_EL2.NV, which is 1 bit"),
        ("WFI HCR_EL2=1 HCR_EL2.VM=0", "HCR_EL2.VM=0: HCR_EL2.VM is assigned twice"),
        ("WFI CPTR_EL2.FPEN=3", "CPTR_EL2.FPEN=3: CPTR_EL2 has no field FPEN where HCR_EL2.E2H is 0"),
        ("WFI --feature FEAT_NV3", "unknown feature FEAT_NV3 (did you mean FEAT_NV?)"),
        ("WFI --feature FEAT_NV2", "FEAT_NV2 needs FEAT_NV"),
        (
            "MRS SPMCR_EL0",
            "MRS SPMCR_EL0 is outside the rules of accesses: FEAT_SPMU: the System PMUs, whose registers"
            " SPMACCESSR_ELx.P<n> traps by the System PMU that is selected",
        ),
    ],
)
def test_what_means_nothing_is_refused(line: str, reason: str) -> None:
    """In one line, with exit status 2."""
    assert refused("access", *line.split()).startswith(f"nvspec: {reason}")


def test_an_excluded_register_is_inside_the_rules_where_its_feature_is_not() -> None:
    """It is UNDEFINED like any other."""
    out = explained("MRS SPMCR_EL0 --without FEAT_SPMU")
    assert "SPMCR_EL0 needs FEAT_SPMU, which is not implemented" in out


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "missing argument"),
        ("HCR_EL2.NV=1", "missing INSTRUCTION"),
        ("WFI --el 3", "invalid value for '--el': 3 is not in the range 0<=x<=2"),
    ],
)
def test_usage_is_refused(line: str, reason: str) -> None:
    """In one line that points to the help."""
    found = refused("access", *line.split())
    assert found.startswith(f"nvspec access: {reason}")
    assert found.endswith(" (see nvspec access --help)")
