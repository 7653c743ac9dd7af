"""Layered networks: birth, variation, answers and simplification equal the oracles bit by bit."""

from dataclasses import replace

import naive
import naive_learning
import naive_real
import numba
import numpy as np
import pytest
from conftest import make_task, run_apart, size
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import stats

from evomod.encodings import layered
from evomod.encodings.layered import LayeredNetwork, RealNetwork, RealVariation
from evomod.encodings.polynomial import polynomial
from evomod.kernels import vectors
from evomod.sections import VariationSection
from evomod.task import load_task, unpack

RETINA = (8, 8, 4, 2, 1)
ALPHABETS = [(-2, -1, 1, 2), (2, -1, 1, 2)]
BIG = (-12, -9, -5, -2, -1, 1, 3, 6, 7, 12)
BIG_BIASES = (-9, -4, -1, 0, 2, 9)

RATES = {
    "retina": {"weight_changes": 2.0, "bias_rate": 1 / 24, "add": 0.2, "delete": 0.2},
    "weights only": {"weight_changes": 5.0, "bias_rate": 0.0, "add": 0.0, "delete": 0.0},
    "biases only": {"weight_changes": 0.0, "bias_rate": 0.3, "add": 0.0, "delete": 0.0},
    "structure only": {"weight_changes": 0.0, "bias_rate": 0.0, "add": 1.0, "delete": 1.0},
    "everything": {"weight_changes": 1e3, "bias_rate": 1.0, "add": 1.0, "delete": 1.0},
}


def integer(layers, **network):
    """An integer encoding with these layers."""
    task = make_task(layers[0], layers[-1])
    return layered.build(LayeredNetwork(layers=layers, **network), task)


def real(layers, **network):
    """A real-valued encoding with these layers."""
    task = make_task(layers[0], layers[-1])
    return layered.build(RealNetwork(encoding="layered-real", layers=layers, **network), task)


def variation(rates, **more):
    """The config section that has these rates."""
    return VariationSection(
        weight_changes=rates["weight_changes"],
        bias_rate=rates["bias_rate"],
        add_connection=rates["add"],
        delete_connection=rates["delete"],
        **more,
    )


def all_kinds(encoding, rng, n_random):
    """An empty genome, a full one, one with one connection, random ones of every density."""
    n = 3 + n_random
    edges = rng.integers(1, encoding.weights.size, (n, encoding.n_edges))
    density = np.concatenate(([0.0, 1.0, 0.0], rng.random(n_random)))
    edges[rng.random(edges.shape) >= density[:, None]] = 0
    edges[2, rng.integers(encoding.n_edges)] = 1
    biases = rng.integers(0, encoding.biases.size, (n, encoding.wiring.n_neurons))
    return np.hstack((edges, biases)).astype(np.int8)


def from_scratch(encoding, genomes):
    """Yes and no of every network as Booleans ``[individual, output, pattern]``."""
    n = genomes.shape[0]
    states = encoding.memory(n)
    bits = encoding.answer(genomes, np.full(n, -1), np.arange(n), states)
    return [unpack(b, encoding.inputs.shape[1]) for b in bits]


def read(encoding, genome):
    """Connections and biases of an integer genome, by the oracle."""
    weights = encoding.weights[1:].tolist()
    return naive.decode(encoding.wiring.layers, genome, weights, encoding.biases.tolist())


def assert_oracle_answers(encoding, genomes):
    """All answers are those of the oracle."""
    yes, no = from_scratch(encoding, genomes)
    for i, genome in enumerate(genomes):
        connections, bias = read(encoding, genome)
        expected = naive.answer(encoding.wiring.layers, connections, bias, encoding.gain)
        assert_array_equal(yes[i], expected[0])
        assert_array_equal(no[i], expected[1])


# ------------------------------------------------------------------------------- birth, variation


@pytest.mark.parametrize("weights", ALPHABETS)
@pytest.mark.parametrize("attempts", [(0, 0), (0, 119), (20, 99), (1, 1), (1500, 1500)])
@pytest.mark.parametrize("layers", [RETINA, (3, 2), (2, 1, 3, 2)])
def test_birth_repeats_the_oracle_draw_by_draw(layers, attempts, weights):
    """Same genomes, and the generator is left in the same state."""
    encoding = integer(layers, weights=weights, initial_connections=attempts)
    mine, theirs = np.random.default_rng(3), np.random.default_rng(3)
    number = size(10, 3)
    genomes = encoding.birth(number, mine)
    biases = encoding.biases.tolist()
    expected = [naive.birth(layers, weights, biases, attempts, theirs) for _ in range(number)]
    assert_array_equal(genomes, expected)
    assert mine.bit_generator.state == theirs.bit_generator.state


def test_births_have_as_many_connections_as_were_drawn_unless_the_last_free_edges_are_not_found():
    """Retina, 0 to 119 connections of 106 places: mean about 58, one in nine complete or nearly."""
    encoding = integer(RETINA, initial_connections=(0, 119))
    genomes = encoding.birth(size(20_000, 2_000), np.random.default_rng(8))
    n = np.count_nonzero(genomes[:, : encoding.n_edges], axis=1)
    assert abs(n.mean() - (sum(range(106)) + 14 * 105.9) / 120) < 4 * n.std() / np.sqrt(n.size)
    drawn = np.arange(0, 100)  # of fewer than a hundred each number is as likely
    counts = np.bincount(n, minlength=107)[drawn]
    expected = n.size / 120
    assert ((counts - expected) ** 2 / expected).sum() < 160  # chi-square, 99 degrees: p = 1e-4
    assert abs((n >= 104).mean() - 16 / 120) < 4 * np.sqrt(0.12 / n.size)


