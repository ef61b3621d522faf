import functools

import pytest

from nvspec.access_steps import AccessSteps, Finding, follow, needs, said
from nvspec.assembler import instruction_of
from nvspec.machines import features_of, machine_of
from spec.access.allocation import every_accessor
from spec.access.decision import decide
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.outcome import Executed, NVMem, Trap, Undefined
from spec.features import Features

NONE = "is IMPLEMENTATION DEFINED, and this implementation has none of them"
"""What is said of an encoding that implementations may use as they like."""


def steps(text: str, *assigned: str, el: int = 1, without: tuple[str, ...] = ()) -> AccessSteps:
    """Return the steps of an access on a machine with every feature, but for some."""
    return follow(instruction_of(text), machine_of(el, features_of([], without), assigned))


def names(found: tuple[Finding, ...]) -> list[str]:
    """Return what some findings are of."""
    return [one.rule for one in found]


def finding(found: tuple[Finding, ...], rule: str) -> Finding:
    """Return the finding of a rule or a control, at any depth."""
    for one in found:
        inner = one if one.rule == rule else None if not one.inner else finding(one.inner, rule)
        if inner is not None and inner.rule == rule:
            return inner
    return Finding("", "")


class TestRules:
    """What is said before the controls are asked."""

    @pytest.mark.parametrize(
        ("text", "without", "says"),
        [
            ("MRS SCTLR_EL1", "", "SCTLR_EL1 is in every implementation"),
            ("MRS PMCR_EL0", "", "PMCR_EL0 needs FEAT_PMUv3"),
            ("MRS PMCR_EL0", "FEAT_PMUv3", "PMCR_EL0 needs FEAT_PMUv3, which is not implemented"),
            ("MRS TCR2_EL12", "", "TCR2_EL12 needs FEAT_TCR2 and FEAT_VHE"),
            ("MRS S3_0_C15_C0_0", "", f"S3_0_C15_C0_0 {NONE}"),
            ("SYS #0, C11, C0, #0", "", f"S1_0_C11_C0_0 {NONE}"),
            ("MRS S3_0_C6_C1_0", "", "S3_0_C6_C1_0 is not allocated"),
            ("MSR S3_0_C0_C0_0", "", "S3_0_C0_C0_0 is MIDR_EL1, which has no MSR"),
            (
                "MRS S3_0_C0_C7_7",
                "",
                "S3_0_C0_C7_7 is reserved for an identification register, and reads as zero where nothing traps it",
            ),
        ],
    )
    def test_a_name_says_what_it_needs(self, text: str, without: str, says: str) -> None:
        """The features of a register, and the space of an encoding that is not allocated."""
        first = steps(text, without=tuple(without.split())).rules[0]
        assert (first.rule, first.says) == ("access.allocation", says)

    def test_an_implementation_may_have_IMPLEMENTATION_DEFINED_encodings(self) -> None:
        """That is a choice, and no feature."""
        machine = Machine(1, Features(has_implementation_defined=True))
        assert follow(instruction_of("MRS S3_0_C15_C0_0"), machine).rules[0].says.endswith("has some of them")

    def test_a_family_may_have_fewer_members(self) -> None:
        """The feature is there, the register is not."""
        assert needs("FEAT_PMUv3", Features(FEAT_PMUv3=True), exists=False) == (
            "needs FEAT_PMUv3, and this implementation has fewer of them"
        )
        machine = Machine(1, Features(FEAT_PMUv3=True, event_counters=4))
        assert "fewer" in follow(instruction_of("MRS PMEVCNTR5_EL0"), machine).rules[0].says

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("MRS TPIDR_EL0", "TPIDR_EL0 is for EL0 and higher"),
            ("MRS SCTLR_EL1", "SCTLR_EL1 is for EL1 and higher"),
            ("MSR CNTFRQ_EL0", "CNTFRQ_EL0 is for EL2"),
            ("MRS VSTCR_EL2", "VSTCR_EL2 is UNDEFINED at EL0, EL1 and EL2 of this model"),
        ],
    )
    def test_a_name_says_which_Exception_levels_may_use_it(self, text: str, says: str) -> None:
        """By its suffix, or by the list of exceptions."""
        assert finding(steps(text).rules, "access.names.level_of").says == says

    @pytest.mark.parametrize(
        ("text", "el", "assigned", "rule"),
        [
            ("MRS HCR_EL2", 0, [], "access.decision.below_its_level"),
            ("MRS HCR_EL2", 1, ["HCR_EL2.NV=1"], "access.decision.for_guest_hypervisor"),
            ("MRS SCTLR_EL12", 2, [], "access.decision.is_undefined_now"),
            ("MRS PMXEVCNTR_EL0", 2, ["PMSELR_EL0.SEL=31"], "access.decision.selects_no_counter"),
            ("MRS S3_0_C6_C1_0", 1, [], "access.unallocated.is_implementation_defined"),
            ("ERET", 1, [], "access.execution.exception_return"),
            ("UDF #0", 1, [], "access.exception.undefined"),
        ],
    )
    def test_a_rule_comes_with_its_source(self, text: str, el: int, assigned: list[str], rule: str) -> None:
        """The rules that decided without a control, nested as they asked each other."""
        assert finding(steps(text, *assigned, el=el).rules, rule).source

    def test_what_nothing_traps_asks_no_rule(self) -> None:
        """NOP."""
        got = steps("NOP")
        assert (got.rules, got.controls, got.target, got.outcome) == ((), (), (), Executed(0))


