"""How a guest hypervisor runs: executions of the rules of :mod:`spec.nested`, made while the site is built.

One virtual machine stands for all: of a guest hypervisor that is a host, on hardware with NV2.
"""

from collections.abc import Callable, Mapping
from typing import Any

import attrs
from sequences import Step

from nvspec.assembler import OPERATION_NUMBERS, written
from nvspec.wording import FAULTS
from proofs.mmu import examples
from spec.access.decision import decide
from spec.access.execution import Kind, Unnamed, execute
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.merging import OF_A_HOST
from spec.access.outcome import Trap
from spec.exceptions.state import State
from spec.features import Features, Granule
from spec.lang import Memory
from spec.mmu.abort import Abort, Origin, Reported, abort
from spec.mmu.access import Access, AccessType
from spec.mmu.fault import Fault
from spec.mmu.shadow import Mapping as Mapped
from spec.mmu.shadow import Shadow, Stage, look_up, shadow_HCR
from spec.mmu.stage2 import translate
from spec.mmu.stage2_controls import Stage2Registers
from spec.mmu.tlbi import Issuer, invalidation
from spec.mmu.tlbi_operation import TLBI as TLBIS
from spec.mmu.tlbi_operation import operation_of
from spec.nested.aborts import Forwarded, NestedAbort, NothingHeld, Resolved, handle
from spec.nested.configuration import Configuration
from spec.nested.contexts import Absent, NoneFree, Pool, empty_pool, hardware_VTTBR, key_of
from spec.nested.controls import Controls
from spec.nested.forwarding import is_wanted, verdict
from spec.nested.host_step import Host, Issued, host_step
from spec.nested.injection import aborted_below, inject
from spec.nested.machines import hardware_machine, virtual_machine
from spec.nested.residence import InHardware, InPage, number, residence
from spec.nested.switch import Hardware, enter, leave
from spec.nested.tlbi_emulation import concerns_context, emulate
from spec.nested.tlbi_execution import Execution
from spec.nested.vcpu import VCPU, Context, Registers, context_of, value_of
from spec.pstate import MODES, PSTATE, Mode, SPSR_of
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.syndrome import CLASSES, DataAbortISS

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True, FEAT_FGT=True, FEAT_HCX=True)
"""The hardware."""
CONFIGURATION = Configuration(CPU, attrs.evolve(CPU, FEAT_NV=False, FEAT_NV2=False))
"""The virtual machine: it is offered what the hardware has, but no nesting of its own."""
OPEN: dict[str, Any] = {
    one.name: OF_A_HOST[one.name].enables if one.name in OF_A_HOST else 0 for one in attrs.fields(Controls)
}
OWN = Controls(**OPEN | {"HCR_EL2": OPEN["HCR_EL2"] | HCR_EL2.E2H.mask | HCR_EL2.RW.mask | HCR_EL2.VM.mask})
"""L0's own controls: they trap nothing that it does not have to."""
L0 = Host(OWN, 0x7000_0000, Machine(1, CPU))
TABLES = examples.abort(Granule.K4, Granule.K4)
"""The tables of the guest hypervisor and of L0, and an empty shadow."""
VMIDS, CANONICAL = (3, 4), 2
"""The VMIDs of the hardware: of the shadow contexts, and of all else of the machine."""
VIRTUAL_HCR = HCR_EL2.E2H.mask | HCR_EL2.RW.mask | HCR_EL2.VM.mask
VTTBR, VTCR = 7 << 48 | TABLES.guest.registers.VTTBR_EL2, TABLES.guest.registers.VTCR_EL2
GUEST_PC, VA = 0x40_1000, 0xF000
HYPERVISOR_PC, VECTORS = 0x8000_2000, 0x8000_8000
TLBI = "IPAS2E1"
NAMES = {operation: f"TLBI {name}" for name, operation in TLBIS.items()}
"""The TLBI, each with its name."""


