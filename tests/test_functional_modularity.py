"""Functional modularity: responses, similarities, Q and nulls against the oracle; agreement of partitions; the border."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import naive_functional as naive
import naive_measures
import numpy as np
import pytest
from numpy.testing import assert_allclose

from evomod.errors import EvomodError
from evomod.gradient.datasets import load_dataset
from evomod.gradient.run import _functional_lines, functional_rows
from evomod.measures import (
    Responses,
    agreement,
    functional_modularity,
    modularity,
    responses_of_layers,
)
from evomod.measures.functional_modularity import (
    CLEAR,
    FEW,
    MOST_ENTRIES,
    NO_REST,
    SEED,
    responses_of,
    similarity_of,
)
from evomod.network import GATES, Network
from evomod.task import all_patterns


def layered(rng, sizes, function="tanh", density=0.6):
    """A random network with whole weights."""
    layer = np.repeat(np.arange(len(sizes)), sizes)
    ends = [(s, t) for t in range(layer.size) for s in range(layer.size) if layer[s] + 1 == layer[t]]
    kept = [pair for pair in ends if rng.random() < density]
    source, target = np.array(kept, np.int64).reshape(-1, 2).T
    bias = np.where(layer > 0, rng.integers(-2, 3, layer.size), 0).astype(float)
    weight = rng.choice([-2.0, -1.0, 1.0, 2.0], source.size)
    functions = tuple(np.where(layer == 0, "input", function).tolist())
    return Network(layer, np.zeros((layer.size, 2)), bias, source, target, weight, 20.0, functions)


def circuit(rng, n_inputs, n_gates):
    """Random gates that may feed back."""
    n = n_inputs + n_gates
    functions = ("input",) * n_inputs + tuple(rng.choice(list(GATES), n_gates).tolist())
    target = np.repeat(np.arange(n_inputs, n), 2)
    return Network(
        layer=(np.arange(n) >= n_inputs).astype(np.int64),
        positions=np.zeros((n, 2)),
        bias=np.zeros(n),
        source=rng.integers(0, n, target.size),
        target=target,
        weight=np.ones(target.size),
        functions=functions,
        outputs=np.array([n - 1]),
        steps=6,
    )


def plain(network):
    """A network as the oracle knows it."""
    network = network.simplified()
    connections = zip(
        network.source.tolist(), network.target.tolist(), network.weight.tolist(), strict=True
    )
    return {
        "layer": network.layer.tolist(),
        "function": list(network.functions),
        "bias": network.bias.tolist(),
        "connections": list(connections),
        "outputs": network.outputs.tolist(),
        "gain": network.gain,
        "steps": network.steps,
    }


def networks():
    rng = np.random.default_rng(3)
    found = [layered(rng, (3, 4, 2, 1)), layered(rng, (4, 3, 3, 2), "threshold")]
    found += [layered(rng, (3, 3, 1), density=d) for d in (0.0, 0.2, 1.0)]
    found += [circuit(rng, 3, 5) for _ in range(4)]
    weak = layered(rng, (3, 4, 1))
    return [*found, replace(weak, gain=0.3), layered(rng, (2, 1, 1))]


@pytest.mark.parametrize("network", networks())
def test_responses_and_similarities_are_the_oracles(network):
    patterns = all_patterns(network.inputs.size)
    units, rows, n_patterns = naive.responses(plain(network), patterns.astype(int).tolist())
    found = responses_of(network)
    assert found.units.tolist() == units and found.patterns == n_patterns
    for name, expected in rows.items():
        assert_allclose(
            found.rows[name], expected if n_patterns else np.zeros((len(units), 0)), atol=1e-12
        )
        for normalised in (True, False):
            matrix = similarity_of(found.rows[name], n_patterns, normalised)
            assert_allclose(matrix, naive.similarity(expected, n_patterns, normalised), atol=1e-12)


@pytest.mark.parametrize("network", networks())
def test_q_is_the_best_of_all_partitions(network):
    for each in functional_modularity(network, together=True, draws=2):
        assert not each.matrix.diagonal().any() and (each.matrix == each.matrix.T).all()
        alive = each.matrix.any(axis=0)
        assert ((each.modules >= 0) == alive).all()
        if not alive.any():
            assert math.isnan(each.q) and math.isnan(each.z) and each.note in (FEW, NO_REST)
            continue
        inner = each.matrix[np.ix_(alive, alive)].tolist()
        best = max(naive_measures.weighted_q(inner, p, False) for p in naive.partitions(len(inner)))
        assert each.q == pytest.approx(best, abs=1e-9)
        assert each.q == pytest.approx(
            naive_measures.weighted_q(inner, each.modules[alive].tolist(), False), abs=1e-9
        )


def test_the_null_permutes_the_responses_of_every_unit_by_itself():
    network = layered(np.random.default_rng(8), (4, 5, 1))
    each = functional_modularity(network, similarities=["covariance"], draws=6)[0]
    rows = responses_of(network).rows["covariance"]
    rng = np.random.default_rng(SEED)
    q = []
    for _ in range(6):
        null = naive.similarity(rng.permuted(rows, axis=1).tolist(), 16, True)
        alive = [k for k, row in enumerate(null) if any(row)]
        inner = [[null[i][j] for j in alive] for i in alive]
        q.append(max(naive_measures.weighted_q(inner, p, False) for p in naive.partitions(len(inner))))
    assert each.q_rand == pytest.approx(np.mean(q)) and each.q_rand_sd == pytest.approx(
        np.std(q, ddof=1)
    )
    assert each.z == pytest.approx((each.q - np.mean(q)) / np.std(q, ddof=1))
    assert each.percentile == pytest.approx(100 * np.mean([x < each.q for x in q]))


def two_sides(function="tanh"):
    """Three neurons for the left pair of inputs and three for the right one, and an output for each side."""
    pairs = [(i, k) for k in (4, 5, 6) for i in (0, 1)] + [(i, k) for k in (7, 8, 9) for i in (2, 3)]
    pairs += [(4, 10), (5, 10), (6, 10), (7, 11), (8, 11), (9, 11)]
    source, target = np.array(pairs).T
    layer = np.repeat([0, 1, 2], [4, 6, 2])
    bias = np.where(layer == 1, -1.0, np.where(layer == 2, 2.5, 0.0))
    functions = tuple(np.where(layer == 0, "input", function).tolist())
    return Network(layer, np.zeros((12, 2)), bias, source, target, np.ones(source.size), 20.0, functions)


def test_two_sides_are_two_clusters_by_every_similarity_and_agree_with_the_structure():
    network = two_sides()
    for each in functional_modularity(network):
        assert each.modules.tolist() == [0, 0, 0, 1, 1, 1], each.similarity
        assert each.q == pytest.approx(0.5) and each.z > 2
        structure = modularity(network, "refined").modules[each.units]
        assert agreement(each.modules, structure).ami == pytest.approx(1.0)
        assert each.n_modules == 2


def test_units_that_are_alone_constant_or_lead_nowhere_are_in_no_cluster():
    network = two_sides()
    cut = np.flatnonzero(network.target != 4)  # a neuron with no input: constant
    fewer = replace(
        network, source=network.source[cut], target=network.target[cut], weight=network.weight[cut]
    )
    by_name = {each.similarity: each for each in functional_modularity(fewer)}
    assert by_name["upstream"].modules.tolist()[0] == -1
    assert by_name["covariance"].modules.tolist()[0] == -1
    dead = np.flatnonzero(
        network.source != 4
    )  # and one that no output sees, which simplification takes away
    fewer = replace(
        network, source=network.source[dead], target=network.target[dead], weight=network.weight[dead]
    )
    assert all(each.modules[0] == -1 for each in functional_modularity(fewer))


def test_what_cannot_be_measured_is_nan_and_said():
    alone = layered(np.random.default_rng(1), (2, 1, 1), density=1.0)
    for each in functional_modularity(alone):
        assert each.note == FEW and all(map(math.isnan, (each.q, each.q_rand, each.z, each.percentile)))
        assert each.draws == 0
    assert functional_modularity(layered(np.random.default_rng(1), (3, 1))) == []
    two = layered(np.random.default_rng(1), (2, 2, 1), density=1.0)
    two = replace(two, bias=np.zeros(5), weight=np.ones(two.source.size))
    each = functional_modularity(two, similarities=["upstream"])[0]
    assert each.q == 0.0 and math.isnan(each.z) and "all nulls have the same Q" in each.note
    restless = Network(
        layer=np.array([0, 1, 1, 1]),
        positions=np.zeros((4, 2)),
        bias=np.zeros(4),
        source=np.array([1, 1, 1, 2, 2, 2]),
        target=np.array([1, 1, 2, 2, 3, 3]),
        weight=np.ones(6),
        functions=("input", "nand", "nand", "nand"),
        outputs=np.array([3]),
    )
    assert {each.note for each in functional_modularity(restless)} == {NO_REST}


def test_held_nodes_keep_their_value():
    network = two_sides()
    held = np.full(12, np.nan)
    held[4] = -0.25
    values = network.values(all_patterns(4), held=held)
    assert (values[:, 4] == -0.25).all()
    silent = np.arange(12) == 4
    assert (network.values(all_patterns(4), silent, held)[:, 4] == 0.0).all()


# ------------------------------------------------------------------------------ trained networks


@pytest.mark.parametrize(("activation", "bends"), [("tanh", True), ("tanh", False), ("relu", False)])
def test_derivatives_of_layers_are_the_oracles(activation, bends):
    rng = np.random.default_rng(4)
    sizes = (3, 4, 2, 2)
    weights = [rng.normal(size=pair) for pair in pairwise(sizes)]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    inputs = rng.normal(size=(5, 3))
    found = responses_of_layers(weights, biases, inputs, activation=activation, bends_outputs=bends)
    bend = math.tanh if activation == "tanh" else lambda v: max(v, 0.0)
    assert found.units.tolist() == [3, 4, 5, 6, 7, 8] and found.layer.tolist() == [1, 1, 1, 1, 2, 2]
    lists = [w.tolist() for w in weights], [b.tolist() for b in biases]
    units = [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 1)]
    for k, unit in enumerate(units):
        up = [
            naive.derivative(*lists, x, bend, bends, unit, (0, i))
            for x in inputs.tolist()
            for i in range(3)
        ]
        down = [
            naive.derivative(*lists, x, bend, bends, (3, o), unit)
            for x in inputs.tolist()
            for o in range(2)
        ]
        activity = [
            naive.layer_values(*lists, x, bend, bends)[unit[0]][unit[1]] for x in inputs.tolist()
        ]
        assert_allclose(found.rows["upstream"][k], up, atol=1e-8)
        assert_allclose(found.rows["downstream"][k], down, atol=1e-8)
        assert_allclose(found.rows["covariance"][k], np.array(activity) - np.mean(activity), atol=1e-12)
    each = functional_modularity(found, similarities=["upstream"], draws=3)
    assert [one.layer for one in each] == [1, 2] and each[0].patterns == 5


def test_of_many_responses_patterns_in_even_steps_are_used():
    rng = np.random.default_rng(4)
    weights = [rng.normal(size=(400, 1000)), rng.normal(size=(1000, 1))]
    found = responses_of_layers(weights, [np.zeros(1000), np.zeros(1)], rng.normal(size=(30, 400)))
    assert found.patterns == MOST_ENTRIES // 400_000 == 10
    assert found.rows["upstream"].shape == (1000, 4000)


def test_a_dead_relu_is_in_no_cluster_and_no_hidden_layer_is_no_row():
    weights = [np.array([[1.0, 2.0, 1.0], [1.0, 1.0, 0.0]]), np.ones((3, 1))]
    found = responses_of_layers(
        weights, [np.array([0.0, 0.0, -9.0]), np.zeros(1)], [[1, 0], [0, 1], [1, 1]]
    )
    for each in functional_modularity(found, draws=2):
        assert each.modules.tolist() == [0, 0, -1] or each.similarity == "downstream"
    assert functional_modularity(responses_of_layers([np.eye(2)], [np.zeros(2)], np.eye(2))) == []


def test_the_units_of_similarities_do_not_matter():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(4, 30))
    assert_allclose(similarity_of(rows, 30, True), similarity_of(rows * 1e-6, 30, True), rtol=1e-9)
    assert not similarity_of(rows * CLEAR * 1e-3, 30, True).any()


def test_a_training_is_measured_on_its_test_data():
    data = load_dataset("retina")
    rng = np.random.default_rng(0)
    sizes = (8, 6, 4, 1)
    weights = [rng.normal(size=pair) for pair in pairwise(sizes)]
    biases = [np.zeros(n) for n in sizes[1:]]
    modules = np.repeat([0, 1, 0, 1], [4, 8, 6, 1])
    rows = functional_rows(weights, biases, data, modules, 1, 50)
    assert [(row["similarity"], row["layer"]) for row in rows] == [
        (name, layer) for name in ("upstream", "downstream", "covariance") for layer in (1, 2)
    ]
    assert {row["draws"] for row in rows} == {20} and {row["patterns"] for row in rows} == {256}
    responses = responses_of_layers(
        weights, biases, data.test_inputs, activation="tanh", bends_outputs=True
    )
    assert rows[0]["q"] == functional_modularity(responses, similarities=["upstream"], draws=1)[0].q
    lines = _functional_lines(rows)
    assert len(lines) == 3 and f"{rows[0]['q']:.3f} (z {rows[0]['z']:.1f}" in lines[0]
    again = json.loads(json.dumps(rows))
    assert again[0]["units"] == 6 and _functional_lines([]) == []
    wide = [np.ones((8, 600)), np.ones((600, 1))]
    assert functional_rows(wide, [np.zeros(600), np.zeros(1)], data, np.zeros(609, int), 1, 1) == []


# ------------------------------------------------------------------------------------- agreement


def pairs_of_labels():
    rng = np.random.default_rng(6)
    found = [(rng.integers(0, 3, n).tolist(), rng.integers(0, 4, n).tolist()) for n in (5, 6, 7, 12, 40)]
    return [*found, ([0, 0, 1, 1], [1, 1, 0, 0]), ([0, 0, 1, 1], [0, 1, 0, 1])]


@pytest.mark.parametrize(("one", "other"), pairs_of_labels())
def test_agreement_is_the_oracles_and_scikit_learns(one, other):
    metrics = pytest.importorskip("sklearn.metrics")
    found = agreement(one, other, draws=200)
    assert found.ami == pytest.approx(naive.adjusted_mutual_information(one, other), abs=1e-9)
    assert found.ami == pytest.approx(metrics.adjusted_mutual_info_score(one, other), abs=1e-9)
    if len(one) <= 7:
        assert naive.expected_mutual_information(one, other) == pytest.approx(
            naive.mean_over_permutations(one, other), abs=1e-12
        )
    rng = np.random.default_rng(0x616D69)
    spread = [
        naive.adjusted_mutual_information(
            one, rng.permutation(np.unique(other, return_inverse=True)[1]).tolist()
        )
        for _ in range(200)
    ]
    assert found.null_sd == pytest.approx(np.std(spread, ddof=1))
    assert found.z == pytest.approx((found.ami - np.mean(spread)) / np.std(spread, ddof=1))


def test_nodes_of_no_module_are_left_out_and_trivial_partitions_say_nothing():
    found = agreement([0, 0, 1, 1, -1, 0], [5, 5, 2, 2, 2, -1])
    assert found.nodes == 4 and found.ami == pytest.approx(1.0)
    for one, other in (([0, 0, 0], [0, 1, 1]), ([0, 1, 1], [0, 1, 2]), ([0, -1], [0, 1]), ([], [])):
        nothing = agreement(one, other)
        assert math.isnan(nothing.ami) and math.isnan(nothing.z) and "no agreement" in nothing.note


# ------------------------------------------------------------------------------------ the border


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: functional_modularity(two_sides(), similarities=["sideways"]), "no similarity"),
        (lambda: functional_modularity(two_sides(), draws=0), "draws"),
        (lambda: functional_modularity(two_sides(), [[0, 1]]), "4 inputs"),
        (lambda: functional_modularity(responses_of(two_sides()), [[0, 1, 0, 1]]), "leave out patterns"),
        (lambda: responses_of_layers([np.eye(2)], [np.zeros(3)], np.eye(2)), "layer 1"),
        (lambda: responses_of_layers([np.eye(2)], [], np.eye(2)), "one of each a layer"),
        (lambda: responses_of_layers([np.eye(2) * np.nan], [np.zeros(2)], np.eye(2)), "finite"),
        (lambda: responses_of_layers([np.eye(2)], [np.zeros(2)], np.eye(2), activation="elu"), "elu"),
        (lambda: agreement([0, 1], [0, 1, 2]), "same nodes"),
        (lambda: agreement([0.5, 1], [0, 1]), "whole numbers"),
        (lambda: agreement([0, 1], [0, 1], draws=0), "draws"),
    ],
)
def test_a_mistake_is_said(call, said):
    with pytest.raises(EvomodError, match=said):
        call()


def test_responses_are_what_is_clustered():
    known = Responses(np.arange(2), np.ones(2, np.int64), {"upstream": np.ones((2, 3))}, 3)
    assert functional_modularity(known, similarities=["upstream"], draws=1)[0].matrix[0, 1] == 1.0
