from collections.abc import Iterator

import pytest

from spec.lang import LanguageError, bit_field, field, res0, res1
from spec.sysregs import register as module
from spec.sysregs.register import REGISTERS, Layout, SystemRegister


@pytest.fixture(autouse=True)
def _own_registers() -> Iterator[None]:
    """Forget the registers of a test when it ends."""
    before = dict(module._registers)
    yield
    module._registers.clear()
    module._registers.update(before)


class TestDeclaration:
    """What a table declares."""

    def test_a_register_is_there_by_its_name(self) -> None:
        """With its encoding, its slot and its table."""

        class TEST_EL2(SystemRegister, encoding=(3, 4, 15, 0, 0), VNCR=0xFF8):
            low = field(3, 0, "Four.")

        one = REGISTERS["TEST_EL2"]
        assert (one.kind, one.encoding, one.VNCR_offset, one.index) == (TEST_EL2, (3, 4, 15, 0, 0), 0xFF8, 0)
        assert one.accessors == ("TEST_EL2",)
        assert one.VNCR_class == "always"

    def test_a_family_is_numbered(self) -> None:
        """Each has its own name, encoding and slot."""

        class TEST_EL2(
            SystemRegister,
            name="TEST<n>_EL2",
            family=2,
            encoding=lambda n: (3, 4, 15, 0, n),
            VNCR=lambda n: 0xFE0 + 8 * n,
        ):
            low = field(3, 0, "Four.")

        assert [one.name for one in TEST_EL2.instances()] == ["TEST0_EL2", "TEST1_EL2"]
        assert REGISTERS["TEST1_EL2"].encoding == (3, 4, 15, 0, 1)
        assert REGISTERS["TEST1_EL2"].VNCR_offset == 0xFE8

    def test_an_alias_has_op1_5(self) -> None:
        """And gives the slot two names."""

        class TEST_EL1(SystemRegister, encoding=(3, 0, 15, 0, 1), E2H="HCR_EL2", alias="TEST_EL12", VNCR=0xFF0):
            low = field(3, 0, "Four.")

        one = REGISTERS["TEST_EL1"]
        assert one.alias_encoding == (3, 5, 15, 0, 1)
        assert one.accessors == ("TEST_EL1", "TEST_EL12")
        assert one.E2H_register == "HCR_EL2"
        assert one.VNCR_class == "TEST_EL1 with NV1 = 1, TEST_EL12 with NV1 = 0"

    def test_a_register_that_no_MRS_reaches(self) -> None:
        """It has no accessor, no index and no slot."""

        class TEST(SystemRegister):
            low = field(3, 0, "Four.")

        one = REGISTERS["TEST"]
        assert (one.encoding, one.accessors, one.one_reg, one.VNCR_class, one.alias_encoding) == (
            None,
            (),
            None,
            "",
            None,
        )

    def test_layouts_come_after_the_class(self) -> None:
        """In the order of their declaration."""

        class TEST(SystemRegister, layout="HCR_EL2.E2H is 0"):
            low = field(3, 0, "Four.")

        class TEST_E2H(Layout, of=TEST, when="HCR_EL2.E2H is 1", needs="FEAT_VHE"):
            high = field(7, 4, "Four.")

        assert list(TEST.layouts()) == [TEST, TEST_E2H]
        assert (TEST_E2H.OF, TEST_E2H.NEEDS) == (TEST, "FEAT_VHE")

    def test_a_field_may_be_called_E2H(self) -> None:
        """The attributes of a register do not hide a field of Arm's."""
        assert REGISTERS["HCR_EL2"].kind.FIELDS["E2H"].low == 34


