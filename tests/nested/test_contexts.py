"""Shadow contexts: which stages 2 share one, and who has it when."""

import random

import attrs
import pytest

from spec.features import Features
from spec.nested.contexts import (
    NO_KEY,
    PER_PE,
    Absent,
    Found,
    Key,
    NoneFree,
    Pool,
    ShadowContext,
    Standing,
    empty_pool,
    hardware_VTTBR,
    has_VMIDs_of_its_own,
    key_of,
    may_be_entered,
    standing,
)

VM, DC, TGE, E2H = 1, 1 << 12, 1 << 27, 1 << 34
VS = 1 << 19
ARMV8_0 = Features()
VMID16 = Features(FEAT_VMID16=True)
HOST = Features(FEAT_VHE=True)
ONE, OTHER, THIRD = Key(True, 7, 0x4000, 0x19), Key(True, 8, 0x4000, 0x19), Key(False, 7, 0, 0)


class TestTheKey:
    """What VTTBR_EL2, VTCR_EL2 and HCR_EL2 are a key to."""

    def test_stage_2_on_is_the_VMID_the_base_and_the_controls(self) -> None:
        """BADDR is bits 47:1."""
        assert key_of(7 << 48 | 0x8000, 0x8000_0019, VM, ARMV8_0) == Key(True, 7, 0x4000, 0x8000_0019)

    def test_CnP_is_no_part_of_it(self) -> None:
        """Bit 0."""
        assert key_of(7 << 48 | 0x8001, 0x19, VM, ARMV8_0) == key_of(7 << 48 | 0x8000, 0x19, VM, ARMV8_0)

    def test_DC_turns_stage_2_on(self) -> None:
        """DC = 1 makes VM behave as 1."""
        assert key_of(7 << 48 | 0x8000, 0x19, DC, ARMV8_0) == key_of(7 << 48 | 0x8000, 0x19, VM, ARMV8_0)

    @pytest.mark.parametrize("hcr", [0, VM | E2H | TGE, DC | E2H | TGE])
    def test_stage_2_off_is_the_VMID_alone(self, hcr: int) -> None:
        """Without VM and DC, and for the EL0 of a host."""
        assert key_of(7 << 48 | 0x8000, 0x19, hcr, HOST) == Key(False, 7, 0, 0)

    @pytest.mark.parametrize(
        ("features", "vtcr", "VMID"), [(ARMV8_0, VS, 0x34), (VMID16, 0, 0x34), (VMID16, VS, 0x1234)]
    )
    def test_a_VMID_has_16_bits_by_FEAT_VMID16_and_VS(self, features: Features, vtcr: int, VMID: int) -> None:
        """Else 8."""
        assert key_of(0x1234 << 48, vtcr, 0, features).VMID == VMID


def acquired(pool: Pool, key: Key, PE: int) -> Pool:
    """Return the pool after a PE was given a context."""
    after = pool.acquire(key, PE)
    assert isinstance(after, Pool)
    return after


def of_PE(pool: Pool, PE: int) -> ShadowContext:
    """Return the context that a PE is on."""
    (found,) = (one for one in pool.contexts if one.PEs >> PE & 1)
    return found


