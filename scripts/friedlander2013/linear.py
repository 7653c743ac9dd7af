"""Linear networks under the sum rule and the product rule: how sparse and how modular they become.

    python scripts/friedlander2013/linear.py [--runs 30] [--out FOLDER]

A network is two matrices, B from inputs to hidden nodes and A from there to outputs; it is worth -||A B - G||, G being the goal. By
every rule of mutation and every goal a row a run of linear.csv; a row is not made again: the same command goes on where it
was stopped. What the paper says of the model, and what is our choice, stands in PAPER.md.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evomod.errors import EvomodError
from evomod.files.provenance import now
from evomod.files.tables import add_rows, read_rows
from evomod.measures import graph_of_layers, modularity, null_distribution
from evomod.plots.studies import plot_dots, signs_of_dots
from evomod.studies.experiments import write_manifest

TABLE = "linear.csv"
FULL = "120 runs of 20,000 generations, about 3 minutes of one core"
COMMAND = "python scripts/friedlander2013/linear.py"
RESULTS = Path("results") / "friedlander2013"

SIZE, POPULATION, GENERATIONS, TOURNAMENT = 4, 100, 20_000, 4
SD, RATE = 0.1, 0.5 / SIZE**2
"""Of the normal number; and the chance of every element to change, so that one in a network does on average."""
SMALL = 0.05
"""An element is small below this share of the largest of its matrix."""
DRAWS = 200
"""Shuffles of elements within layers beside Q."""
RULES = ("sum", "product")
GOALS = {
    "modular": [[1.0, 0.5, 0.0, 0.0], [0.3, 1.2, 0.0, 0.0], [0.0, 0.0, 0.8, 0.4], [0.0, 0.0, 0.6, 1.1]],
    "full": [[1.0, 0.5, 0.7, 0.3], [0.3, 1.2, 0.4, 0.8], [0.9, 0.2, 0.8, 0.4], [0.5, 0.7, 0.6, 1.1]],
}
"""Two blocks, and no zeros; both of full rank."""
COLUMNS = ("rule", "goal", "seed", "generations", "error", "sparseness", "q", "q_null", "q_z", "between")


def worth(population, goal):
    """``[network]``: minus the Frobenius norm of A B - G, of ``population[network, (A, B), row, column]``."""
    return -np.sqrt(((population[:, 0] @ population[:, 1] - goal) ** 2).sum(axis=(1, 2)))


def next_generation(population, fitness, rule, rng):
    """Mutated copies of the winners of tournaments, the first drawn of equals."""
    n = len(population)
    drawn = np.floor(rng.random((n, TOURNAMENT)) * n).astype(np.int64)
    winners = drawn[np.arange(n), fitness[drawn].argmax(axis=1)]
    children = population[winners]
    hit = rng.random(children.shape) < RATE
    numbers = SD * rng.standard_normal(np.count_nonzero(hit))
    children[hit] = children[hit] + numbers if rule == "sum" else children[hit] * (1.0 + numbers)
    return children


def evolved(rule, goal, seed, generations=GENERATIONS, population=POPULATION):
    """The best network ``[(A, B), row, column]`` of the last generation; elements are born from 0 to 1."""
    rng, wanted = np.random.default_rng(seed), np.array(GOALS[goal])
    networks = rng.random((population, 2, SIZE, SIZE))
    for _ in range(generations):
        networks = next_generation(networks, worth(networks, wanted), rule, rng)
    return networks[worth(networks, wanted).argmax()]


def measured(network, goal):
    """Error relative to the goal's norm, share of small elements, Q of sizes beside shuffles, share between the halves."""
    sizes, wanted = np.abs(network), np.array(GOALS[goal])
    a, b = sizes
    small = np.mean([matrix < SMALL * matrix.max() for matrix in sizes])
    graph, layer = graph_of_layers([b.T, a.T])
    found = modularity(graph, "refined", directed=False, weight="weight")
    assert not isinstance(found, list)
    q = found.q
    spread = null_distribution(
        graph, "shuffle-within-layer", DRAWS, np.random.default_rng(1), layer=layer, directed=False,
        weight="weight", method="refined",
    )  # fmt: skip
    sd = float(spread.std(ddof=1))
    return {
        "error": float(-worth(network[None], wanted)[0] / np.linalg.norm(wanted)),
        "sparseness": float(small),
        "q": q,
        "q_null": float(spread.mean()),
        "q_z": (q - float(spread.mean())) / sd if sd > 1e-9 else float("nan"),
        "between": between(a, b),
    }


def between(a, b):
    """Share of the sizes of elements that join the first half of inputs and outputs with the second, each hidden node being
    counted to the half that it has more of."""
    half = SIZE // 2
    first = a[:half].sum(axis=0) + b[:, :half].sum(axis=1)
    second = a[half:].sum(axis=0) + b[:, half:].sum(axis=1)
    return float(np.minimum(first, second).sum() / (first + second).sum())


def read(path):
    """Rows of the table, numbers as numbers."""
    rows = read_rows(path, COLUMNS)
    return [{k: v if k in ("rule", "goal") else float(v) for k, v in row.items()} for row in rows]


def run(folder, runs=30, generations=GENERATIONS):
    """Make the rows that are left; returns the table's path."""
    path = folder / TABLE
    folder.mkdir(parents=True, exist_ok=True)
    known = {(row["rule"], row["goal"], row["seed"]) for row in read(path)}
    wanted = [(r, g, seed) for seed in range(1, runs + 1) for g in GOALS for r in RULES]
    left = [one for one in wanted if one not in known]
    if left:
        about = {
            "table": TABLE,
            "made_by": "scripts/friedlander2013/linear.py",
            "runs": runs,
            "start": now(),
        }
        write_manifest(folder / "linear.manifest.json", generations=generations, **about)
    for rule, goal, seed in left:
        row = {"rule": rule, "goal": goal, "seed": seed, "generations": generations}
        add_rows(path, COLUMNS, [row | measured(evolved(rule, goal, seed, generations), goal)])
    return path


def quick(jobs=None):
    """A small table: three short runs of every rule and goal. Returns its path."""
    return run(Path(tempfile.mkdtemp(prefix="friedlander2013-quick-")), 3, 500)


def group(rows, name):
    """Rows of a group such as "product/modular"."""
    rule, goal = name.split("/")
    return [row for row in rows if (row["rule"], row["goal"]) == (rule, goal)]


PANELS = {
    "sparseness": "share of small elements",
    "q": "Q",
    "q_z": "z of Q beside shuffles",
    "between": "share between the halves",
    "error": "error",
}


def draw_table(path):
    """A panel per number, a row per rule and goal: every run a dot, and the median with its interval."""
    rows = read(path)
    if not rows:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    names = [f"{rule}/{goal}" for goal in GOALS for rule in RULES]
    figure = Figure(figsize=(12.0, 2.6), layout="constrained", dpi=100)
    cells = figure.subplots(1, len(PANELS), sharey=True)
    for axes, (column, label) in zip(cells, PANELS.items(), strict=True):
        values = [np.array([row[column] for row in group(rows, name)]) for name in names]
        plot_dots(axes, [part[~np.isnan(part)] for part in values], names)
        axes.set_xlabel(label)
    signs = signs_of_dots([len(group(rows, name)) for name in names])
    figure.legend(handles=signs, loc="outside lower center", ncols=len(signs), fontsize=8)
    return figure


def main():
    """Run what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    print(run(given.out, given.runs))


if __name__ == "__main__":
    main()
