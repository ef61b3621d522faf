"""Instructions that name no register: who takes the exception that they cause, or are trapped by."""

import pytest

from spec.access.control import ExceptionClass
from spec.access.execution import Kind, Unnamed, WFx_syndrome, execute, key_is_enabled, syndrome
from spec.access.outcome import Executed, Outcome, Trap, Undefined
from tests.access.machines import quiet, result

MODES = ["", "E2H", "TGE", "E2H TGE"]


def did(kind: Kind, el: int, mode: str = "", changes: str = "", **operands: int) -> Outcome:
    """Return what an instruction does on a machine on which nothing traps, with some changes."""
    return execute(Unnamed(kind, **operands), quiet(el, mode, changes))


# -- calls ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("el", "mode", "taken_to"),
    [(0, "", 1), (0, "TGE", 2), (0, "E2H TGE", 2), (0, "E2H", 1), (1, "", 1), (1, "NV", 1), (2, "", 2), (2, "E2H", 2)],
)
def test_SVC_is_taken_to_the_level_above(el: int, mode: str, taken_to: int) -> None:
    """EC 0x15 with the immediate; it returns behind the instruction."""
    assert did(Kind.SVC, el, mode, imm16=0x1234) == Trap(taken_to, 0x5600_1234, elr_offset=4)


@pytest.mark.parametrize(
    ("el", "mode", "bit", "trapped"),
    [
        (0, "", 52, True),
        (0, "TGE", 52, True),
        (0, "E2H TGE", 52, False),
        (0, "", 53, False),
        (1, "", 53, True),
        (1, "", 52, False),
        (2, "", 53, False),
    ],
)
def test_a_fine_grained_trap_of_SVC(el: int, mode: str, bit: int, trapped: bool) -> None:
    """HFGITR_EL2.SVC_EL0 (52) and SVC_EL1 (53): to EL2, and it returns to the instruction itself."""
    got = did(Kind.SVC, el, mode, f"HFGITR_EL2[{bit}]=1", imm16=7)
    assert isinstance(got, Trap)
    assert (got.elr_offset == 0) is trapped
    if trapped:
        assert got == Trap(2, 0x5600_0007)
        assert did(Kind.SVC, el, mode, f"HFGITR_EL2[{bit}]=1 -FEAT_FGT -FEAT_FGT2", imm16=7) != got


@pytest.mark.parametrize(
    ("el", "changes", "expected"),
    [
        (0, "", Undefined(1)),
        (1, "", Trap(2, 0x5A00_00FF, elr_offset=4)),
        (2, "", Trap(2, 0x5A00_00FF, elr_offset=4)),
        (1, "HCR_EL2[29]=1", Undefined(1)),
        (2, "HCR_EL2[29]=1", Undefined(2)),
    ],
    ids=["EL0", "EL1", "EL2", "EL1-HCD", "EL2-HCD"],
)
def test_HVC(el: int, changes: str, expected: Outcome) -> None:
    """EC 0x16 to EL2; HCR_EL2.HCD makes it UNDEFINED, and EL0 does not have it."""
    assert did(Kind.HVC, el, "", changes, imm16=0xFF) == expected


@pytest.mark.parametrize("mode", ["NV", "NV NV2", "NV NV1 NV2"])
def test_HVC_of_a_guest_hypervisor_is_a_call_still(mode: str) -> None:
    """A guest hypervisor at EL1 calls the host with HVC: NV changes nothing."""
    assert did(Kind.HVC, 1, mode) == Trap(2, 0x5A00_0000, elr_offset=4)


@pytest.mark.parametrize(
    ("el", "mode", "TSC", "expected"),
    [
        (1, "", 0, Undefined(1)),
        (1, "", 1, Undefined(1)),
        (1, "NV", 0, Undefined(1)),
        (1, "NV", 1, Trap(2, 0x5E00_0003)),
        (0, "NV", 1, Undefined(1)),
        (2, "NV", 1, Undefined(2)),
    ],
)
def test_SMC_without_EL3(el: int, mode: str, TSC: int, expected: Outcome) -> None:
    """AArch64.CheckForSMCUndefOrTrap: UNDEFINED, but for a guest hypervisor with TSC; it returns to the instruction."""
    assert did(Kind.SMC, el, mode, f"HCR_EL2[19]={TSC}", imm16=3) == expected


