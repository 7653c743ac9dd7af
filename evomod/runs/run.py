"""A run and its folder: begin, evolve, record, stop and resume."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from shlex import quote
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from evomod.config import (
    Config,
    ConfigLike,
    as_config,
    beside,
    check_stored,
    dump_config,
    stored_config,
    users_files,
    users_origins,
    users_paths,
)
from evomod.errors import EvomodError, Interrupted, shortened
from evomod.evolution.loop import Generation, evolve
from evomod.evolution.operators import logbook
from evomod.evolution.replaced import check_operators, replaced_operators
from evomod.evolution.setup import Setup, prepare
from evomod.evolution.starts import checked, first_genomes, most_bytes
from evomod.files.disk import (
    exists,
    locked_log,
    npz,
    reports_disk_errors,
    write_json,
    write_whole,
)
from evomod.files.folders import otherwise
from evomod.files.frames import to_pandas
from evomod.files.plugins import Fault, called
from evomod.files.provenance import check_version, here, now, versions
from evomod.files.readers import DamageError, parse_toml, read_arrays, read_bytes, read_json
from evomod.files.records import RunManifest, check_record
from evomod.files.tables import checked_table, csv_line, read_table
from evomod.network import Network, load_best
from evomod.runs.checkpoints import ARCHIVE, State, read_checkpoint, save_checkpoint, sequence_of
from evomod.runs.tracking import POPULATION_COLUMNS, Tracker, columns, population_rows
from evomod.task import Task
from evomod.trust import check_trust, flag, stored_task

FORMAT = "evomod run 1"
FLUSH_SECONDS = 0.2
MAY_CHANGE = ("evolution.generations", "tracking.checkpoint_seconds")


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder, read."""

    folder: Path
    config: Config
    manifest: dict[str, Any]

    def __repr__(self) -> str:
        """In one line: config and manifest fill a page."""
        task, seed = self.config.task.name, self.manifest["seed"]["entropy"]
        return f"<Run {self.folder}: {task}, seed {seed}, {'complete' if self.is_complete else 'not complete'}>"

    @property
    def log(self) -> dict[str, NDArray[Any]]:
        """Columns of ``log.csv``, one entry a generation."""
        return checked_table(read_table(self.folder / "log.csv", growing=True), ["generation"])

    def columns(self, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Some columns of ``log.csv``: 8 bytes a cell, where ``log`` of nine goals takes 430 bytes a generation.

        Raises `EvomodError` for one that the log does not have.
        """
        path, wanted = self.folder / "log.csv", dict.fromkeys(("generation", *names))
        table = read_table(path, list(wanted), growing=True, compact=True)
        found = checked_table(table, list(wanted))
        return {name: found[name] for name in names}

    @property
    def population(self) -> dict[str, NDArray[Any]]:
        """Columns of ``population.csv``: Q and cost of whole populations, every so many generations."""
        return checked_table(
            read_table(self.folder / "population.csv", growing=True), ["generation", "count"]
        )

    @property
    def archive(self) -> dict[str, NDArray[Any]]:
        """Columns of ``archive.csv``: the last archive of a method of selection that has one, such as MAP-Elites."""
        return read_table(self.folder / ARCHIVE, growing=True)

    @property
    def best(self) -> Network:
        """The logged individual of the last generation."""
        return load_best(self.folder / "best.json")

    @property
    def is_complete(self) -> bool:
        return (self.folder / "complete").exists()

    def to_pandas(self, table: str = "log") -> Any:
        """``"log"``, ``"population"`` or ``"archive"`` as a pandas DataFrame, where pandas is installed."""
        if table not in ("log", "population", "archive"):
            raise EvomodError(f"expected the table log, population or archive, got {table!r}.")
        return to_pandas(getattr(self, table))

    def logbook(self) -> Any:
        """The log as ``deap.tools.Logbook``."""
        return logbook(self.log)


def load_run(folder: str | Path) -> Run:
    """Read a run folder; nothing in it is executed.

    Parameters
    ----------
    folder
        That of a run.

    Returns
    -------
    Run
        Tables and the best network are read when they are asked for.

    Raises
    ------
    EvomodError
        If it is none, or is damaged.
    """
    folder = Path(folder)
    try:
        manifest = read_json(folder / "manifest.json")
    except (OSError, DamageError):
        raise EvomodError(_no_run(folder)) from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise EvomodError(_no_run(folder))
    try:
        check_record(RunManifest, manifest)
    except DamageError as damage:
        raise EvomodError(f"{folder / 'manifest.json'} is damaged: {damage}.") from None
    return Run(folder, _config_in(folder / "config.toml"), manifest)


def _config_in(path: Path) -> Config:
    """The config of a run; the replicates of a treatment, whose texts are the same, share one."""
    try:
        return beside(_config_of(read_bytes(path)), path.parent)
    except (OSError, ValueError, EvomodError):
        return stored_config(path)  # which says what is wrong


@lru_cache(maxsize=256)
def _config_of(content: bytes) -> Config:
    data = parse_toml(content.decode("utf-8-sig").replace("\r\n", "\n"))
    check_stored(data, "config.toml")
    return Config(**data)


def _no_run(folder: Path) -> str:
    """Why a folder is none of a run, and what to do with one whose making was cut short."""
    why = otherwise(folder, FORMAT)
    own = [path.name.removesuffix(".part") for path in folder.glob("*.py*")] if exists(folder) else []
    if exists(folder) and folder.is_dir() and not any(folder.iterdir()):
        why = "it is empty. If its making was cut short, start it again with the command that began it"
    elif not exists(folder / "manifest.json") and exists(folder) and is_half_begun(folder, own):
        why += (
            ", for its making was cut short before anything was evolved. Start it again with the command that "
            "began it"
        )
    return f"{shortened(folder)} is no run folder: {why}."


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
        A whole number from 0, or a `numpy.random.SeedSequence`. Without one, one is drawn and recorded.
    out
        The folder, which must hold nothing.
    setup
        Of `prepare` for this config, with operators replaced in its toolbox. They are recorded in the manifest by
        import path or source; `resume` requires the same.
    on_generation
        Called with every `Generation` after its row is written. Where it returns True the run ends as by a stop
        rule, and the manifest says so (``stopped``). Where it raises, the state is saved first.
    progress
        None shows a bar on a terminal only.

    Returns
    -------
    Run
        The folder, read.

    Raises
    ------
    EvomodError
        If the folder holds anything already, the disk is full, or a user's function fails.
    Interrupted
        After a checkpoint, on Ctrl-C or SIGTERM.
    """
    first, hooks = beginning(config, setup), Hooks(progress, None, on_generation)
    folder, sequence = _place(first, seed, out)
    with _begun(first, folder, sequence) as log:
        try:
            return _continue(folder, log, first.setup, sequence, None, hooks, first.genomes)
        except EvomodError:
            if not exists(folder / "checkpoint.npz"):
                _unbegin(folder, log)
            raise


def _unbegin(folder: Path, log: IO[bytes]) -> None:
    """Make a run that failed before its first checkpoint one whose making was cut short, see `is_half_begun`.

    It could not be resumed with a file that was corrected, and its folder would be in the way of a new one.
    """
    (folder / "population.csv").unlink(missing_ok=True)
    log.truncate(0)
    (folder / "manifest.json").unlink()


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
    genomes: NDArray[Any] | None
    """The first ones, of runs that do not begin at random."""
    files: dict[str, bytes]
    """Config, task, first genomes and users' files, by name."""
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
    genomes = first_genomes(setup.config, setup.encoding)
    assert setup.task.path is not None
    task = setup.task.path.read_bytes()
    start = {} if genomes is None else {"start.npz": npz(genomes=genomes)}
    return Beginning(
        setup=setup,
        genomes=genomes,
        files={"config.toml": dump_config(setup.config).encode(), "task.py": task}
        | start
        | users_files(setup.config),
        facts={
            "start_sha256": _digest(setup.config.evolution.start),
            "task_sha256": hashlib.sha256(task).hexdigest(),
            "q_method": setup.config.tracking.q_method,
            "kernel": setup.encoding.kernel,
        }
        | ({"files": origins} if (origins := users_origins(setup.config)) else {})
        | ({"operators": operators} if operators else {}),
    )


def begin(config: Config | Beginning, seed: int, out: str | Path) -> Path:
    """Write the folder of a run that has not started; `resume` evolves it, in any process.

    Raises `EvomodError` if the folder holds anything already or the disk is full.
    """
    first = config if isinstance(config, Beginning) else beginning(config)
    folder, sequence = _place(first, seed, out)
    with _begun(first, folder, sequence):
        return folder


def _place(
    first: Beginning, seed: int | np.random.SeedSequence | None, out: str | Path | None
) -> tuple[Path, np.random.SeedSequence]:
    """The folder of a run and its seed, where they are left open too."""
    if seed is None:
        seed = int(np.random.default_rng().integers(2**31))  # short enough to be typed again
    sequence = checked_seed(seed)
    folder = Path(out) if out is not None else Path("runs") / default_name(first.setup, sequence)
    return folder, sequence


def checked_seed(seed: Any) -> np.random.SeedSequence:
    """The sequence of a seed. Raises `EvomodError` for what is none."""
    if isinstance(seed, np.random.SeedSequence):
        return seed
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise EvomodError(f"a seed is a whole number from 0, or a numpy SeedSequence; got {seed!r}.")
    return np.random.SeedSequence(int(seed))


@contextmanager
def _begun(first: Beginning, folder: Path, sequence: np.random.SeedSequence) -> Iterator[IO[bytes]]:
    """Write the folder of a run, with its lock held from before the first byte; yields its log.

    Of several that begin one folder the first to lock it has it, and no other has written anything into it.
    """
    with reports_disk_errors(folder):
        _claim(folder, first.files)  # before a foreign folder gets a log
        with locked_log(folder) as log:
            _claim(folder, first.files)  # another may have begun it meanwhile
            for path in folder.iterdir():  # what was left where its making was cut short
                if path.name != "log.csv":
                    path.unlink()
            for name, content in first.files.items():
                write_whole(folder / name, content)
            write_json(folder / "manifest.json", _manifest(first, sequence))
            yield log


def resume(
    folder: str | Path,
    settings: Sequence[str] = (),
    *,
    progress: bool | None = None,
    watch: Callable[[int], bool] | None = None,
    setup: Setup | None = None,
    on_generation: Callable[[Generation], bool | None] | None = None,
    trust: bool = False,
) -> Run:
    """Resume a run where it stopped; the result is the same as without the interruption, byte for byte.

    A run without a checkpoint starts again from its seed. The folder's ``task.py`` and copies of users' files are executed.

    Parameters
    ----------
    folder
        That of the run.
    settings
        ``dotted.name=value``: ``evolution.generations`` may be more, and ``tracking.checkpoint_seconds`` any.
    progress
        None shows a bar on a terminal only.
    watch
        Called every 0.2 s with the generation reached; where it returns True, the run stops as it does on Ctrl-C.
    setup
        With the same replaced operators as the run began with.
    on_generation
        As in `run`.
    trust
        Needed where the folder's Python files are none of those that evomod finds itself, or has executed.

    Returns
    -------
    Run
        The folder, read.

    Raises
    ------
    EvomodError
        For a file that is not trusted or was edited, a damaged or foreign checkpoint, the run of another version, or a
        setting that would make it another run.
    Interrupted
        After a checkpoint, on Ctrl-C or SIGTERM, or by ``watch``.
    """
    found = load_run(folder)
    changed = [s for s in settings if s.partition("=")[0].strip() not in MAY_CHANGE]
    if changed:
        raise EvomodError(
            f"--set {changed[0]} would make {folder} another run; on --resume only "
            f"{' and '.join(MAY_CHANGE)} can be set. Start a new run with --out instead."
        )
    if found.is_complete and (found.folder / "best.json").exists() and not settings:
        return found
    config = stored_config(found.folder / "config.toml", settings)
    if not _is_done(found, config):
        check_version(found.folder, found.manifest)
    check_copies(found.folder, found.manifest)
    if not trust:
        check_trust(*users_paths(config))
    task = stored_task(found.folder, trust=trust)
    if not exists(found.folder / "log.csv"):
        _resumption(found, task, settings, setup)  # refused before the folder gets a log
    with reports_disk_errors(found.folder), locked_log(found.folder) as log:
        found = load_run(folder)  # again: another may have gone on with it until now
        ours, state, first = _resumption(found, task, settings, setup)
        if _is_done(found, ours.config):
            return found
        _note_resumption(found, ours, state, has_begun=log.tell() > 0)
        hooks = Hooks(progress, watch, on_generation)
        return _continue(found.folder, log, ours, sequence_of(found.manifest), state, hooks, first)


def _is_done(found: Run, config: Config) -> bool:
    """Whether nothing is left to be evolved with such a config."""
    is_longer = config.evolution.generations > found.config.evolution.generations
    return found.is_complete and not is_longer and (found.folder / "best.json").exists()


def _resumption(
    found: Run, task: Task, settings: Sequence[str], theirs: Setup | None
) -> tuple[Setup, State | None, NDArray[Any] | None]:
    """What a run goes on with: its state, else its first genomes, else (None, None) its seed alone."""
    config = stored_config(found.folder / "config.toml", settings)
    setup = _with_operators(prepare(config, task), theirs)
    check_operators(found.folder, found.manifest.get("operators", {}), setup)
    state = read_checkpoint(found.folder, setup, found.manifest)
    end = setup.config.evolution
    if state is not None and state.start.number > end.generations and end.stop != "never":
        raise EvomodError(
            f"{found.folder} has already reached generation {state.start.number}; evolution.generations cannot "
            f"be {end.generations}."
        )
    return setup, state, None if state is not None else stored_start(found.folder, setup)


def _with_operators(ours: Setup, theirs: Setup | None) -> Setup:
    """The setup of a run with the operators that another one holds in place of evomod's."""
    if theirs is None:
        return ours
    for name, operator in theirs.stock.items():
        replaced = getattr(theirs.toolbox, name, None)
        if replaced is not operator:
            setattr(ours.toolbox, name, replaced)
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


def _note_resumption(found: Run, setup: Setup, state: State | None, *, has_begun: bool) -> None:
    """Keep in the folder that, and with what, the run goes on."""
    (found.folder / "complete").unlink(missing_ok=True)
    write_whole(found.folder / "config.toml", dump_config(setup.config).encode())
    manifest = {key: value for key, value in found.manifest.items() if key != "stopped"} | {"end": None}
    if has_begun:
        reached = 0 if state is None else state.start.number
        resumed = {"generation": reached, "time": now(), "versions": versions()}
        manifest["resumed"] = [*found.manifest.get("resumed", []), resumed]
    else:  # only begun, perhaps by another machine
        manifest |= here()
    write_json(found.folder / "manifest.json", manifest)


def go_on(folder: Path) -> str:
    """The command that goes on with a run."""
    copies = [
        folder / name for name in load_run(folder).manifest.get("files", {}) if name.endswith(".py")
    ]
    return f"evomod evolve --resume {quote(str(folder))}{flag(folder / 'task.py', *copies)}"


def default_name(setup: Setup, sequence: np.random.SeedSequence) -> str:
    """Name of a run's folder when the user gives none."""
    present = setup.config.pressures.model_dump(by_alias=True, exclude_none=True)
    first = next(iter(setup.task.goals))
    goal = [] if setup.config.task.goal in (None, first) else [setup.config.task.goal]
    schedule = setup.config.schedule
    kind = [schedule.kind] if schedule.changes else []
    parts = (setup.task.name, *map(str, goal), *kind, *present)
    return "-".join((*parts, f"seed{sequence.entropy}")).replace(":", "-")


BEGINNING = {"config.toml", "task.py", "start.npz", "manifest.json", "log.csv"}
"""What a run folder may hold, whole or as a ``.part``, whose making was cut short before its manifest was there.

Besides, it may hold users' files.
"""


def is_half_begun(folder: Path, files: Collection[str] = ()) -> bool:
    """Whether a folder is empty, or holds the beginning of a run, of which the empty log is made first."""
    return holds_beginning(folder, files) and (
        (folder / "log.csv").exists() or not any(folder.iterdir())
    )


def holds_beginning(folder: Path, files: Collection[str] = ()) -> bool:
    """Whether a folder holds no file but those that a run begins with, and users' ``files``."""
    return folder.is_dir() and all(
        path.name.removesuffix(".part") in {*BEGINNING, *files}
        and not path.is_dir()
        and (path.name != "log.csv" or path.stat().st_size == 0)
        for path in folder.iterdir()
    )


def _claim(folder: Path, files: Collection[str]) -> None:
    """Refuse a folder that holds a run, or anything but the beginning of one."""
    is_free = not folder.exists() or is_half_begun(
        folder, files
    )  # before the manifest: another may be at it
    if (folder / "manifest.json").exists():
        raise EvomodError(
            f"{folder} already holds a run. Go on with `evomod evolve --resume {quote(str(folder))}`, or give "
            "another folder with --out."
        )
    if not is_free:
        raise EvomodError(f"{folder} exists and is not empty; give another folder with --out.")


def _continue(
    folder: Path,
    log: IO[bytes],
    setup: Setup,
    sequence: np.random.SeedSequence,
    state: State | None,
    hooks: Hooks,
    first: NDArray[Any] | None,
) -> Run:
    """Evolve from a state, or from the ``first`` genomes, or (None) from random ones, and end the run."""
    rng = np.random.default_rng(sequence)
    if state is not None:
        rng.bit_generator.state = state.rng_state
    with noted_signals() as caught:
        stopped = _record(folder, log, setup, rng, state, caught, hooks, first)
        if caught:
            raise Interrupted(f"stopped; the state is saved. Go on with `{go_on(folder)}`.", caught[0])
        write_json(folder / "manifest.json", load_run(folder).manifest | stopped | {"end": now()})
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
    first: NDArray[Any] | None,
) -> dict[str, Any]:
    """Evolve, append one row per generation, save a checkpoint now and then and at the end.

    Stops after a checkpoint where ``caught`` holds the number of a signal, or ``hooks`` say so. Returns what the
    manifest says of an end before the config's.
    """
    start, *known = (None, None, None) if state is None else (state.start, *state.sizes)
    last, every = setup.config.evolution.generations, setup.config.tracking.population_every
    total = None if setup.config.evolution.stop == "never" else last
    tracker = Tracker(setup)
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
        for generation in evolve(
            setup.config, rng, setup=setup, start=first if start is None else start
        ):
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
            stops = bool(caught)  # once: a signal between two looks would stop it without a checkpoint
            if moment - saved > setup.config.tracking.checkpoint_seconds or stops:
                save_checkpoint(folder, setup, generation, rng, log, table)
                saved = time.monotonic()
            if stops:
                return {}
            if stopped:
                break
        assert generation is not None
        save_checkpoint(folder, setup, generation, rng, log, table)
        bar.update(generation.number - bar.n)
    return stopped


