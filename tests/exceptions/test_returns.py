from typing import Any

import attrs
import pytest

from spec.exceptions.returns import (
    UNKNOWN_AFTER_ILLEGAL_RETURN,
    EntersAArch32,
    PACM_is_enabled,
    SS_at_return,
    authenticated_eret,
    debug_is_enabled_from,
    eret,
    illegal_PSTATE,
    is_illegal,
    is_legal_AArch32,
    is_locked,
    legal_PSTATE,
    return_to,
)
from spec.exceptions.state import State
from spec.features import Features
from spec.pstate import PSTATE, Mode
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.translation import TCR_EL1

TGE, RW = HCR_EL2.TGE.mask, HCR_EL2.RW.mask
PLAIN = Features()
OLD = Features(FEAT_AA32EL0=True, FEAT_AA32EL1=True)
FULL = Features(
    FEAT_PAN=True, FEAT_SSBS=True, FEAT_BTI=True, FEAT_UAO=True, FEAT_DIT=True, FEAT_MTE=True, FEAT_NMI=True
)


@pytest.mark.parametrize("mode", range(16))
@pytest.mark.parametrize("el", [1, 2])
@pytest.mark.parametrize("hcr", [0, TGE])
def test_modes_of_AArch64_state(mode: int, el: int, hcr: int) -> None:
    """From EL1 to EL0t, EL1t, EL1h; from EL2 to EL2t and EL2h too; with TGE not to EL1."""
    legal = {0b0000, *([] if hcr else [0b0100, 0b0101]), *([0b1000, 0b1001] if el == 2 else [])}
    assert is_illegal(mode, State(0, PSTATE(el), HCR_EL2=hcr), PLAIN) == (mode not in legal)


@pytest.mark.parametrize("mode", range(16, 32))
def test_modes_of_AArch32_state(mode: int) -> None:
    """None on a machine without; User below an EL1 in AArch64 state; all but Hyp and Monitor below one in AArch32."""
    below_AArch64, below_AArch32 = State(0, PSTATE(2), HCR_EL2=RW), State(0, PSTATE(2))
    assert is_illegal(mode, below_AArch64, PLAIN)
    assert is_illegal(mode, below_AArch64, OLD) == (mode != Mode.User)
    assert is_illegal(mode, below_AArch32, OLD) == (mode not in [one.value for one in Mode if one & 0x10])
    assert is_legal_AArch32(mode, attrs.evolve(below_AArch32, HCR_EL2=TGE), OLD) == (mode == Mode.User)


@pytest.mark.parametrize("mode", [Mode.EL0t, Mode.EL1h])
def test_no_AArch64_state_below_an_EL1_in_AArch32_state(mode: Mode) -> None:
    """A return to EL1 or EL0 is illegal with HCR_EL2.RW = 0, and legal with 1."""
    assert is_illegal(mode, State(0, PSTATE(2)), OLD)
    assert not is_illegal(mode, State(0, PSTATE(2), HCR_EL2=RW), OLD)


def test_a_locked_level_is_not_returned_to() -> None:
    """With EXLOCKEN of the same Exception level, while PSTATE.EXLOCK is 0."""
    cpu = Features(FEAT_GCS=True)
    state = State(0, PSTATE(2), GCSCR_EL2=1 << 6)
    assert is_locked(Mode.EL2h, state, cpu)
    assert not is_locked(Mode.EL1h, state, cpu)
    assert not is_locked(Mode.EL2h, state, PLAIN)
    assert not is_locked(Mode.EL2h, attrs.evolve(state, PSTATE=PSTATE(2, EXLOCK=True)), cpu)
    assert not is_locked(Mode.EL0t, attrs.evolve(state, PSTATE=PSTATE(0)), cpu)


@pytest.mark.parametrize(
    ("el", "masked", "registers", "enabled"),
    [
        (0, True, {}, True),
        (1, False, {}, False),
        (1, False, {"MDSCR_EL1": 1 << 13}, True),
        (1, True, {"MDSCR_EL1": 1 << 13}, False),
        (1, True, {"MDCR_EL2": 1 << 8}, True),
        (2, False, {"MDSCR_EL1": 1 << 13}, False),
        (2, False, {"MDSCR_EL1": 1 << 13, "MDCR_EL2": 1 << 8}, True),
        (2, False, {"MDSCR_EL1": 1 << 13, "HCR_EL2": TGE}, True),
        (0, False, {"debug_is_locked": True}, False),
    ],
)
def test_where_debug_is_enabled(el: int, masked: bool, registers: dict[str, Any], enabled: bool) -> None:
    """Below the level that takes debug exceptions, and at it with KDE and without D."""
    assert debug_is_enabled_from(el, masked, State(0, PSTATE(2), **registers)) == enabled


def test_a_step_begins_with_a_return() -> None:
    """From a debugger at EL2 to its guest, and not without MDSCR_EL1.SS."""
    state = State(0, PSTATE(2), MDSCR_EL1=1, MDCR_EL2=1 << 8)
    assert SS_at_return(1 << 21, 1, state)
    assert not SS_at_return(0, 1, state)
    assert not SS_at_return(1 << 21, 1, attrs.evolve(state, MDSCR_EL1=0))
    assert legal_PSTATE(1 << 21 | Mode.EL1h, state, PLAIN).SS


