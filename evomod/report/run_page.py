"""The report of a run."""

from __future__ import annotations

import html
import shlex
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod import measures
from evomod.config import dump_config
from evomod.errors import EvomodError
from evomod.measures.report import NOTE_DRAWS, nulls_of
from evomod.network import Network
from evomod.plots.looks import fitting, told_apart
from evomod.report import charts
from evomod.report.networks import Frame, frames, multiples
from evomod.report.page import Page, Section, name_of, viewer
from evomod.report.svg import framed, legend, number
from evomod.report.words import commands, facts, table
from evomod.runs.replay import frames_of, replayed
from evomod.runs.run import Run

Table = dict[str, NDArray[Any]]

ZOOMED = 6
"""Epochs shown generation by generation."""
DRAWN = ("generation", "goal", "best_fitness", "mean_fitness", "q_score", "connection_cost")
"""Columns of the log that are drawn."""
SHOWN = 12
"""Of the run's networks in small."""
DRAWS = 200
"""Random networks that motifs are compared with."""
NULLS = {"degree-preserving": "degrees kept", "layered": "degrees within layers kept"}


def run_page(run: Run, *, trust: bool = False, seen: Sequence[Network] = ()) -> Page:
    """Everything about a run; ``seen``: its networks so far, where they need not be evolved again. Raises `EvomodError` where it has not reached its first checkpoint."""
    if not (run.folder / "best.json").exists():
        raise EvomodError(
            f"{run.folder} has no best.json yet: the run has not reached its first checkpoint, so there is nothing to "
            f"report. Continue it with `evomod evolve --resume {shlex.quote(str(run.folder))}`."
        )
    best, log, method = run.best, run.columns(DRAWN), str(run.manifest["q_method"])
    networks, note = (list(seen), "") if seen else _networks(run, best, trust)
    found = {null: _null(best, null, method) for null in nulls_of(best.simplified())}
    shown = frames(networks, [_caption(network) for network in networks], method)
    sections = [
        _network_section(networks, shown["frames"], note),
        _curves(log, found, method),
        *_switches(log),
        _final(run, best, found),
        _plane(run, log, best),
        *_motifs(best),
        _provenance(run),
        _again(run),
    ]
    notices = () if run.is_complete else (_unfinished(run, log),)
    return Page(
        f"{name_of(run.folder)} · a run made with evomod", _summary(run, best, found), notices,
        sections, shown,
    )  # fmt: skip


def _networks(run: Run, best: Network, trust: bool) -> tuple[list[Network], str]:
    """Of many generations where the run comes out again from its seed, else the last one alone, and why."""
    last = int(best.about["generation"])
    try:
        return replayed(run, frames_of(last), trust=trust), ""
    except EvomodError as error:
        return [best], f"Only the last network is shown. {error}"


def _caption(network: Network) -> str:
    about = network.about
    fitness = about["fitness"].get(about["goal"])
    told = "" if fitness is None else f"fitness {fitness:.4f}, "
    return (
        f"generation {number(about['generation'])}, goal {fitting(about['goal'], 60)}: {told}"
        f"Q {about['q_score']:.3f} in {about['modules']} modules, connection cost {number(about['connection_cost'])}"
    )


def _null(network: Network, null: str, method: str) -> tuple[float, float, float]:
    """Mean and standard deviation of Q of random networks, and z of the network; z is NaN where all are equal."""
    simple = network.simplified()
    if not simple.source.size:
        return (float("nan"),) * 3
    q = measures.modularity(simple, method=method).q
    spread = measures.null_distribution(simple, null, NOTE_DRAWS, method=method)
    mean, sd = float(spread.mean()), float(spread.std(ddof=1))
    return mean, sd, (q - mean) / sd if np.ptp(spread) > 1e-9 else float("nan")


def _summary(run: Run, best: Network, found: dict[str, tuple[float, float, float]]) -> str:
    about = best.about
    fitness = about["fitness"].get(about["goal"])
    told = "" if fitness is None else f"has fitness {fitness:.4f} on {fitting(about['goal'], 60)} and "
    z = ", ".join(
        f"z {score:.1f} with {NULLS[null]}"
        if np.isfinite(score)
        else f"no z with {NULLS[null]} (all nulls equal)"
        for null, (_, _, score) in found.items()
    )
    return (
        f"After {number(about['generation'])} generations of {run.config.network.encoding} networks on "
        f"{run.config.task.name}, {_pressures(run)}, the best network {told}Q {about['q_score']:.3f} "
        f"({about['q_method']}) in {about['modules']} modules; relative to {NOTE_DRAWS} random networks: {z}. "
        f"Its connection cost is {number(about['connection_cost'])}."
    )


