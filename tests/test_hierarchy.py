"""Hierarchy: the oracle's and networkx's global reaching centrality, one network or many."""

import sys
from itertools import islice

import naive_measures as naive
import networkx as nx
import numpy as np
import pytest
from conftest import size
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import evomod
from evomod.encodings.wiring import Wiring
from evomod.errors import EvomodError
from evomod.measures import hierarchy, null_hierarchy
from evomod.network import Network


def of_matrices(many, order=slice(None)):
    """Of networks whose edges are all pairs of nodes, in this order."""
    n = many.shape[1]
    source, target = (ends.ravel()[order] for ends in np.indices((n, n)))
    active = (many.reshape(len(many), -1)[:, order] != 0).astype(np.int8)
    none = np.zeros(0)
    return Wiring((n,), source, target, none, none, none).hierarchies(active).tolist()


def star(n, into):
    """One node connected with all others."""
    matrix = np.zeros((n, n))
    matrix[1:, 0] = 1.0
    return matrix if into else matrix.T


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.integers(0, 9).flatmap(
        lambda n: arrays.arrays(float, (n, n), elements=st.sampled_from((0.0, 0.0, 0.0, 1.0, -2.5)))
    )
)
def test_any_graph_equals_the_oracle(adjacency):
    """Cycles, loops, isolated nodes, weights of either sign, no node at all: the same number, bit by bit."""
    assert hierarchy(adjacency, directed=True) == naive.global_reaching_centrality(adjacency.tolist())


@pytest.mark.parametrize("seed", range(8))
def test_it_is_networkxs_of_the_reversed_graph(seed):
    graph = nx.gnp_random_graph(12, 0.05 + 0.02 * seed, seed=seed, directed=True)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    expected = nx.global_reaching_centrality(graph.reverse())
    assert hierarchy(graph) == pytest.approx(expected, abs=1e-12)


def test_known_networks():
    assert hierarchy(star(5, into=True)) == 1.0
    assert hierarchy(star(5, into=False)) == 1 / 16
    assert hierarchy(np.roll(np.eye(6), 1, axis=1)) == 0.0
    assert hierarchy(np.zeros((4, 4))) == hierarchy(np.eye(3)) == hierarchy(np.zeros((0, 0))) == 0.0
    assert hierarchy(nx.path_graph(4), directed=True) == 0.0  # each way, it leads everywhere
    assert hierarchy(nx.cycle_graph(5)) == 0.0 == hierarchy(nx.complete_graph(4))
    assert hierarchy(nx.star_graph(9)) == pytest.approx(0.5 * 8 / 9)
    tree = nx.balanced_tree(2, 3, create_using=nx.DiGraph).reverse()
    assert hierarchy(tree) == pytest.approx(nx.global_reaching_centrality(tree.reverse()))


def test_a_network_is_taken_as_it_is():
    """Chain 0 to 1 to 2, an idle neuron 3."""
    network = Network(
        layer=np.array([0, 1, 2, 2]),
        positions=np.zeros((4, 2)),
        bias=np.zeros(4),
        source=np.array([0, 1]),
        target=np.array([1, 2]),
        weight=np.array([2.0, -1.0]),
    )
    assert hierarchy(network) == 0.75


def test_many_networks_give_a_list_of_the_single_results(monkeypatch):
    """In parts too, as where they are too large to be multiplied at once."""
    rng = np.random.default_rng(1)
    many = (rng.random((20, 9, 9)) < np.linspace(0.0, 0.4, 20)[:, None, None]).astype(float)
    expected = [naive.global_reaching_centrality(one.tolist()) for one in many]
    assert hierarchy(many) == expected
    assert of_matrices(many) == expected
    monkeypatch.setattr(sys.modules["evomod.measures.hierarchy"], "AT_A_TIME", 4)
    assert hierarchy(many) == expected
    assert hierarchy(many[:1]) == expected[:1]
    assert hierarchy(np.zeros((0, 3, 3))) == []


