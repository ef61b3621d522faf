"""Translated registers: what the hardware's EL1 holds while a virtual EL2 with HCR_EL2.E2H = 0 runs.

The registers of such an EL2 have a layout of their own, and its regime one range of addresses; those of EL1 have two
ranges and an EL0. With the values of this module, and NV1 for the format of the tables, the EL1&0 regime of the
hardware translates what the EL2 regime of the virtual machine would::

    TCR_EL2   T0SZ IRGN0 ORGN0 SH0 TG0   PS   TBI         HA HD  HPD   HWU   TBID          DS  TCMA   MTX
    TCR_EL1   the same places            IPS  TBI0, TBI1  HA HD  HPD0  HWU0  TBID0, TBID1  DS  TCMA0  MTX0  EPD1

What differs, and why it makes no difference to the guest hypervisor or what L0 does about it:

* the upper range, of which the EL2 regime has none, is all faults: EPD1;
* PS is limited to the physical address size that the virtual machine has;
* with nG a translation is of an ASID, which is always 0;
* a field of a feature that the virtual machine does not have is clear, whatever the hardware makes of it;
* EPAN, PAN, E0POE and PIRE0_EL1 have no effect: NV1.

While E2H is 1 the layouts are those of EL1, and nothing is translated: then an address beyond the virtual machine's
size faults at L0's stage 2 where the hardware's size is larger.

Source: DDI 0487 D24.2: the registers; D8.14.3, the effect of HCR_EL2.NV1.
"""

from collections.abc import Iterable

import attrs

from spec.features import PHYSICAL_ADDRESS_SIZES, Features, condition
from spec.lang import Bits3, Bits64, Field, bits, invert, select, transition, where
from spec.mmu.stage1_controls import Stage1Registers
from spec.nested.controls import CPTR_in_layout
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import SCTLR_EL2
from spec.sysregs.timers import CNTHCTL_EL2
from spec.sysregs.translation import TCR2_EL1, TCR2_EL2, TCR_EL1, TCR_EL2, TTBR0_EL2

WITHOUT_EL0 = SCTLR_EL1.SPAN.mask | SCTLR_EL1.LSMAOE.mask | SCTLR_EL1.nTLSMD.mask
"""What is set in SCTLR_EL1: an exception leaves PSTATE.PAN alone, and load and store multiple are those of Armv8.0."""


def in_place(value: Bits64, fields: Iterable[Field], guest: Features) -> Bits64:
    """Return a value (64 bits) with the fields that the virtual machine has; the bits of others are as reserved."""
    found = 0
    for one in fields:
        there = condition(one.when)(guest)
        found = found | select(there, value & one.mask, one.mask if one.otherwise else 0)
    return found


@transition("SCTLR_EL2, SCTLR_EL1; DDI 0487 D24.2")
def SCTLR_of(value: Bits64, guest: Features) -> Bits64:
    """Return SCTLR_EL1 (64 bits) for an SCTLR_EL2 with E2H = 0, whose fields are in the same places there.

    EE is kept where it is no field too: it says then which endianness there is.

    >>> hex(SCTLR_of(1 << 34 | 1, Features()))
    '0x30c00801'
    """
    return in_place(value, SCTLR_EL2.FIELDS.values(), guest) | value & SCTLR_EL2.EE.mask | WITHOUT_EL0


@transition("ID_AA64MMFR0_EL1.PARange; TCR_EL2.PS")
def limited_PS(PS: Bits3, guest: Features) -> Bits3:
    """Return PS (3 bits) or the code of the virtual machine's physical address size, whichever is less.

    With 52 bits there is nothing to limit, and PS = 0b110 is then a format of the first table's address too (FEAT_LPA).

    >>> limited_PS(0b101, Features(pa_max=40)), limited_PS(0b001, Features(pa_max=40))
    (2, 1)
    """
    most = 0
    for code, size in enumerate(PHYSICAL_ADDRESS_SIZES):
        most = most | where(guest.pa_max == size, code)
    return bits(most, 2, 0) if (most < PS) & (guest.pa_max != 52) else PS


