"""The oracles for measures of modularity, against numbers computed by hand or published."""

import random
from collections import Counter
from itertools import combinations, permutations

import igraph
import naive
import naive_measures as oracle
import networkx as nx
import numpy as np
import pytest
from pytest import approx
from scipy.stats import chisquare


def network(n, *connections):
    """Adjacency of unit weights."""
    a = [[0] * n for _ in range(n)]
    for source, target in connections:
        a[source][target] = 1
    return a


def undirected(n, *pairs):
    """Adjacency with every pair connected both ways."""
    return network(n, *pairs, *((j, i) for i, j in pairs))


def chance(n, density, seed, loops=False):
    """A random digraph."""
    draw = random.Random(seed)
    return [[int((loops or i != j) and draw.random() < density) for j in range(n)] for i in range(n)]


TRIANGLES = (6, (0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5))
FEED_FORWARD_LOOP = network(3, (0, 1), (0, 2), (1, 2))
BIFAN = network(4, (0, 2), (0, 3), (1, 2), (1, 3))
DIAMOND = network(4, (0, 1), (0, 2), (1, 3), (2, 3))
KARATE = [
    [0, 1, 2, 3, 7, 11, 12, 13, 17, 19, 21],
    [4, 5, 6, 10, 16],
    [8, 9, 14, 15, 18, 20, 22, 26, 29, 30, 32, 33],
    [23, 24, 25, 27, 28, 31],
]
"""The partition of Zachary's karate club with the largest Q (0.4198, proved by igraph's exact method)."""


# ------------------------------------------------------------------------------------------- Q


@pytest.mark.parametrize("directed", [True, False])
def test_two_separate_triangles_have_q_of_one_half(directed):
    modules = [0, 0, 0, 1, 1, 1]
    assert oracle.weighted_q(network(*TRIANGLES), modules, directed) == 0.5
    assert oracle.best_q(network(*TRIANGLES), directed) == (0.5, modules)


def test_a_bridge_between_two_triangles_costs_what_the_formula_says():
    """7 connections, 3 within each module, summed degree 7: 2 (3/7 - (7/14)^2) = 5/14."""
    a = network(*TRIANGLES, (2, 3))
    assert oracle.weighted_q(a, [0, 0, 0, 1, 1, 1], False) == 5 / 14
    assert oracle.best_q(a, False) == (5 / 14, [0, 0, 0, 1, 1, 1])


def test_one_module_has_no_modularity_and_neither_has_no_connection():
    assert oracle.weighted_q(chance(7, 0.4, 1, loops=True), [3] * 7, True) == 0.0
    assert oracle.weighted_q(chance(7, 0.4, 1, loops=True), [3] * 7, False) == 0.0
    assert oracle.weighted_q(network(4), [0, 1, 2, 3], True) == 0.0
    assert oracle.best_q(network(4), False) == (0.0, [0, 0, 0, 0])
    assert oracle.best_q([], True) == (0.0, [])


def test_the_karate_club_has_its_published_optimum():
    graph = nx.karate_club_graph()
    a = nx.to_numpy_array(graph, weight=None).tolist()
    modules = [next(k for k, module in enumerate(KARATE) if node in module) for node in graph]
    assert oracle.weighted_q(a, modules, False) == approx(0.4198, abs=5e-5)


def test_direction_decides_who_belongs_together():
    """0 and 1 feed 2 and 3: among sources, or among targets, no directed connection is expected."""
    assert oracle.weighted_q(BIFAN, [0, 0, 1, 1], True) == 0.0
    assert oracle.weighted_q(BIFAN, [0, 0, 1, 1], False) == -0.5
    assert oracle.weighted_q(BIFAN, [0, 1, 0, 1], True) == 0.0


def test_weights_are_summed_by_direction():
    """Weights 2 and 1 from 0 to 1 and back: m = 3, one module a node: -(2 * 1 + 1 * 2) / 9."""
    a = [[0, 2], [1, 0]]
    assert oracle.weighted_q(a, [0, 1], True) == -4 / 9
    assert oracle.weighted_q(a, [0, 1], False) == -0.5


