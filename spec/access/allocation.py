"""Allocation: every accessor, made from the tables of the registers and from the controls.

An accessor is found by the form and the encoding of the instruction. An encoding without one is unallocated.

Source: DDI 0487, C5.1.3 and C5.3.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from spec.access.accessor import Accessor, Group, Slot, is_always_banked
from spec.access.banked import ACTLR_is_banked, PMBSR_is_banked, TRBSR_is_banked
from spec.access.control import Control
from spec.access.controls.everything import governing
from spec.access.controls.interrupts import GROUP0, GROUP1
from spec.access.controls.performance import reserved_counter
from spec.access.immediate import IMMEDIATES, ImmediateField
from spec.access.instruction import Form
from spec.access.machine import Machine
from spec.access.names import (
    AARCH32_BANKED,
    ALIAS_FEATURES,
    BY_CHOICE,
    IDENTIFICATION,
    INDEXED,
    NOT_FOR_GUEST_HYPERVISOR,
    REDIRECTED_BY_NV2,
    SELECTED,
    UNMASKED,
    VIRTUAL_ID,
    level_of,
    matches,
)
from spec.access.operations import OPERATIONS, Operation
from spec.access.outcome import VIRTUAL_INTERFACE
from spec.features import Features, condition
from spec.sysregs.register import READS, WRITES, Encoding, Instance, number_of
from spec.sysregs.tables import REGISTERS

BANKED: Mapping[str, Callable[[Machine], bool]] = MappingProxyType(
    {
        "ACTLR_EL1": ACTLR_is_banked,
        "ACTLRMASK_EL1": ACTLR_is_banked,
        "PMBSR_EL1": PMBSR_is_banked,
        "TRBSR_EL1": TRBSR_is_banked,
    }
)
"""The registers of which there may be only one, and when there is one for each Exception level."""


def identity(instance: Instance) -> int:
    """Return the number of a register."""
    if instance.encoding is None:
        raise ValueError(f"{instance.name} has no encoding")
    return number_of(instance.encoding) | (VIRTUAL_INTERFACE if instance.is_virtual else 0)


def _controls(name: str, form: Form, level: int, instance: Instance) -> tuple[Control, ...]:
    """Return the controls that govern a name; those of an event counter depend on its number too."""
    found = governing(name, form, level)
    if name.startswith(("PMEVCNTR", "PMEVTYPER")):
        return (*found, reserved_counter(instance.index))
    return found


def _governed(controls: tuple[Control, ...]) -> dict[str, Any]:
    """Return what an accessor knows of its controls: all, and those that act from each Exception level."""
    return {
        "controls": controls,
        "controls_at": tuple(tuple(one for one in controls if el in one.levels) for el in range(3)),
        "controls_of_host_EL0": tuple(one for one in controls if 0 in one.levels and one.acts_on_host_EL0),
        "controls_with_NV": tuple(one for one in controls if one.with_NV),
    }


def _named(instance: Instance, form: Form, name: str, encoding: Encoding) -> Accessor:
    """Return the accessor of a register by one of its names."""
    kind, is_alias = instance.kind, name == instance.alias
    level = level_of(name, form)
    E2H_name = "" if is_alias else kind.E2H_REGISTER or BY_CHOICE.get(instance.name, "")
    E2H_register = identity(REGISTERS[E2H_name]) if E2H_name else 0
    virtual, group = _virtual(instance)
    feature = " and ".join(
        f"({one})"
        for one in (kind.FEATURE, ALIAS_FEATURES.get(name, "FEAT_VHE") if name != instance.name else "")
        if one
    )
    NV2_name = REDIRECTED_BY_NV2.get(name)
    VIRTUAL_ID_name = VIRTUAL_ID.get(name)
    return Accessor(
        name=name,
        form=form,
        encoding=number_of(encoding),
        level=level,
        is_implemented=_existence(instance, feature, is_alias=is_alias),
        feature=feature,
        register=identity(instance),
        **_governed(_controls(name, form, level, instance)),
        for_guest_hypervisor=level == 2
        and (name in AARCH32_BANKED or name.endswith(("_EL2", "_EL12", "_EL02")))
        and name not in NOT_FOR_GUEST_HYPERVISOR,
        is_alias=is_alias,
        E2H_register=E2H_register,
        host_EL0_register=E2H_register if name.endswith("_EL0") else 0,
        EL1_register=identity(REGISTERS[VIRTUAL_ID_name]) if VIRTUAL_ID_name else 0,
        NV2_register=identity(REGISTERS[NV2_name]) if NV2_name else 0,
        offset=instance.VNCR_offset or 0,
        slot=_slot(instance, is_alias=is_alias),
        unbanked_slot=Slot.NONE if name == "TRBSR_EL1" else Slot.ALWAYS,
        is_banked=BANKED.get(instance.name if not is_alias else name, is_always_banked),
        selected_from=identity(REGISTERS[SELECTED[name]]) if name in SELECTED else 0,
        virtual=virtual,
        group=group,
        is_identification=form == Form.MRS and matches(name, IDENTIFICATION),
        is_conditional=is_alias or name == "SP_EL0" or name in SELECTED,
        needs_selected_SP=name == "SP_EL0",
    )


def _existence(instance: Instance, text: str, *, is_alias: bool) -> Callable[[Features], bool]:
    """Return whether an implementation has a register: its feature, and of a family as many as it chose."""
    has_feature = condition(text)
    if instance.name.startswith("ACTLR") and is_alias:
        return lambda features: has_feature(features) & features.ACTLR_is_redirected
    choice = next((choice for start, choice in INDEXED.items() if instance.name.startswith(start)), "")
    if not choice or instance.kind.FAMILY is None:
        return has_feature
    return lambda features: has_feature(features) & (instance.index < getattr(features, choice))


def _slot(instance: Instance, *, is_alias: bool) -> Slot:
    if instance.VNCR_offset is None:
        return Slot.NONE
    if is_alias:
        return Slot.ALIAS
    return Slot.NV1 if instance.alias else Slot.ALWAYS


def _virtual(instance: Instance) -> tuple[int, Group]:
    """Return the virtual register that a name reaches, and for which group of interrupts."""
    if instance.name == "DISR_EL1":
        return identity(REGISTERS["VDISR_EL2"]), Group.SERROR
    twin = REGISTERS.get(instance.name.replace("ICC_", "ICV_")) if instance.name.startswith("ICC_") else None
    if twin is None:
        return 0, Group.NONE
    if matches(instance.name, tuple(GROUP0.split())):
        return identity(twin), Group.ZERO
    return identity(twin), Group.ONE if matches(instance.name, tuple(GROUP1.split())) else Group.ANY


def _of_operation(operation: Operation) -> Accessor:
    """Return the accessor of a System instruction."""
    number = number_of(operation.encoding)
    return Accessor(
        name=operation.name,
        form=Form.SYS,
        encoding=number,
        level=operation.level,
        is_implemented=condition(operation.feature),
        feature=operation.feature,
        register=number,
        **_governed(governing(operation.name, Form.SYS, operation.level)),
        for_guest_hypervisor=operation.level == 2,
    )


def _of_immediate(one: ImmediateField, number: int) -> Accessor:
    """Return the accessor of a field of PSTATE with one immediate; ALLINT is trapped only when it is set."""
    is_set = number >> 3 & 1
    governed = () if one.name == "ALLINT" and not is_set else governing(one.name, Form.MSR, one.level)
    return Accessor(
        name=one.name,
        form=Form.IMMEDIATE,
        encoding=number,
        level=one.level,
        is_implemented=condition(one.feature),
        feature=one.feature,
        register=identity(REGISTERS[one.register]),
        **_governed(governed),
    )


# -- what is allocated ---------------------------------------------------------------------------------------------


class Allocation(dict[int, Accessor | None]):
    """The accessors of one form by their encoding, made when they are first asked for; None where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.makers: dict[int, Callable[[], Accessor]] = {}

    def __missing__(self, encoding: int) -> Accessor | None:
        made = self.makers[encoding]() if encoding in self.makers else None
        self[encoding] = made
        return made


