"""Controls: what one bit or field of a register traps, and to whom.

A control names the accesses that it governs by the names of MRS, MSR and SYS, where ``*`` stands for any letters::

    TVM = trap(HCR_EL2.TVM, writes=STAGE_1)
    APK = trap_unless(HCR_EL2.APK, reads=KEYS, writes=KEYS)

Those made by :func:`trap` and :func:`trap_unless` act if the bit is 1, or unless it is; a bit that needs a feature
is 0 without it, and so is one of a register that is not there. A condition of more than a bit is a rule of its own,
given to :func:`control`. Where several controls trap one access, that of the lower priority number is reported.

Source: DDI 0487, the accessors of D24.2 to D24.12 and C5.3 to C5.7.
"""

import enum
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from spec.access.machine import Machine
from spec.features import Features, condition
from spec.lang import negation
from spec.sysregs.register import REGISTERS


class ExceptionClass(enum.IntEnum):
    """ESR_ELx.EC of the exceptions that an instruction causes."""

    UNKNOWN = 0x00
    """Unknown reason: UNDEFINED."""
    WFX = 0x01
    """WFI, WFE, WFIT and WFET."""
    FP = 0x07
    """SVE, Advanced SIMD and floating-point, by CPACR_EL1.FPEN and CPTR_EL2.{FPEN, TFP}."""
    PAC = 0x09
    """Pointer authentication, by HCR_EL2.API."""
    LS64 = 0x0A
    """An instruction of no other class: LD64B, ST64B, ST64BV and ST64BV0, by SCTLR_ELx and HCRX_EL2."""
    SVC = 0x15
    """SVC of AArch64."""
    HVC = 0x16
    """HVC of AArch64."""
    SMC = 0x17
    """SMC of AArch64."""
    SYSTEM = 0x18
    """MSR, MRS and System instructions of AArch64."""
    SVE = 0x19
    """SVE, by CPACR_EL1.ZEN and CPTR_EL2.{ZEN, TZ}."""
    ERET = 0x1A
    """ERET, ERETAA and ERETAB."""
    SME = 0x1D
    """SME, by CPACR_EL1.SMEN and CPTR_EL2.{SMEN, TSM}."""
    GCS = 0x2D
    """Guarded Control Stack."""
    BRK = 0x3C
    """BRK of AArch64."""


class Taker(enum.Enum):
    """Who takes the exception."""

    EL2 = 0
    """EL2."""
    EL1 = 1
    """EL1; EL2 in its place where the access is from EL0 and HCR_EL2.TGE is 1."""
    CURRENT = 2
    """The Exception level that issued the access; from EL0 as EL1."""


UNCONDITIONAL = 1 << 24 | 0b1110 << 20
"""ISS.{CV, COND} of an instruction of AArch64: valid, always."""

FP_TRAP = ExceptionClass.FP.value << 26 | 1 << 25 | UNCONDITIONAL
"""ESR_ELx of trapped floating-point."""
SVE_TRAP = ExceptionClass.SVE.value << 26 | 1 << 25
"""ESR_ELx of trapped SVE."""
SME_TRAP = ExceptionClass.SME.value << 26 | 1 << 25
"""ESR_ELx of trapped SME: SMTC 0b000, the access is trapped."""
EXLOCK_TRAP = ExceptionClass.GCS.value << 26 | 1 << 25 | 1 << 20
"""ESR_ELx of a write of locked exception state: ExType 0b0001."""

SYNDROMES = {
    ExceptionClass.FP: FP_TRAP,
    ExceptionClass.SVE: SVE_TRAP,
    ExceptionClass.SME: SME_TRAP,
    ExceptionClass.GCS: EXLOCK_TRAP,
}
"""ESR_ELx of the exception classes whose syndrome does not depend on the instruction."""

GUEST = "guest"
"""The control acts on EL1 and on an EL0 that is not the host's."""
LOWER = "lower"
"""The control acts on EL1 and EL0, the host's EL0 too."""
ALL = "all"
"""The control acts on EL0, EL1 and EL2."""
USER = "user"
"""The control acts on EL0, the host's too, before any of EL2: whoever EL0 is under takes the exception."""


