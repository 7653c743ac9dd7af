"""Trained networks of four subgoals by the rate of dropout: how specialised their modules are, and who can stand in for whom.

    python scripts/causes/redundancy_trained.py [--networks 20] [--workers 1] [--out FOLDER]
    python scripts/causes/redundancy_trained.py --summary

Four digits side by side, each to be named: four subgoals that share no input. Two hidden layers of 256, fifteen rates of dropout. Modules are
clusters of the n-cut, twice as many as subgoals, so that there can be two of a kind. All hidden neurons of a module are silenced,
and the loss is measured on every subgoal, on digits not trained on: a table of modules by subgoals without a ceiling. Rates
of one seed share digits and birth. The same command resumes. All values are our choice.
"""

import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod.errors import EvomodError
from evomod.gradient.config import TrainingConfig, resolved
from evomod.gradient.datasets import DataSet, load_dataset
from evomod.gradient.run import measured_n_cut, versions_with_torch
from evomod.gradient.training import Learner, born, fixed_arithmetic, want_torch
from evomod.plots.runs import COLOURS
from evomod.statistics import median_ci
from evomod.studies.experiments import command, complete, read_numbers

TABLE = "redundancy_trained.csv"
FULL = "20 networks a rate, about 25 minutes of one core"
COMMAND = "python scripts/causes/redundancy_trained.py"
RESULTS = Path("results") / "causes"

SUBGOALS, CLASSES = 4, 10
N_TRAIN, N_TEST = 2000, 1000
"""Sets of four digits, drawn from the digits to train on and to test on."""
HIDDEN, EPOCHS, MODULES, DRAWS = (256, 256), 100, 2 * SUBGOALS, 20
RATES = tuple(round(0.05 * k, 2) for k in range(15))
"""Up to 0.7: at 0.8 a network of seed 9001 learned nothing."""
NUMBERS = (
    "train_accuracy",
    "accuracy",
    "z",
    "clusterability",
    "specialisation",
    "carriers",
    "redundancy",
    "sum_of_weights",
)
COLUMNS = ("rate", "seed", *NUMBERS, "seconds")


