"""Claims of papers as data: one specification gives the text, the test, the effect with its interval and the verdict.

A paper's folder holds ``claims.py``, or ``claims_<study>.py`` for its other studies, with ``STUDY`` and ``QUICK`` (see
`evomod.papers.figures`) and ``CLAIMS``, a list of specifications such as `Larger`. ``COLUMNS`` names further columns: functions
of a study and a treatment. Of an experiment that is no study the file holds ``TABLE``, ``COMMAND`` and ``DECLARED``, its
number of runs, and all columns are functions of the table's path and a group.

A group is a treatment of the study, or ``"study.toml:pa"``, one of another study of the same paper. Claims of one family
are corrected together: by max-T where they share a control, else by Holm. The rule of verdicts is `evomod.verdicts`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod import effects
from evomod.effects import Effect, unknown
from evomod.errors import EvomodError
from evomod.files.readers import read_json
from evomod.papers.places import paper_of, shown_file
from evomod.papers.scripts import companion, definition_of
from evomod.statistics import (
    FEWEST,
    MedianCI,
    holm,
    median_ci,
    proportions,
    rank_correlation,
    rank_sum,
    signed_rank,
)
from evomod.studies.tables import StudyFolder
from evomod.verdicts import (
    ALPHA,
    BAND,
    DELTA,
    SHARE,
    STATES,
    VERDICTS,
    Verdict,
    is_small,
    of_direction,
    of_equality,
)

__all__ = ["ALPHA", "BAND", "DELTA", "SHARE"]  # for claim files; what is defined here is public as well

SEED = 1
"""Of the bootstrap behind every interval of a median."""

LEAST = 5
"""Values a side that a test requires; five against five reach p = 0.008 (Filan et al. 2021 train five networks)."""

DECIDED = tuple(verdict for verdict in VERDICTS if verdict != "inconclusive")
"""Verdicts that a test of no shape gives without a p."""

Status = Literal["claim", "ours", "exploratory"]
Values = NDArray[np.float64]
Mean = tuple[float, float, int]
"""A mean, its standard error and n: what a column gives where only these are known."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim and what became of it."""

    paper: str
    claim: str
    """In words, with the numbers of the paper and how they are known."""
    found: str
    """The numbers here, with n and intervals."""
    effect: str
    """With its 95 % interval."""
    test: str
    verdict: Verdict
    family: str = ""
    status: str = "claim"
    """"claim": of the paper; "ours": our question, asked before the runs; "exploratory": asked after a look at them."""
    replication: str = ""
    """What an independent replication found, and which."""
    figure: str = ""
    command: str = ""

    def as_dict(self) -> dict[str, str]:
        return {key: str(value) for key, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a specification's test gives, before its family is corrected."""

    found: str
    effect: Effect
    test: str
    p: float = math.nan
    """Of a direction; NaN where it is an equality's."""
    sides: tuple[Values, Values] | None = None
    """A group and the control that others may share."""
    verdict: Verdict | None = None
    """Where no interval decides."""


@dataclass(frozen=True, slots=True)
class Source:
    """A study, or a table's path, that a claim file is tested on."""

    path: Path
    """Of the claim file."""
    module: Any
    what: Any
    counts: dict[int, Counter[str]] = field(default_factory=dict)
    """Runs by treatment of each study that was asked for: a summary is read once."""
    others: dict[str, StudyFolder | None] = field(default_factory=dict)
    """Studies that this one is compared with, by definition."""

    def values(self, column: str, group: str) -> Any:
        """Numbers of a column, one a run; or a `Mean`."""
        what, name = self._of(group)
        named = getattr(self.module, "COLUMNS", {})
        if column in named:
            return named[column](what, name)
        return np.asarray(what.column(column, name), np.float64)

    def label(self, group: str) -> str:
        """What a group is called."""
        labels = getattr(self.module, "LABELS", {})
        if group in labels:
            return str(labels[group])
        what, name = self._of(group)
        return str(what.labels.get(name, name)) if isinstance(what, StudyFolder) else name

    def runs(self, group: str) -> tuple[int, int]:
        """Runs that are done, and that were declared."""
        what, name = self._of(group)
        counted_by = getattr(self.module, "runs_of", None)
        further = counted_by(what, name) if counted_by else None
        if further is not None:
            done, declared = further
            return int(done), int(declared)
        definition = group.partition(":")[0] if ":" in group else self.module.STUDY
        if id(what) not in self.counts:
            self.counts[id(what)] = Counter(what.summary["treatment"].tolist())
        done = self.counts[id(what)][name]
        return done, definition_of(self.path, definition).replicates

    def _of(self, group: str) -> tuple[Any, str]:
        """The study or table of a group, and its name there."""
        definition, colon, name = group.partition(":")
        if not colon:
            return self.what, group
        if definition not in self.others:
            self.others[definition] = companion(self.what, self.path, definition)
        other = self.others[definition]
        if other is None:
            raise NotRunError(f"not run at this size, by this version: {definition}")
        return other, name


class NotRunError(EvomodError):
    """Something that a claim is tested on has not been run."""


class OutdatedError(EvomodError):
    """Something that a claim is tested on was made by a version whose layered networks were born too sparse."""


OLD = "0.1."
"""Versions whose births of layered networks were too sparse begin so."""


def old_births(manifest: dict[str, Any]) -> str | None:
    """In words, by which version of the old births a table of layered networks was made; None where by none."""
    version = str(manifest.get("versions", {}).get("evomod"))
    if not version.startswith(OLD):
        return None
    return f"made by evomod {version}, whose layered networks were born too sparse"


def check_births(manifest: Path) -> dict[str, Any]:
    """The manifest of a table of layered networks. Raises `OutdatedError` where a version of the old births made it."""
    known: dict[str, Any] = read_json(manifest) if manifest.exists() else {}
    old = old_births(known)
    if old:
        raise OutdatedError(f"{manifest.name.partition('.')[0]}: {old}")
    return known


# ---- shapes


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What every shape of a claim says."""

    text: str = field(kw_only=False)
    family: str = ""
    """Claims of one family ask one question, and are corrected together."""
    smallest: float | None = None
    """The smallest effect of interest, in the effect's own unit."""
    status: Status = "claim"
    was: tuple[str, ...] = ()
    """Texts of version 0.1's claims that this one stands for, where they are others."""
    replication: str = ""
    figure: str = ""

    def groups(self) -> tuple[str, ...]:
        """Treatments that it is tested on."""
        return tuple(v for v in (getattr(self, "a", None), getattr(self, "b", None)) if v)

    def measured(self, source: Source) -> Measured:
        """The test, by the rule of its shape."""
        raise NotImplementedError

    def decided(self, measured: Measured, p: float) -> Verdict:
        """The verdict; p is corrected for the family."""
        assert self.smallest is not None
        return measured.verdict or of_direction(measured.effect, p, self.smallest)


@dataclass(frozen=True, kw_only=True)
class Larger(Spec):
    """``a`` is larger than ``b``: rank-sum test, Cliff's delta. ``more`` is "sooner" where a small number is better."""

    column: str
    a: str
    b: str
    is_less: bool = False
    """The claim is that ``a`` is smaller."""

    def measured(self, source: Source) -> Measured:
        raw = (source.values(self.column, self.a), source.values(self.column, self.b))
        a, b = map(effects.numbers_of, raw)
        found = _two(source, self, raw)
        if min(a.size, b.size) < LEAST:
            return _too_few(found, "delta")
        sign = -1.0 if self.is_less else 1.0
        tested = rank_sum(a, b)
        test = f"rank-sum p = {tested.p:.2g}"
        return Measured(found, effects.delta(sign * a, sign * b), test, tested.p, (a, b))


@dataclass(frozen=True, kw_only=True)
class Alike(Larger):
    """``a`` and ``b`` do not differ: equivalence of Cliff's delta."""

    def decided(self, measured: Measured, p: float) -> Verdict:
        assert self.smallest is not None
        return measured.verdict or of_equality(measured.effect, self.smallest)


@dataclass(frozen=True, kw_only=True)
class LargerInPairs(Spec):
    """``a`` is larger than ``b`` in pairs: signed-rank test, rank-biserial r."""

    column: str
    a: str
    b: str

    def measured(self, source: Source) -> Measured:
        a, b = effects.pairs_of(*(source.values(self.column, g) for g in (self.a, self.b)))
        found = _two(source, self, (a, b))
        if a.size < LEAST:
            return _too_few(found, "r")
        tested = signed_rank(a, b)
        return Measured(
            found, effects.pairs(a, b), f"signed-rank p = {tested.p:.2g} of {tested.n} pairs", tested.p
        )


@dataclass(frozen=True, kw_only=True)
class Sooner(Spec):
    """``a`` is solved in less time than ``b``: delta of times, unsolved ones counting as the largest, and log-rank.

    Share solved and time given solved (Kashtan & Alon's own statistic) stand beside. A column gives times; one of ``cap``
    or more was not reached.
    """

    column: str
    a: str
    b: str
    cap: float

    def measured(self, source: Source) -> Measured:
        a, b = (
            np.minimum(effects.numbers_of(source.values(self.column, g)), self.cap)
            for g in (self.a, self.b)
        )
        found = "; ".join(
            f"{source.label(g)} {times_text(t, self.cap)}"
            for g, t in zip((self.a, self.b), (a, b), strict=True)
        )
        if min(a.size, b.size) < LEAST or ((a >= self.cap).all() and (b >= self.cap).all()):
            return _too_few(found, "delta")
        tested, by_logs = rank_sum(b, a), effects.log_rank(a, b, self.cap)
        test = f"rank-sum p = {tested.p:.2g}, log-rank p = {by_logs:.2g}"
        return Measured(found, effects.delta(-a, -b), test, tested.p, (a, b))


@dataclass(frozen=True, kw_only=True)
class MoreOften(Spec):
    """Something is true of a larger share of ``a`` than of ``b``: Fisher's exact test. The column holds 0 and 1."""

    column: str
    a: str
    b: str

    def measured(self, source: Source) -> Measured:
        counts = [count_of(source.values(self.column, g)) for g in (self.a, self.b)]
        found = "; ".join(
            f"{source.label(g)} {share_text(c)}" for g, c in zip((self.a, self.b), counts, strict=True)
        )
        if min(n for _, n in counts) < LEAST:
            return _too_few(found, "shares")
        p = proportions(*counts[0], *counts[1]).p
        return Measured(found, effects.shares(*counts), f"Fisher's exact p = {p:.2g}", p)


@dataclass(frozen=True, kw_only=True)
class Rises(Spec):
    """The second column rises with the first, over the runs of ``a``; or ``falls``: Spearman's rho."""

    x: str
    y: str
    a: str
    falls: bool = False

    def measured(self, source: Source) -> Measured:
        x, y = effects.pairs_of(source.values(self.x, self.a), source.values(self.y, self.a))
        sign = -1.0 if self.falls else 1.0
        tested = rank_correlation(x, sign * y)
        found = f"{x.size} runs" if not self.falls else f"{x.size} runs; rho is of the fall"
        if x.size < LEAST:
            return _too_few(found, "rho")
        return Measured(found, effects.rho(x, sign * y), f"Spearman's p = {tested.p:.2g}", tested.p)


@dataclass(frozen=True, kw_only=True)
class Trend(Spec):
    """A column rises with a dose, ``{group: dose}``: Spearman's rho over all runs, one claim for all doses."""

    column: str
    doses: dict[str, float]
    falls: bool = False

    def groups(self) -> tuple[str, ...]:
        return tuple(self.doses)

    def measured(self, source: Source) -> Measured:
        values = {g: effects.numbers_of(source.values(self.column, g)) for g in self.doses}
        found = "; ".join(f"{dose:g}: {described(values[g])}" for g, dose in self.doses.items())
        if min(v.size for v in values.values()) < LEAST:
            return _too_few(found, "rho")
        x = np.concatenate([np.full(values[g].size, dose) for g, dose in self.doses.items()])
        y = np.concatenate(list(values.values())) * (-1.0 if self.falls else 1.0)
        p = rank_correlation(x, y).p
        return Measured(found, effects.rho(x, y, within_a=True), f"Spearman's p = {p:.2g} over doses", p)


@dataclass(frozen=True, kw_only=True)
class Above(Spec):
    """The mean of ``a`` lies above a bound, or ``below`` it: Student's t of the difference."""

    column: str
    a: str
    bound: float
    below: bool = False

    def measured(self, source: Source) -> Measured:
        mean, error, n = mean_of(source.values(self.column, self.a))
        found = f"{source.label(self.a)} {mean:.3g} ± {error:.2g} (SE), n = {n}"
        sign = -1.0 if self.below else 1.0
        effect, p = effects.student(sign * (mean - self.bound), error, n)
        return Measured(found, effect, f"Student's p = {p:.2g} against {self.bound:g}", p)


@dataclass(frozen=True, kw_only=True)
class LargerMean(Spec):
    """The mean of ``a`` is above that of ``b``: Welch's t, with the degrees of freedom of the smaller group."""

    column: str
    a: str
    b: str

    def measured(self, source: Source) -> Measured:
        means = [mean_of(source.values(self.column, g)) for g in (self.a, self.b)]
        found = "; ".join(
            f"{source.label(g)} {m:.3g} ± {e:.2g} (SE), n = {n}"
            for g, (m, e, n) in zip((self.a, self.b), means, strict=True)
        )
        (mean_a, error_a, n_a), (mean_b, error_b, n_b) = means
        effect, p = effects.student(mean_a - mean_b, math.hypot(error_a, error_b), min(n_a, n_b))
        return Measured(found, effect, f"Welch's p = {p:.2g}", p)


@dataclass(frozen=True, kw_only=True)
class Published(Spec):
    """The median of ``a`` is the published one: equivalence of their ratio, with the uncertainty of both."""

    column: str
    a: str
    value: float
    ends: tuple[float, float] | None = None
    """Of the published 95 % interval."""

    def measured(self, source: Source) -> Measured:
        values = effects.numbers_of(source.values(self.column, self.a))
        found = f"{source.label(self.a)} {described(values)}"
        if values.size < LEAST:
            return _too_few(found, "ratio")
        ends = "" if self.ends is None else f" [{self.ends[0]:g}, {self.ends[1]:g}]"
        return Measured(
            found, effects.ratio_to(values, self.value, self.ends), f"ratio to {self.value:g}{ends}"
        )

    def decided(self, measured: Measured, p: float) -> Verdict:
        assert self.smallest is not None
        return measured.verdict or of_equality(measured.effect, self.smallest)


@dataclass(frozen=True, kw_only=True)
class AtMost(Spec):
    """The median of ``a`` is at most about a bound: the ratio's interval lies below 1 and the smallest effect."""

    column: str
    a: str
    bound: float

    def measured(self, source: Source) -> Measured:
        values = effects.numbers_of(source.values(self.column, self.a))
        found = f"{source.label(self.a)} {described(values)}"
        if values.size < LEAST:
            return _too_few(found, "ratio")
        return Measured(found, effects.ratio_to(values, self.bound), f"ratio to {self.bound:g}")

    def decided(self, measured: Measured, p: float) -> Verdict:
        assert self.smallest is not None
        if measured.verdict or not measured.effect.is_known:
            return measured.verdict or "inconclusive"
        most = 1.0 + self.smallest
        return (
            "holds"
            if measured.effect.high <= most
            else "differs"
            if measured.effect.low > most
            else "inconclusive"
        )


@dataclass(frozen=True, kw_only=True)
class PublishedMean(Spec):
    """The mean of ``a`` is the published one: equivalence of their difference, or ``as_ratio`` of their ratio.

    ``error``: its standard error; None where none is published: theirs is then taken to spread like ours.
    """

    column: str
    a: str
    value: float
    error: float | None
    n: int
    """Of the published mean."""
    as_ratio: bool = False

    def measured(self, source: Source) -> Measured:
        mean, error, n = mean_of(source.values(self.column, self.a))
        theirs = error * math.sqrt(n / self.n) if self.error is None else self.error
        found = f"{source.label(self.a)} {mean:.3g} ± {error:.2g} (SE), n = {n}"
        name, guessed = "Student's", ", spread as ours" if self.error is None else ""
        effect, _ = effects.student(mean - self.value, math.hypot(error, theirs), n)
        if self.as_ratio:
            effect, name = effects.ratio_of_means((mean, error, n), (self.value, theirs)), "Fieller's"
        return Measured(
            found, effect, f"{name} interval; theirs {self.value:g} ± {theirs:.2g} (SE{guessed})"
        )

    def decided(self, measured: Measured, p: float) -> Verdict:
        assert self.smallest is not None
        return measured.verdict or of_equality(measured.effect, self.smallest)


@dataclass(frozen=True, kw_only=True)
class PublishedShare(Spec):
    """As large a share of ``a`` as was published, (yes, n): equivalence of the difference."""

    column: str
    a: str
    theirs: tuple[int, int]

    def measured(self, source: Source) -> Measured:
        ours = count_of(source.values(self.column, self.a))
        found = f"{source.label(self.a)} {share_text(ours)}"
        if ours[1] < LEAST:
            return _too_few(found, "shares")
        p = proportions(*ours, *self.theirs).p
        test = f"against {self.theirs[0]}/{self.theirs[1]}; Fisher's exact p = {p:.2g}"
        return Measured(found, effects.shares(ours, self.theirs), test)

    def decided(self, measured: Measured, p: float) -> Verdict:
        assert self.smallest is not None
        return measured.verdict or of_equality(measured.effect, self.smallest)


@dataclass(frozen=True, kw_only=True)
class Custom(Spec):
    """A claim whose test is of no shape above: a function of the source."""

    test: Callable[[Source], Measured]
    of: tuple[str, ...] = ()
    """Its groups; none: every treatment of the study."""
    is_equality: bool = False

    def groups(self) -> tuple[str, ...]:
        return self.of

    def measured(self, source: Source) -> Measured:
        return self.test(source)

    def decided(self, measured: Measured, p: float) -> Verdict:
        assert self.smallest is not None
        rule = of_equality(measured.effect, self.smallest) if self.is_equality else None
        return measured.verdict or rule or of_direction(measured.effect, p, self.smallest)


# ---- testing


def check_specs(path: Path, module: Any) -> list[Spec]:
    """The claims of a file. Raises `EvomodError` where one lacks what has to be fixed before the first run."""
    place, found = shown_file(path), list(module.CLAIMS)
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
        if spec.smallest is None or not spec.smallest > 0.0:
            raise EvomodError(
                f"{place}: the claim '{spec.text}' declares no smallest effect of interest. Add smallest=..., such as "
                f"{DELTA} of Cliff's delta or {SHARE} of a share."
            )
    twice = [text for text, n in Counter(spec.text for spec in found).items() if n > 1]
    if twice:
        raise EvomodError(f"{place}: the claim '{twice[0]}' stands there more than once.")
    return found


def decide(path: Path, module: Any, what: Any, *, command: str, is_whole: bool = True) -> list[Claim]:
    """Every claim of a file against a study or a table; ``is_whole``: False where small runs only show how."""
    specs, source = check_specs(path, module), Source(path, module, what)
    measured = [_measured(spec, source) for spec in specs]
    corrected = corrections(specs, measured)
    paper, found = paper_of(path), []
    for spec, one, (p, how) in zip(specs, measured, corrected, strict=True):
        short, none = (
            incomplete(spec, source) if is_whole else ("a pilot run, which decides nothing", False)
        )
        verdict = spec.decided(one, p)
        test = one.test + how
        if (
            verdict == "holds"
            and is_small(one.effect, float(spec.smallest or 0.0))
            and not math.isnan(one.p)
        ):
            test += "; smaller than the smallest effect of interest"
        if short and one.verdict not in STATES:
            verdict, test = "not run" if none else "not complete", f"none yet: {short}"
        found.append(
            Claim(
                paper, spec.text, one.found, effect_text(one.effect), test, verdict, spec.family, spec.status,
                spec.replication, spec.figure, command,
            )
        )  # fmt: skip
    return found


def _measured(spec: Spec, source: Source) -> Measured:
    """The test of one claim; what it lacks is said in the place of numbers."""
    try:
        return spec.measured(source)
    except NotRunError as error:
        return Measured(str(error), unknown("delta"), "none", verdict="not run")
    except OutdatedError as error:
        return Measured(str(error), unknown("delta"), "none", verdict="made by 0.1")


def corrections(specs: Sequence[Spec], measured: Sequence[Measured]) -> list[tuple[float, str]]:
    """p of every claim, corrected for its family, and how, in words.

    All claims of a direction count, those too that have no runs yet or too little to test: a family is as large as it was
    declared.
    """
    found = [(one.p, "") for one in measured]
    families: dict[str, list[int]] = {}
    for k, (spec, one) in enumerate(zip(specs, measured, strict=True)):
        is_equality = isinstance(spec, Alike | Published | PublishedMean | PublishedShare | AtMost)
        if not is_equality and not getattr(spec, "is_equality", False) and one.verdict not in DECIDED:
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
                found[k] = (least, f" ({least:.2g} by {name} over {len(members)})")
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


def untested(path: Path, module: Any, why: str, verdict: Verdict, command: str) -> list[Claim]:
    """Every claim of a file, none of them tested."""
    return [
        Claim(
            paper_of(path), spec.text, why, "", "none", verdict, spec.family, spec.status, spec.replication,
            spec.figure, command,
        )
        for spec in check_specs(path, module)
    ]  # fmt: skip


def _too_few(found: str, kind: effects.Kind) -> Measured:
    return Measured(found, unknown(kind), f"none: fewer than {LEAST} values on a side", verdict=None)


def _two(source: Source, spec: Any, sides: tuple[Values, Values]) -> str:
    """Both groups in words, and how many of their runs have no number, as Q of a network without a connection."""
    words = []
    for group, values in zip((spec.a, spec.b), sides, strict=True):
        without = int(np.isnan(np.asarray(values, np.float64)).sum())
        left_out = f" ({without} without a number left out)" if without else ""
        words.append(f"{source.label(group)}{left_out} {described(values)}")
    return "; ".join(words)


# ---- words and numbers


def count_of(values: Any) -> tuple[int, int]:
    """Yes and n of a column of 0 and 1."""
    numbers = effects.numbers_of(values)
    return int(numbers.sum()), numbers.size


def share_text(count: tuple[int, int]) -> str:
    """Such as "3/4 (75%)".

    >>> share_text((3, 4))
    '3/4 (75%)'
    """
    return f"{count[0]}/{count[1]}" + (f" ({count[0] / count[1]:.0%})" if count[1] else "")


def times_text(times: Values, cap: float) -> str:
    """Share solved, and the median time of those that were.

    >>> times_text(np.array([1.0, 2.0, 3.0, 9.0]), 9.0)
    'solved 3/4 (75%), given solved 2, range [1, 3], n = 3'
    """
    solved = times[times < cap]
    return f"solved {share_text((solved.size, times.size))}, given solved {described(solved)}"


def effect_text(effect: Effect) -> str:
    """An effect with its interval.

    >>> effect_text(Effect("delta", 0.5, 0.25, 0.75)), effect_text(Effect("shares", 0.4, 0.1, 0.6))
    ('delta +0.50 [+0.25, +0.75]', '+40 [+10, +60] percentage points')
    """
    if not effect.is_known:
        return ""
    if effect.kind == "shares":
        value, low, high = (100.0 * v for v in (effect.value, effect.low, effect.high))
        return f"{value:+.0f} [{low:+.0f}, {high:+.0f}] percentage points"
    if effect.kind == "ratio":
        return f"ratio {effect.value:.4g} [{effect.low:.4g}, {effect.high:.4g}]"
    if effect.kind == "difference":
        return f"difference {effect.value:+.3g} [{effect.low:+.3g}, {effect.high:+.3g}]"
    return f"{effect.kind} {effect.value:+.2f} [{effect.low:+.2f}, {effect.high:+.2f}]"


def interval_of(values: ArrayLike) -> MedianCI:
    """Median with its bootstrapped 95 % interval (of fewer than six values: their range), always by the same seed."""
    return median_ci(values, np.random.default_rng(SEED))


def mean_of(values: Any) -> Mean:
    """Mean, its standard error, and n; NaN where there are too few values. Where a column has these, they are taken."""
    if isinstance(values, tuple):
        return values
    numbers = effects.numbers_of(values)
    n = numbers.size
    mean = float(numbers.mean()) if n else math.nan
    return mean, float(numbers.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan, n


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


def as_markdown(found: Sequence[Claim]) -> str:
    """The claims as a table in Markdown."""
    lines = ["| claim | here | effect | test | verdict |", "|---|---|---|---|---|"]
    for c in found:
        label = c.verdict if c.verdict == "holds" else f"**{c.verdict}**"
        status = "" if c.status != "exploratory" else " (exploratory)"
        lines.append(f"| {c.claim} | {c.found} | {c.effect} | {c.test} | {label}{status} |")
    return "\n".join(lines)


def counted(found: Sequence[Claim]) -> str:
    """How many have each verdict."""
    numbers = Counter(claim.verdict for claim in found)
    return ", ".join(f"{numbers[word]} {word}" for word in (*VERDICTS, *STATES) if numbers[word])


def relabelled(specs: Sequence[Spec], prefix: str, was: str) -> list[Spec]:
    """The same claims of another setting, each text with a prefix and each family with it; ``was``: that of 0.1.

    Exploratory, for a setting is another one because of what the first had shown.
    """
    return [
        replace(
            spec, text=f"{prefix}, {spec.text}", family=f"{prefix}, {spec.family}", status="exploratory",
            was=tuple(f"{was}, {text}" for text in spec.was or (spec.text,)),
        )
        for spec in specs
    ]  # fmt: skip
