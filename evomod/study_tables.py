"""The tables of a study: a row a replicate (``summary.csv``), and curves over generations (``curves.csv``).

Numbers of runs are medians with bootstrapped 95 % intervals. Another number of a run goes into `measures_of`.
Runs whose folders are gone stay in the tables, see `study_rows`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from evomod.disk import reports_disk_errors, write_whole
from evomod.errors import EvomodError
from evomod.network import Network
from evomod.readers import DamageError, is_number, read_json
from evomod.readers import read_columns as table_columns
from evomod.records import Failures, check_record
from evomod.run_measures import q_measures
from evomod.runs import Run, load_run
from evomod.statistics import FEWEST, MedianBand, MedianCI, median_band, median_ci
from evomod.study import Key, Replicate, Study, place_of, read_definition, replicates_of
from evomod.study_folder import is_done, load_manifest, one_at_a_time
from evomod.study_networks import read_networks, write_density, write_networks
from evomod.study_rows import kept_runs, lines_by_run, lines_of, order_of, read_text, write_lines
from evomod.tracking import TEXTS, csv_line

CURVES = ("best_fitness", "q_score", "hierarchy")
"""Columns of logs that become curves; hierarchy only where all treatments log it."""
MOST_POINTS = 200
"""Generations of a curve; half of them evenly spaced, half by their logarithm. With 500 the courses of 200 runs
are 0.6 MB in place of 0.25, and no picture shows a difference."""

AT_A_TIME = 32
"""Runs whose rows of a further table are made together: by several workers, which take seconds to start."""

Table = dict[str, NDArray[Any]]


class Columns(Table):
    """The columns of a table that was read; asked for one that is not there, it says which table lacks it.

    A dictionary of its own, since figures and claims ask for columns in some hundred places.
    """

    def __init__(self, columns: Table, path: Path) -> None:
        super().__init__(columns)
        self.path = path

    def __missing__(self, name: str) -> NDArray[Any]:
        raise EvomodError(f"the table {self.path} has no column '{name}'; it has {', '.join(self)}.")


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """A study's folder, read."""

    folder: Path
    study: Study
    manifest: dict[str, Any]

    @property
    def summary(self) -> Table:
        """Columns of ``summary.csv``, one entry a replicate that is done."""
        return read_columns(self.folder / "summary.csv", numbers=True)

    @property
    def curves(self) -> Table:
        """Columns of ``curves.csv``, one entry a treatment and generation."""
        return read_columns(self.folder / "curves.csv", numbers=True)

    @property
    def courses(self) -> Table:
        """Columns of ``courses.csv.gz``, one entry a replicate and generation of `thinned`."""
        return read_columns(self.folder / "courses.csv.gz", numbers=True)

    @property
    def networks(self) -> dict[str, list[Network]]:
        """The best network of every replicate that is done, by treatment (``networks.json.gz``)."""
        return read_networks(self.folder / "networks.json.gz")

    @property
    def density(self) -> Table:
        """Columns of ``density.csv.gz``: individuals in every cell of cost and Q, by generation."""
        if not (self.folder / "density.csv.gz").exists():
            raise EvomodError(
                f"no run of {self.folder} recorded its populations: tracking.population_every was 0, or no "
                f"run is done."
            )
        return read_columns(self.folder / "density.csv.gz", numbers=True)

    @property
    def failures(self) -> list[dict[str, Any]]:
        """What failed, and how to repeat it."""
        paths = sorted(self.folder.glob("failures*.json"))
        return [failure for path in paths for failure in _failures(path)]

    @property
    def treatments(self) -> tuple[str, ...]:
        return tuple(treatment.name for treatment in self.study.treatments)

    @property
    def labels(self) -> dict[str, str]:
        """What treatments are called in tables and figures."""
        return {treatment.name: treatment.label for treatment in self.study.treatments}

    def runs(self, treatment: str) -> list[Run]:
        """The runs of a treatment that are done and have a folder, by replicate."""
        if treatment not in self.treatments:
            raise EvomodError(
                f"study '{self.study.name}' has no treatment '{treatment}'; it has "
                f"{', '.join(self.treatments)}."
            )
        return [run for replicate, run in done_runs(self) if replicate.treatment.name == treatment]

    def run(self, key: Key) -> Run:
        """One run, by treatment and replicate. Raises `EvomodError` if its folder is gone."""
        folder = self.folder / place_of(key)
        if not is_done(folder):
            raise EvomodError(
                f"this needs the log of {folder}, which is gone or not done; `evomod study` with another --out "
                f"evolves it again."
            )
        return load_run(folder)

    def column(self, name: str, treatment: str) -> NDArray[Any]:
        """One column of ``summary.csv`` for one treatment."""
        table = self.summary
        values: NDArray[Any] = table[name][table["treatment"] == treatment]
        return values

    def to_pandas(self, table: str = "summary") -> Any:
        """``"summary"``, ``"curves"`` or ``"courses"`` as a pandas DataFrame, where pandas is installed."""
        try:
            import pandas
        except ImportError:
            raise EvomodError(
                "pandas is not installed: `pip install pandas`, or use the arrays of `summary`."
            ) from None
        if table not in ("summary", "curves", "courses"):
            raise EvomodError(f"wanted the table summary, curves or courses, got {table!r}.")
        return pandas.DataFrame(getattr(self, table))


