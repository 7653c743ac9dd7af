"""Pictures of studies: (Axes, table) -> Axes, in one style that reads in print and without colours."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from evomod.network import Network
from evomod.plots.looks import looks_of
from evomod.plots.pictures import style
from evomod.plots.runs import COLOURS, plot_layers, signs_of
from evomod.statistics import FEWEST, median_ci

Table = dict[str, NDArray[Any]]

STYLE: Any = style()
"""For `matplotlib.rc_context` around every figure of a paper."""

LINES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)), (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)))
"""A line of its own for every treatment, so that print without colours still tells them apart."""

MARKS = "osD^"
"""Of medians: the next one where the colours are used up, so that no two rows look alike."""

SEED = 1
"""Of the bootstrap behind the intervals of single medians."""


def rows_of(table: Table, **wanted: Any) -> Table:
    """The rows of a table whose columns have the ``wanted`` values.

    >>> rows_of({"treatment": np.array(["a", "b"]), "n": np.array([1, 2])}, treatment="b")["n"].tolist()
    [2]
    """
    n_rows = next(iter(table.values())).size
    mask = np.ones(n_rows, np.bool_)
    for name, value in wanted.items():
        mask &= table[name] == value
    return masked(table, mask)


def masked(table: Table, mask: NDArray[np.bool_]) -> Table:
    """The rows of a table where ``mask`` is true, as a table of its kind."""
    found = copy(table)
    found.update({name: column[mask] for name, column in table.items()})
    return found


def plot_medians(axes: Axes, curves: Table, value: str, labels: dict[str, str]) -> Axes:
    """Median of ``value`` over generations with its bootstrapped 95 % interval, one line per treatment.

    ``labels``: treatments that are drawn, in their order, and their names in the legend. Where there are
    fewer than `FEWEST` runs, there is the median alone.
    """
    looks = looks_of(list(labels.values()))
    for k, (treatment, label) in zip(looks, labels.items(), strict=True):
        rows, colour = rows_of(curves, treatment=treatment), COLOURS[k % len(COLOURS)]
        axes.plot(
            rows["generation"],
            rows[f"{value}"],
            color=colour,
            linestyle=LINES[k % len(LINES)],
            label=label,
        )
        axes.fill_between(
            rows["generation"],
            rows[f"{value}_low"],
            rows[f"{value}_high"],
            where=rows["n"] >= FEWEST,
            color=colour,
            alpha=0.2,
            lw=0,
        )
    axes.set_xlabel("generation")
    return axes


def plot_boxes(axes: Axes, groups: Sequence[NDArray[Any]], labels: Sequence[str]) -> Axes:
    """Boxes of the quartiles, whiskers up to 1.5 times their distance, every value a faint dot.

    The number of values stands below each label. Fewer than `FEWEST` have no box, only the median.
    """
    named = [f"{label}\nn = {len(group)}" for label, group in zip(labels, groups, strict=True)]
    for k, (group, look) in enumerate(zip(groups, looks_of(labels), strict=True)):
        colour, mark = look_of(look)
        spread = np.random.default_rng(k).uniform(-0.16, 0.16, len(group))
        axes.plot(k + 1 + spread, group, mark, color=colour, ms=1.5, alpha=0.7)
        if len(group) >= FEWEST:
            shown = axes.boxplot(
                [group], positions=[k + 1], widths=0.55, showfliers=False, patch_artist=True
            )
            shown["boxes"][0].set(facecolor=colour, alpha=0.35)
            shown["medians"][0].set(color="black", linewidth=1.6)
        else:
            median = median_ci(group, np.random.default_rng(SEED)).median
            axes.hlines(median, k + 0.725, k + 1.275, color="black", linewidth=1.6)
    axes.set_xticks(range(1, len(named) + 1), named)
    axes.set_xlim(0.5, len(named) + 0.5)
    return axes


def look_of(k: int) -> tuple[str, str]:
    """Colour and mark of a number of `looks_of`; no two have both.

    >>> look_of(0), look_of(8)
    (('#0072B2', 'o'), ('#0072B2', 's'))
    """
    return COLOURS[k % len(COLOURS)], MARKS[k // len(COLOURS) % len(MARKS)]


def plot_dots(axes: Axes, groups: Sequence[NDArray[Any]], labels: Sequence[str]) -> Axes:
    """One row per group, from the top: every value a faint dot, the median with its interval, see `plot_interval`.

    n is the number of runs; where some have no number, how many are drawn stands in the panel.
    """
    for k, (group, look) in enumerate(zip(groups, looks_of(labels), strict=True)):
        values, (colour, mark) = np.asarray(group, np.float64), look_of(look)
        spread = np.random.default_rng(k).uniform(-0.25, 0.25, values.size)
        axes.plot(values, k + spread, mark, color=colour, ms=1.8, alpha=0.75)
        plot_interval(axes, k, values, colour, is_across=True, mark=mark)
        n_drawn = int((~np.isnan(values)).sum())
        if n_drawn < values.size:
            axes.annotate(
                f"n = {n_drawn}", (1.0, k), xycoords=("axes fraction", "data"), xytext=(-1, 0),
                textcoords="offset points", fontsize=5.5, ha="right", va="center",
            )  # fmt: skip
    named = [f"{label} (n = {len(group)})" for label, group in zip(labels, groups, strict=True)]
    if any(np.isnan(np.asarray(group, np.float64)).any() for group in groups):
        left, right = axes.get_xlim()
        axes.set_xlim(left, right + 0.17 * (right - left))  # room for the numbers, off the dots
    axes.set_yticks(range(len(named)), named)
    axes.set_ylim(len(named) - 0.4, -0.6)
    return axes


def plot_interval(
    axes: Axes,
    place: float,
    values: NDArray[Any],
    colour: str,
    *,
    is_across: bool = False,
    mark: str = "o",
) -> Axes:
    """A median with its bootstrapped 95 % interval, upright at x = ``place``, or across at y = ``place``.

    Of fewer than `FEWEST` values the median alone.
    """
    ci = median_ci(values, np.random.default_rng(SEED))
    length = [[max(ci.median - ci.low, 0.0)], [max(ci.high - ci.median, 0.0)]]
    shown: Any = {
        "fmt": mark,
        "ms": 4,
        "capsize": 2.5,
        "color": colour,
        "mec": "black",
        "ecolor": "black",
        "xerr" if is_across else "yerr": length if ci.n >= FEWEST else None,
    }
    x, y = (ci.median, place) if is_across else (place, ci.median)
    axes.errorbar([x], [y], **shown)
    return axes


def signs_of_dots(n: Sequence[int]) -> list[Line2D]:
    """What dots, marks and bars of `plot_dots` mean; ``n``: runs of each group."""
    signs = [
        Line2D([], [], color="none", marker="o", mfc=COLOURS[0], mec=COLOURS[0], ms=1.5, label="a run"),
        Line2D([], [], color="none", marker="o", mfc=COLOURS[0], mec="black", ms=4, label="median"),
    ]
    if max(n) >= FEWEST:
        where = f" (of {FEWEST} runs or more)" if min(n) < FEWEST else ""
        label = f"bootstrapped 95 % interval of the median{where}"
        signs.append(Line2D([], [], color="black", marker="|", label=label))
    return signs


def medians_in_words(n: Sequence[int]) -> str:
    """What a figure of medians shows; ``n``: runs behind each of them.

    >>> medians_in_words([50, 50])
    'medians and bootstrapped 95 % intervals, n = 50 runs'
    >>> medians_in_words([3, 50])
    'medians, from 6 runs on with bootstrapped 95 % intervals, n = 3 to 50 runs'
    >>> medians_in_words([2])
    'medians, n = 2 runs'
    """
    low, high = min(n), max(n)
    runs = f"n = {low} runs" if low == high else f"n = {low} to {high} runs"
    if high < FEWEST:
        return f"medians, {runs}"
    if low < FEWEST:
        return f"medians, from {FEWEST} runs on with bootstrapped 95 % intervals, {runs}"
    return f"medians and bootstrapped 95 % intervals, {runs}"


def runs_in_words(groups: Sequence[NDArray[Any]]) -> str:
    """How many runs groups have.

    >>> runs_in_words([np.zeros(3), np.zeros(2)])
    'n = 2 to 3 runs'
    """
    low, high = min(map(len, groups)), max(map(len, groups))
    return f"n = {low} runs" if low == high else f"n = {low} to {high} runs"


def plot_columns(figure: Any, groups: dict[str, Table], columns: dict[str, str]) -> list[Axes]:
    """One panel per column of ``summary.csv``, one row per group of runs, see `plot_dots`; below, what is drawn.

    ``groups``: rows of the summary by label; ``columns``: names of the panels' axes by column.
    """
    panels: list[Axes] = figure.subplots(1, len(columns), sharey=True, squeeze=False)[0].tolist()
    for axes, (column, name) in zip(panels, columns.items(), strict=True):
        plot_dots(axes, [rows[column] for rows in groups.values()], list(groups))
        axes.set_xlabel(name)
        axes.grid(axis="x", lw=0.4, alpha=0.5)
    n = [len(next(iter(rows.values()))) for rows in groups.values()]
    figure.legend(handles=signs_of_dots(n), loc="outside lower center", ncols=3, frameon=False)
    return panels


def figure_of_columns(study: Any, columns: dict[str, str]) -> Figure:
    """`plot_columns` of a study's treatments: every replicate's best network of the last generation."""
    groups = {study.labels[name]: rows_of(study.summary, treatment=name) for name in study.treatments}
    size = (0.6 + 2.1 * len(columns), 1.2 + 0.38 * len(groups))
    figure = Figure(figsize=size, layout="constrained")
    plot_columns(figure, groups, columns)
    return figure


MOST_SIGNS = 4
"""That fit into a line of a figure of a page's width."""


