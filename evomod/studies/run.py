"""Run a study: hand out what is left, take back what comes, and go on wherever it was stopped."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Any

from tqdm import tqdm

from evomod.errors import EvomodError, Interrupted
from evomod.runs.run import Beginning, beginning, noted_signals
from evomod.runs.warmup import announce, compile_for
from evomod.studies.definition import Replicate, Study, replicates_of, users_files_of
from evomod.studies.engines import Engine, Outcome, evolve_folder, pool
from evomod.studies.folder import (
    begin_run,
    begin_session,
    done_among,
    end_session,
    generation_of,
    opened,
    write_failures,
)
from evomod.studies.tables import StudyFolder, load_study, write_tables
from evomod.trust import flag

MOST_BREAKS = 5
"""Times that workers may die one after the other without any run having ended in between."""
SHOW_SECONDS = 0.5


@dataclass(slots=True)
class Session:
    """What one call has to do, and what has come of it."""

    study: Study
    folder: Path
    waiting: deque[Replicate]
    bar: Any
    finished: int
    """Generations of the runs that are done, each counted with all it could have had."""
    caught: list[int]
    """Signals that ask to stop."""
    running: dict[Future[Outcome], Replicate] = field(default_factory=dict)
    failures: list[dict[str, Any]] = field(default_factory=list)
    blocked: str = ""
    """Why nothing further can run, if so."""
    beginnings: dict[str, Beginning] = field(default_factory=dict)
    """What runs begin with, by treatment: made once, 7 ms a replicate less."""
    shown: float = 0.0
    """When the bar was last moved."""

    @property
    def stops(self) -> bool:
        return bool(self.caught or self.blocked)


def run_study(
    study: Study,
    out: str | Path,
    *,
    jobs: int | None = None,
    dask: str | None = None,
    shard: tuple[int, int] | None = None,
    progress: bool | None = None,
) -> StudyFolder:
    """Run what is left of a study in its folder, and write the tables.

    A run that fails stops no other; it is in `StudyFolder.failures`.

    Parameters
    ----------
    study
        Of `load_definition`.
    out
        The folder: empty, or of this study.
    jobs
        Worker processes, by default one per core; with 1 runs are evolved here, one after the other.
    dask
        "local", a scheduler's address or a cluster's TOML, see `evomod.studies.cluster`.
    shard
        ``(i, n)``: evolve here every n-th replicate, beginning with the i-th, and write no tables.
    progress
        None shows a bar on a terminal only.

    Returns
    -------
    StudyFolder
        The folder, read.

    Raises
    ------
    EvomodError
        If the folder is another study's, the disk is full or workers keep dying.
    Interrupted
        On Ctrl-C or SIGTERM: what is done stays done, and the same call resumes.
    """
    folder = Path(out)
    _check_where(jobs, dask, shard)
    with opened(study, folder, shared=shard is not None):
        first, step = (shard[0] - 1, shard[1]) if shard else (0, 1)
        mine = replicates_of(study)[first::step]
        done = done_among(mine, study, folder)
        todo = [replicate for replicate in mine if replicate.key not in done]
        if todo:
            place = begin_session(folder)
            announce(*{treatment.config.network.encoding for treatment in study.treatments})
        session = _evolved(
            study, folder, mine, todo, _engine(folder, jobs, dask, shard, len(todo)), progress
        )
        _raise_if_stopped(session)
        write_failures(folder, session.failures, shard)
        if shard is None:
            write_tables(folder)
        if todo and not session.failures:
            end_session(folder, place)
    return load_study(folder)


def _check_where(jobs: int | None, dask: str | None, shard: tuple[int, int] | None) -> None:
    """Refuse what contradicts itself."""
    if shard is not None and (jobs is not None or dask is not None):
        raise EvomodError("a shard evolves its runs in this one process; leave out the jobs or dask.")
    if shard is not None and not 1 <= shard[0] <= shard[1]:
        raise EvomodError(f"shard {shard[0]}/{shard[1]}: wanted i/n with 1 <= i <= n, such as 3/40.")
    if jobs is not None and jobs < 1:
        raise EvomodError(f"wanted one job or more, got {jobs}.")
    if jobs is not None and dask not in (None, "local"):
        raise EvomodError("jobs are workers of this machine; a scheduler or a cluster has its own.")
    if dask is not None:
        from evomod.studies.cluster import check_where

        check_where(dask)


Make = Callable[[], AbstractContextManager[Engine]]


def _engine(
    folder: Path, jobs: int | None, dask: str | None, shard: tuple[int, int] | None, runs: int
) -> Make | None:
    """What evolves so many runs; None: this process does, one after the other."""
    jobs = jobs or os.cpu_count() or 1
    if dask is not None:
        from evomod.studies.cluster import cluster

        return partial(cluster, dask, jobs, folder)
    jobs = min(jobs, runs)
    return None if jobs <= 1 or shard is not None else partial(pool, jobs)


def _evolved(
    study: Study,
    folder: Path,
    mine: list[Replicate],
    todo: list[Replicate],
    make: Make | None,
    progress: bool | None,
) -> Session:
    """Evolve what is to do, with a bar over all that is this call's."""
    total = sum(map(_generations, mine))
    finished = total - sum(map(_generations, todo))
    shows = sys.stderr.isatty() if progress is None else progress
    with (
        noted_signals() as caught,
        tqdm(total=total, initial=finished, disable=not shows, unit="gen", unit_scale=True) as bar,
    ):
        session = Session(study, folder, deque(todo), bar, finished, caught)
        if make is None:
            _one_by_one(session)
        elif todo:
            _with_engine(session, make)
    return session


