"""A picture of the modules of networks: each in a disc of its own, connections inside them in its colour."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.measures.edges import Graph, edges_of
from evomod.plots.pictures import check_format, write_picture
from evomod.plots.runs import COLOURS

MOST_NODES, MOST_NAMES, MOST_NETWORKS = 5000, 60, 16
GOLDEN = math.pi * (3.0 - math.sqrt(5.0))


def check_picture(graphs: Sequence[Graph], path: str | Path) -> Path:
    """Where the picture of graphs will be. Raises `EvomodError` where it cannot, and for too many networks or nodes."""
    if len(graphs) > MOST_NETWORKS:
        raise EvomodError(
            f"a picture shows up to {MOST_NETWORKS} networks; got {len(graphs)}. Name fewer."
        )
    number = max(int(np.count_nonzero(edges_of(graph).degrees())) for graph in graphs)
    if number > MOST_NODES:
        raise EvomodError(
            f"a picture shows up to {MOST_NODES} nodes; the network has {number}. Leave --picture out."
        )
    return check_format(path)


def draw_modules(networks: Sequence[tuple[str, Graph, Mapping[str, int]]], path: str | Path) -> Path:
    """Draw and save networks side by side, each a title, graph and modules by the names of nodes. Returns the path.

    Nodes without a connection are left out. Raises `EvomodError` as `check_picture` does.
    """
    path = check_picture([graph for _, graph, _ in networks], path)
    columns = math.ceil(math.sqrt(len(networks)))
    rows = math.ceil(len(networks) / columns)
    side = 7.0 if len(networks) == 1 else 5.0
    figure = Figure(figsize=(side * columns, side * rows), layout="constrained")
    for place, (title, graph, modules) in enumerate(networks):
        axes = figure.add_subplot(rows, columns, place + 1)
        plot_modules(axes, graph, modules)
        if len(networks) > 1:
            axes.set_title(title)
    return write_picture(figure, path)


def plot_modules(axes: Axes, graph: Graph, modules: Mapping[str, int]) -> Axes:
    """Modules as discs on a circle, connections inside them in their colours; names where there are few nodes.

    ``graph``: whatever `modularity` takes; ``modules`` by the names of nodes, those without a connection left out.
    """
    edges = edges_of(graph)
    names = [str(name) for name in edges.names]
    label = np.array([modules.get(name, -1) for name in names])
    has_modules = (label[edges.source] >= 0) & (label[edges.target] >= 0)  # others lead nowhere
    edges = replace(edges, source=edges.source[has_modules], target=edges.target[has_modules])
    place = places(label)
    same = label[edges.source] == label[edges.target]
    colours = [COLOURS[k % len(COLOURS)] for k in label]
    lines = np.stack((place[edges.source], place[edges.target]), axis=1)
    thin = {"linewidths": 0.6, "zorder": 1}
    axes.add_collection(LineCollection(list(lines[~same]), colors="#BBBBBB", alpha=0.5, **thin))
    inside = [colours[k] for k in edges.source[same].tolist()]
    axes.add_collection(LineCollection(list(lines[same]), colors=inside, alpha=0.7, **thin))
    shown = np.flatnonzero(label >= 0)
    size = max(4.0, 60.0 / math.sqrt(1.0 + shown.size / 30.0))
    axes.scatter(
        place[shown, 0], place[shown, 1], s=size, c=[colours[k] for k in shown.tolist()], zorder=2
    )
    if shown.size <= MOST_NAMES:
        for node in shown.tolist():
            axes.annotate(names[node], place[node], (3, 3), textcoords="offset points", fontsize=7)
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.autoscale_view()
    return axes


def places(label: NDArray[np.int64]) -> NDArray[np.float64]:
    """``[node, (x, y)]``: every module a disc on a circle, its nodes on a spiral from the middle."""
    number = int(label.max(initial=-1)) + 1
    place = np.zeros((label.size, 2))
    sizes = np.sqrt(np.bincount(label[label >= 0], minlength=number))
    turn = 2.0 * math.pi * (np.cumsum(sizes) - sizes / 2.0) / max(sizes.sum(), 1.0)
    radius = 0.0 if number < 2 else 1.3 * sizes.sum() / math.pi
    for k in range(number):
        members = np.flatnonzero(label == k)
        step = np.arange(members.size)
        place[members, 0] = radius * math.cos(turn[k]) + np.sqrt(step) * np.cos(step * GOLDEN)
        place[members, 1] = radius * math.sin(turn[k]) + np.sqrt(step) * np.sin(step * GOLDEN)
    return place
