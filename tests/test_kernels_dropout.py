"""Answers under silent sets equal plain Python networks in which the silent neurons are 0."""

from dataclasses import replace

import naive
import naive_circuits
import naive_pressures
import numpy as np
import pytest
from conftest import make_task, size
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from evomod.encodings import circuit, layered, threshold
from evomod.encodings.circuit import CircuitNetwork, GateLayersNetwork
from evomod.encodings.layered import LayeredNetwork, RealNetwork
from evomod.encodings.threshold import ThresholdNetwork
from evomod.errors import EvomodError
from evomod.sections import VariationSection
from evomod.task import all_patterns, unpack

RETINA = (8, 8, 4, 2, 1)
BIG = (-12, -9, -5, -2, -1, 1, 3, 6, 7, 12)


def said(module, encoding, genomes, silent, n_patterns, ancestors=None):
    """Yes and no as Booleans ``[individual, output, set, pattern]``, from networks answered before."""
    n = genomes.shape[0]
    slots = np.random.default_rng(9).permutation(n)
    states = encoding.memory(n)
    encoding.evaluate(genomes, np.full(n, -1), slots, states)
    ancestors = np.full(n, -1) if ancestors is None else ancestors
    found = []
    for bits in encoding.silenced(genomes, ancestors, silent, slots, states):
        words = bits.reshape(n, bits.shape[1], silent.shape[0], -1)
        found.append(unpack(np.ascontiguousarray(words), n_patterns))
    return found


def some_sets(n_hidden, rng, number):
    """Nobody, everybody, and random sets of every size."""
    silent = rng.random((number + 2, n_hidden)) < rng.random((number + 2, 1))
    silent[0], silent[1] = False, True
    return silent


def signs(yes, no):
    return yes.astype(int) - no.astype(int)


def oracle_of_layers(encoding, layers, genome, silent):
    """``[output, set, pattern]`` by the oracle."""
    if encoding.is_integer:
        weights, biases = encoding.weights[1:].tolist(), encoding.biases.tolist()
        connections, bias = naive.decode(layers, genome.tolist(), weights, biases)
    else:
        places, n = naive.edges(layers), encoding.n_edges
        connections = {place: w for place, w in zip(places, genome[:n].tolist(), strict=True) if w}
        bias = dict(zip(range(layers[0], sum(layers)), genome[n:].tolist(), strict=True))
    inputs = np.where(all_patterns(layers[0]), 1, -1).tolist()
    table = []
    for row in silent:
        off = {layers[0] + int(k) for k in np.flatnonzero(row)}
        table.append(
            [
                naive_pressures.layered_signs(layers, connections, bias, given, off, encoding.gain)
                for given in inputs
            ]
        )
    return np.array(table).transpose(2, 0, 1)


