"""What a hypervisor relies on when it maps memory by blocks."""

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.stage2 import GRANULES, every_granule, with_granule
from spec.features import Granule, is_implementable
from spec.lang import Address
from spec.mmu.access import Access
from spec.mmu.fault import Fault
from spec.mmu.shadow import Stage
from spec.mmu.stage2 import Leaf, walk_tables
from spec.mmu.stage2_controls import output_size, parameters


@theorem(granule=GRANULES)
def a_block_maps_each_of_its_addresses(
    granule: Granule, stage: Stage, ipa: Address, other: Address, access: Access
) -> Claim:
    """Where one address of a block or page is mapped, every other one is, at the same distance."""
    stage = of_granule(stage, granule)
    walk = parameters(stage.registers, stage.features)
    one, two = found(stage, ipa, access), found(stage, other, access)
    given = is_implementable(stage.features)
    if isinstance(one, Fault):
        return Claim(given, reaching=False, holds=True)
    size = min(one.size, output_size(walk, stage.features))
    given = given & ((ipa >> size) == (other >> size))
    if isinstance(two, Fault):
        return Claim(given, reaching=True, holds=False)
    return Claim(given, reaching=ipa != other, holds=(one.OA ^ two.OA) == (ipa ^ other))


def of_granule(stage: Stage, granule: Granule) -> Stage:
    """Return a stage 2 with a granule, on a machine that has it."""
    return attrs.evolve(
        stage,
        registers=with_granule(stage.registers, granule),
        features=every_granule(stage.features),
    )


def found(stage: Stage, ipa: Address, access: Access) -> Leaf | Fault:
    """Return what the walk for an IPA comes to."""
    walk = parameters(stage.registers, stage.features)
    return walk_tables(ipa, walk, stage.registers.VTTBR_EL2, access, stage.memory, stage.features)
