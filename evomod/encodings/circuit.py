"""Circuits of two-input gates: NAND circuits with feedback, and layers of gates (Kashtan & Alon 2005, 2007).

A genome is a row of int8 genes: for every gate two addresses and its kind, then one address an output.
An address counts the inputs first, then the gates. In layers the outputs are the last gates, and a gate's
addresses lie in the layer before it.
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
from evomod.encodings.wiring import Wiring, chosen_layers, wants_functions, wire, wire_freely
from evomod.errors import EvomodError
from evomod.kernels import answers as answers_kernels
from evomod.kernels import circuit as kernels
from evomod.kernels import genes
from evomod.kernels.vectors import CAN_PICK
from evomod.network import Network
from evomod.sections import Gates, Integers, RecombinationSection, Sized, checked_layers
from evomod.task import Task, all_patterns, pack

Genomes = NDArray[np.int8]

FUNCTIONS = ("nand", "and", "or", "nor")
"""Number of each kind of gate in the kernel."""


class CircuitNetwork(Sized):
    """Circuits of NAND gates, feedback allowed (Kashtan & Alon 2005, system A)."""

    encoding: Literal["circuit"]
    gates: int = Field(default=12, ge=1, le=58)
    """Number of gates."""
    feed_forward: bool = False
    """Whether a gate may only be fed by inputs and by gates before it."""
    steps: int = Field(default=20, ge=1, le=1000)
    """Synchronous updates from all-zero to come to rest; then an output is watched for as many more."""
    feedback: Literal["synchronous", "ternary"] = "synchronous"
    """How a circuit that leads back into itself is answered (ternary: unknown until it is forced)."""
    penalty: float = Field(default=0.2, ge=0.0)
    """Taken off the fitness for every effective gate above ``penalty_above``."""
    penalty_above: int = Field(default=11, ge=0, le=64)
    """Gates that cost nothing."""


class GateLayersNetwork(Sized):
    """Layers of two-input gates, each fed by the layer before (Kashtan et al. 2007, model 2)."""

    encoding: Literal["gate-layers"]
    layers: Integers | None = None
    """Inputs, then the number of gates in each layer. None: the task's own, else halving from inputs to outputs."""
    gates: Gates = ("and", "or", "nand")
    """Kinds of gate; one that stands here twice is drawn twice as often."""

    _layers = field_validator("layers")(checked_layers)


MOST_INPUTS, MOST_GATES, MOST_NODES = 6, 58, 64
"""A word holds 64 patterns; the set of effective gates is a word, and addresses are int8."""


