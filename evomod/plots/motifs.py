"""Pictures of motifs: a subgraph as dots and arrows, and profiles above the subgraphs they count."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnnotationBbox, DrawingArea
from matplotlib.patches import Circle, FancyArrowPatch, Patch
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.measures.motifs import MotifProfile, class_adjacency
from evomod.plots.looks import looks_of
from evomod.plots.runs import COLOURS

if TYPE_CHECKING:
    Profiles: TypeAlias = MotifProfile | Sequence[MotifProfile]

LAYOUTS: dict[int, tuple[tuple[tuple[float, float], ...], ...]] = {
    3: (((0.5, 0.93), (0.0, 0.07), (1.0, 0.07)), ((0.0, 0.93), (1.0, 0.93), (0.5, 0.07))),
    4: (
        ((0.5, 1.0), (0.0, 0.5), (1.0, 0.5), (0.5, 0.0)),
        ((0.1, 0.9), (0.9, 0.9), (0.1, 0.1), (0.9, 0.1)),
    ),
}
"""``[layout, node, axis]``: the places that the nodes of a subgraph may take."""

RADIUS = 0.13
"""Of a node, in widths of the picture."""
GLYPH = 22.0
"""Width of a subgraph below an axis, in points."""
MARKERS = "osD^v"
SHOWN = 10
"""Subgraphs of four nodes shown of every profile, those of the largest ``|z|`` (Kashtan & Alon 2005, Fig. 1d)."""


def draw_motif(axes: Axes, size: int, number: int) -> Axes:
    """A subgraph of 3 or 4 nodes by its number, for example 38; arrows lead down where they can.

    A line with two heads is a pair of connections there and back. Raises `EvomodError` for a number that
    no connected subgraph has.
    """
    for patch in _patches(size, number, 1.0, head=16.0, line=1.8):
        axes.add_patch(patch)
    axes.set_xlim(-0.2, 1.2)
    axes.set_ylim(-0.2, 1.2)
    axes.set_aspect("equal")
    axes.set_axis_off()
    return axes


def plot_motif_profile(
    axes: Axes, profiles: Sequence[Profiles], labels: Sequence[str], *, normalised: bool = False
) -> Axes:
    """z of every subgraph, drawn below the axis with its number; the mean and its error of many networks.

    ``profiles`` holds, for every label, a `MotifProfile` or a list of them, one a network; error bars are
    standard errors of the mean. ``normalised`` shows the significance profile instead of z. Of four
    nodes the union of the `SHOWN` largest ``|z|`` of every label is shown. A class without any number is left
    open. Raises `EvomodError` for profiles of different sizes or as many as there are no labels.
    """
    groups = [[group] if isinstance(group, MotifProfile) else list(group) for group in profiles]
    _check(groups, labels)
    first = groups[0][0]
    what = "significance_profile" if normalised else "z"
    tables = [np.array([getattr(profile, what) for profile in group]) for group in groups]
    means = np.array([_mean(table) for table in tables])
    errors = np.array([_error(table) for table in tables])
    plot_motif_means(axes, first.size, first.ids, means, errors, labels)
    axes.set_ylabel("significance profile" if normalised else "z of the count")
    return axes


def plot_motif_means(
    axes: Axes,
    size: int,
    ids: NDArray[np.int64],
    means: NDArray[np.float64],
    errors: NDArray[np.float64],
    labels: Sequence[str],
    shown: int = SHOWN,
) -> Axes:
    """The same from a table: ``means[label, class]`` of z and their ``errors``, classes with numbers ``ids``.

    Of four nodes the union of the ``shown`` largest ``|z|`` of every label is drawn.
    """
    chosen = _shown(list(means), size, shown)
    step = 0.7 / max(len(labels), 3)
    looks = looks_of(labels)
    for k, (mean, error, label) in enumerate(zip(means, errors, labels, strict=True)):
        places = np.arange(chosen.size) + step * (k - (len(labels) - 1) / 2)
        axes.errorbar(
            places, mean[chosen], yerr=error[chosen], fmt=MARKERS[k % len(MARKERS)], markersize=5, capsize=2,
            color=COLOURS[looks[k] % len(COLOURS)], elinewidth=1, label=label,
        )  # fmt: skip
    for place, number in enumerate(ids[chosen].tolist()):
        _below(axes, place, size, number)
    axes.axhline(0.0, color="#999999", lw=0.8, zorder=0)
    axes.set_xlim(-0.6, chosen.size - 0.4)
    axes.set_xticks(np.arange(chosen.size - 1) + 0.5, minor=True)
    axes.grid(axis="x", which="minor", color="#dddddd", lw=0.6)
    axes.set_xticks([])
    axes.tick_params(axis="x", which="minor", length=0)
    axes.set_ylabel("z of the count")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, fontsize=8)
    return axes


def _check(groups: list[list[MotifProfile]], labels: Sequence[str]) -> None:
    if len(groups) != len(labels) or not groups or not all(groups):
        raise EvomodError(
            f"wanted a label for every profile or list of profiles, none of them empty; got "
            f"{len(groups)} and {len(labels)} labels."
        )
    sizes = sorted({profile.size for group in groups for profile in group})
    if len(sizes) > 1:
        raise EvomodError(f"a picture shows subgraphs of one size; got profiles of sizes {sizes}.")


def _mean(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean ``[class]`` of ``table[network, class]`` over the networks that have a number; NaN if none has."""
    known = ~np.isnan(table)
    n = known.sum(axis=0)
    return np.where(n > 0, np.where(known, table, 0.0).sum(axis=0) / np.maximum(n, 1), np.nan)


