"""The tables of a study: one row per replicate (``summary.csv``), and curves over generations (``curves.csv``).

Numbers of runs are medians with bootstrapped 95 % intervals. Another number of a run goes into
`run_rows.measures_of`.
Runs whose folders are gone stay in the tables, see `kept_runs`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from evomod.errors import EvomodError, nearest, shown
from evomod.files.disk import reports_disk_errors
from evomod.files.frames import to_pandas
from evomod.files.readers import DamageError, read_json
from evomod.files.records import Failures, check_record
from evomod.files.tables import (
    Columns,
    Key,
    Table,
    checked_table,
    csv_line,
    header_of,
    lines_by_run,
    lines_of,
    named,
    read_table,
    table_text,
    write_lines,
    write_text,
)
from evomod.network import Network
from evomod.runs.run import Run, load_run
from evomod.runs.tracking import TIED_COLUMNS
from evomod.statistics import FEWEST, MedianBand, MedianCI, median_band, median_ci
from evomod.studies.definition import (
    Replicate,
    Study,
    order_of,
    place_of,
    read_definition,
    replicates_of,
    seed_of,
)
from evomod.studies.folder import is_done, kept_runs, one_at_a_time
from evomod.studies.networks import DENSITY, read_networks, write_density, write_networks
from evomod.studies.run_rows import CURVES, OWN, ROWS, RunRows, run_rows
from evomod.studies.stated import how_many, load_manifest

AT_A_TIME = 32
"""Runs whose rows of a further table are made together: by several workers, which take seconds to start."""


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """A study's folder, read."""

    folder: Path
    study: Study
    manifest: dict[str, Any]

    def __repr__(self) -> str:
        """In one line: treatments with all their settings fill pages."""
        study = self.study
        return f"<StudyFolder {self.folder}: '{study.name}', {len(study.treatments)} treatments of {study.replicates}>"

    @property
    def summary(self) -> Table:
        """Columns of ``summary.csv``, one entry a replicate that is done."""
        return _read(self.folder / "summary.csv")

    @property
    def curves(self) -> Table:
        """Columns of ``curves.csv``, or of ``curves.csv.gz`` in its place, one entry a treatment and generation."""
        return _read(curves_in(self.folder))

    @property
    def courses(self) -> Table:
        """Columns of ``courses.csv.gz``, one entry a replicate and generation of `thinned`."""
        return _read(self.folder / "courses.csv.gz")

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
        return _read(self.folder / "density.csv.gz")

    @property
    def failures(self) -> list[dict[str, Any]]:
        """What failed, and how to repeat it."""
        paths = sorted(self.folder.glob("failures*.json"))
        return [failure for path in paths for failure in _failures(path)]

    @property
    def treatments(self) -> tuple[str, ...]:
        return tuple(treatment.name for treatment in self.study.treatments)

    @property
    def progress(self) -> str:
        """How many replicates are done, of how many."""
        return how_many(self.study.replicates, self.treatments, self.summary["treatment"].tolist())

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
        """One column of ``summary.csv`` for one treatment. Raises `EvomodError` where the study has no such treatment."""
        known = [one.name for one in self.study.treatments]
        if treatment not in known:
            raise EvomodError(
                f"the study '{self.study.name}' has no treatment {shown(treatment)}; {nearest(treatment, known)}known: "
                f"{', '.join(known)}."
            )
        table = self.summary
        values: NDArray[Any] = table[name][table["treatment"] == treatment]
        return values

    def to_pandas(self, table: str = "summary") -> Any:
        """``"summary"``, ``"curves"`` or ``"courses"`` as a pandas DataFrame, where pandas is installed."""
        if table not in ("summary", "curves", "courses"):
            raise EvomodError(f"wanted the table summary, curves or courses, got {table!r}.")
        return to_pandas(getattr(self, table))


