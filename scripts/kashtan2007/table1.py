"""Mean speedup of the hardest goals: modularly and randomly varying goals, and neutral epochs."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod.plots.studies import look_of
from evomod.scripts.kashtan2007 import both_selections as both
from evomod.scripts.kashtan2007 import speedup

STUDY = "study.toml"
FULL = "792 runs of at most 50,000 generations, about 3 hours of one core"
QUICK = {"replicates": 1, "settings": ["evolution.generations=3000", "evolution.population=300"]}

PAPER = {
    "nand": ((95, 45), (45, 20), (2.5, 2), (1, None)),
    "gates": ((265, 150), (160, 80), (190, 90), (1.3, 0.3)),
}
"""S_max of MVG, RVG_v, VG_0 and RVG_c and its error, quoted (Table 1); without an error: less than this."""
OURS, THEIRS, LEAST = -0.14, 0.22, 0.4
"""Where the marks stand beside a scenario's place, and the least speedup that the axis shows: S of the hardest goals is above
one half, as T of the fixed goal is above half of what T can be."""
SOLVED, UNSOLVED = (
    "a goal, solved by the scenario in half of the runs or more: S is at least this",
    "a goal that the scenario does not solve either: S is not known",
)
MEAN = "mean over goals ± bootstrapped standard error"
PUBLISHED = "published: mean ± error; arrow: less than"


def draw(study):
    """A panel per model: every goal a dot, means with errors, and the paper's."""
    figure = Figure(figsize=(7.2, 4.6), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, (model, name) in zip(panels, speedup.MODELS.items(), strict=True):
        counts = []
        for place, scenario in enumerate(speedup.SCENARIOS):
            counts.append(_draw_goals(axes, place + OURS, study, model, scenario))
            _draw_published(axes, place + THEIRS, *PAPER[model][place])
        ticks = [
            f"{label}\n{count}" for label, count in zip(speedup.SCENARIOS.values(), counts, strict=True)
        ]
        axes.set_title(name)
        axes.axhline(1.0, color="0.6", linewidth=0.8, zorder=0)
        axes.set_xticks(range(len(ticks)), ticks)
        axes.set_xlim(-0.6, len(speedup.SCENARIOS) - 0.4)
    panels[0].set_yscale("log")
    panels[0].set_ylim(LEAST, 1000)
    panels[0].set_ylabel("speedup S = T of the fixed goal / T")
    half, runs = speedup.cap_of(study) / 2, study.study.replicates
    figure.legend(*_legend(panels), loc="outside lower center", fontsize=8)
    figure.suptitle(
        f"{both.in_words(study)}: goals with T (FG) > {half:,.0f} generations\n"
        f"T is the median of {runs} run{'s' if runs > 1 else ''} of a goal; one that is not solved counts {2 * half:,.0f}",
        fontsize=9,
    )
    return figure


def _draw_goals(axes, x, study, model, scenario):
    """Goals that the scenario solves filled, others open; the mean, where any is solved, with its error.

    Returns how many it solves, in words.
    """
    found, cap = speedup.hardest(study, model, scenario), speedup.cap_of(study)
    if not found:
        return "no goal"
    speedups = np.array([np.median(fixed) / np.median(varying) for fixed, varying in found.values()])
    is_known = np.array([np.median(varying) < cap for _, varying in found.values()])
    beside = np.linspace(-0.09, 0.09, speedups.size) if speedups.size > 1 else np.zeros(1)
    colour, _ = look_of(0)
    for chosen, fill, label in ((is_known, colour, SOLVED), (~is_known, "none", UNSOLVED)):
        axes.scatter(
            x + beside[chosen], speedups[chosen], s=16, facecolors=fill, edgecolors=colour, linewidths=0.8, label=label
        )  # fmt: skip
    if is_known.any():
        mean, error = speedup.mean_speedup(found)
        axes.errorbar(
            x, mean, [[min(error, mean - LEAST)], [error]], fmt="_", color="black", markersize=13, capsize=3, label=MEAN
        )  # fmt: skip
    return f"{is_known.sum()} of {len(found)} solved"


def _draw_published(axes, x, mean, error):
    """The paper's number; one without an error is below it."""
    look = {"color": look_of(1)[0], "markersize": 5, "capsize": 3, "label": PUBLISHED}
    if error is None:
        axes.errorbar(x, mean, [[mean - 0.65 * mean], [0.0]], uplims=True, fmt="D", **look)
    else:
        axes.errorbar(x, mean, error, fmt="D", **look)


def _legend(panels):
    """One entry per kind of mark, in a fixed order."""
    known: dict[str, Any] = {}
    for axes in panels:
        known |= dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    names = [name for name in (SOLVED, UNSOLVED, MEAN, PUBLISHED) if name in known]
    return [known[name] for name in names], names
