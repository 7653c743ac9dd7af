"""Sizes of effects with 95 % intervals, and tests of families: what verdicts are made of.

Which interval an effect has was decided by simulated coverage (`docs/statistics.md`, `tests/test_effects.py`): BCa of
the bootstrap for Cliff's delta, rho and the rank-biserial r, where the percentile interval of ten against ten holds 93 %
and close to complete separation half of that; Newcombe's for differences of shares, where the bootstrap of 0 of 50 is a
point; percentile for ratios of medians.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from evomod.errors import EvomodError
from evomod.statistics import LEVEL, RESAMPLES, signed_rank

Kind = Literal["delta", "rho", "r", "shares", "ratio", "difference"]

Numbers = NDArray[np.float64]

SEED = 1
"""Of every bootstrap here: the same numbers give the same interval."""
TAILS = ((1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0)
_CHUNK = 500
"""Permutations that are compared at once: seven groups of 50 take 1.4 MB an array."""


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect and its 95 % interval; NaN where it cannot be computed."""

    kind: Kind
    """"delta": Cliff's; "rho": Spearman's; "r": matched-pairs rank-biserial; "shares": a difference of two; "ratio": ours
    to another number; "difference": in the units of what is measured."""
    value: float
    low: float
    high: float

    @property
    def none(self) -> float:
        """The value that says that there is no effect."""
        return 1.0 if self.kind == "ratio" else 0.0

    @property
    def is_known(self) -> bool:
        return all(map(math.isfinite, (self.value, self.low, self.high)))


UNKNOWN = math.nan


def unknown(kind: Kind, value: float = UNKNOWN) -> Effect:
    """An effect without an interval."""
    return Effect(kind, value, UNKNOWN, UNKNOWN)


def delta(a: ArrayLike, b: ArrayLike) -> Effect:
    """Cliff's delta of a over b: share of pairs in which a is larger minus share in which b is.

    Where all pairs agree every resample does, and the end is (n - z²) / (n + z²) of the smaller n (Feng & Cliff 2004).

    >>> delta([4.0, 5.0, 6.0], [1.0, 2.0, 3.0]).value
    1.0
    """
    first, second = numbers_of(a), numbers_of(b)
    n, m = first.size, second.size
    if min(n, m) < 2:
        return unknown("delta")
    signs = np.sign(first[:, None] - second[None])
    value = float(signs.mean())
    if abs(value) == 1.0:
        z2 = float(stats.norm.ppf(TAILS[1])) ** 2
        end = (min(n, m) - z2) / (min(n, m) + z2)
        return Effect("delta", value, end, 1.0) if value > 0 else Effect("delta", value, -1.0, -end)
    rng = np.random.default_rng(SEED)
    draws = ((_counts(n, rng) @ signs) * _counts(m, rng)).sum(axis=1) / (n * m)
    influence = [(signs.mean(axis=1) - value) / n, (signs.mean(axis=0) - value) / m]
    return Effect("delta", value, *bca(value, draws, np.concatenate(influence)))


def _counts(n: int, rng: np.random.Generator) -> Numbers:
    """``[resample, value]``: how often each of n values is drawn; a fifth of the time of multinomial draws."""
    chosen = rng.integers(0, n, (RESAMPLES, n)) + n * np.arange(RESAMPLES)[:, None]
    return np.bincount(chosen.ravel(), minlength=RESAMPLES * n).reshape(RESAMPLES, n).astype(np.float64)


def rho(a: ArrayLike, b: ArrayLike, *, within_a: bool = False) -> Effect:
    """Spearman's rho of pairs; ``within_a``: a are doses that were set, so b is drawn anew within each of them.

    >>> rho([1, 2, 3, 4], [10, 20, 30, 40]).value
    1.0
    """
    first, second = pairs_of(a, b)
    n = first.size
    if n < 3 or np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return unknown("rho")
    rng = np.random.default_rng(SEED)
    if within_a:
        chosen = np.empty((RESAMPLES, n), np.int64)
        for dose in np.unique(first):
            mine = np.flatnonzero(first == dose)
            chosen[:, mine] = rng.choice(mine, (RESAMPLES, mine.size))
    else:
        chosen = rng.integers(0, n, (RESAMPLES, n))
    value = float(_correlations(first[None], second[None])[0])
    others = np.array([np.delete(np.arange(n), k) for k in range(n)])
    left_out = _correlations(first[others], second[others])
    draws = _correlations(first[chosen], second[chosen])
    return Effect("rho", round(value, 12), *bca(value, draws, np.nanmean(left_out) - left_out))


