"""Aborts on the page at the virtual VNCR_EL2: what becomes of an access that the hardware cannot make.

The hardware's access to a page that is not mapped takes an abort to L0, which walks the tables of the guest hypervisor
(L1) as they are now, after the access::

    the walk       what backs the output        read                    write
    faults         -                            abort to L1             abort to L1
    permits        RAM                          mapped, read-only       mapped
    permits        READ_ONLY                    mapped, read-only       External abort to L1
    permits        ABSENT                       L0 brings it in         L0 brings it in
    permits        DEVICE, NOTHING              External abort to L1    External abort to L1

An access that no mapping can stand for is *emulated*: the tables permit a write and no read; or L1's byte order is not
L0's, which the hardware uses. The aborts that L1 takes name its own address, which is not the one that the hardware has
seen. Nothing that L1 does is without an outcome.

Source: DDI 0487 D8.14.6; J1.1, NVMem[], AArch64.DataAbort().
"""

import enum

import attrs

from spec.exceptions.syndrome import ExceptionRecord
from spec.lang import Address, Bits64, Memory, lean, low_bits, negation, transition
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault
from spec.nested.configuration import Configuration
from spec.nested.endianness import is_big_endian
from spec.nested.injection import aborted, external_abort
from spec.nested.page import PAGE, CachedPage, look_up, page_address
from spec.nested.vcpu import VCPU
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.syndrome import DataAbortISS


class Backing(enum.Enum):
    """What L0 has behind an address of the virtual machine."""

    RAM = 0
    """Normal memory."""
    READ_ONLY = 1
    """Normal memory that nobody of the virtual machine may write."""
    ABSENT = 2
    """Normal memory that L0 has to bring in first."""
    DEVICE = 3
    """A device, emulated or not."""
    NOTHING = 4
    """Nothing."""


@lean
@attrs.frozen(weakref_slot=False)
class Mapped:
    """L0 maps the page, and the access is made again."""

    OA: Address
    """The address of the virtual machine that is mapped."""
    writable: bool
    """It can be written."""


@lean
@attrs.frozen(weakref_slot=False)
class Raised:
    """L1 takes an abort."""

    exception: ExceptionRecord
    """The abort."""


@lean
@attrs.frozen(weakref_slot=False)
class Emulated:
    """L0 makes the access itself, in the byte order of L1, and maps nothing."""

    OA: Address
    """The address of the virtual machine."""


@lean
@attrs.frozen(weakref_slot=False)
class BroughtIn:
    """L0 brings the memory in, and the access is made again."""

    OA: Address
    """The address of the virtual machine."""


@lean
@attrs.frozen(weakref_slot=False)
class Handled:
    """What L0 does with an abort of the hardware on the page."""

    outcome: Mapped | Raised | Emulated | BroughtIn
    """What becomes of the access."""
    page: CachedPage
    """The translation that L0 keeps; valid where the page is mapped."""
    memory: Memory
    """The memory of the virtual machine, with the hardware updates of L1's tables."""


@transition("NVMem[]; AArch64.ReportException(): FAR_EL2")
def address_of_access(vcpu: VCPU, far: Bits64, configuration: Configuration) -> Bits64:
    """Return the virtual address (64 bits) of an access in L1, of which the hardware has seen another (64 bits).

    The hardware's is in the page that L0 has mapped: what they have in common is the slot.

    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.nested.vcpu import Registers
    >>> from spec.pstate import PSTATE
    >>> cpu, kernel = Features(), VCPU(State(0, PSTATE(1)), Registers(VNCR_EL2=0x5000))
    >>> hex(address_of_access(kernel, 0xFFFF_8000_1234_5078, Configuration(cpu, cpu)))
    '0x5078'
    """
    return page_address(vcpu.registers.VNCR_EL2, configuration.guest) | low_bits(far, PAGE)


@transition("DDI 0487 D8.14.6; AArch64.DataAbort(): AccessType_NV2")
def answer(
    found: CachedPage | Fault,
    backing: Backing,
    far: Bits64,
    write: bool,
    own_order: bool,
    vcpu: VCPU,
    configuration: Configuration,
) -> Mapped | Raised | Emulated | BroughtIn:
    """Return what becomes of an access to the page of which L1's tables and L0's memory say this.

    ``far`` (64 bits) is the address that the hardware reported, ``own_order`` whether L0's EL2 is big-endian.

    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.pstate import PSTATE
    >>> cpu, kernel = Features(), VCPU(State(0, PSTATE(1)))
    >>> page = look_up(kernel, True, Memory(), cpu).outcome
    >>> for backing in (Backing.RAM, Backing.READ_ONLY, Backing.ABSENT):
    ...     answer(page, backing, 0, True, False, kernel, Configuration(cpu, cpu)).__class__.__name__
    'Mapped'
    'Raised'
    'BroughtIn'
    """
    va = address_of_access(vcpu, far, configuration)
    if isinstance(found, Fault):
        return Raised(aborted(found, va, AccessType.NV2, vcpu, configuration))
    refused = (backing == Backing.READ_ONLY) & write
    if (backing == Backing.DEVICE) | (backing == Backing.NOTHING) | refused:
        return Raised(external_abort(va, AccessType.NV2, write))
    if backing == Backing.ABSENT:
        return BroughtIn(found.OA)
    if negation(found.readable) | (is_big_endian(vcpu, AccessType.NV2, configuration) ^ own_order):
        return Emulated(found.OA)
    return Mapped(found.OA, found.writable & (backing == Backing.RAM))


@transition("DDI 0487 D8.14.6; Linux, arch/arm64/kvm/nested.c: kvm_handle_vncr_abort")
def handle_abort(
    page: CachedPage,
    vcpu: VCPU,
    esr: Bits64,
    far: Bits64,
    backing: Backing,
    own_order: bool,
    memory: Memory,
    configuration: Configuration,
) -> Handled:
    """Return what L0 does with an abort of the hardware on the page, with its ESR_EL2 and FAR_EL2 (64 bits each).

    L1's tables are walked as they are after the access, whatever L0 has kept: the fault that L1 is told of is one that
    it can find. ``backing`` is what L0 has behind the output address of that walk.

    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.pstate import PSTATE
    >>> cpu, kernel = Features(), VCPU(State(0, PSTATE(1)))
    >>> from spec.nested.page import NO_PAGE
    >>> found = handle_abort(NO_PAGE, kernel, 0x9600_2047, 0x78, Backing.RAM, False, Memory(), Configuration(cpu, cpu))
    >>> found.outcome
    Mapped(OA=0, writable=True)
    """
    write = DataAbortISS.WnR(ESR_EL2.ISS(esr))
    found = look_up(vcpu, write, memory, configuration.guest)
    outcome = answer(found.outcome, backing, far, write, own_order, vcpu, configuration)
    if isinstance(outcome, Mapped) and isinstance(found.outcome, CachedPage):
        return Handled(outcome, found.outcome, found.memory)
    return Handled(outcome, attrs.evolve(page, valid=False), found.memory)