@pytest.mark.parametrize("kind", [Kind.UDF, Kind.HLT, Kind.DCPS])
@pytest.mark.parametrize(("el", "mode", "taken_to"), [(0, "", 1), (0, "TGE", 2), (1, "", 1), (2, "", 2)])
def test_what_is_always_UNDEFINED(kind: Kind, el: int, mode: str, taken_to: int) -> None:
    """With halting not allowed and outside Debug state."""
    assert did(kind, el, mode, imm16=5) == Undefined(taken_to)


@pytest.mark.parametrize(
    ("el", "mode", "TDE", "taken_to"),
    [(0, "", 0, 1), (0, "", 1, 2), (0, "TGE", 0, 2), (0, "E2H TGE", 0, 2), (1, "", 0, 1), (1, "", 1, 2), (2, "", 0, 2)],
)
def test_BRK_follows_debug_exceptions(el: int, mode: str, TDE: int, taken_to: int) -> None:
    """EC 0x3C, to EL2 by MDCR_EL2.TDE or by TGE; it returns to the instruction."""
    assert did(Kind.BRK, el, mode, f"MDCR_EL2[8]={TDE}", imm16=0xABCD) == Trap(taken_to, 0xF200_ABCD)


@pytest.mark.parametrize("kind", [Kind.NOP, Kind.ESB])
@pytest.mark.parametrize("el", [0, 1, 2])
def test_what_nothing_traps(kind: Kind, el: int) -> None:
    """A hint, an error synchronization barrier."""
    assert result(Unnamed(kind), quiet(el)) == "done"


# -- exception returns ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "iss"), [(Kind.ERET, 0b00), (Kind.ERETAA, 0b10), (Kind.ERETAB, 0b11)])
@pytest.mark.parametrize("how", ["NV", "NV NV2", "NV NV1 NV2", "HFGITR"])
def test_a_return_of_a_guest_hypervisor_is_trapped(how: str, kind: Kind, iss: int) -> None:
    """EC 0x1A; ISS[1] says that it authenticates, ISS[0] with key B."""
    got = did(kind, 1, "", "HFGITR_EL2[51]=1") if how == "HFGITR" else did(kind, 1, how)
    assert got == Trap(2, 0x6A00_0000 | iss)


@pytest.mark.parametrize("kind", [Kind.ERET, Kind.ERETAA, Kind.ERETAB])
@pytest.mark.parametrize(
    ("el", "mode", "expected"), [(0, "NV", "UNDEFINED at EL1"), (1, "", "done"), (2, "NV", "done")]
)
def test_any_other_return_is_not(kind: Kind, el: int, mode: str, expected: str) -> None:
    """At EL0 it is UNDEFINED, at EL2 NV does nothing."""
    assert result(Unnamed(kind), quiet(el, mode)) == expected


@pytest.mark.parametrize("kind", [Kind.ERETAA, Kind.ERETAB])
@pytest.mark.parametrize("mode", ["", "NV"])
def test_an_authenticating_return_needs_its_feature(kind: Kind, mode: str) -> None:
    """UNDEFINED without FEAT_PAuth, before NV traps it."""
    assert did(kind, 1, mode, "-FEAT_PAuth") == Undefined(1)
    assert did(Kind.ERET, 1, mode, "-FEAT_PAuth") == (Trap(2, 0x6A00_0000) if mode else Executed(0))


@pytest.mark.parametrize(("kind", "enable"), [(Kind.ERETAA, 31), (Kind.ERETAB, 30)])
def test_the_trap_of_the_return_comes_before_that_of_its_authentication(kind: Kind, enable: int) -> None:
    """With API = 0 and the key enabled an authenticating return has EC 0x09, unless NV traps it first."""
    changes = f"HCR_EL2[41]=0 SCTLR_EL1[{enable}]=1"
    assert did(kind, 1, "", changes) == Trap(2, 0x2600_0000)
    got = did(kind, 1, "NV", changes)
    assert isinstance(got, Trap)
    assert got.esr >> 26 == 0x1A