class TestBadTables:
    """What is refused when a table is imported, each with the name and the bits."""

    def test_two_registers_of_a_name(self) -> None:
        """A name means one register."""
        with pytest.raises(TypeError, match="two registers are called HCR_EL2"):

            class HCR_EL2(SystemRegister):
                pass

    def test_a_family_without_a_number_in_its_name(self) -> None:
        """Its registers could not be told apart."""
        with pytest.raises(TypeError, match="needs a name with <n>"):

            class TEST(SystemRegister, family=2):
                pass

    @pytest.mark.parametrize("width", [0, 63, 65])
    def test_a_width_that_there_is_not(self, width: int) -> None:
        """Registers have 32, 64 or 128 bits."""
        with pytest.raises(TypeError, match=f"TEST cannot have {width} bits"):

            class TEST(SystemRegister, width=width):
                pass

    def test_an_access_that_there_is_not(self) -> None:
        """A register is read, written or both."""
        with pytest.raises(TypeError, match="TEST cannot have access='RO'"):

            class TEST(SystemRegister, access="RO"):
                pass

    def test_an_encoding_of_an_instruction(self) -> None:
        """Registers have op0 = 2 or 3."""
        with pytest.raises(TypeError, match=r"cannot have the encoding \(1, 0, 7, 8, 0\)"):

            class TEST(SystemRegister, encoding=(1, 0, 7, 8, 0)):
                pass

    @pytest.mark.parametrize("offset", [4, 0x1000, -8])
    def test_a_slot_outside_the_page(self, offset: int) -> None:
        """Slots have 8 bytes, and the page 4096."""
        with pytest.raises(TypeError, match="cannot have a slot"):

            class TEST(SystemRegister, VNCR=offset):
                pass

    def test_a_field_outside_the_register(self) -> None:
        """A register of 32 bits has no bit 32."""
        with pytest.raises(TypeError, match=r"TEST.high<32> lies outside the 32 bits of TEST"):

            class TEST(SystemRegister, width=32):
                high = bit_field(32, "One.")

    def test_two_fields_of_the_same_features_overlap(self) -> None:
        """They could both be there."""
        with pytest.raises(TypeError, match=r"TEST.a<3:0> and TEST.b<4:3> overlap"):

            class TEST(SystemRegister):
                a = field(3, 0, "Four.", "FEAT_NV")
                b = field(4, 3, "Two.", "FEAT_NV")

    def test_fields_of_different_features_may_overlap(self) -> None:
        """If they do not differ in what the bits are without them."""

        class TEST(SystemRegister):
            a = field(3, 0, "Four.", "FEAT_NV")
            b = field(4, 3, "Two.", "not FEAT_NV")

        with pytest.raises(TypeError, match="differ in what their bits are otherwise"):

            class TEST_2(SystemRegister):
                a = field(3, 0, "Four.", "FEAT_NV")
                b = field(4, 3, "Two.", "FEAT_VHE", otherwise=1)

    def test_RES1_in_a_field(self) -> None:
        """A bit that every machine has is not reserved."""
        with pytest.raises(TypeError, match=r"RES1<3:2> overlaps TEST.a<3:0>"):

            class TEST(SystemRegister):
                a = field(3, 0, "Four.")
                FIXED = res1(3, 2)

    def test_RES1_in_a_field_of_other_features(self) -> None:
        """Allowed where the features differ, refused where they are the same."""

        class TEST(SystemRegister):
            a = field(3, 0, "Four.", "FEAT_NV")
            FIXED = res1(3, 2, "not FEAT_NV")

        with pytest.raises(TypeError, match="overlaps"):

            class TEST_2(SystemRegister):
                a = field(3, 0, "Four.", "FEAT_NV")
                FIXED = res1(3, 2, "FEAT_NV")

    def test_RES0_outside_every_field(self) -> None:
        """There it says nothing."""
        with pytest.raises(TypeError, match=r"RES0<5:3> lies in no field"):

            class TEST(SystemRegister):
                a = field(3, 0, "Four.")
                FIXED = res0(5, 3, when="FEAT_NV")

    def test_otherwise_of_more_than_a_bit(self) -> None:
        """Reserved bits are all 0 or all 1."""
        with pytest.raises(TypeError, match="are 0 or 1, not 3"):

            class TEST(SystemRegister):
                a = field(3, 0, "Four.", "FEAT_NV", otherwise=3)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [("FEAT_NV3", "unknown feature: FEAT_NV3"), ("FEAT_NV and", "no condition: 'FEAT_NV and'")],
    )
    def test_a_condition_that_means_nothing(self, text: str, reason: str) -> None:
        """Of a register, of a field and of reserved bits."""
        with pytest.raises(TypeError, match=f"TEST: {reason}"):

            class TEST(SystemRegister, feature=text):
                pass

        with pytest.raises(TypeError, match=f"TEST_2.a<0>: {reason}"):

            class TEST_2(SystemRegister):
                a = bit_field(0, "One.", text)

        with pytest.raises(TypeError, match=f"TEST_4: RES1<0>: {reason}"):

            class TEST_4(SystemRegister):
                FIXED = res1(0, when=text)

    def test_a_field_with_a_name_of_the_class(self) -> None:
        """It would hide what every register has."""
        with pytest.raises(TypeError, match="has a name that every register has"):

            class TEST(SystemRegister):
                NAME = field(3, 0, "Four.")  # type: ignore[assignment]

    def test_a_reset_that_does_not_fit(self) -> None:
        """Refused where the field is declared."""
        with pytest.raises(LanguageError, match="does not fit"):
            field(1, 0, "Two.", reset=4)
