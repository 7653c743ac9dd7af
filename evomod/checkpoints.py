"""The checkpoint of a run: all that evolution goes on from, byte for byte; and the best network beside it."""

from __future__ import annotations

import hashlib
import json
import math
import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.disk import npz, write_whole
from evomod.errors import EvomodError
from evomod.evolution import Generation, restore
from evomod.network import Network, network_json
from evomod.preparation import Setup
from evomod.starts import DAMAGE
from evomod.tracking import Tracker, columns


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
    write_whole(folder / "best.json", network_json(best_network(generation)).encode())
    write_whole(folder / "checkpoint.npz", content)


def best_network(generation: Generation) -> Network:
    """The logged individual with what is known of it: goal, fitness on all goals, Q and its method."""
    setup = generation.setup
    row = dict(zip(columns(setup), Tracker(setup).row(generation), strict=True))
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
    network: Network = setup.module.to_network(setup.encoding, genome, about)
    return network


def read_checkpoint(folder: Path, setup: Setup, manifest: dict[str, Any]) -> State | None:
    """What a run goes on from, or None. Raises `EvomodError` if it is damaged or another run's."""
    path = folder / "checkpoint.npz"
    if not path.exists():
        return None
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as data:
            fields = {name: data[name] for name in data.files}
        if str(fields["run"]) != identity(setup):
            raise EvomodError(
                f"{path} belongs to another run: config.toml or task.py in {folder} are not those it was "
                "written with. Put them back, or start a new run with --out."
            )
        _check_arrays(setup, fields)
        since_switch, solved_goals = json.loads(str(fields["schedule"]))
        rng = np.random.default_rng(sequence_of(manifest))
        start = restore(
            setup,
            rng,
            int(fields["number"]),
            fields["genomes"],
            fields["objectives"],
            fields["front"],
            fields["crowding"],
            int(since_switch),
            tuple(solved_goals),
        )
        log_bytes, population_bytes = fields["bytes"].tolist()
        rng_state = json.loads(str(fields["rng"]))
        rng.bit_generator.state = rng_state  # raises if it is none
        return State(start, rng_state, (log_bytes, population_bytes))
    except EvomodError:
        raise
    except DAMAGE as error:
        raise EvomodError(
            f"{path} is damaged ({error}). Delete it to let --resume start again from the seed; "
            "log.csv is kept until then."
        ) from None


def _check_arrays(setup: Setup, fields: dict[str, NDArray[Any]]) -> None:
    """Kernels do not check bounds: what they are given must have the right shape and alphabet."""
    mu, genes = setup.config.evolution.population, setup.encoding.n_genes
    wanted = {
        "genomes": (mu, genes),
        "objectives": (mu, setup.probabilities.size),
        "front": (mu,),
        "crowding": (mu,),
    }
    for name, shape in wanted.items():
        if fields[name].shape != shape:
            raise ValueError(f"{name} has shape {fields[name].shape}, wanted {shape}")
    is_real = setup.config.network.encoding == "layered-real"
    dtype = np.dtype(np.float64 if is_real else np.int8)
    is_valid = setup.module.is_valid
    if fields["genomes"].dtype != dtype or not is_valid(setup.encoding, fields["genomes"]).all():
        raise ValueError("a genome leaves its alphabet")


def check_tables(folder: Path, state: State | None) -> None:
    """Refuse, before anything is changed, tables that are shorter than the checkpoint knows them."""
    for name, size in zip(("log.csv", "population.csv"), state.sizes if state else (0, 0), strict=True):
        path = folder / name
        if state and (not path.exists() or path.stat().st_size < size):
            raise EvomodError(
                f"{path} is shorter than when the checkpoint was written; put it back, or delete "
                "checkpoint.npz to start again from the seed."
            )


def identity(setup: Setup) -> str:
    """A fingerprint of what must not change between checkpoint and resume."""
    data = setup.config.model_dump(mode="json", by_alias=True)
    data["evolution"].pop("generations")
    data["tracking"].pop("checkpoint_seconds")
    tables = {name: table.tolist() for name, table in setup.task.tables.items()}
    text = json.dumps([data, tables], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def sequence_of(manifest: dict[str, Any]) -> np.random.SeedSequence:
    """The seed that a run's manifest keeps."""
    seed = manifest["seed"]
    return np.random.SeedSequence(seed["entropy"], spawn_key=tuple(seed["spawn_key"]))