def row_of(rate: float, seed: int, epochs: int = EPOCHS, draws: int = DRAWS) -> dict[str, Any]:
    """Train one network, silence its modules one after the other, and measure what is lost."""
    moment, data = time.process_time(), four_digits(seed)
    given = TrainingConfig("four digits", hidden=HIDDEN, dropout=rate, epochs=epochs, modules=MODULES)
    config = resolved(given, data)
    with fixed_arithmetic(config.threads):
        learner = Learner(config, data.kind, *born(config, data, seed), seed)
        rng = np.random.default_rng([seed, 1])
        for _ in range(epochs):
            learner.epoch(data, rng, epochs * -(-len(data.inputs) // (config.batch or 1)))
    weights = [w.detach().numpy().copy() for w in learner.weights]
    biases = [b.detach().numpy().copy() for b in learner.biases]
    cut = measured_n_cut(config, weights, seed, draws)
    hidden = cut.modules[data.n_inputs : data.n_inputs + sum(HIDDEN)]
    intact = accuracies(weights, biases, data)
    drops = np.array([intact - accuracies(weights, biases, data, hidden == k) for k in range(MODULES)])
    found = {
        "train_accuracy": float(accuracies(weights, biases, data, test=False).mean()),
        "accuracy": float(intact.mean()),
        "z": cut.z,
        "clusterability": -cut.z,
        **of_drops(drops, intact - 1.0 / CLASSES),
        "sum_of_weights": float(sum(np.abs(w).sum() for w in weights)),
    }
    told = {name: round(value, 6) for name, value in found.items()}
    return {"rate": rate, "seed": seed} | told | {"seconds": round(time.process_time() - moment, 2)}


def of_drops(drops: Any, most: Any) -> dict[str, float]:
    """What losses ``drops[module, subgoal]`` say, ``most[subgoal]`` being what there is to lose.

    ``specialisation``: of a module 1 - H / log(subgoals), H being the entropy of its losses over subgoals: 1 where it serves one,
    0 where all alike; the mean over modules, each by what it loses. ``carriers``: exp of the entropy of a subgoal's losses
    over modules, the mean over subgoals: how many modules carry it. ``redundancy``: 1 less the summed losses over what there is to
    lose, the mean over subgoals: 1 where others stand in for every module, 0 where each loses its own part, below 0 where a
    subgoal is lost several times over. Losses below 0 count as 0; NaN where nothing is lost.
    """
    lost = np.maximum(drops, 0.0)
    whole = lost.sum()
    if not whole > 0.0 or not (most > 0.0).all():
        return dict.fromkeys(("specialisation", "carriers", "redundancy"), float("nan"))
    special = 1.0 - entropies(lost) / np.log(lost.shape[1])
    return {
        "specialisation": float(special @ lost.sum(axis=1) / whole),
        "carriers": float(np.exp(entropies(lost.T)).mean()),
        "redundancy": float((1.0 - lost.sum(axis=0) / most).mean()),
    }


def entropies(table: Any) -> Any:
    """``[row]``: entropy of a row's shares, in nats; 0 of an empty row.

    >>> entropies(np.array([[1.0, 1.0], [3.0, 0.0], [0.0, 0.0]])).round(3).tolist()
    [0.693, 0.0, 0.0]
    """
    total = table.sum(axis=1, keepdims=True)
    share = np.divide(table, total, out=np.zeros_like(table), where=total > 0.0)
    logs = np.log(share, out=np.zeros_like(share), where=share > 0.0)
    return np.maximum(-(share * logs).sum(axis=1), 0.0)


def four_digits(seed: int) -> DataSet:
    """Sets of four digits side by side, and which each is: ``[set, 10 * place + digit]`` of 0 and 1."""
    whole, rng = load_dataset("digits"), np.random.default_rng([seed, SUBGOALS])
    shown, new = (
        sets_of(inputs, targets, number, rng)
        for inputs, targets, number in (
            (whole.inputs, whole.targets, N_TRAIN),
            (whole.test_inputs, whole.test_targets, N_TEST),
        )
    )
    return DataSet(
        "four digits", "numbers", *shown, *new, n_outputs=SUBGOALS * CLASSES, source=whole.source
    )


def sets_of(inputs: Any, targets: Any, number: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """So many sets drawn, and their targets."""
    chosen = rng.integers(len(inputs), size=(number, SUBGOALS))
    named = np.eye(CLASSES, dtype=inputs.dtype)[targets[chosen]]
    return inputs[chosen].reshape(number, -1), named.reshape(number, -1)


def accuracies(weights: Any, biases: Any, data: DataSet, silent: Any = None, test: bool = True) -> Any:
    """``[subgoal]``: share of digits that are named right, with hidden neurons ``silent[neuron]`` at 0."""
    values, first = data.test_inputs if test else data.inputs, 0
    for k, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        values = values @ weight + bias
        if k < len(weights) - 1:
            values = np.maximum(values, 0.0)
            if silent is not None:
                values = np.where(silent[first : first + bias.size], 0.0, values)
            first += bias.size
    wanted = data.test_targets if test else data.targets
    named, asked = (side.reshape(-1, SUBGOALS, CLASSES).argmax(axis=2) for side in (values, wanted))
    return (named == asked).mean(axis=0)


def read(path):
    """Rows of the table, numbers as numbers."""
    return read_numbers(path, COLUMNS, ())


def by_rate(rows):
    """Rows by rate, ascending; by seed."""
    groups = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["rate"], row["seed"])):
        groups[row["rate"]].append(row)
    return dict(groups)


def left_over(path, networks):
    """Rates and seeds that lack a row: the first network of every rate, then the second, …"""
    known = {(row["rate"], int(row["seed"])) for row in read(path)}
    return [
        (rate, seed) for seed in range(1, networks + 1) for rate in RATES if (rate, seed) not in known
    ]


def run(folder, networks=20, workers=1, **sizes):
    """Make the rows that are left; returns the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    left = left_over(folder / TABLE, networks)
    if left:
        want_torch()
    given = sizes.get("epochs", EPOCHS), sizes.get("draws", DRAWS)
    return complete(
        folder / TABLE, COLUMNS, row_of, [(rate, seed, *given) for rate, seed in left], workers,
        lambda row: f"dropout {row['rate']:g}, {row['seed']}: {row['accuracy']:.3f} right",
        made_by="scripts/causes/redundancy_trained.py", subgoals=SUBGOALS, n_train=N_TRAIN, n_test=N_TEST, hidden=HIDDEN,
        epochs=EPOCHS, modules=MODULES, rates=RATES, networks=networks, sizes=sizes, threads=1, versions=versions_with_torch(),
    )  # fmt: skip


def quick(jobs=None):
    """A small table: two networks a rate, hardly trained. Returns its path."""
    return run(Path(tempfile.mkdtemp(prefix="causes-redundancy-trained-quick-")), 2, jobs or 1, epochs=1, draws=2)  # fmt: skip


PANELS = {
    "accuracy": "digits named right",
    "specialisation": "specialisation of modules",
    "carriers": "modules that carry a subgoal",
    "redundancy": "redundancy of modules",
    "clusterability": "−z of n-cut beside shuffles",
    "sum_of_weights": "sum of |w|",
}


def draw_table(path):
    """A panel a measure: dots are networks, the line their medians with intervals, by rate."""
    groups = by_rate(read(path))
    if not groups:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    figure = Figure(figsize=(9.6, 5.4), layout="constrained")
    for axes, (column, label) in zip(figure.subplots(2, 3).ravel(), PANELS.items(), strict=True):
        middles = []
        for rate, group in groups.items():
            numbers = np.array([row[column] for row in group])
            numbers = numbers[~np.isnan(numbers)]
            axes.plot([rate] * numbers.size, numbers, "o", color=COLOURS[0], ms=2, alpha=0.35)
            if numbers.size:
                found = median_ci(numbers, np.random.default_rng(1))
                middles.append((rate, found.median, found.low, found.high))
        rates, middle, low, high = np.array(middles).reshape(-1, 4).T
        axes.fill_between(rates, low, high, color=COLOURS[5], alpha=0.3, lw=0)
        axes.plot(rates, middle, "-", color=COLOURS[5], lw=1.5)
        axes.set_title(label, fontsize=8)
    figure.supxlabel("rate of dropout", fontsize=8)
    number = max(map(len, groups.values()))
    figure.suptitle(f"four digits side by side; dots: networks, {number} a rate; line: medians with 95 % intervals", fontsize=8)  # fmt: skip
    return figure


def summary(rows):
    """One line a rate: means."""
    lines = [f"| rate | networks | {' | '.join(NUMBERS)} |", f"|---|---|{'---|' * len(NUMBERS)}"]
    for rate, group in by_rate(rows).items():
        means = [f"{np.nanmean([row[name] for row in group]):.3g}" for name in NUMBERS]
        lines.append(f"| {rate:g} | {len(group)} | {' | '.join(means)} |")
    return "\n".join(lines)


def main():
    """Run what is missing, or print the summary."""
    command(__doc__, 20, RESULTS, run, lambda folder: summary(read(folder / TABLE)))


if __name__ == "__main__":
    main()
