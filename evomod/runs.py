"""A run and its folder: config, provenance, tables, checkpoint, the best network; stop and resume."""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from evomod.config import Config, apply_settings, dump_config, read_config
from evomod.encodings import Layered
from evomod.errors import EvomodError, Interrupted
from evomod.evolution import Generation, evolve, restore
from evomod.network import Network, load_network, network_json
from evomod.operators import logbook
from evomod.preparation import Setup, prepare
from evomod.starts import DAMAGE, first_genomes
from evomod.task import read_task
from evomod.tracking import (
    POPULATION_COLUMNS,
    Tracker,
    columns,
    csv_line,
    population_rows,
    read_table,
)

FORMAT = "evomod run 1"
FLUSH_SECONDS = 0.2
MAY_CHANGE = ("evolution.generations", "tracking.checkpoint_seconds")


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder, read."""

    folder: Path
    config: Config
    manifest: dict[str, Any]

    @property
    def log(self) -> dict[str, NDArray[Any]]:
        """Columns of ``log.csv``, one entry a generation."""
        return read_table(self.folder / "log.csv")

    @property
    def population(self) -> dict[str, NDArray[Any]]:
        """Columns of ``population.csv``: Q and cost of whole populations, every so many generations."""
        return read_table(self.folder / "population.csv")

    @property
    def best(self) -> Network:
        """The logged individual of the last generation."""
        return load_network(self.folder / "best.json")

    @property
    def is_complete(self) -> bool:
        return (self.folder / "complete").exists()

    def logbook(self) -> Any:
        """The log as ``deap.tools.Logbook``."""
        return logbook(self.log)


def load_run(folder: str | Path) -> Run:
    """Read a run folder. Raises `EvomodError` if it is none."""
    folder = Path(folder)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise EvomodError(f"{folder} is no run folder: it has no readable manifest.json.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise EvomodError(f"{folder} was not written by this kind of run ({FORMAT}).")
    if not {"seed", "q_method"} <= set(manifest):
        raise EvomodError(
            f"{folder / 'manifest.json'} is damaged: it lacks the seed or the method of Q."
        )
    return Run(folder, Config(**read_config(folder / "config.toml")), manifest)


def run(
    config: Config,
    seed: int | np.random.SeedSequence | None = None,
    out: str | Path | None = None,
    *,
    progress: bool | None = None,
) -> Run:
    """Evolve and record everything in a run folder (default ``runs/<task>-<pressures>-seed<seed>``).

    Without a seed one is drawn and recorded. ``progress`` None shows a bar on a terminal only. Raises
    `EvomodError` if the folder holds anything already or the disk is full, `Interrupted` (after a
    checkpoint) on Ctrl-C or SIGTERM.
    """
    folder, setup, sequence = _begin(config, seed, out)
    with reports_disk_errors(folder), _locked_log(folder) as log:
        return _continue(folder, log, setup, sequence, None, progress)


def begin(config: Config, seed: int, out: str | Path) -> Path:
    """Write the folder of a run that has not started; `resume` evolves it, in any process.

    Raises `EvomodError` if the folder holds anything already or the disk is full.
    """
    return _begin(config, seed, out)[0]


def _begin(
    config: Config, seed: int | np.random.SeedSequence | None, out: str | Path | None
) -> tuple[Path, Setup, np.random.SeedSequence]:
    """Write all that a run starts from."""
    setup = prepare(config)
    genomes = first_genomes(setup.config, setup.module, setup.encoding)
    if (isinstance(seed, int) and seed < 0) or not isinstance(seed, int | np.random.SeedSequence | None):
        raise EvomodError(f"a seed is a whole number from 0, or a numpy SeedSequence; got {seed!r}.")
    if seed is None:
        seed = int(np.random.default_rng().integers(2**31))  # short enough to be typed again
    sequence = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    folder = Path(out) if out is not None else Path("runs") / default_name(setup, sequence)
    with reports_disk_errors(folder):
        _claim(folder)
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / "config.toml", dump_config(setup.config).encode())
        assert setup.task.path is not None
        write_whole(folder / "task.py", setup.task.path.read_bytes())
        if genomes is not None:
            write_whole(folder / "start.npz", _arrays(genomes=genomes))
        write_json(folder / "manifest.json", _manifest(setup, sequence))
    return folder, setup, sequence


def resume(
    folder: str | Path,
    settings: Sequence[str] = (),
    *,
    progress: bool | None = None,
    watch: Callable[[int], bool] | None = None,
) -> Run:
    """Go on where a run stopped; ``settings`` may extend ``evolution.generations``.

    The result is the same as without the interruption, byte for byte. A run without a checkpoint starts
    again from its seed. ``watch`` is called every 0.2 s with the generation reached; where it returns
    True, the run stops as it does on Ctrl-C. Raises `EvomodError` for a damaged or foreign checkpoint, or a setting that would
    make it another run.
    """
    found = load_run(folder)
    folder = found.folder
    config = Config(**apply_settings(read_config(folder / "config.toml"), settings))
    changed = [s for s in settings if s.partition("=")[0].strip() not in MAY_CHANGE]
    if changed:
        raise EvomodError(
            f"--set {changed[0]} would make {folder} another run; on --resume only "
            f"{' and '.join(MAY_CHANGE)} can be set. Start a new run with --out instead."
        )
    setup = prepare(config, read_task(folder / "task.py"))
    state = _read_checkpoint(folder, setup, found.manifest)
    reached = -1 if state is None else state.start.number
    if reached > config.evolution.generations and config.evolution.stop != "never":
        raise EvomodError(
            f"{folder} has already reached generation {reached}; evolution.generations cannot be "
            f"{config.evolution.generations}."
        )
    is_longer = config.evolution.generations > found.config.evolution.generations
    if found.is_complete and not is_longer and (folder / "best.json").exists():
        return found
    _check_tables(folder, state)
    has_begun = (folder / "log.csv").exists()
    with reports_disk_errors(folder), _locked_log(folder) as log:
        (folder / "complete").unlink(missing_ok=True)
        write_whole(folder / "config.toml", dump_config(setup.config).encode())
        manifest = found.manifest | {"end": None}
        if has_begun:
            resumed = {"generation": max(reached, 0), "time": now(), "versions": versions()}
            manifest["resumed"] = [*found.manifest.get("resumed", []), resumed]
        else:  # only begun, perhaps by another machine
            manifest |= _here()
        write_json(folder / "manifest.json", manifest)
        return _continue(folder, log, setup, _sequence(found.manifest), state, progress, watch)


@dataclass(frozen=True, slots=True)
class State:
    """What a checkpoint holds."""

    start: Generation
    rng_state: dict[str, Any]
    sizes: tuple[int, int]
    """Bytes of log.csv and of population.csv."""


def default_name(setup: Setup, sequence: np.random.SeedSequence) -> str:
    """Name of a run's folder when the user gives none."""
    present = setup.config.pressures.model_dump(by_alias=True, exclude_none=True)
    first = next(iter(setup.task.goals))
    goal = [] if setup.config.task.goal in (None, first) else [setup.config.task.goal]
    kind = [] if setup.config.schedule.kind == "fixed" else [setup.config.schedule.kind]
    parts = (setup.task.name, *map(str, goal), *kind, *present)
    return "-".join((*parts, f"seed{sequence.entropy}")).replace(":", "-")


