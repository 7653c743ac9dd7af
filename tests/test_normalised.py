"""Q_m and motif profiles: the papers' formulas, what they say of a modular circuit, and bad input."""

import networkx as nx
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import evomod
from evomod.errors import EvomodError
from evomod.measures import METHODS, nulls
from evomod.measures.graphs import connected_nodes
from evomod.measures.motifs import motif_census, motifs
from evomod.measures.normalised import normalised_modularity, null_distribution
from evomod.measures.nulls import NULLS, random_graphs

XOR = ((0, 2), (1, 2), (0, 3), (2, 3), (1, 4), (2, 4), (3, 5), (4, 5))
"""Inputs 0 and 1, NAND gates 2 to 5."""


def circuit():
    """Four XOR modules without a gate in common, joined by a tree of three gates: 27 nodes."""
    graph = np.zeros((27, 27))
    for module in range(0, 24, 6):
        for source, target in XOR:
            graph[source + module, target + module] = 1.0
    for source, target in ((5, 24), (11, 24), (17, 25), (23, 25), (24, 26), (25, 26)):
        graph[source, target] = 1.0
    return graph


def layered_network(seed, n_connections=30):
    """A random network in layers 8-8-4-2-1, and its layers."""
    layer = np.repeat(np.arange(5), (8, 8, 4, 2, 1))
    places = np.argwhere(layer[:, None] + 1 == layer)
    chosen = np.random.default_rng(seed).choice(len(places), n_connections, replace=False)
    graph = np.zeros((23, 23))
    graph[tuple(places[chosen].T)] = 1.0
    return graph, layer


# --------------------------------------------------------------------------------------- Q_m


@pytest.mark.parametrize("directed", [True, False])
def test_a_circuit_of_modules_is_far_above_its_rewirings(directed):
    real = normalised_modularity(circuit(), draws=300, directed=directed)
    assert real.q_m > 0.4 and real.z > 4 and real.percentile > 99
    rewired = random_graphs(circuit(), "degree-preserving", 12, np.random.default_rng(1))
    others = normalised_modularity(rewired, draws=100, directed=directed, q_max=real.q_max)
    assert abs(np.mean([other.q_m for other in others])) < 0.15
    assert max(other.q_m for other in others) < real.q_m


def test_the_numbers_are_those_of_the_formula():
    graph, layer = layered_network(1)
    for null in ("degree-preserving", "layered", "erdos-renyi"):
        layers = layer if null == "layered" else None
        found = normalised_modularity(
            graph, null, 100, np.random.default_rng(2), layer=layers, q_max=0.9
        )
        spread = null_distribution(graph, null, 100, np.random.default_rng(2), layer=layers)
        assert spread.shape == (100,) and found.draws == 100 and found.null == null
        assert_allclose(found.q, evomod.modularity(graph, method="leading-eigenvector").q)
        assert_allclose(found.q_rand, spread.mean())
        assert_allclose(found.q_rand_sd, np.std(spread, ddof=1))
        assert_allclose(found.q_m, (found.q - spread.mean()) / (0.9 - spread.mean()))
        assert_allclose(found.z, (found.q - spread.mean()) / np.std(spread, ddof=1))
        ranks = [100.0 if found.q > q + 1e-9 else 50.0 * (abs(found.q - q) <= 1e-9) for q in spread]
        assert_allclose(found.percentile, np.mean(ranks))
        assert (found.q_max, found.q_max_source, found.note) == (0.9, "given", "")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("directed", [True, False])
def test_nulls_have_the_q_that_modularity_gives(method, directed):
    one_way_only, two_way_only = ("clune2013",), ("fast-greedy", "girvan-newman")
    if method in (two_way_only if directed else one_way_only):
        with pytest.raises(EvomodError, match="directed"):
            null_distribution(circuit(), draws=2, method=method, directed=directed)
        return
    graph, layer = layered_network(3, 12)
    spread = null_distribution(
        graph, "layered", 4, np.random.default_rng(4), method=method, layer=layer, directed=directed
    )
    graphs = random_graphs(graph, "layered", 4, np.random.default_rng(4), layer=layer)
    expected = evomod.modularity(graphs, method, directed=directed)
    assert_allclose(spread, [partition.q for partition in expected])
    found = normalised_modularity(graph, draws=3, method=method, directed=directed)
    assert found.q == evomod.modularity(graph, method, directed=directed).q
    assert (found.method, found.directed) == (method, directed)


