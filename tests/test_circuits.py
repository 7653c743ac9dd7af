"""Circuits and threshold networks by hand: networks answer as genomes do, the papers' circuits, the border."""

import json
import random
from collections import Counter
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import naive_circuits as naive
import numpy as np
import pytest
from conftest import make_task, size
from deap import tools
from numpy.testing import assert_array_equal

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.evolution import operators
from evomod.network import load_network, network_json
from evomod.population import goal_bits
from evomod.task import all_patterns, unpack

NETWORKS = {
    "circuit": ("circuit", {"encoding": "circuit"}),
    "one step": ("circuit", {"encoding": "circuit", "steps": 1}),
    "three steps": ("circuit", {"encoding": "circuit", "steps": 3}),
    "ternary": ("circuit", {"encoding": "circuit", "feedback": "ternary"}),
    "feed-forward": ("circuit", {"encoding": "circuit", "feed_forward": True}),
    "feed-forward, few steps": ("circuit", {"encoding": "circuit", "feed_forward": True, "steps": 2}),
    "three outputs": ("circuit-three-outputs", {"encoding": "circuit", "gates": 8, "steps": 5}),
    "gates 8-4-2-1": ("circuit-six-inputs", {"encoding": "gate-layers", "layers": [6, 8, 4, 2, 1]}),
    "gates 8-4-2": ((6, 2), {"encoding": "gate-layers", "layers": [6, 8, 4, 2]}),
    "gates 4-2-1": ("circuit", {"encoding": "gate-layers", "layers": [4, 4, 2, 1]}),
    "gates of all kinds": (
        "circuit",
        {"encoding": "gate-layers", "layers": [4, 4, 2, 1], "gates": ["nor", "nand", "and", "or"]},
    ),
    "threshold": ("retina", {"encoding": "threshold"}),
    "low thresholds": ("retina", {"encoding": "threshold", "thresholds": [-1, 0, 1]}),
    "layered": ("retina", {"encoding": "layered"}),
}
SIZED = [name for name in NETWORKS if name != "layered"]


@cache
def setup_of(name):
    task, network = NETWORKS[name]
    if isinstance(task, str):
        return evomod.prepare(evomod.Config(task=task, network=network))
    return evomod.prepare(evomod.Config(task="parity", network=network), make_task(*task))


@cache
def genomes_by_chance(name, number, seed=1):
    setup = setup_of(name)
    return setup.encoding.birth(number, np.random.default_rng(seed))


def answers_of(setup, genomes):
    """The kernel's answers ``[individual, pattern, output]``: 1 yes, -1 no, 0 neither."""
    n = len(genomes)
    memory = setup.encoding.memory(n)
    yes, no = setup.encoding.answer(genomes, np.full(n, -1), np.arange(n), memory)
    yes, no = (unpack(bits, setup.task.n_patterns).astype(int) for bits in (yes, no))
    return (yes - no).swapaxes(1, 2)


def network_of(setup, genome):
    return setup.encoding.network(genome)


def patterns_of(setup):
    return all_patterns(len(setup.task.inputs))


# ------------------------------------------------------------------------- the network of a genome


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_answer_as_their_genomes(name):
    """Plain simulation, node by node, against the kernel; where they can, some say nothing."""
    number = size(1500, 20) if name == "threshold" else size(150, 20)  # 99 % of them always say no
    setup, genomes = setup_of(name), genomes_by_chance(name, number)
    expected = answers_of(setup, genomes)
    for genome, answers in zip(genomes, expected, strict=True):
        assert_array_equal(network_of(setup, genome).answer(patterns_of(setup)), answers)
    assert (expected == -1).any()
    assert (expected == 1).any() or (name == "threshold" and not size(True, False))
    may_blink = isinstance(NETWORKS[name][0], str) and NETWORKS[name][1]["encoding"] == "circuit"
    assert (expected == 0).any() == ((may_blink and name != "feed-forward") or name == "layered")


def test_the_best_of_a_generation_answers_as_its_row():
    config = evomod.Config(task="circuit", evolution={"population": 60, "generations": 8})
    for generation in evomod.evolve(config, seed=1):
        answers = generation.best.answer(all_patterns(4))[:, 0]
        wanted = 2 * generation.setup.task.tables[generation.goal][0].astype(int) - 1
        assert (answers == wanted).mean() == generation.fitness[generation.best_row]


@pytest.mark.parametrize("name", NETWORKS)
def test_json_and_back_to_the_genome(name, tmp_path):
    setup, path = setup_of(name), tmp_path / "n.json"
    for genome in genomes_by_chance(name, size(25, 5), seed=2):
        network = network_of(setup, genome)
        path.write_text(network_json(network))
        again = load_network(path)
        assert_array_equal(again.answer(patterns_of(setup)), network.answer(patterns_of(setup)))
        assert network_json(again) == path.read_text()
        assert (again.functions, again.feedback) == (network.functions, network.feedback)
        back = setup.encoding.genome(again)
        assert back.dtype == genome.dtype
        assert_array_equal(back, genome)


def test_a_kind_that_stands_twice_comes_back_as_its_first_place():
    network = {"encoding": "gate-layers", "layers": [4, 4, 2, 1], "gates": ["and", "nand", "and"]}
    setup = evomod.prepare(evomod.Config(task="circuit", network=network))
    genomes = setup.encoding.birth(40, np.random.default_rng(3))
    back = np.array([setup.encoding.genome(network_of(setup, genome)) for genome in genomes])
    kinds = np.arange(2, 21, 3)
    assert (genomes[:, kinds] == 2).any()
    assert_array_equal(back[:, kinds], genomes[:, kinds] % 2)
    assert_array_equal(answers_of(setup, back), answers_of(setup, genomes))


