"""Theorems of the configuration of a virtual machine: what is offered is there, and what is not is refused."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.features import Features
from spec.hcr import effective_NVx
from spec.lang import Bits64, every, implies, invert, negation
from spec.nested.configuration import (
    Configuration,
    Way,
    accepts_pstate,
    can_be_no_host,
    get_register,
    is_offerable,
    put_register,
)
from spec.pstate import level_of
from spec.sysregs.exceptions import SPSR_EL2
from spec.sysregs.file import Refused, RegisterFile, reset
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.register import SystemRegister
from spec.sysregs.reserved import RES0_bits
from spec.sysregs.tables import REGISTERS

HELD: dict[str, list[type[SystemRegister]]] = {}
"""The registers of EL1 and EL0 that a register of EL2 may be held in, by the module of their table."""

for _one in REGISTERS.values():
    if _one.E2H_register:
        HELD.setdefault(_one.kind.__module__.rpartition(".")[2], []).append(_one.kind)


_PRESENT: dict[str, Any] = {
    one.name: True for one in attrs.fields(Features) if one.name.startswith("FEAT_") and "AA32" not in one.name
}
HARDWARE = Features(**_PRESENT)
"""Hardware with every feature but AArch32."""


def _offered(tables: str) -> dict[str, Configuration]:
    """Return an example: a virtual machine that is offered all that the hardware has."""
    return {"configuration": Configuration(HARDWARE, HARDWARE)}


@theorem(tables=tuple(sorted(HELD)), example=_offered)
def hardware_holds_every_bit_that_is_offered(tables: str, configuration: Configuration) -> Claim:
    """A bit that a register of EL1 has in the virtual machine is not RES0 in that register of the hardware."""
    host, guest = configuration.host, configuration.guest
    lost = [RES0_bits(kind, host) & invert(RES0_bits(kind, guest)) for kind in HELD[tables]]
    held = [invert(RES0_bits(kind, guest)) != 0 for kind in HELD[tables]]
    return Claim(is_offerable(configuration), every(*held), every(*(one == 0 for one in lost)))


def _of_no_host(way: Way) -> dict[str, Configuration]:
    """Return an example: a virtual EL2 of no host."""
    return {"configuration": Configuration(HARDWARE, Features(), way=way)}


@theorem(way=tuple(Way), example=_of_no_host)
def the_hardware_has_what_makes_a_virtual_EL2(way: Way, configuration: Configuration) -> Claim:
    """With NV and NV2 the effective {NV2, NV1, NV} of the hardware are those that L0 sets for the virtual EL2.

    NV1 is set for one of no host. Without either the hardware needs none of them.
    """
    host, guest = configuration.host, configuration.guest
    no_host = HCR_EL2.NV1.insert(0, can_be_no_host(guest))
    asked = no_host | HCR_EL2.NV.mask | (HCR_EL2.NV2.mask if way == Way.NV2 else 0)
    wanted = (0b101 if way == Way.NV2 else 0b001) | (0b010 if can_be_no_host(guest) else 0)
    given = is_offerable(configuration) & configuration.has_EL2 & (configuration.way == way)
    made = effective_NVx(asked, host) == wanted
    return Claim(given, can_be_no_host(guest), implies(way != Way.PARAVIRTUAL, made))


def _nested() -> dict[str, Any]:
    """Return an example: a guest hypervisor that makes a virtual EL2 of no host."""
    return {"configuration": Configuration(HARDWARE, HARDWARE), "hcr": 0b1011 << 42}


@theorem(example=_nested)
def a_nested_guest_hypervisor_gets_the_NV_that_it_is_offered(configuration: Configuration, hcr: Bits64) -> Claim:
    """What {NV, NV1, NV2} of the guest hypervisor's HCR_EL2 ask for, the hardware does when L0 sets the same.

    HCR_EL2.NV is set: without it L0 sets none of them for the machine that is nested.
    """
    host, guest = configuration.host, configuration.guest
    given = every(is_offerable(configuration), configuration.has_EL2, guest.FEAT_NV, HCR_EL2.NV(hcr))
    wanted = effective_NVx(hcr, guest)
    asked = hcr & invert(HCR_EL2.NV1.mask | HCR_EL2.NV2.mask)
    asked = HCR_EL2.NV1.insert(asked, (wanted & 0b010) != 0)
    asked = HCR_EL2.NV2.insert(asked, (wanted & 0b100) != 0)
    return Claim(given, wanted == 0b111, effective_NVx(asked, host) == wanted)


def _without_EL2() -> dict[str, Any]:
    """Return an example: EL2h, and SCTLR_EL2."""
    without = Configuration(HARDWARE, HARDWARE, has_EL2=False)
    return {"configuration": without, "file": reset(HARDWARE), "index": 0x6030_0000_0013_E080, "value": 0x3C9}


@theorem(example=_without_EL2)
def without_EL2_a_vCPU_refuses_its_modes_and_registers(
    configuration: Configuration, file: RegisterFile, index: Bits64, value: Bits64
) -> Claim:
    """EL2t and EL2h are accepted by a vCPU that has EL2 and by no other, which refuses every register of EL2 too."""
    EL2 = (level_of(SPSR_EL2.M(value)) == 2) & accepts_pstate(value, configuration)
    read = isinstance(get_register(file, index, configuration), Refused)
    written = isinstance(put_register(file, index, value, configuration), Refused)
    modes = [accepts_pstate(mode, configuration) == configuration.has_EL2 for mode in (0b01000, 0b01001)]
    none = negation(configuration.has_EL2)
    return Claim(True, none, every(*modes, implies(none, negation(EL2)), implies(none, read & written)))
