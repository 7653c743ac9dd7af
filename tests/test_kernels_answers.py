"""What all encodings share: reading answers, counting right ones, the price of size, free slots."""

import naive
import numpy as np
import pytest
from conftest import size
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from evomod.kernels import answers
from evomod.population import goal_of, score
from evomod.task import pack

SHAPES = [(1, 1), (1, 16), (1, 64), (2, 64), (1, 65), (3, 8), (2, 200)]
"""Outputs and patterns: one word and several, full and not."""


def words(shape, rng):
    """Random words, among them those with no bit and with every bit."""
    filled = rng.integers(0, 2**64, shape, dtype=np.uint64)
    filled[rng.random(shape) < 0.2] = 0
    filled[rng.random(shape) < 0.2] = 2**64 - 1
    return filled


@pytest.mark.parametrize("outputs, n_words", [(1, 1), (1, 4), (3, 1), (2, 3)])
@pytest.mark.parametrize("step, apart", [(1, 0), (2, 1), (1, 3)])
def test_read_copies_the_rows_of_the_oracle(outputs, n_words, step, apart):
    """No beside yes, after all yeses, or wherever it is not yes."""
    rng = np.random.default_rng(31)
    first, mask = 2, words(n_words, rng)
    states, slots = words((9, first + step * outputs + apart, n_words), rng), rng.integers(0, 9, 7)
    yes, no = words((7, outputs, n_words), rng), words((7, outputs, n_words), rng)
    answers.read(states, slots, first, step, apart, mask, yes, no)
    rows = [first + k * step for k in range(outputs)]
    assert yes.tolist() == naive.read(states.tolist(), slots.tolist(), rows, mask.tolist())
    denied = states if apart else ~states
    rows = [row + apart for row in rows]
    assert no.tolist() == naive.read(denied.tolist(), slots.tolist(), rows, mask.tolist())


@pytest.mark.parametrize("tie", ["strict", "zero-is-no"])
@pytest.mark.parametrize("outputs, patterns", SHAPES)
def test_score_counts_what_the_oracle_counts(outputs, patterns, tie):
    """Right, wrong and silent answers; all right and all wrong; bits beyond the last pattern do not count."""
    rng = np.random.default_rng(32)
    table = rng.random((outputs, patterns)) < 0.5
    yes = rng.random((size(40, 8), outputs, patterns)) < 0.5
    no = ~yes & (rng.random(yes.shape) < 0.7)
    yes[0], no[0] = table, ~table
    yes[1], no[1] = ~table, table
    beyond = ~pack(np.ones(patterns, np.bool_))
    found = score(pack(yes) | beyond, pack(no), goal_of("any", table), tie)
    expected = [naive.fitness(*bits, table.tolist(), tie) for bits in zip(yes, no, strict=True)]
    assert found.tolist() == expected
    assert found[:2].tolist() == [1.0, 0.0]


def test_every_bit_of_a_word_counts_once():
    """One bit set, all but one, and random words."""
    single = np.uint64(1) << np.arange(64, dtype=np.uint64)
    table = np.ones((1, 64), np.bool_)
    yes = np.concatenate((single, ~single, words(size(200, 20), np.random.default_rng(33))))
    found = score(yes[:, None, None], ~yes[:, None, None], goal_of("all", table), "strict")
    assert found.tolist() == [word.bit_count() / 64 for word in yes.tolist()]


@pytest.mark.parametrize("above", [0, 4, 11, 300])
@pytest.mark.parametrize("penalty", [0.2, 1.0, 0.01])
def test_the_price_of_size_is_the_oracles(penalty, above):
    rng = np.random.default_rng(34)
    fitness, sizes = rng.random(50), rng.integers(0, 30, 50).astype(np.uint8)
    scored = np.empty(50)
    answers.penalise(fitness, sizes, penalty, above, scored)
    pairs = zip(fitness.tolist(), sizes.tolist(), strict=True)
    assert scored.tolist() == [naive.penalised(f, n, penalty, above) for f, n in pairs]


@settings(max_examples=size(200, 50), deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 19), max_size=20), st.data())
def test_free_slots_are_the_first_that_nobody_has(taken, data):
    """None taken, all taken, taken twice."""
    number = data.draw(st.integers(0, 20 - len(set(taken))))
    free = np.empty(number, np.int64)
    answers.free_slots(np.array(taken, np.int64), np.zeros(20, np.bool_), free)
    assert_array_equal(free, naive.free_slots(set(taken), 20, number))


@settings(max_examples=size(200, 50), deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 19), max_size=20, unique=True), st.data())
def test_those_that_pass_stand_before_other_parents(kept, data):
    """Nobody passes, all do; parents that pass or not, once or several times."""
    parents = data.draw(st.lists(st.integers(0, 19), min_size=20 - len(kept), max_size=20 - len(kept)))
    rows, ancestors = np.empty(20, np.int64), np.empty(40, np.int64)
    given = np.array(kept, np.int64), np.array(parents, np.int64)
    n = answers.line_up(*given, np.full(20, -1), rows, ancestors)
    line, places = naive.lined_up(kept, parents)
    assert rows[:n].tolist() == line
    assert ancestors[: n + len(parents)].tolist() == [*range(n), *places]
