"""Dask as an engine: the runs of a study on workers of many machines (extra ``cluster``).

Where a worker sees the study's folder, runs are evolved in it, and whoever gets a run after its worker
died goes on from the last checkpoint. Where it does not, the worker gets the run folder as bytes, evolves
it in a temporary folder and sends it back; if it dies, the next one begins from what was sent.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import socket
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError, shortened
from evomod.files.configs import read_config
from evomod.files.disk import is_file, reports_disk_errors, write_whole
from evomod.files.provenance import versions
from evomod.runs.run import load_run
from evomod.runs.warmup import compile_for
from evomod.studies.engines import Engine, Outcome, evolve_folder
from evomod.studies.folder import is_done
from evomod.studies.stated import load_manifest
from evomod.task import read_task

CONNECT_SECONDS, ASK_SECONDS, HELD_SECONDS = 20.0, 30.0, 60.0
LAST = ("checkpoint.npz", "complete")
"""Files that say that others are there, so they are written after them."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker gets to do."""

    folder: str
    """The run's, absolute, where the study is."""
    study: str
    """The id in the study's manifest, by which a worker knows whether it sees the same folder."""
    files: dict[str, bytes]
    """The run folder, as far as it is."""
    versions: dict[str, str]
    session: str
    """Name of the event that is set when the study stops."""


@contextmanager
def _quiet() -> Iterator[None]:
    """Without dask's log: a worker or a scheduler that dies is told in a sentence."""
    from_dask = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    before = {name: logging.getLogger(name).level for name in from_dask}
    for name in from_dask:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def check_where(where: str) -> None:
    """Refuse, before anything is written, workers that cannot be had: as far as that is quickly known."""
    try:
        from distributed.comm.addressing import get_address_host_port, parse_address
    except ImportError:
        raise EvomodError(
            "--dask wants dask.distributed: install evomod with its extra, `pip install evomod[cluster]`."
        ) from None
    if where == "local":
        return
    if where.endswith(".toml"):
        _slurm_settings(Path(where))
        return
    try:
        scheme, _ = parse_address(where)
        if scheme in ("tcp", "tls"):
            socket.create_connection(get_address_host_port(where), CONNECT_SECONDS).close()
    except (OSError, ValueError, TypeError, OverflowError) as error:
        raise EvomodError(_no_scheduler(where, error)) from None


def _no_scheduler(where: str, error: Exception) -> str:
    return (
        f"no dask scheduler answers at {where} ({type(error).__name__}); wanted an address such as "
        "tcp://host:8786, and a running `dask scheduler` there."
    )


@contextmanager
def cluster(where: str, jobs: int, folder: Path) -> Iterator[Engine]:
    """Workers of dask: ``local``, the address of a scheduler, or a TOML with a table ``[slurm]``."""
    from distributed import Event

    with _quiet(), ExitStack() as stack:
        client = _client(where, jobs, stack)
        _check_workers(client)
        executor, session = client.get_executor(pure=False), f"evomod-{uuid.uuid4().hex}"
        stopping = Event(session, client=client)
        study, ours = load_manifest(folder)["id"], versions()

        def submit(place: Path) -> Future[Outcome]:
            _check_connected(client, where)
            order = Order(str(place.absolute()), study, _files(place), ours, session)
            future: Future[Outcome] = executor.submit(evolve_order, order)
            return future

        def stop() -> None:
            stopping.set()  # for runs that begin from now on
            client.run(note_stop, session, on_error="ignore")
            if not client.scheduler_info()["workers"]:
                executor.shutdown(wait=False)

        def result(future: Future[Outcome], place: Path) -> Outcome:
            return _result(future, place, lambda: _check_connected(client, where))

        try:
            yield Engine(submit, result, lambda: 2 * sum(client.nthreads().values()) + 2, stop)
        finally:
            with suppress(Exception):  # the scheduler may be gone
                stopping.set()
                executor.shutdown(wait=False)


