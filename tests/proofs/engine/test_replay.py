import subprocess
import sys
from pathlib import Path

import pytest

from proofs.engine import library
from proofs.engine.export import export
from proofs.engine.replay import Unconfirmed, arguments_of, confirm, snippet, source
from proofs.engine.solvers import SOLVERS
from proofs.engine.theorem import label
from spec.features import Features, Granule
from spec.lang import Memory
from spec.lang.memory import PatchyMemory
from spec.mmu.access import Access
from tests.proofs.toys import Write

FALSE = '''
@theorem(how=(min, ))
def no_word_is_above_its_neighbour(how: object, memory: Memory, x: Address) -> Claim:
    """The word at an address is not larger than the next one."""
    return Claim((x & 7) == 0, True, (memory.read(x) <= memory.read(x | 8)) | memory.aborts(x))
'''


def test_a_counterexample_is_confirmed_and_replayed(write: Write) -> None:
    """A model becomes plain arguments, on which the theorem is false, here and as Python in another process."""
    file = write(FALSE.replace("(min, )", "(2,)").replace("object", "int"))
    (one,) = library.select([str(file)])[0]
    query = export(one, witness=False)
    answer = SOLVERS["bitwuzla"].solve(query.goal, 20)
    assert answer.model is not None
    arguments = arguments_of(query.arguments, answer.model)
    claim = confirm(one, arguments)
    assert (claim.given, claim.holds) == (True, False)
    ran = subprocess.run(
        [sys.executable, "-c", snippet(one, arguments)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "Claim(given=True, reaching=True, holds=False)\n"


def test_what_is_no_counterexample_is_not_confirmed(write: Write) -> None:
    """Where the concrete reading says that the theorem holds, the readings differ."""
    (one,) = library.select([str(write(FALSE))])[0]
    with pytest.raises(Unconfirmed, match="no_word_is_above_its_neighbour"):
        confirm(one, {"memory": Memory(), "x": 0})


@pytest.mark.parametrize(
    "value",
    [
        7,
        1 << 60,
        True,
        Granule.K16,
        Access.store(),
        Features(pa_max=40),
        (1, Granule.K4),
        (),
        "text",
        None,
        Granule,
        label,
        Memory({8: 3}),
        PatchyMemory({8: 3}, frozenset({16})),
        Memory({8: 3}).changed(5, 7),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_the_source_of_a_value_is_the_value(value: object) -> None:
    """Evaluated with what it needs, the source gives an equal value."""
    needed: set[tuple[str, str]] = set()
    text = source(value, needed)
    names: dict[str, object] = {}
    for module, name in needed:
        exec(f"from {module} import {name}", names)
    assert eval(text, names) == value
