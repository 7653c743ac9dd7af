"""Runs or treatments beside each other, column by column: medians, intervals, effect sizes, tests, a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evomod.contrasts import Contrast, contrast, in_words
from evomod.errors import EvomodError, nearest, shortened, shown
from evomod.files.disk import exists
from evomod.plots.pictures import write_picture
from evomod.plots.studies import STYLE, plot_columns
from evomod.report.study_page import current_tables
from evomod.report.svg import number
from evomod.report.words import NAMES, effect, interval
from evomod.runs.run import load_run
from evomod.statistics import holm
from evomod.studies.run_rows import measures_of
from evomod.studies.tables import load_study

Table = dict[str, NDArray[Any]]
Groups = dict[str, Table]

MOST_GROUPS = 40
"""Of a column that groups are made by."""
COLUMNS = ("q_score", "best_fitness", "connection_cost")
"""Compared where no column is named."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column of one group against the first group."""

    column: str
    group: str
    reference: str
    found: Contrast
    p_holm: float
    """Of all tests that were made together, see `statistics.holm`."""


def groups_of(folders: Sequence[str | Path], by: str | None = None) -> Groups:
    """Rows by group: of one study those with the same value of ``by``, of several folders those of each.

    A row is a run's line of ``summary.csv``. Raises `EvomodError` where there are no two groups.
    """
    if len(folders) > 1:
        if by is not None:
            raise EvomodError(f"--by {by} makes groups of one study's runs; got {len(folders)} folders.")
        if len({Path(folder).resolve() for folder in folders}) < len(folders):
            raise EvomodError("a folder is named twice; give different runs or studies.")
        for folder in folders:  # all, before anything is computed of one
            _check(Path(folder))
        return {str(folder): _rows(Path(folder)) for folder in folders}
    folder = Path(folders[0])
    if not exists(folder / "study.toml"):
        load_run(folder)  # which says what a folder is that is no run either
        raise EvomodError(
            f"{shortened(folder)} alone has nothing to be compared with; give two folders or a study."
        )
    table, column = _rows(folder), by or "treatment"
    if column not in table:
        raise EvomodError(_unknown(column, table, f"the runs of {folder}"))
    values = list(dict.fromkeys(table[column].tolist()))
    if not 2 <= len(values) <= MOST_GROUPS:
        raise EvomodError(
            f"--by {column} makes {len(values)} groups of the runs of {folder}; expected 2 to {MOST_GROUPS}."
        )
    labels = load_study(folder).labels if column == "treatment" else {}
    labels = labels if len(set(labels.values())) == len(labels) else {value: value for value in values}
    named = {labels.get(value, f"{column} {value}"): table[column] == value for value in values}
    return {name: {key: cells[rows] for key, cells in table.items()} for name, rows in named.items()}


def _rows(folder: Path) -> Table:
    """The rows of a study's summary, or the one row of a run."""
    if exists(folder / "study.toml"):
        with current_tables(folder) as found:
            return found.summary
    _check(folder)
    run = load_run(folder)
    return {name: np.array([_cell(value)]) for name, value in measures_of(run).items()}


def _check(folder: Path) -> None:
    """Refuse what is neither a study nor a run that has a network."""
    if exists(folder / "study.toml"):
        load_study(folder)
        return
    load_run(folder)
    if not exists(folder / "best.json"):
        raise EvomodError(
            f"{folder} has no best.json yet: the run has not reached its first checkpoint."
        )


def _cell(value: Any) -> Any:
    """A number where it is one; an empty cell is NaN."""
    try:
        return float(value) if value != "" else math.nan
    except ValueError:
        return value


def columns_in(groups: Groups, wanted: Sequence[str] = ()) -> list[str]:
    """The columns to compare. Raises `EvomodError` for one that some group lacks, or that holds no numbers."""
    shared = [
        name for name in next(iter(groups.values())) if all(name in rows for rows in groups.values())
    ]
    for name in wanted:
        if name not in shared:
            raise EvomodError(_unknown(name, shared, "all that is compared"))
        if any(rows[name].dtype.kind not in "iufb" for rows in groups.values()):
            raise EvomodError(
                f"the column {name} holds text, of which there is no median; name one of numbers."
            )
    return list(dict.fromkeys(wanted)) or [name for name in COLUMNS if name in shared]


def _unknown(name: str, known: Any, where: str) -> str:
    return f"there is no column {shown(name)} in {where}; {nearest(name, known)}known: {', '.join(map(str, known))}."


def compare(groups: Groups, columns: Sequence[str]) -> list[Comparison]:
    """Every group against the first, in every column; p values corrected together (Holm)."""
    first, *others = groups
    found = [
        (column, group, contrast(groups[group][column], groups[first][column]))
        for column in columns
        for group in others
    ]
    corrected = holm([one.p if min(one.a.n, one.b.n) > 1 else math.nan for *_, one in found]).tolist()
    return [
        Comparison(column, group, first, one, p)
        for (column, group, one), p in zip(found, corrected, strict=True)
    ]


def told(found: Sequence[Comparison]) -> str:
    """A paragraph a column: medians with intervals, and how every group differs from the first."""
    lines: list[str] = []
    width = max(len(one.group) for one in found)
    width = max(width, len(found[0].reference))
    for column in dict.fromkeys(one.column for one in found):
        rows = [one for one in found if one.column == column]
        first = rows[0]
        lines.append(f"{column}: {NAMES[column]}" if column in NAMES else column)
        lines.append(f"  {first.reference:{width}}  n = {first.found.b.n:<4} {interval(first.found.b)}")
        for one in rows:
            lines.append(
                f"  {one.group:{width}}  n = {one.found.a.n:<4} {interval(one.found.a)}{_test(one)}"
            )
    many = any(one.found.a.n > 1 for one in found)
    notes = "medians [bootstrapped 95 % intervals; of fewer than six runs their range]"
    tests = (
        "delta: Cliff's delta to the first [95 %, bootstrapped]; p: Mann-Whitney, and corrected (Holm)"
    )
    return "\n".join([*lines, notes, *([tests] if many else [])])


def _test(one: Comparison) -> str:
    found = one.found
    if min(found.a.n, found.b.n) == 0:
        return ""
    if min(found.a.n, found.b.n) == 1:
        gap = number(found.a.median - found.b.median)
        return f"  difference {gap} (one run tells nothing about others: no test)"
    return (
        f"  delta {effect(found)}, {in_words(found.p)} (corrected {number(float(f'{one.p_holm:.2g}'))})"
    )


def as_data(found: Sequence[Comparison]) -> list[dict[str, Any]]:
    """The same as plain data."""
    rows = []
    for one in found:
        data = asdict(one.found)
        rows.append(
            {
                "column": one.column,
                "group": one.group,
                "reference": one.reference,
                "median": data["a"],
                "reference_median": data["b"],
                "cliffs_delta": one.found.delta,
                "cliffs_delta_interval": [one.found.low, one.found.high],
                "p": one.found.p,
                "p_holm": one.p_holm,
            }
        )
    return rows


def draw(groups: Groups, columns: Sequence[str], path: str | Path) -> Path:
    """One panel per column: every run a dot, medians with intervals; returns where the picture is."""
    with matplotlib.rc_context(STYLE):
        height = 1.1 + 0.42 * len(groups)
        figure = Figure(figsize=(1.6 + 2.3 * len(columns), height), layout="constrained")
        numbers = {name: {c: rows[c].astype(float) for c in columns} for name, rows in groups.items()}
        plot_columns(figure, numbers, {column: NAMES.get(column, column) for column in columns})
        return write_picture(figure, path)
