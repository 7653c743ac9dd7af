"""More tables of a study: the best network of every run, and where populations lie in cost and Q."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError
from evomod.files.readers import DamageError, parse_json
from evomod.files.records import NETWORKS, check_record
from evomod.files.tables import Key, csv_line, named, read_text, write_lines, write_text
from evomod.network import Network, network_of
from evomod.studies.run_rows import RunRows

DENSITY = ("treatment", "replicate", "generation", "connection_cost", "q_score", "individuals")


def write_networks(
    path: Path, order: Sequence[Key], fresh: Mapping[Key, RunRows], kept: set[Key]
) -> None:
    """The best network of every run, a line each, in one JSON file; packed, for it is a tenth of the size."""
    known = networks_by_run(path) if kept else {}
    lines = []
    for run in order:
        if run in fresh:
            about = json.dumps({"treatment": run[0], "replicate": run[1]}, separators=(",", ":"))
            lines.append(f"{about[:-1]},{fresh[run].network[1:]}")
        elif run in kept:
            lines.append(json.dumps(known[run], separators=(",", ":")))
    write_text(path, ("[\n" + ",\n".join(lines) + "\n]\n").encode())


def networks_by_run(path: Path) -> dict[Key, dict[str, Any]]:
    """What ``networks.json.gz`` holds, by run. Raises `EvomodError` if it is missing or damaged."""
    text = read_text(path)
    try:
        rows = parse_json(text.encode())
        check_record(NETWORKS, rows)
        return {(row["treatment"], row["replicate"]): row for row in rows}
    except DamageError as error:
        raise EvomodError(f"{path} is damaged: {error}.") from None


def read_networks(path: Path) -> dict[str, list[Network]]:
    """Networks of every treatment, by replicate; ``about`` holds treatment and replicate.

    Raises `EvomodError` if the file is missing or damaged.
    """
    found: dict[str, list[Network]] = {}
    for (treatment, _), row in networks_by_run(path).items():
        found.setdefault(treatment, []).append(network_of(row, str(path)))
    return found


def write_density(
    path: Path, order: Sequence[Key], fresh: Mapping[Key, RunRows], kept: set[Key]
) -> None:
    """How many individuals of every run lie in each cell of cost and Q, by generation.

    Only of runs that recorded their populations; without any, no table is written.
    """
    lines = {run: named(run, rows.density) for run, rows in fresh.items() if rows.density}
    if lines or path.exists():
        write_lines(path, csv_line(DENSITY), order, lines, kept)