@pytest.mark.parametrize(
    ("el", "registers", "enabled"),
    [
        (2, {"SCTLR2_EL2": 1 << 7}, True),
        (2, {}, False),
        (1, {"SCTLR2_EL1": 1 << 7, "HCRX_EL2": HCRX_EL2.SCTLR2En.mask | HCRX_EL2.PACMEn.mask}, True),
        (1, {"SCTLR2_EL1": 1 << 7, "HCRX_EL2": HCRX_EL2.SCTLR2En.mask}, False),
        (0, {"SCTLR2_EL1": 1 << 8, "HCRX_EL2": HCRX_EL2.SCTLR2En.mask | HCRX_EL2.PACMEn.mask}, True),
        (0, {"SCTLR2_EL2": 1 << 8, "HCR_EL2": TGE | HCR_EL2.E2H.mask}, True),
        (0, {"SCTLR2_EL2": 1 << 7, "HCR_EL2": TGE | HCR_EL2.E2H.mask}, False),
    ],
)
def test_where_PACM_has_an_effect(el: int, registers: dict[str, Any], enabled: bool) -> None:
    """IsPACMEnabled(): by SCTLR2_ELx, and for a guest by HCRX_EL2.PACMEn."""
    cpu = Features(FEAT_PAuth_LR=True, FEAT_SCTLR2=True, FEAT_HCX=True, FEAT_VHE=True, FEAT_E2H0=True)
    state = State(0, PSTATE(2), **registers)
    assert PACM_is_enabled(el, state, cpu) == enabled
    assert not PACM_is_enabled(el, state, attrs.evolve(cpu, PACM_is_trivial=True))


def test_PSTATE_after_an_illegal_return() -> None:
    """The flags of SPSR_ELx, the level and stack pointer of PSTATE, IL."""
    before = PSTATE(2, SP=True, NZCV=0b0001, D=True, EXLOCK=True, UINJ=True)
    after = illegal_PSTATE(0xA040_21C7, State(0, before), FULL)
    flags = {"A": True, "I": True, "F": True, "PAN": True, "ALLINT": True}
    assert after == PSTATE(2, SP=True, NZCV=0b1010, IL=True, EXLOCK=True, **flags)
    assert set(UNKNOWN_AFTER_ILLEGAL_RETURN) < {field.name for field in attrs.fields(PSTATE)}


def test_a_legal_return_to_AArch32_state_leaves_the_model() -> None:
    """Its address and SPSR_ELx are all there is; an illegal one stays, and keeps the tag."""
    state = State(0, PSTATE(2), SPSR_EL2=0x1D0, ELR_EL2=0x12 << 56, HCR_EL2=RW, TCR_EL2=1 << 20)
    assert eret(state, OLD) == EntersAArch32(0x12 << 56, 0x1D0)
    stays = eret(state, PLAIN)
    assert isinstance(stays, State)
    assert (stays.PC, stays.PSTATE.IL, stays.PSTATE.EL) == (0x12 << 56, True, 2)


def test_a_return_drops_the_tag_of_its_destination() -> None:
    """TBI of EL1, for a return from EL2."""
    state = State(0, PSTATE(2), SPSR_EL2=Mode.EL1h, TCR_EL1=TCR_EL1.TBI0.mask)
    after = return_to(0x12 << 56 | 0x1000, state, PLAIN)
    assert isinstance(after, State)
    assert (after.PC, after.PSTATE.EL, after.PSTATE.SP) == (0x1000, 1, True)


@pytest.mark.parametrize("el", [1, 2])
def test_a_failed_authentication(el: int) -> None:
    """PAC Fail with FEAT_FPACCOMBINE; otherwise the return goes to the unusable address."""
    cpu = Features(FEAT_PAuth=True, FEAT_FPACCOMBINE=True)
    state = State(0x1000, PSTATE(el))
    after = authenticated_eret(0x2000, False, True, state, cpu)
    assert isinstance(after, State)
    assert (after.ESR_EL2 if el == 2 else after.ESR_EL1, after.PSTATE.EL) == (0x7200_0001, el)
    assert authenticated_eret(0x2000, True, True, state, cpu) == return_to(0x2000, state, cpu)
    assert authenticated_eret(0x2000, False, False, state, PLAIN) == return_to(0x2000, state, PLAIN)


def test_an_illegal_return_and_a_failed_authentication() -> None:
    """PSTATE.IL, or PAC Fail where the implementation looks at that first."""
    cpu = Features(FEAT_PAuth=True, FEAT_FPACCOMBINE=True)
    state = State(0x1000, PSTATE(1), SPSR_EL1=Mode.EL2h)
    illegal = authenticated_eret(0x2000, False, False, state, cpu)
    failed = authenticated_eret(
        0x2000, False, False, state, attrs.evolve(cpu, illegal_return_precedes_PAC_failure=False)
    )
    assert isinstance(illegal, State)
    assert isinstance(failed, State)
    assert (illegal.PSTATE.IL, illegal.ESR_EL1) == (True, 0)
    assert (failed.PSTATE.IL, failed.ESR_EL1) == (False, 0x7200_0000)
