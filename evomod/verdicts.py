"""The rule of verdicts, one for all papers: from an effect's 95 % interval and the smallest effect of interest.

`docs/statistics.md` states it for readers; `tests/test_effects.py` measures its level and power on simulated data.
"""

from __future__ import annotations

import math
from typing import Literal

from evomod.effects import Effect

Verdict = Literal[
    "holds",
    "reversed",
    "differs",
    "no effect of interest",
    "inconclusive",
    "not complete",
    "made by 0.1",
    "not run",
]
VERDICTS: tuple[Verdict, ...] = ("holds", "reversed", "differs", "no effect of interest", "inconclusive")
"""A direction is reversed; an equality or a published number differs."""
STATES: tuple[Verdict, ...] = ("not complete", "made by 0.1", "not run")
"""In place of a verdict: the declared number of runs is not reached; an older version made them; there are none."""

ALPHA = 0.05
DELTA, SHARE, BAND = 0.33, 0.15, 0.25
"""Smallest effects of interest where a claim has no other: of Cliff's delta, rho and r; of a difference of shares; of a
ratio, which is then from 0.8 to 1.25."""


def of_direction(effect: Effect, p: float, smallest: float) -> Verdict:
    """Of a claim that the effect is positive; p is that of its family.

    >>> from evomod.effects import Effect
    >>> of_direction(Effect("delta", 0.6, 0.3, 0.8), 0.001, 0.33)
    'holds'
    >>> of_direction(Effect("delta", 0.0, -0.2, 0.2), 0.9, 0.33)
    'no effect of interest'
    """
    if not effect.is_known or math.isnan(p):
        return "inconclusive"
    if p < ALPHA and effect.low > effect.none:
        return "holds"
    if p < ALPHA and effect.high < effect.none:
        return "reversed"
    return "no effect of interest" if is_within(effect, smallest) else "inconclusive"


def of_equality(effect: Effect, smallest: float) -> Verdict:
    """Of a claim that there is no effect, or that a number is the published one: equivalence (TOST) by the interval.

    >>> from evomod.effects import Effect
    >>> of_equality(Effect("ratio", 1.05, 0.9, 1.2), 0.25), of_equality(Effect("ratio", 2.0, 1.5, 2.9), 0.25)
    ('holds', 'differs')
    """
    if not effect.is_known:
        return "inconclusive"
    low, high = band(effect, smallest)
    if is_within(effect, smallest):
        return "holds"
    return "differs" if effect.low > high or effect.high < low else "inconclusive"


def of_ceiling(effect: Effect, most: float) -> Verdict:
    """Of a claim that the effect is at most so large.

    >>> from evomod.effects import Effect
    >>> of_ceiling(Effect("ratio", 0.9, 0.5, 1.1), 1.25), of_ceiling(Effect("ratio", 2.0, 1.5, 2.9), 1.25)
    ('holds', 'differs')
    """
    if not effect.is_known:
        return "inconclusive"
    return "holds" if effect.high <= most else "differs" if effect.low > most else "inconclusive"


def is_within(effect: Effect, smallest: float) -> bool:
    """Whether the whole interval lies within the smallest effect of interest."""
    low, high = band(effect, smallest)
    return low <= effect.low and effect.high <= high


def band(effect: Effect, smallest: float) -> tuple[float, float]:
    """The effects that are of no interest."""
    if effect.kind == "ratio":
        return 1.0 / (1.0 + smallest), 1.0 + smallest
    return -smallest, smallest


def is_small(effect: Effect, smallest: float) -> bool:
    """Whether an effect that is there is all the same of no interest."""
    return effect.is_known and is_within(effect, smallest)
