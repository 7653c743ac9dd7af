"""n-cut beside that of shuffled weights, for every way of training, before and after pruning.

    python scripts/filan2021/table.py [--data fashion-mnist] [--networks 5] [--workers 1] [--nice] [--out FOLDER]
    python scripts/filan2021/table.py --summary

Trains 5 networks a way of training, seeds 1 to 5, and writes two rows of table.csv for each: after 20 epochs,
and after 20 more in which weights are pruned. They are written when the network is done and not made again:
the same command goes on where it was stopped. Untrained networks have one row, and so have those of polynomials, of which the
paper prunes none. Where rows come from is in a file for every data set, such as polynomials.manifest.json.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod.errors import EvomodError
from evomod.files.provenance import now
from evomod.files.tables import add_rows, read_rows
from evomod.gradient.config import TrainingConfig, resolved
from evomod.gradient.datasets import load_dataset
from evomod.gradient.run import DRAWS, measured_n_cut, versions_with_torch
from evomod.gradient.training import fixed_arithmetic, train, want_torch
from evomod.plots.runs import COLOURS
from evomod.studies.experiments import write_manifest

TABLE = "table.csv"
FULL = "5 networks a way of training, about 4 hours of one core"
COMMAND = "python scripts/filan2021/table.py"
RESULTS = Path("results") / "filan2021"
SHARE = 0.9
WAYS: dict[str, dict[str, Any]] = {
    "untrained": {"epochs": 0, "prune": 0.0},
    "control": {},
    "dropout": {"dropout": 0.5},
    "l1": {"l1": 5e-5},
    "l2": {"l2": 5e-5},
    "clusterable-init": {"clusterable_init": True},
    "l2-authors-code": {"l2": 5e-5, "l1_first": 5e-5},
    "clusterable-untrained": {"epochs": 0, "prune": 0.0, "clusterable_init": True},
    "dropout-l1": {"dropout": 0.5, "l1": 5e-5},
    "dropout-l2": {"dropout": 0.5, "l2": 5e-5},
}
"""l2-authors-code: the first layer has L1 in the place of L2. The last two are our choice: no paper has them."""
NAMES = {
    "untrained": "untrained",
    "control": "control",
    "dropout": "dropout",
    "l1": "L1",
    "l2": "L2",
    "clusterable-init": "clusterable birth",
    "l2-authors-code": "L2, L1 in the first layer",
    "clusterable-untrained": "clusterable birth, untrained",
    "dropout-l1": "dropout, L1",
    "dropout-l2": "dropout, L2",
}
"""As figures have them."""
NOT_PRUNED = {"polynomials": ("untrained", "control", "l1", "l2-authors-code")}
"""Data of which no network is pruned, and their ways of training: those of the paper, and its birth."""
COLUMNS = (
    "data",
    "way",
    "is_pruned",
    "seed",
    "epochs",
    "test_accuracy",
    "sparsity",
    "n_cut",
    "null_mean",
    "null_sd",
    "z",
    "percentile",
    "p",
    "draws",
    "seconds",
)


def rows_of(name, way, seed, epochs=None, hidden=None, draws=DRAWS):
    """Train one network; yield a row before pruning and one after."""
    data = load_dataset(name)
    config = TrainingConfig(
        name, hidden=hidden, epochs=epochs, prune=0.0 if name in NOT_PRUNED else SHARE
    )
    config = resolved(replace(config, **WAYS[way]), data)
    moment = time.monotonic()
    with fixed_arithmetic(config.threads):
        for epoch in train(config, data, seed):
            if epoch.number not in (config.epochs, config.all_epochs):
                continue
            cut = measured_n_cut(config, epoch.weights, seed, draws)
            seconds, moment = time.monotonic() - moment, time.monotonic()
            yield {
                "data": name,
                "way": way,
                "is_pruned": int(epoch.phase == "pruning"),
                "seed": seed,
                "epochs": epoch.number,
                "test_accuracy": epoch.test_accuracy,
                "sparsity": epoch.sparsity,
                "n_cut": cut.n_cut,
                "null_mean": cut.null_mean,
                "null_sd": cut.null_sd,
                "z": cut.z,
                "percentile": cut.percentile,
                "p": cut.p,
                "draws": cut.draws,
                "seconds": round(seconds, 1),
            }


def read(path):
    """Rows of the table, numbers as numbers."""
    texts, rows = ("data", "way"), read_rows(path, COLUMNS)
    return [{k: v if k in texts else float(v) for k, v in row.items()} for row in rows]


def key(row):
    """What a row is about."""
    return row["data"], row["way"], int(row["is_pruned"]), int(row["seed"])


def left_over(path, name, networks):
    """Ways and seeds that lack a row: the first network of every way, then the second, …"""
    known = {key(row) for row in read(path)}
    wanted = [(way, seed) for seed in range(1, networks + 1) for way in NOT_PRUNED.get(name, WAYS)]
    return [
        (way, seed)
        for way, seed in wanted
        if any((name, way, is_pruned, seed) not in known for is_pruned in moments(name, way))
    ]


def moments(name, way):
    """Of which rows are made: before pruning (0) and after it (1)."""
    return (0,) if name in NOT_PRUNED or WAYS[way].get("epochs") == 0 else (0, 1)


def made_apart(name, way, seed, nice, sizes):
    """The rows of one network, made by a process of its own."""
    given = json.dumps([name, way, seed, nice, sizes])
    done = subprocess.run([sys.executable, __file__, "--one", given], capture_output=True, text=True)
    if done.returncode != 0:
        raise EvomodError(f"{way}, seed {seed}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout)


def make_one(given):
    """What `made_apart` runs."""
    name, way, seed, nice, sizes = json.loads(given)
    if sizes.get("hidden"):
        sizes["hidden"] = tuple(sizes["hidden"])  # JSON has lists alone
    if nice:
        os.nice(19)
    print(json.dumps(list(rows_of(name, way, seed, **sizes))))


def run(folder, name="fashion-mnist", networks=5, workers=1, nice=False, **sizes):
    """Make the rows that are left; returns the table's path."""
    path = folder / TABLE
    folder.mkdir(parents=True, exist_ok=True)
    left = left_over(path, name, networks)
    known = {key(row) for row in read(path)}
    if left:
        want_torch()
        write_manifest(folder / f"{name}.manifest.json", **about(name, networks, sizes))
    with ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(made_apart, name, way, seed, nice, sizes) for way, seed in left]
        try:
            for done in as_completed(jobs):
                fresh = [row for row in done.result() if key(row) not in known]
                add_rows(path, COLUMNS, fresh)
                for row in fresh:
                    told = f"{row['way']} {row['is_pruned']} {row['seed']}: {row['n_cut']:.3f}"
                    print(told, flush=True)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # after a failure no further one begins
    return path