def test_a_loop_counts_twice_when_undirected():
    """A loop and one connection: degrees 3 and 1 of 4, so (2 - 9/4 - 1/4) / 4 with a module a node."""
    a = [[1, 1], [0, 0]]
    assert oracle.weighted_q(a, [0, 1], False) == -1 / 8
    assert oracle.weighted_q(a, [0, 1], True) == (1 - 2 / 2) / 2


def test_opposite_connections_add_up_when_undirected():
    """A symmetric adjacency has the Q of its graph, and a triangle with one double side that of weights."""
    ring = undirected(6, (0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0))
    assert oracle.weighted_q(ring, [0, 0, 0, 1, 1, 1], False) == approx(2 / 3 - 1 / 2)
    graph = nx.Graph([(0, 1, {"weight": 2}), (1, 2, {"weight": 1}), (0, 2, {"weight": 1})])
    a = network(3, (0, 1), (1, 0), (1, 2), (2, 0))
    expected = nx.community.modularity(graph, [{0, 1}, {2}])
    assert oracle.weighted_q(a, [0, 0, 1], False) == approx(expected, abs=1e-15)


@pytest.mark.parametrize("directed", [True, False])
def test_weighted_q_is_that_of_networkx(directed):
    draw = random.Random(5)
    for seed in range(20):
        a = [[weight * draw.random() for weight in row] for row in chance(8, 0.4, seed)]
        graph = nx.DiGraph() if directed else nx.Graph()
        graph.add_nodes_from(range(8))
        for i in range(8):
            for j in range(8) if directed else range(i):
                weight = a[i][j] if directed else a[i][j] + a[j][i]
                if weight:
                    graph.add_edge(i, j, weight=weight)
        modules = [draw.randrange(3) for _ in range(8)]
        groups = [{i for i in range(8) if modules[i] == k} for k in range(3)]
        expected = nx.community.modularity(graph, groups)
        assert oracle.weighted_q(a, modules, directed) == approx(expected, abs=1e-12)


def test_unit_weights_give_what_the_binary_oracles_give():
    for seed in range(20):
        a = chance(6, 0.4, seed)
        q, modules = naive.best_partition(a)
        assert oracle.best_q(a, True) == (approx(q, abs=1e-15), modules)
        one_way = [[a[i][j] * (i < j) for j in range(6)] for i in range(6)]
        undirected_q = naive.undirected_q(one_way, modules)
        assert oracle.weighted_q(one_way, modules, False) == approx(undirected_q, abs=1e-15)


def test_q_does_not_depend_on_the_unit_of_weight():
    a = [[weight * 0.1 for weight in row] for row in chance(7, 0.5, 3)]
    doubled = [[2 * weight for weight in row] for row in a]
    for directed in (True, False):
        assert oracle.best_q(a, directed) == oracle.best_q(doubled, directed)


# ----------------------------------------------------------------------------------------- motifs


def test_there_are_13_connected_digraphs_of_3_nodes_and_199_of_4():
    """The thirteen numbers are those of Milo et al. 2003, table III."""
    assert oracle.motif_classes(3) == [6, 12, 14, 36, 38, 46, 74, 78, 98, 102, 108, 110, 238]
    assert len(oracle.motif_classes(4)) == 199
    assert oracle.motif_classes(4)[0] == 2 + 4 + 8, "one node into three others"
    assert oracle.motif_classes(4)[-1] == 2**15 - 1 - (1 + 2**5 + 2**10), "all twelve connections"


NAMED = [
    (6, network(3, (0, 1), (0, 2))),
    (36, network(3, (0, 2), (1, 2))),
    (12, network(3, (0, 1), (1, 2))),
    (38, FEED_FORWARD_LOOP),
    (98, network(3, (0, 1), (1, 2), (2, 0))),
    (46, network(3, (0, 1), (1, 0), (0, 2), (1, 2))),
    (108, network(3, (2, 0), (2, 1), (0, 1), (1, 0))),
    (204, BIFAN),
    (904, DIAMOND),
]


