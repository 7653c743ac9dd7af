"""Modularity lost, and to what: the goal is fixed or not, the price of size is raised or not. Not in the paper.

Fig. 3 fixes the goal and raises the price of size at once, for the four most modular circuits. Four decide nothing
by a test of pairs, and what was chosen for its Q_m can hardly but fall. Here every circuit that ended with the goal
solved is followed, with both changes, with either, and with neither.
"""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

import evomod
from evomod.plots.runs import COLOURS
from evomod.scripts.kashtan2005 import derived, fig3

STUDY = "study.toml"
FULL = "250 runs of at most 100,000 generations, then 4 of 1000 from each of some 20 circuits, about half an hour of one core"
QUICK = fig3.QUICK

CONTROLS = "decay_controls.csv"
ARMS = {  # treatment that the goals are of, and whether size has the price of Fig. 3; label
    "fixed-dearer": ("fg-or", True, "fixed goal, size dearer (Fig. 3)"),
    "fixed": ("fg-or", False, "fixed goal"),
    "varying-dearer": ("mvg", True, "goals go on varying, size dearer"),
    "varying": ("mvg", False, "goals go on varying"),
}
GENERATIONS = (0, 10, 20, 50, 100, 300, 1000)
"""In which Q_m is measured."""


def prepare(study, jobs=None):
    """Evolve all modular circuits further: ``decay_controls.csv``."""
    derived.q_table(study)
    table_of(study)


def table_of(study):
    """One row per circuit, arm and generation."""
    return derived.once(study, CONTROLS, lambda: rows(study))


def rows(study):
    """What `fig3.measured` says of one of the best, every circuit evolved with one seed in all arms.

    One of the equally fit by chance: the first of them is often the circuit that the run began with, for an elite
    stays in its place.
    """
    found: list[Any] = []
    known: dict[Any, Any] = {}
    for network in fig3.starts(study):
        circuit = network.about["replicate"]
        for arm, (treatment, is_dearer, _) in ARMS.items():
            settings = config(study, treatment, is_dearer)
            start = fig3.population(settings, network)
            for generation in evomod.evolve(settings, (fig3.SEED, circuit), start=start):
                if generation.number in GENERATIONS:
                    rng = np.random.default_rng((fig3.SEED, circuit, generation.number))
                    selected = generation.objectives[:, 0]  # fitness less the price of size
                    best = rng.choice(np.flatnonzero(selected == selected.max()))
                    about = {"start": circuit, "arm": arm}
                    found.append(about | fig3.measured(study, generation, best, known))
    return found or [dict.fromkeys(("start", "arm", *fig3.MEASURES), np.nan)]


def config(study, treatment, is_dearer):
    """Of a treatment, for as long as is measured; with the price of size of Fig. 3 or the treatment's own."""
    config = derived.config_of(study, treatment, generations=GENERATIONS[-1], stop="generations")
    return fig3.dearer(config) if is_dearer else config


def values(table, arm, generation, value="q_m"):
    """Of all circuits, in one order for every arm and generation."""
    mine = (table["arm"] == arm) & (table["generation"] == generation)
    return table[value][mine][np.argsort(table["start"][mine])]


def draw(study):
    """Means over circuits with their standard errors, of Q_m, fitness and gates."""
    table = table_of(study)
    figure = Figure(figsize=(7.6, 3.3), layout="constrained")
    panels = figure.subplots(1, 3)
    if np.isnan(table["generation"]).all():
        for axes in panels:
            derived.not_solved(axes, "that ended with G2 solved")
        return figure
    labels = ("Q_m of one of the best", "fitness of the best", "effective gates of the same")
    for axes, value, label in zip(panels, ("q_m", "fitness", "gates"), labels, strict=True):
        for k, (arm, (_, is_dearer, name)) in enumerate(ARMS.items()):
            groups = [values(table, arm, generation, value) for generation in GENERATIONS]
            is_fixed = arm.startswith("fixed")
            axes.errorbar(
                GENERATIONS, [group.mean() for group in groups],
                yerr=[derived.standard_error(group) for group in groups], fmt="so"[is_dearer] + ("-" if is_fixed else "--"),
                ms=3.5, lw=1, mfc=None if is_fixed else "white", color=COLOURS[(5, 1, 0, 4)[k]], label=name,
            )  # fmt: skip
        axes.set_xlabel("generation")
        axes.set_ylabel(label)
    panels[0].axhline(0.0, color="#999999", lw=0.8)
    for axes in panels:
        axes.set_xscale("symlog", linthresh=10)
        axes.set_xlim(0, 1.2 * GENERATIONS[-1])
    n = np.unique(table["start"]).size
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False,
        title=f"{n} circuits of MVG runs, one run each: mean and standard error",
    )  # fmt: skip
    return figure
