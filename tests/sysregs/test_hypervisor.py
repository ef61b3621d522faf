import re

import pytest

from spec.lang import BitField, Register
from spec.sysregs.hypervisor import (
    HCR_EL2,
    HCRX_EL2,
    HPFAR_EL2,
    HSTR_EL2,
    SCTLR_EL2,
    SCTLR_EL2_E2H,
    VMPIDR_EL2,
    VNCR_EL2,
    VPIDR_EL2,
    VTCR_EL2,
    VTTBR_EL2,
)

MANUAL: dict[type[Register], str] = {
    HCR_EL2: """
        VM 0, SWIO 1, PTW 2, FMO 3, IMO 4, AMO 5, VF 6, VI 7, VSE 8, FB 9, BSU 11:10, DC 12, TWI 13, TWE 14, TID0 15,
        TID1 16, TID2 17, TID3 18, TSC 19, TIDCP 20, TACR 21, TSW 22, TPCP 23, TPU 24, TTLB 25, TVM 26, TGE 27, TDZ 28,
        HCD 29, TRVM 30, RW 31, CD 32, ID 33, E2H 34, TLOR 35, TERR 36, TEA 37, APK 40, API 41, NV 42, NV1 43, AT 44,
        NV2 45, FWB 46, FIEN 47, GPF 48, TID4 49, TICAB 50, AMVOFFEN 51, TOCU 52, EnSCXT 53, TTLBIS 54, TTLBOS 55,
        ATA 56, DCT 57, TID5 58, TWEDEn 59, TWEDEL 63:60""",
    HCRX_EL2: """
        EnAS0 0, EnALS 1, EnASR 2, FnXS 3, FGTnXS 4, SMPME 5, TALLINT 6, VINMI 7, VFNMI 8, CMOW 9, MCE2 10, MSCEn 11,
        TCR2En 14, SCTLR2En 15, PTTWI 16, D128En 17, EnSNERR 18, TMEA 19, EnSDERR 20, EnIDCP128 21, GCSEn 22, EnFPM 23,
        PACMEn 24, SRMASKEn 26""",
    HSTR_EL2: "T0 0, T1 1, T2 2, T3 3, T5 5, T6 6, T7 7, T8 8, T9 9, T10 10, T11 11, T12 12, T13 13, T15 15",
    VTCR_EL2: """
        T0SZ 5:0, SL0 7:6, IRGN0 9:8, ORGN0 11:10, SH0 13:12, TG0 15:14, PS 18:16, VS 19, HA 21, HD 22, HWU59 25,
        HWU60 26, HWU61 27, HWU62 28, NSW 29, NSA 30, DS 32, SL2 33, AssuredOnly 34, TL1 35, S2PIE 36, S2POE 37,
        D128 38, GCSH 40, TL0 41, HAFT 44, HDBSS 45""",
    VTTBR_EL2: "CnP 0, BADDR 47:1, VMID 63:48",
    HPFAR_EL2: "FIPA 47:4, NS 63",
    VNCR_EL2: "BADDR 63:12",
    VPIDR_EL2: "Revision 3:0, PartNum 15:4, Architecture 19:16, Variant 23:20, Implementer 31:24",
    VMPIDR_EL2: "Aff0 7:0, Aff1 15:8, Aff2 23:16, MT 24, U 30, Aff3 39:32",
    SCTLR_EL2: """
        M 0, A 1, C 2, SA 3, nAA 6, EOS 11, I 12, EnDB 13, WXN 19, IESB 21, EIS 22, EE 25, EnDA 27, EnIB 30, EnIA 31,
        BT 36, ITFSB 37, TCF 41:40, ATA 43, DSSBS 44, TCSO 59, NMI 61, SPINTMASK 62""",
    SCTLR_EL2_E2H: """
        M 0, A 1, C 2, SA 3, SA0 4, CP15BEN 5, nAA 6, ITD 7, SED 8, EnRCTX 10, EOS 11, I 12, EnDB 13, DZE 14, UCT 15,
        nTWI 16, nTWE 18, WXN 19, TSCXT 20, IESB 21, EIS 22, SPAN 23, E0E 24, EE 25, UCI 26, EnDA 27, nTLSMD 28,
        LSMAOE 29, EnIB 30, EnIA 31, CMOW 32, MSCEn 33, EnFPM 34, BT0 35, BT 36, ITFSB 37, TCF0 39:38, TCF 41:40,
        ATA0 42, ATA 43, DSSBS 44, TWEDEn 45, TWEDEL 49:46, EnASR 54, EnAS0 55, EnALS 56, EPAN 57, TCSO0 58, TCSO 59,
        EnTP2 60, NMI 61, SPINTMASK 62, TIDCP 63""",
}
"""The bits of each field, from the pages of the registers in DDI 0487 D24.2."""

ONES: dict[type[Register], list[tuple[int, int]]] = {
    VTCR_EL2: [(31, 31)],
    VMPIDR_EL2: [(31, 31)],
    SCTLR_EL2: [(29, 28), (25, 25), (23, 23), (18, 18), (16, 16), (5, 4)],
}
"""The bits that are RES1."""


def places(text: str) -> dict[str, tuple[int, int]]:
    """Return the highest and the lowest bit of each field."""
    found = re.findall(r"(\w+) (\d+)(?::(\d+))?", text)
    return {name: (int(high), int(low or high)) for name, high, low in found}


@pytest.mark.parametrize("register", MANUAL, ids=lambda register: register.__name__)
def test_fields_stand_where_the_manual_puts_them(register: type[Register]) -> None:
    """Each field has the bits of the manual, and there are no others; those of one bit are conditions."""
    assert {name: (field.high, field.low) for name, field in register.FIELDS.items()} == places(MANUAL[register])
    assert all(isinstance(field, BitField) == (field.width == 1) for field in register.fields())
    assert all(field.doc for field in register.fields())


@pytest.mark.parametrize("register", ONES, ids=lambda register: register.__name__)
def test_bits_that_are_RES1(register: type[Register]) -> None:
    """Always, or on some machines."""
    assert [(one.high, one.low) for one in register.RES1] == ONES[register]
