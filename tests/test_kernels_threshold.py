"""Threshold networks equal the oracle bit by bit."""

from itertools import pairwise

import naive_circuits as naive
import numpy as np
import pytest
from conftest import size
from gene_arrays import NOBODY, all_patterns, change_one, garbage, random_genomes
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from evomod.kernels import threshold

SEEDS = st.integers(0, 2**32 - 1)

FIRING = tuple(range(-3, 9))
NETWORKS = [
    # layers, fan-in of each layer, thresholds, words, number of random networks
    ((8, 8, 4, 2, 1), (3, 3, 3, 2), (1, 2), 4, 40),
    ((8, 8, 4, 2, 1), (3, 3, 3, 2), (-1, 0, 1), 4, 40),
    ((8, 8, 4, 2, 1), (7, 6, 5, 4), FIRING, 4, 15),
    ((8, 8, 4, 2, 1), (3, 3, 3, 2), (1, 0), 1, 60),
    ((4, 4, 2, 1), (2, 2, 2), (0, 1), 1, 150),
    ((3, 2), (3,), FIRING, 1, 300),
    ((3, 2), (1,), (0,), 1, 60),
    ((2, 1), (7,), FIRING, 1, 300),
    ((1, 1), (2,), (-1, 0, 1), 1, 100),
    ((2, 3, 3), (4, 7), (2, -3, 8, 0, 0, 5), 1, 200),
    ((6, 8, 4, 2), (2, 3, 1), (0, 1, -1), 1, 80),
    ((5, 1, 4), (5, 2), FIRING, 1, 100),
    ((8, 12, 6, 3), (1, 2, 3), (0, 1), 4, 20),
    ((3, 16, 3), (6, 7), FIRING, 2, 40),
]
NETWORK_IDS = [
    "-".join(map(str, network[0] + network[1])) + f"-{i}" for i, network in enumerate(NETWORKS)
]
networks = pytest.mark.parametrize("network", NETWORKS, ids=NETWORK_IDS)


class Net:
    """What the kernels are told about networks of one kind."""

    def __init__(self, layers, fan_ins, thresholds, n_words):
        self.layers, self.n_words = layers, n_words
        self.n_inputs, self.n_outputs, self.n_nodes = layers[0], layers[-1], sum(layers)
        self.places = np.array(naive.threshold_places(layers, fan_ins), np.int64)
        self.thresholds = np.array(thresholds, np.int64)
        self.high = np.array(naive.threshold_alphabet(layers, fan_ins, len(thresholds)))
        self.inputs = all_patterns(self.n_inputs, n_words)

    def genomes(self, number, rng):
        """Random genomes: any; lively, thresholds in the middle of the sums; few sources, for doubles."""
        genomes = random_genomes(np.zeros_like(self.high), self.high, number, rng)
        for i, genome in enumerate(genomes):
            for gene, fan_in, _ in self.places:
                last = gene + 2 * fan_in
                if i % 3 == 2:
                    genome[gene:last:2] = rng.choice(rng.integers(0, self.high[gene], 2), fan_in)
                if i % 3 >= 1:
                    middle = genome[gene + 1 : last : 2].sum() - fan_in / 2 - 0.5
                    genome[last] = np.argmin(np.abs(self.thresholds - middle))
        return genomes

    def memory(self, number, rng):
        """States of nobody: garbage below the inputs."""
        states = garbage((number, self.n_nodes + 1, self.n_words), rng)
        states[:, : self.n_inputs] = self.inputs
        return states

    def answer(self, genomes, ancestors=None, slots=None, states=None):
        """The kernel's node rows and effective sets; from scratch if nothing else is said."""
        number, rng = genomes.shape[0], np.random.default_rng(0)
        ancestors = np.full(number, NOBODY) if ancestors is None else np.asarray(ancestors, np.int64)
        slots = rng.permutation(number) if slots is None else np.asarray(slots, np.int64)
        states = self.memory(number, rng) if states is None else states
        owner = np.full(genomes.shape[1], -7)
        threshold.answer(
            genomes, ancestors, self.places, self.thresholds, self.n_outputs, slots, owner, states
        )
        return states[slots, :-1], states[slots, -1, 0]

    def expected(self, genomes):
        """The oracle's node rows and effective sets."""
        inputs, rows, effective = self.inputs.tolist(), [], []
        places, thresholds = self.places.tolist(), self.thresholds.tolist()
        for genome in genomes.tolist():
            neurons, found = naive.threshold_answer(genome, inputs, places, thresholds, self.n_outputs)
            rows.append(inputs + neurons)
            effective.append(found)
        return np.array(rows, np.uint64), np.array(effective, np.uint64)

    def assert_oracle(self, genomes, **how):
        """All rows of all networks are the oracle's."""
        for mine, theirs in zip(self.answer(genomes, **how), self.expected(genomes), strict=True):
            assert_array_equal(mine, theirs)


