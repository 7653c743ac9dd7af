"""Modularity pushed up or down in perfect networks: how soon they adapt; early modularity; mutants of imperfect networks."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from evomod.plots.runs import COLOURS
from evomod.plots.studies import plot_interval, rows_of
from evomod.scripts.benefits import derived
from evomod.scripts.benefits.claims import KINDS, SCALE, early

STUDY = "study.toml"
FULL = (
    "200 runs of at most 25,000 generations, then three lines of descent of each perfect network and 20 adaptations of "
    "each of these, about 2 hours of one core"
)
QUICK = {
    "replicates": 2,
    "settings": ["evolution.generations=8000", "evolution.population=300"],
}
TITLES = {
    "neither": "related\n(neither)",
    "left-and-mirrored": "partly related\n(left, mirrored right)",
    "both-mirrored": "unrelated\n(both mirrored)",
    "top-and-bottom": "unrelated, has halves\n(top, bottom)",
}
SHADES = dict(zip(derived.DIRECTIONS, (COLOURS[0], "0.5", COLOURS[1]), strict=True))


def prepare(study, jobs=None):
    """Push, adapt, look around: ``lines.csv``, ``early.csv``, ``mutants.csv``."""
    derived.lines(study, jobs)
    derived.early(study)
    derived.around(study, jobs)


def draw(study):
    """Above: Q of the lines and generations to adapt to four goals; below: early Q, and what mutations do to Q."""
    figure = Figure(figsize=(8.7, 5.6), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1.15, 1.0), squeeze=False)[:, 0]
    first, *others = above.subplots(1, 1 + len(SCALE), width_ratios=(1.0, *([1.0] * len(SCALE))))
    draw_lines(first, study, "q", None)
    first.set_ylabel("Q of the line's last network")
    first.set_title("Q", fontsize=8)
    for axes, goal in zip(others, SCALE, strict=True):
        draw_lines(axes, study, "nearly", goal)
        axes.set_yscale("symlog", linthresh=10)
        axes.set_ylim(0, 1.4 * derived.length(study, derived.CAP))
        axes.set_title(TITLES[goal], fontsize=8)
    for axes in others[1:]:
        axes.set_yticklabels([])
    others[0].set_ylabel(f"generations to fitness {derived.NEARLY}")
    n = np.isfinite(derived.of_lines(study, "q", "none")).sum()
    above.suptitle(
        f"three lines of descent of each of {n} perfect networks of 28 to 32 connections; dots: networks, median of "
        f"{derived.REPEATS} adaptations;\nbars: medians with bootstrapped 95 % intervals",
        fontsize=8,
    )
    left, *right = below.subplots(1, 3, width_ratios=(1.6, 1.0, 1.0))
    draw_early(left, study)
    for axes, (kind, words) in zip(right, KINDS.items(), strict=True):
        draw_mutants(axes, study, kind)
        axes.set_title(f"imperfect networks,\n{words}", fontsize=8)
    right[0].set_ylabel("mean change of Q by a mutation")
    return figure


def draw_lines(axes, study, column, goal):
    """A column of dots a direction, with lines between those of one founder."""
    values = {name: derived.of_lines(study, column, name, goal) for name in derived.DIRECTIONS}
    draw_twins(axes, values, SHADES)
    axes.set_xticks(range(len(values)), ["up", "neither", "down"], fontsize=7)
    axes.set_xlabel("Q pushed", fontsize=8)


def draw_twins(axes, values, shades):
    """Dots of every group, joined where they belong together, with medians."""
    places = np.arange(len(values))
    axes.plot(places, np.array(list(values.values())), color="0.85", lw=0.5, zorder=0)
    for x, (name, group) in enumerate(values.items()):
        known = group[np.isfinite(group)]
        axes.plot([x] * known.size, known, ".", ms=3, alpha=0.5, color=shades[name])
        if known.size:
            plot_interval(axes, x + 0.22, known, shades[name])
    axes.set_xlim(-0.4, len(values) - 0.4)
    axes.spines[["top", "right"]].set_visible(False)


def draw_early(axes, study):
    """Q when fitness first reached 0.9, and generations until perfect."""
    for kind, shade, mark in zip(KINDS, COLOURS, "o^", strict=False):
        q, left = early("q")(study, kind), early("left")(study, kind)
        axes.plot(q, left + 1.0, mark, ms=3, alpha=0.6, color=shade, mec="none")
    signs = [
        Line2D([], [], color=shade, marker=mark, ls="", ms=4, label=words)
        for words, shade, mark in zip(KINDS.values(), COLOURS, "o^", strict=False)
    ]
    axes.legend(handles=signs, fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2)
    axes.set_yscale("log")
    axes.set_xlabel(f"Q of the best when fitness first reaches {derived.EARLY}")
    axes.set_ylabel("generations until perfect")
    axes.set_title("early modularity (runs that were never perfect at the top)", fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def draw_mutants(axes, study, kind):
    """Mean changes of Q by mutations that raise fitness and by neutral ones, one line per network."""
    rows = rows_of(derived.around(study), treatment=kind)
    values = {which: rows[f"dq_{which}"].astype(float) for which in ("useful", "neutral", "harmful")}
    draw_twins(axes, values, dict(zip(values, COLOURS, strict=False)))
    axes.axhline(0.0, color="0.6", lw=0.8, zorder=0)
    axes.set_xticks(range(3), ["raise fitness", "neutral", "lower it"], fontsize=7)