def test_an_edge_is_drawn_as_its_gap_and_ends_are():
    """Birth of one connection: gaps equally often, edges of a gap equally often."""
    encoding = integer(RETINA, initial_connections=(1, 1))
    genomes = encoding.birth(size(40_000, 4_000), np.random.default_rng(9))
    edge = np.argmax(genomes[:, : encoding.n_edges] != 0, axis=1)
    gap = encoding.wiring.layer[encoding.wiring.source[edge]]
    assert np.abs(np.bincount(gap, minlength=4) / edge.size - 0.25).max() < 4 * 0.44 / np.sqrt(edge.size)
    last = np.bincount(edge, minlength=encoding.n_edges)[-2:]  # two places share a quarter
    assert abs(last[0] - last[1]) < 4 * np.sqrt(last.sum())


@pytest.mark.parametrize("seed", range(3))
def test_adding_to_a_nearly_complete_network_is_given_up_now_and_then(seed):
    """The only free edge is one of the first gap's 64: found in V**2 = 529 draws with probability 0.874."""
    encoding = integer(RETINA)
    genomes = np.ones((size(2_000, 60), encoding.n_genes), np.int8)
    genomes[:, 5] = 0
    section = variation(RATES["structure only"] | {"add": 1.0, "delete": 0.0})
    rows = np.arange(genomes.shape[0])
    children = replace(encoding, variation=section).vary(genomes, rows, np.random.default_rng(seed))
    found = (children[:, 5] != 0).mean()
    assert abs(found - (1 - (255 / 256) ** 529)) < 4 * 0.332 / np.sqrt(rows.size)


def test_births_reach_from_empty_to_full():
    """No attempt leaves no connection; very many attempts fill every edge."""
    rng = np.random.default_rng(1)
    empty = integer((3, 2, 1), initial_connections=(0, 0))
    full = integer((3, 2, 1), initial_connections=(500, 500))
    assert not empty.birth(5, rng)[:, : empty.n_edges].any()
    assert full.birth(5, rng)[:, : full.n_edges].all()


@pytest.mark.parametrize("rates", RATES.values(), ids=RATES.keys())
@pytest.mark.parametrize("bias_change", ["resample", "step"])
@pytest.mark.parametrize("weights", ALPHABETS)
@pytest.mark.parametrize("min_connections", [0, 1, 20])
def test_variation_repeats_the_oracle_draw_by_draw(weights, bias_change, rates, min_connections):
    """Empty, full, sparse and random parents: same children, same state of the generator."""
    encoding = integer(RETINA, weights=weights)
    genomes = all_kinds(encoding, np.random.default_rng(4), 5)
    parents = np.random.default_rng(5).permutation(np.repeat(np.arange(8), size(3, 1)))
    section = variation(rates, bias_change=bias_change, min_connections=min_connections)
    mine, theirs = np.random.default_rng(6), np.random.default_rng(6)
    children = replace(encoding, variation=section).vary(genomes, parents, mine)
    counts = len(weights), encoding.biases.size
    asked = {**rates, "bias": rates["bias_rate"]}
    expected = [
        naive.vary(RETINA, genomes[p], *counts, asked, bias_change, min_connections, theirs)
        for p in parents
    ]
    assert_array_equal(children, expected)
    assert mine.bit_generator.state == theirs.bit_generator.state


def assert_share(hits, chance):
    """``hits[child, place]``: each place is hit with this chance, two at once with its square; 5 standard errors."""
    n, both = hits.shape[0], hits.astype(float).T @ hits
    apart = ~np.eye(hits.shape[1], dtype=bool)
    for found, expected in ((hits.sum(axis=0), chance), (both[apart], chance**2)):
        spread = np.sqrt(n * expected * (1 - expected))
        assert (np.abs(found - n * expected) <= 5 * spread + 4).all()  # 4: of rare pairs a few


@pytest.mark.parametrize("bias_change", ["resample", "step"])
@pytest.mark.parametrize(
    "changes, bias_rate", [(2.0, 1 / 24), (0.5, 0.3), (6.0, 0.02), (12.0, 1.0), (100.0, 0.0)]
)
def test_changes_are_binomial(changes, bias_rate, bias_change):
    """Every connection with probability changes / n and every bias at its rate, independently of each other."""
    encoding = integer((4, 3, 2), weights=(-2, -1, 1, 2, 3), biases=(-2, -1, 0, 1, 2))
    n_edges, number = encoding.n_edges, size(20_000, 1500)
    parent = np.full(encoding.n_genes, 3, np.int8)
    parent[n_edges:], parent[:4] = 2, 0
    n = n_edges - 4
    rates = {"weight_changes": changes, "bias_rate": bias_rate, "add": 0.0, "delete": 0.0}
    section, rng = variation(rates, bias_change=bias_change), np.random.default_rng(61)
    rows = np.zeros(number, np.int64)
    children = replace(encoding, variation=section).vary(parent[None], rows, rng)
    moved = children.astype(int) - parent
    assert set(np.unique(moved[:, :n_edges]).tolist()) <= {-1, 0, 1} and not moved[:, :4].any()
    chance = min(1.0, changes / n)
    assert_share(moved[:, 4:n_edges] != 0, chance)
    assert_share(moved[:, 4:n_edges] > 0, chance / 2)
    shares = [(2.0, 1.0)] if bias_change == "step" else [(5.0, v) for v in (-2, -1, 1, 2)]
    for parts, value in shares:
        assert_share(moved[:, n_edges:] == value, bias_rate / parts)
    counts = np.bincount((moved[:, 4:n_edges] != 0).sum(axis=1), minlength=n + 1)
    expected = number * stats.binom.pmf(np.arange(n + 1), n, chance)
    assert (np.abs(counts - expected) <= 5 * np.sqrt(expected) + 4).all()


