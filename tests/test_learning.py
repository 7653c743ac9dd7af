"""Learning: networks learn what plain Python learns, selection sees the sum, and nothing learned is inherited."""

from dataclasses import replace
from itertools import islice

import naive
import naive_learning
import numpy as np
import pytest

import evomod
from evomod.errors import EvomodError
from evomod.evolution import evaluation
from evomod.evolution.evaluation import Loop, Occasion, trial_of
from evomod.evolution.schedules import Modularity
from evomod.population import Accumulated
from evomod.pressures import learning

REAL = {"encoding": "layered-real", "gain": 1.0, "layers": [8, 4, 2]}
INTEGER = {"network": {"encoding": "layered"}}


def made(section=None, **more):
    given = {
        "task": "retina-sides",
        "network": REAL,
        "pressures": {"learning": section or {}},
        "evolution": {"population": 6, "generations": 4},
    }
    return evomod.Config(**(given | more))


def trial(setup, mask=None, seed=1):
    """A generation of random networks while it is judged."""
    loop = Loop(setup, setup.encoding.memory(6), np.random.default_rng(seed))
    pool = evaluation.afresh(loop, setup.toolbox.birth(6, loop.rng), np.arange(6))
    goal = setup.goals[0].shown(mask)
    fitness = goal.score(pool.population, setup.rules)
    return trial_of(loop, pool, Occasion(3, goal), fitness)


def error_after(setup, newborn, aims, steps):
    """Mean squared error after learning, of one genome before it."""
    layers, edges = REAL["layers"], setup.encoding.n_edges
    places, neurons = naive.edges(layers), range(layers[0], sum(layers))
    connections = {e: w for e, w in zip(places, newborn[:edges], strict=True) if w != 0}
    bias = dict(zip(neurons, newborn[edges:], strict=True))
    ends = ((-2.0, 2.0), (-2.0, 2.0))
    learned = naive_learning.learned(layers, connections, bias, aims, 1.0, steps, 0.1, ends)
    return naive_learning.mean_squared_error(layers, *learned, aims, 1.0)


@pytest.mark.parametrize(("steps", "shown"), [(1, None), (12, None), (12, 100)])
def test_selection_sees_what_plain_python_learns(steps, shown):
    setup = evomod.prepare(made({"steps": steps, "weight": 0.25}))
    mask = None
    if shown is not None:
        mask = evomod.task.pack(np.random.default_rng(4).permutation(256) < shown)
    now, section = trial(setup, mask), setup.config.pressures.get("learning")
    judged = learning.judge(now, section)
    table = np.where(setup.task.tables["sides"], 1.0, -1.0)
    if mask is not None:
        table *= evomod.task.unpack(mask, 256)
    genomes = now.population.genomes
    newborn, _ = setup.encoding.learned(genomes, table, 0, now.stream(learning.STREAM))
    for row, one in enumerate(newborn.tolist()):
        wanted = 1.0 - error_after(setup, one, table.tolist(), steps) / 4.0
        assert judged[row] == pytest.approx(0.75 * now.fitness[row] + 0.25 * wanted, abs=1e-12)
    assert np.array_equal(learning.judge(now, section), judged)  # of a stream of its own


def test_patterns_that_do_not_count_are_not_learned():
    """Another goal on hidden patterns alone gives the same judgement."""
    setup = evomod.prepare(made({"steps": 10, "weight": 1.0}))
    table = setup.task.tables["sides"]
    shown = np.random.default_rng(4).permutation(256) < 100
    goals = [
        evomod.population.goal_of(
            "sides", np.where(shown, table, other), np.broadcast_to(shown, table.shape)
        )
        for other in (table, ~table)
    ]
    now, section = trial(setup), setup.config.pressures.get("learning")
    one, other = (learning.judge(replace(now, goal=goal), section) for goal in goals)
    assert np.array_equal(one, other) and np.ptp(one) > 0


def test_networks_learn_and_nothing_of_it_is_inherited():
    config = made({"steps": 40, "weight": 1.0}, evolution={"population": 30, "generations": 3})
    *_, last = islice(evomod.evolve(config, 4), 4)
    assert last.expected.max() > 0.9 > 0.75 > last.fitness.max()
    assert np.array_equal(last.objectives[:, 0], last.expected)
    row = evomod.log_row(last)
    assert row["learning_fitness"] == last.expected[last.best_row]
    assert row["best_fitness"] == last.fitness[last.best_row]


def test_goals_that_are_rewarded_at_once_are_learned_at_once():
    setup = evomod.prepare(made(task="retina-and-or"))
    now, section = trial(setup), setup.config.pressures.get("learning")
    one, other, both = (now.goal_named(name) for name in ("left-and-right", "left-or-right", "both"))
    together = replace(now, goal=Accumulated((one, other)))
    assert np.array_equal(
        learning.judge(together, section), learning.judge(replace(now, goal=both), section)
    )
    assert not np.array_equal(learning.judge(together, section), learning.judge(now, section))


def test_a_goal_that_counts_no_outputs_is_not_learned():
    setup = evomod.prepare(made())
    now, section = trial(setup), setup.config.pressures.get("learning")
    by_q = replace(now, goal=Modularity("q", np.inf))
    assert np.array_equal(learning.judge(by_q, section), now.fitness)
    assert not np.array_equal(learning.judge(now, section), now.fitness)


def test_a_neutral_epoch_is_not_judged():
    schedule = {"kind": "neutral", "goals": ["sides"], "period": 1}
    found = list(islice(evomod.evolve(made(schedule=schedule), 4), 4))
    neutral = [g for g in found if g.rewarded.is_neutral]
    assert neutral and all(not g.objectives.any() for g in neutral)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"section": {"steps": 0}}, "steps: wanted"),
        ({"section": {"weight": 0.0}}, "weight: wanted greater than 0"),
        (INTEGER, "pressures.learning requires weights that can learn by gradient"),
        ({"task": "circuit", "network": {"encoding": "circuit"}}, "requires weights that can learn by gradient"),
        ({"selection": {"method": "lexicase"}}, "learning changes the fitness"),
        (
            {"task": "attractor", "network": {"encoding": "layered-real"}},
            "pressures.learning requires fitness that counts right outputs",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence(given, message):
    with pytest.raises(EvomodError, match=message):
        evomod.prepare(made(**given))
