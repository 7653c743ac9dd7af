"""The report of a study."""

from __future__ import annotations

import html
import shlex
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod import measures
from evomod.contrasts import contrast
from evomod.effects import numbers_of
from evomod.errors import EvomodError
from evomod.files.tables import lines_by_run
from evomod.network import Network
from evomod.plots.looks import looks_of, told_apart
from evomod.report import charts
from evomod.report.networks import Frame, frames, multiples
from evomod.report.page import Page, Section, viewer
from evomod.report.run_page import NULLS, motif_question
from evomod.report.svg import framed, legend, number
from evomod.report.words import NAMES, commands, compared, effect, facts, interval, table
from evomod.runs.run import Run, load_run
from evomod.statistics import proportions
from evomod.studies.definition import place_of, replicates_of
from evomod.studies.folder import is_done, sessions_of
from evomod.studies.run_rows import COST_BIN, Q_BIN
from evomod.studies.tables import StudyFolder, load_study, write_tables

Table = dict[str, NDArray[Any]]

TABLES = ("summary.csv", "curves.csv", "courses.csv.gz", "networks.json.gz", "density.csv.gz")
DRAWS = 100
ZOOMED = 6
MOST_MULTIPLES = 400
"""Networks in a page; of larger studies the first replicates of every treatment."""


def study_page(folder: Path) -> Page:
    """Everything about a study. Raises `EvomodError` where no run of it is done."""
    with current_tables(folder) as found:
        return _page(found, folder)


@contextmanager
def current_tables(folder: Path) -> Iterator[StudyFolder]:
    """The study with tables of all runs that are done; those of an unfinished study are made beside it, for a while.

    What is computed of a run is kept in its folder, as `evomod study` does; nothing else is written there.
    """
    found = load_study(folder)
    done = {r.key for r in replicates_of(found.study) if is_done(folder / r.place)}
    summary = folder / "summary.csv"
    known = set(lines_by_run(summary)) if summary.exists() else set()
    if not done | known:
        raise EvomodError(
            f"no run of {folder} is done, so there is nothing to report yet. "
            f"`evomod study {shlex.quote(str(folder))}` continues it."
        )
    if done <= known and (folder / "networks.json.gz").exists():
        yield found
        return
    with TemporaryDirectory() as place:
        beside = Path(place)
        for path in folder.iterdir():
            if path.name in TABLES:
                shutil.copy(path, beside)
            elif path.name not in ("study.lock", "study.turn"):
                (beside / path.name).symlink_to(path.resolve())
        write_tables(beside)
        yield load_study(beside)