@pytest.mark.parametrize("add, delete", [(0.2, 0.2), (0.7, 0.9), (0.0, 0.3), (0.4, 0.0)])
def test_connections_come_and_go_independently_at_their_rates(add, delete):
    """Every absent edge by its share of its gap, every present one alike; both, one or none of the two."""
    encoding = integer((4, 3, 2))
    number, rng = size(20_000, 3000), np.random.default_rng(62)
    parent = np.zeros(encoding.n_genes, np.int8)
    parent[[1, 5, 7, 13]] = 1
    rates = {"weight_changes": 0.0, "bias_rate": 0.0, "add": add, "delete": delete}
    rows = np.zeros(number, np.int64)
    children = replace(encoding, variation=variation(rates)).vary(parent[None], rows, rng)
    assert (children[:, encoding.n_edges :] == parent[encoding.n_edges :]).all()
    was, now = parent[: encoding.n_edges] != 0, children[:, : encoding.n_edges] != 0
    gone, new = (was & ~now).sum(axis=1), (now & ~was).sum(axis=1)
    undone = add * delete / 5  # the new connection goes at once
    table = {
        (0, 0): (1 - add) * (1 - delete) + undone,
        (0, 1): add * (1 - delete),
        (1, 0): (1 - add) * delete,
        (1, 1): add * delete - undone,
    }
    for (went, came), chance in table.items():
        found = ((gone == went) & (new == came)).mean()
        assert abs(found - chance) <= 5 * np.sqrt(chance * (1 - chance) / number) + 1e-9
    share = np.where(np.arange(18) < 12, 1 / 24, 1 / 12) * ~was  # two gaps of 12 and 6 edges
    share *= (add - undone) / share.sum()
    for edge in range(18):
        chance = (delete * (1 - add / 5)) / 4 if was[edge] else share[edge]
        found = (now[:, edge] != was[edge]).mean()
        assert abs(found - chance) <= 5 * np.sqrt(chance * (1 - chance) / number) + 1e-9


def test_variation_at_the_fewest_connections_deletes_none():
    """With delete 1 and add 0 a network shrinks to the least number and stays there."""
    encoding = integer((4, 3, 2))
    genomes = all_kinds(encoding, np.random.default_rng(1), 6)
    section = variation(RATES["structure only"] | {"add": 0.0, "weight_changes": 1.0})
    section = section.model_copy(update={"min_connections": 5})
    before = np.count_nonzero(genomes[:, : encoding.n_edges], axis=1)
    for _ in range(encoding.n_edges):
        rng, rows = np.random.default_rng(2), np.arange(genomes.shape[0])
        genomes = replace(encoding, variation=section).vary(genomes, rows, rng)
    after = np.count_nonzero(genomes[:, : encoding.n_edges], axis=1)
    assert_array_equal(after, np.minimum(before, 5))


VANISHING = """
from dataclasses import replace

import numpy as np
from conftest import make_task
from evomod.encodings.layered import LayeredNetwork
from evomod.sections import VariationSection
from evomod.encodings import layered

encoding = layered.build(LayeredNetwork(layers=(4, 3, 2)), make_task(4, 2))
rng = np.random.default_rng(1)
genomes = encoding.birth(8, rng)
section = VariationSection(
    weight_changes=CHANGES, bias_rate=RATE, add_connection=0.0, delete_connection=0.0
)
children = replace(encoding, variation=section).vary(genomes, np.arange(8), rng)
assert (children == genomes).all()
"""


@pytest.mark.parametrize("changes, rate", [(1e-18, 0.0), (0.0, 1e-18), (5e-324, 5e-324)])
def test_vanishing_rates_change_nothing(changes, rate):
    """Probabilities so small that 1 - p is 1: no division by zero, no wild index (own process)."""
    run_apart(VANISHING.replace("CHANGES", str(changes)).replace("RATE", str(rate)))


ALPHABET = st.lists(st.integers(-5, 5).filter(bool), min_size=1, max_size=6).map(tuple)
BIASES = st.lists(st.integers(-5, 5), min_size=1, max_size=6).map(tuple)
LAYERS = st.lists(st.integers(1, 5), min_size=2, max_size=4).map(tuple)
SHARE = st.floats(0.0, 1.0)
SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def sections(draw, fewest_changes=0.01):
    """Any variation section."""
    return VariationSection(
        weight_changes=draw(st.floats(fewest_changes, 50.0)),
        bias_rate=draw(st.one_of(st.just(0.0), st.floats(1e-9, 1.0))),
        bias_change=draw(st.sampled_from(["resample", "step"])),
        add_connection=draw(SHARE),
        delete_connection=draw(SHARE),
        min_connections=draw(st.integers(0, 30)),
        eta=draw(st.floats(0.5, 50.0)),
    )


@settings(max_examples=size(60, 15), deadline=None, derandomize=True)
@given(LAYERS, ALPHABET, BIASES, sections(), SEEDS)
def test_mutation_never_leaves_the_alphabet(layers, weights, biases, section, seed):
    """Every gene stays in its alphabet, at most one connection comes and at most one goes."""
    encoding = integer(layers, weights=weights, biases=biases, initial_connections=(0, 40))
    rng = np.random.default_rng(seed)
    genomes = encoding.birth(4, rng)
    assert encoding.is_valid(genomes).all()
    for _ in range(3):
        parents = rng.integers(0, 4, 4)
        children = replace(encoding, variation=section).vary(genomes, parents, rng)
        assert encoding.is_valid(children).all()
        was, now = (g[:, : encoding.n_edges] != 0 for g in (genomes[parents], children))
        assert (now & ~was).sum(axis=1).max() <= 1
        assert (was & ~now).sum(axis=1).max() <= 1
        genomes = children


