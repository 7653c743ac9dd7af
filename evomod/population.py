"""A population is arrays, one row an individual; the answers do not depend on any goal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.kernels import answers as kernels
from evomod.task import Task, goal_table, pack, unpack


@dataclass(frozen=True, slots=True)
class Population:
    """Genomes and all that is known of them before a goal is named."""

    genomes: NDArray[Any]
    """``[individual, gene]``; the encoding tells what a gene is."""
    yes: NDArray[np.uint64]
    """``[individual, output, word]``: bit v is set where the answer to pattern v is yes."""
    no: NDArray[np.uint64]
    """``[individual, output, word]``: likewise where it is no; neither: an output of exactly 0."""
    working: NDArray[np.int8] | None
    """``[individual, edge]``: non-zero for a connection that leads to an output (None: not needed)."""
    measured: Mapping[str, NDArray[np.float64]] | None
    """``[individual]`` by the name of every pressure that is measured once an individual (None: none is)."""
    slots: NDArray[np.int64]
    """``[individual]``: where the encoding remembers each individual's answers during a run."""

    @property
    def size(self) -> int:
        return self.genomes.shape[0]

    def take(self, rows: NDArray[np.int64]) -> Population:
        """The individuals of these rows, in this order, as copies."""
        return Population(
            genomes=self.genomes.take(rows, axis=0),  # a third of the time of [rows]
            yes=self.yes.take(rows, axis=0),
            no=self.no.take(rows, axis=0),
            working=None if self.working is None else self.working.take(rows, axis=0),
            measured=None
            if self.measured is None
            else {name: numbers.take(rows) for name, numbers in self.measured.items()},
            slots=self.slots.take(rows),
        )


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal as bits, ready for scoring."""

    name: str
    wanted: NDArray[np.uint64]
    """``[output, word]``: bit v is set where the right answer to pattern v is yes."""
    unwanted: NDArray[np.uint64]
    """``[output, word]``: where it is no (so bits beyond the last pattern are in neither)."""
    n_answers: int
    q_target: float | None = None
    """Of a goal that rewards Q in place of answers: the Q that is best, infinity for the highest."""


def goal_of(name: str, table: NDArray[np.bool_]) -> Goal:
    """Pack a truth table ``[output, pattern]``."""
    return Goal(name, pack(table), pack(~table), table.size)


def goal_bits(task: Task, name: str) -> Goal:
    """Pack a goal of a task. Raises `EvomodError` if the task has no such goal."""
    return goal_of(name, goal_table(task, name))


def shown(goal: Goal, mask: NDArray[np.uint64] | None) -> Goal:
    """The goal on the patterns of an environment alone, ``mask[word]`` (None: all of them)."""
    if mask is None or goal.n_answers == 0 or goal.q_target is not None:
        return goal
    n_answers = goal.wanted.shape[0] * int(np.bitwise_count(mask).sum())
    return Goal(goal.name, goal.wanted & mask, goal.unwanted & mask, n_answers)


def score(
    yes: NDArray[np.uint64], no: NDArray[np.uint64], goal: Goal, tie_rule: str
) -> NDArray[np.float64]:
    """Fitness ``[individual]``: the fraction of right answers over the goal's patterns and all outputs.

    ``tie_rule`` "strict": an output of exactly 0 is wrong; "zero-is-no": it is a no. Without a goal
    (a neutral epoch) fitness is NaN.
    """
    if goal.n_answers == 0:
        return np.full(yes.shape[0], np.nan)
    fitness, is_strict = np.empty(yes.shape[0]), tie_rule == "strict"
    kernels.score(yes, no, goal.wanted, goal.unwanted, is_strict, goal.n_answers, fitness)
    return fitness


def right_cases(
    yes: NDArray[np.uint64], no: NDArray[np.uint64], goal: Goal, tie_rule: str
) -> NDArray[np.bool_]:
    """``[individual, case]``: whether each output is right for each of the goal's patterns; output by output.

    ``tie_rule`` as in `score`. Without a goal, or with one that rewards Q, there is no case.
    """
    if goal.n_answers == 0 or goal.q_target is not None:
        return np.zeros((yes.shape[0], 0), np.bool_)
    denied, bits = no if tie_rule == "strict" else ~yes, 64 * yes.shape[-1]
    counted = unpack(goal.wanted | goal.unwanted, bits)
    return unpack((yes & goal.wanted) | (denied & goal.unwanted), bits)[:, counted]