@pytest.mark.parametrize(("number", "a"), NAMED)
def test_a_named_motif_has_its_number_in_the_literature_whatever_the_order_of_nodes(number, a):
    n = len(a)
    for order in permutations(range(n)):
        turned = [[7 * a[i][j] for j in order] for i in order]
        assert oracle.motif_id(turned) == number
    assert oracle.motif_census(a, n)[number] == 1 == sum(oracle.motif_census(a, n).values())
    bits = {n * i + j for i in range(n) for j in range(n) if number >> (n * i + j) & 1}
    drawn = network(n, *(divmod(bit, n) for bit in bits))
    assert oracle.motif_id(drawn) == number, "the number itself reads as the subgraph"


def test_a_ring_holds_a_chain_at_every_node_and_nothing_else():
    ring = network(7, *((i, (i + 1) % 7) for i in range(7)))
    assert {k: v for k, v in oracle.motif_census(ring, 3).items() if v} == {12: 7}
    assert [v for v in oracle.motif_census(ring, 4).values() if v] == [7]


def test_an_xor_of_four_nand_gates_holds_two_feed_forward_loops_and_a_diamond():
    """Inputs 0, 1; gates 2 = (0, 1), 3 = (0, 2), 4 = (2, 1), 5 = (3, 4) (Kashtan & Alon 2005)."""
    a = network(6, (0, 2), (1, 2), (0, 3), (2, 3), (2, 4), (1, 4), (3, 5), (4, 5))
    assert oracle.motif_census(a, 3)[38] == 2
    assert oracle.motif_census(a, 4)[904] == 1


def test_loops_and_weights_are_ignored():
    a = chance(8, 0.3, 2)
    heavy = [[0.5 * a[i][j] + 3 * (i == j) for j in range(8)] for i in range(8)]
    for size in (3, 4):
        assert oracle.motif_census(heavy, size) == oracle.motif_census(a, size)


def test_too_few_nodes_hold_no_motif():
    assert set(oracle.motif_census(network(2, (0, 1)), 3).values()) == {0}


TRIADS = {
    "021D": 6, "021U": 36, "021C": 12, "111D": 74, "111U": 14, "030T": 38, "030C": 98, "201": 78,
    "120D": 108, "120U": 46, "120C": 102, "210": 110, "300": 238,
}  # fmt: skip
"""The thirteen by the names of Holland & Leinhardt: D, from one down to two; U, from two up to one."""


def test_the_census_of_three_nodes_is_that_of_networkx():
    for seed in range(10):
        a = chance(9, 0.1 + 0.06 * seed, seed)
        graph = nx.DiGraph([(i, j) for i in range(9) for j in range(9) if a[i][j]])
        theirs, ours = nx.triadic_census(graph), oracle.motif_census(a, 3)
        assert {number: theirs[name] for name, number in TRIADS.items()} == ours


def test_the_census_of_four_nodes_counts_every_connected_subgraph_once():
    for seed in range(5):
        graph = nx.gnp_random_graph(8, 0.1 + 0.1 * seed, seed=seed, directed=True)
        parts = [graph.subgraph(chosen) for chosen in combinations(range(8), 4)]
        a = nx.to_numpy_array(graph).tolist()
        census = oracle.motif_census(a, 4)
        assert sum(census.values()) == sum(nx.is_weakly_connected(part) for part in parts)
        for number in (204, 904):
            drawn = nx.DiGraph([divmod(bit, 4) for bit in range(16) if number >> bit & 1])
            assert census[number] == sum(nx.is_isomorphic(part, drawn) for part in parts)


# ------------------------------------------------------------------------------------ null models


class Given:
    """A generator that returns the numbers it was given, one after the other."""

    def __init__(self, *numbers):
        self.numbers = list(numbers)

    def random(self):
        return self.numbers.pop(0)


def frozen(a):
    return tuple(tuple(row) for row in a)


def degrees(a):
    """Out-degrees and in-degrees of all nodes."""
    return list(map(sum, a)), list(map(sum, zip(*a)))


def uniform(graphs, expected):
    """Whether all expected graphs occur, no other does, and their counts may be those of a fair draw."""
    counts = Counter(map(frozen, graphs))
    assert set(counts) == set(expected)
    return chisquare([counts[graph] for graph in expected]).pvalue > 0.001


PARALLEL = network(4, (0, 2), (1, 3))
CROSSED = network(4, (0, 3), (1, 2))


