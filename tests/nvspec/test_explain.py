import pytest

from tests.nvspec.command_line import nvspec, refused


def explained(*values: str) -> str:
    """Return what is explained."""
    ran = nvspec("explain", *values)
    assert (ran.status, ran.err) == (0, "")
    return ran.out


def test_fields_that_are_set_are_shown() -> None:
    """Each with its bits, its content and its meaning; the others are named in a line."""
    first, *lines = explained("VTTBR_EL2=0x0007000080000001").splitlines()
    assert first == "VTTBR_EL2 = 0x7000080000001: Virtualization Translation Table Base Register: its 64-bit format"
    assert [line.split()[:4] for line in lines] == [
        ["63:48", "VMID", "=", "7"],
        ["47:1", "BADDR", "=", "0x40000000"],
        ["0", "CnP", "=", "1"],
    ]
    assert explained("VTTBR_EL2=0").splitlines()[1] == "      0: VMID BADDR CnP"


@pytest.mark.parametrize(
    "number", ["0x80000002", "2147483650", "0b1000_0000_0000_0000_0000_0000_0000_0010", "0X8000_0002"]
)
def test_numbers_have_three_bases(number: str) -> None:
    """Hexadecimal, decimal and binary, with underscores."""
    assert explained(f"HCR_EL2={number}").startswith("HCR_EL2 = 0x80000002: ")


def test_an_alias_is_the_register_behind_it() -> None:
    """SCTLR_EL12 is SCTLR_EL1."""
    assert explained("SCTLR_EL12=1").startswith("SCTLR_EL12 (SCTLR_EL1) = 0x1: System Control Register (EL1)\n")


def test_reserved_bits_that_are_wrong_are_named() -> None:
    """RES0 that is set and RES1 that is clear, where they are so on every machine."""
    out = explained("VTCR_EL2=0x8000000000000000")
    assert "  63:46  RES0, and set in 0x8000000000000000\n" in out
    assert "     31  RES1, and clear in 0x80000000\n" in out


class TestLayouts:
    """Registers with several layouts."""

    def test_both_are_shown_where_nothing_chooses(self) -> None:
        """CPTR_EL2 alone."""
        out = explained("CPTR_EL2=0x300400")
        assert "where HCR_EL2.E2H is 0:" in out
        assert "where HCR_EL2.E2H is 1:" in out

    @pytest.mark.parametrize(("hcr", "field", "other"), [("0", "TFP", "FPEN"), ("0x400000000", "FPEN", "TFP")])
    def test_another_register_chooses(self, hcr: str, field: str, other: str) -> None:
        """HCR_EL2.E2H says how CPTR_EL2 is read."""
        out = explained("CPTR_EL2=0x300400", f"HCR_EL2={hcr}").split("\n\n")[0]
        assert field in out
        assert other not in out

    @pytest.mark.parametrize(("spsr", "mode"), [("0x3c9", "EL2h"), ("0x1d3", "AArch32 Supervisor"), ("0", "EL0t")])
    def test_an_SPSR_names_its_mode(self, spsr: str, mode: str) -> None:
        """Its own M[4] says whether it is of AArch32."""
        out = explained(f"SPSR_EL2={spsr}")
        assert mode in out
        assert ("AArch32 state" in out) == mode.startswith("AArch32")

    def test_a_register_may_choose_for_itself(self) -> None:
        """PAR_EL1.F."""
        assert "where PAR_EL1.F is 1:" in explained("PAR_EL1=0x80b")


