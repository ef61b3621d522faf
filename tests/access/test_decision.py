"""The decision: UNDEFINED, trapped, redirected or done, in the order of priority of the accessors (DDI 0487 D24.2).

Nested virtualization is from D8.11, the offsets from its table of the page at VNCR_EL2.BADDR.
"""

import attrs
import pytest

from spec.access.accessor import Group
from spec.access.decision import decide, is_virtual
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.outcome import Undefined
from spec.features import Features, NV1WithoutNV
from tests.access.machines import EVERY_FEATURE, outcome, quiet

NESTING = ["", "NV", "NV NV1", "NV NV2", "NV NV1 NV2"]
UNDEFINED, TRAPPED = "UNDEFINED at EL1", "0x18 to EL2"


# -- nested virtualization -----------------------------------------------------------------------------------

# What EL1 does by each name, with HCR_EL2.{NV, NV1, NV2} = {0,x,x}, {1,0,0}, {1,1,0}, {1,0,1}, {1,1,1}.
NESTED: dict[str, tuple[str, str, str, str, str]] = {
    # Registers of EL2 with a slot, without one, and with an EL1 register in their place.
    "MRS HCR_EL2": (UNDEFINED, TRAPPED, TRAPPED, "[0x078]", "[0x078]"),
    "MSR VTTBR_EL2": (UNDEFINED, TRAPPED, TRAPPED, "[0x020]", "[0x020]"),
    "MSR VNCR_EL2": (UNDEFINED, TRAPPED, TRAPPED, "[0x0B0]", "[0x0B0]"),
    "MRS TPIDR_EL2": (UNDEFINED, TRAPPED, TRAPPED, "[0x090]", "[0x090]"),
    "MRS SP_EL1": (UNDEFINED, TRAPPED, TRAPPED, "[0x240]", "[0x240]"),
    "MSR ICH_LR3_EL2": (UNDEFINED, TRAPPED, TRAPPED, "[0x418]", "[0x418]"),
    "MSR CNTVOFF_EL2": (UNDEFINED, TRAPPED, TRAPPED, "[0x060]", "[0x060]"),
    "MRS SCTLR_EL2": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    "MSR CPTR_EL2": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    "MRS HPFAR_EL2": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    "MSR CNTHCTL_EL2": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    "MRS ELR_EL2": (UNDEFINED, TRAPPED, TRAPPED, "ELR_EL1", "ELR_EL1"),
    "MSR SPSR_EL2": (UNDEFINED, TRAPPED, TRAPPED, "SPSR_EL1", "SPSR_EL1"),
    "MRS ESR_EL2": (UNDEFINED, TRAPPED, TRAPPED, "ESR_EL1", "ESR_EL1"),
    "MSR FAR_EL2": (UNDEFINED, TRAPPED, TRAPPED, "FAR_EL1", "FAR_EL1"),
    "MRS TFSR_EL2": (UNDEFINED, TRAPPED, TRAPPED, "TFSR_EL1", "TFSR_EL1"),
    "MRS SPSR_irq": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    # The _EL12 and _EL02 names.
    "MRS SCTLR_EL12": (UNDEFINED, TRAPPED, TRAPPED, "[0x110]", TRAPPED),
    "MSR CNTV_CVAL_EL02": (UNDEFINED, TRAPPED, TRAPPED, "[0x168]", TRAPPED),
    "MRS CNTP_TVAL_EL02": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    "MRS CNTKCTL_EL12": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    # The EL1 and EL0 names: their own, unless NV1 makes them the state of a guest.
    "MRS SCTLR_EL1": ("SCTLR_EL1", "SCTLR_EL1", "SCTLR_EL1", "SCTLR_EL1", "[0x110]"),
    "MSR TTBR0_EL1": ("TTBR0_EL1", "TTBR0_EL1", "TTBR0_EL1", "TTBR0_EL1", "[0x200]"),
    "MSR ELR_EL1": ("ELR_EL1", "ELR_EL1", TRAPPED, "ELR_EL1", "[0x230]"),
    "MSR VBAR_EL1": ("VBAR_EL1", "VBAR_EL1", TRAPPED, "VBAR_EL1", "[0x250]"),
    "MRS CPACR_EL1": ("CPACR_EL1", "CPACR_EL1", "CPACR_EL1", "CPACR_EL1", "[0x100]"),
    "MRS CNTV_CTL_EL0": ("CNTV_CTL_EL0", "CNTV_CTL_EL0", "CNTV_CTL_EL0", "CNTV_CTL_EL0", "[0x170]"),
    "MRS CNTKCTL_EL1": ("CNTKCTL_EL1", "CNTKCTL_EL1", "CNTKCTL_EL1", "CNTKCTL_EL1", "CNTKCTL_EL1"),
    # EL1 names without an _EL12 name: redirected whatever NV1 is.
    "MSR MDSCR_EL1": ("MDSCR_EL1", "MDSCR_EL1", "MDSCR_EL1", "[0x158]", "[0x158]"),
    "MSR PMBPTR_EL1": ("PMBPTR_EL1", "PMBPTR_EL1", "PMBPTR_EL1", "[0x810]", "[0x810]"),
    "MRS PAR_EL1": ("PAR_EL1", "PAR_EL1", "PAR_EL1", "PAR_EL1", "PAR_EL1"),
    "MRS TPIDR_EL1": ("TPIDR_EL1", "TPIDR_EL1", "TPIDR_EL1", "TPIDR_EL1", "TPIDR_EL1"),
    # Operations.
    "TLBI VAE2": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    "TLBI IPAS2E1": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    "TLBI ALLE1": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    "AT S12E1R": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    "AT S1E2R": (UNDEFINED, TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    "TLBI VAE1": ("TLBI VAE1", "TLBI VAE1", "TLBI VAE1", "TLBI VAE1", "TLBI VAE1"),
    "AT S1E1R": ("AT S1E1R", "AT S1E1R", "AT S1E1R", "AT S1E1R", "AT S1E1R"),
    "CFP RCTX": ("CFP RCTX", TRAPPED, TRAPPED, TRAPPED, TRAPPED),
    # Of Secure state, of Debug state, of EL3, or read-only: UNDEFINED whatever NV is.
    "MRS VSTTBR_EL2": (UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED),
    "MRS SP_EL2": (UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED),
    "MSR CNTFRQ_EL0": (UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED),
    "TLBI VAE3": (UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED),
}


@pytest.mark.parametrize("mode", NESTING, ids=lambda mode: mode.replace(" ", "-") or "none")
@pytest.mark.parametrize("text", NESTED)
def test_an_access_of_a_guest_hypervisor(text: str, mode: str) -> None:
    """At EL1, with each combination of NV, NV1 and NV2; the physical timer has an EL1NVPCT that is 0."""
    machine = quiet(1, mode)
    assert outcome(text, machine) == NESTED[text][NESTING.index(mode)]


@pytest.mark.parametrize("text", NESTED)
def test_NV2_without_NV_changes_nothing(text: str) -> None:
    """As if it were 0."""
    assert outcome(text, quiet(1, "NV2")) == outcome(text, quiet(1))


@pytest.mark.parametrize("text", [text for text, answers in NESTED.items() if answers[0] == UNDEFINED])
@pytest.mark.parametrize("mode", NESTING)
def test_EL0_of_a_guest_has_none_of_it(text: str, mode: str) -> None:
    """NV is for EL1: at EL0 an access of EL2 is UNDEFINED."""
    assert outcome(text, quiet(0, mode)) == "UNDEFINED at EL1"


@pytest.mark.parametrize("text", [text for text, answers in NESTED.items() if answers[0] == UNDEFINED])
def test_without_FEAT_NV_an_access_of_EL2_is_UNDEFINED_at_EL1(text: str) -> None:
    """And cannot be trapped: of Armv8.0 and 8.1 no hypervisor can be nested."""
    assert outcome(text, quiet(1, "NV NV1 NV2", "-FEAT_NV -FEAT_NV2")) == "UNDEFINED at EL1"


@pytest.mark.parametrize("mode", NESTING)
def test_a_write_of_a_read_only_register_stays_UNDEFINED(mode: str) -> None:
    """ICH_VTR_EL2 has no MSR: its encoding is not allocated, and NV traps nothing."""
    encoding = 0b11_100_1100_1011_001
    assert decide(Instruction(Form.MSR, encoding), quiet(1, mode)) == Undefined(1)
    assert outcome("MRS ICH_VTR_EL2", quiet(1, mode)) == (TRAPPED if mode else UNDEFINED)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (NV1WithoutNV.IGNORED, "VBAR_EL1"),
        (NV1WithoutNV.AS_WITH_NV, TRAPPED),
        (NV1WithoutNV.TRAPS, "VBAR_EL1"),
    ],
)
def test_NV1_without_NV(choice: NV1WithoutNV, expected: str) -> None:
    """The three behaviors: as {0, 0}, as {1, 1}, and as {0, 1}, for which no accessor of VBAR_EL1 asks."""
    machine = attrs.evolve(quiet(1, "NV1"), features=attrs.evolve(EVERY_FEATURE, NV1_without_NV=choice))
    assert outcome("MRS VBAR_EL1", machine) == expected


