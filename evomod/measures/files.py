"""Any network from a file, chosen by its ending; text is looked at to see what it holds (`text_files.py`)."""

from __future__ import annotations

import html
import re
import struct
import warnings
from collections.abc import Callable, Hashable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.etree.ElementTree import ParseError

from evomod.errors import EvomodError, shortened, shown
from evomod.files.folders import what_to_name
from evomod.files.readers import (
    ARRAY_DAMAGE,
    MOST_DEPTH,
    DamageError,
    parse_json,
    read_bytes,
)
from evomod.measures.matrix_files import read_array, read_matlab, read_matrix_market, read_npz
from evomod.measures.text_files import ENDINGS, lines_of, read_pajek, read_text, text_of
from evomod.measures.triples import MOST_ITEMS, MOST_NODES, Triple, graph_of
from evomod.network import FORMAT, network_of

if TYPE_CHECKING:
    import networkx

    from evomod.measures.edges import Graph

PACKED = (".gz", ".zip", ".bz2", ".xz", ".tar", ".7z")

PARSER_DAMAGE = (
    *ARRAY_DAMAGE,  # with ValueError: csv, json, html, codecs; RuntimeError: NotImplementedError, RecursionError
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,  # an encoding that an XML header names and nobody knows
    ParseError,
    struct.error,
)
"""What the libraries that parse formats raise for damaged files, beside networkx's own."""

Reader: TypeAlias = Callable[[Path], Any]


