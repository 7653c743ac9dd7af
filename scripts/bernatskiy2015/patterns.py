"""Activity patterns added one after another, from sparse and random first populations."""

from evomod.plots.studies import figure_of_columns
from evomod.scripts.bernatskiy2015 import claims_patterns

STUDY = "study_patterns.toml"
FULL = "1,200 runs of 60 or 2,000 generations, about 20 minutes of one core"
QUICK = claims_patterns.QUICK
COLUMNS = {"q_score": "Q of the best", "best_fitness": "performance", "connections": "connections"}


def draw(study):
    """Every replicate's best network of the last generation."""
    return figure_of_columns(study, COLUMNS)