# -- a host at EL2 -------------------------------------------------------------------------------------------

# What EL2 does by each name, with E2H = 0 and with E2H = 1.
HOST = {
    "MRS SCTLR_EL1": ("SCTLR_EL1", "SCTLR_EL2"),
    "MSR TTBR1_EL1": ("TTBR1_EL1", "TTBR1_EL2"),
    "MSR CPACR_EL1": ("CPACR_EL1", "CPTR_EL2"),
    "MRS CNTKCTL_EL1": ("CNTKCTL_EL1", "CNTHCTL_EL2"),
    "MRS MPAM1_EL1": ("MPAM1_EL1", "MPAM2_EL2"),
    "MSR ELR_EL1": ("ELR_EL1", "ELR_EL2"),
    "MRS CNTP_CTL_EL0": ("CNTP_CTL_EL0", "CNTHP_CTL_EL2"),
    "MSR CNTV_CVAL_EL0": ("CNTV_CVAL_EL0", "CNTHV_CVAL_EL2"),
    "MRS CNTVCT_EL0": ("CNTVCT_EL0", "CNTVCT_EL0"),
    "MRS SP_EL1": ("SP_EL1", "SP_EL1"),
    "MRS TPIDR_EL1": ("TPIDR_EL1", "TPIDR_EL1"),
    "MSR PAR_EL1": ("PAR_EL1", "PAR_EL1"),
    "MRS MDSCR_EL1": ("MDSCR_EL1", "MDSCR_EL1"),
    "MRS SCTLR_EL2": ("SCTLR_EL2", "SCTLR_EL2"),
    "MRS SCTLR_EL12": ("UNDEFINED at EL2", "SCTLR_EL1"),
    "MSR CPACR_EL12": ("UNDEFINED at EL2", "CPACR_EL1"),
    "MRS CNTV_CTL_EL02": ("UNDEFINED at EL2", "CNTV_CTL_EL0"),
    "MSR VBAR_EL12": ("UNDEFINED at EL2", "VBAR_EL1"),
    "MRS MIDR_EL1": ("MIDR_EL1", "MIDR_EL1"),
}


