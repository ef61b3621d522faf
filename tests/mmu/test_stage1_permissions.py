import itertools
from typing import Any

import attrs
import pytest

from spec.features import Features
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryType
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import Stage1Parameters, Stage1Registers, TranslationRegisters, parameters
from spec.mmu.stage1_permissions import (
    EVERYTHING,
    LeafPermissions,
    Permissions,
    Permitted,
    Refusal,
    TableLimits,
    Triple,
    applies_PAN,
    check,
    direct,
    entry_of,
    indirect,
    indirect_triple,
    is_one_of,
    leaf_permissions,
    limited,
    overlay_triple,
    permissions,
)

EL10, EL20, EL2 = Regime
PAN = Features(FEAT_PAN=True)
AP_1, AP_2, AF, DBM, PXN, UXN = (1 << place for place in (6, 7, 10, 51, 53, 54))
PXNTable, UXNTable, APTable_0, APTable_1 = (1 << place for place in (59, 60, 61, 62))
BOTH = (False, True)


def walk_of(regime: Regime = EL10, **given: Any) -> Stage1Parameters:
    """Return the parameters of a regime whose registers are 0, but for what is given."""
    return attrs.evolve(parameters(TranslationRegisters(), regime, 0, Features()), **given)


def triple(text: str) -> Triple:
    """Return permissions from their letters."""
    return Triple(read="R" in text, write="W" in text, execute="X" in text)


def with_PAN(access: Access) -> Access:
    """Return an access with PSTATE.PAN = 1."""
    return attrs.evolve(access, PAN=True)


# -- direct permissions ------------------------------------------------------------------------------------------

DATA = {0b00: ("RW", ""), 0b01: ("RW", "RW"), 0b10: ("R", ""), 0b11: ("R", "R")}
"""By AP[2:1]: privileged and unprivileged data accesses, DDI 0487 D8.4.1.2."""

LIMITED = {0b00: ("RW", "RW"), 0b01: ("RW", ""), 0b10: ("R", "R"), 0b11: ("R", "")}
"""By APTable[1:0]: what is left to both."""


def both(one: str, other: str) -> str:
    """Return the letters that are in both."""
    return "".join(letter for letter in one if letter in other)


@pytest.mark.parametrize("regime", [EL10, EL20])
@pytest.mark.parametrize("AP", range(4))
@pytest.mark.parametrize("APTable", range(4))
def test_data_accesses_are_permitted_by_AP_and_APTable(regime: Regime, AP: int, APTable: int) -> None:
    """By the tables of D8.4.1.2, for each value of the other bits."""
    for other, limits in itertools.product((0, PXN, UXN, PXN | UXN), (0, PXNTable, UXNTable)):
        walk = walk_of(regime)
        leaf = leaf_permissions(AP << 6 | other, limited(TableLimits(), APTable << 61 | limits, walk), walk)
        for privileged in BOTH:
            expected = both(DATA[AP][not privileged], LIMITED[APTable][not privileged])
            got = direct(leaf, privileged, walk, Access.load(), Features()).allowed
            assert (got.read, got.write) == ("R" in expected, "W" in expected)


@pytest.mark.parametrize("regime", [EL10, EL20])
def test_execution_is_permitted_by_PXN_UXN_their_tables_and_what_EL0_can_write(regime: Regime) -> None:
    """Privileged: no PXN, no PXNTable, not writable at EL0. Unprivileged: no UXN, no UXNTable."""
    for AP, APTable, pxn, uxn, pxn_table, uxn_table in itertools.product(range(4), range(4), *[(0, 1)] * 4):
        walk = walk_of(regime)
        table = APTable << 61 | pxn_table * PXNTable | uxn_table * UXNTable
        leaf = leaf_permissions(AP << 6 | pxn * PXN | uxn * UXN, limited(TableLimits(), table, walk), walk)
        user_writes = "W" in both(DATA[AP][1], LIMITED[APTable][1])
        privileged = direct(leaf, True, walk, Access.fetch(), Features()).allowed.execute
        unprivileged = direct(leaf, False, walk, Access.fetch(0), Features()).allowed.execute
        assert privileged == (not pxn and not pxn_table and not user_writes)
        assert unprivileged == (not uxn and not uxn_table)


