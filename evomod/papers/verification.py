"""Every claim of every paper against the studies that have been run: ``evomod verify``.

The committed verdicts lie in ``results/<paper>/claims.json``. What is tested on a committed table and comes out otherwise
is a verdict that cannot be reproduced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError, shortened
from evomod.files.provenance import other_version
from evomod.files.readers import DamageError, read_json
from evomod.papers.claim import Claim, old_births
from evomod.papers.places import command_of, paper_of, scripts_folder, study_name, study_places, table_of
from evomod.papers.scripts import (
    Tell,
    check_names,
    find_study,
    is_taste,
    load_script,
    quick_study,
)
from evomod.papers.testing import decide, untested
from evomod.studies.tables import StudyFolder, load_study
from evomod.verdicts import STATES


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A verdict that is not the committed one."""

    claim: Claim
    committed: str
    """"none" where no verdict is committed."""

    def __str__(self) -> str:
        return f"{self.claim.paper}: {self.claim.claim}: committed is '{self.committed}', here '{self.claim.verdict}'"


def claim_scripts() -> list[Path]:
    """The files that hold a paper's claims: ``claims.py``, or ``claims_<study>.py`` for its other studies."""
    return sorted(scripts_folder().glob("*/claims*.py"))


def own_claim_scripts(folder: Path) -> list[Path]:
    """The same of a paper in a folder of a user's own. Raises `EvomodError` where it has none."""
    if folder.suffix == ".py":
        raise EvomodError(
            f"{shortened(folder)} is a file; give the paper's folder, {shortened(folder.parent)}."
        )
    found = sorted(folder.glob("claims*.py"))
    if not found:
        raise EvomodError(
            f"{shortened(folder)} holds no claims; expected a paper's folder with a file claims.py."
        )
    return found


def verify(
    *,
    folder: Path | None = None,
    quick: bool = False,
    jobs: int | None = None,
    tell: Tell = lambda text: None,
) -> list[Claim]:
    """All claims with their verdicts, by the studies that are found, or by small ones that are run now.

    ``folder``: of a paper of a user's own, whose files are executed; without it those of all papers of evomod.

    ``tell`` is told of every study that is asked, or passed over because it is damaged or another than the
    paper's. One of less than a tenth of the definition's size, which a taste or a quick one is, shows how
    claims are tested, and decides none. Raises `EvomodError` for a claim file that leaves something undeclared.
    """
    found: list[Claim] = []
    for path in claim_scripts() if folder is None else own_claim_scripts(folder):
        module = load_script(path)
        if hasattr(module, "TABLE"):
            check_names(path, module, "COMMAND", "CLAIMS")
            found += _of_table(path, module, tell)
        else:
            check_names(path, module, "STUDY", "CLAIMS", *(["QUICK"] if quick else []))
            found += _of_study(path, module, quick, jobs, tell)
    return found


def _of_study(path: Path, module: Any, quick: bool, jobs: int | None, tell: Tell) -> list[Claim]:
    """Claims of a study; a taste decides none."""
    paper, command = paper_of(path), command_of(path, module.STUDY)
    study = quick_study(path, module, jobs) if quick else find_study(path, module.STUDY, tell)
    if study is None:
        old = _old_one(path, module)
        if old:
            return untested(path, module, f"{old}: run again", "made by 0.1", command)
        return untested(path, module, f"not run: {command}", "not run", command)
    taste, version = is_taste(path, module.STUDY, study), other_version(study.manifest)
    made = f", made by evomod {version}" if version else ""
    kind = " (a taste: decides nothing)" if taste else ""
    tell(f"{paper}: {study.folder}, {study.progress}{made}{kind}")
    return of_study(path, module, study, is_whole=not taste)


