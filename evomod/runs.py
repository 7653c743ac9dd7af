"""A run and its folder: begin, evolve, record, stop and resume."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from evomod.checkpoints import State, check_tables, read_checkpoint, save_checkpoint, sequence_of
from evomod.config import (
    Config,
    ConfigLike,
    apply_settings,
    as_config,
    beside,
    dump_config,
    read_config,
    users_files,
    users_origins,
)
from evomod.disk import lock, npz, reports_disk_errors, write_json, write_whole
from evomod.encodings import Layered
from evomod.errors import EvomodError, Interrupted
from evomod.evolution import Generation, evolve
from evomod.network import Network, load_network
from evomod.operators import logbook
from evomod.plugins import Fault, called
from evomod.preparation import Setup, prepare
from evomod.provenance import check_version, here, now, versions
from evomod.replaced import check_operators, replaced_operators
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
    return Run(folder, _config_in(folder / "config.toml"), manifest)


def _config_in(path: Path) -> Config:
    """The config of a run; the replicates of a treatment, whose texts are the same, share one."""
    try:
        return beside(_config_of(path.read_bytes()), path.parent)
    except (OSError, ValueError):
        return Config(**read_config(path))  # which says what is wrong


@lru_cache(maxsize=256)
def _config_of(text: bytes) -> Config:
    return Config(**tomllib.loads(text.decode("utf-8-sig")))


def run(
    config: ConfigLike,
    seed: int | np.random.SeedSequence | None = None,
    out: str | Path | None = None,
    *,
    setup: Setup | None = None,
    on_generation: Callable[[Generation], bool | None] | None = None,
    progress: bool | None = None,
) -> Run:
    """Evolve and record everything in a run folder (default ``runs/<task>-<pressures>-seed<seed>``).

    Parameters
    ----------
    config
        A config, a task's name or file, a TOML's path, or a config's data.
    seed
        Without one, one is drawn and recorded.
    setup
        Of `prepare` for this config, with operators replaced in its toolbox. They are recorded in the manifest by
        import path or source; `resume` wants the same.
    on_generation
        Called with every `Generation` after its row is written. Where it returns True the run ends as by a stop
        rule, and the manifest says so (``stopped``). Where it raises, the state is saved first.
    progress
        None shows a bar on a terminal only.

    Raises
    ------
    EvomodError
        If the folder holds anything already, the disk is full, or a user's function fails.
    Interrupted
        After a checkpoint, on Ctrl-C or SIGTERM.
    """
    first = beginning(config, setup)
    folder, sequence = _begin(first, seed, out)
    with reports_disk_errors(folder), _locked_log(folder) as log:
        return _continue(folder, log, first.setup, sequence, None, Hooks(progress, None, on_generation))


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a caller sees of a run while it evolves."""

    progress: bool | None = None
    watch: Callable[[int], bool] | None = None
    on_generation: Callable[[Generation], bool | None] | None = None

    def stops_at(self, generation: Generation) -> dict[str, Any]:
        """What the manifest says where the user's callback ends the run. Raises `Fault` where it fails."""
        if self.on_generation is None:
            return {}
        function, number = self.on_generation, generation.number
        name = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', type(function).__name__)}"
        what = f"on_generation ({name}) at generation {number}"
        try:
            answer = called(what, None, function, generation)
        except Fault as fault:
            raise Fault(f"{fault} The state is saved: the run can be resumed.") from fault.__cause__
        if answer is not None and not isinstance(answer, bool | np.bool_):
            raise Fault(
                f"{what} returned {answer!r}; expected True to end the run, else False or None. The state is saved."
            )
        return {"stopped": {"by": f"on_generation {name}", "generation": number}} if answer else {}


@dataclass(frozen=True, slots=True)
class Beginning:
    """What runs of one config begin with, whatever their seeds; made once for the replicates of a treatment."""

    setup: Setup
    files: dict[str, bytes]
    """Config, task and, of runs that do not begin at random, the first genomes, by name."""
    facts: dict[str, Any]
    """What the manifest says of them."""


