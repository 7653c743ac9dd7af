"""A study's folder: what it must hold to be this study's, and how far each of its runs is.

``study.toml`` (every treatment in full), ``manifest.json``, and a run folder ``<treatment>/<replicate>/``
for every replicate; then the tables of `study_tables`, and ``failures.json`` if something failed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any, Literal

from evomod.config import users_files
from evomod.disk import reports_disk_errors, write_json, write_whole
from evomod.errors import EvomodError
from evomod.provenance import check_version, commit, now, versions
from evomod.runs import Beginning, Run, begin, load_run
from evomod.study import (
    Key,
    Replicate,
    Study,
    Treatment,
    changed_setting,
    difference,
    dump_study,
    load_definition,
    replicates_of,
    users_files_of,
)
from evomod.study_rows import kept_runs
from evomod.task import read_task

STUDY_FORMAT = "evomod study 1"
BEGINNING = {"config.toml", "task.py", "start.npz"}
"""What a run folder may hold whose making was cut short."""
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
    with reports_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with held(folder, shared):
        for replicate in replicates_of(study):
            check_run(replicate, folder / replicate.place)
        with one_at_a_time(folder):
            _claim(study, folder)  # shards begin together: another may have begun meanwhile
            with reports_disk_errors(folder):
                write_json(folder / "manifest.json", _manifest(study, folder))
                for name, content in users_files_of(study).items():
                    if not (
                        folder / name
                    ).exists():  # a copy that was edited is refused where it is read
                        write_whole(folder / name, content)
                write_whole(folder / "study.toml", dump_study(study).encode())
        yield


def _claim(study: Study, folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise EvomodError(f"{folder} is a file; give a folder with --out.")
    if (folder / "study.toml").exists():
        manifest = load_manifest(folder)
        check_version(folder, manifest)
        other = difference(study, load_definition(folder / "study.toml", executes=False), may_grow=True)
        other = other or other_task(study, manifest)
        if other:
            raise EvomodError(f"{folder} holds another study: {other}. Give another folder with --out.")
        return
    names = {treatment.name for treatment in study.treatments} | OURS | set(users_files_of(study))
    found = {path.name.removesuffix(".part") for path in folder.glob("*")}
    foreign = sorted(found - names)
    if foreign:
        raise EvomodError(
            f"{folder} is no study's folder and holds '{foreign[0]}'; give another folder with --out."
        )


def load_manifest(folder: Path) -> dict[str, Any]:
    """The study's manifest. Raises `EvomodError` where there is none."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["format"] != STUDY_FORMAT or "versions" not in manifest:
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError):
        raise EvomodError(f"{folder} is no study's folder: it has no readable manifest.json.") from None
    found: dict[str, Any] = manifest
    return found


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
        found = {path.name.removesuffix(".part") for path in folder.glob("*")}
        if found - BEGINNING - set(users_files(replicate.treatment.config)):
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
    return None if _same_task(replicate.treatment, run.folder) else "its task.py has other truth tables"


def _same_task(treatment: Treatment, folder: Path) -> bool:
    """Whether a run's copy of the task is the study's, by its text or else by its tables."""
    ours, copy = treatment.task, folder / "task.py"
    if ours.path is not None and copy.exists() and copy.read_bytes() == ours.path.read_bytes():
        return True
    theirs = read_task(copy)
    return (
        ours.name == theirs.name
        and list(ours.tables) == list(theirs.tables)
        and all((ours.tables[goal] == theirs.tables[goal]).all() for goal in ours.tables)
    )


def begin_run(replicate: Replicate, folder: Path, first: Beginning | None = None) -> Path:
    """The run's folder, made if it is not there; what a killed process left half made is made again.

    ``first``: what the treatment's runs begin with, where it is known.
    """
    place = folder / replicate.place
    if not (place / "manifest.json").exists():
        for path in place.glob("*"):
            path.unlink()
        begin(first or replicate.treatment.config, replicate.seed, place)
    return place


def is_done(folder: Path) -> bool:
    """Whether a run has ended as it should."""
    return (folder / "complete").exists() and (folder / "log.csv").exists()


def done_among(replicates: Sequence[Replicate], study: Study, folder: Path) -> set[Key]:
    """Keys of the replicates that are done, those included whose folders are gone, see `study_rows`."""
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
    return "running" if _is_held(folder / "log.csv") else "begun"


def _is_held(path: Path) -> bool:
    if sys.platform == "win32" or not path.exists():
        return False
    import fcntl

    with open(path, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


@contextmanager
def held(folder: Path, shared: bool) -> Iterator[None]:
    """Keep a second `evomod study` out of the folder; shards share it."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with reports_disk_errors(folder):
        file = open(folder / "study.lock", "ab")  # noqa: SIM115 - closed below
    with file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            raise EvomodError(
                f"another process is working on {folder}; wait for it, or ask `evomod status {folder}`."
            ) from None
        yield


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait for one's turn to write what several processes may: shards, figures and `evomod status`."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with reports_disk_errors(folder):
        file = open(folder / "study.turn", "ab")  # noqa: SIM115 - closed below
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True, slots=True)
class Status:
    """How far a study is."""

    states: dict[str, dict[State, int]]
    """By treatment."""
    seconds_left: float | None
    """With as many runs at once as now, or one; None where no run has ended yet."""


def status_of(study: Study, folder: Path) -> Status:
    """How far the study in this folder is."""
    replicates = replicates_of(study)
    kept = kept_runs(study, folder)
    states: dict[str, State] = {
        replicate.place: "done" if replicate.key in kept else state_of(folder / replicate.place)
        for replicate in replicates
    }
    counts: dict[str, Counter[State]] = {treatment.name: Counter() for treatment in study.treatments}
    for replicate in replicates:
        counts[replicate.treatment.name][states[replicate.place]] += 1
    return Status(
        {name: dict(count) for name, count in counts.items()}, _left(replicates, states, folder)
    )


def _left(replicates: list[Replicate], states: dict[str, State], folder: Path) -> float | None:
    """Seconds: what is left of each run, at the median duration of its treatment's that ended in one go."""
    took: dict[str, list[float]] = {}
    for replicate in replicates:
        if states[replicate.place] == "done" and is_done(folder / replicate.place):
            took.setdefault(replicate.treatment.name, []).extend(_seconds(folder / replicate.place))
    took = {name: known for name, known in took.items() if known}
    if not took:
        return None
    usual = median([seconds for known in took.values() for seconds in known])
    left = 0.0
    for replicate in replicates:
        state, name = states[replicate.place], replicate.treatment.name
        if state != "done":
            total = max(1, replicate.treatment.config.evolution.generations)
            share = 1.0 - min(1.0, generation_of(folder / replicate.place) / total)
            left += share * (median(took[name]) if name in took else usual)
    return left / max(1, sum(state == "running" for state in states.values()))


def _seconds(folder: Path) -> list[float]:
    """How long a run took; nothing is known of one that was stopped and resumed, perhaps days later."""
    manifest = load_run(folder).manifest
    if manifest.get("resumed"):
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