def test_a_swap_exchanges_targets_and_connections_keep_their_places():
    assert oracle.rewire(PARALLEL, 1, Given(0.0, 0.5)) == CROSSED
    assert oracle.rewire(PARALLEL, 1, Given(0.5, 0.0)) == CROSSED
    assert oracle.rewire(PARALLEL, 2, Given(0.0, 0.5, 0.0, 0.5)) == PARALLEL
    a = network(6, (0, 3), (1, 4), (2, 5))
    # After the first swap place 0 holds (0, 4) and place 1 (1, 3), then place 2 swaps with place 0.
    assert oracle.rewire(a, 2, Given(0.0, 0.4, 0.9, 0.0)) == network(6, (0, 5), (1, 3), (2, 4))


def test_an_attempt_that_is_not_allowed_uses_its_two_draws_and_changes_nothing():
    refused = {
        "the same place": (PARALLEL, 0.9, 0.9),
        "a loop from the first": (network(3, (0, 1), (2, 0)), 0.0, 0.5),
        "a loop from the second": (network(3, (0, 1), (1, 2)), 0.0, 0.5),
        "the same source": (network(3, (0, 1), (0, 2)), 0.0, 0.5),
        "the same target": (network(3, (0, 2), (1, 2)), 0.0, 0.5),
        "already there": (network(4, (0, 2), (0, 3), (1, 3)), 0.0, 0.9),
    }
    for why, (a, *draws) in refused.items():
        rng = Given(*draws)
        assert oracle.rewire(a, 1, rng) == a, why
        assert not rng.numbers, why


def test_layers_forbid_swaps_between_layers():
    assert oracle.rewire_layered(PARALLEL, [0, 0, 1, 1], 1, Given(0.0, 0.5)) == CROSSED
    assert oracle.rewire_layered(PARALLEL, [0, 0, 1, 2], 1, Given(0.0, 0.5)) == PARALLEL
    assert oracle.rewire_layered(PARALLEL, [0, 1, 2, 2], 1, Given(0.0, 0.5)) == PARALLEL


def test_without_connections_nothing_is_drawn_and_loops_stay():
    assert oracle.rewire(network(3), 5, Given()) == network(3)
    assert oracle.rewire([[2.5, 0], [0, 0]], 5, Given()) == [[1, 0], [0, 0]]
    a = chance(6, 0.4, 1, loops=True)
    again = oracle.rewire(a, 50, random.Random(1))
    assert [again[i][i] for i in range(6)] == [a[i][i] for i in range(6)]


def test_rewiring_keeps_degrees_and_with_layers_those_of_every_layer():
    layer = [0, 0, 0, 1, 1, 1, 2, 2]
    for seed in range(20):
        a = chance(8, 0.3, seed)
        b = oracle.rewire(a, 100, random.Random(seed))
        assert degrees(a) == degrees(b)
        b = oracle.rewire_layered(a, layer, 100, random.Random(seed))
        for k in range(3):
            members = [i for i in range(8) if layer[i] == k]
            for node in range(8):
                assert sum(a[node][i] for i in members) == sum(b[node][i] for i in members)
                assert sum(a[i][node] for i in members) == sum(b[i][node] for i in members)


def test_all_rewirings_of_small_networks():
    assert oracle.all_rewirings(PARALLEL) == sorted(map(frozen, (PARALLEL, CROSSED)))
    assert oracle.all_rewirings(PARALLEL, [0, 0, 1, 2]) == [frozen(PARALLEL)]
    assert oracle.all_rewirings(FEED_FORWARD_LOOP) == [frozen(FEED_FORWARD_LOOP)]
    everyone_once = network(4, (0, 1), (1, 2), (2, 3), (3, 0))
    assert len(oracle.all_rewirings(everyone_once)) == 9, "permutations of 4 without a fixed point"
    a = network(6, (0, 3), (1, 4), (2, 5))
    assert len(oracle.all_rewirings(a)) == 6 == len(oracle.all_rewirings(a, [0, 0, 0, 1, 1, 1]))
    assert len(oracle.all_rewirings(a, [0, 0, 0, 1, 1, 2])) == 2


