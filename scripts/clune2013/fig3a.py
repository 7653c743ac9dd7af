"""Generations to adapt to the other goal, PA and P&CC, in both directions."""

from functools import partial

import numpy as np
from matplotlib.figure import Figure

from evomod.evolvability.transfers import generations_to_solve
from evomod.files.disk import write_whole
from evomod.files.tables import csv_line, read_table
from evomod.plots.studies import masked, plot_boxes
from evomod.studies.engines import in_workers
from evomod.studies.tables import further_table

STUDY = "study_adapt.toml"
FULL = (
    "400 runs until perfect, at most 25,000 generations, then five adaptations of each, about 2.5 hours "
    "of one core"
)
QUICK = {
    "replicates": 2,
    "settings": ["evolution.population=300", "evolution.generations=1500"],
}
REPEATS, CAP = 5, 5000
OTHER = {"left-and-right": "left-or-right", "left-or-right": "left-and-right"}
COLUMNS = ("treatment", "replicate", "to", "repeat", "generations", "cap")


def prepare(study, jobs=None):
    """Clone every perfect network to a population and evolve it on the other goal: ``adaptation.csv``.

    An adaptation that is not found within the cap has no number of generations.
    """
    path = study.folder / "adaptation.csv"
    if not path.exists():
        write_whole(path, csv_line(COLUMNS))  # perhaps no network is perfect
    further_table(study, path.name, lambda missing: adaptations(study, missing, jobs))


def adaptations(study, runs, jobs):
    """Rows of those of the runs whose network is perfect."""
    configs = {treatment.name: treatment.config for treatment in study.study.treatments}
    known = {t: {n.about["replicate"]: n for n in networks} for t, networks in study.networks.items()}
    asked, calls = [], []
    for treatment, replicate in runs:
        network, goal = known[treatment][replicate], configs[treatment].task.goal
        if network.about["fitness"][goal] < 1.0:
            continue
        for repeat in range(REPEATS):
            key = (*treatment.encode(), replicate, repeat)
            seed = np.random.SeedSequence(study.study.seed, spawn_key=key)
            asked.append((treatment, replicate, OTHER[goal], repeat))
            calls.append((configs[treatment], network, OTHER[goal], seed))
    found = in_workers(partial(generations_to_solve, cap=CAP), calls, jobs)
    rows = [(*a, "" if n is None else n, CAP) for a, n in zip(asked, found, strict=True)]
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def medians(study):
    """``{treatment: generations[replicate]}``, the median over repeats; one not found counts as the cap.

    Of runs that the study has: the table may hold more.
    """
    whole = read_table(study.folder / "adaptation.csv")
    table = masked(whole, whole["replicate"] < study.study.replicates)
    generations = np.where(np.isnan(table["generations"].astype(float)), CAP, table["generations"])
    found = {}
    for treatment in study.treatments:
        mine = table["treatment"] == treatment
        replicates = np.unique(table["replicate"][mine])
        found[treatment] = np.array(
            [np.median(generations[mine & (table["replicate"] == r)]) for r in replicates]
        )
    return found


def draw(study):
    """One panel per direction and alphabet; every dot is a network, the median of its repeats."""
    return panels_of(medians(study), "first networks that are perfect")


def panels_of(values, networks):
    """One panel per direction and alphabet, from ``{treatment: generations[network]}``."""
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    kinds = [(goal, suffix) for suffix in ("", "-binary") for goal in ("and", "or")]
    run = [(g, s) for g, s in kinds if len(values[f"pa-{g}{s}"]) + len(values[f"pcc-{g}{s}"])]
    kinds = run or kinds  # an alphabet that has not been run has no panel
    panels = figure.subplots(1, len(kinds), sharey=True)
    for axes, (goal, suffix) in zip(panels, kinds, strict=True):
        groups = [values[f"{kind}-{goal}{suffix}"] for kind in ("pa", "pcc")]
        plot_boxes(axes, groups, ("PA", "P&CC"))
        other = "OR" if goal == "and" else "AND"
        weights = "2 -1 1 2" if suffix else "-2 -1 1 2"
        axes.set_title(f"{goal.upper()} to {other}\nweights {weights}")
        axes.set_yscale("symlog", linthresh=10)
        axes.set_ylim(0, 1.2 * CAP)
        axes.axhline(CAP, color="0.6", lw=0.7, ls=":")
    panels[0].set_ylabel("generations to adapt")
    figure.suptitle(
        f"dots: {networks}, median of {REPEATS} adaptations; dotted: not within {CAP:,}\n"
        "boxes: quartiles; whiskers: up to 1.5 times their distance; line: median",
        fontsize=8,
    )
    return figure
