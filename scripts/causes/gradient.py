"""Gradient-trained networks of the retina: modularity, beside their shuffles, and steps to adapt to other goals.

    python scripts/causes/gradient.py [--networks 12] [--out FOLDER]
    python scripts/causes/gradient.py --summary

The task and the layers of scripts/causes/study.toml, trained by gradient instead of evolved: by every way of
training one network a seed, measured before and after pruning, a row of gradient.csv each. A row is not made
again: the same command goes on where it was stopped. Measures: README, "Networks trained by gradient".
"""

import argparse
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod.effects import paired_shares
from evomod.errors import EvomodError
from evomod.files.provenance import now
from evomod.files.tables import add_rows, read_rows
from evomod.gradient.config import TrainingConfig, resolved
from evomod.gradient.datasets import task_data
from evomod.gradient.run import measured_n_cut, network_of_layers, versions_with_torch
from evomod.gradient.training import fixed_arithmetic, steps_until_right, stream, train, want_torch
from evomod.measures import graph_of_layers, modularity, null_distribution
from evomod.measures.report import q_beside_nulls
from evomod.plots.studies import plot_dots, signs_of_dots
from evomod.statistics import median_ci, rank_sum, signed_rank
from evomod.studies.experiments import write_manifest
from evomod.task import load_task

TABLE = "gradient.csv"
FULL = "12 networks a way of training, about 15 minutes of one core"
COMMAND = "python scripts/causes/gradient.py"
RESULTS = Path("results") / "causes"

TASK, GOAL = "retina-relations", "left-and-right"
OTHERS = ("neither", "left-and-mirrored", "both-mirrored", "top-and-bottom")
"""Goals that are not trained, with as many ones: from related to unrelated, as in derived.py."""
EPOCHS = 2000  # evomod train's own for a task; an epoch is one step on all 256 patterns
SHARE = 0.5  # pruned of every layer; at 0.7 hardly a network still solves the goal, unless it had L1
MODULES = 3  # of the n-cut: left, right, and the end where they meet; two modules are often whole layers
THRESHOLD = 0.1
"""A connection is a |w| from 0.1: L1 leaves two groups of weights, nearly all below 0.01 or above 0.1."""
MOST_STEPS = 1000  # to adapt; births that solve the first goal at all took 118 to 900
DRAWS = 200  # shuffles beside every measure
WAYS = {
    "untrained": {"epochs": 0, "prune": 0.0},
    "control": {},
    "longer": {"epochs": 2 * EPOCHS, "prune": 0.0},
    "dropout-10": {"dropout": 0.1},
    "dropout-30": {"dropout": 0.3},
    "l1": {"l1": 1e-3},
    "l2": {"l2": 1e-3},
}
"""All values are our choice. "longer": as many steps as the others with their pruning. Of L1 and L2 20 times
the value of Filan et al. 2021, whose networks have 4,000 times as many weights."""
MEDIANS = {
    "steps to solve": "solved_after",
    "Q of weights": "q_weights",
    "z of it": "q_weights_z",
    "n-cut": "n_cut",
    "z of n-cut": "n_cut_z",
    "Q of connections": "q_score",
    "z of that": "q_score_z",
    "Q_m of that": "q_score_m",
    "connections": "connections",
    "fitness": "fitness",
    **{f"steps to {goal}": f"plain_steps_{goal}" for goal in OTHERS},
    **{f"steps to {goal}, as trained": f"steps_{goal}" for goal in OTHERS},
    **{f"fitness on {goal}": f"zero_shot_{goal}" for goal in OTHERS},
}
"""Heading of the summary -> column."""
BLOCKS = (
    ("steps to solve", "fitness", "connections"),
    ("Q of weights", "z of it", "n-cut", "z of n-cut"),
    ("Q of connections", "z of that", "Q_m of that"),
    tuple(f"steps to {goal}" for goal in OTHERS),
    tuple(f"steps to {goal}, as trained" for goal in OTHERS),
    tuple(f"fitness on {goal}" for goal in OTHERS),
)
IN_TEXT = 4
"""How many of the blocks stand in SUPPLEMENT.md."""
SHUFFLED = ("q_weights", "n_cut")
ADAPTATIONS = ("zero_shot", "steps", "plain_steps")
"""Fitness on another goal; steps until it is solved as trained; and without dropout and penalties."""
COLUMNS = (
    "way",
    "is_pruned",
    "seed",
    "steps",
    "solved_after",
    "fitness",
    "connections",
    "fitness_of_connections",
    *(f"{measure}{part}" for measure in SHUFFLED for part in ("", "_null", "_z")),
    *(f"q_score{part}" for part in ("", "_rand", "_z", "_m")),
    "are_sides_apart",
    "draws",
    *(f"{what}_{goal}" for what in ADAPTATIONS for goal in OTHERS),
    "most_steps",
    "seconds",
)


