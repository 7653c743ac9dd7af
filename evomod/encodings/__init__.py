"""What a genome is, one module an encoding: how it is born, varied, evaluated and read as a network."""

from __future__ import annotations

from evomod.encodings.base import Encoding, EncodingKind
from evomod.encodings.circuit import Circuit
from evomod.encodings.layered import Layered
from evomod.encodings.threshold import Threshold

__all__ = ["Circuit", "Encoding", "EncodingKind", "Layered", "Threshold"]
