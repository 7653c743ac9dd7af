"""The loop: an iterator of generations that reads like the papers' pseudo-code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.config import Config, ConfigLike, as_config
from evomod.encodings import Layered, layered
from evomod.errors import EvomodError
from evomod.evolution.evaluation import (
    Loop,
    Pool,
    develop,
    expected_fitness,
    fitness_of,
    fitness_of_genomes,
    objectives_of,
    penalised,
    selected,
    silences_of,
    stream,
    surviving,
    view_of,
)
from evomod.evolution.schedules import epochs
from evomod.evolution.setup import Setup, prepare
from evomod.evolution.starts import checked, first_genomes
from evomod.files.plugins import Fault
from evomod.kernels import answers as kernels
from evomod.kernels import selection as selection_kernels
from evomod.network import Network
from evomod.population import Goal, Population, goal_bits, score, shown
from evomod.pressures import pruning
from evomod.pressures.goal_switching import epoch_of
from evomod.sections import VariationSection
from evomod.selections.base import Candidates
from evomod.task import Task, pack

GOALS, PATTERNS = 0x676F616C, 0x70617474
"""Keys of the streams of random numbers for the schedule and the patterns that are shown."""


@dataclass(frozen=True, slots=True)
class Generation:
    """The survivors of one generation."""

    number: int
    goal: str
    """Name of the goal that is rewarded in it."""
    population: Population
    fitness: NDArray[np.float64]
    """``[individual]``: fraction of right answers, or what a goal that rewards Q gives for Q; NaN in a
    neutral epoch."""
    objectives: NDArray[np.float64]
    """``[individual, objective]``, all maximised; first fitness, less all penalties, under dropout its mean."""
    front: NDArray[np.int64]
    """``[individual]``: number of its front, from 0."""
    crowding: NDArray[np.float64]
    """``[individual]``."""
    since_switch: int
    """Generations since the goal last changed, or since the beginning."""
    solved_goals: tuple[str, ...]
    """Goals that the best solved in successive epochs up to now, the latest last."""
    setup: Setup
    best_row: int
    """Row of the logged individual: of the first front the fittest, then by the other objectives."""
    rewarded: Goal
    """The goal that is rewarded in it, as bits."""
    expected: NDArray[np.float64] | None = None
    """``[individual]``: mean fitness under this generation's dropout (None: there is none)."""

    @property
    def is_solved(self) -> bool:
        """Whether the logged individual solves the goal, ``evolution.solved_at`` of it."""
        return bool(self.fitness[self.best_row] >= self.setup.config.evolution.solved_at)

    def fitness_on(self, goal: str) -> NDArray[np.float64]:
        """Fitness ``[individual]`` on any goal of the task, all patterns; nothing is evaluated for it."""
        bits = goal_bits(self.setup.task, goal)
        return score(self.population.yes, self.population.no, bits, self.setup.tie_rule)

    @property
    def best(self) -> Network:
        """The logged individual as a network."""
        network: Network = self.setup.module.to_network(
            self.setup.encoding, self.population.genomes[self.best_row]
        )
        return network


def evolve(
    config: ConfigLike,
    seed: int | np.random.SeedSequence | np.random.Generator | None = None,
    *,
    setup: Setup | None = None,
    start: Generation | NDArray[Any] | None = None,
) -> Iterator[Generation]:
    """Yield generation 0, 1, … until the config's stop rule holds.

    A replaced operator is passed in a ``setup`` whose toolbox holds it; ``start`` goes on from an
    earlier generation (the generator must then be in the state that it had there), or gives the first
    genomes ``[individual, gene]``. The same config and seed give the same generations. Raises
    `EvomodError` where config and task do not fit.

    >>> config = Config(task="retina", evolution={"population": 20, "generations": 3})
    >>> [generation.number for generation in evolve(config, seed=1)]
    [0, 1, 2, 3]
    """
    config = as_config(config)
    setup = setup or prepare(config)
    if config != setup.config and prepare(config, setup.task).config != setup.config:
        raise EvomodError("evolve got a setup that was prepared from another config; pass setup.config.")
    rng = np.random.default_rng(seed)
    mu = setup.config.evolution.population
    if start is None:
        start = first_genomes(setup.config, setup.module, setup.encoding)
    elif isinstance(start, Generation):
        _check_same(setup.config, start.setup.config)
    else:
        start = checked(setup.config, setup.module, setup.encoding, np.asarray(start), "start")
    loop = Loop(setup, setup.module.memory(setup.encoding, 2 * mu), rng)
    first = start.number if isinstance(start, Generation) else 0
    goals = rewarded(setup, rng, first)
    if isinstance(start, Generation):
        generation = start
        next(goals)
        develop(setup, start.population.genomes, np.full(mu, -1), start.population.slots, loop.memory)
    else:
        with _says_when(0):
            generation = _first(loop, next(goals), start)
        yield generation
    while not is_finished(generation, setup.config):
        with _says_when(generation.number + 1):
            generation = _next(loop, generation, next(goals))
        yield generation


