"""Tables of a study with lines by run, which stay when the run's folder goes.

A run folder is up to megabytes, and what figures need of it is some kilobytes: so it may be deleted, or be left
behind on another machine, and more replicates be added to the tables that stay.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError
from evomod.files.disk import write_whole
from evomod.files.readers import DamageError, parse_json, read_bytes, unpacked
from evomod.files.records import NETWORKS, check_record
from evomod.runs.tracking import csv_line
from evomod.studies.definition import Key, Study, place_of

Lines = Mapping[Key, Sequence[bytes]]


def order_of(study: Study) -> list[Key]:
    """Every run, treatment by treatment: the order of rows."""
    return [(t.name, number) for t in study.treatments for number in range(study.replicates)]


def kept_runs(study: Study, folder: Path) -> set[Key]:
    """Runs without a folder that the tables have: they are done.

    Their lines in summary.csv and networks.json.gz are needed; a course, which older tables lack, is not.

    Raises `EvomodError` for a damaged table, and if a table holds more replicates than the study now has, for
    then their rows would be lost.
    """
    summary, networks = folder / "summary.csv", folder / "networks.json.gz"
    if not (summary.exists() and networks.exists()):
        return set()
    runs = set(lines_by_run(summary))
    last = max((number for _, number in runs), default=-1)
    if last >= study.replicates:
        raise EvomodError(
            f"the tables of {folder} hold {last + 1} replicates, and would lose those beyond the "
            f"{study.replicates} that are asked for: give --replicates {last + 1} or more, or another folder with "
            "--out."
        )
    gone = {
        run
        for run in runs
        if not os.path.exists(f"{folder}/{place_of(run)}/manifest.json")  # noqa: PTH110 - less than half of the time of paths
    }
    return gone & set(networks_by_run(networks)) if gone else gone


def write_text(path: Path, text: bytes) -> None:
    """Write a table whole, packed if its name ends in gz; the same text makes the same bytes.

    A packed table that holds the text stays: packing is half the time of the tables of 10,000 runs. Level 6
    packs them in a third of the time of level 9, into 0.4 % more.
    """
    if path.suffix != ".gz":
        write_whole(path, text)
    elif not _holds(path, text):
        write_whole(path, gzip.compress(text, 6, mtime=0))


def _holds(path: Path, text: bytes) -> bool:
    try:
        return unpacked(read_bytes(path)) == text
    except (OSError, DamageError):
        return False  # none, or damaged


def read_text(path: Path) -> str:
    """A table's text, unpacked if its name ends in gz. Raises `EvomodError` if it is missing or damaged."""
    try:
        packed = read_bytes(path)
        return (unpacked(packed) if path.suffix == ".gz" else packed).decode()
    except FileNotFoundError:
        raise EvomodError(
            f"there is no table {path}; `evomod study {path.parent}` writes it when the runs are done."
        ) from None
    except (OSError, DamageError, UnicodeDecodeError) as error:
        raise EvomodError(f"the table {path} is damaged or cannot be read: {error}.") from None


def lines_by_run(path: Path) -> dict[Key, list[bytes]]:
    """Lines of a table by run. Raises `EvomodError` if it is damaged."""
    lines: dict[Key, list[bytes]] = {}
    for number, line in enumerate(read_text(path).splitlines(True)[1:], 2):
        treatment, _, rest = line.partition(",")
        replicate = rest.partition(",")[0]
        if not (replicate.isdecimal() and line.endswith("\n")):
            raise EvomodError(f"the table {path} is damaged: line {number} is of no run.")
        lines.setdefault((treatment, int(replicate)), []).append(line.encode())
    return lines


def write_lines(path: Path, header: bytes, order: Iterable[Key], fresh: Lines, kept: set[Key]) -> None:
    """Write a table: fresh lines, and of the runs that are kept those that it had.

    Raises `EvomodError` if it had other columns, which an older evomod wrote.
    """
    known: Lines = {}
    if kept and path.exists():
        known = {run: lines for run, lines in lines_by_run(path).items() if run in kept}
        theirs = read_text(path).splitlines(True)[0].encode()
        if known and theirs != header:
            raise EvomodError(
                f"{path} has other columns than this evomod writes, and some of its runs have no folder any "
                f"more: add replicates with the evomod that wrote it, or in another folder with --out."
            )
    body = b"".join(line for run in order for line in fresh.get(run, known.get(run, ())))
    write_text(path, header + body)


def lines_of(rows: Iterable[Sequence[Any]]) -> dict[Key, list[bytes]]:
    """Rows, whose first columns are treatment and replicate, as lines by run."""
    lines: dict[Key, list[bytes]] = {}
    for row in rows:
        lines.setdefault((row[0], int(row[1])), []).append(csv_line(tuple(row)))
    return lines


def named(run: Key, lines: str) -> list[bytes]:
    """Lines of a run, each with its treatment and replicate before it, as one piece."""
    start = f"{run[0]},{run[1]},"
    return [(start + lines[:-1].replace("\n", "\n" + start) + "\n").encode()] if lines else []


def networks_by_run(path: Path) -> dict[Key, dict[str, Any]]:
    """What ``networks.json.gz`` holds, by run. Raises `EvomodError` if it is missing or damaged."""
    text = read_text(path)
    try:
        rows = parse_json(text.encode())
        check_record(NETWORKS, rows)
        return {(row["treatment"], row["replicate"]): row for row in rows}
    except DamageError as error:
        raise EvomodError(f"{path} is damaged: {error}.") from None
