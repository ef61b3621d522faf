"""What the hardware has and a virtual machine is not offered is kept from it."""

from typing import Any

import attrs
import pytest

from spec.access.accessor import Accessor
from spec.access.allocation import every_accessor
from spec.access.execution import Kind, Unnamed
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.merging import EL2_CONTROLS, OF_A_HOST, OF_NO_HOST
from spec.exceptions.state import State
from spec.features import Features
from spec.nested.configuration import FEATURES, Configuration, Way
from spec.nested.controls import Controls, hidden
from spec.nested.differences import is_in_the_page_though_absent, is_not_hidden, is_refused_by_EL1
from spec.nested.forwarding import Verdict, is_not_offered, verdict
from spec.nested.hiding import (
    IN_HARDWARE,
    acting_at,
    beside,
    hiding,
    identification,
    is_hidden_at,
    trap_fields,
    with_nXS_trapped,
    with_offered_counters,
)
from spec.nested.host_step import Host, Issued, host_step
from spec.nested.switch import enter, leave
from spec.nested.vcpu import VCPU, Context, Registers
from spec.pstate import PSTATE
from spec.sysregs.fine_grained_debug import HAFGRTR_EL2

BARE = Features()
EVERYTHING = attrs.evolve(
    IN_HARDWARE, FEAT_AA32EL1=False, event_counters=31, activity_counters=16, breakpoints=16, watchpoints=16
)
BOTH = Configuration(EVERYTHING, BARE)
BY_NAME = {f"{one.form.name} {one.name}": one for one in every_accessor() if one.form != Form.IMMEDIATE}
RW, E2H, VM = 1 << 31, 1 << 34, 1


def neutral(of_host: bool = True) -> Controls:
    """Return controls of L0 that trap nothing."""
    senses = OF_A_HOST if of_host else OF_NO_HOST
    values: dict[str, Any] = {
        one.name: senses[one.name].enables if one.name in senses else 0 for one in attrs.fields(Controls)
    }
    HCR = values["HCR_EL2"] | RW | VM | (E2H if of_host else 0)
    return Controls(**{**values, "HCR_EL2": HCR, "MDCR_EL2": values["MDCR_EL2"] | 6})


def is_version_of(name: str, feature: str) -> bool:
    """Return whether a feature is another, a later version of it, or an option on it."""
    return name.startswith(feature) and name.removeprefix(feature)[:1] in ("", "_", "v", "p", "2")


def lacking(features: Features, *names: str) -> Features:
    """Return an implementation without some features."""
    absent: dict[str, Any] = dict.fromkeys(names, False)
    return attrs.evolve(features, **absent)


def without(*features: str) -> Configuration:
    """Return a machine that is offered everything but some features and what builds on them."""
    absent = [name for name in FEATURES if any(is_version_of(name, one) for one in features)]
    return Configuration(EVERYTHING, lacking(EVERYTHING, *absent))


def test_every_activity_counter_is_hidden() -> None:
    """The auxiliary ones, each of which an implementation may be without, as well as the architected ones."""
    every = sum(field.mask for field in HAFGRTR_EL2.fields())
    assert every == hidden(neutral(), without("FEAT_AMUv1")).HAFGRTR_EL2
    names = {one.name for one in trap_fields(True) if one.register == "HAFGRTR_EL2"}
    assert {f"AMEV{kind}1{number}_EL0" for kind in ("CNTR", "TYPER") for number in range(16)} <= names


def test_a_field_traps_by_the_controls_of_its_own_register() -> None:
    """Of two fields with one name, that of reads and that of writes."""
    named = {(one.register, one.name): one.controls for one in trap_fields(True)}
    for register in ("HFGRTR_EL2", "HFGWTR_EL2"):
        assert [one.name for one in named[register, "nMAIR2_EL1"]] == [f"{register}.nMAIR2_EL1"]


def test_what_is_offered_is_not_touched() -> None:
    """But for the identification registers of the features, which are L0's to give."""
    own = neutral()
    found = hidden(own, Configuration(EVERYTHING, EVERYTHING))
    assert found == attrs.evolve(own, HCR_EL2=own.HCR_EL2 | 1 << 18)
    common = Machine(1, EVERYTHING, PMUSERENR_EL0=0x5F, MPAMBW2_EL2=0xF << 49)
    assert beside(common, Configuration(EVERYTHING, EVERYTHING)) == common


