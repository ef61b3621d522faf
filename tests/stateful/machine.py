"""A PE whose exceptions, calls of the stub, timers and changes of E2H and TGE are driven together."""

from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from spec.access.instruction import Form
from spec.exceptions import interrupts, returns, routing, step
from spec.exceptions.interrupts import PENDING, Asynchronous
from spec.exceptions.state import State, is_reachable
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.hcr import is_in_host
from spec.hypstub import owners
from spec.hypstub.machine import CPU, Ending, GeneralRegisters, Kernel, Owner
from spec.hypstub.numbering import LINUX
from spec.lang import MASK64
from spec.pstate import PSTATE, Mode, SPSR_of
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import HCR_EL2
from spec.timer import condition, counter, registers
from spec.timer.state import TimerName, Timers, timer

ARMV8_0 = Features()
ARMV8_1 = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_PAN=True)
ARMV8_2 = attrs.evolve(ARMV8_1, FEAT_UAO=True, FEAT_RAS=True)
ARMV8_4 = attrs.evolve(ARMV8_2, FEAT_DIT=True, FEAT_SSBS=True, FEAT_NV=True, FEAT_NV2=True)
WITHOUT_E2H0 = attrs.evolve(ARMV8_4, FEAT_E2H0=False, FEAT_MTE=True, FEAT_BTI=True, FEAT_NMI=True, FEAT_HCX=True)
WITH_AARCH32 = attrs.evolve(ARMV8_1, FEAT_AA32EL0=True, FEAT_AA32EL1=True)
MACHINES = {
    "Armv8.0": ARMV8_0,
    "Armv8.1": ARMV8_1,
    "Armv8.4": ARMV8_4,
    "without FEAT_E2H0": WITHOUT_E2H0,
    "with AArch32": WITH_AARCH32,
}
"""Implementations, from the first to one of today."""

HCR_FIELDS = ("VM", "FMO", "IMO", "AMO", "VF", "VI", "VSE", "DC", "TEA", "NV", "NV1", "NV2", "HCD")
RW = HCR_EL2.RW.mask
OF_AARCH64 = tuple(mode.value for mode in Mode if mode < 0b10000)
MODES = (*OF_AARCH64 * 4, *(mode.value for mode in Mode), 0b00001, 0b00110, 0b01010, 0b01100, 0b01101)
"""What a return may be asked for: mostly the modes of AArch64 state; those of AArch32 state, and some that are none."""
SYNCHRONOUS = tuple(
    type
    for type in ExceptionType
    if type not in (ExceptionType.IRQ, ExceptionType.FIQ, ExceptionType.SERROR, ExceptionType.PROFILING)
)
OF_EL2 = ("HCR_EL2", "VBAR_EL2", "SCTLR_EL2", "MDCR_EL2", "HCRX_EL2", "TCR_EL2", "SP_EL2", "FAR_EL2", "HPFAR_EL2")
"""Registers of EL2 that an HVC itself does not write."""
TIMER_NAMES = tuple(
    f"{prefix}_{register}_{suffix}"
    for prefix, suffixes in (("CNTP", "EL0 EL02"), ("CNTV", "EL0 EL02"), ("CNTHP", "EL2"), ("CNTHV", "EL2"))
    for suffix in suffixes.split()
    for register in ("CTL", "CVAL", "TVAL")
)
OF_ARM64 = tuple(name for name, one in LINUX.items() if one.architecture == "arm64")
STUB, INITIALISE, HYPERVISOR = 0x4000_0000, 0x4100_0000, 0xFFFF_8000_0000
KERNEL = Kernel(STUB, HYPERVISOR)

words = st.integers(0, MASK64) | st.sampled_from([0, 1, 2, 1 << 31, 1 << 63, MASK64])
statuses = st.builds(lambda above, mode: above << 5 | mode, st.integers(0, MASK64 >> 5), st.sampled_from(MODES))
hcrs = st.sets(st.sampled_from(HCR_FIELDS)).map(lambda names: RW | sum(getattr(HCR_EL2, name).mask for name in names))
vectors = st.sampled_from([0, 0x800, STUB, INITIALISE])


