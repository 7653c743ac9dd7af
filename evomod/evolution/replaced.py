"""Operators that a user put into a run's toolbox: described, so that a run folder tells what made it."""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from evomod.errors import EvomodError
from evomod.evolution.setup import Setup


def replaced_operators(setup: Setup) -> dict[str, Any]:
    """What stands in the toolbox in place of evomod's operators, by name, as data.

    A function is told by its import path and the SHA-256 of its source, or by its source. Raises `EvomodError`
    for one that has neither.
    """
    found = {}
    for name, ours in setup.stock.items():
        theirs = getattr(setup.toolbox, name, None)
        if theirs is not ours:
            found[name] = _described(theirs, f"operator '{name}'", setup)
    return found


def check_operators(folder: Path, recorded: dict[str, Any], setup: Setup) -> None:
    """Refuse to go on with other operators than those that a run began with."""
    found = json.loads(json.dumps(replaced_operators(setup)))
    for name in sorted(recorded.keys() | found.keys()):
        before, now = recorded.get(name), found.get(name)
        if before != now:
            raise EvomodError(
                f"{folder}: operator '{name}' was {_told(before)} when the run began, and is {_told(now)} now; "
                "resume it as evomod.resume(folder, setup=setup) with the same operators in setup.toolbox."
            )


def _told(described: Any) -> str:
    """An operator in words."""
    if described is None:
        return "evomod's own"
    function = described.get("function", described)
    if "import" in function:
        return f"{function['import']} (SHA-256 {str(function['sha256'])[:12]}…, {_given(described)})"
    return f"of the source {function.get('source', '')!r} ({_given(described)})"


def _given(described: dict[str, Any]) -> str:
    return f"arguments {json.dumps([described.get('arguments', []), described.get('keywords', {})])}"


def _described(value: Any, where: str, setup: Setup) -> Any:
    """A function, or what it is given, as data."""
    if isinstance(value, partial):
        return {
            "function": _described(value.func, where, setup),
            "arguments": [_described(argument, where, setup) for argument in value.args],
            "keywords": {key: _described(v, where, setup) for key, v in sorted(value.keywords.items())},
        }
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_described(entry, where, setup) for entry in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _described(entry, where, setup) for key, entry in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
        return {"array": f"{array.dtype}{list(array.shape)}", "sha256": digest}
    if value is setup.encoding:
        return {"encoding": setup.config.network.encoding}
    if callable(value):
        return _function(value, where)
    raise EvomodError(
        f"{where} is given a {type(value).__name__}, which a run folder cannot record; expected numbers, texts, lists, "
        "arrays or functions."
    )


def _function(function: Callable[..., Any], where: str) -> dict[str, Any]:
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
    if getattr(function, "__closure__", None):
        raise EvomodError(
            f"{where}: '{name}' is a closure: what it holds is in no source, so a run folder cannot record it. Write a "
            "function, and give it what it needs by functools.partial."
        )
    if module not in (None, "__main__") and _at(str(module), name) is function:
        source = _source(function)
        digest = None if source is None else hashlib.sha256(source.encode()).hexdigest()
        return {"import": f"{module}:{name}", "sha256": digest}
    source = _source(function)
    if source is None:
        raise EvomodError(
            f"{where}: '{name or type(function).__name__}' has neither an import path nor a source, so a run folder "
            "cannot record it; write it as a function in a file."
        )
    return {"source": source}


def _at(module: str, name: str) -> Any:
    """What an import path leads to."""
    found: Any = sys.modules.get(module)
    for step in name.split("."):
        found = getattr(found, step, None)
    return found


def _source(function: Any) -> str | None:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return None
