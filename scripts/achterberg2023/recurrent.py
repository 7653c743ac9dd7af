"""Recurrent networks that remember a goal and choose: what a cost of length and of communicability do beside L1.

    python scripts/achterberg2023/recurrent.py [--networks 50] [--workers 1] [--out FOLDER]
    python scripts/achterberg2023/recurrent.py --summary

A hundred neurons lie on a grid and learn to choose the direction that leads nearer to a goal shown before. Five ways of training:
nothing, L1, and L1 times length, times communicability, and times both. Every network of a way has another strength, from 0 to
where little is left of the weights. Networks of one seed have the same birth, trials and noise. The same command resumes.
PAPER.md says what is the paper's, what its authors' program's, and what is our choice.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path
from scipy.stats import spearmanr

from evomod.errors import EvomodError
from evomod.files.disk import write_whole
from evomod.gradient.run import load_weights, versions_with_torch, weights_file
from evomod.gradient.space import communicability, distances, grid
from evomod.gradient.training import EPSILON, fixed_arithmetic, want_torch
from evomod.measures import Partition, modularity
from evomod.measures.nulls import random_graphs
from evomod.plots.runs import COLOURS
from evomod.plots.studies import plot_dots
from evomod.studies.experiments import by_way, command, complete, read_numbers, without_rows

TABLE = "recurrent.csv"
FULL = "50 networks a way, about 45 minutes of one core"
COMMAND = "python scripts/achterberg2023/recurrent.py"
RESULTS = Path("results") / "achterberg2023"

SHAPE = (5, 5, 4)
GOAL, DELAY, CHOICE = 20, 10, 20
"""Steps of a trial: the goal is shown, nothing is, two directions are."""
TRIALS, BATCH, EPOCHS, RATE, NOISE = 5_120, 128, 9, 1e-3, 0.05
"""Of an epoch; at once; the paper trains ten epochs and looks at the ninth; of Adam; standard deviation of what is added to inputs."""
DIRECTIONS = "lurd"
GOALS = {"lu": ("lr", "ru"), "ru": ("lu", "rd"), "ld": ("rd", "lu"), "rd": ("ld", "lr")}
"""Where a goal lies, and the two pairs of directions that it is asked with."""
STRONGEST = 0.1
"""Share of the connections that Q and small-worldness are of."""
DRAWS = 100
"""Random networks to compare with."""
ACCURATE = 0.9
NETWORKS = 50
"""Of a way. One network in six fails without any cost, as the pilot showed: forty a side have 80 % power for a delta of 0.53."""
SHOWN = 1
"""The seed whose networks are kept, to be drawn."""
GOLDEN = (5.0**0.5 - 1.0) / 2.0
STREAM = 2
"""Of births, trials and noise; those of 0 were a pilot's."""
REACH = 0.1
"""Sums of |w| that differ by less than so large a share are as good as equal."""

WAYS = {"none": "nothing", "l1": "L1", "length": "L1 × length", "communicability": "L1 × communicability", "both": "L1 × length × communicability"}  # fmt: skip
SHORT = {"none": "nothing", "l1": "L1", "length": "length", "communicability": "communicability", "both": "both"}  # fmt: skip
MOST = {"none": 0.0, "l1": 0.012, "length": 0.005, "communicability": 0.9, "both": 0.4}
"""The strength at which the sum of |w| has fallen to about a ninth of that at birth (two networks of a pilot)."""
NUMBERS = (
    "accuracy", "q", "q_z", "q_z_length", "q_weighted", "small_world", "length_correlation", "communicability", "sum_of_weights",
)  # fmt: skip
COLUMNS = ("way", "seed", "strength", *NUMBERS, "seconds")


