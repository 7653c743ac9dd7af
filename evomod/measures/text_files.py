"""Networks as text: adjacency matrices, lists of connections as every program writes them, and Pajek's."""

from __future__ import annotations

import csv
import math
import re
import shlex
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError, shortened, shown
from evomod.files.readers import DamageError, read_bytes
from evomod.measures.triples import MOST_ITEMS, MOST_NODES, Triple, graph_of

if TYPE_CHECKING:
    import networkx

Floats = NDArray[np.float64]

ENDINGS = (".csv", ".tsv", ".txt", ".edges", ".edgelist", ".dat")

SOURCES = ("source", "from", "src", "node1", "tail", "pre", "presynaptic")
TARGETS = ("target", "to", "dst", "dest", "destination", "tgt", "node2", "head", "post", "postsynaptic")
WEIGHTS = ("weight", "weights", "w", "value", "strength", "count")
"""What the columns of a list of connections may be called; both ends must be, as a node may have such a name."""

KONECT = {"sym": False, "asym": True, "bip": False}
"""First word of KONECT's header: whether connections have a direction."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What a text holds beside comments."""

    path: Path
    rows: list[list[str]]
    """``[line]``: its fields."""
    number: list[int]
    """``[line]``: where it stands in the file, from 1."""
    format: tuple[str, ...]
    """The words of KONECT's header, or none."""


def read_text(path: Path) -> networkx.Graph:
    """A matrix, or a list of connections, whichever the text is; ``graph.graph["read_as"]`` says which.

    =====================  ==============================================================================
    looks like             is
    =====================  ==============================================================================
    as many numbers a      an adjacency matrix, row = source; perhaps with names in the first line,
    line as lines          the first column or both. Three lines of three numbers (two of two) are one if the
                           diagonal is 0; if not, and they can be connections, they are connections
    source, target or      connections, one a line, directed; weights are 1 where they are missing
    source, target, weight
    a header that names    the same, columns in any order, such as Gephi's (whose Type says whether they are
    both ends              directed); other columns are attributes
    ``% sym``, ``% asym``  KONECT's; sym is undirected, ``bip`` undirected between "left 1" and "right 1"
    =====================  ==============================================================================

    Fields are split at commas, semicolons, tabs or spaces; lines that begin with # or % are comments.
    """
    lines = lines_of(path)
    matrix = None if lines.format else _as_matrix(lines)
    if matrix is not None:
        names, numbers = matrix
        return _of_matrix(names, numbers)
    return _of_connections(lines)


def text_of(path: Path) -> str:
    """A text of UTF-8, of no more bytes and lines than fit into memory as fields."""
    content = read_bytes(path)
    n_lines = content.count(b"\n")
    if n_lines > MOST_ITEMS:
        raise DamageError(f"it has {n_lines:,} lines; at most {MOST_ITEMS:,} are read")
    return content.decode("utf-8-sig")


def lines_of(path: Path) -> Lines:
    """Fields of all lines that are not comments."""
    texts: list[str] = []
    numbers: list[int] = []
    words: tuple[str, ...] = ()
    for number, line in enumerate(text_of(path).splitlines(), 1):
        if line.lstrip().startswith(("#", "%")):
            head = tuple(line.lstrip("%# \t").split())
            if not texts and not words and line.startswith("%") and head and head[0] in KONECT:
                words = head
        elif line.strip():
            texts.append(line)
            numbers.append(number)
    try:
        rows = list(_fields(path, texts))
    except csv.Error as error:
        raise DamageError(f"its columns cannot be recognised ({error})") from None
    if len(rows) < len(texts):
        raise DamageError('a " is not closed on its line')
    return Lines(path, rows, numbers, words)