def load_study(folder: str | Path) -> StudyFolder:
    """Read a study's folder; nothing in it is executed. Raises `EvomodError` if it is none."""
    folder = Path(folder)
    manifest = load_manifest(folder)
    return StudyFolder(folder, read_definition(folder / "study.toml"), manifest)


def how_many(found: StudyFolder) -> str:
    """How many replicates are done, of how many."""
    wanted, names = found.study.replicates, found.summary["treatment"]
    done = min(int((names == treatment).sum()) for treatment in found.treatments)
    return f"{wanted} replicates" if done == wanted else f"{done} of {wanted} replicates"


def done_runs(found: StudyFolder) -> list[tuple[Replicate, Run]]:
    """The replicates that are done and have a folder, with their runs, treatment by treatment."""
    order = [treatment.name for treatment in found.study.treatments]
    done = [r for r in replicates_of(found.study) if is_done(found.folder / r.place)]
    done.sort(key=lambda replicate: order.index(replicate.treatment.name))
    return [(replicate, load_run(found.folder / replicate.place)) for replicate in done]


def write_tables(folder: str | Path) -> None:
    """Write the tables of the runs that are done: of their folders, and of lines whose folders are gone.

    ``summary.csv``, ``courses.csv.gz``, ``curves.csv``, ``networks.json.gz`` and, where populations were
    recorded, ``density.csv.gz``.
    """
    found = load_study(folder)
    study, runs, kept = found.study, done_runs(found), kept_runs(found.study, found.folder)
    order = order_of(study)
    with reports_disk_errors(found.folder):
        tables = {"summary.csv": _summary(study, runs), "courses.csv.gz": _courses(study, runs)}
        for name, rows in tables.items():
            path = found.folder / name
            header = csv_line(tuple(rows[0])) if rows else _header(path, kept)
            lines = lines_of(tuple(row.values()) for row in rows)
            write_lines(path, header, order, lines, kept)
        _write_curves(found)
        write_networks(found.folder / "networks.json.gz", order, runs, kept)
        write_density(found.folder / "density.csv.gz", order, runs, kept)


def _header(path: Path, kept: set[Key]) -> bytes:
    """That of a table without a fresh row."""
    text = read_text(path) if kept and path.exists() else ""
    return text.splitlines(True)[0].encode() if text else b"treatment,replicate\n"


def _write_curves(found: StudyFolder) -> None:
    """Write ``curves.csv``; without any course it stays as it is, for older tables have curves alone."""
    path, courses = found.folder / "curves.csv", found.courses
    if courses["treatment"].size or not path.exists():
        _write_table(path, _curves(found.study, courses))


def measures_of(run: Run) -> dict[str, Any]:
    """What is said of one run in ``summary.csv``, by column. Of its last generation, if nothing is said."""
    header, lines = _log(run)
    last = dict(zip(header, lines[-1].split(","), strict=True))
    at = header.index("solved")
    solved = next((k for k, line in enumerate(lines) if line.split(",", at + 1)[at] == "1"), None)
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
        **({"hierarchy": last["hierarchy"]} if "hierarchy" in last else {}),
        "generations_to_solve": "" if solved is None else lines[solved].split(",", 1)[0],
        "solved": int(solved is not None),
    }


def _log(run: Run) -> tuple[list[str], list[str]]:
    """Header and lines of a run's log: line k is generation k. Twenty times faster than all its columns."""
    header, *lines = (run.folder / "log.csv").read_text(encoding="utf-8").splitlines()
    return header.split(","), lines


def _summary(study: Study, runs: Sequence[tuple[Replicate, Run]]) -> list[dict[str, Any]]:
    """Rows; fitness on single goals only where all treatments have one task, hierarchy where all log it."""
    has_goals = len({treatment.task_name for treatment in study.treatments}) == 1
    has_hierarchy = _all_log_hierarchy(study)
    rows = []
    for replicate, run in runs:
        measures = {
            name: value
            for name, value in measures_of(run).items()
            if (has_goals or not name.startswith("fitness:")) and (has_hierarchy or name != "hierarchy")
        }
        about = {
            "treatment": replicate.treatment.name,
            "replicate": replicate.number,
            "seed": replicate.seed,
        }
        rows.append(about | measures)
    return rows