@pytest.mark.parametrize("name", ["circuit", "gates 8-4-2", "threshold", "layered"])
def test_parallel_connections_are_one_edge_with_their_sum(name):
    setup, parallel = setup_of(name), False
    for genome in genomes_by_chance(name, size(60, 10)):
        network = network_of(setup, genome)
        total = Counter()
        for source, target, weight in zip(network.source, network.target, network.weight, strict=True):
            total[int(source), int(target)] += float(weight)
        graph = network.to_networkx()
        assert {(s, t): w for s, t, w in graph.edges(data="weight")} == dict(total)
        assert [f for _, f in graph.nodes(data="function")] == list(network.functions)
        parallel |= len(total) < network.source.size
    assert parallel == (name != "layered")


@pytest.mark.parametrize("name", NETWORKS)
def test_simplified_networks_are_those_of_the_kernels(name):
    """Connections that work with their weights, and the number of gates that have an effect."""
    setup, genomes = setup_of(name), genomes_by_chance(name, size(200, 30))
    wiring = setup.encoding.wiring
    n, memory = len(genomes), setup.encoding.memory(len(genomes))
    setup.encoding.answer(genomes, np.full(n, -1), np.arange(n), memory)
    fewer = False
    for genome, working in zip(genomes, setup.encoding.simplify(genomes), strict=True):
        network = network_of(setup, genome)
        simple = network.simplified()
        found = Counter()
        for s, t, w in zip(simple.source, simple.target, simple.weight, strict=True):
            found[int(s), int(t)] += int(w) if name != "layered" else 1
        edges = zip(wiring.source.tolist(), wiring.target.tolist(), working.tolist(), strict=True)
        expected = {(s, t): w if name != "layered" else 1 for s, t, w in edges if w}
        assert found == expected
        fewer |= simple.source.size < network.source.size
    assert fewer
    if name in SIZED:
        effective = setup.encoding.n_effective(np.arange(n), memory)
        for genome, number in zip(genomes, effective, strict=True):
            simple = network_of(setup, genome).simplified()
            nodes = {*simple.source.tolist(), *simple.outputs.tolist()}
            assert len(nodes - set(simple.inputs.tolist())) == number
        assert effective.min() < wiring.n_neurons
    pattern = patterns_of(setup)[1:2]
    for genome in genomes[: size(30, 5)]:
        network = network_of(setup, genome)
        if network.is_circuit:  # a dead gate of no connection has no value; the others keep theirs
            simple = network.simplified()
            effective = sorted({*simple.target.tolist()})
            values, simple_values = network.values(pattern), simple.values(pattern)
            assert_array_equal(simple_values[:, effective], values[:, effective])
        assert_array_equal(network.simplified().answer(pattern), network.answer(pattern))


# ------------------------------------------------------------- circuits by hand (Kashtan & Alon 2005)

X, Y, Z, W = range(4)
ONE, OTHER = 7, 15  # gates that answer for the two modules: their addresses differ in one bit
XORS = {4: (X, Y), 5: (X, 4), 6: (Y, 4), ONE: (5, 6), 8: (Z, W), 9: (Z, 8), 10: (W, 8), OTHER: (9, 10)}
EITHER = XORS | {11: (ONE, ONE), 12: (OTHER, OTHER), 13: (11, 12)}  # NOT a NAND NOT b
BOTH = XORS | {11: (ONE, OTHER), 12: (ONE, OTHER), 13: (11, 12)}  # NOT of the same a NAND b, twice
SHORT = XORS | {11: (ONE, OTHER), 12: (11, 11)}  # NOT of a NAND b
LONG = SHORT | {13: (12, 12), 14: (13, 13)}  # NOT NOT NOT of a NAND b
SWITCHED = (22, 24)  # genes: the second source of gate 11, the first of gate 12
G1, G2 = "xor-and-xor", "xor-or-xor"


def circuit_genome(gates, output):
    """Twelve NANDs: those of ``{node: sources}``, and dead ones."""
    rows = [gates.get(node, (X, X)) for node in range(4, 16)]
    return np.array([gene for a, b in rows for gene in (a, b, 0)] + [output], np.int8)


def judged(genomes, goal):
    """Fitness, fitness less penalty, and number of effective gates, by a generation 0 of these."""
    genomes = np.array(genomes, np.int8)
    config = evomod.Config(
        task={"name": "circuit", "goal": goal}, evolution={"population": len(genomes), "generations": 0}
    )
    (generation,) = evomod.evolve(config, seed=1, start=genomes)
    setup, n = generation.setup, len(genomes)
    memory = setup.encoding.memory(n)
    setup.encoding.answer(genomes, np.full(n, -1), np.arange(n), memory)
    effective = setup.encoding.n_effective(np.arange(n), memory)
    return generation.fitness, generation.objectives[:, 0], effective


def neighbours(genome):
    """Every genome that one mutation of a connection or of the output makes."""
    found = []
    for gene in range(37):
        for value in range(16):
            if value != genome[gene] and (gene == 36 or gene % 3 != 2):
                child = genome.copy()
                child[gene] = value
                found.append(child)
    return np.array(found)


def differences(first, second):
    return set(np.flatnonzero(first != second).tolist())


