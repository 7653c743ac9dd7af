"""A network in, numbers out."""

from __future__ import annotations

from evomod.measures.maximum import q_max
from evomod.measures.modularity import METHODS, Partition, modularity

__all__ = ["METHODS", "Partition", "modularity", "q_max"]