def _all_log_hierarchy(study: Study) -> bool:
    return all(treatment.config.tracking.hierarchy for treatment in study.treatments)


def _courses(study: Study, runs: Sequence[tuple[Replicate, Run]]) -> list[dict[str, Any]]:
    """Rows: what a run's log says at the generations of `thinned`; numbers as they stand in the log."""
    rows: list[dict[str, Any]] = []
    names = CURVES if _all_log_hierarchy(study) else CURVES[:2]
    for replicate, run in runs:
        header, lines = _log(run)
        columns = [header.index(name) for name in names]
        for point in thinned(replicate.treatment.config.evolution.generations).tolist():
            if point >= len(lines):
                break
            cells = lines[point].split(",")
            about = {"treatment": replicate.treatment.name, "replicate": replicate.number}
            values = {name: cells[column] for name, column in zip(names, columns, strict=True)}
            rows.append(about | {"generation": point} | values)
    return rows


def _curves(study: Study, courses: Table) -> list[dict[str, Any]]:
    """Rows: n, and medians with intervals, of every treatment at every generation of its courses."""
    rows: list[dict[str, Any]] = []
    names = [name for name in CURVES if name in courses]
    for treatment in study.treatments:
        mine = courses["treatment"] == treatment.name
        if not mine.any():
            continue
        points, point = np.unique(courses["generation"][mine], return_inverse=True)
        numbers, number = np.unique(courses["replicate"][mine], return_inverse=True)
        values = np.full((len(names), points.size, numbers.size), np.nan)  # NaN after the end of a run
        for k, name in enumerate(names):
            values[k, point, number] = courses[name][mine]
        rng = np.random.default_rng(study.seed)
        bands = {name: median_band(values[k], rng) for k, name in enumerate(names)}
        # Every logged network has a Q; in a neutral epoch it has no fitness.
        n = (~np.isnan(values[names.index("q_score")])).sum(axis=1)
        for k, generation in enumerate(points.tolist()):
            row = {"treatment": treatment.name, "generation": generation, "n": int(n[k])}
            for name, band in bands.items():
                row |= _at(band, k, name)
            rows.append(row)
    return rows


def _at(band: MedianBand, k: int, name: str) -> dict[str, float]:
    ends = {name: band.median, f"{name}_low": band.low, f"{name}_high": band.high}
    return {key: float(values[k]) for key, values in ends.items()}


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


