"""Pruning: the least connections of every individual are removed, now and then.

Place in the loop: variation, of all survivors. At the end of every n-th generation they lose connections, are
answered and ranked anew, and only then logged; so parents of the next generation are chosen by what the pruned
networks can do. In training the smallest weights are removed step by step (Filan et al. 2021); how often, how
many, and that it is done to a population are our choice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evomod.encodings.base import Encoding, nobody
from evomod.pressures.base import Pressure, Trial
from evomod.sections import Section


class PruningSection(Section):
    """Removal of the least connections of all survivors, now and then."""

    every: int = Field(default=100, ge=1)
    """Generations from one pruning to the next."""
    fraction: float = Field(default=0.1, gt=0.0, le=1.0)
    """Of an individual's connections, rounded, at least one."""
    by: Literal["weight", "lesion"] = "weight"
    """Least by |weight|, or by the fitness that is lost when a connection is removed."""


BLOCK = 20_000
"""Lesioned networks that are answered at once: a slot of memory each, 1 kB on the retina."""


def least(
    present: NDArray[np.bool_],
    importance: NDArray[np.float64],
    fraction: float,
    fewest: int,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Which connections go, ``[individual, edge]``: the least important of those that are ``present[individual, edge]``.

    ``importance[individual, edge]``. The ``fraction`` of an individual's connections is
    rounded, at least one, and leaves ``fewest``. Of equals, who goes is drawn: one number an edge.
    """
    n = present.sum(axis=1)
    number = np.minimum(np.maximum(np.rint(fraction * n), 1), np.maximum(n - fewest, 0))
    keys = (rng.random(importance.shape), np.where(present, importance, np.inf), ~present)
    order = np.lexsort(keys, axis=1)
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(present.shape[1]), order.shape), axis=1)
    return place < number[:, None]


def losses(
    encoding: Encoding,
    genomes: NDArray[Any],
    present: NDArray[np.bool_],
    fitness: NDArray[np.float64],
    fitness_of: Callable[[NDArray[Any], NDArray[np.int64]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Fitness that each connection is worth: ``[individual, edge]``, what is lost when it alone is removed.

    ``present[individual, edge]``; ``fitness[individual]`` of the whole networks; ``fitness_of(genomes, ancestors)`` measures
    further ones.
    """
    lost = np.zeros(present.shape)
    if np.isnan(fitness).any():  # a neutral epoch: nothing is worth anything
        return lost
    step = max(1, BLOCK // present.shape[1])
    for first in range(0, genomes.shape[0], step):
        whole = genomes[first : first + step]
        rows, edges = np.nonzero(present[first : first + step])
        alone = np.zeros((rows.size, present.shape[1]), np.bool_)
        alone[np.arange(rows.size), edges] = True
        cut = encoding.without(whole[rows], alone)
        ancestors = np.concatenate((nobody(whole.shape[0]), rows))
        measured = fitness_of(np.concatenate((whole, cut)), ancestors)[whole.shape[0] :]
        lost[first + rows, edges] = fitness[first + rows] - measured
    return lost


def change(trial: Trial, section: PruningSection, rng: np.random.Generator) -> NDArray[Any] | None:
    """The survivors without their least connections, in every n-th generation."""
    if trial.number % section.every != 0:
        return None
    genomes, encoding = trial.population.genomes, trial.encoding
    importance = encoding.strengths(genomes)
    present = importance > 0.0
    if section.by == "lesion":
        importance = losses(
            encoding, genomes, present, trial.fitness,
            lambda others, ancestors: trial.fitness_of(others, ancestors, trial.goal),
        )  # fmt: skip
    fewest = getattr(
        encoding.variation, "min_connections", 0
    )  # sections of users' encodings need not have it
    return encoding.without(genomes, least(present, importance, section.fraction, fewest, rng))


PRESSURE = Pressure(
    "pruning",
    section=PruningSection,
    place="variation",
    requires=frozenset({"weights", "removal"}),
    order=40,
    change=change,
)
