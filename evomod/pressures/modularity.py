"""Modularity itself as an objective: Q up or down, beside fitness.

Place in the loop: objective, or with a penalty a price taken off the fitness. It is an intervention, no cause: what
follows from modularity shows where Q is pushed and nothing else is. Clune, Mouret & Lipson (2013) have Q up as a control
of their connection cost; Q down is our choice. Measured on the simplified network by the method that is tracked.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evomod.pressures.base import Pressure, View
from evomod.sections import PricedSection


class ModularitySection(PricedSection):
    """Q of the simplified network, higher or lower."""

    direction: Literal["up", "down"] = "up"
    """Whether Q is to be high or low."""


def measure(view: View, section: ModularitySection) -> NDArray[np.float64]:
    """Q ``[individual]``."""
    q: NDArray[np.float64] = view.operators.q(view.genomes)
    return q


def is_up(section: ModularitySection) -> bool:
    """Whether Q is to be high."""
    return section.direction == "up"


PRESSURE = Pressure("modularity", measure, ModularitySection, is_maximised=is_up, order=40)
