"""The PEs that are turned on and off: DEN 0022."""

import attrs
import pytest

from spec.exceptions.state import State
from spec.features import Features
from spec.nested.adjustment import Exited, Injected, NextInstruction, Nothing
from spec.nested.configuration import Configuration
from spec.nested.firmware import Answer, Call, Then
from spec.nested.injection import UNDEFINED
from spec.nested.power import NOWHERE, PE, PEs, Power, Presence, Start, answer, is_of, started
from spec.pstate import PSTATE, SPSR_of
from tests.nested.calls import ALONE, CPU, ERRORS, FOUR, HYPERVISOR, MACHINE, asked, result


class TestTheCaller:
    """What becomes of it."""

    @pytest.mark.parametrize(
        ("X0", "X1", "expected"),
        [
            (0x8400_0001, 0, Answer(Then.WAITS, 0)),
            (0xC400_0001, 0x0301_FFFF, Answer(Then.WAITS, 0)),
            (0xC400_0001, 1 << 32, Answer(Then.WAITS, 0)),
            (0x8400_0001, 1 << 17, Answer(Then.RETURNS, ERRORS["INVALID_PARAMETERS"])),
            (0x8400_0001, 1 << 26, Answer(Then.RETURNS, ERRORS["INVALID_PARAMETERS"])),
            (0xC400_0001, 1 << 31, Answer(Then.RETURNS, ERRORS["INVALID_PARAMETERS"])),
            (0x8400_0002, 0, Answer(Then.IS_OFF)),
            (0x8400_0008, 0, Answer(Then.MACHINE_IS_OFF)),
            (0x8400_0009, 0, Answer(Then.MACHINE_STARTS_AGAIN)),
        ],
    )
    def test_it_waits_or_ends(self, X0: int, X1: int, expected: Answer) -> None:
        """The original format of a power state, a uint32 in every width of the call: bits 25:24, 16 and 15:0."""
        assert asked(X0, X1) == expected

    def test_CPU_OFF_turns_the_caller_off(self) -> None:
        """And no other PE."""
        after = FOUR.call(0, Call(0x8400_0002, 0, 0, 0), HYPERVISOR, MACHINE).PEs
        assert after == PEs((PE(0, Power.OFF), *FOUR.each[1:]))


class TestCPU_ON:
    """The PE that it names."""

    def test_it_is_pending_with_its_start(self) -> None:
        """Entry point, context, and the byte order of the caller."""
        caller = attrs.evolve(HYPERVISOR, state=attrs.evolve(HYPERVISOR.state, SCTLR_EL2=1 << 25))
        found = FOUR.call(0, Call(0xC400_0003, 0x1_0000_0101, 0x8000_0000, 7), caller, MACHINE)
        assert found.answer == Answer(Then.RETURNS, 0)
        last = PE(0x1_0000_0101, Power.ON_PENDING, Start(0x8000_0000, 7, True))
        assert found.PEs == PEs((*FOUR.each[:3], last))

    def test_that_of_32_bits_reads_W_registers(self) -> None:
        """What is above them is anything."""
        high = 0xDEAD_BEEF << 32
        found = FOUR.call(0, Call(0x8400_0003, high | 1, high | 0x8000_0000, high | 7), HYPERVISOR, MACHINE)
        assert found.PEs.each[1] == PE(1, Power.ON_PENDING, Start(0x8000_0000, 7, False))

    @pytest.mark.parametrize(
        ("target", "entry", "expected"),
        [
            (0, 0x8000_0000, "ALREADY_ON"),
            (0x1_0000_0100, 0x8000_0000, "ON_PENDING"),
            (2, 0x8000_0000, "INVALID_PARAMETERS"),
            (1 << 31 | 1, 0x8000_0000, "INVALID_PARAMETERS"),
            (1, 0x8000_0002, "INVALID_ADDRESS"),
            (1, 1 << 40, "INVALID_ADDRESS"),
        ],
    )
    def test_what_it_refuses(self, target: int, entry: int, expected: str) -> None:
        """And nothing changes."""
        found = FOUR.call(0, Call(0xC400_0003, target, entry, 0), HYPERVISOR, MACHINE)
        assert (found.answer.X0, found.PEs) == (ERRORS[expected], FOUR)