def _page(found: StudyFolder, folder: Path) -> Page:
    summary = found.summary
    treatments = [name for name in found.treatments if (summary["treatment"] == name).any()]
    labels = {name: found.labels[name] for name in treatments}
    rows = {name: summary["treatment"] == name for name in treatments}
    method = _method(summary)
    networks = {
        name: found.networks.get(name, [])[: MOST_MULTIPLES // len(treatments)] for name in treatments
    }
    shown = [network for name in treatments for network in networks[name]]
    view = frames(shown, [_caption(network, labels) for network in shown], method)
    sections = [
        _final(summary, labels, rows),
        *_curves(found, labels),
        _networks(networks, view["frames"], labels),
        _plane(found, summary, labels, rows),
        *_switches(found, folder, labels),
        *_motifs(networks, labels),
        _provenance(found, folder),
        _again(found, folder),
    ]
    return Page(
        f"{found.study.name} · a study made with evomod", _summary(summary, labels, rows),
        _notices(found, summary, labels, folder), sections, view,
    )  # fmt: skip


def _method(summary: Table) -> str:
    return str(summary["q_method"][0])


def _caption(network: Network, labels: dict[str, str]) -> str:
    about = network.about
    fitness = about["fitness"].get(about["goal"])
    told = "" if fitness is None else f"fitness {fitness:.4f}, "
    return (
        f"{labels[about['treatment']]}, replicate {about['replicate']}: {told}Q {about['q_score']:.3f} in "
        f"{about['modules']} modules, connection cost {number(about['connection_cost'])}"
    )


def _notices(found: StudyFolder, summary: Table, labels: dict[str, str], folder: Path) -> list[str]:
    wanted = found.study.replicates
    short = [
        f"{int((summary['treatment'] == name).sum())} of {found.labels[name]}"
        for name in found.treatments
        if (summary["treatment"] == name).sum() < wanted
    ]
    if not short:
        return []
    return [
        f"This study is not finished: of {wanted} replicates there are {'; '.join(short)}. All numbers are of the "
        f"runs that are done. Continue it with evomod study {shlex.quote(str(folder))}"
    ]


def _summary(summary: Table, labels: dict[str, str], rows: dict[str, NDArray[np.bool_]]) -> str:
    """The first treatment against each other one: Q, and how many runs are solved."""
    first, *others = labels
    n = "; ".join(f"{int(rows[name].sum())} of {label}" for name, label in labels.items())
    parts = [f"Runs: {n}."]
    if not others:
        own = summary["q_score"][rows[first]]
        solved = int(summary["solved"][rows[first]].sum())
        return f"{parts[0]} Q is {interval(contrast(own, own).a)}; {solved} of {int(rows[first].sum())} runs are solved."
    for other in others[:3]:
        q = contrast(summary["q_score"][rows[other]], summary["q_score"][rows[first]])
        parts.append(compared(q, "Q", labels[other], labels[first]) + ".")
        if "q_z" in summary:
            z = contrast(*(numbers_of(summary["q_z"][rows[name]]) for name in (other, first)))
            if min(z.a.n, z.b.n) > 0:
                what = "z of Q among random networks of the same degrees"
                parts.append(compared(z, what, labels[other], labels[first]) + ".")
        yes = [int(summary["solved"][rows[name]].sum()) for name in (other, first)]
        n_runs = [int(rows[name].sum()) for name in (other, first)]
        p = proportions(yes[0], n_runs[0], yes[1], n_runs[1]).p
        parts.append(
            f"The task was solved in {yes[0]} of {n_runs[0]} and in {yes[1]} of {n_runs[1]} runs (Fisher's exact p = {p:.2g})."
        )
    if len(others) > 3:
        parts.append(f"{len(others) - 3} more treatments are below.")
    return " ".join(parts)


def columns_of(summary: Table) -> dict[str, str]:
    """The columns that a report shows, with their names: those in which any two runs differ."""
    found = {}
    for name, words in NAMES.items():
        if name in summary and summary[name].dtype.kind in "iuf":
            values = summary[name].astype(float)
            if np.unique(values[np.isfinite(values)]).size > 1:
                found[name] = words
    return found


def _final(summary: Table, labels: dict[str, str], rows: dict[str, NDArray[np.bool_]]) -> Section:
    shown, figures, lines = columns_of(summary), [], []
    first, *others = labels
    for name, words in shown.items():
        groups = [summary[name][rows[treatment]].astype(float) for treatment in labels]
        figures.append(f"<figure>{charts.points(groups, list(labels.values()), words)}</figure>")
        base = groups[0]
        lines.append(
            [words, interval(contrast(base, base).a)]
            + [cell for group in groups[1:] for cell in _against(group, base)]
        )
    header = ["measure", labels[first]]
    for name in others:
        header += [labels[name], f"delta to {labels[first]}", "p"]
    note = (
        "Points are runs, the line is their median and the bar its bootstrapped 95 % interval (from six runs on). "
        "Delta is Cliff's delta with its 95 % interval (bootstrapped): 1 where every run is larger than "
        "every run of the other treatment, 0 for no difference. p: Mann-Whitney, two-sided, not corrected for the number "
        "of measures. Runs that were never solved have no number of generations to solve. z is missing where all random "
        "networks have the same Q, as some dense ones do: n says how many are compared then."
    )
    return Section(
        "measures", "Final measures by treatment",
        f'<div class="charts">{"".join(figures)}</div>{table(header, lines)}<p>{note}</p>',
    )  # fmt: skip


def _against(group: NDArray[Any], base: NDArray[Any]) -> list[str]:
    found = contrast(group, base)
    is_untested = min(found.a.n, found.b.n) < 2 or np.isnan(found.p)
    p = "–" if is_untested else ("< 0.001" if found.p < 0.001 else f"{found.p:.2g}")
    return [interval(found.a), effect(found), p]


def _curves(found: StudyFolder, labels: dict[str, str]) -> list[Section]:
    curves = found.curves
    if "generation" not in curves or not curves["generation"].size:
        return []
    names = {"best_fitness": "fitness of the best", "q_score": "Q of the best", "hierarchy": "hierarchy"}
    figures = "".join(
        f"<figure>{charts.medians(curves, column, labels, words)}</figure>"
        for column, words in names.items()
        if column in curves
    )
    treatments = list(labels.values())
    note = "Medians over runs; shaded: pointwise bootstrapped 95 % intervals, where there are six runs or more."
    return [
        Section(
            "curves", "Over generations",
            f'<div class="charts">{figures}</div>{legend(treatments, looks_of(treatments))}<p>{note}</p>',
        )
    ]  # fmt: skip


def _networks(
    networks: dict[str, list[Network]], shown: Sequence[Frame], labels: dict[str, str]
) -> Section:
    parts, first = [], 0
    n_shown = sum(map(len, networks.values()))
    looks = dict(zip(labels, looks_of(list(labels.values())), strict=True))
    for name, own in networks.items():
        titles = [f"{n.about['replicate']}: Q {n.about['q_score']:.2f}" for n in own]
        small = multiples(own, shown[first : first + len(own)], titles, first)
        head = f'<summary><span class="swatch c{looks[name] % 8}"></span>{html.escape(labels[name])}: {len(own)} networks</summary>'
        parts.append(f"<details open>{head}{small}</details>")
        first += len(own)
    note = "The slider goes through all replicates; a click on a small network shows it."
    return Section(
        "network", "The best network of every replicate",
        viewer(n_shown, 0, "replicate", note) + "".join(parts),
    )  # fmt: skip


def _plane(
    found: StudyFolder, summary: Table, labels: dict[str, str], rows: dict[str, NDArray[np.bool_]]
) -> Section:
    """One panel per treatment: the last recorded populations, and the best of every run."""
    has_density = (found.folder / "density.csv.gz").exists()
    density = found.density if has_density else None
    x, y = summary["connection_cost"].astype(float), summary["q_score"].astype(float)
    last: dict[str, Table] = {}
    if density is not None:
        for name in labels:
            mine = density["treatment"] == name
            if mine.any():
                kept = mine & (density["generation"] == density["generation"][mine].max())
                last[name] = {column: values[kept] for column, values in density.items()}
    many = _central([cells["connection_cost"] for cells in last.values()], x)
    frame = framed(many, np.concatenate([y, *(cells["q_score"] for cells in last.values())]))
    figures = "".join(
        "<figure>"
        + charts.plane(
            frame, k, label, last.get(name), (COST_BIN, Q_BIN), (x[rows[name]], y[rows[name]])
        )
        + "</figure>"
        for k, (name, label) in zip(looks_of(list(labels.values())), labels.items(), strict=True)
    )
    shades = " Shades: where the individuals of the last recorded populations lie." if last else ""
    return Section(
        "plane", "Connection cost and Q",
        f'<div class="charts">{figures}</div><p>Rings: the best network of every run.{shades}</p>',
    )  # fmt: skip


def _central(many: Sequence[NDArray[Any]], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Costs that the plane must hold: of populations all, which outliers would stretch, but up to twice the best's."""
    cells = np.concatenate([x, *many]) if many else x
    return cells[cells <= 2.0 * max(float(x.max()), 1.0)]


def _switches(found: StudyFolder, folder: Path, labels: dict[str, str]) -> list[Section]:
    """The last epochs of the median run of every treatment whose goals change and whose run folder is there."""
    figures = []
    goals: list[str] = []
    for treatment in found.study.treatments:
        run = _median_run(found, folder, treatment.name) if treatment.config.schedule.changes else None
        if run is None or treatment.name not in labels:
            continue
        log = run.columns(("generation", "goal", "best_fitness", "mean_fitness"))
        starts = np.concatenate(([0], np.flatnonzero(log["goal"][1:] != log["goal"][:-1]) + 1))
        rows = {name: column[starts[-ZOOMED:][0] :] for name, column in log.items()}
        goals = list(dict.fromkeys([*goals, *rows["goal"].tolist()]))
        if len(goals) > 7:
            break
        text = f"{labels[treatment.name]}, replicate {run.folder.name}: the last {min(ZOOMED, starts.size)} epochs"
        figures.append((rows, text))
    if not figures:
        return []
    body = "".join(
        f"<figure>{charts.epochs(rows, goals)}<figcaption>{html.escape(text)}</figcaption></figure>"
        for rows, text in figures
    )
    shades = legend(told_apart(goals, 40), [1 + k for k in range(len(goals))])
    note = "Of every treatment the run whose final fitness is the median. Blue: the best; grey: population mean."
    return [
        Section(
            "switches",
            "Around switches of goals",
            f'<div class="charts">{body}</div>{shades}<p>{note}</p>',
        )
    ]


def _median_run(found: StudyFolder, folder: Path, treatment: str) -> Run | None:
    summary = found.summary
    mine = np.flatnonzero(summary["treatment"] == treatment)
    order = mine[np.argsort(summary["best_fitness"][mine], kind="stable")]
    for row in order[order.size // 2 :].tolist():
        place = folder / place_of((treatment, int(summary["replicate"][row])))
        if is_done(place):
            return load_run(place)
    return None


def _motifs(networks: dict[str, list[Network]], labels: dict[str, str]) -> list[Section]:
    """Mean z of the subgraphs of three nodes over the networks of every treatment."""
    groups: dict[int, list[measures.MotifProfile]] = {}
    simple = {
        name: [one for network in own if (one := network.simplified()).source.size and one.n_nodes > 2]
        for name, own in networks.items()
    }
    every = [one for own in simple.values() for one in own]
    if not every:
        return []
    size, null = motif_question(every)
    looks = dict(zip(labels, looks_of(list(labels.values())), strict=True))
    for name, own in simple.items():
        if own:
            groups[looks[name]] = [_profile(one, size, null) for one in own]
    chart = charts.motif_chart(groups)
    if not chart:
        return []
    note = (
        f"Mean z of the counts over networks, bars: standard error of the mean; relative to {DRAWS} random networks a "
        f"network ({NULLS[null]}). The numbers are those of the motif literature."
    )
    names = legend([labels[name] for name, own in simple.items() if own], list(groups))
    return [
        Section(
            "motifs", "Motif profile",
            f"<figure>{chart}{names}<figcaption>{note}</figcaption></figure>",
        )
    ]  # fmt: skip


def _profile(network: Network, size: int, null: str) -> measures.MotifProfile:
    found = measures.motifs(network, size, null, DRAWS)
    assert not isinstance(found, list)  # which many networks give
    return found


def _provenance(found: StudyFolder, folder: Path) -> Section:
    sessions = sessions_of(found.manifest)
    pairs: list[tuple[str, Any]] = [
        ("study", found.study.name),
        ("seed", found.study.seed),
        ("replicates", found.study.replicates),
        ("evomod", found.manifest["versions"].get("evomod")),
    ]
    lines = [
        (
            str(session.get("start") or "–"),
            str(session.get("end") or "stopped, or a run failed"),
            str(session.get("commit") or "–")[:12],
            ", ".join(f"{name} {text}" for name, text in (session.get("versions") or {}).items()),
            shlex.join(map(str, session.get("argv") or [])),
        )
        for session in sessions
    ]
    text = html.escape((folder / "study.toml").read_text(encoding="utf-8"))
    toml = (
        f'<details><summary>study.toml</summary><pre class="scroll" tabindex="0">{text}</pre></details>'
    )
    head = ("session", "end", "commit", "versions", "command")
    return Section("provenance", "Provenance", facts(pairs) + table(head, lines) + toml)


def _again(found: StudyFolder, folder: Path) -> Section:
    place = shlex.quote(str(folder))
    lines = [
        "# this page",
        f"evomod report {place}",
        "# the study itself, into another folder",
        f"evomod study {shlex.quote(str(folder / 'study.toml'))} --out again",
        "# one of its runs alone, by its config and its seed in summary.csv",
        f"evomod evolve {shlex.quote(str(folder / found.treatments[0] / '000' / 'config.toml'))} --seed SEED --out again",
    ]
    return Section("again", "How to make this again", commands(lines))
