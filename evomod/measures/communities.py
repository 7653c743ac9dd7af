"""Q of any partition, and a partition of high Q, of sparse graphs: directed or not, weighted, signed, resolution."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.kernels import communities as kernels
from evomod.kernels import pointer_to
from evomod.measures.edges import Edges

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIGNED = ("gomez2009", "rubinov2011")
"""What negative weights do: see `quality_of`."""

WORSE = 0.8
"""Divided by the nodes: the loss in Q that a search puts up with at first. From 0.3 to 2.4 as good."""
KICKS = 8
"""Of a search, for every node of a sparse graph; of one with more than `SPARSE` neighbours a node
proportionally fewer, as each kick costs more."""
SPARSE = 8.0
GREEDY, LAST, LAST_EACH, LAST_KICKS = 8, 2, 300, 5000
"""`LAST` searches at the end, of graphs of up to `MIDDLE` nodes, on the groups that all searches and `GREEDY` ones without a
kick agree on, if those are fewer than half of the nodes: kicks for each group, and at most, nor more than of four whole
searches. Of 89 rings of cliques 2 had a lower Q than the best of 20 runs of leidenalg without them: there the cliques are the
groups, a kick takes half the time, and 5000 find which of 30 go in pairs in 33 of 40 searches."""
CORE_KICKS, MOST_CORE = 100, 1500
"""For every node of a core, what partitions agree on; no more in all than the second, or as many as of the whole graph. A ring
of 30 cliques, 30 nodes then, falls into its 15 pairs in 3 of 40 searches of 200 kicks, and in 11 of 1000."""
LEAST_KICKS, LEAST_DENSE = 250, 100
"""Of a search, and of one of a graph that is not sparse."""
LEAST_EACH, LEAST_IN_ALL = 100, 10_000
"""Of all searches of a graph that is not dense: as many for every node as the first, at most the second."""
DENSE = 12.0
STARTS, SHORT = 8, 4
"""With more than `DENSE` neighbours a node: short searches at first, of a fourth of the kicks, of which the best is
kept, as there a search is in the right region after few kicks or never; later ones of half of them."""
MIDDLE = 300
"""Nodes, of the graph without leaves, up to which the first of each pair below holds, and beyond which the second. Larger
numbers find more and are slower: with them 20 runs of leidenalg take never less time than a search."""
PATIENCE = 5, 4
"""Searches in a row that find nothing better, after which no further one starts."""
MOST_SEARCHES, MOST_DENSE = (10, 9), (12, 11)
"""Kicks in all, in those of one search, and with more than `DENSE` neighbours; then no further search starts either."""
MOST_IN_ALL = 100_000
"""Kicks in all too, of large graphs, but those of one search: 10,000 nodes took 10 s without it."""
MANY, CYCLES, FEW_KICKS = 12_500, 8, 0.5
"""Of more nodes the search is `_of_many`: so many cycles, and between the last two as many kicks as `MOST_IN_ALL`, or the last
for every node. Of 300,000 nodes and a million random connections the eighth cycle adds 0.1 % to Q, in 2 s, and the
kicks 0.5 %, in 6 s."""
NOTHING = 1e-12
"""A gain in Q below this is rounding noise."""


@dataclass(frozen=True, slots=True)
class Links:
    """A graph as `kernels.search` takes it, every node with a connection; see there."""

    first: Ints
    near: Ints
    link: Floats
    strength: Floats
    """``[2 * kind + side, node]``: weights out of and into it; kind 1: the sizes of negative ones."""
    price: Floats
    scale: float
    unit: float
    """What Q is counted in: ``worth / unit`` is Q but for what nodes are worth alone."""

    @property
    def n_nodes(self) -> int:
        return self.first.size - 1


def quality_of(edges: Edges, modules: Ints, resolution: float = 1.0, signed: str | None = None) -> float:
    """Q of ``modules[node]``; nodes of a negative number have no connection. No connection at all: 0.

    Leicht & Newman (2008), of an undirected graph Newman (2006), with Reichardt & Bornholdt's resolution:
    the sum over modules of (weight inside / m - resolution * out * into / m^2). With negative weights, Q of the
    positive ones less Q of the sizes of negative ones: "gomez2009", each in its share of all weights (Gomez,
    Jensen & Arenas 2009); "rubinov2011", the positive ones in full, so that they count more, the negative
    ones in their share (Rubinov & Sporns 2011).
    """
    both = 1.0 if edges.directed else 2.0
    parts = []
    for sign in (1.0, -1.0) if signed else (1.0,):
        weight = np.maximum(sign * edges.weight, 0.0) * both
        m = weight.sum()
        out, into = _strengths(edges, weight / both)
        known = modules >= 0
        number = int(modules.max(initial=-1)) + 1
        product = np.bincount(modules[known], out[known], number) @ np.bincount(
            modules[known], into[known], number
        )
        inside = weight[modules[edges.source] == modules[edges.target]].sum()
        parts.append((m, inside - resolution * product / m if m else 0.0))
    factors = _factors([m for m, _ in parts], signed)
    return float(sum(factor * part for factor, (_, part) in zip(factors, parts, strict=True)))


def _strengths(edges: Edges, weight: Floats) -> tuple[Floats, Floats]:
    """``[node]``: weights out of and into every node; undirected: both, a loop at both of its ends."""
    n = edges.n_nodes
    out, into = _sums(edges.source, weight, n), _sums(edges.target, weight, n)
    return (out, into) if edges.directed else (out + into, out + into)


def _sums(group: Ints, value: Floats, number: int) -> Floats:
    """Sums of values ``[group]``."""
    return np.asarray(np.bincount(group, value, number), np.float64)


def _factors(m: list[float], signed: str | None) -> list[float]:
    """What the parts of positive and negative weights are multiplied by."""
    if signed is None:
        return [1.0 / m[0] if m[0] else 0.0]
    whole = m[0] + m[1]
    if not whole:
        return [0.0, 0.0]
    first = whole if signed == "gomez2009" else m[0]
    return [1.0 / first if first else 0.0, -1.0 / whole]


def links_of(edges: Edges, resolution: float = 1.0, signed: str | None = None) -> Links:
    """The objective of a search: of connections that count 1, and resolution 1, in whole numbers, m^2 Q."""
    n, both = edges.n_nodes, 1.0 if edges.directed else 2.0
    signs = (1.0, -1.0) if signed else (1.0,)
    parts = [np.maximum(sign * edges.weight, 0.0) for sign in signs]
    m = [float(part.sum() * both) for part in parts]
    strength = np.concatenate([_strengths(edges, part) for part in parts])
    if signed is None:
        scale, price, unit = m[0], np.array([resolution]), m[0] ** 2
        value = parts[0] * both
    else:
        factor = _factors(m, signed)
        largest = max(abs(f) for f in factor) or 1.0
        scale, unit = 1.0, 1.0 / largest
        share = [f / largest for f in factor]
        price = np.array(
            [resolution * f / total if total else 0.0 for f, total in zip(share, m, strict=True)]
        )
        value = both * (share[0] * parts[0] + share[1] * parts[1])
    apart = edges.source != edges.target
    source, target, value = edges.source[apart], edges.target[apart], value[apart]
    first, near, link = _rows(
        np.concatenate((source, target)), np.concatenate((target, source)), np.tile(value, 2), n
    )
    return Links(first, near, link, np.ascontiguousarray(strength), price, scale, unit)


def _rows(source: Ints, target: Ints, value: Floats, n: int) -> tuple[Ints, Ints, Floats]:
    """Compressed rows of triplets, those of the same place summed."""
    place, group = np.unique(source * n + target, return_inverse=True)
    link = _sums(group, value, place.size)
    first = np.searchsorted(place, np.arange(n + 1) * n).astype(np.int64)
    return first, (place % max(n, 1)).astype(np.int64), link


def best_partition(links: Links, rng: np.random.Generator, once: bool = False) -> Ints:
    """Modules ``[node]`` of high worth, numbered in the order of their first node.

    Nodes with one neighbour share its module and are contracted. Each search starts from single nodes, on dense
    graphs `STARTS` short ones at first. What a later one finds is combined with the best so far: nodes that share
    a module in both are contracted, and the search is repeated on what is left, and on the nodes from there. No
    further search starts after `PATIENCE` in a row that find nothing better, or after the kicks of
    `MOST_SEARCHES` (`MOST_DENSE`), if `LEAST_EACH` are spent; at the end come `LAST` searches of what all agree on.
    ``once``: the first search alone, on dense graphs a short one. Of more than `MANY` nodes: `_of_many`.
    """
    small, group = _without_leaves(links)
    n = small.n_nodes
    if n > MANY:
        return _numbered(_of_many(small, rng)[group])
    kicks = _kicks(small, KICKS)
    is_dense = small.near.size > DENSE * n
    starts, short, later = (STARTS, kicks // SHORT, kicks // 2) if is_dense else (1, kicks, kicks)
    if once:
        return _numbered(_searched(small, np.arange(n), short, rng)[0][group])
    is_large = n > MIDDLE
    searches = MOST_DENSE[is_large] if is_dense else MOST_SEARCHES[is_large]
    most = min(kicks * searches, max(MOST_IN_ALL, kicks))
    first = [_searched(small, np.arange(n), short, rng) for _ in range(starts)]
    best, best_worth = max(first, key=lambda found: found[1])
    failed, spent, agreed = 0, starts * short, best
    least = 0 if is_dense else min(LEAST_EACH * n, LEAST_IN_ALL)
    while spent < least or (failed < PATIENCE[is_large] and spent < most):
        found, worth = _searched(small, np.arange(n), later, rng)
        agreed = _agreed(agreed, found)
        combined, combined_worth, used = _of_core(
            small, _agreed(best, found), CORE_KICKS, max(MOST_CORE, kicks), rng
        )
        spent += later + used
        if combined_worth > worth:
            found, worth = combined, combined_worth
        failed += 1
        if worth > best_worth + NOTHING * small.unit:
            best, best_worth, failed = found, worth, 0
    for _ in range(0 if is_large else GREEDY):
        agreed = _agreed(agreed, _searched(small, np.arange(n), 0, rng)[0])
    for _ in range(LAST if not is_large and agreed.max() < n // 2 else 0):
        found, worth, _ = _of_core(small, agreed, LAST_EACH, min(LAST_KICKS, 4 * kicks), rng)
        if worth > best_worth + NOTHING * small.unit:
            best, best_worth = found, worth
    return _numbered(best[group])


def _of_many(links: Links, rng: np.random.Generator) -> Ints:
    """Modules ``[node]`` of a large graph: by levels, made better by cycles and kicks."""
    modules = _by_levels(links, rng)
    for _ in range(CYCLES - 1):
        modules = _cycled(links, modules, rng)
    modules, _ = _searched(links, modules, _kicks(links, KICKS), rng, is_merged=False)
    return _cycled(links, modules, rng)


def _cycled(links: Links, modules: Ints, rng: np.random.Generator) -> Ints:
    """Nodes move; parts of modules, found in each by itself, become the nodes of a smaller graph, of which the same is
    done (Traag, Waltman & van Eck 2019)."""
    modules, _ = _searched(links, modules, 0, rng, is_merged=False)
    inner = _inside(links, modules)
    parts, _ = _searched(inner, np.arange(links.n_nodes), 0, rng, is_merged=False)
    parts = _numbered(parts * (modules.max() + 1) + modules)
    if int(parts.max()) + 1 == links.n_nodes:
        return modules
    small = _contracted(links, parts)
    start = np.empty(small.n_nodes, np.int64)
    start[parts] = modules
    return _cycled(small, start, rng)[parts]


def _inside(links: Links, modules: Ints) -> Links:
    """The same without the connections between modules."""
    source = np.repeat(np.arange(links.n_nodes), np.diff(links.first))
    is_inside = modules[source] == modules[links.near]
    first = np.searchsorted(source[is_inside], np.arange(links.n_nodes + 1)).astype(np.int64)
    return replace(links, first=first, near=links.near[is_inside], link=links.link[is_inside])


def _by_levels(links: Links, rng: np.random.Generator) -> Ints:
    """Modules ``[node]``: nodes move, modules become the nodes of a smaller graph, and so on; then on the way back to
    the graph itself the nodes of every level move once more (Rotta & Noack 2011)."""
    levels = []
    while True:
        group, _ = _searched(links, np.arange(links.n_nodes), 0, rng, is_merged=False)
        levels.append((links, group))
        if int(group.max()) + 1 == links.n_nodes:
            break
        links = _contracted(links, group)
    modules = np.arange(links.n_nodes)
    for level, group in reversed(levels[:-1]):
        modules, _ = _searched(level, modules[group], 0, rng, is_merged=False)
    return modules


def _agreed(one: Ints, other: Ints) -> Ints:
    """``[node]``: groups of nodes that share a module in both partitions."""
    return np.unique(one * (other.max() + 1) + other, return_inverse=True)[1].astype(np.int64)


def _of_core(
    links: Links, core: Ints, each: int, most: int, rng: np.random.Generator
) -> tuple[Ints, float, int]:
    """A partition, its worth, and the kicks spent: who is together in the core stays so at first."""
    small = _contracted(links, core)
    kicks = min(_kicks(small, each), most)
    last = _kicks(links, KICKS // 4)
    found, _ = _searched(small, np.arange(small.n_nodes), kicks, rng)
    found, worth = _searched(links, found[core], last, rng)
    return found, worth, last + min(kicks, _kicks(links, KICKS))


def _kicks(links: Links, each: int) -> int:
    n = links.n_nodes
    share = min(1.0, SPARSE * n / max(links.near.size, 1))
    return min(
        max(LEAST_KICKS if share == 1.0 else LEAST_DENSE, int(each * n * share)),
        max(MOST_IN_ALL, int(n * FEW_KICKS)),
    )


def _searched(
    links: Links, start: Ints, kicks: int, rng: np.random.Generator, *, is_merged: bool = True
) -> tuple[Ints, float]:
    """Modules, numbered in the order of their first node, and their worth; at first nodes move only, or modules merge too."""
    modules, largest = start.astype(np.int64), links.n_nodes if is_merged else 0
    worth = kernels.search(
        links.first, links.near, links.link, links.strength, links.price, links.scale,
        NOTHING * links.unit, WORSE / links.n_nodes * links.unit, largest, kicks, pointer_to(rng),
        modules,
    )  # fmt: skip
    return _numbered(modules), worth


def _numbered(modules: Ints) -> Ints:
    """The same modules, numbered in the order of their first node."""
    _, first, group = np.unique(modules, return_index=True, return_inverse=True)
    order = np.empty(first.size, np.int64)
    order[np.argsort(first)] = np.arange(first.size)
    return order[group]


def _contracted(links: Links, group: Ints) -> Links:
    """The graph whose nodes are groups, numbered from 0; connections inside them are left out."""
    n = int(group.max()) + 1
    source, target = np.repeat(group, np.diff(links.first)), group[links.near]
    apart = source != target
    first, near, link = _rows(source[apart], target[apart], links.link[apart], n)
    strength = np.stack([_sums(group, side, n) for side in links.strength])
    return Links(first, near, link, strength, links.price, links.scale, links.unit)


def _without_leaves(links: Links) -> tuple[Links, Ints]:
    """Without nodes of one neighbour, and ``[node]`` their groups; again and again, until there is none.

    In the best partition such a node is in its neighbour's module if their connection is worth more than
    its strengths cost in any module, as without a loop it is at resolution 1. Not with negative weights.
    """
    group = np.arange(links.n_nodes)
    while links.price.size == 1 and links.n_nodes > 2:
        leaves = np.flatnonzero(np.diff(links.first) == 1)
        neighbour = links.near[links.first[leaves]]
        out, into = links.strength
        most = out[leaves] * (into.sum() - into[leaves]) + into[leaves] * (out.sum() - out[leaves])
        is_sure = links.link[links.first[leaves]] * links.scale >= links.price[0] * most
        is_pair = np.isin(neighbour, leaves)  # two leaves that have only each other
        chosen = is_sure & ~(is_pair & (neighbour > leaves))
        if not chosen.any():
            break
        to = np.arange(links.n_nodes)
        to[leaves[chosen]] = neighbour[chosen]
        to = _numbered(to)
        links, group = _contracted(links, to), to[group]
    return links, group


def check_resolution(resolution: float) -> None:
    """Refuse what is not a number above 0."""
    is_number = isinstance(resolution, int | float | np.integer | np.floating)
    if not is_number or isinstance(resolution, bool) or not 0.0 < resolution < np.inf:
        raise EvomodError(
            f"resolution is a number above 0 (1: plain Q; larger: smaller modules); got {resolution!r}."
        )


def check_signed(signed: str | None) -> None:
    """Refuse an unknown treatment of negative weights."""
    if signed is not None and signed not in SIGNED:
        raise EvomodError(f"signed is None or one of {', '.join(SIGNED)}; got {signed!r}.")
