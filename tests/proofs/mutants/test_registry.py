"""Checks of every mutant, and the refutation of the fastest; ``nvspec mutants`` refutes them all."""

import functools
import typing
from collections.abc import Callable
from typing import Any

import attrs
import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from nvspec.strategies import from_type, off
from proofs.engine import library, mutants
from proofs.engine.mutants import MUTANTS, Mutant
from spec.access.accessor import Accessor
from spec.access.allocation import every_accessor
from spec.access.controls import fine_grained
from spec.access.merging import OF_NO_HOST, Senses
from spec.lang import RULES
from spec.lang.transitions import Rule
from spec.mmu.regime import Regime
from spec.mmu.tlb_entry import Entry
from spec.nested.adjustment import Exited, Nothing
from spec.pstate import PSTATE
from spec.sysregs.file import SYSTEM
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.register import SystemRegister
from spec.sysregs.tables import REGISTERS

library.load()
mutants.load()

BUGS = {
    *("B01", "B02", "B04", "B05", "B06", "B07", "B09", "B10", "B11", "B13", "B14", "B15"),
    *("B18", "B19", "B21", "B24", "B25", "B26", "B27", "B29", "B30", "B31", "B32", "B34", "B35"),
    *("B36", "B40", "B41", "B43", "B44", "B45", "B46", "B47", "B48", "B49", "B51", "B52"),
    *("B59", "B60", "B63", "B64", "B67", "B69", "B73", "B74", "B75", "B76", "B78", "B80"),
    *("B81", "B83", "B84", "B85", "B86", "B88", "B89", "B90"),
}
"""The bugs of hypervisors that a mutant stands for, by their number in the list of bugs."""

FAST = (
    "start_level_limited_by_the_input_size",
    "start_level_3_without_FEAT_TTST",
    "thirty_two_tables_concatenated",
    "an_IPA_beyond_the_input_size_aliases",
    "a_bad_table_base_reported_at_the_start_level",
    "stage_2_on_by_VM_alone",
    "stage_2_on_for_a_host",
    "an_unreadable_descriptor_reads_as_zero",
)
"""The mutants that are refuted within a second."""


def test_the_bugs_of_hypervisors_are_there() -> None:
    """Each of them has a mutant of its own."""
    assert {one.bug for one in MUTANTS.values()} >= BUGS


@pytest.mark.parametrize("one", list(MUTANTS.values()), ids=list(MUTANTS))
def test_a_mutant_stands_in_for_its_rule(one: Mutant) -> None:
    """It takes what the rule takes, its case is one of each theorem's, and it leaves the rule as it was."""
    assert one.rule is RULES[one.rule.name]
    assert one.rule.implementation is one.rule.original
    names = [parameter.name for parameter in one.rule.signature.parameters.values()]
    code = one.function.__code__
    assert len(code.co_varnames[: code.co_argcount]) == len(names)
    for theorem in one.theorems:
        assert one.obligation(theorem).theorem is theorem


@pytest.mark.parametrize("name", FAST)
def test_a_mutant_is_refuted(name: str) -> None:
    """A solver finds a counterexample, which the mutated specification confirms."""
    verdicts = list(mutants.refute(MUTANTS[name], 60))
    assert [verdict.status for verdict in verdicts] == ["refuted"] * len(MUTANTS[name].theorems)


def test_a_mutant_that_changes_nothing_survives() -> None:
    """The rule itself, as a mutant, is refuted by nothing."""
    one = MUTANTS["an_IPA_beyond_the_input_size_aliases"]
    same = Mutant("same", "s", "", one.rule, one.rule.original, one.theorems, one.case)
    assert [verdict.status for verdict in mutants.refute(same, 60)] == ["survived"]


def mostly_of_EL10(entry: Entry) -> Entry:
    """Return an entry of EL1&0, for three VMIDs of four."""
    return attrs.evolve(entry, regime=Regime.EL10) if entry.VMID % 4 != 1 else entry


