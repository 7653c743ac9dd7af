"""What the files of a study say, read as data: no config is resolved, no task executed.

A list of many studies asks no more, and to resolve their treatments takes seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError, shortened
from evomod.files.configs import flat, locate, merged, read_config
from evomod.files.folders import otherwise
from evomod.files.readers import DamageError, read_json
from evomod.files.records import StudyManifest, check_record
from evomod.sections import (
    EvolutionSection,
    ScheduleSection,
    Section,
    SelectionSection,
    TaskSection,
    TrackingSection,
)

STUDY_FORMAT = "evomod study 1"

Read = Callable[[Path], dict[str, Any]]
"""What reads a config."""


Outline = tuple[str, int, Collection[str]]
"""Name, seed and treatments of a study."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A study as its TOML states it."""

    name: str
    seed: int
    replicates: int
    treatments: Mapping[str, Mapping[str, Any]]
    """Settings by dotted name; what is left out is a default."""

    @property
    def outline(self) -> Outline:
        return self.name, self.seed, self.treatments


def read_stated(path: Path, read: Read = read_config) -> Stated:
    """A definition, or the TOML in a study's folder. Raises `EvomodError` for what is none."""
    data, home = read(path), locate(path).parent
    parts = data.get("treatments")
    try:
        if not isinstance(parts, dict):
            raise TypeError
        treatments = {
            name: flat(
                treated(part.get("config") or data.get("base") or {}, home, (data, part), read=read)
            )
            for name, part in parts.items()
        }
        return Stated(str(data["name"]), int(data["seed"]), int(data["replicates"]), treatments)
    except EvomodError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError):
        raise EvomodError(f"the study {path} is not valid.") from None


def treated(
    start: str | dict[str, Any],
    home: Path,
    changes: Collection[Mapping[str, Any]],
    *,
    read: Read = read_config,
) -> dict[str, Any]:
    """Config data of a treatment: its config or the study's base, with the ``settings`` of each of the changes."""
    data = read(home / start) if isinstance(start, str) else start
    for change in changes:
        data = merged(data, change.get("settings", {}))
    return data


def stated_difference(ours: Stated, theirs: Stated, free: Collection[str] = ()) -> str | None:
    """The first difference that makes a study another than the definition ``ours``, in words, as far as that states it.

    ``theirs`` lies in a study's folder, which states every setting. Those that are ``free`` may differ.
    """
    other = other_outline(ours.outline, theirs.outline)
    if other:
        return other
    for name, found in theirs.treatments.items():
        for key, value in sorted(ours.treatments[name].items()):
            kept = _kept(found, key)
            if key not in free and kept != value:
                return f"treatment '{name}' has {key} = {kept}, not {value}"
    return None


SECTIONS: dict[str, type[Section]] = {
    "task": TaskSection,
    "schedule": ScheduleSection,
    "selection": SelectionSection,
    "evolution": EvolutionSection,
    "tracking": TrackingSection,
}


def _kept(found: Mapping[str, Any], key: str) -> Any:
    """A setting in a study's folder, which keeps switching, a pressure, as a schedule; of older ones the default."""
    section, _, name = key.rpartition(".")
    switched = f"schedule.{name}"
    if key in found or (section.startswith("pressures.") and switched in found):
        return found.get(key, found.get(switched))
    fields = SECTIONS[section].model_fields if section in SECTIONS else {}
    return fields[name].default if name in fields else None


def other_outline(ours: Outline, theirs: Outline, *, may_grow: bool = False) -> str | None:
    """The first difference of two studies' outlines, in words; with ``may_grow`` ours may have more treatments."""
    for what, a, b in zip(("name", "seed"), ours[:2], theirs[:2], strict=True):
        if a != b:
            return f"its {what} is {b!r}, not {a!r}"
    mine, other = ours[2], theirs[2]
    lacks = [] if may_grow else [name for name in mine if name not in other]
    besides = [name for name in other if name not in mine]
    if lacks:
        return f"it has no treatment {' or '.join(lacks)}"
    return f"it has treatment {' and '.join(besides)} besides" if besides else None


def how_many(replicates: int, treatments: Collection[str], runs: Iterable[str]) -> str:
    """How many replicates are done, by the treatments of the runs that are, of how many."""
    counts = Counter(runs)
    done = min(counts[name] for name in treatments)
    word = "replicate" if replicates == 1 else "replicates"
    return f"{replicates} {word}" if done == replicates else f"{done} of {replicates} {word}"


def load_manifest(folder: Path) -> dict[str, Any]:
    """The study's manifest. Raises `EvomodError` where there is none."""
    try:
        manifest = read_json(folder / "manifest.json")
    except (OSError, DamageError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("format") != STUDY_FORMAT:
        raise EvomodError(
            f"{shortened(folder)} is no study's folder: {otherwise(folder, STUDY_FORMAT)}."
        )
    try:
        check_record(StudyManifest, manifest)
    except DamageError as damage:
        raise EvomodError(f"{folder / 'manifest.json'} is damaged: {damage}.") from None
    return manifest
