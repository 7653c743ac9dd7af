"""The loop: an iterator of generations that reads like the papers' pseudo-code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.config import Config, ConfigLike, as_config
from evomod.encodings.base import nobody
from evomod.errors import EvomodError, shown
from evomod.evolution.evaluation import (
    Arrivals,
    Loop,
    Occasion,
    Pool,
    Standing,
    afresh,
    candidates_of,
    develop,
    judged,
    selected,
    stream,
    surviving,
    trial_of,
)
from evomod.evolution.schedules import epochs, to_be_solved
from evomod.evolution.setup import Setup, prepare
from evomod.evolution.starts import checked, first_genomes
from evomod.files.plugins import Fault
from evomod.kernels import answers as kernels
from evomod.kernels import selection as selection_kernels
from evomod.network import Network
from evomod.population import Goal, Population, goal_bits, score
from evomod.pressures.base import Acting
from evomod.pressures.goal_switching import epoch_of
from evomod.selections.collection import METHODS
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

    def __repr__(self) -> str:
        """In one line: arrays and setup would fill screens."""
        best = self.fitness[self.best_row]
        return f"<generation {self.number} of {self.fitness.size} individuals, goal {self.goal}, best fitness {best:.4f}>"

    @property
    def is_solved(self) -> bool:
        """Whether the logged individual solves the goal, ``evolution.solved_at`` of it."""
        return bool(self.fitness[self.best_row] >= self.setup.config.evolution.solved_at)

    @property
    def standing(self) -> Standing:
        """What its individuals are worth, as selection sees it."""
        return Standing(
            population=self.population,
            goal=self.rewarded,
            fitness=self.fitness,
            objectives=self.objectives,
            expected=self.expected,
            front=self.front,
            crowding=self.crowding,
        )

    def fitness_on(self, goal: str) -> NDArray[np.float64]:
        """Fitness ``[individual]`` on any goal of the task, all patterns; nothing is evaluated for it."""
        bits = goal_bits(self.setup.task, goal)
        return score(self.population.yes, self.population.no, bits, self.setup.tie_rule)

    @property
    def best(self) -> Network:
        """The logged individual as a network."""
        network: Network = self.setup.encoding.network(self.population.genomes[self.best_row])
        return network


def evolve(
    config: ConfigLike,
    seed: int | Sequence[int] | np.random.SeedSequence | np.random.Generator | None = None,
    *,
    setup: Setup | None = None,
    start: Generation | NDArray[Any] | None = None,
) -> Iterator[Generation]:
    """Yield generation 0, 1, … until the config's stop rule holds.

    Nothing is written; `run` evolves and records. The same config and seed give the same generations.

    Parameters
    ----------
    config
        A config, a task's name or file, a TOML's path, or a config's data.
    seed
        What `numpy.random.default_rng` takes. None: another one at each call, which nothing records.
    setup
        Of `prepare` for this config, with operators replaced in its toolbox.
    start
        An earlier generation, from which evolution resumes (the generator must be in the state that it had there), or
        the first genomes ``[individual, gene]``. None: as ``evolution.start`` says.

    Yields
    ------
    Generation
        One after the other, generation 0 before any selection.

    Raises
    ------
    EvomodError
        Where config and task do not fit, the setup is of another config, or the seed is none.

    Examples
    --------
    >>> config = Config(task="retina", evolution={"population": 20, "generations": 3})
    >>> [generation.number for generation in evolve(config, seed=1)]
    [0, 1, 2, 3]
    """
    config = as_config(config)
    setup = setup or prepare(config)
    if config != setup.config and prepare(config, setup.task).config != setup.config:
        raise EvomodError("evolve got a setup that was prepared from another config; pass setup.config.")
    rng = _generator(seed)
    if start is None:
        start = first_genomes(setup.config, setup.encoding)
    elif isinstance(start, Generation):
        _check_same(setup.config, start.setup.config)
    else:
        start = checked(setup.config, setup.encoding, np.asarray(start), "start")
    loop = begun(setup, rng, start)
    goals = rewarded(setup, rng, start.number if isinstance(start, Generation) else 0)
    if isinstance(start, Generation):
        generation = start
        next(goals)
    else:
        try:
            generation = first(loop, next(goals), start)
        except Fault as fault:
            raise _dated(fault, 0) from fault
        yield generation
    while not is_finished(generation, setup.config):
        try:
            generation = following(loop, generation, next(goals))
        except Fault as fault:
            raise _dated(fault, generation.number + 1) from fault
        yield generation


def _generator(seed: Any) -> np.random.Generator:
    try:
        if isinstance(seed, bool):
            raise TypeError
        rng = np.random.default_rng(seed)
        if not isinstance(rng.bit_generator.seed_seq, np.random.SeedSequence):  # of a RandomState, say
            raise TypeError
        return rng
    except (TypeError, ValueError):
        raise EvomodError(
            f"seed: expected a whole number from 0, several of them, a numpy SeedSequence or Generator, or None; got {shown(seed)}."
        ) from None


def begun(setup: Setup, rng: np.random.Generator, start: Generation | NDArray[Any] | None) -> Loop:
    """What a run carries along, with room for its first population, and the answers of one that is known."""
    mu = setup.config.evolution.population
    loop = Loop(setup, setup.encoding.memory(2 * mu), rng)
    if isinstance(start, Generation):
        known = start.population
        loop.make_room(int(known.slots.max()) + 1)
        develop(loop, Arrivals(known.genomes, nobody(known.size), known.slots))
    elif start is not None:
        loop.make_room(start.shape[0])
    return loop


def _dated(fault: Fault, number: int) -> Fault:
    """A user's fault, with the generation in which it happened."""
    return Fault(f"generation {number}: {fault}")


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
        goals = to_be_solved(config.schedule)
        if generation.is_solved and set(goals) <= set(generation.solved_goals):
            return True
    return generation.number >= end.generations


