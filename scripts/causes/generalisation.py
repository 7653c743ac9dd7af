"""Goals that were never trained: fitness on them while another is, and how soon copies of the best adapt to them."""

import numpy as np
from matplotlib.figure import Figure

from evomod.plots.studies import plot_dots, rows_of
from evomod.scripts.causes import derived

STUDY = "study.toml"
FULL = (
    "900 runs of 10,000 generations, then 3600 adaptations of at most 1000, about 3.5 hours of one core"
)
QUICK = {"replicates": 2, "settings": ["evolution.generations=200", "evolution.population=100"]}

ALWAYS_NO = 0.75
"""Fitness of a constant no: each of these goals has 64 ones of 256."""


def prepare(study, jobs=None):
    """Evolve copies of all best networks on the goals that were never trained: ``adaptation.csv``, ``goals.csv``."""
    derived.goals_by_generation(study)
    derived.adaptation(study, jobs)


def draw(study):
    """One column per goal. Above: medians over runs of single causes; below: every network's adaptation."""
    goals, adapted = derived.goals_by_generation(study), derived.adaptation(study)
    here = [name for name in study.treatments if (goals["treatment"] == name).any()]
    figure = Figure(figsize=(9.4, 3.4 + 0.24 * len(here)), layout="constrained")
    panels = figure.subplots(
        2, len(derived.OTHERS), sharey="row", height_ratios=(2.4, 0.6 + 0.24 * len(here))
    )
    for axes, (goal, label) in zip(panels[0], derived.OTHERS.items(), strict=True):
        draw_zero_shot(axes, study, goals, goal)
        axes.set_title(label, fontsize=8)
    panels[0, 0].set_ylabel("fitness, never trained")
    for axes, goal in zip(panels[1], derived.OTHERS, strict=True):
        draw_adaptation(axes, study, here, rows_of(adapted, goal=goal))
    figure.legend(
        *panels[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=5, fontsize=7
    )
    return figure


def draw_zero_shot(axes, study, goals, goal):
    """Median fitness on one goal by generation, one line per single cause."""
    derived.plot_singles(axes, study, goals, "moment", goal)
    axes.axhline(ALWAYS_NO, color="0.6", lw=0.8, zorder=0, label="always no")
    axes.set_xscale("symlog", linthresh=10)
    axes.set_xlim(0, max(goals["moment"].max(), 10))
    axes.set_xlabel("generation")


def draw_adaptation(axes, study, here, rows):
    """Generations to a fitness of 0.95 on one goal, one row per treatment; not reached counts as the cap."""
    groups = []
    for name in here:
        mine = rows_of(rows, treatment=name)
        groups.append(derived.to_reach(study, mine))
    plot_dots(axes, groups, [study.labels[name] for name in here])
    axes.set_xscale("symlog", linthresh=10)
    cap = derived.cap(study)
    axes.set_xlim(-1, 1.3 * cap)
    ticks = [n for n in (0, 10, 100) if n < cap]
    axes.set_xticks([*ticks, cap], [*map(str, ticks), f"{cap}+"])
    axes.set_xlabel(f"generations to fitness {derived.NEARLY}")
    axes.axvline(np.median(groups[0]), color="0.6", lw=0.8, zorder=0)
