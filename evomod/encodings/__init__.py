"""What a genome is, one module an encoding: how it is born, varied, answered and read as a network.

Every module has the same functions: build, birth, vary, memory, answer_into, answers, answer, simplify,
is_valid, mutants, to_network, from_network, and n_hidden and silenced for dropout; those with a price of
size also have n_effective, those with weights working_strengths.
"""

from __future__ import annotations

from types import ModuleType

from evomod.encodings import circuit, layered, threshold
from evomod.encodings.circuit import Circuit
from evomod.encodings.layered import Layered
from evomod.encodings.threshold import Threshold

__all__ = ["MODULES", "Circuit", "Encoding", "Layered", "Threshold"]

Encoding = Layered | Circuit | Threshold

MODULES: dict[str, ModuleType] = {
    "layered": layered,
    "layered-real": layered,
    "circuit": circuit,
    "gate-layers": circuit,
    "threshold": threshold,
}
"""The module of each value of ``network.encoding``."""
