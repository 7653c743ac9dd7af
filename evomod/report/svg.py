"""Charts as the text of inline SVG; colours, dashes and fonts are those of ``style.css``, in light and dark."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]

WIDTH, HEIGHT = 480.0, 290.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 22.0, 10.0, 42.0
"""Of a chart, in its own units; on a phone they are three quarters of a pixel."""
COLOURS = 8
"""Classes c0 to c7 of the style sheet."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where data lie in a chart: linear scales, y upwards."""

    x_ends: tuple[float, float]
    y_ends: tuple[float, float]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    bottom: float = BOTTOM

    def x(self, values: ArrayLike) -> Numbers:
        low, high = self.x_ends
        return self.left + (np.asarray(values, float) - low) / (high - low) * (
            self.width - self.left - RIGHT
        )

    def y(self, values: ArrayLike) -> Numbers:
        low, high = self.y_ends
        inside = self.height - TOP - self.bottom
        return self.height - self.bottom - (np.asarray(values, float) - low) / (high - low) * inside


def framed(x: ArrayLike, y: ArrayLike, **places: float) -> Frame:
    """A frame that holds all these values that are numbers, with some room above and below."""
    (x0, x1), (y0, y1) = (_ends(values) for values in (x, y))
    room = 0.04 * (y1 - y0)
    return Frame((x0, x1), (y0 - room, y1 + room), **places)


