"""The neighbourhood of an individual: what its genome becomes by one mutation (Parter et al. 2008)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.measures.seeds import Rng, generator_of
from evomod.network import Network
from evomod.population import goal_bits, score

if TYPE_CHECKING:
    from evomod.evolution.setup import Setup

BLOCK_BYTES = 2**26
"""Memory in which mutants are answered at a time."""
ATTEMPTS = 100
"""Children that are looked at for every mutant that is wanted."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Another goal, as seen from an individual."""

    fitness: float
    """Of the individual itself."""
    best: float
    """The highest fitness one mutation away."""
    raised: float
    """Share of mutations that raise the fitness above the individual's own."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """All mutants of one individual. A share counts every mutant as often as variation makes it."""

    goal: str
    """The present goal."""
    fitness: float
    """Of the individual on it, all patterns."""
    n: int
    """Mutants: all there are, or those that were drawn."""
    neutral: float
    """Share of mutations that leave the fitness as it is."""
    harmful: float
    """Share that lower it."""
    useful: float
    """Share that raise it."""
    unchanged: float
    """Share that leave the phenotype as it is: all answers to all patterns."""
    n_phenotypes: int
    """Different phenotypes among the mutants."""
    reach: dict[str, Reach]
    """Of other goals."""


def neighbourhood(
    network: Network | NDArray[Any],
    setup: Setup,
    goals: Sequence[str] | None = None,
    *,
    goal: str | None = None,
    rng: Rng = None,
    draws: int = 2000,
) -> Neighbourhood:
    """What one mutation does to a network, or to a genome, of the setup's encoding.

    Mutants are enumerated, and weighted by how often the config's variation makes each, given that it changes one gene;
    crossover takes no part. Real-valued networks have no list of mutants: children that differ in one gene are drawn.

    Parameters
    ----------
    network
        A network, or a genome ``[gene]``.
    setup
        Of `prepare`.
    goals
        Other goals. None: those that are related to the present one.
    goal
        The present one. None: the config's.
    rng
        Of drawn children: a generator or a seed.
    draws
        Their number.

    Returns
    -------
    Neighbourhood
        Shares of mutants, each from 0 to 1.

    Raises
    ------
    EvomodError
        For a network that does not fit, an unknown goal, or where no child differs in one gene alone.

    Examples
    --------
    >>> import evomod
    >>> setup = evomod.prepare(evomod.Config(task="circuit"))
    >>> nothing = np.zeros(setup.encoding.n_genes, np.int8)  # its output is the first input
    >>> around = neighbourhood(nothing, setup)
    >>> around.n, around.n_phenotypes, round(around.unchanged, 2)  # of 25 genes only the output's counts
    (100, 4, 0.96)
    """
    genome = _genome(network, setup)
    present = goal or str(setup.config.task.goal)
    names = list(setup.task.related(present)) if goals is None else list(goals)
    drawing = None if rng is None else generator_of(rng, 0)
    genomes, weights = mutants(genome, setup, drawing, draws)
    yes, no = answers_of(setup, genome, genomes)
    fitness = {
        name: score(yes, no, goal_bits(setup.task, name), setup.tie_rule) for name in (present, *names)
    }
    rows = [y.tobytes() + n.tobytes() for y, n in zip(yes, no, strict=True)]
    own, change = fitness[present][0], fitness[present][1:] - fitness[present][0]
    return Neighbourhood(
        goal=present,
        fitness=float(own),
        n=len(genomes),
        neutral=_share(weights, change == 0.0),
        harmful=_share(weights, change < 0.0),
        useful=_share(weights, change > 0.0),
        unchanged=_share(weights, np.array([row == rows[0] for row in rows[1:]])),
        n_phenotypes=len(set(rows[1:])),
        reach={name: _reach(fitness[name], weights) for name in names},
    )


def _share(weights: NDArray[np.float64], counted: NDArray[np.bool_]) -> float:
    return float(weights[counted].sum() / weights.sum())


def _reach(fitness: NDArray[np.float64], weights: NDArray[np.float64]) -> Reach:
    own, near = fitness[0], fitness[1:]
    return Reach(float(own), float(near.max()), _share(weights, near > own))


def _genome(network: Network | NDArray[Any], setup: Setup) -> NDArray[Any]:
    if isinstance(network, Network):
        return setup.encoding.genome(network)
    genome, n_genes = np.asarray(network), setup.encoding.n_genes
    wanted = setup.encoding.dtype
    if genome.shape != (n_genes,) or genome.dtype != wanted:
        raise EvomodError(
            f"wanted a Network, or one genome of {n_genes} genes of type {wanted}; got an array of shape "
            f"{genome.shape} and type {genome.dtype}."
        )
    if not setup.encoding.is_valid(genome[None])[0]:
        raise EvomodError("the genome leaves the alphabets of the setup's config.")
    return genome


def mutants(
    genome: NDArray[Any], setup: Setup, rng: np.random.Generator | None = None, draws: int = 2000
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Genomes one mutation away, ``[mutant, gene]``, and their weights ``[mutant]``, in all 1.

    All of them by the encoding's own list; of real-valued networks ``draws`` drawn ones of equal weight.
    Raises `EvomodError` where no child differs in one gene alone.
    """
    listed = setup.encoding.mutants(genome)
    if listed is None:
        genomes = _drawn(genome, setup, rng, draws)
        weights = np.full(len(genomes), 1.0 / max(len(genomes), 1))
    else:
        genomes, weights = listed
    if not len(genomes):
        raise EvomodError(
            "no child of this network differs from it in one gene alone: by [variation] all change more, or "
            "nothing."
        )
    return genomes, weights


def _drawn(
    genome: NDArray[Any], setup: Setup, rng: np.random.Generator | None, draws: int
) -> NDArray[Any]:
    """The first ``draws`` children that differ in one gene, or as many as ``ATTEMPTS`` times that give."""
    if rng is None or draws < 1:
        raise EvomodError(
            f"encoding '{setup.encoding.name}' lists no mutants, so they are drawn: give "
            "rng=numpy.random.default_rng(seed), and draws from 1."
        )
    found: list[NDArray[Any]] = []
    for _ in range(ATTEMPTS):
        children = setup.toolbox.vary(genome[None], np.zeros(draws, np.int64), rng)
        found.append(children[(children != genome).sum(axis=1) == 1])
        if sum(map(len, found)) >= draws:
            break
    return np.concatenate(found)[:draws]


def answers_of(
    setup: Setup, genome: NDArray[Any], genomes: NDArray[Any]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Yes and no bits ``[individual, output, word]`` of a genome and, from row 1 on, of its mutants."""
    encoding = setup.encoding
    size = max(1, min(len(genomes), BLOCK_BYTES // encoding.memory(1).nbytes))
    memory, parts = encoding.memory(size + 1), []
    for first in range(0, max(len(genomes), 1), size):
        block = np.concatenate((genome[None], genomes[first : first + size]))
        ancestors, slots = np.zeros(len(block), np.int64), np.arange(len(block))
        ancestors[0] = -1  # its mutants inherit from it what they leave alone
        yes, no = encoding.answer(block, ancestors, slots, memory)
        parts.append((yes if first == 0 else yes[1:], no if first == 0 else no[1:]))
    return np.concatenate([yes for yes, _ in parts]), np.concatenate([no for _, no in parts])