@pytest.mark.parametrize(
    ("names", "register", "set_bits", "cleared"),
    [
        (("FEAT_TCR2",), "HCRX_EL2", 0, 1 << 14),
        (("FEAT_SCTLR2",), "HCRX_EL2", 0, 1 << 15),
        (("FEAT_FPMR",), "HCRX_EL2", 0, 1 << 23),
        (("FEAT_MOPS",), "HCRX_EL2", 0, 1 << 11),
        (("FEAT_GCS",), "HCRX_EL2", 0, 1 << 22),
        (("FEAT_SRMASK",), "HCRX_EL2", 0, 1 << 26),
        (("FEAT_S1PIE",), "HFGRTR_EL2", 0, 0b11 << 57),
        (("FEAT_S1PIE",), "HFGWTR_EL2", 0, 0b11 << 57),
        (("FEAT_GCS",), "HFGRTR_EL2", 0, 0b11 << 52),
        (("FEAT_GCS",), "HFGITR_EL2", 0, 0b111 << 57),
        (("FEAT_BRBE",), "HFGITR_EL2", 0, 0b11 << 55),
        (("FEAT_SVE",), "CPTR_EL2", 0, 0b11 << 16),
        (("FEAT_SME",), "CPTR_EL2", 0, 0b11 << 24),
        (("FEAT_AMUv1",), "CPTR_EL2", 1 << 30, 0),
        (("FEAT_TRF",), "MDCR_EL2", 1 << 19, 0),
        (("FEAT_SPE",), "MDCR_EL2", 1 << 14, 1 << 12),
        (("FEAT_TRBE",), "MDCR_EL2", 0, 1 << 24),
        (("FEAT_SPMU",), "MDCR_EL2", 0, 1 << 15),
        (("FEAT_LOR",), "HCR_EL2", 1 << 35, 0),
        (("FEAT_PAuth",), "HCR_EL2", 0, 0b11 << 40),
        (("FEAT_RAS",), "HCR_EL2", 1 << 36, 1 << 47),
        (("FEAT_RASv1p1", "FEAT_RASv2"), "HCR_EL2", 0, 1 << 47),
        (("FEAT_CSV2_2", "FEAT_CSV2_1p2"), "HCR_EL2", 0, 1 << 53),
        (("FEAT_TLBIOS",), "HCR_EL2", 1 << 55, 0),
        (("FEAT_MPAM",), "MPAM2_EL2", 1 << 58 | 0b11 << 48, 1 << 50),
        (("FEAT_DIT",), "HCR_EL2", 0, 0),
        (("FEAT_SPEv1p5", "FEAT_TRBEv1p1"), "HFGITR_EL2", 0, 0),
        (("FEAT_TRBEv1p1",), "HFGITR2_EL2", 0, 0),
    ],
)
def test_the_traps_of_a_feature(names: tuple[str, ...], register: str, set_bits: int, cleared: int) -> None:
    """Each by its sense; PSB CSYNC is a hint, and DIT a field of PSTATE that nothing traps."""
    own = neutral()
    before, after = getattr(own, register), getattr(hidden(own, without(*names)), register)
    always = 1 << 18 if register == "HCR_EL2" else 0
    assert (after & ~before & ~always, before & ~after) == (set_bits, cleared)


def test_the_performance_monitors() -> None:
    """TPM, TPMCR and the fine-grained traps; EL0 is given what it has no register of EL1 to ask for."""
    own, machine = neutral(), without("FEAT_PMUv3", "FEAT_EBEP", "FEAT_SEBEP")
    found = hidden(own, machine)
    assert found.MDCR_EL2 & ~own.MDCR_EL2 == 0b11 << 5
    assert found.HDFGRTR_EL2 & ~own.HDFGRTR_EL2
    assert beside(Machine(1, EVERYTHING, PMUSERENR_EL0=1 << 6 | 1 << 4), machine).PMUSERENR_EL0 == 0xF
    assert beside(Machine(1, EVERYTHING), without("FEAT_AMUv1")).AMUSERENR_EL0 == 1
    kept = beside(Machine(1, EVERYTHING, PMUSERENR_EL0=1 << 4), without("FEAT_AMUv1"))
    assert kept.PMUSERENR_EL0 == 1 << 4


