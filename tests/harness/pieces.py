"""What is tried, in pieces that take a minute or so: what came of each is kept in a file, so that the harness may be
stopped and go on, or run in several processes at once.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np

from evomod.files.disk import write_json
from evomod.files.provenance import commit, now

from . import bounds, combinations, crashes, faults, fuzz, guided, same, surroundings
from .report import Result

Act = Callable[[Result, Path, int], None]


@dataclass(frozen=True)
class Trial:
    """A line of the report: so many pieces are the whole of what there is to try, fewer are a shorter harness."""

    name: str
    pieces: int
    medium: int
    act: Act
    """Given the number of the piece, from 0."""

    def number(self, size: str) -> int:
        return {"small": 1, "medium": self.medium, "full": self.pieces}[size]


RUN_PIECES, STUDY_PIECES = 20, 40
BATCH = 200
INPUTS, FUZZ_PIECES = 5000, 20 // (2 if guided.is_there() else 1)
"""100,000 inputs of a format, half of them guided where that can be."""
HOWS = {
    "exit": "a process dies",
    "power": "the power fails",
    "error": "the disk is full",
    "gone": "the file server goes away",
}


def trials() -> list[Trial]:
    """Everything: every n-th step of a run is a piece, as are 25 kills, 5,000 inputs of a format, and so on."""
    found: list[Trial] = []
    for how, what in HOWS.items():
        found += [
            Trial(f"crash points of runs, {what}", RUN_PIECES, 2, partial(_runs, how=how)),
            Trial(f"crash points of a study, {what}", STUDY_PIECES, 1, partial(_study, how=how)),
        ]
    stops = (signal.SIGINT, signal.SIGTERM)
    mixed = combinations.shuffled()
    found += [
        Trial("workers of a study that die", 20, 1, lambda result, home, k: crashes.workers(result, home, 4)),
        Trial("kills at random moments", 20, 4, lambda result, home, k: crashes.kills(result, home, 25)),
        Trial("SIGINT and SIGTERM, once and twice", 20, 4,
              lambda result, home, k: crashes.kills(result, home, 25, stops)),
        Trial("races of runs, resumes, studies, shards", 20, 1,
              lambda result, home, k: crashes.race(result, home, 10)),
        Trial("races where files have no flock, but locks of bytes", 10, 1,
              lambda result, home, k: crashes.race(result, home, 10, faults.deny_locks)),
        Trial("others beside a run or study that goes on", 10, 1, lambda result, home, k: _held(result, home)),
        Trial("where there are no locks", 1, 1, lambda result, home, k: crashes.lockless(result, home)),
        Trial("combinations", -(-len(mixed) // BATCH), 2,
              lambda result, home, k: combinations.combinations(result, home, mixed[BATCH * k : BATCH * (k + 1)])),
        Trial("SIGINT and SIGTERM at start-up", 13, 1, lambda result, home, k: same.at_start(result, home, 8)),
        Trial("standard output that is full, closed or ASCII", 1, 1, lambda result, home, k: surroundings.outputs(result, home)),
        Trial("files that may not grow, folders that are forbidden", 1, 1, lambda result, home, k: surroundings.places(result, home)),
        Trial("disks that are full or read-only", 1, 1, lambda result, home, k: surroundings.disks(result, home)),
        Trial("names that nothing can have, or that are not UTF-8", 1, 1, lambda result, home, k: surroundings.names(result, home)),
        Trial("the same bytes in other surroundings", 1, 1, lambda result, home, k: same.same(result, home)),
        Trial("the same bytes with other versions of Python and of dependencies", 1, 1,
              lambda result, home, k: same.versions(result, home)),
        Trial("bounds", len(bounds.BOUNDS), len(bounds.BOUNDS) - 1,
              lambda result, home, k: bounds.BOUNDS[k](result, home)),
    ]  # fmt: skip
    for name in fuzz.NAMES:
        found.append(Trial(f"hostile files: {name}", FUZZ_PIECES, 1, partial(_fuzzed, format=name)))
    if not guided.is_there():
        return found
    found.append(
        Trial("what only guided inputs find", 1, 1, lambda result, home, k: guided.planted(result, home))
    )
    for name in fuzz.NAMES:
        found.append(
            Trial(f"hostile files, guided: {name}", FUZZ_PIECES, 1, partial(_guided, format=name))
        )
    return found


def _runs(result: Result, home: Path, piece: int, how: str) -> None:
    crashes.runs(result, home, crashes.RUNS, [how], range(1 + piece, 10_000, RUN_PIECES))


def _study(result: Result, home: Path, piece: int, how: str) -> None:
    crashes.study(result, home, [how], range(1 + piece, 10_000, STUDY_PIECES))


def _held(result: Result, home: Path) -> None:
    for name, plant in (("flock", None), ("bytes", faults.deny_locks)):
        (home / name).mkdir()
        crashes.held(result, home / name, plant)


def _fuzzed(result: Result, home: Path, piece: int, format: str) -> None:
    fuzz.fuzz(result, format, _formats(home.with_name("formats"))[format], INPUTS)


def _guided(result: Result, home: Path, piece: int, format: str) -> None:
    guided.guided(result, format, _formats(home.with_name("formats"))[format], INPUTS)


@cache
def _formats(home: Path) -> dict[str, fuzz.Format]:
    """Those of this process; their good files are put back after each piece."""
    home.mkdir()
    return fuzz.formats(home)


def work(chosen: list[Trial], size: str, seed: int, state: Path, minutes: float | None) -> None:
    """Try what is left, first pieces first, until all is done or the time is up."""
    until = None if minutes is None else time.monotonic() + 60 * minutes
    number = max((trial.number(size) for trial in chosen), default=0)
    memory = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(prefix="evomod-harness-", dir=memory if memory.is_dir() else None))
    try:
        for piece in range(number):
            for trial in chosen:
                if until is not None and time.monotonic() > until:
                    return
                if piece < trial.number(size):
                    _one(trial, piece, seed, state, root / "home")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _one(trial: Trial, piece: int, seed: int, state: Path, home: Path) -> None:
    with _claimed(_path(state, trial, piece)) as path:
        if path is None:
            return
        home.mkdir()
        result = Result(trial.name, np.random.default_rng([seed, piece]))
        begun = time.process_time()
        try:
            trial.act(result, home, piece)
        except Exception as error:  # so that the other pieces are tried
            result.fail(f"piece {piece} of the harness: {type(error).__name__}: {error}")
        finally:
            shutil.rmtree(home, ignore_errors=True)
        kept = {
            "tried": result.tried,
            "failures": result.failures,
            "notes": result.notes,
            "peaks": result.peaks,
        }
        write_json(
            path, kept | {"commit": commit(), "when": now(), "seconds": time.process_time() - begun}
        )


@contextmanager
def _claimed(path: Path) -> Iterator[Path | None]:
    """The path if it is to be made, by nobody else at the same time: what failed is tried again by another commit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield None if path.exists() and not _is_outdated(path) else path


def _is_outdated(path: Path) -> bool:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return bool(kept["failures"]) and kept["commit"] != commit()


def _path(state: Path, trial: Trial, piece: int) -> Path:
    word = "".join(letter if letter.isalnum() else "-" for letter in trial.name)
    return state / word / f"{piece:04}.json"


@dataclass
class Reached:
    """What is known of a trial."""

    trial: Trial
    result: Result
    done: int
    commits: set[str]
    days: set[str]


def reached(chosen: list[Trial], state: Path) -> list[Reached]:
    """What came of all pieces that are kept, whatever size they were begun for."""
    found = []
    for trial in chosen:
        one = Reached(trial, Result(trial.name, np.random.default_rng()), 0, set(), set())
        for piece in range(trial.pieces):
            path = _path(state, trial, piece)
            if path.exists():
                kept = json.loads(path.read_text(encoding="utf-8"))
                part = Result(trial.name, one.result.rng, kept["tried"], kept["failures"])
                part.notes.update(kept["notes"])
                part.peaks.update(kept["peaks"])
                one.result.add(part)
                one.done += 1
                one.commits.add(str(kept["commit"]))
                one.days.add(str(kept["when"])[:10])
        found.append(one)
    return found