def rows_of(way, seed, epochs=EPOCHS, draws=DRAWS, most_steps=MOST_STEPS):
    """Train one network; yield a row before pruning and one after."""
    task = load_task(TASK)
    data = task_data(task, GOAL)
    config = TrainingConfig(TASK, GOAL, epochs=epochs, prune=SHARE, modules=MODULES)
    changes: dict[str, Any] = dict(WAYS[way])
    config = replace(config, **changes)
    if way == "longer":
        config = replace(config, epochs=2 * epochs)
    config = resolved(config, data)
    moment, solved_after = time.process_time(), float("inf")
    with fixed_arithmetic(config.threads):
        for epoch in train(config, data, seed):
            if epoch.train_accuracy == 1.0:
                solved_after = min(solved_after, epoch.steps)
            if epoch.number not in (config.epochs, config.all_epochs):
                continue
            is_pruned = epoch.phase == "pruning"
            as_trained = config if is_pruned else replace(config, prune=0.0, pruning_epochs=None)
            row = {
                "way": way,
                "is_pruned": int(is_pruned),
                "seed": seed,
                "steps": epoch.steps,
                "solved_after": solved_after,
                "fitness": epoch.train_accuracy,
            }
            row |= measured(as_trained, data, epoch, seed, draws)
            row |= adapted(as_trained, task, epoch, seed, most_steps)
            seconds, moment = time.process_time() - moment, time.process_time()
            yield row | {"most_steps": most_steps, "seconds": round(seconds, 2)}


def measured(config, data, epoch, seed, draws):
    """Q of all weights and n-cut beside shuffles; Q of the connections that remain, as of evolved networks."""
    kept = [np.where(np.abs(w) >= THRESHOLD, w, 0.0) for w in epoch.weights]
    _, right = steps_until_right(config, data, (kept, epoch.biases, None), seed, 0)
    magnitudes, layer = graph_of_layers([np.abs(w) for w in epoch.weights])
    rng = stream(seed, "n-cut")
    cut = measured_n_cut(config, epoch.weights, seed, draws)
    network = network_of_layers(kept, epoch.biases, {}).simplified()
    return {
        "connections": sum(int(np.count_nonzero(w)) for w in kept),
        "fitness_of_connections": right,
        **beside_shuffles(magnitudes, layer, draws, rng),
        "n_cut": cut.n_cut,
        "n_cut_null": cut.null_mean,
        "n_cut_z": cut.z,
        **as_evolved(network),
        "are_sides_apart": int(are_sides_apart(magnitudes)),
        "draws": draws,
    }


def are_sides_apart(magnitudes):
    """Whether no module of the weights has pixels of both sides, and both sides are in modules."""
    modules = modularity(magnitudes, "leading-eigenvector", directed=False, weight="weight").modules
    left, right = (set(modules[pixels].tolist()) - {-1} for pixels in (slice(0, 4), slice(4, 8)))
    return bool(left and right) and not left & right


def beside_shuffles(graph, layer, draws, rng):
    """Q of weights, undirected; the mean Q of the graph with them shuffled within its layers; z."""
    how: dict[str, Any] = {"directed": False, "weight": "weight", "method": "leading-eigenvector"}
    q = modularity(graph, **how).q
    spread = null_distribution(graph, "shuffle-within-layer", draws, rng, layer=layer, **how)
    sd = spread.std()
    z = (q - spread.mean()) / sd if sd > 1e-9 else float("nan")
    return {"q_weights": q, "q_weights_null": float(spread.mean()), "q_weights_z": float(z)}


