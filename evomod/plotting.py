"""Pictures: (Axes, table) -> Axes. The only home of matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.measures.modularity import modularity
from evomod.network import Network
from evomod.runs import Run, load_run

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
"""Okabe & Ito's palette, safe for colour-blind readers."""


def plot_fitness(axes: Axes, log: dict[str, NDArray[Any]]) -> Axes:
    """Best and mean fitness over generations."""
    axes.plot(log["generation"], log["mean_fitness"], color="#999999", lw=1, label="population mean")
    axes.plot(log["generation"], log["best_fitness"], color=COLOURS[0], lw=1.5, label="best")
    if log["generation"].size == 1:
        axes.plot(log["generation"], log["best_fitness"], "o", color=COLOURS[0])
    axes.set_ylabel("fitness (fraction right)")
    low = float(np.quantile(log["mean_fitness"], 0.02))
    axes.set_ylim(max(0.0, min(low, float(log["best_fitness"].min()), 0.95)) - 0.01, 1.01)
    axes.legend(loc="lower right", frameon=False)
    return axes


def plot_q(axes: Axes, log: dict[str, NDArray[Any]], method: str) -> Axes:
    """Q of the logged individual over generations."""
    axes.plot(log["generation"], log["q_score"], color=COLOURS[5], lw=1)
    if log["generation"].size == 1:
        axes.plot(log["generation"], log["q_score"], "o", color=COLOURS[5])
    axes.set_ylabel(f"Q of the best ({method})")
    axes.set_xlabel("generation")
    axes.set_ylim(
        min(0.0, float(log["q_score"].min())) - 0.01, max(0.55, float(log["q_score"].max())) + 0.03
    )
    return axes


def plot_network(axes: Axes, network: Network, method: str = "clune2013") -> Axes:
    """The working network at its coordinates, nodes coloured by module.

    Solid lines are positive weights, dashed ones negative, thickness their size; lines within a module
    have its colour, lines between modules are grey, connections that lead nowhere are left out.
    """
    working = network.simplified()
    partition = modularity(working, method)
    positions = network.positions
    for source, target, weight in zip(working.source, working.target, working.weight, strict=True):
        module = partition.modules[source]
        same = module == partition.modules[target]
        axes.plot(
            positions[[source, target], 0],
            positions[[source, target], 1],
            color=COLOURS[module % len(COLOURS)] if same else "#888888",
            linestyle="-" if weight > 0 else (0, (4, 2)),
            linewidth=0.8 + 0.8 * abs(weight),
            zorder=2 if same else 1,
        )
    faces = [COLOURS[m % len(COLOURS)] if m >= 0 else "white" for m in partition.modules]
    axes.scatter(
        positions[:, 0], positions[:, 1], s=240, c=faces, edgecolors="black", linewidths=0.8, zorder=3
    )
    names = network.about.get("inputs", [])
    for node, name in zip(network.inputs, names, strict=False):
        x, y = positions[node]
        axes.annotate(name, (x, y), (0, -13), "data", "offset points", ha="center", va="top")
    span = np.ptp(positions, axis=0) + 1.0
    axes.set_xlim(positions[:, 0].min() - 0.08 * span[0], positions[:, 0].max() + 0.08 * span[0])
    axes.set_ylim(positions[:, 1].min() - 0.16 * span[1], positions[:, 1].max() + 0.1 * span[1])
    axes.set_axis_off()
    return axes


def _legend(axes: Axes) -> None:
    signs = [
        Line2D([], [], color="#444444", label="positive weight"),
        Line2D([], [], color="#444444", linestyle=(0, (4, 2)), label="negative weight"),
        Line2D([], [], color="#888888", label="between modules"),
        Line2D([], [], color="none", marker="o", mfc="white", mec="black", label="no connection"),
    ]
    axes.legend(
        handles=signs, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=4, frameon=False, fontsize=8
    )


def title_of(run: Run) -> str:
    """One line that says what a run was."""
    pressures = run.config.pressures.model_dump(by_alias=True, exclude_none=True)
    what = " + ".join(pressures) or "performance alone"
    return (
        f"{run.config.task.name}, {run.config.task.goal}, {what}, seed {run.manifest['seed']['entropy']}"
    )


def draw_curves(run: Run, path: Path) -> Path:
    """Fitness and Q over generations, as a PNG."""
    log = run.log
    if log["generation"].size == 0:
        raise EvomodError(f"{run.folder} has no generation yet; nothing to draw.")
    with matplotlib.rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(6.4, 5.2), layout="constrained")  # no pyplot: no window, no backend
        above, below = figure.subplots(2, 1, sharex=True)
        plot_fitness(above, log)
        plot_q(below, log, run.manifest["q_method"])
        above.set_title(title_of(run), fontsize=10)
        figure.savefig(path, dpi=130, metadata={"Software": None})
    return path


def draw_network(run: Run, path: Path) -> Path:
    """The best network with its modules, as a PNG."""
    network = run.best
    about = network.about
    with matplotlib.rc_context({"font.size": 9}):
        figure = Figure(figsize=(6.4, 4.6), layout="constrained")
        axes = figure.subplots()
        plot_network(axes, network, run.manifest["q_method"])
        _legend(axes)
        fitness = about["fitness"][about["goal"]]
        axes.set_title(
            f"{title_of(run)}\ngeneration {about['generation']}: fitness {fitness:.4f}, "
            f"Q {about['q_score']:.3f} in {about['modules']} modules",
            fontsize=10,
        )
        figure.savefig(path, dpi=130, metadata={"Software": None})
    return path


def draw_run(folder: str | Path) -> list[Path]:
    """Both pictures of a run, into its folder. Raises `EvomodError` if it is no run folder."""
    run = load_run(folder)
    if not (run.folder / "best.json").exists():
        raise EvomodError(
            f"{run.folder} has no best.json yet: the run has not reached its first checkpoint. "
            f"Go on with `evomod evolve --resume {run.folder}`."
        )
    return [
        draw_curves(run, run.folder / "curves.png"),
        draw_network(run, run.folder / "network.png"),
    ]
