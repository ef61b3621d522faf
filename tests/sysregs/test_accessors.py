import re

import pytest

from spec.sysregs.accessors import ACCESSORS, AccessorKind, accessor, accessor_at, register
from spec.sysregs.encoding import Encoding, number_of

# From DDI 0487 C5.3 and D24: the encodings of names that MRS and MSR use.
KNOWN: dict[str, Encoding] = {
    "SCTLR_EL1": (3, 0, 1, 0, 0),
    "SCTLR_EL12": (3, 5, 1, 0, 0),
    "SCTLR_EL2": (3, 4, 1, 0, 0),
    "CNTKCTL_EL12": (3, 5, 14, 1, 0),
    "CNTP_TVAL_EL02": (3, 5, 14, 2, 0),
    "CNTV_CVAL_EL02": (3, 5, 14, 3, 2),
    "BRBCR_EL12": (2, 5, 9, 0, 0),
    "SPSR_EL12": (3, 5, 4, 0, 0),
    "VNCR_EL2": (3, 4, 2, 2, 0),
    "ICH_LR15_EL2": (3, 4, 12, 13, 7),
    "ICC_IAR1_EL1": (3, 0, 12, 12, 0),
    "DBGDTRRX_EL0": (2, 3, 0, 5, 0),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_name_has_its_encoding(name: str) -> None:
    """Own names and aliases."""
    one = accessor(name)
    assert (one.name, one.encoding, one.number) == (name, KNOWN[name], number_of(KNOWN[name]))
    assert one.kind == (AccessorKind.ALIAS if re.search("_EL[01]2$", name) else AccessorKind.OWN)


def test_an_alias_is_of_the_register_of_EL1() -> None:
    """The register behind SCTLR_EL12 is SCTLR_EL1; so is that of its own name."""
    assert accessor("SCTLR_EL12").register is accessor("SCTLR_EL1").register is register("SCTLR_EL12")


def test_every_accessor_is_found_by_its_encoding() -> None:
    """In each direction that it has; those of the virtual interface as those of the physical one."""
    for one in ACCESSORS.values():
        physical = one.name.replace("ICV_", "ICC_")
        assert one.reads or one.writes
        if one.reads:
            assert accessor_at(one.encoding, write=False).name == physical
        if one.writes:
            assert accessor_at(one.encoding, write=True).name == physical


@pytest.mark.parametrize(("write", "name"), [(False, "DBGDTRRX_EL0"), (True, "DBGDTRTX_EL0")])
def test_two_registers_may_share_an_encoding(write: bool, name: str) -> None:
    """The direction tells the receive register from the transmit register."""
    assert accessor_at((2, 3, 0, 5, 0), write=write).name == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("HCR_EL12", "unknown register HCR_EL12 (did you mean HCR_EL2?)"),
        ("hcr_el2", "unknown register hcr_el2 (did you mean HCR_EL2?)"),
        ("xyzzy", "unknown register xyzzy"),
    ],
)
def test_an_unknown_name_is_refused(name: str, reason: str) -> None:
    """With the nearest name, where one is near."""
    for look_up in (accessor, register):
        with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
            look_up(name)


@pytest.mark.parametrize(
    ("encoding", "write", "reason"),
    [
        ((3, 0, 15, 0, 0), False, "no register is read by the encoding (3, 0, 15, 0, 0)"),
        ((3, 0, 0, 0, 0), True, "no register is written by the encoding (3, 0, 0, 0, 0)"),
    ],
)
def test_an_unallocated_encoding_is_refused(encoding: Encoding, write: bool, reason: str) -> None:
    """One that no register has, and that of a read-only register for a write."""
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        accessor_at(encoding, write=write)
