"""Gene regulatory networks: weights -1, 0 and 1 between any two genes (Wagner 1996; Espinosa-Soto & Wagner 2010).

Genes are active (1) or inactive (-1), all are updated at once, s' = sign(W s), and a sum of 0 makes a gene inactive
(Bernatskiy & Bongard 2015, authors' code). What a network computes is where it comes to rest: the inputs of its task are
the first states of the genes, its outputs their last ones, and a state that never rests is neither. So a task has as many
outputs as inputs. All first states are followed, whichever of them a goal counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evomod.encodings.base import Encoding, EncodingKind, Size
from evomod.encodings.wiring import Wiring, wants_functions
from evomod.errors import EvomodError
from evomod.kernels import pointer_to
from evomod.kernels import regulation as kernels
from evomod.network import Network
from evomod.sections import NetworkSection, Probability, Section
from evomod.task import Task, pack

Genomes = NDArray[np.int8]


class GeneNetwork(NetworkSection):
    """Gene regulatory networks (Espinosa-Soto & Wagner 2010)."""

    encoding: Literal["gene-network"]
    initial: Literal["random", "sparse"] = "random"
    """First networks: every weight -1, 0 or 1 with equal chance, or no connection but what one mutation makes."""
    steps: int = Field(default=20, ge=1, le=1000)
    """In which a network has to come to rest; in the last one nothing changes."""


class GeneVariation(Section):
    """Mutation of gene regulatory networks, asexual."""

    mutation: Probability = 0.05
    """With which every gene mutates (both papers)."""
    rule: Literal["regulators", "fixed"] = "regulators"
    """A gene with r of n regulators loses one with 4r / (4r + n - r), else gains one (Espinosa-Soto & Wagner 2010); or
    connections from a gene are moved, added and taken away at fixed rates (Bernatskiy & Bongard 2015)."""
    moved: Probability = 0.5
    """Share of mutations that move a connection (rule "fixed")."""
    insert_to_delete: float = Field(default=1.0, gt=0.0)
    """How many of the other mutations add a connection for each that takes one away (rule "fixed")."""


@dataclass(frozen=True)
class GeneRegulation(Encoding):
    """Gene regulatory networks, ready for the kernels; gene ``target * n + source`` of a genome is a weight."""

    name: str
    supports: frozenset[str]
    wiring: Wiring
    variation: GeneVariation
    n_genes: int
    is_pattern: NDArray[np.uint64]
    section: GeneNetwork

    @property
    def n(self) -> int:
        """Number of genes that regulate each other."""
        return self.wiring.n_inputs

    def birth(self, number: int, rng: np.random.Generator) -> Genomes:
        """Random weights, or none and one mutation, ``[individual, gene]``."""
        if self.section.initial == "sparse":
            return self._mutated(np.zeros((number, self.n_genes), np.int8), rng)
        return (3.0 * rng.random((number, self.n_genes))).astype(np.int8) - np.int8(1)

    def vary(self, genomes: Genomes, parents: NDArray[np.int64], rng: np.random.Generator) -> Genomes:
        """Mutated copies of the parents' rows, ``[offspring, gene]``."""
        return self._mutated(genomes.take(parents, axis=0), rng)

    def _mutated(self, genomes: Genomes, rng: np.random.Generator) -> Genomes:
        section = self.variation
        deleted = (1.0 - section.moved) / (section.insert_to_delete + 1.0)
        rates = np.array((section.mutation, deleted, 1.0 - section.moved - deleted))
        kernels.vary(genomes, self.n, rates, section.rule == "fixed", pointer_to(rng))
        return genomes

    def evaluate(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64],
        slots: NDArray[np.int64],
        states: NDArray[Any],
    ) -> None:
        """Follow all first states, into memory."""
        work = np.empty((4, 2**self.n), np.int64)
        kernels.answer(genomes, ancestors, self.section.steps, slots, work, states)

    def active(self, genomes: Genomes) -> NDArray[np.int8]:
        """All connections: every gene is an output."""
        return genomes.copy()

    def working_strengths(self, genomes: Genomes, working: NDArray[np.int8]) -> NDArray[np.float64]:
        """1 for every connection."""
        return np.abs(working).astype(np.float64)

    def bounds(self) -> tuple[list[Any], list[Any]]:
        """From repression to activation."""
        return [-1] * self.n_genes, [1] * self.n_genes

    def network(self, genome: Genomes, about: dict[str, Any] | None = None) -> Network:
        """The network of a genome: inputs, which hold the first states, then genes, which regulate each other."""
        there, wiring = np.flatnonzero(genome), self.wiring
        return Network(
            layer=wiring.layer,
            positions=wiring.positions,
            bias=np.zeros(wiring.n_nodes),
            source=wiring.source[there],
            target=wiring.target[there],
            weight=genome[there].astype(np.float64),
            functions=("input",) * self.n + ("sign",) * self.n,
            steps=self.section.steps,
            about=about or {},
        )

    def genome(self, network: Network) -> Genomes:
        """The genome of a network. Raises `EvomodError` where this encoding cannot hold it."""
        if (network.inputs.size, network.n_nodes) != (self.n, 2 * self.n):
            raise EvomodError(
                f"the network has {network.inputs.size} inputs and {network.n_nodes - network.inputs.size} neurons or "
                f"genes; expected {self.n} of each."
            )
        wants_functions(network, ("sign",))
        genome = np.zeros(self.n_genes)
        np.add.at(genome, (network.target - self.n) * self.n + network.source - self.n, network.weight)
        if not self.is_valid(genome[None])[0] or (genome != np.floor(genome)).any():
            raise EvomodError(
                "a weight of the network is not -1 or 1; expected those of a gene network."
            )
        return genome.astype(np.int8)


