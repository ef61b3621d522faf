"""Merging: the controls with which hardware traps what either of two hypervisors wants to trap.

While a guest hypervisor's guest runs, the controls of the host and those of the guest hypervisor are both in force. A
bit that traps when it is 1 is set if either has it set; a bit that *enables*, and traps when it is 0, only if both have
it set. The other bits say what the machine is, and stay the host's.

Source: DDI 0487, D24.2 and the chapters after it, for the sense of each bit.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from spec.access.controls.fine_grained import INSTRUCTION_TRAPS, READ_TRAPS, WRITE_TRAPS, is_negative
from spec.access.machine import Machine
from spec.lang import Bits64, Register, transition
from spec.sysregs.activity import AMUSERENR_EL0
from spec.sysregs.control import CPACR_EL1, CPTR_EL2, CPTR_EL2_E2H, SCTLR_EL1
from spec.sysregs.debug import MDCR_EL2, MDSCR_EL1
from spec.sysregs.guarded_stack import GCSCR_EL1, GCSCR_EL2, GCSCRE0_EL1
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.interrupts import ICC_SRE_EL1, ICC_SRE_EL2
from spec.sysregs.mpam import MPAM2_EL2, MPAMBW2_EL2, MPAMHCR_EL2
from spec.sysregs.performance import PMUSERENR_EL0
from spec.sysregs.timers import CNTHCTL_EL2, CNTHCTL_EL2_E2H, CNTKCTL_EL1
from spec.sysregs.virtual_interrupts import ICH_HCR_EL2


@attrs.frozen
class Senses:
    """The bits of one register that trap, by their sense."""

    traps: int
    """Those that trap when they are 1 (64 bits)."""
    enables: int
    """Those that trap when they are 0 (64 bits)."""


def _senses(register: type[Register], traps: str = "", enables: str = "") -> Senses:
    def mask(names: str) -> int:
        found = 0
        for name in names.split():
            found |= getattr(register, name).mask
        return found

    return Senses(mask(traps), mask(enables))


def _with_bits(senses: Senses, enables: int) -> Senses:
    return attrs.evolve(senses, enables=senses.enables | enables)


def _fine_grained(register: type[Register]) -> Senses:
    names = [field.name for field in register.fields()]
    negative = " ".join(name for name in names if is_negative(name))
    return _senses(register, " ".join(name for name in names if not is_negative(name)), negative)


_OF_SCTLR = _senses(SCTLR_EL1, "TSCXT TIDCP", "UCI UCT DZE EnRCTX EnTP2 EnFPM nTWI nTWE UMA")

COMMON: Mapping[str, Senses] = MappingProxyType(
    {
        "HCR_EL2": _senses(
            HCR_EL2,
            """TWI TWE TID0 TID1 TID2 TID3 TSC TIDCP TACR TSW TPCP TPU TTLB TVM TDZ TRVM TLOR TERR TID4 TICAB TOCU
            TTLBIS TTLBOS TID5 AT""",
            "APK API FIEN EnSCXT ATA",
        ),
        "HCRX_EL2": _senses(
            HCRX_EL2, "TALLINT", "EnAS0 EnALS EnASR MSCEn TCR2En SCTLR2En D128En EnIDCP128 GCSEn EnFPM PACMEn SRMASKEn"
        ),
        "MDCR_EL2": _with_bits(
            _senses(MDCR_EL2, "TPMCR TPM TDE TDA TDOSA TDRA TPMS TTRF TDCC", "EnSPM"),
            # The lower bit of each lets EL1 use a buffer; the upper one says whose it is.
            enables=1 << MDCR_EL2.E2PB.low | 1 << MDCR_EL2.E2TB.low,
        ),
        "ICH_HCR_EL2": _senses(ICH_HCR_EL2, "TC TALL0 TALL1 TDIR"),
        "ICC_SRE_EL2": _senses(ICC_SRE_EL2, enables="SRE Enable"),
        "MPAM2_EL2": _senses(MPAM2_EL2, "TRAPMPAM0EL1 TRAPMPAM1EL1 TIDR", "EnMPAMSM"),
        "MPAMHCR_EL2": _senses(MPAMHCR_EL2, "TRAP_MPAMIDR_EL1"),
        "MPAMBW2_EL2": _senses(
            MPAMBW2_EL2,
            enables="nTRAP_MPAMBW0_EL1 nTRAP_MPAMBW1_EL1 nTRAP_MPAMBWIDR_EL1 nTRAP_MPAMBWSM_EL1",
        ),
        **{one.__name__: _fine_grained(one) for one in (*READ_TRAPS, *WRITE_TRAPS, *INSTRUCTION_TRAPS)},
        "SCTLR_EL1": _OF_SCTLR,
        "SCTLR_EL2": _OF_SCTLR,
        "CPACR_EL1": _senses(CPACR_EL1, "TTA", "FPEN ZEN SMEN E0POE"),
        "CNTKCTL_EL1": _senses(CNTKCTL_EL1, enables="EL0PCTEN EL0VCTEN EL0VTEN EL0PTEN"),
        "MDSCR_EL1": _senses(MDSCR_EL1, "TDCC", "EnSPM"),
        "ICC_SRE_EL1": _senses(ICC_SRE_EL1, enables="SRE"),
        "GCSCR_EL1": _senses(GCSCR_EL1, enables="PUSHMEn"),
        "GCSCR_EL2": _senses(GCSCR_EL2, enables="PUSHMEn"),
        "GCSCRE0_EL1": _senses(GCSCRE0_EL1, enables="PUSHMEn nTR"),
        "PMUSERENR_EL0": _senses(PMUSERENR_EL0, "TID", "EN SW CR ER"),
        "AMUSERENR_EL0": _senses(AMUSERENR_EL0, enables="EN"),
    }
)
"""The bits of the registers that have one layout."""

OF_A_HOST: Mapping[str, Senses] = MappingProxyType(
    {
        **COMMON,
        "CPTR_EL2": _senses(CPTR_EL2_E2H, "TCPAC TAM TTA", "E0POE SMEN FPEN ZEN"),
        "CNTHCTL_EL2": _senses(
            CNTHCTL_EL2_E2H,
            "EL1TVT EL1TVCT EL1NVPCT EL1NVVCT",
            "EL0PCTEN EL0VCTEN EL0VTEN EL0PTEN EL1PCTEN EL1PTEN",
        ),
    }
)
"""The bits of every register, in the layouts with HCR_EL2.E2H = 1."""

OF_NO_HOST: Mapping[str, Senses] = MappingProxyType(
    {
        **COMMON,
        "CPTR_EL2": _senses(CPTR_EL2, "TCPAC TAM TTA TSM TFP TZ"),
        "CNTHCTL_EL2": _senses(CNTHCTL_EL2, "EL1TVT EL1TVCT EL1NVPCT EL1NVVCT", "EL1PCTEN EL1PCEN"),
    }
)
"""The bits of every register, in the layouts with HCR_EL2.E2H = 0."""

EL2_CONTROLS = (
    *("HCR_EL2", "HCRX_EL2", "CPTR_EL2", "MDCR_EL2", "CNTHCTL_EL2", "ICH_HCR_EL2", "ICC_SRE_EL2"),
    *("HFGRTR_EL2", "HFGWTR_EL2", "HFGITR_EL2", "HDFGRTR_EL2", "HDFGWTR_EL2", "HAFGRTR_EL2"),
    *("HFGRTR2_EL2", "HFGWTR2_EL2", "HFGITR2_EL2", "HDFGRTR2_EL2", "HDFGWTR2_EL2"),
    *("MPAM2_EL2", "MPAMHCR_EL2", "MPAMBW2_EL2"),
)
"""The registers with which a hypervisor traps its guests."""


@transition("the sense of each trap bit, in the register that has it")
def merged_register(host: Bits64, guest: Bits64, senses: Senses) -> Bits64:
    """Return a register that traps what either hypervisor traps with it.

    >>> bin(merged_register(0b0110, 0b0101, Senses(traps=0b0001, enables=0b0110)))
    '0b101'
    """
    either = (host | guest) & senses.traps
    both = host & guest & senses.enables
    mode = host & ((1 << 64) - 1 ^ senses.traps ^ senses.enables)
    return mode | either | both


def merged(host: Machine, guest: Machine, senses: Mapping[str, Senses]) -> Machine:
    """Return the machine of a host with the controls of EL2 that trap what either hypervisor traps."""
    values: dict[str, Any] = {
        name: merged_register(getattr(host, name), getattr(guest, name), one)
        for name, one in senses.items()
        if name in EL2_CONTROLS
    }
    return attrs.evolve(host, **values)
