"""One generation as DEAP's documentation would have it written, for comparison: one object an individual."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from deap import tools
from numpy.typing import NDArray

from evomod.bench.problem import Problem
from evomod.encodings import Circuit, Layered, Threshold
from evomod.evolution.operators import Individual
from evomod.sections import RecombinationSection, SelectionSection, VariationSection

Evaluate = Callable[[Individual], tuple[float, ...]]


class Member(Individual):
    """An individual that keeps what diversity is computed from."""

    own: tuple[float, ...] = ()
    """Its objectives without diversity."""
    yes: NDArray[np.bool_] | None = None
    """``[pattern]``: its outputs."""


def one_generation(problem: Problem) -> Callable[[], list[Member]]:
    """A call evolves a generation, from the problem's population on, and returns its individuals."""
    if isinstance(problem.setup.encoding, Layered):
        return _nsga2(problem)
    return _elite(problem)


def evaluation(problem: Problem) -> Evaluate:
    """The objectives of one individual, but for diversity, which is relative to others."""
    encoding = problem.setup.encoding
    if isinstance(encoding, Layered):
        return _layered_evaluation(problem, encoding)
    if isinstance(encoding, Circuit):
        return _circuit_evaluation(problem, encoding)
    assert isinstance(encoding, Threshold)
    return _threshold_evaluation(problem, encoding)


def members(problem: Problem) -> list[Member]:
    """The problem's population with its objectives."""
    n_objectives = problem.objectives.shape[1]
    found = [Member(genes, n_objectives) for genes in problem.genomes.tolist()]
    for member, values in zip(found, problem.objectives.tolist(), strict=True):
        member.fitness.values = tuple(values)
    return found


# --------------------------------------------------------------------------------------------- elites


def _elite(problem: Problem) -> Callable[[], list[Member]]:
    """A generation with an elite: `tools.selBest`, copies of the best, crossover and mutation in Python.

    A circuit is simulated step by step with Python's integers as words of bits, a threshold network by
    NumPy over all patterns. Only individuals that were changed are evaluated anew.
    """
    evaluate, vary = evaluation(problem), gene_variation(problem)
    population = members(problem)
    n_elite = round(cast(SelectionSection, problem.setup.config.selection).elite * len(population))

    def generation() -> list[Member]:
        nonlocal population
        elite = tools.selBest(population, n_elite)
        offspring = [copy.deepcopy(random.choice(elite)) for _ in range(len(population) - n_elite)]
        vary(offspring)
        for individual in offspring:
            if not individual.fitness.valid:
                individual.fitness.values = evaluate(individual)
        population = elite + offspring
        return population

    return generation


def gene_variation(problem: Problem) -> Callable[[Sequence[Individual]], None]:
    """One-point crossover of neighbours, then a change of one gene of some; they lose their fitness."""
    encoding, variation = problem.setup.encoding, problem.setup.config.variation
    assert isinstance(encoding, Circuit | Threshold) and isinstance(variation, RecombinationSection)
    genes, crossover, mutation = encoding.genes, variation.crossover, variation.mutation
    sizes, free, low = (genes.high - genes.low).tolist(), genes.free.tolist(), genes.low.tolist()

    def vary(offspring: Sequence[Individual]) -> None:
        for a, b in zip(offspring[::2], offspring[1::2], strict=False):
            if random.random() < crossover:
                tools.cxOnePoint(a, b)
                del a.fitness.values, b.fitness.values
        for individual in offspring:
            if random.random() < mutation:
                gene = random.choice(free)
                step = random.randrange(1, sizes[gene])
                individual[gene] = low[gene] + (individual[gene] - low[gene] + step) % sizes[gene]
                del individual.fitness.values

    return vary


def _circuit_evaluation(problem: Problem, encoding: Circuit) -> Evaluate:
    inputs, wanted = ([_word(bits) for bits in table.T] for table in (problem.patterns, problem.wanted))
    everything = 2 ** len(problem.patterns) - 1
    n_inputs, n_gates, steps = len(inputs), encoding.n_gates, int(encoding.shape[1])
    penalty, above = problem.setup.penalty

    def evaluate(individual: Individual) -> tuple[float, ...]:
        stack, effective = [individual[-1]], set()
        while stack:
            node = stack.pop()
            if node >= n_inputs and node not in effective:
                effective.add(node)
                gene = 3 * (node - n_inputs)
                stack += individual[gene : gene + 2]
        values = inputs + [0] * n_gates
        unsteady = 0
        for step in range(2 * steps):
            new = values.copy()
            for node in effective:
                a, b, _ = individual[3 * (node - n_inputs) : 3 * (node - n_inputs) + 3]
                new[node] = everything ^ (values[a] & values[b])
            if new == values:
                break
            if step >= steps:
                unsteady |= new[individual[-1]] ^ values[individual[-1]]
            values = new
        right = (everything ^ values[individual[-1]] ^ wanted[0]) & ~unsteady
        excess = max(0, len(effective) - above)
        return (right.bit_count() / everything.bit_count() - penalty * excess,)

    return evaluate


