"""Where the runs of a study are evolved: one after the other here, or in worker processes.

An engine takes run folders and gives futures of outcomes, by the interface of `concurrent.futures`. A run
is begun by the process that hands it out (`runs.begin`) and evolved by whoever gets it (`runs.resume`), so
a run that was cut short, by anything, is handed out again like a new one.
"""

from __future__ import annotations

import errno
import gc
import itertools
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, TypeVar

from evomod.errors import EvomodError, Interrupted
from evomod.runs.measures import q_measures
from evomod.runs.run import resume
from evomod.studies.run_rows import run_rows

T = TypeVar("T")

ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""What the libraries behind NumPy read when it is loaded: runs share the machine, not their insides."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the evolution of a run folder ended; small, for it travels between processes."""

    ended: Literal["done", "stopped", "failed", "blocked"]
    """"blocked": what is wrong would be wrong with every other run, such as a full disk."""
    message: str = ""
    details: str = ""
    """The traceback of what is no user's mistake."""
    signal_number: int = signal.SIGINT
    files: dict[str, bytes] | None = None
    """The run folder, from a worker that does not see the study's."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What evolves run folders."""

    submit: Callable[[Path], Future[Outcome]]
    result: Callable[[Future[Outcome], Path], Outcome]
    """The outcome of a future that is done. Raises `BrokenExecutor` if the workers are gone."""
    at_once: Callable[[], int]
    """Runs that may be handed out and not yet back: enough that no worker waits."""
    stop: Callable[[], None]
    """Asks the runs to save their states and come back."""


def evolve_folder(folder: Path, watch: Callable[[int], bool]) -> Outcome:
    """Evolve a run folder to its end, measure its network and write its rows of the study's tables.

    Raises nothing: what happens is the outcome. The task file is executed: `study_folder.check_run` has found that
    it is the study's. A process that dies in between has lost measure and rows alone, which whoever gets the run
    next, or writes the tables, makes.
    """
    if next(EVOLVED) % SEARCH_EVERY == 0:
        gc.collect()
    try:
        run = resume(folder, progress=False, watch=watch, trust=True)
        q_measures(run)
        run_rows(folder, lambda folder: run)
    except Interrupted as stop:
        return Outcome("stopped", str(stop), signal_number=stop.signal_number)
    except EvomodError as error:
        return Outcome("blocked" if _is_full(error) else "failed", str(error))
    except Exception as error:
        return Outcome("failed", f"{type(error).__name__}: {error}", traceback.format_exc())
    return Outcome("done")


def _is_full(error: EvomodError) -> bool:
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


EVOLVED, SEARCH_EVERY = itertools.count(1), 256
"""Run folders that this process was given, and after how many it looks for garbage everywhere. A task is a module,
which its own functions refer to; Python looks for old rings of that kind so seldom that 10,000 runs took 32 MB."""


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes that are started in here give NumPy's libraries one thread."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@contextmanager
def pool(jobs: int) -> Iterator[Engine]:
    """Workers of this machine.

    They are spawned, not forked: nothing of this process is in them but its environment. Each holds the
    reading end of a pipe whose writing end is here alone: when it closes, because the study stops or
    because this process was killed, every worker saves its run and ends.
    """
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    with one_thread_each():
        executor = ProcessPoolExecutor(
            jobs, mp_context=context, initializer=_start_worker, initargs=(reader,)
        )

        def submit(folder: Path) -> Future[Outcome]:
            with _no_ctrl_c(), _without_main():  # a new process inherits that it does not hear it
                return executor.submit(_in_worker, str(folder))

        with _no_ctrl_c(), _without_main():
            for _ in range(jobs):
                executor.submit(int)  # starts a worker, a second of imports
        try:
            yield Engine(submit, lambda future, folder: future.result(), lambda: 2 * jobs, writer.close)
        finally:
            writer.close()
            executor.shutdown(wait=True, cancel_futures=True)
            reader.close()


def in_workers(
    function: Callable[..., T], calls: Sequence[tuple[Any, ...]], jobs: int | None
) -> list[T]:
    """What a function of evomod returns for each of these arguments, in their order, by so many processes.

    ``jobs``: None for one per core; with 1, or a single call, all happens here.
    """
    jobs = jobs or os.cpu_count() or 1
    if jobs == 1 or len(calls) < 2:
        return [function(*call) for call in calls]
    context = multiprocessing.get_context("spawn")
    with one_thread_each(), ProcessPoolExecutor(min(jobs, len(calls)), mp_context=context) as executor:
        with _without_main():
            found = executor.map(function, *zip(*calls, strict=True))
        return list(found)


HIDING = threading.RLock()


@contextmanager
def _without_main() -> Iterator[None]:
    """Processes that are started in here do not execute the user's script, of which they need nothing.

    They would where the script calls `run_study` and has no ``if __name__ == "__main__":``, and begin the study anew.
    """
    with HIDING:
        yield from _hidden_main()


def _hidden_main() -> Iterator[None]:
    main = sys.modules["__main__"]
    hidden: dict[str, Any] = {
        name: vars(main)[name] for name in ("__file__", "__spec__") if name in vars(main)
    }
    for name in hidden:
        delattr(main, name)
    main.__spec__ = None
    try:
        yield
    finally:
        del main.__spec__
        vars(main).update(hidden)


@contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """Hold Ctrl-C back; one that comes meanwhile is heard at the end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


STOPPING, BUSY = threading.Event(), threading.Event()
"""Of a worker process: whether the study stops, and whether a run is being evolved."""


def _start_worker(reader: Connection) -> None:
    """A terminal sends Ctrl-C to all processes: only a run, which saves its state, listens to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_heed, args=(reader,), daemon=True).start()


def _heed(reader: Connection) -> None:
    """Wait for the other end of the pipe to close; then see that no worker outlives its parent."""
    with suppress(EOFError, OSError):
        reader.recv_bytes()
    STOPPING.set()
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    while BUSY.is_set():
        time.sleep(0.05)
    os._exit(1)


def _in_worker(folder: str) -> Outcome:
    if STOPPING.is_set():
        return Outcome("stopped")
    BUSY.set()
    try:
        outcome = evolve_folder(Path(folder), lambda generation: STOPPING.is_set())
    finally:
        BUSY.clear()
    if outcome.ended == "stopped" and outcome.signal_number == signal.SIGTERM:
        os._exit(128 + signal.SIGTERM)  # the run is saved; this process was told to end
    return outcome
