"""Every crash point of a run, of a study and of its workers: what is left goes on to the same bytes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType

from .faults import DEAD, deny_locks, install
from .forks import Ended, Plant, bytes_of, call, difference, end, seed_of, start
from .report import Result

SHORT = ["--set", "evolution.population=10", "--set", "evolution.generations=3"]
ALWAYS = ["--set", "tracking.checkpoint_seconds=1e-9", "--set", "tracking.population_every=2"]
RUNS: dict[str, list[str]] = {
    "layered": ["retina", "--pressure", "connection-cost"],
    "layered-real": ["retina", "--set", "network.encoding=layered-real"],
    "threshold": ["retina", "--set", "network.encoding=threshold"],
    "circuit": ["circuit", "--goals", "xor-and-xor,xor-or-xor", "--switch-every", "2"],
    "gate-layers": ["circuit", "--set", "network.encoding=gate-layers"],
    "with a start": ["retina", "--set", "evolution.start=START"],
}
STUDY = """
name = "small"
seed = 7
replicates = 2
[base]
task = "circuit"
evolution = {population = 10, generations = 2}
tracking = {population_every = 1, checkpoint_seconds = 1e-9}
[treatments.a]
[treatments.b]
settings.evolution.population = 12
"""


def evolve(kind: str, home: Path, out: Path, seed: int = 1) -> list[str]:
    """The command of a run."""
    named = [word.replace("START", str(home / "start" / "best.json")) for word in RUNS[kind]]
    return ["evolve", *named, "--seed", str(seed), "--out", str(out), *SHORT, *ALWAYS]


def counted(arguments: Sequence[str], root: Path) -> list[str]:
    """The steps of a command."""
    listing = root.parent / "steps.json"

    def act() -> int:
        from evomod.cli import parser as cli

        fault = install(root, None)
        code = cli.main(list(arguments))
        fault.is_on = False
        listing.write_text(json.dumps(fault.steps))
        return code

    ended = end(*start(act))
    assert ended.code == 0, ended.said
    steps: list[str] = json.loads(listing.read_text())
    return steps


def again(arguments: Sequence[str], out: Path, way: str) -> Ended:
    """Go on after a crash: by the same command, which may name another; or by resume, which may name the first."""
    resume = (
        ["evolve", "--resume", str(out)]
        if arguments[0] == "evolve"
        else ["study", str(out), "--jobs", "1"]
    )
    if way == "resume" and out.exists():
        ended = call(resume)
        begins = ended.code == 2 and re.search(r"command that began it|there is no study", ended.said)
        return call(arguments) if begins else ended
    ended = call(arguments)
    return call(resume) if ended.code == 2 and "--resume" in ended.said else ended


def crash_points(
    result: Result,
    name: str,
    arguments: Sequence[str],
    out: Path,
    how: str,
    at: Iterable[int] | None = None,
    plant: Plant | None = None,
) -> None:
    """Let a command fail at its steps, one after the other, and go on by either way."""
    shutil.rmtree(out, ignore_errors=True)
    steps = counted(arguments, out)
    wanted = bytes_of(out)
    for number in at or range(1, len(steps) + 1):
        if number > len(steps):
            continue
        for way in ("command", "resume"):
            shutil.rmtree(out, ignore_errors=True)
            broken = call(arguments, plant, partial(install, out, number, how))
            result.tried += 1
            what = f"{name}, {how} at step {number} ({steps[number - 1]}), by {way}"
            if broken.code not in (DEAD, 2) or "Traceback" in broken.said:
                result.fail(f"{what}: the fault ended with {broken.code}", broken.said)
                continue
            ended = again(arguments, out, way)
            other = difference(out, wanted) if ended.code == 0 else f"ended with {ended.code}"
            if other:
                result.fail(f"{what}: {other}", ended.said)


def runs(
    result: Result,
    home: Path,
    kinds: Iterable[str],
    hows: Iterable[str],
    at: Iterable[int] | None = None,
) -> None:
    """Crash points of runs of every encoding, all or those given."""
    call(["evolve", "retina", "--seed", "3", "--out", str(home / "start"), *SHORT])
    for kind in kinds:
        for how in hows:
            out = home / "out" / "run"
            out.parent.mkdir(exist_ok=True)
            crash_points(result, kind, evolve(kind, home, out), out, how, at)


def study(result: Result, home: Path, hows: Iterable[str], at: Iterable[int] | None = None) -> None:
    """Crash points of a study whose runs are evolved by its own process, tables included."""
    (home / "study.toml").write_text(STUDY)
    out = home / "out" / "study"
    out.parent.mkdir(exist_ok=True)
    command = ["study", str(home / "study.toml"), "--out", str(out), "--jobs", "1"]
    for how in hows:
        crash_points(result, "study", command, out, how, at)


def workers(result: Result, home: Path, trials: int) -> None:
    """A worker process of a study dies at a step that is drawn; the study goes on by itself."""
    (home / "study.toml").write_text(STUDY)
    call(["study", str(home / "study.toml"), "--out", str(home / "whole"), "--jobs", "1"])
    wanted = bytes_of(home / "whole")
    for name in ("measures.json",):
        wanted = {path: content for path, content in wanted.items() if not path.endswith(name)}
    here = Path(__file__)
    paths = [
        str(here.parent / "inject"),
        *filter(None, [os.environ.get("PYTHONPATH")]),
        str(here.parents[2]),
    ]
    for trial in range(trials):
        out, once = home / f"w{trial}", home / f"once{trial}"
        at = int(result.rng.integers(1, 80))
        environment = {
            "EVOMOD_FAULT": f"{out}|{at}|exit|{once}",
            "PYTHONPATH": os.pathsep.join(paths),
        }
        command = ["study", str(home / "study.toml"), "--out", str(out), "--jobs", "2"]
        done = end(*start(partial(_alone, environment, command)), limit=900.0)  # 5 s of a free core
        result.tried += 1
        found = {
            path: content
            for path, content in bytes_of(out).items()
            if not path.endswith("measures.json")
        }
        small = {path for path in wanted if Path(path).name == "summary.csv"}  # it has null graphs in it
        same = {path: c for path, c in found.items() if path not in small} == {
            path: c for path, c in wanted.items() if path not in small
        }
        if done.code != 0 or not same or "Traceback" in done.said:
            result.fail(f"worker dies at step {at}: {done.code}", done.said)
        if once.exists():
            result.note("workers that died")


def _alone(environment: dict[str, str], arguments: Sequence[str]) -> int:
    """As a command of its own: workers import the module that began their parent, and the harness takes a second."""
    os.environ.update(environment)
    sys.modules["__main__"] = ModuleType("__main__")
    return _main(arguments)


LONG = ["--set", "evolution.population=20", "--set", "evolution.generations=400"]
OFTEN = ["--set", "tracking.checkpoint_seconds=0.02", "--set", "tracking.population_every=50"]


def kills(result: Result, home: Path, number: int, signals: Sequence[int] = (signal.SIGKILL,)) -> None:
    """Signals at random moments of runs, each gone on with until it ends in the same bytes."""
    wanted: dict[str, dict[str, bytes]] = {}
    seconds: dict[str, float] = {}
    kinds = [kind for kind in RUNS if kind != "with a start"]
    sent = trial = 0
    while sent < number:
        kind = kinds[trial % len(kinds)]
        trial += 1
        named = ["evolve", *RUNS[kind], "--seed", "5", *LONG, *OFTEN, "--out"]
        if kind not in wanted:
            begun = time.monotonic()
            assert call([*named, str(home / f"whole-{kind}")]).code == 0
            seconds[kind] = time.monotonic() - begun
            wanted[kind] = bytes_of(home / f"whole-{kind}")
        out = home / f"kill{trial}"
        command = [*named, str(out)]
        for _ in range(12):
            child, output = start(partial(_main, command))
            time.sleep(float(result.rng.uniform(0.0, seconds[kind])))
            chosen = [int(result.rng.choice(signals)) for _ in range(1 + int(result.rng.integers(2)))]
            for signal_number in chosen[: 1 if signal.SIGKILL in chosen else 2]:
                os.kill(child, signal_number)
                time.sleep(0.002)
            ended = end(child, output)
            sent += 1
            result.tried += 1
            allowed = (0, -signal.SIGKILL, -signal.SIGTERM, 130, 143)
            if ended.code not in allowed or "Traceback" in ended.said:
                result.fail(f"{kind}, {chosen}: ended with {ended.code}", ended.said)
                break
            if ended.code == 0 or sent >= number:
                break
            is_run = (out / "manifest.json").exists()
            command = ["evolve", "--resume", str(out)] if is_run else [*named, str(out)]
        ended = again([*named, str(out)], out, "resume")
        other = difference(out, wanted[kind]) if ended.code == 0 else f"ended with {ended.code}"
        if other:
            result.fail(f"{kind} after kills: {other}", ended.said)
        else:
            shutil.rmtree(out)


def _main(arguments: Sequence[str]) -> int:
    from evomod.cli import parser as cli

    return cli.main(list(arguments))


def race(result: Result, home: Path, trials: int, plant: Plant | None = None) -> None:
    """Several runs, resumes, studies and shards on one folder at once."""
    (home / "study.toml").write_text(STUDY)
    study = ["study", str(home / "study.toml"), "--jobs", "1", "--out"]
    for trial in range(trials):
        out = home / f"race{trial}"
        seeds = [1, 2, 3]
        _at_once(result, [evolve("circuit", home, out, seed) for seed in seeds], plant, least=1, most=1)
        try:
            winner = int(seed_of(out))
            call(evolve("circuit", home, home / f"alone{trial}", winner))
            other = difference(out, bytes_of(home / f"alone{trial}"))
            if other:
                result.fail(f"race {trial}: the manifest names seed {winner}, {other}")
        except Exception as error:  # whatever a race left is what the harness looks for
            result.fail(f"race {trial}: {error}")
        more = ["evolve", "--resume", str(out), "--set", "evolution.generations=9"]
        _at_once(result, [more] * 3, plant, least=1, most=3)
        if trial % 4 == 0:
            _at_once(result, [[*study, f"{out}s"]] * 2, plant, least=1, most=2)
            shards = [
                [
                    "study",
                    str(home / "study.toml"),
                    "--out",
                    f"{out}h",
                    "--shard",
                    f"{k}/2",
                ]
                for k in (1, 2)
            ]
            _at_once(result, shards, plant, least=2, most=2)
            call([*study, f"{out}h"])
            call([*study, f"{out}s"])
            other = difference(Path(f"{out}s"), bytes_of(Path(f"{out}h")))
            if other:
                result.fail(f"race {trial}: studies: {other}")


LONGER = [f"evolution.generations={10**6}", "tracking.checkpoint_seconds=0.02"]


def held(result: Result, home: Path, plant: Plant | None = None) -> None:
    """Nobody else gets at a run or study while it is evolved: a run that begins, one that is resumed, a study."""
    out, study = home / "held", home / "held-study"
    (home / "study.toml").write_text(STUDY.replace("generations = 2", f"generations = {10**6}"))
    settings = [word for setting in LONGER for word in ("--set", setting)]
    whole = [*evolve("circuit", home, out), *settings]
    resumed = ["evolve", "--resume", str(out)]
    studied = ["study", str(home / "study.toml"), "--jobs", "1", "--out", str(study)]
    run = study / "a" / "000"
    for command, log, others in (
        (whole, out, (whole, resumed)),
        (resumed, out, (whole, resumed)),
        (studied, run, (studied, ["study", str(study)], ["evolve", "--resume", str(run), "--trust"])),
    ):
        child, output = start(partial(_main, command), plant)
        _wait_for_rows(log)
        for other in others:
            ended = end(*start(partial(_main, other), plant), 30.0)  # one that gets in never ends
            result.tried += 1
            if ended.code != 2 or not re.search(r"another process|already holds", ended.said):
                result.fail(f"{other[:2]} beside {command[:2]}: {ended.code}", ended.said)
        os.kill(child, signal.SIGTERM)
        stopped = end(child, output)
        if stopped.code != 143:
            result.fail(f"{command[:2]} was stopped: {stopped.code}", stopped.said)


def _wait_for_rows(folder: Path) -> None:
    """Until a checkpoint and some rows were written from now on; a minute at the most."""
    begun, limit = time.time(), time.monotonic() + 60.0
    while time.monotonic() < limit:
        try:
            if min((folder / name).stat().st_mtime for name in ("checkpoint.npz", "log.csv")) > begun:
                return
        except OSError:
            pass
        time.sleep(0.02)


def lockless(result: Result, home: Path) -> None:
    """Where nothing can be locked every command that would write is refused, and changes nothing."""
    (home / "study.toml").write_text(STUDY)
    call(evolve("circuit", home, home / "done"))
    call(["study", str(home / "study.toml"), "--jobs", "1", "--out", str(home / "st")])
    (home / "st" / "a" / "000" / "complete").unlink()
    before = tree(home)
    for command in (
        evolve("circuit", home, home / "new" / "run"),
        ["evolve", "--resume", str(home / "done"), "--set", "evolution.generations=9"],
        ["study", str(home / "study.toml"), "--jobs", "1", "--out", str(home / "new" / "study")],
        ["study", str(home / "st"), "--jobs", "1"],
    ):
        ended = call(command, partial(deny_locks, all_kinds=True))
        result.tried += 1
        if ended.code != 2 or "has no locks" not in ended.said or tree(home) != before:
            changed = sorted(tree(home).items() ^ before.items())[:3]
            result.fail(f"{command[:2]}: {ended.code}, {changed}", ended.said)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file and folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"/"
        for path in folder.rglob("*")
    }


def _at_once(
    result: Result, commands: Sequence[Sequence[str]], plant: Plant | None, least: int, most: int
) -> None:
    """Commands that are released by one pipe; the losers say so, and how many win is as it must be."""
    reader, writer = os.pipe()

    def released(arguments: Sequence[str]) -> int:
        os.close(writer)
        os.read(reader, 1)
        return _main(arguments)

    forks = [start(partial(released, arguments), plant) for arguments in commands]
    time.sleep(0.02)
    os.close(reader)
    os.close(writer)
    ended = [end(*fork) for fork in forks]
    result.tried += 1
    winners = sum(one.code == 0 for one in ended)
    losers = [one for one in ended if one.code != 0]
    is_told = all(
        one.code == 2 and re.search(r"another process|already holds", one.said) for one in losers
    )
    if not least <= winners <= most or not is_told:
        result.fail(
            f"{winners} of {len(commands)} won: {commands[0][:2]}", "\n".join(o.said for o in ended)
        )
