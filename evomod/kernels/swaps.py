"""Random graphs by exchanges of targets that keep more than degrees: mutual connections, signs, triads.

``code[a, b]`` is 1 for a connection a -> b, 2 for b -> a, 3 for both; ``ends[connection, (source, target)]`` lists
connections, a mutual (or undirected) one once, ``is_mutual[connection]``.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, uniform


@inlined
def draw_pair(ends, group, is_mutual, both_ways, code, rng, pair):
    """Draw two connections into ``pair``; whether they may exchange their targets.

    They are of one group, and neither a loop nor a second connection arises; with ``both_ways``, nor a
    connection where there is one back. A mutual connection has no source: the second is turned round in
    every other draw.
    """
    first, second = int(uniform(rng) * ends.shape[0]), int(uniform(rng) * ends.shape[0])
    pair[0], pair[1] = first, second
    if is_mutual[second] and uniform(rng) < 0.5:
        ends[second, 0], ends[second, 1] = ends[second, 1], ends[second, 0]
    if first == second or group[first] != group[second]:
        return False
    s1, t1, s2, t2 = ends[first, 0], ends[first, 1], ends[second, 0], ends[second, 1]
    if s1 == t2 or s2 == t1:
        return False
    looked_at = 3 if both_ways or is_mutual[first] else 1
    return (code[s1, t2] & looked_at) == 0 and (code[s2, t1] & looked_at) == 0


@inlined
def change(a, b, value, code):
    """Add ``value``, the code of connections a -> b, or take it away where it is negative."""
    code[a, b] += value
    back = 2 if abs(value) == 1 else 3
    code[b, a] += back if value > 0 else -back


@compiled
def exchange(ends, group, is_mutual, both_ways, tries, rng, code):
    """So many attempts to exchange the targets of two connections; returns how many succeeded.

    A failed attempt counts, which makes all reachable graphs as likely. ``ends`` and ``code`` are changed.
    """
    pair, done = np.empty(2, np.int64), 0
    for _ in range(tries if ends.shape[0] > 0 else 0):
        if draw_pair(ends, group, is_mutual, both_ways, code, rng, pair):
            s1, t1 = ends[pair[0], 0], ends[pair[0], 1]
            s2, t2 = ends[pair[1], 0], ends[pair[1], 1]
            value = 3 if is_mutual[pair[0]] else 1
            change(s1, t1, -value, code)
            change(s2, t2, -value, code)
            change(s1, t2, value, code)
            change(s2, t1, value, code)
            ends[pair[0], 1], ends[pair[1], 1] = t2, t1
            done += 1
    return done


@inlined
def set_counted(a, b, value, near, first, code, classes, corner, mark, counts):
    """`change`, and the number of triads of each class, those of a and b with a neighbour or a ``corner``."""
    mark[a] = mark[b] = True
    for step in range(3):
        low = first[a] if step == 0 else (first[b] if step == 1 else 0)
        high = first[a + 1] if step == 0 else (first[b + 1] if step == 1 else 4)
        for k in range(low, high):
            c = near[k] if step < 2 else corner[k]
            if not mark[c]:
                mark[c] = True
                rest = 4 * code[a, c] + 16 * code[b, c]
                counts[classes[code[a, b] + rest]] -= 1
                counts[classes[code[a, b] + value + rest]] += 1
    change(a, b, value, code)
    mark[a] = mark[b] = False
    for step in range(3):
        low = first[a] if step == 0 else (first[b] if step == 1 else 0)
        high = first[a + 1] if step == 0 else (first[b + 1] if step == 1 else 4)
        for k in range(low, high):
            mark[near[k] if step < 2 else corner[k]] = False


@inlined
def replace(node, old, new, near, first):
    """Put a node in the place of another among the neighbours of one."""
    for k in range(first[node], first[node + 1]):
        if near[k] == old:
            near[k] = new
            return


@inlined
def energy(counts, wanted):
    """Sum over classes of |difference| / sum of counts (Milo et al. 2002); 0 where both are 0."""
    found = 0.0
    for k in range(wanted.size):
        both = counts[k] + wanted[k]
        if both > 0:
            found += abs(counts[k] - wanted[k]) / both
    return found


@compiled
def anneal_triads(
    ends, group, is_mutual, near, first, classes, wanted, cooling, enough, rng, code, counts
):
    """Exchanges as `exchange` with ``both_ways``, until triads are counted as ``wanted[class]``; returns the energy.

    Metropolis steps at ``cooling``: first temperature, factor after as many attempts as connections, and the number of
    such rounds at the most; ends when the energy is at most ``enough``. ``near[first[node] : first[node + 1]]``
    are the neighbours of a node, whose number no exchange changes; ``classes[code]`` of a triad's code, that
    of disconnected ones being ``wanted.size``; ``counts[class + 1]`` of the graph as it is.
    """
    n_ends = ends.shape[0]
    pair, corner, mark = np.empty(2, np.int64), np.empty(4, np.int64), np.zeros(code.shape[0], np.bool_)
    temperature, now = cooling[0], energy(counts, wanted)
    for _ in range(int(cooling[2])):
        for _ in range(n_ends):
            if now <= enough:
                return now
            if not draw_pair(ends, group, is_mutual, True, code, rng, pair):
                continue
            s1, t1 = ends[pair[0], 0], ends[pair[0], 1]
            s2, t2 = ends[pair[1], 0], ends[pair[1], 1]
            value = 3 if is_mutual[pair[0]] else 1
            corner[0], corner[1], corner[2], corner[3] = s1, t1, s2, t2
            is_done = False
            for turn in range(2):
                sign = value if turn == 0 else -value
                for k in range(4):
                    a = s1 if k == 0 or k == 2 else s2
                    b = t1 if k == 0 or k == 3 else t2
                    set_counted(
                        a, b, -sign if k < 2 else sign, near, first, code, classes, corner, mark, counts
                    )
                if turn == 0:
                    then = energy(counts, wanted)
                    is_done = then <= now or uniform(rng) < np.exp((now - then) / temperature)
                    if is_done:
                        now = then
                        break
            if is_done:
                ends[pair[0], 1], ends[pair[1], 1] = t2, t1
                replace(s1, t1, t2, near, first)
                replace(s2, t2, t1, near, first)
                replace(t1, s1, s2, near, first)
                replace(t2, s2, s1, near, first)
        temperature *= cooling[1]
    return now