def as_evolved(network):
    """Q of connections, directed, beside networks rewired with the same degrees: what the study measures."""
    if network.source.size == 0:
        return dict.fromkeys(("q_score", "q_score_rand", "q_score_z", "q_score_m"), float("nan"))
    told = q_beside_nulls(network, "clune2013")
    parts = {f"q_score_{part}": told[f"q_{part}"] for part in ("rand", "z", "m")}
    return {"q_score": modularity(network, "clune2013").q} | parts


def adapted(config, task, epoch, seed, most_steps):
    """Fitness on the other goals, and steps until each is solved; infinite where too few were allowed."""
    plain = replace(config, dropout=0.0, l1=0.0, l2=0.0)
    row = {}
    for goal in OTHERS:
        data, given = task_data(task, goal), ((epoch.weights, epoch.biases, None), seed, most_steps)
        steps, row[f"zero_shot_{goal}"] = steps_until_right(config, data, *given)
        plain_steps = steps if plain == config else steps_until_right(plain, data, *given)[0]
        row[f"steps_{goal}"] = float("inf") if steps is None else steps
        row[f"plain_steps_{goal}"] = float("inf") if plain_steps is None else plain_steps
    return row


def read(path):
    """Rows of the table, numbers as numbers."""
    rows = read_rows(path, COLUMNS)
    return [{k: v if k == "way" else float(v) for k, v in row.items()} for row in rows]


def left_over(path, networks):
    """Ways and seeds that lack a row: the first network of every way, then the second, …"""
    known = {(row["way"], int(row["is_pruned"]), int(row["seed"])) for row in read(path)}
    wanted = [(way, seed) for seed in range(1, networks + 1) for way in WAYS]
    return [
        (way, seed)
        for way, seed in wanted
        if any((way, k, seed) not in known for k in (0, 1)[: 1 + (WAYS[way].get("prune") != 0.0)])
    ]


def run(folder, networks=12, **sizes):
    """Make the rows that are left; returns the table's path."""
    path = folder / TABLE
    folder.mkdir(parents=True, exist_ok=True)
    left = left_over(path, networks)
    known = {(row["way"], row["is_pruned"], row["seed"]) for row in read(path)}
    if left:
        want_torch()
        write_manifest(folder / "gradient.manifest.json", **about(networks, sizes))
    for way, seed in left:
        rows = [row for row in rows_of(way, seed, **sizes) if (way, row["is_pruned"], seed) not in known]
        add_rows(path, COLUMNS, rows)
        print(f"{way} {seed}: fitness {rows[-1]['fitness']:.3f}", flush=True)
    return path


def about(networks, sizes):
    """Where the latest rows come from."""
    return {
        "table": TABLE,
        "made_by": "scripts/causes/gradient.py",
        "task": TASK,
        "goal": GOAL,
        "ways": WAYS,
        "pruned": SHARE,
        "networks": networks,
        "sizes": sizes,
        "threads": 1,
        "versions": versions_with_torch(),
        "start": now(),
    }


def quick(jobs=None):
    """A small table: two networks a way of training, hardly trained. Returns its path."""
    folder = Path(tempfile.mkdtemp(prefix="causes-gradient-quick-"))
    return run(folder, 2, epochs=200, draws=20, most_steps=100)


def groups_of(rows):
    """Rows by way of training and pruning, those without pruning first, in the order of `WAYS`; by seed."""
    found, ordered = {}, sorted(rows, key=lambda row: row["seed"])
    for is_pruned in (0, 1):
        for way in WAYS:
            group = [row for row in ordered if (row["way"], row["is_pruned"]) == (way, is_pruned)]
            if group:
                found[f"{way}, pruned" if is_pruned else way] = group
    return found


def reference_of(name):
    """The group that a group is compared with: it differs in the one thing that the group is named after."""
    if name in ("untrained", "control"):
        return "untrained"
    if name == "control, pruned":
        return "longer"
    return "control, pruned" if name.endswith(", pruned") else "control"


