"""Compile every kernel, so that the first run need not."""

from __future__ import annotations

import sys
import time
from typing import Any

from evomod.config import Config
from evomod.evolution import evolve, prepare
from evomod.kernels import is_compiled, layered, modularity, selection
from evomod.tracking import Tracker, population_rows

NEEDED = (layered.answer, layered.vary, selection.fronts, modularity.leading_eigenvector_modules)
"""Kernels without which no run of the papers' encoding starts."""

EVERY: tuple[dict[str, Any], ...] = (
    {},
    {"pressures": {"connection-cost": {}, "behavioural-diversity": {}}},
    {"network": {"encoding": "layered-real"}, "pressures": {"connection-cost": {}}},
)
"""Configs that between them call every kernel."""


def is_warm() -> bool:
    """Whether the kernels of an ordinary run are compiled already."""
    return all(map(is_compiled, NEEDED))


def announce() -> None:
    """Say that the first run compiles, if it does."""
    if not is_warm():
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
        config = Config(task="retina", evolution=small, **sections)
        setup = prepare(config)
        for generation in evolve(config, seed=1, setup=setup):
            Tracker(setup).row(generation)
            population_rows(generation)
    return time.perf_counter() - begun
