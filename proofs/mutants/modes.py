"""Bugs of boot modes."""

from typing import Any

import attrs

from proofs.boot import modes as theorems
from proofs.engine.mutants import mutant
from spec.boot import modes
from spec.lang import bits

EVERY = (theorems.EL2_is_available_if_and_only_if_every_CPU_entered_there,)


@mutant(modes.is_EL2_available, bug="B90", refuted_by=EVERY)
def a_hypervisor_with_CPUs_in_different_modes(modes: Any, protected: Any) -> Any:
    """A hypervisor is installed as soon as one CPU entered at EL2, whatever the others did."""
    return protected | (modes.word_1 == 0xE12)


@mutant(modes.recorded, refuted_by=EVERY)
def the_last_CPU_at_EL2_decides(modes: Any, mode: Any) -> Any:
    """A CPU that enters at EL2 writes both words: those that entered at EL1 before it are forgotten."""
    word = bits(mode, 31, 0)
    if word == 0xE12:
        return attrs.evolve(modes, word_0=word, word_1=word)
    return attrs.evolve(modes, word_0=word)


@mutant(modes.recorded, refuted_by=EVERY)
def the_flag_recorded_with_the_mode(modes: Any, mode: Any) -> Any:
    """The mode is compared with its flag, so that a CPU without another EL2 than a host's counts as one of EL1."""
    if mode == 0xE12:
        return attrs.evolve(modes, word_1=bits(mode, 31, 0))
    return attrs.evolve(modes, word_0=bits(mode, 31, 0))


@mutant(modes.is_mismatched, refuted_by=(theorems.a_protected_hypervisor_stays_available,))
def CPUs_of_a_protected_hypervisor_mismatched(modes: Any, protected: Any) -> Any:
    """CPUs that a protected hypervisor starts at EL1 count as booted in another mode than the first."""
    return modes.word_0 != modes.word_1


@mutant(modes.asks_to_finalise, refuted_by=(theorems.a_CPU_asks_to_finalise_only_from_EL1_after_it_entered_at_EL2,))
def the_flag_keeps_a_CPU_from_finalising(mode: Any, el: Any) -> Any:
    """The whole register is compared with the mode: a CPU with the flag never asks."""
    return (mode == 0xE12) & (el == 1)


@mutant(modes.compared, refuted_by=(theorems.Hyp_mode_is_available_if_and_only_if_every_CPU_entered_there,))
def a_difference_forgotten(word: Any, cpsr: Any) -> Any:
    """A CPU that agrees with the first again takes the mark of another one away."""
    mode = cpsr & 0x1F
    if mode == (word & 0x1F):
        return mode
    return word | 1 << 31