def test_all_rewirings_are_those_of_all_networks_that_have_the_degrees():
    for seed in range(5):
        a = chance(4, 0.5, seed)
        places = [(i, j) for i in range(4) for j in range(4) if i != j]
        chosen = combinations(places, sum(map(sum, a)))
        alike = [b for b in (network(4, *some) for some in chosen) if degrees(b) == degrees(a)]
        assert oracle.all_rewirings(a) == sorted(map(frozen, alike))


def test_a_loop_of_three_is_not_turned_round_by_swaps():
    loop = network(3, (0, 1), (1, 2), (2, 0))
    back = network(3, (1, 0), (2, 1), (0, 2))
    assert oracle.all_rewirings(loop) == sorted(map(frozen, (loop, back)))
    assert oracle.reachable_rewirings(loop) == [frozen(loop)]
    assert oracle.rewire(loop, 100, random.Random(1)) == loop


def test_between_layers_swaps_reach_everything():
    layer = [0, 0, 0, 1, 1, 1, 2, 2]
    sizes = []
    for seed in range(10):
        a = chance(8, 0.5, seed)
        forward = [[a[i][j] * (layer[i] < layer[j]) for j in range(8)] for i in range(8)]
        everything = oracle.all_rewirings(forward, layer)
        assert oracle.reachable_rewirings(forward, layer) == everything
        sizes.append(len(everything))
    assert max(sizes) > 5


@pytest.mark.parametrize("layer", [None, [0, 0, 0, 1, 1, 1]])
def test_rewiring_is_uniform(layer):
    a = network(6, (0, 3), (0, 4), (1, 4), (1, 5), (2, 3))
    rng = random.Random(2)
    if layer is None:
        a[5][0] = 1
        rewired = [oracle.rewire(a, 40, rng) for _ in range(4000)]
    else:
        rewired = [oracle.rewire_layered(a, layer, 40, rng) for _ in range(4000)]
    expected = oracle.reachable_rewirings(a, layer)
    assert expected == oracle.all_rewirings(a, layer)
    assert len(expected) >= 5
    assert uniform(rewired, expected)


def test_weights_are_shuffled_between_one_layer_and_the_next():
    """Layer 0 = {0, 1}, layer 1 = {2, 3}: weights 5 6 / 7 8; the connection from 0 to 4 skips a layer."""
    a = [[0, 0, 5, 6, 9], [0, 0, 7, 8, 0], [0, 0, 0, 0, 3], [0, 0, 0, 0, 0], [0] * 5]
    rng = Given(0.0, 0.5, 0.9, 0.1)
    # 5 6 7 8 (3 with 0), 8 6 7 5 (2 with 1), 8 7 6 5 (1 with 1); then 3 0 (1 with 0).
    expected = [[0, 0, 8, 7, 9], [0, 0, 6, 5, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 3], [0] * 5]
    assert oracle.shuffle_within_layers(a, [0, 0, 1, 1, 2], rng) == expected
    assert not rng.numbers


def test_shuffling_is_uniform():
    a = [[0, 0, 1, 2], [0, 0, 3, 0], [0] * 4, [0] * 4]
    expected = [
        ((0, 0, w, x), (0, 0, y, z), (0,) * 4, (0,) * 4) for w, x, y, z in permutations(range(4))
    ]
    rng = random.Random(3)
    assert uniform([oracle.shuffle_within_layers(a, [0, 0, 1, 1], rng) for _ in range(3000)], expected)


def test_erdos_renyi_counts_places_without_the_diagonal():
    """Places of 3 nodes: 01 02 10 12 20 21."""
    drawn = oracle.erdos_renyi(3, 3, Given(0.0, 0.1, 0.5, 0.99))
    assert drawn == network(3, (0, 1), (1, 2), (2, 1)), "0.1 is taken"
    layers = [0, 1, 1, 2]
    # Places: 01 02 03 13 23.
    drawn = oracle.erdos_renyi(4, 2, Given(0.5, 0.9), layers)
    assert drawn == network(4, (0, 3), (2, 3))
    assert oracle.erdos_renyi(4, 5, random.Random(1), layers) == network(
        4, (0, 1), (0, 2), (0, 3), (1, 3), (2, 3)
    )
    with pytest.raises(AssertionError, match="6 connections in 5 places"):
        oracle.erdos_renyi(4, 6, random.Random(1), layers)


