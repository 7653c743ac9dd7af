"""Plain genes and elite selection equal the oracles draw by draw."""

import naive_circuits as naive
import numpy as np
import pytest
from conftest import size
from gene_arrays import random_genomes
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from evomod.kernels import genes, pointer_to, selection

SEEDS = st.integers(0, 2**32 - 1)

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
