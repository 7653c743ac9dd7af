"""A study's folder: what it must hold to be this study's, and how far each of its runs is.

``study.toml`` (every treatment in full), ``manifest.json``, and a run folder ``<treatment>/<replicate>/``
for every replicate; then the tables of `study_tables`, and ``failures.json`` if something failed.
"""

from __future__ import annotations

import ast
import hashlib
import math
import os
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from shlex import quote
from statistics import median
from typing import Any, Literal

from evomod.config import users_files
from evomod.errors import EvomodError
from evomod.files.disk import (
    exists,
    is_locked,
    locked,
    reports_disk_errors,
    write_json,
    write_whole,
)
from evomod.files.provenance import check_version, commit, now, versions
from evomod.files.tables import Key, lines_by_run
from evomod.runs.run import Beginning, Run, begin, holds_beginning, load_run
from evomod.studies.definition import (
    Replicate,
    Study,
    Treatment,
    changed_setting,
    difference,
    dump_study,
    place_of,
    read_definition,
    replicates_of,
    users_files_of,
    with_edited_files,
)
from evomod.studies.networks import networks_by_run
from evomod.studies.stated import STUDY_FORMAT, load_manifest

OURS = {"study.toml", "manifest.json", "study.lock", "study.turn", "failures.json"}

SESSION = ("argv", "commit", "versions", "start", "end")
"""What is known of a call that evolved runs."""

State = Literal["done", "running", "begun", "left"]
STATES: tuple[State, ...] = ("done", "running", "begun", "left")


@contextmanager
def opened(study: Study, folder: Path, *, shared: bool) -> Iterator[None]:
    """Make the folder this study's, or make sure that it is, down to every run; hold it meanwhile.

    ``shared`` with other shards. Raises `EvomodError` for the folder of another study or version, for a
    run that is not this study's, and while another process works on it.
    """
    _claim(study, folder)  # before anything is put into a folder that is another's
    if exists(folder) and not (folder / "study.lock").exists():
        _check_runs(study, folder)
    with held(folder, shared=shared):
        _check_runs(study, folder)
        with one_at_a_time(folder):
            corrected = _claim(study, folder)  # shards begin together: another may have begun meanwhile
            with reports_disk_errors(folder):
                write_json(folder / "manifest.json", _manifest(study, folder))
                for name, content in users_files_of(study).items():
                    # a copy that was edited is refused where it is read
                    if corrected or not (folder / name).exists():
                        write_whole(folder / name, content)
                write_whole(folder / "study.toml", dump_study(study).encode())
        yield


def _check_runs(study: Study, folder: Path) -> None:
    """Refuse runs that are another study's, and tables that would lose rows."""
    kept_runs(study, folder)
    for replicate in replicates_of(study):
        check_run(replicate, folder / replicate.place)


def _claim(study: Study, folder: Path) -> bool:
    """Refuse a folder that is not this study's; returns whether a user's file was corrected since it was begun.

    It may be where no run of its treatments is there: then nothing was made with it that is kept.
    """
    if exists(folder) and not folder.is_dir():
        raise EvomodError(f"{folder} is a file; give a folder with --out.")
    if (folder / "study.toml").exists():
        manifest = load_manifest(folder)
        check_version(folder, manifest)
        theirs = read_definition(folder / "study.toml")
        changed = with_edited_files(study, theirs)
        for name in changed:
            _refuse_made_with_another_text(study, folder, name)
        kept = tuple(t for t in theirs.treatments if t.name not in changed)
        other = difference(study, replace(theirs, treatments=kept), may_grow=True)
        other = other or other_task(study, manifest)
        if other:
            raise EvomodError(f"{folder} holds another study: {other}. Give another folder with --out.")
        return bool(changed)
    names = {treatment.name for treatment in study.treatments} | OURS | set(users_files_of(study))
    found = {path.name.removesuffix(".part") for path in folder.glob("*")}
    foreign = sorted(found - names)
    if foreign:
        raise EvomodError(
            f"{folder} is no study's folder and holds '{foreign[0]}'; give another folder with --out."
        )
    return False


