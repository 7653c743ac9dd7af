"""Fixed and varying goals with at most three inputs a neuron, and with seven: Q, Q_m and connections of the best networks."""

from evomod.plots.studies import figure_of_columns
from evomod.scripts.kashtan2005 import claims_fan_in

STUDY = "study_fan_in.toml"
FULL = "200 runs of 30,000 generations, about 30 minutes of one core"
QUICK = claims_fan_in.QUICK

COLUMNS = {
    "q_m": "Q_m of the best",
    "q_score": "Q",
    "best_fitness": "fitness",
    "connections": "connections",
}


def draw(study):
    """Every replicate of the last generation."""
    return figure_of_columns(study, COLUMNS)
