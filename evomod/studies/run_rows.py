"""What the tables of a study say of one run, made once when it has ended and kept in its folder (``rows.json``).

The worker that evolved the run makes it, so that the tables of 10,000 runs are put together in seconds. Numbers
are text, as they stand in the log and in the tables.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError, shown
from evomod.files.derived import kept_record
from evomod.files.readers import DamageError
from evomod.files.records import NUMBER, Rows
from evomod.files.tables import TEXTS, csv_line, missing, table_lines
from evomod.network import best_data
from evomod.runs.measures import q_measures
from evomod.runs.run import Run
from evomod.runs.tracking import TIED_COLUMNS

ROWS_FORMAT = "evomod rows 2"
"""Of other formats rows are made anew: raise the number where the rows of a run change."""
ROWS = "rows.json"

LOGGED = (
    "generation",
    "best_fitness",
    "q_score",
    "modules",
    "connections",
    "connection_cost",
    "neurons",
    "solved",
)
"""Columns of every log that tables are made of."""
CURVES = ("best_fitness", "q_score", "hierarchy")
"""Columns of logs that become curves; hierarchy where it is logged."""
MOST_POINTS = 200
"""Generations of a curve; half of them evenly spaced, half by their logarithm. With 500 the courses of 200 runs
are 0.6 MB in place of 0.25, and no picture shows a difference."""

COST_BIN, Q_BIN = 4.0, 0.0125
"""Widths of a cell of ``density.csv.gz``; rows for a thousand individuals of 50 runs would be megabytes."""
MOST = 1e15
"""Of a cost or Q that is counted in a cell."""
MOST_SNAPSHOTS = 6
"""Generations of ``density.csv.gz`` at the most."""


@dataclass(frozen=True, slots=True)
class RunRows:
    """A run's part of every table, without treatment and replicate."""

    summary: dict[str, str]
    """By column, see `measures_of`."""
    course: str
    """A line for each generation of `thinned`: the generation, and `CURVES` that are logged."""
    density: str
    """Lines: generation, cell of cost, cell of Q, individuals; none where no population was recorded."""
    network: str
    """The best network as JSON in one line."""


def run_rows(folder: Path, load: Callable[[Path], Run]) -> RunRows:
    """The rows of a run that has ended; made, and kept in its folder, where they are missing or outdated.

    ``load`` reads the run where they are made. Raises `EvomodError` where the folder cannot be written.
    """
    facts = {"source": _source(folder)}
    known = kept_record(folder / ROWS, Rows, facts, lambda: asdict(_made(load(folder))), indent=1)
    return RunRows(**{field.name: known[field.name] for field in fields(RunRows)})


def _source(folder: Path) -> dict[str, Any]:
    """What rows are made of: a run that was made longer has a longer log."""
    population = folder / "population.csv"
    return {
        "format": ROWS_FORMAT,
        "log_bytes": (folder / "log.csv").stat().st_size,
        "population_bytes": population.stat().st_size if population.exists() else 0,
        "best_sha256": hashlib.sha256((folder / "best.json").read_bytes()).hexdigest(),
    }


@dataclass(frozen=True, slots=True)
class Log:
    """What tables need of a run's log."""

    last: dict[str, str]
    """Cells of the last generation."""
    solved: str | None
    """The first generation in which the goal was solved."""
    points: str
    """Lines of `RunRows.course`."""


def _made(run: Run) -> RunRows:
    log = _log(run, thinned(run.config.evolution.generations).tolist())
    measures = _measures(run, log)
    cells = csv_line(tuple(measures.values())).decode().removesuffix("\n").split(",")
    return RunRows(
        summary=dict(zip(measures, cells, strict=True)),
        course=log.points,
        density=b"".join(map(csv_line, _cells(run))).decode(),
        network=json.dumps(best_data(run.folder / "best.json"), separators=(",", ":")),
    )


def measures_of(run: Run) -> dict[str, Any]:
    """What is said of one run in ``summary.csv``, by column. Of its last generation, if nothing is said."""
    return _measures(run, _log(run))


OWN = "pressure:"
"""Columns of what users' pressures measure begin so, here as in the log."""


def _own_columns(run: Run) -> list[str]:
    """What users' pressures measure of the best network, by column."""
    return [f"{OWN}{name}" for name in run.config.pressures.own]


