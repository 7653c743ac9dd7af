"""Networks trained on few digits: whether dropout, L1, L2 and pruning generalise, and whether because of modularity.

    python scripts/benefits/trained.py [--networks 100] [--workers 1] [--out FOLDER]
    python scripts/benefits/trained.py --summary

Three experiments in one table, a network a row. *Causes*: 300 digits to train on, two hidden layers of 64, causes at several
strengths, and interventions on modularity alone: a birth that is clusterable, wiring in blocks beside as much wiring at
random, and a term of the loss for or against clusters, alone and against those that dropout makes. *Pruning* to a tenth of the weights: during training, at its end with and without training on, and at birth.
*Widths* from 32 to 1,024, all digits, nothing else. Networks of one seed have the same digits, and of one width the same
birth, so they are pairs. The same command resumes.
"""

import tempfile
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod import effects
from evomod.errors import EvomodError
from evomod.gradient.config import TrainingConfig, layers_of, resolved
from evomod.gradient.datasets import DataSet, load_dataset
from evomod.gradient.run import measured_n_cut, versions_with_torch
from evomod.gradient.training import (
    Learner,
    born,
    fixed_arithmetic,
    mask_of,
    share_right,
    sparsity_of,
    want_torch,
)
from evomod.plots.runs import COLOURS
from evomod.plots.studies import plot_dots
from evomod.studies.experiments import by_way, column_of, command, complete, read_numbers, without_rows

TABLE = "trained.csv"
FULL = "100 networks a way of training, about an hour of one core"
COMMAND = "python scripts/benefits/trained.py"
RESULTS = Path("results") / "benefits"

DATA = "digits"
N_TRAIN, HIDDEN, EPOCHS = 300, (64, 64), 200
"""Few digits, so that there is something to gain: of 1,437 all ways of training get 95 % of new ones right."""
WIDE_EPOCHS = 40
DRAWS = 50
BLOCKS = 5
"""Of a network wired in blocks: a fifth of the weights behind the first layer, two digits a block."""
SHARE = 0.9
"""Of the weights of every layer that pruning takes away, as Filan et al. 2021."""
CAUSES: dict[str, dict[str, Any]] = {
    "control": {},
    **{f"dropout-{rate}": {"dropout": rate} for rate in (0.1, 0.2, 0.35, 0.5)},
    **{f"l1-{rate:.0e}": {"l1": rate} for rate in (1e-5, 1e-4, 1e-3)},
    **{f"l2-{rate:.0e}": {"l2": rate} for rate in (1e-4, 1e-3, 1e-2)},
    **{f"prune-{share}": {"prune": share} for share in (0.5, 0.9)},
    "clusterable-birth": {"clusterable_init": True},
    "blocks": {},
    "random-wiring": {},
}
TERM = 0.1
"""Of the clusterability term, as Filan et al. 2021; with the other sign where clusterability is held down."""
HELD: dict[str, dict[str, Any]] = {
    "clusterability-up": {"clusterability": TERM},
    "clusterability-down": {"clusterability": -TERM},
    **{
        f"{way}-held-down": {**CAUSES[way], "clusterability": -TERM}
        for way in ("dropout-0.2", "dropout-0.5")
    },
}
"""Interventions on modularity while it trains, alone and together with the cause that makes these networks more clusterable."""
PRUNING = ("pruned-after", "pruned-after-trained-on", "pruned-at-birth")
"""Beside "prune-0.9", which is pruned while it trains, from half of the weights on."""
WIDTHS = (32, 64, 128, 256, 512, 1024)
WAYS = (
    *CAUSES,
    *HELD,
    *PRUNING,
    *(f"{kind}-{width}" for width in WIDTHS for kind in ("untrained", "width")),
)
FEWER, FEWER_DRAWS = 10, 20
"""Networks of a width, and their shuffles: an n-cut of 2,122 nodes takes seconds."""
NUMBERS = (
    "train_accuracy", "test_accuracy", "gap", "sparsity", "sum_of_weights", "n_cut", "null_mean", "z", "clusterability",
    "excess",
)  # fmt: skip
COLUMNS = ("way", "seed", *NUMBERS, "draws", "seconds")