def rewarded(setup: Setup, rng: np.random.Generator, begin: int = 0) -> Iterator[Goal]:
    """The goal of every generation from ``begin`` on, on the patterns that are shown in it.

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
    seen = goal.shown(mask)
    for number in count():
        while epoch < epoch_of(number, config.schedule.period):
            epoch += 1
            goal = next(goals)
            seen = goal.shown(mask)
        if number < begin:
            continue
        if mask is not None and config.task.resample:
            mask = _patterns(task, config.task.patterns or 0, stream(sequence, PATTERNS, number))
            seen = goal.shown(mask)
        yield seen


def _patterns(task: Task, number: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    """A random choice of patterns, as a mask ``[word]``."""
    is_shown = np.zeros(task.n_patterns, np.bool_)
    is_shown[rng.permutation(task.n_patterns)[:number]] = True
    return pack(is_shown)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a checkpoint holds of a generation."""

    number: int
    genomes: NDArray[Any]
    objectives: NDArray[np.float64]
    front: NDArray[np.int64]
    crowding: NDArray[np.float64]
    since_switch: int
    solved_goals: tuple[str, ...]


def restore(setup: Setup, rng: np.random.Generator, saved: Saved) -> Generation:
    """A generation from what a checkpoint holds; all else follows from genomes and seed."""
    n = saved.genomes.shape[0]
    loop = Loop(setup, setup.encoding.memory(n), rng)
    pool = afresh(loop, saved.genomes, np.arange(n))
    goal = next(rewarded(setup, rng, saved.number))
    standing = judged(loop, pool, Occasion(saved.number, goal))
    return Generation(
        number=saved.number,
        goal=goal.name,
        population=pool.population,
        fitness=standing.fitness,
        objectives=saved.objectives,
        front=saved.front,
        crowding=saved.crowding,
        since_switch=saved.since_switch,
        solved_goals=saved.solved_goals,
        setup=setup,
        best_row=_best_row(saved.objectives, saved.front),
        rewarded=goal,
        expected=standing.expected,
    )


def first(loop: Loop, goal: Goal, genomes: NDArray[Any] | None) -> Generation:
    """The first generation: given genomes, or random ones; of an archive, or of a pool too large, those that survive."""
    if genomes is None:
        genomes = loop.setup.toolbox.birth(loop.setup.config.evolution.population, loop.rng)
    pool = afresh(loop, genomes, np.arange(genomes.shape[0]))
    return _generation(loop.setup, survivors(loop, judged(loop, pool, Occasion(0, goal))), None)


def following(loop: Loop, before: Generation, goal: Goal) -> Generation:
    """Parents, offspring, survivors. Parents were chosen by the goal of the generation before."""
    kept, parents = bred(loop, before)
    pool = with_offspring(loop, before.population, kept, parents)
    standing = judged(loop, pool, _occasion(loop, before, goal))
    if loop.setup.selection.survivors is not None:
        noted = before.crowding if kept is None else before.crowding[kept]
        standing = survivors(loop, standing.carrying(noted))
    for acting in loop.setup.changes:
        standing = changed(loop, standing, acting, before)
    return _generation(loop.setup, standing, before)


