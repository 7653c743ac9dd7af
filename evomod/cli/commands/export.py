"""``evomod export``: a network as files that other programs read."""

from __future__ import annotations

import argparse
import sys
from typing import Any

KINDS = {
    "graphml": "GraphML, for Gephi, yEd, networkx, igraph",
    "gml": "GML",
    "csv": "a table of connections, and beside it one of nodes (OUT.nodes.csv)",
    "parquet": "the same two tables as Parquet (requires pyarrow or polars)",
    "onnx": "a model that computes the network's outputs (requires onnx; not of circuits that feed back)",
}


def add(commands: Any) -> None:
    """Put the command into the command line."""
    export = commands.add_parser(
        "export",
        help="write a run's best network as GraphML, GML, CSV, Parquet or ONNX",
        description="Write the best network of a run, or a network's JSON, for other programs. All but ONNX hold the "
        "network without loss, connections that lead nowhere included; ONNX holds the simplified network.",
    )
    export.add_argument("run", metavar="RUN", help="a run folder, or a network's JSON")
    kind = export.add_mutually_exclusive_group(required=True)
    for name, what in KINDS.items():
        kind.add_argument(f"--{name}", metavar="OUT", help=what)
    export.set_defaults(act=act)


def act(given: argparse.Namespace) -> int:
    """Write the files, and name them."""
    from evomod.report.exporting import export, network_in

    kind = next(name for name in KINDS if getattr(given, name) is not None)
    network = network_in(given.run)
    for path in export(network, kind, getattr(given, kind)):
        print(path)
    unused = network.source.size - network.simplified().source.size
    if kind != "onnx" and unused:
        print(
            f"evomod: {unused} of the {network.source.size} connections lead to no output and are written too; evomod's own "
            "Q and number of connections are without them.",
            file=sys.stderr,
        )
    return 0
