"""Single causes in networks of 28 to 32 connections: how modular, how many connections, how well the goal is solved."""

from functools import partial

from evomod.scripts.causes import derived

STUDY = "study_fixed.toml"
FULL = "350 runs of 10,000 generations, about 2 hours of one core"
QUICK = {"replicates": 2, "settings": ["evolution.generations=200", "evolution.population=100"]}

PANELS = {
    "q_score": "Q",
    "q_z": "z relative to networks of the same degrees",
    "q_z_layered": "z relative to nulls within layers",
    "connections": "connections",
    "neurons": "neurons",
    f"fitness:{derived.TRAINED}": "fitness",
}


def draw(study):
    """A panel a measure; every dot is a run's best network."""
    return derived.draw_dots(study, PANELS, partial(derived.measured, study))
