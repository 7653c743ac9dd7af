"""Costs of strong connections: L1, the sum of |weight|, and L2, the root of the sum of weight**2.

Place in the loop: objective, minimised, beside fitness; or, with a penalty, taken off the fitness that
selection sees. Both are measured on the simplified network. In training they are terms of the loss (Filan et
al. 2021); as objectives of an evolution they are our choice, after the connection cost.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evomod.pressures.base import Pressure, View
from evomod.sections import PricedSection


class L1Section(PricedSection):
    """Sum of |weight| over the connections of the simplified network."""


class L2Section(PricedSection):
    """Root of the sum of weight**2 over the connections of the simplified network."""


def l1(strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of |weight| ``[individual]`` from ``strengths[individual, edge]``, 0 where there is no connection.

    >>> l1(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [7.0, 0.0]
    """
    total: NDArray[np.float64] = strengths.sum(axis=1)
    return total


def l2(strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Root of the sum of squares ``[individual]``.

    >>> l2(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [5.0, 0.0]
    """
    return np.sqrt((strengths**2).sum(axis=1))


def measure_l1(view: View, section: L1Section) -> NDArray[np.float64]:
    """`l1` of active connections."""
    return l1(view.strengths)


def measure_l2(view: View, section: L2Section) -> NDArray[np.float64]:
    """`l2` of active connections."""
    return l2(view.strengths)


L1 = Pressure("l1", measure_l1, L1Section, requires=frozenset({"weights"}), order=30)
L2 = Pressure("l2", measure_l2, L2Section, requires=frozenset({"weights"}), order=31)
