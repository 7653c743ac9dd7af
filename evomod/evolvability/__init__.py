"""What evolution can make of a network: its mutants, the time to adapt, the greatest modularity."""

from __future__ import annotations

from evomod.evolvability.neighbourhood import Neighbourhood, Reach, neighbourhood
from evomod.evolvability.q_max import q_max

__all__ = ["Neighbourhood", "Reach", "neighbourhood", "q_max"]
