"""The shapes of claims: one specification gives the text, the test, the effect with its interval and the verdict.

A paper's folder holds ``claims.py``, or ``claims_<study>.py`` for its other studies, with ``STUDY`` and ``QUICK`` (see
`evomod.papers.figures`) and ``CLAIMS``, a list of specifications such as `Larger`. ``COLUMNS`` names further columns: functions
of a study and a treatment. Of an experiment that is no study the file holds ``TABLE``, ``COMMAND`` and ``DECLARED``, its
number of runs, and all columns are functions of the table's path and a group.

A group is a treatment of the study, or ``"study.toml:pa"``, one of another study of the same paper. Claims of one family
are corrected together: by max-T where they share a control, else by Holm. The rule of verdicts is `evomod.verdicts`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evomod import effects
from evomod.effects import Effect, unknown
from evomod.papers.claim import Equality, Measured, Source, Spec, Values
from evomod.papers.claim_texts import Mean, count_of, described, mean_of, p_text, share_text, times_text
from evomod.statistics import proportions, rank_correlation, rank_sum, signed_rank
from evomod.verdicts import Verdict, of_ceiling, of_direction, of_equality

LEAST = 5
"""Values a side that a test requires; five against five reach p = 0.008 (Filan et al. 2021 train five networks)."""


@dataclass(frozen=True, kw_only=True)
class OfOne(Spec):
    """A claim about a column of one group."""

    column: str
    a: str

    def groups(self) -> tuple[str, ...]:
        return (self.a,)

    def values(self, source: Source) -> Values:
        """The column's numbers."""
        return effects.numbers_of(source.values(self.column, self.a))

    def found(self, source: Source, text: str) -> str:
        """The group's value in words."""
        return f"{source.label(self.a)} {text}"


@dataclass(frozen=True, kw_only=True)
class OfTwo(Spec):
    """A claim about a column of two groups."""

    column: str
    a: str
    b: str

    def groups(self) -> tuple[str, ...]:
        return self.a, self.b

    def raw(self, source: Source) -> tuple[Values, Values]:
        """The column of each group as it is."""
        return source.values(self.column, self.a), source.values(self.column, self.b)

    def found(self, source: Source, texts: Sequence[str]) -> str:
        """Each group's value in words."""
        pairs = zip(self.groups(), texts, strict=True)
        return "; ".join(f"{source.label(group)} {text}" for group, text in pairs)


def _too_few(found: str, kind: effects.Kind) -> Measured:
    return Measured(found, unknown(kind), f"none: fewer than {LEAST} values on a side", verdict=None)


def _with_left_out(values: Values) -> str:
    """In words, and how many runs have no number, as Q of a network without a connection."""
    without = int(np.isnan(np.asarray(values, np.float64)).sum())
    return f"{f'({without} without a number left out) ' if without else ''}{described(values)}"


def _mean_text(mean: Mean) -> str:
    return f"{mean[0]:.3g} ± {mean[1]:.2g} (SE), n = {mean[2]}"


@dataclass(frozen=True, kw_only=True)
class Larger(OfTwo):
    """``a`` is larger than ``b``: rank-sum test, Cliff's delta."""

    is_less: bool = False
    """The claim is that ``a`` is smaller."""

    def measured(self, source: Source) -> Measured:
        raw = self.raw(source)
        a, b = map(effects.numbers_of, raw)
        found = self.found(source, [*map(_with_left_out, raw)])
        if min(a.size, b.size) < LEAST:
            return _too_few(found, "delta")
        sign, tested = -1.0 if self.is_less else 1.0, rank_sum(a, b)
        effect = effects.delta(sign * a, sign * b)
        return Measured(found, effect, f"rank-sum p = {p_text(tested.p)}", tested.p, (a, b))


@dataclass(frozen=True, kw_only=True)
class Alike(Equality, Larger):
    """``a`` and ``b`` do not differ: equivalence of Cliff's delta."""


@dataclass(frozen=True, kw_only=True)
class LargerInPairs(OfTwo):
    """``a`` is larger than ``b`` in pairs: signed-rank test, rank-biserial r."""

    def measured(self, source: Source) -> Measured:
        a, b = effects.pairs_of(*self.raw(source))
        found = self.found(source, [*map(_with_left_out, (a, b))])
        if a.size < LEAST:
            return _too_few(found, "r")
        tested = signed_rank(a, b)
        test = f"signed-rank p = {p_text(tested.p)} of {tested.n} pairs"
        return Measured(found, effects.pairs(a, b), test, tested.p)


