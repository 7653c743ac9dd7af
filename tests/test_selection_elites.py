"""Elites and roulette by exact counts on tiny populations; chance alone decides between equals."""

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from itertools import permutations, product
from math import exp, isclose, sqrt

import numpy as np
import pytest
from conftest import size
from hypothesis import given, settings
from hypothesis import strategies as st

import evomod
from evomod.kernels import selection as kernels
from evomod.sections import SelectionSection
from evomod.selections.collection import METHODS as SELECTIONS
from evomod.selections.elites import roulette
from evomod.selections.ranking import fittest

METHODS = ("elite", "elite-worst", "roulette")


def section(method, **values):
    return SELECTIONS.class_for(method)(method=method, **values)


def bred(method, fitness, rng, **values):
    chosen = section(method, **values)
    kept, parents = SELECTIONS.of(chosen).by_fitness(chosen, np.array(fitness, float), rng)
    return kept.tolist(), parents.tolist()


def assert_frequencies(outcomes, chances):
    """Every outcome as often as its chance says, within five standard deviations, and no other."""
    counts, n = Counter(outcomes), len(outcomes)
    assert isclose(sum(chances.values()), 1.0)
    assert set(counts) <= {outcome for outcome, chance in chances.items() if chance > 0.0}
    for outcome, chance in chances.items():
        assert abs(counts[outcome] - n * chance) <= 5 * sqrt(n * chance * (1 - chance)) + 1e-9, outcome


def uniform(outcomes):
    outcomes = list(outcomes)
    return dict.fromkeys(outcomes, 1 / len(outcomes))


# Laws


@settings(max_examples=size(200, 40), deadline=None)
@given(
    method=st.sampled_from(METHODS),
    values=st.lists(st.sampled_from([-0.2, 0.0, 0.25, 0.5, 0.75, 1.0]), min_size=1, max_size=30),
    share=st.floats(0.01, 0.5),
    seed=st.integers(0, 2**32),
)
def test_as_many_rows_as_before_and_nobody_from_outside(method, values, share, seed):
    n = len(values)
    kept, parents = bred(method, values, np.random.default_rng(seed), elite=share)
    assert len(kept) + len(parents) == n
    assert all(0 <= row < n for row in (*kept, *parents))
    assert len(set(kept)) == len(kept)
    if method == "roulette":
        assert not kept
        return
    number = max(1, round(share * n))
    assert len(kept) == number
    others = [values[row] for row in range(n) if row not in kept]
    assert not others or min(values[row] for row in kept) >= max(others)
    if method == "elite":
        assert set(parents) <= set(kept)
    else:
        replaced = min(number, n - number)
        made = sorted(values[row] for row in parents if row not in kept)
        assert made == sorted(others)[replaced:]
        assert sum(row in kept for row in parents) == replaced
        assert max(Counter(parents).values(), default=1) == 1


@settings(max_examples=size(60, 15), deadline=None)
@given(
    method=st.sampled_from(METHODS),
    values=st.permutations([0.0, 0.1, 0.3, 0.6, 0.8, 0.9, 1.0]),
    shift=st.sampled_from([-3.0, 0.5, 100.0]),
    seed=st.integers(0, 2**32),
)
def test_fitness_counts_by_its_differences_alone(method, values, shift, seed):
    moved = [value + shift for value in values]
    one = bred(method, values, np.random.default_rng(seed), elite=0.3)
    assert one == bred(method, moved, np.random.default_rng(seed), elite=0.3)


@pytest.mark.parametrize("method", METHODS)
def test_the_fitness_is_left_as_it_was(method):
    fitness = np.array([0.5, 0.25, 1.0, 0.75, 0.0])
    fitness.flags.writeable = False
    bred(method, fitness, np.random.default_rng(1), elite=0.4)


# Elite


