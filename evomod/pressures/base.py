"""What a pressure is, and what its measure may look at.

A pressure is one object, `Pressure`. Those that come with evomod stand at the end of the modules of this package;
a user's stands in a file of its own or in an installed package (entry point ``evomod.pressures``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evomod.encodings import Encoding
from evomod.encodings.base import nobody
from evomod.encodings.wiring import Wiring
from evomod.errors import EvomodError
from evomod.population import Goal, Operators, Population, Rules
from evomod.sections import PricedSection, Section
from evomod.task import Task

Place = Literal["objective", "constraint", "evaluation", "variation", "schedule"]

LAST = 100
"""Where a pressure stands that names no other place."""


def always(section: Any) -> bool:
    """Of a pressure that acts whatever its section holds."""
    return True


@dataclass(frozen=True, slots=True)
class Pressure:
    """A cause of modularity, or a control, that acts in one place of the loop.

    Parameters
    ----------
    name
        As in a config, ``[pressures.<name>]``: small letters, digits and hyphens.
    measure
        ``measure(view, section) -> float64[individual]``, finite, of the networks of a `View` and of nothing else:
        equal genomes have equal numbers, in every process. None: it acts in another way than by a number.
    section
        What may stand in its part of a config; left out, ``probability`` and ``penalty``, and of a constraint nothing.
    place
        "objective": its number is an objective besides fitness, or with ``penalty`` so much is taken off the
        fitness. "constraint": how far an individual is from what is allowed, 0 inside; who is farther comes after
        all who are nearer. "evaluation" (``judge``), "variation" (``change``) and "schedule" are places of built-in
        pressures.
    requires
        What networks must have: a set or list of keys of `evomod.sections.SUPPORTS`; or a function of the section.
    is_maximised
        Whether more is better; or a function of the section.
    is_of_pool
        Whether it depends on the other individuals or on the rewarded goal. It is then measured anew in every
        generation, on parents and offspring together; else once an individual.
    order
        Objectives stand in this order, then by name.
    fit
        ``fit(section, encoding, config, task) -> section``, once the task is known: fills in what a config leaves open. Of
        built-in pressures.
    judge
        ``judge(trial, section) -> float64[individual]``: the fitness that selection sees, in place "evaluation".
    change
        ``change(trial, section, rng)``: survivors' genomes at the end of a generation, in place "variation"; None: as
        they are.
    acts
        ``acts(section)``: whether it does anything at all.
    """

    name: str
    measure: Callable[[View, Any], NDArray[np.float64]] | None = None
    section: type[Section] = PricedSection
    place: Place = "objective"
    requires: Collection[str] | Callable[[Any], Collection[str]] = frozenset()
    is_maximised: bool | Callable[[Any], bool] = False
    is_of_pool: bool = False
    order: int = LAST
    fit: Callable[[Any, Encoding, Any, Task], Any] | None = None
    judge: Callable[[Trial, Any], NDArray[np.float64]] | None = None
    change: Callable[[Trial, Any, np.random.Generator], NDArray[Any] | None] | None = None
    acts: Callable[[Any], bool] = always

    def __post_init__(self) -> None:
        """A set or list of names becomes one that can be a key, as the object is; a constraint has no price."""
        if self.place == "constraint" and self.section is PricedSection:
            object.__setattr__(self, "section", Section)
        if isinstance(self.requires, set | list | tuple):
            object.__setattr__(self, "requires", frozenset(self.requires))

    def needs(self, section: Any) -> frozenset[str]:
        """What networks must have with this section."""
        return frozenset(self.requires(section) if callable(self.requires) else self.requires)


@dataclass(frozen=True, slots=True)
class Acting:
    """A pressure of a run, with its part of the config."""

    pressure: Pressure
    section: Any
    file: str | None = None
    """What defines a user's; None of those that come with evomod."""

    @property
    def is_built_in(self) -> bool:
        return self.file is None

    @property
    def told(self) -> str:
        """What an error calls it."""
        return f"pressure '{self.name}' ({self.file})"

    @property
    def name(self) -> str:
        return self.pressure.name

    @property
    def probability(self) -> float | None:
        """With which it takes part in a comparison as an objective; None where it is none."""
        p: float | None = getattr(self.section, "probability", None)
        return p

    @property
    def is_objective(self) -> bool:
        """Whether it is an objective besides fitness."""
        return self.pressure.place == "objective" and self.probability is not None

    @property
    def is_maximised(self) -> bool:
        """Whether more of its number is better."""
        more = self.pressure.is_maximised
        return more(self.section) if callable(more) else more

    @property
    def penalty(self) -> float | None:
        """What is taken off the fitness, times its number; None where nothing is."""
        price: float | None = getattr(self.section, "penalty", None)
        return price