def test_erdos_renyi_is_uniform():
    places = [(i, j) for i in range(3) for j in range(3) if i != j]
    expected = [frozen(network(3, *chosen)) for chosen in combinations(places, 3)]
    rng = random.Random(4)
    assert uniform([oracle.erdos_renyi(3, 3, rng) for _ in range(3000)], expected)


# ---------------------------------------------------------------------------------- Girvan-Newman


def test_components_are_weak():
    a = network(6, (3, 0), (1, 4), (2, 2))
    assert oracle.components(a) == [[0, 3], [1, 4], [2], [5]]


def test_the_middle_of_a_path_lies_between_most_pairs():
    """Path 0 1 2 3: 3, 4 and 3 of the six pairs; a square: one path each way between opposite corners."""
    assert oracle.edge_betweenness(undirected(4, (0, 1), (1, 2), (2, 3))) == {
        (0, 1): 3, (1, 2): 4, (2, 3): 3,
    }  # fmt: skip
    square = undirected(4, (0, 1), (1, 2), (2, 3), (3, 0))
    assert set(oracle.edge_betweenness(square).values()) == {2}
    assert oracle.edge_betweenness([]) == {}


def test_edge_betweenness_is_that_of_networkx():
    for seed in range(10):
        graph = nx.gnp_random_graph(9, 0.15 + 0.05 * seed, seed=seed)
        theirs = nx.edge_betweenness_centrality(graph, normalized=False)
        ours = oracle.edge_betweenness(nx.to_numpy_array(graph).tolist())
        assert {edge: float(value) for edge, value in ours.items()} == approx(theirs)


def test_the_bridge_between_two_triangles_goes_first():
    assert oracle.girvan_newman(network(*TRIANGLES, (2, 3))) == (5 / 14, [0, 0, 0, 1, 1, 1])


def test_of_equal_edges_the_lowest_goes_first():
    """Ring of 6: (0, 1), then the middle of the path 1 2 3 4 5 0; lower levels have a lower Q."""
    ring = network(6, *((i, (i + 1) % 6) for i in range(6)))
    assert oracle.girvan_newman(ring) == (1 / 6, [0, 1, 1, 1, 0, 0])


def test_of_equal_levels_the_first_is_kept():
    """Ring of 4: the whole has Q = 0, and so have the two pairs."""
    assert oracle.girvan_newman(undirected(4, (0, 1), (1, 2), (2, 3), (3, 0))) == (0.0, [0, 0, 0, 0])


def test_direction_weights_and_loops_do_not_matter_to_girvan_and_newman():
    for seed in range(5):
        a = chance(7, 0.25, seed)
        both = [[3 * (a[i][j] or a[j][i]) + (i == j) for j in range(7)] for i in range(7)]
        assert oracle.girvan_newman(both) == oracle.girvan_newman(a)


def test_without_connections_every_node_is_a_module():
    assert oracle.girvan_newman(network(3)) == (0.0, [0, 1, 2])
    assert oracle.girvan_newman([]) == (0.0, [])


def test_girvan_and_newman_split_the_karate_club_as_igraph_does():
    a = nx.to_numpy_array(nx.karate_club_graph(), weight=None).tolist()
    theirs = igraph.Graph.Adjacency(a, mode="undirected").community_edge_betweenness(directed=False)
    q, modules = oracle.girvan_newman(a)
    assert modules == theirs.as_clustering().membership
    assert q == approx(0.4013, abs=5e-5)


# ---------------------------------------------------------------------------- n-cut and hierarchy


def test_n_cut_of_two_triangles():
    modules = [0, 0, 0, 5, 5, 5]
    assert oracle.n_cut(undirected(*TRIANGLES), modules) == 0.0
    assert oracle.n_cut(undirected(*TRIANGLES, (2, 3)), modules) == 2 * (1 / (7 + 1e-8))
    assert oracle.n_cut(undirected(*TRIANGLES, (2, 3)), range(6)) == approx(6)
    assert oracle.n_cut(undirected(*TRIANGLES, (2, 3)), [1] * 6) == 0.0