@pytest.mark.parametrize("feedback", ["synchronous", "ternary"])
def test_four_nands_are_an_xor(feedback):
    network = {"encoding": "circuit", "feedback": feedback}
    setup = evomod.prepare(evomod.Config(task="circuit", network=network))
    genomes = np.array([circuit_genome(XORS, ONE), circuit_genome(XORS, OTHER)])
    patterns = all_patterns(4)
    for genome, (a, b) in zip(genomes, ((X, Y), (Z, W)), strict=True):
        expected = np.where(patterns[:, a] ^ patterns[:, b], 1, -1)[:, None]
        assert_array_equal(answers_of(setup, genome[None])[0], expected)
        network = network_of(setup, genome)
        assert_array_equal(network.answer(patterns), expected)
        assert network.simplified().source.size == 8
    assert judged(genomes, G1)[2].tolist() == [4, 4]


def test_eleven_gates_solve_each_goal_and_two_connections_switch_between_them():
    """Kashtan & Alon 2005: both solutions have 11 gates and differ in 2 connections."""
    either, both = circuit_genome(EITHER, 13), circuit_genome(BOTH, 13)
    for goal, row in ((G1, 1), (G2, 0)):
        fitness, objective, effective = judged([either, both], goal)
        assert fitness[row] == objective[row] == 1.0
        assert fitness[1 - row] == objective[1 - row] == 0.5  # wrong where exactly one of a, b is 1
        assert effective.tolist() == [11, 11]
    changed = differences(either, both)
    assert changed == set(SWITCHED)
    setup = setup_of("circuit")
    assert changed <= set(setup.encoding.genes.free.tolist())


def test_no_single_change_switches():
    """The best of all 375 neighbours have 12 of 16 right."""
    either, both = circuit_genome(EITHER, 13), circuit_genome(BOTH, 13)
    for genome, goal in ((either, G1), (both, G2)):
        near = neighbours(genome)
        assert len(near) == 375
        assert judged(near, goal)[0].max() == 0.75


@pytest.mark.parametrize(("change", "ways"), [("value", 375), ("bit", 100)])
def test_mutation_finds_both_changes(change, ways):
    """Each of the two steps is a child that `vary` makes; halfway there is one module alone, 12 of 16."""
    either, both = circuit_genome(EITHER, 13), circuit_genome(BOTH, 13)
    setup, rng = setup_of("circuit"), np.random.default_rng(1)
    always = setup.config.variation.model_copy(update={"mutation": 1.0, "change": change})
    parents = np.zeros(20_000 if size(True, False) else 4_000, np.int64)
    for gene in SWITCHED:
        halfway = either.copy()
        halfway[gene] = both[gene]
        assert [judged([halfway], goal)[1][0] for goal in (G1, G2)] == [0.75, 0.75]
        for parent, child in ((either, halfway), (halfway, both), (both, halfway), (halfway, either)):
            children = replace(setup.encoding, variation=always).vary(parent[None], parents, rng)
            assert (children == child).all(axis=1).any()
            assert ((children != parent).sum(axis=1) == 1).all()
            assert len({genome.tobytes() for genome in children}) == ways


def test_which_pairs_of_changes_switch_the_goal():
    """All pairs of mutations of the two circuits: 8 lead to AND (4 of them to 10 gates), 40 to OR."""
    rng = np.random.default_rng(0)
    for gates, goal, expected in ((EITHER, G1, {10: 4, 11: 4}), (BOTH, G2, {11: 40})):
        genome, found = circuit_genome(gates, 13), {}
        setup, near = setup_of("circuit"), neighbours(circuit_genome(gates, 13))
        goal_word = goal_bits(setup.task, goal).wanted[0, 0]
        chosen = near if size(True, False) else near[rng.permutation(len(near))[:3]]
        for first in chosen:
            second = neighbours(first)
            n, memory = len(second), setup.encoding.memory(len(second))
            yes, no = setup.encoding.answer(second, np.full(n, -1), np.arange(n), memory)
            right = (yes[:, 0, 0] == goal_word) & (no[:, 0, 0] == goal_word ^ np.uint64(0xFFFF))
            effective = setup.encoding.n_effective(np.arange(n), memory)
            for row in np.flatnonzero(right):
                assert len(differences(second[row], genome)) == 2
                found[second[row].tobytes()] = int(effective[row])
        if size(True, False):
            assert Counter(found.values()) == expected
            target = circuit_genome(BOTH if goal == G1 else EITHER, 13)
            assert target.tobytes() in found


def test_three_gates_that_join_the_modules():
    """All ways: 11 gates do AND in one way only, and OR takes all 11; no two are one connection apart."""
    setup = setup_of("circuit")
    nodes = [node for node in range(16) if node != 14]  # 14 is dead
    ends = [(a, b) for a in nodes for b in nodes if a <= b]
    if not size(True, False):
        ends = [(a, b) for a, b in ends if {a, b} <= {ONE, OTHER, 11, 12}]
    table = np.array(ends, np.int8)
    solutions = {G1: [], G2: []}
    words = {goal: goal_bits(setup.task, goal).wanted[0, 0] for goal in solutions}
    n = len(ends) ** 2
    genomes = np.repeat(circuit_genome(XORS, 13)[None], n, axis=0)
    genomes[:, 24:26], genomes[:, 27:29] = np.repeat(table, len(ends), 0), np.tile(table, (len(ends), 1))
    memory, slots = setup.encoding.memory(n), np.arange(n)
    for first in ends:
        genomes[:, 21:23] = first
        yes, no = setup.encoding.answer(genomes, np.full(n, -1), slots, memory)
        effective = setup.encoding.n_effective(slots, memory)
        rests = (yes | no)[:, 0, 0] == 0xFFFF
        for goal, found in solutions.items():
            for row in np.flatnonzero(rests & (yes[:, 0, 0] == words[goal])):
                found.append((genomes[row, 21:29].tolist(), int(effective[row])))
    assert {size_ for _, size_ in solutions[G2]} == {11}
    joined = [genes for genes, number in solutions[G1] if number == 11]
    assert joined == [circuit_genome(BOTH, 13)[21:29].tolist()]
    assert {size_ for _, size_ in solutions[G1]} == {10, 11}

    def apart(one, other):
        """Connections that differ, whichever of its two a gate names first."""
        total = 0
        for gene in (0, 3, 6):
            mine, theirs = Counter(one[gene : gene + 2]), Counter(other[gene : gene + 2])
            total += (mine - theirs).total()
        return total

    nearest = min(apart(a, b) for a, _ in solutions[G1] for b, _ in solutions[G2])
    assert nearest == 2


