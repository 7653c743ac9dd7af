"""``python -m tests.harness``: try everything, and write down what was tried and what failed."""

from __future__ import annotations

import argparse
import platform
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from evomod.files.provenance import commit, versions
from harness import bounds, combinations, crashes, fuzz, same
from harness.report import Result

SIZES: dict[str, dict[str, int]] = {
    "small": {"step": 40, "study_step": 200, "workers": 1, "starts": 2, "kills": 10, "races": 2, "fuzz": 100, "combinations": 40,
              "rows": 100_000, "runs": 500},
    "medium": {"step": 9, "study_step": 40, "workers": 4, "starts": 8, "kills": 100, "races": 10, "fuzz": 2000, "combinations": 400,
               "rows": 1_000_000, "runs": 10_000},
    "full": {"step": 1, "study_step": 1, "workers": 80, "starts": 100, "kills": 500, "races": 200, "fuzz": 100_000,
             "combinations": 0, "rows": 1_000_000, "runs": 10_000},
}  # fmt: skip
"""How much is tried: every n-th step of runs and studies, so many workers that die, signals at start-up, kills, races, inputs a format
(of slow readers fewer, see `fuzz.SLOW`) and combinations (0: all of them)."""

Act = Callable[[Result, Path], None]
HOWS = {
    "exit": "a process dies",
    "power": "the power fails",
    "error": "the disk is full",
}


def trials(size: dict[str, int]) -> dict[str, Act]:
    """What is tried, by its name in the report."""
    stops = (signal.SIGINT, signal.SIGTERM)
    found: dict[str, Act] = {}
    for how, what in HOWS.items():
        found[f"crash points of runs, {what}"] = partial(_runs, how=how, step=size["step"])
        found[f"crash points of a study, {what}"] = partial(_study, how=how, step=size["study_step"])
    found["workers of a study that die"] = lambda result, home: crashes.workers(
        result, home, size["workers"]
    )
    found["kills at random moments"] = lambda result, home: crashes.kills(result, home, size["kills"])
    found["SIGINT and SIGTERM, once and twice"] = lambda result, home: crashes.kills(
        result, home, size["kills"], stops
    )
    found["races of runs, resumes, studies, shards"] = lambda result, home: crashes.race(
        result, home, size["races"]
    )
    found["combinations"] = lambda result, home: combinations.combinations(
        result, home, size["combinations"] or None
    )
    found["SIGINT and SIGTERM at start-up"] = lambda result, home: same.at_start(
        result, home, size["starts"]
    )
    found["the same bytes in other surroundings"] = lambda result, home: same.same(result, home)
    found["bounds"] = lambda result, home: bounds.bounds(result, home, size["rows"], size["runs"])
    return found


def _runs(result: Result, home: Path, how: str, step: int) -> None:
    crashes.runs(result, home, crashes.RUNS, [how], step)


def _study(result: Result, home: Path, how: str, step: int) -> None:
    crashes.study(result, home, [how], step)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.harness", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="medium")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="trials whose name holds this")
    parser.add_argument("--out", type=Path, help="write the report into this file too")
    given = parser.parse_args()
    size = SIZES[given.size]
    memory = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(prefix="evomod-harness-", dir=memory if memory.is_dir() else None))
    begun, results = time.process_time(), []
    try:
        chosen = {name: act for name, act in trials(size).items() if given.only in name}
        for name, act in chosen.items():
            results.append(_tried(name, act, root, given.seed))
        (root / "formats").mkdir()
        for name, form in (
            fuzz.formats(root / "formats").items() if given.only in "hostile files" else ()
        ):
            number = max(20, size["fuzz"] // fuzz.SLOW.get(name, 1))
            act = partial(_fuzzed, name=name, form=form, number=number)
            results.append(_tried(f"hostile files: {name}", act, root, given.seed))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    text = report(results, given.size, given.seed, time.process_time() - begun)
    print(text)
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8")
    return 1 if any(result.failures for result in results) else 0


def _fuzzed(result: Result, home: Path, name: str, form: fuzz.Format, number: int) -> None:
    fuzz.fuzz(result, name, form, number)


def _tried(name: str, act: Act, root: Path, seed: int) -> Result:
    home = root / "home"
    home.mkdir()
    result = Result(name, np.random.default_rng(seed))
    try:
        act(result, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(result.line(), file=sys.stderr, flush=True)
    for failure in result.failures[:5]:
        print(f"    {failure}", file=sys.stderr, flush=True)
    return result


def report(results: list[Result], size: str, seed: int, seconds: float) -> str:
    """The report as Markdown."""
    known = ", ".join(f"{name} {number}" for name, number in versions().items())
    failed = [(result.name, failure) for result in results for failure in result.failures]
    tried = sum(result.tried for result in results)
    lines = [
        "# Reliability",
        "",
        "What was tried to break evomod, how often, and what failed. Written by",
        "",
        f"    python -m tests.harness --size {size} --seed {seed} --out results/reliability.md",
        "",
        f"on {datetime.now(UTC).date().isoformat()}, commit {commit()}, {known}, {platform.system()} {platform.machine()}.",
        f"The size is `{size}`: {_size(size)}. `--size full` tries every step and 100,000 inputs a format.",
        "",
        f"{tried:,} trials, {len(failed):,} failures.",
        "",
        "| what | tried | failed | counted |",
        "|---|---|---|---|",
        *(result.line() for result in results),
        "",
        "A crash point is every call that changes a file: opening, each write and the half of it, truncation, fsync,",
        "rename, removal. After each the run or the study goes on by the same command and, in a second trial, by",
        "`--resume`, and must end in the same bytes. Hostile files are changed at random, values by nasty values and",
        "bytes by bytes, and must be refused in a message or read, within 10 s and 1 GB.",
        "",
    ]
    if failed:
        lines += ["## Failures", "", *(f"* {name}: `{failure}`" for name, failure in failed[:100]), ""]
    return "\n".join(lines)


def _size(size: str) -> str:
    numbers = SIZES[size]
    share = {1: "every step"}.get(numbers["step"], f"one step of {numbers['step']}")
    whole = {1: "every step"}.get(numbers["study_step"], f"one of {numbers['study_step']}")
    return (
        f"{share} of six kinds of run and {whole} of a study, {numbers['kills']} kills, {numbers['races']} rounds of "
        f"races, {numbers['fuzz']:,} inputs a format (fewer for slow readers), "
        f"{numbers['combinations'] or 'all'} of {len(combinations.everything()):,} combinations"
    )


if __name__ == "__main__":
    sys.exit(main())
