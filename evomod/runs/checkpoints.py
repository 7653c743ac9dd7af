"""The checkpoint of a run: all that evolution goes on from, byte for byte; and the best network beside it."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.evolution.evaluation import candidates_of
from evomod.evolution.loop import Generation, Saved, restore
from evomod.evolution.setup import Setup
from evomod.evolution.starts import most_bytes
from evomod.files.disk import npz, write_whole
from evomod.files.plugins import Fault, called
from evomod.files.readers import DamageError, parse_json, read_arrays
from evomod.files.records import SCHEDULE, RandomState, check_record
from evomod.files.tables import csv_line
from evomod.network import Network, network_json
from evomod.runs.tracking import log_row
from evomod.selections.collection import METHODS


@dataclass(frozen=True, slots=True)
class State:
    """What a checkpoint holds."""

    start: Generation
    rng_state: dict[str, Any]
    sizes: tuple[int, int]
    """Bytes of log.csv and of population.csv."""


def save_checkpoint(
    folder: Path,
    setup: Setup,
    generation: Generation,
    rng: np.random.Generator,
    log: Any,
    table: Any,
) -> None:
    """Save the state; the tables reach the disk first, so that a checkpoint never runs ahead of them."""
    for file in (log, table):
        file.flush()
        os.fsync(file.fileno())
    content = npz(
        run=np.array(identity(setup)),
        number=np.array(generation.number),
        genomes=generation.population.genomes,
        objectives=generation.objectives,
        front=generation.front,
        crowding=generation.crowding,
        schedule=np.array(json.dumps([generation.since_switch, generation.solved_goals])),
        rng=np.array(json.dumps(rng.bit_generator.state)),
        bytes=np.array([log.tell(), table.tell()]),
    )
    if setup.selection.table is not None:
        write_whole(folder / ARCHIVE, archive_table(generation))
    write_whole(folder / "best.json", network_json(best_network(generation)).encode())
    write_whole(folder / "checkpoint.npz", content)


def best_network(generation: Generation) -> Network:
    """The logged individual with what is known of it: goal, fitness on all goals, Q and its method."""
    setup = generation.setup
    row = log_row(generation)
    fitness = {goal.name: row[f"fitness:{goal.name}"] for goal in setup.goals}
    if generation.goal not in fitness and not math.isnan(row["best_fitness"]):
        # a goal of the schedule that the task does not name
        fitness[generation.goal] = row["best_fitness"]
    about = {
        "task": setup.task.name,
        "inputs": list(setup.task.inputs),
        "goal": generation.goal,
        "generation": generation.number,
        "fitness": fitness,
        "tie_rule": setup.tie_rule,
        "connection_cost": row["connection_cost"],
        "q_score": row["q_score"],
        "q_method": setup.config.tracking.q_method,
        "modules": row["modules"],
    }
    genome = generation.population.genomes[generation.best_row]
    network: Network = setup.encoding.network(genome, about)
    return network


ARCHIVE = "archive.csv"
"""What the method of selection tells of the population, as it was when the checkpoint was written."""


def archive_table(generation: Generation) -> bytes:
    """The table of the method of selection, one row per individual. Raises `Fault` where a user's gives none."""
    setup, section = generation.setup, generation.setup.config.selection
    candidates = candidates_of(setup, generation.standing)
    table, origin, told = setup.selection.table, METHODS.origin_of(section), setup.told_of_selection
    assert table is not None
    file = None if origin is None else origin.file
    found: Any = called(f"{told}: table", file, table, candidates, section)
    if not isinstance(found, Mapping) or not all(
        isinstance(column, np.ndarray) and column.shape == (candidates.size,)
        for column in found.values()
    ):
        raise Fault(f"{told}: table: expected arrays [individual] by their columns' names.")
    columns = [column.tolist() for column in found.values()]
    return b"".join(map(csv_line, [tuple(found), *zip(*columns, strict=True)]))


TEXTS = ("run", "schedule", "rng")
NUMBERS = {
    "number": np.int64,
    "objectives": np.float64,
    "front": np.int64,
    "crowding": np.float64,
    "bytes": np.int64,
}
"""Arrays of a checkpoint with the types that kernels are compiled for; that of genomes is the encoding's."""


