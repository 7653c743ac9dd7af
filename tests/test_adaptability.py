"""Adaptability: mutants climb as plain Python climbs, selection sees the sum, and nothing else is changed."""

from itertools import islice

import numpy as np
import pytest

import evomod
from evomod.config import towards
from evomod.errors import EvomodError
from evomod.evolution import evaluation
from evomod.evolution.evaluation import Loop, Occasion, trial_of
from evomod.pressures import adaptability
from evomod.task import all_patterns, load_task

RETINA, PATTERNS = load_task("retina-relations"), all_patterns(8)
CIRCUIT = {"task": "circuit", "network": {"encoding": "circuit"}}


def made(section=None, **more):
    evolution = {"population": 8, "generations": 4}
    given = {
        "task": "retina-relations",
        "pressures": {"adaptability": section or {}},
        "evolution": evolution,
    }
    return evomod.Config(**(given | more))


def trial(setup, seed=1):
    """A generation of random networks while it is judged."""
    loop = Loop(setup, setup.encoding.memory(8), np.random.default_rng(seed))
    genomes = setup.toolbox.birth(8, loop.rng)
    pool = evaluation.afresh(loop, genomes, np.arange(8))
    goal = next(g for g in setup.goals if g.name == setup.config.task.goal)
    fitness = goal.score(pool.population, setup.rules)
    return trial_of(loop, pool, Occasion(3, goal), fitness)


def share_right(setup, genome, goal):
    """By the network's own answers, pattern by pattern."""
    network, wanted = setup.encoding.network(genome), setup.task.tables[goal]
    said = network.answer(all_patterns(len(setup.task.inputs)))
    cases = [(v, k) for v in range(len(said)) for k in range(len(wanted))]
    return sum((said[v, k] > 0) == wanted[k][v] and said[v, k] != 0 for v, k in cases) / len(cases)


def climbs(setup, genome, mutants_by_step, goal):
    """One network; a mutant takes its place only if it is better than all before it."""
    best = share_right(setup, genome, goal)
    for mutants in mutants_by_step:
        for mutant in mutants:
            found = share_right(setup, mutant, goal)
            if found > best:
                best, genome = found, mutant
    return best


