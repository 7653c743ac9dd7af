"""NSGA-II with objectives that take part in a comparison with a probability (PNSGA; Clune et al. 2013).

Every objective is maximised. All comparisons of one scan are independent draws, so the probability that
nobody dominates an individual is a product over the others, and one draw an individual has the same
distribution as one draw a comparison: 2000 draws instead of millions.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, uniform, unmanaged
from evomod.kernels.vectors import item, put

TINY = 2.0**-53  # the resolution of a drawn double: what is less likely cannot be drawn
SIGN = np.uint64(2**63)
INFINITY = np.uint64(0x7FF0000000000000)
ZERO, ONE = np.uint64(0), np.uint64(1)
WORD = 64


@compiled
def tournament(objectives, p, crowding, contests, rng, winners):
    """Decide pairs of ``contests`` by (stochastic) dominance, then by crowding distance, then by coin."""
    for k in range(winners.size):
        a, b = contests[2 * k], contests[2 * k + 1]
        a_wins, b_wins = False, False
        for m in range(p.size):
            if p[m] >= 1.0 or (p[m] > 0.0 and uniform(rng) < p[m]):
                a_wins |= objectives[a, m] > objectives[b, m]
                b_wins |= objectives[a, m] < objectives[b, m]
        if a_wins == b_wins:
            a_wins = crowding[a] > crowding[b]
            if crowding[a] == crowding[b]:
                a_wins = uniform(rng) < 0.5
        winners[k] = a if a_wins else b


@compiled
def in_order(rows, count, ordered):
    """Write ``rows`` in ascending order; ``count[row + 1]`` is work space, 0 in the beginning."""
    for k in range(rows.size):
        count[rows[k] + 1] += 1
    for row in range(count.size - 1):
        count[row + 1] += count[row]
    for k in range(rows.size):
        ordered[count[rows[k]]] = rows[k]
        count[rows[k]] += 1


@unmanaged
def parted(rows, first, low_first, ordered):
    """Write ``rows`` with those below ``first`` before or after the others, each in their order.

    Without branches, which would be guessed wrong every other time: 3 us of 2000, by NumPy's masks 20.
    """
    n = 0
    for k in range(rows.size):
        n += (item(rows, k) < first) == low_first
    here, there = 0, n
    for k in range(rows.size):
        row = item(rows, k)
        is_here = np.int64((row < first) == low_first)
        put(ordered, there + (here - there) * is_here, row)
        here += is_here
        there += 1 - is_here


@compiled
def fronts(objectives, order, p, number, rng, spared, following, front):
    """Number the fronts of two objectives, the first always in, the second with probability p.

    ``order``: best first by objective 0, then by objective 1. Stops when ``number`` individuals have a
    front; the others keep -1. Against i, whoever is better in both dominates for certain, whoever is
    better in the first and worse in the second unless the second takes part (so i is spared with
    probability p), whoever is equal in the first and better in the second if it does (spared with 1-p).
    Work space: ``spared[2, individual + 1]``, chances to be spared by so many below and of the same level;
    ``following[individual]``, a linked list of places in ``order``.
    """
    n = order.size
    spared[0, 0] = spared[1, 0] = 1.0
    for k in range(n):
        spared[0, k + 1] = spared[0, k] * p
        spared[1, k + 1] = spared[1, k] * (1.0 - p)
        front[k] = -1
        following[k] = k + 1
    head, placed, current = 0, 0, 0
    while placed < number:
        before, k, found = -1, head, 0
        above, level_size, ahead = 0, 0, 0  # better in objective 0; same, seen; same and better in 1
        level, last, best_above, level_best = np.inf, np.inf, -np.inf, -np.inf
        while k < n:
            i = order[k]
            if objectives[i, 0] != level:
                above += level_size
                if level_best > best_above:
                    best_above = level_best
                if spared[0, above] < TINY:
                    break
                level, last, level_best = objectives[i, 0], objectives[i, 1], objectives[i, 1]
                level_size, ahead = 0, 0
            if objectives[i, 1] < last:
                ahead, last = level_size, objectives[i, 1]
            keep = spared[0, above] * spared[1, ahead]
            if best_above >= objectives[i, 1]:
                keep = 0.0
            if keep < TINY and spared[0, above + ahead] < TINY:
                break  # nobody after this one has a chance either
            level_size += 1
            after = following[k]
            if keep >= 1.0 or (keep >= TINY and uniform(rng) < keep):
                front[i] = current
                found += 1
                if before < 0:
                    head = after
                else:
                    following[before] = after
            else:
                before = k
            k = after
        placed += found
        current += found > 0


@compiled
def crowding(objectives, orders, front, ends, distance):
    """Crowding distance within every front (Deb et al. 2002; scaled as DEAP does).

    ``orders[objective, rank]`` sorts all individuals by that objective, largest first. One pass an
    objective serves all fronts at once; no front is sorted by itself. ``ends[4, front]`` is work space: first,
    last, one and two back.
    """
    n_counted, n = orders.shape
    n_fronts = 0
    for i in range(n):
        distance[i] = 0.0
        if front[i] >= n_fronts:
            n_fronts = front[i] + 1
    first, last, one_back, two_back = ends[0], ends[1], ends[2], ends[3]
    for m in range(n_counted):
        for f in range(n_fronts):
            first[f], one_back[f], two_back[f] = -1, -1, -1
        for k in range(n):
            f = front[orders[m, k]]
            if f >= 0:
                last[f] = orders[m, k]
                if first[f] < 0:
                    first[f] = orders[m, k]
        for k in range(n):
            i = orders[m, k]
            f = front[i]
            if f < 0:
                continue
            spread = n_counted * (objectives[first[f], m] - objectives[last[f], m])
            if two_back[f] >= 0 and spread > 0.0:
                distance[one_back[f]] += (objectives[two_back[f], m] - objectives[i, m]) / spread
            two_back[f], one_back[f] = one_back[f], i
        for f in range(n_fronts):
            if first[f] >= 0:
                distance[first[f]] = np.inf
                distance[last[f]] = np.inf


@inlined
def descending(word):
    """A key by which a float64, given as its bits, sorts from the largest down; NaN comes last.

    Subtracted, not inverted, so that the zeros at the end of a short number stay: the fewer bits vary, the
    more sorting is done at once.
    """
    if word << ONE == ZERO:
        word = ZERO  # -0.0 equals 0.0
    key = word if word & SIGN != ZERO else SIGN - word
    return ~ZERO if (word & ~SIGN) > INFINITY else key


@compiled
def pack_keys(bits, order, begin, words):
    """Put keys of descending value and places in ``order`` into ``words[place]``, for a sort of plain numbers.

    ``bits[individual]`` are those of the value, a float64. A word holds as many of the bits that vary as
    it has room for, from bit ``begin`` on; returns the bit after them, 64 when none is left.
    """
    n, varying = order.size, ZERO
    for k in range(n):
        words[k] = descending(bits[order[k]])
        varying |= words[k] ^ words[0]
    n_places = 0
    while n - 1 >> n_places > 0:
        n_places += 1
    low = begin
    while low < WORD and (varying >> np.uint64(low)) & ONE == ZERO:
        low += 1
    end = low + WORD - n_places
    if end >= WORD or varying >> np.uint64(end) == ZERO:
        end = WORD
    down, up = np.uint64(low), np.uint64(n_places)
    for k in range(n):
        key = words[k] >> down if low < WORD else ZERO
        words[k] = (key << up) | np.uint64(k)
    return end


@compiled
def unpack_places(words, before, order):
    """The order that sorted ``words`` of `pack_keys` stand for, ``before`` being the one they were made of."""
    mask = ONE
    while mask < np.uint64(words.size):
        mask <<= ONE
    mask -= ONE
    for k in range(words.size):
        order[k] = before[np.int64(words[k] & mask)]


@compiled
def levels(objectives, order, number, front, distance):
    """`fronts` and `crowding` of one objective: a front is all of one value. Returns the size of all, and before the last.

    ``order``: best first. Only the first and the last of a front stand apart.
    """
    n_before, n = 0, 0
    for k in range(order.size):
        front[order[k]], distance[order[k]] = -1, 0.0
    current = -1
    while n < number:
        n_before, value = n, objectives[order[n], 0]
        current += 1
        front[order[n]] = current
        n += 1
        while n < order.size and objectives[order[n], 0] == value:
            front[order[n]] = current
            n += 1
        distance[order[n_before]] = distance[order[n - 1]] = np.inf
    return n, n_before


@compiled
def list_fronts(order, front, counts, rows):
    """List those of ``order`` that have a front, front by front; returns how many, and before the last front.

    Within a front they keep their order. ``counts[front + 1]`` is work space.
    """
    for f in range(counts.size):
        counts[f] = 0
    last = 0
    for k in range(order.size):
        f = front[order[k]]
        if f >= 0:
            counts[f + 1] += 1
            if f > last:
                last = f
    for f in range(last + 1):
        counts[f + 1] += counts[f]
    n_before, n = counts[last], counts[last + 1]
    for k in range(order.size):
        f = front[order[k]]
        if f >= 0:
            rows[counts[f]] = order[k]
            counts[f] += 1
    return n, n_before


@compiled
def best_row(objectives, front):
    """Of the first front the best in objective 0, then in the next, then the first row; -1 without a front."""
    best = -1
    for i in range(front.size):
        if front[i] == 0:
            wins = best < 0
            for m in range(objectives.shape[1]):
                if wins or objectives[i, m] < objectives[best, m]:
                    break
                wins = objectives[i, m] > objectives[best, m]
            if wins:
                best = i
    return best


@compiled
def drawn_rows(chances, draws, first, rows):
    """The row of every draw: the first whose cumulated chance is larger, else the last (roulette).

    ``chances[row]`` ascend, and draws lie from 0 to the last of them. They are cut into as many equal parts as
    there are rows; the search begins with the first row of a part, and takes a step or two: a tenth of the time of a
    binary search. ``first[row + 1]`` is work space, 0 in the beginning.
    """
    n, total = chances.size, chances[-1]
    for row in range(n):
        first[min(int(chances[row] / total * n), n - 1) + 1] += 1
    for part in range(n):
        first[part + 1] += first[part]
    for k in range(draws.size):
        row = first[min(int(draws[k] / total * n), n - 1)]
        while row < n - 1 and chances[row] <= draws[k]:
            row += 1
        rows[k] = row


@compiled
def elite(fitness, edge, number, draws, rows):
    """List the ``number`` fittest, in the order of their rows; the last of them has the fitness ``edge``.

    Among those that equal it every choice is equally likely (selection sampling, by ``draws[individual]`` in
    [0, 1)).
    """
    above, level = 0, 0
    for i in range(fitness.size):
        above += fitness[i] > edge
        level += fitness[i] == edge
    wanted, n = number - above, 0
    for i in range(fitness.size):
        if n == number:
            break
        is_level = fitness[i] == edge
        taken = (fitness[i] > edge) | (is_level & (draws[i] * level < wanted))
        rows[n] = i  # it stays if taken: 3 us less than a branch
        n += taken
        wanted -= is_level & taken
        level -= is_level
