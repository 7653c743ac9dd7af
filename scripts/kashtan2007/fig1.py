"""Speedup by varying goals against the time that the goal takes when it is fixed, a point a goal."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evomod.papers import load_script
from evomod.plotting import COLOURS

STUDY = "study.toml"
FULL = "792 runs of at most 50,000 generations, of which this needs 528"
QUICK = {"replicates": 1, "settings": ["evolution.generations=1000", "evolution.population=300"]}

SPEEDUP = load_script(Path(__file__).with_name("speedup.py"))
PAPER = {"nand": "0.7 ± 0.1", "gates": "0.7 ± 0.1"}
"""Exponents, quoted."""


def draw(study):
    """S = T_FG / T_MVG over T_FG, a panel a model, and the line of the fitted exponent."""
    figure = Figure(figsize=(7.2, 3.6), layout="constrained")
    for axes, model in zip(figure.subplots(1, 2), SPEEDUP.MODELS, strict=True):
        panel(axes, study, model)
    return figure


def panel(axes, study, model):
    """Open points: the fixed goal was not solved by half of the runs, so that S is a lower bound."""
    found, cap = SPEEDUP.pairs(study, model), SPEEDUP.cap_of(study)
    fixed = np.array([np.median(a) for a, _ in found.values()])
    varying = np.array([np.median(b) for _, b in found.values()])
    kinds = np.array([goal.startswith("xor") for goal in found])
    for is_xor, mark, colour in ((True, "o", COLOURS[0]), (False, "s", COLOURS[5])):
        for is_open in (False, True):
            mine = (kinds == is_xor) & ((fixed >= cap) == is_open)
            axes.plot(
                fixed[mine], (fixed / varying)[mine], mark, mec=colour, mfc="none" if is_open else colour, ms=5,
                label=f"three {'XORs' if is_xor else 'EQs'}" if not is_open else None,
            )  # fmt: skip
    axes.axhline(1.0, color="0.5", lw=0.8, ls=(0, (4, 2)))
    axes.axvline(cap, color="0.5", lw=0.8, ls=(0, (1, 1.5)))
    alpha, error, t0 = SPEEDUP.exponent(found)
    if np.isfinite(alpha):
        ends = np.array([fixed.min(), fixed.max()])
        axes.plot(ends, (ends / t0) ** alpha, color="black", lw=1.0)
    n = min(min(a.size, b.size) for a, b in found.values())
    axes.set_title(
        f"{SPEEDUP.MODELS[model]}: exponent {alpha:.2f} ± {error:.2f} (paper {PAPER[model]})\n"
        f"{len(found)} goals, medians of {n} runs; open: unsolved, dotted: G_max"
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("T of the fixed goal, generations")
    axes.set_ylabel("speedup S = T (FG) / T (MVG)")
    axes.legend(frameon=False, loc="upper left")
