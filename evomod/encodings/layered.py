"""Layered networks: integer weights from an ordered alphabet, or real-valued ones (Clune et al. 2013).

A genome is a row: one gene an edge (ordered by target, then source), then one a neuron for its bias.
Integer networks hold places in their alphabets (int8, 0 for no connection); real-valued ones hold the
weights themselves (float64, 0.0 for no connection).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from evomod.encodings.base import Encoding, EncodingKind, Size, nobody
from evomod.encodings.polynomial import polynomial
from evomod.encodings.wiring import Wiring, alive, chosen_layers, wants_functions, wire
from evomod.errors import EvomodError
from evomod.kernels import answers as answers_kernels
from evomod.kernels import dropout, pointer_to, realvalued
from evomod.kernels import layered as kernels
from evomod.kernels.vectors import LANES, MOST, PART
from evomod.network import Network
from evomod.sections import (
    Integers,
    NetworkSection,
    Pair,
    Points,
    Range,
    VariationSection,
    checked_layers,
)
from evomod.task import Task, all_patterns, pack

Genomes = NDArray[Any]


class Layers(NetworkSection):
    """What all layered networks share; connections run from each layer to the next."""

    layers: Integers | None = None
    """Nodes a layer, inputs first. None: the task's own, else halving from inputs to outputs."""
    initial_connections: Pair = (0, 119)
    """Fewest and most connections at birth, drawn uniformly. A connection that exists already is drawn
    anew, at most as often as there are pairs of nodes, so a dense network can have a few less."""
    gain: float = Field(default=20.0, gt=0.0)
    """Slope of tanh(gain * sum)."""
    tie_rule: Literal["strict", "zero-is-no"] = "strict"
    """Whether an output of exactly 0 is wrong for both answers, or counts as no."""
    coordinates: Literal["grid"] | Points = "grid"
    """Place (x, y) of every node: rows centred on 0, one unit apart, or given in the order of ids."""

    _layers = field_validator("layers")(checked_layers)

    @field_validator("initial_connections")
    @classmethod
    def _initial(cls, value: tuple[int, int]) -> tuple[int, int]:
        if not 0 <= value[0] <= value[1] <= 1_000_000:
            raise ValueError("wanted [fewest, most] with 0 <= fewest <= most <= 1000000")
        return value