def _measures(run: Run, log: Log) -> dict[str, Any]:
    last = log.last
    return {
        "generations": last["generation"],
        "best_fitness": last["best_fitness"],
        **{name: value for name, value in last.items() if name.startswith("fitness:")},
        "q_score": last["q_score"],
        "q_method": run.manifest["q_method"],
        **{name: "" if math.isnan(q) else q for name, q in q_measures(run).items()},
        "modules": last["modules"],
        "connections": last["connections"],
        "connection_cost": last["connection_cost"],
        "neurons": last["neurons"],
        **{
            name: last[name] for name in ("hierarchy", *TIED_COLUMNS, *_own_columns(run)) if name in last
        },
        "generations_to_solve": log.solved or "",
        "solved": int(log.solved is not None),
    }


def _log(run: Run, points: Sequence[int] = ()) -> Log:
    """Line k of a log is generation k. Twenty times faster than all its columns, in the memory of a line.

    Raises `EvomodError` where the log is not one that a run writes.
    """
    path = run.folder / "log.csv"
    try:
        with open(path, newline="\n", encoding="utf-8") as file:
            return _read(table_lines(file), set(points))
    except FileNotFoundError:
        raise EvomodError(missing(path)) from None
    except DamageError as damage:
        raise EvomodError(f"the table {path} is damaged: {damage}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise EvomodError(f"the table {path} cannot be read: {error}.") from None


def _read(lines: Iterator[str], points: set[int]) -> Log:
    header = next(lines, "").removesuffix("\n")
    names, commas = header.split(","), header.count(",")
    lacking = [name for name in LOGGED if name not in names]
    if lacking:
        raise DamageError(f"it has no column {lacking[0]}")
    at, generation = names.index("solved"), names.index("generation")
    columns = [names.index(name) for name in CURVES if name in names]
    solved, line, kept = None, "", []
    for number, line in enumerate(lines):
        if line.count(",") != commas or not line.endswith("\n"):
            raise DamageError(f"line {number + 2} has other cells than the first one")
        if solved is None and line.removesuffix("\n").split(",", at + 1)[at] == "1":
            solved = _number(line.split(",")[generation].removesuffix("\n"))
        if number in points:
            cells = line.removesuffix("\n").split(",")
            kept.append(",".join((str(number), *(_number(cells[column]) for column in columns))) + "\n")
    if not line:
        raise DamageError("it has no generation yet")
    last = zip(names, line.removesuffix("\n").split(","), strict=True)
    return Log(
        {name: cell if name in TEXTS else _number(cell) for name, cell in last}, solved, "".join(kept)
    )


def _number(cell: str) -> str:
    """A cell, if it holds a number or nothing. Raises `DamageError`."""
    if re.fullmatch(NUMBER, cell) is None:
        raise DamageError(f"{shown(cell)} stands where a number is expected")
    return cell


def thinned(last: int) -> NDArray[np.int64]:
    """At most 200 generations from 0 to the last one, closer together at the beginning.

    >>> thinned(3).tolist(), thinned(25_000).size, int(thinned(25_000)[-1])
    ([0, 1, 2, 3], 185, 25000)
    """
    if last < MOST_POINTS:
        return np.arange(last + 1)
    even = np.linspace(0, last, MOST_POINTS // 2)
    early = np.geomspace(1, last, MOST_POINTS // 2)
    return np.unique(np.concatenate((even, early)).round().astype(np.int64))


def _cells(run: Run) -> list[tuple[Any, ...]]:
    """How many individuals lie in each cell of cost and Q, by generation; none where none was recorded."""
    counts: Counter[tuple[int, int, int]] = Counter()
    population = run.population
    for name in ("connection_cost", "q_score"):
        if not (np.abs(population[name]) < MOST).all():  # nor a NaN
            table = run.folder / "population.csv"
            raise EvomodError(f"the table {table} is damaged: {name} is not a number below {MOST:.0e}.")
    generations = _spread(np.unique(population["generation"]))
    recorded = np.isin(population["generation"], generations)
    columns = ("generation", "connection_cost", "q_score", "count")
    for generation, cost, q, count in zip(*(population[n][recorded] for n in columns), strict=True):
        counts[int(generation), int(np.floor(cost / COST_BIN)), int(np.floor(q / Q_BIN))] += int(count)
    return [
        (generation, cost * COST_BIN, round(q * Q_BIN, 6), count)
        for (generation, cost, q), count in sorted(counts.items())
    ]


def _spread(generations: Any) -> Any:
    """At most so many of the generations, evenly spread, first and last included."""
    if generations.size <= MOST_SNAPSHOTS:
        return generations
    return generations[np.linspace(0, generations.size - 1, MOST_SNAPSHOTS).round().astype(int)]
