"""What a command is given to write to: full, small, forbidden or closed, or with a name that nothing can have."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from .crashes import STUDY, again, evolve, tree
from .forks import Ended, bytes_of, call, difference
from .report import Result

NOBODY = 65534
ODD = "\udcff"
"""A name that is not UTF-8."""
RUN = [
    "evolve",
    "retina",
    "--seed",
    "1",
    "--set",
    "evolution.population=50",
    "--set",
    "evolution.generations=5",
]
SIZES = (100, 1000, 3000, 10_000, 30_000)
"""Bytes that a file may have at the most: from no run to all of it."""


def _is_sentence(ended: Ended) -> bool:
    lines = [line for line in ended.said.splitlines() if line.startswith("evomod: ")]
    return ended.code == 2 and len(lines) == 1 and "Traceback" not in ended.said


def outputs(result: Result, home: Path) -> None:
    """Standard output that is full, closed, or has no letters but those of ASCII."""
    out, (st, toml) = home / "run", (home / "st", home / "study.toml")
    toml.write_text(STUDY)
    call([*RUN, "--out", str(out)])
    call(["study", str(toml), "--out", str(st), "--jobs", "1"])
    commands = [
        ["tasks"], ["measure", str(out), "--draws", "2"], ["status", str(st)], ["plot", str(out)],
        ["evolve", "--resume", str(out)], ["study", str(st), "--jobs", "1"], ["evolve", "circuit", "--show-config"],
        ["figure"], ["compare", str(st)],
    ]  # fmt: skip
    for command in commands:
        for name, given in (("full", _full), ("closed", _closed), ("ASCII", _ascii)):
            ended = call(command, before=given)
            result.tried += 1
            is_told = name != "full" or _is_sentence(ended) or not call(command).said
            if not ended.is_orderly or (name == "ASCII" and ended.code) or not is_told:
                result.fail(f"{' '.join(command[:1])}, {name}: {ended.code}", ended.said)


def _full() -> None:
    os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
    sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")


def _closed() -> None:
    os.close(1)
    sys.stdout = os.fdopen(os.open("/dev/null", os.O_RDONLY), "r", encoding="utf-8")


def _ascii() -> None:
    sys.stdout = os.fdopen(os.dup(1), "w", encoding="ascii")


def places(result: Result, home: Path) -> None:
    """Files that may have so many bytes, folders that may not be written to: a sentence, and then the same command."""
    (home / "study.toml").write_text(STUDY)
    kinds: dict[str, Callable[[Path], list[str]]] = {
        "run": partial(evolve, "circuit", home),
        "study": lambda out: ["study", str(home / "study.toml"), "--jobs", "1", "--out", str(out)],
    }
    for place in (home, *home.parents[:2]):
        place.chmod(0o755)
    for kind, command in kinds.items():
        call(command(whole := home / f"{kind}-whole"))
        for name, given in (
            *((f"{size} bytes", partial(_small, size)) for size in SIZES),
            ("forbidden", _nobody),
        ):
            out = home / "out" / kind
            out.parent.mkdir(mode=0o755, exist_ok=True)
            before, ended = tree(out.parent), call(command(out), before=given)
            result.tried += 1
            is_changed = name == "forbidden" and tree(out.parent) != before
            if not (ended.code == 0 or _is_sentence(ended)) or is_changed:
                result.fail(f"{kind}, {name}: {ended.code}", ended.said)
            _goes_on(result, f"{kind}, {name}", command(out), out, bytes_of(whole))
            shutil.rmtree(out.parent)


def _small(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _nobody() -> None:
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def disks(result: Result, home: Path) -> None:
    """File systems that are full or read-only, where this user may mount some; then they are not, and all goes on."""
    disk = home / "disk"
    disk.mkdir()
    (home / "study.toml").write_text(STUDY)
    kinds: dict[str, Callable[[Path], list[str]]] = {
        "run": partial(evolve, "circuit", home),
        "study": lambda out: ["study", str(home / "study.toml"), "--jobs", "1", "--out", str(out)],
    }
    for kind, command in kinds.items():
        call(command(whole := home / f"{kind}-whole"))
        for kilobytes in DISKS:
            if not _mounted(disk, f"size={kilobytes}k"):
                result.note("file systems that may not be mounted")
                continue
            try:
                result.tried += 1
                ended = call(command(disk / "x"))
                result.note("refused", ended.code == 2)
                if not (ended.code == 0 or _is_sentence(ended)):
                    result.fail(f"{kind}, {kilobytes} KiB: {ended.code}", ended.said)
                _mounted(disk, "remount,size=64m")
                _goes_on(
                    result, f"{kind}, {kilobytes} KiB", command(disk / "x"), disk / "x", bytes_of(whole)
                )
                if kilobytes == DISKS[-1]:
                    _read_only(result, disk, kind, command)
            finally:
                subprocess.run(["umount", str(disk)], check=True)


DISKS = (4, 8, 16, 32, 64, 128, 256)


def _read_only(result: Result, disk: Path, kind: str, command: Callable[[Path], list[str]]) -> None:
    begun, new = disk / "x", disk / "new"
    before = tree(disk)
    _mounted(disk, "remount,ro")
    longer = ["--set", "evolution.generations=9"]
    reads = [["report", str(begun)], ["export", str(begun), "--gml", str(disk / "x.gml")], ["plot", str(begun)],
             ["evolve", "--resume", str(begun), *longer]] if kind == "run" else [["status", str(begun)],
             ["report", str(begun)]]  # fmt: skip
    for words in (*reads, command(new)):
        ended = call(words)
        result.tried += 1
        if not (ended.code == 0 or _is_sentence(ended)) or tree(disk) != before:
            result.fail(f"{words[0]} of a {kind}, read-only: {ended.code}", ended.said)
    _mounted(disk, "remount,rw")
    for words in (*reads, command(new)):
        ended = call(words)
        if ended.code != 0:
            result.fail(f"{words[0]} of a {kind}, writable again: {ended.code}", ended.said)


def _goes_on(result: Result, what: str, command: list[str], out: Path, wanted: dict[str, bytes]) -> None:
    ended = again(command, out, "command")
    other = difference(out, wanted) if ended.code == 0 else f"ended with {ended.code}"
    if other:
        result.fail(f"{what}, again: {other}", ended.said)


def _mounted(disk: Path, options: str) -> bool:
    """Whether a file system in memory could be mounted there with these options."""
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(disk)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def names(result: Result, home: Path) -> None:
    """Names of 300 letters, paths of 4,200, and names with odd letters, wherever a file or folder is named."""
    call(evolve("circuit", home, home / "run"))
    (home / "study.toml").write_text(STUDY)
    long, deep = "x" * 300, "/".join(["y" * 200] * 21)
    for name in (long, deep, "a\nb", "-", ODD, ""):
        for command in (
            ["evolve", f"{name}.toml"], ["evolve", name], ["evolve", f"{name}.py"], ["evolve", "--resume", name],
            ["evolve", "circuit", "--out", name, "--set", "evolution.generations=1"], ["study", f"{name}.toml"],
            ["study", str(home / "study.toml"), "--jobs", "1", "--out", name], ["status", name], ["plot", name],
            ["measure", f"{name}.csv"], ["measure", str(home / "run"), "--modules", name], ["report", name],
            ["evolve", "circuit", "--set", f"evolution.start={name}.npz", "--out", str(home / "never")],
        ):  # fmt: skip
            ended = call(command, before=partial(os.chdir, home))
            result.tried += 1
            if not ended.is_orderly or (name in (long, deep, ODD) and not _is_sentence(ended)):
                result.fail(f"{command[:2]}: {ended.code}", ended.said)
    (home / ODD).mkdir()
    for command in (
        [*RUN, "--out", "r"], ["evolve", "--resume", "r"], ["plot", "r"], ["report", "r"],
        ["measure", "r", "--draws", "2"], ["study", str(home / "study.toml"), "--jobs", "1", "--out", "st"],
        ["status", "st"], ["report", "st"], ["export", "r", "--graphml", "r.graphml"], ["figure"],
    ):  # fmt: skip
        ended = call(command, before=partial(os.chdir, home / ODD))
        result.tried += 1
        if ended.code != 0:
            result.fail(f"{command[:2]} in a folder whose name is not UTF-8: {ended.code}", ended.said)
