"""Gene regulatory networks beside plain Python: where they rest, what that is worth, how they mutate."""

from dataclasses import replace

import naive_regulation as naive
import numpy as np
import pytest
from conftest import make_task, size
from numpy.testing import assert_array_equal

import evomod
from evomod.encodings import gene_network
from evomod.encodings.gene_network import GeneNetwork, GeneVariation
from evomod.errors import EvomodError
from evomod.network import load_network, network_json
from evomod.population import Accumulated, Population, Rules, goal_bits, score
from evomod.report import exporting
from evomod.runs.run import run
from evomod.task import Attractor, Task, all_patterns, composition, derive, load_task, unpack

RULES = {
    "papers": (GeneVariation(), None),
    "often": (GeneVariation(mutation=0.7), None),
    "fixed": (GeneVariation(mutation=0.7, rule="fixed"), (0.5, 1.0)),
    "sparing": (GeneVariation(mutation=1.0, rule="fixed", moved=0.2, insert_to_delete=0.1), (0.2, 0.1)),
}


def states_task(*targets, fitness=None):
    """A task of states of as many genes."""
    n = len(targets[0])
    goals = {
        f"state-{k}": composition(("on",), lambda on, target=target: tuple(on if s > 0 else ~on for s in target))
        for k, target in enumerate(targets)
    }  # fmt: skip
    inputs = tuple(f"g{k}" for k in range(n))
    return derive(
        Task("states", inputs, {"on": lambda x: x.g0 | ~x.g0}, goals, fitness=fitness or Attractor())
    )


def encoding_of(n, variation=None, **section):
    task = states_task([1] * n)
    return gene_network.build(GeneNetwork(encoding="gene-network", **section), task, variation)


def degenerate(n):
    """No connection, all that may be, a gene that is never on, one that keeps itself, all that invert each other."""
    full = np.ones((n, n), int)
    return [
        0 * full,
        full,
        -full,
        np.eye(n, dtype=int),
        -np.eye(n, dtype=int),
        np.tri(n, dtype=int) - full,
    ]


def some_networks(n, number, seed=1):
    rng = np.random.default_rng(seed)
    drawn = rng.integers(-1, 2, (number, n, n)) * (
        rng.random((number, n, n)) < rng.random((number, 1, 1))
    )
    return [*degenerate(n), *drawn]


def answered(encoding, genomes):
    rows = np.arange(len(genomes))
    states = encoding.memory(rows.size)
    return encoding.answer(genomes, np.full(rows.size, -1), rows, states)


def genomes_of(networks):
    return np.array([network.reshape(-1) for network in networks]).astype(np.int8)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("steps", [1, 2, 20])
def test_states_of_rest_are_the_oracles(n, steps):
    networks = some_networks(n, size(30, 3))
    encoding = encoding_of(n, steps=steps)
    yes, no = answered(encoding, genomes_of(networks))
    for weights, says_yes, says_no in zip(networks, yes, no, strict=True):
        on, off = unpack(says_yes, 2**n), unpack(says_no, 2**n)
        for number in range(2**n):
            state = naive.rest(
                weights.tolist(), [1 if (number >> k) & 1 else -1 for k in range(n)], steps
            )
            assert on[:, number].tolist() == [state is not None and s > 0 for s in state or [0] * n]
            assert off[:, number].tolist() == [state is not None and s < 0 for s in state or [0] * n]
        assert not unpack(says_yes | says_no, 64 * yes.shape[2])[:, 2**n :].any()


def test_ten_genes_fill_sixteen_words():
    encoding, networks = encoding_of(10), some_networks(10, 1)[-2:]
    yes, _ = answered(encoding, genomes_of(networks))
    for weights, says_yes in zip(networks, yes, strict=True):
        for number in range(0, 1024, size(1, 37)):
            start = [1 if (number >> k) & 1 else -1 for k in range(10)]
            state = naive.rest(weights.tolist(), start, 20)
            assert unpack(says_yes, 1024)[:, number].tolist() == [s > 0 for s in state or [0] * 10]


