"""What is computed from other files and kept, until those files change.

Each result names what it was made of (its facts): a JSON record in itself, any other file in `MADE_OF` of its folder. It
is computed again if it is missing, damaged, or made of other facts. An interrupted write never leaves an outdated result
that counts as current.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError
from evomod.files.disk import reports_disk_errors, write_json, write_whole
from evomod.files.readers import DamageError, read_json
from evomod.files.records import Record, check_record

MADE_OF = "made_of.json"
"""What files of its folder were made of, by name."""


def kept_record(
    path: Path,
    kind: type[Record],
    facts: Mapping[str, Any],
    make: Callable[[], Mapping[str, Any]],
    *,
    indent: int = 2,
) -> dict[str, Any]:
    """A JSON record, made where there is none of these facts. Raises `EvomodError` where it cannot be written."""
    try:
        check_record(kind, known := read_json(path))
        if facts.items() <= known.items():
            return dict(known)
    except (OSError, DamageError):
        pass
    found = {**facts, **make()}
    with reports_disk_errors(path.parent):
        write_json(path, found, indent)
    return found


def keep(path: Path, facts: str, make: Callable[[], bytes]) -> None:
    """Make a file, where there is none of these facts; one that `MADE_OF` does not name is older, and taken as it is."""
    if path.exists() and _made_of(path).get(path.name, facts) == facts:
        return
    content = make()
    known = _made_of(path) | {path.name: facts}  # another may have been made meanwhile
    path.unlink(missing_ok=True)
    write_json(path.with_name(MADE_OF), known, 1)
    write_whole(path, content)


def _made_of(path: Path) -> dict[str, str]:
    place = path.with_name(MADE_OF)
    try:
        return dict(read_json(place))
    except FileNotFoundError:
        return {}
    except (OSError, DamageError, TypeError, ValueError) as error:
        raise EvomodError(f"{place} is damaged: {error}. Put it back, or delete it.") from None