def _refuse_made_with_another_text(study: Study, folder: Path, treatment: str) -> None:
    """Refuse a treatment with runs that were made with another text of a user's file."""
    table = folder / "summary.csv"
    in_table = table.exists() and any(name == treatment for name, _ in lines_by_run(table))
    if not (exists(folder / treatment) or in_table):
        return
    told = f"{folder}: a file of treatment '{treatment}' was edited since its runs were made. Put the file back as it was"
    if in_table and kept_runs(study, folder):
        raise EvomodError(
            f"{told}, or give another folder with --out: the tables here hold runs without folders."
        )
    files = f"{folder / treatment}" + (f" and {table} (it is written anew)" if in_table else "")
    raise EvomodError(
        f"{told}; or take {files} away and give the same command again: its runs begin anew, and those of other treatments stay."
    )


def other_task(study: Study, manifest: dict[str, Any]) -> str | None:
    """A treatment whose truth tables are not those that the study began with; runs may be gone by now."""
    theirs = manifest.get("tasks", {})
    for name, digest in _tasks(study).items():
        if theirs.get(name, digest) != digest:
            return f"the task of treatment '{name}' had other truth tables"
    return None


def _tasks(study: Study) -> dict[str, str]:
    """A digest of the truth tables of every treatment."""
    found = {}
    for treatment in study.treatments:
        digest = hashlib.sha256()
        for goal, table in treatment.task.tables.items():
            digest.update(goal.encode() + table.tobytes())
            if goal in treatment.task.counted:
                digest.update(treatment.task.counted[goal].tobytes())
        if treatment.task.fitness is not None:
            digest.update(repr(treatment.task.fitness).encode())
        found[treatment.name] = digest.hexdigest()[:16]
    return found


def _manifest(study: Study, folder: Path) -> dict[str, Any]:
    """A new one, or the folder's with the tasks of treatments that the study has gained."""
    new = {"format": STUDY_FORMAT, "id": uuid.uuid4().hex, "versions": versions(), "sessions": []}
    old = load_manifest(folder) if (folder / "manifest.json").exists() else new
    return old | {"tasks": _tasks(study)}


def sessions_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Every call that evolved runs of a study, see `SESSION`; its end is None if it was stopped or a run failed.

    A manifest from before sessions were kept tells of the first alone, beside its other keys.
    """
    found: list[dict[str, Any]] = manifest.get("sessions", [{key: manifest.get(key) for key in SESSION}])
    return found


def begin_session(folder: Path) -> int:
    """Add this call to the sessions in the study's manifest; returns its place among them."""
    session = dict(zip(SESSION, (sys.argv, commit(), versions(), now(), None), strict=True))
    with one_at_a_time(folder), reports_disk_errors(folder):  # shards begin together
        manifest = load_manifest(folder)
        before = sessions_of(manifest)
        rest = {key: manifest[key] for key in manifest if key == "versions" or key not in SESSION}
        write_json(folder / "manifest.json", rest | {"sessions": [*before, session]})
    return len(before)


def end_session(folder: Path, place: int) -> None:
    """Note in the study's manifest that the session in this place has ended."""
    with one_at_a_time(folder), reports_disk_errors(folder):
        manifest = load_manifest(folder)
        manifest["sessions"][place]["end"] = now()
        write_json(folder / "manifest.json", manifest)


def check_run(replicate: Replicate, folder: Path) -> None:
    """Raises `EvomodError` if a run folder holds another run than the study's."""
    if not (folder / "manifest.json").exists():
        if folder.exists() and not holds_beginning(folder, users_files(replicate.treatment.config)):
            raise EvomodError(f"{folder} is no run folder and not empty; take it away.")
        return
    run = load_run(folder)
    check_version(folder, run.manifest)
    other = _foreign(replicate, run)
    if other:
        raise EvomodError(
            f"{folder} holds another run than the study's: {other}. Take it away, or give another folder "
            "with --out."
        )


