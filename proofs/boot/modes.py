"""Theorems of boot modes: what the two words say of every CPU, by induction over the CPUs as they enter."""

from proofs.engine.theorem import Claim, theorem
from spec.boot.modes import (
    BOOT_CPU_MODE_EL1,
    BOOT_CPU_MODE_EL2,
    BOOT_CPU_MODE_MISMATCH,
    HYP_MODE,
    Bits32,
    BootModes,
    asks_to_finalise,
    boot_mode,
    compared,
    installs_stub,
    is_EL2_available,
    is_Hyp_available,
    is_mismatched,
    of_first_CPU,
    recorded,
)
from spec.features import Features
from spec.lang import Bits2, every, implies, negation


def tell(modes: BootModes, some_at_EL1: bool, some_at_EL2: bool) -> bool:
    """Return whether the words are those of CPUs of which some entered at EL1, or some at EL2."""
    word_0 = BOOT_CPU_MODE_EL1 if some_at_EL1 else BOOT_CPU_MODE_EL2
    word_1 = BOOT_CPU_MODE_EL2 if some_at_EL2 else BOOT_CPU_MODE_EL1
    return (modes.word_0 == word_0) & (modes.word_1 == word_1)


@theorem()
def EL2_is_available_if_and_only_if_every_CPU_entered_there(
    modes: BootModes, some_at_EL1: bool, some_at_EL2: bool, el: Bits2, features: Features
) -> Claim:
    """After any number of CPUs, a hypervisor can be installed if and only if each of them entered at EL2.

    By induction: the words start as those of no CPU, and if they tell at which levels CPUs have entered, they do so
    after one more. Mismatched they are if and only if some CPU entered at each.
    """
    after = recorded(modes, boot_mode(el, features))
    at_EL1, at_EL2 = some_at_EL1 | (el == 1), some_at_EL2 | (el == 2)
    holds = every(
        tell(BootModes(), False, False),
        negation(is_EL2_available(BootModes(), False)),
        tell(after, at_EL1, at_EL2),
        is_EL2_available(after, False) == (at_EL2 & negation(at_EL1)),
        is_mismatched(after, False) == (at_EL1 & at_EL2),
    )
    given = tell(modes, some_at_EL1, some_at_EL2) & ((el == 1) | (el == 2))
    return Claim(given, some_at_EL2 & (el == 1), holds)


@theorem()
def a_protected_hypervisor_stays_available(modes: BootModes) -> Claim:
    """Once a protected hypervisor is finalised, CPUs that it lets enter at EL1 do not make it unavailable."""
    after = recorded(modes, BOOT_CPU_MODE_EL1)
    holds = is_EL2_available(after, True) & negation(is_mismatched(after, True))
    return Claim(True, negation(is_EL2_available(after, False)), holds)


@theorem()
def a_CPU_asks_to_finalise_only_from_EL1_after_it_entered_at_EL2(el: Bits2, now: Bits2, features: Features) -> Claim:
    """FINALISE_EL2 is called by each CPU that entered at EL2 and is at EL1, the first one and secondaries alike.

    So no CPU executes an HVC for it that the stub is not there to answer, whatever its flags are.
    """
    asks = asks_to_finalise(boot_mode(el, features), now)
    given = ((el == 1) | (el == 2)) & ((now == 1) | (now == 2))
    return Claim(given, asks & features.FEAT_VHE & negation(features.FEAT_E2H0), asks == ((el == 2) & (now == 1)))


@theorem()
def Hyp_mode_is_available_if_and_only_if_every_CPU_entered_there(
    first: Bits32, word: Bits32, some_differ: bool, cpsr: Bits32
) -> Claim:
    """The 32-bit kernel has Hyp mode if and only if each CPU entered in it: by induction, as for EL2.

    A CPU that differs is remembered for good, and no stub is installed after it.
    """
    of_first = of_first_CPU(first)
    after = compared(word, cpsr)
    differ = some_differ | (of_first_CPU(cpsr) != of_first)
    marked = of_first | BOOT_CPU_MODE_MISMATCH if some_differ else of_first
    holds = every(
        after == (of_first | BOOT_CPU_MODE_MISMATCH if differ else of_first),
        is_Hyp_available(after) == ((of_first == HYP_MODE) & negation(differ)),
        implies(installs_stub(word, cpsr), negation(differ) & (of_first_CPU(cpsr) == HYP_MODE)),
    )
    return Claim(word == marked, negation(some_differ) & differ, holds)
