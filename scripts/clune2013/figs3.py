"""A retina without parts (any four pixels): Q and performance beside the retina with two halves."""

from pathlib import Path

from matplotlib.figure import Figure

from evomod.papers import companion
from evomod.plotting_studies import plot_columns, plot_medians, rows_of

STUDY = "study_sweeps.toml"
FULL = "800 runs of 25,000 generations, of which this needs 100; PA and P&CC are those of study.toml"
QUICK = {"replicates": 2, "settings": ["evolution.generations=300", "evolution.population=300"]}

SHOWN = ("pa-any-four", "pcc-any-four")
COLUMNS = {"q_score": "Q of the best", "best_fitness": "performance of the best"}


def draw(study):
    """Medians over generations, and every replicate of the last one."""
    static = companion(study, Path(__file__), "study.toml")
    figure = Figure(figsize=(7.2, 4.6), layout="constrained")
    top, bottom = figure.subfigures(2, 1, height_ratios=(2.6, 2.0))
    labels = {name: study.labels[name] for name in SHOWN}
    for axes, (column, name) in zip(top.subplots(1, 2), COLUMNS.items(), strict=True):
        plot_medians(axes, study.curves, column, labels)
        axes.set_xscale("symlog", linthresh=10)
        axes.set_xlim(0, study.curves["generation"].max())
        axes.set_ylabel(name)
    axes.legend(loc="lower right", frameon=False)
    groups = {}
    for found, names in ((static, ("pa", "pcc")), (study, SHOWN)):
        if found is not None:
            groups |= {found.labels[name]: rows_of(found.summary, treatment=name) for name in names}
    plot_columns(bottom, groups, COLUMNS)
    return figure
