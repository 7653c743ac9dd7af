"""What single mutations do to Q of networks that are modular and not yet perfect: those that raise fitness, neutral ones, harmful ones."""

import numpy as np
from matplotlib.figure import Figure

from evomod.plots.studies import rows_of
from evomod.scripts.benefits import derived
from evomod.scripts.benefits.claims import KINDS
from evomod.scripts.benefits.intervention import draw_mutants

STUDY = "study_imperfect.toml"
FULL = "800 runs of at most 1000 generations, about half an hour of one core"
QUICK = {"replicates": 4, "settings": ["evolution.population=300"]}


def prepare(study, jobs=None):
    """Find the most modular imperfect network of every run, and mutate it: ``mutants.csv``."""
    derived.around(study, jobs)


def draw(study):
    """A panel of networks of 28 to 32 connections, and one of any number; lines join what is of one network."""
    figure = Figure(figsize=(6.6, 3.2), layout="constrained")
    panels = figure.subplots(1, len(KINDS), sharey=True)
    for axes, (kind, words) in zip(panels, KINDS.items(), strict=True):
        draw_mutants(axes, study, kind)
        rows = rows_of(derived.around(study), treatment=kind)
        useful = np.isfinite(rows["dq_useful"].astype(float)).sum()
        axes.set_title(
            f"{words}:\n{len(rows['replicate'])} networks, {useful} with useful mutations", fontsize=8
        )
    panels[0].set_ylabel("mean change of Q by a mutation")
    return figure
