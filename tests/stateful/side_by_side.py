"""A virtual machine on hardware under L0, and beside it one with a real EL2: both execute one program.

The program is random: a guest hypervisor, its EL0 and its guest read and write registers, call, wait, return from
exceptions, and do what is UNDEFINED. After each instruction what L0 would take out of the hardware is the other
machine's state.
"""

import functools
from collections.abc import Callable
from typing import Any, ClassVar

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from spec.access.accessor import Accessor
from spec.access.allocation import every_accessor
from spec.access.decision import decide
from spec.access.execution import Kind, Unnamed, execute
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.merging import OF_A_HOST
from spec.access.outcome import Executed, Trap
from spec.exceptions.returns import EntersAArch32
from spec.features import Features, condition
from spec.hcr import effective_E2H
from spec.lang import MASK64, Memory
from spec.mmu import stage1
from spec.mmu.access import Access
from spec.mmu.regime import Regime, regime_of
from spec.mmu.stage1 import NO_STAGE_2
from spec.nested.accesses import of_hardware, of_virtual_machine
from spec.nested.architecture import Stepped, step
from spec.nested.configuration import Configuration, Way, is_offerable
from spec.nested.controls import Controls
from spec.nested.differences import (
    is_EL0_without_a_host,
    is_in_the_page_though_absent,
    is_left_out,
    is_not_hidden,
    is_refused_by_EL1,
    lost_bits,
    may_differ,
)
from spec.nested.hiding import beside
from spec.nested.host_step import Host, Issued, host_step
from spec.nested.machines import hardware_machine, virtual_machine
from spec.nested.residence import NAMES, InHardware, residence
from spec.nested.switch import enter, in_hardware, leave
from spec.nested.vcpu import VCPU, Context, reset, value_of, with_values
from spec.pstate import Mode
from spec.sysregs.accessors import register
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.reserved import RES0_bits, RES1_bits

HARDWARE = Features(
    FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True, FEAT_FGT=True, FEAT_HCX=True, FEAT_PAuth=True,
    FEAT_UAO=True, FEAT_RAS=True, FEAT_DIT=True, FEAT_SSBS=True, FEAT_SVE=True, FEAT_TCR2=True, FEAT_S1PIE=True,
    FEAT_PMUv3=True, FEAT_EVT=True, FEAT_WFxT=True, FEAT_LS64=True, FEAT_LS64_V=True, FEAT_MOPS=True, event_counters=6,
)  # fmt: skip
"""Hardware on which every way of making a virtual EL2 is open. Without FEAT_PAN: see sets_PAN_as_EL1."""
WITHOUT_NV2 = attrs.evolve(HARDWARE, FEAT_NV2=False)
ARMV8_0 = attrs.evolve(HARDWARE, FEAT_NV=False, FEAT_NV2=False)


def offered(hardware: Features, **features: bool) -> Features:
    """Return what a virtual machine is offered of the hardware, without nesting where nothing else is said."""
    given: dict[str, Any] = {"FEAT_NV": False, "FEAT_NV2": False, **features}
    return attrs.evolve(hardware, **given)


CONFIGURATIONS = {
    "NV2": Configuration(HARDWARE, offered(HARDWARE)),
    "NV2, a host": Configuration(HARDWARE, offered(HARDWARE, FEAT_E2H0=False)),
    "NV2, no host": Configuration(HARDWARE, offered(HARDWARE, FEAT_VHE=False)),
    "NV2, nesting": Configuration(HARDWARE, HARDWARE),
    "NV": Configuration(WITHOUT_NV2, offered(WITHOUT_NV2), way=Way.NV),
    "NV, nesting": Configuration(WITHOUT_NV2, WITHOUT_NV2, way=Way.NV),
    "paravirtual, a host": Configuration(ARMV8_0, offered(ARMV8_0, FEAT_E2H0=False), way=Way.PARAVIRTUAL),
    "paravirtual": Configuration(ARMV8_0, offered(ARMV8_0, FEAT_VHE=False), way=Way.PARAVIRTUAL),
}
"""Each way of making a virtual EL2, for guest hypervisors that are hosts, that are none, and that choose."""

