"""Networks that learn formulas: what a cost of wiring and exchanges of places do, each and together.

    python scripts/liu2023/formulas.py [--networks 20] [--workers 1] [--out FOLDER]
    python scripts/liu2023/formulas.py --summary

Three formulas of three or four numbers: two that share no number (*independence*), three of which each contains the one before it
(*feature sharing*), and a distance (*compositionality*). Four ways of training: nothing, L1, L1 with length, and that with
exchanges of places. Networks of one seed have the same points and birth, so they are pairs. The same command resumes. PAPER.md says
what is the paper's, what its authors' program's, and what is our choice.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod.errors import EvomodError
from evomod.files.disk import write_whole
from evomod.gradient.config import TrainingConfig, resolved
from evomod.gradient.datasets import DataSet
from evomod.gradient.places import BETWEEN, exchanged, wiring_length
from evomod.gradient.run import (
    load_places,
    load_weights,
    network_of_layers,
    versions_with_torch,
    weights_file,
)
from evomod.gradient.training import Learner, fixed_arithmetic, want_torch
from evomod.measures import modularity
from evomod.measures.report import q_beside_nulls
from evomod.plots.studies import plot_dots
from evomod.plots.trained import name_ends, plot_weights
from evomod.studies.experiments import command, complete, read_numbers

TABLE = "formulas.csv"
FULL = "20 networks a way of the first formula, 10 of the others, about an hour of one core"
COMMAND = "python scripts/liu2023/formulas.py"
RESULTS = Path("results") / "liu2023"

POINTS, STEPS, RATE = 100, 20_000, 2e-3
"""Points to train on, and as many to test on; Adam's steps, each on all points, and its learning rate."""
COST, SWAP_EVERY = 1e-3, 200
"""Of the wiring at first, and steps from one exchange of places to the next."""
ACTIVE = 0.01
"""A weight below this is as good as none: our choice."""
SHOWN = 1
"""The seed whose networks are kept, to be drawn."""


@dataclass(frozen=True)
class Formula:
    """What is to be learned."""

    n_inputs: int
    hidden: tuple[int, ...]
    of: Callable[[Any], list[Any]]
    """The outputs, from inputs ``[input, point]``."""
    middle: float
    """By what the cost is multiplied from a quarter to three quarters of the steps; in independence and sharing it falls back after
    that, in compositionality it stays."""
    falls_back: bool
    networks: int
    own: tuple[tuple[int, ...], ...] = ()
    """Of every output the inputs it depends on, where they differ."""


FORMULAS = {
    "independence": Formula(
        4, (20, 20), lambda x: [(x[0] + x[2]) ** 3, x[1] ** 2 + np.sin(np.pi * x[3])], 10.0, True, 20, ((0, 2), (1, 3)),
    ),
    "feature-sharing": Formula(
        3, (20, 20), lambda x: [x[0] ** 2, x[0] ** 2 + x[1] ** 2, (x**2).sum(axis=0)], 10.0, True, 10,
    ),
    "compositionality": Formula(
        4, (20,) * 4, lambda x: [np.sqrt((x[0] - x[1]) ** 2 + (x[2] - x[3]) ** 2)], 3.0, False, 10,
    ),
}  # fmt: skip
WAYS = {"none": "nothing", "l1": "L1", "l1-local": "L1, length", "all": "L1, length, swaps"}
NUMBERS = (
    "train_error", "test_error", "leak", "q_score", "q_m", "q_z", "q_z_layered", "active", "sum_of_weights", "wiring_length",
    "settled_length",
)  # fmt: skip
COLUMNS = ("formula", "way", "seed", *NUMBERS, "seconds")


class Wired(Learner):
    """A network that learns a formula: smooth neurons, and towards the end biases cost as much as the shortest connection."""

    def __init__(self, *given: Any) -> None:
        from torch.nn import functional

        super().__init__(*given)
        self.bend, self.cost_of_biases = functional.silu, 0.0

    def penalty(self) -> Any:
        """With that of biases."""
        if not self.cost_of_biases:
            return super().penalty()
        return super().penalty() + self.cost_of_biases * sum(b.abs().sum() for b in self.biases)


