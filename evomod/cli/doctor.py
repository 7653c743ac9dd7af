"""What evomod finds on this machine: versions, cores, caches, and what is missing for which extra."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

EXTRAS = {
    "cluster": "evomod study --dask",
    "export": "evomod export --onnx, --parquet",
    "gradient": "evomod train",
    "test": "make test",
}
"""What the optional packages of ``setup.cfg`` are for."""


RESULTS = (Path(__file__).parents[1] / "results",)
"""Where the tables of the papers' studies are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of what was looked at."""

    what: str
    found: str
    advice: str = ""
    """What to do; empty where all is well."""
    is_needed: bool = True
    """Whether evomod does not work without it."""


def findings() -> Iterator[Finding]:
    """What was looked at, one after the other."""
    yield Finding("evomod", _version_of("evomod") or "a source checkout, not installed")
    yield Finding("Python", f"{platform.python_version()} ({sys.executable})")
    yield Finding("machine", f"{platform.system()} {platform.release()}, {platform.machine()}")
    yield _cores()
    yield from _packages()
    yield from _caches()
    yield from _tasks()
    yield _results()
    yield _programs()


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def usable_cores() -> int:
    """Cores that this process may use, which can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cores() -> Finding:
    number, usable = os.cpu_count() or 1, usable_cores()
    return Finding(
        "cores", f"{usable} of {number} may be used; `evomod study --jobs {usable}` is the default"
    )


def _packages() -> Iterator[Finding]:
    """Packages that evomod requires, those that are missing or too old named; then those of each extra."""
    wanted: dict[str, list[tuple[str, str]]] = {}
    for line in requires("evomod") or ():
        found = re.match(
            r"([A-Za-z0-9_.-]+)\s*(?:>=\s*([0-9.]+))?.*?(?:extra == ['\"](\w+)['\"])?$", line
        )
        if found:
            wanted.setdefault(found[3] or "", []).append((found[1], found[2] or "0"))
    for extra, packages in wanted.items():
        lacking = [problem for name, least in packages if (problem := _lacking(name, least))]
        have = ", ".join(f"{name} {_version_of(name)}" for name, _ in packages if _version_of(name))
        if extra:
            what, how = (
                f"extra {extra}",
                f'for {EXTRAS.get(extra, extra)}: pip install "evomod[{extra}]"',
            )
        else:
            what, how = "required packages", "pip install --upgrade evomod"
        yield Finding(what, have or "none", f"{', '.join(lacking)}; {how}" if lacking else "", not extra)


def _lacking(name: str, least: str) -> str:
    """What is wrong with a package, or nothing."""
    found = _version_of(name)
    if found is None:
        return f"{name} is not installed"
    return f"{name} is {found}, expected {least} or later" if _numbers(found) < _numbers(least) else ""


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers of a version.

    >>> _numbers("1.23.2"), _numbers("2.0rc1") < _numbers("2.1")
    ((1, 23, 2), True)
    """
    return tuple(int(part) for part in re.findall(r"\d+", text.partition("+")[0])[:3])


def _caches() -> Iterator[Finding]:
    try:
        from evomod.encodings.collection import ENCODINGS
        from evomod.runs.warmup import is_warm
    except ImportError as error:
        yield Finding("kernels", "cannot be imported", f"{error}: pip install --upgrade evomod")
        return
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        yield Finding(
            "kernels", "not compiled", "NUMBA_DISABLE_JIT is set: a hundred times slower", False
        )
        return
    ready = {name: is_warm(name) for name in ENCODINGS}
    kernel = next(kind.kernels[0] for kind in ENCODINGS.values() if kind.kernels)
    place = Path(getattr(getattr(kernel, "stats", None), "cache_path", None) or ".")
    if not hasattr(kernel, "stats") or not kernel.stats.cache_path:
        yield Finding(
            "compiled kernels", "no folder to keep them in",
            "set NUMBA_CACHE_DIR to a folder that can be written, or every command compiles anew", False,
        )  # fmt: skip
        return
    files = list(place.glob("*.nb?")) if place.is_dir() else []
    size = sum(path.stat().st_size for path in files) / 1e6
    missing = [name for name, is_ready in ready.items() if not is_ready]
    advice = (
        f"not yet for {', '.join(missing)}: `evomod warmup` compiles all (half a minute)"
        if missing
        else ""
    )
    yield Finding("compiled kernels", f"{place}, {size:.0f} MB", advice, False)


def _tasks() -> Iterator[Finding]:
    from evomod.task import find_tasks, folders

    tasks, problems = find_tasks()
    places = ", ".join(str(folder) for folder in folders() if folder.is_dir())
    yield Finding("tasks", f"{len(tasks)} in {places}", "; ".join(problems), False)


def _results() -> Finding:
    folder = next((place for place in RESULTS if place.is_dir()), RESULTS[0])
    there = folder.is_dir()
    advice = (
        ""
        if there
        else "`evomod verify` and `evomod figure` need studies of your own here, or a clone of the repository"
    )
    return Finding(
        "results of papers", str(folder) if there else "not in this installation", advice, False
    )


def _programs() -> Finding:
    found = shutil.which("ffmpeg")
    return Finding(
        "ffmpeg",
        found or "none",
        "" if found else "only for MP4: evomod movie writes WebP and GIF",
        False,
    )


def told(found: list[Finding]) -> str:
    """One line per finding, advice below."""
    width = max(len(one.what) for one in found)
    lines = []
    for one in found:
        lines.append(f"{one.what:{width}}  {one.found}")
        if one.advice:
            lines.append(f"{'':{width}}  {'!' if one.is_needed else '-'} {one.advice}")
    return "\n".join(lines)