def _fields(path: Path, texts: list[str]) -> Iterator[list[str]]:
    """Fields of every line, split at commas, semicolons, tabs, or else at spaces."""
    first = texts[0] if texts else ""
    if "{" in first:  # networkx writes attributes as {'weight': 2}
        return (line.split(None, 2) for line in texts)
    signs = [sign for sign in ",;\t" if sign in first]
    if len(signs) > 1:  # such as a;b;0,5
        raise EvomodError(
            f"{path}: its first line has {' and '.join(map(repr, signs))}; expected one of them between "
            "fields, and weights with a decimal point."
        )
    if not signs and '"' in first:  # names in quotation marks, as R writes them
        quoted = csv.reader(texts, delimiter=" ", skipinitialspace=True)
        return ([field for field in row if field] for row in quoted)
    if not signs:
        return (line.split() for line in texts)
    return ([field.strip() for field in row] for row in csv.reader(texts, delimiter=signs[0]))


def _as_matrix(lines: Lines) -> tuple[list[Any], Floats] | None:
    """Names and numbers of an adjacency matrix; None where the text is not one."""
    rows = lines.rows
    if len(rows) < 2 or len(rows[0]) > 2 * len(rows) + 2:
        return _no_matrix(lines, bool(rows))
    has_names = not all(map(_is_number, rows[0]))
    if not has_names and _is_numbered(
        rows
    ):  # names in the first line alone, 0 to n - 1, as pandas writes them
        return _checked_matrix(lines, list(range(len(rows[0]))), rows[1:])
    if not has_names and len(rows) != len(rows[0]):
        inner = [row[1:] for row in rows]
        if len(rows[0]) == len(rows) + 1 > 3:  # names in the first column alone
            return _checked_matrix(lines, [row[0] for row in rows], inner)
        return _no_matrix(lines)
    if not has_names:
        if not all(len(row) == len(rows) and all(map(_is_number, row)) for row in rows):
            return _no_matrix(lines)
        numbers = _numbers(rows)
        if len(rows) <= 3 and np.diag(numbers).any() and _can_be_connections(numbers):
            return None
        return _checked_matrix(lines, list(range(len(rows))), rows)
    if _is_header(rows[0]):
        return None
    head, body = rows[0], rows[1:]
    is_inner = len(head) > 4 or all(_is_number(value) for row in body for value in row[1:])
    if len(body) == len(head) - 1 and [row[0] for row in body] == head[1:] and is_inner:
        return _checked_matrix(lines, head[1:], [row[1:] for row in body])
    if len(body) == len(head) and [row[0] for row in body] == head and len(body[0]) == len(head) + 1:
        return _checked_matrix(lines, head, [row[1:] for row in body])  # R leaves the corner out
    if len(body) == len(head) and all(len(r) == len(head) and all(map(_is_number, r)) for r in body):
        return _checked_matrix(lines, head, body)
    if (
        len(body) == len(head) - 1
        and all(_is_number(v) for row in body for v in row[1:])
        and len(head) > 4
    ):
        raise EvomodError(
            f"{lines.path} looks like a matrix whose first line and first column have different names; an "
            "adjacency has the same names in the same order."
        )
    is_first_named = [_is_number(value) for value in rows[0]] == [False] + [True] * (len(rows[0]) - 1)
    if is_first_named and len(rows) == len(rows[0]) - 1 and len(rows) > 2:
        return _checked_matrix(lines, [row[0] for row in rows], [row[1:] for row in rows])
    return _no_matrix(lines, all(map(_is_number, body[0][1:])))


def _is_numbered(rows: list[list[str]]) -> bool:
    """Whether a line of 0, 1, ..., n - 1 stands above n lines of n numbers."""
    head, body = rows[0], rows[1:]
    is_square = len(body) == len(head) and all(
        len(row) == len(head) and all(map(_is_number, row)) for row in body
    )
    if not is_square or head != [str(k) for k in range(len(head))]:
        return False
    # of three numbers a line it could be source, target, weight; then the third line's weight is not 0
    return len(head) > 3 or (len(head) == 3 and not np.diag(_numbers(body)).any())


