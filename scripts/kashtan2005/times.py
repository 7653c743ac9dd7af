"""Share of runs that have solved their goals, over generations: fixed and varying goals, both systems.

Drawn from the rows of times_to_solve.py in the default reading.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod.errors import EvomodError
from evomod.files.tables import read_rows
from evomod.plots.runs import COLOURS
from evomod.plots.studies import LINES, runs_in_words
from evomod.scripts.kashtan2005 import times_to_solve as times_to_solve

TABLE = "times.csv"
FULL = (
    "300 runs of at most 100,000 generations, 10,000 further where they are solved, about 40 minutes of "
    "one core"
)
COMMAND = "python scripts/kashtan2005/times_to_solve.py --reading default"

GOALS = (
    ("mvg", "AND and OR in turn (MVG)", COLOURS[5], LINES[0]),
    ("fg", "AND (FG)", COLOURS[0], LINES[1]),
    ("fg-or", "OR (FG)", COLOURS[4], LINES[2]),
)
"""What is rewarded, its label, colour and line."""
TITLES = {"circuit": "NAND circuits", "retina": "retina networks"}


def draw_table(path):
    """Both systems side by side."""
    wanted = ("system", "goals", "reading", "solved", "generations")
    rows = [row for row in read_rows(path, wanted) if row["reading"] == "default"]
    if not rows:
        raise EvomodError(f"{path} holds no rows of the default reading; run `{COMMAND}`.")
    every = [int(row["generations"]) for row in rows]
    ends = (
        10 ** (len(str(max(min(every), 1))) - 1),
        max(every),
    )  # from the power of ten before the first
    figure = Figure(figsize=(8.0, 3.6), layout="constrained")
    engine: Any = figure.get_layout_engine()
    engine.set(wspace=0.08)
    panels = figure.subplots(1, 2, sharey=True)
    for axes, (system, title) in zip(panels, TITLES.items(), strict=True):
        groups = {
            goals: [row for row in rows if (row["system"], row["goals"]) == (system, goals)]
            for goals, *_ in GOALS
        }
        draw(axes, groups, ends)
        axes.set_title(
            f"{title}, {runs_in_words([np.array(group) for group in groups.values()])} a line"
        )
    figure.suptitle(
        "runs of times.csv, where readings are compared; claims are of study.toml", fontsize=7
    )
    panels[0].set_ylabel("share of runs solved")
    panels[0].legend(loc="upper left", frameon=False)
    return figure


def draw(axes, groups, ends):
    """Step curves of one system, up to the generation after which an unsolved run was given up."""
    for goals, label, colour, line in GOALS:
        mine = groups[goals]
        times = sorted(int(row["generations"]) for row in mine if row["solved"] == "1")
        share = np.arange(len(times) + 1) / max(len(mine), 1)
        axes.step(
            [ends[0], *times, ends[1]], [*share, share[-1]], where="post", color=colour, ls=line, lw=1.6,
            label=label,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(*ends)
    axes.set_ylim(0.0, 1.02)
    axes.set_xlabel("generations")


def quick(jobs=None, seeds=4, cap=10_000):
    """A small table: short runs, a few of each, one after the other. Returns its path."""
    path = Path(tempfile.mkdtemp(prefix="kashtan2005-times-quick-")) / TABLE
    times_to_solve.complete(
        path, times_to_solve.runs(seeds, reading="default"), workers=1, cap=cap, after=0
    )
    return path
