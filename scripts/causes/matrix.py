"""Every cause of modularity that was tried, in every system it was tried in: what it does to Q, and to Q relative to nulls.

    python scripts/causes/matrix.py [--out FOLDER]
    python scripts/causes/matrix.py --summary

From the committed tables of all papers; nothing is run. An effect is Cliff's delta of a way of evolving or training over the same
without the cause, in that system. Intervals are of each effect alone, not corrected for their number: this is a map, the verdicts are
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
    "q-up": "selection for Q",
    "q-down": "selection against Q",
    "seed": "seed of locality",
    "l1": "L1",
    "l2": "L2",
    "pruning": "pruning",
    "dropout": "dropout",
    "clusterability": "clusterability in the loss",
    "length": "L1 × length",
    "swaps": "L1 × length, swaps",
    "communicability": "L1 × communicability",
    "both": "L1 × length × communicability",
}
MEASURES = {
    "q": "Q",
    "degrees": "z (degrees, or shuffled weights)",
    "layers": "z (degrees within layers)",
    "functional": "functional Q",
    "subgoals": "subgoals told",
    "adaptation": "adapts sooner",
}
COLUMNS = (
    "system",
    "cause",
    "measure",
    "n",
    "n_without",
    "delta",
    "low",
    "high",
    "source",
    "with",
    "without",
)


@dataclass(frozen=True)
class System:
    """A table of networks, and which of its groups have a cause that others lack."""

    label: str
    table: str
    """In ``results/``."""
    pairs: dict[str, tuple[str, str]]
    """Of a cause: the group with it and the one without; of several strengths the middle one, of pruning the paper's. In gene networks
    a cost stands in the place of age."""
    measures: dict[str, str]
    """Columns; a leading "-" turns the sign."""
    group: tuple[str, ...] = ("treatment",)
    """Columns whose values, joined by "/", name a group."""
    accuracy: str = ""
    """A column that says how often a network is right, where those that cannot do the task are left out."""
    adaptation: str = ""
    """A column of the study's ``adaptation.csv``, larger for what adapts sooner, where copies adapted to a related goal."""
    has_functions: bool = False
    """Whether the networks themselves are committed and have hidden neurons to ask."""


EVOLVED = {"q": "q_score", "degrees": "q_z", "layers": "q_z_layered"}
CUT = {"q": "-n_cut", "degrees": "-z"}


def beside(without: str, **causes: str) -> dict[str, tuple[str, str]]:
    """Pairs of groups that share the one without."""
    return {name.replace("_", "-"): (group, without) for name, group in causes.items()}


