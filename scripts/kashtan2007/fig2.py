"""Speedup against the switching period, for several sizes of the population (small model 2)."""

import numpy as np
from matplotlib.figure import Figure

from evomod.plotting import COLOURS
from evomod.plotting_studies import LINES, runs_in_words

STUDY = "study_periods.toml"
FULL = "1,320 runs of at most 20,000 generations"
QUICK = {"replicates": 2, "settings": ["evolution.generations=1000"]}

RESAMPLES, SEED = 2000, 1


def by_size(study):
    """``{size: (T of the fixed goal [replicate], {period: T[replicate]})}``; unsolved runs count with G_max."""
    summary, found = study.summary, {}
    for treatment in study.study.treatments:
        size = int(treatment.name.partition("-")[0].removeprefix("n"))
        runs = np.maximum(summary["generations"][summary["treatment"] == treatment.name], 1).astype(
            float
        )
        found.setdefault(size, {})[treatment.config.schedule] = runs
    return {
        size: (
            next(runs for schedule, runs in groups.items() if schedule.kind == "fixed"),
            {s.period: runs for s, runs in groups.items() if s.kind != "fixed"},
        )
        for size, groups in found.items()
    }


def speedup(fixed, varying):
    """S of medians, and its bootstrapped standard error."""
    rng = np.random.default_rng(SEED)
    a, b = (np.median(rng.choice(t, (RESAMPLES, t.size)), axis=1) for t in (fixed, varying))
    return np.median(fixed) / np.median(varying), np.std(a / b)


def draw(study):
    """S of medians with standard errors; dashed: no speedup."""
    figure = Figure(figsize=(5.4, 3.8), layout="constrained")
    axes = figure.subplots()
    sizes = by_size(study)
    for k, (size, (fixed, groups)) in enumerate(sizes.items()):
        values = np.array([speedup(fixed, varying) for varying in groups.values()])
        low = np.minimum(values[:, 1], values[:, 0] * 0.9)  # a bar to 0 has no end on a logarithmic axis
        axes.errorbar(
            list(groups), values[:, 0], yerr=(low, values[:, 1]), color=COLOURS[k], ls=LINES[k], marker="o", ms=3,
            capsize=2, label=f"{size} circuits, FG: T = {np.median(fixed):,.0f}",
        )  # fmt: skip
    axes.axhline(1.0, color="0.4", lw=0.9, ls=(0, (4, 2)))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("generations between switches, E")
    axes.set_ylabel("speedup S = T (FG) / T (MVG)")
    runs = runs_in_words([t for fixed, groups in sizes.values() for t in (fixed, *groups.values())])
    cap = study.study.treatments[0].config.evolution.generations
    axes.set_title(f"medians ({runs}) ± bootstrapped standard error; unsolved: T = {cap:,}")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure
