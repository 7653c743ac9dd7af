"""Medians with their uncertainty, and whether two treatments differ. Every number comes with its n.

Clune et al. 2013 report medians with bootstrapped 95 % intervals, the rank-sum test, and Fisher's exact
test for proportions.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError

LEVEL, RESAMPLES = 0.95, 10_000
AT_ONCE = 2**22
"""Numbers that resamples hold at once: 32 MB; all of 5,000 runs were a gigabyte. The draws are the same."""
FEWEST = 6
"""Values that an interval of a median wants, see `median_ci`."""


@dataclass(frozen=True, slots=True)
class MedianCI:
    """A median and its bootstrapped 95 % confidence interval, of fewer than `FEWEST` values their range."""

    n: int
    """Values; those that are not numbers are left out."""
    median: float
    low: float
    high: float
    method: str
    """"BCa"; "percentile" where ties leave BCa undefined; "range" of fewer than `FEWEST` values; "constant"
    where all values are equal; "none" where there are none."""


@dataclass(frozen=True, slots=True)
class RatioOfMedians:
    """How many times as large one median is as another, with an interval of the bootstrap."""

    n_a: int
    n_b: int
    ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RankSum:
    """Mann-Whitney U, two-sided."""

    n_a: int
    n_b: int
    u: float
    """Pairs in which a is the larger, a tie counting half."""
    p: float
    cliffs_delta: float
    """Share of pairs in which a is the larger minus share in which b is: -1 to 1, 0 for no difference."""


@dataclass(frozen=True, slots=True)
class SignedRank:
    """Wilcoxon's signed-rank test of pairs, two-sided."""

    n: int
    """Pairs of numbers."""
    p: float
    r: float
    """Matched-pairs rank-biserial correlation: 1 where a is the larger in every pair, -1 where b is."""


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Spearman's rho, two-sided."""

    n: int
    rho: float
    """-1 to 1; NaN where one side does not vary."""
    p: float


@dataclass(frozen=True, slots=True)
class Proportions:
    """Fisher's exact test, two-sided."""

    n_a: int
    n_b: int
    yes_a: int
    yes_b: int
    p: float
    odds_ratio: float
    """Of the table; infinite or NaN where a count is 0."""


