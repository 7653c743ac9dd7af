"""More tables of a study: the best network of every run, and where populations lie in cost and Q."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evomod.network import Network, best_data, network_of
from evomod.runs import Run
from evomod.study import Key, Replicate
from evomod.study_rows import lines_of, networks_by_run, write_lines, write_text
from evomod.tracking import csv_line

Runs = Sequence[tuple[Replicate, Run]]

COST_BIN, Q_BIN = 4.0, 0.0125
"""Widths of a cell of ``density.csv.gz``; rows for a thousand individuals of 50 runs would be megabytes."""
MOST_SNAPSHOTS = 6
"""Generations of ``density.csv.gz`` at the most."""
DENSITY = ("treatment", "replicate", "generation", "connection_cost", "q_score", "individuals")


def write_networks(path: Path, order: Sequence[Key], runs: Runs, kept: set[Key]) -> None:
    """The best network of every run, a line each, in one JSON file; packed, for it is a tenth of the size."""
    found = networks_by_run(path) if kept else {}
    rows = {run: row for run, row in found.items() if run in kept}
    for replicate, run in runs:
        data = best_data(run.folder / "best.json")
        about = {"treatment": replicate.treatment.name, "replicate": replicate.number}
        rows[replicate.key] = about | data
    lines = [json.dumps(rows[run], separators=(",", ":")) for run in order if run in rows]
    write_text(path, ("[\n" + ",\n".join(lines) + "\n]\n").encode())


def read_networks(path: Path) -> dict[str, list[Network]]:
    """Networks of every treatment, by replicate; ``about`` holds treatment and replicate.

    Raises `EvomodError` if the file is missing or damaged.
    """
    found: dict[str, list[Network]] = {}
    for (treatment, _), row in networks_by_run(path).items():
        found.setdefault(treatment, []).append(network_of(row, str(path)))
    return found


def write_density(path: Path, order: Sequence[Key], runs: Runs, kept: set[Key]) -> None:
    """How many individuals of every run lie in each cell of cost and Q, by generation.

    Only of runs that recorded their populations; without any, no table is written.
    """
    rows: list[tuple[Any, ...]] = []
    for replicate, run in runs:
        counts: Counter[tuple[int, int, int]] = Counter()
        population = run.population
        generations = _spread(np.unique(population["generation"]))
        recorded = np.isin(population["generation"], generations)
        columns = ("generation", "connection_cost", "q_score", "count")
        for generation, cost, q, count in zip(*(population[n][recorded] for n in columns), strict=True):
            counts[int(generation), int(np.floor(cost / COST_BIN)), int(np.floor(q / Q_BIN))] += int(
                count
            )
        rows += [
            (*replicate.key, generation, cost * COST_BIN, round(q * Q_BIN, 6), count)
            for (generation, cost, q), count in sorted(counts.items())
        ]
    if rows or path.exists():
        write_lines(path, csv_line(DENSITY), order, lines_of(rows), kept)


def _spread(generations: Any) -> Any:
    """At most so many of the generations, evenly spread, first and last included."""
    if generations.size <= MOST_SNAPSHOTS:
        return generations
    return generations[np.linspace(0, generations.size - 1, MOST_SNAPSHOTS).round().astype(int)]
