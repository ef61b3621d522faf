"""Residence: where each register of a PE lives, while each context runs: in hardware, in the page, or in L0's memory.

Nothing here says of a register where it lives. It follows from what the hardware does with the instructions by which
the virtual EL2 reaches the register (:mod:`spec.access.decision`), under the controls of :mod:`spec.nested.controls`:

1. What reaches a register of the hardware or a slot of the page without a trap settles it: it lives there.
2. Where every instruction is taken to L0, a register of EL2 lives in the register of EL1 that the PE uses in its place,
   of which it has the layout, and that holds nothing else. With HCR_EL2.E2H = 0 the layout of some is another: they
   live in L0's memory, and the hardware has a copy that is *translated*.
3. A register of EL1 whose place is so taken lives in L0's memory, as does what has no place in hardware.

What a machine with the features and the registers of the hardware does is the same on every one of them, or a trap: a
theorem. ACTLR_EL1 and ACTLR_EL2 are taken to be two registers, which an implementation may choose otherwise.

While the nested guest runs, the registers of EL1 are its own, in hardware. Those of EL2 stay in the page or in memory.
The EL0 of a guest hypervisor finds everything where the hypervisor has it: between the two nothing moves.

>>> residence(number("TCR_EL2"), Context.HYPERVISOR, Way.NV2, True) == InHardware(number("TCR_EL1"))
True
>>> residence(number("TCR_EL1"), Context.HYPERVISOR, Way.NV2, True)
InPage(offset=288)
"""

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any

import attrs

from spec.access.decision import decide
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.merging import OF_A_HOST, OF_NO_HOST
from spec.access.outcome import Executed, NVMem
from spec.boot.paravirtual import has_HVC, is_of_EL2
from spec.features import Features
from spec.lang import Bits, bits, from_table, lean, transition
from spec.nested.configuration import Way
from spec.nested.controls import Controls, of_hypervisor
from spec.nested.vcpu import MOVING, Context
from spec.sysregs.accessors import ACCESSORS, accessor, register
from spec.sysregs.encoding import Number
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.tables import REGISTERS


@lean
@attrs.frozen(weakref_slot=False)
class InHardware:
    """In a register of the hardware."""

    register: Number
    """The encoding of that register, which has another name where a register of EL2 lives in one of EL1."""


@lean
@attrs.frozen(weakref_slot=False)
class InPage:
    """In a slot of the page at VNCR_EL2.BADDR."""

    offset: Annotated[int, Bits(12)]
    """Bytes."""


@lean
@attrs.frozen(weakref_slot=False)
class InMemory:
    """In L0's memory."""


def number(name: str) -> int:
    """Return the encoding of a register as one number, by name."""
    return accessor(name).number


NAMES: Mapping[int, str] = MappingProxyType({number(name): name for name in MOVING})
"""The registers that move, by encoding."""

PAIRS: Mapping[str, str] = MappingProxyType(
    {"SP_EL2": "SP_EL1"} | {one.E2H_register: one.name for one in REGISTERS.values() if one.E2H_register in MOVING}
)
"""The registers of EL2, and those of EL1 that a PE at EL1 uses in their place."""

OTHER_LAYOUT = frozenset(["TTBR0_EL2", *(name for name in PAIRS if "E2H" in register(name).kind.LAYOUT)])
"""The registers of EL2 that E2H gives another layout. TTBR0_EL2 has no ASID without it."""


# -- what the hardware does ----------------------------------------------------------------------------------------

_FEATURES: dict[str, Any] = {
    one.name: True for one in attrs.fields(Features) if one.name.startswith("FEAT_") and "AA32" not in one.name
}


def _machine(el: int, E2H: bool) -> Machine:
    """Return a PE with every feature on which nothing is trapped; what is UNDEFINED on less is nowhere else."""
    senses = OF_A_HOST if E2H else OF_NO_HOST
    enables: dict[str, Any] = {name: one.enables for name, one in senses.items()}
    enables["HCR_EL2"] |= HCR_EL2.E2H.mask if E2H else 0
    return Machine(el, Features(**_FEATURES), **enables)


@functools.cache
def instructions(E2H: bool) -> Mapping[str, tuple[Instruction, ...]]:
    """Return the instructions that reach each register that moves at an EL2 of a host, or of none."""
    machine = _machine(2, E2H)
    found: dict[int, list[Instruction]] = {known: [] for known in NAMES}
    for one in ACCESSORS.values():
        for form in (Form.MRS, Form.MSR):
            outcome = decide(Instruction(form, one.number), machine)
            if isinstance(outcome, Executed):
                found.setdefault(outcome.register, []).append(Instruction(form, one.number))
    return MappingProxyType({name: tuple(found.get(known, ())) for known, name in NAMES.items()})


SAYING_THE_LEVEL = (number("CurrentEL"), number("SPSR_EL1"))
"""The registers by which a guest hypervisor hears at which Exception level it is, or was."""