def beginning(config: ConfigLike, setup: Setup | None = None) -> Beginning:
    """What runs of a config begin with. Raises `EvomodError` where config, task and start do not fit."""
    config = as_config(config)
    if (
        setup is not None
        and config != setup.config
        and prepare(config, setup.task).config != setup.config
    ):
        raise EvomodError("run got a setup that was prepared from another config; pass setup.config.")
    setup = setup or prepare(config)
    operators = replaced_operators(setup)
    genomes = first_genomes(setup.config, setup.module, setup.encoding)
    assert setup.task.path is not None
    task = setup.task.path.read_bytes()
    start = {} if genomes is None else {"start.npz": npz(genomes=genomes)}
    return Beginning(
        setup=setup,
        files={"config.toml": dump_config(setup.config).encode(), "task.py": task}
        | start
        | users_files(setup.config),
        facts={
            "start_sha256": _digest(setup.config.evolution.start),
            "task_sha256": hashlib.sha256(task).hexdigest(),
            "q_method": setup.config.tracking.q_method,
            "kernel": kernel_of(setup),
        }
        | ({"files": origins} if (origins := users_origins(setup.config)) else {})
        | ({"operators": operators} if operators else {}),
    )


def begin(config: Config | Beginning, seed: int, out: str | Path) -> Path:
    """Write the folder of a run that has not started; `resume` evolves it, in any process.

    Raises `EvomodError` if the folder holds anything already or the disk is full.
    """
    return _begin(config if isinstance(config, Beginning) else beginning(config), seed, out)[0]


