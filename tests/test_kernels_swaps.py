"""Exchanges that keep mutual connections, signs and triads: the kernels equal plain Python, step by step."""

import naive_swaps as naive
import numpy as np
import pytest
from conftest import size

from evomod.kernels import pointer_to, swaps
from evomod.measures.edges import edges_of
from evomod.measures.motifs import motif_census, motif_ids, triad_classes
from evomod.measures.swapped import _neighbours, start_of


def random_start(rng, keep_mutual, most=8):
    n = int(rng.integers(1, most + 1))
    matrix = (rng.random((n, n)) < rng.uniform(0.1, 0.7)) * rng.choice([-1.0, 1.0, 2.0], (n, n))
    matrix = matrix if rng.random() < 0.7 else np.triu(matrix) + np.triu(matrix, 1).T
    return start_of(edges_of(matrix, "weight", signed=True), keep_mutual)


def lists(start):
    return start.ends.tolist(), start.group.tolist(), start.is_mutual.tolist()


def exchanged(start, tries, rng, places=256):
    """Connections after so many attempts, how many succeeded, and the table of connections."""
    ends, table = start.ends.copy(), np.full(places, -1)
    number = swaps.exchange(
        ends, start.group, start.is_mutual, start.both_ways, tries, pointer_to(rng), table
    )
    return ends, number, table


def held(table):
    """The connections in a table."""
    return {(key >> 31, key & swaps.LOW) for key in table.tolist() if key >= 0}


@pytest.mark.parametrize("keep_mutual", [False, True])
def test_exchanges_equal_the_oracle(keep_mutual):
    rng = np.random.default_rng(keep_mutual)
    for trial in range(size(80, 20)):
        start = random_start(rng, keep_mutual)
        tries = int(rng.integers(0, 60))
        ends, group, is_mutual = lists(start)
        one, other = np.random.default_rng(trial), np.random.default_rng(trial)
        done = naive.exchange(ends, group, is_mutual, start.both_ways, tries, one.random)
        found, number, table = exchanged(start, tries, other)
        assert (number, found.tolist()) == (done, ends)
        assert held(table) == {tuple(sorted(pair)) if start.both_ways else tuple(pair) for pair in ends}
        assert one.random() == other.random()


def test_a_crowded_table_of_connections_is_the_set_of_them():
    """All but one of its places are taken, so that most connections stand far from where they are looked for first."""
    rng = np.random.default_rng(11)
    for trial in range(size(20, 4)):
        matrix = np.zeros(36)
        matrix[rng.permutation(36)[:15]] = 1.0
        start = start_of(edges_of(matrix.reshape(6, 6)), False)
        ends, group, is_mutual = lists(start)
        one, other = np.random.default_rng(trial), np.random.default_rng(trial)
        naive.exchange(ends, group, is_mutual, False, 60, one.random)
        found, _, table = exchanged(start, 60, other, places=16)
        assert found.tolist() == ends
        assert held(table) == {tuple(sorted(pair)) if start.both_ways else tuple(pair) for pair in ends}


def test_annealing_equals_the_oracle_and_counts_triads_as_the_census():
    rng = np.random.default_rng(7)
    ids = motif_ids(3).tolist()
    for trial in range(size(30, 8)):
        start = random_start(rng, True, 7)
        n = start.edges.n_nodes
        if n < 3:
            continue
        ends, group, is_mutual = lists(start)
        wanted = naive.triads(naive._linked(ends, is_mutual), n)
        one, other = np.random.default_rng(trial), np.random.default_rng(trial)
        naive.exchange(ends, group, is_mutual, start.both_ways, 40, one.random)
        found, _, _ = exchanged(start, 40, other)
        code = start.code(found)
        first, near = _neighbours(code)
        counts = np.zeros(14, np.int64)
        counts[:13] = motif_census((code & 1).astype(float), 3)
        target = np.array([wanted.get(k, 0) for k in ids])
        cooling = np.array([0.3, 0.8, 4.0])
        left = swaps.anneal_triads(
            found, start.group, start.is_mutual, near, first, triad_classes(), target, cooling, 1e-3, pointer_to(other),
            code, counts,
        )  # fmt: skip
        expected = naive.anneal(ends, group, is_mutual, wanted, ids, n, (0.3, 0.8, 4), 1e-3, one.random)
        assert found.tolist() == ends
        assert left == pytest.approx(expected, abs=1e-12)
        assert counts[:13].tolist() == motif_census((code & 1).astype(float), 3).tolist()
        assert _neighbours(code)[0].tolist() == first.tolist()
        for node in range(n):
            assert set(near[first[node] : first[node + 1]]) == set(np.flatnonzero(code[node]))
