"""Objects that users bring: from a Python file of their own, or from an installed package's entry point.

A file is executed when something needs what it defines, once a process; reading folders never needs it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import re
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from threading import RLock
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from evomod.errors import EvomodError

T = TypeVar("T")

OURS = ("task.py",)
"""Names of files that a run folder holds already."""

READING = RLock()
"""Held while a user's file or module is executed and what it defines is kept: threads share that, and standard output."""
EXECUTED: dict[tuple[str, str], dict[str, Any]] = {}
"""What files define that were executed by this process, by their name and SHA-256."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a user's object comes from."""

    sha256: str
    """Of the file, or of the entry point's module."""
    file: str | None = None
    """Name of the file, and of its copy in a run folder."""
    content: bytes | None = None
    entry_point: str | None = None
    """``module:attribute``."""


class Fault(EvomodError):  # noqa: N818 - whose it is, not what
    """A user's function did not do what it is for; evolution adds in which generation."""


def built_in(group: str, folder: Path, kind: type[T]) -> list[T]:
    """Every object of a kind that a module of a package of evomod defines; its ``collection`` is passed over."""
    modules = [
        import_module(f"{group}.{info.name}")
        for info in iter_modules([str(folder)])
        if info.name != "collection"
    ]
    found = {id(value): value for module in modules for value in vars(module).values()}
    return [value for value in found.values() if isinstance(value, kind)]


def from_file(path: Path, kind: type[T], what: str) -> tuple[T, Origin]:
    """The one object of a kind that a file defines.

    Raises `EvomodError` where there is no such file, where it raises, and where it defines none or two.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise EvomodError(f"there is no {what} file {path}.") from None
    except OSError as error:
        raise EvomodError(f"{what} file {path} cannot be read: {error}.") from None
    if path.name in OURS:
        raise EvomodError(
            f"{what} file {path}: a run folder keeps the task under this name; rename the file."
        )
    digest = hashlib.sha256(content).hexdigest()
    key = (path.name, digest)
    with READING:
        if key not in EXECUTED:
            EXECUTED[key] = _executed(path, content, what)
    found = {id(value): value for value in EXECUTED[key].values() if isinstance(value, kind)}
    if not found:
        raise EvomodError(
            f"{what} file {path} defines no {what}; it needs one line such as "
            f"{what.upper()} = {kind.__name__}(...)."
        )
    if len(found) > 1:
        names = ", ".join(repr(getattr(value, "name", "?")) for value in found.values())
        raise EvomodError(
            f"{what} file {path} defines {len(found)} of them ({names}); give each its own file."
        )
    return next(iter(found.values())), Origin(digest, path.name, content)


def _executed(path: Path, content: bytes, what: str) -> dict[str, Any]:
    """The names that a file defines."""
    name = f"evomod_{what}_{path.stem}_{hashlib.sha256(content).hexdigest()[:8]}"
    spec = importlib.util.spec_from_loader(name, loader=None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses and typing look their module up
    try:
        code = compile(content, str(path), "exec")
        with redirect_stdout(sys.stderr):  # what a file prints must not spoil our output
            exec(code, module.__dict__)
    except (SyntaxError, UnicodeDecodeError) as error:
        del sys.modules[name]
        line = getattr(error, "lineno", None)
        raise EvomodError(
            f"{what} file {path}{f', line {line}' if line else ''}: {getattr(error, 'msg', error)}."
        ) from error
    except EvomodError:
        del sys.modules[name]
        raise
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise EvomodError(f"{what} file {path}{line_in(error, str(path))}: {told(error)}.") from error
    return vars(module)


def was_executed(path: Path) -> bool:
    """Whether this process has executed a file of this name and content, for its user named it."""
    try:
        return (path.name, hashlib.sha256(path.read_bytes()).hexdigest()) in EXECUTED
    except OSError:
        return False


def from_entry_point(group: str, name: str, kind: type[T]) -> tuple[T, Origin]:
    """The object of an installed package. Raises `EvomodError` where it is none, or does not import."""
    point = entry_points(group)[name]
    try:
        with READING, redirect_stdout(sys.stderr):
            found = point.load()
    except (Exception, SystemExit) as error:
        raise EvomodError(
            f"'{name}' is entry point {point.value} of {group}, which cannot be imported: {told(error)}."
        ) from error
    if not isinstance(found, kind):
        raise EvomodError(
            f"'{name}' is entry point {point.value} of {group}; expected a {kind.__name__}, got a "
            f"{type(found).__name__}."
        )
    path = getattr(sys.modules[point.module], "__file__", None)
    content = Path(path).read_bytes() if path else b""
    return found, Origin(hashlib.sha256(content).hexdigest(), entry_point=point.value)


def entry_points(group: str) -> dict[str, importlib.metadata.EntryPoint]:
    """Of a group, by name; nothing is imported."""
    return {point.name: point for point in importlib.metadata.entry_points(group=group)}


def source_file(point: importlib.metadata.EntryPoint) -> Path:
    """The Python file of an entry point's module; nothing is imported. Raises `EvomodError` where there is none."""
    top, *below = point.module.split(".")
    spec = importlib.util.find_spec(top)  # of a package within a package it would import the outer one
    places = [] if spec is None else spec.submodule_search_locations or []
    files = [Path(place, *below).with_suffix(".py") for place in places] if below else []
    if spec is not None and not below and spec.origin is not None:
        files = [Path(spec.origin)]
    found = next((path for path in files if path.suffix == ".py" and path.is_file()), None)
    if found is None:
        raise EvomodError(
            f"'{point.name}' is entry point {point.value} of {point.group}; expected a module with a Python file, and "
            f"there is none of {point.module}."
        )
    return found