class LayeredNetwork(Layers):
    """Layered networks with integer weights and biases (Clune et al. 2013)."""

    encoding: Literal["layered"] = "layered"
    weights: Integers = (-2, -1, 1, 2)
    """Ordered alphabet: a mutation moves one place along it; a value may stand in it twice."""
    biases: Integers = (-2, -1, 0, 1, 2)
    """Ordered alphabet of the biases."""

    @field_validator("weights", "biases")
    @classmethod
    def _alphabet(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not 1 <= len(value) <= 100:
            raise ValueError("wanted 1 to 100 integers")
        if max(map(abs, value)) > 127:
            raise ValueError("wanted integers from -127 to 127, the range of the kernel's type int8")
        return value

    @field_validator("weights")
    @classmethod
    def _weights(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if 0 in value:
            raise ValueError("0 is no weight: it stands for a connection that is not there")
        return value


class RealNetwork(Layers):
    """Layered networks with real-valued weights and biases (Clune et al. 2013, supplement)."""

    encoding: Literal["layered-real"]
    weight_range: Range = (-2.0, 2.0)
    """Lowest and highest weight."""
    bias_range: Range = (-2.0, 2.0)
    """Lowest and highest bias."""

    @field_validator("weight_range", "bias_range")
    @classmethod
    def _range(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not value[0] < value[1]:
            raise ValueError("wanted [low, high] with low < high")
        return value


class RealVariation(VariationSection):
    """Mutation of real-valued networks."""

    weight_change: Literal["polynomial", "sum", "product"] = "polynomial"
    """How a weight changes: by bounded polynomial mutation (Deb & Agrawal 1995), or a random number is added to it, or it
    is multiplied by one (the sum rule and product rule of Friedlander et al. 2013). Biases change polynomially."""
    change_sd: float = Field(default=0.1, gt=0.0, le=10.0)
    """Standard deviation of the normal number, which has mean 0 ("sum") or 1 ("product")."""


SATURATED = 20.0
"""From here on tanh is exactly 1.0 in float64: 1 - tanh(20) is 2e-18 or less, not half of the last digit."""


BLOCK = 256
"""Patterns that are answered at once by the float kernel: 30 KB of the retina's values."""


WIDEST, FIRST_STEP = 0.5, 0.1
"""Weights before learning lie from -0.5 to 0.5, over gain, and 0.1 over gain is the first step of each: our choices."""


PLACES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
OFFSETS = np.array(
    [sum(k << 8 * n for n, k in enumerate(np.flatnonzero(row).tolist())) for row in PLACES], np.uint64
)
"""``[mask]``: the places of the bits that are set in eight, a byte each."""


@dataclass(frozen=True)
class Layered(Encoding):
    """A layered encoding, ready for the kernels."""

    name: str
    supports: frozenset[str]
    wiring: Wiring
    variation: VariationSection
    gain: float
    uses_sign: bool
    """Whether sign(sum) is proved to be the very same as tanh(gain * sum)."""
    weights: NDArray[np.float64]
    """Integer: ``[place]``, weight of each place, place 0 (no connection) 0. Real: [low, high]."""
    biases: NDArray[np.float64]
    """Integer: ``[place]``. Real: [low, high]."""
    attempts: tuple[int, int]
    inputs: NDArray[np.bool_]
    """``[input, pattern]``."""
    codes: NDArray[np.int64]
    """Integer: ``[group, node, place]``: `_codes`, for the sign kernel."""
    bias_words: NDArray[np.uint64]
    """Integer: ``[place, plane, (positive, negative)]``: `_bias_words`, for the sign kernel."""
    heaviest: int
    """Integer: the largest |weight|."""
    most: int
    """Integer: number of connections whose sum, with any bias, the sign kernel holds in registers."""
    input_rows: NDArray[np.uint64]
    """``[2 * input + (0 yes, 1 no), word]``: ``inputs`` as bits, for the sign kernel; where that makes fewer
    than four words they are repeated, to fill a register."""
    is_pattern: NDArray[np.uint64]
    """``[word]``: the bits that stand for a pattern."""
    neurons: NDArray[np.int64]
    """``[neuron, column]``: `_neurons`."""
    neuron_of: NDArray[np.int64]
    """``[gene]``."""

    @property
    def is_integer(self) -> bool:
        """Whether genes are places in alphabets."""
        return "real" not in self.supports

    @property
    def kernel(self) -> str:
        """The sign, or tanh itself."""
        return "sign" if self.uses_sign else "tanh"

    @property
    def n_edges(self) -> int:
        return self.wiring.n_edges

    @property
    def n_genes(self) -> int:  # type: ignore[override]
        return self.wiring.n_edges + self.wiring.n_neurons

    def bounds(self) -> tuple[list[Any], list[Any]]:
        """Places in alphabets, or the ends of ranges."""
        edges, neurons = self.n_edges, self.wiring.n_neurons
        if self.is_integer:
            tops = [self.weights.size - 1] * edges + [self.biases.size - 1] * neurons
            return [0] * (edges + neurons), tops
        low = [float(self.weights[0])] * edges + [float(self.biases[0])] * neurons
        high = [float(self.weights[1])] * edges + [float(self.biases[1])] * neurons
        return low, high

    def birth(self, number: int, rng: np.random.Generator) -> Genomes:
        """Random genomes ``[individual, gene]``: a random number of random connections, all biases random."""
        places = np.empty((number, self.n_genes), np.int8)
        layers, attempts = np.array(self.wiring.layers), np.array(self.attempts)
        n_weights, n_biases = self.weights.size - 1, self.biases.size
        kernels.birth(
            layers, _gaps(self.wiring.layers), n_weights, n_biases, attempts, pointer_to(rng), places
        )
        if self.is_integer:
            return places
        genomes = np.where(places != 0, _uniform(self.weights, places.shape, rng), 0.0)
        biases = genomes[:, self.n_edges :]
        biases[:] = _uniform(self.biases, biases.shape, rng)
        return genomes

    def vary(self, genomes: Genomes, parents: NDArray[np.int64], rng: np.random.Generator) -> Genomes:
        """Mutated copies of the parents' rows, ``[offspring, gene]``; of real-valued networks structure, then values."""
        if self.is_integer:
            return self.vary_places(self.variation, genomes.take(parents, axis=0), rng)
        offspring, hit = self.vary_structure(genomes, parents, rng)
        places = np.flatnonzero(hit)  # a mask of the whole population, asked thrice, took 0.7 ms more
        is_bias = places % hit.shape[1] >= self.n_edges
        variation = self.variation
        if isinstance(variation, RealVariation) and variation.weight_change != "polynomial":
            weights = places[~is_bias]
            offspring.put(weights, _changed(offspring.take(weights), variation, self.weights, rng))
            places, is_bias = places[is_bias], is_bias[is_bias]
        low = np.where(is_bias, self.biases[0], self.weights[0]).tolist()
        high = np.where(is_bias, self.biases[1], self.weights[1]).tolist()
        values = offspring.take(places).tolist()
        if values:
            offspring.put(places, polynomial(values, (low, high), self.variation.eta, rng))
        return offspring

    def vary_places(
        self, variation: VariationSection, offspring: Genomes, rng: np.random.Generator
    ) -> Genomes:
        """Places in alphabets, mutated in place."""
        counts, rates = _mutation(self, variation)
        n_edges, n_genes = self.n_edges, self.n_genes
        chances = _chances(n_edges, n_genes - n_edges, variation.weight_changes, variation.bias_rate)
        listed, shares = np.empty((2, n_genes + 9), np.int64), np.empty(n_genes)
        layers, gaps = np.array(self.wiring.layers), _gaps(self.wiring.layers)
        kernels.vary(
            layers, gaps, counts, rates[2:], chances, OFFSETS, pointer_to(rng), listed, shares, offspring
        )
        return offspring

    def mutants(self, genome: Genomes) -> tuple[Genomes, NDArray[np.float64]] | None:
        """Every genome one change away, ``[mutant, gene]``, and how often `vary` makes it, ``[mutant]``, in all 1.

        Changes are: a weight one step along its alphabet, a bias, a connection more, a connection less. How
        often: the probability that a child is this mutant, given that it differs in one gene. So an event
        that is undone or hidden by another (a connection added and deleted again, a step of a weight that is
        then deleted) counts as it does in `vary`. Integer encodings only. No mutant has a probability where
        every child changes more, or nothing.
        """
        if not self.is_integer:
            return None
        counts, rates = _mutation(self, self.variation)
        n_weights, _, fewest, _ = counts.tolist()
        _, _, adds, deletes = rates.tolist()
        n_edges = self.n_edges
        present, absent = np.flatnonzero(genome[:n_edges]), np.flatnonzero(genome[:n_edges] == 0)
        n = present.size
        moves = _moves(self, self.variation, genome)
        leaves = np.zeros(genome.size)  # probability that a gene's value moves
        for gene, _, chance in moves:
            leaves[gene] += chance
        stays = 1.0 - leaves
        share = _shares_of_edges(self.wiring)[absent]
        given_up = (1.0 - min(float(share.sum()), 1.0)) ** (self.wiring.n_nodes**2)  # so many draws
        add, delete = adds * (1.0 - given_up), deletes * (n > fewest)
        delete_after = deletes * (n + 1 > fewest)
        same_structure = (1.0 - add) * (1.0 - delete) + add * delete_after / (n + 1)
        others = [float(np.prod(np.delete(stays, gene))) for gene in range(genome.size)]
        table = [(gene, value, chance * others[gene] * same_structure) for gene, value, chance in moves]
        added = (
            add * (1.0 - delete_after) * np.prod(stays) * share / max(share.sum(), 1e-300) / n_weights
        )
        for edge, chance in zip(absent.tolist(), added.tolist(), strict=True):
            table += [(edge, value, chance) for value in range(1, n_weights + 1)]
        table += [(edge, 0, (1.0 - add) * delete / n * others[edge]) for edge in present.tolist()]
        table = [row for row in table if row[2] > 0.0]
        genomes = np.repeat(genome[None], len(table), axis=0)
        for row, (gene, value, _) in enumerate(table):
            genomes[row, gene] = value
        weights = np.array([chance for _, _, chance in table])
        return genomes, weights / weights.sum()

    def vary_structure(
        self,
        genomes: Genomes,
        parents: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> tuple[Genomes, NDArray[np.bool_]]:
        """Real-valued networks: add and delete connections, and choose which genes change their value.

        Returns the offspring ``[offspring, gene]`` and ``hit[offspring, gene]``, the present genes that
        value mutation is to change: weights with probability weight_changes / n, biases at their rate.
        """
        n, variation, edges = parents.size, self.variation, self.n_edges
        offspring, hit = np.empty((n, self.n_genes)), np.empty((n, self.n_genes), np.bool_)
        structure = np.empty(hit.shape, np.int8)
        rates = (variation.weight_changes, variation.bias_rate)
        realvalued.choose(
            genomes, parents, rng.random(hit.shape), rates, edges, offspring, structure, hit
        )
        only = variation.model_copy(update={"weight_changes": 0.0, "bias_rate": 0.0})
        self.vary_places(only, structure, rng)
        low, high = self.weights
        realvalued.connect(structure, rng.random((n, edges)), (low, high - low), offspring, hit)
        return offspring, hit

    def memory(self, n_slots: int) -> NDArray[Any]:
        """Room for what every network answers, one slot per individual; filled by `evaluate`."""
        wiring = self.wiring
        if not self.uses_sign:
            return np.zeros((n_slots, wiring.n_outputs, self.inputs.shape[1]), np.int8)
        return np.zeros((n_slots, 2 * wiring.n_neurons, self.input_rows.shape[1]), np.uint64)

    def evaluate(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64],
        slots: NDArray[np.int64],
        states: NDArray[Any],
    ) -> None:
        """Answer all patterns by every network, into the memory ``states``.

        ``ancestors[individual]`` is the row of its parent in ``genomes``, itself if it was answered before,
        or -1; individual i's memory is ``states[slots[i]]``. What mutation left alone is inherited.
        """
        wiring = self.wiring
        if self.uses_sign:
            n_planes, n_words = self.bias_words.shape[1], states.shape[2]
            plan = np.empty(max(wiring.layers) + 2, np.int64)
            todo = np.empty(-(-wiring.n_neurons // 64), np.uint64)
            counters = np.empty((PART + n_planes, 2, 4), np.uint64)
            work = np.empty((2 * wiring.n_nodes + 2, n_words), np.uint64)
            kernels.answer(
                np.ascontiguousarray(genomes, np.int8), ancestors, self.neurons, self.neuron_of,
                self.codes, self.heaviest, self.most, self.bias_words, self.input_rows, slots,
                plan, todo, counters, work, states,
            )  # fmt: skip
            return
        n_edges, inputs = self.n_edges, np.where(self.inputs, 1.0, -1.0)
        inputs = np.tile(inputs, (1, max(1, 8 // inputs.shape[1])))
        n = min(BLOCK, inputs.shape[1])
        values = self.decode(genomes) if self.is_integer else genomes
        realvalued.answer(
            np.ascontiguousarray(values, np.float64), ancestors, self.neurons, self.gain, inputs, slots,
            np.empty((wiring.n_neurons, n)), np.empty(wiring.layers[1] * n), np.empty((wiring.layers[1], n // 8), np.int64),
            np.empty(wiring.n_nodes, np.bool_), np.empty(n_edges + 1), np.empty(n_edges + 1, np.int64),
            np.empty(wiring.n_neurons + 1, np.int64), states,
        )  # fmt: skip

    def outputs(
        self, slots: NDArray[np.int64], states: NDArray[Any]
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Yes and no bits ``[individual, output, word]`` that memory holds."""
        wiring = self.wiring
        if self.uses_sign:
            first = 2 * (wiring.n_neurons - wiring.n_outputs)
            yes = np.empty((slots.size, wiring.n_outputs, self.is_pattern.size), np.uint64)
            no = np.empty_like(yes)
            answers_kernels.read(states, slots, first, 2, 1, self.is_pattern, yes, no)
            return yes, no
        signs = states[slots]
        return pack(signs > 0), pack(signs < 0)

    def n_hidden(self) -> int:
        """Number of neurons that are no outputs."""
        return self.wiring.n_neurons - self.wiring.n_outputs

    def silenced(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64],
        silent: NDArray[np.bool_],
        slots: NDArray[np.int64],
        states: NDArray[Any],
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Yes and no bits ``[individual, output, set * word]`` while the neurons ``silent[set, hidden]`` are 0.

        ``ancestors[individual]`` is the row of its parent, which comes before it, or -1. What the networks answer when
        nobody is silent lies in the memory ``states``.
        """
        wiring = self.wiring
        if not self.uses_sign:
            return _silenced_one_by_one(self, genomes, ancestors, silent)
        n, n_neurons, n_masks = genomes.shape[0], wiring.n_neurons, -(-wiring.n_neurons // 64)
        n_sets, n_words, row = silent.shape[0], self.is_pattern.size, states.shape[2]
        n_rows = -(-n_sets * n_words // row)
        is_alive = np.zeros((silent.shape[1], n_rows * row), np.uint64)
        is_alive[:, : n_sets * n_words] = alive(silent, n_words)
        said = np.empty((2, n, wiring.n_outputs, n_rows * row), np.uint64)
        dropout.answer_layered(
            np.ascontiguousarray(genomes, np.int8), self.neurons, self.codes, self.heaviest, self.most,
            self.bias_words, is_alive, slots, states,
            np.zeros((n, -(-self.n_genes // 8)), np.uint64),
            np.full(2 ** (2 * n).bit_length(), -1),
            np.empty((2, self.n_genes + 2), np.int64),
            np.empty(n_neurons + 1, np.int64),
            np.empty((PART + self.bias_words.shape[1], 2, 4), np.uint64),
            np.empty((2 * wiring.n_nodes + 2, row), np.uint64),
            *(np.empty((k, n_masks), np.uint64) for k in (n_neurons, 2, n_rows, n_rows)),
            said,
        )  # fmt: skip
        said = np.ascontiguousarray(said[..., : n_sets * n_words])
        if self.inputs.shape[1] < 64:
            said &= self.is_pattern
        return said[0], said[1]

    def strengths(self, genomes: Genomes) -> NDArray[np.float64]:
        """``[individual, edge]``: |weight| of every connection that is present, else 0."""
        edges = genomes[:, : self.n_edges]
        return np.abs(self.weights).take(edges) if self.is_integer else np.abs(edges)

    def without(self, genomes: Genomes, edges: NDArray[np.bool_]) -> Genomes:
        """Genomes without these connections."""
        cut = genomes.copy()
        cut[:, : self.n_edges][edges] = 0
        return cut

    def working_strengths(self, genomes: Genomes, working: NDArray[np.int8]) -> NDArray[np.float64]:
        """``[individual, edge]``: |weight| of every connection of the simplified network, else 0."""
        return np.where(working != 0, self.strengths(genomes), 0.0)

    def learned(
        self, genomes: Genomes, wanted: NDArray[np.float64], steps: int, rng: np.random.Generator
    ) -> tuple[Genomes, NDArray[np.float64]]:
        """Genomes ``[individual, gene]`` that began with small random weights and learned for so many steps, and their error.

        The squared error ``[individual]``, a mean over counted outputs, falls by iRprop- (Igel & Hüsken 2003): every
        weight has a step size of its own, the first `FIRST_STEP` over gain; one may become 0 at the end of its range.
        ``wanted[output, pattern]`` is -1.0 or 1.0, and 0.0 where an output is not counted. Of real-valued networks only.
        """
        wiring, inputs = self.wiring, np.where(self.inputs, 1.0, -1.0)
        times = max(1, 8 // inputs.shape[1])
        inputs, wanted = np.tile(inputs, (1, times)), np.tile(wanted, (1, times))
        n, counted = min(BLOCK, inputs.shape[1]), max(1, int(np.count_nonzero(wanted)))
        taught, errors = _newborn(self, genomes, rng), np.empty(genomes.shape[0])
        ends = np.concatenate((self.weights, self.biases))
        realvalued.learn(
            taught, self.neurons, self.gain, inputs, wanted, steps, FIRST_STEP / self.gain, ends,
            np.empty((wiring.n_nodes + 1, n)), np.empty((wiring.n_neurons, n)), np.empty((self.n_genes, 8)),
            np.empty(self.n_genes), np.empty(self.n_genes), np.empty(wiring.n_nodes, np.bool_),
            np.empty(self.n_genes + 1, np.int64), np.empty(self.n_genes + 1, np.int64), np.empty(wiring.n_neurons + 1, np.int64),
            errors,
        )  # fmt: skip
        return taught, errors / counted

    def decode(self, genomes: Genomes) -> NDArray[np.float64]:
        """Weights, then biases, ``[individual, gene]``; 0 where there is no connection."""
        if not self.is_integer:
            return genomes.astype(np.float64)
        edges = self.n_edges
        return np.hstack((self.weights[genomes[:, :edges]], self.biases[genomes[:, edges:]]))

    def simplify(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64] | None = None,
        known: NDArray[np.int8] | None = None,
    ) -> NDArray[np.int8]:
        """``[individual, edge]``: non-zero where a connection is present and leads to an output.

        ``known`` is that of the first individuals; ``ancestors[individual]`` the row of the parent, or -1.
        """
        n, wiring, n_edges = genomes.shape[0], self.wiring, self.n_edges
        genes = genomes if self.is_integer else (genomes[:, :n_edges] != 0.0).view(np.int8)
        working = np.empty((n, n_edges), np.int8)
        n_known = 0 if known is None else known.shape[0]
        if known is not None:
            working[:n_known] = known
        parents = nobody(n) if ancestors is None else ancestors
        kernels.simplify(
            np.ascontiguousarray(genes, np.int8), parents, n_known, wiring.source, wiring.target, wiring.n_outputs,
            np.empty(n, np.int64), np.empty((3, LANES), np.int64), np.empty(n_edges, np.uint64),
            np.empty(wiring.n_nodes, np.uint64), working,
        )  # fmt: skip
        return working

    def is_valid(self, genomes: Genomes) -> NDArray[np.bool_]:
        """``[individual]``: whether every gene lies in its alphabet or range."""
        edges, biases = genomes[:, : self.n_edges], genomes[:, self.n_edges :]
        if self.is_integer:
            good = (edges >= 0) & (edges < self.weights.size)
            fine = (biases >= 0) & (biases < self.biases.size)
        else:
            good = (edges == 0) | ((edges >= self.weights[0]) & (edges <= self.weights[1]))
            fine = (biases >= self.biases[0]) & (biases <= self.biases[1])
        return np.logical_and(good.all(axis=1), fine.all(axis=1))

    def network(self, genome: Genomes, about: dict[str, Any] | None = None) -> Network:
        """The network that a genome stands for, its dead connections included."""
        genes = self.decode(genome[None])[0]
        wiring = self.wiring
        present = np.flatnonzero(genome[: self.n_edges] != 0)
        return Network(
            layer=wiring.layer,
            positions=wiring.positions,
            bias=np.concatenate((np.zeros(wiring.n_inputs), genes[self.n_edges :])),
            source=wiring.source[present],
            target=wiring.target[present],
            weight=genes[present],
            gain=self.gain,
            about=about or {},
        )

    def genome(self, network: Network) -> Genomes:
        """The genome of a network. Raises `EvomodError` where this encoding cannot hold it."""
        wiring, weights, biases = self.wiring, self.weights, self.biases
        if np.bincount(network.layer).tolist() != list(wiring.layers):
            raise EvomodError(
                f"the network's layers are {np.bincount(network.layer).tolist()}; this config's are "
                f"{list(wiring.layers)}."
            )
        edge_of = {
            ends: edge
            for edge, ends in enumerate(zip(wiring.source.tolist(), wiring.target.tolist(), strict=True))
        }
        wants_functions(network, ("tanh",))
        genome = np.zeros(self.n_genes)
        for source, target, weight in zip(
            network.source.tolist(), network.target.tolist(), network.weight.tolist(), strict=True
        ):
            if (source, target) not in edge_of:
                raise EvomodError(f"the network's connection {source} -> {target} skips a layer.")
            if genome[edge_of[source, target]] != 0.0:
                raise EvomodError(f"the network has two connections {source} -> {target}; wanted one.")
            genome[edge_of[source, target]] = _gene(weight, weights, self, "weight")
        for neuron, bias in enumerate(network.bias[wiring.n_inputs :].tolist()):
            genome[self.n_edges + neuron] = _gene(bias, biases, self, "bias")
        return genome.astype(np.int8) if self.is_integer else genome


def sign_is_exact(gain: float, largest_sum: float) -> bool:
    """Whether tanh(gain * k) is exactly 1.0 for every integer k in 1..largest_sum, in float64.

    tanh is odd and rounds to 0 at 0 only, so this proves sign(k) == tanh(gain * k) on the whole range. It is
    tried for every k below `SATURATED`; float64 holds all sums up to 2 ** 53 themselves.

    >>> sign_is_exact(20.0, 18), sign_is_exact(20.0, 1e9), sign_is_exact(1.0, 18), sign_is_exact(20.0, 2.0**53)
    (True, True, False, False)
    """
    if largest_sum >= 2.0**53:
        return False
    last = min(largest_sum, np.ceil(SATURATED / gain))
    return bool((np.tanh(gain * np.arange(1, last + 1)) == 1.0).all())


def build(network: Layers, task: Task, variation: VariationSection | None = None) -> Layered:
    """Prepare an encoding for a task. Raises `EvomodError` where layers, coordinates or sums do not fit."""
    layers = chosen_layers(network.layers, task)
    positions = None
    if network.coordinates != "grid":
        positions = np.array(network.coordinates, float)
        if positions.shape != (sum(layers), 2):
            raise EvomodError(
                f"network.coordinates has {len(positions)} points; layers {list(layers)} have "
                f"{sum(layers)} nodes and each needs one [x, y]."
            )
    wiring = wire(layers, positions)
    if isinstance(network, LayeredNetwork):
        weights, biases = np.array((0, *network.weights), float), np.array(network.biases, float)
        heaviest = np.abs(weights).max()
        largest = max(layers[:-1]) * heaviest + np.abs(biases).max()
        uses_sign = sign_is_exact(network.gain, largest)
    else:
        assert isinstance(network, RealNetwork)
        weights, biases = np.array(network.weight_range), np.array(network.bias_range)
        heaviest, largest, uses_sign = 0, 0, False
    inputs = np.ascontiguousarray(all_patterns(layers[0]).T)
    rows = np.stack((pack(inputs), pack(~inputs)), axis=1).reshape(2 * layers[0], -1)
    rows = np.tile(rows, (1, max(1, 4 // rows.shape[1])))
    kind = LAYERED if isinstance(network, LayeredNetwork) else REAL
    default = VariationSection() if isinstance(network, LayeredNetwork) else RealVariation()
    return Layered(
        name=kind.name,
        supports=kind.supports,
        wiring=wiring,
        variation=variation or default,
        gain=network.gain,
        uses_sign=uses_sign,
        weights=weights,
        biases=biases,
        attempts=network.initial_connections,
        inputs=inputs,
        codes=_codes(wiring, weights.astype(np.int64), rows.shape[1]),
        bias_words=_bias_words(biases.astype(np.int64), int(largest)),
        heaviest=int(heaviest),
        most=int((MOST - np.abs(biases).max()) // heaviest) if 1 <= heaviest <= 3 else -1,
        input_rows=rows,
        is_pattern=pack(np.ones(2 ** layers[0], np.bool_)),
        neurons=_neurons(wiring),
        neuron_of=np.concatenate((wiring.target - wiring.n_inputs, np.arange(wiring.n_neurons))),
    )


def _codes(wiring: Wiring, weights: NDArray[np.int64], n_words: int) -> NDArray[np.int64]:
    """What the sign kernel asks of a source and a weight, ``[group, node, place]``.

    A group is two binary digits of |weight|, the lowest first. In the lower half of a code is where the
    node's words begin that count by the lower digit, in the upper half that of the upper digit: the row of
    who says yes for a positive weight, no for a negative one, and a row of zeros for a digit that is 0.
    """
    digits, sizes = np.arange(0, max(1, int(np.abs(weights).max()).bit_length()), 2), np.abs(weights)
    row = 2 * np.arange(wiring.n_nodes)[:, None] + (weights < 0)
    lower, upper = (
        np.where(((sizes >> (digits + k)[:, None]) & 1)[:, None] == 1, row, 2 * wiring.n_nodes)
        for k in (0, 1)
    )
    return n_words * (lower + (upper << 32))


def _bias_words(biases: NDArray[np.int64], largest: int) -> NDArray[np.uint64]:
    """Binary digits of each bias, ``[place, plane, (positive, negative)]``, a bit repeated in a whole word.

    As many planes as the largest sum of a neuron needs and the sign kernel has at least; the last place is 0.
    """
    planes = np.arange(max(PART, largest.bit_length()))
    sides = np.maximum(np.stack((np.append(biases, 0), -np.append(biases, 0)), axis=1), 0)
    return np.where((sides[:, None, :] >> planes[:, None]) & 1, np.uint64(2**64 - 1), np.uint64(0))


def _neurons(wiring: Wiring) -> NDArray[np.int64]:
    """What the kernel asks of a neuron, ``[neuron, column]``.

    Columns: its first edge, their number, its first source; of the layer after it the edge to the first neuron, how
    many edges lie between those to neighbours, the first neuron, and the end.
    """
    layers, first = np.array(wiring.layers), wiring.first[:-1]
    starts = np.concatenate(([0], np.cumsum(layers))) - wiring.n_inputs  # of each layer, as a neuron
    layer = wiring.layer[wiring.n_inputs :]
    after, end = starts[layer + 1], starts[np.minimum(layer + 2, layers.size)]
    position = np.arange(wiring.n_neurons) - starts[layer]
    to_first = wiring.first[after] + position
    columns = (first, np.diff(wiring.first), wiring.source[first], to_first, layers[layer], after, end)
    return np.ascontiguousarray(np.stack(columns, axis=1))


def _changed(
    weights: NDArray[np.float64],
    variation: RealVariation,
    ends: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Weights by the sum rule or the product rule, one normal number each, cut off at the ends of their range."""
    numbers = variation.change_sd * rng.standard_normal(weights.size)
    is_sum = variation.weight_change == "sum"
    return np.clip(weights + numbers if is_sum else weights * (1.0 + numbers), ends[0], ends[1])


def _newborn(encoding: Layered, genomes: Genomes, rng: np.random.Generator) -> NDArray[np.float64]:
    """Genomes with small random weights and biases, equal in all, as far as their ranges allow; connections stay."""
    edges, widest = encoding.n_edges, WIDEST / encoding.gain
    drawn = np.concatenate(
        (
            _uniform(np.clip((-widest, widest), *encoding.weights), edges, rng),
            _uniform(np.clip((-widest, widest), *encoding.biases), encoding.n_genes - edges, rng),
        )
    )
    kept = genomes != 0.0
    kept[:, edges:] = True
    return np.where(kept, drawn, 0.0)


def _uniform(ends: NDArray[np.float64], shape: Any, rng: np.random.Generator) -> NDArray[np.float64]:
    return ends[0] + (ends[1] - ends[0]) * rng.random(shape)


@lru_cache(maxsize=8)
def _gaps(layers: tuple[int, ...]) -> NDArray[np.int64]:
    """``[gap, (first edge, number of edges)]`` between two layers."""
    sizes = np.multiply(layers[:-1], layers[1:], dtype=np.int64)
    return np.stack((np.cumsum(sizes) - sizes, sizes), axis=1)


@lru_cache(maxsize=8)
def _chances(
    n_edges: int, n_neurons: int, weight_changes: float, bias_rate: float
) -> NDArray[np.float64]:
    """``[n, (p, chance of no hit, odds)]`` of n connections' weights; the last row is of all biases."""
    rates = [(min(1.0, weight_changes / max(n, 1)), n) for n in range(n_edges + 1)]
    rows = [
        (p, (1.0 - p) ** n, p / (1.0 - p) if p < 1.0 else 0.0)
        for p, n in [*rates, (bias_rate, n_neurons)]
    ]
    return np.array(rows)


def _mutation(
    encoding: Layered, variation: VariationSection
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    by_step = int(variation.bias_change == "step")
    n_weights, n_biases = encoding.weights.size - 1, encoding.biases.size
    counts = np.array([n_weights, n_biases, variation.min_connections, by_step])
    rates = (
        variation.weight_changes,
        variation.bias_rate,
        variation.add_connection,
        variation.delete_connection,
    )
    return counts, np.array(rates)


def _moves(
    encoding: Layered, variation: VariationSection, genome: Genomes
) -> list[tuple[int, int, float]]:
    """(gene, new place, probability) of every change of a weight or a bias that is there."""
    n_edges, n_weights, n_biases = encoding.n_edges, encoding.weights.size - 1, encoding.biases.size
    present = np.flatnonzero(genome[:n_edges]).tolist()
    step = min(1.0, variation.weight_changes / max(len(present), 1)) / 2.0
    moves = [
        (edge, place, step)
        for edge in present
        for place in (int(genome[edge]) - 1, int(genome[edge]) + 1)
        if 1 <= place <= n_weights
    ]
    by_step = variation.bias_change == "step"
    chance = variation.bias_rate / (2.0 if by_step else n_biases)
    for gene in range(n_edges, genome.size):
        here = int(genome[gene])
        places = [here - 1, here + 1] if by_step else [p for p in range(n_biases) if p != here]
        moves += [(gene, place, chance) for place in places if 0 <= place < n_biases]
    return moves


def _shares_of_edges(wiring: Wiring) -> NDArray[np.float64]:
    """``[edge]``: how often each is drawn for a connection, its gap first and then both ends."""
    sizes = np.array(wiring.layers)
    before = wiring.layer[wiring.source]
    return 1.0 / (sizes[before] * sizes[before + 1] * (sizes.size - 1))


def _silenced_one_by_one(
    encoding: Layered, genomes: Genomes, ancestors: NDArray[np.int64], silent: NDArray[np.bool_]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """With tanh: set by set, a silent neuron being one without connections to others."""
    n, n_inputs = genomes.shape[0], encoding.wiring.n_inputs
    slots, states = np.arange(n), encoding.memory(n)
    said = []
    for is_silent in silent:
        cut = genomes.copy()
        dead = np.concatenate((np.zeros(n_inputs, np.bool_), is_silent))[encoding.wiring.source]
        cut[:, : encoding.n_edges][:, dead] = 0
        said.append(encoding.answer(cut, ancestors, slots, states))
    yes, no = zip(*said, strict=True)
    return np.concatenate(yes, axis=2), np.concatenate(no, axis=2)


def _gene(value: float, alphabet: NDArray[np.float64], encoding: Layered, what: str) -> float:
    """The gene of a weight or bias: its first place in the alphabet, or the value itself."""
    if not encoding.is_integer:
        if not alphabet[0] <= value <= alphabet[1]:
            raise EvomodError(
                f"the network has the {what} {value:g}; this config allows {alphabet.tolist()}."
            )
        return value
    places = np.flatnonzero(alphabet == value)
    if not places.size:
        known = [int(a) for a in (alphabet[1:] if what == "weight" else alphabet)]
        raise EvomodError(f"the network has the {what} {value:g}; this config's alphabet is {known}.")
    return float(places[0])


def size(network: Layers, task: Task) -> Size:
    """Of integer networks by the sign kernel, the larger; of real-valued ones 8 bytes a gene."""
    layers, n_words = chosen_layers(network.layers, task), -(-task.n_patterns // 64)
    n_edges = sum(before * after for before, after in pairwise(layers))
    n_neurons, is_real = sum(layers[1:]), isinstance(network, RealNetwork)
    return Size(
        n_nodes=sum(layers),
        n_edges=n_edges,
        n_hidden=sum(layers[1:-1]),
        gene_bytes=(8 if is_real else 1) * (n_edges + n_neurons),
        slot_bytes=task.n_outputs * task.n_patterns if is_real else 16 * n_neurons * max(4, n_words),
    )


EVERYTHING = frozenset({"weights", "places", "sparsity", "removal", "silence"})
COST: dict[str, Any] = {"connection-cost": {}}
LAYERED = EncodingKind(
    name="layered",
    build=build,
    section=LayeredNetwork,
    supports=EVERYTHING,
    size=size,
    kernels=(kernels.answer, kernels.vary),
    examples=(
        {},
        {"pressures": {"hierarchy": {}}, "tracking": {"hierarchy": True}},
        {"pressures": COST | {"behavioural-diversity": {}}},
        {"pressures": {"dropout": {}, "connection-cost": {"measure": "nodes"}}},
        {"selection": {"method": "lexicase"}},
    ),
)
REAL = EncodingKind(
    name="layered-real",
    build=build,
    section=RealNetwork,
    variation=RealVariation,
    supports=EVERYTHING | {"real", "gradient"},
    size=size,
    kernels=(realvalued.answer, realvalued.choose, kernels.vary),
    examples=({"pressures": COST}, {"pressures": {"learning": {"steps": 1}}}),
)
