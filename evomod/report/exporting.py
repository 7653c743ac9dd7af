"""A network as files that other programs read: GraphML, GML, CSV, Parquet, ONNX."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import networkx
import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError, shortened
from evomod.files.disk import exists, make_folder, write_whole
from evomod.files.tables import csv_line
from evomod.network import FORMAT, GATES, Network, load_best, load_network, network_json, network_of
from evomod.plots.circuit_layout import levels
from evomod.runs.run import load_run
from evomod.studies.tables import parquet_library

OPSET, IR = 17, 8
"""Versions of ONNX that are written: programs of 2022 and later read them."""


def network_in(place: str | Path) -> Network:
    """The best network of a run folder, or the network of a JSON file. Raises `EvomodError` for anything else."""
    place = Path(place)
    if not (exists(place) and place.is_dir()):
        return load_network(place)
    if exists(place / "study.toml"):
        raise EvomodError(f"{place} is a study; name one of its runs, such as {place}/<treatment>/000.")
    run = load_run(place)
    if not exists(run.folder / "best.json"):
        raise EvomodError(f"{place} has no best.json yet: the run has not reached its first checkpoint.")
    return load_best(run.folder / "best.json")


def export(network: Network, kind: str, out: str | Path) -> list[Path]:
    """Write a network into ``out``, whole or not at all; returns the files. ``kind``: one of `KINDS`.

    Raises `EvomodError` where a kind cannot hold the network, a library is missing, or ``out`` cannot be written.
    """
    out = Path(out)
    if out.is_dir():
        raise EvomodError(f"{shortened(out)} is a folder; give the name of a file.")
    contents = KINDS[kind](network)
    paths = [out, *(_beside(out) for _ in contents[1:])]
    try:
        make_folder(out.parent)
        for path, content in zip(paths, contents, strict=True):
            write_whole(path, content)
    except OSError as error:
        raise EvomodError(f"{shortened(out)} cannot be written: {error.strerror or error}.") from None
    return paths


def _beside(out: Path) -> Path:
    """Where the nodes stand of a network whose connections are in ``out``."""
    return out.with_name(f"{out.stem}.nodes{out.suffix}")


def graph_of(network: Network) -> networkx.DiGraph:
    """A directed graph that holds all that a network does; with parallel connections a multigraph.

    Nodes carry layer, x, y, bias, function, name and output (the numbers of the outputs that it is, from 1), edges their
    weight, the graph gain, steps, feedback and, as JSON, what is known of the network (``about``).
    """
    ends = list(zip(network.source.tolist(), network.target.tolist(), strict=True))
    graph = networkx.DiGraph() if len(set(ends)) == len(ends) else networkx.MultiDiGraph()
    graph.graph |= {"format": FORMAT, "gain": float(network.gain), "steps": network.steps}
    graph.graph |= {"feedback": network.feedback, "about": json.dumps(network.about)}
    columns = _nodes(network)
    for node in range(network.n_nodes):
        graph.add_node(node, **{key: values[node] for key, values in columns.items() if key != "node"})
    for (source, target), weight in zip(ends, network.weight.tolist(), strict=True):
        graph.add_edge(source, target, weight=weight)
    return graph


def _nodes(network: Network) -> dict[str, list[Any]]:
    """Columns of the table of nodes."""
    names = network.about.get("inputs", [])
    inputs = dict(zip(network.inputs.tolist(), names, strict=False))
    outputs = network.outputs.tolist()
    nodes = list(range(network.n_nodes))
    return {
        "node": nodes,
        "name": [str(inputs.get(node, "")) for node in nodes],
        "layer": network.layer.tolist(),
        "x": network.positions[:, 0].astype(float).tolist(),
        "y": network.positions[:, 1].astype(float).tolist(),
        "bias": network.bias.astype(float).tolist(),
        "function": list(network.functions),
        "output": [
            " ".join(str(k) for k, output in enumerate(outputs, 1) if output == node) for node in nodes
        ],
    }


def _graphml(network: Network) -> list[bytes]:
    buffer = BytesIO()
    networkx.write_graphml(graph_of(network), buffer)
    return [buffer.getvalue()]


def _gml(network: Network) -> list[bytes]:
    buffer = BytesIO()
    networkx.write_gml(graph_of(network), buffer)
    return [buffer.getvalue()]


def _tables(network: Network) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Columns of the connections, and of the nodes with what belongs to the whole network in every row."""
    connections = {
        "source": network.source.tolist(),
        "target": network.target.tolist(),
        "weight": network.weight.astype(float).tolist(),
    }
    whole = {"gain": float(network.gain), "steps": network.steps, "feedback": network.feedback}
    return connections, _nodes(network) | {
        key: [value] * network.n_nodes for key, value in whole.items()
    }


