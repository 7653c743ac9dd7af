"""Every cause of modularity that was tried, in every data set that has it: what it does to Q, to Q relative to nulls, and more.

    python scripts/causes/matrix.py [--out FOLDER]
    python scripts/causes/matrix.py --summary

From the committed tables of all papers; nothing is run. An effect is Cliff's delta of a way of evolving or training over the same
without the cause, in that data set. Intervals are of each effect alone, not corrected for their number: this is a map, the verdicts are
those of the claims (docs/results.md).
"""

import argparse
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from evomod.effects import delta
from evomod.errors import EvomodError
from evomod.files.provenance import now
from evomod.files.tables import read_rows, table_text, write_text
from evomod.measures import decomposition, functional_modularity
from evomod.measures.functional_modularity import responses_of
from evomod.network import network_of
from evomod.papers.places import scripts_folder
from evomod.plots.runs import COLOURS
from evomod.studies.experiments import write_manifest
from evomod.studies.networks import networks_by_run
from evomod.task import load_task
from evomod.verdicts import DELTA

TABLE = "matrix.csv"
FULL = "some 2,000 networks that are committed, about 2 minutes of one core"
COMMAND = "python scripts/causes/matrix.py"
RESULTS = Path("results") / "causes"
RELATED = "neither"
"""A goal of the same two subgoals, never rewarded."""
ABLE = 0.9
"""Networks that are right less often cannot do the task."""

CAUSES = {
    "goal-switching": "goals that switch",
    "accumulating": "goals that accumulate",
    "connection-cost": "cost of connections",
    "sparse-start": "sparse first networks",
    "fan-in": "cap on inputs",
    "product": "product-rule mutation",
    "adaptability": "selection for adaptability",
    "learning": "selection for learning",
    "learning-speed": "learning speed, beside accuracy",
    "hierarchy": "selection for hierarchy",
    "q-up": "selection for Q",
    "q-down": "selection against Q",
    "seed": "seed of locality",
    "l1": "L1",
    "l2": "L2",
    "pruning": "pruning",
    "dropout": "dropout",
    "clusterability": "clusterability in the loss",
    "length": "length, beside L1",
    "swaps": "exchanges, beside length",
    "communicability": "communicability, beside L1",
    "both": "length and communicability, beside L1",
}
MEASURES = {
    "q": "Q",
    "degrees": "z, same degrees",
    "layers": "z, same degrees in layers",
    "cut": "cut",
    "shuffles": "z of cut, shuffles",
    "functional": "functional Q",
    "subgoals": "subgoals told",
    "adaptation": "adapts sooner",
}
COLUMNS = ("data_set", "task", "cause", "measure", "n", "n_without", "delta", "low", "high", "source", "with", "without")  # fmt: skip
FEWEST, KNOWN = 5, 0.8
"""Networks a side, and the share of them that must have the number: those that lack it are not the same kind of networks."""


@dataclass(frozen=True)
class CommittedTable:
    """A table of networks, and which of its groups have a cause that others lack."""

    label: str
    task: str
    table: str
    """In ``results/``."""
    pairs: dict[str, tuple[str, str]]
    """Of a cause: the group with it and the one without. Of several strengths the one that the study's claims are about."""
    measures: dict[str, str]
    """Columns; a leading "-" turns the sign."""
    group: tuple[str, ...] = ("treatment",)
    """Columns whose values, joined by "/", name a group."""
    accuracy: str = ""
    """A column that says how often a network is right, where those that cannot do the task are left out."""
    adapts_within: int = 0
    """Generations, where the study's ``adaptation.csv`` says when copies nearly reached a related goal; later ones count as one more."""
    has_functions: bool = False
    """Whether the networks themselves are committed and have hidden neurons to ask."""


EVOLVED = {"q": "q_score", "degrees": "q_z", "layers": "q_z_layered"}
FLAT = {"q": "q_score", "degrees": "q_z"}
CUT = {"cut": "-n_cut", "shuffles": "-z"}


def beside(without: str, **causes: str) -> dict[str, tuple[str, str]]:
    """Pairs of groups that share the one without."""
    return {name.replace("_", "-"): (group, without) for name, group in causes.items()}


