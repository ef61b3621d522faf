"""The firmware that L0 stands for: DEN 0022 and DEN 0028."""

import attrs
import pytest

from spec.access.control import ExceptionClass
from spec.access.execution import syndrome
from spec.exceptions.state import State
from spec.features import Features
from spec.nested.adjustment import Exited, Injected, NextInstruction, Nothing
from spec.nested.configuration import Configuration
from spec.nested.firmware import (
    IDENTIFIERS,
    NOWHERE,
    PE,
    Answer,
    Call,
    Conduit,
    Function,
    PEs,
    Power,
    Presence,
    Start,
    Then,
    answer,
    call_of,
    conduit,
    function_of,
    is_call_of_firmware,
    is_of,
    started,
)
from spec.nested.injection import UNDEFINED
from spec.nested.vcpu import VCPU
from spec.pstate import PSTATE, SPSR_of

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_MixedEnd=True, pa_max=40)
MACHINE, ALONE = Configuration(CPU, CPU), Configuration(CPU, CPU, has_EL2=False)
HYPERVISOR = VCPU(State(0x1000, PSTATE(2, SP=True)))
FOUR = PEs((PE(0x0, Power.ON), PE(0x1, Power.OFF), PE(0x1_0000_0100, Power.ON_PENDING), PE(0x1_0000_0101, Power.OFF)))
ERRORS = {name: (1 << 64) - number for name, number in (("NOT_SUPPORTED", 1), ("INVALID_PARAMETERS", 2))}
ERRORS |= {name: (1 << 64) - number for name, number in (("ALREADY_ON", 4), ("ON_PENDING", 5), ("INVALID_ADDRESS", 9))}


def asked(X0: int, X1: int = 0, X2: int = 0, X3: int = 0, imm16: int = 0) -> Answer:
    """Return the answer to a call of the first of four PEs."""
    return FOUR.call(0, Call(X0, X1, X2, X3, imm16), HYPERVISOR, MACHINE).answer


def result(X0: int, X1: int = 0, X2: int = 0) -> int:
    """Return what it says."""
    return asked(X0, X1, X2).X0


class TestTheConduit:
    """SMC, unless there is no EL2."""

    def test_which_it_is(self) -> None:
        """HVCs of a machine with EL2 are its own."""
        assert (conduit(MACHINE), conduit(ALONE)) == (Conduit.SMC, Conduit.HVC)

    @pytest.mark.parametrize(
        ("ec", "expected"),
        [
            (ExceptionClass.SMC, (True, True)),
            (ExceptionClass.HVC, (False, True)),
            (ExceptionClass.SVC, (False, False)),
        ],
    )
    def test_what_is_a_call(self, ec: ExceptionClass, expected: tuple[bool, bool]) -> None:
        """An SMC on every machine, an HVC on one without EL2."""
        esr = syndrome(ec, 0)
        assert (is_call_of_firmware(esr, MACHINE), is_call_of_firmware(esr, ALONE)) == expected

    def test_the_call_has_the_immediate_of_the_instruction(self) -> None:
        """ISS bits 15 to 0."""
        assert call_of(syndrome(ExceptionClass.SMC, 0x1234), 1, 2, 3, 4) == Call(1, 2, 3, 4, 0x1234)


class TestWhatThereIs:
    """Versions, features, and what is not supported."""

    @pytest.mark.parametrize(
        ("X0", "expected"),
        [(0x8400_0000, 0x1_0001), (0x8000_0000, 0x1_0001), (0x8400_0006, 2), (0xFFFF_FFFF_8400_0000, 0x1_0001)],
    )
    def test_numbers(self, X0: int, expected: int) -> None:
        """PSCI 1.1 and SMCCC 1.1, no Trusted OS; the identifier is W0."""
        assert asked(X0) == Answer(Then.RETURNS, expected)

    @pytest.mark.parametrize("X0", [0xC400_0000, 0x8400_0005, 0x8400_0007, 0xC400_0008, 0x8600_FF01, 0, 0x8000_8000])
    def test_unknown_functions(self, X0: int) -> None:
        """PSCI_VERSION of 64 bits, MIGRATE, MIGRATE_INFO_UP_CPU, SYSTEM_OFF of 64 bits, a hypervisor's UID."""
        assert asked(X0) == Answer(Then.RETURNS, ERRORS["NOT_SUPPORTED"])

    @pytest.mark.parametrize("X0", IDENTIFIERS)
    def test_an_immediate_is_reserved(self, X0: int) -> None:
        """Of each function."""
        assert asked(X0, imm16=1) == Answer(Then.RETURNS, ERRORS["NOT_SUPPORTED"])

    def test_PSCI_FEATURES(self) -> None:
        """All but SMCCC_ARCH_FEATURES, which is no function of PSCI."""
        for identifier, function in IDENTIFIERS.items():
            expected = ERRORS["NOT_SUPPORTED"] if function == Function.SMCCC_ARCH_FEATURES else 0
            assert result(0x8400_000A, identifier) == expected
        assert result(0x8400_000A, 0x8400_0005) == ERRORS["NOT_SUPPORTED"]

    @pytest.mark.parametrize(
        ("identifier", "is_there"), [(0x8000_0000, True), (0x8000_0001, True), (0x8000_8000, False)]
    )
    def test_SMCCC_ARCH_FEATURES(self, identifier: int, is_there: bool) -> None:
        """Itself and the version; no workaround."""
        assert result(0x8000_0001, identifier) == (0 if is_there else ERRORS["NOT_SUPPORTED"])

    def test_identifiers(self) -> None:
        """Those that the convention has: fast calls, of the architecture or of the standard services."""
        assert all(one >> 31 and (one >> 24) & 0x3F in (0, 4) for one in IDENTIFIERS)
        assert {function_of(one) for one in IDENTIFIERS} == set(Function) - {Function.UNKNOWN}


class TestTheCaller:
    """What becomes of it."""

    @pytest.mark.parametrize(
        ("X0", "X1", "expected"),
        [
            (0x8400_0001, 0, Answer(Then.WAITS, 0)),
            (0xC400_0001, 0x0301_FFFF, Answer(Then.WAITS, 0)),
            (0x8400_0001, 1 << 17, Answer(Then.RETURNS, ERRORS["INVALID_PARAMETERS"])),
            (0x8400_0001, 1 << 26, Answer(Then.RETURNS, ERRORS["INVALID_PARAMETERS"])),
            (0x8400_0002, 0, Answer(Then.IS_OFF)),
            (0x8400_0008, 0, Answer(Then.MACHINE_IS_OFF)),
            (0x8400_0009, 0, Answer(Then.MACHINE_STARTS_AGAIN)),
        ],
    )
    def test_it_waits_or_ends(self, X0: int, X1: int, expected: Answer) -> None:
        """The original format of a power state: bits 25:24, 16 and 15:0."""
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


class TestTheStart:
    """A PE as after a reset."""

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
