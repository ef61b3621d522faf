"""Print the figures of the page on architecture, in seconds of processor time; it takes minutes."""

import inspect
import time
import typing
from collections.abc import Callable
from typing import Any

from proofs.engine import library
from proofs.engine.export import export
from proofs.engine.solvers import SOLVERS
from proofs.engine.theorem import THEOREMS
from proofs.mmu.stage2 import GRANULES, every_granule, with_granule
from spec.features import Features
from spec.lang import Memory, forget, rule_of, symbolically
from spec.lang.values import symbol
from spec.mmu.access import Access
from spec.mmu.attributes import normal_non_cacheable
from spec.mmu.stage2 import translate
from spec.mmu.stage2_controls import Stage2Registers


def seconds(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor time of a call, and its result."""
    start = time.process_time()
    result = run()
    return time.process_time() - start, result


def exploration() -> None:
    """Explore translate(), for each granule."""
    hints = typing.get_type_hints(rule_of(translate).original, include_extras=True)
    for granule in GRANULES:
        forget()
        given = {name: symbol(hints[name], name, []) for name in inspect.signature(translate).parameters}
        spent, (_, used) = seconds(
            lambda given=given, granule=granule: symbolically(
                lambda: translate(
                    **given
                    | {
                        "registers": with_granule(given["registers"], granule),
                        "features": every_granule(given["features"]),
                    }
                )
            )
        )
        print(f"explore translate(), {granule.label}: {spent:.2f} s, {len(used)} rules")


def concrete() -> None:
    """Run translate() on integers: three levels of tables."""
    registers = Stage2Registers(0x8005_0059, 0x4000, 1)
    memory = Memory({0x4000: 0x5003, 0x5000: 0x6003, 0x6008: 0x402347FF})
    stage1, access, features = normal_non_cacheable(xs=True), Access.load(), Features()
    times = 20_000
    spent, _ = seconds(lambda: [translate(registers, 0x1234, stage1, access, memory, features) for _ in range(times)])
    print(f"run translate(), three levels: {times / spent:,.0f} a second")


def proof(name: str, *, lemmas: bool) -> None:
    """Export the first case of a theorem and solve it."""
    forget()
    obligation = next(THEOREMS[name].obligations())
    exported, query = seconds(lambda: export(obligation, lemmas=lemmas, witness=False))
    solved, answer = seconds(lambda: SOLVERS["bitwuzla"].solve(query.goal, 3600))
    how = "with lemmas" if lemmas else "direct"
    print(
        f"{obligation.name}, {how}: export {exported:.1f} s, {len(query.goal) / 1e6:.2f} MB, "
        f"bitwuzla {answer.status} {solved:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    library.load()
    exploration()
    concrete()
    main = THEOREMS["mmu.shadow.the_output_is_the_hosts_translation_of_the_guests"]
    for lemma in main.uses:
        proof(lemma.name, lemmas=False)
    proof(main.name, lemmas=True)
    proof(main.name, lemmas=False)
