"""The charts of a report: each takes tables and returns SVG."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.contrasts import SEED
from evomod.measures.motifs import MotifProfile, class_adjacency
from evomod.plots.looks import fitting, looks_of
from evomod.report.svg import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Frame,
    axes,
    band,
    chart,
    dot,
    framed,
    line,
    number,
    short,
    stretches,
    svg,
    text,
)
from evomod.statistics import FEWEST, median_ci

Table = dict[str, NDArray[Any]]
Numbers = NDArray[np.float64]


def medians(curves: Table, column: str, labels: Mapping[str, str], y_name: str) -> str:
    """Medians over generations with their intervals, one line per treatment; ``labels`` by its name."""
    low, high = curves[f"{column}_low"], curves[f"{column}_high"]
    frame = framed(curves["generation"], np.concatenate((low, high, curves[column])))
    bands, lines = [], []
    for k, treatment in zip(looks_of(list(labels.values())), labels, strict=True):
        rows = curves["treatment"] == treatment
        x, many = curves["generation"][rows], curves["n"][rows] >= FEWEST
        ends = [np.where(many, values[rows], np.nan) for values in (low, high)]
        bands.append(band(frame, x, ends[0], ends[1], k))
        lines.append(line(frame, x, curves[column][rows], k))
    return chart(frame, (*bands, *lines), "generation", y_name, f"{y_name} over generations")


def courses(
    x: Numbers, curves: dict[str, Numbers], y_name: str, null: tuple[float, float] | None = None
) -> str:
    """Curves of one run; ``null``: the band of what is expected of random networks."""
    ends = np.concatenate([*curves.values(), np.array(null or ())])
    frame = framed(x, ends)
    parts = []
    if null is not None:
        parts.append(
            f'<g class="null"><title>random networks, mean ± sd</title>'
            f"{band(frame, frame.x_ends, [null[0]] * 2, [null[1]] * 2, 7)}</g>"
        )
    for k, values in enumerate(curves.values()):
        numbers = np.asarray(values, float)
        if len(numbers) > MOST_POINTS:
            middles, middle, low, high = stretches(np.asarray(x, float), numbers, MOST_POINTS)
            parts += [band(frame, middles, low, high, k), line(frame, middles, middle, k)]
        else:
            parts.append(line(frame, x, numbers, k))
        if len(numbers) == 1:
            parts.append(dot(float(frame.x(x[0])), float(frame.y(numbers[0])), k))
    return chart(frame, parts, "generation", y_name, f"{y_name} over generations")


MOST_POINTS = 160
"""Of a run's curve; a longer one shows the median and the range of every stretch."""


def epochs(log: Table, goals: Sequence[str]) -> str:
    """Best and mean fitness of every generation of the rows of a log, the epochs of each goal in its shade."""
    x = log["generation"].astype(float)
    starts = np.concatenate(([0], np.flatnonzero(log["goal"][1:] != log["goal"][:-1]) + 1, [x.size]))
    frame = framed(x, np.concatenate((log["best_fitness"], log["mean_fitness"])))
    shades = []
    for start, end in pairwise(starts.tolist()):
        left, right = frame.x((x[start] - 0.5, x[end - 1] + 0.5)).clip(LEFT, WIDTH - RIGHT).tolist()
        goal = str(log["goal"][start])
        shades.append(
            f'<rect class="shade c{(1 + list(goals).index(goal)) % 8}" x="{short(left)}" y="{TOP:g}" '
            f'width="{short(right - left)}" height="{HEIGHT - TOP - BOTTOM:g}"><title>{html.escape(goal)}</title></rect>'
        )
    lines = (line(frame, x, log["mean_fitness"], 7), line(frame, x, log["best_fitness"], 0))
    return chart(frame, (*shades, *lines), "generation", "fitness", "fitness around switches of goals")


LETTER = 8.0
"""Width of a letter of a chart, on a phone."""


