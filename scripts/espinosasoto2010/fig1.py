"""Gene networks that hold one activity pattern, two or four: Q, z of Q, fitness and connections at the end."""

from matplotlib.figure import Figure

from evomod.plots.studies import plot_columns, rows_of
from evomod.scripts.espinosasoto2010 import claims

STUDY = "study.toml"
FULL = "400 runs of 2,000 generations, about 45 minutes of one core"
QUICK = claims.QUICK
COLUMNS = {
    "q_score": "Q of the best",
    "q_z": "z of Q",
    "best_fitness": "performance",
    "connections": "connections",
}


def draw(study):
    """Every replicate's best network of the last generation."""
    groups = {study.labels[name]: rows_of(study.summary, treatment=name) for name in study.treatments}
    figure = Figure(figsize=(8.4, 2.6), layout="constrained")
    plot_columns(figure, groups, COLUMNS)
    return figure