evolved = partial(CommittedTable, measures=EVOLVED, has_functions=True)
COMMON = "causes/causes-all/summary.csv"
"""Of the common experiment, `all.toml`."""
DATA_SETS = (
    evolved(
        "retina (common)", "retina", COMMON,
        beside(
            "retina-control", goal_switching="retina-goal-switching", connection_cost="retina-connection-cost",
            sparse_start="retina-sparse-start", adaptability="retina-adaptability", hierarchy="retina-hierarchy", q_up="retina-q-up", l1="retina-l1", l2="retina-l2",
            pruning="retina-pruning", dropout="retina-dropout",
        ),
    ),
    evolved("retina (real weights; common)", "retina", COMMON, beside("real-control", learning="real-learning")),
    evolved(
        "five XORs (common)", "five XORs", COMMON,
        beside(
            "xor-control", connection_cost="xor-connection-cost", hierarchy="xor-hierarchy", q_up="xor-q-up", l1="xor-l1", l2="xor-l2", pruning="xor-pruning",
            dropout="xor-dropout",
        )
        | beside("xor-no-floor", sparse_start="xor-sparse-start"),
    ),
    CommittedTable(
        "circuits (common)", "circuits", COMMON,
        beside(
            "circuit-control", goal_switching="circuit-goal-switching", adaptability="circuit-adaptability", dropout="circuit-dropout",
        )
        | beside("circuit-pareto-control", connection_cost="circuit-connection-cost", hierarchy="circuit-hierarchy", q_up="circuit-q-up"),
        FLAT,
    ),
    evolved(
        "retina (equal ties)", "retina", "clune2013/clune2013-equal-ties/summary.csv", beside("pa", connection_cost="pcc")
    ),
    evolved(
        "retina (part of patterns)", "retina", "benefits/benefits-unseen/summary.csv",
        beside(
            "control", goal_switching="goal-switching", connection_cost="connection-cost", l1="l1", l2="l2", pruning="pruning",
            dropout="dropout-10",
        ),
    ),
    evolved(
        "retina (half of patterns)", "retina", "benefits/benefits-heldout/summary.csv",
        beside("control", goal_switching="goal-switching", connection_cost="connection-cost")
        | beside("q-free", q_up="q-up", q_down="q-down"),
    ),
    evolved(
        "retina (3000 generations)", "retina", "causes/causes-adaptability/summary.csv",
        beside("control", goal_switching="goal-switching", adaptability="adaptability"), adapts_within=1000,
    ),
    evolved(
        "retina (10000 generations)", "retina", "causes/summary.csv",
        beside(
            "control", goal_switching="goal-switching", connection_cost="connection-cost", l1="l1", l2="l2", pruning="pruning",
            dropout="dropout-10",
        ),
        adapts_within=1000,
    ),
    evolved(
        "retina (five mutations ahead)", "retina", "causes/causes-climbs/summary.csv",
        beside("control", goal_switching="goal-switching", adaptability="adaptability"),
    ),
    evolved(
        "retina (28–32 connections)", "retina", "causes/causes-fixed/summary.csv",
        beside(
            "control", goal_switching="goal-switching", connection_cost="connection-cost", l1="l1", l2="l2", pruning="pruning",
            dropout="dropout-10",
        ),
    ),
    evolved("retina (two outputs)", "retina", "causes/causes-dropout/summary.csv", beside("rate-00", dropout="rate-10")),
    evolved("retina (two outputs; 0.5)", "retina", "causes/causes-dropout/summary.csv", beside("rate-00", dropout="rate-50")),
    evolved(
        "retina (CPPN)", "retina", "huizinga2014/huizinga2014-early/summary.csv", beside("hyperneat", connection_cost="cct", seed="gs"),
    ),
    evolved(
        "retina (2005)", "retina", "kashtan2005/kashtan2005-fan-in/summary.csv",
        {"goal-switching": ("mvg-capped", "fg-capped"), "fan-in": ("fg-capped", "fg-open")},
    ),
    *(
        evolved(
            f"retina (births of {few.replace('-', ' to ')}; {words})", "retina", "bernatskiy2015/bernatskiy2015-retina/summary.csv",
            {"sparse-start": (f"{kind}-{few}", f"{kind}-90-106")},
        )
        for kind, words in (("pa", "no cost"), ("pcc", "a cost"))
        for few in ("0-5", "20-40")
    ),
    evolved("AND-XOR-AND (p 0.25)", "AND-XOR-AND", "mengistu2016/summary.csv", beside("pa", connection_cost="pcc-25")),
    evolved("AND-XOR-AND (p 1)", "AND-XOR-AND", "mengistu2016/summary.csv", beside("pa", connection_cost="pcc-100")),
    evolved(
        "AND-XOR-AND (50 runs)", "AND-XOR-AND", "mengistu2016/mengistu2016-nonmod/summary.csv",
        beside("pa", hierarchy="hierarchy") | beside("pcc", q_down="nonmod"),
    ),
    CommittedTable("two sides", "two sides", "husken2002/summary.csv", beside("accuracy", learning_speed="speed"), EVOLVED),
    CommittedTable(
        "two sides (30–40 connections)", "two sides", "husken2002/summary.csv", beside("accuracy-held", learning_speed="speed-held"), EVOLVED,
    ),
    CommittedTable("circuits (until solved)", "circuits", "kashtan2005/summary.csv", beside("fg-and", goal_switching="mvg"), FLAT),
    CommittedTable("circuits (2008)", "circuits", "parter2008/summary.csv", beside("fg", goal_switching="mvg-pair"), FLAT),
    CommittedTable("gene networks", "gene networks", "bernatskiy2015/summary.csv", beside("pcc-random", sparse_start="pcc-sparse"), FLAT),
    CommittedTable(
        "gene networks (500 a pattern)", "gene networks", "bernatskiy2015/bernatskiy2015-patterns/summary.csv",
        beside("pcc-random", sparse_start="pcc-sparse"), FLAT,
    ),
    CommittedTable(
        "gene networks (15 a pattern)", "gene networks", "bernatskiy2015/bernatskiy2015-patterns/summary.csv",
        beside("pcc-random-15", sparse_start="pcc-sparse-15"), FLAT,
    ),
    CommittedTable("gene networks (2010)", "gene networks", "espinosasoto2010/summary.csv", beside("unchanged", accumulating="half"), FLAT),
    CommittedTable(
        "linear networks", "linear networks", "friedlander2013/linear.csv", {"product": ("product/modular", "sum/modular")},
        {"q": "q", "degrees": "q_z"}, ("rule", "goal"),
    ),
    CommittedTable(
        "retina (trained)", "retina", "causes/retina_trained.csv",
        beside("control", l1="l1", l2="l2", pruning="pruning", dropout="dropout", clusterability="clusterability")
        | beside("length", swaps="swaps"),
        EVOLVED | {"functional": "functional", "subgoals": "subgoals", "adaptation": "-steps_neither"}, ("way",), "fitness_of_connections",
    ),
    CommittedTable(
        "digits (weights)", "digits", "benefits/trained.csv",
        beside(
            "control", dropout="dropout-0.2", l1="l1-1e-04", l2="l2-1e-03", pruning="prune-0.5", clusterability="clusterability-up",
        ),
        CUT, ("way",),
    ),
    CommittedTable(
        "clothes (weights)", "clothes", "benefits/fashion.csv",
        beside(
            "control", dropout="dropout-0.2", l1="l1-1e-04", l2="l2-1e-03", pruning="prune-0.5", clusterability="clusterability-up",
        ),
        CUT, ("way",),
    ),
    CommittedTable(
        "all clothes (weights)", "clothes", "filan2021/table.csv",
        beside("fashion-mnist/control/0", dropout="fashion-mnist/dropout/0", l1="fashion-mnist/l1/0", l2="fashion-mnist/l2/0"),
        CUT, ("data", "way", "is_pruned"),
    ),
    CommittedTable(
        "digits (responses)", "digits", "lange2022/strengths.csv",
        beside("none:0", dropout="dropout:0.4", l1="l1:0.0003162", l2="l2:0.001"), {"functional": "q_upstream"}, ("way",),
    ),
    *(
        CommittedTable(
            f"formulas ({short})", "formulas", "liu2023/formulas.csv",
            {
                "l1": (f"{name}/l1", f"{name}/none"), "length": (f"{name}/l1-local", f"{name}/l1"),
                "swaps": (f"{name}/all", f"{name}/l1-local"),
            },
            {"q": "q_score", "layers": "q_z_layered"}, ("formula", "way"),
        )
        for name, short in (("independence", "apart"), ("feature-sharing", "sharing"), ("compositionality", "composed"))
    ),
    CommittedTable(
        "recurrent networks", "choice", "achterberg2023/recurrent.csv",
        beside("none", l1="l1") | beside("l1", length="length", communicability="communicability", both="both"),
        {"q": "q", "degrees": "q_z"}, ("way",), "accuracy",
    ),
)  # fmt: skip


