"""Fine-grained traps: one bit for each register or instruction, read or written.

A bit is named after what it traps. Where the name begins with ``n`` before a capital the sense is negative: it
traps when it is 0. Either sense needs the bit to be implemented, and the trap spares the EL0 of a host.

Source: DDI 0487, D24.2, HFGRTR_EL2, HFGWTR_EL2, HFGITR_EL2, HDFGRTR_EL2, HDFGWTR_EL2, HAFGRTR_EL2 and their second
registers; D19 for which accesses each bit traps.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from spec.access.control import Control, TrapBit, existence
from spec.access.machine import HCRX_is_enabled, Machine
from spec.features import Features
from spec.lang import negation, transition
from spec.sysregs.fine_grained import (
    HFGITR2_EL2,
    HFGITR_EL2,
    HFGRTR2_EL2,
    HFGRTR_EL2,
    HFGWTR2_EL2,
    HFGWTR_EL2,
)
from spec.sysregs.fine_grained_debug import HAFGRTR_EL2, HDFGRTR2_EL2, HDFGRTR_EL2, HDFGWTR2_EL2, HDFGWTR_EL2
from spec.sysregs.hypervisor import HCRX_EL2
from spec.sysregs.register import SystemRegister

READ_TRAPS = (HFGRTR_EL2, HFGRTR2_EL2, HDFGRTR_EL2, HDFGRTR2_EL2, HAFGRTR_EL2)
"""The registers whose bits trap reads."""
WRITE_TRAPS = (HFGWTR_EL2, HFGWTR2_EL2, HDFGWTR_EL2, HDFGWTR2_EL2)
"""The registers whose bits trap writes."""
INSTRUCTION_TRAPS = (HFGITR_EL2, HFGITR2_EL2)
"""The registers whose bits trap instructions."""

SHARED: Mapping[str, str] = MappingProxyType(
    {
        # HFGRTR_EL2 and HFGWTR_EL2
        "APDAKey": "APDAKeyHi_EL1 APDAKeyLo_EL1",
        "APDBKey": "APDBKeyHi_EL1 APDBKeyLo_EL1",
        "APGAKey": "APGAKeyHi_EL1 APGAKeyLo_EL1",
        "APIAKey": "APIAKeyHi_EL1 APIAKeyLo_EL1",
        "APIBKey": "APIBKeyHi_EL1 APIBKeyLo_EL1",
        "SCTLR_EL1": "SCTLR_EL1 SCTLR2_EL1",
        "TCR_EL1": "TCR_EL1 TCR2_EL1",
        "nGCS_EL0": "GCSCRE0_EL1 GCSPR_EL0",
        "nGCS_EL1": "GCSCR_EL1 GCSPR_EL1",
        "ERXMISCn_EL1": "ERXMISC0_EL1 ERXMISC1_EL1 ERXMISC2_EL1 ERXMISC3_EL1",
        "ICC_IGRPENn_EL1": "ICC_IGRPEN0_EL1 ICC_IGRPEN1_EL1",
        # HDFGRTR_EL2 and HDFGWTR_EL2
        "DBGBCRn_EL1": "DBGBCR*_EL1",
        "DBGBVRn_EL1": "DBGBVR*_EL1",
        "DBGWCRn_EL1": "DBGWCR*_EL1",
        "DBGWVRn_EL1": "DBGWVR*_EL1",
        "DBGCLAIM": "DBGCLAIMCLR_EL1 DBGCLAIMSET_EL1",
        "PMEVCNTRn_EL0": "PMEVCNTR*_EL0 PMXEVCNTR_EL0",
        "PMEVTYPERn_EL0": "PMEVTYPER*_EL0 PMXEVTYPER_EL0",
        "PMCEIDn_EL0": "PMCEID0_EL0 PMCEID1_EL0",
        "PMCNTEN": "PMCNTENCLR_EL0 PMCNTENSET_EL0",
        "PMINTEN": "PMINTENCLR_EL1 PMINTENSET_EL1",
        "PMOVS": "PMOVSCLR_EL0 PMOVSSET_EL0",
        "TRC": """
            TRCACATR* TRCACVR* TRCBBCTLR TRCCCCTLR TRCCIDCCTLR* TRCCIDCVR* TRCCNTCTLR* TRCCNTRLDVR* TRCCONFIGR
            TRCEVENTCTL0R TRCEVENTCTL1R TRCEXTINSELR* TRCITEEDCR TRCQCTLR TRCRSCTLR* TRCRSR TRCSEQEVR*
            TRCSEQRSTEVR TRCSSCCR* TRCSSPCICR* TRCSTALLCTLR TRCSYNCPR TRCTRACEIDR TRCTSCTLR TRCVIIECTLR
            TRCVIPCSSCTLR TRCVISSCTLR TRCVMIDCCTLR* TRCVMIDCVR*
        """,
        "TRCCLAIM": "TRCCLAIMCLR TRCCLAIMSET",
        "TRCCNTVRn": "TRCCNTVR*",
        "TRCID": "TRCDEVARCH TRCDEVID TRCIDR*",
        "TRCIMSPECn": "TRCIMSPEC*",
        "TRCSSCSRn": "TRCSSCSR*",
        "nBRBCTL": "BRBCR_EL1 BRBFCR_EL1",
        "nBRBDATA": "BRBINF*_EL1 BRBSRC*_EL1 BRBTGT*_EL1 BRBTS_EL1",
        "nBRBIDR": "BRBIDR0_EL1",
        # HAFGRTR_EL2
        "AMCNTEN0": "AMCNTENCLR0_EL0 AMCNTENSET0_EL0",
        "AMCNTEN1": "AMCNTENCLR1_EL0 AMCNTENSET1_EL0",
        # HDFGRTR2_EL2 and HDFGWTR2_EL2
        "nPMSSDATA": "PMCCNTSVR_EL1 PMEVCNTSVR*_EL1 PMICNTSVR_EL1",
        "nSPMCNTEN": "SPMCNTENCLR_EL0 SPMCNTENSET_EL0",
        "nSPMINTEN": "SPMINTENCLR_EL1 SPMINTENSET_EL1",
        "nSPMOVS": "SPMOVSCLR_EL0 SPMOVSSET_EL0",
        "nSPMEVCNTRn_EL0": "SPMEVCNTR*_EL0",
        "nSPMEVTYPERn_EL0": "SPMEVTYPER*_EL0 SPMEVFILTR*_EL0 SPMEVFILT2R*_EL0",
        "nSPMID": "SPMCFGR_EL1 SPMCGCR*_EL1 SPMDEVARCH_EL1 SPMIIDR_EL1",
        # HFGITR_EL2
        "DCISW": "DC ISW, DC IGSW, DC IGDSW",
        "DCCSW": "DC CSW, DC CGSW, DC CGDSW",
        "DCCISW": "DC CISW, DC CIGSW, DC CIGDSW",
        "DCIVAC": "DC IVAC, DC IGVAC, DC IGDVAC",
        "DCCVAC": "DC CVAC, DC CGVAC, DC CGDVAC, DC CVAOC, DC CGDVAOC",
        "DCCVAP": "DC CVAP, DC CGVAP, DC CGDVAP",
        "DCCVADP": "DC CVADP, DC CGVADP, DC CGDVADP",
        "DCCIVAC": "DC CIVAC, DC CIGVAC, DC CIGDVAC, DC CIVAOC, DC CIGDVAOC",
        "DCZVA": "DC ZVA, DC GVA, DC GZVA",
        "nDCCIVAPS": "DC CIVAPS, DC CIGDVAPS",
        "nGCSPUSHM_EL1": "GCSPUSHM",
        "nGCSEPP": "GCSPUSHX GCSPOPCX",
        "nBRBIALL": "BRB IALL,",
        "nBRBINJ": "BRB INJ,",
    }
)
"""The bits that trap more than what they are named after."""

WITHOUT_ENCODING = frozenset({"SVC_EL0", "SVC_EL1", "ERET", "nGCSSTR_EL1", "PSBCSYNC", "TSBCSYNC"})
"""The bits of instructions that have no encoding of a System instruction; :mod:`spec.access.execution` has them."""

OPERATIONS = re.compile(r"(AT|DC|IC|TLBI|CFP|CPP|DVP|COSP)(\w+)")


@attrs.frozen(eq=False)
class FineGrained:
    """One bit of a fine-grained trap register."""

    register: type[SystemRegister]
    """The register."""
    field: Any
    """The bit."""
    negative: bool
    """It traps when it is 0."""
    implemented: Callable[[Features], bool]
    """Whether an implementation has it."""
    with_nXS: bool = False
    """It is for the nXS form of the instruction, which HCRX_EL2.FGTnXS takes out."""


def is_negative(name: str) -> bool:
    """Return whether a bit of this name traps when it is 0.

    >>> is_negative("nTPIDR2_EL0"), is_negative("TPIDR_EL0")
    (True, False)
    """
    return re.match(r"n[A-Z]", name) is not None


def names(field: Any) -> Iterator[str]:
    """Yield the names, with ``*`` for any letters, of what a bit traps.

    >>> list(names(HFGRTR_EL2.TCR_EL1))
    ['TCR_EL1', 'TCR2_EL1']
    """
    text = SHARED.get(field.name)
    if text is not None:
        yield from (part.strip() for part in (text.split(",") if "," in text else text.split()) if part.strip())
        return
    if field.name in WITHOUT_ENCODING:
        return
    plain = field.name[1:] if is_negative(field.name) else field.name
    operation = OPERATIONS.fullmatch(plain) if field.owner in ("HFGITR_EL2", "HFGITR2_EL2") else None
    yield f"{operation[1]} {operation[2]}" if operation else plain


@transition("the fine-grained traps of DDI 0487, D19: a bit traps by its sense, if it is implemented")
def bit_traps(value: bool, negative: bool, implemented: bool) -> bool:
    """Return whether a fine-grained trap bit traps.

    >>> [bit_traps(value, True, True) for value in (False, True)], bit_traps(False, True, False)
    ([True, False], False)
    """
    return implemented & (value != negative)


@transition("FEAT_FGT, FEAT_FGT2, HCRX_EL2.FGTnXS: the accessors of the registers and the TLBI instructions")
def fine_grained_traps(trap: FineGrained, machine: Machine) -> bool:
    """Return whether a fine-grained trap applies, at EL1 or at an EL0 that is not the host's.

    >>> trap = FineGrained(HFGRTR_EL2, HFGRTR_EL2.FAR_EL1, False, existence(HFGRTR_EL2.FAR_EL1))
    >>> fine_grained_traps(trap, Machine(1, Features(FEAT_FGT=True), HFGRTR_EL2=1 << 17))
    True
    """
    implemented = trap.implemented(machine.features)
    if trap.with_nXS:
        implemented = implemented & HCRX_is_enabled(machine) & negation(HCRX_EL2.FGTnXS(machine.HCRX_EL2))
    value = trap.field(getattr(machine, trap.register.__name__))
    return bit_traps(value, trap.negative, implemented)


def _control(bit: FineGrained) -> Control:
    """Return the control that a bit is."""
    register, field = bit.register, bit.field

    def is_trapping(machine: Machine) -> bool:
        return fine_grained_traps(bit, machine)

    governed = tuple(f"{name}NXS" if bit.with_nXS else name for name in names(field))
    return Control(
        f"{register.__name__}.{field.name}",
        is_trapping,
        reads=governed if register in READ_TRAPS else (),
        writes=governed if register in WRITE_TRAPS else (),
        operations=governed if register in INSTRUCTION_TRAPS else (),
        levels=(1,) if field.name == "nGCSPUSHM_EL1" else (0, 1),
        bits=(TrapBit(register.__name__, field, traps_when=not bit.negative),),
    )


def _every_bit() -> Iterator[FineGrained]:
    for register in (*READ_TRAPS, *WRITE_TRAPS, *INSTRUCTION_TRAPS):
        for field in register.fields():
            bit = FineGrained(register, field, is_negative(field.name), existence(field))
            if field.name not in WITHOUT_ENCODING:
                yield bit
            if field.name.startswith("TLBI"):
                yield attrs.evolve(bit, with_nXS=True)


FINE_GRAINED_TRAPS: tuple[FineGrained, ...] = tuple(_every_bit())
"""Every fine-grained trap bit of an access."""

FINE_GRAINED_CONTROLS: tuple[Control, ...] = tuple(map(_control, FINE_GRAINED_TRAPS))
"""The same, as controls."""
