"""NSGA-II and PNSGA: tournaments, fronts, crowding and survivors equal oracles and libraries."""

import moocore
import naive
import numpy as np
import pytest
from conftest import run_apart, size
from deap import tools
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from evomod.errors import EvomodError
from evomod.evolution.operators import individuals
from evomod.kernels import pointer_to
from evomod.kernels import selection as kernels
from evomod.kernels.fronts import fronts_of_many
from evomod.selections.ranking import (
    _orders,
    _sort_down,
    choose_parents,
    generations_in_order,
    in_order,
    rank,
    survive,
)

SHARES = (0.0, 0.25, 0.5, 1.0)
PROBABILITIES = [
    (1.0,),
    *((1.0, p) for p in SHARES),
    *((1.0, p, q) for p in SHARES for q in SHARES),
]
KINDS = ("continuous", "tied", "equal", "evolved", "line")


def table(kind, n, n_objectives, rng):
    """Objectives ``[individual, objective]`` of one kind."""
    if kind == "continuous":
        return rng.standard_normal((n, n_objectives))
    if kind == "tied":
        return rng.integers(0, 3, (n, n_objectives)).astype(float)
    if kind == "equal":
        return np.full((n, n_objectives), 0.75)
    if kind == "evolved":  # few fitness values, continuous costs
        fitness = rng.integers(0, 4, (n, 1)) / 4
        return np.hstack((fitness, -rng.random((n, n_objectives - 1))))
    line = rng.permutation(n).astype(float)  # nobody dominates anybody, if all objectives count
    return np.stack([line * (-1) ** m for m in range(n_objectives)], axis=1)


def lexicographic(objectives):
    """Rows, best first in the first objective, then in the second, ..., then by row."""
    return np.lexsort(tuple(-column for column in objectives.T[::-1]))


def assert_oracle_survivors(objectives, p, number, seed):
    """Rows, fronts, crowding and the state of the generator are the oracle's."""
    mine, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
    chosen = rank(objectives, np.array(p), number, mine)
    rows, front, distance = naive.survivors(objectives.tolist(), p, number, theirs)
    assert chosen.rows.tolist() == rows
    assert chosen.front.tolist() == [front[i] for i in rows]
    assert chosen.crowding.tolist() == [distance[i] for i in rows]
    assert mine.bit_generator.state == theirs.bit_generator.state


# ------------------------------------------------------------------------------- against oracles


def fronts(objectives, order, p, number, rng, front):
    """The kernel for two objectives, with work space that holds anything."""
    n = order.size
    spared, following = np.full((2, n + 1), np.nan), np.full(n, -7, np.int64)
    kernels.fronts(objectives, order, p, number, pointer_to(rng), spared, following, front)


SPECIAL = (0.0, -0.0, 1.0, -1.0, 5e-324, -5e-324, 1e308, -1e308, np.inf, -np.inf, np.nan, -np.nan, 0.5)


def assert_oracle_order(values, order):
    """Sorting by packed keys puts this order of rows into the oracle's."""
    values, found = np.array(values, np.float64), np.full(len(order), -7, np.int64)
    words = np.full(len(order), 7, np.uint64)
    _sort_down(values.view(np.uint64), np.array(order, np.int64), words, found)
    assert found.tolist() == naive.sorted_down(list(order), values.tolist())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 2, 7, size(300, 40)])
def test_packed_keys_are_sorted_as_the_stable_sort_does(kind, n):
    """Any values, from any order."""
    rng = np.random.default_rng(41)
    for column in table(kind, n, 2, rng).T:
        assert_oracle_order(column, rng.permutation(n))
        assert_oracle_order(np.floor(column * 256) / 256, np.arange(n))


@settings(max_examples=size(300, 60), deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(SPECIAL) | st.floats(), max_size=30), st.randoms(use_true_random=False))
def test_packed_keys_know_every_number(values, random):
    """Both zeros are equal, what is not a number is last, infinities and the smallest numbers in between."""
    order = list(range(len(values)))
    random.shuffle(order)
    assert_oracle_order(values, order)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_objectives", [1, 2, 3])
