"""Permitted differences."""

import attrs
import pytest

from spec.access.allocation import every_accessor
from spec.access.machine import Machine
from spec.exceptions.state import State
from spec.features import Features
from spec.nested import differences
from spec.nested.configuration import Configuration, Way
from spec.nested.differences import (
    DIFFERENCES,
    checks_unprivileged_accesses_as_EL0,
    frees_the_masks,
    is_EL0_without_a_host,
    is_not_held,
    is_of_another_world,
    lost_bits,
    may_differ,
)
from spec.nested.residence import number
from spec.nested.vcpu import VCPU
from spec.pstate import PSTATE

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_SVE=True, FEAT_AMUv1=True)
BY_NAME = {f"{one.form.name} {one.name}": one for one in every_accessor()}


def test_each_difference_has_a_reason() -> None:
    """In sentences, as the page shows them."""
    assert all(" ".join(reason.split()).endswith(".") for reason in DIFFERENCES.values())


def test_what_is_left_out_altogether() -> None:
    """Timers, the interrupt controller, and the registers of five features."""
    held = {one.name for one in every_accessor() if is_not_held(one)}
    assert {"SCTLRMASK_EL1", "PFAR_EL1", "MPAMBW1_EL1", "SPMACCESSR_EL1", "TRCITECR_EL1"} <= held
    assert not held & {"SCTLR_EL1", "CNTKCTL_EL1", "TTBR0_EL1"}
    assert is_of_another_world(BY_NAME["MRS ICC_IAR1_EL1"])
    assert is_of_another_world(BY_NAME["MSR CNTVOFF_EL2"])


@pytest.mark.parametrize(
    ("name", "CPTR", "way", "differs"),
    [
        ("MSR AMCNTENSET0_EL0", 0, Way.NV, True),
        ("MRS AMCNTENSET0_EL0", 0, Way.NV, False),
        ("MRS VNCR_EL2", 0, Way.NV2, True),
        ("MRS VNCR_EL2", 0, Way.NV, False),
        ("MRS ZCR_EL12", 1 << 8, Way.NV2, True),
        ("MRS ZCR_EL12", 0, Way.NV2, False),
        ("MRS HCR_EL2", 0, Way.NV2, False),
        ("MRS MIDR_EL1", 0, Way.NV2, False),
        ("MRS DIT", 0, Way.NV2, False),
        ("MRS ZCR_EL2", 1 << 8, Way.NV2, False),
    ],
)
def test_what_may_differ(name: str, CPTR: int, way: Way, differs: bool) -> None:
    """What EL1 never has, what is in the page though it is absent, or though EL2 traps it."""
    assert may_differ(BY_NAME[name], Machine(2, CPU, CPTR_EL2=CPTR), way) == differs


@pytest.mark.parametrize(("el", "hcr", "is_one"), [(0, 1 << 27, True), (0, 1 << 27 | 1 << 34, False), (1, 0, False)])
def test_the_EL0_of_no_host(el: int, hcr: int, is_one: bool) -> None:
    """{E2H, TGE} = {0, 1}, of a machine with EL2."""
    vcpu, both = VCPU(State(0, PSTATE(el), HCR_EL2=hcr)), Configuration(CPU, CPU)
    assert is_EL0_without_a_host(vcpu, both) == is_one
    assert not is_EL0_without_a_host(vcpu, attrs.evolve(both, has_EL2=False))


def test_a_bit_that_frees_the_masks() -> None:
    """SCTLR_EL1.UMA."""
    assert frees_the_masks(1 << 9)
    assert not frees_the_masks(1 << 8)


@pytest.mark.parametrize(
    ("name", "NV2p1", "PAN", "lost"),
    [
        ("CNTHCTL_EL2", False, True, 0xD_FC00),
        ("CNTHCTL_EL2", True, True, 0),
        ("TRFCR_EL2", False, True, 0),
        ("MPAM2_EL2", False, True, 0),
        ("SCTLR2_EL2", True, True, 1 << 1),
        ("TCR2_EL2", True, True, 0b11 << 12),
        ("SCTLR_EL2", True, False, 1 << 23),
        ("SCTLR_EL2", True, True, 0),
        ("VBAR_EL2", False, False, 0),
    ],
)
def test_bits_that_are_lost(name: str, NV2p1: bool, PAN: bool, lost: int) -> None:
    """Those of CNTHCTL_EL2 for EL1, and some more."""
    assert lost_bits(number(name), Features(FEAT_NV2p1=NV2p1, FEAT_PAN=PAN)) == lost


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize(
    ("hcr", "differs"),
    [
        (0, (True, False, False)),
        (1 << 27, (True, False, False)),
        (1 << 34, (True,) * 3),
        (1 << 34 | 1 << 27, (False,) * 3),
    ],
)
def test_LDTR_that_the_hardware_checks_as_EL0(hcr: int, way: Way, differs: tuple[bool, ...]) -> None:
    """AArch64.IsUnprivAccessPriv(): at EL2 it is EL0's for {E2H, TGE} = {1, 1} alone; at EL1 unless NV1 is 1."""
    assert checks_unprivileged_accesses_as_EL0(hcr, way, CPU) == differs[list(Way).index(way)]


def test_every_difference_that_is_a_rule_is_one() -> None:
    """By its name."""
    assert {name for name in DIFFERENCES if hasattr(differences, name)} == {
        "checks_unprivileged_accesses_as_EL0",
        "is_of_the_highest_level",
        "is_not_held",
        "is_of_another_world",
        "is_in_the_page_though_absent",
        "is_not_hidden",
        "is_refused_by_EL1",
        "frees_the_masks",
        "is_EL0_without_a_host",
        "lost_bits",
    }