def test_ten_gates_do_for_and_and_twelve_are_fined():
    genomes = [circuit_genome(SHORT, 12), circuit_genome(BOTH, 13), circuit_genome(LONG, 14)]
    fitness, objective, effective = judged(genomes, G1)
    assert effective.tolist() == [10, 11, 12]
    assert fitness.tolist() == [1.0, 1.0, 1.0]
    assert objective.tolist() == [1.0, 1.0, 0.8]


# -------------------------------------------------------- small gate layers (Kashtan et al. 2007)


def plain_table(genome, kinds):
    """Truth table of a 4-4-2-1 genome in plain Python."""
    rows = []
    for v in range(16):
        values = [v >> i & 1 for i in range(4)]
        for gate in range(7):
            a, b, kind = (int(gene) for gene in genome[3 * gate : 3 * gate + 3])
            p, q = values[a], values[b]
            values.append({"and": p & q, "or": p | q, "nand": 1 - (p & q)}[kinds[kind]])
        rows.append(values[genome[21]])
    return rows


def test_small_gate_layers_against_plain_python():
    setup = setup_of("gates 4-2-1")
    encoding, number = setup.encoding, size(4000, 300)
    genomes = genomes_by_chance("gates 4-2-1", number, seed=38)
    table = answers_of(setup, genomes)[:, :, 0]
    expected = np.array([plain_table(genome, encoding.kinds) for genome in genomes])
    assert_array_equal(table, 2 * expected - 1)
    assert encoding.kinds == ("and", "or", "nand")
    spans = encoding.genes.high - encoding.genes.low
    assert spans.tolist() == [4, 4, 3] * 6 + [2, 2, 3] + [1]
    drawn = [np.unique(column).size for column in genomes.T]
    assert drawn == spans.tolist()
    assert len(np.unique(table, axis=0)) > number / 40


def test_small_gate_layers_hold_both_goals_one_gate_apart():
    """XOR is (a OR b) AND (a NAND b); the last gate decides."""
    both, any_, not_both = range(3)
    genes = [0, 1, any_, 0, 1, not_both, 2, 3, any_, 2, 3, not_both, 4, 5, both, 6, 7, both]
    genomes = np.array([[*genes, 8, 9, last, 10] for last in (both, any_)], np.int8)
    setup = setup_of("gates 4-2-1")
    assert setup.encoding.is_valid(genomes).all()
    answers = answers_of(setup, genomes)[:, :, 0]
    for goal, genome, answer in zip((G1, G2), genomes, answers, strict=True):
        table = setup.task.tables[goal][0]
        assert plain_table(genome, setup.encoding.kinds) == table.tolist()
        assert_array_equal(answer > 0, table)
        assert_array_equal(network_of(setup, genome).answer(all_patterns(4))[:, 0] > 0, table)
    assert differences(*genomes) == {20}


# -------------------------------------------------------------------------------------- the border


def network_file(folder, functions, connections, layers=(0, 0, 1), **more):
    nodes = [
        {"id": k, "layer": layer, "x": 0, "y": 0, "bias": 0, "function": function}
        for k, (layer, function) in enumerate(zip(layers, functions, strict=True))
    ]
    rows = [{"source": s, "target": t, "weight": 1} for s, t in connections]
    path = folder / "n.json"
    head = {"format": "evomod network 1", "gain": 20, "nodes": nodes, "connections": rows}
    path.write_text(json.dumps(head | more))
    return path


NAND = ("input", "input", "nand")
FED = [(0, 2), (1, 2)]
DAMAGES = {
    "source outside": (NAND, [(0, 2), (7, 2)], {}, "a connection names node 7; its nodes are 0 to 2"),
    "target outside": (NAND, [*FED, (0, 3)], {}, "a connection names node 3; its nodes are 0 to 2"),
    "source below": (NAND, [(0, 2), (-1, 2)], {}, "a connection names node -1"),
    "output outside": (NAND, FED, {"outputs": [2, 5]}, "output names node 5; its nodes are 0 to 2"),
    "output below": (NAND, FED, {"outputs": [-1]}, "output names node -1"),
    "one connection": (NAND, [(0, 2)], {}, "a gate has not exactly two connections"),
    "three connections": (NAND, [*FED, (2, 2)], {}, "a gate has not exactly two connections"),
    "gate and tanh": (
        (*NAND, "tanh"), [*FED, (2, 3)], {"layers": (0, 0, 1, 2)}, "it mixes gates and tanh",
    ),
    "gate and threshold": (
        (*NAND, "threshold"), [*FED, (2, 3)], {"layers": (0, 0, 1, 1)}, "it mixes gates and threshold",
    ),
    "function": (("input", "input", "xor"), FED, {}, "there is no function 'xor'"),
    "feedback": (NAND, FED, {"feedback": "later"}, "there is no feedback 'later'"),
    "steps": (NAND, FED, {"steps": "many"}, "many"),
    "a whole number": (NAND, FED, {"steps": 2.7}, "steps is 2.7"),
    "no layer": (NAND, FED, {"layers": (0, 1, 0)}, "not in the order of layers"),
    "into an input": (NAND, [*FED, (2, 1)], {}, "a connection leads into an input"),
    "a gate as input": (("nand", "input", "nand"), FED, {}, "the inputs are not the nodes of layer 0"),
    "half a node": (NAND, FED, {"outputs": [1.5]}, "an output is no whole number"),
    "nodes without end": (NAND, [(10**30, 2), (0, 2)], {}, "is damaged"),
    "feedback of neurons": (
        ("input", "input", "threshold"), [*FED, (2, 2)], {}, "does not lead to a later layer",
    ),
}  # fmt: skip


