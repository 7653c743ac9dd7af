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


def now() -> str:
    """Time of day, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


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


@cache  # 12 ms, and a study asks once a replicate
def commit() -> str | None:
    """The commit of a source checkout of evomod, if it runs from one."""
    ask = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None


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