def test_the_best_row_is_the_oracles(kind, n_objectives):
    """Ties in all objectives, in some, in none; in a front of one and of all."""
    rng = np.random.default_rng(42)
    for n in (1, 2, 9, 30):
        objectives = table(kind, n, n_objectives, rng)
        for n_fronts in (1, 2, 5):
            front = rng.permutation(np.arange(n) % n_fronts)
            assert kernels.best_row(objectives, front) == naive.best_row(objectives.tolist(), front)


@settings(max_examples=size(200, 40), deadline=None, derandomize=True)
@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=30), st.data(), st.randoms(use_true_random=False)
)
def test_fronts_are_listed_as_the_oracle_lists_them(numbers, data, random):
    """Numbers without a gap from 0 on, some without a front, in any order."""
    names = sorted(set(numbers))
    front = [names.index(f) for f in numbers]
    front += [-1] * data.draw(st.integers(0, 5))
    random.shuffle(front)
    order = list(range(len(front)))
    random.shuffle(order)
    rows, counts = np.full(len(front), -7, np.int64), np.full(len(front) + 1, 99, np.int64)
    found = kernels.list_fronts(np.array(order), np.array(front), counts, rows)
    expected, n, before = naive.listed_fronts(order, front)
    assert (rows[:n].tolist(), *found) == (expected, n, before)


