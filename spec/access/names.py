"""Names: what a name of MRS and MSR says by itself, and the lists of those that it does not say it of.

A name that ends in _EL1 is UNDEFINED at EL0, one that ends in _EL2, _EL12 or _EL02 at EL1; the exceptions are listed.

Source: DDI 0487, the accessors in D24.2 to D24.12 and C5.2, from which each list is drawn.
"""

import fnmatch
from collections.abc import Mapping
from types import MappingProxyType

from spec.access.instruction import Form
from spec.sysregs.encoding import Encoding

NOT_OF_THIS_STATE = frozenset(
    [
        "VSTCR_EL2",
        "VSTTBR_EL2",
        "SDER32_EL2",
        "CNTHPS_CTL_EL2",
        "CNTHPS_CVAL_EL2",
        "CNTHPS_TVAL_EL2",
        "CNTHVS_CTL_EL2",
        "CNTHVS_CVAL_EL2",
        "CNTHVS_TVAL_EL2",
        "CNTPS_CTL_EL1",
        "CNTPS_CVAL_EL1",
        "CNTPS_TVAL_EL1",
        "MECID_A0_EL2",
        "MECID_A1_EL2",
        "MECID_P0_EL2",
        "MECID_P1_EL2",
        "MECIDR_EL2",
        "VMECID_A_EL2",
        "VMECID_P_EL2",
        "RVBAR_EL1",
        "RMR_EL1",
        "DLR_EL0",
        "DSPSR_EL0",
        "SP_EL2",
    ]
)
"""Names that are UNDEFINED at EL0, EL1 and EL2 here.

They belong to Secure or Realm state, to Debug state, to the highest Exception level, or to EL3.
"""

LEVELS: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(["ALLINT", "PAN", "UAO", "PM", "SPSel", "CurrentEL", "SP_EL0"], 1),
        **dict.fromkeys(["DAIF", "NZCV", "DIT", "SSBS", "TCO", "FPCR", "FPSR", "FPMR", "SVCR", "RNDR", "RNDRRS"], 0),
        **dict.fromkeys(["SPSR_abt", "SPSR_fiq", "SPSR_irq", "SPSR_und", "SP_EL1"], 2),
    }
)
"""The lowest Exception level of the names that do not say it."""

WRITE_LEVELS: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(["PMUSERENR_EL0", "AMUSERENR_EL0", "TPIDRRO_EL0", "GCSPR_EL0"], 1),
        "CNTFRQ_EL0": 2,
    }
)
"""The lowest Exception level of a write, where that of a read is another."""

HIGHEST_LEVEL_WRITES = ("AMCR_EL0", "AMCNTEN*_EL0", "AMEVCNTR*_EL0", "AMEVTYPER*_EL0")
"""What only the highest implemented Exception level may write: EL2 here."""

AARCH32_BANKED = frozenset(["SPSR_abt", "SPSR_fiq", "SPSR_irq", "SPSR_und", "SP_EL1"])
"""Names of EL2 that do not end in _EL2, and that HCR_EL2.NV traps."""

NOT_FOR_GUEST_HYPERVISOR = frozenset(["CNTFRQ_EL0"])
"""Names that only EL2 may use and that HCR_EL2.NV leaves UNDEFINED."""

REDIRECTED_BY_NV2: Mapping[str, str] = MappingProxyType(
    {name: name.replace("_EL2", "_EL1") for name in ("SPSR_EL2", "ELR_EL2", "ESR_EL2", "FAR_EL2", "TFSR_EL2")}
)
"""The EL2 names that reach the EL1 register from EL1 with NV2."""

UNMASKED: Mapping[str, tuple[str, Encoding]] = MappingProxyType(
    {
        "CPACRALIAS_EL1": ("CPACR_EL1", (3, 0, 1, 4, 4)),
        "ACTLRALIAS_EL1": ("ACTLR_EL1", (3, 0, 1, 4, 5)),
        "SCTLRALIAS_EL1": ("SCTLR_EL1", (3, 0, 1, 4, 6)),
        "SCTLR2ALIAS_EL1": ("SCTLR2_EL1", (3, 0, 1, 4, 7)),
        "TCRALIAS_EL1": ("TCR_EL1", (3, 0, 2, 7, 6)),
        "TCR2ALIAS_EL1": ("TCR2_EL1", (3, 0, 2, 7, 7)),
    }
)
"""Second names of registers, by which the masks of FEAT_SRMASK do not apply: the register and the encoding."""

ALIAS_FEATURES: Mapping[str, str] = MappingProxyType(
    {
        "PMBSR_EL12": "FEAT_VHE and FEAT_SPE_EXC",
        "TRBSR_EL12": "FEAT_VHE and FEAT_TRBE_EXC",
        **dict.fromkeys(UNMASKED, "FEAT_SRMASK"),
    }
)
"""The features of the second names that need another than FEAT_VHE."""

BY_CHOICE: Mapping[str, str] = MappingProxyType(
    {name: name.replace("_EL1", "_EL2") for name in ("ACTLR_EL1", "ACTLRMASK_EL1", "PMBSR_EL1", "TRBSR_EL1")}
)
"""The registers that those names reach at EL2 with E2H, where there is one for each Exception level."""

SELECTED: Mapping[str, str] = MappingProxyType({"PMXEVCNTR_EL0": "PMEVCNTR0_EL0", "PMXEVTYPER_EL0": "PMEVTYPER0_EL0"})
"""The names of the event counter that PMSELR_EL0.SEL selects, and the first register of those that they reach."""

VIRTUAL_ID: Mapping[str, str] = MappingProxyType({"MIDR_EL1": "VPIDR_EL2", "MPIDR_EL1": "VMPIDR_EL2"})
"""The identification registers that EL1 reads another register for."""

IDENTIFICATION = (
    "ID_*_EL1",
    "MVFR*_EL1",
    "MIDR_EL1",
    "MPIDR_EL1",
    "REVIDR_EL1",
    "CCSIDR*_EL1",
    "CLIDR_EL1",
    "AIDR_EL1",
    "SMIDR_EL1",
    "GMID_EL1",
)
"""The identification registers, of which FEAT_IDST reports a read that is UNDEFINED."""

INDEXED: Mapping[str, str] = MappingProxyType(
    {
        "PMEVCNTR": "event_counters",
        "PMEVTYPER": "event_counters",
        "AMEVCNTR1": "activity_counters",
        "AMEVTYPER1": "activity_counters",
        "AMEVCNTVOFF1": "activity_counters",
        "DBGB": "breakpoints",
        "DBGW": "watchpoints",
        "ICH_LR": "list_registers",
        "ICH_AP": "active_priority_registers",
        "ICC_AP": "active_priority_registers",
    }
)
"""How many registers of a family there are is the implementation's choice, by this name in its features."""


def level_of(name: str, form: Form) -> int:
    """Return the lowest Exception level at which a name is not UNDEFINED."""
    if name in NOT_OF_THIS_STATE:
        return 3
    if form == Form.MSR:
        if name in WRITE_LEVELS:
            return WRITE_LEVELS[name]
        if matches(name, HIGHEST_LEVEL_WRITES):
            return 2
    if name in LEVELS:
        return LEVELS[name]
    suffix = name.rpartition("_EL")[2]
    return {"0": 0, "1": 1, "2": 2, "12": 2, "02": 2, "3": 3}.get(suffix, 1)


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a name is one of some patterns, in which ``*`` stands for any letters."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
