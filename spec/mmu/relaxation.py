"""Relaxing permissions: what a hypervisor does with a stage 2 leaf that lacks a permission which it now grants.

A fault of permission on a leaf that is mapped is resolved by granting more in the descriptor as it stands. Only what
was asked for is granted, nothing is taken away, and no other bit changes; then the
TLB is to lose the old entry, by a TLBI whose level hint is :func:`spec.mmu.tlbi_operand.encode_TTL` of the leaf.
"""

import attrs

from spec.features import Features
from spec.lang import MASK64, Bits64, transition
from spec.mmu.descriptor import Stage2Descriptor
from spec.mmu.stage2 import permits_execution


@attrs.frozen
class Grant:
    """What a relaxation adds."""

    read: bool = False
    """Reads."""
    write: bool = False
    """Writes."""
    privileged_execute: bool = False
    """Instruction fetches from EL1."""
    unprivileged_execute: bool = False
    """Instruction fetches from EL0."""


@transition("DDI 0487 D8.4.2: XN and XNX")
def execution_bits(privileged: bool, unprivileged: bool, features: Features) -> Bits64:
    """Return XN[1:0] (64 bits, in place) that permits execution to EL1 and to EL0 at most as asked.

    Without FEAT_XNX both execute or neither.

    >>> hex(execution_bits(True, True, Features())), hex(execution_bits(True, False, Features()))
    ('0x0', '0x40000000000000')
    """
    if privileged and unprivileged:
        return 0
    if not features.FEAT_XNX or not (privileged or unprivileged):
        return Stage2Descriptor.XN.mask
    if privileged:
        return Stage2Descriptor.XN.mask | Stage2Descriptor.XNX.mask
    return Stage2Descriptor.XNX.mask


@transition("DDI 0487 D8.4.2: S2AP, XN and XNX")
def relaxed(descriptor: Bits64, grant: Grant, features: Features) -> Bits64:
    """Return a leaf (64 bits) with more permissions; those that are not granted stay as they are.

    Execution at one level alone needs FEAT_XNX: without it both levels get it, or neither.

    >>> hex(relaxed(0x0040_0000_8000_0443, Grant(write=True), Features()))
    '0x400000800004c3'
    """
    if grant.read:
        descriptor = descriptor | 1 << Stage2Descriptor.S2AP.low
    if grant.write:
        descriptor = descriptor | 1 << Stage2Descriptor.S2AP.high
    if grant.privileged_execute or grant.unprivileged_execute:
        privileged = permits_execution(descriptor, True, features) | grant.privileged_execute
        unprivileged = permits_execution(descriptor, False, features) | grant.unprivileged_execute
        never = Stage2Descriptor.XN.mask | Stage2Descriptor.XNX.mask
        kept = descriptor & (MASK64 ^ never)
        return kept | execution_bits(privileged, unprivileged, features)
    return descriptor