@pytest.mark.parametrize("perturbation", [None, 0.15, 0.5])
@pytest.mark.parametrize("n", [2, 5])
def test_fitness_is_the_formula(n, perturbation):
    rng = np.random.default_rng(n)
    targets = rng.choice([-1, 1], (3, n)).tolist()
    task = states_task(*targets, fitness=Attractor(perturbation))
    networks = some_networks(n, size(40, 3))
    encoding = gene_network.build(GeneNetwork(encoding="gene-network"), task)
    yes, no = answered(encoding, genomes_of(networks))
    expected = [
        [naive.fitness(w.tolist(), target, 20, perturbation) for w in networks] for target in targets
    ]
    goals = tuple(goal_bits(task, name) for name in task.goals)
    for goal, numbers in zip(goals, expected, strict=True):
        assert score(yes, no, goal, "strict").tolist() == numbers
    population = Population(genomes_of(networks), yes, no, None, None, np.arange(len(networks)))
    together = Accumulated(goals).score(population, Rules("strict", None))
    assert together.tolist() == [((a + b) + c) / 3 for a, b, c in zip(*expected, strict=True)]
    assert max(together) <= 1.0


def test_a_network_that_holds_the_pattern_is_worth_the_most_there_is():
    task = load_task("attractor")
    target = np.where(task.tables["alternating"][:, 0], 1, -1)
    weights = np.outer(target, target)
    setup = evomod.prepare({"task": "attractor"})
    yes, no = answered(setup.encoding, genomes_of([weights, 0 * weights]))
    found = score(yes, no, goal_bits(task, "alternating"), "strict")
    assert found[0] == pytest.approx(1 - np.exp(-3))
    # without connections every gene is off, which half of the pattern is
    assert found[1] == pytest.approx(1 - np.exp(-3 * 0.5**5))


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("n", [1, 2, 5])
def test_mutation_is_the_oracles_draw_by_draw(name, n):
    variation, fixed = RULES[name]
    encoding = encoding_of(n, variation)
    networks = some_networks(n, size(60, 5))
    parents = np.arange(len(networks))
    offspring = encoding.vary(genomes_of(networks), parents, np.random.default_rng(5))
    draw = np.random.default_rng(5).random
    for weights, child in zip(networks, offspring, strict=True):
        expected = naive.mutated(weights.tolist(), draw, variation.mutation, fixed)
        assert child.reshape(n, n).tolist() == expected
    assert encoding.is_valid(offspring).all()


def test_sparse_births_are_one_mutation_of_nothing():
    variation, fixed = RULES["fixed"]
    encoding = encoding_of(6, variation, initial="sparse")
    born = encoding.birth(30, np.random.default_rng(2))
    draw = np.random.default_rng(2).random
    for genome in born:
        nothing = [[0] * 6 for _ in range(6)]
        assert genome.reshape(6, 6).tolist() == naive.mutated(nothing, draw, variation.mutation, fixed)


def test_random_births_have_every_weight_as_often():
    born = encoding_of(10).birth(size(2000, 200), np.random.default_rng(3))
    shares = [(born == weight).mean() for weight in (-1, 0, 1)]
    assert np.abs(np.array(shares) - 1 / 3).max() < 5 * np.sqrt(2 / 9 / born.size)


def test_what_is_inherited_is_what_is_computed_anew():
    encoding = encoding_of(5, RULES["often"][0])
    rng = np.random.default_rng(4)
    old = encoding.birth(8, rng)
    young = np.concatenate((encoding.vary(old, np.arange(8), rng), old[:3]))
    genomes, ancestors = np.concatenate((old, young)), np.array([*range(8), *range(8), 0, 1, 2])
    slots, states = np.random.default_rng(5).permutation(19), encoding.memory(19)
    encoding.evaluate(old, np.full(8, -1), slots[:8], states)
    encoding.evaluate(genomes, ancestors, slots, states)
    for found, fresh in zip(encoding.outputs(slots, states), answered(encoding, genomes), strict=True):
        assert_array_equal(found, fresh)


