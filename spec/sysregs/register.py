"""System registers: what the table of one declares beside its fields.

A register is a class. Its arguments say how software reaches it, its body which fields it has::

    class VTCR_EL2(SystemRegister, encoding=(3, 4, 2, 1, 2), VNCR=0x040):
        '''Virtualization Translation Control Register.'''

        T0SZ = field(5, 0, "The input size of stage 2 is 2**(64 - T0SZ) bytes.")
        VS = bit_field(19, "VMIDs have 16 bits.", "FEAT_VMID16")
        RES1_31 = res1(31)

Registers that differ in a number are one *family*: ``family=16`` and an encoding that is a function of the number.
A second *layout* of the same register, chosen by a control, is a :class:`Layout` beside it. A table that cannot be
right is refused when it is imported, with the name of the register and the bits.

Source: DDI 0487, D24.2 and the chapters after it; C5.3 for the encodings.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar

import attrs

from spec.features import condition
from spec.lang import Register
from spec.sysregs.encoding import Encoding as Encoding
from spec.sysregs.encoding import encoding_of as encoding_of
from spec.sysregs.encoding import is_encoding
from spec.sysregs.encoding import number_of as number_of
from spec.sysregs.one_reg import index_of

READS, WRITES = "R", "W"
"""The directions of an access, as ``access`` of a register names them."""


class SystemRegister(Register):
    """A system register, or a family of registers that differ in a number."""

    NAME: ClassVar[str] = ""
    """The name, with ``<n>`` in the place of the number of a family."""
    FAMILY: ClassVar[range | None] = None
    """The numbers of a family."""
    FEATURE: ClassVar[str] = ""
    """The features that bring it; empty where every implementation has it."""
    WIDTH: ClassVar[int] = 64
    """Bits."""
    LAYOUT: ClassVar[str] = ""
    """The control under which the fields are those of the class, where there is another layout."""
    NEEDS: ClassVar[str] = ""
    """The features without which the control cannot be so; empty where every implementation can have it so."""
    LAYOUTS: ClassVar[list[type["Layout"]]] = []
    """The other layouts."""
    E2H_REGISTER: ClassVar[str] = ""
    """The register that its name reaches at EL2 where HCR_EL2.E2H is 1; E2H itself is a field of HCR_EL2."""
    ALIAS: ClassVar[str] = ""
    """The name with which EL2 reaches it where HCR_EL2.E2H is 1: its _EL12 or _EL02 name."""
    ACCESS: ClassVar[str] = READS + WRITES
    """Whether MRS reads it and MSR writes it: ``"RW"``, ``"R"`` or ``"W"``."""

    _encoding: ClassVar[Callable[[int], Encoding | None]]
    _VNCR: ClassVar[Callable[[int], int | None]]

    def __init_subclass__(
        cls,
        *,
        encoding: Encoding | Callable[[int], Encoding] | None = None,
        name: str = "",
        family: int | range | None = None,
        feature: str = "",
        width: int = 64,
        layout: str = "",
        needs: str = "",
        E2H: str = "",
        alias: str = "",
        access: str = READS + WRITES,
        VNCR: int | Callable[[int], int] | None = None,
    ) -> None:
        super().__init_subclass__()
        cls.NAME, cls.FEATURE, cls.WIDTH, cls.LAYOUT, cls.NEEDS = name or cls.__name__, feature, width, layout, needs
        cls.FAMILY = family if isinstance(family, range | None) else range(family)
        cls.E2H_REGISTER, cls.ALIAS, cls.ACCESS, cls.LAYOUTS = E2H, alias, access, []
        cls._encoding = staticmethod(encoding if callable(encoding) else lambda _: encoding)
        cls._VNCR = staticmethod(VNCR if callable(VNCR) else lambda _: VNCR)
        if cls.FAMILY and "<n>" not in cls.NAME:
            raise TypeError(f"the family {cls.__name__} needs a name with <n>")
        _refuse_bad_register(cls)
        for one in cls.instances():
            _refuse_bad_instance(one)
            _registers.update({one.name: one})

    @classmethod
    def instances(cls) -> Iterator["Instance"]:
        """Yield the register, or every register of the family."""
        for index in cls.FAMILY or (0,):
            yield Instance(cls.NAME.replace("<n>", str(index)), cls, index, cls._encoding(index), cls._VNCR(index))

    @classmethod
    def layouts(cls) -> Iterator["type[SystemRegister] | type[Layout]"]:
        """Yield the layout of the class, then the others."""
        yield cls
        yield from cls.LAYOUTS


class Layout(Register):
    """Another layout of a system register, chosen by a control."""

    OF: ClassVar[type[SystemRegister]]
    """The register."""
    WHEN: ClassVar[str]
    """The control that chooses it."""
    NEEDS: ClassVar[str]
    """The features without which it is never chosen; empty where every implementation can choose it."""

    def __init_subclass__(cls, *, of: type[SystemRegister], when: str, needs: str = "") -> None:
        super().__init_subclass__()
        cls.OF, cls.WHEN, cls.NEEDS = of, when, needs
        _refuse_bad_layout(cls, of.WIDTH)
        of.LAYOUTS.append(cls)


@attrs.frozen
class Instance:
    """One register: a class, and its number in the family."""

    name: str
    """The name in Arm's manual."""
    kind: type[SystemRegister]
    """Its table."""
    index: int
    """Its number in the family, 0 where it is none."""
    encoding: Encoding | None
    """How MRS and MSR reach it; None for what only other instructions reach."""
    VNCR_offset: int | None
    """The offset in bytes of its slot in the page at VNCR_EL2.BADDR; None where it has none."""

    @property
    def E2H_register(self) -> str:
        """The register that its name reaches at EL2 where HCR_EL2.E2H is 1; empty where that is itself."""
        return self.kind.E2H_REGISTER

    @property
    def alias(self) -> str:
        """The name that EL2 has for it where HCR_EL2.E2H is 1, ``SCTLR_EL12``; empty where there is none."""
        return self.kind.ALIAS

    @property
    def alias_encoding(self) -> Encoding | None:
        """The encoding of the alias: its own with op1 = 5."""
        if not self.alias or not self.encoding:
            return None
        op0, _, CRn, CRm, op2 = self.encoding
        return op0, 5, CRn, CRm, op2

    @property
    def accessors(self) -> tuple[str, ...]:
        """The names by which MRS and MSR reach it: its own and its alias."""
        return tuple(name for name in (self.encoding and self.name, self.alias) if name)

    @property
    def VNCR_class(self) -> str:
        """Under which name, and when, an access is redirected to its slot; empty where it has none."""
        if not self.VNCR_offset:
            return ""
        if not self.has_two_names_in_memory:
            return "always"
        return f"{self.name} with NV1 = 1, {self.alias} with NV1 = 0"

    @property
    def has_two_names_in_memory(self) -> bool:
        """Its slot has its own name where HCR_EL2.NV1 is 1, and that of its alias where NV1 is 0."""
        return bool(self.VNCR_offset and self.alias) and self.name not in ONE_NAME_IN_MEMORY

    @property
    def is_virtual(self) -> bool:
        """It belongs to the virtual CPU interface of the GIC: an ICC_ register has the same encoding."""
        return self.name.startswith("ICV_")

    @property
    def one_reg(self) -> int | None:
        """The index by which the kernel knows it; None where MRS does not read it, and for the ICV_ registers."""
        if not self.encoding or READS not in self.kind.ACCESS or self.is_virtual:
            return None
        return index_of(number_of(self.encoding))