@settings(max_examples=size(40, 10), deadline=None, derandomize=True)
@given(LAYERS, sections(0.0), st.floats(-5.0, -0.5), st.floats(0.5, 5.0), SEEDS)
def test_polynomial_mutation_never_leaves_the_range(layers, section, low, high, seed):
    """Real weights and biases stay in their ranges; connections come and go one at a time."""
    encoding = real(layers, weight_range=(low, high), bias_range=(low / 2, high * 2))
    rng = np.random.default_rng(seed)
    genomes = encoding.birth(4, rng)
    assert encoding.is_valid(genomes).all()
    for _ in range(3):
        parents = rng.integers(0, 4, 4)
        children = replace(encoding, variation=section).vary(genomes, parents, rng)
        assert encoding.is_valid(children).all()
        was, now = (g[:, : encoding.n_edges] != 0 for g in (genomes[parents], children))
        assert (now & ~was).sum(axis=1).max() <= 1
        assert (was & ~now).sum(axis=1).max() <= 1
        genomes = children


@pytest.mark.parametrize("min_connections", [0, 4])
@pytest.mark.parametrize("rates", list(RATES.values()), ids=list(RATES))
def test_structure_of_real_valued_networks_varies_as_the_oracle_says_draw_by_draw(
    rates, min_connections
):
    """Empty, full, sparse and random parents, several times each: the same children, hits and state of the generator."""
    layers, ends = (4, 3, 2), (-1.5, 2.0)
    section = variation(rates, min_connections=min_connections)
    encoding = replace(real(layers, weight_range=ends), variation=section)
    rng, n_edges = np.random.default_rng(12), encoding.n_edges
    genomes = rng.uniform(*ends, (size(30, 6), encoding.n_genes))
    genomes[:, :n_edges] *= rng.random((len(genomes), n_edges)) < rng.random((len(genomes), 1))
    genomes[0, :n_edges], genomes[1, 1:n_edges], genomes[2, 0] = 0.0, 0.0, -0.0
    parents = rng.permutation(np.repeat(np.arange(len(genomes)), 2))
    mine, theirs = np.random.default_rng(13), np.random.default_rng(13)
    children, hit = encoding.vary_structure(genomes, parents, mine)
    asked = {**rates, "bias": rates["bias_rate"]}
    expected, hits = naive_real.vary_real_structure(
        layers, genomes[parents].tolist(), asked, ends, min_connections, theirs
    )
    assert_array_equal(children, expected)
    assert_array_equal(hit, hits)
    assert mine.bit_generator.state == theirs.bit_generator.state


@pytest.mark.parametrize("rule", ["sum", "product"])
@pytest.mark.parametrize("rates", list(RATES.values()), ids=list(RATES))
def test_weights_change_by_the_sum_and_product_rules_draw_by_draw(rule, rates):
    """Every hit weight draws a normal number, network by network and gene by gene; biases follow, polynomially."""
    section = RealVariation(**variation(rates).model_dump(), weight_change=rule, change_sd=0.7)
    encoding = replace(real((4, 3, 2), weight_range=(-1.5, 2.0)), variation=section)
    rng = np.random.default_rng(3)
    genomes, parents = encoding.birth(size(40, 8), rng), rng.integers(0, size(40, 8), size(60, 10))
    ours, theirs = np.random.default_rng(4), np.random.default_rng(4)
    children = encoding.vary(genomes, parents, ours)
    expected, hit = encoding.vary_structure(genomes, parents, theirs)
    n_edges = encoding.n_edges
    for child, hits in zip(expected, hit.tolist(), strict=True):
        for gene in range(n_edges):
            if hits[gene]:
                draw = theirs.standard_normal
                child[gene] = naive_real.changed_weight(float(child[gene]), rule, 0.7, (-1.5, 2.0), draw)
    biases = np.flatnonzero(hit[:, n_edges:])
    values = expected[:, n_edges:].copy()
    if biases.size:
        low, high = [encoding.biases[0]] * biases.size, [encoding.biases[1]] * biases.size
        values.put(biases, polynomial(values.take(biases).tolist(), (low, high), section.eta, theirs))
    expected[:, n_edges:] = values
    assert_array_equal(children, expected)
    assert ours.random() == theirs.random() and encoding.is_valid(children).all()


def test_the_product_rule_keeps_zeros_and_small_weights_small():
    section = RealVariation(
        weight_changes=1e3,
        bias_rate=0.0,
        add_connection=0.0,
        delete_connection=0.0,
        weight_change="product",
    )
    encoding = replace(real((8, 4, 1)), variation=section)
    rng = np.random.default_rng(5)
    genomes = encoding.birth(size(200, 20), rng)
    edges = genomes[:, : encoding.n_edges]
    edges[edges != 0.0] = 0.5
    children = encoding.vary(genomes, np.arange(len(genomes)), rng)[:, : encoding.n_edges]
    assert_array_equal(children == 0.0, edges == 0.0)
    ratios = children[edges != 0.0] / 0.5
    assert abs(ratios.mean() - 1.0) < 5 * 0.1 / np.sqrt(ratios.size)
    assert abs(ratios.std() - 0.1) < 5 * 0.1 / np.sqrt(2 * ratios.size)
    grown = replace(encoding, variation=section.model_copy(update={"add_connection": 1.0}))
    more = grown.vary(genomes, np.arange(len(genomes)), rng)[:, : encoding.n_edges]
    fresh = more[(edges == 0.0) & (more != 0.0)]
    assert fresh.size and np.abs(fresh).max() > 1.0  # a new connection is drawn from the whole range


