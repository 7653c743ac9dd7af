"""A task or a pressure of one's own to begin with: a commented file that runs as it is, and its test."""

from __future__ import annotations

import keyword
from importlib.resources import files
from pathlib import Path
from string import Template

from evomod.errors import EvomodError, shown
from evomod.files.disk import make_folder, write_whole


def names_of(name: str) -> tuple[str, str]:
    """The name with hyphens, as configs have it, and with underscores, as files have it.

    Raises `EvomodError` for what is no name.

    >>> names_of("two-pairs"), names_of("two_pairs")
    (('two-pairs', 'two_pairs'), ('two-pairs', 'two_pairs'))
    """
    file = name.replace("-", "_")
    is_name = (
        file.isascii() and file.isidentifier() and file == file.lower() and not file.startswith("_")
    )
    if not is_name or keyword.iskeyword(file) or len(file) > 60:
        raise EvomodError(
            f"{shown(name)} is not a possible name: expected small letters, digits, hyphens or underscores, beginning "
            "with a letter, and no word of Python, such as two-pairs."
        )
    return file.replace("_", "-"), file


def new_task(name: str) -> list[Path]:
    """Write ``tasks/<name>.py`` and its test. Raises `EvomodError` where there is such a task, or a file is in the way."""
    from evomod.task import find_tasks

    name, file = names_of(name)
    known = find_tasks()[0]
    if name in known:
        raise EvomodError(f"there is already a task '{name}' ({known[name].path}); give another name.")
    return _written("task", name, file, Path("tasks") / f"{file}.py")


def new_pressure(name: str) -> list[Path]:
    """Write ``<name>.py`` and its test. Raises `EvomodError` for the name of a pressure of evomod, or a file in the way."""
    from evomod.pressures.collection import PRESSURES

    name, file = names_of(name)
    if name in PRESSURES:
        raise EvomodError(f"'{name}' is a pressure that comes with evomod; give another name.")
    return _written("pressure", name, file, Path(f"{file}.py"))


def _written(kind: str, name: str, file: str, path: Path) -> list[Path]:
    """Both files, or neither."""
    test = Path("tests") / f"test_{file}.py"
    for taken in (path, test):
        if taken.exists():
            raise EvomodError(f"{taken} exists and would be lost; give another name, or move it.")
    for folder in {path.parent, test.parent}:
        if folder.exists() and not folder.is_dir():
            raise EvomodError(f"{folder} is a file, and a folder of this name is needed; move it.")
    for place, template in ((path, f"{kind}.txt"), (test, f"test_{kind}.txt")):
        text = files("evomod.cli").joinpath("templates", template).read_text(encoding="utf-8")
        make_folder(place.parent)
        write_whole(place, Template(text).substitute(name=name, file=file).encode())
    return [path, test]
