"""Theorems of traps: more trap bits trap more, and each of the classic ones traps exactly what it is for."""

from collections.abc import Mapping

from proofs.access.setting import (
    FORMS,
    LEVELS,
    accessors,
    at,
    classes,
    holding,
    is_exception,
    of_every,
    same,
    tried,
    with_bits,
)
from proofs.engine.theorem import Claim, theorem
from spec.access.accessor import Accessor
from spec.access.instruction import Form
from spec.access.machine import E2H, Machine, NVx, host_EL0
from spec.access.merging import EL2_CONTROLS, OF_A_HOST, OF_NO_HOST, Senses, merged
from spec.access.outcome import Kind
from spec.lang import MASK64, bits, every, implies, negation
from spec.sysregs.hypervisor import HCR_EL2

STAGE_1 = frozenset(
    [
        *("SCTLR_EL1", "TTBR0_EL1", "TTBR1_EL1", "TCR_EL1", "ESR_EL1", "FAR_EL1"),
        *("AFSR0_EL1", "AFSR1_EL1", "MAIR_EL1", "AMAIR_EL1", "CONTEXTIDR_EL1"),
    ]
)
"""What TVM and TRVM have trapped since Armv8.0."""


def senses(host: bool) -> Mapping[str, Senses]:
    """Return which bits trap, in the layouts of a host or of no host."""
    return OF_A_HOST if host else OF_NO_HOST


def more(machine: Machine, other: Machine, host: bool) -> Machine:
    """Return a machine with more trap bits set and more enabling bits clear: those that another machine has set."""
    values = {}
    for name, one in senses(host).items():
        value, extra = getattr(machine, name), getattr(other, name)
        values[name] = (value | extra & one.traps) & (extra & one.enables ^ MASK64)
    return holding(machine, values)


@theorem(form=FORMS, el=LEVELS, host=(False, True))
def one_more_trap_bit_never_removes_a_trap(form: Form, el: int, host: bool, machine: Machine, other: Machine) -> Claim:
    """An access that is trapped or UNDEFINED stays so when any trap bits are set and any enabling bits cleared."""
    machine = at(machine, el)
    trapping = more(machine, other, host)

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        before, after = tried(one, machine), tried(one, trapping)
        return is_exception(before), implies(is_exception(before), is_exception(after))

    return of_every(classes(form), holds_of, E2H(machine) == host)


@theorem(form=FORMS, el=(0, 1), host=(False, True))
def what_either_hypervisor_traps_the_hardware_traps(
    form: Form, el: int, host: bool, machine: Machine, guest: Machine
) -> Claim:
    """With the controls of two hypervisors merged, hardware traps what it would trap with either's.

    Host and guest hypervisor have the same mode: E2H, TGE, NV, NV1, NV2 and the virtual interrupts.
    """
    machine = at(machine, el)
    guest_controls = holding(machine, {name: getattr(guest, name) for name in EL2_CONTROLS})
    modes = MODE.items()
    alike = every(*((getattr(machine, name) ^ getattr(guest, name)) & mask == 0 for name, mask in modes))
    hardware = merged(machine, guest_controls, senses(host))

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        by_host, by_guest = tried(one, machine), tried(one, guest_controls)
        wanted = is_exception(by_host) | is_exception(by_guest)
        return is_exception(by_guest) & negation(is_exception(by_host)), implies(
            wanted, is_exception(tried(one, hardware))
        )

    return of_every(classes(form), holds_of, alike & (E2H(machine) == host))


MODE = {
    name: MASK64 ^ one.traps ^ one.enables
    for name, one in OF_NO_HOST.items()
    if name in ("HCR_EL2", "HCRX_EL2", "MDCR_EL2")
}
"""The bits of those that say what the machine is, and that both hypervisors must have alike."""


@theorem(form=(Form.MRS, Form.MSR))
def TVM_traps_writes_and_TRVM_reads(form: Form, machine: Machine) -> Claim:
    """At EL1 TVM traps every write of the controls of stage 1 to EL2, and TRVM every read.

    TVM traps no read, and TRVM no write, of any register.
    """
    machine = at(machine, 1)
    own, other = ("TRVM", "TVM") if form == Form.MRS else ("TVM", "TRVM")

    def with_(name: str, content: bool) -> Machine:
        return at(machine, 1, HCR_EL2=with_bits(machine.HCR_EL2, **{name: content}))

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        trapped = tried(one, with_(own, True))
        to_EL2 = (trapped.kind == Kind.TRAP) & (trapped.el == 2) & (bits(trapped.value, 31, 26) == 0x18)
        unmoved = same(tried(one, with_(other, False)), tried(one, with_(other, True)))
        return True, unmoved & (to_EL2 if one.name in STAGE_1 else True)

    return of_every([one for one in accessors(form) if one.name in STAGE_1 or one in classes(form)], holds_of)


@theorem()
def TVM_and_TRVM_spare_the_EL0_of_a_host(machine: Machine) -> Claim:
    """POR_EL0, the only control of stage 1 that EL0 has, is not trapped by TVM or TRVM from the EL0 of a host."""
    machine = at(machine, 0)
    flipped = at(machine, 0, HCR_EL2=machine.HCR_EL2 ^ HCR_EL2.TVM.mask ^ HCR_EL2.TRVM.mask)
    chosen = [one for form in (Form.MRS, Form.MSR) for one in accessors(form) if one.name == "POR_EL0"]

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        return True, same(tried(one, machine), tried(one, flipped))

    return of_every(chosen, holds_of, host_EL0(machine))


@theorem(form=(Form.MRS, Form.MSR))
def reads_and_writes_have_traps_of_their_own(form: Form, machine: Machine) -> Claim:
    """The fine-grained traps of writes have no effect on a read, and those of reads none on a write.

    They are HFGWTR_EL2 and its kin, and HFGRTR_EL2 and its kin.
    """
    machine = at(machine, 1)
    names = OF_WRITES if form == Form.MRS else OF_READS
    cleared = holding(machine, dict.fromkeys(names, 0))

    def holds_of(one: Accessor) -> tuple[bool, bool]:
        return NVx(machine) == 0, same(tried(one, machine), tried(one, cleared))

    return of_every(classes(form), holds_of)


OF_READS = ("HFGRTR_EL2", "HFGRTR2_EL2", "HDFGRTR_EL2", "HDFGRTR2_EL2", "HAFGRTR_EL2")
"""The fine-grained traps of reads."""
OF_WRITES = ("HFGWTR_EL2", "HFGWTR2_EL2", "HDFGWTR_EL2", "HDFGWTR2_EL2")
"""The fine-grained traps of writes."""