@dataclass(frozen=True)
class Circuit(GeneEncoding):
    """An encoding of circuits, ready for the kernels."""

    name: str
    supports: frozenset[str]
    wiring: Wiring
    variation: RecombinationSection
    genes: Alphabets
    kinds: tuple[str, ...]
    """``[place]``: name of each kind of gate."""
    functions: NDArray[np.int64]
    """``[place]``: its number in the kernel."""
    shape: NDArray[np.int64]
    """Number of gates, synchronous updates, 1 for ternary answers."""
    inputs: NDArray[np.uint64]
    """``[input]``: its value in every pattern."""
    is_pattern: NDArray[np.uint64]
    """``[word]``: the bits that stand for a pattern."""
    n_outputs: int
    places: NDArray[np.uint8] | None
    """Of `places_of_genes`, where the quicker kernel takes circuits of this shape on this machine."""

    @property
    def n_gates(self) -> int:
        return int(self.shape[0])

    def memory(self, n_slots: int) -> NDArray[np.uint64]:
        """Room for what every circuit answers, one slot per individual; filled by `evaluate`."""
        return np.zeros((n_slots, 2 * self.n_outputs + 1), np.uint64)

    def evaluate(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64],
        slots: NDArray[np.int64],
        states: NDArray[np.uint64],
    ) -> None:
        """Answer all patterns by every circuit, into the memory ``states``.

        ``ancestors[individual]`` is the row of its parent in ``genomes``, itself if it was answered before,
        or -1; individual i's memory is ``states[slots[i]]``.
        """
        genomes = np.ascontiguousarray(genomes, np.int8)
        if self.places is None:
            _answer_into(self, genomes, ancestors, self.inputs, slots, states)
            return
        work, sets = np.empty((11, 16), np.uint8), np.empty(16, np.uint16)
        kernels.answer_sixteen(
            genomes, ancestors, self.inputs, self.functions, self.shape, slots, states, self.places, work, sets,
        )  # fmt: skip

    def outputs(
        self, slots: NDArray[np.int64], states: NDArray[np.uint64]
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Yes and no bits ``[individual, output, 1]`` that memory holds; an unsteady output says neither."""
        n_outputs, words = self.n_outputs, states[:, :, None]
        yes = np.empty((slots.size, n_outputs, 1), np.uint64)
        no = np.empty((slots.size, n_outputs, 1), np.uint64)
        answers_kernels.read(words, slots, 0, 1, n_outputs, self.is_pattern, yes, no)
        return yes, no

    def n_hidden(self) -> int:
        """Number of gates that may be silent: in layers those that are no outputs, in a circuit all of them.

        A gate of a circuit that an output reads is never silent, so which ones are depends on the genome.
        Raises `EvomodError` where a node more, one that is always 0, does not fit in.
        """
        if self.wiring.n_nodes >= MOST_NODES:
            raise EvomodError(
                f"pressures.dropout: circuits of {self.wiring.n_inputs} inputs and {self.n_gates} gates "
                f"have no room for the node that silent gates are read from; at most {MOST_NODES - 1} nodes."
            )
        return self.n_gates - (self.n_outputs if self.has_places else 0)

    def silenced(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64],
        silent: NDArray[np.bool_],
        slots: NDArray[np.int64],
        states: NDArray[np.uint64],
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Yes and no bits ``[individual, output, set]`` while the gates ``silent[set, hidden]`` are 0.

        Set by set: whoever reads a silent gate reads a further input instead that is 0 in all patterns.
        """
        n, inputs = genomes.shape[0], np.append(self.inputs, np.uint64(0))
        genomes = np.array(
            genomes, np.int8, order="C"
        )  # one kernel for what may be written to and what may not
        rows, own, other = np.arange(n), self.memory(n), np.empty_like(genomes)
        said = []
        for is_silent in silent:
            kernels.silence(genomes, is_silent, self.wiring.n_inputs, self.n_gates, other)
            _answer_into(self, other, ancestors, inputs, rows, own)
            said.append(self.outputs(rows, own))
        yes, no = zip(*said, strict=True)
        return np.concatenate(yes, axis=2), np.concatenate(no, axis=2)

    def n_effective(self, slots: NDArray[np.int64], states: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """Number of effective gates ``[individual]``: those with a path to an output."""
        numbers = np.empty(slots.size, np.uint8)
        answers_kernels.count_set(states[:, -1], slots, numbers)
        return numbers

    def active(self, genomes: Genomes) -> NDArray[np.int8]:
        """``[individual, edge]``: number of connections of effective gates, 0, 1 or 2."""
        n, wiring = genomes.shape[0], self.wiring
        states = self.memory(n)
        self.evaluate(genomes, nobody(n), np.arange(n), states)
        working = np.empty((n, wiring.n_edges), np.int8)
        kernels.simplify(
            np.ascontiguousarray(genomes), states[:, -1].copy(), wiring.first, wiring.source,
            wiring.n_inputs, self.n_gates, working,
        )  # fmt: skip
        return working

    def network(self, genome: Genomes, about: dict[str, Any] | None = None) -> Network:
        """The circuit that a genome stands for, its dead gates included; two connections into every gate."""
        wiring, gates = self.wiring, self.n_gates
        table = genome[: 3 * gates].reshape(gates, 3).astype(np.int64)
        return Network(
            layer=wiring.layer,
            positions=wiring.positions,
            bias=np.zeros(wiring.n_nodes),
            source=table[:, :2].reshape(-1),
            target=np.repeat(np.arange(gates) + wiring.n_inputs, 2),
            weight=np.ones(2 * gates),
            functions=("input",) * wiring.n_inputs + tuple(self.kinds[k] for k in table[:, 2]),
            outputs=genome[3 * gates :].astype(np.int64),
            steps=int(self.shape[1]),
            feedback="ternary" if self.shape[2] else "synchronous",
            about=about or {},
        )

    def genome(self, network: Network) -> Genomes:
        """The genome of a circuit. Raises `EvomodError` where this encoding cannot hold it."""
        gates, n_inputs = self.n_gates, self.wiring.n_inputs
        if (network.inputs.size, network.n_nodes) != (n_inputs, self.wiring.n_nodes):
            raise EvomodError(
                f"the network has {network.inputs.size} inputs and {network.n_nodes - network.inputs.size} "
                f"neurons or gates; this config's circuits have {n_inputs} and {gates}."
            )
        wants_functions(network, self.kinds)
        genome = np.zeros(self.n_genes, np.int64)
        for gate in range(gates):
            node = gate + n_inputs
            sources = network.source[network.target == node]
            if sources.size != 2:
                raise EvomodError(
                    f"gate {node} of the network has {sources.size} connections; wanted two."
                )
            genome[3 * gate : 3 * gate + 2] = sources
            genome[3 * gate + 2] = self.kinds.index(network.functions[node])
        if network.outputs.size != self.n_outputs:
            raise EvomodError(
                f"the network has {network.outputs.size} outputs; the task wants {self.n_outputs}."
            )
        genome[3 * gates :] = network.outputs
        if not self.is_valid(genome[None])[0]:
            raise EvomodError(
                "a connection of the network leads from a node that this config's circuits cannot address."
            )
        return genome.astype(np.int8)


def build(
    network: CircuitNetwork | GateLayersNetwork,
    task: Task,
    variation: RecombinationSection | None = None,
) -> Circuit:
    """Prepare an encoding for a task. Raises `EvomodError` where they do not fit each other."""
    n_inputs = len(task.inputs)
    if n_inputs > MOST_INPUTS:
        raise EvomodError(
            f"task '{task.name}' has {n_inputs} inputs, so {task.n_patterns} patterns; a gate's answers lie "
            f"in one word of 64, so encoding '{network.encoding}' takes at most {MOST_INPUTS} inputs. Use "
            "the encoding 'layered' or 'threshold'."
        )
    kinds: tuple[str, ...]
    if isinstance(network, CircuitNetwork):
        wiring, kinds, steps = wire_freely(n_inputs, network.gates), ("nand",), network.steps
        spans = [
            (0, n_inputs + (gate if network.feed_forward else network.gates))
            for gate in range(network.gates)
        ]
        outputs = [(0, n_inputs + network.gates)] * task.n_outputs
    else:
        layers = chosen_layers(network.layers, task)
        wiring, kinds, steps = wire(layers), network.gates, len(layers)
        starts = np.cumsum((0, *layers)).tolist()
        spans = [(starts[k], starts[k + 1]) for k, size in enumerate(layers[1:]) for _ in range(size)]
        outputs = [(node, node + 1) for node in range(wiring.n_nodes - layers[-1], wiring.n_nodes)]
    if len(spans) > MOST_GATES:
        raise EvomodError(f"network.layers holds {len(spans)} gates; at most {MOST_GATES} are possible.")
    bounds = [pair for span in spans for pair in (span, span, (0, len(kinds)))] + outputs
    ternary = isinstance(network, CircuitNetwork) and network.feedback == "ternary"
    kind = CIRCUIT if isinstance(network, CircuitNetwork) else GATE_LAYERS
    return Circuit(
        name=kind.name,
        supports=kind.supports,
        wiring=wiring,
        variation=variation or RecombinationSection(),
        genes=alphabets(bounds),
        kinds=kinds,
        functions=np.array([FUNCTIONS.index(kind) for kind in kinds]),
        shape=np.array((len(spans), steps, ternary), np.int64),
        inputs=pack(all_patterns(n_inputs).T)[:, 0],
        is_pattern=pack(np.ones(task.n_patterns, np.bool_)),
        n_outputs=task.n_outputs,
        places=None if ternary else _places(n_inputs, len(spans)),
    )


def _places(n_inputs: int, n_gates: int) -> NDArray[np.uint8] | None:
    fits = n_inputs <= kernels.MOST_INPUTS and n_inputs + n_gates <= kernels.MOST_NODES
    fits = fits and n_gates >= kernels.FEWEST_GATES and CAN_PICK
    return kernels.places_of_genes(n_inputs, n_gates) if fits else None


def _answer_into(
    encoding: Circuit,
    genomes: Genomes,
    ancestors: NDArray[np.int64],
    inputs: NDArray[np.uint64],
    slots: NDArray[np.int64],
    states: NDArray[np.uint64],
) -> None:
    work = np.zeros(
        8 * (inputs.size + encoding.n_gates), np.uint64
    )  # depths within a cycle are void, but are added
    pairs = np.empty((2, encoding.n_gates, 2), np.uint64)
    functions, shape = encoding.functions, encoding.shape
    kernels.answer(genomes, ancestors, inputs, functions, shape, slots, states, work, pairs)


def size(network: CircuitNetwork | GateLayersNetwork, task: Task) -> Size:
    """A word for yes and for no of every output, and one for the effective gates."""
    layers: tuple[int, ...] = (len(task.inputs), getattr(network, "gates", 0))
    if isinstance(network, GateLayersNetwork):
        layers = chosen_layers(network.layers, task)
    n_gates = sum(layers[1:])
    return Size(
        n_nodes=sum(layers),
        n_edges=sum(before * after for before, after in pairwise(layers)),
        n_hidden=sum(layers[1:-1]),
        gene_bytes=3 * n_gates + task.n_outputs,
        slot_bytes=8 * (2 * task.n_outputs + 1),
    )


LENGTH: dict[str, dict[str, Any]] = {
    "selection": {"method": "elite", "elite": 0.3},
    "evolution": {"population": 1000, "generations": 10_000},
    "tracking": {"population_every": 1000},
}
CIRCUIT = EncodingKind(
    name="circuit",
    build=build,
    section=CircuitNetwork,
    variation=RecombinationSection,
    supports=frozenset({"silence"}),
    defaults={"variation": {"crossover": 0.0, "mutation": 0.7}, **LENGTH},
    size=size,
    kernels=(genes.vary,),  # which one answers depends on the shape
    examples=(
        {"task": "circuit"},
        {"task": "circuit", "network": {"feedback": "ternary"}},
        {"task": {"name": "circuit", "goal": "max-modularity"}},
        {"task": "circuit", "pressures": {"dropout": {}}},
    ),
)
GATE_LAYERS = EncodingKind(
    name="gate-layers",
    build=build,
    section=GateLayersNetwork,
    variation=RecombinationSection,
    supports=frozenset({"places", "silence"}),
    defaults={"variation": {"crossover": 0.5, "mutation": 0.7}, **LENGTH},
    size=size,
    kernels=(genes.vary,),
)
