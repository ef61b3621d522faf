"""Traces: what a hypervisor did to its translation tables, event by event, and whether Arm permits it.

A trace has the format of Casemate (rems-project/casemate, *trace format*): one parenthesised record for each event, in
the order in which they happened. :func:`read` gives the events as frozen records, and :class:`Checker` takes them one
by one and yields what each of them breaks.

==================================  ===============================================================================
module                              holds
==================================  ===============================================================================
:mod:`nvspec.traces.events`         the kinds of event
:mod:`nvspec.traces.grammar`        the records of the format, and their fields
:mod:`nvspec.traces.reading`        a file as a stream of events
:mod:`nvspec.traces.memory`         what is known of memory
:mod:`nvspec.traces.tables`         one tree of tables, and one table
:mod:`nvspec.traces.locks`          which thread holds which lock, and may store
:mod:`nvspec.traces.registers`      what each thread has written to the registers
:mod:`nvspec.traces.installation`   which tables the registers point to
:mod:`nvspec.traces.forest`         every tree, and every table in it
:mod:`nvspec.traces.breaks`         the descriptors that were written, and what they wait for
:mod:`nvspec.traces.maintenance`    what a DSB waits for, and a TLBI removes
:mod:`nvspec.traces.violation`      what is wrong, and in what words
:mod:`nvspec.traces.checker`        the state after each event, and what an event breaks
==================================  ===============================================================================

The rules of a descriptor are those of :mod:`spec.mmu.break_before_make`.
"""

from nvspec.traces.checker import Checker
from nvspec.traces.events import Event
from nvspec.traces.reading import Trace
from nvspec.traces.violation import Violation, ViolationKind

__all__ = ["Checker", "Event", "Trace", "Violation", "ViolationKind"]