def test_the_EL2_regime_has_read_write_and_XN() -> None:
    """AP[2] and APTable[1] for writes, XN and XNTable (bits 54 and 60) for fetches; AP[1] and bit 53 mean nothing."""
    walk = walk_of(EL2)
    for read_only, no_write, xn, xn_table, noise in itertools.product((0, 1), (0, 1), (0, 1), (0, 1), (0, 1)):
        table = no_write * APTable_1 | xn_table * UXNTable | noise * (APTable_0 | PXNTable)
        descriptor = read_only * AP_2 | xn * UXN | noise * (AP_1 | PXN)
        leaf = leaf_permissions(descriptor, limited(TableLimits(), table, walk), walk)
        expected = Triple(True, not (read_only or no_write), not (xn or xn_table))
        assert direct(leaf, True, walk, with_PAN(Access.load(2)), PAN).allowed == expected


def test_NV1_changes_what_the_bits_mean() -> None:
    """IJKLJK: bit 54 is PXN, bit 60 PXNTable; bits 53 and 59 are RES0; AP[1] and APTable[0] are treated as 0."""
    walk = walk_of(NV1=True)
    for bit_54, bit_53, AP1, bit_60, bit_59, bit_61 in itertools.product((0, 1), repeat=6):
        table = bit_60 * UXNTable | bit_59 * PXNTable | bit_61 * APTable_0
        leaf = leaf_permissions(bit_54 * UXN | bit_53 * PXN | AP1 * AP_1, limited(TableLimits(), table, walk), walk)
        privileged = direct(leaf, True, walk, with_PAN(Access.load()), PAN).allowed
        assert privileged == Triple(True, True, not (bit_54 or bit_60))
        # The Effective value of UXN is 0.
        assert direct(leaf, False, walk, Access.load(0), PAN).allowed == triple("X")


@pytest.mark.parametrize("regime", Regime)
def test_limits_add_up_from_table_to_table(regime: Regime) -> None:
    """A later table takes away more, and gives nothing back."""
    walk = walk_of(regime)
    for bits in itertools.permutations((PXNTable, UXNTable, APTable_0, APTable_1), 2):
        one, other = bits
        together = limited(TableLimits(), one | other, walk)
        assert limited(limited(TableLimits(), one, walk), other, walk) == together
        assert limited(together, 0, walk) == together


def test_HPD_disables_the_limits() -> None:
    """TCR_ELx.HPDn: the limits of the tables are ignored."""
    every = PXNTable | UXNTable | APTable_0 | APTable_1
    before = TableLimits(no_write=True)
    for HPD in BOTH:
        assert limited(before, every, walk_of(HPD=HPD)) == (before if HPD else TableLimits(True, True, True, True))


@pytest.mark.parametrize("regime", Regime)
def test_indirection_overlays_and_more_attributes_disable_the_limits(regime: Regime) -> None:
    """TCR2_ELx.{PIE, E0POE, POE, AIE}: R_JHSVW, R_BVXDG and R_MJGNV; E0POE has no effect in the EL2 regime."""
    machine = Features(FEAT_TCR2=True, FEAT_HCX=True, FEAT_S1PIE=True, FEAT_S1POE=True, FEAT_AIE=True)
    every = PXNTable | UXNTable | APTable_0 | APTable_1
    for controls in range(16):
        own = Stage1Registers(TCR2=controls << 1)
        walk = parameters(TranslationRegisters(own, own, HCRX_EL2=1 << 14), regime, 0, machine)
        disabled = controls not in ((0b0000, 0b0010) if regime == EL2 else (0b0000,))
        assert (limited(TableLimits(), every, walk) == TableLimits()) == disabled


