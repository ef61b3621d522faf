import operator
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proofs.engine.workers import Lost, Raised, Task, Workers

ROOT = Path(__file__).parents[3]


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Two workers that need no preparation."""
    with Workers(2, os.getpid) as some:
        yield some


def outcomes(workers: Workers) -> dict[Any, Any]:
    """Return what came of every task."""
    found = {}
    while (done := workers.next()) is not None:
        found[done[0]] = done[1]
    return found


class TestTasks:
    """What comes of tasks."""

    def test_a_dead_worker_takes_one_task_with_it(self, workers: Workers) -> None:
        """A worker that is killed, as for want of memory, loses its own task; the others are done."""
        workers.submit(Task("killed", signal.raise_signal, (signal.SIGKILL,)))
        workers.submit(Task("exit", os._exit, (7,)))
        workers.submit(Task("raises", operator.truediv, (1, 0)))
        for number in range(4):
            workers.submit(Task(number, operator.add, (number, 1)))
        found = outcomes(workers)
        assert found.pop("killed") == Lost("its process was ended by SIGKILL: too little memory?")
        assert found.pop("exit") == Lost("its process ended with status 7")
        assert found.pop("raises") == Raised("ZeroDivisionError: division by zero")
        assert found == {0: 1, 1: 2, 2: 3, 3: 4}

    def test_a_task_that_is_done_apart_leaves_nothing_behind(self) -> None:
        """It is done in a copy of the worker, and what it changed is gone; what it raises, and how it dies, is told."""
        with Workers(1, os.getpid) as one:
            one.submit(Task("set", exec, ("import sys; sys.nvspec_task = 1",), apart=True))
            one.submit(Task("seen", eval, ("hasattr(__import__('sys'), 'nvspec_task')",), apart=True))
            one.submit(Task("raises", operator.truediv, (1, 0), apart=True))
            one.submit(Task("killed", signal.raise_signal, (signal.SIGKILL,), apart=True))
            one.submit(Task("exit", os._exit, (7,), apart=True))
            found = outcomes(one)
        assert found == {
            "set": None,
            "seen": False,
            "raises": Raised("ZeroDivisionError: division by zero"),
            "killed": Lost("its process was ended by SIGKILL: too little memory?"),
            "exit": Lost("its process ended with status 7"),
        }

    def test_sets_have_one_order_in_every_worker(self) -> None:
        """Of texts, whose hashes differ from process to process."""
        found = []
        for _ in range(2):
            with Workers(1, os.getpid) as one:
                one.submit(Task("order", hash, ("a text",)))
                found.append(outcomes(one)["order"])
        assert found[0] == found[1]

    def test_a_task_beyond_its_bound_is_ended(self, workers: Workers) -> None:
        """A task that takes too long is lost, and says why."""
        workers.submit(Task("long", time.sleep, (600,), 0.1))
        assert outcomes(workers) == {"long": Lost("it did not keep to its limits, and was ended")}

    def test_the_first_goes_before_those_that_wait(self) -> None:
        """A task that is to be first is done before those that wait already."""
        with Workers(1, os.getpid) as one:
            for number in (1, 2):
                one.submit(Task(number, abs, (number,)))
            one.submit(Task(3, abs, (3,)), first=True)
            assert list(outcomes(one)) == [3, 1, 2]

    def test_a_preparation_that_fails_is_told(self) -> None:
        """What the preparation raises comes of each task."""
        with Workers(1, operator.truediv, 1, 0) as one:
            one.submit(Task("a", abs, (1,)))
            assert outcomes(one) == {"a": Raised("ZeroDivisionError: division by zero")}


LEFT = """
import os, signal, time
from proofs.engine.workers import Task, Workers
if __name__ == "__main__":
    with Workers(2, os.getpid) as workers:
        for number in range(3):
            workers.submit(Task(number, time.sleep, (600,)))
        workers.submit(Task("pid", os.getpid, ()), first=True)
        print(workers.next()[1], flush=True)
        workers.next()
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_the_run(tmp_path: Path, how: signal.Signals) -> None:
    """Interrupted or killed, a run leaves no process behind."""
    script = tmp_path / "left.py"
    script.write_text(LEFT)
    command = [sys.executable, str(script)]
    kept = subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=kept, stderr=subprocess.DEVNULL, text=True, env=environment) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        process.send_signal(how)
        process.wait(30)
    for _ in range(300):
        if not Path(f"/proc/{worker}").exists():
            return
        time.sleep(0.1)
    pytest.fail("a worker is left")
