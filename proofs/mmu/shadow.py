"""Theorems of the shadow stage 2."""

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.features import Features, Granule
from spec.lang import Address, every, zeroed, implies
from spec.mmu.access import Access
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.shadow import *
from spec.mmu.stage2 import *
from spec.mmu.stage2_controls import *
from spec.sysregs.hypervisor import VTCR_EL2

GRANULES = (Granule.K4, Granule.K16, Granule.K64)
CODE = {Granule.K4: 0b00, Granule.K16: 0b10, Granule.K64: 0b01}

def with_granule(stage, granule):
    vtcr = VTCR_EL2.TG0.insert(stage.registers.VTCR_EL2, CODE[granule])
    features = attrs.evolve(stage.features, stage2_4K=True, stage2_16K=True, stage2_64K=True)
    return attrs.evolve(stage, registers=attrs.evolve(stage.registers, VTCR_EL2=vtcr), features=features)


@attrs.frozen
class Setting:
    ipa0: Address
    stage1: MemoryAttributes
    access: Access
    guest: Stage
    host: Stage
    shadow: Shadow

def granules(setting, guest, host):
    smaller = guest if guest.value < host.value else host
    shadow = setting.shadow
    stage = with_granule(attrs.evolve(shadow.stage, memory=zeroed()), smaller)
    return attrs.evolve(setting, guest=with_granule(setting.guest, guest), host=with_granule(setting.host, host), shadow=attrs.evolve(shadow, stage=stage))

def hardware_walk(s, memory, ipa, access):
    stage = s.shadow.stage
    walk = parameters(stage.registers, stage.features)
    return walk_tables(ipa, walk, stage.registers.VTTBR_EL2, access, memory, stage.features)

def guest_walk(stage, ipa, access):
    walk = parameters(stage.registers, stage.features)
    return walk_tables(ipa, walk, stage.registers.VTTBR_EL2, access, stage.memory, stage.features)

NOTHING = Claim(True, False, True)

@theorem(guest=GRANULES, host=GRANULES)
def t1(guest: Granule, host: Granule, s: Setting, ipa: Address, access: Access) -> Claim:
    """T1."""
    s = granules(s, guest, host)
    given = is_well_formed(s.shadow)
    given = given & parameters(s.guest.registers,s.guest.features).enabled
    done = handle_abort(s.ipa0, s.stage1, s.access, s.guest, s.host, s.shadow)
    if not isinstance(done, Installed):
        return Claim(given, False, True)
    found = hardware_walk(s, done.memory, ipa, access)
    if not isinstance(found, Leaf):
        return Claim(given, False, True)
    g = guest_walk(s.guest, ipa, access)
    if not isinstance(g, Leaf):
        return Claim(given, True, False)
    holds = every(implies(found.read, g.read), implies(found.write, g.write), implies(found.privileged_execute, g.privileged_execute), implies(found.unprivileged_execute, g.unprivileged_execute))
    return Claim(given, True, holds)
