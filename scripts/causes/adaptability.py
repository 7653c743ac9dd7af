"""Selection for adaptability beside goal switching: how modular, how sparse, how soon copies adapt, how well the goal is solved."""

from evomod.plots.studies import rows_of
from evomod.scripts.causes import derived

STUDY = "study_adaptability.toml"
FULL = "200 runs of 3000 generations, about an hour of one core"
QUICK = {"replicates": 2, "settings": ["evolution.generations=200", "evolution.population=100"]}

PANELS = {
    "q_score": "Q",
    "q_z_layered": "z relative to nulls within layers",
    "connections": "connections",
    "neither": "generations to a related goal (neither)",
    "top-and-bottom": "to one with other halves",
    f"fitness:{derived.TRAINED}": "fitness",
}


def prepare(study, jobs=None):
    """Copies of every best network evolve on other goals: ``adaptation.csv``."""
    derived.adaptation(study, jobs)


def draw(study):
    """A panel a measure; every dot is a run's best network."""
    adapted = derived.adaptation(study)

    def numbers(column, name):
        if column in derived.OTHERS:
            return derived.to_reach(study, rows_of(adapted, treatment=name, goal=column))
        return derived.measured(study, column, name)

    return derived.draw_dots(study, PANELS, numbers)
