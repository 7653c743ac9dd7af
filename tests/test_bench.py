"""The bench compares equal work: every program computes evomod's fitness and costs, individual by individual."""

from dataclasses import replace

import naive
import numpy as np
import pytest
from conftest import size

import evomod
from evomod.bench import deap_reference, deap_vectorised, numpy_evaluation
from evomod.bench import generation as bench
from evomod.bench import numpy_reference as arrays
from evomod.bench import problem as bench_problem
from evomod.errors import EvomodError
from evomod.evolution import operators
from evomod.pressures import behavioural_diversity

G1, G2 = "xor-and-xor", "xor-or-xor"
CIRCUIT = {"encoding": "circuit", "penalty_above": 4}
THRESHOLD = {"encoding": "threshold", "penalty_above": 8}
KINDS = bench.WORKLOADS | {
    "low gain": {"task": "retina", "network": {"gain": 0.5}, "pressures": bench.THREE_OBJECTIVES},
    "shallow": {"task": "retina", "network": {"layers": [8, 1]}},
    "one hidden layer": {
        "task": "retina",
        "network": {"layers": [8, 4, 1]},
        "pressures": {"dropout": {"draws": 8}},
    },
    "g2": {"task": {"name": "circuit", "goal": G2}, "network": CIRCUIT},
    "one step": {"task": {"name": "circuit", "goal": G1}, "network": CIRCUIT | {"steps": 1}},
    "three steps": {"task": {"name": "circuit", "goal": G2}, "network": CIRCUIT | {"steps": 3}},
    "threshold": {"task": "retina", "network": THRESHOLD},
    "low thresholds": {"task": "retina", "network": THRESHOLD | {"thresholds": [-1, 0, 1]}},
    "fan-in": {
        "task": "retina",
        "network": THRESHOLD | {"fan_in": [7, 5, 4, 1], "thresholds": [-3, 0, 5]},
    },
}


def generations_of(name, number=4, population=40):
    population = {"population": population, "generations": number}
    setup = evomod.prepare(evomod.Config(evolution=population, **KINDS[name]))
    return list(evomod.evolve(setup.config, seed=1, setup=setup))


@pytest.mark.parametrize("name", KINDS)
def test_every_program_computes_what_evomod_does(name):
    generations = generations_of(name)
    for generation in (generations[0], generations[-1]):
        bench.check_same(bench_problem.problem_of(generation.setup, generation, seed=1))
    if name in ("g2", "one step"):
        population, fitness = generations[0].population, generations[0].fitness
        unsteady = ~(population.yes | population.no) & generations[0].setup.encoding.is_pattern
        assert unsteady.any() and (generations[0].objectives[:, 0] < fitness).any()


def test_other_work_is_refused():
    (*_, generation) = generations_of("retina-pcc", population=120)
    problem = bench_problem.problem_of(generation.setup, generation, seed=1)
    for row, program in ((0, "deap"), (-1, "deap_vectorised")):  # the first program takes a hundred
        for column in (0, 1):
            objectives = problem.objectives.copy()
            objectives[row, column] += 1e-3
            with pytest.raises(EvomodError, match=f"'{program}'"):
                bench.check_same(replace(problem, objectives=objectives))


def test_diversity_is_evomods():
    (*_, generation) = generations_of("retina-three")
    yes = generation.population.yes
    bits = np.unpackbits(yes.reshape(len(yes), -1).view(np.uint8), axis=1).astype(np.bool_)
    assert np.allclose(numpy_evaluation.diversity(bits), behavioural_diversity.measure(yes), atol=1e-9)
    problem = bench_problem.problem_of(generation.setup, generation, seed=1)
    members = deap_reference.members(problem)
    deap_vectorised.batch_evaluation(problem)(members)
    deap_reference.assign_diversity(members)
    found = [member.fitness.values[2] for member in members]
    assert np.allclose(found, behavioural_diversity.measure(yes), atol=1e-9)


@pytest.mark.parametrize("n_objectives", [2, 3])
@pytest.mark.parametrize("levels", [1, 2, 4, 1000])
def test_fronts_of_arrays_are_the_papers(n_objectives, levels):
    rng = np.random.default_rng(levels)
    for n in (1, 2, 7, size(60, 20)):
        objectives = rng.integers(0, levels, (n, n_objectives)).astype(float)
        front = arrays.fronts(objectives)
        wanted = naive.literal_fronts(objectives.tolist(), (1.0,) * n_objectives, rng)
        assert [np.flatnonzero(front == k).tolist() for k in range(front.max() + 1)] == wanted