def _claim(folder: Path) -> None:
    if (folder / "manifest.json").exists():
        raise EvomodError(
            f"{folder} already holds a run. Go on with `evomod evolve --resume {folder}`, or give "
            "another folder with --out."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise EvomodError(f"{folder} exists and is not empty; give another folder with --out.")


def _continue(
    folder: Path,
    log: IO[bytes],
    setup: Setup,
    sequence: np.random.SeedSequence,
    state: State | None,
    progress: bool | None,
    watch: Callable[[int], bool] | None = None,
) -> Run:
    rng = np.random.default_rng(sequence)
    if state is not None:
        rng.bit_generator.state = state.rng_state
    with noted_signals() as caught:
        _record(folder, log, setup, rng, state, caught, _shows(progress), watch)
        if caught:
            raise Interrupted(
                f"stopped; the state is saved. Go on with `evomod evolve --resume {folder}`.", caught[0]
            )
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        write_json(folder / "manifest.json", manifest | {"end": now()})
        write_whole(folder / "complete", b"")
    return load_run(folder)


def _record(
    folder: Path,
    log: IO[bytes],
    setup: Setup,
    rng: np.random.Generator,
    state: State | None,
    caught: list[int],
    shows: bool,
    watch: Callable[[int], bool] | None,
) -> None:
    """Evolve, append a row a generation, save a checkpoint now and then and at the end.

    Stops after a checkpoint where ``caught`` holds the number of a signal, or ``watch`` says so.
    """
    start, *known = (None, None, None) if state is None else (state.start, *state.sizes)
    last, every = setup.config.evolution.generations, setup.config.tracking.population_every
    total = None if setup.config.evolution.stop == "never" else last
    tracker, first = Tracker(setup), start or _start(folder)
    _cut(log, known[0], columns(setup))
    with (
        open(folder / "population.csv", "ab") as table,
        tqdm(
            total=total, initial=0 if start is None else start.number, disable=not shows, unit="gen"
        ) as bar,
    ):
        _cut(table, known[1], POPULATION_COLUMNS)
        generation, saved, flushed = start, time.monotonic(), 0.0
        for generation in evolve(setup.config, rng, setup=setup, start=first):
            row = tracker.row(generation)
            log.write(csv_line(row))
            if every and generation.number % every == 0:
                table.write(b"".join(map(csv_line, population_rows(generation))))
            moment = time.monotonic()
            if moment - flushed > FLUSH_SECONDS:
                log.flush()
                bar.set_postfix(fitness=f"{row[2]:.4f}", Q=f"{row[4]:.3f}", refresh=False)
                bar.update(generation.number - bar.n)
                if watch is not None and watch(generation.number):
                    caught.append(signal.SIGINT)
                flushed = moment
            if moment - saved > setup.config.tracking.checkpoint_seconds or caught:
                _checkpoint(folder, setup, generation, rng, log, table)
                saved = time.monotonic()
            if caught:
                return
        assert generation is not None
        _checkpoint(folder, setup, generation, rng, log, table)
        bar.update(generation.number - bar.n)


def _start(folder: Path) -> NDArray[Any] | None:
    """The first genomes of a run that does not begin at random, as they were when it was made."""
    path = folder / "start.npz"
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as data:
            genomes: NDArray[Any] = data["genomes"]
            return genomes
    except DAMAGE as error:
        raise EvomodError(f"{path} is damaged ({error}); start a new run.") from None


def _arrays(**arrays: NDArray[Any]) -> bytes:
    """Arrays as the bytes of an .npz file."""
    buffer = BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def _checkpoint(
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
    content = _arrays(
        run=np.array(_identity(setup)),
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
        fitness[generation.goal] = row[
            "best_fitness"
        ]  # a goal of the schedule that the task does not name
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


def _identity(setup: Setup) -> str:
    """A fingerprint of what must not change between checkpoint and resume."""
    data = setup.config.model_dump(mode="json", by_alias=True)
    data["evolution"].pop("generations")
    data["tracking"].pop("checkpoint_seconds")
    if not data["tracking"]["hierarchy"]:  # came later: checkpoints that do not know it stay good
        data["tracking"].pop("hierarchy")
    _drop_unknown_to_first(data["pressures"])
    tables = {name: table.tolist() for name, table in setup.task.tables.items()}
    text = json.dumps([data, tables], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


FIRST_PRESSURES = ("connection-cost", "behavioural-diversity")
"""Those that every checkpoint knows."""


def _drop_unknown_to_first(pressures: dict[str, Any]) -> None:
    """Likewise the pressures that came later, where they do not act."""
    for name in [*pressures]:
        if name not in FIRST_PRESSURES and pressures[name] is None:
            pressures.pop(name)
    if pressures["connection-cost"] is not None and pressures["connection-cost"]["penalty"] is None:
        pressures["connection-cost"].pop("penalty")


def _sequence(manifest: dict[str, Any]) -> np.random.SeedSequence:
    seed = manifest["seed"]
    return np.random.SeedSequence(seed["entropy"], spawn_key=tuple(seed["spawn_key"]))


def _read_checkpoint(folder: Path, setup: Setup, manifest: dict[str, Any]) -> State | None:
    path = folder / "checkpoint.npz"
    if not path.exists():
        return None
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as data:
            fields = {name: data[name] for name in data.files}
        if str(fields["run"]) != _identity(setup):
            raise EvomodError(
                f"{path} belongs to another run: config.toml or task.py in {folder} are not those it was "
                "written with. Put them back, or start a new run with --out."
            )
        _check_arrays(setup, fields)
        since_switch, solved_goals = json.loads(str(fields["schedule"]))
        rng = np.random.default_rng(_sequence(manifest))
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


def _check_tables(folder: Path, state: State | None) -> None:
    """Refuse, before anything is changed, tables that are shorter than the checkpoint knows them."""
    for name, size in zip(("log.csv", "population.csv"), state.sizes if state else (0, 0), strict=True):
        path = folder / name
        if state and (not path.exists() or path.stat().st_size < size):
            raise EvomodError(
                f"{path} is shorter than when the checkpoint was written; put it back, or delete "
                "checkpoint.npz to start again from the seed."
            )


@contextmanager
def _locked_log(folder: Path) -> Iterator[IO[bytes]]:
    """The run's log, open for appending; nobody else changes the run meanwhile."""
    with open(folder / "log.csv", "ab") as file:
        lock(file)
        yield file


def _cut(file: IO[bytes], n_bytes: int | None, header: tuple[str, ...]) -> None:
    """Cut a table after the rows that the checkpoint knows, or begin it."""
    file.truncate(n_bytes or 0)
    file.seek(0, os.SEEK_END)
    if n_bytes is None:
        file.write(",".join(header).encode() + b"\n")


def lock(file: IO[bytes]) -> None:
    """Keep other processes out of this run until the file is closed, or this process dies."""
    if sys.platform == "win32":
        return
    import fcntl

    for _ in range(10):  # `evomod status` holds it for an instant
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(0.05)
    raise EvomodError(
        f"another process is writing {file.name}; wait for it, or start another run with --out."
    )


@contextmanager
def noted_signals() -> Iterator[list[int]]:
    """Collect Ctrl-C and SIGTERM instead of dying of them; a second Ctrl-C works as usual."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return

    def note(number: int, frame: Any) -> None:
        caught.append(number)
        signal.signal(signal.SIGINT, before[0])

    before = [signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])


@contextmanager
def reports_disk_errors(folder: Path) -> Iterator[None]:
    """What the system says of a folder that cannot be written becomes one sentence."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        reason = "the disk is full" if full else f"{error.strerror or error}"
        advice = "Give another folder with --out."
        try:
            if (folder / "checkpoint.npz").exists():
                advice = f"The last checkpoint is safe: go on with `evomod evolve --resume {folder}`."
            elif full:
                advice = "Make room and start again."
        except OSError:
            pass
        raise EvomodError(f"cannot write to {folder}: {reason}. {advice}") from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(path.name + ".part")
    try:
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write JSON whole or not at all."""
    write_whole(path, (json.dumps(data, indent=2) + "\n").encode())


def _shows(progress: bool | None) -> bool:
    return sys.stderr.isatty() if progress is None else progress


def now() -> str:
    """Time of day, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """Of Python and the packages that decide a result."""
    found = {"python": platform.python_version()}
    for package in ("evomod", "numpy", "numba", "deap"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


@cache  # 12 ms, and a study asks once a replicate
def commit() -> str | None:
    """The commit of a source checkout of evomod, if it runs from one."""
    ask = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None


def _digest(start: str) -> str | None:
    """Fingerprint of the file that a run starts from."""
    path = Path(start) / "checkpoint.npz" if Path(start).is_dir() else Path(start)
    return None if start == "random" else hashlib.sha256(path.read_bytes()).hexdigest()


def kernel_of(setup: Setup) -> str:
    """Name of the arithmetic that answers: "sign" or "tanh" of layered networks, else the encoding's."""
    encoding = setup.encoding
    if isinstance(encoding, Layered):
        return "sign" if encoding.uses_sign else "tanh"
    return setup.config.network.encoding


def _manifest(setup: Setup, sequence: np.random.SeedSequence) -> dict[str, Any]:
    assert setup.task.path is not None
    return {
        "format": FORMAT,
        "seed": {"entropy": sequence.entropy, "spawn_key": list(sequence.spawn_key)},
        "start_sha256": _digest(setup.config.evolution.start),
        "task_sha256": hashlib.sha256(setup.task.path.read_bytes()).hexdigest(),
        "q_method": setup.config.tracking.q_method,
        "kernel": kernel_of(setup),
        "argv": sys.argv,
        **_here(),
        "end": None,
    }


def _here() -> dict[str, Any]:
    """Where and when a run starts."""
    return {
        "versions": versions(),
        "commit": commit(),
        "host": {
            "system": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
            "cores": os.cpu_count(),
        },
        "start": now(),
    }
