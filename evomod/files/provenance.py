"""Where a result comes from: time, versions, commit, machine."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError


def now() -> str:
    """Time of day, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def installed_version() -> str:
    """Of evomod."""
    return versions()["evomod"]


def versions() -> dict[str, str]:
    """Of Python and the packages that decide a result."""
    return dict(_versions())


@cache  # 1 ms, and a study asks twice a replicate
def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in ("evomod", "numpy", "numba", "deap"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def other_version(manifest: dict[str, Any]) -> str | None:
    """The version of evomod that made a folder; None where it is this one."""
    theirs = str(manifest.get("versions", {}).get("evomod"))
    return None if theirs == versions()["evomod"] else theirs


def check_version(folder: Path, manifest: dict[str, Any]) -> None:
    """Raises `EvomodError` for the folder of a study, or of a run, that another version made."""
    theirs = other_version(manifest)
    if theirs is None:
        return
    why = "the same seed can give another run"
    if theirs.startswith("0.1."):
        why = "layered networks are born with more connections since 0.2, so the same seed gives another run"
    raise EvomodError(
        f"{folder} was made by evomod {theirs} and this is evomod {versions()['evomod']}: {why}. Go on with "
        f"evomod {theirs}, or start anew in another folder with --out."
    )


@cache  # 12 ms, and a study asks once a replicate
def commit() -> str | None:
    """The commit of a source checkout of evomod, if it runs from one; with "-dirty" where files differ from it.

    ``git describe --dirty`` would lock the index, and a process that is killed meanwhile leave the lock.
    """
    try:
        name = _git("describe", "--always", "--abbrev=40")
        is_dirty = name and _git("--no-optional-locks", "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{name}-dirty" if is_dirty else name or None


def _git(*words: str) -> str:
    ask = ["git", "-C", str(Path(__file__).parent), *words]
    return subprocess.run(ask, capture_output=True, text=True, timeout=10, check=True).stdout.strip()


def here() -> dict[str, Any]:
    """Where and when a run starts."""
    return {
        "versions": versions(),
        "commit": commit(),
        "host": {
            "system": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
            "cores": os.cpu_count(),
        },
        "start": now(),
    }
