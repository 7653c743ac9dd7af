"""What came of the pieces that were tried, in one file of the repository, so that whoever tries more adds to it.

A line per trial: which pieces are done, and the sums of what came of them. A piece that failed is kept by itself, with
what it found, until another commit has tried it again.
"""

from __future__ import annotations

import fcntl
import json
import platform
import subprocess
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np

from evomod.files.disk import write_whole
from evomod.files.provenance import now, versions

from .report import Result

ROOT = Path(__file__).parents[2]
DEFAULT = ROOT / "results" / "reliability.json"


@dataclass
class Reached:
    """What is known of a trial."""

    result: Result
    """Of the pieces that are done."""
    done: set[int] = field(default_factory=set)
    failed: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By piece: those that found something, and are not done."""
    commits: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)

    @property
    def pieces(self) -> int:
        return len(self.done) + len(self.failed)

    def whole(self) -> Result:
        """Of all pieces, with what failed."""
        found = Result(self.result.name, self.result.rng)
        found.add(self.result)
        for kept in self.failed.values():
            found.add(_result(self.result.name, kept))
        return found


class State:
    """The file of what is known, and a lock beside it: of a piece while it is tried, of the file while it changes.

    The locks are of bytes, held by this process and not by its forks, of which some outlive it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _locks(self) -> IO[bytes]:
        return self.path.with_suffix(".lock").open("a+b")

    def close(self) -> None:
        if "_locks" in vars(self):
            self._locks.close()

    @contextmanager
    def claimed(self, trial: str, piece: int) -> Iterator[bool]:
        """Whether a piece is to be tried, by nobody else at the same time: it is not done, or failed by another commit."""
        at = 1 + zlib.crc32(f"{trial} {piece}".encode())
        try:
            fcntl.lockf(self._locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, at)
        except BlockingIOError:
            yield False
            return
        try:
            one = self.reached([trial])[trial]
            yield piece not in one.done and one.failed.get(piece, {}).get("commit") != commit()
        finally:
            fcntl.lockf(self._locks, fcntl.LOCK_UN, 1, at)

    def add(self, piece: int, result: Result) -> None:
        """Write down what came of a piece; pieces of other processes are kept."""
        fcntl.lockf(self._locks, fcntl.LOCK_EX, 1, 0)
        try:
            data = self._read()
            one = _reached(result.name, data["trials"].get(result.name, {}))
            one.failed.pop(piece, None)
            if result.failures:
                one.failed[piece] = _told(result) | {"commit": commit(), "day": now()[:10]}
            else:
                one.done.add(piece)
                one.result.add(result)
                one.commits.add(commit())
                one.days.add(now()[:10])
            data["trials"][result.name] = _kept(one)
            data["with"] = sorted({*data["with"], surroundings()})
            write_whole(self.path, _text(data).encode())
        finally:
            fcntl.lockf(self._locks, fcntl.LOCK_UN, 1, 0)

    def reached(self, names: Iterable[str]) -> dict[str, Reached]:
        """What is known of these trials."""
        trials = self._read()["trials"]
        return {name: _reached(name, trials.get(name, {})) for name in names}

    def surroundings(self) -> list[str]:
        """All versions and systems that pieces were tried with."""
        found: list[str] = self._read()["with"]
        return found

    def _read(self) -> dict[str, Any]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {"trials": {}, "with": []}
        data: dict[str, Any] = json.loads(text)
        return data


def _reached(name: str, kept: dict[str, Any]) -> Reached:
    return Reached(
        _result(name, kept),
        _numbers(kept.get("done", "")),
        {int(piece): found for piece, found in kept.get("failed", {}).items()},
        set(kept.get("commits", [])),
        set(kept.get("days", [])),
    )


def _kept(one: Reached) -> dict[str, Any]:
    failed = {"failed": {str(piece): one.failed[piece] for piece in sorted(one.failed)}}
    return {
        "done": _ranges(one.done),
        **_told(one.result),
        **(failed if one.failed else {}),
        "commits": sorted(one.commits),
        "days": sorted(one.days),
    }


def _result(name: str, kept: dict[str, Any]) -> Result:
    found = Result(name, np.random.default_rng(), kept.get("tried", 0), list(kept.get("failures", [])))
    found.notes.update(kept.get("counted", {}))
    found.peaks.update(kept.get("most", {}))
    return found


def _told(result: Result) -> dict[str, Any]:
    told = {"tried": result.tried, "failures": result.failures, "counted": dict(result.notes), "most": result.peaks}  # fmt: skip
    return {name: value for name, value in told.items() if value or name == "tried"}


def _text(data: dict[str, Any]) -> str:
    """JSON with a line a trial, so that a difference between two commits is read."""
    lines = [
        f"  {json.dumps(name)}: {json.dumps(kept, sort_keys=True)}"
        for name, kept in sorted(data["trials"].items())
    ]
    return '{"trials": {\n' + ",\n".join(lines) + f'\n}},\n"with": {json.dumps(data["with"])}}}\n'


def _numbers(text: str) -> set[int]:
    """Of "0-3, 7"."""
    found: set[int] = set()
    for part in filter(None, text.split(", ")):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def _ranges(numbers: set[int]) -> str:
    """As "0-3, 7"."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


@cache
def commit() -> str:
    """Of this checkout, short; "-dirty" where files differ that are not what the harness writes itself."""
    try:
        name = _git("rev-parse", "--short=7", "HEAD")
        changed = _git("--no-optional-locks", "status", "--porcelain", "--untracked-files=no", "--", ".",
                       ":!results/reliability.*")  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return f"{name}-dirty" if changed else name


def _git(*words: str) -> str:
    ask = ["git", "-C", str(ROOT), *words]
    return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()


@cache
def surroundings() -> str:
    """Versions and system of this process."""
    known = ", ".join(f"{name} {number}" for name, number in versions().items())
    return f"{known}, {platform.system()} {platform.machine()}"
