"""Connections as names and attributes, as files hold them, into a networkx graph."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import networkx

Triple: TypeAlias = tuple[Hashable, Hashable, dict[str, Any]]
"""Source, target, attributes."""

MOST_NODES = 2_000_000
MOST_ITEMS = 8_000_000
"""Lines of a text, or elements of XML: a million connections fit in every format."""


def graph_of(
    nodes: Iterable[Hashable], triples: list[Triple], directed: bool, read_as: str = ""
) -> networkx.Graph:
    """A graph with these nodes first; a multigraph where a connection stands twice.

    ``nodes`` may be a dict of attributes. ``read_as`` says how the file was understood.
    """
    import networkx

    if directed:
        ends = {(source, target) for source, target, _ in triples}
    else:
        ends = {frozenset((source, target)) for source, target, _ in triples}  # type: ignore[misc]
    is_multi = len(ends) < len(triples)
    kinds = (
        (networkx.Graph, networkx.DiGraph),
        (networkx.MultiGraph, networkx.MultiDiGraph),
    )
    graph = kinds[is_multi][directed]()
    graph.add_nodes_from(nodes.items() if isinstance(nodes, dict) else nodes)
    graph.add_edges_from(triples)
    if read_as:
        graph.graph["read_as"] = read_as
    return graph