def check_origin(where: str, origin: Origin, expected: str | None) -> None:
    """Refuse a file that is not the one that a config was written with."""
    if expected is not None and expected != origin.sha256:
        what = origin.file or origin.entry_point
        raise EvomodError(
            f"{where}: {what} was edited: its SHA-256 is {origin.sha256[:12]}…, and the config was written with "
            f"{expected[:12]}…; put the file back as it was, or start a new run (without the line sha256)."
        )


def check_name(where: str, name: Any) -> None:
    """Refuse a name that could not stand in a config, a folder's name and a column's."""
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9-]{0,59}", name):
        raise EvomodError(
            f"{where}: expected a name of small letters, digits and hyphens such as 'fan-in'; got {name!r}."
        )


def mistakes(where: str, section: type[BaseModel], error: ValidationError) -> str:
    """What is wrong with the part of a config that belongs to a user's object, a line each."""
    lines = []
    for item in error.errors():
        path = ".".join((where, *map(str, item["loc"])))
        if item["type"] == "extra_forbidden":
            text = f"unknown key; known here: {', '.join(section.model_fields) or 'none'}"
        else:
            text = str(item["msg"]).removeprefix("Value error, ").replace("Input should be", "expected")
            text += "" if isinstance(item["input"], dict) else f"; got {item['input']!r}"
        lines.append(f"  {path}: {text}")
    return "the config is not valid:\n" + "\n".join(dict.fromkeys(lines))


def called(what: str, path: str | None, function: Callable[..., T], *given: Any) -> T:
    """Call a user's function; what it raises becomes one sentence that says whose it is."""
    try:
        return function(*given)
    except EvomodError as error:
        raise Fault(f"{what}: {error}") from error
    except (Exception, SystemExit) as error:
        raise Fault(f"{what} fails{line_in(error, path)}: {told(error)}.") from error


def told(error: BaseException) -> str:
    """An exception in words."""
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def line_in(error: BaseException, path: str | None) -> str:
    """Where an exception was raised: the last line of this file, or of any."""
    frames = traceback.extract_tb(error.__traceback__)
    mine = [
        frame
        for frame in frames
        if (path is None and frame.filename != __file__)
        or (path is not None and Path(frame.filename).name == Path(path).name)
    ]
    if not mine:
        return ""
    place = (
        f" ({mine[-1].filename}, line {mine[-1].lineno})"
        if path is None
        else f", line {mine[-1].lineno}"
    )
    return place