def test_the_default_rule_draws_what_it_always_did():
    encoding, plain = real((4, 3, 2)), variation(RATES["retina"])
    genomes = encoding.birth(20, np.random.default_rng(1))
    found = [
        replace(encoding, variation=section).vary(genomes, np.arange(20), np.random.default_rng(2))
        for section in (plain, RealVariation(**plain.model_dump()))
    ]
    assert_array_equal(*found)


# --------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize("weights", ALPHABETS)
@pytest.mark.parametrize("name", ["retina", "hierarchical-xor", "five-xor"])
def test_answers_of_the_papers_networks_equal_the_oracle(name, weights):
    """256 and 1024 patterns, one to five outputs, every kind of network: bit by bit."""
    encoding = layered.build(LayeredNetwork(weights=weights), load_task(name))
    assert encoding.uses_sign
    assert_oracle_answers(encoding, all_kinds(encoding, np.random.default_rng(7), size(9, 1)))


@pytest.mark.parametrize("layers", [(4, 3, 2, 1), (4, 4), (1, 1), (2, 3, 1, 2), (6, 5, 4), (7, 2)])
def test_answers_of_small_networks_equal_the_oracle(layers):
    """From 2 to 128 patterns: less than a word, a word, two words."""
    encoding = integer(layers)
    assert encoding.uses_sign
    assert_oracle_answers(encoding, all_kinds(encoding, np.random.default_rng(8), size(30, 8)))


def largest_sums(encoding, genomes):
    """``[individual, neuron]``: what a neuron's counters must be able to hold."""
    genes, first = np.abs(encoding.decode(genomes)), encoding.wiring.first
    sums = np.add.reduceat(genes[:, : encoding.n_edges], first[:-1], axis=1)
    return sums + genes[:, encoding.n_edges :]


@pytest.mark.parametrize("layers", [(8, 8, 4, 1), (4, 6, 2), (10, 3, 1)])
def test_answers_with_big_weights_equal_the_oracle(layers):
    """Sums beyond 15 are counted in seven planes; both counters are used in these networks."""
    encoding = integer(layers, weights=BIG, biases=BIG_BIASES if layers[0] < 10 else (-7, 0, 7))
    assert encoding.uses_sign
    genomes = all_kinds(encoding, np.random.default_rng(9), size(9, 2))
    sums = largest_sums(encoding, genomes)
    assert (sums > 15).any() and ((sums > 0) & (sums <= 15)).any()
    assert_oracle_answers(encoding, genomes)


def test_answers_at_the_end_of_the_counter_equal_the_oracle():
    """A sum of 127, the largest that seven planes hold, and all the values around powers of two."""
    encoding = integer((4, 4, 2), weights=(-31, -16, -15, -1, 1, 8, 31), biases=(-3, 0, 3))
    assert encoding.uses_sign
    genomes = all_kinds(encoding, np.random.default_rng(10), size(60, 20))
    genomes[0, : encoding.n_edges], genomes[0, encoding.n_edges :] = 7, 2
    genomes[1, : encoding.n_edges], genomes[1, encoding.n_edges :] = 1, 0
    assert largest_sums(encoding, genomes).max() == 127
    assert_oracle_answers(encoding, genomes)


def test_answers_with_big_biases_equal_the_oracle():
    """Every binary digit of a bias enters the counters, of either sign."""
    encoding = integer((2, 3, 2), biases=(-121, -96, -64, -33, -17, 0, 16, 32, 64, 121))
    assert encoding.uses_sign
    weights = integer((2, 3, 2), weights=(-41, -32, -3, 3, 31, 41), biases=(-4, -1, 0, 1, 4))
    for each in (encoding, weights):
        assert_oracle_answers(each, all_kinds(each, np.random.default_rng(17), size(100, 40)))


def test_answers_around_the_change_of_counters_equal_the_oracle():
    """Neurons whose largest sum is 14, 15, 16 and 17 are all there."""
    encoding = integer((4, 3, 1), weights=(-4, -3, 3, 4, 5), biases=(-2, -1, 0, 1, 2))
    genomes = all_kinds(encoding, np.random.default_rng(11), size(60, 20))
    assert set(largest_sums(encoding, genomes).ravel()) >= {14, 15, 16, 17}
    assert_oracle_answers(encoding, genomes)


def assert_exact_answers(encoding, genomes):
    """Answers from scratch are those of the oracle in integers."""
    layers = encoding.wiring.layers
    found = np.subtract(*(bits.astype(int) for bits in from_scratch(encoding, genomes)))
    for i, genome in enumerate(genomes):
        connections, bias = read(encoding, genome)
        for pattern, inputs in enumerate(np.where(encoding.inputs.T, 1, -1).tolist()):
            expected = naive.signs(layers, connections, bias, inputs)
            assert found[i, :, pattern].tolist() == expected


HEAVY = (-127, -126, -64, -63, -33, -31, -7, -1, 1, 5, 32, 63, 65, 127)
GENERAL = {
    "one weight": {"layers": (5, 33, 3), "weights": (1,), "biases": (0,)},
    "odd": {"layers": (5, 7, 3, 1)},
    "one each": {"layers": (1, 1, 1, 1)},
    "three planes": {"layers": (2, 11, 5, 1), "weights": (-3, -2, -1, 1, 2, 3)},
    "wide": {"layers": (4, 70, 3)},
    "wide twice": {"layers": (3, 65, 66, 2), "weights": (-1, 1)},
    "heavy": {"layers": (5, 7, 3, 1), "weights": HEAVY, "biases": HEAVY},
    "wide, heavy": {"layers": (3, 140, 2), "weights": HEAVY, "biases": (-127, 0, 127)},
    "one heavy": {"layers": (3, 40, 1), "weights": (127,), "biases": (-127,)},
    "fours": {"layers": (4, 9, 2), "weights": (-4, 4), "biases": (0, 1)},
    "many words": {"layers": (9, 5, 1), "weights": (-5, -2, 1, 4)},
    "more words": {"layers": (10, 3, 3, 2)},
}


