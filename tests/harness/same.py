"""The same bytes, whatever process evolves them: hash seeds, caches, compiled or interpreted; and signals at start-up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .crashes import RUNS
from .forks import bytes_of, call, difference
from .report import Result

ROOT = Path(__file__).parents[2]
GOLDEN = {f"golden {path.stem}": path for path in sorted(ROOT.glob("tests/golden/*.toml"))}
FEW = ["--set", "evolution.population=10", "--set", "evolution.generations=5"]


def started(
    arguments: list[str], python: str | Path = sys.executable, **environment: str
) -> subprocess.Popen[str]:
    """A command of this evomod."""
    pipe = subprocess.PIPE
    paths = os.pathsep.join((str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)))
    return subprocess.Popen(
        [str(python), "-m", "evomod", *arguments],
        env=os.environ | {"PYTHONPATH": paths} | environment,
        stdout=pipe,
        stderr=pipe,
        text=True,
    )


def same(result: Result, home: Path, kinds: tuple[str, ...] = ("layered", "circuit")) -> None:
    """Runs in processes of different surroundings."""
    surroundings: dict[str, dict[str, str]] = {
        "as usual": {},
        "hash seed 0": {"PYTHONHASHSEED": "0"},
        "hash seed 99": {"PYTHONHASHSEED": "99"},
        "an empty cache": {"NUMBA_CACHE_DIR": str(home / "cache")},
        "that cache, warm": {"NUMBA_CACHE_DIR": str(home / "cache")},
        "interpreted": {"NUMBA_DISABLE_JIT": "1"},
        "another locale": {"LC_ALL": "C", "PYTHONUTF8": "0"},
    }
    for kind in kinds:
        wanted: dict[str, bytes] = {}
        for name, environment in surroundings.items():
            out = home / f"{kind}-{name}".replace(" ", "-")
            process = started(
                ["evolve", *RUNS[kind], "--seed", "3", "--out", str(out), *FEW], **environment
            )
            said = process.communicate(timeout=600)[1]
            result.tried += 1
            found = bytes_of(out)
            wanted = wanted or found
            if process.returncode != 0 or found != wanted:
                result.fail(f"{kind}, {name}: rc {process.returncode}", said)


ABOUT = """
import importlib.metadata as known, platform
print(platform.python_version(), *(f"{name} {known.version(name)}" for name in ("numpy", "numba")), sep=", ")
"""


def pythons() -> dict[str, Path]:
    """Interpreters in environments beside ``.venv``, by version and what else they have: see `make .venv-3.12`."""
    found = {}
    for path in sorted(ROOT.glob(".venv-*/bin/python")):
        told = subprocess.run([path, "-c", ABOUT], capture_output=True, text=True, check=False)
        if told.returncode == 0:
            found[told.stdout.strip()] = path
    return found


def versions(result: Result, home: Path, kinds: Sequence[str] = (*RUNS, *GOLDEN)) -> None:
    """Runs of every encoding, and those whose logs are kept, under other versions of Python and of what it needs."""
    start = home / "start"
    started(["evolve", "retina", "--seed", "3", "--out", str(start), *FEW]).communicate()
    for kind in kinds:
        named = [word.replace("START", str(start / "best.json")) for word in RUNS.get(kind, [])]
        command = [*named, *FEW] if named else [str(GOLDEN[kind])]
        wanted: dict[str, bytes] = {}
        for name, path in {"this": Path(sys.executable), **pythons()}.items():
            out = home / f"{kind}-{name}".replace(" ", "-")
            process = started(["evolve", *command, "--seed", "1", "--out", str(out)], path)
            said = process.communicate(timeout=1200)[1]
            if name != "this":
                result.tried += 1
                result.note(f"with {name}")
            wanted = wanted or bytes_of(out)
            if process.returncode != 0 or (other := difference(out, wanted)):
                told = said if process.returncode else other
                result.fail(f"{kind}, {name}: rc {process.returncode}", told)


def at_start(result: Result, home: Path, number: int) -> None:
    """SIGINT or SIGTERM while a real process starts; then the same command, or resume, does all."""
    named = ["evolve", *RUNS["circuit"], "--seed", "3", *FEW, "--out"]
    call([*named, str(home / "whole")])
    wanted = bytes_of(home / "whole")
    for trial in range(number):
        out = home / f"start{trial}"
        process = started([*named, str(out)])
        time.sleep(float(result.rng.uniform(0.1, 2.0)))
        chosen = (signal.SIGINT, signal.SIGTERM)[trial % 2]
        for _ in range(1 + trial // 2 % 2):
            process.send_signal(chosen)
            time.sleep(0.01)
        said = process.communicate(timeout=600)[1]
        result.tried += 1
        result.note(f"ended with {process.returncode}")
        if "Traceback" in said and "evomod/" in said:
            result.fail(f"{chosen.name} at start-up: {process.returncode}", said)
        for command in ([*named, str(out)], ["evolve", "--resume", str(out)]):
            if call(command).code == 0:
                break
        if bytes_of(out) != wanted:
            result.fail(f"after {chosen.name} at start-up: other bytes")
