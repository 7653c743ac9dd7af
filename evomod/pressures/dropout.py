"""Dropout: hidden neurons fall silent at random while a network is judged.

Place in the loop: evaluation. Every generation sets of silent neurons are drawn, the same for all parents and
offspring, and selection sees the mean fitness under them. Fitness in the log, answers and stop rules are
those of the whole network. A silent neuron has the value 0. In layered networks, whose values are -1 and 1, it
lies between both and says nothing; of gates and threshold neurons, whose values are 0 and 1, it is a no.

Inputs and outputs are never silent: Filan et al. 2021 drop hidden units only. In a circuit outputs read gates,
so the gates that they read are never silent either, other ones in every genome. Where all sets of the hidden
neurons are no more than the draws, or the config wants them (``exact``, of at most `MOST_EXACT` neurons), every
set is tried in place of draws, with its probability as its weight, and nothing is drawn.

In training what is left is scaled up by 1 / (1 - rate); here nothing is scaled, since the neurons are so steep
that only the sign of a sum counts, and biases and thresholds are not scaled in training either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evomod.encodings import Encoding
from evomod.errors import EvomodError
from evomod.kernels import answers as kernels
from evomod.population import Bits, counted_goals
from evomod.pressures.base import Pressure, Trial
from evomod.sections import Section


class DropoutSection(Section):
    """Hidden neurons fall silent at random while the fitness that selection sees is measured."""

    rate: float = Field(default=0.1, ge=0.0, lt=1.0)
    """Probability that a hidden neuron is silent. 0: no dropout."""
    draws: int = Field(default=8, ge=1, le=4096)
    """Silent sets drawn a generation, the same for all individuals."""
    exact: bool = False
    """All silent sets, weighted by their probabilities, in place of draws. It resolves to true where there
    are no more sets than draws."""


MOST_EXACT = 12
"""Hidden neurons of which all silent sets are tried: 4096 sets."""
BLOCK = 16
"""Sets answered at once."""

Answers = Callable[[NDArray[np.bool_]], tuple[NDArray[np.uint64], NDArray[np.uint64]]]


@dataclass(frozen=True, slots=True)
class Silences:
    """The sets of silent neurons of a generation."""

    silent: NDArray[np.bool_]
    """``[set, hidden]``."""
    weights: NDArray[np.float64]
    """``[set]``: probability, or 1 for each that was drawn."""


def drawn(n_hidden: int, rate: float, draws: int, rng: np.random.Generator) -> Silences:
    """``draws`` sets, each neuron silent with probability ``rate``.

    Equal ones stay: 7 sets take as long as 8, which fill the vector registers.
    """
    return Silences(rng.random((draws, n_hidden)) < rate, np.ones(draws))


def every(n_hidden: int, rate: float) -> Silences:
    """All sets with their probabilities.

    >>> every(2, 0.25).weights.tolist()
    [0.5625, 0.1875, 0.1875, 0.0625]
    """
    silent = np.array(list(product((False, True), repeat=n_hidden)), np.bool_).reshape(
        2**n_hidden, n_hidden
    )
    n_silent = silent.sum(axis=1)
    return Silences(silent, rate**n_silent * (1.0 - rate) ** (n_hidden - n_silent))


def expected(
    answers: Answers, silences: Silences, goal: Bits, tie_rule: str, number: int
) -> NDArray[np.float64]:
    """Mean fitness ``[individual]`` of ``number`` individuals under the sets, weighted.

    ``answers(silent[set, hidden])`` gives yes and no bits ``[individual, output, set * word]``.
    """
    right, weights = np.zeros(number), silences.weights
    for first in range(0, weights.size, BLOCK):
        part = slice(first, first + BLOCK)
        yes, no = answers(silences.silent[part])
        is_strict = tie_rule == "strict"
        kernels.expect(yes, no, goal.wanted, goal.unwanted, is_strict, weights[part], right)
    return right / (weights.sum() * goal.n_answers)


def fit(section: DropoutSection, encoding: Encoding, *_: Any) -> DropoutSection:
    """All silent sets in place of draws where these are no more; refuses networks without hidden neurons."""
    n_hidden = encoding.n_hidden()
    if n_hidden == 0:
        raise EvomodError(
            "pressures.dropout: these networks have no hidden neuron that could be silent."
        )
    if section.exact and n_hidden > MOST_EXACT:
        raise EvomodError(
            f"pressures.dropout: exact tries all silent sets of at most {MOST_EXACT} hidden neurons or "
            f"gates; these networks have {n_hidden}. Leave it out and set draws."
        )
    return section.model_copy(update={"exact": section.exact or 2**n_hidden <= section.draws})


STREAM = 0x64726F70
"""Key of its random numbers."""


def silences(
    section: DropoutSection, n_hidden: int, stream: Callable[[int], np.random.Generator]
) -> Silences:
    """The silent sets of a generation; drawn from a stream of its own, so that a resumed run finds them."""
    if section.exact:
        return every(n_hidden, section.rate)
    return drawn(n_hidden, section.rate, section.draws, stream(STREAM))


def judge(trial: Trial, section: DropoutSection) -> NDArray[np.float64]:
    """Mean fitness under dropout. A goal that counts no outputs is not changed by silence."""
    counting = counted_goals(trial.goal)
    if not counting:
        return trial.fitness
    encoding, genomes, slots = trial.encoding, trial.population.genomes, trial.population.slots
    ancestors = np.where(trial.ancestors == np.arange(slots.size), -1, trial.ancestors)

    def answers(silent: NDArray[np.bool_]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        yes, no = encoding.silenced(genomes, ancestors, silent, slots, trial.memory)
        return yes, no

    sets = silences(section, encoding.n_hidden(), trial.stream)
    tie_rule = trial.rules.tie_rule
    means = [expected(answers, sets, goal, tie_rule, slots.size) for goal in counting]
    return means[0] if len(means) == 1 else np.add.reduce(means) / len(means)


PRESSURE = Pressure(
    "dropout",
    section=DropoutSection,
    place="evaluation",
    requires=frozenset({"silence"}),
    order=50,
    fit=fit,
    judge=judge,
    acts=lambda section: section.rate > 0.0,
)
