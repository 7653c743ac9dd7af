"""Our retina at population 100, to be compared with what the authors' own program logged.

    python scripts/clune2013/reference.py [--runs 50] [--kinds pa,pcc,pa-random,pcc-parents] [--workers 2] [--out results/reference]

Kinds `pa` and `pcc` are performance_alone.toml and connection_cost.toml with the program's weights, 2 -1 1 2.
`-random`, `-parents` and `-offspring` after a name choose another rule for ties, to see which of them can be told
from the program. A row per run and every 50th generation to 1001, with the columns of authors_program.csv. A run
whose rows are there is not run again. `claims_reference.py` holds the comparison.
"""

import argparse
from pathlib import Path

import numpy as np

import evomod
from evomod.files.tables import add_rows, read_rows
from evomod.papers.scripts import load_script
from evomod.runs.tracking import Tracker
from evomod.studies.experiments import as_they_end, in_words, write_manifest

HERE = Path(__file__).parent
RULES = {"random": "random", "parents": "parents-first", "offspring": "offspring-first"}
CONFIGS = {"pa": "performance_alone.toml", "pcc": "connection_cost.toml"}
KINDS = (*CONFIGS, "pa-random", "pcc-parents")
TABLE = "evomod.csv"
COMMAND = "python scripts/clune2013/reference.py"
LAST, EVERY = 1001, 50
MEASURED = (
    "best_fitness", "q_score", "connection_cost", "connections", "connections_all",
    "median_connections_all", "inputs_apart", "parents_kept",
)  # fmt: skip
COLUMNS = ("treatment", "seed", "generation", *MEASURED)


def run(kind, seed, last=LAST, population=100):
    """One run; returns its rows."""
    base, _, rule = kind.partition("-")
    settings = [
        f"evolution.population={population}",
        f"evolution.generations={last}",
        "network.weights=[2, -1, 1, 2]",
    ]
    settings += [f"selection.ties={RULES[rule]}"] if rule else []
    setup = evomod.prepare(evomod.load_config(HERE / CONFIGS[base], settings))
    kept, survive = [], setup.toolbox.survive

    def counting(objectives, number, rng):
        chosen = survive(objectives, number, rng)
        kept.append(float(np.mean(chosen.rows < number)))
        return chosen

    setup.toolbox.register("survive", counting)
    tracker, apart = Tracker(setup), load_script(HERE / "claims.py").separated
    return [
        (kind, seed, generation.number, *measured(generation, tracker, apart, kept[-1]))
        for generation in evomod.evolve(setup.config, seed, setup=setup)
        if generation.number % EVERY == 1
    ]


def measured(generation, tracker, apart, kept):
    """Values of `MEASURED`."""
    best, genomes = generation.best_row, generation.population.genomes
    shape = tracker.measure(genomes[best : best + 1])
    n_all = np.count_nonzero(genomes[:, : generation.setup.encoding.n_edges], axis=1)
    return (
        float(generation.fitness[best]),
        shape.q,
        shape.cost,
        shape.connections,
        int(n_all[best]),
        float(np.median(n_all)),
        int(apart(generation.best)),
        kept,
    )


def key(row):
    """What a row is about."""
    return row["treatment"], int(row["seed"]), int(row["generation"])


def main():
    """Run what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=KINDS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("results") / "reference")
    given = parser.parse_args()
    path = given.out / TABLE
    known = {(row["treatment"], int(row["seed"])) for row in read_rows(path)}
    calls = [
        (k, seed) for seed in range(1, given.runs + 1) for k in given.kinds if (k, seed) not in known
    ]
    with in_words(parser, given.out):
        for rows in as_they_end(run, calls, given.workers):
            add_rows(path, COLUMNS, [dict(zip(COLUMNS, row, strict=True)) for row in rows], by=key)
    write_manifest(given.out / "evomod.manifest.json", generations=LAST, population=100, every=EVERY)
    print(path)


if __name__ == "__main__":
    main()