def test_one_that_is_best_has_all_the_offspring():
    for place, seed in product(range(3), range(10)):
        fitness = [float(row == place) for row in range(3)]
        kept, parents = bred("elite", fitness, np.random.default_rng(seed), elite=1 / 3)
        assert (kept, parents) == ([place], [place, place])


def test_the_elite_passes_and_each_of_it_has_offspring_as_often_as_another():
    rng, pairs = np.random.default_rng(1), []
    for _ in range(size(4000, 1000)):
        kept, parents = bred("elite", [0.1, 0.9, 0.2, 0.7, 0.8], rng, elite=0.6)
        assert sorted(kept) == [1, 3, 4] and len(parents) == 2
        pairs.append(tuple(parents))
    assert_frequencies(pairs, uniform(product((1, 3, 4), repeat=2)))


@pytest.mark.parametrize(
    ("fitness", "share", "sure", "tied", "free"),
    [
        ([1.0, 0.5, 0.5, 0.5, 0.0], 0.4, {0}, {1, 2, 3}, 1),
        ([0.5, 0.5, 0.5, 0.5, 0.5, 0.5], 0.5, set(), {0, 1, 2, 3, 4, 5}, 3),
        ([0.2, 0.2, 0.9, 0.2, 0.9, 0.2, 0.2], 0.4, {2, 4}, {0, 1, 3, 5, 6}, 1),
    ],
)
@pytest.mark.parametrize("method", ["elite", "elite-worst"])
def test_equals_at_the_edge_of_the_elite_have_equal_chances(method, fitness, share, sure, tied, free):
    rng, trials = np.random.default_rng(2), size(4000, 1000)
    found = Counter()
    for _ in range(trials):
        kept, _ = bred(method, fitness, rng, elite=share)
        assert sure <= set(kept) <= sure | tied
        found.update(set(kept) - sure)
    chance = free / len(tied)
    for row in tied:
        assert abs(found[row] - trials * chance) <= 5 * sqrt(trials * chance * (1 - chance))


def test_every_choice_among_equals_is_equally_likely():
    rng = np.random.default_rng(3)
    chosen = [tuple(sorted(fittest(np.ones(4), 2, rng).tolist())) for _ in range(size(4000, 1000))]
    assert_frequencies(chosen, uniform([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]))


@pytest.mark.parametrize("method", ["elite", "elite-worst"])
def test_among_equals_those_that_passed_before_pass_first_or_last(method):
    """The elite of the last time are the first rows; of each generation every choice is as likely."""
    fitness, trials = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.9, 0.1, 0.5, 0.5], size(2000, 500)
    for ties, wanted in (("parents-first", {0, 1, 2, 3}), ("offspring-first", {4, 5, 8, 9})):
        rng, found = np.random.default_rng(5), Counter()
        for _ in range(trials):
            kept, _ = bred(method, fitness, rng, elite=0.4, ties=ties)
            assert len(kept) == 4 and 6 in kept and set(kept) - {6} <= wanted
            found.update(set(kept) - {6})
        for row in wanted:
            assert abs(found[row] - trials * 0.75) <= 5 * sqrt(trials * 0.75 * 0.25)


def test_ties_are_refused_where_nobody_passes():
    with pytest.raises(ValueError, match="ties: nobody survives roulette selection"):
        section("roulette", ties="parents-first")
    with pytest.raises(ValueError, match="'random', 'offspring-first' or 'parents-first'"):
        section("elite", ties="oldest")


def test_a_share_below_one_individual_keeps_one_and_a_whole_share_keeps_all():
    assert bred("elite", [0.0, 1.0, 0.5], np.random.default_rng(1), elite=0.01) == ([1], [1, 1])
    kept, parents = bred("elite", [0.0, 1.0, 0.5], np.random.default_rng(1), elite=1.0)
    assert sorted(kept) == [0, 1, 2] and parents == []


# Elite that replaces the worst


