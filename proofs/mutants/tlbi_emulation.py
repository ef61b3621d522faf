"""Bugs of the emulation of TLBI: what stays in a shadow or in a TLB, and the machine that it is done to."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import shadow_leaf as of_leaves
from proofs.nested import tlbi_emulation as theorems
from spec.features import Granule
from spec.mmu.regime import Regime
from spec.mmu.tlbi_extent import extent
from spec.mmu.tlbi_operand import Hint
from spec.mmu.tlbi_operation import Kind
from spec.nested import contexts, tlbi_emulation, tlbi_execution
from spec.nested.contexts import ShadowContext
from spec.nested.shadow_leaf import last_of
from spec.sysregs.hypervisor import HCR_EL2, VTTBR_EL2
from spec.sysregs.translation import TCR_EL1

# -- whom it is about ----------------------------------------------------------------------------------------------


@mutant(
    tlbi_emulation.concerns_context,
    refuted_by=(
        theorems.a_TLBI_is_about_the_current_context_or_the_virtual_EL2,
        theorems.the_hardware_forgets_what_the_virtual_machine_must,
    ),
    form="VMALLE1",
)
def a_guest_without_stage_2_is_not_invalidated(asked: Any, context: Any) -> Any:
    """A TLBI reaches the contexts that have tables, and not that with stage 2 off, which has TLB entries too."""
    return original(tlbi_emulation.concerns_context)(asked, context) & context.key.is_on


@mutant(
    tlbi_emulation.concerns_context,
    refuted_by=(
        theorems.what_the_virtual_machine_must_forget_is_in_no_shadow,
        theorems.the_hardware_forgets_what_the_virtual_machine_must,
    ),
    form="ALLE1",
)
def ALLE1_is_about_the_current_VMID_alone(asked: Any, context: Any) -> Any:
    """ALLE1 is emulated as VMALLS12E1: the shadows of other VMIDs stay."""
    return original(tlbi_emulation.concerns_context)(asked, context) & (context.key.VMID == asked.VMID)


@mutant(
    tlbi_emulation.concerns_own_regime,
    refuted_by=(theorems.the_hardware_forgets_what_the_virtual_EL2_must,),
    form="VMALLE1",
)
def a_hosts_names_of_EL1_are_taken_for_its_guests(asked: Any) -> Any:
    """TLBI VMALLE1 and its kin of a host are not known for those of its EL2&0 regime."""
    return (asked.regime == Regime.EL2) | ((asked.regime == Regime.EL20) & (asked.kind != Kind.VMALL))


# -- the tables ----------------------------------------------------------------------------------------------------


@mutant(
    tlbi_emulation.is_unmapped,
    refuted_by=(
        theorems.what_the_virtual_machine_must_forget_is_in_no_shadow,
        of_leaves.after_its_TLBI_a_leaf_is_one_that_the_guest_hypervisor_allows_now,
    ),
    form="IPAS2E1",
)
def only_the_address_of_the_operand_is_unmapped(asked: Any, context: Any, leaf: Any, guest: Any) -> Any:
    """Of a block of the guest hypervisor the shadow's leaf at the operand goes, and the rest of the block stays."""
    first = leaf.shadow.address
    at_operand = (first <= asked.highest) & (asked.lowest <= last_of(first, leaf.shadow))
    found = original(tlbi_emulation.is_unmapped)(asked, context, leaf, guest)
    return found & at_operand if asked.kind == Kind.IPAS2 else found


@mutant(
    tlbi_emulation.is_unmapped,
    refuted_by=(theorems.what_the_virtual_machine_must_forget_is_in_no_shadow,),
    bug="B52",
    form="IPAS2E1",
)
def the_base_of_the_block_rounded_up(asked: Any, context: Any, leaf: Any, guest: Any) -> Any:
    """What is unmapped by IPA starts at the address of the operand, not at the block in which it is."""
    found = original(tlbi_emulation.is_unmapped)(asked, context, leaf, guest)
    return found & (asked.lowest <= last_of(leaf.shadow.address, leaf.shadow)) if asked.kind == Kind.IPAS2 else found


