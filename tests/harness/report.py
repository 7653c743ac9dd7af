"""What was tried, how often, and what failed."""

from __future__ import annotations

import time
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
    begun: float = field(default_factory=time.process_time)
    seconds: float = 0.0

    def fail(self, what: str, said: str = "") -> None:
        lines = [line for line in said.strip().splitlines() if line.strip()]
        self.failures.append(f"{what}{' | ' + ' / '.join(lines[-3:])[:300] if lines else ''}")

    def note(self, what: str, number: int = 1) -> None:
        self.notes[what] += number

    def line(self) -> str:
        notes = ", ".join(f"{number:,} {what}" for what, number in sorted(self.notes.items()))
        return f"| {self.name} | {self.tried:,} | {len(self.failures):,} | {notes} |"
