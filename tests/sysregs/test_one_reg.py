import pytest

from spec.sysregs.accessors import register
from spec.sysregs.one_reg import EXCEPTIONS
from spec.sysregs.register import number_of
from spec.sysregs.tables import REGISTERS

# From Linux, include/uapi/asm/kvm.h: the five that have a name there, and registers by ARM64_SYS_REG().
NAMED = {
    "CNTV_CTL_EL0": 0x6030_0000_0013_DF19,  # KVM_REG_ARM_TIMER_CTL
    "CNTV_CVAL_EL0": 0x6030_0000_0013_DF02,  # KVM_REG_ARM_TIMER_CVAL
    "CNTVCT_EL0": 0x6030_0000_0013_DF1A,  # KVM_REG_ARM_TIMER_CNT
    "CNTP_CTL_EL0": 0x6030_0000_0013_DF11,  # KVM_REG_ARM_PTIMER_CTL
    "CNTP_CVAL_EL0": 0x6030_0000_0013_DF12,  # KVM_REG_ARM_PTIMER_CVAL
    "CNTPCT_EL0": 0x6030_0000_0013_DF01,  # KVM_REG_ARM_PTIMER_CNT
    "MPIDR_EL1": 0x6030_0000_0013_C005,
    "HCR_EL2": 0x6030_0000_0013_E088,
    "SP_EL2": 0x6030_0000_0013_F208,
}


@pytest.mark.parametrize("name", NAMED)
def test_an_index_is_the_kernels(name: str) -> None:
    """By the formula, but for the two registers of the virtual timer that are exchanged."""
    assert register(name).one_reg == NAMED[name]


def test_the_exceptions_are_registers_that_leave_the_formula() -> None:
    """Each with its own encoding, another's, and a reason."""
    for name, one in EXCEPTIONS.items():
        assert one.encoding == register(name).encoding
        assert register(name).one_reg != 0x6030_0000_0013_0000 | number_of(one.encoding)
        assert one.reason.endswith(".")


def test_what_is_not_read_has_no_index() -> None:
    """A register that is only written, and the virtual twins of the ICC_ registers."""
    assert register("DBGDTRTX_EL0").one_reg is None
    assert register("DBGDTRRX_EL0").one_reg is not None
    assert register("ICV_PMR_EL1").one_reg is None
    assert all(one.one_reg is None for one in REGISTERS.values() if one.encoding is None)