def evolve_order(order: Order) -> Outcome:
    """Evolve a run folder, in the study's folder or in a temporary one. Called by a worker."""
    other = _other_versions(order.versions, versions())
    if other:
        return Outcome("blocked", f"a worker has {other}; results could differ. Install the same there.")
    watch = _watch(order.session)
    if watch(0):
        return Outcome("stopped")
    place = Path(order.folder)
    if _sees(place, order.study):
        return _evolve_when_free(place, watch)
    with tempfile.TemporaryDirectory(prefix="evomod-") as home:
        copy = Path(home) / place.parent.name / place.name
        try:
            _write_files(copy, order.files)
            outcome = _evolve(copy, watch)
            return replace(outcome, files=_files(copy), message=outcome.message.replace(f"{home}/", ""))
        except (OSError, EvomodError) as error:
            return Outcome("blocked", f"a worker cannot use its temporary folder: {error}")


STOPPED: set[str] = set()
"""Of a worker: sessions that stop. They are told once each, where every run would ask the scheduler for ever."""


def note_stop(session: str) -> None:
    """Called in every worker when the study stops."""
    STOPPED.add(session)


COMPILED: set[bytes] = set()
"""Of a worker: digests of configs and tasks whose kernels it has; to see that takes 90 ms a run."""


def _evolve(place: Path, watch: Callable[[int], bool]) -> Outcome:
    files = [(place / name).read_bytes() for name in ("config.toml", "task.py")]
    wanted = hashlib.sha256(b"".join(files)).digest()
    if wanted not in COMPILED:
        compile_for(
            load_run(place).config, read_task(place / "task.py")
        )  # the worker may not have the task
        COMPILED.add(wanted)
    return evolve_folder(place, watch)


def _evolve_when_free(place: Path, watch: Callable[[int], bool]) -> Outcome:
    """Whoever held the run before, and lost touch with the study, needs a moment to notice."""
    begun = time.monotonic()
    while True:
        outcome = _evolve(place, watch)
        is_held = outcome.ended == "failed" and "another process is writing" in outcome.message
        if not is_held or time.monotonic() - begun > HELD_SECONDS:
            return outcome
        time.sleep(1.0)


def _sees(place: Path, study: str) -> bool:
    try:
        return bool(load_manifest(place.parent.parent)["id"] == study)
    except (EvomodError, KeyError):
        return False


def _watch(session: str) -> Callable[[int], bool]:
    """Whether the study stops, or this task was cancelled, as it is when the study's process dies.

    The scheduler is asked when the run begins, and now and then for a worker that was out of touch when all
    were told.
    """
    from distributed import Event, get_worker
    from distributed.worker import thread_state

    worker, key, event = get_worker(), thread_state.key, Event(session)
    known = {"asked": -ASK_SECONDS, "stops": False}

    def watch(generation: int) -> bool:
        now, task = time.monotonic(), worker.state.tasks.get(key)
        is_wanted = task is not None and task.state == "executing" and session not in STOPPED
        if is_wanted and not known["stops"] and now - known["asked"] > ASK_SECONDS:
            known["stops"], known["asked"] = event.is_set(), now
        return bool(known["stops"]) or not is_wanted

    return watch


def _files(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(place.iterdir()) if path.suffix != ".part"}


def _write_files(place: Path, files: dict[str, bytes]) -> None:
    with reports_disk_errors(place):
        place.mkdir(parents=True, exist_ok=True)
        for name in sorted(files, key=lambda name: (name in LAST, name)):
            write_whole(place / name, files[name])