def _pressures(run: Run) -> str:
    present = list(run.config.pressures.model_dump(by_alias=True, exclude_none=True))
    schedule = run.config.schedule
    how = f"goals that change ({schedule.kind}, every {schedule.period})"
    switching = [how] if schedule.changes else []
    return (
        "with " + " and ".join([*switching, *present]) if present or switching else "performance alone"
    )


def _unfinished(run: Run, log: Table) -> str:
    last = int(log["generation"][-1]) if log["generation"].size else 0
    return (
        f"This run is not finished: it has reached generation {number(last)} of "
        f"{number(run.config.evolution.generations)}. Continue it with "
        f"evomod evolve --resume {shlex.quote(str(run.folder))}"
    )


def _network_section(networks: list[Network], shown: list[Frame], note: str) -> Section:
    chosen = np.unique(np.linspace(0, len(networks) - 1, SHOWN).round().astype(int)).tolist()
    titles = [f"generation {number(network.about['generation'])}" for network in networks]
    small = "".join(multiples([networks[k]], [shown[k]], [titles[k]], k) for k in chosen)
    row = f'<div class="row">{small}</div>' if len(chosen) > 1 else ""
    return Section(
        "network", "The best network", viewer(len(networks), len(networks) - 1, "generation", note) + row
    )


def _curves(log: Table, found: dict[str, tuple[float, float, float]], method: str) -> Section:
    x = log["generation"].astype(float)
    fitness = {"best": log["best_fitness"], "population mean": log["mean_fitness"]}
    mean, sd, _ = found["degree-preserving"]
    null = (mean - sd, mean + sd) if np.isfinite(mean) else None
    return Section(
        "curves",
        "Fitness and Q over generations",
        '<div class="charts"><figure>'
        + charts.courses(x, fitness, "fitness")
        + legend(list(fitness))
        + "</figure><figure>"
        + charts.courses(x, {"Q": log["q_score"]}, f"Q of the best ({method})", null)
        + "<figcaption>Grey: Q of random networks with the degrees of the last one, mean ± sd. Of long runs the line is the median of a stretch of generations, its shade the range.</figcaption>"
        + "</figure><figure>"
        + charts.courses(x, {"cost": log["connection_cost"]}, "connection cost of the best")
        + "</figure></div>",
    )


def _switches(log: Table) -> list[Section]:
    """The last epochs generation by generation, and the first ones, of a run whose goals change."""
    starts = np.concatenate(([0], np.flatnonzero(log["goal"][1:] != log["goal"][:-1]) + 1))
    if starts.size < 2:
        return []
    goals = list(dict.fromkeys(log["goal"].tolist()))[:7]
    ends = np.append(starts[1:], log["generation"].size)
    parts = []
    spans = {
        "first": (0, min(ZOOMED, starts.size) - 1),
        "last": (max(starts.size - ZOOMED, 0), starts.size - 1),
    }
    for which, (a, b) in spans.items():
        rows = {name: column[starts[a] : ends[b]] for name, column in log.items()}
        if not set(rows["goal"].tolist()) <= set(goals):
            continue
        chart = charts.epochs(rows, goals)
        parts.append(f"<figure>{chart}<figcaption>The {which} {b - a + 1} epochs.</figcaption></figure>")
        if starts.size <= ZOOMED:
            break
    if not parts:
        return []
    shades = legend(told_apart(goals, 40), [1 + k for k in range(len(goals))])
    return [
        Section(
            "switches", "Around switches of goals",
            f'<div class="charts">{"".join(parts)}</div>{shades}'
            "<p>Blue: fitness of the best on the goal that is rewarded; grey: population mean; shades: goals.</p>",
        )
    ]  # fmt: skip


