"""Cliff's delta and its interval, against their definitions."""

import itertools
import math

import numpy as np
import pytest

from evomod.effects import Z, contrast, delta_interval


def naive_delta(a, b):
    pairs = list(itertools.product(a, b))
    return (sum(x > y for x, y in pairs) - sum(x < y for x, y in pairs)) / len(pairs)


def variance(theta, n_a, n_b):
    """Hanley & McNeil (1982), Q1 and Q2 spelt out, with the mean of both sizes in place of either (Newcombe 2006)."""
    q1, q2 = theta / (2 - theta), 2 * theta**2 / (1 + theta)
    more = (n_a + n_b) / 2 - 1
    return (theta * (1 - theta) + more * (q1 - theta**2) + more * (q2 - theta**2)) / (n_a * n_b)


def test_delta_is_the_difference_of_shares_of_pairs():
    rng = np.random.default_rng(1)
    for _ in range(20):
        a, b = rng.integers(0, 6, 7), rng.integers(0, 6, 9)
        found = contrast(a, b)
        assert found.delta == pytest.approx(naive_delta(a.tolist(), b.tolist()))
        assert found.low <= found.delta <= found.high
        assert contrast(b, a).delta == pytest.approx(-found.delta)
        assert (found.a.median, found.b.median) == (np.median(a), np.median(b))


@pytest.mark.parametrize(
    ("delta", "n_a", "n_b"), [(0.0, 5, 5), (0.3, 50, 33), (-0.9, 10, 20), (0.999, 6, 6)]
)
def test_ends_are_so_many_standard_errors_away(delta, n_a, n_b):
    theta = (delta + 1) / 2
    for end in delta_interval(delta, n_a, n_b):
        x = (end + 1) / 2
        if 0 < x < 1:
            assert abs(theta - x) == pytest.approx(Z * math.sqrt(variance(x, n_a, n_b)), rel=1e-9)


def test_an_interval_of_separate_groups_has_a_width():
    low, high = delta_interval(1.0, 6, 6)
    assert low < 0.9 and high == 1.0
    assert delta_interval(-1.0, 6, 6) == (-1.0, pytest.approx(-low))
    assert delta_interval(1.0, 60, 60)[0] > low


def test_intervals_hold_the_true_value_about_as_often_as_they_say():
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        a, b = rng.normal(1.0, 1.0, 20), rng.normal(0.0, 1.0, 20)
        delta = 2.0 * np.mean(a[:, None] > b) - 1.0
        low, high = delta_interval(float(delta), 20, 20)
        held += low <= 2 * 0.7602499389065233 - 1 <= high  # the normal distribution at 1 / sqrt(2)
    assert 0.92 <= held / 400 <= 0.99


def test_without_values_there_is_no_test():
    found = contrast([math.nan], [1.0, 2.0])
    assert found.a.n == 0 and math.isnan(found.delta) and math.isnan(found.p)