class TestControls:
    """Which controls were asked, and what they said."""

    def test_they_end_with_the_one_that_traps(self) -> None:
        """What has a later place was not asked."""
        got = steps("MSR SCTLR_EL1", "HCR_EL2.TVM=1", "HFGWTR_EL2.SCTLR_EL1=1")
        assert [one.says for one in got.controls] == ["traps: TVM is 1"]
        got = steps("MSR SCTLR_EL1", "HFGWTR_EL2.SCTLR_EL1=1")
        assert [(one.rule, one.says) for one in got.controls] == [
            ("HCR_EL2.TVM", "does not trap: TVM is 0"),
            ("HFGWTR_EL2.SCTLR_EL1", "traps: SCTLR_EL1 is 1"),
        ]

    @pytest.mark.parametrize(
        ("text", "el", "assigned"),
        [
            ("MSR SCTLR_EL1", 0, []),
            ("MSR SPSR_EL2", 1, []),
            ("MSR SCTLR_EL12", 2, []),
            ("MSR PMXEVCNTR_EL0", 1, ["PMSELR_EL0.SEL=31"]),
            ("MRS S3_0_C15_C0_0", 1, ["HCR_EL2.TIDCP=1"]),
            ("ERET", 1, ["HCR_EL2.NV=1"]),
        ],
    )
    def test_none_is_asked_of_what_is_decided_before(self, text: str, el: int, assigned: list[str]) -> None:
        """UNDEFINED, not allocated, or without a name."""
        assert steps(text, *assigned, el=el).controls == ()

    def test_none_is_asked_of_what_is_not_implemented(self) -> None:
        """Not even for an identification register, which traps."""
        got = steps("MRS GMID_EL1", "HCR_EL2.TID5=1", without=("FEAT_MTE2",))
        assert (got.controls, isinstance(got.outcome, Trap)) == ((), True)

    def test_a_guest_hypervisor_has_those_of_EL2(self) -> None:
        """The lock of exception state comes before the redirection of NV2."""
        got = steps("MSR SPSR_EL2", "HCR_EL2.{NV,NV2}=1")
        assert names(got.controls) == ["PSTATE.EXLOCK"]
        assert got.outcome == Executed(0xC200)
        locked = steps("MSR SPSR_EL2", "HCR_EL2.{NV,NV2}=1", "PSTATE.EXLOCK=1", "GCSCR_EL1.EXLOCKEN=1")
        assert [one.says for one in locked.controls] == ["traps: EXLOCK is 1"]

    def test_the_EL0_of_a_host_has_those_of_the_host(self) -> None:
        """SCTLR_EL2 in the place of SCTLR_EL1, and none of HCR_EL2."""
        got = steps("MRS CTR_EL0", "HCR_EL2.{E2H,TGE}=1", "SCTLR_EL2.UCT=1", el=0)
        assert [one.says for one in got.controls] == ["does not trap: SCTLR_EL2.UCT is 1"]
        guest = steps("MRS CTR_EL0", "SCTLR_EL1.UCT=1", el=0)
        assert guest.controls[0].says == "does not trap: SCTLR_EL1.UCT is 1"
        assert len(guest.controls) > 1

    @pytest.mark.parametrize(
        ("text", "el", "says"),
        [
            ("GCSPUSHM X0", 0, "traps: GCSCRE0_EL1.PUSHMEn is 0"),
            ("GCSPUSHM X0", 1, "traps: GCSCR_EL1.PUSHMEn is 0"),
            ("GCSPUSHM X0", 2, "traps: GCSCR_EL2.PUSHMEn is 0"),
            ("MRS CNTPCT_EL0", 0, "traps: CNTKCTL_EL1.EL0PCTEN is 0"),
            ("MRS FPCR", 1, "traps: FPEN is 0b00"),
            ("MRS PMEVCNTR3_EL0", 0, "traps: ER is 0, EN is 0"),
        ],
    )
    def test_fields_are_shown_with_what_they_hold(self, text: str, el: int, says: str) -> None:
        """Of a name with ELx with the register that is asked, of several registers each."""
        assert steps(text, el=el).controls[0].says == says

    def test_of_two_registers_both_are_shown(self) -> None:
        """A field that the layout of one of them does not have is left out."""
        got = steps("MRS CNTPCT_EL0", "HCR_EL2.{E2H,TGE}=1", el=0)
        assert got.controls[0].says == "traps: CNTKCTL_EL1.EL0PCTEN is 0, CNTHCTL_EL2.EL0PCTEN is 0"

    def test_a_condition_that_is_a_rule_comes_with_it(self) -> None:
        """A bit that does what its value says needs none."""
        got = steps("MRS PMCR_EL0", "PMUSERENR_EL0.EN=1", "MDCR_EL2.TPMCR=1", el=0)
        by_rule, by_bit = got.controls[0], got.controls[-1]
        assert (by_rule.inner[0].rule, by_rule.inner[0].says) == ("access.controls.performance.EN_traps_PMCR", "no")
        assert by_rule.inner[0].source
        assert (by_bit.rule, by_bit.says, by_bit.inner) == ("MDCR_EL2.TPMCR", "traps: TPMCR is 1", ())

    def test_a_bit_that_does_not_do_what_it_says_gives_the_reason(self) -> None:
        """A fine-grained trap that is not implemented, and one that HCRX_EL2.FGTnXS takes out."""
        rule = "access.controls.fine_grained.bit_traps"
        lacking = steps("MRS FAR_EL1", "HFGRTR_EL2.FAR_EL1=1", without=("FEAT_FGT",)).controls[-1]
        assert lacking.says == "does not trap: FAR_EL1 is 1, and needs FEAT_FGT"
        assert finding(lacking.inner, rule).says == "no: the bit is not implemented, or FGTnXS keeps it out"
        kept_out = steps("TLBI VAE1NXS, X0", "HFGITR_EL2.TLBIVAE1=1", "HCRX_EL2.FGTnXS=1").controls[0]
        assert finding(kept_out.inner, rule).says == "no: the bit is not implemented, or FGTnXS keeps it out"
        assert [one.rule for one in kept_out.inner[0].inner].count("access.machine.HCRX_is_enabled") == 1

    def test_a_negative_bit_that_traps_is_clear(self) -> None:
        """It traps with 0, and needs no more words."""
        got = steps("MRS TPIDR2_EL0").controls[0]
        assert (got.rule, got.says, got.inner) == ("HFGRTR_EL2.nTPIDR2_EL0", "traps: nTPIDR2_EL0 is 0", ())

    def test_a_bit_without_its_feature_says_so(self) -> None:
        """Or without that of its register: it traps nothing then, whatever is assigned."""
        lacking = steps("AT S1E1R", "HCR_EL2.AT=1", without=("FEAT_NV",))
        assert finding(lacking.controls, "HCR_EL2.AT").says == "does not trap: AT is 1, and needs FEAT_NV"
        lacking = steps("MSR ALLINT, #1", "HCRX_EL2.TALLINT=1", without=("FEAT_HCX",))
        assert finding(lacking.controls, "HCRX_EL2.TALLINT").says == "does not trap: TALLINT is 1, and needs FEAT_HCX"


