"""The loop: an iterator of generations that reads like the papers' pseudo-code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.config import Config
from evomod.encodings import Layered, layered
from evomod.errors import EvomodError
from evomod.evaluation import (
    develop,
    expected_fitness,
    fitness_of,
    fitness_of_genomes,
    in_range,
    penalised,
    priced,
    silences_of,
    stream,
)
from evomod.goals import epochs
from evomod.kernels import answers as kernels
from evomod.kernels import selection as selection_kernels
from evomod.network import Network
from evomod.population import Goal, Population, goal_bits, score, shown
from evomod.preparation import Setup, prepare
from evomod.pressures import behavioural_diversity, pruning
from evomod.pressures.goal_switching import epoch_of
from evomod.sections import VariationSection
from evomod.selection import Survivors
from evomod.starts import checked, first_genomes
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
    config: Config,
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
    memory = setup.module.memory(setup.encoding, 2 * mu)
    first = start.number if isinstance(start, Generation) else 0
    goals = rewarded(setup, rng, first)
    if isinstance(start, Generation):
        generation = start
        next(goals)
        develop(setup, start.population.genomes, np.full(mu, -1), start.population.slots, memory)
    else:
        generation = _first(setup, memory, next(goals), start, rng)
        yield generation
    while not is_finished(generation, setup.config):
        goal, before = next(goals), generation
        generation = _next(setup, before, memory, goal, rng)
        if _is_pruned(setup, generation.number):
            generation = _pruned(setup, generation, memory, goal, rng, before)
        yield generation


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
        expected=expected_fitness(setup, population, np.full(mu, -1), memory, goal, fitness, silences),
    )


def _first(
    setup: Setup,
    memory: NDArray[Any],
    goal: Goal,
    start: NDArray[Any] | None,
    rng: np.random.Generator,
) -> Generation:
    mu = setup.config.evolution.population
    genomes = setup.toolbox.birth(mu, rng) if start is None else start
    population = develop(setup, genomes, np.full(mu, -1), np.arange(mu), memory)
    if setup.config.selection.method == "nsga2":
        return _select(setup, population, np.full(mu, -1), memory, goal, rng)
    return _as_it_is(setup, population, np.full(mu, -1), memory, goal, rng)


def _next(
    setup: Setup, before: Generation, memory: NDArray[Any], goal: Goal, rng: np.random.Generator
) -> Generation:
    """Parents, offspring, survivors. Parents were chosen by the goal of the generation before."""
    old, mu = before.population, before.population.size
    is_nsga2 = setup.config.selection.method == "nsga2"
    if is_nsga2:
        parents = setup.toolbox.parents(before.objectives, before.crowding, rng)
    else:
        kept, parents = setup.toolbox.breed(before.objectives[:, 0], rng)
        if kept.size + parents.size != mu:
            raise EvomodError(
                f"'breed' in the toolbox kept {kept.size} and chose {parents.size} parents; wanted {mu} in all."
            )
    offspring = setup.toolbox.vary(old.genomes, parents, rng)
    if offspring.shape != (parents.size, old.genomes.shape[1]):
        raise EvomodError(
            f"'vary' in the toolbox made offspring of shape {offspring.shape}; wanted "
            f"{(parents.size, old.genomes.shape[1])}."
        )
    if is_nsga2:
        line, ancestors = old, np.concatenate((np.arange(mu), parents))
    else:
        rows, ancestors = _lined_up(kept, parents)
        line = old.take(rows)
    genomes = np.concatenate((line.genomes, offspring))
    slots = np.concatenate((line.slots, _free(memory, line.slots, parents.size)))
    pool = develop(setup, genomes, ancestors, slots, memory, line)
    if is_nsga2:
        return _select(setup, pool, ancestors, memory, goal, rng, before)
    if line.size > kept.size:
        pool = pool.take(np.delete(np.arange(slots.size), np.s_[kept.size : line.size]))
    return _as_it_is(setup, pool, np.full(mu, -1), memory, goal, rng, before)


def _lined_up(
    kept: NDArray[np.int64], parents: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of those that pass and then of other parents; of them and of the offspring, who in this line is the ancestor."""
    mu = kept.size + parents.size
    rows, ancestors = np.empty(mu, np.int64), np.empty(2 * mu, np.int64)
    n = kernels.line_up(kept, parents, np.full(mu, -1), rows, ancestors)
    return rows[:n], ancestors[: n + parents.size]


def _is_pruned(setup: Setup, number: int) -> bool:
    section = setup.config.pressures.pruning
    return section is not None and number % section.every == 0


