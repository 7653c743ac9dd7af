"""Causes of modularity side by side, alone and in pairs: Q, Q beside rewired networks, connections, fitness."""

import numpy as np
from matplotlib.figure import Figure

from evomod.plots.studies import plot_columns, rows_of
from evomod.scripts.causes import derived

STUDY = "study.toml"
FULL = "900 runs of 10,000 generations, about 3 hours of one core"
QUICK = {"replicates": 2, "settings": ["evolution.generations=300", "evolution.population=200"]}

COLUMNS = {
    "q_score": "Q of the best",
    "q_z": "z of Q beside\nrewired networks",
    "q_excess_layered": "Q less that of rewired\nwithin layers",
    "connections": "connections",
    "fitness": "fitness on the\ntrained goal",
    "subgoals": "subgoals told by\nthe best neuron",
}


def prepare(study, jobs=None):
    """Fitness when the trained goal was rewarded last (``goals.csv``); what neurons tell (``modules.csv``)."""
    derived.goals_by_generation(study)
    derived.modules_do(study)


def draw(study):
    """One row per treatment, every run a dot, medians with 95 % intervals; the line is the control's median.

    A network without connections has no modules, so no Q.
    """
    goals, neurons, groups = derived.goals_by_generation(study), derived.modules_do(study), {}
    last = goals["moment"].max()
    for name in study.treatments:
        rows = rows_of(study.summary, treatment=name)
        if rows["treatment"].size:
            rows["q_score"] = np.where(rows["connections"] > 0, rows["q_score"], np.nan)
            rows["q_excess_layered"] = rows["q_score"] - rows["q_rand_layered"]
            rows["fitness"] = rows_of(goals, treatment=name, moment=last)[derived.TRAINED]
            rows["subgoals"] = rows_of(neurons, treatment=name)["subgoals"]
            groups[study.labels[name]] = rows
    figure = Figure(figsize=(11.4, 0.9 + 0.3 * len(groups)), layout="constrained")
    panels = plot_columns(figure, groups, COLUMNS)
    derived.mark_control(panels, [derived.values_of(groups, column) for column in COLUMNS])
    return figure