@dataclass(frozen=True, kw_only=True)
class Sooner(OfTwo):
    """``a`` is solved in less time than ``b``: delta of times, unsolved ones counting as the largest, and log-rank.

    Share solved and time given solved (Kashtan & Alon's own statistic) stand beside. A column gives times; one of ``cap``
    or more was not reached.
    """

    cap: float

    def measured(self, source: Source) -> Measured:
        a, b = (np.minimum(effects.numbers_of(side), self.cap) for side in self.raw(source))
        found = self.found(source, [times_text(times, self.cap) for times in (a, b)])
        if min(a.size, b.size) < LEAST or ((a >= self.cap).all() and (b >= self.cap).all()):
            return _too_few(found, "delta")
        tested, by_logs = rank_sum(b, a), effects.log_rank(a, b, self.cap)
        test = f"rank-sum p = {p_text(tested.p)}, log-rank p = {p_text(by_logs)}"
        return Measured(found, effects.delta(-a, -b), test, tested.p, (a, b))


@dataclass(frozen=True, kw_only=True)
class MoreOften(OfTwo):
    """Something is true of a larger share of ``a`` than of ``b``: Fisher's exact test. The column holds 0 and 1."""

    def measured(self, source: Source) -> Measured:
        counts = [count_of(side) for side in self.raw(source)]
        found = self.found(source, [*map(share_text, counts)])
        if min(n for _, n in counts) < LEAST:
            return _too_few(found, "shares")
        p = proportions(*counts[0], *counts[1]).p
        return Measured(found, effects.shares(*counts), f"Fisher's exact p = {p_text(p)}", p)


@dataclass(frozen=True, kw_only=True)
class LargerMean(OfTwo):
    """The mean of ``a`` is above that of ``b``: Welch's t, with the degrees of freedom of the smaller group."""

    def measured(self, source: Source) -> Measured:
        means = [mean_of(side) for side in self.raw(source)]
        found = self.found(source, [*map(_mean_text, means)])
        (mean_a, error_a, n_a), (mean_b, error_b, n_b) = means
        effect, p = effects.student(mean_a - mean_b, math.hypot(error_a, error_b), min(n_a, n_b))
        return Measured(found, effect, f"Welch's p = {p_text(p)}", p)


@dataclass(frozen=True, kw_only=True)
class Mediated(OfTwo):
    """``a`` is above ``b`` because of a mediator: the indirect effect on the column's mean, see `effects.mediation`."""

    through: str
    """Column of the mediator."""

    def measured(self, source: Source) -> Measured:
        sides = [
            (source.values(self.through, group), source.values(self.column, group))
            for group in (self.a, self.b)
        ]
        known = [effects.pairs_of(*side)[1] for side in sides]
        found = self.found(source, [_mean_text(mean_of(side)) for side in known])
        if min(side.size for side in known) < LEAST:
            return _too_few(found, "difference")
        paths = effects.mediation(*sides)
        direct = paths.direct
        rest = f"direct {direct.value:+.2g} [{direct.low:+.2g}, {direct.high:+.2g}]"
        test = f"indirect effect, bootstrapped p = {p_text(paths.p)}; {rest}"
        return Measured(found, paths.indirect, test, paths.p)


@dataclass(frozen=True, kw_only=True)
class Rises(Spec):
    """The second column rises with the first, over the runs of ``a``; or ``falls``: Spearman's rho."""

    x: str
    y: str
    a: str
    falls: bool = False

    def groups(self) -> tuple[str, ...]:
        return (self.a,)

    def measured(self, source: Source) -> Measured:
        x, y = effects.pairs_of(source.values(self.x, self.a), source.values(self.y, self.a))
        sign = -1.0 if self.falls else 1.0
        tested = rank_correlation(x, sign * y)
        found = f"{x.size} runs" if not self.falls else f"{x.size} runs; rho is of the fall"
        if x.size < LEAST:
            return _too_few(found, "rho")
        return Measured(found, effects.rho(x, sign * y), f"Spearman's p = {p_text(tested.p)}", tested.p)


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
        return Measured(
            found, effects.rho(x, y, within_a=True), f"Spearman's p = {p_text(p)} over doses", p
        )