# -- waits ---------------------------------------------------------------------------------------------------

WAITS = {Kind.WFI: 13, Kind.WFE: 14, Kind.WFIT: 13, Kind.WFET: 14}
"""The bit of HCR_EL2 that traps each."""


@pytest.mark.parametrize(
    ("kind", "esr"),
    [
        (Kind.WFI, 0x07E0_0000),
        (Kind.WFE, 0x07E0_0001),
        (Kind.WFIT, 0x07E0_0000 | 9 << 5 | 1 << 2 | 0b10),
        (Kind.WFET, 0x07E0_0000 | 9 << 5 | 1 << 2 | 0b11),
    ],
)
def test_the_syndrome_of_a_wait(kind: Kind, esr: int) -> None:
    """EC 0x01, IL, CV = 1 and COND = 0b1110; TI in 1:0; with a deadline RV in 2 and its register in 9:5."""
    assert WFx_syndrome(Unnamed(kind, Rt=9 if kind in (Kind.WFIT, Kind.WFET) else 0)) == esr


@pytest.mark.parametrize("kind", WAITS)
@pytest.mark.parametrize(
    ("el", "mode", "trapped"),
    [
        (0, "", True),
        (0, "E2H", True),
        (0, "TGE", True),
        (0, "E2H TGE", False),
        (1, "", True),
        (1, "NV", True),
        (2, "", False),
    ],
)
def test_EL2_traps_the_waits_of_its_guests(kind: Kind, el: int, mode: str, trapped: bool) -> None:
    """HCR_EL2.TWI and TWE: bug B60 trapped those of the EL0 of a host."""
    bit = WAITS[kind]
    got = did(kind, el, mode, f"HCR_EL2[{bit}]=1")
    assert got == (Trap(2, WFx_syndrome(Unnamed(kind))) if trapped else Executed(0))
    assert did(kind, el, mode, f"HCR_EL2[{13 + 14 - bit}]=1") == Executed(0)


@pytest.mark.parametrize(("kind", "place"), [(Kind.WFI, 16), (Kind.WFE, 18), (Kind.WFIT, 16), (Kind.WFET, 18)])
@pytest.mark.parametrize(
    ("mode", "register", "taken_to"), [("", 1, 1), ("TGE", 1, 2), ("E2H", 1, 1), ("E2H TGE", 2, 2)]
)
def test_EL1_or_a_host_keeps_its_EL0_from_waiting(
    kind: Kind, place: int, mode: str, register: int, taken_to: int
) -> None:
    """SCTLR_ELx.nTWI (16) and nTWE (18) of the regime, before HCR_EL2."""
    changes = f"SCTLR_EL{register}[{place}]=0 HCR_EL2[14:13]=3"
    assert did(kind, 0, mode, changes) == Trap(taken_to, WFx_syndrome(Unnamed(kind)))
    other = 3 - register
    assert did(kind, 0, mode, f"SCTLR_EL{other}[{place}]=0") == Executed(0)


@pytest.mark.parametrize("kind", WAITS)
def test_what_does_not_wait_is_not_trapped(kind: Kind) -> None:
    """With an event or an interrupt pending, or the deadline passed."""
    assert did(kind, 1, "", "HCR_EL2[14:13]=3 would_wait=0") == Executed(0)


@pytest.mark.parametrize("kind", [Kind.WFIT, Kind.WFET])
def test_a_wait_with_a_deadline_is_UNDEFINED_without_its_feature(kind: Kind) -> None:
    """WFIT and WFET are no hints: without FEAT_WFxT nothing is allocated there."""
    assert did(kind, 1, "", "HCR_EL2[14:13]=3 -FEAT_WFxT") == Undefined(1)
    assert did(kind, 1, "", "would_wait=0 -FEAT_WFxT") == Undefined(1)


