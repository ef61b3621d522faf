"""Hiding: the controls by which L0 keeps from a virtual machine what the hardware has and it is not offered.

What is not offered is UNDEFINED in the virtual machine, while the hardware has it. So L0 runs every context with the
traps set that trap nothing else, takes the access, and finds it UNDEFINED (:mod:`spec.nested.forwarding`)::

    a trap             is set where                           otherwise it is
    of accesses        all that it traps is not offered       L0's own
    of instructions    its own feature is not offered         L0's own

What a field traps is found in the controls of the accesses (:mod:`spec.access.control`): by the field they are made
of, or else by trying them with it. A field that enables is cleared, and what it enables beside accesses is off too:
the tags of HCR_EL2.ATA, the EL1 registers of HCRX_EL2.{TCR2En, SCTLR2En}, memory copy of HCRX_EL2.MSCEn. Of
MDCR_EL2.{E2PB, E2TB} only the lower bit is cleared: the upper one says whose a buffer is, and stays L0's. The traps
of PSB CSYNC and TSB CSYNC are left alone, since without their features these are NOPs.

Identification registers are trapped in groups, by HCR_EL2.TID<n>, where L0 has to give other values than the hardware.
MDCR_EL2.HPMN leaves the event counters that are offered. EL0 is given what it asks EL1 for, where EL1 has not the
register that would give it: so that its accesses come to L0.

What no such control hides, of which :func:`is_hidden_at` is not true, is a permitted difference
(:mod:`spec.nested.differences`).

Source: DDI 0487 D24.2 to D24.12, the fields of the registers that each rule names.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import attrs

from spec.access.accessor import Accessor
from spec.access.allocation import every_accessor
from spec.access.control import Control, Taker, existence
from spec.access.controls.everything import CONTROLS
from spec.access.machine import Machine
from spec.access.merging import EL2_CONTROLS, OF_A_HOST, OF_NO_HOST
from spec.features import Features, condition
from spec.lang import MASK64, Bits64, Register, Within, every, invert, negation, some, transition, where
from spec.nested.configuration import NAMES, Configuration
from spec.sysregs.accessors import register
from spec.sysregs.activity import AMUSERENR_EL0
from spec.sysregs.control import CPTR_EL2_E2H
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.fine_grained import HFGITR2_EL2, HFGITR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.performance import PMUSERENR_EL0

# -- what a field traps --------------------------------------------------------------------------------------------

Has = Callable[[Features], bool]
"""Whether an implementation has something."""


@attrs.frozen(eq=False)
class TrapField:
    """A field of a control of EL2 that traps."""

    register: str
    """The register."""
    name: str
    """The field."""
    mask: int
    """The bits of it that trap (64 bits)."""
    traps_when: bool
    """They trap when they are 1; otherwise when they are 0."""
    exists: Has
    """Whether the hardware has it."""
    controls: tuple[Control, ...]
    """By which it traps accesses."""
    subjects: tuple[Has, ...]
    """Whether an implementation has what it traps: one of these for each thing."""


LEFT_OUT = ("CNTHCTL_EL2", "ICH_HCR_EL2", "ICC_SRE_EL2")
"""The controls of timers and of the interface to the interrupt controller, which are presented by other rules."""
HIDING = tuple(name for name in EL2_CONTROLS if name not in LEFT_OUT)
"""The controls that hide."""
HINTS = tuple(one.name for one in (HFGITR_EL2.PSBCSYNC, HFGITR2_EL2.TSBCSYNC))
"""The traps of hints: without their features these are NOPs, and not UNDEFINED."""
_ALL: dict[str, Any] = {name: True for name in NAMES if name.startswith("FEAT_")}
IN_HARDWARE = Features(**_ALL)
"""Hardware with every feature."""


def _quiet(of_host: bool) -> Machine:
    """Return a machine at EL1 on which no field of EL2 traps."""
    senses = OF_A_HOST if of_host else OF_NO_HOST
    values: dict[str, Any] = {name: senses[name].enables for name in EL2_CONTROLS}
    values["HCR_EL2"] = values["HCR_EL2"] | (HCR_EL2.E2H.mask if of_host else 0)
    return Machine(1, IN_HARDWARE, **values)


def _acts(control: Control, owner: str, field: Any, mask: int, quiet: Machine) -> bool:
    """Return whether a control of EL2 is what a field of a register makes it; one of several fields is tried."""
    if control.taker != Taker.EL2:
        return False
    if control.bits:
        return any(one.register == owner and one.field.name == field.name for one in control.bits)
    if not control.name.startswith(f"{owner}."):
        return False
    turned: dict[str, Any] = {owner: getattr(quiet, owner) ^ mask}
    return bool(control.is_trapping(attrs.evolve(quiet, **turned))) and not control.is_trapping(quiet)


@functools.cache
def governed_by() -> dict[int, list[Accessor]]:
    """Return what each control governs, by its identity."""
    found: dict[int, list[Accessor]] = {}
    for accessor in every_accessor():
        for one in accessor.controls:
            found.setdefault(id(one), []).append(accessor)
    return found


def _fields(of_host: bool) -> Iterator[TrapField]:
    quiet, senses = _quiet(of_host), OF_A_HOST if of_host else OF_NO_HOST
    for name in HIDING:
        kind: type[Register] = CPTR_EL2_E2H if of_host and name == "CPTR_EL2" else register(name).kind
        for field in kind.fields():
            for sense, traps_when in ((senses[name].traps, True), (senses[name].enables, False)):
                mask = field.mask & sense
                if mask and field.name not in HINTS:
                    acting = tuple(one for one in CONTROLS if _acts(one, name, field, mask, quiet))
                    governed = [accessor for one in acting for accessor in governed_by().get(id(one), ())]
                    own = (condition(field.when),)
                    subjects = tuple(dict.fromkeys(_existences(governed))) if acting else own
                    exists = condition(field.when) if field.owner not in EL2_CONTROLS else existence(field)
                    yield TrapField(name, field.name, mask, traps_when, exists, acting, subjects)


def _existences(governed: list[Accessor]) -> Iterator[Has]:
    """Yield whether an implementation has each of some accessors; of a family, whether it has the family."""
    plain = {one.feature for one in governed if one.is_implemented is condition(one.feature)}
    for one in governed:
        if one.is_implemented is condition(one.feature) or one.feature not in plain:
            yield one.is_implemented


@functools.cache
def trap_fields(of_host: bool) -> tuple[TrapField, ...]:
    """Return the fields that trap something that an implementation may be without, in the layouts of a host or of none.

    >>> next(one.name for one in trap_fields(True) if one.register == "HCRX_EL2")
    'SRMASKEn'
    """
    always = Features()
    return tuple(one for one in _fields(of_host) if one.subjects and not any(has(always) for has in one.subjects))


# -- what is hidden ------------------------------------------------------------------------------------------------


def is_set_to_hide(field: TrapField, configuration: Configuration) -> bool:
    """Return whether a field traps what the hardware has and the virtual machine is not offered, and nothing else."""
    host, guest = configuration.host, configuration.guest
    absent = negation(some(*(has(guest) for has in field.subjects)))
    return every(field.exists(host), some(*(has(host) for has in field.subjects)), absent)


@functools.cache
def _alike(of_host: bool) -> dict[str, list[tuple[TrapField, int, int]]]:
    """Return the fields of each register, with the bits that under one condition trap when they are 1, and 0."""
    found: dict[str, dict[Any, tuple[TrapField, int, int]]] = {name: {} for name in HIDING}
    for one in trap_fields(of_host):
        key = (one.exists, one.subjects)
        first, traps, enables = found[one.register].get(key, (one, 0, 0))
        added = (one.mask, 0) if one.traps_when else (0, one.mask)
        found[one.register][key] = (first, traps | added[0], enables | added[1])
    return {name: list(groups.values()) for name, groups in found.items()}


def hiding(name: str, value: Bits64, of_host: bool, configuration: Configuration) -> Bits64:
    """Return a control of L0 (64 bits), by name, with the fields that hide, in the layout of a host or of none."""
    traps, enables = 0, 0
    for field, trapping, enabling in _alike(of_host)[name]:
        is_set = is_set_to_hide(field, configuration)
        traps = traps | where(is_set, trapping)
        enables = enables | where(is_set, enabling)
    return value & invert(enables) | traps


@transition("HCR_EL2.{TID1, TID2, TID3, TID4}; DDI 0487 D1.4.4: the ID groups")
def identification(configuration: Configuration) -> Bits64:
    """Return the bits of HCR_EL2 (64) that trap the identification registers of which L0 gives other values.

    Those of group 3 tell of the features, and are L0's to give. SMIDR_EL1 is in group 1. In groups 2 and 4 FEAT_CCIDX
    is a format, and FEAT_MTE2 what caches hold and how tags are laid out.

    >>> hardware = Features(FEAT_SME=True)
    >>> hex(identification(Configuration(hardware, hardware))), hex(identification(Configuration(hardware, Features())))
    ('0x40000', '0x50000')
    """
    host, guest = configuration.host, configuration.guest
    of_SME = host.FEAT_SME & negation(guest.FEAT_SME)
    of_format = host.FEAT_CCIDX & negation(guest.FEAT_CCIDX)
    of_tags = host.FEAT_MTE2 & negation(guest.FEAT_MTE2)
    found = HCR_EL2.TID3.mask | where(of_SME, HCR_EL2.TID1.mask) | where(of_format & host.FEAT_EVT, HCR_EL2.TID4.mask)
    return found | where(of_tags | of_format & negation(host.FEAT_EVT), HCR_EL2.TID2.mask)


@transition("HCRX_EL2.FGTnXS")
def with_nXS_trapped(HCRX: Bits64, configuration: Configuration) -> Bits64:
    """Return HCRX_EL2 (64 bits) by which the fine-grained traps of TLBI that hide take the nXS forms too.

    >>> hardware = Features(FEAT_TLBIOS=True, FEAT_TLBIRANGE=True, FEAT_XS=True)
    >>> [with_nXS_trapped(1 << 4, Configuration(hardware, offered)) for offered in (hardware, Features())]
    [16, 0]
    """
    host, guest = configuration.host, configuration.guest
    hides = host.FEAT_TLBIOS & negation(guest.FEAT_TLBIOS) | host.FEAT_TLBIRANGE & negation(guest.FEAT_TLBIRANGE)
    return HCRX & invert(where(hides, HCRX_EL2.FGTnXS.mask))


@transition("MDCR_EL2.HPMN")
def with_offered_counters(MDCR: Bits64, configuration: Configuration) -> Bits64:
    """Return MDCR_EL2 (64 bits) with an HPMN that leaves no event counter but those that are offered.

    That of none is left alone, since hardware need not have an HPMN of 0.

    >>> hardware, offered = (Features(FEAT_PMUv3=True, event_counters=number) for number in (6, 4))
    >>> [with_offered_counters(held, Configuration(hardware, offered)) for held in (6, 2)]
    [4, 2]
    """
    offered = configuration.guest.event_counters
    if leaves_fewer_counters(configuration) & (offered < MDCR_EL2.HPMN(MDCR)):
        return MDCR_EL2.HPMN.insert(MDCR, offered)
    return MDCR


@transition("PMCR_EL0.N")
def leaves_fewer_counters(configuration: Configuration) -> bool:
    """Return whether the virtual machine is offered event counters, and fewer than the hardware has.

    >>> hardware, offered = (Features(FEAT_PMUv3=True, event_counters=number) for number in (6, 4))
    >>> leaves_fewer_counters(Configuration(hardware, offered))
    True
    """
    host, guest = configuration.host, configuration.guest
    return guest.FEAT_PMUv3 & (guest.event_counters != 0) & (guest.event_counters < host.event_counters)


@transition("MPAMHCR_EL2, MPAMBW2_EL2; PMUSERENR_EL0.{EN, SW, CR, ER}, AMUSERENR_EL0.EN")
def beside(common: Machine, configuration: Configuration) -> Machine:
    """Return the registers of L0 that no context switch moves, while the hardware runs the virtual machine.

    Where EL1 has no PMUSERENR_EL0 or AMUSERENR_EL0 they give EL0 everything, so that EL1 refuses it nothing.

    >>> bare = beside(Machine(1, Features()), Configuration(Features(FEAT_PMUv3=True), Features()))
    >>> bare.PMUSERENR_EL0
    15
    """
    host, guest = configuration.host, configuration.guest
    PMU, AMU = (getattr(host, name) & negation(getattr(guest, name)) for name in ("FEAT_PMUv3", "FEAT_AMUv1"))
    user = common.PMUSERENR_EL0 & invert(where(PMU, MASK64)) | where(PMU, GIVEN_TO_EL0)
    values: dict[str, Any] = {name: hiding(name, getattr(common, name), True, configuration) for name in BESIDE}
    AMUSERENR = common.AMUSERENR_EL0 | where(AMU, AMUSERENR_EL0.EN.mask)
    return attrs.evolve(common, PMUSERENR_EL0=user, AMUSERENR_EL0=AMUSERENR, **values)


BESIDE = ("MPAMHCR_EL2", "MPAMBW2_EL2")
"""The controls that hide, and that no context switch moves."""
GIVEN_TO_EL0 = PMUSERENR_EL0.EN.mask | PMUSERENR_EL0.SW.mask | PMUSERENR_EL0.CR.mask | PMUSERENR_EL0.ER.mask
"""What PMUSERENR_EL0 gives EL0 of the performance monitors: UEN would take PMCR_EL0 away."""


# -- what is not hidden --------------------------------------------------------------------------------------------


LowerLevel = Annotated[int, Within(0, 1)]
"""An Exception level of the hardware at which a virtual machine runs."""


@functools.cache
def acting_at(accessor: Accessor, el: int) -> tuple[Control, ...]:
    """Return the controls that govern an access at an Exception level of the hardware that is not UNDEFINED there."""
    if el < accessor.level:
        return accessor.controls_with_NV if el == 1 else ()
    return accessor.controls_at[el]


@functools.cache
def fields_of(accessor: Accessor, el: int) -> tuple[TrapField, ...]:
    """Return the fields that trap an access from an Exception level, and that may be set to hide it."""
    acting = acting_at(accessor, el)
    return tuple(one for one in trap_fields(True) if any(control in acting for control in one.controls))


@transition("the accessors of DDI 0487 D24.2 to D24.12; HCR_EL2.TID<n>")
def is_hidden_at(el: LowerLevel, accessor: Accessor, configuration: Configuration) -> bool:
    """Return whether L0 keeps an accessor that is not offered from EL1 or EL0 of the hardware, as ``el`` says.

    An identification register always is. The fine-grained traps of TLBI take the nXS forms with FEAT_HCX alone.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> TCR2, hardware = accessor_of(Form.MRS, 0xC103), Features(FEAT_TCR2=True, FEAT_HCX=True)
    >>> is_hidden_at(1, TCR2, Configuration(hardware, Features()))
    True
    """
    found = False
    for level in (0, 1):
        hides = some(*(is_set_to_hide(one, configuration) for one in fields_of(accessor, level)))
        acting = [one.name for one in acting_at(accessor, level)]
        if "MDCR_EL2.HPMN" in acting:
            hides = hides | leaves_fewer_counters(configuration)
        if any(f"HCR_EL2.{group.name}" in acting for group in ID_GROUPS):
            hides = True
        found = found | hides & (el == level)
    if accessor.name.endswith("NXS"):
        found = found & configuration.host.FEAT_HCX
    return found


ID_GROUPS = (HCR_EL2.TID1, HCR_EL2.TID2, HCR_EL2.TID3, HCR_EL2.TID4)
"""The traps of the identification registers of which L0 may give other values."""
