"""Behavioural diversity: being different from the others as an objective (Mouret & Doncieux 2012).

Place in the loop: objective, maximised, measured anew every generation on parents and offspring
together. A control in Clune et al. 2013, part of every treatment in Mengistu et al. 2016.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.kernels import answers as kernels
from evomod.pressures.base import Pressure, View
from evomod.sections import Probability, Section


class DiversitySection(Section):
    """Mean Hamming distance of the answers to the whole pool as an objective (Mouret & Doncieux)."""

    probability: Probability = 1.0
    """With which the objective takes part in a comparison of two individuals."""


def measure(yes: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Mean Hamming distance of each individual's yes bits to the whole pool, itself included.

    ``yes[individual, output, word]``; returns ``[individual]``, a number of bits. Linear in the pool: each bit is
    counted over the pool once.

    >>> measure(np.array([[[0]], [[1]], [[3]]], np.uint64)).round(3).tolist()
    [1.0, 0.667, 1.0]
    """
    octets = np.ascontiguousarray(yes.reshape(yes.shape[0], -1)).view(np.uint8)
    n, n_octets = octets.shape
    distances = np.empty(n)
    counts, worths = np.zeros((n_octets, 256), np.int64), np.empty((n_octets, 256), np.int64)
    kernels.differ(octets, counts, worths, distances)
    return distances


def measure_view(view: View, section: Any) -> NDArray[np.float64]:
    """`measure` of the outputs of a pool."""
    return measure(view.yes)


PRESSURE = Pressure(
    "behavioural-diversity", measure_view, DiversitySection, is_maximised=True, is_of_pool=True, order=20
)
