"""The phenotype: one network with its nodes, connections and places, saved as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError, shown
from evomod.files.readers import DamageError, read_json

if TYPE_CHECKING:
    import networkx

FORMAT = "evomod network 1"

GATES = {"nand": (0.0, True), "and": (0.0, False), "or": (1.0, False), "nor": (1.0, True)}
"""The value of one input that decides a gate alone, and whether the decision is inverted."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network of neurons or gates.

    Node ids count layer by layer from the inputs (in a circuit: inputs, then gates) and are the index of
    every ``[node]`` array.
    """

    layer: NDArray[np.int64]
    """``[node]``."""
    positions: NDArray[np.float64]
    """``[node, axis]``, x and y."""
    bias: NDArray[np.float64]
    """``[node]``, 0 for inputs and gates; minus the threshold of a threshold neuron."""
    source: NDArray[np.int64]
    """``[connection]``, node id."""
    target: NDArray[np.int64]
    """``[connection]``, node id."""
    weight: NDArray[np.float64]
    """``[connection]``."""
    gain: float = 20.0
    functions: tuple[str, ...] = ()
    """``[node]``: "input", "tanh" (of gain * sum), "threshold" (sum > 0), or a gate: "nand", "and", "or",
    "nor"; or "sign", a gene that holds 1 or -1. Left out: inputs and tanh neurons."""
    outputs: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """``[output]``: node id. Left out: the last layer."""
    steps: int = 20
    """Of a circuit: synchronous updates to come to rest, and then to be watched. Of genes: in which they come to rest."""
    feedback: str = "synchronous"
    """Of a circuit: how it is answered where it leads back into itself; or "ternary"."""
    about: dict[str, Any] = field(default_factory=dict)
    """Where it comes from: task, goal, generation, fitness, Q and its method."""

    def __post_init__(self) -> None:
        if not self.functions:
            names = np.where(self.layer == 0, "input", "tanh").tolist()
            object.__setattr__(self, "functions", tuple(names))
        if not self.outputs.size:
            last = np.flatnonzero(self.layer == self.layer.max(initial=0))
            object.__setattr__(self, "outputs", last)

    @property
    def n_nodes(self) -> int:
        return self.layer.size

    @property
    def inputs(self) -> NDArray[np.int64]:
        """Ids of the inputs."""
        return np.flatnonzero(self.layer == 0)

    @property
    def is_circuit(self) -> bool:
        """Whether its nodes are gates, which may feed back."""
        return any(name in GATES for name in self.functions)

    @property
    def is_regulation(self) -> bool:
        """Whether its nodes are genes that regulate each other from the states that the inputs give them."""
        return "sign" in self.functions

    def values(
        self, patterns: ArrayLike, silent: ArrayLike = False, held: ArrayLike = np.nan
    ) -> NDArray[np.float64]:
        """Value of every node, ``[pattern, node]``, for Boolean ``patterns[pattern, input]``.

        Inputs are -1 and 1 for tanh neurons and genes, else 0 and 1; gates or genes that do not come to rest are NaN.
        Where ``silent[pattern, node]`` (or ``[node]``) is true the value is 0, whatever the node is given; where ``held``
        is a number the value is that number.
        Raises `EvomodError` if the patterns have another number of inputs.
        """
        given = self._checked(patterns)
        shape = (given.shape[0], self.n_nodes)
        kept = np.broadcast_to(np.where(silent, 0.0, np.asarray(held, np.float64)), shape)
        if self.is_circuit:
            return self._settled(given, kept)
        if self.is_regulation:
            return self._regulated(given, kept)
        values, is_kept = np.zeros(shape), ~np.isnan(kept)
        is_tanh = "tanh" in self.functions
        values[:, self.inputs] = np.where(given, 1.0, -1.0 if is_tanh else 0.0)
        values[is_kept] = kept[is_kept]
        for node in range(self.inputs.size, self.n_nodes):
            total = np.full(given.shape[0], self.bias[node])
            for edge in np.flatnonzero(self.target == node):
                total += self.weight[edge] * values[:, self.source[edge]]
            heard = np.tanh(self.gain * total) if is_tanh else total > 0.0
            values[:, node] = np.where(is_kept[:, node], kept[:, node], heard)
        return values

    def _checked(self, patterns: ArrayLike) -> NDArray[np.bool_]:
        raw = np.atleast_2d(np.asarray(patterns))
        if raw.dtype.kind not in "biuf" or not np.isin(raw, (0, 1)).all():
            raise EvomodError("patterns hold Booleans, or 0 and 1 [pattern, input].")
        if raw.shape[1] != self.inputs.size:
            raise EvomodError(
                f"the network has {self.inputs.size} inputs; the patterns have {raw.shape[1]} columns."
            )
        return raw.astype(np.bool_)

    def _settled(self, given: NDArray[np.bool_], held: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of a circuit, NaN where a gate is still changing, or unknown (ternary); those that are held stay."""
        ternary = self.feedback == "ternary"
        values = np.full((given.shape[0], self.n_nodes), np.nan if ternary else 0.0)
        values[:, self.inputs] = given
        values = np.where(np.isnan(held), values, held)
        for _ in range(self.n_nodes if ternary else self.steps):
            before, values = values, self._updated(values, held)
            if np.array_equal(before, values, equal_nan=True):
                return values  # and so it would stay
        if ternary:
            return values
        rest, unsteady = values, np.zeros(values.shape, np.bool_)
        for _ in range(self.steps):
            values = self._updated(values, held)
            unsteady |= values != rest
        return np.where(unsteady, np.nan, rest)

    def _regulated(self, given: NDArray[np.bool_], held: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of genes, NaN where their state still changes in the last step."""
        n = self.inputs.size
        weights = np.zeros((n, n))
        np.add.at(weights, (self.source - n, self.target - n), self.weight)
        is_free = np.isnan(held)
        first = np.where(is_free[:, :n], np.where(given, 1.0, -1.0), held[:, :n])
        state, rests = np.where(is_free[:, n:], first, held[:, n:]), np.zeros(given.shape[0], np.bool_)
        for _ in range(self.steps):
            before, state = state, np.where(state @ weights > 0.0, 1.0, -1.0)
            state = np.where(is_free[:, n:], state, held[:, n:])
            rests = (state == before).all(axis=1)
        return np.hstack((first, np.where(rests[:, None], state, np.nan)))

    def _updated(self, values: NDArray[np.float64], held: NDArray[np.float64]) -> NDArray[np.float64]:
        """All gates updated at once; NaN is unknown (Kleene's logic)."""
        new = values.copy()
        for node in range(self.inputs.size, self.n_nodes):
            fed = values[:, self.source[self.target == node]]
            decides, inverts = GATES[self.functions[node]]
            known = ~np.isnan(fed)
            forced = (fed == decides).any(axis=1)
            plain = np.where(forced, decides, np.where(known.all(axis=1), 1.0 - decides, np.nan))
            new[:, node] = 1.0 - plain if inverts else plain
        return np.where(np.isnan(held), new, held)

    def answer(self, patterns: ArrayLike) -> NDArray[np.int8]:
        """``[pattern, output]``: +1 yes, -1 no, 0 nothing (an output of exactly 0, or not at rest)."""
        return self.answers_of(self.values(patterns))

    def answers_of(self, values: NDArray[np.float64]) -> NDArray[np.int8]:
        """``[pattern, output]``: the `answer` that values ``[pattern, node]`` stand for."""
        outputs = values[:, self.outputs]
        if "tanh" in self.functions or self.is_regulation:
            return np.sign(np.nan_to_num(outputs)).astype(np.int8)
        return np.where(np.isnan(outputs), 0, 2 * np.nan_to_num(outputs) - 1).astype(np.int8)

    def simplified(self) -> Network:
        """Without the connections that lead to no output (Clune et al. 2013; the effective gates of
        Kashtan & Alon 2005); nodes stay. Connections between two threshold neurons are summed up, and
        left out where they cancel."""
        network = self if "threshold" not in self.functions else self._summed()
        reaches = np.zeros(self.n_nodes, np.bool_)
        reaches[self.outputs] = True
        n = 0
        while n < reaches.sum():
            n = int(reaches.sum())
            reaches[network.source[reaches[network.target]]] = True
        kept = reaches[network.target]
        source, target = network.source[kept], network.target[kept]
        return replace(network, source=source, target=target, weight=network.weight[kept])

    def _summed(self) -> Network:
        ends, place = np.unique(np.stack((self.target, self.source)), axis=1, return_inverse=True)
        weight = np.bincount(place.reshape(-1), self.weight, ends.shape[1])
        kept = weight != 0.0
        return replace(self, source=ends[1, kept], target=ends[0, kept], weight=weight[kept])

    def adjacency(self) -> NDArray[np.int8]:
        """``[source node, target node]``: 1 where there is a connection."""
        matrix = np.zeros((self.n_nodes, self.n_nodes), np.int8)
        matrix[self.source, self.target] = 1
        return matrix

    def to_networkx(self) -> networkx.DiGraph:
        """A directed graph; nodes carry layer, x, y, bias and function, edges carry weight.

        Several connections from one node to another become one edge with their summed weight.
        """
        import networkx

        graph = networkx.DiGraph()
        for node in range(self.n_nodes):
            x, y = self.positions[node].tolist()
            graph.add_node(
                node,
                layer=int(self.layer[node]),
                x=x,
                y=y,
                bias=float(self.bias[node]),
                function=self.functions[node],
            )
        for s, t, w in zip(self.source.tolist(), self.target.tolist(), self.weight, strict=True):
            before = graph.edges[s, t]["weight"] if graph.has_edge(s, t) else 0.0
            graph.add_edge(s, t, weight=before + float(w))
        return graph


def check_answers(network: Any) -> None:
    """Refuse a graph, which answers nothing, with `EvomodError`."""
    if not isinstance(network, Network):
        raise EvomodError(
            f"this measure asks what nodes answer, and takes an evomod Network; got {type(network).__name__}. Those of runs and studies "
            "are such networks (load_run(folder).best); of a graph measure modularity, hierarchy or motifs."
        )


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
            "function": network.functions[node],
        }
        for node in range(network.n_nodes)
    ]
    connections = [
        {"source": int(s), "target": int(t), "weight": _number(w)}
        for s, t, w in zip(network.source, network.target, network.weight, strict=True)
    ]
    head = {"format": FORMAT, **network.about, "gain": network.gain}
    head["outputs"] = network.outputs.tolist()
    if network.is_circuit:
        head |= {"steps": network.steps, "feedback": network.feedback}
    elif network.is_regulation:
        head["steps"] = network.steps
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    for key, rows in (("nodes", nodes), ("connections", connections)):
        body = ",\n".join("    " + json.dumps(row) for row in rows)
        lines.append(f'  "{key}": [\n{body}\n  ]' if rows else f'  "{key}": []')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def load_network(path: str | Path) -> Network:
    """Read a network from its JSON.

    Parameters
    ----------
    path
        Of the file, such as a run folder's ``best.json``.

    Returns
    -------
    Network
        With what the file knows of it in ``about``.

    Raises
    ------
    EvomodError
        If it is none.
    """
    try:
        data = read_json(Path(path))
    except FileNotFoundError:
        raise EvomodError(f"there is no network file {path}.") from None
    except (OSError, DamageError) as error:
        advice = (
            "" if Path(path).suffix == ".json" else "; `evomod.measures.read_graph` reads other formats"
        )
        raise EvomodError(f"network file {path} cannot be read as JSON: {error}{advice}.") from None
    return network_of(data, f"network file {path}")


