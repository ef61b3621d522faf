import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvspec.assembler import CLASSES, encoding_name, instruction_of, register_name, written
from nvspec.errors import UnknownName
from spec.access.allocation import ALLOCATED, every_accessor
from spec.access.execution import Kind, Unnamed
from spec.access.instruction import Form, Instruction


class TestInstructions:
    """Lines of assembler."""

    @pytest.mark.parametrize(
        ("text", "instruction"),
        [
            ("MRS X3, SCTLR_EL1", Instruction(Form.MRS, 0xC080, 3)),
            ("MRS SCTLR_EL1", Instruction(Form.MRS, 0xC080)),
            ("mrs x3, sctlr_el1", Instruction(Form.MRS, 0xC080, 3)),
            ("  MRS   X3 ,SCTLR_EL1 ", Instruction(Form.MRS, 0xC080, 3)),
            ("MSR SCTLR_EL1, XZR", Instruction(Form.MSR, 0xC080, 31)),
            ("MRS X30, SCTLR_EL12", Instruction(Form.MRS, 0xE880, 30)),
            ("MRS spsr_ABT", Instruction(Form.MRS, 0xE219)),
            ("MRS S3_0_C1_C0_0", Instruction(Form.MRS, 0xC080)),
            ("MSR s3_0_c15_c0_0, x1", Instruction(Form.MSR, 0xC780, 1)),
            ("MSR S2_0_C0_C2_2, X1", Instruction(Form.MSR, 0x8012, 1)),
            ("MSR DAIFSet, #2", Instruction(Form.IMMEDIATE, 0x1A16, 31)),
            ("msr daifclr, #0xf", Instruction(Form.IMMEDIATE, 0x1A7F, 31)),
            ("MSR PM, #1", Instruction(Form.IMMEDIATE, 0x0A18, 31)),
            ("SMSTART", Instruction(Form.IMMEDIATE, 0x1A3B, 31)),
            ("SMSTOP ZA", Instruction(Form.IMMEDIATE, 0x1A23, 31)),
            ("smstart sm", Instruction(Form.IMMEDIATE, 0x1A1B, 31)),
            ("TLBI VAE1IS, X3", Instruction(Form.SYS, 0x4419, 3)),
            ("tlbi vae1is, x3", Instruction(Form.SYS, 0x4419, 3)),
            ("TLBI VAE1IS", Instruction(Form.SYS, 0x4419)),
            ("TLBI VMALLE1", Instruction(Form.SYS, 0x4438, 31)),
            ("IC IALLU", Instruction(Form.SYS, 0x43A8, 31)),
            ("AT S1E2R, X0", Instruction(Form.SYS, 0x63C0)),
            ("CFP RCTX, X2", Instruction(Form.SYS, 0x5B9C, 2)),
            ("GCSPUSHM X4", Instruction(Form.SYS, 0x5BB8, 4)),
            ("GCSPOPX", Instruction(Form.SYS, 0x43BE, 31)),
            ("TRCIT X1", Instruction(Form.SYS, 0x5B97, 1)),
            ("SYS #0, C8, C3, #1, X3", Instruction(Form.SYS, 0x4419, 3)),
            ("sys 0,c8,c3,1", Instruction(Form.SYS, 0x4419, 31)),
            ("HVC #0x1234", Unnamed(Kind.HVC, 0x1234)),
            ("SVC 7", Unnamed(Kind.SVC, 7)),
            ("SMC", Unnamed(Kind.SMC)),
            ("UDF #0", Unnamed(Kind.UDF)),
            ("DCPS2", Unnamed(Kind.DCPS)),
            ("WFIT X3", Unnamed(Kind.WFIT, Rt=3)),
            ("WFET XZR", Unnamed(Kind.WFET, Rt=31)),
            ("eret", Unnamed(Kind.ERET)),
            ("FMOV D0, X1", Unnamed(Kind.FP)),
            ("PACGA X0, X1, X2", Unnamed(Kind.PAC_GENERIC)),
            ("NOP", Unnamed(Kind.NOP)),
            ("0xd5381003", Instruction(Form.MRS, 0xC080, 3)),
            (".inst 0xD69F03E0", Unnamed(Kind.ERET)),
            ("0x1", Unnamed(Kind.UDF, 1)),
        ],
    )
    def test_a_line_is_an_instruction(self, text: str, instruction: Instruction | Unnamed) -> None:
        """By name, by encoding or by opcode; capitals and spaces make no difference.

        Encodings are those of DDI 0487, C5.2 to C5.9.
        """
        assert instruction_of(text) == instruction

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("MRS", "MRS takes a system register and a general-purpose register, got ''"),
            ("MRS X0, X1, X2", "MRS takes a system register and a general-purpose register, got 'X0, X1, X2'"),
            ("MRS SCTLR_EL13", "unknown register SCTLR_EL13 (did you mean SCTLR_EL1?)"),
            ("MRS X1, QWERTY", "unknown register QWERTY"),
            ("MSR MIDR_EL1, X0", "MIDR_EL1 is read only: MSR has no such register"),
            ("MRS ICC_EOIR1_EL1", "ICC_EOIR1_EL1 is write only: MRS has no such register"),
            ("MRS ICV_IAR1_EL1", "ICV_IAR1_EL1 has no name of its own: it is reached as ICC_IAR1_EL1"),
            ("MSR DAIFSet, X0", "DAIFSet takes an immediate: MSR DAIFSet, #1"),
            ("MRS S1_0_C1_C0_0", "S1_0_C1_C0_0 is no encoding of a register: op0 is 2 or 3, Cn and Cm at most 15"),
            ("MRS S3_0_C16_C0_0", "S3_0_C16_C0_0 is no encoding of a register: op0 is 2 or 3, Cn and Cm at most 15"),
            ("MRS W0, SCTLR_EL1", "W0 is no general-purpose register: X0 to X30, or XZR"),
            ("MSR SCTLR_EL1, X31", "X31 is no general-purpose register: X0 to X30, or XZR"),
            ("MSR DAIFSte, #1", "MSR has no immediate for DAIFSte (did you mean DAIFSet?)"),
            ("MSR SCTLR_EL1, #1", "MSR has no immediate for SCTLR_EL1"),
            ("MSR DAIFSet, #16", "MSR DAIFSet takes #0 to #15, got #16"),
            ("MSR ALLINT, #2", "MSR ALLINT takes #0 to #1, got #2"),
            ("MSR PAN, #x", "MSR PAN takes #0 to #15, got #x"),
            ("SMSTART SVE", "SMSTART takes SM, ZA or nothing, got 'SVE'"),
            ("TLBI VAE1QS", "unknown instruction TLBI VAE1QS (did you mean TLBI VAE1OS?)"),
            ("DC", "unknown instruction DC"),
            ("TLBI VAE1, 3", "3 is no general-purpose register: X0 to X30, or XZR"),
            ("SYS #0, C8", "SYS takes #op1, Cn, Cm, #op2 and a register, got '#0, C8'"),
            ("SYS #0, C16, C0, #0", "SYS takes #op1, Cn, Cm, #op2 and a register, got '#0, C16, C0, #0'"),
            ("HVC #0x10000", "HVC takes an immediate of 16 bits, got '#0x10000'"),
            ("BRK X0", "BRK takes an immediate of 16 bits, got 'X0'"),
            ("ERET X0", "ERET takes no operands, got 'X0'"),
            ("WFIT #1", "#1 is no general-purpose register: X0 to X30, or XZR"),
            ("LDR X0, [X1]", "'LDR X0, [X1]' is no instruction that the rules of accesses know"),
            ("0xb0000000", "0xb0000000 is no instruction that the rules of accesses know"),
            ("", "'' is no instruction that the rules of accesses know"),
        ],
    )
    def test_a_line_that_is_none_is_refused(self, text: str, reason: str) -> None:
        """With the nearest name, where there is one."""
        with pytest.raises(UnknownName) as refused:
            instruction_of(text)
        assert str(refused.value).startswith(reason)
        assert "\n" not in str(refused.value)