@dataclass(frozen=True, slots=True)
class Trial:
    """A generation while it is judged: individuals, the goal, and what it takes to evaluate them in other ways."""

    number: int
    """Of the generation."""
    encoding: Encoding
    population: Population
    ancestors: NDArray[np.int64]
    """``[individual]``: row of the parent, itself where all is known, or -1."""
    fitness: NDArray[np.float64]
    """``[individual]``, of the whole networks."""
    goal: Goal
    rules: Rules
    memory: NDArray[Any]
    """What every individual answers, one slot per individual."""
    stream: Callable[[int], np.random.Generator]
    """Random numbers of this generation alone, by a key; a resumed run finds the same."""
    goal_named: Callable[[str], Goal]
    """A goal of the task, as bits."""
    fitness_of: Callable[[NDArray[Any], NDArray[np.int64], Goal], NDArray[np.float64]]
    """Fitness of other genomes, each with the row of its ancestor among them, or -1, at a goal."""


@dataclass(slots=True)
class View:
    """Networks, one row an individual; what is costly is computed when it is asked for, once."""

    encoding: Encoding
    operators: Operators
    """The run's toolbox."""
    pool: NDArray[Any]
    """Genomes of the whole pool; the view is of the rows from ``first`` on."""
    all_yes: NDArray[np.uint64]
    all_no: NDArray[np.uint64]
    first: int = 0
    ancestors: NDArray[np.int64] | None = None
    """``[row of the pool]``: row of the parent, itself where all is known, or -1."""
    rewarded: Goal | None = None
    """None: this measure is inherited from one generation to the next, so it may depend on no goal."""
    working: NDArray[np.int8] | None = None
    tie_rule: str = "strict"
    """Whether an output of exactly 0 is wrong ("strict"), or a no."""
    known: NDArray[np.float64] | None = None
    """The number of each row before ``first``, of the pressure that looks."""

    @property
    def size(self) -> int:
        """Number of individuals."""
        return self.pool.shape[0] - self.first

    @property
    def wiring(self) -> Wiring:
        """Nodes, and edges: the places where a connection may be (source, target, layer, positions)."""
        return self.encoding.wiring

    @property
    def genomes(self) -> NDArray[Any]:
        """``[individual, gene]``."""
        return _read_only(self.pool[self.first :])

    @property
    def yes(self) -> NDArray[np.uint64]:
        """``[individual, output, word]``: bit v is set where the output for pattern v is yes."""
        return _read_only(self.all_yes[self.first :])

    @property
    def no(self) -> NDArray[np.uint64]:
        """``[individual, output, word]``: likewise where it is no."""
        return _read_only(self.all_no[self.first :])

    @property
    def goal(self) -> Goal:
        """The rewarded goal, as bits; of goals that accumulate one with ``goals``. Raises `EvomodError` for a pressure that is not of the pool."""
        if self.rewarded is None:
            raise EvomodError(
                "view.goal, and view.right, which needs it: the goal may change, and this pressure is measured once an individual; a "
                "pressure that looks at the goal has is_of_pool=True."
            )
        return self.rewarded

    @property
    def right(self) -> NDArray[np.bool_]:
        """``[individual, case]``: which outputs are right, for every pattern that the goal counts; needs the goal."""
        return self.goal.right(self.yes, self.no, self.tie_rule)

    @property
    def active(self) -> NDArray[np.int8]:
        """``[individual, edge]``: not 0 for a connection that leads to an output."""
        return _read_only(self._working()[self.first :])

    @property
    def strengths(self) -> NDArray[np.float64]:
        """``[individual, edge]``: \\|weight\\| of every active connection, else 0. Requires "weights"."""
        if "weights" not in self.encoding.supports:
            raise EvomodError(
                "view.strengths: the connections of these networks have no weights; a pressure that looks at "
                'them has requires=frozenset({"weights"}).'
            )
        found: NDArray[np.float64] = self.encoding.working_strengths(
            self.pool[self.first :], self._working()[self.first :]
        )
        return found

    @property
    def adjacency(self) -> NDArray[np.float64]:
        """``[individual, source, target]``: 1.0 for an active connection."""
        return self.wiring.adjacencies(self._working()[self.first :])

    def inherited(self, function: Callable[..., NDArray[np.float64]]) -> NDArray[np.float64]:
        """What ``function(active, ancestors, known)`` of the whole pool makes of the view's individuals.

        For a measure that takes longer than to see that a child's active connections are its parent's.
        """
        working = self._working()
        known = np.zeros(working.shape[0])
        if self.known is not None:
            known[: self.first] = self.known
        ancestors = nobody(known.size) if self.ancestors is None else self.ancestors
        return function(working, ancestors, known)[self.first :]

    def _working(self) -> NDArray[np.int8]:
        if self.working is None:
            self.working = self.encoding.simplify(self.pool)
        return self.working


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A measure that writes into what it is shown would change the run."""
    shown = array.view()
    shown.flags.writeable = False
    return shown
