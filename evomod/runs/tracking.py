"""What is recorded of a run: one row a generation, and now and then the whole population."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.encodings.base import nobody
from evomod.evolution.loop import Generation
from evomod.evolution.setup import Setup
from evomod.measures.modularity import modularity_of_many
from evomod.population import Population, score
from evomod.pressures import max_modularity
from evomod.pressures.base import Acting

COLUMNS = (
    "generation",
    "goal",
    "best_fitness",
    "mean_fitness",
    "q_score",
    "modules",
    "connections",
    "connection_cost",
    "front_size",
    "neurons",
    "solved",
    "since_switch",
)
POPULATION_COLUMNS = (
    "generation",
    "fitness",
    "connection_cost",
    "q_score",
    "q_method",
    "modules",
    "connections",
    "count",
)


TIED_COLUMNS = ("tied", "tied_q_mean", "tied_q_median", "tied_q_least", "tied_q_largest")
"""Number of those that tie for best, and their Q; the median is the upper one of two."""


def columns(setup: Setup) -> tuple[str, ...]:
    """Names of the log's columns: the fixed ones, what is asked for, users' pressures, the fitness on every goal of the
    task."""
    tracking = setup.config.tracking
    asked = ("hierarchy",) if tracking.hierarchy else ()
    asked = (*asked, *TIED_COLUMNS) if tracking.tied_q else asked
    if setup.judges:
        asked = (*asked, f"{setup.judges[-1].name}_fitness")
    asked = (*asked, *(f"pressure:{acting.name}" for acting in own_numbers(setup)))
    return (*COLUMNS, *asked, *(f"fitness:{goal.name}" for goal in setup.goals))


def own_numbers(setup: Setup) -> tuple[Acting, ...]:
    """Pressures of the user's whose numbers are recorded: those that are measured once an individual."""
    return tuple(acting for acting in setup.measured if not acting.is_built_in)


def log_row(generation: Generation) -> dict[str, Any]:
    """The row of ``log.csv`` of one generation, by column; for callbacks, which see generations and no log.

    Parameters
    ----------
    generation
        Of `evolve`, or what ``on_generation`` is given.

    Returns
    -------
    dict
        Numbers, and the goal's name, in the order of the log's columns. It takes 0.1 to 1 ms, most of it for Q.

    Examples
    --------
    >>> import evomod
    >>> first = next(evomod.evolve({"task": "retina", "evolution": {"population": 20}}, seed=1))
    >>> evomod.log_row(first)["generation"]
    0
    """
    return dict(zip(columns(generation.setup), Tracker(generation.setup).row(generation), strict=True))


@dataclass(frozen=True, slots=True)
class Shape:
    """What is measured of one simplified network."""

    q: float
    modules: int
    connections: int
    cost: float
    neurons: int
    hierarchy: float | None
    """None: not asked for."""


REMEMBERED = 4096
"""Networks whose measures are kept: with many equals the best is seldom the same one twice in a row, but
often one of the last hundred."""


