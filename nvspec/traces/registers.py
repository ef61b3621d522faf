"""Registers: what each thread has written to those that decide how tables are walked."""

from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2

DEFAULTS = {
    "HCR_EL2": HCR_EL2.VM.mask,
    "SCTLR_EL2": SCTLR_EL2.M.mask,
    "VTCR_EL2": 0x8000_0090,
    "TCR_EL2": 0x8080_0010,
    "MAIR_EL2": 0,
    "VTTBR_EL2": 0,
    "TTBR0_EL2": 0,
}
"""What a register holds that no event has written: both stages translate, 48 bits, with the 4 KB granule."""

OF_ONE_THREAD = ("VTTBR_EL2", "TTBR0_EL2")
"""The registers of which nothing is known of one thread from what another has written."""


class Registers:
    """The registers of every thread."""

    def __init__(self) -> None:
        self._written: dict[int, dict[str, int]] = {}
        self._anywhere: dict[str, int] = {}

    def of(self, tid: int) -> dict[str, int]:
        """Return the registers of a thread: what it wrote, what another wrote of the controls, or the defaults."""
        return {**DEFAULTS, **self._anywhere, **self._written.get(tid, {})}

    def has_written(self, tid: int, register: str) -> bool:
        """Return whether a thread has written a register."""
        return register in self._written.get(tid, {})

    def write(self, tid: int, register: str, value: int) -> None:
        """Take a write of a thread."""
        self._written.setdefault(tid, {})[register] = value
        if register not in OF_ONE_THREAD:
            self._anywhere[register] = value


def stage2_is_on(registers: dict[str, int]) -> bool:
    """Return whether stage 2 translates.

    >>> stage2_is_on(DEFAULTS)
    True
    """
    return bool(HCR_EL2.VM(registers["HCR_EL2"]) or HCR_EL2.DC(registers["HCR_EL2"]))
