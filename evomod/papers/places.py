"""Where the papers' scripts, studies and tables lie; nothing is read but a definition's name."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from evomod.errors import EvomodError
from evomod.files.configs import read_config

PACKAGE = Path(__file__).parents[1]

SIZE = ("evolution.population", "evolution.generations", "tracking.population_every")
"""Settings in which a study may differ from its definition, see `is_taste`; the last only records."""


def scripts_folder() -> Path:
    """Where the papers' folders are: beside the package in a source checkout, else inside it."""
    beside = PACKAGE.parent / "scripts"
    return beside if (beside / "clune2013").is_dir() else PACKAGE / "scripts"


def is_ours(path: Path) -> bool:
    """Whether a script is one of evomod's papers; else it is of a folder of a user's own, who named it."""
    return path.parent.parent.resolve() == scripts_folder().resolve()


def paper_of(path: Path) -> str:
    """A paper's name: that of its folder."""
    return path.parent.name or path.resolve().parent.name


def shown_file(path: Path) -> str:
    """A file of a paper as a command names it."""
    return f"scripts/{paper_of(path)}/{path.name}" if is_ours(path) else str(path)


def command_of(path: Path, definition: str) -> str:
    """What runs a script's study at full size."""
    return f"evomod study {quote(shown_file(path.parent / definition))}"


def study_name(path: Path, definition: str) -> str:
    """Name of a study in a script's folder; resolving its treatments takes a second where they are many."""
    name = read_config(path.parent / definition).get("name")
    if name is None:
        raise EvomodError(f"{shown_file(path.parent / definition)} is not a study: it has no name.")
    return str(name)


def study_places(path: Path, definition: str) -> list[Path]:
    """Folders in which a script's study may lie: a run of one's own, then the committed results."""
    name = study_name(path, definition)
    if not is_ours(path):
        return [Path("studies") / name]
    results = scripts_folder().parent / "results" / paper_of(path)
    return [Path("studies") / name, results / name, results]


def table_of(paper: str, table: str, folder: Path | None = None) -> Path:
    """The table of a script that needs no study: in a folder, or among the results."""
    here = Path("results") / paper
    places = [folder] if folder is not None else [here, scripts_folder().parent / here]
    tables = [Path(place) / table for place in places]
    return next((path for path in tables if path.exists()), tables[0])


def passed_over(place: Path, why: object) -> str:
    """In a line, why a folder that lies where a study is looked for is not taken."""
    return f"{place} is passed over: {' '.join(str(why).split())}"


def not_the_study(path: Path, definition: str, other: str) -> str:
    """In words, that a study is another than the one that a script needs."""
    return f"it is not the study of {shown_file(path.parent / definition)}: {other}"
