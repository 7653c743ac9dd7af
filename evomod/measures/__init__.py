"""A network in, numbers out."""

from __future__ import annotations

from evomod.measures.agreement import Agreement, agreement
from evomod.measures.files import read_graph, read_modules
from evomod.measures.functional import (
    Decomposition,
    Lesions,
    Redundancy,
    Separation,
    decomposition,
    lesions,
    redundancy,
)
from evomod.measures.functional_modularity import (
    SIMILARITIES,
    FunctionalModularity,
    Responses,
    functional_modularity,
    responses_of_layers,
)
from evomod.measures.hierarchy import NullHierarchy, hierarchy, null_hierarchy
from evomod.measures.modularity import METHODS, Partition, modularity, q_of_many, quality
from evomod.measures.motifs import MotifProfile, class_adjacency, motif_census, motif_ids, motifs
from evomod.measures.n_cut import NCut, graph_of_layers, n_cut
from evomod.measures.normalised import NormalisedModularity, normalised_modularity, null_distribution
from evomod.measures.nulls import NULLS, random_graphs

__all__ = [
    "METHODS",
    "NULLS",
    "SIMILARITIES",
    "Agreement",
    "Decomposition",
    "FunctionalModularity",
    "Lesions",
    "MotifProfile",
    "NCut",
    "NormalisedModularity",
    "NullHierarchy",
    "Partition",
    "Redundancy",
    "Responses",
    "Separation",
    "agreement",
    "class_adjacency",
    "decomposition",
    "functional_modularity",
    "graph_of_layers",
    "hierarchy",
    "lesions",
    "modularity",
    "motif_census",
    "motif_ids",
    "motifs",
    "n_cut",
    "normalised_modularity",
    "null_distribution",
    "null_hierarchy",
    "q_of_many",
    "quality",
    "random_graphs",
    "read_graph",
    "read_modules",
    "redundancy",
    "responses_of_layers",
]
