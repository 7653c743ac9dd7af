"""Goals besides the task's own, and which is rewarded in which epoch: one function, `epochs`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.population import (
    Accumulated,
    Bits,
    Goal,
    Population,
    Rules,
    accumulated_name,
    goal_bits,
    goal_of,
)
from evomod.sections import ScheduleSection, TaskSection
from evomod.task import (
    MAX_MODULARITY,
    MODULARITY,
    Task,
    counted_answers,
    goal_table,
    subgoal_tables,
)


class Uncounted:
    """What goals have in common that count no outputs."""

    __slots__ = ()

    def right(self, yes: NDArray[np.uint64], no: NDArray[np.uint64], tie_rule: str) -> NDArray[np.bool_]:
        """No case."""
        return np.zeros((yes.shape[0], 0), np.bool_)


@dataclass(frozen=True, slots=True)
class Neutral(Uncounted):
    """No goal: every individual is as good as any other, and fitness is NaN."""

    name: ClassVar[str] = "neutral"
    is_neutral: ClassVar[bool] = True

    def score(self, population: Population, rules: Rules) -> NDArray[np.float64]:
        """Not a number."""
        return np.full(population.size, np.nan)

    def shown(self, mask: NDArray[np.uint64] | None) -> Neutral:
        """Itself."""
        return self


@dataclass(frozen=True, slots=True)
class Modularity(Uncounted):
    """Q itself is rewarded, or a given Q (Kashtan & Alon 2005: what Q_max is measured with, and a control)."""

    name: str
    target: float
    """The Q that is best, infinity for the highest."""
    is_neutral: ClassVar[bool] = False

    @property
    def formula(self) -> str:
        """What fitness is, for a plot."""
        return "Q" if self.target == np.inf else "1 - (Q - target)²"

    def score(self, population: Population, rules: Rules) -> NDArray[np.float64]:
        """Q where the target is infinite, else 1 - (Q - target)^2."""
        q: NDArray[np.float64] = rules.operators.q(population.genomes)
        return q if self.target == np.inf else 1.0 - (q - self.target) ** 2

    def shown(self, mask: NDArray[np.uint64] | None) -> Modularity:
        """Itself."""
        return self


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "and": np.logical_and,
    "or": np.logical_or,
    "xor": np.logical_xor,
    "nand": lambda a, b: ~(a & b),
    "nor": lambda a, b: ~(a | b),
    "eq": lambda a, b: a == b,
}


def named_goal(task: Task, name: str) -> Goal:
    """A goal of the task, or one that rewards Q. Raises `EvomodError` if there is none of that name."""
    return modularity_goal(name) or goal_bits(task, name)


def modularity_goal(name: str) -> Modularity | None:
    """The goal that rewards Q by the name "max-modularity" or "modularity:0.49"; None for any other name.

    Raises `EvomodError` where the number is no Q.

    >>> modularity_goal("modularity:0.49"), modularity_goal("left-and-right")
    (Modularity(name='modularity:0.49', target=0.49), None)
    """
    if name == MAX_MODULARITY:
        return Modularity(name, np.inf)
    if not name.startswith(MODULARITY):
        return None
    try:
        target = float(name.removeprefix(MODULARITY))
    except ValueError:
        target = np.nan
    if not -1.0 <= target <= 1.0:
        raise EvomodError(
            f"goal '{name}': wanted {MODULARITY} and a Q from -1 to 1, such as {MODULARITY}0.49."
        )
    return Modularity(name, target)


def chosen_goal(section: TaskSection, task: Task) -> str:
    """The goal that the config names, else the task's first. Raises `EvomodError` if unknown."""
    goal = section.goal or next(iter(task.goals))
    goal_table(task, goal)
    return goal