def test_hardware_dirty_state_makes_a_leaf_with_DBM_writable() -> None:
    """AP[2] is taken as 0 where HA, HD and DBM are 1; APTable[1] still takes writes away."""
    for HA, HD, dbm, no_write in itertools.product(BOTH, repeat=4):
        walk = walk_of(HA=HA, HD=HD)
        leaf = leaf_permissions(AP_2 | (DBM if dbm else 0), TableLimits(no_write=no_write), walk)
        found = direct(leaf, True, walk, Access.store(), Features()).allowed
        assert found.write == (HA and HD and dbm and not no_write)
        assert leaf.nDirty


# -- WXN, PAN ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("regime", Regime)
def test_WXN_takes_execution_from_what_can_be_written(regime: Regime) -> None:
    """SCTLR_ELx.WXN, at the privilege of the access."""
    for WXN, privileged in itertools.product(BOTH, repeat=2):
        if not privileged and regime == EL2:
            continue
        walk = walk_of(regime, WXN=WXN)
        el = 0 if not privileged else 1 if regime == EL10 else 2
        for AP, never in itertools.product(range(4), (0, PXN | UXN)):
            leaf = leaf_permissions(AP << 6 | never, TableLimits(), walk)
            plain = direct(leaf, privileged, walk, Access.fetch(el), Features()).allowed
            got = permissions(leaf, walk, Access.fetch(el), Features())
            assert got == Permissions(
                Triple(plain.read, plain.write, plain.execute and not (WXN and plain.write)), EVERYTHING
            )


@pytest.mark.parametrize("regime", [EL10, EL20])
def test_PAN_keeps_privileged_data_accesses_off_memory_of_EL0(regime: Regime) -> None:
    """What EL0 can read or write; with EPAN what it can execute; fetches and EL0 are as before."""
    for AP, never, EPAN, asked, NV1 in itertools.product(range(4), (0, UXN), BOTH, BOTH, BOTH):
        walk = walk_of(regime, EPAN=EPAN, NV1=NV1 and regime == EL10)
        access = attrs.evolve(Access.load(), PAN=asked)
        leaf = leaf_permissions(AP << 6 | never, TableLimits(), walk_of(regime))
        for privileged in BOTH:
            without = direct(leaf, privileged, walk, attrs.evolve(access, PAN=False), PAN).allowed
            got = direct(leaf, privileged, walk, access, PAN).allowed
            user = bool(DATA[AP][1]) or (EPAN and not never)
            denied = privileged and asked and user and not walk.NV1
            expected = Triple(without.read and not denied, without.write and not denied, without.execute)
            assert got == expected
            assert direct(leaf, privileged, walk, access, Features()).allowed == without


def test_PAN_needs_its_feature_and_is_treated_as_0_under_NV1() -> None:
    """IYMLJD, and AArch64.S1DirectBasePermissions()."""
    for feature, asked, NV1 in itertools.product(BOTH, repeat=3):
        access = attrs.evolve(Access.load(), PAN=asked)
        expected = feature and asked and not NV1
        assert applies_PAN(walk_of(NV1=NV1), access, Features(FEAT_PAN=feature)) == expected


# -- indirect permissions ----------------------------------------------------------------------------------------

INDIRECT = (
    *("", "R", "X", "RX", "", "RW", "RWX", "RWX"),
    *("R", "R", "RX", "", "RW", "", "RWX", ""),
)
"""Table D8-68: base permissions by the four bits of PIR_ELx and PIRE0_ELx; 0b1001 is a Guarded Control Stack."""