def trials() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Inputs ``[trial, step, input]``, four for the goal and four for directions, and the right direction of every trial."""
    inputs, right = [], []
    for place, (goal, pairs) in enumerate(GOALS.items()):
        for pair in pairs:
            steps = np.zeros((GOAL + DELAY + CHOICE, len(GOALS) + len(DIRECTIONS)), np.float32)
            steps[:GOAL, place] = 1.0
            steps[-CHOICE:, [len(GOALS) + DIRECTIONS.index(one) for one in pair]] = 1.0
            inputs.append(steps)
            right.append(DIRECTIONS.index(next(one for one in pair if one in goal)))
    return np.stack(inputs), np.array(right)


def birth(rng: np.random.Generator, n: int) -> dict[str, NDArray[np.float32]]:
    """Weights ``[source, target]`` of inputs and outputs uniform (Glorot & Bengio 2010), recurrent ones orthogonal, biases 0."""
    inputs, outputs = len(GOALS) + len(DIRECTIONS), len(DIRECTIONS)
    uniform = {name: rng.uniform(-1.0, 1.0, size) * np.sqrt(6.0 / sum(size)) for name, size in (("in", (inputs, n)), ("out", (n, outputs)))}  # fmt: skip
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    weights = uniform | {
        "recurrent": q * np.sign(np.diag(r)),
        "bias": np.zeros(n),
        "out_bias": np.zeros(outputs),
    }
    return {name: values.astype(np.float32) for name, values in weights.items()}


def activity(weights: dict[str, Any], inputs: Any) -> Any:
    """``[trial, neuron]`` at the last step."""
    import torch

    # unbound: slices would each have a gradient of all steps
    driven = (inputs @ weights["in"] + weights["bias"]).unbind(dim=1)
    state = torch.relu(driven[0])
    for now in driven[1:]:
        state = torch.relu(torch.addmm(now, state, weights["recurrent"]))
    return state


def answers(weights: dict[str, Any], inputs: Any) -> Any:
    """``[trial, direction]``: scores."""
    return activity(weights, inputs) @ weights["out"] + weights["out_bias"]


def cost(way: str, recurrent: Any, lengths: Any) -> Any:
    """What recurrent connections cost at strength 1."""
    magnitudes = recurrent.abs()
    paid = magnitudes if way in ("l1", "communicability") else magnitudes * lengths
    if way in ("communicability", "both"):
        paid = paid * communicability(magnitudes)
    return paid.sum()


def trained(
    way: str, seed: int, strength: float, epochs: int = EPOCHS
) -> dict[str, NDArray[np.float32]]:
    """The weights of a network at its end."""
    import torch

    rng = np.random.default_rng([seed, STREAM])
    weights = {
        name: torch.tensor(w, requires_grad=True) for name, w in birth(rng, int(np.prod(SHAPE))).items()
    }
    lengths = torch.tensor(distances(grid(SHAPE)).astype(np.float32))
    optimiser = torch.optim.Adam([*weights.values()], lr=RATE, eps=EPSILON, fused=True)
    inputs, right = (torch.from_numpy(part) for part in trials())
    order = torch.from_numpy(rng.integers(len(right), size=TRIALS))
    for _ in range(epochs):
        for rows in order.split(BATCH):
            noise = NOISE * rng.standard_normal((len(rows), *inputs.shape[1:]), np.float32)
            loss = torch.nn.functional.cross_entropy(answers(weights, inputs[rows] + torch.from_numpy(noise)), right[rows])  # fmt: skip
            if strength:
                loss = loss + strength * cost(way, weights["recurrent"], lengths)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return {name: w.detach().numpy().copy() for name, w in weights.items()}


def strongest(recurrent: NDArray[Any]) -> NDArray[np.float64]:
    """``[neuron, neuron]``: 1 where one of the two connections of a pair is among the strongest; none to a neuron itself.

    A connection to itself costs nothing where length or communicability is paid for, and would be inside its module.
    """
    magnitudes = np.abs(recurrent).astype(np.float64)
    np.fill_diagonal(magnitudes, -1.0)
    n = round(STRONGEST * (magnitudes.size - len(magnitudes)))
    there = np.zeros(magnitudes.size)
    there[np.argsort(-magnitudes, axis=None, kind="stable")[:n]] = 1.0
    matrix = there.reshape(magnitudes.shape)
    return np.maximum(matrix, matrix.T)


def clustering_and_efficiency(graph: NDArray[np.float64]) -> tuple[float, float]:
    """Mean clustering coefficient, and mean inverse length of the shortest paths, of an undirected graph.

    >>> clustering_and_efficiency(np.ones((3, 3)) - np.eye(3))
    (1.0, 1.0)
    """
    degrees = graph.sum(axis=0)
    pairs = degrees * (degrees - 1.0)
    triangles = np.einsum("ij,jk,ki->i", graph, graph, graph, optimize=True)
    lengths = shortest_path(graph, unweighted=True)
    apart = ~np.eye(len(graph), dtype=bool)
    return float((triangles / np.maximum(pairs, 1.0)).mean()), float((1.0 / lengths[apart]).mean())


def small_world(graph: NDArray[np.float64], rng: np.random.Generator) -> float:
    """Clustering over that of random graphs of as many edges, times the like ratio of efficiency (Humphries & Gurney 2008)."""
    places = np.flatnonzero(np.triu(np.ones_like(graph), 1))
    n_edges = round(graph.sum() / 2.0)
    drawn = []
    for _ in range(DRAWS):
        other = np.zeros(graph.shape)
        other.flat[rng.choice(places, n_edges, replace=False)] = 1.0
        drawn.append(clustering_and_efficiency(other + other.T))
    (c, e), (c_rand, e_rand) = clustering_and_efficiency(graph), np.mean(drawn, axis=0)
    return float(c / c_rand * e / e_rand)


def of_the_same_lengths(graph: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """``[draw, neuron, neuron]``: random graphs with as many connections of every length between places of the grid."""
    ends = np.triu_indices(len(graph), 1)
    squares = np.rint(np.square(distances(grid(SHAPE)))[ends]).astype(int)
    is_there, drawn = graph[ends] > 0.0, np.zeros((DRAWS, *graph.shape))
    for square in np.unique(squares):
        alike = np.flatnonzero(squares == square)
        n = int(np.count_nonzero(is_there[alike]))
        for other in drawn:
            chosen = rng.choice(alike, n, replace=False)
            other[ends[0][chosen], ends[1][chosen]] = 1.0
    return drawn + drawn.transpose(0, 2, 1)


def z_among(graph: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """By how many standard deviations Q lies above that of other graphs ``[draw, neuron, neuron]``, all searched once."""
    parts = modularity(np.concatenate((graph[None], others)), "refined-once", directed=False)
    assert isinstance(parts, list)
    q = [part.q for part in parts]
    return float((q[0] - np.mean(q[1:])) / np.std(q[1:], ddof=1))


def parted(graph: NDArray[np.float64], weight: str | None = None) -> Partition:
    """The best partition found of one undirected graph."""
    found = modularity(graph, "refined", directed=False, weight=weight)
    assert not isinstance(found, list)
    return found


def measured(weights: dict[str, NDArray[np.float32]], seed: int) -> dict[str, float]:
    """`NUMBERS` of a network.

    ``accuracy`` is that on the eight trials without noise. ``q``, ``small_world`` and the z are of the `strongest` connections, ``q_z``
    among graphs of the same degrees and ``q_z_length`` among those of the same lengths; ``q_weighted`` is of all ``|w|`` between
    different neurons. ``length_correlation`` (Spearman) is that of ``|w|`` and length, ``communicability`` the mean over pairs.
    """
    import torch

    inputs, right = trials()
    recurrent, rng = weights["recurrent"].astype(np.float64), np.random.default_rng([seed, 1])
    with torch.no_grad():
        said = (
            answers({k: torch.from_numpy(w) for k, w in weights.items()}, torch.from_numpy(inputs))
            .argmax(dim=1)
            .numpy()
        )
        walks = communicability(torch.from_numpy(np.abs(recurrent))).numpy()
    graph = strongest(recurrent)
    between = np.abs(recurrent) * (1.0 - np.eye(len(recurrent)))
    apart = between.shape[0] * (between.shape[0] - 1)
    pairs = ~np.eye(len(recurrent), dtype=bool)
    return {
        "accuracy": float((said == right).mean()),
        "q": parted(graph).q,
        "q_z": z_among(graph, random_graphs(graph, "degree-preserving", DRAWS, rng)),
        "q_z_length": z_among(graph, of_the_same_lengths(graph, rng)),
        "q_weighted": parted(between + between.T, "weight").q,
        "small_world": small_world(graph, rng),
        "length_correlation": float(spearmanr(between[pairs], distances(grid(SHAPE))[pairs]).statistic),
        "communicability": float(walks.sum() / apart),
        "sum_of_weights": float(np.abs(recurrent).sum()),
    }


def strength_of(way: str, seed: int) -> float:
    """Of a network: spread evenly from 0 to `MOST`, however many there are (steps of the golden ratio)."""
    return float(f"{MOST[way] * (seed * GOLDEN % 1.0):.6g}")


def row_of(way: str, seed: int, folder: Path, epochs: int = EPOCHS) -> dict[str, Any]:
    """Train one network and measure it; see `measured`."""
    moment, strength = time.process_time(), strength_of(way, seed)
    with fixed_arithmetic(1):
        weights = trained(way, seed, strength, epochs)
        found = measured(weights, seed)
    if seed == SHOWN:
        write_whole(
            kept(folder, way), weights_file([strongest(weights["recurrent"]).astype(np.int8)], [], [])
        )
    told = {name: float(f"{found[name]:.6g}") for name in NUMBERS}
    return {"way": way, "seed": seed, "strength": strength} | told | {"seconds": round(time.process_time() - moment, 2)}  # fmt: skip


def kept(folder: Path, way: str) -> Path:
    """Where the strongest connections of a network that is drawn lie."""
    return folder / f"recurrent-{way}.npz"


def read(path):
    """Rows of the table, numbers as numbers."""
    return read_numbers(path, COLUMNS, ("way",))


def groups_of(rows):
    """Rows by way, by seed."""
    return by_way(rows, list(WAYS))


def accurate(group):
    """Rows of networks that can do the task."""
    return [row for row in group if row["accuracy"] >= ACCURATE]


def matched(mine, others):
    """Rows of two ways in pairs whose sums of |w| differ by less than `REACH`: the closest first, none twice."""
    sums = [np.log([row["sum_of_weights"] for row in rows]) for rows in (mine, others)]
    gaps = np.abs(sums[0][:, None] - sums[1])
    pairs: list[tuple[Any, Any]] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for i, j in zip(
        *np.unravel_index(np.argsort(gaps, axis=None, kind="stable"), gaps.shape), strict=True
    ):
        if gaps[i, j] >= np.log1p(REACH):
            break
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            pairs.append((mine[i], others[j]))
    return pairs


def run(folder, networks=NETWORKS, workers=1, **sizes):
    """Make the rows that are left; returns the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    left = without_rows(read(folder / TABLE), list(WAYS), networks)
    if left:
        want_torch()
    return complete(
        folder / TABLE, COLUMNS, row_of, [(*one, folder, sizes.get("epochs", EPOCHS)) for one in left], workers,
        lambda row: f"{row['way']} {row['seed']}: accuracy {row['accuracy']:.2f}, Q {row['q']:.2f}",
        made_by="scripts/achterberg2023/recurrent.py", shape=SHAPE, steps=(GOAL, DELAY, CHOICE), trials=TRIALS, batch=BATCH,
        epochs=EPOCHS, learning_rate=RATE, noise=NOISE, most=MOST, strongest=STRONGEST, draws=DRAWS, ways=list(WAYS),
        networks=networks, sizes=sizes, threads=1, versions=versions_with_torch(),
    )  # fmt: skip