def test_n_cut_of_a_module_without_weights_is_0():
    assert oracle.n_cut(network(3), [0, 1, 1]) == 0.0


def test_n_cut_wants_an_undirected_graph():
    with pytest.raises(AssertionError, match="symmetric"):
        oracle.n_cut(network(2, (0, 1)), [0, 1])


def test_n_cut_is_that_of_networkx():
    draw = random.Random(6)
    for seed in range(10):
        graph = nx.gnp_random_graph(8, 0.6, seed=seed)
        for _, _, data in graph.edges(data=True):
            data["weight"] = draw.random()
        one = set(draw.sample(range(8), 3))
        expected = nx.normalized_cut_size(graph, one, weight="weight")
        w = nx.to_numpy_array(graph).tolist()
        assert oracle.n_cut(w, [node in one for node in range(8)]) == approx(expected, abs=1e-6)


def test_hierarchy_of_small_networks():
    assert oracle.global_reaching_centrality(network(4, (0, 3), (1, 3), (2, 3))) == 1.0
    assert oracle.global_reaching_centrality(network(4, (3, 0), (3, 1), (3, 2))) == 1 / 9
    assert oracle.global_reaching_centrality(network(3, (0, 1), (1, 2))) == 0.75
    assert oracle.global_reaching_centrality(network(3, (0, 1), (1, 2), (2, 0))) == 0.0
    assert oracle.global_reaching_centrality(network(4, (0, 1), (2, 3))) == 2 / 9
    assert oracle.global_reaching_centrality(network(3)) == 0.0
    assert oracle.global_reaching_centrality(network(1, (0, 0))) == 0.0


def test_hierarchy_leaves_out_nodes_without_connections_and_ignores_weights():
    assert oracle.global_reaching_centrality([[0, 0, 7], [0, 0, 0], [0, 0, 0]]) == 1.0


def test_hierarchy_is_that_of_networkx_reversed():
    for seed in range(10):
        graph = nx.gnp_random_graph(9, 0.08 + 0.02 * seed, seed=seed, directed=True)
        a = nx.to_numpy_array(graph).tolist()
        graph.remove_nodes_from(list(nx.isolates(graph)))
        expected = nx.global_reaching_centrality(graph.reverse())
        assert oracle.global_reaching_centrality(a) == approx(expected, abs=1e-12)


# -------------------------------------------------------------------------------------- functions

EYES = network(11, *((i, 8) for i in range(4)), *((i, 9) for i in range(4, 8)), (8, 10), (9, 10))
"""Inputs 0-3 see left, 4-7 right; a neuron a side, and an output."""
LEFT, RIGHT = range(4), range(4, 8)


def test_the_first_split_separates_two_eyes():
    parts = oracle.first_split(EYES)
    assert parts[:10] == [0, 0, 0, 0, 1, 1, 1, 1, 0, 1]
    assert oracle.left_right(EYES, parts, LEFT, RIGHT) == 8


def test_the_first_split_is_that_of_two_triangles_and_nodes_without_connections_have_none():
    a = [[*row, 0] for row in network(*TRIANGLES, (2, 3))] + [[0] * 7]
    assert oracle.first_split(a) == [0, 0, 0, 1, 1, 1, -1]
    assert oracle.first_split(network(2)) == [-1, -1]


def test_no_split_where_none_raises_q():
    """Every connection of the bifan is as expected by chance, 2 * 2 / 4: B is all 0."""
    assert oracle.first_split(BIFAN) == [0, 0, 0, 0]


def test_the_matrix_of_the_first_split_is_that_of_the_authors_method():
    for seed in range(5):
        a = chance(7, 0.5, seed)
        theirs = naive.split_matrices(a, "clune2013")[0]
        for mine, row in zip(oracle.split_matrix(a), theirs, strict=True):
            assert mine == approx(row, abs=1e-12)


def test_left_right_counts_inputs_that_have_connections():
    parts = [0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 1]
    assert oracle.left_right(EYES, parts, LEFT, RIGHT) == 8
    assert oracle.left_right(EYES, [1, *parts[1:]], LEFT, RIGHT) == 3 + 3
    assert oracle.left_right(EYES, [0] * 11, LEFT, RIGHT) == 0
    assert oracle.left_right(EYES, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1], LEFT, RIGHT) == 0
    blind = [row if node != 7 else [0] * 11 for node, row in enumerate(EYES)]
    assert oracle.left_right(blind, parts, LEFT, RIGHT) == 7


