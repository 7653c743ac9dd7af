"""Neurons in space: grids, distances, and communicability against plain Python, scipy and networkx."""

import math

import networkx
import numpy as np
import pytest
import scipy.linalg
import torch

from evomod import measures
from evomod.errors import EvomodError
from evomod.gradient.space import communicability, distances, grid


def walks_in_words(magnitudes, n_steps=40):
    """Sums over walks, step by step, in plain Python."""
    n = len(magnitudes)
    sent = [sum(row) or 1.0 for row in magnitudes]
    a = [[magnitudes[i][j] / math.sqrt(sent[i] * sent[j]) for j in range(n)] for i in range(n)]
    power = [[float(i == j) for j in range(n)] for i in range(n)]
    total = [[0.0] * n for _ in range(n)]
    for step in range(1, n_steps):
        power = [[sum(power[i][k] * a[k][j] for k in range(n)) for j in range(n)] for i in range(n)]
        total = [[total[i][j] + power[i][j] / math.factorial(step) for j in range(n)] for i in range(n)]
    return [[0.0 if i == j else total[i][j] for j in range(n)] for i in range(n)]


@pytest.mark.parametrize("seed", range(12))
def test_communicability_is_the_sum_over_walks(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 7))
    magnitudes = rng.exponential(size=(n, n)) * (rng.random((n, n)) < rng.choice([0.2, 0.6, 1.0]))
    found = communicability(torch.tensor(magnitudes)).numpy()
    assert np.allclose(found, walks_in_words(magnitudes.tolist()), rtol=1e-10, atol=1e-12)
    sent = np.where(magnitudes.sum(axis=1) > 0.0, magnitudes.sum(axis=1), 1.0)
    whole = scipy.linalg.expm(magnitudes / np.sqrt(np.outer(sent, sent)))
    assert np.allclose(found, whole - np.diag(np.diag(whole)), rtol=1e-9, atol=1e-12)


def test_of_a_regular_graph_it_is_that_of_networkx_scaled():
    """Where all neurons send alike, dividing by what they send divides every step by it."""
    ring = networkx.cycle_graph(8)
    matrix = networkx.to_numpy_array(ring)
    found = communicability(torch.tensor(matrix)).numpy()
    whole = scipy.linalg.expm(matrix)
    theirs = networkx.communicability_exp(ring)
    assert np.allclose([[theirs[i][j] for j in ring] for i in ring], whole)
    assert np.allclose(found, scipy.linalg.expm(matrix / 2.0) * (1.0 - np.eye(8)))


def test_its_gradient_is_that_of_small_differences():
    rng = np.random.default_rng(3)
    magnitudes = torch.tensor(rng.exponential(size=(5, 5)), requires_grad=True)
    assert torch.autograd.gradcheck(lambda m: (m * communicability(m)).sum(), (magnitudes,))


def test_a_silent_neuron_leaves_the_gradient_finite():
    magnitudes = torch.zeros((3, 3), dtype=torch.float64)
    magnitudes[0, 1] = 1.0
    magnitudes.requires_grad_()
    communicability(magnitudes).sum().backward()
    assert torch.isfinite(magnitudes.grad).all()


def test_places_and_distances():
    points = grid((5, 5, 4))
    assert points.shape == (100, 3) and len(np.unique(points, axis=0)) == 100
    lengths = distances(points)
    assert lengths.max() == pytest.approx(math.sqrt(4**2 + 4**2 + 3**2))
    assert np.array_equal(lengths, lengths.T) and not np.diag(lengths).any()
    assert lengths[17, 60] == pytest.approx(math.dist(points[17], points[60]))


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ([1.0, 2.0], r"got an array of shape \(2,\)"),
        ([[1.0, float("nan")]], "some are infinite or not a number"),
        ([[1.0], [1.0, 2.0]], "rows of different lengths, or no numbers"),
        ([["a", "b"]], "rows of different lengths, or no numbers"),
    ],
)
def test_points_that_are_none_are_refused(points, told):
    with pytest.raises(EvomodError, match=told):
        distances(points)


def test_measures_read_tensors_that_learn_and_sparse_and_short_ones():
    weights = torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 2.0], [0.0, 0.0, 0.0]])
    wanted = measures.modularity(weights.numpy(), "refined").q
    for tensor in (torch.nn.Parameter(weights), weights.to_sparse(), weights.to(torch.bfloat16)):
        assert measures.modularity(tensor, "refined").q == wanted
    layers = [torch.nn.Parameter(torch.ones(2, 2)), torch.ones(2, 1)]
    assert measures.graph_of_layers(layers)[0].shape == (5, 5)
    assert measures.quality(weights, torch.nn.Parameter(torch.zeros(3))) == pytest.approx(0.0)
