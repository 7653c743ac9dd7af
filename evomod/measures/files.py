"""Any network from a file: evomod's own JSON, GraphML, GML, an edge list, node-link JSON, a NumPy array."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evomod.errors import EvomodError
from evomod.network import FORMAT, load_network

if TYPE_CHECKING:
    import networkx

    from evomod.measures.graphs import Graph

EDGE_LISTS = (".csv", ".tsv", ".txt", ".edges", ".edgelist")


def read_graph(path: str | Path) -> Graph:
    """A graph from a file, chosen by its ending; a run folder means its best network.

    ``.json`` (of evomod, or networkx's node-link data), ``.graphml``, ``.gml``, ``.npy`` (an adjacency
    ``[source, target]``), and edge lists (``.csv``, ``.tsv``, ``.txt``, ``.edges``): source, target and
    perhaps weight a line, with or without a header, read as directed. Raises `EvomodError` that says what
    is wrong, and in which line.
    """
    path = Path(path)
    if path.is_dir():
        path = path / "best.json"
    if not path.is_file():
        raise EvomodError(f"there is no network file {path}.")
    readers: dict[str, Callable[[Path], Any]] = {
        ".json": _read_json,
        ".graphml": _read_graphml,
        ".gml": _read_gml,
        ".npy": _read_array,
        **dict.fromkeys(EDGE_LISTS, _read_edges),
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise EvomodError(
            f"{path}: the ending '{path.suffix}' is not known; known: {', '.join(readers)}. "
            "An edge list with any other ending can be renamed to .csv."
        )
    try:
        return reader(path)
    except EvomodError:
        raise
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
        return networkx.read_graphml(path)
    except (ParseError, networkx.NetworkXError, KeyError, ValueError) as error:
        raise EvomodError(f"{path} is no valid GraphML: {error}.") from None


def _read_gml(path: Path) -> networkx.Graph:
    import networkx

    try:
        return networkx.read_gml(path, label=None)
    except (networkx.NetworkXError, KeyError, ValueError, TypeError) as error:
        raise EvomodError(f"{path} is no valid GML: {error}.") from None


def _read_array(path: Path) -> Any:
    try:
        return np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise EvomodError(f"{path} is no NumPy array: {error}.") from None


def _read_edges(path: Path) -> networkx.DiGraph:
    import networkx

    graph = networkx.DiGraph()
    text = path.read_text(encoding="utf-8-sig")
    for number, row in enumerate(_rows(text), 1):
        if not row or row[0].startswith("#"):
            continue
        if number == 1 and row[0].lower() in ("source", "from"):
            continue
        if len(row) not in (2, 3):
            raise EvomodError(
                f"{path}, line {number}: wanted source,target or source,target,weight; got "
                f"{len(row)} field{'s' if len(row) > 1 else ''}."
            )
        if graph.has_edge(*row[:2]):
            raise EvomodError(
                f"{path}, line {number}: the connection {row[0]} -> {row[1]} stands twice."
            )
        graph.add_edge(*row[:2], weight=_weight(path, number, row))
    return graph


def _rows(text: str) -> list[list[str]]:
    """Fields of every line, split at commas, semicolons, tabs, or else at spaces."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    delimiter = next((sign for sign in ",;\t" if sign in first), None)
    if delimiter is None:
        return [line.split() for line in lines]
    return [[field.strip() for field in row] for row in csv.reader(lines, delimiter=delimiter)]


def _weight(path: Path, number: int, row: list[str]) -> float:
    if len(row) == 2:
        return 1.0
    try:
        return float(row[2])
    except ValueError:
        raise EvomodError(f"{path}, line {number}: the weight '{row[2]}' is no number.") from None
