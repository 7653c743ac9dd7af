"""Compile every kernel, so that the first run need not."""

from __future__ import annotations

import sys
import time
from typing import Any

from evomod.config import Config
from evomod.evolution import evolve, prepare
from evomod.kernels import (
    answers,
    circuit,
    genes,
    is_compiled,
    layered,
    modularity,
    realvalued,
    selection,
    threshold,
)
from evomod.tracking import Tracker, population_rows

NEEDED: dict[str, tuple[Any, ...]] = {
    "layered": (layered.answer, layered.vary, selection.fronts),
    "layered-real": (realvalued.answer, layered.vary, selection.fronts),
    "circuit": (circuit.answer, genes.vary, selection.elite),
    "gate-layers": (circuit.answer, genes.vary, selection.elite),
    "threshold": (threshold.answer, genes.vary, selection.elite),
}
"""Kernels without which no run of an encoding starts; every run counts right answers and measures Q."""

EVERY: tuple[dict[str, Any], ...] = (
    {},
    {"pressures": {"connection-cost": {}, "behavioural-diversity": {}}},
    {"network": {"encoding": "layered-real"}, "pressures": {"connection-cost": {}}},
    {"network": {"encoding": "threshold"}},
    {"task": "circuit"},
    {"task": "circuit", "network": {"encoding": "circuit", "feedback": "ternary"}},
)
"""Configs that between them call every kernel."""


def is_warm(encoding: str) -> bool:
    """Whether the kernels of an ordinary run are compiled already."""
    return all(
        map(is_compiled, (*NEEDED[encoding], answers.score, modularity.leading_eigenvector_modules))
    )


def announce(*encodings: str) -> None:
    """Say that the first run compiles, if it does."""
    if not all(map(is_warm, encodings or NEEDED)):
        print(
            "Compiling evomod's kernels for this machine: once after an installation, about ten seconds.",
            file=sys.stderr,
            flush=True,
        )


def compile_all() -> float:
    """Compile every kernel by calling it on small populations; returns the seconds it took."""
    begun = time.perf_counter()
    for sections in EVERY:
        small = {"population": 4, "generations": 1}
        config = Config(**({"task": "retina", "evolution": small} | sections))
        setup = prepare(config)
        for generation in evolve(config, seed=1, setup=setup):
            Tracker(setup).row(generation)
            population_rows(generation)
    return time.perf_counter() - begun
