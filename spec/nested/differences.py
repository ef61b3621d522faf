"""Permitted differences: where a virtual machine is not what the architecture says, and no host hypervisor can help it.

The equivalence of a virtual machine with one that has a real EL2 is claimed of everything but these. Each is a rule,
so that the theorems speak of exactly what is left out; :data:`DIFFERENCES` says of each why it cannot be otherwise,
or that it stands outside this model.
"""

from collections.abc import Mapping
from types import MappingProxyType

from spec.access.accessor import Accessor, Slot
from spec.access.control import Taker
from spec.access.machine import Machine
from spec.features import Features
from spec.hcr import effective_E2H, is_in_host
from spec.lang import Bits64, every, from_table, negation, some, transition, where
from spec.nested.configuration import Configuration, Way
from spec.nested.hiding import LowerLevel, is_hidden_at
from spec.nested.residence import NAMES, number
from spec.nested.vcpu import VCPU
from spec.sysregs.control import SCTLR2_EL2, SCTLR_EL1
from spec.sysregs.encoding import Number
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2_E2H
from spec.sysregs.spe import PMSCR_EL2
from spec.sysregs.timers import CNTHCTL_EL2_E2H
from spec.sysregs.translation import TCR2_EL2_E2H

TIMERS = ("CNT",)
"""The names of timers and counters begin so: their world is :mod:`spec.timer`."""
INTERRUPT_CONTROLLER = ("ICC_", "ICV_", "ICH_")
"""The names of the interface to the interrupt controller begin so."""

DIFFERENCES: Mapping[str, str] = MappingProxyType(
    {
        "is_of_the_highest_level": """
            What EL1 never does, whatever HCR_EL2.NV is, is UNDEFINED there, taken to EL1, and L0 hears nothing of it:
            the writes of activity monitors that only the highest Exception level has.""",
        "is_in_the_page_though_absent": """
            NV2 redirects a name to the page whether or not the virtual machine is offered the register. No control of
            the hardware takes such an access to L0, whether it is the guest hypervisor's or that of one that nests.""",
        "is_not_hidden": """
            What the hardware has and the virtual machine is not offered is there, where no control of EL2 traps it
            without trapping what is offered: fields of PSTATE, DISR_EL1, maintenance of tags beside that of data,
            breakpoints above the number that is offered, and on hardware without FEAT_FGT much else.""",
        "is_refused_by_EL1": """
            What EL1 keeps from EL0 or from itself it keeps in hardware with the syndrome of a trap, and not as
            UNDEFINED, before EL2 looks at it: with CPACR_EL1.{ZEN, SMEN, TTA}, and at EL0
            with SCTLR_EL1.{EnALS, EnASR, EnAS0}.""",
        "is_not_hidden_from_execution": """
            Instructions of pointer authentication that should be UNDEFINED do nothing while SCTLR_EL1 disables the key,
            and a reserved bit that enables it makes hints UNDEFINED, which should do nothing: the syndrome does not
            tell which it was. An ERETAA of a guest returns, and WFIT and WFET wait, which TWI and TWE trap with WFI and
            WFE alone. Behavior that no instruction names (FEAT_IDST, a bit of a register of EL1 that is reserved in the
            virtual machine) is the hardware's.""",
        "is_in_the_page_though_trapped": """
            NV2 redirects a name to the page before a control of EL2 can trap it at EL2 itself: those of CPTR_EL2 for
            ZCR_EL12 and SMCR_EL12.""",
        "is_not_held": """
            With E2H the EL1 name means a register of EL2, and L0 moves neither of the two: those of FEAT_SRMASK,
            FEAT_PFAR, FEAT_MPAM_PE_BW_CTRL, FEAT_SPMU and FEAT_ITE.""",
        "is_of_another_world": """
            The timers and the interface to the interrupt controller are presented by rules of their own.""",
        "frees_the_masks": """
            An EL0 under {E2H, TGE} = {1, 1} cannot change DAIF. SCTLR_EL1.UMA, where SCTLR_EL2 has a RES0 bit, lets
            it: a guest hypervisor that sets that bit finds it acting.""",
        "is_EL0_without_a_host": """
            With {E2H, TGE} = {0, 1} exceptions of EL0 are taken to EL2, while it is in the EL1&0 regime under stage 2.
            Hardware that runs a guest takes them to EL1, or with TGE to EL2 and without stage 2.""",
        "sets_PAN_as_EL1": """
            An exception taken to EL2 with {E2H, TGE} = {1, 0} leaves PSTATE.PAN alone. At EL1 of the hardware
            SCTLR_EL1.SPAN = 0 sets it.""",
        "checks_unprivileged_accesses_as_EL0": """
            LDTR and STTR of a guest hypervisor with {E2H, TGE} = {1, 0} are accesses of EL2. At EL1 of the hardware
            they check as those of EL0, unless PSTATE.UAO is 1; and so they do of a paravirtual one that is no host,
            which has no HCR_EL2.NV1.""",
        "changes_E2H_in_the_page": """
            With NV2 a guest hypervisor writes HCR_EL2 in the page, without L0. Where that changes E2H, the names of EL1
            mean what they meant until the next exit.""",
        "has_a_vector_beyond_its_range": """
            The EL2 regime has one range of addresses, and EL1&0 two. With TBI the hardware extends the tag of an
            address with bit 55 set as one of the upper range; EL2 cannot translate it, and its fault has another
            FAR.""",
        "is_profiled": """
            The exceptions of FEAT_SPE_EXC and FEAT_TRBE_EXC, and who owns the buffers of profiling and trace, are those
            of L0.""",
        "answers_SMC": """
            The architecture here has no EL3, and an SMC is UNDEFINED. L0 answers it as the firmware of an EL3 would:
            by it a machine with a virtual EL2 calls PSCI.""",
        "lost_bits": """
            What a guest hypervisor writes to CNTKCTL_EL1, where E2H makes that CNTHCTL_EL2, reaches the hardware's
            CNTKCTL_EL1, which has all bits of CNTHCTL_EL2 with FEAT_NV2p1 alone, and no control of EL2 traps it.
            SCTLR2_EL2.EMEC and TCR2_EL2.{AMEC1, AMEC0} have no effect but in Realm state, and
            SCTLR_EL2.SPAN has none without FEAT_PAN. PMSCR_EL2.EnVM of a paravirtual host is of its guests'
            buffers.""",
        "shares_with_EL1": """
            NV alone does not trap the EL1 names of ZCR_EL1, SMCR_EL1 and BRBCR_EL1, so that with E2H = 0 they stay in
            hardware, and those of EL2 have no effect there.""",
    }
)
"""Each rule of this module, and why it must be."""


