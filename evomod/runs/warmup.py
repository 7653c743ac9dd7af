"""Compile every kernel, so that the first run need not."""

from __future__ import annotations

import gc
import math
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.config import Config
from evomod.encodings.collection import ENCODINGS
from evomod.evolution.loop import evolve
from evomod.evolution.setup import prepare
from evomod.files.disk import NoLocksError, locked
from evomod.files.plugins import Fault
from evomod.kernels import (
    answers,
    is_compiled,
    modularity,
)
from evomod.measures import (
    hierarchy,
    motifs,
    n_cut,
    normalised_modularity,
    null_distribution,
    random_graphs,
)
from evomod.measures import (
    modularity as modularity_of,
)
from evomod.runs.tracking import Tracker, population_rows
from evomod.task import Task


def examples() -> list[dict[str, Any]]:
    """Configs that between them call every kernel: the encodings' own."""
    return [
        dict(sections) | {"network": {"encoding": kind.name} | sections.get("network", {})}
        for kind in ENCODINGS.values()
        for sections in kind.examples
    ]


def is_warm(encoding: str) -> bool:
    """Whether the kernels of an ordinary run are compiled already."""
    measured = (answers.score, modularity.leading_eigenvector_of_many)
    kernels = ENCODINGS[encoding].kernels if encoding in ENCODINGS else ()
    return all(map(is_compiled, (*kernels, *measured)))


def announce(*encodings: str) -> None:
    """Say that the first run compiles, if it does; Python then looks for garbage less often.

    The compiler makes millions of small objects; looking through them takes an eighth of its time.
    """
    if not all(map(is_warm, encodings or ENCODINGS)):
        gc.set_threshold(10_000)
        print(
            "Compiling evomod's kernels for this machine: once after an installation, about ten seconds.",
            file=sys.stderr,
            flush=True,
        )


def compile_for(config: Config, task: Task | None = None) -> None:
    """Compile what runs of a config and the measure of their networks call, by one generation of it (on the
    task that it names, or this one) and a chain of four nodes.

    One process of this machine after the other: numba numbers the files of its cache by what it finds
    there, so two processes that compile a kernel for different arguments at once could take each
    other's code.
    """
    once = {"generations": 1, "stop": "generations", "start": "random"}
    short = config.evolution.model_copy(update=once)
    setup = prepare(config.model_copy(update={"evolution": short}), task)
    with one_at_a_time("evomod-compiles"):
        with suppress(Fault):  # the runs that it fails in say so
            for generation in evolve(setup.config, seed=1, setup=setup):
                Tracker(setup).row(generation)
                population_rows(generation)
        _measure_q(np.eye(4, k=1), setup.config.tracking.q_method)


def _measure_q(chain: NDArray[np.float64], method: str) -> None:
    """What `measuring.q_beside_nulls` calls."""
    normalised_modularity(chain, draws=2, method=method)
    null_distribution(chain, "layered", 2, method=method, layer=np.arange(chain.shape[0]))


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Wait until no other process of this user and machine is in here."""
    folder = _private_folder()
    if folder is None:  # nowhere for a lock that nobody else can take: go on without one
        yield
        return
    path = folder / f"{name}.lock"
    busy = f"another process of yours compiles, or was stopped (Ctrl-Z) while it did; waiting for it. It holds {path}."
    with ExitStack() as stack:
        with suppress(NoLocksError):  # two processes may compile the same then, as without a folder
            stack.enter_context(locked(path, busy, patience=math.inf))
        yield


def _private_folder() -> Path | None:
    """A folder that this user alone can write into; in a public one anybody could hold the lock."""
    if sys.platform == "win32":
        return None
    home = os.environ.get("XDG_CACHE_HOME", "")
    places = [Path(home) if home.startswith("/") else Path("~/.cache"), Path(tempfile.gettempdir())]
    for place, name in zip(places, ("evomod", f"evomod-{os.getuid()}"), strict=True):
        try:
            folder = place.expanduser() / name
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = folder.lstat()
            is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
            if is_ours and not found.st_mode & 0o022 and os.access(folder, os.W_OK):
                return folder
        except (OSError, RuntimeError):  # there is no home
            continue
    return None


def compile_all() -> float:
    """Compile every kernel by calling it on small populations; returns the seconds it took."""
    begun = time.perf_counter()
    for sections in examples():
        small = {"population": 4, "generations": 1}
        config = Config(**({"task": "retina", "evolution": small} | sections))
        setup = prepare(config)
        for generation in evolve(config, seed=1, setup=setup):
            Tracker(setup).row(generation)
            population_rows(generation)
    _measure(np.eye(4, k=1))
    return time.perf_counter() - begun


def _measure(chain: NDArray[np.float64]) -> None:
    """The kernels of measures that no run calls."""
    layer, rng = np.arange(chain.shape[0]), np.random.default_rng(0)
    normalised_modularity(chain, draws=2)
    motifs(chain, draws=2)
    motifs(chain, 4, "milo2002", 2)
    modularity_of(chain, "refined", resolution=1.5, directed=True)
    hierarchy(chain, weight="weight")
    hierarchy(chain)
    n_cut(chain, 2, layer=layer, draws=1)
    modularity.first_split(chain, np.empty(chain.shape[0], np.int64))
    for null in ("shuffle-within-layer", "erdos-renyi"):
        random_graphs(chain, null, 2, rng, layer=layer)
