"""NSGA-II with objectives that take part in a comparison with a probability (PNSGA; Clune et al. 2013).

Every objective is maximised. All comparisons of one scan are independent draws, so the probability that
nobody dominates an individual is a product over the others, and one draw an individual has the same
distribution as one draw a comparison: 2000 draws instead of millions.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, uniform

TINY = 2.0**-53  # the resolution of a drawn double: what is less likely cannot be drawn
LOG_TINY = -53.0 * np.log(2.0)


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


@inlined
def relate(columns, k, low, high, codes):
    """The relation to k of those from ``low`` to ``high``: ``codes``, a base-3 digit an objective.

    0 is worse, 1 equal, 2 better. Free of branches and by ``columns[objective, individual]``, so that several
    are done at once: 2000 in 2 us, where pair by pair took 40.
    """
    for j in range(low, high):
        codes[j] = 0
    for m in range(columns.shape[0]):
        b = columns[m, k]
        for j in range(low, high):
            a = columns[m, j]
            codes[j] = 3 * codes[j] + 2 * np.int64(a > b) + np.int64(a == b)


@inlined
def tally(codes, weights, number, parts, count):
    """The sum of weights of each code among the first ``number``: ``count[code]``.

    Four sums at a time, ``parts[4, code]``: one waits for its own last value, 9 ms for 2000 x 2000, four 5.5.
    """
    parts[:] = 0
    for j in range(0, number - 3, 4):
        parts[0, codes[j]] += weights[j]
        parts[1, codes[j + 1]] += weights[j + 1]
        parts[2, codes[j + 2]] += weights[j + 2]
        parts[3, codes[j + 3]] += weights[j + 3]
    for j in range(number - number % 4, number):
        parts[0, codes[j]] += weights[j]
    for code in range(count.size):
        count[code] = parts[0, code] + parts[1, code] + parts[2, code] + parts[3, code]


@compiled
def group_equals(objectives, order, columns, group, size):
    """Number the groups of those that are equal in everything, who are neighbours in ``order``; returns how many.

    ``columns[objective, group]``, ``group[place in order]`` and ``size[group]`` are written.
    """
    n_groups = 0
    for k in range(order.size):
        is_new = n_groups == 0
        for m in range(columns.shape[0]):
            is_new |= objectives[order[k], m] != columns[m, n_groups - 1]
        if is_new:
            for m in range(columns.shape[0]):
                columns[m, n_groups] = objectives[order[k], m]
            size[n_groups] = 0
            n_groups += 1
        group[k] = n_groups - 1
        size[n_groups - 1] += 1
    return n_groups


@compiled
def first_spared(log_keep, group, order, front, rng):
    """Place in ``order`` of the first individual that the next scan with anybody spared would spare.

    Scanning again until somebody is spared has the same law, but would take for ever where all chances
    are small: k is the first with probability keep[k] times the product of 1 - keep before it.
    """
    best, total, nobody = -np.inf, 0.0, 1.0
    for k in range(order.size):
        if front[order[k]] < 0:
            best = max(best, log_keep[group[k]])
    for k in range(order.size):
        if front[order[k]] < 0:
            total += np.exp(log_keep[group[k]] - best) * nobody
            nobody *= 1.0 - np.exp(log_keep[group[k]])
    rest, nobody, chosen = uniform(rng) * total, 1.0, -1
    for k in range(order.size):
        if front[order[k]] < 0 and rest >= 0.0:
            weight = np.exp(log_keep[group[k]] - best) * nobody
            nobody *= 1.0 - np.exp(log_keep[group[k]])
            if weight > 0.0:
                chosen = k
            rest -= weight
    return chosen


@compiled
def spare_chances(p):
    """By code of `relate`: the chance that one who stands so to another does not dominate them."""
    spare = np.empty(3**p.size)
    for code in range(spare.size):
        no_worse, all_equal, rest = 1.0, 1.0, code
        for m in range(p.size - 1, -1, -1):
            digit, rest = rest % 3, rest // 3
            if digit == 0:
                no_worse *= 1.0 - p[m]
            if digit != 1:
                all_equal *= 1.0 - p[m]
        spare[code] = 1.0 - (no_worse - all_equal)
    return spare


@compiled
def chances_to_be_spared(count, spare, log_spare, log_keep):
    """By group: the product over all others, exactly 0 where it is less than `TINY`; and its logarithm."""
    keep = np.zeros(log_keep.size)
    for g in range(log_keep.size):
        log_keep[g] = 0.0
        for code in range(spare.size):
            log_keep[g] += count[g, code] * log_spare[code]
        if log_keep[g] > LOG_TINY - 1.0:  # a power is dear, and most have no chance
            product = 1.0
            for code in range(spare.size):
                if count[g, code] > 0 and spare[code] < 1.0:
                    product *= spare[code] ** count[g, code]
            keep[g] = product if product >= TINY else 0.0
    return keep


@compiled
def fronts_of_many(objectives, order, p, number, rng, front):
    """``fronts`` for any number of objectives, each with its own probability; by pairs, O(groups^2).

    The first is always in, and ``order`` is best first by it, then by the others: nobody dominates those of
    a level before them, and those that are equal in everything, half or more of a population, are counted
    as one group. Of 2000 in 1 to 9 ms, where individual by individual and pair by pair took 50 to 150.
    """
    n, n_objectives = objectives.shape
    spare = spare_chances(p)
    log_spare = np.full(spare.size, -1e12)  # a certain loss: far below any product of chances
    for code in range(spare.size):
        if spare[code] > 0.0:
            log_spare[code] = np.log(spare[code])
    columns, group, size = np.empty((n_objectives, n)), np.empty(n, np.int64), np.empty(n, np.int64)
    n_groups = group_equals(objectives, order, columns, group, size)
    first, end = np.zeros(n_groups, np.int64), np.full(n_groups, n_groups)  # of a group's level
    for g in range(1, n_groups):
        first[g] = first[g - 1] if columns[0, g] == columns[0, g - 1] else g
        e = n_groups - g
        end[e - 1] = end[e] if columns[0, e] == columns[0, e - 1] else e
    codes, parts = np.empty(n_groups, np.int64), np.empty((4, spare.size), np.int64)
    count = np.empty((n_groups, spare.size), np.int64)
    for g in range(n_groups):
        relate(columns, g, 0, end[g], codes)  # its own are equal in all, which spares for certain
        tally(codes, size, end[g], parts, count[g])
    for k in range(n):
        front[k] = -1
    placed, current = 0, 0
    found, taken, log_keep = np.empty(n, np.int64), np.empty(n_groups, np.int64), np.empty(n_groups)
    while placed < number:
        n_found = 0
        keep = chances_to_be_spared(count, spare, log_spare, log_keep)
        for k in range(n):
            chance = keep[group[k]] if front[order[k]] < 0 else 0.0
            if chance >= 1.0 or (chance > 0.0 and uniform(rng) < chance):
                found[n_found] = k
                n_found += 1
        if n_found == 0:
            found[0], n_found = first_spared(log_keep, group, order, front, rng), 1
            for k in range(found[0] + 1, n):
                chance = np.exp(log_keep[group[k]]) if front[order[k]] < 0 else 0.0
                if chance >= TINY and uniform(rng) < chance:
                    found[n_found] = k
                    n_found += 1
        taken[:] = 0
        for k in found[:n_found]:
            front[order[k]] = current
            taken[group[k]] += 1
        placed += n_found
        current += 1
        for g in range(n_groups if placed < number else 0):
            if taken[g] > 0:
                relate(columns, g, first[g], n_groups, codes)
                for h in range(first[g], n_groups):
                    count[h, spare.size - 1 - codes[h]] -= taken[g]  # g's relation to h mirrors h's to g


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


SIGN = np.uint64(2**63)
INFINITY = np.uint64(0x7FF0000000000000)
ZERO, ONE = np.uint64(0), np.uint64(1)
WORD = 64


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


@inlined
def edge_of(values, others, number):
    """The ``number``-th largest of ``values``; both arrays are work space (quickselect).

    What is larger and what is smaller than the pivot is listed without a branch, which would be guessed
    wrong every other time; many equal values, the ordinary case here, cost nothing.
    """
    n, wanted = values.size, number
    while True:
        a, b, c = values[0], values[n // 2], values[n - 1]
        pivot = max(min(a, b), min(max(a, b), c))
        n_larger, n_smaller = 0, 0
        for k in range(n):
            value = values[k]
            values[n_larger] = value
            n_larger += value > pivot
            others[n_smaller] = value
            n_smaller += value < pivot
        if wanted <= n_larger:
            n = n_larger
        elif wanted > n - n_smaller:
            wanted -= n - n_smaller
            n = n_smaller
            values, others = others, values
        else:
            return pivot


@compiled
def elite(fitness, number, draws, rows):
    """List the ``number`` fittest, in the order of their rows.

    Among those that equal the last of them every choice is equally likely (selection sampling, by
    ``draws[individual]`` in [0, 1)).
    """
    edge = edge_of(fitness.copy(), np.empty(fitness.size), number)
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