@contextmanager
def _says_when(number: int) -> Iterator[None]:
    """Name the generation in which a user's function is at fault."""
    try:
        yield
    except Fault as fault:
        raise EvomodError(f"generation {number}: {fault}") from fault


def _check_same(config: Config, other: Config) -> None:
    """Refuse a generation of another config; how long the run is and what is recorded may differ."""
    ours, theirs = config.model_dump(), other.model_dump()
    for data in (ours, theirs):
        data.pop("tracking")
        data["evolution"] = data["evolution"]["population"]
    if ours != theirs:
        raise EvomodError(
            "start is a generation of another config; pass start=generation.population.genomes to begin "
            "with its genomes under this one."
        )


def is_finished(generation: Generation, config: Config) -> bool:
    """Whether a run ends with this generation, by the config's stop rule."""
    end = config.evolution
    if end.stop == "never":
        return False
    if end.stop == "solved" and generation.is_solved:
        return True
    if end.stop == "all-solved":
        goals = config.schedule.goals
        if generation.is_solved and set(goals) <= set(generation.solved_goals):
            return True
    return generation.number >= end.generations


def rewarded(setup: Setup, rng: np.random.Generator, first: int = 0) -> Iterator[Goal]:
    """The goal of every generation from ``first`` on, on the patterns that are shown in it.

    Schedule and patterns draw from streams of their own, which depend on the seed of ``rng`` alone: so
    they are the same whatever the population does, and a resumed run finds them again.
    """
    config, task = setup.config, setup.task
    sequence = rng.bit_generator.seed_seq
    assert isinstance(sequence, np.random.SeedSequence)
    goals = epochs(config.schedule, task, stream(sequence, GOALS), config.task.goal)
    mask, n = None, config.task.patterns
    if n is not None and n < task.n_patterns:
        mask = _patterns(task, n, stream(sequence, PATTERNS))
    epoch = 0
    goal = next(goals)
    seen = shown(goal, mask)
    for number in count():
        while epoch < epoch_of(number, config.schedule.period):
            epoch += 1
            goal = next(goals)
            seen = shown(goal, mask)
        if number < first:
            continue
        if mask is not None and config.task.resample:
            mask = _patterns(task, config.task.patterns or 0, stream(sequence, PATTERNS, number))
            seen = shown(goal, mask)
        yield seen


