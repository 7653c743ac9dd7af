"""A population is arrays, one row an individual; the answers do not depend on any goal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from evomod.kernels import answers as kernels
from evomod.task import Attractor, Task, goal_table, pack, unpack


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

    def tail(self, first: int) -> Population:
        """The individuals from row ``first`` on; nothing is copied."""
        if first == 0:
            return self
        return Population(
            genomes=self.genomes[first:],
            yes=self.yes[first:],
            no=self.no[first:],
            working=None if self.working is None else self.working[first:],
            measured=None
            if self.measured is None
            else {name: numbers[first:] for name, numbers in self.measured.items()},
            slots=self.slots[first:],
        )

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


class Operators(Protocol):
    """What a run's toolbox holds, see `operators.make_toolbox`; each may be replaced by `register`."""

    birth: Callable[[int, np.random.Generator], NDArray[Any]]
    parents: Callable[[NDArray[np.float64], NDArray[np.float64], np.random.Generator], NDArray[np.int64]]
    vary: Callable[[NDArray[Any], NDArray[np.int64], np.random.Generator], NDArray[Any]]
    answer: Callable[[NDArray[Any], NDArray[np.int64], NDArray[np.int64], NDArray[Any]], object]
    cost: Callable[[NDArray[np.int8], NDArray[np.int64], NDArray[np.float64]], NDArray[np.float64]]
    survive: Callable[[NDArray[np.float64], int, np.random.Generator], Any]
    breed: Callable[
        [NDArray[np.float64], np.random.Generator], tuple[NDArray[np.int64], NDArray[np.int64]]
    ]
    q: Callable[[NDArray[Any]], NDArray[np.float64]]

    def register(self, alias: str, function: Callable[..., Any], *args: Any, **kargs: Any) -> None:
        """Put a function in an operator's place, its first arguments given."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What goals need to know of a run besides its population."""

    tie_rule: str
    """Whether an output of exactly 0 is wrong ("strict"), or a no ("zero-is-no")."""
    operators: Operators
    """The run's toolbox, whose ``q`` measures genomes."""


class Goal(Protocol):
    """What is rewarded in an epoch."""

    @property
    def name(self) -> str:
        """As in a config and in the log."""

    @property
    def is_neutral(self) -> bool:
        """Whether nothing is rewarded: then no objective counts."""

    def score(self, population: Population, rules: Rules) -> NDArray[np.float64]:
        """Fitness ``[individual]``."""

    def shown(self, mask: NDArray[np.uint64] | None) -> Goal:
        """The goal on the patterns of an environment alone, ``mask[word]`` (None: all of them)."""

    def right(self, yes: NDArray[np.uint64], no: NDArray[np.uint64], tie_rule: str) -> NDArray[np.bool_]:
        """``[individual, case]``: which outputs are right; without outputs to count there is no case."""


@dataclass(frozen=True, slots=True)
class Bits:
    """A goal as bits: fitness is the fraction of right outputs."""

    name: str
    wanted: NDArray[np.uint64]
    """``[output, word]``: bit v is set where the right answer to pattern v is yes."""
    unwanted: NDArray[np.uint64]
    """``[output, word]``: where it is no (so bits beyond the last pattern are in neither)."""
    n_answers: int
    is_neutral: ClassVar[bool] = False

    def score(self, population: Population, rules: Rules) -> NDArray[np.float64]:
        """Fraction of right outputs."""
        return self.fitness(population.yes, population.no, rules.tie_rule)

    def fitness(
        self, yes: NDArray[np.uint64], no: NDArray[np.uint64], tie_rule: str
    ) -> NDArray[np.float64]:
        """``[individual]``: `score` of their answers ``[individual, output, word]``."""
        fitness, is_strict = np.empty(yes.shape[0]), tie_rule == "strict"
        kernels.score(yes, no, self.wanted, self.unwanted, is_strict, self.n_answers, fitness)
        return fitness

    def shown(self, mask: NDArray[np.uint64] | None) -> Bits:
        """The goal on the patterns of a mask."""
        if mask is None:
            return self
        wanted, unwanted = self.wanted & mask, self.unwanted & mask
        return Bits(self.name, wanted, unwanted, int(np.bitwise_count(wanted | unwanted).sum()))

    def right(self, yes: NDArray[np.uint64], no: NDArray[np.uint64], tie_rule: str) -> NDArray[np.bool_]:
        """Which outputs are right for each of the goal's patterns; output by output."""
        denied, bits = no if tie_rule == "strict" else ~yes, 64 * yes.shape[-1]
        counted = unpack(self.wanted | self.unwanted, bits)
        return unpack((yes & self.wanted) | (denied & self.unwanted), bits)[:, counted]