def is_of_the_highest_level(accessor: Accessor) -> bool:
    """Return whether a name is one that EL2 has, if it is the highest, and that NV does not give to EL1."""
    return accessor.level == 2 and not accessor.for_guest_hypervisor


def is_in_the_page(accessor: Accessor) -> bool:
    """Return whether NV2 redirects a name to the page, for one of the values of NV1."""
    return accessor.slot != Slot.NONE


def is_not_held(accessor: Accessor) -> bool:
    """Return whether an EL1 name means a register of EL2 with E2H that L0 does not move."""
    return accessor.E2H_register != 0 and accessor.E2H_register not in NAMES and not is_of_another_world(accessor)


def is_of_another_world(accessor: Accessor) -> bool:
    """Return whether a name is of a timer, or of the interface to the interrupt controller."""
    return accessor.name.startswith(TIMERS + INTERRUPT_CONTROLLER)


def is_left_out(accessor: Accessor) -> bool:
    """Return whether nothing is said of a name at all."""
    return is_not_held(accessor) or is_of_another_world(accessor)


@transition("DDI 0487 D8.14: at the virtual EL2, EL1 of the hardware")
def may_differ(accessor: Accessor, machine: Machine, way: Way) -> bool:
    """Return whether an access by the guest hypervisor may do something else; ``machine`` is the virtual one, at EL2.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> sctlr = accessor_of(Form.MRS, 0xC080)
    >>> may_differ(sctlr, Machine(2, Features()), Way.NV2)
    False
    """
    if is_of_the_highest_level(accessor):
        return True
    if is_in_the_page(accessor):
        absent = negation(accessor.is_implemented(machine.features))
        trapped = some(*(control.is_trapping(machine) for control in accessor.controls_at[2]))
        return (way == Way.NV2) & (absent | trapped)
    return False


@transition("the accessors of DDI 0487 D24.2 to D24.12, at EL1 and EL0 of the hardware")
def is_not_hidden(el: LowerLevel, accessor: Accessor, configuration: Configuration) -> bool:
    """Return whether an accessor is there that is not offered, from EL1 or EL0 of the hardware, as ``el`` says.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> DIT, hardware = accessor_of(Form.MRS, 0xDA15), Features(FEAT_DIT=True)
    >>> is_not_hidden(1, DIT, Configuration(hardware, Features()))
    True
    """
    absent = negation(accessor.is_implemented(configuration.guest))
    there = absent & accessor.is_implemented(configuration.host) & (el >= accessor.level)
    return there & negation(is_hidden_at(el, accessor, configuration))


@transition("DDI 0487 D8.14: at EL1 of the hardware, with the effective HCR_EL2.NV2")
def is_in_the_page_though_absent(accessor: Accessor, configuration: Configuration) -> bool:
    """Return whether NV2 redirects a name of EL2 that is not offered, to the page or to a register of EL1.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> VNCR_EL2, cpu = accessor_of(Form.MRS, 0xE110), Features(FEAT_NV=True, FEAT_NV2=True)
    >>> is_in_the_page_though_absent(VNCR_EL2, Configuration(cpu, Features()))
    True
    """
    absent = negation(accessor.is_implemented(configuration.guest))
    redirected = accessor.level == 2 and (is_in_the_page(accessor) or accessor.NV2_register != 0)
    return every(absent, configuration.host.FEAT_NV2, redirected, negation(is_hidden_at(1, accessor, configuration)))


