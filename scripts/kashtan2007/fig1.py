"""Speedup by varying goals against the time that the goal takes when it is fixed, one point per goal."""

import numpy as np
from matplotlib.figure import Figure

from evomod.plots.runs import COLOURS
from evomod.scripts.kashtan2007 import both_selections as both
from evomod.scripts.kashtan2007 import speedup

STUDY = "study.toml"
FULL = "792 runs of at most 50,000 generations, of which this needs 528, about 2 hours of one core"
QUICK = {"replicates": 1, "settings": ["evolution.generations=3000", "evolution.population=300"]}

PAPER = {"nand": "0.7 ± 0.1", "gates": "0.7 ± 0.1"}
"""Exponents, quoted."""


def draw(study):
    """S = T_FG / T_MVG over T_FG, one panel per model, and the line of the fitted exponent."""
    figure = Figure(figsize=(7.2, 3.9), layout="constrained")
    panels = figure.subplots(1, 2)
    for axes, model in zip(panels, speedup.MODELS, strict=True):
        panel(axes, study, model)
    signs = panels[0].get_legend_handles_labels()
    figure.legend(*signs, loc="outside lower center", ncols=4, frameon=False)
    figure.suptitle(both.in_words(study))
    return figure


def count_coincident(axes, x, y, colour, above):
    """How many points lie on each other, beside them; of the two kinds of goals above and below."""
    places, counts = np.unique(np.stack((x, y), axis=1), axis=0, return_counts=True)
    for place, count in zip(places.tolist(), counts.tolist(), strict=True):
        if count > 1:
            axes.annotate(
                f"{count} ×", place, (-4, 4 if above else -4), textcoords="offset points", fontsize=6, color=colour,
                ha="right", va="bottom" if above else "top",
            )  # fmt: skip


def panel(axes, study, model):
    """Open points: the fixed goal was not solved by half of the runs, so that S is a lower bound.

    Crosses: the varying goals were not, so that it is an upper bound at the most; they are not in the fit.
    """
    found, cap = speedup.pairs(study, model), speedup.cap_of(study)
    fixed, varying = speedup.medians(found)
    speedups, is_open, is_unknown = fixed / varying, fixed >= cap, varying >= cap
    is_xor = np.array([goal.startswith("xor") for goal in found])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(10, 2 * cap)
    axes.set_ylim(min(0.1, 0.7 * speedups.min()), max(10.0, 2.0 * speedups.max()))
    for kind, mark, colour in ((is_xor, "o", COLOURS[0]), (~is_xor, "s", COLOURS[5])):
        for mine, fill in (
            (kind & ~is_open & ~is_unknown, colour),
            (kind & is_open & ~is_unknown, "none"),
        ):
            axes.plot(fixed[mine], speedups[mine], mark, mec=colour, mfc=fill, ms=5, ls="")
        mine = kind & is_unknown
        axes.plot(fixed[mine], speedups[mine], "x", color=colour, ms=5)
        count_coincident(axes, fixed[mine], speedups[mine], colour, above=mark == "o")
        label = "three XORs" if mark == "o" else "three EQs"
        axes.plot([], [], mark, color=colour, label=label)
    axes.plot([], [], "o", mec="0.3", mfc="none", ls="", label="open: fixed goal not solved")
    axes.plot([], [], "x", color="0.3", ls="", label="cross: varying goals not solved")
    axes.axhline(1.0, color="0.5", lw=0.8, ls=(0, (4, 2)))
    axes.axvline(cap, color="0.5", lw=0.8, ls=(0, (1, 1.5)))
    alpha, error, t0 = speedup.exponent(found, cap)
    if np.isfinite(alpha):
        ends = np.array([fixed[~is_unknown].min(), fixed[~is_unknown].max()])
        axes.plot(ends, (ends / t0) ** alpha, color="black", lw=1.0)
    fitted = f"{alpha:.2f} ± {error:.2f}" if np.isfinite(alpha) else "not known"
    n = min(min(a.size, b.size) for a, b in found.values())
    axes.set_title(
        f"{speedup.MODELS[model]}, {len(found)} goals, n = {n} runs\n"
        f"exponent {fitted} (paper {PAPER[model]})"
    )
    axes.set_xlabel("T of the fixed goal, generations (dotted: G_max)")
    axes.set_ylabel("speedup S = T (FG) / T (MVG)")
