"""HyperNEAT with a cost of connections, with a seed for locality and with neither, after 2,500 generations."""

from evomod.plots.studies import figure_of_columns
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
    return figure_of_columns(study, COLUMNS)
