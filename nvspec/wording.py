"""Wording: values of the specification as text for an engineer, and as JSON."""

import enum
from typing import Any

import attrs

from spec.lang import Field, Register
from spec.lang.shapes import Bits, fields, shape
from spec.mmu import stage1, stage2
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import Device, Hints, MemoryAttributes, MemoryType, Shareability
from spec.mmu.descriptor import FINAL_LEVEL
from spec.mmu.fault import Fault, FaultKind, fault_status

CACHEABILITIES = {"NC": "Non-cacheable", "WT": "Write-Through", "WB": "Write-Back"}
"""The names of Cacheabilities in words."""
SHAREABILITIES = {
    Shareability.NSH: "Non-shareable",
    Shareability.ISH: "Inner Shareable",
    Shareability.OSH: "Outer Shareable",
}
"""The names of Shareabilities in words."""
FAULTS = {
    FaultKind.ADDRESS_SIZE: "Address size fault",
    FaultKind.TRANSLATION: "Translation fault",
    FaultKind.ACCESS_FLAG: "Access flag fault",
    FaultKind.PERMISSION: "Permission fault",
    FaultKind.ALIGNMENT: "Alignment fault",
    FaultKind.EXTERNAL_ABORT: "synchronous External abort on a translation table walk",
}
"""The kinds of fault in words."""


def size(log2: int) -> str:
    """Return a power of two in bytes.

    >>> size(21), size(12), size(56)
    ('2 MB', '4 KB', '64 PB')
    """
    unit = min(log2 // 10, 6)
    return f"{1 << (log2 - 10 * unit)} {('bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB')[unit]}"


def word(content: int, width: int) -> str:
    """Return the content of a field: binary up to 4 bits, decimal up to 8, else hexadecimal.

    >>> word(1, 1), word(1, 2), word(25, 6), word(0x8000, 36)
    ('1', '0b01', '25', '0x8000')
    """
    if width == 1:
        return str(int(content))
    if width <= 4:
        return f"0b{content:0{width}b}"
    return str(content) if width <= 8 else hex(content)


def decoded(register: type[Register], value: int, *, zeros: bool = False) -> tuple[tuple[Field, int], ...]:
    """Return the fields of a value with their contents, the highest first; zeros where asked for."""
    contents = ((field, int(field(value))) for field in register.fields())
    return tuple((field, content) for field, content in contents if content or zeros)


def access(asked: Access) -> str:
    """Return what an access is.

    >>> access(Access.table_walk(0, for_write=True))
    'stage 1 table walk on behalf of a write at EL0'
    """
    if asked.type == AccessType.TTW:
        purpose = "write" if asked.reported_write else "read"
        made = "hardware update of a stage 1 descriptor" if asked.write else "stage 1 table walk"
        return f"{made} on behalf of a {purpose} at EL{asked.EL}"
    if asked.type == AccessType.IFETCH:
        kind = "instruction fetch"
    elif asked.read and asked.write:
        kind = "atomic (read and write)"
    else:
        kind = "write" if asked.write else "read"
    if asked.type == AccessType.AT:
        kind = "address translation instruction" + (f" for a {kind}" if asked.read or asked.write else "")
    return f"{kind} at EL{asked.EL}{'' if asked.aligned else ', unaligned'}"


def _side(hints: Hints) -> str:
    allocating = [name for name in ("read_allocate", "write_allocate", "transient") if getattr(hints, name)]
    names = {"read_allocate": "RA", "write_allocate": "WA", "transient": "transient"}
    return " ".join([CACHEABILITIES[hints.attrs.name], *(names[name] for name in allocating)])


def attributes(memory: MemoryAttributes) -> str:
    """Return memory attributes in words.

    >>> from spec.mmu.attributes import normal_non_cacheable
    >>> attributes(normal_non_cacheable(xs=True))
    'Normal, Inner Non-cacheable, Outer Non-cacheable, Outer Shareable, XS'
    """
    if memory.memtype == MemoryType.DEVICE:
        parts = [f"Device-{Device(memory.device).name}"]
    else:
        parts = ["Normal", f"Inner {_side(memory.inner)}", f"Outer {_side(memory.outer)}"]
        parts.append(SHAREABILITIES[memory.shareability])
    parts += ["XS"] if memory.xs else []
    parts += ["Tagged"] if memory.tagged else []
    return ", ".join(parts)


def permissions(leaf: Any) -> str:
    """Return what a leaf, a mapping or a composed leaf permits."""
    execute = [name for name, given in (("EL1", leaf.privileged_execute), ("EL0", leaf.unprivileged_execute)) if given]
    return ", ".join(
        [
            "read" if leaf.read else "no read",
            "write" if leaf.write else "no write",
            f"execute at {' and '.join(execute)}" if execute else "no execute",
        ]
    )


def leaf(found: Any) -> str:
    """Return what a leaf of either stage is: a page or a block, its size and its level."""
    several = ", one of a contiguous set" if found.contiguous else ""
    kind = "page" if found.level == FINAL_LEVEL else "block"
    return f"{kind} of {size(found.size)} at level {found.level}{several}"


def step(result: Any) -> str:
    """Return what a level of a walk of either stage comes to: the next level, a leaf or a fault."""
    if isinstance(result, Fault):
        return fault(result)
    if isinstance(result, stage1.Leaf | stage2.Leaf):
        return f"a leaf of {size(result.size)}, output {result.OA:#x}"
    return f"level {result.level} is next, descriptor at {result.entry:#x}"


def fault(taken: Fault) -> str:
    """Return a fault in words, with its fault status code.

    >>> fault(Fault(FaultKind.TRANSLATION, 2, 0x1000, True, False, False))
    'stage 2 Translation fault, level 2 (FSC 0b000110), IPA 0x1000, WnR 0'
    """
    level = "" if taken.kind == FaultKind.ALIGNMENT else f", level {taken.level}"
    parts = [f"stage {2 if taken.stage2 else 1} {FAULTS[taken.kind]}{level} (FSC 0b{fault_status(taken):06b})"]
    parts += [f"IPA {taken.IPA:#x}"] if taken.stage2 else []
    parts.append(f"WnR {int(taken.write)}")
    of = (("S1PTW", taken.s2fs1walk), ("Overlay", taken.overlay), ("DirtyBit", taken.dirty_bit))
    return ", ".join([*parts, *(f"{name} 1" for name, is_set in of if is_set)])


def value(result: Any) -> str:
    """Return any value in words: yes and no, names, and hexadecimal numbers."""
    if isinstance(result, bool):
        return "yes" if result else "no"
    if isinstance(result, int):
        return hex(result)
    if isinstance(result, enum.Enum):
        return result.name
    if isinstance(result, Fault):
        return fault(result)
    if isinstance(result, MemoryAttributes):
        return attributes(result)
    return type(result).__name__


def as_json(result: Any, annotation: Any = None) -> Any:
    """Return any value as JSON: records by their fields, members by their names, long words as hexadecimal.

    >>> from spec.mmu.stage2 import Table
    >>> as_json(Table(0x4000, 2))
    {'entry': '0x4000', 'level': 2}
    """
    if isinstance(result, bool) or result is None:
        return result
    if isinstance(result, enum.Enum):
        return result.name
    if isinstance(result, int):
        declared = shape(annotation)
        return hex(result) if isinstance(declared, Bits) and declared.width > 8 else result
    record: Any = type(result)
    if attrs.has(record):
        return {name: as_json(getattr(result, name), hint) for name, hint in fields(record).items()}
    return str(result)