def test_a_random_graph_lies_in_the_middle_of_its_nulls():
    graph, layer = layered_network(5)
    rewired = random_graphs(graph, "layered", 40, np.random.default_rng(6), layer=layer)
    found = normalised_modularity(
        rewired, "layered", 200, np.random.default_rng(7), layer=layer, q_max=1.0
    )
    assert abs(np.mean([each.z for each in found])) < 0.6
    assert 35 < np.mean([each.percentile for each in found]) < 65


def test_the_sought_q_max_is_above_all_nulls_and_says_where_it_comes_from():
    graph, layer = layered_network(8)
    free = normalised_modularity(graph, draws=200)
    kept = normalised_modularity(graph, "layered", 200, layer=layer)
    assert free.q_max > null_distribution(graph, draws=200).max()
    assert free.q_max > kept.q_max > max(kept.q, kept.q_rand)
    assert free.q_max_source == "largest Q of graphs with the same degrees, 50 annealings"
    assert kept.q_max_source == "largest Q of graphs with the same degrees and layers, 50 annealings"


def test_many_graphs_give_what_each_gives():
    graphs = np.stack([layered_network(seed)[0] for seed in (1, 2)])
    found = normalised_modularity(graphs, draws=20)
    assert found == [normalised_modularity(graph, draws=20) for graph in graphs]
    profiles = motifs(graphs, 3, draws=20)
    for profile, graph in zip(profiles, graphs, strict=True):
        assert_array_equal(profile.z, motifs(graph, 3, draws=20).z)


def test_a_network_and_an_undirected_graph_can_be_given():
    setup = evomod.prepare(evomod.Config(task="retina"))
    genomes = setup.encoding.birth(1, np.random.default_rng(1))
    network = setup.encoding.network(genomes[0]).simplified()
    by_layer = normalised_modularity(network, "layered", 50, q_max=0.7)
    assert by_layer == normalised_modularity(
        network.adjacency(), "layered", 50, q_max=0.7, layer=network.layer
    )
    karate = nx.karate_club_graph()
    spread = null_distribution(karate, draws=50, directed=False)
    assert_allclose(null_distribution(karate, draws=50), spread)
    assert normalised_modularity(karate, draws=50, q_max=0.6).z > 3


def test_weights_are_shuffled_within_layers():
    layer = np.repeat((0, 1, 2), 4)
    blocks = np.kron(np.eye(2), np.ones((2, 2))) * 5 + 1
    graph = np.zeros((12, 12))
    graph[:4, 4:8] = graph[4:8, 8:] = blocks
    found = normalised_modularity(
        graph, "shuffle-within-layer", 200, weight="weight", layer=layer, directed=False
    )
    assert found.z > 1.5 and found.percentile > 95
    assert np.isnan(found.q_m) and found.q_max_source.startswith("none: with weights")
    assert found.note == "Q_m is NaN: there is no Q_max"


@pytest.mark.parametrize(
    "graph",
    [
        np.zeros((4, 4)),
        np.eye(3),
        np.eye(3, k=1),
        np.pad(np.ones((1, 4)), ((0, 4), (1, 0)))[:5, :5],
        np.ones((4, 4)) - np.eye(4),
    ],
)
def test_a_graph_that_cannot_be_rewired_has_no_z_and_says_why(graph):
    for directed in (True, False):
        found = normalised_modularity(graph, draws=10, directed=directed)
        assert np.isnan(found.z) and np.isnan(found.q_m) and found.percentile == 50.0
        assert "z is NaN: all random graphs have the same Q" in found.note
        assert "Q_m is NaN: Q_max" in found.note


def test_weights_may_have_any_name_in_a_networkx_graph():
    layer = np.repeat((0, 1, 2), 4)
    weights = np.random.default_rng(1).random((12, 12)) * (layer[:, None] + 1 == layer)
    graph = nx.from_numpy_array(weights, create_using=nx.DiGraph, edge_attr="load")
    by_name = normalised_modularity(graph, "shuffle-within-layer", 9, weight="load", layer=layer)
    by_array = normalised_modularity(weights, "shuffle-within-layer", 9, weight="weight", layer=layer)
    assert by_name.q == by_array.q and by_name.z == by_array.z
    spread = null_distribution(graph, "shuffle-within-layer", 9, weight="load", layer=layer)
    assert spread.mean() == by_name.q_rand