class TestWritten:
    """The way back."""

    @pytest.mark.parametrize(
        ("instruction", "text"),
        [
            (Instruction(Form.MRS, 0xC080, 3), "MRS X3, SCTLR_EL1"),
            (Instruction(Form.MSR, 0xE880, 31), "MSR SCTLR_EL12, XZR"),
            (Instruction(Form.MSR, 0xC000, 0), "MSR S3_0_C0_C0_0, X0"),
            (Instruction(Form.IMMEDIATE, 0x1A16, 31), "MSR DAIFSet, #2"),
            (Instruction(Form.IMMEDIATE, 0x1A1B, 31), "MSR SVCRSM, #1"),
            (Instruction(Form.IMMEDIATE, 0x0207, 31), ".inst 0xd50040ff"),
            (Instruction(Form.SYS, 0x4419, 3), "TLBI VAE1IS, X3"),
            (Instruction(Form.SYS, 0x4419, 31), "TLBI VAE1IS, XZR"),
            (Instruction(Form.SYS, 0x4438, 31), "TLBI VMALLE1"),
            (Instruction(Form.SYS, 0x5BB8, 4), "GCSPUSHM X4"),
            (Instruction(Form.SYS, 0x7E00, 4), "SYS #7, C12, C0, #0, X4"),
            (Unnamed(Kind.HVC, 0x1234), "HVC #0x1234"),
            (Unnamed(Kind.WFIT, Rt=3), "WFIT X3"),
            (Unnamed(Kind.WFET, Rt=31), "WFET XZR"),
            (Unnamed(Kind.ERETAA), "ERETAA"),
            (Unnamed(Kind.FP), "a floating-point or Advanced SIMD instruction"),
        ],
    )
    def test_an_instruction_has_a_line(self, instruction: Instruction | Unnamed, text: str) -> None:
        """Names where there are some, encodings otherwise; of a class of instructions what it is."""
        assert written(instruction) == text

    @pytest.mark.parametrize("form", Form)
    def test_every_accessor_is_read_back(self, form: Form) -> None:
        """What is written of an instruction is that instruction, for each name and general-purpose register."""
        for accessor in every_accessor():
            for Rt in (31,) if form == Form.IMMEDIATE else (0, 5, 31):
                instruction = Instruction(form, accessor.encoding, Rt)
                if accessor.form == form:
                    assert accessor.name in written(instruction)
                    assert instruction_of(written(instruction)) == instruction

    @given(form=st.sampled_from([Form.MRS, Form.MSR, Form.SYS]), rest=st.integers(0, 0x3FFF), Rt=st.integers(0, 31))
    def test_every_encoding_is_read_back(self, form: Form, rest: int, Rt: int) -> None:
        """Those that are not allocated too."""
        op0 = 1 if form == Form.SYS else 2 | rest & 1
        instruction = Instruction(form, op0 << 14 | rest, Rt)
        assert instruction_of(written(instruction)) == instruction

    @given(rest=st.integers(0, 0x3FF))
    def test_every_immediate_is_read_back(self, rest: int) -> None:
        """As an opcode, where its field has no name."""
        instruction = Instruction(Form.IMMEDIATE, rest >> 7 << 11 | 0b0100 << 7 | rest & 0x7F, 31)
        assert instruction_of(written(instruction)) == instruction
        assert written(instruction).startswith("MSR" if ALLOCATED[Form.IMMEDIATE][instruction.encoding] else ".inst")

    @pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in CLASSES])
    def test_every_instruction_without_a_register_is_read_back(self, kind: Kind) -> None:
        """But for those that stand for a class of instructions."""
        for Rt in (0, 3, 31) if kind in (Kind.WFIT, Kind.WFET) else (0,):
            instruction = Unnamed(kind, Rt=Rt)
            assert instruction_of(written(instruction)) == instruction


def test_registers_have_names() -> None:
    """Those of the virtual interface too; every encoding has one."""
    assert register_name(0x1C660) == "ICV_IAR1_EL1"
    assert register_name(0xC03F) == "S3_0_C0_C7_7"
    assert encoding_name(0xC080) == "S3_0_C1_C0_0"
