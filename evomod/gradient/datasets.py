"""What networks are trained on: Fashion-MNIST, digits, polynomials, or any task of evomod."""

from __future__ import annotations

import itertools
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evomod.encodings.wiring import chosen_layers
from evomod.errors import EvomodError
from evomod.files.readers import DamageError, read_bytes, unpacked
from evomod.task import Task, all_patterns, find_tasks, goal_table, load_task

DATA_SETS = ("digits", "fashion-mnist", "polynomials")
PACKAGED = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package dataset-fashion-mnist puts its files."""
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
HIDDEN = (256, 256, 256, 256)  # Filan et al. 2021
MODULES = 12  # k of their n-cut
N_POLYNOMIAL = (60_000, 10_000)  # points to train and to test on, their code
POLYNOMIAL_SEED = 42  # the same points for every network, as theirs
N_DIGITS_TRAIN = 1437  # of 1,797, so that a fifth is left to test on


@dataclass(frozen=True, slots=True)
class DataSet:
    """Inputs and what they stand for."""

    name: str
    kind: str
    """"classes": the number of a class; "numbers": numbers to come close to; "answers": 1 yes and -1 no."""
    inputs: NDArray[np.floating]
    """``[pattern, input]`` to train on: float32, of a task float64."""
    targets: NDArray[np.int64] | NDArray[np.floating]
    """``[pattern]`` the class, else ``[pattern, output]``."""
    test_inputs: NDArray[np.floating]
    test_targets: NDArray[np.int64] | NDArray[np.floating]
    n_outputs: int
    source: str
    """Where it came from."""
    hidden: tuple[int, ...] = HIDDEN
    """Neurons a hidden layer if the config does not say."""
    modules: int = MODULES
    goal: str | None = None

    @property
    def n_inputs(self) -> int:
        return int(self.inputs.shape[1])


def load_dataset(name: str, goal: str | None = None, folder: str | Path | None = None) -> DataSet:
    """A data set, or a task, by name.

    ``goal`` is one of a task's (None: its first); ``folder`` is where the files of Fashion-MNIST are.
    Raises `EvomodError` for a name that is not known, a goal of a data set that has none, or data that
    cannot be found or read.

    >>> load_dataset("digits").inputs.shape, load_dataset("retina").inputs.shape
    ((1437, 64), (256, 8))
    """
    check_known(name, folder)
    if name not in DATA_SETS:
        return task_data(load_task(name), goal)
    if goal is not None:
        raise EvomodError(f"{name} has no goals; --goal belongs to tasks.")
    if name == "fashion-mnist":
        return fashion_mnist(folder)
    return digits() if name == "digits" else polynomials()


def check_known(name: str, folder: str | Path | None = None) -> None:
    """Raises `EvomodError` for a name that is neither a data set's nor a task's, and a folder it has no use for."""
    if name not in DATA_SETS and not name.endswith(".py") and name not in find_tasks()[0]:
        tasks = ", ".join(find_tasks()[0])
        raise EvomodError(
            f"there is no data set '{name}'; known: {', '.join(DATA_SETS)}, and the tasks {tasks}."
        )
    if folder is not None and name != "fashion-mnist":
        raise EvomodError(f"{name} needs no files; --data belongs to fashion-mnist.")


def task_data(task: Task, goal: str | None = None) -> DataSet:
    """All patterns of a task as inputs -1 and 1, and the answers of a goal as -1 and 1; float64.

    Raises `EvomodError` if the task has no such goal.
    """
    goal = next(iter(task.goals)) if goal is None else goal
    table = goal_table(task, goal)
    if goal in task.counted:
        raise EvomodError(
            f"goal '{goal}' of task '{task.name}' leaves outputs open; training requires one that asks for all of them."
        )
    inputs = np.where(all_patterns(len(task.inputs)), 1.0, -1.0)
    targets = answers_of(table)
    return DataSet(
        task.name,
        "answers",
        inputs,
        targets,
        inputs,
        targets,
        n_outputs=task.n_outputs,
        source=str(task.path),
        hidden=chosen_layers(None, task)[1:-1],
        modules=1
        + max(2, len(task.subgoals)),  # one where they meet, or a cut between two layers is the best
        goal=goal,
    )


def answers_of(table: NDArray[np.bool_]) -> NDArray[np.float64]:
    """A truth table ``[output, pattern]`` as answers ``[pattern, output]``, 1 yes and -1 no."""
    return np.ascontiguousarray(np.where(table, 1.0, -1.0).T)


def digits() -> DataSet:
    """8 x 8 handwritten digits that come with scikit-learn: 1,437 to train on, the last 360 to test on.

    Raises `EvomodError` where scikit-learn is missing.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise EvomodError(
            'digits come with scikit-learn, which is not installed: pip install "evomod[gradient]".'
        ) from None
    inputs, labels = load_digits(return_X_y=True)
    inputs, labels = (inputs / 16.0).astype(np.float32), labels.astype(np.int64)
    cut = N_DIGITS_TRAIN
    parts = inputs[:cut], labels[:cut], inputs[cut:], labels[cut:]
    return DataSet("digits", "classes", *parts, n_outputs=10, source="scikit-learn")


