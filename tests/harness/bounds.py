"""What commands take at most: memory and processor time, of processes of their own."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import evomod
from evomod.cli import parser as cli
from evomod.errors import EvomodError
from evomod.runs import run as runs
from evomod.runs import tracking
from evomod.studies import definition as study
from evomod.studies import run_rows
from evomod.studies.folder import begin_session, opened, status_of
from evomod.studies.tables import load_study

from .crashes import STUDY
from .forks import end, start
from .report import Result

CONNECTIONS, MEASURE_MB = 100_000, 600
PLOT_ROWS, PLOT_MB, PAGE_MB = 1_000_000, 300, 500
STATUS_RUNS, STATUS_SECONDS = 10_000, 1.0
TABLES_MB = 600
BYTES_A_LINE = 150
"""Of circuits with nine goals, see docs/runs.md."""


TAKE = """
import json, resource, subprocess, sys
command = [sys.executable, "-m", "evomod", *sys.argv[1:]]
done = subprocess.run(command, stdout=subprocess.DEVNULL, timeout=3600)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime]))
"""


def taken(arguments: Sequence[str], bytecode: Path | None = None) -> tuple[int, float, float]:
    """Exit code, MB at the most and processor seconds of a command of evomod.

    A small process starts it: a child's peak counts the memory of who starts it, until it becomes another program.
    ``bytecode``: a folder where Python keeps that of all modules, as it does where nothing tells it otherwise.
    """
    environment = dict(os.environ)
    if bytecode is not None:
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = str(bytecode)
    done = subprocess.run(
        [sys.executable, "-c", TAKE, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment,
    )
    code, megabytes, seconds = json.loads(done.stdout)
    return code, megabytes, seconds


def long_log(folder: Path, rows: int) -> None:
    """A run's log of so many generations, whose goal changes."""
    few = {"population": 10, "generations": 3}
    config = evomod.Config(
        task="circuit",
        evolution=few,
        schedule={"kind": "modular", "goals": ["xor-and-xor", "xor-or-xor"]},
    )
    path = runs.run(config, 1, folder).folder / "log.csv"
    header, *lines = path.read_text().splitlines()
    rest = lines[-1].split(",", 1)[1].split(",")
    goal, since = 0, header.split(",").index("since_switch") - 1
    with path.open("w") as file:
        file.write(header + "\n")
        for k in range(rows):
            rest[goal] = ("xor-and-xor", "xor-or-xor")[k // 20 % 2]
            rest[1] = repr(0.5 + (k * 7919 % 1000) / 2000)
            rest[since] = str(k % 20)
            file.write(f"{k},{','.join(rest)}\n")


def long_study(home: Path, number: int, done: int) -> Path:
    """A study of so many runs, of which so many are done; equal files of theirs are one."""
    path = home / "many.toml"
    path.write_text(STUDY.replace("replicates = 2", f"replicates = {number // 2}"))
    found, out = study.load_definition(path), home / "many"
    begun = study.replicates_of(found)
    whole = runs.run(begun[0].treatment.config, begun[0].seed, home / "one").folder
    run_rows.run_rows(whole, runs.load_run)
    with opened(found, out, shared=False):
        begin_session(out)
    manifest = json.loads((whole / "manifest.json").read_text())
    start = datetime.now(UTC) - timedelta(seconds=number)
    for k, replicate in enumerate(begun[:done]):
        place = out / replicate.place
        place.mkdir(parents=True)
        for name in (
            "config.toml",
            "task.py",
            "log.csv",
            "population.csv",
            "best.json",
            "rows.json",
            "complete",
        ):
            os.link(whole / name, place / name)
        times = {
            "start": _text(start + timedelta(seconds=2 * k)),
            "end": _text(start + timedelta(seconds=2 * k + 1)),
        }
        seed = {"entropy": replicate.seed, "spawn_key": []}
        (place / "manifest.json").write_text(json.dumps(manifest | times | {"seed": seed}))
    return out


def large_network(path: Path, connections: int) -> None:
    """A random list of connections, three tenths as many nodes."""
    ends = np.random.default_rng(1).integers(0, 3 * connections // 10, (connections, 2))
    path.write_text("".join(f"{source},{target}\n" for source, target in ends.tolist()))


def network(result: Result, home: Path) -> None:
    """A large network is measured."""
    large_network(home / "large.csv", CONNECTIONS)
    code, megabytes, seconds = taken(["measure", str(home / "large.csv")])
    result.tried += 1
    result.peak(f"MB to measure {CONNECTIONS:,} connections", round(megabytes))
    if code != 0 or megabytes > MEASURE_MB:
        told = f"rc {code}, {megabytes:.0f} MB, {seconds:.1f} s"
        result.fail(f"measure of {CONNECTIONS:,} connections: {told}")


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def plot(result: Result, home: Path, rows: int = PLOT_ROWS) -> None:
    """A long log is drawn."""
    long_log(home / "long", rows)
    code, megabytes, seconds = taken(["plot", str(home / "long")])
    result.tried += 1
    result.peak(f"MB to plot {rows:,} rows", round(megabytes))
    if code != 0 or megabytes > PLOT_MB:
        result.fail(f"plot of {rows:,} rows: rc {code}, {megabytes:.0f} MB, {seconds:.1f} s")


def page(result: Result, home: Path, rows: int = PLOT_ROWS) -> None:
    """A page is made of a long log."""
    long_log(home / "long", rows)
    code, megabytes, seconds = taken(["report", str(home / "long")])
    result.tried += 1
    result.peak(f"MB to report {rows:,} rows", round(megabytes))
    if code != 0 or megabytes > PAGE_MB:
        result.fail(f"report of {rows:,} rows: rc {code}, {megabytes:.0f} MB, {seconds:.1f} s")


def beside(result: Result, home: Path, rows: int = PLOT_ROWS) -> None:
    """Two long logs are compared."""
    for name in "ab":
        long_log(home / name, rows)
    code, megabytes, seconds = taken(["compare", str(home / "a"), str(home / "b")])
    result.tried += 1
    result.peak(f"MB to compare two logs of {rows:,} rows", round(megabytes))
    if code != 0 or megabytes > PLOT_MB:
        result.fail(f"compare of {rows:,} rows: rc {code}, {megabytes:.0f} MB, {seconds:.1f} s")


def movie(result: Result, home: Path, generations: int = 20_000) -> None:
    """A long run as a movie."""
    out = str(home / "long")
    size = ["--set", "evolution.population=20", "--set", f"evolution.generations={generations}"]
    taken(["evolve", "retina", "--seed", "1", "--out", out, *size])
    code, megabytes, seconds = taken(["movie", out])
    result.tried += 1
    result.peak(f"MB for the movie of {generations:,} generations", round(megabytes))
    if code != 0 or megabytes > PAGE_MB:
        result.fail(
            f"movie of {generations:,} generations: rc {code}, {megabytes:.0f} MB, {seconds:.1f} s"
        )


def status(result: Result, home: Path, number: int = STATUS_RUNS) -> None:
    """A large study is asked for, half done and done. Not for the first time: that reads modules, or writes tables."""
    for done in (number // 2, number):
        place = home / str(done)
        place.mkdir()
        command = ["status", str(long_study(place, number, done))]
        taken(command, home / "bytecode")
        code, megabytes, seconds = taken(command, home / "bytecode")
        result.tried += 1
        what = f"the status of {number:,} runs, {done:,} done"
        result.peak(f"ms of processor time for {what}", round(1000 * seconds))
        if code != 0 or seconds > STATUS_SECONDS:
            result.fail(f"{what}: rc {code}, {megabytes:.0f} MB, {seconds:.2f} s")


def populations(result: Result, home: Path) -> None:
    """Very large ones, and the smallest."""
    for population, generations in ((100_000, 2), (4, 2000)):
        place = home / f"p{population}"
        size = [
            f"--set=evolution.{k}={v}"
            for k, v in (("population", population), ("generations", generations))
        ]
        code, megabytes, _ = taken(["evolve", "retina", "--seed", "1", "--out", str(place), *size])
        result.tried += 1
        result.peak(f"MB for a population of {population:,}", round(megabytes))
        if code != 0 or megabytes > 1500:
            result.fail(f"population of {population:,}: rc {code}, {megabytes:.0f} MB")
        shutil.rmtree(place)


def many(result: Result, home: Path, number: int = STATUS_RUNS) -> None:
    """The process that evolves a large study of tiny runs takes no more memory at its end than after some hundreds."""
    few = STUDY.replace("replicates = 2", f"replicates = {number // 2}")
    (home / "many.toml").write_text(few.replace("generations = 2", "generations = 1"))
    command = [sys.executable, "-m", "evomod", "study", "many.toml", "--out", "many", "--jobs", "1"]
    process = subprocess.Popen(command, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    early = last = most = 0.0
    while process.poll() is None:
        done = sum(
            len(os.listdir(home / "many" / name)) for name in "ab" if (home / "many" / name).is_dir()
        )
        most = max(most, now := _resident(process.pid))
        early = early or (now if done > number // 20 else 0.0)
        last = now if now and done < number - 2 else last
        time.sleep(0.2)
    result.tried += 1
    for what, megabytes in (
        (f"after {number // 20:,} runs", early),
        (f"after {number:,}", last),
        ("for its tables", most),
    ):
        result.peak(f"MB of a study's process {what}", round(megabytes))
    if process.returncode != 0 or not early or last > early + 30 or most > TABLES_MB:
        result.fail(
            f"{number:,} runs: rc {process.returncode}, {early:.0f} MB early, {last:.0f} MB at the end"
        )


def _resident(process: int) -> float:
    """MB of a process; 0 where it has ended."""
    try:
        text = Path(f"/proc/{process}/statm").read_text()
    except OSError:
        return 0.0
    return int(text.split()[1]) * resource.getpagesize() / 2**20


def long(result: Result, home: Path, generations: int = 300_000) -> None:
    """Many generations: memory does not grow, and the log by as many bytes a line as it had."""
    size = [
        "--set",
        "evolution.population=4",
        "--set",
        "tracking.population_every=0",
    ]
    found = []
    for number in (generations // 10, generations):
        out = home / f"long{number}"
        command = ["evolve", "circuit", "--seed", "1", "--out", str(out), *size]
        code, megabytes, _ = taken([*command, "--set", f"evolution.generations={number}"])
        found.append((code, megabytes, sum(path.stat().st_size for path in out.iterdir()) / number))
        result.tried += 1
    (_, few, _), (code, megabytes, line) = found
    result.peak(f"MB for {generations:,} generations", round(megabytes))
    result.peak("bytes a generation", round(line))
    if code != 0 or megabytes > few + 10 or line > BYTES_A_LINE:
        result.fail(
            f"{generations:,} generations: rc {code}, {few:.0f} and {megabytes:.0f} MB, {line:.0f} bytes each"
        )


def time_left(result: Result, home: Path) -> None:
    """Runs of which half or nearly nothing is measuring, by sleeps, so that no other load counts."""
    few = STUDY.replace("replicates = 2", "replicates = 14").replace(
        "generations = 2", "generations = 60"
    )
    (home / "study.toml").write_text(few)
    for evolving, measuring in ((1.0, 2.0), (3.0, 0.2)):
        out = home / f"study-{measuring}"
        command = ["study", str(home / "study.toml"), "--jobs", "1", "--out", str(out)]
        child, output = start(partial(cli.main, command), partial(_slow, evolving / 61, measuring))
        said: list[tuple[float, float]] = []
        while not os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            time.sleep(2.0)
            states, left = _told(out)
            if (
                left is not None
                and FIRST <= sum(one.get("done", 0) for one in states.values()) <= 28 - LAST
            ):
                said.append((time.time(), left))
        ended = end(child, output)
        last = (out / "summary.csv").stat().st_mtime
        errors = [abs(left / (last - when) - 1.0) for when, left in said]
        result.tried += len(said)
        result.peak(f"% that a time left was wrong, {evolving:g} s evolving and {measuring:g} s measuring a run",
                    round(100 * max(errors, default=1.0)))  # fmt: skip
        if ended.code or max(errors, default=1.0) > WRONG:
            result.fail(f"time left, {measuring} s of measuring: {sorted(errors)[-3:]}", ended.said)


FIRST, LAST, WRONG = 2, 3, 0.3
"""Runs that must have ended, of which the first was not measured before; runs at the end; how wrong a time left may be
between."""


def _slow(evolving: float, measuring: float) -> None:
    """Let a generation take so many seconds, and the measures of a run."""
    row, measured = tracking.Tracker.row, run_rows.q_measures

    def slow_row(*given: Any) -> Any:
        time.sleep(evolving)
        return row(*given)

    def slow_measures(*given: Any) -> Any:
        time.sleep(measuring)
        return measured(*given)

    tracking.Tracker.row, run_rows.q_measures = slow_row, slow_measures  # type: ignore[method-assign]


def _told(folder: Path) -> tuple[dict[str, Any], float | None]:
    try:
        found = load_study(folder)
    except EvomodError:  # not begun
        return {}, None
    status = status_of(found.study, folder)
    return dict(status.states), status.seconds_left


BOUNDS = (network, plot, status, populations, long, time_left, many, page, beside, movie)
