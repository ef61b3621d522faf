import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvspec import exits, explain_exit
from nvspec.assembler import instruction_of
from nvspec.errors import UnknownName
from nvspec.exit_aborts import fault_of
from nvspec.exit_steps import wanting
from nvspec.exits import CALLS, INSTRUCTIONS, exit_of
from spec.access.control import ExceptionClass
from spec.access.execution import syndrome
from spec.access.instruction import Instruction, system_syndrome
from spec.nested.forwarding import is_wanted
from spec.nested.machines import virtual_machine
from tests.nvspec.command_line import nvspec, refused


def explained(line: str) -> str:
    """Return what is explained of an exit, given as one line."""
    ran = nvspec("explain-exit", *line.split())
    assert (ran.status, ran.err) == (0, "")
    return ran.out


def outcome(line: str) -> dict[str, Any]:
    """Return what L0 does about an exit, as an object of the JSON."""
    found: dict[str, Any] = json.loads(explained(f"{line} --json"))["outcome"]
    return found


def trap_of(text: str) -> str:
    """Return the assignment of ESR_EL2 of a trapped MRS, MSR or SYS."""
    instruction = instruction_of(text)
    assert isinstance(instruction, Instruction)
    return f"ESR_EL2={system_syndrome(instruction):#x}"


# -- text ------------------------------------------------------------------------------------------------------------

FORWARDED = """\
MSR SCTLR_EL1, X0
  from guest-el1, virtual EL1, NV2
  ESR_EL2 = 0x62300400: EC 0x18, IL 1, ISS 0x300400
  ISS: Op0=0b11 Op2=0b000 Op1=0b000 CRn=0b0001 Rt=0 CRm=0b0000 Direction=0
  HCR_EL2       0x0000000004000000  TVM=1
  effective     E2H 0, {NV2, NV1, NV} 0b000
rules
  nested.host_step.stood_for  MSR SCTLR_EL1, X0 [spec.boot.paravirtual: an HVC that stands for an instruction of EL2]
  nested.forwarding.answered  trapped to EL2 [DDI 0487 D24.2 to D24.12: the controls of EL2, in the order of priority]
    hcr.is_in_host            no [ELIsInHost(EL0); HCR_EL2.{E2H, TGE}]
      hcr.effective_E2H       no [EffectiveHCR_EL2_E2H, ELIsInHost(EL2)]
controls of the guest hypervisor
  HCR_EL2.TVM                 traps: TVM is 1
forwarded: the guest hypervisor takes the trap at the virtual EL2
  ESR_EL2 = 0x62300400: EC 0x18, IL 1, ISS 0x300400
  ISS: Op0=0b11 Op2=0b000 Op1=0b000 CRn=0b0001 Rt=0 CRm=0b0000 Direction=0
  vector VBAR_EL2 + 0x400
"""
RETURNED = """\
ERET
  from hypervisor, virtual EL2, NV2
  ESR_EL2 = 0x6a000000: EC 0x1a, IL 1, ISS 0x0
  ISS: ERET=0 ERETA=0
  effective     E2H 0, {NV2, NV1, NV} 0b000
  SPSR_EL2      0x00000000000003c5
rules
  nested.host_step.stood_for  ERET [spec.boot.paravirtual: an HVC that stands for an instruction of EL2]
  nested.forwarding.verdict   the guest hypervisor returns from an exception [DDI 0487 D8.14; HCR_EL2, CPTR_EL2,
                              HFGITR_EL2 of the guest hypervisor]
returned: to ELR_EL2 at the virtual EL1
"""
ABORT = """\
a Data Abort from a lower Exception level: Translation fault, level 2
  from guest-el1, virtual EL1, NV2
  ESR_EL2 = 0x93830006: EC 0x24, IL 1, ISS 0x1830006
  ISS: ISV=1 SAS=0b10 SSE=0 SRT=3 SF=0 AR=0 VNCR=0 SET=0b00 FnV=0 EA=0 CM=0 S1PTW=0 WnR=0 DFSC=6
  HCR_EL2       0x0000000000000001  VM=1
  effective     E2H 0, {NV2, NV1, NV} 0b000
  VTTBR_EL2     0x0007000040000000
rules
  nested.contexts.key_of        stage 2 of the guest hypervisor is on, with tables at 0x40000000, VMID 7
                                [AArch64.NSS2TTWParams(); VMID[]; DDI 0487 D24.2, VTTBR_EL2, VTCR_EL2, HCR_EL2.{VM,
                                DC}]
  nested.aborts.of_instruction  0x1830000 of the hardware's ISS is handed on [DDI 0487 D24.2: ESR_EL2.ISS of a Data
                                Abort, ISV and CM]
abort: L0 asks the guest hypervisor's stage 2, then its own
  the guest hypervisor's stage 2 faults; with a Translation fault, level 2: the guest hypervisor takes the abort, with
    HPFAR_EL2 of its guest's IPA
    ESR_EL2 = 0x93830006: EC 0x24, IL 1, ISS 0x1830006
    ISS: ISV=1 SAS=0b10 SSE=0 SRT=3 SF=0 AR=0 VNCR=0 SET=0b00 FnV=0 EA=0 CM=0 S1PTW=0 WnR=0 DFSC=6
  its descriptor is to be updated by hardware: L0 writes it, and the access is made again
  L0's stage 2 faults: it is L0's own: the access is emulated, or memory is brought in, or the virtual machine takes
    an External abort
  L0's stage 2 maps it: a leaf is put in its place, and the access is made again
"""