def one_sentence(message):
    """No newline, no traceback, and it ends."""
    return "\n" not in message and message.endswith(".") and "Traceback" not in message


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_circuit_is_told_so(name, tmp_path):
    functions, connections, more, message = DAMAGES[name]
    path = network_file(tmp_path, functions, connections, **more)
    with pytest.raises(EvomodError) as error:
        load_network(path)
    assert message in str(error.value) and str(path) in str(error.value)
    assert one_sentence(str(error.value))


def test_a_sound_circuit_is_read(tmp_path):
    """The file that the damages start from; outputs left out are the last layer."""
    network = load_network(network_file(tmp_path, NAND, FED))
    assert network.outputs.tolist() == [2] and network.is_circuit
    assert network.answer(all_patterns(2))[:, 0].tolist() == [1, 1, 1, -1]
    again = load_network(network_file(tmp_path, NAND, [(0, 2), (2, 2)], outputs=[2, 0]))
    assert again.answer(all_patterns(2)).tolist() == [[1, -1], [0, 1], [1, -1], [0, 1]]


CONFIGS = {
    "inputs": ("retina", {"encoding": "circuit"}, "task 'retina' has 8 inputs"),
    "inputs of layers": ("retina", {"encoding": "gate-layers"}, "at most 6 inputs"),
    "gates of layers": (
        "circuit", {"encoding": "gate-layers", "layers": [4, 30, 28, 1]}, "59 gates; at most 58",
    ),
    "fan_in": (
        "retina",
        {"encoding": "threshold", "fan_in": [3, 3]},
        "network.fan_in has 2 numbers; layers [8, 8, 4, 2, 1] have 4 layers",
    ),
    "neurons": (
        "retina", {"encoding": "threshold", "layers": [8, 60, 4, 1]}, "65 neurons; at most 64",
    ),
    "layers": (
        "circuit", {"encoding": "gate-layers", "layers": [6, 4, 1]}, "has 6 inputs and 1 outputs",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONFIGS)
def test_what_does_not_fit_a_task_is_one_sentence(name):
    task, network, message = CONFIGS[name]
    config = evomod.Config(task=task, network=network)
    with pytest.raises(EvomodError) as error:
        evomod.prepare(config)
    assert message in str(error.value)
    assert one_sentence(str(error.value))


@pytest.mark.parametrize("gates", [57, 58])
def test_as_many_gates_as_a_word_holds(gates):
    config = evomod.Config(task="circuit-six-inputs", network={"encoding": "circuit", "gates": gates})
    setup = evomod.prepare(config)
    genomes = setup.encoding.birth(5, np.random.default_rng(1))
    genomes[:, -1] = 5 + gates  # the last gate
    answers = answers_of(setup, genomes)
    for genome, answer in zip(genomes, answers, strict=True):
        assert_array_equal(network_of(setup, genome).answer(all_patterns(6)), answer)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ({"encoding": "circuit", "gates": 59}, "network.gates: "),
        ({"encoding": "circuit", "gates": 0}, "network.gates: "),
        ({"encoding": "circuit", "steps": 0}, "network.steps: "),
        ({"encoding": "circuit", "feedback": "none"}, "network.feedback: "),
        ({"encoding": "circuit", "penalty": -0.1}, "network.penalty: "),
        ({"encoding": "circuit", "layers": [4, 2, 1]}, "layers"),
        ({"encoding": "gate-layers", "gates": ["and", "xor"]}, "network.gates.1: "),
        ({"encoding": "gate-layers", "gates": []}, "network.gates: "),
        ({"encoding": "threshold", "fan_in": [3, 3, 3, 8]}, "1 to 7 connections"),
        ({"encoding": "threshold", "fan_in": [3, 3, 3, 0]}, "1 to 7 connections"),
        ({"encoding": "threshold", "thresholds": []}, "network.thresholds: "),
        (
            {"encoding": "nands"},
            "encoding: wanted one of circuit, cppn, gate-layers, gene-network, layered",
        ),
    ],
)
def test_a_network_section_that_is_wrong_is_told_so(network, message):
    with pytest.raises(EvomodError, match="the config is not valid") as error:
        evomod.Config(task="circuit", network=network)
    assert message in str(error.value)
    assert len(str(error.value).splitlines()) == 2


def small_gates():
    """The network of a 4-4-2-1 genome of gates."""
    return network_of(setup_of("gates 4-2-1"), genomes_by_chance("gates 4-2-1", 1)[0])


def config_setup(task, **network):
    return evomod.prepare(evomod.Config(task=task, network=network))