@pytest.mark.parametrize("n", [1, 4])
def test_a_network_is_its_genome_and_answers_as_it(n, tmp_path):
    encoding, networks = encoding_of(n), some_networks(n, 8)
    yes, no = answered(encoding, genomes_of(networks))
    for k, genome in enumerate(genomes_of(networks)):
        network = encoding.network(genome)
        assert_array_equal(encoding.genome(network), genome)
        said = network.answer(all_patterns(n))
        assert_array_equal(said > 0, unpack(yes[k], 2**n).T)
        assert_array_equal(said < 0, unpack(no[k], 2**n).T)
        (tmp_path / "network.json").write_text(network_json(network))
        again = load_network(tmp_path / "network.json")
        assert network_json(again) == network_json(network) and again.steps == 20
        active = encoding.active(genome[None])
        assert_array_equal(active[0] != 0, genome != 0)
        assert_array_equal(encoding.working_strengths(genome[None], active)[0], np.abs(genome))


def test_a_run_evolves_the_pattern_and_measures_its_network(tmp_path):
    config = evomod.Config(
        task="attractor",
        evolution={"population": 20, "generations": size(60, 2)},
        variation={"rule": "fixed"},
        network={"encoding": "gene-network", "initial": "sparse"},
        pressures={"connection-cost": {"measure": "connections"}},
    )
    found = run(config, 1, tmp_path / "run", progress=False)
    log, n = found.log, found.best.source.size
    assert log["connections"][-1] == n
    target = [1 if on else -1 for on in load_task("attractor").tables["alternating"][:, 0]]
    weights = np.zeros((10, 10), int)
    weights[found.best.target - 10, found.best.source - 10] = found.best.weight
    assert log["best_fitness"][-1] == naive.fitness(weights.tolist(), target, 20)
    assert log["best_fitness"][-1] >= log["best_fitness"][0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "retina"}, "requires as many outputs as inputs; task 'retina' has 1 and 8"),
        ({"task": {"name": "attractor", "patterns": 5}}, "task.patterns requires fitness that counts"),
        ({"schedule": {"kind": "random"}}, "leave some open"),
        ({"pressures": {"connection-cost": {}}}, "requires nodes with places"),
        ({"pressures": {"dropout": {}}}, "requires hidden nodes"),
        ({"network": {"steps": 0}}, "steps"),
        ({"network": {"initial": "dense"}}, "initial"),
        ({"variation": {"insert_to_delete": 0.0}}, "insert_to_delete"),
    ],
)
def test_what_makes_no_sense_is_refused(changes, message):
    data = {"task": "attractor", "network": {}} | changes
    data["network"] = {"encoding": "gene-network"} | data["network"]
    with pytest.raises(EvomodError, match=message):
        evomod.prepare(evomod.Config(**data))


def test_a_goal_that_is_no_state_is_refused():
    task = make_task(3, 3)
    with pytest.raises(
        EvomodError, match="one constant output for each of the 3 inputs; got 3 outputs that depend"
    ):
        derive(replace(task, fitness=Attractor()))
    with pytest.raises(EvomodError, match="got 2 outputs"):
        derive(replace(make_task(3, 2), fitness=Attractor()))


def test_networks_of_other_shapes_or_weights_are_refused():
    encoding = encoding_of(3)
    network = encoding.network(np.ones(9, np.int8))
    for other, message in (
        (encoding_of(2).network(np.ones(4, np.int8)), "expected 3 of each"),
        (replace(network, weight=network.weight * 2), "is not -1 or 1"),
        (replace(network, functions=("input",) * 3 + ("tanh",) * 3), "function 'tanh'"),
    ):
        with pytest.raises(EvomodError, match=message):
            encoding.genome(other)


@pytest.mark.parametrize(
    ("old", "new"),
    [('"source": 3,', '"source": 0,'), ('"layer": 1', '"layer": 2'), ('"steps": 20', '"steps": 0')],
)
def test_a_damaged_file_is_refused(tmp_path, old, new):
    text = network_json(encoding_of(3).network(np.ones(9, np.int8)))
    assert old in text
    (tmp_path / "network.json").write_text(text.replace(old, new))
    with pytest.raises(EvomodError, match=r"is damaged"):
        load_network(tmp_path / "network.json")


def test_a_network_that_has_to_come_to_rest_is_not_written_as_onnx():
    network = encoding_of(3).network(np.ones(9, np.int8))
    with pytest.raises(EvomodError, match="cannot be written as ONNX"):
        exporting._layers(network)
