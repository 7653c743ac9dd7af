"""Subgraph census: equal to the oracle, to networkx and to igraph; numbers and names of the classes."""

from itertools import permutations

import igraph
import naive_measures as oracle
import networkx as nx
import numpy as np
import pytest
from conftest import size
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from evomod.errors import EvomodError
from evomod.measures.motifs import class_adjacency, motif_census, motif_ids, motif_names

TRIADS = {
    6: "021D", 12: "021C", 14: "111U", 36: "021U", 38: "030T", 46: "120U", 74: "111D", 78: "201",
    98: "030C", 102: "120C", 108: "120D", 110: "210", 238: "300",
}  # fmt: skip
"""Holland & Leinhardt's names of the thirteen classes, as networkx counts them."""


def random_digraphs(number, seed, most=9, loops=True):
    """Any graphs, some of them empty or complete."""
    rng = np.random.default_rng(seed)
    graphs = []
    for _ in range(number):
        n = int(rng.integers(4, most + 1))
        graph = (rng.random((n, n)) < rng.choice((0.0, 0.1, 0.2, 0.4, 0.7, 1.0))).astype(float)
        if not loops:
            np.fill_diagonal(graph, 0.0)
        graphs.append(graph)
    return graphs


@pytest.mark.parametrize("nodes", [3, 4])
def test_the_census_equals_the_oracle(nodes):
    for graph in random_digraphs(size(60, 12), seed=1):
        expected = oracle.motif_census(graph.tolist(), nodes)
        assert_array_equal(motif_census(graph, nodes), list(expected.values()))


@pytest.mark.parametrize("nodes", [3, 4])
def test_the_census_of_every_class_is_that_class(nodes):
    ids = motif_ids(nodes)
    assert ids.tolist() == oracle.motif_classes(nodes)
    graphs = np.array([class_adjacency(nodes, number) for number in ids])
    assert [oracle.motif_id(graph) for graph in graphs.tolist()] == ids.tolist()
    assert_array_equal(motif_census(graphs, nodes), np.eye(ids.size))


def test_the_classes_of_three_are_the_triads_of_networkx():
    for number, triad in TRIADS.items():
        graph = nx.from_numpy_array(class_adjacency(3, number), create_using=nx.DiGraph)
        assert nx.triad_type(graph) == triad
    for graph in random_digraphs(size(1000, 20), seed=2, most=14, loops=False):
        expected = nx.triadic_census(nx.from_numpy_array(graph, create_using=nx.DiGraph))
        counts = dict(zip(motif_ids(3).tolist(), motif_census(graph, 3).tolist(), strict=True))
        assert counts == {number: expected[triad] for number, triad in TRIADS.items()}


def igraph_places(nodes):
    """Place in igraph's list of every class, found from igraph's own numbering."""
    places = []
    for number in motif_ids(nodes).tolist():
        connections = np.argwhere(class_adjacency(nodes, number)).tolist()
        found = igraph.Graph(nodes, connections, directed=True).motifs_randesu(nodes)
        places.append(int(np.flatnonzero(np.nan_to_num(found) == 1)[0]))
    return places


@pytest.mark.parametrize("nodes", [3, 4])
def test_thousands_of_random_graphs_have_igraphs_counts(nodes):
    places = igraph_places(nodes)
    assert len(set(places)) == motif_ids(nodes).size
    for graph in random_digraphs(size(3000, 20), seed=3, most=12, loops=False):
        other = igraph.Graph(graph.shape[0], np.argwhere(graph).tolist(), directed=True)
        expected = np.nan_to_num(other.motifs_randesu(nodes))[places]
        assert_array_equal(motif_census(graph, nodes), expected)


@settings(deadline=None, max_examples=size(60, 8))
@given(st.integers(4, 8), st.floats(0.05, 0.9), st.integers(0, 2**32), st.sampled_from([3, 4]))
def test_other_names_of_the_nodes_weights_and_loops_change_nothing(n, density, seed, nodes):
    rng = np.random.default_rng(seed)
    graph = (rng.random((n, n)) < density).astype(float)
    order = rng.permutation(n)
    heavy = graph * rng.uniform(0.5, 2.0, (n, n))
    np.fill_diagonal(heavy, 1.0 - np.diag(graph))
    counts = motif_census(graph, nodes)
    assert_array_equal(motif_census(graph[order][:, order], nodes), counts)
    assert_array_equal(motif_census(heavy, nodes), counts)
    assert_array_equal(motif_census(np.pad(graph, (0, 2)), nodes), counts)


def test_reversing_every_connection_reverses_the_classes():
    turned = [
        motif_ids(4).tolist().index(oracle.motif_id(class_adjacency(4, k).T.tolist()))
        for k in motif_ids(4)
    ]
    for graph in random_digraphs(size(30, 6), seed=4):
        assert_array_equal(motif_census(graph.T.copy(), 4)[turned], motif_census(graph, 4))


def test_complete_graphs_hold_only_complete_subgraphs():
    complete = np.ones((7, 7)) - np.eye(7)
    assert motif_census(complete, 3)[-1] == motif_census(complete, 3).sum() == 35
    assert motif_census(complete, 4)[-1] == motif_census(complete, 4).sum() == 35


def test_names_belong_to_the_numbers_of_the_literature():
    three, four = (dict(zip(motif_names(k), motif_ids(k).tolist(), strict=True)) for k in (3, 4))
    assert len(three) == 13 and len(four) == 199
    assert three["feed-forward loop"] == 38 and three["three-node loop"] == 98
    assert (three["fan-out"], three["chain"], three["fan-in"], three["complete"]) == (6, 12, 36, 238)
    assert (four["bifan"], four["diamond"], four["single-input module"]) == (204, 904, 14)
    ring = np.roll(np.eye(4), 1, axis=1)
    assert four["four-node loop"] == oracle.motif_id(ring.tolist())
    assert four["complete four"] == motif_ids(4)[-1] == 31710
    assert four["subgraph 74"] == 74
    for name, turned in (("fan-out", "fan-in"), ("chain", "chain"), ("complete", "complete")):
        assert three[turned] == oracle.motif_id(class_adjacency(3, three[name]).T.tolist())


def test_a_class_adjacency_is_the_first_of_all_orders():
    for number in motif_ids(3).tolist():
        graph = class_adjacency(3, number)
        bits = 2 ** np.arange(9).reshape(3, 3)
        numbers = [(graph[np.ix_(o, o)] * bits).sum() for o in map(list, permutations(range(3)))]
        assert min(numbers) == number == (graph * bits).sum()


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(EvomodError, match="of size 3 or 4; got 5"):
        motif_census(np.zeros((6, 6)), 5)
    with pytest.raises(EvomodError, match="the graph has 3 nodes; .* at least 4"):
        motif_census(np.zeros((3, 3)), 4)
    with pytest.raises(EvomodError, match="the graph has 0 nodes"):
        motif_census(np.zeros((0, 0)), 3)
    with pytest.raises(EvomodError, match=r"no connected subgraph 7 of 3 nodes; motif_ids\(3\)"):
        class_adjacency(3, 7)
    with pytest.raises(EvomodError, match="of size 3 or 4"):
        motif_ids(2)
