"""What a paper claims beside what was found here: a test, and a verdict in one word.

A paper's folder holds ``claims.py`` with ``STUDY``, ``QUICK`` (see `evomod.papers.figures`), ``CLAIMS`` (their texts) and
``claims(study)``, which returns a list of `Claim`; of an experiment that is no study ``TABLE``, ``COMMAND``, ``CLAIMS``
and ``claims(path)``.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from evomod.statistics import (
    FEWEST,
    MedianCI,
    Proportions,
    median_ci,
    proportions,
    rank_correlation,
    rank_sum,
    signed_rank,
    student_p,
)

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
    paper: str,
    claim: str,
    a: ArrayLike,
    b: ArrayLike,
    labels: tuple[str, str],
    n_paper: int,
    *,
    corrected: float | None = None,
) -> Claim:
    """A claim that ``a`` is larger than ``b``, by the rank-sum test.

    It holds if p < 0.05 in its direction. It fails if p < 0.05 in the other, or if there is no such
    difference in as many runs as the paper had; with fewer one cannot tell. ``corrected``: the p that decides
    in the place of its own where the claim is one of a family, see `holm`.

    >>> larger("x", "a is larger", [3, 4, 5, 6], [1, 2, 2, 1], ("a", "b"), 4).verdict
    'holds'
    """
    medians = "; ".join(f"{label} {described(v)}" for label, v in zip(labels, (a, b), strict=True))
    if min(interval_of(a).n, interval_of(b).n) == 0:
        return Claim(paper, claim, medians, "none: no values on one side", "cannot tell")
    found = rank_sum(a, b)
    n, p = min(found.n_a, found.n_b), found.p if corrected is None else corrected
    verdict: Verdict = "cannot tell"
    if p < LEVEL:
        verdict = "holds" if found.cliffs_delta > 0 else "fails"
    elif n >= n_paper:
        verdict = "fails"
    of_family = "" if corrected is None else f" ({corrected:.2g} by Holm)"
    test = f"rank-sum p = {found.p:.2g}{of_family}, Cliff's delta {found.cliffs_delta:+.2f}"
    return Claim(paper, claim, medians, test, verdict)


def larger_in_pairs(
    paper: str,
    claim: str,
    a: ArrayLike,
    b: ArrayLike,
    labels: tuple[str, str],
    n_paper: int,
    *,
    corrected: float | None = None,
) -> Claim:
    """As `larger`, of pairs, by Wilcoxon's signed-rank test; fewer than six pairs never reach p < 0.05, so tell nothing.

    >>> larger_in_pairs("x", "a", [2, 4, 6, 8, 10, 12], [1, 2, 3, 4, 5, 6], ("a", "b"), 9).verdict
    'holds'
    """
    medians = "; ".join(f"{label} {described(v)}" for label, v in zip(labels, (a, b), strict=True))
    found = signed_rank(a, b)
    p = found.p if corrected is None else corrected
    verdict: Verdict = "cannot tell"
    if found.n and p < LEVEL:
        verdict = "holds" if found.r > 0 else "fails"
    elif found.n >= max(n_paper, FEWEST):
        verdict = "fails"
    of_family = "" if corrected is None else f" ({corrected:.2g} by Holm)"
    test = f"signed-rank p = {found.p:.2g}{of_family} of {found.n} pairs, rank-biserial r {found.r:+.2f}"
    return Claim(paper, claim, medians, test, verdict)


def alike(
    paper: str,
    claim: str,
    a: ArrayLike,
    b: ArrayLike,
    labels: tuple[str, str],
    n_paper: int,
    *,
    corrected: float | None = None,
) -> Claim:
    """A claim that ``a`` and ``b`` do not differ: fails if the rank-sum test has p < 0.05, ``corrected`` as in `larger`.

    With as many runs as the paper had it holds else, which does not prove that there is no difference.

    >>> alike("x", "no difference", [1, 2, 3, 4], [1, 2, 3, 4], ("a", "b"), 4).verdict
    'holds'
    """
    found = larger(paper, claim, a, b, labels, n_paper, corrected=corrected)
    n = min(interval_of(a).n, interval_of(b).n)
    verdict: Verdict = "cannot tell"
    if n and (rank_sum(a, b).p if corrected is None else corrected) < LEVEL:
        verdict = "fails"
    elif n and n >= n_paper:
        verdict = "holds"
    return Claim(paper, claim, found.found, found.test, verdict)


def rises_with(
    paper: str, claim: str, a: ArrayLike, b: ArrayLike, n_paper: int, *, falls: bool = False
) -> Claim:
    """A claim that ``b`` rises with ``a``, or ``falls``, by Spearman's rank correlation; verdicts as in `larger`.

    >>> rises_with("x", "together", [1, 2, 3, 4], [1, 2, 3, 4], 4).verdict
    'holds'
    """
    found = rank_correlation(a, b)
    verdict: Verdict = "cannot tell"
    if found.p < LEVEL:
        verdict = "holds" if (found.rho < 0) == falls else "fails"
    elif found.n >= n_paper and not math.isnan(found.rho):
        verdict = "fails"
    text = f"rho {found.rho:+.2f}, n = {found.n}"
    return Claim(paper, claim, text, f"Spearman's p = {found.p:.2g}", verdict)


def more_often(
    paper: str, claim: str, a: tuple[int, int], b: tuple[int, int], labels: tuple[str, str], n_paper: int
) -> Claim:
    """A claim that something is true of a larger share of ``a`` (yes, n) than of ``b``, by Fisher's test.

    Verdicts as in `larger`.

    >>> more_often("x", "more a", (9, 10), (1, 10), ("a", "b"), 10).verdict
    'holds'
    """
    if min(a[1], b[1]) == 0:
        return not_run(paper, claim, f"no runs: {a[1]} and {b[1]}")
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
    return Claim(paper, claim, shares, _fisher(found), verdict)


def published(
    paper: str, claim: str, values: ArrayLike, interval: tuple[float, float], n_paper: int
) -> Claim:
    """A published median with its interval: it holds where the interval found here overlaps it.

    With fewer runs than the paper had, an interval that does not overlap still fails, but of fewer than
    six; one that does cannot tell.

    >>> published("x", "3 to 4", [1, 1, 2, 1, 2, 1], (3.0, 4.0), 50).verdict
    'fails'
    """
    ci = interval_of(values)
    overlaps = ci.n > 0 and ci.low <= interval[1] and ci.high >= interval[0]
    verdict: Verdict = "holds" if overlaps else "fails"
    if ci.n < FEWEST or (overlaps and ci.n < n_paper):
        verdict = "cannot tell"
    return Claim(
        paper, claim, described(values), f"overlap with [{interval[0]:g}, {interval[1]:g}]", verdict
    )


def at_most(paper: str, claim: str, values: ArrayLike, bound: float, n_paper: int) -> Claim:
    """A published median that is not exceeded: it holds where the whole interval found here is at most ``bound``.

    It fails where the whole interval lies above; else, and of fewer than six values, one cannot tell, nor with fewer
    runs than the paper had where it would hold.

    >>> at_most("x", "within 5", [1, 2, 3, 2, 1, 9], 5.0, 6).verdict
    'cannot tell'
    """
    ci = interval_of(values)
    verdict: Verdict = "cannot tell"
    if ci.n >= FEWEST and ci.low > bound:
        verdict = "fails"
    elif ci.n >= max(FEWEST, n_paper) and ci.high <= bound:
        verdict = "holds"
    return Claim(paper, claim, described(values), f"interval at most {bound:g}", verdict)


def published_mean(
    paper: str, claim: str, values: ArrayLike, mean: float, error: float | None, n_paper: int
) -> Claim:
    """A published mean with its standard error: it holds where ours differs by less than chance explains (p >= 0.05).

    Where no ``error`` is published theirs are taken to spread like ours. With fewer runs than the paper had,
    a mean that differs more still fails; one that does not cannot tell.

    >>> published_mean("x", "mean 2", [1, 2, 3], 2.1, 0.1, 3).verdict
    'holds'
    """
    ours, se, n = mean_of(values)
    theirs = se * math.sqrt(n / n_paper) if error is None else error
    found = _student(ours - mean, math.hypot(se, theirs), n)
    verdict: Verdict = "cannot tell"
    if found.p < LEVEL:
        verdict = "fails"
    elif n > 1 and n >= n_paper:
        verdict = "holds"
    known = f"{theirs:.2g} (SE, spread as ours)" if error is None else f"{theirs:g} (SE)"
    test = _told(found, f"{mean:g} ± {known}")
    return Claim(paper, claim, mean_text(values), test, verdict)


def published_share(paper: str, claim: str, ours: tuple[int, int], theirs: tuple[int, int]) -> Claim:
    """A published count (yes, n): it holds where Fisher's test sees no difference, with as many runs.

    >>> published_share("x", "all", (50, 50), (50, 50)).verdict
    'holds'
    """
    if ours[1] == 0:
        return not_run(paper, claim, "no runs")
    found = proportions(*ours, *theirs)
    verdict: Verdict = "fails" if found.p < LEVEL else "holds"
    if verdict == "holds" and ours[1] < theirs[1]:
        verdict = "cannot tell"
    text = f"{ours[0]}/{ours[1]} ({ours[0] / ours[1]:.0%})"
    return Claim(paper, claim, text, f"{_fisher(found)} to {theirs[0]}/{theirs[1]}", verdict)


def _fisher(found: Proportions) -> str:
    """p, and the difference of the two shares."""
    difference = found.yes_a / found.n_a - found.yes_b / found.n_b
    return f"Fisher's exact p = {found.p:.2g}, difference {100.0 * difference:+.0f} percentage points"


def beyond(
    paper: str,
    claim: str,
    found: tuple[float, float, int],
    bound: float,
    n_paper: int,
    *,
    below: bool = False,
) -> Claim:
    """A claim that a mean lies above a bound, or ``below`` it: by more than chance explains (Student's t).

    ``found``: mean, standard error, n. It fails if it lies on the other side by as much, or if as many runs
    as in the paper do not tell.

    >>> beyond("x", "above 0", (1.0, 0.1, 9), 0.0, 9).verdict
    'holds'
    """
    mean, se, n = found
    student = _student(mean - bound, se, n)
    is_beyond = student.t < 0.0 if below else student.t > 0.0
    verdict: Verdict = "cannot tell"
    if student.p < LEVEL and is_beyond:
        verdict = "holds"
    elif student.p < LEVEL or (n > 1 and n >= n_paper):
        verdict = "fails"
    text = f"{mean:.3g} ± {se:.2g} (SE), n = {n}"
    return Claim(paper, claim, text, _told(student, f"{bound:g}"), verdict)


def larger_mean(
    paper: str,
    claim: str,
    a: tuple[float, float, int],
    b: tuple[float, float, int],
    labels: tuple[str, str],
    n_paper: int,
) -> Claim:
    """As `larger`, of two means with their standard errors and n, by Welch's t of the difference.

    Its degrees of freedom are those of the side with fewer values: never too many.

    >>> larger_mean("x", "a", (3.0, 0.1, 9), (1.0, 0.1, 9), ("a", "b"), 9).verdict
    'holds'
    """
    n = min(a[2], b[2])
    found = _student(a[0] - b[0], math.hypot(a[1], b[1]), n)
    verdict: Verdict = "cannot tell"
    if found.p < LEVEL:
        verdict = "holds" if found.t > 0.0 else "fails"
    elif n > 1 and n >= n_paper:
        verdict = "fails"
    text = "; ".join(
        f"{label} {mean:.3g} ± {error:.2g} (SE), n = {number}"
        for label, (mean, error, number) in zip(labels, (a, b), strict=True)
    )
    return Claim(paper, claim, text, _told(found), verdict)


@dataclass(frozen=True, slots=True)
class _Student:
    """A difference in standard errors; t and p are NaN where fewer than two values estimate these."""

    difference: float
    t: float
    p: float
    n: int


def _told(found: _Student, to: str = "") -> str:
    """In words; ``to``: what the difference is to."""
    if found.n < 2:
        return "none: one value has no spread" if found.n else "none: no values"
    beside = f" to {to}" if to else ""
    t = f"t = {found.t:.3g} of the difference {found.difference:+.3g}{beside}"
    return f"{t}, Student's p = {found.p:.2g}, df {found.n - 1}"


def _student(difference: float, error: float, n: int) -> _Student:
    """Without an error any difference is endless, and none is 0."""
    if n < 2:
        return _Student(difference, math.nan, math.nan, n)
    t = math.copysign(math.inf, difference) if difference else 0.0
    if error > 0.0:
        t = difference / error
    return _Student(difference, t, student_p(t, n), n)


def not_run(paper: str, claim: str, why: str) -> Claim:
    """A claim that nothing here can decide."""
    return Claim(paper, claim, why, "none", "cannot tell")


def interval_of(values: ArrayLike) -> MedianCI:
    """Median with its bootstrapped 95 % interval (of fewer than six values: their range), always by the same seed."""
    return median_ci(values, np.random.default_rng(SEED))


def mean_of(values: ArrayLike) -> tuple[float, float, int]:
    """Mean, its standard error, and n; NaN where there are too few values, which leave out what is no number."""
    numbers = np.asarray(values, np.float64)
    numbers = numbers[~np.isnan(numbers)]
    n = numbers.size
    mean = float(numbers.mean()) if n else math.nan
    return mean, float(numbers.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan, n


def mean_text(values: ArrayLike) -> str:
    """Mean ± standard error, n = number.

    >>> mean_text([1.0, 3.0])
    '2 ± 1 (SE), n = 2'
    """
    mean, se, n = mean_of(values)
    return f"{mean:.3g} ± {se:.2g} (SE), n = {n}"


def described(values: ArrayLike) -> str:
    """Median [bootstrapped 95 % interval], n = number; of fewer than six values their range, see `median_ci`.

    >>> described([1.0, 1.0, 2.0]), described([1.0]), described([1.0] * 6)
    ('1, range [1, 2], n = 3', '1, n = 1', '1 [1, 1], n = 6')
    """
    ci = interval_of(values)
    if ci.n < 2:
        return f"{ci.median:.4g}, n = {ci.n}"
    ends = f"[{ci.low:.4g}, {ci.high:.4g}], n = {ci.n}"
    return f"{ci.median:.4g}, range {ends}" if ci.n < FEWEST else f"{ci.median:.4g} {ends}"


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
