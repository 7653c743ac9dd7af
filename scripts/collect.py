"""Gather studies into results/<paper>/: tables, pictures, claims; print what PAPER.md shows of them.

    python scripts/collect.py studies/clune2013 [studies/clune2013-xor ...]
    python scripts/collect.py --below elite studies/kashtan2007-elite    # of other settings: results/kashtan2007/elite

A study that is named as its paper goes into results/<paper> itself, others into a folder of their names there;
claims of all go into results/<paper>/claims.json and into their rows of scripts/<paper>/PAPER.md, where those that no
given study tests stay as they are.
Studies that were stopped early are gathered as they are; every table and picture says how many runs it has.
"""

import argparse
import json
import shutil
from pathlib import Path

from evomod.errors import EvomodError
from evomod.papers.claims import as_markdown, counted
from evomod.papers.figures import draw_figure, find_figures
from evomod.papers.scripts import load_script, study_name
from evomod.papers.verification import claim_scripts
from evomod.studies.tables import load_study, write_tables

SCRIPTS = Path(__file__).parent
RESULTS = SCRIPTS.parent / "results"
TABLES = ("*.csv", "*.csv.gz", "*.json", "*.json.gz", "study.toml")


def gather(folder, below=None):
    """Write, draw and test everything of one study, and copy its tables. Returns its paper and claims.

    ``below``: the folder within the study's own place, which is there already, that holds it in another setting.
    """
    write_tables(folder)
    name = load_study(folder).study.name
    figures = [f for f in find_figures().values() if needs(f.path, load_script(f.path), name)]
    tests = [path for path in claim_scripts() if needs(path, load_script(path), name)]
    if not figures and not tests:
        raise EvomodError(f"no figure and no claim needs the study '{name}' of {folder}.")
    paper = (figures[0].path if figures else tests[0]).parent.name
    into = RESULTS / paper if name == paper else RESULTS / paper / name
    into = into / below if below else into
    into.mkdir(parents=True, exist_ok=True)
    for figure in figures:
        draw_figure(figure.name, into / f"{figure.path.stem}.png", study=folder)
    for path in (path for pattern in TABLES for path in folder.glob(pattern)):
        shutil.copy(path, into / path.name)
    forget_places(into / "manifest.json")
    study = load_study(into.parent if below else into)  # claims may ask for what lies beside or below it
    claims = [claim for path in tests for claim in load_script(path).claims(study)]
    modules = [load_script(figure.path) for figure in figures]
    shown = [module.as_markdown(study) for module in modules if hasattr(module, "as_markdown")]
    tested = [as_markdown(claims), counted(claims)] if claims else []
    print("\n\n".join([f"## {name}", *shown, *tested]))
    return paper, claims


def needs(path, module, name):
    """Whether a script draws or tests the study of that name."""
    return hasattr(module, "STUDY") and study_name(path, module.STUDY) == name


def forget_places(path):
    """Leave the place of a machine out of every session of a manifest."""
    known = json.loads(path.read_text(encoding="utf-8"))
    for session in known.get("sessions", [known]):  # older ones hold one session among their keys
        session["argv"] = [
            "/".join(Path(word).parts[-2:]) if word.startswith("/") else word for word in session["argv"]
        ]
    path.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


def keep(paper, claims):
    """Put claims into the paper's file, in the place of older verdicts on the same."""
    path, tested = RESULTS / paper / "claims.json", {claim.claim for claim in claims}
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    rows = [row for row in known if row["claim"] not in tested] + [claim.as_dict() for claim in claims]
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def show(paper, claims):
    """Put claims into their rows of the paper's text. Raises `EvomodError` if one has no row there."""
    path = SCRIPTS / paper / "PAPER.md"
    fresh = {f"| {claim.claim} |": as_markdown([claim]).splitlines()[-1] for claim in claims}
    lines, shown = path.read_text(encoding="utf-8").splitlines(), set()
    for k, line in enumerate(lines):
        start = next((start for start in fresh if line.startswith(start)), None)
        if start is not None:
            lines[k] = fresh[start]
            shown.add(start)
    if fresh.keys() - shown:
        raise EvomodError(
            f"{path} has no row for the claim {min(fresh.keys() - shown)} add one, with any numbers."
        )
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def main():
    """Every folder that is given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument(
        "--below", help="folder of studies that have other settings than their definition"
    )
    given = parser.parse_args()
    for folder in given.folders:
        paper, claims = gather(folder, given.below)
        if claims:
            keep(paper, claims)
            show(paper, claims)


if __name__ == "__main__":
    main()