@pytest.mark.parametrize("code", range(16))
def test_an_entry_of_PIR_permits_what_the_table_says(code: int) -> None:
    """Table D8-68, row by row; Table D8-69: PrivWXN and UnprivWXN are of 0b0110; the overlay is of 0b0xxx."""
    assert indirect_triple(code) == triple(INDIRECT[code])
    walk = walk_of(EL2, PIE=True)
    leaf = attrs.evolve(leaf_permissions(0, TableLimits(), walk), PPI=code)
    found = indirect(leaf, True, walk, Access.load(2), Features())
    assert (found.allowed, found.WXN, found.overlaid) == (triple(INDIRECT[code]), code == 0b0110, code < 8)


EXECUTES_OR_GCS = {0b0010, 0b0011, 0b0110, 0b0111, 0b1001, 0b1010, 0b1110}
WRITES_OR_GCS = {0b0101, 0b0110, 0b0111, 0b1001, 0b1100, 0b1110}
"""R_VFPJF: of PIR_ELx and of PIRE0_ELx, what must not come together."""


@pytest.mark.parametrize("regime", [EL10, EL20])
@pytest.mark.parametrize("PPI", range(16))
def test_what_EL0_can_write_and_EL1_execute_is_accessible_to_neither(regime: Regime, PPI: int) -> None:
    """R_VFPJF for every pair of entries; R_TBKKB: PAN takes data accesses where the entry of EL0 is not 0."""
    walk = walk_of(regime, PIE=True)
    for UPI, asked, privileged in itertools.product(range(16), BOTH, BOTH):
        leaf = attrs.evolve(leaf_permissions(0, TableLimits(), walk), PPI=PPI, UPI=UPI)
        access = attrs.evolve(Access.load(), PAN=asked)
        expected = triple(INDIRECT[PPI if privileged else UPI])
        if PPI in EXECUTES_OR_GCS and UPI in WRITES_OR_GCS:
            expected = triple("")
        if privileged and asked and UPI != 0:
            expected = Triple(False, False, expected.execute)
        found = indirect(leaf, privileged, walk, access, PAN)
        code = PPI if privileged else UPI
        assert (found.allowed, found.WXN, found.overlaid) == (expected, code == 0b0110, code < 8)


def test_the_index_is_four_bits_of_the_leaf() -> None:
    """Table D8-67: PIIndex is bits 54, 53, 51 and 6; bit 7 is nDirty."""
    registers: dict[str, Any] = {"PIR": 0xFEDC_BA98_7654_3210, "PIRE0": 0x0123_4567_89AB_CDEF}
    for index, dirty in itertools.product(range(16), BOTH):
        one = [index >> place & 1 for place in range(4)]
        descriptor = one[3] << 54 | one[2] << 53 | one[1] << 51 | one[0] << 6 | (0 if dirty else AP_2)
        found = leaf_permissions(descriptor, TableLimits(), walk_of(PIE=True, **registers))
        assert (found.PPI, found.UPI, found.nDirty) == (index, 15 - index, not dirty)
        without = leaf_permissions(descriptor, TableLimits(), walk_of(**registers))
        assert (without.PPI, without.UPI) == (0, 0)


def test_under_NV1_the_entries_of_EL0_are_treated_as_0() -> None:
    """R_DJZHM: for all purposes other than a direct read, PIRE0_EL1 is treated as 0."""
    machine = Features(FEAT_NV=True, FEAT_TCR2=True, FEAT_HCX=True, FEAT_S1PIE=True)
    own = Stage1Registers(TCR2=1 << 1, PIR=0x3333_3333_3333_3333, PIRE0=0x5555_5555_5555_5555)
    for hcr, above, below in ((0, "", ""), (1 << 42 | 1 << 43, "RX", "")):
        walk = parameters(TranslationRegisters(own, HCR_EL2=hcr, HCRX_EL2=1 << 14), EL10, 0, machine)
        leaf = leaf_permissions(0, TableLimits(), walk)
        assert permissions(leaf, walk, Access.load(), machine).base == triple(above)
        assert permissions(leaf, walk, Access.load(0), machine).base == triple(below)