class TestTarget:
    """What is said of an access that nothing traps."""

    def test_the_rules_that_chose_are_told(self) -> None:
        """E2H at EL2, NV at EL1, the virtual interface."""
        assert finding(steps("MRS SCTLR_EL1", "HCR_EL2.E2H=1", el=2).target, "hcr.effective_E2H").says == "yes"
        nested = steps("MSR VBAR_EL1", "HCR_EL2.{NV,NV1,NV2}=1")
        assert finding(nested.target, "hcr.effective_NVx").says == "{NV2, NV1, NV} is 0b111"
        assert nested.outcome == NVMem(0x250)

    def test_what_is_trapped_has_no_target(self) -> None:
        """Nor has what is UNDEFINED."""
        assert steps("MSR SCTLR_EL1", "HCR_EL2.TVM=1").target == ()
        assert steps("MSR SCTLR_EL1", el=0).target == ()


class TestWords:
    """Answers in words."""

    def test_answers_are_words_of_the_architecture(self) -> None:
        """A level is EL1, a register hexadecimal, two bits binary."""
        got = steps("FMOV", el=0)
        assert finding(got.rules, "access.exception.level_for_EL1").says == "EL1"
        host = steps("MRS CTR_EL0", "SCTLR_EL1.UCT=1", el=0)
        assert finding(host.controls, "access.controls.user.SCTLR_of_EL0").says == "0x8000"
        spe = steps("MRS PMBSR_EL1", "PMSCR_EL2.EE=2", el=2)
        assert finding(spe.target, "access.banked.effective_PMSCR_EL2_EE").says == "0b10"

    @pytest.mark.parametrize(
        ("result", "words"),
        [
            (True, "yes"),
            (False, "no"),
            (Trap(2, 0x62300002), "trapped to EL2"),
            (Trap(2, 0x5A000000, 4), "taken to EL2"),
            (Trap(1, 0xF2000000), "taken to EL1"),
            (Undefined(1), "UNDEFINED, taken to EL1"),
            (NVMem(0x110), "memory at VNCR_EL2.BADDR + 0x110"),
            (Executed(0), "executed"),
            (Executed(0xC080), "reaches SCTLR_EL1"),
            (Executed(0x1C660), "reaches ICV_IAR1_EL1"),
            (Executed(0x4419), "performs TLBI VAE1IS"),
            (Executed(0x7E00), "performs S1_7_C12_C0_0"),
            (None, "None"),
        ],
    )
    def test_outcomes_have_words(self, result: object, words: str) -> None:
        """A call is taken, anything else trapped; an operation is performed, a register reached."""
        assert said(result) == words


@functools.cache
def machines() -> tuple[Machine, ...]:
    """Return machines of each Exception level, on which much traps, little, and EL1 is a guest hypervisor."""
    every, few = features_of([]), features_of(["FEAT_VHE"])
    modes: tuple[list[str], ...] = ([], ["HCR_EL2.{NV,NV2}=1"], ["HCR_EL2.{E2H,TGE}=1"])
    return tuple(machine_of(el, cpu, mode) for el in (0, 1, 2) for cpu in (every, few) for mode in modes)


@pytest.mark.parametrize("form", Form)
def test_steps_agree_with_the_decision(form: Form) -> None:
    """The last control that was asked traps, or an access reached its target, or neither was asked."""
    accessors = [one for one in every_accessor() if one.form == form][:: 1 if form == Form.IMMEDIATE else 19]
    for accessor in accessors:
        for machine in machines():
            instruction = Instruction(form, accessor.encoding, 3)
            got = follow(instruction, machine)
            assert got.outcome == decide(instruction, machine)
            traps = [one.says.startswith("traps") for one in got.controls]
            assert not any(traps[:-1])
            assert not (traps[-1:] == [True] and got.target)
            if got.target:
                assert got.target[0].says == said(got.outcome)
