"""Q against the period at which goals switch: performance alone (PA) and with a connection cost (P&CC)."""

from pathlib import Path

from matplotlib.figure import Figure

from evomod.papers.claim_texts import interval_of
from evomod.papers.scripts import companion
from evomod.plots.runs import COLOURS
from evomod.plots.studies import medians_in_words, plot_interval

STUDY = "study_periods.toml"
FULL = "600 runs of 25,000 generations, about 9 hours of one core"
QUICK = {"replicates": 2, "settings": ["evolution.generations=400", "evolution.population=300"]}

KINDS = {"pa": ("MVG", COLOURS[0], "-", 0.96), "pcc": ("MVG and P&CC", COLOURS[1], (0, (5, 2)), 1.04)}
"""Label, colour, line, and where beside its period a point stands."""


def by_period(study, kind):
    """``{period: Q[replicate]}`` of the last generation, from the shortest period."""
    periods = {
        treatment.config.schedule.period: treatment.name
        for treatment in study.study.treatments
        if treatment.name.startswith(f"{kind}-")
    }
    return {period: study.column("q_score", periods[period]) for period in sorted(periods)}


def draw(study):
    """Medians with 95 % intervals and every run; bands where the goal does not switch, if study.toml has been run."""
    figure = Figure(figsize=(5.2, 3.9), layout="constrained")
    axes = figure.subplots()
    static = companion(study, Path(__file__), "study.toml")
    for kind, (label, colour, line, shift) in KINDS.items():
        groups = by_period(study, kind)
        medians = [interval_of(q).median for q in groups.values()]
        axes.plot([p * shift for p in groups], medians, color=colour, ls=line, label=label)
        for period, q in groups.items():
            axes.plot([period * shift] * len(q), q, ".", color=colour, ms=3, alpha=0.5)
            plot_interval(axes, period * shift, q, colour)
        if static is not None:
            ci = interval_of(static.column("q_score", kind))
            axes.axhspan(ci.low, ci.high, color=colour, alpha=0.12, lw=0)
            axes.axhline(
                ci.median,
                color=colour,
                lw=0.8,
                ls=line,
                label=f"{static.labels[kind]}, one goal, n = {ci.n}",
            )
    words = medians_in_words([len(q) for kind in KINDS for q in by_period(study, kind).values()])
    axes.set_xscale("log")
    axes.set_xlabel("generations between switches")
    axes.set_ylabel("Q of the best, last generation")
    bands = "" if static is None else "; bands: 95 % intervals of one goal"
    axes.set_title(f"{words}\nsmall dots: runs{bands}", fontsize=7)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=7)
    return figure