def row_of(formula: str, way: str, seed: int, folder: Path, steps: int = STEPS) -> dict[str, Any]:
    """Train one network and measure it.

    ``leak``: of the influence of inputs on outputs, products of ``|w|`` summed over all paths, the share that goes to outputs which
    do not depend on the input. ``active``: weights of at least `ACTIVE`; Q is that of the network that they make, relative to nulls
    where they are fewer than half of all.
    ``settled_length``: of the wiring after as many exchanges as a training has, at its end.
    """
    moment, data = time.process_time(), points(formula, seed)
    given = TrainingConfig(data.name, hidden=FORMULAS[formula].hidden, batch=POINTS, learning_rate=RATE)
    config = resolved(given, data)
    with fixed_arithmetic(config.threads):
        learner = trained(config, data, (formula, way, seed), steps)
        wrong = errors(learner, data)
    weights = [w.detach().numpy().copy() for w in learner.weights]
    biases = [b.detach().numpy().copy() for b in learner.biases]
    if seed == SHOWN:
        write_whole(kept(folder, formula, way), weights_file(weights, biases, learner.places))
    settled = learner.places
    for _ in range(steps // SWAP_EVERY):
        settled = exchanged(weights, settled)
    left = [np.where(np.abs(w) >= ACTIVE, w, 0.0) for w in weights]
    network = network_of_layers(left, biases, {}).simplified()
    is_sparse = sum(np.count_nonzero(w) for w in left) < sum(w.size for w in left) / 2
    beside = q_beside_nulls(network, "clune2013") if is_sparse else dict.fromkeys(NUMBERS, np.nan)
    found = (
        beside
        | wrong
        | {
            "leak": leak(weights, FORMULAS[formula].own),
            "q_score": modularity(network, "clune2013").q if network.source.size else float("nan"),
            "active": float(sum(np.count_nonzero(w) for w in left)),
            "sum_of_weights": float(sum(np.abs(w).sum() for w in weights)),
            "wiring_length": wiring_length(weights, learner.places),
            "settled_length": wiring_length(weights, settled),
        }
    )
    told = {name: float(f"{found[name]:.6g}") for name in NUMBERS}
    return {"formula": formula, "way": way, "seed": seed} | told | {"seconds": round(time.process_time() - moment, 2)}  # fmt: skip


def points(formula: str, seed: int) -> DataSet:
    """Points from -1 to 1, and what the formula makes of them."""
    asked_for, rng = FORMULAS[formula], np.random.default_rng([seed, 0])
    inputs = rng.uniform(-1.0, 1.0, (2, POINTS, asked_for.n_inputs)).astype(np.float32)
    targets = [np.stack(asked_for.of(part.T.astype(np.float64)), axis=1).astype(np.float32) for part in inputs]  # fmt: skip
    return DataSet(
        formula, "numbers", inputs[0], targets[0], inputs[1], targets[1], n_outputs=targets[0].shape[1], source="drawn",
    )  # fmt: skip


def birth(layers: tuple[int, ...], seed: int) -> tuple[list[Any], list[Any]]:
    """Weights and biases uniform within one over the root of the number of sources (PyTorch's default)."""
    rng, weights, biases = np.random.default_rng([seed, 1]), [], []
    for n_sources, n_targets in pairwise(layers):
        limit = 1.0 / np.sqrt(n_sources)
        weights.append(rng.uniform(-limit, limit, (n_sources, n_targets)).astype(np.float32))
        biases.append(rng.uniform(-limit, limit, n_targets).astype(np.float32))
    return weights, biases


def costs(way: str, cost: float) -> dict[str, Any]:
    """What a way of training pays: L1 costs what a connection of no length does."""
    if way == "none":
        return {}
    return {"wiring": cost} if way in ("l1-local", "all") else {"l1": cost * BETWEEN}


def trained(config: TrainingConfig, data: DataSet, which: tuple[str, str, int], steps: int) -> Learner:
    """The network at its end."""
    import torch

    formula, way, seed = which
    asked_for = FORMULAS[formula]
    layers = (asked_for.n_inputs, *asked_for.hidden, data.n_outputs)
    learner = Wired(config, data.kind, *birth(layers, seed), seed)
    inputs, targets = torch.from_numpy(data.inputs), torch.from_numpy(data.targets)
    for step in range(steps):
        if step in (0, steps // 4, 3 * steps // 4):
            is_late = step == 3 * steps // 4 and step > 0
            cost = COST * (1.0 if step == 0 or (is_late and asked_for.falls_back) else asked_for.middle)
            swaps = SWAP_EVERY if way == "all" else 0
            learner.config = replace(config, swap_every=swaps, **costs(way, cost))
            learner.cost_of_biases = cost * BETWEEN if is_late and way != "none" else 0.0
        learner.step(inputs, targets, steps)
    return learner


def errors(learner: Learner, data: DataSet) -> dict[str, float]:
    """Mean squared errors on the points trained on and on new ones."""
    import torch

    parts = {"train_error": (data.inputs, data.targets), "test_error": (data.test_inputs, data.test_targets)}  # fmt: skip
    with torch.no_grad():
        return {
            name: float(learner.misfit(learner.outputs(torch.from_numpy(x)), torch.from_numpy(y)))
            for name, (x, y) in parts.items()
        }


def leak(weights: list[Any], own: tuple[tuple[int, ...], ...]) -> float:
    """Share of the influence that goes where it does not belong; NaN where every output depends on every input.

    >>> leak([np.array([[1.0, 0.0], [0.0, 3.0]]), np.array([[2.0, 1.0], [0.0, 1.0]])], ((0,), (1,)))
    0.16666666666666666
    """
    if not own:
        return float("nan")
    influence = np.linalg.multi_dot([np.eye(len(weights[0])), *(np.abs(w).astype(np.float64) for w in weights)])  # fmt: skip
    belongs = sum(influence[list(inputs), k].sum() for k, inputs in enumerate(own))
    return float(1.0 - belongs / influence.sum()) if influence.sum() > 0.0 else float("nan")


def kept(folder: Path, formula: str, way: str) -> Path:
    """Where a network that is drawn lies."""
    return folder / f"{formula}-{way}.npz"


def read(path):
    """Rows of the table, numbers as numbers."""
    return read_numbers(path, COLUMNS, ("formula", "way"))


def groups_of(rows):
    """Rows by formula and way; by seed."""
    groups = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["seed"]):
        groups[row["formula"], row["way"]].append(row)
    return {(f, w): groups[f, w] for f in FORMULAS for w in WAYS if (f, w) in groups}


def column_of(groups, column, formula, way):
    """``[network]``, by seed."""
    return np.array([row[column] for row in groups.get((formula, way), [])])


def left_over(path, networks):
    """Formulas, ways and seeds that lack a row: the first network of every way, then the second, …"""
    known = {(row["formula"], row["way"], int(row["seed"])) for row in read(path)}
    return [
        (formula, way, seed)
        for seed in range(1, networks + 1)
        for formula, about in FORMULAS.items()
        for way in WAYS
        if seed <= about.networks and (formula, way, seed) not in known
    ]


def run(folder, networks=20, workers=1, **sizes):
    """Make the rows that are left; returns the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    left = left_over(folder / TABLE, networks)
    if left:
        want_torch()
    return complete(
        folder / TABLE, COLUMNS, row_of, [(*one, folder, sizes.get("steps", STEPS)) for one in left], workers,
        lambda row: f"{row['formula']}, {row['way']} {row['seed']}: error {row['test_error']:.2g}, Q {row['q_score']:.2f}",
        made_by="scripts/liu2023/formulas.py", points=POINTS, steps=STEPS, learning_rate=RATE, cost=COST, swap_every=SWAP_EVERY,
        active=ACTIVE, ways=list(WAYS), networks=networks, sizes=sizes, threads=1,
        versions=versions_with_torch(),
    )  # fmt: skip


def quick(jobs=None):
    """A small table: two networks a way, hardly trained. Returns its path."""
    return run(Path(tempfile.mkdtemp(prefix="liu2023-formulas-quick-")), 2, jobs or 1, steps=8)


PANELS = {
    "q_score": "Q",
    "q_z_layered": "z within layers",
    "wiring_length": "length of wiring",
    "test_error": "error, new points",
}


def draw_table(path):
    """Above networks of independence by way of training; below by formula a panel a measure, a dot a network."""
    groups = groups_of(read(path))
    if not groups:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    figure = Figure(figsize=(8.8, 7.6), layout="constrained")
    cells = figure.subplots(1 + len(FORMULAS), 5, height_ratios=(1.5, 1.0, 1.0, 1.0))
    cells[0, -1].axis("off")
    for axes, way in zip(cells[0, :-1], WAYS, strict=True):
        draw_network(axes, kept(path.parent, "independence", way))
        axes.set_title(WAYS[way], fontsize=8)
    for row, formula in zip(cells[1:], FORMULAS, strict=True):
        names = [way for way in WAYS if (formula, way) in groups]
        panels = PANELS | ({"leak": "to the wrong output"} if FORMULAS[formula].own else {})
        for k, axes in enumerate(row):
            if k >= len(panels):
                axes.axis("off")
                continue
            column, label = list(panels.items())[k]
            groups_here = [column_of(groups, column, formula, way) for way in names]
            plot_dots(axes, groups_here, [WAYS[way] for way in names])
            axes.set_title(label, fontsize=8)
            axes.tick_params(labelleft=k == 0, labelsize=7)
            if column in ("test_error", "wiring_length"):
                axes.set_xscale("log")
                axes.xaxis.set_minor_formatter("")
        row[0].set_ylabel(formula.replace("-", " "), fontsize=9)
    figure.suptitle("above: independence, one network a way of training; below: a dot a network", fontsize=8)  # fmt: skip
    return figure


def draw_network(axes, path):
    """A network that was kept."""
    axes.axis("off")
    if not path.exists():
        axes.text(0.5, 0.5, f"no {path.name}", ha="center", fontsize=7)
        return
    places = load_places(path) or []
    plot_weights(axes, load_weights(path)[0], places)
    name_ends(axes, places, ([f"$x_{i + 1}$" for i in range(4)], ["$y_1$", "$y_2$"]))


def summary(rows):
    """One line a formula and way: medians."""
    lines = [f"| formula | way | networks | {' | '.join(NUMBERS)} |", f"|---|---|---|{'---|' * len(NUMBERS)}"]  # fmt: skip
    for (formula, way), group in groups_of(rows).items():
        medians = [f"{np.median([row[name] for row in group]):.3g}" for name in NUMBERS]
        lines.append(f"| {formula} | {way} | {len(group)} | {' | '.join(medians)} |")
    return "\n".join(lines)


def main():
    """Run what is missing, or print the summary."""
    command(__doc__, 20, RESULTS, run, lambda folder: summary(read(folder / TABLE)))


if __name__ == "__main__":
    main()
