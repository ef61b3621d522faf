"""Bugs of TLBI: entries that stay though they must go, or operations that are taken for others."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import tlbi as theorems
from spec.features import Granule
from spec.lang import bits
from spec.mmu import tlb_entry, tlbi, tlbi_operand, tlbi_operation
from spec.mmu.tlb_entry import Stages
from spec.mmu.tlbi import Invalidation, Issuer
from spec.mmu.tlbi_operand import NO_HINT
from spec.mmu.tlbi_operation import Kind
from spec.sysregs.hypervisor import HCR_EL2, VTTBR_EL2

K4, K16, K64 = Granule


# -- machines, address spaces, regimes ---------------------------------------------------------------------------


@mutant(tlbi.matches_context, refuted_by=(theorems.a_TLBI_of_one_VMID_removes_no_entry_of_another,))
def the_VMID_ignored(invalidation: Any, entry: Any) -> Any:
    """A TLBI takes the entries of every VMID: what one virtual machine does, every other one pays for."""
    own = attrs.evolve(entry, VMID=invalidation.VMID)
    return original(tlbi.matches_context)(invalidation, own)


@mutant(tlbi.current_VMID, refuted_by=(theorems.a_VMID_of_8_bits_has_no_upper_half,))
def VTCR_EL2_VS_ignored(issuer: Any, features: Any) -> Any:
    """With FEAT_VMID16 the VMID of a TLBI has 16 bits though VTCR_EL2.VS = 0, and matches no entry."""
    if features.FEAT_VMID16:
        return VTTBR_EL2.VMID(issuer.VTTBR_EL2)
    return original(tlbi.current_VMID)(issuer, features)


@mutant(tlbi.regime_in_effect, refuted_by=(theorems.an_operation_of_EL2_removes_no_entry_of_EL10,))
def a_host_by_E2H_alone(operation: Any, issuer: Issuer, features: Any) -> Any:
    """With E2H = 1 VMALLE1 at EL2 is about EL2&0 though TGE = 0, where the host means its guest."""
    as_host = attrs.evolve(issuer, HCR_EL2=HCR_EL2.TGE.insert(issuer.HCR_EL2, 1))
    return original(tlbi.regime_in_effect)(operation, as_host, features)


@mutant(tlbi.regime_in_effect, refuted_by=(theorems.a_host_removes_its_own_entries_and_no_guest_s,), form="VMALLE1")
def a_host_invalidates_for_its_guest_with_TGE_set(operation: Any, issuer: Issuer, features: Any) -> Any:
    """A stage 1 TLBI named E1 is about EL1&0 at the EL2 of a host too, and takes entries of the guest."""
    alone = attrs.evolve(issuer, HCR_EL2=HCR_EL2.TGE.insert(issuer.HCR_EL2, 0))
    return original(tlbi.regime_in_effect)(operation, alone, features)


@mutant(tlbi.is_of_regime, refuted_by=(theorems.an_operation_of_EL2_removes_no_entry_of_EL10,))
def ALL_of_every_regime(invalidation: Invalidation, regime: Any) -> Any:
    """ALLE1 and ALLE2 take the entries of every regime."""
    return original(tlbi.is_of_regime)(invalidation, regime) | (invalidation.kind == Kind.ALL)


@mutant(tlbi.matches_context, refuted_by=(theorems.a_TLBI_by_ASID_removes_no_global_entry,))
def global_entries_removed_by_ASID(invalidation: Any, entry: Any) -> Any:
    """A TLBI by ASID takes global entries whose ASID is the same."""
    if invalidation.kind == Kind.ASID:
        local = attrs.evolve(entry, is_global=False)
        return original(tlbi.matches_context)(invalidation, local)
    return original(tlbi.matches_context)(invalidation, entry)


@mutant(tlbi.matches_context, refuted_by=(theorems.a_global_entry_goes_by_VA_whatever_the_ASID,), form="VAE1")
def global_entries_kept_by_VA(invalidation: Any, entry: Any) -> Any:
    """A TLBI by VA and ASID leaves a global entry that was made under another ASID."""
    local = attrs.evolve(entry, is_global=False)
    if invalidation.kind == Kind.VA:
        return original(tlbi.matches_context)(invalidation, local)
    return original(tlbi.matches_context)(invalidation, entry)


# -- one operation within another --------------------------------------------------------------------------------


@mutant(
    tlbi.matches_context,
    refuted_by=(theorems.a_wider_operation_removes_what_a_narrower_one_does,),
    within="VAE1<VAAE1",
)
def VAA_by_ASID(invalidation: Any, entry: Any) -> Any:
    """A TLBI by VA of every ASID compares the ASID, of which its operand has none."""
    if invalidation.kind == Kind.VAA:
        return original(tlbi.matches_context)(attrs.evolve(invalidation, kind=Kind.ASID), entry)
    return original(tlbi.matches_context)(invalidation, entry)


@mutant(
    tlbi_operation.concerns,
    refuted_by=(theorems.a_wider_operation_removes_what_a_narrower_one_does,),
    within="IPAS2E1<VMALLS12E1",
)
def VMALLS12_of_stage_1_alone(kind: Any, stages: Any) -> Any:
    """VMALLS12E1 is taken for VMALLE1, and leaves the entries of stage 2 alone."""
    if kind == Kind.VMALLS12:
        return stages != Stages.STAGE2
    return original(tlbi_operation.concerns)(kind, stages)


@mutant(tlbi.must_remove, refuted_by=(theorems.nXS_spares_entries_with_XS_and_no_others,))
def nXS_spares_what_has_no_XS(invalidation: Any, entry: Any) -> Any:
    """The nXS qualifier is taken the wrong way round: entries whose XS attribute is 1 go, the others stay."""
    if invalidation.nXS:
        return original(tlbi.must_remove)(invalidation, attrs.evolve(entry, XS=entry.XS ^ True))
    return original(tlbi.must_remove)(invalidation, entry)


# -- addresses ---------------------------------------------------------------------------------------------------


@mutant(
    tlbi.matches_address,
    refuted_by=(theorems.a_TLBI_by_address_removes_whatever_may_translate_it,),
    form="VALE1",
)
def the_first_page_of_a_block_alone(invalidation: Any, held: Any) -> Any:
    """A TLBI by address takes a block by its first page alone."""
    page = attrs.evolve(held, level=3)
    return original(tlbi.matches_address)(invalidation, page)


@mutant(
    tlbi.must_remove,
    refuted_by=(theorems.a_TLBI_by_address_removes_whatever_may_translate_it,),
    form="VAE1",
)
def tables_left_by_every_form(invalidation: Any, entry: Any) -> Any:
    """Every TLBI by address is one of the last level: cached table descriptors stay when their table is freed."""
    return original(tlbi.must_remove)(attrs.evolve(invalidation, last_level=True), entry)


@mutant(
    tlb_entry.may_translate,
    refuted_by=(theorems.a_TLBI_by_address_removes_whatever_may_translate_it,),
    form="VAE1",
)
def an_entry_used_by_every_VMID(entry: Any, context: Any, address: Any) -> Any:
    """The TLB uses a global entry in every virtual machine."""
    own = attrs.evolve(entry, VMID=context.VMID) if entry.is_global else entry
    return original(tlb_entry.may_translate)(own, context, address)


# -- hints -------------------------------------------------------------------------------------------------------


@mutant(tlbi.matches_hint, refuted_by=(theorems.a_wrong_hint_obliges_to_nothing,), form="IPAS2E1")
def the_granule_of_a_hint_ignored(hint: Any, held: Any) -> Any:
    """A hint is compared by its level, whatever the granule."""
    return original(tlbi.matches_hint)(attrs.evolve(hint, granule=held.granule), held)


@mutant(tlbi.matches_hint, refuted_by=(theorems.a_hint_only_narrows,), form="IPAS2E1")
def a_hint_takes_tables_alone(hint: Any, held: Any) -> Any:
    """With a hint the tables above the leaf go, and the leaf stays."""
    above = held.level < hint.level
    return original(tlbi.matches_hint)(hint, held) & ((hint.is_given ^ True) | above)


@mutant(tlbi_operand.decode_TTL, refuted_by=(theorems.a_reserved_hint_is_none,), form="VAE1")
def level_0_of_4KB_without_FEAT_LPA2(TTL: Any, features: Any) -> Any:
    """TTL = 0b0100 is a hint of level 0 on every machine; without FEAT_LPA2 it is none."""
    return original(tlbi_operand.decode_TTL)(TTL, attrs.evolve(features, FEAT_LPA2=True))


@mutant(tlbi_operand.encode_TTL, refuted_by=(theorems.the_hint_of_a_leaf_never_spares_it,), bug="B49", form="IPAS2E1")
def the_level_of_the_leaf_not_passed_on(held: Any, features: Any) -> Any:
    """Permissions of a block are changed, and its TLBI is given the hint of a page: the level was not passed on."""
    TTL = original(tlbi_operand.encode_TTL)(held, features)
    if held.is_final and TTL != 0:
        return original(tlbi_operand.encode_TTL)(attrs.evolve(held, level=3), features)
    return TTL


@mutant(tlbi_operand.encode_TTL, refuted_by=(theorems.the_hint_of_a_leaf_never_spares_it,), form="VAE1")
def the_granule_of_a_hint_always_4KB(held: Any, features: Any) -> Any:
    """The hint is that of the 4 KB granule, whatever the tables have."""
    if held.granule == K64:
        return original(tlbi_operand.encode_TTL)(attrs.evolve(held, granule=K4), features)
    return original(tlbi_operand.encode_TTL)(held, features)


# -- ranges ------------------------------------------------------------------------------------------------------


@mutant(
    tlbi.matches_address,
    refuted_by=(theorems.a_range_removes_what_each_of_its_single_forms_does,),
    form="VALE1",
    granule=K4,
)
def the_last_block_of_a_range_missed(invalidation: Any, held: Any) -> Any:
    """A range ends before its last granule: NUM is taken for the number of units, which is NUM + 1."""
    shorter = attrs.evolve(invalidation, highest=invalidation.highest ^ (1 << 12))
    matches = original(tlbi.matches_address)
    if invalidation.is_range:
        return matches(invalidation, held) & matches(shorter, held)
    return matches(invalidation, held)


@mutant(
    tlbi_operand.highest_address,
    refuted_by=(theorems.a_range_removes_what_each_of_its_single_forms_does,),
    form="VAE1",
    granule=K64,
)
def a_range_wraps_at_the_top(Xt: Any, granule: Any, base: Any) -> Any:
    """A range that passes the top of the address space goes on at 0, and so ends before it starts."""
    highest = original(tlbi_operand.highest_address)(Xt, granule, base)
    if highest == (1 << 56) - 1:
        return 0
    return highest


@mutant(
    tlbi.matches_address,
    refuted_by=(theorems.a_range_removes_nothing_that_no_single_form_does,),
    form="VAALE1",
    granule=K4,
)
def a_range_takes_one_more_block(invalidation: Any, held: Any) -> Any:
    """A range takes the block that starts where it ends, too."""
    matches = original(tlbi.matches_address)
    after = attrs.evolve(invalidation, lowest=bits(invalidation.highest + 1, 55, 0), highest=invalidation.highest)
    after = attrs.evolve(after, highest=after.lowest)
    return matches(invalidation, held) | (invalidation.is_range & matches(after, held))


@mutant(tlbi_operand.base_address, refuted_by=(theorems.a_range_starts_at_BaseADDR,), form="RVAE1", granule=K4)
def a_range_of_the_upper_half_taken_for_the_lower(Xt: Any, granule: Any, of_IPA: Any, DS: Any) -> Any:
    """The highest bit of BaseADDR is not repeated, so that a range of kernel addresses misses them."""
    return original(tlbi_operand.base_address)(Xt, granule, True, DS)


@mutant(tlbi.DS_in_effect, refuted_by=(theorems.a_range_starts_at_BaseADDR,), form="RIPAS2E1", granule=K4)
def a_range_of_IPAs_scaled_as_one_of_VAs(operation: Any, issuer: Any, features: Any) -> Any:
    """BaseADDR of a range of IPAs is scaled by TCR_EL1.DS, in place of VTCR_EL2.DS."""
    by_VA = attrs.evolve(operation, kind=Kind.VAA) if operation.kind == Kind.IPAS2 else operation
    return original(tlbi.DS_in_effect)(by_VA, attrs.evolve(issuer, EL=1), features)


@mutant(
    tlbi_operand.is_misaligned,
    refuted_by=(theorems.a_range_that_starts_within_a_hinted_block_obliges_to_nothing,),
    form="RVAE1",
    granule=K4,
)
def ranges_start_anywhere(base: Any, hint: Any) -> Any:
    """A range with a hint may start within a block of the hinted level."""
    return original(tlbi_operand.is_misaligned)(base, NO_HINT)


@mutant(tlbi.matches_address, refuted_by=(theorems.a_range_without_a_granule_obliges_to_nothing,), form="RIPAS2E1")
def the_granule_of_a_range_ignored(invalidation: Any, held: Any) -> Any:
    """A range takes entries of every granule."""
    return original(tlbi.matches_address)(attrs.evolve(invalidation, granule=held.granule), held)


@mutant(tlbi_operand.decode_range, refuted_by=(theorems.a_range_without_a_granule_obliges_to_nothing,), form="RIPAS2E1")
def the_reserved_TG_is_64KB(Xt: Any, of_IPA: Any, DS: Any, features: Any) -> Any:
    """In a range of IPAs TG = 0b00, which is reserved, is counted on as the 64 KB granule."""
    if of_IPA and bits(Xt, 47, 46) == 0b00:
        return original(tlbi_operand.decode_range)(Xt | 0b11 << 46, of_IPA, DS, features)
    return original(tlbi_operand.decode_range)(Xt, of_IPA, DS, features)