def build(network: GeneNetwork, task: Task, variation: GeneVariation | None = None) -> GeneRegulation:
    """Prepare an encoding for a task. Raises `EvomodError` where they do not fit each other."""
    n = len(task.inputs)
    if task.n_outputs != n:
        raise EvomodError(
            f"encoding '{network.encoding}' reads the first state of every gene and answers with the last, so it requires "
            f"as many outputs as inputs; task '{task.name}' has {task.n_outputs} and {n}. Take a task such as 'attractor'."
        )
    return GeneRegulation(
        name=ENCODING.name,
        supports=ENCODING.supports,
        wiring=wire_genes(n),
        variation=variation or GeneVariation(),
        n_genes=n * n,
        is_pattern=pack(np.ones(task.n_patterns, np.bool_)),
        section=network,
    )


def wire_genes(n: int) -> Wiring:
    """Edges between any two of n genes, themselves included; nodes are n inputs, which no edge leads to or from, and genes.

    >>> wiring = wire_genes(2)
    >>> wiring.source.tolist(), wiring.target.tolist()
    ([2, 3, 2, 3], [2, 2, 3, 3])
    """
    genes, angle = np.arange(n, 2 * n, dtype=np.int64), 2.0 * np.pi * np.arange(n) / n
    ring = np.stack((np.sin(angle), np.cos(angle)), axis=1)
    return Wiring(
        layers=(n, n),
        source=np.tile(genes, n),
        target=np.repeat(genes, n),
        first=np.arange(n + 1, dtype=np.int64) * n,
        layer=np.repeat(np.arange(2), n).astype(np.int64),
        positions=np.round(
            np.concatenate((1.35 * ring, ring)), 6
        ),  # for drawing: every input beside its gene
    )


def size(network: GeneNetwork, task: Task) -> Size:
    """A bit for active and one for inactive of every gene and first state."""
    n = len(task.inputs)
    return Size(
        n_nodes=2 * n,
        n_edges=n * n,
        n_hidden=0,
        gene_bytes=n * n,
        slot_bytes=16 * n * -(-task.n_patterns // 64),
    )


ENCODING = EncodingKind(
    name="gene-network",
    build=build,
    section=GeneNetwork,
    variation=GeneVariation,
    supports=frozenset({"sparsity", "weights"}),
    defaults={"evolution": {"population": 100, "generations": 1500}},
    size=size,
    kernels=(kernels.answer, kernels.vary),
    examples=({"task": "attractor"}, {"task": "attractor", "variation": {"rule": "fixed"}}),
)
