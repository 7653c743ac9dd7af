"""Who survives among equals, and how a bias mutates: performance, Q and connections of PA and P&CC."""

from pathlib import Path

from matplotlib.figure import Figure

from evomod.papers.scripts import companion
from evomod.plots.studies import plot_columns, rows_of

STUDY = "study_ties.toml"
FULL = "400 runs of 25,000 generations, about 4 hours of one core; PA and P&CC are those of study.toml"
QUICK = {"replicates": 2, "settings": ["evolution.generations=300", "evolution.population=300"]}
COLUMNS = {"best_fitness": "performance", "q_score": "Q of the best", "connections": "connections"}
STATIC = ("pa", "pa-binary", "pcc", "pcc-binary")


def draw(study):
    """Every replicate's best network of the last generation, medians with 95 % intervals."""
    static = companion(study, Path(__file__), "study.toml")
    known = (
        {}
        if static is None
        else {static.labels[n]: rows_of(static.summary, treatment=n) for n in STATIC}
    )
    shown = {label: rows_of(study.summary, treatment=name) for name, label in study.labels.items()}
    groups = dict(sorted((known | shown).items(), key=lambda one: one[0].partition(",")))
    figure = Figure(figsize=(7.2, 1.2 + 0.38 * len(groups)), layout="constrained")
    plot_columns(figure, groups, COLUMNS)
    return figure
