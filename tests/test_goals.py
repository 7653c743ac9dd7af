"""Schedules against tables written by hand, related and random goals, and the laws of chance in both."""

from dataclasses import replace
from functools import cache
from itertools import islice, pairwise

import numpy as np
import pytest
from conftest import size
from hypothesis import given, settings
from hypothesis import strategies as st

import evomod
from evomod.errors import EvomodError
from evomod.evolution.loop import rewarded
from evomod.evolution.schedules import chosen_schedule, compositions, epochs, inputs_read
from evomod.pressures.goal_switching import epoch_of
from evomod.sections import ScheduleSection
from evomod.task import Task, derive, unpack

load = cache(evomod.load_task)

ALL = set(range(16))
CIRCUIT = {  # patterns of yes: x, y, z, w are bits 0 to 3
    "xor-and-xor": {5, 6, 9, 10},
    "xor-or-xor": ALL - {0, 3, 12, 15},
    "eq-and-xor": {4, 7, 8, 11},
    "eq-or-xor": ALL - {1, 2, 13, 14},
    "xor-and-eq": {1, 2, 13, 14},
    "xor-or-eq": ALL - {4, 7, 8, 11},
    "eq-and-eq": {0, 3, 12, 15},
    "eq-or-eq": ALL - {5, 6, 9, 10},
    "non-modular-neighbour": {0, 1, 2, 3, 5, 7, 9, 11},
}
MODULAR = tuple(name for name in CIRCUIT if name != "non-modular-neighbour")


def schedule(task, number, seed=1, **section):
    """The goals of generations 0 to ``number`` - 1."""
    setup = evomod.prepare(evomod.Config(task=task, schedule=section))
    return list(islice(rewarded(setup, np.random.default_rng(seed)), number))


def names(*arguments, **section):
    return [goal.name for goal in schedule(*arguments, **section)]


def in_epochs(task, number, seed=1, **section):
    """The goals of epochs 0 to ``number`` - 1, without a config around them."""
    chosen = chosen_schedule(ScheduleSection(**section), next(iter(load(task).goals)), load(task))
    return list(islice(epochs(chosen, load(task), np.random.default_rng(seed)), number))


def ones(goal, output=0, n_patterns=16):
    """The patterns to which a goal wants yes; those of no are all others."""
    wanted, unwanted = (unpack(bits[output], n_patterns) for bits in (goal.wanted, goal.unwanted))
    assert (wanted != unwanted).all()
    return set(np.flatnonzero(wanted).tolist())


def near(counts, chance, trials):
    """Whether counts of a binomial law lie within five standard deviations."""
    spread = 5 * np.sqrt(trials * chance * (1 - chance))
    return (np.abs(np.asarray(counts) - trials * np.asarray(chance)) <= spread).all()


# When the goal changes


@pytest.mark.parametrize("period", [1, 2, 3, 20, 1000])
def test_the_goal_changes_where_the_authors_program_changes_it(period):
    index = 0
    for generation in range(1, 130):
        if generation != 1 and (generation - 1) % period == 0:
            index += 1
        assert epoch_of(generation, period) == index
    assert epoch_of(0, period) == 0


def test_a_period_of_20_switches_in_21_and_41():
    found = names("retina", 62, kind="modular", goals=["left-and-right", "left-or-right"])
    switches = [number for number in range(1, 62) if found[number] != found[number - 1]]
    assert switches == [21, 41, 61]


# What each kind does, by hand

A, B, C, D = "xor-and-xor", "xor-or-xor", "eq-and-xor", "eq-or-eq"
L, R = "left-and-right", "left-or-right"