def about(name, networks, sizes):
    """Where the latest rows come from."""
    return {
        "table": TABLE,
        "made_by": "scripts/filan2021/table.py",
        "data": name,
        "ways": {way: WAYS[way] for way in NOT_PRUNED.get(name, WAYS)},
        "networks": networks,
        "sizes": sizes,
        "threads": 1,
        "versions": versions_with_torch(),
        "start": now(),
    }


def quick(jobs=None):
    """A small table: two narrow networks a way of training, on digits. Returns its path."""
    folder = Path(tempfile.mkdtemp(prefix="filan2021-quick-"))
    return run(folder, "digits", 2, jobs or 1, epochs=20, hidden=(64, 64, 64), draws=20)


def groups_of(rows):
    """Rows by data, pruning and way, in the order of `WAYS`."""
    groups = defaultdict(list)
    for row in rows:
        groups[row["data"], int(row["is_pruned"]), row["way"]].append(row)
    return dict(sorted(groups.items(), key=lambda pair: (*pair[0][:2], list(WAYS).index(pair[0][2]))))


def summary(rows):
    """One line per group: means over networks, as in the paper's tables."""
    lines = [
        "| data | way | pruned | networks | n-cut | null mean | mean z | p < 0.05 | test accuracy |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (name, is_pruned, way), group in groups_of(rows).items():
        mean = {
            c: np.mean([row[c] for row in group]) for c in ("n_cut", "null_mean", "z", "test_accuracy")
        }
        clear = sum(row["p"] < 0.05 for row in group)
        accuracy = "–" if np.isnan(mean["test_accuracy"]) else f"{mean['test_accuracy']:.3f}"
        lines.append(
            f"| {name} | {way} | {'yes' if is_pruned else 'no'} | {len(group)} | {mean['n_cut']:.3f} | "
            f"{mean['null_mean']:.3f} | {mean['z']:+.1f} | {clear}/{len(group)} | {accuracy} |"
        )
    return "\n".join(lines)


def draw_table(path):
    """n-cut of every network (dots) and of its shuffles (mean and two standard deviations, grey)."""
    rows = read(path)
    if not rows:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    groups = groups_of(rows)
    panels = sorted({(name, is_pruned) for name, is_pruned, _ in groups})
    figure = Figure(figsize=(3.6 * len(panels), 3.6), layout="constrained")
    cells = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, panel in zip(cells, panels, strict=True):
        ways = [way for *place, way in groups if tuple(place) == panel]
        for x, way in enumerate(ways):
            draw_way(axes, x, groups[*panel, way])
        axes.set_xticks(range(len(ways)), [NAMES[way] for way in ways], rotation=40, ha="right")
        axes.set_title(f"{panel[0]}, {'pruned' if panel[1] else 'not pruned'}", fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
    cells[0].set_ylabel("n-cut (lower: easier to part)")
    cells[0].plot([], [], "o", color=COLOURS[0], ms=4, label="networks")
    cells[0].plot([], [], color="0.6", lw=3, label="their weights shuffled, ± 2 sd")
    figure.legend(*cells[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, fontsize=7)
    return figure


def draw_way(axes, x, group):
    """The networks of one way of training, side by side."""
    places = x + np.linspace(-0.25, 0.25, len(group)) if len(group) > 1 else [x]
    for place, row in zip(places, group, strict=True):
        spread = 2 * row["null_sd"]
        axes.plot([place] * 2, [row["null_mean"] - spread, row["null_mean"] + spread], color="0.6", lw=3)
        axes.plot(place, row["n_cut"], "o", color=COLOURS[0], ms=4)


def main():
    """Run what is missing, or print the summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="fashion-mnist")
    parser.add_argument("--networks", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1, help="processes, one core each")
    parser.add_argument("--nice", action="store_true", help="let everything else go first")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--summary", action="store_true", help="print the table's means and stop")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        make_one(given.one)
        return
    if not given.summary:
        run(given.out, given.data, given.networks, given.workers, given.nice)
    print(summary(read(given.out / TABLE)))


if __name__ == "__main__":
    main()
