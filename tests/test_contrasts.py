"""Cliff's delta and its interval, against their definitions."""

import itertools
import math

import numpy as np
import pytest

from evomod.contrasts import contrast
from evomod.effects import delta


def naive_delta(a, b):
    pairs = list(itertools.product(a, b))
    return (sum(x > y for x, y in pairs) - sum(x < y for x, y in pairs)) / len(pairs)


def test_delta_is_the_difference_of_shares_of_pairs():
    rng = np.random.default_rng(1)
    for _ in range(20):
        a, b = rng.integers(0, 6, 7), rng.integers(0, 6, 9)
        found = contrast(a, b)
        assert found.delta == pytest.approx(naive_delta(a.tolist(), b.tolist()))
        assert found.low <= found.delta <= found.high
        assert contrast(b, a).delta == pytest.approx(-found.delta)
        assert (found.a.median, found.b.median) == (np.median(a), np.median(b))
        assert (found.low, found.high) == (delta(a, b).low, delta(a, b).high)


def test_values_that_are_not_there_are_left_out():
    assert contrast([1.0, math.nan, 3.0], [0.0, 2.0]) == contrast([1.0, 3.0], [0.0, 2.0])


def test_without_values_there_is_no_test():
    found = contrast([math.nan], [1.0, 2.0])
    assert found.a.n == 0 and math.isnan(found.delta) and math.isnan(found.p)
