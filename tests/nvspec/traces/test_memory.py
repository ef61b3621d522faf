from nvspec.traces.memory import Cause, Memory

FIRST, SECOND = Cause(1, 0), Cause(2, 1, "a.c:1")


class TestMemory:
    """Words, and pages that hold one word all over."""

    def test_nothing_is_known_at_first(self) -> None:
        """Of no word."""
        memory = Memory()
        assert memory.read(0x1000) is None
        assert memory.cause(0x1000) is None
        assert memory.unknown(0x1000, 0x2000) == 1024

    def test_a_word_is_what_was_stored(self) -> None:
        """By the last event."""
        memory = Memory()
        memory.write(0x1008, 5, FIRST)
        memory.write(0x1008, 6, SECOND)
        assert (memory.read(0x1008), memory.cause(0x1008)) == (6, SECOND)
        assert memory.unknown(0x1000, 0x1000) == 511
        assert memory.unknown(0x1010, 0x10) == 2
        assert memory.held(0, 1 << 48) == {0x1008: 6}

    def test_a_range_is_filled_exactly(self) -> None:
        """Also where it begins and ends within pages."""
        memory = Memory()
        memory.fill(0x1FF8, 0x1010, 7, FIRST)
        assert [memory.read(address) for address in (0x1FF0, 0x1FF8, 0x2800, 0x3000, 0x3008)] == [None, 7, 7, 7, None]
        assert memory.cause(0x2800) == FIRST
        assert memory.unknown(0x1000, 0x3000) == 511 + 511
        assert len(memory.held(0x1000, 0x3000)) == 514

    def test_what_is_filled_forgets_what_was_stored(self) -> None:
        """And a store stands apart from what fills its page."""
        memory = Memory()
        memory.write(0x2000, 1, FIRST)
        memory.fill(0x2000, 0x1000, 0, SECOND)
        assert memory.held(0x2000, 0x1000) == {}
        memory.write(0x2000, 9, FIRST)
        assert (memory.read(0x2000), memory.read(0x2008)) == (9, 0)

    def test_a_range_is_forgotten_exactly(self) -> None:
        """The words around it stay, those of a filled page too."""
        memory = Memory()
        memory.fill(0x1000, 0x2000, 3, FIRST)
        memory.write(0x4000, 8, FIRST)
        memory.write(0x4008, 8, FIRST)
        memory.forget(0x1010, 0x2FF8)
        assert [memory.read(address) for address in (0x1008, 0x1010, 0x2000, 0x4000, 0x4008)] == [
            3,
            None,
            None,
            None,
            8,
        ]

    def test_a_cause_is_shown_with_its_place(self) -> None:
        """Line, number, and the place in the source where there is one."""
        assert (str(FIRST), str(SECOND)) == ("event 0 (line 1)", "event 1 (line 2, a.c:1)")