def values(group, column):
    """``[network]``; a goal that was not solved counts as one step more than were allowed."""
    numbers = np.array([row[column] for row in group])
    limit = "steps" if column == "solved_after" else "most_steps"
    return np.where(np.isinf(numbers), np.array([row[limit] for row in group]) + 1, numbers)


def columns_of(rows):
    """``[network]`` by group, by heading."""
    groups = groups_of(rows)
    return {head: {n: values(g, c) for n, g in groups.items()} for head, c in MEDIANS.items()}


def summary(rows):
    """Tables in Markdown: counts, medians with intervals, and how each way differs from its reference.

    Of steps, one more than were allowed stands for not within them. All ways begin with the same births, a seed
    each, and pruned networks go on from those that are not: so networks of one seed are pairs.
    """
    parts = [counts_table(rows)]
    for heads in BLOCKS:
        parts += ["Medians [95 %]:", medians_table(rows, heads)]
        parts += [
            "Rank-biserial r of pairs with the reference (signed-rank p):",
            tests_table(rows, heads),
        ]
    return "\n\n".join([*parts, "Networks whose sides are apart beside the others:", sides_table(rows)])


def in_text(rows):
    """The tables of the summary that stand in SUPPLEMENT.md."""
    pairs = [(medians_table(rows, heads), tests_table(rows, heads)) for heads in BLOCKS[:IN_TEXT]]
    return [counts_table(rows), *(table for pair in pairs for table in pair), sides_table(rows)]


def counts_table(rows):
    """How many networks solve the goal, how many have their sides apart, and both beside the reference."""
    groups = groups_of(rows)
    lines = ["| way | n | beside | solved | p | sides apart | p |", "|---|---|---|---|---|---|---|"]
    for name, group in groups.items():
        counts = [count(group, groups.get(reference_of(name)), what) for what in COUNTED]
        beside = "-" if name == "untrained" else reference_of(name)
        lines.append(f"| {name} | {len(group)} | {beside} | {' | '.join(counts)} |")
    return "\n".join(lines)


def medians_table(rows, heads):
    """Medians with intervals of every way."""
    told = columns_of(rows)
    lines = [f"| {n} | {' | '.join(middle(told[h][n]) for h in heads)} |" for n in groups_of(rows)]
    return "\n".join([*headed("way", heads), *lines])


def tests_table(rows, heads):
    """Every way beside its reference."""
    groups, told = groups_of(rows), columns_of(rows)
    lines = [f"| {n} | {' | '.join(compared(n, groups, told[h]) for h in heads)} |" for n in groups]
    return "\n".join([*headed("way: r (p)", heads), *lines])


def headed(first, heads):
    """The first two lines of a table."""
    return [f"| {first} | {' | '.join(heads)} |", f"|{'---|' * (len(heads) + 1)}"]


def sides_table(rows):
    """Steps to adapt of networks whose sides are apart, and of the others."""
    control = groups_of(rows).get("control", [])
    among = {
        "control": control,
        "control that solve": [row for row in control if row["fitness"] == 1.0],
        "all not pruned": [row for row in rows if row["steps"] and not row["is_pruned"]],
    }
    lines = ["| | of | apart | n | not | n | Cliff's delta (p) |", "|---|---|---|---|---|---|---|"]
    return "\n".join(lines + [line for label, these in among.items() for line in parted(label, these)])


def parted(label, rows):
    """One line per goal: steps to adapt of networks whose sides are apart, and of the others."""
    apart, others = ([r for r in rows if r["are_sides_apart"] == yes] for yes in (1.0, 0.0))
    if not (apart and others):
        return []
    return [
        f"| steps to {goal} | {label} | {middle(a)} | {a.size} | {middle(b)} | {b.size} | {differs(a, b)} |"
        for goal in OTHERS
        for a, b in [(values(apart, f"plain_steps_{goal}"), values(others, f"plain_steps_{goal}"))]
    ]


COUNTED = {
    "solved": lambda row: row["fitness"] == 1.0,
    "sides apart": lambda row: row["are_sides_apart"] == 1.0,
}