def vcpu(el: int) -> VCPU:
    """Return the PE: its guest's kernel at EL1, or the guest hypervisor at EL2, about to enter its guest."""
    state = State(
        GUEST_PC if el == 1 else HYPERVISOR_PC,
        PSTATE(el, SP=True),
        HCR_EL2=VIRTUAL_HCR,
        VBAR_EL2=VECTORS,
        ELR_EL2=GUEST_PC,
        SPSR_EL2=Mode.EL1h.value,
    )
    return VCPU(state, Registers(VTTBR_EL2=VTTBR, VTCR_EL2=VTCR))


def pool() -> Pool:
    """Return the pool of shadow contexts after PE 0 has taken the one of its guest's stage 2."""
    found = empty_pool(1, VMIDS, CANONICAL).acquire(key_of(VTTBR, VTCR, VIRTUAL_HCR, CONFIGURATION.guest), 0)
    if isinstance(found, NoneFree):
        raise ValueError("the pool is too small")
    return found.prepare(0)


# -- words -----------------------------------------------------------------------------------------------------------


def reported(name: str, esr: int) -> dict[str, str]:
    """Return a syndrome, and what class it is of."""
    return {name: hex(esr), "EC": f"{ESR_EL2.EC(esr):#04x}, {CLASSES[ESR_EL2.EC(esr)].name}"}


def abort_values(found: Abort, whose: str) -> dict[str, str]:
    """Return what the registers show of an abort."""
    shown = {**reported(f"{whose} ESR_EL2", found.ESR), f"{whose} FAR_EL2": hex(found.FAR)}
    if isinstance(found.IPA, Reported):
        shown[f"{whose} HPFAR_EL2"] = hex(found.IPA.HPFAR_EL2)
    return shown


def entered(hardware: Hardware) -> dict[str, str]:
    """Return with what the hardware is entered."""
    hcr, state = hardware.controls.HCR_EL2, hardware.PE.state
    names = [name for name in ("E2H", "TGE", "NV", "NV1", "NV2", "VM") if HCR_EL2.FIELDS[name](hcr)]
    return {
        "hardware's HCR_EL2": f"{hcr:#x}: {' '.join(names)}",
        "hardware's PC": hex(state.PC),
        "hardware's PSTATE": MODES[SPSR_of(state.PSTATE, CPU) & 0x1F],
    }


def lives(name: str) -> str:
    """Return where a register lives while the guest hypervisor runs."""
    found = residence(number(name), Context.HYPERVISOR, CONFIGURATION.way, E2H=True)
    if isinstance(found, InHardware):
        return next(one for one in (name, name.replace("EL2", "EL1")) if number(one) == found.register)
    return f"the page + {found.offset:#x}" if isinstance(found, InPage) else "L0's memory"


def excepted(hardware: Hardware, names: tuple[str, ...]) -> dict[str, str]:
    """Return what the guest hypervisor finds of an exception, and where the hardware or L0 has it."""
    machine = leave(hardware, CONFIGURATION)
    found = {f"virtual {name}": f"{value_of(machine, name):#x}, in {lives(name)}" for name in names}
    return {**found, "virtual PC": f"VBAR_EL2 + {machine.state.PC - VECTORS:#x}", **entered(hardware)}


def issued(hardware: Hardware, instruction: Instruction | Unnamed, value: int = 0) -> tuple[Trap, Issued]:
    """Return the trap that an instruction takes in the hardware, and what becomes of it."""
    machine = hardware_machine(hardware, L0.common, CPU)
    trap = execute(instruction, machine) if isinstance(instruction, Unnamed) else decide(instruction, machine)
    found = host_step(hardware, instruction, value, L0, CONFIGURATION)
    if not isinstance(trap, Trap) or not isinstance(found, Issued):
        raise ValueError(f"{instruction} is no exit: {trap}")
    return trap, found


# -- accesses --------------------------------------------------------------------------------------------------------


