"""Connection cost: an objective beside fitness (Clune, Mouret & Lipson 2013).

Place in the loop: objective. It is measured on the simplified network and minimised; with a
probability below 1 it takes part in only that share of all comparisons of two individuals. With a penalty
it is no objective: so much of it is taken off the fitness that selection sees.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evomod.encodings.wiring import Wiring
from evomod.kernels import placement
from evomod.kernels.vectors import LANES
from evomod.pressures.base import Pressure, View
from evomod.sections import PricedSection, Probability


class ConnectionCostSection(PricedSection):
    """A cost of connections (Clune et al. 2013)."""

    measure: Literal["wiring-length", "fixed-length", "connections", "nodes"] = "wiring-length"
    """Summed squared length with hidden nodes where it is least, or at their places; or a number."""
    probability: Probability | None = 0.25
    """With which the cost takes part in a comparison of two individuals. None: it is no objective."""


def measure(
    wiring: Wiring,
    name: str,
    working: NDArray[np.int8],
    ancestors: NDArray[np.int64],
    known: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Connection cost ``[individual]`` of simplified networks ``working[individual, edge]``.

    "wiring-length": summed squared length with hidden nodes where it is least (§ "optimal placement");
    "fixed-length": the same at the given coordinates; "connections"; "nodes": those with a connection.
    ``ancestors[individual]``: row of the parent, itself where ``known[individual]`` holds the cost
    already, or -1. Costs of unchanged networks are inherited. Wiring length is rounded to 2**-20.
    """
    if name == "wiring-length":
        length = known.copy()
        n = max(0, wiring.n_neurons - wiring.n_outputs)
        listed, lanes = np.empty(working.shape[0], np.int64), np.empty((2, LANES), np.int64)
        columns, partners = np.empty(wiring.n_edges, np.uint64), np.empty((n, n + 1), np.int64)
        placement.wiring_length(
            working, ancestors, wiring.source, wiring.target, wiring.n_inputs, wiring.positions, listed, lanes,
            columns, partners, np.empty((n, n, LANES)), np.empty((n, 2, LANES)), np.empty(LANES), length,
        )  # fmt: skip
        return length
    present = working != 0
    if name == "connections":
        return present.sum(axis=1).astype(np.float64)
    if name == "fixed-length":
        ends = wiring.positions[wiring.source] - wiring.positions[wiring.target]
        return present.astype(np.float64) @ (ends**2).sum(axis=1)
    return wiring.n_connected(working, inputs=True).astype(np.float64)


def measure_view(view: View, section: ConnectionCostSection) -> NDArray[np.float64]:
    """`measure` by the run's operator ``cost``."""
    return view.inherited(view.operators.cost)


def requires(section: ConnectionCostSection) -> frozenset[str]:
    """Lengths are measured between places."""
    return frozenset({"places"} if "length" in section.measure else ())


PRESSURE = Pressure("connection-cost", measure_view, ConnectionCostSection, requires=requires, order=10)