def mostly_owed_nothing(vcpu: Exited) -> Exited:
    """Return a vCPU to which nothing is owed, for three values of the PC of four."""
    return attrs.evolve(vcpu, owed=Nothing()) if vcpu.state.PC % 4 else vcpu


ALIKE: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    # Outputs of guest and host, or memory types, that are drawn apart are seldom the same.
    "the_guests_output_taken_for_the_machines": lambda given: {**given, "host": given["guest"]},
    "the_guests_memory_type_ignored": lambda given: {**given, "host": given["guest"]},
    # Of the two permissions drawn apart half are the same.
    "execution_permissions_swapped": lambda given: {
        **given,
        "leaf": attrs.evolve(given["leaf"], unprivileged_execute=given["leaf"].privileged_execute),
    },
    # Few addresses of 56 bits are those of a machine's memory.
    "output_addresses_unchecked": lambda given: {**given, "address": given["address"] & 0xFF_FFFF},
    # Nor are they where the descriptor of a leaf points, whose Access flag is mostly set.
    "a_fault_names_the_output": lambda given: {
        **given,
        "address": given["address"] & 0xFFFF_FFFF,
        "descriptor": given["descriptor"] | 1 << 10,
    },
    # Most leaves are pages.
    "a_block_maps_one_page": lambda given: {**given, "size": 12},
    # Most virtual machines are offered what the machine has, and most guest hypervisors allow all of it.
    "the_guest_hypervisors_ZCR_EL2_as_it_is": lambda given: {**given, "offered": 2048},
    "the_host_ignores_the_guest_hypervisors_ZCR_EL2": lambda given: {**given, "zcr_EL2": 0xF},
    # Few numbers of 64 bits are the index of a register.
    "an_unknown_index_reads_as_zero": lambda given: {**given, "index": SYSTEM[given["index"] % len(SYSTEM)].one_reg},
    # What is not reset is often 0.
    "a_reset_with_reserved_bits": lambda given: {**given, "unknown": given["unknown"] & (1 << 47) - 2},
    # Of the flags of PSTATE and those saved, drawn apart, some differ; here PSTATE and SPSR_ELx have none.
    "an_illegal_return_keeps_the_flags": lambda given: {
        **given,
        "spsr": 0,
        "state": attrs.evolve(given["state"], PSTATE=PSTATE(given["state"].PSTATE.EL, I=given["spsr"] % 4 == 1)),
    },
    # Of the operations by set and way of a machine the first alone cleans.
    "cleaned_and_not_watched": lambda given: {**given, "own": given["own"] | (given["own"] % 4 != 0) << 26},
    # Addresses of 64 bits are mostly outside both ranges.
    "an_address_out_of_range_reported_as_an_address_size_fault": lambda given: {
        **given,
        "va": given["va"] & 0xFFFF if given["va"] % 4 else given["va"],
        "walk": attrs.evolve(given["walk"], TxSZ=25),
    },
    # Half of the entries that are drawn are of a regime of EL2, and half of the addresses are wider than 32 bits.
    "EL2_not_invalidated": lambda given: {
        **given,
        "slot": attrs.evolve(given["slot"], entry=mostly_of_EL10(given["slot"].entry)),
    },
    "no_size_check_with_stage_1_off": lambda given: {
        **given,
        "va": given["va"] & 0xFFFF_FFFF if given["va"] % 4 else given["va"],
    },
    # Machines are drawn as often without a feature as with it.
    "BRBCR_EL2_written_without_FEAT_BRBE": lambda given: {
        **given,
        "features": attrs.evolve(
            given["features"], FEAT_BRBE=given["features"].FEAT_BRBE | (not given["features"].FEAT_SPE)
        ),
    },
    "a_reset_into_EL1": lambda given: {
        **given,
        "features": attrs.evolve(
            given["features"], FEAT_VHE=given["features"].FEAT_VHE | (not given["features"].FEAT_SVE)
        ),
    },
    # Of three things that may be owed to a vCPU two are seldom: at most exits nothing is.
    **dict.fromkeys(
        (
            "what_is_owed_is_hidden_from_user_space",
            "an_HVC_is_handled_twice",
            "a_reset_vCPU_takes_the_exception_of_before",
            "an_injected_exception_skips_its_instruction",
        ),
        lambda given: {**given, "vcpu": mostly_owed_nothing(given["vcpu"])},
    ),
    # Few values of VSESR_EL2 are 0, which is the syndrome of an SError of which nothing is known.
    "the_syndrome_of_the_guest_hypervisor_s_own_SError": lambda given: {
        **given,
        "state": attrs.evolve(given["state"], VSESR_EL2=given["state"].VSESR_EL2 * (given["state"].PC % 4 == 1)),
    },
    # Stage 2 is on for more than half of the values of HCR_EL2, with VM or with DC; here with VM alone.
    "stage_2_below_the_regimes_of_EL2": lambda given: {
        **given,
        "registers": attrs.evolve(given["registers"], HCR_EL2=HCR_EL2.DC.insert(given["registers"].HCR_EL2, 0)),
    },
    # Registers drawn bit by bit describe no walk, and fault at level 0; here the guest hypervisor has stage 2 off.
    "every_guest_fault_at_level_3": lambda given: {**given, "guest": off(given["guest"])},
}
"""The mutants that most inputs drawn field by field tell from their rule, and how those are made more alike."""

PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "register": st.sampled_from(sorted({one.kind for one in REGISTERS.values()}, key=lambda kind: kind.NAME)),
    "level": st.sampled_from((0, 1, 2, 3)),
    "size": st.sampled_from((12, 12, 12, 14, 16, 21, 25, 29, 30)),
    "contiguous": st.sampled_from((0, 0, 0, 4, 5, 7)),
    "accessor": st.sampled_from(list(every_accessor())),
    "trap": st.sampled_from(fine_grained.FINE_GRAINED_TRAPS),
    "senses": st.sampled_from(list(OF_NO_HOST.values())),
}
"""What declares no range: plain numbers (levels, and sizes, most of them of pages), and rows of tables."""

ROWS = (int, type[SystemRegister], Accessor, fine_grained.FineGrained, Senses)
"""The annotations of those."""


BY_RULE = sorted(MUTANTS.values(), key=lambda one: one.rule.name)
"""The mutants, those of one rule beside each other: what is drawn for a rule is drawn once."""


@pytest.mark.parametrize("one", BY_RULE, ids=lambda one: one.name)
def test_a_mutant_agrees_with_its_rule_on_most_inputs(one: Mutant) -> None:
    """It is a bug that tests could miss: on more than half of the inputs it does what the rule does."""
    shares = [agreement(one, 60)]
    if shares[0] <= 0.5:
        # So few may happen to be like each other.
        shares.append(agreement(one, 300))
    assert shares[-1] > 0.5, shares


def agreement(one: Mutant, examples: int) -> float:
    """Return on which share of some inputs a mutant does what its rule does."""
    names, alike = rule_parameters(one.rule), ALIKE.get(one.name, dict)
    made = [[given[name] for name in names] for given in map(alike, drawn(one.rule, examples))]
    agreed = [bool(one.rule.original(*given) == one.function(*given)) for given in made]
    return sum(agreed) / len(agreed)


@functools.lru_cache(maxsize=2)
def drawn(rule: Rule, examples: int) -> list[dict[str, Any]]:
    """Return inputs of a rule, by the names of its parameters."""
    found: list[dict[str, Any]] = []
    strategies = {name: values(name, annotation) for name, annotation in rule_parameters(rule).items()}

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(st.fixed_dictionaries(strategies))
    def run(arguments: dict[str, Any]) -> None:
        found.append(arguments)

    run()
    return found


@functools.cache
def values(name: str, annotation: Any) -> st.SearchStrategy[Any]:
    """Return what is drawn for a parameter: one strategy for all the rules that have it."""
    return PLAIN[name] if annotation in ROWS else from_type(annotation)


def rule_parameters(rule: Rule) -> dict[str, object]:
    """Return the annotations of a rule's parameters, by name."""
    hints = typing.get_type_hints(rule.original, include_extras=True)
    return {name: hints[name] for name in rule.signature.parameters}