def _correlations(a: Numbers, b: Numbers) -> Numbers:
    """Spearman's rho of every row; NaN where a side does not vary."""
    ranks = [stats.rankdata(side, axis=1) for side in (a, b)]
    x, y = (side - side.mean(axis=1, keepdims=True) for side in ranks)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Numbers = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return found


def pairs(a: ArrayLike, b: ArrayLike) -> Effect:
    """Matched-pairs rank-biserial r: 1 where a is the larger in every pair. Unknown with fewer than three differences.

    Where all pairs agree the interval's end is that of as many coins, (n - z²) / (n + z²).

    >>> pairs([2, 4, 6, 8, 10, 12], [1, 2, 3, 4, 5, 6]).value
    1.0
    """
    first, second = pairs_of(a, b)
    gaps = first - second
    n, value = gaps.size, signed_rank(first, second).r if gaps.size else UNKNOWN
    if (gaps != 0.0).sum() < 3:
        return unknown("r", value)
    if abs(value) == 1.0:
        z2, moved = float(stats.norm.ppf(TAILS[1])) ** 2, int((gaps != 0.0).sum())
        end = (moved - z2) / (moved + z2)
        return Effect("r", value, end, 1.0) if value > 0 else Effect("r", value, -1.0, -end)
    chosen = np.random.default_rng(SEED).integers(0, n, (RESAMPLES, n))
    others = np.array([np.delete(np.arange(n), k) for k in range(n)])
    left_out = _biserial(gaps[others])
    return Effect("r", value, *bca(value, _biserial(gaps[chosen]), left_out.mean() - left_out))


def _biserial(gaps: Numbers) -> Numbers:
    """r of every row of differences; 0 where there is none."""
    sizes = np.where(gaps == 0.0, np.nan, np.abs(gaps))
    ranks = stats.rankdata(sizes, axis=1, nan_policy="omit")
    total = np.nansum(ranks, axis=1)
    found: Numbers = np.nansum(ranks * np.sign(gaps), axis=1) / np.where(total > 0.0, total, 1.0)
    return found


def bca(value: float, draws: Numbers, influence: Numbers) -> tuple[float, float]:
    """Bias-corrected and accelerated interval from resamples and each value's influence (Efron & Tibshirani 1993).

    Draws that equal the value count half, as ranks of small samples often do.
    """
    draws = draws[np.isfinite(draws)]
    influence = influence[np.isfinite(influence)]
    if draws.size == 0:
        return UNKNOWN, UNKNOWN
    below = ((draws < value).mean() + (draws <= value).mean()) / 2.0
    z0 = stats.norm.ppf(np.clip(below, 1.0 / draws.size, 1.0 - 1.0 / draws.size))
    spread = float((influence**2).sum())
    a = float((influence**3).sum()) / (6.0 * spread**1.5) if spread > 0.0 else 0.0
    z = z0 + stats.norm.ppf(TAILS)
    low, high = np.quantile(draws, stats.norm.cdf(z0 + z / (1.0 - a * z))).tolist()
    return low, high


def shares(a: tuple[int, int], b: tuple[int, int]) -> Effect:
    """Difference of two shares, (yes, n) each, with Newcombe's interval of two of Wilson's (1998, method 10).

    >>> found = shares((56, 70), (48, 80))  # his example: 0.2, 0.0524 to 0.3339
    >>> round(found.low, 4), round(found.high, 4)
    (0.0524, 0.3339)
    """
    if min(a[1], b[1]) == 0:
        return unknown("shares")
    p, q = a[0] / a[1], b[0] / b[1]
    (p_low, p_high), (q_low, q_high) = (
        stats.binomtest(*count).proportion_ci(LEVEL, "wilson") for count in (a, b)
    )
    low = p - q - math.hypot(p - p_low, q_high - q)
    high = p - q + math.hypot(p_high - p, q - q_low)
    return Effect("shares", p - q, float(low), float(high))