@pytest.mark.parametrize("network", GENERAL.values(), ids=GENERAL.keys())
def test_answers_of_any_network_equal_the_oracle(network):
    """Odd layers, more than 64 neurons, few genes, any weight, sums of any size, words from one to 16."""
    encoding = integer(**network)
    assert encoding.uses_sign
    few = encoding.n_edges > 1000 or network["layers"][0] > 8
    genomes = all_kinds(encoding, np.random.default_rng(21), size(5 if few else 20, 1))
    assert_exact_answers(encoding, genomes)


def test_answers_of_the_largest_sums_equal_the_oracle():
    """All weights 127 and all -127: the sum's highest digit, and sums that differ by a bias alone."""
    encoding = integer((2, 300, 2), weights=(-127, 127), biases=(-127, -1, 0, 1, 127))
    assert encoding.bias_words.shape[1] == 16 and encoding.uses_sign
    genomes = np.zeros((12, encoding.n_genes), np.int8)
    for i, genome in enumerate(genomes):
        genome[: encoding.n_edges] = np.resize([1 + i % 2, 1 + i // 6], encoding.n_edges)
        genome[encoding.n_edges :] = np.resize([i % 5, 4, 0, 2], encoding.wiring.n_neurons)
    assert_exact_answers(encoding, genomes)


@pytest.mark.parametrize(
    "network",
    [
        {"layers": RETINA},
        {"layers": (4, 70, 5, 1)},
        {"layers": (3, 40, 2), "weights": HEAVY, "biases": HEAVY},
        {"layers": (9, 5, 3, 2)},
        {"layers": (2, 2, 1)},
        {"layers": RETINA, "weights": (2, -1, 1, 2)},
        {"layers": (4, 3, 2)},
        {"layers": (8, 6, 2), "weights": BIG, "biases": BIG_BIASES},
        {"layers": (5, 4, 2), "gain": 0.7},
    ],
    ids=["retina", "wide", "heavy", "words", "tiny", "retina 2", "small", "big", "float"],
)
@pytest.mark.parametrize("rates", ["retina", "everything"])
def test_inherited_answers_equal_answers_from_scratch(network, rates):
    """A chain of generations in which only what mutation touched is computed anew."""
    encoding = integer(**network)
    rng, mu = np.random.default_rng(12), size(20, 6)
    section = variation(RATES[rates] | {"weight_changes": 2.0})
    states = encoding.memory(2 * mu)
    if encoding.uses_sign:
        states[:] = rng.integers(0, 2**63, states.shape)
    genomes, slots = encoding.birth(mu, rng), rng.permutation(2 * mu)[:mu]
    encoding.answer(genomes, np.full(mu, -1), slots, states)
    for _ in range(size(6, 2)):
        parents = rng.integers(0, mu, mu)
        children = replace(encoding, variation=section).vary(genomes, parents, rng)
        pool = np.concatenate((genomes, children))
        ancestors = np.concatenate((np.arange(mu), parents))
        places = np.concatenate((slots, np.setdiff1d(np.arange(2 * mu), slots)))
        answers = encoding.answer(pool, ancestors, places, states)
        for inherited, fresh in zip(answers, from_scratch(encoding, pool), strict=True):
            assert_array_equal(unpack(inherited, encoding.inputs.shape[1]), fresh)
        kept = rng.permutation(2 * mu)[:mu]
        genomes, slots = pool[kept], places[kept]


@pytest.mark.parametrize("gain", [19.1, 20.0, 300.0])
@pytest.mark.parametrize(
    "layers, weights", [(RETINA, ALPHABETS[0]), ((8, 6, 2), BIG), ((4, 90, 2), HEAVY)]
)
def test_sign_kernel_equals_float_kernel(layers, weights, gain):
    """Where sign is proved to be tanh, both kernels give the same bits."""
    encoding = integer(layers, weights=weights, gain=gain)
    assert encoding.uses_sign
    genomes = all_kinds(encoding, np.random.default_rng(13), size(20, 3))
    by_sign, by_tanh = (
        from_scratch(replace(encoding, uses_sign=uses_sign), genomes) for uses_sign in (True, False)
    )
    assert_array_equal(by_sign, by_tanh)


@pytest.mark.parametrize("gain", [0.3, 1.0, 20.0])
@pytest.mark.parametrize("layers", [RETINA, (4, 3, 2)])
def test_real_answers_equal_the_oracle(layers, gain):
    """Wherever an output is not within 1e-9 of 0 its sign is the oracle's."""
    encoding = real(layers, gain=gain, initial_connections=(0, 100))
    genomes = encoding.birth(size(8, 2), np.random.default_rng(14))
    genomes[0, : encoding.n_edges] = 0.0
    genomes[-1, : encoding.n_edges] = np.random.default_rng(15).uniform(-2, 2, encoding.n_edges)
    yes, no = from_scratch(encoding, genomes)
    places, neurons = naive.edges(layers), range(layers[0], sum(layers))
    clear = 0
    for i, genome in enumerate(genomes.tolist()):
        weights, biases = genome[: len(places)], genome[len(places) :]
        connections = {e: w for e, w in zip(places, weights, strict=True) if w != 0}
        bias = dict(zip(neurons, biases, strict=True))
        for pattern, inputs in enumerate(np.where(encoding.inputs.T, 1, -1).tolist()):
            values = np.array(naive.outputs(layers, connections, bias, inputs, gain))
            sure = np.abs(values) > 1e-9
            clear += sure.sum()
            assert_array_equal(yes[i, sure, pattern], values[sure] > 0)
            assert_array_equal(no[i, sure, pattern], values[sure] < 0)
    assert clear > 0.95 * yes.size


@pytest.mark.parametrize("gain", [0.3, 1.0, 20.0, 1e3])
@pytest.mark.parametrize(
    "layers",
    [RETINA, (4, 3, 2), (1, 1), (2, 3, 1), (3, 2), (5, 1, 70, 2), (10, 2, 3, 1)],
)
def test_real_answers_equal_the_oracle_operation_by_operation(layers, gain):
    """From 2 to 1024 patterns, more than 64 neurons: every sign, ties and saturated sums among them."""
    encoding, rng = real(layers, gain=gain, initial_connections=(0, 200)), np.random.default_rng(24)
    genomes = encoding.birth(size(6, 1) if layers[0] < 10 else 2, rng)
    whole = np.where(rng.random(genomes.shape) < 0.5, np.round(genomes), genomes)  # sums of exactly 0
    genomes = np.concatenate((genomes, np.round(genomes), whole))
    signs = np.subtract(*(bits.astype(int) for bits in from_scratch(encoding, genomes)))
    places, neurons = naive.edges(layers), range(layers[0], sum(layers))
    patterns = rng.permutation(encoding.inputs.shape[1])[: size(64, 8)]
    for i, genome in enumerate(genomes.tolist()):
        weights, biases = genome[: len(places)], genome[len(places) :]
        connections = {e: w for e, w in zip(places, weights, strict=True) if w != 0}
        bias = dict(zip(neurons, biases, strict=True))
        for pattern in patterns.tolist():
            inputs = np.where(encoding.inputs[:, pattern], 1.0, -1.0).tolist()
            expected = naive_real.real_signs(layers, connections, bias, inputs, gain)
            assert signs[i, :, pattern].tolist() == expected


def test_tanh_of_the_kernel_is_within_3e_16_and_saturates_exactly():
    """It equals the oracle bit by bit, which is compared with the library's tanh."""
    rng = np.random.default_rng(25)
    n = size(20_000, 500)
    some = np.concatenate(
        (rng.normal(0, 1, n), rng.uniform(-25, 25, n), 10.0 ** rng.uniform(-320, 300, n))
    )
    x = np.concatenate((some, [0.0, -0.0, 18.8, 19.1, 1e307, np.inf, -np.inf, 5e-324]))
    squash, values = numba.njit(lambda row: vectors.squash(1.0, row, row.size)), x.copy()
    squash(values)
    assert values.tolist() == [naive.squashed(one) for one in x.tolist()]
    assert np.abs(values - np.tanh(x)).max() <= 3e-16
    assert (values[np.abs(x) >= 19.1] == np.sign(x[np.abs(x) >= 19.1])).all()
    assert_array_equal(np.signbit(values), np.signbit(x))


LEARNING = [
    *((layers, gain, (-2.0, 2.0)) for layers in (RETINA, (4, 3, 2), (2, 3, 1)) for gain in (0.3, 1.0, 20.0)),
    ((1, 1), 1.0, (-2.0, 2.0)),
    ((10, 2, 3, 1), 1.0, (-8.0, 8.0)),  # two blocks and more of patterns
    ((4, 1, 5, 2), 1.0, (-0.05, 3.0)),  # weights at the ends of their range before they learn
    ((4, 2, 1), 1.0, (1.0, 2.0)),  # no small weight is allowed
    ((4, 3, 2), 1.0, (0.0, 2.0)),  # weights that become 0
]  # fmt: skip


@pytest.mark.parametrize(("layers", "gain", "ends"), LEARNING)
@pytest.mark.parametrize("steps", [1, 7])
def test_learned_genomes_equal_the_oracle_bit_by_bit(layers, gain, ends, steps):
    """Empty, full and random networks; some outputs are not counted."""
    encoding = real(layers, gain=gain, weight_range=ends, bias_range=ends)
    rng = np.random.default_rng(steps)
    genomes = encoding.birth(size(4, 2), rng)
    genomes[0, : encoding.n_edges] = 0.0
    genomes[-1, : encoding.n_edges] = rng.uniform(*ends, encoding.n_edges)
    shape = (layers[-1], encoding.inputs.shape[1])
    wanted = np.where(rng.random(shape) < 0.5, 1.0, -1.0) * (rng.random(shape) < 0.8)
    before, _ = encoding.learned(genomes, wanted, 0, np.random.default_rng(3))
    after, errors = encoding.learned(genomes, wanted, steps, np.random.default_rng(3))
    places, neurons = naive.edges(layers), range(layers[0], sum(layers))
    for genome, result, error in zip(before.tolist(), after.tolist(), errors.tolist(), strict=True):
        connections = {e: w for e, w in zip(places, genome, strict=False) if w != 0}
        bias = dict(zip(neurons, genome[len(places) :], strict=True))
        weights, biases = naive_learning.learned(
            layers, connections, bias, wanted.tolist(), gain, steps, 0.1 / gain, (ends, ends)
        )
        assert result == [weights.get(e, 0.0) for e in places] + [biases[n] for n in neurons]
        wanted_error = naive_learning.mean_squared_error(layers, weights, biases, wanted.tolist(), gain)
        assert error == pytest.approx(wanted_error, abs=1e-12)


def test_before_learning_all_have_the_same_small_numbers_in_their_connections():
    encoding = real((4, 3, 2), gain=2.0, weight_range=(-2.0, 2.0), bias_range=(-0.1, 0.1))
    genomes = encoding.birth(50, np.random.default_rng(1))
    wanted = np.ones((2, 16))
    newborn, _ = encoding.learned(genomes, wanted, 0, np.random.default_rng(5))
    edges = encoding.n_edges
    assert_array_equal(newborn[:, :edges] != 0, genomes[:, :edges] != 0)
    weights, biases = newborn[:, :edges], newborn[:, edges:]
    assert all(np.unique(column[column != 0]).size <= 1 for column in weights.T)
    assert (np.ptp(biases, axis=0) == 0).all() and np.unique(biases[0]).size == biases.shape[1]
    assert np.abs(weights).max() <= 0.25 < 3 * np.abs(weights).max() and np.abs(biases).max() <= 0.1
    taught, errors = encoding.learned(genomes, wanted, 30, np.random.default_rng(5))
    assert encoding.is_valid(taught).all() and (errors < 0.1).any()
    _, none = encoding.learned(genomes, 0.0 * wanted, 1, np.random.default_rng(5))
    assert_array_equal(none, 0.0)


def test_real_answers_are_inherited_where_what_matters_is_equal():
    """A gene of what leads to no output changes nothing, one of what leads to an output does."""
    encoding, rng = real((4, 5, 3, 1)), np.random.default_rng(26)
    mu = size(20, 6)
    states, section = encoding.memory(2 * mu), variation(RATES["retina"])
    states[:] = 7
    genomes, slots = encoding.birth(mu, rng), rng.permutation(2 * mu)[:mu]
    encoding.answer(genomes, np.full(mu, -1), slots, states)
    for _ in range(size(20, 3)):
        parents = rng.integers(0, mu, mu)
        pool = np.concatenate(
            (genomes, replace(encoding, variation=section).vary(genomes, parents, rng))
        )
        ancestors = np.concatenate((np.arange(mu), parents))
        places = np.concatenate((slots, np.setdiff1d(np.arange(2 * mu), slots)))
        answers = encoding.answer(pool, ancestors, places, states)
        for inherited, fresh in zip(answers, from_scratch(encoding, pool), strict=True):
            assert_array_equal(unpack(inherited, 16), fresh)
        kept = rng.permutation(2 * mu)[:mu]
        genomes, slots = pool[kept], places[kept]


def test_genomes_of_another_type_and_order_in_memory_answer_alike():
    """An operator of one's own may return 64-bit genes, in columns."""
    encoding = integer(RETINA)
    genomes = all_kinds(encoding, np.random.default_rng(22), 5)
    expected = from_scratch(encoding, genomes)
    for other in (genomes.astype(np.int64), np.asfortranarray(genomes)):
        assert_array_equal(from_scratch(encoding, other), expected)


def test_a_dead_network_says_nothing():
    """Without connections and biases every output is exactly 0: neither yes nor no."""
    for encoding, dtype in ((integer(RETINA, biases=(0,)), np.int8), (real(RETINA), float)):
        yes, no = from_scratch(encoding, np.zeros((2, encoding.n_genes), dtype))
        assert not yes.any() and not no.any()


# -------------------------------------------------------------------------------- simplification


@pytest.mark.parametrize("layers", [RETINA, (4, 3, 2), (2, 2), (3, 4, 4, 2)])
def test_simplification_equals_the_oracle(layers):
    """Only what leads to an output is left, with its genes; likewise for real-valued networks."""
    encoding = integer(layers)
    genomes = all_kinds(encoding, np.random.default_rng(16), size(60, 20))
    working, edges = encoding.simplify(genomes), genomes[:, : encoding.n_edges]
    places = naive.edges(layers)
    for kept, genome in zip(working, genomes, strict=True):
        expected = naive.simplify(layers, read(encoding, genome)[0])
        assert {places[k] for k in np.flatnonzero(kept)} == expected
    assert_array_equal(working[working != 0], edges[working != 0])
    assert (working != edges).any() or len(layers) == 2
    weights = np.where(edges != 0, -0.5, 0.0)
    values = np.hstack((weights, np.zeros((len(genomes), encoding.wiring.n_neurons))))
    assert_array_equal(real(layers).simplify(values) != 0, working != 0)


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 17])
@pytest.mark.parametrize("layers", [RETINA, (2, 1), (2, 2, 1), (3, 3, 3, 3, 1)])
def test_simplification_does_not_depend_on_the_company(layers, n):
    """However many networks are done at once, and whether their parents are done only now."""
    encoding, rng = integer(layers), np.random.default_rng(19)
    parents = all_kinds(encoding, rng, n)[:n]
    children = np.where(rng.random(parents.shape) < 0.1, 0, parents).astype(np.int8)
    children[::3] = parents[::3]
    pool = np.concatenate((parents, children))
    alone = [encoding.simplify(row[None])[0].tolist() for row in pool]
    assert encoding.simplify(pool).tolist() == alone
    ancestors = np.concatenate((np.full(n, -1), np.arange(n)))
    assert encoding.simplify(pool, ancestors).tolist() == alone


@pytest.mark.parametrize("make", [integer, real])
@pytest.mark.parametrize("layers", [RETINA, (4, 3, 2), (2, 2)])
def test_inherited_simplification_equals_simplification_afresh(layers, make):
    """Children with the parent's connections, with other weights, and with other connections."""
    encoding = make(layers, initial_connections=(0, 60))
    rng, mu = np.random.default_rng(18), size(60, 8)
    section = variation(RATES["retina"] | {"add": 0.4, "delete": 0.4})
    genomes = encoding.birth(mu, rng)
    known = encoding.simplify(genomes)
    parents = rng.integers(0, mu, mu)
    pool = np.concatenate((genomes, replace(encoding, variation=section).vary(genomes, parents, rng)))
    ancestors = np.concatenate((np.arange(mu), parents))
    assert_array_equal(encoding.simplify(pool, ancestors, known), encoding.simplify(pool))
    there = pool[:, : encoding.n_edges] != 0
    inherited = (there[parents] == there[mu:]).all(axis=1)
    assert inherited.any() and not inherited.all()
