"""Bugs of memory attributes."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import attributes as theorems
from spec.lang import bit
from spec.mmu import attributes
from spec.mmu.attributes import Device, MemoryType


@mutant(
    attributes.apply_FWB,
    refuted_by=(theorems.with_FWB_the_four_bits_say_what_becomes_of_stage_1,),
    bug="B34",
)
def Device_of_stage_2_always_nGnRnE(stage1: Any, MemAttr: Any, SH: Any, FnXS: Any, features: Any) -> Any:
    """With FWB Device memory of stage 2 is nGnRnE whatever its two bits say, and the kind of stage 1 is ignored."""
    found = original(attributes.apply_FWB)(stage1, MemAttr, SH, FnXS, features)
    return found if bit(MemAttr, 2) else attrs.evolve(found, device=Device.nGnRnE)


@mutant(
    attributes.combine,
    refuted_by=(theorems.without_FWB_the_stronger_of_both_stages_holds,),
)
def Device_of_stage_1_wins(stage1: Any, stage2: Any, features: Any) -> Any:
    """Where both stages say Device, the kind is that of stage 1, the weaker one too."""
    found = original(attributes.combine)(stage1, stage2, features)
    if stage1.memtype == MemoryType.DEVICE and stage2.memtype == MemoryType.DEVICE:
        return attrs.evolve(found, device=stage1.device)
    return found
