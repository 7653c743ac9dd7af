"""The loop: an iterator of generations that reads like the papers' pseudo-code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from deap.base import Toolbox
from numpy.typing import NDArray

from evomod.config import Config
from evomod.encodings import layered
from evomod.encodings.layered import Layered
from evomod.errors import EvomodError
from evomod.goals import chosen_goal
from evomod.network import Network
from evomod.operators import make_toolbox
from evomod.population import Goal, Population, goal_bits, score
from evomod.pressures import behavioural_diversity
from evomod.selection import Survivors
from evomod.task import Task, load_task


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that stays the same during a run."""

    config: Config
    """Resolved: goal and layers filled in."""
    task: Task
    encoding: Layered
    goals: tuple[Goal, ...]
    """All goals of the task."""
    probabilities: NDArray[np.float64]
    """``[objective]``: with which each takes part in a comparison."""
    toolbox: Toolbox


@dataclass(frozen=True, slots=True)
class Generation:
    """The survivors of one generation."""

    number: int
    goal: str
    """Name of the goal by which they were selected."""
    population: Population
    fitness: NDArray[np.float64]
    """``[individual]``: fraction of right answers."""
    objectives: NDArray[np.float64]
    """``[individual, objective]``, all maximised; fitness first."""
    front: NDArray[np.int64]
    """``[individual]``: number of its front, from 0."""
    crowding: NDArray[np.float64]
    """``[individual]``."""
    setup: Setup

    @property
    def best_row(self) -> int:
        """Row of the logged individual: of the first front the fittest, then by the other objectives."""
        rows = np.flatnonzero(self.front == 0)
        for column in self.objectives.T:
            values = column[rows]
            rows = rows[values == values.max()]
        return int(rows[0])

    def fitness_on(self, goal: str) -> NDArray[np.float64]:
        """Fitness ``[individual]`` on any goal of the task; nothing is evaluated for it."""
        rule = self.setup.config.network.tie_rule
        return score(self.population.yes, self.population.no, goal_bits(self.setup.task, goal), rule)

    @property
    def best(self) -> Network:
        """The logged individual as a network."""
        return layered.to_network(self.setup.encoding, self.population.genomes[self.best_row])


def prepare(config: Config, task: Task | None = None) -> Setup:
    """Load the task, build the encoding, fill in what the config leaves open.

    Raises `EvomodError` where config and task do not fit each other.
    """
    task = task or load_task(config.task.name)
    encoding = layered.build(config.network, task)
    section = config.task.model_copy(update={"goal": chosen_goal(config.task, task)})
    network = config.network.model_copy(update={"layers": encoding.wiring.layers})
    config = config.model_copy(update={"task": section, "network": network})
    cost, diversity = config.pressures.connection_cost, config.pressures.behavioural_diversity
    probabilities = np.array([1.0, *(p.probability for p in (cost, diversity) if p is not None)])
    return Setup(
        config=config,
        task=task,
        encoding=encoding,
        goals=tuple(goal_bits(task, name) for name in task.goals),
        probabilities=probabilities,
        toolbox=make_toolbox(config, encoding, probabilities),
    )


def evolve(
    config: Config,
    seed: int | np.random.SeedSequence | np.random.Generator | None = None,
    *,
    setup: Setup | None = None,
    start: Generation | None = None,
) -> Iterator[Generation]:
    """Yield generation 0, 1, … up to ``config.evolution.generations``.

    A replaced operator is passed in a ``setup`` whose toolbox holds it; ``start`` goes on from an
    earlier generation (the generator must then be in the state that it had there). The same config
    and seed give the same generations. Raises `EvomodError` where config and task do not fit.

    >>> config = Config(task="retina", evolution={"population": 20, "generations": 3})
    >>> [generation.number for generation in evolve(config, seed=1)]
    [0, 1, 2, 3]
    """
    setup = setup or prepare(config)
    if config != setup.config and prepare(config, setup.task).config != setup.config:
        raise EvomodError("evolve got a setup that was prepared from another config; pass setup.config.")
    rng = np.random.default_rng(seed)
    mu = setup.config.evolution.population
    memory = layered.memory(setup.encoding, 2 * mu)
    if start is None:
        generation = _first(setup, memory, rng)
        yield generation
    else:
        generation = start
        _develop(setup, start.population.genomes, np.full(mu, -1), start.population.slots, memory)
    while generation.number < setup.config.evolution.generations:
        generation = _next(setup, generation, memory, rng)
        yield generation