@pytest.mark.parametrize("host", [False, True], ids=["E2H=0", "E2H=1"])
@pytest.mark.parametrize("text", HOST)
def test_a_name_at_EL2(text: str, host: bool) -> None:
    """Redirected to EL2, from an alias to EL1, or neither; TGE makes no difference to it."""
    for TGE in ("", " TGE"):
        assert outcome(text, quiet(2, ("E2H" if host else "") + TGE)) == HOST[text][host]


def test_E2H_that_is_RES1_needs_no_bit() -> None:
    """Without FEAT_E2H0 the EL1 names are redirected whatever is written to HCR_EL2."""
    assert outcome("MRS SCTLR_EL1", quiet(2, "", "-FEAT_E2H0 CPTR_EL2[21:20]=3")) == "SCTLR_EL2"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("", "CNTV_CTL_EL0"),
        ("E2H", "CNTV_CTL_EL0"),
        ("TGE", "CNTV_CTL_EL0"),
        ("E2H TGE", "CNTHV_CTL_EL2"),
    ],
)
def test_the_timers_from_EL0(mode: str, expected: str) -> None:
    """The EL0 of a host has the timers of EL2; the EL1 names are redirected at EL2 alone."""
    assert outcome("MRS CNTV_CTL_EL0", quiet(0, mode)) == expected


