"""Oracle in plain Python of what nodes reach and of shortest paths, by sets and a queue of the nearest.

``near[node]``: pairs of a node that it leads to and the weight.
"""

import heapq
from collections.abc import Sequence

Near = Sequence[Sequence[tuple[int, float]]]


def reach(near: Near, begin: int, end: int) -> list[tuple[int, float]]:
    """``[node]``: from how many others paths lead to it, and the sum of 1 / distance; 64 nodes from ``begin`` at a time."""
    found = [(0, 0.0)] * len(near)
    for low in range(begin, end, 64):
        starts = range(low, min(low + 64, end))
        steps = [distances(near, start) for start in starts]
        for distance in range(1, len(near)):
            for node in range(len(near)):
                number = sum(each.get(node) == distance for each in steps)
                found[node] = (found[node][0] + number, found[node][1] + number / distance)
    return found


def distances(near: Near, start: int) -> dict[int, int]:
    """Of every node that paths from a node lead to."""
    known, edge = {start: 0}, {start}
    while edge:
        edge = {to for node in edge for to, _ in near[node]} - set(known)
        known |= dict.fromkeys(edge, max(known.values()) + 1)
    return known


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
