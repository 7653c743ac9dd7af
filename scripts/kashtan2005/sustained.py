"""Generations until circuits with three outputs switch rapidly and go on to: the criterion of Fig. 4.

    python scripts/kashtan2005/sustained.py [--runs 30] [--workers 2] [--generations 300000]

A run's time is the first generation from which every one of the next 6 epochs is solved (a whole round of the goals), and
of the next 30. It ends when both are known. Every run is a row of results/kashtan2005/sustained.csv; a row that is there
is not run again.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np

import evomod
from evomod.files.tables import add_rows, read_rows
from evomod.papers.places import scripts_folder
from evomod.studies.definition import seed_of
from evomod.studies.experiments import as_they_end, in_words, write_manifest

HERE = Path(__file__).parent
COMMAND = "python scripts/kashtan2005/sustained.py"
TABLE = "sustained.csv"
EPOCHS = (6, 30)
"""In succession: a round of G1, G4, G2, G4, G3, G4, and five rounds."""
RUNS, CAP, ROOT = 30, 300_000, 2005
COLUMNS = ("seed", "epochs", "generations", "cap")


def run(seed, cap=CAP, settings=()):
    """Rows of one run: the generation in which the first of so many solved epochs is solved; the cap where none is."""
    path = HERE / "circuit_three_outputs.toml"
    limit = [f"evolution.generations={cap}", "evolution.stop=generations", *settings]
    config = evomod.load_config(path, limit)
    period = config.schedule.period
    when: list[int | None] = []  # the first generation that solves an epoch
    rows = {}
    for generation in evomod.evolve(config, seed=seed):
        if generation.number == 0:
            continue
        epoch = (generation.number - 1) // period
        if epoch == len(when):
            when.append(None)
        if generation.is_solved and when[-1] is None:
            when[-1] = generation.number
        if generation.number % period:
            continue
        for number in EPOCHS:
            if number not in rows and len(when) >= number and all(when[-number:]):
                rows[number] = when[-number]
        if len(rows) == len(EPOCHS):
            break
    return [(seed, number, rows.get(number, cap), cap) for number in EPOCHS]


def times(number):
    """Generations to so many solved epochs in succession, of every run; None without the table."""
    rows = read_rows(scripts_folder().parent / "results" / "kashtan2005" / TABLE)
    found = [float(row["generations"]) for row in rows if int(row["epochs"]) == number]
    return np.array(found) if found else None


def key(row):
    """What a row is about."""
    return int(row["seed"]), int(row["epochs"])


def main():
    """Run what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--generations", type=int, default=CAP)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("results") / "kashtan2005")
    given = parser.parse_args()
    path = given.out / TABLE
    known = {int(row["seed"]) for row in read_rows(path)}
    seeds = [seed_of(ROOT, "sustained", k) for k in range(given.runs)]
    calls = [(seed,) for seed in seeds if seed not in known]
    with in_words(parser, given.out):
        for rows in as_they_end(partial(run, cap=given.generations), calls, given.workers):
            add_rows(path, COLUMNS, [dict(zip(COLUMNS, row, strict=True)) for row in rows], by=key)
    write_manifest(given.out / "sustained.manifest.json", runs=given.runs, generations=given.generations)
    print(path)


if __name__ == "__main__":
    main()
