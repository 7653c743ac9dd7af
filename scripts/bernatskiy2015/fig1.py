"""Sparse and random first populations, with a cost of connections and by age: Q, fitness and connections at the end."""

from evomod.plots.studies import figure_of_columns
from evomod.scripts.bernatskiy2015 import claims

STUDY = "study.toml"
FULL = "800 runs of 1,500 generations, about 20 minutes of one core"
QUICK = claims.QUICK
COLUMNS = {"q_score": "Q of the best", "best_fitness": "performance", "connections": "connections"}


def draw(study):
    """Every replicate's best network of the last generation."""
    return figure_of_columns(study, COLUMNS)