def explain_networks(
    figure: Any, networks: Sequence[Network], colours: str = "module", others: Sequence[Line2D] = ()
) -> None:
    """Below the picture, one line (or two) of what colours, lines and marks of the networks drawn in it mean, if any."""
    if not networks:
        return
    signs = [*signs_of(networks, colours), *others]
    columns = len(signs) if len(signs) <= MOST_SIGNS else (len(signs) + 1) // 2
    figure.legend(
        handles=signs, loc="outside lower center", ncols=columns, frameon=False, fontsize=6.5,
        columnspacing=1.2, handletextpad=0.5,
    )  # fmt: skip


def plot_small_networks(
    cells: Sequence[Axes], networks: Sequence[Network], partitions: Sequence[NDArray[np.int64]],
    titles: Sequence[str],
) -> None:  # fmt: skip
    """Layered networks in small, one a cell, simplified and untangled, coloured by their partitions."""
    for axes in cells:
        axes.set_axis_off()
    for axes, network, modules, title in zip(cells, networks, partitions, titles, strict=False):
        plot_layers(axes, untangled(network), modules, size=14.0)
        axes.set_title(title, fontsize=6, pad=1)
        axes.margins(0.06, 0.1)


def untangled(network: Network) -> Network:
    """The same network with hidden nodes sorted within their layer by where their sources are.

    Only inputs and outputs have places of their own (Clune et al. 2013), so hidden ones may move.
    """
    positions = network.positions.copy()
    for layer in range(1, int(network.layer.max())):
        nodes = np.flatnonzero(network.layer == layer)
        means = [_mean_of_sources(network, positions, node) for node in nodes.tolist()]
        order = nodes[np.argsort(means, kind="stable")]
        positions[order] = network.positions[nodes]
    return replace(network, positions=positions)