def numbers_of(data_set):
    """``{group: {measure: [network]}}`` of a committed table, and ``{}`` where there is none yet."""
    path = scripts_folder().parent / "results" / data_set.table
    groups: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    if not path.exists():
        return {}
    needed = {name for pair in data_set.pairs.values() for name in pair}
    for row in read_rows(path):
        name = "/".join(row[column] for column in data_set.group)
        if name in needed and (not data_set.accuracy or float(row[data_set.accuracy]) >= ABLE):
            for measure, column in data_set.measures.items():
                sign = -1.0 if column.startswith("-") else 1.0
                groups[name][measure].append(sign * float(row[column.removeprefix("-")] or "nan"))
    if data_set.adapts_within:
        for row in read_rows(path.parent / "adaptation.csv"):
            if row["treatment"] in needed and row["goal"] == RELATED:
                moment = float(row["nearly"] or data_set.adapts_within + 1)
                groups[row["treatment"]]["adaptation"].append(-moment)
    if data_set.has_functions:
        for (group, _), data in networks_by_run(path.parent / "networks.json.gz").items():
            if group in needed:
                for measure, value in functions_of(network_of(data, data_set.table)).items():
                    groups[group][measure].append(value)
    return {
        name: {measure: np.array(values) for measure, values in found.items()}
        for name, found in groups.items()
    }


