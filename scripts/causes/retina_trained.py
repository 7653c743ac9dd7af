"""The retina trained by gradient under every cause that training can have: the trained part of the common experiment.

    python scripts/causes/retina_trained.py [--networks 50] [--workers 1] [--out FOLDER]
    python scripts/causes/retina_trained.py --summary

The task, the goal and the layers of `all.toml`, trained instead of evolved, and the same measures. Networks of one seed have the same
birth, so they are pairs. The same command resumes.
"""

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod.errors import EvomodError
from evomod.gradient.config import TrainingConfig, resolved
from evomod.gradient.datasets import task_data
from evomod.gradient.run import measured_n_cut, network_of_layers, versions_with_torch
from evomod.gradient.training import fixed_arithmetic, steps_until_right, train, want_torch
from evomod.measures import modularity
from evomod.measures.report import q_beside_nulls
from evomod.plots.studies import plot_dots
from evomod.scripts.causes.gradient import GOAL, MODULES, OTHERS, TASK, THRESHOLD
from evomod.scripts.causes.matrix import functions_of
from evomod.studies.experiments import by_way, column_of, command, complete, read_numbers, without_rows
from evomod.task import load_task

TABLE = "retina_trained.csv"
FULL = "50 networks a way of training, about 20 minutes of one core"
COMMAND = "python scripts/causes/retina_trained.py"
RESULTS = Path("results") / "causes"

