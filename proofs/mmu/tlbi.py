"""Theorems of TLBI: what the operations must remove, compared with each other and with what entries translate."""

import itertools

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.stage2 import GRANULES
from spec.features import Features, Granule, is_implementable
from spec.hcr import is_in_host
from spec.lang import (
    Address,
    Bits6,
    Bits64,
    align_down,
    bit,
    bits,
    every,
    extended,
    implies,
    low_bits,
    negation,
    some,
    subtract,
)
from spec.mmu.regime import Regime
from spec.mmu.tlb_entry import Context, Entry, Stages, TableEntry, block_size, is_permitted, may_translate
from spec.mmu.tlbi import Invalidation, Issuer, invalidation, must_remove
from spec.mmu.tlbi_operand import decode_TTL, encode_TTL
from spec.mmu.tlbi_operation import Kind, TLBIOperation, operation_of

BY_ADDRESS = ("VAE1", "VAAE1", "VALE1", "VAALE1", "IPAS2E1", "IPAS2LE1", "VAE2", "VALE2")
"""The forms that take one address; R before the name makes them forms of a range."""

RANGES = tuple(f"R{form}" for form in BY_ADDRESS)
"""The forms that take a range."""


@attrs.frozen
class Executed:
    """An executed TLBI, and an entry that may be in a TLB."""

    Xt: Bits64
    """The operand."""
    issuer: Issuer
    """The PE that executes it."""
    entry: Entry
    """The entry."""
    features: Features
    """The machine."""


def made(case: Executed, name: str) -> Invalidation:
    """Return what the operation of a name is about."""
    return invalidation(operation_of(name), case.Xt, case.issuer, case.features)


def removes(case: Executed, name: str) -> bool:
    """Return whether the operation of a name must remove the entry."""
    return must_remove(made(case, name), case.entry)


def is_possible(case: Executed) -> bool:
    """Return whether there is such a machine, and a TLB of it may hold the entry; EL1 and EL2 execute TLBI."""
    level = (case.issuer.EL == 1) | (case.issuer.EL == 2)
    return every(is_implementable(case.features), level, is_permitted(case.entry, case.features))


def holds_stage2(entry: Entry) -> bool:
    """Return whether an entry holds information of stage 2."""
    return entry.stages != Stages.STAGE1


def held_for(name: str, entry: Entry) -> TableEntry:
    """Return the translation table entry that an operation is about: by IPA that of stage 2."""
    return entry.stage2 if "IPAS2" in name else entry.stage1


# -- one operation within another --------------------------------------------------------------------------------

CHAINS = (
    ("VALE1", "VAE1", "VAAE1", "VMALLE1", "VMALLS12E1", "ALLE1"),
    ("VALE1", "VAALE1", "VAAE1"),
    ("ASIDE1", "VMALLE1", "ALLE2"),
    ("IPAS2LE1", "IPAS2E1", "VMALLS12E1"),
    ("RVALE1", "RVAE1", "RVAAE1", "VMALLE1"),
    ("RVALE1", "RVAALE1", "RVAAE1"),
    ("RIPAS2LE1", "RIPAS2E1", "VMALLS12E1"),
    ("VALE2", "VAE2", "ALLE2"),
    ("RVALE2", "RVAE2", "ALLE2"),
)
"""Operations from the narrowest to the widest."""

WITHIN = tuple(sorted({f"{one}<{other}" for chain in CHAINS for one, other in itertools.pairwise(chain)}))
"""Each operation and the next wider one."""


@theorem(within=WITHIN)
def a_wider_operation_removes_what_a_narrower_one_does(within: str, case: Executed) -> Claim:
    """Of one regime, VMID and operand, what the narrower operation must remove the wider one must remove too.

    VAL is within VA, VA within VAA, VAA and ASID within VMALL, VMALL and IPAS2 within VMALLS12, that within ALL.
    """
    narrow, wide = within.split("<")
    one, other = made(case, narrow), made(case, wide)
    given = is_possible(case) & (one.regime == other.regime)
    narrow_removes = must_remove(one, case.entry)
    return Claim(given, narrow_removes, implies(narrow_removes, must_remove(other, case.entry)))


