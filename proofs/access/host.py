"""Theorems of a host at EL2: the names it uses, and what its EL0 is spared."""

import attrs

from proofs.access.setting import FORMS, at, classes, holding, of_every, same, tried, with_bits
from proofs.engine.theorem import Claim, theorem
from spec.access.accessor import Accessor
from spec.access.allocation import accessor_of, every_accessor
from spec.access.instruction import Form
from spec.access.machine import E2H, Machine, host_EL0
from spec.access.names import BY_CHOICE, UNMASKED
from spec.access.outcome import Kind
from spec.lang import MASK64, Bits64, every, implies, negation
from spec.sysregs.control import CPTR_EL2_E2H, SCTLR_EL1
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.performance import PMUSERENR_EL0
from spec.sysregs.redirection import reached_by_host
from spec.sysregs.register import number_of
from spec.sysregs.tables import REGISTERS
from spec.sysregs.timers import CNTHCTL_EL2_E2H

MODE_BITS = sum(getattr(HCR_EL2, name).mask for name in ("E2H", "TGE", "NV", "NV1", "NV2", "IMO", "FMO", "AMO"))
"""The bits of HCR_EL2 that say what the machine is."""
GUEST_BITS = MASK64 ^ MODE_BITS
"""The bits of HCR_EL2 that act on guests: all others."""


@theorem(form=(Form.MRS, Form.MSR))
def the_EL12_name_undoes_the_redirection_of_a_host(form: Form, machine: Machine) -> Claim:
    """At the EL2 of a host a redirected name reaches the register of EL2, its _EL12 name the other.

    Where EL2 is no host the name means its own register, and the _EL12 or _EL02 name is UNDEFINED.
    """
    machine = at(machine, 2)
    host = E2H(machine)
    own = {one.name: one for one in every_accessor() if one.form == form}
    redirected = [(one, own[alias]) for one in own.values() if (alias := alias_of(one)) in own and one.E2H_register]

    def holds_of(pair: tuple[Accessor, Accessor]) -> tuple[bool, bool]:
        one, other = pair
        got, undone = tried(one, machine), tried(other, machine)
        of_EL2 = _number(register_of_EL2(one.name))
        banked = one.is_banked(machine)
        return host, every(
            implies(host & banked & (got.kind == Kind.EXECUTED), got.value == of_EL2),
            implies(host & (undone.kind == Kind.EXECUTED), undone.value == one.register),
            implies(negation(host) & (got.kind == Kind.EXECUTED), got.value == one.register),
            implies(negation(host), undone.kind == Kind.UNDEFINED),
        )

    return of_every(redirected, holds_of)


def alias_of(one: Accessor) -> str:
    """Return the _EL12 or _EL02 name of the register that a name means; empty where it has none."""
    return REGISTERS[one.name].alias if one.name in REGISTERS else ""


@theorem(form=(Form.MRS, Form.MSR))
def an_access_reaches_what_the_tables_say_that_it_does(form: Form, machine: Machine) -> Claim:
    """At EL2 an access that is executed reaches the register that the redirection of the tables gives.

    At the EL2 of a host that is :func:`spec.sysregs.redirection.reached_by_host`, elsewhere the name's own register.
    Left out are the names of the selected event counter, those that an implementation may choose to redirect, and the
    second names of FEAT_SRMASK.
    """
    machine = at(machine, 2)
    host = E2H(machine)
    chosen = [one for one in every_accessor() if one.form == form and one.level < 3]
    chosen = [one for one in chosen if not one.selected_from and (one.name in REDIRECTED or one in classes(form))]

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        got = tried(one, machine)
        executed = got.kind == Kind.EXECUTED
        return executed & host, every(
            implies(executed & host, got.value == reached_by_host(one.encoding)),
            implies(executed & negation(host), got.value == one.encoding),
        )

    return of_every([one for one in chosen if one.name not in BY_CHOICE and one.name not in UNMASKED], holds_of)


REDIRECTED = frozenset(one.name for one in REGISTERS.values() if one.E2H_register) - frozenset(BY_CHOICE)
"""The names that E2H redirects on every machine."""


@theorem(form=FORMS)
def the_EL0_of_a_host_is_spared_the_controls_of_guests(
    form: Form,
    machine: Machine,
    other: Machine,
    guest_bits: Bits64,
) -> Claim:
    """With {E2H, TGE} = {1, 1} no access at EL0 depends on the controls of guests.

    They are the bits of HCR_EL2 that act on guests, HCRX_EL2, the fine-grained traps, ICH_HCR_EL2, CPACR_EL1,
    CNTKCTL_EL1 and SCTLR_EL1. HSTR_EL2 has none for AArch64, and is no part of the machine.
    """
    machine = at(machine, 0)
    changed = holding(machine, {name: getattr(other, name) for name in FOR_GUESTS})
    changed = attrs.evolve(changed, HCR_EL2=machine.HCR_EL2 & MODE_BITS | guest_bits & GUEST_BITS)

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        got = tried(one, machine)
        return got.kind == Kind.EXECUTED, same(got, tried(one, changed))

    return of_every(classes(form), holds_of, host_EL0(machine))


