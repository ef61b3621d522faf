"""The vocabulary of the theorems about accesses: which accessors they try, and what they say of an outcome."""

import pytest

from proofs.access import setting
from proofs.access.setting import FORMS, LEVELS, accessors, classes, guest_hypervisors, of_every, shape, with_bits
from proofs.engine.theorem import Claim
from spec.access.allocation import every_accessor
from spec.access.instruction import Form
from spec.access.outcome import Kind, Summary
from tests.access.machines import quiet


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_classes_cover_every_accessor(form: Form) -> None:
    """Each accessor has the shape of one that a theorem tries; there are fewer of those."""
    tried = {shape(one) for one in classes(form)}
    assert {shape(one) for one in accessors(form)} == tried
    assert len(tried) == len(classes(form)) <= len(accessors(form))


def test_the_forms_cover_every_accessor() -> None:
    """Each accessor is of one of the four forms, and at one of the three levels."""
    assert sum(len(accessors(form)) for form in FORMS) == len(list(every_accessor())) > 2000
    assert (len(FORMS), LEVELS) == (4, (0, 1, 2))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("ERXADDR_EL1", "ERXSTATUS_EL1", True),
        ("TTBR0_EL1", "TTBR1_EL1", True),
        ("TTBR0_EL1", "CPACR_EL1", False),
        ("SCTLR_EL1", "SCTLR_EL12", False),
        ("HCR_EL2", "SCTLR_EL2", False),
        ("TPIDR_EL0", "TPIDR_EL1", False),
    ],
)
def test_accessors_of_one_shape_differ_in_numbers_alone(one: str, other: str, alike: bool) -> None:
    """Two names of which an access is decided alike, and two of which it is not."""
    by_name = {found.name: found for found in accessors(Form.MRS)}
    assert (shape(by_name[one]) == shape(by_name[other])) is alike


@pytest.mark.parametrize("form", [Form.MRS, Form.MSR, Form.SYS], ids=lambda form: form.name)
def test_there_are_accesses_of_EL2_in_every_form(form: Form) -> None:
    """Those that NV is about; of MSR (immediate) there are none."""
    assert guest_hypervisors(form)
    assert not guest_hypervisors(Form.IMMEDIATE)


@pytest.mark.parametrize(
    ("given", "found", "claim"),
    [
        (True, [(True, True), (False, True)], Claim(True, True, True)),
        (True, [(False, True), (False, True)], Claim(True, False, True)),
        (True, [(True, True), (True, False)], Claim(True, True, False)),
        (False, [(True, True)], Claim(False, True, True)),
    ],
)
def test_a_claim_of_every_accessor(given: bool, found: list[tuple[bool, bool]], claim: Claim) -> None:
    """One has to reach the case, and all have to have the conclusion."""
    pairs = dict(zip(accessors(Form.MRS), found, strict=False))
    assert of_every(pairs, lambda one: pairs[one], given) == claim


def test_bits_of_HCR_EL2_are_replaced_by_name() -> None:
    """Set and cleared, and the others kept."""
    assert with_bits(0b1, NV=True, E2H=True) == 1 << 42 | 1 << 34 | 1
    assert with_bits(1 << 42 | 1, NV=False) == 1


@pytest.mark.parametrize(
    ("el", "mode", "expected"),
    [(0, "", True), (0, "TGE", True), (0, "E2H TGE", False), (1, "", True), (1, "NV", True), (2, "", False)],
)
def test_who_is_a_guest(el: int, mode: str, expected: bool) -> None:
    """EL1, and an EL0 that is not the host's."""
    assert setting.is_guest(quiet(el, mode)) is expected


@pytest.mark.parametrize(("kind", "expected"), [(Kind.TRAP, True), (Kind.UNDEFINED, True), (Kind.EXECUTED, False)])
def test_what_an_exception_is(kind: Kind, expected: bool) -> None:
    """Trapped or UNDEFINED; two outcomes are the same if all three parts are."""
    one = Summary(kind, 1, 5)
    assert setting.is_exception(one) is expected
    assert setting.same(one, Summary(kind, 1, 5))
    assert not any(setting.same(one, Summary(kind, *other)) for other in ((2, 5), (1, 6), (1, 5, 4)))
