"""A range of connections: what a cause does once it cannot make networks sparser.

Place in the loop: objectives, all of them. Where the simplified network has fewer or more connections than the
range, every objective is lowered by so much for each that any individual closer to the range comes first
(constraint domination, Deb et al. 2002). It is a control, not a cause; no paper on modularity has it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PRICE = 1e6
"""Of a connection outside the range: more than any two individuals' objectives differ by otherwise."""


def number(strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Connections ``[individual]`` from ``strengths[individual, edge]``, 0 where there is none.

    >>> number(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [2.0, 0.0]
    """
    return (strengths != 0.0).sum(axis=1).astype(np.float64)


def lowered(
    objectives: NDArray[np.float64], n: NDArray[np.float64], fewest: int, most: int
) -> NDArray[np.float64]:
    """Objectives ``[individual, objective]`` less the price of connections outside the range.

    >>> lowered(np.ones((3, 1)), np.array([4.0, 5.0, 8.0]), 5, 6).tolist()
    [[-999999.0], [1.0], [-1999999.0]]
    """
    outside = np.maximum(np.maximum(fewest - n, n - most), 0.0)
    lower: NDArray[np.float64] = objectives - PRICE * outside[:, None]
    return lower
