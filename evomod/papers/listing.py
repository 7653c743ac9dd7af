"""The papers' figures in a list: scripts are read as text and studies as data, so none is imported, resolved or executed.

A study is listed where its settings are those that the definition states. What can only be found by resolving it, such as
a task with other truth tables, is reported when the figure is drawn (`evomod.papers.figures`).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from evomod.errors import EvomodError, shortened
from evomod.files.configs import read_config
from evomod.files.disk import is_file
from evomod.files.tables import read_table
from evomod.papers.places import (
    SIZE,
    command_of,
    not_the_study,
    paper_of,
    passed_over,
    scripts_folder,
    study_places,
    table_of,
)
from evomod.studies.stated import how_many, load_manifest, read_stated, stated_difference

STATED = ("FULL", "STUDY", "TABLE", "COMMAND")
"""Names that a script of a figure gives texts, literally."""


@dataclass(frozen=True, slots=True)
class FigureScript:
    """A script that draws one figure of a paper."""

    name: str
    """Such as "clune2013-fig2"."""
    path: Path
    shows: str
    texts: Mapping[str, str]
    """Of `STATED`, those that it has."""


def find_figures() -> dict[str, FigureScript]:
    """All figures by name."""
    found = {}
    for path in sorted(scripts_folder().glob("*/*.py")):
        text = path.read_text(encoding="utf-8")
        if "\nFULL = " in text:
            figure = _figure(path, ast.parse(text))
            found[figure.name] = figure
    return found


def figure_of(path: Path) -> FigureScript:
    """The figure that a user's own script draws. Raises `EvomodError` where it is none."""
    if not is_file(path):
        raise EvomodError(f"there is no script {shortened(path)}.")
    try:
        figure = _figure(path, ast.parse(path.read_text(encoding="utf-8")))
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise EvomodError(f"{path}{line}: {getattr(error, 'msg', error)}.") from None
    lacks = [name for name in ("FULL", "STUDY") if name not in figure.texts]
    if lacks:
        raise EvomodError(
            f"{path} draws no figure of a study: it has no {' and no '.join(lacks)}; expected FULL (a study's size in "
            "words), STUDY (its TOML in the same folder) and draw(study)."
        )
    return figure


def _figure(path: Path, tree: ast.Module) -> FigureScript:
    folder, shows = paper_of(path), (ast.get_docstring(tree) or "").partition("\n")[0]
    name = folder if path.stem == folder else f"{folder}-{path.stem}"
    return FigureScript(name, path, shows, _texts(tree))


def _texts(tree: ast.Module) -> dict[str, str]:
    """Names of a module that are given a text."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in STATED and isinstance(node.value.value, str)
    }


def listed() -> str:
    """All figures: what each shows, its full size, and whether a study for it exists."""
    find = cache(_Finder().find)  # several figures are drawn from one study
    lines = []
    for script in find_figures().values():
        lines += [f"{script.name}: {script.shows}", f"  full size  {script.texts['FULL']}"]
        if "TABLE" in script.texts:
            table = table_of(paper_of(script.path), script.texts["TABLE"])
            lines += [
                f"  table      {table if table.exists() else 'none yet: ' + script.texts['COMMAND']}"
            ]
            continue
        found, passed = find(script.path.parent, script.texts["STUDY"])
        lines += [f"  study      {found}", *(f"             {why}" for why in passed)]
    return "\n".join(lines)


class _Finder:
    """Looks for studies; every config is read once."""

    def __init__(self) -> None:
        self.read = cache(read_config)

    def find(self, paper: Path, definition: str) -> tuple[str, tuple[str, ...]]:
        """Where the study of a definition lies, and how much of it there is; and what is passed over, and why."""
        path = paper / definition
        whole, passed = read_stated(path, self.read), []
        for place in study_places(path, definition):
            if not ((place / "summary.csv").exists() and (place / "study.toml").exists()):
                continue
            try:
                load_manifest(place)
                found = read_stated(place / "study.toml", self.read)
                if found.name != whole.name:
                    continue
                other = stated_difference(whole, found, SIZE)
                if other is not None:
                    raise EvomodError(f"{not_the_study(path, definition, other)}.")
                runs = read_table(place / "summary.csv", numbers=True)["treatment"]
            except EvomodError as error:
                passed.append(passed_over(place, error))
                continue
            done = how_many(found.replicates, found.treatments, runs.tolist())
            return f"{place}, {done}", tuple(passed)
        return f"none yet: {command_of(path, definition)}", tuple(passed)
