"""What a demotion cannot hide from the kernel by moving registers, each with what of a hypervisor could.

Four things differ at EL1, and each is asked of the rules:

* the timers that the kernel reads by names of EL0 are other timers, with other interrupts: a hypervisor that presents
  virtual interrupts can present the INTID that the kernel expects;
* the names of EL2, and CurrentEL: UNDEFINED at EL1, or EL1; with FEAT_NV the hypervisor can emulate them;
* the fields that a register of EL2 has and that of EL1 has not: the hypervisor can emulate the register, if it can trap
  the name;
* the TLBs of SMMUs, whose streams the kernel's driver has put into the regime EL2-E2H: what the kernel broadcasts from
  EL1 is about EL1&0, so its TLBIs leave those entries, until the streams are moved to EL1 too.

Source: DDI 0487 D8.14, D8.17.5.4, D24.2; IHI 0070, STRW: the regime of a stream.
"""

import enum
from collections.abc import Iterator
from typing import Annotated, Any

import attrs

from spec.access.accessor import Accessor
from spec.access.allocation import every_accessor
from spec.access.decision import access
from spec.access.instruction import Form, Instruction
from spec.access.machine import CurrentLevel
from spec.access.machine import Machine as Decider
from spec.access.merging import EL2_CONTROLS, OF_NO_HOST
from spec.access.outcome import Kind, summary
from spec.demotion.context import PAIRS, Pair, is_copied, lacking, named
from spec.demotion.controls import HCR_of_kernel
from spec.demotion.machine import Hypervisor
from spec.features import Features
from spec.lang import Bits, Bits64, negation, transition, where
from spec.mmu.tlb_entry import Entry
from spec.mmu.tlbi import Issuer, invalidation, must_remove
from spec.mmu.tlbi_operation import TLBIOperation
from spec.pstate import PSTATE, CurrentEL_of
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.special import CurrentEL
from spec.timer.registers import VIEWS, reached
from spec.timer.registers import named as timer_name
from spec.timer.state import PPI, TimerName, Timers

INTID = Annotated[int, Bits(5)]
"""The INTID of a private peripheral interrupt."""


class Hiding(enum.Enum):
    """What hides a difference from the kernel."""

    NOT_NEEDED = 0
    """There is none."""
    REMAPPING = 1
    """The hypervisor presents the interrupt under the INTID that the kernel expects."""
    EMULATION = 2
    """The hypervisor traps the access, and emulates it."""
    IMPOSSIBLE = 3
    """Nothing: the kernel has to know."""


@attrs.frozen
class Difference:
    """Something that a kernel can find out."""

    what: str
    """What it looks at."""
    before: str
    """What it finds at EL2."""
    after: str
    """What it finds at EL1, where nothing hides it."""
    hiding: Hiding
    """What hides it."""


@transition("the accessors of CNTP_CTL_EL0 and CNTV_CTL_EL0; DEN 0094: the PPIs of the timers")
def interrupt_behind(name: TimerName, el: CurrentLevel, timers: Timers, features: Features) -> INTID:
    """Return the INTID of the timer that CNTP_CTL_EL0 or CNTV_CTL_EL0 reaches at an Exception level; 0 if none.

    >>> host = Timers(0, HCR_EL2=1 << 34 | 1 << 27)
    >>> [interrupt_behind(TimerName.CNTV, el, host, Features(FEAT_VHE=True)) for el in (1, 2)]
    [27, 28]
    """
    of_CNTP = reached(timer_name(Form.MRS, "CNTP_CTL_EL0"), el, timers, features)
    of_CNTV = reached(timer_name(Form.MRS, "CNTV_CTL_EL0"), el, timers, features)
    found = summary(of_CNTP if name == TimerName.CNTP else of_CNTV)
    INTIDs = 0
    for one, control, _, _ in VIEWS:
        INTIDs = INTIDs | where((found.kind == Kind.EXECUTED) & (found.value == control), PPI.get(one, 0))
    return INTIDs & 0b11111


@transition("HCR_EL2.NV; the trap bits of EL2")
def most_trapping(features: Features) -> Decider:
    """Return the kernel at EL1 below a hypervisor that traps all that it can, with {NV, NV1, NV2} = {1, 0, 0}.

    >>> most_trapping(Features()).el
    1
    """
    hcr = HCR_of_kernel(Hypervisor(0), features) | HCR_EL2.NV.mask
    traps: dict[str, Any] = {name: one.traps for name, one in OF_NO_HOST.items() if name in EL2_CONTROLS}
    return attrs.evolve(Decider(1, features), **(traps | {"HCR_EL2": hcr | OF_NO_HOST["HCR_EL2"].traps}))


