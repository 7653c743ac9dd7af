"""Commands of evomod in forks of a process that has everything imported and compiled: 50 ms in place of 2 s."""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import evomod
from evomod.cli import parser as cli
from evomod.measures import report as measuring
from evomod.runs import run as runs
from evomod.runs import warmup

Plant = Callable[[], None]
"""Breaks something in a fork, so that one sees whether the harness finds it."""


@dataclass(frozen=True)
class Ended:
    """How a fork ended: its exit code, or minus the signal that ended it, and all it said."""

    code: int
    said: str

    @property
    def is_orderly(self) -> bool:
        """Whether it ended as a command may: well, refused in a sentence, or stopped."""
        return self.code in (0, 1, 2, 130, 143) and "Traceback" not in self.said


def warm() -> None:
    """Import and compile what forks need; few null graphs are drawn in them."""
    if hasattr(warm, "done"):
        return
    measuring.NOTE_DRAWS = 20
    warmup.announce()
    for sections in (
        {},
        {"pressures": {"connection-cost": {}}},
        {"network": {"encoding": "layered-real"}},
        {"network": {"encoding": "threshold"}},
        {"task": "circuit"},
        {"task": "circuit", "network": {"encoding": "gate-layers"}},
    ):
        warmup.compile_for(
            evomod.Config(**{"task": "retina", "evolution": {"population": 10}} | sections)
        )
    measuring.measure_network([[0, 1, 0], [0, 0, 1], [1, 0, 0]], draws=2)
    from evomod.files import provenance
    from evomod.plots import runs as plotting  # noqa: F401
    from evomod.studies import run as study_run

    # what every fork would do again: of a run 20 of 45 ms, of a study 30 of 155
    provenance.commit(), provenance.versions()
    made = cli.parser()
    cli.parser = lambda: made
    study_run.compile_for = lambda config: None

    warm.done = True


def start(function: Callable[[], int | None], plant: Plant | None = None) -> tuple[int, Path]:
    """Fork; the child calls the function and ends with what it returns. The process and its output."""
    warm()
    handle, name = tempfile.mkstemp(prefix="harness-")
    sys.stdout.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forks of processes with threads
        child = os.fork()
    if child:
        os.close(handle)
        return child, Path(name)
    code = 70
    try:
        os.setpgid(0, 0)
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(
                signal_number,
                signal.default_int_handler if signal_number == signal.SIGINT else signal.SIG_DFL,
            )
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        sys.stdout, sys.stderr = (
            os.fdopen(os.dup(n), "w", buffering=1, encoding="utf-8") for n in (1, 2)
        )
        if plant is not None:
            plant()
        code = function() or 0
    except SystemExit as error:  # of argparse, after it has said what it has to say
        code = error.code if isinstance(error.code, int) else 1
    except BaseException as error:  # whatever it is, it is what the harness looks for
        import traceback

        os.write(2, f"Traceback: {type(error).__name__}: {error}\n{traceback.format_exc()}".encode())
    finally:
        os._exit(code)


def end(child: int, output: Path, limit: float = 120.0) -> Ended:
    """Wait for a fork; one that takes too long is killed, and ends by SIGKILL."""
    begun = time.monotonic()
    pause = 0.001
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() - begun > limit:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            break
        time.sleep(pause)
        pause = min(0.01, pause * 1.3)
    said = output.read_text(errors="replace")
    output.unlink()
    return Ended(os.waitstatus_to_exitcode(status), said)


def call(arguments: Sequence[str], plant: Plant | None = None, before: Plant | None = None) -> Ended:
    """A command of evomod in a fork; ``before`` is called in it first, such as what installs a fault."""

    def act() -> int:
        if before is not None:
            before()
        return cli.main([str(argument) for argument in arguments])

    return end(*start(act, plant))


def limit_memory(megabytes: int) -> None:
    """Of this process, beyond what it has now."""
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    most = now + megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


RUN = (
    "log.csv",
    "population.csv",
    "archive.csv",
    "best.json",
    "checkpoint.npz",
    "config.toml",
    "task.py",
    "complete",
    "start.npz",
)
TABLES = ("summary.csv", "curves.csv", "courses.csv.gz", "networks.json.gz", "density.csv.gz")


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every byte of a run or a study that must be the same however it came to be."""
    names = {*RUN, *TABLES, "measures.json", "study.toml"}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.name in names and path.is_file()
    }


def difference(found: Path, wanted: dict[str, bytes]) -> str:
    """What differs between a folder and what it must be; nothing half written may be left either."""
    ours = bytes_of(found)
    parts = [str(path.relative_to(found)) for path in found.rglob("*.part")]
    other = [name for name in sorted(ours.keys() | wanted.keys()) if ours.get(name) != wanted.get(name)]
    return "; ".join(
        [
            *([f"differs: {', '.join(other[:5])}"] if other else []),
            *([f"left: {parts[0]}"] if parts else []),
        ]
    )


def seed_of(folder: Path) -> Any:
    return runs.load_run(folder).manifest["seed"]["entropy"]
