"""Learning: what counts is also how well a network does after some steps of learning by gradient.

Place in the loop: evaluation. Networks that are to learn quickly are said to become modular on tasks that are (Hüsken, Igel &
Toussaint 2002). In every generation every individual forgets its weights and biases, begins with small random ones in the
same connections, the same numbers for all, and learns the rewarded goal for a few steps; selection sees ``(1 - weight)``
times its own fitness and ``weight`` times 1 - E / 4, where E is the mean squared error after learning: 1 if all outputs are
right and sure. Few steps reward speed, many what can be learned at all.
Nothing learned is inherited; fitness in the log, answers and stop rules are those of the network itself.

Steps are those of iRprop- (Igel & Hüsken 2003) on the squared error of all patterns that count.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evomod.population import Bits, counted_goals
from evomod.pressures.base import Pressure, Trial
from evomod.sections import Section
from evomod.task import unpack


class LearningSection(Section):
    """How much a network learns in some steps is a part of the fitness that selection sees."""

    steps: int = Field(default=20, ge=1, le=10_000)
    """Of learning by gradient, each on all patterns."""
    weight: float = Field(default=0.5, gt=0.0, le=1.0)
    """Of what was learned, in the fitness that selection sees; the fitness of the network itself has the rest."""


LARGEST = 4.0
"""Squared error of an output of 1 that should be -1."""
STREAM = 0x6C65726E
"""Key of its random numbers."""


def aims(goals: Sequence[Bits], n_patterns: int) -> NDArray[np.float64]:
    """``[output, pattern]``: 1.0 for a yes, -1.0 for a no, 0.0 where no goal counts the output.

    Goals that are rewarded at once agree wherever two count an output.
    """
    wanted, unwanted = (
        np.any([unpack(getattr(goal, side), n_patterns) for goal in goals], axis=0).astype(float)
        for side in ("wanted", "unwanted")
    )
    return np.subtract(wanted, unwanted)


def judge(trial: Trial, section: LearningSection) -> NDArray[np.float64]:
    """Fitness with what was learned; a goal that counts no outputs cannot be learned, and nothing is changed."""
    counting = counted_goals(trial.goal)
    if not counting:
        return trial.fitness
    encoding = trial.encoding
    wanted = aims(counting, 2**encoding.wiring.n_inputs)
    _, errors = encoding.learned(trial.population.genomes, wanted, section.steps, trial.stream(STREAM))
    return (1.0 - section.weight) * trial.fitness + section.weight * (1.0 - errors / LARGEST)


PRESSURE = Pressure(
    "learning",
    section=LearningSection,
    place="evaluation",
    requires=frozenset({"gradient"}),
    order=61,
    judge=judge,
)
