"""Where a run's first population comes from, if not from chance: a saved population, or one network."""

from __future__ import annotations

import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.config import Config
from evomod.encodings import Encoding
from evomod.errors import EvomodError
from evomod.network import load_network


def first_genomes(config: Config, module: ModuleType, encoding: Encoding) -> NDArray[Any] | None:
    """Genomes ``[individual, gene]`` of ``evolution.start``; None where they are to be random.

    A run's folder or a checkpoint gives its population, a network's JSON as many copies of it as the
    population has individuals. Raises `EvomodError` where the file or its contents do not fit.
    """
    start, mu = config.evolution.start, config.evolution.population
    if start == "random":
        return None
    path = Path(start)
    if path.is_dir():
        path = path / "checkpoint.npz"
    if not path.is_file():
        raise EvomodError(
            f"evolution.start: there is no {path}; wanted 'random', a run's folder, its checkpoint.npz, or "
            "a network such as its best.json."
        )
    if path.suffix == ".json":
        genome = module.from_network(encoding, load_network(path))
        return np.ascontiguousarray(np.broadcast_to(genome, (mu, genome.size)))
    genomes = _saved(path)
    wanted = np.float64 if config.network.encoding == "layered-real" else np.int8
    if genomes.dtype != wanted or genomes.ndim != 2 or genomes.shape[1] != encoding.n_genes:
        raise EvomodError(
            f"evolution.start: the population in {path} has {genomes.shape[-1]} genes of type "
            f"{genomes.dtype}; this config's networks have {encoding.n_genes} of type {np.dtype(wanted)}."
        )
    if genomes.shape[0] != mu:
        raise EvomodError(
            f"evolution.start: {path} holds {genomes.shape[0]} individuals and evolution.population is "
            f"{mu}; set evolution.population={genomes.shape[0]}."
        )
    if not module.is_valid(encoding, genomes).all():
        raise EvomodError(f"evolution.start: a genome in {path} leaves this config's alphabets.")
    return genomes


def _saved(path: Path) -> NDArray[Any]:
    try:
        with np.load(path, allow_pickle=False) as data:
            genomes: NDArray[Any] = data["genomes"]
            return genomes
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise EvomodError(f"evolution.start: {path} holds no population ({error}).") from None