HIDDEN = (
    *("FEAT_PAuth", "FEAT_SVE", "FEAT_TCR2", "FEAT_S1PIE", "FEAT_PMUv3"),
    *("FEAT_SCTLR2", "FEAT_LOR", "FEAT_AMUv1", "FEAT_CSV2_2", "FEAT_TRF", "FEAT_LS64", "FEAT_LS64_V", "FEAT_MOPS"),
)
"""What hardware has and a virtual machine may not be offered."""
MORE: dict[str, Any] = dict.fromkeys(HIDDEN, True)
LESS: dict[str, Any] = dict.fromkeys(HIDDEN, False)
RICH: Features = attrs.evolve(HARDWARE, **MORE)
CONFIGURATIONS |= {
    "NV2, less": Configuration(RICH, offered(RICH, **LESS)),
    "NV2, nesting, less": Configuration(RICH, attrs.evolve(RICH, **LESS)),
    "NV, less": Configuration(attrs.evolve(RICH, FEAT_NV2=False), offered(RICH, **LESS), way=Way.NV),
    "paravirtual, less": Configuration(
        attrs.evolve(RICH, FEAT_NV=False, FEAT_NV2=False),
        offered(RICH, **LESS, FEAT_VHE=False),
        way=Way.PARAVIRTUAL,
    ),
}
"""The same, of virtual machines that are offered less than the hardware has."""

NEUTRAL: dict[str, Any] = {
    one.name: OF_A_HOST[one.name].enables if one.name in OF_A_HOST else 0 for one in attrs.fields(Controls)
}
OWN = Controls(**NEUTRAL | {"HCR_EL2": NEUTRAL["HCR_EL2"] | HCR_EL2.E2H.mask | HCR_EL2.RW.mask | HCR_EL2.VM.mask})
"""Controls of L0 that trap nothing that it does not have to."""
OWN_TRAPS = ("TVM", "TRVM", "TID2", "TID3", "TSW", "TPU", "TACR", "TWI", "TWE", "TSC")
"""Bits of HCR_EL2 that L0 may set for reasons of its own."""


def is_absent(has: Callable[[Features], bool], configuration: Configuration) -> bool:
    """Return whether the hardware has something that the virtual machine is not offered."""
    return has(configuration.host) and not has(configuration.guest)


def is_issued(one: Accessor) -> bool:
    """Return whether programs have an instruction: of a register that moves, or one of a few others."""
    return one.form in (Form.MRS, Form.MSR) and not is_left_out(one) and (one.register in NAMES or one.name in OTHERS)


OTHERS = (
    *("CurrentEL", "CTR_EL0", "CCSIDR_EL1", "ID_AA64PFR0_EL1", "MIDR_EL1", "PMCR_EL0", "TPIDR_EL0", "OSLAR_EL1"),
    *("PMUSERENR_EL0", "PMEVCNTR3_EL0", "AMCR_EL0", "LORC_EL1", "APIAKeyLo_EL1", "SCXTNUM_EL0"),
)
ACCESSORS = {f"{one.form.name} {one.name}": one for one in every_accessor() if is_issued(one)}
NOT_OFFERED = [name for name, one in ACCESSORS.items() if is_absent(one.is_implemented, CONFIGURATIONS["NV, less"])]
"""The names of what a virtual machine is not offered that is offered less."""
KINDS = tuple(kind for kind in Kind if kind not in (Kind.SMC, Kind.ERET, Kind.ERETAA, Kind.ERETAB))
"""An SMC is answered by L0, and UNDEFINED where there is no EL3. Returns have a rule of their own."""
MODES = ("EL0t", "EL1t", "EL1h", "EL2t", "EL2h")
OF_HOST, TRAPS = HCR_EL2.E2H.mask | HCR_EL2.TGE.mask, HCR_EL2.TVM.mask | HCR_EL2.TWI.mask | HCR_EL2.TID3.mask
values = st.sampled_from([0, OF_HOST, HCR_EL2.E2H.mask, TRAPS, HCR_EL2.NV.mask, 0x30D0_1805, MASK64, 0x4000_0800])
words = values | st.integers(0, MASK64)


