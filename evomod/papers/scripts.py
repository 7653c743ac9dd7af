"""The papers' folders, ``scripts/<paper>/``: where they are, their scripts, and the studies these need.

A script names its study in ``STUDY`` (a TOML in its folder) and a small one in ``QUICK`` (replicates and
settings that make it a matter of minutes).
"""

from __future__ import annotations

import importlib
import importlib.util
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from evomod.errors import EvomodError
from evomod.files.plugins import called
from evomod.papers.places import (
    SIZE,
    is_ours,
    not_the_study,
    paper_of,
    passed_over,
    shown_file,
    study_name,
    study_places,
)
from evomod.studies.definition import Study, difference, load_definition
from evomod.studies.folder import other_task
from evomod.studies.run import run_study
from evomod.studies.tables import StudyFolder, load_study

Tell = Callable[[str], None]
"""What is told a line for the user, such as `print`."""


def load_script(path: Path) -> Any:
    """A script of a paper as a module: ``evomod.scripts.<paper>.<name>``, or one of a folder of one's own."""
    if is_ours(path):
        return importlib.import_module(f"evomod.scripts.{path.parent.name}.{path.stem}")
    spec = importlib.util.spec_from_file_location(f"{paper_of(path)}_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    called(str(path), str(path), spec.loader.exec_module, module)
    return module


def check_names(path: Path, module: Any, *names: str) -> None:
    """Raise `EvomodError` where a script does not define what is needed of it."""
    lacks = [name for name in names if not hasattr(module, name)]
    if lacks:
        raise EvomodError(
            f"{shown_file(path)} defines no {' and no '.join(lacks)}; docs/studies.md shows what a paper's files hold."
        )


def find_study(path: Path, definition: str, tell: Tell = lambda text: None) -> StudyFolder | None:
    """The first of `study_places` that holds the tables of the script's study.

    What is damaged, or has the study's name and is another one, is passed over; ``tell`` is told why.
    """
    return _first(study_places(path, definition), path, definition, tell)


def _first(
    places: list[Path], path: Path, definition: str, tell: Tell = lambda text: None
) -> StudyFolder | None:
    for place in places:
        if not ((place / "summary.csv").exists() and (place / "study.toml").exists()):
            continue
        try:
            found = load_study(place)
            if found.study.name != study_name(path, definition):
                continue
            _ = found.summary  # can it be read?
        except EvomodError as error:
            tell(passed_over(place, error))
            continue
        other = other_study(path, definition, found)
        if other is None:
            return found
        tell(passed_over(place, f"{other}."))
    return None


@cache
def definition_of(path: Path, definition: str) -> Study:
    """A study in a script's folder; resolving its treatments takes seconds where they are many."""
    return load_definition(path.parent / definition)


def other_study(path: Path, definition: str, study: StudyFolder) -> str | None:
    """In words, how a study is another than the one a script needs; None where it is that one.

    It may have more replicates or fewer, and populations and generations of another number (`SIZE`).
    """
    whole = definition_of(path, definition)
    other = difference(whole, study.study, SIZE) or other_task(whole, study.manifest)
    return other and not_the_study(path, definition, other)


def companion(study: StudyFolder, path: Path, definition: str) -> StudyFolder | None:
    """Another study of a script's paper, to compare a study with: beside its folder, or where scripts look.

    None where there is none, or where its populations are of another size or evolve for another time, or another
    version of evomod made it: results may differ for that alone.
    """
    beside = study.folder.parent / study_name(path, definition)
    for place in [beside, *study_places(path, definition)]:
        found = _first([place], path, definition)
        if found is not None and _alike(found, study):
            return found
    return None


def _alike(one: StudyFolder, other: StudyFolder) -> bool:
    versions = [study.manifest.get("versions", {}).get("evomod") for study in (one, other)]
    return versions[0] == versions[1] and _size(one.study) == _size(other.study)


def _size(study: Study) -> tuple[int, int]:
    """Population and generations of a study's first treatment."""
    evolution = study.treatments[0].config.evolution
    return evolution.population, evolution.generations


TASTE = 0.1
"""Of a definition's population or generations: what is smaller decides no claim."""


def is_taste(path: Path, definition: str, study: StudyFolder) -> bool:
    """Whether the study that a script names was run so small that it says nothing of what its definition would find."""
    whole = {t.name: t.config.evolution for t in definition_of(path, definition).treatments}
    pairs = [(t.config.evolution, whole[t.name]) for t in study.study.treatments if t.name in whole]
    return any(
        ours.population < TASTE * theirs.population or ours.generations < TASTE * theirs.generations
        for ours, theirs in pairs
    )


def given_study(
    path: Path, definition: str, folder: Path, tell: Tell = lambda text: None
) -> StudyFolder:
    """The study in a folder; ``tell`` is told where it is of other settings or treatments than its paper's.

    Raises `EvomodError` if it has not the name of the one that the script needs.
    """
    wanted, found = study_name(path, definition), load_study(folder)
    if found.study.name != wanted:
        raise EvomodError(
            f"{paper_of(path)}-{path.stem} needs the study '{wanted}'; {folder} holds "
            f"'{found.study.name}'."
        )
    other = other_study(path, definition, found)
    for treatment in found.study.treatments:
        if is_ours(path) and treatment.config.task.name.endswith(".py"):
            raise EvomodError(
                f"{folder} names the task file {treatment.config.task.name}, which a figure does not execute; "
                "no study of a paper names one."
            )
    if other is not None:
        tell(f"{folder} is drawn as it is, but {other}.")
    return found


def quick_study(path: Path, module: Any, jobs: int | None) -> StudyFolder:
    """Run the script's small study in a new folder of its own."""
    quick = module.QUICK
    study = load_definition(path.parent / module.STUDY, quick["settings"], quick["replicates"])
    folder = Path(tempfile.mkdtemp(prefix=f"{study.name}-quick-"))
    return run_study(study, folder, jobs=jobs)
