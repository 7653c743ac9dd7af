"""A training and its folder: config, provenance, one row per epoch, the weights, what was measured; adaptation."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shlex import quote
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from evomod.encodings.wiring import wire
from evomod.errors import EvomodError
from evomod.evolvability.transfers import relation
from evomod.files.disk import locked_log, npz, reports_disk_errors, write_json, write_whole
from evomod.files.provenance import commit, now, versions
from evomod.files.readers import DamageError, read_arrays, read_json
from evomod.files.records import TrainingManifest, check_record
from evomod.files.tables import csv_line, read_table
from evomod.gradient.config import TrainingConfig, dump_training, load_training, resolved
from evomod.gradient.datasets import DataSet, answers_of, check_known, load_dataset, task_data
from evomod.gradient.places import wiring_length
from evomod.gradient.training import (
    Arrays,
    Epoch,
    fixed_arithmetic,
    steps_until_right,
    stream,
    train,
    want_torch,
)
from evomod.measures import (
    SIMILARITIES,
    NCut,
    agreement,
    functional_modularity,
    graph_of_layers,
    modularity,
    n_cut,
    responses_of_layers,
)
from evomod.network import Network, network_json
from evomod.task import Task, goal_table, load_task
from evomod.trust import distrusted, is_known

FORMAT = "evomod training 1"
COLUMNS = (
    "epoch",
    "phase",
    "steps",
    "loss",
    "train_accuracy",
    "test_loss",
    "test_accuracy",
    "sparsity",
    "n_cut",
)
Q_METHOD = "clune2013"
DRAWS = 50
"""Shuffled networks beside an n-cut (Filan et al. 2021)."""
MOST_UNITS, FEW_DRAWS = 512, 20
"""Units of a layer up to which its functional modularity is measured (at 256 a null takes 0.3 s), and its nulls."""
MOST_WEIGHTS = 512 * 2**20
"""Bytes of the weights of a network."""
MOST_STEPS = 20_000
"""After which an adaptation is given up; a retina network takes some 10 s for them."""


@dataclass(frozen=True, slots=True)
class Training:
    """The folder of a training, read."""

    folder: Path
    config: TrainingConfig
    manifest: dict[str, Any]

    @property
    def seed(self) -> int:
        return int(self.manifest["seed"])

    @property
    def log(self) -> dict[str, NDArray[Any]]:
        """Columns of ``log.csv``, an entry an epoch; ``n_cut`` is NaN where it was not measured."""
        return read_table(self.folder / "log.csv", growing=True)

    @property
    def measured(self) -> dict[str, Any]:
        """The n-cut at the end beside that of shuffled weights; of a task Q too."""
        path = self.folder / "measures.json"
        try:
            found = read_json(path)
        except (OSError, DamageError) as error:
            raise EvomodError(f"{path} cannot be read: {error}.") from None
        if not isinstance(found, dict):
            raise EvomodError(f"{path} is damaged: it holds no measures by name.")
        return found

    def layers(self, name: str = "weights") -> tuple[Arrays, Arrays]:
        """Weights ``[source, target]`` and biases; of "weights-unpruned" before pruning."""
        return load_weights(self.folder / f"{name}.npz")


def load_training_run(folder: str | Path) -> Training:
    """Read the folder of a training.

    Parameters
    ----------
    folder
        That of the training.

    Returns
    -------
    Training
        Tables and networks are read when they are asked for.

    Raises
    ------
    EvomodError
        If it is none, or was not finished.
    """
    folder = Path(folder)
    try:
        manifest = read_json(folder / "manifest.json")
    except (OSError, DamageError):
        raise EvomodError(f"{folder} is no training: it has no readable manifest.json.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise EvomodError(f"{folder} was not written by `evomod train`.")
    try:
        check_record(TrainingManifest, manifest)
    except DamageError as damage:
        raise EvomodError(f"{folder / 'manifest.json'} is damaged: {damage}.") from None
    if not (folder / "complete").exists():
        raise EvomodError(f"the training in {folder} was not finished; delete it and train again.")
    return Training(folder, load_training(folder / "config.toml"), manifest)


def run_training(
    config: TrainingConfig,
    seed: int | None = None,
    out: str | Path | None = None,
    *,
    folder: str | Path | None = None,
    draws: int = DRAWS,
    progress: bool | None = None,
) -> Training:
    """Train a network into a folder (default ``runs/<data>-<pressures>-seed<seed>``), and measure it.

    The same config and seed give the same bytes of ``log.csv`` on the same machine, build of PyTorch and number of threads.

    Parameters
    ----------
    config
        Data, layers, pressures on weights, epochs.
    seed
        Without one, one is drawn and recorded.
    out
        The folder, which must hold nothing.
    folder
        Where the files of the data set are.
    draws
        Random networks behind every null model.
    progress
        None shows a bar on a terminal only.

    Returns
    -------
    Training
        The folder, read.

    Raises
    ------
    EvomodError
        For a config that cannot be, data or PyTorch that are missing, a folder that holds anything already, a full disk.
    """
    check_known(config.data, folder)  # a mistake is told before anything is to be installed
    want_torch()
    data = load_dataset(config.data, config.goal, folder)
    config = resolved(config, data)
    if seed is None:
        seed = int(np.random.default_rng().integers(2**31))  # short enough to be typed again
    place = Path(out) if out is not None else Path("runs") / default_name(config, data, seed)
    with reports_disk_errors(place):
        _claim(place)
        with locked_log(place) as log:
            _claim(place)  # another may have begun it meanwhile
            manifest = _manifest(config, data, seed)
            write_whole(place / "config.toml", dump_training(config).encode())
            write_json(place / "manifest.json", manifest)
            last = _recorded(place, log, config, data, seed, progress)
            write_json(place / "measures.json", _measures(place, config, data, last, seed, draws))
            write_json(place / "manifest.json", manifest | {"end": now()})
            write_whole(place / "complete", b"")
    return load_training_run(place)


def _claim(place: Path) -> None:
    """Refuse a folder that holds anything but the log that a training begins with."""
    if place.exists() and not (
        place.is_dir()
        and all(path.name == "log.csv" and path.stat().st_size == 0 for path in place.iterdir())
    ):
        raise EvomodError(f"{place} exists and is not empty; delete it, or give another one with --out.")


def default_name(config: TrainingConfig, data: DataSet, seed: int) -> str:
    """Name of a training's folder when the user gives none."""
    rates = ("dropout", "l1", "l2", "wiring", "clusterability", "prune")
    parts = [f"{name}{getattr(config, name):g}" for name in rates if getattr(config, name)]
    parts += ["clusterable"] if config.clusterable_init else []
    parts += ["untrained"] if config.all_epochs == 0 else ["trained"]
    goal = [data.goal.replace(":", "-")] if data.goal else []
    return "-".join((data.name, *goal, *parts, f"seed{seed}"))