# -- identification ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "changes", "expected"),
    [
        ("", "", "0x18 to EL1"),
        ("TGE", "", "0x18 to EL2"),
        ("E2H TGE", "", "0x18 to EL2"),
        ("", "-FEAT_IDST", "UNDEFINED at EL1"),
        ("TGE", "-FEAT_IDST", "UNDEFINED at EL2"),
    ],
)
@pytest.mark.parametrize("name", ["MIDR_EL1", "ID_AA64MMFR2_EL1", "CCSIDR_EL1", "CLIDR_EL1", "GMID_EL1", "SMIDR_EL1"])
def test_EL0_reads_of_identification_registers(name: str, mode: str, changes: str, expected: str) -> None:
    """FEAT_IDST reports them with EC 0x18, to EL1 or by TGE to EL2."""
    assert outcome(f"MRS {name}", quiet(0, mode, changes)) == expected


@pytest.mark.parametrize("name", ["SCTLR_EL1", "CSSELR_EL1", "PAR_EL1", "ISR_EL1"])
def test_other_registers_of_EL1_are_UNDEFINED_at_EL0(name: str) -> None:
    """With FEAT_IDST too: CSSELR_EL1 is no identification register."""
    assert outcome(f"MRS {name}", quiet(0)) == "UNDEFINED at EL1"


@pytest.mark.parametrize(("el", "expected"), [(1, "0x18 to EL1"), (2, "0x18 to EL2"), (0, "0x18 to EL1")])
def test_an_identification_register_that_there_is_not(el: int, expected: str) -> None:
    """UnimplementedIDRegister: with FEAT_IDST it is trapped to the Exception level that reads; without, UNDEFINED."""
    assert outcome("MRS GMID_EL1", quiet(el, "", "-FEAT_MTE2")) == expected
    without = outcome("MRS GMID_EL1", quiet(el, "", "-FEAT_MTE2 -FEAT_IDST"))
    assert without == f"UNDEFINED at EL{max(el, 1)}"


@pytest.mark.parametrize(
    ("text", "el1", "el2"),
    [("MRS MIDR_EL1", "VPIDR_EL2", "MIDR_EL1"), ("MRS MPIDR_EL1", "VMPIDR_EL2", "MPIDR_EL1")],
)
def test_EL1_reads_the_virtual_identification(text: str, el1: str, el2: str) -> None:
    """VPIDR_EL2 and VMPIDR_EL2 are what a guest reads."""
    assert (outcome(text, quiet(1)), outcome(text, quiet(2))) == (el1, el2)


