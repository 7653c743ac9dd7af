"""The phenotype: one network with its nodes, connections and places, saved as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError

if TYPE_CHECKING:
    import networkx

FORMAT = "evomod network 1"


@dataclass(frozen=True, slots=True)
class Network:
    """A layered network of tanh(gain * sum) neurons.

    Node ids count layer by layer from the inputs and are the index of every ``[node]`` array.
    """

    layer: NDArray[np.int64]
    """``[node]``."""
    positions: NDArray[np.float64]
    """``[node, axis]``, x and y."""
    bias: NDArray[np.float64]
    """``[node]``, 0 for inputs."""
    source: NDArray[np.int64]
    """``[connection]``, node id."""
    target: NDArray[np.int64]
    """``[connection]``, node id."""
    weight: NDArray[np.float64]
    """``[connection]``."""
    gain: float = 20.0
    about: dict[str, Any] = field(default_factory=dict)
    """Where it comes from: task, goal, generation, fitness, Q and its method."""

    @property
    def n_nodes(self) -> int:
        return self.layer.size

    @property
    def inputs(self) -> NDArray[np.int64]:
        """Ids of the inputs."""
        return np.flatnonzero(self.layer == 0)

    @property
    def outputs(self) -> NDArray[np.int64]:
        """Ids of the outputs."""
        return np.flatnonzero(self.layer == self.layer.max())

    def values(self, patterns: ArrayLike) -> NDArray[np.float64]:
        """Value of every node, ``[pattern, node]``, for Boolean ``patterns[pattern, input]``.

        Raises `EvomodError` if the patterns have another number of inputs.
        """
        raw = np.atleast_2d(np.asarray(patterns))
        if raw.dtype.kind not in "biuf" or not np.isin(raw, (0, 1)).all():
            raise EvomodError("patterns hold Booleans, or 0 and 1 [pattern, input].")
        given = raw.astype(np.bool_)
        if given.shape[1] != self.inputs.size:
            raise EvomodError(
                f"the network has {self.inputs.size} inputs; the patterns have {given.shape[1]} columns."
            )
        values = np.zeros((given.shape[0], self.n_nodes))
        values[:, self.inputs] = np.where(given, 1.0, -1.0)
        for node in range(self.inputs.size, self.n_nodes):
            total = np.full(given.shape[0], self.bias[node])
            for edge in np.flatnonzero(self.target == node):
                total += self.weight[edge] * values[:, self.source[edge]]
            values[:, node] = np.tanh(self.gain * total)
        return values

    def answer(self, patterns: ArrayLike) -> NDArray[np.int8]:
        """``[pattern, output]``: +1 yes, -1 no, 0 nothing (an output of exactly 0)."""
        return np.sign(self.values(patterns)[:, self.outputs]).astype(np.int8)

    def simplified(self) -> Network:
        """Without the connections that lead to no output (Clune et al. 2013); nodes stay."""
        reaches = self.layer == self.layer.max()
        for edge in np.argsort(-self.target, kind="stable"):
            if reaches[self.target[edge]]:
                reaches[self.source[edge]] = True
        kept = reaches[self.target]
        return replace(
            self, source=self.source[kept], target=self.target[kept], weight=self.weight[kept]
        )

    def adjacency(self) -> NDArray[np.int8]:
        """``[source node, target node]``: 1 where there is a connection."""
        matrix = np.zeros((self.n_nodes, self.n_nodes), np.int8)
        matrix[self.source, self.target] = 1
        return matrix

    def to_networkx(self) -> networkx.DiGraph:
        """A directed graph; nodes carry layer, x, y and bias, edges carry weight."""
        import networkx

        graph = networkx.DiGraph()
        for node in range(self.n_nodes):
            x, y = self.positions[node].tolist()
            graph.add_node(node, layer=int(self.layer[node]), x=x, y=y, bias=float(self.bias[node]))
        for s, t, w in zip(self.source, self.target, self.weight, strict=True):
            graph.add_edge(int(s), int(t), weight=float(w))
        return graph


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)


def network_json(network: Network) -> str:
    """The network as JSON text; `load_network` reads it back."""
    nodes = [
        {
            "id": node,
            "layer": int(network.layer[node]),
            "x": float(network.positions[node, 0]),
            "y": float(network.positions[node, 1]),
            "bias": _number(network.bias[node]),
        }
        for node in range(network.n_nodes)
    ]
    connections = [
        {"source": int(s), "target": int(t), "weight": _number(w)}
        for s, t, w in zip(network.source, network.target, network.weight, strict=True)
    ]
    head = {"format": FORMAT, **network.about, "gain": network.gain}
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    for key, rows in (("nodes", nodes), ("connections", connections)):
        body = ",\n".join("    " + json.dumps(row) for row in rows)
        lines.append(f'  "{key}": [\n{body}\n  ]' if rows else f'  "{key}": []')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def load_network(path: str | Path) -> Network:
    """Read a network that evomod wrote. Raises `EvomodError` if the file is none, saying why."""
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EvomodError(f"there is no network file {path}.") from None
    except (OSError, ValueError) as error:
        raise EvomodError(f"network file {path} cannot be read as JSON: {error}.") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise EvomodError(f'{path} is no network of evomod: it lacks "format": "{FORMAT}".')
    try:
        return _from_data(data)
    except (KeyError, TypeError, ValueError) as error:
        raise EvomodError(f"network file {path} is damaged: {error!r}.") from None


def _from_data(data: dict[str, Any]) -> Network:
    nodes, connections = data["nodes"], data["connections"]
    if not nodes:
        raise ValueError("it has no nodes")
    if [node["id"] for node in nodes] != list(range(len(nodes))):
        raise ValueError("node ids do not count 0, 1, 2, …")
    ends = np.array([(c["source"], c["target"]) for c in connections], np.int64).reshape(-1, 2)
    layer = np.array([node["layer"] for node in nodes], np.int64)
    if ends.size and (ends.min() < 0 or ends.max() >= len(nodes)):
        raise ValueError("a connection names a node that is not there")
    if (layer[ends[:, 0]] >= layer[ends[:, 1]]).any():
        raise ValueError("a connection does not lead to a later layer")
    known = {"format", "gain", "nodes", "connections"}
    return Network(
        layer=layer,
        positions=np.array([(node["x"], node["y"]) for node in nodes], float),
        bias=np.array([node["bias"] for node in nodes], float),
        source=np.ascontiguousarray(ends[:, 0]),
        target=np.ascontiguousarray(ends[:, 1]),
        weight=np.array([c["weight"] for c in connections], float),
        gain=float(data["gain"]),
        about={key: value for key, value in data.items() if key not in known},
    )
