"""Selection for what five mutations reach, beside goal switching: how modular, how sparse, how soon copies adapt, how well it is solved."""

from evomod.scripts.causes import adaptability

STUDY = "study_climbs.toml"
FULL = "200 runs of 3000 generations, about an hour of one core"
QUICK = adaptability.QUICK

prepare, draw = adaptability.prepare, adaptability.draw