@transition("the accessors at EL1, with every trap that EL2 has")
def hiding_of(one: Accessor, features: Features) -> Hiding:
    """Return what hides an access by a name that EL1 reaches otherwise than the EL2 of a host.

    A trap does, and with NV2 what stands in the place of the register: memory, or a register of EL1.

    >>> one = named(Form.MRS, "TPIDR_EL2")
    >>> hiding_of(one, Features()), hiding_of(one, Features(FEAT_NV=True))
    (<Hiding.IMPOSSIBLE: 3>, <Hiding.EMULATION: 2>)
    """
    found = summary(access(one, Instruction(one.form, one.encoding), most_trapping(features)))
    redirected = (found.kind == Kind.MEMORY) | (found.kind == Kind.EXECUTED) & (one.level == 2)
    if redirected | (found.kind == Kind.TRAP) & (found.el == 2):
        return Hiding.EMULATION
    return Hiding.IMPOSSIBLE


@transition("the fields of both registers, and the traps of the name")
def hiding_of_fields(one: Pair, features: Features) -> Hiding:
    """Return what hides that a register of EL1 lacks fields of the register of EL2.

    >>> from spec.demotion.context import pair
    >>> cpu = Features(FEAT_VHE=True)
    >>> hiding_of_fields(pair("CPACR_EL1"), cpu), hiding_of_fields(pair("CNTKCTL_EL1"), cpu)
    (<Hiding.EMULATION: 2>, <Hiding.IMPOSSIBLE: 3>)
    """
    if negation(is_copied(one, features)) | (lacking(one, features) == 0):
        return Hiding.NOT_NEEDED
    return hiding_of(named(Form.MRS, one.name), features)


@transition("the accessor of CurrentEL")
def hiding_of_CurrentEL(features: Features) -> Hiding:
    """Return what hides the Exception level: HCR_EL2.NV, where there is FEAT_NV.

    >>> hiding_of_CurrentEL(Features()), hiding_of_CurrentEL(Features(FEAT_NV=True))
    (<Hiding.IMPOSSIBLE: 3>, <Hiding.EMULATION: 2>)
    """
    hcr = HCR_of_kernel(Hypervisor(0), features) | HCR_EL2.NV.mask
    told = CurrentEL_of(PSTATE(1, SP=True), hcr, features)
    return Hiding.EMULATION if CurrentEL.EL(told) == 2 else Hiding.IMPOSSIBLE


@transition("DDI 0487 D8.17.5.4; IHI 0070: broadcast TLB maintenance of EL2-E2H streams")
def goes(entry: Entry, operation: TLBIOperation, Xt: Bits64, issuer: Issuer, features: Features) -> bool:
    """Return whether what the kernel broadcasts, with an operand (64 bits), has an SMMU remove an entry.

    >>> from spec.features import Granule
    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.tlb_entry import Stages, TableEntry
    >>> from spec.mmu.tlbi_operation import operation_of
    >>> page, cpu = TableEntry(Granule.K4, 3, True, 0x1000), Features(FEAT_VHE=True, FEAT_E2H0=True)
    >>> entry, operation = Entry(Stages.STAGE1, Regime.EL20, 0, 0, True, page, page, False), operation_of("VAE1IS")
    >>> host, kernel = Issuer(2, 1 << 34 | 1 << 27, 0), Issuer(1, 1 << 31, 0)
    >>> goes(entry, operation, 1, host, cpu), goes(entry, operation, 1, kernel, cpu)
    (True, False)
    """
    return must_remove(invalidation(operation, Xt, issuer, features), entry)


def differences(features: Features) -> Iterator[Difference]:
    """Yield what a kernel on an implementation finds out, computed from the rules; the names of EL2 one by one.

    >>> [one.what for one in differences(Features(FEAT_VHE=True, FEAT_E2H0=True))][:3]
    ['the interrupt of CNTP_CTL_EL0', 'the interrupt of CNTV_CTL_EL0', 'CurrentEL']
    """
    host = Timers(0, HCR_EL2=HCR_EL2.E2H.mask | HCR_EL2.TGE.mask)
    kernel = Timers(0, HCR_EL2=HCR_of_kernel(Hypervisor(0), features), CNTHCTL_EL2=0b11)
    for name in (TimerName.CNTP, TimerName.CNTV):
        was, now = interrupt_behind(name, 2, host, features), interrupt_behind(name, 1, kernel, features)
        yield Difference(f"the interrupt of {name.name}_CTL_EL0", f"PPI {was}", f"PPI {now}", Hiding.REMAPPING)
    yield Difference("CurrentEL", "EL2", "EL1", hiding_of_CurrentEL(features))
    for pair in PAIRS:
        hiding, lost = hiding_of_fields(pair, features), lacking(pair, features)
        if hiding != Hiding.NOT_NEEDED:
            yield Difference(f"bits {lost:#x} of {pair.name}", f"those of {pair.of_EL2}", "0", hiding)
    for one in every_accessor():
        used = one.form == Form.MRS and one.level == 2 and one.name.endswith("_EL2")
        if used and one.is_implemented(features):
            yield Difference(f"MRS {one.name}", "executed", "UNDEFINED", hiding_of(one, features))
    yield Difference("entries of EL2-E2H streams in SMMUs", "go by TLBIs", "stay", Hiding.IMPOSSIBLE)
