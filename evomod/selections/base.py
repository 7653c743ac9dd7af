"""What a method of selection is, and what it may look at.

A generation is made in one way, whatever the method::

    kept, parents = breed(candidates, section, rng)      # of the generation before
    pool = kept + offspring of parents
    population = survivors(pool, number, section, rng)   # all of them where there is no such function

What a method remembers is its population, which may be an archive of any size: so it is saved and resumed as any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evomod.population import Operators
from evomod.pressures.base import View
from evomod.sections import MethodSection
from evomod.selections.ranking import Survivors

Sees = Literal["objectives", "fitness", "outputs"]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Individuals to be chosen from, and what they are worth."""

    view: View
    """Genomes, outputs, active connections; and the goal by which they are judged."""
    objectives: NDArray[np.float64]
    """``[individual, objective]``, all maximised; the first is fitness less all penalties."""
    probabilities: NDArray[np.float64]
    """``[objective]``: with which each takes part in a comparison."""
    crowding: NDArray[np.float64]
    """``[individual]``: of those that were selected before, else 0."""
    operators: Operators
    """The run's toolbox."""
    number: int
    """``evolution.population``."""
    columns: Mapping[str, NDArray[np.float64]]
    """``[individual]`` by name: the measured columns that the method named, and what pressures measure."""
    fitness: NDArray[np.float64]
    """``[individual]``: as logged, of the whole network and without penalties."""
    is_again: bool = False
    """Whether they survived in this generation already, and are looked at anew since a pressure has changed them."""

    @property
    def size(self) -> int:
        """Number of individuals."""
        return self.objectives.shape[0]


Rows = NDArray[np.int64]
Breed = Callable[[Candidates, Any, np.random.Generator], tuple[Rows | None, Rows]]
Survive = Callable[[Candidates, int, Any, np.random.Generator], Survivors]
ByFitness = Callable[[Any, NDArray[np.float64], np.random.Generator], tuple[Rows, Rows]]
Table = Callable[[Candidates, Any], Mapping[str, NDArray[Any]]]


def no_columns(section: Any) -> tuple[str, ...]:
    """Of a method that looks at objectives alone."""
    return ()


@dataclass(frozen=True, slots=True)
class Selection:
    """A method of selection.

    Parameters
    ----------
    name
        As in a config, ``selection.method``.
    breed
        ``breed(candidates, section, rng) -> kept, parents``: rows of the last generation that pass into the pool
        (None: all of them), and the rows that offspring are made of, one each.
    survivors
        ``survivors(candidates, number, section, rng) -> Survivors``, from the pool of kept and offspring. None:
        all of the pool, which then has as many as a population.
    section
        What may stand in ``[selection]`` besides the method.
    sees
        What decides: all "objectives", "fitness" (the first objective alone), or the "outputs" pattern by
        pattern. Pressures that act on what it does not see are refused.
    columns
        ``columns(section)``: names of measured columns that it looks at, ``candidates.columns[name]``.
    capacity
        ``capacity(section)``: the most survivors of a method whose population is an archive, of any size up to that;
        ``evolution.population`` then is the number at birth. None: always ``evolution.population``.
    fewest
        The smallest ``evolution.population``.
    by_fitness
        ``by_fitness(section, fitness, rng) -> kept, parents``: what the toolbox holds as its operator ``breed``, for a
        method whose ``breed`` calls that one, so that it can be replaced.
    table
        ``table(candidates, section)``: columns that stand in ``archive.csv`` of the run folder, one row per individual.
    """

    name: str
    breed: Breed
    survivors: Survive | None = None
    section: type[MethodSection] = MethodSection
    sees: Sees = "fitness"
    columns: Callable[[Any], tuple[str, ...]] = no_columns
    capacity: Callable[[Any], int] | None = None
    table: Table | None = None
    fewest: int = 1
    by_fitness: ByFitness | None = None

    def most(self, section: Any, population: int) -> int:
        """The most individuals that a generation may have."""
        return population if self.capacity is None else max(population, self.capacity(section))