class Everywhere(Memory):
    """Memory with one table and one page, at every address."""

    def read(self, address: int) -> int:
        """Return a descriptor of a table, or of a page in every other place."""
        return 0x4000_0703 if address & 8 else 0x4000_0003


TABLES = Everywhere()


class SideBySide(RuleBasedStateMachine):
    """Two machines, and one program for both."""

    configurations: ClassVar = tuple(CONFIGURATIONS)
    """Of which one is drawn, by name."""

    @initialize(
        name=st.runner().flatmap(lambda run: st.sampled_from(run.configurations)),
        traps=st.sets(st.sampled_from(OWN_TRAPS), max_size=3),
    )
    def power_on(self, name: str, traps: set[str]) -> None:
        """Both are reset; L0 enters the one on its hardware."""
        self.configuration = CONFIGURATIONS[name]
        assert is_offerable(self.configuration)
        own = attrs.evolve(OWN, HCR_EL2=OWN.HCR_EL2 | sum(getattr(HCR_EL2, trap).mask for trap in traps))
        common = Machine(1, self.configuration.host, PMUSERENR_EL0=0xF)
        self.host = Host(own, 0x7000_0000, common)
        self.masks = masks_of(self.guest)
        self.V = self.kept(reset(self.configuration, 0x8000_0000, 0))
        self.hardware = enter(self.V, own, self.host.page, self.configuration)

    @property
    def guest(self) -> Features:
        """What the virtual machine is offered."""
        return self.configuration.guest

    def executes(self, instruction: Instruction | Unnamed, value: int = 0, lost: int = 0) -> None:
        """Both machines execute an instruction. One that L0 has to resolve first is executed again.

        Of what it reads, the bits that the hardware does not keep for EL2 are not compared.
        """
        wanted = step(self.V, instruction, value, self.host.common, self.guest)
        if not isinstance(wanted, Stepped) or is_EL0_without_a_host(wanted.vcpu, self.configuration):
            return
        found = self.issued(instruction, value, self.host)
        if is_unchanged(found, self.V, self.configuration):
            found = self.issued(instruction, value, attrs.evolve(self.host, own=OWN))
        self.hardware, self.V = found.hardware, self.kept(wanted.vcpu)
        unlike = (found.value & ~lost, found.reached), (wanted.value & ~lost, wanted.reached)
        assert unlike[0] == unlike[1], unlike
        if effective_E2H(self.V.state.HCR_EL2, self.guest) != self.hardware.E2H:
            # In the page HCR_EL2 is written without L0: what E2H changes is changed at the next exit.
            self.hardware = enter(leave(self.hardware, self.configuration), self.host.own, 0, self.configuration)

    def issued(self, instruction: Instruction | Unnamed, value: int, host: Host) -> Issued:
        """Return what becomes of an instruction in the hardware."""
        if host is not self.host:
            self.hardware = enter(leave(self.hardware, self.configuration), host.own, host.page, self.configuration)
        found = host_step(self.hardware, instruction, value, host, self.configuration)
        assert not isinstance(found, EntersAArch32)
        return found

    def kept(self, vcpu: VCPU) -> VCPU:
        """Return a PE without what reserved bits hold: each implementation keeps of them what it likes."""
        reserved = {name: value_of(vcpu, name) & zeros | ones for name, (zeros, ones) in self.masks.items()}
        return with_values(vcpu, reserved)

    def compared(self, vcpu: VCPU) -> VCPU:
        """Return a PE without the bits that the hardware does not keep for EL2: a permitted difference."""
        lost = lost_of(self.configuration.host)
        return with_values(vcpu, {name: value_of(vcpu, name) & ~bits for name, bits in lost.items()})

    def not_kept(self, known: int) -> int:
        """Return the bits of a register, by its number, that the hardware does not keep where that holds it."""
        place = residence(known, self.hardware.context, self.configuration.way, self.hardware.E2H)
        lost: int = lost_bits(known, self.configuration.host)
        if isinstance(place, InHardware) and place.register != known:
            lost |= MASK64 ^ in_hardware(NAMES[place.register], self.configuration.host)
        return lost

    def of_hardware(self) -> Machine:
        """Return the hardware as an instruction is decided by it."""
        common = beside(self.host.common, self.configuration)
        return hardware_machine(self.hardware, common, self.configuration.host)

    def is_in_reach(self, one: Accessor, el: int) -> bool:
        """Return whether an accessor is not offered, and L0 cannot hide it: a permitted difference."""
        if not is_absent(one.is_implemented, self.configuration):
            return False
        if is_in_the_page_though_absent(one, self.configuration) or is_not_hidden(min(el, 1), one, self.configuration):
            return True
        return is_refused_by_EL1(one, self.of_hardware())

    def is_executed(self, kind: Kind) -> bool:
        """Return whether an instruction is not offered, and L0 does not hear of it, or not which it is."""
        feature = FEATURES_OF.get(kind)
        if feature is None or not is_absent(condition(feature), self.configuration):
            return False
        if kind in MAY_BE_OF_EL1:
            found = execute(Unnamed(kind), self.of_hardware())
            return isinstance(found, Trap) and found.el == 1
        return kind not in (Kind.PAC_GENERIC, Kind.MOPS)

    # -- the program -------------------------------------------------------------------------------------------------

    @rule(name=st.sampled_from(list(ACCESSORS)), value=words)
    def access(self, name: str, value: int) -> None:
        """An MRS or an MSR; addresses are of the lower range, and SCTLR_EL2 of a host has no UMA."""
        if "SCTLR_EL" in name:
            value &= MASK64 ^ SCTLR_EL1.UMA.mask
        if "HCRX" in name:
            value |= HCRX_EL2.SCTLR2En.mask
        if any(part in name for part in ("VBAR", "ELR")):
            value &= (1 << 40) - 4
        self.accesses(name, value)

    def accesses(self, name: str, value: int) -> None:
        """Both machines execute an MRS or MSR. It writes no reserved bit: what those read as is each one's choice."""
        one = ACCESSORS[name]
        instruction = Instruction(one.form, one.encoding, 3)
        machine = virtual_machine(self.V, self.host.common, self.guest)
        if machine.el == 2 and may_differ(one, machine, self.configuration.way):
            return
        if self.is_in_reach(one, machine.el):
            return
        outcome, lost = decide(instruction, machine), 0
        if isinstance(outcome, Executed) and outcome.register in NAMES:
            zeros, ones = self.masks[NAMES[outcome.register]]
            value = value & zeros | ones
            lost = self.not_kept(outcome.register)
        self.executes(instruction, value, lost)

    @rule(name=st.sampled_from(NOT_OFFERED), value=words)
    def access_to_what_may_be_hidden(self, name: str, value: int) -> None:
        """An MRS or an MSR of what some machines are not offered."""
        self.accesses(name, value & (1 << 12) - 1)

    @rule(kind=st.sampled_from(KINDS), imm16=st.integers(0, 0xFFFF))
    def instruction(self, kind: Kind, imm16: int) -> None:
        """A call, a wait, floating-point, what is UNDEFINED. With bit 13 an HVC stands for another instruction."""
        own = 0x1FFF if self.configuration.way == Way.PARAVIRTUAL else 0xFFFF
        if not self.is_executed(kind):
            self.executes(Unnamed(kind, imm16 & own))

    @rule(mode=st.sampled_from(MODES), flags=st.integers(0, 0xF), kind=st.sampled_from([Kind.ERET, Kind.ERETAA]))
    def exception_return(self, mode: str, flags: int, kind: Kind) -> None:
        """Software writes SPSR_ELx by the name of its Exception level, and returns."""
        if self.V.state.PSTATE.EL:
            self.accesses(f"MSR SPSR_EL{self.V.state.PSTATE.EL}", flags << 28 | Mode[mode].value)
        if not (self.is_executed(kind) and self.hardware.context == Context.GUEST):
            self.executes(Unnamed(kind))

    @rule(TGE=st.booleans(), E2H=st.booleans(), rest=st.sampled_from([0, TRAPS, HCR_EL2.NV.mask, HCR_EL2.API.mask]))
    def write_HCR_EL2(self, TGE: bool, E2H: bool, rest: int) -> None:
        """The guest hypervisor becomes a host or none, has its guest trapped or nested."""
        self.accesses("MSR HCR_EL2", rest | TGE * HCR_EL2.TGE.mask | E2H * HCR_EL2.E2H.mask | HCR_EL2.RW.mask)

    @rule(va=words, kind=st.sampled_from([Access.load, Access.store, Access.fetch]), PAN=st.booleans())
    def memory_access(self, va: int, kind: Callable[[int], Access], PAN: bool) -> None:
        """A load, a store or a fetch: stage 1 of both machines, over tables of any address."""
        el, hcr = self.V.state.PSTATE.EL, self.V.state.HCR_EL2
        regime, is_PV = regime_of(el, hcr, self.guest), self.configuration.way == Way.PARAVIRTUAL
        if regime == Regime.EL2 and is_PV:
            return  # Its tables are changed with it.
        virtual, found = of_virtual_machine(self.V, 0), of_hardware(self.hardware, 0)
        one, other = (attrs.evolve(kind(level), PAN=PAN and regime != Regime.EL2) for level in (el, min(el, 1)))
        wanted = stage1.translate(virtual, regime, va, NO_STAGE_2, one, TABLES, self.guest).outcome
        there = stage1.translate(found, Regime.EL10, va, NO_STAGE_2, other, TABLES, self.configuration.host).outcome
        assert there == wanted, (there, wanted)

    # -- what holds --------------------------------------------------------------------------------------------------

    @invariant()
    def L0_holds_the_state_of_the_other_machine(self) -> None:
        """What is in the hardware and in L0's memory is what the machine with a real EL2 has."""
        if hasattr(self, "hardware"):
            found = self.kept(leave(self.hardware, self.configuration))
            unlike = differences(self.compared(found), self.compared(self.V))
            assert not unlike, unlike

    @invariant()
    def the_hardware_is_never_at_EL2(self) -> None:
        """SPSR_EL2.M of each entry is EL0 or EL1."""
        if hasattr(self, "hardware"):
            assert self.hardware.PE.state.PSTATE.EL < 2