evolved = partial(System, measures=EVOLVED, has_functions=True)
COMMON = "causes/causes-all/summary.csv"
"""Of the common experiment, `all.toml`."""
SYSTEMS = (
    evolved(
        "retina (common)", COMMON,
        beside(
            "retina-control", goal_switching="retina-goal-switching", connection_cost="retina-connection-cost",
            sparse_start="retina-sparse-start", adaptability="retina-adaptability", q_up="retina-q-up", l1="retina-l1", l2="retina-l2",
            pruning="retina-pruning", dropout="retina-dropout",
        )
        | beside("real-sum", product="real-product"),
    ),
    evolved(
        "five XORs (common)", COMMON,
        beside(
            "xor-control", connection_cost="xor-connection-cost", sparse_start="xor-sparse-start", q_up="xor-q-up", l1="xor-l1",
            l2="xor-l2", pruning="xor-pruning", dropout="xor-dropout",
        ),
    ),
    System(
        "circuits (common)", COMMON,
        beside(
            "circuit-control", goal_switching="circuit-goal-switching", adaptability="circuit-adaptability", dropout="circuit-dropout",
        )
        | beside("circuit-pareto-control", connection_cost="circuit-connection-cost", q_up="circuit-q-up"),
        {"q": "q_score", "degrees": "q_z"},
    ),
    evolved("retina", "clune2013/summary.csv", beside("pa", connection_cost="pcc")),
    evolved(
        "retina (part of patterns)", "benefits/benefits-unseen/summary.csv",
        beside(
            "control", goal_switching="goal-switching", connection_cost="connection-cost", l1="l1", l2="l2", pruning="pruning",
            dropout="dropout-10",
        ),
    ),
    evolved(
        "retina (half of patterns)", "benefits/benefits-heldout/summary.csv",
        beside("control", goal_switching="goal-switching", connection_cost="connection-cost")
        | beside("q-free", q_up="q-up", q_down="q-down"),
    ),
    evolved(
        "retina (3000 generations)", "causes/causes-adaptability/summary.csv",
        beside("control", goal_switching="goal-switching", adaptability="adaptability"), adaptation="after_200",
    ),
    evolved("retina (CPPN)", "huizinga2014/huizinga2014-early/summary.csv", beside("hyperneat", connection_cost="cct", seed="gs")),
    evolved(
        "retina (2005)", "kashtan2005/kashtan2005-fan-in/summary.csv",
        {"goal-switching": ("mvg-capped", "fg-capped"), "fan-in": ("fg-capped", "fg-open")},
    ),
    evolved("AND-XOR-AND", "mengistu2016/summary.csv", beside("pa", connection_cost="pcc-25")),
    System("circuits", "kashtan2005/summary.csv", beside("fg-and", goal_switching="mvg"), {"q": "q_score", "degrees": "q_z"}),
    System(
        "gene networks", "bernatskiy2015/summary.csv",
        {"sparse-start": ("pcc-sparse", "pcc-random"), "connection-cost": ("pcc-random", "afpo-random")},
        {"q": "q_score", "degrees": "q_z"},
    ),
    System(
        "gene networks (patterns)", "bernatskiy2015/bernatskiy2015-patterns/summary.csv",
        {"sparse-start": ("pcc-sparse-15", "pcc-random-15")}, {"q": "q_score", "degrees": "q_z"},
    ),
    System(
        "gene networks (2010)", "espinosasoto2010/summary.csv", beside("unchanged", accumulating="half"),
        {"q": "q_score", "degrees": "q_z"},
    ),
    System(
        "linear networks", "friedlander2013/linear.csv", {"product": ("product/modular", "sum/modular")}, {"q": "q", "degrees": "q_z"},
        ("rule", "goal"),
    ),
    System(
        "retina (trained)", "causes/retina_trained.csv",
        beside(
            "control", l1="l1", l2="l2", pruning="pruning", dropout="dropout", clusterability="clusterability", length="length",
            swaps="swaps",
        ),
        EVOLVED | {"functional": "functional", "subgoals": "subgoals", "adaptation": "-steps_neither"}, ("way",),
    ),
    System(
        "digits (weights)", "benefits/trained.csv",
        beside(
            "control", dropout="dropout-0.2", l1="l1-1e-04", l2="l2-1e-03", pruning="prune-0.9", clusterability="clusterability-up",
        ),
        CUT, ("way",),
    ),
    System(
        "clothes (weights)", "benefits/fashion.csv",
        beside(
            "control", dropout="dropout-0.2", l1="l1-1e-04", l2="l2-1e-03", pruning="prune-0.5", clusterability="clusterability-up",
        ),
        CUT, ("way",),
    ),
    System(
        "digits (responses)", "lange2022/strengths.csv",
        beside("none:0", dropout="dropout:0.4", l1="l1:0.0003162", l2="l2:0.001"), {"functional": "q_upstream"}, ("way",),
    ),
    System(
        "Fashion-MNIST (weights)", "filan2021/table.csv",
        beside(
            "fashion-mnist/control/0", dropout="fashion-mnist/dropout/0", l1="fashion-mnist/l1/0", l2="fashion-mnist/l2/0",
            pruning="fashion-mnist/control/1",
        ),
        CUT, ("data", "way", "is_pruned"),
    ),
    System(
        "formulas (weights)", "liu2023/formulas.csv",
        beside("independence/none", l1="independence/l1", length="independence/l1-local", swaps="independence/all"),
        {"q": "q_score", "layers": "q_z_layered"}, ("formula", "way"),
    ),
    System(
        "recurrent (weights)", "achterberg2023/recurrent.csv",
        beside("none", l1="l1", length="length", communicability="communicability", both="both"), {"q": "q", "degrees": "q_z"}, ("way",), "accuracy",
    ),
)  # fmt: skip


def numbers_of(system):
    """``{group: {measure: [network]}}`` of a system's committed table, and ``{}`` where there is none yet."""
    path = scripts_folder().parent / "results" / system.table
    groups: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    if not path.exists():
        return {}
    needed = {name for pair in system.pairs.values() for name in pair}
    for row in read_rows(path):
        name = "/".join(row[column] for column in system.group)
        if name in needed and (not system.accuracy or float(row[system.accuracy]) >= ABLE):
            for measure, column in system.measures.items():
                sign = -1.0 if column.startswith("-") else 1.0
                groups[name][measure].append(sign * float(row[column.removeprefix("-")] or "nan"))
    if system.adaptation:
        for row in read_rows(path.parent / "adaptation.csv"):
            if row["treatment"] in needed and row["goal"] == RELATED:
                groups[row["treatment"]]["adaptation"].append(float(row[system.adaptation]))
    if system.has_functions:
        for (group, _), data in networks_by_run(path.parent / "networks.json.gz").items():
            if group in needed:
                for measure, value in functions_of(network_of(data, system.table)).items():
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


def rows_of(system):
    """A row per cause and measure."""
    groups = numbers_of(system)
    for cause, (with_it, without) in system.pairs.items():
        if with_it not in groups or without not in groups:
            continue
        for measure in groups[with_it]:
            a, b = (
                values[np.isfinite(values)]
                for values in (groups[with_it][measure], groups[without][measure])
            )
            found = delta(a, b)
            if found.is_known:
                numbers = {"delta": found.value, "low": found.low, "high": found.high}
                yield {"system": system.label, "cause": cause, "measure": measure, "n": a.size, "n_without": b.size} | {
                    name: round(value, 4) for name, value in numbers.items()
                } | {"source": system.table, "with": with_it, "without": without}  # fmt: skip


