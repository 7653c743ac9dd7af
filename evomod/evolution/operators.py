"""The DEAP side: a toolbox of operators on whole populations, and adapters for stock DEAP operators."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from deap import base
from numpy.typing import NDArray

from evomod.config import Config
from evomod.encodings import Encoding
from evomod.encodings.base import Genomes
from evomod.errors import EvomodError
from evomod.population import Operators
from evomod.pressures import connection_cost, max_modularity
from evomod.selections.collection import METHODS
from evomod.selections.ranking import Objectives, Survivors, choose_parents, in_order, survive

if TYPE_CHECKING:
    from deap import tools

OPERATORS = ("birth", "parents", "vary", "answer", "cost", "survive", "breed", "q")
"""Names of what `make_toolbox` registers."""


@contextmanager
def seeded(rng: np.random.Generator) -> Iterator[None]:
    """Seed Python's global ``random``, from which DEAP draws, from ``rng``; put it back afterwards."""
    before = random.getstate()
    random.seed(int(rng.integers(2**63)))
    try:
        yield
    finally:
        random.setstate(before)


def make_toolbox(config: Config, encoding: Encoding, probabilities: NDArray[np.float64]) -> Operators:
    """The operators of a run; replace one with ``toolbox.register(name, function)``.

    ==========  ==============================================================================
    birth       (number, rng) -> genomes[individual, gene]
    parents     (objectives, crowding, rng) -> rows[offspring]
    vary        (genomes, parents, rng) -> genomes[offspring, gene]
    answer      (genomes, ancestors, slots, memory) -> None; fills the memory
    cost        (working, ancestors, known) -> cost[individual]
    survive     (objectives, number, rng) -> `Survivors`, or rows[survivor]
    breed       (fitness, rng) -> rows[kept], rows[offspring]
    q           (genomes) -> q[individual]
    ==========  ==============================================================================

    NSGA-II calls parents and survive, a method of selection by fitness alone has and calls breed; q is called where
    the goal is modularity itself.
    """
    toolbox = cast(Operators, base.Toolbox())
    toolbox.register("birth", encoding.birth)
    toolbox.register("parents", _parents, probabilities, not encoding.recombines)
    toolbox.register("vary", encoding.vary)
    toolbox.register("answer", encoding.evaluate)
    pressure = config.pressures.get("connection-cost")
    default = "wiring-length" if encoding.has_places else "connections"
    measure = pressure.measure if pressure else default
    toolbox.register("cost", connection_cost.measure, encoding.wiring, measure)
    toolbox.register("survive", _survive, probabilities, getattr(config.selection, "ties", "random"))
    selection = METHODS.of(config.selection)
    if selection is not None and selection.by_fitness is not None:
        toolbox.register("breed", selection.by_fitness, config.selection)
    method, known = config.tracking.q_method, max_modularity.Known()
    toolbox.register("q", max_modularity.measure, encoding, method, known)
    return toolbox


