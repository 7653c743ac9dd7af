"""Networks trained on few pictures of clothes: the experiment of `trained.py` on other data, causes and wiring in blocks.

    python scripts/benefits/fashion.py [--networks 40] [--workers 1] [--out FOLDER]
    python scripts/benefits/fashion.py --summary

Of Fashion-MNIST 500 pictures to train on, all 10,000 of its test set to answer. Causes at the middle of the strengths tried on digits,
dropout also at 0.5; a term of the loss for and against clusters; wiring in blocks beside as much wiring at random. Networks of one seed
have the same pictures and birth, so they are pairs. The same command resumes. The files of Fashion-MNIST are found as by
`evomod train` (docs/gradient.md).
"""

import tempfile
import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod.errors import EvomodError
from evomod.gradient.config import TrainingConfig, resolved
from evomod.gradient.datasets import DataSet, load_dataset
from evomod.gradient.run import versions_with_torch
from evomod.gradient.training import fixed_arithmetic, want_torch
from evomod.plots.studies import plot_dots
from evomod.scripts.benefits import trained
from evomod.studies.experiments import by_way, column_of, command, complete, read_numbers, without_rows

TABLE = "fashion.csv"
FULL = "40 networks a way of training, about half an hour of one core"
COMMAND = "python scripts/benefits/fashion.py"
RESULTS = Path("results") / "benefits"

DATA, N_TRAIN, HIDDEN, EPOCHS = "fashion-mnist", 500, (64, 64), 100
DRAWS, NETWORKS = 20, 40
CAUSES = {way: trained.CAUSES[way] for way in ("control", "dropout-0.2", "dropout-0.5", "l1-1e-04", "l2-1e-03", "prune-0.5")}  # fmt: skip
TERM = {way: trained.HELD[way] for way in ("clusterability-up", "clusterability-down")}
WAYS = (*CAUSES, *TERM, "blocks", "random-wiring")
COLUMNS = trained.COLUMNS


@cache
def pictures() -> DataSet:
    """All of them."""
    return load_dataset(DATA)


def few_pictures(seed: int) -> DataSet:
    """`N_TRAIN` pictures to train on, drawn by the seed; the whole test set."""
    whole = pictures()
    some = np.random.default_rng([seed, N_TRAIN]).permutation(len(whole.inputs))[:N_TRAIN]
    return replace(whole, inputs=whole.inputs[some], targets=whole.targets[some])


def row_of(way: str, seed: int, epochs: int = EPOCHS, draws: int = DRAWS) -> dict[str, Any]:
    """Train one network and measure it; see `trained.row_of`."""
    moment, data = time.process_time(), few_pictures(seed)
    given = TrainingConfig(DATA, hidden=HIDDEN, epochs=epochs)
    config = resolved(replace(given, **(CAUSES | TERM).get(way, {})), data)
    with fixed_arithmetic(config.threads):
        learner = trained.trained(way, config, data, seed)
    found = trained.measured(learner, data, seed, draws)
    told = {name: round(value, 6) for name, value in found.items()}
    return {"way": way, "seed": seed} | told | {"draws": draws, "seconds": round(time.process_time() - moment, 2)}  # fmt: skip


def read(path):
    """Rows of the table, numbers as numbers."""
    return read_numbers(path, COLUMNS, ("way",))


def groups_of(rows):
    """Rows by way, in the order of `WAYS`; by seed."""
    return by_way(rows, WAYS)


def run(folder, networks=NETWORKS, workers=1, **sizes):
    """Make the rows that are left, the first network of every way first; returns the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    left = without_rows(read(folder / TABLE), WAYS, networks)
    if left:
        want_torch()
    given = (sizes.get("epochs", EPOCHS), sizes.get("draws", DRAWS))
    return complete(
        folder / TABLE, COLUMNS, row_of, [(*one, *given) for one in left], workers,
        lambda row: f"{row['way']} {row['seed']}: {row['test_accuracy']:.3f} right, z {row['z']:+.1f}",
        made_by="scripts/benefits/fashion.py", data=DATA, n_train=N_TRAIN, hidden=HIDDEN, epochs=EPOCHS, causes=CAUSES | TERM,
        blocks=trained.BLOCKS, networks=networks, sizes=sizes, threads=1, versions=versions_with_torch(),
    )  # fmt: skip


def quick(jobs=None):
    """A small table: two networks a way of training, hardly trained. Returns its path."""
    return run(Path(tempfile.mkdtemp(prefix="benefits-fashion-quick-")), 2, jobs or 1, epochs=1, draws=2)


SHOWN = {"clusterability": "−z of n-cut beside shuffles", "test_accuracy": "right, test set"}


def draw_table(path):
    """A dot a network, and what each way gains on the test set, the part through clusterability apart."""
    groups = groups_of(read(path))
    if not groups:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    figure = Figure(figsize=(9.6, 3.6), layout="constrained")
    cells = figure.subplots(1, 3)
    for k, (axes, (column, label)) in enumerate(zip(cells[:2], SHOWN.items(), strict=True)):
        plot_dots(axes, [column_of(groups, column, way) for way in groups], [*map(trained.named, groups)])  # fmt: skip
        axes.set_title(label, fontsize=8)
        axes.tick_params(labelleft=k == 0)
    trained.draw_gains(cells[2], groups, list(groups))
    cells[2].set_title("gain over the control, test set", fontsize=8)
    cells[2].set_ylim(cells[0].get_ylim())
    figure.suptitle(f"{N_TRAIN} pictures of Fashion-MNIST to train on, a dot a network", fontsize=8)
    return figure


def main():
    """Run what is missing, or print the summary."""
    command(__doc__, NETWORKS, RESULTS, run, lambda folder: trained.summary(read(folder / TABLE)))


if __name__ == "__main__":
    main()