@pytest.mark.parametrize("p", PROBABILITIES, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_survivors_repeat_the_oracle_draw_by_draw(kind, p):
    """Random, tied and all-equal objectives, one to three of them, any share of the pool."""
    rng = np.random.default_rng(1)
    for n, number in ((1, 1), (2, 1), (7, 3), (size(20, 12), 6), (size(24, 12), 12)):
        assert_oracle_survivors(table(kind, n, len(p), rng), p, number, seed=n)


@pytest.mark.parametrize("p", [(1.0,), (1.0, 0.0), (1.0, 0.25), (1.0, 1.0)], ids=str)
@pytest.mark.parametrize("kind", ["tied", "evolved", "line"])
def test_survivors_of_a_large_pool_repeat_the_oracle(kind, p):
    """Chances below the resolution of a draw take none, in the kernel as in the oracle."""
    n = size(100, 60)
    rng = np.random.default_rng(2)
    assert_oracle_survivors(table(kind, n, len(p), rng), p, n // 2, seed=3)


@settings(max_examples=size(100, 30), deadline=None, derandomize=True)
@given(st.data())
def test_survivors_repeat_the_oracle_for_any_small_pool(data):
    """Whatever the ties between a few values."""
    p = data.draw(st.sampled_from(PROBABILITIES))
    row = st.lists(st.sampled_from([-1.0, -0.0, 0.0, 0.5, 2.0]), min_size=len(p), max_size=len(p))
    rows = data.draw(st.lists(row, min_size=1, max_size=12))
    number = data.draw(st.integers(1, len(rows)))
    assert_oracle_survivors(np.array(rows), p, number, data.draw(st.integers(0, 1000)))


@pytest.mark.parametrize("p", [*PROBABILITIES, (0.5,), (0.25, 0.5), (0.0, 0.0)], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_tournaments_repeat_the_oracle_draw_by_draw(kind, p):
    """Dominance, then crowding (ties and infinities too), then a coin."""
    rng, n = np.random.default_rng(4), 30
    objectives = table(kind, n, len(p), rng)
    crowding = rng.choice([0.0, 0.5, 1.25, np.inf], n)
    contests = rng.integers(0, n, 2 * size(200, 40))
    winners = np.empty(contests.size // 2, np.int64)
    mine, theirs = np.random.default_rng(5), np.random.default_rng(5)
    kernels.tournament(objectives, np.array(p), crowding, contests, pointer_to(mine), winners)
    expected = naive.tournament(objectives.tolist(), p, crowding.tolist(), contests, theirs)
    assert winners.tolist() == expected
    assert mine.bit_generator.state == theirs.bit_generator.state


@pytest.mark.parametrize("p", [0.0, 0.1, 0.25, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("kind", KINDS)
def test_fronts_of_two_objectives_equal_fronts_of_many(kind, p):
    """The fast kernel and the general one agree, with the same draws."""
    rng, n = np.random.default_rng(6), size(80, 30)
    objectives = table(kind, n, 2, rng)
    order = lexicographic(objectives)
    fast, general = np.empty(n, np.int64), np.empty(n, np.int64)
    one, other = np.random.default_rng(7), np.random.default_rng(7)
    fronts(objectives, order, p, n, one, fast)
    orders = _orders(objectives, np.arange(n))
    fronts_of_many(objectives, orders, np.array([1.0, p]), n, pointer_to(other), general)
    assert_array_equal(fast, general)
    assert one.bit_generator.state == other.bit_generator.state


MANY = [(1.0, 0.9, 0.8), (1.0, 0.25, 0.5), (1.0, 0.9, 1.0), (1.0, 0.5, 0.75, 0.5), (1.0, 1.0, 1.0, 1.0)]


@pytest.mark.parametrize("p", MANY, ids=str)
@pytest.mark.parametrize("n_levels", [1, 4, 60])
def test_many_objectives_of_a_large_pool_repeat_the_oracle(n_levels, p):
    """Blocked, asleep and awake: most are far from any chance at first, some come near it; equals among them."""
    rng, n = np.random.default_rng(17), size(150, 50)
    objectives = rng.integers(0, 12, (n, len(p))).astype(float)
    objectives[:, 0] = rng.integers(0, n_levels, n)
    objectives[n // 2 :] = objectives[rng.integers(0, n // 2, n - n // 2)]
    objectives[: n // 4, 1:] += rng.random((n // 4, len(p) - 1))
    assert_oracle_survivors(objectives, p, n // 3, seed=18)


@pytest.mark.parametrize("p", [(1.0, 0.25, 1.0), (1.0, 1.0, 1.0)], ids=str)
@pytest.mark.parametrize("n_levels", [3, 40])
def test_many_objectives_of_many_words_repeat_the_oracle(n_levels, p):
    """Who blocks somebody stands words away, in a level before or the same."""
    rng, n = np.random.default_rng(19), size(400, 60)
    objectives = rng.random((n, len(p)))
    objectives[:, 0] = rng.integers(0, n_levels, n)
    objectives[:, 1] -= 0.2 * objectives[:, 0] / n_levels  # so that the best are no blockers of most
    objectives[:, 2] = np.round(objectives[:, 2] - 0.2 * objectives[:, 0] / n_levels, 2)
    assert_oracle_survivors(objectives, p, n // 16, seed=20)


@pytest.mark.parametrize("p", [0.25, 1.0])
def test_fronts_of_many_equal_those_of_two_objectives_in_a_pool_of_20000(p):
    """Sets of ranks are kept for every 128th rank then, not every 64th."""
    rng, n = np.random.default_rng(21), size(20_000, 200)
    objectives = np.stack((rng.integers(0, 200, n) / 200, np.round(rng.random(n), 4)), axis=1)
    objectives[:, 1] -= objectives[:, 0]
    fast, general = np.empty(n, np.int64), np.empty(n, np.int64)
    fronts(objectives, lexicographic(objectives), p, n // 2, np.random.default_rng(22), fast)
    draws = pointer_to(np.random.default_rng(22))
    fronts_of_many(
        objectives, _orders(objectives, np.arange(n)), np.array([1.0, p]), n // 2, draws, general
    )
    assert_array_equal(fast, general)


@pytest.mark.parametrize("kind", KINDS)
def test_levels_are_the_fronts_of_one_objective(kind):
    """Numbers, crowding, and how many are placed before the last front and with it."""
    rng = np.random.default_rng(19)
    for n, number in ((1, 1), (9, 4), (40, 25)):
        objectives = table(kind, n, 1, rng)
        order = lexicographic(objectives)
        front, distance = np.full(n, -7, np.int64), np.full(n, np.nan)
        found = kernels.levels(objectives, order, number, front, distance)
        expected, crowding = [-1] * n, {}
        listed = naive.fronts(objectives.tolist(), (1.0,), number, rng)
        for f, rows in enumerate(listed):
            crowding |= naive.crowding(objectives.tolist(), rows, (1.0,))
            for i in rows:
                expected[i] = f
        placed = sum(map(len, listed))
        assert found == (placed, placed - len(listed[-1]))
        assert front.tolist() == expected
        assert distance.tolist() == [crowding.get(i, 0.0) for i in range(n)]


@settings(max_examples=size(100, 30), deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 9), max_size=30))
def test_rows_are_counted_into_order(rows):
    assert in_order(np.array(rows, np.int64), 10).tolist() == sorted(rows)


@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_a_kernel_draws_the_generators_own_numbers(kind):
    """By the address of a generator, which lives on although nobody here keeps it."""
    winners, contests = np.empty(40, np.int64), np.arange(80) % 2
    expected = [int(u >= 0.5) for u in np.random.Generator(kind(3)).random(40)]
    address = pointer_to(np.random.Generator(kind(3)))
    kernels.tournament(np.zeros((2, 1)), np.ones(1), np.zeros(2), contests, address, winners)
    assert winners.tolist() == expected


# ----------------------------------------------------------------------------- against libraries


@pytest.mark.parametrize("n_objectives", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_certain_objectives_give_deaps_and_moocores_fronts(kind, n_objectives):
    """With probability 1 it is the non-dominated sorting of NSGA-II."""
    rng, n = np.random.default_rng(8), size(80, 30)
    objectives = table(kind, n, n_objectives, rng)
    chosen = rank(objectives, np.ones(n_objectives), n, rng)
    front = np.empty(n, np.int64)
    front[chosen.rows] = chosen.front
    assert_array_equal(front, moocore.pareto_rank(objectives, maximise=True))
    sorted_by_deap = tools.sortNondominated(individuals(np.zeros((n, 0)), objectives), n)
    for number, expected in enumerate(sorted_by_deap):
        assert {i.row for i in expected} == set(np.flatnonzero(front == number))


@pytest.mark.parametrize("n_objectives", [1, 2, 3])
def test_crowding_equals_deaps(n_objectives):
    """On fronts in which all values differ (among equals DEAP's depends on the order)."""
    rng, n = np.random.default_rng(9), size(80, 30)
    objectives = table("continuous", n, n_objectives, rng)
    chosen = rank(objectives, np.ones(n_objectives), n, rng)
    distance = np.empty(n)
    distance[chosen.rows] = chosen.crowding
    for front in tools.sortNondominated(individuals(np.zeros((n, 0)), objectives), n):
        tools.emo.assignCrowdingDist(front)
        expected = [individual.fitness.crowding_dist for individual in front]
        assert_allclose(distance[[i.row for i in front]], expected, rtol=1e-12)


# ------------------------------------------------------------------------------------------ laws


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("p, left", [((1.0, 0.0), 1), ((1.0, 0.25, 0.0), 2)])
def test_probability_zero_leaves_the_objective_out(kind, p, left):
    """Same survivors, fronts, crowding and draws as without it."""
    rng, n = np.random.default_rng(10), 24
    objectives = table(kind, n, len(p), rng)
    one, other = np.random.default_rng(11), np.random.default_rng(11)
    whole = rank(objectives, np.array(p), n // 2, one)
    less = rank(np.ascontiguousarray(objectives[:, :left]), np.array(p[:left]), n // 2, other)
    assert_array_equal(whole.rows, less.rows)
    assert_array_equal(whole.front, less.front)
    assert_array_equal(whole.crowding, less.crowding)
    assert one.bit_generator.state == other.bit_generator.state


@pytest.mark.parametrize("p", [(1.0, 0.0), (1.0, 0.25), (1.0, 1.0)], ids=str)
def test_probability_zero_kernel_equals_one_objective(p):
    """The two-objective kernel itself, given probability 0, sorts by the first objective."""
    rng, n = np.random.default_rng(12), 40
    objectives = table("tied", n, 2, rng)
    front = np.empty(n, np.int64)
    fronts(objectives, lexicographic(objectives), p[1], n, rng, front)
    levels = 2 - objectives[:, 0].astype(int)
    assert (front >= levels if p[1] < 1 else front >= 0).all()
    if p[1] == 0:
        assert_array_equal(front, levels)


def literal_front_numbers(objectives, p, rng):
    """Front number of each individual, by the oracle that draws in every comparison."""
    front = np.empty(len(objectives), np.int64)
    for number, rows in enumerate(naive.literal_fronts(objectives, p, rng)):
        front[rows] = number
    return front


def kernel_front_numbers(objectives, p, rng):
    """Front number of each individual, by the kernels."""
    n = objectives.shape[0]
    front = np.empty(n, np.int64)
    if len(p) == 2:
        fronts(objectives, lexicographic(objectives), p[1], n, rng, front)
    else:
        orders = _orders(objectives, np.arange(n))
        fronts_of_many(objectives, orders, np.array(p), n, pointer_to(rng), front)
    return front


def alone_in_front(objectives, p, i):
    """Exact chance that i is in the first front at the first scan."""
    rows = [row for j, row in enumerate(objectives) if j != i]
    return np.prod([1 - naive.domination_probability(row, objectives[i], p) for row in rows])


@pytest.mark.parametrize("p", [(1.0, 0.25), (1.0, 0.75), (1.0, 0.25, 0.5)], ids=str)
@pytest.mark.parametrize("kind", ["tied", "continuous", "evolved"])
def test_one_draw_an_individual_has_the_law_of_one_a_comparison(kind, p):
    """Front numbers over many seeds: kernel against the literal algorithm, 5 standard errors."""
    objectives = table(kind, 8, len(p), np.random.default_rng(13))
    rng, repeats = np.random.default_rng(14), size(1500, 300)
    literal = np.array([literal_front_numbers(objectives, p, rng) for _ in range(repeats)])
    kernel = np.array([kernel_front_numbers(objectives, p, rng) for _ in range(repeats)])
    for i in range(8):
        ours, theirs = (kernel[:, i] == 0).mean(), (literal[:, i] == 0).mean()
        spread = np.sqrt(((ours + theirs) / 2 * (1 - (ours + theirs) / 2) + 1e-12) * 2 / repeats)
        assert abs(ours - theirs) <= 5 * spread
        if len(p) == 2:  # the best is certain, so no scan is empty and repeated
            exact = alone_in_front(objectives.tolist(), p, i)
            assert abs(ours - exact) <= 5 * np.sqrt(exact * (1 - exact) / repeats) + 1e-12
        deeper = stats.ttest_ind(kernel[:, i], literal[:, i]) if np.ptp(kernel[:, i]) else None
        assert deeper is None or deeper.pvalue > 1e-6


@settings(max_examples=size(100, 30), deadline=None, derandomize=True)
@given(st.sampled_from(KINDS), st.sampled_from(PROBABILITIES), st.integers(1, 24), st.data())
def test_survivors_are_as_many_as_asked_and_the_best_is_among_them(kind, p, n, data):
    """Exactly n different rows, fronts in order; no chance removes the lexicographically best."""
    number, seed = data.draw(st.integers(1, n)), data.draw(st.integers(0, 1000))
    objectives = table(kind, n, len(p), np.random.default_rng(seed))
    chosen = survive(objectives, np.array(p), number, np.random.default_rng(seed))
    assert chosen.rows.size == chosen.front.size == chosen.crowding.size == number
    assert np.unique(chosen.rows).size == number
    assert (np.diff(chosen.front) >= 0).all() and chosen.front[0] == 0
    assert (chosen.crowding >= 0).all()
    if len(p) == 2 or p[1:] == (1.0, 1.0):
        counted = objectives[:, np.array(p) > 0]
        best = counted[lexicographic(counted)[0]]
        kept = counted[chosen.rows[chosen.front == 0]]
        assert (kept == best).all(axis=1).any()


@pytest.mark.parametrize("p", [(1.0,), (1.0, 0.25), (1.0, 1.0), (1.0, 0.25, 1.0)], ids=str)
def test_position_does_not_favour_tied_individuals(p):
    """With all objectives equal every row survives in about half of all selections."""
    n, repeats = 20, size(2000, 200)
    objectives, rng = np.full((n, len(p)), 0.5), np.random.default_rng(15)
    lived = np.zeros(n)
    for _ in range(repeats):
        lived[survive(objectives, np.array(p), n // 2, rng).rows] += 1
    assert np.abs(lived / repeats - 0.5).max() < 5 * np.sqrt(0.25 / repeats)


@pytest.mark.parametrize("n", [0, 1, 2, 65])
def test_generations_come_one_after_the_other(n):
    """The parents, or the offspring, each in the order that they were in, whoever is absent."""
    rows = np.random.default_rng(30).permutation(n)
    for number in (0, n // 2, n, n + 1):
        parents = [row for row in rows.tolist() if row < number]
        offspring = [row for row in rows.tolist() if row >= number]
        assert generations_in_order(rows, number, "parents-first").tolist() == parents + offspring
        assert generations_in_order(rows, number, "offspring-first").tolist() == offspring + parents
        assert generations_in_order(rows, number, "random").tolist() == rows.tolist()


@pytest.mark.parametrize("ties", ["parents-first", "offspring-first"])
@pytest.mark.parametrize("p", [(1.0,), (1.0, 0.25), (1.0, 1.0, 0.5)], ids=str)
def test_parents_or_offspring_survive_among_equals(p, ties):
    """Ten equal parents, then ten equal offspring; among those of one generation chance decides."""
    number, repeats, rng = 10, size(1000, 100), np.random.default_rng(17)
    objectives, lived = np.full((20, len(p)), 0.5), np.zeros(20)
    for _ in range(repeats):
        rows = survive(objectives, np.array(p), number, rng, ties).rows
        assert sorted(set(rows.tolist())) == sorted(rows.tolist())
        lived[rows] += 1
    first, last = (lived[:10], lived[10:]) if ties == "parents-first" else (lived[10:], lived[:10])
    if len(p) == 1:
        # the last of the front has an infinite distance, so one of the others always lives
        assert first.sum() == 9 * repeats and last.sum() == repeats
    assert first.sum() > 8 * last.sum()
    for lives in (first, last):
        chance = lives.sum() / 10 / repeats
        assert np.abs(lives / repeats - chance).max() < 5 * np.sqrt(0.25 / repeats)


@pytest.mark.parametrize("ties", ["random", "parents-first", "offspring-first"])
def test_who_is_better_survives_whatever_the_rule_for_ties(ties):
    """Distinct fitness: the best half, by any rule; a pool without offspring is all one generation."""
    rng = np.random.default_rng(18)
    fitness = rng.permutation(20).astype(float)[:, None]
    rows = survive(fitness, np.ones(1), 10, rng, ties).rows
    assert sorted(fitness[rows, 0].tolist()) == list(range(10, 20))
    assert sorted(survive(np.ones((5, 1)), np.ones(1), 5, rng, ties).rows.tolist()) == list(range(5))


@pytest.mark.parametrize("n", [10, 11])
def test_every_individual_fights_twice(n):
    """The one best wins both of its fights; as many parents as individuals."""
    objectives, rng = np.arange(n, dtype=float)[:, None], np.random.default_rng(16)
    for _ in range(20):
        parents = choose_parents(objectives, np.ones(1), np.zeros(n), rng)
        wins = np.bincount(parents, minlength=n)
        assert parents.size == n and wins.max() <= 2
        assert wins[n - 1] == 2 or (n % 2 and wins[n - 1] == 1)  # 1: it met itself


@pytest.mark.parametrize("seed", range(5))
def test_the_odds_decide_where_nobody_has_a_visible_chance(seed):
    """Two uncertain objectives in conflict, 40 individuals: the oracle draws the same ones."""
    line = np.arange(40.0)
    objectives, p = np.stack((np.full(40, 0.5), line, -line), axis=1), [1.0, 0.6, 0.5]
    ours = rank(objectives, np.array(p), 3, np.random.default_rng(seed))
    theirs = naive.survivors(objectives.tolist(), p, 3, np.random.default_rng(seed))
    assert ours.rows.tolist() == theirs[0]


def test_more_survivors_than_there_are_is_refused():
    with pytest.raises(EvomodError, match="5 survivors were wanted from a pool of 4"):
        survive(np.zeros((4, 1)), np.ones(1), 5, np.random.default_rng(1))


SPARED_BY_NOBODY = """
import numpy as np
from evomod.selections.ranking import rank

n = 300
line = np.arange(float(n))
objectives = np.stack((np.full(n, 0.75), line, -line), axis=1)
p = np.array([1.0, 0.5, 0.5])
assert rank(objectives, p, n // 2, np.random.default_rng(1)).rows.size == n // 2
"""


def test_selection_ends_even_if_nobody_is_likely_to_be_spared():
    """Equal fitness, two uncertain objectives in conflict: each is dominated for almost certain."""
    run_apart(SPARED_BY_NOBODY)