def is_replaced(instruction: Instruction, way: Way, E2H: bool) -> bool:
    """Return whether an HVC stands for an instruction: those of EL2, and of no host those that name EL1 too.

    Of the latter there are some that no control of Armv8.0 traps, such as those of VBAR_EL1. Where the hardware says
    EL1 of the virtual EL2, in CurrentEL and SPSR_EL1, it takes an HVC to hear EL2.
    """
    encoding = instruction.encoding
    of_EL1 = has_HVC(encoding) and (not E2H or encoding in SAYING_THE_LEVEL)
    return way == Way.PARAVIRTUAL and (is_of_EL2(encoding) or of_EL1)


def reached(name: str, way: Way, E2H: bool) -> Iterator[InHardware | InPage]:
    """Yield what instructions of the virtual EL2 reach that name a register, where they are not taken to L0.

    It is always one place, whichever instruction it is.
    """
    machine = _machine(1, True)
    own: dict[str, Any] = {one.name: getattr(machine, one.name, 0) for one in attrs.fields(Controls)}
    given = of_hypervisor(Controls(**own), E2H, way)
    values: dict[str, Any] = {one.name: getattr(given, one.name) for one in attrs.fields(Controls)}
    virtual = attrs.evolve(machine, **{key: value for key, value in values.items() if hasattr(machine, key)})
    for one in instructions(E2H).get(name, ()):
        outcome = decide(one, virtual)
        if is_replaced(one, way, E2H):
            continue
        if isinstance(outcome, NVMem):
            yield InPage(outcome.offset)
        elif isinstance(outcome, Executed):
            yield InHardware(outcome.register)


# -- where it lives ------------------------------------------------------------------------------------------------


@functools.cache
def settled(name: str, way: Way, E2H: bool) -> InHardware | InPage | None:
    """Return where a register lives because an instruction reaches it there; None where every one is taken to L0."""
    return next(reached(name, way, E2H), None)


def is_free(name: str, way: Way, E2H: bool) -> bool:
    """Return whether a register of EL1 in hardware does not hold the virtual machine's own of that name."""
    return settled(name, way, E2H) != InHardware(number(name))


def place_of(name: str, way: Way, E2H: bool) -> InHardware | InPage | InMemory:
    """Return where a register lives while the guest hypervisor runs, by name."""
    found = settled(name, way, E2H)
    if found:
        return found
    pair = PAIRS.get(name)
    if pair:
        taken = is_free(pair, way, E2H) and (E2H or name not in OTHER_LAYOUT)
        return InHardware(number(pair)) if taken else InMemory()
    if name.endswith("_EL2") or name in PAIRS.values():
        return InMemory()
    return InHardware(number(name))


def is_translated(name: str, way: Way, E2H: bool) -> bool:
    """Return whether a register of EL2 lives in L0's memory, and the hardware has a translated copy."""
    return name in OTHER_LAYOUT and not E2H and is_free(PAIRS.get(name, name), way, E2H)


KINDS = tuple((way, E2H) for way in Way for E2H in (False, True))
"""The kinds of virtual EL2: how it is made, and whether it is that of a host."""


@functools.cache
def _tables(way: Way, E2H: bool) -> tuple[dict[int, int], dict[int, int]]:
    """Return the registers that live in hardware, each with its register there, and those in the page, with a slot."""
    hardware, page = dict[int, int](), dict[int, int]()
    for name in MOVING:
        place = place_of(name, way, E2H)
        if isinstance(place, InHardware):
            hardware.update({number(name): place.register})
        if isinstance(place, InPage):
            page.update({number(name): place.offset})
    return hardware, page


OF_EL2 = {number(name): 1 for name in MOVING if name.endswith("_EL2")}
"""The registers of EL2, as a table of those that are."""


@transition("DDI 0487 D8.13.2; D8.14.6.2, Table D8-120; the accessors at EL1")
def residence(register: Number, context: Context, way: Way, E2H: bool) -> InHardware | InPage | InMemory:
    """Return where a register that moves lives, of a virtual EL2 that is made in a way, of a host or of none.

    >>> [residence(number(name), Context.GUEST, Way.NV2, True) for name in ("HCR_EL2", "TCR_EL2")]
    [InPage(offset=120), InMemory()]
    """
    hardware, offset = 0, 0
    for kind in KINDS:
        if (way == kind[0]) & (kind[1] == E2H):
            in_hardware, in_page = _tables(*kind)
            hardware, offset = hardware | from_table(in_hardware, register), offset | from_table(in_page, register)
    if context == Context.GUEST:
        if from_table(OF_EL2, register) == 0:
            return InHardware(register)
        return InMemory() if offset == 0 else InPage(bits(offset, 11, 0))
    if offset != 0:
        return InPage(bits(offset, 11, 0))
    return InMemory() if hardware == 0 else InHardware(bits(hardware, 15, 0))