@dataclass(slots=True)
class Tracker:
    """Measures the logged individual; remembers the last networks and answers."""

    setup: Setup
    shapes: dict[bytes, Shape] = field(default_factory=dict)
    fitness: dict[bytes, tuple[float, ...]] = field(default_factory=dict)
    known_q: max_modularity.Known = field(default_factory=max_modularity.Known)

    def row(self, generation: Generation) -> tuple[Any, ...]:
        """Values of `columns` for one generation."""
        population, best = generation.population, generation.best_row
        shape = self.measure(population.genomes[best : best + 1])
        fitness = float(generation.fitness[best])
        return (
            generation.number,
            generation.goal,
            fitness,
            float(np.add.reduce(generation.fitness)) / generation.fitness.size,
            shape.q,
            shape.modules,
            shape.connections,
            shape.cost,
            generation.front.size - int(np.count_nonzero(generation.front)),
            shape.neurons,
            int(fitness >= self.setup.config.evolution.solved_at),
            generation.since_switch,
            *([] if shape.hierarchy is None else [shape.hierarchy]),
            *(self.tied_q(generation) if self.setup.config.tracking.tied_q else []),
            *([] if generation.expected is None else [float(generation.expected[best])]),
            *(self.measured_by_own(population, best)),
            *self.fitness_on_all(population.yes[best], population.no[best]),
        )

    def tied_q(self, generation: Generation) -> tuple[Any, ...]:
        """Values of `TIED_COLUMNS`: of the first front, those as fit as the logged individual."""
        setup, best = self.setup, generation.best_row
        fittest = generation.objectives[:, 0] == generation.objectives[best, 0]
        genomes = generation.population.genomes[fittest & (generation.front == 0)]
        method = setup.config.tracking.q_method
        q = np.sort(max_modularity.measure(setup.encoding, method, self.known_q, genomes))
        mean = float(np.add.reduce(q)) / q.size
        return q.size, mean, float(q[q.size // 2]), float(q[0]), float(q[-1])

    def measured_by_own(self, population: Population, row: int) -> tuple[float, ...]:
        """What users' pressures measure of an individual."""
        measured = population.measured or {}
        return tuple(float(measured[acting.name][row]) for acting in own_numbers(self.setup))

    def fitness_on_all(self, yes: NDArray[Any], no: NDArray[Any]) -> tuple[float, ...]:
        """Fitness of answers ``[output, word]`` on every goal of the task, on all patterns."""
        answers = yes.tobytes() + no.tobytes()
        if answers not in self.fitness:
            _make_room(self.fitness)
            setup = self.setup
            self.fitness[answers] = (
                tuple(float(score(yes[None], no[None], goal, setup.tie_rule)[0]) for goal in setup.goals)
                if setup.task.counted
                else self._fractions(yes, no)
            )
        return self.fitness[answers]

    def _fractions(self, yes: NDArray[Any], no: NDArray[Any]) -> tuple[float, ...]:
        """Of right answers, for all goals at once where each counts every output of every pattern."""
        goals = self.setup.goals
        wanted = np.stack([goal.wanted for goal in goals])
        unwanted = np.stack([goal.unwanted for goal in goals])
        denied = no if self.setup.tie_rule == "strict" else ~yes
        right = np.bitwise_count((yes & wanted) | (denied & unwanted)).sum(axis=(1, 2), dtype=np.int64)
        return tuple((right / goals[0].n_answers).tolist())

    def measure(self, genomes: NDArray[Any]) -> Shape:
        """Q, modules, connections, cost and neurons of one simplified network ``[1, gene]``."""
        genome = genomes.tobytes()
        if genome not in self.shapes:
            _make_room(self.shapes)
            self.shapes[genome] = self._measured(genomes)
        return self.shapes[genome]

    def _measured(self, genomes: NDArray[Any]) -> Shape:
        setup, wiring = self.setup, self.setup.encoding.wiring
        working = setup.encoding.simplify(genomes)
        key = b"working" + (working != 0).tobytes()
        if key not in self.shapes:
            q, modules = modularity_of_many(wiring, working, setup.config.tracking.q_method)
            self.shapes[key] = Shape(
                q=float(q[0]),
                modules=int(modules.max(initial=-1)) + 1,
                connections=int(np.count_nonzero(working)),
                cost=float(cost_of(setup, working)[0]),
                neurons=int(np.count_nonzero(modules[0, wiring.n_inputs :] >= 0)),
                hierarchy=self._hierarchy(working),
            )
        return self.shapes[key]

    def _hierarchy(self, working: NDArray[np.int8]) -> float | None:
        if not self.setup.config.tracking.hierarchy:
            return None
        return float(self.setup.encoding.wiring.hierarchies(working)[0])


def _make_room(known: dict[bytes, Any]) -> None:
    if len(known) >= REMEMBERED:
        known.clear()


def cost_of(setup: Setup, working: NDArray[np.int8]) -> NDArray[np.float64]:
    """Connection cost ``[network]`` by the run's operator; without places the number of connections."""
    n = working.shape[0]
    cost: NDArray[np.float64] = setup.toolbox.cost(working, nobody(n), np.zeros(n))
    return cost


def population_rows(generation: Generation) -> list[tuple[Any, ...]]:
    """Values of `POPULATION_COLUMNS`: one row for all individuals that agree in all of them."""
    setup, population = generation.setup, generation.population
    working = setup.encoding.simplify(population.genomes)
    distinct, member = np.unique(working != 0, axis=0, return_inverse=True)
    graphs = distinct.astype(np.int8)
    method = setup.config.tracking.q_method
    q, modules = modularity_of_many(setup.encoding.wiring, graphs, method)
    cost = cost_of(setup, graphs)
    n_modules = modules.max(axis=1, initial=-1) + 1
    shape = np.stack((cost, q, n_modules, distinct.sum(axis=1)), axis=1)[member.reshape(-1)]
    fitness = np.where(np.isnan(generation.fitness), -np.inf, generation.fitness)  # NaN equals nothing
    table = np.column_stack((fitness, shape))
    rows, counts = np.unique(table, axis=0, return_counts=True)
    return [
        (
            generation.number,
            fitness if fitness > -np.inf else float("nan"),  # Q may be negative
            cost,
            q,
            method,
            int(modules),
            int(connections),
            count,
        )
        for (fitness, cost, q, modules, connections), count in zip(
            rows.tolist(), counts.tolist(), strict=True
        )
    ]