@dataclass(frozen=True, kw_only=True)
class Above(OfOne):
    """The mean of ``a`` lies above a bound, or ``below`` it: Student's t of the difference."""

    bound: float
    below: bool = False

    def measured(self, source: Source) -> Measured:
        mean, error, n = found = mean_of(source.values(self.column, self.a))
        if n < LEAST:
            return _too_few(self.found(source, _mean_text(found)), "difference")
        sign = -1.0 if self.below else 1.0
        effect, p = effects.student(sign * (mean - self.bound), error, n)
        test = f"Student's p = {p_text(p)} against {self.bound:g}"
        return Measured(self.found(source, _mean_text(found)), effect, test, p)


@dataclass(frozen=True, kw_only=True)
class Published(Equality, OfOne):
    """The median of ``a`` is the published one: equivalence of their ratio, with the uncertainty of both."""

    value: float
    ends: tuple[float, float] | None = None
    """Of the published 95 % interval."""

    def measured(self, source: Source) -> Measured:
        values = self.values(source)
        found = self.found(source, described(values))
        if values.size < LEAST:
            return _too_few(found, "ratio")
        ends = "" if self.ends is None else f" [{self.ends[0]:g}, {self.ends[1]:g}]"
        effect = effects.ratio_to(values, self.value, self.ends)
        return Measured(found, effect, f"ratio to {self.value:g}{ends}")


@dataclass(frozen=True, kw_only=True)
class AtMost(OfOne):
    """The median of ``a`` is at most about a bound: the ratio's interval lies below 1 and the smallest effect."""

    bound: float

    def measured(self, source: Source) -> Measured:
        values = self.values(source)
        found = self.found(source, described(values))
        if values.size < LEAST:
            return _too_few(found, "ratio")
        return Measured(found, effects.ratio_to(values, self.bound), f"ratio to {self.bound:g}")

    def has_p(self) -> bool:
        return False

    def ruled(self, effect: Effect, p: float, smallest: float) -> Verdict:
        return of_ceiling(effect, 1.0 + smallest)


@dataclass(frozen=True, kw_only=True)
class PublishedMean(Equality, OfOne):
    """The mean of ``a`` is the published one: equivalence of their difference, or ``as_ratio`` of their ratio.

    ``error``: its standard error; None where none is published: theirs is then taken to spread like ours.
    """

    value: float
    error: float | None
    n: int
    """Of the published mean."""
    as_ratio: bool = False

    def measured(self, source: Source) -> Measured:
        mean, error, n = found = mean_of(source.values(self.column, self.a))
        theirs = error * math.sqrt(n / self.n) if self.error is None else self.error
        name, guessed = "Student's", ", spread as ours" if self.error is None else ""
        effect, _ = effects.student(mean - self.value, math.hypot(error, theirs), n)
        if self.as_ratio:
            effect, name = effects.ratio_of_means((mean, error, n), (self.value, theirs)), "Fieller's"
        test = f"{name} interval; theirs {self.value:g} ± {theirs:.2g} (SE{guessed})"
        return Measured(self.found(source, _mean_text(found)), effect, test)


@dataclass(frozen=True, kw_only=True)
class PublishedShare(Equality, OfOne):
    """As large a share of ``a`` as was published, (yes, n): equivalence of the difference."""

    theirs: tuple[int, int]

    def measured(self, source: Source) -> Measured:
        ours = count_of(source.values(self.column, self.a))
        found = self.found(source, share_text(ours))
        if ours[1] < LEAST:
            return _too_few(found, "shares")
        p = proportions(*ours, *self.theirs).p
        test = f"against {self.theirs[0]}/{self.theirs[1]}; Fisher's exact p = {p_text(p)}"
        return Measured(found, effects.shares(ours, self.theirs), test)


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

    def has_p(self) -> bool:
        return not self.is_equality

    def ruled(self, effect: Effect, p: float, smallest: float) -> Verdict:
        return of_equality(effect, smallest) if self.is_equality else of_direction(effect, p, smallest)


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
