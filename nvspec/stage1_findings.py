"""Findings of stage 1: what each of its rules said, in words.

Most checks are rules, whose recorded calls (:mod:`nvspec.calls`) are told as they are. Those that stand within a rule
are told by what it returned: a leaf has passed them all, and of a fault the kind says which one failed.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import attrs

from nvspec import stage1_reasons, wording
from nvspec.calls import Call
from nvspec.stage1_reasons import PRIVILEGED_NAMES
from nvspec.steps import SAYS as SAYS_STAGE2
from nvspec.steps import Finding, findings, inner, kind_of, plainly, says_TxSZ_faults
from spec.mmu.descriptor import FINAL_LEVEL, Stage1Descriptor
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.stage1 import leaf as leaf_rule
from spec.mmu.stage1_permissions import Permitted, TableLimits

LEAF, NEXT, FIRST, DISABLED = (f"mmu.stage1.{name}" for name in ("leaf", "next_state", "first_table", "disabled"))
"""The rules that hold checks of their own."""
CHECK = "mmu.stage1_permissions.check"
"""The rule of permissions."""


# -- the parts of a translation ------------------------------------------------------------------------------------


def of_controls(walked: Call) -> tuple[Finding, ...]:
    """Return what was said before the first descriptor: of a recorded ``walk_tables``."""
    first = walked.first(FIRST)
    if first is None:
        return findings(walked.inner, SAYS)
    before = tuple(one for one in walked.inner if one.name not in (FIRST, "mmu.stage1.fold"))
    return (*findings((*before, *first.inner), SAYS), _finding(first, _says_first(first)))


def of_disabled(call: Call) -> tuple[Finding, ...]:
    """Return what was said with stage 1 off: of a recorded ``disabled``."""
    features, result = call.arguments["features"], call.result
    fits = not (isinstance(result, Fault) and result.kind == FaultKind.ADDRESS_SIZE)
    size = _finding(call, f"the address {_fitting(fits, features.pa_max)}: {call.arguments['va']:#x}")
    asked = findings(call.inner, SAYS)
    return (*asked[:2], size, *asked[2:])


def of_level(step: Call) -> tuple[Finding, ...]:
    """Return what was said at one level: of a recorded ``step``."""
    after = step.first(NEXT)
    if after is None:
        return ()
    leaf = step.first(LEAF)
    found = findings((one for one in after.inner if one.name != LEAF), SAYS)
    if leaf is not None:
        address = [one for one in leaf.inner if one.name in _ADDRESS]
        meaning = [one for one in leaf.inner if one.name in _MEANING]
        return (*found, *findings(address, SAYS), *_checks_of_leaf(leaf), *findings(meaning, SAYS))
    entry = after.first("mmu.stage2.entry_address")
    if entry is not None:
        fits = not isinstance(after.result, Fault)
        size = after.arguments["walk"].output_size
        found += (_finding(after, f"the next descriptor {_fitting(fits, size)}: {entry.result:#x}"),)
    return found


def of_access(translated: Call) -> tuple[Finding, ...]:
    """Return what was said of the access to the leaf: of a recorded ``translate`` of stage 1."""
    names = (
        "mmu.stage1.takes_alignment_fault",
        *(f"mmu.stage1_permissions.{name}" for name in ("direct", "indirect", "applies_PAN", "overlay_triple")),
        *("mmu.stage1_permissions.permissions", CHECK, "mmu.stage1.updated_descriptor"),
        "mmu.stage1.output_attributes",
    )
    made = (call for name in names for call in translated.all(name))
    return findings(made, SAYS)


# -- checks within a rule -------------------------------------------------------------------------------------------

_ADDRESS = ("mmu.descriptor.is_contiguous", "mmu.descriptor.output_address", "mmu.stage2.stage_OA")
"""What the rule of a leaf asks before its checks."""
_MEANING = ("mmu.stage1_permissions.leaf_permissions", "mmu.stage1.leaf_attributes")
"""What it asks of a leaf that has passed them."""


def _finding(call: Call, says: str) -> Finding:
    return Finding(call.name, call.rule.source, says)


def _fitting(fits: bool, size: int) -> str:
    return f"{'fits' if fits else 'does not fit'} in {size} bits"


def _checks_of_leaf(leaf: Call) -> Iterator[Finding]:
    """Yield the checks on a leaf, in their order, up to the one that failed."""
    given, result = leaf.arguments, leaf.result
    kind = result.kind if isinstance(result, Fault) else None
    descriptor, features = given["descriptor"], given["features"]
    if inner(leaf, "mmu.descriptor.is_contiguous"):
        # Both this check and that of nT are Translation faults: without the other one it is this one that is left.
        alone = leaf_rule(**(given | {"features": attrs.evolve(features, nT_faults=False)}))
        fails = isinstance(alone, Fault) and alone.kind == FaultKind.TRANSLATION
        yield _finding(leaf, f"the contiguous set is larger than the input, and that faults: {_yes(fails)}")
        if fails:
            return
    if given["level"] != FINAL_LEVEL:
        nT = int(Stage1Descriptor.nT(descriptor))
        yield _finding(leaf, f"nT makes the block invalid: {_yes(kind == FaultKind.TRANSLATION)}, nT is {nT}")
    if kind == FaultKind.TRANSLATION:
        return
    fits = kind != FaultKind.ADDRESS_SIZE
    OA = inner(leaf, "mmu.stage2.stage_OA")
    yield _finding(leaf, f"the output {_fitting(fits, given['walk'].output_size)}: {OA:#x}")
    if fits:
        AF, HA = int(Stage1Descriptor.AF(descriptor)), int(given["walk"].HA)
        fails = kind == FaultKind.ACCESS_FLAG
        yield _finding(leaf, f"Access flag fault: {_yes(fails)}, AF is {AF}, HA is {HA}")


def _yes(said: bool) -> str:
    return wording.value(said)


def _says_first(first: Call) -> str:
    """Return what became of the first descriptor of a walk."""
    walk, access, result = first.arguments["walk"], first.arguments["access"], first.result
    if not isinstance(result, Fault):
        return f"level {result.level}, descriptor at {result.entry:#x}, {_fitting(True, walk.output_size)}"
    entry = inner(first, "mmu.stage1_controls.first_entry_address")
    if entry is not None:
        return f"the first descriptor {_fitting(False, walk.output_size)}: {entry:#x}"
    if inner(first, "mmu.stage1_controls.VA_is_out_of_range"):
        return "no walk: the address is out of range"
    unprivileged = access.EL == 0 and walk.E0PD
    return f"no walk: {'E0PD' if unprivileged else 'EPD'} is 1{', and the access is of EL0' if unprivileged else ''}"


# -- rules ----------------------------------------------------------------------------------------------------------


def triple(found: Any) -> str:
    """Return permissions of one privilege in words.

    >>> from spec.mmu.stage1_permissions import Triple
    >>> triple(Triple(read=True, write=False, execute=True))
    'read, no write, execute'
    """
    return ", ".join(f"{'' if getattr(found, name) else 'no '}{name}" for name in ("read", "write", "execute"))


def _says_range(call: Call) -> str:
    ignored = ", without its top byte" if inner(call, "mmu.stage1_controls.ignores_top_byte") else ""
    return f"{plainly(call)}: {call.arguments['va']:#x} in {64 - call.arguments['walk'].TxSZ} bits{ignored}"


def _says_limits(call: Call) -> str:
    walk, limits = call.arguments["walk"], call.result
    if walk.HPD:
        return f"none: {'permissions are indirect' if walk.PIE else 'HPD is 1'}"
    return limits_in_words(limits)


def limits_in_words(limits: TableLimits) -> str:
    """Return what tables take away.

    >>> limits_in_words(TableLimits(no_write=True))
    'no write'
    """
    names = {
        "no_unprivileged": "no access by EL0",
        "no_write": "no write",
        "PXN": "no privileged execution",
        "UXN": "no unprivileged execution",
    }
    return ", ".join(said for name, said in names.items() if getattr(limits, name)) or "nothing is taken away"


def _says_leaf_permissions(call: Call) -> str:
    found, walk = call.result, call.arguments["walk"]
    level = PRIVILEGED_NAMES[walk.regime]
    said = []
    if walk.PIE:
        said.append(f"PIR_{level} entry 0b{found.PPI:04b}, PIRE0_{level} entry 0b{found.UPI:04b}")
    else:
        said.append("read-only" if found.read_only else "writable")
        said += ["EL0 too"] if found.unprivileged else []
        said += [name for name in ("PXN", "UXN") if getattr(found, name)]
        said += [limits_in_words(found.limits)] if found.limits != TableLimits() else []
    if walk.POE:
        said.append(f"POR_{level} entry 0b{found.PPO:04b}")
    if walk.E0POE:
        said.append(f"POR_EL0 entry 0b{found.UPO:04b}")
    return ", ".join(said)


def _says_attributes(call: Call) -> str:
    walk, decoded = call.arguments["walk"], call.first("mmu.attributes.decode_MAIR")
    assert decoded is not None  # for the attributes of a leaf are those of a byte
    byte, upper = decoded.arguments["attribute"], Stage1Descriptor.AttrIndx_3(call.arguments["descriptor"])
    index = int(Stage1Descriptor.AttrIndx(call.arguments["descriptor"]))
    register = f"{'MAIR2' if walk.AIE and upper else 'MAIR'}_{PRIVILEGED_NAMES[walk.regime]}"
    return f"{register}.Attr{index} is {byte:#04x}: {wording.attributes(call.result)}"


def _says_permissions(call: Call) -> str:
    base = triple(call.result.base)
    if call.first("mmu.stage1_permissions.overlay_triple") is None:
        return base
    return f"base {base}; overlay {triple(call.result.overlay)}"


def _says_check(call: Call) -> str:
    if isinstance(call.result, Permitted):
        return "permitted"
    why = stage1_reasons.reasons(stage1_reasons.Asked(**call.arguments))
    return f"refused: {'; '.join(why)}" if why else "refused"


def _says_update(call: Call) -> str:
    before = call.arguments["found"].descriptor
    return "none" if call.result == before else f"{before:#x} becomes {call.result:#x}"


SAYS: dict[str, Callable[[Call], str]] = {
    "mmu.stage1_controls.TxSZ_faults": partial(says_TxSZ_faults, "TxSZ", "mmu.stage1_controls.minimum_TxSZ"),
    "mmu.stage1_controls.effective": lambda call: f"TxSZ {call.result.TxSZ}: an input of {64 - call.result.TxSZ} bits",
    "mmu.stage1_controls.VA_is_out_of_range": _says_range,
    "mmu.stage1_controls.start_level": lambda call: f"level {call.result}",
    "mmu.descriptor.descriptor_type": lambda call: kind_of(call.result, call.arguments["level"]),
    "mmu.descriptor.is_contiguous": SAYS_STAGE2["mmu.descriptor.is_contiguous"],
    "mmu.stage1_permissions.limited": _says_limits,
    "mmu.stage1_permissions.leaf_permissions": _says_leaf_permissions,
    "mmu.stage1.leaf_attributes": _says_attributes,
    "mmu.stage1_permissions.direct": lambda call: triple(call.result.allowed),
    "mmu.stage1_permissions.indirect": lambda call: triple(call.result.allowed),
    "mmu.stage1_permissions.overlay_triple": lambda call: triple(call.result),
    "mmu.stage1_permissions.permissions": _says_permissions,
    CHECK: _says_check,
    "mmu.stage1.updated_descriptor": _says_update,
}
"""Rule to what its result is called in words; a rule that is not here shows its plain result."""
