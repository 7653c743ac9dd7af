"""Functional modularity of trained networks by the strength of dropout, L1 and L2.

    python scripts/lange2022/strengths.py [--networks 5] [--workers 1] [--out FOLDER]
    python scripts/lange2022/strengths.py --summary

The authors' strengths and layers, on digits of 8 x 8 in place of MNIST. Hidden units are clustered by what they respond to
(upstream), by what responds to them (downstream), and by their activity, on digits not trained on. Networks of one seed have the
same birth. The same command resumes. PAPER.md says what is the paper's, and what is our choice.
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
from evomod.gradient.datasets import load_dataset
from evomod.gradient.run import versions_with_torch
from evomod.gradient.training import Learner, born, fixed_arithmetic, stream, want_torch
from evomod.measures import (
    SIMILARITIES,
    FunctionalModularity,
    agreement,
    functional_modularity,
    responses_of_layers,
)
from evomod.plots.runs import COLOURS
from evomod.studies.experiments import by_way, column_of, command, complete, read_numbers, without_rows

TABLE = "strengths.csv"
FULL = "5 networks a strength, about 8 minutes of one core"
COMMAND = "python scripts/lange2022/strengths.py"
RESULTS = Path("results") / "lange2022"

DATA, HIDDEN, EPOCHS, DRAWS = "digits", (64, 64), 60, 20
STRENGTHS: dict[str, tuple[float, ...]] = {
    "dropout": (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
    "l1": (1e-5, 3.162e-5, 1e-4, 3.162e-4, 1e-3, 3.162e-3, 1e-2),
    "l2": (1e-5, 3.162e-5, 1e-4, 3.162e-4, 1e-3, 3.162e-3, 1e-2, 3.162e-2, 1e-1),
}
WORDS = {"dropout": "dropout", "l1": "L1", "l2": "L2"}
NOTHING = "none:0"
WAYS = (NOTHING, *(f"{kind}:{value:g}" for kind, values in STRENGTHS.items() for value in values))
NUMBERS = (
    "train_accuracy", "test_accuracy", *(f"{part}_{name}" for name in SIMILARITIES for part in ("q", "excess", "clusters")), "agreement",
)  # fmt: skip
COLUMNS = ("way", "seed", *NUMBERS, "seconds")


def row_of(way: str, seed: int, epochs: int = EPOCHS) -> dict[str, Any]:
    """Train one network and measure it; numbers are means over the two hidden layers, NaN where one has none.

    ``q``: of the clusters; ``excess``: beyond the mean Q of permuted responses; ``agreement``: adjusted mutual information
    of the clusters by upstream and by downstream responses.
    """
    moment, data = time.process_time(), load_dataset(DATA)
    kind, _, strength = way.partition(":")
    given = {} if way == NOTHING else {kind: float(strength)}
    config = resolved(TrainingConfig(DATA, hidden=HIDDEN, epochs=epochs, **given), data)  # type: ignore[arg-type]
    with fixed_arithmetic(config.threads):
        learner = Learner(config, data.kind, *born(config, data, seed), seed)
        rng = stream(seed, "batches")
        for _ in range(epochs):
            learner.epoch(data, rng, 1)
    weights = [w.detach().numpy().copy() for w in learner.weights]
    biases = [b.detach().numpy().copy() for b in learner.biases]
    found = {
        "train_accuracy": right(weights, biases, data.inputs, data.targets),
        "test_accuracy": right(weights, biases, data.test_inputs, data.test_targets),
    }
    responses = responses_of_layers(weights, biases, data.test_inputs)
    rng, by_name = stream(seed, "functional"), defaultdict(list)
    for each in functional_modularity(responses, draws=DRAWS, rng=rng):
        by_name[each.similarity].append(each)
    for name, layers in by_name.items():
        found[f"q_{name}"] = float(np.mean([each.q for each in layers]))
        found[f"excess_{name}"] = float(np.mean([each.q - each.q_rand for each in layers]))
        found[f"clusters_{name}"] = float(np.mean([each.n_modules for each in layers]))
    found["agreement"] = float(np.mean([*map(agreeing, by_name["upstream"], by_name["downstream"])]))
    told = {name: round(found[name], 6) for name in NUMBERS}
    return {"way": way, "seed": seed} | told | {"seconds": round(time.process_time() - moment, 2)}


def agreeing(one: FunctionalModularity, other: FunctionalModularity) -> float:
    """Adjusted mutual information of the clusters of a layer by two similarities."""
    if not np.array_equal(one.units, other.units):
        return float("nan")
    return agreement(one.modules, other.modules, draws=1).ami


def right(weights: Any, biases: Any, inputs: Any, targets: Any) -> float:
    """Share of digits that are named right."""
    values = inputs
    for k, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        values = values @ weight + bias
        values = np.maximum(values, 0.0) if k < len(weights) - 1 else values
    return float((values.argmax(axis=1) == targets).mean())


def read(path):
    """Rows of the table, numbers as numbers."""
    return read_numbers(path, COLUMNS, ("way",))


def groups_of(rows):
    """Rows by way, in the order of `WAYS`; by seed."""
    return by_way(rows, WAYS)


def run(folder, networks=5, workers=1, **sizes):
    """Make the rows that are left; returns the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    left = without_rows(read(folder / TABLE), WAYS, networks)
    if left:
        want_torch()
    return complete(
        folder / TABLE, COLUMNS, row_of, [(*one, sizes.get("epochs", EPOCHS)) for one in left], workers,
        lambda row: f"{row['way']}, {row['seed']}: {row['test_accuracy']:.3f} right, upstream Q {row['q_upstream']:.2f}",
        made_by="scripts/lange2022/strengths.py", data=DATA, hidden=HIDDEN, epochs=EPOCHS, draws=DRAWS, strengths=STRENGTHS,
        networks=networks, sizes=sizes, threads=1, versions=versions_with_torch(),
    )  # fmt: skip


