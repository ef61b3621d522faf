"""The checker: what a hypervisor's tables are after each event, and what an event breaks.

It follows the tables that registers point to, from the event that installs them on. Each descriptor of theirs is a
location of :mod:`spec.mmu.break_before_make`. Everything else is bookkeeping around that: which table is where in
which tree, who may store to it, and which VMID is whose.

A violation does not stop it: it goes on as if what was done had been permitted.
"""

import collections

from nvspec.traces import events
from nvspec.traces.breaks import Breaks, located
from nvspec.traces.events import Event, HintKind
from nvspec.traces.forest import Forest
from nvspec.traces.installation import Installation
from nvspec.traces.locks import Locks
from nvspec.traces.maintenance import BARRIERS
from nvspec.traces.memory import Cause, Memory
from nvspec.traces.registers import Registers
from nvspec.traces.tables import MACHINE, Table, descriptor_of, kind_of, name_of, next_table
from nvspec.traces.violation import Descriptor, Report, Violation, ViolationKind
from spec.mmu import break_before_make as rules
from spec.mmu.break_before_make import Change, Location, Phase, Refusal, RefusalKind
from spec.mmu.descriptor import DescriptorType, Stage1Descriptor, Stage2Descriptor
from spec.mmu.regime import Regime
from spec.mmu.tlbi import Issuer, invalidation
from spec.mmu.tlbi_operation import Kind, operation_of

K = ViolationKind