@networks
def test_random_threshold_networks_equal_the_oracle(network):
    """Every neuron, effective or not, in every pattern; connections that double and cancel."""
    *network, number = network
    net = Net(*network)
    net.assert_oracle(net.genomes(max(3, number // size(1, 4)), np.random.default_rng(16)))


def test_threshold_networks_answer_any_words():
    """Patterns in any order, not those of a truth table."""
    rng, net = np.random.default_rng(17), Net((6, 5, 2), (3, 4), FIRING, 2)
    net.inputs = garbage((6, 2), rng)
    net.assert_oracle(net.genomes(size(40, 6), rng))


@pytest.mark.parametrize("fan_in", range(1, 8))
def test_every_sum_meets_every_threshold(fan_in):
    """One source, p times +1 and the rest -1: from all -1 to all +1, against -9 .. 9."""
    rng, net = np.random.default_rng(fan_in), Net((1, 1), (fan_in,), range(-9, 10), 1)
    genomes = np.zeros(((fan_in + 1) * 19, net.high.size), np.int8)
    for i, genome in enumerate(genomes):
        plus, genome[-1] = divmod(i, 19)
        genome[1 : 2 * rng.permutation(fan_in)[:plus].size : 2] = 1
    net.assert_oracle(genomes)
    rows, effective = net.answer(genomes)
    for i, (row, found) in enumerate(zip(rows, effective, strict=True)):
        plus, place = divmod(i, 19)
        fires = naive.unpack(row[1].tolist())
        assert fires[0] == (place - 9 < 0)
        assert fires[1] == (2 * plus - fan_in > place - 9)
        assert found == 1


@pytest.mark.parametrize("fan_in", range(1, 8))
def test_sums_of_different_sources_meet_every_threshold(fan_in):
    """All patterns of as many inputs as there are connections, every split of signs."""
    net = Net((fan_in, 1), (fan_in,), range(-8, 9), -(-(2**fan_in) // 64))
    genomes = np.zeros(((fan_in + 1) * 17, net.high.size), np.int8)
    genomes[:, 0:-1:2] = np.arange(fan_in)
    for i, genome in enumerate(genomes):
        plus, genome[-1] = divmod(i, 17)
        genome[1 : 2 * plus : 2] = 1
    net.assert_oracle(genomes[:: size(1, 5)])


def test_cancelled_connections_carry_no_effect():
    """+1 and -1 from one neuron are no connection; +1 and +1 count as two."""
    net = Net((2, 2, 1), (1, 2), (0, 1), 1)
    cancelled = [0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0]
    doubled = [0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1]
    both = [0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1]
    genomes = np.array([cancelled, doubled, both], np.int8)
    net.assert_oracle(genomes)
    rows, effective = net.answer(genomes)
    assert effective.tolist() == [0b100, 0b101, 0b111]
    tables = [naive.unpack(row[-1].tolist())[:4] for row in rows]
    assert tables == [[False] * 4, [False, True] * 2, [False] * 3 + [True]]


@networks
def test_inherited_threshold_states_equal_states_from_scratch(network):
    """Generations of equal, once changed, crossed and fatherless children, in memory used again."""
    *network, _ = network
    net, rng = Net(*network), np.random.default_rng(18)
    mu = size(8, 4) if net.n_words < 4 else size(6, 3)
    genomes, states = net.genomes(mu, rng), net.memory(2 * mu + 1, rng)
    slots = rng.permutation(2 * mu + 1)[:mu]
    net.assert_oracle(genomes, slots=slots, states=states)
    for _ in range(size(4, 3)):
        parents = rng.integers(0, mu, mu)
        children = genomes[parents].copy()
        for child in range(mu):
            if child % 3 != 1:
                children[child] = change_one(children[child], net.high, rng)
            if child % 3 == 2:
                cut = rng.integers(1, net.high.size)
                children[child, cut:] = genomes[rng.integers(mu), cut:]
        ancestors = np.concatenate((np.arange(mu), parents))
        ancestors[-1] = NOBODY
        pool = np.concatenate((genomes, children))
        places = np.concatenate((slots, np.setdiff1d(np.arange(2 * mu + 1), slots)[:mu]))
        unused = np.setdiff1d(np.arange(2 * mu + 1), places)
        before = states.copy()
        net.assert_oracle(pool, ancestors=ancestors, slots=places, states=states)
        for untouched in (slots, unused):
            assert_array_equal(states[untouched], before[untouched])
        kept = rng.permutation(2 * mu)[:mu]
        genomes, slots = pool[kept], places[kept]


def test_every_single_change_is_inherited_rightly():
    """Each gene changed to each other value, one at a time, from one parent."""
    rng, net = np.random.default_rng(19), Net((4, 4, 2, 1), (3, 2, 2), (-1, 0, 1), 1)
    parents = net.genomes(size(4, 2), rng)
    for parent in parents:
        pool = [parent]
        for gene, n_values in enumerate(net.high):
            for value in set(range(n_values)) - {parent[gene]}:
                pool.append(parent.copy())
                pool[-1][gene] = value
        pool = np.array(pool)[:: size(1, 4)]
        net.assert_oracle(pool, ancestors=np.append(NOBODY, np.zeros(len(pool) - 1)))


@pytest.mark.parametrize("network", [NETWORKS[1], NETWORKS[4], NETWORKS[9]], ids=str)
def test_a_line_of_networks_answered_at_once_equals_the_oracle(network):
    """Each network is the child of the one before it, equal to it or with one gene changed."""
    net, rng = Net(*network[:4]), np.random.default_rng(20)
    line = [net.genomes(1, rng)[0]]
    for i in range(size(40, 6)):
        line.append(change_one(line[-1], net.high, rng) if i % 4 else line[-1])
    net.assert_oracle(np.array(line), ancestors=np.arange(len(line)) - 1)


def test_answered_networks_are_left_alone():
    """A network that is its own ancestor keeps whatever state it has."""
    rng, net = np.random.default_rng(21), Net((3, 2), (2,), (0, 1), 1)
    states = net.memory(3, rng)
    before = states.copy()
    net.answer(net.genomes(3, rng), ancestors=[0, 1, 2], slots=[2, 0, 1], states=states)
    assert_array_equal(states, before)


@networks
def test_simplified_threshold_networks_equal_the_oracle(network):
    """Places by target, then source; summed weights; none into neurons without effect."""
    layers, *others, _ = network
    net, number = Net(layers, *others), size(40, 5)
    genomes = net.genomes(number, np.random.default_rng(22))
    effective = net.answer(genomes)[1].copy()
    sources = [low for low, up in pairwise(layers) for _ in range(up)]
    first = np.append(0, np.cumsum(sources)).astype(np.int64)
    working = np.full((number, first[-1]), 77, np.int8)
    threshold.simplify(genomes, effective, net.places, first, net.n_inputs, working)
    places = net.places.tolist()
    expected = [naive.threshold_simplify(genome, places, layers) for genome in genomes.tolist()]
    assert_array_equal(working, expected)


@settings(max_examples=size(100, 20), deadline=None, derandomize=True)
@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=5).map(tuple),
    st.lists(st.integers(1, 7), min_size=4, max_size=4),
    st.lists(st.integers(-3, 8), min_size=1, max_size=6),
    SEEDS,
)
def test_threshold_networks_of_any_shape_equal_the_oracle(layers, fan_ins, thresholds, seed):
    """From scratch, and children of one another; a neuron without effect may change as it likes."""
    rng, net = np.random.default_rng(seed), Net(layers, fan_ins[: len(layers) - 1], thresholds, 1)
    genomes = net.genomes(3, rng)
    if (net.high >= 2).any():
        genomes[1] = change_one(genomes[0], net.high, rng)
    net.assert_oracle(genomes)
    net.assert_oracle(genomes, ancestors=[NOBODY, 0, 1])
    rows, effective = net.answer(genomes)
    outputs = rows[:, -net.n_outputs :].copy()
    for i, (gene, fan_in, _) in enumerate(net.places):
        idle = [n for n in range(3) if int(effective[n]) // 2**i % 2 == 0]
        genomes[idle, gene + 2 * fan_in] = rng.integers(0, len(thresholds), len(idle))
    assert_array_equal(net.answer(genomes)[0][:, -net.n_outputs :], outputs)
