"""Configs as data: TOML files read, settings put in, one merged into another. Nothing is checked yet, and nothing executed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError, shortened, shown
from evomod.files.disk import exists, is_file
from evomod.files.readers import DamageError, parse_toml, read_bytes


def locate(path: str | Path) -> Path:
    """The file of this path, or the one of that path that comes with evomod."""
    package = Path(__file__).parents[1]
    places = [Path(path), package / path, package.parent / path]
    return next((place for place in places if is_file(place)), Path(path))


def read_config(path: str | Path) -> dict[str, Any]:
    """The data of a TOML config. Raises `EvomodError` where it cannot be read, with the line.

    A path such as ``scripts/clune2013/connection_cost.toml`` that is not there is looked for among the
    configs that come with evomod.
    """
    try:
        file = locate(path)
        text = read_bytes(file).decode("utf-8-sig").replace("\r\n", "\n")
        return named_from(parse_toml(text), file.parent)
    except FileNotFoundError:
        raise EvomodError(f"there is no config {shortened(path)}.") from None
    except DamageError as damage:
        raise EvomodError(f"config {shortened(path)} cannot be read: {damage}.") from None
    except UnicodeDecodeError:
        raise EvomodError(f"config {path} is not UTF-8 text; save it as UTF-8.") from None
    except OSError as error:
        raise EvomodError(
            f"config {shortened(path)} cannot be read: {error.strerror or error}."
        ) from None


def named_from(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Data of a TOML file in a folder, with users' files (tasks, pressures, selections, encodings) named from anywhere.

    A task file that is not beside the TOML is one of the working directory, as on the command line; so is every
    one that evomod wrote into a folder of a run or a study.
    """
    found = {
        key: named_from(value, folder) if isinstance(value, dict) else value
        for key, value in data.items()
    }
    if isinstance(found.get("pressures"), dict):
        found["pressures"] = {
            str(folder / name) if str(name).endswith(".py") else name: _named_from(
                section, "file", folder
            )
            for name, section in found["pressures"].items()
        }
    if "task" in found and not exists(folder / "manifest.json"):
        found["task"] = _task_from(found["task"], folder)
    for name, key in (("selection", "method"), ("network", "encoding")):
        if name in found:
            found[name] = _named_from(found[name], key, folder)
    return found


def _task_from(task: Any, folder: Path) -> Any:
    name = task.get("name") if isinstance(task, dict) else task
    if not isinstance(name, str) or not name.endswith(".py") or not is_file(folder / name):
        return task
    return task | {"name": str(folder / name)} if isinstance(task, dict) else str(folder / name)


def _named_from(section: Any, key: str, folder: Path) -> Any:
    name = section.get(key) if isinstance(section, dict) else None
    if not isinstance(name, str) or not name.endswith(".py"):
        return section
    return section | {key: str(folder / name)}


def parse_value(text: str) -> Any:
    """A value as TOML reads it; anything else is a string.

    >>> parse_value("[1, 2]"), parse_value("0.5"), parse_value("step")
    ([1, 2], 0.5, 'step')
    """
    try:
        return parse_toml(f"value = {text}")["value"]
    except DamageError:
        return text


MOST_STEPS = 8
"""Dots in the name of a setting; a config's own names have three at the most."""


def apply_settings(data: dict[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """Put ``dotted.name=value`` settings into config data (changed in place and returned)."""
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise EvomodError(f"--set wants dotted.name=value, got {shown(setting)}.")
        *path, last = name.strip().split(".")
        if len(path) > MOST_STEPS:
            raise EvomodError(f"--set {shown(setting)}: no name in a config has so many parts.")
        place = data
        for step in path:
            if isinstance(place.get(step), str) and step == "task":
                place[step] = {"name": place[step]}
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise EvomodError(f"--set {shown(setting)}: {shown(step)} is a value, not a section.")
        place[last] = parse_value(value.strip())
    return data


def merged(data: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Config data with changes put in; tables are merged, everything else is replaced.

    >>> merged({"task": "retina", "evolution": {"population": 10}}, {"evolution": {"generations": 5}})
    {'task': {'name': 'retina'}, 'evolution': {'population': 10, 'generations': 5}}
    """
    result = dict(data)
    if isinstance(result.get("task"), str):
        result["task"] = {"name": result["task"]}
    for key, value in changes.items():
        before = result.get(key)
        both = isinstance(before, dict) and isinstance(value, dict)
        result[key] = merged(before or {}, value) if both else value
    return {
        key: merged(value, {}) if isinstance(value, dict) else value for key, value in result.items()
    }


def flat(data: dict[str, Any], path: str = "") -> dict[str, Any]:
    """Every setting by its dotted name.

    >>> flat({"task": {"name": "retina"}})
    {'task.name': 'retina'}
    """
    found: dict[str, Any] = {}
    for key, value in data.items():
        found |= flat(value, f"{path}{key}.") if isinstance(value, dict) else {f"{path}{key}": value}
    return found