class PE(RuleBasedStateMachine):
    """What happens to the PE, one step at a time; what holds after each."""

    @initialize(machine=st.sampled_from(list(MACHINES)), linux=st.sampled_from(OF_ARM64))
    def power_on(self, machine: str, linux: str) -> None:
        """The PE is reset; the kernel's stub is at the vectors of EL2, and the kernel enters EL1 by its return."""
        self.features, self.numbering = MACHINES[machine], LINUX[linux].numbering
        state = step.reset(0x8000_0000, False, self.features)
        state = attrs.evolve(state, VBAR_EL2=STUB, HCR_EL2=RW, ELR_EL2=0x8000_1000, SPSR_EL2=0x3C5)
        entered = returns.eret(state, self.features)
        assert isinstance(entered, State)
        self.cpu = CPU(entered, GeneralRegisters())
        self.timers = Timers(0, HCR_EL2=RW)
        self.external = False

    @property
    def state(self) -> State:
        """PC, PSTATE and the registers of exceptions."""
        return self.cpu.state

    def becomes(self, state: State) -> None:
        """The state changes: HCR_EL2 is the timers' too, and their lines are interrupts."""
        self.timers = attrs.evolve(self.timers, HCR_EL2=state.HCR_EL2)
        lines = condition.lines(self.timers, self.features)
        signalled = self.external | lines.CNTP | lines.CNTV | lines.CNTHP | lines.CNTHV
        self.cpu = attrs.evolve(self.cpu, state=attrs.evolve(state, pending=attrs.evolve(state.pending, IRQ=signalled)))

    # -- exceptions and returns --------------------------------------------------------------------------------------

    @rule(type=st.sampled_from(SYNCHRONOUS), ISS=st.integers(0, (1 << 25) - 1), for_EL2=st.booleans())
    def exception(self, type: ExceptionType, ISS: int, for_EL2: bool) -> None:
        """An instruction takes a synchronous exception."""
        before = self.state
        record = ExceptionRecord(type, ISS, for_EL2=for_EL2)
        target = routing.synchronous_target(record, before, self.features)
        after = routing.take_synchronous(record, before, self.features)
        assert after.PSTATE.EL == target >= max(before.PSTATE.EL, 1)
        assert (after.PSTATE.D, after.PSTATE.A, after.PSTATE.I, after.PSTATE.F) == (True,) * 4
        assert ESR_EL2.IL(after.ESR_EL2 if target == 2 else after.ESR_EL1)
        self.becomes(after)

    @rule(IRQ=st.booleans(), FIQ=st.booleans(), SError=st.booleans(), virtual_IRQ=st.booleans())
    def signal(self, IRQ: bool, FIQ: bool, SError: bool, virtual_IRQ: bool) -> None:
        """Sources of interrupts and errors change."""
        self.external = IRQ
        pending = attrs.evolve(self.state.pending, FIQ=FIQ, SError=SError, virtual_IRQ=virtual_IRQ)
        self.becomes(attrs.evolve(self.state, pending=pending))

    @rule(kind=st.sampled_from(Asynchronous))
    def interrupt(self, kind: Asynchronous) -> None:
        """The PE takes an asynchronous exception, or does not: then it remains pending, and nothing has changed."""
        before = self.state
        target = interrupts.asynchronous_target(kind, before, self.features)
        after = interrupts.take_asynchronous(kind, before, self.features)
        if target == PENDING:
            assert after == before
        else:
            assert interrupts.is_pending(kind, before)
            assert after.PSTATE.EL == target >= max(before.PSTATE.EL, 1)
            assert (after.ELR_EL2 if target == 2 else after.ELR_EL1) == before.PC
        self.becomes(after)

    @precondition(lambda self: self.state.PSTATE.EL > 0)
    @rule(spsr=statuses, elr=words)
    def exception_return(self, spsr: int, elr: int) -> None:
        """Software writes SPSR_ELx and ELR_ELx, and returns; to AArch32 state, which is not modelled, it does not."""
        el = self.state.PSTATE.EL
        saved: dict[str, Any] = {f"SPSR_EL{el}": spsr, f"ELR_EL{el}": elr}
        before = attrs.evolve(self.state, **saved)
        after = returns.eret(before, self.features)
        if not isinstance(after, State):
            assert spsr >> 4 & 1
            assert self.features.FEAT_AA32EL0
            return
        assert el >= after.PSTATE.EL
        if returns.is_illegal(spsr, before, self.features):
            assert (el, before.PSTATE.SP, True) == (after.PSTATE.EL, after.PSTATE.SP, after.PSTATE.IL)
        else:
            assert SPSR_of(after.PSTATE, self.features) & 0xF00003CF == spsr & 0xF00003CF
        self.becomes(after)

    @rule(D=st.booleans(), A=st.booleans(), I=st.booleans(), F=st.booleans(), SP=st.booleans())
    def mask(self, D: bool, A: bool, I: bool, F: bool, SP: bool) -> None:  # noqa: E741 (Arm's name)
        """Software writes DAIF and SPSel."""
        state = step.write_SPSel(self.state, SP)
        self.becomes(attrs.evolve(state, PSTATE=attrs.evolve(state.PSTATE, D=D, A=A, I=I, F=F)))

    # -- E2H and TGE -------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.state.PSTATE.EL == 2)
    @rule(E2H=st.booleans(), TGE=st.booleans(), others=hcrs)
    def write_HCR(self, E2H: bool, TGE: bool, others: int) -> None:
        """EL2 writes HCR_EL2; no deadline of a timer of EL2 moves, and no virtual time of EL1."""
        hcr = HCR_EL2.TGE.insert(HCR_EL2.E2H.insert(others, E2H), TGE)
        deadlines = [condition.is_met(name, self.timers, self.features) for name in (TimerName.CNTHP, TimerName.CNTHV)]
        virtual = counter.virtual_count(1, self.timers, self.features)
        self.becomes(step.write_HCR_EL2(self.state, hcr))
        assert deadlines == [
            condition.is_met(name, self.timers, self.features) for name in (TimerName.CNTHP, TimerName.CNTHV)
        ]
        assert virtual == counter.virtual_count(1, self.timers, self.features)

    @precondition(lambda self: self.state.PSTATE.EL == 2)
    @rule(vbar=vectors)
    def write_VBAR(self, vbar: int) -> None:
        """EL2 moves its vectors."""
        self.becomes(attrs.evolve(self.state, VBAR_EL2=vbar))

    # -- the stub ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.state.PSTATE.EL > 0 and self.cpu.owner != Owner.PAYLOAD)
    @rule(x0=st.sampled_from([0, 1, 2, 3, 4, 5, KERNEL.initialise, KERNEL.finalise, MASK64]), x1=vectors, x2=words)
    def call(self, x0: int, x1: int, x2: int) -> None:
        """The kernel calls the owner of EL2; a call that ends in a vector that branches to itself is not made."""
        before = attrs.evolve(self.cpu, x=attrs.evolve(self.cpu.x, x0=x0, x1=x1, x2=x2, x3=3, x4=4, x19=19, x30=30))
        answer = owners.called(before, KERNEL, self.numbering, self.features)
        if answer.ending == Ending.NEVER:
            return
        after = answer.cpu
        if answer.ending == Ending.RETURNS and self.numbering.error and after.x.x0 == self.numbering.error:
            held = [(getattr(before.state, name), getattr(after.state, name)) for name in OF_EL2]
            if not (self.numbering.finalises_first and x0 == 3):
                assert all(one == other for one, other in held)
        if before.owner == Owner.PROTECTED:
            assert (after.owner, after.state.VBAR_EL2) == (Owner.PROTECTED, before.state.VBAR_EL2)
        assert after.x.x19 == 19
        self.cpu = after
        self.becomes(after.state)

    # -- timers ------------------------------------------------------------------------------------------------------

    @rule(ticks=st.integers(0, 1 << 20) | st.sampled_from([1 << 31, 1 << 62]))
    def tick(self, ticks: int) -> None:
        """Time goes on."""
        before = self.timers.count
        self.timers = counter.advance(ticks, self.timers)
        assert self.timers.count == (before + ticks) & MASK64
        self.becomes(self.state)

    @rule(name=st.sampled_from(TIMER_NAMES), value=words)
    def write_timer(self, name: str, value: int) -> None:
        """Software writes a register of a timer by a name; where that traps or is UNDEFINED, nothing changes."""
        el = self.state.PSTATE.EL
        after = registers.write(registers.named(Form.MSR, name), el, value, 0, self.timers, self.features)
        if not isinstance(after, Timers):
            return
        self.timers = after
        if "_TVAL_" in name:
            found: Any = registers.read(registers.named(Form.MRS, name), el, self.timers, self.features)
            assert (found.value | found.unknown) & 0xFFFFFFFF == (value | found.unknown) & 0xFFFFFFFF
        self.becomes(self.state)

    # -- what holds --------------------------------------------------------------------------------------------------

    @invariant()
    def the_state_can_be_reached(self) -> None:
        """EL1 is never entered while TGE is 1, EL0 has its own stack pointer, and PSTATE has a mode that there is."""
        assert is_reachable(self.state, self.features)
        assert self.state.PSTATE.EL != 1 or not HCR_EL2.TGE(self.state.HCR_EL2)
        assert SPSR_of(self.state.PSTATE, self.features) & 0x1F in [mode.value for mode in Mode if mode < 16]

    @invariant()
    def a_timer_signals_what_its_registers_say(self) -> None:
        """By arithmetic of its own: the count less the offset has come to CVAL, and the timer is on and not masked."""
        offsets = {TimerName.CNTV: self.timers.CNTVOFF_EL2}
        for name in TimerName:
            held = timer(name, self.timers)
            came = (self.timers.count - offsets.get(name, 0)) % (1 << 64) >= held.CVAL
            implemented = condition.is_implemented(name, self.features)
            asserted = condition.is_asserted(name, self.timers, self.features)
            assert asserted == (implemented and held.ENABLE and not held.IMASK and came)

    @invariant()
    def the_records_agree(self) -> None:
        """There is one HCR_EL2, and EL0 is a host's for the timers where it is for exceptions."""
        assert self.timers.HCR_EL2 == self.state.HCR_EL2
        assert isinstance(self.state.PSTATE, PSTATE)
        if is_in_host(self.state.HCR_EL2, self.features) and self.state.PSTATE.EL == 0:
            fetch = ExceptionRecord(ExceptionType.INSTRUCTION_ABORT)
            assert routing.synchronous_target(fetch, self.state, self.features) == 2