def _pruned(
    setup: Setup,
    generation: Generation,
    memory: NDArray[Any],
    goal: Goal,
    rng: np.random.Generator,
    before: Generation,
) -> Generation:
    """The survivors without their least connections, answered and ranked anew."""
    section, variation = setup.config.pressures.pruning, setup.config.variation
    assert section is not None and isinstance(variation, VariationSection)
    assert isinstance(setup.encoding, Layered)
    old, n_edges = generation.population, setup.encoding.n_edges
    if section.by == "weight":
        importance = layered.strengths(setup.encoding, old.genomes)
    else:
        answered = partial(fitness_of_genomes, setup, goal)
        importance = pruning.losses(old.genomes, n_edges, generation.fitness, answered)
    genomes = pruning.prune(old.genomes, importance, section.fraction, variation.min_connections, rng)
    afresh = np.full(old.size, -1)
    population = develop(setup, genomes, afresh, old.slots, memory)
    if setup.config.selection.method == "nsga2":
        return _select(setup, population, afresh, memory, goal, rng, before, is_pruned=True)
    return _as_it_is(setup, population, afresh, memory, goal, rng, before)


def _free(memory: NDArray[Any], taken: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """As many slots of the memory that are not ``taken``."""
    if number > memory.shape[0] - taken.size:
        raise EvomodError(
            f"'parents' in the toolbox chose {number} rows; wanted at most {memory.shape[0] - taken.size}."
        )
    free = np.empty(number, np.int64)
    kernels.free_slots(taken, np.zeros(memory.shape[0], np.bool_), free)
    return free


def _as_it_is(
    setup: Setup,
    population: Population,
    ancestors: NDArray[np.int64],
    memory: NDArray[Any],
    goal: Goal,
    rng: np.random.Generator,
    before: Generation | None = None,
) -> Generation:
    """A population in which everybody stays: selection is by who has offspring."""
    fitness, number = fitness_of(setup, population, goal), _number_after(before)
    silences = silences_of(setup, rng, number)
    expected = expected_fitness(setup, population, ancestors, memory, goal, fitness, silences)
    judged = fitness if expected is None else expected
    objectives = penalised(setup, judged, population, memory, goal)[:, None]
    if goal.n_answers != 0:
        objectives = in_range(setup, objectives, population)
    ranks = (np.zeros(population.size, np.int64), np.zeros(population.size))
    return _generation(setup, population, goal, fitness, objectives, ranks, before, expected)


def _number_after(before: Generation | None) -> int:
    return 0 if before is None else before.number + 1


def _select(
    setup: Setup,
    pool: Population,
    ancestors: NDArray[np.int64],
    memory: NDArray[Any],
    goal: Goal,
    rng: np.random.Generator,
    before: Generation | None = None,
    is_pruned: bool = False,
) -> Generation:
    """The survivors of a pool of parents and offspring (or of pruned survivors), by NSGA-II."""
    mu, resample = setup.config.evolution.population, setup.config.task.resample
    if before is not None and before.goal == goal.name and not resample and not is_pruned:
        fresh = fitness_of(setup, pool, goal, mu)
        fitness = np.concatenate((before.fitness, fresh))
    else:
        fitness = fitness_of(setup, pool, goal)
    silences = silences_of(setup, rng, _number_after(before))
    expected = expected_fitness(setup, pool, ancestors, memory, goal, fitness, silences)
    prices = priced(setup, pool)
    objectives = [penalised(setup, fitness if expected is None else expected, pool, memory, goal)]
    for name in setup.config.pressures.objectives:
        is_cost = name in prices
        objectives.append(-prices[name] if is_cost else behavioural_diversity.measure(pool.yes))
    columns = objectives[0][:, None] if len(objectives) == 1 else np.stack(objectives, axis=1)
    table = in_range(setup, columns, pool)
    if goal.n_answers == 0:
        table = np.zeros(table.shape)  # a neutral epoch: no objective counts
    chosen = setup.toolbox.survive(table, mu, rng)
    if not isinstance(chosen, Survivors):  # a stock selector tells rows only: one front, no crowding
        rows = np.asarray(chosen)
        chosen = Survivors(rows, np.zeros(rows.size, np.int64), np.zeros(rows.size))
    rows, ranks = chosen.rows, (chosen.front, chosen.crowding)
    mean = None if expected is None else expected.take(rows)
    fitness, table = fitness.take(rows), table.take(rows, axis=0)
    return _generation(setup, pool.take(rows), goal, fitness, table, ranks, before, mean)


def _generation(
    setup: Setup,
    population: Population,
    goal: Goal,
    fitness: NDArray[np.float64],
    objectives: NDArray[np.float64],
    ranks: tuple[NDArray[np.int64], NDArray[np.float64]],
    before: Generation | None,
    expected: NDArray[np.float64] | None = None,
) -> Generation:
    """Put a generation together: its number, and what of its schedule it has solved."""
    best_row = _best_row(objectives, ranks[0])
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
        population=population,
        fitness=fitness,
        objectives=objectives,
        front=ranks[0],
        crowding=ranks[1],
        since_switch=since,
        solved_goals=solved,
        setup=setup,
        best_row=best_row,
        expected=expected,
    )


def _best_row(objectives: NDArray[np.float64], front: NDArray[np.int64]) -> int:
    """Of the first front the fittest, then by the other objectives, then the first row."""
    if objectives.shape[1] == 1:
        return int(objectives[:, 0].argmax())
    return int(selection_kernels.best_row(objectives, front))
