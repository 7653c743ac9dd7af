"""A network in, numbers out."""

from __future__ import annotations

from evomod.measures.modularity import METHODS, Partition, modularity
from evomod.measures.motifs import MotifProfile, class_adjacency, motif_census, motif_ids, motifs
from evomod.measures.normalised import NormalisedModularity, normalised_modularity, null_distribution
from evomod.measures.nulls import NULLS, random_graphs

__all__ = [
    "METHODS",
    "NULLS",
    "MotifProfile",
    "NormalisedModularity",
    "Partition",
    "class_adjacency",
    "modularity",
    "motif_census",
    "motif_ids",
    "motifs",
    "normalised_modularity",
    "null_distribution",
    "random_graphs",
]
