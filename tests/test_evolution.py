"""The loop and the network: what a generation holds, and what is never computed twice."""

import numpy as np
import pytest

import evomod
from evomod.errors import EvomodError
from evomod.population import goal_bits, score
from evomod.task import all_patterns

CONFIG = evomod.Config(
    task="retina",
    evolution={"population": 40, "generations": 6},
    pressures={"connection-cost": {}, "behavioural-diversity": {"probability": 0.5}},
)


def test_a_generation_holds_what_it_says():
    for number, generation in enumerate(evomod.evolve(CONFIG, seed=1)):
        assert generation.number == number
        assert generation.goal == "left-and-right"
        assert generation.objectives.shape == (40, 3)
        assert (generation.fitness == generation.objectives[:, 0]).all()
        goal = goal_bits(generation.setup.task, generation.goal)
        population = generation.population
        assert (score(population.yes, population.no, goal, "strict") == generation.fitness).all()
        assert (generation.fitness_on(generation.goal) == generation.fitness).all()
        assert (generation.fitness_on("left-or-right") != generation.fitness).any()
        answers = generation.best.answer(all_patterns(8))[:, 0] > 0
        table = generation.setup.task.tables["left-and-right"][0]
        assert (answers == table).mean() >= generation.fitness.max()
    assert number == 6


def test_answers_and_costs_carried_along_equal_those_computed_afresh():
    *_, last = evomod.evolve(CONFIG, seed=2)
    setup, population = last.setup, last.population
    memory = setup.encoding.memory(population.size)
    nobody, slots = np.full(population.size, -1), np.arange(population.size)
    yes, no = setup.encoding.answer(population.genomes, nobody, slots, memory)
    assert (yes == population.yes).all() and (no == population.no).all()
    working = setup.encoding.simplify(population.genomes)
    assert (working == population.working).all()
    assert (
        setup.toolbox.cost(working, nobody, np.zeros(40)) == population.measured["connection-cost"]
    ).all()


def test_earlier_generations_are_not_changed_by_later_ones():
    generations = []
    copies = []
    for generation in evomod.evolve(CONFIG, seed=3):
        generations.append(generation)
        population = generation.population
        copies.append(
            [
                population.genomes.copy(),
                population.yes.copy(),
                population.measured["connection-cost"].copy(),
            ]
        )
    for generation, (genomes, yes, cost) in zip(generations, copies, strict=True):
        assert (generation.population.genomes == genomes).all()
        assert (generation.population.yes == yes).all() and (
            generation.population.measured["connection-cost"] == cost
        ).all()


def test_a_setup_of_another_config_is_refused():
    with pytest.raises(EvomodError, match="prepared from another config"):
        next(evomod.evolve(evomod.Config(task="five-xor"), seed=1, setup=evomod.prepare(CONFIG)))


def test_the_best_is_never_lost():
    best = [generation.fitness.max() for generation in evomod.evolve(CONFIG, seed=4)]
    assert best == sorted(best)


def test_an_empty_network_is_wrong_everywhere_unless_zero_counts_as_no():
    encoding = evomod.prepare(CONFIG).encoding
    genome = np.zeros((1, encoding.n_genes), np.int8)
    genome[:, encoding.n_edges :] = 2  # bias 0
    memory = encoding.memory(1)
    yes, no = encoding.answer(genome, np.array([-1]), np.array([0]), memory)
    goal = goal_bits(evomod.load_task("retina"), "left-and-right")
    assert score(yes, no, goal, "strict").tolist() == [0.0]
    assert score(yes, no, goal, "zero-is-no").tolist() == [0.75]


@pytest.mark.parametrize("task", ["five-xor", "hierarchical-xor", "retina-any-four"])
def test_every_bundled_task_evolves(task):
    config = evomod.Config(task=task, evolution={"population": 20, "generations": 3})
    assert [g.number for g in evomod.evolve(config, seed=1)] == [0, 1, 2, 3]


def test_networks_survive_json(tmp_path):
    *_, last = evomod.evolve(CONFIG, seed=5)
    from evomod.network import network_json

    (tmp_path / "n.json").write_text(network_json(last.best))
    again = evomod.load_network(tmp_path / "n.json")
    for name in ("layer", "positions", "bias", "source", "target", "weight"):
        assert (getattr(again, name) == getattr(last.best, name)).all()
    assert network_json(again) == network_json(last.best)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "no network of evomod"),
        ('{"format": "evomod network 1"}', "lacks .nodes."),
        (
            '{"format": "evomod network 1", "gain": 20, "nodes": [{"id": 0, "layer": 0, "x": 0, "y": 0,'
            ' "bias": 0}], "connections": [{"source": 0, "target": 5, "weight": 1}]}',
            "names node",
        ),
    ],
)
def test_a_damaged_network_file_is_told_so(tmp_path, text, message):
    (tmp_path / "n.json").write_text(text)
    with pytest.raises(EvomodError, match=message):
        evomod.load_network(tmp_path / "n.json")


def test_patterns_of_another_width_are_refused():
    *_, last = evomod.evolve(CONFIG, seed=5)
    with pytest.raises(EvomodError, match="8 inputs; the patterns have 3 columns"):
        last.best.answer([[True, False, True]])
    for wrong in ([["a"] * 8], [[0.5] * 8]):
        with pytest.raises(EvomodError, match="patterns hold Booleans"):
            last.best.answer(wrong)


@pytest.mark.parametrize("bad", [np.zeros((2, 3)), np.array([[0, np.nan], [0, 0]])])
def test_what_is_no_adjacency_is_refused(bad):
    with pytest.raises(EvomodError, match="an adjacency"):
        evomod.modularity(bad)


def test_q_of_a_graph_equals_q_of_its_adjacency():
    *_, last = evomod.evolve(CONFIG, seed=6)
    network = last.best.simplified()
    for method in ("clune2013", "leading-eigenvector", "refined", "exact"):
        by_network = evomod.modularity(network, method)
        assert by_network.q == evomod.modularity(network.to_networkx(), method).q
        assert by_network.method == method
    with pytest.raises(EvomodError, match="no method 'metis'"):
        evomod.modularity(network, "metis")