def points(groups: Sequence[Numbers], labels: Sequence[str], name: str) -> str:
    """A column of points a group, its median with the interval beside them; every point names its value."""
    step = (WIDTH - LEFT - RIGHT) / len(groups)
    frame = framed((0.0, 1.0), np.concatenate(groups))
    parts = [axes(frame, "", name, has_x_ticks=False)]
    looks = looks_of(labels)
    for k, (values, label) in enumerate(zip(groups, labels, strict=True)):
        middle = LEFT + step * (k + 0.5)
        known = values[np.isfinite(values)]
        spread = np.random.default_rng(k).uniform(-0.28, 0.28, known.size) * min(step, 90.0)
        for value, shift in zip(known.tolist(), spread.tolist(), strict=True):
            parts.append(dot(middle + shift, float(frame.y(value)), looks[k], number(value)))
        parts.append(_interval(frame, known, middle, min(0.42 * step, 40.0)))
        label = _cut(label, step)
        n = f"n = {known.size}" if known.size == values.size else f"n = {known.size} of {values.size}"
        parts += [
            text(middle, HEIGHT - BOTTOM + 16, label, "middle"),
            text(middle, HEIGHT - BOTTOM + 31, n, "middle", "faint"),
        ]
    return svg(WIDTH, HEIGHT, parts, f"{name} of every run by treatment", "chart")


def _cut(words: str, room: float) -> str:
    """Words that fit into a width."""
    most = max(int(room / LETTER), 2)
    return fitting(words, most)


def _interval(frame: Frame, values: Numbers, middle: float, half: float) -> str:
    """Median as a line and interval as a bar; of fewer than `FEWEST` values the median alone."""
    if not values.size:
        return ""
    ci = median_ci(values, np.random.default_rng(SEED))
    low, mid, high = (float(y) for y in frame.y((ci.low, ci.median, ci.high)))
    bar = f"M{short(middle)} {short(low)}V{short(high)}" if ci.n >= FEWEST else ""
    across = f"M{short(middle - half)} {short(mid)}h{short(2 * half)}"
    said = f"median {number(ci.median)}"
    said += f", 95 % interval {number(ci.low)} to {number(ci.high)}" if ci.n >= FEWEST else ""
    return f'<path class="median" d="{across}{bar}"><title>{said}</title></path>'


MOST_MOTIFS = 10
"""Subgraphs of a profile, as in Kashtan & Alon 2005, Fig. 1d."""
LEVELS = (1e-4, 1e-3, 5e-3, 2e-2, 1.0)
"""Shares of individuals at which cells of the cost-Q plane become darker."""


def plane(
    frame: Frame,
    k: int,
    title: str,
    cells: Table | None,
    bins: tuple[float, float],
    runs: tuple[Numbers, Numbers],
    path: tuple[Numbers, Numbers] | None = None,
) -> str:
    """Cost and Q: how many individuals lie where, the best of every run as a point, and the course of one run."""
    parts = [
        axes(frame, "connection cost", "Q"),
        text(frame.width - RIGHT, TOP + 10, _cut(title, frame.width - LEFT - RIGHT), "end", "title"),
    ]
    if cells is not None:
        parts += _cells(frame, k, cells, bins)
    if path is not None:
        parts.append(line(frame, *path, k, "course"))
    for cost, q in zip(*(values.tolist() for values in runs), strict=True):
        said = f"cost {number(cost)}, Q {number(q)}"
        parts.append(dot(float(frame.x(cost)), float(frame.y(q)), k, said, 3.0, "dot ring"))
    return svg(frame.width, frame.height, parts, f"connection cost and Q, {title}", "chart")


def _cells(frame: Frame, k: int, cells: Table, bins: tuple[float, float]) -> list[str]:
    """One path for every darkness."""
    keys = np.stack((cells["connection_cost"], cells["q_score"]), axis=1)
    distinct, place = np.unique(keys, axis=0, return_inverse=True)
    counts = np.bincount(place.reshape(-1), cells["individuals"])
    shares = counts / max(counts.sum(), 1)
    left, right = frame.x((distinct[:, 0], distinct[:, 0] + bins[0])).clip(frame.left, frame.width)
    low, high = frame.y((distinct[:, 1], distinct[:, 1] + bins[1]))
    level = np.searchsorted(LEVELS, shares)
    found = []
    for darkness in range(len(LEVELS)):
        chosen = np.flatnonzero(level == darkness).tolist()
        outline = "".join(
            f"M{short(left[c])} {short(low[c])}H{short(right[c])}V{short(high[c])}H{short(left[c])}Z"
            for c in chosen
        )
        if outline:
            found.append(f'<path class="cell d{darkness} c{k % 8}" d="{outline}"/>')
    return found