def test_one_random_graph_has_no_spread():
    found = normalised_modularity(circuit(), draws=1, q_max=0.7)
    assert np.isnan(found.z) and np.isnan(found.q_rand_sd) and np.isfinite(found.q_m)
    assert found.note == "z is NaN: one random graph has no spread"
    profile = motifs(circuit(), 3, draws=1)
    assert np.isnan(profile.z).all() and np.isnan(profile.significance_profile).all()


def test_a_q_max_below_chance_gives_no_q_m():
    found = normalised_modularity(circuit(), draws=20, q_max=0.01)
    assert np.isnan(found.q_m) and "Q_max 0.01 is not above Q_rand" in found.note


@pytest.mark.parametrize("null", ["degree-preserving", "layered"])
def test_more_swaps_a_draw_change_nothing(null, monkeypatch):
    """The share of connections that rewirings keep, and their Q, have come to rest."""
    graph, layer = layered_network(11, 45)
    layers = layer if null == "layered" else None
    told = []
    for attempts in (nulls.ATTEMPTS[null], 10 * nulls.ATTEMPTS[null], 1):
        monkeypatch.setitem(nulls.ATTEMPTS, null, attempts)
        graphs = random_graphs(graph, null, 1500, np.random.default_rng(attempts), layer=layers)
        kept = (graphs * graph).sum(axis=(1, 2))
        told.append((kept.mean(), kept.std() / np.sqrt(1500)))
    (usual, error), (long, other), (short, _) = told
    assert abs(usual - long) < 4 * np.hypot(error, other)
    assert short > long + 20 * other


def test_parts_are_the_draws_of_the_whole(monkeypatch):
    graph, layer = layered_network(12)
    whole = null_distribution(graph, "layered", 30, layer=layer)
    monkeypatch.setattr(nulls, "ENTRIES", 7 * graph.size)
    assert_array_equal(null_distribution(graph, "layered", 30, layer=layer), whole)


# -------------------------------------------------------------------------------- random genomes


@pytest.mark.parametrize("encoding", ["layered", "threshold", "circuit"])
def test_random_genomes_are_simplified_and_have_as_many_nodes(encoding):
    task = "circuit" if encoding == "circuit" else "retina"
    setup = evomod.prepare(evomod.Config(task=task, network={"encoding": encoding}))
    wiring, n_nodes = setup.encoding.wiring, 10 if encoding == "circuit" else 18
    graph = np.eye(n_nodes, k=1)
    draws = random_graphs(graph, "genomes", 20, np.random.default_rng(1), setup=setup)
    assert draws.shape == (20, wiring.n_nodes, wiring.n_nodes)
    allowed = np.zeros(draws.shape[1:])
    allowed[wiring.source, wiring.target] = 1.0
    outputs = set(range(wiring.n_nodes - setup.task.n_outputs, wiring.n_nodes))
    for draw in draws:
        assert connected_nodes(draw).size == n_nodes
        assert (draw <= allowed).all()
        if encoding != "circuit":
            ends = set(np.flatnonzero(draw.any(axis=0) & ~draw.any(axis=1)).tolist())
            assert ends <= outputs  # whatever else is fed leads on
    real = np.zeros_like(allowed)
    real[:n_nodes, :n_nodes] = graph if encoding == "circuit" else 0.0
    if encoding == "circuit":
        found = normalised_modularity(real, "genomes", 20, setup=setup)
        assert np.isfinite(found.q_m) and found.null == "genomes"


def test_too_rare_a_number_of_nodes_is_refused():
    setup = evomod.prepare(evomod.Config(task="retina"))
    with pytest.raises(EvomodError, match="only 0 of .* have 1 nodes with a connection.*wanted 3"):
        random_graphs(np.eye(1), "genomes", 3, np.random.default_rng(1), setup=setup)


# ---------------------------------------------------------------------------------------- motifs


