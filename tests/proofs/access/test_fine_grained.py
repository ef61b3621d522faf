import pytest

from proofs.access.fine_grained import BITS, FORM, GROUPS, governed, implemented, listed, neutral
from proofs.access.setting import accessors, is_exception, tried
from proofs.engine.theorem import Theorem
from spec.access.instruction import Form
from spec.sysregs.tables import REGISTERS
from tests.access.machines import applied, instruction, quiet
from tests.proofs.access.machines import inputs
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, theorems

MODULE = "access.fine_grained"


@pytest.mark.parametrize("theorem", theorems(MODULE), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_drawn_machines_it_holds(self, theorem: Theorem) -> None:
        """Run on machines that are drawn; some of those, or what a solver finds, reach the case."""
        assert never_refuted(theorem, inputs, 50).reached or has_a_witness(theorem)


# How many bits DDI 0487 D24.2 gives to each register; PSB CSYNC, in bit 63 of HFGITR_EL2, is no access.
BITS_OF = {
    "HFGRTR_EL2": 63,
    "HFGWTR_EL2": 50,
    "HFGITR_EL2": 62,
    "HDFGRTR_EL2": 57,
    "HDFGWTR_EL2": 50,
    "HAFGRTR_EL2": 38,
}


@pytest.mark.parametrize("register", BITS)
def test_the_list_of_a_register_is_that_of_its_table(register: str) -> None:
    """Written down twice, apart from each other: each bit has one name and one place, in both."""
    table = {(field.low, field.name) for field in REGISTERS[register].kind.fields() if field.name != "PSBCSYNC"}
    assert set(listed(register)) == table
    assert len(listed(register)) == len(dict(listed(register))) == BITS_OF[register]


def test_every_form_has_its_registers() -> None:
    """Reads have three, writes two, System instructions one."""
    assert set(FORM) == set(BITS) == set(BITS_OF)
    assert sorted(one.name for one in FORM.values()) == ["MRS", "MRS", "MRS", "MSR", "MSR", "SYS"]


@pytest.mark.parametrize(
    ("text", "bit"),
    [
        ("MRS SCTLR2_EL1", ("HFGRTR_EL2", 29, False)),
        ("MSR APGAKeyHi_EL1", ("HFGWTR_EL2", 6, False)),
        ("MRS TPIDR2_EL0", ("HFGRTR_EL2", 55, True)),
        ("GCSPOPCX", ("HFGITR_EL2", 59, True)),
        ("TLBI VAE1NXS", ("HFGITR_EL2", 43, False)),
        ("DC CIGDVAC", ("HFGITR_EL2", 10, False)),
        ("MSR PMXEVTYPER_EL0", ("HDFGWTR_EL2", 13, False)),
        ("MRS AMEVCNTR115_EL0", ("HAFGRTR_EL2", 48, False)),
    ],
)
def test_an_access_has_the_bit_of_the_manual(text: str, bit: tuple[str, int, bool]) -> None:
    """B27 was a bit of HFGITR_EL2 on the wrong instruction."""
    one = instruction(text)
    found = [pair for pair in governed(one.form) if pair.accessor.encoding == one.encoding]
    assert [(pair.register, pair.position, pair.negative) for pair in found] == [bit]
    assert found[0].with_nXS == text.endswith("NXS")


def test_every_group_is_of_a_bit_and_traps_something() -> None:
    """A group that matches no access would be misspelt."""
    names = {name for register in BITS for _, name in listed(register)}
    assert set(GROUPS) <= names
    governing = {pair.name for form in set(FORM.values()) for pair in governed(form)}
    assert set(GROUPS) <= governing


@pytest.mark.parametrize("form", [Form.MRS, Form.MSR, Form.SYS])
def test_no_access_has_two_bits(form: Form) -> None:
    """One bit of one register traps each."""
    encodings = [pair.accessor.encoding for pair in governed(form)]
    assert len(encodings) == len(set(encodings)) > 40


def test_a_neutral_machine_traps_nothing_that_quiet_registers_would_not() -> None:
    """What it does not execute has nothing to do with fine-grained traps."""
    trapping = applied(quiet(1), " ".join(f"{name}[63:0]=0" for name in ("HFGRTR_EL2", "HDFGRTR_EL2")))
    calm = neutral(trapping)
    assert not any(is_exception(tried(one, calm)) for one in accessors(Form.MRS) if one.level <= 1)
    assert any(is_exception(tried(one, trapping)) for one in accessors(Form.MRS) if one.level <= 1)


def test_a_bit_is_there_with_its_feature() -> None:
    """And with FEAT_FGT; for a form with nXS while HCRX_EL2 lets it trap."""
    by_name = {(pair.name, pair.with_nXS): pair for form in set(FORM.values()) for pair in governed(form)}
    machine = quiet(1)
    assert implemented(by_name["nPIR_EL1", False], machine)
    assert not implemented(by_name["nPIR_EL1", False], applied(machine, "-FEAT_S1PIE"))
    assert not implemented(by_name["VBAR_EL1", False], applied(machine, "-FEAT_FGT -FEAT_FGT2"))
    assert implemented(by_name["TLBIVAE1", True], machine)
    assert not implemented(by_name["TLBIVAE1", True], applied(machine, "HCRX_EL2[4]=1"))
