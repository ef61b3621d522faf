import pytest

from spec.access.instruction import Form
from spec.demotion.context import PAIRS, copied, is_copied, lacking, named, pair, read, written
from spec.demotion.machine import Machine, Registers
from spec.features import Features
from spec.pstate import PSTATE

HOST = 1 << 34 | 1 << 27
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True)


def machine(el: int = 2, **registers: int) -> Machine:
    """Return a machine with some registers."""
    held = Registers(**registers)
    return Machine(0, PSTATE(el, SP=True), held, held)


def test_the_pairs_are_those_of_the_manual() -> None:
    """Of DDI 0487 D8.13.2; TVAL is a view, and ACTLR_EL1 is redirected by choice."""
    names = {one.name for one in PAIRS}
    assert names >= {"SCTLR_EL1", "CPACR_EL1", "TTBR0_EL1", "TTBR1_EL1", "TCR_EL1", "AFSR0_EL1", "ESR_EL1", "FAR_EL1"}
    assert names >= {"MAIR_EL1", "AMAIR_EL1", "VBAR_EL1", "CONTEXTIDR_EL1", "CNTKCTL_EL1", "SPSR_EL1", "ELR_EL1"}
    assert names >= {"CNTP_CTL_EL0", "CNTP_CVAL_EL0", "CNTV_CTL_EL0", "CNTV_CVAL_EL0", "ACTLR_EL1"}
    assert not names & {"CNTP_TVAL_EL0", "CNTV_TVAL_EL0", "SP_EL1", "TPIDR_EL1", "MIDR_EL1", "PAR_EL1"}
    assert all(one.alias == one.name.replace("_EL1", "_EL12").replace("_EL0", "_EL02") for one in PAIRS)


@pytest.mark.parametrize(
    ("name", "features", "mask"),
    [
        ("CNTKCTL_EL1", Features(), 0b11 << 10),
        ("CNTKCTL_EL1", Features(FEAT_NV2p1=True), 0),
        ("CPACR_EL1", Features(FEAT_AMUv1=True), 0b11 << 30),
        ("CPACR_EL1", Features(FEAT_NV2p1=True, FEAT_AMUv1=True), 0),
        ("MPAM1_EL1", Features(FEAT_MPAM=True), 0b11 << 48),
        ("TCR_EL1", Features(), 0),
        ("SCTLR_EL1", Features(FEAT_PAN=True), 0),
    ],
)
def test_what_EL1_lacks(name: str, features: Features, mask: int) -> None:
    """EL1PCTEN and EL1PTEN; TCPAC and TAM; TRAPMPAM0EL1 and TRAPMPAM1EL1."""
    assert lacking(pair(name), features) == mask


def test_a_name_is_copied_where_both_names_are() -> None:
    """The alias needs FEAT_VHE, and the register its own feature."""
    assert is_copied(pair("ZCR_EL1"), Features(FEAT_VHE=True, FEAT_SVE=True))
    assert not is_copied(pair("ZCR_EL1"), Features(FEAT_VHE=True))


def test_a_read_is_by_the_name() -> None:
    """At the EL2 of a host the register of EL2; at EL1 its own, and VPIDR_EL2 for MIDR_EL1; UNDEFINED is no value."""
    host = machine(HCR_EL2=HOST, TTBR1_EL2=5, TTBR1_EL1=6, MIDR_EL1=7)
    assert read("TTBR1_EL1", 2, host, CPU).value == 5
    assert read("TTBR1_EL12", 2, host, CPU).value == 6
    assert read("MIDR_EL1", 2, host, CPU).value == 7
    kernel = machine(1, HCR_EL2=1 << 31, TTBR1_EL1=6, MIDR_EL1=7, VPIDR_EL2=8)
    assert read("TTBR1_EL1", 1, kernel, CPU).value == 6
    assert read("MIDR_EL1", 1, kernel, CPU).value == 8
    assert not read("TTBR1_EL2", 1, kernel, CPU).is_executed
    assert named(Form.MRS, "TTBR1_EL12").is_alias


def test_a_copy_keeps_some_bits() -> None:
    """The others are 0, and nothing else changes."""
    host = machine(HCR_EL2=HOST, CPTR_EL2=0xF0F0, CPACR_EL1=0xFFFF)
    after = copied("CPACR_EL1", "CPACR_EL12", host, host.registers, 0xFF, CPU)
    assert after.registers == Registers(HCR_EL2=HOST, CPTR_EL2=0xF0F0, CPACR_EL1=0xF0)
    assert not after.is_broken


def test_an_alias_without_a_host_breaks_the_sequence() -> None:
    """It is UNDEFINED, and nothing is written."""
    before = machine(VBAR_EL2=5)
    after = copied("VBAR_EL1", "VBAR_EL12", before, before.registers, 0xFF, CPU)
    assert after.is_broken
    assert after.registers == before.registers
    assert not written("ZCR_EL2", 5, before, before.registers, CPU).is_broken