def _word(bits: NDArray[np.bool_]) -> int:
    return sum(1 << k for k, bit in enumerate(bits.tolist()) if bit)


def _threshold_evaluation(problem: Problem, encoding: Threshold) -> Evaluate:
    wiring, places = encoding.wiring, encoding.places.tolist()
    patterns, wanted = problem.patterns.astype(np.int64).T, problem.wanted.T
    penalty, above = problem.setup.penalty

    def evaluate(individual: Individual) -> tuple[float, ...]:
        genes = np.array(individual)
        values = np.zeros((wiring.n_nodes, patterns.shape[1]), np.int64)
        values[: wiring.n_inputs] = patterns
        weights = np.zeros((len(places), wiring.n_nodes), np.int64)
        for j, (first, fan_in, before) in enumerate(places):
            last = first + 2 * fan_in
            np.add.at(weights[j], before + genes[first:last:2], 2 * genes[first + 1 : last : 2] - 1)
            threshold = encoding.thresholds[genes[last]]
            values[wiring.n_inputs + j] = weights[j] @ values > threshold
        effective = np.zeros(wiring.n_nodes, np.bool_)
        effective[-wiring.n_outputs :] = True
        for j in range(len(places) - 1, -1, -1):
            if effective[wiring.n_inputs + j]:
                effective[np.flatnonzero(weights[j])] = True
        excess = max(0, int(effective[wiring.n_inputs :].sum()) - above)
        return (float((values[-wiring.n_outputs :] == wanted).mean()) - penalty * excess,)

    return evaluate


# -------------------------------------------------------------------------------------------- NSGA-II


def _nsga2(problem: Problem) -> Callable[[], list[Member]]:
    """A generation of NSGA-II.

    An individual is a list, evaluated one by one with NumPy over all patterns; parents by
    `tools.selTournamentDCD`, survivors by `tools.selNSGA2`. Objectives always take part: DEAP has no
    stochastic dominance, and its logarithmic sort (the fastest for several objectives) would ignore one.
    """
    evaluate, mutate = evaluation(problem), layered_mutation(problem)
    has_diversity = problem.setup.config.pressures.get("behavioural-diversity") is not None
    nd = "standard" if problem.objectives.shape[1] == 1 else "log"
    population = members(problem)
    if has_diversity:
        for individual in population:
            individual.own = evaluate(individual)
    population = tools.selNSGA2(population, len(population), nd=nd)

    def generation() -> list[Member]:
        nonlocal population
        offspring = [copy.deepcopy(i) for i in tools.selTournamentDCD(population, len(population))]
        for individual in offspring:
            mutate(individual)
            individual.own = evaluate(individual)
            if not has_diversity:
                individual.fitness.values = individual.own
        pool = population + offspring
        if has_diversity:
            assign_diversity(pool)
        population = tools.selNSGA2(pool, len(population), nd=nd)
        return population

    return generation


def assign_diversity(pool: Sequence[Member]) -> None:
    """The mean Hamming distance of outputs to those of the whole pool, as the last objective."""
    bits = np.array([member.yes for member in pool]).astype(np.float64)
    n, ones = len(pool), bits.sum(axis=0)
    distances = (bits @ (n - 2.0 * ones) + ones.sum()) / n
    for member, distance in zip(pool, distances.tolist(), strict=True):
        member.fitness.values = (*member.own, distance)


