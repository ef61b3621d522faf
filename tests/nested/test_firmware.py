"""The firmware that L0 stands for: DEN 0022 and DEN 0028."""

import pytest

from spec.access.control import ExceptionClass
from spec.access.execution import syndrome
from spec.nested.firmware import (
    IDENTIFIERS,
    Answer,
    Call,
    Conduit,
    Function,
    Then,
    call_of,
    conduit,
    function_of,
    is_call_of_firmware,
)
from tests.nested.calls import ALONE, ERRORS, MACHINE, asked, result


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