@transition("the accessors of DDI 0487 D24.2 to D24.12, at EL1 and EL0")
def is_refused_by_EL1(accessor: Accessor, machine: Machine) -> bool:
    """Return whether EL1 traps an access before EL2 can; ``machine`` is the hardware, which has the accessor.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> ZCR, cpu = accessor_of(Form.MRS, 0xC090), Features(FEAT_SVE=True)
    >>> [is_refused_by_EL1(ZCR, Machine(1, cpu, CPACR_EL1=ZEN << 16)) for ZEN in (0b00, 0b11)]
    [True, False]
    """
    found = False
    for level in (0, 1):
        before = [one for one in accessor.controls_at[level] if one.taker != Taker.EL2]
        found = found | some(*(one.is_trapping(machine) for one in before)) & (machine.el == level)
    return found & (machine.el >= accessor.level)


@transition("DDI 0487 D24.2, D24.12: the fields of CNTKCTL_EL1, with FEAT_NV2p1; of SCTLR2_EL1, TCR2_EL1, SCTLR_EL1")
def lost_bits(register: Number, host: Features) -> Bits64:
    """Return the bits (64) of a register of EL2, by its number, that are lost where EL1 of the hardware holds it.

    >>> number_of_CNTHCTL_EL2 = 0xE708
    >>> hex(lost_bits(number_of_CNTHCTL_EL2, Features())), lost_bits(number_of_CNTHCTL_EL2, Features(FEAT_NV2p1=True))
    ('0xdfc00', 0)
    """
    found = from_table(LOST, register) | where(negation(host.FEAT_NV2p1), from_table(LOST_WITHOUT_NV2p1, register))
    return found | where(negation(host.FEAT_PAN), from_table(LOST_WITHOUT_PAN, register))


LOST = {
    number("SCTLR2_EL2"): SCTLR2_EL2.EMEC.mask,
    number("TCR2_EL2"): TCR2_EL2_E2H.AMEC0.mask | TCR2_EL2_E2H.AMEC1.mask,
    number("PMSCR_EL2"): PMSCR_EL2.EnVM.mask,
}
"""The bits that EL1 of no hardware has, by the number of the register of EL2."""
LOST_WITHOUT_NV2p1 = {
    number("CNTHCTL_EL2"): CNTHCTL_EL2_E2H.EL1PCTEN.mask
    | CNTHCTL_EL2_E2H.EL1PTEN.mask
    | CNTHCTL_EL2_E2H.ECV.mask
    | CNTHCTL_EL2_E2H.EL1TVT.mask
    | CNTHCTL_EL2_E2H.EL1TVCT.mask
    | CNTHCTL_EL2_E2H.EL1NVPCT.mask
    | CNTHCTL_EL2_E2H.EL1NVVCT.mask
    | CNTHCTL_EL2_E2H.CNTVMASK.mask
    | CNTHCTL_EL2_E2H.CNTPMASK.mask,
}
"""Those that it has with FEAT_NV2p1."""
LOST_WITHOUT_PAN = {number("SCTLR_EL2"): SCTLR_EL2_E2H.SPAN.mask}
"""That which it has with FEAT_PAN."""


@transition("SCTLR_EL2, SCTLR_EL1.UMA")
def frees_the_masks(SCTLR: Bits64) -> bool:
    """Return whether SCTLR_EL2 (64 bits) of a host has the bit set that is UMA in SCTLR_EL1.

    >>> frees_the_masks(1 << 9)
    True
    """
    return SCTLR_EL1.UMA(SCTLR)


@transition("AArch64.IsUnprivAccessPriv(), at EL1 with HCR_EL2.{NV, NV1} and at EL2")
def checks_unprivileged_accesses_as_EL0(HCR: Bits64, way: Way, guest: Features) -> bool:
    """Return whether LDTR and STTR of a guest hypervisor with HCR_EL2 (64 bits) have the permissions of EL0.

    Those that they have in the virtual machine are EL2's.

    >>> host = Features(FEAT_VHE=True)
    >>> [checks_unprivileged_accesses_as_EL0(HCR, Way.NV2, host) for HCR in (1 << 34, 1 << 34 | 1 << 27)]
    [True, False]
    """
    of_host = effective_E2H(HCR, guest)
    return of_host & negation(is_in_host(HCR, guest)) | (way == Way.PARAVIRTUAL) & negation(of_host)


@transition("HCR_EL2.{E2H, TGE}; DDI 0487 D1.4.4")
def is_EL0_without_a_host(vcpu: VCPU, configuration: Configuration) -> bool:
    """Return whether a PE is at the EL0 of {E2H, TGE} = {0, 1}.

    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.pstate import PSTATE
    >>> cpu = Configuration(Features(), Features())
    >>> is_EL0_without_a_host(VCPU(State(0, PSTATE(0), HCR_EL2=1 << 27)), cpu)
    True
    """
    hcr = vcpu.state.HCR_EL2
    at_EL0 = configuration.has_EL2 & (vcpu.state.PSTATE.EL == 0)
    return at_EL0 & HCR_EL2.TGE(hcr) & negation(is_in_host(hcr, configuration.guest))
