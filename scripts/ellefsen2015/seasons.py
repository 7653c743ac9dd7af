"""Networks that learn, in every life anew, which foods of two seasons are good: with a cost of connections, and without.

    python scripts/ellefsen2015/seasons.py [--networks 50] [--workers 1] [--out FOLDER]
    python scripts/ellefsen2015/seasons.py --summary

A run is a row of seasons.csv for each of the two ways; a row is not made again: the same command goes on where it was stopped. What
the paper says of the model, and what is our choice, stands in PAPER.md.
"""

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod.encodings.layered import RealNetwork, RealVariation
from evomod.encodings.layered import build as build_layered
from evomod.errors import EvomodError
from evomod.kernels import lifetimes as kernels
from evomod.measures import modularity
from evomod.measures.report import q_beside_nulls
from evomod.plots.studies import plot_dots, signs_of_dots
from evomod.pressures.behavioural_diversity import measure as diversity_of
from evomod.selections.ranking import choose_parents, survive
from evomod.studies.experiments import (
    by_way,
    column_of,
    command,
    complete,
    read_numbers,
    without_rows,
)
from evomod.task import Task, derive, pack

TABLE = "seasons.csv"
FULL = "100 runs of 3,000 generations, about 8 hours of one core"
COMMAND = "python scripts/ellefsen2015/seasons.py"
RESULTS = Path("results") / "ellefsen2015"

FOODS, DAYS, YEARS = 4, 5, 3
"""Of a season, of a season, and of a life; a year is a summer and a winter."""
HALVES = np.array([(1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1)], np.bool_)
"""Which foods of a season are good, or which are bad."""
LIVES = 8
"""Of the 36 that there are, drawn anew in every generation; everybody lives them."""
LAYERS = (2 * FOODS + 2, 10, 4, 2, 1)
"""An input for every food, one for a reward, one for a punishment; the output eats where it is positive."""
GAIN, RATE = 20.0, 0.1
"""Slope of tanh(gain * sum); what a fully modulated connection learns from a presentation."""
RETYPE = 0.05
"""Probability of a hidden neuron to become modulatory, or common again."""
RUNS, POPULATION, GENERATIONS = 50, 400, 3000
Q_METHOD = "clune2013"
WAYS = {"PA": 0.0, "P&CC": 0.75}
"""Probability with which the number of connections takes part in a comparison."""
COLUMNS = (
    "way", "seed", "generations", "population", "fitness", "unlearned", "habit", "connections", "modulators", "q", "q_z",
    "foods", "known", "perfect", "forgotten", "retained",
)  # fmt: skip


# ---- foods


def all_lives():
    """Which foods are good, ``[food, life]``, of all lives in which half of each season's foods are."""
    seasons = [half ^ turned for half in HALVES for turned in (False, True)]
    return np.array([np.concatenate(pair) for pair in product(seasons, seasons)]).T.copy()


def some_lives(rng):
    """Of `LIVES` of them, drawn without replacement."""
    lives = all_lives()
    return lives[:, rng.permutation(lives.shape[1])[:LIVES]]


def presentations(n_lives, rng):
    """``[presentation, life]``: every day all foods of the season, each life in an order of its own."""
    days = [
        season * FOODS + np.array([rng.permutation(FOODS) for _ in range(n_lives)]).T
        for _ in range(YEARS)
        for season in (0, 1)
        for _ in range(DAYS)
    ]
    return np.concatenate(days)


# ---- networks


@lru_cache(maxsize=1)
def substrate():
    """Layered networks of real weights, whose birth and mutation are evomod's."""
    names = tuple(f"input{k}" for k in range(LAYERS[0]))
    task = Task("seasons", names, {"eat": lambda at: at.input0}, {"eat": lambda eat: eat})
    network = RealNetwork(
        encoding="layered-real", layers=LAYERS, gain=GAIN, weight_range=(-1.0, 1.0), bias_range=(-1.0, 1.0),
        initial_connections=(20, 100),
    )  # fmt: skip
    return build_layered(network, derive(task), RealVariation())


N_GENES = substrate().n_genes
N_HIDDEN = sum(LAYERS[1:-1])


def born(number, rng):
    """Genomes ``[individual, gene]``: those of a layered network, then 1 for every hidden neuron that is modulatory."""
    genes = substrate().birth(number, rng)
    return np.hstack((genes, (rng.random((number, N_HIDDEN)) < 0.5).astype(float)))


def varied(genomes, parents, rng):
    """Mutated copies of parents."""
    genes = substrate().vary(np.ascontiguousarray(genomes[:, :N_GENES]), parents, rng)
    kinds = genomes[parents, N_GENES:]
    return np.hstack((genes, np.abs(kinds - (rng.random(kinds.shape) < RETYPE))))


def connections(genomes):
    """``int8[individual, edge]``: not 0 for those that lead to the output."""
    return substrate().simplify(np.ascontiguousarray(genomes[:, :N_GENES]))


