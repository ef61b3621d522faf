"""Registers: the names that an observation may give state to."""

from typing import Any

from nvspec.observations.decoding import text, unknown
from spec.sysregs.tables import REGISTERS as TABLES

_OF_EL3 = """
ACTLR AFSR0 AFSR1 AMAIR2 AMAIR CPTR ELR ESR FAR FGWTE3 GCSCR GCSPR GPCBW GPCCR GPTBR ICC_CTLR ICC_IGRPEN1 ICC_SRE
MAIR2 MAIR MDCR MECID_RL_A MFAR MPAM3 MPAMBW3 PIR PMBSR POR RMR RVBAR SCR SCTLR2 SCTLR SCXTNUM SDER32 SMCR SPMACCESSR
SPMROOTCR SPSR SP TCR TFSR TPIDR TRBSR TTBR0 VBAR VDISR VSESR ZCR
"""
"""The registers of EL3, without ``_EL3``: the model has none of them."""

_BANKED = tuple(f"DBG{kind}{number}_EL1" for kind in ("BCR", "BVR", "WCR", "WVR") for number in range(16, 64))
"""The breakpoints and watchpoints that MDSELR_EL1.BANK selects: they have the encodings of the first sixteen."""

REGISTERS: frozenset[str] = frozenset({*TABLES, *(f"{name}_EL3" for name in _OF_EL3.split()), *_BANKED})
"""The AArch64 registers that an observation may name: those of the model, of EL3, and the banked ones of debug.

A name that only selects another register (SCTLR_EL12) is none: ``regs`` holds state, and state has one name.
"""


def register(value: Any) -> str:
    """Decode the name of a register that has state."""
    name = text(value)
    if name not in REGISTERS:
        raise unknown("register", name, REGISTERS)
    return name
