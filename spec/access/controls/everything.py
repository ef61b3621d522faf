"""Every control that traps an access, and which of them govern a name.

HSTR_EL2 has none for AArch64: it traps AArch32 accesses alone.
"""

import fnmatch
import functools
import re

from spec.access.control import Control
from spec.access.controls.debug import DEBUG_CONTROLS
from spec.access.controls.fine_grained import FINE_GRAINED_CONTROLS
from spec.access.controls.floating_point import FLOATING_POINT_CONTROLS
from spec.access.controls.guarded_stack import GUARDED_STACK_CONTROLS
from spec.access.controls.hypervisor import HCR_CONTROLS, HCRX_CONTROLS
from spec.access.controls.interrupts import INTERRUPT_CONTROLS
from spec.access.controls.partitioning import PARTITIONING_CONTROLS
from spec.access.controls.performance import PERFORMANCE_CONTROLS
from spec.access.controls.timers import TIMER_CONTROLS
from spec.access.controls.user import USER_CONTROLS
from spec.access.instruction import Form

CONTROLS: tuple[Control, ...] = (
    *HCR_CONTROLS,
    *HCRX_CONTROLS,
    *USER_CONTROLS,
    *FLOATING_POINT_CONTROLS,
    *DEBUG_CONTROLS,
    *PERFORMANCE_CONTROLS,
    *TIMER_CONTROLS,
    *INTERRUPT_CONTROLS,
    *PARTITIONING_CONTROLS,
    *GUARDED_STACK_CONTROLS,
    *FINE_GRAINED_CONTROLS,
)
"""The controls; of those with one priority none is reported before another, since they report the same."""


class _Index:
    """The controls of one form: those that give a name, and those that give a pattern of names."""

    def __init__(self, form: Form) -> None:
        self.by_name: dict[str, list[Control]] = {}
        self.by_pattern: list[tuple[re.Pattern[str], Control]] = []
        for one in CONTROLS:
            for pattern in {Form.MRS: one.reads, Form.SYS: one.operations}.get(form, one.writes):
                if "*" in pattern:
                    self.by_pattern.append((re.compile(fnmatch.translate(pattern)), one))
                else:
                    self.by_name.setdefault(pattern, []).append(one)

    def governing(self, name: str) -> list[Control]:
        found = list(self.by_name.get(name, ()))
        found += [one for pattern, one in self.by_pattern if pattern.match(name) and one not in found]
        return found


@functools.cache
def _index(form: Form) -> _Index:
    return _Index(form)


def governing(name: str, form: Form, level: int) -> tuple[Control, ...]:
    """Return the controls that govern a name, in the order of their priority.

    ``level`` is the lowest Exception level that may use it; what acts only below that is left out.

    >>> [one.name for one in governing("SCTLR_EL1", Form.MSR, 1)]
    ['HCR_EL2.TVM', 'HFGWTR_EL2.SCTLR_EL1']
    """
    found = [one for one in _index(form).governing(name) if level <= max(one.levels) or one.with_NV]
    return tuple(sorted(found, key=lambda one: one.priority))
