"""The best performance at every connection cost and Q (MOLE), and where PA and P&CC end on that map."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evomod.plots.runs import COLOURS
from evomod.studies.row_tables import read_manifest
from evomod.studies.tables import read_columns

STUDY = "study.toml"
FULL = "200 runs of 25,000 generations, and ten of mole.py of 10,001, about 4 hours of one core"
QUICK = {"replicates": 3, "settings": ["evolution.generations=600", "tracking.population_every=0"]}

RUNS, SHARE = 2, 0.4
"""Runs of mole.py if there is no map, and their length in that of the study's (authors: 10,001 to 25,000)."""
Q_CELL, COST_CELL = 1 / 200, 500 / 200
LOWEST = 0.7
"""Of the colours; a network that always says no has 0.75."""
MARKS = {"pa": ("o", COLOURS[5]), "pcc": ("^", COLOURS[0])}


def places(study):
    """Where a map may lie: in the study's folder, or where mole.py puts it if that is beside the folder."""
    folders = (study.folder, study.folder / "mole", study.folder.parent / "clune2013-mole")
    return [folder / "mole.csv" for folder in folders]


def prepare(study, jobs=None):
    """Make a small map of a few runs if there is none; a full one is made by mole.py."""
    if any(path.exists() for path in places(study)):
        return
    generations = round(SHARE * study.study.treatments[0].config.evolution.generations)
    command = [
        sys.executable,
        Path(__file__).with_name("mole.py"),
        "--runs",
        RUNS,
        "--generations",
        generations,
    ]
    command += ["--workers", jobs or RUNS, "--out", study.folder / "mole"]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def image_of(table):
    """``[q cell, cost cell]``: best performance, NaN where no network was found; and its extent."""
    q = (table["q_score"] / Q_CELL).round().astype(int)
    cost = (table["connection_cost"] / COST_CELL).round().astype(int)
    image = np.full((q.max() + 1, cost.max() + 1), np.nan)
    image[q, cost] = table["best_fitness"]
    return image, (0.0, image.shape[1] * COST_CELL, 0.0, image.shape[0] * Q_CELL)


def draw(study):
    """The map, and every replicate's best network of the last generation; weights -2 -1 1 2 in both."""
    path = next(path for path in places(study) if path.exists())
    table, summary = read_columns(path), study.summary
    figure = Figure(figsize=(6.0, 4.2), layout="constrained")
    axes = figure.subplots()
    image, extent = image_of(table)
    shown = axes.imshow(
        image, origin="lower", extent=extent, aspect="auto", cmap="viridis", interpolation="nearest",
        vmin=LOWEST, vmax=1.0,
    )  # fmt: skip
    for treatment, (mark, colour) in MARKS.items():
        mine = summary["treatment"] == treatment
        axes.plot(
            summary["connection_cost"][mine], summary["q_score"][mine], mark, color=colour, mec="white", mew=0.6,
            ms=5, ls="", label=f"{study.labels[treatment]} (n = {mine.sum()})",
        )  # fmt: skip
    about = read_manifest(path.with_name("mole.manifest.json"), "seeds")
    axes.set_title(
        f"map: {table['q_score'].size:,} cells of {len(about['seeds'])} runs; "
        "map and networks have weights -2 -1 1 2"
    )
    axes.set_xlabel("connection cost")
    axes.set_ylabel("Q")
    axes.set_xlim(left=0)
    axes.legend(loc="upper right", frameon=True)
    figure.colorbar(shown, ax=axes, label="best performance", extend="min")
    return figure
