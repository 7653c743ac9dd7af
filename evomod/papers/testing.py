"""The claims of a file tested: what they have to declare, p corrected for families, and the verdict of each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evomod import effects
from evomod.effects import unknown
from evomod.errors import EvomodError, nearest, shown
from evomod.files.plugins import line_in, told
from evomod.papers.claim import Claim, Measured, NotRunError, OutdatedError, Source, Spec
from evomod.papers.claim_texts import effect_text, p_text
from evomod.papers.places import is_ours, paper_of, shown_file
from evomod.papers.scripts import definition_of
from evomod.statistics import holm
from evomod.studies.tables import StudyFolder
from evomod.verdicts import DELTA, SHARE, STATES, VERDICTS, Verdict, is_small

DECIDED = tuple(verdict for verdict in VERDICTS if verdict != "inconclusive")
"""Verdicts that a test of no shape gives without a p."""


def check_specs(path: Path, module: Any) -> list[Spec]:
    """The claims of a file. Raises `EvomodError` where one lacks what has to be fixed before the first run."""
    place = shown_file(path)
    if not isinstance(module.CLAIMS, list | tuple):
        raise EvomodError(f"{place}: CLAIMS is {module.CLAIMS!r:.60}; expected a list of claims.")
    found = list(module.CLAIMS)
    for spec in found:
        if not isinstance(spec, Spec):
            raise EvomodError(
                f"{place}: CLAIMS holds {spec!r:.60}, which is not a claim such as Larger(...)."
            )
        if not spec.family:
            raise EvomodError(
                f"{place}: the claim '{spec.text}' names no family. Add family=\"...\", the question that it shares with "
                "the claims that it is corrected with."
            )
        if spec.smallest is None or not _is_number(spec.smallest) or not spec.smallest > 0.0:
            raise EvomodError(
                f"{place}: the claim '{spec.text}' declares no smallest effect of interest. Add smallest=..., such as "
                f"{DELTA} of Cliff's delta or {SHARE} of a share."
            )
        _check_parts(place, spec)
    twice = [text for text, n in Counter(spec.text for spec in found).items() if n > 1]
    if twice:
        raise EvomodError(f"{place}: the claim '{twice[0]}' stands there more than once.")
    return found


def _check_parts(place: str, spec: Spec) -> None:
    """Refuse parts of a claim that are not what its shape says."""
    share, ends = getattr(spec, "theirs", None), getattr(spec, "ends", None)
    doses, of = getattr(spec, "doses", {}), getattr(spec, "of", ())
    for name, is_right, wanted in (
        (
            "doses",
            isinstance(doses, dict) and all(map(_is_number, doses.values())),
            "numbers by treatment",
        ),
        ("of", isinstance(of, list | tuple), "names of treatments, such as ('pa',)"),
        (
            "theirs",
            share is None or (_are_two(share) and 0 <= share[0] <= share[1] > 0),
            "a number and how many it is of, such as (3, 50)",
        ),
        (
            "ends",
            ends is None or (_are_two(ends) and ends[0] <= ends[1]),
            "the lower and the upper end of an interval",
        ),
        ("bound", _is_number(getattr(spec, "bound", 0.0)), "a number"),
        ("value", _is_number(getattr(spec, "value", 0.0)), "a number"),
    ):
        if not is_right:
            raise EvomodError(f"{place}: the claim '{spec.text}': expected {name} to be {wanted}.")
    if not all(isinstance(group, str) for group in spec.groups()):
        raise EvomodError(
            f"{place}: the claim '{spec.text}': expected groups to be names of treatments."
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number)


def _are_two(values: Any) -> bool:
    return isinstance(values, list | tuple) and len(values) == 2 and all(map(_is_number, values))


def decide(path: Path, module: Any, what: Any, *, command: str, is_whole: bool = True) -> list[Claim]:
    """Every claim of a file against a study or a table; ``is_whole``: False where small runs only show how."""
    specs, source = check_specs(path, module), Source(path, module, what)
    _check_groups(path, module, specs)
    measured = [_measured(spec, source) for spec in specs]
    _check_sizes(path, specs, measured)
    found = []
    for spec, one, (p, how) in zip(specs, measured, corrections(specs, measured), strict=True):
        lacking = incomplete(spec, source) if is_whole else ("a pilot run, which decides nothing", False)
        verdict, test = _decided(spec, one, p, lacking)
        test = test or one.test + how + _of_small(spec, one, verdict)
        found.append(_claim(path, spec, one.found, effect_text(one.effect), test, verdict, command))
    return found


def _check_sizes(path: Path, specs: Sequence[Spec], measured: Sequence[Measured]) -> None:
    """Refuse a smallest effect that no effect of its kind reaches: within it everything would be none."""
    for spec, one in zip(specs, measured, strict=True):
        if one.effect.kind in WITHIN_ONE and spec.smallest is not None and spec.smallest >= 1.0:
            raise EvomodError(
                f"{shown_file(path)}: the claim '{spec.text}' has smallest={spec.smallest:g}, and its effect ({one.effect.kind}) lies "
                f"between -1 and 1. Expected a number such as {DELTA} of Cliff's delta or {SHARE} of a share."
            )


WITHIN_ONE = ("delta", "rho", "r", "shares")
"""Kinds of effects that are at most 1 in size."""


def _check_groups(path: Path, module: Any, specs: Sequence[Spec]) -> None:
    """Refuse a group that is no treatment of the study; columns of the file's own may call groups as they like."""
    if not hasattr(module, "STUDY") or hasattr(module, "runs_of"):
        return
    known = [treatment.name for treatment in definition_of(path, module.STUDY).treatments]
    for spec in specs:
        if len(spec.groups()) == 2 and len(set(spec.groups())) == 1:
            raise EvomodError(
                f"{shown_file(path)}: the claim '{spec.text}' compares '{spec.groups()[0]}' with itself."
            )
        if getattr(spec, "column", None) in (None, *getattr(module, "COLUMNS", {})):
            continue
        for group in spec.groups():
            if ":" not in group and group not in known:
                raise EvomodError(
                    f"{shown_file(path)}: the claim '{spec.text}' is of {shown(group)}, which is no treatment of {module.STUDY}; "
                    f"{nearest(group, known)}known: {', '.join(known)}."
                )


