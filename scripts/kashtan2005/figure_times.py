"""Share of runs that have solved their goals, over generations: fixed and varying goals, both systems.

    python scripts/kashtan2005/figure_times.py

Reads results/kashtan2005/times.csv (default reading), writes times.png beside it.
"""

import csv
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evomod.plotting import COLOURS
from evomod.plotting_studies import LINES

TABLE = Path(__file__).parent.parent.parent / "results" / "kashtan2005" / "times.csv"
GOALS = (
    ("mvg", "AND and OR in turn (MVG)", COLOURS[5], LINES[0]),
    ("fg", "AND (FG)", COLOURS[0], LINES[1]),
    ("fg-or", "OR (FG)", COLOURS[4], LINES[2]),
)
"""What is rewarded, its label, colour and line."""
CAP = 100_000
"""Generations after which an unsolved run was given up."""


def draw(axes, rows, system, title):
    """Step curves of one system."""
    for goals, label, colour, line in GOALS:
        mine = [r for r in rows if (r["system"], r["goals"], r["reading"]) == (system, goals, "default")]
        times = sorted(int(r["generations"]) for r in mine if r["solved"] == "1")
        share = np.arange(len(times) + 1) / max(len(mine), 1)
        axes.step(
            [100, *times, CAP], [*share, share[-1]], where="post", color=colour, ls=line, lw=1.6,
            label=label,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(100, CAP)
    axes.set_ylim(0.0, 1.02)
    axes.set_xlabel("generations")
    axes.set_title(title, fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)


def main():
    """Draw both systems side by side."""
    with TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    figure = Figure(figsize=(8.0, 3.6), layout="constrained")
    figure.get_layout_engine().set(wspace=0.08)
    left, right = figure.subplots(1, 2, sharey=True)
    draw(left, rows, "circuit", "NAND circuits, 50 runs a line")
    draw(right, rows, "retina", "retina networks, 50 runs a line")
    left.set_ylabel("share of runs solved")
    left.legend(loc="upper left", frameon=False, fontsize=8)
    path = TABLE.with_name("times.png")
    figure.savefig(path, dpi=130, metadata={"Software": None})
    print(path)


if __name__ == "__main__":
    main()
