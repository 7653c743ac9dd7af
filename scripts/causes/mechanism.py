"""How causes act: matched by connections, with the pressure lifted, and two at a time."""

import numpy as np
from matplotlib.figure import Figure

from evomod.plots.runs import COLOURS
from evomod.plots.studies import plot_interval
from evomod.scripts.causes import derived

STUDY = "study.toml"
FULL = "900 runs of 10,000 generations, then 400 of 2000, about 3 hours of one core"
QUICK = {"replicates": 2, "settings": ["evolution.generations=200", "evolution.population=100"]}


def prepare(study, jobs=None):
    """Lift the pressure from the best networks of single causes: ``decay.csv``."""
    derived.decay(study, jobs)


def draw(study):
    """Three questions, four panels."""
    figure = Figure(figsize=(8.6, 6.6), layout="constrained")
    cells = figure.subplots(2, 2)
    table = derived.decay(study)
    draw_matched(cells[0, 0], study)
    draw_pairs(cells[0, 1], study)
    draw_decay(cells[1, 0], study, table, "q", "Q")
    draw_decay_of_z(cells[1, 1], study, table)
    for axes in cells.flat:
        axes.title.set_fontsize(8)
        axes.tick_params(axis="y", labelsize=7)
    lines = cells[1, 0].get_legend_handles_labels()
    figure.legend(
        *lines, loc="outside lower left", ncols=8, fontsize=7, title="the pressure is lifted: Q of"
    )
    return figure


def draw_matched(axes, study):
    """Q of a cause less Q of the control, of runs that ended with as many connections."""
    names: list[str] = []
    summary = study.summary
    for name in derived.SINGLES:
        pairs = derived.matched(study, name)
        gaps = summary["q_score"][pairs[:, 0]] - summary["q_score"][pairs[:, 1]]
        colour = COLOURS[(len(names) + 1) % len(COLOURS)]
        axes.plot(gaps, [len(names)] * gaps.size, ".", color=colour, ms=3, alpha=0.5)
        if gaps.size:
            plot_interval(axes, len(names), gaps, colour, is_across=True)
        names.append(f"{study.labels[name]} ({gaps.size} pairs)")
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.axvline(0.0, color="0.6", lw=0.8, zorder=0)
    axes.set_xlabel("Q less Q of the control")
    axes.set_title("matched by connections: Q")


def draw_decay(axes, study, table, column, label):
    """Medians of the descendants of single causes' networks, without any pressure."""
    derived.plot_singles(axes, study, table, "later", column)
    axes.set_xscale("symlog", linthresh=20)
    axes.set_xlim(0, max(derived.later(study)[-1], 1))
    axes.set_xlabel("generations after the pressure was lifted")
    axes.set_ylabel(label)
    axes.set_title("the pressure is lifted: Q")


def draw_decay_of_z(axes, study, table):
    """z of the same at the beginning and at the end."""
    names, end = (derived.CONTROL, *derived.SINGLES), derived.later(study)[-1]
    for k, name in enumerate(names):
        for place, later in ((k - 0.15, 0), (k + 0.15, end)):
            values = derived.values(table, "z", name, later=later)
            if values.size:
                shade = COLOURS[0] if later == 0 else COLOURS[1]
                plot_interval(axes, place, values, shade, is_across=True)
    axes.plot([], [], "o", color=COLOURS[0], ms=4, label="at once")
    axes.plot([], [], "o", color=COLOURS[1], ms=4, label=f"{end} generations later")
    axes.set_yticks(range(len(names)), [study.labels[name] for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel("z of Q")
    axes.set_title("the pressure is lifted: z")
    axes.legend(fontsize=6, loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)


def draw_pairs(axes, study):
    """What a pair does beyond the sum of its causes, to the mean Q of networks with connections."""
    names: list[str] = []
    for name, (a, b) in derived.PAIRS.items():
        groups = [
            derived.measured(study, "q_score", treatment) for treatment in (name, a, b, derived.CONTROL)
        ]
        middle, low, high = derived.interaction(*groups)
        k = len(names)
        names.append(f"{study.labels[name]} (n = {len(groups[0])})")
        if not np.isnan(middle):
            axes.errorbar(
                [middle], [k], xerr=[[max(middle - low, 0)], [max(high - middle, 0)]], fmt="o", ms=4,
                capsize=2.5, color=COLOURS[0], mec="black", ecolor="black",
            )  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.axvline(0.0, color="0.6", lw=0.8, zorder=0)
    axes.set_xlabel("Q of both less the sum")
    axes.set_title("two causes: Q beyond the sum")
