"""Performance, Q and connections by who survives among equals, and by how a bias mutates: PA and P&CC.

    python scripts/clune2013/ties.py [--runs 6] [--kinds step,pcc-step] [--generations 25000] [--workers 2] [--out FOLDER]

PA is better here than published; does that depend on these choices? With performance alone most of a population is equally fit, and a rule that prefers one of the equals decides
whether populations drift. parents-first, offspring-first: among equals parents, or offspring, survive.
step: ties are broken at random as everywhere here, and a bias is changed by one step (the paper's text, as
recalled) in place of drawn anew (authors' code). All else is performance_alone.toml; `pcc-` before a name is
connection_cost.toml. Every finished run is a row of ties.csv; a row that is there is not run again.
"""

import argparse
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import evomod
from evomod.papers import load_script
from evomod.plotting_studies import plot_columns, rows_of
from evomod.selection import Survivors, rank
from evomod.study_tables import read_columns
from evomod.tracking import Tracker

HERE = Path(__file__).parent
TABLES = load_script(HERE / "tables.py")
KINDS = (
    "parents-first",
    "offspring-first",
    "step",
    "pcc-parents-first",
    "pcc-offspring-first",
    "pcc-step",
)
TABLE = "ties.csv"
FULL = "44 runs of 25,000 generations, about 40 minutes of one core"
COMMAND = "python scripts/clune2013/ties.py"
SHOWN = {"best_fitness": "performance", "q_score": "Q of the best", "connections": "connections"}
LABELS = {
    "": "at random",
    "offspring-first": "offspring first",
    "parents-first": "parents first",
    "step": "at random; biases by a step",
}
COLUMNS = (
    "treatment", "replicate", "generations", "best_fitness", "q_score", "connection_cost", "connections",
    "separates", "generations_to_solve", "q_of_equals",
)  # fmt: skip
SEPARATED = load_script(HERE / "claims.py").separated


def run(kind, replicate, generations=25_000, population=1000):
    """One run; returns its row: of the network that is logged, and the median Q of all that are as fit."""
    rule = kind.removeprefix("pcc-")
    settings = [f"evolution.population={population}", f"evolution.generations={generations}"]
    settings += ["variation.bias_change=step"] if rule == "step" else []
    base = "connection_cost.toml" if kind.startswith("pcc-") else "performance_alone.toml"
    setup = evomod.prepare(evomod.load_config(HERE / base, settings))
    if rule != "step":
        shares = np.array([1.0, 0.25] if kind.startswith("pcc-") else [1.0])
        setup.toolbox.register("survive", partial(in_order, shares, rule == "offspring-first"))
    seed = int(np.random.SeedSequence(2013, spawn_key=(*kind.encode(), replicate)).generate_state(1)[0])
    solved = ""
    for generation in evomod.evolve(setup.config, seed, setup=setup):
        if solved == "" and generation.is_solved:
            solved = generation.number
    genomes, row = generation.population.genomes, generation.best_row
    shape = Tracker(setup).measure(genomes[row : row + 1])
    equals = np.flatnonzero(generation.fitness == generation.fitness[row])
    return (
        kind,
        replicate,
        generations,
        float(generation.fitness[row]),
        shape.q,
        shape.cost,
        shape.connections,
        SEPARATED([generation.best])[0],
        solved,
        float(np.median(setup.toolbox.q(genomes[equals]))),
    )


def in_order(shares, is_reversed, objectives, number, rng):
    """Survivors, ties broken by place in the pool: parents come first, or last."""
    if not is_reversed:
        return rank(objectives, shares, number, rng)
    found = rank(np.ascontiguousarray(objectives[::-1]), shares, number, rng)
    return Survivors(len(objectives) - 1 - found.rows, found.front, found.crowding)


def draw_table(path):
    """Every run's best network of the last generation, medians with 95 % intervals.

    Those whose ties are broken at random are PA and P&CC of study.toml, if its summary lies beside.
    """
    table, groups = read_columns(path), {}
    for base, name in (("", "PA"), ("pcc-", "P&CC")):
        for rule, label in LABELS.items():
            rows = rows_of(table, treatment=base + rule)
            beside = path.with_name("summary.csv")
            if rule == "" and beside.exists():
                rows = rows_of(read_columns(beside), treatment=base.rstrip("-") or "pa")
            if rows["treatment"].size:
                groups[f"{name}, {label}"] = rows
    figure = Figure(figsize=(7.2, 1.2 + 0.38 * len(groups)), layout="constrained")
    plot_columns(figure, groups, SHOWN)
    return figure


def quick(jobs=None):
    """A small table: one run of each. Returns its path."""
    folder = Path(tempfile.mkdtemp(prefix="clune2013-ties-quick-"))
    given = argparse.Namespace(out=folder, runs=1, generations=300, workers=1)
    TABLES.complete(given, "ties", COLUMNS, KINDS, run)
    return folder / TABLE


def main():
    """Run what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=6)
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=KINDS)
    parser.add_argument("--generations", type=int, default=25_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("studies") / "clune2013-ties")
    given = parser.parse_args()
    TABLES.complete(given, "ties", COLUMNS, given.kinds, run)


if __name__ == "__main__":
    main()