@pytest.mark.parametrize(("host", "guest", "own", "found"), [(6, 4, 6, 4), (6, 4, 3, 3), (6, 6, 6, 6), (6, 0, 6, 6)])
def test_the_event_counters(host: int, guest: int, own: int, found: int) -> None:
    """HPMN is how many are offered, unless L0 keeps more, and never 0."""
    machine = Configuration(
        attrs.evolve(EVERYTHING, event_counters=host), attrs.evolve(EVERYTHING, event_counters=guest)
    )
    assert with_offered_counters(own | 1 << 6, machine) == found | 1 << 6


def test_the_layout_of_no_host() -> None:
    """TZ and TSM are set, where L0 is none."""
    machine = without("FEAT_SVE")
    assert hidden(neutral(of_host=False), machine).CPTR_EL2 == 1 << 8
    assert hiding("CPTR_EL2", 0, False, without("FEAT_SME")) == 1 << 12


@pytest.mark.parametrize(
    ("names", "host", "groups"),
    [
        ((), EVERYTHING, 1 << 18),
        (("FEAT_SME",), EVERYTHING, 1 << 18 | 1 << 16),
        (("FEAT_CCIDX",), EVERYTHING, 1 << 18 | 1 << 49),
        (("FEAT_CCIDX",), attrs.evolve(EVERYTHING, FEAT_EVT=False), 1 << 18 | 1 << 17),
        (("FEAT_MTE2",), EVERYTHING, 1 << 18 | 1 << 17),
    ],
)
def test_the_groups_of_identification_registers(names: tuple[str, ...], host: Features, groups: int) -> None:
    """That of the features always; those of caches and of SME where they tell of what is not offered."""
    assert identification(Configuration(host, lacking(host, *names))) == groups


def test_TLBIs_that_are_not_offered_have_no_nXS_forms() -> None:
    """HCRX_EL2.FGTnXS would spare them."""
    FGTnXS = 1 << 4
    assert with_nXS_trapped(FGTnXS, Configuration(EVERYTHING, EVERYTHING)) == FGTnXS
    assert with_nXS_trapped(FGTnXS | 1, without("FEAT_TLBIRANGE")) == 1
    assert with_nXS_trapped(FGTnXS, without("FEAT_TLBIOS", "FEAT_TLBIRANGE")) == 0
    bare = lacking(EVERYTHING, "FEAT_TLBIOS", "FEAT_TLBIRANGE")
    assert with_nXS_trapped(FGTnXS, Configuration(bare, bare)) == FGTnXS


# -- what cannot be hidden -----------------------------------------------------------------------------------------


def reached(el: int, machine: Configuration) -> set[str]:
    """Return the features whose accessors are there though they are not offered."""
    return {
        one.feature.strip("()")
        for one in every_accessor()
        if not one.name.startswith(("ICC_", "CNT")) and is_not_hidden(el, one, machine)
    }


def test_what_no_hardware_hides() -> None:
    """Of hardware with every feature, of which nothing is offered: PSTATE, and what shares its trap with another."""
    at_EL0 = {
        *("FEAT_DIT", "FEAT_RNG or FEAT_RNG_TRAP", "FEAT_SSBS2", "FEAT_SSBS", "FEAT_MTE"),
        *("FEAT_GCS", "FEAT_OCCMO", "FEAT_OCCMO and FEAT_MTE", "FEAT_ITE"),
    }
    at_EL1 = {"FEAT_RAS", "FEAT_NMI", "FEAT_PAN", "FEAT_EBEP", "FEAT_UAO", "FEAT_XS", "FEAT_MTE2"}
    assert reached(0, BOTH) == at_EL0
    assert reached(1, BOTH) == at_EL0 | at_EL1