def _parents(
    probabilities: NDArray[np.float64],
    is_asexual: bool,
    objectives: Objectives,
    crowding: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    parents = choose_parents(objectives, probabilities, crowding, rng)
    # Neighbouring offspring of one parent find its answers in the cache: 0.82 -> 0.67 ms of answering.
    # Where neighbours recombine they must stay in random order.
    return in_order(parents, crowding.size) if is_asexual else parents


def _survive(
    probabilities: NDArray[np.float64],
    ties: str,
    objectives: Objectives,
    number: int,
    rng: np.random.Generator,
) -> Survivors:
    return survive(objectives, probabilities, number, rng, ties)


class Individual(list[Any]):
    """A row seen as a DEAP individual: a list of genes with a fitness to be maximised."""

    fitness: base.Fitness
    row: int

    def __init__(self, genes: Sequence[Any] = (), n_objectives: int = 1, row: int = -1) -> None:
        super().__init__(genes)
        self.fitness = _fitness_class(n_objectives)()
        self.row = row


@cache
def _fitness_class(n_objectives: int) -> type[base.Fitness]:
    """A class for each number of objectives, found under its name: so individuals can be pickled and copied."""
    name = f"Fitness{n_objectives}"
    return type(name, (base.Fitness,), {"weights": (1.0,) * n_objectives, "__module__": __name__})


def __getattr__(name: str) -> Any:
    """Find `Fitness1`, `Fitness2`, … in a process that has not made them (PEP 562)."""
    if not re.fullmatch("Fitness[1-9][0-9]*", name):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return _fitness_class(int(name.removeprefix("Fitness")))


def individuals(genomes: Genomes, objectives: Objectives | None = None) -> list[Individual]:
    """Rows ``[individual, gene]`` as DEAP individuals, with their fitness values if given."""
    n_objectives = 1 if objectives is None else objectives.shape[1]
    rows = [Individual(genes, n_objectives, row) for row, genes in enumerate(genomes.tolist())]
    if objectives is not None:
        for individual, values in zip(rows, objectives.tolist(), strict=True):
            individual.fitness.values = tuple(values)
    return rows


def genomes_of(encoding: Encoding, rows: Sequence[Sequence[Any]]) -> Genomes:
    """DEAP individuals back as an array ``[individual, gene]``.

    Raises `EvomodError` if a gene lies outside its alphabet or range.
    """
    is_real = "real" in encoding.supports
    genomes = np.array([list(row) for row in rows], dtype=np.float64)
    low, high = map(np.array, encoding.bounds())
    valid = ((genomes >= low) & (genomes <= high) | (genomes == 0) & is_real).all(axis=1)
    if not valid.all() or (not is_real and (genomes % 1 != 0).any()):
        raise EvomodError(
            f"an operator made individual {int(np.argmin(valid))} leave its alphabet; genes may run from "
            f"{low[0]} to {high[0]} for the first gene and from {low[-1]} to {high[-1]} for the last "
            "(evomod.evolution.operators.bounds gives these lists)."
        )
    return genomes.astype(encoding.dtype)


def bounds(encoding: Encoding) -> tuple[list[Any], list[Any]]:
    """Lowest and highest value of every gene, for DEAP's bounded operators."""
    return encoding.bounds()


def stock_variation(
    encoding: Encoding,
    mutate: Callable[..., Any] | None = None,
    mate: Callable[..., Any] | None = None,
    mate_probability: float = 0.5,
) -> Callable[[Genomes, NDArray[np.int64], np.random.Generator], Genomes]:
    """A ``vary`` for the toolbox made of stock DEAP operators on single individuals.

    ``mutate(individual)`` such as ``partial(tools.mutUniformInt, low=…, up=…, indpb=…)``;
    ``mate(a, b)`` such as ``tools.cxTwoPoint``, applied to random pairs with ``mate_probability``.
    """
    return partial(vary_by_stock, encoding, mutate, mate, mate_probability)


def vary_by_stock(
    encoding: Encoding,
    mutate: Callable[..., Any] | None,
    mate: Callable[..., Any] | None,
    mate_probability: float,
    genomes: Genomes,
    parents: NDArray[np.int64],
    rng: np.random.Generator,
) -> Genomes:
    """What `stock_variation` makes."""
    children = individuals(genomes[parents])
    order = rng.permutation(len(children)).tolist()  # parents come sorted
    with seeded(rng):
        for a, b in zip(order[::2], order[1::2], strict=False):
            if mate is not None and random.random() < mate_probability:
                mate(children[a], children[b])
        for child in children:
            if mutate is not None:
                mutate(child)
    return genomes_of(encoding, children)


def stock_survival(
    select: Callable[..., list[Individual]],
) -> Callable[[Objectives, int, np.random.Generator], NDArray[np.int64]]:
    """A ``survive`` for the toolbox made of a stock DEAP selector ``select(individuals, k)``.

    It sees every objective in every comparison: probabilities below 1 are evomod's own.
    """
    return partial(survive_by_stock, select)


def survive_by_stock(
    select: Callable[..., list[Individual]],
    objectives: Objectives,
    number: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """What `stock_survival` makes."""
    pool = individuals(np.zeros((objectives.shape[0], 0)), objectives)
    with seeded(rng):
        random.shuffle(pool)
        return np.array([chosen.row for chosen in select(pool, number)], np.int64)


def logbook(log: dict[str, NDArray[Any]]) -> tools.Logbook:
    """A run's log as DEAP's ``tools.Logbook``."""
    from deap import tools  # 50 ms, which no command needs

    book = tools.Logbook()
    book.header = list(log)
    for values in zip(*(column.tolist() for column in log.values()), strict=True):
        book.record(**dict(zip(log, values, strict=True)))
    return book
