"""What methods of selection may look at besides objectives: numbers that are measured once an individual.

A column is a number of the simplified network, as in the log (`COLUMNS`), or what any pressure measures, whether it
acts or not, by the pressure's name.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.pressures.base import Acting, Pressure, View
from evomod.pressures.collection import PRESSURES, Pressures


def connection_cost(view: View, section: Any) -> NDArray[np.float64]:
    """By the run's operator ``cost``; of networks without places the number of connections."""
    return view.inherited(view.operators.cost)


def q_score(view: View, section: Any) -> NDArray[np.float64]:
    """Q by the run's operator ``q``."""
    found: NDArray[np.float64] = view.operators.q(view.genomes)
    return found


def connections(view: View, section: Any) -> NDArray[np.float64]:
    """Number of active connections."""
    return (view.active != 0).sum(axis=1).astype(np.float64)


def neurons(view: View, section: Any) -> NDArray[np.float64]:
    """Number of neurons or gates with an active connection, outputs included."""
    return view.wiring.n_connected(view.active).astype(np.float64)


COLUMNS = {
    function.__name__: Pressure(function.__name__, function)
    for function in (connection_cost, q_score, connections, neurons)
}


def known(pressures: Pressures) -> dict[str, Acting]:
    """Every column of a run with these pressures, by name, each with the section that it is measured with."""
    columns = {name: Acting(column, None) for name, column in COLUMNS.items()}
    for pressure in PRESSURES.values():
        fields = pressure.section.model_fields.values()
        if pressure.measure is not None and not any(field.is_required() for field in fields):
            columns[pressure.name] = Acting(pressure, pressure.section())
    acting = {one.name: one for one in pressures.acting if one.pressure.measure is not None}
    return {name: one for name, one in (columns | acting).items() if not one.pressure.is_of_pool}
