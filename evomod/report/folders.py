"""Which report a folder gets."""

from __future__ import annotations

from pathlib import Path

from evomod.errors import EvomodError, shortened
from evomod.files.disk import exists
from evomod.files.folders import what_to_name
from evomod.report.page import Page, page_html
from evomod.report.run_page import run_page
from evomod.report.study_page import study_page
from evomod.runs.run import load_run


def report_html(folder: str | Path, *, trust: bool = False) -> str:
    """The report of a run or a study as the text of one HTML file.

    Parameters
    ----------
    folder
        Of a run or a study, finished or not.
    trust
        Of a run: execute the folder's own task file to show its networks through the generations.

    Returns
    -------
    str
        A page that loads nothing from anywhere.

    Raises
    ------
    EvomodError
        If there is neither a run nor a study, or nothing of it is done yet.
    """
    return page_html(page_of(Path(folder), trust=trust))


def page_of(folder: Path, *, trust: bool = False) -> Page:
    """What the report of a folder shows. Raises `EvomodError` where there is nothing to show."""
    if not (exists(folder) and folder.is_dir()):
        raise EvomodError(
            f"there is no folder {shortened(folder)}; expected a run's or a study's folder, such as those in runs/ and "
            "studies/."
        )
    if exists(folder / "study.toml"):
        return study_page(folder)
    if not exists(folder / "manifest.json"):
        raise EvomodError(
            f"{shortened(folder)} holds neither a run nor a study: it has no manifest.json. Expected a folder that "
            f"`evomod evolve` or `evomod study` has written{what_to_name(folder)}."
        )
    return run_page(load_run(folder), trust=trust)
