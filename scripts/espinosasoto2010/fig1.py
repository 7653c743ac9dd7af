"""Gene networks that hold one activity pattern, two or four: Q, z of Q, fitness and connections at the end."""

from evomod.plots.studies import figure_of_columns
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
    return figure_of_columns(study, COLUMNS)
