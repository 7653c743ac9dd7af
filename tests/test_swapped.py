"""Nulls of Milo et al. (2002) and of signed networks: what they keep, exactly, and that they are uniform."""

import itertools

import networkx as nx
import numpy as np
import pytest
from scipy.stats import chisquare

from evomod import measures
from evomod.errors import EvomodError
from evomod.measures.edges import edges_of
from evomod.measures.graphs import dense
from evomod.measures.motifs import motif_census
from evomod.measures.nulls import random_graphs, z_interval
from evomod.measures.swapped import drawn, start_of


def kept(matrix):
    """In-, out- and mutual degree of every node, and loops."""
    bare = (matrix != 0) & ~np.eye(len(matrix), dtype=bool)
    mutual = bare & bare.T
    return [part.tolist() for part in (bare.sum(0), bare.sum(1), mutual.sum(0), np.diag(matrix))]


def random_matrix(rng, n=12, share=0.25):
    return (rng.random((n, n)) < share).astype(float)


def test_milo_keeps_in_out_and_mutual_degrees_of_every_node():
    rng = np.random.default_rng(1)
    for _ in range(10):
        matrix = random_matrix(rng)
        draws = random_graphs(matrix, "milo2002", 10, rng)
        assert all(kept(draw) == kept(matrix) for draw in draws)
        assert (draws != matrix).any()


def test_with_triads_it_keeps_the_counts_of_all_subgraphs_of_three_nodes():
    rng = np.random.default_rng(2)
    for _ in range(3):
        matrix = random_matrix(rng, 20, 0.12)
        start = start_of(edges_of(matrix), True)
        for edges, energy in drawn(start, 5, rng, triads=True):
            found = dense(edges)
            assert kept(found) == kept(matrix) and energy <= 1e-3
            assert motif_census(found, 3).tolist() == motif_census(matrix, 3).tolist()


def test_signed_weighted_nulls_keep_the_degrees_of_each_sign_and_all_weights():
    rng = np.random.default_rng(3)
    for directed in (True, False):
        matrix = np.where(rng.random((10, 10)) < 0.4, rng.normal(size=(10, 10)), 0.0)
        matrix = matrix if directed else np.triu(matrix) + np.triu(matrix, 1).T
        for draw in random_graphs(matrix, "degree-preserving", 10, rng, weight="weight"):
            for sign in (1, -1):
                assert kept(sign * draw > 0)[:2] == kept(sign * matrix > 0)[:2]
            assert np.sort(draw[draw != 0]).tolist() == np.sort(matrix[matrix != 0]).tolist()
            assert np.diag(draw).tolist() == np.diag(matrix).tolist()
            assert directed or (draw == draw.T).all()


def test_milo_keeps_weights_of_mutual_connections_together():
    matrix = np.zeros((6, 6))
    for k, (a, b) in enumerate([(0, 1), (2, 3), (4, 5)]):
        matrix[a, b], matrix[b, a] = k + 1.0, 10.0 * (k + 1)
    for draw in random_graphs(matrix, "milo2002", 10, np.random.default_rng(4), weight="weight"):
        two = {frozenset((draw[a, b], draw[b, a])) for a, b in np.argwhere(draw)}
        assert two == {frozenset((1.0, 10.0)), frozenset((2.0, 20.0)), frozenset((3.0, 30.0))}


def everything_like(matrix):
    """All graphs with the same in-, out- and mutual degrees, as bytes: mutual connections first, then the others."""
    n = len(matrix)
    both = np.logical_and(matrix, matrix.T)
    pairs = list(itertools.combinations(range(n), 2))
    places = list(itertools.permutations(range(n), 2))
    found = []
    for mutual in itertools.combinations(pairs, int(both.sum()) // 2):
        other = np.zeros((n, n))
        for a, b in mutual:
            other[a, b] = other[b, a] = 1.0
        if (other.sum(axis=0) != both.sum(axis=0)).any():
            continue
        free = [place for place in places if other[place] == 0]
        for single in itertools.combinations(free, int((matrix != both).sum())):
            whole = other.copy()
            whole[tuple(np.array(single).T)] = 1.0
            if kept(whole) == kept(matrix):
                found.append(whole.tobytes())
    return found


def test_milo_draws_every_graph_equally_often():
    """Two mutual connections and four others on six nodes: all 22 arrangements, listed by definition."""
    matrix = np.zeros((6, 6))
    for a, b in ((0, 1), (1, 0), (2, 3), (3, 2), (4, 1), (2, 4), (1, 3), (5, 0)):
        matrix[a, b] = 1.0
    every = everything_like(matrix)
    assert len(every) == 22
    draws = random_graphs(matrix, "milo2002", 400 * len(every), np.random.default_rng(5))
    counts = dict.fromkeys(every, 0)
    for draw in draws:
        counts[draw.tobytes()] += 1
    assert min(counts.values()) > 0 and chisquare(list(counts.values())).pvalue > 1e-3


def test_the_number_of_threads_changes_nothing():
    graph = nx.gnm_random_graph(30, 70, directed=True, seed=1)
    one, two = (
        measures.motifs(graph, 4, "milo2002", 6, np.random.default_rng(6), jobs=jobs) for jobs in (1, 2)
    )
    assert one.null_mean.tolist() == two.null_mean.tolist()


def test_subgraphs_of_four_nodes_stand_beside_networks_with_the_same_triads():
    """A feed-forward loop that each fan-out of two targets brings along is no chance of the null any more."""
    rng = np.random.default_rng(7)
    graph = random_matrix(rng, 16, 0.15)
    told = []
    found = measures.motifs(graph, 4, "milo2002", 20, rng, tell=told.append)
    assert found.null == "milo2002" and told == list(range(1, 21))
    three = measures.motifs(graph, 3, "milo2002", 20, rng)
    is_known = np.isfinite(three.z) & (three.null_sd > 0)
    assert (three.z_low[is_known] < three.z[is_known]).all() and (
        three.z[is_known] < three.z_high[is_known]
    ).all()
    assert ((three.percentile >= 0) & (three.percentile <= 100)).all()


def test_the_interval_of_z_holds_it_as_often_as_it_says():
    """Of normal draws, and of skewed ones (Poisson); 2000 times, within three standard errors of 95 %."""
    rng = np.random.default_rng(8)
    for shape, value, truth in (
        (rng.normal(size=(400, 2000)), 3.0, 3.0),
        (rng.poisson(4.0, (400, 2000)).astype(float), 16.0, 6.0),
    ):
        low, high = z_interval(np.full(2000, value), shape)
        assert abs(((low < truth) & (truth < high)).mean() - 0.95) < 0.025
    assert np.isnan(z_interval(np.zeros(1), np.ones((5, 1)))[0]).all()
    assert np.isnan(z_interval(np.zeros(1), np.ones((1, 1)))[0]).all()


def test_what_has_no_null_is_said():
    with pytest.raises(EvomodError, match="degree-preserving or milo2002 or layered"):
        measures.motifs(np.eye(4, k=1), 3, "genomes")
    alone = measures.motifs(np.eye(4, k=1), 3, "milo2002", 5)
    assert alone.counts.sum() == 2
