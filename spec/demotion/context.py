"""The context that moves: the registers that a kernel at EL2 reads by names of EL1 and EL0, computed from the tables.

With {E2H, TGE} = {1, 1} such a name reaches a register of EL2, and the register of EL1 has an alias. At EL1 the same
name reaches the register of EL1. So for each name there is a pair, and a copy of it that leaves the name as it reads::

    name          at EL2 reaches   at EL1 reaches   which EL2 writes by
    SCTLR_EL1     SCTLR_EL2        SCTLR_EL1        SCTLR_EL12
    CPACR_EL1     CPTR_EL2         CPACR_EL1        CPACR_EL12
    CNTV_CTL_EL0  CNTHV_CTL_EL2    CNTV_CTL_EL0     CNTV_CTL_EL02

Some registers of EL2 have fields that those of EL1 lack: CNTHCTL_EL2.EL1PCTEN, MPAM2_EL2.TRAPMPAM0EL1. They are about
what EL2 does to EL1; a copy leaves them out, and a kernel at EL1 does not find them: :func:`lacking`.

Source: DDI 0487 D8.13.2; the accessors and the fields of D24.2.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import attrs

from spec.access.accessor import Accessor
from spec.access.allocation import accessor_of, every_accessor, identity
from spec.access.decision import access
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine as Decider
from spec.access.names import UNMASKED
from spec.access.outcome import Kind, Summary, summary
from spec.demotion.machine import Machine, Registers, decider
from spec.features import Features, condition
from spec.lang import Bits64, Register, negation, select, some, transition, where
from spec.sysregs.accessors import accessor, register

NUMBERS: Mapping[str, int] = MappingProxyType(
    {one.name: identity(register(one.name)) for one in attrs.fields(Registers)}
)
"""The registers of the machine, each with its number."""
NAMES: Mapping[int, str] = MappingProxyType({number: name for name, number in NUMBERS.items()})
"""The other way round."""


@attrs.frozen(eq=False)
class Pair:
    """A name that reaches a register of EL2 for a host, and one of EL1 below a hypervisor."""

    name: str
    """The name by which the kernel reads and writes it at either."""
    alias: str
    """The name by which a host reaches the register of EL1."""
    of_EL2: str
    """The register of EL2."""
    lacks: tuple[tuple[Callable[[Features], bool], Callable[[Features], bool], int], ...]
    """The bits of the register of EL2 that may be fields there alone: when they are, when EL1 has them, and which."""

    @property
    def of_EL1(self) -> str:
        """The register of EL1: the one that has the name."""
        return self.name


def _layout(name: str) -> type[Register]:
    """Return the layout that a register has with HCR_EL2.E2H = 1."""
    kind = register(name).kind
    found: type[Register] = kind
    for one in kind.LAYOUTS:
        found = one if one.WHEN == "HCR_EL2.E2H is 1" else found
    return found


def _lacks(of_EL1: str, of_EL2: str) -> Iterator[tuple[Callable[[Features], bool], Callable[[Features], bool], int]]:
    """Yield the fields of EL2 that are not fields of EL1 on every machine that has them."""
    for one in _layout(of_EL2).fields():
        there = {other.when for other in _layout(of_EL1).fields() if one.mask & ~other.mask == 0}
        if one.when not in there and "" not in there:
            yield condition(one.when), condition(there.pop()) if there else _never, one.mask


def _never(features: Features) -> bool:
    return False


def _pairs() -> Iterator[Pair]:
    """Yield the pairs, in the order of the tables; TVAL is a view of CVAL and of the count."""
    for one in every_accessor():
        if one.form == Form.MRS and one.E2H_register and one.name not in UNMASKED and one.E2H_register in NAMES:
            of_EL2 = NAMES.get(one.E2H_register, "")
            yield Pair(one.name, register(one.name).alias, of_EL2, tuple(_lacks(one.name, of_EL2)))


PAIRS: tuple[Pair, ...] = tuple(_pairs())
"""Every name that is redirected at the EL2 of a host, but for the views of another."""


def named(form: Form, name: str) -> Accessor:
    """Return what MRS or MSR accesses by a name; raises ``ValueError`` or ``KeyError`` where it cannot.

    >>> named(Form.MSR, "SCTLR_EL12").is_alias
    True
    """
    return accessor_of(form, accessor(name).number)


def pair(name: str) -> Pair:
    """Return the pair of a name; raises ``StopIteration`` where it has none.

    >>> pair("CPACR_EL1").of_EL2, pair("CPACR_EL1").alias
    ('CPTR_EL2', 'CPACR_EL12')
    """
    return next(one for one in PAIRS if one.name == name)


@transition("the fields of the two registers, with HCR_EL2.E2H = 1")
def lacking(one: Pair, features: Features) -> Bits64:
    """Return the bits (64 bits) of the register of EL2 that are fields there, and none of the register of EL1.

    >>> hex(lacking(pair("CNTKCTL_EL1"), Features())), lacking(pair("TCR_EL1"), Features())
    ('0xc00', 0)
    """
    found = 0
    for of_EL2, of_EL1, mask in one.lacks:
        found = found | where(of_EL2(features) & negation(of_EL1(features)), mask)
    return found


@transition("the accessors of both names")
def is_copied(one: Pair, features: Features) -> bool:
    """Return whether an implementation has both names of a pair, so that there are two registers.

    >>> is_copied(pair("ZCR_EL1"), Features(FEAT_SVE=True)), is_copied(pair("ZCR_EL1"), Features(FEAT_VHE=True))
    (False, False)
    """
    return named(Form.MRS, one.name).is_implemented(features) & named(Form.MRS, one.alias).is_implemented(features)


# -- one access ----------------------------------------------------------------------------------------------------


def tried(form: Form, name: str, machine: Decider) -> Summary:
    """Return what an MRS or MSR by a name does, as one record.

    >>> tried(Form.MRS, "SCTLR_EL12", Decider(2, Features(FEAT_VHE=True))).kind
    <Kind.EXECUTED: 0>
    """
    one = named(form, name)
    return summary(access(one, Instruction(form, one.encoding), machine))


def candidates(name: str) -> tuple[str, ...]:
    """Return the registers of the machine that a name can reach.

    >>> candidates("MIDR_EL1"), candidates("TTBR1_EL1")
    (('MIDR_EL1', 'VPIDR_EL2'), ('TTBR1_EL1', 'TTBR1_EL2'))
    """
    one = named(Form.MRS if accessor(name).reads else Form.MSR, name)
    found = (NAMES.get(number, "") for number in (one.register, one.E2H_register, one.EL1_register))
    return tuple(name for name in found if name)


def held(name: str, number: Bits64, registers: Registers) -> Bits64:
    """Return what the register (by its number) that a name has reached holds (64 bits).

    >>> held("MIDR_EL1", NUMBERS["VPIDR_EL2"], Registers(VPIDR_EL2=7))
    7
    """
    found = 0
    for one in candidates(name):
        found = found | where(number == NUMBERS.get(one, 0), getattr(registers, one))
    return found


@attrs.frozen
class Read:
    """What became of an MRS."""

    is_executed: bool
    """It was neither UNDEFINED, nor trapped, nor redirected to memory."""
    value: Bits64
    """What it returned; 0 where it was not executed."""


def read(name: str, el: int, machine: Machine, features: Features) -> Read:
    """Return what an MRS of a name at an Exception level does, every write being synchronized.

    The registers of the timers read as they were written here; of their conditions :mod:`spec.timer.registers` knows.

    >>> from spec.pstate import PSTATE
    >>> registers = Registers(HCR_EL2=1 << 34 | 1 << 27, VBAR_EL2=0x800, VBAR_EL1=0x1000)
    >>> machine, cpu = Machine(0, PSTATE(2), registers, registers), Features(FEAT_VHE=True)
    >>> read("VBAR_EL1", 2, machine, cpu).value, read("VBAR_EL12", 2, machine, cpu).value
    (2048, 4096)
    """
    registers = machine.registers
    found = tried(Form.MRS, name, decider(el, machine, registers, features))
    executed = found.kind == Kind.EXECUTED
    return Read(executed, where(executed, held(name, found.value, registers)))


def copied(source: str, target: str, machine: Machine, seen: Registers, mask: Bits64, features: Features) -> Machine:
    """Return the machine after EL2 has read one name and written another with some of its bits (64 bits).

    The other bits of the target become 0. Without either name nothing is done.

    >>> from spec.pstate import PSTATE
    >>> registers = Registers(HCR_EL2=1 << 34 | 1 << 27, VBAR_EL2=0x800)
    >>> machine, cpu = Machine(0, PSTATE(2), registers, registers), Features(FEAT_VHE=True)
    >>> copied("VBAR_EL1", "VBAR_EL12", machine, registers, (1 << 64) - 1, cpu).registers.VBAR_EL1
    2048
    """
    by = decider(2, machine, seen, features)
    one, other = named(Form.MRS, source), named(Form.MSR, target)
    there = one.is_implemented(features) & other.is_implemented(features)
    from_one, to_other = tried(Form.MRS, source, by), tried(Form.MSR, target, by)
    broken = there & some(from_one.kind != Kind.EXECUTED, to_other.kind != Kind.EXECUTED)
    value = held(source, from_one.value, machine.registers) & mask
    return stored(target, to_other.value, value, there & negation(broken), broken, machine)


def written(name: str, value: Bits64, machine: Machine, seen: Registers, features: Features) -> Machine:
    """Return the machine after EL2 has written a value (64 bits) by a name; nothing, where it does not have the name.

    >>> from spec.pstate import PSTATE
    >>> machine = Machine(0, PSTATE(2), Registers(), Registers())
    >>> written("VTTBR_EL2", 0x8000, machine, Registers(), Features()).registers.VTTBR_EL2
    32768
    """
    found = tried(Form.MSR, name, decider(2, machine, seen, features))
    there = named(Form.MSR, name).is_implemented(features)
    broken = there & (found.kind != Kind.EXECUTED)
    return stored(name, found.value, value, there & negation(broken), broken, machine)


def stored(name: str, number: Bits64, value: Bits64, executed: bool, broken: bool, machine: Machine) -> Machine:
    """Return the machine after a value (64 bits) was stored in the register (by its number) that a name has reached.

    >>> from spec.pstate import PSTATE
    >>> machine = Machine(0, PSTATE(2), Registers(), Registers())
    >>> stored("VTTBR_EL2", NUMBERS["VTTBR_EL2"], 5, True, False, machine).registers.VTTBR_EL2
    5
    """
    registers = machine.registers
    changed = {}
    for one in candidates(name):
        hit = executed & (number == NUMBERS.get(one, 0))
        changed.update({one: select(hit, value, getattr(registers, one))})
    return attrs.evolve(machine, registers=attrs.evolve(registers, **changed), is_broken=machine.is_broken | broken)
