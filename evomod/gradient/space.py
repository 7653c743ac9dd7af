"""Neurons of a recurrent network that lie in space, and how well they communicate (Achterberg et al. 2023).

What a connection costs there is the product of its weight, its length, and the communicability of its ends: so that short
connections survive, and of them those without which the network would fall apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError


def grid(shape: Sequence[int]) -> NDArray[np.float64]:
    """Points ``[neuron, axis]`` of a grid of this shape, one unit apart, the last axis the fastest.

    >>> grid((2, 2)).tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    """
    axes = np.meshgrid(*(np.arange(n, dtype=np.float64) for n in shape), indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1)


def distances(points: ArrayLike) -> NDArray[np.float64]:
    """``[neuron, neuron]``: how far points ``[neuron, axis]`` are apart (Euclidean).

    Raises `EvomodError` where they are not such a table.

    >>> distances([[0.0, 0.0], [3.0, 4.0]]).tolist()
    [[0.0, 5.0], [5.0, 0.0]]
    """
    try:
        table = np.asarray(points, dtype=np.float64)
    except (TypeError, ValueError):
        raise EvomodError("points: expected numbers [neuron, axis]; got rows of different lengths, or no numbers.") from None  # fmt: skip
    if table.ndim != 2:
        raise EvomodError(
            f"points: expected numbers [neuron, axis]; got an array of shape {table.shape}."
        )
    if not np.isfinite(table).all():
        raise EvomodError("points: expected finite numbers; some are infinite or not a number.")
    return np.sqrt(np.square(table[:, None] - table).sum(axis=2))


def communicability(magnitudes: Any) -> Any:
    """``[neuron, neuron]``: weighted communicability of a recurrent network (Crofts & Higham 2009), of PyTorch, with its gradient.

    ``magnitudes[source, target]`` are ``|w|``. Each is divided by the root of the product of what its source and its target
    send in all; then walks of ``n`` steps count by the product of their weights over ``n!``. A neuron that sends nothing counts
    as one that sends 1. The diagonal is 0.
    """
    sent = magnitudes.sum(dim=1)
    roots = (sent + (sent == 0.0)).rsqrt()
    walks = (roots[:, None] * magnitudes * roots).matrix_exp()
    return walks - walks.diagonal().diag()
