"""Selection for adaptability beside goal switching: how modular, how sparse, how soon copies adapt, how well the goal is solved."""

from evomod.plots.studies import rows_of
from evomod.scripts.causes import derived

STUDY = "study_adaptability.toml"
FULL = "200 runs of 3000 generations, about an hour of one core"
QUICK = {"replicates": 2, "settings": ["evolution.generations=200", "evolution.population=100"]}

GOALS = {"neither": "a related goal (neither)", "top-and-bottom": "one with other halves"}


def prepare(study, jobs=None):
    """Copies of every best network evolve on other goals: ``adaptation.csv``."""
    derived.adaptation(study, jobs)


def draw(study):
    """A panel a measure; every dot is a run's best network."""
    return drawn(
        study, derived.adaptation(study), GOALS, {"q_z_layered": "z relative to nulls within layers"}
    )


def drawn(study, adapted, goals, beyond):
    """Panels of Q, of a measure beyond sparseness, of size, of generations to ``goals`` by a table, and of fitness.

    ``goals`` and ``beyond``: labels by goal and by column.
    """

    def numbers(column, name):
        if column in goals:
            return derived.to_reach(study, rows_of(adapted, treatment=name, goal=column))
        return derived.measured(study, column, name)

    panels = {
        "q_score": "Q",
        **beyond,
        "connections": "connections",
        **{goal: f"generations to\n{words}" for goal, words in goals.items()},
        f"fitness:{derived.TRAINED}": "fitness",
    }
    return derived.draw_dots(study, panels, numbers)
