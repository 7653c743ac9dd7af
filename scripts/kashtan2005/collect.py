"""Gather studies of this folder into results/kashtan2005: tables, pictures, claims; print what PAPER.md shows.

    python scripts/kashtan2005/collect.py studies/kashtan2005 [studies/kashtan2005-random ...]

Studies that were stopped early are gathered as they are; every table and picture says how many runs it has.
The further tables take minutes; those that lie in a study's folder already are taken as they are.
"""

import json
import shutil
import sys
from pathlib import Path

import matplotlib

from evomod.claims import as_markdown, counted
from evomod.papers import load_script
from evomod.plotting_studies import STYLE
from evomod.study import load_definition
from evomod.study_tables import load_study, write_tables

HERE = Path(__file__).parent
RESULTS = HERE.parent.parent / "results" / "kashtan2005"
SCRIPTS = (
    "table_qm",
    "fig1",
    "fig2",
    "fig3",
    "fig4",
    "fig5",
    "figs8",
    "claims",
    "claims_outputs",
    "claims_random",
)


def gather(folder, into):
    """Prepare, draw and test everything of one study; copy its tables. Returns its claims."""
    write_tables(folder)
    study, found, shown = load_study(folder), [], []
    into.mkdir(parents=True, exist_ok=True)
    for name in SCRIPTS:
        module = load_script(HERE / f"{name}.py")
        if load_definition(HERE / module.STUDY).name != study.study.name:
            continue
        if hasattr(module, "prepare"):
            module.prepare(study)
            draw(module, study, into / f"{name}.png")
        if hasattr(module, "claims"):
            found += module.claims(study)
        if hasattr(module, "as_markdown"):
            shown.append(module.as_markdown(study))
    for path in (*folder.glob("*.csv"), *folder.glob("*.json"), folder / "study.toml"):
        shutil.copy(path, into / path.name)
    print("\n\n".join([f"## {study.study.name}", *shown, as_markdown(found), counted(found)]))
    return found


def draw(module, study, path):
    """One picture."""
    with matplotlib.rc_context(STYLE):
        module.draw(study).savefig(path, dpi=150, metadata={"Software": None})


def main():
    """The main study into the folder itself, others into folders of their names; all claims into one file.

    Claims that no given study tests stay as they are.
    """
    found = []
    for folder in map(Path, sys.argv[1:]):
        name = load_study(folder).study.name
        found += gather(folder, RESULTS if name == RESULTS.name else RESULTS / name)
    path, tested = RESULTS / "claims.json", {claim.claim for claim in found}
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    rows = [row for row in known if row["claim"] not in tested] + [claim.as_dict() for claim in found]
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
