"""Connection cost and behavioural diversity equal the oracles, an optimiser and their laws."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import naive
import numpy as np
import pytest
from conftest import make_task, size
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize

from evomod.encodings import layered
from evomod.encodings.layered import LayeredNetwork
from evomod.encodings.wiring import wire
from evomod.pressures import behavioural_diversity, connection_cost
from evomod.sections import VariationSection
from evomod.task import load_task, pack, unpack

RETINA = (8, 8, 4, 2, 1)
SHAPES = [RETINA, (4, 3, 2), (3, 2), (1, 1, 1), (2, 3, 3, 3, 2)]
UNIT = 2**20


def present_edges(wiring, rng, n_random):
    """``[network, edge]``: no connection, all, one, and random ones of every density."""
    density = np.concatenate(([0.0, 1.0, 0.0], rng.random(n_random)))
    present = rng.random((density.size, wiring.n_edges)) < density[:, None]
    present[2, -1] = True
    return present.astype(np.int8)


def simplified(layers, present):
    """Only the connections that lead to an output."""
    encoding = layered.build(LayeredNetwork(layers=layers), make_task(layers[0], layers[-1]))
    biases = np.zeros((present.shape[0], encoding.wiring.n_neurons), np.int8)
    return encoding.simplify(np.hstack((present, biases)))


def afresh(wiring, name, working):
    """Costs without any ancestor."""
    n = working.shape[0]
    return connection_cost.measure(wiring, name, working, np.full(n, -1), np.zeros(n))


def connections_of(layers, row):
    """Places (source, target) of the connections of one network."""
    return {edge for edge, gene in zip(naive.edges(layers), row, strict=True) if gene}


def coarse_positions(layers, rng):
    """Random places, multiples of 1/8, so that fractions stay small."""
    return rng.integers(-32, 33, (sum(layers), 2)) / 8


# --------------------------------------------------------------------------------- wiring length


@pytest.mark.parametrize("places", ["grid", "random"])
@pytest.mark.parametrize("layers", SHAPES)
def test_wiring_length_is_the_exact_minimum_rounded(layers, places):
    """Within half a unit of 2**-20 of the fraction that the oracle finds."""
    rng = np.random.default_rng(1)
    wiring = wire(layers, coarse_positions(layers, rng) if places == "random" else None)
    present = present_edges(wiring, rng, size(12, 3) if layers == RETINA else size(40, 10))
    length = afresh(wiring, "wiring-length", simplified(layers, present))
    positions = [tuple(point) for point in wiring.positions.tolist()]
    for got, row in zip(length.tolist(), present, strict=True):
        exact = naive.wiring_length(layers, connections_of(layers, row), positions)
        assert (got * UNIT).is_integer()
        assert abs(Fraction(got) - exact) * UNIT <= Fraction(1, 2) + Fraction(1, 10**5)


@pytest.mark.parametrize("layers", [RETINA, (4, 3, 2), (2, 3, 3, 3, 2)])
def test_wiring_length_is_what_an_optimiser_finds(layers):
    """Moving the hidden nodes by a general minimiser ends at the same length."""
    rng = np.random.default_rng(2)
    wiring = wire(layers, coarse_positions(layers, rng))
    working = simplified(layers, present_edges(wiring, rng, 3)[1:])
    free = np.flatnonzero(~wiring.is_fixed)

    def energy(flat, row):
        where = wiring.positions.copy()
        where[free] = flat.reshape(-1, 2)
        ends = (where[wiring.source] - where[wiring.target]) * (row != 0)[:, None]
        slope = np.zeros_like(where)
        np.add.at(slope, wiring.source, 2 * ends)
        np.add.at(slope, wiring.target, -2 * ends)
        return (ends**2).sum(), slope[free].ravel()

    for got, row in zip(afresh(wiring, "wiring-length", working), working, strict=True):
        start = rng.standard_normal(2 * free.size)
        found = minimize(energy, start, (row,), "L-BFGS-B", True, options={"ftol": 0.0})
        assert_allclose(got, found.fun, rtol=0, atol=1e-6)


def test_moving_a_hidden_nodes_given_place_changes_nothing():
    """Only the places of inputs and outputs matter."""
    rng = np.random.default_rng(3)
    one, other = wire(RETINA), wire(RETINA, wire(RETINA).positions.copy())
    other.positions[~other.is_fixed] = rng.standard_normal((14, 2))
    working = simplified(RETINA, present_edges(one, rng, size(40, 5)))
    lengths = [afresh(wiring, "wiring-length", working) for wiring in (one, other)]
    assert_array_equal(*lengths)


def test_inherited_lengths_equal_lengths_computed_afresh():
    """Generations of networks that keep, lose and gain connections, in slots known and new."""
    encoding = layered.build(LayeredNetwork(), load_task("retina"))
    rng, mu, wiring = np.random.default_rng(4), size(60, 8), encoding.wiring
    variation = {"add_connection": 0.4, "delete_connection": 0.4, "weight_changes": 2.0}
    section = VariationSection(**variation)
    genomes = encoding.birth(mu, rng)
    known = afresh(wiring, "wiring-length", encoding.simplify(genomes))
    unchanged = 0
    for _ in range(5):
        parents = rng.integers(0, mu, mu)
        children = replace(encoding, variation=section).vary(genomes, parents, rng)
        pool = np.concatenate((genomes, children))
        working = encoding.simplify(pool)
        ancestors = np.concatenate((np.arange(mu), parents))
        so_far = np.concatenate((known, np.full(mu, np.nan)))
        length = connection_cost.measure(wiring, "wiring-length", working, ancestors, so_far)
        assert_array_equal(length, afresh(wiring, "wiring-length", working))
        assert np.isnan(so_far[mu:]).all()  # what is known is left alone
        unchanged += ((working[:mu] != 0)[parents] == (working[mu:] != 0)).all(axis=1).sum()
        kept = rng.permutation(2 * mu)[:mu]
        genomes, known = pool[kept], length[kept]
    assert 0 < unchanged < 5 * mu


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 17])
@pytest.mark.parametrize("layers", [(2, 1), (4, 3, 2), (2, 2, 1, 2, 1)])
def test_lengths_do_not_depend_on_the_company(layers, n):
    """However many networks are computed at once, with offspring like their parents, unlike them, or empty."""
    rng = np.random.default_rng(10)
    wiring = wire(layers, coarse_positions(layers, rng))
    parents, children = ((rng.random((n, wiring.n_edges)) < 0.5).astype(np.int8) for _ in range(2))
    children[::3], children[1::3] = 2 * parents[::3], 0
    working = simplified(layers, np.concatenate((parents, children)))
    alone = [afresh(wiring, "wiring-length", row[None])[0] for row in working]
    assert afresh(wiring, "wiring-length", working).tolist() == alone
    known = np.concatenate((alone[:n], np.full(n, np.nan)))
    for ancestors in (np.tile(np.arange(n), 2), np.concatenate((np.arange(n), rng.permutation(n)))):
        length = connection_cost.measure(wiring, "wiring-length", working, ancestors, known)
        assert length.tolist() == alone
    of_orphans = np.concatenate((np.full(n, -1), np.arange(n)))  # parents that are computed only now
    length = connection_cost.measure(wiring, "wiring-length", working, of_orphans, np.zeros(2 * n))
    assert length.tolist() == alone


@pytest.mark.parametrize("layers", SHAPES)
def test_mirrored_networks_tie_exactly(layers):
    """Left and right exchanged: the very same length, in every bit."""
    wiring = wire(layers)
    working = simplified(layers, present_edges(wiring, np.random.default_rng(5), size(200, 20)))
    starts = np.cumsum((0, *layers))
    sides = [np.arange(a, b)[::-1] for a, b in pairwise(starts)]
    mirror = np.concatenate(sides)
    place = {edge: k for k, edge in enumerate(naive.edges(layers))}
    pairs = zip(mirror[wiring.source].tolist(), mirror[wiring.target].tolist(), strict=True)
    mirrored = np.ascontiguousarray(working[:, [place[edge] for edge in pairs]])
    lengths = [afresh(wiring, "wiring-length", each) for each in (working, mirrored)]
    assert_array_equal(*lengths)


@pytest.mark.parametrize("name", ["wiring-length", "fixed-length", "connections", "nodes"])
@pytest.mark.parametrize("layers", SHAPES)
def test_networks_without_connections_cost_nothing(layers, name):
    """Empty networks, and those whose connections lead to no output; others cost something."""
    wiring = wire(layers)
    dead = np.zeros((2, wiring.n_edges), np.int8)
    if len(layers) > 2:
        dead[1, 0] = 1  # into a hidden node that reaches nothing
    assert_array_equal(afresh(wiring, name, simplified(layers, dead)), [0.0, 0.0])
    full = np.ones((1, wiring.n_edges), np.int8)
    assert (afresh(wiring, name, full) > 0).all()


def test_wiring_length_is_never_above_the_fixed_length():
    """The best places are no worse than the given ones, and more connections never cost less."""
    wiring, rng = wire(RETINA), np.random.default_rng(6)
    present = present_edges(wiring, rng, size(100, 10))
    working = simplified(RETINA, present)
    best, given = (afresh(wiring, name, working) for name in ("wiring-length", "fixed-length"))
    assert (best <= given + 1 / UNIT).all()
    more = simplified(RETINA, present | (rng.random(present.shape) < 0.1))
    assert (afresh(wiring, "wiring-length", more) >= best).all()


# -------------------------------------------------------------------------------- other measures


@pytest.mark.parametrize("layers", SHAPES)
def test_other_costs_equal_the_oracles(layers):
    """Fixed length, number of connections, number of nodes, each on the simplified network."""
    rng = np.random.default_rng(7)
    wiring = wire(layers, coarse_positions(layers, rng))
    present = present_edges(wiring, rng, size(30, 8))
    working = simplified(layers, present)
    positions = [tuple(point) for point in wiring.positions.tolist()]
    fixed, connections, nodes = (
        afresh(wiring, name, working) for name in ("fixed-length", "connections", "nodes")
    )
    for i, row in enumerate(present):
        edges = connections_of(layers, row)
        assert connections[i] == naive.connection_count(layers, edges)
        assert nodes[i] == naive.node_count(layers, edges)
        exact = float(naive.fixed_length(layers, edges, positions))
        assert_allclose(fixed[i], exact, rtol=1e-12)


# ------------------------------------------------------------------------ behavioural diversity


@pytest.mark.parametrize("shape", [(1, 1, 256), (2, 1, 64), (17, 1, 256), (9, 5, 128), (12, 2, 40)])
def test_diversity_equals_the_oracle(shape):
    """Mean Hamming distance to the pool, bit by bit; padding bits of a word are all 0 here."""
    answers = np.random.default_rng(8).random(shape) < 0.3
    expected = naive.diversity(answers.reshape(shape[0], -1).tolist())
    assert behavioural_diversity.measure(pack(answers)).tolist() == expected


@pytest.mark.parametrize("layers", [(4, 3, 2), (2, 2, 1), (6, 4, 1), (8, 4, 2)])
@pytest.mark.parametrize("gain", [20.0, 1.0])
def test_diversity_of_answers_counts_real_patterns_only(layers, gain):
    """Also where a task has fewer patterns than a word has bits, whichever kernel answered."""
    task = make_task(layers[0], layers[-1])
    encoding = layered.build(LayeredNetwork(layers=layers, gain=gain), task)
    n = size(20, 6)
    genomes = encoding.birth(n, np.random.default_rng(9))
    states = encoding.memory(n)
    yes, _ = encoding.answer(genomes, np.full(n, -1), np.arange(n), states)
    answers = unpack(yes, task.n_patterns).reshape(n, -1)
    assert behavioural_diversity.measure(yes).tolist() == naive.diversity(answers.tolist())


def test_clones_differ_in_nothing():
    """A pool of equals has diversity 0."""
    yes = np.repeat(pack(np.random.default_rng(10).random((1, 2, 64)) < 0.5), 7, axis=0)
    assert not behavioural_diversity.measure(yes).any()