def paired_shares(both: int, only_a: int, only_b: int, neither: int) -> tuple[Effect, float]:
    """Difference of two shares of the same pairs, and McNemar's exact p.

    The interval is Wald's with half a pair added to each of the four counts (Agresti & Min 2005).

    >>> found, p = paired_shares(10, 6, 0, 4)
    >>> found.value, round(p, 5)
    (0.3, 0.03125)
    """
    n = both + only_a + only_b + neither
    if n == 0:
        return unknown("shares"), UNKNOWN
    m, x, y = n + 2.0, only_a + 0.5, only_b + 0.5
    middle, error = (x - y) / m, math.sqrt(x + y - (x - y) ** 2 / m) / m
    reach = float(stats.norm.ppf(TAILS[1])) * error
    moved = only_a + only_b
    p = float(stats.binomtest(only_a, moved).pvalue) if moved else 1.0
    low, high = max(middle - reach, -1.0), min(middle + reach, 1.0)
    return Effect("shares", (only_a - only_b) / n, low, high), p


def ratio_to(values: ArrayLike, theirs: float, ends: tuple[float, float] | None = None) -> Effect:
    """Our median to a published one, with the uncertainty of both.

    ``ends``: of the published 95 % interval; it is taken to be normal in logarithms on each side. Without it theirs counts
    as exact.

    >>> found = ratio_to([2.0] * 9, 2.0)
    >>> found.value, found.low, found.high
    (1.0, 1.0, 1.0)
    """
    ours = numbers_of(values)
    if theirs <= 0.0 or (ends is not None and ends[0] <= 0.0):
        raise EvomodError(f"a ratio requires a positive published number; got {theirs} in {ends}.")
    if ours.size < 2 or ours.min() < 0.0:
        return unknown("ratio")
    rng = np.random.default_rng(SEED)
    medians = np.median(rng.choice(ours, (RESAMPLES, ours.size)), axis=1)
    published = np.full(RESAMPLES, math.log(theirs))
    if ends is not None:
        z = float(stats.norm.ppf(TAILS[1]))
        below, above = (abs(math.log(end / theirs)) / z for end in ends)
        normal = rng.standard_normal(RESAMPLES)
        published += normal * np.where(normal < 0.0, below, above)
    low, high = np.quantile(medians / np.exp(published), TAILS).tolist()
    return Effect("ratio", float(np.median(ours)) / theirs, low, high)


def student(difference: float, error: float, n: int) -> tuple[Effect, float]:
    """A difference with its standard error, estimated from n values: Student's interval and p.

    >>> found, p = student(4.303, 1.0, 3)
    >>> round(found.low, 3), round(p, 3)
    (0.0, 0.05)
    """
    if n < 2 or not math.isfinite(difference) or not math.isfinite(error):
        return unknown("difference", difference), UNKNOWN
    reach = float(stats.t.ppf(TAILS[1], n - 1)) * error
    p = (
        float(2.0 * stats.t.sf(abs(difference) / error, n - 1))
        if error > 0.0
        else float(difference == 0.0)
    )
    return Effect("difference", difference, difference - reach, difference + reach), p


def ratio_of_means(ours: tuple[float, float, int], theirs: tuple[float, float]) -> Effect:
    """Ratio of two means, (mean, standard error, n) and (mean, standard error), with Fieller's interval (1954).

    Student's t of our n. Unknown where theirs may be 0, for then the ratio has no bound.

    >>> found = ratio_of_means((2.0, 0.2, 10_000), (1.0, 0.0))
    >>> round(found.low, 3), round(found.high, 3)
    (1.608, 2.392)
    """
    (a, error_a, n), (b, error_b) = ours, theirs
    if n < 2 or b == 0.0 or not all(map(math.isfinite, (a, error_a, b, error_b))):
        return unknown("ratio", a / b if b else UNKNOWN)
    t2 = float(stats.t.ppf(TAILS[1], n - 1)) ** 2
    below = b * b - t2 * error_b**2
    if below <= 0.0:
        return unknown("ratio", a / b)
    reach = math.sqrt((a * b) ** 2 - (a * a - t2 * error_a**2) * below)
    return Effect("ratio", a / b, (a * b - reach) / below, (a * b + reach) / below)