@theorem()
def nXS_spares_entries_with_XS_and_no_others(operation: TLBIOperation, case: Executed) -> Claim:
    """With the nXS qualifier a TLBI must remove what it must remove without, except entries with XS attribute 1."""
    plain = invalidation(attrs.evolve(operation, nXS=False), case.Xt, case.issuer, case.features)
    nXS = invalidation(attrs.evolve(operation, nXS=True), case.Xt, case.issuer, case.features)
    given = every(is_possible(case), case.features.FEAT_XS, negation(plain.nXS))
    removed = must_remove(plain, case.entry)
    return Claim(given, removed, must_remove(nXS, case.entry) == (removed & negation(case.entry.XS)))


# -- machines, address spaces, regimes ---------------------------------------------------------------------------


@theorem()
def a_TLBI_of_one_VMID_removes_no_entry_of_another(operation: TLBIOperation, case: Executed) -> Claim:
    """But for ALLE1, no TLBI must remove an EL1&0 entry of a VMID that is not the current one."""
    about = invalidation(operation, case.Xt, case.issuer, case.features)
    of_EL10 = (case.entry.regime == Regime.EL10) & (operation.kind != Kind.ALL)
    given = every(is_possible(case), of_EL10, case.entry.VMID != about.VMID)
    own = attrs.evolve(case.entry, VMID=about.VMID)
    return Claim(given, must_remove(about, own), negation(must_remove(about, case.entry)))


@theorem()
def a_VMID_of_8_bits_has_no_upper_half(operation: TLBIOperation, case: Executed) -> Claim:
    """With 8-bit VMIDs, VTTBR_EL2 bits 63:56 do not change what a TLBI must remove: entries have them as 0."""
    issuer = case.issuer
    wide = case.features.FEAT_VMID16 & bit(issuer.VTCR_EL2, 19)
    given = is_possible(case) & negation(wide) & ((case.entry.VMID >> 8) == 0)
    short = attrs.evolve(issuer, VTTBR_EL2=bits(issuer.VTTBR_EL2, 55, 0))
    removed = must_remove(invalidation(operation, case.Xt, short, case.features), case.entry)
    same = removed == must_remove(invalidation(operation, case.Xt, issuer, case.features), case.entry)
    return Claim(given, removed & (bits(issuer.VTTBR_EL2, 63, 56) != 0), same)


@theorem()
def an_operation_of_EL2_removes_no_entry_of_EL10(operation: TLBIOperation, case: Executed) -> Claim:
    """The operations that are named E2 never must remove an EL1&0 entry, nor those named E1 one of EL2 without a host.

    Without a host means: unless {E2H, TGE} = {1, 1}, at EL2.
    """
    about = invalidation(operation, case.Xt, case.issuer, case.features)
    entry = case.entry
    host = is_in_host(case.issuer.HCR_EL2, case.features) & (case.issuer.EL == 2)
    crosses = operation.of_EL2 == (entry.regime == Regime.EL10)
    given = every(is_possible(case), crosses, operation.of_EL2 | negation(host))
    own = attrs.evolve(entry, regime=about.regime, VMID=about.VMID)
    return Claim(given, must_remove(about, own), negation(must_remove(about, entry)))


E1_OF_STAGE_1 = ("VMALLE1", "ASIDE1", "VAE1", "VAAE1", "VALE1", "VAALE1", "RVAE1", "RVAAE1", "RVALE1", "RVAALE1")
"""The operations of stage 1 that are named E1."""


@theorem(form=E1_OF_STAGE_1)
def a_host_removes_its_own_entries_and_no_guest_s(form: str, case: Executed) -> Claim:
    """Where {E2H, TGE} = {1, 1}, a stage 1 TLBI named E1 at EL2 is about EL2&0: no guest's entry must go by it.

    A host clears TGE before it invalidates for a guest.
    """
    host = is_in_host(case.issuer.HCR_EL2, case.features) & (case.issuer.EL == 2)
    given = is_possible(case) & host
    removed = removes(case, form)
    guest = attrs.evolve(case, entry=attrs.evolve(case.entry, regime=Regime.EL10))
    return Claim(given, removed, implies(removed, case.entry.regime == Regime.EL20) & negation(removes(guest, form)))


@theorem(form=("ASIDE1",))
def a_TLBI_by_ASID_removes_no_global_entry(form: str, case: Executed) -> Claim:
    """No global entry must go by ASID; the non-global ones of the ASID must, whatever their address."""
    local = attrs.evolve(case, entry=attrs.evolve(case.entry, is_global=False))
    about = made(case, form)
    entry = case.entry
    of_context = every(
        entry.stages != Stages.STAGE2,
        entry.regime == about.regime,
        (entry.VMID == about.VMID) | (about.regime != Regime.EL10),
        bits(case.Xt, 63, 48) == entry.ASID,
        negation(about.nXS),
    )
    holds = implies(entry.is_global, negation(removes(case, form))) & implies(of_context, removes(local, form))
    return Claim(is_possible(case), of_context & entry.is_global, holds)