def test_the_worst_give_way_to_one_copy_of_each_that_passes():
    fitness = [0.3, 0.9, 0.1, 0.5, 0.8, 0.2]  # best: 1 and 4; worst: 2 and 5
    rng, orders = np.random.default_rng(4), []
    for _ in range(size(8000, 2000)):
        kept, parents = bred("elite-worst", fitness, rng, elite=1 / 3)
        assert sorted(kept) == [1, 4]
        orders.append(tuple(parents))
    assert_frequencies(orders, uniform(permutations((0, 1, 3, 4))))


def test_half_and_half_leaves_copies_of_the_best_alone():
    kept, parents = bred("elite-worst", [0.1, 0.9, 0.2, 0.8], np.random.default_rng(1), elite=0.5)
    assert sorted(kept) == [1, 3] and sorted(parents) == [1, 3]


def test_equals_among_the_worst_have_equal_chances_to_stay():
    rng, stayed = np.random.default_rng(5), []
    for _ in range(size(4000, 1000)):
        kept, parents = bred("elite-worst", [1.0, 0.5, 0.5, 0.5, 0.5], rng, elite=0.2)
        assert kept == [0] and sorted(parents)[0] == 0
        stayed.append(tuple(sorted(parents)[1:]))
    assert_frequencies(stayed, uniform([(1, 2, 3), (1, 2, 4), (1, 3, 4), (2, 3, 4)]))


def test_one_individual_goes_on():
    for method in ("elite", "elite-worst"):
        assert bred(method, [0.5], np.random.default_rng(1)) == ([0], [])
    assert bred("roulette", [0.5], np.random.default_rng(1)) == ([], [0])


# Roulette


def by_hand(fitness, strength=30.0):
    weights = [exp(strength * value) for value in fitness]
    return [weight / sum(weights) for weight in weights]


def test_the_papers_numbers():
    """With 30 a right answer more out of 16 is worth exp(30 / 16), about 6.5 times the offspring."""
    one, other = by_hand([15 / 16, 1.0])
    assert 6.5 < other / one < 6.6
    assert SelectionSection().strength == 30.0


@pytest.mark.parametrize(
    ("fitness", "strength"),
    [
        ([0.50, 0.52, 0.55], 30.0),
        ([0.05, 0.0, 0.02], 30.0),
        ([1.0, -0.5, 0.25, 0.9], 1.0),
        ([0.7, 0.7, 0.7], 30.0),
        ([0.0, 1.0, 0.3], 0.0),
    ],
)
def test_offspring_are_drawn_in_proportion_to_the_exponential_of_fitness(fitness, strength):
    rng, rows = np.random.default_rng(6), []
    for _ in range(size(6000, 1500)):
        kept, parents = bred("roulette", fitness, rng, strength=strength)
        assert kept == [] and len(parents) == len(fitness)
        rows += parents
    assert_frequencies(rows, dict(enumerate(by_hand(fitness, strength))))


@pytest.mark.parametrize("kind", ["alike", "few", "tiny", "none but one", "steep"])
@pytest.mark.parametrize("n", [1, 2, 7, size(300, 40)])
def test_rows_are_found_as_by_bisection(n, kind):
    """Where chances are 0, or far apart, and where draws lie on the border of two rows."""
    rng = np.random.default_rng(9)
    chances = {
        "alike": np.ones(n),
        "few": rng.integers(0, 3, n).astype(float),
        "tiny": np.where(rng.random(n) < 0.9, 1e-300, 1.0),
        "none but one": np.eye(n)[rng.integers(n)],
        "steep": np.exp(-700.0 * rng.random(n)),
    }[kind]
    chances[rng.integers(n)] = 1.0
    sums = np.cumsum(chances)
    draws = np.concatenate((rng.random(5 * n) * sums[-1], sums, [0.0], np.nextafter(sums, 0.0)))
    rows, first = np.full(draws.size, -7), np.zeros(n + 1, np.int64)
    kernels.drawn_rows(sums, draws, first, rows)
    ascending = sums.tolist()
    assert rows.tolist() == [min(bisect_right(ascending, draw), n - 1) for draw in draws.tolist()]