def _error(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard error ``[class]`` of `_mean`; 0 where there is no more than one number."""
    known = ~np.isnan(table)
    n = known.sum(axis=0)
    squares = np.where(known, (table - _mean(table)) ** 2, 0.0).sum(axis=0)
    return np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1) / np.maximum(n, 1)), 0.0)


def _shown(means: list[NDArray[np.float64]], size: int, number: int) -> NDArray[np.int64]:
    """Places of the classes that are shown, ascending."""
    if size == 3:
        return np.arange(means[0].size)
    sizes = [np.nan_to_num(abs(mean)) for mean in means]
    chosen = [np.flatnonzero(z >= max(np.sort(z)[-number], 1e-12)) for z in sizes]
    return np.unique(np.concatenate(chosen))


def _below(axes: Axes, place: int, size: int, number: int) -> None:
    """A subgraph and its number below the axis."""
    area = DrawingArea(GLYPH, GLYPH)
    for patch in _patches(size, number, GLYPH, head=5.5, line=0.9):
        area.add_artist(patch)
    box = AnnotationBbox(
        area, (place, 0.0), (0.0, -8.0), xycoords=axes.get_xaxis_transform(), boxcoords="offset points",
        box_alignment=(0.5, 1.0), frameon=False, pad=0.0, annotation_clip=False,
    )  # fmt: skip
    axes.add_artist(box)
    axes.annotate(
        str(number), (place, 0.0), (0.0, -14.0 - GLYPH), axes.get_xaxis_transform(), "offset points",
        ha="center", va="top", fontsize=7, annotation_clip=False,
    )  # fmt: skip


def _patches(size: int, number: int, width: float, head: float, line: float) -> list[Patch]:
    """Dots and arrows of a subgraph in a square of this width; ``head`` and ``line`` in points."""
    graph = class_adjacency(size, number)
    places = width * _places(graph)
    radius = RADIUS * width
    patches: list[Patch] = []
    for i, j in zip(*np.nonzero(graph), strict=True):
        if graph[j, i] and j < i:
            continue
        along = (places[j] - places[i]) / np.linalg.norm(places[j] - places[i])
        begin, end = places[i] + radius * along, places[j] - radius * along
        patches.append(
            FancyArrowPatch(
                tuple(begin), tuple(end), arrowstyle="<|-|>" if graph[j, i] else "-|>", shrinkA=0.0,
                shrinkB=0.0, mutation_scale=head, linewidth=line, color="#333333", joinstyle="miter",
            )
        )  # fmt: skip
    patches += [
        Circle((x, y), radius, facecolor=COLOURS[0], edgecolor="none") for x, y in places.tolist()
    ]
    return patches


def _places(graph: NDArray[np.int64]) -> NDArray[np.float64]:
    """Places ``[node, axis]``: of all orders on all layouts the first of the least `_cost`."""
    size = graph.shape[0]
    best, least = np.zeros((size, 2)), np.inf
    for layout in LAYOUTS[size]:
        for order in permutations(range(size)):
            places = np.array(layout)[list(order)]
            cost = _cost(graph, places)
            if cost < least - 1e-9:
                best, least = places, cost
    return best


def _cost(graph: NDArray[np.int64], places: NDArray[np.float64]) -> float:
    """2 for an arrow that leads up, 1 for one that is level, 1 for two lines through the middle."""
    cost, through = 0.0, 0
    for i, j in zip(*np.nonzero(graph), strict=True):
        if graph[j, i] and j < i:
            continue
        through += bool(abs((places[i] + places[j]) / 2 - 0.5).max() < 1e-9)
        rise = places[j, 1] - places[i, 1]
        if not graph[j, i]:
            cost += 2.0 if rise > 0 else float(rise == 0)
    return cost + float(through > 1)
