"""How long an n-cut of a large network takes, beside scikit-learn's spectral clustering (Filan et al. 2021)."""

from __future__ import annotations

import time
from importlib.util import find_spec
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from evomod.measures import graph_of_layers, n_cut
from evomod.measures.n_cut import n_cut_of

LAYERS = (784, 256, 256, 256, 256, 10)
"""Of the networks of Filan et al. 2021: 1,818 nodes, 400,000 connections."""
K, DRAWS, PLAIN_DRAWS = 12, 50, 2
STARTS = 25  # of k-means, in both


def measure_n_cut(
    layers: tuple[int, ...] = LAYERS, k: int = K, draws: int = DRAWS, plain_draws: int = PLAIN_DRAWS
) -> dict[str, Any]:
    """Milliseconds a shuffle and its n-cut, ours and scikit-learn's, of untrained dense layers.

    Ours is the mean of a network and ``draws`` shuffles, scikit-learn's the median of a network and
    ``plain_draws`` shuffles; both on one thread, and of the processor only, so that other work on the machine
    adds little. (Left to itself scikit-learn takes all cores, and 20 s on two that others use.) Both n-cuts
    of the unshuffled network are told: the same search, so about the same. What scikit-learn does is None
    where it is not installed.
    """
    rng = np.random.default_rng(1)
    matrices = [rng.standard_normal(ends) for ends in pairwise(layers)]
    adjacency, layer = graph_of_layers(matrices)
    n_cut(adjacency, k, layer=layer, draws=1)
    begun = time.process_time()
    found = n_cut(adjacency, k, layer=layer, draws=draws)
    ours = 1000 * (time.process_time() - begun) / (draws + 1)
    result = {
        "k": k,
        "draws": draws,
        "ms_per_n_cut": round(ours, 1),
        "n_cut": round(found.n_cut, 3),
        "sklearn_ms_per_n_cut": None,
        "sklearn_n_cut": None,
        "ratio": None,
    }
    if find_spec("sklearn") is None:
        return result
    with threadpool_limits(1):
        value, times = _plain(matrices, k, plain_draws, rng)
    theirs = 1000 * median(times)
    result["sklearn_ms_per_n_cut"], result["sklearn_n_cut"] = round(theirs, 1), round(value, 3)
    return result | {"ratio": round(theirs / ours, 1)}


def report(result: dict[str, Any]) -> str:
    """The result in two lines for people."""
    lines = [
        f"n-cut of a network of layers {'-'.join(map(str, LAYERS))}, k = {result['k']}, {result['draws']} "
        f"shuffles: {result['ms_per_n_cut']:.0f} ms each, n-cut {result['n_cut']:.3f}"
    ]
    if result["ratio"] is None:
        return lines[0] + "\nscikit-learn is not installed, so there is nothing beside it."
    lines.append(
        f"scikit-learn: {result['sklearn_ms_per_n_cut']:.0f} ms each, {result['ratio']:.1f} times as long, "
        f"n-cut {result['sklearn_n_cut']:.3f}"
    )
    return "\n".join(lines)


def _plain(
    matrices: list[NDArray[np.float64]], k: int, draws: int, rng: np.random.Generator
) -> tuple[float, list[float]]:
    """As one would write it with scikit-learn: the network's n-cut, and the seconds of it and every shuffle."""
    values, times, weights = [], [], matrices
    for _ in range(draws + 1):
        begun = time.process_time()
        values.append(_clustered(weights, k))
        times.append(time.process_time() - begun)
        weights = [rng.permutation(w.ravel()).reshape(w.shape) for w in matrices]
    return values[0], times


def _clustered(matrices: list[NDArray[np.float64]], k: int) -> float:
    from sklearn.cluster import SpectralClustering

    adjacency, _ = graph_of_layers(matrices)
    weights = np.abs(adjacency) + np.abs(adjacency).T
    search = SpectralClustering(
        k, affinity="precomputed", eigen_solver="arpack", n_init=STARTS, random_state=1
    )
    return n_cut_of(weights, search.fit_predict(weights).astype(np.int64))