def test_four_readings_of_a_neuron():
    values = [1.0, 0.0, -1.0, 0.0]
    for table in ((1, 0, 0, 0), (1, 1, 0, 1), (0, 0, 1, 0), (0, 1, 1, 1)):
        assert oracle.subgoal_readings(values, [bool(x) for x in table]) == 1.0
    assert oracle.subgoal_readings(values, [True, True, False, False]) == 0.75
    assert oracle.subgoal_readings([0.0] * 4, [True, False, False, True]) == 0.5


# ---------------------------------------------------------------------------------------- lesions

BOTH = ((2, 2, 1), {(0, 2): 1.0, (1, 3): 1.0, (2, 4): 1.0, (3, 4): 1.0}, {2: 0.0, 3: 0.0, 4: -1.0})
"""Both of two inputs, each by a neuron of its own: patterns -- +- -+ ++."""


def test_silent_neurons():
    assert oracle.lesion(*BOTH, silent=[]) == [[-1, -1, -1, 1]]
    assert oracle.lesion(*BOTH, silent=[2]) == [[-1, -1, 0, 0]]
    assert oracle.lesion(*BOTH, silent=[3]) == [[-1, 0, -1, 0]]
    assert oracle.lesion(*BOTH, silent=[0]) == oracle.lesion(*BOTH, silent=[2])
    assert oracle.lesion(*BOTH, silent={2, 3}) == [[-1, -1, -1, -1]]
    assert oracle.lesion(*BOTH, silent=[4]) == [[0, 0, 0, 0]]


def chance_network(layers, seed):
    """Connections and biases of a random genome."""
    rng = np.random.default_rng(seed)
    genome = naive.birth(layers, (-2, -1, 1, 2), (-2, -1, 0, 1, 2), (10, 20), rng)
    return naive.decode(layers, genome, (-2, -1, 1, 2), (-2, -1, 0, 1, 2))


def test_nobody_silent_is_the_answer_and_silence_is_no_input_and_no_bias():
    layers = (4, 3, 3, 2)
    for seed in range(10):
        connections, bias = chance_network(layers, seed)
        yes, no = naive.answer(layers, connections, bias)
        intact = [[int(y) - int(n) for y, n in zip(*both)] for both in zip(yes, no)]
        assert oracle.lesion(layers, connections, bias, []) == intact
        silent = {4 + seed % 3, 7 + seed % 5}
        cut = {edge: weight for edge, weight in connections.items() if edge[1] not in silent}
        quiet = {node: 0.0 if node in silent else value for node, value in bias.items()}
        expected = oracle.lesion(layers, cut, quiet, [])
        assert oracle.lesion(layers, connections, bias, silent) == expected


def test_drops_of_modules_and_of_pairs():
    """Modules 0 and 1 can each do the work of the other; module 2 is needed, whoever else is there."""

    def score(silent):
        return (0.5 if {1, 2, 3} <= silent else 1.0) - (0.25 if 4 in silent else 0.0)

    lost = oracle.drops(score, [[1, 2], [3], [4, 5]])
    assert lost == {(0,): 0.0, (1,): 0.0, (2,): 0.25, (0, 1): 0.5, (0, 2): 0.25, (1, 2): 0.25}
    assert [oracle.synergy(lost, i, j) for i, j in ((0, 1), (1, 0), (0, 2), (2, 1))] == [0.5, 0.5, 0, 0]


def test_drops_of_a_real_network():
    """Right: all 4 patterns; with a side silent 2; with both silent 3, which is always no, less pattern 3."""

    def score(silent):
        answers = oracle.lesion(*BOTH, silent=silent)[0]
        return sum(x == y for x, y in zip(answers, (-1, -1, -1, 1), strict=True)) / 4

    lost = oracle.drops(score, [[0, 2], [1, 3]])
    assert lost == {(0,): 0.5, (1,): 0.5, (0, 1): 0.25}
    assert oracle.synergy(lost, 0, 1) == -0.75
