"""The places of a network: nodes, edges (where a connection may be), coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError, shown
from evomod.kernels import paths
from evomod.network import Network
from evomod.task import Task


@dataclass(frozen=True, slots=True)
class Wiring:
    """Node ids count layer by layer from the inputs; edges are ordered by target, then by source."""

    layers: tuple[int, ...]
    source: NDArray[np.int64]
    """``[edge]``, node id."""
    target: NDArray[np.int64]
    """``[edge]``, node id."""
    first: NDArray[np.int64]
    """``[neuron + 1]``: the first edge of each neuron, and the number of edges."""
    layer: NDArray[np.int64]
    """``[node]``."""
    positions: NDArray[np.float64]
    """``[node, axis]``."""

    @property
    def n_inputs(self) -> int:
        return self.layers[0]

    @property
    def n_outputs(self) -> int:
        return self.layers[-1]

    @property
    def n_nodes(self) -> int:
        return sum(self.layers)

    @property
    def n_neurons(self) -> int:
        return self.n_nodes - self.n_inputs

    @property
    def n_edges(self) -> int:
        return self.source.size

    @property
    def is_fixed(self) -> NDArray[np.bool_]:
        """``[node]``: inputs and outputs, whose places are given."""
        return (self.layer == 0) | (self.layer == len(self.layers) - 1)

    def hierarchies(self, active: NDArray[np.int8]) -> NDArray[np.float64]:
        """``[network]``: global reaching centrality (`evomod.measures.hierarchy`) of those of ``active[network, edge]``."""
        n, found = self.n_nodes, np.empty(active.shape[0])
        paths.rank(
            _writable(active), self.source, self.target, np.empty(self.n_edges, np.int64),
            np.empty((n, max(1, -(-n // 64))), np.uint64), np.empty(n, np.int64), np.empty(n, np.bool_), found,
        )  # fmt: skip
        return found

    def adjacencies(self, working: NDArray[np.int8]) -> NDArray[np.float64]:
        """``[network, source, target]``: 1.0 where ``working[network, edge]`` is not 0."""
        found = np.zeros((working.shape[0], self.n_nodes, self.n_nodes))
        network, edge = np.nonzero(working)
        found[network, self.source[edge], self.target[edge]] = 1.0
        return found

    def n_connected(self, active: NDArray[np.int8], *, inputs: bool = False) -> NDArray[np.int64]:
        """Number of neurons or gates with a connection ``[network]``, outputs included, and of inputs too if so wanted."""
        is_counted, found = np.ones(self.n_nodes, np.bool_), np.empty(active.shape[0], np.int64)
        is_counted[: self.n_inputs] = inputs
        work = np.empty(self.n_nodes, np.bool_)
        paths.count_connected(_writable(active), self.source, self.target, is_counted, work, found)
        return found


def _writable(active: NDArray[np.int8]) -> NDArray[np.int8]:
    """A copy: of an array that may not be written to there would be machine code of its own."""
    return np.array(active, np.int8, order="C")


def grid(layers: tuple[int, ...]) -> NDArray[np.float64]:
    """Rows one unit apart, nodes one unit apart and centred on 0 (Clune et al. 2013, authors' code).

    >>> grid((2, 1)).tolist()
    [[-0.5, 0.0], [0.5, 0.0], [0.0, 1.0]]
    """
    rows = [[(i - (n - 1) / 2, float(y)) for i in range(n)] for y, n in enumerate(layers)]
    return np.array([point for row in rows for point in row])


def wire(layers: tuple[int, ...], positions: NDArray[np.float64] | None = None) -> Wiring:
    """All places of a network with these layers; ``positions[node, axis]`` default to `grid`."""
    starts = np.cumsum((0, *layers))
    pairs = [
        (source, target)
        for gap in range(len(layers) - 1)
        for target in range(starts[gap + 1], starts[gap + 2])
        for source in range(starts[gap], starts[gap + 1])
    ]
    source, target = np.array(pairs, np.int64).T
    neurons = np.arange(layers[0], starts[-1] + 1)
    return Wiring(
        layers=layers,
        source=np.ascontiguousarray(source),
        target=np.ascontiguousarray(target),
        first=np.searchsorted(target, neurons).astype(np.int64),
        layer=np.repeat(np.arange(len(layers)), layers).astype(np.int64),
        positions=grid(layers) if positions is None else positions,
    )


def wire_freely(n_inputs: int, n_gates: int) -> Wiring:
    """All places of a circuit: an edge from every node to every gate, the gate itself included.

    Its two layers are the inputs and the gates; the coordinates are for drawing only.
    """
    n_nodes = n_inputs + n_gates
    gates = np.arange(n_inputs, n_nodes, dtype=np.int64)
    return Wiring(
        layers=(n_inputs, n_gates),
        source=np.tile(np.arange(n_nodes, dtype=np.int64), n_gates),
        target=np.repeat(gates, n_nodes),
        first=np.arange(n_gates + 1, dtype=np.int64) * n_nodes,
        layer=np.repeat(np.arange(2), (n_inputs, n_gates)).astype(np.int64),
        positions=grid((n_inputs, n_gates)),
    )


def default_layers(n_inputs: int, n_outputs: int) -> tuple[int, ...]:
    """Halve from the inputs down to the outputs; for 8 inputs and 1 output the papers' retina network.

    >>> default_layers(8, 1)
    (8, 8, 4, 2, 1)
    """
    hidden = [n_inputs]
    while hidden[-1] // 2 > n_outputs:
        hidden.append(hidden[-1] // 2)
    return (n_inputs, *hidden, n_outputs)


MOST_EDGES = 1_000_000
"""Places for a connection: they are listed, which takes 100 bytes each."""


def chosen_layers(layers: tuple[int, ...] | None, task: Task) -> tuple[int, ...]:
    """Layers of the config, else the task's, else `default_layers`; checked against the task."""
    wanted = (len(task.inputs), task.n_outputs)
    given = layers
    layers = layers or task.layers or default_layers(*wanted)
    if (layers[0], layers[-1]) != wanted:
        if not given:
            raise EvomodError(
                f"layers={tuple(layers)} of task '{task.name}' begin with {layers[0]} nodes and end with {layers[-1]}; "
                f"expected its {wanted[0]} inputs and {wanted[1]} outputs. Correct them in the task's file, or leave them out."
            )
        raise EvomodError(
            f"network.layers {list(layers)} has {layers[0]} inputs and {layers[-1]} outputs; task "
            f"'{task.name}' has {wanted[0]} and {wanted[1]}. Set network.layers, or leave it out."
        )
    places = sum(source * target for source, target in pairwise(layers))
    if places > MOST_EDGES:
        raise EvomodError(
            f"network.layers {shown(layers)} have {places:,} places for a connection; at most {MOST_EDGES:,} are "
            "possible. Give smaller layers."
        )
    return layers


def alive(silent: NDArray[np.bool_], n_words: int) -> NDArray[np.uint64]:
    """``silent[set, hidden]`` as words ``[hidden, set * word]``: all ones for what is not silent, else 0."""
    words = np.where(silent.T, np.uint64(0), np.uint64(0xFFFFFFFFFFFFFFFF))
    return np.ascontiguousarray(np.repeat(words, n_words, axis=1))


def wants_functions(network: Network, known: tuple[str, ...]) -> None:
    """Refuse, with `EvomodError`, a network of other neurons or gates than an encoding has."""
    other = sorted(set(network.functions) - {"input", *known})
    if other:
        raise EvomodError(
            f"the network has nodes of the function '{other[0]}'; this config's have "
            f"{' or '.join(dict.fromkeys(known))}."
        )