def count(group, reference, what):
    """Two cells: how many networks are so, and McNemar's exact p against the reference, network by network."""
    is_so, yes = COUNTED[what], sum(map(COUNTED[what], group))
    if reference is None or reference is group:
        return f"{yes} | -"
    theirs = {row["seed"]: is_so(row) for row in reference}
    pairs = Counter((is_so(row), theirs[row["seed"]]) for row in group if row["seed"] in theirs)
    table = (pairs[True, True], pairs[True, False], pairs[False, True], pairs[False, False])
    return f"{yes} | {paired_shares(*table)[1]:.2g}"


def middle(numbers):
    """A cell: median with its interval."""
    ci = median_ci(numbers, np.random.default_rng(1))
    digits = 2 if abs(ci.high) < 20 else 0
    return f"{ci.median:.{digits}f} [{ci.low:.{digits}f}, {ci.high:.{digits}f}]"


def compared(name, groups, by_group):
    """A cell: rank-biserial r and p of the signed-rank test against the reference, network by network."""
    reference = reference_of(name)
    if name == reference or reference not in groups:
        return "-"
    ours, theirs = (
        dict(zip((row["seed"] for row in groups[one]), by_group[one], strict=True))
        for one in (name, reference)
    )
    seeds = [seed for seed in ours if seed in theirs]
    found = signed_rank([ours[seed] for seed in seeds], [theirs[seed] for seed in seeds])
    return f"{found.r:+.2f} ({found.p:.2g})" if found.n else "-"


def differs(numbers, others):
    """Cliff's delta, and p of the rank-sum test."""
    found = rank_sum(numbers, others)
    return f"{found.cliffs_delta:+.2f} ({found.p:.2g})"


PANELS = {
    "Q of weights": "Q of weights (modular: high)",
    "z of it": "z of Q beside shuffles (high)",
    "z of n-cut": "z of n-cut beside shuffles (low)",
    "z of that": "z of Q of connections beside rewired",
    "steps to neither": "steps to a related goal (neither)",
    "steps to both-mirrored": "steps to an unrelated one (mirrored)",
}
"""Heading -> label of the axis."""
LABELS = {"l1": "L1", "l2": "L2", "dropout-10": "dropout 0.1", "dropout-30": "dropout 0.3"}
"""Ways of training whose names are no words."""


def draw_table(path):
    """One panel per number, one row per way of training: every network a dot, and the median with its interval."""
    rows = read(path)
    if not rows:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    told = columns_of(rows)
    most = int(max(row["most_steps"] for row in rows))
    figure = Figure(figsize=(10.5, 7.5), layout="constrained", dpi=100)
    cells = figure.subplots(2, 3, sharey=True).ravel()
    figure.suptitle(f"trained on left AND right; {most + 1} steps: not within {most}", fontsize=9)
    for axes, (head, label) in zip(cells, PANELS.items(), strict=True):
        groups = {name: numbers[~np.isnan(numbers)] for name, numbers in told[head].items()}
        parts = [name.partition(",") for name in groups]
        names = ["".join((LABELS.get(name, name), *further)) for name, *further in parts]
        plot_dots(axes, list(groups.values()), names)
        axes.set_xlabel(label)
        axes.grid(axis="x", lw=0.4, alpha=0.5)
        if head.startswith("z of"):
            axes.axvline(0.0, color="0.5", lw=0.8)
        if max((float(group.max()) for group in groups.values() if group.size), default=0.0) == most + 1:
            axes.axvline(most + 1, color="0.5", lw=0.8, ls="--")
            axes.text(most + 1, -0.6, "not within ", ha="right", va="center", fontsize=6)
    signs = signs_of_dots([len(group) for group in groups_of(rows).values()])
    signs[0].set_label("a network")
    figure.legend(handles=signs, loc="outside lower center", ncols=len(signs), fontsize=8)
    return figure


def main():
    """Run what is missing, or print the summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=12)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--summary", action="store_true", help="print medians and tests, and stop")
    given = parser.parse_args()
    if not given.summary:
        run(given.out, given.networks)
    print(summary(read(given.out / TABLE)))


if __name__ == "__main__":
    main()