class TestThePool:
    """What becomes of contexts."""

    def test_a_PE_finds_its_context_again(self) -> None:
        """With what it holds: nothing is to be unmapped."""
        pool = acquired(empty_pool(1, (3, 4), 2), ONE, 0)
        back = acquired(acquired(pool, OTHER, 0), ONE, 0)
        assert back.look_up(ONE) == Found(0)
        assert of_PE(back, 0) == ShadowContext(True, ONE, 1, 3, False)

    def test_two_PEs_share_a_context(self) -> None:
        """Of one stage 2."""
        pool = acquired(acquired(empty_pool(2, (3, 4, 5, 6), 2), ONE, 0), ONE, 1)
        assert of_PE(pool, 0) is of_PE(pool, 1)
        assert pool.contexts[0].PEs == 0b11

    def test_no_two_stages_2_share_one(self) -> None:
        """Neither of one VMID."""
        pool = acquired(acquired(empty_pool(2, (3, 4, 5, 6), 2), ONE, 0), THIRD, 1)
        assert of_PE(pool, 0).hardware_VMID != of_PE(pool, 1).hardware_VMID

    def test_one_that_was_used_is_emptied_before_a_PE_runs_on_it(self) -> None:
        """And not before it is given away."""
        pool = empty_pool(1, (3, 4), 2)
        for key in (ONE, OTHER, THIRD):
            pool = acquired(pool, key, 0)
        context = of_PE(pool, 0)
        assert (context.hardware_VMID, context.needs_unmapping, may_be_entered(context, THIRD, 0)) == (3, True, False)
        assert may_be_entered(of_PE(pool.prepare(0), 0), THIRD, 0)
        assert pool.look_up(ONE) == Absent()

    def test_a_second_PE_may_empty_it(self) -> None:
        """Where the first has not yet."""
        pool = empty_pool(2, (3, 4, 5, 6), 2)
        for VMID in range(5):
            pool = acquired(pool, Key(False, VMID, 0, 0), 0)
        shared = acquired(pool, Key(False, 4, 0, 0), 1)
        assert shared.contexts[0].needs_unmapping
        assert may_be_entered(shared.prepare(1).contexts[0], Key(False, 4, 0, 0), 0)
        assert shared.release(0).prepare(0).contexts[0].needs_unmapping

    def test_what_a_PE_may_enter_on(self) -> None:
        """A context that is used, has the key, is the PE's own, and holds nothing of another key."""
        own = ShadowContext(True, ONE, 0b01, 3, False)
        assert may_be_entered(own, ONE, 0)
        assert not may_be_entered(own, OTHER, 0)
        assert not may_be_entered(own, ONE, 1)
        assert not may_be_entered(attrs.evolve(own, is_used=False), ONE, 0)
        assert not may_be_entered(attrs.evolve(own, needs_unmapping=True), ONE, 0)

    def test_a_PE_is_entered_again_when_another_context_has_its_VMID(self) -> None:
        """Once, and only if it runs on one of that VMID."""
        pool = acquired(empty_pool(2, (3, 4, 5, 6), 2), ONE, 0)
        for key, again in ((THIRD, True), (OTHER, False), (ONE, False)):
            after = acquired(pool, key, 1)
            assert (after.must_enter_again(0, pool), after.shares_VMID(0)) == (again, again)
        shared = acquired(pool, THIRD, 1)
        assert shared.release(1).shares_VMID(0)
        assert not acquired(shared, OTHER, 1).must_enter_again(0, shared)
        assert shared.must_enter_again(1, shared.release(1))

    def test_none_is_free_where_there_are_too_few(self) -> None:
        """One context, and two PEs."""
        one = Pool((ShadowContext(True, ONE, 0b10, 3, False),), 2)
        assert one.acquire(OTHER, 0) == NoneFree()
        assert one.acquire(OTHER, 1) == Pool((ShadowContext(True, OTHER, 0b10, 3, True),), 2)

    def test_a_context_serves_in_four_ways(self) -> None:
        """By key, by nobody's, by its own PE's leaving, and not at all."""
        used = ShadowContext(True, ONE, 0b01, 3, False)
        assert standing(used, ONE, 1) == Standing.HAS_THE_KEY
        assert standing(ShadowContext(False, NO_KEY, 0, 3, False), NO_KEY, 1) == Standing.UNUSED
        assert standing(used, OTHER, 0) == Standing.FREE
        assert standing(used, OTHER, 1) == Standing.TAKEN

    @pytest.mark.parametrize("VMIDs", [(3, 4, 5), (3, 3, 4, 5), (2, 3, 4, 5)])
    def test_VMIDs_are_two_for_each_PE_and_all_different(self, VMIDs: tuple[int, ...]) -> None:
        """The canonical one among them."""
        with pytest.raises(ValueError, match="4 VMIDs, all different"):
            empty_pool(2, VMIDs, 2)

    def test_the_VMID_of_the_hardware_is_in_its_VTTBR_EL2(self) -> None:
        """Bits 63:48; BADDR from bit 1."""
        assert hardware_VTTBR(ShadowContext(True, ONE, 1, 0x1234, False), 0x4000) == 0x1234 << 48 | 0x8000

    @pytest.mark.parametrize("seed", range(8))
    def test_whatever_PEs_do_each_runs_on_what_is_its_own(self, seed: int) -> None:
        """Three PEs and five stages 2, against a record of what each context was filled with."""
        draw, PEs = random.Random(seed), 3
        pool = empty_pool(PEs, tuple(range(10, 10 + PER_PE * PEs)), 1)
        filled: dict[int, set[Key]] = {one.hardware_VMID: set() for one in pool.contexts}
        keys = [Key(True, 7, base, 0x19) for base in range(0x1000, 0x9000, 0x1000)] + [THIRD]
        running: dict[int, Key] = {}
        for _ in range(300):
            PE, key = draw.randrange(PEs), draw.choice(keys)
            if draw.randrange(4) == 0:
                pool = pool.release(PE)
                running.pop(PE, None)
                continue
            pool = acquired(pool, key, PE)
            if of_PE(pool, PE).needs_unmapping:
                filled[of_PE(pool, PE).hardware_VMID].clear()
            pool = pool.prepare(PE)
            running[PE] = key
            for one, held in running.items():
                context = of_PE(pool, one)
                assert may_be_entered(context, held, one)
                filled[context.hardware_VMID].add(held)
                assert filled[context.hardware_VMID] == {held}
            assert has_VMIDs_of_its_own(pool)
            used = [one.key for one in pool.contexts if one.is_used]
            assert len(used) == len(set(used))