@mutant(
    tlbi_emulation.is_unmapped,
    refuted_by=(theorems.what_the_virtual_machine_must_forget_is_in_no_shadow,),
    form="IPAS2LE1IS",
)
def the_level_of_the_hint_in_the_granule_of_the_shadow(asked: Any, context: Any, leaf: Any, guest: Any) -> Any:
    """The size of the guest hypervisor's block is read from the level and the granule of L0."""
    found = original(tlbi_emulation.is_unmapped)(asked, context, leaf, guest)
    if asked.kind != Kind.IPAS2:
        return found
    about = attrs.evolve(asked, hint=tlbi_emulation.hint_for(asked, leaf))
    covered = extent(about, leaf.shadow.granule, guest)
    first = leaf.shadow.address
    return found & (first <= covered.highest) & (covered.lowest <= last_of(first, leaf.shadow))


@mutant(
    tlbi_emulation.hint_for,
    refuted_by=(theorems.what_the_virtual_machine_must_forget_is_in_no_shadow,),
    form="IPAS2E1",
)
def without_a_hint_one_page(asked: Any, leaf: Any) -> Any:
    """Without TTL and without a level that was kept, a leaf of the 4 KB granule is taken for a page."""
    found = original(tlbi_emulation.hint_for)(asked, leaf)
    return found if found.is_given or leaf.guest.granule != Granule.K4 else Hint(True, leaf.guest.granule, 3)


# -- the hardware --------------------------------------------------------------------------------------------------


@mutant(tlbi_execution.by_IPA, refuted_by=(theorems.the_hardware_forgets_each_leaf_that_went,), bug="B51")
def a_leaf_is_invalidated_under_another_VMID(shadow: Any, context: Any, own_HCR: Any, host: Any) -> Any:
    """The leaf of a context that no PE runs on is invalidated under the VMID of the guest hypervisor's choice."""
    found = original(tlbi_execution.by_IPA)(shadow, context, own_HCR, host)
    if context.PEs != 0:
        return found
    VTTBR = VTTBR_EL2.VMID.insert(found.issuer.VTTBR_EL2, context.key.VMID)
    return attrs.evolve(found, issuer=attrs.evolve(found.issuer, VTTBR_EL2=VTTBR))


@mutant(tlbi_execution.by_IPA, refuted_by=(theorems.the_hardware_forgets_each_leaf_that_went,), bug="B49")
def a_hint_for_a_leaf_whose_level_is_not_looked_at(shadow: Any, context: Any, own_HCR: Any, host: Any) -> Any:
    """A block of level 1 is invalidated with the hint of level 2."""
    there = attrs.evolve(shadow, level=2) if shadow.level == 1 else shadow
    return original(tlbi_execution.by_IPA)(there, context, own_HCR, host)


@mutant(
    tlbi_emulation.operand_in_hardware,
    refuted_by=(theorems.the_hardware_forgets_what_the_virtual_machine_must,),
    form="VAE1",
)
def the_operand_passed_on_as_it_is(operation: Any, Xt: Any, asked: Any) -> Any:
    """A TTL that is reserved on the virtual machine, and so no hint, is a hint on the hardware, which has FEAT_LPA2."""
    return Xt


@mutant(
    tlbi_execution.issuer_under,
    refuted_by=(theorems.the_hardware_forgets_what_the_virtual_machine_must,),
    bug="B51",
    form="VAE1",
)
def TGE_left_set_while_L0_invalidates(VMID: Any, DS: Any, own_HCR: Any, host: Any) -> Any:
    """A host that invalidates with {E2H, TGE} = {1, 1} invalidates its own EL2&0 regime, and not its guest's."""
    found = original(tlbi_execution.issuer_under)(VMID, DS, own_HCR, host)
    return attrs.evolve(found, HCR_EL2=own_HCR)


@mutant(
    tlbi_execution.issuer_under,
    refuted_by=(theorems.the_hardware_forgets_what_the_virtual_machine_must,),
    form="RVAE1",
)
def a_range_of_64_KB_read_as_one_of_granules(VMID: Any, DS: Any, own_HCR: Any, host: Any) -> Any:
    """With FEAT_LPA2 a range is invalidated while TCR_EL1.DS of the hardware is not that of the tables in question."""
    found = original(tlbi_execution.issuer_under)(VMID, DS, own_HCR, host)
    return attrs.evolve(found, TCR_EL1=TCR_EL1.DS.insert(found.TCR_EL1, 0)) if host.FEAT_LPA2 else found


@mutant(
    tlbi_emulation.broadcast,
    refuted_by=(
        theorems.the_hardware_forgets_what_the_virtual_machine_must,
        theorems.the_hardware_forgets_what_the_virtual_EL2_must,
    ),
)
def a_local_TLBI_stays_local(shareability: Any) -> Any:
    """A TLBI of the virtual PE is executed on the PE where it is now, and not where it was before."""
    return shareability