@theorem(form=("VAE1", "VALE1", "RVAE1", "RVALE1", "VAE2", "RVAE2"))
def a_global_entry_goes_by_VA_whatever_the_ASID(form: str, case: Executed) -> Claim:
    """A TLBI by VA and ASID must remove a global entry whatever the ASID, and no other entry of another ASID."""
    asked = attrs.evolve(case, Xt=bits(case.Xt, 47, 0) | case.entry.ASID << 48)
    given = is_possible(case) & (bits(case.Xt, 63, 48) != case.entry.ASID)
    removed = removes(asked, form)
    return Claim(given, removed & case.entry.is_global, removes(case, form) == (removed & case.entry.is_global))


# -- what may translate must go ----------------------------------------------------------------------------------


@theorem(form=("VAE1", "VAAE1", "VAE2", "IPAS2E1", "VALE1", "VAALE1", "VALE2", "IPAS2LE1"))
def a_TLBI_by_address_removes_whatever_may_translate_it(form: str, address: Address, case: Executed) -> Claim:
    """A TLBI of an address without a hint must remove each entry that may translate it in the context of the TLBI.

    Of the last-level forms: each leaf. Of those by IPA: of stage 2 alone, of the others: all that hold stage 1.
    """
    by_IPA = "IPAS2" in form
    case = attrs.evolve(case, Xt=bits(case.Xt, 63, 48) << 48 | address >> 12)
    about = made(case, form)
    entry = case.entry
    context = Context(about.regime, about.VMID, about.ASID)
    given = every(
        is_possible(case),
        fits(form, address, case.features),
        negation(about.nXS),
        entry.regime == about.regime,
        (entry.stages == Stages.STAGE2) == by_IPA,
        may_translate(entry, context, address),
        held_for(form, entry).is_final | (not operation_of(form).last_level),
    )
    return Claim(given, True, must_remove(about, entry))


def fits(form: str, address: Address, features: Features) -> bool:
    """Return whether an operand has all bits of an address: 56 of a VA, 52 or 48 of an IPA."""
    if "IPAS2" not in form:
        return True
    return ((address >> 48) == 0) | ((features.pa_max == 52) & ((address >> 52) == 0))


# -- hints -------------------------------------------------------------------------------------------------------

TTL_MASK = 0xF << 44
"""TTL in the operand of a single address."""


@theorem(form=BY_ADDRESS)
def a_hint_only_narrows(form: str, case: Executed) -> Claim:
    """What a TLBI with a hint must remove it must remove without; and of that, every leaf where the hint says it is.

    A reserved TTL is no hint.
    """
    unhinted = attrs.evolve(case, Xt=case.Xt ^ (case.Xt & TTL_MASK))
    hint = decode_TTL(bits(case.Xt, 47, 44), case.features)
    held = held_for(form, case.entry)
    there = held.is_final & (held.granule == hint.granule) & (held.level == hint.level)
    with_hint, without = removes(case, form), removes(unhinted, form)
    holds = every(
        implies(with_hint, without),
        implies(without & (there | negation(hint.is_given)), with_hint),
    )
    return Claim(is_possible(case), hint.is_given & with_hint & there, holds)


@theorem(form=BY_ADDRESS)
def a_wrong_hint_obliges_to_nothing(form: str, case: Executed) -> Claim:
    """A leaf of another granule or at another level than the hint gives need not go: a wrong hint leaves it."""
    hint = decode_TTL(bits(case.Xt, 47, 44), case.features)
    held = held_for(form, case.entry)
    elsewhere = (held.granule != hint.granule) | (held.level != hint.level)
    given = every(is_possible(case), hint.is_given, held.is_final, elsewhere)
    unhinted = attrs.evolve(case, Xt=case.Xt ^ (case.Xt & TTL_MASK))
    return Claim(given, removes(unhinted, form), negation(removes(case, form)))


RESERVED = (0b1000, 0b1100, 0b0000, 0b0001, 0b0010, 0b0011)
"""The values of TTL that are reserved on every machine, and those that give no information."""

