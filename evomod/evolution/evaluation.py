"""What individuals answer, what they cost, and what a generation's goal and pressures make of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.encodings.base import nobody
from evomod.errors import EvomodError
from evomod.evolution.setup import Setup
from evomod.files.plugins import Fault, called
from evomod.kernels import answers as kernels
from evomod.population import Goal, Population
from evomod.pressures import connection_range
from evomod.pressures.base import Acting, Trial, View
from evomod.selections.base import Candidates
from evomod.selections.collection import METHODS
from evomod.selections.ranking import Survivors


def stream(sequence: np.random.SeedSequence, *key: int) -> np.random.Generator:
    """Random numbers of their own for one purpose, which depend on the run's seed alone."""
    keys = (*sequence.spawn_key, *key)
    return np.random.default_rng(np.random.SeedSequence(sequence.entropy, spawn_key=keys))


@dataclass(slots=True)
class Loop:
    """What a run carries along from one generation to the next."""

    setup: Setup
    memory: NDArray[Any]
    """Of the encoding: what every individual answers, one slot per individual."""
    rng: np.random.Generator

    def make_room(self, number: int) -> None:
        """A memory of at least so many slots."""
        there = self.memory.shape[0]
        if number > there:
            more = self.setup.encoding.memory(max(number, 2 * there) - there)
            self.memory = np.concatenate((self.memory, more))

    def stream(self, number: int, key: int) -> np.random.Generator:
        """Random numbers of one generation and purpose; a resumed run finds the same."""
        sequence = self.rng.bit_generator.seed_seq
        assert isinstance(sequence, np.random.SeedSequence)
        return stream(sequence, key, number)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Individuals that are to be evaluated."""

    genomes: NDArray[Any]
    ancestors: NDArray[np.int64]
    """``[individual]``: row of the parent, itself where all is known, or -1."""
    slots: NDArray[np.int64]
    """``[individual]``: its place in the memory."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Individuals to be selected from."""

    population: Population
    ancestors: NDArray[np.int64]
    """``[individual]``: row of the parent, itself where all is known, or -1."""
    n_known: int = 0
    """The first rows are the survivors of the generation before, in their order: their fitness may be known."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Individuals, and what they are worth."""

    population: Population
    goal: Goal
    fitness: NDArray[np.float64]
    objectives: NDArray[np.float64]
    expected: NDArray[np.float64] | None
    """What a pressure made of the fitness before selection saw it (None: nothing)."""
    front: NDArray[np.int64]
    crowding: NDArray[np.float64]

    def surviving(self, chosen: Survivors) -> Standing:
        """Those that selection chose, with their ranks."""
        return Standing(
            population=self.population.take(chosen.rows),
            goal=self.goal,
            fitness=self.fitness.take(chosen.rows),
            objectives=self.objectives.take(chosen.rows, axis=0),
            expected=None if self.expected is None else self.expected.take(chosen.rows),
            front=chosen.front,
            crowding=chosen.crowding,
        )

    def carrying(self, crowding: NDArray[np.float64]) -> Standing:
        """With what selection noted of the first of them, which passed."""
        fresh = np.zeros(self.population.size - crowding.size)
        return replace(self, crowding=np.concatenate((crowding, fresh)))


def afresh(loop: Loop, genomes: NDArray[Any], slots: NDArray[np.int64]) -> Pool:
    """Individuals of which nothing is known."""
    ancestors = nobody(slots.size)
    return Pool(develop(loop, Arrivals(genomes, ancestors, slots)), ancestors)