@dataclass(frozen=True, slots=True)
class Mediation:
    """How much of a difference of means between two groups goes through a mediator, in the units of the outcome."""

    indirect: Effect
    """Difference of the mediator, times what a unit of it is worth within the groups."""
    direct: Effect
    """The rest of the difference."""
    p: float
    """Of no indirect effect: twice the share of resamples on the other side of 0."""


def mediation(a: tuple[ArrayLike, ArrayLike], b: tuple[ArrayLike, ArrayLike]) -> Mediation:
    """Of groups a and b, each (mediator, outcome) with an entry a run: by least squares with one slope in both groups.

    Percentile intervals of the bootstrap within groups (Preacher & Hayes 2008). It is causal only where nothing but the
    group moves mediator and outcome together, which runs of one treatment cannot tell. Unknown where a group has
    fewer than three runs, or the mediator does not vary within groups.

    >>> steep = [0.0, 1.0, 2.0, 3.0]
    >>> found = mediation((steep, [5.0, 7.0, 9.0, 11.0]), ([-1.0, 0.0, 1.0, 2.0], [2.0, 4.0, 6.0, 8.0]))
    >>> found.indirect.value, found.direct.value
    (2.0, 1.0)
    """
    groups = [np.stack(pairs_of(*group)) for group in (a, b)]
    nothing = unknown("difference")
    if min(group.shape[1] for group in groups) < 3:
        return Mediation(nothing, nothing, UNKNOWN)
    rng = np.random.default_rng(SEED)
    chosen = [rng.integers(0, group.shape[1], (RESAMPLES, group.shape[1])) for group in groups]
    through, rest = _paths([group[:, None, :] for group in groups])
    if not math.isfinite(through[0]):
        return Mediation(nothing, nothing, UNKNOWN)
    draws = _paths([group[:, rows] for group, rows in zip(groups, chosen, strict=True)])
    ends = [np.nanquantile(draw, TAILS).tolist() for draw in draws]
    values = (float(through[0]), float(rest[0]))
    indirect, direct = (
        Effect("difference", round(value, 12), *end) for value, end in zip(values, ends, strict=True)
    )
    known = draws[0][np.isfinite(draws[0])]
    sides = ((known <= 0.0).sum(), (known >= 0.0).sum())
    return Mediation(indirect, direct, min(1.0, 2.0 * (1 + int(min(sides))) / (1 + known.size)))


def _paths(groups: Sequence[Numbers]) -> tuple[Numbers, Numbers]:
    """Indirect and direct effect of every resample; a group is ``[(mediator, outcome), resample, run]``."""
    means = [group.mean(axis=2) for group in groups]
    gaps = [group - mean[:, :, None] for group, mean in zip(groups, means, strict=True)]
    together = sum((gap[0] * gap[1]).sum(axis=1) for gap in gaps)
    alone = sum((gap[0] ** 2).sum(axis=1) for gap in gaps)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(alone > 0.0, together / alone, np.nan)
    mediator, outcome = means[0] - means[1]
    return mediator * slope, outcome - mediator * slope


def log_rank(a: ArrayLike, b: ArrayLike, cap: float) -> float:
    """p that times of two groups differ (two-sided); a time of ``cap`` or more was not reached: censored there.

    >>> round(log_rank([1, 2, 3], [10, 10, 10], 10), 3)
    0.025
    """
    sides = [numbers_of(side) for side in (a, b)]
    if min(side.size for side in sides) == 0 or all((side >= cap).all() for side in sides):
        return UNKNOWN
    censored = [
        stats.CensoredData(side[side < cap], right=np.minimum(side[side >= cap], cap)) for side in sides
    ]
    return float(stats.logrank(*censored).pvalue)


def stratified(groups: Sequence[tuple[ArrayLike, ArrayLike]]) -> float:
    """p that one side is larger within strata, by van Elteren's sum of rank-sums (two-sided, normal, ties corrected).

    It speaks of these strata alone; whether it is so of strata like them is asked over them, by `pairs`.

    >>> round(stratified([([1, 2, 3, 4], [5, 6, 7, 8]), ([1, 2, 3, 4], [5, 6, 7, 8])]), 4)
    0.0011
    """
    total = variance = 0.0
    for a, b in groups:
        first, second = numbers_of(a), numbers_of(b)
        n, m = first.size, second.size
        both = np.concatenate([first, second])
        ranks, weight = stats.rankdata(both), 1.0 / (n + m + 1)
        total += weight * (float(ranks[:n].sum()) - n * (n + m + 1) / 2.0)
        spread = float(((ranks - ranks.mean()) ** 2).sum()) / (n + m - 1)
        variance += weight**2 * n * m * spread / (n + m)
    return float(2.0 * stats.norm.sf(abs(total) / math.sqrt(variance))) if variance > 0.0 else 1.0


