"""What individuals answer, what they cost, and what a generation's goal and pressures make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.evolution.setup import Setup
from evomod.files.plugins import Fault, called
from evomod.kernels import answers as kernels
from evomod.population import Goal, Population, score
from evomod.pressures import connection_range, dropout, max_modularity
from evomod.pressures.base import Acting, View
from evomod.selections.base import Candidates
from evomod.selections.collection import origin_of
from evomod.selections.ranking import Survivors

SILENCES = 0x64726F70
"""Key of the stream of random numbers for dropout."""


def stream(sequence: np.random.SeedSequence, *key: int) -> np.random.Generator:
    """Random numbers of their own for one purpose, which depend on the run's seed alone."""
    keys = (*sequence.spawn_key, *key)
    return np.random.default_rng(np.random.SeedSequence(sequence.entropy, spawn_key=keys))


@dataclass(frozen=True, slots=True)
class Loop:
    """What a run carries along from one generation to the next."""

    setup: Setup
    memory: NDArray[Any]
    """Of the encoding: what every individual answers, a slot an individual."""
    rng: np.random.Generator


@dataclass(frozen=True, slots=True)
class Pool:
    """Individuals to be selected from."""

    population: Population
    ancestors: NDArray[np.int64]
    """``[individual]``: row of the parent, itself where all is known, or -1."""
    n_known: int = 0
    """The first rows are the survivors of the generation before, in their order: their fitness may be known."""


def develop(
    setup: Setup,
    genomes: NDArray[Any],
    ancestors: NDArray[np.int64],
    slots: NDArray[np.int64],
    memory: NDArray[Any],
    old: Population | None = None,
) -> Population:
    """Answers and numbers of individuals; the first rows may be an ``old`` population, known already."""
    answer(setup, genomes, ancestors, slots, memory)
    n_known = 0 if old is None else old.size
    yes, no = setup.module.answers(setup.encoding, slots[n_known:], memory)
    if old is not None:
        yes, no = np.concatenate((old.yes, yes)), np.concatenate((old.no, no))
    if not setup.measured:
        return Population(genomes, yes, no, None, None, slots)
    working = setup.module.simplify(
        setup.encoding, genomes, ancestors, None if old is None else old.working
    )
    view = View(
        setup.encoding, setup.module, setup.toolbox, genomes, yes, no, n_known, ancestors, None, working
    )
    numbers = {acting.name: _number_of(acting, view, old) for acting in setup.measured}
    return Population(genomes, yes, no, working, numbers, slots)


def _number_of(acting: Acting, view: View, old: Population | None) -> NDArray[np.float64]:
    """What a pressure measures of a pool, where it is known of the ``old`` individuals."""
    if old is None or old.measured is None:
        return number_of(acting, view)
    known = old.measured[acting.name]
    view.known = known
    return np.concatenate((known, number_of(acting, view)))


def number_of(acting: Acting, view: View) -> NDArray[np.float64]:
    """What a pressure measures of a view. Raises `Fault` where it is not one finite float64 an individual."""
    pressure = acting.pressure
    assert pressure.measure is not None
    if acting.is_built_in:
        return pressure.measure(view, acting.section)
    found: Any = called(acting.told, acting.file, pressure.measure, view, acting.section)
    if not isinstance(found, np.ndarray):
        raise Fault(
            f"{acting.told} returned a {type(found).__name__}; expected an array float64[{view.size}], one "
            "number an individual."
        )
    if found.shape != (view.size,) or found.dtype != np.float64:
        raise Fault(
            f"{acting.told} returned {found.dtype}{list(found.shape)}; expected float64[{view.size}], one number "
            f"an individual{'' if found.dtype == np.float64 else ' (.astype(float) converts)'}."
        )
    if not np.isfinite(found).all():
        row = int(np.argmin(np.isfinite(found)))
        raise Fault(
            f"{acting.told} returned {found[row]} for individual {row}; expected finite numbers."
        )
    return found


