"""A network in, numbers out."""

from __future__ import annotations

from evomod.measures.maximum import q_max
from evomod.measures.modularity import METHODS, Partition, modularity
from evomod.measures.neighbourhood import Neighbourhood, Reach, neighbourhood

__all__ = [
    "METHODS",
    "Neighbourhood",
    "Partition",
    "Reach",
    "modularity",
    "neighbourhood",
    "q_max",
]