def _recorded(
    place: Path, log: IO[bytes], config: TrainingConfig, data: DataSet, seed: int, progress: bool | None
) -> Epoch:
    """Train, write one row per epoch and the weights; returns the last epoch."""
    shows = sys.stderr.isatty() if progress is None else progress
    epoch = None
    with (
        fixed_arithmetic(config.threads),
        tqdm(total=config.all_epochs, disable=not shows, unit="epoch") as bar,
    ):
        log.write(",".join(COLUMNS).encode() + b"\n")
        for epoch in train(config, data, seed):
            log.write(csv_line(_row(config, epoch, seed)))
            if epoch.number % 10 == 0:
                log.flush()
            if config.prune and epoch.number == config.epochs:
                write_whole(place / "weights-unpruned.npz", _bytes(epoch))
            bar.set_postfix(loss=f"{epoch.loss:.3f}", test=f"{epoch.test_accuracy:.3f}", refresh=False)
            bar.update(epoch.number - bar.n)
    assert epoch is not None
    write_whole(place / "weights.npz", _bytes(epoch))
    return epoch


def _row(config: TrainingConfig, epoch: Epoch, seed: int) -> tuple[Any, ...]:
    every, cut = config.measure_every, float("nan")
    if every and (epoch.number % every == 0 or epoch.number == config.all_epochs):
        cut = measured_n_cut(config, epoch.weights, seed, None).n_cut
    return (
        epoch.number,
        epoch.phase,
        epoch.steps,
        epoch.loss,
        epoch.train_accuracy,
        epoch.test_loss,
        epoch.test_accuracy,
        epoch.sparsity,
        cut,
    )


