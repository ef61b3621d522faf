import pytest

from spec.access.control import ExceptionClass as Trapped
from spec.mmu.fault import Fault, FaultKind, fault_status
from spec.sysregs.syndrome import CLASSES, FAULT_STATUS, DataAbortISS, SystemISS, fault_status_name


def test_classes_have_a_code_of_six_bits() -> None:
    """And a name; the fields of ISS stand in its 25 bits."""
    for code, found in CLASSES.items():
        assert 0 <= code < 64
        assert found.name
        assert all(place.high < 25 for place in found.ISS.fields())


def test_every_class_that_an_access_can_take_is_named() -> None:
    """The classes of the rules of access are among them."""
    assert {int(one) for one in Trapped} <= set(CLASSES)


# From Linux, arch/arm64/include/asm/esr.h.
ESR_ELx_SYS64_ISS = {"Op0": 20, "Op2": 17, "Op1": 14, "CRn": 10, "Rt": 5, "CRm": 1, "Direction": 0}
ESR_ELx_DABT = {"ISV": 24, "SAS": 22, "SSE": 21, "SRT": 16, "SF": 15, "AR": 14, "VNCR": 13, "FnV": 10, "EA": 9, "CM": 8}


def test_fields_stand_where_the_kernel_reads_them() -> None:
    """Those of a trapped access and of a Data Abort."""
    assert {name: place.low for name, place in SystemISS.FIELDS.items()} == ESR_ELx_SYS64_ISS
    assert {name: DataAbortISS.FIELDS[name].low for name in ESR_ELx_DABT} == ESR_ELx_DABT


@pytest.mark.parametrize("level", [-1, 0, 1, 2, 3])
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (FaultKind.TRANSLATION, "Translation fault"),
        (FaultKind.ADDRESS_SIZE, "Address size fault"),
        (FaultKind.EXTERNAL_ABORT, "synchronous External abort on a translation table walk"),
    ],
)
def test_a_fault_is_named_as_it_is_encoded(kind: FaultKind, name: str, level: int) -> None:
    """The code that a rule gives a fault says its kind and its level."""
    code = fault_status(Fault(kind, level, 0, stage2=True, s2fs1walk=False, write=False))
    assert fault_status_name(code) == f"{name}, level {level}"


def test_other_codes_are_reserved() -> None:
    """Codes have six bits."""
    assert fault_status_name(0b111111) == "reserved"
    assert all(0 <= code < 64 for code in FAULT_STATUS)