@mutant(
    tlbi_emulation.kind_in_hardware,
    refuted_by=(theorems.the_hardware_forgets_what_the_virtual_EL2_must,),
    form="VAE2",
)
def the_EL2_regime_invalidated_by_an_ASID(asked: Any) -> Any:
    """TLBI VAE2 of a virtual EL2 without a host is executed as VAE1, with whatever bits 63:48 are for the ASID."""
    return Kind.VA if asked.kind == Kind.VA else original(tlbi_emulation.kind_in_hardware)(asked)


@mutant(tlbi_emulation.kind_in_hardware, refuted_by=(theorems.what_L0_executes_for_a_context_is_about_no_other,))
def ALLE1_of_a_guest_hypervisor_on_the_hardware(asked: Any) -> Any:
    """ALLE1 is executed as it is: every virtual machine of the host loses what TLBs hold."""
    return Kind.ALL if asked.kind == Kind.ALL else original(tlbi_emulation.kind_in_hardware)(asked)


@mutant(
    tlbi_emulation.under_VMID,
    refuted_by=(theorems.the_hardware_forgets_what_the_virtual_machine_must,),
    form="VAAE1ISNXS",
)
def the_qualifier_passed_on(operation: Any, Xt: Any, issuer: Any, VMID: Any, own_HCR: Any, configuration: Any) -> Any:
    """The nXS qualifier reaches the hardware, where XS of an entry is of the shadow and not of the machine."""
    found = original(tlbi_emulation.under_VMID)(operation, Xt, issuer, VMID, own_HCR, configuration)
    return attrs.evolve(found, operation=attrs.evolve(found.operation, nXS=operation.nXS))


@mutant(
    tlbi_execution.for_leaf,
    refuted_by=(theorems.the_hardware_forgets_each_leaf_that_went,),
)
def what_combines_stages_is_left(shadow: Any, context: Any, own_HCR: Any, host: Any) -> Any:
    """L0 unmaps a page of a context that no PE runs on by IPA alone: what TLBs hold of it with stage 1 stays."""
    found = original(tlbi_execution.for_leaf)(shadow, context, own_HCR, host)
    return attrs.evolve(found, of_stage_1=found.of_stage_2) if context.PEs == 0 else found


# -- what the nested guest executes itself -------------------------------------------------------------------------


@mutant(
    tlbi_execution.may_run_untrapped,
    refuted_by=(theorems.an_untrapped_TLBI_removes_from_the_hardware_what_it_must,),
    form="VAE1",
)
def hints_that_the_machine_has_not_are_left_to_the_hardware(configuration: Any) -> Any:
    """The nested guest executes TLBI untrapped, though what is reserved to it is a hint to the hardware."""
    return True


@mutant(
    tlbi_execution.issuer_of_guest,
    refuted_by=(theorems.an_untrapped_TLBI_removes_from_the_hardware_what_it_must,),
    form="VMALLE1",
)
def the_guest_hypervisors_FB_is_dropped(issuer: Any, context: Any, own_HCR: Any, host: Any) -> Any:
    """A guest hypervisor that broadcasts what its guest invalidates finds that it stays local."""
    alone = attrs.evolve(issuer, HCR_EL2=HCR_EL2.FB.insert(issuer.HCR_EL2, 0))
    return original(tlbi_execution.issuer_of_guest)(alone, context, own_HCR, host)


@mutant(
    contexts.are_of_one_VMID,
    refuted_by=(theorems.an_untrapped_TLBI_removes_from_the_hardware_what_it_must,),
    form="VMALLE1",
)
def a_TLBI_of_the_guest_for_its_own_context_alone(one: ShadowContext, other: ShadowContext) -> Any:
    """After a change of VTTBR_EL2.BADDR under one VMID the guest's TLBI leaves what was made with the other tables."""
    return False


@mutant(
    tlbi_execution.for_whole_context,
    refuted_by=(theorems.of_a_context_that_is_emptied_no_TLB_holds_anything,),
)
def a_context_is_emptied_of_its_tables_alone(operation: Any, context: Any, own_HCR: Any, host: Any) -> Any:
    """A context that is given to another guest is invalidated by VMALLE1: entries of stage 2 stay for its new key."""
    of_both = operation.kind == Kind.VMALLS12
    chosen = attrs.evolve(operation, kind=Kind.VMALL) if of_both and context.PEs == 0 else operation
    return original(tlbi_execution.for_whole_context)(chosen, context, own_HCR, host)