FOR_GUESTS = (
    "HCRX_EL2",
    "HFGRTR_EL2",
    "HFGWTR_EL2",
    "HFGITR_EL2",
    "HDFGRTR_EL2",
    "HDFGWTR_EL2",
    "HAFGRTR_EL2",
    "HFGRTR2_EL2",
    "HFGWTR2_EL2",
    "HFGITR2_EL2",
    "HDFGRTR2_EL2",
    "HDFGWTR2_EL2",
    "ICH_HCR_EL2",
    "CPACR_EL1",
    "CNTKCTL_EL1",
    "SCTLR_EL1",
)
"""The registers whose controls act on guests alone."""


def _number(name: str) -> int:
    return number_of(REGISTERS[name].encoding or (0, 0, 0, 0, 0))


def _named(name: str, form: Form = Form.MRS) -> Accessor:
    return accessor_of(form, _number(name))


OTHERWISE_NAMED = {
    "CPACR_EL1": "CPTR_EL2",
    "CPACRMASK_EL1": "CPTRMASK_EL2",
    "CNTKCTL_EL1": "CNTHCTL_EL2",
    "MPAM1_EL1": "MPAM2_EL2",
    "MPAMBW1_EL1": "MPAMBW2_EL2",
}
"""The redirected names whose register of EL2 is not called after them."""


def register_of_EL2(name: str) -> str:
    """Return the register that a redirected name reaches at the EL2 of a host, by Arm's naming of registers.

    >>> register_of_EL2("SCTLR_EL1"), register_of_EL2("CNTV_CTL_EL0")
    ('SCTLR_EL2', 'CNTHV_CTL_EL2')
    """
    if name.endswith("_EL0"):
        return name.replace("CNT", "CNTH", 1).replace("_EL0", "_EL2")
    return OTHERWISE_NAMED.get(name, name.replace("_EL1", "_EL2"))


NEITHER = MASK64 ^ PMUSERENR_EL0.EN.mask ^ PMUSERENR_EL0.UEN.mask
"""The bits of PMUSERENR_EL0 but for those that give EL0 the event counters."""


@theorem()
def the_EL0_of_a_host_is_under_the_controls_of_EL2(machine: Machine) -> Claim:
    """With {E2H, TGE} = {1, 1} the controls of EL2 trap accesses of EL0, all of them to EL2.

    One access is shown for each of MDCR_EL2, CPTR_EL2, CNTHCTL_EL2, SCTLR_EL2 and PMUSERENR_EL0.
    """
    machine = at(machine, 0)
    to_EL2 = []
    for register, name, disabled in (
        ("MDCR_EL2", "PMCNTENSET_EL0", MDCR_EL2.TPM.insert(machine.MDCR_EL2, True)),
        ("CPTR_EL2", "FPCR", CPTR_EL2_E2H.FPEN.insert(machine.CPTR_EL2, 0b01)),
        ("CNTHCTL_EL2", "CNTP_CTL_EL0", CNTHCTL_EL2_E2H.EL0PTEN.insert(machine.CNTHCTL_EL2, False)),
        ("SCTLR_EL2", "CTR_EL0", SCTLR_EL1.UCT.insert(machine.SCTLR_EL2, False)),
        (
            "PMUSERENR_EL0",
            "PMCNTENSET_EL0",
            machine.PMUSERENR_EL0 & NEITHER,
        ),
    ):
        got = tried(_named(name), holding(machine, {register: disabled}))
        to_EL2.append((got.kind == Kind.TRAP) & (got.el == 2))
    return Claim(host_EL0(machine) & machine.features.FEAT_PMUv3, True, every(*to_EL2))


@theorem(form=(Form.MRS, Form.MSR))
def the_timers_of_a_host_are_those_of_EL2_from_its_EL0_too(form: Form, machine: Machine) -> Claim:
    """From the EL0 of a host the names of the EL1 timers reach the EL2 timers, from another EL0 themselves."""
    machine = at(machine, 0)
    timers = [one for one in every_accessor() if one.form == form and one.host_EL0_register]

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        got = tried(one, machine)
        executed = got.kind == Kind.EXECUTED
        of_EL2 = _number(register_of_EL2(one.name))
        return executed & host_EL0(machine), every(
            implies(executed & host_EL0(machine), got.value == of_EL2),
            implies(executed & negation(host_EL0(machine)), got.value == one.register),
        )

    return of_every(timers, holds_of)


@theorem(form=FORMS)
def TGE_alone_makes_no_host(form: Form, machine: Machine) -> Claim:
    """Without E2H an access at EL2 does the same with either value of TGE."""
    cleared = at(machine, 2, HCR_EL2=with_bits(machine.HCR_EL2, E2H=False, TGE=False))
    set_ = at(machine, 2, HCR_EL2=with_bits(machine.HCR_EL2, E2H=False, TGE=True))

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        return True, same(tried(one, cleared), tried(one, set_))

    return of_every(classes(form), holds_of)
