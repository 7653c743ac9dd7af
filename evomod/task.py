"""Tasks: named inputs, subgoals as plain Boolean functions, goals as compositions of subgoals.

A task file is a Python file with one ``TASK = Task(...)``; its truth tables are derived when it is
loaded. Files are found on ``$EVOMOD_TASK_PATH``, in ``./tasks``, among those that come with evomod, and in installed
packages (entry points ``evomod.tasks``).
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import math
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError, nearest, shortened, shown
from evomod.files.disk import is_file, is_folder
from evomod.files.folders import what_to_name
from evomod.files.plugins import READING, entry_points, source_file

GROUP = "evomod.tasks"
"""Of the entry points by which installed packages bring tasks."""
WILD = '/\\,"\n\r'
"""Characters that would break a table or leave the folder of runs."""

MAX_MODULARITY, MODULARITY = "max-modularity", "modularity:"
"""Names of goals that reward Q, of any task: as much as possible, or a number that follows the colon."""

MOST_INPUTS = 16
"""2**16 patterns, 8 KiB of answers an output and individual: more is another kind of experiment."""


def rewards_modularity(goal: str) -> bool:
    """Whether a goal asks for Q and not for answers.

    >>> rewards_modularity("modularity:0.49"), rewards_modularity("left-and-right")
    (True, False)
    """
    return goal == MAX_MODULARITY or goal.startswith(MODULARITY)


@dataclass(frozen=True, slots=True)
class Attractor:
    """Fitness of states that are to be attractors: reached again from perturbed starts (Espinosa-Soto & Wagner 2010).

    An input is the first state of a node and an output its last one, so a task has as many of both, and a goal asks for
    the same state whatever the start. ``f = 1 - exp(-steepness * g)``, where g is the mean over starts of
    ``(1 - D / n) ** exponent``, D the number of the n outputs that are not right.

    Parameters
    ----------
    perturbation
        With which each node of a start differs from the goal's state: starts are all states, weighted by their probability.
        None: the n starts that differ in one node (Bernatskiy & Bongard 2015, authors' code).
    steepness, exponent
        Of the formula (authors' code).
    """

    perturbation: float | None = None
    steepness: float = 3.0
    exponent: int = 5

    def __post_init__(self) -> None:
        """Refuse numbers of which the formula makes no fitness."""
        for name, is_right, wanted in (
            (
                "perturbation",
                self.perturbation is None or _lies_between(self.perturbation, 0.0, 1.0),
                "a number between 0 and 1, or None",
            ),
            ("steepness", _lies_between(self.steepness, 0.0, math.inf), "a number above 0"),
            (
                "exponent",
                isinstance(self.exponent, int | np.integer)
                and not isinstance(self.exponent, bool)
                and self.exponent >= 1,
                "a whole number from 1",
            ),
        ):
            if not is_right:
                raise EvomodError(f"Attractor: {name} is {shown(getattr(self, name))}; wanted {wanted}.")

    def weights(self, table: NDArray[np.bool_]) -> NDArray[np.float64]:
        """``[pattern]``: what each start counts toward a goal ``table[output, pattern]``; 1 in all.

        >>> Attractor().weights(np.tile([[True], [False]], 4)).tolist()
        [0.5, 0.0, 0.0, 0.5]
        """
        n = table.shape[0]
        distances = (all_patterns(n) != table[:, 0]).sum(axis=1).tolist()
        if self.perturbation is None:
            return np.array([1.0 / n if d == 1 else 0.0 for d in distances])
        p = self.perturbation
        return np.array([p**d * (1.0 - p) ** (n - d) for d in distances])

    def worths(self, n: int) -> NDArray[np.float64]:
        """``[number]``: ``(number / n) ** exponent`` for 0 to n right outputs.

        >>> Attractor(exponent=2).worths(2).tolist()
        [0.0, 0.25, 1.0]
        """
        found = np.ones(n + 1)
        for _ in range(self.exponent):  # by products, which every machine rounds alike
            found *= np.arange(n + 1) / n
        return found


@dataclass(frozen=True, slots=True)
class Task:
    """What networks compute.

    Parameters
    ----------
    name
        As in a config.
    inputs
        Names of the inputs; pattern v gives input i the value of bit i of v.
    subgoals
        Functions of a namespace that holds one Boolean array ``[pattern]`` an input, by name.
    goals
        Functions whose parameters are names of subgoals and which return one Boolean array ``[pattern]``, or a tuple of
        them, one an output; by name. None in a tuple is an output that the goal does not reward. The first is the goal
        of a config that names none.
    layers
        Nodes a layer, inputs first, in which its paper evolves it. None: left to the config.
    encoding
        Likewise the encoding.
    description
        One line. Left out: the first line of the file's docstring.
    path
        Of its file; filled in by `load_task`.
    fitness
        What right outputs are worth. None: fitness is the fraction of right outputs.
    """

    name: str
    inputs: tuple[str, ...]
    subgoals: Mapping[str, Callable[[Any], Any]]
    goals: Mapping[str, Callable[..., Any]]
    layers: tuple[int, ...] | None = None
    encoding: str = "layered"
    description: str = ""
    path: Path | None = None
    fitness: Attractor | None = None
    tables: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict, repr=False, compare=False)
    """Truth table of each goal, ``bool[output, pattern]``, derived by `load_task` or `derive`."""
    counted: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict, repr=False, compare=False)
    """Which of them a goal rewards, ``bool[output, pattern]``, for goals that leave some open; derived too."""

    @property
    def n_outputs(self) -> int:
        return next(iter(self.tables.values())).shape[0]

    @property
    def n_patterns(self) -> int:
        return int(2 ** len(self.inputs))

    def related(self, goal: str) -> dict[str, int]:
        """The other goals that share subgoals with a goal, with how many; the most related first.

        Raises `EvomodError` if the task has no such goal.

        >>> load_task("retina").related("left-and-right")
        {'left-or-right': 2}
        """
        goal_table(self, goal)
        mine = set(inspect.signature(self.goals[goal]).parameters)
        shared = {
            name: len(mine & set(inspect.signature(function).parameters))
            for name, function in self.goals.items()
            if name != goal
        }
        most = sorted(shared, key=lambda name: -shared[name])
        return {name: shared[name] for name in most if shared[name] > 0}

    def random_goal(
        self, rng: np.random.Generator, ones: int | Sequence[int] | None = None
    ) -> NDArray[np.bool_]:
        """A truth table ``[output, pattern]`` with ``ones`` patterns of yes at random places.

        ``ones`` is a number, or one an output; None: those of the task's first goal. It is built from no
        subgoal and differs from every goal of the task where that is possible. Raises `EvomodError` for
        a number beyond the number of patterns.
        """
        first = next(iter(self.tables.values()))
        asked = first.sum(axis=1) if ones is None else np.asarray(ones)
        fits = asked.dtype.kind in "iu" and asked.shape in ((), (self.n_outputs,))
        if not fits or asked.min() < 0 or asked.max() > self.n_patterns:
            raise EvomodError(
                f"ones: wanted a whole number from 0 to {self.n_patterns}, or {self.n_outputs} of them, one an "
                f"output; got {ones}."
            )
        wanted = np.broadcast_to(asked, self.n_outputs)
        known = {table.tobytes() for table in self.tables.values()}
        for _ in range(100):  # a trivial number of ones may leave no other table
            table = np.zeros((self.n_outputs, self.n_patterns), np.bool_)
            for row, number in zip(table, wanted, strict=True):
                row[rng.permutation(self.n_patterns)[:number]] = True
            if table.tobytes() not in known:
                break
        return table


def all_patterns(n_inputs: int) -> NDArray[np.bool_]:
    """All input vectors ``bool[pattern, input]``: input i of pattern v is bit i of v.

    >>> all_patterns(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    return (np.arange(2**n_inputs)[:, None] >> np.arange(n_inputs)) & 1 == 1


def pack(table: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Booleans ``[..., pattern]`` as bits ``[..., word]``, pattern v at bit v % 64 of word v // 64.

    >>> pack(np.array([True, False, True])).tolist()
    [5]
    """
    padded = np.zeros((*table.shape[:-1], -(-table.shape[-1] // 64) * 64), np.bool_)
    padded[..., : table.shape[-1]] = table
    packed = np.ascontiguousarray(np.packbits(padded, axis=-1, bitorder="little"))
    return packed.view("<u8").astype(np.uint64)


def unpack(bits: NDArray[np.uint64], n_patterns: int) -> NDArray[np.bool_]:
    """The inverse of `pack`: Booleans ``[..., pattern]``."""
    raw = np.ascontiguousarray(bits.astype("<u8")).view(np.uint8)
    return np.unpackbits(raw, axis=-1, bitorder="little")[..., :n_patterns].astype(np.bool_)


def composition(subgoals: Sequence[str], function: Callable[..., Any]) -> Callable[..., Any]:
    """A goal over these subgoals, for goals that a task file makes in a loop.

    >>> inspect.signature(composition(("a", "b"), lambda *parts: all(parts)))
    <Signature (a, b)>
    """

    def composed(*values: Any) -> Any:
        return function(*values)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(name, kind) for name in subgoals]
    composed.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return composed


def _where(task: Task) -> str:
    return f" ({task.path})" if task.path else ""


def _call(task: Task, kind: str, name: str, function: Callable[..., Any], *given: Any) -> Any:
    """Call a function of a task file; what it raises becomes one sentence with its place."""
    try:
        return function(*given)
    except (Exception, SystemExit) as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(task.path)]
        line = f", line {frames[-1].lineno}" if frames else ""
        if isinstance(error, AttributeError) and given and isinstance(given[0], SimpleNamespace):
            what = f"there is no such input ({shortened(error)}); the task has {', '.join(task.inputs)}."
        else:
            what = (
                f"{shortened(error)}. Combine Boolean arrays with &, |, ^ and ~, not with and, or, not."
            )
        raise EvomodError(
            f"{kind} '{name}' of task '{task.name}'{_where(task)}{line} fails: {what}"
        ) from error


def _boolean(task: Task, kind: str, name: str, value: Any) -> NDArray[np.bool_]:
    """Check that a subgoal or an output of a goal is one Boolean per pattern."""
    try:
        array = np.asarray(value)
    except ValueError:  # a list of lists of several lengths
        array = np.empty(0, np.bool_)
    if array.shape != (task.n_patterns,):
        raise EvomodError(
            f"{kind} '{name}' of task '{task.name}'{_where(task)} returns an array of shape "
            f"{array.shape}; wanted one Boolean for each of the {task.n_patterns} patterns."
        )
    if array.dtype != np.bool_:
        raise EvomodError(
            f"{kind} '{name}' of task '{task.name}'{_where(task)} returns {array.dtype} values; "
            "wanted Booleans: compare (== 1, >= 3) or use &, |, ^ and ~ on Booleans."
        )
    return array


def subgoal_tables(task: Task) -> dict[str, NDArray[np.bool_]]:
    """Truth table ``bool[pattern]`` of every subgoal."""
    columns = all_patterns(len(task.inputs)).T
    inputs = SimpleNamespace(**dict(zip(task.inputs, columns, strict=True)))
    return {
        name: _boolean(task, "subgoal", name, _call(task, "subgoal", name, function, inputs))
        for name, function in task.subgoals.items()
    }


def _goal_table(
    task: Task, name: str, subgoals: dict[str, Any]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_] | None]:
    """What a goal asks of every output, and which of it counts (None: all)."""
    wanted = _parameters(task, name)
    unknown = [parameter for parameter in wanted if parameter not in subgoals]
    if unknown:
        raise EvomodError(
            f"goal '{name}' of task '{task.name}'{_where(task)} names the unknown subgoal "
            f"'{unknown[0]}'; the task has {', '.join(repr(s) for s in subgoals)}."
        )
    value = _call(task, "goal", name, task.goals[name], *(subgoals[w] for w in wanted))
    outputs = value if isinstance(value, tuple) else (value,)
    if all(output is None for output in outputs):
        raise EvomodError(
            f"goal '{name}' of task '{task.name}'{_where(task)} returns no output; wanted one Boolean array, or a "
            "tuple of them."
        )
    nothing = np.zeros(task.n_patterns, np.bool_)
    table = np.array(
        [nothing if output is None else _boolean(task, "goal", name, output) for output in outputs]
    )
    if task.fitness is not None:
        return table, _counted_starts(task, name, task.fitness, table)
    if all(output is not None for output in outputs):
        return table, None
    return table, np.array([np.full(task.n_patterns, output is not None) for output in outputs])


def _counted_starts(
    task: Task, name: str, fitness: Attractor, table: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The starts that count toward a goal. Raises `EvomodError` where the goal is no state of the inputs' nodes."""
    if table.shape[0] != len(task.inputs) or (table != table[:, :1]).any():
        raise EvomodError(
            f"goal '{name}' of task '{task.name}'{_where(task)}: fitness by an attractor requires one constant output "
            f"for each of the {len(task.inputs)} inputs; got {table.shape[0]} outputs"
            f"{' that depend on the inputs' if (table != table[:, :1]).any() else ''}."
        )
    return np.tile(fitness.weights(table) > 0.0, (table.shape[0], 1))


def _check_types(task: Task) -> None:
    """Refuse a task whose parts are not what their annotations say: a task file may hold anything."""
    parts = (
        ("name", isinstance(task.name, str), "a text"),
        ("inputs", _are_texts(task.inputs), "names, such as ('a', 'b')"),
        ("subgoals", _are_functions(task.subgoals), "a dictionary of functions by name"),
        ("goals", _are_functions(task.goals), "a dictionary of functions by name"),
        (
            "layers",
            task.layers is None or _are_sizes(task.layers),
            "numbers of nodes, such as (8, 4, 1)",
        ),
        ("encoding", isinstance(task.encoding, str), "a name such as 'layered'"),
        ("description", isinstance(task.description, str), "a text"),
        (
            "fitness",
            task.fitness is None or isinstance(task.fitness, Attractor),
            "an Attractor(...), or None",
        ),
    )
    for part, is_right, wanted in parts:
        if not is_right:
            raise EvomodError(
                f"task {shown(task.name)}{_where(task)}: {part} is {shown(getattr(task, part))}; wanted {wanted}."
            )


def _are_texts(value: Any) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(name, str) for name in value)


def _are_functions(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and callable(function) for name, function in value.items()
    )


def _lies_between(value: Any, low: float, high: float) -> bool:
    return (
        isinstance(value, int | float | np.number)
        and not isinstance(value, bool)
        and bool(low < value < high)
    )


def _are_sizes(value: Any) -> bool:
    return isinstance(value, tuple | list) and all(type(number) is int for number in value)


def _parameters(task: Task, name: str) -> list[str]:
    """Subgoals that a goal names. Raises `EvomodError` for what has no signature, such as a builtin."""
    try:
        return list(inspect.signature(task.goals[name]).parameters)
    except (TypeError, ValueError) as error:
        raise EvomodError(
            f"goal '{name}' of task '{task.name}'{_where(task)} is no function whose parameters are subgoals: {error}."
        ) from None


def derive(task: Task) -> Task:
    """Check a task and derive its truth tables.

    Raises `EvomodError` for names that are no identifiers, an unknown subgoal in a goal, a function
    that fails or returns anything but one Boolean a pattern, goals of different output counts.
    """
    _check_types(task)
    if not task.goals or not task.inputs:
        raise EvomodError(f"task '{task.name}'{_where(task)} needs at least one input and one goal.")
    if len(task.inputs) > MOST_INPUTS:
        raise EvomodError(
            f"task '{task.name}'{_where(task)} has {len(task.inputs)} inputs; all 2**inputs patterns are "
            f"answered, so at most {MOST_INPUTS} are possible."
        )
    wild = [n for n in (task.name, *task.goals) if not n or not set(n).isdisjoint(WILD) or n[0] in "-."]
    if wild:
        raise EvomodError(
            f"task '{task.name}'{_where(task)}: names of tasks and goals become names of folders and "
            f'columns; {wild[0]!r} is empty, begins with - or ., or holds one of / \\ , " or a line end.'
        )
    if "neutral" in task.goals:
        raise EvomodError(
            f"task '{task.name}'{_where(task)}: the goal 'neutral' has the name of an epoch without a goal; "
            "give it another one."
        )
    rewards_q = [name for name in task.goals if rewards_modularity(name)]
    if rewards_q:
        raise EvomodError(
            f"task '{task.name}'{_where(task)}: the goal '{rewards_q[0]}' has a name that stands for "
            "modularity itself as the goal; give it another one."
        )
    names = (*task.inputs, *task.subgoals)
    bad = [name for name in names if not name.isidentifier()]
    if bad or len(set(task.inputs)) < len(task.inputs):
        raise EvomodError(
            f"task '{task.name}'{_where(task)}: inputs and subgoals need distinct names that are Python "
            f"identifiers{f', not {bad[0]!r}' if bad else ''}."
        )
    subgoals = subgoal_tables(task)
    found = {name: _goal_table(task, name, subgoals) for name in task.goals}
    tables = {name: table for name, (table, _) in found.items()}
    counted = {name: some for name, (_, some) in found.items() if some is not None}
    counts = {name: table.shape[0] for name, table in tables.items()}
    if len(set(counts.values())) > 1:
        raise EvomodError(
            f"the goals of task '{task.name}'{_where(task)} have different numbers of outputs: {counts}."
        )
    return replace(task, tables=MappingProxyType(tables), counted=MappingProxyType(counted))


def bundled() -> Path:
    """The folder of the task files that come with evomod."""
    package = Path(__file__).parent
    inside = package / "tasks"
    return inside if inside.is_dir() else package.parent / "tasks"  # a source checkout


def folders() -> list[Path]:
    """Where tasks are looked for, first come first served."""
    listed = os.environ.get("EVOMOD_TASK_PATH", "").split(os.pathsep)
    return [Path(folder) for folder in listed if folder] + [Path("tasks"), bundled()]


def task_files() -> list[Path]:
    """Every task file that is found: on the search path, then in installed packages."""
    return [*_files_of_folders(), *packaged_files()[0]]


def _files_of_folders() -> list[Path]:
    """Those on the search path, each once even if two folders are the same."""
    places: dict[Path, Path] = {}
    for folder in folders():
        if folder.is_dir():
            places.setdefault(folder.resolve(), folder)
    files = [path for folder in places.values() for path in sorted(folder.glob("*.py"))]
    return [path for path in files if not path.name.startswith("_")]


def packaged_files() -> tuple[dict[Path, str], list[str]]:
    """Task files of installed packages with the names of their entry points, and a sentence for each that is not there."""
    files: dict[Path, str] = {}
    problems: list[str] = []
    for name, point in entry_points(GROUP).items():
        try:
            files[source_file(point)] = name
        except EvomodError as error:
            problems.append(str(error))
    return files, problems


def read_task(path: Path) -> Task:
    """Load one task file and derive its tables. Raises `EvomodError` with file, line and reason.

    A file is executed once in a process, and again only if its text has changed.
    """
    with READING:
        return _executed(path, _source_of(path))


def _source_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EvomodError(f"task file {path} cannot be read: {error}.") from error


@lru_cache(maxsize=256)
def _executed(path: Path, source: str) -> Task:
    spec = importlib.util.spec_from_loader(f"evomod_task_{path.stem}", loader=None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    try:
        code = compile(source, str(path), "exec")
        sys.modules[module.__name__] = module  # dataclasses and typing look their module up
        with redirect_stdout(sys.stderr):  # what a task file prints must not spoil our output
            exec(code, module.__dict__)
    except SyntaxError as error:
        raise EvomodError(f"task file {path}, line {error.lineno}: {error.msg}.") from error
    except EvomodError:
        raise
    except (Exception, SystemExit) as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
        line = f", line {frames[-1].lineno}" if frames else ""
        raise EvomodError(
            f"task file {path}{line}: {type(error).__name__}: {shortened(error)}."
        ) from error
    finally:
        sys.modules.pop(module.__name__, None)
    task = getattr(module, "TASK", None)
    if not isinstance(task, Task):
        raise EvomodError(f"task file {path} defines no TASK; it needs one line TASK = Task(...).")
    lines = (module.__doc__ or "").strip().splitlines()
    return derive(replace(task, path=path, description=task.description or (lines or [""])[0]))


@lru_cache(maxsize=256)
def _stated_name(source: str) -> str | None:
    """The name in ``TASK = Task(name="…")`` without executing it; None where the text does not say."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return None
    made = [
        node.value
        for node in body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and [target.id for target in node.targets if isinstance(target, ast.Name)] == ["TASK"]
    ]
    names = [word.value for call in made for word in call.keywords if word.arg == "name"]
    stated = names[0].value if len(names) == 1 and isinstance(names[0], ast.Constant) else None
    return stated if isinstance(stated, str) else None


def plain(name: str) -> str:
    """A task's name as it is looked for."""
    return name.replace("_", "-").lower()


def find_tasks(wanted: str | None = None) -> tuple[dict[str, Task], list[str]]:
    """All tasks found, by name, and one sentence for every file that cannot be used.

    Of two files that define the same name with the same text the first is taken; two different ones
    are a mistake, and neither is taken.

    Parameters
    ----------
    wanted
        A task's name: files whose text states another one are not executed. None: all are.

    Returns
    -------
    tasks
        By their names.
    problems
        A sentence for every file that cannot be used.
    """
    tasks: dict[str, Task] = {}
    packaged, problems = packaged_files()
    twice: set[str] = set()
    for path in (*_files_of_folders(), *packaged):
        try:
            stated = None if wanted is None else _stated_name(_source_of(path))
            if stated is not None and plain(stated) != plain(str(wanted)):
                continue
            task = read_task(path)
        except EvomodError as error:
            problems.append(str(error))
            continue
        if path in packaged and plain(packaged[path]) != plain(task.name):
            problems.append(
                f"entry point '{packaged[path]}' of {GROUP} leads to {path}, which defines the task '{task.name}'; "
                "expected one name for both."
            )
            continue
        name = plain(task.name)
        first = tasks.get(name)
        if first is None:
            tasks[name] = task
        elif first.path and first.path.read_bytes() != path.read_bytes():
            twice.add(name)
            problems.append(
                f"two tasks are named '{task.name}': {first.path} and {path}; rename one of them, or give "
                "the file's path instead of the name."
            )
    return {name: task for name, task in tasks.items() if name not in twice}, problems


def load_task(name: str | Path) -> Task:
    """Find a task by name, or load it from a file's path; its file is executed, once a process.

    Parameters
    ----------
    name
        A task's name, looked for in ``$EVOMOD_TASK_PATH``, ``./tasks``, the package and installed packages; or the path of
        a file.

    Returns
    -------
    Task
        With the truth tables of its goals.

    Raises
    ------
    EvomodError
        If there is none (with the known ones), or two, or its file is at fault.

    Examples
    --------
    >>> load_task("retina").inputs
    ('l0', 'l1', 'l2', 'l3', 'r0', 'r1', 'r2', 'r3')
    """
    if isinstance(name, Path) or str(name).endswith(".py"):
        if not is_file(name):
            raise EvomodError(
                f"there is no task file {shortened(name)}; `evomod tasks` lists the tasks found."
            )
        return read_task(Path(name))
    tasks, problems = find_tasks(str(name))
    task = tasks.get(plain(name))
    if task is not None:
        return task
    tasks, problems = find_tasks()
    mine = [problem for problem in problems if f"'{name}'" in problem or f"{name}.py" in problem]
    if not mine:
        mine = [p for p in problems if plain(name) in plain(p)]
    if mine:
        raise EvomodError(mine[0])
    if is_folder(name):
        raise EvomodError(
            f"{shortened(name)} is a folder; expected a task's name or file, or a TOML config{what_to_name(Path(name))}."
        )
    raise EvomodError(
        f"there is no task '{shortened(name)}'; {nearest(plain(name), tasks)}found {', '.join(repr(t.name) for t in tasks.values())}. "
        "A task of your own goes into ./tasks, or give its file's path."
    )


def counted_answers(task: Task, goal: str) -> NDArray[np.bool_]:
    """``bool[output, pattern]``: the outputs that a goal rewards; all of them where it leaves none open."""
    table = goal_table(task, goal)
    return task.counted.get(goal, np.ones(table.shape, np.bool_))


def is_constant(task: Task, goal: str) -> bool:
    """Whether each output has one right answer to all patterns, so that no output has to depend on an input.

    Never for attractors, which are to be reached from many starts. Raises `EvomodError` for a goal that the task lacks.
    """
    table, counts = goal_table(task, goal), counted_answers(task, goal)
    one_answer = ~((table & counts).any(axis=1) & (~table & counts).any(axis=1))
    return task.fitness is None and bool(one_answer.all())


def goal_table(task: Task, goal: str) -> NDArray[np.bool_]:
    """Truth table ``bool[output, pattern]`` of a goal; raises `EvomodError` with the known goals."""
    if goal not in task.tables:
        known = ", ".join(repr(g) for g in task.goals)
        raise EvomodError(f"task '{task.name}' has no goal '{goal}'; it has {known}.")
    return task.tables[goal]
