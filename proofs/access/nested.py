"""Theorems of nested virtualization: what HCR_EL2.{NV, NV1, NV2} give to EL1, and what they do not.

Without FEAT_NV an EL1 kernel cannot be made to believe that it is at EL2: its accesses of EL2 are UNDEFINED.
"""

import attrs

from proofs.access.setting import (
    FORMS,
    LEVELS,
    at,
    classes,
    guest_hypervisors,
    is_exception,
    of_every,
    same,
    tried,
    with_bits,
)
from proofs.engine.theorem import Claim, theorem
from spec.access.accessor import Accessor, Slot
from spec.access.allocation import every_accessor
from spec.access.instruction import Form
from spec.access.machine import Machine, NVx
from spec.access.outcome import Kind
from spec.features import NV1WithoutNV
from spec.lang import every, implies, negation

OF_EL2 = (Form.MRS, Form.MSR, Form.SYS)
"""The forms that have names which only EL2 can use."""

SLOTS = {
    # DDI 0487, D8.11.6: the register whose slot is at each offset of the page at VNCR_EL2.BADDR.
    0x020: "VTTBR_EL2",
    0x040: "VTCR_EL2",
    0x050: "VMPIDR_EL2",
    0x060: "CNTVOFF_EL2",
    0x078: "HCR_EL2",
    0x080: "HSTR_EL2",
    0x088: "VPIDR_EL2",
    0x090: "TPIDR_EL2",
    0x0A0: "HCRX_EL2",
    0x0B0: "VNCR_EL2",
    0x100: "CPACR_EL1",
    0x108: "CONTEXTIDR_EL1",
    0x110: "SCTLR_EL1",
    0x118: "ACTLR_EL1",
    0x120: "TCR_EL1",
    0x128: "AFSR0_EL1",
    0x130: "AFSR1_EL1",
    0x138: "ESR_EL1",
    0x140: "MAIR_EL1",
    0x148: "AMAIR_EL1",
    0x158: "MDSCR_EL1",
    0x160: "SPSR_EL1",
    0x168: "CNTV_CVAL_EL0",
    0x170: "CNTV_CTL_EL0",
    0x178: "CNTP_CVAL_EL0",
    0x180: "CNTP_CTL_EL0",
    0x188: "SCXTNUM_EL1",
    0x190: "TFSR_EL1",
    0x1A0: "HDFGRTR2_EL2",
    0x1A8: "CNTPOFF_EL2",
    0x1B0: "HDFGWTR2_EL2",
    0x1B8: "HFGRTR_EL2",
    0x1C0: "HFGWTR_EL2",
    0x1C8: "HFGITR_EL2",
    0x1D0: "HDFGRTR_EL2",
    0x1D8: "HDFGWTR_EL2",
    0x1E0: "ZCR_EL1",
    0x1E8: "HAFGRTR_EL2",
    0x1F0: "SMCR_EL1",
    0x1F8: "SMPRIMAP_EL2",
    0x200: "TTBR0_EL1",
    0x210: "TTBR1_EL1",
    0x220: "FAR_EL1",
    0x230: "ELR_EL1",
    0x240: "SP_EL1",
    0x250: "VBAR_EL1",
    0x270: "TCR2_EL1",
    0x278: "SCTLR2_EL1",
    0x280: "MAIR2_EL1",
    0x288: "AMAIR2_EL1",
    0x290: "PIRE0_EL1",
    0x2A0: "PIR_EL1",
    0x2A8: "POR_EL1",
    0x2C0: "HFGRTR2_EL2",
    0x2C8: "HFGWTR2_EL2",
    0x310: "HFGITR2_EL2",
    **{0x400 + 8 * n: f"ICH_LR{n}_EL2" for n in range(16)},
    **{0x480 + 8 * n: f"ICH_AP0R{n}_EL2" for n in range(4)},
    **{0x4A0 + 8 * n: f"ICH_AP1R{n}_EL2" for n in range(4)},
    0x4C0: "ICH_HCR_EL2",
    0x4C8: "ICH_VMCR_EL2",
    0x500: "VDISR_EL2",
    0x508: "VSESR_EL2",
    0x800: "PMBLIMITR_EL1",
    0x810: "PMBPTR_EL1",
    0x820: "PMBSR_EL1",
    0x828: "PMSCR_EL1",
    0x830: "PMSEVFR_EL1",
    0x838: "PMSICR_EL1",
    0x840: "PMSIRR_EL1",
    0x848: "PMSLATFR_EL1",
    0x880: "TRFCR_EL1",
    0x900: "MPAM1_EL1",
    0x930: "MPAMHCR_EL2",
    0x938: "MPAMVPMV_EL2",
    **{0x940 + 8 * n: f"MPAMVPM{n}_EL2" for n in range(8)},
}
"""The slots as a guest hypervisor's host reads them, written down apart from the tables of the registers."""


@theorem(form=OF_EL2)
def without_FEAT_NV_no_control_opens_EL2_to_EL1(form: Form, machine: Machine) -> Claim:
    """Without FEAT_NV every access of EL2 is UNDEFINED at EL1, taken to EL1, whatever EL2 has in its controls."""
    machine = at(machine, 1)

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        got = tried(one, machine)
        return True, (got.kind == Kind.UNDEFINED) & (got.el == 1)

    return of_every(guest_hypervisors(form), holds_of, negation(machine.features.FEAT_NV))


