"""Controls of the connection cost: Q itself, or a random walk that is inherited, as the second objective.

    python scripts/clune2013/controls.py [--runs 50] [--generations 25000] [--workers 2] [--out FOLDER]

walk: a number that offspring inherit with Gaussian noise added (sd 0.1, authors' code), so that there is a
second objective which says nothing of the network. q: Q of every individual, in every comparison; q-25: in
a quarter of them. All else is the retina of performance_alone.toml. Every finished run is a row of
controls.csv; a row that is there is not run again. `evomod figure clune2013-figs4` draws them.
"""

import argparse
import csv
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np

import evomod
from evomod.papers import load_script
from evomod.selection import choose_parents, survive

HERE = Path(__file__).parent
MOLE = load_script(HERE / "mole.py")
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
    pool = described(setup, kind, genomes, np.zeros(population), rng)
    chosen = survive(np.stack(pool[1:3], axis=1), shares, population, rng)
    for _ in range(generations):
        pool = tuple(part[chosen.rows] for part in pool)
        objectives = np.stack(pool[1:3], axis=1)
        parents = np.sort(choose_parents(objectives, shares, chosen.crowding, rng))
        offspring = setup.toolbox.vary(pool[0], parents, rng)
        fresh = described(setup, kind, offspring, pool[2][parents], rng)
        pool = tuple(np.concatenate(pair) for pair in zip(pool, fresh, strict=True))
        chosen = survive(np.stack(pool[1:3], axis=1), shares, population, rng)
    first = chosen.rows[chosen.front == 0]
    genomes, fitness, _, place = (part[first] for part in pool)
    best = np.lexsort((place[:, 1], -fitness))[0]
    connections = int((setup.module.simplify(setup.encoding, genomes[best : best + 1]) != 0).sum())
    q, cost = float(place[best, 0]), float(place[best, 1] * MOLE.LARGEST_COST)
    return (kind, replicate, generations, float(fitness[best]), q, cost, connections)


def described(setup, kind, genomes, inherited, rng):
    """Genomes, performance, second objective and place (Q, cost) of individuals."""
    fitness, place = MOLE.described(setup, genomes)
    if kind == "walk":
        second = inherited + rng.normal(0.0, STEP, inherited.size)
    else:
        second = place[:, 0].copy()
    return genomes, fitness, second, place


def main():
    """Run what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--generations", type=int, default=25_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("studies") / "clune2013-controls")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    path, done = given.out / "controls.csv", set()
    if path.exists():
        with path.open(newline="") as file:
            done = {(row["treatment"], int(row["replicate"])) for row in csv.DictReader(file)}
    asked = [(kind, k) for k in range(given.runs) for kind in KINDS if (kind, k) not in done]
    with path.open("a", newline="") as file, ProcessPoolExecutor(given.workers) as pool:
        writer = csv.writer(file, lineterminator="\n")
        if not path.stat().st_size:
            writer.writerow(COLUMNS)
        for future in as_completed([pool.submit(run, *one, given.generations) for one in asked]):
            writer.writerow(future.result())
            file.flush()
    print(path)


if __name__ == "__main__":
    main()
