"""What a hypervisor relies on when it maps memory by blocks."""

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.features import Granule, is_implementable
from spec.lang import Address
from spec.mmu.access import Access
from spec.mmu.fault import Fault
from spec.mmu.shadow import Stage
from spec.mmu.stage2 import Leaf, walk_tables
from spec.mmu.stage2_controls import Stage2Parameters, output_size, parameters


@theorem(granule=(Granule.K4, Granule.K16, Granule.K64))
def a_block_maps_each_of_its_addresses(granule: Granule, stage: Stage, ipa: Address, other: Address) -> Claim:
    """Where a load from one address of a block or page is mapped, every other one is, at the same distance."""
    walk = parameters(stage.registers, stage.features)
    given = is_implementable(stage.features) & walk.enabled & (walk.granule == granule)
    # The case makes the granule concrete, and with it the size of a block.
    walk = attrs.evolve(walk, granule=granule)
    one, two = found(stage, walk, ipa), found(stage, walk, other)
    if isinstance(one, Fault):
        return Claim(given, reaching=False, holds=True)
    size = min(one.size, output_size(walk, stage.features))
    given = given & ((ipa >> size) == (other >> size))
    if isinstance(two, Fault):
        return Claim(given, reaching=True, holds=False)
    return Claim(given, reaching=ipa != other, holds=(ipa ^ other) == (one.OA ^ two.OA))


def found(stage: Stage, walk: Stage2Parameters, ipa: Address) -> Leaf | Fault:
    """Return what the walk for a load from an IPA comes to."""
    return walk_tables(ipa, walk, stage.registers.VTTBR_EL2, Access.load(), stage.memory, stage.features)