def read_checkpoint(folder: Path, setup: Setup, manifest: dict[str, Any]) -> State | None:
    """What a run goes on from, or None.

    Raises `EvomodError` if it is damaged or another run's, or if a table is shorter than it knows them.
    """
    path = folder / "checkpoint.npz"
    if not path.exists():
        return None
    try:
        fields = read_arrays(path, most_bytes(setup.config, setup.encoding))
        lacking = sorted({*TEXTS, *NUMBERS, "genomes"} - set(fields))
        if lacking:
            raise DamageError(f"it lacks {lacking[0]}")
        if str(fields["run"]) != identity(setup):
            raise EvomodError(
                f"{path} belongs to another run: config.toml or task.py in {folder} are not those it was "
                "written with. Put them back, or start a new run with --out."
            )
        _check_arrays(setup, fields)
        schedule = parse_json(str(fields["schedule"]).encode())
        check_record(SCHEDULE, tuple(schedule) if isinstance(schedule, list) else schedule)
        check_record(RandomState, rng_state := parse_json(str(fields["rng"]).encode()))
    except OSError as error:
        raise EvomodError(f"{path} cannot be read: {error.strerror or error}.") from None
    except DamageError as error:
        raise EvomodError(
            f"{path} is damaged ({error}). Delete it to let --resume start again from the seed; "
            "log.csv is kept until then."
        ) from None
    log_bytes, population_bytes = fields["bytes"].tolist()
    number = int(fields["number"])
    _check_tables(folder, (log_bytes, population_bytes), number)
    saved = Saved(
        number=number,
        genomes=fields["genomes"],
        objectives=fields["objectives"],
        front=fields["front"],
        crowding=fields["crowding"],
        since_switch=schedule[0],
        solved_goals=tuple(schedule[1]),
    )
    start = restore(setup, np.random.default_rng(sequence_of(manifest)), saved)
    return State(start, rng_state, (log_bytes, population_bytes))


def _check_arrays(setup: Setup, fields: dict[str, NDArray[Any]]) -> None:
    """Kernels do not check bounds: what they are given must have the right shape and alphabet."""
    mu, genes = setup.config.evolution.population, setup.encoding.n_genes
    if setup.selection.capacity is not None and fields["front"].ndim == 1:
        mu = fields["front"].size
        if not 1 <= mu <= setup.selection.most(setup.config.selection, mu):
            raise DamageError(f"{mu} individuals are no archive of its method of selection")
    wanted: dict[str, tuple[int, ...]] = dict.fromkeys(("run", "number", "schedule", "rng"), ())
    wanted |= {
        "genomes": (mu, genes),
        "objectives": (mu, setup.probabilities.size),
        "front": (mu,),
        "crowding": (mu,),
        "bytes": (2,),
    }
    for name, shape in wanted.items():
        if fields[name].shape != shape:
            raise DamageError(f"{name} has shape {fields[name].shape}, wanted {shape}")
        dtype = fields[name].dtype
        if dtype.kind != "U" if name in TEXTS else dtype != NUMBERS.get(name, dtype):
            raise DamageError(f"{name} holds values of the type {dtype}")
    if fields["number"] < 0 or fields["front"].min() < 0 or fields["bytes"].min() < 0:
        raise DamageError("a number is negative that counts something")
    encoding = setup.encoding
    if fields["genomes"].dtype != encoding.dtype or not encoding.is_valid(fields["genomes"]).all():
        raise DamageError("a genome leaves its alphabet")


def _check_tables(folder: Path, sizes: tuple[int, int], number: int) -> None:
    """Refuse, before anything is changed, tables that are not those that the checkpoint knows."""
    for name, size in zip(("log.csv", "population.csv"), sizes, strict=True):
        path = folder / name
        if not path.exists() or path.stat().st_size < size:
            raise EvomodError(
                f"{path} is shorter than when the checkpoint was written; put it back, or delete "
                "checkpoint.npz to start again from the seed."
            )
    last = _last_line(folder / "log.csv", sizes[0])
    if not last.startswith(b"%d," % number) or not last.endswith(b"\n"):
        raise EvomodError(
            f"{folder / 'log.csv'} is not the table that {folder / 'checkpoint.npz'} was written with, whose last "
            f"generation is {number}; put it back, or delete checkpoint.npz to start again from the seed."
        )


def _last_line(path: Path, size: int) -> bytes:
    """The line that ends with the first so many bytes of a file."""
    with path.open("rb") as file:
        file.seek(max(0, size - 2**20))
        text = file.read(min(size, 2**20))
    return b"".join(text.splitlines(keepends=True)[-1:])


def identity(setup: Setup) -> str:
    """A fingerprint of what must not change between checkpoint and resume."""
    data = setup.config.model_dump(mode="json", by_alias=True)
    data["evolution"].pop("generations")
    data["tracking"].pop("checkpoint_seconds")
    tables = {name: table.tolist() for name, table in setup.task.tables.items()}
    parts: list[Any] = [data, tables]
    if setup.task.counted:
        parts += [
            {name: some.tolist() for name, some in setup.task.counted.items()},
            repr(setup.task.fitness),
        ]
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def sequence_of(manifest: dict[str, Any]) -> np.random.SeedSequence:
    """The seed that a run's manifest keeps."""
    seed = manifest["seed"]
    return np.random.SeedSequence(seed["entropy"], spawn_key=tuple(seed["spawn_key"]))
