"""What is tried, in pieces that take a minute or so: what came of each is written down (`state`), so that the harness may
be stopped and go on, on another machine too, or run in several processes at once.
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np

from . import bounds, combinations, crashes, faults, fuzz, guided, same, surroundings
from .report import Result
from .state import State

Act = Callable[[Result, Path, int], None]


@dataclass(frozen=True)
class Trial:
    """A line of the report: so many pieces are the whole of what there is to try, fewer are a shorter harness."""

    name: str
    pieces: int
    medium: int
    act: Act
    """Given the number of the piece, from 0."""
    is_possible: bool = True
    """Here: what it needs may not be installed."""

    def number(self, size: str) -> int:
        return {"small": 1, "medium": self.medium, "full": self.pieces}[size]


SEED = 1
"""Of what is drawn, with the number of the piece: a piece is the same wherever it is tried."""
RUN_PIECES, STUDY_PIECES = 20, 40
BATCH = 200
INPUTS, FUZZ_PIECES = 5000, 10
"""100,000 inputs of a format, half of them guided."""
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
        _combinations("combinations", combinations.shuffled()),
        _combinations("combinations with lexicase selection", combinations.shuffled(combinations.LATER_SELECTIONS)),
        _combinations("combinations with accumulating goals", combinations.accumulating()),
        _combinations("combinations of gene networks", combinations.gene_networks()),
        _combinations("combinations with other methods of selection", combinations.last_selections()),
        _combinations("combinations with selection for adaptability", combinations.later_pressures(combinations.LATER_PRESSURES)),
        _combinations("combinations with selection for learning and hierarchy", combinations.later_pressures(combinations.LAST_PRESSURES)),
        Trial("SIGINT and SIGTERM at start-up", 13, 1, lambda result, home, k: same.at_start(result, home, 8)),
        Trial("standard output that is full, closed or ASCII", 1, 1, lambda result, home, k: surroundings.outputs(result, home)),
        Trial("files that may not grow, folders that are forbidden", 1, 1, lambda result, home, k: surroundings.places(result, home)),
        Trial("disks that are full or read-only", 1, 1, lambda result, home, k: surroundings.disks(result, home)),
        Trial("names that nothing can have, or that are not UTF-8", 1, 1, lambda result, home, k: surroundings.names(result, home)),
        Trial("the same bytes in other surroundings", 1, 1, lambda result, home, k: same.same(result, home)),
        Trial("the same bytes with other versions of Python and of dependencies", 1, 1,
              lambda result, home, k: same.versions(result, home)),
        Trial("bounds", len(bounds.BOUNDS), 6,
              lambda result, home, k: bounds.BOUNDS[k](result, home)),
    ]  # fmt: skip
    for name in fuzz.NAMES:
        found.append(Trial(f"hostile files: {name}", FUZZ_PIECES, 1, partial(_fuzzed, format=name)))
    known = guided.is_there()
    found.append(
        Trial(
            "what only guided inputs find",
            1,
            1,
            lambda result, home, k: guided.planted(result, home),
            known,
        )
    )
    for name in fuzz.NAMES:
        found.append(
            Trial(f"hostile files, guided: {name}", FUZZ_PIECES, 1, partial(_guided, format=name), known)
        )
    return found


def _combinations(name: str, mixed: Sequence[combinations.Combination]) -> Trial:
    def act(result: Result, home: Path, piece: int) -> None:
        combinations.combinations(result, home, mixed[BATCH * piece : BATCH * (piece + 1)])

    return Trial(name, -(-len(mixed) // BATCH), 2, act)


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


def work(chosen: list[Trial], size: str, state: State, minutes: float | None) -> None:
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
                if trial.is_possible and piece < trial.number(size):
                    _one(trial, piece, state, root / "home")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _one(trial: Trial, piece: int, state: State, home: Path) -> None:
    with state.claimed(trial.name, piece) as is_left:
        if not is_left:
            return
        home.mkdir()
        result = Result(trial.name, np.random.default_rng([SEED, piece]))
        begun = time.monotonic()
        try:
            trial.act(result, home, piece)
        except Exception as error:  # so that the other pieces are tried
            result.fail(f"piece {piece} of the harness: {type(error).__name__}: {error}")
        finally:
            shutil.rmtree(home, ignore_errors=True)
        state.add(piece, result)
        told = (
            f"{result.tried:,} tried, {len(result.failures):,} failed, {time.monotonic() - begun:.0f} s"
        )
        print(f"{trial.name}, piece {piece + 1} of {trial.pieces}: {told}", file=sys.stderr, flush=True)
