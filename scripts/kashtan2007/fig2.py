"""Speedup against the switching period, for several sizes of the population (small model 2)."""

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evomod.plots.runs import COLOURS
from evomod.plots.studies import LINES, runs_in_words
from evomod.sections import ScheduleSection
from evomod.statistics import ratio_of_medians

STUDY = "study_periods.toml"
FULL = "1,320 runs of at most 20,000 generations, about 20 minutes of one core"
QUICK = {"replicates": 2, "settings": ["evolution.generations=1000"]}

SEED, WITHIN = 1, 0.68
"""Of the bootstrap; the share of it within the bars, which is that within a standard error (as in the paper)."""
SHIFT = 1.07
"""From one size's place at a period to the next one's."""
SIGNS = {
    "^": "open, up: FG not solved, S is at least that",
    "v": "open, down: MVG not solved, S is at most that",
    "x": "cross: neither solved, S is not known",
}
"""Of speedups that were not measured."""


def by_size(study):
    """``{size: (T of the fixed goal [replicate], {period: T[replicate]})}``; unsolved runs count with G_max."""
    summary = study.summary
    found: dict[int, dict[ScheduleSection, NDArray[np.float64]]] = {}
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
    """S of medians, and the ends of its bootstrapped interval."""
    found = ratio_of_medians(fixed, varying, np.random.default_rng(SEED), WITHIN)
    return found.ratio, found.low, found.high


def draw(study):
    """S of medians with intervals, one line per size of the population; dashed: no speedup."""
    figure = Figure(figsize=(5.8, 4.6), layout="constrained")
    axes = figure.subplots()
    sizes = by_size(study)
    cap = study.study.treatments[0].config.evolution.generations
    for k, (size, (fixed, groups)) in enumerate(sizes.items()):
        shift = SHIFT ** (k - (len(sizes) - 1) / 2)
        plot_size(axes, fixed, {shift * period: varying for period, varying in groups.items()}, cap, k)
        axes.plot(
            [], [], color=COLOURS[k], ls=LINES[k], marker="o", ms=3.5,
            label=f"{size} circuits, FG: T = {np.median(fixed):,.0f}",
        )  # fmt: skip
    for mark, label in SIGNS.items():
        axes.plot([], [], mark, mec="0.3", mfc="none", ms=4.5, ls="", label=label)
    axes.axhline(1.0, color="0.4", lw=0.9, ls=(0, (4, 2)))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("generations between switches, E (a little apart, to be seen)")
    axes.set_ylabel("speedup S = T (FG) / T (MVG)")
    runs = runs_in_words([t for fixed, groups in sizes.values() for t in (fixed, *groups.values())])
    axes.set_title(
        f"medians, {runs}; bars: {100 * WITHIN:.0f} % of bootstrapped S; an unsolved run counts T = {cap:,}",
        fontsize=7,
    )
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def plot_size(axes, fixed, groups, cap, k):
    """S over the places in ``groups``: measured, a bound, or not known, see `sign_of`."""
    signs = [sign_of(fixed, varying, cap) for varying in groups.values()]
    found = [speedup(fixed, varying) for varying in groups.values()]
    known = [np.nan if mark == "x" else s for (s, *_), mark in zip(found, signs, strict=True)]
    axes.plot(list(groups), known, color=COLOURS[k], ls=LINES[k])
    for place, (s, low, high), mark in zip(groups, found, signs, strict=True):
        if mark == "x":
            axes.plot(place, s, "x", color=COLOURS[k], ms=5)
            continue
        axes.errorbar(
            place, s, yerr=[[max(s - low, 0.0)], [max(high - s, 0.0)]], fmt=mark, ms=4.5, capsize=2, lw=0.9,
            color=COLOURS[k], mfc=COLOURS[k] if mark == "o" else "white",
        )  # fmt: skip


def sign_of(fixed, varying, cap):
    """The mark of a speedup: "o" measured, "^" and "v" bounds from below and above, "x" not known.

    T of a side that half of its runs do not solve is at least G_max.
    """
    fixed_open, varying_open = np.median(fixed) >= cap, np.median(varying) >= cap
    if fixed_open and varying_open:
        return "x"
    return "^" if fixed_open else "v" if varying_open else "o"
