"""Workers: processes that do the tasks of a run, each one task at a time.

A worker that dies, of a lack of memory say, takes the task with it that it was at, and no other: another worker
takes its place. A task may have a bound of time, beyond which its worker is ended; a solver that keeps to its own
limits never meets it. No worker outlives the run, however that ends.
"""

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any

import attrs


@attrs.frozen
class Lost:
    """What comes of a task whose worker died."""

    reason: str
    """How it died."""


@attrs.frozen
class Raised:
    """What comes of a task that raised an exception."""

    error: str
    """The exception as text, its class first."""


@attrs.frozen
class Task:
    """A function to call in a worker."""

    key: Any
    """What the task is to the run."""
    function: Callable[..., Any]
    """The function, of the top level of a module."""
    arguments: tuple[Any, ...]
    """Its arguments."""
    seconds: float | None = None
    """The time after which its worker is ended."""
    apart: bool = False
    """It is done in a copy of the worker as that was once prepared, so that nothing done before has part in it."""


@attrs.define(eq=False)
class _Worker:
    process: Any
    connection: Connection
    task: Task | None = None
    begun: float = 0.0

    @property
    def deadline(self) -> float | None:
        limit = None if self.task is None else self.task.seconds
        return None if limit is None else self.begun + limit


class Workers:
    """Some processes, started as tasks come, which ``prepare`` themselves before the first one."""

    def __init__(self, jobs: int, prepare: Callable[..., object], *arguments: Any) -> None:
        self._jobs = jobs
        self._prepare = (prepare, arguments)
        self._workers: list[_Worker] = []
        self._tasks: deque[Task] = deque()

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def submit(self, task: Task, *, first: bool = False) -> None:
        """Add a task, before all that wait if it is to be the first."""
        if first:
            self._tasks.appendleft(task)
        else:
            self._tasks.append(task)

    def next(self) -> tuple[Any, Any] | None:
        """Return the key of a task that is done and what came of it; None when there is none left."""
        while True:
            self._assign()
            busy = [worker for worker in self._workers if worker.task is not None]
            if not busy:
                return None
            deadlines = [worker.deadline for worker in busy if worker.deadline is not None]
            left = max(0.0, min(deadlines) - time.monotonic()) if deadlines else None
            ready = wait([worker.connection for worker in busy], left)
            for worker in busy:
                if worker.connection in ready:
                    return self._outcome(worker)
            for worker in busy:
                if worker.deadline is not None and worker.deadline <= time.monotonic():
                    return self._ended(worker, "it did not keep to its limits, and was ended")

    def close(self) -> None:
        """End every worker at once."""
        self._tasks.clear()
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.connection.close()
        self._workers.clear()

    def _assign(self) -> None:
        idle = [worker for worker in self._workers if worker.task is None]
        while self._tasks and (idle or len(self._workers) < self._jobs):
            worker = idle.pop() if idle else self._started()
            task = self._tasks.popleft()
            try:
                worker.connection.send((task.function, task.arguments, task.apart))
            except OSError:  # It died while it was idle.
                self._remove(worker)
                self._tasks.appendleft(task)
                continue
            worker.task, worker.begun = task, time.monotonic()

    def _started(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, *self._prepare), daemon=True)
        with _plain_hashes():
            process.start()
        theirs.close()  # So that the end of the worker is the end of the pipe.
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _outcome(self, worker: _Worker) -> tuple[Any, Any]:
        try:
            outcome = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join()
            return self._ended(worker, _death(worker.process.exitcode))
        task, worker.task = worker.task, None
        return task.key if task else None, outcome

    def _ended(self, worker: _Worker, reason: str) -> tuple[Any, Any]:
        self._remove(worker)
        return worker.task.key if worker.task else None, Lost(reason)

    def _remove(self, worker: _Worker) -> None:
        worker.process.kill()
        worker.process.join()
        worker.connection.close()
        self._workers.remove(worker)


@contextlib.contextmanager
def _plain_hashes() -> Iterator[None]:
    """Start processes in which sets have one order: what a solver is asked is the same in every run."""
    kept = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = "0"
    try:
        yield
    finally:
        if kept is None:
            del os.environ["PYTHONHASHSEED"]
        else:
            os.environ["PYTHONHASHSEED"] = kept


def _death(status: int | None) -> str:
    """Return how a process died, from its exit status."""
    if status is not None and status < 0:
        name = signal.Signals(-status).name
        hint = ": too little memory?" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{hint}"
    return f"its process ended with status {status}"


PR_SET_PDEATHSIG = 1
"""Linux, prctl(2): the signal that a process gets when its parent ends."""


# -- in a worker -------------------------------------------------------------------------------------------------


def _work(connection: Connection, prepare: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The run is told, and ends its workers.
    _die_with_parent()  # A solver may hold the interpreter for minutes, and with it the thread below.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepared = False
    while True:
        try:
            function, given, apart = connection.recv()
        except EOFError:
            return
        try:
            if not prepared:
                prepare(*arguments)
                prepared = True
            outcome = _apart(function, given) if apart else function(*given)
        except Exception as error:
            outcome = _raised(error)
        connection.send(outcome)


def _raised(error: Exception) -> Raised:
    return Raised(f"{type(error).__name__}: {error}")


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _apart(function: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    """Return what a function returns in a copy of this process, or how the copy died."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    copy = os.fork()
    if copy == 0:
        _die_with_parent()
        try:
            theirs.send(function(*given))
        except Exception as error:
            theirs.send(_raised(error))
        os._exit(0)
    theirs.close()  # So that the end of the copy is the end of the pipe.
    try:
        return ours.recv()
    except EOFError:
        return Lost(_death(os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])))
    finally:
        ours.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(copy, 0)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
