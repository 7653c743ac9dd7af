"""The refined partition and the cuts of the relaxation: kernels equal plain Python, and laws."""

import naive_refinement as naive
import numpy as np
import pytest
from conftest import size
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from evomod.kernels import cuts, refinement
from evomod.kernels import modularity as kernels

DRAWS = np.random.default_rng(11).random(1009)


def random_graph(rng, most=8, whole=False):
    """A directed graph with a connection, its weights 0 or 1, or whole numbers up to 4; loops too."""
    n = int(rng.integers(1, most + 1))
    matrix = (rng.random((n, n)) < rng.uniform(0.1, 0.7)).astype(float)
    if whole:
        matrix *= rng.integers(1, 5, (n, n))
    matrix[0, -1] = 1.0
    return matrix


def spectral(matrices):
    modules, q = np.empty(matrices.shape[:2], np.int64), np.empty(len(matrices))
    kernels.leading_eigenvector_of_many(matrices, False, *kernels.space(matrices.shape[1]), modules, q)
    return q, modules


def refined(matrices, draws=DRAWS):
    modules, q = spectral(matrices)[1], np.empty(len(matrices))
    refinement.refine_many(matrices, draws, modules)
    kernels.quality_of_many(matrices, modules, np.empty((2, matrices.shape[1])), q)
    return q, modules


@pytest.mark.parametrize("start", ["alone", "together", "random"])
@pytest.mark.parametrize("whole", [False, True])
def test_refined_equals_the_oracle(start, whole, monkeypatch):
    """To the module, from any start; fewer rounds, or the oracle would take minutes."""
    monkeypatch.setattr(naive, "ROUNDS_A_NODE", refinement.ROUNDS_A_NODE)
    rng = np.random.default_rng([whole, len(start)])
    for _ in range(size(4, 2)):
        matrix = random_graph(rng, most=6, whole=whole)
        inner = matrix[np.ix_(*[np.flatnonzero(matrix.any(axis=0) | matrix.any(axis=1))] * 2)]
        inner, n = np.ascontiguousarray(inner), len(inner)
        drawn = np.unique(rng.integers(0, n, n), return_inverse=True)[1]
        modules = {"alone": np.arange(n), "together": np.zeros(n, np.int64), "random": drawn}[start]
        expected = naive.refined(inner.astype(int).tolist(), modules.tolist(), DRAWS.tolist())
        found = modules.astype(np.int64)
        refinement.refine(inner, DRAWS, found)
        assert found.tolist() == expected


def test_the_oracle_and_the_kernel_have_the_same_constants():
    for name in ("ROUNDS", "ROUNDS_A_NODE", "WORSE", "NOTHING"):
        assert getattr(naive, name) == getattr(refinement, name)


def test_a_settled_partition_gains_by_no_move_and_no_merge():
    """By definition of Q, of any node into any module or a new one, and of any two modules."""
    rng = np.random.default_rng(12)
    for _ in range(size(60, 4)):
        matrix = random_graph(rng, most=12)
        _, (modules,) = refined(matrix[None])
        a = matrix.astype(int).tolist()
        best = naive.scaled_q(a, modules.tolist())
        for node in np.flatnonzero(modules >= 0):
            for to in range(modules.max() + 2):
                moved = modules.copy()
                moved[node] = to
                assert naive.scaled_q(a, moved.tolist()) <= best
        for one in range(modules.max() + 1):
            for other in range(one):
                merged = np.where(modules == one, other, modules)
                assert naive.scaled_q(a, merged.tolist()) <= best


@st.composite
def digraphs(draw):
    """Any directed graph of up to ten nodes, with weights, isolated nodes and loops."""
    n = draw(st.integers(1, 10))
    weights = st.sampled_from([0.0, 0.0, 0.0, 1.0, 1.0, 0.25, 1e-3, 7.5])
    return np.array(draw(st.lists(weights, min_size=n * n, max_size=n * n))).reshape(n, n)


@settings(max_examples=size(150, 8), deadline=None, derandomize=True)
@given(digraphs(), st.integers(0, 99))
def test_refined_is_never_below_its_start_and_covers_every_connected_node(matrix, seed):
    """Whatever the draws; modules are numbered in the order of their first node."""
    (q,), (modules,) = refined(matrix[None], np.random.default_rng(seed).random(50))
    assert q >= spectral(matrix[None])[0][0] - 1e-12
    touched = matrix.any(axis=0) | matrix.any(axis=1)
    assert_array_equal(modules >= 0, touched)
    first = [np.flatnonzero(modules == k)[0] for k in range(modules.max() + 1)]
    assert first == sorted(first)


def test_many_networks_at_once_equal_one_at_a_time():
    """The draws start anew for every network, so that a network has one refined Q."""
    rng = np.random.default_rng(13)
    graphs = np.zeros((size(40, 5), 12, 12))
    for graph in graphs[1:]:  # the first has no connection
        small = random_graph(rng, most=12)
        graph[: len(small), : len(small)] = small
    q, modules = refined(graphs)
    assert q[0] == 0.0 and (modules[0] == -1).all()
    for k, graph in enumerate(graphs):
        alone = refined(graph[None])
        assert alone[0][0] == q[k]
        assert_array_equal(alone[1][0], modules[k])


def random_relaxation(rng, n):
    """Symmetric, in sixteenths: sums are exact in any order."""
    half = np.triu(rng.integers(0, 17, (n, n)) / 16.0 * (rng.random((n, n)) < 0.7), 1)
    return half + half.T


@pytest.mark.parametrize("n_few", [1, 2])
def test_cuts_equal_the_oracle(n_few):
    rng = np.random.default_rng(14)
    n_found = 0
    for _ in range(size(60, 6)):
        n = int(rng.integers(2, 9))
        together = random_relaxation(rng, n)
        few, many, excess = np.ones((500, n), np.bool_), np.ones((500, n), np.bool_), np.zeros(500)
        number = cuts.separate(together, n_few, 0.01, few, many, excess)
        rows = zip(few[:number], many[:number], excess, strict=False)
        found = [(set(np.flatnonzero(s)), set(np.flatnonzero(t)), e) for s, t, e in rows]
        assert found == naive.broken_cuts(together.tolist(), n_few, 0.01)
        n_found += number
    assert n_found > 20


def test_no_partition_breaks_a_cut():
    """And no more are written than there is room for."""
    rng = np.random.default_rng(15)
    for _ in range(size(100, 10)):
        n = int(rng.integers(3, 12))
        modules = rng.integers(0, n, n)
        together = (modules[:, None] == modules).astype(float)
        np.fill_diagonal(together, 0.0)
        few, many, excess = np.zeros((9, n), np.bool_), np.zeros((9, n), np.bool_), np.zeros(9)
        for n_few in (1, 2):
            assert cuts.separate(together, n_few, 1e-9, few, many, excess) == 0
    half = np.full((8, 8), 0.2)
    half[0] = half[:, 0] = 0.9
    few, many, excess = np.zeros((3, 8), np.bool_), np.zeros((3, 8), np.bool_), np.zeros(3)
    assert cuts.separate(half, 1, 1e-9, few, many, excess) == 3