FEATURES_OF = {
    **dict.fromkeys([kind for kind in Kind if kind.name.startswith("PAC_")], "FEAT_PAuth"),
    **{Kind.ERETAA: "FEAT_PAuth", Kind.ERETAB: "FEAT_PAuth", Kind.SVE: "FEAT_SVE", Kind.SME: "FEAT_SME"},
    **{Kind.LD64B: "FEAT_LS64", Kind.ST64BV: "FEAT_LS64_V", Kind.MOPS: "FEAT_MOPS"},
}
"""The features of instructions that name no register."""


MAY_BE_OF_EL1 = (Kind.SVE, Kind.SME, Kind.LD64B, Kind.ST64BV)
"""The instructions that EL1 may trap, by a control that it is not offered."""


@functools.cache
def masks_of(guest: Features) -> dict[str, tuple[int, int]]:
    """Return the bits of each register that are not RES0, and those that are RES1, by name."""
    kinds = {name: register(name).kind for name in NAMES.values()}
    return {name: (MASK64 ^ RES0_bits(kind, guest), RES1_bits(kind, guest)) for name, kind in kinds.items()}


@functools.cache
def lost_of(host: Features) -> dict[str, int]:
    """Return the bits of each register that the hardware does not keep for EL2, by name, where there are some."""
    found: dict[str, int] = {name: lost_bits(known, host) for known, name in NAMES.items()}
    return {name: bits for name, bits in found.items() if bits}


def is_unchanged(found: Issued, before: VCPU, configuration: Configuration) -> bool:
    """Return whether L0 has only resolved what hindered an instruction."""
    if found.hardware.PE.state.PC != before.state.PC:
        return False
    return leave(found.hardware, configuration) == before


def differences(one: VCPU, other: VCPU) -> dict[str, tuple[Any, Any]]:
    """Return in what two PEs differ, by name."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in NAMES.values():
        found[name] = (value_of(one, name), value_of(other, name))
    for name in ("PC", "PSTATE", "SP_EL0", "pending"):
        found[name] = (getattr(one.state, name), getattr(other.state, name))
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}