_MOVED = (
    (TCR_EL2.TBI, TCR_EL1.TBI0),
    (TCR_EL2.TBI, TCR_EL1.TBI1),
    (TCR_EL2.HA, TCR_EL1.HA),
    (TCR_EL2.HD, TCR_EL1.HD),
    (TCR_EL2.HPD, TCR_EL1.HPD0),
    (TCR_EL2.HWU59, TCR_EL1.HWU059),
    (TCR_EL2.HWU60, TCR_EL1.HWU060),
    (TCR_EL2.HWU61, TCR_EL1.HWU061),
    (TCR_EL2.HWU62, TCR_EL1.HWU062),
    (TCR_EL2.TBID, TCR_EL1.TBID0),
    (TCR_EL2.TBID, TCR_EL1.TBID1),
    (TCR_EL2.TCMA, TCR_EL1.TCMA0),
    (TCR_EL2.MTX, TCR_EL1.MTX0),
    (TCR_EL2.DS, TCR_EL1.DS),
)
_IN_PLACE = TCR_EL2.T0SZ.mask | TCR_EL2.IRGN0.mask | TCR_EL2.ORGN0.mask | TCR_EL2.SH0.mask | TCR_EL2.TG0.mask


@transition("TCR_EL2, TCR_EL1; DDI 0487 D24.2")
def TCR_of(value: Bits64, guest: Features) -> Bits64:
    """Return TCR_EL1 (64 bits) for a TCR_EL2 with E2H = 0.

    >>> hex(TCR_of(1 << 20 | 0b010 << 16 | 0x19, Features()))
    '0x6200800019'
    """
    found = value & _IN_PLACE | TCR_EL1.EPD1.mask
    found = TCR_EL1.IPS.insert(found, limited_PS(TCR_EL2.PS(value), guest))
    for source, place in _MOVED:
        found = found | where(source(value) & condition(source.when)(guest), place.mask)
    return found


@transition("TTBR0_EL2, TTBR0_EL1; DDI 0487 D24.2")
def TTBR0_of(value: Bits64) -> Bits64:
    """Return TTBR0_EL1 (64 bits) for a TTBR0_EL2 with E2H = 0: without ASID.

    >>> hex(TTBR0_of(0x0007_0000_4000_0000))
    '0x40000000'
    """
    return value & invert(TTBR0_EL2.ASID.mask)


OF_TCR2 = tuple(one for one in TCR2_EL2.FIELDS.values() if one.name in TCR2_EL1.FIELDS)
"""The fields of TCR2_EL2 that TCR2_EL1 has."""


@transition("TCR2_EL2, TCR2_EL1; DDI 0487 D24.2")
def TCR2_of(value: Bits64, guest: Features) -> Bits64:
    """Return TCR2_EL1 (64 bits) for a TCR2_EL2 with E2H = 0: the fields that both have, which are in the same places.

    >>> bin(TCR2_of(1 << 12 | 0b1010, Features(FEAT_S1PIE=True)))
    '0b10'
    """
    return in_place(value, OF_TCR2, guest)


@transition("CPTR_EL2, CPACR_EL1; DDI 0487 D24.2")
def CPACR_of(value: Bits64) -> Bits64:
    """Return CPACR_EL1 (64 bits) for a CPTR_EL2 with E2H = 0: what it traps at EL2 is trapped at EL1.

    >>> hex(CPACR_of(1 << 8))
    '0x23300000'
    """
    return CPTR_in_layout(value, False, True)


OF_CNTKCTL = CNTHCTL_EL2.EVNTEN.mask | CNTHCTL_EL2.EVNTDIR.mask | CNTHCTL_EL2.EVNTI.mask | CNTHCTL_EL2.EVNTIS.mask
"""The event stream of CNTHCTL_EL2, in the same places in CNTKCTL_EL1."""


@transition("CNTHCTL_EL2, CNTKCTL_EL1; DDI 0487 D24.10")
def CNTKCTL_of(value: Bits64) -> Bits64:
    """Return CNTKCTL_EL1 (64 bits) for a CNTHCTL_EL2 with E2H = 0: its event stream. The rest is of EL1 and EL0.

    >>> hex(CNTKCTL_of(0x37))
    '0x34'
    """
    return value & OF_CNTKCTL


@transition("DDI 0487 D8.14.3; the registers of this module")
def stage1_of(EL2: Stage1Registers, guest: Features) -> Stage1Registers:
    """Return the stage 1 registers of EL1 for those of an EL2 with E2H = 0.

    >>> stage1_of(Stage1Registers(MAIR=0xFF), Features()).MAIR
    255
    """
    return attrs.evolve(
        EL2,
        SCTLR=SCTLR_of(EL2.SCTLR, guest),
        TCR=TCR_of(EL2.TCR, guest),
        TTBR0=TTBR0_of(EL2.TTBR0),
        TCR2=TCR2_of(EL2.TCR2, guest),
    )