@pytest.mark.parametrize("index", range(16))
def test_a_register_of_permissions_has_sixteen_entries(index: int) -> None:
    """Entry n is bits 4n+3 to 4n."""
    assert entry_of(0xFEDC_BA98_7654_3210, index) == index
    assert entry_of(0xF << 4 * index, index) == 0xF
    assert entry_of(((1 << 64) - 1) ^ 0xF << 4 * index, index) == 0


def test_a_word_is_one_of_some_numbers() -> None:
    """As Python's ``in``."""
    for code in range(16):
        assert is_one_of(code, (1, 5, 6)) == (code in (1, 5, 6))


# -- overlays ----------------------------------------------------------------------------------------------------

OVERLAY = ("", "R", "X", "RX", "W", "RW", "WX", "RWX", *[""] * 8)
"""AArch64.S1OverlayPermissions(): by the four bits of POR_ELx and POR_EL0."""


@pytest.mark.parametrize("code", range(16))
def test_an_overlay_leaves_what_the_table_says(code: int) -> None:
    """Row by row; entries of 0b1000 and above leave nothing."""
    assert overlay_triple(code) == triple(OVERLAY[code])


@pytest.mark.parametrize("regime", Regime)
def test_the_overlay_is_chosen_by_bits_62_to_60(regime: Regime) -> None:
    """POIndex selects an entry of POR_ELx for privileged accesses, and of POR_EL0 for the others."""
    for index, POE, E0POE in itertools.product(range(8), BOTH, BOTH):
        walk = walk_of(regime, POE=POE, E0POE=E0POE, POR=0x7654_3210, POR_EL0=0x0123_4567)
        leaf = leaf_permissions(index << 60 | 1 << 63 | AP_1, TableLimits(), walk)
        chosen = (index, 7 - index) if POE or E0POE else (0, 0)
        assert chosen == (leaf.PPO, leaf.UPO)
        privileged = permissions(leaf, walk, Access.load(2), Features()).overlay
        assert privileged == (triple(OVERLAY[index]) if POE else EVERYTHING)
        unprivileged = permissions(leaf, walk, Access.load(0), Features()).overlay
        assert unprivileged == (triple(OVERLAY[7 - index]) if E0POE else EVERYTHING)


@pytest.mark.parametrize("code", range(16))
def test_indirect_permissions_have_an_overlay_by_bit_3(code: int) -> None:
    """R_GDVJK, R_DPZHF: where the table says that the overlay is applied."""
    walk = walk_of(EL2, PIE=True, POE=True)
    leaf = attrs.evolve(leaf_permissions(0, TableLimits(), walk), PPI=code, PPO=0b0001)
    found = permissions(leaf, walk, Access.load(2), Features())
    assert found.overlay == (triple("R") if code < 8 else EVERYTHING)


@pytest.mark.parametrize("overlay", range(8))
@pytest.mark.parametrize("indirectly", BOTH)
def test_WXN_takes_writes_where_the_overlay_leaves_execution(overlay: int, indirectly: bool) -> None:
    """AArch64.S1ComputePermissions(): otherwise it takes execution from the base permissions."""
    walk = walk_of(EL2, PIE=indirectly, WXN=not indirectly, POE=True)
    leaf = attrs.evolve(leaf_permissions(0, TableLimits(), walk), PPI=0b0110, PPO=overlay)
    left = triple(OVERLAY[overlay])
    found = permissions(leaf, walk, Access.load(2), Features())
    if left.execute:
        assert found == Permissions(triple("RWX"), attrs.evolve(left, write=False))
    else:
        assert found == Permissions(triple("RW"), left)


# -- the check ---------------------------------------------------------------------------------------------------

ACCESSES = {
    "read": Access.load(2),
    "write": Access.store(2),
    "atomic": Access.atomic(2),
    "AT read": Access.translation(2),
    "AT write": Access.translation(2, write=True),
    "AT any": Access(AccessType.AT, read=False, write=False, EL=2),
}


