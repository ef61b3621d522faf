"""The numbers of the calls: which HVC asks a stub for what, in every version that Linux had.

A call is ``hvc #0`` with a number in x0 (r0 in Hyp mode). The first stubs knew two calls and told them apart by whether
there was an argument; numbers came with the third call, and were dealt anew when hypervisors began to answer them::

    version         0                 1             2              3             4                 NR  error
    arm64 v3.8      GET_VECTORS       any other value of x0 is the argument of SET_VECTORS          1
    arm64 v4.7      GET_VECTORS       SET_VECTORS                                               0xfff          2
    arm64 v4.8      GET_VECTORS       SET_VECTORS   SOFT_RESTART                                0xfff          2
    arm64 v4.9      GET_VECTORS       SET_VECTORS   SOFT_RESTART                                0xfff          3
    arm64 v4.12     SET_VECTORS       SOFT_RESTART  RESET_VECTORS                                   3  0xbadca11
    arm64 v5.12     SET_VECTORS       SOFT_RESTART  RESET_VECTORS  VHE_RESTART                      4  0xbadca11
    arm64 v6.0      SET_VECTORS       SOFT_RESTART  RESET_VECTORS  FINALISE_EL2                     4  0xbadca11
    arm64 v6.19     SET_VECTORS       SOFT_RESTART  RESET_VECTORS  FINALISE_EL2  GET_ICH_VTR_EL2    5  0xbadca11
    arm v3.7        GET_VECTORS is r0 = -1, any other value is the argument of SET_VECTORS
    arm v4.12       SET_VECTORS       SOFT_RESTART  RESET_VECTORS                                   3  0xbadca11
    arm v5.7        SET_VECTORS       SOFT_RESTART  (the first in the decompressor alone)           2  0xbadca11

Source: Linux, arch/arm64/include/asm/virt.h, arch/arm64/kernel/hyp-stub.S, arch/arm/include/asm/virt.h,
arch/arm/kernel/hyp-stub.S, Documentation/virt/kvm/arm/hyp-abi.rst.
"""

import enum
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from spec.lang import MASK64, Bits64, transition


class Call(enum.Enum):
    """What a stub is asked for."""

    NONE = 0
    """Nothing that it knows."""
    GET_VECTORS = 1
    """The address of the vectors: VBAR_EL2, or HVBAR. Retired with Linux v4.12."""
    SET_VECTORS = 2
    """Other vectors: the address is the argument, physical and aligned as the architecture asks."""
    SOFT_RESTART = 3
    """A branch to the address of the argument, at EL2 with its MMU off, with three arguments; no return."""
    RESET_VECTORS = 4
    """The vectors of the stub again, and the MMU of EL2 off: the end of a hypervisor."""
    FINALISE_EL2 = 5
    """EL2 as the kernel wants it, and the kernel itself moved to EL2 if that can be; VHE_RESTART until v5.19."""
    GET_ICH_VTR_EL2 = 6
    """The value of ICH_VTR_EL2, in x1."""


@attrs.frozen
class Numbering:
    """What a stub makes of x0, and how it answers."""

    number_0: Call
    """The call of number 0."""
    number_1: Call = Call.NONE
    """The call of number 1."""
    number_2: Call = Call.NONE
    """The call of number 2."""
    number_3: Call = Call.NONE
    """The call of number 3."""
    number_4: Call = Call.NONE
    """The call of number 4."""
    ones: Call = Call.NONE
    """The call of the number -1, all ones in the width of the register."""
    otherwise: Call = Call.NONE
    """The call of any other number: SET_VECTORS where x0 is its argument."""
    NR: Bits64 = 0
    """Below it are the numbers that every hypervisor keeps for the stub."""
    error: Bits64 = 0
    """What a failed call returns in x0."""
    argument_in_x0: bool = False
    """The argument of SET_VECTORS is x0; else x1."""
    returns_zero: bool = True
    """A call that is done returns 0 in x0; else x0 is what the call left there."""
    in_hypervisors: bool = True
    """A hypervisor answers SOFT_RESTART and RESET_VECTORS as the stub does; else no call but GET_VECTORS."""
    from_EL2: bool = False
    """The stub answers calls of EL2 itself, on SP_EL2; else they never return."""
    clobbers_x30: bool = False
    """The stub works with x30; else with what it may clobber, x0 to x18."""
    finalises_first: bool = False
    """FINALISE_EL2 sets up SVE, SME, GCS and MPAM of EL2 before it looks whether the kernel can move there."""