TABLES = {
    "first goal": ("circuit", {}, [A] * 8),
    "fixed": ("circuit", {"goals": [D]}, [D] * 8),
    "neighbour": ("circuit", {"goals": ["non-modular-neighbour"]}, ["non-modular-neighbour"] * 8),
    "two goals": ("circuit", {"kind": "modular", "goals": [B, A], "period": 3}, [B] * 4 + [A] * 3 + [B]),
    "every generation": (
        "circuit",
        {"kind": "modular", "goals": [A, B, C], "period": 1},
        [A, A, B, C, A, B, C, A],
    ),
    "a goal that comes twice": (
        "circuit-three-outputs",
        {"kind": "modular", "goals": ["g1", "g4", "g2", "g4", "g3", "g4"], "period": 2},
        ["g1", "g1", "g1", "g4", "g4", "g2", "g2", "g4", "g4", "g3", "g3", "g4", "g4", "g1", "g1", "g4"],
    ),
    "retina": ("retina", {"kind": "modular", "goals": [L, R], "period": 2}, [L, L, L, R, R, L, L, R]),
    "never": (
        "retina",
        {"kind": "modular", "goals": [L, R], "period": 1, "probability": 0.0},
        [L] * 9,
    ),
    "neutral": (
        "circuit",
        {"kind": "neutral", "goals": [B], "period": 2},
        [B, B, B, "neutral", "neutral", B, B, "neutral", "neutral", B],
    ),
    "neutral of the first goal": (
        "retina",
        {"kind": "neutral", "period": 1},
        [L, L, "neutral", L, "neutral", L],
    ),
    "away and back": (
        "circuit",
        {"kind": "modular", "goals": [A, "non-modular-neighbour"], "period": 2},
        [A] * 3 + ["non-modular-neighbour"] * 2 + [A] * 2 + ["non-modular-neighbour"],
    ),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_schedule_by_hand(case):
    task, section, expected = TABLES[case]
    assert names(task, len(expected), **section) == expected


def test_the_goals_of_a_schedule_are_those_of_the_task():
    for goal in schedule("circuit", 10, kind="modular", goals=list(CIRCUIT), period=1)[1:]:
        assert ones(goal) == CIRCUIT[goal.name] and goal.n_answers == 16


def test_three_outputs_follow_the_paper():
    """Of the pairs (a, b), (a, c), (b, c) goal k joins pair k by OR and the others by AND."""
    found = schedule(
        "circuit-three-outputs", 5, kind="modular", goals=["g1", "g2", "g3", "g4"], period=1
    )
    for k, goal in enumerate(found[1:]):
        assert goal.name == f"g{k + 1}" and goal.n_answers == 3 * 64
        for output, (i, j) in enumerate([(0, 1), (0, 2), (1, 2)]):
            expected = set()
            for v in range(64):
                parts = [(v >> 2 * m & 1) != (v >> (2 * m + 1) & 1) for m in range(3)]
                if (parts[i] or parts[j]) if output == k else (parts[i] and parts[j]):
                    expected.add(v)
            assert ones(goal, output, 64) == expected


def test_an_epoch_without_a_goal_has_no_answers():
    _, neutral = in_epochs("circuit", 2, kind="neutral")
    assert neutral.name == "neutral" and neutral.is_neutral


def test_the_task_names_the_goal_where_the_schedule_does_not():
    for kind, expected in (("fixed", [B] * 3), ("neutral", [B, "neutral", B])):
        config = evomod.Config(task={"name": "circuit", "goal": B}, schedule={"kind": kind, "period": 1})
        found = islice(rewarded(evomod.prepare(config), np.random.default_rng(1)), 1, 4)
        assert [goal.name for goal in found] == expected


# Random goals in a schedule


@pytest.mark.parametrize("goals", [[A], [A, B], [B, C, D]])
@pytest.mark.parametrize("kind", ["random", "random-constant"])
def test_random_goals_come_after_each_named_one(kind, goals):
    found = in_epochs("circuit", 12, seed=3, kind=kind, goals=goals)
    assert [goal.name for goal in found[::2]] == (goals * 6)[:6]
    drawn = [frozenset(ones(goal)) for goal in found[1::2]]
    assert len(set(drawn)) == (6 if kind == "random" else 1)
    assert not set(drawn) & {frozenset(patterns) for patterns in CIRCUIT.values()}
    assert len({goal.name for goal in found[1::2]}) == len(set(drawn))
    for before, goal in zip(found[::2], found[1::2], strict=True):
        like = before if kind == "random" else found[0]
        assert len(ones(goal)) == len(ones(like)) and goal.name.startswith("random-")


def test_random_goals_alone():
    found = in_epochs("retina", 8, kind="random")
    assert len({goal.name for goal in found}) == 8
    first = load("retina").tables[L].sum()
    assert all(len(ones(goal, n_patterns=256)) == first for goal in found)
    constant = in_epochs("retina", 8, kind="random-constant")
    assert len({goal.name for goal in constant}) == 1 and constant[0].name.startswith("random-")


def test_random_goals_of_three_outputs_keep_the_ones_of_each():
    named, drawn = in_epochs("circuit-three-outputs", 2, kind="random", goals=["g2"])
    assert [len(ones(named, k, 64)) for k in range(3)] == [16, 48, 16]
    assert [len(ones(drawn, k, 64)) for k in range(3)] == [16, 48, 16]


def test_the_name_of_a_random_goal_is_its_truth_table():
    for goal in in_epochs("circuit", 10, kind="random")[1::2]:
        word = int(goal.name.removeprefix("random-"), 16)
        assert {v for v in range(16) if word >> v & 1} == ones(goal)


@settings(max_examples=size(40, 10), deadline=None)
@given(task=st.sampled_from(["circuit", "retina", "circuit-three-outputs"]), data=st.data())
def test_a_random_goal_has_its_ones_and_is_no_goal_of_the_task(task, data):
    loaded, seed = load(task), data.draw(st.integers(0, 2**32))
    wanted = data.draw(
        st.lists(st.integers(2, 14), min_size=loaded.n_outputs, max_size=loaded.n_outputs)
    )
    table = loaded.random_goal(np.random.default_rng(seed), ones=wanted)
    assert table.dtype == np.bool_ and table.shape == (loaded.n_outputs, loaded.n_patterns)
    assert table.sum(axis=1).tolist() == wanted
    assert not any((table == known).all() for known in loaded.tables.values())


def test_of_four_tables_two_are_goals_and_the_others_are_drawn_equally_often():
    subgoals = {"and_": lambda i: i.a & i.b, "nor": lambda i: ~(i.a | i.b)}
    goals = {"both": lambda and_: and_, "neither": lambda nor: nor}
    task, rng, trials = derive(Task("pair", ("a", "b"), subgoals, goals)), np.random.default_rng(1), 400
    found = [int(task.random_goal(rng)[0].argmax()) for _ in range(trials)]
    assert set(found) == {1, 2} and near(found.count(1), 0.5, trials)


def test_a_number_of_ones_stands_for_every_output_and_none_for_those_of_the_first_goal():
    rng = np.random.default_rng(1)
    three = load("circuit-three-outputs")
    assert three.random_goal(rng, ones=5).sum(axis=1).tolist() == [5, 5, 5]
    assert three.random_goal(rng).sum(axis=1).tolist() == [48, 16, 16]
    assert load("circuit").random_goal(rng).sum() == 4
    assert load("circuit").random_goal(rng, ones=0).sum() == 0
    assert load("circuit").random_goal(rng, ones=16).all()


def test_random_goals_favour_no_pattern():
    """Of 1820 tables of four ones the task knows four, which hold every pattern once."""
    rng, trials = np.random.default_rng(4), size(4000, 1000)
    counts = sum(load("circuit").random_goal(rng, ones=4)[0].astype(int) for _ in range(trials))
    assert near(counts, 0.25, trials)


@pytest.mark.parametrize("wrong", [-1, 17, [99], 3.5, [3, 4]])
def test_ones_that_cannot_be_are_refused(wrong):
    with pytest.raises(EvomodError, match=r"ones: wanted a whole number from 0 to 16, or 1 of them"):
        load("circuit").random_goal(np.random.default_rng(1), ones=wrong)


# Related goals and the random walk


def test_related_goals_by_hand():
    circuit = load("circuit")
    near_a = circuit.related(A)
    assert near_a == {B: 2, C: 1, "eq-or-xor": 1, "xor-and-eq": 1, "xor-or-eq": 1}
    assert next(iter(near_a)) == B and A not in near_a
    assert circuit.related("eq-and-eq")[D] == 2
    assert circuit.related("non-modular-neighbour") == {}
    assert load("circuit-three-outputs").related("g4") == {"g1": 3, "g2": 3, "g3": 3}
    assert load("five-xor").related("five-xor") == {}


def test_related_goals_of_six_inputs_share_as_many_modules_as_their_names():
    six = load("circuit-six-inputs")
    for goal in six.goals:
        kinds = goal.split("_")[0].split("-")
        expected = {
            other: sum(a == b for a, b in zip(kinds, other.split("_")[0].split("-"), strict=True))
            for other in six.goals
            if other != goal
        }
        found = six.related(goal)
        assert found == {other: n for other, n in expected.items() if n}
        assert list(found.values()) == sorted(found.values(), reverse=True)


def test_relations_of_an_unknown_goal_are_refused():
    with pytest.raises(EvomodError, match="no goal 'g9'; it has 'g1', 'g2', 'g3', 'g4'"):
        load("circuit-three-outputs").related("g9")


@settings(max_examples=size(30, 8), deadline=None)
@given(seed=st.integers(0, 2**32), goals=st.permutations(MODULAR), number=st.integers(4, 8))
def test_a_walk_steps_between_related_goals_of_the_schedule_only(seed, goals, number):
    chosen = goals[:number]
    try:
        found = [g.name for g in in_epochs("circuit", 40, seed, kind="random-walk", goals=chosen)]
    except EvomodError:
        alone = [n for n in chosen if not set(load("circuit").related(n)) & set(chosen)]
        assert alone
        return
    assert found[0] == chosen[0] and set(found) <= set(chosen)
    assert all(after in load("circuit").related(before) for before, after in pairwise(found))


def test_a_walk_without_goals_takes_all_that_have_neighbours():
    found = {goal.name for goal in in_epochs("circuit", 300, kind="random-walk")}
    assert found == set(MODULAR)


def test_a_walk_favours_no_neighbour():
    number = size(1600, 800)
    found = [goal.name for goal in in_epochs("circuit", number, seed=2, kind="random-walk")]
    for goal in MODULAR:
        followers = [after for before, after in pairwise(found) if before == goal]
        counts = [followers.count(other) for other in load("circuit").related(goal)]
        assert sum(counts) == len(followers) and near(counts, 0.2, len(followers))


# Compositions


def test_compositions_of_circuit_by_hand():
    found = compositions(load("circuit"), ("and", "or"))
    tables = {name: set(np.flatnonzero(table[0]).tolist()) for name, table in found.items()}
    assert tables == {
        f"{a}_xy {join} {b}_zw": CIRCUIT[f"{a}-{join}-{b}"]
        for a in ("xor", "eq")
        for b in ("xor", "eq")
        for join in ("and", "or")
    }


def test_compositions_by_other_operators_by_hand():
    parity = {v for v in range(16) if v.bit_count() % 2}
    found = compositions(load("circuit"), ("xor", "eq"))
    tables = {name: set(np.flatnonzero(table[0]).tolist()) for name, table in found.items()}
    assert tables == {"xor_xy xor xor_zw": parity, "xor_xy eq xor_zw": ALL - parity}
    retina = compositions(load("retina"), ("nor", "nand", "and"))
    left, right = load("retina").tables[L], load("retina").tables[R]
    assert list(retina) == ["left nor right", "left nand right", "left and right"]
    assert (retina["left nor right"] == ~right).all() and (retina["left nand right"] == ~left).all()


def test_three_modules_are_joined_from_left_to_right():
    found = compositions(load("circuit-six-inputs"), ("and", "or"))
    assert len(found) == 8 * 4
    table = found["xor_xy or eq_zw and xor_pq"][0]
    bits = [[v >> k & 1 for k in range(6)] for v in range(64)]
    expected = [(x != y or z == w) and p != q for x, y, z, w, p, q in bits]
    assert table.tolist() == expected


def test_inputs_read():
    table = np.array([False, True, True, False] * 2)
    assert inputs_read(table) == {0, 1}
    assert inputs_read(np.ones(8, np.bool_)) == frozenset()


@settings(max_examples=size(40, 10), deadline=None)
@given(
    seed=st.integers(0, 2**32),
    operators=st.sets(
        st.sampled_from(["and", "or", "xor", "eq", "nand", "nor"]), min_size=2, max_size=6
    ),
    task=st.sampled_from(["circuit", "retina"]),
)
def test_sampled_goals_all_come_before_one_comes_again(seed, operators, task):
    joins = tuple(sorted(operators))
    known = set(compositions(load(task), joins))
    n = len(known)
    found = [goal.name for goal in in_epochs(task, 5 * n, seed, kind="sampled", operators=joins)]
    for turn in range(5):
        assert set(found[turn * n : (turn + 1) * n]) == known
    assert all(before != after for before, after in pairwise(found))


def test_every_composition_is_as_likely_to_come_first():
    trials = size(800, 300)
    first = [in_epochs("circuit", 1, seed, kind="sampled")[0].name for seed in range(trials)]
    counts = [first.count(name) for name in compositions(load("circuit"), ("and", "or"))]
    assert sum(counts) == trials and near(counts, 1 / 8, trials)


def test_sampled_orders_differ_from_turn_to_turn():
    found = [goal.name for goal in in_epochs("circuit", 80, kind="sampled")]
    assert len({tuple(found[8 * k : 8 * k + 8]) for k in range(10)}) == 10


# Chance


@pytest.mark.parametrize("p", [0.1, 0.5, 0.85])
@pytest.mark.parametrize("kind", ["modular", "random-walk", "random"])
def test_the_goal_changes_at_the_rate_that_was_asked_for(kind, p):
    n = size(2000, 800)
    found = in_epochs("circuit", n + 1, seed=5, kind=kind, goals=[A, B, C], probability=p)
    changes = sum(before.name != after.name for before, after in pairwise(found))
    assert near(changes, p, n)


def test_a_goal_that_may_change_changes_at_the_end_of_an_epoch_only():
    found = names("circuit", 300, 7, kind="modular", goals=[A, B, C], period=4, probability=0.5)
    switches = [number for number in range(1, 300) if found[number] != found[number - 1]]
    assert all((number - 1) % 4 == 0 for number in switches) and 20 < len(switches) < 60
    order = [found[0], *(found[number] for number in switches)]
    assert order == ([A, B, C] * 30)[: len(order)]


CHANCY = {
    "random-walk": {"kind": "random-walk", "probability": 0.8},
    "sampled": {"kind": "sampled"},
    "random": {"kind": "random", "goals": (A, B), "probability": 0.5},
    "random-constant": {"kind": "random-constant"},
    "modular": {"kind": "modular", "goals": (A, B, C), "probability": 0.5},
}


@cache
def chancy(kind, period):
    section = {"period": period, **CHANCY[kind]}
    return evomod.prepare(evomod.Config(task={"name": "circuit", "patterns": 9}, schedule=section))


def as_data(goals, number):
    return [(g.name, g.wanted.tolist(), g.unwanted.tolist()) for g in islice(goals, number)]


@settings(max_examples=size(40, 10), deadline=None)
@given(
    kind=st.sampled_from(list(CHANCY)),
    period=st.integers(1, 4),
    seed=st.integers(0, 2**32),
    first=st.integers(0, 30),
    draws=st.integers(0, 50),
)
def test_a_schedule_depends_on_the_seed_alone_and_is_found_again_anywhere(
    kind, period, seed, first, draws
):
    setup = chancy(kind, period)
    whole = as_data(rewarded(setup, np.random.default_rng(seed)), 45)
    rng = np.random.default_rng(seed)
    rng.random(draws)
    before = rng.bit_generator.state
    assert as_data(rewarded(setup, rng, first), 45 - first) == whole[first:]
    assert rng.bit_generator.state == before  # and it takes no draw away from evolution
    child = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    assert as_data(rewarded(setup, child), 45) != whole


@pytest.mark.parametrize("kind", CHANCY)
def test_a_schedule_is_the_same_whatever_the_population_does(kind):
    found = []
    for population, method in ((10, "elite"), (25, "roulette"), (12, "nsga2")):
        config = evomod.Config(
            task="circuit",
            schedule={"period": 2, **CHANCY[kind]},
            selection={"method": method},
            evolution={"population": population, "generations": 20},
        )
        found.append([generation.goal for generation in evomod.evolve(config, seed=9)])
    setup = evomod.prepare(config)
    expected = [g.name for g in islice(rewarded(setup, np.random.default_rng(9)), 21)]
    assert found == [expected] * 3 and (kind == "random-constant") == (len(set(expected)) == 1)


@pytest.mark.parametrize("kind", CHANCY)
@pytest.mark.parametrize("at", [0, 7, 8])
def test_going_on_from_a_generation_equals_going_through(kind, at):
    config = evomod.Config(
        task="circuit",
        schedule={"period": 2, **CHANCY[kind]},
        evolution={"population": 20, "generations": 16},
    )
    whole = list(evomod.evolve(config, seed=9))
    rng = np.random.default_rng(9)
    *_, start = islice(evomod.evolve(config, rng), at + 1)
    rest = list(evomod.evolve(config, rng, start=start))
    assert [g.number for g in rest] == list(range(at + 1, 17))
    for one, other in zip(whole[at + 1 :], rest, strict=True):
        assert (one.goal, one.since_switch) == (other.goal, other.since_switch)
        assert (one.population.genomes == other.population.genomes).all()
        assert (one.fitness == other.fitness).all()


# The log


def test_the_log_names_the_goal_and_tells_the_time_since_the_switch(tmp_path):
    config = evomod.Config(
        task="circuit",
        schedule={"kind": "modular", "goals": [A, "non-modular-neighbour"], "period": 3},
        evolution={"population": 30, "generations": 10, "solved_at": 0.8},
    )
    log = evomod.run(config, 1, tmp_path / "x").log
    other = "non-modular-neighbour"
    assert log["goal"].tolist() == [A] * 4 + [other] * 3 + [A] * 3 + [other]
    assert log["since_switch"].tolist() == [0, 1, 2, 3, 0, 1, 2, 0, 1, 2, 0]
    on_goal = [log[f"fitness:{goal}"][k] for k, goal in enumerate(log["goal"].tolist())]
    assert log["best_fitness"].tolist() == on_goal
    assert log["solved"].tolist() == [int(value >= 0.8) for value in on_goal]
    assert 0 < log["solved"].sum() < 11


def test_the_log_of_random_and_neutral_epochs(tmp_path):
    small = {"population": 20, "generations": 6}
    config = evomod.Config(task="circuit", schedule={"kind": "neutral", "period": 2}, evolution=small)
    log = evomod.run(config, 1, tmp_path / "neutral").log
    assert log["goal"].tolist() == [A] * 3 + ["neutral"] * 2 + [A] * 2
    assert np.isnan(log["best_fitness"]).tolist() == [False] * 3 + [True] * 2 + [False] * 2
    assert log["solved"][3:5].tolist() == [0, 0]
    config = evomod.Config(task="circuit", schedule={"kind": "random", "period": 2}, evolution=small)
    log = evomod.run(config, 1, tmp_path / "random").log
    assert log["since_switch"].tolist() == [0, 1, 2, 0, 1, 0, 1]
    assert len(set(log["goal"].tolist())) == 3


def test_with_a_probability_the_time_since_the_switch_runs_over_epochs():
    config = evomod.Config(
        task="circuit",
        schedule={"kind": "modular", "goals": [A, B], "period": 2, "probability": 0.5},
        evolution={"population": 5, "generations": 60},
    )
    expected, before = 0, None
    longest = 0
    for generation in evomod.evolve(config, seed=3):
        expected = 0 if generation.goal != before else expected + 1
        assert generation.since_switch == expected
        before, longest = generation.goal, max(longest, expected)
    assert longest > 2


def test_random_goals_alone_have_as_many_ones_as_the_tasks_goal():
    section = ScheduleSection(kind="random")
    goals = epochs(section, load("circuit"), np.random.default_rng(1), "xor-or-xor")
    assert {int(np.bitwise_count(next(goals).wanted).sum()) for _ in range(20)} == {12}


def test_no_random_goal_comes_twice_in_a_row():
    """By chance one in 1820 would be like the one before, and its switch would go unnoticed."""
    goals = epochs(ScheduleSection(kind="random"), load("circuit"), np.random.default_rng(2))
    names = [next(goals).name for _ in range(12000)]
    assert all(a != b for a, b in pairwise(names))


def test_neutral_is_no_name_for_a_goal():
    with pytest.raises(EvomodError, match="an epoch without a goal"):
        derive(replace(load("circuit"), goals={"neutral": lambda xor_xy: xor_xy}))
