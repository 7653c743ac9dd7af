"""One generation as a careful user of DEAP would have it, for comparison.

All offspring are evaluated by one NumPy call, a clone copies a list and nothing else, and one objective is
selected by `tools.selBest`. Variation is that of `deap_reference`: it is where DEAP's individuals are lists.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from deap import tools

from evomod.bench.deap_reference import (
    Member,
    assign_diversity,
    gene_variation,
    layered_mutation,
    members,
)
from evomod.bench.numpy_evaluation import evaluation
from evomod.bench.problem import Problem
from evomod.encodings import Layered
from evomod.sections import SelectionSection


def one_generation(problem: Problem) -> Callable[[], list[Member]]:
    """A call evolves a generation, from the problem's population on, and returns its individuals."""
    if isinstance(problem.setup.encoding, Layered):
        return _nsga2(problem)
    return _elite(problem)


def batch_evaluation(problem: Problem) -> Callable[[Sequence[Member]], None]:
    """Evaluate individuals by one call; diversity is relative to others and left out."""
    evaluate = evaluation(problem)

    def assign(population: Sequence[Member]) -> None:
        found = evaluate(np.array(population, problem.genomes.dtype))
        columns = [found.fitness] if found.cost is None else [found.fitness, -found.cost]
        values = list(zip(*(column.tolist() for column in columns), strict=True))
        for member, own in zip(population, values, strict=True):
            member.own = own
            if found.yes is None:
                member.fitness.values = own
        if found.yes is not None:
            for member, bits in zip(population, found.yes, strict=True):
                member.yes = bits

    return assign


def _clone(member: Member) -> Member:
    """A copy that is to be evaluated."""
    return Member(member, len(member.fitness.weights))


def _clone_evaluated(member: Member) -> Member:
    copy = Member(member, len(member.fitness.weights))
    copy.fitness.wvalues = member.fitness.wvalues
    return copy


def _elite(problem: Problem) -> Callable[[], list[Member]]:
    assign, vary = batch_evaluation(problem), gene_variation(problem)
    population = members(problem)
    n_elite = round(cast(SelectionSection, problem.setup.config.selection).elite * len(population))

    def generation() -> list[Member]:
        nonlocal population
        elite = tools.selBest(population, n_elite)
        offspring = [
            _clone_evaluated(member) for member in random.choices(elite, k=len(population) - n_elite)
        ]
        vary(offspring)
        assign([member for member in offspring if not member.fitness.valid])
        population = elite + offspring
        return population

    return generation


def _nsga2(problem: Problem) -> Callable[[], list[Member]]:
    assign, mutate = batch_evaluation(problem), layered_mutation(problem)
    is_single = problem.objectives.shape[1] == 1
    has_diversity = problem.setup.config.pressures.get("behavioural-diversity") is not None
    population = members(problem)
    if has_diversity:
        assign(population)
        assign_diversity(population)

    def survivors(pool: list[Member], number: int) -> list[Member]:
        found: list[Member] = (
            tools.selBest(pool, number) if is_single else tools.selNSGA2(pool, number, nd="log")
        )
        return found

    def generation() -> list[Member]:
        nonlocal population
        n = len(population)
        parents = (
            tools.selTournament(population, n, 2) if is_single else tools.selTournamentDCD(population, n)
        )
        offspring = [_clone(member) for member in parents]
        for member in offspring:
            mutate(member)
        assign(offspring)
        pool = population + offspring
        if has_diversity:
            assign_diversity(pool)
        population = survivors(pool, n)
        return population

    population = survivors(population, len(population))  # and their crowding distances
    return generation