def _generations(replicate: Replicate) -> int:
    return replicate.treatment.config.evolution.generations


def _compile(session: Session) -> None:
    """Before any worker, two of which should not compile the same at once."""
    for treatment in session.study.treatments:
        if session.waiting and not session.stops:
            compile_for(treatment.config)


def _one_by_one(session: Session) -> None:
    _compile(session)
    while session.waiting and not session.stops:
        replicate = session.waiting.popleft()
        place = _begun(session, replicate)

        def watch(generation: int) -> bool:
            _show(session, generation)
            return session.stops

        outcome = evolve_folder(place, watch)
        if outcome.ended == "stopped":
            session.caught.append(outcome.signal_number)
        _settle(session, replicate, outcome)
        _show(session)


def _with_engine(session: Session, make: Make) -> None:
    """Hand everything out; when workers die, others go on from what their runs saved."""
    breaks = 0
    while session.waiting and not session.stops:
        before = session.finished
        try:
            with make() as engine:
                _compile(session)  # while workers start
                _hand_out(session, engine)
        except BrokenExecutor:
            session.waiting.extendleft(reversed(session.running.values()))
            session.running.clear()
            breaks = 1 if session.finished > before else breaks + 1
            if breaks == MOST_BREAKS and not session.stops:
                raise EvomodError(
                    f"workers died {breaks} times in a row before a run had ended; mostly that is for want of "
                    f"memory. All states are saved: go on with `evomod study {quote(str(session.folder))} --jobs 1`."
                ) from None


def _hand_out(session: Session, engine: Engine) -> None:
    is_told = False
    while session.waiting or session.running:
        if session.stops and not is_told:
            is_told = True
            session.waiting.clear()
            engine.stop()
        most = engine.at_once() if session.waiting else 0  # dask asks its scheduler
        while session.waiting and len(session.running) < most and not session.stops:
            future = engine.submit(_begun(session, session.waiting[0]))
            session.running[future] = session.waiting.popleft()
        for future in wait(session.running, timeout=0.5, return_when=FIRST_COMPLETED).done:
            try:
                place = session.folder / session.running[future].place
                outcome = engine.result(future, place)
            except CancelledError:
                outcome = Outcome("stopped")
            _settle(session, session.running.pop(future), outcome)
        if not session.running or time.monotonic() - session.shown > SHOW_SECONDS:
            _show(session)  # which looks into the log of every run
            session.shown = time.monotonic()


def _begun(session: Session, replicate: Replicate) -> Path:
    """The run's folder, ready to be evolved."""
    treatment = replicate.treatment
    if treatment.name not in session.beginnings:
        session.beginnings[treatment.name] = beginning(treatment.config)
    return begin_run(replicate, session.folder, session.beginnings[treatment.name])


def _settle(session: Session, replicate: Replicate, outcome: Outcome) -> None:
    """Note what came of a run."""
    if outcome.ended == "stopped":
        if not session.stops:
            session.waiting.append(replicate)
        return
    if outcome.ended == "blocked":
        session.blocked = outcome.message
        return
    session.finished += _generations(replicate)
    if outcome.ended == "failed":
        config = session.folder / replicate.place / "config.toml"
        again = f"evomod evolve {quote(str(config))} --seed {replicate.seed} --out again"
        failure = {
            "treatment": replicate.treatment.name,
            "replicate": replicate.number,
            "seed": replicate.seed,
            "config": str(config),
            "repeat": again,
            "message": outcome.message,
            "details": outcome.details,
        }
        session.failures.append(failure)
        tqdm.write(
            f"evomod: {replicate.place} failed: {outcome.message} Repeat it with `{again}`.",
            file=sys.stderr,
        )


def _show(session: Session, here: int = 0) -> None:
    """Move the bar to the generations that were evolved; what runs elsewhere is read from its log."""
    if session.bar.disable:
        return
    places = [session.folder / replicate.place for replicate in session.running.values()]
    session.bar.n = session.finished + here + sum(map(generation_of, places))
    left = len(session.waiting) + max(len(places), here > 0)
    session.bar.set_postfix_str(f"{left} runs left")  # and draws it


def _raise_if_stopped(session: Session) -> None:
    replicates = replicates_of(session.study)
    done = done_among(replicates, session.study, session.folder)
    state = f"{len(done)} of {len(replicates)} runs are done, and what had begun is saved"
    trust = flag(*(session.folder / name for name in users_files_of(session.study)))
    if session.blocked:
        raise EvomodError(
            f"{session.blocked} The study stops: {state}. Then go on with `evomod study {quote(str(session.folder))}{trust}`."
        )
    if session.caught:
        raise Interrupted(
            f"stopped; {state}. Go on with `evomod study {quote(str(session.folder))}{trust}`.",
            session.caught[0],
        )
