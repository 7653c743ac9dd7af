"""Circuits equal the oracle bit by bit."""

from functools import cache

import naive_circuits as naive
import numpy as np
import pytest
from conftest import make_task, size
from gene_arrays import NOBODY, all_patterns, change_one, garbage, random_genomes
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from evomod.encodings import circuit as circuits
from evomod.encodings.circuit import CircuitNetwork
from evomod.kernels import circuit, vectors

NAND, AND, OR, NOR = range(4)
ALL_KINDS = (NAND, AND, OR, NOR)
SEEDS = st.integers(0, 2**32 - 1)

SHAPES = [
    # inputs, gates, outputs, number of random circuits
    (2, 1, 1, 150),
    (2, 2, 2, 300),
    (2, 4, 1, 300),
    (3, 3, 3, 200),
    (4, 5, 2, 120),
    (4, 12, 1, 120),
    (4, 12, 3, 60),
    (5, 9, 2, 50),
    (6, 12, 3, 25),
    (6, 26, 1, 12),
    (6, 26, 2, 12),
]


def gene_sizes(n_inputs, n_gates, n_outputs, n_kinds):
    """How many values each gene of a circuit has."""
    nodes = n_inputs + n_gates
    return np.array([nodes, nodes, n_kinds] * n_gates + [nodes] * n_outputs)