def _begin(
    first: Beginning, seed: int | np.random.SeedSequence | None, out: str | Path | None
) -> tuple[Path, np.random.SeedSequence]:
    """Write all that a run starts from."""
    if (isinstance(seed, int) and seed < 0) or not isinstance(seed, int | np.random.SeedSequence | None):
        raise EvomodError(f"a seed is a whole number from 0, or a numpy SeedSequence; got {seed!r}.")
    if seed is None:
        seed = int(np.random.default_rng().integers(2**31))  # short enough to be typed again
    sequence = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    folder = Path(out) if out is not None else Path("runs") / default_name(first.setup, sequence)
    with reports_disk_errors(folder):
        _claim(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in first.files.items():
            write_whole(folder / name, content)
        write_json(folder / "manifest.json", _manifest(first, sequence))
    return folder, sequence


def resume(
    folder: str | Path,
    settings: Sequence[str] = (),
    *,
    progress: bool | None = None,
    watch: Callable[[int], bool] | None = None,
    setup: Setup | None = None,
    on_generation: Callable[[Generation], bool | None] | None = None,
) -> Run:
    """Go on where a run stopped; ``settings`` may extend ``evolution.generations``.

    The result is the same as without the interruption, byte for byte. A run without a checkpoint starts
    again from its seed. ``watch`` is called every 0.2 s with the generation reached; where it returns
    True, the run stops as it does on Ctrl-C. ``setup`` with the same replaced operators as the run began with, and
    ``on_generation``, as in `run`. Raises `EvomodError` for a damaged or foreign checkpoint, the run of
    another version, or a setting that would make it another run.
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
    is_longer = config.evolution.generations > found.config.evolution.generations
    is_done = found.is_complete and not is_longer and (folder / "best.json").exists()
    if not is_done:
        check_version(folder, found.manifest)
    check_copies(folder, found.manifest)
    setup = _with_operators(prepare(config, read_task(folder / "task.py")), setup)
    check_operators(folder, found.manifest.get("operators", {}), setup)
    state = read_checkpoint(folder, setup, found.manifest)
    reached = -1 if state is None else state.start.number
    if reached > config.evolution.generations and config.evolution.stop != "never":
        raise EvomodError(
            f"{folder} has already reached generation {reached}; evolution.generations cannot be "
            f"{config.evolution.generations}."
        )
    if is_done:
        return found
    check_tables(folder, state)
    has_begun = (folder / "log.csv").exists()
    with reports_disk_errors(folder), _locked_log(folder) as log:
        (folder / "complete").unlink(missing_ok=True)
        write_whole(folder / "config.toml", dump_config(setup.config).encode())
        manifest = {k: v for k, v in found.manifest.items() if k != "stopped"} | {"end": None}
        if has_begun:
            resumed = {"generation": max(reached, 0), "time": now(), "versions": versions()}
            manifest["resumed"] = [*found.manifest.get("resumed", []), resumed]
        else:  # only begun, perhaps by another machine
            manifest |= here()
        write_json(folder / "manifest.json", manifest)
        hooks = Hooks(progress, watch, on_generation)
        return _continue(folder, log, setup, sequence_of(found.manifest), state, hooks)


def _with_operators(ours: Setup, theirs: Setup | None) -> Setup:
    """The setup of a run with the operators that another one holds in place of evomod's."""
    if theirs is None:
        return ours
    for name, operator in theirs.stock.items():
        if getattr(theirs.toolbox, name) is not operator:
            setattr(ours.toolbox, name, getattr(theirs.toolbox, name))
    return ours


def check_copies(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse, before they are executed, copies of users' files that are not what the run began with."""
    for name, expected in manifest.get("files", {}).items():
        path = folder / name
        if not name.endswith(".py"):
            continue  # an entry point; its module is compared when it is imported
        if not path.is_file():
            raise EvomodError(
                f"{path} is missing: the copy of a file that the run began with; put it back."
            )
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != expected:
            raise EvomodError(
                f"{path} was edited after the run began: its SHA-256 is {found[:12]}…, and manifest.json has "
                f"{expected[:12]}…; put it back as it was, or start a new run with --out."
            )


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
    hooks: Hooks,
) -> Run:
    rng = np.random.default_rng(sequence)
    if state is not None:
        rng.bit_generator.state = state.rng_state
    with noted_signals() as caught:
        stopped = _record(folder, log, setup, rng, state, caught, hooks)
        if caught:
            raise Interrupted(
                f"stopped; the state is saved. Go on with `evomod evolve --resume {folder}`.", caught[0]
            )
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        write_json(folder / "manifest.json", manifest | stopped | {"end": now()})
        write_whole(folder / "complete", b"")
    return load_run(folder)


def _record(
    folder: Path,
    log: IO[bytes],
    setup: Setup,
    rng: np.random.Generator,
    state: State | None,
    caught: list[int],
    hooks: Hooks,
) -> dict[str, Any]:
    """Evolve, append a row a generation, save a checkpoint now and then and at the end.

    Stops after a checkpoint where ``caught`` holds the number of a signal, or ``hooks`` say so. Returns what the
    manifest says of an end before the config's.
    """
    start, *known = (None, None, None) if state is None else (state.start, *state.sizes)
    last, every = setup.config.evolution.generations, setup.config.tracking.population_every
    total = None if setup.config.evolution.stop == "never" else last
    tracker, first = Tracker(setup), start or _start(folder)
    _cut(log, known[0], columns(setup))
    with (
        open(folder / "population.csv", "ab") as table,
        tqdm(
            total=total,
            initial=0 if start is None else start.number,
            disable=not _shows(hooks.progress),
            unit="gen",
        ) as bar,
    ):
        _cut(table, known[1], POPULATION_COLUMNS)
        generation, saved, flushed = start, time.monotonic(), 0.0
        stopped: dict[str, Any] = {}
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
                if hooks.watch is not None and hooks.watch(generation.number):
                    caught.append(signal.SIGINT)
                flushed = moment
            try:
                stopped = hooks.stops_at(generation)
            except Fault:
                save_checkpoint(folder, setup, generation, rng, log, table)
                raise
            if moment - saved > setup.config.tracking.checkpoint_seconds or caught:
                save_checkpoint(folder, setup, generation, rng, log, table)
                saved = time.monotonic()
            if caught:
                return {}
            if stopped:
                break
        assert generation is not None
        save_checkpoint(folder, setup, generation, rng, log, table)
        bar.update(generation.number - bar.n)
    return stopped


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


def _shows(progress: bool | None) -> bool:
    return sys.stderr.isatty() if progress is None else progress


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


def _manifest(first: Beginning, sequence: np.random.SeedSequence) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "seed": {"entropy": sequence.entropy, "spawn_key": list(sequence.spawn_key)},
        **first.facts,
        "argv": sys.argv,
        **here(),
        "end": None,
    }
