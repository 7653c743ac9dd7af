"""The same bytes, whatever process evolves them: hash seeds, caches, compiled or interpreted; and signals at start-up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from .crashes import RUNS
from .forks import bytes_of
from .report import Result

FEW = ["--set", "evolution.population=10", "--set", "evolution.generations=5"]


def started(arguments: list[str], **environment: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-m", "evomod", *arguments],
        env=os.environ | environment,
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


def at_start(result: Result, home: Path, number: int) -> None:
    """SIGINT or SIGTERM while a real process starts; then the same command, or resume, does all."""
    named = ["evolve", *RUNS["circuit"], "--seed", "3", *FEW, "--out"]
    started([*named, str(home / "whole")]).communicate()
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
            again = started(command)
            again.communicate(timeout=600)
            if again.returncode == 0:
                break
        if bytes_of(out) != wanted:
            result.fail(f"after {chosen.name} at start-up: other bytes")
