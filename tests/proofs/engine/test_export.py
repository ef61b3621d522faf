import os
import subprocess
import sys
from pathlib import Path

import pytest

from proofs.engine import library
from proofs.engine.export import export, memories
from proofs.engine.solvers import SOLVERS
from proofs.engine.theorem import Obligation
from tests.proofs.toys import Write

ROOT = Path(__file__).parents[3]
NAMES = (
    "mmu.stage2.a_fault_of_a_walk_names_its_address_and_access[granule=64K]",
    "mmu.shadow.permissions_never_exceed_the_guest[guest=64K,host=64K]",
)
"""A theorem that asks the specification, and one that uses lemmas."""

PRINTED = """
import sys
from proofs.engine import library
from proofs.engine.export import export
for obligation in library.select(sys.argv[1:])[0]:
    query = export(obligation)
    print(query.goal, query.witness, sorted(query.rules))
"""


def obligation(name: str) -> Obligation:
    """Return an obligation by name."""
    (found,) = library.select([name])[0]
    return found


def test_the_text_is_the_same_in_every_process() -> None:
    """Neither the seed of hashing nor the process decides what is asked, so that a cache can be shared."""
    texts = []
    for seed in ("1", "2"):
        command = [sys.executable, "-c", PRINTED, *NAMES]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        texts.append(ran.stdout)
    assert texts[0] == texts[1]
    assert texts[0].count("(check-sat)") == 4


def test_what_is_exported() -> None:
    """Only what is asked for: the witness of the case, of the premise alone, or none; and the rules spoken of."""
    one = obligation("mmu.stage2.a_host_has_no_stage_2[granule=64K]")
    whole, premise, bare = export(one), export(one, reaching=False), export(one, witness=False)
    assert bare.witness == ""
    assert whole.witness != premise.witness
    assert "mmu.stage2.translate" in whole.rules
    assert SOLVERS["bitwuzla"].solve(premise.witness, 20).status == "sat"


def test_the_rule_of_a_lemma_is_spoken_of() -> None:
    """With lemmas the walk is abstract, and a rule that the theorem is about all the same."""
    one = obligation(NAMES[1])
    assert "mmu.stage2.walk_tables" in export(one, witness=False).rules
    assert "mmu.stage2.walk_tables#0" in export(one, witness=False).goal


@pytest.mark.parametrize("place", ["memory: Memory", "held: One | Two"])
def test_equal_addresses_hold_equal_words(write: Write, place: str) -> None:
    """The reads of a memory are those of one memory, wherever in the arguments it is."""
    file = write(
        f'''
import attrs
@attrs.frozen
class One:
    memory: Memory
@attrs.frozen
class Two:
    memory: Memory
@theorem()
def one_memory({place}, x: Bits64, y: Bits64) -> Claim:
    """Equal addresses hold equal words."""
    memory = {"memory" if place.startswith("memory") else "held.memory"}
    return Claim(x == y, True, memory.read(x & 0xFFF8) == memory.read(y & 0xFFF8))
'''
    )
    (one,) = library.select([str(file)])[0]
    query = export(one)
    assert len(list(memories(query.arguments.values()))) == (1 if place.startswith("memory") else 2)
    assert SOLVERS["bitwuzla"].solve(query.goal, 20).status == "unsat"
    assert SOLVERS["bitwuzla"].solve(query.witness, 20).status == "sat"
