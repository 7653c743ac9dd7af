"""One generation as DEAP's documentation would have it written, for comparison: one object an individual."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable

import numpy as np
from deap import tools
from numpy.typing import NDArray

from evomod.encodings import Circuit, Layered, Threshold
from evomod.evolution import Generation
from evomod.operators import Individual, individuals
from evomod.population import goal_bits
from evomod.preparation import Setup
from evomod.sections import RecombinationSection
from evomod.task import all_patterns


def deap_seconds(setup: Setup, generation: Generation, number: int) -> list[float]:
    """Seconds of each of ``number`` generations, from the same population."""
    if isinstance(setup.encoding, Layered):
        return nsga2_seconds(setup, generation, number)
    return elite_seconds(setup, generation, number)


def elite_seconds(setup: Setup, generation: Generation, number: int) -> list[float]:
    """A generation with an elite: `tools.selBest`, copies of the best, crossover and mutation in Python.

    A circuit is simulated step by step with Python's integers as words of bits, a threshold network by
    NumPy over all patterns. Only individuals that were changed are evaluated anew.
    """
    assert not isinstance(setup.encoding, Layered)
    evaluate = (
        _circuit_evaluation(setup) if isinstance(setup.encoding, Circuit) else _bits_evaluation(setup)
    )
    genes, variation = setup.encoding.genes, setup.config.variation
    assert isinstance(variation, RecombinationSection)
    sizes, free = (genes.high - genes.low).tolist(), genes.free.tolist()
    low, n_elite = genes.low.tolist(), round(setup.config.selection.elite * generation.fitness.size)
    population = individuals(generation.population.genomes, generation.objectives)
    times = []
    for _ in range(number):
        begun = time.perf_counter()
        elite = tools.selBest(population, n_elite)
        offspring = [copy.deepcopy(random.choice(elite)) for _ in range(len(population) - n_elite)]
        for a, b in zip(offspring[::2], offspring[1::2], strict=False):
            if random.random() < variation.crossover:
                tools.cxOnePoint(a, b)
                del a.fitness.values, b.fitness.values
        for individual in offspring:
            if random.random() < variation.mutation:
                gene = random.choice(free)
                step = random.randrange(1, sizes[gene])
                individual[gene] = low[gene] + (individual[gene] - low[gene] + step) % sizes[gene]
                del individual.fitness.values
            if not individual.fitness.valid:
                individual.fitness.values = (evaluate(individual),)
        population = elite + offspring
        times.append(time.perf_counter() - begun)
    return times


def _circuit_evaluation(setup: Setup) -> Callable[[Individual], float]:
    encoding = setup.encoding
    assert isinstance(encoding, Circuit)
    inputs, everything = [int(word) for word in encoding.inputs], int(encoding.is_pattern[0])
    n_inputs, n_gates, steps = len(inputs), encoding.n_gates, int(encoding.shape[1])
    wanted = int(goal_bits(setup.task, str(setup.config.task.goal)).wanted[0, 0])
    penalty, above = setup.penalty

    def evaluate(individual: Individual) -> float:
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
        right = (everything ^ values[individual[-1]] ^ wanted) & ~unsteady
        return right.bit_count() / everything.bit_count() - penalty * max(0, len(effective) - above)

    return evaluate


def _bits_evaluation(setup: Setup) -> Callable[[Individual], float]:
    encoding = setup.encoding
    assert isinstance(encoding, Threshold)
    wiring, places = encoding.wiring, encoding.places.tolist()
    n_shown = setup.config.task.patterns or setup.task.n_patterns
    patterns = all_patterns(wiring.n_inputs)[:n_shown].astype(np.int64).T
    wanted = setup.task.tables[str(setup.config.task.goal)][:, :n_shown]
    penalty, above = setup.penalty

    def evaluate(individual: Individual) -> float:
        genes, values = np.array(individual), np.zeros((wiring.n_nodes, n_shown), np.int64)
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
        return float((values[-wiring.n_outputs :] == wanted).mean()) - penalty * excess

    return evaluate


def nsga2_seconds(setup: Setup, generation: Generation, number: int) -> list[float]:
    """A generation of NSGA-II.

    An individual is a list, evaluated one by one with NumPy over all patterns; parents by
    `tools.selTournamentDCD`, survivors by `tools.selNSGA2`. Objectives always take part: DEAP has no
    stochastic dominance, and its logarithmic sort (the fastest for two objectives) would ignore one.
    """
    assert isinstance(setup.encoding, Layered)
    evaluate = _deap_evaluation(setup)
    n_edges = setup.encoding.n_edges
    nd = "standard" if generation.objectives.shape[1] == 1 else "log"
    population = tools.selNSGA2(
        individuals(generation.population.genomes, generation.objectives),
        generation.fitness.size,
        nd=nd,
    )
    times = []
    for _ in range(number):
        begun = time.perf_counter()
        offspring = [copy.deepcopy(i) for i in tools.selTournamentDCD(population, len(population))]
        for individual in offspring:
            _deap_mutation(individual, n_edges, setup.encoding.weights.size - 1)
            individual.fitness.values = evaluate(individual)
        population = tools.selNSGA2(population + offspring, len(population), nd=nd)
        times.append(time.perf_counter() - begun)
    return times


def _deap_mutation(individual: Individual, n_edges: int, n_weights: int) -> None:
    """The same mutation in plain Python."""
    present = [edge for edge in range(n_edges) if individual[edge]]
    for edge in present:
        if random.random() < 2.0 / len(present):
            step = random.choice((-1, 1))
            individual[edge] = min(max(individual[edge] + step, 1), n_weights)
    for gene in range(n_edges, len(individual)):
        if random.random() < 1.0 / 24.0:
            individual[gene] = random.randrange(5)
    if random.random() < 0.2:
        free = [edge for edge in range(n_edges) if not individual[edge]]
        if free:
            individual[random.choice(free)] = random.randint(1, n_weights)
    if random.random() < 0.2 and present:
        individual[random.choice(present)] = 0


def _deap_evaluation(setup: Setup) -> Callable[[Individual], tuple[float, ...]]:
    """Fitness, and minus the wiring length if it is an objective, of one individual by NumPy."""
    encoding, wiring = setup.encoding, setup.encoding.wiring
    assert isinstance(encoding, Layered)
    inputs = np.where(all_patterns(wiring.n_inputs), 1.0, -1.0)
    wanted = np.where(setup.task.tables[str(setup.config.task.goal)].T, 1.0, -1.0)
    ends = np.cumsum((0, *(a * b for a, b in zip(wiring.layers, wiring.layers[1:], strict=False))))
    with_cost = setup.config.pressures.connection_cost is not None
    section, n_outputs = setup.config.pressures.dropout, wiring.n_outputs
    alive: NDArray[np.float64] = np.ones((1, wiring.n_neurons))
    if section is not None:  # the draws of one generation stand for those of all
        drawn = np.random.default_rng(0).random((section.draws, wiring.n_neurons))
        alive = (drawn >= section.rate).astype(np.float64)
        alive[:, -n_outputs:] = 1.0

    def evaluate(individual: Individual) -> tuple[float, ...]:
        genes = np.array(individual)
        weights = encoding.weights[genes[: encoding.n_edges]]
        biases = encoding.biases[genes[encoding.n_edges :]]
        right = []
        for here in alive:
            values, used = inputs, 0
            for k, size in enumerate(wiring.layers[1:]):
                matrix, own = weights[ends[k] : ends[k + 1]].reshape(size, -1), slice(used, used + size)
                values = np.tanh(encoding.gain * (values @ matrix.T + biases[own])) * here[own]
                used += size
            right.append((values * wanted > 0).mean())
        fitness = float(np.mean(right))
        return (fitness, -_numpy_length(setup, weights != 0)) if with_cost else (fitness,)

    return evaluate


def _numpy_length(setup: Setup, present: NDArray[np.bool_]) -> float:
    """Wiring length under optimal placement by ``numpy.linalg.solve``."""
    wiring = setup.encoding.wiring
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
