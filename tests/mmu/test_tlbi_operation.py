import pytest

from spec.access.operations import OPERATIONS
from spec.mmu.attributes import Shareability
from spec.mmu.tlb_entry import Stages
from spec.mmu.tlbi_operation import TLBI, Kind, TLBIOperation, concerns, operation_of

EVERY_STAGE = set(Stages)
WITH_STAGE_1 = {Stages.STAGE1, Stages.COMBINED}


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("ALLE1", TLBIOperation(Kind.ALL, False, False, False, Shareability.NSH, False)),
        ("ALLE2OSNXS", TLBIOperation(Kind.ALL, False, False, True, Shareability.OSH, True)),
        ("VMALLE1IS", TLBIOperation(Kind.VMALL, False, False, False, Shareability.ISH, False)),
        ("VMALLS12E1NXS", TLBIOperation(Kind.VMALLS12, False, False, False, Shareability.NSH, True)),
        ("VMALLWS2E1OS", TLBIOperation(Kind.VMALLWS2, False, False, False, Shareability.OSH, False)),
        ("ASIDE1IS", TLBIOperation(Kind.ASID, False, False, False, Shareability.ISH, False)),
        ("VAE2", TLBIOperation(Kind.VA, False, False, True, Shareability.NSH, False)),
        ("VALE2IS", TLBIOperation(Kind.VA, False, True, True, Shareability.ISH, False)),
        ("VAAE1", TLBIOperation(Kind.VAA, False, False, False, Shareability.NSH, False)),
        ("RVAALE1OS", TLBIOperation(Kind.VAA, True, True, False, Shareability.OSH, False)),
        ("IPAS2LE1", TLBIOperation(Kind.IPAS2, False, True, False, Shareability.NSH, False)),
        ("RIPAS2E1ISNXS", TLBIOperation(Kind.IPAS2, True, False, False, Shareability.ISH, True)),
    ],
)
def test_a_name_says_what_the_operation_asks_for(name: str, operation: TLBIOperation) -> None:
    """I_DMCXY: {R}<type>{L}<regime><shareability>{NXS}."""
    assert operation_of(name) == operation


def test_every_TLBI_of_EL1_and_EL2_is_there() -> None:
    """Of the System instructions that are modelled, all but those of EL3 and of granule protection tables."""
    names = {one.name.removeprefix("TLBI ") for one in OPERATIONS if one.name.startswith("TLBI ")}
    left_out = {name for name in names if "E3" in name or name.startswith(("PAALL", "RPA"))}
    assert set(TLBI) == names - left_out
    assert len(TLBI) == 132


def test_no_two_names_ask_for_the_same() -> None:
    """Each operation has an encoding of its own, and an effect of its own."""
    assert len(set(TLBI.values())) == len(TLBI)


@pytest.mark.parametrize("name", ["VAE3", "PAALL", "RPAOS", "VAE1ISIS", "TLBI VAE1", "vae1", "", "AT S1E1R"])
def test_another_name_is_refused(name: str) -> None:
    """With the name in the message."""
    with pytest.raises(ValueError, match=f"no TLBI of this model: {name}"):
        operation_of(name)


@pytest.mark.parametrize(
    ("kind", "stages"),
    [
        (Kind.ALL, EVERY_STAGE),
        (Kind.VMALLS12, EVERY_STAGE),
        (Kind.VMALL, WITH_STAGE_1),
        (Kind.ASID, WITH_STAGE_1),
        (Kind.VA, WITH_STAGE_1),
        (Kind.VAA, WITH_STAGE_1),
        (Kind.IPAS2, {Stages.STAGE2}),
        (Kind.VMALLWS2, set()),
    ],
)
def test_an_operation_concerns_the_stages_that_it_is_about(kind: Kind, stages: set[Stages]) -> None:
    """R_LGSCG, R_TVTYQ, R_GNJPZ: one of stage 1 also where stage 2 is with it, one by IPA stage 2 alone."""
    assert {one for one in Stages if concerns(kind, one)} == stages
