"""Lexicase selection beside plain Python, draw by draw, and beside the paper's rule."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from conftest import size
from naive_selection import lexicase, literal
from numpy.testing import assert_array_equal

import evomod
from evomod.population import goal_bits, score
from evomod.selections.lexicase import choose

RNG = np.random.default_rng(4)
TABLES = {
    "random": RNG.random((40, 12)) < 0.5,
    "nearly the same": RNG.random((30, 9)) < 0.95,
    "all wrong": np.zeros((7, 5), np.bool_),
    "all right": np.ones((7, 5), np.bool_),
    "one case": RNG.random((9, 1)) < 0.5,
    "no case": np.zeros((6, 0), np.bool_),
    "one individual": RNG.random((1, 8)) < 0.5,
    "bytes and more": RNG.random((20, 17)) < 0.7,
}


@pytest.mark.parametrize("name", TABLES)
def test_parents_equal_the_oracles_draw_by_draw(name):
    table = TABLES[name]
    for seed in range(size(20, 3)):
        ours, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
        found = choose(table, 25, ours)
        assert_array_equal(found, lexicase(table.tolist(), 25, theirs.random))
        assert ours.random() == theirs.random()


def test_parents_come_as_often_as_by_the_papers_rule():
    """All orders of four cases: the chance of everyone, beside how often each was drawn."""
    table = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 1], [0, 0, 0, 0]], np.bool_)
    orders, chance = list(permutations(range(4))), Counter()
    for order in orders:
        left = literal(table.tolist(), order)
        chance.update({i: 1 / len(left) / len(orders) for i in left})
    n = size(20_000, 500)
    drawn = Counter(choose(table, n, np.random.default_rng(1)).tolist())
    assert drawn[4] == chance[4] == 0
    for i in range(4):
        assert abs(drawn[i] / n - chance[i]) < 4 * (chance[i] * (1 - chance[i]) / n) ** 0.5


def test_cases_are_the_outputs_that_score_counts():
    setup = evomod.prepare(evomod.Config(task="circuit", network={"encoding": "gate-layers"}))
    goal = goal_bits(setup.task, next(iter(setup.task.goals)))
    bits = np.random.default_rng(2).integers(0, 2**16, (30, *goal.wanted.shape), np.uint64)
    for tie_rule in ("strict", "zero-is-no"):
        right = goal.right(bits, ~bits, tie_rule)
        assert right.shape == (30, goal.n_answers)
        assert_array_equal(right.mean(axis=1), score(bits, ~bits, goal, tie_rule))


def test_it_evolves_the_retina_and_refuses_a_goal_that_has_no_outputs():
    evolution = {"population": size(200, 40), "generations": size(60, 20)}
    given = {"task": "retina", "selection": {"method": "lexicase"}, "evolution": evolution}
    found = list(evomod.evolve(given, seed=1))
    assert found[-1].fitness.mean() > found[0].fitness.mean() and (found[-1].front == 0).all()
    with pytest.raises(
        evomod.EvomodError, match="'max-modularity' rewards Q, and selection.method 'lexicase'"
    ):
        evomod.prepare(given | {"task": {"name": "retina", "goal": "max-modularity"}})