def _allocated() -> dict[Form, Allocation]:
    """Return what can be made for each form."""
    found = {form: Allocation() for form in Form}
    for instance in REGISTERS.values():
        if instance.is_virtual or instance.encoding is None:
            continue
        for direction, form in ((READS, Form.MRS), (WRITES, Form.MSR)):
            if direction in instance.kind.ACCESS:
                own = functools.partial(_named, instance, form, instance.name, instance.encoding)
                found[form].makers[number_of(instance.encoding)] = own
                if instance.alias_encoding is not None:
                    alias = functools.partial(_named, instance, form, instance.alias, instance.alias_encoding)
                    found[form].makers[number_of(instance.alias_encoding)] = alias
    for name, (register, encoding) in UNMASKED.items():
        for form in (Form.MRS, Form.MSR):
            found[form].makers[number_of(encoding)] = functools.partial(
                _named, REGISTERS[register], form, name, encoding
            )
    for operation in OPERATIONS:
        found[Form.SYS].makers[number_of(operation.encoding)] = functools.partial(_of_operation, operation)
    for one in IMMEDIATES:
        for number in one.encodings():
            found[Form.IMMEDIATE].makers[number] = functools.partial(_of_immediate, one, number)
    return found


ALLOCATED: Mapping[Form, Allocation] = MappingProxyType(_allocated())
"""The accessors of each form."""


def accessor_of(form: Form, encoding: int) -> Accessor:
    """Return the accessor of an encoding; raises ``KeyError`` where it is not allocated.

    >>> accessor_of(Form.MRS, 0xC080).name
    'SCTLR_EL1'
    """
    found = ALLOCATED[form][encoding]
    if found is None:
        raise KeyError(f"{form.name} has no accessor of {encoding:#x}")
    return found


def every_accessor() -> Iterator[Accessor]:
    """Yield every accessor, in the order of the tables."""
    for form, allocation in ALLOCATED.items():
        for encoding in allocation.makers:
            yield accessor_of(form, encoding)