def run(folder, systems=SYSTEMS):
    """Compute all effects; returns the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row for system in systems for row in rows_of(system)]
    write_text(folder / TABLE, table_text(COLUMNS, rows))
    write_manifest(
        folder / "matrix.manifest.json", table=TABLE, made_by="scripts/causes/matrix.py", start=now()
    )
    return folder / TABLE


def quick(jobs=None):
    """A small table: of the tables that need no networks. Returns its path."""
    few = tuple(replace(system, has_functions=False) for system in SYSTEMS)
    return run(Path(tempfile.mkdtemp(prefix="causes-matrix-quick-")), few)


def read(path):
    """Effects ``(delta, low, high, n, n_without)`` by system, cause and measure."""
    found = {
        (row["system"], row["cause"], row["measure"]): tuple(float(row[name]) for name in ("delta", "low", "high", "n", "n_without"))
        for row in read_rows(path, COLUMNS)
    }  # fmt: skip
    if not found:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    return found


LOOKS = {
    "q": ("o", 0),
    "degrees": ("D", 1),
    "layers": ("s", 2),
    "functional": ("^", 3),
    "subgoals": ("v", 4),
}
STEP = 0.16
"""Of a row's height, from a measure to the next."""


def draw_table(path):
    """A row per cause, a panel per system, a mark per measure: effects with their intervals."""
    effects = read(path)
    systems = list(dict.fromkeys(system for system, *_ in effects))
    causes = [cause for cause in CAUSES if any(cause == one for _, one, _ in effects)]
    figure = Figure(figsize=(1.9 + 0.62 * len(systems), 1.3 + 0.36 * len(causes)), layout="constrained")
    cells = figure.subplots(1, len(systems), sharey=True, squeeze=False)[0]
    for axes, system in zip(cells, systems, strict=True):
        draw_system(axes, {key[1:]: value for key, value in effects.items() if key[0] == system}, causes)
        axes.set_title(system.replace(" ", "\n"), fontsize=6)
    cells[0].set_yticks(range(len(causes)), [CAUSES[cause] for cause in causes], fontsize=7)
    cells[0].set_ylim(len(causes) - 0.5, -0.5)
    signs = [
        Line2D([], [], marker=mark, ls="", ms=4, color=COLOURS[k], label=MEASURES[measure])
        for measure, (mark, k) in LOOKS.items()
    ]
    figure.legend(handles=signs, loc="outside lower center", ncols=len(signs), fontsize=7, frameon=False)
    figure.suptitle(
        "Cliff's delta of with over without the cause, 95 % intervals of each alone; empty: not tried",
        fontsize=8,
    )
    return figure


def draw_system(axes, effects, causes):
    """One panel: effects by cause and measure."""
    axes.axvspan(-DELTA, DELTA, color="0.93", lw=0, zorder=0)
    axes.axvline(0.0, color="0.6", lw=0.7, zorder=1)
    for y in range(1, len(causes)):
        axes.axhline(y - 0.5, color="0.9", lw=0.5, zorder=0)
    for (cause, measure), (value, low, high, *_) in effects.items():
        mark, k = LOOKS[measure]
        y = causes.index(cause) + STEP * (k - (len(LOOKS) - 1) / 2.0)
        axes.plot([low, high], [y, y], "-", color=COLOURS[k], lw=0.9, zorder=2)
        axes.plot(value, y, mark, color=COLOURS[k], ms=2.6, zorder=3)
    axes.set_xlim(-1.08, 1.08)
    axes.set_xticks([-1, 0, 1])
    axes.tick_params(labelsize=6, length=2)
    axes.spines[["top", "right"]].set_visible(False)


def summary(effects):
    """A row per cause and system in Markdown, a column per measure."""
    lines = [
        f"| cause | system | n | {' | '.join(MEASURES.values())} |",
        f"|---|---|---|{'---|' * len(MEASURES)}",
    ]
    for cause in CAUSES:
        for system in dict.fromkeys(system for system, *_ in effects):
            found = {m: effects[system, cause, m] for m in MEASURES if (system, cause, m) in effects}
            if found:
                n = " to ".join(
                    f"{most:g}" for most in sorted({int(min(e[3:])) for e in found.values()})
                )
                cells = [
                    f"{found[m][0]:+.2f} [{found[m][1]:+.2f}, {found[m][2]:+.2f}]" if m in found else ""
                    for m in MEASURES
                ]
                lines.append(f"| {CAUSES[cause]} | {system} | {n} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main():
    """Compute the effects, or print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--summary", action="store_true", help="print the effects, and stop")
    given = parser.parse_args()
    if not given.summary:
        run(given.out)
    print(summary(read(given.out / TABLE)))


if __name__ == "__main__":
    main()