def polynomials() -> DataSet:
    """Two normal inputs x and y; 512 outputs, all sums of terms x^i y^j with i, j in 0, 1, 2 (Filan et al. 2021)."""
    rng = np.random.default_rng(POLYNOMIAL_SEED)
    inputs, test_inputs = (rng.standard_normal((number, 2)) for number in N_POLYNOMIAL)
    return DataSet(
        "polynomials",
        "numbers",
        inputs.astype(np.float32),
        values_of_polynomials(inputs).astype(np.float32),
        test_inputs.astype(np.float32),
        values_of_polynomials(test_inputs).astype(np.float32),
        n_outputs=512,
        source="drawn",
    )


def values_of_polynomials(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """``[point, polynomial]`` at ``points[point, (x, y)]``; polynomial p has term t where bit 8 - t of p is 1.

    Terms in the order 1, y, y^2, x, x y, x y^2, x^2, x^2 y, x^2 y^2.

    >>> values_of_polynomials(np.array([[2.0, 3.0]]))[0, [0, 1, 256, 257, 511]].tolist()
    [0.0, 36.0, 1.0, 37.0, 91.0]
    """
    terms = np.stack([points[:, 0] ** i * points[:, 1] ** j for i in range(3) for j in range(3)], axis=1)
    present = np.array(list(itertools.product((0.0, 1.0), repeat=9)))
    return terms @ present.T


def fashion_mnist(folder: str | Path | None = None) -> DataSet:
    """60,000 pictures of clothes to train on, 10,000 to test on, 28 x 28 pixels from 0 to 1.

    Read from the four IDX files (.gz or not) in ``folder``; without one in the first of `fashion_places`
    that has them, else downloaded by scikit-learn. Raises `EvomodError` if there are none, or a file is
    damaged.
    """
    places = fashion_places() if folder is None else [Path(folder)]
    found = next((place for place in places if not _lacking(place)), None)
    if found is None:
        return _downloaded(places) if folder is None else _nothing(places, "")
    files = {name: path for name, path in _paths(found).items() if path}
    train, test = _read_split(files, "train"), _read_split(files, "test")
    return DataSet("fashion-mnist", "classes", *train, *test, n_outputs=10, source=str(found))


def fashion_places() -> list[Path]:
    """Folders in which the files of Fashion-MNIST are looked for."""
    listed = os.environ.get("EVOMOD_DATA")
    own = [Path(listed), Path(listed) / "fashion-mnist"] if listed else []
    return [*own, Path("data") / "fashion-mnist", PACKAGED]


def _paths(folder: Path) -> dict[str, Path | None]:
    """The four files by name, None for one that is missing."""
    names = [name for pair in FILES.values() for name in pair]
    return {
        name: next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)
        for name in names
    }


def _lacking(folder: Path) -> list[str]:
    """Names of those of the four files that are missing."""
    return [name for name, path in _paths(folder).items() if path is None]


