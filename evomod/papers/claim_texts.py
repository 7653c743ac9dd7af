"""Values and verdicts of claims in words: medians with intervals, shares, times, effects, tables in Markdown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod import effects
from evomod.effects import Effect
from evomod.papers.claim import Claim
from evomod.statistics import FEWEST, MedianCI, median_ci
from evomod.verdicts import ALPHA, STATES, VERDICTS

SEED = 1
"""Of the bootstrap behind every interval of a median."""

Values = NDArray[np.float64]
Mean = tuple[float, float, int]
"""A mean, its standard error and n: what a column gives where only these are known."""


def count_of(values: Any) -> tuple[int, int]:
    """Yes and n of a column of 0 and 1."""
    numbers = effects.numbers_of(values)
    return int(numbers.sum()), numbers.size


def share_text(count: tuple[int, int]) -> str:
    """Such as "3/4 (75%)".

    >>> share_text((3, 4))
    '3/4 (75%)'
    """
    return f"{count[0]}/{count[1]}" + (f" ({count[0] / count[1]:.0%})" if count[1] else "")


def times_text(times: Values, cap: float) -> str:
    """Share solved, and the median time of those that were.

    >>> times_text(np.array([1.0, 2.0, 3.0, 9.0]), 9.0)
    'solved 3/4 (75%), given solved 2, range [1, 3], n = 3'
    """
    solved = times[times < cap]
    return f"solved {share_text((solved.size, times.size))}, given solved {described(solved)}"


def p_text(p: float) -> str:
    """Two digits of a p, or as many as show on which side of 0.05 it lies.

    >>> p_text(0.01234), p_text(0.04951), p_text(0.05)
    ('0.012', '0.0495', '0.05')
    """
    texts = (f"{p:.{digits}g}" for digits in range(2, 18))
    return next(text for text in texts if (float(text) < ALPHA) == (p < ALPHA))


def effect_text(effect: Effect) -> str:
    """An effect with its interval.

    >>> effect_text(Effect("delta", 0.5, 0.25, 0.75)), effect_text(Effect("shares", 0.4, 0.1, 0.6))
    ('delta +0.50 [+0.25, +0.75]', '+40 [+10, +60] percentage points')
    """
    if not effect.is_known:
        return ""
    if effect.kind == "shares":
        value, low, high = (100.0 * v for v in (effect.value, effect.low, effect.high))
        return f"{value:+.0f} [{low:+.0f}, {high:+.0f}] percentage points"
    if effect.kind == "ratio":
        return f"ratio {effect.value:.4g} [{effect.low:.4g}, {effect.high:.4g}]"
    if effect.kind == "difference":
        return f"difference {effect.value:+.3g} [{effect.low:+.3g}, {effect.high:+.3g}]"
    return f"{effect.kind} {effect.value:+.2f} [{effect.low:+.2f}, {effect.high:+.2f}]"


def interval_of(values: ArrayLike) -> MedianCI:
    """Median with its bootstrapped 95 % interval (of fewer than six values: their range), always by the same seed."""
    return median_ci(values, np.random.default_rng(SEED))


def mean_of(values: Any) -> Mean:
    """Mean, its standard error, and n; NaN where there are too few values. Where a column has these, they are taken."""
    if isinstance(values, tuple):
        return values
    numbers = effects.numbers_of(values)
    n = numbers.size
    mean = float(numbers.mean()) if n else math.nan
    return mean, float(numbers.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan, n


def described(values: ArrayLike) -> str:
    """Median [bootstrapped 95 % interval], n = number; of fewer than six values their range, see `median_ci`.

    >>> described([1.0, 1.0, 2.0]), described([1.0]), described([1.0] * 6)
    ('1, range [1, 2], n = 3', '1, n = 1', '1 [1, 1], n = 6')
    """
    ci = interval_of(values)
    if ci.n < 2:
        return f"{ci.median:.4g}, n = {ci.n}"
    ends = f"[{ci.low:.4g}, {ci.high:.4g}], n = {ci.n}"
    return f"{ci.median:.4g}, range {ends}" if ci.n < FEWEST else f"{ci.median:.4g} {ends}"


def as_markdown(found: Sequence[Claim]) -> str:
    """The claims as a table in Markdown."""
    lines = ["| claim | here | effect | test | verdict |", "|---|---|---|---|---|"]
    for c in found:
        label = c.verdict if c.verdict == "holds" else f"**{c.verdict}**"
        status = "" if c.status != "exploratory" else " (exploratory)"
        cells = (c.claim, c.found, c.effect, c.test, f"{label}{status}")
        lines.append(f"| {' | '.join(map(in_cell, cells))} |")
    return "\n".join(lines)


def in_cell(text: str) -> str:
    """A text in a cell of a table in Markdown.

    >>> in_cell("sum of |w|")
    'sum of \\\\|w\\\\|'
    """
    return text.replace("|", "\\|")


def counted(found: Sequence[Claim]) -> str:
    """How many have each verdict."""
    numbers = Counter(claim.verdict for claim in found)
    return ", ".join(f"{numbers[word]} {word}" for word in (*VERDICTS, *STATES) if numbers[word])
