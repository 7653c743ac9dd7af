"""Evolvability: how soon copies of one network solve another goal (Clune et al. 2013, Parter et al. 2008)."""

from __future__ import annotations

import csv
import inspect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.config import Config, ConfigLike, as_config, towards, users_paths
from evomod.errors import EvomodError
from evomod.evolution.loop import Generation, evolve
from evomod.evolution.schedules import random_goal
from evomod.evolution.setup import prepare
from evomod.evolvability.neighbourhood import answers_of
from evomod.network import Network
from evomod.population import Bits, goal_bits, score
from evomod.runs.run import Run, load_run
from evomod.task import Task, composition, goal_table, load_task, unpack
from evomod.trust import check_trust, stored_task

CAP = 2000
"""Generations after which a goal counts as not solved: nine times the largest of the published medians, 3 to
223 (Clune et al. 2013). Eleven goals, five times each, took circuits 11 s of one core."""
RANDOM_GOALS = 3
RANDOM = 0x72616E64
"""Key of the stream of random numbers that random goals are drawn from."""


@dataclass(frozen=True, slots=True)
class Winner:
    """A network, what it evolved for, and how it is to evolve further."""

    network: Network
    config: Config
    task: Task
    goal: str
    """What it evolved for; "" where that is no goal of the task."""
    fitness: float
    """On that goal, all patterns; NaN where there is none."""


@dataclass(frozen=True, slots=True)
class Target:
    """Another goal, before any evolution."""

    goal: str
    relation: str
    """To the winner's goal, see `relation`; "random" for a goal that was drawn."""
    zero_shot: float
    """Fitness of the winner as it is, all patterns."""
    task: Task
    """The task with this goal."""


@dataclass(frozen=True, slots=True)
class Adaptation:
    """How soon copies of a winner solved another goal."""

    goal: str
    relation: str
    zero_shot: float
    generations: tuple[int | None, ...]
    """``[repeat]``: generations to the first that solves it, from 0; None: not within ``cap``."""
    cap: int

    @property
    def n_solved(self) -> int:
        return sum(number is not None for number in self.generations)

    def quantile(self, share: float) -> float:
        """Of the generations, interpolated; infinite where it depends on a repeat that did not solve."""
        numbers = sorted(math.inf if number is None else float(number) for number in self.generations)
        place = share * (len(numbers) - 1)
        low, high = numbers[math.floor(place)], numbers[math.ceil(place)]
        return low if low == high else low + (high - low) * (place - math.floor(place))


def transfer(
    source: Run | Network | str | Path,
    to: str | Sequence[str] | None = None,
    *,
    config: ConfigLike | None = None,
    repeats: int = 5,
    seed: int = 1,
    cap: int = CAP,
    trust: bool = False,
) -> list[Adaptation]:
    """Evolve copies of a run's best network, or of a network, on other goals of its task.

    A run's task file and its users' pressures and selection are executed.

    Parameters
    ----------
    source
        A run or its folder, or a network.
    to
        Names of goals. None: all other goals of the task, the related first, then `RANDOM_GOALS` random ones of as many
        ones; none of these where goals leave an output or a pattern open, or are states.
    config
        By which copies evolve; a `Network` needs one. None: the run's own.
    repeats
        Populations of copies a goal.
    seed
        Repeat k draws from the stream of ``(seed, k)``, whatever the goal, so that asking for one goal or for all gives the
        same numbers.
    cap
        Generations after which a goal is given up; it is solved with ``evolution.solved_at`` of its patterns.
    trust
        Needed where a run's Python files are none of those that evomod finds itself.

    Returns
    -------
    list of Adaptation
        One a goal.

    Raises
    ------
    EvomodError
        For what is no run, a network that the config cannot hold, and a goal that the task does not have.
    """
    found = winner(source, None if config is None else as_config(config), trust=trust)
    _check(repeats, cap)
    return [adapt(found, target, repeats, seed, cap) for target in targets(found, to, seed)]


def _check(repeats: int, cap: int) -> None:
    if repeats < 1 or cap < 0:
        raise EvomodError(
            f"a transfer wants repeats from 1 and generations from 0; got {repeats} and {cap}."
        )