def _patterns(task: Task, number: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    """A random choice of patterns, as a mask ``[word]``."""
    is_shown = np.zeros(task.n_patterns, np.bool_)
    is_shown[rng.permutation(task.n_patterns)[:number]] = True
    return pack(is_shown)


def restore(
    setup: Setup,
    rng: np.random.Generator,
    number: int,
    genomes: NDArray[Any],
    objectives: NDArray[np.float64],
    front: NDArray[np.int64],
    crowding: NDArray[np.float64],
    since_switch: int,
    solved_goals: tuple[str, ...],
) -> Generation:
    """A generation from what a checkpoint holds; all else follows from genomes and seed."""
    mu = genomes.shape[0]
    memory = setup.module.memory(setup.encoding, mu)
    population = develop(setup, genomes, np.full(mu, -1), np.arange(mu), memory)
    goal = next(rewarded(setup, rng, number))
    fitness = fitness_of(setup, population, goal)
    loop, pool = Loop(setup, memory, rng), Pool(population, np.full(mu, -1))
    silences = silences_of(setup, rng, number)
    return Generation(
        number=number,
        goal=goal.name,
        population=population,
        fitness=fitness,
        objectives=objectives,
        front=front,
        crowding=crowding,
        since_switch=since_switch,
        solved_goals=solved_goals,
        setup=setup,
        best_row=_best_row(objectives, front),
        rewarded=goal,
        expected=expected_fitness(loop, pool, goal, fitness, silences),
    )


def _first(loop: Loop, goal: Goal, start: NDArray[Any] | None) -> Generation:
    setup, mu = loop.setup, loop.setup.config.evolution.population
    genomes = setup.toolbox.birth(mu, loop.rng) if start is None else start
    return _survivors(loop, _afresh(loop, genomes, np.arange(mu)), goal, None)


def _next(loop: Loop, before: Generation, goal: Goal) -> Generation:
    """Parents, offspring, survivors. Parents were chosen by the goal of the generation before."""
    kept, parents = _bred(loop, before)
    generation = _survivors(loop, _pool(loop, before.population, kept, parents), goal, before)
    if not _is_pruned(loop.setup, generation.number):
        return generation
    genomes = _pruned_genomes(loop, generation, goal)
    return _survivors(loop, _afresh(loop, genomes, generation.population.slots), goal, before)


def _bred(loop: Loop, before: Generation) -> tuple[NDArray[np.int64] | None, NDArray[np.int64]]:
    """Rows that pass (None: all of them), and rows that offspring are made of."""
    setup, mu = loop.setup, before.population.size
    candidates = _candidates(
        setup, before.population, before.rewarded, before.objectives, before.crowding
    )
    kept, parents = selected(setup, candidates, loop.rng)
    n_kept = mu if kept is None else kept.size
    if setup.selection.survivors is None and n_kept + parents.size != mu:
        raise Fault(
            f"{setup.told_of_selection} kept {n_kept} and chose {parents.size} parents; expected {mu} in all."
        )
    return kept, parents


def _candidates(
    setup: Setup,
    population: Population,
    goal: Goal,
    objectives: NDArray[np.float64],
    crowding: NDArray[np.float64],
) -> Candidates:
    return Candidates(
        view=view_of(setup, population, goal),
        objectives=objectives,
        probabilities=setup.probabilities,
        crowding=crowding,
        operators=setup.toolbox,
    )


def _pool(
    loop: Loop, old: Population, kept: NDArray[np.int64] | None, parents: NDArray[np.int64]
) -> Pool:
    """Those that pass, and offspring of the parents."""
    setup, memory, mu = loop.setup, loop.memory, old.size
    offspring = setup.toolbox.vary(old.genomes, parents, loop.rng)
    if offspring.shape != (parents.size, old.genomes.shape[1]):
        raise EvomodError(
            f"'vary' in the toolbox made offspring of shape {offspring.shape}; wanted "
            f"{(parents.size, old.genomes.shape[1])}."
        )
    if kept is None:
        line, ancestors = old, np.concatenate((np.arange(mu), parents))
    else:
        rows, ancestors = _lined_up(kept, parents, mu)
        line = old.take(rows)
    genomes = np.concatenate((line.genomes, offspring))
    slots = np.concatenate((line.slots, _free(memory, line.slots, parents.size)))
    population = develop(setup, genomes, ancestors, slots, memory, line)
    if kept is None:
        return Pool(population, ancestors, mu)
    if line.size > kept.size:
        population = population.take(np.delete(np.arange(slots.size), np.s_[kept.size : line.size]))
    return Pool(population, np.full(population.size, -1))


def _lined_up(
    kept: NDArray[np.int64], parents: NDArray[np.int64], mu: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of those that pass and then of other parents; of them and of the offspring, who in this line is the ancestor."""
    most = kept.size + parents.size
    rows, ancestors = np.empty(most, np.int64), np.empty(most + parents.size, np.int64)
    n = kernels.line_up(kept, parents, np.full(mu, -1), rows, ancestors)
    return rows[:n], ancestors[: n + parents.size]


def _afresh(loop: Loop, genomes: NDArray[Any], slots: NDArray[np.int64]) -> Pool:
    """Individuals of which nothing is known."""
    ancestors = np.full(slots.size, -1)
    return Pool(develop(loop.setup, genomes, ancestors, slots, loop.memory), ancestors)


def _is_pruned(setup: Setup, number: int) -> bool:
    section = setup.config.pressures.get("pruning")
    return section is not None and number % section.every == 0


def _pruned_genomes(loop: Loop, generation: Generation, goal: Goal) -> NDArray[Any]:
    """The survivors without their least connections."""
    setup = loop.setup
    section, variation = setup.config.pressures.get("pruning"), setup.config.variation
    assert section is not None and isinstance(variation, VariationSection)
    assert isinstance(setup.encoding, Layered)
    old, n_edges = generation.population, setup.encoding.n_edges
    if section.by == "weight":
        importance = layered.strengths(setup.encoding, old.genomes)
    else:
        answered = partial(fitness_of_genomes, setup, goal)
        importance = pruning.losses(old.genomes, n_edges, generation.fitness, answered)
    fewest = variation.min_connections
    return pruning.prune(old.genomes, importance, section.fraction, fewest, loop.rng)


def _free(memory: NDArray[Any], taken: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """As many slots of the memory that are not ``taken``."""
    if number > memory.shape[0] - taken.size:
        raise EvomodError(
            f"'parents' in the toolbox chose {number} rows; wanted at most {memory.shape[0] - taken.size}."
        )
    free = np.empty(number, np.int64)
    kernels.free_slots(taken, np.zeros(memory.shape[0], np.bool_), free)
    return free


def _survivors(loop: Loop, pool: Pool, goal: Goal, before: Generation | None) -> Generation:
    """The generation after ``before``: all of the pool, or those that selection takes of it."""
    setup, population = loop.setup, pool.population
    fitness = _fitness(setup, pool, goal, before)
    silences = silences_of(setup, loop.rng, 0 if before is None else before.number + 1)
    expected = expected_fitness(loop, pool, goal, fitness, silences)
    judged = fitness if expected is None else expected
    scored = penalised(setup, judged, population, loop.memory, goal)
    objectives = objectives_of(setup, population, goal, scored)
    everyone = _Standing(population, fitness, objectives, expected)
    if setup.selection.survivors is None:
        ranks = (np.zeros(population.size, np.int64), np.zeros(population.size))
        return _generation(setup, everyone, goal, ranks, before)
    mu = setup.config.evolution.population
    candidates = _candidates(setup, population, goal, objectives, np.zeros(population.size))
    chosen = surviving(setup, candidates, mu, loop.rng)
    ranks = (chosen.front, chosen.crowding)
    return _generation(setup, everyone.take(chosen.rows), goal, ranks, before)


def _fitness(setup: Setup, pool: Pool, goal: Goal, before: Generation | None) -> NDArray[np.float64]:
    """Fitness of a pool, where it is known from the generation before."""
    is_same = before is not None and before.goal == goal.name and not setup.config.task.resample
    if pool.n_known == 0 or before is None or not is_same:
        return fitness_of(setup, pool.population, goal)
    return np.concatenate((before.fitness, fitness_of(setup, pool.population, goal, pool.n_known)))


@dataclass(frozen=True, slots=True)
class _Standing:
    """Individuals, and what they are worth."""

    population: Population
    fitness: NDArray[np.float64]
    objectives: NDArray[np.float64]
    expected: NDArray[np.float64] | None

    def take(self, rows: NDArray[np.int64]) -> _Standing:
        mean = None if self.expected is None else self.expected.take(rows)
        return _Standing(
            self.population.take(rows), self.fitness.take(rows), self.objectives.take(rows, axis=0), mean
        )


def _generation(
    setup: Setup,
    standing: _Standing,
    goal: Goal,
    ranks: tuple[NDArray[np.int64], NDArray[np.float64]],
    before: Generation | None,
) -> Generation:
    """Put a generation together: its number, and what of its schedule it has solved."""
    fitness, best_row = standing.fitness, _best_row(standing.objectives, ranks[0])
    number, since = 0, 0
    solved: tuple[str, ...] = ()
    if before is not None:
        number, since, solved = before.number + 1, before.since_switch + 1, before.solved_goals
        if before.goal != goal.name:
            since = 0
            solved = solved if solved[-1:] == (before.goal,) else ()
    if fitness[best_row] >= setup.config.evolution.solved_at and solved[-1:] != (goal.name,):
        solved = (*(name for name in solved if name != goal.name), goal.name)
    return Generation(
        number=number,
        goal=goal.name,
        population=standing.population,
        fitness=fitness,
        objectives=standing.objectives,
        front=ranks[0],
        crowding=ranks[1],
        since_switch=since,
        solved_goals=solved,
        setup=setup,
        best_row=best_row,
        rewarded=goal,
        expected=standing.expected,
    )


def _best_row(objectives: NDArray[np.float64], front: NDArray[np.int64]) -> int:
    """Of the first front the fittest, then by the other objectives, then the first row."""
    if objectives.shape[1] == 1:
        return int(objectives[:, 0].argmax())
    return int(selection_kernels.best_row(objectives, front))