def curves_in(folder: Path) -> Path:
    """Where a study's curves are: committed results have them packed, a fifth of the size."""
    packed = folder / "curves.csv.gz"
    return packed if packed.exists() and not (folder / "curves.csv").exists() else folder / "curves.csv"


def _read(path: Path, wanted: Collection[str] | None = None) -> Columns:
    """A table of a study. Raises `EvomodError` where it is missing or damaged."""
    needed = DENSITY if path.name == "density.csv.gz" else ("treatment",)
    return checked_table(read_table(path, wanted, numbers=True), needed)


def load_study(folder: str | Path) -> StudyFolder:
    """Read a study's folder; nothing in it is executed.

    Parameters
    ----------
    folder
        That of the study.

    Returns
    -------
    StudyFolder
        Tables are read when they are asked for.

    Raises
    ------
    EvomodError
        If it is none.
    """
    folder = Path(folder)
    manifest = load_manifest(folder)
    return StudyFolder(folder, read_definition(folder / "study.toml"), manifest)


def done_runs(found: StudyFolder) -> list[tuple[Replicate, Run]]:
    """The replicates that are done and have a folder, with their runs, treatment by treatment."""
    order = [treatment.name for treatment in found.study.treatments]
    done = [r for r in replicates_of(found.study) if is_done(found.folder / r.place)]
    done.sort(key=lambda replicate: order.index(replicate.treatment.name))
    return [(replicate, load_run(found.folder / replicate.place)) for replicate in done]


def write_tables(folder: str | Path) -> None:
    """Write the tables of the runs that are done: of their folders, and of lines whose folders are gone.

    ``summary.csv``, ``courses.csv.gz``, ``curves.csv``, ``networks.json.gz`` and, where populations were
    recorded, ``density.csv.gz``. What they say of a run is kept in its folder, see `run_rows`. The summary is written
    last: one that is newer than all runs stands for all tables, see `holds_tables`.
    """
    found = load_study(folder)
    kept, order = kept_runs(found.study, found.folder), order_of(found.study)
    done = [(run, found.folder / place_of(run)) for run in order]
    rows = {run: run_rows(place, load_run) for run, place in done if is_done(place)}
    with reports_disk_errors(found.folder):
        _write_curves(found, *_write_courses(found, rows, kept))
        write_networks(found.folder / "networks.json.gz", order, rows, kept)
        write_density(found.folder / "density.csv.gz", order, rows, kept)
        _write_summary(found, rows, kept)
    _renew_parquet(found.folder)


def _renew_parquet(folder: Path) -> None:
    """Parquet tables of before are written anew, or taken away where nothing can write them: they would not say what the others do."""
    before = [path for name in PARQUET if (path := folder / f"{name}.parquet").exists()]
    if not before:
        return
    try:
        write_parquet(folder)
    except EvomodError:
        for path in before:
            path.unlink()


PARQUET = ("summary", "curves")
"""Tables that may stand in a study's folder as Parquet too."""


def holds_tables(found: StudyFolder, ended: float) -> bool:
    """Whether tables of all runs were written after the last of them ended; to write them again takes seconds."""
    records = any(t.config.tracking.population_every for t in found.study.treatments)
    names = ("curves.csv", "courses.csv.gz", "networks.json.gz", *["density.csv.gz"] * records)
    try:
        is_newer = (found.folder / "summary.csv").stat().st_mtime > ended
    except OSError:
        return False
    return (
        is_newer
        and all((found.folder / name).exists() for name in names)
        and lines_by_run(found.folder / "summary.csv").keys() >= set(order_of(found.study))
    )


NO_ROW = b"treatment,replicate\n"
"""A table without a row."""


def _header(path: Path, kept: set[Key]) -> bytes:
    """That of a table without a fresh row."""
    return header_of(path) if kept and path.exists() else NO_ROW


