"""Threshold networks of limited fan-in: values 0 and 1, weights -1 and 1 (Kashtan & Alon 2005, retina).

A genome is a row of int8 genes: for every neuron its connections, each the place of its source in the
layer before and its sign, then the place of its threshold. Connections from the same source add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.encodings.genes import (
    Alphabets,
    alphabets,
    birth_genes,
    mutants_of_genes,
    vary_genes,
)
from evomod.encodings.wiring import Wiring, alive, chosen_layers, wants_functions, wire
from evomod.errors import EvomodError
from evomod.kernels import answers as answers_kernels
from evomod.kernels import dropout
from evomod.kernels import threshold as kernels
from evomod.network import Network
from evomod.sections import RecombinationSection, ThresholdNetwork
from evomod.task import Task, all_patterns, pack

Genomes = NDArray[np.int8]

MOST_NEURONS = 64
"""The set of effective neurons is a word."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """An encoding of threshold networks, ready for the kernels."""

    wiring: Wiring
    genes: Alphabets
    places: NDArray[np.int64]
    """``[neuron, (first gene, fan-in, first node of the layer before)]``."""
    thresholds: NDArray[np.int64]
    """``[place]``."""
    inputs: NDArray[np.uint64]
    """``[input, word]``."""
    is_pattern: NDArray[np.uint64]
    """``[word]``: the bits that stand for a pattern."""
    has_places: bool = True

    @property
    def n_genes(self) -> int:
        return self.genes.low.size


def build(network: ThresholdNetwork, task: Task) -> Threshold:
    """Prepare an encoding for a task. Raises `EvomodError` where they do not fit each other."""
    layers = chosen_layers(network.layers, task)
    wiring = wire(layers)
    fan_in = network.fan_in or (*(3,) * (len(layers) - 2), 2)
    if len(fan_in) != len(layers) - 1:
        raise EvomodError(
            f"network.fan_in has {len(fan_in)} numbers; layers {list(layers)} have {len(layers) - 1} "
            "layers of neurons and each needs one."
        )
    if wiring.n_neurons > MOST_NEURONS:
        raise EvomodError(
            f"network.layers holds {wiring.n_neurons} neurons; at most {MOST_NEURONS} are possible."
        )
    if max(layers) > 127:
        raise EvomodError("network.layers: a gene of type int8 addresses at most 127 nodes in a layer.")
    bounds: list[tuple[int, int]] = []
    places = []
    starts = np.cumsum((0, *layers)).tolist()
    for k, size in enumerate(layers[1:]):
        for _ in range(size):
            places.append((len(bounds), fan_in[k], starts[k]))
            bounds += [(0, layers[k]), (0, 2)] * fan_in[k] + [(0, len(network.thresholds))]
    return Threshold(
        wiring=wiring,
        genes=alphabets(bounds),
        places=np.array(places, np.int64),
        thresholds=np.array(network.thresholds, np.int64),
        inputs=pack(all_patterns(layers[0]).T),
        is_pattern=pack(np.ones(task.n_patterns, np.bool_)),
    )


def birth(encoding: Threshold, number: int, rng: np.random.Generator) -> Genomes:
    """Random genomes ``[individual, gene]``, every gene uniform over its alphabet."""
    return birth_genes(encoding.genes, number, rng)


def vary(
    encoding: Threshold,
    variation: RecombinationSection,
    genomes: Genomes,
    parents: NDArray[np.int64],
    rng: np.random.Generator,
) -> Genomes:
    """Recombined and mutated copies of the parents' rows, ``[offspring, gene]``."""
    return vary_genes(encoding.genes, variation, genomes, parents, rng)


def mutants(
    encoding: Threshold, variation: RecombinationSection, genome: Genomes
) -> tuple[Genomes, NDArray[np.float64]]:
    """Every genome one mutation away, ``[mutant, gene]``, and how often it is made, ``[mutant]``, in all 1."""
    return mutants_of_genes(encoding.genes, variation, genome)


def memory(encoding: Threshold, n_slots: int) -> NDArray[np.uint64]:
    """Room for what every network answers, a slot an individual; filled by `answer_into`."""
    n_nodes, n_words = encoding.wiring.n_nodes, encoding.inputs.shape[1]
    states = np.zeros((n_slots, n_nodes + 1, n_words), np.uint64)
    states[:, : encoding.wiring.n_inputs] = encoding.inputs
    return states


