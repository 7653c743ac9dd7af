"""Adaptability itself: what counts is also how good a network's mutants are at another goal, which is never rewarded.

Place in the loop: evaluation. Goals that switch are said to select for networks that adapt, and those to be modular (Kashtan &
Alon 2005). Here the first step is taken alone: in every generation a goal is drawn, every individual climbs so many mutation steps
towards it, each to the best of some mutants that is better, and selection sees ``(1 - weight)`` times the fitness and ``weight``
times what was reached. Mutants leave nothing behind; fitness in the log, answers and stop rules are those of the network itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evomod.encodings import Encoding
from evomod.encodings.base import nobody
from evomod.errors import EvomodError
from evomod.population import Goal
from evomod.pressures.base import Pressure, Trial
from evomod.sections import Names, Section
from evomod.task import Task, goal_table


class AdaptabilitySection(Section):
    """How good a network's mutants are at another goal is a part of the fitness that selection sees."""

    goals: Names = ()
    """One is drawn in every generation. Empty: those that share subgoals with the rewarded goals."""
    weight: float = Field(default=0.5, gt=0.0, le=1.0)
    """Of what mutants reach, in the fitness that selection sees; that of the network itself has the rest."""
    mutants: int = Field(default=4, ge=1, le=1000)
    """Of a network, in every step."""
    steps: int = Field(default=1, ge=1, le=100)
    """From the network to its mutants, from the best of them to theirs, …"""


def fit(
    section: AdaptabilitySection, encoding: Encoding, config: Any, task: Task
) -> AdaptabilitySection:
    """With the goals that share subgoals with the rewarded ones. Raises `EvomodError` where there are none."""
    if config.task.patterns:
        raise EvomodError(
            "pressures.adaptability measures goals on all patterns, and task.patterns shows some; leave one of them out."
        )
    rewarded = [goal for goal in config.schedule.goals or (config.task.goal,) if goal in task.goals]
    related = dict.fromkeys(name for goal in rewarded if goal is not None for name in task.related(goal))
    goals = section.goals or tuple(name for name in related if name not in rewarded)
    if not goals:
        raise EvomodError(
            f"pressures.adaptability: task '{task.name}' has no other goal that shares subgoals with the rewarded one; "
            "name goals with pressures.adaptability.goals."
        )
    for goal in goals:
        goal_table(task, goal)  # refuses one that is not known
        if goal in rewarded:
            raise EvomodError(
                f"pressures.adaptability.goals names '{goal}', which is rewarded; adaptability is to goals that are not. "
                "Name others, or none."
            )
    return section.model_copy(update={"goals": goals})


def towards(section: AdaptabilitySection, goal: str) -> AdaptabilitySection | None:
    """The section where a goal is rewarded: mutants are tried on the other goals that it names, or none where there are none."""
    others = tuple(name for name in section.goals if name != goal)
    return section.model_copy(update={"goals": others}) if others else None


STREAM = 0x61646170
"""Key of its random numbers."""
BLOCK = 20_000
"""Networks that are answered at once, so that memory does not grow with the number of mutants."""


def judge(trial: Trial, section: AdaptabilitySection) -> NDArray[np.float64]:
    """Fitness with what mutants reach at a goal that is drawn; in a neutral epoch nothing is changed."""
    if trial.goal.is_neutral:
        return trial.fitness
    rng = trial.stream(STREAM)
    goal = trial.goal_named(section.goals[int(rng.integers(len(section.goals)))])
    return (1.0 - section.weight) * trial.fitness + section.weight * climbed(trial, section, goal, rng)


def climbed(
    trial: Trial, section: AdaptabilitySection, goal: Goal, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Fitness ``[individual]`` at a goal after so many steps; of equal networks the one that was there stays."""
    genomes, step = trial.population.genomes, max(1, BLOCK // (section.mutants + 1))
    blocks = [genomes[first : first + step] for first in range(0, len(genomes), step)]
    return np.concatenate([_reached(trial, section, goal, block, rng) for block in blocks])


def _reached(
    trial: Trial,
    section: AdaptabilitySection,
    goal: Goal,
    genomes: NDArray[Any],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Of some individuals."""
    n = genomes.shape[0]
    reached = np.zeros(n)
    for _ in range(section.steps):
        mutants = mutants_of(trial.encoding, genomes, section.mutants, rng)
        parents = np.concatenate((nobody(n), np.repeat(np.arange(n), section.mutants)))
        found = trial.fitness_of(np.concatenate((genomes, mutants)), parents, goal)
        table = np.column_stack((found[:n], found[n:].reshape(n, -1)))
        best = table.argmax(axis=1)
        reached = table[np.arange(n), best]
        chosen = np.arange(n) * section.mutants + best - 1
        genomes = np.where((best > 0)[:, None], mutants[chosen], genomes)
    return reached


def mutants_of(
    encoding: Encoding, genomes: NDArray[Any], number: int, rng: np.random.Generator
) -> NDArray[Any]:
    """So many mutants of every genome, one after the other: ``[individual * mutant, gene]``.

    Where neighbours recombine an even number of each is made, so that all recombine with their like.
    """
    n = genomes.shape[0]
    made = number + number % 2 if encoding.recombines else number
    varied = encoding.vary(genomes, np.repeat(np.arange(n), made), rng)
    kept: NDArray[Any] = varied.reshape(n, made, -1)[:, :number].reshape(n * number, -1)
    return kept


PRESSURE = Pressure(
    "adaptability",
    section=AdaptabilitySection,
    place="evaluation",
    order=60,
    fit=fit,
    judge=judge,
)