class TestAFFINITY_INFO:
    """PEs, and groups of them."""

    @pytest.mark.parametrize(
        ("target", "level", "expected"),
        [(0, 0, 0), (1, 0, 1), (0x1_0000_0100, 0, 2), (1, 1, 0), (0x1_0000_01FF, 1, 2), (0x1_0000_0000, 3, 2)],
    )
    def test_what_is_on(self, target: int, level: int, expected: int) -> None:
        """0 is on, 1 off, 2 pending; fields below the level are ignored."""
        assert result(0xC400_0004, target, level) == expected

    @pytest.mark.parametrize(("target", "level"), [(2, 0), (0x1_0000, 2), (0, 4), (1 << 31, 0), (0, 1 << 32)])
    def test_what_is_not_there(self, target: int, level: int) -> None:
        """No such PE or group, no such level, or a bit that is to be 0."""
        assert result(0xC400_0004, target, level) == ERRORS["INVALID_PARAMETERS"]

    def test_a_level_of_two(self) -> None:
        """Aff2 and Aff3 name the group."""
        assert is_of(PE(0x1_0201, Power.ON), 0x1_0000, 2)
        assert not is_of(PE(0x2_0201, Power.ON), 0x1_0000, 2)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize(("place", "field"), [(0, 0), (8, 1), (16, 2), (32, 3)])
def test_a_level_of_affinity_looks_at_the_fields_above_it(level: int, place: int, field: int) -> None:
    """MPIDR_EL1: Aff3 in bits 39:32, Aff2 in 23:16, Aff1 in 15:8, Aff0 in 7:0."""
    assert is_of(PE(0x81 << place, Power.ON), 0, level) == (field < level)
    assert is_of(PE(0x81 << place, Power.ON), 0x81 << place, level)


class TestTheStart:
    """A PE as after a reset."""

    def test_the_start_of_a_PE_that_nobody_has_turned_on(self) -> None:
        """It is nowhere: at 0, with nothing in X0."""
        assert (PE(0, Power.OFF).start, NOWHERE.entry, NOWHERE.context) == (NOWHERE, 0, 0)

    @pytest.mark.parametrize("owed", [Nothing(), NextInstruction(), Injected(UNDEFINED)])
    @pytest.mark.parametrize(("on", "pstate"), [(MACHINE, 0x3C9), (ALONE, 0x3C5)])
    def test_where_it_is(self, on: Configuration, pstate: int, owed: Nothing | NextInstruction | Injected) -> None:
        """At the highest Exception level, with everything masked and nothing owed."""
        before = Exited(State(0x1234, PSTATE(0)), owed)
        found = started(before, Start(0x8000_0000, 7, False), (1 << 64) - 1, on)
        assert (found.vcpu.state.PC, found.X0, found.vcpu.owed) == (0x8000_0000, 7, Nothing())
        assert SPSR_of(found.vcpu.state.PSTATE, CPU) == pstate

    @pytest.mark.parametrize("big", [False, True])
    def test_its_byte_order(self, big: bool) -> None:
        """Of the highest Exception level; with stage 1 and caches off, whatever they are after a reset."""
        ones, start, before = (1 << 64) - 1, Start(0, 0, big), Exited(State(0, PSTATE(1)), Nothing())
        of_EL2 = started(before, start, ones, MACHINE).vcpu.state.SCTLR_EL2
        of_EL1 = started(before, start, ones, ALONE).vcpu.state.SCTLR_EL1
        assert [one & (1 << 25 | 1 << 12 | 0b101) for one in (of_EL2, of_EL1)] == [big << 25] * 2

    def test_a_machine_of_one_byte_order_keeps_it(self) -> None:
        """EE is RES1 on a big-endian one."""
        cpu = Features(FEAT_BigEnd=True)
        found = started(Exited(State(0, PSTATE(1)), Nothing()), NOWHERE, 0, Configuration(cpu, cpu))
        assert found.vcpu.state.SCTLR_EL2 & 1 << 25


def test_the_answer_alone() -> None:
    """It is made of the call, and of what there is of the PEs that it names."""
    assert answer(Call(0x8400_0004, 0, 0, 0), Presence.OFF, MACHINE) == Answer(Then.RETURNS, 1)
