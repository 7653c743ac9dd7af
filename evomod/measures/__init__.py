"""A network in, numbers out."""

from __future__ import annotations

from evomod.measures.hierarchy import hierarchy
from evomod.measures.modularity import METHODS, Partition, modularity
from evomod.measures.n_cut import NCut, graph_of_layers, n_cut

__all__ = ["METHODS", "NCut", "Partition", "graph_of_layers", "hierarchy", "modularity", "n_cut"]