@pytest.mark.parametrize(("n", "p"), [(24, 0.1), (63, 0.03), (64, 0.02), (65, 0.02), (130, 0.01)])
def test_networks_of_one_word_of_nodes_and_more(n, p):
    """With and without cycles, edges in any order, and none of them active."""
    rng = np.random.default_rng(n)
    many = (rng.random((size(8, 2), n, n)) < p).astype(float)
    many = np.concatenate((many, np.triu(many, 1), many[:1] * 0.0))
    expected = [naive.global_reaching_centrality(one.tolist()) for one in many]
    assert of_matrices(many) == expected and of_matrices(many, rng.permutation(n * n)) == expected


def test_as_an_objective_it_is_that_of_the_logged_network():
    config = evomod.Config(
        task="retina",
        pressures={"hierarchy": {"probability": 1.0}},
        tracking={"hierarchy": True},
        evolution={"population": 40, "generations": 30},
    )
    first, *_, last = islice(evomod.evolve(config, 1), 31)
    assert last.objectives[last.best_row, 1] == evomod.log_row(last)["hierarchy"]
    lowest = replaced(config, "down")
    *_, flat = islice(evomod.evolve(lowest, 1), 31)
    assert (
        np.median(last.objectives[:, 1])
        > np.median(first.objectives[:, 1])
        > -np.median(flat.objectives[:, 1])
    )


def replaced(config, direction):
    """The same config in the other direction."""
    return evomod.Config(
        **config.model_dump(by_alias=True, exclude_unset=True)
        | {"pressures": {"hierarchy": {"direction": direction, "probability": 1.0}}}
    )


def test_what_is_no_graph_is_one_sentence():
    with pytest.raises(EvomodError, match="square array"):
        hierarchy([[0.0, 1.0]])


@pytest.mark.parametrize("is_weighted", [False, True])
def test_undirected_and_weighted_graphs_equal_the_definition_and_networkx(is_weighted):
    rng = np.random.default_rng(2)
    weight = "weight" if is_weighted else None
    for trial in range(30):
        n = int(rng.integers(2, 6))
        matrix = (rng.random((n, n)) < 0.5) * rng.uniform(0.5, 2.0, (n, n))
        np.fill_diagonal(matrix, 0.0)
        if trial % 2 or not is_weighted:
            matrix = np.triu(matrix) + np.triu(matrix).T
        if not is_weighted:
            matrix = (matrix != 0).astype(float)
        graph = nx.from_numpy_array(
            matrix, create_using=nx.DiGraph if trial % 2 == 0 and is_weighted else nx.Graph
        )
        found = hierarchy(graph, weight=weight)
        assert found == pytest.approx(
            naive.reaching_by_distance(matrix.tolist(), is_weighted), abs=1e-12
        )
        assert found == pytest.approx(
            hierarchy(matrix, weight=weight, directed=graph.is_directed()), abs=1e-12
        )
        graph.remove_nodes_from(list(nx.isolates(graph)))
        if len(graph) > 1:
            other = graph.reverse() if graph.is_directed() else graph
            assert found == pytest.approx(nx.global_reaching_centrality(other, weight=weight), abs=1e-9)


def test_a_hierarchy_stands_beside_its_null():
    tree = nx.gn_graph(30, seed=1)
    found = null_hierarchy(tree, draws=50)
    assert found.hierarchy == hierarchy(tree) and found.z > 0 and found.z_low < found.z < found.z_high
    again = null_hierarchy(tree, draws=50, jobs=2)
    assert again == found
    star_like = null_hierarchy(nx.star_graph(4), draws=5)
    assert np.isnan(star_like.z) and star_like.percentile == 50.0  # no exchange is possible
    assert null_hierarchy(nx.karate_club_graph(), "milo2002", 5, weight="weight").draws == 5


def test_an_array_is_directed_where_its_weights_are_not_symmetric():
    """Whether they count or not, as for every other kind of graph and beside its nulls."""
    matrix = np.array([[0, 1, 0], [2, 0, 3], [0, 1, 0]])
    assert hierarchy(matrix) == null_hierarchy(matrix, draws=2).hierarchy == 0.0
    assert hierarchy(np.array([matrix, matrix.T, np.minimum(matrix, 1)])) == [0.0, 0.0, 0.25]
    assert hierarchy(matrix, directed=False) == 0.25


def test_the_hierarchy_has_no_other_nulls():
    with pytest.raises(EvomodError, match="degree-preserving and milo2002; got 'layered'"):
        null_hierarchy(np.eye(3, k=1), "layered", draws=2)
