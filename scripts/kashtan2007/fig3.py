"""The best fitness over generations: the fixed goal, and varying goals in the epochs of the same goal."""

import numpy as np
from matplotlib.figure import Figure

from evomod.files.tables import read_table
from evomod.plots.runs import COLOURS
from evomod.plots.studies import LINES, masked, rows_of
from evomod.scripts.kashtan2007 import both_selections as both
from evomod.studies.run_rows import thinned
from evomod.studies.tables import further_table

STUDY = "study_course.toml"
FULL = "80 runs of 20,000 generations, about 10 minutes of one core"
QUICK = {"replicates": 4, "settings": ["evolution.generations=1500", "evolution.population=500"]}


COLUMNS = ("treatment", "replicate", "generation", "best_fitness")
TABLE_NAME = "course.csv.gz"


def prepare(study, jobs=None):
    """The best fitness on G1 of every run, at the end of epochs in which varying goals reward G1.

    Of the fixed goal at the same generations; up to 200 of them, closer together at the beginning.
    """
    further_table(study, TABLE_NAME, lambda missing: courses(study, missing))


def courses(study, runs):
    """Rows of the runs."""
    rows = []
    for key in runs:
        run = study.run(key)
        schedule, last = run.config.schedule, run.config.evolution.generations
        ends = np.arange(schedule.period, last + 1, 2 * schedule.period)
        fitness = run.log[f"fitness:{schedule.goals[0]}"]
        for end in ends[thinned(ends.size - 1)].tolist():
            rows.append((*key, end, float(fitness[end])))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def draw(study):
    """Mean and standard error over runs, one line per scenario."""
    whole = read_table(study.folder / TABLE_NAME)
    table = masked(whole, whole["replicate"] < study.study.replicates)
    figure = Figure(figsize=(5.0, 3.4), layout="constrained")
    axes = figure.subplots()
    for name, colour, line in zip(("mvg", "fg"), (COLOURS[5], COLOURS[0]), LINES, strict=False):
        rows = rows_of(table, treatment=name)
        n = np.unique(rows["replicate"]).size
        values = rows["best_fitness"].reshape(n, -1)  # every run has all generations
        mean, error = values.mean(axis=0), values.std(axis=0, ddof=min(1, n - 1)) / np.sqrt(n)
        generation = rows["generation"][: mean.size]
        axes.plot(generation, mean, color=colour, ls=line, label=f"{study.labels[name]} (n = {n})")
        axes.fill_between(generation, mean - error, mean + error, color=colour, alpha=0.25, lw=0)
    axes.set_xscale("log")
    axes.set_xlabel("generation")
    axes.set_ylabel("best fitness on G1, mean ± standard error")
    axes.set_title(both.in_words(study))
    axes.legend(frameon=False, loc="lower right")
    return figure
