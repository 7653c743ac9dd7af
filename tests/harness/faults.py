"""Faults at system calls: a process that dies, or a system that says no, at the n-th change of a file.

Every call that changes a file below a folder is a step: opening for writing, each write and the half of it,
truncation, fsync, rename, removal, a new folder. `install` counts the steps of this process and lets one fail.

``how`` it fails: "exit" (as by kill -9: what Python buffers is lost), "power" (what was not synced is lost too,
renames are not: file systems keep the order of names, and not that of contents), "error" (the system refuses it:
the disk is full), "gone" (it and every later one is refused: a file server is gone).
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import io
import os
from dataclasses import dataclass, field
from pathlib import Path

DEAD = 137


@dataclass
class Fault:
    """What fails, and what has happened so far."""

    root: str
    at: int | None
    """The step, from 1; None: only count."""
    how: str = "exit"
    once: Path | None = None
    """Made at the failure, which does not happen if it is there: one of several processes fails, once."""
    steps: list[str] = field(default_factory=list)
    synced: dict[str, int] = field(default_factory=dict)
    """Bytes of every file that has been written to which a loss of power leaves."""
    is_on: bool = True


FAULT: list[Fault] = []
REAL = {name: getattr(os, name) for name in ("fsync", "replace", "rename", "unlink", "mkdir", "rmdir")}
REAL_OPEN = io.open


def _inside(path: object) -> str | None:
    fault = FAULT[0]
    name = os.path.abspath(os.fsdecode(path)) if isinstance(path, str | bytes | os.PathLike) else ""
    return name if fault.is_on and name.startswith(fault.root) else None


def _step(what: str, path: str) -> bool:
    """Count a step; die or raise at the one that fails. True where the caller is to do half of it and die."""
    fault = FAULT[0]
    fault.steps.append(f"{what} {os.path.relpath(path, fault.root)}")
    if fault.how == "gone" and fault.at is not None and len(fault.steps) >= fault.at:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), path)
    if fault.at != len(fault.steps) or (fault.once is not None and fault.once.exists()):
        return False
    if fault.once is not None:
        fault.is_on = False
        fault.once.touch()
    if fault.how == "error":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
    if what == "half write":
        return True
    die()
    return False


def die() -> None:
    fault = FAULT[0]
    if fault.how == "power":
        for path, size in fault.synced.items():
            if os.path.exists(path) and os.path.getsize(path) > size:
                os.truncate(path, size)
    os._exit(DEAD)


class Raw(io.FileIO):
    """A file below the root that is open for writing."""

    def __init__(self, path: str, mode: str) -> None:
        before = os.path.getsize(path) if os.path.exists(path) else 0
        _step("open", path)
        super().__init__(path, mode)
        self.place = path
        fault = FAULT[0]
        kept = 0 if "w" in mode else fault.synced.get(path, before)
        fault.synced[path] = kept

    def write(self, data) -> int:  # type: ignore[no-untyped-def]
        _step("write", self.place)
        if len(data) > 1 and _step("half write", self.place):
            super().write(bytes(data)[: len(data) // 2])
            die()
        return super().write(data) or 0

    def truncate(self, size: int | None = None) -> int:
        _step("truncate", self.place)
        size = super().truncate(size)
        FAULT[0].synced[self.place] = min(FAULT[0].synced[self.place], size)
        return size


def _open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, **rest):  # type: ignore[no-untyped-def]
    path = _inside(file) if FAULT and set(mode) & set("wax+") else None
    if path is None:
        return REAL_OPEN(file, mode, buffering, encoding, errors, newline, **rest)
    raw = Raw(path, mode.replace("b", "").replace("t", ""))
    buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
    if "b" in mode:
        return buffered
    return io.TextIOWrapper(buffered, encoding or "utf-8", errors, newline)


def _fsync(descriptor: int) -> None:
    path = _inside(os.readlink(f"/proc/self/fd/{descriptor}"))
    if path is not None:
        _step("fsync", path)
    REAL["fsync"](descriptor)
    if path is not None:
        FAULT[0].synced[path] = os.fstat(descriptor).st_size


def _moved(name: str):  # type: ignore[no-untyped-def]
    def move(source, target, **options):  # type: ignore[no-untyped-def]
        path, synced = _inside(target), FAULT[0].synced
        if path is not None:
            _step(name, path)
        REAL[name](source, target, **options)
        if path is not None:
            synced[path] = synced.pop(os.path.abspath(os.fsdecode(source)), os.path.getsize(path))

    return move


def _changed(name: str):  # type: ignore[no-untyped-def]
    def change(path, *rest, **options):  # type: ignore[no-untyped-def]
        inside = _inside(path)
        if inside is not None:
            _step(name, inside)
        REAL[name](path, *rest, **options)
        if inside is not None and name == "unlink":
            FAULT[0].synced.pop(inside, None)

    return change


def install(root: Path, at: int | None, how: str = "exit", once: Path | None = None) -> Fault:
    """Let the n-th change of a file below a folder fail, in this process."""
    FAULT[:] = [Fault(os.path.abspath(root), at, how, once)]
    builtins.open = io.open = _open  # type: ignore[assignment]
    os.fsync, os.replace, os.rename = _fsync, _moved("replace"), _moved("rename")
    os.unlink, os.mkdir, os.rmdir = _changed("unlink"), _changed("mkdir"), _changed("rmdir")
    os.remove = os.unlink
    return FAULT[0]


def deny_locks(*, all_kinds: bool = False) -> None:
    """Let this process be on a file system without flock, or without locks of any kind."""

    def none(*arguments: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    def control(file, command, argument=0):  # type: ignore[no-untyped-def]
        return none() if command in ofd else real(file, command, argument)

    real, ofd = fcntl.fcntl, (fcntl.F_OFD_SETLK, fcntl.F_OFD_SETLKW)
    fcntl.flock = none
    if all_kinds:
        fcntl.lockf, fcntl.fcntl = none, control
