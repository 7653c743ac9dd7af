"""The retina from first networks with few connections or with many, PA and P&CC."""

from evomod.plots.studies import figure_of_columns
from evomod.scripts.bernatskiy2015 import claims_retina

STUDY = "study_retina.toml"
FULL = "400 runs of 25,000 generations, about 5 hours of one core"
QUICK = claims_retina.QUICK
COLUMNS = {"q_score": "Q of the best", "best_fitness": "performance", "connections": "connections"}


def draw(study):
    """Every replicate's best network of the last generation."""
    return figure_of_columns(study, COLUMNS)
