"""Accessors: the names that MRS and MSR can use, and what each of them reaches where nothing traps or redirects.

A register has the name of its own, and some have an alias by which EL2 reaches them where HCR_EL2.E2H is 1: SCTLR_EL1
is also SCTLR_EL12, CNTV_CTL_EL0 also CNTV_CTL_EL02. The encoding of an alias differs in op1, which is 5.

Two registers may share an encoding: one is read and the other is written (DBGDTRRX_EL0 and DBGDTRTX_EL0), or one
belongs to the virtual CPU interface of the GIC and the other to the physical one (ICV_PMR_EL1 and ICC_PMR_EL1), and
HCR_EL2 says which is reached. By its encoding the physical one is found.

Source: DDI 0487 C5.3, D8.13.2; IHI 0069 chapter 12.
"""

import difflib
import enum
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from spec.sysregs.encoding import Encoding, number_of
from spec.sysregs.register import READS, WRITES, Instance
from spec.sysregs.tables import REGISTERS


class AccessorKind(enum.Enum):
    """Which of its names an accessor is."""

    OWN = 0
    """The name of the register."""
    ALIAS = 1
    """Its _EL12 or _EL02 name."""


@attrs.frozen
class Accessor:
    """A name that MRS, MSR or both can use."""

    name: str
    """The name."""
    encoding: Encoding
    """The encoding."""
    register: Instance
    """The register."""
    kind: AccessorKind
    """Which of its names it is."""

    @property
    def number(self) -> int:
        """The encoding as one number."""
        return number_of(self.encoding)

    @property
    def reads(self) -> bool:
        """MRS can use it."""
        return READS in self.register.kind.ACCESS

    @property
    def writes(self) -> bool:
        """MSR can use it."""
        return WRITES in self.register.kind.ACCESS


def _all_accessors() -> Iterable[Accessor]:
    own, alias = AccessorKind.OWN, AccessorKind.ALIAS
    for one in REGISTERS.values():
        for name, encoding, kind in ((one.name, one.encoding, own), (one.alias, one.alias_encoding, alias)):
            if encoding:
                yield Accessor(name, encoding, one, kind)


ACCESSORS: Mapping[str, Accessor] = MappingProxyType({one.name: one for one in _all_accessors()})
"""Every accessor, by name."""

_AT = {
    (one.encoding, direction): one
    for one in ACCESSORS.values()
    for direction in one.register.kind.ACCESS
    if not one.register.is_virtual
}


def accessor(name: str) -> Accessor:
    """Return the accessor of a name; raises ``ValueError`` where there is none.

    >>> accessor("SCTLR_EL12").encoding, accessor("SCTLR_EL12").register.name
    ((3, 5, 1, 0, 0), 'SCTLR_EL1')
    """
    found = ACCESSORS.get(name)
    if not found:
        raise ValueError(unknown_name(name, ACCESSORS))
    return found


def accessor_at(encoding: Encoding, *, write: bool) -> Accessor:
    """Return the accessor that MSR (``write``) or MRS reaches by an encoding; raises ``ValueError`` where none is.

    >>> accessor_at((2, 3, 0, 5, 0), write=False).name, accessor_at((2, 3, 0, 5, 0), write=True).name
    ('DBGDTRRX_EL0', 'DBGDTRTX_EL0')
    """
    found = _AT.get((encoding, WRITES if write else READS))
    if not found:
        raise ValueError(f"no register is {'written' if write else 'read'} by the encoding {encoding}")
    return found


def register(name: str) -> Instance:
    """Return the register of a name, its own or its alias; raises ``ValueError`` where there is none.

    >>> register("CNTV_CTL_EL02").name
    'CNTV_CTL_EL0'
    """
    found = REGISTERS.get(name)
    if found:
        return found
    if name in ACCESSORS:
        return accessor(name).register
    raise ValueError(unknown_name(name, {*REGISTERS, *ACCESSORS}))


def unknown_name(name: str, known: Iterable[str]) -> str:
    """Return that a name is unknown, and the known one that is nearest to it.

    >>> unknown_name("HCR_EL12", ["HCR_EL2", "TCR_EL1"])
    'unknown register HCR_EL12 (did you mean HCR_EL2?)'
    """
    by_capitals = {one.upper(): one for one in known}
    near = difflib.get_close_matches(name.upper(), sorted(by_capitals), n=1)
    return f"unknown register {name}" + "".join(f" (did you mean {by_capitals.get(one)}?)" for one in near)
