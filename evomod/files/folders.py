"""What a folder is that is not what a command expects, in words."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from evomod.errors import shown
from evomod.files.disk import exists
from evomod.files.readers import DamageError, read_json

KINDS = {
    "run": "it holds a run: `evomod evolve --resume {0}` goes on with it, and `evomod report {0}` shows it",
    "study": "it holds a study: `evomod study {0}` goes on with it, and `evomod report {0}` shows it",
    "training": "it holds a network that `evomod train` has trained; `evomod plot {0}` draws it",
}
"""By the second word of ``format`` in a manifest."""
MOST_NAMED = 3
"""Folders within a folder that a message names."""


def otherwise(folder: Path, wanted: str) -> str:
    """Why a folder has no manifest of the ``wanted`` format, such as "evomod run 1": what lies there instead."""
    if not exists(folder):
        return "there is no such folder"
    if not folder.is_dir():
        return "it is a file"
    if not exists(folder / "manifest.json"):
        return f"it has no manifest.json{what_to_name(folder)}"
    try:
        manifest = read_json(folder / "manifest.json")
    except (OSError, DamageError) as error:
        return f"its manifest.json cannot be read ({error})"
    found = manifest.get("format") if isinstance(manifest, dict) else None
    kind = found.split()[1] if isinstance(found, str) and len(found.split()) == 3 else ""
    if found == wanted:
        return "some of its files are missing"
    if kind == wanted.split()[1]:
        return f"its format is {shown(found)}, and this version of evomod reads {wanted!r}"
    return KINDS.get(kind, "its manifest.json is none of evomod's").format(quote(str(folder)))


def what_to_name(folder: Path) -> str:
    """What to name in place of a folder that holds a study's definition, or runs or studies: a sentence, or nothing."""
    if exists(folder / "study.toml"):
        run = next(folder.glob("*/*/best.json"), None)
        if run is not None:
            return f". It is a study; name one of its runs, such as {quote(str(run.parent))}"
        return f". `evomod study {quote(str(folder / 'study.toml'))}` runs the study that it defines"
    try:
        inside = sorted(path.parent.name for path in folder.glob("*/manifest.json"))
    except OSError:
        return ""
    if not inside:
        return ""
    names = f"{', '.join(inside[:MOST_NAMED])}{', …' if len(inside) > MOST_NAMED else ''}"
    return f". It holds {names}: name one, such as {quote(str(folder / inside[0]))}"