def develop(loop: Loop, arrivals: Arrivals, old: Population | None = None) -> Population:
    """Answers and numbers of individuals; the first rows may be an ``old`` population, known already."""
    setup, genomes, slots = loop.setup, arrivals.genomes, arrivals.slots
    answer(loop, arrivals)
    n_known = 0 if old is None else old.size
    yes, no = setup.encoding.outputs(slots[n_known:], loop.memory)
    if old is not None:
        yes, no = np.concatenate((old.yes, yes)), np.concatenate((old.no, no))
    if not setup.measured:
        return Population(genomes, yes, no, None, None, slots)
    ancestors = arrivals.ancestors
    working = setup.encoding.simplify(genomes, ancestors, None if old is None else old.working)
    view = View(setup.encoding, setup.toolbox, genomes, yes, no, n_known, ancestors, None, working)
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
    """What a pressure measures of a view. Raises `Fault` where it is not one finite float64 an individual, of a constraint from 0."""
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
    if pressure.place == "constraint" and found.size and found.min() < 0.0:
        row = int(np.argmin(found))
        raise Fault(
            f"{acting.told} returned {found[row]} for individual {row}; expected of a constraint how far the individual is "
            "from what is allowed, 0 inside: np.maximum(0.0, ...)."
        )
    return found


def answer(loop: Loop, arrivals: Arrivals) -> None:
    """Let the toolbox fill the memory with the answers of genomes."""
    operator = loop.setup.toolbox.answer
    if operator(arrivals.genomes, arrivals.ancestors, arrivals.slots, loop.memory) is not None:
        raise EvomodError(
            "'answer' in the toolbox returned something; wanted None: it fills the memory."
        )


