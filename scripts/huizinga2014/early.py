"""HyperNEAT with a cost of connections, with a seed for locality and with neither, after 2,500 generations."""

from matplotlib.figure import Figure

from evomod.plots.studies import plot_columns, rows_of
from evomod.scripts.huizinga2014 import claims

STUDY = "study_early.toml"
FULL = "60 runs of 2,500 generations, about an hour of one core"
QUICK = claims.QUICK

COLUMNS = {
    "q_score": "Q of the best",
    "q_z": "z of Q",
    "best_fitness": "performance",
    "connections": "connections",
}


def draw(study):
    """Every replicate of the last generation."""
    figure = Figure(figsize=(8.4, 2.6), layout="constrained")
    summary = study.summary
    groups = {study.labels[name]: rows_of(summary, treatment=name) for name in study.treatments}
    plot_columns(figure, groups, COLUMNS)
    return figure
