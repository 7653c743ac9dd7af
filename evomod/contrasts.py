"""Two groups of values relative to each other: medians with intervals, the difference as Cliff's delta, a test."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evomod.effects import delta
from evomod.statistics import MedianCI, median_ci, rank_sum

SEED = 1
"""Of the bootstrap behind the intervals of medians."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """How the values of a differ from those of b."""

    a: MedianCI
    b: MedianCI
    delta: float
    """Cliff's delta: share of pairs in which a is the larger minus share in which b is; NaN without pairs."""
    low: float
    high: float
    """Its 95 % interval, see `evomod.effects.delta`; NaN where a group has fewer than two values."""
    p: float
    """Mann-Whitney U, two-sided; NaN without pairs."""


def contrast(a: ArrayLike, b: ArrayLike) -> Contrast:
    """Medians of two groups, and how they differ; values that are NaN are left out.

    >>> found = contrast([4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 5, 6])
    >>> found.a.median, found.b.median, round(found.delta, 3), found.low < found.delta < found.high
    (6.5, 3.5, 0.75, True)
    """
    first, second = (_numbers(values) for values in (a, b))
    a_ci, b_ci = (median_ci(values, np.random.default_rng(SEED)) for values in (first, second))
    if min(a_ci.n, b_ci.n) == 0:
        return Contrast(a_ci, b_ci, math.nan, math.nan, math.nan, math.nan)
    test, effect = rank_sum(first, second), delta(first, second)
    return Contrast(a_ci, b_ci, test.cliffs_delta, effect.low, effect.high, test.p)


def _numbers(values: ArrayLike) -> np.ndarray:
    found = np.asarray(values, np.float64).ravel()
    return found[~np.isnan(found)]


def in_words(p: float) -> str:
    """A p value as texts give it.

    >>> in_words(0.0321), in_words(2e-9), in_words(float("nan"))
    ('p = 0.032', 'p < 0.001', 'no test')
    """
    if math.isnan(p):
        return "no test"
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
