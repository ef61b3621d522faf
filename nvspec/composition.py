"""The composition of two stages, step by step, and what the host does with the abort of a nested guest."""

import attrs

from nvspec.calls import record
from nvspec.steps import StageSteps, stage_steps
from spec.features import Granule
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.shadow import (
    ComposedLeaf,
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
    shadow_HCR,
)
from spec.mmu.stage2_controls import (
    Stage2Parameters,
    Stage2Registers,
    minimum_TxSZ,
    output_size,
    parameters,
)
from spec.sysregs.hypervisor import VTCR_EL2

FIRST_TABLE = 0x4000_0000
"""Where an assumed shadow has its first table."""
PAGES = (0x4100_0000, 0x4101_0000, 0x4102_0000, 0x4103_0000)
"""Where an assumed shadow has its further tables: 64 KB each, the largest granule."""
TG0_CODES = {Granule.K4: 0b00, Granule.K16: 0b10, Granule.K64: 0b01}
"""TG0 of VTCR_EL2 and TCR_ELx, by granule."""


@attrs.frozen
class Composition:
    """What the host does with an abort, and the two translations that decide it."""

    guest: StageSteps
    """The guest hypervisor's stage 2, as the host reads it."""
    host: StageSteps | None
    """The host's stage 2 of the guest's output; None where it is not asked."""
    leaf: ComposedLeaf | None
    """The composition; None where one of them does not map the address."""
    shadow: Shadow
    """The shadow before the abort."""
    outcome: GuestFault | GuestUpdate | HostFault | HostUpdate | Refused | Installed
    """What the host does."""

    @property
    def shadow_parameters(self) -> Stage2Parameters:
        """What the registers of the shadow ask for."""
        return parameters(self.shadow.stage.registers, self.shadow.stage.features)

    @property
    def written(self) -> tuple[tuple[int, int], ...]:
        """The descriptors that the host writes into the shadow, by address: address and value."""
        if not isinstance(self.outcome, Installed):
            return ()
        before, after = self.shadow.stage.memory, self.outcome.memory.words
        return tuple((address, word) for address, word in sorted(after.items()) if before.read(address) != word)


def compose_steps(
    guest: Stage,
    host: Stage,
    ipa: int,
    stage1: MemoryAttributes,
    access: Access,
    shadow: Shadow | None = None,
) -> Composition:
    """Let the host handle an abort of a nested guest at an IPA (56 bits), and return the steps."""
    shadow = assumed_shadow(guest, host) if shadow is None else shadow
    outcome, calls = record(handle_abort, ipa, stage1, access, guest, host, shadow)
    stages = [stage_steps(call) for call in calls[0].all("mmu.shadow.look_up")]
    composed = calls[0].first("mmu.shadow.compose")
    return Composition(
        guest=stages[0],
        host=stages[1] if len(stages) > 1 else None,
        leaf=composed.result if composed else None,
        shadow=shadow,
        outcome=outcome,
    )


def assumed_shadow(guest: Stage, host: Stage) -> Shadow:
    """Return an empty shadow: the smaller granule of both stages, the largest input, the output of the host.

    What a hypervisor chooses is its own; any well-formed shadow that is large enough serves.
    """
    machine = host.features
    granules = [walk.granule for walk in (_walk(guest), _walk(host)) if walk.enabled]
    granule = min(granules, key=lambda one: one.bits, default=_walk(host).granule)
    wide = output_size(_walk(host), machine) > 48 and granule != Granule.K64
    vtcr = VTCR_EL2.PS.insert(VTCR_EL2.SH0.insert(1 << 31, 0b10), 0b110)
    vtcr = VTCR_EL2.DS.insert(VTCR_EL2.TG0.insert(vtcr, TG0_CODES[granule]), machine.FEAT_LPA2 and wide)
    hcr = shadow_HCR(guest.registers.HCR_EL2, host.registers.HCR_EL2)
    shadow = Shadow(Stage(Stage2Registers(vtcr, FIRST_TABLE, hcr, host.registers.SCTLR_EL2), Memory(), machine), *PAGES)
    vtcr = VTCR_EL2.T0SZ.insert(vtcr, minimum_TxSZ(bool(VTCR_EL2.DS(vtcr)), granule, machine))
    for SL2, SL0 in ((SL2, SL0) for SL2 in (0, 1) for SL0 in range(4)):
        registers = attrs.evolve(
            shadow.stage.registers, VTCR_EL2=VTCR_EL2.SL2.insert(VTCR_EL2.SL0.insert(vtcr, SL0), SL2)
        )
        shadow = attrs.evolve(shadow, stage=attrs.evolve(shadow.stage, registers=registers))
        if is_well_formed(shadow):
            break
    return shadow


def _walk(stage: Stage) -> Stage2Parameters:
    return parameters(stage.registers, stage.features)
