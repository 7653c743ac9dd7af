"""Behavioural diversity: being different from the others as an objective (Mouret & Doncieux 2012).

Place in the loop: objective, maximised, measured anew every generation on parents and offspring
together. A control in Clune et al. 2013, part of every treatment in Mengistu et al. 2016.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def measure(yes: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Mean Hamming distance of each individual's yes bits to the whole pool, itself included.

    ``yes[individual, output, word]``; returns ``[individual]``, a number of bits. Counting each bit
    over the pool once makes it linear in the pool instead of quadratic.

    >>> measure(np.array([[[0]], [[1]], [[3]]], np.uint64)).round(3).tolist()
    [1.0, 0.667, 1.0]
    """
    raw = np.ascontiguousarray(yes.reshape(yes.shape[0], -1)).view(np.uint8)
    bits = np.unpackbits(raw, axis=1).astype(np.int64)
    n, ones = bits.shape[0], bits.sum(axis=0)
    return (bits @ (n - 2 * ones) + ones.sum()) / n
