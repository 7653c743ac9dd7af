"""How long a generation takes, by stage, beside the same generation in DEAP's documented way."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from deap import tools
from numpy.typing import NDArray

from evomod.config import Config
from evomod.evolution import Generation, Setup, evolve, prepare
from evomod.operators import Individual, individuals
from evomod.task import all_patterns
from evomod.tracking import Tracker

WORKLOADS: dict[str, dict[str, Any]] = {
    "retina-pa": {},
    "retina-pcc": {"pressures": {"connection-cost": {"probability": 0.25}}},
}
STAGES = {"parents": "vary", "vary": "vary", "answer": "answer", "cost": "cost", "survive": "select"}
"""Operator of the toolbox -> stage it is counted in."""

WARM, MEASURED, DEAP_GENERATIONS = 200, 400, 3


def measure(
    name: str, measured: int = MEASURED, deap_generations: int = DEAP_GENERATIONS
) -> dict[str, Any]:
    """Milliseconds a generation of one workload, median, ours and DEAP's from the same population."""
    config = Config(task="retina", evolution={"generations": WARM + measured}, **WORKLOADS[name])
    setup = prepare(config)
    clock: dict[str, float] = {}
    for operator, stage in STAGES.items():
        setup.toolbox.register(operator, _timed(getattr(setup.toolbox, operator), stage, clock))
    tracker = Tracker(setup)
    total: list[float] = []
    stages: dict[str, list[float]] = {}
    generation, begun = None, time.perf_counter()
    for generation in evolve(config, seed=1, setup=setup):
        _timed(tracker.row, "track", clock)(generation)
        now = time.perf_counter()
        if generation.number > WARM:
            total.append(now - begun)
            for stage in ("vary", "answer", "cost", "select", "track"):
                stages.setdefault(stage, []).append(clock.get(stage, 0.0))
        clock.clear()
        begun = time.perf_counter()
    assert generation is not None
    ours = 1000 * median(total)
    theirs = 1000 * median(deap_seconds(setup, generation, deap_generations))
    return {
        "ms_per_generation": round(ours, 3),
        "deap_ms_per_generation": round(theirs, 1),
        "ratio": round(theirs / ours, 1),
        "stages": {stage: round(1000 * median(times), 3) for stage, times in stages.items()},
    }


def _timed(function: Callable[..., Any], stage: str, clock: dict[str, float]) -> Callable[..., Any]:
    def timed(*given: Any) -> Any:
        begun = time.perf_counter()
        result = function(*given)
        clock[stage] = clock.get(stage, 0.0) + time.perf_counter() - begun
        return result

    return timed


def deap_seconds(setup: Setup, generation: Generation, number: int) -> list[float]:
    """Seconds of each of ``number`` generations as DEAP's documentation would have them written.

    An individual is a list, evaluated one by one with NumPy over all patterns; parents by
    `tools.selTournamentDCD`, survivors by `tools.selNSGA2`. Objectives always take part: DEAP has no
    stochastic dominance, and its logarithmic sort (the fastest for two objectives) would ignore one.
    """
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
    inputs = np.where(all_patterns(wiring.n_inputs), 1.0, -1.0)
    wanted = np.where(setup.task.tables[str(setup.config.task.goal)].T, 1.0, -1.0)
    ends = np.cumsum((0, *(a * b for a, b in zip(wiring.layers, wiring.layers[1:], strict=False))))
    with_cost = setup.config.pressures.connection_cost is not None

    def evaluate(individual: Individual) -> tuple[float, ...]:
        genes = np.array(individual)
        weights = encoding.weights[genes[: encoding.n_edges]]
        biases = encoding.biases[genes[encoding.n_edges :]]
        values, used = inputs, 0
        for k, size in enumerate(wiring.layers[1:]):
            matrix = weights[ends[k] : ends[k + 1]].reshape(size, -1)
            values = np.tanh(encoding.gain * (values @ matrix.T + biases[used : used + size]))
            used += size
        fitness = float((values * wanted > 0).mean())
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


def report(results: dict[str, dict[str, Any]]) -> str:
    """The results as a table for people."""
    lines = [f"{'workload':<14}{'ms/generation':>14}{'DEAP':>10}{'ratio':>8}   by stage (ms)"]
    for name, result in results.items():
        stages = "  ".join(f"{stage} {ms:.2f}" for stage, ms in result["stages"].items())
        lines.append(
            f"{name:<14}{result['ms_per_generation']:>14.2f}{result['deap_ms_per_generation']:>10.0f}"
            f"{result['ratio']:>7.0f}x   {stages}"
        )
    return "\n".join(lines)
