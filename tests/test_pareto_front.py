"""Selection by which a front passes whole, beside plain Python; and individuals that grow older."""

from itertools import pairwise

import naive_selection as naive
import numpy as np
import pytest

import evomod
from evomod.evolution.loop import evolve
from evomod.selections import elites, pareto_front
from evomod.selections.pareto_front import front_of

TABLES = {
    "random": np.random.default_rng(1).random((30, 2)),
    "many equals": np.random.default_rng(2).integers(0, 3, (40, 2)).astype(float),
    "three objectives": np.random.default_rng(3).integers(0, 3, (25, 3)).astype(float),
    "all equal": np.ones((9, 2)),
    "one individual": np.ones((1, 2)),
    "fitness alone": np.random.default_rng(4).integers(0, 4, (20, 1)).astype(float),
}


@pytest.mark.parametrize("probability", [1.0, 0.25, 0.0])
@pytest.mark.parametrize("name", TABLES)
def test_the_front_is_the_oracles_draw_by_draw(name, probability):
    objectives = TABLES[name]
    chances = np.array([1.0] + [probability] * (objectives.shape[1] - 1))
    for seed in range(5):
        ours, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
        found = front_of(objectives, chances, ours)
        assert found.tolist() == naive.front(objectives.tolist(), chances.tolist(), theirs.random)
        assert found.size >= 1 and ours.random() == theirs.random()


def test_somebody_passes_where_each_is_dominated_by_another():
    """Two objectives that take part at times: one is better by the first, the other by the second."""
    objectives = np.array([[1.0, 2.0, 0.0], [1.0, 0.0, 2.0], [0.0, 0.0, 0.0]])
    chances, sizes = np.array([1.0, 0.5, 0.5]), []
    for seed in range(200):
        ours, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
        found = front_of(objectives, chances, ours).tolist()
        assert found == naive.front(objectives.tolist(), chances.tolist(), theirs.random)
        plain = np.random.default_rng(seed)
        rows = np.arange(3)
        sizes.append(int((~pareto_front._are_dominated(objectives, chances, rows, plain)).sum()))
        assert found == [0, 1] if sizes[-1] == 0 else len(found) == sizes[-1]
    assert 0 in sizes


def test_large_populations_are_compared_in_parts(monkeypatch):
    objectives = TABLES["many equals"]
    whole = front_of(objectives, np.ones(2), np.random.default_rng(1))
    monkeypatch.setattr(pareto_front, "AT_ONCE", 100)
    assert front_of(objectives, np.ones(2), np.random.default_rng(1)).tolist() == whole.tolist()


def generations(method, **more):
    config = {
        "task": "attractor",
        "selection": {"method": method},
        "evolution": {"population": 20, "generations": 12},
    }
    return list(evolve(evomod.Config(**(config | more)), seed=3))


def test_of_equal_individuals_the_newest_passes():
    equal = np.ones((5, 2))
    assert front_of(equal, np.ones(2), np.random.default_rng(1)).tolist() == [4]


@pytest.mark.parametrize("method", ["pareto-front", "age-fitness"])
def test_who_passes_is_the_front_in_its_order(method):
    cost = {"pressures": {"connection-cost": {"measure": "connections", "probability": 1.0}}}
    often = {
        "variation": {"mutation": 0.9}
    }  # else copies, which are as fit and younger, pass in place of all others
    course = generations(method, **(cost if method == "pareto-front" else often))
    for before, after in pairwise(course):
        table = before.objectives
        if method == "age-fitness":
            table = np.stack((before.fitness, -before.crowding), axis=1)
        kept = naive.front(table.tolist(), [1.0, 1.0], None)
        passed = after.population.genomes[: len(kept)]
        assert (passed == before.population.genomes[kept]).all()
        if method == "age-fitness":
            assert after.crowding[: len(kept)].tolist() == (before.crowding[kept] + 1).tolist()
            assert (after.crowding[len(kept) :] == 1).all()
    assert course[-1].fitness.max() >= course[0].fitness.max()
    if method == "age-fitness":
        assert max(generation.crowding.max() for generation in course) > 2


def test_a_run_by_age_resumes_to_the_same_bytes(tmp_path):
    from test_runs import contents

    from evomod.runs.run import begin, resume, run

    config = evomod.Config(
        task="attractor",
        selection={"method": "age-fitness"},
        evolution={"population": 20, "generations": 9},
    )
    whole = run(config, 1, tmp_path / "whole", progress=False)
    short = config.model_copy(
        update={"evolution": config.evolution.model_copy(update={"generations": 4})}
    )
    half = begin(short, 1, tmp_path / "half")
    resume(half, progress=False)
    resume(half, ["evolution.generations=9"], progress=False)
    files = ("log.csv", "population.csv", "best.json", "checkpoint.npz", "config.toml")
    assert contents(half, files) == contents(whole.folder, files)


@pytest.mark.parametrize(
    "fitness", [[0.1, 0.5, 0.0, 0.95, 0.3], [-1.0, 0.2, -0.5], [0.0, 0.0], [0.7], [-1.0, -2.0]]
)
def test_parents_in_proportion_are_the_oracles_draw_by_draw(fitness):
    for seed in range(5):
        ours, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
        kept, parents = elites.resample_in_proportion(None, np.array(fitness), ours)
        assert kept.size == 0
        assert parents.tolist() == naive.proportional(fitness, theirs.random)
        assert ours.random() == theirs.random()
