"""Writing traces for the tests: a stage 2 of four levels with one page, and what is done to it."""

from pathlib import Path

ROOT, L1, L2, L3, SPARE = 0x10000, 0x11000, 0x12000, 0x13000, 0x14000
"""The tables, of levels 0 to 3, and memory for more."""
LOCK, PAGE = 0x90000, 0x8000_07FF
"""The lock of the tables, and the descriptor of the page at IPA 0."""
ALL = "vmalls12e1is"
"""A TLBI that removes everything of the VMID."""


def tree(root: int = ROOT, VMID: int = 1, lock: int = LOCK) -> list[str]:
    """Return the records that build tables of four levels with a page, install them and take their lock."""
    tables = [root + 0x1000 * n for n in range(4)]
    return [
        f"mem-init (address {root:#x}) (size 0x8000)",
        f"hint (kind set_root_lock) (location {root:#x}) (value {lock:#x})",
        *(store(table, table + 0x1000 | 3) for table in tables[:3]),
        store(tables[3], PAGE),
        f"sysreg-write (sysreg vttbr_el2) (value {VMID << 48 | root:#x})",
        f"lock (address {lock:#x})",
    ]


BUILT = 7
"""How many events :func:`tree` is."""


def store(address: int, value: int, order: str = "plain") -> str:
    """Return a store."""
    return f"mem-write (mem-order {order}) (address {address:#x}) (value {value:#x})"


def dsb(kind: str = "ish") -> str:
    """Return a DSB."""
    return f"barrier dsb (kind {kind})"


def tlbi(operation: str = ALL, value: int | None = None) -> str:
    """Return a TLBI."""
    return f"tlbi {operation}" if value is None else f"tlbi {operation} (value {value:#x})"


BREAK = [dsb("ishst"), tlbi(), dsb()]
"""What follows a store of an invalid descriptor."""


def trace(*events: str, first: int = 0) -> str:
    """Return the text of a trace: a record for each event, of thread 0 or of the one before an @."""
    return "".join(record(first + number, text) for number, text in enumerate(events))


def record(number: int, text: str) -> str:
    """Return a record of ``1@lock (address 0x10)``: thread 1, and the rest after id and tid."""
    before, _, rest = text.rpartition("@")
    name, _, fields = rest.partition(" ")
    return f"({name} (id {number}) (tid {before or 0}) {fields})\n"


def write(path: Path, *events: str) -> Path:
    """Write a trace of events."""
    path.write_text(trace(*events), encoding="utf-8")
    return path