def live(genomes, items, is_fine, is_good=None, is_asked=None, rate=RATE):
    """What is eaten, ``[individual, presentation, life]``, and what is known, ``[individual, question, food, life]``.

    ``is_fine[presentation, life]``: whether the food is good; ``is_good[food, life]``: for questions.
    """
    n, wiring, edges = genomes.shape[0], substrate().wiring, substrate().n_edges
    asked = np.zeros(len(items), np.bool_) if is_asked is None else is_asked
    good = np.zeros((2 * FOODS, items.shape[1]), np.bool_) if is_good is None else is_good
    n_lives = items.shape[1]
    lives = np.arange(-(-n_lives // kernels.EIGHT) * kernels.EIGHT) % n_lives
    weights = np.where(connections(genomes) != 0, genomes[:, :edges], 0.0)
    is_modulator = np.zeros((n, wiring.n_neurons), np.bool_)
    is_modulator[:, :N_HIDDEN] = genomes[:, N_GENES:] == 1.0
    eaten = np.empty((n, len(items), lives.size), np.bool_)
    known = np.empty((n, asked.sum(), 2 * FOODS, lives.size), np.bool_)
    kernels.live(
        weights, np.ascontiguousarray(genomes[:, edges:N_GENES]), is_modulator, substrate().neurons, GAIN, rate,
        items[:, lives], is_fine[:, lives], good[:, lives], asked, np.empty(edges, np.int64),
        np.empty(wiring.n_neurons + 1, np.int64), np.empty((edges, lives.size)),
        np.empty((wiring.n_nodes, lives.size)), np.empty(lives.size), np.empty(wiring.n_neurons, np.bool_), eaten, known,
    )  # fmt: skip
    return eaten[..., :n_lives], known[..., :n_lives]


def right(eaten, is_fine):
    """Share of right decisions ``[individual]``: good foods eaten, bad ones not."""
    return (eaten == is_fine).mean(axis=(1, 2))


# ---- evolution


@dataclass(frozen=True)
class Pool:
    """Individuals, what they ate, and what selection sees of them alone."""

    genomes: np.ndarray
    eaten: np.ndarray
    """``uint64[individual, 1, word]``."""
    fitness: np.ndarray
    cost: np.ndarray

    def __getitem__(self, rows):
        """Some of them."""
        return Pool(*(values[rows] for values in vars(self).values()))

    @property
    def objectives(self):
        """Fitness, mean Hamming distance to what the others ate, and connections, ``[individual, objective]``."""
        return np.stack((self.fitness, diversity_of(self.eaten), -self.cost), axis=1)


def pool_of(genomes, is_good, rng):
    """Individuals who have lived, in orders drawn for all of them."""
    items = presentations(is_good.shape[1], rng)
    is_fine = is_good[items, np.arange(items.shape[1])]
    eaten, _ = live(genomes, items, is_fine)
    words = pack(eaten.reshape(len(genomes), 1, -1))
    cost = (connections(genomes) != 0).sum(axis=1).astype(float)
    return Pool(genomes, words, right(eaten, is_fine), cost)


def evolved(way, seed, generations=GENERATIONS, population=POPULATION):
    """Of the last generation the fittest genome in all lives, of equals that with the fewest connections."""
    rng = np.random.default_rng((seed, list(WAYS).index(way)))
    probabilities = np.array((1.0, 1.0, WAYS[way]))
    genomes = born(population, rng)
    pool = pool_of(genomes, some_lives(rng), rng)
    crowding = survive(pool.objectives, probabilities, population, rng).crowding
    for _ in range(generations):
        parents = choose_parents(pool.objectives, probabilities, crowding, rng)
        genomes = np.concatenate((pool.genomes, varied(pool.genomes, parents, rng)))
        pool = pool_of(genomes, some_lives(rng), rng)
        chosen = survive(pool.objectives, probabilities, population, rng)
        pool, crowding = pool[chosen.rows], chosen.crowding
    last = pool_of(pool.genomes, all_lives(), rng)
    return last.genomes[np.lexsort((last.cost, -last.fitness))[0]]


# ---- what is measured


def measured(genome, seed):
    """Of all lives, in orders that evolution did not see."""
    rng, is_good = np.random.default_rng((seed, 36)), all_lives()
    lives = np.arange(is_good.shape[1])
    items = presentations(lives.size, rng)
    is_fine, ends = is_good[items, lives], np.arange(1, len(items) + 1) % (FOODS * DAYS) == 0
    eaten, known = live(genome[None], items, is_fine, is_good, ends)
    unlearned, _ = live(genome[None], items, is_fine, rate=0.0)
    daily = redrawn(items, rng)
    habit, _ = live(genome[None], items, daily)
    network = substrate().network(genome[:N_GENES]).simplified()
    told: dict[str, Any] = {"q": "", "q_z": ""}
    if network.source.size:
        told = {
            "q": modularity(network, Q_METHOD).q,
            "q_z": q_beside_nulls(network, Q_METHOD)["q_z"],
        }
    return {
        "fitness": right(eaten, is_fine)[0],
        "unlearned": right(unlearned, is_fine)[0],
        "habit": right(habit, daily)[0],
        "connections": network.source.size,
        "modulators": int(genome[N_GENES:].sum()),
        **told,
        **knowledge(known[0]),
    }


def redrawn(items, rng):
    """``[presentation, life]``: which foods are fine if half of a season's are drawn anew every day, so that there is nothing to know."""
    days = items.reshape(-1, FOODS, items.shape[1]) % FOODS
    halves = np.array([half ^ turned for half in HALVES for turned in (False, True)])
    drawn = halves[rng.integers(len(halves), size=(len(days), items.shape[1]))]
    return np.take_along_axis(drawn.transpose(0, 2, 1), days, axis=1).reshape(items.shape)


def knowledge(known):
    """What is known at the ends of seasons, from ``known[season, food, life]``, summers and winters in turn.

    An association is a season's: known where all of its foods are. Foods: share of foods of the season that ends. Known: share of
    associations, of both seasons; perfect: ends at which both are known; the first end, when one season has not been, is left out of both.
    Of associations that are known when their season ends, forgotten: not known when the next one does; retained: of all, known at both
    ends.
    """
    seasons = known.reshape(known.shape[0], 2, FOODS, -1)
    foods = np.mean([season[k % 2] for k, season in enumerate(seasons)])
    learned = seasons.all(axis=2)
    own = np.array([season[k % 2] for k, season in enumerate(learned)])[:-1]
    later = np.array([season[1 - k % 2] for k, season in enumerate(learned)])[1:]
    return {
        "foods": foods,
        "known": learned[1:].mean(),
        "perfect": learned[1:].all(axis=1).mean(),
        "forgotten": 1.0 - (own & later).sum() / own.sum() if own.any() else "",
        "retained": (own & later).mean(),
    }


def row_of(way, seed, generations=GENERATIONS, population=POPULATION):
    """A row of the table."""
    genome = evolved(way, seed, generations, population)
    about = {"way": way, "seed": seed, "generations": generations, "population": population}
    return about | measured(genome, seed)


# ---- the table


def read(path):
    """Rows of the table, numbers as numbers."""
    return read_numbers(path, COLUMNS, ("way",))


def groups_of(rows):
    """Rows by way, in the order of `WAYS`; by seed."""
    return by_way(rows, list(WAYS))


def run(folder, networks=RUNS, workers=1, generations=GENERATIONS, population=POPULATION):
    """Make the rows that are left; returns the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    left = without_rows(read(folder / TABLE), list(WAYS), networks)
    return complete(
        folder / TABLE, COLUMNS, row_of, [(*one, generations, population) for one in left], workers,
        lambda row: f"{row['way']}, {row['seed']}: {row['fitness']:.3f} right, Q {row['q'] or 0.0:.2f}",
        made_by="scripts/ellefsen2015/seasons.py", networks=networks, generations=generations, population=population,
        layers=LAYERS, rate=RATE, gain=GAIN, retype=RETYPE, ways=WAYS, days=DAYS, years=YEARS,
    )  # fmt: skip


def quick(jobs=None):
    """A small table: three short runs a way. Returns its path."""
    return run(Path(tempfile.mkdtemp(prefix="ellefsen2015-quick-")), 3, jobs or 1, 60, 60)


PANELS = {
    "fitness": "right decisions, share",
    "habit": "the same, nothing to know",
    "q": "Q",
    "q_z": "z of Q, same degrees",
    "connections": "connections",
    "known": "seasons known",
    "perfect": "both seasons known",
    "retained": "retained over the next",
    "forgotten": "forgotten by the next",
    "foods": "foods known of the season",
}


def draw_table(path):
    """A panel per number, a row per way: every run a dot, and the median with its interval."""
    groups = groups_of(read(path))
    if not groups:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    figure = Figure(figsize=(10.5, 3.6), layout="constrained")
    cells = figure.subplots(2, len(PANELS) // 2, sharey=True).ravel()
    for axes, (column, label) in zip(cells, PANELS.items(), strict=True):
        values = [column_of(groups, column, way) for way in groups]
        plot_dots(axes, [part[~np.isnan(part)] for part in values], list(groups))
        axes.set_xlabel(label)
    signs = signs_of_dots([len(rows) for rows in groups.values()])
    figure.legend(handles=signs, loc="outside lower center", ncols=len(signs), fontsize=8, frameon=False)
    return figure


def summary(folder):
    """One line a way: medians."""
    lines = [f"| way | runs | {' | '.join(PANELS)} |", f"|---|---|{'---|' * len(PANELS)}"]
    for way, rows in groups_of(read(folder / TABLE)).items():
        columns = [np.array([row[name] for row in rows]) for name in PANELS]
        cells = [f"{np.nanmedian(c):.3g}" if np.isfinite(c).any() else "none" for c in columns]
        lines.append(f"| {way} | {len(rows)} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    command(__doc__, RUNS, RESULTS, run, summary)
