"""What a report says in words and tables."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from evomod.contrasts import Contrast, in_words
from evomod.report.svg import number
from evomod.statistics import FEWEST, MedianCI

NAMES = {
    "best_fitness": "fitness of the best",
    "q_score": "Q",
    "q_m": "Q_m",
    "q_z": "z of Q (degrees kept)",
    "q_z_layered": "z of Q (within layers)",
    "connection_cost": "connection cost",
    "connections": "connections",
    "modules": "modules",
    "neurons": "neurons or gates used",
    "hierarchy": "hierarchy",
    "generations_to_solve": "generations to solve",
}
"""Columns of ``summary.csv`` that reports show, as they are called."""


def interval(ci: MedianCI, digits: int = 3) -> str:
    """A median with its interval; of fewer than six values with their range.

    >>> interval(MedianCI(50, 0.5, 0.25, 0.75, "BCa"))
    '0.5 [0.25, 0.75]'
    """
    if ci.n == 0:
        return "no value"
    median, low, high = (number(end, digits) for end in (ci.median, ci.low, ci.high))
    if ci.n == 1:
        return median
    word = "range " if ci.n < FEWEST else ""
    return f"{median} [{word}{low}, {high}]"


def effect(found: Contrast) -> str:
    """Cliff's delta with its interval; none where a group is of one run, which tells nothing about others.

    >>> from evomod.contrasts import contrast
    >>> effect(contrast([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6])), effect(contrast([1], [2]))
    ('0.00 [-0.67, 0.67]', '–')
    """
    if min(found.a.n, found.b.n) < 2:
        return "–"
    return f"{found.delta:.2f} [{found.low:.2f}, {found.high:.2f}]"


def compared(found: Contrast, name: str, a: str, b: str) -> str:
    """Two groups in a sentence."""
    text = f"{name} is {interval(found.a)} with {a} and {interval(found.b)} with {b}"
    if min(found.a.n, found.b.n) < 2:
        return text
    return f"{text} (Cliff's delta {effect(found)}, {in_words(found.p)})"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    """An HTML table that scrolls where it is wider than the page."""
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in header)
    body = "".join(
        "<tr>"
        + f'<th scope="row">{html.escape(row[0])}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="scroll" tabindex="0"><table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>"
    )


def facts(pairs: Sequence[tuple[str, Any]]) -> str:
    """Names and values, those without a value left out."""
    rows = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(str(value))}</dd>"
        for name, value in pairs
        if value not in (None, "", [])
    )
    return f"<dl>{rows}</dl>"


def commands(lines: Sequence[str]) -> str:
    """Commands to be copied."""
    return f'<pre class="scroll" tabindex="0">{html.escape(chr(10).join(lines))}</pre>'