NETWORKS = 50
EPOCHS, MOST_STEPS, DRAWS = 4000, 1000, 50
"""Steps on all 256 patterns; steps to adapt to another goal, at most; shuffles beside an n-cut."""
WAYS: dict[str, dict[str, Any]] = {
    "control": {},
    "dropout": {"dropout": 0.1},
    "l1": {"l1": 1e-3},
    "l2": {"l2": 1e-3},
    "pruning": {"epochs": EPOCHS // 2, "prune": 0.5},
    "clusterability": {"clusterability": 0.1},
    "length": {"wiring": 1e-3},
    "swaps": {"wiring": 1e-3, "swap_every": 200},
}
"""The term has the strength of Filan et al. 2021, length and exchanges those of Liu et al. 2023; the rest as in gradient.py. Pruning takes
place in the second half of the steps."""
ADAPTED = (OTHERS[0], OTHERS[-1])
"""A related goal and one that divides the pixels otherwise."""
NUMBERS = (
    "fitness", "fitness_of_connections", "connections", "q_score", "q_z", "q_z_layered", "n_cut", "n_cut_z", "functional", "subgoals",
    *(f"steps_{goal}" for goal in ADAPTED),
)  # fmt: skip
COLUMNS = ("way", "seed", *NUMBERS, "seconds")


def row_of(way: str, seed: int, epochs: int = EPOCHS, most_steps: int = MOST_STEPS) -> dict[str, Any]:
    """Train one network and measure it.

    A connection is a ``|w|`` of at least `gradient.THRESHOLD`; Q, its z, functional Q and subgoals are those of the network of these, as of an
    evolved one; ``fitness_of_connections`` says whether that network still does the task. ``steps``: by plain gradient until every
    answer of another goal is right; one more than allowed where it is not.
    """
    moment, task = time.process_time(), load_task(TASK)
    data = task_data(task, GOAL)
    changes = WAYS[way] | ({"epochs": epochs // 2} if "prune" in WAYS[way] else {"epochs": epochs})
    config = resolved(replace(TrainingConfig(TASK, GOAL, modules=MODULES, prune=0.0), **changes), data)
    with fixed_arithmetic(config.threads):
        *_, end = train(config, data, seed)
    plain = replace(config, dropout=0.0, l1=0.0, l2=0.0, wiring=0.0, swap_every=0, clusterability=0.0)
    adapted = {}
    for goal in ADAPTED:
        steps, _ = steps_until_right(
            plain, task_data(task, goal), (end.weights, end.biases, None), seed, most_steps
        )
        adapted[f"steps_{goal}"] = float(most_steps + 1 if steps is None else steps)
    kept = [np.where(np.abs(w) >= THRESHOLD, w, 0.0).astype(w.dtype) for w in end.weights]
    _, right = steps_until_right(plain, data, (kept, end.biases, None), seed, 0)
    network = network_of_layers(kept, end.biases, {"task": TASK, "goal": GOAL})
    simple = network.simplified()
    cut = measured_n_cut(config, end.weights, seed, DRAWS)
    beside = q_beside_nulls(simple, "clune2013")
    found = {
        "fitness": end.train_accuracy,
        "fitness_of_connections": right,
        "connections": float(sum(np.count_nonzero(w) for w in kept)),
        "q_score": modularity(simple, "clune2013").q if simple.source.size else float("nan"),
        "q_z": beside["q_z"],
        "q_z_layered": beside["q_z_layered"],
        "n_cut": cut.n_cut,
        "n_cut_z": cut.z,
        **functions_of(network),
        **adapted,
    }
    told = {name: float(f"{found[name]:.6g}") for name in NUMBERS}
    return {"way": way, "seed": seed} | told | {"seconds": round(time.process_time() - moment, 2)}


def read(path):
    """Rows of the table, numbers as numbers."""
    return read_numbers(path, COLUMNS, ("way",))


def groups_of(rows):
    """Rows by way, in the order of `WAYS`; by seed."""
    return by_way(rows, list(WAYS))


def run(folder, networks=NETWORKS, workers=1, **sizes):
    """Make the rows that are left, the first network of every way first; returns the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    left = without_rows(read(folder / TABLE), list(WAYS), networks)
    if left:
        want_torch()
    given = (sizes.get("epochs", EPOCHS), sizes.get("most_steps", MOST_STEPS))
    return complete(
        folder / TABLE, COLUMNS, row_of, [(*one, *given) for one in left], workers,
        lambda row: f"{row['way']} {row['seed']}: fitness {row['fitness']:.3f}, Q {row['q_score']:.2f}",
        made_by="scripts/causes/retina_trained.py", task=TASK, goal=GOAL, epochs=EPOCHS, most_steps=MOST_STEPS, ways=WAYS,
        threshold=THRESHOLD, modules=MODULES, draws=DRAWS, networks=networks, sizes=sizes, threads=1,
        versions=versions_with_torch(),
    )  # fmt: skip


def quick(jobs=None):
    """A small table: two networks a way of training, hardly trained. Returns its path."""
    return run(
        Path(tempfile.mkdtemp(prefix="causes-retina-trained-quick-")),
        2,
        jobs or 1,
        epochs=40,
        most_steps=5,
    )


PANELS = {
    "q_score": "Q",
    "q_z": "z of Q",
    "functional": "functional Q",
    "subgoals": "subgoals told",
    f"steps_{ADAPTED[0]}": "steps, related goal",
}


def draw_table(path):
    """A row per way of training, a panel per measure, a dot a network."""
    groups = groups_of(read(path))
    if not groups:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    figure = Figure(figsize=(10.4, 0.9 + 0.32 * len(groups)), layout="constrained")
    for k, (axes, (column, label)) in enumerate(
        zip(figure.subplots(1, len(PANELS)), PANELS.items(), strict=True)
    ):
        plot_dots(axes, [column_of(groups, column, way) for way in groups], list(groups))
        axes.set_title(label, fontsize=8)
        axes.tick_params(labelleft=k == 0, labelsize=7)
    figure.suptitle("the retina, trained by gradient; a dot a network", fontsize=8)
    return figure


def summary(rows):
    """One line a way of training: medians."""
    lines = [f"| way | networks | {' | '.join(NUMBERS)} |", f"|---|---|{'---|' * len(NUMBERS)}"]
    for way, group in groups_of(rows).items():
        known = [np.array([row[name] for row in group if np.isfinite(row[name])]) for name in NUMBERS]
        medians = [f"{np.median(values):.3g}" if values.size else "" for values in known]
        lines.append(f"| {way} | {len(group)} | {' | '.join(medians)} |")
    return "\n".join(lines)


def main():
    """Run what is missing, or print the summary."""
    command(__doc__, NETWORKS, RESULTS, run, lambda folder: summary(read(folder / TABLE)))


if __name__ == "__main__":
    main()
