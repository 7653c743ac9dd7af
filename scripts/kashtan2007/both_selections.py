"""The selection that the paper's text describes, and that of Kashtan & Alon 2005: a study of the same treatments.

The second lies in the folder ``elite`` of the first.
"""

from pathlib import Path

from evomod.papers.scripts import is_taste
from evomod.studies.tables import load_study

ELITE = "elite"
"""Name of the folder and of the selection."""
QUOTED, OTHER = "selection as quoted", "selection of Kashtan & Alon 2005"


def in_words(study):
    """How a study selects, for the head of its pictures."""
    method = study.study.treatments[0].config.selection.method
    return {"elite-worst": QUOTED, ELITE: OTHER}.get(method, f"selection {method}")


def with_elite(study, definition):
    """The study beside this one with the other selection, and why there is none that tells anything."""
    folder = study.folder / ELITE
    command = (
        f"evomod study scripts/kashtan2007/{definition} --set selection.method={ELITE} --out {folder}"
    )
    if not (folder / "summary.csv").exists():
        return None, f"not run: {command}"
    found = load_study(folder)
    if in_words(found) != OTHER:
        return None, f"{folder} has another selection ({in_words(found)}): {command}"
    if is_taste(Path(__file__), definition, found):
        return None, f"{folder} is a taste, which decides nothing: {command}"
    return found, ""