def test_crowding_distances_of_arrays_are_deaps():
    rng = np.random.default_rng(5)
    for n_objectives in (2, 3):
        objectives = rng.random((30, n_objectives))
        front = arrays.fronts(objectives)
        found = arrays.crowding_distances(objectives, front) / n_objectives
        for k in range(front.max() + 1):
            rows = np.flatnonzero(front == k).tolist()
            wanted = naive.crowding(objectives.tolist(), rows, (1.0,) * n_objectives)
            assert np.allclose(found[rows], [wanted[row] for row in rows])


def test_whom_all_others_dominate_wins_no_tournament():
    rng = np.random.default_rng(2)
    objectives, crowding = rng.integers(1, 4, (40, 2)).astype(float), rng.random(40)
    objectives[7] = 0.0
    crowding[7] = 1.0
    winners = np.bincount(arrays.tournament(objectives, crowding, rng), minlength=40)
    assert winners.sum() == 40 and winners.max() == 2 and winners[7] == 0


@pytest.mark.parametrize("name", bench.WORKLOADS)
def test_every_program_evolves(name):
    """What it evolves lies in the alphabets and gets no worse: in all of them the best survive."""
    (*_, generation) = generations_of(name, 2)
    setup = generation.setup
    problem = bench_problem.problem_of(setup, generation, seed=1)
    evaluate = numpy_evaluation.evaluation(problem)
    for make in bench.OTHERS.values():
        best = problem.objectives[:, 0].max()
        with operators.seeded(np.random.default_rng(1)):
            evolve = make(problem)
            for _ in range(4):
                genomes = np.array(evolve(), problem.genomes.dtype)
                assert genomes.shape == problem.genomes.shape
                assert setup.encoding.is_valid(genomes).all()
                before, best = best, evaluate(genomes).fitness.max()
                assert best >= before


@pytest.mark.parametrize("name", ["retina-pa", "retina-real", "circuit-fg", "threshold-mvg"])
def test_variation_by_arrays_stays_in_the_alphabets(name):
    (*_, generation) = generations_of(name, 1, population=200)
    problem = bench_problem.problem_of(generation.setup, generation, seed=1)
    is_layered = name.startswith("retina")
    vary = (arrays._layered_variation if is_layered else arrays._gene_variation)(problem)
    before, rng = problem.genomes.copy(), np.random.default_rng(3)
    after = vary(before.copy(), rng)
    setup = generation.setup
    assert after.dtype == before.dtype and setup.encoding.is_valid(after).all()
    assert (after != before).any(axis=1).mean() > 0.3
    if is_layered:
        edges = slice(setup.encoding.n_edges)
        there, now = before[:, edges] != 0, after[:, edges] != 0
        assert (there & ~now).any() and (~there & now).any()
        assert (there ^ now).sum(axis=1).max() <= 2


@pytest.mark.parametrize("name", bench.WORKLOADS)
def test_every_workload_is_measured(name, monkeypatch):
    """Whatever operators its method of selection has."""
    monkeypatch.setattr(bench, "WARM", 2)
    result = bench.measure(name, rounds=1)
    assert min(result["ms_per_generation"].values()) > 0.0
    spent = {stage for stage, ms in result["stages"].items() if ms > 0.0}
    assert {"vary", "answer", "select", "track"} <= spent


def test_a_bench_tells_ratios_of_medians(monkeypatch):
    monkeypatch.setattr(bench, "WARM", 2)
    monkeypatch.setattr(bench, "WORKLOADS", {"circuit-fg": bench.WORKLOADS["circuit-fg"]})
    results = bench.measure_all()
    result = results["circuit-fg"]
    ms, ratio = result["ms_per_generation"], result["ratio"]
    assert list(ms) == ["evomod", "deap", "deap_vectorised", "numpy"]
    assert result["generations"] == {"evomod": 400, "deap": 20, "deap_vectorised": 20, "numpy": 20}
    assert all(ratio[o] == pytest.approx(ms[o] / ms["evomod"], rel=0.01) for o in bench.OTHERS)
    assert 0.0 < result["ms_without_tracking"] < ms["evomod"]
    assert list(result["stages"]) == ["vary", "answer", "cost", "select", "track"]
    text = bench.report(results)
    assert "20 of deap_vectorised" in text and max(map(len, text.splitlines())) <= 100
