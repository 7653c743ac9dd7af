"""Bounded polynomial mutation of real numbers (Deb & Agrawal 1995, Deb et al. 2002)."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np


def polynomial(
    values: Sequence[float],
    bounds: tuple[Sequence[float], Sequence[float]],
    eta: float,
    rng: np.random.Generator,
) -> list[float]:
    """Every value changed: the larger the crowding degree ``eta``, the less; never beyond its (lows, highs).

    It draws two numbers a value, the first for nothing, from Python's generator that one draw of ``rng`` seeds: as
    DEAP's ``mutPolynomialBounded`` does where every gene is hit, to the same bits.
    """
    draw, inner, root = random.Random(int(rng.integers(2**63))).random, eta + 1, 1.0 / (eta + 1.0)
    changed = []
    for value, low, high in zip(values, *bounds, strict=True):
        draw()
        share, span = draw(), high - low
        if share < 0.5:
            room = 1.0 - (value - low) / span
            shift = (2.0 * share + (1.0 - 2.0 * share) * room**inner) ** root - 1.0
        else:
            room = 1.0 - (high - value) / span
            shift = 1.0 - (2.0 * (1.0 - share) + 2.0 * (share - 0.5) * room**inner) ** root
        changed.append(min(max(value + shift * span, low), high))
    return changed
