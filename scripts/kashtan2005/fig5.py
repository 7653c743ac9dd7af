"""Retina networks under a fixed goal (FG) and modularly varying goals (MVG), and their four-node subgraphs."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod.plots.runs import plot_network
from evomod.plots.studies import explain_networks
from evomod.scripts.kashtan2005 import derived

STUDY = "study.toml"
FULL = "250 runs of at most 100,000 generations, then 1000 random graphs a network, about 40 minutes of one core"
QUICK = {"replicates": 4, "settings": ["evolution.generations=3000"]}

LABELS = {"retina-fg": "FG", "retina-mvg": "MVG"}


def prepare(study, jobs=None):
    """Count subgraphs and measure Q_m: ``motifs.csv``, ``q_m.csv``."""
    derived.motif_table(study)
    derived.q_table(study)


def typical(study, treatment):
    """The network whose Q_m is the (lower) median of the runs that solved their goals, and that Q_m."""
    table = derived.q_table(study)
    mine = table["treatment"] == treatment
    if not mine.any():
        return None, np.nan
    rows = sorted(zip(table["q_m"][mine].tolist(), table["replicate"][mine].tolist(), strict=True))
    q_m, replicate = rows[(len(rows) - 1) // 2]
    return derived.solved(study, treatment)[replicate], q_m


def draw(study):
    """Panels a to c, which are b to d of Fig. 5: the paper's a shows the retina."""
    figure = Figure(figsize=(7.2, 6.4), layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=(3.2, 3.0))
    above, below = parts
    drawn = []
    for axes, (treatment, label), letter in zip(above.subplots(1, 2), LABELS.items(), "ab", strict=True):
        network, q_m = typical(study, treatment)
        if network is None:
            derived.not_solved(axes, label)
        else:
            plot_network(axes, network, derived.METHOD)
            drawn.append(network)
            axes.set_title(f"{label}: replicate {network.about['replicate']}, Q_m {q_m:.2f}")
        axes.set_title(letter, loc="left", fontweight="bold")
    explain_networks(above, drawn)
    axes = below.subplots()
    derived.plot_profiles(axes, derived.motif_table(study), 4, LABELS)
    axes.set_title("c", loc="left", fontweight="bold")
    axes.set_title("mean ± standard error", loc="right")
    return figure
