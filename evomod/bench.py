"""How long a generation takes, by stage, beside the same generation in DEAP's documented way."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from evomod.config import Config
from evomod.deap_way import deap_seconds
from evomod.evolution import evolve
from evomod.preparation import prepare
from evomod.tracking import Tracker

WORKLOADS: dict[str, dict[str, Any]] = {
    "retina-pa": {"task": "retina"},
    "retina-pcc": {"task": "retina", "pressures": {"connection-cost": {"probability": 0.25}}},
    "retina-dropout": {"task": "retina", "pressures": {"dropout": {"rate": 0.1, "draws": 8}}},
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
STAGES = {
    "parents": "vary",
    "vary": "vary",
    "answer": "answer",
    "cost": "cost",
    "survive": "select",
    "breed": "select",
}
"""Operator of the toolbox -> stage it is counted in."""

WARM, MEASURED, DEAP_GENERATIONS = 200, 400, 3


def measure(
    name: str, measured: int = MEASURED, deap_generations: int = DEAP_GENERATIONS
) -> dict[str, Any]:
    """Milliseconds a generation of one workload, median, ours and DEAP's from the same population.

    "ms_without_tracking" leaves out the row of the log, so Q of the best.
    """
    config = Config(evolution={"generations": WARM + measured}, **WORKLOADS[name])
    setup = prepare(config)
    clock: dict[str, float] = {}
    for operator, stage in STAGES.items():
        setup.toolbox.register(operator, _timed(getattr(setup.toolbox, operator), stage, clock))
    tracker = Tracker(setup)
    total: list[float] = []
    untracked: list[float] = []
    stages: dict[str, list[float]] = {}
    generation, begun = None, time.perf_counter()
    for generation in evolve(config, seed=1, setup=setup):
        _timed(tracker.row, "track", clock)(generation)
        now = time.perf_counter()
        if generation.number > WARM:
            total.append(now - begun)
            untracked.append(now - begun - clock["track"])
            for stage in ("vary", "answer", "cost", "select", "track"):
                stages.setdefault(stage, []).append(clock.get(stage, 0.0))
        clock.clear()
        begun = time.perf_counter()
    assert generation is not None
    ours = 1000 * median(total)
    theirs = 1000 * median(deap_seconds(setup, generation, deap_generations))
    return {
        "ms_per_generation": round(ours, 4),
        "ms_without_tracking": round(1000 * median(untracked), 4),
        "deap_ms_per_generation": round(theirs, 1),
        "ratio": round(theirs / ours, 1),
        "stages": {stage: round(1000 * median(times), 4) for stage, times in stages.items()},
    }


def _timed(function: Callable[..., Any], stage: str, clock: dict[str, float]) -> Callable[..., Any]:
    def timed(*given: Any) -> Any:
        begun = time.perf_counter()
        result = function(*given)
        clock[stage] = clock.get(stage, 0.0) + time.perf_counter() - begun
        return result

    return timed


def report(results: dict[str, dict[str, Any]]) -> str:
    """The results as a table for people."""
    lines = [
        f"{'workload':<14}{'ms/generation':>14}{'untracked':>11}{'DEAP':>8}{'ratio':>8}   by stage (ms)"
    ]
    for name, result in results.items():
        stages = "  ".join(f"{stage} {ms:.3f}" for stage, ms in result["stages"].items())
        lines.append(
            f"{name:<14}{result['ms_per_generation']:>14.3f}{result['ms_without_tracking']:>11.3f}"
            f"{result['deap_ms_per_generation']:>8.0f}{result['ratio']:>7.0f}x   {stages}"
        )
    return "\n".join(lines)