def _occasion(loop: Loop, before: Generation, goal: Goal) -> Occasion:
    """When the generation after ``before`` is judged; its fitness holds where neither goal nor patterns change."""
    is_same = before.goal == goal.name and not loop.setup.config.task.resample
    return Occasion(before.number + 1, goal, before.fitness if is_same else None)


def bred(loop: Loop, before: Generation) -> tuple[NDArray[np.int64] | None, NDArray[np.int64]]:
    """Rows that pass (None: all of them), and rows that offspring are made of."""
    setup, mu = loop.setup, before.population.size
    kept, parents = selected(setup, candidates_of(setup, before.standing), loop.rng)
    n_kept = mu if kept is None else kept.size
    if setup.selection.survivors is None and n_kept + parents.size != mu:
        raise Fault(
            f"{setup.told_of_selection} kept {n_kept} and chose {parents.size} parents; expected {mu} in all."
        )
    return kept, parents


def with_offspring(
    loop: Loop, old: Population, kept: NDArray[np.int64] | None, parents: NDArray[np.int64]
) -> Pool:
    """Those that pass, and offspring of the parents."""
    setup, mu = loop.setup, old.size
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
    if setup.selection.capacity is not None or METHODS.origin_of(setup.config.selection) is not None:
        loop.make_room(line.size + parents.size)
    genomes = np.concatenate((line.genomes, offspring))
    slots = np.concatenate((line.slots, _free(loop.memory, line.slots, parents.size)))
    population = develop(loop, Arrivals(genomes, ancestors, slots), line)
    if kept is None:
        return Pool(population, ancestors, mu)
    if line.size > kept.size:
        population = population.take(np.delete(np.arange(slots.size), np.s_[kept.size : line.size]))
    return Pool(population, nobody(population.size))


def _lined_up(
    kept: NDArray[np.int64], parents: NDArray[np.int64], mu: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of those that pass and then of other parents; of them and of the offspring, who in this line is the ancestor."""
    most = kept.size + parents.size
    rows, ancestors = np.empty(most, np.int64), np.empty(most + parents.size, np.int64)
    n = kernels.line_up(kept, parents, nobody(mu), rows, ancestors)
    return rows[:n], ancestors[: n + parents.size]


def _free(memory: NDArray[Any], taken: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """As many slots of the memory that are not ``taken``."""
    if number > memory.shape[0] - taken.size:
        raise EvomodError(
            f"'parents' in the toolbox chose {number} rows; wanted at most {memory.shape[0] - taken.size}."
        )
    free = np.empty(number, np.int64)
    kernels.free_slots(taken, np.zeros(memory.shape[0], np.bool_), free)
    return free


def survivors(loop: Loop, standing: Standing, *, is_again: bool = False) -> Standing:
    """All of a pool, or those that selection takes of it."""
    setup = loop.setup
    if setup.selection.survivors is None:
        return standing
    candidates = candidates_of(setup, standing, is_again=is_again)
    return standing.surviving(surviving(setup, candidates, loop.rng))


def changed(loop: Loop, standing: Standing, acting: Acting, before: Generation) -> Standing:
    """Survivors after a pressure has changed their genomes: evaluated and selected anew."""
    assert acting.pressure.change is not None
    population, occasion = standing.population, Occasion(before.number + 1, standing.goal)
    pool = Pool(population, nobody(population.size))
    trial = trial_of(loop, pool, occasion, standing.fitness)
    genomes = acting.pressure.change(trial, acting.section, loop.rng)
    if genomes is None:
        return standing
    loop.make_room(population.size)  # copies of one individual shared a slot, and may differ now
    found = judged(loop, afresh(loop, genomes, np.arange(population.size)), occasion)
    return survivors(loop, found.carrying(standing.crowding), is_again=True)


def _generation(setup: Setup, standing: Standing, before: Generation | None) -> Generation:
    """Put a generation together: its number, and what of its schedule it has solved."""
    fitness, goal = standing.fitness, standing.goal
    best_row = _best_row(standing.objectives, standing.front)
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
        front=standing.front,
        crowding=standing.crowding,
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