@attrs.frozen
class TrapBit:
    """A bit of a register that traps when it has one value."""

    register: str
    """The register."""
    field: Any
    """The bit."""
    traps_when: bool
    """The value with which it traps."""

    @property
    def name(self) -> str:
        """The register and the bit."""
        return f"{self.register}.{self.field.name}"


@attrs.frozen(eq=False)
class Control:
    """What traps some accesses."""

    name: str
    """The bit or field, as Arm writes it."""
    is_trapping: Callable[[Machine], bool]
    """Whether it traps, for an access that it governs."""
    reads: tuple[str, ...] = ()
    """The names whose MRS it governs."""
    writes: tuple[str, ...] = ()
    """The names whose MSR it governs."""
    operations: tuple[str, ...] = ()
    """The System instructions that it governs."""
    taker: Taker = Taker.EL2
    """Who takes the exception."""
    ec: ExceptionClass = ExceptionClass.SYSTEM
    """The exception class."""
    esr: int = 0
    """ESR_ELx, where it does not depend on the instruction; 0 where it does."""
    levels: tuple[int, ...] = (0, 1)
    """The Exception levels on whose accesses it acts."""
    acts_on_host_EL0: bool = False
    """It acts on EL0 of a host too, where {E2H, TGE} = {1, 1}."""
    priority: int = 5
    """Its place among the controls of one access."""
    with_NV: bool = False
    """It acts at EL1 on an access of EL2 that HCR_EL2.NV makes possible there."""
    bits: tuple[TrapBit, ...] = ()
    """The bits that trap by one value of theirs."""


_SCOPES: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        GUEST: {"levels": (0, 1)},
        LOWER: {"levels": (0, 1), "acts_on_host_EL0": True},
        ALL: {"levels": (0, 1, 2), "acts_on_host_EL0": True},
        USER: {"levels": (0,), "acts_on_host_EL0": True, "taker": Taker.EL1, "priority": 1},
    }
)


def control(
    name: str,
    is_trapping: Callable[[Machine], bool],
    scope: str = GUEST,
    *,
    reads: str = "",
    writes: str = "",
    operations: str = "",
    **rest: Any,
) -> Control:
    """Return a control with a condition of its own; the names are given as one text, operations split at commas."""
    split = tuple(part.strip() for part in operations.split(",") if part.strip())
    rest = {**_SCOPES[scope], "esr": SYNDROMES.get(rest.get("ec", ExceptionClass.SYSTEM), 0), **rest}
    return Control(name, is_trapping, tuple(reads.split()), tuple(writes.split()), split, **rest)


def trap(bit: Any, scope: str = GUEST, **governs: Any) -> Control:
    """Return the control that traps if a bit of a register is 1."""
    return _of_bit(bit, scope, traps_when=True, **governs)


def trap_unless(bit: Any, scope: str = GUEST, **governs: Any) -> Control:
    """Return the control that traps unless a bit of a register is 1."""
    return _of_bit(bit, scope, traps_when=False, **governs)


def existence(bit: Any) -> Callable[[Features], bool]:
    """Return whether an implementation has a bit: its register, and the bit in it."""
    needed = (REGISTERS[bit.owner].kind.FEATURE, bit.when)
    return condition(" and ".join(f"({text})" for text in needed if text))


def _of_bit(bit: Any, scope: str, *, traps_when: bool, **governs: Any) -> Control:
    register, implemented = bit.owner, existence(bit)
    read: Callable[[int], bool] = bit

    def is_set(machine: Machine) -> bool:
        return implemented(machine.features) & read(getattr(machine, register))

    def is_clear(machine: Machine) -> bool:
        return negation(is_set(machine))

    name = governs.pop("name", f"{register}.{bit.name}")
    bits = (TrapBit(register, bit, traps_when),)
    return control(name, is_set if traps_when else is_clear, scope, bits=bits, **governs)
