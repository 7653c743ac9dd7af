"""The papers' figures: one script each in ``scripts/<paper>/``, found by name, drawn from a study's tables.

A script ``scripts/clune2013/fig2.py`` is the figure ``clune2013-fig2``. The first line of its docstring
says what it shows. It holds ``STUDY`` (its study's TOML in the same folder), ``FULL`` (the size of the
study), ``QUICK`` (replicates and settings of a small one), and ``draw(study)``, which returns a matplotlib
figure. ``prepare(study, jobs)``, if there, writes further tables into the study's folder before.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import matplotlib

from evomod.errors import EvomodError
from evomod.plotting_studies import STYLE
from evomod.study import load_definition
from evomod.study_run import run_study
from evomod.study_tables import StudyFolder, load_study

PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class FigureScript:
    """A script that draws one figure of a paper."""

    name: str
    """Such as "clune2013-fig2"."""
    path: Path
    shows: str

    @property
    def paper(self) -> str:
        return self.path.parent.name

    def command(self, module: Any) -> str:
        """What runs its study at full size."""
        return f"evomod study scripts/{self.paper}/{module.STUDY}"


def scripts_folder() -> Path:
    """Where the papers' folders are: beside the package in a source checkout, else inside it."""
    beside = PACKAGE.parent / "scripts"
    return beside if (beside / "clune2013").is_dir() else PACKAGE / "scripts"


def find_figures() -> dict[str, FigureScript]:
    """All figures by name."""
    found = {}
    for path in sorted(scripts_folder().glob("*/*.py")):
        if re.match(r"fig\d|table", path.stem):
            name = f"{path.parent.name}-{path.stem}"
            found[name] = FigureScript(name, path, _first_line(path))
    return found


def _first_line(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.splitlines()[0] if text else ""


def load_script(script: FigureScript) -> Any:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location(script.name.replace("-", "_"), script.path)
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def chosen_figure(name: str) -> FigureScript:
    """The figure of that name. Raises `EvomodError` with the list of all if there is none."""
    known = find_figures()
    if name not in known:
        raise EvomodError(f"there is no figure '{name}'; known: {', '.join(known)}.")
    return known[name]


def study_places(script: FigureScript, module: Any) -> list[Path]:
    """Folders in which the figure's study may lie: a run of one's own, then the committed results."""
    study = load_definition(script.path.parent / module.STUDY).name
    results = scripts_folder().parent / "results" / script.paper
    return [Path("studies") / study, results / study, results]


def find_study(script: FigureScript, module: Any) -> Path | None:
    """The first of `study_places` that holds the tables of the study."""
    name = load_definition(script.path.parent / module.STUDY).name
    for place in study_places(script, module):
        if (place / "summary.csv").exists() and (place / "study.toml").exists():
            if load_study(place).study.name == name:
                return place
    return None


def draw_figure(
    name: str,
    out: Path | None = None,
    *,
    study: Path | None = None,
    quick: bool = False,
    jobs: int | None = None,
) -> tuple[Path, Path]:
    """Draw a figure into a PNG; returns its path and the folder of the study it was drawn from.

    ``study``: the folder of a study that has been run; None: the first that is found. ``quick``: run a
    small one first, in a folder of its own. Raises `EvomodError` where there is none, with the command
    that runs it.
    """
    script = chosen_figure(name)
    module = load_script(script)
    if quick and study is not None:
        raise EvomodError(
            "give --study to draw from a study that exists, or --quick to run a small one."
        )
    folder = _quick_study(script, module, jobs) if quick else study or find_study(script, module)
    if folder is None:
        raise EvomodError(
            f"no study for {name} has been run; looked in "
            f"{', '.join(map(str, study_places(script, module)))}. Run it with "
            f"`{script.command(module)}` ({module.FULL}), or draw a small one with --quick."
        )
    found = load_study(folder)
    _check_study(name, script, module, found)
    if hasattr(module, "prepare"):
        module.prepare(found, jobs)
    path = out or Path(f"{name}{'-quick' if quick else ''}.png")
    with matplotlib.rc_context(STYLE):
        figure = module.draw(found)
        try:
            figure.savefig(path, dpi=150, metadata={"Software": None})
        except (OSError, ValueError) as error:
            raise EvomodError(f"the picture cannot be written to {path}: {error}.") from None
    return path, folder


def _check_study(name: str, script: FigureScript, module: Any, found: StudyFolder) -> None:
    wanted = load_definition(script.path.parent / module.STUDY)
    if found.study.name != wanted.name:
        raise EvomodError(
            f"{name} is drawn from the study '{wanted.name}'; {found.folder} holds '{found.study.name}'."
        )


def _quick_study(script: FigureScript, module: Any, jobs: int | None) -> Path:
    path = script.path.parent / module.STUDY
    study = load_definition(path, module.QUICK["settings"], module.QUICK["replicates"])
    folder = Path(tempfile.mkdtemp(prefix=f"{script.name}-quick-"))
    run_study(study, folder, jobs=jobs)
    return folder