def test_hardware_without_fine_grained_traps_hides_less() -> None:
    """What HFGRTR_EL2 alone traps is there; what HCR_EL2 traps is not."""
    coarse = attrs.evolve(EVERYTHING, FEAT_FGT=False, FEAT_FGT2=False)
    machine = Configuration(coarse, BARE)
    assert {"FEAT_S1PIE", "FEAT_SPECRES"} <= reached(1, machine)
    assert not {"FEAT_LOR", "FEAT_TCR2", "FEAT_PAuth", "FEAT_SVE", "FEAT_PMUv3"} & reached(1, machine)


@pytest.mark.parametrize(
    ("name", "el", "machine", "is_hidden"),
    [
        ("MRS TCR2_EL1", 1, without("FEAT_TCR2"), True),
        ("MRS TCR2_EL1", 1, without("FEAT_S1PIE"), False),
        ("MRS SMIDR_EL1", 1, without("FEAT_SME"), True),
        ("MRS SMIDR_EL1", 0, without("FEAT_SME"), False),
        ("MRS TFSR_EL2", 1, BOTH, True),
        ("MRS TFSR_EL2", 0, BOTH, False),
        ("MRS PMEVCNTR5_EL0", 0, Configuration(EVERYTHING, attrs.evolve(EVERYTHING, event_counters=4)), True),
        ("MRS DBGBVR5_EL1", 1, Configuration(EVERYTHING, attrs.evolve(EVERYTHING, breakpoints=4)), False),
        ("SYS TLBI RVAE1NXS", 1, BOTH, True),
        ("SYS TLBI RVAE1NXS", 1, Configuration(attrs.evolve(EVERYTHING, FEAT_HCX=False), BARE), False),
    ],
)
def test_whether_an_accessor_is_hidden(name: str, el: int, machine: Configuration, is_hidden: bool) -> None:
    """By a control of its own, by an identification group, or by HPMN; at an Exception level that may use it."""
    assert is_hidden_at(el, BY_NAME[name], machine) == is_hidden


def test_only_what_is_there_and_not_offered_is_not_hidden() -> None:
    """Not what the hardware has not either, nor what is offered."""
    DIT = BY_NAME["MRS DIT"]
    assert is_not_hidden(0, DIT, BOTH)
    assert not is_not_hidden(0, DIT, Configuration(BARE, BARE))
    assert not is_not_hidden(0, DIT, Configuration(EVERYTHING, EVERYTHING))


@pytest.mark.parametrize(
    ("name", "NV2", "differs"),
    [
        ("MRS VNCR_EL2", True, True),
        ("MRS VNCR_EL2", False, False),
        ("MRS TFSR_EL2", True, False),
        ("MRS PIR_EL1", True, False),
    ],
)
def test_what_NV2_redirects_though_it_is_absent(name: str, NV2: bool, differs: bool) -> None:
    """Names of EL2 in the page; HCR_EL2.ATA traps TFSR_EL2 before."""
    machine = Configuration(attrs.evolve(EVERYTHING, FEAT_NV2=NV2), BARE)
    assert is_in_the_page_though_absent(BY_NAME[name], machine) == differs


def test_what_EL1_refuses() -> None:
    """With CPACR_EL1.ZEN; at the Exception levels that it acts on."""
    ZCR, closed = BY_NAME["MRS ZCR_EL1"], Machine(1, EVERYTHING)
    assert is_refused_by_EL1(ZCR, closed)
    assert not is_refused_by_EL1(ZCR, attrs.evolve(closed, CPACR_EL1=0b01 << 16))
    assert not is_refused_by_EL1(ZCR, attrs.evolve(closed, el=0))


def test_the_fields_of_both_layouts_trap_the_same() -> None:
    """But for the names of the fields of CPTR_EL2."""

    def subjects(of_host: bool) -> set[tuple[str, tuple[object, ...]]]:
        return {(one.register, one.subjects) for one in trap_fields(of_host) if one.controls}

    assert subjects(True) == subjects(False)
    assert {one.register for one in trap_fields(True)} < set(EL2_CONTROLS)


