"""How long a generation takes, by stage, relative to three other programs of the same generation.

DEAP as its documentation writes it, DEAP vectorised by a careful user, and NumPy without DEAP, all from the
same population. All times are processor time of one thread, and the programs take turns: on a machine with
other work they rise together, and the ratios stay.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from evomod.bench import deap_reference, deap_vectorised, numpy_reference
from evomod.bench.numpy_evaluation import evaluation, objectives_of
from evomod.bench.problem import Problem, problem_of
from evomod.config import Config
from evomod.errors import EvomodError
from evomod.evolution.loop import Generation, evolve
from evomod.evolution.operators import seeded
from evomod.evolution.setup import prepare
from evomod.runs.tracking import Tracker

THREE_OBJECTIVES = {"connection-cost": {"probability": 0.25}, "behavioural-diversity": {}}

WORKLOADS: dict[str, dict[str, Any]] = {
    "retina-pa": {"task": "retina"},
    "retina-pcc": {"task": "retina", "pressures": {"connection-cost": {"probability": 0.25}}},
    "retina-three": {"task": "retina", "pressures": THREE_OBJECTIVES},
    "retina-dropout": {"task": "retina", "pressures": {"dropout": {"rate": 0.1, "draws": 8}}},
    "retina-real": {"task": "retina", "network": {"encoding": "layered-real"}},
    "circuit-fg": {"task": "circuit"},
    "circuit-mvg": {
        "task": "circuit",
        "schedule": {"kind": "modular", "goals": ["xor-and-xor", "xor-or-xor"]},
    },
    "threshold-mvg": {
        "task": {"name": "retina", "patterns": 100},
        "network": {"encoding": "threshold"},
        "schedule": {"kind": "modular", "goals": ["left-and-right", "left-or-right"]},
    },
}
OTHERS = {
    "deap": deap_reference.one_generation,
    "deap_vectorised": deap_vectorised.one_generation,
    "numpy": numpy_reference.one_generation,
}
STAGES = {
    "parents": "vary",
    "vary": "vary",
    "answer": "answer",
    "cost": "cost",
    "survive": "select",
    "breed": "select",
}
"""Operator of the toolbox -> stage it is counted in."""

WARM, ROUNDS = 200, 20
OURS, STAGED = 20, 5
"""Our generations in a round: timed as a whole, then by stage, whose clock costs up to 2 us a call."""

Clock = dict[str, float]


def measure(name: str, rounds: int = ROUNDS) -> dict[str, Any]:
    """Median milliseconds a generation of one workload, ours and the others', from the same population.

    In a round each of the others evolves one generation. "ms_without_tracking" leaves out the row of the log,
    which the others do not make, so Q of the best. Raises `EvomodError` where they do not compute the same.
    """
    setup = prepare(Config(evolution={"stop": "never"}, **WORKLOADS[name]))
    clock: Clock = {}
    is_staged = [False]
    for operator, stage in STAGES.items():
        if hasattr(setup.toolbox, operator):  # "breed", or "parents" and "survive"
            timed = _timed(getattr(setup.toolbox, operator), stage, clock, is_staged)
            setup.toolbox.register(operator, timed)
    generations = evolve(setup.config, seed=1, setup=setup)
    with threadpool_limits(1), seeded(np.random.default_rng(1)):
        first = next(g for g in generations if g.number == WARM)
        problem = problem_of(setup, first, seed=1)
        check_same(problem)
        others = {other: make(problem) for other, make in OTHERS.items()}
        tracker, ours, stages = Tracker(setup), [], []
        theirs: dict[str, list[float]] = {other: [] for other in OTHERS}
        for _ in range(rounds):
            ours += [_seconds(generations, tracker) for _ in range(OURS)]
            is_staged[0] = True
            stages += [_by_stage(generations, tracker, clock) for _ in range(STAGED)]
            is_staged[0] = False
            for other, generation in others.items():
                begun = time.thread_time()
                generation()
                theirs[other].append(time.thread_time() - begun)
    return _summary(ours, theirs, stages)


def _seconds(generations: Iterator[Generation], tracker: Tracker) -> tuple[float, float]:
    """Of our next generation: with the row of the log, and without."""
    begun = time.thread_time()
    generation = next(generations)
    evolved = time.thread_time()
    tracker.row(generation)
    return time.thread_time() - begun, evolved - begun


def _by_stage(generations: Iterator[Generation], tracker: Tracker, clock: Clock) -> Clock:
    clock.clear()
    generation = next(generations)
    _timed(tracker.row, "track", clock, [True])(generation)
    return dict(clock)


def _timed(
    function: Callable[..., Any], stage: str, clock: Clock, is_on: list[bool]
) -> Callable[..., Any]:
    def timed(*given: Any) -> Any:
        if not is_on[0]:
            return function(*given)
        begun = time.thread_time()
        result = function(*given)
        clock[stage] = clock.get(stage, 0.0) + time.thread_time() - begun
        return result

    return timed


def _summary(
    ours: list[tuple[float, float]], theirs: dict[str, list[float]], stages: list[Clock]
) -> dict[str, Any]:
    tracked, untracked = (median(times) for times in zip(*ours, strict=True))
    ms = {"evomod": tracked} | {other: median(times) for other, times in theirs.items()}
    names = ("vary", "answer", "cost", "select", "track")
    return {
        "ms_per_generation": {name: round(1000 * seconds, 4) for name, seconds in ms.items()},
        "ratio": {other: round(ms[other] / tracked, 3) for other in theirs},
        "generations": {"evomod": len(ours)} | {o: len(times) for o, times in theirs.items()},
        "ms_without_tracking": round(1000 * untracked, 4),
        "stages": {s: round(1000 * median(c.get(s, 0.0) for c in stages), 4) for s in names},
    }


def check_same(problem: Problem) -> None:
    """Raises `EvomodError` unless every program computes evomod's objectives of the problem's population.

    Costs to 2e-6, for their rounding is evomod's. Of the quickest program all individuals are compared, of the
    documented one, which takes them one by one, the first hundred; diversity is relative to the whole
    population, where evomod had its pool.
    """
    few = 100
    members = deap_reference.members(problem)
    evaluate = deap_reference.evaluation(problem)
    documented = np.array([evaluate(member) for member in members[:few]])
    deap_vectorised.batch_evaluation(problem)(members)
    vectorised = np.array([member.own for member in members])
    arrays = objectives_of(evaluation(problem)(problem.genomes))
    for name, found in (("deap", documented), ("deap_vectorised", vectorised), ("numpy", arrays)):
        n, columns = found.shape[0], documented.shape[1]
        apart = np.abs(found[:, :columns] - problem.objectives[:n, :columns]).max(axis=0)
        if (apart > np.array([1e-12, 2e-6, 2e-6])[:columns]).any():
            raise EvomodError(
                f"bench: '{name}' computes other objectives than evomod, which differ by up to "
                f"{apart.tolist()}; the times would be of different work."
            )


def measure_all() -> dict[str, dict[str, Any]]:
    """`measure` of every workload; tells on stderr which, for all take minutes."""
    results = {}
    for number, name in enumerate(WORKLOADS, 1):
        print(f"measuring {name} ({number} of {len(WORKLOADS)})", file=sys.stderr, flush=True)
        results[name] = measure(name)
    return results


def report(results: dict[str, dict[str, Any]]) -> str:
    """The results as tables for people."""
    lines = [
        "milliseconds of processor time a generation, and as a multiple of evomod's",
        f"{'workload':<16}{'evomod':>9}{'DEAP, documented':>23}{'DEAP, vectorised':>23}"
        f"{'NumPy arrays':>23}",
    ]
    for name, result in results.items():
        ms, ratio = result["ms_per_generation"], result["ratio"]
        others = "".join(f"{ms[other]:>14.2f}{ratio[other]:>8.3g}x" for other in OTHERS)
        lines.append(f"{name:<16}{ms['evomod']:>9.3f}{others}")
    for counts in {tuple(result["generations"].items()) for result in results.values()}:
        told = ", ".join(f"{count} of {name}" for name, count in counts)
        lines.append(f"medians from generation {WARM} on: {told}")
    stages = tuple(dict.fromkeys(stage for result in results.values() for stage in result["stages"]))
    lines += [
        "",
        "evomod without the row of the log, which the others do not make, and by stage (ms)",
        f"{'workload':<16}{'untracked':>10}" + "".join(f"{stage:>10}" for stage in stages),
    ]
    for name, result in results.items():
        times = "".join(f"{result['stages'][stage]:>10.3f}" for stage in stages)
        lines.append(f"{name:<16}{result['ms_without_tracking']:>10.3f}{times}")
    return "\n".join(lines)
