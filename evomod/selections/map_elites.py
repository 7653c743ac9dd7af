"""MAP-Elites (Mouret & Clune 2015): an archive of the fittest network in each cell of a plane of two descriptors.

Place in the loop: parents and survivors. The population is the archive. In every generation ``evolution.population``
offspring are made, each of a parent drawn uniformly from the archive; an individual enters the archive where its cell
is empty or its fitness is above that of who is there. A descriptor is any measured column (`selections.columns`), cut
into equal bins; what lies outside the range counts in the bin at its end.

The default plane is that of the map of performance in Clune et al. (2013): connection cost from 0 to 500 and Q from 0
to 1, 200 bins each (authors' code). Their program searched it in another way, by performance and novelty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator, model_validator

from evomod.sections import Integers, MethodSection, Names, Ranges
from evomod.selections.base import Candidates, Rows, Selection
from evomod.selections.ranking import Survivors

Bins = Annotated[Integers, Field(min_length=2, max_length=2)]


class MapElitesSection(MethodSection):
    """Two descriptors with their bins."""

    descriptors: Annotated[Names, Field(min_length=2, max_length=2)] = ("connection_cost", "q_score")
    """Measured columns, or pressures that measure a number."""
    ranges: Ranges = ((0.0, 500.0), (0.0, 1.0))
    """Lowest and highest value of each."""
    bins: Bins = (200, 200)
    """Number of equal bins of each."""

    @field_validator("bins")
    @classmethod
    def _some(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if min(value) < 1 or value[0] * value[1] > MOST_CELLS:
            raise ValueError(f"wanted two numbers of bins from 1, at most {MOST_CELLS:,} cells in all")
        return value

    @model_validator(mode="after")
    def _wide(self) -> MapElitesSection:
        if not all(low < high for low, high in self.ranges):
            raise ValueError("ranges: wanted [lowest, highest] of each descriptor with lowest < highest")
        if self.descriptors[0] == self.descriptors[1]:
            raise ValueError("descriptors: wanted two that differ")
        return self


MOST_CELLS = 1_000_000
"""As many individuals as a population may have."""


def cells(columns: Mapping[str, NDArray[np.float64]], section: MapElitesSection) -> NDArray[np.int64]:
    """``[individual, descriptor]``: the bin in which each lies."""
    found = []
    for name, (low, high), n in zip(section.descriptors, section.ranges, section.bins, strict=True):
        share = (columns[name] - low) / (high - low)
        found.append(np.clip(np.floor(share * n), 0, n - 1).astype(np.int64))
    return np.stack(found, axis=1)


def breed(
    candidates: Candidates, section: MapElitesSection, rng: np.random.Generator
) -> tuple[None, Rows]:
    """All of the archive pass into the pool; parents are drawn uniformly."""
    return None, rng.integers(candidates.size, size=candidates.number)


def survivors(
    candidates: Candidates, number: int, section: MapElitesSection, rng: np.random.Generator
) -> Survivors:
    """The first of the fittest of every cell, in the order of cells: the archive comes first in the pool."""
    cell = np.ravel_multi_index(tuple(cells(candidates.columns, section).T), section.bins)
    order = np.lexsort(
        (-candidates.objectives[:, 0], cell)
    )  # stable: equals stay in the order of the pool
    placed = cell[order]
    rows = order[np.append(True, placed[1:] != placed[:-1])]
    return Survivors(rows, np.zeros(rows.size, np.int64), np.zeros(rows.size))


def table(candidates: Candidates, section: MapElitesSection) -> dict[str, NDArray[Any]]:
    """The map: of every cell that is filled its bins, its network's descriptors and fitness."""
    place = cells(candidates.columns, section)
    bins = {f"bin:{name}": place[:, k] for k, name in enumerate(section.descriptors)}
    values = {name: candidates.columns[name] for name in section.descriptors}
    return bins | values | {"best_fitness": candidates.fitness}


SELECTION = Selection(
    name="map-elites",
    breed=breed,
    survivors=survivors,
    section=MapElitesSection,
    columns=lambda section: section.descriptors,
    capacity=lambda section: section.bins[0] * section.bins[1],
    table=table,
)