def _foreign(replicate: Replicate, run: Run) -> str | None:
    """The first difference between a run and what the study wants of it, in words."""
    wanted = {"entropy": replicate.seed, "spawn_key": []}
    if run.manifest["seed"] != wanted:
        return f"its seed is {run.manifest['seed'].get('entropy')}, not {replicate.seed}"
    changed = changed_setting(replicate.treatment.config, run.config)
    if changed:
        return f"it has {changed}"
    return (
        None
        if _same_task(replicate.treatment, run.folder)
        else "its task.py is another than the study's"
    )


def _same_task(treatment: Treatment, folder: Path) -> bool:
    """Whether a run's copy of the task is the study's, by its text or else by its code; nothing is executed."""
    ours, copy = treatment.task.path, folder / "task.py"
    try:
        assert ours is not None
        texts = [path.read_bytes() for path in (ours, copy)]
        return texts[0] == texts[1] or len({ast.dump(ast.parse(text)) for text in texts}) == 1
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):  # of what is no Python code
        return False


def begin_run(replicate: Replicate, folder: Path, first: Beginning | None = None) -> Path:
    """The run's folder, made if it is not there; what a killed process left half made is made again.

    ``first``: what the treatment's runs begin with, where it is known.
    """
    place = folder / replicate.place
    if not (place / "manifest.json").exists():
        for path in place.glob("*"):
            if path.name != "log.csv":  # which is the run's lock
                path.unlink()
        begin(first or replicate.treatment.config, replicate.seed, place)
    return place


def is_done(folder: Path) -> bool:
    """Whether a run has ended as it should."""
    return _end_of(str(folder)) is not None


def _end_of(folder: str) -> float | None:
    """When a run has ended as it should, in seconds; 10,000 are asked in a third of the time that joined paths take."""
    try:
        os.stat(f"{folder}/log.csv")  # noqa: PTH116
        return os.stat(f"{folder}/complete").st_mtime  # noqa: PTH116
    except OSError:
        return None


def kept_runs(study: Study, folder: Path) -> set[Key]:
    """Runs without a folder that the tables have: they are done.

    A run folder is up to megabytes, and what figures need of it is some kilobytes: so it may be deleted, or be left
    behind on another machine, and more replicates be added to the tables that stay.

    Their lines in summary.csv and networks.json.gz are needed; a course, which older tables lack, is not.

    Raises `EvomodError` for a damaged table, and if a table holds more replicates than the study now has, for
    then their rows would be lost.
    """
    summary, networks = folder / "summary.csv", folder / "networks.json.gz"
    if not (summary.exists() and networks.exists()):
        return set()
    runs = set(lines_by_run(summary))
    last = max((number for _, number in runs), default=-1)
    if last >= study.replicates:
        raise EvomodError(
            f"the tables of {folder} hold {last + 1} replicates, and would lose those beyond the "
            f"{study.replicates} that are asked for: give --replicates {last + 1} or more, or another folder with "
            "--out."
        )
    gone = {
        run
        for run in runs
        if not os.path.exists(f"{folder}/{place_of(run)}/manifest.json")  # noqa: PTH110 - less than half of the time of paths
    }
    return gone & set(networks_by_run(networks)) if gone else gone


def done_among(replicates: Sequence[Replicate], study: Study, folder: Path) -> set[Key]:
    """Keys of the replicates that are done, those included whose folders are gone, see `kept_runs`."""
    kept = kept_runs(study, folder)
    return {r.key for r in replicates if r.key in kept or is_done(folder / r.place)}