def _final(run: Run, best: Network, found: dict[str, tuple[float, float, float]]) -> Section:
    about = best.about
    rows = [
        ("Q", f"{about['q_score']:.4f} ({about['q_method']})"),
        ("modules", str(about["modules"])),
        ("connection cost", number(about["connection_cost"])),
        ("working connections", str(best.simplified().source.size)),
    ]
    rows += [
        (f"Q of random networks, {NULLS[null]}", f"{mean:.3f} ± {sd:.3f} (sd), z {number(round(z, 2))}")
        for null, (mean, sd, z) in found.items()
    ]
    rows += [
        (f"fitness on {goal}", f"{value:.4f}")
        for goal, value in zip(
            told_apart([*about["fitness"]], 60), about["fitness"].values(), strict=True
        )
    ][:12]
    return Section("measures", "Final measures", table(("measure", "value"), rows))


def _plane(run: Run, log: Table, best: Network) -> Section:
    """Cost and Q of the last recorded population, of the best through the generations, and of the last one."""
    population: Table | None = run.population if (run.folder / "population.csv").exists() else None
    cells, when = None, ""
    if population is not None and population["generation"].size:
        last = population["generation"] == population["generation"].max()
        cost, q = population["connection_cost"][last], population["q_score"][last]
        steps = (max(float(np.ptp(cost)) / 60, 0.5), 0.01)
        cells = {
            "connection_cost": np.floor(cost / steps[0]) * steps[0],
            "q_score": np.floor(q / steps[1]) * steps[1],
            "individuals": population["count"][last],
        }
        when = f" Shades: all individuals of generation {number(population['generation'].max())}."
    else:
        steps = (0.5, 0.01)
    x, y = log["connection_cost"].astype(float), log["q_score"].astype(float)
    some = np.unique(np.linspace(0, x.size - 1, 400).round().astype(int))
    frame = framed(
        np.concatenate((x, [] if cells is None else cells["connection_cost"])),
        np.concatenate((y, [] if cells is None else cells["q_score"])),
    )
    end = (np.array([best.about["connection_cost"]]), np.array([best.about["q_score"]]))
    chart = charts.plane(frame, 0, name_of(run.folder), cells, steps, end, (x[some], y[some]))
    return Section(
        "plane", "Connection cost and Q",
        f"<figure>{chart}<figcaption>Line: the best network through the generations; ring: the last one.{when}"
        "</figcaption></figure>",
    )  # fmt: skip


def _motifs(best: Network) -> list[Section]:
    simple = best.simplified()
    if simple.n_nodes < 3 or not simple.source.size:
        return []
    size, null = motif_question([simple])
    profile = measures.motifs(simple, size, null, DRAWS)
    assert not isinstance(profile, list)
    chart = charts.motif_chart({0: [profile]})
    note = f"z relative to {DRAWS} random networks, {NULLS[null]}. The numbers are those of the motif literature."
    return [
        Section("motifs", "Motif profile", f"<figure>{chart}<figcaption>{note}</figcaption></figure>")
    ]


def motif_question(networks: Sequence[Network]) -> tuple[int, str]:
    """Size of the subgraphs, and the null: within layers the degrees decide all counts of three nodes."""
    layered = all("layered" in nulls_of(one) and one.n_nodes > 3 for one in networks)
    return (4, "layered") if layered else (3, "degree-preserving")


def _provenance(run: Run) -> Section:
    manifest = run.manifest
    host = manifest.get("host") or {}
    pairs = [
        ("seed", manifest["seed"]["entropy"]),
        ("started", manifest.get("start")),
        ("ended", manifest.get("end")),
        ("commit", manifest.get("commit")),
        *((f"version of {name}", text) for name, text in manifest["versions"].items()),
        (
            "machine",
            " ".join(str(host[key]) for key in ("system", "release", "machine") if host.get(key)),
        ),
        ("resumed", len(manifest.get("resumed", [])) or None),
        ("command", shlex.join(map(str, manifest.get("argv", [])))),
    ]
    text = html.escape(dump_config(run.config))
    config = (
        f'<details><summary>config.toml</summary><pre class="scroll" tabindex="0">{text}</pre></details>'
    )
    return Section("provenance", "Provenance", facts(pairs) + config)


def _again(run: Run) -> Section:
    folder, seed = shlex.quote(str(run.folder)), run.manifest["seed"]["entropy"]
    lines = [
        "# this page",
        f"evomod report {folder}",
        "# the run itself, into another folder",
        f"evomod evolve {shlex.quote(str(run.folder / 'config.toml'))} --seed {seed} --out again",
    ]
    return Section("again", "How to make this again", commands(lines))