class TestText:
    """The explanation in lines."""

    @pytest.mark.parametrize(
        ("line", "text"),
        [
            ("ESR_EL2=0x62300400 HCR_EL2.TVM=1", FORWARDED),
            ("ESR_EL2=0x6a000000 SPSR_EL2=0x3c5 --context hypervisor", RETURNED),
            ("ESR_EL2=0x93830006 HCR_EL2.VM=1 VTTBR_EL2=0x7000040000000", ABORT),
        ],
        ids=["forwarded", "returned", "abort"],
    )
    def test_an_exit_is_explained_rule_by_rule(self, line: str, text: str) -> None:
        """What trapped, the virtual machine's state, the rules, the guest hypervisor's controls, and what L0 does."""
        assert explained(line) == text

    def test_the_last_line_says_what_is_emulated(self) -> None:
        """A register, and where it lives."""
        line = explained(f"{trap_of('MRS HCR_EL2')} --context hypervisor --way nv").splitlines()[-1]
        assert line == "emulated: L0 reads HCR_EL2, in L0's memory"


# -- MRS, MSR and SYS ------------------------------------------------------------------------------------------------


COPY = "a translated copy in the hardware's"


class TestRegisters:
    """Traps of instructions that name a register or an operation."""

    @pytest.mark.parametrize(
        ("instruction", "rest", "register", "lives"),
        [
            ("MSR SCTLR_EL1", "", "SCTLR_EL1", "in SCTLR_EL1 of the hardware"),
            ("MSR TCR_EL2", "--context hypervisor", "TCR_EL2", f"in L0's memory, with {COPY} TCR_EL1"),
            ("MSR TCR_EL2", "--context hypervisor HCR_EL2.E2H=1", "TCR_EL2", "in TCR_EL1 of the hardware"),
            ("MRS CPACR_EL1", "--context hypervisor", "CPACR_EL1", "in the page, at 0x100"),
            ("MRS MIDR_EL1", "--context hypervisor", "MIDR_EL1", "where no context switch moves it"),
        ],
    )  # fmt: skip
    def test_what_no_control_wants_is_emulated(self, instruction: str, rest: str, register: str, lives: str) -> None:
        """L0 accesses the register where it lives in the context."""
        found = outcome(f"{trap_of(instruction)} {rest}")
        assert (found["kind"], found["register"], found["lives"]) == ("emulated", register, lives)

    def test_each_control_that_was_asked_is_named(self) -> None:
        """As the access has them: by register and field, with what the field holds."""
        controls = json.loads(explained(f"{trap_of('MSR SCTLR_EL1')} --json"))["controls"]
        assert [(one["rule"], one["says"]) for one in controls] == [
            ("HCR_EL2.TVM", "does not trap: TVM is 0"),
            ("HFGWTR_EL2.SCTLR_EL1", "does not trap: SCTLR_EL1 is 0"),
        ]

    @pytest.mark.parametrize(
        ("operation", "rule", "says"),
        [
            (
                "TLBI IPAS2E1IS, X1",
                "nested.tlbi_emulation.concerns_context",
                "each shadow context of VMID 7: the hardware's IPAS2, of each leaf that goes, under the VMID of the "
                "context",
            ),
            (
                "TLBI ALLE1",
                "nested.tlbi_emulation.concerns_context",
                "every shadow context: the hardware's VMALLS12, under the VMID of the context",
            ),
            (
                "TLBI VAE2IS, X1",
                "nested.tlbi_emulation.for_own_regime",
                "its own regime: the hardware's VAA of EL1&0, under the canonical VMID",
            ),
        ],
    )
    def test_a_TLBI_says_whose_translations_go(self, operation: str, rule: str, says: str) -> None:
        """Those of shadow contexts, or the guest hypervisor's own."""
        line = f"{trap_of(operation)} VTTBR_EL2=0x7000000000000 --context hypervisor --json"
        found = json.loads(explained(line))
        assert (found["rules"][-1]["rule"], found["rules"][-1]["says"]) == (rule, says)
        assert found["outcome"]["does"] == f"L0 does it: performs {operation.removesuffix(', X1')}"

    def test_a_TLBI_of_the_guest_is_performed(self) -> None:
        """It is about the guest's own stage 1."""
        found = outcome(trap_of("TLBI VAE1, X1"))
        assert found == {"kind": "emulated", "does": "L0 does it: performs TLBI VAE1", "register": None, "lives": None}

    def test_a_reserved_identification_register_has_the_name_of_its_encoding(self) -> None:
        """It is no register that moves."""
        found = outcome(trap_of("MRS S3_0_C0_C3_3"))
        assert (found["register"], found["lives"]) == ("S3_0_C0_C3_3", "where no context switch moves it")

    def test_a_guest_hypervisors_guest_hypervisor_reaches_the_page_of_its_own(self) -> None:
        """With NV2 of the guest hypervisor, in the page at the virtual VNCR_EL2."""
        found = outcome(f"{trap_of('MRS HCR_EL2')} HCR_EL2.{{NV,NV2}}=1")
        assert found["does"] == "L0 reads memory at the virtual VNCR_EL2.BADDR + 0x78"

    def test_with_NV_alone_its_accesses_are_forwarded(self) -> None:
        """NV of the guest hypervisor traps them."""
        found = outcome(f"{trap_of('MRS HCR_EL2')} HCR_EL2.NV=1")
        assert (found["kind"], found["el"], found["vector"]) == ("forwarded", 2, "0x400")

    def test_what_the_machine_does_not_have_is_UNDEFINED(self) -> None:
        """To the guest hypervisor at the virtual EL2, from which it is taken."""
        found = outcome(f"{trap_of('MRS TCR2_EL2')} --without FEAT_TCR2 --context hypervisor")
        wanted = {"kind": "undefined", "el": 2, "esr": "0x2000000", "vector": "0x200", "elr_offset": 0}
        assert found == wanted

    def test_an_encoding_without_a_register_is_UNDEFINED(self) -> None:
        """With the rules that say so."""
        text = explained(f"{trap_of('MRS S3_0_C15_C0_0')} --context hypervisor")
        assert "access.unallocated.is_implementation_defined" in text
        assert "\nundefined: the virtual machine finds it UNDEFINED, taken at the virtual EL2\n" in text

    def test_a_control_of_the_virtual_EL2_that_acts_at_EL2_is_taken_there(self) -> None:
        """CPTR_EL2.TZ disables SVE at EL2 too."""
        found = outcome(f"{trap_of('MRS ZCR_EL2')} CPTR_EL2.TZ=1 --context hypervisor")
        assert (found["kind"], found["esr"], found["vector"]) == ("taken", "0x66000000", "0x200")

    def test_an_HVC_stands_for_an_instruction_of_a_paravirtual_guest_hypervisor(self) -> None:
        """It is explained as that instruction."""
        assert explained("ESR_EL2=0x5a00f088 --way paravirtual --context hypervisor").startswith("MRS X0, HCR_EL2\n")
        assert explained("ESR_EL2=0x5a00f088").startswith("HVC #0xf088\n")

    def test_no_control_was_asked_of_what_is_UNDEFINED_at_once(self) -> None:
        """A name of EL2 at an EL1 without NV."""
        found = json.loads(explained(f"{trap_of('MRS SCTLR_EL12')} --context hypervisor --json"))
        assert (found["controls"], found["outcome"]["kind"]) == ([], "undefined")