def test_an_xor_of_nand_gates_holds_two_feed_forward_loops_and_a_diamond():
    """As Kashtan & Alon 2005 count them in each module."""
    module = np.zeros((6, 6))
    module[tuple(np.array(XOR).T)] = 1.0
    three, four = motifs(module, 3, draws=2), motifs(module, 4, draws=2)
    assert three.counts[three.names.index("feed-forward loop")] == 2
    assert four.counts[four.names.index("diamond")] == 1
    whole = motifs(circuit(), 3, draws=500)
    place = whole.names.index("feed-forward loop")
    assert whole.counts[place] == 8 and whole.z[place] > 4


@pytest.mark.parametrize(("size", "null"), [(3, "degree-preserving"), (4, "layered")])
def test_a_profile_is_counted_against_its_nulls(size, null):
    graph, layer = layered_network(9)
    layers = layer if null == "layered" else None
    found = motifs(graph, size, null, 60, np.random.default_rng(1), layer=layers)
    nulls = random_graphs(graph, null, 60, np.random.default_rng(1), layer=layers)
    counts = motif_census(nulls, size)
    assert_array_equal(found.counts, motif_census(graph, size))
    assert_allclose(found.null_mean, counts.mean(axis=0))
    assert_allclose(found.null_sd, counts.std(axis=0, ddof=1))
    varies = counts.std(axis=0) > 0
    expected = (found.counts - counts.mean(axis=0))[varies] / counts.std(axis=0, ddof=1)[varies]
    assert_allclose(found.z[varies], expected)
    absent = (counts == 0).all(axis=0) & (found.counts == 0)
    assert absent.any() and (found.z[absent] == 0).all()
    assert_allclose(np.linalg.norm(np.nan_to_num(found.significance_profile)), 1.0)
    assert (found.size, found.null, found.draws) == (size, null, 60)


def test_a_class_that_only_the_graph_holds_has_no_z():
    """A complete subgraph beside a long chain: few draws do not meet it again, and it is not 0."""
    graph = np.eye(12, k=1)
    graph[:3, :3] = 1.0 - np.eye(3)
    found = motifs(graph, 3, draws=8, rng=np.random.default_rng(1))
    place = found.names.index("complete")
    assert found.counts[place] == 1 and found.null_mean[place] == 0
    assert np.isnan(found.z[place]) and np.isnan(found.significance_profile[place])
    assert_allclose(np.nansum(found.significance_profile**2), 1.0)


def test_random_graphs_have_no_motifs():
    """Kashtan & Alon's control: rewirings as if they were real have z of mean 0."""
    rewired = random_graphs(circuit(), "degree-preserving", 60, np.random.default_rng(1))
    z = np.array([profile.z for profile in motifs(rewired, 3, draws=200, rng=np.random.default_rng(2))])
    often = motif_census(rewired, 3).mean(axis=0) > 1
    assert often.sum() >= 4 and (abs(z[:, often].mean(axis=0)) < 0.4).all()


def test_a_graph_that_cannot_be_rewired_has_z_of_0():
    found = motifs(np.eye(4, k=1)[:, :], 3, "layered", 10, layer=[0, 1, 2, 3])
    assert found.counts.sum() == 2 and (found.z == 0).all()
    assert (found.significance_profile == 0).all()


@pytest.mark.parametrize("null", ["degree-preserving", "layered", "erdos-renyi"])
@pytest.mark.parametrize("undirected", [False, True])
def test_weighted_draws_hold_the_weights_of_the_original(null, undirected):
    graph, layer = layered_network(1)
    if undirected and null == "layered":
        layer = np.zeros_like(layer)
    weights = np.random.default_rng(2).permutation(np.arange(1.0, graph.size + 1)).reshape(graph.shape)
    weighted = graph * weights
    weighted = weighted + weighted.T if undirected else weighted
    weighted[0, 0] = 0.5
    given = {"layer": layer} if null == "layered" else {}
    draws = random_graphs(weighted, null, 5, np.random.default_rng(3), weight="weight", **given)
    for draw in draws:
        assert sorted(draw[draw != 0]) == sorted(weighted[weighted != 0])
        assert draw[0, 0] == 0.5 and (draw == draw.T).all() == undirected
        if null != "erdos-renyi":
            assert ((draw != 0).sum(axis=0) == (weighted != 0).sum(axis=0)).all()
    assert len({draw.tobytes() for draw in draws}) == 5


