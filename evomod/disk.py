"""Files written whole or not at all, by one process at a time; a full disk is one sentence."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
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


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write JSON whole or not at all."""
    write_whole(path, (json.dumps(data, indent=2) + "\n").encode())


@contextmanager
def reports_disk_errors(folder: Path) -> Iterator[None]:
    """What the system says of a folder that cannot be written becomes one sentence."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        reason = "the disk is full" if full else f"{error.strerror or error}"
        advice = "Give another folder with --out."
        try:
            if (folder / "checkpoint.npz").exists():
                advice = f"The last checkpoint is safe: go on with `evomod evolve --resume {folder}`."
            elif full:
                advice = "Make room and start again."
        except OSError:
            pass
        raise EvomodError(f"cannot write to {folder}: {reason}. {advice}") from error


def lock(file: IO[bytes]) -> None:
    """Keep other processes out of this run until the file is closed, or this process dies."""
    if sys.platform == "win32":
        return
    import fcntl

    for _ in range(10):  # `evomod status` holds it for an instant
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(0.05)
    raise EvomodError(
        f"another process is writing {file.name}; wait for it, or start another run with --out."
    )


def npz(**arrays: NDArray[Any]) -> bytes:
    """Arrays as the bytes of an .npz file."""
    buffer = BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()
