"""Observations of kind ``access``: one instruction, most often MRS, MSR or SYS."""

from typing import Annotated, Literal

import attrs

from nvspec.observations.decoding import by_value, each, hexadecimal, integer, nullable, one_of, sequence
from nvspec.observations.fields import ExceptionLevel, TargetEL, Text
from nvspec.observations.observed import Observed
from nvspec.observations.registers import register


@attrs.frozen
class Executed:
    """Neither trapped nor UNDEFINED."""

    outcome: Annotated[Literal["executed"], one_of("executed")]
    """``executed``."""
    target: Annotated[tuple[str, ...], each(register, least=1)] = ()
    """The register behind the name is one of these; empty where it was not seen."""


@attrs.frozen
class Redirected:
    """Redirected to the page at VNCR_EL2.BADDR."""

    outcome: Annotated[Literal["memory"], one_of("memory")]
    """``memory``."""
    offset: Annotated[int, hexadecimal(12, multiple=8)]
    """The offset in that page, in bytes."""


@attrs.frozen
class Undefined:
    """Taken as UNDEFINED, EC 0x00."""

    outcome: Annotated[Literal["undefined"], one_of("undefined")]
    """``undefined``."""
    el: TargetEL
    """The Exception level that took it."""


@attrs.frozen
class Trapped:
    """Taken as an exception with a syndrome of its own."""

    outcome: Annotated[Literal["trap"], one_of("trap")]
    """``trap``."""
    el: TargetEL
    """The Exception level that took it."""
    esr: Annotated[int | None, hexadecimal(64)] = None
    """ESR_ELx of that level."""
    ec: Annotated[int | None, hexadecimal(6)] = None
    """ESR_ELx.EC, where only the class is known."""
    elr_offset: Annotated[int | None, integer(0, 4)] = None
    """ELR_ELx minus the address of the instruction, in bytes; None where it was not seen."""

    def __attrs_post_init__(self) -> None:
        if (self.esr is None) == (self.ec is None):
            raise ValueError("expected exactly one of the keys esr, ec")


@attrs.frozen(kw_only=True)
class Access(Observed):
    """One instruction: PSTATE.SP = 1 above EL0, PSTATE.{D,A,I,F} = 1, MMU off, no stage 2."""

    el: ExceptionLevel
    """The Exception level that issued it."""
    op: Annotated[Literal["MRS", "MSR", "SYS", "OTHER"], one_of("MRS", "MSR", "SYS", "OTHER")]
    """Its class, and with MRS and MSR the direction."""
    name: Text
    """The register or operation; with OTHER the instruction in assembler."""
    encoding: Annotated[
        tuple[int, int, int, int, int] | None,
        nullable(
            sequence(*(integer(*range(1 << width)) for width in (2, 3, 4, 4, 3))),
        ),
    ]
    """[op0, op1, CRn, CRm, op2], or None where it has none."""
    word: Annotated[int | None, hexadecimal(32)] = None
    """The A64 opcode with Rt = x0; where given, it decides and not the name."""
    operand: Annotated[int | None, hexadecimal(64)] = None
    """The value of x0."""
    expect: Annotated[
        Executed | Redirected | Undefined | Trapped,
        by_value("outcome", executed=Executed, memory=Redirected, undefined=Undefined, trap=Trapped),
    ]
    """What happened."""