def test_an_accessor_is_governed_where_it_is_not_UNDEFINED() -> None:
    """At EL1 a name of EL2 by those that act with NV, at EL0 by none."""
    TFSR: Accessor = BY_NAME["MRS TFSR_EL2"]
    assert [one.name for one in acting_at(TFSR, 1)] == ["HCR_EL2.ATA"]
    assert acting_at(TFSR, 0) == ()


# -- instructions that name no register ----------------------------------------------------------------------------

SVE, SME, PAC, WFIT, WFET = 0x19 << 26, 0x1D << 26, 0x09 << 26, 0x01 << 26 | 0b10, 0x01 << 26 | 0b11


@pytest.mark.parametrize(
    ("esr", "name"),
    [
        (SVE, "FEAT_SVE"),
        (SME, "FEAT_SME"),
        (PAC, "FEAT_PAuth"),
        (WFIT, "FEAT_WFxT"),
        (WFET, "FEAT_WFxT"),
    ],
)
@pytest.mark.parametrize("context", list(Context))
def test_an_instruction_that_is_not_offered_is_UNDEFINED(esr: int, name: str, context: Context) -> None:
    """Before the controls of the guest hypervisor, in which the bits are reserved."""
    guest = lacking(EVERYTHING, name)
    machine = Machine(1, guest, CPTR_EL2=1 << 8 | 1 << 12)
    assert is_not_offered(esr >> 26, esr & 0x1FF_FFFF, guest)
    assert verdict(esr, context, machine) == Verdict.UNDEFINED
    assert verdict(esr, context, attrs.evolve(machine, features=EVERYTHING)) != Verdict.UNDEFINED


# -- the whole way -------------------------------------------------------------------------------------------------


def issued(what: Instruction | Unnamed, el: int, way: Way) -> State:
    """Return the state of a machine that is offered nothing after an instruction, on hardware with everything."""
    hardware = attrs.evolve(EVERYTHING, FEAT_NV=way != Way.PARAVIRTUAL, FEAT_NV2=way == Way.NV2)
    offered = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_IDST=True, pa_max=EVERYTHING.pa_max)
    machine = Configuration(hardware, offered, way=way)
    host = Host(neutral(), 0, Machine(1, hardware))
    enabled = Registers(CPACR_EL1=0b11 << 24 | 0b11 << 20 | 0b11 << 16)
    vcpu = VCPU(State(0x1000, PSTATE(el, SP=True), HCR_EL2=RW, VBAR_EL1=0x8000, VBAR_EL2=0x1_0000), enabled)
    found = host_step(enter(vcpu, host.own, 0, machine), what, 0, host, machine)
    assert isinstance(found, Issued)
    return leave(found.hardware, machine).state


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize(
    "name",
    [
        *("TCR2_EL1", "PIR_EL1", "SCTLR2_EL1", "ZCR_EL1", "SMCR_EL1", "PMCR_EL0", "PMSCR_EL1", "TRBLIMITR_EL1"),
        *("AMCR_EL0", "LORC_EL1", "GCSCR_EL1", "ERRSELR_EL1", "APIAKeyLo_EL1", "GCR_EL1", "MPAM1_EL1"),
    ],
)
def test_a_register_that_is_not_offered_is_UNDEFINED(name: str, way: Way) -> None:
    """For the guest hypervisor and its guest: EC is 0, and the exception is that of the Exception level."""
    for el, state in ((el, issued(Instruction(Form.MRS, BY_NAME[f"MRS {name}"].encoding), el, way)) for el in (1, 2)):
        assert (state.ESR_EL1 if el == 1 else state.ESR_EL2) == 1 << 25
        assert (0x8200 if el == 1 else 0x1_0200) == state.PC


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize(
    "kind", [Kind.SVE, Kind.SME, Kind.PAC_GENERIC, Kind.LD64B, Kind.ST64BV, Kind.ST64BV0, Kind.MOPS]
)
def test_an_instruction_with_an_encoding_of_its_own_is_UNDEFINED(kind: Kind, way: Way) -> None:
    """For the guest of the guest hypervisor, whose EL1 does not trap it."""
    state = issued(Unnamed(kind), 1, way)
    assert (state.ESR_EL1, state.PC) == (1 << 25, 0x8200)