def chosen_schedule(section: ScheduleSection, goal: str | None, task: Task) -> ScheduleSection:
    """The schedule with its goals filled in, beginning with ``goal`` (None: any that fits).

    Raises `EvomodError` where the task cannot follow it.
    """
    for name in (*section.goals, *([] if goal is None else [goal])):
        if not isinstance(named_goal(task, name), Bits) and section.changes:
            raise EvomodError(
                f"schedule.kind '{section.kind}' wants goals of the task, and '{name}' is none: it rewards Q, "
                "in all generations. Leave the schedule out, or name goals of the task."
            )
    goals = SCHEDULES[section.kind].goals(section, goal, task)
    return section.model_copy(update={"goals": goals})


def _all_at_once(section: ScheduleSection, goal: str | None, task: Task) -> tuple[str, ...]:
    goals = section.goals or tuple(dict.fromkeys((goal or next(iter(task.goals)), *task.goals)))
    if len(set(goals)) < max(2, len(goals)):
        raise EvomodError(
            f"schedule.kind 'accumulating' requires 2 or more goals, each once; got {', '.join(goals)}. A single goal is "
            "the kind 'fixed'."
        )
    if task.fitness is None:  # else goals are met by degrees, and the formula says how far
        for one, other in combinations(goals, 2):
            both = counted_answers(task, one) & counted_answers(task, other)
            wrong = int((both & (goal_table(task, one) != goal_table(task, other))).sum())
            if wrong:
                raise EvomodError(
                    f"schedule.kind 'accumulating' rewards all goals at once, and '{one}' and '{other}' ask for opposite "
                    f"outputs in {wrong} cases; name goals that can be met together, such as goals of separate outputs, "
                    "or take the kind 'modular'."
                )
    return goals


def _no_random(kind: str, task: Task) -> None:
    if task.counted:
        raise EvomodError(
            f"schedule.kind '{kind}' draws truth tables in which every output counts; goals of task '{task.name}' leave "
            "some open. Take another kind."
        )


def _with_drawn(section: ScheduleSection, goal: str | None, task: Task) -> tuple[str, ...]:
    _no_random(section.kind, task)
    return section.goals


def to_be_solved(section: ScheduleSection) -> tuple[str, ...]:
    """Goals as a log names them that a run has to solve in successive epochs to have solved all."""
    if section.kind == "accumulating":
        return (accumulated_name(section.goals),)
    return section.goals


def _one(section: ScheduleSection, goal: str | None, task: Task) -> tuple[str, ...]:
    return section.goals or (goal or next(iter(task.goals)),)


def _given(section: ScheduleSection, goal: str | None, task: Task) -> tuple[str, ...]:
    return section.goals


def _compositions(section: ScheduleSection, goal: str | None, task: Task) -> tuple[str, ...]:
    compositions(task, section.operators)  # are there any?
    return ()


def _related(section: ScheduleSection, goal: str | None, task: Task) -> tuple[str, ...]:
    related = [name for name in task.goals if task.related(name)]
    first = [goal] if goal is not None else related[:1]
    goals = section.goals or tuple(dict.fromkeys([*first, *related]))
    _check_walk(goals, task)
    return goals


def _check_walk(goals: tuple[str, ...], task: Task) -> None:
    for name in goals or task.goals:
        if not any(other in task.related(name) for other in goals):
            raise EvomodError(
                f"schedule.goals: '{name}' shares no subgoal with any other of the goals, so a random walk "
                f"cannot leave it. Goals of task '{task.name}' that share some with it: "
                f"{', '.join(task.related(name)) or 'none'}."
            )


