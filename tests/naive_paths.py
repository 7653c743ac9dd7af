"""Oracle in plain Python of what nodes reach and of shortest paths, by sets and a queue of the nearest.

``near[node]``: pairs of a node that it leads to and the weight.
"""

import heapq
from collections.abc import Sequence

Near = Sequence[Sequence[tuple[int, float]]]


def reach(near: Near, start: int) -> tuple[int, float]:
    """How many others paths lead to, and the sum of 1 / distance, distance by distance."""
    seen, edge, distance, near_by = {start}, {start}, 0, 0.0
    while edge:
        edge = {to for node in edge for to, _ in near[node]} - seen
        seen |= edge
        distance += 1
        near_by += len(edge) / distance
    return len(seen) - 1, near_by


def follow(near: Near, unit: float, start: int) -> float:
    """The sum over the nodes reached of the mean weight along the shortest path, as Dijkstra finds it first."""
    known = {start: (0.0, 0.0, 0)}  # distance, sum of weights, steps
    waiting, done, found = [(0.0, start)], set(), 0.0
    while waiting:
        length, node = heapq.heappop(waiting)
        if node in done:
            continue
        done.add(node)
        _, whole, steps = known[node]
        found += whole / steps if steps else 0.0
        for to, weight in near[node]:
            further = length + unit / weight
            if to not in known or further < known[to][0]:
                known[to] = (further, whole + weight, steps + 1)
                heapq.heappush(waiting, (further, to))
    return found
