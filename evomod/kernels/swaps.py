"""Random graphs by exchanges of targets that keep more than degrees: mutual connections, signs, triads.

``ends[connection, (source, target)]`` lists connections, a mutual (or undirected) one once, ``is_mutual[connection]``.
Where triads are counted, ``code[a, b]`` is 1 for a connection a -> b, 2 for b -> a, 3 for both.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, uniform

LOW = 2**31 - 1  # the lower node of a connection in its number
SPREAD = (0x4F6CDD1D, 0x3C6EF373)  # odd, below 2**31, for nodes below 2**31


@inlined
def draw_pair(ends, group, is_mutual, rng, pair):
    """Draw two connections into ``pair``; whether they may exchange targets as far as they are concerned themselves.

    They are of one group, and no loop arises. A mutual connection has no source: the second is turned round in every
    other draw.
    """
    first, second = int(uniform(rng) * ends.shape[0]), int(uniform(rng) * ends.shape[0])
    pair[0], pair[1] = first, second
    if is_mutual[second] and uniform(rng) < 0.5:
        ends[second, 0], ends[second, 1] = ends[second, 1], ends[second, 0]
    if first == second or group[first] != group[second]:
        return False
    return ends[first, 0] != ends[second, 1] and ends[second, 0] != ends[first, 1]


@inlined
def key_of(a, b, both_ways):
    """A number for a connection, with ``both_ways`` the same one for that back."""
    if both_ways and b < a:
        return (b << 31) | a
    return (a << 31) | b


@inlined
def home(key, table):
    """Where a connection is looked for first; no product overflows."""
    mixed = (key >> 31) * SPREAD[0] + (key & LOW) * SPREAD[1]
    return (mixed ^ (mixed >> 29)) & (table.size - 1)


@inlined
def place_of(key, table):
    """Where a connection is in the table, or else the free place where it would be."""
    k = home(key, table)
    while table[k] >= 0 and table[k] != key:
        k = (k + 1) & (table.size - 1)
    return k


@inlined
def take_out(key, table):
    """Take a connection that is there out of the table; those behind it move up."""
    last = table.size - 1
    hole = place_of(key, table)
    k = (hole + 1) & last
    while table[k] >= 0:
        if ((k - home(table[k], table)) & last) >= ((k - hole) & last):
            table[hole] = table[k]
            hole = k
        k = (k + 1) & last
    table[hole] = -1


@inlined
def change(a, b, value, code):
    """Add ``value``, the code of connections a -> b, or take it away where it is negative."""
    code[a, b] += value
    back = 2 if abs(value) == 1 else 3
    code[b, a] += back if value > 0 else -back


@compiled
def exchange(ends, group, is_mutual, both_ways, tries, rng, table):
    """So many attempts to exchange the targets of two connections; returns how many succeeded.

    No second connection arises, nor with ``both_ways`` one where there is one back; where there are mutual ones, so it
    is. A failed attempt counts, which makes all reachable graphs as likely. ``ends`` is changed.
    ``table[place]``, at first all -1, becomes a hash table of the connections by `key_of`; it has a power of two of places,
    more than there are connections.
    """
    pair, done = np.empty(2, np.int64), 0
    for k in range(ends.shape[0]):
        key = key_of(ends[k, 0], ends[k, 1], both_ways)
        table[place_of(key, table)] = key
    for _ in range(tries if ends.shape[0] > 0 else 0):
        if not draw_pair(ends, group, is_mutual, rng, pair):
            continue
        s1, t1, s2, t2 = ends[pair[0], 0], ends[pair[0], 1], ends[pair[1], 0], ends[pair[1], 1]
        one, other = key_of(s1, t2, both_ways), key_of(s2, t1, both_ways)
        if table[place_of(one, table)] >= 0 or table[place_of(other, table)] >= 0:
            continue
        take_out(key_of(s1, t1, both_ways), table)
        take_out(key_of(s2, t2, both_ways), table)
        table[place_of(one, table)] = one
        table[place_of(other, table)] = other
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
            if not draw_pair(ends, group, is_mutual, rng, pair):
                continue
            s1, t1 = ends[pair[0], 0], ends[pair[0], 1]
            s2, t2 = ends[pair[1], 0], ends[pair[1], 1]
            if code[s1, t2] != 0 or code[s2, t1] != 0:
                continue
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