@dataclass(frozen=True, slots=True)
class MedianBand:
    """Medians along a curve, with pointwise 95 % intervals; of fewer than `FEWEST` runs they hold less, see `median_ci`."""

    n: NDArray[np.int64]
    """``[point]``: values there."""
    median: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def median_ci(values: ArrayLike, rng: np.random.Generator) -> MedianCI:
    """Median and bootstrapped (BCa) 95 % interval; of fewer than six values the interval is their range.

    Bootstrapped intervals hold the true median in 47 % of cases of two values, 80 % of three and 88 % of five. The
    range of n values holds it in 1 - 2^(1 - n), which is 50, 75, 88 and 94 % of two to five, and nothing that
    they say can hold it in more; six are the first whose range does in 95 %.

    >>> median_ci([2.0, 2.0, 2.0], np.random.default_rng(1))
    MedianCI(n=3, median=2.0, low=2.0, high=2.0, method='constant')
    """
    numbers = _numbers(values)
    if numbers.size == 0:
        return MedianCI(0, math.nan, math.nan, math.nan, "none")
    middle = float(np.median(numbers))
    if (numbers == numbers[0]).all():
        return MedianCI(numbers.size, middle, middle, middle, "constant")
    if numbers.size < FEWEST:
        return MedianCI(numbers.size, middle, float(numbers.min()), float(numbers.max()), "range")
    from scipy import stats

    state = rng.bit_generator.state
    for method in ("BCa", "percentile"):
        rng.bit_generator.state = state
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scipy warns where it returns NaN, which is asked for below
            found = stats.bootstrap(
                (numbers,),
                np.median,
                n_resamples=RESAMPLES,
                confidence_level=LEVEL,
                method=method,
                batch=max(1, AT_ONCE // numbers.size),
                random_state=rng,  # scipy before 1.15 knows no `rng`
            ).confidence_interval
        if math.isfinite(found.low) and math.isfinite(found.high):
            break
    # Between tiny values interpolation may round past the ends.
    low, high = np.clip((found.low, found.high), numbers.min(), numbers.max()).tolist()
    return MedianCI(numbers.size, middle, low, high, method)


def ratio_of_medians(
    a: ArrayLike, b: ArrayLike, rng: np.random.Generator, level: float = LEVEL
) -> RatioOfMedians:
    """Median of a over that of b, positive numbers; the interval holds ``level`` of the resamples' ratios.

    Both sides are drawn anew; its ends are quantiles, so that it is positive, as a ratio is, and need not
    lie evenly about it.

    >>> ratio_of_medians([6.0, 6.0], [2.0, 2.0, 2.0], np.random.default_rng(1))
    RatioOfMedians(n_a=2, n_b=3, ratio=3.0, low=3.0, high=3.0)
    """
    first, second = _numbers(a), _numbers(b)
    if first.size == 0 or second.size == 0 or min(first.min(), second.min()) <= 0.0:
        raise EvomodError(
            f"a ratio of medians wants positive numbers on both sides; got {first.size} and {second.size} "
            f"numbers, the least {min((*first, *second), default=math.nan):g}."
        )
    over, under = (np.median(rng.choice(x, (RESAMPLES, x.size)), axis=1) for x in (first, second))
    low, high = np.quantile(over / under, ((1.0 - level) / 2.0, (1.0 + level) / 2.0)).tolist()
    ratio = float(np.median(first) / np.median(second))
    return RatioOfMedians(first.size, second.size, ratio, low, high)


def rank_sum(a: ArrayLike, b: ArrayLike) -> RankSum:
    """Whether two treatments' values differ (Mann-Whitney U, two-sided), and by how much.

    >>> rank_sum([1, 2, 3], [4, 5, 6])
    RankSum(n_a=3, n_b=3, u=0.0, p=0.1, cliffs_delta=-1.0)
    """
    first, second = _numbers(a), _numbers(b)
    if first.size == 0 or second.size == 0:
        raise EvomodError(
            f"the rank-sum test wants values on both sides; got {first.size} and {second.size}."
        )
    from scipy import stats

    u, p = stats.mannwhitneyu(first, second, alternative="two-sided")
    delta = 2.0 * float(u) / (first.size * second.size) - 1.0
    return RankSum(first.size, second.size, float(u), float(p), delta)


def kolmogorov_smirnov(a: ArrayLike, b: ArrayLike) -> float:
    """p of the two-sample test of Kolmogorov and Smirnov, two-sided, exact for small samples.

    >>> round(kolmogorov_smirnov([1, 2, 3], [4, 5, 6]), 6)
    0.1
    """
    first, second = _numbers(a), _numbers(b)
    if first.size == 0 or second.size == 0:
        raise EvomodError(
            f"the Kolmogorov-Smirnov test wants values on both sides; got {first.size} and {second.size}."
        )
    from scipy import stats

    return float(stats.ks_2samp(first, second).pvalue)


def signed_rank(a: ArrayLike, b: ArrayLike) -> SignedRank:
    """Whether a differs from b in pairs (Wilcoxon, two-sided); a pair that lacks a number is left out.

    Without any difference p is 1.

    >>> signed_rank([2, 4, 6, 8, 10, 12], [1, 2, 3, 4, 5, 6])
    SignedRank(n=6, p=0.03125, r=1.0)
    """
    first, second = _pairs(a, b)
    gaps = first - second
    if not gaps.any():
        return SignedRank(gaps.size, 1.0, 0.0)
    from scipy import stats

    ranks = stats.rankdata(np.abs(gaps[gaps != 0.0]))
    r = float((ranks * np.sign(gaps[gaps != 0.0])).sum() / ranks.sum())
    return SignedRank(gaps.size, float(stats.wilcoxon(first, second).pvalue), round(r, 12))


def rank_correlation(a: ArrayLike, b: ArrayLike) -> RankCorrelation:
    """Whether pairs of values rise together (Spearman, two-sided); a pair that lacks a number is left out.

    >>> rank_correlation([1, 2, 3, 4], [1, 4, 9, 16]).rho
    1.0
    """
    first, second = _pairs(a, b)
    if first.size < 3 or np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return RankCorrelation(first.size, math.nan, math.nan)
    from scipy import stats

    found = stats.spearmanr(first, second)
    return RankCorrelation(first.size, round(float(found.statistic), 12), float(found.pvalue))


def proportions(a_yes: int, a_n: int, b_yes: int, b_n: int) -> Proportions:
    """Whether a_yes of a_n differs from b_yes of b_n (Fisher's exact test, two-sided).

    >>> round(proportions(3, 3, 0, 3).p, 9)  # 2 of the 20 ways to place three yes among six
    0.1
    """
    for yes, n in ((a_yes, a_n), (b_yes, b_n)):
        if not 0 <= yes <= n or n == 0:
            raise EvomodError(f"wanted a number of yes from 0 to n, of n >= 1; got {yes} of {n}.")
    from scipy import stats

    found = stats.fisher_exact(np.array([[a_yes, a_n - a_yes], [b_yes, b_n - b_yes]]))
    return Proportions(a_n, b_n, a_yes, b_yes, float(found.pvalue), float(found.statistic))


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """p values of one family, each multiplied as Holm (1979) does: below 0.05 no more than one family in twenty errs.

    NaN, a test that was not made, stays NaN and counts for nothing.

    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    raw = np.asarray(p, np.float64).ravel()
    adjusted = np.full(raw.size, np.nan)
    order = np.argsort(raw)[: int((~np.isnan(raw)).sum())]  # NaN last
    left = np.arange(order.size, 0, -1)  # tests that are not rejected yet
    adjusted[order] = np.minimum(np.maximum.accumulate(raw[order] * left), 1.0)
    return adjusted


def student_p(t: float, n: int) -> float:
    """Two-sided p of a difference of ``t`` standard errors, estimated from n values (Student's t, n - 1 degrees).

    >>> round(student_p(4.303, 3), 3), round(student_p(-2.01, 50), 3)
    (0.05, 0.05)
    """
    from scipy import stats

    return float(2.0 * stats.t.sf(abs(t), n - 1))


def share_interval(yes: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Clopper & Pearson, exact).

    >>> low, high = share_interval(9, 9)
    >>> round(low, 3), high  # 0.025 ** (1 / 9)
    (0.664, 1.0)
    """
    from scipy import stats

    found = stats.binomtest(yes, n).proportion_ci(LEVEL, "exact")
    return float(found.low), float(found.high)


def share_p(yes: int, n: int) -> float:
    """Two-sided exact p of a share against a half (binomial).

    >>> round(share_p(5, 5), 4)
    0.0625
    """
    from scipy import stats

    return float(stats.binomtest(yes, n).pvalue)


def median_band(
    values: NDArray[np.float64], rng: np.random.Generator, resamples: int = 2000
) -> MedianBand:
    """Medians over runs with bootstrapped (percentile) 95 % intervals, of ``values[point, run]``.

    Of fewer than six runs they hold the true median in less than 95 %, see `median_ci`. NaN where a run has
    no value. A resample is a choice of ranks, so that one set of resamples serves all points with as many
    values: 500 points of 50 runs take 0.2 s, one by one with scipy 10 s.
    """
    ordered = np.sort(values, axis=1)  # NaN last
    n = (~np.isnan(values)).sum(axis=1)
    band = np.full((3, values.shape[0]), np.nan)
    for size in np.unique(n[n > 0]).tolist():
        points = np.flatnonzero(n == size)
        ranks = np.sort(rng.integers(0, size, (resamples, size)), axis=1)
        lower, upper = ranks[:, (size - 1) // 2], ranks[:, size // 2]
        here = ordered[points, :size]
        medians = (here[:, lower] + here[:, upper]) / 2.0
        band[0, points] = (here[:, (size - 1) // 2] + here[:, size // 2]) / 2.0
        tails = ((1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0)
        band[1:, points] = np.quantile(medians, tails, axis=1)
    return MedianBand(n.astype(np.int64), *band)


def _pairs(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, second = np.asarray(a, np.float64).ravel(), np.asarray(b, np.float64).ravel()
    if first.size != second.size:
        raise EvomodError(f"this test wants pairs; got {first.size} and {second.size} values.")
    both = ~(np.isnan(first) | np.isnan(second))
    return first[both], second[both]


def _numbers(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, np.float64).ravel()
    return array[~np.isnan(array)]