def epochs(
    section: ScheduleSection, task: Task, rng: np.random.Generator, goal: str | None = None
) -> Iterator[Goal]:
    """Yield the goal of epoch 0, 1, 2, … of a schedule whose goals are filled in.

    ``goal`` is the one that the task section names (None: the task's first): random goals without others
    have its number of ones.

    ===============  =====================================================================================
    fixed            one goal (FG)
    modular          the goals in their order, again and again (modularly varying goals, MVG)
    random-walk      from the first goal to any of the others that shares subgoals, and so on (Parter et
                     al. 2008)
    sampled          compositions of the task's subgoals drawn at random; none comes again before all
                     have come, and none twice in a row
    random           the goals in their order, a new random goal of as many ones after each (RVG_v of
                     Kashtan et al. 2007); without goals new random goals only
    random-constant  the same with one random goal that stays the same (RVG_c)
    neutral          the goal, then an epoch in which nothing is selected (VG_0)
    accumulating     the first goal, then the first two, and so on; fitness is the mean over all goals so far, and
                     once all have come it stays so (Espinosa-Soto & Wagner 2010)
    ===============  =====================================================================================

    At the end of an epoch the goal changes with ``section.probability``.
    """
    first = goal or next(iter(task.goals))
    goals = SCHEDULES[section.kind].sequence(Course(section, task, first, rng))
    current = next(goals)
    while True:
        yield current
        if section.probability >= 1.0 or rng.random() < section.probability:
            current = next(goals)


@dataclass(frozen=True, slots=True)
class Course:
    """What a sequence of goals, which changes at the end of every epoch, is made of."""

    section: ScheduleSection
    """With its goals filled in."""
    task: Task
    goal: str
    """Of which random goals have the number of ones, where none is named."""
    rng: np.random.Generator

    @property
    def named(self) -> list[Goal]:
        """The goals that the section names."""
        return [named_goal(self.task, name) for name in self.section.goals]


def _in_turn(course: Course) -> Iterator[Goal]:
    goals = course.named
    while True:
        yield from goals


def _accumulated(course: Course) -> Iterator[Goal]:
    goals = tuple(goal_bits(course.task, name) for name in course.section.goals)
    yield goals[0]
    for n in range(2, len(goals)):
        yield Accumulated(goals[:n])
    while True:
        yield Accumulated(goals)


def _with_neutral(course: Course) -> Iterator[Goal]:
    goal = course.named[0]
    while True:
        yield goal
        yield Neutral()


def _with_random(course: Course) -> Iterator[Goal]:
    """Each named goal, then a random one that is unlike the last."""
    return _random(course, is_new=True)


def _with_one_random(course: Course) -> Iterator[Goal]:
    """Each named goal, then the random one that was drawn first."""
    return _random(course, is_new=False)


def _random(course: Course, *, is_new: bool) -> Iterator[Goal]:
    task, rng = course.task, course.rng
    named = [one for one in course.named if isinstance(one, Bits)]
    like = goal_bits(task, course.goal)
    drawn = random_goal(task, named[0] if named else like, None, rng)
    while True:
        for goal in named or [like]:
            if named:
                yield goal
            if is_new:
                drawn = random_goal(task, goal, drawn, rng)
            yield drawn


def _walk(course: Course) -> Iterator[Goal]:
    task, names = course.task, course.section.goals
    name = names[0]
    while True:
        yield goal_bits(task, name)
        neighbours = [other for other in names if other in task.related(name)]
        name = neighbours[int(course.rng.random() * len(neighbours))]


def _sampled(course: Course) -> Iterator[Goal]:
    goals = compositions(course.task, course.section.operators)
    names, last = list(goals), ""
    while True:
        order = [names[k] for k in course.rng.permutation(len(names))]
        if order[0] == last:
            order = order[::-1]
        for name in order:
            yield goal_of(name, goals[name])
        last = order[-1]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A kind of schedule."""

    goals: Callable[[ScheduleSection, str | None, Task], tuple[str, ...]]
    """The goals of its section with what that leaves open filled in, beginning with a goal (None: any that fits)."""
    sequence: Callable[[Course], Iterator[Goal]]


SCHEDULES = {
    "fixed": Schedule(_one, _in_turn),
    "modular": Schedule(_given, _in_turn),
    "random-walk": Schedule(_related, _walk),
    "sampled": Schedule(_compositions, _sampled),
    "random": Schedule(_with_drawn, _with_random),
    "random-constant": Schedule(_with_drawn, _with_one_random),
    "neutral": Schedule(_one, _with_neutral),
    "accumulating": Schedule(_all_at_once, _accumulated),
}
"""What each kind of `evomod.sections.SCHEDULES` does."""


def random_goal(task: Task, like: Bits, last: Bits | None, rng: np.random.Generator) -> Bits:
    """A goal of as many ones as ``like``, an output each, that is not ``last`` and none of the task's."""
    ones = np.bitwise_count(like.wanted).sum(axis=1)
    for _ in range(100):  # a trivial number of ones may leave no other table
        table = task.random_goal(rng, ones)
        goal = goal_of(f"random-{table_name(table)}", table)
        if last is None or goal.name != last.name:
            break
    return goal


