"""Strategies: Hypothesis generators of what a hypervisor builds, from one register to nested stages.

They are made for properties of stage 2. :func:`~nvspec.stage2_table_strategies.stage2_tables` builds real tables, so
that most walks reach a leaf; :func:`~nvspec.fault_strategies.planted_fault` builds the same with one mistake, and says
which fault it causes; :func:`~nvspec.nested_strategies.guest_and_host` and :func:`~nvspec.nested_strategies.shadows`
build what the composition of two stages needs. :func:`~nvspec.shape_strategies.from_type` gives any input of a rule,
sensible or not, from the shape that its annotation declares.

>>> from hypothesis import find
>>> from spec.features import Features, Granule
>>> tables = find(stage2_tables(Features(), Granule.K4), lambda tables: tables.mapped[0].level == 2)
>>> tables.mapped[0].size
21

What they build is derived from the tables of the manual, and not from the rules that they are to test.

All of them can be imported from here. They are described by subject:

* words, records and memories: :mod:`nvspec.shape_strategies`,
* machines by their features: :mod:`nvspec.feature_strategies`,
* accesses to memory, and its attributes: :mod:`nvspec.access_strategies`,
* the registers of stage 2: :mod:`nvspec.stage2_register_strategies`,
* its tables: :mod:`nvspec.stage2_table_strategies`,
* tables with mistakes in them: :mod:`nvspec.fault_strategies`,
* two stages, and their shadows: :mod:`nvspec.nested_strategies`,
* instructions, and the machines that they run on: :mod:`nvspec.instruction_strategies`.

Source: DDI 0487, D8.2 and D8.3, for the sizes, the start levels and the descriptors that are valid.
"""

from nvspec.access_strategies import WRITE_BACK_MEMORY, accesses, memory_attributes
from nvspec.fault_strategies import PLANTED_KIND, Planted, Planting, planted_fault, planted_faults
from nvspec.feature_strategies import features, granules, virtual_machines
from nvspec.instruction_strategies import MODE, NUMBERS, instructions, machines
from nvspec.nested_strategies import Nested, guest_and_host, off, shadows, with_fresh_pages
from nvspec.shape_strategies import MANY, corners, flags, from_type, memories, registers, words
from nvspec.stage2_register_strategies import (
    BLOCK_LEVELS,
    CONTIGUOUS,
    LEAST_PA,
    START_LEVELS,
    Plan,
    Start,
    leaf_levels,
    plans,
    stage2_registers,
    starts,
)
from nvspec.stage2_table_strategies import Mapped, Tables, in_memory_order, stage2_tables

__all__ = [
    "BLOCK_LEVELS",
    "CONTIGUOUS",
    "LEAST_PA",
    "MANY",
    "MODE",
    "NUMBERS",
    "PLANTED_KIND",
    "START_LEVELS",
    "WRITE_BACK_MEMORY",
    "Mapped",
    "Nested",
    "Plan",
    "Planted",
    "Planting",
    "Start",
    "Tables",
    "accesses",
    "corners",
    "features",
    "flags",
    "from_type",
    "granules",
    "guest_and_host",
    "in_memory_order",
    "instructions",
    "leaf_levels",
    "machines",
    "memories",
    "memory_attributes",
    "off",
    "plans",
    "planted_fault",
    "planted_faults",
    "registers",
    "shadows",
    "stage2_registers",
    "stage2_tables",
    "starts",
    "virtual_machines",
    "with_fresh_pages",
    "words",
]
