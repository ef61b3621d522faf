"""Differences: what changes with a granule, a format or a control, asked of the rules of the specification."""

from collections.abc import Iterator

import attrs
from accesses import of_hosts, of_nesting
from diagram import Span, diagram
from markup import Text
from vectors import vectors

from spec.features import Features, Granule
from spec.mmu.access import Access
from spec.mmu.attributes import (
    WRITE_BACK,
    Device,
    MemoryAttributes,
    MemoryType,
    Shareability,
    apply_FWB,
    combine,
    decode_stage2,
    normal_non_cacheable,
)
from spec.mmu.descriptor import (
    Stage2Descriptor,
    block_is_supported,
    contiguous_size,
    is_contiguous,
    output_address,
    translation_size,
)
from spec.mmu.fault import Fault
from spec.mmu.shadow_attributes import CombinedType, asked_type
from spec.mmu.stage2 import LEVELS, leaf, permits_execution, permits_writes
from spec.mmu.stage2_controls import (
    Stage2Parameters,
    Stage2Registers,
    first_table_size,
    format_size,
    maximum_TxSZ,
    minimum_TxSZ,
    output_size,
    parameters,
    start_level,
    start_level_is_inconsistent,
    start_level_is_invalid,
    table_base,
)

GRANULES = (Granule.K4, Granule.K16, Granule.K64)
LARGE = Features(pa_max=52, FEAT_LPA=True, FEAT_LPA2=True, FEAT_TTST=True, FEAT_HAFDBS=True, FEAT_S2FWB=True)
"""A machine with every format."""
BASE = parameters(Stage2Registers(VTCR_EL2=0x8004_0059, VTTBR_EL2=0, HCR_EL2=1), LARGE)
"""Some stage 2; each table changes what it is about."""


def amount(log2: int) -> str:
    """Return a power of two of bytes as it is read.

    >>> amount(21)
    '2 MB'
    """
    units = ("bytes", "KB", "MB", "GB", "TB", "PB")
    return f"{1 << log2 % 10} {units[log2 // 10]}"


def stage(granule: Granule, *, DS: bool = False, **changes: int | bool) -> Stage2Parameters:
    """Return the parameters of a stage 2."""
    return attrs.evolve(BASE, granule=granule, DS=DS, **changes)


