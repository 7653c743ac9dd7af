"""NSGA-II with objectives that take part in a comparison with a probability (PNSGA; Clune et al. 2013).

Every objective is maximised. All comparisons of one scan are independent draws, so the probability that
nobody dominates an individual is a product over the others, and one draw an individual has the same
distribution as one draw a comparison: 2000 draws instead of millions.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined

TINY = 2.0**-53  # the resolution of a drawn double: what is less likely cannot be drawn


@compiled
def tournament(objectives, p, crowding, contests, rng, winners):
    """Decide pairs of ``contests`` by (stochastic) dominance, then by crowding distance, then by coin."""
    for k in range(winners.size):
        a, b = contests[2 * k], contests[2 * k + 1]
        a_wins, b_wins = False, False
        for m in range(p.size):
            if p[m] >= 1.0 or (p[m] > 0.0 and rng.random() < p[m]):
                a_wins |= objectives[a, m] > objectives[b, m]
                b_wins |= objectives[a, m] < objectives[b, m]
        if a_wins == b_wins:
            a_wins = crowding[a] > crowding[b]
            if crowding[a] == crowding[b]:
                a_wins = rng.random() < 0.5
        winners[k] = a if a_wins else b


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
            if keep >= 1.0 or (keep >= TINY and rng.random() < keep):
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
def relation(objectives, j, i):
    """The relation of j to i, a base-3 digit an objective: 0 worse, 1 equal, 2 better."""
    code = 0
    for m in range(objectives.shape[1]):
        a, b = objectives[j, m], objectives[i, m]
        code = 3 * code + (2 if a > b else (1 if a == b else 0))
    return code


@compiled
def first_spared(log_keep, order, front, rng):
    """Place in ``order`` of the first individual that the next scan with anybody spared would spare.

    Scanning again until somebody is spared has the same law, but would take for ever where all chances
    are small: k is the first with probability keep[k] times the product of 1 - keep before it.
    """
    best, total, nobody = -np.inf, 0.0, 1.0
    for k in range(order.size):
        if front[order[k]] < 0:
            best = max(best, log_keep[k])
    for k in range(order.size):
        if front[order[k]] < 0:
            total += np.exp(log_keep[k] - best) * nobody
            nobody *= 1.0 - np.exp(log_keep[k])
    rest, nobody, chosen = rng.random() * total, 1.0, -1
    for k in range(order.size):
        if front[order[k]] < 0 and rest >= 0.0:
            weight = np.exp(log_keep[k] - best) * nobody
            nobody *= 1.0 - np.exp(log_keep[k])
            if weight > 0.0:
                chosen = k
            rest -= weight
    return chosen


@compiled
def fronts_of_many(objectives, order, p, number, rng, front):
    """``fronts`` for any number of objectives, each with its own probability; pairwise, O(n^2)."""
    n, n_objectives = objectives.shape
    n_codes = 3**n_objectives
    spare = np.empty(n_codes)
    for code in range(n_codes):
        no_worse, all_equal, rest = 1.0, 1.0, code
        for m in range(n_objectives - 1, -1, -1):
            digit, rest = rest % 3, rest // 3
            if digit == 0:
                no_worse *= 1.0 - p[m]
            if digit != 1:
                all_equal *= 1.0 - p[m]
        spare[code] = 1.0 - (no_worse - all_equal)
    count = np.zeros((n, n_codes), np.int32)
    for i in range(n):
        front[i] = -1
        for j in range(n):
            if j != i:
                count[i, relation(objectives, j, i)] += 1
    log_spare = np.full(n_codes, -1e12)  # a certain loss: far below any product of chances
    for code in range(n_codes):
        if spare[code] > 0.0:
            log_spare[code] = np.log(spare[code])
    placed, current = 0, 0
    found, log_keep = np.empty(n, np.int64), np.empty(n)
    while placed < number:
        n_found = 0
        for k in range(n):
            i = order[k]
            if front[i] >= 0:
                continue
            keep, log_keep[k] = 1.0, 0.0
            for code in range(n_codes):
                if count[i, code] > 0 and spare[code] < 1.0:
                    keep *= spare[code] ** count[i, code]
                    log_keep[k] += count[i, code] * log_spare[code]
            if keep >= 1.0 or (keep >= TINY and rng.random() < keep):
                found[n_found] = i
                n_found += 1
        if n_found == 0:
            first = first_spared(log_keep, order, front, rng)
            found[0], n_found = order[first], 1
            for k in range(first + 1, n):
                keep = np.exp(log_keep[k]) if front[order[k]] < 0 else 0.0
                if keep >= TINY and rng.random() < keep:
                    found[n_found] = order[k]
                    n_found += 1
        for k in range(n_found):
            front[found[k]] = current
        for i in range(n):
            if front[i] < 0:
                for k in range(n_found):
                    count[i, relation(objectives, found[k], i)] -= 1
        placed += n_found
        current += 1


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
ZERO, ONE, DIGIT = np.uint64(0), np.uint64(1), np.uint64(0xFF)


@compiled
def sort_down(bits, order, keys, work, count):
    """Sort ``order`` by descending value, equals staying as they are (radix sort, 8 bits a pass).

    ``bits[individual]`` are those of the value, a float64; ``keys[individual]`` and ``work`` (as long as
    ``order``) and ``count[257]`` are work space. NaN comes last. Digits that all values share are skipped: fitness takes two
    passes of eight, 10 us for 2000, where ``np.argsort`` takes 55.
    """
    varying = ZERO
    for i in range(order.size):
        word = bits[order[i]]
        if word << ONE == ZERO:
            word = ZERO  # -0.0 equals 0.0
        key = word if word & SIGN != ZERO else ~(word | SIGN)
        if (word & ~SIGN) > INFINITY:
            key = ~ZERO
        keys[order[i]] = key
        varying |= key ^ keys[order[0]]
    while varying != ZERO:
        low = ZERO
        while (varying >> low) & ONE == ZERO:
            low += ONE
        for digit in range(257):
            count[digit] = 0
        for i in range(order.size):
            count[np.int64((keys[order[i]] >> low) & DIGIT) + 1] += 1
        for digit in range(256):
            count[digit + 1] += count[digit]
        for i in range(order.size):
            digit = np.int64((keys[order[i]] >> low) & DIGIT)
            work[count[digit]] = order[i]
            count[digit] += 1
        for i in range(order.size):
            order[i] = work[i]
        varying &= ~(DIGIT << low)


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