class TestSyndrome:
    """ESR_ELx, with ISS by class."""

    def test_a_data_abort(self) -> None:
        """The class, the fields, and the fault status code in words."""
        out = explained("ESR_EL2=0x93830006")
        assert "EC  = 0x24  a Data Abort from a lower Exception level" in out
        assert "DFSC  = 6  Translation fault, level 2" in out
        assert "SRT   = 3" in out

    @pytest.mark.parametrize(
        ("encoding", "Rt", "reads", "instruction"),
        [
            ((3, 0, 0, 0, 5), 5, 1, "MRS X5, MPIDR_EL1"),
            ((3, 0, 1, 0, 0), 0, 0, "MSR SCTLR_EL1, X0"),
            ((3, 0, 0, 0, 0), 31, 0, "MSR S3_0_C0_C0_0, XZR"),
            ((1, 0, 8, 1, 0), 0, 0, "TLBI VMALLE1OS, X0"),
            ((1, 0, 9, 9, 7), 0, 0, "SYS #0, C9, C9, #7, X0"),
            ((1, 3, 7, 7, 7), 1, 1, "SYSL X1, #3, C7, C7, #7"),
        ],
    )
    def test_a_trapped_access_is_an_instruction(
        self, encoding: tuple[int, int, int, int, int], Rt: int, reads: int, instruction: str
    ) -> None:
        """With the name of its register, or its encoding where there is none."""
        op0, op1, CRn, CRm, op2 = encoding
        esr = 0x18 << 26 | 1 << 25 | op0 << 20 | op2 << 17 | op1 << 14 | CRn << 10 | Rt << 5 | CRm << 1 | reads
        assert explained(f"ESR_EL2={esr:#x}").splitlines()[-1].strip() == instruction

    def test_a_class_without_fields(self) -> None:
        """Of UNDEFINED ISS is shown as a whole."""
        assert "ISS of" not in explained("ESR_EL2=0x2000000")

    def test_a_call(self) -> None:
        """HVC #0: the class, IL, and the immediate."""
        lines = [line.split() for line in explained("ESR_EL2=0x5a000000").splitlines()]
        assert ["31:26", "EC", "=", "0x16", "HVC"] in lines
        assert lines[2][:4] == ["25", "IL", "=", "1"]
        assert lines[-1][:4] == ["15:0", "imm16", "=", "0"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("HCR_EL12=0", "unknown register HCR_EL12 (did you mean HCR_EL2?)"),
        ("VTCR_EL2=0x10000000000000000", "VTCR_EL2: 0x10000000000000000 does not fit in 64 bits"),
        ("HCR_EL2", "expected REGISTER=VALUE, got 'HCR_EL2'"),
        ("=1", "expected REGISTER=VALUE, got '=1'"),
        ("HCR_EL2=-1", "HCR_EL2: expected an unsigned number such as 0x1f, got '-1'"),
        ("HCR_EL2=0x", "HCR_EL2: expected an unsigned number such as 0x1f, got '0x'"),
        ("HCR_EL2=1__0", "HCR_EL2: expected an unsigned number such as 0x1f, got '1__0'"),
        ("HCR_EL2.NV=1", "HCR_EL2.NV is a field: give the value of the whole register"),
    ],
)
def test_what_cannot_be_explained_is_refused(value: str, reason: str) -> None:
    """In one line, with exit status 2."""
    assert refused("explain", value) == f"nvspec: {reason}"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("SPSR_EL2=0x3c3", "SPSR_EL2: 0x3c3 is no saved PSTATE: M = 0b00011 is no mode"),
        ("SPSR_EL1=0x1", "SPSR_EL1: 0x1 is no saved PSTATE: M = 0b00001 is no mode"),
        ("SPSR_EL12=0x14", "SPSR_EL12: 0x14 is no saved PSTATE: M = 0b10100 is no mode"),
        ("SPSR_EL2=0x83e9", "SPSR_EL2: 0x83e9 is no saved PSTATE: 0x8020 is RES0"),
        ("SPSR_EL2=0x2000000001d3", "SPSR_EL2: 0x2000000001d3 is no saved PSTATE: 0x200000000000 is RES0"),
        ("ESR_EL2=0xfe000000", "ESR_EL2: 0xfe000000 is no syndrome: EC = 0x3f is reserved"),
        ("ESR_EL1=0x0a000000", "ESR_EL1: 0x0a000000 is no syndrome: EC = 0x02 is reserved"),
        ("ESR_EL2=0x80000005a000000", "ESR_EL2: 0x80000005a000000 is no syndrome: 0x800000000000000 is RES0"),
    ],
)
def test_what_no_exception_leaves_is_refused(value: str, reason: str) -> None:
    """A mode that does not exist, a reserved class, reserved bits that are set: in one line, with exit status 2."""
    assert refused("explain", value) == f"nvspec: {reason}"


@pytest.mark.parametrize(
    ("mode", "name"),
    [("0", "EL0t"), ("4", "EL1t"), ("5", "EL1h"), ("8", "EL2t"), ("9", "EL2h"), ("16", "AArch32 User")],
)
def test_every_mode_has_its_name(mode: str, name: str) -> None:
    """SPSR_ELx.M."""
    assert explained(f"SPSR_EL1={mode}").splitlines()[2].endswith(f"  {name}")


def test_without_a_value_there_is_nothing_to_explain() -> None:
    """A usage error."""
    assert "missing argument" in refused("explain")


class TestStubCalls:
    """The number of a call of Linux's hyp-stub."""

    def test_what_a_number_stands_for_is_told_by_version_and_owner(self) -> None:
        """2 was SOFT_RESTART from v4.8, and is RESET_VECTORS, which gives EL2 back to the stub."""
        lines = [line.split() for line in explained("HVC_STUB=2").splitlines()]
        assert ["since", "v4.8", "SOFT_RESTART"] in lines
        assert ["since", "v4.12", "RESET_VECTORS"] in lines
        assert ["HYPERVISOR", "0,", "at", "EL1;", "STUB"] in lines
        assert ["PROTECTED", "fails:", "-1"] in lines

    def test_calls_stand_beside_registers(self) -> None:
        """In the order in which they are given."""
        parts = explained("ESR_EL2=0x5a000000", "HVC_STUB=0", "HCR_EL2=0").split("\n\n")
        assert [part.split(" ")[0] for part in parts] == ["ESR_EL2", "HVC_STUB", "HCR_EL2"]

    def test_a_number_of_one_version_alone_is_one(self) -> None:
        """All ones were GET_VECTORS of the first stub of the 32-bit kernel; 4 is the newest."""
        assert "GET_VECTORS" in explained("HVC_STUB=0xffffffffffffffff")
        assert "since v6.19  GET_ICH_VTR_EL2" in explained("HVC_STUB=4")

    @pytest.mark.parametrize(
        ("number", "reason"),
        [
            ("9", "0x9 is no call of the hyp-stub in any version of Linux"),
            ("0x10000000000000000", "0x10000000000000000 does not fit in 64 bits"),
            ("two", "expected an unsigned number such as 0x1f, got 'two'"),
        ],
    )
    def test_other_numbers_are_refused(self, number: str, reason: str) -> None:
        """In one line."""
        assert refused("explain", f"HVC_STUB={number}") == f"nvspec: HVC_STUB: {reason}"