def table_name(table: NDArray[np.bool_]) -> str:
    """A truth table ``[output, pattern]`` in hexadecimal, the last pattern first, an output a word.

    >>> table_name(np.array([[True, False, False, False, True, False, False, False]]))
    '11'
    """
    rows = [int("".join("01"[v] for v in row[::-1]), 2) for row in table.astype(int)]
    return "-".join(f"{value:0{-(-table.shape[1] // 4)}x}" for value in rows)


def compositions(task: Task, operators: tuple[str, ...]) -> dict[str, NDArray[np.bool_]]:
    """All goals that join one subgoal of every module of inputs, ``{name: table[output, pattern]}``.

    Subgoals that read inputs in common belong to one module, as XOR and EQ of the same pair do; one of
    each is joined from left to right, ``(a op b) op c``. Of goals with the same truth table the first is
    kept. Raises `EvomodError` where fewer than two goals come out.

    >>> from evomod.task import load_task
    >>> list(compositions(load_task("retina"), ("and", "or")))
    ['left and right', 'left or right']
    """
    if task.n_outputs != 1:
        raise EvomodError(
            f"schedule.kind 'sampled' composes goals of one output; task '{task.name}' has {task.n_outputs}."
        )
    tables = subgoal_tables(task)
    groups = modules_of_subgoals(tables)
    found: dict[str, NDArray[np.bool_]] = {}
    seen: set[bytes] = set()
    for parts in product(*groups):
        for joins in product(operators, repeat=len(groups) - 1):
            name, table = parts[0], tables[parts[0]]
            for join, part in zip(joins, parts[1:], strict=True):
                name, table = f"{name} {join} {part}", OPERATORS[join](table, tables[part])
            if table.tobytes() not in seen:
                seen.add(table.tobytes())
                found[name] = table[None]
    if len(found) < 2:
        raise EvomodError(
            f"schedule.kind 'sampled' finds fewer than two compositions of the subgoals of task "
            f"'{task.name}' ({', '.join(tables)}) with {', '.join(operators) or 'no operator'}."
        )
    return found


def modules_of_subgoals(tables: dict[str, NDArray[np.bool_]]) -> list[list[str]]:
    """Subgoals grouped by the inputs they read; those that read the inputs of several groups are left out.

    >>> from evomod.task import load_task
    >>> modules_of_subgoals(subgoal_tables(load_task("circuit")))
    [['xor_xy', 'eq_xy'], ['xor_zw', 'eq_zw']]
    """
    reads = {name: inputs_read(table) for name, table in tables.items()}
    smallest = [
        s for s in reads.values() if s and not any(other < s for other in reads.values() if other)
    ]
    groups: dict[frozenset[int], list[str]] = {}
    for name, inputs in reads.items():
        if inputs in smallest:
            groups.setdefault(inputs, []).append(name)
    return list(groups.values())


def inputs_read(table: NDArray[np.bool_]) -> frozenset[int]:
    """The inputs on which a truth table ``[pattern]`` depends."""
    n_inputs = table.size.bit_length() - 1
    patterns = np.arange(table.size)
    return frozenset(i for i in range(n_inputs) if (table != table[patterns ^ (1 << i)]).any())