def _csv(network: Network) -> list[bytes]:
    found = []
    for table in _tables(network):
        for name in table.get("name", []):
            if set(name) & set(',"\n\r'):
                raise EvomodError(
                    f"the input {name!r} has a comma, quote or line break; CSV is written without quotes."
                )
        rows = zip(*table.values(), strict=True)
        found.append(csv_line(tuple(table)) + b"".join(map(csv_line, rows)))
    return found


def _parquet(network: Network) -> list[bytes]:
    library, found = parquet_library(), []
    for table in _tables(network):
        buffer = BytesIO()
        if library.__name__ == "pyarrow":
            from pyarrow import parquet

            parquet.write_table(library.table(table), buffer)
        else:
            library.DataFrame(table).write_parquet(buffer)
        found.append(buffer.getvalue())
    return found


def _onnx(network: Network) -> list[bytes]:
    """The simplified network: ``patterns`` [pattern, input] of 0 and 1 in, ``values`` [pattern, output] out, doubles.

    Raises `EvomodError` for a circuit that feeds back, which a model of layers cannot hold, and for a network that no file of
    evomod could hold: a model of it would say something else.
    """
    helper, numpy_helper, double = _onnx_library()
    network_of(json.loads(network_json(network)), "the network")
    simple = network.simplified()
    order = _layers(simple)
    nodes: list[Any] = []
    constants: list[Any] = []

    def constant(name: str, values: Any) -> str:
        constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(operation: str, inputs: list[str], output: str, **about: Any) -> str:
        nodes.append(helper.make_node(operation, inputs, [output], **about))
        return output

    known, place = "patterns", {int(node): k for k, node in enumerate(simple.inputs)}
    if "tanh" in simple.functions:  # inputs are -1 and 1
        doubled = add("Mul", [known, constant("two", 2.0)], "doubled")
        known = add("Sub", [doubled, constant("one", 1.0)], "inputs")
    for k, layer in enumerate(order):
        values = _layer(simple, layer, place, known, k, constant, add)
        known = add("Concat", [known, values], f"known{k}", axis=1)
        place |= {node: len(place) + i for i, node in enumerate(layer)}
    chosen = constant("outputs", np.array([place[node] for node in simple.outputs.tolist()], np.int64))
    add("Gather", [known, chosen], "values", axis=1)
    shapes = [
        helper.make_tensor_value_info(name, double, ["pattern", size])
        for name, size in (("patterns", simple.inputs.size), ("values", simple.outputs.size))
    ]
    graph = helper.make_graph(nodes, "evomod", shapes[:1], shapes[1:], constants)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="evomod"
    )
    model.ir_version = IR
    model.doc_string = (
        "patterns [pattern, input]: doubles, 1 for on and 0 for off. values [pattern, output]: doubles; a yes is above 0. A no is "
        f"{'below 0, and exactly 0 is neither' if {'tanh', 'sign'} & set(simple.functions) else '0'}."
    )
    helper.set_model_props(model, {"about": json.dumps(network.about)})
    return [model.SerializeToString()]


def _layer(
    network: Network,
    layer: list[int],
    place: dict[int, int],
    known: str,
    k: int,
    constant: Callable[[str, Any], str],
    add: Callable[..., str],
) -> str:
    """The values of nodes whose sources are known."""
    edges = [np.flatnonzero(network.target == node) for node in layer]
    if network.functions[layer[0]] in GATES:
        first, second = (_chosen(network, edges, place, which) for which in (0, 1))
        return _gates(network, layer, (first, second), known, k, constant, add)
    weights = np.zeros((len(place), len(layer)))
    for column, own in enumerate(edges):
        for edge in own.tolist():
            weights[place[int(network.source[edge])], column] += network.weight[edge]
    sums = add("MatMul", [known, constant(f"weights{k}", weights)], f"sums{k}")
    total = add("Add", [sums, constant(f"bias{k}", network.bias[layer])], f"total{k}")
    if network.functions[layer[0]] == "tanh":
        return add(
            "Tanh",
            [add("Mul", [total, constant(f"gain{k}", float(network.gain))], f"scaled{k}")],
            f"layer{k}",
        )
    above = add("Greater", [total, constant(f"zero{k}", 0.0)], f"above{k}")
    return add("Cast", [above], f"layer{k}", to=_onnx_library()[2])