def stored_start(folder: Path, setup: Setup) -> NDArray[Any] | None:
    """The first genomes of a run that does not begin at random, as they were when it was made."""
    path = folder / "start.npz"
    if not path.exists():
        return None
    try:
        genomes = read_arrays(path, most_bytes(setup.config, setup.encoding))["genomes"]
    except (DamageError, KeyError) as error:
        raise EvomodError(f"{path} is damaged ({error}); start a new run.") from None
    return checked(setup.config, setup.encoding, genomes, str(path))


def _cut(file: IO[bytes], n_bytes: int | None, header: tuple[str, ...]) -> None:
    """Cut a table after the rows that the checkpoint knows, or begin it."""
    file.truncate(n_bytes or 0)
    file.seek(0, os.SEEK_END)
    if n_bytes is None:
        file.write(",".join(header).encode() + b"\n")


@contextmanager
def noted_signals() -> Iterator[list[int]]:
    """Collect Ctrl-C and SIGTERM instead of dying of them; a second Ctrl-C works as usual.

    A signal that is ignored, as Ctrl-C is by what a script starts in the background, stays so.
    """
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return

    def note(number: int, frame: Any) -> None:
        caught.append(number)
        if signal.SIGINT in before:
            signal.signal(signal.SIGINT, before[signal.SIGINT])

    before: dict[int, Any] = {}
    for heard in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(heard) is not signal.SIG_IGN:
            before[heard] = signal.signal(heard, note)
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _shows(progress: bool | None) -> bool:
    return sys.stderr.isatty() if progress is None else progress


def _digest(start: str) -> str | None:
    """Fingerprint of the file that a run starts from."""
    path = Path(start) / "checkpoint.npz" if Path(start).is_dir() else Path(start)
    return None if start == "random" else hashlib.sha256(path.read_bytes()).hexdigest()


def _manifest(first: Beginning, sequence: np.random.SeedSequence) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "seed": {"entropy": sequence.entropy, "spawn_key": list(sequence.spawn_key)},
        **first.facts,
        "argv": sys.argv,
        **here(),
        "end": None,
    }