def _stages(memory: Memory) -> tuple[Stage, Stage, Shadow]:
    """Return the stage 2 of the guest hypervisor, with tables in a memory, of L0, and the shadow."""
    of_guest = Stage(Stage2Registers(VTCR, VTTBR, VIRTUAL_HCR), memory, CONFIGURATION.guest)
    registers = attrs.evolve(TABLES.host.registers, HCR_EL2=OWN.HCR_EL2)
    of_host = attrs.evolve(TABLES.host, registers=registers, features=CPU)
    empty = TABLES.shadow.stage.registers
    walked = hardware_VTTBR(pool().contexts[0], empty.VTTBR_EL2 >> 1)
    registers = Stage2Registers(empty.VTCR_EL2, walked, shadow_HCR(VIRTUAL_HCR, OWN.HCR_EL2))
    stage = attrs.evolve(TABLES.shadow.stage, registers=registers, features=CPU)
    return of_guest, of_host, attrs.evolve(TABLES.shadow, stage=stage)


def _aborted(shadow: Shadow) -> tuple[NestedAbort, list[Step]]:
    """Return the abort of a store in the guest, and the steps up to L0."""
    stage, origin, access = shadow.stage, Origin(1, AccessType.GPR), Access.store()
    found = translate(stage.registers, examples.IPA, examples.NORMAL, access, stage.memory, CPU).outcome
    if not isinstance(found, Fault):
        raise ValueError("the shadow is not empty")
    taken = abort(found, VA, origin, stage.registers.HCR_EL2, CPU)
    esr = taken.ESR
    for place, content in ((DataAbortISS.ISV, 1), (DataAbortISS.SAS, 0b10), (DataAbortISS.SRT, 3)):
        esr = place.insert(esr, content)
    steps = [
        Step("guest", "hardware", "STR W3, [X0]", {"VA": hex(VA), "IPA": hex(examples.IPA)}),
        Step(
            "hardware",
            "host hypervisor",
            "Data Abort",
            {**abort_values(attrs.evolve(taken, ESR=esr), "hardware's"), "the shadow": _fault(found)},
        ),
    ]
    return NestedAbort(examples.IPA, VA, examples.NORMAL, access, origin, esr), steps


def _fault(found: Fault) -> str:
    return f"{FAULTS[found.kind]}, level {found.level}"


def forwarded() -> list[Step]:
    """Return the steps of an access that the guest hypervisor's tables do not map."""
    of_guest, of_host, shadow = _stages(Memory())
    aborted, steps = _aborted(shadow)
    done = handle(aborted, of_guest, of_host, shadow, pool().contexts[0], OWN.HCR_EL2)
    if not isinstance(done, Forwarded):
        raise ValueError(f"not forwarded: {done}")
    hardware = enter(vcpu(1), OWN, L0.page, CONFIGURATION)
    record = aborted_below(done.fault, VA, AccessType.GPR, aborted.ESR_EL2, vcpu(1), CONFIGURATION)
    after = inject(hardware, record, OWN, L0.page, CONFIGURATION)
    names = ("ESR_EL2", "FAR_EL2", "HPFAR_EL2", "ELR_EL2", "SPSR_EL2")
    walked = {"VTTBR_EL2": hex(VTTBR), "the guest hypervisor's stage 2": _fault(done.fault)}
    return [
        *steps,
        Step("host hypervisor", "host hypervisor", "walks the guest hypervisor's tables", walked),
        Step("host hypervisor", "guest hypervisor", "Data Abort at the virtual EL2", excepted(after, names)),
    ]


