"""Tables: lines of cells between commas under a line of names, packed where the file's name ends in gz.

No cell holds a comma, a quote or a line's end, so a line is split at its commas. A table is read as columns, as rows, or
as lines by run; it is written whole, but for a log, to which lines are added and whose last line may be torn.
"""

from __future__ import annotations

import gzip
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError, shortened, shown
from evomod.files.disk import reports_disk_errors, write_whole
from evomod.files.readers import DamageError, read_bytes, unpacked

MOST_LINE = 2**20
"""Letters of a table's line."""
MOST_PADDED = 2**28
"""Bytes of a column of texts that are each as long as the longest."""
AT_A_TIME = 4096
"""Rows of a table that are text at once: a million rows of 17 columns were 1.5 GB."""

TEXTS = ("goal", "q_method", "phase", "treatment", "to")
"""Columns that stay text even if every entry looks like a number."""

WHOLE = {"replicate", "generation", "generations", "n", "count", "individuals", "solved"}
"""Columns of whole numbers."""

Key = tuple[str, int]
"""Treatment and replicate of a run: the first two columns of a study's tables."""
Lines = Mapping[Key, Sequence[bytes]]
Row = Mapping[str, Any]
Column = NDArray[Any]
Table = dict[str, Column]


class Columns(Table):
    """The columns of a table that was read; asked for one that is not there, it says which table lacks it.

    A dictionary of its own, since figures and claims ask for columns in some hundred places.
    """

    def __init__(self, columns: Table, path: Path) -> None:
        super().__init__(columns)
        self.path = path

    def __missing__(self, name: str) -> Column:
        raise EvomodError(f"the table {self.path} has no column '{name}'; it has {', '.join(self)}.")


# ---- text


def csv_line(values: tuple[Any, ...]) -> bytes:
    """One line of a table; numbers in full, so that reading them back gives the same bits."""
    return (",".join(repr(v) if isinstance(v, float) else str(v) for v in values) + "\n").encode()