def measured_n_cut(
    config: TrainingConfig, weights: Arrays, seed: int, draws: int | None = DRAWS
) -> NCut:
    """n-cut of a trained network beside ``draws`` networks with shuffled weights (None: alone)."""
    adjacency, layer = graph_of_layers(weights)
    connected = int(np.count_nonzero((adjacency != 0).any(axis=0) | (adjacency != 0).any(axis=1)))
    k, rng = max(1, min(config.modules or 3, connected)), stream(seed, "n-cut")
    if draws is None:
        return n_cut(adjacency, k, null=None, rng=rng, layer=layer)
    return n_cut(adjacency, k, draws=draws, rng=rng, layer=layer)


def functional_rows(
    weights: Arrays, biases: Arrays, data: DataSet, modules: NDArray[np.int64], seed: int, draws: int
) -> list[dict[str, Any]]:
    """Functional modularity on the test data, a row per similarity and hidden layer; ``modules[node]`` are those of the
    n-cut, with which the functional ones are compared. Empty where a layer has more than `MOST_UNITS`."""
    if max((w.shape[1] for w in weights[:-1]), default=0) > MOST_UNITS:
        return []
    answers = data.kind == "answers"
    responses = responses_of_layers(
        weights,
        biases,
        data.test_inputs,
        activation="tanh" if answers else "relu",
        bends_outputs=answers,
    )
    rows, rng = [], stream(seed, "functional")
    for found in functional_modularity(responses, draws=min(draws, FEW_DRAWS), rng=rng):
        shared = agreement(found.modules, modules[found.units], rng=rng)
        row = {name: value for name, value in asdict(found).items() if name not in ("matrix", "modules")}
        rows.append(
            row
            | {"units": found.units.size, "modules": found.n_modules}
            | {f"agreement_{name}": value for name, value in asdict(shared).items()}
        )
    return rows


def _measures(
    place: Path, config: TrainingConfig, data: DataSet, last: Epoch, seed: int, draws: int
) -> dict[str, Any]:
    """The n-cut and functional modularity; of a task its network is saved, and its Q measured as an evolved one's."""
    cut = measured_n_cut(config, last.weights, seed, draws)
    told = {name: value for name, value in asdict(cut).items() if name != "modules"}
    told["functional"] = functional_rows(last.weights, last.biases, data, cut.modules, seed, draws)
    if config.wiring:
        told["wiring_length"] = wiring_length(last.weights, last.places)
    if config.goal is None:
        return told
    about = {"task": config.data, "goal": config.goal, "fitness": {config.goal: last.train_accuracy}}
    network = network_of_layers(last.weights, last.biases, about, last.places if config.wiring else None)
    simplified = network.simplified()
    partition = modularity(simplified, Q_METHOD)
    q: dict[str, Any] = {"q_score": float(partition.q), "q_method": Q_METHOD}
    magnitudes = graph_of_layers([np.abs(w) for w in last.weights])[0]
    weighted = modularity(magnitudes, "leading-eigenvector", weight="weight")
    assert not isinstance(weighted, list)
    q["q_of_weights"] = float(weighted.q)
    q["modules"] = int(partition.modules.max(initial=-1)) + 1
    network.about.update(q)
    write_whole(place / "best.json", network_json(network).encode())
    return told | q


