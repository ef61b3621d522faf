"""Installation: what a write to a register does to the tables that a thread uses.

Tables are installed by a write to VTTBR_EL2 or TTBR0_EL2 while the stage is on, or by the write that turns it on. A
VMID, and an ASID where the regime has one, is that of one tree at a time: TLBs tell entries apart by it alone.
"""

import collections

from nvspec.traces.events import RegisterWrite
from nvspec.traces.forest import Forest
from nvspec.traces.registers import Registers, stage2_is_on
from nvspec.traces.tables import Tree, Walk, walk_of
from nvspec.traces.violation import Report, ViolationKind
from spec.mmu.regime import Regime
from spec.sysregs.hypervisor import SCTLR_EL2, VTCR_EL2


class Installation:
    """The tables that the registers of every thread point to."""

    def __init__(
        self,
        registers: Registers,
        forest: Forest,
        report: Report,
        unsupported: collections.Counter[str],
        BBM: int,
    ) -> None:
        self._registers, self._forest, self._report = registers, forest, report
        self._unsupported, self._BBM = unsupported, BBM
        self._tid = 0

    def write(self, event: RegisterWrite) -> None:
        """Take a write of a thread to a register."""
        self._tid = event.tid
        before = self._registers.of(event.tid)
        self._registers.write(event.tid, event.register, event.value)
        after = self._registers.of(event.tid)
        if event.register == "VTTBR_EL2":
            if stage2_is_on(after):
                self._install(after, True)
        elif event.register == "TTBR0_EL2":
            if SCTLR_EL2.M(after["SCTLR_EL2"]):
                self._install(after, False)
        elif event.register == "HCR_EL2":
            self._switch(True, stage2_is_on(before), stage2_is_on(after), after)
        elif event.register == "SCTLR_EL2":
            self._switch(False, SCTLR_EL2.M(before["SCTLR_EL2"]), SCTLR_EL2.M(event.value), after)
        else:
            self._retune(after)

    def _switch(self, stage2: bool, was_on: bool, is_on: bool, registers: dict[str, int]) -> None:
        """Take a write that may turn a stage on or off."""
        if was_on and not is_on:
            self._forest.take_out(stage2, self._tid)
        elif is_on and not was_on:
            register = "VTTBR_EL2" if stage2 else "TTBR0_EL2"
            if self._registers.has_written(self._tid, register):
                self._install(registers, stage2)

    def _retune(self, registers: dict[str, int]) -> None:
        """Take a write to the controls of tables that are installed."""
        for stage2 in (True, False):
            tree = self._forest.installed(stage2, self._tid)
            if tree is not None:
                self._forest.retune(tree, walk_of(registers, stage2))

    def _install(self, registers: dict[str, int], stage2: bool) -> None:
        """Take a write that makes tables those of a thread."""
        walk = walk_of(registers, stage2)
        if stage2 and VTCR_EL2.D128(registers["VTCR_EL2"]):
            self._unsupported["tables of 128-bit descriptors"] += 1
            return
        if walk.regime is Regime.EL2 and walk.identifier:
            text = f"TTBR0_EL2 holds ASID {walk.identifier}: the EL2 regime has no ASIDs, and the field is RES0"
            self._report(ViolationKind.IDENTIFIER, text)
        tree = self._forest.tree(stage2, walk.base)
        if tree is None:
            if not walk.base and self._forest.is_unknown(walk.base, walk.size):
                self._forest.take_out(stage2, self._tid)  # Software that uses no tables.
                return
            tree = self._installed_first(walk)
        elif tree.walk.identifier != walk.identifier:
            text = f"{tree.name} have {tree.identifier}, and are installed with {walk.identifier}"
            self._report(ViolationKind.IDENTIFIER, text, cause=tree.cause, because="they were installed")
        self._forest.retune(tree, walk)
        self._forest.install(tree, self._tid, self._report.cause)

    def _installed_first(self, walk: Walk) -> Tree:
        """Take tables that are installed for the first time."""
        tree = self._forest.plant(walk, self._report.cause, self._BBM)
        other, stale = self._forest.identified(walk), self._forest.stale(walk)
        if other is not None:
            text = f"{tree.name} have {tree.identifier}, which is that of {other.name}"
            self._report(ViolationKind.IDENTIFIER, text, cause=other.cause, because="those were installed")
        elif stale is not None:
            text = f"{tree.name} have {tree.identifier}, of which TLBs may hold entries: no TLBI since it had others"
            self._report(ViolationKind.STALE_IDENTIFIER, text, cause=stale, because="those were released")
        self._forest.identify(tree)
        self._forest.adopt(tree, walk.base, walk.start, 0, None)
        return tree