def random_circuits(shape, n_kinds, number, rng):
    """Random genomes; the later ones name ever fewer different nodes, hence more loops and doubles."""
    n_inputs, n_gates, n_outputs = shape
    high = gene_sizes(*shape, n_kinds)
    genomes = random_genomes(np.zeros_like(high), high, number, rng)
    for i in range(number // 2, number):
        few = rng.choice(n_inputs + n_gates, min(4, n_inputs + n_gates), replace=False)
        chosen = rng.choice(few, (n_gates, 2))
        for g in range(n_gates):
            genomes[i, 3 * g : 3 * g + 2] = chosen[g]
        genomes[i, 3 * n_gates :] = rng.choice(few, n_outputs)
    return genomes


def feed_forward(shape, n_kinds, number, rng):
    """Random genomes whose gates name earlier nodes only."""
    n_inputs, n_gates, _ = shape
    high = gene_sizes(*shape, n_kinds)
    for g in range(n_gates):
        high[3 * g : 3 * g + 2] = n_inputs + g
    return random_genomes(np.zeros_like(high), high, number, rng)


def answer(
    genomes, inputs, functions, n_steps, ternary, n_outputs, ancestors=None, slots=None, states=None
):
    """The kernel, with its arguments as arrays; from scratch if nothing else is said."""
    number, n_gates = genomes.shape[0], (genomes.shape[1] - n_outputs) // 3
    rng = np.random.default_rng(0)
    ancestors = np.full(number, NOBODY) if ancestors is None else np.asarray(ancestors, np.int64)
    slots = rng.permutation(number) if slots is None else np.asarray(slots, np.int64)
    if states is None:
        states = garbage((number, 2 * n_outputs + 1), rng)
    shape = np.array([n_gates, n_steps, ternary], np.int64)
    functions = np.array(functions, np.int64)
    work, pairs = garbage(8 * (len(inputs) + n_gates), rng), garbage((2, n_gates, 2), rng)
    before = states.copy()
    circuit.answer(genomes, ancestors, inputs, functions, shape, slots, states, work, pairs)
    if fits_sixteen(len(inputs), n_gates, ternary):
        assert_sixteen_alike(genomes, ancestors, inputs, functions, shape, slots, before, states)
    return states[slots]


def fits_sixteen(n_inputs, n_gates, ternary):
    """Whether the quicker kernel takes circuits of this shape."""
    is_small = n_inputs <= circuit.MOST_INPUTS and n_inputs + n_gates <= circuit.MOST_NODES
    return is_small and n_gates >= circuit.FEWEST_GATES and not ternary


def assert_sixteen_alike(genomes, ancestors, inputs, functions, shape, slots, states, expected):
    """The quicker kernel says the same of sixteen patterns, from the same memory, and writes into no other slot."""
    rng, n_gates = np.random.default_rng(1), int(shape[0])
    work, sets = rng.integers(0, 256, (11, 16)).astype(np.uint8), garbage(16, rng).astype(np.uint16)
    places = circuit.places_of_genes(len(inputs), n_gates)
    circuit.answer_sixteen(
        genomes, ancestors, inputs, functions, shape, slots, states, places, work, sets
    )
    counted = np.full(states.shape[1], 0xFFFF, np.uint64)
    counted[-1] = 2**64 - 1
    assert_array_equal(states & counted, expected & counted)


@cache
def oracle(genome, inputs, functions, n_gates, n_steps, ternary):
    """What the oracle says, once for each circuit."""
    return naive.circuit_answer(genome, inputs, functions, n_gates, n_steps, ternary)


def expected_states(genomes, inputs, functions, n_steps, ternary, n_outputs):
    """States of these circuits by the oracle."""
    n_gates = (genomes.shape[1] - n_outputs) // 3
    words, asked = tuple(inputs.tolist()), (tuple(functions), n_gates, n_steps, bool(ternary))
    rows = [oracle(tuple(genome), words, *asked) for genome in genomes.tolist()]
    return np.array(rows, np.uint64)


def assert_oracle_circuits(genomes, inputs, functions, n_steps, ternary, n_outputs):
    """All states are the oracle's; they are handed back."""
    states = answer(genomes, inputs, functions, n_steps, ternary, n_outputs)
    wanted = expected_states(genomes, inputs, functions, n_steps, ternary, n_outputs)
    assert_array_equal(states, wanted)
    return states


@pytest.mark.parametrize("ternary", [0, 1])
@pytest.mark.parametrize("functions", [(NAND,), (AND, OR, NAND), (NOR, NAND, OR, AND)], ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_random_circuits_equal_the_oracle(shape, functions, ternary):
    """Cycles, self loops, doubled sources, outputs that are inputs; few and many steps."""
    *shape, number = shape
    rng = np.random.default_rng(sum(shape) + len(functions))
    inputs = all_patterns(shape[0])[:, 0]
    for n_steps in (1, 2, 7, 20):
        genomes = random_circuits(shape, len(functions), -(-number // size(4, 10)), rng)
        assert_oracle_circuits(genomes, inputs, functions, n_steps, ternary, shape[2])


@pytest.mark.parametrize("ternary", [0, 1])
def test_all_64_patterns_are_simulated(ternary):
    """Words of any bits, patterns in any order, not those of a truth table."""
    rng = np.random.default_rng(7)
    for n_steps in (1, 3, 9):
        genomes = random_circuits((5, 7, 2), 4, size(60, 10), rng)
        assert_oracle_circuits(genomes, garbage(5, rng), ALL_KINDS, n_steps, ternary, 2)


@pytest.mark.parametrize("n_steps", [1, 2, 3, 5, 8, 16, 17, 30, 35, 100])
def test_steps_around_the_period_of_an_oscillation_equal_the_oracle(n_steps):
    """Small circuits, most of them cyclic, watched for a short and a very long time."""
    rng = np.random.default_rng(8)
    genomes = random_circuits((2, 4, 2), 4, size(150, 12), rng)
    assert_oracle_circuits(genomes, all_patterns(2)[:, 0], ALL_KINDS, n_steps, 0, 2)


@pytest.mark.parametrize("n_steps", [1, 2, 3, 7, 20, 45])
@pytest.mark.parametrize(
    "shape", [(1, 6, 2), (2, 14, 3), (3, 7, 1), (4, 6, 4), (4, 12, 1), (4, 12, 3)], ids=str
)
def test_circuits_of_sixteen_nodes_equal_the_oracle(shape, n_steps):
    """Random circuits, rings of every length with their periods of up to 28 steps, and outputs that are inputs."""
    n_inputs, n_gates, n_outputs = shape
    assert fits_sixteen(n_inputs, n_gates, 0)
    rng = np.random.default_rng(19)
    genomes = random_circuits(shape, 4, size(40, 4), rng)
    rings = random_circuits(shape, 4, n_gates, rng)
    for length, ring in enumerate(rings, start=1):
        for gate in range(length):
            before = n_inputs + (gate - 1) % length
            ring[3 * gate : 3 * gate + 3] = before, before, 0
        ring[3 * n_gates :] = n_inputs + rng.integers(0, length, n_outputs)
    genomes[0, 3 * n_gates :] = rng.integers(0, n_inputs, n_outputs)
    all_of_them = np.concatenate((genomes, rings))
    assert_oracle_circuits(all_of_them, all_patterns(n_inputs)[:, 0], ALL_KINDS, n_steps, 0, n_outputs)


def test_the_quicker_kernel_runs_where_it_can():
    """On this machine, of the papers' circuits and small layers of gates; not of others."""
    four = make_task(4)
    small = CircuitNetwork(encoding="circuit")
    assert (circuits.build(small, four).places is not None) == vectors.CAN_PICK
    for network, task in (
        (small.model_copy(update={"feedback": "ternary"}), four),
        (small.model_copy(update={"gates": 13}), four),
        (small.model_copy(update={"gates": 5}), four),
        (small, make_task(5)),
    ):
        assert circuits.build(network, task).places is None


def every_circuit(n_inputs, n_gates, functions):
    """All genomes of a tiny circuit of one output."""
    high = gene_sizes(n_inputs, n_gates, 1, len(functions))
    return np.array(list(np.ndindex(*high)), np.int8)


@pytest.mark.parametrize("ternary", [0, 1])
@pytest.mark.parametrize(
    "n_inputs, n_gates, functions",
    [(1, 1, ALL_KINDS), (2, 1, ALL_KINDS), (1, 2, (NAND,)), (1, 2, (OR, AND))],
)
def test_every_tiny_circuit_equals_the_oracle(n_inputs, n_gates, functions, ternary):
    """Each genome there is."""
    genomes = every_circuit(n_inputs, n_gates, functions)[:: size(1, 3)]
    inputs = all_patterns(n_inputs)[:, 0]
    for n_steps in (1, 2, 3, 4):
        assert_oracle_circuits(genomes, inputs, functions, n_steps, ternary, 1)


@pytest.mark.parametrize("shape", [(2, 3, 1), (3, 8, 3), (4, 12, 2), (6, 26, 1)], ids=str)
def test_feed_forward_circuits_give_one_answer_under_both_semantics(shape):
    """With steps enough both semantics are plain logic: everybody says yes or no, everywhere."""
    rng, n_outputs, inputs = np.random.default_rng(9), shape[2], all_patterns(shape[0])[:, 0]
    genomes = feed_forward(shape, 4, size(40, 5), rng)
    plain = assert_oracle_circuits(genomes, inputs, ALL_KINDS, shape[1], 0, n_outputs)
    for n_steps in (1, 2, shape[1]):  # longer paths than steps change nothing in three-valued logic
        states = assert_oracle_circuits(genomes, inputs, ALL_KINDS, n_steps, 1, n_outputs)
        assert_array_equal(states, plain)
    yes, no = plain[:, :n_outputs], plain[:, n_outputs : 2 * n_outputs]
    assert_array_equal(yes ^ no, np.full_like(yes, 2**64 - 1))


@pytest.mark.parametrize("n_steps", [1, 2, 3, 4])
def test_feed_forward_circuits_with_too_few_steps_equal_the_oracle(n_steps):
    """Gates that have not settled yet are unsteady."""
    genomes = feed_forward((4, 12, 2), 4, size(60, 6), np.random.default_rng(10))
    assert_oracle_circuits(genomes, all_patterns(4)[:, 0], ALL_KINDS, n_steps, 0, 2)


def test_cycles_without_effect_change_nothing():
    """Gates that lead to no output may oscillate; the others are plain logic."""
    rng, shape = np.random.default_rng(11), (4, 6, 2)
    small, inputs = feed_forward(shape, 4, size(60, 8), rng), all_patterns(4)[:, 0]
    idle = rng.integers(4, 14, (small.shape[0], 12)).astype(np.int8)
    idle[:, 2::3] = rng.integers(0, 4, (small.shape[0], 4))
    larger = np.hstack((small[:, :18], idle, small[:, 18:]))
    for ternary in (0, 1):
        states = assert_oracle_circuits(small, inputs, ALL_KINDS, 6, ternary, 2)
        assert_array_equal(assert_oracle_circuits(larger, inputs, ALL_KINDS, 6, ternary, 2), states)


def by_hand(gates, outputs, n_inputs, n_steps, ternary):
    """Yes and no [output][pattern of the truth table] and effective gates of one circuit."""
    genome = np.array([[gene for gate in gates for gene in gate] + list(outputs)], np.int8)
    inputs = all_patterns(n_inputs)[:, 0]
    state = assert_oracle_circuits(genome, inputs, ALL_KINDS, n_steps, ternary, len(outputs))[0]
    words = [[bool(bit) for bit in naive.unpack([word])[: 2**n_inputs]] for word in state.tolist()]
    m = len(outputs)
    return words[:m], words[m : 2 * m], int(state[-1])


@pytest.mark.parametrize("n_steps, ternary", [(3, 0), (4, 0), (20, 0), (1, 1), (20, 1)])
def test_four_nands_are_exclusive_or(n_steps, ternary):
    """Its truth table; three steps are enough."""
    gates = [(0, 1, NAND), (0, 2, NAND), (1, 2, NAND), (3, 4, NAND)]
    yes, no, effective = by_hand(gates, [5], 2, n_steps, ternary)
    assert yes == [[False, True, True, False]]
    assert no == [[True, False, False, True]]
    assert effective == 0b1111


def test_four_nands_need_three_steps():
    """After two updates from 0, pattern 00 still says yes; the watch finds it unsteady."""
    gates = [(0, 1, NAND), (0, 2, NAND), (1, 2, NAND), (3, 4, NAND)]
    yes, no, _ = by_hand(gates, [5], 2, 2, 0)
    assert (yes, no) != ([[False, True, True, False]], [[True, False, False, True]])
    assert not yes[0][0] and not yes[0][3]


@pytest.mark.parametrize("n_steps", [1, 2, 3, 6, 7, 20])
@pytest.mark.parametrize("ternary", [0, 1])
@pytest.mark.parametrize("length", [1, 3, 5])
def test_rings_of_inverters_say_nothing(length, ternary, n_steps):
    """A ring of an odd number of NANDs oscillates in every pattern."""
    ring = [(1 + (g - 1) % length,) * 2 + (NAND,) for g in range(length)]
    for output in range(length):
        yes, no, effective = by_hand(ring, [1 + output], 1, n_steps, ternary)
        assert yes == no == [[False, False]]
        assert effective == 2**length - 1


@pytest.mark.parametrize("n_steps", [1, 2, 9])
def test_a_gate_that_names_itself(n_steps):
    """NAND(x, itself) oscillates if x is 1; AND keeps the 0 it started from, if it has a start."""
    yes, no, effective = by_hand([(0, 1, NAND)], [1], 1, n_steps, 0)
    assert (yes, no, effective) == ([[True, False]], [[False, False]], 1)
    assert by_hand([(0, 1, NAND)], [1], 1, n_steps, 1) == (yes, no, effective)
    assert by_hand([(1, 1, AND)], [1], 1, n_steps, 0) == ([[False] * 2], [[True] * 2], 1)
    assert by_hand([(1, 1, AND)], [1], 1, n_steps, 1) == ([[False] * 2], [[False] * 2], 1)
    assert by_hand([(0, 1, OR)], [1], 1, n_steps, 0) == ([[False, True]], [[True, False]], 1)
    assert by_hand([(0, 1, OR)], [1], 1, n_steps, 1) == ([[False, True]], [[False, False]], 1)
    assert by_hand([(1, 0, NOR)], [1], 1, n_steps, 0) == ([[False, False]], [[False, True]], 1)
    assert by_hand([(1, 0, NOR)], [1], 1, n_steps, 1) == ([[False, False]], [[False, True]], 1)


@pytest.mark.parametrize("n_steps, ternary", [(2, 0), (3, 0), (20, 0), (1, 1), (20, 1)])
def test_a_latch_knows_what_it_is_told(n_steps, ternary):
    """NAND latch: set, reset, both; told nothing it oscillates from 0 (and is unknown)."""
    latch = [(0, 3, NAND), (1, 2, NAND)]
    yes, no, effective = by_hand(latch, [2, 3], 2, n_steps, ternary)
    assert yes == [[True, False, True, False], [True, True, False, False]]
    assert no == [[False, True, False, False], [False, False, True, False]]
    assert effective == 0b11


@pytest.mark.parametrize("ternary", [0, 1])
@pytest.mark.parametrize("n_steps", [1, 4])
def test_outputs_that_are_inputs_are_always_steady(n_steps, ternary):
    """Nothing is effective, whatever the gates do; beside an oscillating output too."""
    ring = [(2, 2, NAND)]
    yes, no, effective = by_hand(ring, [1, 0, 1], 2, n_steps, ternary)
    assert yes == [[False, False, True, True], [False, True] * 2, [False, False, True, True]]
    assert no == [[not says for says in row] for row in yes]
    assert effective == 0
    yes, no, effective = by_hand(ring, [0, 2], 2, n_steps, ternary)
    assert yes == [[False, True] * 2, [False] * 4]
    assert no == [[True, False] * 2, [False] * 4]
    assert effective == 1


@pytest.mark.parametrize("ternary", [0, 1])
@pytest.mark.parametrize("shape", [(2, 3, 1), (4, 8, 2), (4, 12, 3), (6, 26, 2)], ids=str)
def test_inherited_states_of_circuits_equal_states_from_scratch(shape, ternary):
    """Generations of equal, once changed, mixed and fatherless children, in memory used again."""
    rng, n_outputs, high = np.random.default_rng(12), shape[2], gene_sizes(*shape, 4)
    mu = size(12, 4) if shape[1] < 20 else 4
    inputs, asked = all_patterns(shape[0])[:, 0], (ALL_KINDS, 8, ternary, n_outputs)
    genomes = random_circuits(shape, 4, mu, rng)
    states, slots = garbage((2 * mu + 1, 2 * n_outputs + 1), rng), rng.permutation(2 * mu + 1)[:mu]
    answer(genomes, inputs, *asked, np.full(mu, NOBODY), slots, states)
    for _ in range(size(6, 3)):
        parents = rng.integers(0, mu, mu)
        children = genomes[parents].copy()
        for child in range(0, mu, 4):
            children[child] = change_one(children[child], high, rng)
        for child in range(1, mu, 4):
            other = genomes[rng.integers(mu)]
            cut = rng.integers(1, high.size)
            children[child, cut:] = other[cut:]
        ancestors = np.concatenate((np.arange(mu), parents))
        ancestors[-1] = NOBODY
        pool = np.concatenate((genomes, children))
        places = np.concatenate((slots, np.setdiff1d(np.arange(2 * mu + 1), slots)[:mu]))
        unused = np.setdiff1d(np.arange(2 * mu + 1), places)
        before = states.copy()
        inherited = answer(pool, inputs, *asked, ancestors, places, states)
        assert_array_equal(inherited, expected_states(pool, inputs, *asked))
        assert_array_equal(states[slots], before[slots])
        assert_array_equal(states[unused], before[unused])
        kept = rng.permutation(2 * mu)[:mu]
        genomes, slots = pool[kept], places[kept]


@pytest.mark.parametrize("ternary", [0, 1])
def test_a_line_of_descent_answered_at_once_equals_the_oracle(ternary):
    """Each circuit is the child of the one before it, equal to it or with one gene changed."""
    rng, shape = np.random.default_rng(13), (3, 6, 2)
    line = [random_circuits(shape, 4, 1, rng)[0]]
    for i in range(size(80, 12)):
        line.append(change_one(line[-1], gene_sizes(*shape, 4), rng) if i % 3 else line[-1])
    genomes, inputs, asked = np.array(line), all_patterns(3)[:, 0], (ALL_KINDS, 6, ternary, 2)
    states = answer(genomes, inputs, *asked, ancestors=np.arange(len(line)) - 1)
    assert_array_equal(states, expected_states(genomes, inputs, *asked))


@pytest.mark.parametrize("ternary", [0, 1])
def test_answered_circuits_are_left_alone_and_equal_children_copy_them(ternary):
    """Any state that a parent has, even a wrong one, is its own and its equal child's."""
    rng, shape = np.random.default_rng(14), (3, 4, 2)
    genomes = np.repeat(random_circuits(shape, 4, 2, rng), 2, axis=0)
    genomes[3] = change_one(genomes[2], gene_sizes(*shape, 4), rng)
    inputs, asked = all_patterns(3)[:, 0], (ALL_KINDS, 5, ternary, 2)
    states, slots = garbage((6, 5), rng), np.array([4, 1, 2, 0])
    states[2] = expected_states(genomes, inputs, *asked)[2]
    before = states.copy()
    answer(genomes, inputs, *asked, [0, 0, 2, 2], slots, states)
    assert_array_equal(states[[1, 4]], before[[4, 4]])
    assert_array_equal(states[[2, 3, 5]], before[[2, 3, 5]])
    assert_array_equal(states[0], expected_states(genomes, inputs, *asked)[3])


@pytest.mark.parametrize("shape", [shape[:3] for shape in SHAPES], ids=str)
def test_simplified_circuits_equal_the_oracle(shape):
    """Edges by target, then source; a source named twice counts twice; none into idle gates."""
    n_inputs, n_gates, n_outputs = shape
    rng, number = np.random.default_rng(15), size(60, 8)
    genomes = random_circuits(shape, 4, number, rng)
    inputs, nodes = all_patterns(n_inputs)[:, 0], n_inputs + n_gates
    effective = answer(genomes, inputs, ALL_KINDS, 1, 1, n_outputs)[:, -1].copy()
    first = np.arange(n_gates + 1) * nodes
    source = np.tile(np.arange(nodes), n_gates)
    working = np.full((number, n_gates * nodes), 77, np.int8)
    circuit.simplify(genomes, effective, first, source, n_inputs, n_gates, working)
    expected = [naive.circuit_simplify(genome, *shape) for genome in genomes.tolist()]
    assert_array_equal(working, expected)
    sums = working.reshape(number, n_gates, nodes).sum(axis=2)
    sets = [[int(word) // 2**g % 2 for g in range(n_gates)] for word in effective]
    assert_array_equal(sums, 2 * np.array(sets))


@settings(max_examples=size(150, 30), deadline=None, derandomize=True)
@given(st.integers(2, 5), st.integers(1, 9), st.integers(1, 3), st.integers(1, 12), SEEDS)
def test_circuits_of_any_shape_equal_the_oracle(n_inputs, n_gates, n_outputs, n_steps, seed):
    """And nobody says yes and no at once; three-valued logic never contradicts a steady answer."""
    rng, inputs = np.random.default_rng(seed), all_patterns(n_inputs)[:, 0]
    genomes = random_circuits((n_inputs, n_gates, n_outputs), 4, 2, rng)
    plain, ternary = (
        assert_oracle_circuits(genomes, inputs, ALL_KINDS, n_steps, kind, n_outputs) for kind in (0, 1)
    )
    assert_array_equal(plain[:, -1], ternary[:, -1])
    for states in (plain, ternary):
        assert not (states[:, :n_outputs] & states[:, n_outputs:-1]).any()
    if n_steps >= n_gates:  # what is known without a start is reached, and kept, from any start
        assert_array_equal(plain & ternary, ternary)