# -- instructions that name no register ------------------------------------------------------------------------------


FLOATING_POINT = "trapped SVE, Advanced SIMD or floating-point"


class TestCaches:
    """Cache maintenance by set and way."""

    def test_L0_cleans_all_memory(self) -> None:
        """DC CISW of a guest, which the guest hypervisor does not trap."""
        found = json.loads(explained("ESR_EL2=0x62141c1c --json"))
        assert found["what"] == "DC CISW, X0"
        assert "cleans and invalidates all memory of the machine" in found["outcome"]["does"]

    def test_the_guest_hypervisor_s_TSW_is_before(self) -> None:
        """It is a trap as every other."""
        found = json.loads(explained("ESR_EL2=0x62141c1c HCR_EL2.TSW=1 --json"))
        assert found["outcome"]["kind"] == "forwarded"


class TestInstructions:
    """Traps of other instructions."""

    @pytest.mark.parametrize(
        ("line", "level", "control"),
        [
            ("ESR_EL2=0xd2000022", 1, "MDCR_EL2.TDE"),
            ("ESR_EL2=0xd2000022 MDCR_EL2.TDE=1", 2, "MDCR_EL2.TDE"),
            ("ESR_EL2=0x9e000000 HCRX_EL2.MCE2=1", 2, "HCRX_EL2.MCE2"),
            ("ESR_EL2=0xd2000022 --context host-el0", 2, ""),
            ("ESR_EL2=0xd6002022 HCR_EL2.{NV,NV2}=1 MDCR_EL2.TDE=1", 2, "MDCR_EL2.TDE"),
        ],
    )
    def test_an_exception_that_is_no_trap_is_the_virtual_machine_s(self, line: str, level: int, control: str) -> None:
        """At the level to which its own architecture routes it; in a guest, by a control of the guest hypervisor."""
        found = json.loads(explained(f"{line} --json"))
        assert found["outcome"]["el"] == level
        assert [one["rule"] for one in found["controls"]] == [control] * bool(control)

    @pytest.mark.parametrize(
        ("line", "what", "kind"),
        [
            ("ESR_EL2=0x7e00000 HCR_EL2.TWI=1", "WFI", "forwarded"),
            ("ESR_EL2=0x2a000002", "LD64B or ST64B", "forwarded"),
            ("ESR_EL2=0x2a000001 HCRX_EL2.EnAS0=1", "ST64BV0", "resolved"),
            ("ESR_EL2=0x7e00001 HCR_EL2.TWI=1", "WFE", "resolved"),
            ("ESR_EL2=0x5a000005", "HVC #0x5", "taken"),
            ("ESR_EL2=0x5a000005 HCR_EL2.HCD=1", "HVC #0x5", "undefined"),
            ("ESR_EL2=0x5e000000", "SMC #0x0", "answered"),
            ("ESR_EL2=0x5e000000 HCR_EL2.TSC=1", "SMC #0x0", "forwarded"),
            ("ESR_EL2=0x56000001 HFGITR_EL2.SVC_EL1=1", "SVC #0x1", "forwarded"),
            ("ESR_EL2=0x56000001 HFGITR_EL2.SVC_EL1=1 --context guest-el0", "SVC #0x1", "taken"),
            ("ESR_EL2=0xf2000003", "BRK #0x3", "taken"),
            ("ESR_EL2=0xca000022", "a Software Step from a lower Exception level", "taken"),
            ("ESR_EL2=0x9e000000", "a memory copy or memory set instruction", "taken"),
            ("ESR_EL2=0x6a000000 --context hypervisor", "ERET", "returned"),
            ("ESR_EL2=0x6a000002 HCR_EL2.NV=1", "ERETAA", "forwarded"),
            ("ESR_EL2=0x26000000", "a trapped pointer authentication instruction", "forwarded"),
            ("ESR_EL2=0x26000000 HCR_EL2.API=1", "a trapped pointer authentication instruction", "resolved"),
            ("ESR_EL2=0x1fe00000 CPTR_EL2.TFP=1", FLOATING_POINT, "forwarded"),
            ("ESR_EL2=0x1fe00000 CPTR_EL2.TFP=1 --context hypervisor", FLOATING_POINT, "resolved"),
            ("ESR_EL2=0x66000000 HCR_EL2.E2H=1 CPTR_EL2.ZEN=3", "trapped SVE", "resolved"),
            ("ESR_EL2=0x56000001 --context host-el0", "SVC #0x1", "taken"),
        ],
    )  # fmt: skip
    def test_what_L0_does_is_named(self, line: str, what: str, kind: str) -> None:
        """By the verdict of the rules."""
        found = json.loads(explained(f"{line} --json"))
        assert (found["what"], found["outcome"]["kind"]) == (what, kind)

    @pytest.mark.parametrize(
        ("spsr", "says"),
        [
            ("", "to ELR_EL2, with the PSTATE of SPSR_EL2"),
            ("SPSR_EL2=0x3c9", "to ELR_EL2 at the virtual EL2"),
            ("SPSR_EL2=0x3c5 HCR_EL2.TGE=1", "to ELR_EL2 at the virtual EL2, an illegal return: PSTATE.IL is 1"),
            ("SPSR_EL2=0x10", "to AArch32 state, which is not modelled"),
        ],
    )
    def test_a_return_says_where_it_leads_if_that_is_known(self, spsr: str, says: str) -> None:
        """It leads where SPSR_EL2 of the virtual machine says."""
        assert outcome(f"ESR_EL2=0x6a000000 ELR_EL2=0x4000 {spsr} --context hypervisor")["says"] == says

    def test_a_return_of_a_paravirtual_guest_hypervisor_is_an_HVC(self) -> None:
        """The HVC that stands for it is shown too."""
        text = explained("ESR_EL2=0x5a002003 --way paravirtual --context hypervisor")
        assert text.startswith("ERETAB, by HVC #0x2003\n")
        assert text.endswith("returned: to ELR_EL2, with the PSTATE of SPSR_EL2\n")

    @given(
        ec=st.sampled_from([one for one in INSTRUCTIONS if one != ExceptionClass.SYSTEM]),
        hcr=st.sampled_from(["TWI", "TWE", "TSC", "API", "NV", "E2H", "TVM"]),
        rest=st.sampled_from(["HFGITR_EL2.ERET=1", "HFGITR_EL2.SVC_EL1=1", "CPTR_EL2=0x1500", "HCRX_EL2=0x5"]),
        iss=st.integers(0, 3),
    )
    def test_the_controls_that_are_shown_are_those_that_the_rules_ask(
        self, ec: ExceptionClass, hcr: str, rest: str, iss: int
    ) -> None:
        """One of them traps if and only if the rules say that the guest hypervisor wants the instruction."""
        esr = syndrome(ec, iss)
        if (ec, iss) in ((ExceptionClass.ERET, 1), (ExceptionClass.LS64, 3)):
            esr = syndrome(ec, 0)
        one = exit_of([f"ESR_EL2={esr:#x}", f"HCR_EL2.{hcr}=1", rest], "guest-el1", "nv2")
        machine = virtual_machine(one.vcpu, one.machine, one.configuration.guest)
        shown = any(control.is_trapping(one.machine) for control in wanting(one))
        assert shown == is_wanted(ec.value, esr & 0x1FF_FFFF, machine)

    def test_instructions_with_an_immediate_are_calls(self) -> None:
        """HVC, SVC, SMC and BRK."""
        assert {one.name for one in CALLS} == {"HVC", "SVC", "SMC", "BRK"}