def _old_one(path: Path, module: Any) -> str | None:
    """In words, that the study's place holds one of the old births, which has other settings too; None where not."""
    for place in study_places(path, module.STUDY):
        if (place / "manifest.json").exists():
            try:
                found = load_study(place)
            except EvomodError:
                continue
            if found.study.name == study_name(path, module.STUDY) and _is_layered(found):
                return old_births(found.manifest)
    return None


def _is_layered(study: StudyFolder) -> bool:
    return any(t.config.network.encoding.startswith("layered") for t in study.study.treatments)


def of_study(path: Path, module: Any, study: StudyFolder, *, is_whole: bool = True) -> list[Claim]:
    """The claims against a study; those of layered networks that were born too sparse are refused."""
    command, old = command_of(path, module.STUDY), old_births(study.manifest)
    if old and _is_layered(study):
        return untested(path, module, f"{old}: run again", "made by 0.1", command)
    return _tested(path, module, study, command, is_whole)


def _of_table(path: Path, module: Any, tell: Tell) -> list[Claim]:
    """Claims of an experiment that is no study; a small one is not run for them."""
    table = table_of(paper_of(path), module.TABLE)
    if not table.exists():
        return untested(path, module, f"not run: {module.COMMAND}", "not run", module.COMMAND)
    tell(f"{paper_of(path)}: {table}")
    return _tested(path, module, table, module.COMMAND, True)


def _tested(path: Path, module: Any, what: Any, command: str, is_whole: bool) -> list[Claim]:
    """The claims against a study or a table, which none can be told from if it is damaged."""
    try:
        return decide(path, module, what, command=command, is_whole=is_whole)
    except EvomodError as error:
        return untested(path, module, f"cannot be tested: {error}", "not run", command)


def committed() -> dict[tuple[str, str], str]:
    """The committed verdicts by paper and claim. Raises `EvomodError` where a file of them is damaged."""
    found = {}
    for path in sorted((scripts_folder().parent / "results").glob("*/claims.json")):
        try:
            rows = read_json(path)
            found.update({(row["paper"], row["claim"]): row["verdict"] for row in rows})
        except (OSError, DamageError, TypeError, KeyError) as error:
            raise EvomodError(
                f"{path} does not hold verdicts ({error}). Restore it, or write it again with scripts/collect.py."
            ) from None
    return found


def contradictions(found: Sequence[Claim]) -> list[Contradiction]:
    """Claims whose verdict is not the committed one; a study that is not complete here contradicts nothing that is.

    So a run of one's own that has begun is no contradiction, and a table that is missing is one where it had decided
    a claim.
    """
    known = committed()
    pairs = [(claim, known.get((claim.paper, claim.claim), "none")) for claim in found]
    return [
        Contradiction(claim, verdict)
        for claim, verdict in pairs
        if claim.verdict != verdict
        and not (claim.verdict == "not complete" and verdict != "none")
        and not (claim.verdict in STATES and verdict in STATES)
    ]


def missing(found: Sequence[Claim]) -> list[str]:
    """Committed verdicts of claims that no file holds any more."""
    here = {(claim.paper, claim.claim) for claim in found}
    return [f"{paper}: {text}" for paper, text in committed() if (paper, text) not in here]


def as_data(found: Sequence[Claim]) -> list[dict[str, Any]]:
    """The claims as plain data."""
    return [claim.as_dict() for claim in found]


def told(found: Sequence[Claim], *, says_why: bool = False) -> str:
    """The claims for a terminal: verdict, claim, numbers and test; what has no verdict in one line.

    ``says_why``: in two, with what it lacks.
    """
    lines = []
    for claim in found:
        lines.append(f"{claim.verdict.upper():22} {claim.paper}: {claim.claim}")
        if claim.verdict in STATES:
            why = claim.found if claim.test == "none" else f"{claim.found}; {claim.test}"
            lines += [f"{'':22} {why}"] if says_why else []
            continue
        lines.append(f"{'':22} {claim.found}")
        lines.append(f"{'':22} {'; '.join(part for part in (claim.effect, claim.test) if part)}")
    return "\n".join(lines)