def fitness_of_genomes(
    setup: Setup, genomes: NDArray[Any], ancestors: NDArray[np.int64], goal: Goal
) -> NDArray[np.float64]:
    """Fitness, at a goal, of genomes that are no part of the population."""
    slots = np.arange(genomes.shape[0])
    memory = setup.encoding.memory(slots.size)
    answer(Loop(setup, memory, np.random.default_rng(0)), Arrivals(genomes, ancestors, slots))
    yes, no = setup.encoding.outputs(slots, memory)
    return goal.score(Population(genomes, yes, no, None, None, slots), setup.rules)


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a pool is judged: the number of its generation, the goal, and fitness that is known already."""

    number: int
    goal: Goal
    known: NDArray[np.float64] | None = None
    """``[individual]``: of the first of the pool, where goal and patterns are those of the generation before."""


def judged(loop: Loop, pool: Pool, occasion: Occasion) -> Standing:
    """What individuals are worth: fitness, and all objectives that selection maximises."""
    setup, population, goal = loop.setup, pool.population, occasion.goal
    fitness, expected = _fitness(setup, pool, occasion), None
    for acting in setup.judges:
        assert acting.pressure.judge is not None
        trial = trial_of(loop, pool, occasion, fitness if expected is None else expected)
        expected = acting.pressure.judge(trial, acting.section)
    scored = penalised(loop, population, goal, fitness if expected is None else expected)
    return Standing(
        population=population,
        goal=goal,
        fitness=fitness,
        objectives=objectives_of(setup, population, goal, scored),
        expected=expected,
        front=np.zeros(population.size, np.int64),
        crowding=np.zeros(population.size),
    )


def _fitness(setup: Setup, pool: Pool, occasion: Occasion) -> NDArray[np.float64]:
    """Fitness of a pool, where it is known from the generation before."""
    if pool.n_known == 0 or occasion.known is None:
        return occasion.goal.score(pool.population, setup.rules)
    fresh = occasion.goal.score(pool.population.tail(pool.n_known), setup.rules)
    return np.concatenate((occasion.known, fresh))


def trial_of(loop: Loop, pool: Pool, occasion: Occasion, fitness: NDArray[np.float64]) -> Trial:
    """What pressures that evaluate or change individuals themselves are given."""
    setup = loop.setup
    return Trial(
        number=occasion.number,
        encoding=setup.encoding,
        population=pool.population,
        ancestors=pool.ancestors,
        fitness=fitness,
        goal=occasion.goal,
        rules=setup.rules,
        memory=loop.memory,
        stream=partial(loop.stream, occasion.number),
        goal_named=lambda name: next(goal for goal in setup.goals if goal.name == name),
        fitness_of=partial(fitness_of_genomes, setup),
    )


def view_of(setup: Setup, population: Population, goal: Goal) -> View:
    """A view of a whole population, or pool."""
    return View(
        encoding=setup.encoding,
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
    if (
        goal.is_neutral
    ):  # nothing is measured: what a pressure looks at, right answers or a goal, is not there
        return np.zeros((fitness.size, 1 + len(setup.objectives)))
    columns = [fitness]
    for acting in setup.objectives:
        number = _of(acting, setup, population, goal)
        columns.append(number if acting.is_maximised else -number)
    table = columns[0][:, None] if len(columns) == 1 else np.stack(columns, axis=1)
    for acting in setup.constraints:
        table = connection_range.lowered(table, _of(acting, setup, population, goal))
    return table


def penalised(
    loop: Loop, population: Population, goal: Goal, fitness: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fitness as an objective: less all penalties; in a neutral epoch everybody's is 0."""
    setup = loop.setup
    penalty, above = setup.penalty
    if goal.is_neutral:
        return np.zeros(fitness.size)
    scored = fitness
    if penalty != 0.0:
        n_effective = setup.encoding.n_effective(population.slots, loop.memory)
        scored = np.empty(fitness.size)
        kernels.penalise(fitness, n_effective, penalty, above, scored)
    for acting in setup.penalties:
        price = _of(acting, setup, population, goal)
        assert acting.penalty is not None
        scored = (
            scored + acting.penalty * price if acting.is_maximised else scored - acting.penalty * price
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
    origin = METHODS.origin_of(section)
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


def candidates_of(setup: Setup, standing: Standing, *, is_again: bool = False) -> Candidates:
    """A population, or pool, as selection sees it; ``is_again``: survivors that a pressure has changed."""
    population = standing.population
    return Candidates(
        view=view_of(setup, population, standing.goal),
        objectives=standing.objectives,
        probabilities=setup.probabilities,
        crowding=standing.crowding,
        operators=setup.toolbox,
        number=setup.config.evolution.population,
        columns=population.measured or {},
        fitness=standing.fitness,
        is_again=is_again,
    )


def surviving(setup: Setup, candidates: Candidates, rng: np.random.Generator) -> Survivors:
    """Who survives of a pool. Raises `Fault` where a user's method gives others than so many."""
    survivors, section, number = setup.selection.survivors, setup.config.selection, candidates.number
    assert survivors is not None
    origin = METHODS.origin_of(section)
    if origin is None:
        return survivors(candidates, number, section, rng)
    told = f"{setup.told_of_selection}: survivors"
    found: Any = called(told, origin.file, survivors, candidates, number, section, rng)
    if not isinstance(found, Survivors):
        raise Fault(
            f"{told} returned {type(found).__name__}; expected Survivors(rows, front, crowding)."
        )
    _check_rows(told, found.rows, candidates.size)
    if setup.selection.capacity is not None:
        most = setup.selection.most(section, number)
        number = found.rows.size
        if not 1 <= number <= most:
            raise Fault(f"{told} returned {number} rows; expected 1 to {most}, its capacity.")
    for name, array, kind in (
        ("front", found.front, np.int64),
        ("crowding", found.crowding, np.float64),
    ):
        if not isinstance(array, np.ndarray) or array.shape != (number,) or array.dtype != kind:
            raise Fault(f"{told}: expected {name} as {np.dtype(kind)}[{number}], one entry a survivor.")
    if found.rows.size != number:
        raise Fault(f"{told} returned {found.rows.size} rows; expected {number}.")
    if found.front.min() != 0:
        raise Fault(
            f"{told}: expected front to count from 0, where the logged best is sought; its least is {found.front.min()}."
        )
    if np.isnan(found.crowding).any():
        raise Fault(
            f"{told}: expected crowding to be numbers; entry {int(np.argmax(np.isnan(found.crowding)))} is NaN."
        )
    return found


def _check_rows(what: str, rows: Any, n: int) -> None:
    if not isinstance(rows, np.ndarray) or rows.ndim != 1 or rows.dtype != np.int64:
        kind = f"{rows.dtype}{list(rows.shape)}" if isinstance(rows, np.ndarray) else type(rows).__name__
        raise Fault(f"{what} are {kind}; expected whole numbers, an array int64[row].")
    if rows.size and not (rows.min() >= 0 and rows.max() < n):
        raise Fault(f"{what}: expected rows from 0 to {n - 1}; got {rows.min()} to {rows.max()}.")
