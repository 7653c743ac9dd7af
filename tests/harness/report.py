"""What was tried, how often, and what failed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Result:
    """One kind of trial."""

    name: str
    rng: np.random.Generator
    tried: int = 0
    failures: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    peaks: dict[str, int] = field(default_factory=dict)
    """Notes of which the largest counts, such as memory."""

    def fail(self, what: str, said: str = "") -> None:
        lines = [line for line in said.strip().splitlines() if line.strip()]
        self.failures.append(f"{what}{' | ' + ' / '.join(lines[-3:])[:300] if lines else ''}")

    def note(self, what: str, number: int = 1) -> None:
        self.notes[what] += number

    def peak(self, what: str, number: int) -> None:
        self.peaks[what] = max(number, self.peaks.get(what, 0))

    def add(self, other: Result) -> None:
        """What another piece of the same kind of trial came to."""
        self.tried += other.tried
        self.failures += other.failures
        self.notes.update(other.notes)
        for what, number in other.peaks.items():
            self.peak(what, number)

    def line(self, share: str, commits: str) -> str:
        notes = ", ".join(
            f"{number:,} {what}" for what, number in sorted((self.notes | self.peaks).items())
        )
        return (
            f"| {self.name} | {share} | {self.tried:,} | {len(self.failures):,} | {notes} | {commits} |"
        )
