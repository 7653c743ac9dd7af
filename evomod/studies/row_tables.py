"""Tables of experiments that are no study: a row a run, added as runs end, and a manifest beside.

Scripts use them for what no config can express. A table is written whole, so a stop tears no row.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, TypeVar

from evomod.errors import EvomodError
from evomod.files.disk import reports_disk_errors, write_json, write_whole
from evomod.files.provenance import commit, versions
from evomod.files.readers import DamageError, read_json
from evomod.runs.tracking import csv_line

T = TypeVar("T")
Row = Mapping[str, Any]


def read_rows(path: Path, wanted: Sequence[str] = ()) -> list[dict[str, str]]:
    """Rows as text, none where there is no table.

    Raises `EvomodError` for a damaged one, and one that lacks a ``wanted`` column.
    """
    if not path.exists():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            header, *lines = csv.reader(file)
        rows = [dict(zip(header, line, strict=True)) for line in lines]
    except (OSError, ValueError, csv.Error):
        raise EvomodError(
            f"the table {path} is damaged: it is empty, or a line has too few columns. Put it back, or take "
            f"away what is torn."
        ) from None
    lacking = next((name for name in wanted if name not in header), None)
    if lacking is not None:
        raise EvomodError(f"the table {path} has no column '{lacking}'; it has {', '.join(header)}.")
    return rows


def add_rows(
    path: Path,
    columns: Sequence[str],
    rows: Sequence[Row],
    by: Callable[[dict[str, str]], Any] | None = None,
) -> None:
    """Add rows, begin the table if it is new; sorted ``by`` a key, who ends first does not show.

    Raises `EvomodError` for a damaged table, and one of other columns.
    """
    known = read_rows(path)
    if known and tuple(known[0]) != tuple(columns):
        raise EvomodError(
            f"{path} has other columns than this evomod writes; give another folder with --out."
        )
    all_rows = known + [{name: str(row[name]) for name in columns} for row in rows]
    all_rows = sorted(all_rows, key=by) if by else all_rows
    with reports_disk_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        body = b"".join(csv_line(tuple(row[name] for name in columns)) for row in all_rows)
        write_whole(path, csv_line(tuple(columns)) + body)


def as_they_end(
    function: Callable[..., T], calls: Sequence[tuple[Any, ...]], workers: int
) -> Iterator[T]:
    """What a function returns for each of these arguments, in the order of their ends, by so many processes.

    Where one fails the others go on, and its error is raised at the end. With one worker all happens here.
    """
    if workers == 1 or len(calls) < 2:
        for call in calls:
            yield function(*call)
        return
    failed: BaseException | None = None
    with ProcessPoolExecutor(min(workers, len(calls))) as pool:
        futures = [pool.submit(function, *call) for call in calls]
        try:
            for future in as_completed(futures):
                if future.exception() is None:
                    yield future.result()
                else:
                    failed = failed or future.exception()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # after Ctrl-C no further one begins
    if failed is not None:
        raise failed


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
