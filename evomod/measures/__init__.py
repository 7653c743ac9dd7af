"""A network in, numbers out."""

from __future__ import annotations

from evomod.measures.functional import (
    Decomposition,
    Lesions,
    Redundancy,
    Separation,
    decomposition,
    lesions,
    redundancy,
)
from evomod.measures.hierarchy import hierarchy
from evomod.measures.modularity import METHODS, Partition, modularity
from evomod.measures.n_cut import NCut, graph_of_layers, n_cut

__all__ = [
    "METHODS",
    "Decomposition",
    "Lesions",
    "NCut",
    "Partition",
    "Redundancy",
    "Separation",
    "decomposition",
    "graph_of_layers",
    "hierarchy",
    "lesions",
    "modularity",
    "n_cut",
    "redundancy",
]
