"""Modularity itself as the goal (Kashtan & Alon 2005: what Q_max is measured with, and their control).

Place in the loop: fitness. With the goal "max-modularity" it is Q of the simplified network, by the method
that is tracked; with "modularity:0.49" it is 1 - (Q - 0.49)^2 (`goals.Modularity`). All else stays as the config has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.encodings import Encoding
from evomod.kernels import modularity as kernels

IS_AS_CLUNE2013 = {"clune2013": True, "leading-eigenvector": False}

REMEMBERED = 50_000
"""Genomes and networks whose Q is kept, about 20 MB. Of the 700 circuits that are made in a generation
some 60 are networks whose Q is not known, with a target some 230 (medians of 300 generations)."""


@dataclass(slots=True)
class Known:
    """Q of the genomes and of the simplified networks seen last; the same whoever asks, so never saved."""

    by_genome: dict[bytes, float] = field(default_factory=dict)
    by_network: dict[bytes, float] = field(default_factory=dict)


def measure(
    encoding: Encoding,
    method: str,
    known: Known,
    genomes: NDArray[Any],
) -> NDArray[np.float64]:
    """Q ``[individual]`` of the simplified networks of genomes ``[individual, gene]``.

    Only networks that are new are measured, at 30 us each.
    """
    rows, q_of = _rows(genomes), known.by_genome
    if len(q_of) > REMEMBERED:
        q_of.clear()
    found = list(map(q_of.get, rows))
    new = [k for k, q in enumerate(found) if q is None]
    if new:
        for k, q in zip(new, _of_networks(encoding, method, known, genomes[new]), strict=True):
            q_of[rows[k]] = found[k] = q
    return np.array(found)


def _of_networks(
    encoding: Encoding,
    method: str,
    known: Known,
    genomes: NDArray[Any],
) -> list[float]:
    wiring, q_of = encoding.wiring, known.by_network
    if len(q_of) > REMEMBERED:
        q_of.clear()
    working = encoding.simplify(genomes)
    rows = _rows(np.packbits(working != 0, axis=1))
    new = {row: k for k, row in enumerate(rows) if row not in q_of}
    graphs, q = wiring.adjacencies(working[list(new.values())]), np.empty(len(new))
    modules, space = np.empty(graphs.shape[:2], np.int64), kernels.space(wiring.n_nodes)
    kernels.leading_eigenvector_of_many(graphs, IS_AS_CLUNE2013[method], *space, modules, q)
    q_of.update(zip(new, q.tolist(), strict=True))
    return [q_of[row] for row in rows]


def _rows(table: NDArray[Any]) -> list[bytes]:
    """The rows of an array as bytes."""
    width = table.shape[1] * table.itemsize
    found: list[bytes] = np.ascontiguousarray(table).view(f"V{width}").ravel().tolist()
    return found  # in a quarter of the time of slices of all bytes
