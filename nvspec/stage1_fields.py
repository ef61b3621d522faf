"""Fields of stage 1 descriptors, as the regime and the controls give them a meaning.

Where an index stands in several places it is one field here, and AP has two bits where there is EL0 and one where there
is none. The addresses of a descriptor are not among them.
"""

import attrs

from nvspec.steps import kind_of
from spec.lang import Bits64
from spec.mmu.descriptor import DescriptorType, Stage1Descriptor, Stage1Table
from spec.mmu.stage1_controls import Stage1Parameters, has_unprivileged


@attrs.frozen
class Content:
    """A field of a descriptor, and what it holds."""

    name: str
    """The name that Arm gives it."""
    content: int
    """What it holds."""
    width: int
    """How many bits it has."""


def contents(descriptor: Bits64, found: DescriptorType, level: int, walk: Stage1Parameters) -> tuple[Content, ...]:
    """Return the fields of a descriptor (64 bits) of a level, the highest first.

    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.stage1_controls import TranslationRegisters, parameters
    >>> from spec.features import Features
    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> [one.name for one in contents(0x743, DescriptorType.LEAF, 3, walk)]
    ['UXN', 'PXN', 'Contiguous', 'DBM', 'nG', 'AF', 'SH', 'AP', 'AttrIndx', 'type', 'valid']
    """
    named: list[tuple[str, int, int]] = []
    if found == DescriptorType.TABLE:
        named = _of_table(descriptor, walk)
    elif found == DescriptorType.LEAF:
        named = _of_leaf(descriptor, walk, page=kind_of(found, level) == "page")
    named += [("type", Stage1Descriptor.type(descriptor), 1), ("valid", Stage1Descriptor.valid(descriptor), 1)]
    return tuple(Content(name, int(content), width) for name, content, width in named)


def _has_EL0(walk: Stage1Parameters) -> bool:
    """Return whether the bits of unprivileged accesses have a meaning."""
    return has_unprivileged(walk.regime) and not walk.NV1


def _of_table(descriptor: Bits64, walk: Stage1Parameters) -> list[tuple[str, int, int]]:
    """Return the limits of a table, where they are not ignored."""
    if walk.HPD or walk.PIE:
        return []
    no_write, bit_60 = Stage1Table.APTable_1(descriptor), Stage1Table.UXNTable(descriptor)
    if not _has_EL0(walk):
        return [("APTable[1]", no_write, 1), ("PXNTable" if walk.NV1 else "XNTable", bit_60, 1)]
    return [
        ("APTable", no_write << 1 | Stage1Table.APTable_0(descriptor), 2),
        ("UXNTable", bit_60, 1),
        ("PXNTable", Stage1Table.PXNTable(descriptor), 1),
    ]


def _of_leaf(descriptor: Bits64, walk: Stage1Parameters, *, page: bool) -> list[tuple[str, int, int]]:
    one = Stage1Descriptor
    low, high = one.AP_1(descriptor), one.AP_2(descriptor)
    named = [("POIndex", one.POIndex(descriptor), 3)] if walk.POE or walk.E0POE else []
    if walk.PIE:
        index = one.PIIndex_3_2(descriptor) << 2 | one.DBM(descriptor) << 1 | low
        named.append(("PIIndex", index, 4))
    elif _has_EL0(walk):
        named += [("UXN", one.UXN(descriptor), 1), ("PXN", one.PXN(descriptor), 1)]
    else:
        named.append(("PXN" if walk.NV1 else "XN", one.UXN(descriptor), 1))
    named.append(("Contiguous", one.Contiguous(descriptor), 1))
    named += [] if walk.PIE else [("DBM", one.DBM(descriptor), 1)]
    named += [] if page else [("nT", one.nT(descriptor), 1)]
    named += [("nG", one.nG(descriptor), 1)] if has_unprivileged(walk.regime) else []
    named.append(("AF", one.AF(descriptor), 1))
    named += [] if walk.DS else [("SH", one.SH(descriptor), 2)]
    if walk.PIE:
        named.append(("nDirty", high, 1))
    elif _has_EL0(walk):
        named.append(("AP", high << 1 | low, 2))
    else:
        named.append(("AP[2]", high, 1))
    upper = one.AttrIndx_3(descriptor) if walk.AIE else 0
    return [*named, ("AttrIndx", upper << 3 | one.AttrIndx(descriptor), 4 if walk.AIE else 3)]
