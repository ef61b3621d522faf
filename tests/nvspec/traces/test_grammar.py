from pathlib import Path

import pytest

from nvspec.traces import Trace
from nvspec.traces.events import (
    TLBI,
    Barrier,
    Event,
    Hint,
    HintKind,
    Lock,
    LockStep,
    MemoryFree,
    MemoryInit,
    MemoryRead,
    MemorySet,
    MemoryWrite,
    RegisterWrite,
)
from nvspec.traces.grammar import RECORDS


def read(path: Path, text: str) -> list[Event]:
    """Return the events of a text."""
    path.write_text(text, encoding="utf-8")
    return list(Trace(path))


EVENTS = {
    "(mem-write (id 1) (tid 2) (mem-order plain) (address 0x10) (value 0xff))": MemoryWrite(1, 1, 2, False, 16, 255),
    "(mem-write (id 1) (tid 2) (mem-order release) (address 10) (value ff))": MemoryWrite(1, 1, 2, True, 16, 255),
    "(mem-read (id 1) (tid 2) (address 0x10) (value 0xff))": MemoryRead(1, 1, 2, 16, 255),
    "(mem-init (id 1) (tid 2) (address 0x10) (size 0x20))": MemoryInit(1, 1, 2, 16, 32),
    "(mem-free (id 1) (tid 2) (address 0x10) (size 0x20))": MemoryFree(1, 1, 2, 16, 32),
    "(mem-set (id 1) (tid 2) (address 0x10) (size 0x20) (value 0xff))": MemorySet(1, 1, 2, 16, 32, 255),
    "(barrier (id 1) (tid 2) dsb (kind ish))": Barrier(1, 1, 2, "ish"),
    "(barrier (id 1) (tid 2) dsb (kind sy))": Barrier(1, 1, 2, "sy"),
    "(barrier (id 1) (tid 2) dsb (kind oshld))": Barrier(1, 1, 2, "oshld"),
    "(barrier (id 1) (tid 2) isb)": Barrier(1, 1, 2, ""),
    "(tlbi (id 1) (tid 2) vmalls12e1is)": TLBI(1, 1, 2, "VMALLS12E1IS", 0),
    "(tlbi (id 1) (tid 2) ipas2e1is (value 0x10))": TLBI(1, 1, 2, "IPAS2E1IS", 16),
    "(sysreg-write (id 1) (tid 2) (sysreg vttbr_el2) (value 0x10))": RegisterWrite(1, 1, 2, "VTTBR_EL2", 16),
    "(hint (id 1) (tid 2) (kind set_root_lock) (location 1) (value 2))": Hint(1, 1, 2, HintKind.SET_ROOT_LOCK, 1, 2),
    "(lock (id 1) (tid 2) (address 0x10))": Lock(1, 1, 2, LockStep.LOCK, 16),
    "(trylock (id 1) (tid 2) (address 0x10))": Lock(1, 1, 2, LockStep.TRYLOCK, 16),
    "(unlock (id 1) (tid 2) (address 0x10))": Lock(1, 1, 2, LockStep.UNLOCK, 16),
}
"""A record of each kind, and the event that it is."""

SAME = {
    "by position": "(mem-write 1 2 plain 0x10 0xff)",
    "by position, with a string": '(mem-write 1 2 "a.c:1" plain 0x10 0xff)',
    "some by position": "(mem-write 1 (tid 2) plain (address 0x10) 0xff)",
    "in another order": "(mem-write (value 0xff) (address 0x10) (mem-order plain) (tid 2) (id 1))",
    "in capitals": "(MEM-WRITE (ID 1) (TID 2) (MEM-ORDER PLAIN) (ADDRESS 0X10) (VALUE 0XFF))",
    "as the grammar spells thread": "(mem-write (id 1) (thread 2) (mem-order plain) (address 10) (value ff))",
    "over several lines": "(mem-write\n  (id 1)\n  (tid 2)\n\n  (mem-order plain)\n  (address 10) (value ff))",
    "with hexadecimal counts": "(mem-write (id 0x1) (tid 0x2) (mem-order plain) (address 10) (value ff))",
    "without blanks": "(mem-write(id 1)(tid 2)(mem-order plain)(address 10)(value ff))",
    "with tabs and carriage returns": "\t(mem-write\t(id 1) (tid 2) (mem-order plain)\r\n(address 10) (value ff))\r",
    "after comments": "; one\n# another\n\n(mem-write (id 1) (tid 2) (mem-order plain) (address 10) (value ff))",
    "in colours": "\x1b[46m(mem-write (id 1) (tid 2) (mem-order plain) (address 10) (value ff))\x1b[0m",
    "with a number for src": "(mem-write (id 1) (tid 2) (mem-order plain) (address 10) (value ff) (src 17))",
    "with src by position": "(mem-write 1 2 plain 10 ff 17)",
}
"""Ways to write one event."""


class TestRecords:
    """Records."""

    def test_every_kind_is_tried(self) -> None:
        """Of the grammar."""
        assert {text[1:].split()[0] for text in EVENTS} == set(RECORDS) - {"msr"}

    @pytest.mark.parametrize("text", EVENTS)
    def test_a_record_is_an_event(self, text: str, tmp_path: Path) -> None:
        """With its fields, with and without a source location."""
        assert read(tmp_path / "t.log", text) == [EVENTS[text]]
        (located,) = read(tmp_path / "t.log", text[:-1] + ' (src "a.c:1"))\n')
        assert located.src == "a.c:1"

    @pytest.mark.parametrize("way", SAME)
    def test_there_are_many_ways_to_write_it(self, way: str, tmp_path: Path) -> None:
        """Keys or positions, any order, any case, any white space."""
        (found,) = read(tmp_path / "t.log", SAME[way])
        assert isinstance(found, MemoryWrite)
        assert (found.id, found.tid, found.release, found.address, found.value) == (1, 2, False, 16, 255)

    def test_words_of_barriers_and_TLBIs_may_be_anywhere(self, tmp_path: Path) -> None:
        """After the numbers of the recorder, by position, in capitals."""
        text = '(barrier 4 1 "src" DSB ISH)(barrier 5 1 isb)(tlbi 6 1 VAE2IS 1000)(msr 7 1 "s" TTBR0_EL2 93)'
        assert [type(event) for event in read(tmp_path / "t.log", text)] == [Barrier, Barrier, TLBI, RegisterWrite]

    @pytest.mark.parametrize(
        ("text", "value"), [("-1", (1 << 64) - 1), ("-0x10", (1 << 64) - 16), ("-8000000000000000", 1 << 63), ("-0", 0)]
    )
    def test_a_negative_number_is_two_s_complement(self, text: str, value: int, tmp_path: Path) -> None:
        """Of 64 bits."""
        (found,) = read(tmp_path / "t.log", f"(hint 1 0 set_pte_thread_owner 1000 {text})")
        assert isinstance(found, Hint)
        assert found.value == value

    def test_the_line_is_that_where_the_record_begins(self, tmp_path: Path) -> None:
        """Several records may share one."""
        text = "; x\n(lock 1 0\n8) (unlock 2 0 8)\n(lock 3 0 8)\n"
        assert [event.line for event in read(tmp_path / "t.log", text)] == [2, 3, 4]
