"""The theorem of the machine as translation sees it: an address that the kernel uses is where it was."""

from typing import Any

import attrs

from proofs.demotion.setting import HOST, Setting, a_host, demoted, is_possible, kernel_at_EL2, with_hosts
from proofs.engine.theorem import Claim, theorem
from proofs.mmu.translation import with_granule, without_updates
from spec.demotion.machine import translation_of
from spec.features import Granule
from spec.lang import Bits64, Memory
from spec.mmu.access import Access
from spec.mmu.fault import Fault
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import is_enabled
from spec.mmu.translation import translate_in

TABLE = 0x8000
"""Where the example has the first table of its upper range."""
BLOCK = 0x4000_0000 | 1 << 10 | 0b11 << 8 | 0b01
"""A block of 1 GB that privileged code may execute: accessed, Inner Shareable."""


def a_mapped_kernel(**_: Any) -> dict[str, Any]:
    """Return a host whose kernel is in a block of its upper range."""
    found = a_host()["case"]
    registers = attrs.evolve(HOST, TTBR1_EL2=TABLE, MAIR_EL2=0xFF, TCR_EL2=HOST.TCR_EL2 | 0b101 << 32)
    return {
        "case": attrs.evolve(found, registers=registers),
        "va": 0xFFFF_FF80_0000_1234,
        "memory": Memory({TABLE: BLOCK}),
    }


@theorem(granule=(Granule.K4,), example=a_mapped_kernel)
def an_address_is_fetched_from_where_it_was(granule: Granule, case: Setting, va: Bits64, memory: Memory) -> Claim:
    """What the kernel fetches at EL1 after a demotion is what it fetched at EL2: the same physical address, or fault.

    By the tables of the kernel, every step of the walk in either regime, with stage 2 off, 4 KB granules, direct
    permissions, and no hardware updates.
    """
    direct = attrs.evolve(without_updates(case.features), FEAT_S1PIE=False, FEAT_S1POE=False, FEAT_AIE=False)
    case = attrs.evolve(case, features=direct, hypervisor=attrs.evolve(case.hypervisor, stage2=False))
    features = with_hosts(case.features)
    was = with_granule(translation_of(kernel_at_EL2(case).registers), granule)
    now = with_granule(translation_of(demoted(case).registers), granule)
    one = translate_in(was, Regime.EL20, va, Access.fetch(2), memory, features).outcome
    other = translate_in(now, Regime.EL10, va, Access.fetch(1), memory, features).outcome
    given = is_possible(case)
    if isinstance(one, Fault) and isinstance(other, Fault):
        return Claim(given, False, (one.kind == other.kind) & (one.level == other.level))
    if isinstance(one, Fault) or isinstance(other, Fault):
        return Claim(given, False, False)
    return Claim(given, is_enabled(was, Regime.EL20), one.PA == other.PA)
