"""Whether two partitions of the same nodes agree: adjusted mutual information, beside permuted labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError, shown
from evomod.measures.seeds import Rng, generator_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEED = 0x616D69
"""Of the permutations where no generator is given."""
SAME = 1e-9
"""Mutual informations that differ by less differ by rounding alone."""
TRIVIAL = "no agreement: a partition into one module, or into single nodes, shares as much with every other one"
FEW = "no agreement: fewer than two nodes have a module in both partitions"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Adjusted mutual information of two partitions; NaN where it says nothing, and why in ``note``."""

    ami: float
    """1 for the same partition, 0 on average for permuted labels."""
    null_sd: float
    """Of the adjusted mutual information with permuted labels."""
    z: float
    """ami less the mean of the null, in standard deviations of the null."""
    percentile: float
    """Percentage of permutations that agree less, those that agree as much counting half."""
    nodes: int
    """That have a module in both."""
    draws: int
    note: str = ""


def agreement(one: ArrayLike, other: ArrayLike, *, draws: int = 1000, rng: Rng = None) -> Agreement:
    """How far two partitions of the same nodes agree (adjusted mutual information, Vinh et al. 2010).

    AMI = (I - E) / (mean entropy - E), I the mutual information and E its mean over all permutations of the labels
    (a hypergeometric sum, exact); the entropies are averaged arithmetically. Nodes that have no module (a number
    below 0) in either partition are left out. The null permutes the labels of ``other``.

    Parameters
    ----------
    one, other
        ``[node]``: whole numbers, below 0 for a node of no module.
    draws
        Permutations, at least 1.
    rng
        One permutation a draw. None: a fixed seed.

    Returns
    -------
    Agreement
        AMI and where it lies among those with permuted labels.

    Raises
    ------
    EvomodError
        For partitions of different length, or labels that are not whole numbers.

    Examples
    --------
    >>> round(agreement([0, 0, 0, 1, 1, 1], [4, 4, 4, 2, 2, 2]).ami, 6)
    1.0
    >>> agreement([0, 0, 0, 0], [0, 0, 1, 1]).note.split(":")[0]
    'no agreement'
    """
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1:
        raise EvomodError(f"draws: expected a whole number from 1; got {shown(draws)}.")
    a, b = _labels(one, "one"), _labels(other, "other")
    if a.size != b.size:
        raise EvomodError(
            f"expected two partitions of the same nodes; got {a.size} and {b.size} labels. Give both [node]."
        )
    both = (a >= 0) & (b >= 0)
    a, b = _numbered(a[both]), _numbered(b[both])
    n, nothing = int(a.size), float("nan")
    if n < 2:
        return Agreement(nothing, nothing, nothing, nothing, n, 0, FEW)
    if any(labels.max() in (0, n - 1) for labels in (a, b)):
        return Agreement(nothing, nothing, nothing, nothing, n, 0, TRIVIAL)
    sizes = np.bincount(a), np.bincount(b)
    expected = _expected(*sizes)
    scale = 0.5 * (_entropy(sizes[0], n) + _entropy(sizes[1], n)) - expected
    found = _mutual(a, b)
    rng = generator_of(rng, SEED)
    spread = np.array([_mutual(a, rng.permutation(b)) for _ in range(draws)])
    sd = float(spread.std(ddof=1)) if draws > 1 else nothing
    is_flat = draws == 1 or float(np.ptp(spread)) <= SAME
    lower, not_higher = (np.count_nonzero(spread <= found + slack) for slack in (-SAME, SAME))
    return Agreement(
        ami=(found - expected) / scale,
        null_sd=sd / scale,
        z=nothing if is_flat else (found - float(spread.mean())) / sd,
        percentile=50.0 * (lower + not_higher) / draws,
        nodes=n,
        draws=int(draws),
        note="z is NaN: all permutations agree equally" if is_flat and draws > 1 else "",
    )


def _labels(labels: ArrayLike, name: str) -> Ints:
    numbers = np.asarray(labels)
    if numbers.ndim != 1 or (numbers.size and numbers.dtype.kind not in "iu"):
        raise EvomodError(f"{name}: expected whole numbers, one a node; got {shown(labels)}.")
    return numbers.astype(np.int64)


def _numbered(labels: Ints) -> Ints:
    return np.unique(labels, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _entropy(sizes: Ints, n: int) -> float:
    """In nats, of modules of these sizes, none of them 0."""
    share = sizes / n
    return float(-(share * np.log(share)).sum())


def _mutual(a: Ints, b: Ints) -> float:
    """Mutual information in nats of labels that are numbered from 0."""
    n, width = a.size, int(b.max()) + 1
    table = np.bincount(a * width + b, minlength=(int(a.max()) + 1) * width).reshape(-1, width)
    rows, columns = np.nonzero(table)
    count = table[rows, columns]
    product = table.sum(axis=1)[rows] * table.sum(axis=0)[columns]
    return float((count / n * np.log(n * count / product)).sum())


def _expected(a: Ints, b: Ints) -> float:
    """The mean mutual information of permuted labels, of modules of sizes ``a`` and ``b``."""
    from scipy.special import gammaln

    n, total = int(a.sum()), 0.0
    sizes, times = np.unique(np.array([(i, j) for i in a for j in b]), axis=0, return_counts=True)
    for (i, j), number in zip(sizes.tolist(), times.tolist(), strict=True):
        k = np.arange(max(1, i + j - n), min(i, j) + 1)
        ways = gammaln([i + 1, j + 1, n - i + 1, n - j + 1]).sum() - gammaln(n + 1)
        others = gammaln(k + 1) + gammaln(i - k + 1) + gammaln(j - k + 1) + gammaln(n - i - j + k + 1)
        total += number * float((k / n * np.log(n * k / (i * j)) * np.exp(ways - others)).sum())
    return total
