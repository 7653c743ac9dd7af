"""Goals that are added one after another, and goals that leave outputs open, beside plain Python."""

from itertools import islice

import numpy as np
import pytest
from test_runs import contents

import evomod
from evomod.errors import EvomodError
from evomod.evolution.loop import evolve, rewarded
from evomod.population import Accumulated, goal_bits
from evomod.runs.run import begin, resume, run
from evomod.task import Task, derive

FIRST, SECOND = "left-and-right", "left-or-right"
PLAN = {"kind": "accumulating", "goals": [FIRST, SECOND], "period": 2}


def config(**changes):
    data = {
        "task": "retina-and-or",
        "schedule": PLAN,
        "evolution": {"population": 12, "generations": 7},
        "tracking": {"population_every": 2},
    }
    return evomod.Config(**(data | changes))


def goals_of(number, **schedule):
    setup = evomod.prepare(config(schedule=PLAN | schedule))
    return list(islice(rewarded(setup, np.random.default_rng(1)), number))


def test_goals_are_added_at_the_end_of_an_epoch_and_stay():
    both = f"{FIRST} + {SECOND}"
    assert [goal.name for goal in goals_of(8)] == [FIRST] * 3 + [both] * 5
    assert [goal.name for goal in goals_of(5, period=1)] == [FIRST] * 2 + [both] * 3
    assert [goal.name for goal in goals_of(5, probability=0.0)] == [FIRST] * 5


def test_without_names_all_goals_of_the_task_come_beginning_with_the_rewarded_one():
    task = {"name": "retina-and-or", "goal": SECOND}
    setup = evomod.prepare(config(task=task, schedule={"kind": "accumulating"}))
    assert setup.config.schedule.goals == (SECOND, FIRST, "both")


def fraction(table, answers):
    """Right answers ``[pattern][output]`` of those that count; None in ``table[output][pattern]`` does not."""
    pairs = [
        (wanted, answer[k])
        for k, row in enumerate(table)
        for wanted, answer in zip(row, answers, strict=True)
        if wanted is not None
    ]
    return sum(answer == (1 if wanted else -1) for wanted, answer in pairs) / len(pairs)


def object_in(side, columns):
    """Three pixels or more, or one or two that are all in the outer column (Kashtan & Alon 2005)."""
    on = sum(side)
    return on >= 3 or (on >= 1 and not any(side[k] for k in columns))


def tables():
    """Of both goals, from the words of the paper."""
    patterns = [[(v >> i) & 1 for i in range(8)] for v in range(256)]
    left = [object_in(p[:4], (1, 3)) for p in patterns]
    right = [object_in(p[4:], (0, 2)) for p in patterns]
    nothing = [None] * 256
    return (
        [[a and b for a, b in zip(left, right, strict=True)], nothing],
        [nothing, [a or b for a, b in zip(left, right, strict=True)]],
    )


def test_fitness_is_the_mean_over_all_goals_so_far():
    first, second = tables()
    seen = set()
    for generation in evolve(config(), seed=3):
        for k in range(generation.population.size):
            said = generation.setup.encoding.network(generation.population.genomes[k]).answer(
                [[(v >> i) & 1 for i in range(8)] for v in range(256)]
            )
            one, two = fraction(first, said.tolist()), fraction(second, said.tolist())
            expected = one if generation.goal == FIRST else (one + two) / 2
            assert generation.fitness[k] == expected
            assert generation.fitness_on(SECOND)[k] == two
        seen.add(generation.goal)
    assert seen == {FIRST, f"{FIRST} + {SECOND}"}


@pytest.mark.parametrize("method", ["nsga2", "elite", "lexicase", "map-elites"])
def test_a_run_that_was_stopped_gives_the_same_bytes(tmp_path, method):
    whole = run(config(selection={"method": method}), 5, tmp_path / "whole", progress=False)
    for last in (1, 2, 3):
        short = config(selection={"method": method}, evolution={"population": 12, "generations": last})
        half = begin(short, 5, tmp_path / f"half{last}")
        resume(half, progress=False)
        resume(half, ["evolution.generations=7"], progress=False)
        files = ("log.csv", "population.csv", "best.json", "checkpoint.npz", "config.toml")
        assert contents(half, files) == contents(whole.folder, files)
    assert whole.log["goal"].tolist() == [FIRST] * 3 + [f"{FIRST} + {SECOND}"] * 5


def test_cases_of_lexicase_are_those_of_all_goals():
    setup = evomod.prepare(config())
    goals = tuple(goal_bits(setup.task, name) for name in (FIRST, SECOND))
    genomes = setup.encoding.birth(4, np.random.default_rng(1))
    yes, no = setup.encoding.answer(genomes, np.full(4, -1), np.arange(4), setup.encoding.memory(4))
    right = Accumulated(goals).right(yes, no, "strict")
    assert right.shape == (4, 512)
    assert (right[:, :256].mean(axis=1) == goals[0].fitness(yes, no, "strict")).all()
    assert (right[:, 256:].mean(axis=1) == goals[1].fitness(yes, no, "strict")).all()


def test_solved_is_all_goals_at_once():
    setup = evomod.prepare(
        config(evolution={"population": 12, "generations": 30, "stop": "all-solved", "solved_at": 0.3})
    )
    last = list(evolve(setup.config, seed=1, setup=setup))[-1]
    assert last.goal == f"{FIRST} + {SECOND}" and last.is_solved and last.number < 30


def test_dropout_of_goals_at_once_is_the_mean_of_each():
    sections = {"pressures": {"dropout": {"draws": 2}}, "schedule": PLAN | {"period": 1}}
    generations = list(evolve(config(**sections), seed=1))
    assert all(np.isfinite(generation.expected).all() for generation in generations)
    assert generations[-1].expected.max() <= 1.0 and len(set(generations[-1].expected.tolist())) > 1


@pytest.mark.parametrize(
    ("task", "goals", "message"),
    [
        ("retina", [FIRST, SECOND], "'left-and-right' and 'left-or-right' ask for opposite outputs in"),
        ("retina-and-or", [FIRST], "requires 2 or more goals, each once; got left-and-right"),
        ("retina-and-or", [FIRST, SECOND, FIRST], "requires 2 or more goals, each once"),
        ("retina-sides", [], "requires 2 or more goals, each once; got sides"),
        ("retina-and-or", [FIRST, "neither"], "has no goal 'neither'"),
        ("retina-and-or", ["max-modularity", FIRST], "rewards Q"),
    ],
)
def test_what_cannot_be_met_together_is_refused(task, goals, message):
    with pytest.raises(EvomodError, match=message) as caught:
        evomod.prepare(config(task=task, schedule=PLAN | {"goals": goals}))
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("kind", ["random", "random-constant"])
def test_random_goals_of_a_task_that_leaves_outputs_open_are_refused(kind):
    with pytest.raises(EvomodError, match="leave some open"):
        evomod.prepare(config(schedule={"kind": kind}))


def test_a_goal_that_rewards_no_output_is_refused():
    task = Task("none", ("a",), {"one": lambda x: x.a}, {"goal": lambda one: (None, None)})
    with pytest.raises(EvomodError, match="returns no output"):
        derive(task)
