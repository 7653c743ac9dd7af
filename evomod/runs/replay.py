"""The best network of a run through its generations: a run folder keeps the last one, its seed gives the others.

The run is evolved again from its seed, and every generation that is asked for is compared with the log, so that what
is shown is what the run had. Nothing is written.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from evomod.config import users_paths
from evomod.errors import EvomodError
from evomod.evolution.loop import evolve
from evomod.evolution.setup import prepare
from evomod.files.provenance import check_version
from evomod.files.readers import DamageError
from evomod.files.tables import csv_line, table_lines
from evomod.measures.modularity import modularity
from evomod.network import Network
from evomod.runs.checkpoints import best_network, sequence_of
from evomod.runs.run import Run, check_copies, stored_start
from evomod.runs.tracking import Tracker
from evomod.trust import check_trust, stored_task

FRAMES = 60
"""Generations that are shown of a run, at the most."""


def frames_of(last: int, most: int = FRAMES) -> list[int]:
    """Generations from 0 to the last one, half of them evenly spread, half closer together at the beginning.

    >>> frames_of(3), len(frames_of(25_000)), frames_of(25_000)[-1]
    ([0, 1, 2, 3], 58, 25000)
    """
    if last < most:
        return list(range(last + 1))
    even = np.linspace(0, last, most // 2)
    early = np.geomspace(1, last, most // 2)
    return [int(n) for n in np.unique(np.concatenate((even, early)).round())]


def replayed(
    run: Run, generations: Sequence[int] | None = None, *, trust: bool = False
) -> list[Network]:
    """The best networks of a run at these generations (default: `frames_of` its log), evolved again from its seed.

    ``trust``: execute the folder's own task file, as in `evomod.resume`. Raises `EvomodError` for the run of another
    version, one with replaced operators, one that is not trusted, and one that does not come out as its log says.
    """
    lines = _log_lines(run)
    wanted = frames_of(len(lines) - 1) if generations is None else sorted(set(generations))
    if wanted[-1] >= len(lines):
        raise EvomodError(
            f"{run.folder} has no generation {wanted[-1]}: its log ends with generation {len(lines) - 1}."
        )
    check_version(run.folder, run.manifest)
    if run.manifest.get("operators"):
        raise EvomodError(
            f"{run.folder} was evolved with operators of your own, so its generations cannot be made again from the "
            "seed alone."
        )
    check_copies(run.folder, run.manifest)
    if not trust:
        check_trust(*users_paths(run.config))
    setup = prepare(run.config, stored_task(run.folder, trust=trust))
    tracker = Tracker(setup)
    found: list[Network] = []
    rng = np.random.default_rng(sequence_of(run.manifest))
    last = wanted[-1]
    with tqdm(total=last, delay=2, unit="gen", disable=not sys.stderr.isatty()) as bar:
        for generation in evolve(setup.config, rng, setup=setup, start=stored_start(run.folder, setup)):
            if generation.number == wanted[len(found)]:
                if csv_line(tracker.row(generation)).decode() != lines[generation.number]:
                    raise EvomodError(
                        f"{run.folder} does not come out again: evolved from its seed, generation {generation.number} "
                        "differs from its log. Another version of NumPy or numba may have made it."
                    )
                found.append(best_network(generation))
                bar.update(generation.number - bar.n)
            if generation.number >= last:
                break
    return found


def steady_modules(networks: Sequence[Network], method: str) -> list[NDArray[np.int64]]:
    """Modules ``[node]`` of successive networks, numbered so that a module keeps its number, and with it its colour.

    Of all pairs of a module and one of the network before those that share most nodes have one number; -1 stays.
    """
    found: list[NDArray[np.int64]] = []
    for network in networks:
        own = modularity(network.simplified(), method).modules
        is_comparable = found and found[-1].size == own.size
        found.append(_renumbered(own, found[-1]) if is_comparable else own)
    return found


def _renumbered(own: NDArray[np.int64], before: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same modules with the numbers of those that they share most nodes with.

    >>> _renumbered(np.array([0, 0, 1, 1, -1]), np.array([1, 1, 0, 2, 2])).tolist()
    [1, 1, 0, 0, -1]
    """
    both = (own >= 0) & (before >= 0)
    pairs, shared = np.unique(np.stack((own[both], before[both])), axis=1, return_counts=True)
    names: dict[int, int] = {}
    for place in np.argsort(-shared, kind="stable").tolist():
        mine, theirs = pairs[:, place].tolist()
        if mine not in names and theirs not in names.values():
            names[mine] = theirs
    for mine in np.unique(own[own >= 0]).tolist():
        names.setdefault(mine, next(k for k in range(own.size + 1) if k not in names.values()))
    return np.array([names.get(module, -1) for module in own.tolist()], np.int64)


def _log_lines(run: Run) -> list[str]:
    """Lines of the log without its header: line k is generation k."""
    try:
        with open(run.folder / "log.csv", newline="\n", encoding="utf-8") as file:
            lines = [line for line in table_lines(file) if line.endswith("\n")][1:]
    except FileNotFoundError:
        lines = []
    except (DamageError, OSError, UnicodeDecodeError) as error:
        raise EvomodError(
            f"the table {run.folder / 'log.csv'} is damaged or cannot be read: {error}."
        ) from None
    if not lines:
        raise EvomodError(f"{run.folder} has no generation yet.")
    return lines