def network_of_layers(
    weights: Arrays, biases: Arrays, about: dict[str, Any], places: Arrays | None = None
) -> Network:
    """Matrices ``[source, target]`` of tanh neurons as a `Network` of gain 1; a weight of 0 is no connection.

    Nodes lie on a grid, or where ``places[layer][node]`` from 0 to 1 say, over the width of the widest layer.

    >>> network = network_of_layers([np.array([[0.5], [0.0]])], [np.array([0.1])], {})
    >>> network.weight.tolist(), network.bias.tolist()
    ([0.5], [0.0, 0.0, 0.1])
    """
    layers = (weights[0].shape[0], *(w.shape[1] for w in weights))
    wiring = wire(layers, None if places is None else _spread(places, max(layers)))
    weight = np.concatenate([w.T.ravel() for w in weights]).astype(np.float64)
    kept = weight != 0.0
    return Network(
        layer=wiring.layer,
        positions=wiring.positions,
        bias=np.concatenate((np.zeros(wiring.n_inputs), *biases)).astype(np.float64),
        source=wiring.source[kept],
        target=wiring.target[kept],
        weight=weight[kept],
        gain=1.0,
        about=about,
    )


def _spread(places: Arrays, width: int) -> NDArray[np.float64]:
    """``[node, axis]``: places from 0 to 1 over so many units, layers one unit apart."""
    rows = [[((x - 0.5) * width, float(y)) for x in line.tolist()] for y, line in enumerate(places)]
    return np.array([point for row in rows for point in row])


@dataclass(frozen=True, slots=True)
class StepsToAdapt:
    """How soon a trained network answers another goal."""

    goal: str
    relation: str
    """To the goal that it was trained on, see `evomod.evolvability.transfers.relation`; "random" for a truth table."""
    at_first: float
    """Share of right answers before the first step."""
    steps: int | None
    """Of gradient descent on all patterns until all are right; None: more than were allowed."""


def adapt(
    run: Training | str | Path,
    goal: str | NDArray[np.bool_],
    *,
    most_steps: int = MOST_STEPS,
) -> StepsToAdapt:
    """Train a task's network further, on another goal, until all its answers are right.

    Penalties, dropout and the learning rate are the run's; a step uses all patterns.

    Parameters
    ----------
    run
        A training or its folder.
    goal
        Of the task, or a truth table ``bool[output, pattern]`` such as `Task.random_goal` draws, of no relation.
    most_steps
        After which it is given up.

    Returns
    -------
    StepsToAdapt
        Steps, and how the goal is related to the one that was trained.

    Raises
    ------
    EvomodError
        If the run trained no task, or the task has no such goal.
    """
    run = run if isinstance(run, Training) else load_training_run(run)
    if run.config.goal is None:
        raise EvomodError(f"{run.folder} was trained on {run.config.data}, which has no other goals.")
    if type(most_steps) is not int or most_steps < 0:
        raise EvomodError(f"most_steps wants a whole number from 0; got {most_steps}.")
    if run.config.data.endswith(".py") and not is_known(Path(run.config.data)):
        raise EvomodError(distrusted(Path(run.config.data)))
    task = load_task(run.config.data)
    name = goal if isinstance(goal, str) else "random"
    data = task_data(task, name) if isinstance(goal, str) else _data_of_table(task, goal)
    related = relation(task, run.config.goal, name) if isinstance(goal, str) else "random"
    places = load_places(run.folder / "weights.npz")
    steps, at_first = steps_until_right(run.config, data, (*run.layers(), places), run.seed, most_steps)
    return StepsToAdapt(name, related, at_first, steps)


def _data_of_table(task: Task, table: NDArray[np.bool_]) -> DataSet:
    """The data of a task with a truth table in place of its goal's."""
    data = task_data(task)
    wanted = goal_table(task, next(iter(task.goals))).shape
    if table.shape != wanted or table.dtype != np.bool_:
        raise EvomodError(
            f"goal wants a name or Booleans [output, pattern] of shape {wanted}; got {table.dtype} {table.shape}."
        )
    targets = answers_of(table)
    return replace(data, targets=targets, test_targets=targets, goal="random")


