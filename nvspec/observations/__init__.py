"""Observations: what an implementation did, one line of JSON each, read strictly.

A file (``.jsonl``, or ``.jsonl.gz`` compressed) holds one observation a line. Each says on what machine it
was made (``features``, ``regs``, ``memory``), what was tried, and what happened (``expect``). :func:`read`
gives them one by one as frozen records, and refuses a line with anything that the format does not know. An
unknown key, register or feature is most likely a typing error; it would silently count as 0 or as absent.

The classes are the format, schema 1: a field is a key of the JSON object, its annotation says which
values the key takes, and a field with a default is a key that may be left out. Numbers written as strings are
unsigned hexadecimal (``"0x1f"``) and become ``int``.

=========  ===========================  ===================================================
kind       class                        what was tried
=========  ===========================  ===================================================
translate  :class:`Translate`           one translation, by stage 2 alone or by both stages
at         :class:`AddressTranslation`  one address translation (AT) instruction
access     :class:`Access`              one instruction, most often MRS, MSR or SYS
memory     :class:`MemoryAccess`        one load, store or instruction fetch
=========  ===========================  ===================================================

Every error is an :class:`nvspec.errors.InputError` that names file, line and reason.
"""

from nvspec.observations.access import Access, Executed, Redirected, Trapped, Undefined
from nvspec.observations.at import AT_OPERATIONS, AddressTranslation, ATException, ATResult, Syndrome
from nvspec.observations.feature_sets import SHIPPED_FEATURE_SETS, FeatureSet
from nvspec.observations.fields import RAM
from nvspec.observations.memory import Aborted, Completed, MemoryAccess, SizedAccess
from nvspec.observations.observed import Observed
from nvspec.observations.reading import SCHEMA, Observation, read
from nvspec.observations.registers import REGISTERS
from nvspec.observations.translate import (
    FAULTS,
    Faulted,
    PState,
    Stage2Access,
    Translate,
    Translated,
    TranslateType,
    TwoStageAccess,
)

__all__ = [
    "AT_OPERATIONS",
    "FAULTS",
    "RAM",
    "REGISTERS",
    "SCHEMA",
    "SHIPPED_FEATURE_SETS",
    "ATException",
    "ATResult",
    "Aborted",
    "Access",
    "AddressTranslation",
    "Completed",
    "Executed",
    "Faulted",
    "FeatureSet",
    "MemoryAccess",
    "Observation",
    "Observed",
    "PState",
    "Redirected",
    "SizedAccess",
    "Stage2Access",
    "Syndrome",
    "Translate",
    "TranslateType",
    "Translated",
    "Trapped",
    "TwoStageAccess",
    "Undefined",
    "read",
]
