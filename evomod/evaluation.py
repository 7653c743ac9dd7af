"""What individuals answer, what they cost, and what a generation's goal and pressures make of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.kernels import answers as kernels
from evomod.population import Goal, Population, score
from evomod.preparation import NORMS, Setup, section_of
from evomod.pressures import connection_range, dropout, max_modularity

SILENCES = 0x64726F70
"""Key of the stream of random numbers for dropout."""


def stream(sequence: np.random.SeedSequence, *key: int) -> np.random.Generator:
    """Random numbers of their own for one purpose, which depend on the run's seed alone."""
    keys = (*sequence.spawn_key, *key)
    return np.random.default_rng(np.random.SeedSequence(sequence.entropy, spawn_key=keys))


def develop(
    setup: Setup,
    genomes: NDArray[Any],
    ancestors: NDArray[np.int64],
    slots: NDArray[np.int64],
    memory: NDArray[Any],
    old: Population | None = None,
) -> Population:
    """Answers and costs of individuals; the first rows may be an ``old`` population, known already."""
    answer(setup, genomes, ancestors, slots, memory)
    n_known = 0 if old is None else old.size
    yes, no = setup.module.answers(setup.encoding, slots[n_known:], memory)
    if old is not None:
        yes, no = np.concatenate((old.yes, yes)), np.concatenate((old.no, no))
    if setup.config.pressures.connection_cost is None and not setup.norms:
        return Population(genomes, yes, no, None, None, slots)
    working = setup.module.simplify(
        setup.encoding, genomes, ancestors, None if old is None else old.working
    )
    norms = _norms(setup, genomes[n_known:], working[n_known:], None if old is None else old.norms)
    if setup.config.pressures.connection_cost is None:
        return Population(genomes, yes, no, working, None, slots, norms)
    cost = np.zeros(genomes.shape[0])
    if old is not None and old.cost is not None:
        cost[:n_known] = old.cost
    cost = setup.toolbox.cost(working, ancestors, cost)
    return Population(genomes, yes, no, working, cost, slots, norms)


def _norms(
    setup: Setup,
    genomes: NDArray[Any],
    working: NDArray[np.int8],
    known: NDArray[np.float64] | None,
) -> NDArray[np.float64] | None:
    """What `NORMS` tell of individuals, ``[individual, norm]``, after those that are ``known``."""
    if not setup.norms:
        return None
    strengths = setup.module.working_strengths(setup.encoding, genomes, working)
    norms = np.stack([NORMS[name](strengths) for name in setup.norms], axis=1)
    return norms if known is None else np.concatenate((known, norms))


def answer(
    setup: Setup,
    genomes: NDArray[Any],
    ancestors: NDArray[np.int64],
    slots: NDArray[np.int64],
    memory: NDArray[Any],
) -> None:
    """Let the toolbox fill the memory with the answers of genomes."""
    if setup.toolbox.answer(genomes, ancestors, slots, memory) is not None:
        raise EvomodError(
            "'answer' in the toolbox returned something; wanted None: it fills the memory."
        )


def fitness_of(setup: Setup, population: Population, goal: Goal, first: int = 0) -> NDArray[np.float64]:
    """Fitness ``[individual]`` from row ``first`` on; a goal that rewards Q asks the networks, not answers."""
    if goal.q_target is not None:
        return max_modularity.reward(setup.toolbox.q(population.genomes[first:]), goal.q_target)
    return score(population.yes[first:], population.no[first:], goal, setup.tie_rule)


def fitness_of_genomes(
    setup: Setup, goal: Goal, genomes: NDArray[Any], ancestors: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Fitness of genomes that are no part of the population."""
    slots = np.arange(genomes.shape[0])
    memory = setup.module.memory(setup.encoding, slots.size)
    answer(setup, genomes, ancestors, slots, memory)
    yes, no = setup.module.answers(setup.encoding, slots, memory)
    return fitness_of(setup, Population(genomes, yes, no, None, None, slots), goal)


def silences_of(setup: Setup, rng: np.random.Generator, number: int) -> dropout.Silences | None:
    """The silent sets of a generation; drawn from a stream of its own, so that a resumed run finds them."""
    section = setup.config.pressures.dropout
    if section is None or section.rate == 0.0:
        return None
    n_hidden = setup.module.n_hidden(setup.encoding)
    if section.exact:
        return dropout.every(n_hidden, section.rate)
    sequence = rng.bit_generator.seed_seq
    assert isinstance(sequence, np.random.SeedSequence)
    return dropout.drawn(n_hidden, section.rate, section.draws, stream(sequence, SILENCES, number))


def expected_fitness(
    setup: Setup,
    population: Population,
    ancestors: NDArray[np.int64],
    memory: NDArray[Any],
    goal: Goal,
    fitness: NDArray[np.float64],
    silences: dropout.Silences | None,
) -> NDArray[np.float64] | None:
    """Mean fitness under dropout. A goal that rewards Q asks no answers, so silence does nothing to it."""
    if silences is None or goal.n_answers == 0 or goal.q_target is not None:
        return None if silences is None else fitness
    genomes, slots, encoding = population.genomes, population.slots, setup.encoding
    ancestors = np.where(ancestors == np.arange(slots.size), -1, ancestors)

    def answers(silent: NDArray[np.bool_]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        yes, no = setup.module.silenced(encoding, genomes, ancestors, silent, slots, memory)
        return yes, no

    return dropout.expected(answers, silences, goal, setup.tie_rule, population.size)


def penalised(
    setup: Setup,
    fitness: NDArray[np.float64],
    population: Population,
    memory: NDArray[Any],
    goal: Goal,
) -> NDArray[np.float64]:
    """Fitness as an objective: less all penalties; in a neutral epoch everybody's is 0."""
    penalty, above = setup.penalty
    if goal.n_answers == 0:
        return np.zeros(fitness.size)
    scored = fitness
    if penalty != 0.0:
        n_effective = setup.module.n_effective(setup.encoding, population.slots, memory)
        scored = np.empty(fitness.size)
        kernels.penalise(fitness, n_effective, penalty, above, scored)
    for name, number in priced(setup, population).items():
        price = getattr(section_of(setup.config, name), "penalty", None)
        if price is not None:
            scored = scored - price * number
    return scored


def in_range(
    setup: Setup, objectives: NDArray[np.float64], population: Population
) -> NDArray[np.float64]:
    """Objectives ``[individual, objective]``, lowered where a network leaves the range of connections."""
    section = setup.config.pressures.connection_range
    if section is None:
        return objectives
    n = priced(setup, population)["connection-range"]
    return connection_range.lowered(objectives, n, section.fewest, section.most)


def priced(setup: Setup, population: Population) -> dict[str, NDArray[np.float64]]:
    """What is measured of connections, ``[individual]``, by the pressure's name."""
    found = {} if population.cost is None else {"connection-cost": population.cost}
    for k, name in enumerate(setup.norms):
        assert population.norms is not None
        found[name] = population.norms[:, k]
    return found