def motif_chart(profiles: Mapping[int, Sequence[MotifProfile]]) -> str:
    """Mean z of the counts of subgraphs with their standard errors: those of the largest |z|, drawn below.

    ``profiles`` of networks, by the number of their colour. Empty where no z is known.
    """
    colours, groups = list(profiles), list(profiles.values())
    first = groups[0][0]
    means, errors = zip(*(_mean_z([profile.z for profile in group]) for group in groups), strict=True)
    size = np.nan_to_num(np.abs(np.array(means))).max(axis=0)
    seen = np.any([p.counts + p.null_mean > 0.01 for group in groups for p in group], axis=0)
    seen &= (
        size > 0.0 if (size[seen] > 0.0).any() else True
    )  # some counts are decided by what the null keeps
    order = np.argsort(-size, kind="stable")
    chosen = np.sort(order[seen[order]][:MOST_MOTIFS])
    if not chosen.size:
        return ""
    bottom = 74.0
    shown = [(mean[chosen], error[chosen]) for mean, error in zip(means, errors, strict=True)]
    ends = [mean + sign * error for mean, error in shown for sign in (-1, 1)]
    frame = framed((0.0, float(chosen.size)), np.concatenate([[0.0], *ends]), bottom=bottom)
    parts = [axes(frame, "", "z of the count", has_x_ticks=False)]
    zero = float(frame.y(0.0))
    parts.append(f'<path class="zero" d="M{LEFT:g} {short(zero)}H{WIDTH - RIGHT:g}"/>')
    for place, c in enumerate(chosen.tolist()):
        x = float(frame.x(place + 0.5))
        parts.append(_subgraph(first.size, int(first.ids[c]), x, HEIGHT - bottom + 8, first.names[c]))
        parts.append(text(x, HEIGHT - 10, str(first.ids[c]), "middle", "faint"))
        for k, colour in enumerate(colours):
            mean, error = (float(values[place]) for values in shown[k])
            if not np.isfinite(mean):
                continue
            at = x + min(9.0, 30.0 / len(colours)) * (k - (len(colours) - 1) / 2)
            low, high = frame.y((mean - error, mean + error)).tolist()
            said = f"{first.names[c]}: z {mean:.1f} ± {error:.1f}"
            parts.append(
                f'<path class="bar c{colour % 8}" d="M{short(at)} {short(low)}V{short(high)}"/>'
            )
            parts.append(dot(at, float(frame.y(mean)), colour, said, 4.0))
    return svg(WIDTH, HEIGHT, parts, f"z of the counts of subgraphs of {first.size} nodes", "chart")


def _mean_z(rows: Sequence[Numbers]) -> tuple[Numbers, Numbers]:
    """Mean and standard error over the networks that have a number."""
    table = np.array(rows, float)
    n = np.isfinite(table).sum(axis=0)
    mean = np.where(n > 0, np.nansum(table, axis=0) / np.maximum(n, 1), np.nan)
    squares = np.nansum((table - mean) ** 2, axis=0)
    return mean, np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1) / np.maximum(n, 1)), 0.0)


PLACES = {
    3: ((0.0, 3.0), (-14.0, 31.0), (14.0, 31.0)),
    4: ((0.0, 1.0), (-14.0, 17.0), (14.0, 17.0), (0.0, 33.0)),
}
"""Of the nodes of a subgraph, from the middle of its upper end."""


def _subgraph(size: int, identity: int, x: float, y: float, name: str) -> str:
    """A subgraph below the axis."""
    places = [(x + dx, y + dy) for dx, dy in PLACES[size]]
    ends = np.argwhere(class_adjacency(size, identity)).tolist()
    parts = [arrow(places[i], places[j], 5.0) for i, j in ends]
    dots = "".join(f'<circle cx="{short(a)}" cy="{short(b)}" r="3"/>' for a, b in places)
    return f'<g class="motif"><title>{html.escape(name)}</title>{"".join(parts)}{dots}</g>'


def arrow(start: tuple[float, float], end: tuple[float, float], gap: float) -> str:
    """A line with a head that keeps a distance from both ends."""
    along = np.array(end) - np.array(start)
    unit = along / max(float(np.hypot(*along)), 1e-9)
    a, b = np.array(start) + gap * unit, np.array(end) - gap * unit
    side = np.array((-unit[1], unit[0]))
    head = [b, b - 5 * unit + 2.5 * side, b - 5 * unit - 2.5 * side]
    tip = "L".join(f"{short(p[0])} {short(p[1])}" for p in head)
    return f'<path d="M{short(a[0])} {short(a[1])}L{short(b[0])} {short(b[1])}"/><path class="head" d="M{tip}Z"/>'