def _chosen(
    network: Network, edges: list[NDArray[np.int64]], place: dict[int, int], which: int
) -> NDArray[np.int64]:
    """Columns of the first or second source of every gate."""
    return np.array([place[int(network.source[own[which]])] for own in edges], np.int64)


def _gates(
    network: Network,
    layer: list[int],
    sources: tuple[NDArray[np.int64], NDArray[np.int64]],
    known: str,
    k: int,
    constant: Callable[[str, Any], str],
    add: Callable[..., str],
) -> str:
    """Gates as c + d (a + b) + e a b of their inputs a and b, exact for 0 and 1."""
    rows = np.array([POLYNOMIALS[network.functions[node]] for node in layer], float)
    a, b = (
        add("Gather", [known, constant(f"{name}{k}", columns)], f"{name}_of{k}", axis=1)
        for name, columns in zip(("first", "second"), sources, strict=True)
    )
    product = add("Mul", [a, b], f"product{k}")
    either = add("Add", [a, b], f"either{k}")
    parts = [
        add("Mul", [values, constant(f"{name}_factor{k}", rows[:, column])], f"{name}_part{k}")
        for name, values, column in (("either", either, 1), ("product", product, 2))
    ]
    return add("Add", [add("Add", parts, f"both{k}"), constant(f"offset{k}", rows[:, 0])], f"layer{k}")


POLYNOMIALS = {"and": (0, 0, 1), "nand": (1, 0, -1), "or": (0, 1, -1), "nor": (1, -1, 1)}


def _layers(simple: Network) -> list[list[int]]:
    """Working nodes and outputs in an order in which sources come first: layers, or levels of a circuit."""
    if simple.is_regulation:
        raise EvomodError(
            "ONNX has no loop that ends where genes come to rest, so a gene network cannot be written as ONNX; take another "
            "format."
        )
    if not simple.is_circuit:
        numbers = range(1, int(simple.layer.max(initial=0)) + 1)
        return [np.flatnonzero(simple.layer == number).tolist() for number in numbers]
    graph = networkx.DiGraph(list(zip(simple.source.tolist(), simple.target.tolist(), strict=True)))
    with suppress(networkx.NetworkXNoCycle):
        cycle = [int(edge[0]) for edge in networkx.find_cycle(graph)]
        raise EvomodError(
            f"the circuit feeds back (gates {', '.join(map(str, cycle))} lead to themselves), so its values are those to "
            "which it comes to rest; an ONNX model of layers has no such thing. GraphML, GML, CSV and Parquet hold it."
        )
    if (simple.layer[simple.outputs] == 0).any() or not np.isin(simple.outputs, simple.target).all():
        raise EvomodError(
            "an output of the circuit is no gate with connections, so it has no value to be computed."
        )
    level = levels(simple)
    if simple.feedback == "synchronous" and level.max() > simple.steps:
        raise EvomodError(
            f"the circuit is {level.max()} gates deep and is evaluated for {simple.steps} steps, in which it does not "
            "come to rest; a model of layers would give other values."
        )
    return [np.flatnonzero(level == number).tolist() for number in range(1, int(level.max()) + 1)]


def _onnx_library() -> Any:
    """What writes ONNX, and its number for doubles. Raises `EvomodError` where it is not installed."""
    try:
        from onnx import TensorProto, helper, numpy_helper
    except ImportError:
        raise EvomodError(
            'ONNX files require the package onnx, which is not installed: `pip install "evomod[export]"`.'
        ) from None
    return helper, numpy_helper, TensorProto.DOUBLE


KINDS: dict[str, Callable[[Network], list[bytes]]] = {
    "graphml": _graphml,
    "gml": _gml,
    "csv": _csv,
    "parquet": _parquet,
    "onnx": _onnx,
}
"""What makes the files of every kind; the second of two holds the nodes."""