def _result(future: Future[Outcome], place: Path, check_connected: Callable[[], None]) -> Outcome:
    """The outcome, with what came back written into the study's folder."""
    from distributed import KilledWorker

    if future.cancelled():
        check_connected()
        return Outcome("stopped")
    error = future.exception()
    if isinstance(error, KilledWorker):
        return Outcome("failed", f"workers died of it: {error}.")
    if error is not None:
        check_connected()
        if "evomod" in str(error) and isinstance(error, ImportError | RuntimeError):
            return Outcome("blocked", f"{MISSING} ({error}).")
        return Outcome("failed", f"{type(error).__name__}: {error}")
    outcome = future.result()
    if outcome.files is not None and not is_done(place):
        _write_files(place, outcome.files)
    return replace(outcome, files=None)


MISSING = "a worker has no evomod, or another one: install the same version there"


def _other_versions(ours: dict[str, str], theirs: dict[str, str]) -> str | None:
    """What decides a result and differs, in words."""
    for name in ("evomod", "numpy", "numba"):
        if ours[name] != theirs.get(name):
            return f"{name} {theirs.get(name)} and the study runs with {ours[name]}"
    return None


def _client(where: str, jobs: int, stack: ExitStack) -> Any:
    from distributed import Client, LocalCluster

    if where == "local":
        workers = LocalCluster(  # any port that is free, or a second study would warn of the first
            n_workers=jobs,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
        )
        return stack.enter_context(Client(stack.enter_context(workers)))
    if where.endswith(".toml"):
        return stack.enter_context(Client(stack.enter_context(_slurm(Path(where)))))
    try:
        return stack.enter_context(Client(where, timeout=CONNECT_SECONDS))
    except (OSError, ValueError, TypeError) as error:
        raise EvomodError(_no_scheduler(where, error)) from None


def _slurm(path: Path) -> Any:
    """A cluster that asks SLURM for workers, see `_slurm_settings`."""
    from dask_jobqueue import SLURMCluster

    jobs, settings = _slurm_settings(path)
    try:
        found = SLURMCluster(**settings)
        found.scale(jobs=jobs)
    except (TypeError, ValueError, OSError, RuntimeError) as error:
        raise EvomodError(f"{path}: {error}.") from None
    return found


def _slurm_settings(path: Path) -> tuple[int, dict[str, Any]]:
    """Number of workers, and settings of a cluster that asks SLURM for workers. The TOML holds what dask-jobqueue's SLURMCluster takes, and jobs.

    For example::

        [slurm]
        jobs = 40              # workers, each one core
        queue = "normal"
        cores = 1
        memory = "2GB"
        walltime = "24:00:00"
    """
    if not is_file(path):
        raise EvomodError(f"there is no description of a cluster {shortened(path)}.")
    data = read_config(path)
    table = data.get("slurm")
    if set(data) != {"slurm"} or not isinstance(table, dict) or not isinstance(table.get("jobs"), int):
        raise EvomodError(f"{path}: wanted one table [slurm] with jobs = the number of workers.")
    try:
        import dask_jobqueue  # noqa: F401 - is it there?
    except ImportError:
        raise EvomodError(
            "a SLURM cluster wants dask-jobqueue: `pip install evomod[cluster]`."
        ) from None
    if shutil.which("sbatch") is None:
        raise EvomodError(
            f"{path}: there is no command sbatch here; start this on a machine of the cluster."
        )
    return table["jobs"], {"cores": 1, "processes": 1} | {k: v for k, v in table.items() if k != "jobs"}


def _check_workers(client: Any) -> None:
    """Ask the workers that are there; those that come later answer with their first run."""
    try:
        found = client.run(versions)
    except Exception as error:
        raise EvomodError(f"{MISSING} ({type(error).__name__}: {error}).") from None
    if not found:
        print("evomod: dask has no worker yet; the study begins when one comes.", file=sys.stderr)
    for address, theirs in found.items():
        other = _other_versions(versions(), theirs)
        if other:
            raise EvomodError(
                f"the worker at {address} has {other}; results could differ. Install the same there."
            )


def _check_connected(client: Any, where: str) -> None:
    if client.status != "running":
        raise EvomodError(
            f"the dask scheduler ({where}) is gone. What is done is kept; start it again, and then the "
            "same command."
        )
