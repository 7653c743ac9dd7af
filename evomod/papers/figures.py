"""The papers' figures: one script each in ``scripts/<paper>/``, found by name, drawn from a study's tables.

A script ``scripts/clune2013/fig2.py`` is the figure ``clune2013-fig2``; one that is named as its folder is the
figure of that name. What tells it from other scripts is that it holds ``FULL``, the size of its study in words.
The first line of its docstring says what it shows. Beside what `evomod.papers.scripts` asks of it, it has ``draw(study)``, which returns a matplotlib figure. ``prepare(study, jobs)``, if there, writes
further tables into the study's folder before.

A script that needs no study of evolution holds ``TABLE`` instead (its file in ``results/<paper>/``),
``COMMAND`` (what writes it), ``draw_table(path)`` and ``quick(jobs)``, which makes a small one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from evomod.errors import EvomodError, nearest, shortened
from evomod.files.disk import is_folder
from evomod.files.plugins import called
from evomod.files.provenance import other_version
from evomod.papers.listing import FigureScript, figure_of, find_figures
from evomod.papers.places import command_of, is_ours, paper_of, study_places, table_of
from evomod.papers.scripts import (
    Tell,
    check_names,
    find_study,
    given_study,
    load_script,
    other_study,
    quick_study,
)
from evomod.plots.pictures import check_format, write_picture
from evomod.plots.studies import STYLE
from evomod.studies.tables import StudyFolder


def chosen_figure(name: str) -> FigureScript:
    """The figure of that name, or of a user's own script. Raises `EvomodError` with the list of all if there is none."""
    if name.endswith(".py"):
        return figure_of(Path(name))
    known = find_figures()
    if name not in known:
        if is_folder(name):
            raise EvomodError(_folder_named(Path(name)))
        raise EvomodError(
            f"there is no figure '{name}'; {nearest(name, known)}known: {', '.join(known)}."
        )
    return known[name]


def _folder_named(folder: Path) -> str:
    """What to do with a folder that was named where a figure is wanted."""
    place = quote(str(folder))
    if (folder / "manifest.json").is_file():
        return (
            f"{shortened(folder)} is a folder of results, and no figure; `evomod report {place}` shows what it holds, "
            "and `evomod figure` lists all figures."
        )
    scripts = sorted(path.name for path in folder.glob("fig*.py"))
    advice = f"name a figure's script in it, such as {place}/{scripts[0] if scripts else 'fig1.py'}"
    return (
        f"{shortened(folder)} is a folder, and no figure; {advice}. `evomod figure` lists all figures."
    )


def _table_for(
    script: FigureScript, module: Any, folder: Path | None, quick: bool, jobs: int | None
) -> Path:
    if quick:
        return Path(module.quick(jobs))
    table = table_of(paper_of(script.path), module.TABLE, folder)
    if not table.exists():
        raise EvomodError(
            f"there is no table for {script.name}; looked for {table}. Make it with `{module.COMMAND}` "
            f"({module.FULL}), or draw a small one with --quick."
        )
    return table


def draw_figure(
    name: str,
    out: Path | None = None,
    *,
    study: Path | None = None,
    quick: bool = False,
    jobs: int | None = None,
    tell: Tell = lambda text: None,
) -> tuple[Path, Path]:
    """Draw a figure into a PNG; returns its path and the folder of the study it was drawn from.

    ``study``: the folder of a study that has been run; None: the first that is found. ``quick``: run a
    small one first, in a folder of its own. ``tell`` is told of a study that is passed over, or drawn and
    not what the paper's definition or this evomod would make. Raises `EvomodError` where there is none,
    with the command that runs it.
    """
    script = chosen_figure(name)
    module = load_script(script.path)
    path = check_format(out or Path(f"{script.name}{'-quick' if quick else ''}.png"))
    if hasattr(module, "TABLE"):
        table = _table_for(script, module, study, quick, jobs)
        _draw(lambda: module.draw_table(table), path)
        return path, table.parent
    check_names(script.path, module, "draw", *(["QUICK"] if quick else []))
    if quick:
        found = quick_study(script.path, module, jobs)
    elif study is not None:
        found = given_study(script.path, module.STUDY, study, tell)
    else:
        present = find_study(script.path, module.STUDY, tell)
        if present is None:
            looked = ", ".join(map(str, study_places(script.path, module.STUDY)))
            raise EvomodError(
                f"no study for {script.name} has been run; looked in {looked}. Run it with "
                f"`{command_of(script.path, module.STUDY)}` ({module.FULL}), or draw a small one with --quick."
            )
        found = present
    version = other_version(found.manifest)
    if version is not None:
        tell(
            f"{found.folder} was made by evomod {version}; this one draws it from its tables as they are."
        )
    note = "" if version is None else f"runs made by evomod {version}"
    if quick:
        note = f"small study (--quick): {', '.join(quick_in_words(module.QUICK))}"
    _draw(lambda: _made(script, module, found, jobs), path, note)
    return path, found.folder


def _made(script: FigureScript, module: Any, found: StudyFolder, jobs: int | None) -> Any:
    """The figure of a study. Raises `EvomodError` where its treatments are not those that the script draws."""
    if not is_ours(script.path):
        what, file = f"{script.path}: draw", str(script.path)
        figure = called(what, file, module.draw, found)
        if not isinstance(figure, Figure):
            raise EvomodError(
                f"{what} returned {type(figure).__name__}; expected a matplotlib Figure, by a last line such as "
                "`return figure`."
            )
        return figure
    try:
        if hasattr(module, "prepare"):
            module.prepare(found, jobs)
        return module.draw(found)
    except EvomodError:
        raise
    except (KeyError, IndexError, ValueError):
        other = other_study(script.path, module.STUDY, found)
        if other is None:
            raise
        raise EvomodError(f"{script.name} cannot be drawn from {found.folder}: {other}.") from None


def quick_in_words(quick: dict[str, Any]) -> list[str]:
    """What is small about a figure's small study.

    >>> quick_in_words({"replicates": 4, "settings": ["evolution.generations=3000"]})
    ['replicates 4', 'generations 3000']
    """
    return [f"replicates {quick['replicates']}"] + [
        setting.rpartition(".")[2].replace("=", " ") for setting in quick.get("settings", ())
    ]


def _draw(make: Callable[[], Any], path: Path, note: str = "") -> None:
    """``note``: what a reader must know, in the lower right corner."""
    with matplotlib.rc_context(STYLE):
        figure = make()
        if note:
            text = figure.text(0.998, 0.002, note, ha="right", va="bottom", fontsize=5, color="#555555")
            text.set_in_layout(False)
        write_picture(figure, path)
