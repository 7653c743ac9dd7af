"""What draws: a generator of the caller's, one of a seed, or always the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from evomod.errors import EvomodError, shown

Rng = np.random.Generator | int | None
"""A generator, a seed, or None: always the same numbers."""


def generator_of(rng: Any, seed: int) -> np.random.Generator:
    """The generator; of ``seed`` where None is given. Raises `EvomodError` for anything else.

    >>> generator_of(3, 0).random() == np.random.default_rng(3).random()
    True
    """
    if isinstance(rng, np.random.Generator):
        return rng
    given = seed if rng is None else rng
    if isinstance(given, int | np.integer) and not isinstance(given, bool) and given >= 0:
        return np.random.default_rng(int(given))
    raise EvomodError(
        f"rng: expected a generator of numpy.random, a whole number from 0, or None; got {shown(rng)}."
    )