def read_graph(path: str | Path) -> Graph:
    """A graph from a file; a run folder means its best network.

    Parameters
    ----------
    path
        By its ending: ``.json`` (of evomod, or node-link data of networkx), ``.graphml``, ``.gml``, ``.gexf``,
        Pajek's ``.net``, Matrix Market's ``.mtx``; ``.npy``, ``.npz`` (of NumPy or of scipy's sparse matrices)
        and MATLAB's ``.mat`` with one square matrix; text (``.csv``, ``.tsv``, ``.txt``, ``.edges``,
        ``.edgelist``, ``.dat``, KONECT's ``out.*``), which holds an adjacency matrix or one connection per line,
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
    if not isinstance(path, str | Path):
        raise EvomodError(
            f"read_graph takes a file's path; got {shown(path)}. A graph that is there already is what measures take: "
            "measures.modularity(graph)."
        )
    path = Path(path)
    try:
        if path.is_dir():
            if not (path / "best.json").is_file():
                raise EvomodError(
                    f"{shortened(path)} is a folder without a best network, best.json{what_to_name(path)}."
                )
            path = path / "best.json"
        if not path.is_file():
            raise EvomodError(f"there is no network file {shortened(path)}.")
        reader, kind, right = _reader_of(path)
        return _read_checked(path, reader, kind, right)
    except OSError as error:
        raise EvomodError(
            f"{shortened(path)} cannot be read: {error.strerror or shown(str(error))}."
        ) from None


def _reader_of(path: Path) -> tuple[Reader, str, str]:
    """Who reads a file, what its format is called, and how a good one begins."""
    ending = path.suffix.lower()
    if ending in PACKED:
        raise EvomodError(f"{path} is packed ('{ending}'); unpack it first.")
    text = (read_text, "list of connections or matrix", "source,target or source,target,weight a line")
    if path.name.startswith("out.") or ending in ENDINGS:
        return text
    if ending not in READERS:
        raise EvomodError(
            f"{shortened(path)}: the ending '{path.suffix}' is not known; known: "
            f"{', '.join((*READERS, *ENDINGS))}. A matrix or list of connections with any other ending can be "
            "renamed to .csv."
        )
    return READERS[ending]


def _read_checked(path: Path, reader: Reader, kind: str, right: str) -> Any:
    """What a reader finds; whatever its libraries raise is one sentence, with what the file looks like."""
    import networkx

    try:
        with warnings.catch_warnings(action="ignore"):  # of parsers, on types that a file leaves out
            return _bounded(reader(path))
    except EvomodError:
        raise
    except MemoryError:
        reason = "it does not fit into memory"
    except RecursionError:
        reason = "it is nested too deeply"
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    except DamageError as error:
        reason = shortened(error)
    except (*PARSER_DAMAGE, networkx.NetworkXException) as error:
        reason = shortened(str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__)
    raise EvomodError(
        f"{path} is not a valid {kind}: {reason}. It looks like {looks_like(path)}; expected {right}."
    )


def _bounded(graph: Any) -> Any:
    """The same graph, unless it has more nodes than are measured."""
    n_nodes = len(graph) if hasattr(graph, "adj") else max(getattr(graph, "shape", (0,)), default=0)
    if n_nodes > MOST_NODES:
        raise DamageError(f"it has {shown(n_nodes)} nodes; at most {MOST_NODES:,} are read")
    return graph


BEGINNINGS = (
    (b"\x1f\x8b", "data packed by gzip"),
    (b"PK\x03\x04", "a zip archive, such as .npz or .xlsx"),
    (b"BZh", "data packed by bzip2"),
    (b"\xfd7zXZ", "data packed by xz"),
    (b"\x93NUMPY", "a NumPy array (.npy)"),
    (b"MATLAB 5.0", "a MATLAB file (.mat)"),
    (b"MATLAB 7.3", "a MATLAB file of version 7.3 (HDF5), which is not read; save it with -v7"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x89PNG", "a picture"),
    (b"%PDF", "a PDF"),
    (b"%%MatrixMarket", "a Matrix Market file (.mtx)"),
    (b"\xff\xfe", "text in UTF-16; save it as UTF-8"),
    (b"\xfe\xff", "text in UTF-16; save it as UTF-8"),
)


def looks_like(path: Path) -> str:
    """What the first bytes of a file are, in words."""
    with path.open("rb") as file:
        first = file.read(4096)
    for beginning, words in BEGINNINGS:
        if first.startswith(beginning):
            return words
    text = first.decode("utf-8-sig", errors="replace").lstrip()
    if not text.strip():
        return "an empty file"
    if first.count(b"\0") or text.count("\ufffd") * 10 > len(text):
        return "binary data"
    for word, words in (
        ("<graphml", "GraphML"),
        ("<gexf", "GEXF"),
        ("<html", "a page of HTML"),
        ("<", "XML"),
    ):
        if text.startswith("<") and word in text.lower():
            return words
    if text[0] in "{[":
        return "JSON"
    if re.match(r"\*(vertices|network)\b", text, re.IGNORECASE):
        return "Pajek (.net)"
    if re.search(r"^\s*graph\s*\[", text, re.MULTILINE):
        return "GML"
    return f"text that begins with {shown(text.splitlines()[0].strip())}"


def _read_json(path: Path) -> Any:
    data = parse_json(read_bytes(path))
    if isinstance(data, dict) and data.get("format") == FORMAT:
        return network_of(data, f"network file {path}")
    return _with_names(_of_node_link(data))


def _of_node_link(data: Any) -> networkx.Graph:
    """A reader of our own: that of networkx takes any value for any key, and makes nodes of ends that are none."""
    nodes, links = (
        (data.get("nodes"), data.get("links", data.get("edges")))
        if isinstance(data, dict)
        else (None, None)
    )
    if not isinstance(nodes, list) or not isinstance(links, list):
        raise DamageError("it is neither a network of evomod nor node-link data of networkx")
    if not all(isinstance(item, dict) for item in (*nodes, *links)):
        raise DamageError("a node or edge is not an object { … }")
    directed = data.get("directed", False)
    if not isinstance(directed, bool):
        raise DamageError(f"directed is true or false; got {shown(directed)}")
    ids = [_json_id(node.get("id", k)) for k, node in enumerate(nodes)]
    known = dict(zip(ids, ids, strict=True))
    if len(known) < len(ids):
        raise DamageError("two nodes have the same id")
    ends = ({side: _json_id(link.get(side)) for side in ("source", "target")} for link in links)
    triples = [_triple(link | both, known) for link, both in zip(links, ends, strict=True)]
    attributes = {
        key: {k: v for k, v in n.items() if k != "id"} for key, n in zip(ids, nodes, strict=True)
    }
    return graph_of(attributes, triples, directed)


def _json_id(value: Any) -> Hashable:
    """What a node is called; networkx writes a tuple, such as a place in a grid, as a list."""
    if isinstance(value, list):
        return tuple(map(_json_id, value))
    if not isinstance(value, str | int | float) or value != value:
        raise DamageError(f"a node is called by a number or a text; got {shown(value)}")
    return value


def _read_graphml(path: Path) -> networkx.Graph:
    import networkx

    content = _xml(path)
    _check_graphml(content)
    return _with_names(_with_defaults(networkx.read_graphml(BytesIO(content))))


def _with_defaults(graph: networkx.Graph) -> networkx.Graph:
    """Connections that say nothing of an attribute have its default, which networkx only notes."""
    for name, value in graph.graph.get("edge_default", {}).items():
        for *_, data in graph.edges(data=True):
            data.setdefault(name, value)
    return graph


def _xml(path: Path) -> bytes:
    """The bytes of an XML file, of which none stand for more than they are."""
    content = read_bytes(path)
    if b"<!ENTITY" in content:
        raise DamageError("it defines entities (<!ENTITY), which are not read")
    if content.count(b"<") > 2 * MOST_ITEMS:
        raise DamageError(f"it has more than {MOST_ITEMS:,} elements")
    return content


def _check_graphml(content: bytes) -> None:
    """Refuses what networkx passes over: further graphs, and ends without a name, which it calls None."""
    from xml.etree import ElementTree

    wanted = {"node": ("id",), "edge": ("source", "target")}
    n_graphs = 0
    for element in ElementTree.fromstring(content).iter():
        kind = str(element.tag).rpartition("}")[2]
        n_graphs += kind == "graph"
        for name in wanted.get(kind, ()):
            if name not in element.attrib:
                raise DamageError(f"there is a {kind} element without {name}")
    if n_graphs != 1:
        raise DamageError(f"it holds {n_graphs} graphs, one within or after another; expected one")


def _read_gexf(path: Path) -> networkx.Graph:
    import networkx

    graph = _with_defaults(networkx.read_gexf(BytesIO(_xml(path))))
    if any("weight" in data for *_, data in graph.edges(data=True)):
        for *_, data in graph.edges(data=True):
            data.setdefault("weight", 1.0)  # the format's own default
    return _with_names(graph)


def _with_names(graph: networkx.Graph) -> networkx.Graph:
    """Nodes called by their attribute "label" or "name", where every node has another one."""
    import networkx

    for attribute in ("label", "name"):
        names = dict(graph.nodes(data=attribute))
        is_named = names and all(isinstance(name, str | int | float) for name in names.values())
        if is_named and len(set(names.values())) == len(names):
            return networkx.relabel_nodes(graph, names)
    return graph


def _read_gml(path: Path) -> networkx.Graph:
    """A parser of our own: that of networkx refuses parallel edges unless the file announces them."""
    text = _without_comments(path)
    tokens = iter(re.findall(r'"[^"]*"|\[|\]|[^\s\[\]]+', text))
    top = [value for key, value in _gml_pairs(tokens) if key == "graph" and isinstance(value, list)]
    if len(top) != 1:
        raise DamageError(f"it holds {len(top)} graphs [ … ]; expected one")
    if any(key in ("node", "edge") and not isinstance(value, list) for key, value in top[0]):
        raise DamageError("there is a node or edge without [ … ]")
    nodes = [dict(v) for key, v in top[0] if key == "node"]
    links = [dict(v) for key, v in top[0] if key == "edge"]
    ids = [_gml_id(node) for node in nodes]
    if len(set(ids)) < len(ids) or len(set(map(str, ids))) < len(ids):
        raise DamageError("two nodes have the same id")
    name: dict[Hashable, Hashable] = dict(zip(ids, _gml_names(nodes) or ids, strict=True))
    data = {name[key]: node for key, node in zip(ids, nodes, strict=True)}
    triples = [_triple(link, name) for link in links]
    return graph_of(data, triples, _gml_directed(dict(top[0]).get("directed", 0)))


def _gml_names(nodes: list[dict[str, Any]]) -> list[str] | None:
    """What most programs write as "label" and igraph as "name", where every node has another one."""
    for attribute in ("label", "name"):
        names = [
            str(node[attribute]) for node in nodes if isinstance(node.get(attribute), str | int | float)
        ]
        if len(set(names)) == len(nodes):
            return names
    return None


def _gml_directed(value: Any) -> bool:
    if value not in (0, 1, "0", "1"):
        raise DamageError(f"directed is 0 or 1; got {shown(value)}")
    return value in (1, "1")


def _gml_id(node: dict[str, Any]) -> Hashable:
    key = node.get("id")
    if key is None:
        raise DamageError("a node has no id")
    if not isinstance(key, int | str):
        raise DamageError(f"the id of a node is a whole number; got {shown(key)}")
    return key


def _without_comments(path: Path) -> str:
    lines = text_of(path).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def _gml_pairs(tokens: Iterator[str], depth: int = 0) -> list[tuple[str, Any]]:
    if depth > MOST_DEPTH:
        raise DamageError(f"it is nested more than {MOST_DEPTH} deep")
    pairs: list[tuple[str, Any]] = []
    for key in tokens:
        if key == "]" and depth:
            return pairs
        value = next(tokens, None)
        if not re.fullmatch(r"[A-Za-z_]\w*", key) or value in (None, "]"):
            raise DamageError(f"expected a key and its value; got {shown(key)}")
        assert value is not None
        pairs.append((key, _gml_pairs(tokens, depth + 1) if value == "[" else _gml_value(value)))
    if depth:
        raise DamageError("a [ is not closed")
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


def _triple(link: dict[str, Any], name: dict[Hashable, Hashable]) -> Triple:
    ends = [link.get(side) for side in ("source", "target")]
    for end in ends:
        if isinstance(end, list) or end not in name:
            raise DamageError(f"an edge leads to {shown(end)}, which is not the id of a node")
    return name[ends[0]], name[ends[1]], {k: v for k, v in link.items() if k not in ("source", "target")}


READERS: dict[str, tuple[Reader, str, str]] = {
    ".json": (
        _read_json,
        "JSON file of a network",
        f'a network of evomod ("format": "{FORMAT}") or node-link data of networkx ("nodes", "edges")',
    ),
    ".graphml": (_read_graphml, "GraphML file", "<graphml><graph> with a <node> and <edge> for each"),
    ".gml": (_read_gml, "GML file", "graph [ node [ id 0 ] … edge [ source 0 target 1 ] … ]"),
    ".gexf": (_read_gexf, "GEXF file", "<gexf><graph> with <nodes> and <edges>"),
    ".net": (read_pajek, "network of Pajek", "*Vertices, then *Arcs or *Edges"),
    ".mtx": (
        read_matrix_market,
        "Matrix Market file",
        "%%MatrixMarket matrix coordinate, then row column value",
    ),
    ".npy": (read_array, "NumPy array", "what numpy.save writes of one square matrix of numbers"),
    ".npz": (
        read_npz,
        "archive of NumPy arrays",
        "what numpy.savez or scipy.sparse.save_npz writes of one matrix",
    ),
    ".mat": (read_matlab, "MATLAB file", "one square matrix, saved with -v7 or earlier"),
}
"""By ending: who reads it, what the format is called, and what a good file holds."""

NODE_WORDS, MODULE_WORDS = ("node", "name", "id", "label"), ("module", "community", "group", "cluster")


def read_modules(path: str | Path) -> dict[str, str]:
    """The module of every node, from text with one line ``node,module`` per node.

    Parameters
    ----------
    path
        Of the text; a header may name both fields.

    Returns
    -------
    dict
        Modules by the names of nodes, as `quality` takes them.

    Raises
    ------
    EvomodError
        For a line that is not two fields, and a node that stands twice.
    """
    path = Path(path)
    try:
        lines = lines_of(path)
    except UnicodeDecodeError:
        raise EvomodError(f"{path} is not UTF-8 text.") from None
    except DamageError as error:
        raise EvomodError(f"{path} is not a list of node,module: {shortened(error)}.") from None
    except OSError as error:
        raise EvomodError(f"{shortened(path)} cannot be read: {error.strerror or error}.") from None
    found: dict[str, str] = {}
    for number, row in zip(lines.number, lines.rows, strict=True):
        if len(row) != 2 or not all(row):
            raise EvomodError(
                f"{path}, line {number}: expected node,module; got {len(row)} fields or an empty one."
            )
        if not found and row[0].lower() in NODE_WORDS and row[1].lower() in MODULE_WORDS:
            continue
        if row[0] in found:
            raise EvomodError(f"{path}, line {number}: the node {shortened(row[0], 40)} stands twice.")
        found[row[0]] = row[1]
    if not found:
        raise EvomodError(f"{path} holds no line node,module.")
    return found
