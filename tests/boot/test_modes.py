import pytest

from spec.boot.modes import (
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

NO_E2H0 = Features(FEAT_VHE=True)


@pytest.mark.parametrize(
    ("levels", "words", "available", "mismatched"),
    [
        ((), (0xE12, 0xE11), False, True),
        ((1,), (0xE11, 0xE11), False, False),
        ((2,), (0xE12, 0xE12), True, False),
        ((2, 2, 2), (0xE12, 0xE12), True, False),
        ((1, 1), (0xE11, 0xE11), False, False),
        ((2, 1), (0xE11, 0xE12), False, True),
        ((1, 2, 2), (0xE11, 0xE12), False, True),
    ],
)
def test_the_words_after_CPUs_have_entered(
    levels: tuple[int, ...], words: tuple[int, int], available: bool, mismatched: bool
) -> None:
    """In any order, with and without the flag."""
    for features in (Features(), NO_E2H0):
        modes = BootModes()
        for el in levels:
            modes = recorded(modes, boot_mode(el, features))
        assert (modes.word_0, modes.word_1) == words
        assert is_EL2_available(modes, False) is available
        assert is_mismatched(modes, False) is mismatched


def test_the_CPUs_of_a_protected_hypervisor_enter_at_EL1() -> None:
    """And EL2 stays what it is."""
    modes = recorded(recorded(BootModes(), 0xE12), 0xE11)
    assert is_EL2_available(modes, True)
    assert not is_mismatched(modes, True)


@pytest.mark.parametrize(
    ("el", "features", "mode"),
    [
        (1, NO_E2H0, 0xE11),
        (2, Features(), 0xE12),
        (2, NO_E2H0, 0x1_0000_0E12),
        (2, Features(FEAT_VHE=True, FEAT_E2H0=True), 0xE12),
    ],
)
def test_the_mode_of_a_CPU(el: int, features: Features, mode: int) -> None:
    """With the flag where E2H is 1 whatever is written."""
    assert boot_mode(el, features) == mode


@pytest.mark.parametrize(
    ("mode", "el", "asks"), [(0xE12, 1, True), (0x1_0000_0E12, 1, True), (0xE12, 2, False), (0xE11, 1, False)]
)
def test_who_asks_to_finalise(mode: int, el: int, asks: bool) -> None:
    """Who came at EL2 and has dropped to EL1."""
    assert asks_to_finalise(mode, el) is asks


def test_the_32_bit_kernel_remembers_a_difference() -> None:
    """One CPU in another mode, and Hyp mode is not used: not even by those that come later in it."""
    word = of_first_CPU(0x1DA)
    assert is_Hyp_available(word)
    assert installs_stub(word, 0x1DA)
    word = compared(word, 0x1D3)
    assert not is_Hyp_available(word)
    assert not installs_stub(compared(word, 0x1DA), 0x1DA)
    assert compared(word, 0x1DA) == 0x8000_001A


def test_CPUs_in_Supervisor_mode_agree_without_a_stub() -> None:
    """All in one mode, which is not Hyp mode."""
    word = compared(of_first_CPU(0x1D3), 0x1D3)
    assert (word, is_Hyp_available(word), installs_stub(word, 0x1D3)) == (0x13, False, False)