def winner(
    source: Run | Network | str | Path, config: Config | None = None, *, trust: bool = False
) -> Winner:
    """The best network of a run, or a network and the config that it is to evolve by.

    A run's task file is executed, and its users' files where it evolves by its own config, see `evomod.trust`.
    """
    if isinstance(source, Network):
        if config is None:
            raise EvomodError("a network alone does not say how to evolve: give config=Config(…).")
        network, task = source, load_task(config.task.name)
    else:
        run = source if isinstance(source, Run) else load_run(source)
        if config is None:
            config = run.config
            if not trust:
                check_trust(*users_paths(config))
        network, task = run.best, stored_task(run.folder, trust=trust)
    named = str(network.about.get("goal"))
    if named == "neutral":  # a schedule with epochs in which nothing is selected has one goal
        named = str(config.task.goal)
    goal = named if named in task.tables else ""
    fitness = _fitness_on(config, network, task, [goal])[0] if goal else math.nan
    return Winner(network, config, task, goal, fitness)


def targets(winner: Winner, to: str | Sequence[str] | None = None, seed: int = 1) -> list[Target]:
    """The goals that are asked for, each with its relation and the winner's zero-shot fitness.

    None: all others of the task, and random goals where all outputs and patterns count. Raises `EvomodError` for a goal that the task does
    not have.
    """
    task, known = winner.task, list(winner.task.goals)
    if to is None:
        drawn = task if task.counted else _with_random_goals(winner, seed)
        others = [name for name in known if name != winner.goal]
        others.sort(key=lambda name: RELATIONS.index(relation(task, winner.goal, name)))
        task, names = drawn, others + [name for name in drawn.goals if name not in task.goals]
    else:
        names = [to] if isinstance(to, str) else list(to)
        for name in names:
            goal_table(task, name)
    zero_shot = _fitness_on(winner.config, winner.network, task, names)
    return [
        Target(
            name,
            relation(task, winner.goal, name) if name in known else "random",
            fitness,
            task,
        )
        for name, fitness in zip(names, zero_shot, strict=True)
    ]


RELATIONS = ("same", "related", "partly related", "unrelated", "unknown")


def relation(task: Task, goal: str, other: str) -> str:
    """How a goal relates to another: "same", or by the subgoals that they share.

    "related": made of the same subgoals; "partly related": shares some; "unrelated": shares none;
    "unknown" where ``goal`` is none of the task's (""), such as one that was drawn, perhaps of its subgoals.

    >>> task = load_task("circuit")
    >>> [relation(task, "xor-and-xor", other) for other in ("xor-or-xor", "eq-and-xor", "eq-or-eq")]
    ['related', 'partly related', 'unrelated']
    """
    if goal not in task.goals:
        return "unknown"
    if goal == other:
        return "same"
    mine, theirs = (
        set(inspect.signature(task.goals[name]).parameters) if name in task.goals else set()
        for name in (goal, other)
    )
    if not mine & theirs:
        return "unrelated"
    return "related" if mine == theirs else "partly related"


def _with_random_goals(winner: Winner, seed: int) -> Task:
    """The task with random goals of as many ones as the winner's goal, or as the task's first."""
    task = winner.task
    like = goal_bits(task, winner.goal or next(iter(task.goals)))
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(RANDOM,)))
    for _ in range(RANDOM_GOALS):
        task = with_goal(task, random_goal(task, like, None, rng))
    return task


def with_goal(task: Task, goal: Bits) -> Task:
    """A task with one goal more, built from none of its subgoals."""
    table = unpack(goal.wanted, task.n_patterns)
    goals = {**task.goals, goal.name: composition((), lambda: tuple(table))}
    return replace(task, goals=goals, tables=MappingProxyType({**task.tables, goal.name: table}))


def _fitness_on(config: Config, network: Network, task: Task, goals: Sequence[str]) -> list[float]:
    """Fitness of a network on goals of a task, all patterns, in their order."""
    setup = prepare(towards(config, goals[0]) if goals else config, task)
    genome = setup.encoding.genome(network)
    yes, no = answers_of(setup, genome, genome[None][:0])
    return [float(score(yes, no, goal_bits(task, name), setup.tie_rule)[0]) for name in goals]