# -- aborts ----------------------------------------------------------------------------------------------------------


class TestAborts:
    """Aborts, of which a syndrome does not tell all."""

    def test_an_abort_of_the_guest_hypervisor_is_L0s(self) -> None:
        """Nothing but L0's stage 2 is below it."""
        found = outcome("ESR_EL2=0x93830007 --context hypervisor")
        assert "L0's own stage 2 alone: the guest hypervisor and its EL0" in found["asks"]
        assert [one["esr"] for one in found["answers"]] == [None, None]

    def test_a_guest_without_stage_2_is_L0s(self) -> None:
        """Its IPA is an address of the guest hypervisor."""
        found = json.loads(explained("ESR_EL2=0x82000007 --json"))
        assert found["rules"][0]["says"] == "stage 2 of the guest hypervisor is off, VMID 0"
        assert (
            found["outcome"]["asks"]
            == "L0's own stage 2 alone: an IPA of the guest is an address of the guest hypervisor"
        )

    def test_a_fetch_has_nothing_of_the_instruction(self) -> None:
        """The guest hypervisor is given EC 0x20, and the status alone."""
        found = outcome("ESR_EL2=0x8200000f HCR_EL2.VM=1")
        assert found["answers"][0]["esr"] == "0x8200000f"
        assert found["answers"][2]["does"] == "it is L0's own: memory is brought in"

    def test_the_fetch_of_a_descriptor_is_said_to_be_one(self) -> None:
        """S1PTW."""
        found = json.loads(explained("ESR_EL2=0x92000087 HCR_EL2.VM=1 --json"))
        assert found["what"].endswith("Translation fault, level 3, of the fetch of a stage 1 descriptor")
        assert found["outcome"]["answers"][0]["esr"] == "0x92000087"

    def test_an_External_abort_is_no_fault_of_a_table(self) -> None:
        """No table is asked."""
        assert outcome("ESR_EL2=0x92000010")["asks"] == "nobody's: it is no fault of a table"

    def test_the_page_of_a_nesting_guest_is_translated_by_the_guest_hypervisor(self) -> None:
        """What L0 does depends on its tables, and on what L0 has behind their output."""
        found = outcome("ESR_EL2=0x96002047 HCR_EL2.{NV,NV2}=1")
        assert [one["does"].split()[0:4] for one in found["answers"]] == [
            ["the", "guest", "hypervisor", "takes"],
            ["L0", "maps", "the", "page,"],
            ["the", "guest", "hypervisor", "takes"],
            ["L0", "brings", "the", "memory"],
            ["the", "guest", "hypervisor", "takes"],
            ["the", "guest", "hypervisor", "takes"],
            ["L0", "makes", "the", "access"],
        ]

    @pytest.mark.parametrize("code", [0b111111, 0b010000, 0b100001])
    def test_other_status_codes_are_of_no_walk(self, code: int) -> None:
        """External aborts, alignment, and what is reserved."""
        assert fault_of(code) is None


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("HCR_EL2=1", "expected one ESR_EL2=VALUE, got 0"),
        ("ESR_EL2=0x7e00000 ESR_EL2=0x7e00000", "expected one ESR_EL2=VALUE, got 2"),
        ("ESR_EL2=0xfc000000", "ESR_EL2: 0xfc000000 is no syndrome: EC = 0x3f is reserved"),
        ("ESR_EL2=zero", "ESR_EL2: expected an unsigned number such as 0x1f, got 'zero'"),
        ("ESR_EL2=0x7e00000 FOO_EL2=1", "unknown register FOO_EL2"),
        ("ESR_EL2=0x7e00000 VBAR_EL2=1 VBAR_EL2=2", "a register is given twice"),
        ("ESR_EL2=0x7e00000 HCR_EL2.TGE=1", "guest-el1: no virtual machine is there with {E2H, TGE} = {0, 1}"),
        ("ESR_EL2=0x7e00000 HCR_EL2=0 --context host-el0", "--context host-el0: no virtual machine is there with"),
        ("ESR_EL2=0x7e00000 HCR_EL2.TGE=1 --context guest-el0", "is a permitted difference, of which no rule speaks"),
        ("ESR_EL2=0x96000007", "a Data Abort at EL2 itself is no exit of a virtual machine"),
        ("ESR_EL2=0x96002007", "a guest-el1 with HCR_EL2.{NV, NV2} = {1, 1} alone has the page"),
        ("ESR_EL2=0x2a000003", "no rule says what L0 does about a trapped instruction of no other class"),
        ("ESR_EL2=0xd6000022", "a Watchpoint at EL2 itself is no exit of a virtual machine"),
        ("ESR_EL2=0xd6002022", "a guest-el1 with HCR_EL2.{NV, NV2} = {1, 1} alone has the page"),
        ("ESR_EL2=0x8a000000", "ESR_EL2=0x8a000000: no rule says what L0 does about a PC alignment fault"),
        ("ESR_EL2=0x5a000000 --context guest-el0", "HVC is UNDEFINED at EL0, and no exit"),
        ("ESR_EL2=0x7e00000 --feature FEAT_AA32EL1", "with --way nv2: it cannot offer all of them"),
        ("ESR_EL2=0x7e00000 --way nv --feature FEAT_GCS --feature FEAT_E2H0", "such a virtual EL2 cannot be made"),
        ("ESR_EL2=0x7e00000 --context el3", "'el3' is not one of 'hypervisor', 'host-el0', 'guest-el1', 'guest-el0'"),
    ],
)  # fmt: skip
def test_what_is_no_exit_is_refused(line: str, reason: str) -> None:
    """With one line that says why, and status 2."""
    assert reason in refused("explain-exit", *line.split())


def test_an_exit_of_nothing_has_no_description() -> None:
    """The function refuses what the command line refuses."""
    with pytest.raises(UnknownName, match="expected one"):
        exit_of([], "guest-el1", "nv2")


def test_the_command_line_has_every_context_and_way() -> None:
    """It names them itself, since it is shown without the rules."""
    assert (explain_exit.CONTEXTS, {*explain_exit.WAYS}) == (tuple(exits.CONTEXTS), {*exits.WAYS})