def _write_summary(found: StudyFolder, rows: dict[Key, RunRows], kept: set[Key]) -> None:
    """Fitness on single goals only where all treatments have one task, what is logged on request where all log it.

    What users' pressures measure stands last, empty in treatments that lack them.
    """
    study, path = found.study, found.folder / "summary.csv"
    has_goals = len({treatment.task_name for treatment in study.treatments}) == 1
    absent = set() if _all_log(study, "hierarchy") else {"hierarchy"}
    absent |= set() if _all_log(study, "tied_q") else {*TIED_COLUMNS}
    names = [
        name
        for name in (next(iter(rows.values())).summary if rows else ())
        if (has_goals or not name.startswith("fitness:"))
        and name not in absent
        and not name.startswith(OWN)
    ]
    own_names = _own_names(path, rows, kept)
    header = (
        csv_line(("treatment", "replicate", "seed", *names, *own_names)) if rows else _header(path, kept)
    )
    for run, own in rows.items():
        if not own.summary.keys() >= set(names):
            raise EvomodError(_damaged_rows(found, run))
    lines = {
        run: [
            csv_line(
                (
                    *run,
                    seed_of(study.seed, *run),
                    *(own.summary[name] for name in names),
                    *(own.summary.get(name, "") for name in own_names),
                )
            )
        ]
        for run, own in rows.items()
    }
    write_lines(path, header, order_of(study), lines, kept)


def _own_names(path: Path, rows: dict[Key, RunRows], kept: set[Key]) -> list[str]:
    """Columns of users' pressures: those of any run; beside lines that are kept those of their table."""
    if kept and path.exists():
        names = header_of(path).decode().rstrip("\n").split(",")
    else:
        names = sorted({name for own in rows.values() for name in own.summary})
    return [name for name in names if name.startswith(OWN)]


def _damaged_rows(found: StudyFolder, run: Key) -> str:
    path = found.folder / place_of(run) / ROWS
    return f"{path} is damaged: its columns are not those of the study's other runs. Delete it; it is made anew."


def _all_log(study: Study, asked: str) -> bool:
    """Whether ``tracking`` of all treatments asks for something."""
    return all(getattr(treatment.config.tracking, asked) for treatment in study.treatments)


def _write_courses(
    found: StudyFolder, rows: dict[Key, RunRows], kept: set[Key]
) -> tuple[tuple[str, ...], dict[Key, str]]:
    """Returns the names of the courses' numbers, and the lines of every run, without treatment and replicate."""
    path, has_hierarchy = found.folder / "courses.csv.gz", _all_log(found.study, "hierarchy")
    names = CURVES if has_hierarchy else CURVES[:2]
    if kept and path.exists():
        _check_courses(path)
    header = csv_line(("treatment", "replicate", "generation", *names)) if rows else _header(path, kept)
    courses = {
        run: own.course if has_hierarchy or "hierarchy" not in own.summary else _without_last(own.course)
        for run, own in rows.items()
    }
    for run, course in courses.items():
        if any(line.count(",") != len(names) for line in course.splitlines()):
            raise EvomodError(_damaged_rows(found, run))
    lines = {run: named(run, course) for run, course in courses.items()}
    write_lines(path, header, order_of(found.study), lines, kept)
    for run, others in (lines_by_run(path) if kept else {}).items():
        if run not in courses:
            courses[run] = b"".join(line.split(b",", 2)[2] for line in others).decode()
    return tuple(header.decode().rstrip("\n").split(",")[3:]), courses


def _check_courses(path: Path) -> None:
    """Raises `EvomodError` where lines that are kept are damaged."""
    table = read_table(path, numbers=True)
    wanted = (("generation", *CURVES), ("generation", *CURVES[:2]))
    if table["treatment"].size and tuple(table)[2:] not in wanted:
        raise EvomodError(f"the table {path} is damaged: it has other columns than evomod writes.")


def _without_last(lines: str) -> str:
    """Without their last cells."""
    return "".join(line.rpartition(",")[0] + "\n" for line in lines.splitlines())


