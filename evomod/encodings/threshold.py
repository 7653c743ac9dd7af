"""Threshold networks of limited fan-in: values 0 and 1, weights -1 and 1 (Kashtan & Alon 2005, retina).

A genome is a row of int8 genes: for every neuron its connections, each the place of its source in the
layer before and its sign, then the place of its threshold. Connections from the same source add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from evomod.encodings.base import EncodingKind, Size, nobody
from evomod.encodings.genes import Alphabets, GeneEncoding, alphabets
from evomod.encodings.wiring import Wiring, alive, chosen_layers, wants_functions, wire
from evomod.errors import EvomodError
from evomod.kernels import answers as answers_kernels
from evomod.kernels import dropout, genes
from evomod.kernels import threshold as kernels
from evomod.network import Network
from evomod.sections import Integers, RecombinationSection, Sized, checked_layers
from evomod.task import Task, all_patterns, pack

Genomes = NDArray[np.int8]


class ThresholdNetwork(Sized):
    """Layers of threshold neurons with limited fan-in (Kashtan & Alon 2005, system B)."""

    encoding: Literal["threshold"]
    layers: Integers | None = None
    """Nodes a layer, inputs first. None: the task's own, else halving from inputs to outputs."""
    fan_in: Integers | None = None
    """Connections of a neuron, one number per layer. None: 3, but 2 for the last layer."""
    thresholds: Integers = (0, 1, 2, 3)
    """A neuron fires where the sum of its inputs (0 or 1) exceeds its threshold."""
    penalty: float = Field(default=0.01, ge=0.0)
    penalty_above: int = Field(default=13, ge=0, le=64)

    _layers = field_validator("layers")(checked_layers)

    @field_validator("fan_in")
    @classmethod
    def _fan_in(cls, value: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if value is not None and not all(1 <= n <= 7 for n in value):
            raise ValueError("wanted 1 to 7 connections a neuron, a number for each layer of neurons")
        return value

    @field_validator("thresholds")
    @classmethod
    def _thresholds(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not 1 <= len(value) <= 100 or max(map(abs, value)) > 100:
            raise ValueError("wanted 1 to 100 integers from -100 to 100")
        return value


MOST_NEURONS = 64
"""The set of effective neurons is a word."""


@dataclass(frozen=True)
class Threshold(GeneEncoding):
    """An encoding of threshold networks, ready for the kernels."""

    name: str
    supports: frozenset[str]
    wiring: Wiring
    variation: RecombinationSection
    genes: Alphabets
    places: NDArray[np.int64]
    """``[neuron, (first gene, fan-in, first node of the layer before)]``."""
    thresholds: NDArray[np.int64]
    """``[place]``."""
    inputs: NDArray[np.uint64]
    """``[input, word]``."""
    is_pattern: NDArray[np.uint64]
    """``[word]``: the bits that stand for a pattern."""

    def most_connections(self) -> int:
        """Of the layer before, as many as a neuron takes."""
        return int(np.minimum(np.diff(self.wiring.first), self.places[:, 1]).sum())

    def memory(self, n_slots: int) -> NDArray[np.uint64]:
        """Room for what every network answers, one slot per individual; filled by `evaluate`."""
        n_nodes, n_words = self.wiring.n_nodes, self.inputs.shape[1]
        states = np.zeros((n_slots, n_nodes + 1, n_words), np.uint64)
        states[:, : self.wiring.n_inputs] = self.inputs
        return states

    def evaluate(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64],
        slots: NDArray[np.int64],
        states: NDArray[np.uint64],
    ) -> None:
        """Answer all patterns by every network, into the memory ``states``.

        ``ancestors[individual]`` is the row of its parent in ``genomes``, itself if it was answered before,
        or -1; individual i's memory is ``states[slots[i]]``. What variation left alone is inherited.
        """
        n_outputs = self.wiring.n_outputs
        places, thresholds = self.places, self.thresholds
        owner = np.empty(self.n_genes, np.int64)
        kernels.answer(genomes, ancestors, places, thresholds, n_outputs, slots, owner, states)

    def outputs(
        self, slots: NDArray[np.int64], states: NDArray[np.uint64]
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Yes and no bits ``[individual, output, word]`` that memory holds."""
        n_nodes, n_outputs = self.wiring.n_nodes, self.wiring.n_outputs
        yes = np.empty((slots.size, n_outputs, states.shape[2]), np.uint64)
        no = np.empty((slots.size, n_outputs, states.shape[2]), np.uint64)
        answers_kernels.read(states, slots, n_nodes - n_outputs, 1, 0, self.is_pattern, yes, no)
        return yes, no

    def n_hidden(self) -> int:
        """Number of neurons that are no outputs."""
        return self.wiring.n_neurons - self.wiring.n_outputs

    def silenced(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64],
        silent: NDArray[np.bool_],
        slots: NDArray[np.int64],
        states: NDArray[np.uint64],
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Yes and no bits ``[individual, output, set * word]`` while the neurons ``silent[set, hidden]`` are 0."""
        wiring, n_words = self.wiring, self.inputs.shape[1]
        everybody = np.pad(silent, ((0, 0), (0, wiring.n_outputs)))
        inputs = np.tile(self.inputs, silent.shape[0])
        yes = np.empty((genomes.shape[0], wiring.n_outputs, inputs.shape[1]), np.uint64)
        masks = alive(everybody, n_words)
        dropout.answer_threshold(genomes, self.places, self.thresholds, inputs, masks, yes)
        is_pattern = np.tile(self.is_pattern, silent.shape[0])
        yes &= is_pattern
        return yes, yes ^ is_pattern

    def working_strengths(self, genomes: Genomes, working: NDArray[np.int8]) -> NDArray[np.float64]:
        """``[individual, edge]``: |summed weight| of the connections of the simplified network, else 0."""
        return np.abs(working).astype(np.float64)

    def n_effective(self, slots: NDArray[np.int64], states: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """Number of effective neurons ``[individual]``: those with a path to an output."""
        numbers = np.empty(slots.size, np.uint8)
        answers_kernels.count_set(states[:, -1, 0], slots, numbers)
        return numbers

    def active(self, genomes: Genomes) -> NDArray[np.int8]:
        """``[individual, edge]``: summed weight of the connections into effective neurons."""
        n, wiring = genomes.shape[0], self.wiring
        states = self.memory(n)
        self.evaluate(genomes, nobody(n), np.arange(n), states)
        working = np.empty((n, wiring.n_edges), np.int8)
        effective = states[:, -1, 0].copy()
        kernels.simplify(
            np.ascontiguousarray(genomes), effective, self.places, wiring.first, wiring.n_inputs, working
        )
        return working

    def network(self, genome: Genomes, about: dict[str, Any] | None = None) -> Network:
        """The network that a genome stands for; connections that cancel each other are listed both."""
        wiring, sources, targets, weights = self.wiring, [], [], []
        bias = np.zeros(wiring.n_nodes)
        for j, (first, fan_in, before) in enumerate(self.places.tolist()):
            for k in range(fan_in):
                sources.append(before + int(genome[first + 2 * k]))
                targets.append(wiring.n_inputs + j)
                weights.append(2.0 * float(genome[first + 2 * k + 1]) - 1.0)
            bias[wiring.n_inputs + j] = -self.thresholds[genome[first + 2 * fan_in]]
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

    def genome(self, network: Network) -> Genomes:
        """The genome of a network. Raises `EvomodError` where this encoding cannot hold it."""
        wiring = self.wiring
        if np.bincount(network.layer).tolist() != list(wiring.layers):
            raise EvomodError(
                f"the network's layers are {np.bincount(network.layer).tolist()}; this config's are "
                f"{list(wiring.layers)}."
            )
        wants_functions(network, ("threshold",))
        genome = np.zeros(self.n_genes, np.int64)
        for j, (first, fan_in, before) in enumerate(self.places.tolist()):
            into = np.flatnonzero(network.target == wiring.n_inputs + j)
            threshold = np.flatnonzero(self.thresholds == -network.bias[wiring.n_inputs + j])
            if (
                into.size != fan_in
                or not threshold.size
                or not np.isin(network.weight[into], (-1, 1)).all()
            ):
                raise EvomodError(
                    f"neuron {wiring.n_inputs + j} of the network has {into.size} connections and the "
                    f"threshold {-network.bias[wiring.n_inputs + j]:g}; this config wants {fan_in} of weight -1 "
                    f"or 1 and a threshold among {self.thresholds.tolist()}."
                )
            genome[first : first + 2 * fan_in : 2] = network.source[into] - before
            genome[first + 1 : first + 2 * fan_in : 2] = network.weight[into] > 0
            genome[first + 2 * fan_in] = threshold[0]
        if not self.is_valid(genome[None])[0]:
            raise EvomodError(
                "a connection of the network does not come from the layer before its neuron."
            )
        return genome.astype(np.int8)


def build(
    network: ThresholdNetwork, task: Task, variation: RecombinationSection | None = None
) -> Threshold:
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
        name=ENCODING.name,
        supports=ENCODING.supports,
        wiring=wiring,
        variation=variation or RecombinationSection(),
        genes=alphabets(bounds),
        places=np.array(places, np.int64),
        thresholds=np.array(network.thresholds, np.int64),
        inputs=pack(all_patterns(layers[0]).T),
        is_pattern=pack(np.ones(task.n_patterns, np.bool_)),
    )


def size(network: ThresholdNetwork, task: Task) -> Size:
    """A word a node and 64 patterns; up to 7 genes a neuron."""
    layers = chosen_layers(network.layers, task)
    return Size(
        n_nodes=sum(layers),
        n_edges=sum(before * after for before, after in pairwise(layers)),
        n_hidden=sum(layers[1:-1]),
        gene_bytes=7 * sum(layers[1:]),
        slot_bytes=8 * (sum(layers) + 1) * -(-task.n_patterns // 64),
    )


ENCODING = EncodingKind(
    name="threshold",
    build=build,
    section=ThresholdNetwork,
    variation=RecombinationSection,
    supports=frozenset({"weights", "places", "sparsity", "silence"}),
    defaults={
        "variation": {"crossover": 0.5, "mutation": 0.5},
        "selection": {"method": "elite", "elite": 0.25},
        "evolution": {"population": 600, "generations": 10_000, "solved_at": 0.95},
        "tracking": {"population_every": 1000},
    },
    size=size,
    kernels=(kernels.answer, genes.vary),
    examples=({}, {"pressures": {"dropout": {}}}),
)