def _ends(values: ArrayLike) -> tuple[float, float]:
    numbers = np.asarray(values, float).ravel()
    numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return 0.0, 1.0
    low, high = float(numbers.min()), float(numbers.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers between two ends, steps of 1, 2 or 5 times a power of ten.

    >>> ticks(0.0, 1.0), ticks(0, 25000)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0, 5000.0, 10000.0, 15000.0, 20000.0, 25000.0])
    """
    rough = (high - low) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 12) + 0.0 for k in range(first, math.floor(high / step + 1e-9) + 1)]


def number(value: float, digits: int = 4) -> str:
    """A number as an axis or a table shows it.

    >>> number(25000.0), number(0.25), number(-1.5), number(float("nan"))
    ('25,000', '0.25', '-1.5', '–')
    """
    if not math.isfinite(value):
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def chart(frame: Frame, parts: Iterable[str], x_name: str, y_name: str, about: str) -> str:
    """An SVG with axes around its parts; ``about`` is what a screen reader says of it."""
    return svg(frame.width, frame.height, (axes(frame, x_name, y_name), *parts), about, classes="chart")


def svg(width: float, height: float, parts: Iterable[str], about: str, classes: str) -> str:
    """An SVG that is as wide as its place."""
    return (
        f'<svg class="{classes}" viewBox="0 0 {short(width)} {short(height)}" role="img" '
        f'aria-label="{html.escape(about)}">{"".join(parts)}</svg>'
    )


def axes(frame: Frame, x_name: str, y_name: str, *, has_x_ticks: bool = True) -> str:
    """Grid, numbers and names."""
    left, right = frame.left, frame.width - RIGHT
    top, base = TOP, frame.height - frame.bottom
    lines, texts = [], []
    for value in ticks(*frame.y_ends):
        y = float(frame.y(value))
        lines.append(f"M{short(left)} {short(y)}H{short(right)}")
        texts.append(text(left - 5, y + 4, number(value), "end"))
    for value in ticks(*frame.x_ends) if has_x_ticks else ():
        x = float(frame.x(value))
        lines.append(f"M{short(x)} {short(base)}v4")
        texts.append(text(x, base + 16, number(value), "middle"))
    middle = (top + base) / 2
    return (
        f'<path class="grid" d="{"".join(lines)}"/>{"".join(texts)}'
        f"{text((left + right) / 2, frame.height - 6, x_name, 'middle')}"
        f'<text class="name" transform="translate(12 {short(middle)}) rotate(-90)" text-anchor="middle">'
        f"{html.escape(y_name)}</text>"
    )


def text(x: float, y: float, words: str, anchor: str = "start", classes: str = "") -> str:
    """A line of text."""
    kind = f' class="{classes}"' if classes else ""
    return (
        f'<text{kind} x="{short(x)}" y="{short(y)}" text-anchor="{anchor}">{html.escape(words)}</text>'
    )


def line(frame: Frame, x: ArrayLike, y: ArrayLike, k: int, classes: str = "line") -> str:
    """A curve in the k-th colour and dash; it has gaps where there is no number."""
    return f'<path class="{classes} c{k % COLOURS}" d="{_path(frame, x, y)}"/>'


def band(frame: Frame, x: ArrayLike, low: ArrayLike, high: ArrayLike, k: int) -> str:
    """The area between two curves, where both have numbers."""
    xs, lows, highs = (np.asarray(values, float) for values in (x, low, high))
    known = np.isfinite(lows) & np.isfinite(highs)
    if known.sum() < 2:
        return ""
    there, back = xs[known], xs[known][::-1]
    outline = _points(
        frame.x(np.concatenate((there, back))),
        frame.y(np.concatenate((highs[known], lows[known][::-1]))),
    )
    return f'<path class="band c{k % COLOURS}" d="M{outline}Z"/>'


def dot(x: float, y: float, k: int, title: str = "", radius: float = 2.6, classes: str = "dot") -> str:
    """A point, with what is said of it when one hovers over it."""
    inner = f"<title>{html.escape(title)}</title>" if title else ""
    body = f'class="{classes} c{k % COLOURS}" cx="{short(x)}" cy="{short(y)}" r="{short(radius)}"'
    return f"<circle {body}>{inner}</circle>" if inner else f"<circle {body}/>"


def _path(frame: Frame, x: ArrayLike, y: ArrayLike) -> str:
    xs, ys = np.asarray(x, float), np.asarray(y, float)
    known = np.isfinite(ys)
    cuts = np.flatnonzero(known[1:] != known[:-1]) + 1
    pieces = [piece for piece in np.split(np.arange(ys.size), cuts) if piece.size and known[piece[0]]]
    return "".join("M" + _points(frame.x(xs[piece]), frame.y(ys[piece])) for piece in pieces)


def _points(x: Numbers, y: Numbers) -> str:
    return "L".join(f"{short(a)} {short(b)}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def short(value: float) -> str:
    """A coordinate to a tenth of a unit.

    >>> short(3.04), short(-0.04), short(12.34)
    ('3', '0', '12.3')
    """
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def stretches(x: Numbers, y: Numbers, most: int) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """A long curve in so many stretches: their middles, and the median, least and largest value of each.

    >>> [values.tolist() for values in stretches(np.arange(6.0), np.array([0, 1, 5, 2, 2, np.nan]), 2)]
    [[1.0, 4.0], [1.0, 2.0], [0.0, 2.0], [5.0, 2.0]]
    """
    found = []
    for part in np.array_split(np.arange(y.size), most):
        known = y[part][np.isfinite(y[part])]
        ends = (np.median(known), known.min(), known.max()) if known.size else (np.nan,) * 3
        found.append((float(x[part].mean()), *map(float, ends)))
    middles, median, low, high = np.array(found).T
    return middles, median, low, high


def legend(labels: Sequence[str], colours: Sequence[int] | None = None) -> str:
    """What the colours mean, as HTML: a line and a point each."""
    ks = range(len(labels)) if colours is None else colours
    return (
        '<ul class="legend">'
        + "".join(
            f'<li><svg viewBox="0 0 30 10" aria-hidden="true"><path class="line c{k % COLOURS}" d="M0 5H30"/>'
            f'<circle class="dot c{k % COLOURS}" cx="15" cy="5" r="3"/></svg>{html.escape(label)}</li>'
            for k, label in zip(ks, labels, strict=True)
        )
        + "</ul>"
    )
