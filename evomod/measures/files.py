"""Any network from a file: evomod's own JSON, GraphML, GML, an edge list, node-link JSON, a NumPy array."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from evomod.errors import EvomodError
from evomod.network import FORMAT, load_network

if TYPE_CHECKING:
    import networkx

    from evomod.measures.graphs import Graph

EDGE_LISTS = (".csv", ".tsv", ".txt", ".edges", ".edgelist")

HEADERS = (
    ("source", "from", "src", "node1", "tail"),
    ("target", "to", "dst", "dest", "destination", "tgt", "node2", "head"),
)
"""What the two columns of an edge list may be called; both must be, as a node may have such a name."""


def read_graph(path: str | Path) -> Graph:
    """A graph from a file, chosen by its ending; a run folder means its best network.

    ``.json`` (of evomod, or networkx's node-link data), ``.graphml``, ``.gml``, ``.npy`` (an adjacency
    ``[source, target]``), and edge lists (``.csv``, ``.tsv``, ``.txt``, ``.edges``): source, target and
    perhaps weight a line, with or without a header, read as directed. Raises `EvomodError` that says what
    is wrong, and in which line.
    """
    path = Path(path)
    readers: dict[str, Callable[[Path], Any]] = {
        ".json": _read_json,
        ".graphml": _read_graphml,
        ".gml": _read_gml,
        ".npy": _read_array,
        **dict.fromkeys(EDGE_LISTS, _read_edges),
    }
    try:
        if path.is_dir():
            path = path / "best.json"
        if not path.is_file():
            raise EvomodError(f"there is no network file {path}.")
        reader = readers.get(path.suffix.lower())
        if reader is None:
            raise EvomodError(
                f"{path}: the ending '{path.suffix}' is not known; known: {', '.join(readers)}. "
                "An edge list with any other ending can be renamed to .csv."
            )
        return reader(path)
    except EvomodError:
        raise
    except RecursionError:
        raise EvomodError(f"{path} is nested too deeply to be a network.") from None
    except UnicodeDecodeError:
        raise EvomodError(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise EvomodError(f"{path} cannot be read: {error.strerror or error}.") from None


def _read_json(path: Path) -> Any:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise EvomodError(f"{path} is no valid JSON: {error}.") from None
    if isinstance(data, dict) and data.get("format") == FORMAT:
        return load_network(path)
    import networkx

    edges = "links" if isinstance(data, dict) and "links" in data else "edges"
    try:
        return networkx.node_link_graph(data, edges=edges)
    except (KeyError, TypeError, AttributeError, ValueError, networkx.NetworkXError):
        raise EvomodError(
            f'{path} is neither a network of evomod ("format": "{FORMAT}") nor node-link data of networkx.'
        ) from None


def _read_graphml(path: Path) -> networkx.Graph:
    from xml.etree.ElementTree import ParseError

    import networkx

    try:
        _check_graphml(path)
        return networkx.read_graphml(path)
    except EvomodError:
        raise
    except (ParseError, networkx.NetworkXError, KeyError, ValueError) as error:
        raise EvomodError(f"{path} is no valid GraphML: {error}.") from None


def _check_graphml(path: Path) -> None:
    """Refuses what networkx passes over: further graphs, and ends without a name, which it calls None."""
    from xml.etree import ElementTree

    wanted = {"node": ("id",), "edge": ("source", "target")}
    n_graphs = 0
    for element in ElementTree.parse(path).iter():
        kind = element.tag.rpartition("}")[2]
        n_graphs += kind == "graph"
        for name in wanted.get(kind, ()):
            if name not in element.attrib:
                raise EvomodError(
                    f"{path} is no valid GraphML: there is a {kind} element without {name}."
                )
    if n_graphs > 1:
        raise EvomodError(f"{path} holds {n_graphs} graphs, one within or after another; wanted one.")


def _read_gml(path: Path) -> networkx.Graph:
    import networkx

    try:
        return networkx.read_gml(path, label=None)
    except (networkx.NetworkXError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise EvomodError(f"{path} is no valid GML: {error}.") from None


def _read_array(path: Path) -> Any:
    try:
        with path.open("rb") as file:  # which np.load leaves open where it fails
            return np.load(file, allow_pickle=False)
    except (ValueError, EOFError, BadZipFile) as error:
        raise EvomodError(f"{path} is no NumPy array: {error}.") from None


def _read_edges(path: Path) -> networkx.DiGraph:
    import networkx

    graph = networkx.DiGraph()
    text = path.read_text(encoding="utf-8-sig")
    is_first = True
    for number, row in enumerate(_rows(path, text), 1):
        if row in ([], [""]) or row[0].startswith("#"):
            continue
        is_header = is_first and all(
            word.lower() in some for word, some in zip(row, HEADERS, strict=False)
        )
        is_first = False
        if is_header:
            continue
        if len(row) not in (2, 3):
            raise EvomodError(
                f"{path}, line {number}: wanted source,target or source,target,weight; got "
                f"{len(row)} field{'s' if len(row) > 1 else ''}."
            )
        if not all(row[:2]):
            raise EvomodError(f"{path}, line {number}: a source or target without a name.")
        if graph.has_edge(*row[:2]):
            raise EvomodError(
                f"{path}, line {number}: the connection {row[0]} -> {row[1]} stands twice."
            )
        graph.add_edge(*row[:2], weight=_weight(path, number, row))
    return graph


def _rows(path: Path, text: str) -> list[list[str]]:
    """Fields of every line, split at commas, semicolons, tabs, or else at spaces."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    signs = [sign for sign in ",;\t" if sign in first]
    if len(signs) > 1:  # such as a;b;0,5
        raise EvomodError(
            f"{path}: its first line has {' and '.join(map(repr, signs))}; wanted one of them between "
            "fields, and weights with a decimal point."
        )
    delimiter = signs[0] if signs else None
    if delimiter is None:
        return [line.split() for line in lines]
    return [[field.strip() for field in row] for row in csv.reader(lines, delimiter=delimiter)]


def _weight(path: Path, number: int, row: list[str]) -> float:
    if len(row) == 2:
        return 1.0
    try:
        weight = float(row[2])
    except ValueError:
        raise EvomodError(f"{path}, line {number}: the weight '{row[2]}' is no number.") from None
    if not math.isfinite(weight):
        raise EvomodError(f"{path}, line {number}: the weight '{row[2]}' is no finite number.")
    return weight