def answer(
    encoding: Threshold,
    genomes: Genomes,
    ancestors: NDArray[np.int64],
    slots: NDArray[np.int64],
    states: NDArray[np.uint64],
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """`answer_into` and then `answers`: yes and no bits ``[individual, output, word]``."""
    answer_into(encoding, genomes, ancestors, slots, states)
    return answers(encoding, slots, states)


def answer_into(
    encoding: Threshold,
    genomes: Genomes,
    ancestors: NDArray[np.int64],
    slots: NDArray[np.int64],
    states: NDArray[np.uint64],
) -> None:
    """Answer all patterns by every network, into the memory ``states``.

    ``ancestors[individual]`` is the row of its parent in ``genomes``, itself if it was answered before,
    or -1; individual i's memory is ``states[slots[i]]``. What variation left alone is inherited.
    """
    n_outputs = encoding.wiring.n_outputs
    places, thresholds = encoding.places, encoding.thresholds
    owner = np.empty(encoding.n_genes, np.int64)
    kernels.answer(genomes, ancestors, places, thresholds, n_outputs, slots, owner, states)


def answers(
    encoding: Threshold, slots: NDArray[np.int64], states: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Yes and no bits ``[individual, output, word]`` that memory holds."""
    n_nodes, n_outputs = encoding.wiring.n_nodes, encoding.wiring.n_outputs
    yes = np.empty((slots.size, n_outputs, states.shape[2]), np.uint64)
    no = np.empty((slots.size, n_outputs, states.shape[2]), np.uint64)
    answers_kernels.read(states, slots, n_nodes - n_outputs, 1, 0, encoding.is_pattern, yes, no)
    return yes, no


def n_hidden(encoding: Threshold) -> int:
    """Number of neurons that are no outputs."""
    return encoding.wiring.n_neurons - encoding.wiring.n_outputs


def silenced(
    encoding: Threshold,
    genomes: Genomes,
    ancestors: NDArray[np.int64],
    silent: NDArray[np.bool_],
    slots: NDArray[np.int64],
    states: NDArray[np.uint64],
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Yes and no bits ``[individual, output, set * word]`` while the neurons ``silent[set, hidden]`` are 0."""
    wiring, n_words = encoding.wiring, encoding.inputs.shape[1]
    everybody = np.pad(silent, ((0, 0), (0, wiring.n_outputs)))
    inputs = np.tile(encoding.inputs, silent.shape[0])
    yes = np.empty((genomes.shape[0], wiring.n_outputs, inputs.shape[1]), np.uint64)
    masks = alive(everybody, n_words)
    dropout.answer_threshold(genomes, encoding.places, encoding.thresholds, inputs, masks, yes)
    is_pattern = np.tile(encoding.is_pattern, silent.shape[0])
    yes &= is_pattern
    return yes, yes ^ is_pattern


def working_strengths(
    encoding: Threshold, genomes: Genomes, working: NDArray[np.int8]
) -> NDArray[np.float64]:
    """``[individual, edge]``: |summed weight| of the connections of the simplified network, else 0."""
    return np.abs(working).astype(np.float64)


def n_effective(
    encoding: Threshold, slots: NDArray[np.int64], states: NDArray[np.uint64]
) -> NDArray[np.uint8]:
    """Number of effective neurons ``[individual]``: those with a path to an output."""
    return np.bitwise_count(states[:, -1, 0].take(slots))


def simplify(
    encoding: Threshold,
    genomes: Genomes,
    ancestors: NDArray[np.int64] | None = None,
    known: NDArray[np.int8] | None = None,
) -> NDArray[np.int8]:
    """``[individual, edge]``: summed weight of the connections into effective neurons.

    ``known`` is that of the first individuals; ``ancestors`` do not matter here.
    """
    if known is not None:
        return np.concatenate((known, simplify(encoding, genomes[known.shape[0] :])))
    n, wiring = genomes.shape[0], encoding.wiring
    states = memory(encoding, n)
    answer(encoding, genomes, np.full(n, -1), np.arange(n), states)
    working = np.empty((n, wiring.n_edges), np.int8)
    effective = states[:, -1, 0].copy()
    kernels.simplify(
        np.ascontiguousarray(genomes), effective, encoding.places, wiring.first, wiring.n_inputs, working
    )
    return working


def is_valid(encoding: Threshold, genomes: NDArray[Any]) -> NDArray[np.bool_]:
    """``[individual]``: whether every gene lies in its alphabet."""
    return encoding.genes.holds(genomes)


def to_network(encoding: Threshold, genome: Genomes, about: dict[str, Any] | None = None) -> Network:
    """The network that a genome stands for; connections that cancel each other are listed both."""
    wiring, sources, targets, weights = encoding.wiring, [], [], []
    bias = np.zeros(wiring.n_nodes)
    for j, (first, fan_in, before) in enumerate(encoding.places.tolist()):
        for k in range(fan_in):
            sources.append(before + int(genome[first + 2 * k]))
            targets.append(wiring.n_inputs + j)
            weights.append(2.0 * float(genome[first + 2 * k + 1]) - 1.0)
        bias[wiring.n_inputs + j] = -encoding.thresholds[genome[first + 2 * fan_in]]
    return Network(
        layer=wiring.layer,
        positions=wiring.positions,
        bias=bias,
        source=np.array(sources, np.int64),
        target=np.array(targets, np.int64),
        weight=np.array(weights),
        functions=("input",) * wiring.n_inputs + ("threshold",) * wiring.n_neurons,
        about=about or {},
    )


def from_network(encoding: Threshold, network: Network) -> Genomes:
    """The genome of a network. Raises `EvomodError` where this encoding cannot hold it."""
    wiring = encoding.wiring
    if np.bincount(network.layer).tolist() != list(wiring.layers):
        raise EvomodError(
            f"the network's layers are {np.bincount(network.layer).tolist()}; this config's are "
            f"{list(wiring.layers)}."
        )
    wants_functions(network, ("threshold",))
    genome = np.zeros(encoding.n_genes, np.int64)
    for j, (first, fan_in, before) in enumerate(encoding.places.tolist()):
        into = np.flatnonzero(network.target == wiring.n_inputs + j)
        threshold = np.flatnonzero(encoding.thresholds == -network.bias[wiring.n_inputs + j])
        if into.size != fan_in or not threshold.size or not np.isin(network.weight[into], (-1, 1)).all():
            raise EvomodError(
                f"neuron {wiring.n_inputs + j} of the network has {into.size} connections and the "
                f"threshold {-network.bias[wiring.n_inputs + j]:g}; this config wants {fan_in} of weight -1 "
                f"or 1 and a threshold among {encoding.thresholds.tolist()}."
            )
        genome[first : first + 2 * fan_in : 2] = network.source[into] - before
        genome[first + 1 : first + 2 * fan_in : 2] = network.weight[into] > 0
        genome[first + 2 * fan_in] = threshold[0]
    if not is_valid(encoding, genome[None])[0]:
        raise EvomodError("a connection of the network does not come from the layer before its neuron.")
    return genome.astype(np.int8)