def _no_matrix(lines: Lines, is_likely: bool = True) -> tuple[list[Any], Floats] | None:
    """None, after refusing many numbers a line, which are no list of connections either."""
    width = len(lines.rows[0]) if lines.rows else 0
    if is_likely and width > 4 and all(map(_is_number, lines.rows[0][1:])):
        raise EvomodError(
            f"{lines.path} looks like a matrix of {len(lines.rows)} lines and {width} columns; an adjacency "
            "matrix has as many lines as columns, and a list of connections source,target or "
            "source,target,weight a line."
        )
    return None


def _checked_matrix(lines: Lines, names: list[Any], rows: list[list[str]]) -> tuple[list[Any], Floats]:
    for number, row in zip(lines.number[-len(rows) :], rows, strict=True):
        if len(row) != len(rows):
            raise EvomodError(
                f"{lines.path}, line {number}: {_counted(len(row), 'number')} in an adjacency matrix of "
                f"{len(rows)} nodes."
            )
        for value in row:
            if not _is_number(value) or not math.isfinite(float(value)):
                raise EvomodError(
                    f"{lines.path}, line {number}: {shown(value)} in an adjacency matrix is not a finite number."
                )
    if len(set(names)) < len(names):
        raise EvomodError(f"{lines.path}: two nodes of the adjacency matrix have the same name.")
    return names, _numbers(rows)


def _numbers(rows: list[list[str]]) -> Floats:
    return np.array([[float(value) for value in row] for row in rows])


def _can_be_connections(numbers: Floats) -> bool:
    """Two or three lines of source, target (and weight), each connection once and none of weight 0."""
    ends = numbers[:, :2]
    is_whole = bool((ends == np.rint(ends)).all() and (ends >= 0).all())
    is_weighted = numbers.shape[1] < 3 or bool(numbers[:, 2].all())
    return is_whole and is_weighted and len({tuple(row) for row in ends.tolist()}) == len(ends)


