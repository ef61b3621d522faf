import pytest

from spec.lang import BitField, Register
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2, VTCR_EL2, VTTBR_EL2

MANUAL: dict[type[Register], dict[str, tuple[int, int]]] = {
    HCR_EL2: {
        "VM": (0, 0),
        "PTW": (2, 2),
        "DC": (12, 12),
        "TGE": (27, 27),
        "CD": (32, 32),
        "ID": (33, 33),
        "E2H": (34, 34),
        "NV": (42, 42),
        "NV1": (43, 43),
        "NV2": (45, 45),
        "FWB": (46, 46),
    },
    VTCR_EL2: {
        "T0SZ": (5, 0),
        "SL0": (7, 6),
        "IRGN0": (9, 8),
        "ORGN0": (11, 10),
        "SH0": (13, 12),
        "TG0": (15, 14),
        "PS": (18, 16),
        "VS": (19, 19),
        "HA": (21, 21),
        "HD": (22, 22),
        "DS": (32, 32),
        "SL2": (33, 33),
    },
    VTTBR_EL2: {"CnP": (0, 0), "BADDR": (47, 1), "BADDR_high": (5, 2), "VMID": (63, 48)},
    SCTLR_EL2: {"EE": (25, 25)},
}
"""The highest and lowest bit of each field, from the pages of the registers in DDI 0487 D24.2."""


@pytest.mark.parametrize("register", MANUAL, ids=lambda register: register.__name__)
def test_fields_stand_where_the_manual_puts_them(register: type[Register]) -> None:
    """Each field has the bits of the manual, and there are no others; those of one bit are conditions."""
    assert {name: (field.high, field.low) for name, field in register.FIELDS.items()} == MANUAL[register]
    assert all(isinstance(field, BitField) == (field.width == 1) for field in register.fields())
    assert all(field.doc for field in register.fields())