def runs(values: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the runs of consecutive numbers, first and last, the highest first."""
    left = sorted(values, reverse=True)
    while left:
        length = next((n for n in range(1, len(left)) if left[n] != left[0] - n), len(left))
        yield left[0], left[length - 1]
        left = left[length:]


def span_text(high: int, low: int) -> str:
    """Return bits as they are written."""
    return str(low) if high == low else f"{high}:{low}"


# -- granules ------------------------------------------------------------------------------------------------


def granules() -> str:
    """Return what changes with the granule."""
    text = Text()
    heads = [f"{amount(granule.bits)}" for granule in GRANULES]
    text.heading("Sizes", "-")
    small, plain = Features(FEAT_TTST=True), Features()
    rows = [
        ("Descriptors in a table", *(str(1 << g.stride) for g in GRANULES)),
        ("IPA bits that a level resolves", *(str(g.stride) for g in GRANULES)),
        ("Least TxSZ, 48-bit addresses", *(str(minimum_TxSZ(False, g, plain)) for g in GRANULES)),
        ("Least TxSZ, 52-bit addresses", *(str(minimum_TxSZ(g != Granule.K64, g, LARGE)) for g in GRANULES)),
        ("Largest TxSZ", *(str(maximum_TxSZ(g, plain)) for g in GRANULES)),
        ("Largest TxSZ, FEAT_TTST", *(str(maximum_TxSZ(g, small)) for g in GRANULES)),
    ]
    text.table(("", *heads), rows)
    text.heading("Blocks and pages", "-")
    text.add(
        "What a descriptor of a level maps, whether a block may be there "
        "(:py:func:`~spec.mmu.descriptor.block_is_supported`), and how many entries make a contiguous set."
    )
    for level in LEVELS[1:]:
        text.add(f"**Level {level}**")
        text.table(("", *heads), list(_of_level(level)))
    text.heading("Start levels", "-")
    text.add(
        "The level of the first table by VTCR_EL2.SL0 (:py:func:`~spec.mmu.stage2_controls.start_level`), "
        "on machines with different physical address sizes and features; *invalid* is a Translation fault of level 0."
    )
    text.table(("SL0, and machine", *heads), list(_start_levels()))
    text.heading("Input sizes", "-")
    text.add(
        "The input sizes in bits that fit a start level: up to the largest that one table resolves, and up to the "
        "largest with concatenated tables. Every TxSZ is tried; limits of the physical address size are left out."
    )
    text.table(("Start level", *heads), list(_input_sizes()))
    return str(text)


def _of_level(level: int) -> Iterator[tuple[str, ...]]:
    yield "A descriptor maps", *(_mapped(granule, level) for granule in GRANULES)
    if level < 3:
        yield "Block", *(_block(granule, level) for granule in GRANULES)
    yield "Contiguous set", *(_contiguous(granule, level) for granule in GRANULES)


def _mapped(granule: Granule, level: int) -> str:
    size = translation_size(granule, level)
    return amount(size) if size <= 52 else "\\-"


def _block(granule: Granule, level: int) -> str:
    if block_is_supported(granule, level, False, Features()):
        return "yes"
    if block_is_supported(granule, level, True, Features()):
        return "with DS = 1"
    if block_is_supported(granule, level, False, LARGE):
        return "with 52 bits of physical address"
    return "no"


def _contiguous(granule: Granule, level: int) -> str:
    if translation_size(granule, level) > 52 or not is_contiguous(1 << 52, granule, level):
        return "none"
    if level < 3 and not any(block_is_supported(granule, level, DS, LARGE) for DS in (False, True)):
        return "none"
    return f"{1 << contiguous_size(granule, level)} entries"


MACHINES = (
    ("40 bits", Features(pa_max=40), False),
    ("48 bits", Features(pa_max=48), False),
    ("48 bits, FEAT_TTST", Features(pa_max=48, FEAT_TTST=True), False),
    ("52 bits, FEAT_LPA2, DS = 1", LARGE, True),
)


def _start_levels() -> Iterator[tuple[str, ...]]:
    for SL0 in range(4):
        for words, features, DS in MACHINES:
            cells = []
            for granule in GRANULES:
                walk = stage(granule, DS=DS and granule != Granule.K64, SL0=SL0, SL2=False)
                invalid = start_level_is_invalid(walk, features)
                cells.append("invalid" if invalid else str(start_level(walk)))
            yield f"``0b{SL0:02b}``, {words}", *cells


def _input_sizes() -> Iterator[tuple[str, ...]]:
    for level in LEVELS:
        cells = []
        for granule in GRANULES:
            fitting = [
                64 - TxSZ
                for TxSZ in range(12, 49)
                if translation_size(granule, level) < 52
                and not start_level_is_inconsistent(stage(granule, TxSZ=TxSZ), level)
            ]
            single = [
                size for size in fitting if first_table_size(stage(granule, TxSZ=64 - size), level) <= granule.bits
            ]
            if not fitting:
                cells.append("\\-")
                continue
            one = f"{min(fitting)} to {max(single)}" if single else ""
            more = f", concatenated to {max(fitting)}" if max(fitting) > max(single or [0]) else ""
            cells.append(one + more)
        yield str(level), *cells


# -- address bits --------------------------------------------------------------------------------------------


@attrs.frozen
class Format:
    """A format of addresses in descriptors."""

    title: str
    """What it is called."""
    granule: Granule
    """The granule."""
    DS: bool
    """VTCR_EL2.DS."""
    features: Features
    """The machine."""


WITHOUT_LPA = attrs.evolve(LARGE, FEAT_LPA=False, FEAT_LPA2=False, pa_max=48)
FORMATS = (
    Format("4 KB, DS = 0", Granule.K4, False, LARGE),
    Format("4 KB, DS = 1", Granule.K4, True, LARGE),
    Format("16 KB, DS = 0", Granule.K16, False, LARGE),
    Format("16 KB, DS = 1", Granule.K16, True, LARGE),
    Format("64 KB, without FEAT_LPA", Granule.K64, False, WITHOUT_LPA),
    Format("64 KB, with FEAT_LPA", Granule.K64, False, LARGE),
)
"""Every format that is modelled."""


def addresses() -> str:
    """Return where the bits of an output address are in each format."""
    text = Text()
    text.heading("Output address of a page or of the next table", "-")
    text.add(
        "Each bit of a descriptor is set alone, and :py:func:`~spec.mmu.descriptor.output_address` is asked which bit "
        "of the address it is. Shown are the bits of the address, in their place in the descriptor."
    )
    for one in FORMATS:
        text.add(f"**{one.title}**")
        with text.directive("raw", "html"):
            text.add(diagram(_address_spans(one), f"Output address bits, {one.title}"))
    text.heading("Sizes", "-")
    header = ("PS", *(one.title for one in FORMATS))
    rows = []
    for PS in range(8):
        sizes = (output_size(stage(o.granule, DS=o.DS, PS=PS), o.features) for o in FORMATS)
        rows.append((f"``0b{PS:03b}``", *map(str, sizes)))
    most = [str(format_size(o.DS, o.granule, o.features)) for o in FORMATS]
    text.add("The output size in bits by VTCR_EL2.PS, on a machine with 52 bits (48 bits without FEAT_LPA).")
    text.table(header, [*rows, ("most", *most)])
    text.heading("Shareability", "-")
    text.add("Where the Shareability of a leaf comes from: the descriptor holds 0b10, VTCR_EL2.SH0 holds 0b11.")
    rows = [(one.title, _shareability(one)) for one in FORMATS]
    text.table(("Format", "Source"), rows)
    text.heading("First table", "-")
    text.add(
        "Each bit of VTTBR_EL2 is set alone, and :py:func:`~spec.mmu.stage2_controls.table_base` is asked which bit of "
        "the address of the first table it is, with the smallest first table of the granule."
    )
    rows = [(one.title, _base_bits(one, 0b101), _base_bits(one, 0b110)) for one in FORMATS]
    text.table(("Format", "PS = 0b101", "PS = 0b110"), rows)
    return str(text)


def _address_spans(one: Format) -> list[Span]:
    found: dict[int, int] = {}
    for bit in range(64):
        address = output_address(1 << bit, one.granule, one.granule.bits, one.DS, one.features)
        if address:
            found[bit] = address.bit_length() - 1
    spans = []
    by_distance: dict[int, list[int]] = {}
    for bit, target in found.items():
        by_distance.setdefault(target - bit, []).append(bit)
    for distance, bits in by_distance.items():
        # The diagram has rows of 32 bits: a run ends with its row.
        for high, low in (*runs([bit for bit in bits if bit > 31]), *runs([bit for bit in bits if bit < 32])):
            spans.append(Span(high, low, span_text(high + distance, low + distance), "Bits of the output address."))
    return spans


def _shareability(one: Format) -> str:
    walk = stage(one.granule, DS=one.DS, SH=0b11)
    descriptor = Stage2Descriptor.SH.insert(0x7, 0b10) | 1 << 10
    found = leaf(0, descriptor, 0, 3, walk, Access.load(), one.features)
    if isinstance(found, Fault):
        return "\\-"
    return "VTCR_EL2.SH0" if found.SH == 0b11 else "SH of the descriptor"


def _base_bits(one: Format, PS: int) -> str:
    level = 3
    size = translation_size(one.granule, level) + 1
    walk = stage(one.granule, DS=one.DS, PS=PS, TxSZ=64 - size)
    moved: dict[int, list[int]] = {}
    for bit in range(64):
        base = table_base(walk, 1 << bit, level, one.features)
        if base:
            moved.setdefault(base.bit_length() - 1 - bit, []).append(bit)
    parts = []
    for distance, bits in sorted(moved.items()):
        for high, low in runs(bits):
            target = f" as {span_text(high + distance, low + distance)}" if distance else ""
            parts.append(f"{span_text(high, low)}{target}")
    return ", ".join(parts)


# -- FWB -----------------------------------------------------------------------------------------------------


NORMAL = MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, WRITE_BACK, WRITE_BACK, Shareability.ISH, False)
STAGE1 = (
    ("Write-Back", NORMAL),
    ("Non-cacheable", normal_non_cacheable(xs=True)),
    ("Device-nGnRE", attrs.evolve(normal_non_cacheable(xs=True), memtype=MemoryType.DEVICE, device=Device.nGnRE)),
)
"""What stage 1 says: Normal Write-Back, Normal Non-cacheable, Device."""


def kind(memory: MemoryAttributes) -> str:
    """Return the memory type of attributes in words."""
    if memory.memtype == MemoryType.DEVICE:
        return f"Device-{memory.device.name}"
    inner, outer = memory.inner.attrs.name, memory.outer.attrs.name
    return f"Normal {inner}" if inner == outer else f"Normal inner {inner}, outer {outer}"


def asked(type_: CombinedType) -> str:
    """Return what a leaf asks of the memory type in words."""
    if type_.is_device:
        return f"Device-{type_.device.name}"
    inner, outer = type_.inner.name, type_.outer.name
    if inner == outer == "WB":
        return "nothing"
    return inner if inner == outer else f"inner {inner}, outer {outer}"


def FWB() -> str:
    """Return what MemAttr means with FWB = 0 and FWB = 1."""
    text = Text()
    for FWB_ in (False, True):
        text.heading(f"HCR_EL2.FWB = {int(FWB_)}", "-")
        rows = []
        for MemAttr in range(16):
            cells = []
            for _, stage1 in STAGE1:
                if FWB_:
                    combined = apply_FWB(stage1, MemAttr, 0b11, False, LARGE)
                else:
                    combined = combine(stage1, decode_stage2(MemAttr, 0b11, False, LARGE), LARGE)
                cells.append(kind(combined))
            rows.append((f"``0b{MemAttr:04b}``", *cells, asked(asked_type(MemAttr, 0b11, False, FWB_, LARGE))))
        heads = [f"Stage 1 {words}" for words, _ in STAGE1]
        text.table(("MemAttr", *heads, "The shadow asks for"), rows)
    return str(text)


# -- permissions ---------------------------------------------------------------------------------------------


def permissions() -> str:
    """Return what a leaf permits, with and without FEAT_XNX and with hardware management of dirty state."""
    text = Text()
    text.heading("Execution", "-")
    rows = []
    for XN in (0, 1):
        for XNX in (0, 1):
            descriptor = Stage2Descriptor.XN.insert(Stage2Descriptor.XNX.insert(0, XNX), XN)
            cells = []
            for features in (Features(), Features(FEAT_XNX=True)):
                granted = [
                    level
                    for level, el1 in (("EL1", True), ("EL0", False))
                    if permits_execution(descriptor, el1, features)
                ]
                cells.append(" and ".join(granted) or "neither")
            rows.append((str(XN), str(XNX), *cells))
    text.table(("XN, bit 54", "XNX, bit 53", "Without FEAT_XNX", "With FEAT_XNX"), rows)
    text.heading("Writes", "-")
    rows = []
    for write in (0, 1):
        for DBM in (0, 1):
            descriptor = Stage2Descriptor.DBM.insert(write << 7, DBM)
            cells = [
                "yes" if permits_writes(descriptor, attrs.evolve(BASE, HA=HA, HD=HD)) else "no"
                for HA, HD in ((False, False), (True, False), (True, True))
            ]
            rows.append((str(write), str(DBM), *cells))
    header = ("S2AP[1]", "DBM", "{HA, HD} = {0, 0}", "{HA, HD} = {1, 0}", "{HA, HD} = {1, 1}")
    text.table(header, rows)
    return str(text)


PAGES = {
    "granules": granules,
    "addresses": addresses,
    "FWB": FWB,
    "permissions": permissions,
    "host": of_hosts,
    "nesting": of_nesting,
    "exceptions": vectors,
}
"""Every page of differences."""
