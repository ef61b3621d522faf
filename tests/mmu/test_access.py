import pytest

from spec.mmu.access import Access, AccessType


@pytest.mark.parametrize("el", [0, 1])
def test_each_constructor_makes_its_access(el: int) -> None:
    """What an access reads and writes, and what WnR reports of it where no check decides."""
    assert Access.load(el) == Access(AccessType.GPR, True, False, el, True, False)
    assert Access.store(el) == Access(AccessType.GPR, False, True, el, True, True)
    assert Access.atomic(el) == Access(AccessType.GPR, True, True, el, True, False)
    assert Access.fetch(el) == Access(AccessType.IFETCH, True, False, el, True, False)
    assert Access.table_walk(el) == Access(AccessType.TTW, True, False, el, True, False)
    assert Access.table_walk(el, for_write=True) == Access(AccessType.TTW, True, False, el, True, True)


def test_accesses_are_made_at_EL1_and_aligned_unless_said_otherwise() -> None:
    """The defaults are those of a kernel's ordinary access."""
    makers = (Access.load, Access.store, Access.atomic, Access.fetch, Access.table_walk)
    assert [(made.EL, made.aligned) for made in (maker() for maker in makers)] == [(1, True)] * 5
    assert not Access(AccessType.AT, True, False, 0).reported_write


def test_types_have_the_names_of_the_pseudocode() -> None:
    """The values are Arm's AccessType."""
    assert {kind.name: kind.value for kind in AccessType} == {
        "GPR": "AccessType_GPR",
        "IFETCH": "AccessType_IFETCH",
        "TTW": "AccessType_TTW",
        "AT": "AccessType_AT",
        "NV2": "AccessType_NV2",
    }
