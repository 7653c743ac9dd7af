"""Hierarchy itself as an objective, up or down, in addition to fitness.

Place in the loop: objective, or, with a penalty, subtracted from the fitness. It is an intervention, not a cause; the program of
Mengistu et al. (2016) has it, up, as a variant. Measured on the simplified network: global reaching centrality, from
outputs to inputs.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evomod.pressures.base import Pressure, View
from evomod.sections import PricedSection


class HierarchySection(PricedSection):
    """Hierarchy of the simplified network, higher or lower."""

    direction: Literal["up", "down"] = "up"
    """Whether hierarchy is to be high or low."""


def measure(view: View, section: HierarchySection) -> NDArray[np.float64]:
    """Hierarchy ``[individual]``, from 0 to 1."""
    return view.wiring.hierarchies(view.active)


def is_up(section: HierarchySection) -> bool:
    """Whether hierarchy is to be high."""
    return section.direction == "up"


PRESSURE = Pressure("hierarchy", measure, HierarchySection, is_maximised=is_up, order=41)