def _write_table(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Rows as CSV, with the columns of the first of them."""
    header = tuple(rows[0]) if rows else ("treatment",)
    body = (csv_line(tuple(row[name] for name in header)) for row in rows)
    write_whole(path, csv_line(header) + b"".join(body))


def further_table(
    study: StudyFolder,
    name: str,
    make: Callable[[list[Key]], Sequence[dict[str, Any]]],
    treatments: Sequence[str] | None = None,
) -> Table:
    """The table ``name`` of a study's folder, with rows for every run that is done, or those of some treatments.

    ``make(missing)`` returns the rows of runs that it lacks; their first columns are treatment and replicate.
    So more runs than before ask only for theirs; those of runs that the summary leaves out are not returned.
    It is asked for so many runs at a time, and the table is written each time: it may take an hour.

    Raises `EvomodError` if the table has other columns than these rows.
    """
    path, summary = study.folder / name, study.summary
    runs = list(zip(summary["treatment"].tolist(), summary["replicate"].tolist(), strict=True))
    wanted = [run for run in runs if treatments is None or run[0] in treatments]
    known = _known(path)
    missing = [run for run in wanted if run not in known]
    with tqdm(total=len(missing), disable=len(missing) <= AT_A_TIME, desc=name, unit="run") as bar:
        for start in range(0, len(missing), AT_A_TIME):
            asked = missing[start : start + AT_A_TIME]
            _add_rows(study, path, make(asked), runs)
            bar.update(len(asked))
    table = read_columns(path)
    keys = zip(table["treatment"].tolist(), table["replicate"].tolist(), strict=True)
    kept = np.array([key in wanted for key in keys], np.bool_)
    return Columns({column: values[kept] for column, values in table.items()}, path)


def _known(path: Path) -> dict[Key, list[bytes]]:
    return lines_by_run(path) if path.exists() else {}


def _add_rows(
    study: StudyFolder, path: Path, rows: Sequence[dict[str, Any]], runs: Sequence[Key]
) -> None:
    """Add rows of runs to a further table; another figure may have added some of them meanwhile."""
    if not rows and path.exists():
        return
    fresh = lines_of(tuple(row.values()) for row in rows)
    with one_at_a_time(study.folder), reports_disk_errors(study.folder):
        known = _known(path)
        header = csv_line(tuple(rows[0])) if rows else _header(path, set())
        if known and header != _header(path, set(known)):
            raise EvomodError(
                f"{path} has other columns than this evomod writes; take it away to have it made anew."
            )
        order = [*runs, *(run for run in known if run not in runs)]
        write_lines(path, header, order, fresh, set(known))


def _failures(path: Path) -> list[dict[str, Any]]:
    try:
        check_record(Failures, data := read_json(path))
    except (OSError, DamageError) as error:
        raise EvomodError(f"{path} is damaged: {error}; `evomod study` writes it anew.") from None
    found: list[dict[str, Any]] = data["failures"]
    return found


NAMES = (*TEXTS, "treatment", "to")
"""Columns that are text even if all names look like numbers."""


def read_columns(path: Path, *, numbers: bool = False) -> Table:
    """A table of a study as arrays: an empty number is NaN, names are text.

    ``numbers``: all columns but `NAMES` hold nothing else. Raises `EvomodError` for a damaged table.
    """
    text = read_text(path)
    lines = iter(text.splitlines(keepends=True))
    try:
        if text and not text.endswith("\n"):
            raise DamageError("its last line is torn")
        names = NAMES if numbers else (*NAMES, *_texts(text))
        return Columns(table_columns(lines, names), path)
    except DamageError as damage:
        raise EvomodError(f"the table {path} is damaged: {damage}.") from None


def _texts(text: str) -> list[str]:
    """Columns whose first entry is text."""
    header, *first = (line.split(",") for line in text.splitlines()[:2])
    return (
        [name for name, cell in zip(header, *first, strict=False) if not is_number(cell)]
        if first
        else []
    )


def write_parquet(folder: str | Path) -> list[Path]:
    """Write the tables as Parquet too, by pyarrow or polars. Raises `EvomodError` where there is neither."""
    library, found, paths = parquet_library(), load_study(folder), []
    for name, table in (("summary", found.summary), ("curves", found.curves)):
        path = found.folder / f"{name}.parquet"
        with reports_disk_errors(found.folder):
            if library.__name__ == "pyarrow":
                from pyarrow import parquet

                parquet.write_table(library.table(table), path)
            else:
                library.DataFrame(table).write_parquet(path)
        paths.append(path)
    return paths


def parquet_library() -> Any:
    """What can write Parquet here. Raises `EvomodError` where nothing can."""
    for name in ("pyarrow", "polars"):
        with suppress(ImportError):
            return import_module(name)
    raise EvomodError(
        "Parquet wants pyarrow or polars, and neither is installed: `pip install pyarrow`, or leave out "
        "--parquet; the tables are CSV anyway."
    )


SHOWN = {"best_fitness": "fitness", "q_score": "Q", "q_z": "z of Q", "q_m": "Q_m"}
"""Columns that are told at the end of a study; z and Q_m beside Q, which alone says little."""


def described(found: StudyFolder) -> str:
    """A line a treatment: how many runs are done, medians of fitness and Q with intervals, runs solved."""
    summary, lines = found.summary, []
    if not summary["treatment"].size:
        return "no run is done yet."
    for treatment in found.study.treatments:
        mine = summary["treatment"] == treatment.name
        if not mine.any():
            continue
        rng = np.random.default_rng(found.study.seed)
        parts = [
            f"{word} {_told(median_ci(summary[name][mine], rng), int(mine.sum()))}"
            for name, word in SHOWN.items()
        ]
        solved = f"solved {int(summary['solved'][mine].sum())} of {int(mine.sum())}"
        lines.append(f"  {treatment.label:24} {', '.join(parts)}, {solved}")
    method = ", ".join(np.unique(summary["q_method"]).tolist())
    return "\n".join(
        [f"medians with bootstrapped 95 % intervals of the last generation (Q: {method})", *lines]
    )


def _told(ci: MedianCI, n_runs: int) -> str:
    """A median with its interval, which one value has none of, and its n where not every run has a value.

    >>> ci = MedianCI(n=6, median=0.5, low=0.25, high=0.75, method="BCa")
    >>> _told(ci, 6), _told(ci, 7)
    ('0.500 [0.250, 0.750]', '0.500 [0.250, 0.750] (n = 6)')
    """
    if ci.n == 0:
        return "of no run"
    kind = "range " if ci.n < FEWEST else ""
    interval = f" {kind}[{ci.low:.3f}, {ci.high:.3f}]" if ci.n > 1 else ""
    number = f" (n = {ci.n})" if ci.n != n_runs else ""
    return f"{ci.median:.3f}{interval}{number}"
