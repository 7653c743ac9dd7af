"""The retina from first networks with few connections or with many, PA and P&CC."""

from matplotlib.figure import Figure

from evomod.plots.studies import plot_columns, rows_of
from evomod.scripts.bernatskiy2015 import claims_retina

STUDY = "study_retina.toml"
FULL = "400 runs of 25,000 generations, about 5 hours of one core"
QUICK = claims_retina.QUICK
COLUMNS = {"q_score": "Q of the best", "best_fitness": "performance", "connections": "connections"}


def draw(study):
    """Every replicate's best network of the last generation."""
    groups = {study.labels[name]: rows_of(study.summary, treatment=name) for name in study.treatments}
    figure = Figure(figsize=(7.2, 1.2 + 0.38 * len(groups)), layout="constrained")
    plot_columns(figure, groups, COLUMNS)
    return figure
