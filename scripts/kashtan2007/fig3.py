"""The best fitness over generations: the fixed goal, and varying goals in the epochs of the same goal."""

import csv

import numpy as np
from matplotlib.figure import Figure

from evomod.goals import epoch_of
from evomod.plotting import COLOURS
from evomod.plotting_studies import LINES, rows_of
from evomod.study_tables import read_columns

STUDY = "study_course.toml"
FULL = "80 runs of 20,000 generations"
QUICK = {"replicates": 4, "settings": ["evolution.generations=1500", "evolution.population=500"]}

COLUMNS = ("treatment", "generation", "n", "mean", "error")


def prepare(study, jobs=None):
    """Mean and standard error over runs of the best fitness on G1: ``course.csv``.

    At the end of every epoch in which varying goals reward G1; of the fixed goal at the same generations.
    """
    path = study.folder / "course.csv"
    if path.exists():
        return
    rows = []
    for treatment in study.study.treatments:
        runs = study.runs(treatment.name)
        logs = [run.log[f"fitness:{treatment.config.schedule.goals[0]}"] for run in runs]
        period, last = treatment.config.schedule.period, treatment.config.evolution.generations
        for generation in range(period, last + 1, period):
            if epoch_of(generation, period) % 2 == 0 and logs:
                values = np.array([log[generation] for log in logs])
                error = values.std(ddof=1) / np.sqrt(values.size) if values.size > 1 else np.nan
                rows.append((treatment.name, generation, values.size, values.mean(), error))
    partial = path.with_suffix(".part")
    with partial.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    partial.replace(path)


def draw(study):
    """Mean and standard error, a line a scenario."""
    table = read_columns(study.folder / "course.csv")
    figure = Figure(figsize=(5.0, 3.4), layout="constrained")
    axes = figure.subplots()
    for name, colour, line in zip(("mvg", "fg"), (COLOURS[5], COLOURS[0]), LINES, strict=False):
        rows = rows_of(table, treatment=name)
        label = f"{study.labels[name]} (n = {rows['n'].max()})"
        axes.plot(rows["generation"], rows["mean"], color=colour, ls=line, label=label)
        ends = (rows["mean"] - rows["error"], rows["mean"] + rows["error"])
        axes.fill_between(rows["generation"], *ends, color=colour, alpha=0.25, lw=0)
    axes.set_xscale("log")
    axes.set_xlabel("generation")
    axes.set_ylabel("best fitness on G1, mean ± standard error")
    axes.legend(frameon=False, loc="lower right")
    return figure