def _write_curves(found: StudyFolder, names: tuple[str, ...], courses: dict[Key, str]) -> None:
    """Write ``curves.csv``; without any course it stays as it is, for older tables have curves alone."""
    if any(courses.values()) or not curves_in(found.folder).exists():
        rows = _curves(found.study, names, courses)
        path = found.folder / "curves.csv"
        write_text(path, table_text(tuple(rows[0]) if rows else ("treatment",), rows))


def _curves(study: Study, names: tuple[str, ...], courses: dict[Key, str]) -> list[dict[str, Any]]:
    """Rows: n, and medians with intervals, of every treatment at every generation of its courses."""
    rows: list[dict[str, Any]] = []
    for treatment in study.treatments:
        mine = [
            _numbers(courses[run])
            for run in order_of(study)
            if run[0] == treatment.name and courses.get(run)
        ]
        if not mine:
            continue
        points = np.unique(np.concatenate([course[:, 0] for course in mine]))
        values = np.full((len(names), points.size, len(mine)), np.nan)  # NaN after the end of a run
        for number, course in enumerate(mine):
            values[:, np.searchsorted(points, course[:, 0]), number] = course[:, 1:].T
        rng = np.random.default_rng(study.seed)
        bands = {name: median_band(values[k], rng) for k, name in enumerate(names)}
        # Every logged network has a Q; in a neutral epoch it has no fitness.
        n = (~np.isnan(values[names.index("q_score")])).sum(axis=1)
        for k, generation in enumerate(points.astype(np.int64).tolist()):
            row = {"treatment": treatment.name, "generation": generation, "n": int(n[k])}
            for name, band in bands.items():
                row |= _at(band, k, name)
            rows.append(row)
    return rows


def _numbers(course: str) -> NDArray[np.float64]:
    """``[generation, column]``; an empty cell is NaN."""
    cells = [float(cell or "nan") for cell in course[:-1].replace("\n", ",").split(",")]
    return np.array(cells).reshape(course.count("\n"), -1)


def _at(band: MedianBand, k: int, name: str) -> dict[str, float]:
    ends = {name: band.median, f"{name}_low": band.low, f"{name}_high": band.high}
    return {key: float(values[k]) for key, values in ends.items()}


def further_table(
    study: StudyFolder,
    name: str,
    make: Callable[[list[Key]], Sequence[dict[str, Any]]],
    treatments: Sequence[str] | None = None,
) -> Table:
    """The table ``name`` of a study's folder, with rows for every run that is done, or those of some treatments.

    ``make(missing)`` returns the rows of runs that it lacks; their first columns are treatment and replicate.
    So more runs than before ask only for theirs; those of runs that the summary leaves out are not returned. A run of a
    study is always the same one, so its rows are never outdated.
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
    table = read_table(path)
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
        header = csv_line(tuple(rows[0])) if rows else NO_ROW
        if known and header != header_of(path):
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


def write_parquet(folder: str | Path) -> list[Path]:
    """Write the tables as Parquet too, by pyarrow or polars. Raises `EvomodError` where there is neither."""
    library, found, paths = parquet_library(), load_study(folder), []
    for name, table in zip(PARQUET, (found.summary, found.curves), strict=True):
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
        "--parquet: a study's tables are CSV anyway, and `evomod export` has --csv."
    )


SHOWN = {"best_fitness": "fitness", "q_score": "Q", "q_z": "z of Q", "q_m": "Q_m"}
"""Columns that are told at the end of a study; z and Q_m beside Q, which alone says little."""


def described(found: StudyFolder) -> str:
    """One line per treatment: how many runs are done, medians of fitness and Q with intervals, runs solved."""
    wanted = {"treatment", "solved", "q_method", *SHOWN}
    summary, lines = _read(found.folder / "summary.csv", wanted), []
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
        [
            f"last generation (Q: {method}): medians [bootstrapped 95 % intervals; of fewer than {FEWEST} runs their range]",
            *lines,
        ]
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
