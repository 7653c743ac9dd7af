"""Whether a file may be executed: it is Python, and does whatever its author wants with your rights.

Task files that come with evomod, lie on the search path or are named by you are executed; so are files of
pressures and selections that you name. One that lies in a folder of a run, or is named by a study's folder, may
be anybody's: it is executed only if it is, byte for byte, one of those, or if you say that you trust it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from evomod.errors import EvomodError
from evomod.files.disk import is_file
from evomod.files.plugins import was_executed
from evomod.task import Task, bundled, plain, read_task, task_files


def stored_task(folder: Path, *, trust: bool = False) -> Task:
    """Execute the task file of a folder. Raises `EvomodError` for one that is not known and not trusted."""
    path = folder / "task.py"
    if not trust and is_file(path):
        check_trust(path)
    return read_task(path)


def check_trust(*paths: Path) -> None:
    """Refuse Python files that are not known. Raises `EvomodError`, which says what to do."""
    for path in paths:
        if not is_known(path):
            raise EvomodError(distrusted(path))


def shipped_task(path: Path) -> Task | None:
    """The task that comes with evomod in a file of the same bytes; None where there is none."""
    twin = _twin(path, sorted(bundled().glob("*.py")))
    return None if twin is None else read_task(twin)


@cache
def shipped_task_named(name: str) -> Task | None:
    """The task of this name that comes with evomod, whatever else is on the search path."""
    tasks = (read_task(path) for path in sorted(bundled().glob("*.py")) if path.name[0] != "_")
    return next((task for task in tasks if plain(task.name) == plain(name)), None)


def is_known(path: Path) -> bool:
    """Whether a file is, byte for byte, a task file of the search path, or one that this process has executed."""
    return was_executed(path) or _twin(path, task_files()) is not None


def _twin(path: Path, files: list[Path]) -> Path | None:
    try:
        content = path.read_bytes()
        return next((file for file in files if file.read_bytes() == content), None)
    except OSError:
        return None


def distrusted(path: Path) -> str:
    """Why a file is not executed, and what to do."""
    return (
        f"{path} is Python code that would run with all your rights, and it is no task that comes with "
        "evomod or that `evomod tasks` lists. Read it; if you trust it, give --trust (in Python trust=True)."
    )


def flag(*paths: Path) -> str:
    """What a command that goes on with a folder needs besides, where a new process does not know its files."""
    known = task_files()
    return " --trust" if any(is_file(path) and _twin(path, known) is None for path in paths) else ""