def _mean_of_sources(network: Network, positions: NDArray[np.float64], node: int) -> float:
    sources = network.source[network.target == node]
    return float(positions[sources, 0].mean()) if sources.size else 0.0


def plot_density(axes: Axes, density: Table, bins: tuple[float, float], limits: Any) -> Axes:
    """Share of individuals in every cell of the plane of connection cost and Q, on a log scale.

    ``density``: columns connection_cost and q_score (lower corners of the cells) and individuals; ``bins``
    the widths of a cell; those outside the limits are not drawn, but count. A colour bar is made of ``axes.images[-1]``.
    """
    from matplotlib.colors import LogNorm

    (x0, x1), (y0, y1) = limits
    columns, rows = round((x1 - x0) / bins[0]), round((y1 - y0) / bins[1])
    image = np.zeros((rows, columns))
    i = ((density["q_score"] - y0) / bins[1] + 0.5).astype(int)
    j = ((density["connection_cost"] - x0) / bins[0] + 0.5).astype(int)
    seen = (i >= 0) & (i < rows) & (j >= 0) & (j < columns)
    np.add.at(image, (i[seen], j[seen]), density["individuals"][seen])
    share = image / max(density["individuals"].sum(), 1.0)
    axes.imshow(
        np.where(share > 0, share, np.nan),
        origin="lower",
        extent=(x0, x1, y0, y1),
        aspect="auto",
        cmap="viridis_r",
        norm=LogNorm(1e-4, 0.1),
        interpolation="nearest",
    )
    return axes