@dataclass(frozen=True, slots=True)
class Graded(Bits):
    """A goal that is a state to be reached: fitness by `Attractor`. The counted outputs are those of its starts."""

    formula: Attractor
    starts: NDArray[np.int64]
    """``[start]``: patterns that count."""
    weights: NDArray[np.float64]
    """``[start]``."""

    def fitness(
        self, yes: NDArray[np.uint64], no: NDArray[np.uint64], tie_rule: str
    ) -> NDArray[np.float64]:
        """``[individual]``, by the formula."""
        fitness, worths = np.empty(yes.shape[0]), self.formula.worths(self.wanted.shape[0])
        kernels.grade(
            yes, no, self.wanted, tie_rule == "strict", self.starts, self.weights, worths, self.formula.steepness,
            np.empty(64, np.int64), fitness,
        )  # fmt: skip
        return fitness

    def shown(self, mask: NDArray[np.uint64] | None) -> Bits:
        """Itself: a task whose fitness is a formula shows all patterns."""
        return self


@dataclass(frozen=True, slots=True)
class Accumulated:
    """Several goals rewarded at once: fitness is the mean over them (Bernatskiy & Bongard 2015, authors' code)."""

    goals: tuple[Bits, ...]
    is_neutral: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Those of all, as in a log."""
        return accumulated_name(goal.name for goal in self.goals)

    def score(self, population: Population, rules: Rules) -> NDArray[np.float64]:
        """Mean fitness over the goals."""
        yes, no, total = population.yes, population.no, np.zeros(population.size)
        for goal in self.goals:
            total += goal.fitness(yes, no, rules.tie_rule)
        return total / len(self.goals)

    def shown(self, mask: NDArray[np.uint64] | None) -> Accumulated:
        """Every goal on the patterns of a mask."""
        return self if mask is None else Accumulated(tuple(goal.shown(mask) for goal in self.goals))

    def right(self, yes: NDArray[np.uint64], no: NDArray[np.uint64], tie_rule: str) -> NDArray[np.bool_]:
        """Cases of one goal after those of another."""
        return np.concatenate([goal.right(yes, no, tie_rule) for goal in self.goals], axis=1)


def counted_goals(goal: Goal) -> tuple[Bits, ...]:
    """Those of the goals rewarded at once that count outputs; none if fitness is another's or nothing is rewarded."""
    goals = goal.goals if isinstance(goal, Accumulated) else (goal,)
    return tuple(one for one in goals if isinstance(one, Bits))


def accumulated_name(names: Iterable[str]) -> str:
    """What goals that are rewarded at once are called.

    >>> accumulated_name(["first", "second"])
    'first + second'
    """
    return " + ".join(names)


def goal_of(name: str, table: NDArray[np.bool_], counted: NDArray[np.bool_] | None = None) -> Bits:
    """Pack a truth table ``[output, pattern]``, of which all counts or what is ``counted``."""
    if counted is None:
        return Bits(name, pack(table), pack(~table), table.size)
    return Bits(name, pack(table & counted), pack(~table & counted), int(counted.sum()))


def goal_bits(task: Task, name: str) -> Bits:
    """Pack a goal of a task. Raises `EvomodError` if the task has no such goal."""
    table, formula = goal_table(task, name), task.fitness
    bits = goal_of(name, table, task.counted.get(name))
    if formula is None:
        return bits
    weights = formula.weights(table)
    starts = np.flatnonzero(weights)
    return Graded(name, bits.wanted, bits.unwanted, bits.n_answers, formula, starts, weights[starts])


def score(
    yes: NDArray[np.uint64], no: NDArray[np.uint64], goal: Bits, tie_rule: str
) -> NDArray[np.float64]:
    """Fitness ``[individual]``: the fraction of right answers over the goal's patterns and all outputs, or its formula.

    ``tie_rule`` "strict": an output of exactly 0 is wrong; "zero-is-no": it is a no.
    """
    return goal.fitness(yes, no, tie_rule)