def max_t(groups: Sequence[ArrayLike], control: ArrayLike, permutations: int = RESAMPLES) -> Numbers:
    """p of every group against one control, corrected for all of them (step-down max-T, Westfall & Young 1993).

    The statistic is the rank-sum's z with its correction for ties. A step permutes the control with the groups that are
    left, so that the tests, which share their control, are as correlated as they are; a group that was told from the
    control in a step before does not enter: its values would change the ties, and so the spread, of those that are left.
    A group without values has NaN and counts for nothing.
    """
    known = [numbers_of(group) for group in groups]
    corrected = np.full(len(known), np.nan)
    base = numbers_of(control)
    sides = [k for k, group in enumerate(known) if group.size]
    if not sides or base.size == 0:
        return corrected
    observed = {k: float(abs(_rank_z(*_pooled(base, [known[k]]))[0, 0])) for k in sides}
    rng, least = np.random.default_rng(SEED), 0.0
    order = sorted(sides, key=lambda k: -observed[k])
    for step, k in enumerate(order):
        pool, ends = _pooled(base, [known[left] for left in order[step:]])
        reached = 0
        for start in range(0, permutations, _CHUNK):
            number = min(_CHUNK, permutations - start)
            mixed = rng.permuted(np.broadcast_to(pool[0], (number, pool.shape[1])), axis=1)
            largest = np.abs(_rank_z(mixed, ends)).max(axis=1)
            reached += int((largest >= observed[k] - 1e-9).sum())
        least = max(least, (1.0 + reached) / (1.0 + permutations))
        corrected[k] = least
    return corrected


def _pooled(base: Numbers, sides: Sequence[Numbers]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All values as whole numbers in their order ``[1, value]``, and where the base and every side end."""
    pool = np.unique(np.concatenate([base, *sides]), return_inverse=True)[1]
    return pool.reshape(1, -1), np.cumsum([base.size, *(side.size for side in sides)])


def _rank_z(mixed: NDArray[np.int64], ends: NDArray[np.int64]) -> Numbers:
    """z ``[permutation, group]`` of the rank-sum of each group against the first ``ends[0]`` values; 0 if all are equal."""
    kinds, m, found = int(mixed.max()) + 1, int(ends[0]), []
    base = _histogram(mixed[:, :m], kinds)
    upto = base.cumsum(axis=1)
    for start, end in pairwise(ends.tolist()):
        group, size = mixed[:, start:end], end - start + m
        no_more, equal = (np.take_along_axis(counts, group, axis=1) for counts in (upto, base))
        more = (2 * no_more - equal - m).sum(axis=1)
        tied = base + _histogram(group, kinds)
        ties = (tied**3 - tied).sum(axis=1) / (size**3 - size)
        spread = (size - m) * m * (size + 1) / 3.0 * (1.0 - ties)
        found.append(more / np.sqrt(np.where(spread > 0.0, spread, 1.0)))
    return np.stack(found, axis=1)


def _histogram(values: NDArray[np.int64], kinds: int) -> NDArray[np.int64]:
    """``[permutation, kind]``: how often each whole number is there."""
    rows = values + kinds * np.arange(len(values))[:, None]
    return np.bincount(rows.ravel(), minlength=len(values) * kinds).reshape(-1, kinds)


def numbers_of(values: ArrayLike) -> Numbers:
    """Values without those that are no numbers."""
    array = np.asarray(values, np.float64).ravel()
    return array[~np.isnan(array)]


def pairs_of(a: ArrayLike, b: ArrayLike) -> tuple[Numbers, Numbers]:
    """Pairs of which both are numbers."""
    first, second = np.asarray(a, np.float64).ravel(), np.asarray(b, np.float64).ravel()
    if first.size != second.size:
        raise EvomodError(f"this requires pairs; got {first.size} and {second.size} values.")
    both = ~(np.isnan(first) | np.isnan(second))
    return first[both], second[both]
