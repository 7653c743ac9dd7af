"""Selection for what five mutations reach, beside goal switching: how modular, how sparse, how soon copies adapt, how well it is solved."""

from evomod.scripts.causes import adaptability, derived

STUDY = "study_climbs.toml"
FULL = "200 runs of 3000 generations, about an hour of one core"
QUICK = adaptability.QUICK

GOALS = {"left-not-right": "left, not right", "top-and-bottom": "top and bottom"}
"""Never rewarded: one of the same subgoals, which is no negation of a goal that was, and one with other halves."""


def adaptation(study, jobs=None):
    """``adaptation.csv``, of these goals."""
    return derived.adaptation(study, jobs, goals=tuple(GOALS))


def prepare(study, jobs=None):
    """Copies of every best network evolve on other goals: ``adaptation.csv``."""
    adaptation(study, jobs)


def draw(study):
    """A panel a measure; every dot is a run's best network."""
    beyond = {"q_excess_layered": "Q less that of nulls within layers"}
    return adaptability.drawn(study, adaptation(study), GOALS, beyond)
