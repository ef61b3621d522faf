"""The calls of Linux's hyp-stub, explained: what a number means in each version, what each owner of EL2 answers."""

import itertools
from collections.abc import Iterator

from nvspec.errors import UnknownName
from spec.exceptions.state import State
from spec.features import Features
from spec.hypstub.machine import CPU, Answered, Ending, GeneralRegisters, Kernel, Owner
from spec.hypstub.numbering import LINUX, Call, Version, call_of
from spec.hypstub.owners import NOT_SUPPORTED, called
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2

NAME = "HVC_STUB"
"""The name that stands for the number of a call, where others are registers."""

NEWEST = LINUX["arm64 v6.19"]
"""The version whose answers are shown."""
KERNEL = Kernel(stub=0x4008_0800, hypervisor=0xFFFF_8000_0800)
CAN_MOVE = Features(FEAT_VHE=True, FEAT_E2H0=True)
"""A CPU on which the kernel can move to EL2."""


def asked(owner: Owner, number: int) -> Answered:
    """Return what becomes of a call of a kernel at EL1, by its number."""
    state = State(0x8_0000, PSTATE(1, SP=True), HCR_EL2=HCR_EL2.RW.mask, VBAR_EL2=KERNEL.stub)
    cpu = CPU(state, GeneralRegisters(number, 0x4010_0000), owner=owner)
    return called(cpu, KERNEL, NEWEST.numbering, CAN_MOVE)


def answer(owner: Owner, number: int) -> str:
    """Return in words what an owner of EL2 makes of a call of a kernel at EL1.

    >>> answer(Owner.HYPERVISOR, 2), answer(Owner.PROTECTED, 2)
    ('0, at EL1; STUB', 'fails: -1')
    """
    after = asked(owner, number)
    if after.ending == Ending.NEVER:
        return "nobody answers"
    if after.cpu.owner == Owner.PAYLOAD:
        return f"goes to x1 at EL2; {after.cpu.owner.name}"
    x0 = after.cpu.x.x0
    if x0 == NEWEST.numbering.error:
        return f"fails: {x0:#x}"
    if x0 == NOT_SUPPORTED:
        return "fails: -1"
    changed = f"; {after.cpu.owner.name}" if after.cpu.owner != owner else ""
    return f"0, at EL{after.cpu.state.PSTATE.EL}{changed}"


def explained(number: int) -> Iterator[str]:
    """Yield the lines that explain a number; raises :class:`UnknownName` where it never was that of a call."""
    if number.bit_length() > 64:
        raise UnknownName(f"{NAME}: {number:#x} does not fit in 64 bits")
    if all(meant(one, number) == Call.NONE or is_address(one, number) for one in LINUX.values()):
        raise UnknownName(f"{NAME}: {number:#x} is no call of the hyp-stub in any version of Linux")
    yield f"{NAME} = {number:#x}: HVC #0 with this in x0, a call of Linux's hyp-stub"
    for architecture, versions in itertools.groupby(LINUX.values(), lambda one: one.architecture):
        yield f"  {architecture}:"
        for _, alike in itertools.groupby(versions, lambda one: said(one, number)):
            first = next(alike)
            yield f"    since {first.since:6} {said(first, number)}"
    yield f"  what the owner of EL2 makes of it ({NEWEST.architecture} {NEWEST.since}), and who owns EL2 then:"
    width = max(len(owner.name) for owner in Owner)
    for owner in Owner:
        yield f"    {owner.name:{width}}  {answer(owner, number)}"


def meant(version: Version, number: int) -> Call:
    """Return the call that a number stands for; a number of 32 bits is sign-extended in Hyp mode."""
    found: Call = call_of(version.numbering, number)
    return found


def said(version: Version, number: int) -> str:
    """Return in words what a number stands for in a version."""
    call = meant(version, number)
    if call == Call.NONE:
        return "no call: an error"
    return f"{call.name} of this address" if is_address(version, number) else call.name


def is_address(version: Version, number: int) -> bool:
    """Return whether a number is itself the argument of SET_VECTORS in a version."""
    return version.numbering.argument_in_x0 and meant(version, number) == Call.SET_VECTORS
