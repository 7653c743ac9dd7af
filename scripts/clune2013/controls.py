"""Controls of the connection cost: Q itself, or a random walk that is inherited, as the second objective.

    python scripts/clune2013/controls.py [--runs 50] [--generations 25000] [--workers 2] [--out FOLDER]

walk: a number that offspring inherit with Gaussian noise added (sd 0.1, authors' code), so that there is a
second objective which says nothing of the network. q: Q of every individual, in every comparison; q-25: in
a quarter of them. All else is the retina of performance_alone.toml. Every finished run is a row of
controls.csv, sorted; a row that is there is not run again. `evomod figure clune2013-figs4` draws them.
"""

import argparse
from pathlib import Path

import numpy as np

import evomod
from evomod.population import score
from evomod.scripts.clune2013 import tables
from evomod.selections.ranking import choose_parents, survive
from evomod.studies.experiments import in_words

HERE = Path(__file__).parent
KINDS = {"walk": 1.0, "q": 1.0, "q-25": 0.25}
"""With which probability the second objective counts in a comparison."""
STEP = 0.1  # authors' code
COLUMNS = (
    "treatment", "replicate", "generations", "best_fitness", "q_score", "connection_cost", "connections",
)  # fmt: skip


def run(kind, replicate, generations=25_000, population=1000):
    """One run; returns its row: the fittest of the first front, among equals the cheapest."""
    config = evomod.load_config(HERE / "connection_cost.toml", [f"evolution.population={population}"])
    setup = evomod.prepare(config)
    rng = np.random.default_rng(np.random.SeedSequence(2013, spawn_key=(*kind.encode(), replicate)))
    shares = np.array([1.0, KINDS[kind]])
    genomes = setup.toolbox.birth(population, rng)
    pool = (genomes, objectives_of(setup, kind, genomes, np.zeros(population), rng))
    chosen = survive(pool[1], shares, population, rng)
    for _ in range(generations):
        genomes, objectives = (part[chosen.rows] for part in pool)
        parents = np.sort(choose_parents(objectives, shares, chosen.crowding, rng))
        offspring = setup.toolbox.vary(genomes, parents, rng)
        fresh = objectives_of(setup, kind, offspring, objectives[parents, 1], rng)
        pool = (np.concatenate((genomes, offspring)), np.concatenate((objectives, fresh)))
        chosen = survive(pool[1], shares, population, rng)
    first = chosen.rows[chosen.front == 0]
    fittest = first[pool[1][first, 0] == pool[1][first, 0].max()]
    return (
        kind,
        replicate,
        generations,
        float(pool[1][fittest[0], 0]),
        *cheapest(setup, pool[0][fittest]),
    )


def objectives_of(setup, kind, genomes, inherited, rng):
    """Performance and the second objective, ``[individual, objective]``."""
    if kind == "walk":
        second = inherited + rng.normal(0.0, STEP, inherited.size)
    else:
        second = setup.toolbox.q(genomes)
    return np.stack((performance(setup, genomes), second), axis=1)


def performance(setup, genomes):
    """Fraction of patterns that every genome answers right."""
    n = len(genomes)
    memory = setup.encoding.memory(n)
    yes, no = setup.encoding.answer(genomes, np.full(n, -1), np.arange(n), memory)
    return score(yes, no, setup.goals[0], setup.tie_rule)


def cheapest(setup, genomes):
    """Q, connection cost and connections of the cheapest."""
    working = setup.encoding.simplify(genomes)
    cost = setup.toolbox.cost(working, np.full(len(genomes), -1), np.zeros(len(genomes)))
    best = int(cost.argmin())
    q = setup.toolbox.q(genomes[best : best + 1])[0]
    return float(q), float(cost[best]), int((working[best] != 0).sum())


def main():
    """Run what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--generations", type=int, default=25_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("studies") / "clune2013-controls")
    given = parser.parse_args()
    with in_words(parser, given.out):
        tables.complete(given, "controls", COLUMNS, KINDS, run)


if __name__ == "__main__":
    main()
