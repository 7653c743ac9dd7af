"""Plain genes, circuits, threshold networks and elite selection equal the oracles bit by bit."""

from functools import cache
from itertools import pairwise

import naive_circuits as naive
import numpy as np
import pytest
from conftest import make_task, size
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from evomod.encodings import circuit as circuits
from evomod.encodings.circuit import CircuitNetwork
from evomod.kernels import circuit, genes, pointer_to, selection, threshold, vectors

NAND, AND, OR, NOR = range(4)
ALL_KINDS = (NAND, AND, OR, NOR)
NOBODY = -1
SEEDS = st.integers(0, 2**32 - 1)


def garbage(shape, rng):
    """Words that nobody may read."""
    return rng.integers(0, 2**64, shape, np.uint64)


def all_patterns(n_inputs, n_words=1):
    """``[input, word]``: pattern v gives input i the i-th binary digit of v (repeated if it is short)."""
    given_ = [[v // 2**i % 2 == 1 for v in range(64 * n_words)] for i in range(n_inputs)]
    return np.array([naive.pack(row) for row in given_], np.uint64)


def random_genomes(low, high, number, rng):
    """Genomes of any genes, not drawn by the kernels."""
    return rng.integers(low, high, (number, len(low))).astype(np.int8)


def change_one(genome, high, rng):
    """A copy that differs in exactly one gene, of those that can differ."""
    child, gene = genome.copy(), rng.choice(np.flatnonzero(np.asarray(high) >= 2))
    child[gene] = (child[gene] + rng.integers(1, high[gene])) % high[gene]
    return child


# --------------------------------------------------------------------------- genes: birth, variation

ALPHABETS = {
    "circuit": ([0] * 9, [16, 16, 4, 16, 16, 4, 16, 16, 16]),
    "large": ([0] * 14, [32, 32, 1] * 4 + [32, 32]),
    "mixed": ([0, -3, 5, 1, 0, 7, 0, -128], [1, 0, 7, 2, 16, 12, 32, 127]),
    "fixed": ([4, 0, -2], [5, 1, -1]),
    "one gene": ([2], [5]),
    "one bit": ([1], [3]),
    "one fixed gene": ([0], [1]),
    "two genes": ([0, 0], [32, 2]),
    "last free": ([0, 0, 0, -1], [1, 1, 1, 2]),
}


def vary(genomes, parents, low, high, crossover, mutation, by_bit, rng):
    """The kernel, with its arguments as arrays."""
    alphabets = np.array([low, high], np.int64)
    free = np.flatnonzero(alphabets[1] - alphabets[0] >= 2).astype(np.int64)
    offspring = genomes[np.asarray(parents, np.int64)]
    rates = np.array([crossover, mutation, float(by_bit)])
    draws = rng.random((len(parents), 5 if crossover > 0 else 3))
    genes.vary(alphabets, free, rates, draws, offspring)
    return offspring


@pytest.mark.parametrize("name", ALPHABETS)
@pytest.mark.parametrize("number", [0, 1, size(300, 40)])
def test_birth_repeats_the_oracle_draw_by_draw(name, number):
    """One draw a gene, whatever the size of its alphabet; same state of the generator."""
    low, high = (np.array(bound, np.int64) for bound in ALPHABETS[name])
    mine, theirs = np.random.default_rng(1), np.random.default_rng(1)
    genomes = np.full((number, low.size), 99, np.int8)
    genes.birth(low, high, pointer_to(mine), genomes)
    expected = [naive.birth(low, high, theirs) for _ in range(number)]
    assert_array_equal(genomes, np.array(expected).reshape(number, low.size))
    assert mine.bit_generator.state == theirs.bit_generator.state


def test_birth_draws_every_value_equally_often():
    """Each value of each alphabet, within 5 standard errors."""
    low, high = (np.array(bound, np.int64) for bound in ([0, -3, 5, 0], [1, 0, 7, 32]))
    number = size(20000, 2000)
    genomes = np.empty((number, 4), np.int8)
    genes.birth(low, high, pointer_to(np.random.default_rng(2)), genomes)
    for gene in range(4):
        n = high[gene] - low[gene]
        counts = np.bincount(genomes[:, gene] - low[gene], minlength=n)
        assert counts.size == n
        assert np.abs(counts - number / n).max() <= 5 * np.sqrt(number / n * (1 - 1 / n))


@pytest.mark.parametrize("name", ALPHABETS)
@pytest.mark.parametrize("by_bit", [False, True])
@pytest.mark.parametrize("crossover", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("mutation", [0.0, 0.7, 1.0])
def test_variation_repeats_the_oracle_draw_by_draw(name, by_bit, crossover, mutation):
    """None, one, two, an even and an odd number of children; same state of the generator."""
    low, high = ALPHABETS[name]
    rng = np.random.default_rng(3)
    genomes = random_genomes(low, high, 7, rng)
    before = genomes.copy()
    for number in (0, 1, 2, 3, size(60, 10), size(61, 11)):
        parents = rng.integers(0, 7, number)
        mine, theirs = np.random.default_rng(number), np.random.default_rng(number)
        children = vary(genomes, parents, low, high, crossover, mutation, by_bit, mine)
        expected = naive.vary(genomes.tolist(), parents, low, high, crossover, mutation, by_bit, theirs)
        assert_array_equal(children, np.array(expected).reshape(number, len(low)))
        assert mine.bit_generator.state == theirs.bit_generator.state
        assert_array_equal(genomes, before)


@pytest.mark.parametrize("n_values", [2, 3, 5, 16, 17, 32])
@pytest.mark.parametrize("by_bit", [False, True])
def test_every_value_of_every_size_mutates_as_the_oracle(n_values, by_bit):
    """Redraws at the end of an alphabet that is no power of two included."""
    low, high = [-1, 3], [n_values - 1, 3 + n_values]
    genomes = np.array([[v - 1, v + 3] for v in range(n_values)], np.int8)
    parents = np.repeat(np.arange(n_values), size(40, 4))
    mine, theirs = np.random.default_rng(4), np.random.default_rng(4)
    children = vary(genomes, parents, low, high, 0.0, 1.0, by_bit, mine)
    expected = naive.vary(genomes.tolist(), parents, low, high, 0.0, 1.0, by_bit, theirs)
    assert_array_equal(children, expected)
    assert mine.bit_generator.state == theirs.bit_generator.state
    difference = (children - np.array(low)) ^ (genomes[parents] - np.array(low))
    if by_bit:
        assert all(bin(d).count("1") == 1 for d in difference.sum(axis=1))


@pytest.mark.parametrize("by_bit", [False, True])
def test_mutation_reaches_its_neighbours_equally_often(by_bit):
    """From 2 of 0 .. 4: any other value; by bit those that differ in one bit and exist."""
    reachable = [0, 3] if by_bit else [0, 1, 3, 4]
    number = size(8000, 1000)
    children = vary(
        np.array([[2]], np.int8), np.zeros(number), [0], [5], 0.0, 1.0, by_bit, np.random.default_rng(5)
    )
    values, counts = np.unique(children, return_counts=True)
    assert values.tolist() == reachable
    share = 1 / len(reachable)
    assert np.abs(counts - number * share).max() <= 5 * np.sqrt(number * share * (1 - share))


@st.composite
def any_alphabet(draw):
    """Lowest and one more than the highest value of one to eight genes."""
    sizes = draw(st.lists(st.sampled_from([1, 1, 2, 3, 7, 16, 32]), min_size=1, max_size=8))
    low = [draw(st.integers(-5, 5)) for _ in sizes]
    return low, [bottom + n for bottom, n in zip(low, sizes, strict=True)]


@settings(max_examples=size(150, 40), deadline=None, derandomize=True)
@given(any_alphabet(), st.booleans(), st.sampled_from([0.0, 0.3, 1.0]), st.integers(1, 9), SEEDS)
def test_variation_never_leaves_the_alphabet(bounds, by_bit, crossover, number, seed):
    """A mutation changes one gene; crossover only swaps, inside a pair, the genes from a cut on."""
    low, high = (np.array(bound) for bound in bounds)
    rng = np.random.default_rng(seed)
    genomes = random_genomes(low, high, 4, rng)
    parents = rng.integers(0, 4, number)
    mutated = vary(genomes, parents, low, high, 0.0, 1.0, by_bit, rng)
    changed = (mutated != genomes[parents]).sum(axis=1)
    assert (changed == (1 if (high - low >= 2).any() else 0)).all()
    crossed = vary(genomes, parents, low, high, crossover, 0.0, by_bit, rng)
    for one in range(0, number - 1, 2):
        left, right = genomes[parents[one]], genomes[parents[one + 1]]
        cuts = list(range(1, low.size)) if crossover > 0 else []
        if crossover < 1 or low.size == 1:
            cuts.append(low.size)  # nothing is swapped
        assert any(
            (crossed[one] == np.append(left[:cut], right[cut:])).all()
            and (crossed[one + 1] == np.append(right[:cut], left[cut:])).all()
            for cut in cuts
        )
    if number % 2:
        assert_array_equal(crossed[-1], genomes[parents[-1]])
    both = vary(genomes, parents, low, high, crossover, 0.5, by_bit, rng)
    for children in (mutated, crossed, both):
        assert ((children >= low) & (children < high)).all()


# ----------------------------------------------------------------------------------------- circuits

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


# ------------------------------------------------------------------------------- threshold networks

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


# --------------------------------------------------------------------------------- elite selection


def elite(fitness, number, rng):
    """The kernel, with its arguments as arrays."""
    fitness = np.asarray(fitness, np.float64)
    rows = np.full(number, -7, np.int64)
    selection.elite(fitness, np.sort(fitness)[-number], number, rng.random(fitness.size), rows)
    return rows


def assert_oracle_elite(fitness, number, seed):
    """Rows and the state of the generator are the oracle's."""
    mine, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
    rows = elite(fitness, number, mine)
    assert_array_equal(rows, naive.elite(list(fitness), number, theirs))
    assert mine.bit_generator.state == theirs.bit_generator.state
    return rows


@pytest.mark.parametrize("n_values", [1, 2, 3, 10, 10**6])
@pytest.mark.parametrize("n", [1, 2, 3, 10, size(200, 40)])
def test_elite_repeats_the_oracle_draw_by_draw(n, n_values):
    """All tied, many tied, few tied, none tied; from one to all."""
    rng = np.random.default_rng(23)
    for number in sorted({1, 2, n // 3, n // 2, n - 1, n} & set(range(1, n + 1))):
        for seed in range(size(10, 3)):
            assert_oracle_elite(rng.integers(0, n_values, n) / 8, number, seed)


@settings(max_examples=size(200, 50), deadline=None, derandomize=True)
@given(st.data(), SEEDS)
def test_elite_takes_the_best_once_in_order(data, seed):
    """As many different rows as asked, ascending, nobody left out who is better than one of them."""
    values = st.sampled_from([-1.0, -0.0, 0.0, 0.25, 0.5, 1.0])
    fitness = np.array(data.draw(st.lists(values, min_size=1, max_size=20)))
    number = data.draw(st.integers(1, fitness.size))
    rows = assert_oracle_elite(fitness, number, seed)
    assert (np.diff(rows) > 0).all()
    left = np.delete(fitness, rows)
    assert left.size == 0 or left.max() <= fitness[rows].min()


def test_elite_without_ties_at_the_edge_leaves_nothing_to_chance():
    """Everybody, if everybody is asked for."""
    rng = np.random.default_rng(24)
    assert elite([0.5, 1.0, 1.0, 0.25], 3, rng).tolist() == [0, 1, 2]
    assert elite([0.5] * 5, 5, rng).tolist() == [0, 1, 2, 3, 4]
    assert elite([0.5], 1, rng).tolist() == [0]


@pytest.mark.parametrize(
    "fitness, number", [([1.0] * 12, 5), ([0.0, 1, 2, 1, 1, 2, 1, 0, 1, 1], 4), ([0.5] * 6, 1)]
)
def test_position_does_not_favour_tied_individuals(fitness, number):
    """Every row at the edge lives equally often, every pair of them too, within 5 standard errors."""
    repeats, rng = size(8000, 800), np.random.default_rng(25)
    fitness = np.array(fitness, float)
    edge = np.sort(fitness)[fitness.size - number]
    lived = np.zeros((repeats, fitness.size))
    for row in lived:
        row[elite(fitness, number, rng)] = 1
    assert lived[:, fitness > edge].all() and not lived[:, fitness < edge].any()
    tied, wanted = lived[:, fitness == edge], number - (fitness > edge).sum()
    n = tied.shape[1]
    share = wanted / n
    assert np.abs(tied.mean(axis=0) - share).max() <= 5 * np.sqrt(share * (1 - share) / repeats)
    together = share * (wanted - 1) / (n - 1)
    pairs = (tied.T @ tied / repeats)[np.triu_indices(n, 1)]
    assert np.abs(pairs - together).max() <= 5 * np.sqrt(together * (1 - together) / repeats)
