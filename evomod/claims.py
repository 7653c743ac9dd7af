"""What a paper claims beside what was found here: a test, and a verdict in one word.

A paper's folder holds ``claims.py`` with ``STUDY`` (or several in ``STUDIES``), ``QUICK`` (see
`evomod.figures`) and ``claims(study)``, which returns a list of `Claim`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from evomod.statistics import MedianCI, median_ci, proportions, rank_sum

Verdict = Literal["holds", "fails", "cannot tell"]

LEVEL = 0.05
SEED = 1
"""Of the bootstrap behind every interval."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of a paper and what became of it."""

    paper: str
    claim: str
    """In words, with the numbers of the paper and how they are known."""
    found: str
    """The numbers here, with n and intervals."""
    test: str
    verdict: Verdict

    def as_dict(self) -> dict[str, str]:
        return {key: str(value) for key, value in asdict(self).items()}


def larger(
    paper: str, claim: str, a: ArrayLike, b: ArrayLike, labels: tuple[str, str], n_paper: int
) -> Claim:
    """A claim that ``a`` is larger than ``b``, by the rank-sum test.

    It holds if p < 0.05 in its direction. It fails if p < 0.05 in the other, or if there is no such
    difference in as many runs as the paper had; with fewer one cannot tell.

    >>> larger("x", "a is larger", [3, 4, 5, 6], [1, 2, 2, 1], ("a", "b"), 4).verdict
    'holds'
    """
    found = rank_sum(a, b)
    n = min(found.n_a, found.n_b)
    verdict: Verdict = "cannot tell"
    if found.p < LEVEL:
        verdict = "holds" if found.cliffs_delta > 0 else "fails"
    elif n >= n_paper:
        verdict = "fails"
    medians = "; ".join(f"{label} {described(v)}" for label, v in zip(labels, (a, b), strict=True))
    test = f"rank-sum p = {found.p:.2g}, Cliff's delta {found.cliffs_delta:+.2f}"
    return Claim(paper, claim, medians, test, verdict)


def alike(
    paper: str, claim: str, a: ArrayLike, b: ArrayLike, labels: tuple[str, str], n_paper: int
) -> Claim:
    """A claim that ``a`` and ``b`` do not differ: fails if the rank-sum test has p < 0.05.

    With as many runs as the paper had it holds else, which does not prove that there is no difference.

    >>> alike("x", "no difference", [1, 2, 3, 4], [1, 2, 3, 4], ("a", "b"), 4).verdict
    'holds'
    """
    found = larger(paper, claim, a, b, labels, n_paper)
    verdict: Verdict = "cannot tell"
    if rank_sum(a, b).p < LEVEL:
        verdict = "fails"
    elif min(np.size(a), np.size(b)) >= n_paper:
        verdict = "holds"
    return Claim(paper, claim, found.found, found.test, verdict)


def more_often(
    paper: str, claim: str, a: tuple[int, int], b: tuple[int, int], labels: tuple[str, str], n_paper: int
) -> Claim:
    """A claim that something is true of a larger share of ``a`` (yes, n) than of ``b``, by Fisher's test.

    Verdicts as in `larger`.

    >>> more_often("x", "more a", (9, 10), (1, 10), ("a", "b"), 10).verdict
    'holds'
    """
    found = proportions(*a, *b)
    is_larger = a[0] * b[1] > b[0] * a[1]
    verdict: Verdict = "cannot tell"
    if found.p < LEVEL:
        verdict = "holds" if is_larger else "fails"
    elif min(a[1], b[1]) >= n_paper:
        verdict = "fails"
    shares = "; ".join(
        f"{label} {yes}/{n} ({yes / n:.0%})" for label, (yes, n) in zip(labels, (a, b), strict=True)
    )
    return Claim(paper, claim, shares, f"Fisher's exact p = {found.p:.2g}", verdict)


def published(
    paper: str, claim: str, values: ArrayLike, interval: tuple[float, float], n_paper: int
) -> Claim:
    """A published median with its interval: it holds where the interval found here overlaps it.

    With fewer runs than the paper had, an interval that does not overlap still fails; one that does
    cannot tell.
    """
    ci = interval_of(values)
    overlaps = ci.n > 0 and ci.low <= interval[1] and ci.high >= interval[0]
    verdict: Verdict = "holds" if overlaps else "fails"
    if ci.n == 0 or (overlaps and ci.n < n_paper):
        verdict = "cannot tell"
    return Claim(
        paper, claim, described(values), f"overlap with [{interval[0]:g}, {interval[1]:g}]", verdict
    )


def not_run(paper: str, claim: str, why: str) -> Claim:
    """A claim that nothing here can decide."""
    return Claim(paper, claim, why, "none", "cannot tell")


def interval_of(values: ArrayLike) -> MedianCI:
    """Median with its bootstrapped 95 % interval, always by the same seed."""
    return median_ci(values, np.random.default_rng(SEED))


def described(values: ArrayLike) -> str:
    """Median [interval], n = number.

    >>> described([1.0, 1.0, 1.0])
    '1 [1, 1], n = 3'
    """
    ci = interval_of(values)
    return f"{ci.median:.4g} [{ci.low:.4g}, {ci.high:.4g}], n = {ci.n}"


def as_markdown(found: list[Claim]) -> str:
    """The claims as a table in Markdown."""
    lines = ["| claim | here | test | verdict |", "|---|---|---|---|"]
    for c in found:
        bold = c.verdict if c.verdict == "holds" else f"**{c.verdict}**"
        lines.append(f"| {c.claim} | {c.found} | {c.test} | {bold} |")
    return "\n".join(lines)


def counted(found: list[Claim]) -> str:
    """How many hold, fail, and cannot be told."""
    words: tuple[Any, ...] = ("holds", "fails", "cannot tell")
    numbers = [sum(c.verdict == word for c in found) for word in words]
    return f"{numbers[0]} hold, {numbers[1]} fail, of {numbers[2]} one cannot tell"
