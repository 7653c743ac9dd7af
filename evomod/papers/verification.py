"""Every claim of every paper against the studies that have been run: ``evomod verify``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError
from evomod.files.provenance import other_version
from evomod.papers.claims import Claim, not_run
from evomod.papers.scripts import (
    Tell,
    command_of,
    find_study,
    is_taste,
    load_script,
    quick_study,
    scripts_folder,
    table_of,
)
from evomod.studies.tables import how_many


def claim_scripts() -> list[Path]:
    """The files that hold a paper's claims: ``claims.py``, or ``claims_<study>.py`` for its other studies."""
    return sorted(scripts_folder().glob("*/claims*.py"))


def verify(
    *, quick: bool = False, jobs: int | None = None, tell: Tell = lambda text: None
) -> list[Claim]:
    """All claims with their verdicts, by the studies that are found, or by small ones that are run now.

    ``tell`` is told of every study that is asked, or passed over because it is damaged or another than the
    paper's. One of less than a tenth of the definition's size, which a taste or a quick one is, shows how
    claims are tested, and decides none.
    """
    found: list[Claim] = []
    for path in claim_scripts():
        module = load_script(path)
        if hasattr(module, "TABLE"):
            found += _of_table(path, module, tell)
        else:
            found += _of_study(path, module, quick, jobs, tell)
    return found


def _of_study(path: Path, module: Any, quick: bool, jobs: int | None, tell: Tell) -> list[Claim]:
    """Claims of a study; a taste decides none."""
    paper = path.parent.name
    study = quick_study(path, module, jobs) if quick else find_study(path, module, tell)
    if study is None:
        why = f"not run: {command_of(path, module)}"
        return [not_run(paper, text, why) for text in module.CLAIMS]
    taste, version = is_taste(path, module.STUDY, study), other_version(study.manifest)
    made = f", made by evomod {version}" if version else ""
    kind = " (a taste: decides nothing)" if taste else ""
    tell(f"{paper}: {study.folder}, {how_many(study)}{made}{kind}")
    tested = _tested(path, module, study)
    return [replace(c, verdict="cannot tell") for c in tested] if taste else tested


def _of_table(path: Path, module: Any, tell: Tell) -> list[Claim]:
    """Claims of an experiment that is no study; a small one is not run for them."""
    table = table_of(path.parent.name, module)
    if not table.exists():
        return [not_run(path.parent.name, text, f"not run: {module.COMMAND}") for text in module.CLAIMS]
    tell(f"{path.parent.name}: {table}")
    return _tested(path, module, table)


def _tested(path: Path, module: Any, what: Any) -> list[Claim]:
    """The claims against a study or a table, which none can be told from if it is damaged."""
    try:
        found: list[Claim] = module.claims(what)
    except EvomodError as error:
        found = [not_run(path.parent.name, text, f"cannot be told: {error}") for text in module.CLAIMS]
    return found


def as_data(found: list[Claim]) -> list[dict[str, Any]]:
    """The claims as plain data."""
    return [claim.as_dict() for claim in found]


def told(found: list[Claim]) -> str:
    """The claims for a terminal: verdict, claim, numbers and test."""
    lines = []
    for claim in found:
        lines.append(f"{claim.verdict.upper():12} {claim.paper}: {claim.claim}")
        lines.append(f"{'':12} {claim.found}")
        lines.append(f"{'':12} {claim.test}")
    return "\n".join(lines)