# -- floating-point, SVE, SME --------------------------------------------------------------------------------

UNITS = {Kind.FP: ("[21:20]", 10, "0x07"), Kind.SVE: ("[17:16]", 8, "0x19"), Kind.SME: ("[25:24]", 12, "0x1D")}
"""The field of CPACR_EL1 and of CPTR_EL2 with E2H, the bit of CPTR_EL2 without it, the exception class."""


@pytest.mark.parametrize("kind", UNITS)
@pytest.mark.parametrize(
    ("el", "mode", "register", "value", "taken_to"),
    [
        (1, "", "CPACR_EL1", 0b00, 1),
        (1, "", "CPACR_EL1", 0b01, None),
        (1, "", "CPACR_EL1", 0b10, 1),
        (1, "", "CPACR_EL1", 0b11, None),
        (0, "", "CPACR_EL1", 0b01, 1),
        (0, "E2H TGE", "CPACR_EL1", 0b00, None),
        (2, "E2H", "CPACR_EL1", 0b00, None),
        (1, "E2H", "CPTR_EL2", 0b00, 2),
        (0, "E2H TGE", "CPTR_EL2", 0b01, 2),
        (2, "E2H TGE", "CPTR_EL2", 0b01, None),
        (2, "E2H", "CPTR_EL2", 0b10, 2),
    ],
)
def test_an_enabling_field(kind: Kind, el: int, mode: str, register: str, value: int, taken_to: int | None) -> None:
    """FPEN, ZEN and SMEN have one meaning of each value."""
    place, _, ec = UNITS[kind]
    got = result(Unnamed(kind), quiet(el, mode, f"{register}{place}={value}"))
    assert got == ("done" if taken_to is None else f"{ec} to EL{taken_to}")


@pytest.mark.parametrize("kind", UNITS)
@pytest.mark.parametrize("el", [0, 1, 2])
def test_a_trapping_bit_without_E2H(kind: Kind, el: int) -> None:
    """TFP, TZ and TSM trap every Exception level, EL2 too."""
    _, bit, ec = UNITS[kind]
    assert result(Unnamed(kind), quiet(el, "", f"CPTR_EL2[{bit}]=1")) == f"{ec} to EL2"


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        (Kind.SVE, "CPACR_EL1[17:16]=0 CPACR_EL1[21:20]=0", "0x19 to EL1"),
        (Kind.SVE, "CPACR_EL1[21:20]=0", "0x07 to EL1"),
        (Kind.SVE, "CPACR_EL1[21:20]=0 CPTR_EL2[8]=1", "0x07 to EL1"),
        (Kind.SVE, "CPTR_EL2[8]=1 CPTR_EL2[10]=1", "0x19 to EL2"),
        (Kind.SVE, "CPTR_EL2[10]=1", "0x07 to EL2"),
        (Kind.SME, "CPACR_EL1[25:24]=0 CPACR_EL1[21:20]=0", "0x1D to EL1"),
        (Kind.SME, "CPTR_EL2[12]=1 CPTR_EL2[10]=1", "0x1D to EL2"),
        (Kind.SME, "CPTR_EL2[10]=1", "0x07 to EL2"),
        (Kind.FP, "CPACR_EL1[21:20]=0 CPTR_EL2[10]=1", "0x07 to EL1"),
        (Kind.FP, "CPACR_EL1[17:16]=0 CPTR_EL2[8]=1", "done"),
        (Kind.SVE, "-FEAT_SVE CPTR_EL2[8]=1", "UNDEFINED at EL1"),
        (Kind.SME, "-FEAT_SME CPTR_EL2[12]=1", "UNDEFINED at EL1"),
    ],
)
def test_the_order_of_checks(kind: Kind, changes: str, expected: str) -> None:
    """EL1 before EL2, and at each the unit before floating-point."""
    assert result(Unnamed(kind), quiet(1, "", changes)) == expected


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        (Kind.FP, "CPACR_EL1[21:20]=0", "UNDEFINED at EL2"),
        (Kind.SVE, "CPACR_EL1[21:20]=0", "UNDEFINED at EL2"),
        (Kind.SVE, "CPACR_EL1[17:16]=0", "0x19 to EL2"),
        (Kind.SME, "CPACR_EL1[25:24]=0", "0x1D to EL2"),
    ],
)
def test_traps_of_EL1_under_TGE(kind: Kind, changes: str, expected: str) -> None:
    """They go to EL2, those of floating-point as UNDEFINED."""
    assert result(Unnamed(kind), quiet(0, "TGE", changes)) == expected