def test_every_offspring_is_drawn_on_its_own():
    rng = np.random.default_rng(7)
    pairs = [tuple(roulette(np.array([0.0, 0.03]), 30.0, rng).tolist()) for _ in range(size(8000, 2000))]
    chances = by_hand([0.0, 0.03])
    expected = {(a, b): chances[a] * chances[b] for a in (0, 1) for b in (0, 1)}
    assert_frequencies(pairs, expected)


def test_equals_have_equal_chances_wherever_they_stand():
    rng, n = np.random.default_rng(8), 7
    counts = Counter()
    trials = size(3000, 800)
    for _ in range(trials):
        counts.update(roulette(np.full(n, 0.25), 30.0, rng).tolist())
    assert_frequencies(list(counts.elements()), uniform(range(n)))


@pytest.mark.parametrize("strength", [1e3, 1e4])
def test_a_strong_roulette_takes_the_best_only_and_never_overflows(strength):
    rows = roulette(np.array([0.25, 1.0, 0.5, 1.0]), strength, np.random.default_rng(1))
    assert set(rows.tolist()) <= {1, 3}
    many = roulette(np.tile([0.0, 1.0], 500), strength, np.random.default_rng(1))
    assert (many % 2 == 1).all()


# In the loop


def circuits(method, number=3, population=20, **sections):
    return evomod.Config(
        task="circuit",
        selection={"method": method, "elite": 0.3},
        evolution={"population": population, "generations": number},
        **sections,
    )


def rows_of(population):
    return Counter(genome.tobytes() for genome in population.genomes)


def test_the_elite_passes_unchanged_in_the_loop():
    config = circuits("elite", 8, variation={"mutation": 1.0, "change": "value"})
    before = None
    for generation in evomod.evolve(config, seed=1):
        if before is not None:
            score = before.objectives[:, 0]
            passed = rows_of(generation.population)
            edge = np.sort(score)[-6]
            sure = Counter(g.tobytes() for g in before.population.genomes[score > edge])
            assert not sure - passed
            level = Counter(g.tobytes() for g in before.population.genomes[score >= edge])
            assert (passed & level).total() >= 6
            assert sorted(generation.objectives[:6, 0]) == sorted(score)[-6:]
        before = generation
    assert before.number == 8


@pytest.mark.parametrize("method", METHODS)
def test_without_variation_everybody_is_an_ancestors_copy(method):
    config = circuits(method, 4, variation={"mutation": 0.0, "crossover": 0.0})
    before = None
    for generation in evomod.evolve(config, seed=2):
        now = rows_of(generation.population)
        assert now.total() == 20
        if before is not None:
            old = rows_of(before.population)
            assert set(now) <= set(old)
            score = np.sort(before.objectives[:, 0])
            found = np.sort(generation.objectives[:, 0])
            if method == "elite":
                assert set(found) == set(score[-6:])
            elif method == "elite-worst":
                assert found.tolist() == sorted([*score[6:], *score[-6:]])
        before = generation


@pytest.mark.parametrize("method", ["elite", "elite-worst"])
def test_under_one_goal_the_best_is_never_lost(method):
    config = circuits(method, 60, population=60)
    best = [float(g.objectives[:, 0].max()) for g in evomod.evolve(config, seed=3)]
    assert best == sorted(best) and best[-1] > best[0]


def test_a_whole_elite_stands_still():
    config = evomod.Config(
        task="circuit", selection={"elite": 1.0}, evolution={"population": 8, "generations": 3}
    )
    found = [rows_of(generation.population) for generation in evomod.evolve(config, seed=1)]
    assert found == [found[0]] * 4