def _decided(spec: Spec, one: Measured, p: float, lacking: tuple[str, bool]) -> tuple[Verdict, str]:
    """The verdict, and what is said in place of a test where the declared runs are not there."""
    short, none = lacking
    if short and one.verdict not in STATES:
        return "not run" if none else "not complete", f"none yet: {short}"
    return spec.decided(one, p), ""


def _of_small(spec: Spec, one: Measured, verdict: Verdict) -> str:
    """What is said of a direction that is there and of no interest."""
    is_direction = verdict == "holds" and not math.isnan(one.p)
    if is_direction and is_small(one.effect, float(spec.smallest or 0.0)):
        return "; smaller than the smallest effect of interest"
    return ""


def untested(path: Path, module: Any, why: str, verdict: Verdict, command: str) -> list[Claim]:
    """Every claim of a file, none of them tested."""
    return [_claim(path, spec, why, "", "none", verdict, command) for spec in check_specs(path, module)]


def _claim(
    path: Path, spec: Spec, found: str, effect: str, test: str, verdict: Verdict, command: str
) -> Claim:
    about = (spec.family, spec.status, spec.replication, spec.figure)
    return Claim(paper_of(path), spec.text, found, effect, test, verdict, *about, command)


def _measured(spec: Spec, source: Source) -> Measured:
    """The test of one claim; what it lacks is said in the place of numbers."""
    try:
        return _checked(spec, source) if not is_ours(source.path) else spec.measured(source)
    except NotRunError as error:
        return Measured(str(error), unknown("delta"), "none", verdict="not run")
    except OutdatedError as error:
        return Measured(str(error), unknown("delta"), "none", verdict="made by 0.1")


def _checked(spec: Spec, source: Source) -> Measured:
    """Of a user's claim file, whose functions may do anything."""
    told_of = f"{shown_file(source.path)}: the claim '{spec.text}'"
    try:
        found = spec.measured(source)
    except EvomodError:
        raise
    except Exception as error:
        raise EvomodError(
            f"{told_of} fails{line_in(error, str(source.path))}: {told(error)}."
        ) from error
    if not isinstance(found, Measured):
        raise EvomodError(f"{told_of}: its test returned a {type(found).__name__}; expected a Measured.")
    return found


def corrections(specs: Sequence[Spec], measured: Sequence[Measured]) -> list[tuple[float, str]]:
    """p of every claim, corrected for its family, and how, in words.

    All claims of a direction count, those too that have no runs yet or too little to test: a family is as large as it was
    declared.
    """
    found = [(one.p, "") for one in measured]
    families: dict[str, list[int]] = {}
    for k, (spec, one) in enumerate(zip(specs, measured, strict=True)):
        if spec.has_p() and one.verdict not in DECIDED:
            families.setdefault(spec.family, []).append(k)
    for members in (members for members in families.values() if len(members) > 1):
        share = {(getattr(specs[k], "column", k), getattr(specs[k], "b", k)) for k in members}
        sides = [measured[k].sides for k in members]
        if len(share) == 1 and all(sides):
            known = [side for side in sides if side is not None]
            p, name = effects.max_t([side[0] for side in known], known[0][1]), "max-T"
        else:
            raw = [measured[k].p if math.isfinite(measured[k].p) else 1.0 for k in members]
            p, name = holm(raw), "Holm"
        for k, value in zip(members, p.tolist(), strict=True):
            if math.isfinite(
                measured[k].p
            ):  # permutations err by 0.002, and no correction makes a p smaller
                least = max(value, measured[k].p)
                found[k] = (least, f" ({p_text(least)} by {name} over {len(members)})")
    return found


def incomplete(spec: Spec, source: Source) -> tuple[str, bool]:
    """In words, which groups of a claim have fewer runs than declared, none of them: ""; and whether one has no run."""
    is_study, short, least = isinstance(source.what, StudyFolder), [], 1
    if not is_study and not hasattr(source.module, "runs_of"):
        return "", False
    for group in spec.groups() or (source.what.treatments if is_study else ()):
        try:
            done, declared = source.runs(group)
        except (NotRunError, OutdatedError):
            continue
        if done < declared:
            short.append(f"{done} of {declared} runs of {group}")
            least = min(least, done)
    more = f" and {len(short) - 2} more" if len(short) > 2 else ""
    return ", ".join(short[:2]) + more, least == 0