ONE_NAME_IN_MEMORY = ("ACTLR_EL1",)
"""Registers with a slot and an alias whose own name reaches the slot whatever HCR_EL2.NV1 is: Table D8-120."""

_registers: dict[str, Instance] = {}

REGISTERS: Mapping[str, Instance] = MappingProxyType(_registers)
"""Every register that a table declares, by name."""


# -- bad tables ----------------------------------------------------------------------------------------------------


def _refuse_bad_register(register: type[SystemRegister]) -> None:
    """Refuse a register of a width or a direction that there is none of, then what is wrong with its fields."""
    if register.WIDTH not in (32, 64, 128):
        raise TypeError(f"{register.NAME} cannot have {register.WIDTH} bits")
    if register.ACCESS not in (READS, WRITES, READS + WRITES):
        raise TypeError(f"{register.NAME} cannot have access={register.ACCESS!r}")
    _refuse_bad_condition(register.FEATURE, register.NAME)
    _refuse_bad_layout(register, register.WIDTH)


def _refuse_bad_instance(one: Instance) -> None:
    """Refuse a second register of a name, an encoding that is none, and a slot outside the page."""
    if one.name in _registers:
        raise TypeError(f"two registers are called {one.name}")
    if one.encoding and not is_encoding(one.encoding):
        raise TypeError(f"{one.name} cannot have the encoding {one.encoding}")
    if one.VNCR_offset and (one.VNCR_offset % 8 or not 0 < one.VNCR_offset < 0x1000):
        raise TypeError(f"{one.name} cannot have a slot at {one.VNCR_offset:#x}")


def _refuse_bad_layout(layout: type[Register], width: int) -> None:
    """Refuse fields that contradict each other, or the reserved bits, or that hide what a class of registers has."""
    name = layout.__name__
    for one in layout.FIELDS.values():
        if hasattr(SystemRegister, one.name) or hasattr(Layout, one.name):
            raise TypeError(f"{one} has a name that every register has")
        _refuse_bad_condition(one.when, str(one))
        if one.high >= width:
            raise TypeError(f"{one} lies outside the {width} bits of {name}")
        if one.otherwise not in (0, 1):
            raise TypeError(f"{one}: the bits of a field that is not there are 0 or 1, not {one.otherwise}")
    taken = 0
    for one in layout.FIELDS.values():
        if taken & one.mask:
            _refuse_bad_overlaps(layout)
        taken |= one.mask
    for ones in layout.RES1:
        _refuse_bad_condition(ones.when, f"{name}: {ones}")
        for one in layout.FIELDS.values() if ones.mask & taken else ():
            if ones.mask & one.mask and (not one.when or one.when == ones.when):
                raise TypeError(f"{name}: {ones} overlaps {one}")
    for zeros in layout.RES0:
        _refuse_bad_condition(zeros.when, f"{name}: {zeros}")
        if zeros.mask & ~taken:
            raise TypeError(f"{name}: {zeros} lies in no field, and bits of no field are RES0 anyway")


def _refuse_bad_overlaps(layout: type[Register]) -> None:
    """Refuse fields in the same bits that are there together, or that differ in what those bits are otherwise."""
    for one, other in itertools.combinations(layout.FIELDS.values(), 2):
        if one.mask & other.mask and one.when == other.when:
            raise TypeError(f"{one} and {other} overlap, and are there with the same features")
        if one.mask & other.mask and one.when and other.when and one.otherwise != other.otherwise:
            raise TypeError(f"{one} and {other} overlap, and differ in what their bits are otherwise")


def _refuse_bad_condition(text: str, where: str) -> None:
    try:
        condition(text)
    except ValueError as error:
        raise TypeError(f"{where}: {error}") from error