# -- loads and stores of 64 bytes, memory copy and memory set --------------------------------------------------

BLOCKS = {Kind.LD64B: (56, 1, 2, "FEAT_LS64"), Kind.ST64BV: (54, 2, 0, "FEAT_LS64_V")}
BLOCKS[Kind.ST64BV0] = (55, 0, 1, "FEAT_LS64_ACCDATA")
"""The bit of SCTLR_ELx and of HCRX_EL2 that enables each, its ISS, and its feature."""


@pytest.mark.parametrize("kind", BLOCKS)
@pytest.mark.parametrize(
    ("el", "mode", "SCTLR", "taken_to"),
    [
        (0, "", "SCTLR_EL1", 1),
        (0, "TGE", "SCTLR_EL1", 2),
        (0, "E2H TGE", "SCTLR_EL2", 2),
        (0, "E2H TGE", "SCTLR_EL1", None),
        (0, "", "SCTLR_EL2", None),
        (1, "", "SCTLR_EL1", None),
        (2, "E2H", "SCTLR_EL2", None),
    ],
)
def test_EL1_keeps_EL0_from_block_accesses(kind: Kind, el: int, mode: str, SCTLR: str, taken_to: int | None) -> None:
    """By SCTLR_EL1, or of a host by SCTLR_EL2, before EL2 does; it keeps itself from none."""
    bit, beside, iss, _ = BLOCKS[kind]
    changes = f"{SCTLR}[{bit}]=0" + (f" HCRX_EL2[{beside}]=0" if taken_to else "")
    got = execute(Unnamed(kind), quiet(el, mode, changes))
    assert got == (Executed(0) if taken_to is None else Trap(taken_to, 0x2A00_0000 | iss))


@pytest.mark.parametrize("kind", BLOCKS)
@pytest.mark.parametrize(
    ("el", "mode", "trapped"),
    [(1, "", True), (1, "E2H", True), (0, "", True), (0, "TGE", True), (0, "E2H TGE", False), (2, "", False)],
)
def test_EL2_keeps_a_guest_from_block_accesses(kind: Kind, el: int, mode: str, trapped: bool) -> None:
    """By HCRX_EL2, which is as good as 0 without FEAT_HCX."""
    _, bit, iss, _ = BLOCKS[kind]
    expected = Trap(2, 0x2A00_0000 | iss) if trapped else Executed(0)
    for change in (f"HCRX_EL2[{bit}]=0", "-FEAT_HCX"):
        assert execute(Unnamed(kind), quiet(el, mode, change)) == expected


@pytest.mark.parametrize("kind", BLOCKS)
def test_block_accesses_are_UNDEFINED_without_their_feature(kind: Kind) -> None:
    """Before anything traps them."""
    _, bit, _, feature = BLOCKS[kind]
    for el in (0, 1, 2):
        assert execute(Unnamed(kind), quiet(el, "", f"-{feature} HCRX_EL2[{bit}]=0")) == Undefined(max(el, 1))