@transition("Linux, arch/arm64/kernel/hyp-stub.S: elx_sync; arch/arm/kernel/hyp-stub.S: __hyp_stub_do_trap")
def call_of(numbering: Numbering, x0: Bits64) -> Call:
    """Return the call that a number in x0 (64 bits; in Hyp mode r0, sign-extended) stands for.

    >>> call_of(LINUX["arm64 v6.19"].numbering, 3)
    <Call.FINALISE_EL2: 5>
    >>> call_of(LINUX["arm64 v4.12"].numbering, 3)
    <Call.NONE: 0>
    """
    if x0 == 0:
        return numbering.number_0
    if x0 == 1:
        return numbering.number_1
    if x0 == 2:
        return numbering.number_2
    if x0 == 3:
        return numbering.number_3
    if x0 == 4:
        return numbering.number_4
    if x0 == MASK64:
        return numbering.ones
    return numbering.otherwise


@transition("Linux, arch/arm64/include/asm/virt.h: HVC_STUB_HCALL_NR")
def is_of_stub(numbering: Numbering, x0: Bits64) -> bool:
    """Return whether a number in x0 (64 bits) is one of the stub's, which no hypervisor may use for itself.

    >>> is_of_stub(LINUX["arm64 v5.12"].numbering, 3), is_of_stub(LINUX["arm64 v4.12"].numbering, 3)
    (True, False)
    """
    return x0 < numbering.NR


@attrs.frozen
class Version:
    """A numbering of Linux."""

    since: str
    """The first release that had it."""
    architecture: str
    """``arm64``, or ``arm`` for the 32-bit kernel, whose stub is in Hyp mode."""
    numbering: Numbering
    """The numbers."""


HVC_STUB_ERR = 0xBADCA11
"""What a failed call returns since Linux v4.12, on both architectures."""

ARM64_V4_8 = Numbering(
    Call.GET_VECTORS,
    Call.SET_VECTORS,
    Call.SOFT_RESTART,
    NR=0xFFF,
    error=2,
    returns_zero=False,
    in_hypervisors=False,
    clobbers_x30=True,
)
"""Of kexec: the error was the exit code by which KVM knew that its hypervisor had gone, ARM_EXCEPTION_HYP_GONE."""
ARM64_V4_12 = Numbering(Call.SET_VECTORS, Call.SOFT_RESTART, Call.RESET_VECTORS, NR=3, error=HVC_STUB_ERR)
"""The numbers of today, with which hypervisors began to answer, and GET_VECTORS went."""
ARM64_V5_12 = attrs.evolve(ARM64_V4_12, number_3=Call.FINALISE_EL2, NR=4)
"""With VHE_RESTART."""
ARM64_V6_0 = attrs.evolve(ARM64_V5_12, from_EL2=True, finalises_first=True)
"""VHE_RESTART became FINALISE_EL2: what needs the command line is set up in it, for kernels of EL1 too."""

_VERSIONS = (
    Version(
        "v3.8",
        "arm64",
        Numbering(
            Call.GET_VECTORS,
            Call.SET_VECTORS,
            Call.SET_VECTORS,
            Call.SET_VECTORS,
            Call.SET_VECTORS,
            ones=Call.SET_VECTORS,
            otherwise=Call.SET_VECTORS,
            NR=1,
            argument_in_x0=True,
            returns_zero=False,
            in_hypervisors=False,
        ),
    ),
    Version("v4.7", "arm64", attrs.evolve(ARM64_V4_8, number_2=Call.NONE)),
    Version("v4.8", "arm64", ARM64_V4_8),
    Version("v4.9", "arm64", attrs.evolve(ARM64_V4_8, error=3)),
    Version("v4.12", "arm64", ARM64_V4_12),
    Version("v5.12", "arm64", ARM64_V5_12),
    Version("v5.13", "arm64", attrs.evolve(ARM64_V5_12, from_EL2=True)),
    Version("v6.0", "arm64", ARM64_V6_0),
    Version("v6.19", "arm64", attrs.evolve(ARM64_V6_0, number_4=Call.GET_ICH_VTR_EL2, NR=5)),
    Version(
        "v3.7",
        "arm",
        Numbering(
            Call.SET_VECTORS,
            Call.SET_VECTORS,
            Call.SET_VECTORS,
            Call.SET_VECTORS,
            Call.SET_VECTORS,
            ones=Call.GET_VECTORS,
            otherwise=Call.SET_VECTORS,
            argument_in_x0=True,
            returns_zero=False,
            in_hypervisors=False,
        ),
    ),
    Version("v4.12", "arm", ARM64_V4_12),
    Version("v5.7", "arm", attrs.evolve(ARM64_V4_12, number_2=Call.NONE, NR=2)),
)

LINUX: Mapping[str, Version] = MappingProxyType({f"{one.architecture} {one.since}": one for one in _VERSIONS})
"""Every numbering that Linux had, by architecture and first release: ``arm64 v6.19``."""