class Checker:
    """The state after the events so far."""

    def __init__(self, BBM: int = 0, locks: bool = True) -> None:
        self._checks_locks = locks
        self._report = Report()
        self.locks = Locks(self._report)
        self.memory, self.breaks = Memory(), Breaks()
        self.forest = Forest(self.memory, self.breaks, self._report)
        self.unsupported: collections.Counter[str] = collections.Counter()
        """What the checker could not take into account, and how often."""
        self._registers = Registers()
        self._installation = Installation(self._registers, self.forest, self._report, self.unsupported, BBM)
        self._tid = 0
        self._last_tlbi: Cause | None = None
        self._last_tlbi_name = ""
        self._steps = {
            events.MemoryWrite: self._write,
            events.MemoryRead: self._read,
            events.MemoryInit: self._initialise,
            events.MemoryFree: self._free,
            events.MemorySet: self._set,
            events.Barrier: self._barrier,
            events.TLBI: self._tlbi,
            events.RegisterWrite: self._installation.write,
            events.Hint: self._hint,
            events.Lock: self.locks.step,
        }

    def take(self, event: Event) -> list[Violation]:
        """Take the next event, and return what it breaks."""
        self._report.begin(Cause(event.line, event.id, event.src))
        self._tid = event.tid
        self._steps[type(event)](event)  # type: ignore[operator]  # each step takes the class that it stands beside
        return self._report.found

    # -- stores and loads ----------------------------------------------------------------------------------------

    def _write(self, event: events.MemoryWrite) -> None:
        table = self.forest.table(event.address)
        if table is None:
            self.memory.write(event.address, event.value, self._report.cause)
        else:
            self._store(table, event.address, event.value, event.release)

    def _store(self, table: Table, address: int, new: int, release: bool) -> None:
        """Take a store to a descriptor."""
        tid, place = self._tid, table.place
        found = self.breaks.get(address)
        old = self.memory.read(address) or 0
        if found is None:
            location, cause = located(table, address, old, tid), self.memory.cause(address) or table.cause
        else:
            location, cause = found.location, found.cause
        valid = kind_of(new, place) is not DescriptorType.INVALID
        if self._checks_locks:
            matters = valid or location.phase is Phase.LIVE
            self.locks.check(table, address, tid, release, matters)
        if valid and new != old:
            self._check_ancestors(table, address, old, new)
        after = rules.write(location, new, tid, place, MACHINE)
        if isinstance(after, Refusal):
            self._refused(after, descriptor_of(table, address, location.cached, new), cause)
            after = Location(Phase.LIVE, new, new, tid)
        if after.phase is Phase.LIVE or location.phase is Phase.LIVE:
            cause = self._report.cause
        self.memory.write(address, new, self._report.cause)
        self.breaks.put(table, address, after, cause)
        if valid:
            self._link(table, address, new)
        elif after.phase is Phase.CLEAN:
            self.forest.unlink(address)

    def _refused(self, refusal: Refusal, descriptor: Descriptor, cause: Cause) -> None:
        if refusal.kind is RefusalKind.NO_BREAK:
            text = f"changes {refusal.change.value} of a valid descriptor without break-before-make"
            if refusal.change is Change.GLOBAL:
                text = "makes a translation global where a TLB may hold one of an ASID"
            self._report(K.NO_BREAK, text, descriptor, cause, "the old one was stored")
        else:
            text = f"changes {refusal.change.value} while the break is incomplete: the old one is {refusal.phase.value}"
            if refusal.phase is Phase.VISIBLE and self._last_tlbi is not None and self._last_tlbi.line > cause.line:
                text += f" that removes it (the last one is {self._last_tlbi_name} of {self._last_tlbi})"
            self._report(K.INCOMPLETE_BREAK, text, descriptor, cause, "it was broken")

    def _check_ancestors(self, table: Table, address: int, old: int, new: int) -> None:
        """Report a store of a valid descriptor to a table that is being taken out."""
        broken = self.forest.broken_ancestor(table)
        if broken is not None:
            text = (
                f"stores a valid descriptor in a table that walks may still reach: "
                f"the descriptor of it at {broken.address:#x} is {broken.location.phase.value}"
            )
            descriptor = descriptor_of(table, address, old, new)
            self._report(K.STALE_TABLE, text, descriptor, broken.cause, "the table was taken out")

    def _link(self, table: Table, address: int, new: int) -> None:
        """Take the table into the tree that a descriptor now names."""
        child = self.forest.child(address)
        if kind_of(new, table.place) is not DescriptorType.TABLE:
            if child is not None:
                self.forest.unlink(address)
            return
        base = next_table(new, table.place)
        if child is not None:
            if child.base == base:
                return
            self.forest.unlink(address)
        self.forest.adopt(table.tree, base, table.level + 1, table.input_of(address), address)

    def _read(self, event: events.MemoryRead) -> None:
        held = self.memory.read(event.address)
        if held == event.value:
            return
        table = self.forest.table(event.address)
        if held is not None and not (table is not None and _is_hardware_update(table, held, event.value)):
            descriptor = descriptor_of(table, event.address) if table is not None else None
            text = f"reads {event.value:#x} at {event.address:#x}, which holds {held:#x}"
            self._report(K.MEMORY, text, descriptor, self.memory.cause(event.address), "it was stored")
        self.memory.write(event.address, event.value, self._report.cause)
        found = self.breaks.get(event.address)
        if table is not None and found is not None and found.location.phase is Phase.LIVE:
            after = located(table, event.address, event.value, found.location.pe)
            self.breaks.put(table, event.address, after, found.cause)

    def _initialise(self, event: events.MemoryInit) -> None:
        table = self.forest.of_range(event.address, event.size)
        if table is not None:
            self._report(K.TABLE_IN_USE, f"initialises {name_of(table)}", cause=table.cause, because="it became one")
            return
        for address, value in self.memory.held(event.address, event.size).items():
            if value:
                text = f"initialises {address:#x}, which holds {value:#x}"
                self._report(K.MEMORY, text, cause=self.memory.cause(address), because="it was stored")
                break
        self.memory.fill(event.address, event.size, 0, self._report.cause)

    def _free(self, event: events.MemoryFree) -> None:
        for table in self.forest.all_of_range(event.address, event.size):
            broken = self.forest.broken_ancestor(table)
            if broken is None:
                self._report(K.TABLE_IN_USE, f"frees {name_of(table)}", cause=table.cause, because="it became one")
            else:
                text = f"frees {name_of(table)}, which walks may still reach until {broken.address:#x} is clean"
                self._report(K.STALE_TABLE, text, cause=broken.cause, because="the table was taken out")
            self.forest.remove(table)
        self.memory.forget(event.address, event.size)

    def _set(self, event: events.MemorySet) -> None:
        value = event.value * 0x0101_0101_0101_0101
        if self.forest.of_range(event.address, event.size) is None:
            self.memory.fill(event.address, event.size, value, self._report.cause)
            return
        for address in range(event.address, event.address + event.size, 8):
            table = self.forest.table(address)
            if table is None:
                self.memory.write(address, value, self._report.cause)
            elif value or self.memory.read(address):
                self._store(table, address, value, release=False)

    # -- barriers and TLBIs --------------------------------------------------------------------------------------

    def _barrier(self, event: events.Barrier) -> None:
        if not event.option:
            return
        dsb = BARRIERS[event.option]
        for found in self.breaks.barrier(dsb, event.tid):
            self.forest.unlink(found.address)
        if dsb.stores:
            self.locks.ordered(event.tid)

    def _tlbi(self, event: events.TLBI) -> None:
        self._last_tlbi, self._last_tlbi_name = self._report.cause, event.operation
        registers = self._registers.of(event.tid)
        issuer = Issuer(
            EL=2,
            HCR_EL2=registers["HCR_EL2"],
            VTTBR_EL2=registers["VTTBR_EL2"],
            VTCR_EL2=registers["VTCR_EL2"],
            TCR_EL2=registers["TCR_EL2"],
        )
        made = invalidation(operation_of(event.operation), event.value, issuer, MACHINE)
        any_VMID = False
        if made.regime is Regime.EL10 and made.kind is not Kind.ALL and self.breaks.waits_for_stage2():
            any_VMID = not self._registers.has_written(event.tid, "VTTBR_EL2")
            if any_VMID:
                self.unsupported[f"TLBI of an unknown VMID: thread {event.tid} has not written VTTBR_EL2"] += 1
        self.breaks.invalidate(made, event.tid, any_VMID, self.forest.has_entries_below)
        self.forest.invalidated(made, event.tid)

    # -- hints and locks -----------------------------------------------------------------------------------------

    def _hint(self, event: events.Hint) -> None:
        if event.kind is HintKind.SET_ROOT_LOCK:
            self.locks.of_root[event.location] = event.value
        elif event.kind is HintKind.SET_OWNER_ROOT:
            table = self.forest.table(event.location)
            if table is not None:
                text = f"gives {name_of(table)} to the tables at {event.value:#x}"
                self._report(K.TABLE_IN_USE, text, cause=table.cause, because="it became one")
        elif event.kind is HintKind.RELEASE_TABLE:
            self._release(event.location)
        else:
            self.locks.own(self.forest.table(event.location), event.location, event.value)

    def _release(self, base: int) -> None:
        self.locks.of_root.pop(base, None)
        table = self.forest.table(base)
        if table is None:
            return
        broken = self.forest.broken_ancestor(table) or self.forest.unfinished(table)
        if broken is not None:
            text = f"releases {name_of(table)} while {broken.address:#x} is {broken.location.phase.value}"
            self._report(K.STALE_TABLE, text, cause=broken.cause, because="that was broken")
        elif table.parent is not None:
            self._report(K.TABLE_IN_USE, f"releases {name_of(table)}", cause=table.cause, because="it became one")
        elif table.tree.installed:
            tid, cause = next(iter(table.tree.installed.items()))
            text = f"releases {table.tree.name}, which thread {tid} uses"
            self._report(K.TABLE_IN_USE, text, cause=cause, because="they were installed")
        if table.parent is None:
            self.forest.fell(table.tree, self._report.cause)
        else:
            self.forest.remove(table)


def _is_hardware_update(table: Table, held: int, read: int) -> bool:
    """Return whether a walk may have changed a descriptor: its Access flag, and its dirty state where DBM is 1."""
    place = table.place
    if not place.HA or kind_of(held, place) is not DescriptorType.LEAF:
        return False
    permitted = Stage2Descriptor.AF.mask
    if Stage2Descriptor.DBM(held):
        permitted |= Stage2Descriptor.S2AP.mask & 1 << 7 if place.stage2 else Stage1Descriptor.AP_2.mask
    return not (held ^ read) & ~permitted
