"""Every claim of every paper against the studies that have been run: ``evomod verify``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from evomod.claims import Claim, not_run
from evomod.papers import (
    command_of,
    find_study,
    is_taste,
    load_script,
    quick_study,
    scripts_folder,
    table_of,
)


def claim_scripts() -> list[Path]:
    """The files that hold a paper's claims: ``claims.py``, or ``claims_<study>.py`` for its other studies."""
    return sorted(scripts_folder().glob("*/claims*.py"))


def verify(
    *, quick: bool = False, jobs: int | None = None, tell: Callable[[str], None] = lambda text: None
) -> list[Claim]:
    """All claims with their verdicts, by the studies that are found, or by small ones that are run now.

    ``tell`` is told of every study that is asked. One of less than a tenth of the definition's size, which a
    taste or a quick one is, shows how claims are tested, and decides none.
    """
    found: list[Claim] = []
    for path in claim_scripts():
        module = load_script(path)
        if hasattr(module, "TABLE"):
            found += _of_table(path, module, tell)
            continue
        study = quick_study(path, module, jobs) if quick else find_study(path, module)
        if study is None:
            why = f"not run: {command_of(path, module)}"
            found += [not_run(path.parent.name, text, why) for text in module.CLAIMS]
        else:
            taste = is_taste(path, module, study)
            kind = " (a taste: decides nothing)" if taste else ""
            tell(f"{path.parent.name}: {study.folder}, {study.study.replicates} replicates{kind}")
            tested = module.claims(study)
            found += [replace(c, verdict="cannot tell") for c in tested] if taste else tested
    return found


def _of_table(path: Path, module: Any, tell: Callable[[str], None]) -> list[Claim]:
    """Claims of an experiment that is no study; a small one is not run for them."""
    table = table_of(path.parent.name, module)
    if not table.exists():
        return [not_run(path.parent.name, text, f"not run: {module.COMMAND}") for text in module.CLAIMS]
    tell(f"{path.parent.name}: {table}")
    found: list[Claim] = module.claims(table)
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
