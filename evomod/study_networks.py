"""More tables of a study: the best network of every run, and where populations lie in cost and Q."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evomod.errors import EvomodError
from evomod.network import Network, network_of
from evomod.runs import Run, write_whole
from evomod.study import Replicate
from evomod.tracking import csv_line

Runs = Sequence[tuple[Replicate, Run]]

COST_BIN, Q_BIN = 4.0, 0.0125
"""Widths of a cell of ``density.csv``; rows for a thousand individuals of 50 runs would be megabytes."""
MOST_SNAPSHOTS = 6
"""Generations of ``density.csv`` at the most."""


def write_networks(path: Path, runs: Runs) -> None:
    """The best network of every run, a line each, in one JSON file."""
    lines = []
    for replicate, run in runs:
        data = json.loads((run.folder / "best.json").read_text(encoding="utf-8"))
        about = {"treatment": replicate.treatment.name, "replicate": replicate.number}
        lines.append(json.dumps(about | data, separators=(",", ":")))
    write_whole(path, ("[\n" + ",\n".join(lines) + "\n]\n").encode())


def read_networks(path: Path) -> dict[str, list[Network]]:
    """Networks of every treatment, by replicate; ``about`` holds treatment and replicate.

    Raises `EvomodError` if the file is missing or damaged.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise EvomodError(
            f"there is no {path}; `evomod study` writes it when the runs are done."
        ) from None
    except ValueError as error:
        raise EvomodError(f"{path} is damaged: {error}.") from None
    found: dict[str, list[Network]] = {}
    for row in rows:
        found.setdefault(row["treatment"], []).append(network_of(row, str(path)))
    return found


def write_density(path: Path, runs: Runs) -> None:
    """How many individuals of all runs of a treatment lie in each cell of cost and Q, by generation.

    Only of runs that recorded their populations; without any, no table is written.
    """
    counts: Counter[tuple[Any, ...]] = Counter()
    for replicate, run in runs:
        population = run.population
        generations = _spread(np.unique(population["generation"]))
        kept = np.isin(population["generation"], generations)
        columns = ("generation", "connection_cost", "q_score", "count")
        for generation, cost, q, count in zip(*(population[n][kept] for n in columns), strict=True):
            cell = (int(np.floor(cost / COST_BIN)), int(np.floor(q / Q_BIN)))
            counts[replicate.treatment.name, int(generation), *cell] += int(count)
    if not counts:
        return
    header = csv_line(("treatment", "generation", "connection_cost", "q_score", "individuals"))
    rows = (
        csv_line((treatment, generation, cost * COST_BIN, round(q * Q_BIN, 6), count))
        for (treatment, generation, cost, q), count in sorted(counts.items())
    )
    write_whole(path, header + b"".join(rows))


def _spread(generations: Any) -> Any:
    """At most so many of the generations, evenly spread, first and last included."""
    if generations.size <= MOST_SNAPSHOTS:
        return generations
    return generations[np.linspace(0, generations.size - 1, MOST_SNAPSHOTS).round().astype(int)]