def restore(
    setup: Setup,
    number: int,
    genomes: NDArray[Any],
    objectives: NDArray[np.float64],
    front: NDArray[np.int64],
    crowding: NDArray[np.float64],
) -> Generation:
    """A generation from what a checkpoint holds; all else follows from the genomes."""
    mu = genomes.shape[0]
    memory = layered.memory(setup.encoding, mu)
    population = _develop(setup, genomes, np.full(mu, -1), np.arange(mu), memory)
    goal, fitness = _goal(setup, number), objectives[:, 0].copy()
    return Generation(number, goal.name, population, fitness, objectives, front, crowding, setup)


def _goal(setup: Setup, number: int) -> Goal:
    """The goal rewarded in a generation."""
    return next(goal for goal in setup.goals if goal.name == setup.config.task.goal)


def _first(setup: Setup, memory: NDArray[Any], rng: np.random.Generator) -> Generation:
    mu = setup.config.evolution.population
    genomes = setup.toolbox.birth(mu, rng)
    population = _develop(setup, genomes, np.full(mu, -1), np.arange(mu), memory)
    return _select(setup, population, 0, mu, rng)


def _next(
    setup: Setup, before: Generation, memory: NDArray[Any], rng: np.random.Generator
) -> Generation:
    old, mu = before.population, before.population.size
    parents = setup.toolbox.parents(before.objectives, before.crowding, rng)
    offspring = setup.toolbox.vary(old.genomes, parents, rng)
    if offspring.shape != old.genomes.shape:
        raise EvomodError(
            f"'vary' in the toolbox made offspring of shape {offspring.shape}; wanted {old.genomes.shape}."
        )
    genomes = np.concatenate((old.genomes, offspring))
    ancestors = np.concatenate((np.arange(mu), parents))
    is_free = np.ones(memory.shape[0], np.bool_)
    is_free[old.slots] = False
    slots = np.concatenate((old.slots, np.flatnonzero(is_free)))
    pool = _develop(setup, genomes, ancestors, slots, memory, old)
    return _select(setup, pool, before.number + 1, mu, rng, before)


def _develop(
    setup: Setup,
    genomes: NDArray[Any],
    ancestors: NDArray[np.int64],
    slots: NDArray[np.int64],
    memory: NDArray[Any],
    old: Population | None = None,
) -> Population:
    """Answers and costs of individuals; the first rows may be an ``old`` population, known already."""
    yes, no = setup.toolbox.answer(genomes, ancestors, slots, memory)
    cost = np.zeros(genomes.shape[0])
    if setup.config.pressures.connection_cost is None:
        return Population(genomes, yes, no, None, cost, slots)
    n_known = 0 if old is None else old.size
    working = layered.simplify(setup.encoding, genomes[n_known:])
    if old is not None and old.working is not None:
        working = np.concatenate((old.working, working))
        cost[:n_known] = old.cost
    cost = setup.toolbox.cost(working, ancestors, cost)
    return Population(genomes, yes, no, working, cost, slots)


def _select(
    setup: Setup,
    pool: Population,
    number: int,
    mu: int,
    rng: np.random.Generator,
    before: Generation | None = None,
) -> Generation:
    goal, rule = _goal(setup, number), setup.config.network.tie_rule
    if before is not None and before.goal == goal.name:
        fresh = score(pool.yes[mu:], pool.no[mu:], goal, rule)
        objectives = [np.concatenate((before.fitness, fresh))]
    else:
        objectives = [score(pool.yes, pool.no, goal, rule)]
    if setup.config.pressures.connection_cost is not None:
        objectives.append(-pool.cost)
    if setup.config.pressures.behavioural_diversity is not None:
        objectives.append(behavioural_diversity.measure(pool.yes))
    table = np.stack(objectives, axis=1)
    chosen = setup.toolbox.survive(table, mu, rng)
    if not isinstance(chosen, Survivors):  # a stock selector tells rows only: one front, no crowding
        rows = np.asarray(chosen)
        chosen = Survivors(rows, np.zeros(rows.size, np.int64), np.zeros(rows.size))
    kept = table[chosen.rows]
    return Generation(
        number=number,
        goal=goal.name,
        population=pool.take(chosen.rows),
        fitness=kept[:, 0].copy(),
        objectives=kept,
        front=chosen.front,
        crowding=chosen.crowding,
        setup=setup,
    )