def row_of(way: str, seed: int, epochs: int | None = None, draws: int | None = None) -> dict[str, Any]:
    """Train one network and measure it.

    ``clusterability`` is z of the n-cut with its sign turned, ``excess`` by what share the n-cut is below the mean of its
    shuffles: both are larger for a more modular network.
    """
    moment, is_wide = time.process_time(), way.rpartition("-")[0] in ("width", "untrained")
    number = draws or (FEWER_DRAWS if is_wide else DRAWS)
    data = load_dataset(DATA) if is_wide else few_digits(seed)
    hidden = (int(way.rpartition("-")[2]),) * 2 if is_wide else HIDDEN
    given = TrainingConfig(DATA, hidden=hidden, epochs=epochs or (WIDE_EPOCHS if is_wide else EPOCHS))
    config = resolved(replace(given, **(CAUSES | HELD).get(way, {})), data)
    with fixed_arithmetic(config.threads):
        learner = trained(way, config, data, seed)
    found = measured(learner, data, seed, number)
    told = {name: round(value, 6) for name, value in found.items()}
    return {"way": way, "seed": seed} | told | {"draws": number, "seconds": round(time.process_time() - moment, 2)}  # fmt: skip


def measured(learner: Learner, data: DataSet, seed: int, draws: int) -> dict[str, float]:
    """`NUMBERS` of a network at its end."""
    parts = ((data.inputs, data.targets), (data.test_inputs, data.test_targets))
    with fixed_arithmetic(learner.config.threads):
        train_accuracy, test_accuracy = (right(learner, *part) for part in parts)
    weights = [w.detach().numpy().copy() for w in learner.weights]
    cut = measured_n_cut(learner.config, weights, seed, draws)
    return {
        "train_accuracy": train_accuracy,
        "test_accuracy": test_accuracy,
        "gap": train_accuracy - test_accuracy,
        "sparsity": sparsity_of(weights),
        "sum_of_weights": float(sum(np.abs(w).sum() for w in weights)),
        "n_cut": cut.n_cut,
        "null_mean": cut.null_mean,
        "z": cut.z,
        "clusterability": -cut.z,
        "excess": 1.0 - cut.n_cut / cut.null_mean,
    }


def few_digits(seed: int) -> DataSet:
    """`N_TRAIN` digits to train on, drawn by the seed; all others to test on."""
    whole = load_dataset(DATA)
    inputs = np.concatenate((whole.inputs, whole.test_inputs))
    targets = np.concatenate((whole.targets, whole.test_targets))
    order = np.random.default_rng([seed, N_TRAIN]).permutation(len(inputs))
    some, rest = order[:N_TRAIN], order[N_TRAIN:]
    return replace(
        whole,
        inputs=inputs[some],
        targets=targets[some],
        test_inputs=inputs[rest],
        test_targets=targets[rest],
    )


