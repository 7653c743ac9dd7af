"""Pictures of networks trained by gradient: loss and right answers by epoch, and weights between places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evomod.plots.pictures import picture_bytes, style
from evomod.plots.runs import COLOURS

FAINT = 0.01
"""Weights below this share of the largest of their layer are not drawn."""
CURVES = {
    "loss": {"loss": "trained on", "test_loss": "not trained on"},
    "right": {"train_accuracy": "trained on", "test_accuracy": "not trained on"},
}
OF_TASKS = {
    "loss": {"loss": "loss", "test_loss": "without penalties"},
    "right": {"train_accuracy": "right"},
}
"""All patterns of a task are trained on."""


def plot_weights(
    axes: Axes, weights: Sequence[NDArray[Any]], places: Sequence[NDArray[np.floating]]
) -> None:
    """Nodes where they lie, layers one above the other, and ``weights[layer][source, target]`` between them.

    A line is as thick as its weight beside the largest of its layer, blue above 0 and orange below.
    """
    axes.axis("off")
    for k, weight in enumerate(weights):
        share = np.abs(weight) / max(float(np.abs(weight).max(initial=0.0)), 1e-12)
        for source, target in zip(*np.nonzero(share >= FAINT), strict=True):
            axes.plot(
                [places[k][source], places[k + 1][target]],
                [k, k + 1],
                lw=1.5 * share[source, target],
                color=COLOURS[0] if weight[source, target] > 0.0 else COLOURS[5],
                zorder=1,
            )
    for k, line in enumerate(places):
        axes.plot(line, [k] * line.size, "o", ms=2.5, color="0.2", zorder=2)
    axes.set_ylim(-0.5, len(weights) + 0.4)


def name_ends(axes: Axes, places: Sequence[NDArray[np.floating]], names: tuple[Sequence[str], Sequence[str]]) -> None:  # fmt: skip
    """Names of inputs below the first layer and of outputs above the last."""
    for line, words, height, align in (
        (places[0], names[0], -0.15, "top"),
        (places[-1], names[1], len(places) - 0.88, "bottom"),
    ):
        for place, word in zip(line.tolist(), words, strict=True):
            axes.text(place, height, word, ha="center", va=align, fontsize=7)


def curves_of_training(
    log: dict[str, NDArray[Any]], title: str, is_task: bool, is_penalised: bool
) -> bytes:
    """Loss and share of right answers by epoch, as the bytes of a PNG; where targets are numbers the loss alone.

    ``is_penalised``: the loss that is trained has penalties, which the other has not.
    """
    alone = is_task and not is_penalised  # then both losses are one
    shown = [
        (label, {"loss": "loss"} if alone and label == "loss" else columns)
        for label, columns in (OF_TASKS if is_task else CURVES).items()
        if any(np.isfinite(log[c]).any() for c in columns)
    ]
    with matplotlib.rc_context(style()):
        figure = Figure(figsize=(6.4, 2.6 * len(shown)), layout="constrained")
        panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
        for axes, (label, columns) in zip(panels, shown, strict=True):
            for colour, (column, word) in zip((COLOURS[0], COLOURS[5]), columns.items(), strict=False):
                more = ", with penalties" if column == "loss" and is_penalised else ""
                axes.plot(log["epoch"], log[column], color=colour, lw=1.2, label=word + more)
            axes.set_ylabel(label)
            if len(columns) > 1:
                axes.legend(fontsize=8, frameon=False)
        panels[0].set_yscale("log")
        panels[-1].set_xlabel("epoch")
        figure.suptitle(title, fontsize=9)
        return picture_bytes(figure, "png", 130)


def weights_of_training(
    weights: Sequence[NDArray[Any]],
    places: Sequence[NDArray[np.floating]],
    names: tuple[Sequence[str], Sequence[str]],
    title: str,
) -> bytes:
    """The network, as the bytes of a PNG."""
    with matplotlib.rc_context(style()):
        figure = Figure(figsize=(6.4, 4.6), layout="constrained")
        axes = figure.subplots()
        plot_weights(axes, weights, places)
        name_ends(axes, places, names)
        axes.set_title(title, fontsize=9)
        return picture_bytes(figure, "png", 130)
