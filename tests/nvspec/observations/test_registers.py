from nvspec.observations import REGISTERS


class TestRegisters:
    """The names of registers."""

    def test_families_are_expanded(self) -> None:
        """A numbered register is known by each of its numbers and by no other."""
        assert {"ICH_LR0_EL2", "ICH_LR15_EL2", "PMEVCNTR30_EL0"} <= REGISTERS
        assert not {"ICH_LR16_EL2", "ICH_LR<0-15>_EL2", "PMEVCNTR31_EL0"} & REGISTERS

    def test_names_that_select_another_register_are_no_state(self) -> None:
        """The value of SCTLR_EL1 is given as SCTLR_EL1."""
        assert not [name for name in REGISTERS if name.endswith(("_EL12", "_EL02"))]
