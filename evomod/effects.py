"""Two groups of values beside each other: medians with intervals, the difference as Cliff's delta, a test."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evomod.statistics import MedianCI, median_ci, rank_sum

SEED = 1
"""Of the bootstrap behind the intervals of medians."""
Z = 1.959963984540054
"""97.5 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """How the values of a differ from those of b."""

    a: MedianCI
    b: MedianCI
    delta: float
    """Cliff's delta: share of pairs in which a is the larger minus share in which b is; NaN without pairs."""
    low: float
    high: float
    """Its 95 % interval, see `delta_interval`."""
    p: float
    """Mann-Whitney U, two-sided; NaN without pairs."""


def contrast(a: ArrayLike, b: ArrayLike) -> Contrast:
    """Medians of two groups, and how they differ; values that are NaN are left out.

    >>> found = contrast([4, 5, 6], [1, 2, 3])
    >>> found.a.median, found.b.median, found.delta, round(found.low, 2), found.high
    (5.0, 2.0, 1.0, 0.0, 1.0)
    """
    first, second = (np.asarray(values, np.float64).ravel() for values in (a, b))
    a_ci, b_ci = (median_ci(values, np.random.default_rng(SEED)) for values in (first, second))
    if min(a_ci.n, b_ci.n) == 0:
        return Contrast(a_ci, b_ci, math.nan, math.nan, math.nan, math.nan)
    test = rank_sum(first, second)
    low, high = delta_interval(test.cliffs_delta, test.n_a, test.n_b)
    return Contrast(a_ci, b_ci, test.cliffs_delta, low, high, test.p)


def delta_interval(delta: float, n_a: int, n_b: int) -> tuple[float, float]:
    """95 % interval of Cliff's delta by the score method (Newcombe 2006, Statistics in Medicine 25, method 5).

    With theta = (delta + 1) / 2 its ends solve |theta - x| = z sqrt(V(x)), V(x) being Hanley & McNeil's variance with
    the mean of both sizes. So it has a width where no value of one group exceeds one of the other, where intervals
    by the bootstrap have none.

    >>> [round(end, 3) for end in delta_interval(0.0, 50, 50)]
    [-0.221, 0.221]
    """
    theta = (delta + 1.0) / 2.0
    low = _solved(theta, 0.0, n_a, n_b)
    high = _solved(theta, 1.0, n_a, n_b)
    return 2.0 * low - 1.0, 2.0 * high - 1.0


def _solved(theta: float, end: float, n_a: int, n_b: int) -> float:
    """Where, between the estimate and this end, the distance to the estimate is z standard errors; by bisection."""
    inner, outer = theta, end
    if abs(theta - end) <= Z * _error(end, n_a, n_b):
        return end
    for _ in range(60):
        middle = (inner + outer) / 2.0
        if abs(theta - middle) <= Z * _error(middle, n_a, n_b):
            inner = middle
        else:
            outer = middle
    return inner


def _error(x: float, n_a: int, n_b: int) -> float:
    more = (n_a + n_b) / 2.0 - 1.0
    spread = 1.0 + more * ((1.0 - x) / (2.0 - x) + x / (1.0 + x))
    return math.sqrt(max(x * (1.0 - x) * spread, 0.0) / (n_a * n_b))


def in_words(p: float) -> str:
    """A p value as texts give it.

    >>> in_words(0.0321), in_words(2e-9), in_words(float("nan"))
    ('p = 0.032', 'p < 0.001', 'no test')
    """
    if math.isnan(p):
        return "no test"
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