def _resolved() -> tuple[list[Step], Resolved, Shadow]:
    """Return the steps of an access that both stages map, and the shadow with the leaf."""
    of_guest, of_host, shadow = _stages(TABLES.guest.memory)
    aborted, steps = _aborted(shadow)
    context = pool().contexts[0]
    done = handle(aborted, of_guest, of_host, shadow, context, OWN.HCR_EL2)
    middle = look_up(of_guest, aborted.IPA, aborted.stage1, aborted.access)
    if not isinstance(done, Resolved) or not isinstance(middle, Mapped):
        raise ValueError(f"not resolved: {done}")
    if not isinstance(done.maintenance, NothingHeld):
        raise TypeError("the shadow was empty")
    # Nothing was there, so that no TLB holds another.
    wrote = {f"the shadow at {at:#x}": f"{word:#x}" for at, word in sorted(done.memory.words.items())}
    filled = attrs.evolve(shadow, stage=attrs.evolve(shadow.stage, memory=done.memory))
    asked = {"IPA": f"{aborted.IPA:#x}, to {middle.OA:#x}", "level": str(done.leaf.guest.level)}
    steps += [
        Step("host hypervisor", "host hypervisor", "walks the guest hypervisor's tables", asked),
        Step(
            "host hypervisor",
            "host hypervisor",
            "walks its own",
            {"address": f"{middle.OA:#x}, to {done.leaf.output:#x}"},
        ),
        Step("host hypervisor", "host hypervisor", "writes the leaf", wrote),
        Step(
            "host hypervisor",
            "hardware",
            "enters the guest again",
            {
                "hardware's VTTBR_EL2": f"{shadow.stage.registers.VTTBR_EL2:#x}, VMID {context.hardware_VMID}",
                **entered(enter(vcpu(1), OWN, L0.page, CONFIGURATION)),
            },
        ),
    ]
    return steps, done, filled


def resolved() -> list[Step]:
    """Return the steps of an access that both stages map."""
    steps, _, shadow = _resolved()
    stage = shadow.stage
    found = translate(stage.registers, examples.IPA, examples.NORMAL, Access.store(), stage.memory, CPU).outcome
    if isinstance(found, Fault):
        raise TypeError("the leaf is not there")
    says = {"the shadow": f"{examples.IPA:#x}, to {found.PA:#x}"}
    return [*steps, Step("guest", "hardware", "STR W3, [X0], again", says)]


# -- instructions ----------------------------------------------------------------------------------------------------


def returning() -> list[Step]:
    """Return the steps of an ERET of the guest hypervisor into its guest."""
    hardware = enter(vcpu(2), OWN, L0.page, CONFIGURATION)
    trap, found = issued(hardware, Unnamed(Kind.ERET))
    before, after = leave(hardware, CONFIGURATION).state, leave(found.hardware, CONFIGURATION)
    key = key_of(VTTBR, VTCR, VIRTUAL_HCR, CONFIGURATION.guest)
    empty = empty_pool(1, VMIDS, CANONICAL)
    context = pool().contexts[0]
    had = "none has the key" if isinstance(empty.look_up(key), Absent) else "one has it"
    taken_out = {
        "virtual ELR_EL2": f"{before.ELR_EL2:#x}, in {lives('ELR_EL2')}",
        "virtual SPSR_EL2": f"{before.SPSR_EL2:#x}, {MODES[before.SPSR_EL2 & 0x1F]}, in {lives('SPSR_EL2')}",
        "the PE is then in": f"{context_of(after, CONFIGURATION).name}, at the virtual EL{after.state.PSTATE.EL}",
    }
    sought = {
        "key": f"VMID {key.VMID}, tables at {key.BADDR << 1:#x}, VTCR_EL2 {key.VTCR_EL2:#x}",
        "the pool": had,
        "VMID of the hardware": str(context.hardware_VMID),
    }
    return [
        Step("guest hypervisor", "hardware", "ERET", entered(hardware)),
        Step("hardware", "host hypervisor", "trap", reported("hardware's ESR_EL2", trap.esr)),
        Step("host hypervisor", "host hypervisor", "performs the return on the PE", taken_out),
        Step("host hypervisor", "host hypervisor", "takes a shadow context for it", sought),
        Step("host hypervisor", "hardware", "enters the guest", entered(found.hardware)),
        Step("hardware", "guest", "runs it", {"virtual PC": hex(after.state.PC)}),
    ]


