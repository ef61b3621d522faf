import attrs
import pytest

from spec.features import Features
from spec.sysregs.accessors import register
from spec.sysregs.file import (
    SPECIAL,
    SYSTEM,
    CoreRegisters,
    Held,
    Refusal,
    Refused,
    RegisterFile,
    get,
    is_implemented,
    put,
    reset,
)

EVERYTHING = Features(
    **{field.name: True for field in attrs.fields(Features) if field.name.startswith("FEAT_")}  # type: ignore[arg-type]
)
WITHOUT_SECURE = attrs.evolve(EVERYTHING, FEAT_SEL2=False)


KERNEL = """
SCTLR_EL2 ACTLR_EL2 CPTR_EL2 HACR_EL2 ZCR_EL2 TTBR0_EL2 TTBR1_EL2 TCR_EL2 PIRE0_EL2 PIR_EL2 POR_EL2 AFSR0_EL2
AFSR1_EL2 ESR_EL2 FAR_EL2 HPFAR_EL2 MAIR_EL2 AMAIR_EL2 VBAR_EL2 RVBAR_EL2 CONTEXTIDR_EL2 CNTHCTL_EL2 TCR2_EL2
CNTHP_CTL_EL2 CNTHP_CVAL_EL2 CNTHV_CTL_EL2 CNTHV_CVAL_EL2 VTTBR_EL2 VTCR_EL2 VMPIDR_EL2 CNTVOFF_EL2 HCR_EL2 HSTR_EL2
VPIDR_EL2 TPIDR_EL2 HCRX_EL2 VNCR_EL2 HFGRTR_EL2 HFGWTR_EL2 HFGITR_EL2 HDFGRTR_EL2 HDFGWTR_EL2 HAFGRTR_EL2 ICH_LR0_EL2
ICH_LR15_EL2 ICH_AP0R3_EL2 ICH_AP1R0_EL2 ICH_HCR_EL2 ICH_VMCR_EL2 MDCR_EL2 VSESR_EL2 VDISR_EL2 RMR_EL2
"""
"""Registers of EL2 in the kernel's enum vcpu_sysreg."""


def index(name: str) -> int:
    """Return the ONE_REG index of a register."""
    return register(name).one_reg or 0


def written(file: RegisterFile, name: str, value: int, features: Features) -> RegisterFile:
    """Return a file after a put that is not refused."""
    after = put(file, index(name), value, features)
    assert isinstance(after, RegisterFile)
    return after


@pytest.mark.parametrize("name", [one.name for one in (*SPECIAL, *SYSTEM)])
def test_every_register_is_written_and_read(name: str) -> None:
    """On a machine that has all of them; each keeps a bit that it has."""
    one = register(name)
    file = reset(WITHOUT_SECURE)
    assert is_implemented(one, WITHOUT_SECURE)
    for value in (0, (1 << 64) - 1):
        after = written(file, name, value, WITHOUT_SECURE)
        part = after.special if one in SPECIAL else after.EL2
        assert get(after, index(name), WITHOUT_SECURE) == Held(getattr(part, name))
    assert written(file, name, 0, WITHOUT_SECURE) != written(file, name, (1 << 64) - 1, WITHOUT_SECURE)


@pytest.mark.parametrize("name", ["HCRX_EL2", "TTBR1_EL2", "ZCR_EL2", "VNCR_EL2", "ICH_LR0_EL2"])
def test_a_register_of_another_machine_is_refused(name: str) -> None:
    """Its feature is not there."""
    refused = Refused(Refusal.NOT_IMPLEMENTED)
    assert get(reset(Features()), index(name), Features()) == refused
    assert put(reset(Features()), index(name), 0, Features()) == refused


@pytest.mark.parametrize(
    "at", [0, 0x6030_0000_0010_0000, index("SCTLR_EL1"), index("CNTHP_TVAL_EL2"), index("ICH_VTR_EL2")]
)
def test_an_index_of_no_register_of_the_file_is_refused(at: int) -> None:
    """Nothing, a core register, a register of EL1, a view of another, and one that says what hardware has."""
    refused = Refused(Refusal.NO_SUCH_REGISTER)
    assert get(reset(EVERYTHING), at, EVERYTHING) == refused
    assert put(reset(EVERYTHING), at, 0, EVERYTHING) == refused


def test_the_parts_do_not_mix() -> None:
    """SPSR_EL2, ELR_EL2 and SP_EL2 are special; struct kvm_regs has 31 + 3 + 2 + 5 words, and EL2's are not in it."""
    assert [one.name for one in SPECIAL] == ["SPSR_EL2", "ELR_EL2", "SP_EL2"]
    assert not {one.name for one in SPECIAL} & {one.name for one in SYSTEM}
    assert len(attrs.fields(CoreRegisters)) == 41
    file = reset(EVERYTHING)
    after = written(file, "ELR_EL2", 0x1000, EVERYTHING)
    assert (after.core, after.EL2) == (file.core, file.EL2)
    assert after.special.ELR_EL2 == 0x1000


def test_the_registers_of_a_guest_hypervisor_are_there() -> None:
    """Those of the kernel's enum vcpu_sysreg that belong to EL2."""
    names = {one.name for one in SYSTEM}
    assert names >= set(KERNEL.split())


def test_a_reset_enters_EL2() -> None:
    """EL2h with D, A, I and F masked: what the kernel calls VCPU_RESET_PSTATE_EL2."""
    file = reset(Features(), entry=0x4000_0000)
    assert file.core.pstate == 0x3C9
    assert (file.core.pc, file.EL2.RVBAR_EL2) == (0x4000_0000, 0x4000_0000)


def test_what_a_reset_leaves_unknown_is_given() -> None:
    """General-purpose registers, and the fields that have no value of their own."""
    file = reset(Features(), unknown=0x5555_5555_5555_5555)
    assert file.core.x30 == 0x5555_5555_5555_5555
    assert file.EL2.HACR_EL2 == 0x5555_5555_5555_5555
    assert file.EL2.HCRX_EL2 == 0