@pytest.mark.parametrize("method", METHODS)
def test_size_takes_part_in_selection_but_not_in_fitness(method):
    config = circuits(method, 3, network={"encoding": "circuit", "penalty": 0.1, "penalty_above": 1})
    setup, seen = evomod.prepare(config), []
    whole = setup.toolbox.breed

    def spy(fitness, rng):
        seen.append(fitness.copy())
        return whole(fitness, rng)

    setup.toolbox.register("breed", spy)
    generations = list(evomod.evolve(config, seed=4, setup=setup))
    for generation, fitness in zip(generations[:-1], seen, strict=True):
        assert (generation.objectives[:, 0] == fitness).all()
        gates = generation.setup.encoding.simplify(generation.population.genomes)
        into = gates.reshape(fitness.size, setup.encoding.n_gates, -1).sum(axis=2)
        above = np.maximum((into > 0).sum(axis=1) - 1, 0)
        assert generation.fitness - fitness == pytest.approx(0.1 * above)
    assert (generations[0].fitness > seen[0]).any()


# Neutral epochs


@pytest.mark.parametrize("method", METHODS)
def test_in_a_neutral_epoch_all_are_equal_to_selection(method):
    config = circuits(method, 12, schedule={"kind": "neutral", "period": 3})
    setup, seen = evomod.prepare(config), []
    whole = setup.toolbox.breed

    def spy(fitness, rng):
        seen.append(fitness.copy())
        return whole(fitness, rng)

    setup.toolbox.register("breed", spy)
    generations = list(evomod.evolve(config, seed=5, setup=setup))
    for generation, fitness in zip(generations[:-1], seen, strict=True):
        if generation.goal == "neutral":
            assert (fitness == 0.0).all() and np.isnan(generation.fitness).all()
            assert not generation.is_solved
        else:
            assert (fitness == generation.objectives[:, 0]).all() and fitness.any()
    assert [g.goal == "neutral" for g in generations] == [
        g.number in (4, 5, 6, 10, 11, 12) for g in generations
    ]


def copies(kind, method):
    """Copies of each of four genomes ``[run, genome]`` after generation 2 had offspring, by its goal.

    The genomes answer with one of the inputs each; the first is right 12 times out of 16, the others 8, 4
    and 4 times. Generation 1 holds one of each and selects nothing.
    """
    config = evomod.Config(
        task="circuit",
        selection={"method": method, "elite": 0.5 if method == "elite" else 0.25},
        schedule={"kind": kind, "period": 1, "goals": ["non-modular-neighbour"]},
        variation={"mutation": 0.0, "crossover": 0.0},
        evolution={"population": 4, "generations": 3},
    )
    setup = evomod.prepare(config)
    genomes = np.zeros((4, setup.encoding.n_genes), np.int8)
    genomes[:, -1] = np.arange(4)
    first = next(evomod.evolve(config, 1, setup=setup, start=genomes))
    assert first.fitness.tolist() == [12 / 16, 8 / 16, 4 / 16, 4 / 16]
    start = replace(first, number=1, objectives=np.zeros((4, 1)))
    found = []
    for seed in range(size(600, 400)):
        _, after = evomod.evolve(config, seed, setup=setup, start=start)
        found.append(np.bincount(after.population.genomes[:, -1], minlength=4))
    return np.array(found)


@pytest.mark.parametrize("method", METHODS)
def test_a_neutral_epoch_favours_nobody_and_a_goal_favours_the_better(method):
    found = copies("neutral", method)
    spread = 5 * found.std(axis=0) / sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - 1.0) <= spread).all()
    found = copies("fixed", method)
    assert found[:, 0].mean() - 1.0 > 3 * found[:, 0].std() / sqrt(len(found))


def test_a_neutral_epoch_of_fronts_has_one_front():
    config = evomod.Config(
        task="circuit",
        selection={"method": "nsga2"},
        schedule={"kind": "neutral", "period": 2},
        evolution={"population": 12, "generations": 8},
    )
    for generation in evomod.evolve(config, seed=6):
        if generation.goal == "neutral":
            assert (generation.objectives == 0.0).all() and (generation.front == 0).all()
        else:
            assert (generation.objectives[:, 0] == generation.fitness).all()
