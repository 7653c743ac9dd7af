"""Experiments that are no study: calls spread over processes, and the manifest beside the table of their rows.

Scripts use them for what no config can express; rows are added by `files.tables.add_rows` as calls end.
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.files.disk import write_json
from evomod.files.provenance import commit, now, versions
from evomod.files.readers import DamageError, read_json
from evomod.files.tables import add_rows, read_rows

T = TypeVar("T")


def as_they_end(
    function: Callable[..., T], calls: Sequence[tuple[Any, ...]], workers: int
) -> Iterator[T]:
    """What a function returns for each of these arguments, in the order of their ends, by so many processes.

    Where one fails the others go on, and its error is raised at the end. With one worker all happens here. Ctrl-C, or
    who asks for no more, ends the calls that are being made at once: waiting for them would take minutes.
    """
    if workers == 1 or len(calls) < 2:
        for call in calls:
            yield function(*call)
        return
    failed: BaseException | None = None
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(min(workers, len(calls)), initializer=_ignore_ctrl_c) as pool:
        futures = [pool.submit(function, *call) for call in calls]
        try:
            for future in as_completed(futures):
                if future.exception() is None:
                    yield future.result()
                else:
                    failed = failed or future.exception()
        except BaseException:
            for worker in set(multiprocessing.active_children()) - others:
                worker.terminate()
            raise
    if failed is not None:
        raise failed


def _ignore_ctrl_c() -> None:
    """A terminal sends it to all processes; who began the workers ends them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def complete(
    path: Path,
    columns: tuple[str, ...],
    row_of: Callable[..., dict[str, Any]],
    calls: Sequence[tuple[Any, ...]],
    workers: int,
    said: Callable[[dict[str, Any]], str],
    **about: Any,
) -> Path:
    """Add a row to the table ``path`` for each of these calls as they end, with a line ``said`` of it; returns the path.

    Beside it a manifest says ``about`` what it is of, and of which version; where an earlier version made the first rows, of which
    too, and how many.
    """
    if calls:
        manifest = path.with_suffix(".manifest.json")
        now_used = {"commit": commit(), "versions": about.get("versions", versions())}
        write_manifest(
            manifest, table=path.name, **about, start=now(), **_earlier(manifest, path, now_used)
        )
    for row in as_they_end(row_of, calls, workers):
        add_rows(path, columns, [row])
        print(said(row), flush=True)
    return path


def _earlier(manifest: Path, table: Path, now_used: dict[str, Any]) -> dict[str, Any]:
    """Versions other than those ``now_used`` that made the rows that a table has already, the first first."""
    if not (manifest.exists() and table.exists()):
        return {}
    known = read_manifest(manifest, "commit", "versions")
    before: list[dict[str, Any]] = known.get("earlier", [])
    if all(known[name] == value for name, value in now_used.items()):
        return {"earlier": before} if before else {}
    rows = len(table.read_bytes().splitlines()) - 1
    mine = {name: known.get(name) for name in ("commit", "versions", "start")}
    return {"earlier": [*before, mine | {"rows_until_then": rows}]}


def read_numbers(path: Path, columns: tuple[str, ...], words: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows of an experiment's table; all but ``words`` are numbers, NaN where a cell is empty. Raises `EvomodError` where one is not."""
    return [
        {name: cell if name in words else _number(path, name, cell) for name, cell in row.items()}
        for row in read_rows(path, columns)
    ]


def _number(path: Path, column: str, cell: str) -> float:
    wanted = "a whole number" if column == "seed" else "a number"
    try:
        number = float(cell or "nan")
        if column == "seed" and not number.is_integer():
            raise ValueError
    except ValueError:
        raise EvomodError(
            f"{path}: '{cell}' in the column {column} is not {wanted}. Put the table back, or delete that line and run again."
        ) from None
    return number


def by_way(rows: Sequence[dict[str, Any]], ways: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Rows of an experiment by their "way", in the order of ``ways``, others last; within it by seed."""
    groups: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for row in sorted(rows, key=lambda row: row["seed"]):
        groups.setdefault(row["way"], []).append(row)
    return {way: group for way, group in groups.items() if group}


def column_of(groups: dict[Any, list[dict[str, Any]]], column: str, group: Any) -> NDArray[Any]:
    """``[network]`` of a group, none where there is no such group."""
    return np.array([row[column] for row in groups.get(group, [])])


def in_pairs(groups: dict[Any, list[dict[str, Any]]], column: str, group: Any) -> NDArray[Any]:
    """``[seed]`` of a group, up to the last seed of any: NaN where it has no network, so that pairs stay pairs in a table that grows."""
    known = {int(row["seed"]): row[column] for row in groups.get(group, [])}
    last = max((int(row["seed"]) for rows in groups.values() for row in rows), default=0)
    return np.array([known.get(seed, np.nan) for seed in range(1, last + 1)], dtype=np.float64)


def without_rows(
    rows: Sequence[dict[str, Any]], ways: Sequence[str], networks: int
) -> list[tuple[str, int]]:
    """Ways and seeds that lack a row: the first network of every way, then the second, …"""
    known = {(row["way"], int(row["seed"])) for row in rows}
    wanted = [(way, seed) for seed in range(1, networks + 1) for way in ways]
    return [one for one in wanted if one not in known]


def write_manifest(path: Path, **about: Any) -> None:
    """Where a table comes from."""
    write_json(path, {"commit": commit(), "versions": versions()} | about)


def read_manifest(path: Path, *wanted: str) -> dict[str, Any]:
    """What `write_manifest` wrote. Raises `EvomodError` where it is missing, damaged or lacks a ``wanted`` key."""
    try:
        known: dict[str, Any] = read_json(path)
        _ = [known[key] for key in wanted]
    except (OSError, DamageError, KeyError, TypeError):
        raise EvomodError(
            f"{path}, which says where the table beside it comes from, is missing or damaged; put it back."
        ) from None
    return known


def command(
    about: str, networks: int, out: Path, run: Callable[..., Any], told: Callable[[Path], str]
) -> None:
    """The command of an experiment: make the rows that are missing, unless only the summary is asked for, and print what is ``told``
    of a folder. ``about``: the script's docstring; ``networks`` of a kind; ``run(folder, networks, workers)``."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--networks", type=from_one, default=networks)
    parser.add_argument("--workers", type=from_one, default=1, help="processes, one core each")
    parser.add_argument("--out", type=Path, default=out)
    parser.add_argument("--summary", action="store_true", help="print it and stop")
    given = parser.parse_args()
    with in_words(parser, given.out):
        if not given.summary:
            run(given.out, given.networks, given.workers)
        print(told(given.out))


@contextmanager
def in_words(parser: argparse.ArgumentParser, out: Path) -> Iterator[None]:
    """A user's mistake, a folder ``out`` that cannot be used and Ctrl-C end a script with a sentence."""
    try:
        yield
    except EvomodError as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"{out} cannot be used: {error.strerror or error}.")
    except KeyboardInterrupt:
        print(f"\nstopped. What was done is in {out}, and the same command goes on.", file=sys.stderr)
        sys.exit(128 + signal.SIGINT)


def from_one(text: str) -> int:
    """A whole number from 1, of an argument."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1")
    return number