@pytest.mark.parametrize(
    "layers, weights",
    [
        (RETINA, (-2, -1, 1, 2)),
        ((4, 3, 2, 1), (-2, -1, 1, 2)),
        ((3, 2), (1, 2)),
        ((7, 3, 2), BIG),
        ((1, 1, 1, 1), (-1, 1)),
        ((2, 3, 70, 3, 1), (-2, -1, 1, 2)),
        ((3, 5, 40, 2), (-127, -64, -3, 1, 31, 127)),
        ((9, 3, 3, 1), (-2, -1, 1, 2)),
    ],
)
def test_silent_integer_networks_equal_the_oracle(layers, weights):
    rng = np.random.default_rng(3)
    encoding = layered.build(
        LayeredNetwork(layers=layers, weights=weights), make_task(layers[0], layers[-1])
    )
    assert encoding.uses_sign
    genomes = encoding.birth(size(12, 3), rng)
    genomes[:3, : encoding.n_edges] = 0
    genomes[1, : encoding.n_edges] = rng.integers(1, encoding.weights.size, encoding.n_edges)
    genomes = np.concatenate((genomes, genomes[::-1]))  # equals are answered once
    silent = some_sets(encoding.n_hidden(), rng, size(4, 1))
    yes, no = said(layered, encoding, genomes, silent, 2 ** layers[0])
    for k in range(genomes.shape[0] // 2):
        assert_array_equal(signs(yes, no)[k], oracle_of_layers(encoding, layers, genomes[k], silent))
    assert_array_equal(signs(yes, no), signs(yes, no)[::-1])


def test_silent_real_networks_equal_the_oracle():
    layers, rng = (4, 3, 2, 1), np.random.default_rng(4)
    network = RealNetwork(encoding="layered-real", layers=layers, gain=1.5)
    encoding = layered.build(network, make_task(4))
    genomes = encoding.birth(size(10, 3), rng)
    silent = some_sets(encoding.n_hidden(), rng, size(5, 1))
    yes, no = said(layered, encoding, genomes, silent, 16)
    for k, genome in enumerate(genomes):
        assert_array_equal(signs(yes, no)[k], oracle_of_layers(encoding, layers, genome, silent))


def test_networks_that_differ_in_one_gene_are_told_apart():
    """Mutants of one network: a hash that forgets a gene would give them each other's answers."""
    rng = np.random.default_rng(5)
    encoding = layered.build(LayeredNetwork(layers=(4, 3, 2)), make_task(4, 2))
    genome = np.concatenate((rng.integers(1, 5, encoding.n_edges), np.full(5, 2))).astype(np.int8)
    genomes, _ = replace(encoding, variation=VariationSection()).mutants(genome)
    genomes = genomes[: size(100, 12)]
    silent = some_sets(3, rng, 1)
    yes, no = said(layered, encoding, genomes, silent, 16)
    for k, mutant in enumerate(genomes):
        assert_array_equal(signs(yes, no)[k], oracle_of_layers(encoding, (4, 3, 2), mutant, silent))


def test_inherited_real_answers_equal_answers_from_scratch():
    rng = np.random.default_rng(6)
    network = RealNetwork(encoding="layered-real", layers=(4, 3, 1))
    encoding = layered.build(network, make_task(4))
    parents = encoding.birth(6, rng)
    genomes = np.concatenate((parents, parents))
    genomes[9:, 0] += 0.25
    silent = some_sets(3, rng, 3)
    older = np.concatenate((np.full(6, -1), np.arange(6)))
    inherited = said(layered, encoding, genomes, silent, 16, older)
    assert_array_equal(inherited, said(layered, encoding, genomes, silent, 16))


@pytest.mark.parametrize("fan_in", [None, (7, 2, 2)])
def test_silent_threshold_networks_equal_the_oracle(fan_in):
    layers, rng = (5, 4, 3, 2), np.random.default_rng(7)
    network = ThresholdNetwork(
        encoding="threshold", layers=layers, fan_in=fan_in, thresholds=(-8, 0, 1, 2, 3, 7)
    )
    encoding = threshold.build(network, make_task(5, 2))
    genomes = encoding.birth(size(30, 4), rng)
    silent = some_sets(encoding.n_hidden(), rng, size(4, 1))
    yes, no = said(threshold, encoding, genomes, silent, 32)
    assert_array_equal(no, ~yes)
    places, thresholds = encoding.places.tolist(), encoding.thresholds.tolist()
    for k, genome in enumerate(genomes.tolist()):
        neurons = naive_circuits.threshold_decode(genome, places, thresholds)
        for s, row in enumerate(silent):
            off = {layers[0] + int(j) for j in np.flatnonzero(row)}
            values = [
                naive_pressures.threshold_values(neurons, given, off, 2)
                for given in all_patterns(5).tolist()
            ]
            assert_array_equal(yes[k, :, s], np.array(values).T)


NETWORKS = {
    "feedback": CircuitNetwork(encoding="circuit", gates=6, steps=8),
    "ternary": CircuitNetwork(encoding="circuit", gates=6, feedback="ternary"),
    "forward": CircuitNetwork(encoding="circuit", gates=7, feed_forward=True),
    "large": CircuitNetwork(encoding="circuit", gates=58, steps=8),
    "layers": GateLayersNetwork(
        encoding="gate-layers", layers=(3, 4, 3, 2), gates=("and", "or", "nand", "nor")
    ),
}


@pytest.mark.parametrize("kind", NETWORKS)
def test_silent_circuits_equal_the_oracle(kind):
    rng = np.random.default_rng(8)
    encoding = circuit.build(NETWORKS[kind], make_task(3, 2))
    genomes = encoding.birth(size(40, 5), rng)
    parents = np.concatenate((np.full(genomes.shape[0], -1), np.arange(genomes.shape[0])))
    genomes = np.concatenate((genomes, genomes))
    genomes[1::2, 0] = genomes[::-2, 0]
    silent = some_sets(encoding.n_hidden(), rng, size(5, 1))
    yes, no = said(circuit, encoding, genomes, silent, 8, parents)
    for k, genome in enumerate(genomes.tolist()):
        functions = encoding.functions.tolist()
        gates, outputs = naive_circuits.circuit_decode(genome, encoding.n_gates, functions)
        for s, row in enumerate(silent):
            off = set(np.flatnonzero(row).tolist())
            values = np.array(
                [
                    naive_pressures.circuit_values(
                        gates, outputs, given, off, int(encoding.shape[1]), kind == "ternary"
                    )
                    for given in all_patterns(3).tolist()
                ],
                object,
            ).T
            assert_array_equal(yes[k, :, s], values == np.True_)
            assert_array_equal(no[k, :, s], values == np.False_)


def test_circuits_without_room_for_a_silent_node_are_refused():
    network = CircuitNetwork(encoding="circuit", gates=58)
    with pytest.raises(EvomodError, match="at most 63 nodes"):
        circuit.build(network, make_task(6)).n_hidden()


@settings(max_examples=size(30, 5), deadline=None)
@given(seed=st.integers(0, 2**32), layers=st.sampled_from([(3, 4, 1), (2, 2, 2, 2), (6, 3, 2)]))
def test_without_silence_a_network_answers_as_ever(seed, layers):
    rng = np.random.default_rng(seed)
    encoding = layered.build(LayeredNetwork(layers=layers), make_task(layers[0], layers[-1]))
    genomes, n = encoding.birth(5, rng), 2 ** layers[0]
    states = encoding.memory(5)
    plain = encoding.answer(genomes, np.full(5, -1), np.arange(5), states)
    silent = np.zeros((3, encoding.n_hidden()), np.bool_)
    for bits, whole in zip(said(layered, encoding, genomes, silent, n), plain, strict=True):
        for s in range(3):
            assert_array_equal(bits[:, :, s], unpack(whole, n))