# -- priority ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "el", "mode", "changes", "expected"),
    [
        # What is not implemented is UNDEFINED, whatever would trap it.
        ("MSR PIR_EL1", 1, "", "HCR_EL2[26]=1 -FEAT_S1PIE", "UNDEFINED at EL1"),
        ("MRS ZCR_EL1", 1, "", "CPTR_EL2[8]=1 -FEAT_SVE", "UNDEFINED at EL1"),
        # What the Exception level does not have is UNDEFINED, whatever would trap it.
        ("MSR SCTLR_EL1", 0, "", "HCR_EL2[26]=1", "UNDEFINED at EL1"),
        ("MRS PMUSERENR_EL0", 0, "", "MDCR_EL2[6]=1", "0x18 to EL2"),
        ("MSR PMUSERENR_EL0", 0, "", "MDCR_EL2[6]=1", "UNDEFINED at EL1"),
        ("MSR TPIDRRO_EL0", 0, "", "HFGWTR_EL2[34]=1", "UNDEFINED at EL1"),
        # A trap of EL1 comes before one of EL2, a trap before any redirection.
        ("MRS CNTPCT_EL0", 0, "", "CNTKCTL_EL1[0]=0 CNTHCTL_EL2[0]=0", "0x18 to EL1"),
        ("MRS PMCCNTR_EL0", 0, "", "PMUSERENR_EL0[3:0]=0 MDCR_EL2[6]=1", "0x18 to EL1"),
        ("MSR SCTLR_EL1", 1, "NV NV1 NV2", "HCR_EL2[26]=1", "0x18 to EL2"),
        ("MRS MIDR_EL1", 1, "", "HFGRTR_EL2[25]=1", "0x18 to EL2"),
        ("MRS DISR_EL1", 1, "AMO", "", "VDISR_EL2"),
        # An _EL12 name is UNDEFINED at EL2 without E2H before CPTR_EL2 traps it.
        ("MRS ZCR_EL12", 2, "", "CPTR_EL2[8]=1", "UNDEFINED at EL2"),
        ("MRS ZCR_EL12", 2, "E2H", "CPTR_EL2[17:16]=0", "0x19 to EL2"),
    ],
)
def test_what_comes_first(text: str, el: int, mode: str, changes: str, expected: str) -> None:
    """Absence, then the Exception level, then EL1, then EL2, then redirection."""
    assert outcome(text, quiet(el, mode, changes)) == expected


@pytest.mark.parametrize(
    ("el", "SP", "expected"), [(1, 1, "SP_EL0"), (1, 0, "UNDEFINED at EL1"), (2, 0, "UNDEFINED at EL2")]
)
def test_SP_EL0_is_UNDEFINED_while_it_is_the_stack_pointer(el: int, SP: int, expected: str) -> None:
    """PSTATE.SP = 0 selects it."""
    for form in ("MRS", "MSR"):
        assert outcome(f"{form} SP_EL0", quiet(el, "", f"SP={SP}")) == expected


@pytest.mark.parametrize(
    ("text", "el", "expected"),
    [
        ("MSR AMCNTENSET0_EL0", 1, "UNDEFINED at EL1"),
        ("MSR AMCNTENSET0_EL0", 2, "AMCNTENSET0_EL0"),
        ("MSR CNTFRQ_EL0", 1, "UNDEFINED at EL1"),
        ("MSR CNTFRQ_EL0", 2, "CNTFRQ_EL0"),
        ("MRS CNTFRQ_EL0", 1, "CNTFRQ_EL0"),
        ("MRS RVBAR_EL2", 2, "RVBAR_EL2"),
        ("MRS RVBAR_EL1", 2, "UNDEFINED at EL2"),
        ("MRS SP_EL2", 2, "UNDEFINED at EL2"),
        ("MRS DLR_EL0", 0, "UNDEFINED at EL1"),
    ],
)
def test_the_highest_exception_level(text: str, el: int, expected: str) -> None:
    """It is EL2 here: it has RVBAR_EL2, and may write what only the highest may."""
    assert outcome(text, quiet(el)) == expected


def test_plain_hardware_does_what_it_is_told() -> None:
    """Without any feature, and with every register 0, EL2 reads and writes its own."""
    EL2 = Machine(2, Features())
    for text in ("MRS SCTLR_EL2", "MSR VTTBR_EL2", "MRS SCTLR_EL1"):
        assert outcome(text, EL2) == text.split()[1]


# -- DISR_EL1 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "changes", "expected"),
    [
        ("", "", False),
        ("AMO", "", True),
        ("", "HCRX_EL2[19]=1", True),
        ("", "HCRX_EL2[19]=1 -FEAT_DoubleFault2", False),
        ("", "HCRX_EL2[19]=1 -FEAT_HCX", False),
    ],
    ids=["none", "AMO", "TMEA", "TMEA-not-implemented", "no-HCRX"],
)
def test_errors_are_virtual(mode: str, changes: str, expected: bool) -> None:
    """By AMO, or by HCRX_EL2.TMEA with FEAT_DoubleFault2."""
    machine = quiet(1, mode, changes)
    assert is_virtual(Group.SERROR, machine) is expected
    assert outcome("MRS DISR_EL1", machine) == ("VDISR_EL2" if expected else "DISR_EL1")
