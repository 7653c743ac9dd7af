"""Oracle in plain Python of exchanges of targets: connections as sets, triads counted anew after each."""

import itertools
import math
from collections.abc import Callable, Mapping

Ends = list[list[int]]
Pairs = set[tuple[int, int]]


def _linked(ends: Ends, is_mutual: list[bool]) -> Pairs:
    there = {(a, b) for a, b in ends}
    return there | {(b, a) for (a, b), both in zip(ends, is_mutual, strict=True) if both}


def _draw(
    ends: Ends, group: list[int], is_mutual: list[bool], both_ways: bool, draw: Callable[[], float]
) -> tuple[int, int] | None:
    first, second = int(draw() * len(ends)), int(draw() * len(ends))
    if is_mutual[second] and draw() < 0.5:
        ends[second].reverse()
    if first == second or group[first] != group[second]:
        return None
    (s1, t1), (s2, t2) = ends[first], ends[second]
    if s1 == t2 or s2 == t1:
        return None
    linked = _linked(ends, is_mutual)
    if both_ways or is_mutual[first]:
        linked |= {(b, a) for a, b in linked}
    return None if (s1, t2) in linked or (s2, t1) in linked else (first, second)


def exchange(
    ends: Ends,
    group: list[int],
    is_mutual: list[bool],
    both_ways: bool,
    tries: int,
    draw: Callable[[], float],
) -> int:
    done = 0
    for _ in range(tries if ends else 0):
        pair = _draw(ends, group, is_mutual, both_ways, draw)
        if pair is not None:
            one, other = pair
            ends[one][1], ends[other][1] = ends[other][1], ends[one][1]
            done += 1
    return done


def triads(linked: Pairs, n: int) -> dict[int, int]:
    """Connected subgraphs of three nodes by their number, the least over all orders of nodes."""
    found: dict[int, int] = {}
    for nodes in itertools.combinations(range(n), 3):
        touching = sum((a, b) in linked or (b, a) in linked for a, b in itertools.combinations(nodes, 2))
        if touching >= 2:
            number = min(
                sum(
                    2 ** (3 * i + j)
                    for i, j in itertools.permutations(range(3), 2)
                    if (order[i], order[j]) in linked
                )
                for order in itertools.permutations(nodes)
            )
            found[number] = found.get(number, 0) + 1
    return found


def energy(counts: Mapping[int, int], wanted: Mapping[int, int], order: list[int]) -> float:
    """The sum over classes, in their order, of |difference| / sum (Milo et al. 2002)."""
    whole = 0.0
    for k in order:
        both = counts.get(k, 0) + wanted.get(k, 0)
        if both:
            whole += abs(counts.get(k, 0) - wanted.get(k, 0)) / both
    return whole


def anneal(
    ends: Ends,
    group: list[int],
    is_mutual: list[bool],
    wanted: Mapping[int, int],
    order: list[int],
    n: int,
    cooling: tuple[float, float, int],
    enough: float,
    draw: Callable[[], float],
) -> float:
    temperature, factor, rounds = cooling
    now = energy(triads(_linked(ends, is_mutual), n), wanted, order)
    for _ in range(rounds):
        for _ in range(len(ends)):
            if now <= enough:
                return now
            pair = _draw(ends, group, is_mutual, True, draw)
            if pair is None:
                continue
            one, other = pair
            ends[one][1], ends[other][1] = ends[other][1], ends[one][1]
            then = energy(triads(_linked(ends, is_mutual), n), wanted, order)
            if then <= now or draw() < math.exp((now - then) / temperature):
                now = then
            else:
                ends[one][1], ends[other][1] = ends[other][1], ends[one][1]
        temperature *= factor
    return now
