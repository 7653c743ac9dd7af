"""Sparse and random first populations, with a cost of connections and by age: Q, fitness and connections at the end."""

from matplotlib.figure import Figure

from evomod.plots.studies import plot_columns, rows_of
from evomod.scripts.bernatskiy2015 import claims

STUDY = "study.toml"
FULL = "800 runs of 1,500 generations, about 20 minutes of one core"
QUICK = claims.QUICK
COLUMNS = {"q_score": "Q of the best", "best_fitness": "performance", "connections": "connections"}


def draw(study):
    """Every replicate's best network of the last generation."""
    groups = {study.labels[name]: rows_of(study.summary, treatment=name) for name in study.treatments}
    figure = Figure(figsize=(7.2, 1.2 + 0.38 * len(groups)), layout="constrained")
    plot_columns(figure, groups, COLUMNS)
    return figure