def quick(jobs=None):
    """A small table: two networks a way, hardly trained. Returns its path."""
    return run(Path(tempfile.mkdtemp(prefix="achterberg2023-recurrent-quick-")), 2, jobs or 1, epochs=1)


PANELS = {
    "q": "Q",
    "q_z": "z, same degrees",
    "q_z_length": "z, same lengths",
    "small_world": "small-worldness",
    "sum_of_weights": "sum of |w|",
}


def draw_table(path):
    """Above a network a way of training; then Q by strength; below a panel a measure, a dot a network that can do the task."""
    groups = groups_of(read(path))
    if not groups:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    figure = Figure(figsize=(9.6, 7.4), layout="constrained", dpi=100)  # below 300 kB as a PNG
    cells = figure.subplots(3, len(WAYS), height_ratios=(1.5, 1.0, 1.2))
    for axes, way in zip(cells[0], WAYS, strict=True):
        draw_network(axes, kept(path.parent, way))
        axes.set_title(WAYS[way].replace(" × comm", " ×\ncomm"), fontsize=8)
    most = max((row["q"] for group in groups.values() for row in group), default=1.0)
    for axes, way in zip(cells[1], WAYS, strict=True):
        draw_strengths(axes, groups.get(way, []))
        axes.set_ylim(0.0, 1.05 * most)
    cells[1, 0].set_ylabel("Q", fontsize=8)
    working = {way: accurate(group) for way, group in groups.items()}
    for k, (axes, (column, label)) in enumerate(zip(cells[2], PANELS.items(), strict=True)):
        plot_dots(axes, [np.array([row[column] for row in group]) for group in working.values()], [SHORT[way] for way in working])  # fmt: skip
        axes.set_title(label, fontsize=8)
        axes.tick_params(labelleft=k == 0, labelsize=7)
    figure.suptitle(
        "above: strongest tenth of the connections, colours are modules; middle: × cannot do the task; below: a dot a network that can",
        fontsize=8,
    )
    return figure