def calling() -> list[Step]:
    """Return the steps of an HVC of the guest."""
    hardware = enter(vcpu(1), OWN, L0.page, CONFIGURATION)
    trap, found = issued(hardware, Unnamed(Kind.HVC))
    machine = virtual_machine(leave(hardware, CONFIGURATION), L0.common, CONFIGURATION.guest)
    wanted = is_wanted(ESR_EL2.EC(trap.esr), ESR_EL2.ISS(trap.esr), machine)
    told = verdict(trap.esr, Context.GUEST, machine)
    says = {"wanted by a control": "yes" if wanted else "no", "verdict": told.name}
    back = {**reported("hardware's ESR_EL2", trap.esr), "hardware's ELR_EL2": hex(GUEST_PC + trap.elr_offset)}
    return [
        Step("guest", "hardware", "HVC #0", {"virtual PC": hex(GUEST_PC)}),
        Step("hardware", "host hypervisor", "exception", back),
        Step("host hypervisor", "host hypervisor", "asks what it is about", says),
        Step(
            "host hypervisor",
            "guest hypervisor",
            "HVC at the virtual EL2",
            excepted(found.hardware, ("ESR_EL2", "ELR_EL2", "SPSR_EL2")),
        ),
    ]


def invalidating() -> list[Step]:
    """Return the steps of a TLBI IPAS2E1 of the guest hypervisor, after the leaf was put into the shadow."""
    Xt, operation = examples.IPA >> 12, operation_of(TLBI)
    hardware = enter(vcpu(2), OWN, L0.page, CONFIGURATION)
    instruction = Instruction(Form.SYS, OPERATION_NUMBERS[NAMES[operation]], 0)
    trap, found = issued(hardware, instruction, Xt)
    issuer = Issuer(2, VIRTUAL_HCR, VTTBR, VTCR)
    asked = invalidation(operation, Xt, issuer, CONFIGURATION.guest)
    contexts = pool()
    leaf = _resolved()[1].leaf
    done = emulate(operation, Xt, issuer, contexts, ((leaf,), ()), OWN.HCR_EL2, CONFIGURATION)
    concerned = [one.hardware_VMID for one in contexts.contexts if concerns_context(asked, one)]
    about = {
        "regime": asked.regime.name.replace("EL10", "EL1&0"),
        "shadow contexts": f"those of VMID {asked.VMID}: of VMID {', '.join(map(str, concerned))} in hardware",
    }
    gone = {
        "the leaf": f"IPA {leaf.shadow.address:#x}, level {leaf.shadow.level}",
        "guest's level, as it was kept": str(leaf.guest.level),
        "leaves before and after": f"1, {len(done.tables[0])}",
    }
    machine = leave(found.hardware, CONFIGURATION).state
    return [
        Step("guest hypervisor", "hardware", written(instruction), {"X0": hex(Xt)}),
        Step("hardware", "host hypervisor", "trap", reported("hardware's ESR_EL2", trap.esr)),
        Step("host hypervisor", "host hypervisor", "finds the contexts", about),
        Step("host hypervisor", "host hypervisor", "unmaps the leaf", gone),
        *(Step("host hypervisor", "hardware", NAMES[one.operation], _executed(one)) for one in done.executions),
        Step(
            "host hypervisor",
            "guest hypervisor",
            "after a DSB, goes on behind it",
            {"virtual PC": f"{machine.PC:#x}, from {HYPERVISOR_PC:#x}"},
        ),
    ]


def _executed(one: Execution) -> dict[str, str]:
    """Return with what L0 executes a TLBI."""
    return {"operand": hex(one.Xt), "hardware's VMID": str(one.issuer.VTTBR_EL2 >> 48)}


RUNS: Mapping[str, tuple[str, Callable[[], list[Step]]]] = {
    "forwarded": ("An access that the guest hypervisor does not map", forwarded),
    "resolved": ("An access that both hypervisors map", resolved),
    "returning": ("The guest hypervisor enters its guest", returning),
    "calling": ("The guest calls its hypervisor", calling),
    "invalidating": ("The guest hypervisor invalidates an IPA", invalidating),
}
"""The executions by name, each with what it is of."""