def _of_matrix(names: list[Any], numbers: Floats) -> networkx.Graph:
    directed = not bool((numbers == numbers.T).all())
    source, target = np.nonzero(numbers if directed else np.triu(numbers))
    triples: list[Triple] = [
        (names[a], names[b], {"weight": float(numbers[a, b])})
        for a, b in zip(source.tolist(), target.tolist(), strict=True)
    ]
    kind = "" if directed else "symmetric "
    return graph_of(
        names, triples, directed, f"{kind}adjacency matrix of {len(names)} nodes, row = source"
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_header(row: list[str]) -> bool:
    """Whether a line names both ends of connections."""
    words = [word.lower().strip('"') for word in row]
    return any(word in SOURCES for word in words) and any(word in TARGETS for word in words)


def _of_connections(lines: Lines) -> networkx.Graph:
    rows, numbers = lines.rows, lines.number
    head: list[str] | None = None
    if rows and _is_header(rows[0]) and not lines.format:
        head, rows, numbers = [word.strip('"') for word in rows[0]], rows[1:], numbers[1:]
    elif rows and {"id", "label"} <= {word.lower() for word in rows[0]}:
        raise EvomodError(
            f"{lines.path} looks like a table of nodes (Id, Label); expected its table of connections, "
            "with Source and Target."
        )
    if head is not None:
        triples, directed = _of_table(lines.path, head, rows, numbers)
    else:
        _refuse_header(lines)
        triples = [_triple(lines, k, row) for k, row in enumerate(rows)]
        directed = KONECT[lines.format[0]] if lines.format else True
        if lines.format and lines.format[0] == "bip":
            triples = [(f"left {a}", f"right {b}", data) for a, b, data in triples]
    kind = "directed" if directed else "undirected"
    return graph_of((), triples, directed, f"list of {len(triples)} {kind} connections")


def _refuse_header(lines: Lines) -> None:
    """Refuse a first line of two words above nodes that are all numbers: it names columns, and joins nothing."""
    first, *others = lines.rows or [[]]
    if lines.format or len(first) != 2 or not others or any(map(_is_number, first)):
        return
    if all(_is_number(word) for row in others for word in row[:2]):
        raise EvomodError(
            f"{lines.path}, line {lines.number[0]}: {shown(first[0])} and {shown(first[1])} are no numbers, and all other nodes "
            "are. If this line is a header, name its columns source, target."
        )


def _triple(lines: Lines, k: int, row: list[str]) -> Triple:
    """source, target, perhaps weight; KONECT has a time after it."""
    path, number = lines.path, lines.number[k]
    if len(row) == 3 and row[2].startswith("{"):
        return row[0], row[1], {"weight": _weight_in_braces(path, number, row[2])}
    if len(row) not in (2, 3) and not (lines.format and len(row) == 4):
        looks = " (it looks like an adjacency list, which is not read)" if row[0].endswith(":") else ""
        raise EvomodError(
            f"{path}, line {number}: expected source,target or source,target,weight; got "
            f"{_counted(len(row), 'field')}{looks}."
        )
    if not all(row[:2]):
        raise EvomodError(f"{path}, line {number}: a source or target without a name.")
    if k == 0 and len(row) == 3 and row[2] and not _is_number(row[2]):
        raise EvomodError(
            f"{path}, line {number}: the weight {shown(row[2])} is not a number. If this line is a header, name "
            "its columns source, target, weight."
        )
    weight = _weight(path, number, row[2]) if len(row) > 2 and row[2] else 1.0
    return row[0], row[1], {"weight": weight}


def _weight_in_braces(path: Path, number: int, text: str) -> float:
    found = re.search(r"""['"]weight['"]\s*:\s*([^,}\s]+)""", text)
    return 1.0 if found is None else _weight(path, number, found[1])


def _of_table(
    path: Path, head: list[str], rows: list[list[str]], numbers: list[int]
) -> tuple[list[Triple], bool]:
    """Connections of a table with a header, and whether they are directed."""
    words = [word.lower() for word in head]
    source = next(k for k, word in enumerate(words) if word in SOURCES)
    target = next(k for k, word in enumerate(words) if word in TARGETS)
    weight = next((k for name in WEIGHTS for k, word in enumerate(words) if word == name), None)
    kind = words.index("type") if "type" in words else None
    triples: list[Triple] = []
    kinds = set()
    for number, row in zip(numbers, rows, strict=True):
        if not max(source, target) < len(row) <= len(head):
            raise EvomodError(
                f"{path}, line {number}: {_counted(len(row), 'field')} under a header of {len(head)} "
                f"({shortened(', '.join(head))})."
            )
        if not row[source] or not row[target]:
            raise EvomodError(f"{path}, line {number}: a source or target without a name.")
        data: dict[str, Any] = {
            name: float(value) if _is_number(value) else value
            for k, (name, value) in enumerate(zip(head, row, strict=False))
            if k not in (source, target) and value
        }
        is_weighted = weight is not None and weight < len(row) and row[weight]
        data["weight"] = _weight(path, number, row[weight]) if is_weighted else 1.0  # type: ignore[index]
        kinds.add(row[kind].lower() if kind is not None and kind < len(row) else "")
        triples.append((row[source], row[target], data))
    if {"directed", "undirected"} <= kinds:
        raise EvomodError(f"{path} has directed and undirected connections; expected one Type.")
    return triples, "undirected" not in kinds


def _weight(path: Path, number: int, text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        raise EvomodError(f"{path}, line {number}: the weight {shown(text)} is not a number.") from None
    if not math.isfinite(weight):
        raise EvomodError(f"{path}, line {number}: the weight {shown(text)} is not a finite number.")
    return weight


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


PAJEK = ("*arcs", "*edges", "*arcslist", "*edgeslist", "*matrix")


def read_pajek(path: Path) -> networkx.Graph:
    """Pajek's ``.net``: vertices with labels, then arcs (directed), edges (not), lists of them, or a matrix.

    Where there are both arcs and edges, an edge is an arc each way; a matrix that is symmetric holds edges.
    """
    section, n_nodes = "", -1
    names: dict[int, str] = {}
    arcs: list[tuple[int, int, float]] = []
    edges: list[tuple[int, int, float]] = []
    matrix_rows = 0
    for number, line in enumerate(text_of(path).splitlines(), 1):
        words = _pajek_words(path, number, line)
        if not words or words[0].startswith("%"):
            continue
        if words[0].startswith("*"):
            section = words[0].lower().rstrip(":")
            if section == "*vertices":
                n_nodes = _whole(path, number, words[1] if len(words) > 1 else "", 0, MOST_NODES)
            elif section not in PAJEK and section != "*network":
                section = "*other"  # *Partition, *Vector
            continue
        if section == "*vertices":
            node = _whole(path, number, words[0], 1, n_nodes)
            names[node] = words[1] if len(words) > 1 else str(node)
        elif section in ("*arcs", "*edges"):
            ends = [_whole(path, number, word, 1, n_nodes) for word in words[:2]]
            if len(ends) < 2:
                raise EvomodError(f"{path}, line {number}: a connection with one end.")
            weight = _weight(path, number, words[2]) if len(words) > 2 else 1.0
            (arcs if section == "*arcs" else edges).append((ends[0], ends[1], weight))
        elif section in ("*arcslist", "*edgeslist"):
            ends = [_whole(path, number, word, 1, n_nodes) for word in words]
            list_ = arcs if section == "*arcslist" else edges
            list_ += [(ends[0], end, 1.0) for end in ends[1:]]
        elif section == "*matrix":
            matrix_rows += 1
            values = [_weight(path, number, word) for word in words]
            if len(values) != n_nodes or matrix_rows > n_nodes:
                raise EvomodError(
                    f"{path}, line {number}: expected {n_nodes} lines of {n_nodes} numbers."
                )
            arcs += [(matrix_rows, k, value) for k, value in enumerate(values, 1) if value != 0.0]
        elif section == "":
            raise EvomodError(f"{path}, line {number}: expected *Vertices first, as Pajek writes it.")
    if n_nodes < 0:
        raise EvomodError(f"{path} is no network of Pajek: it has no line *Vertices.")
    listed = [names.get(node, str(node)) for node in range(1, n_nodes + 1)]
    if len(set(listed)) < n_nodes:
        listed = [str(node) for node in range(1, n_nodes + 1)]
    if (
        0 < matrix_rows == n_nodes
        and not edges
        and set(arcs) == {(b, a, weight) for a, b, weight in arcs}
    ):
        arcs, edges = [], [(a, b, weight) for a, b, weight in arcs if a <= b]
    directed = bool(arcs)
    both = [(b, a, weight) for a, b, weight in edges if a != b] if directed else []
    triples: list[Triple] = [
        (listed[a - 1], listed[b - 1], {"weight": weight}) for a, b, weight in (*arcs, *edges, *both)
    ]
    nodes: list[Hashable] = list(listed)
    kind = "directed" if directed else "undirected"
    return graph_of(nodes, triples, directed, f"Pajek network of {len(triples)} {kind} connections")


def _pajek_words(path: Path, number: int, line: str) -> list[str]:
    if '"' not in line:
        return line.split()
    splitter = shlex.shlex(line, posix=True)
    splitter.whitespace_split, splitter.quotes, splitter.commenters, splitter.escape = True, '"', "", ""
    try:
        return list(splitter)
    except ValueError:
        raise EvomodError(f'{path}, line {number}: a " is not closed.') from None


def _whole(path: Path, number: int, text: str, least: int, most: int) -> int:
    is_short = text.isascii() and text.isdigit() and len(text) < 19  # int("²") and int("9" * 5000) fail
    if not is_short or not least <= int(text) <= most:
        raise EvomodError(
            f"{path}, line {number}: expected a number from {least} to {most}; got {shown(text)}."
        )
    return int(text)
