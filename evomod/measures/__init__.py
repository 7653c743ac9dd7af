"""A network in, numbers out."""

from __future__ import annotations

from evomod.measures.maximum import q_max
from evomod.measures.modularity import METHODS, Partition, modularity
from evomod.measures.motifs import MotifProfile, class_adjacency, motif_census, motif_ids, motifs
from evomod.measures.neighbourhood import Neighbourhood, Reach, neighbourhood
from evomod.measures.normalised import NormalisedModularity, normalised_modularity, null_distribution
from evomod.measures.nulls import NULLS, random_graphs

__all__ = [
    "METHODS",
    "NULLS",
    "MotifProfile",
    "Neighbourhood",
    "NormalisedModularity",
    "Partition",
    "Reach",
    "class_adjacency",
    "modularity",
    "motif_census",
    "motif_ids",
    "motifs",
    "neighbourhood",
    "normalised_modularity",
    "null_distribution",
    "q_max",
    "random_graphs",
]
