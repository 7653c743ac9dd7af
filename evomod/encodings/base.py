"""What an encoding is: how genomes are born and vary, what their networks compute, and what of them pressures may ask.

An `EncodingKind` is what a config names. Built for a task, with its sections of a config, it is an `Encoding`: one frozen
dataclass whose methods are all that the loop calls. Those that come with evomod stand at the end of the modules of
this package; a user's stands in a file of its own or in an installed package (entry point ``evomod.encodings``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from evomod.encodings.wiring import Wiring
from evomod.errors import EvomodError
from evomod.network import Network
from evomod.sections import NetworkSection, Section, VariationSection
from evomod.task import Task

Genomes = NDArray[Any]
"""``[individual, gene]``."""
Words = NDArray[np.uint64]
"""``[individual, output, word]``: bit v belongs to pattern v."""


def nobody(number: int) -> NDArray[np.int64]:
    """Ancestors of individuals of whom nothing is known: -1, in a quarter of the time of `numpy.full`."""
    ancestors = np.empty(number, np.int64)
    ancestors.fill(-1)
    return ancestors


class Encoding(Protocol):
    """An encoding that is ready for a task.

    What has a body here may be left out. A network without a value for a pattern, an output of exactly 0, says
    neither yes nor no.
    """

    name: str
    """As in a config, ``network.encoding``."""
    supports: frozenset[str]
    """Of `evomod.sections.SUPPORTS`: what its networks have."""
    wiring: Wiring
    """Nodes, and edges: the places where a connection may be."""
    variation: Any
    """Its section of the config."""
    n_genes: int
    is_pattern: NDArray[np.uint64]
    """``[word]``: the bits that stand for a pattern."""
    recombines: ClassVar[bool] = False
    """Whether neighbours among the offspring exchange genes: then parents come in random order."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of genomes."""
        return np.dtype(np.float64 if "real" in self.supports else np.int8)

    @property
    def has_places(self) -> bool:
        """Whether nodes have coordinates that a connection cost can use."""
        return "places" in self.supports

    @property
    def kernel(self) -> str:
        """Name of the arithmetic by which networks are evaluated, for the manifest."""
        return self.name

    def most_connections(self) -> int:
        """Of a network."""
        return self.wiring.n_edges

    def birth(self, number: int, rng: np.random.Generator) -> Genomes:
        """Random genomes.

        Parameters
        ----------
        number
            Of individuals.
        rng
            From which alone they are drawn.

        Returns
        -------
        ndarray
            ``[individual, gene]``, of the encoding's `dtype`.
        """

    def vary(self, genomes: Genomes, parents: NDArray[np.int64], rng: np.random.Generator) -> Genomes:
        """Varied copies of parents.

        Parameters
        ----------
        genomes
            ``[individual, gene]``.
        parents
            ``[offspring]``: rows of ``genomes``.
        rng
            From which alone changes are drawn.

        Returns
        -------
        ndarray
            ``[offspring, gene]``.
        """

    def compute(self, genomes: Genomes) -> tuple[Words, Words]:
        """Evaluate every network on all patterns; only for an encoding that leaves `evaluate` as it is.

        Parameters
        ----------
        genomes
            ``[individual, gene]``.

        Returns
        -------
        yes, no : ndarray
            ``uint64[individual, output, word]``: bits of the patterns for which an output says so.
        """
        raise self._lacks("compute")

    def active(self, genomes: Genomes) -> NDArray[np.int8]:
        """Connections that lead to an output; only for an encoding that leaves `simplify` as it is.

        Parameters
        ----------
        genomes
            ``[individual, gene]``.

        Returns
        -------
        ndarray
            ``int8[individual, edge]``: not 0 for an active connection.
        """
        raise self._lacks("active")

    def network(self, genome: Genomes, about: dict[str, Any] | None = None) -> Network:
        """The network that a genome stands for.

        Parameters
        ----------
        genome
            ``[gene]``.
        about
            What is known of it.

        Returns
        -------
        Network
            With connections that lead to no output.
        """

    def bounds(self) -> tuple[list[Any], list[Any]]:
        """Lowest and highest value of every gene."""

    def is_valid(self, genomes: Genomes) -> NDArray[np.bool_]:
        """``[individual]``: whether every gene lies within its bounds, of numbers that are whole if the type is."""
        low, high = map(np.array, self.bounds())
        return np.logical_and.reduce(np.logical_and(genomes >= low, genomes <= high), axis=1)

    def genome(self, network: Network) -> Genomes:
        """The genome of a network, from which a run can start.

        Parameters
        ----------
        network
            Such as `network` makes.

        Returns
        -------
        ndarray
            ``[gene]``.

        Raises
        ------
        EvomodError
            Where this encoding cannot hold it.
        """
        raise EvomodError(
            f"the encoding '{self.name}' makes no genome of a network, so no copies of one can evolve; evolution.start takes "
            "a run's folder."
        )

    def memory(self, n_slots: int) -> NDArray[Any]:
        """Room for the outputs of every network, one slot per individual; filled by `evaluate`."""
        return np.zeros((n_slots, 2, self.wiring.n_outputs, self.is_pattern.size), np.uint64)

    def evaluate(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64],
        slots: NDArray[np.int64],
        states: NDArray[Any],
    ) -> None:
        """Evaluate every network on all patterns, into memory.

        Parameters
        ----------
        genomes
            ``[individual, gene]``.
        ancestors
            ``[individual]``: row of its parent in ``genomes``, itself if it was evaluated before, or -1.
        slots
            ``[individual]``: where its memory is in ``states``.
        states
            What `memory` made, which is filled.
        """
        fresh = np.flatnonzero(ancestors != np.arange(ancestors.size))
        if fresh.size:
            computed = self.compute(genomes[fresh])
            if not (isinstance(computed, tuple) and len(computed) == 2):
                raise EvomodError(
                    f"compute returned a {type(computed).__name__}; expected the pair of arrays yes, no."
                )
            yes, no = computed
            shape = (fresh.size, self.wiring.n_outputs, self.is_pattern.size)
            for what, words in (("compute: yes", yes), ("compute: no", no)):
                check_array(what, words, np.dtype(np.uint64), shape)
            states[slots[fresh], 0], states[slots[fresh], 1] = yes, no

    def outputs(self, slots: NDArray[np.int64], states: NDArray[Any]) -> tuple[Words, Words]:
        """Bits that memory holds.

        Parameters
        ----------
        slots
            ``[individual]``: where its memory is in ``states``.
        states
            What `evaluate` filled.

        Returns
        -------
        yes, no : ndarray
            ``uint64[individual, output, word]``: bits of the patterns for which an output says so.
        """
        return states[slots, 0], states[slots, 1]

    def answer(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64],
        slots: NDArray[np.int64],
        states: NDArray[Any],
    ) -> tuple[Words, Words]:
        """`evaluate` and then `outputs`."""
        self.evaluate(genomes, ancestors, slots, states)
        return self.outputs(slots, states)

    def simplify(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64] | None = None,
        known: NDArray[np.int8] | None = None,
    ) -> NDArray[np.int8]:
        """Connections that lead to an output.

        Parameters
        ----------
        genomes
            ``[individual, gene]``.
        ancestors
            ``[individual]``: row of the parent, or -1.
        known
            ``[individual, edge]`` of the first individuals.

        Returns
        -------
        ndarray
            ``int8[individual, edge]``: not 0 for an active connection.
        """
        fresh = genomes if known is None else genomes[known.shape[0] :]
        active = self.active(fresh)
        check_array("active", active, np.dtype(np.int8), (fresh.shape[0], self.wiring.n_edges))
        return active if known is None else np.concatenate((known, active))

    def mutants(self, genome: Genomes) -> tuple[Genomes, NDArray[np.float64]] | None:
        """Every genome one change away.

        Parameters
        ----------
        genome
            ``[gene]``.

        Returns
        -------
        genomes : ndarray
            ``[mutant, gene]``.
        weights : ndarray
            ``[mutant]``: how often each is made, in all 1. None in place of both: mutants cannot be listed, and are drawn.
        """
        return None

    def strengths(self, genomes: Genomes) -> NDArray[np.float64]:
        """``[individual, edge]``: ``|weight|`` of every connection, else 0. Of encodings with "removal"."""
        raise self._lacks("removal")

    def without(self, genomes: Genomes, edges: NDArray[np.bool_]) -> Genomes:
        """Genomes without the connections ``edges[individual, edge]``. Of encodings with "removal"."""
        raise self._lacks("removal")

    def working_strengths(self, genomes: Genomes, working: NDArray[np.int8]) -> NDArray[np.float64]:
        """``[individual, edge]``: ``|weight|`` of every active connection, else 0. Of encodings with "weights"."""
        raise self._lacks("weights")

    def n_hidden(self) -> int:
        """Number of nodes that may be silent. Of encodings with "silence"."""
        raise self._lacks("silence")

    def silenced(
        self,
        genomes: Genomes,
        ancestors: NDArray[np.int64],
        silent: NDArray[np.bool_],
        slots: NDArray[np.int64],
        states: NDArray[Any],
    ) -> tuple[Words, Words]:
        """Bits of outputs while some nodes are 0. Of encodings with "silence".

        Parameters
        ----------
        genomes
            ``[individual, gene]``.
        ancestors, slots, states
            As `evaluate` was given them.
        silent
            ``bool[set, hidden]``: dropout masks.

        Returns
        -------
        yes, no : ndarray
            ``uint64[individual, output, set * word]``, set after set.
        """
        raise self._lacks("silence")

    def learned(
        self, genomes: Genomes, wanted: NDArray[np.float64], steps: int, rng: np.random.Generator
    ) -> tuple[Genomes, NDArray[np.float64]]:
        """Forget weights, and learn new ones of the same connections by gradient. Of encodings with "gradient".

        Parameters
        ----------
        genomes
            ``[individual, gene]``.
        wanted
            ``[output, pattern]``: -1.0 or 1.0, and 0.0 where an output is not counted.
        steps
            Of learning.
        rng
            From which alone the weights before learning are drawn.

        Returns
        -------
        genomes : ndarray
            ``[individual, gene]``, after learning.
        errors : ndarray
            ``float64[individual]``: their mean squared error over counted outputs, which lie from -1 to 1.
        """
        raise self._lacks("gradient")

    def n_effective(self, slots: NDArray[np.int64], states: NDArray[Any]) -> NDArray[np.uint8]:
        """Number of gates or neurons with a path to an output. Of encodings with a price of size."""
        raise EvomodError(f"the encoding '{self.name}' has no price of size.")

    def _lacks(self, what: str) -> EvomodError:
        return EvomodError(f"the encoding '{self.name}' has no method for '{what}'.")