@theorem(form=OF_EL2)
def with_NV_what_EL2_can_do_is_not_UNDEFINED_at_EL1(form: Form, machine: Machine) -> Claim:
    """With NV an access of EL2 is UNDEFINED at EL1 only if the same access is UNDEFINED at EL2."""
    at_EL1, at_EL2 = at(machine, 1), at(machine, 2)
    given = (NVx(at_EL1) & 0b001) != 0

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        below, above = tried(one, at_EL1), tried(one, at_EL2)
        undefined = below.kind == Kind.UNDEFINED
        return negation(undefined), implies(undefined, above.kind == Kind.UNDEFINED)

    return of_every(guest_hypervisors(form), holds_of, given)


@theorem(form=FORMS, el=LEVELS)
def NV2_is_ignored_unless_NV_is_set(form: Form, el: int, machine: Machine) -> Claim:
    """While HCR_EL2.NV is 0, what an access does is the same with either value of NV2."""
    without = at(machine, el, HCR_EL2=with_bits(machine.HCR_EL2, NV=False, NV2=False))
    with_NV2 = at(machine, el, HCR_EL2=with_bits(machine.HCR_EL2, NV=False, NV2=True))

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        return True, same(tried(one, without), tried(one, with_NV2))

    return of_every(classes(form), holds_of)


@theorem(form=FORMS, el=LEVELS, choice=tuple(NV1WithoutNV))
def NV1_without_NV_is_what_the_implementation_chose(
    form: Form, el: int, choice: NV1WithoutNV, machine: Machine
) -> Claim:
    """With {NV, NV1} = {0, 1} an access does what it does with {0, 0}, or with {1, 1} and without NV2, as chosen."""
    chosen = attrs.evolve(machine, features=attrs.evolve(machine.features, NV1_without_NV=choice))
    with_NV = choice == NV1WithoutNV.AS_WITH_NV
    alone = with_bits(machine.HCR_EL2, NV=False, NV1=True)
    as_if = with_bits(machine.HCR_EL2, NV=with_NV, NV1=with_NV, NV2=False)
    features = chosen.features
    given = features.FEAT_NV & (features.FEAT_E2H0 | negation(features.NV1_is_RAZ))

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        got = tried(one, at(chosen, el, HCR_EL2=alone))
        expected = tried(one, at(chosen, el, HCR_EL2=as_if))
        return True, same(got, expected)

    return of_every(classes(form), holds_of, given & negation(features.NV_behaves_as_NV2))


@theorem(form=(Form.MRS, Form.MSR))
def a_redirected_access_reaches_the_slot_of_its_register(form: Form, machine: Machine) -> Claim:
    """What EL1 does to memory instead of a register, it does to the slot that Arm gives to the register.

    By the register's own name with NV1 if it has an _EL12 name, by the _EL12 or _EL02 name without NV1.
    """
    machine = at(machine, 1)
    bits = NVx(machine)
    slots = {name: offset for offset, name in SLOTS.items()}
    named = [one for one in every_accessor() if one.form == form and own_name(one) in slots]

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        got = tried(one, machine)
        redirected = got.kind == Kind.MEMORY
        NV1 = (bits & 0b010) != 0
        in_turn = negation(NV1) if one.is_alias else NV1 if one.slot == Slot.NV1 else True
        if own_name(one) in ("ACTLR_EL1", "PMBSR_EL1") and not one.is_alias:
            in_turn = True
        right = (got.value == slots[own_name(one)]) & ((bits & 0b101) == 0b101) & in_turn
        return redirected, implies(redirected, right)

    return of_every(named, holds_of)


@theorem(form=(Form.MRS, Form.MSR))
def with_NV2_the_slots_are_reached_without_a_trap(form: Form, machine: Machine) -> Claim:
    """With {NV, NV1, NV2} = {1, 0, 1} a guest hypervisor reaches every slot of an EL2 register.

    Also every one of an _EL12 name but for those that CNTHCTL_EL2 and HCR_EL2.ATA trap, if the machine has the
    register.
    """
    machine = at(machine, 1, HCR_EL2=with_bits(machine.HCR_EL2, NV=True, NV1=False, NV2=True))
    features = machine.features
    given = features.FEAT_NV & features.FEAT_NV2 & features.FEAT_VHE
    chosen = [one for one in every_accessor() if one.form == form and one.for_guest_hypervisor]
    slotted = [one for one in chosen if one.slot in (Slot.ALWAYS, Slot.ALIAS) and not one.controls_with_NV]

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        got = tried(one, machine)
        implemented = one.is_implemented(features)
        return implemented, implies(implemented, (got.kind == Kind.MEMORY) & (got.value == one.offset))

    return of_every(slotted, holds_of, given)


def own_name(one: Accessor) -> str:
    """Return the own name of the register of an accessor: SCTLR_EL1 of SCTLR_EL12 and of SCTLRALIAS_EL1."""
    if not one.is_alias:
        return one.name.replace("ALIAS", "")
    return one.name.replace("_EL12", "_EL1").replace("_EL02", "_EL0")


@theorem(form=OF_EL2)
def NV_takes_an_access_of_EL2_to_no_lower_level(form: Form, machine: Machine) -> Claim:
    """What an access of EL2 causes at EL1 with NV, if anything, is taken to EL2, or it is UNDEFINED or locked there."""
    machine = at(machine, 1)
    given = ((NVx(machine) & 0b001) != 0) & negation(machine.EXLOCK)

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        got = tried(one, machine)
        trapped = got.kind == Kind.TRAP
        return trapped, every(
            implies(trapped, got.el == 2), implies(is_exception(got) & negation(trapped), got.el == 1)
        )

    return of_every(guest_hypervisors(form), holds_of, given)