def best_data(path: Path) -> dict[str, Any]:
    """The data of a run's best network, checked as by `load_best`."""
    load_best(path)
    data: dict[str, Any] = read_json(path)
    return data


def load_best(path: Path) -> Network:
    """The best network of a run, with all that a run knows of it. Raises `EvomodError` where it lacks some."""
    network = load_network(path)
    try:
        from evomod.files.records import Logged, check_record  # pydantic: 0.1 s to import

        check_record(Logged, network.about)
    except DamageError as damage:
        raise EvomodError(f"network file {path} is damaged: {damage}.") from None
    return network


def network_of(data: Any, what: str) -> Network:
    """A network from the data of its JSON; ``what`` names the file where it is damaged."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise EvomodError(f'{what} is no network of evomod: it lacks "format": "{FORMAT}".')
    try:
        return _from_data(data)
    except KeyError as error:
        raise EvomodError(f"{what} is damaged: it lacks {error}.") from None
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise EvomodError(f"{what} is damaged: {str(error)[:MOST_SAID]}.") from None


MOST_SAID = 200
"""Letters of what Python says of a value, which it may repeat."""
MOST_NODES = 20_000
"""Its adjacency takes as many bytes squared."""


KNOWN = {"format", "gain", "nodes", "connections", "outputs", "steps", "feedback"}


def _from_data(data: dict[str, Any]) -> Network:
    nodes, connections = data["nodes"], data["connections"]
    if not isinstance(nodes, list) or not isinstance(connections, list):
        raise ValueError("its nodes or its connections are no list")
    if not nodes:
        raise ValueError("it has no nodes")
    if len(nodes) > MOST_NODES:
        raise ValueError(f"it has {len(nodes):,} nodes; at most {MOST_NODES:,} are possible")
    if [node["id"] for node in nodes] != list(range(len(nodes))):
        raise ValueError("node ids do not count 0, 1, 2, …")
    layer = _integers([node["layer"] for node in nodes], "a layer")
    functions = tuple(n.get("function", "tanh" if n["layer"] else "input") for n in nodes)
    _check_functions(functions, layer)
    sources = _integers([c["source"] for c in connections], "the source of a connection")
    targets = _integers([c["target"] for c in connections], "the target of a connection")
    outputs = _integers(list(data.get("outputs", ())), "an output")
    last = len(nodes) - 1
    for what, ids in (("a connection", sources), ("a connection", targets), ("an output", outputs)):
        outside = ids[(ids < 0) | (ids > last)]
        if outside.size:
            raise ValueError(f"{what} names node {outside[0]}; its nodes are 0 to {last}")
    if (layer[targets] == 0).any():
        raise ValueError("a connection leads into an input")
    if functions[-1] in GATES:
        if (np.bincount(targets, minlength=len(nodes))[layer > 0] != 2).any():
            raise ValueError("a gate has not exactly two connections")
    elif functions[-1] == "sign":
        if np.bincount(layer).tolist() != [len(nodes) // 2] * 2 or (layer[sources] == 0).any():
            raise ValueError(
                "its genes are not as many as its inputs, or do not regulate each other only"
            )
    elif (layer[sources] >= layer[targets]).any():
        raise ValueError("a connection does not lead to a later layer")
    numbers = {key: np.array([node[key] for node in nodes], float) for key in ("x", "y", "bias")}
    weight = np.array([c["weight"] for c in connections], float)
    if not all(np.isfinite(values).all() for values in (*numbers.values(), weight)):
        raise ValueError("a place, bias or weight is not finite")
    steps, feedback = data.get("steps", 20), data.get("feedback", "synchronous")
    if type(steps) is not int or not 1 <= steps <= 1000:
        raise ValueError(f"steps is {shown(steps)}, no whole number from 1 to 1000")
    if feedback not in ("synchronous", "ternary"):
        raise ValueError(f"there is no feedback {shown(feedback)}")
    gain = float(data["gain"])
    if not np.isfinite(gain):
        raise ValueError("the gain is not finite")
    about = {key: value for key, value in data.items() if key not in KNOWN}
    from evomod.files.records import About, check_record

    check_record(About, about)
    return Network(
        layer=layer,
        positions=np.stack((numbers["x"], numbers["y"]), axis=1),
        bias=numbers["bias"],
        source=sources,
        target=targets,
        weight=weight,
        gain=gain,
        functions=functions,
        outputs=outputs,
        steps=steps,
        feedback=feedback,
        about=about,
    )


def _integers(values: list[Any], what: str) -> NDArray[np.int64]:
    if not all(type(value) is int for value in values):
        raise ValueError(f"{what} is no whole number")
    return np.array(values, np.int64)


def _check_functions(functions: tuple[str, ...], layer: NDArray[np.int64]) -> None:
    """Inputs first, then layers 1, 2, …, all of neurons of one kind or all of gates."""
    if layer[0] != 0 or not np.isin(np.diff(layer), (0, 1)).all():
        raise ValueError("its nodes are not in the order of layers 0, 1, 2, …")
    unknown = set(functions) - {"input", "tanh", "threshold", "sign", *GATES}
    if unknown:
        raise ValueError(f"there is no function {shown(sorted(map(str, unknown))[0])}")
    if [name == "input" for name in functions] != (layer == 0).tolist():
        raise ValueError("the inputs are not the nodes of layer 0")
    kinds = {"gates" if name in GATES else name for name in functions if name != "input"}
    if len(kinds) > 1:
        raise ValueError(f"it mixes {' and '.join(sorted(kinds))}")
