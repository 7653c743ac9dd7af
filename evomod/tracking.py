"""What is recorded of a run: one row a generation, and now and then the whole population."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.encodings import layered
from evomod.errors import EvomodError
from evomod.evolution import Generation, Setup
from evomod.measures.modularity import modularity_of_many
from evomod.population import score

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


def columns(setup: Setup) -> tuple[str, ...]:
    """Names of the log's columns: the fixed ones, then the fitness on every goal of the task."""
    return (*COLUMNS, *(f"fitness:{goal.name}" for goal in setup.goals))


@dataclass(slots=True)
class Tracker:
    """Measures the logged individual; remembers the last one, which seldom changes."""

    setup: Setup
    key: bytes = b""
    shape: tuple[float, int, int, float] = (0.0, 0, 0, 0.0)

    def row(self, generation: Generation) -> tuple[Any, ...]:
        """Values of `columns` for one generation."""
        population, best = generation.population, generation.best_row
        q, modules, connections, cost = self.measure(population.genomes[best : best + 1])
        yes, no = population.yes[best : best + 1], population.no[best : best + 1]
        rule, fitness = self.setup.config.network.tie_rule, float(generation.fitness[best])
        return (
            generation.number,
            generation.goal,
            fitness,
            float(generation.fitness.mean()),
            q,
            modules,
            connections,
            cost,
            int((generation.front == 0).sum()),
            *(
                fitness if goal.name == generation.goal else float(score(yes, no, goal, rule)[0])
                for goal in self.setup.goals
            ),
        )

    def measure(self, genomes: NDArray[Any]) -> tuple[float, int, int, float]:
        """Q, modules, connections and connection cost of one simplified network ``[1, gene]``."""
        working = layered.simplify(self.setup.encoding, genomes)
        present = working != 0
        key = present.tobytes()
        if key != self.key:
            method = self.setup.config.tracking.q_method
            q, modules = modularity_of_many(self.setup.encoding.wiring, working, method)
            cost = self.setup.toolbox.cost(working, np.array([-1]), np.zeros(1))
            self.key = key
            self.shape = (float(q[0]), int(modules[0]), int(present.sum()), float(cost[0]))
        return self.shape


def population_rows(generation: Generation) -> list[tuple[Any, ...]]:
    """Values of `POPULATION_COLUMNS`: one row for all individuals that agree in all of them."""
    setup, population = generation.setup, generation.population
    working = layered.simplify(setup.encoding, population.genomes)
    distinct, member = np.unique(working != 0, axis=0, return_inverse=True)
    graphs = distinct.astype(np.int8)
    method = setup.config.tracking.q_method
    q, modules = modularity_of_many(setup.encoding.wiring, graphs, method)
    cost = setup.toolbox.cost(graphs, np.full(graphs.shape[0], -1), np.zeros(graphs.shape[0]))
    shape = np.stack((cost, q, modules, distinct.sum(axis=1)), axis=1)[member.reshape(-1)]
    table = np.column_stack((generation.fitness, shape))
    rows, counts = np.unique(table, axis=0, return_counts=True)
    return [
        (generation.number, fitness, cost, q, method, int(modules), int(connections), count)
        for (fitness, cost, q, modules, connections), count in zip(
            rows.tolist(), counts.tolist(), strict=True
        )
    ]


def csv_line(values: tuple[Any, ...]) -> bytes:
    """One line of a table; numbers in full, so that reading them back gives the same bits."""
    return (",".join(repr(v) if isinstance(v, float) else str(v) for v in values) + "\n").encode()


def read_table(path: Path) -> dict[str, NDArray[Any]]:
    """A table as column arrays: integers, floats or strings. A torn last line is left out."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except FileNotFoundError:
        raise EvomodError(f"there is no table {path}; is this a run folder?") from None
    except (OSError, UnicodeDecodeError) as error:
        raise EvomodError(f"table {path} cannot be read: {error}.") from None
    if not rows:
        raise EvomodError(f"table {path} is empty.")
    header, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    return {name: _typed([row[k] for row in body]) for k, name in enumerate(header)}


def _typed(texts: list[str]) -> NDArray[Any]:
    for kind in (np.int64, np.float64):
        try:
            return np.array(texts).astype(kind) if texts else np.array([], kind)
        except ValueError:
            continue
    return np.array(texts)
