"""Hierarchy without modularity (Fig. 6): a cost of connections while Q is selected against; and, not of the paper, selection for hierarchy."""

from evomod.scripts.mengistu2016 import fig2

STUDY = "study_nonmod.toml"
FULL = "200 runs of 25,000 generations, about 10 hours of one core"
QUICK = fig2.QUICK

draw = fig2.draw
