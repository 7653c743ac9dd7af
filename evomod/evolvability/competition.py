"""Two populations in one: whose descendants are left after some generations on a goal (Parter, Kashtan & Alon 2008)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.config import Config, ConfigLike, as_config, towards, users_paths
from evomod.errors import EvomodError
from evomod.evolution.loop import Generation, evolve
from evomod.evolution.setup import Setup, prepare
from evomod.evolution.starts import checked, most_bytes, saved_genomes
from evomod.runs.run import Run, checked_seed, load_run
from evomod.selections.base import Candidates, Rows
from evomod.selections.ranking import Survivors
from evomod.task import Task, load_task
from evomod.trust import check_trust, stored_task

GENERATIONS = 40
"""Of a competition (Parter et al. 2008)."""


@dataclass(frozen=True, slots=True)
class Competition:
    """The generations of a population that was put together from two."""

    goal: str
    share: NDArray[np.float64]
    """``[generation]``: of individuals that descend from the first population; about a half in generation 0."""
    best: NDArray[np.float64]
    """``[generation]``: fitness of the logged individual."""


Source = Run | str | Path | NDArray[Any]


def compete(
    first: Source,
    second: Source,
    goal: str,
    *,
    config: ConfigLike | None = None,
    generations: int = GENERATIONS,
    seed: int | np.random.SeedSequence = 1,
    task: Task | str | None = None,
    trust: bool = False,
) -> Competition:
    """Let two populations compete on a goal: half of each makes one population, which evolves.

    An individual descends from the parent in whose place it stands; where neighbours recombine, the other one
    gives a part of the genome. Users' files that a run names are executed.

    Parameters
    ----------
    first, second
        Runs or their folders, whose last populations compete, or genomes ``[individual, gene]``. Those that enter
        are drawn at random, half of ``evolution.population`` from each.
    goal
        Of the task; rewarded in all generations.
    config
        By which they evolve: a config, its data, or a TOML's path. None: that of ``first``, a run.
    generations
        From 0 on.
    seed
        Of the draw and of the evolution.
    task
        Of the config, or its name. None: that of ``first``, or the config's.
    trust
        Needed where the first run's Python files are none of those that evomod finds itself.

    Returns
    -------
    Competition
        Shares of the first population's descendants, generation by generation.

    Raises
    ------
    EvomodError
        For what is no run, genomes that the config cannot hold or that are too few, a goal that the task does
        not have, and generations or a seed that are no whole number from 0.
    """
    if type(generations) is not int or generations < 0:
        raise EvomodError(
            f"a competition takes a whole number of generations from 0; got {generations!r}."
        )
    if not isinstance(goal, str):
        raise EvomodError(f"a competition needs the name of a goal; got {goal!r}.")
    task = load_task(task) if isinstance(task, str) else task
    if config is None:
        config, task = _of_run(first, task, trust)
    rewarding = towards(as_config(config), goal, generations=generations, stop="generations")
    setup = prepare(rewarding, task)
    draws, course = _two(checked_seed(seed))
    start, n_first = _mixed(setup, (first, second), np.random.default_rng(draws))
    shares, best = [], []
    for generation, founders in lineages(setup, start, course):
        shares.append(float((founders < n_first).mean()))
        best.append(float(generation.fitness[generation.best_row]))
    return Competition(goal, np.array(shares), np.array(best))


def lineages(
    setup: Setup, start: NDArray[Any], seed: int | np.random.SeedSequence
) -> Iterator[tuple[Generation, NDArray[np.int64]]]:
    """Every generation with its founders ``[individual]``: the row of ``start`` that each descends from.

    Parameters
    ----------
    setup
        Of `evomod.prepare`.
    start
        Genomes ``[individual, gene]``.
    seed
        Of the evolution.

    Yields
    ------
    tuple
        A generation, and an array of its own.
    """
    line = _Line(setup, np.arange(start.shape[0]))
    for generation in evolve(setup.config, seed, setup=line.followed, start=start):
        yield generation, line.founders.copy()


class _Line:
    """Notes rows as selection chooses them."""

    def __init__(self, setup: Setup, founders: NDArray[np.int64]) -> None:
        self.founders = founders
        self._true = setup.selection
        survivors = None if self._true.survivors is None else self._survivors
        noting = replace(self._true, breed=self._breed, survivors=survivors)
        self.followed = replace(setup, selection=noting)

    def _breed(
        self, candidates: Candidates, section: Any, rng: np.random.Generator
    ) -> tuple[Rows | None, Rows]:
        kept, parents = self._true.breed(candidates, section, rng)
        passing = self.founders if kept is None else self.founders[kept]
        self.founders = np.concatenate((passing, self.founders[parents]))
        return kept, parents

    def _survivors(
        self, candidates: Candidates, number: int, section: Any, rng: np.random.Generator
    ) -> Survivors:
        assert self._true.survivors is not None
        chosen = self._true.survivors(candidates, number, section, rng)
        self.founders = self.founders[chosen.rows]
        return chosen


def _two(root: np.random.SeedSequence) -> list[np.random.SeedSequence]:
    """Seeds of the draw and of the evolution, the same at every call."""
    keys = (*root.spawn_key, 0), (*root.spawn_key, 1)
    return [np.random.SeedSequence(root.entropy, spawn_key=key) for key in keys]


def _of_run(source: Source, task: Task | None, trust: bool) -> tuple[Config, Task]:
    """The config and the task of a run."""
    if isinstance(source, np.ndarray):
        raise EvomodError("genomes alone do not say how to evolve: give config=Config(…).")
    run = _run_of(source, "first")
    if not trust:
        check_trust(*users_paths(run.config))
    return run.config, task or stored_task(run.folder, trust=trust)


def _run_of(source: Any, place: str) -> Run:
    """A run, or that of a folder."""
    if isinstance(source, Run):
        return source
    if not isinstance(source, str | Path):
        raise EvomodError(
            f"{place} is {type(source).__name__}; expected a run, a run's folder, or an array of genomes [individual, gene]."
        )
    return load_run(source)


def _mixed(
    setup: Setup, sources: tuple[Source, Source], rng: np.random.Generator
) -> tuple[NDArray[Any], int]:
    """Half of each population in one, the first before the second, and how many are of the first."""
    mu = setup.config.evolution.population
    numbers, parts = (mu - mu // 2, mu // 2), []
    for source, number, place in zip(sources, numbers, ("first", "second"), strict=True):
        genomes = genomes_of(setup, source, place)
        if genomes.shape[0] < number:
            raise EvomodError(
                f"{place} holds {genomes.shape[0]} individuals; {number} are wanted, half of evolution.population."
            )
        parts.append(genomes[np.sort(rng.permutation(genomes.shape[0])[:number])])
    return np.concatenate(parts), numbers[0]


def genomes_of(setup: Setup, source: Source, place: str = "source") -> NDArray[Any]:
    """The last genomes ``[individual, gene]`` of a run, or those that are given, if the setup can hold them.

    Of any number. Raises `EvomodError`, which speaks of ``place``, where it cannot.
    """
    if isinstance(source, np.ndarray):
        sized = _of_size(setup.config, source.shape[0] if source.ndim else 0)
        return checked(sized, setup.encoding, source, place)
    run = _run_of(source, place)
    most = most_bytes(run.config, setup.encoding)
    genomes = saved_genomes(setup.config, setup.encoding, run.folder, most)
    return checked(
        _of_size(setup.config, len(genomes)), setup.encoding, genomes, f"{place}: {run.folder}"
    )


def _of_size(config: Config, number: int) -> Config:
    """The config with a population of that size."""
    evolution = config.evolution.model_copy(update={"population": number})
    return config.model_copy(update={"evolution": evolution})