RESERVED_WITHOUT_LPA2 = (0b0100, 0b1001)
"""Those that FEAT_LPA2 brings: level 0 of the 4 KB granule and level 1 of the 16 KB granule."""


@theorem(form=BY_ADDRESS)
def a_reserved_hint_is_none(form: str, case: Executed) -> Claim:
    """A TTL that is reserved on the machine changes nothing: the leaf can be of any granule, at any level."""
    TTL = bits(case.Xt, 47, 44)
    reserved = some(*[value == TTL for value in RESERVED])
    of_LPA2 = some(*[value == TTL for value in RESERVED_WITHOUT_LPA2])
    given = is_possible(case) & (reserved | (of_LPA2 & negation(case.features.FEAT_LPA2)))
    unhinted = attrs.evolve(case, Xt=case.Xt ^ (case.Xt & TTL_MASK))
    removed = removes(unhinted, form)
    return Claim(given, removed & (TTL != 0), removes(case, form) == removed)


@theorem(form=("IPAS2E1", "IPAS2LE1", "VAE1", "VALE2"))
def the_hint_of_a_leaf_never_spares_it(form: str, case: Executed) -> Claim:
    """A TLBI that is given TTL by the granule and the level of a leaf must remove the leaf, as it must without TTL."""
    held = held_for(form, case.entry)
    TTL = encode_TTL(held, case.features)
    unhinted = attrs.evolve(case, Xt=case.Xt ^ (case.Xt & TTL_MASK))
    hinted = attrs.evolve(case, Xt=unhinted.Xt | TTL << 44)
    removed = removes(unhinted, form)
    given = is_possible(case) & held.is_final
    return Claim(given, removed & (TTL != 0), implies(removed, removes(hinted, form)))


# -- ranges ------------------------------------------------------------------------------------------------------

TG = {Granule.K4: 0b01, Granule.K16: 0b10, Granule.K64: 0b11}
"""TG in the operand of each granule."""


def with_TG(case: Executed, TG: int) -> Executed:
    """Return the same with TG in the operand of a range."""
    return attrs.evolve(case, Xt=bits(case.Xt, 63, 48) << 48 | TG << 46 | bits(case.Xt, 45, 0))


def single_at(case: Executed, address: Address, granule: Granule) -> Executed:
    """Return the single form of a range operation at an address, with the same ASID and the same hint."""
    level = bits(case.Xt, 38, 37)
    TTL = (level | TG[granule] << 2) << 44 if level != 0 else 0
    return attrs.evolve(case, Xt=bits(case.Xt, 63, 48) << 48 | TTL | address >> 12)


def unit(case: Executed, granule: Granule) -> Bits6:
    """Return the log2 of the steps between the single forms of a range: blocks of the hinted level, else granules."""
    level = bits(case.Xt, 38, 37)
    if level == 2 or (level == 1 and (granule != Granule.K16 or case.features.FEAT_LPA2)):
        return granule.bits + granule.stride * (1 if level == 2 else 2)
    return granule.bits


def is_within(case: Executed, base: Address, address: Address, granule: Granule) -> bool:
    """Return whether an address is in the range of an operand that starts at a base: DDI 0487 D8.17.5.2, R_QKRKL."""
    granules = subtract(address, base) >> granule.bits
    length = False
    for scale in range(4):
        in_range = granules < ((bits(case.Xt, 43, 39) + 1) << (5 * scale + 1))
        length = length | ((bits(case.Xt, 45, 44) == scale) & in_range)
    return (address >= base) & length


@theorem(form=BY_ADDRESS, granule=GRANULES)
def a_range_removes_what_each_of_its_single_forms_does(
    form: str, granule: Granule, address: Address, case: Executed
) -> Claim:
    """What a single form in the range, with the same hint, must remove of the granule the range form must remove too.

    The range starts at a block of the hinted level, and the single forms are at every such block in it.
    """
    case = with_TG(case, TG[granule])
    about = made(case, "R" + form)
    size, base = unit(case, granule), about.lowest
    given = every(
        is_possible(case),
        held_for(form, case.entry).granule == granule,
        low_bits(base, size) == 0,
        low_bits(address, size) == 0,
        is_within(case, base, address, granule),
        fits(form, address, case.features),
    )
    removed = removes(single_at(case, address, granule), form)
    return Claim(given, removed, implies(removed, must_remove(about, case.entry)))