def functions_of(network):
    """Functional Q, by what hidden neurons of all layers respond to, and the share of patterns on which the best neuron tells a
    subgoal, mean over subgoals; NaN where there is none."""
    responses = responses_of(network)
    together = replace(responses, layer=np.ones_like(responses.layer))
    found = functional_modularity(together, similarities=("upstream",), draws=1)
    task = load_task(network.about["task"])
    told = decomposition(network, task, network.about["goal"]).best if task.subgoals else np.zeros(0)
    return {
        "functional": found[0].q if found else float("nan"),
        "subgoals": float(told.mean()) if told.size else float("nan"),
    }


def rows_of(data_set):
    """A row per cause and measure that enough networks have."""
    groups = numbers_of(data_set)
    for cause, (with_it, without) in data_set.pairs.items():
        if with_it not in groups or without not in groups:
            continue
        for measure in groups[with_it]:
            sides = [groups[name][measure] for name in (with_it, without)]
            a, b = (values[np.isfinite(values)] for values in sides)
            if any(
                x.size < max(FEWEST, KNOWN * all_of.size)
                for x, all_of in zip((a, b), sides, strict=True)
            ):
                continue
            found = delta(a, b)
            effect = {"delta": found.value, "low": found.low, "high": found.high}
            about = {
                "data_set": data_set.label,
                "task": data_set.task,
                "cause": cause,
                "measure": measure,
            }
            about |= {"n": a.size, "n_without": b.size} | {
                name: round(value, 4) for name, value in effect.items()
            }
            yield about | {"source": data_set.table, "with": with_it, "without": without}


def run(folder, data_sets=DATA_SETS):
    """Compute all effects; returns the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row for data_set in data_sets for row in rows_of(data_set)]
    write_manifest(  # before the table, which would make the commit that it names a dirty one
        folder / "matrix.manifest.json", table=TABLE, made_by="scripts/causes/matrix.py", start=now()
    )
    write_text(folder / TABLE, table_text(COLUMNS, rows))
    return folder / TABLE


def quick(jobs=None):
    """A small table: of the tables that need no networks. Returns its path."""
    few = tuple(replace(data_set, has_functions=False) for data_set in DATA_SETS)
    return run(Path(tempfile.mkdtemp(prefix="causes-matrix-quick-")), few)


def read(path):
    """Effects ``(delta, low, high, n, n_without)`` by data set, cause and measure, and the task of every data set."""
    rows = read_rows(path, COLUMNS)
    if not rows:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    numbers = ("delta", "low", "high", "n", "n_without")
    effects = {
        (row["data_set"], row["cause"], row["measure"]): tuple(float(row[name]) for name in numbers)
        for row in rows
    }
    return effects, {row["data_set"]: row["task"] for row in rows}


KINDS = {
    "evolved on the retina": ("retina",),
    "evolved on other logic": ("AND-XOR-AND", "five XORs", "two sides"),
    "evolved circuits": ("circuits",),
    "evolved gene and linear networks": ("gene networks", "linear networks"),
    "trained": ("digits", "clothes", "formulas", "choice"),
}
"""Tasks by the colour of their marks; what is trained on the retina is trained."""
PITCH, MARGIN, WIDTH = 0.088, 1.05, 7.2
"""Inches: a line, what is above and below them, and a page's width, so that 4.8 points stay 4.8 points in print."""