def leaf_with(base: str, overlay: str, *, nDirty: bool = False) -> LeafPermissions:
    """Return a leaf of the EL2 regime with indirect base permissions and an overlay."""
    plain = leaf_permissions(AP_2 if nDirty else 0, TableLimits(), walk_of(EL2, PIE=True))
    return attrs.evolve(plain, PPI=INDIRECT.index(base), PPO=OVERLAY.index(overlay))


@pytest.mark.parametrize("name", ACCESSES)
@pytest.mark.parametrize("base", ["", "R", "RW", "RWX", "X", "RX"])
@pytest.mark.parametrize("overlay", ["", "R", "W", "RW", "X", "RWX"])
def test_the_overlay_is_reported_before_the_base_permissions(name: str, base: str, overlay: str) -> None:
    """Reads before writes in each; WnR says which was refused: AArch64.S1CheckPermissions()."""
    access = ACCESSES[name]
    leaf = attrs.evolve(leaf_with(base, overlay), PPI=0b0111) if base == "RWX" else leaf_with(base, overlay)
    got = check(leaf, MemoryType.NORMAL, walk_of(EL2, PIE=True, POE=True), access, Features())
    expected: Permitted | Refusal = Permitted()
    for held, by_overlay in ((overlay, True), (base, False)):
        for letter, asks in (("R", access.read), ("W", access.write)):
            if asks and letter not in held and expected == Permitted():
                expected = Refusal(write=letter == "W", overlay=by_overlay)
    assert got == expected


@pytest.mark.parametrize("base", ["", "R", "RX", "X"])
@pytest.mark.parametrize("overlay", ["", "RW", "X", "RWX"])
def test_a_fetch_needs_execution_of_overlay_and_base(base: str, overlay: str) -> None:
    """And Normal memory, where the implementation chose that Device memory faults."""
    for memtype, faults in itertools.product(MemoryType, BOTH):
        machine = Features(device_fetch_faults=faults)
        got = check(leaf_with(base, overlay), memtype, walk_of(EL2, PIE=True, POE=True), Access.fetch(2), machine)
        if "X" not in overlay:
            assert got == Refusal(write=False, overlay=True)
        elif "X" not in base or (memtype == MemoryType.DEVICE and faults):
            assert got == Refusal(write=False)
        else:
            assert got == Permitted()


@pytest.mark.parametrize("name", ACCESSES)
def test_a_write_to_a_clean_leaf_faults_where_hardware_does_not_make_it_dirty(name: str) -> None:
    """With indirect permissions alone; ISS2.DirtyBit says so."""
    access = ACCESSES[name]
    for PIE, nDirty, HA, HD in itertools.product(BOTH, repeat=4):
        walk = walk_of(EL2, PIE=PIE, HA=HA, HD=HD)
        leaf = attrs.evolve(leaf_with("RW", "RWX", nDirty=nDirty), read_only=False)
        refused = access.write and PIE and nDirty and not (HA and HD)
        expected = Refusal(write=True, dirty_bit=True) if refused else Permitted()
        assert check(leaf, MemoryType.NORMAL, walk, access, Features()) == expected


def test_a_missing_permission_comes_before_a_clean_leaf() -> None:
    """A write without base permission is no fault of dirty state."""
    walk = walk_of(EL2, PIE=True)
    got = check(leaf_with("R", "RWX", nDirty=True), MemoryType.NORMAL, walk, Access.store(2), Features())
    assert got == Refusal(write=True)


def test_an_overlay_of_writes_is_refused_before_the_base_of_reads() -> None:
    """The pseudocode asks the overlay for both, and then the base for both."""
    walk = walk_of(EL2, PIE=True, POE=True)
    got = check(leaf_with("", "R"), MemoryType.NORMAL, walk, Access.atomic(2), Features())
    assert got == Refusal(write=True, overlay=True)
