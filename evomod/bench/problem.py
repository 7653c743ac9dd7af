"""What the programs that `bench` compares are given: one generation's population and task as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evomod.encodings import Layered
from evomod.evolution.evaluation import stream
from evomod.evolution.loop import Generation, rewarded
from evomod.evolution.setup import Setup
from evomod.population import Bits, Goal
from evomod.pressures import dropout
from evomod.task import all_patterns


@dataclass(frozen=True, slots=True)
class Problem:
    """A population, and what its individuals are to compute."""

    setup: Setup
    genomes: NDArray[np.generic]
    """``[individual, gene]``."""
    objectives: NDArray[np.float64]
    """``[individual, objective]``, as evomod computed them."""
    patterns: NDArray[np.bool_]
    """``[pattern, input]``: the input patterns that count."""
    wanted: NDArray[np.bool_]
    """``[pattern, output]``: the right output."""
    alive: NDArray[np.bool_]
    """``[mask, neuron]``: the generation's dropout masks, one that is all true without dropout."""


def problem_of(setup: Setup, generation: Generation, seed: int) -> Problem:
    """The problem of a generation of the run with this seed, goal, patterns and dropout masks included."""
    goal = next(rewarded(setup, np.random.default_rng(seed), generation.number))
    counts, wanted = _bits(goal, setup.task.n_patterns)
    return Problem(
        setup=setup,
        genomes=generation.population.genomes,
        objectives=generation.objectives,
        patterns=all_patterns(len(setup.task.inputs))[counts],
        wanted=wanted[counts],
        alive=_alive(setup, generation.number, seed),
    )


def _bits(goal: Goal, n_patterns: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether a pattern counts, ``[pattern]``, and the right outputs, ``[pattern, output]``."""
    assert isinstance(goal, Bits)
    words = np.stack((goal.wanted, goal.unwanted))
    octets = np.ascontiguousarray(words).astype("<u8").view(np.uint8)
    yes, no = np.unpackbits(octets, axis=-1, bitorder="little")[..., :n_patterns].astype(np.bool_)
    return (yes | no).any(axis=0), yes.T


def _alive(setup: Setup, number: int, seed: int) -> NDArray[np.bool_]:
    section = next((acting.section for acting in setup.judges), None)
    if section is None or not isinstance(setup.encoding, Layered):
        return np.ones((1, setup.encoding.wiring.n_neurons), np.bool_)
    sequence = np.random.SeedSequence(seed)
    sets = dropout.silences(
        section, setup.encoding.n_hidden(), lambda key: stream(sequence, key, number)
    )
    return ~np.pad(sets.silent, ((0, 0), (0, setup.encoding.wiring.n_outputs)))
