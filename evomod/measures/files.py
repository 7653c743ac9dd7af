"""Any network from a file, chosen by its ending; text is looked at to see what it holds (`text_files.py`)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from evomod.errors import EvomodError
from evomod.measures.text_files import ENDINGS, lines_of, read_pajek, read_text
from evomod.measures.triples import Triple, graph_of
from evomod.network import FORMAT, load_network

if TYPE_CHECKING:
    import networkx

    from evomod.measures.edges import Graph

PACKED = (".gz", ".zip", ".bz2", ".xz", ".tar", ".7z")


def read_graph(path: str | Path) -> Graph:
    """A graph from a file; a run folder means its best network.

    Parameters
    ----------
    path
        By its ending: ``.json`` (of evomod, or node-link data of networkx), ``.graphml``, ``.gml``, ``.gexf``,
        Pajek's ``.net``, Matrix Market's ``.mtx``; ``.npy``, ``.npz`` (of NumPy or of scipy's sparse matrices)
        and MATLAB's ``.mat`` with one square matrix; text (``.csv``, ``.tsv``, ``.txt``, ``.edges``,
        ``.edgelist``, ``.dat``, KONECT's ``out.*``), which holds an adjacency matrix or one connection a line,
        see `evomod.measures.text_files.read_text`.

    Returns
    -------
    Graph
        A `Network`, a networkx graph whose nodes have the names of the file, or a matrix
        ``[source, target]``. Parallel connections make a multigraph. What text was read as stands in
        ``graph.graph["read_as"]``.

    Raises
    ------
    EvomodError
        What the file looks like, in which line, and what would be right.
    """
    path = Path(path)
    readers: dict[str, Callable[[Path], Any]] = {
        ".json": _read_json,
        ".graphml": _read_graphml,
        ".gml": _read_gml,
        ".gexf": _read_gexf,
        ".net": read_pajek,
        ".mtx": _read_matrix_market,
        ".npy": _read_array,
        ".npz": _read_npz,
        ".mat": _read_matlab,
        **dict.fromkeys(ENDINGS, read_text),
    }
    try:
        if path.is_dir():
            path = path / "best.json"
        if not path.is_file():
            raise EvomodError(f"there is no network file {path}.")
        ending = path.suffix.lower()
        if ending in PACKED:
            raise EvomodError(f"{path} is packed ('{ending}'); unpack it first.")
        reader = read_text if path.name.startswith("out.") else readers.get(ending)
        if reader is None:
            raise EvomodError(
                f"{path}: the ending '{path.suffix}' is not known; known: {', '.join(readers)}. "
                "A matrix or list of connections with any other ending can be renamed to .csv."
            )
        return reader(path)
    except EvomodError:
        raise
    except RecursionError:
        raise EvomodError(f"{path} is nested too deeply to be a network.") from None
    except UnicodeDecodeError:
        raise EvomodError(f"{path} is not UTF-8 text.") from None
    except MemoryError:
        raise EvomodError(f"{path} does not fit into memory.") from None
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
        return _with_names(networkx.node_link_graph(data, edges=edges))
    except (KeyError, TypeError, AttributeError, ValueError, networkx.NetworkXError):
        raise EvomodError(
            f'{path} is neither a network of evomod ("format": "{FORMAT}") nor node-link data of networkx.'
        ) from None


def _read_graphml(path: Path) -> networkx.Graph:
    from xml.etree.ElementTree import ParseError

    import networkx

    try:
        _check_graphml(path)
        return _with_names(networkx.read_graphml(path))
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
        raise EvomodError(f"{path} holds {n_graphs} graphs, one within or after another; expected one.")


def _read_gexf(path: Path) -> networkx.Graph:
    from xml.etree.ElementTree import ParseError

    import networkx

    try:
        return _with_names(networkx.read_gexf(path))
    except (ParseError, networkx.NetworkXError, KeyError, ValueError, AttributeError) as error:
        raise EvomodError(f"{path} is no valid GEXF: {error}.") from None


def _with_names(graph: networkx.Graph) -> networkx.Graph:
    """Nodes called by their attribute "label" or "name", where every node has another one."""
    import networkx

    for attribute in ("label", "name"):
        names = dict(graph.nodes(data=attribute))
        if names and None not in names.values() and len(set(names.values())) == len(names):
            return networkx.relabel_nodes(graph, names)
    return graph


def _read_gml(path: Path) -> networkx.Graph:
    """A parser of our own: that of networkx refuses parallel edges unless the file announces them."""
    tokens = iter(re.findall(r'"[^"]*"|\[|\]|[^\s\[\]]+', _without_comments(path)))
    top = [
        value for key, value in _gml_pairs(path, tokens) if key == "graph" and isinstance(value, list)
    ]
    if len(top) != 1:
        raise EvomodError(f"{path} is no valid GML: it holds {len(top)} graphs [ … ]; expected one.")
    nodes = [dict(v) for key, v in top[0] if key == "node" and isinstance(v, list)]
    links = [dict(v) for key, v in top[0] if key == "edge" and isinstance(v, list)]
    if any(key in ("node", "edge") and not isinstance(value, list) for key, value in top[0]):
        raise EvomodError(f"{path} is no valid GML: a node or edge without [ … ].")
    if not all("id" in node for node in nodes):
        raise EvomodError(f"{path} is no valid GML: a node has no id.")
    ids = [node["id"] for node in nodes]
    if len(set(map(str, ids))) < len(ids):
        raise EvomodError(f"{path} is no valid GML: two nodes have the same id.")
    labels = [node.get("label") for node in nodes]
    is_named = None not in labels and len(set(map(str, labels))) == len(labels)
    name: dict[Hashable, Hashable] = dict(zip(ids, map(str, labels) if is_named else ids, strict=True))
    data = {name[node["id"]]: node for node in nodes}
    triples = [_gml_triple(path, link, name) for link in links]
    return graph_of(data, triples, dict(top[0]).get("directed") in (1, "1"))


def _without_comments(path: Path) -> str:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def _gml_pairs(path: Path, tokens: Iterator[str], depth: int = 0) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key in tokens:
        if key == "]" and depth:
            return pairs
        value = next(tokens, None)
        if not re.fullmatch(r"[A-Za-z_]\w*", key) or value in (None, "]"):
            raise EvomodError(f"{path} is no valid GML: expected a key and its value; got {key[:40]!r}.")
        assert value is not None
        pairs.append((key, _gml_pairs(path, tokens, depth + 1) if value == "[" else _gml_value(value)))
    if depth:
        raise EvomodError(f"{path} is no valid GML: a [ is not closed.")
    return pairs


def _gml_value(text: str) -> Any:
    if text.startswith('"'):
        return html.unescape(text[1:-1])
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _gml_triple(path: Path, link: dict[str, Any], name: dict[Hashable, Hashable]) -> Triple:
    ends = [link.get(side) for side in ("source", "target")]
    for end in ends:
        if isinstance(end, list) or end not in name:
            raise EvomodError(
                f"{path} is no valid GML: an edge leads to {end!r}, which is no node's id."
            )
    return name[ends[0]], name[ends[1]], {k: v for k, v in link.items() if k not in ("source", "target")}


def _read_array(path: Path) -> Any:
    try:
        with path.open("rb") as file:  # which np.load leaves open where it fails
            return np.load(file, allow_pickle=False)
    except (ValueError, EOFError, BadZipFile) as error:
        raise EvomodError(f"{path} is no NumPy array: {error}.") from None


def _read_npz(path: Path) -> Any:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            if "format" in arrays and "shape" in arrays:
                from scipy import sparse

                return sparse.load_npz(path)
            found = {name: arrays[name] for name in arrays.files}
    except (ValueError, EOFError, BadZipFile, TypeError, AttributeError, KeyError) as error:
        raise EvomodError(f"{path} is no archive of NumPy arrays: {error}.") from None
    return _only_matrix(path, found.items())


def _read_matlab(path: Path) -> Any:
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        found = loadmat(path)
    except NotImplementedError:
        raise EvomodError(
            f"{path} is a MATLAB file of version 7.3 (HDF5), which is not read; save it with -v7."
        ) from None
    except (MatReadError, ValueError, TypeError, EOFError, IndexError) as error:
        raise EvomodError(f"{path} is no MATLAB file: {error}.") from None
    return _only_matrix(path, ((k, v) for k, v in found.items() if not k.startswith("__")))


def _only_matrix(path: Path, variables: Iterable[tuple[str, Any]]) -> Any:
    """The one square matrix of numbers among named arrays."""
    shapes, square = [], []
    for name, value in variables:
        shape: tuple[int, ...] = getattr(value, "shape", ())
        shapes.append(f"{name} {'×'.join(map(str, shape)) or 'scalar'}")
        is_number = getattr(value, "dtype", np.dtype(object)).kind in "biuf"
        if is_number and len(shape) == 2 and shape[0] == shape[1] > 1:
            square.append((name, value))
    if len(square) != 1:
        raise EvomodError(
            f"{path} holds {', '.join(shapes[:8]) or 'nothing'}: {len(square)} square matrices of numbers; "
            "expected one, the adjacency. Save it alone."
        )
    return square[0][1]


def _read_matrix_market(path: Path) -> Any:
    from scipy.io import mmread

    try:
        return mmread(path)
    except (ValueError, TypeError, OverflowError, EOFError) as error:
        raise EvomodError(f"{path} is no Matrix Market file: {error}.") from None


NODE_WORDS, MODULE_WORDS = ("node", "name", "id", "label"), ("module", "community", "group", "cluster")


def read_modules(path: str | Path) -> dict[str, str]:
    """The module of every node by name, from text with a line ``node,module`` each; a header may name both.

    Raises `EvomodError` for a line that is not two fields, and a node that stands twice.
    """
    path = Path(path)
    try:
        lines = lines_of(path)
    except UnicodeDecodeError:
        raise EvomodError(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise EvomodError(f"{path} cannot be read: {error.strerror or error}.") from None
    found: dict[str, str] = {}
    for number, row in zip(lines.number, lines.rows, strict=True):
        if len(row) != 2 or not all(row):
            raise EvomodError(
                f"{path}, line {number}: expected node,module; got {len(row)} fields or an empty one."
            )
        if not found and row[0].lower() in NODE_WORDS and row[1].lower() in MODULE_WORDS:
            continue
        if row[0] in found:
            raise EvomodError(f"{path}, line {number}: the node {row[0]} stands twice.")
        found[row[0]] = row[1]
    if not found:
        raise EvomodError(f"{path} holds no line node,module.")
    return found
