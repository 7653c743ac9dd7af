"""What a claim is: its specification, what it is tested on, what its test gives, and what became of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evomod.effects import Effect
from evomod.errors import EvomodError
from evomod.files.readers import read_json
from evomod.papers.scripts import companion, definition_of
from evomod.studies.tables import StudyFolder
from evomod.verdicts import Verdict, of_direction, of_equality

Status = Literal["claim", "ours", "exploratory"]
Values = NDArray[np.float64]


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
        numbers = np.asarray(what.column(column, name))
        if numbers.dtype.kind not in "biuf":
            raise EvomodError(
                f"{self.path}: the column '{column}' holds text; expected numbers to compare."
            )
        return numbers.astype(np.float64)

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


def check_made(
    study: StudyFolder, table: str, figure: str, quick: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Raise `NotRunError` where a study lacks a further table, which its figure makes.

    A study of no more replicates than a claim file's ``QUICK`` is a trial, whose tables the claims themselves make.
    """
    if study.study.replicates > quick.get("replicates", 0) and not (study.folder / table).exists():
        raise NotRunError(f"not made: evomod figure {figure} --study {study.folder}")


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
        return ()

    def has_p(self) -> bool:
        """Whether its test has a p, which is corrected with those of its family."""
        return True

    def measured(self, source: Source) -> Measured:
        """The test, by the rule of its shape."""
        raise NotImplementedError

    def decided(self, measured: Measured, p: float) -> Verdict:
        """The verdict; p is corrected for the family."""
        assert self.smallest is not None
        return measured.verdict or self.ruled(measured.effect, p, self.smallest)

    def ruled(self, effect: Effect, p: float, smallest: float) -> Verdict:
        """The verdict by the effect's interval: of a direction, where a shape says nothing else."""
        return of_direction(effect, p, smallest)


@dataclass(frozen=True, kw_only=True)
class Equality(Spec):
    """A claim that there is no effect, or that a number is the published one."""

    def has_p(self) -> bool:
        return False

    def ruled(self, effect: Effect, p: float, smallest: float) -> Verdict:
        return of_equality(effect, smallest)
