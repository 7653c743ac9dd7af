"""Networks on a substrate, painted by a compositional pattern-producing network (HyperNEAT; Stanley et al. 2009).

A genome is a CPPN: a feed-forward network of sine, sigmoid, Gaussian and linear nodes. Asked with the places of two
nodes of the substrate and a bias it says the weight of the connection between them and, by a link-expression output
(LEO), whether there is one: where it is above 0 (Verbancsics & Stanley 2011). Asked with one place it says that node's
bias. The substrate is a layered network with real-valued weights, evaluated and simplified as such; its places are
given, so a cost of its connections is a length between these (Huizinga, Mouret & Clune 2014).

With ``seed`` "locality" every first CPPN holds a Gaussian of the difference in x that leads to the LEO, against a
negative bias: only connections between nodes of about the same x are expressed, until evolution changes that. There is
no crossover and there are no species (Huizinga et al. 2014, authors' code).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from evomod.encodings.base import Encoding, EncodingKind, Size, Words, nobody
from evomod.encodings.layered import Layered, RealNetwork
from evomod.encodings.layered import build as build_layered
from evomod.encodings.layered import size as size_of_layered
from evomod.encodings.wiring import Wiring
from evomod.kernels import cppn as kernels
from evomod.kernels import pointer_to
from evomod.network import Network
from evomod.sections import Integers, NetworkSection, Points, Probability, Range, Section, checked_layers
from evomod.task import Task

Genomes = NDArray[np.float64]

WEIGHT, LEO, BIAS = 0, 1, 2
"""Outputs of a CPPN."""


class CppnNetwork(NetworkSection):
    """Networks on a substrate that a CPPN paints (Verbancsics & Stanley 2011; Huizinga et al. 2014)."""

    encoding: Literal["cppn"]
    layers: Integers | None = None
    """Nodes a layer of the substrate, inputs first. None: the task's own, else halving from inputs to outputs."""
    gain: float = Field(default=20.0, gt=0.0)
    """Slope of the substrate's tanh(gain * sum)."""
    tie_rule: Literal["strict", "zero-is-no"] = "strict"
    """Whether an output of exactly 0 is wrong for both answers, or counts as no."""
    coordinates: Literal["grid"] | Points = "grid"
    """Place (x, y) of every node: rows centred on 0, one unit apart, or given in the order of ids."""
    hidden: int = Field(default=10, ge=1, le=64)
    """The most hidden nodes of a CPPN."""
    weight_range: Range = (-3.0, 3.0)
    """Of a CPPN's own weights, and of those that it paints."""
    seed: Literal["none", "locality"] = "none"
    """What the first CPPNs hold besides connections from all inputs to the weight and bias outputs."""

    _layers = field_validator("layers")(checked_layers)

    @field_validator("weight_range")
    @classmethod
    def _range(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not value[0] < 0.0 < value[1]:
            raise ValueError("wanted [low, high] with low < 0 < high")
        return value


class CppnVariation(Section):
    """Mutation of CPPNs, asexual. Defaults: Huizinga et al. 2014, authors' code."""

    add_node: Probability = 0.03
    """With which a CPPN gains a node, in the middle of a connection."""
    delete_node: Probability = 0.02
    """With which a CPPN loses a node and its connections."""
    add_connection: Probability = 0.03
    """With which a CPPN gains a connection."""
    delete_connection: Probability = 0.02
    """With which a CPPN loses a connection."""
    move_connection: Probability = 0.05
    """With which a connection of a CPPN gets other ends."""
    function_rate: Probability = 0.1
    """With which every hidden node draws its function anew."""
    weight_rate: Probability = 0.1
    """With which every weight changes."""
    eta: float = Field(default=10.0, gt=0.0)
    """Crowding degree of the weights' polynomial mutation."""


@dataclass(frozen=True)
class Cppn(Encoding):
    """CPPNs for a substrate, ready for the kernels."""

    name: str
    supports: frozenset[str]
    variation: CppnVariation
    substrate: Layered
    queries: NDArray[np.float64]
    """``[query, input]``: both ends of every edge and 1, then every neuron's place, 0 and 1."""
    hidden: int
    range: tuple[float, float]
    is_local: bool
    """Whether the first CPPNs are seeded."""

    @property
    def wiring(self) -> Wiring:  # type: ignore[override]
        """Of the substrate."""
        return self.substrate.wiring

    @property
    def is_pattern(self) -> NDArray[np.uint64]:  # type: ignore[override]
        """Of the substrate."""
        return self.substrate.is_pattern

    @property
    def shape(self) -> tuple[int, int, int]:
        """Inputs, hidden places and outputs of a CPPN."""
        return self.queries.shape[0], self.hidden, 3

    @property
    def n_genes(self) -> int:  # type: ignore[override]
        n_inputs, n_hidden, n_outputs = self.shape
        return 2 * n_hidden + (n_hidden + n_outputs) * (n_inputs + n_hidden)

    def weights_of(self, genomes: Genomes) -> NDArray[np.float64]:
        """``[individual, target, source]``, as a view."""
        n_inputs, n_hidden, n_outputs = self.shape
        return genomes[:, 2 * n_hidden :].reshape(-1, n_hidden + n_outputs, n_inputs + n_hidden)

    def birth(self, number: int, rng: np.random.Generator) -> Genomes:
        """All inputs to the weight and bias outputs, and to the LEO but where it is seeded; weights uniform."""
        genomes, (low, high) = np.zeros((number, self.n_genes)), self.range
        n_inputs, n_hidden, n_outputs = self.shape
        weights = self.weights_of(genomes)
        weights[:, n_hidden:, :n_inputs] = low + (high - low) * rng.random((number, n_outputs, n_inputs))
        if self.is_local:
            strong = min(-low, high)
            genomes[:, :2] = 0.5, kernels.GAUSSIAN
            weights[:, 0, 0], weights[:, 0, n_inputs // 2] = strong, -strong
            weights[:, n_hidden + LEO] = 0.0
            weights[:, n_hidden + LEO, n_inputs] = strong
            # where weights may not reach -1 the bias lets pass what lies as close as it does with the paper's 3 and -1
            bias = -1.0 if strong > 1.0 else -strong * 3.0 ** -((strong / 3.0) ** 2)
            weights[:, n_hidden + LEO, n_inputs - 1] = bias
        return genomes

    def vary(self, genomes: Genomes, parents: NDArray[np.int64], rng: np.random.Generator) -> Genomes:
        """Mutated copies of the parents' rows, ``[offspring, gene]``."""
        offspring, n_inputs = genomes.take(parents, axis=0), self.shape[0]
        pairs = np.empty((self.hidden + 3) * (n_inputs + self.hidden) + 1, np.int64)
        kernels.vary(
            offspring, self.shape, self.rates, (*self.range, self.variation.eta), pointer_to(rng), pairs,
            np.empty(self.hidden + 1, np.int64),
        )  # fmt: skip
        return offspring

    @property
    def rates(self) -> NDArray[np.float64]:
        """In the kernel's order."""
        section = self.variation
        return np.array(
            (
                section.add_node,
                section.delete_node,
                section.add_connection,
                section.delete_connection,
                section.move_connection,
                section.function_rate,
                section.weight_rate,
            )
        )

    def paint(self, genomes: Genomes) -> NDArray[np.float64]:
        """Weights ``[individual, edge]``, 0 where the LEO says no, then biases: genomes of the substrate."""
        n, n_hidden, n_sources = genomes.shape[0], self.hidden, self.shape[0] + self.hidden
        n_queries, edges = self.queries.shape[1], self.wiring.n_edges
        said = np.empty((n, 3, n_queries))
        kernels.paint(
            np.ascontiguousarray(genomes), self.queries, n_hidden, np.empty(n_hidden + 1, np.int64),
            np.empty((n_sources, n_queries)), said,
        )  # fmt: skip
        painted = np.where(said[:, LEO, :edges] > 0.0, said[:, WEIGHT, :edges], 0.0)
        return np.clip(np.hstack((painted, said[:, BIAS, edges:])), *self.range)

    def compute(self, genomes: Genomes) -> tuple[Words, Words]:
        """Yes and no bits of the painted networks."""
        n = genomes.shape[0]
        states = self.substrate.memory(n)
        return self.substrate.answer(self.paint(genomes), nobody(n), np.arange(n), states)

    def active(self, genomes: Genomes) -> NDArray[np.int8]:
        """Of the painted networks."""
        return self.substrate.simplify(self.paint(genomes))

    def working_strengths(self, genomes: Genomes, working: NDArray[np.int8]) -> NDArray[np.float64]:
        """Of the painted networks."""
        return self.substrate.working_strengths(self.paint(genomes), working)

    def n_hidden(self) -> int:
        """Of the substrate."""
        return self.substrate.n_hidden()

    def silenced(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64],
        silent: NDArray[np.bool_],
        slots: NDArray[np.int64],
        states: NDArray[Any],
    ) -> tuple[Words, Words]:
        """Of the painted networks, none of which is inherited."""
        painted, rows = self.paint(genomes), np.arange(genomes.shape[0])
        memory = self.substrate.memory(rows.size)
        return self.substrate.silenced(painted, nobody(rows.size), silent, rows, memory)

    def bounds(self) -> tuple[list[Any], list[Any]]:
        """Of positions, functions and weights."""
        n_weights = self.n_genes - 2 * self.hidden
        low = [0.0, 0.0] * self.hidden + [self.range[0]] * n_weights
        return low, [1.0, 3.0] * self.hidden + [self.range[1]] * n_weights

    def is_valid(self, genomes: Genomes) -> NDArray[np.bool_]:
        """Within bounds, functions by whole numbers, and every connection from a lower to a higher position."""
        n, n_hidden = genomes.shape[0], self.hidden
        place, function = genomes[:, 0 : 2 * n_hidden : 2], genomes[:, 1 : 2 * n_hidden : 2]
        below = np.hstack((np.zeros((n, self.shape[0])), np.where(place > 0.0, place, 3.0)))
        above = np.hstack((np.where(place > 0.0, place, -1.0), np.full((n, 3), 2.0)))
        leads_up = below[:, None, :] < above[:, :, None]
        good = ((self.weights_of(genomes) == 0.0) | leads_up).all(axis=(1, 2))
        whole = (np.floor(function) == function).all(axis=1) & (place < 1.0).all(axis=1)
        return np.logical_and.reduce((super().is_valid(genomes), good, whole))

    def network(self, genome: Genomes, about: dict[str, Any] | None = None) -> Network:
        """The painted network."""
        return self.substrate.network(self.paint(genome[None])[0], about)


def build(network: CppnNetwork, task: Task, variation: CppnVariation | None = None) -> Cppn:
    """Prepare an encoding for a task. Raises `EvomodError` where they do not fit each other."""
    substrate = build_layered(
        RealNetwork(
            encoding="layered-real",
            layers=network.layers,
            gain=network.gain,
            tie_rule=network.tie_rule,
            coordinates=network.coordinates,
            weight_range=network.weight_range,
            bias_range=network.weight_range,
        ),
        task,
    )
    return Cppn(
        name=ENCODING.name,
        supports=ENCODING.supports,
        variation=variation or CppnVariation(),
        substrate=substrate,
        queries=queries(substrate.wiring),
        hidden=network.hidden,
        range=network.weight_range,
        is_local=network.seed == "locality",
    )


def queries(wiring: Wiring) -> NDArray[np.float64]:
    """``[(x1, y1, x2, y2, 1), query]``: places run from -1 to 1 along the longer side of the substrate.

    First both ends of every edge, then every neuron with nothing at the other end.
    """
    centred = wiring.positions - (wiring.positions.min(axis=0) + wiring.positions.max(axis=0)) / 2.0
    largest = np.abs(centred).max()
    places = centred / (largest if largest > 0.0 else 1.0)
    neurons = places[wiring.n_inputs :]
    edges = np.hstack((places[wiring.source], places[wiring.target]))
    rows = np.vstack((edges, np.hstack((neurons, np.zeros_like(neurons)))))
    return np.ascontiguousarray(np.hstack((rows, np.ones((rows.shape[0], 1)))).T)


def size(network: CppnNetwork, task: Task) -> Size:
    """Of the substrate's nodes and edges, with a CPPN's genes and the bits of outputs."""
    real = RealNetwork(encoding="layered-real", layers=network.layers)
    substrate, n_words = size_of_layered(real, task), -(-task.n_patterns // 64)
    genes = 2 * network.hidden + (network.hidden + 3) * (5 + network.hidden)
    return Size(
        n_nodes=substrate.n_nodes,
        n_edges=substrate.n_edges,
        n_hidden=substrate.n_hidden,
        gene_bytes=8 * (genes + substrate.n_edges * 4),
        slot_bytes=16 * task.n_outputs * n_words + substrate.slot_bytes,
    )


ENCODING = EncodingKind(
    name="cppn",
    build=build,
    section=CppnNetwork,
    variation=CppnVariation,
    supports=frozenset({"weights", "places", "sparsity", "silence", "real"}),
    size=size,
    kernels=(kernels.paint, kernels.vary),
    examples=({}, {"pressures": {"connection-cost": {"measure": "fixed-length"}}}),
)