def draw_strengths(axes, group):
    """Q by strength: dots, or crosses where the task is not done."""
    done = accurate(group)
    failed = [row for row in group if row["accuracy"] < ACCURATE]
    for rows, mark, colour in ((done, "o", COLOURS[0]), (failed, "x", COLOURS[5])):
        axes.plot(
            [row["strength"] for row in rows], [row["q"] for row in rows], mark, color=colour, ms=2.5
        )
    axes.set_xlabel("strength", fontsize=7)
    axes.tick_params(labelsize=7)


def draw_network(axes, path):
    """A network that was kept, the grid seen from one side."""
    axes.axis("off")
    if not path.exists():
        axes.text(0.5, 0.5, f"no {path.name}", ha="center", fontsize=7)
        return
    graph = load_weights(path)[0][0].astype(np.float64)
    modules = parted(graph).modules
    points = grid(SHAPE) @ np.array([[1.0, 0.1], [0.1, 1.0], [0.28, 0.22]])
    for i, j in zip(*np.nonzero(np.triu(graph)), strict=True):
        inside = modules[i] == modules[j]
        colour = COLOURS[int(modules[i]) % len(COLOURS)] if inside else "0.8"
        axes.plot(*points[[i, j]].T, "-", color=colour, lw=0.4, alpha=0.7, zorder=1 + inside)
    axes.scatter(*points.T, s=9, c=[COLOURS[int(m) % len(COLOURS)] for m in modules], zorder=3)
    axes.set_aspect("equal")


def summary(rows):
    """One line a way: how many can do the task, and medians of those."""
    lines = [
        f"| way | networks | can | {' | '.join(NUMBERS)} |",
        f"|---|---|---|{'---|' * len(NUMBERS)}",
    ]
    for way, group in groups_of(rows).items():
        done = accurate(group)
        medians = [f"{np.median([row[name] for row in done]):.3g}" if done else "" for name in NUMBERS]
        lines.append(f"| {way} | {len(group)} | {len(done)} | {' | '.join(medians)} |")
    return "\n".join(lines)


def main():
    """Run what is missing, or print the summary."""
    command(__doc__, NETWORKS, RESULTS, run, lambda folder: summary(read(folder / TABLE)))


if __name__ == "__main__":
    main()
