"""Gather studies into results/<paper>/: tables, pictures, verdicts; write what PAPER.md and docs/results.md show.

    python scripts/collect.py studies/clune2013 [studies/clune2013-xor ...]
    python scripts/collect.py --below elite studies/kashtan2007-elite    # of other settings: results/kashtan2007/elite
    python scripts/collect.py                                            # verdicts and pictures' colours alone, of all that is committed

A study that is named as its paper goes into results/<paper> itself, others into a folder of their names there. The
verdicts of all papers go into results/<paper>/claims.json, between the marks of scripts/<paper>/PAPER.md, and into
docs/results.md (`results_page.py`), docs/essay.md (`essay_page.py`) and scripts/causes/REPORT.md (`article_page.py`); docs/matrix.md is written of its
table anew (`matrix_page.py`). Studies that were stopped early are gathered as they are: their claims are not complete.
"""

import argparse
import json
import os
import shutil
from pathlib import Path

from PIL import Image

from evomod.errors import EvomodError
from evomod.files.tables import write_text
from evomod.papers.claim_texts import as_markdown, counted
from evomod.papers.figures import draw_figure
from evomod.papers.listing import find_figures
from evomod.papers.places import study_name
from evomod.papers.scripts import load_script
from evomod.papers.verification import claim_scripts, verify
from evomod.studies.tables import load_study, write_tables

SCRIPTS = Path(__file__).parent
RESULTS = SCRIPTS.parent / "results"
TABLES = ("*.csv", "*.csv.gz", "*.json", "*.json.gz", "study.toml")
WANTED = {"courses.csv.gz": {"clune2013", "clune2013-sweeps"}, "density.csv.gz": {"clune2013"}}
"""Large tables are kept of the studies whose figures, or notebooks, read them."""
BEGIN, END = "<!-- verdicts: written by scripts/collect.py -->", "<!-- end of verdicts -->"
PAGES = {"causes": "SUPPLEMENT.md"}


def gather(folder, below=None):
    """Write and draw everything of one study, and copy its tables.

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
        if name in WANTED.get(path.name, {name}):
            shutil.copy(path, into / path.name)
    pack_curves(into)
    forget_places(into / "manifest.json")
    study = load_study(into)
    modules = [load_script(figure.path) for figure in figures]
    shown = [module.as_markdown(study) for module in modules if hasattr(module, "as_markdown")]
    print("\n\n".join([f"## {name}", *shown]))


def slim_pictures():
    """Every committed picture in 256 colours: 0.4 of the bytes, and of 500 pixels at most one looks otherwise."""
    for path in RESULTS.rglob("*.png"):
        with Image.open(path) as picture:
            slimmer = None if picture.mode == "P" else picture.convert("RGB").quantize(256)
        if slimmer is not None:
            slimmer.save(path, optimize=True)


def pack_curves(folder):
    """Curves are the largest tables, and a fifth of their size packed."""
    plain = folder / "curves.csv"
    if plain.exists():
        write_text(folder / "curves.csv.gz", plain.read_bytes())
        plain.unlink()


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


def committed_verdicts(tell=print):
    """Every claim by the committed tables alone, whatever studies lie in the current folder."""
    before = Path.cwd()
    os.chdir(SCRIPTS)  # where no study is looked for
    try:
        return verify(tell=tell)
    finally:
        os.chdir(before)


def keep(found):
    """Put the claims of every paper into its file."""
    for paper in sorted({claim.paper for claim in found}):
        rows = [claim.as_dict() for claim in found if claim.paper == paper]
        text = json.dumps(rows, indent=1) + "\n"
        (RESULTS / paper).mkdir(exist_ok=True)
        (RESULTS / paper / "claims.json").write_text(text, encoding="utf-8")


def show(paper, claims, page):
    """Write the verdicts of a paper between the marks of its text. Raises `EvomodError` where it has no marks."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise EvomodError(f"{page} has no place for verdicts: add the lines {BEGIN} and {END}.")
    parts = [f"{len(claims)} claims: {counted(claims)}.", as_markdown(claims), *deleted(paper)]
    page.write_text(before + "\n\n".join([BEGIN, *parts, END]) + after, encoding="utf-8")


def deleted(paper):
    """Claims of version 0.1 that were deleted, with the reasons."""
    scripts = [path for path in claim_scripts() if path.parent.name == paper]
    gone: dict[str, str] = {}
    for path in scripts:
        gone |= getattr(load_script(path), "DELETED", {})
    if not gone:
        return []
    rows = [f"| {text} | {why} |" for text, why in gone.items()]
    head = "Claims of version 0.1 that are not asked any more, and why:"
    return [head, "\n".join(["| claim | reason |", "|---|---|", *rows])]


def write_verdicts():
    """Test every claim on the committed tables, and write what came of it wherever it is shown."""
    found = committed_verdicts()
    keep(found)
    for paper in sorted({claim.paper for claim in found}):
        mine = [claim for claim in found if claim.paper == paper]
        show(paper, mine, SCRIPTS / paper / PAGES.get(paper, "PAPER.md"))
    load_script(SCRIPTS / "results_page.py").write(found)
    load_script(SCRIPTS / "essay_page.py").write(found)
    load_script(SCRIPTS / "article_page.py").write(found)
    load_script(SCRIPTS / "matrix_page.py").write()
    print(f"{len(found)} claims: {counted(found)}.")


def main():
    """Every folder that is given, then all verdicts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument(
        "--below", help="folder of studies that have other settings than their definition"
    )
    given = parser.parse_args()
    for folder in given.folders:
        gather(folder.absolute(), given.below)
    slim_pictures()
    write_verdicts()


if __name__ == "__main__":
    main()
