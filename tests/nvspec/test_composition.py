import pytest

from nvspec.composition import Composition, assumed_shadow, compose_steps
from nvspec.prediction import STAGE1_OUTPUT
from spec.features import Features
from spec.mmu.access import Access
from spec.mmu.shadow import (
    GuestFault,
    GuestUpdate,
    HostFault,
    HostUpdate,
    Installed,
    Refused,
    Shadow,
    Stage,
    handle_abort,
    is_well_formed,
)
from tests.nvspec.test_steps import stage

GUEST = stage({0x4000: 0x5003, 0x5000: 0x6003, 0x6008: 0x4023_47FF})
"""The guest hypervisor maps the IPA 0x1000 to 0x40234000."""
HOST = stage({0x4008: 0x7003, 0x7008: 0x8000_0000_07FD})
"""The host maps 0x40200000 to 0x800000000000, in a block of 2 MB."""


def composed(guest: Stage, host: Stage, access: Access | None = None, shadow: Shadow | None = None) -> Composition:
    """Return the steps of an abort, whose outcome is what the specification says."""
    access = access or Access.load()
    found = compose_steps(guest, host, 0x1234, STAGE1_OUTPUT, access, shadow)
    assert found.outcome == handle_abort(0x1234, STAGE1_OUTPUT, access, guest, host, found.shadow)
    return found


class TestCompose:
    """The two translations, and what the host does."""

    def test_a_mapped_address_is_installed(self) -> None:
        """The host is asked for the guest's output, and the shadow gets a page of the host's output."""
        found = composed(GUEST, HOST)
        assert found.host is not None
        assert found.host.ipa == 0x4023_4234
        assert found.leaf is not None
        assert (found.leaf.OA, found.leaf.size) == (0x8000_0003_4234, 12)
        assert isinstance(found.outcome, Installed)
        assert found.written[-1] == (0x4103_0008, 0x8000_0003_47FF)

    @pytest.mark.parametrize(
        ("guest", "host", "access", "outcome", "host_is_asked"),
        [
            (stage({}), HOST, Access.load(), GuestFault, False),
            (GUEST, stage({}), Access.load(), HostFault, True),
            (stage({0x4000: 0x37D}, vtcr=0x8025_0059), HOST, Access.load(), GuestUpdate, False),
            (stage({}, hcr=0), stage({0x4000: 0x37D}, vtcr=0x8025_0059), Access.load(), HostUpdate, True),
        ],
    )
    def test_a_fault_or_an_update_goes_to_whom_it_concerns(
        self, guest: Stage, host: Stage, access: Access, outcome: type, host_is_asked: bool
    ) -> None:
        """Nothing is composed, and nothing is written."""
        features = Features(FEAT_HAFDBS=True)
        guest, host = (Stage(one.registers, one.memory, features) for one in (guest, host))
        found = composed(guest, host, access)
        assert type(found.outcome) is outcome
        assert (found.host is not None) == host_is_asked
        assert (found.leaf, found.written) == (None, ())

    def test_a_shadow_that_is_given_is_used(self) -> None:
        """One that is too small refuses the leaf."""
        small = stage({}, vtcr=0x8000_0059)
        found = composed(GUEST, HOST, shadow=Shadow(small, 0x1_0000, 0x2_0000, 0x3_0000, 0x5_0000))
        assert isinstance(found.outcome, Refused)
        assert found.leaf is not None


class TestAssumedShadow:
    """The shadow of a host of which nothing is said."""

    @pytest.mark.parametrize("pa_max", [32, 36, 40, 42, 44, 48, 52])
    @pytest.mark.parametrize("guest", [0b00, 0b01, 0b10])
    @pytest.mark.parametrize("host", [0b00, 0b01, 0b10])
    @pytest.mark.parametrize("LPA2", [False, True])
    def test_hardware_can_walk_it(self, pa_max: int, guest: int, host: int, LPA2: bool) -> None:
        """On every size of machine and for every pair of granules it is well-formed."""
        features = Features(pa_max=pa_max, FEAT_LPA=pa_max == 52 or LPA2, FEAT_LPA2=LPA2)
        DS = int(LPA2) << 32
        one, other = (stage({}, vtcr=0x8006_0000 | code << 14 | DS, features=features) for code in (guest, host))
        shadow = assumed_shadow(one, other)
        assert is_well_formed(shadow)
