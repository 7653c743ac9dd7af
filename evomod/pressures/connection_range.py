"""A range of connections: what a cause does once it cannot make networks sparser.

Place in the loop: constraint, of all objectives. Where the simplified network has fewer or more connections than
the range, every objective is lowered by so much for each that any individual closer to the range comes first
(constraint domination, Deb et al. 2002). It is a control, not a cause; no paper on modularity has it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evomod.encodings import Encoding
from evomod.errors import EvomodError
from evomod.pressures.base import Pressure, View
from evomod.sections import Section


class ConnectionRangeSection(Section):
    """Networks of about as many connections, so that causes differ in something else: a control."""

    fewest: int = Field(ge=0)
    """Connections of the simplified network that are allowed."""
    most: int = Field(ge=0)
    """Likewise, the largest number."""

    @model_validator(mode="after")
    def _ordered(self) -> ConnectionRangeSection:
        if self.fewest > self.most:
            raise ValueError(f"wanted fewest <= most; got {self.fewest} and {self.most}")
        return self


PRICE = 1e6
"""Of a connection outside the range: more than any two individuals' objectives differ by otherwise."""


def outside(active: NDArray[np.int8], fewest: int, most: int) -> NDArray[np.float64]:
    """Connections ``[individual]`` outside the range, of ``active[individual, edge]``.

    >>> outside(np.array([[1, 0, 0], [2, -1, 0], [1, 1, 1]], np.int8), 2, 2).tolist()
    [1.0, 0.0, 1.0]
    """
    n = (active != 0).sum(axis=1).astype(np.float64)
    return np.maximum(np.maximum(fewest - n, n - most), 0.0)


def lowered(objectives: NDArray[np.float64], distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Objectives ``[individual, objective]`` less the price of a distance ``[individual]`` from what is allowed.

    >>> lowered(np.ones((3, 1)), np.array([1.0, 0.0, 2.0])).tolist()
    [[-999999.0], [1.0], [-1999999.0]]
    """
    lower: NDArray[np.float64] = objectives - PRICE * distance[:, None]
    return lower


def measure_view(view: View, section: ConnectionRangeSection) -> NDArray[np.float64]:
    """`outside` of active connections."""
    return outside(view.active, section.fewest, section.most)


def fit(section: ConnectionRangeSection, encoding: Encoding, *_: Any) -> ConnectionRangeSection:
    """Refuse a range that no network of the encoding comes into."""
    most = encoding.most_connections()
    if section.fewest > most:
        raise EvomodError(
            f"pressures.connection-range: fewest is {section.fewest}; networks of layers "
            f"{list(encoding.wiring.layers)} have {most} connections at most."
        )
    return section


PRESSURE = Pressure(
    "connection-range",
    measure_view,
    ConnectionRangeSection,
    "constraint",
    frozenset({"sparsity"}),
    order=60,
    fit=fit,
)