def layered_mutation(problem: Problem) -> Callable[[Individual], None]:
    """The same mutation in plain Python, of weights and biases that are real by `tools.mutPolynomialBounded`."""
    encoding, variation = problem.setup.encoding, problem.setup.config.variation
    assert isinstance(encoding, Layered) and isinstance(variation, VariationSection)
    n_edges, n_genes, is_integer = encoding.n_edges, encoding.n_genes, encoding.is_integer
    n_weights, n_biases = encoding.weights.size - 1, encoding.biases.size
    ends = [encoding.weights.tolist()] * n_edges + [encoding.biases.tolist()] * (n_genes - n_edges)
    changes, bias_rate, eta = variation.weight_changes, variation.bias_rate, variation.eta
    adds, deletes = variation.add_connection, variation.delete_connection

    def mutate(individual: Individual) -> None:
        present = [edge for edge in range(n_edges) if individual[edge]]
        hit = [edge for edge in present if random.random() < changes / len(present)]
        hit += [gene for gene in range(n_edges, n_genes) if random.random() < bias_rate]
        if is_integer:
            for gene in hit:
                if gene < n_edges:
                    step = random.choice((-1, 1))
                    individual[gene] = min(max(individual[gene] + step, 1), n_weights)
                else:
                    individual[gene] = random.randrange(n_biases)
        elif hit:
            values = [individual[gene] for gene in hit]
            low, high = zip(*(ends[gene] for gene in hit), strict=True)
            tools.mutPolynomialBounded(values, eta, low, high, 1.0)
            for gene, value in zip(hit, values, strict=True):
                individual[gene] = value
        if random.random() < adds:
            free = [edge for edge in range(n_edges) if not individual[edge]]
            if free:
                new = random.randint(1, n_weights) if is_integer else random.uniform(*ends[0])
                individual[random.choice(free)] = new
        if random.random() < deletes and present:
            individual[random.choice(present)] = 0

    return mutate


def _layered_evaluation(problem: Problem, encoding: Layered) -> Evaluate:
    """Fitness, and minus the wiring length if it is an objective, of one individual by NumPy."""
    wiring = encoding.wiring
    inputs = np.where(problem.patterns, 1.0, -1.0)
    wanted = np.where(problem.wanted, 1.0, -1.0)
    ends = np.cumsum((0, *(a * b for a, b in zip(wiring.layers, wiring.layers[1:], strict=False))))
    pressures, alive = problem.setup.config.pressures, problem.alive.astype(np.float64)
    with_cost = pressures.get("connection-cost") is not None
    with_diversity = pressures.get("behavioural-diversity") is not None

    def evaluate(individual: Individual) -> tuple[float, ...]:
        genes = np.array(individual)
        weights, biases = genes[: encoding.n_edges], genes[encoding.n_edges :]
        if encoding.is_integer:
            weights, biases = encoding.weights[weights], encoding.biases[biases]
        right = []
        for here in alive:
            values, used = inputs, 0
            for k, size in enumerate(wiring.layers[1:]):
                matrix, own = weights[ends[k] : ends[k + 1]].reshape(size, -1), slice(used, used + size)
                values = np.tanh(encoding.gain * (values @ matrix.T + biases[own])) * here[own]
                used += size
            right.append((values * wanted > 0).mean())
        if with_diversity:
            assert isinstance(individual, Member)
            individual.yes = (values > 0.0).reshape(-1)
        fitness = float(np.mean(right))
        return (fitness, -_wiring_length(problem, weights != 0)) if with_cost else (fitness,)

    return evaluate


def _wiring_length(problem: Problem, present: NDArray[np.bool_]) -> float:
    """Wiring length under optimal placement by ``numpy.linalg.solve``."""
    wiring = problem.setup.encoding.wiring
    reaches = wiring.layer == wiring.layer.max()
    for edge in range(present.size - 1, -1, -1):
        reaches[wiring.source[edge]] |= present[edge] & reaches[wiring.target[edge]]
    kept = np.flatnonzero(present & reaches[wiring.target])
    source, target = wiring.source[kept], wiring.target[kept]
    laplacian = np.zeros((wiring.n_nodes, wiring.n_nodes))
    np.add.at(laplacian, (source, source), 1.0)
    np.add.at(laplacian, (target, target), 1.0)
    np.add.at(laplacian, (source, target), -1.0)
    np.add.at(laplacian, (target, source), -1.0)
    free = ~wiring.is_fixed & (laplacian.diagonal() > 0)
    places = wiring.positions.copy()
    if free.any():
        fixed = wiring.is_fixed
        pull = -laplacian[np.ix_(free, fixed)] @ places[fixed]
        places[free] = np.linalg.solve(laplacian[np.ix_(free, free)], pull)
    return float(((places[source] - places[target]) ** 2).sum())