def kind_of(data_set, task):
    """The number of its colour."""
    if "trained" in data_set:
        return len(KINDS) - 1
    return next(k for k, tasks in enumerate(KINDS.values()) if task in tasks)


def draw_table(path):
    """A panel per measure, below every cause a line per data set: effects with their intervals."""
    effects, tasks = read(path)
    lines: list[tuple[str, str | None]] = []
    for cause in CAUSES:
        mine = [data_set for data_set in tasks if any(key[:2] == (data_set, cause) for key in effects)]
        lines += [(cause, None), *((cause, data_set) for data_set in mine)] if mine else []
    figure = Figure((WIDTH, MARGIN + PITCH * len(lines)), dpi=200)
    figure.set_layout_engine("constrained", w_pad=0.01, wspace=0.0)
    cells = figure.subplots(1, len(MEASURES), sharey=True)
    for axes, (measure, label) in zip(cells, MEASURES.items(), strict=True):
        draw_measure(axes, measure, effects, tasks, lines)
        axes.set_title(
            label.replace(" in layers", "\nin layers").replace("cut, ", "cut,\n"), fontsize=5.5, pad=3
        )
    cells[0].set_ylim(len(lines) - 0.4, -0.6)
    cells[0].set_yticks(
        range(len(lines)), [CAUSES[cause] if name is None else name for cause, name in lines]
    )
    for label, (_, name) in zip(cells[0].get_yticklabels(), lines, strict=True):
        label.set(fontsize=5.8 if name is None else 4.8, fontweight="bold" if name is None else "normal")
    signs = [
        Line2D([], [], marker="o", lw=0.9, ms=2.5, color=COLOURS[k], label=kind)
        for k, kind in enumerate(KINDS)
    ]
    figure.legend(
        handles=signs, loc="outside lower center", ncols=len(signs), fontsize=5.5, frameon=False
    )
    figure.suptitle(
        "Cliff's delta of with over without the cause, 95 % interval of each alone; grey: below 0.33; empty: not measured, or by too few",
        fontsize=6.5,
    )
    return figure


def draw_measure(axes, measure, effects, tasks, lines):
    """One panel: a mark and an interval per data set, and a rule above every cause."""
    axes.axvspan(-DELTA, DELTA, color="0.93", lw=0, zorder=0)
    axes.axvline(0.0, color="0.6", lw=0.5, zorder=1)
    for y, (cause, data_set) in enumerate(lines):
        if data_set is None:
            axes.axhline(y - 0.5, color="0.75", lw=0.4, zorder=0)
        elif (data_set, cause, measure) in effects:
            value, low, high, *_ = effects[data_set, cause, measure]
            colour = COLOURS[kind_of(data_set, tasks[data_set])]
            axes.plot([low, high], [y, y], "-", color=colour, lw=0.9, zorder=2)
            axes.plot(value, y, "o", color=colour, ms=2.0, zorder=3)
    axes.set_xlim(-1.1, 1.1)
    axes.set_xticks([-1, 0, 1])
    axes.tick_params(labelsize=5, length=1.5, pad=1.5)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)


def summary(effects, tasks):
    """A row per cause and data set in Markdown, a column per measure."""
    lines = [
        f"| cause | data set | n | {' | '.join(MEASURES.values())} |",
        f"|---|---|---|{'---|' * len(MEASURES)}",
    ]
    for cause in CAUSES:
        for data_set in tasks:
            found = {m: effects[data_set, cause, m] for m in MEASURES if (data_set, cause, m) in effects}
            if found:
                sizes = sorted({int(min(effect[3:])) for effect in found.values()})
                n = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
                cells = [
                    f"{found[m][0]:+.2f} [{found[m][1]:+.2f}, {found[m][2]:+.2f}]" if m in found else ""
                    for m in MEASURES
                ]
                lines.append(f"| {CAUSES[cause]} | {data_set} | {n} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main():
    """Compute the effects, or print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--summary", action="store_true", help="print the effects, and stop")
    given = parser.parse_args()
    if not given.summary:
        run(given.out)
    print(summary(*read(given.out / TABLE)))


if __name__ == "__main__":
    main()