def adapt(winner: Winner, target: Target, repeats: int = 5, seed: int = 1, cap: int = CAP) -> Adaptation:
    """Evolve copies of a winner on a goal, ``repeats`` times."""
    _check(repeats, cap)
    generations = tuple(
        generations_to_solve(
            winner.config,
            winner.network,
            target.goal,
            np.random.SeedSequence(seed, spawn_key=(repeat,)),
            cap=cap,
            task=target.task,
        )
        for repeat in range(repeats)
    )
    return Adaptation(target.goal, target.relation, target.zero_shot, generations, cap)


def generations_to_solve(
    config: ConfigLike,
    network: Network,
    goal: str,
    seed: int | np.random.SeedSequence,
    *,
    cap: int = CAP,
    task: Task | None = None,
) -> int | None:
    """Generations until copies of a network solve a goal, 0 if it does already; None: not within ``cap``.

    Parameters
    ----------
    config
        By which copies evolve; ``evolution.solved_at`` of the patterns that are shown solves the goal.
    network
        What is copied.
    goal
        Of the task.
    seed
        Of the evolution.
    cap
        Generations after which it is given up.
    task
        Of the config. None: it is loaded by its name.

    Returns
    -------
    int or None
        Generations.

    Raises
    ------
    EvomodError
        For a network that the config cannot hold, and a goal that the task does not have.
    """
    *_, last = adapting(as_config(config), network, goal, seed, cap=cap, task=task)
    return last.number if last.is_solved else None


def adapting(
    config: Config,
    network: Network,
    goal: str,
    seed: int | np.random.SeedSequence,
    *,
    cap: int = CAP,
    task: Task | None = None,
) -> Iterator[Generation]:
    """The generations of a population of copies of a network that evolves on another goal.

    Generation 0 are the copies; the last is the first that solves the goal, or number ``cap``. Size,
    variation, selection and pressures are the config's (Clune et al. 2013: "cloned to fill a population").
    ``task`` is loaded by its name if it is not given. A weight that stands twice in the alphabet begins
    at its first place. Raises `EvomodError` where the config cannot hold the network.
    """
    setup = prepare(towards(config, goal, generations=cap, stop="solved"), task)
    genome = setup.encoding.genome(network)
    copies = np.repeat(genome[None], setup.config.evolution.population, axis=0)
    yield from evolve(setup.config, seed, setup=setup, start=copies)


def fitness_course(
    config: Config, network: Network, goal: str, seed: int | np.random.SeedSequence, cap: int = CAP
) -> NDArray[np.float64]:
    """Fitness ``[generation]`` of the best while copies of a network evolve on a goal, see `adapting`.

    The last is the first that solves it, or that of generation ``cap``.
    """
    course = adapting(config, network, goal, seed, cap=cap)
    return np.array([generation.fitness[generation.best_row] for generation in course])


def descendants(
    config: Config, network: Network, seed: int | np.random.SeedSequence, generations: Sequence[int]
) -> list[Network]:
    """The best of these generations, in rising order, of a population of copies that evolves by the config.

    What becomes of a network when the pressures that it evolved under are lifted, where the config has none.
    """
    setup = prepare(towards(config, config.task.goal or "", generations=max(generations)))
    genome = setup.encoding.genome(network)
    copies = np.repeat(genome[None], setup.config.evolution.population, axis=0)
    course = evolve(setup.config, seed, setup=setup, start=copies)
    return [generation.best for generation in course if generation.number in set(generations)]


def as_data(adaptation: Adaptation) -> dict[str, Any]:
    """An adaptation for JSON; null stands for what was not reached within the cap."""
    quartiles = [adaptation.quantile(share) for share in (0.25, 0.5, 0.75)]
    low, median, high = (value if math.isfinite(value) else None for value in quartiles)
    return {
        "goal": adaptation.goal,
        "relation": adaptation.relation,
        "zero_shot": adaptation.zero_shot,
        "median": median,
        "quartiles": [low, high],
        "solved": adaptation.n_solved,
        "generations": list(adaptation.generations),
        "cap": adaptation.cap,
    }


def csv_of(adaptations: Sequence[Adaptation]) -> str:
    """A table of one row a repeat; generations are left empty where the goal was not solved."""
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("goal", "relation", "zero_shot", "repeat", "generations", "solved", "cap"))
    for one in adaptations:
        for repeat, number in enumerate(one.generations):
            solved = int(number is not None)
            shown = "" if number is None else number
            table.writerow((one.goal, one.relation, repr(one.zero_shot), repeat, shown, solved, one.cap))
    return text.getvalue()