def check_array(what: str, found: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """Refuse, in words, what is not an array of this type and shape."""
    if not isinstance(found, np.ndarray) or found.dtype != dtype or found.shape != shape:
        kind = (
            f"{found.dtype}{list(found.shape)}"
            if isinstance(found, np.ndarray)
            else type(found).__name__
        )
        raise EvomodError(f"{what} is {kind}; expected {dtype}{list(shape)}.")


@dataclass(frozen=True, slots=True)
class Size:
    """What a run of an encoding allocates."""

    n_nodes: int
    n_edges: int
    n_hidden: int
    gene_bytes: int
    """Of one genome."""
    slot_bytes: int
    """Of one individual's memory."""


@dataclass(frozen=True, slots=True, eq=False)
class EncodingKind:
    """An encoding as a config names it.

    Parameters
    ----------
    name
        As in a config, ``network.encoding``: small letters, digits and hyphens.
    build
        ``build(network, task, variation) -> Encoding``: ready for a task. Raises `EvomodError` where they do not fit.
    section
        What may stand in ``[network]``.
    variation
        What may stand in ``[variation]``.
    supports
        Of `evomod.sections.SUPPORTS`: what its networks have. Pressures that require more are refused.
    defaults
        What a config leaves open, by section, where the encoding's paper has other values than the retina of 2013.
    size
        ``size(network, task)``: what it allocates, so that a run that needs too much memory is refused.
    kernels
        Compiled functions without which no run of it starts.
    examples
        Configs that between them call its kernels, compiled by ``evomod warmup``.
    """

    name: str
    build: Callable[[Any, Task, Any], Encoding]
    section: type[NetworkSection]
    variation: type[Section] = VariationSection
    supports: frozenset[str] = frozenset()
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    size: Callable[[Any, Task], Size] | None = None
    kernels: tuple[Any, ...] = ()
    examples: tuple[Mapping[str, Any], ...] = ()

    def __post_init__(self) -> None:
        """A set or list of names becomes one that can be a key, as the object is."""
        if isinstance(self.supports, set | list | tuple):
            object.__setattr__(self, "supports", frozenset(self.supports))