def answer(
    setup: Setup,
    genomes: NDArray[Any],
    ancestors: NDArray[np.int64],
    slots: NDArray[np.int64],
    memory: NDArray[Any],
) -> None:
    """Let the toolbox fill the memory with the answers of genomes."""
    if setup.toolbox.answer(genomes, ancestors, slots, memory) is not None:
        raise EvomodError(
            "'answer' in the toolbox returned something; wanted None: it fills the memory."
        )


def fitness_of(setup: Setup, population: Population, goal: Goal, first: int = 0) -> NDArray[np.float64]:
    """Fitness ``[individual]`` from row ``first`` on; a goal that rewards Q asks the networks, not answers."""
    if goal.q_target is not None:
        return max_modularity.reward(setup.toolbox.q(population.genomes[first:]), goal.q_target)
    return score(population.yes[first:], population.no[first:], goal, setup.tie_rule)


def fitness_of_genomes(
    setup: Setup, goal: Goal, genomes: NDArray[Any], ancestors: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Fitness of genomes that are no part of the population."""
    slots = np.arange(genomes.shape[0])
    memory = setup.module.memory(setup.encoding, slots.size)
    answer(setup, genomes, ancestors, slots, memory)
    yes, no = setup.module.answers(setup.encoding, slots, memory)
    return fitness_of(setup, Population(genomes, yes, no, None, None, slots), goal)


def silences_of(setup: Setup, rng: np.random.Generator, number: int) -> dropout.Silences | None:
    """The silent sets of a generation; drawn from a stream of its own, so that a resumed run finds them."""
    section = setup.config.pressures.get("dropout")
    if section is None or section.rate == 0.0:
        return None
    n_hidden = setup.module.n_hidden(setup.encoding)
    if section.exact:
        return dropout.every(n_hidden, section.rate)
    sequence = rng.bit_generator.seed_seq
    assert isinstance(sequence, np.random.SeedSequence)
    return dropout.drawn(n_hidden, section.rate, section.draws, stream(sequence, SILENCES, number))


def expected_fitness(
    loop: Loop,
    pool: Pool,
    goal: Goal,
    fitness: NDArray[np.float64],
    silences: dropout.Silences | None,
) -> NDArray[np.float64] | None:
    """Mean fitness under dropout. A goal that rewards Q asks no answers, so silence does nothing to it."""
    if silences is None or goal.n_answers == 0 or goal.q_target is not None:
        return None if silences is None else fitness
    setup, memory = loop.setup, loop.memory
    genomes, slots, encoding = pool.population.genomes, pool.population.slots, setup.encoding
    ancestors = np.where(pool.ancestors == np.arange(slots.size), -1, pool.ancestors)

    def answers(silent: NDArray[np.bool_]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        yes, no = setup.module.silenced(encoding, genomes, ancestors, silent, slots, memory)
        return yes, no

    return dropout.expected(answers, silences, goal, setup.tie_rule, slots.size)


def view_of(setup: Setup, population: Population, goal: Goal) -> View:
    """A view of a whole population, or pool."""
    return View(
        encoding=setup.encoding,
        module=setup.module,
        operators=setup.toolbox,
        pool=population.genomes,
        all_yes=population.yes,
        all_no=population.no,
        rewarded=goal,
        working=population.working,
        tie_rule=setup.tie_rule,
    )


def objectives_of(
    setup: Setup, population: Population, goal: Goal, fitness: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Objectives ``[individual, objective]``, all maximised: ``fitness``, less all penalties, comes first.

    In a neutral epoch no objective counts.
    """
    columns = [fitness]
    for acting in setup.objectives:
        number = _of(acting, setup, population, goal)
        columns.append(number if acting.pressure.is_maximised else -number)
    table = columns[0][:, None] if len(columns) == 1 else np.stack(columns, axis=1)
    if goal.n_answers == 0:
        return np.zeros(table.shape)
    for acting in setup.constraints:
        table = connection_range.lowered(table, _of(acting, setup, population, goal))
    return table


def penalised(
    setup: Setup,
    fitness: NDArray[np.float64],
    population: Population,
    memory: NDArray[Any],
    goal: Goal,
) -> NDArray[np.float64]:
    """Fitness as an objective: less all penalties; in a neutral epoch everybody's is 0."""
    penalty, above = setup.penalty
    if goal.n_answers == 0:
        return np.zeros(fitness.size)
    scored = fitness
    if penalty != 0.0:
        n_effective = setup.module.n_effective(setup.encoding, population.slots, memory)
        scored = np.empty(fitness.size)
        kernels.penalise(fitness, n_effective, penalty, above, scored)
    for acting in setup.penalties:
        price = _of(acting, setup, population, goal)
        assert acting.penalty is not None
        scored = (
            scored + acting.penalty * price
            if acting.pressure.is_maximised
            else scored - acting.penalty * price
        )
    return scored


def _of(acting: Acting, setup: Setup, population: Population, goal: Goal) -> NDArray[np.float64]:
    """The number of every individual, known already or measured on all of them together."""
    if population.measured is not None and acting.name in population.measured:
        return population.measured[acting.name]
    return number_of(acting, view_of(setup, population, goal))


def selected(
    setup: Setup, candidates: Candidates, rng: np.random.Generator
) -> tuple[NDArray[np.int64] | None, NDArray[np.int64]]:
    """Rows that pass (None: all), and rows of parents. Raises `Fault` where a user's method gives others."""
    breed, section = setup.selection.breed, setup.config.selection
    origin = origin_of(section)
    if origin is None:
        return breed(candidates, section, rng)
    told = setup.told_of_selection
    found: Any = called(told, origin.file, breed, candidates, section, rng)
    if not (isinstance(found, tuple) and len(found) == 2):
        raise Fault(
            f"{told}: breed returned {type(found).__name__}; expected kept, parents: two arrays of rows."
        )
    kept, parents = found
    if kept is not None:
        _check_rows(f"{told}: kept", kept, candidates.size)
    _check_rows(f"{told}: parents", parents, candidates.size)
    return kept, parents


def surviving(setup: Setup, candidates: Candidates, number: int, rng: np.random.Generator) -> Survivors:
    """Who survives of a pool. Raises `Fault` where a user's method gives others than so many."""
    survivors, section = setup.selection.survivors, setup.config.selection
    assert survivors is not None
    origin = origin_of(section)
    if origin is None:
        return survivors(candidates, number, section, rng)
    told = f"{setup.told_of_selection}: survivors"
    found: Any = called(told, origin.file, survivors, candidates, number, section, rng)
    if not isinstance(found, Survivors):
        raise Fault(
            f"{told} returned {type(found).__name__}; expected Survivors(rows, front, crowding)."
        )
    _check_rows(told, found.rows, candidates.size)
    for name, array, kind in (
        ("front", found.front, np.int64),
        ("crowding", found.crowding, np.float64),
    ):
        if not isinstance(array, np.ndarray) or array.shape != (number,) or array.dtype != kind:
            raise Fault(f"{told}: expected {name} as {np.dtype(kind)}[{number}], one entry a survivor.")
    if found.rows.size != number:
        raise Fault(f"{told} returned {found.rows.size} rows; expected {number}.")
    return found


def _check_rows(what: str, rows: Any, n: int) -> None:
    if not isinstance(rows, np.ndarray) or rows.ndim != 1 or rows.dtype != np.int64:
        kind = f"{rows.dtype}{list(rows.shape)}" if isinstance(rows, np.ndarray) else type(rows).__name__
        raise Fault(f"{what} are {kind}; expected whole numbers, an array int64[row].")
    if rows.size and not (rows.min() >= 0 and rows.max() < n):
        raise Fault(f"{what}: expected rows from 0 to {n - 1}; got {rows.min()} to {rows.max()}.")