def _read_split(files: dict[str, Path], split: str) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
    images, labels = (read_idx(files[name]) for name in FILES[split])
    path, other = (files[name] for name in FILES[split])
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        raise EvomodError(f"{path} holds an array of shape {images.shape}; wanted pictures of 28 x 28.")
    if len(images) == 0:
        raise EvomodError(f"{path} holds no pictures. Fetch it again.")
    if labels.shape != images.shape[:1]:
        raise EvomodError(f"{other} holds {labels.size} labels; {path} holds {len(images)} pictures.")
    if labels.max(initial=0) > 9:
        raise EvomodError(f"{other} is damaged: a label is {labels.max()}; the classes are 0 to 9.")
    return _pixels(images), labels.astype(np.int64)


def _pixels(images: NDArray[np.uint8]) -> NDArray[np.floating]:
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255.0)


MOST_AXES = 8
"""Of an IDX file; pictures have three."""


def read_idx(path: str | Path) -> NDArray[np.uint8]:
    """The array of bytes in an IDX file, compressed by gzip or not.

    The format: two bytes 0, one for the type (8: unsigned bytes), one for the number of axes, four for the
    length of each axis (the most significant first), the bytes. Raises `EvomodError` for anything else.
    """
    path = Path(path)
    try:
        content = read_bytes(path)
        if content[:2] == b"\x1f\x8b":
            content = unpacked(content)
    except (OSError, DamageError) as error:
        raise EvomodError(f"{path} cannot be read: {error}. Fetch it again.") from None
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise EvomodError(f"{path} is no IDX file of unsigned bytes: it begins with {content[:4]!r}.")
    n_axes = content[3]
    start = 4 + 4 * n_axes
    shape = tuple(np.frombuffer(content[4 : min(start, len(content) // 4 * 4)], ">u4").tolist())
    if n_axes > MOST_AXES:
        raise EvomodError(f"{path} is damaged: it has {n_axes} axes. Fetch it again.")
    if len(shape) < n_axes or n_axes == 0 or len(content) - start != math.prod(shape):
        raise EvomodError(
            f"{path} is damaged: it promises {' x '.join(map(str, shape)) or 'no'} bytes and holds "
            f"{max(len(content) - start, 0)}. Fetch it again."
        )
    try:
        return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
    except ValueError:  # no bytes, and other axes too long for an array
        raise EvomodError(
            f"{path} is damaged: it promises {' x '.join(map(str, shape))} bytes. Fetch it again."
        ) from None


def _downloaded(places: list[Path]) -> DataSet:
    """Fashion-MNIST from openml.org; scikit-learn keeps a copy."""
    try:
        from sklearn.datasets import fetch_openml
    except ImportError:
        return _nothing(places, "; scikit-learn, which could fetch them, is not installed")
    print("evomod: no files of Fashion-MNIST here; asking openml.org …", file=sys.stderr)
    try:
        images, labels = fetch_openml(
            "Fashion-MNIST", version=1, return_X_y=True, as_frame=False, parser="liac-arff"
        )
    except (OSError, ValueError) as error:
        return _nothing(places, f"; openml.org cannot be asked ({error})")
    if images.shape != (70_000, 784):
        raise EvomodError(f"openml.org sent an array of shape {images.shape}; wanted 70,000 x 784.")
    inputs, numbers = _pixels(images.astype(np.uint8)), labels.astype(np.int64)
    parts = inputs[:60_000], numbers[:60_000], inputs[60_000:], numbers[60_000:]
    return DataSet("fashion-mnist", "classes", *parts, n_outputs=10, source="openml.org")


def _nothing(places: list[Path], reason: str) -> DataSet:
    looked = ", ".join(map(str, places))
    lacking = {place: _lacking(place) for place in places}
    partly = [
        f"; {place} lacks {', '.join(names)}" for place, names in lacking.items() if len(names) < 4
    ]
    raise EvomodError(
        f"the four files of Fashion-MNIST were not found; looked in {looked}{''.join(partly)}{reason}. Get them from "
        "github.com/zalandoresearch/fashion-mnist or Debian's dataset-fashion-mnist, and name their folder "
        "with --data or EVOMOD_DATA."
    )
