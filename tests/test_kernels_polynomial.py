"""Polynomial mutation beside DEAP's, bit for bit, and within its bounds."""

import random

import numpy as np
import pytest
from deap import tools

from evomod.encodings.polynomial import polynomial


@pytest.mark.parametrize("eta", [0.5, 10.0, 20.0, 100.0])
def test_it_is_deaps_where_every_gene_is_hit(eta):
    rng = np.random.default_rng(7)
    low, high = rng.uniform(-3.0, 0.0, 500), rng.uniform(0.1, 3.0, 500)
    values = low + (high - low) * rng.choice([0.0, 1.0, rng.random()], 500)
    for seed in range(5):
        ours, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
        found = polynomial(values.tolist(), (low.tolist(), high.tolist()), eta, ours)
        random.seed(int(theirs.integers(2**63)))
        expected = values.tolist()
        tools.mutPolynomialBounded(expected, eta, low.tolist(), high.tolist(), 1.0)
        assert found == expected and ours.random() == theirs.random()
        assert (
            (np.array(found) >= low).all()
            and (np.array(found) <= high).all()
            and found != values.tolist()
        )
