"""The search for communities of sparse graphs: the kernel equals plain Python move by move, and laws."""

import naive_communities as naive
import numpy as np
import pytest
from conftest import size
from numpy.testing import assert_allclose

from evomod.kernels import communities as kernels
from evomod.kernels import pointer_to
from evomod.measures.communities import _contracted, _without_leaves, links_of
from evomod.measures.edges import edges_of

TINY = 1e-9


def random_graph(rng, most=12, signed=False):
    """Whole-number weights, loops, nodes without a connection."""
    n = int(rng.integers(1, most + 1))
    matrix = (rng.random((n, n)) < rng.uniform(0.05, 0.6)) * rng.integers(1, 4, (n, n)).astype(float)
    if signed:
        matrix *= rng.choice([-1.0, 1.0], (n, n))
    return matrix if rng.random() < 0.5 else matrix + matrix.T


def pairs(links):
    """What two nodes are worth in the same module, by definition."""
    n = links.n_nodes
    worth = np.zeros((n, n))
    for node in range(n):
        place = slice(links.first[node], links.first[node + 1])
        worth[node, links.near[place]] = links.scale * links.link[place]
    for kind, price in enumerate(links.price):
        out, into = links.strength[2 * kind], links.strength[2 * kind + 1]
        worth -= price * (np.outer(out, into) + np.outer(into, out))
    return worth


def whole(links, signed):
    """The same graph with prices and a scale that are whole numbers."""
    if not signed:
        return links
    price = np.array([1.0, -1.0])
    return type(links)(links.first, links.near, links.link, links.strength, price, 7.0, 1.0)


def searched(links, start, worse, largest, rounds, rng):
    modules = start.copy()
    worth = kernels.search(
        links.first, links.near, links.link, links.strength, links.price, links.scale, TINY, worse, largest,
        rounds, pointer_to(rng), modules,
    )  # fmt: skip
    return modules, worth


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("start", ["alone", "together", "random"])
def test_the_search_equals_the_oracle(start, signed):
    """To the module, with the same draws, from any start, worse partitions kept or not."""
    rng = np.random.default_rng([signed, len(start)])
    for trial in range(size(150, 8)):
        matrix = random_graph(rng, signed=signed)
        edges = edges_of(matrix, "weight", signed=True)
        links = whole(links_of(edges, 1.0, "gomez2009" if signed else None), signed)
        n = links.n_nodes
        drawn = rng.integers(0, n, n)
        begin = {"alone": np.arange(n), "together": np.zeros(n, np.int64), "random": drawn}[start]
        near = [links.near[links.first[k] : links.first[k + 1]].tolist() for k in range(n)]
        worse, rounds = float(rng.choice([0.0, 20.0])), int(rng.integers(0, 30))
        largest = int(rng.choice([0, 2, n]))
        one, other = np.random.default_rng(trial), np.random.default_rng(trial)
        expected = naive.searched(
            pairs(links).tolist(), near, begin.tolist(), worse, largest, rounds, signed, one.random
        )
        found, worth = searched(links, begin, worse, largest, rounds, other)
        assert found.tolist() == expected
        assert one.random() == other.random()
        together = (found[:, None] == found) & ~np.eye(n, dtype=bool)
        assert_allclose(worth, pairs(links)[together].sum() / 2, rtol=1e-12, atol=1e-9)


def test_the_oracle_and_the_kernel_have_the_same_constants():
    assert (naive.DISSOLVE, naive.LARGE) == (kernels.DISSOLVE, kernels.LARGE)
    assert (naive.SMALL, naive.EVERY) == (kernels.SMALL, kernels.EVERY)


def test_large_modules_are_treated_as_the_oracle_does(monkeypatch):
    """With more members than are looked at; the limit is a constant of the kernel."""
    matrix = np.ones((130, 130)) - np.eye(130)
    matrix[:65, 65:] = matrix[65:, :65] = 0.0
    matrix[0, 65] = 1.0
    links = links_of(edges_of(matrix))
    near = [links.near[links.first[k] : links.first[k + 1]].tolist() for k in range(130)]
    begin = np.zeros(130, np.int64)
    rounds = size(12, 1)
    expected = naive.searched(
        pairs(links).tolist(),
        near,
        begin.tolist(),
        1e9,
        130,
        rounds,
        False,
        np.random.default_rng(3).random,
    )
    found, _ = searched(links, begin, 1e9, 130, rounds, np.random.default_rng(3))
    assert found.tolist() == expected


def test_no_move_and_no_merge_gains_where_the_search_ends():
    rng = np.random.default_rng(5)
    for _ in range(size(40, 3)):
        links = links_of(edges_of(random_graph(rng, 14), "weight"))
        worth = pairs(links)
        np.fill_diagonal(worth, 0.0)
        n = links.n_nodes
        modules, best = searched(links, np.arange(n), 0.0, n, 0, np.random.default_rng(1))
        for node in range(n):
            for to in range(n):
                moved = modules.copy()
                moved[node] = to
                assert worth[moved[:, None] == moved].sum() / 2 <= best + 1e-6
        for one in range(n):
            for other in range(one):
                merged = np.where(modules == one, other, modules)
                assert worth[merged[:, None] == merged].sum() / 2 <= best + 1e-6


def test_contraction_keeps_what_partitions_are_worth():
    """Of groups, and of leaves; whoever is together has what it is worth inside beside."""
    rng = np.random.default_rng(6)
    for _ in range(size(40, 5)):
        links = links_of(edges_of(random_graph(rng, 10), "weight"))
        worth = pairs(links)
        group = np.unique(rng.integers(0, 4, links.n_nodes), return_inverse=True)[1]
        for small, of in ((_contracted(links, group), group), _without_leaves(links)):
            inside = [worth[np.ix_(of == k, of == k)].sum() / 2 for k in range(small.n_nodes)]
            own = np.diag(pairs(small)).sum() / 2
            modules = rng.integers(0, 3, small.n_nodes)
            fine = modules[of]
            expected = worth[fine[:, None] == fine].sum() / 2
            found = pairs(small)[modules[:, None] == modules].sum() / 2 - own + sum(inside)
            assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
