"""The DEAP side: stock operators in our loop, our rows in DEAP's own loop."""

import copy
import pickle
import random
from functools import partial

import numpy as np
import pytest
from deap import algorithms, base, tools

import evomod
from evomod.errors import EvomodError
from evomod.evolution import operators
from evomod.population import goal_bits, score

CONFIG = evomod.Config(
    task="retina",
    evolution={"population": 24, "generations": 4},
    pressures={"connection-cost": {"probability": 1.0}},
)


def evolved(setup, seed=1):
    return list(evomod.evolve(setup.config, seed=seed, setup=setup))


def test_the_run_uses_what_is_registered_in_the_toolbox():
    setup = evomod.prepare(CONFIG)
    calls = []
    true = setup.toolbox.vary
    setup.toolbox.register("vary", lambda *given: calls.append(given) or true(*given))
    evolved(setup)
    assert len(calls) == 4


@pytest.mark.parametrize("select", [tools.selSPEA2, partial(tools.selNSGA2, nd="log"), tools.selNSGA2])
def test_stock_selectors_select_survivors(select):
    setup = evomod.prepare(CONFIG)
    setup.toolbox.register("survive", operators.stock_survival(select))
    last = evolved(setup)[-1]
    assert last.population.size == 24
    assert (last.fitness == evolved(setup)[-1].fitness).all()


def test_stock_nsga2_keeps_the_same_fronts_as_ours():
    """Both keep the same number from every front, for continuous objectives without ties."""
    rng = np.random.default_rng(4)
    objectives = rng.random((60, 2))
    ours = evomod.selections.ranking.survive(objectives, np.ones(2), 30, np.random.default_rng(1)).rows
    stock = operators.stock_survival(partial(tools.selNSGA2, nd="log"))
    theirs = stock(objectives, 30, np.random.default_rng(1))
    assert set(ours.tolist()) == set(theirs.tolist())


@pytest.mark.parametrize("encoding", ["layered", "layered-real"])
def test_stock_variation_operators_run_and_repeat(encoding):
    config = evomod.Config(**{**CONFIG.model_dump(), "network": {"encoding": encoding}})
    setup = evomod.prepare(config)
    low, up = operators.bounds(setup.encoding)
    if encoding == "layered":
        mutate = partial(tools.mutUniformInt, low=low, up=up, indpb=0.02)
    else:
        mutate = partial(tools.mutPolynomialBounded, eta=10.0, low=low, up=up, indpb=0.02)
    vary = operators.stock_variation(setup.encoding, mutate=mutate, mate=tools.cxTwoPoint)
    setup.toolbox.register("vary", vary)
    first, second = evolved(setup)[-1], evolved(setup)[-1]
    assert (first.population.genomes == second.population.genomes).all()
    assert setup.encoding.is_valid(first.population.genomes).all()


def test_the_global_generator_is_put_back():
    setup = evomod.prepare(CONFIG)
    low, up = operators.bounds(setup.encoding)
    mutate = partial(tools.mutUniformInt, low=low, up=up, indpb=0.02)
    setup.toolbox.register("vary", operators.stock_variation(setup.encoding, mutate=mutate))
    random.seed(5)
    expected = random.Random(5).random()
    evolved(setup)
    assert random.random() == expected


def test_an_operator_that_leaves_the_alphabet_is_told_so():
    setup = evomod.prepare(CONFIG)
    mutate = partial(tools.mutUniformInt, low=0, up=9, indpb=0.5)
    setup.toolbox.register("vary", operators.stock_variation(setup.encoding, mutate=mutate))
    with pytest.raises(EvomodError, match="leave its alphabet; genes may run from 0 to 4"):
        evolved(setup)


def test_an_operator_that_changes_the_shape_is_told_so():
    setup = evomod.prepare(CONFIG)
    setup.toolbox.register("vary", lambda genomes, parents, rng: genomes[:3])
    with pytest.raises(EvomodError, match="offspring of shape"):
        evolved(setup)


def test_more_parents_than_there_is_room_for_are_refused():
    setup = evomod.prepare(CONFIG)
    setup.toolbox.register("parents", lambda objectives, crowding, rng: np.zeros(crowding.size + 1, int))
    with pytest.raises(EvomodError, match="chose [0-9]+ rows; wanted at most [0-9]+"):
        evolved(setup)


def test_rows_run_inside_deaps_own_loop():
    """`algorithms.eaMuPlusLambda`, unmodified, on our rows; its best is as good as it says."""
    setup = evomod.prepare(evomod.Config(task="retina"))
    encoding, goal = setup.encoding, goal_bits(setup.task, "left-and-right")
    low, up = operators.bounds(encoding)

    def evaluate(individual):
        genomes = operators.genomes_of(encoding, [individual])
        memory = encoding.memory(1)
        yes, no = encoding.answer(genomes, np.array([-1]), np.array([0]), memory)
        return (float(score(yes, no, goal, "strict")[0]),)

    toolbox = base.Toolbox()
    toolbox.register("evaluate", evaluate)
    toolbox.register("mate", tools.cxTwoPoint)
    toolbox.register("mutate", tools.mutUniformInt, low=low, up=up, indpb=0.02)
    toolbox.register("select", tools.selBest)
    with operators.seeded(np.random.default_rng(1)):
        rows = operators.individuals(encoding.birth(30, np.random.default_rng(2)))
        population, book = algorithms.eaMuPlusLambda(
            rows, toolbox, 30, 30, 0.3, 0.6, ngen=5, verbose=False
        )
    best = tools.selBest(population, 1)[0]
    assert best.fitness.values == evaluate(best)
    assert best.fitness.values[0] >= 0.75
    assert len(book) == 6


def test_individuals_can_be_copied_and_pickled():
    individual = operators.individuals(np.array([[1, 2, 3]]), np.array([[0.5, -3.0]]))[0]
    for again in (copy.deepcopy(individual), pickle.loads(pickle.dumps(individual))):
        assert list(again) == [1, 2, 3]
        assert again.fitness.values == (0.5, -3.0)
