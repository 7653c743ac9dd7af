"""Multi-Objective Landscape Exploration: the best performance at every connection cost and Q (Fig. 4).

    python scripts/clune2013/mole.py [--runs 10] [--generations 10001] [--workers 2] [--out FOLDER]

NSGA-II with two objectives, performance and novelty: the mean distance to the 8 nearest networks of an
archive in the plane of Q and cost / 500. The archive is a grid of 200 x 200 cells that keeps the best
performance seen in each. Every run of a seed is one file, mole-<seed>-<generations>.csv (a row a filled cell), written
when the run ends; a file that is there is not run again. mole.csv is the best of all of them, and
mole.manifest.json says of which.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

import evomod
from evomod.population import score
from evomod.selections.ranking import choose_parents, survive
from evomod.studies.row_tables import as_they_end, write_manifest

HERE = Path(__file__).parent
CELLS, LARGEST_COST, NEIGHBOURS = 200, 500.0, 8  # authors' code
GENERATIONS = 10_001  # authors' code
BOTH = np.ones(2)  # both objectives count in every comparison


def explore(seed, generations=GENERATIONS, population=1000):
    """One run; returns ``best[q cell, cost cell]``, the best performance seen there, -1 where none was."""
    config = evomod.load_config(HERE / "connection_cost.toml", [f"evolution.population={population}"])
    setup = evomod.prepare(config)
    rng = np.random.default_rng(seed)
    best = np.full((CELLS, CELLS), -1.0)
    places = np.zeros((CELLS, CELLS, 2))
    genomes = setup.toolbox.birth(population, rng)
    pool = (genomes, *described(setup, genomes))
    remember(best, places, pool)
    rows, crowding, objectives = select(best, places, pool, population, rng)
    for _ in range(generations):
        pool = tuple(part[rows] for part in pool)
        parents = np.sort(choose_parents(objectives, BOTH, crowding, rng))
        offspring = setup.toolbox.vary(pool[0], parents, rng)
        fresh = (offspring, *described(setup, offspring))
        pool = tuple(np.concatenate(pair) for pair in zip(pool, fresh, strict=True))
        remember(best, places, fresh)
        rows, crowding, objectives = select(best, places, pool, population, rng)
    return best


def described(setup, genomes):
    """Performance ``[individual]`` and place ``[individual, (Q, cost / 500)]`` of every genome."""
    working = setup.module.simplify(setup.encoding, genomes)
    cost = setup.toolbox.cost(working, np.full(len(genomes), -1), np.zeros(len(genomes)))
    return performance(setup, genomes), np.stack((setup.toolbox.q(genomes), cost / LARGEST_COST), axis=1)


def performance(setup, genomes):
    """Fraction of patterns that every genome answers right."""
    n = len(genomes)
    memory = setup.module.memory(setup.encoding, n)
    yes, no = setup.module.answer(setup.encoding, genomes, np.full(n, -1), np.arange(n), memory)
    return score(yes, no, setup.goals[0], setup.tie_rule)


def remember(best, places, pool):
    """Put individuals into the archive where their cell is empty or they are better."""
    _, fitness, place = pool
    cells = np.clip((place * CELLS).astype(int), 0, CELLS - 1)
    better = np.flatnonzero(fitness > best[tuple(cells.T)])
    better = better[np.argsort(-fitness[better], kind="stable")]
    cell = np.ravel_multi_index(cells[better].T, best.shape)
    fresh = better[np.unique(cell, return_index=True)[1]]  # of each cell the first, the fittest
    best[tuple(cells[fresh].T)], places[tuple(cells[fresh].T)] = fitness[fresh], place[fresh]


def select(best, places, pool, number, rng):
    """Survivors by performance and novelty: rows, crowding distances and objectives."""
    _, fitness, place = pool
    archive = places[best >= 0.0]
    k = min(NEIGHBOURS, len(archive))
    _, first, which = np.unique(place.view(complex).ravel(), return_index=True, return_inverse=True)
    distance, _ = cKDTree(archive).query(place[first], k=k)
    novelty = distance.reshape(len(first), k).mean(axis=1)[which]
    objectives = np.stack((fitness, novelty), axis=1)
    chosen = survive(objectives, BOTH, number, rng)
    return chosen.rows, chosen.crowding, objectives[chosen.rows]


def write(path, best):
    """A row a filled cell: lower corners of Q and cost, and the best performance there."""
    rows = [
        (f"{q / CELLS:.3f}", f"{LARGEST_COST * c / CELLS:.1f}", repr(float(best[q, c])))
        for q, c in zip(*np.nonzero(best >= 0.0), strict=True)
    ]
    partial = path.with_suffix(".part")
    with partial.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("q_score", "connection_cost", "best_fitness"))
        writer.writerows(rows)
    partial.replace(path)


def merged(paths):
    """The best of several files, cell by cell, sorted."""
    cells = {}
    for path in paths:
        with path.open(newline="") as file:
            for q, cost, fitness in list(csv.reader(file))[1:]:
                cell = (float(q), float(cost))
                cells[cell] = max(cells.get(cell, -1.0), float(fitness))
    best = np.full((CELLS, CELLS), -1.0)
    for (q, cost), fitness in cells.items():
        best[round(q * CELLS), round(cost * CELLS / LARGEST_COST)] = fitness
    return best


def run(seed, generations, folder):
    """One seed, into its file."""
    write(path_of(folder, seed, generations), explore(seed, generations))
    return seed


def path_of(folder, seed, generations):
    """Where a run of this length is kept."""
    return folder / f"mole-{seed}-{generations}.csv"


def main():
    """Run what is missing, and merge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--generations", type=int, default=GENERATIONS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("studies") / "clune2013-mole")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    paths = {seed: path_of(given.out, seed, given.generations) for seed in range(1, given.runs + 1)}
    left = [seed for seed, path in paths.items() if not path.exists()]
    calls = [(seed, given.generations, given.out) for seed in left]
    for seed in as_they_end(run, calls, given.workers):
        print(f"seed {seed}: {paths[seed]}", flush=True)
    write(given.out / "mole.csv", merged(paths.values()))
    write_manifest(given.out / "mole.manifest.json", seeds=list(paths), generations=given.generations)
    print(given.out / "mole.csv")


if __name__ == "__main__":
    main()