# ------------------------------------------------------------------------------------- bad input


def test_what_makes_no_sense_is_refused_in_words():
    graph, layer = layered_network(1)
    rng = np.random.default_rng(1)
    with pytest.raises(EvomodError, match=f"no null 'random'; known: {', '.join(NULLS)}"):
        normalised_modularity(graph, "random")
    for draws in (0, -3, 2.5, True):
        with pytest.raises(EvomodError, match="draws is the number of random graphs, from 1; got"):
            random_graphs(graph, "degree-preserving", draws, rng)
        with pytest.raises(EvomodError, match="draws is the number"):
            motifs(graph, draws=draws)
    for null in ("layered", "shuffle-within-layer"):
        with pytest.raises(EvomodError, match="the layers of the graph are not known; give layer="):
            random_graphs(graph, null, 2, rng)
    with pytest.raises(EvomodError, match=r"wants setup=.*evomod.prepare\(config\)"):
        normalised_modularity(graph, "genomes")
    with pytest.raises(EvomodError, match="'genomes' knows connections, not weights"):
        normalised_modularity(graph, "genomes", weight="weight")
    with pytest.raises(EvomodError, match="connections that lead to no later layer"):
        random_graphs(graph.T.copy(), "erdos-renyi", 2, rng, layer=layer)
    with pytest.raises(EvomodError, match="the graph has no nodes"):
        normalised_modularity(np.zeros((0, 0)))
    with pytest.raises(EvomodError, match="no method 'best'; known: clune2013, leading"):
        normalised_modularity(graph, method="best")
    for q_max in (0.0, 1.5, np.nan):
        with pytest.raises(EvomodError, match="q_max is a modularity, above 0"):
            normalised_modularity(graph, q_max=q_max)
    with pytest.raises(EvomodError, match="degree-preserving or milo2002 or layered; got 'genomes'"):
        motifs(graph, null="genomes")
    with pytest.raises(EvomodError, match="expected one graph"):
        random_graphs(np.stack([graph, graph]), "degree-preserving", 2, rng)
    with pytest.raises(EvomodError, match="the layers of the graph are not known"):
        motifs(graph, null="layered")


@pytest.mark.parametrize("method", ["leading-eigenvector", "refined"])
def test_parallel_connections_count_by_every_method(method):
    """As `modularity` counts them; their numbers are the weights of the nulls as well."""
    graph = nx.MultiGraph(nx.karate_club_graph().edges)
    graph.add_edges_from(list(graph.edges(keys=False))[::4])
    q = evomod.modularity(graph, method).q
    assert q != pytest.approx(evomod.modularity(nx.Graph(graph), method).q)
    found = normalised_modularity(graph, draws=3, method=method, q_max=0.9)
    assert found.q == pytest.approx(q, abs=1e-12)
    assert found.directed is False  # as the graph says
    weighted = nx.Graph()
    weighted.add_nodes_from(graph)
    for source, target in graph.edges(keys=False):
        weight = graph.number_of_edges(source, target)
        weighted.add_edge(source, target, weight=weight)
    assert_allclose(
        null_distribution(graph, draws=3, method=method),
        null_distribution(weighted, draws=3, method=method, weight="weight"),
    )


def test_parallel_connections_in_layers_and_where_a_method_cannot_count_them():
    graph = nx.MultiDiGraph([(0, 2), (0, 2), (1, 2), (1, 3), (2, 4), (3, 4)])
    nx.set_node_attributes(graph, {0: 0, 1: 0, 2: 1, 3: 1, 4: 2}, "layer")
    found = normalised_modularity(graph, "layered", draws=3, q_max=0.9, method="leading-eigenvector")
    assert found.q == pytest.approx(evomod.modularity(graph, "leading-eigenvector").q)
    with pytest.raises(EvomodError, match="knows no parallel connections"):
        normalised_modularity(graph, draws=3, method="clune2013")
    simple = nx.karate_club_graph()
    assert normalised_modularity(simple, draws=3, q_max=0.9, method="clune2013").directed