def table_text(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """A whole table. Raises `ValueError` for a text that would tear a row: one with a comma or the end of a line."""
    lines = [tuple(columns), *(tuple(row[name] for name in columns) for row in rows)]
    torn = [cell for line in lines for cell in line if isinstance(cell, str) and set(cell) & set(",\n")]
    if torn:
        raise ValueError(f"a cell of a table holds no comma and no end of a line; got {torn[0]!r}.")
    return b"".join(map(csv_line, lines))


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
        raise EvomodError(missing(path)) from None
    except (OSError, DamageError, UnicodeDecodeError) as error:
        raise EvomodError(f"the table {path} is damaged or cannot be read: {error}.") from None


def missing(path: Path) -> str:
    """What is said of a table that is not there."""
    return (
        f"there is no table {path}; expected the folder of a run, or of a study whose tables `evomod study` writes when "
        "runs are done."
    )


def header_of(path: Path) -> bytes:
    """A table's first line."""
    return read_text(path).partition("\n")[0].encode() + b"\n"


# ---- columns


def read_table(
    path: Path,
    wanted: Collection[str] | None = None,
    *,
    numbers: bool = False,
    growing: bool = False,
    compact: bool = False,
) -> Columns:
    """A table as arrays: whole numbers, numbers (an empty one is NaN), or text; all columns, or those ``wanted``.

    Text are `TEXTS`, and columns whose first entry is not a number unless ``numbers`` says that all others are numbers.
    ``growing``: the log of a run, of which a torn last line is left out; elsewhere a torn line is damage.
    ``compact``: texts are objects, of which equal ones are one, 8 bytes each in place of 4 a letter. Some thousand rows
    are read at a time: a million take the memory of their numbers.

    Raises `EvomodError` that names the line where a table is damaged.
    """
    try:
        with _opened(path) as file:
            columns = _columns(table_lines(file), wanted, numbers or growing, growing)
    except FileNotFoundError:
        raise EvomodError(missing(path)) from None
    except DamageError as damage:
        raise EvomodError(f"the table {path} is damaged: {damage}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise EvomodError(f"the table {path} cannot be read: {error}.") from None
    plain = {n: c if compact or c.dtype != object else _padded(c) for n, c in columns.items()}
    return Columns(plain, path)


def _padded(texts: Column) -> Column:
    """Texts as NumPy has them, each as long as the longest; objects still, where one is so long that this is too much."""
    longest = max(map(len, texts.tolist()), default=0)
    return texts if 4 * longest * texts.size > MOST_PADDED else texts.astype(str)


def checked_table(table: Columns, needed: Collection[str] = ()) -> Columns:
    """The table, if it has these columns, and whole numbers in `WHOLE`. Raises `EvomodError`."""
    for name in needed:
        _ = table[name]
    for name in WHOLE & table.keys():
        if table[name].dtype.kind != "i" or (table[name] < 0).any():
            raise EvomodError(
                f"the table {table.path} is damaged: {name} is not a whole number in every line."
            )
    return table


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return StringIO(read_text(path), newline="\n")
    if stat.S_ISFIFO(path.stat().st_mode):  # which would be waited for
        raise DamageError("it is a pipe, not a file")
    return open(path, newline="\n", encoding="utf-8")


def table_lines(file: IO[str]) -> Iterator[str]:
    """Lines of an open table; a line that would not fit is a `DamageError`."""
    number = 0
    while line := file.readline(MOST_LINE):
        number += 1
        if len(line) == MOST_LINE:
            raise DamageError(f"line {number} has more than {MOST_LINE:,} letters")
        yield line


def _columns(
    lines: Iterator[str], wanted: Collection[str] | None, numbers: bool, growing: bool
) -> Table:
    """Columns of a table ``name,name`` / ``value,value``. Raises `DamageError` that names the line."""
    header = _cells(next(lines, ""))
    if header == [""]:
        raise DamageError("it is empty")
    if len(set(header)) < len(header):
        raise DamageError("two columns have one name")
    kept = [k for k, name in enumerate(header) if wanted is None or name in wanted]
    chunks = _Chunks([header[k] for k in kept], numbers)
    for number, line in enumerate(lines, 2):
        if not line.endswith("\n"):
            if not growing:
                raise DamageError("its last line is torn")
            break
        cells = _cells(line)
        if len(cells) != len(header):
            raise DamageError(f"line {number} has {len(cells)} cells, expected {len(header)}")
        chunks.add([cells[k] for k in kept])
    return chunks.joined()


def _cells(line: str) -> list[str]:
    return line.removesuffix("\n").removesuffix("\r").split(",")


class _Chunks:
    """Columns that are read; so many rows at a time are text."""

    def __init__(self, names: list[str], numbers: bool) -> None:
        self.names, self.numbers = names, numbers
        self.texts: set[str] = {*TEXTS}
        self.rows: list[list[str]] = []
        self.n = 0
        self.parts: list[list[Column]] = [[] for _ in names]
        self.known: dict[str, str] = {}
        """Texts, which are used again."""

    def add(self, row: list[str]) -> None:
        if self.n == 0 and not self.numbers:
            self.texts |= {n for n, cell in zip(self.names, row, strict=True) if not _is_number(cell)}
        self.rows.append(row)
        self.n += 1
        if len(self.rows) == AT_A_TIME:
            self._convert()

    def _convert(self) -> None:
        columns = zip(*self.rows, strict=True) if self.rows else ([] for _ in self.names)
        for parts, name, column in zip(self.parts, self.names, columns, strict=True):
            if name in self.texts:
                parts.append(np.array([self.known.setdefault(text, text) for text in column], object))
            else:
                parts.append(_numbers(name, column, self.n + 1 - len(self.rows)))
        self.rows.clear()

    def joined(self) -> Table:
        """Whole columns; parts are let go one column after the other, so that no two columns are held twice."""
        self._convert()
        found: Table = {}
        for name, parts in zip(self.names, self.parts, strict=True):
            found[name] = parts[0] if len(parts) == 1 else np.concatenate(parts)
            parts.clear()
        return found


def _numbers(name: str, texts: Sequence[str], before: int) -> Column:
    for kind, parse in ((np.int64, int), (np.float64, _float)):
        try:
            return np.fromiter(map(parse, texts), kind, len(texts))
        except (ValueError, OverflowError):
            continue
    wrong = next(k for k, text in enumerate(texts) if not _is_number(text))
    raise DamageError(
        f"line {before + wrong + 1}: {shortened(name, 60)} is {shown(texts[wrong])}, not a number"
    )


def _float(text: str) -> float:
    return float(text or "nan")


def _is_number(text: str) -> bool:
    """Whether a cell holds a number, or nothing."""
    try:
        _float(text)
    except ValueError:
        return False
    return True


# ---- lines by run


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
        if known and header_of(path) != header:
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


# ---- rows


def read_rows(path: Path, wanted: Sequence[str] = ()) -> list[dict[str, str]]:
    """Rows as text, none where there is no table.

    Raises `EvomodError` for a damaged one, and one that lacks a ``wanted`` column.
    """
    if not path.exists():
        return []
    header, *rows = map(_cells, read_text(path).splitlines() or [""])
    if header == [""] or any(len(row) != len(header) for row in rows):
        raise EvomodError(
            f"the table {path} is damaged: it is empty, or a line has another number of cells than the first. Put it "
            "back, or delete what is torn."
        )
    lacking = next((name for name in wanted if name not in header), None)
    if lacking is not None:
        raise EvomodError(f"the table {path} has no column '{lacking}'; it has {', '.join(header)}.")
    return [dict(zip(header, row, strict=True)) for row in rows]


def add_rows(
    path: Path,
    columns: Sequence[str],
    rows: Sequence[Row],
    by: Callable[[dict[str, str]], Any] | None = None,
) -> None:
    """Add rows, begin the table if it is new; sorted ``by`` a key, who ends first does not show.

    It is written whole, so a stop tears no row. Raises `EvomodError` for a damaged table, and one of other columns.
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
        write_text(path, table_text(columns, all_rows))