@pytest.mark.parametrize("block", [adaptability.BLOCK, 13])
@pytest.mark.parametrize(("mutants", "steps"), [(1, 1), (4, 1), (3, 2)])
@pytest.mark.parametrize("more", [{}, {"network": {"encoding": "layered-real"}}, CIRCUIT])
def test_what_is_reached_is_what_plain_python_reaches(mutants, steps, more, block, monkeypatch):
    monkeypatch.setattr(adaptability, "BLOCK", block)
    setup = evomod.prepare(made({"mutants": mutants, "steps": steps, "weight": 0.25}, **more))
    now, section = trial(setup), setup.config.pressures.get("adaptability")
    seen, true = [], adaptability.mutants_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adaptability, "mutants_of", lambda *given: seen.append(true(*given)) or seen[-1])
        judged = adaptability.judge(now, section)
    rng = now.stream(adaptability.STREAM)
    goal = section.goals[int(rng.integers(len(section.goals)))]
    at_once = max(1, block // (mutants + 1))
    assert len(seen) == steps * -(-8 // at_once) and goal != now.goal.name
    for row, genome in enumerate(now.population.genomes):
        first, place = row // at_once * steps, row % at_once
        mine = [made[place * mutants : (place + 1) * mutants] for made in seen[first : first + steps]]
        wanted = climbs(setup, genome, mine, goal)
        assert judged[row] == pytest.approx(0.75 * now.fitness[row] + 0.25 * wanted, abs=1e-12)
    assert np.array_equal(adaptability.judge(now, section), judged)  # of a stream of its own


@pytest.mark.parametrize("more", [{}, CIRCUIT])
@pytest.mark.parametrize("number", [1, 3, 4])
def test_mutants_are_of_their_own_parent_alone(more, number):
    """Genes of another individual would be seen: every individual has a value of its own everywhere."""
    setup = evomod.prepare(made({}, **more))
    genomes = np.repeat(setup.toolbox.birth(1, np.random.default_rng(1)), 6, axis=0)
    genomes[1::2] = setup.toolbox.birth(1, np.random.default_rng(2))
    mutants = adaptability.mutants_of(setup.encoding, genomes, number, np.random.default_rng(3))
    assert mutants.shape == (6 * number, genomes.shape[1]) and mutants.dtype == genomes.dtype
    apart = (mutants[:, None] != genomes[:2]).sum(axis=2)
    mine = np.repeat(np.arange(6) % 2, number)
    assert (apart[np.arange(6 * number), mine] < apart[np.arange(6 * number), 1 - mine]).all()
    assert (mutants != np.repeat(genomes, number, axis=0)).any()


def test_goals_are_those_that_share_subgoals_unless_they_are_named():
    goals = evomod.prepare(made()).config.pressures.get("adaptability").goals
    assert set(goals) == set(RETINA.related("left-and-right"))
    named = evomod.prepare(made({"goals": ["top-and-bottom"]}))
    assert named.config.pressures.get("adaptability").goals == ("top-and-bottom",)
    both = {"schedule": {"kind": "modular", "goals": ["left-and-right", "left-or-right"]}}
    goals = evomod.prepare(made(**both)).config.pressures.get("adaptability").goals
    assert goals and not set(goals) & {"left-and-right", "left-or-right"}


def test_towards_another_goal_mutants_are_tried_on_others():
    """Where a goal of theirs is rewarded next, as in a transfer, they are tried on those that are left."""
    known = evomod.prepare(made()).config
    mine = known.pressures.get("adaptability").goals
    later = evomod.prepare(towards(known, mine[0])).config.pressures.get("adaptability").goals
    assert later == mine[1:]
    one = evomod.prepare(made({"goals": ["top-and-bottom"]})).config
    assert towards(one, "left-or-right").pressures is one.pressures
    assert towards(one, "top-and-bottom").pressures.get("adaptability") is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"section": {"goals": ["nowhere"]}}, "has no goal 'nowhere'"),
        ({"section": {"weight": 0.0}}, "weight: wanted greater than 0"),
        ({"section": {"mutants": 0}}, "mutants: wanted"),
        ({"task": {"name": "retina-relations", "patterns": 100}}, "measures goals on all patterns"),
        ({"task": "five-xor"}, "has no other goal that shares subgoals"),
        ({"section": {"goals": ["left-and-right"]}}, "names 'left-and-right', which is rewarded"),
        ({"selection": {"method": "lexicase"}}, "adaptability changes the fitness"),
    ],
)
def test_what_cannot_be_is_one_sentence(given, message):
    with pytest.raises(EvomodError, match=message):
        evomod.prepare(made(**given))


def test_selection_sees_the_sum_and_the_log_has_both():
    last = list(islice(evomod.evolve(made({"weight": 1.0}), 4), 5))[-1]
    assert last.expected is not None and np.array_equal(last.objectives[:, 0], last.expected)
    assert not np.array_equal(last.expected, last.fitness)
    row = evomod.log_row(last)
    assert row["adaptability_fitness"] == last.expected[last.best_row]
    assert row["best_fitness"] == last.fitness[last.best_row]


def test_with_dropout_the_mean_under_dropout_is_weighed():
    pressures = {"dropout": {"draws": 2}, "adaptability": {"weight": 1e-9}}
    last = list(islice(evomod.evolve(made(pressures=pressures), 4), 4))[-1]
    alone = next(iter(evomod.evolve(made(pressures={"dropout": {"draws": 2}}), 4)))
    first = next(iter(evomod.evolve(made(pressures=pressures), 4)))
    assert np.allclose(first.expected, alone.expected, atol=1e-8)
    assert not np.allclose(last.expected, last.fitness, atol=1e-3)


def test_a_neutral_epoch_is_not_judged():
    schedule = {"kind": "neutral", "goals": ["left-and-right"], "period": 1}
    found = list(islice(evomod.evolve(made(schedule=schedule), 4), 4))
    neutral = [g for g in found if g.rewarded.is_neutral]
    assert neutral and all(not g.objectives.any() for g in neutral)
