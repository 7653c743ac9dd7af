"""Statistics against small cases done by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evomod import statistics
from evomod.errors import EvomodError
from evomod.statistics import median_band, median_ci, proportions, rank_sum, ratio_of_medians

values = st.lists(st.floats(-100, 100), min_size=1, max_size=12)


def rng():
    return np.random.default_rng(1)


def test_rank_sum_by_hand():
    found = rank_sum([1, 2, 3], [4, 5, 6])
    assert (found.n_a, found.n_b, found.u, found.cliffs_delta) == (3, 3, 0.0, -1.0)
    assert found.p == pytest.approx(2 / 20)  # 2 of the 20 ways to choose three of six places
    tied = rank_sum([1, 2], [2, 3])  # pairs: 1<2, 1<3, 2=2, 2<3
    assert tied.u == 0.5 and tied.cliffs_delta == -0.75


@given(values, values)
def test_cliffs_delta_counts_pairs(a, b):
    more = sum(x > y for x in a for y in b)
    less = sum(x < y for x in a for y in b)
    assert rank_sum(a, b).cliffs_delta == pytest.approx((more - less) / (len(a) * len(b)), abs=1e-12)


def test_rank_sum_wants_values():
    with pytest.raises(EvomodError, match="got 0 and 1"):
        rank_sum([math.nan], [1.0])


def test_proportions_by_hand():
    found = proportions(3, 3, 0, 3)
    assert (found.n_a, found.yes_a, found.n_b, found.yes_b) == (3, 3, 3, 0)
    assert found.p == pytest.approx(2 / 20)
    # margins 4, 4, 4, 4: tables with 0..4 have 1, 16, 36, 16, 1 of 70 ways; as rare as 3: 0, 1, 3, 4
    assert proportions(3, 4, 1, 4).p == pytest.approx(34 / 70)
    assert proportions(2, 4, 2, 4).p == pytest.approx(1.0) and proportions(2, 4, 2, 4).odds_ratio == 1.0


@pytest.mark.parametrize("counts", [(4, 3, 1, 3), (-1, 3, 1, 3), (0, 0, 1, 3)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(EvomodError, match="wanted a number of yes from 0 to n"):
        proportions(*counts)


def test_a_median_and_its_interval():
    numbers = np.random.default_rng(3).normal(10, 1, 50)
    found = median_ci([*numbers, math.nan], rng())
    assert found.n == 50 and found.median == np.median(numbers) and found.method == "BCa"
    # by order statistics the 95 % interval of a median of 50 runs from the 18th to the 33rd value
    ordered = np.sort(numbers)
    assert ordered[15] <= found.low <= ordered[20] and ordered[29] <= found.high <= ordered[35]
    assert found == median_ci(numbers, rng())


def test_the_interval_of_fewer_than_six_values_is_their_range():
    """A bootstrap of two normal values holds the true median in 47 %, their range in 50 %: 1 - 2^(1 - n)."""
    found = median_ci([5.0, 1.0, 2.0, math.nan, 3.0, 9.0], rng())
    assert (found.n, found.median, found.low, found.high, found.method) == (5, 3.0, 1.0, 9.0, "range")
    assert median_ci([5.0, 1.0, 2.0, 3.0, 9.0, 4.0], rng()).method == "BCa"
    draws = rng().normal(size=(4000, 3))
    held = np.mean([ci.low <= 0.0 <= ci.high for ci in (median_ci(row, rng()) for row in draws)])
    assert held == pytest.approx(0.75, abs=0.02)


def test_student_p_by_hand():
    # with one degree of freedom p = 1 - 2 atan(t) / pi
    assert statistics.student_p(1.0, 2) == pytest.approx(0.5)
    assert statistics.student_p(-1.0, 2) == pytest.approx(0.5)
    assert statistics.student_p(math.inf, 5) == 0.0 and math.isnan(statistics.student_p(math.nan, 5))


def test_the_interval_of_a_share_by_hand():
    # of 0 in n the upper end is where (1 - share)^n = 0.025
    assert statistics.share_interval(0, 4) == pytest.approx((0.0, 1.0 - 0.025 ** (1 / 4)))


def test_degenerate_values_have_an_interval_too():
    assert median_ci([3, 3, 3], rng()).method == "constant"
    one = median_ci([5], rng())
    assert (one.n, one.low, one.high) == (1, 5.0, 5.0)
    ties = median_ci([0.0, *[1.0] * 9], rng())
    assert (ties.low, ties.median, ties.high, ties.method) == (1.0, 1.0, 1.0, "percentile")
    nothing = median_ci([], rng())
    assert nothing.n == 0 and math.isnan(nothing.median) and nothing.method == "none"


@settings(max_examples=20, deadline=None)
@given(values)
def test_a_median_lies_in_its_interval_and_in_the_values(numbers):
    found = median_ci(numbers, rng())
    assert min(numbers) <= found.low <= found.high <= max(numbers)


def test_a_band_is_the_percentile_bootstrap_of_every_point():
    numbers = np.random.default_rng(2).normal(size=(7, 9))
    numbers[2, 4:] = math.nan  # runs that have ended
    numbers[3] = math.nan
    band = median_band(numbers, rng(), 500)
    assert band.n.tolist() == [9, 9, 4, 0, 9, 9, 9]
    assert np.isnan(band.median[3]) and np.isnan(band.low[3])
    draws = rng()
    four, nine = draws.integers(0, 4, (500, 4)), draws.integers(0, 9, (500, 9))
    for point in (0, 2, 6):
        here = np.sort(numbers[point])
        medians = np.median(here[four if point == 2 else nine], axis=1)
        assert band.median[point] == np.nanmedian(numbers[point])
        assert band.low[point] == pytest.approx(np.quantile(medians, 0.025))
        assert band.high[point] == pytest.approx(np.quantile(medians, 0.975))


def test_a_ratio_of_medians_and_quantiles_of_its_bootstrap():
    a, b = np.arange(10.0, 31.0), np.arange(1.0, 6.0)
    found = ratio_of_medians([*a, math.nan], b, rng())
    assert (found.n_a, found.n_b, found.ratio) == (21, 5, 20.0 / 3.0)
    assert 0.0 < found.low < found.ratio < found.high
    assert found.high - found.ratio > found.ratio - found.low  # a ratio is not spread evenly
    narrow = ratio_of_medians(a, b, rng(), 0.68)
    assert found.low < narrow.low < narrow.ratio < narrow.high < found.high
    drawn = rng()
    medians = [np.median(drawn.choice(x, (statistics.RESAMPLES, x.size)), axis=1) for x in (a, b)]
    assert [narrow.low, narrow.high] == np.quantile(medians[0] / medians[1], (0.16, 0.84)).tolist()


@pytest.mark.parametrize("b", [[], [math.nan], [2.0, 0.0]])
def test_a_ratio_of_medians_wants_positive_numbers(b):
    with pytest.raises(EvomodError, match="wants positive numbers on both sides"):
        ratio_of_medians([1.0], b, rng())


def test_signed_rank_by_hand():
    found = statistics.signed_rank([3.0, 5.0, 1.0, np.nan, 4.0], [1.0, 2.0, 2.0, 9.0, 0.0])
    # differences 2, 3, -1, 4, so the ranks below 0 sum to 1: of 16 signs two do not exceed that, two as high
    assert (found.n, found.p, found.r) == (4, 4 / 16, 0.8)
    assert statistics.signed_rank([1.0, 2.0], [1.0, 2.0]) == statistics.SignedRank(2, 1.0, 0.0)
    with pytest.raises(EvomodError, match="wants pairs; got 1 and 2"):
        statistics.signed_rank([1.0], [1.0, 2.0])


def test_holm_by_hand():
    # sorted 0.01, 0.02, 0.04, 0.5: times 4, 3, 2 and 1 are 0.04, 0.06, 0.08, 0.5
    found = statistics.holm([0.04, 0.01, math.nan, 0.5, 0.02])
    np.testing.assert_allclose(found, [0.08, 0.04, math.nan, 0.5, 0.06])
    # never below one that is smaller before, never above 1
    np.testing.assert_allclose(statistics.holm([0.02, 0.021, 0.9, 0.8]), [0.08, 0.08, 1.0, 1.0])
    assert statistics.holm([]).size == 0 and np.isnan(statistics.holm([math.nan])).all()


def test_resamples_that_are_drawn_in_parts_are_the_same(monkeypatch):
    values = np.random.default_rng(3).normal(size=700)
    parts = statistics.median_ci(values, np.random.default_rng(7))
    monkeypatch.setattr(statistics, "AT_ONCE", 2**40)
    assert statistics.median_ci(values, np.random.default_rng(7)) == parts