def describe_training(run: Training) -> str:
    """What came out, in a few lines."""
    log, told = run.log, run.measured
    lines = [f"{run.folder}: {log['epoch'][-1]} epochs, {log['steps'][-1]} steps"]
    lines.append(f"  loss                  {log['loss'][-1]:.4f}")
    train_share, test_share = log["train_accuracy"][-1], log["test_accuracy"][-1]
    if run.config.goal is not None:
        lines.append(f"  right answers         {train_share:.4f} ({run.config.goal})")
    elif not np.isnan(train_share):
        lines.append(f"  accuracy              {test_share:.4f} on test data, {train_share:.4f} trained")
    else:
        lines.append(f"  loss on test data     {log['test_loss'][-1]:.4f}")
    lines.append(f"  weights that are 0    {log['sparsity'][-1]:.1%}")
    lines.append(
        f"  n-cut (k = {told['k']})        {told['n_cut']:.3f}; {told['draws']} shuffled "
        f"{told['null_mean']:.3f} ± {told['null_sd']:.3f}, z {told['z']:.1f}, p {told['p']:.3f}"
    )
    if told.get("note"):
        lines.append(f"    {told['note']}")
    if "wiring_length" in told:
        lines.append(
            f"  length of wiring      {told['wiring_length']:.1f}, every connection times its |w|"
        )
    lines += _functional_lines(told.get("functional", []))
    if "q_score" in told:
        lines.append(
            f"  Q ({told['q_method']})         {told['q_score']:.3f} in {told['modules']} modules, "
            f"{told['q_of_weights']:.3f} with weights"
        )
        lines.append(
            f"  more                  evomod measure {quote(str(run.folder))} --weight weight --signed"
        )
    return "\n".join(lines)


def _functional_lines(rows: list[dict[str, Any]]) -> list[str]:
    """A line per similarity, layer by layer: Q of functional clusters, its z, agreement with the modules of the n-cut."""
    lines = []
    for name in SIMILARITIES:
        parts = [
            f"{row['q']:.3f} (z {row['z']:.1f}; AMI with n-cut {row['agreement_ami']:.2f})"
            for row in rows
            if row["similarity"] == name
        ]
        lines += [f"  functional Q, {name:11}{', '.join(parts)}"] if parts else []
    return lines


def weights_file(weights: Arrays, biases: Arrays, places: Arrays) -> bytes:
    """``W1, b1, W2, b2, …`` as an .npz file, and ``x0, x1, …``, the places of inputs and of every layer."""
    arrays: dict[str, Any] = {f"W{k}": w for k, w in enumerate(weights, 1)}
    arrays |= {f"b{k}": b for k, b in enumerate(biases, 1)}
    arrays |= {f"x{k}": x for k, x in enumerate(places)}
    return npz(**arrays)


def _bytes(epoch: Epoch) -> bytes:
    return weights_file(epoch.weights, epoch.biases, epoch.places)


def load_weights(path: str | Path) -> tuple[Arrays, Arrays]:
    """Weights ``[source, target]`` and biases from a file of `evomod train`. Raises `EvomodError`."""
    return _arrays(path, "W"), _arrays(path, "b")


def load_places(path: str | Path) -> Arrays | None:
    """Places ``[node]`` of every layer from a file of `evomod train`; None where an earlier version wrote it."""
    return _arrays(path, "x") or None


def _arrays(path: str | Path, letter: str) -> Arrays:
    """Arrays of an .npz file with this letter, by number."""
    try:
        arrays = read_arrays(Path(path), MOST_WEIGHTS)
        first = 0 if letter == "x" else 1
        names = [name for name in arrays if name.startswith(letter)]
        return [arrays[f"{letter}{k}"] for k in range(first, first + len(names))]
    except FileNotFoundError:
        raise EvomodError(f"there are no weights {path}.") from None
    except (OSError, DamageError, KeyError) as error:
        raise EvomodError(f"weights {path} cannot be read: {error}.") from None


def _manifest(config: TrainingConfig, data: DataSet, seed: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "seed": seed,
        "argv": sys.argv,
        "data": {"name": data.name, "source": data.source, "train": len(data.inputs)},
        "layers": [data.n_inputs, *(config.hidden or ()), data.n_outputs],
        "threads": config.threads,
        "versions": versions_with_torch(),
        "commit": commit(),
        "start": now(),
        "end": None,
    }


def versions_with_torch() -> dict[str, str]:
    """Of Python and the packages that decide what comes out of a training."""
    return versions() | {name: _version(name) for name in ("torch", "scikit-learn", "scipy")}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