def generation_of(folder: Path) -> int:
    """The last generation in a run's log, 0 without one."""
    try:
        with open(folder / "log.csv", "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 4096))
            lines = file.read().split(b"\n")
        return int(lines[-2].split(b",", 1)[0])
    except (OSError, ValueError, IndexError):
        return 0


def state_of(folder: Path) -> State:
    """How far a run is; "running" where another process of this machine holds it."""
    if is_done(folder):
        return "done"
    if not (folder / "manifest.json").exists():
        return "left"
    return "running" if is_locked(folder / "log.csv") else "begun"


def held(folder: Path, *, shared: bool) -> AbstractContextManager[Any]:
    """Keep a second `evomod study` out of the folder; shards share it."""
    busy = f"another process is working on {folder}; wait for it, or ask `evomod status {quote(str(folder))}`."
    return locked(folder / "study.lock", busy, shared=shared, patience=0.0)


def one_at_a_time(folder: Path) -> AbstractContextManager[Any]:
    """Wait for one's turn to write what several processes may: shards, figures and `evomod status`."""
    busy = f"another process holds {folder / 'study.turn'}, or was stopped (Ctrl-Z) while it did; waiting for it."
    return locked(folder / "study.turn", busy, patience=math.inf)


@dataclass(frozen=True, slots=True)
class Status:
    """How far a study is."""

    states: dict[str, dict[State, int]]
    """By treatment."""
    seconds_left: float | None
    """At the pace of the last session; None where no run has ended yet."""
    ended: float
    """When the last run of those that have a folder ended, in seconds; 0 where none has."""
    running: dict[str, float]
    """Share of its generations that each run has evolved that runs now, by its place in the folder."""


def status_of(study: Study, folder: Path) -> Status:
    """How far the study in this folder is; of ten thousand runs in a fifth of a second."""
    kept = kept_runs(study, folder)
    progress = [
        one for treatment in study.treatments for one in _progress(study, treatment, folder, kept)
    ]
    counts: dict[str, Counter[State]] = {treatment.name: Counter() for treatment in study.treatments}
    for one in progress:
        counts[one.treatment][one.state] += 1
    return Status(
        {name: dict(count) for name, count in counts.items()},
        _left(progress, folder),
        max((one.ended or 0.0 for one in progress), default=0.0),
        {os.path.relpath(one.place, folder): one.share for one in progress if one.state == "running"},
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    treatment: str
    place: str
    state: State
    share: float
    """Of its generations that are evolved."""
    ended: float | None
    """When it ended, in seconds; None where it has not, or where nothing tells."""


def _progress(study: Study, treatment: Treatment, folder: Path, kept: set[Key]) -> Iterator[Progress]:
    """Of every run of a treatment; the file system is asked for those alone that have a folder."""
    name, total = treatment.name, max(1, treatment.config.evolution.generations)
    try:
        there = set(os.listdir(folder / name))  # noqa: PTH208
    except OSError:  # none is begun
        there = set()
    for number in range(study.replicates):
        run = (name, number)
        place = f"{folder}/{place_of(run)}"
        if run in kept:
            yield Progress(name, place, "done", 1.0, None)
        elif place.rpartition("/")[2] not in there:
            yield Progress(name, place, "left", 0.0, None)
        elif (ended := _end_of(place)) is not None:
            yield Progress(name, place, "done", 1.0, ended)
        else:
            state = state_of(Path(place))
            share = 0.0 if state == "left" else min(1.0, generation_of(Path(place)) / total)
            yield Progress(name, place, state, share, None)


ENOUGH = 20
"""Runs of a treatment, the last that ended, by which the next are judged."""


def _left(progress: list[Progress], folder: Path) -> float | None:
    """Seconds: what is left, at the pace at which the last session has evolved, measured and handed out runs.

    The pace counts all that a run takes. The durations in manifests are the evolution's alone, most of it for
    long runs and a tenth for short ones, so they only weigh one treatment against another.
    """
    if all(one.state == "done" for one in progress):
        return 0.0
    latest = _latest(progress)
    costs = _costs(latest)
    if costs is None:
        return None
    left = sum((1.0 - one.share) * costs[one.treatment] for one in progress if one.state != "done")
    begun = _last_session(folder)
    recent = [one for one in progress if one.ended is not None and one.ended >= begun]
    running = [one for one in progress if one.state == "running"]
    if not recent:
        return left / max(1, len(running))
    begun = max(begun, _start_of(Path(min(recent, key=lambda one: one.ended or 0.0).place)))
    now = time.time() if running else max(one.ended or 0.0 for one in recent)
    done = sum(costs[one.treatment] for one in recent) + sum(
        one.share * costs[one.treatment] for one in running
    )
    measured = _unmeasured([one for some in latest.values() for one in some], costs, now)
    return (left + measured) * max(now - begun, 1.0) / max(done - measured, 1e-9)


def _latest(progress: list[Progress]) -> dict[str, list[Progress]]:
    """The last runs of each treatment that have ended."""
    known: dict[str, list[Progress]] = {one.treatment: [] for one in progress}
    ended = [one for one in progress if one.ended is not None]
    for one in sorted(ended, key=lambda one: -(one.ended or 0.0)):
        if len(known[one.treatment]) < ENOUGH:
            known[one.treatment].append(one)
    return known


def _costs(latest: dict[str, list[Progress]]) -> dict[str, float] | None:
    """Seconds that a run of each treatment evolves, by the last that ended in one go; None where none has."""
    known = {
        name: [s for one in some for s in _seconds(Path(one.place))] for name, some in latest.items()
    }
    every = [seconds for some in known.values() for seconds in some]
    if not every:
        return None
    return {name: median(some or every) + 1.0 for name, some in known.items()}  # times are whole seconds


def _unmeasured(latest: list[Progress], costs: dict[str, float], now: float) -> float:
    """What is left to do, in costs, of runs that have evolved and are being measured."""
    taken = {one.place: _measuring(one) for one in latest}
    known = [seconds for seconds in taken.values() if seconds is not None]
    whole = median(known) if known else 0.0
    left = 0.0
    for one in latest:
        if taken[one.place] is None and whole > 0.0:
            rest = max(0.0, whole - (now - (one.ended or 0.0)))
            left += costs[one.treatment] * rest / (costs[one.treatment] + whole)
    return left


def _measuring(one: Progress) -> float | None:
    """Seconds from the end of a run until its rows of the tables were there, see `run_rows`."""
    try:
        return max(0.0, os.stat(f"{one.place}/rows.json").st_mtime - (one.ended or 0.0))  # noqa: PTH116
    except OSError:
        return None


def _last_session(folder: Path) -> float:
    """When the last session of a study began, in seconds; 0 where nothing tells."""
    sessions = sessions_of(load_manifest(folder))
    starts = [session["start"] for session in sessions if session.get("start")]
    return max((datetime.fromisoformat(start).timestamp() for start in starts), default=0.0)


def _start_of(folder: Path) -> float:
    """When a run began, in seconds: a session has imported and compiled by then. 0 where nothing tells."""
    start = load_run(folder).manifest.get("start")
    return datetime.fromisoformat(start).timestamp() if start else 0.0


def _seconds(folder: Path) -> list[float]:
    """How long a run evolved; nothing is known of one that was stopped and resumed, perhaps days later."""
    manifest = load_run(folder).manifest
    if manifest.get("resumed") or not (manifest.get("start") and manifest.get("end")):
        return []
    start, end = (datetime.fromisoformat(manifest[key]) for key in ("start", "end"))
    return [(end - start).total_seconds()]


def write_failures(
    folder: Path, failures: list[dict[str, Any]], shard: tuple[int, int] | None = None
) -> None:
    """Keep what failed in ``failures.json``, a shard in a file of its own; take away what is outdated."""
    name = f"failures-{shard[0]}-of-{shard[1]}.json" if shard else "failures.json"
    with reports_disk_errors(folder):
        if failures:
            write_json(folder / name, {"failures": failures})
        for old in folder.glob(name if shard else "failures*.json"):
            if not failures or old.name != name:
                old.unlink()