@theorem(form=("VAE1", "VAALE1", "IPAS2LE1", "VALE2"), granule=GRANULES)
def a_range_removes_nothing_that_no_single_form_does(form: str, granule: Granule, case: Executed) -> Claim:
    """What a range form must remove one of the single forms in the range, with the same hint, must remove too.

    It is the one at the first block of the range that the entry covers.
    """
    case = with_TG(case, TG[granule])
    about = made(case, "R" + form)
    held = held_for(form, case.entry)
    size, base = unit(case, granule), about.lowest
    entry_base = align_down(held.address, block_size(held))
    address = base if base > entry_base else entry_base
    removed = must_remove(about, case.entry)
    given = is_possible(case) & fits(form, held.address, case.features)
    holds = every(
        low_bits(address, size) == 0,
        is_within(case, base, address, granule),
        removes(single_at(case, address, granule), form),
    )
    return Claim(given, removed, implies(removed, holds))


def base_of(case: Executed, form: str, granule: Granule) -> Address:
    """Return BaseADDR of a range, bits 55 to 0: DDI 0487 D8.17.5.2, I_HKYNQ; bit 55 of a VA is its highest bit."""
    issuer, base = case.issuer, bits(case.Xt, 36, 0)
    regime = made(case, form).regime
    of_EL10 = bit(issuer.VTCR_EL2, 32) if "IPAS2" in form else bit(issuer.TCR_EL1, 59)
    large = of_EL10 if regime == Regime.EL10 else bit(issuer.TCR_EL2, 59 if regime == Regime.EL20 else 32)
    unit = 16 if case.features.FEAT_LPA2 and large else granule.bits
    if "IPAS2" in form or base < 1 << 36:
        return base << unit
    return base << unit | (1 << 56) - (1 << (37 + unit))


@theorem(form=RANGES, granule=GRANULES)
def a_range_starts_at_BaseADDR(form: str, granule: Granule, case: Executed) -> Claim:
    """The lowest address of a range is BaseADDR times a granule, or times 64 KB where DS = 1 of the stage in question.

    The bits of a VA above BaseADDR repeat its highest one, so that a range may be in the upper half; an IPA has none.
    """
    case = with_TG(case, TG[granule])
    given = is_possible(case)
    base = extended(base_of(case, form, granule), 56)
    return Claim(given, bit(case.Xt, 36), made(case, form).lowest == base)


def is_unpredictable(case: Executed, granule: Granule, DS: bool) -> bool:
    """Return whether BaseADDR has bits set below a block of the hinted level: DDI 0487 C5.5, TLBI RVAE1."""
    TTL, base = bits(case.Xt, 38, 37), case.Xt
    below = 16 if DS or granule == Granule.K64 else granule.bits
    highest = {Granule.K4: (29, 20), Granule.K16: (35, 24), Granule.K64: (41, 28)}[granule]
    level_1 = (TTL == 1) & (bits(base, highest[0] - below, 0) != 0)
    level_2 = (TTL == 2) & (bits(base, highest[1] - below, 0) != 0)
    return level_2 | (level_1 & ((granule != Granule.K16) | case.features.FEAT_LPA2))


@theorem(form=("RVAE1", "RIPAS2E1"), granule=GRANULES)
def a_range_that_starts_within_a_hinted_block_obliges_to_nothing(form: str, granule: Granule, case: Executed) -> Claim:
    """Where BaseADDR is no multiple of the block of the hinted level, the range is UNPREDICTABLE: nothing must go."""
    case = with_TG(case, TG[granule])
    register = case.issuer.VTCR_EL2 >> 32 if form == "RIPAS2E1" else case.issuer.TCR_EL1 >> 59
    DS = case.features.FEAT_LPA2 & (bits(register, 0, 0) == 1)
    host = is_in_host(case.issuer.HCR_EL2, case.features)
    given = every(is_possible(case), negation(host), is_unpredictable(case, granule, DS))
    return Claim(given, True, negation(removes(case, form)))


@theorem(form=RANGES)
def a_range_without_a_granule_obliges_to_nothing(form: str, case: Executed) -> Claim:
    """A range whose TG is the reserved 0b00, or another granule than the entry's, removes nothing that must go."""
    TG_of_entry = TG[Granule.K4]
    held = held_for(form, case.entry)
    for granule in GRANULES:
        TG_of_entry = TG[granule] if held.granule == granule else TG_of_entry
    given = is_possible(case) & (bits(case.Xt, 47, 46) != TG_of_entry)
    right = with_TG(case, TG_of_entry)
    return Claim(given, removes(right, form), negation(removes(case, form)))
