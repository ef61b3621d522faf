"""Cache maintenance by set and way, and the turning on and off of the caches."""

import random

import pytest

from spec.access.allocation import every_accessor
from spec.access.instruction import Form, Instruction
from spec.exceptions.state import State
from spec.features import Features
from spec.nested.caches import (
    BY_SET_AND_WAY,
    Location,
    Watched,
    after_set_and_way,
    after_write,
    are_on,
    cleaned,
    is_by_set_and_way,
    maintained,
    seen,
    written,
)
from spec.nested.vcpu import VCPU
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2

FWB, TVM, TSW = HCR_EL2.FWB.mask, HCR_EL2.TVM.mask, HCR_EL2.TSW.mask
FORCING = Features(FEAT_S2FWB=True)


def kernel(SCTLR: int, el: int = 1) -> VCPU:
    """Return a kernel at an Exception level; the caches of the other one are the other way round."""
    of_EL1, of_EL2 = (SCTLR, SCTLR ^ 5) if el == 1 else (SCTLR ^ 5, SCTLR)
    return VCPU(State(0x1000, PSTATE(el, SP=True), SCTLR_EL1=of_EL1, SCTLR_EL2=of_EL2))


def test_nine_operations_are_by_set_and_way() -> None:
    """DDI 0487 C5.3: of data, of tags, and of both."""
    found = {one.name for one in every_accessor() if is_by_set_and_way(Instruction(one.form, one.encoding))}
    assert found == set(BY_SET_AND_WAY)
    assert len(found) == 9
    assert not is_by_set_and_way(Instruction(Form.MRS, 0x43B2))


@pytest.mark.parametrize("el", [1, 2])
@pytest.mark.parametrize(("SCTLR", "on"), [(0, False), (1, False), (4, False), (5, True)])
def test_the_caches_are_on_with_M_and_C(SCTLR: int, on: bool, el: int) -> None:
    """Of the Exception level at which the PE is."""
    assert are_on(kernel(SCTLR, el)) == on


@pytest.mark.parametrize(
    ("own", "host", "found"),
    [
        (TSW, Features(), Watched(TSW | TVM, True)),
        (TSW | TVM, Features(), Watched(TSW | TVM, False)),
        (TSW | FWB, Features(), Watched(TSW | FWB | TVM, True)),
        (TSW | FWB, FORCING, Watched(TSW | FWB, False)),
        (TSW, FORCING, Watched(TSW | TVM, True)),
    ],
)
def test_the_first_operation_cleans_and_is_watched(own: int, host: Features, found: Watched) -> None:
    """The others do nothing until the caches are on; with FWB none does anything."""
    assert after_set_and_way(own, host) == found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [(0, 5, Watched(0, True)), (5, 0, Watched(TVM, True)), (5, 5, Watched(0, False)), (1, 4, Watched(TVM, False))],
)
def test_a_toggle_cleans_and_caches_that_are_on_are_not_watched(before: int, after: int, found: Watched) -> None:
    """Linux, kvm_toggle_cache."""
    assert after_write(TVM, kernel(before), kernel(after)) == found
    assert after_write(0, kernel(before), kernel(after)) == Watched(0, found.cleans)


@pytest.mark.parametrize("seed", range(4))
def test_a_kernel_that_cleans_before_it_toggles_reads_what_it_wrote(seed: int) -> None:
    """A program of writes, operations by set and way and toggles, with lines that a cache writes back or drops."""
    draw, own, location, on, last = random.Random(seed), TSW, Location(0, False, False, 0), True, 0
    for _ in range(400):
        step = draw.choice(("write", "clean", "toggle", "evict", "fill"))
        if step == "write":
            last = draw.getrandbits(16)
            location = written(location, last, on)
        elif step == "evict" and location.is_cached:
            memory = location.cached if location.is_dirty else location.memory
            location = Location(memory, False, False, 0)
        elif step == "fill" and not location.is_cached:
            location = Location(location.memory, True, False, location.memory)
        elif step == "clean":
            done = after_set_and_way(own, Features())
            own, location = done.HCR_EL2, maintained(location, done)
        elif step == "toggle" and own & TVM:
            done = after_write(own, kernel(5 if on else 0), kernel(0 if on else 5))
            own, location, on = done.HCR_EL2, maintained(location, done), not on
        assert seen(location, on) == last, step


def test_what_is_cleaned_is_in_no_cache() -> None:
    """What was newer in the cache is in memory then, and what was not is lost."""
    newer, stale = Location(1, True, True, 2), Location(1, True, False, 2)
    assert (cleaned(newer), cleaned(stale)) == (Location(2, False, False, 0), Location(1, False, False, 0))
    assert maintained(newer, Watched(0, True)) == cleaned(newer)
    assert maintained(newer, Watched(0, False)) == newer
