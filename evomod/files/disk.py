"""Files written whole or not at all, by one process at a time; a full disk is one sentence."""

from __future__ import annotations

import errno
import json
import os
import struct
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from io import BytesIO
from pathlib import Path
from shlex import quote
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(path.name + ".part")
    try:
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def write_json(path: Path, data: Mapping[str, Any], indent: int = 2) -> None:
    """Write JSON whole or not at all."""
    write_whole(path, (json.dumps(data, indent=indent) + "\n").encode())


def make_folder(folder: Path) -> list[Path]:
    """Make a folder and those above it; where one of them cannot be made, none is left. Returns those made."""
    made: list[Path] = []
    try:
        for place in [*reversed(folder.parents), folder]:
            try:
                place.mkdir()
                made.append(place)
            except FileExistsError:
                if not place.is_dir():
                    raise
    except OSError:
        _unmake(made)
        raise
    return made


def _unmake(made: list[Path]) -> None:
    for place in reversed(made):
        with suppress(OSError):  # another process has put something into it
            place.rmdir()


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where there is no room."""


@contextmanager
def reports_disk_errors(folder: Path) -> Iterator[None]:
    """What the system says of a folder that cannot be written becomes one sentence."""
    try:
        yield
    except OSError as error:
        reason = "the disk is full" if error.errno in FULL else f"{error.strerror or error}"
        raise EvomodError(f"cannot write to {folder}: {reason}. {_advice(folder, error)}") from error


def _advice(folder: Path, error: OSError) -> str:
    """What to do once the cause is gone: by what the folder holds, and by what the cause is."""
    first = {errno.EROFS: "Make it writable", errno.EACCES: "Make it writable"}
    cause = "Make room" if error.errno in FULL else first.get(error.errno or 0)
    if error.errno == errno.ENAMETOOLONG:
        return "Give a shorter name with --out."
    try:
        if (folder / "checkpoint.npz").exists():
            then = f"go on with `evomod evolve --resume {quote(str(folder))}`"
            return (
                f"{cause}, then {then}: the last checkpoint is safe."
                if cause
                else (f"The last checkpoint is safe: {then}.")
            )
        if cause:
            return f"{cause}, then start the same command again, or give another folder with --out."
    except OSError:
        pass
    return "Give another folder with --out."


def is_file(path: str | Path) -> bool:
    """Whether there is a file of this name; a name that is too long for one is none."""
    try:
        return Path(path).is_file()
    except OSError:
        return False


def is_folder(path: str | Path) -> bool:
    """Whether there is a folder of this name; a name that is too long for one is none."""
    try:
        return Path(path).is_dir()
    except OSError:
        return False


def exists(path: str | Path) -> bool:
    """Whether there is anything of this name; a name that is too long for one is none."""
    try:
        return Path(path).exists()
    except OSError:
        return False


class BusyError(EvomodError):
    """Another process holds a file."""


class NoLocksError(EvomodError):
    """A file lies where nothing can be locked."""


TOLD_AFTER = 30.0
"""Seconds after which whoever waits for another process says so."""


@contextmanager
def locked(path: Path, busy: str, *, shared: bool = False, patience: float = 0.5) -> Iterator[IO[bytes]]:
    """A file, made where there is none and open for appending, that no other process holds meanwhile.

    One that holds it is waited for so many seconds (`evomod status` holds a log for an instant), or for ever if they are
    infinite. Raises `BusyError` that says ``busy`` then, and `EvomodError` where the folder cannot be written to. Where nothing can
    be locked nothing is left of what was made, the folder neither.
    """
    with reports_disk_errors(path.parent):
        made, is_new = make_folder(path.parent), not path.exists()
        file = open(path, "a+b" if shared else "ab")  # noqa: SIM115 - closed below
    with file:
        try:
            _wait_for(file, busy, shared, patience)
        except NoLocksError:
            if is_new:
                path.unlink(missing_ok=True)
            _unmake(made)
            raise
        file.seek(0, os.SEEK_END)  # of what whoever held it before has written
        yield file


def _wait_for(file: IO[bytes], busy: str, shared: bool, patience: float) -> None:
    begun, is_told = time.monotonic(), False
    while not take_lock(file, shared=shared):
        waited = time.monotonic() - begun
        if waited >= patience:
            raise BusyError(busy)
        if waited > TOLD_AFTER and not is_told:
            is_told = True
            print(f"evomod: {busy}", file=sys.stderr)
        time.sleep(0.05)


def locked_log(folder: Path) -> AbstractContextManager[IO[bytes]]:
    """A run's log, open for appending; nobody else changes the run meanwhile."""
    path = folder / "log.csv"
    return locked(
        path, f"another process is writing {path}; wait for it, or start another run with --out."
    )


def is_locked(path: Path) -> bool:
    """Whether another process of this machine holds a file."""
    try:
        with open(path, "rb") as file:
            return not take_lock(file, shared=True)
    except (OSError, EvomodError):  # none yet, or nobody can lock it
        return False


NO_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL)
"""What file systems without locks of this kind say."""


def take_lock(file: IO[Any], *, shared: bool = False) -> bool:
    """Lock an open file; False where another process holds it. It is let go when the file is closed.

    Some network file systems know no flock, which is asked for first, but locks of bytes. Raises `NoLocksError`
    where there are neither.
    """
    if sys.platform == "win32":
        return True
    import fcntl

    how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
    for take in (fcntl.flock, _lock_bytes):
        try:
            take(file, how)
            return True
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            if error.errno not in NO_LOCKS:
                raise
    raise NoLocksError(
        f"the file system of {file.name} has no locks, so two processes could write one run; give a folder on "
        "another file system with --out, and copy it when it is done."
    )


def _lock_bytes(file: IO[Any], how: int) -> None:
    """A lock of all bytes, held by the open file where the system knows such locks (Linux).

    One that the process holds is lost when the process closes the file anywhere, as after it has read a log. A
    shared lock needs a file that can be read; of any other it is taken as the only one.
    """
    import fcntl

    if "+" not in file.mode and "r" not in file.mode:
        how = how & ~fcntl.LOCK_SH | fcntl.LOCK_EX
    if not hasattr(fcntl, "F_OFD_SETLK"):
        fcntl.lockf(file, how)
        return
    command = fcntl.F_OFD_SETLK if how & fcntl.LOCK_NB else fcntl.F_OFD_SETLKW
    kind = fcntl.F_RDLCK if how & fcntl.LOCK_SH else fcntl.F_WRLCK
    fcntl.fcntl(file, command, struct.pack("hhqqi4x", kind, os.SEEK_SET, 0, 0, 0))


def npz(**arrays: NDArray[Any]) -> bytes:
    """Arrays as the bytes of an .npz file."""
    buffer = BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()
