"""Random graphs that keep more of a graph than degrees, drawn one by one as connections, large graphs too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError, shown
from evomod.kernels import pointer_to
from evomod.kernels import swaps as kernels
from evomod.measures.edges import Edges

Ints = NDArray[np.int64]

TRIES, TRIES_PLAIN = 100, 20
"""Exchanges tried for a draw, in connections; Milo et al. 2003 find 100 enough. The second where degrees alone are kept:
on random and real networks of 418 to 1,133 nodes the connections shared with the original, and Q, were after 5 as after 400."""
TEMPERATURE, FACTOR, ROUNDS, ENOUGH = 0.05, 0.9, 200, 1e-3
"""Of the annealing that keeps triads; `ENOUGH` is the energy at which it ends."""


@dataclass(frozen=True, slots=True)
class Start:
    """A graph as the kernels take it; loops stand aside and stay as they are."""

    edges: Edges
    ends: Ints
    """``[connection, (source, target)]``, a mutual one once."""
    which: Ints
    """``[connection, (there, back)]``: places in ``edges``; back is -1 where there is none."""
    group: Ints
    """``[connection]``: those of the same number exchange targets."""
    is_mutual: NDArray[np.bool_]
    both_ways: bool
    tries: int
    """Exchanges tried for a draw, in connections."""

    def code(self, ends: Ints) -> NDArray[np.int8]:
        """``[node, node]``: 1 for a connection of ``ends`` from one to the other, 2 for one back, 3 for both."""
        code = np.zeros((self.edges.n_nodes,) * 2, np.int8)
        source, target = np.concatenate((ends, ends[self.is_mutual][:, ::-1])).T
        code[source, target] = 1
        code[target, source] |= 2
        return code


def start_of(edges: Edges, keep_mutual: bool) -> Start:
    """What `drawn` begins with: signs are kept, and where it is asked for (or undirected) mutual connections."""
    n = edges.n_nodes
    apart = np.flatnonzero(edges.source != edges.target)
    source, target = edges.source[apart], edges.target[apart]
    sign = (edges.weight[apart] < 0).astype(np.int64)
    if not edges.directed:
        which = np.stack((apart, np.full(apart.size, -1)), axis=1)
        is_mutual = np.ones(apart.size, np.bool_)
    elif keep_mutual:
        order = np.argsort(source * n + target)
        keys = (source * n + target)[order]
        is_two = np.isin(target * n + source, keys, assume_unique=True)
        single, low = ~is_two, is_two & (source < target)
        back = order[np.searchsorted(keys, target[low] * n + source[low])]
        which = np.concatenate(
            (
                np.stack((apart[single], np.full(int(single.sum()), -1)), axis=1),
                np.stack((apart[low], apart[back]), axis=1),
            )
        )
        is_mutual = np.concatenate(
            (np.zeros(int(single.sum()), np.bool_), np.ones(int(low.sum()), np.bool_))
        )
        sign = (edges.weight[which[:, 0]] < 0).astype(np.int64)
        sign += 2 * is_mutual * (1 + (edges.weight[which[:, 1]] < 0))
    else:
        which = np.stack((apart, np.full(apart.size, -1)), axis=1)
        is_mutual = np.zeros(apart.size, np.bool_)
    ends = np.stack((edges.source[which[:, 0]], edges.target[which[:, 0]]), axis=1)
    tries = TRIES if keep_mutual or sign.any() else TRIES_PLAIN
    return Start(edges, ends, which, sign, is_mutual, keep_mutual or not edges.directed, tries)


def drawn(
    start: Start, draws: int, rng: np.random.Generator, triads: bool = False, jobs: int = 1
) -> Iterator[tuple[Edges, float]]:
    """Random graphs, and the energy at which their triads were left (0 where they are not kept).

    Every draw begins from the original, makes `Start.tries` attempts a connection, and with ``triads`` anneals. It
    has a generator of its own, so that the number of threads, ``jobs``, changes nothing.
    """
    classes, wanted = _triads(start) if triads else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    streams = rng.spawn(draws)
    if jobs == 1:
        for stream in streams:
            yield _draw(start, stream, classes, wanted)
        return
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda stream: _draw(start, stream, classes, wanted), streams)


def drawn_values(
    start: Start, draws: int, rng: np.random.Generator, value_of: Callable[[Edges], float], jobs: int = 1
) -> Iterator[float]:
    """A number of every random graph, graph and number made by the same thread; as `drawn` otherwise."""
    nothing = np.zeros(0, np.int64)
    if isinstance(jobs, bool) or not isinstance(jobs, int | np.integer) or jobs < 1:
        raise EvomodError(f"jobs: expected a whole number of threads from 1; got {shown(jobs)}.")

    def act(stream: np.random.Generator) -> float:
        return value_of(_draw(start, stream, nothing, nothing)[0])

    if jobs == 1:
        yield from map(act, rng.spawn(draws))
        return
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(act, rng.spawn(draws))


def _draw(start: Start, rng: np.random.Generator, classes: Ints, wanted: Ints) -> tuple[Edges, float]:
    ends, left = start.ends.copy(), 0.0
    _exchange(start, ends, start.tries * len(ends), rng)
    if wanted.size:
        code = start.code(ends)
        first, near = _neighbours(code)
        counts = np.zeros(wanted.size + 1, np.int64)
        counts[: wanted.size] = _census(code)
        cooling = np.array((TEMPERATURE, FACTOR, float(ROUNDS)))
        left = kernels.anneal_triads(
            ends,
            start.group,
            start.is_mutual,
            near,
            first,
            classes,
            wanted,
            cooling,
            ENOUGH,
            pointer_to(rng),
            code,
            counts,
        )
    return _with_ends(start, ends, rng), float(left)


def _exchange(start: Start, ends: Ints, tries: int, rng: np.random.Generator) -> int:
    """So many attempts to exchange targets of ``ends``, which are changed; returns how many succeeded."""
    table = np.full(1 << (2 * len(ends)).bit_length(), -1)
    return int(
        kernels.exchange(
            ends, start.group, start.is_mutual, start.both_ways, tries, pointer_to(rng), table
        )
    )


def is_rigid(start: Start) -> bool:
    """Whether no exchange succeeds in `TRIES` attempts a connection, so that every draw is the graph itself."""
    ends, rng = start.ends.copy(), np.random.default_rng(0)
    return not any(_exchange(start, ends, len(ends), rng) for _ in range(TRIES))


def _with_ends(start: Start, ends: Ints, rng: np.random.Generator) -> Edges:
    """The connections of a draw; weights are in random order within what exchanged targets."""
    edges = start.edges
    source, target, weight = edges.source.copy(), edges.target.copy(), edges.weight.copy()
    there, back = start.which.T
    source[there], target[there] = ends.T
    two = back >= 0
    source[back[two]], target[back[two]] = ends[two, 1], ends[two, 0]
    for number in np.unique(start.group):
        members = np.flatnonzero(start.group == number)
        if start.is_mutual[members].all() and two[members].all():
            old = start.which[members][rng.permutation(members.size)]
            weight[start.which[members]] = edges.weight[old]
        else:
            weight[there[members]] = edges.weight[there[members]][rng.permutation(members.size)]
    if not edges.directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    return replace(edges, source=source, target=target, weight=weight)


def _triads(start: Start) -> tuple[Ints, Ints]:
    """The class of every code, the last for what is disconnected, and the counts that are wanted."""
    from evomod.measures.motifs import triad_classes

    return triad_classes(), _census(start.code(start.ends))


def _census(code: NDArray[np.int8]) -> Ints:
    from evomod.measures.motifs import motif_census

    if code.shape[0] < 3:
        return np.zeros(13, np.int64)
    return motif_census((code & 1).astype(np.float64), 3)


def _neighbours(code: NDArray[np.int8]) -> tuple[Ints, Ints]:
    node, near = np.nonzero(code)
    return np.searchsorted(node, np.arange(code.shape[0] + 1)).astype(np.int64), near.astype(np.int64)