@pytest.mark.parametrize(
    ("el", "mode", "changes", "undefined_at"),
    [
        (1, "", "HCRX_EL2[11]=0", 1),
        (0, "", "HCRX_EL2[11]=0", 1),
        (0, "TGE", "HCRX_EL2[11]=0", 2),
        (0, "E2H TGE", "HCRX_EL2[11]=0", None),
        (2, "", "HCRX_EL2[11]=0", None),
        (1, "", "-FEAT_HCX", 1),
        (0, "", "SCTLR_EL1[33]=0", 1),
        (1, "", "SCTLR_EL1[33]=0", None),
        (0, "E2H TGE", "SCTLR_EL2[33]=0", 2),
        (0, "E2H TGE", "SCTLR_EL1[33]=0", None),
        (2, "E2H", "SCTLR_EL2[33]=0", None),
        (2, "", "-FEAT_MOPS", 2),
    ],
)
def test_memory_operations_are_UNDEFINED(el: int, mode: str, changes: str, undefined_at: int | None) -> None:
    """By HCRX_EL2.MSCEn for a guest, and by SCTLR_ELx.MSCEn for EL0."""
    got = execute(Unnamed(Kind.MOPS), quiet(el, mode, changes))
    assert got == (Executed(0) if undefined_at is None else Undefined(undefined_at))


# -- pointer authentication ----------------------------------------------------------------------------------

KEYS = {Kind.PAC_IA: 31, Kind.PAC_IB: 30, Kind.PAC_DA: 27, Kind.PAC_DB: 13}
"""The bit of SCTLR_ELx that enables each key."""


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize(
    ("el", "mode", "register", "trapped"),
    [
        (0, "", 1, True),
        (0, "E2H", 1, True),
        (0, "TGE", 1, True),
        (0, "E2H TGE", 2, False),
        (1, "", 1, True),
        (1, "NV", 1, True),
        (2, "", 2, False),
    ],
)
def test_API_traps_the_use_of_an_enabled_key(kind: Kind, el: int, mode: str, register: int, trapped: bool) -> None:
    """EC 0x09 to EL2, of guests; a key that is not enabled is not used."""
    enabled = f"SCTLR_EL{register}[{KEYS[kind]}]=1"
    assert key_is_enabled(kind, quiet(el, mode, enabled))
    assert not key_is_enabled(kind, quiet(el, mode, f"SCTLR_EL{3 - register}[{KEYS[kind]}]=1"))
    assert did(kind, el, mode, f"HCR_EL2[41]=0 {enabled}") == (Trap(2, 0x2600_0000) if trapped else Executed(0))
    assert did(kind, el, mode, "HCR_EL2[41]=0") == Executed(0)
    assert did(kind, el, mode, enabled) == Executed(0)


@pytest.mark.parametrize(
    ("el", "mode", "expected"),
    [(0, "", Trap(2, 0x2600_0000)), (1, "", Trap(2, 0x2600_0000)), (2, "", Executed(0)), (0, "E2H TGE", Executed(0))],
)
def test_PACGA_needs_no_enabled_key(el: int, mode: str, expected: Outcome) -> None:
    """The generic key is always enabled."""
    assert did(Kind.PAC_GENERIC, el, mode, "HCR_EL2[41]=0") == expected


@pytest.mark.parametrize("kind", [*KEYS, Kind.PAC_GENERIC])
def test_without_the_feature(kind: Kind) -> None:
    """PACGA is UNDEFINED, and the others are hints."""
    expected = Undefined(1) if kind == Kind.PAC_GENERIC else Executed(0)
    assert did(kind, 1, "", "HCR_EL2[41]=0 SCTLR_EL1[31]=1 -FEAT_PAuth") == expected


# -- all of them ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("el", [0, 1, 2])
@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name)
def test_every_instruction_has_an_outcome(kind: Kind, el: int, mode: str) -> None:
    """On a machine on which everything traps, too; no exception goes to a lower level."""
    for changes in ("", "HCR_EL2[63:0]=0 CPTR_EL2[63:0]=0xffffffffffffffff CPACR_EL1[63:0]=0 HFGITR_EL2[53:51]=7"):
        got = did(kind, el, mode, changes)
        if isinstance(got, Trap | Undefined):
            assert max(el, 1) <= got.el <= 2


def test_a_syndrome_is_put_together() -> None:
    """EC in 31:26, IL in 25, ISS below."""
    assert syndrome(ExceptionClass.BRK, 0xFFFF) == 0x3C << 26 | 1 << 25 | 0xFFFF
