"""The controls that the hypervisor is installed with: nothing that the kernel did at EL2 is trapped once it is at EL1.

Each register of EL2 that traps accesses of EL1 gets its enabling bits, and none of its trap bits; which those are says
:mod:`spec.access.merging`, from the tables of the registers. So the fine-grained traps of features that nobody had
heard of when the sequence was written are off too. Beside them::

    HCR_EL2    RW: EL1 is in AArch64 state. VM, if the hypervisor has a stage 2. E2H and TGE 0: the host is no more
    MDCR_EL2   HPMN: every event counter. E2PB and E2TB: the buffers of profiling and trace are EL1's
    CPTR_EL2   the layout without E2H: TFP, TZ, TSM, TTA, TCPAC and TAM are 0

Where HCR_EL2.E2H is 1 whatever is written (no FEAT_E2H0), the registers keep the layouts of a host, and the hypervisor
is one with TGE = 0.

Source: DDI 0487 D24.2, the trap bits of each register.
"""

from spec.access.merging import COMMON, OF_A_HOST, OF_NO_HOST
from spec.boot.initialisation import CPTR_RES1
from spec.demotion.machine import Hypervisor
from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import Bits64, invert, transition, where
from spec.sysregs.accessors import register
from spec.sysregs.control import CPTR_EL2
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.reserved import sanitised

INSTALLED = (
    *("HCRX_EL2", "HFGRTR_EL2", "HFGWTR_EL2", "HFGITR_EL2", "HDFGRTR_EL2", "HDFGWTR_EL2", "HAFGRTR_EL2"),
    *("HFGRTR2_EL2", "HFGWTR2_EL2", "HFGITR2_EL2", "HDFGRTR2_EL2", "HDFGWTR2_EL2"),
    *("ICH_HCR_EL2", "MPAM2_EL2", "MPAMBW2_EL2", "HSTR_EL2"),
)
"""The registers of EL2 that are installed with their enabling bits, and no others."""


def untrapping(name: str, features: Features) -> Bits64:
    """Return the value (64 bits) with which a register of EL2 that has one layout traps nothing.

    >>> hex(untrapping("HCRX_EL2", Features(FEAT_HCX=True, FEAT_TCR2=True)))
    '0x4000'
    """
    found = COMMON.get(name)
    return sanitised(register(name).kind, found.enables if found else 0, features)


@transition("HCR_EL2.{RW, VM, E2H, TGE}")
def HCR_of_kernel(hypervisor: Hypervisor, features: Features) -> Bits64:
    """Return HCR_EL2 (64 bits) under which the kernel runs at EL1: {E2H, TGE} are {0, 0}, and no trap.

    >>> hex(HCR_of_kernel(Hypervisor(0, stage2=True), Features()))
    '0x80000001'
    """
    value = HCR_EL2.RW.mask | where(hypervisor.stage2, HCR_EL2.VM.mask)
    return value | untrapping("HCR_EL2", features)


@transition("MDCR_EL2.{HPMN, E2PB, E2TB}")
def MDCR_of_kernel(features: Features) -> Bits64:
    """Return MDCR_EL2 (64 bits) under which EL1 has every event counter, and the buffers of profiling and trace.

    >>> hex(MDCR_of_kernel(Features(FEAT_PMUv3=True, FEAT_SPE=True, event_counters=6)))
    '0x3006'
    """
    counters = where(features.FEAT_PMUv3, features.event_counters)
    buffers = where(features.FEAT_SPE, MDCR_EL2.E2PB.mask) | where(features.FEAT_TRBE, MDCR_EL2.E2TB.mask)
    return counters | buffers | untrapping("MDCR_EL2", features)


@transition("CPTR_EL2, in the layout that HCR_EL2.E2H selects")
def CPTR_untrapping(hcr: Bits64, features: Features) -> Bits64:
    """Return CPTR_EL2 (64 bits) under HCR_EL2 (64 bits) that traps nothing.

    >>> hex(CPTR_untrapping(0, Features(FEAT_SVE=True))), hex(CPTR_untrapping(1 << 34, Features(FEAT_VHE=True)))
    ('0x32ff', '0x300000')
    """
    if effective_E2H(hcr, features):
        return sanitised(CPTR_EL2, OF_A_HOST["CPTR_EL2"].enables, features)
    vectors = where(features.FEAT_SVE, CPTR_EL2.TZ.mask) | where(features.FEAT_SME, CPTR_EL2.TSM.mask)
    return CPTR_RES1 & invert(vectors)


@transition("CNTHCTL_EL2, in the layout that HCR_EL2.E2H selects")
def CNTHCTL_untrapping(hcr: Bits64, features: Features) -> Bits64:
    """Return CNTHCTL_EL2 (64 bits) under HCR_EL2 (64 bits) that traps nothing, nor applies CNTPOFF_EL2.

    >>> hex(CNTHCTL_untrapping(0, Features())), hex(CNTHCTL_untrapping(1 << 34, Features(FEAT_VHE=True)))
    ('0x3', '0xf03')
    """
    if effective_E2H(hcr, features):
        return OF_A_HOST["CNTHCTL_EL2"].enables
    return OF_NO_HOST["CNTHCTL_EL2"].enables