def trained(way: str, config: TrainingConfig, data: DataSet, seed: int) -> Learner:
    """The network at its end. All ways take as many steps; "pruned-after-trained-on" half of them after it was pruned."""
    epochs = 0 if way.startswith("untrained") else config.epochs or 0
    learner = Learner(config, data.kind, *born(config, data, seed), seed)
    rng = np.random.default_rng([seed, 1])
    if way in ("blocks", "random-wiring"):
        wire(learner, wiring(way, layers_of(config, data), seed))
    if way == "pruned-at-birth":
        wire(learner, random_masks(layers_of(config, data), 1.0 - SHARE, 0, seed))
    if config.prune:
        learner.begin("pruning")
    first = epochs // 2 if way == "pruned-after-trained-on" else epochs
    steps = epochs * -(-len(data.inputs) // (config.batch or 1))
    for _ in range(first):
        learner.epoch(data, rng, steps)
    if way.startswith("pruned-after"):
        wire(learner, [mask_of(weight.detach(), SHARE).numpy() for weight in learner.weights])
        for _ in range(epochs - first):
            learner.epoch(data, rng, steps)
    return learner


def wire(learner: Learner, masks: list[Any]) -> None:
    """Only connections where a mask is 1, from now on."""
    import torch

    learner.masks = [torch.tensor(mask, dtype=w.dtype) for mask, w in zip(masks, learner.weights, strict=True)]  # fmt: skip
    with torch.no_grad():
        for weight, mask in zip(learner.weights, learner.masks, strict=True):
            weight.mul_(mask)


def wiring(way: str, layers: tuple[int, ...], seed: int) -> list[Any]:
    """Masks ``[source, target]``: all of the first layer; behind it in `BLOCKS` blocks, or as many at random, each target having
    as many sources in both."""
    if way == "random-wiring":
        return random_masks(layers, 1.0 / BLOCKS, 1, seed)
    members = [np.arange(n) * BLOCKS // n for n in layers]
    masks = [(a[:, None] == b).astype(np.float32) for a, b in pairwise(members)]
    return [np.ones_like(masks[0]), *masks[1:]]


def random_masks(layers: tuple[int, ...], share: float, first: int, seed: int) -> list[Any]:
    """Masks ``[source, target]``, from layer ``first`` on: every target has so large a share of its sources, drawn."""
    rng, masks = np.random.default_rng([seed, 2]), []
    for k, (n, m) in enumerate(pairwise(layers)):
        order = rng.permuted(np.tile(np.arange(n)[:, None], (1, m)), axis=0)
        masks.append((order < (round(share * n) if k >= first else n)).astype(np.float32))
    return masks


def right(learner: Learner, inputs: Any, targets: Any) -> float:
    """Share of right answers."""
    import torch

    with torch.no_grad():
        return share_right(learner.kind, learner.outputs(torch.from_numpy(inputs)), torch.from_numpy(targets))  # fmt: skip


def read(path):
    """Rows of the table, numbers as numbers."""
    return read_numbers(path, COLUMNS, ("way",))


def groups_of(rows):
    """Rows by way, in the order of `WAYS`; by seed."""
    return by_way(rows, WAYS)


def declared(way, networks=100):
    """Networks of a way of training."""
    return min(networks, FEWER) if way.rpartition("-")[0] in ("width", "untrained") else networks


def left_over(path, networks):
    """Ways and seeds that lack a row: the first network of every way, then the second, …"""
    left = without_rows(read(path), WAYS, networks)
    return [(way, seed) for way, seed in left if seed <= declared(way, networks)]


def run(folder, networks=100, workers=1, **sizes):
    """Make the rows that are left; returns the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    left = left_over(folder / TABLE, networks)
    if left:
        want_torch()
    return complete(
        folder / TABLE, COLUMNS, row_of, [(way, seed, sizes.get("epochs"), sizes.get("draws")) for way, seed in left], workers,
        lambda row: f"{row['way']} {row['seed']}: {row['test_accuracy']:.3f} right, z {row['z']:+.1f}",
        made_by="scripts/benefits/trained.py", data=DATA, n_train=N_TRAIN, hidden=HIDDEN, epochs=EPOCHS, wide_epochs=WIDE_EPOCHS,
        causes=CAUSES | HELD, pruned=SHARE, blocks=BLOCKS, networks=networks, sizes=sizes, threads=1,
        versions=versions_with_torch(),
    )  # fmt: skip


def quick(jobs=None):
    """A small table: two networks a way of training, hardly trained. Returns its path."""
    return run(Path(tempfile.mkdtemp(prefix="benefits-trained-quick-")), 2, jobs or 1, epochs=2, draws=2)


SHOWN = {
    "clusterability": "−z of n-cut beside shuffles",
    "test_accuracy": "right, digits not trained on",
}


def draw_table(path):
    """Above causes, a dot a network, and what each gains on new digits, the part through clusterability apart. Below networks
    of the control, prunings, and the excess of n-cut by width."""
    groups = groups_of(read(path))
    if not groups:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    figure = Figure(figsize=(9.6, 7.8), layout="constrained")
    cells = figure.subplots(2, 3, height_ratios=(1.7, 1.0))
    names = [name for name in (*CAUSES, *HELD) if name in groups]
    for k, (axes, (column, label)) in enumerate(zip(cells[0, :2], SHOWN.items(), strict=True)):
        plot_dots(axes, [column_of(groups, column, name) for name in names], [*map(named, names)])
        axes.set_title(label, fontsize=8)
        axes.tick_params(labelleft=k == 0)
    draw_gains(cells[0, 2], groups, names)
    cells[0, 2].set_ylim(cells[0, 0].get_ylim())
    draw_spread(cells[1, 0], groups)
    draw_prunings(cells[1, 1], groups)
    draw_widths(cells[1, 2], groups)
    figure.suptitle(
        f"{N_TRAIN} digits to train on, {len(groups.get('control', []))} networks a way of training; below right all digits, "
        f"{FEWER} networks a width", fontsize=8,
    )  # fmt: skip
    return figure


def named(way):
    """A way of training in words."""
    if way.startswith("clusterability-"):
        return {"up": "term for clusters", "down": "term against clusters"}[way.rpartition("-")[2]]
    if way.endswith("-held-down"):
        return f"{named(way.removesuffix('-held-down'))} and term against"
    for short, word in (("l1-", "L1 "), ("l2-", "L2 "), ("prune-", "pruned "), ("dropout-", "dropout ")):
        if way.startswith(short):
            return f"{word}{float(way.removeprefix(short)):g}"
    return way.replace("-", " ")


def draw_gains(axes, groups, names):
    """Means with 95 % intervals of what a way gains over the control, and the part of it through clusterability."""
    through, gained = SHOWN
    control = column_of(groups, through, "control"), column_of(groups, gained, "control")
    for k, name in enumerate(names):
        side = column_of(groups, through, name), column_of(groups, gained, name)
        if name == "control" or min(side[0].size, control[0].size) < 3:
            continue
        paths = effects.mediation(side, control)
        for effect, shift, mark, colour in (
            (paths.indirect, -0.15, "o", COLOURS[0]),
            (paths.direct, 0.15, "s", COLOURS[5]),
        ):
            if effect.is_known:
                axes.plot([effect.low, effect.high], [k + shift] * 2, color=colour, lw=1.5)
                axes.plot(effect.value, k + shift, mark, color=colour, ms=4)
    axes.axvline(0.0, color="0.6", lw=0.8, zorder=0)
    axes.plot([], [], "o-", color=COLOURS[0], ms=4, label="through clusterability")
    axes.plot([], [], "s-", color=COLOURS[5], ms=4, label="otherwise")
    axes.tick_params(labelleft=False)
    axes.set_xlim(right=2.4 * axes.get_xlim()[1])  # room for the legend
    axes.legend(loc="upper right", fontsize=5.5, handlelength=1.0, borderpad=0.3)
    axes.set_title("gain over the control on new digits", fontsize=8)


def draw_spread(axes, groups):
    """Within the control: does the more clusterable network get more new digits right?"""
    x, y = (column_of(groups, column, "control") for column in SHOWN)
    axes.plot(x, y, "o", color=COLOURS[0], ms=3)
    axes.set_title("networks of the control", fontsize=8)
    label_spread(axes)


def draw_prunings(axes, groups):
    """The two measures of networks that keep a tenth of the weights, by when the others were taken away."""
    for k, (way, mark) in enumerate(zip(("prune-0.9", *PRUNING), "os^D", strict=True)):
        label = "pruned while training" if way == "prune-0.9" else named(way)
        axes.plot(
            *(column_of(groups, column, way) for column in SHOWN),
            mark,
            color=COLOURS[k],
            ms=3,
            label=label,
        )
    axes.set_title("a tenth of the weights", fontsize=8)
    low, high = axes.get_ylim()
    axes.set_ylim(top=high + 0.45 * (high - low))  # room for the legend
    axes.legend(loc="upper left", fontsize=5.5, handlelength=1.0, borderpad=0.3)
    label_spread(axes)


def label_spread(axes):
    """The two measures against each other."""
    for set_label, label in zip((axes.set_xlabel, axes.set_ylabel), SHOWN.values(), strict=True):
        set_label(label, fontsize=8)


def draw_widths(axes, groups):
    """Excess of n-cut, trained and not, by width."""
    for kind, mark, colour, label in (
        ("width", "o", COLOURS[0], "trained"),
        ("untrained", "s", COLOURS[5], "untrained"),
    ):
        known = [w for w in WIDTHS if f"{kind}-{w}" in groups]
        values = [100.0 * column_of(groups, "excess", f"{kind}-{w}") for w in known]
        for width, numbers in zip(known, values, strict=True):
            axes.plot([width] * numbers.size, numbers, mark, color=colour, ms=3, alpha=0.5)
        axes.plot(known, [np.median(v) for v in values], "-", color=colour, lw=1.0, label=label)
    axes.set_xscale("log", base=2)
    axes.set_xticks(WIDTHS, [str(w) for w in WIDTHS])
    axes.axhline(0.0, color="0.6", lw=0.8, zorder=0)
    axes.set_xlabel("neurons of a hidden layer", fontsize=8)
    axes.set_ylabel("n-cut below its shuffles, %", fontsize=8)
    axes.legend(fontsize=7)


def summary(rows):
    """One line a way of training: means."""
    lines = ["| way | networks | trained right | new right | n-cut | its shuffles | z |", "|---|---|---|---|---|---|---|"]  # fmt: skip
    for way, group in groups_of(rows).items():
        mean = {name: np.mean([row[name] for row in group]) for name in NUMBERS}
        lines.append(
            f"| {way} | {len(group)} | {mean['train_accuracy']:.3f} | {mean['test_accuracy']:.3f} | {mean['n_cut']:.3f} | "
            f"{mean['null_mean']:.3f} | {mean['z']:+.1f} |"
        )
    return "\n".join(lines)


def main():
    """Run what is missing, or print the summary."""
    command(__doc__, 100, RESULTS, run, lambda folder: summary(read(folder / TABLE)))


if __name__ == "__main__":
    main()
