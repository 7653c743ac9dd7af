"""Mean speedup of the hardest goals: modularly and randomly varying goals, and neutral epochs."""

import numpy as np
from matplotlib.figure import Figure

from evomod.scripts.kashtan2007 import both_selections as both
from evomod.scripts.kashtan2007 import speedup

STUDY = "study.toml"
FULL = "792 runs of at most 50,000 generations, about 3 hours of one core"
QUICK = {"replicates": 1, "settings": ["evolution.generations=3000", "evolution.population=300"]}

PAPER = {
    "nand": ("95 ± 45", "45 ± 20", "2.5 ± 2", "< 1"),
    "gates": ("265 ± 150", "160 ± 80", "190 ± 90", "1.3 ± 0.3"),
}
"""S_max of MVG, RVG_v, VG_0 and RVG_c, quoted (Table 1)."""


def cells(study, model):
    """Of every scenario: S_max, its standard error and the number of goals."""
    row = []
    for scenario in speedup.SCENARIOS:
        found = speedup.hardest(study, model, scenario)
        mean, error = speedup.mean_speedup(found)
        unknown = speedup.unknown(found, speedup.cap_of(study))
        goals = f"{len(found)} goals" + (f", {unknown} unknown" if unknown else "")
        row.append(f"{mean:.3g} ± {error:.2g}\n{goals}" if np.isfinite(mean) else "no goal\nas hard")
    return row


def draw(study):
    """The table, the paper's numbers below ours."""
    figure = Figure(figsize=(6.4, 3.0), layout="constrained")
    axes = figure.subplots()
    axes.set_axis_off()
    text, rows = [], []
    for model, name in speedup.MODELS.items():
        text += [cells(study, model), list(PAPER[model])]
        rows += [name, "paper"]
    table = axes.table(
        text, rowLabels=rows, colLabels=list(speedup.SCENARIOS.values()), loc="center", cellLoc="center"
    )
    table.scale(1.0, 2.4)
    half = speedup.cap_of(study) / 2
    figure.suptitle(
        f"{both.in_words(study)}\n"
        f"S_max, mean speedup ± bootstrapped standard error of goals with T (FG) > {half:,.0f} generations;\n"
        f"medians of {study.study.replicates} runs a goal, one that is not solved counts {2 * half:,.0f}.\n"
        "So S is a lower bound; unknown: the scenario does not solve the goal either, which counts about 1",
        fontsize=8,
    )
    return figure
