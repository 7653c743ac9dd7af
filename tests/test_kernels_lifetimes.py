"""Networks that learn while they live, beside plain Python: what they eat and what they know, decision by decision."""

import naive_lifetimes as naive
import numpy as np
import pytest
from conftest import size
from numpy.testing import assert_array_equal

from evomod.encodings.layered import _neurons
from evomod.encodings.wiring import wire
from evomod.kernels import lifetimes as kernels

GAIN = 20.0


def lived(wiring, weights, biases, is_modulator, rate, items, is_fine, is_good, is_asked):
    """What the kernel says of networks."""
    n, n_lives = len(weights), items.shape[1]
    eaten = np.empty((n, *items.shape), np.bool_)
    known = np.empty((n, is_asked.sum(), *is_good.shape), np.bool_)
    kernels.live(
        weights, biases, is_modulator, _neurons(wiring), GAIN, rate, items, is_fine, is_good, is_asked,
        np.empty(wiring.n_edges, np.int64), np.empty(wiring.n_neurons + 1, np.int64),
        np.empty((wiring.n_edges, n_lives)), np.empty((wiring.n_nodes, n_lives)), np.empty(n_lives),
        np.empty(wiring.n_neurons, np.bool_), eaten, known,
    )  # fmt: skip
    return eaten, known


def some_networks(wiring, number, rng):
    """Weights, biases and modulatory neurons; the first have no connection, all that may be, modulatory neurons alone, or none."""
    weights = rng.uniform(-1.0, 1.0, (number, wiring.n_edges))
    weights *= rng.random(weights.shape) < rng.uniform(0.2, 1.0, (number, 1))
    weights[0], weights[1] = 0.0, np.where(weights[1] == 0.0, 0.5, weights[1])
    biases = rng.uniform(-1.0, 1.0, (number, wiring.n_neurons)) * (rng.random((number, 1)) < 0.8)
    is_modulator = rng.random(biases.shape) < 0.5
    is_modulator[2], is_modulator[3], is_modulator[:, -1] = True, False, False
    return weights, biases, is_modulator


@pytest.mark.parametrize("rate", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("n_items, hidden", [(1, (1,)), (3, (4,)), (4, (5, 3))])
def test_lives_are_those_of_plain_python(rate, n_items, hidden):
    rng = np.random.default_rng([n_items, int(10 * rate)])
    wiring, number, n_lives = wire((n_items + 2, *hidden, 1)), size(30, 5), 8
    weights, biases, is_modulator = some_networks(wiring, number, rng)
    items = rng.integers(0, n_items, (size(40, 12), n_lives))
    is_good = rng.random((n_items, n_lives)) < 0.5
    is_asked = np.arange(len(items)) % 5 == 4
    is_fine = is_good[items, np.arange(n_lives)] ^ (rng.random(items.shape) < 0.1)
    eaten, known = lived(wiring, weights, biases, is_modulator, rate, items, is_fine, is_good, is_asked)
    for i in range(number):
        there = np.flatnonzero(weights[i])
        connections = [
            (int(wiring.source[e]), int(wiring.target[e]), float(weights[i, e])) for e in there
        ]
        for k in range(n_lives):
            ate, knew = naive.life(
                connections, biases[i].tolist(), is_modulator[i].tolist(), GAIN, rate, items[:, k].tolist(),
                is_fine[:, k].tolist(), is_good[:, k].tolist(), is_asked.tolist(),
            )  # fmt: skip
            assert_array_equal(eaten[i, :, k], ate)
            assert_array_equal(known[i, :, :, k], knew)
    if (
        rate > 0.0 and n_items > 1
    ):  # learning is not in vain: lives that differ in what is good end in other habits
        assert (eaten[:, -n_items:] != eaten[:, -n_items:, :1]).any()


def test_a_network_learns_what_is_good_by_its_modulatory_neuron():
    """One food, eaten by default; a punishment speaks to the modulatory neuron, whose word turns the food's weight round."""
    wiring = wire((3, 2, 1))
    weights = np.zeros((1, wiring.n_edges))
    edges = {
        (int(s), int(t)): e for e, (s, t) in enumerate(zip(wiring.source, wiring.target, strict=True))
    }
    weights[0, edges[0, 3]] = weights[0, edges[3, 5]] = 0.5  # food, common neuron, output
    weights[0, edges[2, 4]] = 1.0  # punishment, modulatory neuron
    weights[0, edges[4, 5]] = -1.0
    is_modulator = np.array([[False, True, False]])
    items, is_good = np.zeros((6, 8), np.int64), np.array([[True, False] * 4])
    eaten, known = lived(
        wiring,
        weights,
        np.zeros((1, 3)),
        is_modulator,
        1.0,
        items,
        is_good.repeat(6, 0),
        is_good,
        np.ones(6, np.bool_),
    )
    assert eaten[0, :, 0].tolist() == [True] * 6 and known[0, :, 0, 0].all()
    assert eaten[0, :, 1].tolist() == [True] + [False] * 5 and known[0, :, 0, 1].all()