MISFITS = {
    "fewer gates": (
        {"task": "circuit", "encoding": "circuit", "gates": 5},
        lambda: network_of(setup_of("circuit"), circuit_genome(BOTH, 13)),
        "has 4 inputs and 12 neurons or gates; this config's circuits have 4 and 5",
    ),
    "more inputs": (
        {"task": "circuit-six-inputs", "encoding": "circuit", "gates": 12},
        lambda: network_of(setup_of("circuit"), circuit_genome(BOTH, 13)),
        "has 4 inputs and 12 neurons or gates; this config's circuits have 6 and 12",
    ),
    "other kinds": (
        {"task": "circuit", "encoding": "gate-layers", "layers": [4, 4, 2, 1], "gates": ["nor"]},
        small_gates,
        "has nodes of the function 'and'; this config's have nor",
    ),
    "a feedback": (
        {"task": "circuit", "encoding": "circuit", "feed_forward": True},
        lambda: network_of(setup_of("circuit"), circuit_genome(BOTH | {4: (1, 15)}, 13)),
        "cannot address",
    ),
    "no layers": (
        {"task": "circuit", "encoding": "gate-layers", "layers": [4, 6, 5, 1], "gates": ["nand"]},
        lambda: network_of(setup_of("circuit"), circuit_genome(BOTH, 13)),
        "cannot address",
    ),
    "one output": (
        {"task": "circuit-three-outputs", "encoding": "circuit", "gates": 6},
        lambda: network_of(
            config_setup("circuit-six-inputs", encoding="circuit", gates=6), np.zeros(19, np.int8)
        ),
        "has 1 outputs; the task wants 3",
    ),
    "neurons for gates": (
        {"task": "circuit", "encoding": "circuit", "gates": 3},
        lambda: network_of(
            config_setup("circuit", encoding="layered", layers=[4, 2, 1]), np.zeros(13, np.int8)
        ),
        "has nodes of the function 'tanh'; this config's have nand",
    ),
    "threshold for tanh": (
        {"task": "retina", "encoding": "layered"},
        lambda: network_of(setup_of("threshold"), genomes_by_chance("threshold", 1)[0]),
        "has nodes of the function 'threshold'; this config's have tanh",
    ),
    "layers of neurons": (
        {"task": "retina", "encoding": "threshold", "layers": [8, 4, 2, 1]},
        lambda: network_of(setup_of("threshold"), genomes_by_chance("threshold", 1)[0]),
        "layers are [8, 8, 4, 2, 1]; this config's are [8, 4, 2, 1]",
    ),
    "fan-in": (
        {"task": "retina", "encoding": "threshold", "fan_in": [3, 3, 2, 2]},
        lambda: network_of(setup_of("threshold"), genomes_by_chance("threshold", 1)[0]),
        "has 3 connections",
    ),
    "threshold": (
        {"task": "retina", "encoding": "threshold", "thresholds": [7]},
        lambda: network_of(setup_of("threshold"), genomes_by_chance("threshold", 1)[0]),
        "a threshold among [7]",
    ),
    "layers, layered": (
        {"task": "retina", "encoding": "layered", "layers": [8, 4, 2, 1]},
        lambda: network_of(setup_of("layered"), genomes_by_chance("layered", 1)[0]),
        "layers are [8, 8, 4, 2, 1]; this config's are [8, 4, 2, 1]",
    ),
    "weights, layered": (
        {"task": "retina", "encoding": "layered", "weights": [-1, 1]},
        lambda: network_of(setup_of("layered"), genomes_by_chance("layered", 1)[0]),
        "2; this config's alphabet is [-1, 1]",
    ),
    "biases, layered": (
        {"task": "retina", "encoding": "layered", "biases": [0]},
        lambda: network_of(setup_of("layered"), genomes_by_chance("layered", 1)[0]),
        "alphabet is [0]",
    ),
    "weights, real": (
        {"task": "retina", "encoding": "layered-real", "weight_range": [-1.5, 1.5]},
        lambda: network_of(setup_of("layered"), genomes_by_chance("layered", 1)[0]),
        "2; this config allows [-1.5, 1.5]",
    ),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_network_that_an_encoding_cannot_hold_is_told_so(name):
    network, make, message = MISFITS[name]
    network = dict(network)
    setup = config_setup(network.pop("task"), **network)
    with pytest.raises(EvomodError) as error:
        setup.encoding.genome(make())
    assert message in str(error.value)
    assert one_sentence(str(error.value))


def test_a_layered_circuit_fits_a_free_one_and_a_free_one_its_layers():
    """The same gates wherever the alphabet allows; answers stay the same."""
    free = config_setup("circuit", encoding="circuit", gates=7)
    layers = config_setup("circuit", encoding="gate-layers", layers=[4, 4, 2, 1], gates=["nand"])
    for genome in layers.encoding.birth(20, np.random.default_rng(4)):
        network = network_of(layers, genome)
        moved = free.encoding.genome(network)
        assert_array_equal(answers_of(free, moved[None]), answers_of(layers, genome[None]))
        again = layers.encoding.genome(network_of(free, moved))
        assert_array_equal(again, genome)


# -------------------------------------------------------------------------------- the command line

FEW = ["--set", "evolution.generations=3", "--set", "evolution.population=20"]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_goals_in_turn_from_the_command_line(elsewhere, capsys):
    arguments = ["evolve", "circuit", "--goals", f"{G1},{G2}", "--switch-every", "20", "--seed", "1"]
    sizes = ["--set", "evolution.generations=45", "--set", "evolution.population=30"]
    assert main([*arguments, *sizes, "--out", "x"]) == 0
    assert f"generation 45, goal {G1}" in capsys.readouterr().out
    run = evomod.load_run("x")
    log = run.log
    assert {"goal", "solved", "since_switch", "neurons", f"fitness:{G2}"} <= set(log)
    goals = [G1] * 21 + [G2] * 20 + [G1] * 5
    assert log["generation"].tolist() == list(range(46)) and log["goal"].tolist() == goals
    since = [*range(21), *range(20), *range(5)]
    assert log["since_switch"].tolist() == since
    for goal in (G1, G2):
        rows = log["goal"] == goal
        assert_array_equal(log["best_fitness"][rows], log[f"fitness:{goal}"][rows])
    assert_array_equal(log["solved"], (log["best_fitness"] >= 1.0).astype(int))
    best = run.best.simplified()
    assert log["neurons"][-1] == len(set(best.target.tolist()))
    assert log["neurons"].max() <= 12 and log["neurons"].min() >= 1


def test_one_goal_is_fixed(elsewhere, capsys):
    assert main(["evolve", "circuit", "--goals", G2, "--seed", "1", *FEW, "--out", "x"]) == 0
    config = evomod.load_run("x").config
    assert (config.schedule.kind, config.schedule.goals, config.task.goal) == ("fixed", (G2,), G2)
    assert set(evomod.load_run("x").log["goal"].tolist()) == {G2}
    assert main(["evolve", "circuit", "--goal", G2, "--seed", "1", *FEW, "--out", "y"]) == 0
    assert Path("x/log.csv").read_bytes() == Path("y/log.csv").read_bytes()


def test_switch_every_changes_the_period_of_a_config(elsewhere, capsys):
    arguments = ["evolve", "scripts/kashtan2005/circuit_mvg.toml", "--show-config"]
    assert main([*arguments, "--switch-every", "7"]) == 0
    assert "period = 7" in capsys.readouterr().out
    assert main([*arguments, "--goals", "eq-and-eq,eq-or-eq,eq-and-xor"]) == 0
    out = capsys.readouterr().out
    assert "period = 20" in out and "eq-or-eq" in out and G2 not in out


GOALS = f"{G1},{G2}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["circuit", "--goals", f"{G1},xor"], f"has no goal 'xor'; it has '{G1}', '{G2}', 'eq-and-xor'"),
        (["circuit", "--goals", "xor"], f"has no goal 'xor'; it has '{G1}', '{G2}'"),
        (["circuit", "--goals", GOALS, "--switch-every", "0"], "schedule.period: "),
        (["circuit", "--switch-every", "20"], "--switch-every wants goals to switch between"),
        (["circuit", "--goals", G1, "--switch-every", "20"], "--switch-every wants goals to switch"),
        (["circuit", "--goal", G1, "--goals", GOALS], "--goal with one goal, or --goals with several"),
        (["circuit", "--goals", ","], "--goals wants names of goals"),
        (["circuit", "--goals", f"{G1},{G1}"], "wants goals that differ"),
        (["--resume", "runs/none", "--goals", GOALS], "--goals would make it another run"),
        (["--resume", "runs/none", "--switch-every", "5"], "--switch-every would make it another run"),
        (["retina", "--set", "network.encoding=circuit"], "takes at most 6 inputs"),
        (["circuit", "--set", "network.gates=59"], "network.gates: "),
        (
            ["circuit", "--set", "network.encoding=gate-layers", "--set", 'network.gates=["x"]'],
            "gates.0",
        ),
    ],
)
def test_mistakes_about_circuits_and_goals(arguments, message, elsewhere, capsys):
    assert main(["evolve", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("evomod: ") and message in error and "Traceback" not in error
    assert not Path("runs").exists()


def test_all_tasks_are_listed_and_many_goals_are_abbreviated(elsewhere, capsys):
    assert main(["tasks"]) == 0
    blocks = capsys.readouterr().out.strip().split("\n\n")
    listed = {block.split(":")[0]: block for block in blocks}
    assert set(listed) == {
        "and-xor-and", "attractor", "circuit", "circuit-six-inputs", "circuit-three-outputs", "five-xor",
        "hierarchical-xor", "retina", "retina-and-or", "retina-any-four", "retina-contrasts", "retina-relations", "retina-sides",
        "specialisation",
    }  # fmt: skip
    six = listed["circuit-six-inputs"]
    assert "and 52 goals more" in six and six.count("\n  goal ") == 12
    assert len(evomod.load_task("circuit-six-inputs").goals) == 64
    assert listed["circuit"].count("\n  goal ") == 9 and "goals more" not in listed["circuit"]
    assert f"{G1} (yes to 4 of 16 answers)" in listed["circuit"]
    assert f"{G2} (yes to 12 of 16 answers)" in listed["circuit"]
    assert "3 outputs" in listed["circuit-three-outputs"]


@pytest.mark.parametrize(
    ("name", "goals"),
    [
        ("circuit_fg", (G1,)),
        ("circuit_mvg", (G1, G2)),
        ("circuit_three_outputs", ("g1", "g4", "g2", "g4", "g3", "g4")),
        ("retina_fg", ("left-and-right",)),
        ("retina_mvg", ("left-and-right", "left-or-right")),
    ],
)
def test_configs_of_kashtan_and_alon_run(name, goals, elsewhere, capsys):
    assert main(["evolve", f"scripts/kashtan2005/{name}.toml", "--seed", "1", *FEW, "--out", "x"]) == 0
    assert "generation 3" in capsys.readouterr().out
    run = evomod.load_run("x")
    assert run.log["generation"].tolist() == [0, 1, 2, 3]
    assert run.config.schedule.goals == goals and Path("x/complete").exists()
    assert (run.config.schedule.kind, run.config.schedule.period) == (
        "modular" if len(goals) > 1 else "fixed",
        20,
    )


def test_no_config_of_kashtan_and_alon_is_left_out():
    folder = Path(__file__).parent.parent / "scripts" / "kashtan2005"
    assert {path.stem for path in folder.glob("*.toml") if not path.stem.startswith("study")} == {
        "circuit_fg", "circuit_mvg", "circuit_three_outputs", "retina_fg", "retina_mvg",
    }  # fmt: skip


# --------------------------------------------------------------------------------------------- DEAP


def small(task, **sections):
    config = evomod.Config(task=task, evolution={"population": 40, "generations": 4}, **sections)
    return evomod.prepare(config)


STOCK = {
    "circuit": ("circuit", {}),
    "gate-layers": ("circuit", {"encoding": "gate-layers", "layers": [4, 4, 2, 1]}),
    "threshold": ("retina", {"encoding": "threshold"}),
}


@pytest.mark.parametrize("name", STOCK)
def test_bounds_and_genomes_of(name):
    setup = small(STOCK[name][0], network=STOCK[name][1])
    encoding = setup.encoding
    low, up = operators.bounds(encoding)
    genomes = encoding.birth(300, np.random.default_rng(1))
    assert_array_equal(genomes.min(axis=0), low)
    assert_array_equal(genomes.max(axis=0), up)
    again = operators.genomes_of(encoding, operators.individuals(genomes))
    assert again.dtype == np.int8
    assert_array_equal(again, genomes)
    for gene, value in ((0, up[0] + 1), (0, low[0] - 1), (-1, up[-1] + 1), (1, 0.5), (0, 300)):
        wrong = genomes[:3].tolist()
        wrong[2][gene] = value
        with pytest.raises(EvomodError, match="leave its alphabet"):
            operators.genomes_of(encoding, wrong)


@pytest.mark.parametrize("name", STOCK)
def test_stock_variation_of_plain_genes(name):
    setup = small(STOCK[name][0], network=STOCK[name][1])
    low, up = operators.bounds(setup.encoding)
    mutate = partial(tools.mutUniformInt, low=low, up=up, indpb=0.05)
    vary = operators.stock_variation(setup.encoding, mutate=mutate, mate=tools.cxTwoPoint)
    setup.toolbox.register("vary", vary)
    random.seed(5)
    runs = [list(evomod.evolve(setup.config, seed=1, setup=setup)) for _ in range(2)]
    assert random.random() == random.Random(5).random()
    first, second = (run[-1].population.genomes for run in runs)
    assert_array_equal(first, second)
    assert setup.encoding.is_valid(first).all()
    assert (runs[0][0].population.genomes != first).any()
    for row, genome in enumerate(first):
        yes = answers_of(setup, genome[None])[0] == 1
        assert_array_equal(yes.T, unpack(runs[0][-1].population.yes[row], setup.task.n_patterns))


def test_a_stock_operator_that_leaves_the_alphabet_of_a_circuit():
    setup = small("circuit")
    mutate = partial(tools.mutUniformInt, low=0, up=16, indpb=0.5)
    setup.toolbox.register("vary", operators.stock_variation(setup.encoding, mutate=mutate))
    with pytest.raises(EvomodError, match="leave its alphabet; genes may run from 0 to 15"):
        list(evomod.evolve(setup.config, seed=1, setup=setup))


def test_threshold_answers_against_the_oracle_in_words():
    """The network, the kernel and the plain oracle agree on whole networks with double connections."""
    setup = setup_of("low thresholds")
    genomes = genomes_by_chance("low thresholds", size(12, 3), seed=9)
    encoding = setup.encoding
    places, thresholds = encoding.places.tolist(), encoding.thresholds.tolist()
    for genome, answers in zip(genomes, answers_of(setup, genomes), strict=True):
        words, effective = naive.threshold_answer(
            genome.tolist(), encoding.inputs.tolist(), places, thresholds, 1
        )
        assert naive.unpack(words[-1]) == (answers[:, 0] > 0).tolist()
        assert effective >> 14 == 1
        network = network_of(setup, genome)
        values = network.values(all_patterns(8))
        for neuron, row in enumerate(words):
            assert naive.unpack(row) == (values[:, 8 + neuron] > 0).tolist()


@pytest.mark.parametrize(
    "arguments",
    [
        ["circuit", "--goals", "xor-and-xor,xor-or-xor", "--switch-every", "3"],
        ["circuit", "--set", "network.encoding=gate-layers"],
        ["circuit", "--set", "schedule.kind=neutral", "--set", "schedule.period=2"],
        ["circuit", "--set", "schedule.kind=random", "--set", "schedule.period=4"],
        ["retina", "--set", "network.encoding=threshold", "--set", "task.patterns=100"],
        ["circuit-three-outputs", "--set", "evolution.generations=0"],
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_every_kind_of_run_can_be_drawn(arguments, tmp_path, monkeypatch):
    """Both pictures, of few and of many epochs, and of neutral ones whose fitness is not a number."""
    monkeypatch.chdir(tmp_path)
    few = ["--seed", "1", "--set", "evolution.population=20", "--set", "evolution.generations=25"]
    assert main(["evolve", arguments[0], *few, *arguments[1:], "--out", "x"]) == 0
    assert main(["plot", "x"]) == 0
    for name in ("curves.png", "network.png"):
        assert (tmp_path / "x" / name).stat().st_size > 5000