def quick(jobs=None):
    """A small table: two networks a strength, hardly trained. Returns its path."""
    return run(Path(tempfile.mkdtemp(prefix="lange2022-strengths-quick-")), 2, jobs or 1, epochs=1)


def draw_table(path):
    """A row a similarity and one for accuracy, a column a cause: dots are networks, the line their medians, by strength."""
    groups = groups_of(read(path))
    if not groups:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    rows = {f"q_{name}": f"Q, {name}" for name in SIMILARITIES}
    rows |= {
        "excess_upstream": "Q beyond permuted\nresponses, upstream",
        "test_accuracy": "right, new digits",
    }
    figure = Figure(figsize=(9.0, 10.0), layout="constrained")
    cells = figure.subplots(len(rows), len(STRENGTHS), sharey="row")
    for axes_of_row, (column, label) in zip(cells, rows.items(), strict=True):
        for axes, kind in zip(axes_of_row, STRENGTHS, strict=True):
            ways = [NOTHING, *(way for way in WAYS if way.startswith(f"{kind}:"))]
            middles = []
            for place, way in enumerate(ways):
                numbers = column_of(groups, column, way)
                axes.plot([place] * numbers.size, numbers, "o", color=COLOURS[0], ms=3, alpha=0.5)
                middles.append(np.nanmedian(numbers) if np.isfinite(numbers).any() else np.nan)
            axes.plot(range(len(ways)), middles, "-", color=COLOURS[5], lw=1.2)
            if column == "test_accuracy":
                marks = [
                    "0",
                    *(
                        f"{value:.0e}" if kind != "dropout" else f"{value:g}"
                        for value in STRENGTHS[kind]
                    ),
                ]
                axes.set_xticks(range(len(ways)), marks, rotation=60, fontsize=7)
                axes.set_xlabel("rate" if kind == "dropout" else "weight in the loss", fontsize=8)
            else:
                axes.tick_params(labelbottom=False)
        axes_of_row[0].set_ylabel(label, fontsize=8)
    for axes, kind in zip(cells[0], STRENGTHS, strict=True):
        axes.set_title(WORDS[kind], fontsize=9)
    number = max(map(len, groups.values()))
    figure.suptitle(f"digits, two hidden layers of 64; dots: networks, {number} a strength; line: medians", fontsize=8)  # fmt: skip
    return figure


def summary(rows):
    """One line a strength: medians."""
    lines = [f"| way | networks | {' | '.join(NUMBERS)} |", f"|---|---|{'---|' * len(NUMBERS)}"]
    for way, group in groups_of(rows).items():
        columns = [np.array([row[name] for row in group]) for name in NUMBERS]
        medians = [f"{np.nanmedian(c):.3g}" if np.isfinite(c).any() else "none" for c in columns]
        lines.append(f"| {way} | {len(group)} | {' | '.join(medians)} |")
    return "\n".join(lines)


def main():
    """Run what is missing, or print the summary."""
    command(__doc__, 5, RESULTS, run, lambda folder: summary(read(folder / TABLE)))


if __name__ == "__main__":
    main()
