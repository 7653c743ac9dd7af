"""Where a run's first population comes from, if not from chance: a saved population, or one network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.config import Config
from evomod.encodings import Encoding
from evomod.errors import EvomodError, shortened
from evomod.files.configs import read_config
from evomod.files.disk import is_file
from evomod.files.readers import DamageError, read_arrays
from evomod.network import load_network
from evomod.selections.collection import METHODS


def first_genomes(config: Config, encoding: Encoding) -> NDArray[Any] | None:
    """Genomes ``[individual, gene]`` of ``evolution.start``; None where they are to be random.

    A run's folder or a checkpoint gives its population, a network's JSON as many copies of it as the
    population has individuals. Raises `EvomodError` where the file or its contents do not fit.
    """
    start, mu = config.evolution.start, config.evolution.population
    if start == "random":
        return None
    path = _file_of(Path(start))
    if path.suffix == ".json":
        try:
            genome = encoding.genome(load_network(path))
        except EvomodError as error:
            raise EvomodError(f"evolution.start: {error}") from None
        return np.ascontiguousarray(np.broadcast_to(genome, (mu, genome.size)))
    saved = saved_genomes(config, encoding, path, most_bytes(config, encoding))
    return checked(config, encoding, saved, f"evolution.start: {path}")


def _file_of(path: Path) -> Path:
    """The checkpoint of a run's folder, or the file itself."""
    found = path / "checkpoint.npz" if is_file(path / "checkpoint.npz") else path
    if not is_file(found):
        raise EvomodError(
            f"evolution.start: there is no {shortened(path)}; wanted 'random', a run's folder, its checkpoint.npz, or "
            "a network such as its best.json."
        )
    return found


def saved_genomes(config: Config, encoding: Encoding, path: Path, most: int) -> NDArray[Any]:
    """Genomes that a run's folder or its checkpoint of at most so many bytes holds, of any number and not checked.

    Raises `EvomodError` where it holds none, or those of another kind of network.
    """
    path = _file_of(path)
    if path.suffix == ".npz":
        _check_network(config, path)
    return _saved(path, most)


def checked(config: Config, encoding: Encoding, genomes: NDArray[Any], what: str) -> NDArray[Any]:
    """Genomes that kernels may read: they check no bounds. Raises `EvomodError` that begins with ``what``."""
    mu, genes, wanted = config.evolution.population, encoding.n_genes, encoding.dtype
    if genomes.dtype != wanted or genomes.ndim != 2 or genomes.shape[1] != genes:
        raise EvomodError(
            f"{what} holds an array of shape {genomes.shape} and type {genomes.dtype}; this config's genomes "
            f"are [individual, gene] with {genes} genes of type {wanted}."
        )
    selection = METHODS.of(config.selection)
    is_archive = selection is not None and selection.capacity is not None
    if genomes.shape[0] != mu and not (is_archive and genomes.shape[0]):
        raise EvomodError(
            f"{what} holds {genomes.shape[0]} individuals and evolution.population is {mu}; set "
            f"evolution.population={genomes.shape[0]}."
        )
    if not encoding.is_valid(genomes).all():
        raise EvomodError(f"{what} holds a genome that leaves this config's alphabets.")
    return np.ascontiguousarray(genomes)


def _saved(path: Path, most: int) -> NDArray[Any]:
    try:
        return read_arrays(path, most)["genomes"]
    except (DamageError, KeyError):
        raise EvomodError(
            f"evolution.start: {path} holds no population; wanted a run's folder or its checkpoint.npz."
        ) from None
    except OSError as error:
        raise EvomodError(
            f"evolution.start: {path} cannot be read: {error.strerror or error}."
        ) from None


def most_bytes(config: Config, encoding: Encoding) -> int:
    """Of the arrays of a checkpoint: genes and objectives of the population, and its goals and state as text."""
    population, selection = config.evolution.population, METHODS.of(config.selection)
    most = population if selection is None else selection.most(config.selection, population)
    return most * (encoding.n_genes + 8) * 8 + 2**24


MAY_DIFFER = {"penalty", "penalty_above", "initial_connections", "initial", "seed", "coordinates"}
"""Keys of [network] that do not change what a gene means: prices, what first networks are, places."""


def _named(value: Any) -> Any:
    """A setting; of a user's file its name alone, for it lies in a run's folder too, and its text has a key of its own."""
    return Path(value).name if isinstance(value, str) and value.endswith(".py") else value


def _check_network(config: Config, path: Path) -> None:
    """Refuse the population of a run whose genes mean something else, where its config lies beside it."""
    beside = path.with_name("config.toml")
    if not beside.is_file():
        return
    theirs = read_config(beside).get("network", {})
    ours = config.network.model_dump(mode="json", exclude_none=True)
    for key in sorted(set(theirs) & set(ours) - MAY_DIFFER):
        if _named(theirs[key]) != _named(ours[key]):
            raise EvomodError(
                f"evolution.start: the population in {path} evolved with network.{key} = {theirs[key]!r}; "
                f"this config has {ours[key]!r}, so its genes would mean something else."
            )
